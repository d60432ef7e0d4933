"""What a dataset holds, counted in one pass over the columns that need no text.

A batch is a few hundred rows, and sums are all that is kept, so a million documents take no more
memory than a thousand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.addresses import find_host

if TYPE_CHECKING:
    from corpus_norm.dataset import Dataset

LENGTHS = (0, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
"""Lower ends of the classes of body length, in characters."""

SCORES = (-2.0, -1.5, -1.0, -0.75, -0.5, -0.25)
"""Lower ends of the classes of translation score above the lowest class, which is open."""

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


@dataclass
class RejectReason:
    """Rejects that failed in the same stage with the same error; one of them as an example."""

    count: int
    source: str
    message: str


@dataclass
class Counts:
    """Sums over a dataset.

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
    """Count what a dataset holds.

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


def find_class(value: float, lower_ends: tuple[float, ...]) -> int:
    """The last class whose lower end a value reaches; -1 below the first.

    >>> find_class(500, LENGTHS), find_class(-3.0, SCORES)
    (2, -1)
    """
    return sum(value >= end for end in lower_ends) - 1


def _tally(values: pa.Array) -> Counter[str]:
    found = pc.value_counts(values.drop_null())
    return Counter(dict(zip(*(each.to_pylist() for each in found.flatten()), strict=True)))
