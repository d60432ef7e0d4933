"""The files of a dataset in its folder: which are ours, which may be removed, the log of faults.

A file is ours if its name and its content say so; no other file is ever overwritten or removed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.dataset.card import CARD_NAME, CARD_SIGNATURE, CROISSANT_NAME, CROISSANT_SIGNATURE
from corpus_norm.dataset.manifest import FORMAT, MANIFEST_NAME, PART_NAME
from corpus_norm.dataset.parts import TEMPORARY_SUFFIX, writing
from corpus_norm.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from corpus_norm.faults import Fault

LOCK_NAME = ".lock"
FAULTS_NAME = "faults.log"
FAULTS_SIGNATURE = "faults of corpus_norm"

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_TABLES = ("documents", "rejects", "stories", "conflicts")
_TEXTS = (
    (MANIFEST_NAME, FORMAT),
    (CARD_NAME, CARD_SIGNATURE),
    (CROISSANT_NAME, CROISSANT_SIGNATURE),
)
# A dot, the name of a part file or of one of the texts, and the suffix of temporary files.
_TEMPORARY = re.compile(
    rf"\.(part-\d{{5,}}(-[0-9a-f]{{8}})?\.parquet|{'|'.join(re.escape(n) for n, _ in _TEXTS)})"
    + re.escape(TEMPORARY_SUFFIX)
)
_FAULTS_HEAD = f"""{FAULTS_SIGNATURE}: each one affected a single document, named below.
Please report them, with the document if you can.
"""
_MOST_TRACEBACKS = 100  # different ones that are written in full


def find_foreign(folder: Path) -> list[str]:
    """Return the names inside a folder that do not belong to a dataset of ours, sorted."""
    own = set(_list_own(folder))
    found = [path for path in folder.iterdir() if path.name not in _TABLES]
    for table in _TABLES:
        inside = folder / table
        found.extend(inside.iterdir() if inside.is_dir() else [inside] if inside.exists() else [])
    return sorted(path.relative_to(folder).as_posix() for path in found if path not in own)


def is_empty(folder: Path) -> bool:
    """Whether a folder holds nothing, or only files that an interrupted start leaves behind."""
    return all(
        path.name == LOCK_NAME or _TEMPORARY.fullmatch(path.name) for path in folder.iterdir()
    )


def check_output(path: object) -> Path:
    """Return the folder of a dataset to write.

    >>> check_output("out").name
    'out'

    Raises:
        DatasetError: it names no folder of this machine.
    """
    if not isinstance(path, (str, os.PathLike)):
        what = "None" if path is None else f"an object of the type {type(path).__name__}"
        raise DatasetError(f"the output must be the name of a folder, not {what}")
    name = os.fspath(path)
    if _ADDRESS.match(name):
        raise DatasetError(
            f"{name}: datasets are written to a folder of this machine; name one, then copy it",
            subject=name,
        )
    if name in {"", "-"}:
        raise DatasetError(
            f"the output {name!r} is no folder; name one, or stream with --to jsonl or --to arrow",
            subject=name,
        )
    return Path(path)


def clear_dataset(folder: Path) -> None:
    """Remove a dataset; files that are not ours stay.

    Raises:
        DatasetError: a file cannot be removed.
    """
    own = [path for path in _list_own(folder) if path.name != LOCK_NAME]
    # The manifest goes first: without it what is left is never taken for a dataset.
    for path in sorted(own, key=lambda path: (path.name != MANIFEST_NAME, path)):
        _remove(path)


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files of a run that was interrupted."""
    for path in _list_own(folder):
        if _TEMPORARY.fullmatch(path.name):
            _remove(path)


def remove_surplus(folder: Path, kept: Collection[str]) -> None:
    """Remove part files that are not among the names to keep."""
    for path in _list_own(folder):
        name = path.relative_to(folder).as_posix()
        if PART_NAME.fullmatch(name) and name not in kept:
            _remove(path)


def find_unlisted(folder: Path, listed: Collection[str]) -> list[str]:
    """Return the part files and temporary files that are not listed in a manifest, sorted."""
    names = (path.relative_to(folder).as_posix() for path in _list_own(folder))
    mine = (n for n in names if PART_NAME.fullmatch(n) or n.endswith(TEMPORARY_SUFFIX))
    return sorted(name for name in mine if name not in listed)


def has_signature(path: Path, signature: str) -> bool:
    """Whether a file holds the signature that we write into such files.

    Raises:
        OSError: the file cannot be read.
    """
    return signature.encode() in path.read_bytes()


def _list_own(folder: Path) -> Iterator[Path]:
    for name, signature in (*_TEXTS, (FAULTS_NAME, FAULTS_SIGNATURE), (LOCK_NAME, "")):
        if (folder / name).is_file() and has_signature(folder / name, signature):
            yield folder / name
    for inside in (folder, *(folder / table for table in _TABLES)):
        for path in inside.iterdir() if inside.is_dir() else ():
            name = path.relative_to(folder).as_posix()
            if PART_NAME.fullmatch(name) or _TEMPORARY.fullmatch(path.name):
                yield path


def _remove(path: Path) -> None:
    with writing(path):
        path.unlink(missing_ok=True)


class FaultLog:
    """The log of faults beside a dataset; each different traceback is written once.

    Args:
        folder: folder of the dataset.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FAULTS_NAME
        self.count = 0
        self._seen: dict[str, int] = {}

    def clear(self) -> None:
        """Remove the log of an earlier run."""
        self.path.unlink(missing_ok=True)

    def add(self, faults: list[Fault]) -> None:
        """Append faults.

        Raises:
            OSError: they cannot be written.
        """
        if not faults:
            return
        self.count += len(faults)
        is_new = not self.path.exists()
        with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(_FAULTS_HEAD if is_new else "")
            file.writelines(map(self._describe, faults))

    def _describe(self, fault: Fault) -> str:
        number = self._seen.get(fault.trace)
        if number is None and len(self._seen) < _MOST_TRACEBACKS:
            number = self._seen[fault.trace] = len(self._seen) + 1
            return f"\n{fault}\ntraceback {number} of this run:\n{fault.trace.rstrip()}\n"
        trace = f"see traceback {number}" if number else "further tracebacks are left out"
        return f"\n{fault}\n({trace})\n"
