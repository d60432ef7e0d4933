"""Read Parquet, Arrow and Feather files, a batch at a time."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus_norm.errors import InputError
from corpus_norm.sources.fields import FieldReader
from corpus_norm.sources.formats import BombError
from corpus_norm.sources.records import reject
from corpus_norm.sources.streams import CHUNK_BYTES, ChunkFile, CutError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import BinaryIO

    from corpus_norm.document import RawDocument, Rejection
    from corpus_norm.settings import InputSettings
    from corpus_norm.sources.formats import Bounds

MAX_BYTES = 1024 * 1024 * 1024
"""The size limit of a record batch, compressed or not."""

_METADATA_BYTES = 16 * 1024 * 1024
_FILE_MAGIC = b"ARROW1\0\0"
_CONTINUED = b"\xff\xff\xff\xff"
_BARE = frozenset(struct.pack("<i", offset) for offset in range(4, 64, 4))  # of a root table
_DICTIONARY, _BATCH = 2, 3
# The indices of fields in their tables, from Message.fbs.
_HEADER_TYPE, _HEADER, _BODY_LENGTH = 1, 2, 3
_DICTIONARY_DATA = 1
_BUFFERS, _COMPRESSION = 2, 3


def split_messages(file: ChunkFile) -> Iterator[bytes]:
    """Yield the bytes of an Arrow stream, or of the stream in an Arrow file, unchanged.

    Raises:
        CutError: the bytes end early.
        InputError: a message is damaged, or larger than :data:`MAX_BYTES`.
    """
    head = file.read(len(_FILE_MAGIC))
    is_file = head == _FILE_MAGIC
    prefix = file.read(8) if is_file else head
    if is_file and prefix[:4] in _BARE:
        prefix = yield from _frame_schema(file, prefix)
    while prefix:
        if len(prefix) < 8:
            raise _cut()
        if not prefix.startswith(_CONTINUED):
            raise InputError(
                "the Arrow data are damaged, or from before Arrow 0.15; write them anew"
            )
        size = struct.unpack("<4xi", prefix)[0]
        yield prefix
        if not size:
            return
        if not 0 < size <= _METADATA_BYTES:
            raise InputError("the Arrow data are damaged; get the file again")
        metadata = _read(file, size)
        yield metadata
        yield from _read_body(file, metadata)
        prefix = file.read(8)
    if is_file:
        raise _cut()


def _frame_schema(file: ChunkFile, first: bytes) -> Generator[bytes, None, bytes]:
    """Yield the schema of an Arrow file as a message; return the beginning of the next message.

    Polars 2 writes the schema at the head of a file without its length, as readers of files take
    the one of the footer.

    Raises:
        InputError: no message follows it.
    """
    parts, word = [first], file.read(8)
    while word and not word.startswith(_CONTINUED) and len(parts) * 8 < _METADATA_BYTES:
        parts.append(word)
        word = file.read(8)
    schema = b"".join(parts)
    yield _CONTINUED + struct.pack("<i", len(schema)) + schema
    return word


def _read_body(file: ChunkFile, metadata: bytes) -> Iterator[bytes]:
    try:
        length, buffers = _measure(metadata)
    except (struct.error, IndexError) as error:
        raise InputError("the Arrow data are damaged; get the file again") from error
    if not 0 <= length <= MAX_BYTES:
        raise _too_large()
    if not buffers:
        for start in range(0, length, CHUNK_BYTES):
            yield _read(file, min(CHUNK_BYTES, length - start))
        return
    body = _read(file, length)
    unpacked = 0
    for start, size in buffers:
        if size and not 0 <= start <= start + 8 <= length:
            raise InputError("the Arrow data are damaged; get the file again")
        # A length of -1 means that the buffer is not compressed.
        unpacked += max(struct.unpack_from("<q", body, start)[0], 0) if size else 0
    if unpacked > MAX_BYTES:
        raise _too_large()
    yield body


def _measure(metadata: bytes) -> tuple[int, list[tuple[int, int]]]:
    """Return the length of the body and, if it is compressed, the offsets and sizes of buffers."""
    message = _follow(metadata, 0)
    body = _find(metadata, message, _BODY_LENGTH)
    length = struct.unpack_from("<q", metadata, body)[0] if body else 0
    kind = _find(metadata, message, _HEADER_TYPE)
    header = _find(metadata, message, _HEADER)
    if not kind or not header or metadata[kind] not in {_DICTIONARY, _BATCH}:
        return length, []
    batch: int | None = _follow(metadata, header)
    if metadata[kind] == _DICTIONARY:
        data = _find(metadata, _follow(metadata, header), _DICTIONARY_DATA)
        batch = _follow(metadata, data) if data else None
    if batch is None or not _find(metadata, batch, _COMPRESSION):
        return length, []
    vector = _find(metadata, batch, _BUFFERS)
    if not vector:
        return length, []
    start = _follow(metadata, vector)
    count = struct.unpack_from("<I", metadata, start)[0]
    if count * 16 > len(metadata):
        raise IndexError
    return length, [struct.unpack_from("<qq", metadata, start + 4 + 16 * i) for i in range(count)]


def _follow(data: bytes, place: int) -> int:
    """Return the position that the offset at ``place`` points to."""
    target: int = place + struct.unpack_from("<I", data, place)[0]
    return target


def _find(data: bytes, table: int, field: int) -> int | None:
    """Return the position of a field of a table; None if it is absent."""
    layout = table - struct.unpack_from("<i", data, table)[0]
    if not 0 <= layout < len(data):
        raise IndexError
    if 4 + 2 * field >= struct.unpack_from("<H", data, layout)[0]:
        return None
    offset = struct.unpack_from("<H", data, layout + 4 + 2 * field)[0]
    return table + offset if offset else None


def _read(file: ChunkFile, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise _cut()
    return data


def _cut() -> CutError:
    return CutError("the Arrow data end early, the file was cut off; get the file again")


def _too_large() -> InputError:
    return InputError(
        f"a record batch is larger than {MAX_BYTES:,} bytes; write the file with smaller ones"
    )


def read_arrow(
    chunks: Iterator[bytes],
    source: str,
    settings: InputSettings,
    fields: FieldReader | None = None,
) -> Iterator[RawDocument | Rejection]:
    """Yield the rows of an Arrow file or stream; the record index is the row.

    Raises:
        InputError: it is damaged or cut off; the batches before the damage have been yielded.
    """
    import pyarrow as pa

    from corpus_norm.sources.rows import choose_columns, read_rows

    fields = fields or FieldReader(settings)
    file = ChunkFile(split_messages(ChunkFile(chunks)))
    first = 0
    try:
        with pa.ipc.open_stream(pa.PythonFile(file, "r")) as reader:
            names = choose_columns(reader.schema, fields)
            for batch in reader:
                batch.validate()
                yield from read_rows(batch, names, source, first, fields)
                first += batch.num_rows
    except (pa.ArrowException, OSError, ValueError, IndexError, KeyError, MemoryError) as error:
        if getattr(error, "errno", None):
            raise
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise CutError(
            f"the Arrow data are damaged or cut off behind row {first} ({reason}); get the file "
            "again"
        ) from error


_BUFFER_BYTES = 1024 * 1024
_BATCH_BYTES = 256 * 1024 * 1024


def read_parquet(
    file: BinaryIO, source: str, bounds: Bounds, fields: FieldReader
) -> Iterator[RawDocument | Rejection]:
    """Yield the rows of a Parquet file; the record index is the row, even after damaged groups.

    A damaged row group becomes one rejection, and reading continues with the next group.

    Raises:
        InputError: the footer is damaged or missing, or there is no column of documents.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from corpus_norm.sources.rows import choose_columns

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
    names = choose_columns(schema, fields)
    start = 0
    for group in range(table.num_row_groups):
        # Do not ask column by column: a damaged column chunk would crash the process.
        facts = table.metadata.row_group(group)
        bounds.charge(max(facts.total_byte_size, 0))
        yield from _read_group(_Group(table, group, start), names, source, fields)
        start += max(facts.num_rows, 0)


@dataclass(frozen=True, slots=True)
class _Group:
    """A row group of a ``pyarrow.parquet.ParquetFile``; ``first`` is the index of its first row."""

    table: Any
    index: int
    first: int


def _read_group(
    group: _Group, names: list[str], source: str, fields: FieldReader
) -> Iterator[RawDocument | Rejection]:
    import pyarrow as pa

    from corpus_norm.sources.rows import ROWS, read_rows

    done = group.first
    try:
        size = group.table.metadata.row_group(group.index).total_byte_size
        batches = group.table.iter_batches(
            # With a dictionary, each row may be as long as the whole column in the file.
            batch_size=max(1, min(ROWS, _BATCH_BYTES // max(size, 1))),
            row_groups=[group.index],
            columns=None if len(names) == len(group.table.schema_arrow.names) else names,
            use_threads=False,
        )
        for batch in batches:
            yield from read_rows(batch, names, source, done, fields)
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
    """Return the first line of an error, which may be a page long."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
