"""The stages put together, and the three ways to call them on documents.

``normalize`` takes one document and returns it or raises; ``process`` takes many and returns a
:class:`Document` or a :class:`Rejection` for each, in order; ``normalize_batch`` is ``process``
from Arrow to Arrow, the function that the process pool (and any cluster engine) maps.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from corpus_norm.document import (
    Document,
    RawDocument,
    Rejection,
)
from corpus_norm.errors import InputError
from corpus_norm.faults import log
from corpus_norm.given import take
from corpus_norm.guard import Guard, translate_guarded, write_guarded
from corpus_norm.settings import Settings
from corpus_norm.stage_timer import StageTimer
from corpus_norm.stages import BATCH_STAGES, BatchStage, Reading, decode, segment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from corpus_norm.boilerplate import Furniture, SiteCounts
    from corpus_norm.faults import Fault
    from corpus_norm.given import Given
    from corpus_norm.translation import Package
    from corpus_norm.translation.memory.cached_engine import MemoryLike


def normalize(
    source: Given, settings: Settings | None = None, *, media_type: str | None = None
) -> Document:
    r"""Run every stage on one document.

    Args:
        source: a path; or the document itself, as text (plain, Markdown or HTML) or as bytes of
            any type: ``bytearray``, ``memoryview``, a mapped file.  A string of one line that ends
            like a file name is taken for a path.
        settings: all knobs; the defaults suit English, French and Chinese news.
        media_type: ``text/plain``, ``text/markdown`` or ``text/html``, where it is known.

    Returns:
        The document with its blocks, languages, sentences and, where a model is installed, its
        English.

    Raises:
        InputError: there is no such file, it is a folder or holds several records, or the value
            is neither path nor text nor bytes.
        CorpusNormError: the document cannot be processed; the message says why.

    >>> doc = normalize("Une banque ferme.\n\nLa banque a fermé ses portes lundi, dit le maire.")
    >>> doc.language, [block.kind.value for block in doc.blocks]
    ('fr', ['paragraph', 'paragraph'])
    """
    settings = settings or Settings()
    raw = take(source, settings, media_type)
    [result] = process([raw], settings, threads=available_cpus())
    if isinstance(result, Rejection):
        raise InputError(f"{result.source}: {result.message}", subject=result.source)
    return result


def process(  # noqa: PLR0913 -- one says what, the others are only ever named
    items: Sequence[RawDocument | Rejection],
    settings: Settings | None = None,
    *,
    packages: Sequence[Package] | None = None,
    threads: int = 1,
    furniture: Furniture | None = None,
    memory: MemoryLike | None = None,
    watch: StageTimer | None = None,
) -> list[Document | Rejection]:
    """Run every stage on many documents; what fails becomes a rejection in its place.

    Args:
        items: documents as sources deliver them; rejections pass through.
        settings: all knobs.
        packages: translation packages to use; those installed when None.
        threads: CPU threads for the translation model.
        furniture: blocks that recur on the pages of a site, as
            :func:`corpus_norm.boilerplate.learn_furniture` finds them.
        memory: the translation memory to use, if any.
        watch: told which document and which stage is worked on.
    """
    from corpus_norm.translation import translate_documents
    from corpus_norm.translation.memory.cached_engine import BatchMemory

    guard = Guard(settings or Settings(), watch or StageTimer())
    scratch = BatchMemory(memory)

    def translate(documents: Sequence[Document]) -> list[Document]:
        return translate_documents(documents, guard.settings, packages, threads, memory=scratch)

    batch = _Batch(items, guard)
    batch.read()
    for stage, function in BATCH_STAGES:
        batch.put(batch.run(stage, partial(_run_stage, function, guard.settings)))
    if furniture:
        batch.put(batch.run("classify", partial(_mark_all, furniture)))
    batch.translate(translate)
    if watch is None:
        for fault in guard.watch.faults:
            log(fault)
    return batch.results


def count_site_blocks(
    items: Sequence[RawDocument | Rejection], settings: Settings, watch: StageTimer | None = None
) -> dict[str, SiteCounts]:
    """How often each block stands on the pages of each site; what cannot be read does not count."""
    from corpus_norm.boilerplate import count_blocks, merge_counts

    guard = Guard(settings, watch or StageTimer())
    batch = _Batch(items, guard)
    batch.read()
    found = batch.run(
        "classify", lambda readings: [count_blocks([each.document]) for each in readings]
    )
    return merge_counts(each for each in found if not isinstance(each, Rejection))


def normalize_batch(
    batch: pa.RecordBatch, settings: Settings | None = None, *, threads: int = 1
) -> pa.RecordBatch:
    """Arrow in, Arrow out, one row for each row: the contract of every batch engine.

    Args:
        batch: rows of the ``RAW`` schema; only ``source`` and one of ``data`` (binary) or
            ``text`` (string) are required.
        settings: all knobs.
        threads: CPU threads for the translation model.

    Returns:
        Rows of the ``RESULTS`` schema: a document, or a row with ``rejection`` filled in.
    """
    from corpus_norm.dataset import batch_to_raw, documents_to_batch

    results = process(batch_to_raw(batch), settings, threads=threads)
    faults: list[Fault] = []
    rows = write_guarded(documents_to_batch, results, faults)
    for fault in faults:
        log(fault)
    return rows


def available_cpus() -> int:
    """CPUs this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Batch:
    """The documents of a batch on their way through the stages, each in its place."""

    def __init__(self, items: Sequence[RawDocument | Rejection], guard: Guard) -> None:
        self._guard = guard
        self._items = items
        self.results: list[Any] = list(items)

    @property
    def places(self) -> list[int]:
        """Where there is something that was not rejected."""
        return [n for n, each in enumerate(self.results) if not isinstance(each, Rejection)]

    @property
    def share(self) -> int:
        """How many documents' time a quick stage has for all of them: an eighth will do."""
        return len(self._items) // 8

    def read(self) -> None:
        """Bytes to documents with blocks."""
        for place in self.places:
            self._guard.watch.begin(place)
            self.results[place] = self._read(self._raw(place))

    def run(self, stage: str, function: Callable[[Sequence[Any]], Sequence[Any]]) -> list[Any]:
        """A stage on all that was not rejected: what it gave for each."""
        guard, places = self._guard, self.places
        subjects = [self.results[place] for place in places]
        guard.watch.begin(None, self.share)
        with guard.watch.stage(stage):
            raws = [self._raw(place) for place in places]
            return guard.run_together(stage, function, subjects, raws, self.share)

    def translate(self, function: Callable[[Sequence[Document]], Sequence[Document]]) -> None:
        """English beside the text."""
        places = self.places
        with self._guard.watch.stage("translate"):
            documents = [self.results[place] for place in places]
            raws = [self._raw(place) for place in places]
            self.put(translate_guarded(function, documents, raws, places, self._guard))
        if len(places) > 1:  # what is left to do is done for all together
            patience = self._guard.settings.translation.patience
            self._guard.watch.begin(None, len(places) * patience)

    def put(self, found: Sequence[Document | Rejection]) -> None:
        """What came out of a stage, in the places of what went in."""
        for place, each in zip(self.places, found, strict=True):
            self.results[place] = each

    def _read(self, raw: RawDocument) -> Reading | Rejection:
        guard, settings = self._guard, self._guard.settings
        with guard.watch.stage("decode"):
            document = guard.attempt("decode", raw, lambda: decode(raw, settings))
        if isinstance(document, Rejection):
            return document
        with guard.watch.stage("segment"):
            return guard.attempt("segment", raw, lambda: segment(document, settings))

    def _raw(self, place: int) -> RawDocument:
        return cast("RawDocument", self._items[place])


def _run_stage(function: BatchStage, settings: Settings, subjects: Sequence[Any]) -> list[Document]:
    return function(subjects, settings)


def _mark_all(furniture: Furniture, documents: Sequence[Document]) -> list[Document]:
    from corpus_norm.boilerplate import mark_site_boilerplate

    return [mark_site_boilerplate(document, furniture) for document in documents]
