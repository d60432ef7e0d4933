"""Boilerplate found by repetition: a block on many pages of one site belongs to the site.

This takes two passes.  The first counts the blocks of every document (:func:`count_blocks`, and
:func:`merge_counts` for the counts of several workers); the second relabels blocks that recur
(:func:`learn_site_boilerplate`, :func:`mark_site_boilerplate`).  Counts can be added in any order,
so the result does not depend on batches or workers.  A run counts only sites with
:data:`SURE_PAGES` pages or more, and at most :data:`MOST_PAGES` of each (:func:`choose_pages`).

A paragraph of background recurs as well, on the pages of a running story.  It stands between
paragraphs that do not recur, which boilerplate seldom does (:func:`_find_background`).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus_norm.boilerplate.features import normalize_key
from corpus_norm.boilerplate.lexicon import READERS
from corpus_norm.deprecated import rename_keywords
from corpus_norm.document import BlockKind, RawDocument, Rejection, find_host
from corpus_norm.languages import any_of, combine

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from corpus_norm.document import Block, Document

LEAST_PAGES = 3  # two pages may be two versions of one article
LEAST_SHARE = 0.2
SURE_PAGES = 6  # pages that a run must have with a block to take it for boilerplate by itself
MOST_PAGES = 100  # pages of a site that a run counts
MOST_OF_BODY = 0.5  # of the characters of a body; more is an article that stands on many pages
_HEADS = frozenset({BlockKind.HEADING, BlockKind.TABLE})  # which belong to what follows
NEARLY_ALL = 0.75  # of the pages of a site; no background is on more
PROSE_BYTES = 60  # of a sentence, in UTF-8: a Han character has three
_SENTENCE = re.compile(r"[.!?。！？][\s\"'”’»)」』）]*$")
_OFFER = re.compile(any_of(combine(lambda record: record.sign_up)), re.IGNORECASE)
HEAD_BYTES = 65_536  # in which a page states its address
_WITH_ADDRESS = (b"canonical", b"og:url")  # which every match of the pattern below has
_CANONICAL = re.compile(
    rb"""(?:rel=["']?canonical\b["']?[^<>]{0,200}?href|property=["']og:url["'][^<>]{0,200}?content)"""
    rb"""=["']([^"']{1,2000})"""
    rb"""|<link\b[^<>]{0,200}?\bhref=["']([^"'<>]{1,2000})["'][^<>]{0,200}?\brel=["']?canonical\b"""
    rb"""|<meta\b[^<>]{0,200}?\bcontent=["']([^"'<>]{1,2000})["'][^<>]{0,200}?\bproperty=["']og:url\b""",
    re.IGNORECASE,
)

SiteBoilerplate = dict[str, frozenset[str]]
"""The digests of the blocks that recur, by site (:func:`digest_block`)."""


@lru_cache(maxsize=16_384)
def digest_block(text: str) -> str:
    """Return BLAKE2b-64, in hexadecimal, of the letters and digits of a block.

    >>> digest_block("Join us!") == digest_block("JOIN US")
    True
    """
    key = normalize_key(text).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(key, digest_size=8).hexdigest()


def choose_pages(
    items: Iterable[RawDocument | Rejection], known: Container[str] = ()
) -> frozenset[tuple[str, int]]:
    """Choose the pages to count: ``source`` and ``record`` of some pages of each large site.

    Sites that are ``known`` already are left out.

    The site is known from the address, which a record or the head of the page states.  Which pages
    are taken depends on the digests of their places, not on their order.

    >>> pages = [RawDocument(f"{n}.html", "", url=f"https://a.example/{n}") for n in range(6)]
    >>> len(choose_pages(pages)), len(choose_pages(pages[:5]))
    (6, 0)
    """
    places: defaultdict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for item in items:
        site = _find_stated_site(item) if isinstance(item, RawDocument) else None
        if isinstance(item, RawDocument) and site and site not in known:
            place = f"{item.record} {item.source}".encode("utf-8", "surrogatepass")
            digest = hashlib.blake2b(place, digest_size=8).hexdigest()
            places[site].append((digest, item.source, item.record))
    return frozenset(
        (source, record)
        for of_site in places.values()
        if len(of_site) >= SURE_PAGES
        for _, source, record in sorted(of_site)[:MOST_PAGES]
    )


def _find_stated_site(raw: RawDocument) -> str | None:
    return raw.site or find_host(_find_url(raw))


def _find_url(raw: RawDocument) -> str | None:
    if raw.url is not None or raw.media_type != "text/html":
        return raw.url
    head = raw.data[:HEAD_BYTES]
    head = head if isinstance(head, bytes) else head.encode("utf-8", "surrogatepass")
    lowered = head.lower()
    may_state = any(word in lowered for word in _WITH_ADDRESS)
    found = _CANONICAL.search(head) if may_state else None
    return None if found is None else (found[1] or found[2] or found[3]).decode("ascii", "replace")


def _find_site(document: Document) -> str | None:
    return document.site or find_host(document.url)


_EMPTY = digest_block("")


@dataclass(slots=True)
class SiteCounts:
    """The number of pages of a site, and for each block the number of pages that contain it.

    ``places`` counts the sentences of bodies with those above and below: three digests, the outer
    ones empty at the ends of a body.
    """

    pages: int = 0
    blocks: Counter[str] = field(default_factory=Counter)
    places: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def count_blocks(documents: Iterable[Document]) -> dict[str, SiteCounts]:
    """Count, for every site, the documents that contain each block.

    The site is the stated one, else the host of the address; documents without either are not
    counted.
    """
    counts: dict[str, SiteCounts] = {}
    for document in documents:
        if site := _find_site(document):
            of_site = counts.setdefault(site, SiteCounts())
            of_site.pages += 1
            of_site.blocks.update(
                {digest_block(block.text) for block in document.blocks} - {_EMPTY}
            )
            of_site.places.update(_list_places(document.blocks))
    return counts


def _list_places(blocks: Iterable[Block]) -> set[tuple[str, str, str]]:
    """List the sentences of the body that do not speak to the reader, each with its neighbours."""
    prose = [block.text for block in blocks if block.is_body and _is_prose(block.text)]
    keys = ["", *map(digest_block, prose), ""]
    around = zip(keys, keys[1:], keys[2:], strict=False)
    return {place for text, place in zip(prose, around, strict=True) if not _speaks_to_reader(text)}


@lru_cache(maxsize=16_384)
def _is_prose(text: str) -> bool:
    is_long = len(text.encode("utf-8", "surrogatepass")) >= PROSE_BYTES
    return is_long and _SENTENCE.search(text) is not None


@lru_cache(maxsize=16_384)
def _speaks_to_reader(text: str) -> bool:
    return READERS.search(text) is not None or _OFFER.search(text) is not None


def merge_counts(several: Iterable[Mapping[str, SiteCounts]]) -> dict[str, SiteCounts]:
    """Add up counts of separate documents."""
    merged: dict[str, SiteCounts] = {}
    for counts in several:
        for site, found in counts.items():
            of_site = merged.setdefault(site, SiteCounts())
            of_site.pages += found.pages
            of_site.blocks.update(found.blocks)
            of_site.places.update(found.places)
    return merged


def learn_site_boilerplate(
    counts: Mapping[str, SiteCounts], least_pages: int = LEAST_PAGES, share: float = LEAST_SHARE
) -> SiteBoilerplate:
    """Return the blocks found on at least ``least_pages`` pages and ``share`` of a site's pages.

    Sentences that mostly stand between paragraphs of an article are left out.

    >>> from corpus_norm.document import Block, BlockKind, Document
    >>> def page(text):
    ...     blocks = [Block(BlockKind.PARAGRAPH, each, 0) for each in ("Join us!", text)]
    ...     return Document("x", "", site="example.org", blocks=tuple(blocks))
    >>> learnt = learn_site_boilerplate(count_blocks([page("One."), page("Two."), page("Three.")]))
    >>> learnt == {"example.org": {digest_block("Join us!")}}
    True
    """
    recurring = {
        site: frozenset(
            key
            for key, pages in found.blocks.items()
            if pages >= max(least_pages, share * found.pages)
        )
        for site, found in sorted(counts.items())
    }
    learned = {
        site: keys - _find_background(counts[site], keys) for site, keys in recurring.items()
    }
    return {site: keys for site, keys in learned.items() if keys}


def _find_background(found: SiteCounts, recurring: frozenset[str]) -> frozenset[str]:
    """Return the recurring sentences that stand amid an article on most of their pages.

    Those on more than :data:`NEARLY_ALL` of the pages of the site are not among them.  Amid an
    article means: above it, and below it, is a sentence that does not recur, or another recurring
    one of which the same is true.
    """
    above, below = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for (before, key, after), pages in found.places.items():
        if key in recurring and found.blocks[key] <= NEARLY_ALL * found.pages:
            above[key, before] += pages
            below[key, after] += pages
    return _find_joined(found, above, recurring) & _find_joined(found, below, recurring)


def _find_joined(
    found: SiteCounts, beside: Mapping[tuple[str, str], int], recurring: frozenset[str]
) -> frozenset[str]:
    """Return the blocks that an article joins on one side, on more than half of their pages."""
    joined = frozenset[str]()
    while True:
        pages = Counter[str]()
        for (key, other), number in beside.items():
            if other in joined or (other and other not in recurring):
                pages[key] += number
        more = frozenset(key for key, number in pages.items() if 2 * number > found.blocks[key])
        if more == joined:
            return joined
        joined = more


@rename_keywords(furniture="site_boilerplate")
def mark_site_boilerplate(document: Document, site_boilerplate: SiteBoilerplate) -> Document:
    """Relabel blocks of the body that recur on the document's site; no block is dropped.

    Call this after ``classify``.  The headline keeps its label, and so does the heading or the head
    row of what stays in the body.  A document that would lose more than :data:`MOST_OF_BODY` of its
    body is returned unchanged.
    """
    known = site_boilerplate.get(_find_site(document) or "", frozenset())
    if not known:
        return document
    found = [at for at, block in enumerate(document.blocks) if _recurs(block, known)]
    if not found:
        return document
    blocks = list(document.blocks)
    for at in found:
        blocks[at] = replace(
            blocks[at], kind=BlockKind.NAVIGATION, reason="recurs on other pages of the site"
        )
    for at in reversed(range(len(blocks) - 1)):
        if document.blocks[at].kind in _HEADS and blocks[at + 1].is_body:
            blocks[at] = document.blocks[at]
    before, after = (
        sum(len(b.text) for b in some if b.is_body) for some in (document.blocks, blocks)
    )
    if before == after or after < (1 - MOST_OF_BODY) * before:
        return document
    return replace(document, blocks=tuple(blocks))


def _recurs(block: Block, known: frozenset[str]) -> bool:
    is_text = block.is_body and block.kind is not BlockKind.TITLE
    return is_text and digest_block(block.text) in known
