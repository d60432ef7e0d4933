"""Text to blocks, blocks to sentences; both as offsets, so that nothing can be lost.

Pasted news has no dependable structure: paragraphs with or without blank lines between them,
lines wrapped at 72 characters by a mail program, Markdown headings glued to the sentence before.
So a line is a block unless there is evidence that it goes on in the next line.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from corpus_norm.boundaries import find_ends
from corpus_norm.document import UNDETERMINED, Block, BlockKind, Document, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MARKUP = re.compile(
    r"""[ \t\u3000]*(?:
        (?P<heading>\#{1,6})[ \t]*(?=[^\s\#])
      | (?P<quote>>(?:[ \t]*>)*)[ \t]*(?=\S)
      | (?P<list_item>[-*+•◦▪‣●○■]|\(?\d{1,2}[.)])[ \t]+(?=\S)
      | (?P<table>\|)(?=.*\|)
    )""",
    re.VERBOSE,
)
SETEXT = re.compile(r"[ \t]*(?:=+|-{3,})[ \t]*")
RULE = re.compile(r"[-=_*~#+|>·•–—─━═\\ \t]+")
GLUED_HEADING = re.compile(r"(?<=[.!?…。！？\"”’»)\]])[ \t]*(?:#{2,6}[ \t]*|#[ \t]+)(?=\w)")
HASHTAG = re.compile(r"[ \t]*#\w")
TERMINAL = re.compile(r"[.!?…。！？:：;；][\"'”’»)\]」』）]*$")
FIRST_WORD = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]{1,2}|\S+")
# No language ends a sentence with ASCII or Latin letters but for these.
MAY_END = re.compile(r"[.!?;:]|[^\x00-\x7fÀ-ɏ]")
LINE_TEXT = re.compile(r"\S(?:.*\S)?")
WRAP_WIDTH = range(40, 121)


class Line(NamedTuple):
    """A non-blank line: its kind by markup, the offsets of its text, the number of its group.

    Lines with no blank line between them are of one group.  ``is_indented`` says that it has no
    markup and begins with white space.
    """

    kind: BlockKind
    start: int
    end: int
    text: str
    group: int
    is_indented: bool = False


def split_blocks(text: str) -> list[Block]:
    r"""Split plain text or Markdown into blocks; markup and white space stay in the gaps.

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
        Blocks in order.  ``block.text == text[block.start:block.end]``, and what lies outside
        every block is white space or markup.
    """
    lines = list(_lines(text))
    width = wrap_width(lines)
    blocks: list[Block] = []
    previous: Line | None = None
    for line in lines:
        if previous is not None and _continues(previous, line, width):
            start = blocks[-1].start
            blocks[-1] = replace(blocks[-1], text=text[start : line.end])
            previous = line._replace(kind=previous.kind)
        else:
            blocks.append(Block(line.kind, line.text, line.start))
            previous = line
    return blocks


def split_sentences(text: str, language: str) -> list[tuple[int, int]]:
    """Split a block into sentences, as offsets without the white space around them.

    :mod:`corpus_norm.boundaries` says where they end.

    >>> text = "M. Dupont a perdu 1,5 milliard. Et toi ?"
    >>> [text[a:b] for a, b in split_sentences(text, "fr")]
    ['M. Dupont a perdu 1,5 milliard.', 'Et toi ?']
    """
    if MAY_END.search(text) is None:
        return [(len(text) - len(text.lstrip()), len(text.rstrip()))] if text.strip() else []
    ends = find_ends(text, language)
    return [
        (start + len(part) - len(part.lstrip()), start + len(part.rstrip()))
        for start, end in pairwise([0, *ends, len(text)])
        if (part := text[start:end]).strip()
    ]


def add_sentences(document: Document) -> Document:
    """Fill ``document.sentences`` from its blocks, each in the language of its block."""
    sentences = [
        Sentence(index, block.text[a:b], block.start + a, block.language)
        for index, block in enumerate(document.blocks)
        for a, b in _split_block(block)
    ]
    return replace(document, sentences=tuple(sentences))


def _split_block(block: Block) -> list[tuple[int, int]]:
    """The sentences of a block; a poem goes by lines, and source code is left whole."""
    if block.kind is not BlockKind.CODE:
        return split_sentences(block.text, block.language)
    if block.language == UNDETERMINED:
        return [(0, len(block.text))]
    return [(line.start(), line.end()) for line in LINE_TEXT.finditer(block.text)]


def wrap_width(lines: Sequence[Line]) -> int | None:
    """The column at which the lines were wrapped by a program, None when they were not.

    A program fills each line greedily: the first word of the next line would not have fitted.
    Only groups of three lines and more are evidence.
    """
    pairs = [
        (a, b) for a, b in pairwise(lines) if a.group == b.group and a.kind == b.kind and _flows(a)
    ]
    if len(pairs) < 3:
        return None
    lengths = sorted(len(a.text) for a, _ in pairs)
    width = lengths[int(len(lengths) * 0.95)]
    if width not in WRAP_WIDTH:
        return None
    full = sum(_is_full(a, b, width) for a, b in pairs)
    open_ended = sum(TERMINAL.search(a.text) is None for a, _ in pairs)
    return width if full >= 0.7 * len(pairs) and open_ended >= 0.5 * len(pairs) else None


def _lines(text: str) -> Iterator[Line]:
    group = 0
    raw = text.split("\n")
    start = 0
    for number, content in enumerate(raw):
        if not content.strip():
            group += 1
        elif RULE.fullmatch(content) is None:
            underlined = number + 1 < len(raw) and SETEXT.fullmatch(raw[number + 1]) is not None
            yield from _split_line(content, start, group, underlined=underlined)
        elif SETEXT.fullmatch(content) is not None:
            group += 1
        start += len(content) + 1


def _split_line(content: str, start: int, group: int, *, underlined: bool) -> Iterator[Line]:
    """One line as one or, where a heading is glued to a sentence, several."""
    if content[0].isalpha() and "#" not in content and not underlined:
        piece = content.rstrip()  # most lines: no markup can begin with a letter
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
            is_indented = left > 0 and markup is None and not begin
            span = start + left, start + right
            yield Line(piece_kind, *span, content[left:right], group, is_indented)


def _continues(a: Line, b: Line, width: int | None) -> bool:
    """Whether line ``b`` goes on with the block of line ``a``."""
    if a.group != b.group or not _flows(a):
        return False
    goes_on_with_item = a.kind is BlockKind.LIST_ITEM and b.kind is BlockKind.PARAGRAPH
    if b.kind is BlockKind.LIST_ITEM or not (b.kind is a.kind or goes_on_with_item):
        return False
    if goes_on_with_item and b.is_indented:
        return True  # so Markdown has it, and nobody indents a line for anything else there
    if a.kind is BlockKind.QUOTE and TERMINAL.search(a.text) is None:
        return True  # each line has its mark: a paragraph of the quotation would end a sentence
    if width is not None:
        return _is_full(a, b, width)
    return len(a.text) >= 40 and TERMINAL.search(a.text) is None and b.text[0].islower()


def _flows(line: Line) -> bool:
    return line.kind in {BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST_ITEM}


def _is_full(a: Line, b: Line, width: int) -> bool:
    word = FIRST_WORD.match(b.text)
    return width + 8 >= len(a.text) > width - 1 - (len(word.group()) if word else 0)
