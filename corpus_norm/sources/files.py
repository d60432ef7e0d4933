"""Resolve the inputs to files and folders before anything is read.

fsspec resolves, lists and opens the names, so local disks, ``memory://`` and object stores are
handled alike.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from corpus_norm.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STANDARD_INPUT = "-"

_WILDCARDS = "*?["
_WEB = frozenset({"http", "https", "ftp", "github", "gist", "reference", "dask", "worker"})
"""File systems that download pages, or take addresses or code from data."""


@dataclass(frozen=True, slots=True)
class Root:
    """One file or folder to read: its name as the user gave it, and its location.

    ``filesystem`` is an fsspec file system, or None for standard input.  ``base`` is the folder
    in which a pattern was searched for, or None if the name is no pattern.  ``key`` is the path
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
        InputError: nothing matches, or the name is no pattern.
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
