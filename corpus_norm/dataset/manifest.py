"""The manifest of a dataset: what it was made from, and whether a run may resume or reuse it.

Digests identify the inputs: of each document, of its place in the sources, and of a whole part.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from corpus_norm import __version__
from corpus_norm.dataset.schema import SCHEMA_VERSION
from corpus_norm.document import RawDocument
from corpus_norm.errors import DatasetError, SchemaMismatchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from os import PathLike

    from corpus_norm.document import Rejection
    from corpus_norm.settings import Settings

MANIFEST_NAME = "manifest.json"
FORMAT = "corpus_norm dataset"
PART_NAME = re.compile(r"(documents|rejects|stories|conflicts)/part-\d{5,}(-[0-9a-f]{8})?\.parquet")
"""The only names a manifest may give to files, so that it cannot point outside its folder.

The name is made of the table, the index of the part and the first digits of its input's digest.
"""
ITEM_DIGEST_BYTES = 32
"""Bytes of :func:`digest_item`: 16 for the item, 8 for its place, 8 for how its place is written.
"""

# The libraries whose versions can change the text of a document.
_INFLUENTIAL = (
    "chardet",
    "ctranslate2",
    "ftfy",
    "langdetect",
    "lxml",
    "pyarrow",
    "sentencepiece",
    "sentencex",
    "trafilatura",
)


def digest_item(item: RawDocument | Rejection) -> bytes:
    """Return three digests of an item, one after the other.

    - BLAKE2b-128 of its bytes and of all that came with them: with the same, its row is the same.
    - BLAKE2b-64 of its place, whatever its content: with the same, it is the same document.
    - BLAKE2b-64 of ``source`` and ``record``, which only say where it was found this time.

    >>> old, new = (digest_item(RawDocument(name, "x", key="a")) for name in ("d/a", "./d/a"))
    >>> old[:24] == new[:24], old == new
    (True, False)
    >>> digest_item(RawDocument("d/a", "x", key="a", title="T"))[:16] == old[:16]
    False
    """
    parts: tuple[object, ...]
    if isinstance(item, RawDocument):
        known = (item.url, item.site, item.title, item.authors, item.published, item.retrieved)
        own = (item.source_id, item.extra, item.published_at, item.updated)
        content = item.bytes_sha256
        parts = (item.doc_id, content, item.media_type, item.charset, *known, *own)
    else:
        parts = (item.place, item.bytes_sha256, item.stage, item.error, item.source_id, item.extra)
    found_at = _digest(repr((item.source, item.record)), 8)
    return _digest(repr(parts), 16) + item.place.to_bytes(8, "big") + found_at


def _digest(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "backslashreplace"), digest_size=size).digest()


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A translation model that a run could use: the metadata of its package, and its digest.

    ``recipe`` says how sentences were batched.
    """

    name: str
    source: str
    target: str
    version: str
    digest: str
    licence: str
    recipe: str = ""


