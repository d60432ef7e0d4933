"""Text in one code page that was read in another: Cyrillic, the accents of DOS and of the Mac.

Also UTF-8 read as KOI8 or as code page 866, which ftfy does not know.  A reading is offered only
where every letter of it is in its place; what it is weighed by is in
:mod:`corpus_norm.encoding.mojibake`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUN = re.compile(r"[^\x00-\x7f]{2,}")
_UTF8_AS = ("koi8-r", "koi8-u", "cp866", "cp850", "cp932")
# A letter and a sign of boxes, which KOI8 has where UTF-8 has its second bytes; and the letters
# that begin Cyrillic in code page 866.
_BOXED = re.compile(
    "[А-яЂ-џґ╨╤ﾃﾂ](?:(?<=[А-яЂ-џґ])[\u2500-\u25a0═-╬⌠⌡√≈≤≥°²·÷]|(?<=[╨╤])[А-яЁёЄєЇїЎў°-■]"
    "|(?<=[ﾃﾂ])[｡-ﾟ])"
)

_HIGH_LATIN = re.compile("[À-ÿ\x80-\x9f¸¨³¿º¹]{4,}")
_LATIN_RUN = re.compile("[\xa1-\xff]{4,}")
_HAN_ALONE = re.compile("[一-鿿、。，！？：；（）《》“”]+")
_TURNED_CASE = re.compile("[а-яё][А-ЯЁ]{3,}")
_DOS_AS_WINDOWS = re.compile("[а-яА-ЯЁёЎўЄєЇї][«»®¬­Ґ¤§©°±][а-яА-ЯЎў«»®¬­Ґ¤§©]")
_CYRILLIC_WORD = re.compile("[А-яЁёЄєІіЇїҐґЎў]+")
_REGULAR = re.compile("[А-ЯЁЄІЇҐЎ]?[а-яёєіїґў]+|[А-ЯЁЄІЇҐЎ]+")
_FREQUENT = frozenset("оеаинтсрвліОЕАИНТСРВЛІ")
_RARE = frozenset("ъщэфёЪЩЭФЁўЎ")
_NOT_RUSSIAN = re.compile("[^\x00-\x7f\xa0«»–—…“”„’№А-яЁёЄєІіЇїҐґЎў]")
_READ_AS = ("cp1252", "latin-1", "cp1251", "koi8-r")
_WRITTEN_IN = ("cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic")

_AMONG_SMALL = re.compile("[ÀÁÂÄÅÇÈÉÊËÍÎÏÔÖÓÙÚÛÜŽ™‡‚Θ⌠¶∙ˆŠ](?<=[a-z].)(?=[a-z])")
_ACCENTS = (  # read as, written in
    ("mac-roman", "cp1252"),
    ("cp1252", "mac-roman"),
    ("cp437", "cp1252"),
    ("cp850", "cp1252"),
    ("cp1252", "cp850"),
)
_FRENCH = re.compile("[\x00-\x7fàâäçèéêëîïôöùûüœæÀÂÇÈÉÊËÎÏÔÖÙÛÜŒÆ«»’‘“”–—…€°\xa0\u202fñáíóúßÄ]*")


def may_be_swapped(text: str) -> bool:
    """Whether the readings here may find anything in a line of the text."""
    return any(
        pattern.search(text)
        for pattern in (_BOXED, _HIGH_LATIN, _TURNED_CASE, _DOS_AS_WINDOWS, _AMONG_SMALL)
    )


def utf8_in_runs(line: str) -> Iterator[str]:
    """Every run of marked characters that is UTF-8 in one of the code pages, so read."""
    if _BOXED.search(line):
        for encoding in _UTF8_AS:
            text = _RUN.sub(partial(_read_utf8, encoding=encoding), line)
            if not _BOXED.search(text):
                yield text


def _read_utf8(run: re.Match[str], encoding: str) -> str:
    try:
        return run[0].encode(encoding).decode("utf-8")
    except UnicodeError:
        return run[0]


def cyrillic(line: str) -> Iterator[str]:
    """Cyrillic in the code page in which its words look Russian, best first."""
    if not any(each.search(line) for each in (_HIGH_LATIN, _TURNED_CASE, _DOS_AS_WINDOWS)):
        return
    if "àáâ" in line.lower():
        return  # a row of letters, in a text about letters
    readings: dict[str, float] = {}
    for read_as in _READ_AS:
        for written_in in _WRITTEN_IN:
            if read_as != written_in:
                with suppress(UnicodeError):
                    text = line.encode(read_as).decode(written_in)
                    readings[text] = _weigh_russian(text)
    before = _weigh_russian(line)
    for text in sorted(readings, key=readings.__getitem__, reverse=True):
        if readings[text] >= max(0.5, before + 0.4):
            yield text


def _weigh_russian(text: str) -> float:
    """How much the Cyrillic words of a text look like words, 0 to 1."""
    words = _CYRILLIC_WORD.findall(text)
    letters = sum(map(len, words))
    if letters < 5 or _NOT_RUSSIAN.search(text):
        return 0.0
    regular = sum(len(word) for word in words if _REGULAR.fullmatch(word)) / letters
    frequent = sum(char in _FREQUENT for word in words for char in word) / letters
    rare = sum(char in _RARE for word in words for char in word) / letters
    return regular * min(1.0, frequent / 0.55) * max(0.0, 1 - 4 * max(0.0, rare - 0.08))


def chinese_in_runs(line: str) -> Iterator[str]:
    """Chinese bytes read as Latin-1 beside sound text: runs of signs that no language writes."""
    text = _LATIN_RUN.sub(_read_gb2312, line)
    if text != line:
        yield text


def _read_gb2312(run: re.Match[str]) -> str:
    if run[0].isupper() or run[0].islower():
        return run[0]  # a row of letters, in a text about letters
    try:
        text = run[0].encode("latin-1").decode("gb2312")
    except UnicodeError:
        return run[0]
    return text if _HAN_ALONE.fullmatch(text) else run[0]


def accents(line: str) -> Iterator[str]:
    """French in the code page in which its accents are those of French."""
    if not _AMONG_SMALL.search(line):
        return
    for read_as, written_in in _ACCENTS:
        with suppress(UnicodeError):
            text = line.encode(read_as).decode(written_in)
            if _FRENCH.fullmatch(text):
                yield text
