"""Do two reports tell one story?  A logistic model over what they share, and its reasons."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.stories.profiles import learn_rarity, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from corpus_norm.stories.profiles import Profile
    from corpus_norm.stories.shingles import Array

FEATURES = (
    "cosine",
    "cosine_far",
    "words",
    "words_rare",
    "title",
    "facts",
    "names",
    "days",
    "lengths",
    "far",
    "blind",
)
"""Names of the numbers by which a pair is judged, in the order of the weights."""

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "cosine": "likeness of what the headline and the first sentences mean",
        "cosine_far": "the same, where the languages differ",
        "words": "words in common, the rare ones counting more, of all words of both",
        "words_rare": "sum of the rarity of the words in common",
        "title": "words of the headlines in common",
        "facts": "amounts and dates in common, by rarity",
        "names": "names in common, by rarity",
        "days": "days apart, as a share of the window",
        "lengths": "how unequal the lengths are",
        "far": "the languages differ",
        "blind": "the languages differ and there is no English to compare",
    }
)

THRESHOLD = 0.5
_RARE = 4.0  # weight from which a word is rare: one text in fifty
_ENOUGH_WORDS = 3  # in common; fewer say nothing


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely two reports tell one story, and the share of each reason.

    ``reasons`` are the products of features and weights: what speaks for it is above 0.
    """

    score: float
    reasons: Mapping[str, float]
    facts: tuple[str, ...]


class Comparison:
    """The pairwise features of reports, computed with what is kept of each.

    Args:
        profiles: the reports.
        vectors: one for each, of length 1; None without the encoder.
        days: the window that ``days`` is measured by.
        model: another than the one that is shipped.
    """

    def __init__(
        self,
        profiles: Sequence[Profile],
        vectors: Array | None,
        days: int,
        model: Model | None = None,
    ) -> None:
        self.model = model or load_model(with_vectors=vectors is not None)
        self.profiles = profiles
        self.vectors = vectors
        self._days = max(days, 1)
        self.rarity = learn_rarity(profiles)
        self._weights = [self.weigh(each.words) for each in profiles]
        self._totals = [float(weights.sum()) + 1e-9 for weights in self._weights]

    def weigh(self, keys: Iterable[str] | Array) -> Array:
        """Return how much each key tells among these reports."""
        return weigh(keys, self.rarity)

    def measure(self, one: int, other: int) -> tuple[float, ...]:
        """Return the features of a pair, in the order of :data:`FEATURES`."""
        a, b = self.profiles[one], self.profiles[other]
        far = float(a.family != b.family)
        cosine = 0.0
        if self.vectors is not None:
            cosine = float(self.vectors[one] @ self.vectors[other])
        places = _find_common(a.words, b.words)
        common = self._weights[one][places]
        shared = float(common.sum())
        rare = float(common[common >= _RARE].sum())
        titles = min(len(a.title), len(b.title))
        title = len(_find_common(a.title, b.title)) / titles if titles >= _ENOUGH_WORDS else 0.0
        apart = None if a.day is None or b.day is None else abs(a.day - b.day)
        return (
            cosine,
            cosine * far,
            shared / (self._totals[one] * self._totals[other]) ** 0.5,
            log(1 + rare),
            title,
            log(1 + float(self.weigh(a.facts & b.facts).sum())),
            log(1 + float(self.weigh(a.names & b.names).sum())),
            0.0 if apart is None else apart / self._days,
            abs(log((a.length + 50) / (b.length + 50))),
            far,
            far * (1 - (a.english and b.english)),
        )

    def judge(self, one: int, other: int) -> Verdict:
        """Return the verdict on a pair, with reasons."""
        values = self.measure(one, other)
        reasons = {
            name: value * weight
            for name, value, weight in zip(FEATURES, values, self.model.weights, strict=True)
        }
        a, b = self.profiles[one], self.profiles[other]
        shared = sorted(a.facts & b.facts) + sorted(a.names & b.names)
        rarity = dict(zip(shared, self.weigh(shared).tolist(), strict=True))
        facts = sorted(
            (key for key in shared if rarity[key] >= _RARE), key=lambda k: (-rarity[k], k)
        )
        return Verdict(
            self.model.score(values), {**reasons, "bias": self.model.bias}, tuple(facts[:8])
        )

    def score(self, one: int, other: int) -> float:
        """Return how likely a pair tells one story, 0 to 1."""
        return self.model.score(self.measure(one, other))


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: a weight for each feature, and a bias."""

    weights: tuple[float, ...]
    bias: float

    def score(self, values: Sequence[float]) -> float:
        """Return the probability for a pair with these features."""
        total = sum(w * v for w, v in zip(self.weights, values, strict=True)) + self.bias
        return 1 / (1 + exp(-max(-40.0, min(40.0, total))))


@cache
def load_model(*, with_vectors: bool) -> Model:
    """Return the model that was learned with, or without, vectors."""
    text = files("corpus_norm.stories").joinpath("weights.json").read_text("utf-8")
    found = json.loads(text)["with_vectors" if with_vectors else "without_vectors"]
    return Model(tuple(found["weights"][name] for name in FEATURES), found["bias"])


def _find_common(one: Array, other: Array) -> Array:
    """Return where, in the first sorted array, the values stand that the second has too."""
    if not len(one) or not len(other):
        return np.empty(0, np.int64)
    spots = np.minimum(np.searchsorted(other, one), len(other) - 1)
    return np.flatnonzero(other[spots] == one)
