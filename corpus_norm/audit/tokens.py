"""The words and numerals of a text, as the reader of numbers takes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus_norm.audit.numeral import NUMERAL

if TYPE_CHECKING:
    from corpus_norm.languages.numerals import NumberStyle

_TOKEN = re.compile(rf"(?P<numeral>{NUMERAL})(?P<suffix>[^\W\d_]*)|(?P<word>[^\W\d_]+)")
_ROMAN = re.compile(r"(?=[IVX])(X{0,3}(?:IX|IV|V?I{0,3}))")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a numeral with the letters right after it; in lower case."""

    start: int
    end: int
    word: str
    numeral: str = ""
    suffix: str = ""


def tokenize(text: str, style: NumberStyle) -> list[Token]:
    """The tokens of a text, without the idioms of a language that only look like numbers.

    >>> from corpus_norm.languages import get_language
    >>> [t.word or t.numeral + t.suffix for t in tokenize("20M for X", get_language("en").numbers)]
    ['20m', 'for', 'x']
    """
    return [
        Token(
            m.start(),
            m.end(),
            (m["word"] or "").lower(),
            m["numeral"] or "",
            (m["suffix"] or "").lower(),
        )
        for m in _TOKEN.finditer(_blank_idioms(text, style))
    ]


def split_roman(word: str) -> tuple[str, str]:
    """The Roman numeral a word starts with, up to 39, and what follows it.

    >>> split_roman("XIXe"), split_roman("Paris")
    (('XIX', 'e'), ('', 'Paris'))
    """
    match = _ROMAN.match(word)
    numeral = match[1] if match else ""
    return numeral, word[len(numeral) :]


def read_roman(numeral: str) -> int:
    """The value of a Roman numeral.

    >>> read_roman("XIX")
    19
    """
    digits = [_ROMAN_DIGITS[char] for char in numeral]
    return sum(-a if a < b else a for a, b in pairwise([*digits, 0]))


def _blank_idioms(text: str, style: NumberStyle) -> str:
    """The text with spaces for the idioms that hold a number word and are none."""
    if not style.idioms:
        return text
    return _idioms(style).sub(lambda m: " " * len(m[0]), text)


@lru_cache(maxsize=8)
def _idioms(style: NumberStyle) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, style.idioms))})\b", re.IGNORECASE)
