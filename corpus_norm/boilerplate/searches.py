"""The characters and words that a pattern needs in order to match, so that most are not tried.

A lexicon has a thousand patterns and a page has hundreds of short lines.  The source of a pattern
tells which characters a match can begin with and which words it must contain.  Where the source is
too complex, the answer is "anything": a pattern that could match is never skipped.
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

from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

DIGIT = "0"  # represents every decimal digit
GROUPS = ("(?:", "(?-i:")
OPTIONAL = ("?", "*", "{0")
QUANTIFIER = re.compile(r"[?*+]|\{[\d,]*\}")
# A character class in the source of a pattern: "]" is literal at its start, and escapes are kept.
CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")


def find_first_characters(pattern: str) -> frozenset[str] | None:
    r"""Return the characters, in lower case, that a match can begin with; None if unknown.

    >>> sorted(find_first_characters("(?:Daily|weekly )?news|\\d+ more"))
    ['0', 'd', 'n', 'w']
    >>> find_first_characters(".{0,20} more") is None
    True
    """
    firsts = [_find_first(branch) for branch in _split_branches(pattern)]
    known = [first for first in firsts if first is not None]
    return frozenset().union(*known) if len(known) == len(firsts) else None


def find_needed(pattern: str) -> tuple[frozenset[str], ...]:
    r"""Return sets of texts, in lower case; every match contains at least one text of each set.

    >>> [sorted(each) for each in find_needed("(?:this|our site) uses? Cookies")]
    [['our site', 'this'], [' use'], [' cookies']]
    >>> find_needed("this.*|.*"), find_needed("(?:that)?")
    ((), ())
    """
    branches = [_find_needed(branch) for branch in _split_branches(pattern)]
    if len(branches) == 1:
        return branches[0]
    if not all(branches):
        return ()
    return (frozenset().union(*(max(each, key=rank_needed) for each in branches)),)


def _find_needed(branch: str) -> tuple[frozenset[str], ...]:
    needed: list[frozenset[str]] = []
    run, rest = "", branch
    while rest:
        item, rest = _take_item(rest)
        quantifier = QUANTIFIER.match(rest)
        if quantifier is not None:
            rest = rest[quantifier.end() :].removeprefix("?")
        is_sure = quantifier is None or not quantifier[0].startswith(OPTIONAL)
        literal = _read_literal(item)
        if literal and is_sure:
            run += literal.lower()
        if not literal or quantifier is not None:
            needed.append(frozenset({run}))
            run = ""
        if is_sure and item.startswith(GROUPS):
            needed += find_needed(item[item.index(":") + 1 : -1])
    return tuple(each for each in (*needed, frozenset({run})) if each != {""})


def rank_needed(texts: frozenset[str]) -> tuple[int, int]:
    """Rank how rarely a set of texts will occur: by its shortest text, then by its size."""
    return min(map(len, texts)), -len(texts)


def _find_first(branch: str) -> frozenset[str] | None:
    if not branch:
        return None
    item, rest = _take_item(branch)
    if item == r"\b":
        return _find_first(rest)
    if item.startswith(GROUPS):
        first = find_first_characters(item[item.index(":") + 1 : -1])
    elif item == r"\d":
        first = frozenset(DIGIT)
    else:
        literal = _read_literal(item)
        first = frozenset(DIGIT if literal.isdecimal() else literal.lower()) if literal else None
    if first is None or not rest.startswith(OPTIONAL):
        return first
    quantifier = QUANTIFIER.match(rest)
    following = _find_first(rest[quantifier.end() :] if quantifier else "")
    return None if following is None else first | following


def _read_literal(item: str) -> str:
    """Return the literal character of an item, or "" if the item is not a single character."""
    if len(item) == 1:
        return "" if item in ".^$" else item
    is_escaped = item[0] == "\\" and len(item) == 2 and not item[1].isalnum()
    return item[1] if is_escaped else ""


def _take_item(pattern: str) -> tuple[str, str]:
    """Split a pattern into its first item (a character, class or group) and the rest."""
    if pattern[0] == "\\":
        return pattern[:2], pattern[2:]
    if (found := CLASS.match(pattern)) is not None:
        return found[0], pattern[found.end() :]
    if pattern[0] != "(":
        return pattern[0], pattern[1:]
    end = _find_end(pattern)
    return pattern[:end], pattern[end:]


def _find_end(pattern: str) -> int:
    """Return the end of the group at the beginning of the pattern."""
    depth, rest = 0, pattern
    while rest:
        if rest[0] == "(":
            depth, rest = depth + 1, rest[1:]
        elif rest[0] == ")":
            depth, rest = depth - 1, rest[1:]
            if not depth:
                break
        else:
            _, rest = _take_item(rest)
    return len(pattern) - len(rest)


def _split_branches(pattern: str) -> list[str]:
    branches, rest = [""], pattern
    while rest:
        if rest[0] == "|":
            branches.append("")
            rest = rest[1:]
        else:
            item, rest = _take_item(rest)
            branches[-1] += item
    return branches


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
    """Return the first letter of a block after bullets and brackets; ``DIGIT`` for all digits.

    >>> find_initial("» share"), find_initial("(12 comments)"), find_initial("—")
    ('s', '0', '')
    """
    initial = lowered.lstrip(EDGE_CHARS)[:1]
    return DIGIT if initial.isdecimal() else initial


class Needed:
    """Texts that patterns need, and a search for them in the lines of a page.

    Each text is searched for once in the whole page.  Nearly all are ruled out beforehand because
    the page lacks one of their pairs of adjacent letters.

    >>> needed = Needed(["cook", "ies", "mail", "qr"])
    >>> [sorted(each) for each in needed.find(["cookies", "", "emails"])]
    [['cook', 'ies'], [], ['mail']]
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._pairs = {text: _number_pairs(text).tolist() for text in texts}

    def find(self, lowered: Sequence[str]) -> list[set[str]]:
        """Return the texts found in each line; ``lowered`` holds the lines in lower case."""
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
        """Return the texts that may occur in the page."""
        marks = np.zeros(PAIRS, dtype=np.uint8)
        marks[_number_pairs(page)] = 1
        is_there = marks.tobytes().__getitem__
        return [text for text, pairs in self._pairs.items() if all(map(is_there, pairs))]