@dataclass(frozen=True, slots=True)
class PartFile:
    """A Parquet file of a part: its name inside the dataset, rows, size in bytes and SHA-256."""

    name: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """A finished shard.

    ``input_digest`` identifies its inputs; ``languages`` and ``statuses`` count its documents by
    language and by translation status.
    """

    index: int
    documents: PartFile
    rejects: PartFile
    input_digest: str
    languages: Mapping[str, int]
    statuses: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StoriesRecord:
    """The tables ``stories`` and ``conflicts``, and what they were made with.

    ``input_digest`` identifies the documents and the settings; ``settings`` is empty where only
    near-duplicates were looked for.
    """

    stories: PartFile
    conflicts: PartFile
    input_digest: str
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """The names of the files."""
        return {self.stories.name, self.conflicts.name}


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the parts."""

    documents: int
    rejects: int
    languages: Mapping[str, int]
    statuses: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of ``manifest.json``.

    ``versions`` are those of the libraries that can change the text, and of Python's Unicode
    tables.  ``complete`` says whether the run that wrote the dataset finished; until then,
    ``previous`` holds parts of an earlier run that may still be needed.  ``selection`` says which
    documents of the inputs were requested, if not all; ``columns`` which fields of records have
    columns of their own, with their types.  ``site_boilerplate`` has the digests of the blocks that
    recur on the pages of a site.  ``stories`` is None until a run ends.

    >>> manifest = Manifest(settings={}, inputs=("corpus/",))
    >>> Manifest.from_json(manifest.to_json()) == manifest
    True
    """

    settings: Mapping[str, Any]
    inputs: tuple[str, ...]
    models: tuple[ModelRecord, ...] = ()
    versions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    previous: tuple[Part, ...] = ()
    selection: Mapping[str, float] = dataclasses.field(default_factory=dict)
    stories: StoriesRecord | None = None
    complete: bool = False
    corpus_norm: str = __version__
    schema_version: str = SCHEMA_VERSION
    columns: Mapping[str, str] = dataclasses.field(default_factory=dict)
    site_boilerplate: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)

    @property
    def totals(self) -> Totals:
        """Documents, rejects, languages and translation statuses, summed over all parts."""
        languages: Counter[str] = Counter()
        statuses: Counter[str] = Counter()
        for part in self.parts:
            languages.update(part.languages)
            statuses.update(part.statuses)
        documents = sum(part.documents.rows for part in self.parts)
        rejects = sum(part.rejects.rows for part in self.parts)
        return Totals(documents, rejects, _by_count(languages), _by_count(statuses))

    def to_json(self) -> str:
        """Return the manifest as JSON; the same content always gives the same text."""
        content = {
            "format": FORMAT,
            "totals": dataclasses.asdict(self.totals),
            **dataclasses.asdict(self),
        }
        content["columns"] = list(self.columns.items())  # their order is that of the files
        for name in ("previous", "selection", "columns", "stories", "site_boilerplate"):
            if not content[name]:
                del content[name]
        return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read a manifest from JSON.

        Raises:
            ValueError: the text is not a manifest of ours, or it is damaged.
        """
        content = json.loads(text)
        if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
            raise ValueError("it is not the manifest of a corpus_norm dataset")
        content.pop("totals", None)
        try:
            for table, old, new in _OLD_KEYS:
                if old in content[table]:
                    content[table][new] = content[table].pop(old)
            content["inputs"] = tuple(content["inputs"])
            content["models"] = tuple(ModelRecord(**model) for model in content["models"])
            content["parts"] = tuple(_to_part(part) for part in content["parts"])
            content["previous"] = tuple(_to_part(part) for part in content.get("previous", ()))
            content["stories"] = _to_stories(content.get("stories"))
            content["columns"] = dict(content.get("columns", ()))
            learned = content.get("site_boilerplate", {})
            content["site_boilerplate"] = {site: tuple(keys) for site, keys in learned.items()}
            return cls(**content)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"a field is missing, unknown or of the wrong type: {error}"
            ) from error


# The table of a manifest, the key before 0.3, and the key now.
_OLD_KEYS = (
    ("settings", "learn_furniture", "learn_site_boilerplate"),
    ("versions", "furniture", "site_boilerplate"),
)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of the dataset in a folder.

    Raises:
        DatasetError: there is none, or it is damaged.
        SchemaMismatchError: the dataset was written with another version of the schema.
    """
    path = folder / MANIFEST_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise DatasetError(
            f"not a dataset: {folder} holds no {MANIFEST_NAME}; "
            "name the folder that convert wrote to",
            subject=str(folder),
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot read {path}: {error}", subject=str(path)) from error
    try:
        found = json.loads(text)
        made_with = found.get("schema_version") if isinstance(found, dict) else None
        if made_with is not None and made_with != SCHEMA_VERSION:
            raise SchemaMismatchError(
                f"{folder} has schema version {made_with}, this release reads {SCHEMA_VERSION}; "
                "convert the inputs again into a new folder or with --overwrite (an update cannot "
                "bring it up to date), or install the release it was made "
                f"with (corpus_norm {found.get('corpus_norm', 'unknown')})",
                subject=str(folder),
            )
        return Manifest.from_json(text)
    except (ValueError, RecursionError) as error:
        raise DatasetError(
            f"{path} is damaged or not ours: {error}; convert the inputs again into a new folder",
            subject=str(path),
        ) from error


def read_versions() -> dict[str, str]:
    """Return the versions of the libraries that can change the text; empty for one not installed.

    >>> sorted(read_versions())[:3]
    ['chardet', 'ctranslate2', 'ftfy']
    """
    found = {"unicode": unicodedata.unidata_version}
    for name in _INFLUENTIAL:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


def describe_job(  # noqa: PLR0913, PLR0917 -- two say what, the others have defaults
    settings: Settings,
    inputs: Sequence[str | PathLike[str]],
    models: Sequence[ModelRecord] = (),
    derived: Mapping[str, str] = MappingProxyType({}),
    selection: Mapping[str, float] = MappingProxyType({}),
    columns: Mapping[str, str] = MappingProxyType({}),
    *,
    site_boilerplate: Mapping[str, Iterable[str]] = MappingProxyType({}),
) -> Manifest:
    """Return the manifest of a job before any of it is done.

    ``derived`` are digests, by name, of data learned from the inputs beforehand; ``selection``
    says which of the inputs' documents were requested, if not all.
    """
    return Manifest(
        settings=json.loads(settings.to_json()),
        inputs=tuple(_to_name_selection(name) for name in inputs),
        models=tuple(sorted(models, key=dataclasses.astuple)),
        selection=dict(selection),
        columns=dict(columns),
        site_boilerplate={
            site: tuple(sorted(site_boilerplate[site])) for site in sorted(site_boilerplate)
        },
        versions=read_versions() | _digest_files(_own_files(settings)) | dict(derived),
    )


def find_differences(found: Manifest, job: Manifest, *, update: bool = False) -> list[str]:
    """Return the differences that keep a job from resuming a dataset, in words; empty if none do.

    An ``update`` may have other inputs, and all documents or another selection where the dataset
    has a selection.  A selection from all of them would remove the others.

    >>> before = Manifest(settings={"a": {"b": 1}}, inputs=("x",))
    >>> find_differences(before, Manifest(settings={"a": {"b": 2}}, inputs=("x",)))
    ['its setting a.b is 1, not 2']
    """
    differences = []
    if found.inputs != job.inputs and not update:
        differences.append(f"its inputs are {_quote(found.inputs)}, not {_quote(job.inputs)}")
    if found.selection != job.selection and not (update and found.selection):
        differences.append(
            f"it holds {_name_selection(found.selection)}, not {_name_selection(job.selection)}"
        )
    before, now = dict(_flatten(found.settings)), dict(_flatten(job.settings))
    differences.extend(
        f"its setting {name} is {before.get(name)!r}, not {now.get(name)!r}"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    )
    return differences


def is_same_work(found: Manifest, job: Manifest, *, update: bool = False) -> bool:
    """Whether the job would make the same rows from the same documents as the dataset has.

    Rows that an ``update`` takes over may have been made with boilerplate of fewer sites.
    """
    learned = job if update else found
    alike = dataclasses.replace(
        found,
        site_boilerplate=learned.site_boilerplate,
        versions=replace_learned(found, learned),
        inputs=job.inputs,
        selection=job.selection,
        parts=(),
        previous=(),
        stories=None,
        complete=False,
    )
    return alike == job


def replace_learned(found: Manifest, learned: Manifest) -> dict[str, str]:
    """Return the versions of ``found`` with the digest of what was learned of ``learned``."""
    own = {name: value for name, value in found.versions.items() if name != "site_boilerplate"}
    digest = learned.versions.get("site_boilerplate")
    return own if digest is None else own | {"site_boilerplate": digest}


def digest_input(job: Manifest, items: Iterable[bytes]) -> str:
    """Return BLAKE2b-128, in hexadecimal, of all that determines the content of a part.

    That is the digests of its items, and the settings, models, library versions and schema version
    of the job.
    """
    models = [(model.digest, model.recipe) for model in job.models]
    settings = json.dumps(job.settings, sort_keys=True)
    made_with = (
        job.corpus_norm,
        job.schema_version,
        settings,
        models,
        sorted(job.versions.items()),
        list(job.columns.items()),
    )
    digest = hashlib.blake2b(repr(made_with).encode(), digest_size=16)
    for item in items:
        digest.update(item)
    return digest.hexdigest()


def _to_part(content: dict[str, Any]) -> Part:
    for name in ("documents", "rejects"):
        content[name] = _to_file(content[name])
    return Part(**content)


def _to_stories(content: dict[str, Any] | None) -> StoriesRecord | None:
    if content is None:
        return None
    files = {name: _to_file(content[name]) for name in ("stories", "conflicts")}
    return StoriesRecord(**{**content, **files})


def _to_file(content: dict[str, Any]) -> PartFile:
    file = PartFile(**content)
    if not PART_NAME.fullmatch(file.name):
        raise TypeError(f"{file.name!r} is not the name of a part file")
    return file


def _by_count(counts: Counter[str]) -> dict[str, int]:
    """Sort by descending count, then by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _own_files(settings: Settings) -> tuple[str, ...]:
    """Return the lexicons and the glossary; their content determines the result as versions do."""
    glossary = settings.translation.glossary_path
    return (*settings.lexicon_paths, *([glossary] if glossary else []))


def _digest_files(paths: Sequence[str]) -> dict[str, str]:
    return {path: hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in paths}


def _to_name_selection(path: str | PathLike[str]) -> str:
    name = path if isinstance(path, str) else Path(path).as_posix()
    try:  # UTF-8 bytes that Python could not decode in the current locale
        return name.encode("utf-8", "surrogateescape").decode()
    except UnicodeError:
        return name.encode("utf-8", "backslashreplace").decode()


def _flatten(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _name_selection(selection: Mapping[str, float]) -> str:
    return ", ".join(f"{k} {v}" for k, v in sorted(selection.items())) or "all documents"


def _quote(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
