"""The documents of a dataset as the search for groups sees them: read once, kept small.

Wire copy is named here too: which news agency a report was taken from, where the page says so, in a
byline (``By Reuters``), a dateline (``PARIS (AP) —``, ``新华社北京1月3日电``), a credit (``Source:
AFP``), or in brackets after the last sentence (``(avec AFP)``).  A photograph's credit says nothing
of the text.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import tomllib
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.faults import logger
from corpus_norm.labels import BlockKind
from corpus_norm.stories.duplicates import Array, find_shingles
from corpus_norm.stories.profiles import Profile, Report, find_lead, hash_key, make_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from corpus_norm.dataset import Dataset

_COLUMNS = ("doc_id", "published", "authors", "body", "text", "blocks")
_MORE_COLUMNS = ("language", "title", "title_en", "body_en")
_PARAGRAPH = "\n\n"
_ROWS = 256  # documents at a time
_THREADS = "OPENBLAS_NUM_THREADS"
_NUMBER = re.compile(r"\d+")
NO_DAY = 10**7
"""Day of a document without one: after all others."""

_NO_HASHES = np.empty(0, np.uint32)

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

    def without_shingles(self) -> Reading:
        """Return the same without shingles and numbers, once copies are known."""
        return replace(self, shingles=_NO_HASHES, numbers=_NO_HASHES)


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
            with _one_thread_each(), ProcessPoolExecutor(count, context) as pool:
                for found in pool.map(function, items):
                    yield found
                    done += 1
        except (OSError, BrokenProcessPool) as error:
            logger.warning("no worker process can be used (%s); going on in this one alone", error)
    yield from map(function, items[done:])


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Have the processes that are started meanwhile multiply matrices in one thread each."""
    before = os.environ.get(_THREADS)
    os.environ.setdefault(_THREADS, "1")
    try:
        yield
    finally:
        if before is None:
            del os.environ[_THREADS]


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


CREDIT_KINDS = frozenset({BlockKind.BYLINE, BlockKind.DATELINE, BlockKind.SOURCE_CREDIT})
"""Kinds of blocks that may name an agency anywhere in them."""

_HEAD, _TAIL = 120, 80  # characters of a paragraph in which a dateline, a closing credit stands
_FIRST_PARAGRAPHS = 3
_PHOTO = re.compile(r"(?i)\b(?:photos?|picture|image|file|getty)\b|摄|图")
_LONGEST_CREDIT = 200


def find_agency(
    authors: Iterable[str], named_in: Iterable[str], paragraphs: Sequence[str]
) -> str | None:
    """Return the agency that a report was taken from; None where the page names none.

    Args:
        authors: the names of the authors.
        named_in: the texts of bylines, datelines and source credits.
        paragraphs: those of the body, in order.

    >>> find_agency([], [], ["WASHINGTON, March 4 (Reuters) - Oil prices fell."])
    'Reuters'
    >>> find_agency([], [], ["中新社香港1月12日电 一份报告发布。"])
    '中新社'
    >>> find_agency(["Anne Dupont"], ["Par Anne Dupont avec AFP"], ["Il pleut."])
    'AFP'
    >>> find_agency([], [], ["Reuters said on Monday that it had hired him."]) is None
    True
    """
    forms = _forms()
    for text in (*authors, *named_in):
        found = forms.anywhere.search(text[:_LONGEST_CREDIT])
        if found and not _PHOTO.search(text[:_LONGEST_CREDIT]):
            return forms.names[found[1]]
    for text in paragraphs[:_FIRST_PARAGRAPHS]:
        if found := forms.dateline.match(text[:_HEAD]):
            return forms.names[found[1] or found[2] or found[3]]
    for text in paragraphs[-1:]:
        if found := forms.closing.search(text[-_TAIL:]):
            return forms.names[found[1] or found[2]]
    return None


class _Forms:
    """The ways in which agencies are named, compiled once."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        longest = sorted(names, key=len, reverse=True)
        name = "|".join(map(re.escape, longest))
        han = "|".join(re.escape(each) for each in longest if not each.isascii())
        self.anywhere = re.compile(rf"(?<![A-Za-z])({name})(?![A-Za-z])")
        self.dateline = re.compile(
            r"[^(（。!?\n]{0,70}?[(（](?:[^()（）\n]{0,20}[/;,] ?)?"
            rf"({name})(?:[/;,][^()（）\n]{{0,20}})?[)）]"
            rf"\s{{0,3}}(?:[-–—:：]|--)|(?:[（(]?据)?({han})[^，。,\n]{{0,20}}?[0-9０-９日月]\s?(?:电|電|讯|訊)"
            rf"|本文(?:来源于|来自|转自)[:：]?({han})"
        )
        self.closing = re.compile(
            r"[(（](?:avec |with |[Ss]ource ?: ?|来源[:：])?"
            rf"({name})[^()（）\n]{{0,20}}[)）]\W{{0,3}}$"
            rf"|(?:来源|來源|[Ss]ource) ?[:：] ?({name})\W{{0,3}}$"
        )


@cache
def _forms() -> _Forms:
    text = files("corpus_norm.stories").joinpath("agencies.toml").read_text("utf-8")
    agencies: dict[str, list[str]] = tomllib.loads(text)
    return _Forms({form: name for name, forms in agencies.items() for form in forms})
