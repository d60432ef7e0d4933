"""The dataset: a folder of Parquet files with a manifest and a card, written and read back.

One row is one whole document; see :mod:`corpus_norm.dataset.schema` for the columns.
"""

from __future__ import annotations

from corpus_norm.dataset.export import export_flat, export_tmx, export_tsv
from corpus_norm.dataset.manifest import Manifest, ModelRecord, Part
from corpus_norm.dataset.reader import Dataset, open_dataset
from corpus_norm.dataset.reading import RankedSentence, mean_adequacy, rank_sentences
from corpus_norm.dataset.rows import (
    batch_to_documents,
    batch_to_raw,
    batch_to_rejections,
    conform,
    documents_to_batch,
    raw_to_batch,
    split_results,
)
from corpus_norm.dataset.schema import (
    BLOCKS,
    DOCUMENTS,
    RAW,
    REJECTS,
    RESULTS,
    SCHEMA_VERSION,
    SCHEMAS,
    SENTENCES,
    describe,
    get_schema,
)
from corpus_norm.dataset.writer import DatasetWriter

__all__ = [
    "BLOCKS",
    "DOCUMENTS",
    "RAW",
    "REJECTS",
    "RESULTS",
    "SCHEMAS",
    "SCHEMA_VERSION",
    "SENTENCES",
    "Dataset",
    "DatasetWriter",
    "Manifest",
    "ModelRecord",
    "Part",
    "RankedSentence",
    "batch_to_documents",
    "batch_to_raw",
    "batch_to_rejections",
    "conform",
    "describe",
    "documents_to_batch",
    "export_flat",
    "export_tmx",
    "export_tsv",
    "get_schema",
    "mean_adequacy",
    "open_dataset",
    "rank_sentences",
    "raw_to_batch",
    "split_results",
]
