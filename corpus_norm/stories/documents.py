"""The documents of a dataset as the search for groups sees them: read once, kept small."""

from __future__ import annotations

import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.faults import logger
from corpus_norm.stories.profiles import Profile, Report, find_lead, hash_key, make_profile
from corpus_norm.stories.shingles import Array, find_shingles
from corpus_norm.stories.syndication import CREDIT_KINDS, find_agency

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import date

    from corpus_norm.dataset import Dataset

_COLUMNS = ("doc_id", "published", "authors", "body", "text", "blocks")
_MORE_COLUMNS = ("language", "title", "title_en", "body_en")
_PARAGRAPH = "\n\n"
_ROWS = 256  # documents at a time
_NUMBER = re.compile(r"\d+")
NO_DAY = 10**7
"""Day of a document without one: after all others."""

Item = TypeVar("Item")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is kept of a document to find the groups it belongs to.

    Attributes:
        doc_id: its identity.
        published: its day, if known.
        shingles: those of its body.
        agency: the news agency it was taken from, if the page names one.
        numbers: hashes of the numbers in its body, in order, each once.
        profile: what it says, where stories are looked for and it has a body.
        lead: the headline and the first sentences, of which a vector may be made.
    """

    doc_id: str
    published: date | None
    shingles: Array
    agency: str | None
    numbers: Array
    profile: Profile | None = None
    lead: str = ""

    @property
    def day(self) -> int:
        """Its day as an ordinal."""
        return self.published.toordinal() if self.published else NO_DAY


def read_documents(
    dataset: Dataset,
    *,
    with_profiles: bool = False,
    wanted: Collection[str] | None = None,
    workers: int = 0,
) -> list[Reading]:
    """Read the documents of a dataset, in order.

    Args:
        dataset: the dataset.
        with_profiles: also what stories are found by.
        wanted: the ids of the documents that need it; all, if None.
        workers: processes to read in; 0 for this one.  It changes nothing but the time.
    """
    parts = [dataset.select_part(part) for part in dataset.manifest.parts]
    ids = None if wanted is None else frozenset(wanted)
    read = partial(_read_part, with_profiles=with_profiles, wanted=ids)
    return [each for found in map_in_order(read, parts, workers) for each in found]


def find_wanted(dataset: Dataset, known: Collection[str], days: int) -> set[str] | None:
    """Return the ids of the documents that new ones can be compared with, and of these; None: all.

    Args:
        dataset: the dataset, with its new documents.
        known: the ids of those whose stories an earlier run found.
        days: how many days may lie between two reports of a story.
    """
    if not known:
        return None
    table = dataset.to_arrow(["doc_id", "published"])
    ids = table.column("doc_id").to_pylist()
    days_of = [day.toordinal() if day else NO_DAY for day in table.column("published").to_pylist()]
    new = sorted({day for doc_id, day in zip(ids, days_of, strict=True) if doc_id not in known})
    if not new:
        return set()
    if new[-1] == NO_DAY:
        return None
    when = np.array(days_of)
    after = np.minimum(np.searchsorted(new, when), len(new) - 1)
    nearest = np.minimum(abs(np.array(new)[after] - when), abs(np.array(new)[after - 1] - when))
    near = (nearest <= days) | (when == NO_DAY)
    return {doc_id for doc_id, is_near in zip(ids, near.tolist(), strict=True) if is_near}


def sort_documents(documents: Sequence[Reading]) -> list[int]:
    """Return the places of the documents, the earliest first; those without a day come last."""
    return sorted(range(len(documents)), key=lambda place: (documents[place].day, place))


def map_in_order(
    function: Callable[[Item], Found], items: Sequence[Item], workers: int
) -> Iterator[Found]:
    """Yield what a function returns for each item, in order, from so many processes."""
    count = min(workers, len(items))
    done = 0
    if count > 1:
        context = multiprocessing.get_context("spawn")
        try:
            with ProcessPoolExecutor(count, context) as pool:
                for found in pool.map(function, items):
                    yield found
                    done += 1
        except (OSError, BrokenProcessPool) as error:
            logger.warning("no worker process can be used (%s); going on in this one alone", error)
    yield from map(function, items[done:])


def _read_part(
    dataset: Dataset, *, with_profiles: bool, wanted: frozenset[str] | None
) -> list[Reading]:
    columns = [*_COLUMNS, *(_MORE_COLUMNS if with_profiles else ())]
    table = pa.Table.from_batches(
        dataset.batches(columns), schema=pa.schema([dataset.schema.field(n) for n in columns])
    ).combine_chunks()
    batches = table.to_batches(max_chunksize=_ROWS)
    return [each for batch in batches for each in _read_batch(batch, wanted)]


def _read_batch(batch: pa.RecordBatch, wanted: frozenset[str] | None) -> Iterator[Reading]:
    bodies = batch.column("body").to_pylist()
    columns = (batch.column(name).to_pylist() for name in ("doc_id", "published", "authors"))
    said = _read_reports(batch, wanted)
    found = zip(*columns, bodies, read_credits(batch), find_shingles(bodies), said, strict=True)
    for doc_id, published, authors, body, credit, shingles, report in found:
        agency = find_agency(authors, credit, body.split(_PARAGRAPH))
        numbers = find_numbers(body)
        profile, lead = (make_profile(report), find_lead(report)) if report else (None, "")
        yield Reading(doc_id, published, shingles, agency, numbers, profile, lead)


def find_numbers(text: str) -> Array:
    """Return hashes of the runs of digits in a text, in order, each once."""
    found = set(_NUMBER.findall(text))
    return np.unique(np.fromiter(map(hash_key, found), np.uint32, len(found)))


def _read_reports(batch: pa.RecordBatch, wanted: frozenset[str] | None) -> Iterator[Report | None]:
    """Yield the texts of each document that is wanted and has a body; else None."""
    if "title" not in batch.schema.names:
        yield from [None] * batch.num_rows
        return
    names = ("doc_id", "language", "published", "title", "body", "title_en", "body_en")
    for row in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
        doc_id, language, day, *texts = row
        texts = [text or "" for text in texts]
        is_wanted = bool(texts[1].strip()) and (wanted is None or doc_id in wanted)
        yield Report(doc_id, language, day, *texts) if is_wanted else None


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
