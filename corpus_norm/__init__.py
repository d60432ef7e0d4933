"""corpus_norm: raw multilingual news in, clean English-readable Parquet out, offline.

>>> import corpus_norm
>>> doc = corpus_norm.normalize("Le maire a démissionné lundi, après un an de mandat.")
>>> doc.language, doc.body
('fr', 'Le maire a démissionné lundi, après un an de mandat.')

Every stage is a module that can be used alone: :mod:`~corpus_norm.encoding`,
:mod:`~corpus_norm.extraction`, :mod:`~corpus_norm.segmentation`, :mod:`~corpus_norm.language`,
:mod:`~corpus_norm.boilerplate`, :mod:`~corpus_norm.translation`, :mod:`~corpus_norm.dataset`.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.document import Block, BlockKind, Document, RawDocument, Rejection, Sentence
from corpus_norm.errors import CorpusNormError
from corpus_norm.settings import Settings

if TYPE_CHECKING:
    from corpus_norm.conversion import convert
    from corpus_norm.dataset import Dataset, open_dataset
    from corpus_norm.pipeline import normalize, normalize_batch, process
    from corpus_norm.translation.glossary import suggest_glossary

__version__ = "0.2.0"
"""The version of the package; the build reads it here."""

__all__ = [
    "Block",
    "BlockKind",
    "CorpusNormError",
    "Dataset",
    "Document",
    "RawDocument",
    "Rejection",
    "Sentence",
    "Settings",
    "__version__",
    "convert",
    "normalize",
    "normalize_batch",
    "open_dataset",
    "process",
    "suggest_glossary",
]

# Loaded at first use: pyarrow, trafilatura and the models would make every import slow.
_LAZY = MappingProxyType(
    {
        "Dataset": "corpus_norm.dataset",
        "convert": "corpus_norm.conversion",
        "normalize": "corpus_norm.pipeline",
        "normalize_batch": "corpus_norm.pipeline",
        "open_dataset": "corpus_norm.dataset",
        "process": "corpus_norm.pipeline",
        "suggest_glossary": "corpus_norm.translation.glossary",
    }
)
_STAGES = frozenset(
    {
        "boilerplate",
        "dataset",
        "encoding",
        "extraction",
        "language",
        "segmentation",
        "sources",
        "translation",
    }
)


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    if name in _STAGES:
        return import_module(f"corpus_norm.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    own = (name for name in globals() if name.startswith("__"))
    return sorted({*own, *__all__, *_STAGES})
