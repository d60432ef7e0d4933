"""The dataset: a folder of Parquet files with a manifest and a card, written and read back.

One row is one whole document; see :mod:`corpus_norm.dataset.schema` for the columns.
"""

from __future__ import annotations

from corpus_norm.dataset.columns import pass_on, results_schema
from corpus_norm.dataset.export import export_flat, export_tmx, export_tsv
from corpus_norm.dataset.flat import (
    ModelAdequacy,
    RankedSentence,
    compare_models,
    mean_adequacy,
    rank_sentences,
)
from corpus_norm.dataset.manifest import Manifest, ModelRecord, Part, PartFile, StoriesRecord
from corpus_norm.dataset.reader import Dataset, open_dataset
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
    CONFLICTS,
    DOCUMENTS,
    JOINED,
    PAIRS,
    RAW,
    REJECTS,
    RESULTS,
    SCHEMA_VERSION,
    SCHEMAS,
    SENTENCES,
    STORIES,
    describe,
    get_schema,
)
from corpus_norm.dataset.stories import Stories, Story
from corpus_norm.dataset.writer import DatasetWriter

__all__ = [
    "BLOCKS",
    "CONFLICTS",
    "DOCUMENTS",
    "JOINED",
    "PAIRS",
    "RAW",
    "REJECTS",
    "RESULTS",
    "SCHEMAS",
    "SCHEMA_VERSION",
    "SENTENCES",
    "STORIES",
    "Dataset",
    "DatasetWriter",
    "Manifest",
    "ModelAdequacy",
    "ModelRecord",
    "Part",
    "PartFile",
    "RankedSentence",
    "Stories",
    "StoriesRecord",
    "Story",
    "batch_to_documents",
    "batch_to_raw",
    "batch_to_rejections",
    "compare_models",
    "conform",
    "describe",
    "documents_to_batch",
    "export_flat",
    "export_tmx",
    "export_tsv",
    "get_schema",
    "mean_adequacy",
    "open_dataset",
    "pass_on",
    "rank_sentences",
    "raw_to_batch",
    "results_schema",
    "split_results",
]
