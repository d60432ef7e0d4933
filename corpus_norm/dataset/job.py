"""The identity of a job: when a run may resume a dataset, and when a part may be reused."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from corpus_norm.dataset.manifest import Manifest, ModelRecord, read_versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from os import PathLike

    from corpus_norm.settings import Settings


def describe_job(
    settings: Settings,
    inputs: Sequence[str | PathLike[str]],
    models: Sequence[ModelRecord] = (),
    derived: Mapping[str, str] = MappingProxyType({}),
    selection: Mapping[str, float] = MappingProxyType({}),
) -> Manifest:
    """Return the manifest of a job before any of it is done.

    ``derived`` are digests, by name, of data learned from the inputs beforehand; ``selection``
    says which of the inputs' documents were requested, if not all.
    """
    return Manifest(
        settings=json.loads(settings.to_json()),
        inputs=tuple(_to_name(name) for name in inputs),
        models=tuple(sorted(models, key=dataclasses.astuple)),
        selection=dict(selection),
        versions=read_versions() | _digest_files(_own_files(settings)) | dict(derived),
    )


def find_differences(found: Manifest, job: Manifest, *, update: bool = False) -> list[str]:
    """Return the differences that keep a job from resuming a dataset, in words; empty if none do.

    An ``update`` may have other inputs, or another selection of their documents.

    >>> before = Manifest(settings={"a": {"b": 1}}, inputs=("x",))
    >>> find_differences(before, Manifest(settings={"a": {"b": 2}}, inputs=("x",)))
    ['its setting a.b is 1, not 2']
    """
    differences = []
    if found.inputs != job.inputs and not update:
        differences.append(f"its inputs are {_quote(found.inputs)}, not {_quote(job.inputs)}")
    if found.selection != job.selection and not update:
        differences.append(f"it holds {_name(found.selection)}, not {_name(job.selection)}")
    before, now = dict(_flatten(found.settings)), dict(_flatten(job.settings))
    differences.extend(
        f"its setting {name} is {before.get(name)!r}, not {now.get(name)!r}"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    )
    return differences


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
    )
    digest = hashlib.blake2b(repr(made_with).encode(), digest_size=16)
    for item in items:
        digest.update(item)
    return digest.hexdigest()


def _own_files(settings: Settings) -> tuple[str, ...]:
    """Return the lexicons and the glossary; their content determines the result as versions do."""
    glossary = settings.translation.glossary_path
    return (*settings.lexicon_paths, *([glossary] if glossary else []))


def _digest_files(paths: Sequence[str]) -> dict[str, str]:
    return {path: hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in paths}


def _to_name(path: str | PathLike[str]) -> str:
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


def is_same_work(found: Manifest, job: Manifest) -> bool:
    """Whether the job would make the same rows from the same documents as the dataset has."""
    alike = dataclasses.replace(
        found, inputs=job.inputs, selection=job.selection, parts=(), previous=(), complete=False
    )
    return alike == job


def _name(selection: Mapping[str, float]) -> str:
    return ", ".join(f"{k} {v}" for k, v in sorted(selection.items())) or "all documents"


def _quote(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
