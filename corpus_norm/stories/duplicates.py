"""Near-duplicates: documents whose bodies are the same, or nearly the same, word by word.

Candidates come from MinHash signatures and locality-sensitive hashing (Leskovec, Rajaraman,
Ullman, Mining of Massive Datasets, chapter 3); the decision is the Jaccard similarity of the
shingles themselves, so a chance collision of signatures can cost time but makes no duplicate.

Shingles are the overlapping runs of words of a text, as numbers: three words in a row, or five if
the first is an ideograph (A. Broder, On the resemblance and containment of documents, 1997).  A
word is a run of letters and digits, in lower case; each ideograph is a word of its own.  Everything
is computed for many texts at once.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import rensa

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

NEAR = 0.5
"""Jaccard similarity from which a document is a copy.

One word in ten changed at random leaves .57 of shingles of three words; two independent reports of
one event share less than .15.
"""

LEAST_SHINGLES = 8
"""A body with fewer is compared with none: a notice, a line of a menu."""

CONTAINED, LEAST = 0.8, 0.25
"""A report cut short, or added to, is a copy too: most of the shorter stands in the longer one.

The second number is the least similarity then, so that a digest is no copy of its shortest item.
"""

FEWEST_NUMBERS, SAME_NUMBERS = 4, 0.5
"""Two texts that both have so many numbers, and fewer than this share in common, are no copies."""

# 63 bands of 2 rows find a pair of similarity .27 with probability .99, one of .01 with .006.
_BANDS, _ROWS = 63, 2
_SEED = 42
_LOOSE = 0.12  # how far an estimate by signatures (s.d. .04) may lie below the truth
_MOST_PAIRED = 24  # larger groups are compared with their first and their latest members only
_MEMBERS = 64  # of a group that are paired at a time
_AT_A_TIME = 1024  # bodies that are signed, and pairs whose signatures are compared


@dataclass(frozen=True, slots=True)
class Match:
    """The original that a document repeats, by its place, and their similarity (0 to 1)."""

    original: int
    score: float


def find_duplicates(
    bodies: Sequence[Array], order: Sequence[int], numbers: Sequence[Array] | None = None
) -> dict[int, Match]:
    """Return the documents that repeat an earlier one, each with the original.

    Args:
        bodies: the shingles of each body, from :func:`find_shingles`.
        order: the places of the documents, the earliest first.
        numbers: those of each body: two with other numbers are fillings of one template.

    >>> from corpus_norm.stories.duplicates import find_shingles
    >>> text = "The council voted on Monday to build a bridge over the river, for 3 million."
    >>> bodies = find_shingles([text, "Nothing of the kind was said in the council on that day."])
    >>> find_duplicates([*bodies, bodies[0]], order=[0, 1, 2])
    {2: Match(original=0, score=1.0)}
    """
    ranks = [place for place in order if len(bodies[place]) >= LEAST_SHINGLES]
    found: dict[int, Match] = {}
    firsts: dict[bytes, int] = {}
    distinct = []
    for place in ranks:
        first = firsts.setdefault(_digest(bodies[place]), place)
        if first == place:
            distinct.append(place)
        else:
            found[place] = Match(first, 1.0)
    near = _find_near(bodies, distinct, numbers)
    copies = {place: _follow(near, match) for place, match in found.items()}
    return {**near, **copies}


def _digest(shingles: Array) -> bytes:
    """Return 16 bytes that stand for a set of shingles; a set takes a hundred times as many."""
    return hashlib.blake2b(shingles.tobytes(), digest_size=16).digest()


def _follow(near: dict[int, Match], match: Match) -> Match:
    """Return the match with the original of the original, if that is a copy itself."""
    above = near.get(match.original)
    return above or match


def _find_near(
    bodies: Sequence[Array], places: Sequence[int], numbers: Sequence[Array] | None
) -> dict[int, Match]:
    """Return the near-duplicates among documents that differ, in the order of ``places``."""
    found: dict[int, Match] = {}
    if len(places) < 2:
        return found
    compared = [bodies[place] for place in places]
    nearest: dict[int, list[tuple[float, int]]] = {}
    for later, earlier, score in _compare_pairs(compared, _list_pairs(sign(compared))):
        one, other = places[later], places[earlier]
        if not (numbers and are_fillings(numbers[one], numbers[other])):
            nearest.setdefault(later, []).append((-score, earlier))
    for later in sorted(nearest):
        score, earlier = min(nearest[later])
        above = found.get(places[earlier])
        found[places[later]] = Match(above.original if above else places[earlier], -score)
    return found


def sign(bodies: Sequence[Array]) -> Array:
    """Return the MinHash signature of each set of shingles, a row each."""
    chunks = (bodies[n : n + _AT_A_TIME] for n in range(0, len(bodies), _AT_A_TIME))
    return np.concatenate([np.empty((0, _BANDS * _ROWS), np.uint32), *map(_sign_chunk, chunks)])


def _sign_chunk(bodies: Sequence[Array]) -> Array:
    offsets = np.cumsum([0, *map(len, bodies)], dtype=np.uint64)
    flat = np.concatenate(bodies).astype(np.uint64)
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        flat, offsets, num_perm=_BANDS * _ROWS, seed=_SEED
    )
    return np.asarray(matrix.to_rows(), np.uint32)


def are_fillings(one: Array, other: Array) -> bool:
    """Whether two nearly equal texts have other numbers: the weather of two days, two draws.

    Args:
        one: hashes of the numbers in a text, each once.
        other: the same.

    >>> are_fillings(np.arange(9), np.arange(7, 15)), are_fillings(np.arange(9), np.arange(3))
    (True, False)
    """
    least = min(len(one), len(other))
    if least < FEWEST_NUMBERS:
        return False
    return len(np.intersect1d(one, other, assume_unique=True)) < SAME_NUMBERS * least


def compare(one: Array, other: Array) -> float:
    """Return the Jaccard similarity of two sets of shingles if one is a copy, else 0.

    Args:
        one: shingles, sorted and each once.
        other: the same.

    >>> compare(np.arange(10), np.arange(2, 12)), compare(np.arange(10), np.arange(8, 18))
    (0.6666666666666666, 0.0)
    >>> compare(np.arange(10), np.arange(30)), compare(np.arange(10), np.arange(50))
    (0.3333333333333333, 0.0)
    """
    [score] = _compare_many([one, other], np.array([0]), np.array([1])).tolist()
    return float(score)


def _compare_pairs(bodies: Sequence[Array], pairs: Array) -> Iterator[tuple[int, int, float]]:
    """Yield the copies among pairs (:func:`_list_pairs`): later, earlier, and their similarity."""
    for start in range(0, len(pairs), _AT_A_TIME):
        later, earlier = np.divmod(pairs[start : start + _AT_A_TIME], len(bodies))
        scores = _compare_many(bodies, later, earlier)
        copies = np.flatnonzero(scores)
        found = (later[copies], earlier[copies], scores[copies])
        yield from zip(*(values.tolist() for values in found), strict=True)


def _compare_many(bodies: Sequence[Array], later: Array, earlier: Array) -> Array:
    """Do :func:`compare` for many pairs of places in ``bodies``; ``later`` is in order."""
    used, places = np.unique(np.concatenate([later, earlier]), return_inverse=True)
    some = [bodies[place] for place in used.tolist()]
    sizes = np.array(list(map(len, some)))
    shingles, codes = np.unique(np.concatenate(some), return_inverse=True)
    codes_of = np.split(codes, np.cumsum(sizes)[:-1])
    one, other = np.split(places, 2)
    shared = np.empty(len(later), np.int64)
    is_in = np.zeros(len(shingles), bool)
    edges = np.flatnonzero(np.diff(one, prepend=-1, append=-1))
    for start, end in pairwise(edges.tolist()):
        is_in[codes_of[one[start]]] = True
        others = other[start:end]
        starts = np.cumsum(sizes[others]) - sizes[others]
        flags = is_in[np.concatenate([codes_of[place] for place in others.tolist()])]
        shared[start:end] = np.add.reduceat(flags, starts, dtype=np.int64)
        is_in[codes_of[one[start]]] = False
    small, large = np.minimum(sizes[one], sizes[other]), np.maximum(sizes[one], sizes[other])
    scores = shared / (small + large - shared)
    is_part = (scores >= LEAST) & (shared >= CONTAINED * small)
    return np.where((small >= LEAST * large) & ((scores >= NEAR) | is_part), scores, 0.0)


def _list_pairs(signatures: Array) -> Array:
    """Return the pairs of rows that share a band and look alike, in order, each once.

    A pair is one number: the later row times the number of rows, plus the earlier row.
    """
    found = [np.empty(0, np.int64)]
    for band in _hash_bands(signatures):
        found += [_choose_alike(signatures, *pairs) for pairs in _pair_up(band)]
    return np.unique(np.concatenate(found))


def _choose_alike(signatures: Array, later: Array, earlier: Array) -> Array:
    """Return the pairs that look alike, as one number each, so that few are ever in memory."""
    likeness = (signatures[later] == signatures[earlier]).mean(axis=1)
    alike: Array = (later * len(signatures) + earlier)[likeness >= LEAST - _LOOSE]
    return alike


def _hash_bands(signatures: Array) -> Iterable[Array]:
    """Yield, for each band, one number a row: equal rows have equal numbers."""
    for band in range(_BANDS):
        columns = signatures[:, band * _ROWS : (band + 1) * _ROWS].astype(np.uint64)
        key = columns[:, 0]
        for column in range(1, _ROWS):
            key = key * np.uint64(0x9E3779B97F4A7C15) + columns[:, column]
        yield key


def _pair_up(keys: Array) -> Iterator[tuple[Array, Array]]:
    """Yield pairs of places (later, earlier) with the same key, some at a time.

    A group of more than a few is a template with many fillings: each is compared with the first
    and the latest ones, which keeps the number of pairs linear.
    """
    order = np.argsort(keys, kind="stable")
    starts = np.concatenate([[0], np.flatnonzero(np.diff(keys[order])) + 1])
    sizes = np.diff(np.append(starts, len(keys)))
    waiting: list[tuple[Array, Array]] = []
    count = 0
    for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        group = order[start : start + size]
        for low in range(1, size, _MEMBERS):
            later, earlier = _pair_members(low, min(low + _MEMBERS, size))
            waiting.append((group[later], group[earlier]))
            count += len(later)
            if count >= _AT_A_TIME:
                yield _join_pairs(waiting)
                waiting, count = [], 0
    if waiting:
        yield _join_pairs(waiting)


def _join_pairs(pairs: Iterable[tuple[Array, Array]]) -> tuple[Array, Array]:
    later, earlier = map(np.concatenate, zip(*pairs, strict=True))
    return later, earlier


@lru_cache(maxsize=256)
def _pair_members(first: int, end: int) -> tuple[Array, Array]:
    """Return the pairs (later, earlier) in a group whose later member is in a range.

    >>> [places.tolist() for places in _pair_members(1, 3)]
    [[1, 2, 2], [0, 0, 1]]
    """
    half = _MOST_PAIRED // 2
    later = np.arange(first, end)[:, None]
    opening = np.broadcast_to(np.arange(half), (end - first, half))
    earlier = np.concatenate([opening, later + np.arange(-half, 0)], axis=1)
    is_pair = earlier < later
    is_pair[:, half:] &= earlier[:, half:] >= half  # the others are among the first
    return np.repeat(later, 2 * half, axis=1)[is_pair], earlier[is_pair]


Array = np.ndarray[Any, Any]

WORDS, IDEOGRAPHS = 3, 5
"""Words, and ideographs, in a shingle."""

_SEPARATOR, _LETTER, _IDEOGRAPH = 0, 1, 2
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it has an inverse modulo 2**64
_INVERSE = np.uint64(pow(int(_BASE), -1, 2**64))
_NONE = np.uint64(1 << 32)  # no shingle
_GAP = "\n"
_CHARACTERS = 1 << 16  # read at a time, which the cache of a processor holds


def find_shingles(texts: Sequence[str]) -> list[Array]:
    """Return the shingles of each text: sorted, each once, 32 bits wide.

    A text too short for one shingle has a single one of all its words; one without words has none.

    >>> first, second = find_shingles(["The quick, brown fox!", "the quick “brown” FOX"])
    >>> len(first), first.tolist() == second.tolist()
    (2, True)
    >>> [len(found) for found in find_shingles(["敏捷的棕色狐狸", "Hi.", "…"])]
    [3, 1, 0]
    """
    found: list[Array] = []
    group: list[str] = []
    size = 0
    for text in texts:
        if group and size + len(text) > _CHARACTERS:
            found += _find_all(group)
            group, size = [], 0
        group.append(text + _GAP)
        size += len(text) + 1
    return found + _find_all(group)


def _find_all(texts: Sequence[str]) -> list[Array]:
    """Return the shingles of texts that end in a line break."""
    if not texts:
        return []
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds, folds = _tables()
    basic = np.minimum(points, 0xFFFF)
    kinds, points = kinds[basic], np.where(points > 0xFFFF, points, folds[basic])
    if points.max() >= 0x20000:
        kinds[points >= 0x20000] = _IDEOGRAPH
    starts, ends = _find_words(kinds)
    owners = np.searchsorted(np.cumsum([*map(len, texts)]), starts, side="right")
    hashes = _hash_words(points, starts, ends)
    shingles = _join_words(hashes, owners, kinds[starts])
    edges = np.searchsorted(owners, np.arange(len(texts) + 1))
    return [_sort(shingles[a:b]) for a, b in pairwise(edges.tolist())]


def _sort(values: Array) -> Array:
    """Return the numbers below 2**32 in order, each once."""
    kept = np.sort(values[values != _NONE].astype(np.uint32))
    new = np.ones(len(kept), bool)
    np.not_equal(kept[1:], kept[:-1], out=new[1:])
    return kept[new]


@cache
def _tables() -> tuple[Array, Array]:
    """Return, for each code point of the basic plane, its kind and its lower case.

    Full-width letters and digits become plain ones, and a separator is only that.
    """
    kinds = np.zeros(0x10000, np.uint8)
    folds = np.arange(0x10000, dtype=np.uint32)
    for point in range(0x10000):
        char = chr(point)
        if unicodedata.category(char)[0] in "LNM":
            kinds[point] = _LETTER
            folds[point] = ord(char.lower()[0])
    for first, last in ((0x3041, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF)):
        kinds[first : last + 1][kinds[first : last + 1] > 0] = _IDEOGRAPH
    folds[0xFF01:0xFF5F] = folds[0x21:0x7F]
    return kinds, folds


def _find_words(kinds: Array) -> tuple[Array, Array]:
    """Return where words begin and end."""
    before = np.concatenate([np.zeros(1, np.uint8), kinds[:-1]])
    after = np.concatenate([kinds[1:], np.zeros(1, np.uint8)])
    is_word, is_letter = kinds != _SEPARATOR, kinds == _LETTER
    starts = np.flatnonzero(is_word & ~(is_letter & (before == _LETTER)))
    ends = np.flatnonzero(is_word & ~(is_letter & (after == _LETTER))) + 1
    return starts, ends


def _hash_words(points: Array, starts: Array, ends: Array) -> Array:
    """Return a polynomial hash of each word, modulo 2**64, from one sum over all characters."""
    powers, inverses = _powers(max(_CHARACTERS, 1 << len(points).bit_length()))
    sums = np.empty(len(points) + 1, np.uint64)
    sums[0] = 0
    np.cumsum((points + np.uint64(1)) * powers[: len(points)], out=sums[1:])
    return _mix((sums[ends] - sums[starts]) * inverses[starts])


@lru_cache(maxsize=2)
def _powers(size: int) -> tuple[Array, Array]:
    """Return the powers of the base from 0, and those of its inverse."""
    bases = (np.full(size, base, np.uint64) for base in (_BASE, _INVERSE))
    one = np.ones(1, np.uint64)
    first, second = (np.cumprod(np.concatenate([one, base])) for base in bases)
    return first, second


def _join_words(hashes: Array, owners: Array, kinds: Array) -> Array:
    """Return the shingle that begins at each word, below 2**32; ``_NONE`` where none is whole."""
    count = len(hashes)
    padded = np.concatenate([hashes, np.zeros(IDEOGRAPHS, np.uint64)])
    owned = np.concatenate([owners, np.full(IDEOGRAPHS, -1)])
    total, whole = _add_words(padded, owned, count, WORDS)
    han = np.flatnonzero(kinds == _IDEOGRAPH)
    if len(han):
        longer, is_whole = _add_words(padded, owned, count, IDEOGRAPHS)
        total[han], whole[han] = longer[han], is_whole[han]
    first = np.ones(count, bool)
    np.not_equal(owners[1:], owners[:-1], out=first[1:])
    return np.where(whole | first, _mix(total) >> np.uint64(32), _NONE)


def _add_words(hashes: Array, owners: Array, count: int, words: int) -> tuple[Array, Array]:
    """Return a hash of the words from each word on, and whether they are of the same text."""
    total = hashes[:count]
    for place in range(1, words):
        same = owners[place : count + place] == owners[:count]
        total = np.where(same, total * _BASE + hashes[place : count + place], total)
    return total, same


def _mix(values: Array) -> Array:
    """Spread the bits of each number (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Array = values ^ (values >> np.uint64(31))
    return mixed
