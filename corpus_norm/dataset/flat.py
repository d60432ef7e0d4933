"""Flat tables, made of the nested lists of documents: blocks, sentences, pairs of sentences."""

from __future__ import annotations

from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.dataset.schema import BLOCKS, PAIRS, SENTENCES
from corpus_norm.document import UNDETERMINED

FLAT_COLUMNS = ("doc_id", "text", "text_en")
"""Columns of ``documents`` that a flat table needs in addition to its list."""


def flatten_blocks(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return one row of :data:`~corpus_norm.dataset.schema.BLOCKS` for each block."""
    return _flatten(batch, "blocks", BLOCKS)


def flatten_sentences(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return one row of :data:`~corpus_norm.dataset.schema.SENTENCES` for each sentence."""
    return _flatten(batch, "sentences", SENTENCES)


def select_pairs(
    batch: pa.RecordBatch, language: str | None = None, *, body_only: bool = False
) -> pa.RecordBatch:
    """Return one row of PAIRS for each sentence in another language that has English of its own."""
    sentences = _flatten(batch, "sentences", SENTENCES)
    owners = pc.list_parent_indices(batch.column("sentences"))
    codes = pc.replace_substring_regex(sentences.column("language"), "-.*", "")
    chosen = pc.invert(pc.is_in(codes, value_set=pa.array(["en", UNDETERMINED])))
    chosen = pc.and_(chosen, pc.not_equal(sentences.column("text"), sentences.column("text_en")))
    if language is not None:
        names = sentences.column("language")
        is_one = pc.or_(pc.equal(names, language), pc.starts_with(names, f"{language}-"))
        chosen = pc.and_(chosen, is_one)
    firsts = pa.array([0, *accumulate(batch.column("blocks").value_lengths().to_pylist())])
    blocks = batch.column("blocks").flatten()
    places = pc.add(firsts.take(owners), sentences.column("block").cast(pa.int64()))
    is_body = pc.struct_field(blocks, "is_body").take(places)
    if body_only:
        chosen = pc.and_(chosen, is_body)
    columns = {
        **{name: sentences.column(name) for name in sentences.schema.names},
        "source_id": batch.column("source_id").take(owners),
        "is_body": is_body,
    }
    rows = pa.RecordBatch.from_arrays([columns[name] for name in PAIRS.names], schema=PAIRS)
    return rows.filter(pc.fill_null(chosen, fill_value=False))


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
    """Slice texts by code points; Arrow's kernel only takes one start for a whole column."""
    whole = texts.to_pylist()
    spans = zip(owners.to_pylist(), starts.to_pylist(), ends.to_pylist(), strict=True)
    return pa.array(
        [None if start is None else whole[owner][start:end] for owner, start, end in spans],
        pa.string(),
    )
