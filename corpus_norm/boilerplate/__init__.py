"""Separation of boilerplate from body: every block is labelled with its kind, none is dropped."""

from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.boilerplate.classifier import classify, classify_blocks
from corpus_norm.boilerplate.lexicon import Lexicon, load_lexicon
from corpus_norm.boilerplate.sites import (
    SiteBoilerplate,
    SiteCounts,
    choose_pages,
    count_blocks,
    learn_site_boilerplate,
    mark_site_boilerplate,
    merge_counts,
)
from corpus_norm.deprecated import find_renamed

if TYPE_CHECKING:
    from corpus_norm.boilerplate.main_text import extract, find_main

__all__ = [
    "Lexicon",
    "SiteBoilerplate",
    "SiteCounts",
    "choose_pages",
    "classify",
    "classify_blocks",
    "count_blocks",
    "extract",
    "find_main",
    "learn_site_boilerplate",
    "load_lexicon",
    "mark_site_boilerplate",
    "merge_counts",
]

_RENAMED = MappingProxyType(
    {
        "Furniture": "corpus_norm.boilerplate.SiteBoilerplate",
        "learn_furniture": "corpus_norm.boilerplate.learn_site_boilerplate",
        "mark_furniture": "corpus_norm.boilerplate.mark_site_boilerplate",
    }
)


def __getattr__(name: str) -> object:
    if name in {"extract", "find_main"}:  # lxml, which a plain text does not need
        from corpus_norm.boilerplate import main_text

        return getattr(main_text, name)
    return find_renamed(__name__, name, _RENAMED)
