"""``python -m training.audit.fit``: fit the score and the threshold of the flags.

Right pairs are human and machine translations that were set apart by
:mod:`training.audit.corpus`; wrong ones are the same with a planted fault; the output of the
starter model is a class of its own, weak but without a flag.  For each class a logistic regression
on the measurements that bear on it, each bent at some places (a generalised additive model, Hastie
and Tibshirani 1986), tells it from right pairs.  Writes ``corpus_norm/audit/weights.json``.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.planting import FAULTS as PLANTED
from corpus_norm.audit import audit
from corpus_norm.audit.adequacy import (
    FEW,
    KNOTS,
    NAMES,
    WEIGHTS,
    FaultModel,
    audit_words,
    measure_pair,
    vector,
)
from corpus_norm.labels import AmountState
from corpus_norm.languages import get_language
from training.audit.faults import FAULTS
from training.audit.trees import grow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = dict[str, list[list[float]]]

_PENALTY, _ROUNDS, _FLAT = 5.0, 10, 1e-6
_HUMAN, _MACHINE, _STARTER = "human", "machine", "starter"
_SHARE_OF_MACHINES = 0.3
# What the output of the starter and each fault count beside right pairs, which count 6.
SHARES = {
    _STARTER: 6.0,
    "denial dropped": 2.5,
    "denial added": 1.2,
    "opposite": 2.0,
    "name replaced": 3.0,
    "name dropped": 2.5,
    "part dropped": 1.0,
    "clause added": 1.0,
    "other sentence": 2.0,
}
_RIGHT = 6.0
# The most that the whole audit may flag of each set of human translations.
ALARMS = 0.0388
# The share of each fault that the audit should flag.
AIMS = {
    "denial dropped": 0.75,
    "denial added": 0.75,
    "opposite": 0.4,
    "name replaced": 0.75,
    "name dropped": 0.6,
    "part dropped": 0.8,
    "clause added": 0.8,
    "other sentence": 0.98,
}
_EVEN, _MET = 0.7, 0.5
"""A fault far from its aim is worth more; an aim that is met has a prize."""
_STEPS = (1, 3, 6, 12, 24)
"""So many more of the human translations are flagged in a step."""
_ABOVE, _MARGIN = 1e-4, 0.05
_OTHER = 7
"""The English so many lines on is that of another sentence."""
_PLANTED_AS = {"part dropped": "half dropped"}
OWN = frozenset(flag for flag, _ in FAULTS.values())
_CONTENT = (
    *("covered", "covered_en", "covered_both", "gap", "gap_en", "gap_share", "gap_share_en"),
    *("size", "size_en", "ratio", "uneven", "open", "open_en", "length", "length_off", "anchors"),
    *("anchor_share", "lift", "lift_en", "stretch", "stretch_en", "tail", "tail_en", "doubt"),
    *("doubt_en", "doubt_most", "doubt_most_en"),
)
MEASURED = {
    _STARTER: NAMES[1:],
    "denial dropped": ("covered", "covered_en", "lost", "lost_clear"),
    "denial added": ("covered", "covered_en", "added", "added_clear"),
    "opposite": ("covered", "covered_en", "opposite", "opposite_clear"),
    "name replaced": (
        *("covered", "covered_en", "name_both", "names", "known_en", "gap", "gap_en"),
    ),
    "name dropped": (
        *("covered", "covered_en", "name", "name_en", "names", "names_en", "length", "odd"),
    ),
    "part dropped": (*_CONTENT, "name", "names"),
    "clause added": (*_CONTENT, "name_en", "names_en"),
    "other sentence": (*_CONTENT, "names", "names_en"),
}
"""The measurements that bear on each class; more find more in training, and less outside."""
MEASURED_ALSO = {
    "zh": {
        "name replaced": ("replaced",),
        "opposite": ("opposite",),
        "clause added": (
            *("covered", "covered_en", "lift", "lift_en", "gap", "gap_en", "stretch"),
            *("stretch_en", "tail_en"),
        ),
    }
}
GROWN = {"zh": {"name dropped": 1.0, "clause added": 0.5}}
"""What boosted trees of all measurements count beside the curves of a class."""
_TREES = 200


def read_apart(work: Path, language: str, group: str) -> list[tuple[bool, str, str]]:
    """Return whether a human translated it, the source and the English of each pair."""
    rows = []
    with (work / f"{language}.apart.tsv").open(encoding="utf-8", newline="\n") as file:
        for line in file:
            side, name, source, english = line.rstrip("\n").split("\t")
            if side == group:
                rows.append((not name.endswith("-mt"), source, english))
    return rows


def plant(work: Path, language: str, group: str, most: int) -> Rows:
    """Return the measurements of right pairs, of the starter's output, and of each fault."""
    pairs = read_apart(work, language, group)
    draw = random.Random(f"{language} {group}")
    draw.shuffle(pairs)
    others = [english for _, _, english in pairs]
    rows: Rows = defaultdict(list)

    def add(kind: str, source: str, english: str) -> None:
        measured = measure_pair(source, english, language)
        if measured is not None and measured.size + measured.size_en >= FEW:
            rows[kind].append(list(vector(measured).values()))

    for kind in (_HUMAN, _MACHINE):
        for _, source, english in [p for p in pairs if p[0] == (kind == _HUMAN)][:most]:
            add(kind, source, english)
            for fault, (_, make) in FAULTS.items():
                faulty = make(english, draw, others)
                if faulty and faulty != english:
                    add(fault, source, faulty)
    with (work / f"{language}.starter.tsv").open(encoding="utf-8", newline="\n") as file:
        for line in file:
            side, source, _, starter = line.rstrip("\n").split("\t")
            if side == group:
                add(_STARTER, source, starter)
    return dict(rows)


