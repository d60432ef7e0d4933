"""What makes two runs the same job, and two parts the same work."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from corpus_norm.dataset.manifest import Manifest, ModelRecord, read_versions
from corpus_norm.document import RawDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from os import PathLike

    from corpus_norm.document import Rejection
    from corpus_norm.settings import Settings


def describe_job(
    settings: Settings,
    inputs: Sequence[str | PathLike[str]],
    models: Sequence[ModelRecord] = (),
    derived: Mapping[str, str] = MappingProxyType({}),
) -> Manifest:
    """The manifest of a job of which nothing is done yet.

    ``derived`` are digests, by name, of what was learnt from the inputs beforehand.
    """
    return Manifest(
        settings=json.loads(settings.to_json()),
        inputs=tuple(_to_name(name) for name in inputs),
        models=tuple(sorted(models, key=dataclasses.astuple)),
        versions=read_versions() | _digest_files(_own_files(settings)) | dict(derived),
    )


def find_differences(found: Manifest, job: Manifest) -> list[str]:
    """What keeps a dataset from being taken up by a job, in words; empty if nothing does.

    >>> before = Manifest(settings={"a": {"b": 1}}, inputs=("x",))
    >>> find_differences(before, Manifest(settings={"a": {"b": 2}}, inputs=("x",)))
    ['its setting a.b is 1, not 2']
    """
    differences = []
    if found.inputs != job.inputs:
        differences.append(f"its inputs are {_quote(found.inputs)}, not {_quote(job.inputs)}")
    before, now = dict(_flatten(found.settings)), dict(_flatten(job.settings))
    differences.extend(
        f"its setting {name} is {before.get(name)!r}, not {now.get(name)!r}"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    )
    return differences


def digest_input(job: Manifest, items: Iterable[RawDocument | Rejection]) -> str:
    """BLAKE2b-128, in hexadecimal, of all that decides what a part will hold.

    That is the items, and of the job its settings, models, library versions and schema version.
    """
    models = [(model.digest, model.recipe) for model in job.models]
    settings = json.dumps(job.settings, sort_keys=True)
    made_with = (
        job.corpus_norm,
        job.schema_version,
        settings,
        models,
        sorted(job.versions.items()),
    )
    digest = hashlib.blake2b(repr(made_with).encode(), digest_size=16)
    for item in items:
        digest.update(_identify(item))
    return digest.hexdigest()


def _identify(item: RawDocument | Rejection) -> bytes:
    """All of an item: ``doc_id`` covers source, record and bytes, not what is known beside them."""
    parts: tuple[object, ...]
    if isinstance(item, RawDocument):
        known = (item.url, item.site, item.title, item.authors, item.published, item.retrieved)
        parts = (item.doc_id, item.media_type, item.charset, *known)
    else:
        parts = (item.source, item.record, item.bytes_sha256, item.stage, item.error, item.message)
    return repr(parts).encode("utf-8", "backslashreplace")


def _own_files(settings: Settings) -> tuple[str, ...]:
    """Lexicons and glossary: their content decides on the result as versions do."""
    glossary = settings.translation.glossary_path
    return (*settings.lexicon_paths, *([glossary] if glossary else []))


def _digest_files(paths: Sequence[str]) -> dict[str, str]:
    return {path: hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in paths}


def _to_name(path: str | PathLike[str]) -> str:
    name = path if isinstance(path, str) else Path(path).as_posix()
    return name.encode("utf-8", "backslashreplace").decode()


def _flatten(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _quote(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
