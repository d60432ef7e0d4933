r"""Lone surrogates in text: bytes that a decoder put aside, and halves of characters.

Python's ``surrogateescape`` (PEP 383) turns a byte that it cannot decode into U+DC80 to U+DCFF, so
that such text still holds its bytes: ``L\udc92\udce9t\udce9`` is ``L’été`` in Windows-1252.
"""

from __future__ import annotations

import re
from contextlib import suppress

from corpus_norm.encoding.charsets import decode
from corpus_norm.errors import DecodeError

_HALF = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_ESCAPES = re.compile("[\udc80-\udcff]+")
_NO_BYTE = re.compile("[^\x00-\x7f\udc80-\udcff]")


def join_pairs(text: str) -> str:
    r"""The text with each pair of halves as its character.

    >>> join_pairs("\ud83d\ude00")
    '😀'
    """
    return _PAIR.sub(
        lambda pair: pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), text
    )


def restore_bytes(text: str) -> bytes | None:
    r"""The bytes that a text with escapes was made of; None if it has none, or other characters.

    >>> restore_bytes("t\udce9"), restore_bytes("t\udce9 à"), restore_bytes("té")
    (b't\xe9', None, None)
    """
    if text.isascii() or _NO_BYTE.search(text):
        return None
    return text.encode("ascii", "surrogateescape")


def read_escapes(text: str) -> str:
    r"""The text with its escapes decoded, and U+FFFD for halves that nothing can be made of.

    Beside characters that were decoded, what was put aside are single bytes of Windows-1252.

    >>> read_escapes("L\udc92\udce9t\udce9"), read_escapes("l\udc92été \ud83d\ude00 \ud83d")
    ('L’été', 'l’été 😀 �')
    """
    data = restore_bytes(text)
    if data is not None:
        with suppress(DecodeError):
            # A character cut off at the end of data is left out; here nothing was cut.
            text = decode(data + b"\n").text.removesuffix("\n") or text
    text = _ESCAPES.sub(_read_run, join_pairs(text))
    return _HALF.sub("\N{REPLACEMENT CHARACTER}", text)


def _read_run(found: re.Match[str]) -> str:
    data = found[0].encode("ascii", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
