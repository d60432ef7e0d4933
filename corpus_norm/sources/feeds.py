"""Read saved feeds, RSS (0.9x, 1.0, 2.0) and Atom (RFC 4287): each entry is a document.

Feeds are often not valid XML, nor in the charset they declare.  Therefore each entry is cut out of
the bytes, decoded as a page is, made well-formed, and only then parsed.  The lxml parser is set to
be safe: it expands no entities and accesses neither files nor the network.
"""

from __future__ import annotations

import codecs
import html
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from corpus_norm.dates import read_stated, read_time
from corpus_norm.document import RawDocument
from corpus_norm.errors import DecodeError, InputError
from corpus_norm.sources.feed_entries import (
    Part,
    Piece,
    check_root,
    parse_entry,
    read_namespaces,
    split_feed,
)
from corpus_norm.sources.formats import BombError
from corpus_norm.sources.records import RecordGuard, get_line, reject
from corpus_norm.sources.streams import CutError, peek, to_utf8, too_large
from corpus_norm.values import read_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from corpus_norm.document import Rejection
    from corpus_norm.settings import InputSettings

_PREFIXES = MappingProxyType(
    {
        "http://purl.org/rss/1.0/modules/content/": "content:",
        "http://purl.org/dc/elements/1.1/": "dc:",
        "http://purl.org/dc/terms/": "dc:",
        # Elements in other namespaces, such as media: and itunes:, keep their full names.
        "": "",
        "http://purl.org/rss/1.0/": "",
        "http://my.netscape.com/rdf/simple/0.9/": "",
        "http://www.w3.org/2005/Atom": "",
        "http://purl.org/atom/ns#": "",
    }
)
_CONTENTS = ("content:encoded", "content", "description", "summary")  # the fullest first
_DATES = ("published", "pubDate", "dc:date", "issued", "dc:created", "updated", "modified")
_UPDATES = ("updated", "modified")
_TAKEN = frozenset(
    {*_DATES, "title", "link", "guid", "id", "dc:identifier", "author", "dc:creator"}
)
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&(#\d+|#[xX][0-9A-Fa-f]+|\w+);")
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|dfn|div|em|font|h[1-6]|i|img|ins|mark|nobr|p|q|s|small"
    r"|span|strike|strong|su[bp]|tt|u|wbr)\b[^<>]*>",
    re.IGNORECASE,
)
# Content that still begins with an escaped tag after parsing was escaped twice; text about markup
# has real tags around the escaped ones.
_ESCAPED_TWICE = re.compile(r"\A\s*&lt;(?:p|div|a|b|i|img|br|h[1-6]|ul|figure|section|article)\b")
_END = re.compile(rb"</(?:[A-Za-z_][\w.-]{0,30}:)?(?:rss|feed|RDF)\s{0,16}>")
_HEAD_BYTES = 64 * 1024
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # UTF-32-LE's BOM begins with the first
_MAILBOX = re.compile(r"\S+@\S+\s*\(([^()]+)\)")  # the form that RSS prescribes for authors


