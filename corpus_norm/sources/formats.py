"""File types: by suffix, or for a file named explicitly by its first bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from types import MappingProxyType

GZIP_MAGIC = b"\x1f\x8b"
"""First bytes of every gzip member (RFC 1952)."""

SNIFFED_BYTES = 4096
"""How many bytes :func:`sniff_format` wants to see."""


class Container(Enum):
    """How many documents a file holds, and in what form."""

    DOCUMENT = auto()
    LINES = auto()
    JSON = auto()


@dataclass(frozen=True, slots=True)
class Format:
    """What a file holds; ``media_type`` matters for single documents only."""

    container: Container
    media_type: str = "text/plain"
    compressed: bool = False


_TEXT = Format(Container.DOCUMENT)
_MARKDOWN = Format(Container.DOCUMENT, "text/markdown")
_HTML = Format(Container.DOCUMENT, "text/html")
_LINES = Format(Container.LINES)
_JSON = Format(Container.JSON)

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
    }
)
"""Formats by suffix; each may be followed by ``.gz``."""

SUFFIXES = frozenset({*FORMATS, ".gz"})
"""The last suffixes of all files that are read from a folder."""

_HTML_START = re.compile(
    rb"\s*(<!doctype\s+html|<(html|head|body|article|div|p)\b|<!--)", re.IGNORECASE
)
_XHTML_START = re.compile(rb"\s*<\?xml\b.*?<html\b", re.IGNORECASE | re.DOTALL)
_JSON_START = re.compile(rb'\s*(\[\s*)?\{\s*("|\})')


def detect_format(name: str) -> Format | None:
    """The format a file name promises, None if it promises none we read.

    >>> detect_format("news/a.HTML").media_type, detect_format("a.jsonl.gz").compressed
    ('text/html', True)
    >>> detect_format("a.pdf") is None
    True
    """
    stem = name.lower()
    compressed = stem.endswith(".gz")
    stem = stem.removesuffix(".gz")
    dot = stem.rfind(".")
    found = FORMATS.get(stem[dot:]) if dot > stem.rfind("/") else None
    return replace(found, compressed=True) if found and compressed else found


def sniff_format(head: bytes) -> Format:
    r"""The format that the first bytes of a file look like; plain text if nothing else.

    >>> sniff_format(b"<!DOCTYPE html><title>A").media_type
    'text/html'
    >>> sniff_format(b'{"text": "A"}\n{"text": "B"}').container.name
    'JSON'
    """
    if head.startswith(GZIP_MAGIC):
        return replace(_TEXT, compressed=True)
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe").replace(b"\0", b"")
    if _HTML_START.match(plain) or _XHTML_START.match(plain):
        return _HTML
    return _JSON if _JSON_START.match(plain) else _TEXT