def regress(right: Floats, wrong: Floats, counts: Floats) -> Floats:
    """Return the weights of a logistic regression; ``counts`` are those of the right rows."""
    features = np.vstack([right, wrong])
    features = np.hstack([np.ones((len(features), 1)), features])
    target = np.concatenate([np.zeros(len(right)), np.ones(len(wrong))])
    weight = np.concatenate([counts / counts.sum(), np.full(len(wrong), 1 / len(wrong))])
    weight *= len(target) / weight.sum()
    weights = np.zeros(features.shape[1])
    penalty = np.full(len(weights), _PENALTY)
    penalty[0] = _FLAT
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        slope = features.T @ (weight * (chance - target)) + penalty * weights
        curve = (features * (weight * chance * (1 - chance) + _FLAT)[:, None]).T @ features
        weights -= np.linalg.solve(curve + np.diag(penalty), slope)
    return weights


def bend(scaled: Floats) -> Floats:
    """Return each number, and how far it lies beyond each of some places on either side."""
    parts = [scaled]
    for place in (0.0, 1.0, 2.0):
        parts += [np.maximum(0, scaled - place), np.maximum(0, -scaled - place)]
    return np.hstack(parts)


def fit(
    rows: Rows, language: str, known: dict[str, Any] | None = None, only: Sequence[str] = ()
) -> dict[str, Any]:
    """Fit the curves of a language, one for each class and measurement.

    If ``only`` some classes are to be fitted, the others and the scales of their measurements stay
    as they are in the ``known`` table.
    """
    right = np.array(rows[_HUMAN] + rows[_MACHINE])
    human, machine = len(rows[_HUMAN]), len(rows[_MACHINE])
    counts = np.concatenate(
        [
            np.full(human, (1 - _SHARE_OF_MACHINES) / human),
            np.full(machine, _SHARE_OF_MACHINES / machine),
        ]
    )
    mean, spread = right.mean(0), right.std(0)
    spread[spread < _FLAT] = 1.0
    kept = known if known and only else {"mean": {}, "spread": {}, "classes": []}
    mean = np.array([kept["mean"].get(name, each) for name, each in zip(NAMES, mean, strict=True)])
    spread = np.array(
        [kept["spread"].get(name, each) for name, each in zip(NAMES, spread, strict=True)]
    )
    knots = np.array(KNOTS)

    def scale(numbers: Floats) -> Floats:
        return np.clip((numbers - mean) / spread, KNOTS[0], KNOTS[-1])

    classes = []
    old = {each["class"]: each for each in kept["classes"]}
    for kind, names in (MEASURED | MEASURED_ALSO.get(language, {})).items():
        if only and kind not in only:
            classes.append(old[kind])
            continue
        places = [NAMES.index(name) for name in names]
        numbers, wrong = scale(right)[:, places], scale(np.array(rows[kind]))[:, places]
        weights = regress(bend(numbers), bend(wrong), counts)
        bent = bend(knots[:, None])  # the value of a curve at each knot
        curves = bent @ weights[1:].reshape(-1, len(places))
        bias = weights[0] + np.log(SHARES[kind] / _RIGHT)
        points = curves.T.round(3).tolist()
        table = {"class": kind, "bias": round(float(bias), 3)}
        table |= {"curves": dict(zip(names, points, strict=True))}
        if share := GROWN.get(language, {}).get(kind):
            table = add_trees(table, share, right, np.array(rows[kind]), counts)
        classes.append(table)
    return {
        "mean": dict(zip(NAMES, mean.round(4).tolist(), strict=True)),
        "spread": dict(zip(NAMES, spread.round(4).tolist(), strict=True)),
        "classes": classes,
    }


