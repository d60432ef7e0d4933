"""``python -m training.phrases.ngrams``: fit the language model of English.

Interpolated modified Kneser-Ney (Chen and Goodman 1998, "An empirical study of smoothing
techniques for language modeling") up to four words.  Rare n-grams are left out; their probability
goes to the shorter ones.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.translation.engines.phrases.language_model import (
    BEGIN,
    END,
    ORDER,
    STEPS,
    UNKNOWN,
    Grams,
    LanguageModel,
)
from corpus_norm.translation.engines.phrases.table import HashSet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Floats = NDArray[np.float64]

MOST_WORDS = 65_536  # ids have two bytes
LEAST_COUNTS = (1, 1, 1, 2, 2)  # the least count of n-grams to keep, by their length
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


def fit(flat: Keys, places: NDArray[np.int64], words: int) -> LanguageModel:
    """Fit the model of sentences from :func:`read_ids`."""
    counted = _count(flat, places)
    known = np.arange(words, dtype=np.uint64)
    chances = _fit_unigrams(*counted[1], words)
    backoffs = {1: np.zeros(words)}
    kept: dict[int, tuple[Keys, Floats]] = {1: (known, chances)}
    for n in range(2, ORDER + 1):
        kept[n], backoffs[n - 1] = _fit_longer(n, *counted[n], *kept[n - 1])
    longer = []
    for n in range(2, ORDER + 1):
        present, slots = HashSet.build(kept[n][0])
        size = len(present.checks)
        logs, costs = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
        logs[slots] = _code(kept[n][1])
        if n < ORDER:
            costs[slots] = _code(backoffs[n])
        longer.append(Grams(present, logs, costs if n < ORDER else costs[:0]))
    return LanguageModel(_code(chances), _code(backoffs[1]), tuple(longer))


def _count(flat: Keys, places: NDArray[np.int64]) -> dict[int, tuple[Keys, NDArray[np.int64]]]:
    """Count n-grams; for those shorter than the longest, count the distinct words before them."""
    counted = {}
    for n in range(ORDER, 0, -1):
        at = np.flatnonzero(places >= max(1, n - 1))
        keys = np.zeros(len(at), np.uint64)
        for back in range(n - 1, -1, -1):
            keys = keys << np.uint64(16) | flat[at - back]
        grams, counts = np.unique(keys, return_counts=True)
        if n < ORDER:
            longer = counted[n + 1][0]
            ends, extensions = np.unique(longer & np.uint64((1 << 16 * n) - 1), return_counts=True)
            # N-grams at the start of a sentence have no word before them: keep their counts.
            inside = grams >> np.uint64(16 * (n - 1)) != BEGIN
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
    n: int, keys: Keys, counts: NDArray[np.int64], shorter: Keys, chances: Floats
) -> tuple[tuple[Keys, Floats], Floats]:
    """Return the kept n-grams with probabilities, and the backoff of each shorter one."""
    prefix, suffix = keys >> np.uint64(16), keys & np.uint64((1 << 16 * (n - 1)) - 1)
    contexts, which = np.unique(prefix, return_inverse=True)
    of_context, of_rest = _locate(shorter, contexts), _locate(shorter, suffix)
    keep = (counts >= LEAST_COUNTS[n]) & (of_context[which] >= 0) & (of_rest >= 0)
    totals = np.bincount(which, weights=counts)
    own = np.where(keep, (counts - _discounts(counts)) / totals[which], 0.0)
    left = 1.0 - np.bincount(which, weights=own)
    probability = own[keep] + left[which[keep]] * chances[of_rest[keep]]
    backoffs = np.ones(len(shorter))
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
    options = parser.parse_args()
    paths = sorted(options.work.glob("*.english"))
    words = choose_words(paths, options.words)
    model = fit(*read_ids(paths, words), len(words))
    np.savez(options.work / "ngrams.npz", **model.arrays())
    (options.work / "words.json").write_text(json.dumps(words, ensure_ascii=False), "utf-8")
    sizes = ", ".join(f"{int((g.present.checks > 0).sum()):,}" for g in model.longer)
    print(f"{len(words):,} words; n-grams of two to {ORDER} words: {sizes}")


if __name__ == "__main__":
    main()
