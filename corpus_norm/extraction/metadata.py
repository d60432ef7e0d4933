"""Title, authors, date, site and address of a page, from what the page says about itself.

Order of trust: what readers see (the ``<h1>``), what the publisher states for machines
(schema.org JSON-LD), then meta elements and elements marked as author or date (:mod:`.markers`).
Nothing depends on the clock, and nothing is guessed from free text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corpus_norm.addresses import find_host
from corpus_norm.extraction.alignment import tokenize
from corpus_norm.extraction.authors import Statements, find_authors
from corpus_norm.extraction.json_ld import read_articles
from corpus_norm.extraction.markers import find_published

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus_norm.extraction.tree import Element

SITE_NAMES = ("og:site_name", "application-name", "publisher", "dc.publisher", "dcterms.publisher")
_ISO_DATE = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})(?!\d)")
_SITE_PART = re.compile(r"^(.+?)(?:\s+[-–—|·•»›:]\s+|\s*[|_｜]\s*)([^|_｜]+)$")


@dataclass(frozen=True, slots=True)
class Clues:
    """What the page states, as it states it."""

    headings: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: date | None = None
    site: str | None = None
    url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """The metadata settled on."""

    title: str | None
    authors: tuple[str, ...]
    published: date | None
    site: str | None
    url: str | None


def read_clues(tree: Element, url: str | None = None) -> Clues:
    """Collect headings, OpenGraph and meta elements, JSON-LD, marked elements, and so on.

    ``url`` is where the page came from.

    >>> from corpus_norm.extraction.tree import parse
    >>> read_clues(parse('<html lang="fr-BE"><title>Crue | Le Quai</title><h1>Crue</h1>')).titles
    ('Crue | Le Quai',)
    """
    meta = _read_meta(tree)
    articles = read_articles(tree)
    published = [_to_date(article.published) for article in articles]
    published.append(_to_date(meta.get("article:published_time")))
    titles = [meta.get("og:title", ""), _text(tree.find(".//head/title"))]
    canonical = _canonical(tree)
    site = next((meta[name] for name in SITE_NAMES if name in meta), None)
    return Clues(
        headings=tuple(text for h1 in tree.iter("h1") if (text := _text(h1))),
        titles=tuple(filter(None, titles)),
        authors=find_authors(tree, Statements(meta, articles, titles, site, canonical or url)),
        published=next(filter(None, published), None)
        or find_published(tree, meta, canonical or url),
        site=site,
        url=canonical or url,
        language=_language(tree, meta),
    )


def settle(clues: Clues) -> Facts:
    """Choose the title."""
    return Facts(
        title=_choose_title(clues),
        authors=clues.authors,
        published=clues.published,
        site=clues.site,
        url=clues.url,
    )


def _choose_title(clues: Clues) -> str | None:
    """The ``<h1>`` that a machine-readable title confirms, else that title without the site.

    Social titles are often rewritten; half the words in common are enough.
    """
    stated, site = clues.titles, clues.site
    for title in stated:
        words = set(tokenize(title))
        scores = [_overlap(set(tokenize(heading)), words) for heading in clues.headings]
        if scores and max(scores) >= 0.5:
            heading = clues.headings[scores.index(max(scores))]
            if tokenize(heading) != tokenize(site or ""):
                return heading
    for title in stated:
        if tokenize(title) != tokenize(site or ""):
            return _strip_site(title, site, clues.url)
    return stated[0] if stated else next(iter(clues.headings), None)


def _overlap(first: set[str], second: set[str]) -> float:
    """Shared words as a share of the smaller set."""
    return len(first & second) / max(1, min(len(first), len(second)))


def _strip_site(title: str, site: str | None, url: str | None) -> str:
    """Take trailing segments off that name the site: its stated name, or a word of its host.

    >>> _strip_site("Crue à Lorne - Régions | Le Quai", "Le Quai", None)
    'Crue à Lorne - Régions'
    """
    known = {"".join(tokenize(site or ""))}
    host = "".join(tokenize(find_host(url) or ""))
    while match := _SITE_PART.match(title):
        part = "".join(tokenize(match[2]))
        if part not in known and not (len(part) > 3 and part in host):
            break
        title = match[1].strip()
    return title


def _read_meta(tree: Element) -> dict[str, str]:
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("http-equiv")
        content = _squeeze(element.get("content") or "")
        if name and content:
            meta.setdefault(name.lower(), content)
    return meta


def _to_date(value: object) -> date | None:
    """The calendar date as written, without regard to the time zone."""
    match = _ISO_DATE.match(value) if isinstance(value, str) else None
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _canonical(tree: Element) -> str | None:
    """The canonical link, if it is an absolute web address that names more than the site."""
    for link in tree.iter("link"):
        address = (link.get("href") or "").strip()
        if link.get("rel", "").lower() == "canonical" and _names_a_page(address):
            return address
    return None


def _names_a_page(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.path.strip("/") or parts.query)


def _language(tree: Element, meta: Mapping[str, str]) -> str | None:
    """What the page declares: ``lang``, ``xml:lang``, Content-Language or ``og:locale``."""
    for value in (
        tree.get("lang"),
        tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang"),
        meta.get("content-language"),
        meta.get("og:locale"),
    ):
        code = (value or "").strip().split(",")[0].replace("_", "-")
        if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", code):
            return code
    return None


def _text(element: Element | None) -> str:
    return "" if element is None else _squeeze("".join(element.itertext()))


def _squeeze(text: str) -> str:
    return " ".join(text.split())
