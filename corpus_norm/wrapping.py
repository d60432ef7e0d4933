"""Lines that a program has wrapped: at which column, and which line goes on in the next.

A program fills each line greedily: the first word of the next line would not have fitted.  So the
lines inside a paragraph are of nearly one width, and each is full.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from corpus_norm.document import BlockKind
from corpus_norm.lines import measure, measure_narrow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TERMINAL = re.compile(r"[.!?…。！？:：;；][\"'”’»)\]」』）]*$")
_FIRST_WORD = re.compile(
    r"[\u2e80-\u9fff\uff00-\uffef“”‘’—…]{1,2}|[^\s\u2e80-\u9fff\uff00-\uffef“”‘’—…]+"
)
_HAN = re.compile(r"[\u3400-\u9fff\uff00-\uff60\u3000-\u303f]")
# What begins a paragraph or an item in Chinese, whatever the line before.
_OPENING = re.compile(
    r"[【■◆▲●★]|第.{1,3}[章节節条條]|[一二三四五六七八九十]{1,3}[、是]|[（(][一二三四五六七八九十\d]{1,2}[）)]"
    r"|\d{1,2}[、.．](?!\d)"
)
_END = re.compile(r"[。！？]")
_SECOND_SENTENCE = re.compile(r"[。！？][”」』]?[^。！？：:/|]{4,}(?<=[\u3400-\u9fff])$")
_FLOWING = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST_ITEM})
_LATIN_WIDTHS = range(40, 121)
_HAN_WIDTHS = range(38, 241)
_HAN_LENGTHS = range(20, 121)
_OPEN_SHARE = 0.7
_LEAST_OPEN = 40  # columns of a line that breaks off at a comma


class Line(NamedTuple):
    """A non-blank line: its kind by markup, the offsets of its text, the number of its group.

    Lines with no blank line between them are of one group.  ``indent`` is the width of the white
    space it begins with, where it has no markup.
    """

    kind: BlockKind
    start: int
    end: int
    text: str
    group: int
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Wrap:
    """How the lines were wrapped: their width as ``measure`` counts it.

    ``opens_with_indent`` says that a paragraph begins with white space, and no other line does.
    ``margin`` is how far a line may stick out.  A line that ends no sentence goes on if it has this
    ``share`` of the width.
    """

    width: int
    measure: Callable[[str], int]
    margin: int
    opens_with_indent: bool = False
    share: float = 1.0

    def joins(self, a: Line, b: Line) -> bool:
        """Whether ``a`` is so full that ``b`` goes on with it."""
        if self.opens_with_indent and b.indent > 1:
            return False
        if TERMINAL.search(a.text) is not None and _OPENING.match(b.text) is not None:
            return False
        size = self.size(a)
        word = _FIRST_WORD.match(b.text)
        room = self.width - 1 - (self.measure(word.group()) if word else 0)
        if room < size <= self.width + self.margin:
            return True
        if self.share == 1.0 or TERMINAL.search(a.text) is not None:
            return False
        return size > self.share * self.width or a.text[-1] in "，、（"

    def size(self, line: Line) -> int:
        """The width of a line, with the indent of a paragraph."""
        return self.measure(line.text) + (line.indent if self.opens_with_indent else 0)


def find_wrap(lines: Sequence[Line]) -> Wrap | None:
    """How the lines were wrapped, None when they were not."""
    if sum(len(line.text) for line in lines) < 2 * sum(
        len(_HAN.findall(line.text)) for line in lines
    ):
        return _find_wrap_of_han(lines)
    pairs = _pair(lines)
    if len(pairs) < 3:
        return None
    lengths = sorted(len(a.text) for a, _ in pairs)
    width = lengths[int(len(lengths) * 0.95)]
    wrap = Wrap(width, len, 8)
    if width not in _LATIN_WIDTHS:
        return None
    full = sum(wrap.joins(a, b) for a, b in pairs)
    return wrap if full >= 0.7 * len(pairs) and _are_open(pairs) else None


def flows(line: Line) -> bool:
    """Whether lines of this kind may go on in the next."""
    return line.kind in _FLOWING


def breaks_off(line: Line) -> bool:
    """Whether a long line of Chinese ends where no paragraph and no title does.

    That is at a comma, or inside a sentence that is not its first.
    """
    if measure(line.text) < _LEAST_OPEN:
        return False
    return line.text[-1] in "，、" or _SECOND_SENTENCE.search(line.text) is not None


def _pair(lines: Sequence[Line]) -> list[tuple[Line, Line]]:
    return [
        (a, b) for a, b in pairwise(lines) if a.group == b.group and a.kind == b.kind and flows(a)
    ]


def _are_open(pairs: Sequence[tuple[Line, Line]]) -> bool:
    return sum(TERMINAL.search(a.text) is None for a, _ in pairs) >= 0.5 * len(pairs)


def _find_wrap_of_han(lines: Sequence[Line]) -> Wrap | None:
    """Chinese is wrapped at a column or after so many characters, so that its lines are equal."""
    pairs = _pair(lines)
    inner = [(a, b) for a, b in pairs if b.indent < 2]
    opens_with_indent = len(inner) >= 2 and any(line.indent > 1 for line in lines)
    pairs = inner if opens_with_indent else pairs
    if len(pairs) < 2 or not _are_open(pairs) or not any(_END.search(b.text) for _, b in pairs):
        return None
    best, most = None, 0.6 * len(pairs)
    for ruler, widths in (
        (measure, _HAN_WIDTHS),
        (measure_narrow, _HAN_WIDTHS),
        (len, _HAN_LENGTHS),
    ):
        wrap = Wrap(0, ruler, 2, opens_with_indent)
        sizes = sorted(wrap.size(a) for a, _ in pairs)
        wrap = replace(wrap, width=sizes[int(len(sizes) * 0.95)])
        equal = sum(abs(size - wrap.width) <= 3 for size in sizes)
        full = sum(wrap.joins(a, b) for a, b in pairs)
        if wrap.width in widths and equal >= 2 and full >= most:
            best, most = replace(wrap, share=_OPEN_SHARE), full + 1
    return best