def add_trees(
    table: dict[str, Any], share: float, right: Floats, wrong: Floats, counts: Floats
) -> dict[str, Any]:
    """Return a class whose log-odds are a mean of its curves and of boosted trees."""
    bias, trees = grow(right, wrong, counts, _TREES)
    bias += float(np.log(SHARES[table["class"]] / _RIGHT))

    def scale(tree: Any) -> Any:  # noqa: ANN401 -- a leaf or a fork
        if isinstance(tree, float):
            return round(share * tree, 4)
        return [*tree[:2], *map(scale, tree[2:])]

    rest = 1.0 - share
    curves = {
        name: [round(rest * value, 3) for value in points]
        for name, points in table["curves"].items()
        if rest
    }
    mean = rest * table["bias"] + share * bias
    return table | {
        "bias": round(mean, 3),
        "curves": curves,
        "trees": list(map(scale, trees)),
    }


def complete(table: dict[str, Any]) -> None:
    """Add the scales of measurements that no class of the table uses."""
    for key, value in (("mean", 0.0), ("spread", 1.0)):
        table[key] = {name: table[key].get(name, value) for name in NAMES}


class Humans(NamedTuple):
    """Human translations: whether each has a flag for another reason, and the log-odds of each."""

    flagged: NDArray[np.bool_]
    odds: Floats

    @classmethod
    def read(cls, base: str, code: str, model: FaultModel) -> Humans:
        """Audit the lines of two files, ``base.LANGUAGE`` and ``base.en``."""
        sides = (Path(f"{base}.{side}").read_text("utf-8").splitlines() for side in (code, "en"))
        flagged, odds = [], []
        for source, english in zip(*sides, strict=True):
            found = audit(source, english, code)
            kept = [pair for pair in found.amounts if pair.state is AmountState.KEPT]
            judged = audit_words(source, english, get_language(code), kept, model)
            flagged.append(bool(set(found.flags) - OWN))
            known = judged is not None and judged.flags is not None
            odds.append(judged.odds if judged and known else [-np.inf] * (1 + len(AIMS)))
        return cls(np.array(flagged), np.array(odds))

    def alarms(self, limits: Floats) -> float:
        """Return the share that is flagged."""
        return float((self.flagged | (self.odds > limits).any(1)).mean())


def worth_of(found: Mapping[str, float]) -> float:
    """Return what the shares of faults that are found are worth: the aims met, and how nearly.

    >>> shares = dict(AIMS)
    >>> full = worth_of(shares)
    >>> less = worth_of(shares | {"opposite": 0.39})
    >>> full == 1.5 * len(AIMS) and full > less + 0.5
    True
    """
    ratios = [found[kind] / aim for kind, aim in AIMS.items()]
    return sum(min(1.0, ratio) ** _EVEN + _MET * (ratio >= 1.0) for ratio in ratios)


def plant_halves(bases: Sequence[str], language: str) -> Rows:
    """Return the measurements of faults in the first half of each set of human translations."""
    rows: Rows = defaultdict(list)
    for base in bases:
        sides = [
            Path(f"{base}.{side}").read_text("utf-8").splitlines() for side in (language, "en")
        ]
        for i, (source, english) in enumerate(zip(*sides, strict=True)):
            if i >= len(sides[0]) // 2:
                break
            for kind in AIMS:
                draw = random.Random(f"{base} {i} {kind}")
                other = sides[1][(i + _OTHER) % len(sides[1])]
                make = PLANTED[_PLANTED_AS.get(kind, kind)][1] if kind != "other sentence" else None
                faulty = make(english, draw) if make else other
                if faulty and faulty != english:
                    measured = measure_pair(source, faulty, language)
                    if measured is not None and measured.size + measured.size_en >= FEW:
                        rows[kind].append(list(vector(measured).values()))
    return dict(rows)


