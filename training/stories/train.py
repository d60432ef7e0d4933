"""Learn the weights of the model that says whether two reports tell one story.

``python -m training.stories.train PARALLEL PAGES [OUTPUT]``.  PARALLEL holds parallel news, PAGES
real ones, of which ``judged.tsv`` says by their ids which pairs tell one story.  Of the planted
stories the even ones are learned from, the odd ones measured on; the judged pairs are learned from
in twenty folds, no page in two of them, and measured by the weights that have not seen them.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_norm.stories import pairs
from corpus_norm.stories.clusters import find_candidates, find_stories
from corpus_norm.stories.pairs import FEATURES, Comparison, Model
from corpus_norm.stories.profiles import Report, encode, find_lead, make_profile
from training.stories.planted import Planted, plant

if TYPE_CHECKING:
    from collections.abc import Sequence

_DAYS = 7
_HARD = 6  # unlike reports to learn from, for each report: those that look most alike
_RIDGE = 1e-2
_JUDGED_SHARE = 2.0  # times the weight of the planted pairs
_FOLDS = 20
_SERIES = -20.0  # a rule, not learned: two parts of a series are never one story
_STEP, _MARGIN = 0.1, 0.2  # of log-odds: by which the bias is lowered, and kept below
# What speaks against one story; all else speaks for it.
_AGAINST = {"guide", "untold", "series", "other_days", "days", "lengths"}
JUDGED = Path(__file__).with_name("judged.tsv")
Array = np.ndarray[Any, Any]


def choose_pairs(
    comparison: Comparison, stories: Sequence[int]
) -> tuple[list[tuple[int, int]], Array]:
    """Return pairs of one story, and the most alike pairs of two, with 1 and 0."""
    rng = np.random.default_rng(1)
    vectors = comparison.vectors
    assert vectors is not None  # noqa: S101 -- the recipe needs the encoder
    chosen: dict[tuple[int, int], int] = {}
    labels = np.array(stories)
    for place, story in enumerate(stories):
        for other in np.flatnonzero(labels == story):
            if other > place:
                chosen[place, int(other)] = 1
        cosines = vectors @ vectors[place]
        # Reports outside the window are never compared, and would teach that days tell all.
        when = comparison.profiles[place].day
        days = [each.day for each in comparison.profiles]
        far = [None not in (when, day) and abs(when - day) > _DAYS for day in days]
        cosines[(labels == story) | np.array(far)] = -1
        nearest = np.argsort(-cosines)[:_HARD].tolist()
        for other in [*nearest, *rng.integers(0, len(labels), 2).tolist()]:
            if labels[other] != story and not far[other]:
                chosen[min(place, other), max(place, other)] = 0
    return list(chosen), np.fromiter(chosen.values(), float)


def read_judged(folder: Path) -> tuple[list[Report], list[tuple[int, int]], Array]:
    """Return the pages of the judged pairs, the pairs by place, and 1 for one story."""
    pages = {}
    for name in ("dev.jsonl.gz", "fr_dev.jsonl.gz"):
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            pages.update((page["id"], page) for page in map(json.loads, lines))
    rows = [line.split("\t") for line in JUDGED.read_text("utf-8").splitlines()[1:]]
    places = {
        name: place for place, name in enumerate(dict.fromkeys(n for r in rows for n in r[:2]))
    }
    reports = []
    for name in places:
        page = pages[name]
        title = page.get("gold_title") or page["gold_text"].partition("\n")[0]
        reports.append(Report(name, page["language"], None, title[:200], page["gold_text"]))
    labels = np.array([row[2] == "same" for row in rows], float)
    return reports, [(places[row[0]], places[row[1]]) for row in rows], labels


def fit(
    values: Array, labels: Array, columns: Sequence[str], judged: tuple[Array, Array]
) -> dict[str, Any]:
    """Return the weights of a ridge logistic regression (Newton's method); absent columns get 0."""
    columns = [name for name in columns if name != "series"]
    used = [FEATURES.index(name) for name in columns]
    # A planted report is a part of a report: that it does not say who told it means nothing.
    values = np.where(np.array(FEATURES) == "untold", 0.0, values)
    values = np.concatenate([values, judged[0]])
    inputs = np.column_stack([values[:, used], np.ones(len(values))])
    # Both classes count the same, as the number of unlike pairs is a matter of choice.
    importance = np.concatenate([_weigh(labels), _weigh(judged[1]) * _JUDGED_SHARE * len(labels)])
    importance[: len(labels)] *= len(labels)
    labels = np.concatenate([labels, judged[1]])
    beta = np.zeros(inputs.shape[1])
    ridge = np.eye(len(beta)) * _RIDGE * len(labels) / 100
    ridge[-1, -1] = 0
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ beta, -30, 30)))
        gradient = inputs.T @ (importance * (labels - chance)) - ridge @ beta
        curve = (inputs * (importance * chance * (1 - chance))[:, None]).T @ inputs + ridge
        beta += np.linalg.solve(curve, gradient)
    weights = {**dict.fromkeys(FEATURES, 0.0), "series": _SERIES}
    weights.update(zip(columns, np.round(beta[:-1], 4).tolist(), strict=True))
    return {"weights": weights, "bias": round(float(beta[-1]), 4)}


