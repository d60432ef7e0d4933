"""Text that was read in the wrong encoding and saved that way, undone line by line.

ftfy (Speer 2019, doi:10.5281/zenodo.2591652) knows UTF-8 read as a single-byte encoding.  What
it leaves is tried here: Chinese bytes read as Latin-1, UTF-8 read as GBK or as code page 850,
French bytes read as GBK.  A reading is taken only where it is exact and far less odd than what
stands there.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from ftfy.badness import BADNESS_RE

from corpus_norm.encoding.pieces import (
    fix,
    is_about_mojibake,
    repair_pieces,
    restore_letters,
    restore_lost_bytes,
)
from corpus_norm.encoding.plausibility import oddness
from corpus_norm.encoding.swapped import (
    accents,
    chinese_in_runs,
    cyrillic,
    may_be_swapped,
    utf8_in_runs,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def _chars(leads: Iterable[int], trails: range) -> str:
    """The characters whose two GBK bytes are in these ranges, as the inside of a regex class."""
    pairs = bytes(byte for lead in leads for trail in trails for byte in (lead, trail))
    return re.escape(pairs.decode("gbk", "ignore"))


# What can make ftfy.badness take a line for mojibake, as one cheap pattern: nearly always two
# marked characters side by side.  A test holds it against ftfy's own, which is ten times slower.
_GREEK_CYRILLIC = "\u0370-\u048f\u0492-\u04ff"
_OTHER = (
    "\u0100-\u017f\u0192\u02b0-\u02ff\u2030-\u206f\u20a0-\u20bf\u2100-\u25ff"
    "\u0490\u0491\uf8ff\ufb01\ufb02\ufffd"
)
_PUNCTUATION = "\xa0\xad·\u2010-\u2015…’"
_FIRST = f"\x80-\x9f\xa1-\xac\xae-\xb6\xb8-\xff{_OTHER}‘‚‛“-‟†‡•"
_BAD_PAIR = (
    rf"[\x80-\xff{_OTHER}{_GREEK_CYRILLIC}\u2010-\u2026](?:(?<=[{_FIRST}])[{_FIRST}{_GREEK_CYRILLIC}]"
    rf"|(?<=[{_GREEK_CYRILLIC}])[{_FIRST}]|(?<=[ÂÃÎÐØÙ])[{_PUNCTUATION}]|(?<=[ÂÃ]) "
    rf"|(?<=[Œœ])[^A-Za-z]|(?<=[\x80-\x9f])|(?<=в)Ђ|(?<=Г)ў)"
)
# A Latin letter in UTF-8 read as GBK: C2 to C5 and a continuation byte.
_GBK_LATIN = _chars(range(0xC2, 0xC6), range(0x80, 0xC0))
# The start of a Chinese character or mark in UTF-8 read as GBK.
_GBK_HAN = _chars(range(0xE3, 0xEA), range(0x80, 0xC0)) + "锛鈥"
# A Windows-1252 apostrophe or letter and the small letter after it, read as GBK.
_GBK_PAIR = _chars((0x92, 0x9C, *range(0xC0, 0xFD)), range(0x61, 0x7B))

# UTF-8 read as code page 850: the start of a sequence and its continuation.
_CP850 = re.compile(
    "[{}][{}]".format(
        *(re.escape(bytes(r).decode("cp850")) for r in (range(0xC2, 0xF5), range(0x80, 0xC0)))
    )
)
# UTF-8 read as Windows-1252 that ftfy finds too little to be sure of beside sound letters.
_PIECE = re.compile(
    r"[Â-ßáâ](?:(?<=[Â-ß])[\xa1-\xaa\xac\xaf-\xba\xbc-\xbf‚ƒ„†‡ˆ‰‹›Œœ˜Ÿž“]|(?<=Ä)(?=[a-z])"
    r"|(?<=[a-zà-ÿ][Â-ß])[\xa0«»”‘’–—…®™§·]|(?<=â)€|(?<=á)[º»]|(?<=[0-9a-zà-ÿ]Â)[ \xa0])"
)
_BAD = re.compile(_BAD_PAIR)
_GBK = re.compile(
    rf"[{_GBK_HAN}{_GBK_LATIN}{_GBK_PAIR}](?:(?<=[{_GBK_HAN}]).{{0,2}}[{_GBK_HAN}]"
    rf"|(?<=[{_GBK_LATIN}])(?=[a-z ])|(?<=[a-z][{_GBK_LATIN}])"
    rf"|(?<=[{_GBK_PAIR}])(?=[a-z])|(?<=[a-z][{_GBK_PAIR}]))"
)
_HAN = re.compile("[一-鿿]")

_HIGH_RUN = re.compile(r"[^\x00-\x7f]{2,}")
# E3 to E9 begin Chinese characters and marks in UTF-8; A0 after them has become a space.
_A0_LOST = re.compile(rb"[\xe3-\xe9](?: [\x80-\xbf]|[\x80-\xbf] )")
_NOT_CHINESE = re.compile(
    r"[^\x00-\x7f\xa2-\xb7\u2010-\u2030\u3000-\u301f\u4e00-\u9fff\uff00-\uffef]"
)
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_LATIN_PAIR = re.compile(r"[àâçèéêëîïôöùûüäñáíóúœÉÀÈÊÇ’][a-z]")


def is_suspect(text: str) -> bool:
    """Whether :func:`repair_line` may change a line of the text; few sound lines look so.

    >>> is_suspect("SuccÃ¨s"), is_suspect("« L’été à 20 € »")
    (True, False)
    """
    if any(
        BADNESS_RE.search(text, max(0, m.start() - 3), m.end() + 6) for m in _BAD.finditer(text)
    ):
        return True
    if _CP850.search(text) or _PIECE.search(text) or may_be_swapped(text):
        return True
    return _HAN.search(text) is not None and _GBK.search(text) is not None


def repair_line(line: str) -> str:
    """The line as it was before it was read in the wrong encoding; unchanged if it is sound.

    >>> repair_line("SuccÃ¨s partiel"), repair_line("solidarit茅"), repair_line("appareill├®")
    ('Succès partiel', 'solidarité', 'appareillé')
    >>> repair_line("ÆäËûÈËÒ²Ôø³¢ÊÔ¹ý"), repair_line("« L’été à 20 € »")
    ('其他人也曾尝试过', '« L’été à 20 € »')
    """
    if not is_suspect(line) or is_about_mojibake(line):
        return line
    before = oddness(line)
    for margin, readings in _READINGS:
        for reading in readings(line):
            if reading != line and oddness(reading) + margin <= before:
                return reading
    fixed = repair_pieces(fix(restore_lost_bytes(line)))
    fixed = restore_letters(fixed) if fixed != line else line
    last = ((0.9, _utf8_as_cp850(line)), (0.5, next(chinese_in_runs(line), None)))
    for margin, other in last:
        if other is not None and oddness(other) + margin <= oddness(fixed):
            return other
    return fixed


def _chinese_as_latin(line: str) -> Iterator[str]:
    """Chinese bytes read as Latin-1 or Windows-1252: GBK, Big5, or UTF-8 with spaces for A0."""
    high = sum(map(len, _HIGH_RUN.findall(line)))
    if high * 3 < len(line.replace(" ", "")):
        return
    for encoding in ("sloppy-windows-1252", "latin-1"):
        with suppress(UnicodeError):
            data = line.encode(encoding)
            if not _is_utf8(data):
                restored = _A0_LOST.sub(lambda found: found[0].replace(b" ", b"\xa0"), data)
                readings = (
                    _read_chinese(restored, "utf-8"),
                    _read_chinese(data, "gb18030"),
                    _read_chinese(data, "big5hkscs"),
                )
                yield from sorted(filter(None, readings), key=oddness)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_chinese(data: bytes, encoding: str) -> str | None:
    """The bytes as Chinese; None unless all but a few characters are common ones."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    is_chinese = _NOT_CHINESE.search(text) is None and oddness(text) * 7 <= len(text)
    return text if is_chinese else None


