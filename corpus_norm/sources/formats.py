"""Detect file types by suffix, or by the first bytes if the suffix does not determine the type.

Suffixes are trusted, as the user sees them.  Only ``.xml`` is too vague, so the content of such a
file decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from types import MappingProxyType

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
    return _JSON if _JSON_START.match(plain) else _TEXT


def is_vague(name: str) -> bool:
    """Whether a suffix leaves the format open: XML may be a feed or a page."""
    return split_compression(name.lower())[0].endswith(".xml")
