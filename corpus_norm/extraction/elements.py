"""What an element is to a reader: hidden, a block, the kind of its text, a part of the page.

What ends a piece follows the rendering section of the HTML standard (elements with
``display: block`` or a table or list display, https://html.spec.whatwg.org/#rendering).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from corpus_norm.document import BlockKind

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
MARKS = frozenset({"a", "br"})
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
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_LONGEST_CELL = 500
_WITH_STYLE = etree.XPath("descendant-or-self::*[@hidden or @style]")


def find_hidden(tree: Element) -> frozenset[Element]:
    """The elements that their own attributes hide."""
    return frozenset(
        element
        for element in _WITH_STYLE(tree)
        if element.get("hidden") is not None or _HIDDEN_STYLE.search(element.get("style", ""))
    )


def is_data_table(table: Element) -> bool:
    """Whether a table holds data, not the layout of a page.

    Layout shows by its role, by tables in tables, by a single column, or by cells with several
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
    """Whether no block stands in a ``<pre>`` but such as hold its lines."""
    return all(child.tag not in BLOCK - LINES for child in pre.iterdescendants())


def find_region(element: Element, outer: str) -> str:
    """The landmark an element opens, or the one it is in.

    A header or footer inside an article is part of the article (HTML Accessibility API Mappings,
    https://www.w3.org/TR/html-aam-1.0/).
    """
    role = element.get("role")
    name = element.tag if role is None else _LANDMARKS.get(role, element.tag)
    is_part = name in {"header", "footer"} and outer in {"article", "main"}
    if name not in REGIONS or is_part:
        return outer
    return str(name)
