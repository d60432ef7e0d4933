"""The role of an element for a reader: hidden, a block, a kind of text, a part of the page.

The elements that end a piece follow the rendering section of the HTML standard (elements with
``display: block`` or a table or list display, https://html.spec.whatwg.org/#rendering).
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.document import BlockKind
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from corpus_norm.extraction.tree import Element

SKIPPED = frozenset(
    {"head", "script", "style", "template", "noscript", "svg", "math", "iframe", "object", "embed"}
    | {"audio", "video", "canvas", "select", "datalist", "textarea", "noframes", "noembed"}
)
BLOCK = frozenset(
    {"address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd"}
    | {"details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer"}
    | {"form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html"}
    | {"legend", "li", "listing", "main", "menu", "nav", "ol", "p", "plaintext", "pre", "search"}
    | {"section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp"}
)
KINDS = {
    "li": BlockKind.LIST_ITEM,
    "dd": BlockKind.LIST_ITEM,
    "dt": BlockKind.LIST_ITEM,
    "blockquote": BlockKind.QUOTE,
    "figcaption": BlockKind.CAPTION,
    "caption": BlockKind.CAPTION,
    **{f"h{level}": BlockKind.HEADING for level in range(1, 7)},
}
INLINE = frozenset({"a", "br"})
LINES = frozenset({"div", "ol", "li"})
SPANS = frozenset({"b", "cite", "em", "font", "i", "small", "span", "strong"})
_LANDMARKS = {
    "navigation": "nav",
    "banner": "header",
    "contentinfo": "footer",
    "complementary": "aside",
    "main": "main",
    "article": "article",
}
REGIONS = frozenset(_LANDMARKS.values())
_HIDDEN_STYLE = compile_lazily(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_LONGEST_CELL = 500


def is_hidden(element: Element) -> bool:
    """Whether the element's own attributes hide it."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and _HIDDEN_STYLE.search(style) is not None


def is_data_table(table: Element) -> bool:
    """Whether a table holds data rather than the layout of a page.

    Signs of layout are the table's role, nested tables, a single column, and cells with several
    blocks or much text.
    """
    if table.get("role") in {"presentation", "none"} or table.find(".//table") is not None:
        return False
    if not any(len(row.findall("td")) + len(row.findall("th")) > 1 for row in table.iter("tr")):
        return False
    for cell in table.iter("td", "th"):
        blocks = sum(child.tag in BLOCK or child.tag == "br" for child in cell.iterdescendants())
        if blocks > 2 or len("".join(cell.itertext())) > _LONGEST_CELL:
            return False
    return True


def holds_lines(pre: Element) -> bool:
    """Whether the only blocks in a ``<pre>`` are those that hold its lines."""
    return all(child.tag not in BLOCK - LINES for child in pre.iterdescendants())


def find_region(element: Element, outer: str) -> str:
    """Return the landmark that an element opens, or else the one it is in.

    A header or footer inside an article is part of the article (HTML Accessibility API Mappings,
    https://www.w3.org/TR/html-aam-1.0/).
    """
    role = element.get("role")
    name = element.tag if role is None else _LANDMARKS.get(role, element.tag)
    is_part = name in {"header", "footer"} and outer in {"article", "main"}
    if name not in REGIONS or is_part:
        return outer
    return str(name)


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
_HINT = compile_lazily("|".join(f"(?P<{name}>{words})" for name, words in HINTS.items()))
_HINT_BITS = MappingProxyType({name: 1 << index for index, name in enumerate(HINTS)})
_MOST_NAMES = 200  # characters of class names
_WHOLE_PAGE = frozenset({"html", "body"})


def read_hints(element: Element) -> int:
    """Return the hints of an element's class and id, as bits in the order of :data:`HINTS`.

    The names on ``<html>`` and ``<body>`` are ignored: they describe the whole page.
    """
    own, number = element.get("class"), element.get("id")
    if (own is None and number is None) or element.tag in _WHOLE_PAGE:
        return 0
    return _read_names(own, number)


@lru_cache(maxsize=8_192)
def _read_names(own: str | None, number: str | None) -> int:
    bits = 0
    for name in f"{own or ''} {number or ''}"[:_MOST_NAMES].split():
        bits |= _read_hint(name)
    return bits


@lru_cache(maxsize=8_192)
def _read_hint(name: str) -> int:
    """Return the hints of one class name or id, as bits."""
    bits = 0
    for match in _HINT.finditer(name.lower()):
        bits |= _HINT_BITS[match.lastgroup or ""]
    return bits


ELSEWHERE = compile_lazily(
    r"comment|related|recommend|sidebar|widget|footer|teaser|bio\b|avatar|disqus", re.IGNORECASE
)


def is_elsewhere(element: Element) -> bool:
    """Whether the element or one around it holds comments or links to other pages."""
    while element is not None:
        names = element.get("class")
        if names is not None and element.tag not in {"body", "html"} and ELSEWHERE.search(names):
            return True
        element = element.getparent()
    return False


PUBLISHED_NAMES = (
    "article:published",
    "article:published_date",
    "article:published_time",
    "article:publish_time",
    "article:create_at",
    "og:article:published_time",
    "og:pubdate",
    "og:published_time",
    "og:release_date",
    "bytedance:published_time",
    "apub:time",
    "vr:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "rnews:datepublished",
    "datepublished",
    "date_published",
    "published_at",
    "published_time",
    "publishedtime",
    "published",
    "publish_time",
    "publishtime",
    "pubdate",
    "pub_date",
    "pubtime",
    "_pubtime",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "publication-date",
    "publicationdate",
    "published-date",
    "originalpublicationdate",
    "article_date_original",
    "article.published",
    "dc.date.issued",
    "dc.date.published",
    "dcterms.issued",
    "dcterms.created",
    "dc:date",
    "dc.date",
    "dcterms.date",
    "dc.date.created",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "bt:pubdate",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "displaydate",
    "firstpublished",
    "ptime",
    "date",
    "created",
    "datecreated",
)
UPDATED_NAMES = (
    "article:modified_time",
    "article:modified",
    "article:update_at",
    "og:updated_time",
    "og:modified_time",
    "bytedance:updated_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "revised",
)
