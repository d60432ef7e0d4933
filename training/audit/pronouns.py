"""``python -m training.audit.pronouns``: which words about a pronoun give a lost name away.

A logistic regression on the words before and after ``it``, ``he``, ``she`` and ``they`` tells a
pronoun that was put in the place of a name from those that people wrote.  Writes
``corpus_norm/audit/tables/pronouns.json``, which :func:`corpus_norm.audit.entities.odd_pronoun`
reads.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.audit.entities import PRONOUNS, is_subject, pronoun_clues
from corpus_norm.audit.lexicon import english_words
from training.audit.faults import find_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    FindCommon = Callable[[Sequence[str]], list[str]]
    FindClues = Callable[[str, frozenset[str], random.Random], Iterator[tuple[bool, list[str]]]]

_LEAST_DOMAIN = 1.5  # of the weights in training.audit.corpus: news, machine news, prose, speech
_MOST = 200_000  # sentences
_COMMON = 400
_PLANTED = ("it", "it", "it", "he", "they")
_MOST_NAMES = 2  # of a sentence
_LEAST_SEEN, _LEAST_WEIGHT = 4, 0.05
_STRENGTH = 0.3


def read_english(work: Path) -> list[str]:
    """Return the English of sentences that were not set apart, each once, in a random order."""
    found = {}
    for path in sorted(work.glob("??.tsv")):
        with path.open(encoding="utf-8", newline="\n") as file:
            for line in file:
                weight, _, english = line.rstrip("\n").split("\t")
                if float(weight) >= _LEAST_DOMAIN:
                    found[english] = None
    texts = list(found)
    random.Random(4).shuffle(texts)
    return texts[:_MOST]


def common_words(texts: Sequence[str]) -> list[str]:
    """Return the most frequent words."""
    counts = Counter(word.form for text in texts for word in english_words(text))
    return sorted(["A", *(word for word, _ in counts.most_common(_COMMON))])


def collect(
    text: str, common: frozenset[str], draw: random.Random
) -> Iterator[tuple[bool, list[str]]]:
    """Yield the clues about each pronoun of a text, and about some that stand for its names."""
    words = english_words(text)
    for j, word in enumerate(words):
        if is_subject(word):
            yield False, pronoun_clues(j, words, text, common)
    names = find_names(text)
    for name in draw.sample(names, k=min(_MOST_NAMES, len(names))):
        faulty = text[: name.start()] + draw.choice(_PLANTED) + text[name.end() :]
        words = english_words(faulty)
        for j, word in enumerate(words):
            if word.start == name.start():
                yield True, pronoun_clues(j, words, faulty, common)


def regress(rows: Sequence[list[str]], planted: Sequence[bool]) -> dict[str, float]:
    """Return the weight of each clue; positive ones say that the word was planted."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    counts = Counter(clue for row in rows for clue in row)
    clues = sorted(clue for clue, n in counts.items() if n >= _LEAST_SEEN)
    number = {clue: i for i, clue in enumerate(clues)}
    places = [[number[clue] for clue in row if clue in number] for row in rows]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in places])])
    flat = np.concatenate([np.array(row, np.int32) for row in places])
    matrix = csr_matrix((np.ones(len(flat)), flat, starts), (len(rows), len(clues)))
    model = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0)
    model.fit(matrix, np.array(planted))
    weights = dict(zip(clues, model.coef_[0].tolist(), strict=True))
    kept = {clue: round(w, 2) for clue, w in weights.items() if abs(w) >= _LEAST_WEIGHT}
    return {"": round(float(model.intercept_[0]), 3)} | kept


def make_table(
    parser: argparse.ArgumentParser, output: Path, find_common: FindCommon, find_clues: FindClues
) -> None:
    """Learn the weights of the clues about words that were written and planted, and write them."""
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--output", type=Path, default=output)
    options = parser.parse_args()
    texts, draw = read_english(options.work), random.Random(5)
    common = find_common(texts)
    found = [each for text in texts for each in find_clues(text, frozenset(common), draw)]
    weights = regress([clues for _, clues in found], [planted for planted, _ in found])
    planted = sum(planted for planted, _ in found)
    print(f"{len(found) - planted:,} written, {planted:,} planted, {len(weights):,} clues")
    table = {"common": common, "weights": weights}
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    options.output.write_text(text + "\n", "utf-8")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.pronouns", description=__doc__)
    make_table(parser, PRONOUNS, common_words, collect)


if __name__ == "__main__":
    main()
