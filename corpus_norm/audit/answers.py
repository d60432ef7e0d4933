"""The words of a sentence for display: which words of the other side answer each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus_norm.audit.alignment import align
from corpus_norm.audit.lexicon import find_lexicon
from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.audit.words import Word

_SAYS = 0.15
"""Words that count less than this (articles, prepositions) are not shown."""
_MATTERS = 0.4
"""A word that counts less than this may stay without an answer."""
_WEAK, _GOOD = 0.25, 0.3
_MOST = 3


@dataclass(frozen=True, slots=True)
class AnsweredWord:
    """A word, its span in code points, and the words of the other side that answer it."""

    start: int
    end: int
    answers: tuple[str, ...]
    is_unanswered: bool = False


def answers(
    source: str, english: str, language: str
) -> tuple[tuple[AnsweredWord, ...], tuple[AnsweredWord, ...]] | None:
    """Return the words of a sentence and of its English; None if its language has no lexicon.

    Words that say little are left out, but for those that a word of weight answers.

    >>> words, words_en = answers("Le musée rouvre.", "The museum reopens after repairs.", "fr")
    >>> [word.answers for word in words]
    [('museum',), ('reopens',)]
    >>> [word.start for word in words_en if word.is_unanswered]
    [25]
    """
    lexicon = find_lexicon(language)
    if lexicon is None:
        return None
    found = align(source, english, get_language(language), lexicon)
    return (
        _side(found.source, found.weights, found.links, found.english, english),
        _side(found.english, found.weights_en, found.back, found.source, source),
    )


def _side(
    words: Sequence[Word],
    weights: Sequence[float],
    links: Sequence[Sequence[tuple[float, int]]],
    others: Sequence[Word],
    text: str,
) -> tuple[AnsweredWord, ...]:
    shown = []
    for word, weight, each in zip(words, weights, links, strict=True):
        best = each[0][0] if each else 0.0
        good = [i for strength, i in each if strength >= max(_GOOD, 0.8 * best)][:_MOST]
        names = tuple(text[others[i].start : others[i].end] for i in sorted(good))
        unanswered = best < _WEAK and weight >= _MATTERS
        if unanswered or (weight >= _SAYS and names):
            shown.append(AnsweredWord(word.start, word.end, names, unanswered))
    return tuple(shown)
