"""``python -m training.audit.fit``: fit the score and the threshold of the flags.

Right pairs are human and machine translations that were set apart by
:mod:`training.audit.corpus`; wrong ones are the same with a planted fault; the output of the
starter model is a class of its own, weak but without a flag.  A small network says how likely each
class is; a pair has a flag where the faults together are likelier than a threshold, one for all
faults.  Writes
``corpus_norm/audit/weights.json``.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from corpus_norm.audit.adequacy import (
    CLASSES,
    FARTHEST,
    FEW,
    NAMES,
    WEIGHTS,
    Judge,
    measure_pair,
    vector,
)
from training.audit.faults import FAULTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = dict[str, list[list[float]]]

_FLAT = 1e-6
_HIDDEN, _DECAY, _ROUNDS, _RATE = 16, 3e-3, 300, 0.02
_MOMENTS = 0.9, 0.99
_HUMAN = "human"
_MACHINE = "machine"
_STARTER = "starter"
# What right pairs, and those of each fault, count together.
SHARES = {
    _HUMAN: 5.0,
    _MACHINE: 1.0,
    _STARTER: 2.0,
    "denial dropped": 1.5,
    "denial added": 1.5,
    "opposite": 1.0,
    "name replaced": 1.5,
    "name dropped": 1.0,
    "part dropped": 1.0,
    "clause added": 1.0,
    "other sentence": 1.0,
}
# The log-odds of a fault from which on a pair is flagged.  The only choice made by looking at the
# development sets: the whole audit flags less than 4 % of each.
THRESHOLDS = {"fr": 3.05, "zh": 3.1}


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


class Network(NamedTuple):
    """A layer of hidden units beside direct connections, and softmax over the classes."""

    hidden: Floats
    hidden_bias: Floats
    output: Floats
    bias: Floats
    direct: Floats

    def chances(self, numbers: Floats) -> Floats:
        """Return the probability of each class."""
        return self._run(numbers)[1]

    def _run(self, numbers: Floats) -> tuple[Floats, Floats]:
        units = np.tanh(numbers @ self.hidden + self.hidden_bias)
        sums = units @ self.output + self.bias + numbers @ self.direct
        powers = np.exp(sums - sums.max(1, keepdims=True))
        return units, powers / powers.sum(1, keepdims=True)

    def slopes(self, numbers: Floats, target: Floats, counts: Floats) -> Network:
        """Return the slopes of the cross entropy, with decay of the weights."""
        units, chances = self._run(numbers)
        off = (chances - target) * counts[:, None]
        back = (off @ self.output.T) * (1 - units * units)
        return Network(
            numbers.T @ back + _DECAY * self.hidden,
            back.sum(0),
            units.T @ off + _DECAY * self.output,
            off.sum(0),
            numbers.T @ off + _DECAY * self.direct,
        )


def train(numbers: Floats, target: Floats, counts: Floats) -> Network:
    """Return a network trained on all rows at once (Kingma and Ba 2015)."""
    size, classes = numbers.shape[1], target.shape[1]
    draw = np.random.default_rng(0)
    weights = [
        draw.normal(0, size**-0.5, (size, _HIDDEN)),
        np.zeros(_HIDDEN),
        np.zeros((_HIDDEN, classes)),
        np.zeros(classes),
        np.zeros((size, classes)),
    ]
    means = [np.zeros_like(each) for each in weights]
    squares = [np.zeros_like(each) for each in weights]
    one, two = _MOMENTS
    for step in range(1, _ROUNDS + 1):
        rate = _RATE * min(1.0, 2 * (1 - step / (_ROUNDS + 1)))
        slopes = Network(*weights).slopes(numbers, target, counts / counts.sum())
        for i, slope in enumerate(slopes):
            means[i] = one * means[i] + (1 - one) * slope
            squares[i] = two * squares[i] + (1 - two) * slope**2
            size_of = np.sqrt(squares[i] / (1 - two**step)) + 1e-8
            weights[i] = weights[i] - rate * means[i] / (1 - one**step) / size_of
    return Network(*weights)


def fit(rows: Rows, language: str) -> dict[str, Any]:
    """Train the network of a language."""
    kinds = [kind for kind in SHARES if rows.get(kind)]
    numbers = np.vstack([rows[kind] for kind in kinds])
    mean, spread = numbers.mean(0), numbers.std(0)
    spread[spread < _FLAT] = 1.0
    owners = np.repeat([CLASSES.index(_class_of(k)) for k in kinds], [len(rows[k]) for k in kinds])
    counts = np.concatenate([np.full(len(rows[k]), SHARES[k] / len(rows[k])) for k in kinds])
    scaled = np.clip((numbers - mean) / spread, -FARTHEST, FARTHEST)
    network = train(scaled, np.eye(len(CLASSES))[owners], counts)
    table: dict[str, Any] = {
        "names": list(NAMES),
        "mean": mean.round(4).tolist(),
        "spread": spread.round(4).tolist(),
        "hidden": network.hidden.T.round(3).tolist(),
        "hidden_bias": network.hidden_bias.round(3).tolist(),
        "output": np.vstack([network.output, network.direct]).T.round(3).tolist(),
        "bias": network.bias.round(3).tolist(),
    }
    table["threshold"] = THRESHOLDS[language]
    return table


def _class_of(kind: str) -> str:
    return "right" if kind in {_HUMAN, _MACHINE} else kind


def show(rows: Rows, table: dict[str, Any]) -> None:
    """Print the share of each kind that has its own flag, and any flag, and the mean score."""
    judge = Judge.read(table)
    for kind in filter(rows.get, SHARES):
        found = [judge.judge(row) for row in rows[kind]]
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
    parser.add_argument("--most", type=int, default=3_000, help="people's and systems' pairs")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    tables = json.loads(options.output.read_text("utf-8")) if options.output.exists() else {}
    for language in options.languages:
        rows = plant(options.work, language, "fit", options.most)
        tables[language] = fit(rows, language)
        print(f"{language}, fit: own flag, any flag")
        show(rows, tables[language])
        print(f"{language}, check: own flag, any flag", flush=True)
        show(plant(options.work, language, "check", options.most), tables[language])
        lines = (f" {json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(tables.items()))
        options.output.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
