"""The content of a report: counts over a dataset, and a repeatable sample of its documents.

Every count has a facet: a name and a value by which the documents behind it are found again, in the
report's own list and in the search of ``browse``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.dataset import Dataset, batch_to_documents
from corpus_norm.document import find_host
from corpus_norm.labels import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus_norm.dataset.manifest import Part
    from corpus_norm.document import Document


LENGTHS = (0, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
"""Lower bounds of the classes of body length, in characters."""

SCORES = (-15, -10, -7, -5, -3, -2, -1.5, -1, -0.7, -0.5, -0.3, -0.2, -0.1)
"""Lower bounds of the classes of translation score; the lowest class, below them, has none.

Scores are mean log-probabilities per piece.  The starter model's lie between -17 and -1 on the
fixtures, those of neural models closer to 0, so the classes grow with the distance from 0.
"""

ADEQUACIES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Lower bounds of the classes of adequacy, which lies between 0 and 1."""

PERIODS = ((7, ""), (4, ""), (3, "0s"), (2, "00–99"), (1, "000–999"))
"""Periods of publication, the shortest first: how much of ``YYYY-MM`` names one, and an ending."""

LOW_ADEQUACY = 0.5
"""A document whose mean adequacy is lower is listed among those to look at."""

MISSING = {
    "no headline": "no headline was found",
    "no author": "no author was found",
    "no date": "no date of publication was found",
    "no article text": "nothing in the document was taken for article text",
    "no English": "the document is in another language and has no English",
    "low adequacy": f"the mean adequacy of its English is below {LOW_ADEQUACY:g}",
    "doubtful body": "where the article begins or ends is uncertain",
}
"""What a document may lack, with explanations; the values of the facet ``missing``."""

FACETS = (
    "language", "status", "flag", "kind", "site", "missing", "sentence_flag", "encoding", "type",
    "model", "repair", "published", "length", "score", "adequacy", "story", "copy",
)  # fmt: skip
"""The names of the facets."""

MENU_FACETS = FACETS[:7]
"""The facets that have a menu above a list of documents; links use the others too."""

FACET_COLUMNS = (
    "language", "encoding", "media_type", "url", "site", "title", "authors", "published",
    "translation_status", "translation_model", "flags", "adequacy", "repairs", "blocks",
    "sentences", "duplicate_of", "story_id",
)  # fmt: skip
"""The columns of documents that facets are made from."""

