"""The language of a text, of the blocks of a document, of the sentences of a paragraph.

Unicode scripts are counted first; n-gram profiles decide between languages of one script;
neighbours and the whole document help short blocks; ``und`` says that there is nothing to tell.
Codes are BCP-47.  All functions are pure and exact: no sampling, no seed, no global state.
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
from corpus_norm.language.spans import Span, detect_all_spans, detect_spans

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
