"""The bytes of a feed cut into its entries, whatever is broken inside one of them.

An XML parser that has lost its way stays lost until the end of the file; entries that were cut
apart first are damaged each for itself.  Only the marks that tell where an entry ends are looked
at: its tags, those around all entries, character data and comments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.errors import InputError
from corpus_norm.sources.streams import CHUNK_BYTES, CutError, gather_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

FEED_NAMESPACES = frozenset(
    {
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://www.w3.org/2005/Atom",
        "http://purl.org/atom/ns#",
    }
)
"""Namespaces whose elements are a feed's own; RSS 2.0 has none."""

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
    """What a piece of a feed is."""

    HEAD = auto()
    ENTRY = auto()
    CUT_ENTRY = auto()
    TAIL = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a feed; ``size`` is how many there were, more than ``data`` if not all were held."""

    part: Part
    data: bytes
    size: int


def split_feed(chunks: Iterator[bytes], limit: int) -> Iterator[Piece]:
    """The head of a feed, its entries, and what is left; no more than ``limit`` bytes are held.

    >>> feed = iter([b"<rss><channel><title>A</title><item>1</item><item>2</channel></rss>"])
    >>> [piece.data.decode() for piece in split_feed(feed, 1000) if piece.part is Part.ENTRY]
    ['<item>1</item>', '<item>2']

    Raises:
        CutError: the stream breaks; ``tail`` is what there is of the entry it broke in.
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
    """Where the scan stands: in which entry, and in which section that hides marks."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: list[bytes] = []  # of this piece, before the window
        self._before = 0  # the size of what is or was held
        self._is_dropped = False
        self._window = b""
        self._place = 0  # in the window
        self._name = b""  # the tag of entries, once it is known
        self._in_entry = False
        self._hidden_by = b""  # the mark that opened the section
        self._opened = 0  # where the section begins
        self._way_out: int | None = None  # where the entry would end if the section had no end
        self._unclosed: set[bytes] = set()  # marks that nothing closes from here on
        self._namespaces: dict[str, str] | None = None

    def take(self, chunk: bytes, *, is_last: bool = False) -> Iterator[Piece]:
        """The pieces that are complete with this chunk."""
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
        """What there is of the piece that has not ended."""
        return b"".join((*self._held, self._window))

    def finish(self) -> Piece:
        """The last piece."""
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
            # An end without a start: the start was lost, if entries stand before it.
            if mark["end"] == self._name:
                yield self._cut(Part.ENTRY, mark.end(), in_entry=False)
        elif text.startswith(b"</") and self._in_entry:
            yield self._cut(Part.ENTRY, mark.start(), in_entry=False)

    def _pass_hidden(self, mark: re.Match[bytes]) -> Iterator[Piece]:
        if mark[0] == _CLOSED_BY[self._hidden_by]:
            self._hidden_by, self._way_out = b"", None
        elif mark[0] == self._hidden_by and self._way_out is not None:
            # Neither of the two nests, so that the first has lost its end.
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
        """Whether a tag is in no namespace or in one of feeds, as far as the head tells."""
        prefix, colon, _ = mark["start"].decode().partition(":")
        if self._namespaces is None:
            self._namespaces = read_namespaces(self._held[0] if self._held else self._window)
        return not colon or self._namespaces.get(prefix) in FEED_NAMESPACES

    def _cut(self, part: Part, end: int, *, in_entry: bool) -> Piece:
        """The piece that ends here; the next one begins."""
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
        """Move the window behind what was looked at."""
        end = max(self._place, len(self._window) - _LONGEST_MARK)
        self._held.append(self._window[:end])
        self._before += end
        self._window, self._place = self._window[end:], 0
        if self._before > self._limit:
            self._held, self._is_dropped = [], True

    def _go_back(self, place: int) -> None:
        """Continue from a place of this piece, outside of any section."""
        self._hidden_by, self._way_out = b"", None
        if self._is_dropped:
            return
        self._window = self.rest()
        self._held, self._before, self._place = [], 0, place

    def _leave_section(self) -> bool:
        """At the end of the feed: a section that has no end does not hide the entries in it."""
        if not self._hidden_by or self._is_dropped:
            return False
        self._unclosed.add(self._hidden_by)
        self._go_back(self._opened)
        return True


def read_namespaces(head: bytes) -> dict[str, str]:
    """The prefixes that the root of a feed declares.

    >>> read_namespaces(b'<rss xmlns:dc="http://purl.org/dc/elements/1.1/">')
    {'dc': 'http://purl.org/dc/elements/1.1/'}
    """
    found = _NAMESPACE.findall(head[:CHUNK_BYTES])
    return {prefix.decode("latin-1"): name.decode("latin-1") for prefix, name in found}


def check_root(head: bytes) -> None:
    """Refuse XML that is no feed.

    Raises:
        InputError: its root is another.
    """
    head = head[:CHUNK_BYTES]
    if _FEED_ROOT.search(head):
        return
    root = _ROOT.search(head)
    if root is None:
        raise InputError("it is no XML; get the file again")
    name = root[1].decode("latin-1")
    raise InputError(f"it is XML, but no RSS or Atom feed (its root is {name!r}); nothing to do")
