"""Detect file types by suffix, or else by the first bytes, and decompress within bounds.

Suffixes are trusted, as the user sees them.  Only ``.xml`` is too vague, so the content of such a
file decides.

A few kilobytes can decompress to petabytes (zip bombs; D. Fifield, "A better zip bomb", WOOT 2019).
The total of bytes that come out of one input file, at every level of nesting, is compared with
the bytes read from it, so the size of the file bounds the work.
"""

from __future__ import annotations

import bz2
import lzma
import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from corpus_norm.errors import InputError
from corpus_norm.sources.streams import CHUNK_BYTES, ChunkFile, CutError, cut_chunks, gunzip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpus_norm.settings import InputSettings


SNIFFED_BYTES = 4096
"""The number of bytes that :func:`sniff_format` needs."""


class Container(Enum):
    """The form in which a file holds one or more documents."""

    DOCUMENT = auto()
    LINES = auto()
    JSON = auto()
    TABLE = auto()
    FEED = auto()
    WARC = auto()
    MAIL = auto()
    ARROW = auto()
    PARQUET = auto()
    TAR = auto()
    ZIP = auto()


@dataclass(frozen=True, slots=True)
class Format:
    """The content of a file; ``media_type`` matters for single documents only.

    ``compression`` is the suffix of the compression around it, empty if there is none.
    """

    container: Container
    media_type: str = "text/plain"
    compression: str = ""


_TEXT = Format(Container.DOCUMENT)
_MARKDOWN = Format(Container.DOCUMENT, "text/markdown")
_HTML = Format(Container.DOCUMENT, "text/html")
_LINES = Format(Container.LINES)
_JSON = Format(Container.JSON)
_TABLE = Format(Container.TABLE)
_FEED = Format(Container.FEED)
_WARC = Format(Container.WARC)
_MAIL = Format(Container.MAIL)
_ARROW = Format(Container.ARROW)
_PARQUET = Format(Container.PARQUET)
_TAR = Format(Container.TAR)
_ZIP = Format(Container.ZIP)

FORMATS = MappingProxyType(
    {
        ".txt": _TEXT,
        ".md": _MARKDOWN,
        ".markdown": _MARKDOWN,
        ".html": _HTML,
        ".htm": _HTML,
        ".xhtml": _HTML,
        ".json": _JSON,
        ".jsonl": _LINES,
        ".ndjson": _LINES,
        ".csv": _TABLE,
        ".tsv": _TABLE,
        ".rss": _FEED,
        ".atom": _FEED,
        ".xml": _FEED,
        ".warc": _WARC,
        ".wet": _WARC,
        ".eml": _MAIL,
        ".mht": _MAIL,
        ".mhtml": _MAIL,
        ".arrow": _ARROW,
        ".arrows": _ARROW,
        ".feather": _ARROW,
        ".ipc": _ARROW,
        ".parquet": _PARQUET,
        ".tar": _TAR,
        ".zip": _ZIP,
    }
)
"""Formats by suffix; each may be followed by one of :data:`COMPRESSIONS`."""

COMPRESSIONS = (".gz", ".bz2", ".xz", ".zst")
"""Suffixes of compressed files."""

_SHORT = {".tgz": ".tar.gz", ".tbz2": ".tar.bz2", ".txz": ".tar.xz"}

SUFFIXES = frozenset({*FORMATS, *COMPRESSIONS, *_SHORT})
"""The last suffixes of the files that are read from a folder."""

