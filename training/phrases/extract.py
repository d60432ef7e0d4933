"""``python -m training.phrases.extract``: extract phrase pairs with their features.

Writes ``LANGUAGE.phrases.npz``; a row is a pair that was seen often enough for its length.
Probabilities are relative frequencies, weighted by domain and discounted (Foster, Kuhn and Johnson
2006, "Phrasetable smoothing").  In French they are the prior of those counted in text near to news
(maximum a posteriori; Bacchiani et al. 2006, "MAP adaptation of stochastic grammars").  Lexical
weights and orientations are those of Koehn et al. (2003 and 2005).
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from corpus_norm.translation.engines.phrases.tables import ENGLISH_MOST, hash_token
from corpus_norm.translation.engines.phrases.tokens import JOIN, NUMBER
from training.phrases import kernels
from training.phrases.build import Weights
from training.phrases.kernels import Bitext, Ragged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DOMAIN_WEIGHTS = {
    "news": 4.0,
    "machine-news": 3.0,
    "prose": 2.0,
    "speech": 1.5,
    "fiction": 0.7,
    "archaic": 0.2,
    "law": 0.5,
    "documentation": 0.6,
    "repetitive": 0.1,
    "ui": 0.3,
    "dictionary": 0.5,
    "names": 1.0,
}
"""The weight of a sentence, by its domain."""

NEAR_WEIGHTS = dict.fromkeys(DOMAIN_WEIGHTS, 0.0) | {
    "news": 1.0,
    "machine-news": 0.75,
    "prose": 0.5,
    "speech": 0.35,
}
"""The weight of a sentence that is near to news, by its domain, in counts of near text."""

PRIOR = {"fr": 15.0}
"""How many counts of near text the probabilities of all text are worth; without one, all is."""

FEATURES = (
    "english_given_source",
    "source_given_english",
    "lexical",
    "lexical_back",
    "once",
    "rare",
)
LEAST_SEEN = (0, 1, 2, 4, 4, 4)
"""The least count of a pair, by its number of source tokens."""

LEAST_NEAR = {"fr": 8.0, "zh": 6.0}
"""The least weight of a pair that was seen twice or three times: two sentences of news (8).

Two machine translations of news weigh 6.  French has more of these, often two of one sentence.
"""

_LEAST_CHANCE = 0.01
_MOST_GROWTH = 3  # tokens; the largest difference between the lengths of the sides
_RARE = 3
_LEAST_LOSS = 0.3  # the least gain in score of a pair over the best two smaller ones
_DISCOUNTS = (0.0, 0.6, 0.35, 0.2)  # by the count of a pair: 0, 1, 2, more


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The distinct tokens of one side, by id."""

    words: list[str]

    @property
    def hashes(self) -> NDArray[np.uint64]:
        """Return the hash of each token."""
        return np.array([hash_token(word) for word in self.words], np.uint64)


def read_tokens(path: Path) -> tuple[Ragged, Vocabulary]:
    """Read a file of sentences as ids."""
    ids: dict[str, int] = {}
    values: list[int] = []
    starts = [0]
    with path.open(encoding="utf-8") as file:
        for line in file:
            values += [ids.setdefault(word, len(ids)) for word in line.split()]
            starts.append(len(values))
    return Ragged(np.array(values, np.int32), np.array(starts, np.int64)), Vocabulary(list(ids))


def read_links(path: Path) -> Ragged:
    """Read a file of links, each written ``source-target``."""
    values: list[int] = []
    starts = [0]
    with path.open(encoding="utf-8") as file:
        for line in file:
            for link in line.split():
                source, english = link.split("-")
                values.append(int(source) << 8 | int(english))
            starts.append(len(values))
    return Ragged(np.array(values, np.int32), np.array(starts, np.int64))


def read_bitext(
    work: Path, language: str, *, ordered: bool = False
) -> tuple[Bitext, Vocabulary, Vocabulary]:
    """Read the sentences of a language with their links, and the words of both sides.

    ``ordered`` puts the source into the order of ``LANGUAGE.places.npy``, if there is that file.
    """
    source, source_words = read_tokens(work / f"{language}.source")
    english, english_words = read_tokens(work / f"{language}.english")
    links = [read_links(work / f"{language}.{way}") for way in ("forward", "reverse")]
    path = work / f"{language}.places.npy"
    if ordered and path.exists():
        places = np.load(path)
        links = [kernels.move_links(each, source, places) for each in links]
        source = kernels.move_words(source, places)
    return Bitext(source, english, *links), source_words, english_words


