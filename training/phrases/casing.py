"""Truecasing: remove capitals that only come from sentence starts and headlines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from corpus_norm.translation.engines.phrases.tokens import JOIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ENDS = frozenset({".", "?", "!", ":", '"', "•"})
_MOST_CAPITALS = 0.7
_FEW_WORDS = 4


@dataclass(frozen=True, slots=True)
class Truecaser:
    """The counts of each form inside sentences, and the most frequent form of each word."""

    counts: Counter[str]
    usual: dict[str, str]

    @classmethod
    def learn(cls, sentences: Iterable[Sequence[str]]) -> Self:
        """Count the forms inside sentences; headlines do not count."""
        counts: Counter[str] = Counter()
        for tokens in sentences:
            if not _is_headline(tokens):
                counts.update(word for word, starts in _words(tokens) if not starts)
        usual: dict[str, str] = {}
        for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            usual.setdefault(word.lower(), word)
        return cls(counts, usual)

    def apply(self, tokens: Sequence[str]) -> list[str]:
        """Put words at sentence starts and in headlines into their most frequent form."""
        headline = _is_headline(tokens)
        starts = [start for _, start in _words(tokens)]
        changed, place = [], 0
        for token in tokens:
            word = token.strip(JOIN)
            if word[:1].isalpha():
                if (starts[place] or headline) and word[0].isupper():
                    token = token.replace(word, self._usual(word))  # noqa: PLW2901
                place += 1
            changed.append(token)
        return changed

    def _usual(self, word: str) -> str:
        return self.usual.get(word.lower(), word)


def _words(tokens: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield the words, and whether each is at the start of a sentence."""
    starts = True
    for token in tokens:
        word = token.strip(JOIN)
        if word[:1].isalpha():
            yield word, starts
            starts = False
        elif word in _ENDS:
            starts = True


def _is_headline(tokens: Sequence[str]) -> bool:
    words = [word for word, _ in _words(tokens)]
    capitals = sum(word[0].isupper() for word in words)
    return len(words) >= _FEW_WORDS and capitals > _MOST_CAPITALS * len(words)
