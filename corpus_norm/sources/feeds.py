"""RSS (0.9x, 1.0, 2.0) and Atom (RFC 4287) as they were saved: an entry is a document.

Parsed with lxml in its safe form: entities are not expanded, no file and no network is touched.
Feeds are often not quite XML, so that the parser reads on behind an error; the first one is told as
the last item.
"""

from __future__ import annotations

import html
import re
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from corpus_norm.dates import read_stated
from corpus_norm.document import RawDocument
from corpus_norm.errors import InputError
from corpus_norm.sources.records import get_day, get_line, reject
from corpus_norm.sources.streams import too_large

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from corpus_norm.document import Rejection
    from corpus_norm.settings import InputSettings

_ROOTS = frozenset({"rss", "feed", "RDF"})
_ENTRIES = frozenset({"item", "entry"})
_PREFIXES = MappingProxyType(
    {
        "http://purl.org/rss/1.0/modules/content/": "content:",
        "http://purl.org/dc/elements/1.1/": "dc:",
        "http://purl.org/dc/terms/": "dc:",
        # All others that are no feed's own, like media: and itunes:, have their names kept apart.
        "": "",
        "http://purl.org/rss/1.0/": "",
        "http://my.netscape.com/rdf/simple/0.9/": "",
        "http://www.w3.org/2005/Atom": "",
        "http://purl.org/atom/ns#": "",
    }
)
_CONTENTS = ("content:encoded", "content", "description", "summary")  # the fullest first
_DATES = ("published", "pubDate", "dc:date", "issued", "dc:created", "updated", "modified")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&(#\d+|#[xX][0-9A-Fa-f]+|\w+);")
_TAG = re.compile(r"<[^<>]*>")
_MAILBOX = re.compile(r"\S+@\S+\s*\(([^()]+)\)")  # the form that RSS asks for


def read_feed(
    chunks: Iterator[bytes], source: str, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    r"""The entries of a feed, in its order.

    >>> from corpus_norm.settings import InputSettings
    >>> feed = b"<rss><channel><item><title>A</title><description>One.</description></item>"
    >>> entry, damage = read_feed(iter([feed]), "a.rss", InputSettings())
    >>> entry.title, entry.data, damage.message[:40]
    ('A', 'One.', 'the XML is broken in line 1 (Premature e')

    Raises:
        InputError: it is no feed, or holds an entry that is too large.
    """
    from lxml import etree

    parser = etree.XMLPullParser(
        ("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    index = waiting = 0
    try:
        for chunk in chunks:
            waiting += len(chunk)
            parser.feed(chunk)
            for element in _find_entries(parser):
                yield _make_document(element, source, index, settings)
                _forget(element)
                index += 1
                waiting = 0
            if waiting > settings.max_bytes:
                raise too_large(settings.max_bytes)
        parser.close()  # an entry that is only closed here was cut off
    except etree.XMLSyntaxError as error:
        raise InputError(f"it is no XML ({error}); get the file again") from error
    faults = [fault for fault in parser.feed_error_log if fault.level_name != "WARNING"]
    if faults:
        yield reject(
            source,
            index,
            f"the XML is broken in line {faults[0].line} ({faults[0].message}); what could be read "
            "was read, but something may be missing",
        )


def _find_entries(parser: Any) -> Iterator[Any]:  # noqa: ANN401 -- lxml has no types
    """The entries that are complete.

    Raises:
        InputError: the root is that of no feed.
    """
    for event, element in parser.read_events():
        name = _name(element)
        if event == "end":
            if name in _ENTRIES:
                yield element
        elif element.getparent() is None and name.rpartition("}")[2] not in _ROOTS:
            raise InputError(
                f"it is XML, but no RSS or Atom feed (its root is {name[:80]!r}); nothing to do"
            )


def _forget(element: Any) -> None:  # noqa: ANN401
    """Let go of an entry and of what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _make_document(
    element: Any,  # noqa: ANN401
    source: str,
    index: int,
    settings: InputSettings,
) -> RawDocument | Rejection:
    parts: dict[str, list[Any]] = {}
    for child in element.iterchildren("*"):
        parts.setdefault(_name(child), []).append(child)
    contents = (_read_content(part) for name in _CONTENTS for part in parts.get(name, ()))
    content = next(filter(str.strip, contents), "")
    if not content:
        return reject(source, index, f"entry {index + 1} has no text of its own")
    if len(content) > settings.max_bytes:
        return reject(source, index, too_large(settings.max_bytes))
    is_html = _MARKUP.search(content)
    titles = map(_get_text, parts.get("title", ()))
    days = (_read_day(_get_text(part)) for name in _DATES for part in parts.get(name, ()))
    return RawDocument(
        source,
        content,
        record=index,
        media_type="text/html" if is_html else "text/plain",
        url=next(filter(None, _list_links(parts)), None),
        title=get_line(html.unescape(_TAG.sub("", next(titles, "")))),
        authors=tuple(filter(None, _list_authors(parts))),
        published=next(filter(None, days), None),
    )


def _read_content(element: Any) -> str:  # noqa: ANN401
    """The text or HTML of an element; XHTML (Atom) is written out again."""
    from lxml import etree

    inner = [child for child in element if isinstance(child.tag, str)]
    if not inner:
        text = _get_text(element)
        is_text = element.get("type") == "text"
        return html.escape(text, quote=False) if is_text and _MARKUP.search(text) else text
    return "".join(etree.tostring(child, encoding="unicode") for child in inner)


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


def _read_day(text: str) -> date | None:
    """The day of an RFC 822 date (RSS) or an RFC 3339 one (Atom), or of one in other words."""
    try:
        return get_day(text) or parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return read_stated(text)


def _get_text(element: Any) -> str:  # noqa: ANN401
    """All text in an element; an entity that HTML knows and XML does not as its character."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            parts.append(_get_text(child))
        else:  # an entity: the declaration it may have is not looked at
            parts.append(html.unescape(child.text or ""))
        parts.append(child.tail or "")
    return "".join(parts)


def _name(element: Any) -> str:  # noqa: ANN401
    namespace, _, local = str(element.tag).rpartition("}")
    prefix = _PREFIXES.get(namespace.removeprefix("{"))
    return str(element.tag) if prefix is None else prefix + local
