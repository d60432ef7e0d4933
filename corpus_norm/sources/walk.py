"""Resolve the inputs, and list their files, except the output folder and our other datasets.

fsspec resolves, lists and opens the names, so local disks, ``memory://`` and object stores are
handled alike.  A manifest identifies a dataset.  If the user names a dataset, its articles are
read.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from corpus_norm.errors import InputError
from corpus_norm.sources.fields import Repeats, join_key
from corpus_norm.sources.formats import detect_format
from corpus_norm.sources.records import reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from corpus_norm.document import Rejection


STANDARD_INPUT = "-"

_WILDCARDS = "*?["
_WEB = frozenset({"http", "https", "ftp", "github", "gist", "reference", "dask", "worker"})
"""File systems that download pages, or take addresses or code from data."""


@dataclass(frozen=True, slots=True)
class Root:
    """One file or folder to read: its name as the user gave it, and its location.

    ``filesystem`` is an fsspec file system, or None for standard input.  ``base`` is the folder
    in which a pattern was searched for, or None if the name is not a pattern.  ``key`` is the path
    from the input to it: empty for a folder, its own name for a file.
    """

    source: str
    path: str
    filesystem: Any
    is_folder: bool
    base: str | None = None
    key: str = ""


def list_names(inputs: object) -> list[str | os.PathLike[str]]:
    """Return the inputs of a conversion as a list of names.

    >>> list_names("news/"), list_names(f"{n}.txt" for n in range(2))
    (['news/'], ['0.txt', '1.txt'])

    Raises:
        InputError: it is something else than names, or a name is empty.
    """
    if isinstance(inputs, (str, os.PathLike)):
        inputs = [inputs]
    advice = "give files, folders, patterns or URIs"
    is_table = hasattr(inputs, "columns") or isinstance(inputs, Mapping)
    if is_table:
        advice = "for tables use normalize_batch, or write them to Parquet and name the file"
    if is_table or isinstance(inputs, (bytes, bytearray)) or not isinstance(inputs, Iterable):
        raise InputError(f"inputs must be names, not {_describe(inputs)}; {advice}")
    # The order of a set differs from run to run.
    names = sorted(inputs, key=str) if isinstance(inputs, AbstractSet) else list(inputs)
    for place, name in enumerate(names):
        if not isinstance(name, (str, os.PathLike)):
            raise InputError(
                f"input {place} must be a name, not {_describe(name)}; {advice}, or documents to "
                "corpus_norm.process"
            )
        if not str(name):
            raise InputError(f"input {place} is an empty name; {advice}, '.' for this folder")
    return names


def _describe(value: object) -> str:
    return "None" if value is None else f"an object of the type {type(value).__name__}"


def resolve_inputs(inputs: Sequence[str | os.PathLike[str]]) -> list[Root]:
    """Look up every input.

    A pattern stands for the files and folders that it matches, as if each had been named.

    Raises:
        InputError: an input does not exist, matches nothing or cannot be reached.
    """
    return [root for name in inputs for root in _resolve(name)]


def reaches(root: Root, path: Path) -> bool:
    """Whether a file to write is an input, or lies in a folder of inputs."""
    if root.filesystem is None:
        with suppress(OSError, AttributeError, ValueError):  # no file, or no standard input
            return os.path.samestat(path.stat(), os.fstat(sys.stdin.fileno()))
        return False
    if not isinstance(root.filesystem, LocalFileSystem):
        return False
    there, wanted = Path(root.path).resolve(), path.resolve()
    if root.is_folder:
        return wanted.is_relative_to(there)
    return wanted == there or (path.is_file() and path.samefile(there))


def make_source(name: str) -> str:
    r"""Return a file name as valid UTF-8 text; undecodable bytes become ``\xff``.

    >>> make_source("a\udcff.txt")
    'a\\xff.txt'
    """
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # surrogates that no file system made
        return name.encode("utf-8", "backslashreplace").decode()


def join_name(folder: str, name: str) -> str:
    """Join a folder and a name; in a chained URI, add the name to the first link.

    >>> join_name("news/", "a.txt"), join_name("zip://pages::x.zip", "a.html")
    ('news/a.txt', 'zip://pages/a.html::x.zip')
    """
    if folder in {".", "./"}:
        return name
    path, chain = _split_chain(folder)
    return path + name + chain if path.endswith("/") else f"{path}/{name}{chain}"


def _split_chain(name: str) -> tuple[str, str]:
    """Split a chained fsspec URI into its first link and the rest."""
    if "://" not in name:
        return name, ""
    path, divider, rest = name.partition("::")
    return path, divider + rest


def _resolve(given: str | os.PathLike[str]) -> Iterator[Root]:
    name = given if isinstance(given, str) else Path(given).as_posix()
    if name == STANDARD_INPUT:
        yield Root(name, name, None, is_folder=False, key=name)
        return
    filesystem, path = _find_filesystem(name)
    try:
        if filesystem.exists(path):
            is_folder = filesystem.isdir(path)
            key = "" if is_folder else path.rpartition("/")[2]
            yield Root(name, path, filesystem, is_folder=is_folder, key=key)
        else:
            yield from _match(filesystem, path, name)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot open {make_source(name)}: {error}", subject=name) from error


def _find_filesystem(name: str) -> tuple[Any, str]:
    # zip://page.html::https://example.org/pages.zip is a chain.
    links = [link.partition("://")[0] for link in name.split("::")] if "://" in name else []
    if not _WEB.isdisjoint(links):
        raise InputError(
            f"{name}: corpus_norm downloads no pages; save them first, then name the files",
            subject=name,
        )
    if "://" not in name:
        local = LocalFileSystem()
        return local, _locate(local, name)
    try:
        filesystem, path = url_to_fs(name)
    except ImportError as error:
        extra = "pip install 'corpus-norm[s3]'" if "s3" in links else "install its package"
        raise InputError(f"cannot open {name}: {error}; {extra}", subject=name) from error
    except (OSError, ValueError) as error:
        raise InputError(f"cannot open {name}: {error}", subject=name) from error
    return filesystem, path


def _match(filesystem: Any, path: str, pattern: str) -> Iterator[Root]:  # noqa: ANN401
    """Yield the matches of a pattern in path order, hidden files only if it names a leading dot.

    Raises:
        InputError: nothing matches, or the name is not a pattern.
    """
    if not any(char in pattern for char in _WILDCARDS):
        raise InputError(
            f"input {make_source(pattern)} does not exist; check the path", subject=pattern
        )
    fixed = pattern[: pattern.rfind("/", 0, _find_wildcard(pattern)) + 1]
    base = _locate(filesystem, fixed or ".")
    found = False
    for match in sorted(filesystem.glob(path)):
        rest = match.removeprefix(base).lstrip("/")
        if not _is_hidden(rest) or _is_hidden(pattern[len(fixed) :]):
            found = True
            source = fixed + rest + _split_chain(pattern)[1]
            yield Root(source, match, filesystem, filesystem.isdir(match), base, rest)
    if not found:
        raise InputError(
            f"input {make_source(pattern)} matches no file; check the pattern", subject=pattern
        )


def _locate(filesystem: Any, name: str) -> str:  # noqa: ANN401
    path: str = filesystem._strip_protocol(name)  # noqa: SLF001 -- fsspec's documented hook
    return path


def _find_wildcard(pattern: str) -> int:
    return min(pattern.find(char) for char in _WILDCARDS if char in pattern)


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") and part not in {".", ".."} for part in path.split("/"))


MANIFEST = "manifest.json"
ARTICLES = "documents"
OUTPUT_REASON = "it is the output folder"
DATASET_REASON = "it is a dataset of corpus_norm; name it to have it read"
_FORMAT = re.compile(rb'"format"\s*:\s*"corpus_norm dataset"')
_HEAD_BYTES = 4096  # enough, as keys are sorted and those before "format" are short
_LEVELS = 3  # a file of a dataset, the folder of its table, and the dataset


@dataclass(slots=True)
class Fence:
    """A filter that keeps our output and datasets out of the inputs, and reports each name once.

    Args:
        output: the output folder, which need not exist yet.
        tell: called with each name left out and the reason.
    """

    output: str | os.PathLike[str] | None = None
    tell: Callable[[str, str], None] = lambda _name, _reason: None
    _told: set[str] = field(default_factory=set)
    _datasets: dict[tuple[Any, str], bool] = field(default_factory=dict)

    def omit(self, source: str, reason: str) -> None:
        """Report that something is left out."""
        if source not in self._told:
            self._told.add(source)
            self.tell(source, reason)

    def keeps_out(self, root: Root) -> bool:
        """Whether an input lies in the output folder or in a dataset that the user did not name."""
        if root.filesystem is None:
            return False
        for path, source in _climb(root):
            if self.is_output(root.filesystem, path):
                self.omit(source, OUTPUT_REASON)
                return True
            if root.base is not None and self.is_dataset(root.filesystem, path):
                self.omit(source, DATASET_REASON)
                return True
        if self.is_in_output(root.filesystem, root.path):
            self.omit(root.source, OUTPUT_REASON)
            return True
        return False

    def keeps_out_link(self, filesystem: Any, path: str, source: str) -> bool:  # noqa: ANN401
        """Whether a link inside an input leads into the output folder or into a dataset."""
        if self.is_in_output(filesystem, path):
            self.omit(source, OUTPUT_REASON)
            return True
        target = os.path.realpath(path)
        for _ in range(_LEVELS):
            if self.is_dataset(filesystem, target):
                self.omit(source, DATASET_REASON)
                return True
            target = os.path.dirname(target)  # noqa: PTH120 -- names may hold any byte
        return False

    def is_in_output(self, filesystem: Any, path: str) -> bool:  # noqa: ANN401
        """Whether a path leads to the output folder or to something in it."""
        if self.output is None or not _is_local(filesystem):
            return False
        folder, target = os.path.realpath(self.output), os.path.realpath(path)
        return target == folder or target.startswith(os.path.join(folder, ""))  # noqa: PTH118

    def is_dataset(self, filesystem: Any, path: str) -> bool:  # noqa: ANN401
        """Whether a folder holds the manifest of one of our datasets."""
        key = (filesystem, path)
        if key not in self._datasets:
            self._datasets[key] = _has_manifest(filesystem, path)
        return self._datasets[key]

    def is_output(self, filesystem: Any, path: str) -> bool:  # noqa: ANN401
        """Whether a path is the output folder, however the two are written."""
        if self.output is None or not _is_local(filesystem):
            return False
        try:
            return os.path.samefile(path, self.output)  # noqa: PTH121 -- names may hold any byte
        except (OSError, ValueError):  # the output folder does not exist yet
            return os.path.realpath(path) == os.path.realpath(self.output)


def _climb(root: Root) -> Iterator[tuple[str, str]]:
    """Return the paths and names of an input and the folders its pattern matched, outer first."""
    path, source = root.path.rstrip("/"), root.source.rstrip("/")
    found = [(root.path, root.source)] if root.is_folder else []
    base = (root.base or "").rstrip("/")
    while root.base is not None and "/" in source:
        path, source = path.rpartition("/")[0], source.rpartition("/")[0]
        if len(path) <= len(base) or not source:
            break
        found.append((path, source))
    return reversed(found)


def _has_manifest(filesystem: Any, folder: str) -> bool:  # noqa: ANN401
    try:
        with filesystem.open(f"{folder.rstrip('/')}/{MANIFEST}", "rb") as file:
            return _FORMAT.search(file.read(_HEAD_BYTES)) is not None
    except (OSError, ValueError):
        return False


def _is_local(filesystem: Any) -> bool:  # noqa: ANN401
    return bool(getattr(filesystem, "local_file", False))


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder; ``size`` is in bytes, or None if it is not known.

    ``source`` is its name in the dataset; ``named`` means that the user named it, so it is read
    whatever its suffix.  ``key`` is its path inside the input (:mod:`.fields`).
    """

    source: str
    path: str
    filesystem: Any
    kind: str = "file"
    size: int | None = None
    is_link: bool = False
    named: bool = False
    key: str = ""


