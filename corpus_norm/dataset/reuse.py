"""Reuse of the rows of an earlier run, looked up by the input that each row was made from."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from corpus_norm.dataset.manifest import ITEM_DIGEST_BYTES
from corpus_norm.dataset.parts import is_intact, open_parquet, read_item_digests
from corpus_norm.dataset.rows import conform
from corpus_norm.dataset.schema import DOCUMENTS, REJECTS, RESULTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from corpus_norm.dataset.manifest import Part, PartFile

_REASON = RESULTS.field("rejection").type
_WORDS = ITEM_DIGEST_BYTES // 8  # of an item's digest: two for the item, then its place
_KEPT_TABLES = 4  # part files held in memory


@dataclass(frozen=True, slots=True)
class Changes:
    """The documents that an update found, by what became of them; ``removed`` holds names."""

    unchanged: int = 0
    changed: int = 0
    added: int = 0
    removed: tuple[str, ...] = ()

    def __str__(self) -> str:
        return (
            f"{self.unchanged:,} unchanged, {self.changed:,} changed, {self.added:,} added, "
            f"{len(self.removed):,} removed"
        )


class OldRows:
    """An index of the rows of some parts: looks rows up by digest, reads them as RESULTS.

    It takes 40 bytes of memory a row, in arrays; texts are read on demand.  Parts whose files are
    damaged are left out.
    """

    def __init__(self, folder: Path, parts: Sequence[Part]) -> None:
        self._folder = folder
        self._tables: dict[str, pa.Table] = {}
        self._files: list[PartFile] = []
        self._changes = Changes()
        digests, places, owners, rows = [], [], [], []
        for part in parts:
            if not is_intact(folder, part):
                continue
            for file in (part.documents, part.rejects):
                found = np.frombuffer(read_item_digests(folder / file.name), dtype=">u8")
                if len(found) != file.rows * ITEM_DIGEST_BYTES // 8:
                    continue
                digests.append(found.reshape(-1, _WORDS)[:, :2])
                places.append(found.reshape(-1, _WORDS)[:, 2].astype(np.uint64))
                owners.append(np.full(file.rows, len(self._files), np.int32))
                rows.append(np.arange(file.rows, dtype=np.int32))
                self._files.append(file)
        empty = np.empty((0, 2), ">u8")
        all_digests = np.concatenate([empty, *digests]).astype(np.uint64)
        order = np.argsort(all_digests[:, 0], kind="stable")
        self._digests = all_digests[order]
        self._places = np.concatenate([np.empty(0, np.uint64), *places])[order]
        self._owners = np.concatenate([np.empty(0, np.int32), *owners])[order]
        self._rows = np.concatenate([np.empty(0, np.int32), *rows])[order]
        self._by_place = np.sort(self._places)
        self._seen: list[np.ndarray[Any, Any]] = []

    def find(self, digests: Sequence[bytes]) -> list[int | None]:
        """Return the old row of each input, or None; the inputs count as seen."""
        wanted = np.frombuffer(b"".join(digests), dtype=">u8").reshape(-1, _WORDS)
        wanted = wanted.astype(np.uint64)
        spots = np.searchsorted(self._digests[:, 0], wanted[:, 0])
        inside = spots < len(self._digests)
        good = np.zeros(len(wanted), bool)
        good[inside] = (self._digests[spots[inside]] == wanted[inside, :2]).all(axis=1)
        here = wanted[:, 2]
        known = np.isin(here, self._by_place)
        self._seen.append(here[known])
        self._changes = dataclasses.replace(
            self._changes,
            unchanged=self._changes.unchanged + int(good.sum()),
            changed=self._changes.changed + int((known & ~good).sum()),
            added=self._changes.added + int((~known & ~good).sum()),
        )
        return [int(spot) if ok else None for spot, ok in zip(spots, good, strict=True)]

    def read(self, found: Sequence[int], places: Sequence[tuple[str, int]]) -> pa.RecordBatch:
        """Return the rows that :meth:`find` gave, in this order, with their places of today."""
        wanted = np.array(found, np.int64)
        batches, order = [RESULTS.empty_table()], []
        for owner in np.unique(self._owners[wanted]):
            mine = np.flatnonzero(self._owners[wanted] == owner)
            table = self._open(self._files[owner])
            batches.append(table.take(pa.array(self._rows[wanted[mine]])))
            order.append(mine)
        rows = pa.concat_tables(batches)
        if order:
            rows = rows.take(pa.array(np.argsort(np.concatenate(order), kind="stable")))
        for name, values in zip(("source", "record"), zip(*places, strict=True), strict=True):
            spot = RESULTS.get_field_index(name)
            rows = rows.set_column(spot, RESULTS.field(spot), pa.array(values, RESULTS.types[spot]))
        rows = rows.combine_chunks()
        return rows.to_batches()[0] if rows.num_rows else pa.RecordBatch.from_pylist([], RESULTS)

    def finish(self) -> Changes:
        """Return the changes of the whole update, with the names of inputs never seen."""
        seen = np.concatenate([np.empty(0, np.uint64), *self._seen])
        gone = ~np.isin(self._places, seen)
        names: list[str] = []
        for owner in np.unique(self._owners[gone]):
            file = self._files[owner]
            rows = self._rows[gone & (self._owners == owner)]
            columns = _read_table(self._folder / file.name, ["source", "record"])
            names.extend(_name(row) for row in columns.take(pa.array(np.sort(rows))).to_pylist())
        return dataclasses.replace(self._changes, removed=tuple(names))

    def _open(self, file: PartFile) -> pa.Table:
        if file.name not in self._tables:
            while len(self._tables) >= _KEPT_TABLES:
                del self._tables[next(iter(self._tables))]
            self._tables[file.name] = _read_results(self._folder / file.name)
        return self._tables[file.name]


def merge_rows(
    old: pa.RecordBatch, is_old: Sequence[bool], new: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Merge old and new rows, in the order of their inputs.

    ``is_old`` says for each input whether its row is the next one of ``old`` or of ``new``.

    >>> old, new = (pa.RecordBatch.from_pydict({"n": n}) for n in ([1, 3, 4], [2, 5]))
    >>> rows = merge_rows(old, [True, False, True, True, False], iter([new]))
    >>> [n for batch in rows for n in batch["n"].to_pylist()]
    [1, 2, 3, 4, 5]
    """
    position = 0
    for batch in new:
        taken = 0
        while taken < batch.num_rows:
            start = position
            while is_old[position]:
                position += 1
            if position > start:
                yield old.slice(0, position - start)
                old = old.slice(position - start)
            start = position
            while position < len(is_old) and not is_old[position] and taken < batch.num_rows:
                position, taken = position + 1, taken + 1
            yield batch.slice(taken - (position - start), position - start)
    if old.num_rows:
        yield old


def _read_results(path: Path) -> pa.Table:
    """Read the rows of a part file, of either table, with the columns of RESULTS."""
    table = _read_table(path)
    is_rejects = "stage" in table.schema.names
    batches = []
    for batch in table.combine_chunks().to_batches():
        if is_rejects:
            reasons = [batch.column(field.name) for field in _REASON]
            reason = pa.StructArray.from_arrays(reasons, fields=list(_REASON))
            names = [n for n in REJECTS.names if n in DOCUMENTS.names]
            batch = pa.RecordBatch.from_arrays(  # noqa: PLW2901
                [*(batch.column(n) for n in names), reason], [*names, "rejection"]
            )
        batches.append(conform(batch, RESULTS))
    return pa.Table.from_batches(batches, schema=RESULTS)


def _read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    with open_parquet(path) as file:
        return file.read(columns)


def _name(row: dict[str, Any]) -> str:
    return f"{row['source']} record {row['record']}" if row["record"] else str(row["source"])
