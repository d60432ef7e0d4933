"""Check that the translation keeps the denials of the source.

Translators turn ``ne manque pas`` into ``has plenty`` and ``不少`` into ``many``.  A denial
therefore counts as lost only if nothing in the English could stand for it: no denial, no ``fail``
or ``lack``, no ``un-`` or ``-less``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corpus_norm.languages import Language
    from corpus_norm.languages.record import NegationStyle

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_REACH = 8
"""The most words between ``ne`` and ``pas``."""


@dataclass(frozen=True, slots=True)
class Denial:
    """Whether a text denies something for certain, whether it may, and whether it must."""

    certain: bool
    possible: bool
    strong: bool = False


def find_denial(text: str, language: Language) -> Denial:
    """Find out whether a text denies something.

    >>> from corpus_norm.languages import get_language
    >>> french, english = get_language("fr"), get_language("en")
    >>> find_denial("Il n'a pas répondu, sans doute.", french)
    Denial(certain=True, possible=True, strong=False)
    >>> find_denial("It is unlikely.", english)
    Denial(certain=False, possible=True, strong=False)
    """
    style = language.denials
    patterns = _compile(style)
    low = text.lower().replace("’", "'")
    plain = patterns.idioms.sub(" ", low)
    if not language.spaced:
        certain = patterns.words.search(plain) is not None
        strong = patterns.strong.search(plain) is not None
        return Denial(certain, certain or patterns.near.search(low) is not None, strong)
    words = _WORD.findall(plain)
    certain = _denies(words, style)
    return Denial(certain, certain or any(map(patterns.is_near, _WORD.findall(low))))


def find_idioms(text: str, language: Language) -> list[tuple[int, int]]:
    """Return the spans of idioms that contain a denial but deny nothing.

    >>> from corpus_norm.languages import get_language
    >>> find_idioms("Il viendra sans doute.", get_language("fr"))
    [(11, 21)]
    """
    low = text.lower().replace("’", "'")
    if len(low) != len(text):
        return []
    return [match.span() for match in _compile(language.denials).idioms.finditer(low)]


def _denies(words: list[str], style: NegationStyle) -> bool:
    opened = -_REACH - 1
    for i, word in enumerate(words):
        head, _, tail = word.partition("'")
        if word in style.words or tail in style.words or word.endswith(style.endings or ("\0",)):
            return True
        if head in style.openers:
            opened = i
        if (word in style.closers or tail in style.closers) and i - opened <= _REACH:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Patterns:
    words: re.Pattern[str]
    idioms: re.Pattern[str]
    strong: re.Pattern[str]
    near: re.Pattern[str]
    affixes: re.Pattern[str]
    near_words: frozenset[str]

    def is_near(self, word: str) -> bool:
        return (
            word in self.near_words
            or word.partition("'")[0] in self.near_words
            or self.affixes.fullmatch(word) is not None
        )


@lru_cache(maxsize=16)
def _compile(style: NegationStyle) -> _Patterns:
    near = frozenset({*style.near, *style.words, *style.openers})
    return _Patterns(
        words=re.compile(_any(style.words)),
        strong=re.compile(_any(style.strong)),
        idioms=re.compile(_any(i.replace("’", "'") for i in style.idioms)),
        near=re.compile(_any(near)),
        affixes=re.compile("|".join(style.affixes) or "(?!)"),
        near_words=near,
    )


def _any(phrases: Iterable[str]) -> str:
    longest = sorted(phrases, key=lambda p: (-len(p), p))
    return "|".join(map(_phrase, longest)) or "(?!)"


def _phrase(phrase: str) -> str:
    edge = r"\b" if phrase[0].isascii() and phrase[0].isalpha() else ""
    last = r"\b" if phrase[-1].isascii() and phrase[-1].isalpha() else ""
    return f"{edge}{re.escape(phrase)}{last}"


def reverses_denial(source: str, english: str, language: Language) -> bool:
    """Whether the English excludes what the source does not exclude, or the like.

    A verb such as ``exclure`` under a denial needs two denials in English, as in "did not rule
    out", or a word such as "may" that says the same.

    >>> from corpus_norm.languages import get_language
    >>> french = get_language("fr")
    >>> text = "Le préfet n'exclut pas de réquisitionner."
    >>> reverses_denial(text, "The prefect excludes requisitions.", french)
    True
    >>> reverses_denial(text, "The prefect did not rule out requisitions.", french)
    False
    """
    if not _compile_doubles(language.denials).search(source.lower().replace("’", "'")):
        return False
    plain = english.lower().replace("’", "'")
    return _REFUSES.search(plain) is not None and _ALLOWS.search(plain) is None


@lru_cache(maxsize=16)
def _compile_doubles(style: NegationStyle) -> re.Pattern[str]:
    return re.compile("|".join(style.doubles) or "(?!)")


_REFUSES = re.compile(
    r"\b(?:exclud(?:e[sd]?|ing)|rul(?:e[sd]?|ing)\s+out|den(?:y|ie[sd]|ying)|refus(?:e[sd]?|ing)|"
    r"reject(?:s|ed|ing)?|disput(?:e[sd]?|ing)|contest(?:s|ed|ing)?|oppos(?:e[sd]?|ing)|"
    r"doubt(?:s|ed|ing)?|hid(?:e|es|den|ing)?|dismiss(?:e[sd]|ing)?)\b"
)
_ALLOWS = re.compile(
    r"\b(?:not|no|never|without|cannot|nor|neither|nothing|nobody|none|fail(?:s|ed)?|may|might|could|possib\w+|"
    r"declin\w+|stopped\s+short|confirm\w*|admit\w*)\b|n't\b"
)
