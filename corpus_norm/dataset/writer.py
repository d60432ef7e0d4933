"""Writing a dataset part by part, so that a run can be stopped and resumed at any moment.

An update keeps rows of an earlier run, which it looks up by the input that each was made from.
"""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from filelock import FileLock, Timeout

from corpus_norm.dataset.card import (
    CARD_NAME,
    CARD_SIGNATURE,
    CROISSANT_NAME,
    CROISSANT_SIGNATURE,
    make_card,
    make_croissant,
)
from corpus_norm.dataset.manifest import (
    ITEM_DIGEST_BYTES,
    MANIFEST_NAME,
    describe_job,
    digest_input,
    find_differences,
    is_same_work,
    read_manifest,
)
from corpus_norm.dataset.parts import (
    LOCK_NAME,
    FaultLog,
    check_output,
    clear_dataset,
    find_foreign,
    has_signature,
    is_empty,
    is_intact,
    move_part,
    open_parquet,
    read_item_digests,
    remove_leftovers,
    remove_surplus,
    write_part,
    write_text,
    writing,
)
from corpus_norm.dataset.rows import conform
from corpus_norm.dataset.schema import DOCUMENTS, REJECTS, RESULTS
from corpus_norm.errors import DatasetError, DatasetExistsError, SchemaMismatchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from os import PathLike
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from corpus_norm.dataset.manifest import Manifest, ModelRecord, Part, PartFile, StoriesRecord
    from corpus_norm.faults import Fault
    from corpus_norm.settings import Settings


