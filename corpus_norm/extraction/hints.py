"""What class and id attributes say, by the words that publishers and their themes use."""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus_norm.extraction.tree import Element

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
_HINT = re.compile("|".join(f"(?P<{name}>{words})" for name, words in HINTS.items()))
_HINT_BITS = MappingProxyType({name: 1 << index for index, name in enumerate(HINTS)})
_MOST_NAMES = 200  # characters of class names


def read_hints(element: Element) -> int:
    """What class and id hint at, as bits in the order of :data:`HINTS`.

    Those of the whole page say too much, so they do not count.
    """
    own, number = element.get("class"), element.get("id")
    if (own is None and number is None) or element.tag in {"html", "body"}:
        return 0
    return _read_names(f"{own or ''} {number or ''}"[:_MOST_NAMES])


@lru_cache(maxsize=4096)
def _read_names(names: str) -> int:
    bits = 0
    for name in names.split():
        bits |= _read_hint(name)
    return bits


@lru_cache(maxsize=4096)
def _read_hint(name: str) -> int:
    """What one class name or id hints at."""
    bits = 0
    for match in _HINT.finditer(name.lower()):
        bits |= _HINT_BITS[match.lastgroup or ""]
    return bits
