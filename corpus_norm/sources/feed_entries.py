"""Split a feed into entries, and make each entry well-formed without losing any of it.

Feeds contain unescaped ampersands, HTML entities, control characters and unescaped HTML.  A parser
that recovers from such faults drops the parts that it cannot place; this module turns them into
text before any parser sees them.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from dataclasses import dataclass
from enum import Enum, auto
from html.entities import html5
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from corpus_norm.errors import InputError
from corpus_norm.sources.streams import CHUNK_BYTES, CutError, gather_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

_CDATA = ("<![CDATA[", "]]>")
_UNSEEN = (("<!--", "-->"), ("<?", "?>"))
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AMPERSAND = re.compile(r"&(#[0-9]{1,8};|#[xX][0-9A-Fa-f]{1,7};|[A-Za-z][0-9A-Za-z]{1,31};)?")
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_NAME = r"[A-Za-z_][\w.-]{0,60}(?::[A-Za-z_][\w.-]{0,60})?"
_TAG_START = re.compile("[A-Za-z_/!?]")
_TAG = re.compile(rf"<(?P<end>/?)(?P<name>{_NAME})(?P<attributes>[^<>]*?)(?P<closed>/?)>")
_ATTRIBUTE = re.compile(rf"""({_NAME})\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+)""")
_PREFIX = re.compile(rf"</?([A-Za-z_][\w.-]{{0,60}}):|\s([A-Za-z_][\w.-]{{0,60}}):{_NAME}\s*=")
_LAST_END = re.compile(rf"</({_NAME})>\s{{0,99}}\Z")
_HTML = re.compile(r"</?[A-Za-z][^<>]*>")

_ELEMENTS = frozenset(
    [
        *("title", "link", "description", "guid", "author", "category", "comments", "enclosure"),
        *("pubDate", "source", "content", "summary", "id", "published", "updated", "issued"),
        *("modified", "created", "contributor", "rights"),
    ]
)
"""The elements of an entry without a prefix; the start of one ends the element before it."""

_KNOWN_PREFIXES = MappingProxyType(
    {
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "dcterms": "http://purl.org/dc/terms/",
        "atom": "http://www.w3.org/2005/Atom",
        "media": "http://search.yahoo.com/mrss/",
    }
)
"""The namespaces assumed for prefixes that a feed does not declare."""


def parse_entry(text: str, namespaces: dict[str, str]) -> Any | None:  # noqa: ANN401
    """Parse an entry; return None if nothing in it can be read.

    >>> entry = parse_entry("<item><title>R&D &eacute;t&eacute; <3</title></item>", {})
    >>> entry.findtext("title")
    'R&D été <3'
    >>> parse_entry("<item><title>A <b>c<link>u</link>", {}).findtext("title")
    'A <b>c'
    """
    text = _escape(_NOT_XML.sub("", text))
    wrapped = _parse(text, namespaces)
    if wrapped is None or not len(wrapped):
        wrapped = _parse(_rebuild(text, namespaces), namespaces)
    return None if wrapped is None or not len(wrapped) else wrapped[0]


def _escape(text: str) -> str:
    """Escape unescaped ampersands and ``<``, and resolve HTML entities, outside CDATA."""
    pieces = _split_sections(text, *_CDATA)
    for place in range(0, len(pieces), 2):
        for marks in _UNSEEN:
            pieces[place] = "".join(_split_sections(pieces[place], *marks)[::2])
        # A CDATA delimiter without its counterpart means nothing.
        piece = pieces[place].replace(_CDATA[0], "").replace(_CDATA[1], "")
        pieces[place] = _escape_less(_AMPERSAND.sub(_write_entity, piece))
    return "".join(pieces)


def _split_sections(text: str, start: str, end: str) -> list[str]:
    """Split a text into the parts outside and inside sections, alternately."""
    pieces, place = [], 0
    while (opened := text.find(start, place)) >= 0:
        closed = text.find(end, opened + len(start))
        if closed < 0:
            break
        pieces += [text[place:opened], text[opened : closed + len(end)]]
        place = closed + len(end)
    return [*pieces, text[place:]]


def _write_entity(found: re.Match[str]) -> str:
    name = found[1]
    if name in _XML_ENTITIES:
        return found[0]
    if name is None or (name not in html5 and not name.startswith("#")):
        return "&amp;" + found[0][1:]
    # Resolve references to characters that XML forbids as browsers do.
    return html.escape(_NOT_XML.sub("", html.unescape(found[0])), quote=True)


def _escape_less(text: str) -> str:
    """Escape a ``<`` that begins no tag (``<3``) or a tag that has no ``>``."""
    first, *others = text.split("<")
    return first + "".join(
        ("<" if _TAG_START.match(part) and ">" in part else "&lt;") + part for part in others
    )


def _parse(text: str, namespaces: dict[str, str]) -> Any | None:  # noqa: ANN401
    """Parse a text inside a root that declares its prefixes; None if it is not well-formed."""
    from lxml import etree

    used = {found[1] or found[2] for found in _PREFIX.finditer(text)} - {"xml", "xmlns"}
    spaces = {p: namespaces.get(p) or _KNOWN_PREFIXES.get(p) or f"urn:{p}" for p in sorted(used)}
    declared = "".join(f' xmlns:{p}="{html.escape(name)}"' for p, name in spaces.items())
    if default := namespaces.get(""):
        declared += f' xmlns="{html.escape(default)}"'
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_pis=True
    )
    try:
        return etree.fromstring(f"<feed{declared}>{text}</feed>", parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _rebuild(text: str, namespaces: dict[str, str]) -> str:
    """Rebuild an entry from its elements; one that is not well-formed becomes plain text."""
    children = []
    for name, attributes, inner in _find_children(text):
        written = "".join(f" {key}={_quote(value)}" for key, value in attributes)
        if not inner.strip() and not attributes:
            continue
        whole = f"<{name}{written}>{inner}</{name}>"
        if "<" in inner and _parse(whole, namespaces) is None:
            whole = f"<{name}{written}>{html.escape(_flatten(inner), quote=False)}</{name}>"
        children.append(whole)
    return f"<item>{''.join(children)}</item>"


def _find_children(text: str) -> Iterator[tuple[str, list[tuple[str, str]], str]]:
    """Yield the name, attributes and content of each direct child of an entry."""
    tags = list(_find_tags(text))
    ends: dict[str, list[int]] = {}
    for number, tag in enumerate(tags):
        if tag["end"]:
            ends.setdefault(tag["name"], []).append(number)
    number = 1 if tags and _is_entry(tags[0]) else 0
    place = tags[0].end() if number else 0  # the start of the unread part
    while number < len(tags):
        tag = tags[number]
        number += 1
        if tag["end"]:
            if not _is_entry(tag) and (lost := text[place : tag.start()]).strip():
                yield tag["name"], [], lost  # its start tag is missing
            place = tag.end()
            continue
        attributes = _read_attributes(tag["attributes"])
        if tag["closed"]:
            yield tag["name"], attributes, ""
            place = tag.end()
            continue
        own = ends.get(tag["name"], [])
        nearest = bisect_left(own, number)
        has_end = nearest < len(own)
        last = own[nearest] if has_end else _find_next(tags, number, tag["name"])
        stop = tags[last].start() if last < len(tags) else len(text)
        yield tag["name"], attributes, text[tag.end() : stop]
        place = tags[last].end() if has_end else stop
        number = last + has_end


def _find_tags(text: str) -> Iterator[re.Match[str]]:
    place = 0
    for number, piece in enumerate(_split_sections(text, *_CDATA)):
        if number % 2 == 0:
            yield from _TAG.finditer(text, place, place + len(piece))
        place += len(piece)


def _find_next(tags: list[re.Match[str]], start: int, name: str) -> int:
    """Return the index of the tag that ends an element without an end tag."""
    for number in range(start, len(tags)):
        tag = tags[number]
        if tag["name"] == name or (tag["end"] and _is_entry(tag)):
            return number
        if not tag["end"] and (":" in tag["name"] or tag["name"] in _ELEMENTS):
            return number
    return len(tags)


def _is_entry(tag: re.Match[str]) -> bool:
    return tag["name"].rpartition(":")[2] in {"item", "entry"}


def _read_attributes(text: str) -> list[tuple[str, str]]:
    found = dict(_ATTRIBUTE.findall(text[:10_000]))
    return [(key, value.strip("\"'")) for key, value in found.items() if key != "xmlns"]


def _quote(value: str) -> str:
    return '"' + value.replace('"', "&quot;").replace("<", "&lt;") + '"'


def _flatten(inner: str) -> str:
    """Return the content of an element as the text or HTML it stands for."""
    end = _LAST_END.search(inner)  # this may be the element's own end tag, misspelt
    if end and f"<{end[1]}" not in inner:
        inner = inner[: end.start()]
    pieces = _split_sections(inner, *_CDATA)
    is_html = any(_HTML.search(piece) for piece in pieces[::2])
    return "".join(
        piece[len(_CDATA[0]) : -len(_CDATA[1])]
        if number % 2
        else (piece if is_html else html.unescape(piece))
        for number, piece in enumerate(pieces)
    )


FEED_NAMESPACES = frozenset(
    {
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://www.w3.org/2005/Atom",
        "http://purl.org/atom/ns#",
    }
)
"""The namespaces of feed formats; RSS 2.0 has none."""

# Delimiters of CDATA and comments, start and end tags of entries, end tags of the feed.
_MARK = re.compile(
    rb"<!\[CDATA\[|\]\]>|<!--|-->"
    rb"|<(?P<start>(?:[A-Za-z_][\w.-]{0,30}:)?(?:item|entry))(?=[\s/>])"
    rb"|</(?P<end>(?:[A-Za-z_][\w.-]{0,30}:)?(?:item|entry))\s{0,16}>"
    rb"|</(?:[A-Za-z_][\w.-]{0,30}:)?(?:channel|feed|rss|RDF)\s{0,16}>"
)
_LONGEST_MARK = 64
_CLOSED_BY = MappingProxyType({b"<![CDATA[": b"]]>", b"<!--": b"-->"})
_NAMESPACE = re.compile(rb"""xmlns:([\w.-]+)\s*=\s*["']([^"'<>]*)["']""")
_FEED_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,30}:)?(?:rss|feed|RDF|channel)[\s>]")
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]{0,80})")


class Part(Enum):
    """The kind of a piece of a feed."""

    HEAD = auto()
    ENTRY = auto()
    CUT_ENTRY = auto()
    TAIL = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a feed: ``size`` is its full length, ``data`` is empty if that was too much."""

    part: Part
    data: bytes
    size: int


