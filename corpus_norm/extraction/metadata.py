"""Title, authors, date, site and address of a page, from what the page states about itself.

Sources in order of trust: the visible headline (``<h1>``), the publisher's statements for machines
(schema.org JSON-LD), then meta elements and elements labelled as author or date (:mod:`.titles`,
:mod:`.authors`, :mod:`.dates`).  Nothing depends on the clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corpus_norm.extraction.authors import Statements, find_authors
from corpus_norm.extraction.dates import DatedPage, find_moments, find_published
from corpus_norm.extraction.json_ld import decode_entities, read_articles
from corpus_norm.extraction.titles import choose_title, read_titles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from corpus_norm.extraction.json_ld import Article
    from corpus_norm.extraction.tree import Element, Elements

SITE_NAMES = ("og:site_name", "application-name", "publisher", "dc.publisher", "dcterms.publisher")


@dataclass(frozen=True, slots=True)
class Facts:
    """The metadata that a page states; ``language`` is the code that it declares."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    published_at: datetime | None = None
    updated: date | None = None
    site: str | None = None
    url: str | None = None
    language: str | None = None


def read_metadata(
    page: Elements,
    url: str | None = None,
    lines: Sequence[str] = (),
    articles: Sequence[Article] | None = None,
) -> Facts:
    """Read headings, OpenGraph and meta elements, JSON-LD, labelled elements, and so on.

    ``url`` is the address the page came from, ``lines`` are its visible lines, and ``articles``
    are those of its JSON-LD, if already read.

    >>> from corpus_norm.extraction.tree import Elements, parse
    >>> tree = parse('<html lang="fr-BE"><title>Crue | Le Quai</title><h1>Crue</h1>')
    >>> read_metadata(Elements(tree)).title
    'Crue'
    """
    meta = _read_meta(page)
    articles = read_articles(page) if articles is None else articles
    address = _canonical(page) or url
    site = _find_site(meta)
    language = _language(page.root, meta)
    titles = read_titles(page, meta, articles, [site or ""], lines)
    title = choose_title(replace(titles, url=address))
    dated = DatedPage(page, meta, articles, address, _with_region(language, meta), title, lines)
    published = find_published(dated)
    moments = find_moments(dated, published)
    known = [each for each in (title, *titles.stated, titles.window) if each]
    return Facts(
        title=title,
        authors=find_authors(page, Statements(meta, articles, known, site, address)),
        published=published,
        published_at=moments.published_at,
        updated=moments.updated,
        site=site or _find_stated_site(articles),
        url=address,
        language=language,
    )


def read_origin(page: Elements, url: str | None, articles: Sequence[Article]) -> Facts:
    """Read only the site and the address, as :func:`read_metadata` does."""
    site = _find_site(_read_meta(page)) or _find_stated_site(articles)
    return Facts(site=site, url=_canonical(page) or url)


def _find_site(meta: Mapping[str, str]) -> str | None:
    return next((meta[name] for name in SITE_NAMES if name in meta), None)


def _find_stated_site(articles: Sequence[Article]) -> str | None:
    return next((each.site for each in articles if each.site), None)


def _read_meta(page: Elements) -> dict[str, str]:
    meta: dict[str, str] = {}
    for element in page.find("meta"):
        name = element.get("property") or element.get("name") or element.get("http-equiv")
        content = _squeeze(decode_entities(element.get("content") or ""))
        if name and content:
            meta.setdefault(name.lower(), content)
    return meta


def _canonical(page: Elements) -> str | None:
    """Return the canonical link or ``og:url``, if it is a web address of more than the site."""
    for link in page.find("link"):
        address = (link.get("href") or "").strip()
        if link.get("rel", "").lower() == "canonical" and _names_a_page(address):
            return address
    for meta in page.find("meta"):
        address = (meta.get("content") or "").strip()
        if meta.get("property", "").lower() == "og:url" and _names_a_page(address):
            return address
    return None


def _names_a_page(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.path.strip("/") or parts.query)


def _language(tree: Element, meta: Mapping[str, str]) -> str | None:
    """Return the declared language: ``lang``, ``xml:lang``, Content-Language or ``og:locale``."""
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
    """Return the language with the region that ``og:locale`` adds to it."""
    locale = meta.get("og:locale", "").replace("_", "-")
    if language is None or "-" in language or not locale.lower().startswith(f"{language.lower()}-"):
        return language
    return locale


def _squeeze(text: str) -> str:
    return " ".join(text.split())