def read_feed(
    chunks: Iterator[bytes], source: str, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    r"""Yield the entries of a feed, in order; a broken entry affects no other.

    >>> from corpus_norm.settings import InputSettings
    >>> feed = b"<rss><channel><item><title>A</title><description>1 & 2.</description></item>"
    >>> entry, damage = read_feed(iter([feed]), "a.rss", InputSettings())
    >>> entry.title, entry.data, damage.message[:40]
    ('A', '1 & 2.', 'the feed ends early, before its end tag;')

    A file that is not a feed or has no entry becomes one rejection with its bytes.

    Raises:
        CutError: the stream breaks; the entries before the break have been yielded.
    """
    recorder = _Recorder(chunks, settings.max_bytes)
    try:
        for item in _read_entries(iter(recorder), source, settings):
            recorder.stop()
            yield item
    except (BombError, CutError):
        raise
    except InputError as error:
        yield reject(source, 0, error, recorder.drain())
        return
    if recorder.is_recording:
        yield reject(source, 0, "the file holds no records; nothing to do", recorder.drain())


class _Recorder:
    """A stream that keeps the bytes read from it, up to a limit, until ``stop`` is called."""

    def __init__(self, chunks: Iterator[bytes], limit: int) -> None:
        self._chunks = chunks
        self._limit = limit
        self._kept: list[bytes] = []
        self._size = 0
        self.is_recording = True

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._size += len(chunk)
            if self.is_recording and self._size <= self._limit:
                self._kept.append(chunk)
            yield chunk

    def stop(self) -> None:
        """Stop keeping bytes, and drop those kept."""
        self.is_recording = False
        self._kept = []

    def drain(self) -> bytes | None:
        """Read the rest; return the whole stream, or None if it is over the limit or broken."""
        with suppress(InputError, OSError):
            for _ in self:
                if self._size > self._limit:
                    break
            return b"".join(self._kept) if self._size <= self._limit else None
        return None


def _read_entries(
    chunks: Iterator[bytes], source: str, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    head, chunks = peek(chunks, _HEAD_BYTES)
    charset, chunks = _find_charset(head, chunks)
    feed, guard = Feed(source, charset, {}, settings), RecordGuard(source)
    index, last = 0, Piece(Part.HEAD, b"", 0)
    for piece in split_feed(chunks, settings.max_bytes):
        last = piece
        if piece.part is Part.HEAD:
            if piece.size > settings.max_bytes:
                raise too_large(settings.max_bytes)
            check_root(piece.data)
            feed = replace(feed, namespaces=read_namespaces(piece.data))
        elif piece.part is not Part.TAIL:
            yield guard.read(index, piece.data, _read_entry, piece, feed, index)
            index += 1
    if last.part is not Part.CUT_ENTRY and not _END.search(last.data[-_HEAD_BYTES:]):
        fault = "the feed ends early, before its end tag; the part before that was read"
        yield reject(source, index, f"{fault}, but entries may be missing", last.data)


@dataclass(frozen=True, slots=True)
class Feed:
    """The properties that all entries of a feed share; ``charset`` is only a hint."""

    source: str
    charset: str | None
    namespaces: dict[str, str]
    settings: InputSettings


def _find_charset(head: bytes, chunks: Iterator[bytes]) -> tuple[str | None, Iterator[bytes]]:
    """Return the charset of the entries, and the bytes in an encoding with ASCII tags."""
    from corpus_norm import encoding

    names = encoding.find_declared(head, in_data=True).names
    if any(map(encoding.is_shifted, names)) and head.isascii():
        return None, _transcode(chunks, names[0])
    if head.startswith(_WIDE_MARKS) or b"\0" in head[:4]:
        return None, to_utf8(chunks)
    head = head.replace(b"\0", b"")
    try:
        found = encoding.decode(head, names[0] if names else None)
    except DecodeError:
        return (names[0] if names else None), chunks
    # If some lines are not UTF-8, their encoding is a hint for other entries.
    name = found.encoding.rpartition("+")[2]
    return (names[0] if name == "utf-8" and names else name), chunks


def _transcode(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Transcode the bytes to UTF-8; a shift may span chunks."""
    decoder = codecs.getincrementaldecoder(name)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def _read_entry(piece: Piece, feed: Feed, index: int) -> RawDocument | Rejection:
    """Return the document of an entry, or a rejection."""
    from corpus_norm import encoding

    limit = feed.settings.max_bytes
    if piece.size > limit:
        whole = piece.data if len(piece.data) == piece.size else None
        return reject(feed.source, index, too_large(limit), whole)
    if piece.part is Part.CUT_ENTRY:
        fault = f"entry {index + 1} is cut off: the feed ends inside it; get the file again"
        return reject(feed.source, index, fault, piece.data)
    try:
        text = encoding.decode(piece.data.replace(b"\0", b""), feed.charset).text
    except DecodeError as error:
        return reject(feed.source, index, f"entry {index + 1}: {error}", piece.data)
    element = parse_entry(text, feed.namespaces)
    if element is None:
        return reject(feed.source, index, f"entry {index + 1} has no elements", piece.data)
    return _make_document(element, piece.data, feed, index)


def _make_document(
    element: Any,  # noqa: ANN401 -- lxml has no types
    data: bytes,
    feed: Feed,
    index: int,
) -> RawDocument | Rejection:
    source = feed.source
    parts: dict[str, list[Any]] = {}
    for child in element.iterchildren("*"):
        parts.setdefault(_name(child), []).append(child)
    used, content = next(_list_contents(parts), (None, _get_loose_text(element)))
    if not content:
        return reject(source, index, f"entry {index + 1} has no text of its own", data)
    is_html = _MARKUP.search(content)
    titles = map(_get_text, parts.get("title", ()))
    times = [_read_time(_get_text(part)) for name in _DATES for part in parts.get(name, ())]
    day, instant = next((found for found in times if found[0]), (None, None))
    changed = [_read_time(_get_text(part))[0] for part in _list_updates(parts)]
    own = read_id(next((_get_text(part) for part in _list_ids(parts)), None))
    extra = _read_rest(parts, used) if feed.settings.keep_extra else None
    return RawDocument(
        source,
        content,
        record=index,
        media_type="text/html" if is_html else "text/plain",
        url=next(filter(None, _list_links(parts)), None),
        title=get_line(html.unescape(_TAG.sub("", next(titles, "")))),
        authors=tuple(filter(None, _list_authors(parts))),
        published=day,
        published_at=instant,
        updated=next(filter(None, changed), None),
        source_id=own,
        extra=extra,
    )


def _list_contents(parts: dict[str, list[Any]]) -> Iterator[tuple[Any, str]]:
    """Yield the elements that hold text, the fullest first, with their text or HTML."""
    for name in _CONTENTS:
        for part in parts.get(name, ()):
            if (content := _read_content(part)).strip():
                yield part, content


def _list_updates(parts: dict[str, list[Any]]) -> list[Any]:
    """Return the elements that say when an entry was changed, if others say when it appeared."""
    if any(name in parts for name in _DATES if name not in _UPDATES):
        return [part for name in _UPDATES for part in parts.get(name, ())]
    return []


def _list_ids(parts: dict[str, list[Any]]) -> list[Any]:
    return [*parts.get("guid", ()), *parts.get("id", ()), *parts.get("dc:identifier", ())]


def _read_rest(parts: dict[str, list[Any]], used: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the elements that no column holds: their text, their attributes, or both."""
    rest: dict[str, Any] = {}
    for name, elements in parts.items():
        if name in _TAKEN:
            continue
        found = [_read_element(each) for each in elements if each is not used]
        found = [value for value in found if value not in ("", {})]
        if found:
            rest[name] = found[0] if len(found) == 1 else found
    return rest


def _read_element(element: Any) -> Any:  # noqa: ANN401
    attributes = {str(name): value for name, value in element.attrib.items()}
    text = _get_text(element).strip()
    if not attributes:
        return text
    return {**attributes, "text": text} if text else attributes


def _read_content(element: Any) -> str:  # noqa: ANN401
    """Return the text or HTML of an element; Atom's XHTML is serialised."""
    from lxml import etree

    inner = [child for child in element if isinstance(child.tag, str)]
    if not inner:
        text = _get_text(element)
        is_text = element.get("type") == "text"
        if is_text and _MARKUP.search(text):
            return html.escape(text, quote=False)
        return html.unescape(text) if _ESCAPED_TWICE.search(text) else text
    return html.escape(element.text or "", quote=False) + "".join(
        etree.tostring(child, encoding="unicode") for child in inner
    )


def _list_links(parts: dict[str, list[Any]]) -> Iterator[str | None]:
    for link in parts.get("link", ()):
        if link.get("href") is None:
            yield get_line(_get_text(link))
        elif link.get("rel", "alternate") == "alternate":
            yield get_line(link.get("href"))
    for name in ("guid", "id"):
        for element in parts.get(name, ()):
            address = _get_text(element).strip()
            yield address if address.startswith(("http://", "https://")) else None


def _list_authors(parts: dict[str, list[Any]]) -> Iterator[str | None]:
    for author in (*parts.get("author", ()), *parts.get("dc:creator", ())):
        names = [_get_text(child) for child in author.iterchildren("*") if _name(child) == "name"]
        for name in names or [_get_text(author)]:
            mailbox = _MAILBOX.fullmatch(name.strip())
            yield get_line(mailbox[1] if mailbox else name)


def _read_time(text: str) -> tuple[date | None, datetime | None]:
    """Return the day and, if stated, the moment of a date: RFC 822 (RSS), RFC 3339 (Atom), words.

    A moment without a time zone does not count.
    """
    found = read_time(text)
    if found[0] is not None:
        return found
    try:
        return parsedate_to_datetime(text).date(), None
    except (ValueError, TypeError, IndexError, OverflowError):
        return read_stated(text), None


def _get_text(element: Any) -> str:  # noqa: ANN401
    """Return all text in an element."""
    return "".join(element.itertext())


def _get_loose_text(element: Any) -> str:  # noqa: ANN401
    """Return the text of an entry outside its elements."""
    return " ".join(
        filter(None, map(str.strip, (element.text or "", *(c.tail or "" for c in element))))
    )


def _name(element: Any) -> str:  # noqa: ANN401
    namespace, _, local = str(element.tag).rpartition("}")
    prefix = _PREFIXES.get(namespace.removeprefix("{"))
    return str(element.tag) if prefix is None else prefix + local
