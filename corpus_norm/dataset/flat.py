"""Blocks and sentences as flat tables, with the text they point at filled in."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.dataset.schema import BLOCKS, SENTENCES

FLAT_COLUMNS = ("doc_id", "text", "text_en")
"""Columns of ``documents`` the flat tables need beside their own list."""


def flatten_blocks(batch: pa.RecordBatch) -> pa.RecordBatch:
    """One row of :data:`~corpus_norm.dataset.schema.BLOCKS` for each block of the documents."""
    return _flatten(batch, "blocks", BLOCKS)


def flatten_sentences(batch: pa.RecordBatch) -> pa.RecordBatch:
    """One row of :data:`~corpus_norm.dataset.schema.SENTENCES` for each sentence."""
    return _flatten(batch, "sentences", SENTENCES)


def _flatten(batch: pa.RecordBatch, column: str, schema: pa.Schema) -> pa.RecordBatch:
    lists = batch.column(column)
    owners = pc.list_parent_indices(lists)
    structs = lists.flatten()
    columns = dict(zip((f.name for f in structs.type), structs.flatten(), strict=True))
    columns["doc_id"] = batch.column("doc_id").take(owners)
    counts = lists.value_lengths().to_pylist()
    columns["index"] = pa.array([i for count in counts for i in range(count)], pa.int32())
    for name, suffix in (("text", ""), ("text_en", "_en")):
        starts, ends = columns[f"start{suffix}"], columns[f"end{suffix}"]
        columns[name] = _slice(batch.column(name), owners, starts, ends)
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


def _slice(texts: pa.Array, owners: pa.Array, starts: pa.Array, ends: pa.Array) -> pa.Array:
    """Slices by code points; Arrow's own kernel takes one start for a whole column only."""
    whole = texts.to_pylist()
    spans = zip(owners.to_pylist(), starts.to_pylist(), ends.to_pylist(), strict=True)
    return pa.array(
        [None if start is None else whole[owner][start:end] for owner, start, end in spans],
        pa.string(),
    )
