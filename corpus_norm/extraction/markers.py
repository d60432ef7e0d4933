"""Parts of a page that hold other things than its article, by the names of their elements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus_norm.extraction.tree import Element

ELSEWHERE = re.compile(
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