def weigh_sentences(
    work: Path, language: str, by_domain: Mapping[str, float] = DOMAIN_WEIGHTS
) -> Floats:
    """Return the weight of each sentence of a language, by its domain."""
    domains = (work / f"{language}.domain").read_text("utf-8").split()
    return np.array([by_domain[domain] for domain in domains])


@dataclass(frozen=True, slots=True)
class Evidence:
    """The weight of each sentence, in all text and in near text, and the prior of all text.

    Without a prior, near text has no counts of its own.
    """

    weights: Floats
    near: Floats
    prior: float | None

    @classmethod
    def read(cls, work: Path, language: str) -> Self:
        """Read the domains of the sentences of a language."""
        return cls(
            weigh_sentences(work, language),
            weigh_sentences(work, language, NEAR_WEIGHTS),
            PRIOR.get(language),
        )

    def share(
        self, keys: NDArray[np.generic], counts: Floats, lowered: Floats, near: Floats
    ) -> Floats:
        """Return the probability of each row, given its key.

        ``lowered`` are the discounted ``counts`` of all text, and ``near`` the counts of near text.

        >>> keys, counts, near = np.array([7, 7]), np.array([60.0, 40.0]), np.array([0.0, 10.0])
        >>> evidence = Evidence(np.ones(1), np.ones(1), prior=10.0)
        >>> evidence.share(keys, counts, counts, near).tolist()
        [0.3, 0.7]
        """
        _, which = np.unique(keys, return_inverse=True)
        chances: Floats = lowered / np.bincount(which, weights=counts)[which]
        if self.prior is None:
            return chances
        totals = np.bincount(which, weights=near)[which]
        adapted: Floats = (near + self.prior * chances) / (totals + self.prior)
        return adapted


