"""Trying a thousand patterns on a block by trying the few that can match it.

Patterns for the beginning of a block are told by its first letter, others by texts they need.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
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
    """Texts that patterns need, and which of them a page holds.

    Searching a long page for each takes long; nearly all are told by two letters that nowhere in
    the page stand side by side.

    >>> sorted(Needed(["copyright", "cookies", "qr"]).find("no cookies, qr codes"))
    ['cookies', 'qr']
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._pairs = {text: _number_pairs(text).tolist() for text in texts}

    def find(self, page: str) -> frozenset[str]:
        """The texts that stand somewhere in the page."""
        marks = np.zeros(PAIRS, dtype=np.uint8)
        marks[_number_pairs(page)] = 1
        is_there = marks.tobytes().__getitem__
        return frozenset(
            text
            for text, pairs in self._pairs.items()
            if all(map(is_there, pairs)) and text in page
        )


def _number_pairs(text: str) -> NDArray[np.uint32]:
    """A number below :data:`PAIRS` for every two letters side by side; few pairs share one."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return (codes[:-1] * np.uint32(31) + codes[1:]) % np.uint32(PAIRS)


@dataclass(frozen=True, slots=True)
class Loose:
    """A pattern that can begin with anything: tried where one of the texts it needs is there.

    Without such texts it is always tried.  ``rank`` is that of its kind.
    """

    rank: int
    needed: frozenset[str]
    pattern: re.Pattern[str]

    def search(self, text: str, lowered: str) -> re.Match[str] | None:
        """The match, if there is one."""
        if self.needed:
            for each in self.needed:
                if each in lowered:
                    break
            else:
                return None
        return self.pattern.search(text)


class Search:
    """The patterns of one mode, each with its kind; the first kinds win."""

    def __init__(self, mode: str, patterns: Sequence[tuple[str, str]]) -> None:
        self.mode = mode
        self.ranks = {kind: rank for rank, kind in enumerate(dict.fromkeys(k for k, _ in patterns))}
        self.by_initial: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.compiled: dict[str, re.Pattern[str]] = {}
        self.loose: list[Loose] = []
        for kind, item in patterns:
            initials = _find_initials(item) if mode != "anywhere" else None
            if initials is None:
                needed = max(find_needed(item), key=judge_needed, default=frozenset[str]())
                compiled = _compile(mode, [(kind, item)])
                self.loose.append(Loose(self.ranks[kind], needed, compiled))
            for initial in initials or ():
                self.by_initial[initial].append((kind, item))

    @cached_property
    def needed(self) -> frozenset[str]:
        """All texts that some pattern needs."""
        return frozenset[str]().union(*(each.needed for each in self.loose))

    def narrow(self, present: frozenset[str]) -> list[Loose]:
        """The loose patterns that can match in a page, of which ``present`` tells what it holds."""
        return [each for each in self.loose if not each.needed or each.needed & present]

    def run(
        self, text: str, lowered: str, initial: str, loose: Iterable[Loose]
    ) -> re.Match[str] | None:
        """The match of the first kind that matches."""
        found = None
        if initial in self.by_initial:
            if initial not in self.compiled:
                self.compiled[initial] = _compile(self.mode, self.by_initial[initial])
            found = self.compiled[initial].search(text)
        rank = self.ranks[found.lastgroup or ""] if found is not None else len(self.ranks)
        for each in loose:
            if each.rank >= rank:
                break
            if (match := each.search(text, lowered)) is not None:
                return match
        return found


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
