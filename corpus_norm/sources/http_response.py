"""An HTTP response as a crawl recorded it (RFC 9112): status, type, and the body as it was meant.

Crawlers often unpack a body and leave the headers that say it is packed, so that what is not
packed the way they say is taken as it is.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.errors import InputError
from corpus_norm.sources.compression import unpack
from corpus_norm.sources.streams import CutError, gunzip, join_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")
_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]{0,256}\r?\n")
_MEDIA_TYPE = re.compile(r"\s*([\w.+-]+/[\w.+-]+)")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Response:
    """The head of a response; ``headers`` by their names in small letters, ``size`` in bytes."""

    status: int
    headers: MappingProxyType[str, str]
    size: int


def parse_response(block: bytes) -> Response | None:
    r"""The head at the beginning of a block, None if there is none.

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
    """The media type in small letters, empty if there is none, and the charset.

    >>> parse_content_type('Text/HTML; charset="windows-1252"')
    ('text/html', 'windows-1252')
    """
    kind = _MEDIA_TYPE.match(value or "")
    charset = _CHARSET.search(value or "")
    return kind[1].lower() if kind else "", charset[1] if charset else None


def decode_body(response: Response, body: bytes, limit: int) -> bytes:
    """The body without transfer and content encodings (RFC 9110, section 8.4).

    Raises:
        InputError: it is packed in an unknown way, or unpacks to more than ``limit`` bytes.
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
        return body  # it is not packed
    return first + join_chunks(chunks, limit - len(first))


def _dechunk(body: bytes) -> Iterator[bytes]:
    """The pieces of a chunked body, or all of it where it is none."""
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
    """Deflate data, with the zlib header that RFC 9110 asks for or without."""
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
