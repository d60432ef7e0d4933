"""A language model of English: the probability of each word after the three before it.

Interpolated modified Kneser-Ney (Chen and Goodman 1998), fitted by
:mod:`training.phrases.ngrams`.  A log-probability takes one byte, in steps of a
sixteenth of a natural logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from corpus_norm.translation.engines.phrases.table import HashSet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Weights = NDArray[np.float32]

ORDER = 4
UNKNOWN, BEGIN, END = 0, 1, 2
"""Ids of the words that no vocabulary lacks."""

STEPS = 16.0
_WORD_BITS = np.uint64(16)
_CONTEXT = np.uint64((1 << 48) - 1)


@dataclass(frozen=True, slots=True)
class Context:
    """The last three words, packed into 48 bits, and their backoff costs.

    ``backoffs`` has a row for each context and a column for each length: one, two, three words.
    """

    words: Words
    backoffs: Weights

    def __getitem__(self, rows: NDArray[np.int64]) -> Context:
        """Return the contexts of some rows."""
        return Context(self.words[rows], self.backoffs[rows])

    @staticmethod
    def join(contexts: Sequence[Context]) -> Context:
        """Concatenate contexts."""
        return Context(
            np.concatenate([each.words for each in contexts]),
            np.concatenate([each.backoffs for each in contexts]),
        )


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of one length: their hashes, log-probabilities and backoff costs."""

    present: HashSet
    logs: NDArray[np.uint8]
    backoffs: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """N-grams of one to four words, the shortest first."""

    unigrams: NDArray[np.uint8]
    unigram_backoffs: NDArray[np.uint8]
    longer: tuple[Grams, ...]

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, Any]) -> Self:
        """Make a model from the arrays of :meth:`arrays`."""
        longer = tuple(
            Grams(HashSet(arrays[f"checks{n}"]), arrays[f"logs{n}"], arrays[f"backoffs{n}"])
            for n in range(2, ORDER + 1)
        )
        return cls(arrays["logs1"], arrays["backoffs1"], longer)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays to store in a file, by name."""
        named: dict[str, NDArray[np.generic]] = {
            "logs1": self.unigrams,
            "backoffs1": self.unigram_backoffs,
        }
        for n, grams in enumerate(self.longer, start=2):
            named |= {
                f"checks{n}": grams.present.checks,
                f"logs{n}": grams.logs,
                f"backoffs{n}": grams.backoffs,
            }
        return named

    def start(self, count: int) -> Context:
        """Return contexts at the start of ``count`` sentences."""
        backoffs = np.zeros((count, ORDER - 1), np.float32)
        backoffs[:, 0] = _decode(self.unigram_backoffs[BEGIN : BEGIN + 1])
        return Context(np.full(count, BEGIN, np.uint64), backoffs)

    def nothing(self, count: int) -> Context:
        """Return ``count`` empty contexts, in which the words before are not known."""
        return Context(np.zeros(count, np.uint64), np.zeros((count, ORDER - 1), np.float32))

    def follow(self, context: Context, words: Words) -> tuple[Weights, Context]:
        """Return the natural log-probability of a word after each context, and the new contexts."""
        ids = words.astype(np.int64)
        # The backoff cost of keeping only the last 0, 1 or 2 words of a context.
        costs = np.cumsum(context.backoffs[:, ::-1], axis=1)[:, ::-1]
        logs = _decode(self.unigrams[ids]) + costs[:, 0]
        backoffs = np.zeros_like(context.backoffs)
        backoffs[:, 0] = _decode(self.unigram_backoffs[ids])
        rows = np.arange(len(ids))
        for n, grams in enumerate(self.longer, start=1):
            keep = np.uint64((1 << (16 * n)) - 1)
            slots = grams.present.find((context.words[rows] & keep) << _WORD_BITS | words[rows])
            there = slots >= 0
            rows, slots = rows[there], slots[there]
            logs[rows] = _decode(grams.logs[slots])
            if n < ORDER - 1:
                logs[rows] += costs[rows, n]
                backoffs[rows, n] = _decode(grams.backoffs[slots])
        return logs, Context((context.words << _WORD_BITS | words) & _CONTEXT, backoffs)


def _decode(codes: NDArray[np.uint8]) -> Weights:
    """Convert bytes to the natural logarithms they stand for."""
    return codes.astype(np.float32) / np.float32(-STEPS)
