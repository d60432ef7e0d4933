"""What stands in a short text without being of its language: quotations and borrowed words.

A title such as "Le « soft power » made in France" has more words of English than of French.  What
is quoted is another's, and a loan is at home in both languages, so neither tells the language as
long as something is left that does.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from corpus_norm.language.latin import WORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.languages import Language

_LONGEST = 120  # characters of a title
_QUOTED = re.compile(r"«[^«»]{1,40}»|“[^“”]{1,40}”|\"[^\"]{1,40}\"")
_MOST_QUOTED_WORDS = 4


def drop_quotations(text: str) -> str:
    """A short text without short quotations, if two words are left.

    >>> drop_quotations("Un « hedge fund » ferme"), drop_quotations("« Game over »")
    ('Un   ferme', '« Game over »')
    """
    if len(text) > _LONGEST or not any(mark in text for mark in '«“"'):
        return text
    rest = _QUOTED.sub(_drop_short, text)
    return rest if len(WORD.findall(rest)) >= 2 else text


def _drop_short(quoted: re.Match[str]) -> str:
    return " " if len(WORD.findall(quoted[0])) <= _MOST_QUOTED_WORDS else quoted[0]


def drop_loans(text: str, targets: Sequence[Language]) -> str:
    """A short text without the words a language has borrowed, if it is plainly in that language.

    That is so when a word of its own is left, and no such word of another.

    >>> from corpus_norm.languages import LANGUAGES
    >>> drop_loans("Le best of du week-end", tuple(LANGUAGES.values()))
    'Le   du  '
    >>> drop_loans("The best of the weekend", tuple(LANGUAGES.values()))
    'The best of the weekend'
    """
    if len(text) > _LONGEST:
        return text
    for target in targets:
        if not target.loans or (rest := _loans_of(target).sub(" ", text)) == text:
            continue
        left = set(map(str.lower, WORD.findall(rest)))
        others = frozenset().union(
            *(each.stopwords for each in targets if each is not target and each.script == "Latn")
        )
        if left & (target.stopwords - others) and not left & (others - target.stopwords):
            return rest
    return text


@cache
def _loans_of(target: Language) -> re.Pattern[str]:
    longest_first = sorted(target.loans, key=lambda loan: (-len(loan), loan))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
