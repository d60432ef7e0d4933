"""Decode invalid UTF-8: broken bytes, an end cut off, lines in another encoding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    import re

# The well-formed multi-byte sequences (Unicode Standard, table 3-7).
_SEQUENCE = (
    rb"[\xc2-\xdf][\x80-\xbf]"
    rb"|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_WELL_FORMED = compile_lazily(_SEQUENCE)
_PIECES = compile_lazily(rb"((?:[\x00-\x7f]|%s)+)|([\x80-\xff])" % _SEQUENCE)
# The beginning of a sequence at the end of the data.  After a small letter, a lone last byte of
# E0 to F4 is more often a Windows-1252 letter ("caf\\xe9").
_CUT_TAIL = compile_lazily(
    rb"(?:(?<![a-z])[\xe0-\xf4]|[\xc2-\xdf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xe0[\xa0-\xbf]"
    rb"|\xed[\x80-\x9f]|\xf0[\x90-\xbf][\x80-\xbf]?|[\xf1-\xf3][\x80-\xbf]{1,2}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]?)\Z"
)
# Windows-1252 letters and punctuation that appear in UTF-8 text when someone typed or pasted one
# into a file.  A-circumflex, A-tilde and a-circumflex are missing: their bytes are more often the
# first bytes of UTF-8 sequences that lost the rest.
_KEPT = compile_lazily("[ß-áã-öø-þÀÇ-ÏÑ-ÖØ-Üœ‘’“”–—…«»€]")
_NOT_ASCII = compile_lazily(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class BrokenUtf8:
    """Text decoded from UTF-8 with errors."""

    text: str
    encoding: str
    reason: str
    replaced: bool


def foreign_lines(data: bytes) -> bytes | None:
    r"""Return the lines that are not UTF-8, if other lines are; None if no line is UTF-8.

    >>> foreign_lines("été\nà\n".encode() + b"d\xe9but\nfin")
    b'd\xe9but'
    >>> foreign_lines("été".encode("cp1252")) is None
    True
    """
    foreign: list[bytes] = []
    sound = False
    for line in _without_cut_tail(data).split(b"\n"):
        if line.isascii():
            continue
        if _is_mostly_utf8(line):
            sound = True
        else:
            foreign.append(line)
    if not sound and (foreign or len(_without_cut_tail(data)) == len(data)):
        return None
    return b"\n".join(foreign)


def read_broken_utf8(data: bytes, legacy: str) -> BrokenUtf8:
    r"""Decode data that is mostly UTF-8.

    Lines that are not UTF-8 at all are read in ``legacy``.  A single bad byte in a line of UTF-8
    becomes its Windows-1252 character if that is a letter or a quotation mark, and U+FFFD
    otherwise.  The first bytes of a character cut off at the end of the data are dropped.

    >>> read_broken_utf8("été\n".encode() + "été".encode("cp1252"), "cp1252").text
    'été\nété'
    >>> read_broken_utf8("d\u2019été à".encode()[:-1], "cp1252").text
    'd’été '
    """
    body = _without_cut_tail(data)
    replaced = len(body) < len(data)
    encoding, reason = "utf-8", "UTF-8 with broken bytes"
    lines: list[str] = []
    for line in body.split(b"\n"):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            if _is_mostly_utf8(line):
                lines.append(_PIECES.sub(_repair_bytes, line).decode("utf-8"))
                replaced = True
            else:
                lines.append(line.decode(legacy, "replace"))
                encoding, reason = f"utf-8+{legacy}", f"lines in UTF-8 and in {legacy}"
    text = "\n".join(lines)
    return BrokenUtf8(text, encoding, reason, replaced or "\ufffd" in text)


def _without_cut_tail(data: bytes) -> bytes:
    """Return the data without a character cut off at the end, if the last line is UTF-8."""
    tail = _CUT_TAIL.search(data[-4:])
    if tail is None:
        return data
    body = data[: len(data) - len(tail[0])]
    last = body[body.rfind(b"\n") + 1 :]
    return body if last.isascii() or _is_mostly_utf8(last) else data


def _is_mostly_utf8(line: bytes) -> bool:
    """Whether well-formed sequences outnumber stray bytes by two to one."""
    sequences = _WELL_FORMED.findall(line)
    stray = len(_NOT_ASCII.findall(line)) - sum(map(len, sequences))
    return len(sequences) >= max(2 * stray, 1)


def _repair_bytes(found: re.Match[bytes]) -> bytes:
    """Return a stray byte in UTF-8, or valid sequences unchanged."""
    if found[1] is not None:
        return found[1]
    char = found[2].decode("cp1252", "replace")
    return char.encode() if _KEPT.match(char) else "\N{REPLACEMENT CHARACTER}".encode()
