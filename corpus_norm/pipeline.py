"""The stages in order, and the three ways to run them on documents.

``normalize`` takes one document and returns it or raises; ``process`` takes many and returns a
:class:`Document` or a :class:`Rejection` for each, in order; ``normalize_batch`` is ``process``
from Arrow to Arrow, the function that the process pool (and any cluster engine) maps.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from corpus_norm.deprecated import rename_keywords
from corpus_norm.document import Block, BlockKind, Document, RawDocument, Rejection
from corpus_norm.errors import InputError, SettingsError
from corpus_norm.faults import log
from corpus_norm.given import check_batch, check_items, check_media_type, take
from corpus_norm.guard import Guard, StageTimer, collect_seldom, translate_guarded, write_guarded
from corpus_norm.labels import StageName
from corpus_norm.parsing import ParsedDocument, read_text
from corpus_norm.parsing import decode as decode_raw
from corpus_norm.parsing import segment as segment_document
from corpus_norm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from os import PathLike

    import pyarrow as pa

    from corpus_norm.boilerplate import SiteBoilerplate, SiteCounts
    from corpus_norm.boilerplate.classifier import LabelledBlocks
    from corpus_norm.boilerplate.features import Features
    from corpus_norm.boilerplate.main_text import MainText
    from corpus_norm.extraction import Extraction
    from corpus_norm.given import Given
    from corpus_norm.translation import Package
    from corpus_norm.translation.memory.cached_engine import MemoryLike

_KeptPage: TypeAlias = "tuple[int, Document, Extraction]"  # the first is the size of its HTML
QUICK_SHARE = 8
"""A stage on a whole batch, other than translation, gets the time limit of one document in eight:
such stages take milliseconds for each document."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the stages need beside the documents.

    Attributes:
        settings: what can change the result.
        packages: translation packages to use; those installed when None.
        threads: CPU threads for the translation model.
        site_boilerplate: blocks that recur on the pages of a site.
        memory: the translation memory to use, if any.
    """

    settings: Settings = field(default_factory=Settings)
    packages: Sequence[Package] | None = None
    threads: int = 1
    site_boilerplate: SiteBoilerplate = field(default_factory=dict)
    memory: MemoryLike | None = None


def decode(raw: RawDocument, context: Context) -> Document:
    """Decode bytes to text."""
    return decode_raw(raw, context.settings)


def segment(document: Document, context: Context) -> ParsedDocument:  # noqa: ARG001 -- as all
    """Clean the text and split it into blocks; read HTML into blocks and metadata."""
    return segment_document(document)


def classify(parsed: Sequence[ParsedDocument], context: Context) -> list[Document]:
    """Give each block its kind: part of the article, or boilerplate."""
    from corpus_norm import boilerplate

    def label_markup(some: Sequence[int], features: Features) -> list[LabelledBlocks]:
        """Label the blocks of the HTML pages among some documents by their markup."""
        from corpus_norm.boilerplate.main_text import decide_main

        pages = [page for number in some if (page := parsed[number].page) is not None]
        decided = decide_main([page.pieces for page in pages], features, [p.html for p in pages])
        return [
            (_label_by_markup(parsed[number].document.blocks, page, main), main.probability)
            for number, page, main in zip(some, pages, decided, strict=True)
        ]

    documents = [each.document for each in parsed]
    return boilerplate.classify(documents, context.settings, label_markup)


def identify(documents: Sequence[Document], context: Context) -> list[Document]:
    """Find the language of each block and document, and a date that only its language explains."""
    from corpus_norm.boilerplate.credits import add_days_of_language
    from corpus_norm.language.documents import identify_documents

    found = identify_documents(documents, context.settings.languages)
    return list(map(add_days_of_language, found))


def split_sentences(documents: Sequence[Document], context: Context) -> list[Document]:
    """Split blocks into sentences, each with its own language where a block switches."""
    from corpus_norm.language.documents import label_sentences
    from corpus_norm.segmentation import add_sentences

    return label_sentences(list(map(add_sentences, documents)), context.settings.languages)


def mark_sites(documents: Sequence[Document], context: Context) -> list[Document]:
    """Label blocks that recur on the pages of a site as boilerplate."""
    from corpus_norm.boilerplate import mark_site_boilerplate

    return [mark_site_boilerplate(each, context.site_boilerplate) for each in documents]


def translate(documents: Sequence[Document], context: Context) -> list[Document]:
    """Add English, sentence by sentence, and compare it with the original."""
    from corpus_norm.translation import translate_documents

    return translate_documents(
        documents, context.settings, context.packages, context.threads, memory=context.memory
    )


def write(results: Sequence[Document | Rejection], context: Context) -> pa.RecordBatch:  # noqa: ARG001
    """Build the rows of RESULTS, one for each result."""
    from corpus_norm.dataset import documents_to_batch

    return documents_to_batch(results)


@dataclass(frozen=True, slots=True)
class Stage:
    """A step on the way of every document.

    Attributes:
        name: its name in rejects, in progress and in the position of a worker.
        label: what people are shown for it.
        function: takes a document, or a batch of them, and the :class:`Context`.
        takes_batch: whether it takes a batch.  What a document gets does not depend on the others.
    """

    name: StageName
    label: str
    function: Callable[..., Any]
    takes_batch: bool


STAGES = (
    Stage(StageName.DECODE, "decode", decode, takes_batch=False),
    Stage(StageName.SEGMENT, "extract", segment, takes_batch=False),
    Stage(StageName.CLASSIFY, "classify", classify, takes_batch=True),
    Stage(StageName.IDENTIFY, "language", identify, takes_batch=True),
    Stage(StageName.SPLIT_SENTENCES, "sentences", split_sentences, takes_batch=True),
    Stage(StageName.MARK_SITES, "sites", mark_sites, takes_batch=True),
    Stage(StageName.TRANSLATE, "translate", translate, takes_batch=True),
    Stage(StageName.WRITE, "write", write, takes_batch=True),
)
"""All stages, in order: the only place where they are listed."""


def normalize(
    source: Given,
    settings: Settings | None = None,
    *,
    media_type: str | None = None,
    memory: str | PathLike[str] | bool = False,
) -> Document:
    r"""Run every stage on one document.

    Args:
        source: a path; or the document itself, as text (plain, Markdown or HTML) or as bytes of
            any type: ``bytearray``, ``memoryview``, a mapped file.  A string of one line that ends
            like a file name is taken for a path.
        settings: what can change the result; the defaults suit English, French and Chinese news.
        media_type: ``text/plain``, ``text/markdown`` or ``text/html``, where it is known.
        memory: the translation memory to look sentences up in and to add them to: a file, True
            for the user's own, False for none.

    Returns:
        The document with its blocks, languages, sentences and, where a model is installed, its
        English.

    Raises:
        InputError: there is no such file, it is a folder or holds several records, or the value
            is neither path nor text nor bytes.
        SettingsError: the settings are not a :class:`Settings`.
        TranslationMemoryError: the memory cannot be used.
        CorpusNormError: the document cannot be processed; the message says why.

    >>> doc = normalize("Une banque ferme.\n\nLa banque a fermé ses portes lundi, dit le maire.")
    >>> doc.language, [block.kind.value for block in doc.blocks]
    ('fr', ['paragraph', 'paragraph'])
    """
    settings = check_settings(settings)
    raw = take(source, settings, check_media_type(media_type))
    chosen: MemoryLike | None = None
    if settings.translation.enabled and memory is not False:
        from corpus_norm.translation.memory.cached_engine import open_memory

        chosen = open_memory(memory)
    [result] = process([raw], settings, threads=available_cpus(), memory=chosen)
    if isinstance(result, Rejection):
        raise InputError(f"{result.source}: {result.message}", subject=result.source)
    return result


@rename_keywords(furniture="site_boilerplate", watch="timer")
def process(  # noqa: PLR0913 -- one says what, the others are only ever named
    items: Iterable[RawDocument | Rejection],
    settings: Settings | None = None,
    *,
    packages: Sequence[Package] | None = None,
    threads: int = 1,
    site_boilerplate: SiteBoilerplate | None = None,
    memory: MemoryLike | None = None,
    timer: StageTimer | None = None,
) -> list[Document | Rejection]:
    """Run every stage on many documents; those that fail become rejections in their places.

    Args:
        items: documents as sources deliver them; rejections pass through.
        settings: what can change the result; the defaults when None.
        packages: translation packages to use; those installed when None.
        threads: CPU threads for the translation model.
        site_boilerplate: blocks that recur on the pages of a site, as
            :func:`corpus_norm.boilerplate.learn_site_boilerplate` finds them.
        memory: the translation memory to use, if any.
        timer: gets the document and the stage in progress, and the faults; without one, faults
            are logged.

    The old names of two arguments, ``furniture`` (``site_boilerplate``) and ``watch`` (``timer``),
    still work, with a :class:`DeprecationWarning`.

    Raises:
        InputError: the items are no raw documents.
    """
    items = check_items(items)
    context = Context(check_settings(settings), packages, threads, site_boilerplate or {}, memory)
    if timer is not None:
        return run_stages(items, context, timer)
    timer = StageTimer()
    results = run_stages(items, context, timer)
    for fault in timer.faults:
        log(fault)
    return results


def normalize_batch(
    batch: pa.RecordBatch, settings: Settings | None = None, *, threads: int = 1
) -> pa.RecordBatch:
    """Arrow in, Arrow out, one row for each row: the contract of every batch engine.

    Args:
        batch: rows of the ``RAW`` schema; only ``source`` and one of ``data`` (binary) or
            ``text`` (string) are required.
        settings: what can change the result; the defaults when None.
        threads: CPU threads for the translation model.

    Returns:
        Rows of the ``RESULTS`` schema: a document, or a row with ``rejection`` filled in.  Columns
        of your own follow unchanged; those named like one of ``RESULTS`` are in ``extra`` only.

    Raises:
        InputError: it is no record batch.
        SchemaMismatchError: there is no column ``source``, or a column is of the wrong type.
    """
    from corpus_norm.dataset import batch_to_raw, pass_on

    batch = check_batch(batch)
    context = Context(check_settings(settings), threads=threads)
    return pass_on(batch, process_to_rows(batch_to_raw(batch), context))


def process_to_rows(
    items: Sequence[RawDocument | Rejection], context: Context, timer: StageTimer | None = None
) -> pa.RecordBatch:
    """Run every stage, ``write`` included: a row of RESULTS for each item.

    Without a timer, faults are logged.
    """
    own = timer or StageTimer()
    rows = _write_rows(run_stages(items, context, own), context, own)
    if timer is None:
        for fault in own.faults:
            log(fault)
    return rows


def run_stages(
    items: Sequence[RawDocument | Rejection], context: Context, timer: StageTimer
) -> list[Document | Rejection]:
    """Run all stages but ``write``; the faults are kept in the timer."""
    if context.settings.translation.enabled:
        from corpus_norm.translation.memory.cached_engine import BatchMemory

        context = replace(context, memory=BatchMemory(context.memory))
    batch = _Batch(items, context, Guard(context.settings, timer))
    with collect_seldom():
        batch.take(KEPT_PAGES)
        for stage in STAGES[:-1]:
            if stage.name is not StageName.MARK_SITES or context.site_boilerplate:
                batch.run(stage)
    return batch.results


class KeptPages:
    """Pages that were read to count their blocks, kept until they are converted.

    A page that is taken is what reading it again would give, so no result depends on what is kept.

    >>> raw, settings = RawDocument("a.html", "<p>Hi.", media_type="text/html"), Settings()
    >>> kept = KeptPages()
    >>> kept.keep(raw, settings, segment(decode(raw, Context(settings)), Context(settings)))
    >>> kept.take(raw, settings).document.blocks[0].text, kept.take(raw, settings)
    ('Hi.', None)

    Their bytes and their HTML, which are half of what they take in memory, come again with the
    documents to convert, and are not kept.

    Args:
        room: the characters of HTML to keep; in memory, a page takes about four times as many
            bytes.
    """

    def __init__(self, room: int = 40_000_000) -> None:
        self._room = room
        self._pages: dict[tuple[Settings, RawDocument, str | None], _KeptPage] = {}

    def has_room(self, html: str) -> bool:
        """Whether a page can be kept."""
        return len(html) <= self._room

    def keep(self, raw: RawDocument, settings: Settings, parsed: ParsedDocument) -> None:
        """Keep a page that was read in full, if there is room."""
        page = parsed.page
        if page is not None and self.has_room(page.html):
            self._room -= len(page.html)
            self._pages[_key(raw, settings)] = (
                len(page.html),
                parsed.document,
                replace(page, html=""),
            )

    def take(self, raw: RawDocument, settings: Settings) -> ParsedDocument | None:
        """Return a page and keep it no longer; None if it is not there."""
        found = self._pages.pop(_key(raw, settings), None) if self._pages else None
        if found is None:
            return None
        size, document, page = found
        self._room += size
        return ParsedDocument(document, replace(page, html=read_text(raw, settings).text))

    def clear(self) -> None:
        """Keep no page any longer."""
        self._room += sum(size for size, _, _ in self._pages.values())
        self._pages.clear()


def _key(raw: RawDocument, settings: Settings) -> tuple[Settings, RawDocument, str | None]:
    """Return what decides how a page is read, with a digest for its text or bytes."""
    digest = raw.bytes_sha256
    data = digest if isinstance(raw.data, str) else digest.encode("ascii")
    return settings, replace(raw, data=data), raw.key


KEPT_PAGES = KeptPages()
"""The pages of this process."""


def count_site_blocks(
    items: Sequence[RawDocument | Rejection],
    settings: Settings,
    timer: StageTimer | None = None,
    kept: KeptPages | None = None,
) -> Mapping[str, SiteCounts]:
    """Count on how many pages of each site each block stands; unreadable documents are left out.

    The pages go to ``kept``, as far as it has room.
    """
    from corpus_norm.boilerplate import count_blocks, merge_counts

    def find_blocks(document: Document, context: Context) -> ParsedDocument:
        del context  # as all stages have it
        return segment_document(document, in_full=kept is not None and kept.has_room(document.text))

    def count(parsed: Sequence[ParsedDocument], context: Context) -> list[dict[str, SiteCounts]]:
        del context
        return [count_blocks([each.document]) for each in parsed]

    batch = _Batch(items, Context(settings), Guard(settings, timer or StageTimer()))
    with collect_seldom():
        for stage in (
            STAGES[0],
            Stage(StageName.SEGMENT, "extract", find_blocks, takes_batch=False),
            Stage(StageName.MARK_SITES, "sites", count, takes_batch=True),
        ):
            batch.run(stage)
            if kept is not None and stage.name is StageName.SEGMENT:
                batch.keep(kept)
    return merge_counts(each for each in batch.results if not isinstance(each, Rejection))


def available_cpus() -> int:
    """Return how many CPUs this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_settings(settings: Settings | None) -> Settings:
    """Return the settings, or the defaults for None.

    Raises:
        SettingsError: the value is something else, such as a dictionary, or names a file that is
            not there or a lexicon that cannot be read.
    """
    if settings is None:
        return Settings()
    if isinstance(settings, Settings):
        _check_files(settings)
        return settings
    advice = "corpus_norm.Settings or None"
    if isinstance(settings, dict):
        advice += "; corpus_norm.Settings.from_dict makes them from a dictionary"
    raise SettingsError(f"settings must be {advice}, not {type(settings).__name__}")


