"""Authors of a page from elements that are marked as holding them.

Meta elements come first, then microdata and ``rel``, then class names, which are a habit of
publishers and no standard.  What stands in comments is not looked at.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus_norm.boilerplate.bylines import find_names

if TYPE_CHECKING:
    from collections.abc import Mapping

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
AUTHOR_TAGS = ("a", "span", "div", "p", "address", "strong", "cite", "em", "li", "h3", "h4", "td")
AUTHOR_CLASS = re.compile(r"\bauthor-?_?names?\b|authorname|\bauthors?\b", re.IGNORECASE)
BYLINE_CLASS = re.compile(
    r"by-?line|author|zuozhe|submitted-by|posted-by|journalist-name|channel-name", re.IGNORECASE
)
ELSEWHERE = re.compile(
    r"comment|related|recommend|sidebar|widget|footer|teaser|bio\b|avatar|disqus", re.IGNORECASE
)
MOST_TEXTS = 12  # an element with more is no byline
NO_NAMES = frozenset({"author", "authors", "about the author", "by", "admin", "auteur", "作者"})


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


def _elsewhere(element: Element) -> bool:
    """Whether the element or one around it holds comments or links to other pages."""
    while element is not None:
        names = element.get("class")
        if names is not None and element.tag not in {"body", "html"} and ELSEWHERE.search(names):
            return True
        element = element.getparent()
    return False
