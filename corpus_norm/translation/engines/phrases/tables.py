"""The tables of the phrase-based engine: phrases with their English, swaps and senses.

Keys of 64 bits take two bytes per slot and are looked up an array at a time.  The sets use open
addressing with linear probing (Knuth, TAOCP 6.4).  A slot keeps 16 bits of the
key's hash, so about one absent key in ten thousand is found by mistake.

The model of neighbours says which two words of the source change places in English, and the model
of senses which English word of several a source word has in its sentence.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Slots = NDArray[np.int64]
    Hashes = NDArray[np.uint64]
    Ints = NDArray[np.int64]
    Words = NDArray[np.uint64]
    Weights = NDArray[np.float32]


STEPS = 16.0
"""Steps of a natural logarithm in which probabilities are kept."""

_LOGS = np.arange(256, dtype=np.float32) / np.float32(-STEPS)

LOAD = 0.8
"""The share of slots that are taken."""

_MIXERS = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
_LAST_SHIFT = np.uint64(31)


def mix(keys: Keys) -> Keys:
    """Spread keys over all 64 bits (SplitMix64; Steele, Lea and Flood 2014)."""
    for shift, factor in _MIXERS:
        keys = keys ^ (keys >> shift)
        keys *= factor
    return keys ^ (keys >> _LAST_SHIFT)


_HALF, _LEAST_CHECK = np.uint64(32), np.uint16(1)
_AHEAD, _FAR_AHEAD = 48, 384  # slots looked up at a time


@dataclass(frozen=True, slots=True)
class HashSet:
    """A set of keys: 16 bits of the hash of the key in each slot, or 0 if the slot is empty."""

    checks: NDArray[np.uint16]

    @classmethod
    def build(cls, keys: Keys) -> tuple[Self, Slots]:
        """Build the set of distinct keys; return it and the slot of each key.

        >>> keys = np.arange(1000, dtype=np.uint64)
        >>> found, slots = HashSet.build(keys)
        >>> bool((found.find(keys) == slots).all())
        True
        """
        size = int(len(keys) / LOAD) + 2
        made = cls(np.zeros(size, np.uint16))
        places, checks = made._places(keys)
        slots = np.full(len(keys), -1)
        waiting = np.arange(len(keys))
        while len(waiting):
            free = made.checks[places[waiting]] == 0
            _, first = np.unique(places[waiting[free]], return_index=True)
            lucky = waiting[free][first]
            made.checks[places[lucky]] = checks[lucky]
            slots[lucky] = places[lucky]
            waiting = waiting[slots[waiting] < 0]
            places[waiting] = (places[waiting] + 1) % size
        return made, slots

    def find(self, keys: Keys) -> Slots:
        """Return the slot of each key, or -1 if the key is absent.

        The slots after the first are looked up many at a time, as a search may pass a hundred.
        """
        places, checks = self._places(keys)
        seen = self.checks[places]
        hit = seen == checks
        slots = np.where(hit, places, -1)
        (open_,) = ((seen != 0) & ~hit).nonzero()
        places, checks = places[open_] + 1, checks[open_]
        width = _AHEAD
        while len(open_):
            windows = self._read(places, width)
            hits = windows == checks[:, None]
            ends = hits | (windows == 0)
            rows, column = np.arange(len(open_)), ends.argmax(axis=1)  # of the hit or empty slot
            hit = hits[rows, column]
            slots[open_[hit]] = (places[hit] + column[hit]) % len(self.checks)
            (going,) = (~ends[rows, column]).nonzero()
            open_, places, checks = open_[going], places[going] + width, checks[going]
            width = _FAR_AHEAD
        return slots

    def _read(self, places: Slots, width: int) -> NDArray[np.uint16]:
        """Return the slots from each place on; the first follows the last."""
        size = len(self.checks)
        found: NDArray[np.uint16]
        if places.max() + width > size:
            found = self.checks[(places[:, None] + np.arange(width)) % size]
        else:
            shape, steps = (size - width + 1, width), self.checks.strides * 2
            found = np.ndarray(shape, np.uint16, self.checks, strides=steps)[places]
        return found

    def _places(self, keys: Keys) -> tuple[Slots, NDArray[np.uint16]]:
        mixed = mix(keys)
        places = ((mixed >> _HALF) * np.uint64(len(self.checks))) >> _HALF
        return places.view(np.int64), np.maximum(mixed.astype(np.uint16), _LEAST_CHECK)


def decode_logs(codes: NDArray[np.uint8]) -> Weights:
    """Convert bytes to the natural logarithms they stand for."""
    return _LOGS[codes]


SOURCE_MOST = 5
"""Tokens of the longest source phrase."""

ENGLISH_MOST = 6
SCORE_STEPS = 256.0
"""Steps of a natural logarithm in which scores are kept."""

_BUCKETS = 1 << 16
_LOW_BITS = np.uint64(32)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Matches:
    """English counterparts of spans of sentences, one per row.

    ``words`` are ids in :data:`ENGLISH_MOST` columns, the first ``sizes`` of which are filled;
    ``pairs`` are rows of the table, or -1 for a token that is copied.  ``walls`` has the place of
    the next sign that no word moves across, for each sentence and token.
    """

    sentences: Ints
    starts: Ints
    ends: Ints
    pairs: Ints
    sizes: Ints
    words: NDArray[np.uint64]
    walls: Ints

    def __len__(self) -> int:
        return len(self.pairs)


@dataclass(frozen=True, slots=True)
class PhraseTable:
    """Phrase pairs by source phrase.

    ``keys`` are sorted; the pairs of ``keys[i]`` are ``firsts[i]`` up to ``firsts[i + 1]``.
    ``scores`` are in :data:`SCORE_STEPS`.  ``sizes`` count the English words of each pair, which
    stand together in ``words`` from ``offsets`` on.  ``classes`` choose the ordering scores.
    """

    keys: Hashes
    firsts: Ints
    scores: NDArray[np.int16]
    classes: NDArray[np.uint8]
    sizes: NDArray[np.uint8]
    words: NDArray[np.uint16]
    offsets: Ints

    @classmethod
    def of_columns(cls, keys: Hashes, counts: Ints, columns: Mapping[str, Any]) -> Self:
        """Make a table from sorted keys, their numbers of pairs, and the named columns of pairs."""
        offsets = _starts(columns["sizes"].astype(np.int64))
        return cls(keys, _starts(counts), **columns, offsets=offsets)

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, Any]) -> Self:
        """Make a table from the arrays of :meth:`arrays`."""
        high = np.repeat(np.arange(_BUCKETS, dtype=np.uint64), arrays["buckets"])
        columns = {name: arrays[name] for name in ("scores", "classes", "sizes", "words")}
        keys = high << _LOW_BITS | arrays["lows"]
        return cls.of_columns(keys, arrays["counts"].astype(np.int64), columns)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays to store in a file, by name."""
        high = (self.keys >> _LOW_BITS).astype(np.int64)
        return {
            "buckets": np.bincount(high, minlength=_BUCKETS).astype(np.uint16),
            "lows": self.keys.astype(np.uint32),
            "counts": np.diff(self.firsts).astype(np.uint8),
            "scores": self.scores,
            "classes": self.classes,
            "sizes": self.sizes,
            "words": self.words,
        }

    def without(self, pairs: Ints) -> Self:
        """Return the table without the pairs at these places, nor phrases left without any."""
        keep = np.ones(len(self.scores), bool)
        keep[pairs] = False
        owners = np.repeat(np.arange(len(self.keys)), np.diff(self.firsts))
        counts = np.bincount(owners[keep], minlength=len(self.keys))
        columns = {name: getattr(self, name)[keep] for name in ("scores", "classes", "sizes")}
        words = self.words[np.repeat(keep, self.sizes)]
        left = counts > 0
        return self.of_columns(self.keys[left], counts[left], {**columns, "words": words})

    def knows(self, tokens: Sequence[str]) -> NDArray[np.bool_]:
        """Return whether each token has counterparts of its own."""
        hashes = np.array([_cached_hash(token) for token in tokens], np.uint64)
        single = shorten(extend_hash(np.zeros_like(hashes), hashes))
        known: NDArray[np.bool_] = self.keys[self._place(single)] == single
        return known

    def has(self, phrase: Sequence[str]) -> bool:
        """Return whether a phrase has counterparts as a whole."""
        hashes = np.zeros(1, np.uint64)
        for token in phrase:
            hashes = extend_hash(hashes, np.array([_cached_hash(token)], np.uint64))
        key = shorten(hashes)
        return bool((self.keys[self._place(key)] == key)[0])

    def _place(self, keys: Hashes) -> Ints:
        return np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)

    def find(
        self, sentences: Sequence[Sequence[str]], kept: Sequence[Sequence[int]] = ()
    ) -> Matches:
        """Find all counterparts of all spans, and add a row to copy each token that has none.

        ``kept`` are the places of tokens in each sentence that may be copied in any case.
        """
        spans, hashes = _hash_spans(sentences)
        hashes = shorten(hashes)
        at = self._place(hashes)
        there = self.keys[at] == hashes
        at, spans = at[there], spans[there]
        counts = self.firsts[at + 1] - self.firsts[at]
        pairs = expand(self.firsts[at], counts)
        spans = np.repeat(spans, counts, axis=0)
        sizes = self.sizes[pairs].astype(np.int64)
        columns = np.arange(ENGLISH_MOST)
        places = np.minimum(self.offsets[pairs][:, None] + columns, len(self.words) - 1)
        words = np.where(columns < sizes[:, None], self.words[places], 0).astype(np.uint64)
        copied = _uncovered(spans, [len(sentence) for sentence in sentences], kept)
        spans = np.concatenate([spans, copied])
        order = np.lexsort((spans[:, 1], spans[:, 0]))
        extra = len(copied)
        owners, starts, ends = spans[order].T
        return Matches(
            sentences=owners,
            starts=starts,
            ends=ends,
            pairs=np.concatenate([pairs, np.full(extra, -1)])[order],
            sizes=np.concatenate([sizes, np.ones(extra, np.int64)])[order],
            words=np.concatenate([words, np.zeros((extra, ENGLISH_MOST), np.uint64)])[order],
            walls=_find_walls(sentences),
        )


