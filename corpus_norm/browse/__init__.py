"""A dataset in the browser: search it, read it, correct it.  Served on this machine only.

The pages need no script and reach nothing.  Flask draws them, waitress serves them, both from the
extra ``[browse]``.
"""

from __future__ import annotations

from corpus_norm.browse.corrections import CORRECTIONS_NAME, Correction, Corrections
from corpus_norm.browse.index import Query, SearchIndex, open_index
from corpus_norm.browse.server import Site, listen, make_app

__all__ = [
    "CORRECTIONS_NAME",
    "Correction",
    "Corrections",
    "Query",
    "SearchIndex",
    "Site",
    "listen",
    "make_app",
    "open_index",
]
