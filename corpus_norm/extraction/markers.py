"""The date of a page from elements that are marked as holding it.

Meta elements come first, then microdata and ``rel``, then class names, which are a habit of
publishers and no standard.  What stands in comments is not looked at.  The address comes last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml.etree import XPath

from corpus_norm.boilerplate.dates import find_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from corpus_norm.extraction.tree import Element

DATE_NAMES = (
    "article:published",
    "article:published_date",
    "article:published_time",
    "og:article:published_time",
    "og:pubdate",
    "og:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "datepublished",
    "date_published",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "publicationdate",
    "published-date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "dc.date.created",
    "citation_publication_date",
    "citation_date",
    "bt:pubdate",
    "cxenseparse:recs:publishtime",
    "displaydate",
    "ptime",
    "date",
    "created",
)
DATE_TAGS = ("span", "div", "p", "abbr", "em", "li", "small", "td", "dd", "strong", "i", "font")
DATE_CLASS = re.compile(
    r"date|publi(?:sh|c)|time|byline|posted|meta|info|entry-|timestamp|source", re.IGNORECASE
)
ELSEWHERE = re.compile(
    r"comment|related|recommend|sidebar|widget|footer|teaser|bio\b|avatar|disqus", re.IGNORECASE
)
ADDRESS_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?!\d)")
MARKED_DATES = XPath("descendant-or-self::*[self::time or @itemprop]")
LONGEST_DATE = 200


def find_published(tree: Element, meta: Mapping[str, str], url: str | None) -> date | None:
    """When the page says that it was published.

    >>> from corpus_norm.extraction.tree import parse
    >>> find_published(parse('<time datetime="2026-05-03T10:00">today</time>'), {}, None)
    datetime.date(2026, 5, 3)
    """
    stated = (meta[name] for name in DATE_NAMES if name in meta)
    marked = (text for element in MARKED_DATES(tree) for text in _read_marked_date(element))
    shown = (
        _read(element)
        for element in tree.iter(*DATE_TAGS)
        if _is_dated(element) and not is_elsewhere(element)
    )
    for texts in (stated, marked, shown):
        for text in texts:
            if len(text) <= LONGEST_DATE and (found := find_date(text)) is not None:
                return found
    address = ADDRESS_DATE.search(url or "")
    return find_date("-".join(address.groups())) if address else None


def _read_marked_date(element: Element) -> Iterator[str]:
    """The machine-readable date of ``<time>`` and of microdata, or their text."""
    is_published = (element.get("itemprop") or "").lower() in {"datepublished", "datecreated"}
    if is_published or (element.tag == "time" and not is_elsewhere(element)):
        yield element.get("datetime") or element.get("content") or _read(element)


def _is_dated(element: Element) -> bool:
    names = element.get("class") or element.get("id")
    return names is not None and DATE_CLASS.search(names) is not None


def is_elsewhere(element: Element) -> bool:
    """Whether the element or one around it holds comments or links to other pages."""
    while element is not None:
        names = element.get("class")
        if names is not None and element.tag not in {"body", "html"} and ELSEWHERE.search(names):
            return True
        element = element.getparent()
    return False


def _read(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