def split_feed(chunks: Iterator[bytes], limit: int) -> Iterator[Piece]:
    """Yield the head of a feed, its entries and the rest, holding at most ``limit`` bytes.

    >>> feed = iter([b"<rss><channel><title>A</title><item>1</item><item>2</channel></rss>"])
    >>> [piece.data.decode() for piece in split_feed(feed, 1000) if piece.part is Part.ENTRY]
    ['<item>1</item>', '<item>2']

    Raises:
        CutError: the stream breaks; ``tail`` holds the beginning of the entry it broke in.
    """
    scanner = _Scanner(limit)
    try:
        for chunk in gather_chunks(chunks, CHUNK_BYTES):
            yield from scanner.take(chunk)
    except (CutError, OSError) as error:
        yield from scanner.take(b"", is_last=True)
        cut = error if isinstance(error, CutError) else CutError(f"reading failed: {error}")
        cut.tail = scanner.rest()
        raise cut from error
    yield from scanner.take(b"", is_last=True)
    yield scanner.finish()


class _Scanner:
    """The state of a scan: the current piece and the open section that hides tags, if any."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: list[bytes] = []  # the bytes of this piece before the window
        self._before = 0  # the number of those bytes, dropped ones included
        self._is_dropped = False
        self._window = b""
        self._place = 0  # the position in the window
        self._name = b""  # the tag of entries, once it is known
        self._in_entry = False
        self._hidden_by = b""  # the delimiter that opened the section
        self._opened = 0  # where the section begins
        self._way_out: int | None = None  # where the entry ends if the section is never closed
        self._unclosed: set[bytes] = set()  # delimiters that are never closed in the rest
        self._namespaces: dict[str, str] | None = None

    def take(self, chunk: bytes, *, is_last: bool = False) -> Iterator[Piece]:
        """Yield the pieces that this chunk completes."""
        self._window += chunk
        while True:
            mark = _MARK.search(self._window, self._place)
            if mark is None or (not is_last and mark.start() > len(self._window) - _LONGEST_MARK):
                if is_last and self._leave_section():
                    continue
                break
            self._place = mark.end()
            yield from self._pass(mark)
        if not is_last:
            self._slide()

    def rest(self) -> bytes:
        """Return the bytes of the unfinished piece."""
        return b"".join((*self._held, self._window))

    def finish(self) -> Piece:
        """Return the last piece."""
        part = Part.TAIL if self._name else Part.HEAD
        return self._make(Part.CUT_ENTRY if self._in_entry else part, len(self._window))

    def _pass(self, mark: re.Match[bytes]) -> Iterator[Piece]:
        text = mark[0]
        if self._hidden_by:
            yield from self._pass_hidden(mark)
        elif text in _CLOSED_BY:
            if text not in self._unclosed:
                self._hidden_by, self._way_out = text, None
                self._opened = self._before + mark.end()
        elif mark["start"]:
            yield from self._start(mark)
        elif mark["end"]:
            # After other entries, an end tag without a start tag ends an entry that lost its start.
            if mark["end"] == self._name:
                yield self._cut(Part.ENTRY, mark.end(), in_entry=False)
        elif text.startswith(b"</") and self._in_entry:
            yield self._cut(Part.ENTRY, mark.start(), in_entry=False)

    def _pass_hidden(self, mark: re.Match[bytes]) -> Iterator[Piece]:
        if mark[0] == _CLOSED_BY[self._hidden_by]:
            self._hidden_by, self._way_out = b"", None
        elif mark[0] == self._hidden_by and self._way_out is not None:
            # CDATA and comments do not nest, so the first one has lost its end.
            self._go_back(self._way_out)
            yield self._cut(Part.ENTRY, self._place, in_entry=False)
        elif self._in_entry and mark["end"] == self._name and self._way_out is None:
            self._way_out = self._before + mark.end()

    def _start(self, mark: re.Match[bytes]) -> Iterator[Piece]:
        if not self._name and self._is_entry(mark):
            self._name = mark["start"]
            yield self._cut(Part.HEAD, mark.start(), in_entry=True)
        elif mark["start"] == self._name:
            part = Part.ENTRY if self._in_entry else Part.TAIL
            yield self._cut(part, mark.start(), in_entry=True)

    def _is_entry(self, mark: re.Match[bytes]) -> bool:
        """Whether the head puts a tag in no namespace or in that of a feed format."""
        prefix, colon, _ = mark["start"].decode().partition(":")
        if self._namespaces is None:
            self._namespaces = read_namespaces(self._held[0] if self._held else self._window)
        return not colon or self._namespaces.get(prefix) in FEED_NAMESPACES

    def _cut(self, part: Part, end: int, *, in_entry: bool) -> Piece:
        """Return the piece that ends here, and start the next one."""
        piece = self._make(part, end)
        self._window = self._window[end:]
        self._place -= end
        self._held, self._before, self._is_dropped = [], 0, False
        self._in_entry = in_entry
        return piece

    def _make(self, part: Part, end: int) -> Piece:
        data = b"" if self._is_dropped else b"".join((*self._held, self._window[:end]))
        return Piece(part, data, self._before + end)

    def _slide(self) -> None:
        """Drop the scanned part of the window."""
        end = max(self._place, len(self._window) - _LONGEST_MARK)
        self._held.append(self._window[:end])
        self._before += end
        self._window, self._place = self._window[end:], 0
        if self._before > self._limit:
            self._held, self._is_dropped = [], True

    def _go_back(self, place: int) -> None:
        """Continue from a position in this piece, outside any section."""
        self._hidden_by, self._way_out = b"", None
        if self._is_dropped:
            return
        self._window = self.rest()
        self._held, self._before, self._place = [], 0, place

    def _leave_section(self) -> bool:
        """Leave an unclosed section at the end of the feed, so that its entries are read.

        Return False if there is none, or if its bytes were dropped.
        """
        if not self._hidden_by or self._is_dropped:
            return False
        self._unclosed.add(self._hidden_by)
        self._go_back(self._opened)
        return True


def read_namespaces(head: bytes) -> dict[str, str]:
    """Return the prefixes that the root of a feed declares.

    >>> read_namespaces(b'<rss xmlns:dc="http://purl.org/dc/elements/1.1/">')
    {'dc': 'http://purl.org/dc/elements/1.1/'}
    """
    found = _NAMESPACE.findall(head[:CHUNK_BYTES])
    return {prefix.decode("latin-1"): name.decode("latin-1") for prefix, name in found}


def check_root(head: bytes) -> None:
    """Refuse data that are not a feed.

    Raises:
        InputError: the root is not a feed element, or there is no XML at all.
    """
    head = head[:CHUNK_BYTES]
    if _FEED_ROOT.search(head):
        return
    root = _ROOT.search(head)
    if root is None:
        raise InputError("it is no XML; get the file again")
    name = root[1].decode("latin-1")
    raise InputError(f"it is XML, but no RSS or Atom feed (its root is {name!r}); nothing to do")