def fit_signed(
    values: Array, labels: Array, columns: Sequence[str], judged: tuple[Array, Array]
) -> dict[str, Any]:
    """Return the weights without those of the wrong sign, which chance or a lack of data made."""
    while True:
        model = fit(values, labels, columns, judged)
        wrong = {n for n in columns if model["weights"][n] * (-1 if n in _AGAINST else 1) < 0}
        if not wrong:
            return model
        columns = [name for name in columns if name not in wrong]


def _weigh(labels: Array) -> Array:
    """Return weights that sum to 1 and give both classes the same."""
    share = labels.mean()
    return np.where(labels == 1, 0.5 / share, 0.5 / (1 - share)) / len(labels)


@dataclass(frozen=True, slots=True)
class Judged:
    """The judged pairs by the places of their pages, 1 for one story, and the fold of each."""

    comparison: Comparison
    places: list[tuple[int, int]]
    values: Array
    labels: Array
    folds: Array


def measure_judged(folder: Path) -> Judged:
    """Return the judged pairs with their features."""
    reports, places, labels = read_judged(folder)
    profiles = [make_profile(report) for report in reports]
    vectors = encode(list(map(find_lead, reports)))
    comparison = Comparison(profiles, _DAYS, vectors, Model((), 0.0))
    values = np.array([comparison.measure(*pair) for pair in places])
    return Judged(comparison, places, values, labels, fold(places))


def fold(places: Sequence[tuple[int, int]]) -> Array:
    """Return the fold of each judged pair; pairs that share pages, even by others, share it."""
    groups = {place: place for pair in places for place in pair}

    def find(place: int) -> int:
        while groups[place] != place:
            place = groups[place]
        return place

    for one, other in places:
        groups[find(one)] = find(other)
    owners = [find(one) for one, _ in places]
    folds, sizes = {}, [0] * _FOLDS
    for owner, size in sorted(Counter(owners).items(), key=lambda item: (-item[1], item[0])):
        folds[owner] = sizes.index(min(sizes))
        sizes[folds[owner]] += size
    return np.array([folds[owner] for owner in owners])


class _Unseen(Comparison):
    """The pages of the judged pairs, each compared by weights that have not seen it."""

    def __init__(self, judged: Judged, models: Sequence[Model], general: Model) -> None:
        super().__init__(judged.comparison.profiles, _DAYS, judged.comparison.vectors, general)
        pairs_of = zip(judged.places, judged.folds.tolist(), strict=True)
        self._folds = {place: number for pair, number in pairs_of for place in pair}
        self._models = models
        self._general = general
        self.measure = cache(super().measure)  # type: ignore[method-assign]
        self._judged = judged
        self.lower = self.lift = 0.0

    def score(self, one: int, other: int) -> float:
        """Return how likely a pair tells one story, by weights of another fold."""
        number = self._folds[one]
        is_one = number == self._folds[other]
        model = self._models[number] if is_one else self._general
        values = self.measure(one, other)
        bias = model.bias - self.lower + self.lift * values[FEATURES.index("far")]
        return Model(model.weights, bias).score(values)

    def joins_two(self) -> bool:
        """Whether a story has two pages that were judged to tell two."""
        return bool(self.find_stories()[self._judged.labels == 0].any())

    def find_stories(self) -> Array:
        """Return, for each judged pair, whether it is put in one story."""
        everything = [list(range(place)) for place in range(len(self.profiles))]
        joined = find_stories(self, _DAYS, {}, everything)
        pairs_of = self._judged.places
        return np.array([joined[one].story == joined[other].story for one, other in pairs_of])


