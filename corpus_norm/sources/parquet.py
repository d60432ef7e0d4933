"""Parquet: rows of the columns we know, a page of each column in memory at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus_norm.errors import InputError
from corpus_norm.sources.bounds import BombError
from corpus_norm.sources.records import reject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from corpus_norm.document import RawDocument, Rejection
    from corpus_norm.settings import InputSettings
    from corpus_norm.sources.bounds import Bounds

_BUFFER_BYTES = 1024 * 1024
_BATCH_BYTES = 256 * 1024 * 1024


def read_parquet(
    file: BinaryIO, source: str, settings: InputSettings, bounds: Bounds
) -> Iterator[RawDocument | Rejection]:
    """The rows of a Parquet file; the record index is the row, whatever groups are damaged.

    A damaged row group is one rejection, and the next is read.

    Raises:
        InputError: the footer is damaged or lost, or there is no column of documents.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from corpus_norm.sources.columns import choose_columns

    try:
        table = pq.ParquetFile(
            file, buffer_size=_BUFFER_BYTES, pre_buffer=False, page_checksum_verification=True
        )
        schema = table.schema_arrow
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise InputError(
            f"no readable Parquet file ({_shorten(error)}): its footer, at the end, is damaged or "
            "lost; get the file again"
        ) from error
    names = choose_columns(schema, settings)
    start = 0
    for group in range(table.num_row_groups):
        # Not asked column by column: a damaged column chunk would end the process there.
        facts = table.metadata.row_group(group)
        bounds.charge(max(facts.total_byte_size, 0))
        yield from _read_group(_Group(table, group, start), names, source, settings)
        start += max(facts.num_rows, 0)


@dataclass(frozen=True, slots=True)
class _Group:
    """A row group of a ``pyarrow.parquet.ParquetFile``; ``first`` is the index of its first row."""

    table: Any
    index: int
    first: int


def _read_group(
    group: _Group, names: list[str], source: str, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    import pyarrow as pa

    from corpus_norm.sources.columns import ROWS, read_rows

    done = group.first
    try:
        size = group.table.metadata.row_group(group.index).total_byte_size
        batches = group.table.iter_batches(
            # A dictionary lets each row be as long as all that the file has of the column.
            batch_size=max(1, min(ROWS, _BATCH_BYTES // max(size, 1))),
            row_groups=[group.index],
            columns=names,
            use_threads=False,
        )
        for batch in batches:
            yield from read_rows(batch, names, source, done, settings)
            done += batch.num_rows
    except BombError:
        raise
    except (pa.ArrowException, OSError, ValueError, IndexError, MemoryError) as error:
        yield reject(
            source,
            done,
            f"row group {group.index} is damaged ({_shorten(error)}): its rows from {done + 1} on "
            "are lost; get the file again",
        )


def _shorten(error: BaseException) -> str:
    """The first line of an error, which may be a page long."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
