"""The text of an article in the data that a page's scripts were to show.

Next.js keeps it in a script called ``__NEXT_DATA__``, other frameworks in a variable such as
``window.__INITIAL_STATE__``.  Publishers name the field as they like, but it is called a body, a
content or a text, and it is the longest such text that is prose.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from corpus_norm.document import BlockKind
from corpus_norm.lines import measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus_norm.extraction.tree import Element

Part = tuple[BlockKind, str]

LEAST_TEXT = 200  # columns
_LEAST_SENTENCES = 3
_LARGEST = 8_000_000  # characters of a script
_DEEPEST = 24
_LONGEST_KEY = 60
_STATE = re.compile(r"__[A-Z][A-Z_]*__[\"']?\]?\s*=\s*(?:JSON\.parse\(\s*)?(?=[{\"'])")
_MARKUP = re.compile(r"<[^<>]*>")
_SENTENCE_END = re.compile(r"[.!?。！？…][\"”’»)」』]*(?=\s|$|<|[\u3400-\u9fff“「])")
_NOT_TEXT = re.compile(
    r"\s*(?:[{\[]|https?:|query\b|function\b|fragment\b|var\b|@|data:)|.*[{};]\s*\n"
)
_OWN_WORDS = (
    r"(?:full|seo|main|raw|rich|rendered|article|story|post|news|page|body|content|text|html"
    r"|paragraph|block|component|element|item|value|markdown|copy|description)"
)
_BODY_KEY = re.compile(
    rf"(?:{_OWN_WORDS}s?_?)*(?:body|content|text|html|paragraph|block|component|element|copy|rendered"
    r"|markdown)s?"
    rf"(?:_?{_OWN_WORDS}s?)*",
    re.IGNORECASE,
)
_OTHER_KEY = re.compile(
    r"legal|footer|header|navi|menu|i18n|locale|translation|message|cookie|privacy|comment|related"
    r"|recommend|trending|popular|latest|author|\bbio|contributor|promo|newsletter|subscri|style"
    r"|css|script|query|teaser|sidebar|widget|config|banner|advert|consent|caption|terms",
    re.IGNORECASE,
)
_TEXT_KEYS = ("html", "text", "content", "contents", "data", "value", "body", "paragraph", "copy")
_INNER_KEYS = ("children", "model", "attributes", "props", "blocks", "items")
_TYPE_KEYS = ("type", "__typename", "kind", "tag", "name", "component", "_type", "style")
_NOT_PARAGRAPH = re.compile(
    r"image|photo|picture|video|embed|advert|\bad\b|related|gallery|promo|newsletter|script|caption"
    r"|byline|link_?list|interstitial|divider|social",
    re.IGNORECASE,
)
_HEADING = re.compile(r"head|^h[1-6]$|title", re.IGNORECASE)
_LIST_ITEM = re.compile(r"^li$|list_?item", re.IGNORECASE)


def find_text(tree: Element) -> list[Part]:
    """The parts of the longest text of an article in the page's data, none if there is none.

    >>> from corpus_norm.extraction.tree import parse
    >>> said = "The terminal stays shut until May, the harbour authority said. " * 6
    >>> page = parse('<script id="__NEXT_DATA__" type="application/json">{"props": {"article":'
    ...              '{"body": [{"type": "p", "text": "%s"}]}}}</script>' % said)
    >>> [(kind.value, text[:12]) for kind, text in find_text(page)]
    [('paragraph', 'The terminal')]
    """
    best: list[Part] = []
    most = LEAST_TEXT - 1
    for value in _read_values(tree):
        for parts in _find_candidates(value):
            size = sum(measure_text(text) for _, text in parts)
            if size > most and _is_prose(parts):
                best, most = parts, size
    return best


def measure_text(text: str) -> int:
    """The columns of a text without its tags.

    >>> measure_text("<p>Hi.</p>")
    3
    """
    return measure(_MARKUP.sub("", text) if "<" in text else text)


def _read_values(tree: Element) -> Iterator[object]:
    """What scripts hold as JSON: those of that type, and values of variables in capitals."""
    for script in tree.iter("script"):
        text = script.text or ""
        if not LEAST_TEXT <= len(text) <= _LARGEST:
            continue
        kind = (script.get("type") or "").lower()
        if kind == "application/json":
            yield from _decode(text)
        elif "json" not in kind and (state := _STATE.search(text, 0, 20_000)) is not None:
            yield from _decode(text[state.end() :])


def _decode(text: str) -> Iterator[object]:
    """The JSON value a text begins with, read again where it is a string of JSON."""
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text.lstrip())
        yield json.loads(value, strict=False) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return


def _find_candidates(value: object) -> Iterator[list[Part]]:
    """Every text under a name that a body may have, not under one of something else."""
    stack: list[tuple[object, int]] = [(value, 0)]
    while stack:
        current, depth = stack.pop()
        if depth > _DEEPEST:
            continue
        if isinstance(current, list):
            stack += ((each, depth + 1) for each in reversed(current))
        elif isinstance(current, dict):
            for key, each in current.items():
                if len(key) > _LONGEST_KEY or _OTHER_KEY.search(key) is not None:
                    continue
                if _BODY_KEY.fullmatch(key) is not None and (parts := _read_parts(each)):
                    yield parts
                if isinstance(each, (dict, list)):
                    stack.append((each, depth + 1))


def _read_parts(value: object) -> list[Part]:
    if isinstance(value, str):
        return [(BlockKind.PARAGRAPH, value)] if value.strip() else []
    if isinstance(value, list):
        return [part for each in value if (part := _read_part(each)) is not None]
    return []


def _read_part(item: object) -> Part | None:
    """A paragraph, heading or list item of a list of blocks; None for a picture and the like."""
    if isinstance(item, str):
        return (BlockKind.PARAGRAPH, item) if " " in item or not item.isascii() else None
    if not isinstance(item, dict):
        return None
    name = " ".join(each for key in _TYPE_KEYS if isinstance(each := item.get(key), str))
    if _NOT_PARAGRAPH.search(name) is not None:
        return None
    text = _read_inline(item, 6)
    if not text.strip():
        return None
    if any(_HEADING.search(each) for each in name.split()):
        return BlockKind.HEADING, text
    is_item = any(_LIST_ITEM.search(each) for each in name.split())
    return (BlockKind.LIST_ITEM if is_item else BlockKind.PARAGRAPH), text


def _read_inline(value: object, levels: int) -> str:
    """The text of a block whose words may be apart in nodes of their own."""
    if isinstance(value, str):
        return value
    if not levels:
        return ""
    if isinstance(value, list):
        return "".join(_read_inline(each, levels - 1) for each in value)
    if isinstance(value, dict):
        for key in (*_TEXT_KEYS, *_INNER_KEYS):
            if key in value and (text := _read_inline(value[key], levels - 1)).strip():
                return text
    return ""


def _is_prose(parts: Sequence[Part]) -> bool:
    text = " ".join(text for _, text in parts)[:20_000]
    return _NOT_TEXT.match(text) is None and len(_SENTENCE_END.findall(text)) >= _LEAST_SENTENCES
