"""Read WARC and WET files: the records of a crawl, and the HTTP responses in them (RFC 9112).

Crawlers often decompress a body but keep the header that names its compression.  Therefore a body
that is not compressed as its header says is used unchanged.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from corpus_norm.document import RawDocument
from corpus_norm.errors import InputError
from corpus_norm.sources.formats import unpack
from corpus_norm.sources.records import RecordGuard, get_day, get_line, reject
from corpus_norm.sources.streams import (
    CHUNK_BYTES,
    ChunkFile,
    CutError,
    gunzip,
    join_chunks,
    too_large,
)
from corpus_norm.values import read_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from corpus_norm.document import Rejection
    from corpus_norm.settings import InputSettings

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")
_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]{0,256}\r?\n")
_MEDIA_TYPE = re.compile(r"\s*([\w.+-]+/[\w.+-]+)")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Response:
    """The head of an HTTP response: ``headers`` by lower-case name, ``size`` in bytes."""

    status: int
    headers: MappingProxyType[str, str]
    size: int


def parse_response(block: bytes) -> Response | None:
    r"""Parse the response head at the start of a block; return None if there is none.

    >>> parse_response(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>").size
    44
    """
    status = _STATUS.match(block)
    end = _END.search(block)
    if not status or not end:
        return None
    headers: dict[str, str] = {}
    for line in block[: end.start()].decode("latin-1").splitlines()[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip())
    return Response(int(status[1]), MappingProxyType(headers), end.end())


def parse_content_type(value: str | None) -> tuple[str, str | None]:
    """Return the media type in lower case ("" if there is none) and the charset.

    >>> parse_content_type('Text/HTML; charset="windows-1252"')
    ('text/html', 'windows-1252')
    """
    kind = _MEDIA_TYPE.match(value or "")
    charset = _CHARSET.search(value or "")
    return kind[1].lower() if kind else "", charset[1] if charset else None


def decode_body(response: Response, body: bytes, limit: int) -> bytes:
    """Undo the transfer and content encodings of a body (RFC 9110, section 8.4).

    Raises:
        InputError: the encoding is unknown, or the body decodes to more than ``limit`` bytes.
    """
    if "chunked" in response.headers.get("transfer-encoding", "").lower():
        body = join_chunks(_dechunk(body), limit)
    names = response.headers.get("content-encoding", "").lower().split(",")
    for name in reversed([name.strip() for name in names]):
        if name in {"", "identity", "none"}:
            continue
        if name not in _DECODERS:
            raise InputError(f"its body is packed as {name!r}, which is not known; nothing to do")
        body = _unpack(_DECODERS[name], body, limit)
    return body


def _unpack(decode: Callable[[Iterator[bytes]], Iterator[bytes]], body: bytes, limit: int) -> bytes:
    chunks = decode(iter([body]))
    try:
        first = next(chunks, b"")
    except CutError:
        return body  # it is not compressed
    return first + join_chunks(chunks, limit - len(first))


def _dechunk(body: bytes) -> Iterator[bytes]:
    """Yield the pieces of a chunked body, or the whole body if it is not chunked."""
    place = 0
    while head := _CHUNK_SIZE.match(body, place):
        size = int(head[1], 16)
        if not size:
            return
        yield body[head.end() : head.end() + size]
        place = head.end() + size
        place += 2 if body[place : place + 2] == b"\r\n" else 0
    if not place:
        yield body
    elif place < len(body):
        raise CutError("its body is no longer in chunks from some point on; get it again")


def _inflate(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Inflate data, with or without the zlib header that RFC 9110 requires."""
    body = b"".join(chunks)
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        member = zlib.decompressobj(window)
        try:
            piece = member.decompress(body, _PIECE_BYTES)
        except zlib.error:
            continue
        yield piece
        while member.unconsumed_tail:
            yield member.decompress(member.unconsumed_tail, _PIECE_BYTES)
        return
    raise CutError("no deflate data")


_PIECE_BYTES = 1024 * 1024
_DECODERS = MappingProxyType(
    {
        "gzip": gunzip,
        "x-gzip": gunzip,
        "deflate": _inflate,
        "br": lambda chunks: unpack(chunks, "brotli"),
        "zstd": lambda chunks: unpack(chunks, "zstd"),
    }
)

_TAKEN = frozenset(
    {"warc-type", "warc-record-id", "warc-target-uri", "content-length", "content-type"}
)
_HEADER_BYTES = 64 * 1024
_LENGTH = re.compile(r"\s*[0-9]{1,18}\s*")
_NEXT_RECORD = re.compile(rb"\n(?=WARC/[0-9]\.[0-9]{1,2}\r?\n)")
_VERSION_BYTES = 16
_MOST_DAMAGED = 1000  # bounds the work, as up to a chunk is read again after each
_TYPES = MappingProxyType(
    {
        "text/html": "text/html",
        "application/xhtml+xml": "text/html",
        "text/plain": "text/plain",
        "text/markdown": "text/markdown",
    }
)
"""The media types of documents in a crawl, mapped to ours."""


def read_warc(
    chunks: Iterator[bytes], source: str, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    """Yield the pages and texts of a WARC or WET file; damage loses only one record."""
    file = _RecordFile(chunks, settings.max_bytes + _HEADER_BYTES)
    guard = RecordGuard(source)
    index = damaged = 0
    while True:
        try:
            for item in _read_records(file, source, index, settings, guard):
                if item is not None:
                    yield item
                index += 1
        except CutError as error:  # from the enclosing stream
            yield reject(source, index, error)
            return
        except (_DamageError, OSError) as error:
            if isinstance(error, OSError) and error.errno:
                raise
            fault = f"record {index} is "
            fault += str(error) if isinstance(error, _DamageError) else f"damaged ({error})"
            data, is_followed = file.skip_to_record()
            damaged += 1
            is_followed &= damaged < _MOST_DAMAGED
            end = "" if is_followed else ", and no record follows"
            yield reject(source, index, f"{fault}{end}; get the file again", data)
            index += 1
            if not is_followed:
                return
        else:
            return


class _DamageError(Exception):
    """A record does not end where its header says."""


class _RecordFile(ChunkFile):
    """A file that keeps the bytes of the current record, to search them for the next one."""

    def __init__(self, chunks: Iterator[bytes], limit: int) -> None:
        super().__init__(chunks)
        self._limit = limit
        self._kept: list[bytes] = []
        self._start = self._size = self._marked = 0

    def read(self, size: int = -1) -> bytes:
        """Return ``size`` bytes, and keep them until the next record."""
        data = super().read(size)
        self._kept.append(data)
        self._size += len(data)
        if self._size > self._limit:
            self._trim()
            if self._size > self._limit:
                self._start, self._kept, self._size = self.tell(), [], 0
        return data

    def mark(self, place: int) -> None:
        """Note where a record begins."""
        self._marked = place
        if place - self._start > 4 * CHUNK_BYTES:
            self._trim()

    def skip_to_record(self) -> tuple[bytes | None, bool]:
        """Skip to the record after the noted one.

        Return the skipped bytes, or None if there are too many, and whether a record follows.
        """
        self._trim()
        kept, place = b"".join(self._kept), 1
        while (found := _NEXT_RECORD.search(kept, place)) is None:
            if len(kept) > self._limit or not (more := super().read(CHUNK_BYTES)):
                return (kept if 0 < len(kept) <= self._limit else None), False
            place = max(1, len(kept) - _VERSION_BYTES)
            kept += more
        self._waiting = kept[found.end() :] + self._waiting[self._taken :]
        self._taken, self._place = 0, self._place - len(kept) + found.end()
        self._start, self._kept, self._size = self._place, [], 0
        return kept[: found.end()], True

    def _trim(self) -> None:
        kept = b"".join(self._kept)[max(0, self._marked - self._start) :]
        self._start += self._size - len(kept)
        self._kept, self._size = [kept], len(kept)


def _read_records(
    file: _RecordFile, source: str, first: int, settings: InputSettings, guard: RecordGuard
) -> Iterator[RawDocument | Rejection | None]:
    """Yield the document of each record from here on, None for a record without one.

    Raises:
        _DamageError: a record is damaged or cut off.
        OSError: the bytes that follow are not a record.
    """
    from fastwarc.warc import ArchiveIterator

    begin = file.tell()
    records = ArchiveIterator(
        file, parse_http=False, stream_detect=False, max_header_len=_HEADER_BYTES
    )
    for index, record in enumerate(records, first):
        file.mark(begin + record.stream_pos)
        yield _read_record(record, source, index, settings, guard)


def _read_record(
    record: Any,  # noqa: ANN401 -- a WarcRecord, whose import takes time
    source: str,
    index: int,
    settings: InputSettings,
    guard: RecordGuard,
) -> RawDocument | Rejection | None:
    """Return the document of a record, or None if it holds none.

    Raises:
        _DamageError: its length is missing or invalid, or the file ends inside it.
    """
    length = record.headers.get("Content-Length")
    if length is None:
        raise _DamageError("cut off in its headers")
    if not _LENGTH.fullmatch(length):
        raise _DamageError(f"damaged (its length is {length[:40]!r})")
    block = _Block(record)
    item: RawDocument | Rejection | None
    try:
        arguments = record, block, source, index, settings
        item = guard.read(index, None, _make_item, *arguments)
    except InputError as error:
        data = block.get_rest(settings.max_bytes)
        item = reject(source, index, f"record {index}: {error}", data)
    if not block.is_whole():
        raise _DamageError("cut off")
    return item


def _make_item(
    record: Any,  # noqa: ANN401
    block: _Block,
    source: str,
    index: int,
    settings: InputSettings,
) -> RawDocument | None:
    kind = (record.headers.get("WARC-Type") or "").lower()
    if kind not in {"response", "resource", "conversion"}:
        return None
    declared = record.headers.get("Content-Type")
    if kind == "response" and (declared or "").lower().startswith("application/http"):
        response = parse_response(block.peek())
        if response is None:
            raise InputError("it holds no HTTP response that can be read; get the file again")
        if not 200 <= response.status < 300:
            return None
        declared = response.headers.get("content-type")
    else:
        response = None
    media_type, charset = parse_content_type(
        declared or record.headers.get("WARC-Identified-Payload-Type")
    )
    if media_type not in _TYPES:
        return None
    if record.content_length > settings.max_bytes + _HEADER_BYTES:
        raise too_large(settings.max_bytes)
    data = block.read()
    if response is not None:
        data = decode_body(response, data[response.size :], settings.max_bytes)
    if len(data) > settings.max_bytes:
        raise too_large(settings.max_bytes)
    return RawDocument(
        source,
        data,
        record=index,
        media_type=_TYPES[media_type],
        charset=charset,
        retrieved=get_day(record.headers.get("WARC-Date")),
        source_id=read_id((record.headers.get("WARC-Record-ID") or "").strip("<> ")),
        extra=_read_headers(record) if settings.keep_extra else None,
        url=get_line((record.headers.get("WARC-Target-URI") or "").strip("<>")),
    )


def _read_headers(record: Any) -> dict[str, str]:  # noqa: ANN401
    """Return the headers of a record that no column holds, by name; not those of HTTP."""
    return {name: value for name, value in record.headers.items() if name.lower() not in _TAKEN}


class _Block:
    """The content of a record, read as far as needed."""

    def __init__(self, record: Any) -> None:  # noqa: ANN401
        self._reader = record.reader
        self._length: int = record.content_length
        self._data = b""
        self._taken = 0

    def peek(self) -> bytes:
        """Return the beginning, long enough for the HTTP headers."""
        self._take(_HEADER_BYTES)
        return self._data

    def read(self) -> bytes:
        """Return the whole content."""
        self._take(self._length)
        return self._data

    def get_rest(self, limit: int) -> bytes | None:
        """Return the whole content, or None if it is over the limit."""
        return self.read() if self._length <= limit else None

    def is_whole(self) -> bool:
        """Skip the rest, and return whether it was complete."""
        left: int = self._reader.consume()
        return left == self._length - self._taken

    def _take(self, size: int) -> None:
        parts = [self._data]
        while self._taken < size and (part := self._reader.read(CHUNK_BYTES)):
            parts.append(part)
            self._taken += len(part)
        self._data = b"".join(parts)
