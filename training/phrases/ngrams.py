"""``python -m training.phrases.ngrams``: fit the language model of English.

Interpolated modified Kneser-Ney (Chen and Goodman 1998, "An empirical study of smoothing
techniques for language modeling") up to four words.  A model of all text and one of news alone are
interpolated; n-grams that hardly change a probability are left out.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.translation.engines.phrases.english import (
    BEGIN,
    END,
    UNKNOWN,
    WORDS,
    Grams,
    LanguageModel,
    Packing,
)
from corpus_norm.translation.engines.phrases.tables import STEPS, HashSet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Floats = NDArray[np.float64]

MOST_WORDS = 65_536  # ids have two bytes
LEAST_COUNTS = (1, 1, 1, 2, 2)  # the least count of n-grams to keep, by their length
NEWS_LEAST = (1, 1, 1, 1, 1)
NEWS = 0.5
"""The share of the model of news in the whole."""

MOST_GRAMS = (2_000_000, 1_500_000, 1_150_000)
"""N-grams of two, three and four words that are kept, for a model of 18 MB."""

_NEWS_DOMAINS = frozenset({"news", "machine-news"})
_WORD_LEAST = 3


def choose_words(paths: Sequence[Path], most: int = MOST_WORDS) -> list[str]:
    """Choose the words of the model, by id: three special ones, then the most frequent."""
    counts: Counter[str] = Counter()
    for path in paths:
        with path.open(encoding="utf-8") as file:
            for line in file:
                counts.update(line.split())
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[: most - 3]
    return ["<unk>", "<s>", "</s>", *(word for word, count in ranked if count >= _WORD_LEAST)]


def read_ids(paths: Sequence[Path], words: Sequence[str]) -> tuple[Keys, NDArray[np.int64]]:
    """Read all sentences into one array of ids, and the place of each id in its sentence."""
    ids = {word: n for n, word in enumerate(words)}
    flat: list[int] = []
    places: list[NDArray[np.int64]] = []
    for path in paths:
        with path.open(encoding="utf-8") as file:
            for line in file:
                sentence = [ids.get(word, UNKNOWN) for word in line.split()]
                flat += [BEGIN, *sentence, END]
                places.append(np.arange(len(sentence) + 2))
    return np.array(flat, np.uint64), np.concatenate(places)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Sorted n-grams of each length, their probabilities, and the backoffs of shorter ones."""

    keys: dict[int, Keys]
    chances: dict[int, Floats]
    backoffs: dict[int, Floats]
    packing: Packing = WORDS

    def encode(self) -> LanguageModel:
        """Return the model, with a byte for each number."""
        longer = []
        order = self.packing.order
        for n in range(2, order + 1):
            present, slots = HashSet.build(self.keys[n])
            size = len(present.checks)
            logs, costs = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
            logs[slots] = _code(self.chances[n])
            if n < order:
                costs[slots] = _code(self.backoffs[n])
            longer.append(Grams(present, logs, costs if n < order else costs[:0]))
        unigrams, costs = _code(self.chances[1]), _code(self.backoffs[1])
        return LanguageModel(unigrams, costs, tuple(longer), self.packing)


def write_news(work: Path, paths: Sequence[Path]) -> Path:
    """Write the English sentences of news into one file."""
    news = work / "news.txt"
    with news.open("w", encoding="utf-8") as out:
        for path in paths:
            with (
                path.with_suffix(".domain").open(encoding="utf-8") as domains,
                path.open(encoding="utf-8") as file,
            ):
                rows = zip(domains, file, strict=True)
                out.writelines(line for domain, line in rows if domain.strip() in _NEWS_DOMAINS)
    return news


def fit(flat: Keys, places: NDArray[np.int64], words: int) -> LanguageModel:
    """Fit the model of sentences from :func:`read_ids`."""
    return estimate(flat, places, words).encode()


