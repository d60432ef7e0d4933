"""Shingles: the overlapping runs of words of a text, as numbers, by which copies are found.

A word is a run of letters and digits, in lower case; each ideograph is a word of its own.  A
shingle is three words in a row, or five where it begins with an ideograph (A. Broder, On the
resemblance and containment of documents, 1997).  Everything is computed for many texts at once.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, Any]

WORDS, IDEOGRAPHS = 3, 5
"""Words, and ideographs, in a shingle."""

_SEPARATOR, _LETTER, _IDEOGRAPH = 0, 1, 2
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it has an inverse modulo 2**64
_INVERSE = np.uint64(pow(int(_BASE), -1, 2**64))
_NONE = np.uint64(1 << 32)  # no shingle
_GAP = "\n"
_CHUNK = 1 << 16  # characters at a time, which the cache of a processor holds


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
        if group and size + len(text) > _CHUNK:
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
    powers, inverses = _powers(max(_CHUNK, 1 << len(points).bit_length()))
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
