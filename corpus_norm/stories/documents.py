"""The documents of a dataset as the search for groups sees them: read once, kept small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.stories.profiles import Profile, Report, make_profile
from corpus_norm.stories.shingles import Array, find_shingles
from corpus_norm.stories.syndication import CREDIT_KINDS, find_agency

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from corpus_norm.dataset import Dataset

_COLUMNS = ("doc_id", "published", "authors", "body", "text", "blocks")
_MORE_COLUMNS = ("language", "title", "title_en", "body_en")
_PARAGRAPH = "\n\n"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is kept of a document to find the groups it belongs to.

    Attributes:
        doc_id: its identity.
        published: its day, if known.
        shingles: those of its body.
        agency: the news agency it was taken from, if the page names one.
        profile: what it says, where stories are looked for and it has a body.
    """

    doc_id: str
    published: date | None
    shingles: Array
    agency: str | None
    profile: Profile | None = None


def read_documents(dataset: Dataset, *, with_profiles: bool = False) -> list[Reading]:
    """Read the documents of a dataset, in order."""
    columns = [*_COLUMNS, *(_MORE_COLUMNS if with_profiles else ())]
    return [each for batch in dataset.batches(columns) for each in _read_batch(batch)]


def sort_documents(documents: list[Reading]) -> list[int]:
    """Return the places of the documents, the earliest first; those without a day come last."""

    def key(place: int) -> tuple[int, int]:
        published = documents[place].published
        return (published.toordinal() if published else 10**7, place)

    return sorted(range(len(documents)), key=key)


def _read_batch(batch: pa.RecordBatch) -> Iterator[Reading]:
    bodies = batch.column("body").to_pylist()
    columns = (batch.column(name).to_pylist() for name in ("doc_id", "published", "authors"))
    profiles = _make_profiles(batch) if "title" in batch.schema.names else [None] * len(bodies)
    found = zip(*columns, bodies, read_credits(batch), find_shingles(bodies), profiles, strict=True)
    for doc_id, published, authors, body, credit, shingles, profile in found:
        agency = find_agency(authors, credit, body.split(_PARAGRAPH))
        yield Reading(doc_id, published, shingles, agency, profile)


def _make_profiles(batch: pa.RecordBatch) -> Iterator[Profile | None]:
    names = ("doc_id", "language", "published", "title", "body", "title_en", "body_en")
    for row in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
        doc_id, language, day, *texts = row
        texts = [text or "" for text in texts]
        yield make_profile(Report(doc_id, language, day, *texts)) if texts[1].strip() else None


def read_credits(batch: pa.RecordBatch) -> list[list[str]]:
    """Return, for each document, the texts of its blocks that may name an agency."""
    blocks = batch.column("blocks")
    flat = blocks.flatten()
    kinds = pa.array(sorted(kind.value for kind in CREDIT_KINDS))
    wanted = pc.is_in(pc.struct_field(flat, "kind"), kinds)
    spans: list[list[Any]] = [pc.list_parent_indices(blocks).filter(wanted).to_pylist()]
    spans += [pc.struct_field(flat, name).filter(wanted).to_pylist() for name in ("start", "end")]
    texts = batch.column("text")
    found: list[list[str]] = [[] for _ in range(batch.num_rows)]
    for owner, start, end in zip(*spans, strict=True):
        found[owner].append(texts[owner].as_py()[start:end])
    return found
