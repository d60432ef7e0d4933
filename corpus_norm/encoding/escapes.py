r"""Decode lone surrogates in text: bytes that a decoder escaped, and halves of characters.

Python's ``surrogateescape`` (PEP 383) turns a byte that it cannot decode into U+DC80 to U+DCFF, so
such text still holds its bytes: ``L\udc92\udce9t\udce9`` is ``L’été`` in Windows-1252.
"""

from __future__ import annotations

import re
from contextlib import suppress

from corpus_norm.encoding.charsets import decode
from corpus_norm.encoding.plausibility import oddness
from corpus_norm.errors import DecodeError

_HALF = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_ESCAPES = re.compile("[\udc80-\udcff]+")
_NO_BYTE = re.compile("[^\x00-\x7f\udc80-\udcff]")


def join_pairs(text: str) -> str:
    r"""Replace each pair of surrogates by its character.

    >>> join_pairs("\ud83d\ude00")
    '😀'
    """
    return _PAIR.sub(
        lambda pair: pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), text
    )


def restore_bytes(text: str) -> bytes | None:
    r"""Return the bytes of a text with escapes; None if it has no escapes, or real characters too.

    Bytes of GBK, Big5 or Windows-1251 can form valid UTF-8 by chance; ``surrogateescape`` then
    leaves stray characters between the escapes.  These count as bytes too if decoding all bytes
    together gives a less odd text than decoding the escapes alone.

    >>> restore_bytes("t\udce9"), restore_bytes("t\udce9 à"), restore_bytes("té")
    (b't\xe9', None, None)
    >>> restore_bytes("国务院发布通知".encode("gbk").decode("utf-8", "surrogateescape"))[:4]
    b'\xb9\xfa\xce\xf1'
    """
    if text.isascii() or _ESCAPES.search(text) is None:
        return None
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # halves of characters do not stand for bytes
        return None
    if _NO_BYTE.search(text) is None:
        return data
    whole = _decode(data)
    return data if whole and oddness(whole) < oddness(_read_runs(text)) else None


def read_escapes(text: str) -> str:
    r"""Decode the escapes of a text; replace unpaired halves of characters by U+FFFD.

    Beside real characters, escapes are UTF-8 or else single bytes of Windows-1252.

    >>> read_escapes("L\udc92\udce9t\udce9"), read_escapes("l\udc92été \ud83d\ude00 \ud83d")
    ('L’été', 'l’été 😀 �')
    """
    data = restore_bytes(text)
    return _read_runs((data and _decode(data)) or text)


def _decode(data: bytes) -> str:
    """Decode a line; return "" if it is not text."""
    with suppress(DecodeError):
        # ``decode`` drops an incomplete character at the end of the data; the line feed keeps it.
        return decode(data + b"\n").text.removesuffix("\n")
    return ""


def _read_runs(text: str) -> str:
    """Decode every run of escapes by itself."""
    text = _ESCAPES.sub(_read_run, join_pairs(text))
    return _HALF.sub("\N{REPLACEMENT CHARACTER}", text)


def _read_run(found: re.Match[str]) -> str:
    data = found[0].encode("ascii", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
