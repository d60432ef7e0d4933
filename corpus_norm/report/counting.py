"""The content of a report: counts over a dataset, and a repeatable sample of its documents."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.dataset import Dataset, batch_to_documents
from corpus_norm.document import find_host

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpus_norm.dataset.manifest import Part
    from corpus_norm.document import Document


LENGTHS = (0, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
"""Lower bounds of the classes of body length, in characters."""

SCORES = (-2.0, -1.5, -1.0, -0.75, -0.5, -0.25)
"""Lower bounds of the classes of translation score; the lowest class, below them, has none."""

_COLUMNS = (
    "language",
    "encoding",
    "media_type",
    "url",
    "site",
    "published",
    "translation_status",
    "flags",
    "repairs",
    "blocks",
    "sentences",
    "duplicate_of",
    "story_id",
)
_REJECT_COLUMNS = ("stage", "error", "message", "source")


def sample(dataset: Dataset, size: int) -> list[Document]:
    """Return a sample of documents, with equal numbers of each language as far as possible.

    It takes the documents with the smallest ``doc_id`` of each language.  That is a hash of source
    and bytes, so the sample is random but depends only on the documents.  There are two passes:
    one over ``doc_id`` and ``language``, one over the parts that hold the chosen documents.
    """
    found: dict[str, list[str]] = {}
    parts: dict[str, Part] = {}
    for part in dataset.manifest.parts:
        for doc_id, language in _identities(dataset.select_part(part)):
            smallest = found.setdefault(language, [])
            smallest.append(doc_id)
            parts[doc_id] = part
            if len(smallest) > 4 * size:
                _keep_smallest(parts, smallest, size)
    chosen = _take_in_turn(
        {language: nsmallest(size, ids) for language, ids in found.items()}, size
    )
    wanted = {doc_id: order for order, doc_id in enumerate(chosen)}
    holding = {parts[doc_id].index: parts[doc_id] for doc_id in chosen}
    documents = [
        document
        for index in sorted(holding)
        for document in _find(dataset.select_part(holding[index]), wanted)
    ]
    return sorted(documents, key=lambda document: wanted[document.doc_id])


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


def _find(dataset: Dataset, wanted: Iterable[str]) -> Iterator[Document]:
    ids = pa.array(wanted, pa.string())
    for batch in dataset.batches():
        yield from batch_to_documents(batch.filter(pc.is_in(batch.column("doc_id"), ids)))


@dataclass
class RejectReason:
    """The number of rejects with the same stage and error, and one of them as an example."""

    count: int
    source: str
    message: str


@dataclass
class Counts:
    """Counts over a whole dataset.

    ``coverage`` counts documents by language and translation status; ``kinds`` blocks by kind;
    ``lengths`` documents by class of :data:`LENGTHS`; ``months`` documents by ``YYYY-MM``;
    ``scores`` translated sentences by class of :data:`SCORES`; ``stories`` documents by story;
    ``rejects`` by stage and error.
    """

    documents: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    coverage: Counter[tuple[str, str]] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)
    media_types: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    body_chars: int = 0
    other_chars: int = 0
    lengths: Counter[int] = field(default_factory=Counter)
    months: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    sentences: int = 0
    sentence_flags: Counter[str] = field(default_factory=Counter)
    scores: Counter[int] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    stories: Counter[str] = field(default_factory=Counter)
    rejects: dict[tuple[str, str], RejectReason] = field(default_factory=dict)


def count(dataset: Dataset) -> Counts:
    """Count the content of a dataset.

    Raises:
        DatasetError: a part file is missing or damaged.
    """
    counts = Counts()
    for batch in dataset.batches(_COLUMNS):
        counts.documents += batch.num_rows
        _count_columns(batch, counts)
        _count_blocks(batch.column("blocks"), counts)
        _count_sentences(batch.column("sentences"), counts)
    for batch in dataset.reject_batches(_REJECT_COLUMNS):
        _count_rejects(batch, counts)
    return counts


def _count_columns(batch: pa.RecordBatch, counts: Counts) -> None:
    counts.languages += _tally(batch.column("language"))
    counts.encodings += _tally(batch.column("encoding"))
    counts.media_types += _tally(batch.column("media_type"))
    counts.flags += _tally(batch.column("flags").flatten())
    counts.stories += _tally(batch.column("story_id"))
    counts.duplicates += batch.num_rows - batch.column("duplicate_of").null_count
    counts.repairs += _tally(pc.struct_field(batch.column("repairs").flatten(), "step"))
    counts.months += _tally(pc.strftime(batch.column("published").cast(pa.timestamp("s")), "%Y-%m"))
    names = zip(batch.column("site").to_pylist(), batch.column("url").to_pylist(), strict=True)
    counts.sites.update(filter(None, (site or find_host(url) for site, url in names)))
    pairs = zip(
        batch.column("language").to_pylist(),
        batch.column("translation_status").to_pylist(),
        strict=True,
    )
    counts.coverage.update(pairs)


def _count_blocks(lists: pa.ListArray, counts: Counts) -> None:
    blocks, owners = lists.flatten(), pc.list_parent_indices(lists)
    counts.kinds += _tally(pc.struct_field(blocks, "kind"))
    sizes = pc.subtract(pc.struct_field(blocks, "end"), pc.struct_field(blocks, "start"))
    in_body = pc.struct_field(blocks, "is_body")
    body = sizes.filter(in_body)
    counts.body_chars += pc.sum(body).as_py() or 0
    counts.other_chars += pc.sum(sizes.filter(pc.invert(in_body))).as_py() or 0
    table = pa.table({"owner": owners.filter(in_body), "size": body})
    sums = table.group_by("owner").aggregate([("size", "sum")]).column("size_sum").to_pylist()
    counts.lengths.update(find_class(size, LENGTHS) for size in sums)
    counts.lengths[0] += len(lists) - len(sums)  # documents without any body


def _count_sentences(lists: pa.ListArray, counts: Counts) -> None:
    sentences = lists.flatten()
    counts.sentences += len(sentences)
    counts.sentence_flags += _tally(pc.struct_field(sentences, "flags").flatten())
    scores = pc.struct_field(sentences, "score").drop_null().to_pylist()
    counts.scores.update(find_class(score, SCORES) for score in scores)


def _count_rejects(batch: pa.RecordBatch, counts: Counts) -> None:
    for row in batch.to_pylist():
        key = (row["stage"], row["error"])
        reason = counts.rejects.setdefault(key, RejectReason(0, row["source"], row["message"]))
        reason.count += 1


def find_class(value: float, lower_bounds: tuple[float, ...]) -> int:
    """Return the class of a value: the last whose lower bound it reaches, or -1 below the first.

    >>> find_class(500, LENGTHS), find_class(-3.0, SCORES)
    (2, -1)
    """
    return sum(value >= bound for bound in lower_bounds) - 1


def _tally(values: pa.Array) -> Counter[str]:
    found = pc.value_counts(values.drop_null())
    return Counter(dict(zip(*(each.to_pylist() for each in found.flatten()), strict=True)))
