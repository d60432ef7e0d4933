"""The characters and words that a pattern needs in order to match, so that most are not tried.

A lexicon has a thousand patterns and a page has hundreds of short lines.  The source of a pattern
tells which characters a match can begin with and which words it must contain.  Where the source is
too complex, the answer is "anything": a pattern that could match is never skipped.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

DIGIT = "0"  # represents every decimal digit
GROUPS = ("(?:", "(?-i:")
LONGEST_PREFIX = 4  # characters
OPTIONAL = ("?", "*", "{0")
QUANTIFIER = re.compile(r"[?*+]|\{[\d,]*\}")
# A character class in the source of a pattern: "]" is literal at its start, and escapes are kept.
CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")


def find_prefixes(pattern: str) -> frozenset[str]:
    r"""Return texts, in lower case, of which every match begins with one; none if unknown.

    A digit stands for all digits, and nothing follows it.

    >>> sorted(find_prefixes("(?:Daily|weekly )?news|\\d+ more|its? own"))
    ['0', 'dail', 'it o', 'its ', 'news', 'week']
    >>> find_prefixes(".{0,20} more")
    frozenset()
    """
    found = {text for text, _ in _list_prefixes(pattern)}
    return frozenset() if "" in found else frozenset(found)


def _list_prefixes(pattern: str) -> set[tuple[str, bool]]:
    """List the prefixes of a pattern, each with whether what follows the pattern continues it."""
    return {each for branch in _split_branches(pattern) for each in _continue({("", True)}, branch)}


def _continue(found: set[tuple[str, bool]], rest: str) -> set[tuple[str, bool]]:
    """Extend prefixes by a branch, item by item."""
    while rest and any(is_open for _, is_open in found):
        item, rest = _take_item(rest)
        quantifier = QUANTIFIER.match(rest)
        if quantifier is not None:
            rest = rest[quantifier.end() :].removeprefix("?")
        more = _read_prefixes(item)
        if quantifier is not None and quantifier[0] != "?":
            more = {(text, False) for text, _ in more}  # it may be repeated
        if quantifier is not None and quantifier[0].startswith(OPTIONAL):
            more.add(("", True))
        found = {
            joined
            for text, goes_on in found
            for joined in ({_join(text, *each) for each in more} if goes_on else {(text, False)})
        }
    return found


def _join(text: str, end: str, is_open: bool) -> tuple[str, bool]:  # noqa: FBT001
    """Extend a prefix; only at its beginning does a digit stand for all digits."""
    longer = text if text and end == DIGIT else (text + end)[:LONGEST_PREFIX]
    return longer, is_open and len(longer) < LONGEST_PREFIX


def _read_prefixes(item: str) -> set[tuple[str, bool]]:
    if item == r"\b":
        return {("", True)}
    if item.startswith(GROUPS):
        return _list_prefixes(item[item.index(":") + 1 : -1])
    if item == r"\d":
        return {(DIGIT, False)}
    is_list = item[0] == "[" and set(item[1:-1]).isdisjoint("^-\\[]")
    literals = item[1:-1].lower() if is_list else [_read_literal(item).lower()]
    return {(DIGIT, False) if each.isdecimal() else (each, bool(each)) for each in literals}


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
LINE_EDGES = " \t\n\r\u3000\xa0:：|>»›<«‹…•·*–—-()[]（）【】+,，、/"
EDGE_CHARS = " \t\n\r\u3000\xa0:：|>»›<«‹…•·*–—-()[]（）【】+,，、/▶►"


def list_heads(lowered: str) -> list[str]:
    """List the prefixes of a block after bullets and brackets; ``DIGIT`` for all digits.

    >>> list_heads("» share it"), list_heads("(12 comments)"), list_heads("—")
    (['s', 'sh', 'sha', 'shar'], ['0'], [])
    """
    head = lowered.lstrip(EDGE_CHARS)[:LONGEST_PREFIX]
    if head[:1].isdecimal():
        return [DIGIT]
    return [head[:size] for size in range(1, len(head) + 1)]


GRAM = 4  # characters of a text that are looked up together
BUCKETS = 1 << 16
FACTOR = 0x9E3779B1  # of a hash of adjacent characters (Karp and Rabin 1987)


class Needed:
    """Texts that patterns need, and a search for all of them in many lines at once.

    Every place of the joined lines is looked up in a table of hashed beginnings of the texts, up
    to :data:`GRAM` characters of each; only where that succeeds are texts compared.

    >>> needed = Needed(["cook", "ies", "mail", "qr"])
    >>> [sorted(each) for each in needed.find(["cookies", "", "emails"])]
    [['cook', 'ies'], [], ['mail']]
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts: defaultdict[str, list[str]] = defaultdict(list)
        for text in sorted(set(texts)):
            self._texts[text[:GRAM]].append(text)
        self._tables = {size: np.zeros(BUCKETS, dtype=bool) for size in range(1, GRAM + 1)}
        for start in self._texts:
            self._tables[len(start)][_hash_grams(_read_codes(start), len(start))] = True

    def find(self, lowered: Sequence[str]) -> list[set[str]]:
        """Return the texts found in each line; ``lowered`` holds the lines in lower case."""
        joined = "\n".join(lowered)
        codes = _read_codes(joined)
        ends = np.cumsum([len(line) + 1 for line in lowered])
        held: list[set[str]] = [set() for _ in lowered]
        for size, table in self._tables.items():
            places = np.flatnonzero(table[_hash_grams(codes, size)])
            lines = np.searchsorted(ends, places, side="right")
            for at, line in zip(places.tolist(), lines.tolist(), strict=True):
                for text in self._texts.get(joined[at : at + size], ()):
                    if joined.startswith(text, at):
                        held[line].add(text)
        return held


