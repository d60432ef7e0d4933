"""Chinese text to words: the likeliest way to cut it, by the frequencies of a list of words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 8  # characters of a word


@dataclass(frozen=True, slots=True)
class Segmenter:
    """The natural log-probability of each word, and that of a character in no word."""

    words: Mapping[str, float]
    unknown: float

    @classmethod
    def of_counts(cls, counts: Mapping[str, int]) -> Self:
        """Probabilities from how often each word was seen."""
        total = math.log(sum(counts.values()))
        words = {
            word: math.log(count) - total
            for word, count in counts.items()
            if count > 0 and len(word) <= _LONGEST
        }
        return cls(words, -total - 1.0)

    def segment(self, text: str) -> list[str]:
        """The words of a run of characters; none is lost.

        >>> counts = {"研究": 9, "研究生": 4, "生命": 8, "命": 2, "起源": 3}
        >>> Segmenter.of_counts(counts).segment("研究生命起源")
        ['研究', '生命', '起源']
        """
        best = [0.0] + [-math.inf] * len(text)
        cut = [0] * (len(text) + 1)
        for end in range(1, len(text) + 1):
            for start in range(max(0, end - _LONGEST), end):
                cost = self.words.get(text[start:end])
                if cost is None:
                    if end - start > 1:
                        continue
                    cost = self.unknown
                if best[start] + cost > best[end]:
                    best[end], cut[end] = best[start] + cost, start
        words, end = [], len(text)
        while end:
            words.append(text[cut[end] : end])
            end = cut[end]
        return words[::-1]