def learn(
    values: Array, labels: Array, columns: Sequence[str], judged: Judged
) -> tuple[dict[str, Any], Array]:
    """Return weights, and which judged pairs are put in one story by weights of other folds.

    The bias is lowered until no story has two pages that were judged to tell two: copies of a fact
    counted twice do less harm than a story that is none.  Pairs across languages are less often
    alike by chance; they are lowered by what they need themselves, and a margin.
    """
    models = []
    for number in range(_FOLDS):
        seen = judged.folds != number
        part = judged.values[seen], judged.labels[seen]
        models.append(_to_model(fit_signed(values, labels, columns, part)))
    model = fit_signed(values, labels, columns, (judged.values, judged.labels))
    comparison = _Unseen(judged, models, _to_model(model))
    while comparison.joins_two():
        comparison.lower += _STEP
    while comparison.lift < comparison.lower and not comparison.joins_two():
        comparison.lift += _STEP
    comparison.lift = max(0.0, comparison.lift - _MARGIN)
    model["bias"] = round(model["bias"] - comparison.lower, 4)
    model["weights"]["far"] = round(model["weights"]["far"] + comparison.lift, 4)
    print(f"bias lowered by {comparison.lower:.1f}, across languages {comparison.lift:.1f} less")
    return model, comparison.find_stories()


def _to_model(found: dict[str, Any]) -> Model:
    return Model(tuple(found["weights"][name] for name in FEATURES), found["bias"])


def measure(planted: Sequence[Planted], found: Sequence[int]) -> dict[str, tuple[float, ...]]:
    """Return pairwise precision, recall and F1 within English, across languages, and overall."""
    counts: dict[str, list[int]] = {"english": [0, 0, 0], "across": [0, 0, 0], "all": [0, 0, 0]}
    for one, first in enumerate(planted):
        for other in range(one):
            second = planted[other]
            truth, said = first.story == second.story, found[one] == found[other]
            if not truth and not said:
                continue
            languages = {first.report.language, second.report.language}
            kind = "english" if languages == {"en"} else "across" if len(languages) > 1 else ""
            for name in filter(None, (kind, "all")):
                counts[name][0] += truth and said
                counts[name][1] += said
                counts[name][2] += truth
    return {name: _score(*numbers) for name, numbers in counts.items()}


def _score(hits: int, said: int, truth: int) -> tuple[float, float, float]:
    precision, recall = hits / max(said, 1), hits / max(truth, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def group(planted: Sequence[Planted], *, with_vectors: bool = True) -> list[int]:
    """Return the story that each report was put into."""
    comparison = compare(planted, with_vectors=with_vectors)
    candidates = find_candidates(comparison, _DAYS)
    joined = find_stories(comparison, _DAYS, {}, candidates)
    return [joined[place].story for place in range(len(planted))]


def compare(
    planted: Sequence[Planted], *, with_vectors: bool = True, model: Model | None = None
) -> Comparison:
    """Return what is compared of the reports."""
    profiles = [make_profile(each.report) for each in planted]
    leads = [find_lead(each.report) for each in planted]
    vectors = encode(leads) if with_vectors else None
    return Comparison(profiles, _DAYS, vectors, model)


def main() -> None:
    """Learn from the even stories, print how the odd ones fare, write the weights."""
    folder = Path(sys.argv[1])
    default = Path(pairs.__file__).with_name("weights.json")
    output = Path(sys.argv[3]) if len(sys.argv) > 3 else default
    planted = plant(folder)
    even = [each for each in planted if each.story % 2 == 0]
    odd = [each for each in planted if each.story % 2]
    comparison = compare(even, model=Model((), 0.0))
    chosen, labels = choose_pairs(comparison, [each.story for each in even])
    values = np.array([comparison.measure(*pair) for pair in chosen])
    judged = measure_judged(Path(sys.argv[2]))
    blind = [name for name in FEATURES if not name.startswith("cosine")]
    models = {}
    for name, columns in (("with_vectors", FEATURES), ("without_vectors", blind)):
        models[name], found = learn(values, labels, columns, judged)
        truth = judged.labels == 1
        print(f"{name}: judged pairs by unseen weights: {len(truth)}, of one story {truth.sum()}, ")
        print(f"  found {(truth & found).sum()}, wrongly {(~truth & found).sum()}")
    output.write_text(json.dumps(models, indent=1) + "\n", "utf-8")
    pairs.load_model.cache_clear()
    for with_vectors in (True, False):
        print_scores(odd, with_vectors=with_vectors)


def print_scores(planted: Sequence[Planted], *, with_vectors: bool) -> None:
    """Print how well the stories are found."""
    scores = measure(planted, group(planted, with_vectors=with_vectors))
    print(f"{len(planted)} reports, {'with' if with_vectors else 'without'} vectors")
    for name, (precision, recall, f1) in scores.items():
        print(f"  {name:8} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}")


if __name__ == "__main__":
    main()
