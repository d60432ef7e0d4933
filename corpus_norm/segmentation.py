"""Split text into blocks, joining hard-wrapped lines, and split blocks into sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from corpus_norm.document import UNDETERMINED, Block, BlockKind, Document, make_sentence
from corpus_norm.languages import LANGUAGES, any_of, combine
from corpus_norm.lines import cut_credits, measure, measure_narrow
from corpus_norm.patterns import compile_lazily, has_far_letters
from corpus_norm.sentences import find_ends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TERMINAL = compile_lazily(r"[.!?…。！？:：;；](?:\s?[\"'”’»)\]」』）])*$")
# One or two East Asian characters or quotation marks, or a run of anything else but spaces.
_FIRST_WORD = compile_lazily(
    r"[\u2e80-\u9fff\uff00-\uffef“”‘’—…]{1,2}|[^\s\u2e80-\u9fff\uff00-\uffef“”‘’—…]+"
)
_HAN = compile_lazily(r"[\u3400-\u9fff\uff00-\uff60\u3000-\u303f]")
# Signs and numbers that begin a paragraph or an item in Chinese, whatever the line before.
_OPENING = compile_lazily(
    r"[【■◆▲●★]|第.{1,3}[章节節条條]|[一二三四五六七八九十]{1,3}[、是]|[（(][一二三四五六七八九十\d]{1,2}[）)]"
    r"|\d{1,2}[、.．](?!\d)"
)
_END = compile_lazily(r"[。！？]")
# The end of a sentence, then at least five characters of another that ends in Han.
_SECOND_SENTENCE = compile_lazily(r"[。！？][”」』]?[^。！？：:/|]{4,}(?<=[\u3400-\u9fff])$")
# A mark that closes or parts, at the beginning of a line: the line was cut at a link or bold words.
_CUT = compile_lazily(r"[,.;!?)»”、，。；！？）」』](?:$|\s+[^\W_]|\s*[\"“«(\u3400-\u9fff])")
_CUTS = frozenset(",.;!?)»”、，。；！？）」』")
_LEAST_CUT = 3  # lines that begin like this in a text that was cut
_JOINING = frozenset().union(*(each.stopwords for each in LANGUAGES.values() if each.spaced))
_LAST_WORD = compile_lazily(r"(?<![^\W_])[^\W_]+$")
_FLOWING = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST_ITEM})
_LATIN_WIDTHS = range(40, 121)
_HAN_WIDTHS = range(38, 241)
_HAN_LENGTHS = range(20, 121)
_OPEN_SHARE = 0.7
_LEAST_OPEN = 40  # columns of a line that breaks off at a comma
_LONGEST_SHARED = 500  # characters of a line that many pages may share


class Line(NamedTuple):
    """A non-blank line: its kind by markup, the offsets of its text, the number of its group.

    Lines with no blank line between them form one group.  ``indent`` is the width of the leading
    white space of a line without markup.
    """

    kind: BlockKind
    start: int
    end: int
    text: str
    group: int
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Wrap:
    """The wrapping of lines: their width as ``measure`` counts it.

    ``opens_with_indent`` means that the first line of a paragraph begins with white space, and no
    other line does.  ``margin`` is how far a line may exceed the width.  A line that ends no
    sentence continues in the next line if it fills this ``share`` of the width.
    """

    width: int
    measure: Callable[[str], int]
    margin: int
    opens_with_indent: bool = False
    share: float = 1.0

    def joins(self, a: Line, b: Line) -> bool:
        """Whether ``a`` is full, so that ``b`` continues it."""
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
        """Return the width of a line, including its indent if paragraphs begin with one."""
        return self.measure(line.text) + (line.indent if self.opens_with_indent else 0)


def find_wrap(lines: Sequence[Line]) -> Wrap | None:
    """Return how the lines were wrapped; None if they were not."""
    if sum(len(line.text) for line in lines) < 2 * sum(
        len(_HAN.findall(line.text)) for line in lines if has_far_letters(line.text)
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
    """Whether lines of this kind may continue in the next line."""
    return line.kind in _FLOWING


def breaks_off(line: Line) -> bool:
    """Whether a long line of Chinese ends where no paragraph and no title does.

    It then ends at a comma, or inside a sentence that is not its first.
    """
    if measure(line.text) < _LEAST_OPEN:
        return False
    return line.text[-1] in "，、" or _SECOND_SENTENCE.search(line.text) is not None


def is_cut_off(line: Line) -> bool:
    """Whether a line begins with a mark that closes or parts what stands before it."""
    return line.kind is BlockKind.PARAGRAPH and _CUT.match(line.text) is not None


def goes_on(a: Line, b: Line, *, is_cut: bool) -> bool:
    """Whether ``a`` was cut off in front of ``b``, as tools do that put each link on its own line.

    A line that begins with a comma or a full stop follows the one above it.  In a text that
    ``is_cut`` at such places, so does one in lower case or below a line that cannot end there.
    """
    if a.group != b.group or b.kind is not BlockKind.PARAGRAPH or not flows(a):
        return False
    if b.text[0] in _CUTS and is_cut_off(b):
        return True
    if not is_cut or TERMINAL.search(a.text) is not None:
        return False
    last = _LAST_WORD.search(a.text)
    is_open = a.text[-1] in "(,“«" or (last is not None and last[0].lower() in _JOINING)
    return b.text[0].islower() or is_open


def _pair(lines: Sequence[Line]) -> list[tuple[Line, Line]]:
    return [
        (a, b) for a, b in pairwise(lines) if a.group == b.group and a.kind == b.kind and flows(a)
    ]


def _are_open(pairs: Sequence[tuple[Line, Line]]) -> bool:
    return sum(TERMINAL.search(a.text) is None for a, _ in pairs) >= 0.5 * len(pairs)


def _find_wrap_of_han(lines: Sequence[Line]) -> Wrap | None:
    """Return the wrapping of Chinese lines, which are equal in columns or in characters."""
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


MARKUP = compile_lazily(
    r"""[ \t\u3000]*(?:
        (?P<heading>\#{1,6})[ \t]*(?=[^\s\#])
      | (?P<quote>>(?:[ \t]*>)*)[ \t]*(?=\S)
      | (?P<list_item>[-*+•◦▪‣●○■]|\(?\d{1,2}[.)])[ \t]+(?=\S)
      | (?P<table>\|)(?=.*\|)
    )""",
    re.VERBOSE,
)
SETEXT = compile_lazily(r"[ \t]*(?:=+|-{3,})[ \t]*")
RULE = compile_lazily(r"[-=_*~#+|>·•–—─━═\\ \t]+")
GLUED_HEADING = compile_lazily(r"(?<=[.!?…。！？\"”’»)\]])[ \t]*(?:#{2,6}[ \t]*|#[ \t]+)(?=\w)")
HASHTAG = compile_lazily(r"[ \t]*#\w")
FENCE = compile_lazily(r" {0,3}(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[\w+#.{}:=-]{0,40})[ \t]*")
LINE_TEXT = compile_lazily(r"\S(?:.*\S)?")
# A byline or the weekday of a date in lower case, on a short line: no sentence goes on there.
CREDIT = compile_lazily(
    rf"(?:{any_of(combine(lambda record: record.bylines.by_words))} [A-ZÀ-Þ][^.!?…]{{2,70}}$"
    rf"|{any_of(sorted(combine(lambda record: record.stops.days)))}\.? \d{{1,2}} .{{3,60}}$)"
)


def split_blocks(text: str) -> list[Block]:
    r"""Split plain text or Markdown into blocks, leaving markup and white space between them.

    >>> for block in split_blocks("A short start.## A Heading\nThen:\n- one\n- two"):
    ...     print(block.kind, repr(block.text))
    paragraph 'A short start.'
    heading 'A Heading'
    paragraph 'Then:'
    list_item 'one'
    list_item 'two'

    Args:
        text: cleaned text, with ``\n`` as its only line end.

    Returns:
        Blocks in order.  ``block.text == text[block.start:block.end]``, and only white space
        and markup lie outside all blocks.
    """
    lines = list(_lines(text))
    wrap = find_wrap(lines)
    is_cut = sum(line.text[0] in _CUTS and is_cut_off(line) for line in lines) >= _LEAST_CUT
    blocks: list[Block] = []
    previous: Line | None = None
    for line in lines:
        if previous is not None and (
            _continues(previous, line, wrap) or goes_on(previous, line, is_cut=is_cut)
        ):
            start = blocks[-1].start
            blocks[-1] = replace(blocks[-1], text=text[start : line.end])
            previous = line._replace(kind=previous.kind)
        else:
            blocks.append(Block(line.kind, line.text, line.start))
            previous = line
    return [part for block in blocks for part in _part_credits(block)]


def _part_credits(block: Block) -> list[Block]:
    """Return the block, or its parts if a credit or a feed's line is glued to its prose."""
    if block.kind not in {BlockKind.PARAGRAPH, BlockKind.QUOTE}:
        return [block]
    spans = cut_credits(block.text)
    if len(spans) < 2:
        return [block]
    return [replace(block, text=block.text[a:b], start=block.start + a) for a, b in spans]


def split_sentences(text: str, language: str) -> list[tuple[int, int]]:
    """Split a block into sentences; return their offsets without the white space around them.

    :mod:`corpus_norm.sentences` finds the ends.

    >>> text = "M. Dupont a perdu 1,5 milliard. Et toi ?"
    >>> [text[a:b] for a, b in split_sentences(text, "fr")]
    ['M. Dupont a perdu 1,5 milliard.', 'Et toi ?']
    """
    return list(_split(text, language))


def _split(text: str, language: str) -> tuple[tuple[int, int], ...]:
    return (_split_once if len(text) <= _LONGEST_SHARED else _split_now)(text, language)


def _split_now(text: str, language: str) -> tuple[tuple[int, int], ...]:
    ends = find_ends(text, language)
    if not ends and text and not text[0].isspace() and not text[-1].isspace():
        return ((0, len(text)),)
    return tuple(
        (start + len(part) - len(part.lstrip()), start + len(part.rstrip()))
        for start, end in pairwise([0, *ends, len(text)])
        if (part := text[start:end]).strip()
    )


_split_once = lru_cache(maxsize=8_192)(_split_now)


def add_sentences(document: Document) -> Document:
    """Fill ``document.sentences`` from its blocks, each in the language of its block."""
    sentences = [
        make_sentence(index, block.text[a:b], block.start + a, block.language)
        for index, block in enumerate(document.blocks)
        for a, b in _split_block(block)
    ]
    return replace(document, sentences=tuple(sentences))


def _split_block(block: Block) -> Sequence[tuple[int, int]]:
    """Return the sentences of a block: the lines of a poem, source code as one piece."""
    if block.kind is not BlockKind.CODE:
        return _split(block.text, block.language)
    if block.language == UNDETERMINED:
        return [(0, len(block.text))]
    return [(line.start(), line.end()) for line in LINE_TEXT.finditer(block.text)]


def _lines(text: str) -> Iterator[Line]:
    group = 0
    raw = text.split("\n")
    closing = _find_fences(raw) if "```" in text or "~~~" in text else {}
    start, fence, inside = 0, -1, 0
    for number, content in enumerate(raw):
        if number <= fence:  # source code, up to the closing fence
            if number == fence:
                yield from _read_code(text, inside, start, group)
                group += 1
        elif number in closing:
            fence, inside = closing[number], start + len(content) + 1
            group += 1
        elif not content.strip():
            group += 1
        elif RULE.fullmatch(content) is None:
            underlined = number + 1 < len(raw) and SETEXT.fullmatch(raw[number + 1]) is not None
            yield from _split_line(content, start, group, underlined=underlined)
        elif SETEXT.fullmatch(content) is not None:
            group += 1
        start += len(content) + 1


def _find_fences(raw: Sequence[str]) -> dict[int, int]:
    """Map the opening fences of Markdown code blocks to their closing fences, as in CommonMark.

    A fence that is never closed is ignored, so the rest of the document is not code.
    """
    closing: dict[int, int] = {}
    opening, mark = -1, ""
    for number, content in enumerate(raw):
        found = FENCE.fullmatch(content)
        if found is None:
            continue
        if opening < 0:
            opening, mark = number, found["mark"]
        elif not found["info"] and found["mark"].startswith(mark):
            closing[opening] = number
            opening = -1
    return closing


def _read_code(text: str, start: int, end: int, group: int) -> Iterator[Line]:
    """Yield the code between two fences, without blank lines at its ends."""
    code = text[start:end]
    if code.strip():
        start += len(code) - len(code.lstrip())
        piece = code.strip()
        yield Line(BlockKind.CODE, start, start + len(piece), piece, group)


def _split_line(content: str, start: int, group: int, *, underlined: bool) -> Iterator[Line]:
    """Yield a line as one, or as several if a heading is glued to a sentence."""
    if content[0].isalpha() and "#" not in content and not underlined:
        piece = content.rstrip()  # most lines, as no markup begins with a letter
        yield Line(BlockKind.PARAGRAPH, start, start + len(piece), piece, group)
        return
    kind, offset = BlockKind.PARAGRAPH, 0
    markup = None if HASHTAG.match(content) else MARKUP.match(content)
    if markup is not None:
        kind = BlockKind(markup.lastgroup or "paragraph")
        offset = markup.start("table") if kind is BlockKind.TABLE else markup.end()
    elif underlined:
        kind = BlockKind.HEADING
    edges = [(offset, kind)]
    for glued in GLUED_HEADING.finditer(content, offset):
        edges.append((glued.start(), BlockKind.HEADING))
        edges.append((glued.end(), BlockKind.HEADING))
    pieces = list(zip(edges, [*(edge for edge, _ in edges[1:]), len(content)], strict=True))
    for (begin, piece_kind), end in pieces[::2]:
        piece = content[begin:end]
        left, right = begin + len(piece) - len(piece.lstrip()), begin + len(piece.rstrip())
        if piece_kind is BlockKind.HEADING and kind is not BlockKind.PARAGRAPH:
            right = begin + len(piece.rstrip().rstrip("#").rstrip())
        if left < right:
            indent = 0 if markup is not None or begin else measure(content[:left])
            span = start + left, start + right
            yield Line(piece_kind, *span, content[left:right], group, indent)


def _continues(a: Line, b: Line, wrap: Wrap | None) -> bool:
    """Whether line ``b`` continues the block of line ``a``."""
    goes_on_with_item = a.kind is BlockKind.LIST_ITEM and b.kind is BlockKind.PARAGRAPH
    is_of_block = b.kind is not BlockKind.LIST_ITEM and (b.kind is a.kind or goes_on_with_item)
    if a.group != b.group or not flows(a) or not is_of_block:
        return False
    if goes_on_with_item and b.indent > 0:
        return True  # Markdown's rule; nobody indents a line after an item for anything else
    if a.kind is BlockKind.QUOTE and TERMINAL.search(a.text) is None:
        return True  # both lines begin with ">", and a quoted paragraph would end a sentence
    if wrap is not None:
        return wrap.joins(a, b)
    if breaks_off(a):
        return b.indent < 2
    is_open = len(a.text) >= 40 and TERMINAL.search(a.text) is None and b.text[0].islower()
    return is_open and CREDIT.match(b.text) is None
