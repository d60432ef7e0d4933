"""WARC and WET: what the pages of a crawl answered (ISO 28500), and the text taken from them.

Documents are ``response`` records of web pages and texts that were delivered (status 2xx),
``conversion`` records (the text of WET files) and ``resource`` records of the same types.  The
others, requests and images for example, are no documents and are passed over, but the record index
counts them, so that a record can be found again.
"""

from __future__ import annotations

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
    """The pages and texts of a WARC or WET file; damage is the last item."""
    from fastwarc.warc import ArchiveIterator

    file = ChunkFile(chunks)
    index = 0
    try:
        records = ArchiveIterator(
            file, parse_http=False, stream_detect=False, max_header_len=_HEADER_BYTES
        )
        for record in records:
            item = _read_record(record, source, index, settings)
            if item is not None:
                yield item
            index += 1
    except CutError as error:
        yield reject(source, index, error)
    except OSError as error:
        if error.errno:
            raise
        yield reject(
            source,
            index,
            f"record {index + 1} is damaged ({error}), so that its end and all behind it cannot be "
            "found; get the file again",
        )


def _read_record(
    record: Any,  # noqa: ANN401 -- a WarcRecord, whose import takes time
    source: str,
    index: int,
    settings: InputSettings,
) -> RawDocument | Rejection | None:
    """The document of a record, None if it holds none.

    Raises:
        CutError: the file ends inside the record.
    """
    if record.headers.get("Content-Length") is None:
        raise CutError(f"record {index + 1} is cut off in its headers; get the file again")
    block = _Block(record)
    item: RawDocument | Rejection | None
    try:
        item = _make_item(record, block, source, index, settings)
    except InputError as error:
        item = reject(source, index, f"record {index + 1}: {error}")
    if not block.is_whole():
        raise CutError(f"record {index + 1} is cut off; get the file again")
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
