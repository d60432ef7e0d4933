"""The characters and words that a pattern needs in order to match, so that most are not tried.

A lexicon has a thousand patterns and a page has hundreds of short lines.  The source of a pattern
tells which characters a match can begin with and which words it must contain.  Where the source is
too complex, the answer is "anything": a pattern that could match is never skipped.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from functools import cache, lru_cache
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

DIGIT = "0"  # represents every decimal digit
LONGEST_PREFIX = 4  # characters
OPTIONAL = ("?", "*", "{0")
# Items of the source of a pattern: the opening and the end of a group, "|", and single items:
# plain characters that no quantifier follows, an escape, a character class, any other character.
# In a class, "]" is literal at the start, and escapes are kept.
ITEM = re.compile(
    r"(\((?:\?(?:-i)?:)?)|(\))|(\|)"
    r"|([\w ]+(?![?*+{])|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.)",
    re.DOTALL,
)
QUANTIFIER = re.compile(r"(?:([?*+]|\{[\d,]*\})\??)?")


class Item(NamedTuple):
    """An item of a pattern: its source, its quantifier, and the branches of a plain group."""

    source: str
    quantifier: str = ""
    branches: Sequence[Sequence[Item]] = ()

    @property
    def is_sure(self) -> bool:
        """Whether every match has the item."""
        return not self.quantifier.startswith(OPTIONAL)


def read_items(pattern: str) -> list[list[Item]]:
    r"""Return the branches of a pattern, each as its items; a lookaround is an item without any.

    >>> [[item.source for item in branch] for branch in read_items(r"ab?|(?:c|d)+\d")]
    [['a', 'b'], ['(?:', '\\d']]
    """
    branches: list[list[Item]] = [[]]
    outer: list[tuple[str, list[list[Item]]]] = []
    at = 0
    while (found := ITEM.match(pattern, at)) is not None:
        at = found.end()
        opening, end, bar, source = found.groups()
        if opening:
            outer.append((opening, branches))
            branches = [[]]
        elif bar:
            branches.append([])
        else:
            inner: list[list[Item]] = []
            if end and outer:
                inner = branches
                source, branches = outer.pop()
            after = QUANTIFIER.match(pattern, at)
            at = after.end() if after else at
            quantifier = (after and after[1]) or ""
            plain = inner if source.endswith(":") and source[0] == "(" else ()
            branches[-1].append(Item(source, quantifier, plain))
    return branches


def find_prefixes(pattern: str) -> frozenset[str]:
    r"""Return texts, in lower case, of which every match begins with one; none if unknown.

    A digit stands for all digits, and nothing follows it.

    >>> sorted(find_prefixes("(?:Daily|weekly )?news|\\d+ more|its? own"))
    ['0', 'dail', 'it o', 'its ', 'news', 'week']
    >>> find_prefixes(".{0,20} more")
    frozenset()
    """
    return list_prefixes(read_items(pattern))


def list_prefixes(branches: Sequence[Sequence[Item]]) -> frozenset[str]:
    """Return :func:`find_prefixes` of a pattern whose items are known."""
    found = {text for text, _ in _list_prefixes(branches)}
    return frozenset() if "" in found else frozenset(found)


def _list_prefixes(branches: Sequence[Sequence[Item]]) -> set[tuple[str, bool]]:
    """List the prefixes of a pattern, each with whether what follows the pattern continues it."""
    return {each for branch in branches for each in _continue({("", True)}, branch)}


def _continue(found: set[tuple[str, bool]], branch: Sequence[Item]) -> set[tuple[str, bool]]:
    """Extend prefixes by a branch, item by item."""
    for item in branch:
        if not any(is_open for _, is_open in found):
            break
        more = _read_prefixes(item)
        if item.quantifier not in {"", "?"}:
            more = {(text, False) for text, _ in more}  # it may be repeated
        if not item.is_sure:
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


def _read_prefixes(item: Item) -> set[tuple[str, bool]]:
    source = item.source
    if source == r"\b":
        return {("", True)}
    if item.branches:
        return _list_prefixes(item.branches)
    if source == r"\d":
        return {(DIGIT, False)}
    literal = _read_literal(source).lower()
    if len(literal) > 1 and not any(map(str.isdecimal, literal[:LONGEST_PREFIX])):
        return {(literal[:LONGEST_PREFIX], True)}
    if len(literal) > 1:
        return _continue({("", True)}, list(map(Item, literal)))
    is_list = source[0] == "[" and set(source[1:-1]).isdisjoint("^-\\[]")
    literals = source[1:-1].lower() if is_list else [literal]
    return {(DIGIT, False) if each.isdecimal() else (each, bool(each)) for each in literals}


def find_needed(pattern: str) -> tuple[frozenset[str], ...]:
    r"""Return sets of texts, in lower case; every match contains at least one text of each set.

    >>> [sorted(each) for each in find_needed("(?:this|our site) uses? Cookies")]
    [['our site', 'this'], [' use'], [' cookies']]
    >>> find_needed("this.*|.*"), find_needed("(?:that)?")
    ((), ())
    """
    return list_needed(read_items(pattern))


def list_needed(branches: Sequence[Sequence[Item]]) -> tuple[frozenset[str], ...]:
    """Return :func:`find_needed` of a pattern whose items are known."""
    found = [_find_needed(branch) for branch in branches]
    if len(found) == 1:
        return found[0]
    if not all(found):
        return ()
    return (frozenset().union(*(max(each, key=rank_needed) for each in found)),)


def _find_needed(branch: Sequence[Item]) -> tuple[frozenset[str], ...]:
    needed: list[frozenset[str]] = []
    run = ""
    for item in branch:
        literal = _read_literal(item.source)
        if literal and item.is_sure:
            run += literal.lower()
        if not literal or item.quantifier:
            needed.append(frozenset({run}))
            run = ""
        if item.is_sure and item.branches:
            needed += list_needed(item.branches)
    return tuple(each for each in (*needed, frozenset({run})) if each != {""})


def rank_needed(texts: frozenset[str]) -> tuple[int, int]:
    """Rank how rarely a set of texts will occur: by its shortest text, then by its size."""
    return min(map(len, texts)), -len(texts)


class Texts(NamedTuple):
    """What the lines that match a pattern have: one of some prefixes, and one of some texts.

    Either is empty if unknown.
    """

    prefixes: frozenset[str]
    needed: frozenset[str]


def find_texts(pattern: str) -> Texts:
    """Return the prefixes of a pattern, and the rarest texts that it needs.

    >>> find_texts("news|wire").prefixes == find_texts("news|wire").needed == {"news", "wire"}
    True
    """
    branches = read_items(pattern)
    needed = max(list_needed(branches), key=rank_needed, default=frozenset[str]())
    return Texts(list_prefixes(branches), needed)


TEXTS = Path(__file__).with_name("phrases.json")
"""The texts of the packaged patterns, which ``python -m training.boilerplate.phrases`` writes."""


@cache
def _load_texts() -> Mapping[str, tuple[list[str], list[str]]]:
    known: Mapping[str, tuple[list[str], list[str]]] = json.loads(TEXTS.read_text("utf-8"))
    return known


def look_up_texts(pattern: str) -> Texts:
    """Return :func:`find_texts` of a pattern, from a table if it is a packaged one."""
    known = _load_texts().get(pattern)
    return Texts(*map(frozenset, known)) if known else find_texts(pattern)


def _read_literal(source: str) -> str:
    """Return the literal characters of an item, or "" if it has no fixed ones."""
    if source[0] == "\\":
        return "" if source[1:].isalnum() else source[1:]
    return "" if source[0] in "([.^$" else source


LINE_EDGE = r"[\s:：|>»›<«‹…•·*–—\-()\[\]（）【】+,，、/]*"
EDGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "section": (f"^{LINE_EDGE}", f"{LINE_EDGE}$"),
        "line": (f"^{LINE_EDGE}", f"{LINE_EDGE}$"),
        "start": (r"^[\s|>»›<«‹…•·*–—\-【\[(（▶►👉👇⚠✅📌🔔📲💡➡🔗📩✉\ufe0f]*", ""),
        "anywhere": ("", ""),
    }
)
LINE_EDGES = " \t\n\r\u3000\xa0:：|>»›<«‹…•·*–—-()[]（）【】+,，、/"
EDGE_CHARS = " \t\n\r\u3000\xa0:：|>»›<«‹…•·*–—-()[]（）【】+,，、/▶►👉👇⚠✅📌🔔📲💡➡🔗📩✉\ufe0f"


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
        for size, table in self._tables.items():
            starts = "".join(start for start in self._texts if len(start) == size)
            table[_hash_grams(_read_codes(starts), size)[::size]] = True

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

    Attributes:
        sign: the text that the lines hold if it is one, "" if there is none, None for several.
    """

    __slots__ = ("_edges", "_quick", "_whole", "_words", "limit", "needed", "number", "sign")

    def __init__(
        self,
        number: int,
        words: str,
        edges: tuple[str, str],
        limit: int | None,
        needed: frozenset[str],
    ) -> None:
        self.number, self.needed = number, needed
        self.limit = sys.maxsize if limit is None else limit
        self.sign = None if len(needed) > 1 else "".join(needed)
        self._words, self._edges = words, edges
        self._whole: re.Pattern[str] | None = None
        self._quick: re.Pattern[str] | None = None

    def has_needed(self, lowered: str) -> bool:
        """Whether a line, in lower case, has one of several texts that it needs."""
        for text in self.needed:  # noqa: SIM110 -- twice as fast as any()
            if text in lowered:
                return True
        return False

    def search(self, text: str) -> re.Match[str] | None:
        """Return what the pattern with its edges finds in a line."""
        before, after = self._edges
        if not before or text[:1] in EDGE_CHARS or text[0].isspace():
            return self._search_whole(text)
        if self._quick is None:
            words = rf"{self._words}\W*$" if after else self._words
            self._quick = re.compile(words, re.IGNORECASE)
        match = self._quick.match(text)
        if match is None or not after or not text[match.end(1) :].strip(LINE_EDGES):
            return match
        return self._search_whole(text)

    def _search_whole(self, text: str) -> re.Match[str] | None:
        if self._whole is None:
            before, after = self._edges
            self._whole = re.compile(f"{before}{self._words}{after}", re.IGNORECASE)
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
            for kind, item, prefixes, needed in _order(mode, patterns):
                least = None if kind in long_kinds else limit
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
            size, phrases = len(text), map(self._all.__getitem__, places)
            yield [
                each
                for each in phrases
                if size <= each.limit
                and (each.has_needed(small) if (sign := each.sign) is None else sign in small)
            ]

    def _list_open(self, head: str) -> list[int]:
        """List the patterns that may match any line, or one that begins like this."""
        lists = [self._by_prefix[each] for each in list_heads(head) if each in self._by_prefix]
        return sorted({*self._always, *chain.from_iterable(lists)})


def _order(
    mode: str, patterns: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, str, frozenset[str], frozenset[str]]]:
    """Yield the patterns of a mode, each with its prefixes and the rarest texts it needs.

    In each kind, those with prefixes come first.
    """
    for _, items in groupby(patterns, key=itemgetter(0)):
        known = [(kind, item, *_look_up(item, mode)) for kind, item in items]
        yield from sorted(known, key=lambda each: not each[2])


def _look_up(pattern: str, mode: str) -> Texts:
    """Return the texts of a pattern in a mode; a line is looked up without edges at its start."""
    texts = look_up_texts(pattern)
    is_inside = mode == "anywhere" or any(each[:1] in EDGE_CHARS for each in texts.prefixes)
    return texts._replace(prefixes=frozenset()) if is_inside else texts
