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
from corpus_norm.extraction.json_ld import read_articles
from corpus_norm.extraction.markers import find_author, find_published

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from corpus_norm.extraction.json_ld import Article
    from corpus_norm.extraction.tree import Element

SITE_NAMES = ("og:site_name", "application-name", "publisher", "dc.publisher", "dcterms.publisher")
_LONGEST_NAME = 80
_ISO_DATE = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})(?!\d)")
_BY = re.compile(r"^(?:written by|by|par)\s+|^(?:作者|记者|記者|文)\s*[:：/]\s*", re.IGNORECASE)
_NAME_BREAK = re.compile(r"\s*[;；、]\s*|,\s+(?:and |et )?|\s+(?:and|et)\s+")
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
    articles: tuple[Article, ...] = ()


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
    authors = [agent.name for article in articles for agent in article.authors]
    published = [_to_date(article.published) for article in articles]
    published.append(_to_date(meta.get("article:published_time")))
    titles = [meta.get("og:title", ""), _text(tree.find(".//head/title"))]
    canonical = _canonical(tree)
    byline = meta.get("author", "")
    if not authors and " " not in byline:  # one word is seldom a name
        byline = find_author(tree, meta) or byline
    return Clues(
        headings=tuple(text for h1 in tree.iter("h1") if (text := _text(h1))),
        titles=tuple(filter(None, titles)),
        authors=tuple(authors) or tuple(byline.split(";")),
        published=next(filter(None, published), None)
        or find_published(tree, meta, canonical or url),
        site=next((meta[name] for name in SITE_NAMES if name in meta), None),
        url=canonical or url,
        language=_language(tree, meta),
        articles=tuple(articles),
    )


def settle(clues: Clues) -> Facts:
    """Choose the title, and clean the names."""
    return Facts(
        title=_choose_title(clues),
        authors=_clean_authors(clues.authors, clues.site),
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


def _clean_authors(names: Iterable[str], site: str | None) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for name in names:
        for part in _split_names(_BY.sub("", _squeeze(name))):
            key = "".join(tokenize(part))
            if _is_name(part) and key != "".join(tokenize(site or "")):
                kept.setdefault(key, part)
    return tuple(kept.values())


def _split_names(text: str) -> list[str]:
    """Part a list of people; "Jane Doe, PhD" and "Doe, Jane" stay whole.

    >>> _split_names("Ana Lima, Bo Ek and Cy Orr"), _split_names("Jane Doe, PhD")
    (['Ana Lima', 'Bo Ek', 'Cy Orr'], ['Jane Doe, PhD'])
    """
    parts = _NAME_BREAK.split(text)
    return parts if all(" " in part or not part.isascii() for part in parts) else [text]


def _is_name(text: str) -> bool:
    return 1 < len(text) <= _LONGEST_NAME and "/" not in text and any(map(str.isalpha, text))


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
