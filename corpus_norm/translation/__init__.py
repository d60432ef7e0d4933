"""Offline translation into English with Argos packages, run directly on CTranslate2.

Importing this package loads no model and no native library; the first translation loads them.
"""

from __future__ import annotations

from corpus_norm.deprecated import former_module
from corpus_norm.translation.documents import (
    describe_missing,
    missing_models,
    translate_documents,
)
from corpus_norm.translation.engines import Decoding, Engine, Hypothesis, Request, Translation
from corpus_norm.translation.glossary import Glossary, Term, load_glossary
from corpus_norm.translation.models import Package, find_package, installed
from corpus_norm.translation.translate import translate

__all__ = [
    "Decoding",
    "Engine",
    "Glossary",
    "Hypothesis",
    "Package",
    "Request",
    "Term",
    "Translation",
    "describe_missing",
    "find_package",
    "installed",
    "load_glossary",
    "missing_models",
    "translate",
    "translate_documents",
]

faithfulness = former_module(f"{__name__}.faithfulness", "corpus_norm.audit")
suggestions = former_module(f"{__name__}.suggestions", "corpus_norm.translation.glossary")
