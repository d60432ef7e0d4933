"""``python -m training.audit.pronouns``: the words beside which a pronoun hardly ever stands.

Counts the words before and after ``it``, ``he``, ``she`` and ``they`` in the English of all
sentences, and adds two tables to ``corpus_norm/audit/tables/en.npz``: for each stem, by how many
eighths of a bit it is more frequent there than elsewhere.  A word with a capital in mid-sentence
counts as one of a kind of its own, the last entry.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.audit.entities import SUBJECTS, neighbours
from corpus_norm.audit.lexicon import TABLES, english_table, english_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_PRIOR = 3.0
_STEPS = 8
_LEAST_DOMAIN = 1.0  # of the weights in training.audit.corpus
_STEP = 2  # one line of so many


def read_english(work: Path) -> Iterator[str]:
    """Yield the English of some of the sentences that were not set apart."""
    for path in sorted(work.glob("??.tsv")):
        with path.open(encoding="utf-8", newline="\n") as file:
            for i, line in enumerate(file):
                weight, _, english = line.rstrip("\n").split("\t")
                if i % _STEP == 0 and float(weight) >= _LEAST_DOMAIN:
                    yield english


def bits(near: Counter[int], every: Counter[int], size: int) -> NDArray[np.int8]:
    """Return by how much each stem is more frequent in one place than elsewhere."""
    share = near.total() / every.total()
    seen = np.array([near[stem] for stem in range(size)], float)
    expected = np.array([every[stem] for stem in range(size)], float) * share
    steps = np.round(_STEPS * np.log2((seen + _PRIOR) / (expected + _PRIOR)))
    return np.clip(steps, -127, 127).astype(np.int8)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.pronouns", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--tables", type=Path, default=TABLES)
    options = parser.parse_args()
    table = english_table()
    size = len(table.rarity) + 1
    before, after, every = Counter[int](), Counter[int](), Counter[int]()
    for english in read_english(options.work):
        words = english_words(english)
        for j, word in enumerate(words):
            every[table.kind_of(word, first=j == 0)] += 1
            if word.form in SUBJECTS:
                left, right = neighbours(j, words, english, table)
                before.update([left] if left is not None else ())
                after.update([right] if right is not None else ())
    path = options.tables / "en.npz"
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    arrays["before"] = bits(before, every, size)
    arrays["after"] = bits(after, every, size)
    np.savez_compressed(path, **arrays)
    print(f"{before.total():,} pronouns after a word, {after.total():,} before one")


if __name__ == "__main__":
    main()
