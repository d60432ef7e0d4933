"""Trying a thousand patterns on a block by trying the few that can match it.

Patterns for the beginning of a block are told by its first letter, others by texts they need.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate, groupby
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.boilerplate.patterns import (
    DIGIT,
    find_first_characters,
    find_needed,
    judge_needed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

LINE_EDGE = r"[\s:：|>»›<«‹…•·*–—\-()\[\]（）【】+,，、/]*"
EDGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "section": (f"^{LINE_EDGE}", f"{LINE_EDGE}$"),
        "line": (f"^{LINE_EDGE}", f"{LINE_EDGE}$"),
        "start": (r"^[\s|>»›<«‹…•·*–—\-【\[(（▶►]*", ""),
        "anywhere": ("", ""),
    }
)
PAIRS = 1 << 18
EDGE_CHARS = " \t\n\r\u3000\xa0:：|>»›<«‹…•·*–—-()[]（）【】+,，、/▶►"


def find_initial(lowered: str) -> str:
    """The first letter of a block behind bullets and brackets; one name for all digits.

    >>> find_initial("» share"), find_initial("(12 comments)"), find_initial("—")
    ('s', '0', '')
    """
    initial = lowered.lstrip(EDGE_CHARS)[:1]
    return DIGIT if initial.isdecimal() else initial


class Needed:
    """Texts that patterns need, and which of them the lines of a page hold.

    Each is looked for once in the whole page; nearly all are told not to be there by two letters
    that nowhere in the page stand side by side.

    >>> needed = Needed(["cook", "ies", "mail", "qr"])
    >>> [sorted(each) for each in needed.find(["cookies", "", "emails"])]
    [['cook', 'ies'], [], ['mail']]
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._pairs = {text: _number_pairs(text).tolist() for text in texts}

    def find(self, lowered: Sequence[str]) -> list[set[str]]:
        """The texts in each line; lines are in lower case."""
        page = "\n".join(lowered)
        ends = list(accumulate(len(line) + 1 for line in lowered))
        held: list[set[str]] = [set() for _ in lowered]
        for text in self._choose(page):
            at = page.find(text)
            while at >= 0:
                line = bisect_right(ends, at)
                held[line].add(text)
                at = page.find(text, ends[line])
        return held

    def _choose(self, page: str) -> list[str]:
        """The texts that may stand in the page."""
        marks = np.zeros(PAIRS, dtype=np.uint8)
        marks[_number_pairs(page)] = 1
        is_there = marks.tobytes().__getitem__
        return [text for text, pairs in self._pairs.items() if all(map(is_there, pairs))]


def _number_pairs(text: str) -> NDArray[np.uint32]:
    """A number below :data:`PAIRS` for every two letters side by side; few pairs share one."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return (codes[:-1] * np.uint32(31) + codes[1:]) % np.uint32(PAIRS)


@dataclass(frozen=True, slots=True)
class Loose:
    """A pattern that can begin with anything: its place among all, and the rank of its kind."""

    number: int
    rank: int
    pattern: re.Pattern[str]


class Search:
    """The patterns of one mode, each with its kind; the first kinds win.

    Those that can begin with anything are tried where one of the texts they need is there.
    """

    def __init__(self, mode: str, patterns: Sequence[tuple[str, str]]) -> None:
        self.mode = mode
        self.ranks = {kind: rank for rank, kind in enumerate(dict.fromkeys(k for k, _ in patterns))}
        self.by_initial: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.by_needed: dict[str, list[Loose]] = defaultdict(list)
        self.compiled: dict[str, re.Pattern[str]] = {}
        self.always: list[Loose] = []
        for number, (kind, item) in enumerate(patterns):
            initials = _find_initials(item) if mode != "anywhere" else None
            if initials is None:
                needed = max(find_needed(item), key=judge_needed, default=frozenset[str]())
                loose = Loose(number, self.ranks[kind], _compile(mode, [(kind, item)]))
                for text in needed:
                    self.by_needed[text].append(loose)
                if not needed:
                    self.always.append(loose)
            for initial in initials or ():
                self.by_initial[initial].append((kind, item))

    def run(self, text: str, initial: str, held: Iterable[str]) -> re.Match[str] | None:
        """The match of the first kind that matches; ``held`` is what :class:`Needed` finds."""
        found = None
        if initial in self.by_initial:
            if initial not in self.compiled:
                self.compiled[initial] = _compile(self.mode, self.by_initial[initial])
            found = self.compiled[initial].search(text)
        rank = self.ranks[found.lastgroup or ""] if found is not None else len(self.ranks)
        for each in self._choose(held):
            if each.rank >= rank:
                break
            if (match := each.pattern.search(text)) is not None:
                return match
        return found

    def _choose(self, held: Iterable[str]) -> list[Loose]:
        """The loose patterns that can match, in their order."""
        chosen = {each for text in held for each in self.by_needed.get(text, ())}
        if not chosen:
            return self.always
        return sorted(chosen.union(self.always), key=attrgetter("number"))


def _find_initials(pattern: str) -> frozenset[str] | None:
    """The letters a match can begin with; None where it can begin with what is at the edges."""
    found = find_first_characters(pattern)
    return None if found is None or found & set(EDGE_CHARS) else found


def _compile(mode: str, patterns: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    """One expression, with a group for each kind, in their order."""
    groups = [
        f"(?P<{kind}>{'|'.join(item for _, item in items)})"
        for kind, items in groupby(patterns, key=itemgetter(0))
    ]
    before, after = EDGES[mode]
    return re.compile(f"{before}(?:{'|'.join(groups)}){after}", re.IGNORECASE)