def _read_codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _hash_grams(codes: NDArray[np.uint32], size: int) -> NDArray[np.uint32]:
    """Hash all runs of ``size`` adjacent characters to numbers below :data:`BUCKETS`."""
    count = max(0, len(codes) - size + 1)
    hashed = codes[:count]
    for step in range(1, size):
        hashed = hashed * np.uint32(FACTOR) + codes[step : step + count]
    return (hashed * np.uint32(FACTOR)) >> np.uint32(16)


class Phrase:
    """A pattern of the lexicon, with its words as a group named for its kind.

    Nearly all lines begin with no edge and end with no other sign than an edge.  For these a
    pattern without edges is enough, which takes a fifth of the time to compile.

    Args:
        number: the place of its mode among the modes.
        words: the pattern.
        edges: those of its mode.
        limit: the length of the lines, None for a pattern that longer lines may hold as well.
        needed: the lines hold one of these texts, if there are any.
    """

    __slots__ = ("_has_end", "_quick", "_whole", "limit", "needed", "number", "search")

    def __init__(
        self,
        number: int,
        words: str,
        edges: tuple[str, str],
        limit: int | None,
        needed: frozenset[str],
    ) -> None:
        before, after = edges
        self.number, self.limit, self.needed = number, limit, needed
        self._has_end = bool(after)
        self._whole = compile_lazily(f"{before}{words}{after}", re.IGNORECASE)
        self._quick = compile_lazily(rf"{words}\W*$" if after else words, re.IGNORECASE)
        self.search = self._search if before else self._whole.search

    def may_match(self, lowered: str, size: int) -> bool:
        """Whether a line, in lower case, has the length and one of the texts that it needs."""
        if self.limit is not None and size > self.limit:
            return False
        for text in self.needed:
            if text in lowered:
                return True
        return not self.needed

    def _search(self, text: str) -> re.Match[str] | None:
        """Return what the pattern with its edges finds in a line."""
        if text[:1] in EDGE_CHARS or text[0].isspace():
            return self._whole.search(text)
        match = self._quick.match(text)
        if match is None or not self._has_end or not text[match.end(1) :].strip(LINE_EDGES):
            return match
        return self._whole.search(text)


class Phrases:
    """All patterns of a lexicon in the order in which they are tried.

    A pattern is tried on the lines that hold one of the texts it needs.  These are found by how
    they begin, where all lines that match begin alike, and otherwise by the texts themselves.

    Args:
        modes: the modes in order, each with the length of its lines and its patterns by kind;
            of two patterns that match, the one of the earlier kind wins.
        long_kinds: the kinds that longer lines may be as well.
    """

    def __init__(
        self,
        modes: Sequence[tuple[str, int, Sequence[tuple[str, str]]]],
        long_kinds: Container[str],
    ) -> None:
        self._all: list[Phrase] = []
        self._by_prefix: defaultdict[str, list[int]] = defaultdict(list)
        self._by_needed: defaultdict[str, list[int]] = defaultdict(list)
        self._always: list[int] = []
        for number, (mode, limit, patterns) in enumerate(modes):
            for kind, item, prefixes in _order(mode, patterns):
                least = None if kind in long_kinds else limit
                needed = max(find_needed(item), key=rank_needed, default=frozenset[str]())
                for each in self._choose_lists(prefixes, needed):
                    each.append(len(self._all))
                words = f"(?P<{kind}>{item})"
                self._all.append(Phrase(number, words, EDGES[mode], least, needed))
        self._needed = Needed(self._by_needed)
        self._open = lru_cache(maxsize=16_384)(self._list_open)

    def _choose_lists(self, prefixes: frozenset[str], needed: frozenset[str]) -> list[list[int]]:
        """Return the lists of the lines on which a pattern is tried."""
        if prefixes:
            return [self._by_prefix[each] for each in prefixes]
        return [self._by_needed[each] for each in needed] or [self._always]

    def choose(self, texts: Sequence[str]) -> Iterator[list[Phrase]]:
        """Yield the patterns to try on each text, in order."""
        lowered = [text.lower() for text in texts]
        for text, small, held in zip(texts, lowered, self._needed.find(lowered), strict=True):
            places = self._open(small.lstrip(EDGE_CHARS)[:LONGEST_PREFIX])
            if held:
                wanted = (self._by_needed[each] for each in held)
                places = sorted({*places, *chain.from_iterable(wanted)})
            phrases = map(self._all.__getitem__, places)
            yield [each for each in phrases if each.may_match(small, len(text))]

    def _list_open(self, head: str) -> list[int]:
        """List the patterns that may match any line, or one that begins like this."""
        lists = [self._by_prefix[each] for each in list_heads(head) if each in self._by_prefix]
        return sorted({*self._always, *chain.from_iterable(lists)})


def _order(
    mode: str, patterns: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield the patterns of a mode with their prefixes; in each kind, those with prefixes first."""
    for _, items in groupby(patterns, key=itemgetter(0)):
        known = [(kind, item, _find_openings(item, mode)) for kind, item in items]
        yield from sorted(known, key=lambda each: not each[2])


def _find_openings(pattern: str, mode: str) -> frozenset[str]:
    """Return prefixes of lines that match; none if unknown or if one opens with an edge."""
    found = find_prefixes(pattern) if mode != "anywhere" else frozenset[str]()
    return frozenset() if any(each[:1] in EDGE_CHARS for each in found) else found
