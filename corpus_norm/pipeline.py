"""The stages put together, and the three ways to call them on documents.

``normalize`` takes one document and returns it or raises; ``process`` takes many and returns a
:class:`Document` or a :class:`Rejection` for each, in order; ``normalize_batch`` is ``process``
from Arrow to Arrow, the function that the process pool (and any cluster engine) maps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from corpus_norm.document import (
    Document,
    RawDocument,
    Rejection,
)
from corpus_norm.errors import CorpusNormError, InputError
from corpus_norm.given import take
from corpus_norm.settings import Settings
from corpus_norm.stages import TOGETHER, BatchStage, Reading, decode, segment
from corpus_norm.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from corpus_norm.boilerplate import Furniture, SiteCounts
    from corpus_norm.given import Given
    from corpus_norm.translation import Package
    from corpus_norm.translation.memory import Memory

Subject = TypeVar("Subject")
Result = TypeVar("Result")
FAILURES = (CorpusNormError, ValueError, ArithmeticError, LookupError, RecursionError)
"""What a document can do to a stage; any other exception is a fault of the program, and raised."""


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
    memory: Memory | None = None,
    watch: Watch | None = None,
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
    from corpus_norm.boilerplate import mark_furniture
    from corpus_norm.translation import translate_documents

    settings = settings or Settings()
    watch = watch or Watch()
    results: list[Document | Rejection] = []
    readings: Sequence[Reading | Document | Rejection] = _read_all(items, settings, watch)
    for stage, function in TOGETHER:
        watch.begin(None, len(items) // 8)  # quick stages: an eighth of the time will do
        with watch.stage(stage):
            readings = results = _run_together(stage, function, readings, items, settings)
    documents = [item for item in results if isinstance(item, Document)]
    if furniture:
        documents = [mark_furniture(document, furniture) for document in documents]
    watch.begin(None, len(documents) * settings.translation.patience)
    with watch.stage("translate"):
        translated = iter(
            translate_documents(documents, settings, packages, threads, memory=memory)
        )
    return [next(translated) if isinstance(item, Document) else item for item in results]


def count_site_blocks(
    items: Sequence[RawDocument | Rejection], settings: Settings, watch: Watch | None = None
) -> dict[str, SiteCounts]:
    """How often each block stands on the pages of each site; what cannot be read does not count."""
    from corpus_norm.boilerplate import count_blocks

    results = _read_all(items, settings, watch or Watch())
    return count_blocks(item.document for item in results if isinstance(item, Reading))


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

    return documents_to_batch(process(batch_to_raw(batch), settings, threads=threads))


def available_cpus() -> int:
    """CPUs this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _read_all(
    items: Sequence[RawDocument | Rejection], settings: Settings, watch: Watch
) -> list[Reading | Rejection]:
    results: list[Reading | Rejection] = []
    for index, item in enumerate(items):
        watch.begin(index)
        results.append(item if isinstance(item, Rejection) else _read(item, settings, watch))
    return results


def _read(raw: RawDocument, settings: Settings, watch: Watch) -> Reading | Rejection:
    """Bytes to a document with blocks; any failure is that document's own."""
    with watch.stage("decode"):
        document = _attempt("decode", decode, raw, raw, settings)
    if isinstance(document, Rejection):
        return document
    with watch.stage("segment"):
        return _attempt("segment", segment, document, raw, settings)


def _run_together(
    stage: str,
    function: BatchStage,
    results: Sequence[Reading | Document | Rejection],
    items: Sequence[RawDocument | Rejection],
    settings: Settings,
) -> list[Document | Rejection]:
    """A stage on all documents at once; if it fails, on each, to find the one that is to blame."""
    subjects = [item for item in results if not isinstance(item, Rejection)]
    try:
        done: Iterator[Document | Rejection] = iter(function(subjects, settings))
    except FAILURES:

        def alone(subject: Reading | Document, settings: Settings) -> Document:
            return function([subject], settings)[0]

        done = (
            _attempt(stage, alone, subject, item, settings)
            for subject, item in zip(results, items, strict=True)
            if not isinstance(subject, Rejection) and isinstance(item, RawDocument)
        )
    return [item if isinstance(item, Rejection) else next(done) for item in results]


def _attempt(
    stage: str,
    function: Callable[[Subject, Settings], Result],
    subject: Subject,
    raw: RawDocument,
    settings: Settings,
) -> Result | Rejection:
    try:
        return function(subject, settings)
    except FAILURES as error:
        return _reject(raw, stage, error, settings)


def _reject(raw: RawDocument, stage: str, error: Exception, settings: Settings) -> Rejection:
    """The row that keeps a document which failed, with its bytes when they are few."""
    data = raw.data_bytes
    return Rejection(
        source=raw.source,
        record=raw.record,
        bytes_sha256=raw.bytes_sha256,
        stage=stage,
        error=type(error).__name__,
        message=str(error) or type(error).__name__,
        data=data if len(data) <= settings.dataset.reject_bytes else None,
    )
