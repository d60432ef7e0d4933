"""Author and date of a page from elements that are marked as holding them.

Meta elements come first, then microdata and ``rel``, then class names, which are a habit of
publishers and no standard.  What stands in comments is not looked at.  The address comes last.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml.etree import XPath

from corpus_norm.boilerplate.bylines import find_names
from corpus_norm.boilerplate.dates import find_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from corpus_norm.extraction.tree import Element

AUTHOR_NAMES = (
    "parsely-author",
    "sailthru.author",
    "article:author",
    "article:author_name",
    "og:article:author",
    "og:author",
    "byl",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "dc:creator",
    "creator",
    "authors",
    "shareaholic:article_author_name",
)
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
AUTHOR_TAGS = ("a", "span", "div", "p", "address", "strong", "cite", "em", "li", "h3", "h4", "td")
DATE_TAGS = ("span", "div", "p", "abbr", "em", "li", "small", "td", "dd", "strong", "i", "font")
AUTHOR_CLASS = re.compile(r"\bauthor-?_?names?\b|authorname|\bauthors?\b", re.IGNORECASE)
BYLINE_CLASS = re.compile(
    r"by-?line|author|zuozhe|submitted-by|posted-by|journalist-name|channel-name", re.IGNORECASE
)
DATE_CLASS = re.compile(
    r"date|publi(?:sh|c)|time|byline|posted|meta|info|entry-|timestamp|source", re.IGNORECASE
)
ELSEWHERE = re.compile(
    r"comment|related|recommend|sidebar|widget|footer|teaser|bio\b|avatar|disqus", re.IGNORECASE
)
ADDRESS_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?!\d)")
MARKED_DATES = XPath("descendant-or-self::*[self::time or @itemprop]")
MOST_TEXTS = 12  # an element with more is no byline
NO_NAMES = frozenset({"author", "authors", "about the author", "by", "admin", "auteur", "作者"})
LONGEST_DATE = 200


def find_author(tree: Element, meta: Mapping[str, str]) -> str | None:
    """Who is marked as the author: text that names one or several people.

    >>> from corpus_norm.extraction.tree import parse
    >>> find_author(parse('<p>Text by <a rel=author href=/a>Ann Example</a></p>'), {})
    'Ann Example'
    """
    for name in AUTHOR_NAMES:
        if (value := meta.get(name)) and "://" not in value:
            return value
    candidates: tuple[list[Element], list[Element], list[Element]] = ([], [], [])
    for element in tree.iter(*AUTHOR_TAGS):
        if (rank := _rank_author(element)) is not None:
            candidates[rank].append(element)
    for rank, elements in enumerate(candidates):
        for element in elements:
            names = None if _elsewhere(element) else _read_names(element, is_sure=rank < 2)
            if names is not None:
                return names
    return None


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
        if _is_dated(element) and not _elsewhere(element)
    )
    for texts in (stated, marked, shown):
        for text in texts:
            if len(text) <= LONGEST_DATE and (found := find_date(text)) is not None:
                return found
    address = ADDRESS_DATE.search(url or "")
    return find_date("-".join(address.groups())) if address else None


def _rank_author(element: Element) -> int | None:
    get = element.get
    if get("rel") == "author" or "author" in (get("itemprop") or ""):
        return 0
    return _rank_names(f"{get('class') or ''} {get('id') or ''}")


@lru_cache(maxsize=4096)
def _rank_names(names: str) -> int | None:
    if AUTHOR_CLASS.search(names):
        return 1
    return 2 if BYLINE_CLASS.search(names) else None


def _read_names(element: Element, *, is_sure: bool) -> str | None:
    """The first text in an element that is a name: of two words, unless that is all there is."""
    texts = [" ".join(text.split()) for text in element.itertext()]
    for text in filter(None, texts[:MOST_TEXTS]):
        names = [name for name in find_names(text) if name.lower() not in NO_NAMES]
        if names and (is_sure or any(" " in name or not name.isascii() for name in names)):
            return ";".join(names)
    return None


def _read_marked_date(element: Element) -> Iterator[str]:
    """The machine-readable date of ``<time>`` and of microdata, or their text."""
    is_published = (element.get("itemprop") or "").lower() in {"datepublished", "datecreated"}
    if is_published or (element.tag == "time" and not _elsewhere(element)):
        yield element.get("datetime") or element.get("content") or _read(element)


def _is_dated(element: Element) -> bool:
    names = element.get("class") or element.get("id")
    return names is not None and DATE_CLASS.search(names) is not None


def _elsewhere(element: Element) -> bool:
    """Whether the element or one around it holds comments or links to other pages."""
    while element is not None:
        names = element.get("class")
        if names is not None and element.tag not in {"body", "html"} and ELSEWHERE.search(names):
            return True
        element = element.getparent()
    return False


def _read(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
