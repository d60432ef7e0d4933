"""Alignment of an extractor's text with the pieces of a page, by position as well as by words.

The extractor's text and the page are both sequences of tokens.  Runs of four or more tokens found
in both are chained in order, and the heaviest chain wins (the global alignment of genome
comparison: Abouelhoda and Ohlebusch 2005).  The tokens between two links of the chain are compared
one by one.  So a menu entry that repeats a word of the article does not match, but a one-word
heading between two paragraphs does.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING
from unicodedata import normalize

from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDE = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = compile_lazily(rf"[{_WIDE}]|[^\W_{_WIDE}]+")
_SHINGLE = 4
_MOST_PLACES = 12
_LARGEST_GAP = 400_000
_SHORTEST_MOVE = 8
_TAKEN_PAGE, _TAKEN_MAIN = "\x00page", "\x00main"  # placeholders that are never real tokens


def tokenize(text: str) -> list[str]:
    """Split a text into lower-case words of letters and digits, and single ideographs and kana.

    >>> tokenize("Le 3-mars, 北京GDP")
    ['le', '3', 'mars', '北', '京', 'gdp']
    """
    return _TOKEN.findall(normalize("NFKC", text).casefold())


@dataclass(frozen=True, slots=True)
class _Run:
    """``size`` equal tokens, from ``page`` in the page and from ``main`` in the main text."""

    page: int
    main: int
    size: int


def cover(pieces: Sequence[str], main: str) -> list[float]:
    """Return the share of each piece's tokens that align with the main text, from 0 to 1.

    A piece without tokens (an ellipsis, a row of stars) gets the smaller share of its neighbours.

    >>> cover(["Sport", "A first long sentence.", "Sport", "A second long sentence."],
    ...       "A first long sentence. Sport: A second long sentence.")
    [0.0, 1.0, 1.0, 1.0]
    """
    tokens = [tokenize(piece) for piece in pieces]
    ends = list(accumulate(map(len, tokens)))
    page = [token for piece in tokens for token in piece]
    matched = bytearray(len(page))
    for run in _align(page, tokenize(main)):
        matched[run.page : run.page + run.size] = b"\x01" * run.size
    shares = [
        sum(matched[end - len(piece) : end]) / len(piece) if piece else -1.0
        for piece, end in zip(tokens, ends, strict=True)
    ]
    return _fill_tokenless(shares)


def _fill_tokenless(shares: list[float]) -> list[float]:
    before = list(accumulate(shares, _last_known))
    after = list(accumulate(reversed(shares), _last_known))
    around = zip(shares, before, reversed(after), strict=True)
    return [max(0.0, min(b, a)) if share < 0 else share for share, b, a in around]


def _last_known(last: float, share: float) -> float:
    return last if share < 0 else share


def _align(page: list[str], main: list[str]) -> Iterator[_Run]:
    """Yield the matching runs in order, then the runs that the extractor has moved elsewhere."""
    rest_page, rest_main = list(page), list(main)
    for run in _align_in_order(page, main):
        rest_page[run.page : run.page + run.size] = [_TAKEN_PAGE] * run.size
        rest_main[run.main : run.main + run.size] = [_TAKEN_MAIN] * run.size
        yield run
    if len(main) - rest_main.count(_TAKEN_MAIN) < _SHORTEST_MOVE:
        return
    moved = [run for run in _find_runs(rest_page, rest_main) if run.size >= _SHORTEST_MOVE]
    yield from _heaviest_chain(moved)


def _align_in_order(page: list[str], main: list[str]) -> Iterator[_Run]:
    page_at = main_at = 0
    for run in [*_heaviest_chain(_find_runs(page, main)), _Run(len(page), len(main), 0)]:
        yield from _fill_gap(page, main, (page_at, run.page), (main_at, run.main))
        yield run
        page_at, main_at = run.page + run.size, run.main + run.size


def _fill_gap(
    page: list[str], main: list[str], page_gap: tuple[int, int], main_gap: tuple[int, int]
) -> Iterator[_Run]:
    """Align the tokens between two runs one by one; leave huge gaps unaligned."""
    area = (page_gap[1] - page_gap[0]) * (main_gap[1] - main_gap[0])
    if not 0 < area <= _LARGEST_GAP:
        return
    left, right = page[slice(*page_gap)], main[slice(*main_gap)]
    for match in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
        if match.size:
            yield _Run(page_gap[0] + match.a, main_gap[0] + match.b, match.size)


def _find_runs(page: list[str], main: list[str]) -> list[_Run]:
    """Find maximal runs of at least four tokens; a shingle in too many places starts none."""
    wanted = set(_shingles(main))
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, shingle in enumerate(_shingles(page)):
        if shingle in wanted and len(places[shingle]) <= _MOST_PLACES:
            places[shingle].append(at)
    runs = []
    open_runs: dict[int, tuple[int, int]] = {}  # next place in the page: start of the run
    for at, shingle in enumerate(_shingles(main)):
        found = places.get(shingle, [])
        if len(found) > _MOST_PLACES:
            found = [
                place for place in open_runs if tuple(page[place : place + _SHINGLE]) == shingle
            ]
        following = {place + 1: open_runs.pop(place, (place, at)) for place in found}
        runs += [_close(place, begin) for place, begin in open_runs.items()]
        open_runs = following
    runs += [_close(place, begin) for place, begin in open_runs.items()]
    return sorted(runs, key=lambda run: (run.page, run.main))


def _shingles(tokens: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False)


def _close(place: int, begin: tuple[int, int]) -> _Run:
    return _Run(begin[0], begin[1], place - begin[0] + _SHINGLE - 1)


def _heaviest_chain(runs: list[_Run]) -> list[_Run]:
    """Find the chain of runs with the most shingles, in order in both texts and without overlap.

    ``runs`` must be sorted by their place in the page.  The time is O(n log n): the best chains so
    far are kept in a list in which both the end in the main text and the weight increase.
    """
    if not runs:
        return []
    stairs = _Stairs()
    weights: list[int] = []
    previous: list[int | None] = []
    by_end = sorted(range(len(runs)), key=lambda index: runs[index].page + runs[index].size)
    done = 0
    for run in runs:
        while runs[by_end[done]].page + runs[by_end[done]].size <= run.page:
            ended = runs[by_end[done]]
            stairs.insert(ended.main + ended.size, weights[by_end[done]], by_end[done])
            done += 1
        weight, owner = stairs.best_before(run.main)
        weights.append(weight + run.size - _SHINGLE + 1)
        previous.append(owner)
    chain = []
    index: int | None = weights.index(max(weights))
    while index is not None:
        chain.append(runs[index])
        index = previous[index]
    return chain[::-1]


@dataclass(slots=True)
class _Stairs:
    """The heaviest chain that ends at or before each place in the main text."""

    ends: list[int] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)

    def best_before(self, place: int) -> tuple[int, int | None]:
        step = bisect_right(self.ends, place) - 1
        return (self.weights[step], self.owners[step]) if step >= 0 else (0, None)

    def insert(self, end: int, weight: int, owner: int) -> None:
        if weight <= self.best_before(end)[0]:
            return
        first = bisect_left(self.ends, end)
        last = first
        while last < len(self.ends) and self.weights[last] <= weight:
            last += 1
        for steps, value in ((self.ends, end), (self.weights, weight), (self.owners, owner)):
            steps[first:last] = [value]
