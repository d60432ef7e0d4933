"""``python -m training.audit.replaced``: which English names have the place of another name.

Boosted trees tell names of right translations that nothing in the Chinese answers from those that
were put in the place of a name, by :class:`corpus_norm.audit.sounds.NameClues`.  They are learnt
from the news that the lexicon never saw, as it answers too much of the rest.  Writes
``corpus_norm/audit/tables/replaced.json``.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_norm.audit.alignment import align
from corpus_norm.audit.lexicon import find_lexicon
from corpus_norm.audit.sounds import REPLACED, NameClues, clues_of
from corpus_norm.languages import get_language
from training.audit.faults import swap_name
from training.audit.fit import read_apart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Row = tuple[bool, bool, NameClues]  # planted, translated by a person

_SETTINGS = {
    "max_iter": 100,
    "learning_rate": 0.05,
    "max_leaf_nodes": 4,
    "min_samples_leaf": 40,
    "l2_regularization": 5,
    "max_features": 0.5,
}
_PLANTED, _NEAR = 2, 12
_HUMAN = 1.5
"""What the names of people's translations count beside those of systems."""


def collect(pairs: Sequence[tuple[bool, str, str]], language: str) -> Iterator[Row]:
    """Yield the clues of the names of right translations, and of those put in their place."""
    lexicon, record, draw = find_lexicon(language), get_language(language), random.Random(3)
    if lexicon is None:
        raise ValueError(f"no lexicon of {language}")
    others = [english for _, _, english in pairs]
    for is_human, source, english in pairs:
        found = align(source, english, record, lexicon)
        yield from ((False, is_human, clues) for _, clues in clues_of(found, lexicon))
        for _ in range(_PLANTED):
            faulty = swap_name(english, draw, others)
            if not faulty or faulty == english:
                continue
            same = zip(english, faulty, strict=False)
            at = next((i for i, (a, b) in enumerate(same) if a != b), len(faulty) - 1)
            found = align(source, faulty, record, lexicon)
            planted = [
                clues
                for j, clues in clues_of(found, lexicon)
                if at - _NEAR <= found.english[j].start <= at + 1
            ]
            yield from ((True, is_human, clues) for clues in planted[:1])


def grow(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the trees; names of right translations count as much in all as those planted."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    planted = np.array([row[0] for row in rows])
    right = np.where([row[1] for row in rows], _HUMAN, 1.0)
    counts = np.where(planted, 1.0, right * planted.sum() / (~planted).sum())
    model = HistGradientBoostingClassifier(**_SETTINGS, random_state=0)
    model.fit(np.array([row[2] for row in rows], float), planted, sample_weight=counts)

    def branch(nodes: Any, place: int) -> Any:  # noqa: ANN401 -- a tree of an array of nodes
        node = nodes[place]
        if node["is_leaf"]:
            return round(float(node["value"]), 4)
        low, high = (branch(nodes, int(node[side])) for side in ("left", "right"))
        return [int(node["feature_idx"]), round(float(node["num_threshold"]), 4), low, high]

    bias, grown = model._baseline_prediction, model._predictors  # noqa: SLF001 -- no public name
    return {
        "clues": list(NameClues._fields),
        "bias": round(float(bias[0, 0]), 4),
        "trees": [branch(each[0].nodes, 0) for each in grown],
    }


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.replaced", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--output", type=Path, default=REPLACED)
    options = parser.parse_args()
    pairs = [pair for group in ("fit", "check") for pair in read_apart(options.work, "zh", group)]
    random.Random(3).shuffle(pairs)
    rows = list(collect(pairs, "zh"))
    table = grow(rows)
    planted = sum(row[0] for row in rows)
    print(f"{len(rows) - planted:,} names, {planted:,} planted, {len(table['trees'])} trees")
    options.output.write_text(json.dumps(table, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