def find_files(
    roots: Sequence[Root], on_skip: Callable[[str], None], fence: Fence | None = None
) -> Iterator[Entry | Rejection]:
    """Yield the files of the inputs, each once; those of a folder in the order of POSIX paths.

    Inside a folder, hidden files and folders are left out.  Files of other types are left out
    too, and so are links that lead in a circle, to an input or to the target of another link;
    their names go to ``on_skip``.  A folder that cannot be listed becomes a rejection.  The
    ``fence`` keeps our datasets out; if one is named, its articles are read.
    """
    named = {(root.filesystem, root.path) for root in roots if root.base is None}
    walker = _Walker(on_skip, fence or Fence(), named)
    # Files of two inputs may have the same path inside; those of one input have not.
    is_alone = len(roots) == 1 or all(root.base == roots[0].base is not None for root in roots)
    repeats = None if is_alone else Repeats()
    for root in roots:
        if not walker.fence.keeps_out(root):
            for entry in walker.visit(root):
                key = entry.key or make_source(entry.source)
                yield replace(entry, key=repeats.number(key) if repeats else key)


@dataclass(slots=True)
class _Walker:
    on_skip: Callable[[str], None]
    fence: Fence
    named: set[tuple[Any, str]]
    files: set[tuple[Any, str]] = field(default_factory=set)
    folders: set[tuple[Any, str]] = field(default_factory=set)
    links: set[str] = field(default_factory=set)

    def visit(self, root: Root) -> Iterator[Entry | Rejection]:
        place = (root.filesystem, root.path)
        if root.is_folder:
            if place not in self.folders:
                folder = Entry(root.source, root.path, root.filesystem, "directory")
                folder = replace(folder, key=make_source(root.key))
                yield from self._walk(folder)
            self.folders.add(place)
        elif place not in self.files and not self._was_met(*place):
            self.files.add(place)
            key = make_source(root.key)
            yield Entry(root.source, root.path, root.filesystem, named=True, key=key)

    def _walk(self, folder: Entry) -> Iterator[Entry | Rejection]:
        if getattr(folder.filesystem, "local_file", False):
            self.links.add(os.path.realpath(folder.path))
        stack = [folder]
        while stack:
            entry = stack.pop()
            if entry.is_link and self.fence.keeps_out_link(
                entry.filesystem, entry.path, entry.source
            ):
                continue
            if entry.kind == "directory":
                if entry.is_link and not self._may_follow(entry.path):
                    self.on_skip(entry.source)
                    continue
                try:
                    stack.extend(reversed(self._look_into(entry, is_root=entry is folder)))
                except OSError as error:
                    name = make_source(entry.source)
                    yield replace(reject(name, 0, error), key=f"{entry.key}/")
            elif entry.kind != "file" or detect_format(entry.path) is None:
                self.on_skip(entry.source)
            elif not self._was_met(entry.filesystem, entry.path):
                yield entry

    def _look_into(self, folder: Entry, *, is_root: bool) -> list[Entry]:
        """Return the entries to read in a folder; only articles of a named dataset, else none."""
        place = (folder.filesystem, folder.path)
        if not is_root and self.fence.is_output(*place):
            self.fence.omit(folder.source, OUTPUT_REASON)
            return []
        entries = _list(folder)
        if not _has_manifest_walk(entries) or not self.fence.is_dataset(*place):
            return entries
        if not is_root and place not in self.named:
            self.fence.omit(folder.source, DATASET_REASON)
            return []
        articles = [entry for entry in entries if entry.path.rpartition("/")[2] == ARTICLES]
        for entry in entries:
            if entry not in articles:
                self.on_skip(entry.source)
        return articles

    def _may_follow(self, link: str) -> bool:
        """Whether a link to a folder leads somewhere new, and not to a folder around it."""
        target = os.path.realpath(link)
        here = os.path.realpath(os.path.dirname(link))  # noqa: PTH120 -- names may hold any byte
        if os.path.commonpath([target, here]) == target or target in self.links:
            return False
        self.links.add(target)
        return True

    def _was_met(self, filesystem: Any, path: str) -> bool:  # noqa: ANN401
        """Whether an earlier input included this file, by name or in a folder."""
        if (filesystem, path) in self.files:
            return True
        if not self.folders or detect_format(path) is None:
            return False
        folder, _, name = path.rpartition("/")
        while folder and not name.startswith("."):
            place = (filesystem, folder)
            if place in self.folders:
                return True
            if place not in self.named and self.fence.is_dataset(*place):
                return False
            folder, _, name = folder.rpartition("/")
        return False


def _list(folder: Entry) -> list[Entry]:
    """Return the entries of a folder, sorted as POSIX paths; folder names end with a slash."""
    entries = []
    for listed in folder.filesystem.ls(folder.path, detail=True):
        info = listed
        path = info["name"].rstrip("/")
        name = path.rpartition("/")[2]
        if path == folder.path.rstrip("/") or name.startswith("."):
            continue
        is_link = bool(info.get("islink"))
        if is_link:
            info = _follow(folder.filesystem, path)
        entries.append(
            Entry(
                join_name(folder.source, name),
                path,
                folder.filesystem,
                info["type"],
                info.get("size"),
                is_link=is_link,
                key=join_key(folder.key, make_source(name)),
            )
        )
    return sorted(entries, key=lambda e: e.source + ("/" if e.kind == "directory" else ""))


def _has_manifest_walk(entries: list[Entry]) -> bool:
    return any(entry.path.endswith(f"/{MANIFEST}") for entry in entries)


def _follow(filesystem: Any, path: str) -> dict[str, Any]:  # noqa: ANN401
    """Return the target of a link; a broken link counts as a file that cannot be read."""
    try:
        info: dict[str, Any] = filesystem.info(path)
    except OSError:
        return {"type": "file"}
    return info