def extract(work: Path, language: str, known: Sequence[str]) -> dict[str, NDArray[np.generic]]:
    """Return the phrase pairs whose English has only ``known`` words, as columns."""
    text, source_words, english_words = read_bitext(work, language, ordered=True)
    source, english = text.source, text.english
    evidence = Evidence.read(work, language)
    keys, forward, reverse = _word_chances(text, evidence)
    ids = {word: n for n, word in enumerate(known)}
    model_ids = np.array([ids.get(word, 0) for word in english_words.words])
    is_number = np.array([word.strip(JOIN) == NUMBER for word in english_words.words])
    number = source_words.words.index(NUMBER) if NUMBER in source_words.words else -1

    rows = np.zeros(
        (kernels.phrase_pairs(text, number, is_number, np.zeros((0, 7), np.int32)), 7), np.int32
    )
    kernels.phrase_pairs(text, number, is_number, rows)
    _say(f"{len(rows):,} phrase pairs seen")
    left = kernels.hash_phrases(source, rows, 0, 1, 2, source_words.hashes)
    right = kernels.hash_phrases(english, rows, 0, 3, 4, english_words.hashes)
    pairs = _count_pairs(rows, left, right, evidence)
    first = rows[pairs.first]
    sizes = (first[:, 2] - first[:, 1]), (first[:, 4] - first[:, 3])
    columns = np.arange(ENGLISH_MOST)
    places = english.starts[first[:, 0]] + first[:, 3]
    filled = columns < sizes[1][:, None]
    words = model_ids[
        english.values[np.minimum(places[:, None] + columns, len(english.values) - 1)]
    ]
    keep = (
        (
            (pairs.seen >= np.array(LEAST_SEEN)[sizes[0]])
            | ((pairs.seen > 1) & (pairs.weight >= LEAST_NEAR[language]))
        )
        & (pairs.chance >= _LEAST_CHANCE)
        & (np.abs(sizes[0] - sizes[1]) <= _MOST_GROWTH)
        & ((pairs.seen > 1) | (sizes[1] <= sizes[0] + 1))
        & ((words > 0) | ~filled).all(axis=1)
    )
    at = np.flatnonzero(keep)
    _say(f"{len(pairs.first):,} different ones, {len(at):,} kept")
    lexical = np.zeros((len(at), 2))
    kernels.lexical_weights(text, first[at], keys, forward, reverse, lexical)
    features = np.stack(
        [
            np.log(pairs.chance[at]),
            np.log(pairs.chance_back[at]),
            lexical[:, 0],
            lexical[:, 1],
            -1.0 * (pairs.seen[at] == 1),
            -1.0 * (pairs.seen[at] <= _RARE),
        ],
        axis=1,
    )
    # Leave out a pair that two smaller ones translate as well.
    joined = kernels.join_hashes(left[pairs.first][at], right[pairs.first][at])
    scores = features @ Weights().of_pairs + Weights().phrase + Weights().word * sizes[1][at]
    order = np.argsort(joined)
    composed = np.zeros(len(at))
    hashes = source_words.hashes, english_words.hashes
    kernels.best_composition(text, first[at], *hashes, joined[order], scores[order], composed)
    needed = scores - composed > _LEAST_LOSS
    _say(f"{int(needed.sum()):,} of them say what smaller ones do not")
    at, features = at[needed], features[needed]
    return {
        "keys": left[pairs.first][at],
        "source_sizes": sizes[0][at].astype(np.uint8),
        "sizes": sizes[1][at].astype(np.uint8),
        "words": np.where(filled, words, 0)[at].astype(np.uint16),
        "features": features.astype(np.float32),
        "orders": pairs.orders[at].astype(np.float32),
    }


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The distinct pairs: an example row of each, counts, probabilities and orientations.

    ``weight`` is the sum of the weights of its sentences.
    """

    first: NDArray[np.int64]
    seen: NDArray[np.int64]
    weight: Floats
    chance: Floats
    chance_back: Floats
    orders: Floats


def _count_pairs(
    rows: NDArray[np.int32],
    left: NDArray[np.uint64],
    right: NDArray[np.uint64],
    evidence: Evidence,
) -> _Pairs:
    both = kernels.join_hashes(left, right)
    order = np.argsort(both, kind="stable")
    both = both[order]
    starts = np.flatnonzero(np.concatenate([[True], both[1:] != both[:-1]]))
    seen = np.diff(np.append(starts, len(both)))
    weights = evidence.weights[rows[order, 0]]
    counts = np.add.reduceat(weights, starts)
    near = np.add.reduceat(evidence.near[rows[order, 0]], starts)
    first = order[starts]
    orders = [
        np.add.reduceat(weights * (rows[order, column] == kind), starts)
        for column in (5, 6)
        for kind in (kernels.MONOTONE, kernels.SWAP, kernels.DISCONTINUOUS)
    ]
    lowered = counts - np.array(_DISCOUNTS)[np.minimum(seen, 3)] * counts / seen
    return _Pairs(
        first,
        seen,
        counts,
        evidence.share(left[first], counts, lowered, near),
        evidence.share(right[first], counts, lowered, near),
        np.stack(orders, axis=1),
    )


def _word_chances(text: Bitext, evidence: Evidence) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Count links between words; return their probabilities given either word."""
    links = np.zeros((kernels.word_links(text, np.zeros((0, 3), np.int32)), 3), np.int32)
    kernels.word_links(text, links)
    keys, which = np.unique(
        (links[:, 0].astype(np.int64) + 1) << 32 | (links[:, 1].astype(np.int64) + 1),
        return_inverse=True,
    )
    counts, near = (
        np.bincount(which, weights=each[links[:, 2]]).astype(np.float64)
        for each in (evidence.weights, evidence.near)
    )
    forward, reverse = (
        evidence.share(side, counts, counts, near) for side in (keys >> 32, keys & 0xFFFFFFFF)
    )
    return keys, forward, reverse


_START = time.monotonic()


def _say(text: str) -> None:
    print(f"{time.monotonic() - _START:6.0f} s  {text}", flush=True)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.phrases.extract", description=__doc__)
    parser.add_argument(
        "--work", type=Path, required=True, help="folder that align and ngrams filled"
    )
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"])
    options = parser.parse_args()
    known = json.loads((options.work / "words.json").read_text("utf-8"))
    for language in options.languages:
        np.savez(options.work / f"{language}.phrases.npz", **extract(options.work, language, known))


if __name__ == "__main__":
    main()
