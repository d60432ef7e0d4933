"""``python -m training.phrases.swaps``: learn which neighbouring French words English swaps.

An adjective follows its noun in French and precedes it in English.  For the place between two
neighbouring words, a logistic regression on the words and their endings says how likely it is that
English has them the other way round (Zens and Ney 2006, "Discriminative reordering models for
statistical machine translation").  The examples are the places whose words on both sides have one
link each in both alignments.  Writes ``fr.swaps.npz``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.translation.engines.phrases.tables import (
    SWAP_BITS,
    Swaps,
    describe_places,
    hash_words,
)
from training.phrases.extract import read_bitext, weigh_sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.phrases.kernels import Bitext

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

LINKERS = ("de", "d'", "du", "des", "à", "en", "la", "l'", "le", "les")
"""Words without a link of their own that are passed over: ``conférence de presse``."""

_FURTHEST = 4  # tokens of English between the words of an example
_LEAST_WEIGHT = 0.5  # of a sentence, by its domain
_EXAMPLES = 3_000_000
_BATCH = 4096
_RATE, _DECAY = 0.1, 1e-7
_HELD_OUT = 50  # one sentence of so many


def find_examples(
    text: Bitext, words: Sequence[str], heavy: NDArray[np.bool_]
) -> tuple[Ints, Ints]:
    """Return the second token of each example, and whether English swaps the two."""
    counts = np.diff(text.source.starts)
    owners = np.repeat(np.arange(len(counts)), counts)
    places = _place_words(text, owners)
    linker = np.isin(text.source.values, [i for i, word in enumerate(words) if word in LINKERS])
    right = places.copy()
    for ahead in (1, 2):
        later = np.full_like(places, -1)
        later[:-ahead] = np.where(owners[:-ahead] == owners[ahead:], places[ahead:], -1)
        right = np.where((right < 0) & linker, later, right)
    left = np.concatenate([[-1], np.where(owners[:-1] == owners[1:], places[:-1], -1)])
    apart = right - left
    use = (left >= 0) & (right >= 0) & (apart != 0) & (np.abs(apart) <= _FURTHEST) & heavy[owners]
    at = np.flatnonzero(use)
    return at, (apart[at] < 0).astype(np.int64)


def _place_words(text: Bitext, owners: Ints) -> Ints:
    """Return the only English token that each source token is linked to, or -1."""
    both = []
    for links in (text.forward, text.reverse):
        sentence = np.repeat(np.arange(len(links.starts) - 1), np.diff(links.starts))
        both.append(sentence << 16 | links.values.astype(np.int64))
    agreed = np.intersect1d(*both)
    token = text.source.starts[agreed >> 16] + ((agreed >> 8) & 0xFF)
    places = np.full(len(owners), -1)
    places[token] = agreed & 0xFF
    places[np.bincount(token, minlength=len(owners)) > 1] = -1
    return places


def train(
    features: NDArray[np.int32], labels: Ints, weights: Floats, epochs: int, size: int
) -> Floats:
    """Fit a logistic regression with AdaGrad (Duchi, Hazan and Singer 2011)."""
    learned, sums = np.zeros(size), np.full(size, 1e-6)
    random = np.random.default_rng(1)
    for _ in range(epochs):
        order = random.permutation(len(labels))
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            at = features[rows]
            chance = 1 / (1 + np.exp(-learned[at].sum(axis=1)))
            step = (chance - labels[rows]) * weights[rows]
            slope = np.bincount(at.ravel(), np.repeat(step, at.shape[1]), minlength=size)
            sums += slope * slope
            learned -= _RATE * slope / np.sqrt(sums) + _DECAY * learned
    return learned


def learn(work: Path, language: str, epochs: int) -> Swaps:
    """Learn from the aligned sentences of a work folder; report on examples held out."""
    text, vocabulary, _ = read_bitext(work, language)
    heaviness = weigh_sentences(work, language)
    at, labels = find_examples(text, vocabulary.words, heaviness >= _LEAST_WEIGHT)
    chosen = np.sort(np.random.default_rng(1).permutation(len(at))[:_EXAMPLES])
    at, labels = at[chosen], labels[chosen]
    owners = np.searchsorted(text.source.starts, at, side="right") - 1
    # A token before and after each sentence: the empty word.
    words, endings = hash_words([*vocabulary.words, ""])
    near = np.stack([at + offset for offset in (-2, -1, 0, 1)])
    inside = (near >= text.source.starts[owners]) & (near < text.source.starts[owners + 1])
    ids = np.where(inside, text.source.values[np.clip(near, 0, len(text.source.values) - 1)], -1)
    features = describe_places(
        words[ids].T.ravel(), endings[ids].T.ravel(), 4 * np.arange(len(at)) + 1
    )
    features = np.ascontiguousarray(features.T.astype(np.int32))
    held_out = owners % _HELD_OUT == 0
    learned = train(
        features[~held_out], labels[~held_out], heaviness[owners][~held_out], epochs, 1 << SWAP_BITS
    )
    odds = learned[features[held_out]].sum(axis=1)
    truth = labels[held_out]
    loss = np.logaddexp(0, np.where(truth, -odds, odds)).mean()
    print(
        f"{len(at):,} examples, {labels.mean():.1%} swapped; held out: "
        f"{(truth == (odds > 0)).mean():.2%} right, loss {loss:.4f}",
        flush=True,
    )
    steps = 127 / float(np.abs(learned).max())
    return Swaps(np.rint(learned * steps).astype(np.int8), steps, 1.0)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.phrases.swaps", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that align filled")
    parser.add_argument("--language", default="fr")
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args()
    swaps = learn(options.work, options.language, options.epochs)
    np.savez_compressed(
        options.work / f"{options.language}.swaps.npz", weights=swaps.weights, steps=swaps.steps
    )


if __name__ == "__main__":
    main()
