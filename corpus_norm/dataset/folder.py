"""What belongs to a dataset in its folder, so that nothing else is ever overwritten or removed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus_norm.dataset.card import CARD_MARK, CARD_NAME, CROISSANT_MARK, CROISSANT_NAME
from corpus_norm.dataset.manifest import FORMAT, MANIFEST_NAME, PART_NAME
from corpus_norm.dataset.parts import TEMPORARY_SUFFIX, writing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from corpus_norm.faults import Fault

LOCK_NAME = ".lock"
_TABLES = ("documents", "rejects")
_TEXTS = ((MANIFEST_NAME, FORMAT), (CARD_NAME, CARD_MARK), (CROISSANT_NAME, CROISSANT_MARK))
_TEMPORARY = re.compile(
    rf"\.(part-\d{{5,}}(-[0-9a-f]{{8}})?\.parquet|{'|'.join(re.escape(n) for n, _ in _TEXTS)})"
    + re.escape(TEMPORARY_SUFFIX)
)


def find_foreign(folder: Path) -> list[str]:
    """Names inside a folder that no dataset of ours would have, in order."""
    own = set(_list_own(folder))
    found = [path for path in folder.iterdir() if path.name not in _TABLES]
    for table in _TABLES:
        inside = folder / table
        found.extend(inside.iterdir() if inside.is_dir() else [inside] if inside.exists() else [])
    return sorted(path.relative_to(folder).as_posix() for path in found if path not in own)


def is_empty(folder: Path) -> bool:
    """Whether a folder holds nothing but what an interrupted start leaves behind."""
    return all(
        path.name == LOCK_NAME or _TEMPORARY.fullmatch(path.name) for path in folder.iterdir()
    )


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
    """Part files and temporary files that no manifest accounts for, in order."""
    names = (path.relative_to(folder).as_posix() for path in _list_own(folder))
    mine = (n for n in names if PART_NAME.fullmatch(n) or n.endswith(TEMPORARY_SUFFIX))
    return sorted(name for name in mine if name not in listed)


def has_mark(path: Path, mark: str) -> bool:
    """Whether a file holds the mark of the files we write.

    Raises:
        OSError: the file cannot be read.
    """
    return mark.encode() in path.read_bytes()


def _list_own(folder: Path) -> Iterator[Path]:
    for name, mark in (*_TEXTS, (FAULTS_NAME, FAULTS_MARK), (LOCK_NAME, "")):
        if (folder / name).is_file() and has_mark(folder / name, mark):
            yield folder / name
    for inside in (folder, *(folder / table for table in _TABLES)):
        for path in inside.iterdir() if inside.is_dir() else ():
            name = path.relative_to(folder).as_posix()
            if PART_NAME.fullmatch(name) or _TEMPORARY.fullmatch(path.name):
                yield path


def _remove(path: Path) -> None:
    with writing(path):
        path.unlink(missing_ok=True)


FAULTS_NAME = "faults.log"
FAULTS_MARK = "faults of corpus_norm"
_HEAD = f"""{FAULTS_MARK}: each cost the document that met it, and no other.
Please report them, if you can with a document: what is below names it.
"""
_TRACES = 100  # different ones that are written in full


class FaultLog:
    """Writes faults down, each different traceback once.

    Args:
        folder: that of the dataset.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FAULTS_NAME
        self.count = 0
        self._seen: dict[str, int] = {}

    def clear(self) -> None:
        """Remove the log of other work."""
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
            file.write(_HEAD if is_new else "")
            file.writelines(map(self._describe, faults))

    def _describe(self, fault: Fault) -> str:
        number = self._seen.get(fault.trace)
        if number is None and len(self._seen) < _TRACES:
            number = self._seen[fault.trace] = len(self._seen) + 1
            return f"\n{fault}\ntraceback {number} of this run:\n{fault.trace.rstrip()}\n"
        told = f"traceback {number}" if number else "further tracebacks are left out"
        return f"\n{fault}\n({told})\n"