def _check_files(settings: Settings) -> None:
    """Refuse files that are not there or cannot be read, before any work is done."""
    for path in settings.lexicon_paths:
        if not Path(path).is_file():
            raise SettingsError(
                f"settings.lexicon_paths names {path}, which is no file; check the path",
                subject="settings.lexicon_paths",
            )
        from corpus_norm.boilerplate.lexicon import read_user_table

        read_user_table(path)


class _Batch:
    """The documents of a batch on their way through the stages, each in its place."""

    def __init__(
        self, items: Sequence[RawDocument | Rejection], context: Context, guard: Guard
    ) -> None:
        self._items = items
        self._context = context
        self._guard = guard
        self.results: list[Any] = list(items)

    def keep(self, kept: KeptPages) -> None:
        """Keep the pages that were read."""
        for place in self._places():
            kept.keep(self._raw(place), self._context.settings, self.results[place])

    def take(self, kept: KeptPages) -> None:
        """Put the pages that were read before in their places."""
        for place in self._places():
            found = kept.take(self._raw(place), self._context.settings)
            self.results[place] = found or self.results[place]

    def run(self, stage: Stage) -> None:
        """Run a stage on all documents that are not rejected."""
        if stage.name is StageName.TRANSLATE:
            self._translate(stage)
        elif stage.takes_batch:
            self._run_batch(stage)
        else:
            self._run_each(stage)

    def _run_each(self, stage: Stage) -> None:
        guard = self._guard
        for place in self._places():
            if isinstance(self.results[place], ParsedDocument):
                continue  # it was read before
            guard.timer.begin(place)
            with guard.timer.stage(stage.name):
                function = partial(stage.function, self.results[place], self._context)
                self.results[place] = guard.attempt(stage.name, self._raw(place), function)

    def _run_batch(self, stage: Stage) -> None:
        guard, places = self._guard, self._places()
        share = len(self._items) // QUICK_SHARE
        guard.timer.begin(None, share)
        with guard.timer.stage(stage.name):
            function = partial(stage.function, context=self._context)
            subjects = [self.results[place] for place in places]
            raws = [self._raw(place) for place in places]
            self._put(places, guard.run_together(stage.name, function, subjects, raws, share))

    def _translate(self, stage: Stage) -> None:
        guard, places = self._guard, self._places()
        with guard.timer.stage(stage.name):
            function = partial(stage.function, context=self._context)
            documents = [self.results[place] for place in places]
            raws = [self._raw(place) for place in places]
            self._put(places, translate_guarded(function, documents, raws, places, guard))

    def _places(self) -> list[int]:
        """Return the places of documents that are not rejected."""
        return [n for n, each in enumerate(self.results) if not isinstance(each, Rejection)]

    def _put(self, places: Sequence[int], found: Sequence[Any]) -> None:
        for place, each in zip(places, found, strict=True):
            self.results[place] = each

    def _raw(self, place: int) -> RawDocument:
        return cast("RawDocument", self._items[place])