_MAGIC = (  # the first bytes that the formats prescribe
    (b"\x1f\x8b", replace(_TEXT, compression=".gz")),
    (b"BZh", replace(_TEXT, compression=".bz2")),
    (b"\xfd7zXZ\0", replace(_TEXT, compression=".xz")),
    (b"\x28\xb5\x2f\xfd", replace(_TEXT, compression=".zst")),
    (b"PK\3\4", _ZIP),
    (b"PK\5\6", _ZIP),  # an empty archive
    (b"PAR1", _PARQUET),
    (b"ARROW1\0\0", _ARROW),
    (b"\xff\xff\xff\xff", _ARROW),
    (b"WARC/", _WARC),
)
_TAR_MAGIC = slice(257, 262)  # POSIX.1-1988
_HTML_START = re.compile(
    rb"\s*(<!doctype\s+html|<(html|head|body|article|div|p)\b|<!--)", re.IGNORECASE
)
_XHTML_START = re.compile(rb"\s*<\?xml\b.*?<html\b", re.IGNORECASE | re.DOTALL)
_FEED_START = re.compile(rb"\s*<(\?xml\b|rss\b|feed\b|rdf:RDF\b)")
_FEED_AFTER_JUNK = re.compile(rb"<(rss\s+version\s*=|feed\s[^<>]*xmlns\s*=|rdf:RDF\s)")
# Fields of an e-mail down to the one that says it is MIME.
_MAIL_START = re.compile(
    rb"(?:[A-Za-z][\w-]{0,60}:[^\n]*\n(?:[ \t]+[^\n]*\n)*)*MIME-Version:[ \t]*1\.0", re.IGNORECASE
)
_JSON_START = re.compile(rb'\s*(\[\s*)?\{\s*("|\})')


def detect_format(name: str) -> Format | None:
    """Return the format that a file name indicates; None if it cannot be read.

    >>> detect_format("news/a.HTML").media_type, detect_format("a.jsonl.gz").compression
    ('text/html', '.gz')
    >>> detect_format("a.pdf") is None
    True
    """
    stem, compression = split_compression(name.lower())
    dot = stem.rfind(".")
    found = FORMATS.get(stem[dot:]) if dot > stem.rfind("/") else None
    return replace(found, compression=compression) if found and compression else found


def split_compression(name: str) -> tuple[str, str]:
    """Split a file name into the name without its compression suffix, and that suffix.

    >>> split_compression("a.jsonl.gz"), split_compression("a.TGZ"), split_compression("a.txt")
    (('a.jsonl', '.gz'), ('a.tar', '.gz'), ('a.txt', ''))
    """
    for short, full in _SHORT.items():
        if name.lower().endswith(short):
            name = name[: -len(short)] + full
    for suffix in COMPRESSIONS:
        if name.lower().endswith(suffix):
            return name[: -len(suffix)], suffix
    return name, ""


def sniff_format(head: bytes) -> Format:
    r"""Return the format that the first bytes of a file suggest; plain text by default.

    >>> sniff_format(b"<!DOCTYPE html><title>A").media_type
    'text/html'
    >>> sniff_format(b'{"text": "A"}\n{"text": "B"}').container.name
    'JSON'
    >>> sniff_format(b"PK\3\4").container.name
    'ZIP'
    """
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    if head[_TAR_MAGIC] == b"ustar":
        return _TAR
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe").replace(b"\0", b"")
    if _HTML_START.match(plain) or _XHTML_START.match(plain):
        return _HTML
    if _FEED_START.match(plain) or _FEED_AFTER_JUNK.search(plain):
        return _FEED
    if _MAIL_START.match(plain):
        return _MAIL
    return _JSON if _JSON_START.match(plain) else _TEXT


def is_vague(name: str) -> bool:
    """Whether a suffix leaves the format open: XML may be a feed or a page."""
    return split_compression(name.lower())[0].endswith(".xml")


FREE_BYTES = 256 * 1024 * 1024
"""The bytes any file may decompress to; small repetitive texts compress a thousandfold."""


class BombError(InputError):
    """An error for a file that decompresses to more than allowed; its rest is not read."""


