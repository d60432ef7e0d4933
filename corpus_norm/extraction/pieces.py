"""A tree to the pieces of text a reader sees, in reading order.

What ends a piece follows the rendering section of the HTML standard (elements with
``display: block`` or a table or list display, https://html.spec.whatwg.org/#rendering), and so do
white space and line breaks.  Nothing visible is left out; what counts as boilerplate is for a
later stage to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from corpus_norm.document import BlockKind
from corpus_norm.extraction.hints import read_hints

if TYPE_CHECKING:
    from corpus_norm.extraction.tree import Element

_SKIPPED = frozenset(
    {"head", "script", "style", "template", "noscript", "svg", "math", "iframe", "object", "embed"}
    | {"audio", "video", "canvas", "select", "datalist", "textarea", "noframes", "noembed"}
)
_BLOCK = frozenset(
    {"address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd"}
    | {"details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer"}
    | {"form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html"}
    | {"legend", "li", "listing", "main", "menu", "nav", "ol", "p", "plaintext", "pre", "search"}
    | {"section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp"}
)
_KINDS = {
    "li": BlockKind.LIST_ITEM,
    "dd": BlockKind.LIST_ITEM,
    "dt": BlockKind.LIST_ITEM,
    "blockquote": BlockKind.QUOTE,
    "figcaption": BlockKind.CAPTION,
    "caption": BlockKind.CAPTION,
    **{f"h{level}": BlockKind.HEADING for level in range(1, 7)},
}
_MARKS = frozenset({"a", "br"})
_LANDMARKS = {
    "navigation": "nav",
    "banner": "header",
    "contentinfo": "footer",
    "complementary": "aside",
    "main": "main",
    "article": "article",
}
_REGIONS = frozenset(_LANDMARKS.values())
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_WITH_STYLE = etree.XPath("descendant-or-self::*[@hidden or @style]")
_SPACES = re.compile(r"[ \t\r\n]+")
_BREAK = "\x1e"  # a control character, so never in a tree
_AROUND_BREAK = re.compile(rf" ?{_BREAK} ?")
_LONGEST_CELL = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the tree a piece stands: evidence about what it is.

    ``parent`` and ``grand`` number the block elements around the element it is in; ``own`` and
    ``around`` are what the attributes of that element and of all around it hint at, as a set of
    bits in the order of :data:`~corpus_norm.extraction.hints.HINTS`.
    """

    parent: int
    grand: int
    depth: int
    own: int
    around: int


