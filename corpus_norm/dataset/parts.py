"""Part files: written beside their final name, synced, then renamed into place.

After a crash there is either the whole file or none.  The bytes depend on the rows alone, not on
how they were cut into batches nor on the time of day.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_norm.dataset.manifest import Part, PartFile
from corpus_norm.dataset.rows import split_results
from corpus_norm.dataset.schema import DOCUMENTS, REJECTS
from corpus_norm.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from corpus_norm.settings import DatasetSettings

TEMPORARY_SUFFIX = ".tmp"
_ROW_GROUP_BYTES = 256 * 1024 * 1024  # bounds memory when documents are huge


def name_part(table: str, index: int) -> str:
    """The name of a part file inside its dataset.

    >>> name_part("documents", 7)
    'documents/part-00007.parquet'
    """
    return f"{table}/part-{index:05d}.parquet"


def write_part(
    folder: Path,
    index: int,
    batches: Iterable[pa.RecordBatch],
    settings: DatasetSettings,
    input_digest: str = "",
) -> Part:
    """Write the documents and the rejects of a shard, from batches of RESULTS.

    Both files are always written, if need be without rows, so that ``documents/*.parquet`` and
    ``rejects/*.parquet`` can be read by any tool.  The part counts as done only once the manifest
    lists it.

    Raises:
        DatasetError: the disk is full, the folder read-only or gone.
    """
    languages: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    with (
        PartWriter(folder, name_part("documents", index), DOCUMENTS, settings) as documents,
        PartWriter(folder, name_part("rejects", index), REJECTS, settings) as rejects,
    ):
        for batch in batches:
            kept, lost = split_results(batch)
            languages.update(_count(kept.column("language")))
            statuses.update(_count(kept.column("translation_status")))
            documents.add(kept)
            rejects.add(_drop_large_data(lost, settings.reject_bytes))
        files = documents.finish(), rejects.finish()
    return Part(index, *files, input_digest, _sorted(languages), _sorted(statuses))


def is_intact(folder: Path, part: Part) -> bool:
    """Whether both files of a part are there, of the right size and with the right SHA-256."""
    return all(_matches(folder / file.name, file) for file in (part.documents, part.rejects))


class PartWriter:
    """Writes one Parquet file in row groups of a fixed number of rows."""

    def __init__(
        self, folder: Path, name: str, schema: pa.Schema, settings: DatasetSettings
    ) -> None:
        self.path = folder / name
        self.name = name
        self.rows = 0
        self._schema = schema
        self._group_rows = settings.row_group_documents
        self._pending: list[pa.RecordBatch] = []
        self._temporary = self.path.with_name(f".{self.path.name}{TEMPORARY_SUFFIX}")
        with writing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file: Any = self._temporary.open("wb")
            self._writer = pq.ParquetWriter(
                self._file,
                schema,
                version="2.6",
                compression=settings.compression,
                compression_level=settings.compression_level,
                write_page_checksum=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._file.closed:
            with contextlib.suppress(OSError):
                self._writer.close()
            with contextlib.suppress(OSError):
                self._file.close()
        with contextlib.suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    def add(self, batch: pa.RecordBatch) -> None:
        """Take the rows of a batch; they reach the disk a row group at a time."""
        self.rows += batch.num_rows
        self._pending.append(batch)
        while sum(b.num_rows for b in self._pending) >= self._group_rows:
            self._flush(self._group_rows)
        if sum(b.nbytes for b in self._pending) >= _ROW_GROUP_BYTES:
            self._flush(self._group_rows)

    def finish(self) -> PartFile:
        """Write what is left, sync the file and give it its final name."""
        if any(batch.num_rows for batch in self._pending):
            self._flush(self._group_rows)
        with writing(self.path):
            self._writer.close()
            _sync(self._file)
            self._file.close()
            size, sha256 = self._temporary.stat().st_size, _hash(self._temporary)
            self._temporary.replace(self.path)
            sync_folder(self.path.parent)
        return PartFile(self.name, self.rows, size, sha256)

    def _flush(self, rows: int) -> None:
        table = pa.Table.from_batches(self._pending, schema=self._schema)
        # One contiguous chunk: Parquet ends pages where chunks end, and bytes must not tell.
        group = table.slice(0, rows).combine_chunks()
        with writing(self.path):
            self._writer.write_table(group, row_group_size=rows)
        self._pending = table.slice(rows).to_batches()


def write_text(path: Path, text: str) -> None:
    """Replace a small file as a whole, or leave the old one as it is.

    Raises:
        DatasetError: the disk is full, the folder read-only or gone.
    """
    temporary = path.with_name(f".{path.name}{TEMPORARY_SUFFIX}")
    with writing(path):
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            _sync(file)
        temporary.replace(path)
        sync_folder(path.parent)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an operating-system error into one that says what to do."""
    try:
        yield
    except OSError as error:
        raise DatasetError(
            f"cannot write {path}: {error.strerror or error}; make room or choose a folder you "
            "can write to, then run the same command again: finished parts are kept",
            subject=str(path),
        ) from error


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last (POSIX wants the folder itself synced)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sync(file: Any) -> None:  # noqa: ANN401 -- binary and text files have no common type
    file.flush()
    os.fsync(file.fileno())


def _matches(path: Path, expected: PartFile) -> bool:
    try:
        return path.stat().st_size == expected.bytes and _hash(path) == expected.sha256
    except OSError:
        return False


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _count(column: pa.Array) -> dict[str, int]:
    return {pair["values"]: pair["counts"] for pair in pc.value_counts(column).to_pylist()}


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _drop_large_data(rejects: pa.RecordBatch, limit: int) -> pa.RecordBatch:
    index = REJECTS.get_field_index("data")
    data = rejects.column(index)
    small = pc.if_else(pc.less_equal(pc.binary_length(data), limit), data, None)
    return rejects.set_column(index, REJECTS.field(index), small)
