"""Detect the language of a text, of a document's blocks and of a paragraph's sentences.

Unicode scripts are counted first; n-gram profiles decide between languages of one script; the
neighbours and the whole document help to decide short blocks; ``und`` means that nothing shows
the language.  Codes are BCP-47.  All functions are pure and exact: no sampling, no seed, no
global state.
"""

from __future__ import annotations

from corpus_norm.language.detect import (
    Detection,
    Summary,
    detect,
    detect_blocks,
    detect_documents,
    summarize,
    summarize_documents,
)
from corpus_norm.language.documents import Span, detect_all_spans, detect_spans

__all__ = [
    "Detection",
    "Span",
    "Summary",
    "detect",
    "detect_all_spans",
    "detect_blocks",
    "detect_documents",
    "detect_spans",
    "summarize",
    "summarize_documents",
]
