"""Text to blocks, blocks to sentences; both as offsets, so that nothing can be lost.

Pasted news has no dependable structure: paragraphs with or without blank lines between them,
lines wrapped at 72 characters by a mail program, Markdown headings glued to the sentence before.
So a line is a block unless there is evidence that it goes on in the next line.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus_norm.boundaries import find_ends
from corpus_norm.credits import cut_credits
from corpus_norm.document import UNDETERMINED, Block, BlockKind, Document, Sentence
from corpus_norm.lines import measure
from corpus_norm.wrapping import TERMINAL, Line, Wrap, breaks_off, find_wrap, flows

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
# No language ends a sentence with ASCII or Latin letters but for these.
MAY_END = re.compile(r"[.!?;:]|[^\x00-\x7fÀ-ɏ]")
FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[\w+#.{}:=-]{0,40})[ \t]*")
LINE_TEXT = re.compile(r"\S(?:.*\S)?")


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
    wrap = find_wrap(lines)
    blocks: list[Block] = []
    previous: Line | None = None
    for line in lines:
        if previous is not None and _continues(previous, line, wrap):
            start = blocks[-1].start
            blocks[-1] = replace(blocks[-1], text=text[start : line.end])
            previous = line._replace(kind=previous.kind)
        else:
            blocks.append(Block(line.kind, line.text, line.start))
            previous = line
    return [part for block in blocks for part in _part_credits(block)]


def _part_credits(block: Block) -> list[Block]:
    """The block, or several where a credit or a line of a feed is glued to its prose."""
    if block.kind not in {BlockKind.PARAGRAPH, BlockKind.QUOTE}:
        return [block]
    spans = cut_credits(block.text)
    if len(spans) < 2:
        return [block]
    return [replace(block, text=block.text[a:b], start=block.start + a) for a, b in spans]


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


def _lines(text: str) -> Iterator[Line]:
    group = 0
    raw = text.split("\n")
    closing = _find_fences(raw) if "```" in text or "~~~" in text else {}
    start, fence, inside = 0, -1, 0
    for number, content in enumerate(raw):
        if number <= fence:  # source code, to the line that closes it
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
    """The lines that open and close source code in Markdown, as CommonMark has them.

    A fence that nothing closes is no fence: the rest of the document is not taken for code.
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
    """What stands between two fences, without the blank lines at its ends."""
    code = text[start:end]
    if code.strip():
        start += len(code) - len(code.lstrip())
        piece = code.strip()
        yield Line(BlockKind.CODE, start, start + len(piece), piece, group)


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
            indent = 0 if markup is not None or begin else measure(content[:left])
            span = start + left, start + right
            yield Line(piece_kind, *span, content[left:right], group, indent)


def _continues(a: Line, b: Line, wrap: Wrap | None) -> bool:
    """Whether line ``b`` goes on with the block of line ``a``."""
    goes_on_with_item = a.kind is BlockKind.LIST_ITEM and b.kind is BlockKind.PARAGRAPH
    is_of_block = b.kind is not BlockKind.LIST_ITEM and (b.kind is a.kind or goes_on_with_item)
    if a.group != b.group or not flows(a) or not is_of_block:
        return False
    if goes_on_with_item and b.indent > 0:
        return True  # so Markdown has it, and nobody indents a line for anything else there
    if a.kind is BlockKind.QUOTE and TERMINAL.search(a.text) is None:
        return True  # each line has its mark: a paragraph of the quotation would end a sentence
    if wrap is not None:
        return wrap.joins(a, b)
    if breaks_off(a):
        return b.indent < 2
    return len(a.text) >= 40 and TERMINAL.search(a.text) is None and b.text[0].islower()
