"""Partial translations, a row each, and which of them are worth going on with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.translation.engines.phrases.language_model import Context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Bits = NDArray[np.uint64]
    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

_PLACES = np.int64(64)  # more than the tokens of a sentence


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """Rows: sentence, tokens covered, where the last phrase began and ended, scores, origin."""

    sentence: Ints
    covered: Bits
    start: Ints
    end: Ints
    score: Floats
    future: Floats
    parent: Ints
    row: Ints
    context: Context

    def __len__(self) -> int:
        return len(self.sentence)

    def __getitem__(self, rows: Ints) -> Hypotheses:
        return Hypotheses(
            self.sentence[rows],
            self.covered[rows],
            self.start[rows],
            self.end[rows],
            self.score[rows],
            self.future[rows],
            self.parent[rows],
            self.row[rows],
            self.context[rows],
        )

    @staticmethod
    def join(parts: Sequence[Hypotheses]) -> Hypotheses:
        """The rows of all, one after the other."""
        return Hypotheses(
            np.concatenate([part.sentence for part in parts]),
            np.concatenate([part.covered for part in parts]),
            np.concatenate([part.start for part in parts]),
            np.concatenate([part.end for part in parts]),
            np.concatenate([part.score for part in parts]),
            np.concatenate([part.future for part in parts]),
            np.concatenate([part.parent for part in parts]),
            np.concatenate([part.row for part in parts]),
            Context.join([part.context for part in parts]),
        )


def prune(all_: Hypotheses, stack: int) -> Hypotheses:
    """The best of those that nothing to come can tell apart, and of these so many per sentence."""
    order = np.lexsort((-(all_.score + all_.future), all_.sentence))
    last = all_.sentence * _PLACES + all_.end
    state = np.stack(
        [all_.covered[order], all_.context.words[order], last.astype(np.uint64)[order]]
    )
    firsts = _first_of_each(state)
    order = order[firsts]
    sentence = all_.sentence[order]
    rank = np.arange(len(order)) - np.searchsorted(sentence, sentence)
    return all_[order[rank < stack]]


def _first_of_each(columns: Bits) -> Ints:
    """The first place of each different column, in ascending order."""
    order = np.lexsort(columns)  # stable: equal ones stay in their order
    ordered = columns[:, order]
    new = np.concatenate([[True], (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)])
    return np.sort(order[new])