class Shares:
    """How many false alarms each flag may have, and what they buy.

    The classes to ``keep`` have the thresholds of the table.
    """

    def __init__(
        self,
        table: dict[str, Any],
        rows: Rows,
        sets: Sequence[Humans],
        keep: Sequence[str] = (),
    ) -> None:
        model = FaultModel.read(table)
        self._faults = {
            kind: np.array([model.predict(row).odds for row in rows[kind]]) for kind in AIMS
        }
        self._sets = sets
        human = np.vstack([each.odds[~each.flagged] for each in sets])
        self._ranked = -np.sort(-human, axis=0)
        kept = {
            each["class"]: each["threshold"] for each in table["classes"] if each["class"] in keep
        }
        self._free = [place for place, kind in enumerate(AIMS) if kind not in kept]
        self.start = [
            int((self._ranked[:, place] > kept[kind]).sum()) if kind in kept else 0
            for place, kind in enumerate(AIMS, 1)
        ]

    def limits(self, counts: Sequence[int]) -> Floats:
        """Return the thresholds by which so many human translations have each flag."""
        found = [
            self._ranked[n, place] + _ABOVE if n else self._ranked[0, place] + _MARGIN
            for place, n in enumerate(counts, 1)
        ]
        return np.array([np.inf, *found])

    def fits(self, counts: Sequence[int]) -> bool:
        """Return whether no set has too many flags."""
        limits = self.limits(counts)
        return all(each.alarms(limits) <= ALARMS for each in self._sets)

    def worth(self, counts: Sequence[int]) -> float:
        """Return how near the flags come to the aims on the planted faults."""
        limits = self.limits(counts)
        return worth_of({k: (self._faults[k] > limits).any(1).mean() for k in AIMS})

    def better(self, counts: Sequence[int]) -> Iterator[list[int]]:
        """Yield other counts: more for one flag, if need be less for another."""
        for more, step in product(self._free, _STEPS):
            raised = list(counts)
            raised[more] += step
            if self.fits(raised):
                yield raised
                continue
            for less, back in product(self._free, _STEPS):
                lowered = list(raised)
                lowered[less] -= back
                if less != more and lowered[less] >= 0 and self.fits(lowered):
                    yield lowered


def allot(
    table: dict[str, Any], rows: Rows, sets: Sequence[Humans], keep: Sequence[str] = ()
) -> None:
    """Set the threshold of each flag but some, so that no set of human translations has too many.

    The false alarms move between the flags for as long as that finds more planted faults.
    """
    shares = Shares(table, rows, sets, keep)
    counts, worth = shares.start, 0.0
    while True:
        best = max(shares.better(counts), key=shares.worth, default=counts)
        if shares.worth(best) <= worth + _FLAT:
            break
        counts, worth = best, shares.worth(best)
    limits = dict(zip(AIMS, shares.limits(counts)[1:].tolist(), strict=True))
    for each in table["classes"]:
        if each["class"] in AIMS and each["class"] not in keep:
            each["threshold"] = round(limits[each["class"]], 5)


def show(rows: Rows, table: dict[str, Any]) -> None:
    """Print the share of each kind that has its own flag, and any flag, and the mean score."""
    model = FaultModel.read(table)
    for kind in filter(rows.get, [_HUMAN, _MACHINE, *SHARES]):
        found = [model.predict(row) for row in rows[kind]]
        own = FAULTS[kind][0] if kind in FAULTS else None
        by_own = sum(own in each.flags for each in found) / len(found)
        some = sum(bool(each.flags) for each in found) / len(found)
        mean = sum(each.adequacy for each in found) / len(found)
        print(f"  {kind:16}{len(found):6}{by_own:7.1%}{some:7.1%}  adequacy {mean:.3f}")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.fit", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"])
    parser.add_argument(
        "--choose",
        nargs="+",
        required=True,
        help="human translations to choose the thresholds on: files without .fr, .zh and .en",
    )
    parser.add_argument("--most", type=int, default=1_100, help="people's and systems' pairs")
    parser.add_argument("--only", nargs="+", default=[], help="classes to fit; others stay")
    parser.add_argument("--keep", nargs="+", default=[], help="classes that keep their thresholds")
    parser.add_argument(
        "--halves",
        action="store_true",
        help="choose thresholds on faults in the first halves of --choose",
    )
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    tables = json.loads(options.output.read_text("utf-8")) if options.output.exists() else {}
    for language in options.languages:
        rows = plant(options.work, language, "fit", options.most)
        table = tables[language] = fit(rows, language, tables.get(language), options.only)
        bases = [base for base in options.choose if Path(f"{base}.{language}").exists()]
        sets = [Humans.read(base, language, FaultModel.read(table)) for base in bases]
        faults = plant_halves(bases, language) if options.halves else rows
        allot(table, faults, sets, options.keep)
        print(f"{language}, fit: own flag, any flag")
        show(rows, tables[language])
        print(f"{language}, check: own flag, any flag", flush=True)
        show(plant(options.work, language, "check", options.most), tables[language])
        for each in tables.values():
            complete(each)
        lines = (f" {json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(tables.items()))
        options.output.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