def _number_pairs(text: str) -> NDArray[np.uint32]:
    """Hash every pair of adjacent letters to a number below :data:`PAIRS`; few pairs collide."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return (codes[:-1] * np.uint32(31) + codes[1:]) % np.uint32(PAIRS)


@dataclass(frozen=True, slots=True)
class Loose:
    """A pattern that can begin with anything: its number among all, and the rank of its kind."""

    number: int
    rank: int
    pattern: re.Pattern[str]


class Search:
    """The patterns of one mode, each with its kind; earlier kinds win.

    Patterns that can begin with anything are tried only if one of the texts they need is present.
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
                needed = max(find_needed(item), key=rank_needed, default=frozenset[str]())
                loose = Loose(number, self.ranks[kind], _compile(mode, [(kind, item)]))
                for text in needed:
                    self.by_needed[text].append(loose)
                if not needed:
                    self.always.append(loose)
            for initial in initials or ():
                self.by_initial[initial].append((kind, item))

    def run(self, text: str, initial: str, held: Iterable[str]) -> re.Match[str] | None:
        """Return the match of the first kind that matches; ``held`` comes from :class:`Needed`."""
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
        """Return the loose patterns that can match, in order."""
        chosen = {each for text in held for each in self.by_needed.get(text, ())}
        if not chosen:
            return self.always
        return sorted(chosen.union(self.always), key=attrgetter("number"))


def _find_initials(pattern: str) -> frozenset[str] | None:
    """Return the letters a match can begin with; None if unknown or if one is an edge character."""
    found = find_first_characters(pattern)
    return None if found is None or found & set(EDGE_CHARS) else found


def _compile(mode: str, patterns: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    """Compile the patterns into one expression with a named group for each kind, in order."""
    groups = [
        f"(?P<{kind}>{'|'.join(item for _, item in items)})"
        for kind, items in groupby(patterns, key=itemgetter(0))
    ]
    before, after = EDGES[mode]
    return compile_lazily(f"{before}(?:{'|'.join(groups)}){after}", re.IGNORECASE)
