r"""The pieces of visible text in a page, and the content of ``<pre>``: code or wrapped prose.

>>> tell_kind("for x in range(3):\n    print(x)"), tell_kind("Roses are red,\nviolets blue.")
(<BlockKind.CODE: 'code'>, <BlockKind.CODE: 'code'>)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from corpus_norm.bylines import read_byline
from corpus_norm.dates import is_dateline
from corpus_norm.document import BlockKind
from corpus_norm.extraction.tree import (
    BLOCK,
    KINDS,
    LINES,
    REGIONS,
    SKIPPED,
    SPANS,
    Elements,
    find_hidden,
    find_region,
    holds_lines,
    is_data_table,
    read_hints,
)
from corpus_norm.lines import are_apart, cut_credits, has_columns, is_credit, measure
from corpus_norm.patterns import Recent, compile_lazily, make_quickly

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from corpus_norm.extraction.tree import Element

IN_ROWS = frozenset({"td", "th", "tr"})
PRE = frozenset({"pre", "listing", "xmp", "plaintext"})
_CODE_CLASS = compile_lazily(
    r"\b(?:code|sourcecode|highlight|hljs|lang|language|brush|prettyprint|syntax|console|terminal)",
    re.IGNORECASE,
)
# Signs that are common in code and rare in prose.
_SIGNS = compile_lazily(r"[{}<>=_/\\|$^*+~`@\[\]]")
_END = compile_lazily(r"[.!?…。！？](?:\s?[\"'”’»)\]」』）])*$")
_BLANK_LINES = compile_lazily(r"\n(?:[ \t]*\n)+")
_STOPS = ":;,.!?)]»”"
_LAST_OF_WORDS = "\u2e7f"  # Chinese, Japanese and Korean put no spaces between words
_LEAST_WIDTH = 40  # columns of a line of wrapped prose
_LEAST_SENTENCE = 40


def holds_code(pre: Element) -> bool:
    """Whether the markup of an element declares that it holds code."""
    if any(pre.find(f".//{tag}") is not None for tag in ("code", "samp", "kbd")):
        return True
    return _CODE_CLASS.search(f"{pre.get('class') or ''} {pre.get('lang') or ''}") is not None


def tell_kind(text: str) -> BlockKind:
    """Return ``paragraph`` for prose, and ``code`` for text whose line breaks matter.

    Prose may be wrapped or have one line per paragraph.
    """
    return BlockKind.PARAGRAPH if _is_prose(text) else BlockKind.CODE


def split_prose(text: str) -> list[str]:
    r"""Split prose into paragraphs: at blank lines, or at every line if each ends a sentence.

    >>> split_prose("One\ntwo.\n\nThree.")
    ['One\ntwo.', 'Three.']
    """
    paragraphs = [part.strip("\n") for part in _BLANK_LINES.split(text)]
    return [line for part in paragraphs for line in _split_long(part) if line.strip()]


def _split_long(paragraph: str) -> list[str]:
    lines = paragraph.split("\n")
    is_wrapped = len(lines) > 1 and not all(_END.search(line.rstrip()) for line in lines)
    return [paragraph] if is_wrapped else lines


def _is_prose(text: str) -> bool:
    lines = [line.rstrip() for line in text.expandtabs().split("\n")]
    full = [line for line in lines if line]
    if not full or 50 * len(_SIGNS.findall(text)) > len(text):
        return False
    if has_columns(full):
        return False
    if len(full) == 1 or _are_paragraphs(full):
        return _END.search(full[-1]) is not None and measure(full[-1]) >= _LEAST_SENTENCE
    widths = [(measure(a), measure(b)) for a, b in pairwise(lines) if a and b]
    widest = max(max(pair) for pair in widths) if widths else 0
    filled = sum(first >= 0.75 * widest for first, _ in widths)
    return widest >= _LEAST_WIDTH and filled >= 0.8 * len(widths)


def _are_paragraphs(lines: list[str]) -> bool:
    """Whether every line is a paragraph of its own: at least one long sentence."""
    return all(_END.search(line) and measure(line) >= 2 * _LEAST_WIDTH for line in lines)


# White space other than a single space.
_SPACES = compile_lazily(r"[\t\r\n][ \t\r\n]*| [ \t\r\n]+")
_BREAK = "\x1e"  # a control character, so never in a tree
_SEAM = "\x1d"  # likewise; the end of an element that may hold a credit
_AROUND_SEAM = compile_lazily(rf"( ?){_SEAM}( ?)")
_AROUND_BREAK = compile_lazily(rf" ?{_BREAK} ?")
_WITH_CREDITS = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE})
_LONGEST_CREDIT = 100
_LEAST_TITLE = 30  # columns
_HEAD_LINES = 5  # the most lines of a headline with a byline and a date
_LONGEST_SHARED = 500  # characters of a line that many pages may share


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a piece in the tree, as evidence of its kind.

    ``parent`` and ``grand`` are the numbers of the two block elements around the piece's own block
    element.  ``own`` holds the hints of that element's attributes; ``around`` also holds those of
    all elements around it.  Both are bits in the order of
    :data:`~corpus_norm.extraction.tree.HINTS`.
    """

    parent: int
    grand: int
    depth: int
    own: int
    around: int


