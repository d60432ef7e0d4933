"""Process byte streams in pieces: decompress, split into lines, and bound their size."""

from __future__ import annotations

import codecs
import json
import zlib
from itertools import chain
from typing import TYPE_CHECKING

from corpus_norm.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

CHUNK_BYTES = 64 * 1024

_GZIP_INPUT_BYTES = 4 * 1024  # deflate expands data 1032-fold at most: 4 MiB at a time
_GZIP_WINDOW = 16 + zlib.MAX_WBITS  # tells zlib to expect a gzip header


class CutError(InputError):
    """A stream ended early; ``tail`` is the beginning of the record that was cut off."""

    tail: bytes = b""


class ChunkFile:
    """A stream of bytes as a file object that can only be read forwards.

    With :class:`io.BufferedReader` an error would lose the bytes before it; here the error is
    raised after they have been read.

    >>> file = ChunkFile(iter([b"one", b" two"]))
    >>> file.read(5), file.read(5), file.tell()
    (b'one t', b'wo', 7)
    """

    closed = False

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._waiting = b""
        self._taken = 0  # bytes of _waiting already read; cutting them off each time would copy it
        self._place = 0
        self._error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """Return ``size`` bytes, or all; fewer at the end."""
        if size < 0 or len(self._waiting) - self._taken < size:
            self._fill(size)
        end = len(self._waiting) if size < 0 else self._taken + size
        data = self._waiting[self._taken : end]
        if self._error is not None and not data and size:
            raise self._error
        self._taken += len(data)
        self._place += len(data)
        return data

    def _fill(self, size: int) -> None:
        """Buffer ``size`` bytes, or all if it is negative."""
        parts = [self._waiting[self._taken :]]
        missing = size - len(parts[0])
        while self._error is None and (size < 0 or missing > 0):
            try:
                chunk = next(self._chunks, None)
            except (InputError, OSError) as error:
                self._error = error
                break
            if chunk is None:
                break
            parts.append(chunk)
            missing -= len(chunk)
        self._waiting, self._taken = b"".join(parts), 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the number of bytes read."""
        return self._place

    def seekable(self) -> bool:
        """Return False: the stream cannot be rewound."""
        return False

    def seek(self, _place: int, _whence: int = 0) -> int:
        """Refuse to move.

        Raises:
            OSError: always.
        """
        raise OSError("read from end to end only")

    def close(self) -> None:
        """Do nothing: no resource is held."""


def read_chunks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of an open file, :data:`CHUNK_BYTES` at a time."""
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def peek(chunks: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """Return the first ``size`` bytes of a stream or more, if it has them, and the whole stream."""
    parts, there = [], 0
    try:
        for chunk in chunks:
            parts.append(chunk)
            there += len(chunk)
            if there >= size:
                break
    except (InputError, OSError) as error:
        chunks = _fail(error)  # raised after the bytes before it have been read
    head = b"".join(parts)
    return head, chain([head] if head else [], chunks)


def _fail(error: Exception) -> Iterator[bytes]:
    raise error
    yield b""


def gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Decompress gzip data of one or more members (RFC 1952), a bounded piece at a time.

    At the end of a truncated file, ``gzip.GzipFile`` with a buffered reader loses the bytes it
    has read; this function yields all of them.

    >>> import gzip
    >>> b"".join(gunzip([gzip.compress(b"one "), gzip.compress(b"two")]))
    b'one two'

    Raises:
        CutError: the data end early, or are damaged from some point on.
    """
    member = None
    members = 0
    for data in cut_chunks(chunks, _GZIP_INPUT_BYTES):
        rest = data
        while rest:
            if member is None:
                # gzip(1) allows padding after a member, and only there.
                rest = rest.lstrip(b"\0") if members else rest
                if not rest:
                    break
                member, members = zlib.decompressobj(_GZIP_WINDOW), members + 1
            try:
                yield member.decompress(rest)
            except zlib.error as error:
                raise CutError(
                    f"the gzip data are damaged ({error}); get the file again"
                ) from error
            rest = member.unused_data
            member = None if member.eof else member
    if member is not None:
        raise CutError("the gzip data end early, the file was cut off; get the file again")


def cut_chunks(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in chunks of at most ``size``."""
    for chunk in chunks:
        for start in range(0, len(chunk), size):
            yield chunk[start : start + size]


def gather_chunks(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in chunks of at least ``size``, except the last.

    Raises:
        InputError: the stream breaks; the bytes before the break have been yielded.
    """
    parts, there = list[bytes](), 0
    try:
        for chunk in chunks:
            parts.append(chunk)
            there += len(chunk)
            if there >= size:
                yield b"".join(parts)
                parts, there = [], 0
    except (InputError, OSError):
        yield b"".join(parts)
        raise
    yield b"".join(parts)


def join_chunks(chunks: Iterable[bytes], limit: int) -> bytes:
    """Return all bytes of a stream of at most ``limit`` bytes.

    Raises:
        InputError: there are more; reading stops at the limit.
    """
    parts, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        parts.append(chunk)
    return b"".join(parts)


def split_lines(chunks: Iterable[bytes], limit: int) -> Iterator[bytes | None]:
    r"""Yield the lines of a stream without line feeds; None for a line over ``limit`` bytes.

    >>> list(split_lines([b"a\nb", b"b\n\nlonger"], 3))
    [b'a', b'bb', b'', None]

    Raises:
        CutError: reading failed; ``tail`` is the beginning of the line it failed in.
    """
    parts: list[bytes] = []
    size = 0
    try:
        for chunk in chunks:
            *lines, rest = chunk.split(b"\n")
            for line in lines:
                size += len(line)
                yield b"".join((*parts, line)) if size <= limit else None
                parts, size = [], 0
            size += len(rest)
            if size > limit:
                parts = []
            elif rest:
                parts.append(rest)
    except (CutError, OSError) as error:
        cut = error if isinstance(error, CutError) else CutError(f"reading failed: {error}")
        cut.tail = b"".join(parts)
        raise cut from error
    if size:
        yield b"".join(parts) if size <= limit else None


def to_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    r"""Yield JSON as UTF-8 without a byte order mark; detect UTF-16 and UTF-32 as in RFC 4627.

    >>> b"".join(to_utf8(iter(['{"text": "é"}'.encode("utf-16")]))).decode()
    '{"text": "é"}'
    """
    head, chunks = peek(chunks, 4)
    encoding = json.detect_encoding(head)
    if encoding == "utf-8":
        yield from chunks
        return
    if encoding == "utf-8-sig":
        yield head.removeprefix(codecs.BOM_UTF8)
        next(chunks)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def too_large(limit: int) -> InputError:
    """Return the error for a document of more than ``limit`` bytes."""
    return InputError(
        f"larger than {limit:,} bytes; raise settings.input.max_bytes or split the document"
    )