WALLS = frozenset('，。；：？！,.;:?!"()（）《》〈〉「」『』…')
"""Signs that no word moves across."""


def _find_walls(sentences: Sequence[Sequence[str]]) -> Ints:
    """Return the place of the next wall at or after each token, or the end of the sentence."""
    longest = max(map(len, sentences), default=0)
    walls = np.zeros((len(sentences), longest + 1), np.int64)
    for row, sentence in zip(walls, sentences, strict=True):
        row[len(sentence) :] = len(sentence)
        for at in range(len(sentence) - 1, -1, -1):
            row[at] = at if sentence[at] in WALLS else row[at + 1]
    return walls


def hash_token(token: str) -> int:
    """Return the 64-bit BLAKE2b hash of a token (RFC 7693)."""
    return int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest(), "little")


def extend_hash(hashes: Hashes, tokens: Hashes) -> Hashes:
    """Return the hashes of phrases extended by one token each; an empty phrase has the hash 0."""
    longer = (hashes ^ tokens) * _FACTOR
    return longer ^ (longer >> np.uint64(29))


def shorten(hashes: Hashes) -> Hashes:
    """Return the high 48 bits of hashes, which are the keys of a table."""
    return hashes >> np.uint64(16)


def expand(starts: Ints, counts: Ints) -> Ints:
    """Return ``counts[i]`` consecutive numbers from ``starts[i]`` on, for each ``i``.

    >>> expand(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - counts - starts, counts)


_cached_hash = lru_cache(maxsize=1 << 16)(hash_token)


def _hash_spans(sentences: Sequence[Sequence[str]]) -> tuple[Ints, Hashes]:
    """Return rows (sentence, start, end) of all spans up to :data:`SOURCE_MOST`, with hashes."""
    lengths = np.array([len(sentence) for sentence in sentences])
    tokens = np.array([_cached_hash(t) for sentence in sentences for t in sentence], np.uint64)
    owner = np.repeat(np.arange(len(sentences)), lengths)
    place = expand(np.zeros(len(sentences), np.int64), lengths)
    left = lengths[owner] - place  # tokens from here to the end
    hashes = np.zeros(len(tokens), np.uint64)
    spans, found = [], []
    for size in range(1, SOURCE_MOST + 1):
        fits = left >= size
        at = np.flatnonzero(fits)
        hashes[at] = extend_hash(hashes[at], tokens[at + size - 1])
        spans.append(np.stack([owner[at], place[at], place[at] + size], axis=1))
        found.append(hashes[at])
    return np.concatenate(spans), np.concatenate(found)


def _uncovered(spans: Ints, lengths: Sequence[int], kept: Sequence[Sequence[int]]) -> Ints:
    """Return the spans of single tokens that have no counterpart of their own, or are ``kept``."""
    singles = spans[spans[:, 2] - spans[:, 1] == 1]
    known = set(map(tuple, singles[:, :2].tolist()))
    known.difference_update((sentence, at) for sentence, places in enumerate(kept) for at in places)
    missing = [
        (sentence, at, at + 1)
        for sentence, length in enumerate(lengths)
        for at in range(length)
        if (sentence, at) not in known
    ]
    return np.array(missing, np.int64).reshape(-1, 3)


def _starts(counts: Ints) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


# Of the place between two tokens: two words before it and two after it (0 to 3), their endings
# (4 to 7).
SWAP_TEMPLATES = (
    (), (1,), (2,), (1, 2), (5,), (6,), (5, 6), (1, 6), (5, 2), (2, 3), (6, 7), (4, 5, 6),
    (5, 6, 7), (0, 5, 6), (5, 6, 3), (6, 3), (2, 7), (5, 2, 3), (0, 1, 6), (0, 2),
)  # fmt: skip
SWAP_BITS = 18
"""The number of bits of the hash by which features share weights."""

_ENDING = 3  # letters


@dataclass(frozen=True, slots=True)
class Swaps:
    """The log-odds that English has two neighbouring words of the source the other way round.

    ``weights`` are those that :mod:`training.phrases.swaps` has learned, by feature, in
    ``steps`` of the log-odds.  ``weight`` is that of the log-probabilities in the search.
    """

    weights: NDArray[np.int8]
    steps: float
    weight: float

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[np.generic]], weight: float) -> Self:
        """Make a model from the arrays of a file."""
        return cls(arrays["weights"].astype(np.int8), float(arrays["steps"]), weight)

    def weigh(self, sentences: Sequence[Sequence[str]]) -> Weights:
        """Return the log-odds for each sentence and place, by the number of tokens before it.

        The start and the end of a sentence have 0.
        """
        longest = max(map(len, sentences), default=0)
        odds = np.zeros((len(sentences), longest + 1), np.float32)
        counts = np.array([max(len(sentence) - 1, 0) for sentence in sentences])
        owners = np.repeat(np.arange(len(sentences)), counts)
        places = expand(np.ones(len(sentences), np.int64), counts)
        tokens = [token for sentence in sentences for token in ("", *sentence, "")]
        firsts = np.cumsum([0, *(len(sentence) + 2 for sentence in sentences)])[:-1]
        if len(owners):
            features = describe_places(*hash_words(tokens), firsts[owners] + places)
            total = self.weights[features].sum(axis=0, dtype=np.int64)
            odds[owners, places] = total.astype(np.float32) / np.float32(self.steps)
        return odds


def hash_words(tokens: Sequence[str]) -> tuple[Hashes, Hashes]:
    """Return the hash of each token and of its ending."""
    pairs = np.array([_hash_both(token) for token in tokens], np.uint64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


@lru_cache(maxsize=1 << 16)
def _hash_both(token: str) -> tuple[int, int]:
    return hash_token(token), hash_token(f"-{token[-_ENDING:]}")


def describe_places(words: Hashes, endings: Hashes, left: Ints) -> Ints:
    """Return the features of the places after the tokens at ``left``, a row per template.

    Two more tokens stand before and after each place.
    """
    places = (left - 1, left, left + 1, left + 2)
    atoms = [side[at] for side in (words, endings) for at in places]
    features = np.empty((len(SWAP_TEMPLATES), len(left)), np.int64)
    for number, template in enumerate(SWAP_TEMPLATES):
        hashes = np.full(len(left), number, np.uint64)
        for atom in template:
            hashes = extend_hash(hashes, atoms[atom])
        features[number] = mix(hashes) >> np.uint64(64 - SWAP_BITS)
    return features


SENSES_MOST = 8
"""The largest number of English words that are senses of a source word; one sense is any other."""

_FEATURES = 1 << 16
_INSIDE, _BEFORE, _AFTER = 0, 1, 2
_MOST_CHANGE = np.float32(3.0)  # natural logarithms; no sentence changes a chance by more


@dataclass(frozen=True, slots=True)
class Senses:
    """How likely each English word of a source word is in a sentence (Carpuat and Wu 2007).

    A log-linear model per source word, whose features are the words of the sentence and the two
    neighbours.  ``keys`` are the :func:`sense_keys` of the words, sorted; ``english`` has a row of
    ids for each, the rest of which is 0, and ``priors`` the chances without a sentence, in
    :data:`STEPS`, of any other English (sense 0) and of each of these (1 to 8).  ``biases`` are
    added to the scores of these in every sentence, since what is translated is news.  The weights
    of ``keys[i]`` are ``firsts[i]`` up to ``firsts[i + 1]``, each with its feature and its sense.
    ``weight`` is that of the log-probabilities in the search.
    """

    keys: NDArray[np.uint32]
    english: NDArray[np.uint16]
    priors: NDArray[np.uint8]
    biases: NDArray[np.int8]
    firsts: Ints
    features: NDArray[np.uint16]
    senses: NDArray[np.uint8]
    weights: NDArray[np.int8]
    steps: float
    weight: float

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, Any], weight: float) -> Self:
        """Make a model from the arrays of a file, which has ``counts`` in place of ``firsts``."""
        names = ("keys", "english", "priors", "biases", "features", "senses", "weights")
        columns = {name: arrays[name] for name in names}
        firsts = _starts(arrays["counts"].astype(np.int64))
        return cls(**columns, firsts=firsts, steps=float(arrays["steps"]), weight=weight)

    def weigh(
        self,
        sentences: Sequence[Sequence[str]],
        contexts: Sequence[Sequence[str]],
        matches: Matches,
    ) -> Weights:
        """Return what the words around it add to the score of each match, or take off.

        ``contexts`` are the tokens of the whole text that each sentence is part of.
        """
        gains = np.zeros(len(matches), np.float32)
        numbers, known, changes = self._weigh_words(sentences, contexts)
        for ahead in range(SOURCE_MOST):
            places = matches.starts + ahead
            inside = (places < matches.ends) & (matches.pairs >= 0)
            rows = np.flatnonzero(inside)
            at = numbers[matches.sentences[rows], places[rows]]
            rows, at = rows[at >= 0], at[at >= 0]
            english = self.english[known[at]]
            same = np.zeros(english.shape, np.bool_)
            for word in matches.words[rows].astype(np.uint16).T:
                same |= (english == word[:, None]) & (word > 0)[:, None]
            sense = np.where(same.any(axis=1), same.argmax(axis=1) + 1, 0)
            gains[rows] += changes[at, sense]
        return gains * np.float32(self.weight)

    def _weigh_words(
        self, sentences: Sequence[Sequence[str]], contexts: Sequence[Sequence[str]]
    ) -> tuple[Ints, Ints, Weights]:
        """Return the number of each token that has senses, or -1; their rows, and their changes.

        A change is the logarithm of the chance in the sentence over that without one, by sense.
        """
        lengths = np.array([len(sentence) for sentence in sentences])
        owners = np.repeat(np.arange(len(sentences)), lengths)
        tokens, before, after = _hash_neighbours(sentences)
        keys = sense_keys(tokens)
        rows = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        there = np.flatnonzero(self.keys[rows] == keys)
        numbers = np.full((len(sentences), max(lengths, default=0)), -1)
        places = expand(np.zeros_like(lengths), lengths)
        numbers[owners[there], places[there]] = np.arange(len(there))

        rows, owners = rows[there], owners[there]
        counts = self.firsts[rows + 1] - self.firsts[rows]
        entries = expand(self.firsts[rows], counts)
        features = self.features[entries]
        active = _mark_words(contexts).ravel()[np.repeat(owners * _FEATURES, counts) + features]
        active |= features == np.repeat(before[there], counts)
        active |= features == np.repeat(after[there], counts)
        entries, of = entries[active], np.repeat(np.arange(len(rows)), counts)[active]
        width = SENSES_MOST + 1
        sums = np.bincount(
            of * width + self.senses[entries], self.weights[entries], minlength=len(rows) * width
        )
        scores = (sums.reshape(-1, width) + self.biases[rows]) / self.steps
        chances = np.exp(decode_logs(self.priors[rows]))
        totals = (chances * np.exp(scores)).sum(axis=1) / chances.sum(axis=1)
        changes = np.clip(scores - np.log(totals)[:, None], -_MOST_CHANGE, _MOST_CHANGE)
        return numbers, rows, changes.astype(np.float32)


def sense_keys(hashes: Hashes) -> NDArray[np.uint32]:
    """Return the keys of words in a model of senses: the high 32 bits of their hashes."""
    return (hashes >> np.uint64(32)).astype(np.uint32)


def sense_features(hashes: Hashes, kind: int) -> NDArray[np.uint16]:
    """Return the features of words in a sentence (kind 0), before a word (1), or after it (2)."""
    joined = extend_hash(np.full_like(hashes, kind), hashes)
    return (mix(joined) >> np.uint64(48)).astype(np.uint16)


def _hash_neighbours(
    sentences: Sequence[Sequence[str]],
) -> tuple[Hashes, NDArray[np.uint16], NDArray[np.uint16]]:
    """Return the hash of each token, and the features of its neighbours."""
    tokens = [token for sentence in sentences for token in ("", *sentence, "")]
    hashes = np.array([_cached_hash(token) for token in tokens], np.uint64)
    lengths = np.array([len(sentence) for sentence in sentences])
    at = expand(_starts(lengths + 2)[:-1] + 1, lengths)
    before, after = sense_features(hashes, _BEFORE), sense_features(hashes, _AFTER)
    return hashes[at], before[at - 1], after[at + 1]


def _mark_words(contexts: Sequence[Sequence[str]]) -> NDArray[np.bool_]:
    """Return for each context, a row, which features its words are."""
    hashes = np.array([_cached_hash(token) for each in contexts for token in each], np.uint64)
    owners = np.repeat(np.arange(len(contexts)), [len(each) for each in contexts])
    marks = np.zeros((len(contexts), _FEATURES), np.bool_)
    marks[owners, sense_features(hashes, _INSIDE)] = True
    return marks
