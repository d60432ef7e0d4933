"""What a page says of its article in schema.org JSON-LD.

>>> from corpus_norm.extraction.tree import parse
>>> page = '''<script type="application/ld+json">{"@type": "NewsArticle",
... "headline": "Crue &amp; vent", "author": {"name": "Zoé Exemple"},}</script>'''
>>> [article] = read_articles(parse(page))
>>> article.headline, [agent.name for agent in article.authors]
('Crue & vent', ['Zoé Exemple'])
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus_norm.extraction.loose_json import read_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from corpus_norm.extraction.tree import Element

Node = dict[str, Any]
"""A JSON object with a type, as it stands in the page."""

_SCRIPT = "application/ld+json"
_ARTICLE = re.compile(r"Article$|Posting$|^Report$|^Review$|^WebPage$")
_VAGUE = frozenset({"WebPage"})
_DEEPEST = 12
_MOST_AGENTS = 50
_TAG = re.compile(r"<[a-zA-Z/][^<>]*>")


@dataclass(frozen=True, slots=True)
class Agent:
    """A person or an organization; ``kind`` is the schema.org type, "" where none is given."""

    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """The fields of one article node, entities decoded; "" where a field is not there.

    ``body`` keeps its line breaks.  Dates are as written.  ``node`` is all there is.
    """

    types: tuple[str, ...]
    headline: str
    authors: tuple[Agent, ...]
    published: str
    modified: str
    body: str
    url: str
    site: str
    node: Node

    @property
    def is_vague(self) -> bool:
        """Whether the node is of the page rather than of an article on it."""
        return set(self.types) <= _VAGUE


def read_articles(tree: Element) -> list[Article]:
    """The article nodes of a page in its order, those that are just a page last."""
    values = [
        value
        for script in tree.iter("script")
        if (script.get("type") or "").lower().strip().startswith(_SCRIPT)
        for value in read_values(script.text or "")
    ]
    known = {node["@id"]: node for node in _iterate_nodes(values, _DEEPEST) if _is_whole(node)}
    articles = [_read_article(node, known) for node in _find_articles(values, known, _DEEPEST)]
    return sorted(articles, key=lambda article: article.is_vague)


def decode_text(value: object) -> str:
    """A JSON string without entities, escaped once or twice; "" for what is no string.

    >>> decode_text("Q&amp;amp;A &quot;live&quot;"), decode_text({"@value": "Crue"}), decode_text(3)
    ('Q&A "live"', 'Crue', '')
    """
    if isinstance(value, dict):
        value = value.get("@value")
    if isinstance(value, list):
        value = next(iter(value), None)
    if not isinstance(value, str):
        return ""
    return html.unescape(html.unescape(value)) if "&" in value else value


def _squeeze(value: object) -> str:
    return " ".join(_TAG.sub(" ", decode_text(value)).split())


def _read_article(node: Node, known: Mapping[str, Node]) -> Article:
    publisher = next(_read_agents(node.get("publisher"), known), None)
    return Article(
        types=_types(node),
        headline=_squeeze(node.get("headline")) or _squeeze(node.get("name")),
        authors=tuple(_read_agents(node.get("author") or node.get("creator"), known)),
        published=_squeeze(node.get("datePublished")) or _squeeze(node.get("dateCreated")),
        modified=_squeeze(node.get("dateModified")),
        body=decode_text(node.get("articleBody")) or decode_text(node.get("reviewBody")),
        url=_squeeze(node.get("url")) or _squeeze(node.get("mainEntityOfPage")),
        site=publisher.name if publisher else "",
        node=node,
    )


def _types(node: Node) -> tuple[str, ...]:
    """The types of a node, without the address of the vocabulary."""
    types = node.get("@type")
    return tuple(
        re.split(r"[/#:]", each)[-1]
        for each in (types if isinstance(types, list) else [types])
        if isinstance(each, str)
    )


def _is_whole(node: Node) -> bool:
    """Whether the node has an address and says more of itself than that."""
    return isinstance(node.get("@id"), str) and bool(set(node) - {"@id", "@type", "@context"})


def _iterate_nodes(value: object, levels: int) -> Iterator[Node]:
    """Every object in a value, in order."""
    if not levels:
        return
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _iterate_nodes(each, levels - 1)
    elif isinstance(value, list):
        for each in value:
            yield from _iterate_nodes(each, levels - 1)


def _find_articles(value: object, known: Mapping[str, Node], levels: int) -> Iterator[Node]:
    """Article nodes where a page's own article stands, not in lists of other articles."""
    if isinstance(value, list) and levels:
        for each in value:
            yield from _find_articles(each, known, levels - 1)
    elif isinstance(value, dict) and levels:
        if any(map(_ARTICLE.search, _types(value))):
            yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _find_articles(value.get(name), known, levels - 1)


def _read_agents(value: object, known: Mapping[str, Node], levels: int = 3) -> Iterator[Agent]:
    """Who is named: text, a node, a reference to a node elsewhere, or a list of these."""
    if isinstance(value, str):
        if name := _squeeze(value):
            yield Agent(name)
    elif isinstance(value, dict):
        reference = value.get("@id")
        if "name" not in value and isinstance(reference, str):
            value = {**known.get(reference, {}), **value}
        kind = next(iter(_types(value)), "")
        yield from (Agent(name, kind) for name in _read_names(value))
    elif isinstance(value, list) and levels:
        for each in value[:_MOST_AGENTS]:
            yield from _read_agents(each, known, levels - 1)


def _read_names(node: Node) -> Iterable[str]:
    """The name of an agent, whole or in parts."""
    names = node.get("name")
    listed = [_squeeze(each) for each in (names if isinstance(names, list) else [names])]
    parts = [_squeeze(node.get("givenName")), _squeeze(node.get("familyName"))]
    found = list(filter(None, listed)) or [" ".join(filter(None, parts))]
    found = found if found != [""] else [_squeeze(node.get("alternateName"))]
    return filter(None, found[:_MOST_AGENTS])
