"""Title, authors, date, site and address of a page, from what the page says about itself.

Order of trust: what readers see (the ``<h1>``), what the publisher states for machines
(schema.org JSON-LD), then meta elements and elements marked as author or date (:mod:`.titles`,
:mod:`.dates`, :mod:`.markers`).  Nothing depends on the clock, or is guessed from free text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corpus_norm.extraction.alignment import tokenize
from corpus_norm.extraction.dates import DatedPage, find_published
from corpus_norm.extraction.entities import decode_entities
from corpus_norm.extraction.json_ld import read_articles
from corpus_norm.extraction.markers import find_author
from corpus_norm.extraction.titles import choose_title, read_titles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from corpus_norm.extraction.tree import Element

SITE_NAMES = ("og:site_name", "application-name", "publisher", "dc.publisher", "dcterms.publisher")
_LONGEST_NAME = 80
_BY = re.compile(r"^(?:written by|by|par)\s+|^(?:作者|记者|記者|文)\s*[:：/]\s*", re.IGNORECASE)
_NAME_BREAK = re.compile(r"\s*[;；、]\s*|,\s+(?:and |et )?|\s+(?:and|et)\s+")


@dataclass(frozen=True, slots=True)
class Clues:
    """What the page states, as it states it."""

    title: str | None = None
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


def read_clues(tree: Element, url: str | None = None, lines: Sequence[str] = ()) -> Clues:
    """Collect headings, OpenGraph and meta elements, JSON-LD, marked elements, and so on.

    ``url`` is where the page came from, ``lines`` are what a reader sees of it.

    >>> from corpus_norm.extraction.tree import parse
    >>> read_clues(parse('<html lang="fr-BE"><title>Crue | Le Quai</title><h1>Crue</h1>')).title
    'Crue'
    """
    meta = _read_meta(tree)
    articles = read_articles(tree)
    address = _canonical(tree) or url
    site = next((meta[name] for name in SITE_NAMES if name in meta), None)
    language = _language(tree, meta)
    titles = read_titles(tree, meta, articles, [site or ""], lines)
    title = choose_title(replace(titles, url=address))
    authors = [agent.name for article in articles for agent in article.authors]
    byline = meta.get("author", "")
    if not authors and " " not in byline:  # one word is seldom a name
        byline = find_author(tree, meta) or byline
    return Clues(
        title=title,
        authors=tuple(authors) or tuple(byline.split(";")),
        published=find_published(
            DatedPage(tree, meta, articles, address, _with_region(language, meta), title, lines)
        ),
        site=site,
        url=address,
        language=language,
    )


def settle(clues: Clues) -> Facts:
    """Clean the names."""
    return Facts(
        title=clues.title,
        authors=_clean_authors(clues.authors, clues.site),
        published=clues.published,
        site=clues.site,
        url=clues.url,
    )


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
        content = _squeeze(decode_entities(element.get("content") or ""))
        if name and content:
            meta.setdefault(name.lower(), content)
    return meta


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


def _with_region(language: str | None, meta: Mapping[str, str]) -> str | None:
    """The language with the region that ``og:locale`` adds to it."""
    locale = meta.get("og:locale", "").replace("_", "-")
    if language is None or "-" in language or not locale.lower().startswith(f"{language.lower()}-"):
        return language
    return locale


def _squeeze(text: str) -> str:
    return " ".join(text.split())