_LIST_COLUMNS = ("doc_id", "source", "title_en")
_REJECT_COLUMNS = ("stage", "error", "message", "source")


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in a list, with its facets."""

    doc_id: str
    source: str
    title: str | None
    title_en: str | None
    language: str
    status: str
    facets: tuple[tuple[str, str], ...]


def sample(dataset: Dataset, size: int) -> list[Document]:
    """Return a sample of documents, with equal numbers of each language as far as possible.

    It takes the documents with the smallest ``doc_id`` of each language.  That is a hash of source
    and bytes, so the sample is random but depends only on the documents.  There are two passes:
    one over ``doc_id`` and ``language``, one over the parts that hold the chosen documents.
    """
    chosen = _choose(dataset, size)
    ids = pa.array(chosen, pa.string())
    documents = {
        document.doc_id: document
        for part in _hold(dataset, chosen)
        for batch in part.batches()
        for document in batch_to_documents(batch.filter(pc.is_in(batch.column("doc_id"), ids)))
    }
    return [documents[doc_id] for doc_id in chosen]


def list_documents(dataset: Dataset, most: int) -> list[Listed]:
    """Return documents with their facets, chosen and ordered like those of :func:`sample`."""
    chosen = _choose(dataset, most)
    ids = pa.array(chosen, pa.string())
    found = {
        each.doc_id: each
        for part in _hold(dataset, chosen)
        for batch in part.batches([*_LIST_COLUMNS, *FACET_COLUMNS])
        for each in _list_batch(batch.filter(pc.is_in(batch.column("doc_id"), ids)))
    }
    return [found[doc_id] for doc_id in chosen]


def _list_batch(batch: pa.RecordBatch) -> Iterator[Listed]:
    facets: list[list[tuple[str, str]]] = [[] for _ in range(batch.num_rows)]
    for row, name, value in zip(*map(pa.ChunkedArray.to_pylist, find_facets(batch)), strict=True):
        facets[row].append((name, value))
    columns = (*_LIST_COLUMNS, "title", "language", "translation_status")
    for row, own in zip(batch.select(columns).to_pylist(), facets, strict=True):
        status = row.pop("translation_status")
        yield Listed(**row, status=status, facets=tuple(sorted(own)))


def _choose(dataset: Dataset, size: int) -> dict[str, Part]:
    """Return the ids of the documents of a sample, in its order, with the part that holds each."""
    found: dict[str, list[str]] = {}
    parts: dict[str, Part] = {}
    for part in dataset.manifest.parts:
        for doc_id, language in _identities(dataset.select_part(part)):
            smallest = found.setdefault(language, [])
            smallest.append(doc_id)
            parts[doc_id] = part
            if len(smallest) > 4 * size:
                _keep_smallest(parts, smallest, size)
    chosen = {language: nsmallest(size, ids) for language, ids in found.items()}
    return {doc_id: parts[doc_id] for doc_id in _take_in_turn(chosen, size)}


def _hold(dataset: Dataset, chosen: dict[str, Part]) -> Iterator[Dataset]:
    """Yield the parts that hold the chosen documents, each as a dataset."""
    holding = {part.index: part for part in chosen.values()}
    yield from (dataset.select_part(holding[index]) for index in sorted(holding))


def _identities(dataset: Dataset) -> Iterator[tuple[str, str]]:
    for batch in dataset.batches(["doc_id", "language"]):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _keep_smallest(parts: dict[str, Part], ids: list[str], size: int) -> None:
    kept = nsmallest(size, ids)
    for doc_id in set(ids) - set(kept):
        parts.pop(doc_id, None)
    ids[:] = kept


def _take_in_turn(found: dict[str, list[str]], size: int) -> list[str]:
    """Take from each language in turn, beginning with the language of most documents.

    >>> _take_in_turn({"en": ["a", "b", "c"], "fr": ["d"]}, 3)
    ['a', 'd', 'b']
    """
    order = sorted(found, key=lambda language: (-len(found[language]), language))
    rounds = max((len(ids) for ids in found.values()), default=0)
    taken = [
        found[language][turn]
        for turn in range(rounds)
        for language in order
        if turn < len(found[language])
    ]
    return taken[:size]


@dataclass
class RejectReason:
    """The number of rejects with the same stage and error, and one of them as an example."""

    count: int
    source: str
    message: str


@dataclass
class Counts:
    """Counts over a whole dataset.

    Attributes:
        documents: their number.
        facets: documents by facet and value.
        coverage: documents by language and translation status.
        kinds: blocks by kind.
        body_chars: characters of the blocks of the body.
        other_chars: characters of the other blocks.
        sentences: their number.
        sentence_flags: sentences by warning.
        scores: translated sentences by class of :data:`SCORES`.
        adequacies: audited sentences by class of :data:`ADEQUACIES`.
        repairs: repairs by step.
        rejects: by stage and error.
    """

    documents: int = 0
    facets: Counter[tuple[str, str]] = field(default_factory=Counter)
    coverage: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    body_chars: int = 0
    other_chars: int = 0
    sentences: int = 0
    sentence_flags: Counter[str] = field(default_factory=Counter)
    scores: Counter[int] = field(default_factory=Counter)
    adequacies: Counter[int] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    rejects: dict[tuple[str, str], RejectReason] = field(default_factory=dict)

    def of(self, facet: str) -> dict[str, int]:
        """Return the values of a facet with the number of documents behind each.

        >>> Counts(facets=Counter({("language", "fr"): 2})).of("language")
        {'fr': 2}
        """
        return {value: number for (name, value), number in self.facets.items() if name == facet}


def count(dataset: Dataset) -> Counts:
    """Count the content of a dataset.

    Raises:
        DatasetError: a part file is missing or damaged.
    """
    counts = Counts()
    for batch in dataset.batches(FACET_COLUMNS):
        counts.documents += batch.num_rows
        found = find_facets(batch)
        names = (found.column(name).to_pylist() for name in ("name", "value"))
        counts.facets.update(zip(*names, strict=True))
        pairs = (batch.column(name).to_pylist() for name in ("language", "translation_status"))
        counts.coverage.update(zip(*pairs, strict=True))
        counts.repairs += _tally(pc.struct_field(batch.column("repairs").flatten(), "step"))
        _count_blocks(batch.column("blocks").flatten(), counts)
        _count_sentences(batch.column("sentences").flatten(), counts)
    for batch in dataset.reject_batches(_REJECT_COLUMNS):
        _count_rejects(batch, counts)
    return counts


def _count_blocks(blocks: pa.StructArray, counts: Counts) -> None:
    counts.kinds += _tally(pc.struct_field(blocks, "kind"))
    sizes, in_body = _measure(blocks), pc.struct_field(blocks, "is_body")
    counts.body_chars += pc.sum(sizes.filter(in_body)).as_py() or 0
    counts.other_chars += pc.sum(sizes.filter(pc.invert(in_body))).as_py() or 0


def _count_sentences(sentences: pa.StructArray, counts: Counts) -> None:
    counts.sentences += len(sentences)
    counts.sentence_flags += _tally(pc.struct_field(sentences, "flags").flatten())
    for name, bounds, found in (
        ("score", SCORES, counts.scores),
        ("adequacy", ADEQUACIES, counts.adequacies),
    ):
        values = pc.struct_field(sentences, name).drop_null().to_pylist()
        found.update(find_class(value, bounds) for value in values)


def _count_rejects(batch: pa.RecordBatch, counts: Counts) -> None:
    for row in batch.to_pylist():
        key = (row["stage"], row["error"])
        reason = counts.rejects.setdefault(key, RejectReason(0, row["source"], row["message"]))
        reason.count += 1


def find_facets(batch: pa.RecordBatch) -> pa.Table:
    """Return the facets of documents, each once for a document.

    Args:
        batch: documents with at least :data:`FACET_COLUMNS`.

    Returns:
        The columns ``row`` (the place of the document in the batch), ``name`` (one of
        :data:`FACETS`) and ``value``.
    """
    rows = pa.array(range(batch.num_rows), pa.int64())
    sites = zip(batch.column("site").to_pylist(), batch.column("url").to_pylist(), strict=True)
    parts = [
        _label(rows, "language", batch.column("language")),
        _label(rows, "status", batch.column("translation_status")),
        _label(rows, "encoding", batch.column("encoding")),
        _label(rows, "type", batch.column("media_type")),
        _label(rows, "site", pa.array([site or find_host(url) for site, url in sites])),
        _label(rows, "model", batch.column("translation_model")),
        *(_label(rows, "published", each) for each in _find_periods(batch.column("published"))),
        _label(rows, "story", batch.column("story_id")),
        _label(rows, "copy", pc.if_else(pc.is_valid(batch.column("duplicate_of")), "yes", None)),
        _label(rows, "flag", *_flatten(batch.column("flags"))),
        *_list_parts(batch, rows),
    ]
    parts += [_label(rows.filter(lacking), "missing", what) for what, lacking in _find_gaps(batch)]
    return pa.concat_tables(parts).group_by(["row", "name", "value"]).aggregate([])


def _list_parts(batch: pa.RecordBatch, rows: pa.Array) -> Iterator[pa.Table]:
    """Yield the facets that come from blocks, sentences and repairs."""
    blocks, block_rows = _flatten(batch.column("blocks"))
    yield _label(rows, "kind", pc.struct_field(blocks, "kind"), block_rows)
    yield _label(rows, "length", _classify(_measure_bodies(batch), LENGTHS))
    sentences, sentence_rows = _flatten(batch.column("sentences"))
    flags, owners = _flatten(pc.struct_field(sentences, "flags"))
    yield _label(rows, "sentence_flag", flags, sentence_rows.take(owners))
    for name, bounds in (("score", SCORES), ("adequacy", ADEQUACIES)):
        values = _classify(pc.struct_field(sentences, name), bounds)
        yield _label(rows, name, values, sentence_rows)
    repairs, repair_rows = _flatten(batch.column("repairs"))
    yield _label(rows, "repair", pc.struct_field(repairs, "step"), repair_rows)


def _find_gaps(batch: pa.RecordBatch) -> Iterator[tuple[str, pa.Array]]:
    """Yield what documents may lack (:data:`MISSING`), and which of them lack it."""
    yield "no headline", pc.is_null(batch.column("title"))
    yield "no author", pc.equal(pc.list_value_length(batch.column("authors")), 0)
    yield "no date", pc.is_null(batch.column("published"))
    yield "no article text", pc.equal(_measure_bodies(batch), 0)
    has_english = pa.array(["source_is_english", "translated", "partial"])
    yield "no English", pc.invert(pc.is_in(batch.column("translation_status"), has_english))
    yield "low adequacy", pc.less(pc.fill_null(batch.column("adequacy"), 1.0), LOW_ADEQUACY)
    doubtful = [Flag.BODY_DOUBTFUL in flags for flags in batch.column("flags").to_pylist()]
    yield "doubtful body", pa.array(doubtful, pa.bool_())


def _label(
    rows: pa.Array, name: str, values: pa.Array | str, places: pa.Array | None = None
) -> pa.Table:
    """Return facets of one name; ``places`` name the rows if there is not one value for each."""
    owners = rows if places is None else rows.take(places)
    if isinstance(values, str):
        values = pa.array([values] * len(owners), pa.string())
    names = pa.array([name] * len(owners), pa.string())
    table = pa.table({"row": owners, "name": names, "value": values.cast(pa.string())})
    return table.filter(pc.is_valid(table.column("value")))


def _flatten(lists: pa.ListArray) -> tuple[pa.Array, pa.Array]:
    """Return the elements of lists, and the row that each belongs to."""
    return lists.flatten(), pc.list_parent_indices(lists)


def _find_periods(days: pa.Array) -> list[pa.Array]:
    """Return the months, years, decades … of some days, as facets name them."""
    months = pc.strftime(days.cast(pa.timestamp("s")), "%Y-%m")
    return [
        pc.binary_join_element_wise(pc.utf8_slice_codeunits(months, 0, size), end, "")
        for size, end in PERIODS
    ]


def count_months(counts: Counts) -> dict[str, int]:
    """Return the number of documents by month of publication."""
    return {name: number for name, number in counts.of("published").items() if "-" in name}


def _measure(spans: pa.StructArray) -> pa.Array:
    return pc.subtract(pc.struct_field(spans, "end"), pc.struct_field(spans, "start"))


def _measure_bodies(batch: pa.RecordBatch) -> pa.Array:
    """Return the number of characters in the body of each document."""
    blocks, rows = _flatten(batch.column("blocks"))
    sizes = pc.if_else(pc.struct_field(blocks, "is_body"), _measure(blocks), 0)
    sums = [0] * batch.num_rows
    for row, size in zip(rows.to_pylist(), sizes.to_pylist(), strict=True):
        sums[row] += size
    return pa.array(sums, pa.int64())


def _classify(values: pa.Array, lower_bounds: Sequence[float]) -> pa.Array:
    """Return the lower bounds of the classes of some numbers, as facets name them."""
    names = [
        None if value is None else name_class(find_class(value, lower_bounds), lower_bounds)
        for value in values.to_pylist()
    ]
    return pa.array(names, pa.string())


def name_class(index: int, lower_bounds: Sequence[float]) -> str:
    """Return the value of a facet for a class of numbers: its lower bound.

    >>> name_class(3, LENGTHS), name_class(-1, SCORES)
    ('1000', 'lower')
    """
    return "lower" if index < 0 else f"{lower_bounds[index]:g}"


def find_class(value: float, lower_bounds: Sequence[float]) -> int:
    """Return the class of a value: the last whose lower bound it reaches, or -1 below the first.

    >>> find_class(500, LENGTHS), find_class(-30.0, SCORES)
    (2, -1)
    """
    return bisect_right(lower_bounds, value) - 1


def _tally(values: pa.Array) -> Counter[str]:
    found = pc.value_counts(values.drop_null())
    return Counter(dict(zip(*(each.to_pylist() for each in found.flatten()), strict=True)))
