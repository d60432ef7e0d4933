"""The messages of Arrow IPC, measured before Arrow unpacks them.

A compressed buffer begins with the length it will have, and Arrow sets so much memory aside: a few
bytes can ask for any amount.  So the layout of each message is read here first, which the format
keeps in a FlatBuffer (Apache Arrow columnar format 1.5, "Serialization and Interprocess
Communication"; flatbuffers.dev, "Internals").
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from corpus_norm.errors import InputError
from corpus_norm.sources.streams import CHUNK_BYTES, CutError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.sources.streams import ChunkFile

MAX_BYTES = 1024 * 1024 * 1024
"""The largest record batch that is read, packed or unpacked."""

_METADATA_BYTES = 16 * 1024 * 1024
_FILE_MAGIC = b"ARROW1\0\0"
_CONTINUED = b"\xff\xff\xff\xff"
_DICTIONARY, _BATCH = 2, 3
# Places of fields in their tables, by Message.fbs.
_HEADER_TYPE, _HEADER, _BODY_LENGTH = 1, 2, 3
_DICTIONARY_DATA = 1
_BUFFERS, _COMPRESSION = 2, 3


def split_messages(file: ChunkFile) -> Iterator[bytes]:
    """The bytes of an Arrow stream, or of the stream that is in an Arrow file, as they stand.

    Raises:
        CutError: they end early.
        InputError: a message is damaged, or larger than :data:`MAX_BYTES`.
    """
    head = file.read(len(_FILE_MAGIC))
    is_file = head == _FILE_MAGIC
    prefix = file.read(8) if is_file else head
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
        # -1 marks a buffer that was left as it is.
        unpacked += max(struct.unpack_from("<q", body, start)[0], 0) if size else 0
    if unpacked > MAX_BYTES:
        raise _too_large()
    yield body


def _measure(metadata: bytes) -> tuple[int, list[tuple[int, int]]]:
    """The length of the body, and the places of its buffers if they are compressed."""
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
    """Where the offset at a place leads."""
    target: int = place + struct.unpack_from("<I", data, place)[0]
    return target


def _find(data: bytes, table: int, field: int) -> int | None:
    """Where a field of a table stands, None if it is left out."""
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
