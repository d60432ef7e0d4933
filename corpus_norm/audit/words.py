"""Words of a text with their places, as the lexicon of the audit knows them.

French and English are split at everything that is no letter, so that elisions and hyphens end a
word; ``n't`` becomes a word of its own.  Chinese is split into words in the most probable way, by
the costs of a word list, after traditional characters were replaced with simplified ones.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Segment = Callable[[str], list[str]]

_SPACED = re.compile(r"[^\W\d_]+")
# The word before n't, n't itself, other contracted words, any other word.
_ENGLISH = re.compile(r"[^\W\d_]+?(?=n['’]t\b)|n['’]t\b|['’](?:s|re|ve|ll|d|m)\b|[^\W\d_]+")
_UNSPACED = re.compile(r"(?P<han>[\u3400-\u9fff]+)|[^\W\d_\u3400-\u9fff]+")
_CONTRACTED: Mapping[str, str] = MappingProxyType(
    {"ca": "can", "wo": "will", "sha": "shall", "n't": "not", "'ll": "will", "'ve": "have"}
)
_LONGEST = 6
"""The most characters in a Chinese word."""
_UNKNOWN = 14.0
"""The cost of a character that is no word."""
_MOST_CHARACTERS = 400
"""A run of Chinese characters is segmented in pieces of this length."""


class Word(NamedTuple):
    """A word: its form in lower case, its span in code points, and what letters it has."""

    form: str
    start: int
    end: int
    capital: bool = False
    han: bool = False
    upper: bool = False


def english_words(text: str) -> list[Word]:
    """Return the words of an English text.

    >>> [word.form for word in english_words("They can't sell Bob's T-shirt.")]
    ['they', 'can', 'not', 'sell', 'bob', "'s", 't', 'shirt']
    """
    return [
        Word(_expand(m[0]), m.start(), m.end(), m[0][0].isupper(), upper=_is_acronym(m[0]))
        for m in _ENGLISH.finditer(text)
    ]


def _is_acronym(word: str) -> bool:
    """Return whether two letters of a word are capitals: NATO, MPs, DDoS."""
    return sum(map(str.isupper, word[:8])) > 1


@lru_cache(maxsize=8192)
def _expand(word: str) -> str:
    form = word.lower().replace("’", "'")
    return _CONTRACTED.get(form, form)


def spaced_words(text: str) -> list[Word]:
    """Return the words of a text of a language with spaces.

    >>> [word.form for word in spaced_words("L’usine d’Évry")]
    ['l', 'usine', 'd', 'évry']
    """
    return [
        Word(m[0].lower(), m.start(), m.end(), m[0][0].isupper(), upper=_is_acronym(m[0]))
        for m in _SPACED.finditer(text)
    ]


def unspaced_words(text: str, segment: Segment) -> list[Word]:
    """Return the words of a Chinese text, and its words in Latin letters."""
    return list(_unspaced(text, segment))


def _unspaced(text: str, segment: Segment) -> Iterator[Word]:
    for match in _UNSPACED.finditer(text):
        start = match.start()
        if match["han"] is None:
            form, upper = match[0].lower(), _is_acronym(match[0])
            yield Word(form, start, match.end(), match[0][0].isupper(), upper=upper)
            continue
        for at in range(0, len(match[0]), _MOST_CHARACTERS):
            for form in segment(match[0][at : at + _MOST_CHARACTERS]):
                yield Word(form, start, start + len(form), capital=False, han=True)
                start += len(form)


def segment(text: str, costs: Mapping[str, float]) -> list[str]:
    """Split a run of characters into the words of the least total cost, without losing any.

    >>> segment("研究生命起源", {"研究": 4, "研究生": 6, "生命": 4, "命": 7, "起源": 5})
    ['研究', '生命', '起源']
    """
    best, cut = [0.0], [0]
    size = len(text)
    for end in range(1, size + 1):
        least, at = best[end - 1] + costs.get(text[end - 1], _UNKNOWN), end - 1
        for start in range(max(0, end - _LONGEST), end - 1):
            cost = costs.get(text[start:end])
            if cost is not None and best[start] + cost < least:
                least, at = best[start] + cost, start
        best.append(least)
        cut.append(at)
    words, end = [], size
    while end:
        words.append(text[cut[end] : end])
        end = cut[end]
    return words[::-1]
