"""The headings of a page that may be its headline, and their positions."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from lxml.etree import XPath

from corpus_norm.extraction.json_ld import decode_letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpus_norm.extraction.tree import Element

CLASSED = 4
_LEVELS = MappingProxyType({"h1": 1, "h2": 2, "h3": 3})
_MOST = 15
_LONGEST = 300
_HEADLINES = XPath("descendant::*[contains(@itemprop, 'headline')][not(self::meta)]")
_NAMED = re.compile(
    r"headline|(?:article|post|entry|story|news|content|page)[-_]{0,2}(?:title|heading)",
    re.IGNORECASE,
)
_CLASSED = XPath(
    "descendant::*[self::div or self::p or self::span]"
    "[contains(@class, 'title') or contains(@class, 'Title') or contains(@class, 'headline')]"
)
_HEADLINE_CLASS = re.compile(
    r"(?<![\w-])(?:(?:article|post|entry|story)[-_]{0,2})?headline(?![\w-])|"
    r"(?<![\w-])(?:article|post|entry|story)[-_]{0,2}title(?![\w-])",
    re.IGNORECASE,
)
_NOT_HERE = re.compile(
    r"comment|related|recommend|teaser|sidebar|widget|most-?read|popular|trending|"
    r"read-?(?:next|more)|newsletter|promo|cookie|consent|modal|popup",
    re.IGNORECASE,
)
_LOGO = re.compile(r"logo|site-?(?:title|name|brand)|brand|masthead|sitename", re.IGNORECASE)
_ORIGIN = re.compile(r"^https?://[^/]+")
_FRONT_PAGES = frozenset({"/", "./", "index.html", "/index.html", "index.php"})
_BESIDE = frozenset({"nav", "aside"})
_ROOTS = frozenset({"body", "html"})


@dataclass(frozen=True, slots=True)
class Heading:
    """A visible heading and its position.

    ``level`` is the level of its element, or :data:`CLASSED` if only a class makes it a heading.
    ``is_named``: the page labels it as the headline.  ``is_logo``: it is built like the name of a
    site.  ``in_header``: it is in a place where such a name may be.
    """

    text: str
    level: int = 1
    is_named: bool = False
    in_article: bool = False
    is_logo: bool = False
    in_header: bool = False


def read_first(tree: Element) -> tuple[Heading, ...]:
    """Read the headings of the first level.

    >>> from corpus_norm.extraction.tree import parse
    >>> [h.is_logo for h in read_first(parse("<h1><a href=/>Le Quai</a></h1><h1>Crue</h1>"))]
    [True, False]
    """
    return tuple(_read(islice(tree.iter("h1"), 2 * _MOST)))


def read_others(tree: Element) -> tuple[Heading, ...]:
    """Read the lower headings and the other elements that are labelled as the headline."""
    lower = [each for tag in ("h2", "h3") for each in islice(tree.iter(tag), _MOST)]
    labelled = [each for each in _HEADLINES(tree)[:_MOST] if each.tag not in _LEVELS]
    return tuple(_read([*lower, *labelled]))


def read_classed(tree: Element) -> tuple[Heading, ...]:
    """Read the elements that are a headline only by a class such as ``article-title``.

    >>> from corpus_norm.extraction.tree import parse
    >>> [h.text for h in read_classed(parse("<div class=entry-title>Crue</div><p class=title>A"))]
    ['Crue']
    """
    found = [each for each in _CLASSED(tree)[:_MOST] if _HEADLINE_CLASS.search(each.get("class"))]
    return tuple(replace(each, level=CLASSED) for each in _read(found))


def read_text(element: Element) -> str:
    """Return the text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def _read(elements: Iterable[Element]) -> Iterator[Heading]:
    for element in elements:
        text = decode_letters(read_text(element))
        if text and len(text) <= _LONGEST and (heading := _place(element, text)) is not None:
            yield heading


def _place(element: Element, text: str) -> Heading | None:
    """Return a heading with its position; None inside lists of other articles and the like."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    level = _LEVELS.get(element.tag, 2)
    is_logo = _LOGO.search(names) is not None or _links_home(element)
    in_article = in_header = False
    around = element.getparent()
    while around is not None and around.tag not in _ROOTS:
        in_article = in_article or around.tag in {"article", "main"}
        if level > 1:
            own = f"{around.get('class') or ''} {around.get('id') or ''}"
            if around.tag in _BESIDE or (own != " " and _NOT_HERE.search(own)):
                return None
        elif around.tag in _BESIDE or (around.tag == "header" and _is_bare(around)):
            in_header = True
        around = around.getparent()
    is_named = "headline" in (element.get("itemprop") or "") or _NAMED.search(names) is not None
    return Heading(text, level, is_named, in_article, is_logo, in_header and not in_article)


def _links_home(heading: Element) -> bool:
    """Whether the heading contains a link to the front page, or is inside one."""
    links = [*heading.iter("a"), *(e for e in heading.iterancestors("a"))]
    for link in links[:3]:
        address = (link.get("href") or "").strip()
        path = _ORIGIN.sub("", address)
        if path in _FRONT_PAGES or (address and not path):
            return True
    return False


def _is_bare(header: Element) -> bool:
    """Whether a header has no paragraph and no time, so that it belongs to the site."""
    return header.find(".//p") is None and header.find(".//time") is None