def estimate(
    flat: Keys,
    places: NDArray[np.int64],
    words: int,
    least: tuple[int, ...] = LEAST_COUNTS,
    packing: Packing = WORDS,
) -> Estimate:
    """Estimate the probabilities of n-grams that occur at least as often as ``least`` says."""
    counted = _count(flat, places, packing)
    keys = {1: np.arange(words, dtype=np.uint64)}
    chances = {1: _fit_unigrams(*counted[1], words)}
    backoffs = {1: np.zeros(words)}
    for n in range(2, packing.order + 1):
        shorter = keys[n - 1], chances[n - 1]
        fitted = _fit_longer(least[n], counted[n], shorter, _Parts(packing, n))
        (keys[n], chances[n]), backoffs[n - 1] = fitted
    return Estimate(keys, chances, backoffs, packing)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Cuts n-grams of one length."""

    packing: Packing
    size: int

    def prefix(self, keys: Keys) -> Keys:
        """Return n-grams without their last word."""
        return keys >> self.packing.step

    def suffix(self, keys: Keys) -> Keys:
        """Return n-grams without their first word."""
        return keys & self.packing.last(self.size - 1)


def mix(first: Estimate, second: Estimate, share: float) -> Estimate:
    """Interpolate two models, the second by ``share``, into one with the n-grams of both."""
    keys = {n: np.union1d(first.keys[n], second.keys[n]) for n in first.keys}
    one, two = _look_up(first, keys), _look_up(second, keys)
    chances = {n: (1 - share) * one[n] + share * two[n] for n in keys}
    return _balance(keys, chances, first.packing)


def prune(model: Estimate, kept: Mapping[int, int]) -> Estimate:
    """Keep the given numbers of n-grams of each length, those that change probabilities most.

    The change is weighed by how often the n-gram is to be expected (Stolcke 1998, "Entropy-based
    pruning of backoff language models").
    """
    keys, chances = dict(model.keys), dict(model.chances)
    gains = _measure_gains(model)
    order = model.packing.order
    for n in range(order, 1, -1):
        gain = gains[n]
        if n < order:  # the beginning and the end of a longer one must stay
            parts = _Parts(model.packing, n + 1)
            own = parts.prefix(keys[n + 1]), parts.suffix(keys[n + 1])
            needed = np.unique(_locate(keys[n], np.concatenate(own)))
            gain[needed] = np.inf
        if len(keys[n]) > kept.get(n, len(keys[n])):
            best = np.sort(np.argpartition(-gain, kept[n])[: kept[n]])
            stays = np.union1d(best, np.flatnonzero(np.isinf(gain)))
            keys[n], chances[n] = keys[n][stays], chances[n][stays]
    return _balance(keys, chances, model.packing)


def _look_up(model: Estimate, keys: Mapping[int, Keys]) -> dict[int, Floats]:
    """Return the probability of each n-gram under a model that may lack it."""
    found = {1: model.chances[1]}
    for n in range(2, model.packing.order + 1):
        parts = _Parts(model.packing, n)
        own = _locate(model.keys[n], keys[n])
        before = _locate(model.keys[n - 1], parts.prefix(keys[n]))
        costs = np.where(before >= 0, model.backoffs[n - 1][before], 1.0)
        shorter = found[n - 1][_locate(keys[n - 1], parts.suffix(keys[n]))]
        found[n] = np.where(own >= 0, model.chances[n][own], costs * shorter)
    return found


def _balance(keys: dict[int, Keys], chances: dict[int, Floats], packing: Packing) -> Estimate:
    """Set the backoffs such that the probabilities after each context sum to one."""
    backoffs = {}
    for n in range(2, packing.order + 1):
        parts = _Parts(packing, n)
        before = _locate(keys[n - 1], parts.prefix(keys[n]))
        shorter = chances[n - 1][_locate(keys[n - 1], parts.suffix(keys[n]))]
        size = len(keys[n - 1])
        left = 1.0 - np.bincount(before, weights=chances[n], minlength=size)
        rest = 1.0 - np.bincount(before, weights=shorter, minlength=size)
        backoffs[n - 1] = np.clip(left, 1e-9, 1.0) / np.clip(rest, 1e-9, 1.0)
    return Estimate(keys, chances, backoffs, packing)


def _measure_gains(model: Estimate) -> dict[int, Floats]:
    joint = model.chances[1].copy()
    joint[BEGIN] = joint[END]  # no sentence predicts its beginning
    gains = {}
    for n in range(2, model.packing.order + 1):
        parts = _Parts(model.packing, n)
        keys = model.keys[n]
        before = _locate(model.keys[n - 1], parts.prefix(keys))
        rest = _locate(model.keys[n - 1], parts.suffix(keys))
        without = model.backoffs[n - 1][before] * model.chances[n - 1][rest]
        joint = joint[before] * model.chances[n]
        gains[n] = joint * np.abs(np.log(model.chances[n]) - np.log(np.maximum(without, 1e-12)))
    return gains


def _count(
    flat: Keys, places: NDArray[np.int64], packing: Packing
) -> dict[int, tuple[Keys, NDArray[np.int64]]]:
    """Count n-grams; for those shorter than the longest, count the distinct words before them."""
    counted = {}
    for n in range(packing.order, 0, -1):
        at = np.flatnonzero(places >= max(1, n - 1))
        keys = np.zeros(len(at), np.uint64)
        for back in range(n - 1, -1, -1):
            keys = keys << packing.step | flat[at - back]
        grams, counts = np.unique(keys, return_counts=True)
        if n < packing.order:
            longer = counted[n + 1][0]
            ends, extensions = np.unique(longer & packing.last(n), return_counts=True)
            # N-grams at the start of a sentence have no word before them: keep their counts.
            inside = grams >> np.uint64(packing.bits * (n - 1)) != BEGIN
            where = np.searchsorted(ends, grams[inside])
            counts[inside] = extensions[where]
        counted[n] = (grams, counts)
    return counted


def _discounts(counts: NDArray[np.int64]) -> Floats:
    ones, twos, threes, fours = (max(1, int((counts == n).sum())) for n in (1, 2, 3, 4))
    share = ones / (ones + 2 * twos)
    steps = (0, 1 - 2 * share * twos / ones, 2 - 3 * share * threes / twos)
    return np.clip(np.array([*steps, 3 - 4 * share * fours / threes]), 0.0, [0, 1, 2, 3])[
        np.minimum(counts, 3)
    ]


def _fit_unigrams(keys: Keys, counts: NDArray[np.int64], words: int) -> Floats:
    discounts = _discounts(counts)
    chances = np.full(words, discounts.sum() / counts.sum() / words)
    chances[keys.astype(np.int64)] += (counts - discounts) / counts.sum()
    return chances


def _fit_longer(
    least: int,
    counted: tuple[Keys, NDArray[np.int64]],
    shorter: tuple[Keys, Floats],
    parts: _Parts,
) -> tuple[tuple[Keys, Floats], Floats]:
    """Return the kept n-grams with probabilities, and the backoff of each shorter one."""
    keys, counts = counted
    below, chances = shorter
    prefix, suffix = parts.prefix(keys), parts.suffix(keys)
    contexts, which = np.unique(prefix, return_inverse=True)
    of_context, of_rest = _locate(below, contexts), _locate(below, suffix)
    keep = (counts >= least) & (of_context[which] >= 0) & (of_rest >= 0)
    totals = np.bincount(which, weights=counts)
    own = np.where(keep, (counts - _discounts(counts)) / totals[which], 0.0)
    left = 1.0 - np.bincount(which, weights=own)
    probability = own[keep] + left[which[keep]] * chances[of_rest[keep]]
    backoffs = np.ones(len(below))
    there = of_context >= 0
    backoffs[of_context[there]] = left[there]
    return (keys[keep], probability), backoffs


def _locate(keys: Keys, wanted: Keys) -> NDArray[np.int64]:
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1)


def _code(chances: Floats) -> NDArray[np.uint8]:
    steps = np.rint(-STEPS * np.log(np.maximum(chances, 1e-9)))
    return np.clip(steps, 0, 255).astype(np.uint8)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.phrases.ngrams", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--words", type=int, default=MOST_WORDS, help="size of the vocabulary")
    parser.add_argument("--news", type=float, default=NEWS, help="share of the model of news")
    parser.add_argument(
        "--most", type=int, nargs=3, default=MOST_GRAMS, help="n-grams of two to four words to keep"
    )
    options = parser.parse_args()
    paths = sorted(options.work.glob("*.english"))
    words = choose_words(paths, options.words)
    whole = estimate(*read_ids(paths, words), len(words))
    news = write_news(options.work, paths)
    if news.stat().st_size:
        own = estimate(*read_ids([news], words), len(words), NEWS_LEAST)
        whole = mix(whole, own, options.news)
    model = prune(whole, dict(enumerate(options.most, start=2))).encode()
    np.savez(options.work / "ngrams.npz", **model.arrays())
    (options.work / "words.json").write_text(json.dumps(words, ensure_ascii=False), "utf-8")
    sizes = ", ".join(f"{int((g.present.checks > 0).sum()):,}" for g in model.longer)
    print(f"{len(words):,} words; n-grams of two to {WORDS.order} words: {sizes}")


if __name__ == "__main__":
    main()