class DatasetWriter:
    """A writer of the parts of a dataset, in any order; the manifest records those that are done.

    If the folder already holds a dataset of the same settings and inputs, finished or not, the
    writer resumes it; parts made by other library versions or models are made again.  With
    ``update`` the inputs may differ: parts with the same documents are kept.

    >>> import tempfile
    >>> from corpus_norm.dataset.manifest import digest_item
    >>> from corpus_norm.dataset.rows import documents_to_batch
    >>> from corpus_norm.document import Document, RawDocument
    >>> from corpus_norm.settings import Settings
    >>> raw = [digest_item(RawDocument("a.txt", "Hi."))]
    >>> with tempfile.TemporaryDirectory() as path, DatasetWriter(path, Settings(), ["a"]) as out:
    ...     digest = out.input_digest(raw)
    ...     before = out.reuse_part(0, digest)
    ...     part = out.write_part(0, digest, [documents_to_batch([Document("a.txt", "Hi.")])])
    ...     before, out.reuse_part(0, digest) == part, out.finish().totals.documents
    (None, True, 1)

    Args:
        path: the folder; created if it is missing.
        settings: all settings of the run.
        inputs: the inputs as the user named them.
        models: the translation models the run can use.
        derived: digests, by name, of data learned from the inputs beforehand.
        selection: which documents of the inputs were requested, if not all.
        columns: fields of ``extra`` to make columns of, with their types
            (:mod:`corpus_norm.dataset.columns`).
        site_boilerplate: digests of the blocks that recur on the pages of a site.
        update: also resume a dataset of other inputs.
        overwrite: remove a dataset that is in the way, but no other files.

    Raises:
        DatasetExistsError: the folder holds something else.
        DatasetError: the name is not a local folder, the folder cannot be written to, or another
            run is writing there.
    """

    def __init__(  # noqa: PLR0913 -- three required arguments, the others are keyword-only
        self,
        path: str | PathLike[str],
        settings: Settings,
        inputs: Sequence[str | PathLike[str]],
        *,
        models: Sequence[ModelRecord] = (),
        derived: Mapping[str, str] = MappingProxyType({}),
        selection: Mapping[str, float] = MappingProxyType({}),
        columns: Mapping[str, str] = MappingProxyType({}),
        site_boilerplate: Mapping[str, Iterable[str]] = MappingProxyType({}),
        update: bool = False,
        overwrite: bool = False,
    ) -> None:
        self.path = check_output(path)
        self._settings = settings
        self._parts: dict[int, Part] = {}
        self._old: dict[str, Part] = {}
        self.fault_log = FaultLog(self.path)
        job = describe_job(
            settings,
            inputs,
            models,
            derived,
            selection,
            columns,
            site_boilerplate=site_boilerplate,
        )
        _prepare(self.path, overwrite=overwrite)
        self._lock = _acquire(self.path)
        try:
            self.manifest = self._open(job, update=update, overwrite=overwrite)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the folder to other runs; an unfinished dataset can be resumed later."""
        # Ctrl-C may have left a temporary file that no PartWriter owns yet.
        with contextlib.suppress(DatasetError, OSError):
            remove_leftovers(self.path)
        self._lock.release()

    @property
    def old_parts(self) -> list[Part]:
        """Parts of earlier runs that this run has not reused so far."""
        return list(self._old.values())

    def input_digest(self, items: Iterable[bytes]) -> str:
        """Return BLAKE2b-128 of all that determines a part: documents, settings, models."""
        return digest_input(self.manifest, items)

    def reuse_part(self, index: int, input_digest: str) -> Part | None:
        """Return the part that was already made from this input, if its files are undamaged.

        A part that had another index is renamed.

        Raises:
            DatasetError: a file cannot be renamed.
        """
        part = self._parts.get(index)
        if part is None or part.input_digest != input_digest:
            part = self._old.get(input_digest)
        moved = move_part(self.path, part, index) if part else None
        if moved:
            self._old.pop(input_digest, None)
            self._parts[index] = moved
        return moved

    def write_part(
        self,
        index: int,
        input_digest: str,
        batches: Iterable[pa.RecordBatch],
        item_digests: Sequence[bytes] = (),
    ) -> Part:
        """Write a part from batches of RESULTS and add it to the manifest.

        Raises:
            DatasetError: the disk is full, or the folder can no longer be written to.
        """
        part = write_part(
            self.path,
            index,
            batches,
            self._settings.dataset,
            input_digest=input_digest,
            item_digests=item_digests,
            columns=self.manifest.columns,
        )
        self.add(part)
        return part

    def add(self, part: Part) -> None:
        """Add to the manifest a part that another process wrote."""
        self._old.pop(part.input_digest, None)
        self._parts[part.index] = part
        self._save(self.account())

    def log_faults(self, faults: list[Fault]) -> None:
        """Append faults, with their tracebacks, to the log beside the dataset.

        Raises:
            DatasetError: the disk is full, or the folder can no longer be written to.
        """
        with writing(self.fault_log.path):
            self.fault_log.add(faults)

    def finish(self, stories: StoriesRecord | None = None) -> Manifest:
        """Declare the dataset complete with the parts written or reused so far.

        Parts of an earlier run that were not reused (their inputs are gone) are removed, and so
        are tables of groups that are not ``stories``.

        Raises:
            DatasetError: a file cannot be written or removed.
        """
        if not self._parts:
            self.write_part(0, self.input_digest([]), [])
        manifest = dataclasses.replace(self.account(), previous=(), stories=stories, complete=True)
        self._describe(CARD_NAME, CARD_SIGNATURE, make_card(manifest))
        self._describe(CROISSANT_NAME, CROISSANT_SIGNATURE, make_croissant(manifest))
        self._save(manifest)
        kept = {file.name for part in manifest.parts for file in (part.documents, part.rejects)}
        kept |= stories.names if stories else set()
        remove_surplus(self.path, kept)
        return manifest

    def _describe(self, name: str, signature: str, text: str) -> None:
        """Write a description of the dataset, unless the user has replaced it by their own."""
        path = self.path / name
        with writing(path):
            if not path.exists() or has_signature(path, signature):
                write_text(path, text)

    def _open(self, job: Manifest, *, update: bool, overwrite: bool) -> Manifest:
        remove_leftovers(self.path)
        if overwrite:
            clear_dataset(self.path)
        if not (self.path / MANIFEST_NAME).exists():
            self.fault_log.clear()
            return self._save(job)
        found = read_manifest(self.path)
        differences = find_differences(found, job, update=update)
        if differences:
            raise DatasetExistsError(
                f"{self.path} holds a dataset made differently: {'; '.join(differences)}; "
                "choose another folder, or pass --overwrite (overwrite=True) to replace it",
                subject=str(self.path),
            )
        if not is_same_work(found, job, update=update):
            self.fault_log.clear()
            return self._save(dataclasses.replace(job, stories=found.stories))
        self._old = {part.input_digest: part for part in (*found.previous, *found.parts)}
        return dataclasses.replace(
            found,
            inputs=job.inputs,
            selection=job.selection,
            site_boilerplate=job.site_boilerplate,
            versions=job.versions,
        )

    def account(self) -> Manifest:
        """Return the manifest with the parts written or reused so far."""

        def in_order(parts: Iterable[Part]) -> tuple[Part, ...]:
            return tuple(sorted(parts, key=lambda part: (part.index, part.input_digest)))

        return dataclasses.replace(
            self.manifest,
            parts=in_order(self._parts.values()),
            previous=in_order(self._old.values()),
            complete=False,
        )

    def _save(self, manifest: Manifest) -> Manifest:
        write_text(self.path / MANIFEST_NAME, manifest.to_json())
        self.manifest = manifest
        return manifest


def _prepare(path: Path, *, overwrite: bool) -> None:
    """Create the folder, or check that it is ours before anything is written there."""
    if path.exists() and not path.is_dir():
        raise DatasetError(f"{path} is a file; name a folder to write to", subject=str(path))
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
        if is_empty(path):
            return
        foreign = find_foreign(path)
    try:
        read_manifest(path)
    except DatasetError as error:
        if overwrite and not foreign:
            return
        if isinstance(error, SchemaMismatchError):
            raise
        what = "parts of a dataset without a usable manifest"
        if foreign:
            what = f"other files ({', '.join(foreign[:3])})"
        raise DatasetExistsError(
            f"{path} already holds {what}: {error}; choose an empty or new folder"
            + ("" if foreign else ", or pass --overwrite (overwrite=True) to replace it"),
            subject=str(path),
        ) from error


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other runs from writing to a folder.

    Raises:
        DatasetError: another run is writing there, or there is no such folder.
    """
    if not path.is_dir():
        raise DatasetError(
            f"{path} is not a folder; name one that convert wrote", subject=str(path)
        )
    lock = _acquire(path)
    try:
        yield
    finally:
        lock.release()


def _acquire(path: Path) -> FileLock:
    lock = FileLock(path / LOCK_NAME)
    with writing(path):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise DatasetError(
                f"another run is writing to {path}; wait for it to end, or choose another folder",
                subject=str(path),
            ) from None
    return lock


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