class Bounds:
    """A count of the bytes read from one input file and delivered from inside it."""

    def __init__(self, settings: InputSettings) -> None:
        self._ratio = settings.max_expansion
        self._depth = settings.max_depth
        self._taken = 0
        self._given = 0

    def take(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Count the bytes of the file as they are read."""
        for chunk in chunks:
            self._taken += len(chunk)
            yield chunk

    def take_all(self, size: int) -> None:
        """Count the whole file as read, for files that are not read from start to end."""
        self._taken = max(self._taken, size)

    def give(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Count the bytes that a decompressor delivers.

        Raises:
            BombError: there are too many for the number of bytes read.
        """
        for chunk in chunks:
            self.charge(len(chunk))
            yield chunk

    def charge(self, size: int) -> None:
        """Count ``size`` bytes as delivered.

        Raises:
            BombError: there are too many for the number of bytes read.
        """
        self._given += size
        if self._given > max(FREE_BYTES, self._taken * self._ratio):
            raise BombError(
                f"it unfolds to more than {self._ratio} times its size, like a decompression "
                "bomb; if it is not, raise settings.input.max_expansion"
            )

    def check_depth(self, level: int) -> None:
        """Refuse a container that is nested too deeply.

        Raises:
            InputError: ``level`` exceeds the limit.
        """
        if level > self._depth:
            raise InputError(
                f"it lies in more than {self._depth} archives and compressed files, one inside "
                "the other; unpack them, or raise settings.input.max_depth"
            )


_INPUT_BYTES = 4 * 1024  # small, as the bytes after each of many tiny streams are copied
_PIECE_BYTES = 256 * 1024
_XZ_MEMORY = 128 * 1024 * 1024  # xz -9 needs 65 MiB; a header may ask for 4 GiB


class _Decompressor(Protocol):
    """The common interface of ``bz2`` and ``lzma``."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether all input has been decompressed."""

    @property
    def unused_data(self) -> bytes:
        """The bytes after the end of the stream."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return at most ``max_length`` bytes."""


def decompress(chunks: Iterator[bytes], suffix: str) -> Iterator[bytes]:
    """Decompress a stream in the format of ``suffix``.

    >>> import bz2
    >>> b"".join(decompress(iter([bz2.compress(b"one "), bz2.compress(b"two")]), ".bz2"))
    b'one two'

    Raises:
        CutError: the data end early, or are damaged from some point on.
    """
    if suffix == ".gz":
        return gunzip(chunks)
    if suffix == ".zst":
        return unpack(chunks, "zstd")
    return _run(chunks, suffix.lstrip("."))


def _run(chunks: Iterable[bytes], kind: str) -> Iterator[bytes]:
    """Decompress consecutive bzip2 or xz streams."""
    member: _Decompressor | None = None
    members = 0
    for chunk in cut_chunks(chunks, _INPUT_BYTES):
        rest = chunk
        while rest or (member is not None and not member.needs_input):
            if member is None:
                rest = rest.lstrip(b"\0") if members else rest  # xz pads its streams
                if not rest:
                    break
                member, members = _start(kind), members + 1
            try:
                piece = member.decompress(rest, _PIECE_BYTES)
            except (OSError, ValueError, EOFError, MemoryError, lzma.LZMAError) as error:
                raise CutError(
                    f"the {kind} data are damaged ({error}); get the file again"
                ) from error
            yield piece
            rest = member.unused_data if member.eof else b""
            member = None if member.eof else member
    if member is not None:
        raise CutError(f"the {kind} data end early, the file was cut off; get the file again")


def _start(kind: str) -> _Decompressor:
    if kind == "bz2":
        return bz2.BZ2Decompressor()
    return lzma.LZMADecompressor(memlimit=_XZ_MEMORY)


def unpack(chunks: Iterator[bytes], codec: str) -> Iterator[bytes]:
    """Decompress a stream with one of Arrow's codecs: ``zstd`` or ``brotli``.

    Raises:
        CutError: the data end early, or are damaged from some point on.
    """
    import pyarrow as pa

    source = pa.PythonFile(ChunkFile(chunks), "r")
    try:
        with pa.CompressedInputStream(source, codec) as file:
            while piece := file.read(CHUNK_BYTES):
                yield piece
    except (OSError, pa.ArrowException) as error:
        if getattr(error, "errno", None):
            raise
        raise CutError(
            f"the {codec} data are damaged or cut off ({error}); get the file again"
        ) from error
