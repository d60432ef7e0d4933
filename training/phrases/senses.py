"""``python -m training.phrases.senses``: learn which English a word has in which sentence.

``puces`` are chips beside ``processeurs`` and bullets beside ``paragraphe``.  For each source word
with several English ones, a log-linear model of the words of its sentence and of its two neighbours
says how likely each is (Carpuat and Wu 2007, "Improving statistical machine translation using word
sense disambiguation"; Mauser, Hasan and Ney 2009 for single words).  FTRL-proximal (McMahan et al.
2013) learns the weights, and those that say most about text near to news are kept.  Writes
``LANGUAGE.senses.npz``.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.translation.engines.phrases.tables import (
    SENSES_MOST,
    STEPS,
    hash_token,
    sense_features,
    sense_keys,
)
from training.phrases import kernels
from training.phrases.extract import NEAR_WEIGHTS, read_bitext, weigh_sentences
from training.phrases.package import save_arrays

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from training.phrases.kernels import Bitext, Ragged

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

KEPT = 430_000
"""The number of weights kept for a language; one takes three bytes."""

PRIOR_WORTH = 15.0
"""How many examples near to news the chances in all text are worth."""

_LEAST_CHANCE, _LEAST_BACK = 0.02, 0.0005  # of an English word given a source word, and back
_LEAST_SEEN, _LEAST_EXAMPLES = 8, 60  # of a pair of words, of a source word
_LEAST_FEATURE = 3  # examples of a word that have a feature
_MOST_EXAMPLES = 20_000  # of a word
_SCALE = 0.25  # of the weights of sentences, so that one of news counts 1
_FAR = 0.05  # of the weight of a sentence, where text near to news judges a feature
_PENALTY = 2.0  # L1
_RATE, _EPOCHS = 0.3, 4
_BLOCK, _HELD_OUT = 300, 50  # sentences; one block of so many is held out
_BITS = 16  # of a feature


@dataclass(frozen=True, slots=True)
class Words:
    """The ambiguous source words, by id, and the ids of their English words, -1 after the last."""

    source: Ints
    english: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model of one word: log-chances by sense, features, and weights by feature and sense."""

    priors: Floats
    features: Ints
    weights: Floats

    def keep(self, gains: Floats, least: float) -> Fitted:
        """Leave out the weights whose gain is below ``least``."""
        return Fitted(self.priors, self.features, np.where(gains >= least, self.weights, 0.0))


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples of one word, which has ``size`` senses: features, senses, and two weights of each.

    ``near`` are the weights by which features are chosen.
    """

    size: int
    features: Ragged
    senses: Ints
    weights: Floats
    near: Floats


def choose_words(
    text: Bitext, weights: Floats, usable: tuple[NDArray[np.bool_], NDArray[np.bool_]]
) -> Words:
    """Choose the source words with at least two likely English ones, the most typical ones first.

    ``usable`` says which words of both sides may be used.
    """
    links = np.zeros((kernels.word_links(text, np.zeros((0, 3), np.int32)), 3), np.int32)
    kernels.word_links(text, links)
    joined = (links[:, 0].astype(np.int64) + 1) << 32 | (links[:, 1].astype(np.int64) + 1)
    keys, which = np.unique(joined, return_inverse=True)
    seen = np.bincount(which)
    counts = np.bincount(which, weights=weights[links[:, 2]])
    source, english = keys >> 32, keys & 0xFFFFFFFF
    chance = counts / np.bincount(source, weights=counts)[source]
    back = counts / np.bincount(english, weights=counts)[english]
    often = np.bincount(source, weights=seen)[source] >= _LEAST_EXAMPLES
    good = (chance >= _LEAST_CHANCE) & (back >= _LEAST_BACK) & (seen >= _LEAST_SEEN) & often
    good &= (source > 0) & (english > 0) & usable[0][source - 1] & usable[1][english - 1]
    at = np.flatnonzero(good)
    at = at[np.lexsort((-chance[at] * back[at], source[at]))]
    words, first, sizes = np.unique(source[at] - 1, return_index=True, return_counts=True)
    first, sizes, words = (each[sizes > 1] for each in (first, sizes, words))
    columns = np.arange(SENSES_MOST)
    places = np.minimum(first[:, None] + columns, len(at) - 1)
    table = np.where(columns < sizes[:, None], english[at][places] - 1, -1)
    return Words(words, table.astype(np.int32))


def _have_letters(words: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([any(map(str.isalpha, word)) for word in words])


def find_examples(text: Bitext, words: Words, size: int) -> NDArray[np.int32]:
    """Return the examples by word: sentence, place, the row of the word, and its sense.

    ``size`` is that of the vocabulary of the source.
    """
    index = np.full(size, -1, np.int32)
    index[words.source] = np.arange(len(words.source))
    count = kernels.find_senses(text, index, words.english, np.zeros((0, 4), np.int32))
    found = np.zeros((count, 4), np.int32)
    kernels.find_senses(text, index, words.english, found)
    return found[np.argsort(found[:, 2], kind="stable")]


@dataclass(frozen=True, slots=True)
class Data:
    """The sentences of the source, their weights in all text and in near text, and its words."""

    source: Ragged
    weights: tuple[Floats, Floats]
    vocabulary: Sequence[str]
    words: Words


def read_examples(data: Data, found: NDArray[np.int32]) -> Iterator[Examples]:
    """Yield the examples of each word, of which those near to news are taken first."""
    hashes = np.array([hash_token(word) for word in [*data.vocabulary, ""]], np.uint64)
    features = np.stack([sense_features(hashes, kind) for kind in range(3)]).astype(np.int32)
    random = np.random.default_rng(1)
    sizes = (data.words.english >= 0).sum(axis=1) + 1
    bounds = np.searchsorted(found[:, 2], np.arange(len(sizes) + 1))
    for size, first, last in zip(sizes, bounds, bounds[1:], strict=False):
        rows = found[first:last]
        rows = rows[random.permutation(len(rows))]
        far = data.weights[1][rows[:, 0]] == 0
        rows = rows[np.argsort(far, kind="stable")[:_MOST_EXAMPLES]]
        rows = rows[random.permutation(len(rows))]
        all_, near = (each[rows[:, 0]] for each in data.weights)
        yield Examples(
            int(size),
            kernels.describe_words(data.source, rows, features),
            rows[:, 3].astype(np.int64),
            _SCALE * all_,
            near + _FAR * _SCALE * all_,
        )


def fit(examples: Examples) -> Fitted:
    """Fit the model of a word."""
    counts = np.bincount(examples.features.values, minlength=1 << _BITS)
    names = np.flatnonzero(counts >= _LEAST_FEATURE)
    totals = np.bincount(examples.senses, weights=examples.weights, minlength=examples.size)
    priors = np.log((totals + 0.1) / (totals + 0.1).sum())
    weights = np.zeros((len(names), examples.size))
    rows = (_number(examples, names), examples.senses, examples.weights)
    kernels.fit_senses(*rows, priors, weights, _PENALTY, _RATE, _EPOCHS)
    return Fitted(priors, names, weights)


def _number(examples: Examples, names: Ints) -> Ragged:
    """Return the features of examples as their numbers in ``names``, -1 if they are not there."""
    numbers = np.full(1 << _BITS, -1, np.int32)
    numbers[names] = np.arange(len(names))
    return kernels.Ragged(numbers[examples.features.values], examples.features.starts)


def measure(examples: Examples, fitted: Fitted) -> tuple[Floats, float]:
    """Return the gain of each weight, and that of all in log-probability; near text counts."""
    gains = np.zeros(fitted.weights.shape)
    rows = (_number(examples, fitted.features), examples.senses, examples.near)
    total = kernels.measure_senses(*rows, fitted.priors, fitted.weights, gains)
    return gains, float(total)


def learn(data: Data, found: NDArray[np.int32], kept: int = KEPT) -> list[Fitted]:
    """Fit the models of all words, with ``kept`` weights; report on sentences held out.

    Text so small that no weight helps has no models.
    """
    held_out = found[:, 0] // _BLOCK % _HELD_OUT == 0
    models: list[Fitted] = []
    gains: list[Floats] = []
    for examples in read_examples(data, found[~held_out]):
        models.append(fit(examples))
        gains.append(measure(examples, models[-1])[0])
    positive = np.concatenate([each[each > 0] for each in gains])
    if not len(positive):
        return []
    place = max(len(positive) - kept, 0)
    least = float(np.partition(positive, place)[place])
    models = [each.keep(gain, least) for each, gain in zip(models, gains, strict=True)]
    print(f"{kept:,} of {len(positive):,} weights kept", flush=True)
    test = zip(read_examples(data, found[held_out]), models, strict=True)
    results = [(measure(examples, each)[1], examples.near.sum()) for examples, each in test]
    gain, total = np.array(results).sum(axis=0)
    print(f"held out: {gain / total:.4f} more log-probability per word", flush=True)
    return models


def adapt(found: NDArray[np.int32], near: Floats, models: Sequence[Fitted]) -> Floats:
    """Return by word and sense the log of its chance in text near to news over that in all text.

    The chances in all text are the prior of those near to news, worth :data:`PRIOR_WORTH` examples.
    """
    width = SENSES_MOST + 1
    keys = found[:, 2].astype(np.int64) * width + found[:, 3]
    counts = np.bincount(keys, weights=near[found[:, 0]], minlength=len(models) * width)
    biases = np.zeros((len(models), width))
    for bias, own, model in zip(biases, counts.reshape(-1, width), models, strict=True):
        chances = np.exp(model.priors)
        seen = own[: len(chances)]
        adapted = (seen + PRIOR_WORTH * chances) / (seen.sum() + PRIOR_WORTH)
        bias[: len(chances)] = np.log(adapted / chances)
    return biases


def pack(
    words: Words,
    models: Sequence[Fitted],
    biases: Floats,
    known: Ints,
    hashes: NDArray[np.uint64],
) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of the model; ``known`` are the ids of English words in the package."""
    english = np.where(words.english >= 0, known[words.english], 0)
    keys = sense_keys(hashes[words.source])
    useful = [n for n in np.argsort(keys, kind="stable") if models[n].weights.any()]
    steps = 127 / max(float(np.abs(models[n].weights).max()) for n in useful)
    priors = np.full((len(useful), SENSES_MOST + 1), -np.inf)
    features, senses, weights = [], [], []
    for row, n in enumerate(useful):
        priors[row, : len(models[n].priors)] = models[n].priors
        levels = np.rint(models[n].weights * steps).astype(np.int8)
        sense, at = np.nonzero(levels.T)
        features.append(models[n].features[at])
        senses.append(sense)
        weights.append(levels[at, sense])
    return {
        "keys": keys[useful],
        "english": english[useful].astype(np.uint16),
        "priors": np.clip(np.rint(-priors * STEPS), 0, 255).astype(np.uint8),
        "biases": np.clip(np.rint(biases[useful] * steps), -127, 127).astype(np.int8),
        "counts": np.array([len(each) for each in features], np.uint16),
        "features": np.concatenate(features).astype(np.uint16),
        "senses": np.concatenate(senses).astype(np.uint8),
        "weights": np.concatenate(weights),
        "steps": np.array(steps),
    }


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.phrases.senses", description=__doc__)
    parser.add_argument(
        "--work", type=Path, required=True, help="folder that align and ngrams filled"
    )
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"])
    options = parser.parse_args()
    ids = {word: n for n, word in enumerate(json.loads((options.work / "words.json").read_text()))}
    for language in options.languages:
        text, source, english = read_bitext(options.work, language, ordered=True)
        weights = (
            weigh_sentences(options.work, language),
            weigh_sentences(options.work, language, NEAR_WEIGHTS),
        )
        known = np.array([ids.get(word, 0) for word in english.words])
        usable = _have_letters(source.words), _have_letters(english.words) & (known > 0)
        words = choose_words(text, weights[0], usable)
        found = find_examples(text, words, len(source.words))
        data = Data(text.source, weights, source.words, words)
        models = learn(data, found) if len(found) else []
        if not models:
            print(f"{language}: too little text for a model of senses")
            continue
        biases = adapt(found, weights[1], models)
        arrays = pack(words, models, biases, known, source.hashes)
        save_arrays(options.work / f"{language}.senses.npz", arrays)


if __name__ == "__main__":
    main()
