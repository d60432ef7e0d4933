"""Boilerplate found by repetition: a block on many pages of one site belongs to the site.

This takes two passes.  The first counts the blocks of every document (:func:`count_blocks`, and
:func:`merge_counts` for the counts of several workers); the second relabels blocks that recur
(:func:`learn_site_boilerplate`, :func:`mark_site_boilerplate`).  Counts can be added in any order,
so the result does not depend on batches or workers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from corpus_norm.boilerplate.features import normalize_key
from corpus_norm.deprecated import rename_keywords
from corpus_norm.document import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from corpus_norm.document import Block, Document

LEAST_PAGES = 3  # two pages may be two versions of one article
LEAST_SHARE = 0.2

SiteBoilerplate = dict[str, frozenset[str]]
"""The keys of the blocks that recur, by site."""


@dataclass(slots=True)
class SiteCounts:
    """The number of pages of a site, and for each block the number of pages that contain it."""

    pages: int = 0
    blocks: Counter[str] = field(default_factory=Counter)


def count_blocks(documents: Iterable[Document]) -> dict[str, SiteCounts]:
    """Count, for every site, the documents that contain each block.

    Documents without a site are not counted.
    """
    counts: dict[str, SiteCounts] = {}
    for document in documents:
        if document.site:
            of_site = counts.setdefault(document.site, SiteCounts())
            of_site.pages += 1
            keys = {normalize_key(block.text) for block in document.blocks}
            of_site.blocks.update(keys - {""})
    return counts


def merge_counts(several: Iterable[Mapping[str, SiteCounts]]) -> dict[str, SiteCounts]:
    """Add up counts of separate documents."""
    merged: dict[str, SiteCounts] = {}
    for counts in several:
        for site, found in counts.items():
            of_site = merged.setdefault(site, SiteCounts())
            of_site.pages += found.pages
            of_site.blocks.update(found.blocks)
    return merged


def learn_site_boilerplate(
    counts: Mapping[str, SiteCounts], least_pages: int = LEAST_PAGES, share: float = LEAST_SHARE
) -> SiteBoilerplate:
    """Return the blocks found on at least ``least_pages`` pages and ``share`` of a site's pages.

    >>> from corpus_norm.document import Block, BlockKind, Document
    >>> def page(text):
    ...     blocks = [Block(BlockKind.PARAGRAPH, each, 0) for each in ("Join us!", text)]
    ...     return Document("x", "", site="example.org", blocks=tuple(blocks))
    >>> learn_site_boilerplate(count_blocks([page("One."), page("Two."), page("Three.")]))
    {'example.org': frozenset({'joinus'})}
    """
    return {
        site: frozenset(
            key
            for key, pages in found.blocks.items()
            if pages >= max(least_pages, share * found.pages)
        )
        for site, found in sorted(counts.items())
    }


@rename_keywords(furniture="site_boilerplate")
def mark_site_boilerplate(document: Document, site_boilerplate: SiteBoilerplate) -> Document:
    """Relabel blocks of the body that recur on the document's site; no block is dropped.

    Call this after ``classify``.  The headline keeps its label, and a document whose body would
    become empty is returned unchanged.
    """
    known = site_boilerplate.get(document.site or "", frozenset())
    blocks = tuple(_relabel(block, known) for block in document.blocks)
    if not any(block.is_body for block in blocks):
        return document
    return replace(document, blocks=blocks)


def _relabel(block: Block, known: frozenset[str]) -> Block:
    is_text = block.is_body and block.kind is not BlockKind.TITLE
    if not (is_text and known and normalize_key(block.text) in known):
        return block
    return replace(block, kind=BlockKind.NAVIGATION, reason="recurs on other pages of the site")
