"""Which sentences a person should read first: those whose English is least likely to be right."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.dataset.rows import batch_to_documents
from corpus_norm.labels import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.dataset.reader import Dataset

_PROSE = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE)
"""Kinds of blocks that hold what an article says; headlines, tables and bylines do not."""


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
