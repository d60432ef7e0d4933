"""Do two reports tell one story?  A logistic model over what they share, and its reasons."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.errors import DatasetError
from corpus_norm.stories.documents import read_documents
from corpus_norm.stories.profiles import encode, has_encoder, learn_rarity, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from corpus_norm.dataset import Dataset
    from corpus_norm.stories.duplicates import Array
    from corpus_norm.stories.profiles import Profile

FEATURES = (
    "cosine",
    "cosine_blind",
    "words",
    "words_rare",
    "title",
    "figures",
    "agreement",
    "names",
    "guide",
    "untold",
    "series",
    "other_days",
    "days",
    "lengths",
    "far",
    "blind",
)
"""Names of the numbers by which a pair is judged, in the order of the weights."""

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "cosine": "likeness of what the headline and the first sentences mean",
        "cosine_blind": "the same, where the languages differ and there is no English to compare",
        "words": "words in common, the rare ones counting more, of all words of both",
        "words_rare": "sum of the rarity of the words in common",
        "title": "words of the headlines in common",
        "figures": "rare amounts and dates in common, the rarer counting more",
        "agreement": "amounts and dates in common, as a share of those of the shorter list",
        "names": "names in common, by rarity",
        "guide": "how much both address the reader, as guides do",
        "untold": "how little is said of who told it, and when, as in guides",
        "series": "two days or parts of one series, or two fillings of one template",
        "other_days": "both name days of the calendar, and none in common",
        "days": "days apart, as a share of the window",
        "lengths": "how unequal the lengths are",
        "far": "the languages differ",
        "blind": "the languages differ and there is no English to compare",
    }
)

THRESHOLD = 0.5
_RARE = 4.0  # weight from which a word is rare: one text in fifty
_ENOUGH_WORDS = 3  # of a headline; fewer say nothing
_MOST_FIGURES = 6.0  # more in common tell no more
_OFTEN = 0.4  # words of address in a hundred characters: a guide
_TOLD = 0.1  # words of telling in a hundred characters: a report
_SAME_WORDS, _OTHER_FIGURES, _FEWEST_FIGURES = 0.5, 0.4, 3  # two fillings of one template
_OTHER_FIGURES_FAR, _MANY_FIGURES = 0.35, 5  # the same, where the languages differ
_SAME_ITEMS = 0.3  # of two lists of one thing
_SAME_FIGURES = 0.75  # of two reports with one headline on two days, which are no series
_BEST_COSINE = 0.9  # of two reports that are no copies
_CALENDAR = re.compile(r"\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class PairPrediction:
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
        days: the window that ``days`` is measured by.
        vectors: one for each, of length 1 or 0; None without the encoder.
        model: another than the one that is shipped.
    """

    def __init__(
        self,
        profiles: Sequence[Profile],
        days: int,
        vectors: Array | None = None,
        model: Model | None = None,
    ) -> None:
        self._model = model
        self.profiles = profiles
        self.vectors = vectors
        self._days = max(days, 1)
        self.rarity, self.repeated = learn_rarity(profiles)
        self._totals = [
            (float(self.weigh(each.words).sum()), float(self.weigh(each.own).sum()))
            for each in profiles
        ]

    @property
    def model(self) -> Model:
        """The model that goes with what is there."""
        return self._model or load_model(with_vectors=self.vectors is not None)

    @property
    def has_blind(self) -> bool:
        """Whether there are reports in two languages that have no English in common."""
        families = {each.family for each in self.profiles}
        return len(families) > 1 and not all(each.english for each in self.profiles)

    def choose_for_vectors(self, candidates: Sequence[Sequence[int]]) -> list[int]:
        """Return the reports that need a vector: those that could be of one story with another.

        So do all in the window of a report that has no English to be found by.
        """
        pairs = {n for one, others in enumerate(candidates) if others for n in (one, *others)}
        return sorted(pairs.union(self._find_near_blind()) if self.has_blind else pairs)

    def _find_near_blind(self) -> Iterable[int]:
        """Return the reports within the window of one without English, and those without a day."""
        blind = np.unique([each.day or 0 for each in self.profiles if not each.english])
        if not blind[0]:  # one has no day: it may be of any
            return range(len(self.profiles))
        days = np.array([each.day or blind[0] for each in self.profiles])
        after = np.minimum(np.searchsorted(blind, days), len(blind) - 1)
        apart = np.minimum(abs(blind[after] - days), abs(blind[after - 1] - days))
        found: list[int] = np.flatnonzero(apart <= self._days).tolist()
        return found

    def could_be_one(self, one: int, other: int) -> bool:
        """Whether a pair reaches the threshold if its vectors are as near as any."""
        model = load_model(with_vectors=has_encoder())
        values = self.measure(one, other)
        best = (_BEST_COSINE, _BEST_COSINE * values[FEATURES.index("blind")])
        return model.score((*best, *values[2:])) >= THRESHOLD

    def weigh(self, keys: Iterable[str] | Array) -> Array:
        """Return how much each key tells among these reports."""
        return weigh(keys, self.rarity)

    def measure(self, one: int, other: int) -> tuple[float, ...]:
        """Return the features of a pair, in the order of :data:`FEATURES`."""
        a, b = self.profiles[one], self.profiles[other]
        far = a.family != b.family
        blind = far and not (a.english and b.english)
        words = self._compare_words(one, other, far=far)
        facts = self._compare_facts(a.facts, b.facts)
        names = sorted(set(a.names) & set(b.names))  # a sum depends on the order
        other_days = _name_other_days(a.facts, b.facts)
        cosine = 0.0 if self.vectors is None else float(self.vectors[one] @ self.vectors[other])
        apart = 0 if a.day is None or b.day is None else abs(a.day - b.day)
        return (
            cosine,
            cosine * blind,
            *words,
            *facts,
            log(1 + float(self.weigh(names).sum())) if names else 0.0,
            min(1.0, (a.address + b.address) / 2 / _OFTEN),
            _measure_silence(a, b),
            float(_is_series(a, b, words[0], facts[-1], other_days=other_days)),
            float(other_days),
            apart / self._days,
            abs(log((a.length + 50) / (b.length + 50))),
            float(far),
            float(blind),
        )

    def _compare_words(self, one: int, other: int, *, far: bool) -> tuple[float, ...]:
        """Return what words tell: in English across languages, else in the language of both."""
        a, b = self.profiles[one], self.profiles[other]
        words = (a.words, b.words) if far else (a.own, b.own)
        titles = (a.title, b.title) if far else (a.own_title, b.own_title)
        common = self.weigh(words[0][_find_common(*words)])
        total = self._totals[one][not far] * self._totals[other][not far]
        least = min(map(len, titles))
        shared = len(_find_common(*titles)) / least if least >= _ENOUGH_WORDS else 0.0
        return (
            float(common.sum()) / (total**0.5 + 1e-9),
            log(1 + float(common[common >= _RARE].sum())),
            shared,
        )

    def _compare_facts(self, one: Sequence[str], other: Sequence[str]) -> tuple[float, ...]:
        """Return the weight of the rare facts in common, and the share of all facts in common."""
        shared = sorted(set(one) & set(other))
        if not shared:
            return 0.0, 0.0
        common = self.weigh(shared)
        least = min(float(self.weigh(one).sum()), float(self.weigh(other).sum()))
        rare = float(common[common >= _RARE].sum()) / _RARE
        return min(_MOST_FIGURES, rare), float(common.sum()) / (least + 1e-9)

    def predict(self, one: int, other: int) -> PairPrediction:
        """Predict whether two documents tell one story, with reasons."""
        values = self.measure(one, other)
        reasons = {
            name: value * weight
            for name, value, weight in zip(FEATURES, values, self.model.weights, strict=True)
        }
        a, b = self.profiles[one], self.profiles[other]
        shared = sorted(set(a.facts) & set(b.facts)) + sorted(set(a.names) & set(b.names))
        rarity = dict(zip(shared, self.weigh(shared).tolist(), strict=True))
        facts = sorted(
            (key for key in shared if rarity[key] >= _RARE), key=lambda k: (-rarity[k], k)
        )
        return PairPrediction(
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


def _measure_silence(a: Profile, b: Profile) -> float:
    """Return how far two texts are from saying who told them, and when: 1 if neither does."""
    if a.telling is None or b.telling is None:
        return 0.0
    return 1 - min(1.0, (a.telling + b.telling) / 2 / _TOLD)


def _is_series(a: Profile, b: Profile, words: float, agreement: float, *, other_days: bool) -> bool:
    """Whether two texts are parts of a series, such as the weather of two days.

    Their headlines differ in days or numbers alone, or are the same on two days; or most words are
    the same, and hardly any of the amounts and dates.  In two languages, words tell little of that:
    there it is enough that both give many amounts and dates and share hardly any.  Two lists, such
    as the results of two days, are parts of a series if what they list differs.
    """
    if a.is_list and b.is_list:
        return not _list_the_same(a, b)
    is_other_day = None not in {a.day, b.day} and a.day != b.day
    differs = agreement < _OTHER_FIGURES
    is_new = is_other_day and agreement < _SAME_FIGURES
    if a.frame and a.frame == b.frame and ((a.stamp and b.stamp and a.stamp != b.stamp) or is_new):
        return True
    least = min(len(a.facts), len(b.facts))
    if a.family != b.family and least >= _MANY_FIGURES:
        return agreement < _OTHER_FIGURES_FAR
    filled = least >= _FEWEST_FIGURES
    return words >= _SAME_WORDS and differs and (filled or other_days)


def _list_the_same(a: Profile, b: Profile) -> bool:
    """Whether two lists share what they list."""
    least = min(len(a.items), len(b.items))
    return len(_find_common(a.items, b.items)) > _SAME_ITEMS * least


def _name_other_days(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether both name days of the calendar, and no day that both name."""
    some, others = ({f for f in facts if _CALENDAR.fullmatch(f)} for facts in (one, other))
    return bool(some and others and not some & others)


def _find_common(one: Array, other: Array) -> Array:
    """Return where, in the first sorted array, the values stand that the second has too."""
    if not len(one) or not len(other):
        return np.empty(0, np.int64)
    spots = np.minimum(np.searchsorted(other, one), len(other) - 1)
    return np.flatnonzero(other[spots] == one)


_SHOWN = 5  # other documents, the likeliest first
_DAYS = 7


@dataclass(frozen=True, slots=True)
class Likeness:
    """How another document compares.

    ``reasons`` are triples: what was measured, its value, and what it adds to the log-odds.
    """

    doc_id: str
    title: str
    score: float
    verdict: str
    facts: tuple[str, ...]
    reasons: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The place of a document among the groups, and the documents it is most like."""

    doc_id: str
    title: str
    verdict: str
    others: tuple[Likeness, ...]


def explain(dataset: Dataset, doc_id: str) -> Explanation:
    """Explain why a document is in its story.

    Args:
        dataset: with stories.
        doc_id: of the document, or the start of it.

    Raises:
        DatasetError: there is no such document, or several.
    """
    rows = {row["doc_id"]: row for row in dataset.stories.table.to_pylist()}
    mine = _find(rows, doc_id)
    documents = [each for each in read_documents(dataset, with_profiles=True) if each.profile]
    titles = _read_titles(dataset)
    record = dataset.manifest.stories
    days = int(record.settings.get("days", _DAYS)) if record else _DAYS
    profiles = [profile for each in documents if (profile := each.profile)]
    comparison = Comparison(profiles, days, encode([each.lead for each in documents]))
    place = next((n for n, each in enumerate(profiles) if each.doc_id == mine["doc_id"]), None)
    others: list[Likeness] = []
    if place is not None:
        scores = [(-comparison.score(place, n), n) for n in range(len(profiles)) if n != place]
        others = [
            _liken(comparison, place, n, mine, rows[profiles[n].doc_id], titles)
            for _, n in sorted(scores)[:_SHOWN]
        ]
    return Explanation(mine["doc_id"], _title(titles, mine), _describe(mine), tuple(others))


def _read_titles(dataset: Dataset) -> dict[str, str]:
    """Return the headline of each document, or its first line."""
    rows = dataset.to_arrow(["doc_id", "title", "body"]).to_pylist()
    return {row["doc_id"]: row["title"] or row["body"].partition("\n")[0] for row in rows}


def _find(rows: dict[str, dict[str, Any]], doc_id: str) -> dict[str, Any]:
    found = [row for key, row in rows.items() if key.startswith(doc_id)]
    if len(found) != 1:
        what = "no document" if not found else f"{len(found):,} documents"
        raise DatasetError(f"{what} whose doc_id begins with {doc_id!r}", subject=doc_id)
    return found[0]


def _liken(  # noqa: PLR0913, PLR0917 -- two places, two rows, and what they are looked up in
    comparison: Comparison,
    place: int,
    other: int,
    mine: dict[str, Any],
    theirs: dict[str, Any],
    titles: dict[str, str],
) -> Likeness:
    found = comparison.predict(place, other)
    values = dict(zip(FEATURES, comparison.measure(place, other), strict=True))
    reasons = [
        (MEANINGS[name], values[name], part)
        for name, part in found.reasons.items()
        if name in values and abs(part) >= 0.05
    ]
    reasons.sort(key=lambda reason: -abs(reason[2]))
    is_one = mine["story_id"] is not None and mine["story_id"] == theirs["story_id"]
    verdict = "the same story" if is_one else "another story"
    if not is_one and found.score >= THRESHOLD:
        verdict += " (too little like the others of that story, or too many days apart)"
    return Likeness(
        theirs["doc_id"], _title(titles, theirs), found.score, verdict, found.facts, tuple(reasons)
    )


def _title(titles: dict[str, str], row: dict[str, Any]) -> str:
    return titles.get(row["doc_id"]) or "(no text)"


def _describe(row: dict[str, Any]) -> str:
    if row["duplicate_of"]:
        return f"a copy of {row['duplicate_of']} (similarity {row['score']:.2f})"
    if row["story_id"] is None:
        return "no stories were looked for: run the command without --why first"
    if row["nearest"]:
        return f"in story {row['story_id']}, joined by {row['nearest']} (score {row['score']:.3f})"
    return f"{row['role']} in story {row['story_id']}"
