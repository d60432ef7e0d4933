"""Offline translation into English with Argos packages, run straight on CTranslate2.

Importing this package loads no model and no native library; the first translation does.
"""

from __future__ import annotations

from corpus_norm.translation.documents import (
    describe_missing,
    missing_models,
    translate_documents,
)
from corpus_norm.translation.engine import Decoding, Engine, Hypothesis, Request
from corpus_norm.translation.packages import Package, find_package, installed
from corpus_norm.translation.translate import Translation, translate

__all__ = [
    "Decoding",
    "Engine",
    "Hypothesis",
    "Package",
    "Request",
    "Translation",
    "describe_missing",
    "find_package",
    "installed",
    "missing_models",
    "translate",
    "translate_documents",
]
