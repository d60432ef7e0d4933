"""WARC and WET: what the pages of a crawl answered (ISO 28500), and the text taken from them.

Documents are ``response`` records of web pages and texts that were delivered (status 2xx),
``conversion`` records (the text of WET files) and ``resource`` records of the same types.  The
others, requests and images for example, are no documents and are passed over, but the record index
counts them, so that a record can be found again.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from corpus_norm.document import RawDocument
from corpus_norm.errors import InputError
from corpus_norm.sources.http_response import decode_body, parse_content_type, parse_response
from corpus_norm.sources.records import get_day, get_line, reject
from corpus_norm.sources.streams import CHUNK_BYTES, ChunkFile, CutError, too_large

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.document import Rejection
    from corpus_norm.settings import InputSettings

_HEADER_BYTES = 64 * 1024
_LENGTH = re.compile(r"\s*[0-9]{1,18}\s*")
_NEXT_RECORD = re.compile(rb"\n(?=WARC/[0-9]\.[0-9]{1,2}\r?\n)")
_VERSION_BYTES = 16
_MOST_DAMAGED = 1000  # behind each of them up to a chunk is read anew
_TYPES = MappingProxyType(
    {
        "text/html": "text/html",
        "application/xhtml+xml": "text/html",
        "text/plain": "text/plain",
        "text/markdown": "text/markdown",
    }
)
"""Media types of documents in a crawl, and what they are here."""


def read_warc(
    chunks: Iterator[bytes], source: str, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    """The pages and texts of a WARC or WET file; behind damage it goes on with the next record."""
    tape = _Tape(chunks, settings.max_bytes + _HEADER_BYTES)
    index = damaged = 0
    while True:
        try:
            for item in _read_records(tape, source, index, settings):
                if item is not None:
                    yield item
                index += 1
        except CutError as error:  # the stream around it
            yield reject(source, index, error)
            return
        except (_DamageError, OSError) as error:
            if isinstance(error, OSError) and error.errno:
                raise
            fault = f"record {index + 1} is "
            fault += str(error) if isinstance(error, _DamageError) else f"damaged ({error})"
            data, is_followed = tape.skip_to_record()
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
    """A record whose end is not where it says."""


class _Tape(ChunkFile):
    """A file that is wound back to where a record began, if that is not too far."""

    def __init__(self, chunks: Iterator[bytes], limit: int) -> None:
        super().__init__(chunks)
        self._limit = limit
        self._kept: list[bytes] = []
        self._start = self._size = self._marked = 0

    def read(self, size: int = -1) -> bytes:
        """So many bytes, which are kept until the next record."""
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
        """Wind on to the record behind the one that was noted.

        The bytes that are passed over, None if there are too many, and whether there is a record.
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
    tape: _Tape, source: str, first: int, settings: InputSettings
) -> Iterator[RawDocument | Rejection | None]:
    """The documents of the records from where the tape stands, None for one that holds none.

    Raises:
        _DamageError: a record is damaged or cut off.
        OSError: what follows is no record.
    """
    from fastwarc.warc import ArchiveIterator

    begin = tape.tell()
    records = ArchiveIterator(
        tape, parse_http=False, stream_detect=False, max_header_len=_HEADER_BYTES
    )
    for index, record in enumerate(records, first):
        tape.mark(begin + record.stream_pos)
        yield _read_record(record, source, index, settings)


def _read_record(
    record: Any,  # noqa: ANN401 -- a WarcRecord, whose import takes time
    source: str,
    index: int,
    settings: InputSettings,
) -> RawDocument | Rejection | None:
    """The document of a record, None if it holds none.

    Raises:
        _DamageError: its length is none, or the file ends inside it.
    """
    length = record.headers.get("Content-Length")
    if length is None:
        raise _DamageError("cut off in its headers")
    if not _LENGTH.fullmatch(length):
        raise _DamageError(f"damaged (its length is {length[:40]!r})")
    block = _Block(record)
    item: RawDocument | Rejection | None
    try:
        item = _make_item(record, block, source, index, settings)
    except InputError as error:
        data = block.get_rest(settings.max_bytes)
        item = reject(source, index, f"record {index + 1}: {error}", data)
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
        url=get_line((record.headers.get("WARC-Target-URI") or "").strip("<>")),
    )


class _Block:
    """What a record holds, read as far as it is wanted."""

    def __init__(self, record: Any) -> None:  # noqa: ANN401
        self._reader = record.reader
        self._length: int = record.content_length
        self._data = b""
        self._taken = 0

    def peek(self) -> bytes:
        """The beginning, long enough for the headers of HTTP."""
        self._take(_HEADER_BYTES)
        return self._data

    def read(self) -> bytes:
        """All of it."""
        self._take(self._length)
        return self._data

    def get_rest(self, limit: int) -> bytes | None:
        """All of it, None if it is too much to keep."""
        return self.read() if self._length <= limit else None

    def is_whole(self) -> bool:
        """Pass over what is left, and say whether it was all there."""
        left: int = self._reader.consume()
        return left == self._length - self._taken

    def _take(self, size: int) -> None:
        parts = [self._data]
        while self._taken < size and (part := self._reader.read(CHUNK_BYTES)):
            parts.append(part)
            self._taken += len(part)
        self._data = b"".join(parts)
