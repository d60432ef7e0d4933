"""A tree to the pieces of text a reader sees, in reading order.

What ends a piece follows the rendering section of the HTML standard (elements with
``display: block`` or a table or list display, https://html.spec.whatwg.org/#rendering), and so do
white space and line breaks.  Nothing visible is left out; what counts as boilerplate is for a
later stage to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from lxml import etree

from corpus_norm.document import BlockKind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

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
_SPACES = re.compile(r"[ \t\r\n]+")
_BREAK = "\x1e"  # a control character, so never in a tree
_AROUND_BREAK = re.compile(rf" ?{_BREAK} ?")
_LONGEST_CELL = 500


# What class and id attributes say, by the words that publishers and their themes use.
HINTS = MappingProxyType(
    {
        "content": r"article|content|story|entry|post(?!er)|body|text|main|正文",
        "comments": r"comment|disqus|repl(?:y|ies)|discuss|forum",
        "links": r"relat|recommend|popular|trending|teaser|more|most|latest|list|tags?\b|hot",
        "share": r"shar(?:e|ing)|social|follow|print|tool|button|btn",
        "chrome": r"nav|menu|crumb|foot|head(?!line)|side|widget|banner|cookie|modal|popup|login"
        r"|copyright",
        "promo": r"promo|\bads?\b|advert|sponsor|newsletter|subscri|sign-?up|donat|paywall|offer",
        "caption": r"caption|figure|credit|image|photo|media|gallery|video|thumb",
        "byline": r"author|byline|date|time|meta|info|source|publish",
    }
)
_HINT = re.compile("|".join(f"(?P<{name}>{words})" for name, words in HINTS.items()), re.IGNORECASE)
_HINT_BITS = MappingProxyType({name: 1 << index for index, name in enumerate(HINTS)})


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the tree a piece stands: evidence about what it is.

    ``parent`` and ``grand`` number the block elements around the element it is in; ``own`` and
    ``around`` are what the attributes of that element and of all around it hint at, as a set of
    bits in the order of :data:`HINTS`.
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


def read_pieces(tree: HtmlElement, *, with_hidden: bool = False) -> list[Piece]:
    r"""All visible text of a page in reading order, with ``in_main`` False throughout.

    ``with_hidden`` takes in what attributes hide: some pages hide all, for a script to show.

    >>> from corpus_norm.extraction.tree import parse
    >>> page = parse("<nav><a href=/>Home</a></nav><h1>Rain</h1><p>One<br>two<br><br>three")
    >>> [(piece.kind.value, piece.text, piece.region) for piece in read_pieces(page)]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('paragraph', 'Home', 'nav'), ('heading', 'Rain', ''),
     ('paragraph', 'One\ntwo', ''), ('paragraph', 'three', '')]
    """
    reader = _Reader()
    walk = etree.iterwalk(tree, events=("start", "end"))
    skipped = None
    for event, element in walk:
        if event == "start":
            if element.tag in _SKIPPED or (not with_hidden and _is_hidden(element)):
                skipped = element
                walk.skip_subtree()
                continue
            reader.open(element)
            continue
        if element is skipped:
            skipped = None
        else:
            reader.close(element)
        reader.add(element.tail)
    reader.end_piece()
    return reader.pieces


def _is_hidden(element: HtmlElement) -> bool:
    if "hidden" in element.attrib:
        return True
    style = element.get("style")
    return style is not None and _HIDDEN_STYLE.search(style) is not None


def _is_data_table(table: HtmlElement) -> bool:
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
    """An open block element."""

    tag: str
    kind: BlockKind | None
    region: str
    is_data: bool = False
    has_text: bool = False
    number: int = 0
    own: int = 0
    around: int = 0


@dataclass(slots=True)
class _Reader:
    """Collects text until a block boundary ends the piece."""

    pieces: list[Piece] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=lambda: [_Frame("body", None, "")])
    parts: list[str] = field(default_factory=list)
    cells: list[str] | None = None
    opened: int = 0
    hints: dict[str, int] = field(default_factory=dict)
    links: int = 0
    linked: int = 0
    total: int = 0

    def open(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag == "br":
            self.break_line()
        elif tag == "a" and element.get("href") is not None:
            self.links += 1
        elif tag in _BLOCK:
            self.open_block(element)
        self.add(element.text)

    def open_block(self, element: HtmlElement) -> None:
        tag, outer = element.tag, self.frames[-1]
        self.end_block()
        self.opened += 1
        own = self.read_hints(element)
        frame = _Frame(
            tag,
            _KINDS.get(tag),
            _region(element, outer.region),
            number=self.opened,
            own=own,
            around=outer.around | own,
        )
        if tag == "table":
            frame.is_data = _is_data_table(element)
        else:
            frame.is_data = outer.is_data
        self.frames.append(frame)
        if tag == "tr" and frame.is_data:
            self.cells = []

    def read_hints(self, element: HtmlElement) -> int:
        """What class and id hint at; those of the whole page say too much."""
        names = f"{element.get('class', '')} {element.get('id', '')}"
        if len(names) == 1 or element.tag in {"html", "body"}:
            return 0
        if (known := self.hints.get(names)) is not None:
            return known
        bits = 0
        for match in _HINT.finditer(names[:200]):
            bits |= _HINT_BITS[match.lastgroup or ""]
        self.hints[names] = bits
        return bits

    def close(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag == "a" and element.get("href") is not None:
            self.links -= 1
        elif tag in _BLOCK:
            if self.cells is not None and tag in {"td", "th"}:
                self.cells.append(self.take_text())
            elif self.cells is not None and tag == "tr":
                self.end_row()
            else:
                self.end_block()
            self.frames.pop()

    def add(self, text: str | None) -> None:
        if not text:
            return
        self.parts.append(text)
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
        if self.cells is None:
            self.end_piece()
        else:
            self.parts.append(" ")

    def end_row(self) -> None:
        row, self.cells = [*(self.cells or ()), self.take_text()], None
        self.add_piece(" | ".join(row[:-1]) + row[-1], BlockKind.TABLE)

    def end_piece(self) -> None:
        kind = next((frame.kind for frame in reversed(self.frames) if frame.kind), None)
        if kind is BlockKind.LIST_ITEM and self.item_has_text():
            kind = None  # a further paragraph of the same item
        self.add_piece(self.take_text(), kind or BlockKind.PARAGRAPH)

    def item_has_text(self) -> bool:
        item = next(frame for frame in reversed(self.frames) if frame.kind)
        return item.has_text

    def take_text(self) -> str:
        raw = "".join(self.parts)
        self.parts.clear()
        if self.frames[-1].tag in {"pre", "listing", "xmp", "plaintext"}:
            return raw.replace(_BREAK, "\n").strip("\n").rstrip()
        return _AROUND_BREAK.sub("\n", _SPACES.sub(" ", raw)).strip()

    def add_piece(self, text: str, kind: BlockKind) -> None:
        density = self.linked / self.total if self.total else 0.0
        self.linked = self.total = 0
        if not any(char.isprintable() and not char.isspace() for char in text):
            return
        frame = self.frames[-1]
        numbers = [each.number for each in self.frames[-3:-1]]
        grand, parent = [0] * (2 - len(numbers)) + numbers
        place = Place(parent, grand, len(self.frames), frame.own, frame.around)
        self.pieces.append(
            Piece(kind, text, False, frame.tag, round(density, 4), frame.region, place)  # noqa: FBT003
        )
        for open_frame in reversed(self.frames):
            if open_frame.has_text:
                break
            open_frame.has_text = True


def _region(element: HtmlElement, outer: str) -> str:
    """The landmark an element opens, or the one it is in.

    A header or footer inside an article is part of the article (HTML Accessibility API Mappings,
    https://www.w3.org/TR/html-aam-1.0/).
    """
    name = _LANDMARKS.get(element.get("role", ""), element.tag)
    if name not in _REGIONS or (name in {"header", "footer"} and outer in {"article", "main"}):
        return outer
    return str(name)