_NOWHERE = Place(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of visible text: a paragraph, a heading, a list item, the row of a table.

    ``in_main`` tells whether it belongs to the main text of the page; ``tag`` is the block element
    it stands in; ``link_density`` the share of its characters inside links, from 0 to 1; ``region``
    the part of the page it is in: ``nav``, ``header``, ``footer``, ``aside``, ``main``,
    ``article`` or ``""``; ``reason`` says why it is in the main text or not, if a model decided.
    """

    kind: BlockKind
    text: str
    in_main: bool
    tag: str
    link_density: float
    region: str = ""
    place: Place = _NOWHERE
    reason: str = ""

    def mark(self, *, in_main: bool, reason: str = "") -> Piece:
        """The same piece in the main text or outside; ``dataclasses.replace`` costs twice."""
        return Piece(
            self.kind,
            self.text,
            in_main,
            self.tag,
            self.link_density,
            self.region,
            self.place,
            reason,
        )


def read_pieces(tree: Element, *, with_hidden: bool = False) -> list[Piece]:
    r"""All visible text of a page in reading order, with ``in_main`` False throughout.

    ``with_hidden`` takes in what attributes hide: some pages hide all, for a script to show.

    >>> from corpus_norm.extraction.tree import parse
    >>> page = parse("<nav><a href=/>Home</a></nav><h1>Rain</h1><p>One<br>two<br><br>three")
    >>> [(piece.kind.value, piece.text, piece.region) for piece in read_pieces(page)]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('paragraph', 'Home', 'nav'), ('heading', 'Rain', ''),
     ('paragraph', 'One\ntwo', ''), ('paragraph', 'three', '')]
    """
    hidden: frozenset[Element] = frozenset() if with_hidden else _find_hidden(tree)
    reader = _Reader()
    walk = etree.iterwalk(tree, events=("start", "end"))
    skipped = None
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in _SKIPPED or element in hidden:
                skipped = element
                walk.skip_subtree()
                continue
            if tag in _BLOCK:
                reader.open_block(element, tag)
            elif tag in _MARKS:
                reader.open_inline(element, tag)
            reader.add(element.text)
        else:
            if element is skipped:
                skipped = None
            elif tag in _BLOCK:
                reader.close_block(tag)
            elif tag == "a":
                reader.links -= element.get("href") is not None
            reader.add(element.tail)
    reader.end_piece()
    return reader.pieces


def _find_hidden(tree: Element) -> frozenset[Element]:
    """The elements that their own attributes hide."""
    return frozenset(
        element
        for element in _WITH_STYLE(tree)
        if element.get("hidden") is not None or _HIDDEN_STYLE.search(element.get("style", ""))
    )


def _is_data_table(table: Element) -> bool:
    """Whether a table holds data, not the layout of a page.

    Layout shows by its role, by tables in tables, by a single column, or by cells with several
    blocks or much text.
    """
    if table.get("role") in {"presentation", "none"} or table.find(".//table") is not None:
        return False
    if not any(len(row.findall("td")) + len(row.findall("th")) > 1 for row in table.iter("tr")):
        return False
    for cell in table.iter("td", "th"):
        blocks = sum(child.tag in _BLOCK or child.tag == "br" for child in cell.iterdescendants())
        if blocks > 2 or len("".join(cell.itertext())) > _LONGEST_CELL:
            return False
    return True


@dataclass(slots=True)
class _Frame:
    """An open block element.

    ``kind`` is its own or that of the block around it; ``item`` is the place among the open
    elements of the one whose kind that is.
    """

    tag: str
    kind: BlockKind | None
    region: str
    is_data: bool = False
    number: int = 0
    own: int = 0
    around: int = 0
    item: int = 0
    has_text: bool = False


@dataclass(slots=True)
class _Reader:
    """Collects text until a block boundary ends the piece."""

    pieces: list[Piece] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=lambda: [_Frame("body", None, "")])
    parts: list[str] = field(default_factory=list)
    cells: list[str] | None = None
    opened: int = 0
    links: int = 0
    linked: int = 0
    total: int = 0

    def open_block(self, element: Element, tag: str) -> None:
        outer = self.frames[-1]
        self.end_block()
        self.opened += 1
        own = read_hints(element)
        role = element.get("role")
        self.frames.append(
            _Frame(
                tag,
                _KINDS.get(tag) or outer.kind,
                outer.region if role is None and tag not in _REGIONS else _region(element, outer),
                _is_data_table(element) if tag == "table" else outer.is_data,
                self.opened,
                own,
                outer.around | own,
                len(self.frames) if tag in _KINDS else outer.item,
            )
        )
        if tag == "tr" and self.frames[-1].is_data:
            self.cells = []

    def close_block(self, tag: str) -> None:
        if self.cells is not None and tag in {"td", "th"}:
            self.cells.append(self.take_text())
        elif self.cells is not None and tag == "tr":
            self.end_row()
        else:
            self.end_block()
        self.frames.pop()

    def open_inline(self, element: Element, tag: str) -> None:
        if tag == "br":
            self.break_line()
        else:
            self.links += element.get("href") is not None

    def add(self, text: str | None) -> None:
        if not text:
            return
        self.parts.append(text)
        if not text.isspace():
            size = len("".join(text.split()))
            self.total += size
            if self.links:
                self.linked += size

    def break_line(self) -> None:
        """One ``<br>`` breaks the line, the second in a row ends the piece."""
        if self.cells is not None:
            self.parts.append(" ")
            return
        for part in reversed(self.parts):
            if part == _BREAK:
                self.end_piece()
                return
            if not part.isspace():
                break
        self.parts.append(_BREAK)

    def end_block(self) -> None:
        """The edge of a block ends the piece, or parts the words of a table cell."""
        if self.cells is not None:
            self.parts.append(" ")
        elif self.total:
            self.end_piece()
        else:  # white space
            self.parts.clear()

    def end_row(self) -> None:
        row, self.cells = [*(self.cells or ()), self.take_text()], None
        self.add_piece(" | ".join(row[:-1]) + row[-1], BlockKind.TABLE)

    def end_piece(self) -> None:
        if not self.total:  # white space
            self.parts.clear()
            return
        frame = self.frames[-1]
        kind = frame.kind
        if kind is BlockKind.LIST_ITEM and self.frames[frame.item].has_text:
            kind = None  # a further paragraph of the same item
        self.add_piece(self.take_text(), kind or BlockKind.PARAGRAPH)

    def take_text(self) -> str:
        raw = "".join(self.parts)
        self.parts.clear()
        if raw.isalnum():
            return raw
        if self.frames[-1].tag in {"pre", "listing", "xmp", "plaintext"}:
            return raw.replace(_BREAK, "\n").strip("\n").rstrip()
        return _AROUND_BREAK.sub("\n", _SPACES.sub(" ", raw)).strip()

    def add_piece(self, text: str, kind: BlockKind) -> None:
        density = self.linked / self.total if self.total else 0.0
        self.linked = self.total = 0
        if not text[:1].isalnum() and not any(map(_is_visible, text)):
            return
        frames = self.frames
        frame, depth = frames[-1], len(frames)
        parent = frames[-2].number if depth > 1 else 0
        grand = frames[-3].number if depth > 2 else 0
        place = Place(parent, grand, depth, frame.own, frame.around)
        self.pieces.append(
            Piece(kind, text, False, frame.tag, round(density, 4), frame.region, place)  # noqa: FBT003
        )
        for open_frame in reversed(self.frames):
            if open_frame.has_text:
                break
            open_frame.has_text = True


def _is_visible(char: str) -> bool:
    return char.isprintable() and not char.isspace()


def _region(element: Element, outer: _Frame) -> str:
    """The landmark an element opens, or the one it is in.

    A header or footer inside an article is part of the article (HTML Accessibility API Mappings,
    https://www.w3.org/TR/html-aam-1.0/).
    """
    role = element.get("role")
    name = element.tag if role is None else _LANDMARKS.get(role, element.tag)
    is_part = name in {"header", "footer"} and outer.region in {"article", "main"}
    if name not in _REGIONS or is_part:
        return outer.region
    return str(name)
