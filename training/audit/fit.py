"""``python -m training.audit.fit``: fit the score and the thresholds of the flags.

Right pairs are human and machine translations that were set apart by
:mod:`training.audit.corpus`; wrong ones are the same with a planted fault.  For each flag a
logistic regression tells its faults from the right pairs, and its threshold is where the wanted
share of the human translations has it; one more, of all faults, is the score ``adequacy``.
Writes ``corpus_norm/audit/weights.json``.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from corpus_norm.audit.adequacy import WEIGHTS, measure_pair
from corpus_norm.audit.features import vector
from corpus_norm.labels import Flag
from training.audit.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = dict[str, list[dict[str, float]]]

_PENALTY = 1.0
_ROUNDS = 12
_FLAT = 1e-6
_CONTENT = (
    *("one", "covered", "covered_en", "covered_both", "gap", "gap_en", "gap_share"),
    *("gap_share_en", "size", "size_en", "ratio", "uneven", "open", "open_en", "length"),
    *("length_off", "anchors", "anchor_share"),
)
_NAMES = (
    *("one", "covered", "covered_en", "gap", "gap_en", "size", "size_en", "name", "name_en"),
    *("name_both", "name_more", "name_more_en", "names", "names_en", "known_en", "name_clear"),
    "name_clear_en",
)
_DENIALS = ("one", "denials", "denials_en", "more_denials_en", "covered", "covered_en")
_ALL = tuple(dict.fromkeys([*_CONTENT, *_NAMES, *_DENIALS, "lost", "added", "opposite"]))


class Plan(NamedTuple):
    """A regression: its flag, the fault it looks for, and the measurements it may use.

    ``alarms`` is the share of the human translations that may have the flag, in French and in
    Chinese.  These translations are freer than those of the development sets, on which the whole
    audit then flags at most 4 %; where that leaves no room, 0, there is no flag.
    """

    flag: Flag
    kind: str
    names: tuple[str, ...]
    alarms: tuple[float, float]


_COVERED = ("one", "covered", "covered_en")
PLANS = (
    Plan(Flag.UNRELATED, "other sentence", (*_CONTENT, "names", "names_en"), (0.007, 0.0005)),
    Plan(Flag.CONTENT_MISSING, "part dropped", (*_CONTENT, "name", "names"), (0.004, 0.0002)),
    Plan(Flag.CONTENT_ADDED, "clause added", (*_CONTENT, "name_en", "names_en"), (0.005, 0.00005)),
    Plan(
        Flag.NAME_CHANGED,
        "name replaced",
        (*_COVERED, "name_both", "names", "known_en", "gap", "gap_en"),
        (0.003, 0.0),
    ),
    Plan(
        Flag.NAME_CHANGED,
        "name dropped",
        (*_COVERED, "name", "name_en", "names", "names_en", "length"),
        (0.0015, 0.0),
    ),
    Plan(
        Flag.NEGATION_LOST,
        "denial dropped",
        ("one", "lost", "lost_clear", "only_denials"),
        (0.0018, 0.004),
    ),
    Plan(
        Flag.NEGATION_ADDED,
        "denial added",
        ("one", "added", "added_clear", "only_denials_en"),
        (0.0035, 0.0),
    ),
    Plan(
        Flag.POLARITY_CHANGED,
        "opposite",
        (*_COVERED, "opposite", "opposite_clear"),
        (0.0009, 0.0005),
    ),
)


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
    """Return the feature vectors of right pairs (``human``, ``machine``) and of each fault."""
    pairs = read_apart(work, language, group)
    draw = random.Random(f"{language} {group}")
    draw.shuffle(pairs)
    pairs.sort(key=lambda pair: not pair[0])  # people first
    others = [english for _, _, english in pairs]
    rows: Rows = defaultdict(list)
    for human, source, english in pairs[:most]:
        measured = measure_pair(source, english, language)
        if measured is None:
            continue
        rows["human" if human else "machine"].append(vector(measured))
        for kind, (_, make) in FAULTS.items():
            faulty = make(english, draw, others)
            if not faulty or faulty == english:
                continue
            if measured := measure_pair(source, faulty, language):
                rows[kind].append(vector(measured))
    return rows


def regress(right: Floats, wrong: Floats) -> Floats:
    """Return the weights of a logistic regression, both classes counting the same."""
    features = np.vstack([right, wrong])
    target = np.concatenate([np.zeros(len(right)), np.ones(len(wrong))])
    counts = np.where(target > 0, len(right) / max(1, len(wrong)), 1.0)
    mean, spread = features.mean(0), features.std(0)
    mean[0], spread[spread < _FLAT] = 0.0, 1.0
    spread[0] = 1.0
    scaled = (features - mean) / spread
    weights = np.zeros(features.shape[1])
    penalty = np.full(len(weights), _PENALTY)
    penalty[0] = _FLAT
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(scaled @ weights, -30, 30)))
        slope = scaled.T @ (counts * (chance - target)) + penalty * weights
        curve = (scaled * (counts * chance * (1 - chance) + _FLAT)[:, None]).T @ scaled
        weights -= np.linalg.solve(curve + np.diag(penalty), slope)
    plain = weights / spread
    plain[0] = weights[0] - (weights[1:] * mean[1:] / spread[1:]).sum()
    return plain


def to_array(rows: Rows, kinds: Iterable[str], names: Sequence[str]) -> Floats:
    """Return the named measurements of some kinds of pairs."""
    return np.array([[row[name] for name in names] for kind in kinds for row in rows.get(kind, ())])


def fit(rows: Rows, language: str, scale: float = 1.0) -> dict[str, Any]:
    """Fit the flags and the score of a language; ``scale`` multiplies the share of alarms."""
    flags = []
    for plan in PLANS:
        share = scale * plan.alarms[language != "fr"]
        if not share:
            continue
        right = to_array(rows, ("human", "machine"), plan.names)
        weights = regress(right, to_array(rows, (plan.kind,), plan.names))
        human = to_array(rows, ("human",), plan.names) @ weights
        least = float(np.quantile(human, 1 - share))
        named = {n: round(float(w), 4) for n, w in zip(plan.names, weights, strict=True)}
        flags.append({"flag": plan.flag.value, "weights": named, "threshold": round(least, 3)})
    right = to_array(rows, ("human", "machine"), _ALL)
    weights = -regress(right, to_array(rows, FAULTS, _ALL))
    score = {n: round(float(w), 4) for n, w in zip(_ALL, weights, strict=True)}
    return {"score": score, "flags": flags}


def show(rows: Rows, fitted: dict[str, Any]) -> None:
    """Print the share of each kind that has its own flag, and any flag, and the mean score."""
    for kind in filter(rows.get, list(rows)):
        hits = {}
        for row in fitted["flags"]:
            found = to_array(rows, (kind,), list(row["weights"])) @ list(row["weights"].values())
            hits[row["flag"]] = hits.get(row["flag"], False) | (found > row["threshold"])
        own = FAULTS[kind][0].value if kind in FAULTS else ""
        by_own = f"{hits[own].mean():7.1%}" if own in hits else " " * 7
        some = np.any(list(hits.values()), axis=0).mean()
        score = to_array(rows, (kind,), list(fitted["score"])) @ list(fitted["score"].values())
        mean = (1 / (1 + np.exp(-score))).mean()
        print(f"  {kind:16}{len(rows[kind]):6}{by_own}{some:7.1%}  adequacy {mean:.3f}")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.fit", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"])
    parser.add_argument("--most", type=int, default=3_000, help="pairs of a language")
    parser.add_argument("--alarms", type=float, default=1.0, help="scales the share of alarms")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    table = json.loads(options.output.read_text("utf-8")) if options.output.exists() else {}
    for language in options.languages:
        rows = plant(options.work, language, "fit", options.most)
        table[language] = fit(rows, language, options.alarms)
        print(f"{language}, fit: own flag, any flag")
        show(rows, table[language])
        print(f"{language}, check: own flag, any flag")
        show(plant(options.work, language, "check", options.most), table[language])
    options.output.write_text(json.dumps(table, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
