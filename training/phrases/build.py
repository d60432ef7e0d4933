"""Build a searchable table from phrase pairs and the weights of their features."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

import numpy as np

from corpus_norm.translation.engines.phrases.search import Model, Ordering
from corpus_norm.translation.engines.phrases.tables import SCORE_STEPS, PhraseTable, shorten
from corpus_norm.translation.engines.phrases.words import WordCosts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from corpus_norm.translation.engines.phrases.english import LanguageModel
    from corpus_norm.translation.engines.phrases.tables import Swaps

    Arrays = Mapping[str, NDArray[np.generic]]
    Floats = NDArray[np.float32]

MOST = 8
"""The number of pairs kept for a source phrase, the best ones."""

LIMITS = MappingProxyType({"fr": 4, "zh": 6})
"""The largest distance in tokens from the first uncovered token to the start of a phrase."""

_MONOTONE_EDGES = (0.3, 0.5, 0.7, 0.85)
_SWAP_EDGES = (0.1, 0.3)
DENIAL = 4.0
"""The cost of a phrase that loses a denial.

It was chosen on lines 1 to 600 of flores-dev and 1 to 1,000 of the WMT sets.
"""

COSTS = MappingProxyType(
    {
        "fr": WordCosts(
            name=4.0,
            capital=0.7,
            content=0.7,
            missing=0.25,
            linker=1.3,
            word=0.12,
            kept=7.0,
            beside=4.0,
            auxiliary=3.0,
        )
    }
)
"""The costs of phrases whose English does not fit their words.

They were chosen on lines 151 to 600 of flores-dev and 151 to 1,000 of the WMT sets.
"""

SENSES = MappingProxyType({"fr": 0.4, "zh": 0.6})
"""The weights of the log-probabilities of senses.

They were chosen on the same lines.
"""

CLASSES = MappingProxyType(
    {
        "fr": {"weight": 0.6, "words": 0.7, "reward": 0.48},
        "zh": {"weight": 0.7, "words": 0.65, "reward": 0.72},
    }
)
"""The weights of the model of word classes, as :class:`WordClasses` has them; on the same lines."""

_SMOOTHING = 5.0  # counts of the average phrase, added to the counts of every phrase


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of the features: of a pair, then phrases, words, copies, and the rest.

    ``swaps`` is that of the log-probabilities of swaps, which only French has.
    """

    english_given_source: float = 0.78
    source_given_english: float = 0.19
    lexical: float = 0.32
    lexical_back: float = 0.12
    once: float = 0.14
    rare: float = 0.04
    phrase: float = -0.06
    word: float = 0.64
    copied: float = 14.0
    language: float = 0.5
    distance: float = 0.4
    before: float = 0.4
    after: float = 0.216
    swaps: float = 1.2

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file of :meth:`write`; return the defaults if there is none."""
        return cls(**json.loads(path.read_text("utf-8"))) if path.exists() else cls()

    def write(self, path: Path) -> None:
        """Write the weights as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1), "utf-8")

    @property
    def of_pairs(self) -> Floats:
        """Return the weights of the columns of :data:`training.phrases.extract.FEATURES`."""
        return np.array(list(asdict(self).values())[:6], np.float32)


@dataclass(frozen=True, slots=True)
class Built:
    """A model, the phrase pair of each row of its table, and its orientation classes.

    ``orientations`` are the unweighted log-probabilities: three before, three after.
    """

    model: Model
    rows: NDArray[np.int64]
    orientations: Floats


def build(
    pairs: Arrays,
    language_model: LanguageModel,
    weights: Weights,
    limit: int,
    swaps: Swaps | None = None,
) -> Built:
    """Build the model of the given phrase pairs."""
    sizes = pairs["sizes"].astype(np.float32)
    scores = pairs["features"] @ weights.of_pairs + weights.phrase + weights.word * sizes
    hashes = shorten(pairs["keys"])
    order = np.lexsort((-scores, hashes))
    keys = hashes[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    rank = np.arange(len(keys)) - np.repeat(first, np.diff(np.append(first, len(keys))))
    rows = order[rank < MOST]
    keys, counts = np.unique(hashes[rows], return_counts=True)
    classes, orientations = _classify(pairs["orders"])
    filled = np.arange(pairs["words"].shape[1]) < pairs["sizes"][rows][:, None]
    table = PhraseTable.of_columns(
        keys,
        counts,
        {
            "scores": np.clip(np.rint(scores[rows] * SCORE_STEPS), -32768, 32767).astype(np.int16),
            "classes": classes[rows],
            "sizes": pairs["sizes"][rows],
            "words": pairs["words"][rows][filled],
        },
    )
    ordering = Ordering(
        weights.distance,
        limit,
        np.float32(weights.before) * orientations[:, :3],
        np.float32(weights.after) * orientations[:, 3:],
    )
    copied = weights.phrase + weights.word - weights.copied
    swaps = replace(swaps, weight=weights.swaps) if swaps else None
    model = Model(table, language_model, weights.language, copied, ordering, swaps)
    return Built(model, rows, orientations)


def _classify(orders: NDArray[np.generic]) -> tuple[NDArray[np.uint8], Floats]:
    """Return the orientation class of each pair and the means of each class; class 0 is copies."""
    counts = orders.astype(np.float64)
    chances = np.concatenate([_smooth(counts[:, :3]), _smooth(counts[:, 3:])], axis=1)
    classes = 1 + 15 * _bin(chances[:, :3]) + _bin(chances[:, 3:])
    total = np.bincount(classes, minlength=256)
    means = np.stack(
        [np.bincount(classes, weights=column, minlength=256) for column in np.log(chances).T],
        axis=1,
    )
    means = means / np.maximum(total, 1)[:, None]
    means[0] = np.log(np.concatenate([_average(counts[:, :3]), _average(counts[:, 3:])]))
    return classes.astype(np.uint8), means.astype(np.float32)


def _average(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    total: NDArray[np.float64] = counts.sum(axis=0)
    return total / total.sum()


def _smooth(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    total = counts.sum(axis=1, keepdims=True)
    smoothed: NDArray[np.float64] = (counts + _SMOOTHING * _average(counts)) / (total + _SMOOTHING)
    return smoothed


def _bin(chances: NDArray[np.float64]) -> NDArray[np.int64]:
    swaps = chances[:, 1] / (chances[:, 1] + chances[:, 2])
    return 3 * np.digitize(chances[:, 0], _MONOTONE_EDGES) + np.digitize(swaps, _SWAP_EDGES)
