"""``python -m training.phrases.reorder``: learn to put Chinese words into the order of English.

A clause is cut into ever smaller spans, and neighbouring spans are swapped (Neubig, Watanabe and
Mori 2012, "Inducing a discriminative parser to optimize machine translation reordering").  The
weights of swaps are learned from the word alignments, by an averaged passive-aggressive perceptron
(Crammer et al. 2006): the fewer pairs of words stand in another order than their English, the
better.  Writes ``zh.order.npz``, and into ``zh.places.npy`` the place in the source that each token
of the new order comes from, for :mod:`training.phrases.extract`.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.translation.engines.phrases.search import (
    FEATURES,
    LONGEST,
    TEMPLATES,
    Orderer,
    find_clauses,
)
from training.phrases import kernels
from training.phrases.extract import read_bitext, weigh_sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from training.phrases.kernels import Bitext

    Ints = NDArray[np.int64]

LANGUAGE = "zh"
SENTENCES = 130_000
EPOCHS = 6
_HELD_OUT = 1_500  # sentences of news
_LEAST_WEIGHT = 1.5  # news, prose and speech
_LEAST_TOKENS = 4
_LEAST_LINKED = 0.6  # of the tokens of a clause
_CAUTION = 0.02  # the largest step
_FIRST_TAG = 16  # smaller numbers are tags of signs and Latin words


def read_tags(words: Iterable[str]) -> dict[str, int]:
    """Return the most frequent part of speech of each word in jieba's dictionary, as a number."""
    import jieba.posseg

    jieba.posseg.initialize()
    known = jieba.posseg.dt.word_tag_tab
    tags = {word: known[word] for word in words if word in known}
    numbers = {tag: n for n, tag in enumerate(sorted(set(tags.values())), start=_FIRST_TAG)}
    return {word: numbers[tag] for word, tag in tags.items()}


def train(work: Path, epochs: int = EPOCHS, count: int = SENTENCES) -> Orderer:
    """Learn from ``count`` aligned sentences; report on sentences of news that are held out."""
    text, vocabulary, _ = read_bitext(work, LANGUAGE)
    weights = weigh_sentences(work, LANGUAGE)
    tags = read_tags(vocabulary.words)
    random = np.random.default_rng(1)
    heavy = (np.diff(text.source.starts) >= _LEAST_TOKENS) & (weights >= _LEAST_WEIGHT)
    chosen = random.permutation(np.flatnonzero(heavy))[:count]
    held_out = chosen[weights[chosen] == weights.max()][: min(_HELD_OUT, len(chosen) // 20)]
    clauses = list_clauses(text, vocabulary.words, chosen)
    is_test = np.isin(clauses[:, 0], held_out)
    orderer = Orderer.create(tags, np.zeros(FEATURES, np.float32))
    data = (*orderer.describe(vocabulary.words), text, _tabulate(TEMPLATES))
    learned, seen = (np.zeros(FEATURES), np.zeros(FEATURES)), 1.0
    for epoch in range(epochs):
        rows = random.permutation(clauses[~is_test])
        kernels.learn_order(data, rows, weights, learned, seen, _CAUTION, _LEAST_LINKED)
        seen += len(rows)
        averaged = (learned[0] - learned[1] / seen).astype(np.float32)
        before, after, total = kernels.measure_order(
            data, clauses[is_test], averaged, _LEAST_LINKED
        )
        shares = f"{before / total:.2%} before, {after / total:.2%} after"
        print(f"round {epoch + 1}: pairs of words in another order: {shares}", flush=True)
    return Orderer.create(tags, averaged)


def list_clauses(text: Bitext, words: Sequence[str], sentences: Iterable[int]) -> Ints:
    """Return (sentence, start, end) of the clauses of sentences that may be put into order."""
    starts = text.source.starts
    return np.array(
        [
            (z, start, end)
            for z in sentences
            for start, end in find_clauses(
                [words[i] for i in text.source.values[starts[z] : starts[z + 1]].tolist()]
            )
            if 1 < end - start <= LONGEST
        ]
    ).reshape(-1, 3)


def find_places(work: Path, orderer: Orderer) -> NDArray[np.uint8]:
    """Return the place in its sentence that each token of the new order comes from."""
    text, vocabulary, _ = read_bitext(work, LANGUAGE)
    starts = text.source.starts
    clauses = list_clauses(text, vocabulary.words, range(len(starts) - 1))
    data = (*orderer.describe(vocabulary.words), text, _tabulate(TEMPLATES))
    places = np.concatenate([np.arange(end - start) for start, end in itertools.pairwise(starts)])
    kernels.order_clauses(data, clauses, orderer.weights.astype(np.float64), places)
    return places.astype(np.uint8)


def _tabulate(templates: Sequence[Sequence[int]]) -> Ints:
    """Return a row for each template, filled up with -1."""
    table = np.full((len(templates), max(map(len, templates))), -1)
    for row, template in zip(table, templates, strict=True):
        row[: len(template)] = template
    return table


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.phrases.reorder", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that align filled")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--sentences", type=int, default=SENTENCES, help="to learn from")
    options = parser.parse_args()
    orderer = train(options.work, options.epochs, options.sentences)
    np.savez(options.work / f"{LANGUAGE}.order.npz", **orderer.arrays())
    np.save(options.work / f"{LANGUAGE}.places.npy", find_places(options.work, orderer))


if __name__ == "__main__":
    main()