def _utf8_as_gbk(line: str) -> Iterator[str]:
    with suppress(UnicodeError):
        yield line.encode("gb18030").decode("utf-8")


def _latin_as_gbk(line: str) -> Iterator[str]:
    """A Windows-1252 letter that swallowed the next one: ``r閏eption`` for ``réception``."""
    runs = _HAN_RUN.findall(line)
    pairs = {run: run.encode("gb18030").decode("cp1252", "replace") for run in runs}
    if runs and all(_LATIN_PAIR.fullmatch(pair) for pair in pairs.values()):
        yield _HAN_RUN.sub(lambda found: pairs[found[0]], line)


def _utf8_as_cp850(line: str) -> str | None:
    """Every run of marked characters read as UTF-8 that was taken for code page 850."""
    try:
        return _HIGH_RUN.sub(lambda found: found[0].encode("cp850").decode("utf-8"), line)
    except UnicodeError:
        return None


_READINGS: tuple[tuple[float, Callable[[str], Iterator[str]]], ...] = (
    # Each with how much less odd the reading must be.  That Latin text is exact UTF-8 in GBK
    # bytes is strong evidence already.
    (0.5, utf8_in_runs),
    (0.0, cyrillic),
    (1.5, accents),
    (1.0, _chinese_as_latin),
    (0.5, _utf8_as_gbk),
    (0.9, _latin_as_gbk),
)