def _write_rows(
    results: Sequence[Document | Rejection], context: Context, timer: StageTimer
) -> pa.RecordBatch:
    stage = STAGES[-1]
    if len(results) > 1:
        timer.begin(None, len(results) * context.settings.translation.time_factor)
    with timer.stage(stage.name):
        return write_guarded(partial(stage.function, context=context), results, timer.faults)


def _label_by_markup(blocks: Sequence[Block], page: Extraction, main: MainText) -> list[Block]:
    """Return the blocks with the kinds that their HTML elements suggest, and the reasons."""
    from corpus_norm.boilerplate.main_text import find_headline

    title = find_headline(page.pieces, page.title)
    labelled = []
    rows = zip(blocks, page.pieces, main.in_main, main.reasons, strict=True)
    for index, (block, piece, in_main, why) in enumerate(rows):
        kind = BlockKind.TITLE if index == title else piece.kind
        if not in_main and kind is not BlockKind.CAPTION:
            kind = BlockKind.NAVIGATION
        reason = _explain_by_markup(piece.tag, in_main, why)
        labelled.append(block.relabel(kind, reason, block.language, block.language_score))
    return labelled


@lru_cache(maxsize=4_096)
def _explain_by_markup(tag: str, in_main: bool, why: str) -> str:  # noqa: FBT001
    reason = f"<{tag}> {'in' if in_main else 'outside'} the main text"
    return f"{reason}; {why}" if why else reason
