"""Separation of boilerplate from body: every block is labelled with its kind, none is dropped."""

from corpus_norm.boilerplate.classifier import classify, classify_blocks
from corpus_norm.boilerplate.lexicon import Lexicon, load_lexicon
from corpus_norm.boilerplate.main_text import extract, find_main
from corpus_norm.boilerplate.sites import (
    Furniture,
    SiteCounts,
    count_blocks,
    learn_furniture,
    mark_site_boilerplate,
    merge_counts,
)

__all__ = [
    "Furniture",
    "Lexicon",
    "SiteCounts",
    "classify",
    "classify_blocks",
    "count_blocks",
    "extract",
    "find_main",
    "learn_furniture",
    "load_lexicon",
    "mark_site_boilerplate",
    "merge_counts",
]
