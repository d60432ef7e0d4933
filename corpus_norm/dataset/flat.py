"""Flat tables, made of the nested lists of documents, and the sentences to read first.

The tables are blocks, sentences, and pairs of sentences.  A person should first read the sentences
whose English is least likely to be right.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nsmallest
from itertools import accumulate
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.dataset.rows import batch_to_documents
from corpus_norm.dataset.schema import BLOCKS, PAIRS, SENTENCES
from corpus_norm.document import UNDETERMINED
from corpus_norm.labels import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.dataset.reader import Dataset


_PROSE = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE)
"""Kinds of blocks that hold what an article says; headlines, tables and bylines do not."""

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


@dataclass(frozen=True, slots=True)
class RankedSentence:
    """A sentence to read; ``worth`` is its faithfulness times its adequacy, from 0 to 1.

    ``index`` is its place in ``sentences`` of the document, ``block`` that of its block.
    """

    worth: float
    doc_id: str
    index: int
    block: int
    source: str
    language: str
    text: str
    text_en: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    worth: float
    order: int
    doc_id: str
    index: int


def rank_sentences(dataset: Dataset, most: int = 20) -> list[RankedSentence]:
    """Return the audited sentences of a dataset of the least worth, the worst first.

    They are sentences of article prose.  Headlines, tables, bylines, captions and all other
    boilerplate are left out, and so are documents that repeat another.  There are two passes: one
    over the scores, one over the documents that hold the chosen sentences.

    Raises:
        DatasetError: a part file is missing or damaged.
    """
    places = nsmallest(most, _places(dataset, most))
    wanted: dict[str, list[_Place]] = {}
    for place in places:
        wanted.setdefault(place.doc_id, []).append(place)
    found = dict(_look_up(dataset, wanted))
    return [found[place] for place in places]


def mean_adequacy(dataset: Dataset) -> float | None:
    """Return the mean adequacy of the sentences, weighted by length; None if none was judged."""
    total = length = 0.0
    for batch in dataset.batches(["sentences"]):
        sentences = batch.column("sentences").flatten()
        adequacy = pc.struct_field(sentences, "adequacy").cast(pa.float64())
        sizes = pc.subtract(pc.struct_field(sentences, "end"), pc.struct_field(sentences, "start"))
        sizes = pc.if_else(pc.is_valid(adequacy), sizes, 0)
        total += pc.sum(pc.multiply(adequacy, sizes)).as_py() or 0.0
        length += pc.sum(sizes).as_py() or 0.0
    return round(total / length, 4) if length else None


@dataclass(frozen=True, slots=True)
class ModelAdequacy:
    """The mean adequacy of the English of one model, weighted by length in characters."""

    model: str
    sentences: int
    adequacy: float


def compare_models(dataset: Dataset) -> list[ModelAdequacy]:
    """Return the mean adequacy of each model that translated documents of a dataset, by name.

    Models that translated other documents are not comparable: some texts are easier.
    """
    batches = dataset.batches(["translation_model", "sentences"])
    tables = [_sum_by_model(batch) for batch in batches]
    if not tables:
        return []
    totals = pa.concat_tables(tables)
    sums = totals.group_by("model").aggregate([(name, "sum") for name in ("n", "size", "total")])
    return [
        ModelAdequacy(row["model"], row["n_sum"], round(row["total_sum"] / row["size_sum"], 4))
        for row in sums.sort_by("model").to_pylist()
        if row["size_sum"]
    ]


def _sum_by_model(batch: pa.RecordBatch) -> pa.Table:
    """Return the number of judged sentences of each model, their size, and adequacy by size."""
    lists = batch.column("sentences")
    sentences = lists.flatten()
    adequacy = pc.struct_field(sentences, "adequacy").cast(pa.float64())
    size = pc.subtract(pc.struct_field(sentences, "end"), pc.struct_field(sentences, "start"))
    table = pa.table(
        {
            "model": batch.column("translation_model").take(pc.list_parent_indices(lists)),
            "size": size,
            "total": pc.multiply(adequacy, size),
        }
    ).drop_null()
    sums = table.group_by("model").aggregate([("size", "count"), ("size", "sum"), ("total", "sum")])
    return sums.select(["model", "size_count", "size_sum", "total_sum"]).rename_columns(
        ["model", "n", "size", "total"]
    )


def _places(dataset: Dataset, most: int) -> Iterator[_Place]:
    """Yield the places of the sentences of least worth of each batch."""
    done = 0
    for rows in dataset.batches(["doc_id", "blocks", "sentences", "duplicate_of"]):
        batch = rows.filter(pc.is_null(rows.column("duplicate_of")))
        lists = batch.column("sentences")
        sentences = lists.flatten()
        owners = pc.list_parent_indices(lists).to_pylist()
        firsts = lists.offsets.to_pylist()
        adequacy = pc.fill_null(pc.struct_field(sentences, "adequacy"), 1.0)
        faithful = pc.struct_field(sentences, "faithfulness")
        worth = pc.multiply(faithful.cast(pa.float64()), adequacy.cast(pa.float64()))
        worth = pc.if_else(_find_prose(batch), worth, None)
        order = pc.select_k_unstable(
            pa.table({"worth": worth, "place": pa.array(range(len(sentences)), pa.int64())}),
            most,
            sort_keys=[("worth", "ascending"), ("place", "ascending")],
        )
        for place in order.to_pylist():
            if worth[place].is_valid:
                owner = owners[place]
                doc_id = batch.column("doc_id")[owner].as_py()
                index = place - (firsts[owner] - firsts[0])
                yield _Place(round(worth[place].as_py(), 4), done + place, doc_id, index)
        done += len(sentences)


def _find_prose(batch: pa.RecordBatch) -> pa.Array:
    """Return for each sentence of a batch whether its block is prose of the article."""
    lists, blocks = batch.column("sentences"), batch.column("blocks")
    firsts = pc.subtract(blocks.offsets, blocks.offsets[0]).take(pc.list_parent_indices(lists))
    places = pc.add(firsts, pc.struct_field(lists.flatten(), "block"))
    kinds = pc.struct_field(blocks.flatten(), "kind").take(places)
    return pc.is_in(kinds, pa.array([kind.value for kind in _PROSE], pa.string()))


def _look_up(
    dataset: Dataset, wanted: dict[str, list[_Place]]
) -> Iterator[tuple[_Place, RankedSentence]]:
    ids = pa.array(list(wanted), pa.string())
    for batch in dataset.batches():
        for document in batch_to_documents(batch.filter(pc.is_in(batch.column("doc_id"), ids))):
            for place in wanted[document.doc_id]:
                sentence = document.sentences[place.index]
                yield (
                    place,
                    RankedSentence(
                        place.worth,
                        document.doc_id,
                        place.index,
                        sentence.block,
                        document.source,
                        sentence.language,
                        sentence.text,
                        sentence.text_en or "",
                        tuple(sentence.flags),
                    ),
                )