_NOWHERE = Place(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of visible text: a paragraph, a heading, a list item, or the row of a table.

    ``in_main`` tells whether it belongs to the main text of the page; ``tag`` is the block element
    it is in; ``link_density`` is the share of its characters inside links, from 0 to 1; ``region``
    is the part of the page it is in: ``nav``, ``header``, ``footer``, ``aside``, ``main``,
    ``article`` or ``""``; ``reason`` explains the decision on ``in_main``, if a model made it;
    ``is_stated`` is true for text that the page contains but does not show (:mod:`.stated`).
    """

    kind: BlockKind
    text: str
    in_main: bool
    tag: str
    link_density: float
    region: str = ""
    place: Place = _NOWHERE
    reason: str = ""
    is_stated: bool = False

    def assign(self, *, in_main: bool, reason: str = "") -> Piece:
        """Return the same piece, in the main text or outside it, faster than ``replace``."""
        return _make_piece(
            self.kind,
            self.text,
            in_main,
            self.tag,
            self.link_density,
            self.region,
            self.place,
            reason,
            self.is_stated,
        )


_make_place, _make_piece = make_quickly(Place), make_quickly(Piece)


def read_pieces(tree: Element, hidden: Collection[Element] | None = None) -> list[Piece]:
    r"""Read all visible text of a page in reading order, with ``in_main`` False throughout.

    The menus, lists and footers that many pages of a site have are read once (:data:`SHARED`).

    Args:
        tree: the root of the page.
        hidden: the elements to leave out: those that their attributes hide, which is the default,
            or none.

    >>> from corpus_norm.extraction.tree import parse
    >>> page = parse("<nav><a href=/>Home</a></nav><h1>Rain</h1><p>One<br>two<br><br>three")
    >>> [(piece.kind.value, piece.text, piece.region) for piece in read_pieces(page)]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('paragraph', 'Home', 'nav'), ('heading', 'Rain', ''),
     ('paragraph', 'One\ntwo', ''), ('paragraph', 'three', '')]
    """
    hidden = find_hidden(Elements(tree)) if hidden is None else hidden
    reader = _Reader()
    _walk(tree, reader, hidden)
    reader.end_piece()
    return reader.pieces


def _walk(tree: Element, reader: _Reader, hidden: Collection[Element]) -> None:
    """Have a reader read an element, up to the text behind it, which begins a piece."""
    opening, closing = _OPENING.get, _CLOSING.get
    add_part, say = reader.parts.append, reader.say
    walk = etree.iterwalk(tree, events=("start", "end"))
    skipped = None
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in _SET_APART or element in hidden:
                is_left_out = tag in SKIPPED or element in hidden
                if is_left_out or reader.add_shared(element, hidden):
                    skipped = element
                    walk.skip_subtree()
                    continue
            if (begin := opening(tag)) is not None:
                begin(reader, element, tag)
            text = element.text
        else:
            if element is skipped:
                skipped = None
            elif (end := closing(tag)) is not None:
                end(reader, element, tag)
            text = element.tail
        if text:
            add_part(text)
            if not text.isspace():
                say(text)


class _Frame(NamedTuple):
    """An open block element.

    ``kind`` is its own kind or the one inherited from the block around it; ``item`` is the index,
    among the open elements, of the element that sets this kind.
    """

    tag: str
    kind: BlockKind | None
    region: str
    is_data: bool = False
    number: int = 0
    own: int = 0
    around: int = 0
    item: int = 0


SHARED = frozenset({"aside", "dl", "footer", "form", "header", "menu", "nav", "ol", "ul"})
"""Elements that come again, the same, on other pages of a site."""

_SET_APART = SKIPPED | SHARED


class _Spot(NamedTuple):
    """Where a shared element stands.

    ``before`` is the number of the last block element before it; ``parent`` and ``grand`` are those
    of the two around it, and ``depth`` is how many there are.
    """

    before: int
    parent: int
    grand: int
    depth: int


@dataclass(slots=True)
class _Shared:
    """The number of block elements in a shared element, and its pieces at the spot last read.

    Threads may use it at once, so spot and pieces change together.
    """

    opened: int
    placed: tuple[_Spot, list[Piece]]

    @classmethod
    def read(cls, element: Element, hidden: Collection[Element], around: _Reader) -> _Shared:
        """Read an element where another reader stands, which it leaves unchanged."""
        reader = _Reader(frames=list(around.frames), opened=around.opened, shares=False)
        _walk(element, reader, hidden)
        return cls(reader.opened - around.opened, (around.spot, reader.pieces))

    def place(self, spot: _Spot) -> list[Piece]:
        """Return the pieces at a spot."""
        last, pieces = self.placed
        if spot != last:
            pieces = [_move(piece, last, spot) for piece in pieces]
            self.placed = spot, pieces
        return pieces


def _move(piece: Piece, last: _Spot, spot: _Spot) -> Piece:
    """Return a piece of a shared element, read at the last spot, as it is at another."""
    kind, text, in_main, tag, linked, region, was = _FIELDS(piece)
    further = spot.before - last.before
    is_deep, is_deeper = was.parent > last.before, was.grand > last.before
    place = _make_place(
        was.parent + further if is_deep else spot.parent,
        was.grand + further if is_deeper else spot.parent if is_deep else spot.grand,
        was.depth + spot.depth - last.depth,
        was.own,
        was.around,
    )
    return _make_piece(kind, text, in_main, tag, linked, region, place)


_FIELDS = attrgetter("kind", "text", "in_main", "tag", "link_density", "region", "place")
_SHARED = Recent[_Shared](longest=100_000)


@dataclass(slots=True)
class _Reader:
    """A reader that collects text until a block boundary ends the piece.

    ``said`` are the texts of the piece that are not only white space, ``linked`` those in links.
    ``spoken`` counts the open elements, from the outermost, in which a piece has ended.  ``shares``
    tells whether it keeps what it reads for other pages.
    """

    pieces: list[Piece] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=lambda: [_Frame("body", None, "")])
    parts: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    cells: list[str] | None = None
    opened: int = 0
    spoken: int = 0
    links: int = 0
    pre: Element | None = None
    shares: bool = True

    def add_shared(self, element: Element, hidden: Collection[Element]) -> bool:
        """Add the pieces of an element that other pages may have; False where that cannot be.

        What an element holds depends on the text, links, tables and lists around it.  Where there
        are none, its markup, the part of the page it is in, and the hints around it decide.
        """
        frames = self.frames
        frame = frames[-1]
        is_inside = self.links or frame.is_data or self.pre is not None or frame.kind is not None
        if is_inside or not self.shares:
            return False
        if self.parts:
            self.end_block()
        markup = etree.tostring(element, encoding="unicode", with_tail=False)
        key = f"{frame.region} {frame.around} {bool(hidden)} {markup}"
        [shared] = _SHARED.find_all([key], lambda _: [_Shared.read(element, hidden, self)])
        if pieces := shared.place(self.spot):
            self.pieces += pieces
            self.spoken = len(frames)
        self.opened += shared.opened
        return True

    @property
    def spot(self) -> _Spot:
        """Where the next block element stands."""
        frames = self.frames
        grand = frames[-2].number if len(frames) > 1 else 0
        return _Spot(self.opened, frames[-1].number, grand, len(frames))

    def open_block(self, element: Element, tag: str) -> None:
        """Open a block element, or begin a line of a ``<pre>``."""
        if self.pre is not None and tag in LINES:
            self.end_line()
            return
        if self.parts:
            self.end_block()
        self.opened += 1
        frames = self.frames
        _, kind, region, is_data, _, _, around, item = frames[-1]
        if tag in KINDS:
            kind, item = KINDS[tag], len(frames)
        if tag in REGIONS or element.get("role") is not None:
            region = find_region(element, region)
        if tag == "table":
            is_data = is_data_table(element)
        own = read_hints(element, tag)
        frames.append(
            _make_frame(_Frame, (tag, kind, region, is_data, self.opened, own, around | own, item))
        )
        if tag == "tr" and is_data:
            self.cells = []
        elif tag in PRE and self.pre is None and holds_lines(element):
            self.pre = element

    def close_block(self, element: Element, tag: str) -> None:  # noqa: ARG002 -- as all
        """Close a block element, or end a line of a ``<pre>``."""
        if self.pre is not None and tag in LINES:
            self.end_line()
            return
        if self.cells is None or tag not in IN_ROWS:
            if self.parts:
                self.end_block()
        elif tag == "tr":
            self.end_row()
        else:
            self.cells.append(self.take_text())
        if tag in PRE:
            self.pre = None
        self.frames.pop()
        if self.spoken > len(self.frames):
            self.spoken -= 1

    def open_link(self, element: Element, tag: str) -> None:  # noqa: ARG002 -- as all
        """Enter a link; one right behind another element is a word of its own."""
        if self.said:
            self.part_words(element)
        self.links += element.get("href") is not None

    def close_link(self, element: Element, tag: str) -> None:  # noqa: ARG002 -- as all
        """Leave a link."""
        self.links -= element.get("href") is not None

    def open_span(self, element: Element, tag: str) -> None:  # noqa: ARG002 -- as all
        """Open an element that may hold a credit."""
        if self.said:
            self.part_words(element)
            self.mark_seam(element.text)

    def close_span(self, element: Element, tag: str) -> None:  # noqa: ARG002 -- as all
        """Close an element that may hold a credit."""
        if self.said:
            self.mark_seam()

    def part_words(self, element: Element) -> None:
        """Put a space where a link touches another element: a style keeps them apart for readers.

        These are two links to other places, and a capital after a small letter or a sign:
        ``<a>News</a><a>Sport</a>``, ``<b>À lire aussi :</b><a>Une usine ferme</a>``; and spans of
        which one has a link: ``<span><a>Ann Lee</a></span><span>and</span>``.
        """
        before = self.parts[-1][-1:] if self.parts else " "
        if before.isspace() or before > _LAST_OF_WORDS:
            return
        other = element.getprevious()
        if other is None or other.tail:
            return
        are_spans = element.tag == other.tag == "span"
        pair = (element, other)
        if not any(e.tag == "a" or (are_spans and e.find("a") is not None) for e in pair):
            return
        first = next(element.itertext(), "")[:1]
        is_other = are_spans or element.get("href") != other.get("href")
        are_links = element.tag == other.tag and is_other
        is_end = before.islower() or before in _STOPS
        if (first.isupper() and is_end) or (are_links and before.isalnum() and first.isalnum()):
            self.parts.append(" ")

    def say(self, text: str) -> None:
        """Take note of a text between two tags that is not only white space."""
        self.said.append(text)
        if self.links:
            self.linked.append(text)

    def break_line(self, element: Element, tag: str) -> None:  # noqa: ARG002 -- as all
        """Break the line at a ``<br>``; end the piece at the second in a row."""
        if self.cells is not None:
            self.parts.append(" ")
            return
        for part in reversed(self.parts):
            if part == _BREAK and self.pre is None:
                self.end_piece()
                return
            if not part.isspace():
                break
        self.parts.append(_BREAK)

    def end_line(self) -> None:
        """End the line at the edge of a block in a ``<pre>``, where each line may be a block."""
        if self.parts and not self.parts[-1].endswith(("\n", _BREAK)):
            self.parts.append(_BREAK)

    def mark_seam(self, begun: str | None = None) -> None:
        """Record the end of an element with a credit, or its beginning with the text ``begun``."""
        if self.cells is not None or self.pre is not None:
            return
        if _is_credit(begun) if begun else self._ends_credit():
            self.parts.append(_SEAM)

    def _ends_credit(self) -> bool:
        text = "".join(self.parts)
        is_short = len(text) <= _LONGEST_CREDIT or _count([text]) <= _LONGEST_CREDIT
        return is_short and _is_credit(text)

    def end_block(self) -> None:
        """End the piece at the edge of a block; inside a table cell, only separate the words."""
        if self.cells is not None:
            self.parts.append(" ")
        elif self.said:
            self.end_piece()
        else:  # white space
            self.parts.clear()

    def end_row(self) -> None:
        row, self.cells = [*(self.cells or ()), self.take_text()], None
        self.add_piece(" | ".join(row[:-1]) + row[-1], BlockKind.TABLE)
        self.linked.clear()
        self.said.clear()

    def end_piece(self) -> None:
        if not self.said:  # white space
            self.parts.clear()
            return
        frame = self.frames[-1]
        kind = frame.kind or BlockKind.PARAGRAPH
        if kind is BlockKind.LIST_ITEM and frame.item < self.spoken:
            kind = BlockKind.PARAGRAPH  # another paragraph of the same item
        text = self.take_text()
        if frame.tag in PRE:
            self.add_lines(text, kind)
        elif kind in _WITH_CREDITS or _SEAM in text:
            self.add_text(text, kind)
        else:
            self.add_piece(text, kind)
        self.linked.clear()
        self.said.clear()

    def add_lines(self, text: str, kind: BlockKind) -> None:
        """Add the text of a ``<pre>``: one piece with its lines kept, or paragraphs of prose."""
        has_code = self.pre is not None and holds_code(self.pre)
        own = BlockKind.CODE if has_code else tell_kind(text)
        if own is BlockKind.CODE:
            self.add_piece(text, own)
            return
        for paragraph in split_prose(text):
            self.add_piece(paragraph, kind)

    def add_text(self, text: str, kind: BlockKind) -> None:
        """Add a piece, or several where a credit runs into prose or stands on a line of its own."""
        split = _part_shared if len(text) <= _LONGEST_SHARED else _part
        for part in split(text, kind in _WITH_CREDITS):
            for line in part_head(part) if "\n" in part else (part,):
                self.add_piece(line, kind)

    def take_text(self) -> str:
        raw = "".join(self.parts)
        self.parts.clear()
        if self.frames[-1].tag in PRE:
            return raw if raw.isalnum() else raw.replace(_BREAK, "\n").strip("\n").rstrip()
        text = raw.strip()
        if "  " in text or "\n" in text or "\t" in text or "\r" in text:
            text = _SPACES.sub(" ", text)
        return _AROUND_BREAK.sub("\n", text) if _BREAK in text else text

    def add_piece(self, text: str, kind: BlockKind) -> None:
        if not text[:1].isalnum() and not any(map(_is_visible, text)):
            return
        frames = self.frames
        frame, depth = frames[-1], len(frames)
        parent = frames[-2].number if depth > 1 else 0
        grand = frames[-3].number if depth > 2 else 0
        place = _make_place(parent, grand, depth, frame.own, frame.around)
        linked = self.measure_links() if self.linked else 0.0
        self.pieces.append(
            _make_piece(kind, text, False, frame.tag, linked, frame.region, place)  # noqa: FBT003
        )
        self.spoken = depth

    def measure_links(self) -> float:
        """Return the share of the characters, other than white space, that are in links."""
        if len(self.linked) == len(self.said):
            return 1.0
        return round(_count(self.linked) / _count(self.said), 4)


_OPENING = MappingProxyType(
    dict.fromkeys(BLOCK, _Reader.open_block)
    | {"a": _Reader.open_link, "br": _Reader.break_line}
    | dict.fromkeys(SPANS, _Reader.open_span)
)
_CLOSING = MappingProxyType(
    dict.fromkeys(BLOCK, _Reader.close_block)
    | {"a": _Reader.close_link}
    | dict.fromkeys(SPANS, _Reader.close_span)
)
_make_frame = tuple.__new__  # without the call of Python code that a named tuple adds


def _count(texts: Iterable[str]) -> int:
    """Count the characters of some texts other than white space."""
    return len("".join("".join(texts).split()))


def _part(text: str, is_prose: bool) -> tuple[str, ...]:  # noqa: FBT001
    """Return the text of a piece, in parts where a credit runs into prose."""
    left, seam, right = text.partition(_SEAM)
    if seam and are_apart(left, _close_seams(right)):
        return left.strip(), _close_seams(right).strip()
    text = _close_seams(text)
    spans = cut_credits(text) if is_prose else ()
    return tuple(text[start:end].strip() for start, end in spans) or (text.strip(),)


# The pages of a site share menus and footers.
_part_shared = lru_cache(maxsize=8_192)(_part)
_is_credit = lru_cache(maxsize=8_192)(is_credit)


def part_head(text: str) -> list[str]:
    r"""Part a headline, a byline and a date on lines of their own from each other and the prose.

    Lines of a list, with dates and without names, prose or a long headline, stay together.

    >>> part_head("Crue\nPar Zoé Exemple\n3 mai 2024\nLa Sorne a débordé lundi.\nElle baisse.")
    ['Crue', 'Par Zoé Exemple', '3 mai 2024', 'La Sorne a débordé lundi.\nElle baisse.']
    >>> part_head("Par Zoé Exemple\n3 mai 2024"), part_head("Seyne\n3 mai 2024\nEntrée libre")
    (['Par Zoé Exemple\n3 mai 2024'], ['Seyne\n3 mai 2024\nEntrée libre'])
    """
    lines = [line for line in text.split("\n") if line.strip()]
    found = [at for at, line in enumerate(lines[:_HEAD_LINES]) if _credits_article(line)]
    first, end = (found[0], found[-1] + 1) if found else (0, 0)
    title, rest = lines[:first], lines[end:]
    is_head = (
        len(found) == end - first > 0
        and len(title) < _HEAD_LINES // 2 + 1
        and not any(map(_END.search, title))
        and (title or rest)
    )
    is_article = (
        any(map(_END.search, rest))
        or any(measure(line) >= _LEAST_TITLE for line in title)
        or any(map(read_byline, lines[first:end]))
    )
    if not is_head or not is_article:
        return [text]
    return [*lines[:end], *(["\n".join(rest)] if rest else [])]


@lru_cache(maxsize=8_192)
def _credits_article(line: str) -> bool:
    """Whether a short line names an author or holds a date and little else."""
    is_short = len(line) <= _LONGEST_CREDIT and _END.search(line) is None
    return is_short and (is_dateline(line) or bool(read_byline(line)))


def _close_seams(text: str) -> str:
    if _SEAM not in text:
        return text
    return _AROUND_SEAM.sub(lambda around: " " if around[1] or around[2] else "", text)


def _is_visible(char: str) -> bool:
    return char.isprintable() and not char.isspace()
