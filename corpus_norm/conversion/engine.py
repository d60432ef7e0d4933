"""``convert``: read the inputs, cut them into shards, process these, write a part for each."""

from __future__ import annotations

import errno
import os
import sys
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.conversion.job import Workers, prepare_job
from corpus_norm.conversion.progress import (
    Counts,
    Progress,
    log_end,
    log_part,
    log_rejects,
    log_start,
    warn_of_nothing,
)
from corpus_norm.conversion.shards import Selection, cut_batches, cut_shards
from corpus_norm.dataset import Dataset, DatasetWriter
from corpus_norm.dataset.manifest import (
    MANIFEST_NAME,
    describe_job,
    digest_input,
    digest_item,
    find_differences,
    read_manifest,
)
from corpus_norm.dataset.parts import check_output, is_intact
from corpus_norm.dataset.writer import OldRows, merge_rows
from corpus_norm.document import RawDocument
from corpus_norm.errors import InputError
from corpus_norm.faults import logger
from corpus_norm.guard import collect_seldom
from corpus_norm.pipeline import check_settings
from corpus_norm.stories import StoryOptions, choose_options, write_groups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from os import PathLike
    from typing import Literal

    import pyarrow as pa

    from corpus_norm.conversion.job import Items, Job, Run
    from corpus_norm.conversion.worker import Batch, Outcome
    from corpus_norm.dataset import Manifest
    from corpus_norm.dataset.manifest import Totals
    from corpus_norm.document import Rejection
    from corpus_norm.settings import Settings


def convert(  # noqa: PLR0913 (two say what, the others are only ever named)
    inputs: Sequence[str | PathLike[str]] | str | PathLike[str],
    output: str | PathLike[str],
    settings: Settings | None = None,
    *,
    workers: int | Literal["auto"] | None = None,
    worker_memory_mb: float | None = None,
    memory: str | PathLike[str] | bool = True,
    limit: int | None = None,
    sample: float | None = None,
    update: bool = False,
    overwrite: bool = False,
    stories: bool | None = None,
    story_days: int = 7,
    progress: Callable[[Progress], None] | None = None,
) -> Dataset:
    """Convert files, folders and containers into a dataset.

    A run that was stopped resumes, and a second run over the same inputs does no work again.
    Part files are byte-identical whatever the number of workers.

    Args:
        inputs: files, folders (searched recursively), glob patterns or fsspec URIs.  The output
            folder and other datasets of corpus_norm inside them are left out, which is logged.
        output: the folder of the dataset.
        settings: what can change the result; the defaults when None.
        workers: processes to work in, or "auto" for one per CPU as memory allows; None for this
            process alone, which starts at once.  There the time limit of a document takes effect
            between two steps of Python (:mod:`corpus_norm.guard`): a parser that hangs in
            C, or crashes, can only be stopped in a worker.  With workers, call this from
            under ``if __name__ == "__main__":``, as the standard library's multiprocessing asks.
        worker_memory_mb: a worker found larger after a batch is replaced by a fresh one; a fair
            share of 80 % of the memory when None.
        memory: the translation memory, in which every sentence is looked up before it is
            translated, and stored afterwards: a file, True for the one in the user's data
            folder, False for none.  It changes how long a run takes; it changes the dataset only
            if somebody imported translations into it.
        limit: take only that many documents, the first ones.
        sample: take a fraction of the documents (below 1) or a number of them (1 or more), the
            same ones in every run.
        update: bring a dataset up to date, perhaps with other inputs: rows of unchanged
            documents are kept, and ``changes`` of the result tells what was found.  Documents that
            the inputs lack are removed; a selection from a dataset of all documents is refused.
        overwrite: replace another dataset that is in the folder.
        stories: also look for stories, reports of one event in whatever languages and words; None
            does so if an earlier run into this folder did.  Copies are always looked for.
        story_days: how many days may lie between two reports of a story.
        progress: called after every batch.

    Returns:
        The dataset, opened.  Its ``faults`` counts exceptions that no document should cause; each
        cost one document, and its traceback is in ``faults.log`` in the folder.

    Raises:
        InputError: an input does not exist, or there are no documents although there is a dataset.
        SettingsError: an argument makes no sense.
        GlossaryError: the glossary of the settings cannot be used.
        ModelNotInstalledError: the engine of the settings is not installed.
        TranslationMemoryError: the memory cannot be used.
        DatasetExistsError: the folder holds something else.
        DatasetError: the folder cannot be written to.
    """
    check_output(output)
    selection = Selection(limit, sample)
    choose = partial(choose_options, stories=stories, days=StoryOptions(story_days).days)
    chosen = Workers.choose(workers, worker_memory_mb)
    job = prepare_job(
        inputs, check_settings(settings), selection, chosen, memory=memory, output=output
    )
    why = _find_hindrance() if chosen.count else ""
    if not why:
        try:
            with job.start_workers() as run:
                return _work(job, run, output, progress, choose, update=update, overwrite=overwrite)
        except OSError as error:
            if error.errno not in {errno.EMFILE, errno.ENFILE} or not chosen.count:
                raise
            why, overwrite = "too few files may be open at a time (ulimit -n)", False
    logger.warning("no worker process can be started: %s; working in this process alone", why)
    job = replace(job, workers=Workers.choose(None, worker_memory_mb))
    with job.start_workers() as run:
        return _work(job, run, output, progress, choose, update=update, overwrite=overwrite)


def _find_hindrance() -> str:
    """Return why no process can be started; "" if nothing is known to be in the way."""
    if not os.access(sys.executable or "", os.X_OK):
        return f"{sys.executable or 'Python'} cannot be executed"
    # Each process loads the program first (multiprocessing.spawn).
    program = getattr(sys.modules.get("__main__"), "__file__", None)
    if program == "<stdin>":
        return "the program comes from standard input, and has no file"
    return ""


def _work(  # noqa: PLR0913 -- what, where, how
    job: Job,
    run: Run,
    output: str | PathLike[str],
    progress: Callable[[Progress], None] | None,
    choose: Callable[[Manifest], StoryOptions | None],
    *,
    update: bool = False,
    overwrite: bool = False,
) -> Dataset:
    counts = Counts(progress)
    log_start(job)
    is_new = overwrite or not (Path(output) / MANIFEST_NAME).exists()
    site_boilerplate = job.learn_site_boilerplate(output, update=update, run=run, keeps=is_new)
    columns, items = job.settle_columns(None if overwrite else output)
    earlier = None if is_new else read_manifest(Path(output))
    items = _check_first(items, output, earlier, overwrite=overwrite)
    with (
        collect_seldom(),
        DatasetWriter(
            output,
            job.settings,
            job.names,
            models=job.models,
            derived=job.digest_derived(site_boilerplate),
            site_boilerplate=site_boilerplate,
            selection=job.selection.describe(),
            columns=columns,
            update=update,
            overwrite=overwrite,
        ) as writer,
    ):
        old_rows = OldRows(writer.path, writer.old_parts) if update else None
        task = partial(run, job.make_task(site_boilerplate))
        _Conversion(job, items, writer, old_rows, counts).work(task)
        changes = old_rows.finish() if old_rows else None
        options = choose(writer.manifest)
        count = job.workers.count
        groups = write_groups(writer.path, writer.account(), options, workers=count)
        manifest = writer.finish(groups)
    log_end(counts.state)
    if earlier and earlier.complete and not update:  # an update has told what it removed
        _warn_of_fewer(earlier.totals, manifest.totals)
    if faults := writer.fault_log.count:
        logger.warning(
            "%s fault(s) of the program cost one document each; the tracebacks are in %s: "
            "please report them",
            f"{faults:,}",
            writer.fault_log.path,
        )
    return Dataset(writer.path, manifest, changes, faults)


def _warn_of_fewer(before: Totals, now: Totals) -> None:
    """Warn if a dataset has lost rows, as the same inputs have fewer than before."""
    rows = before.documents + before.rejects, now.documents + now.rejects
    if rows[1] < rows[0]:
        logger.warning(
            "the inputs hold less than before: the dataset had %s documents and rejects, "
            "and has %s now",
            *(f"{count:,}" for count in rows),
        )


def _check_first(
    items: Items, output: str | PathLike[str], earlier: Manifest | None, *, overwrite: bool
) -> Items:
    """Return the items; warn if there are none, as when the disk of the inputs is not mounted.

    Raises:
        InputError: there are none, and they would replace a dataset, or empty it.
    """
    first = next(items, None)
    if first is not None:
        return chain([first], items)
    is_replaced = overwrite and (Path(output) / MANIFEST_NAME).exists()
    parts = (*earlier.parts, *earlier.previous) if earlier else ()
    if is_replaced or any(part.documents.rows or part.rejects.rows for part in parts):
        raise InputError(
            f"the inputs hold no documents; the dataset in {output} stays as it is: check the "
            "inputs, or remove the folder",
            subject=str(output),
        )
    warn_of_nothing()
    return iter(())


@dataclass(slots=True)
class _Shard:
    """A part to write: the digests of its inputs, the old rows that it keeps, and its places.

    A place is the ``source`` and ``record`` where an input was found this time.
    """

    index: int
    digest: str
    item_digests: list[bytes]
    found: list[int | None]
    places: list[tuple[str, int]]
    batches: int = 0

    def pick_new(self, items: Batch) -> Batch:
        return [item for item, row in zip(items, self.found, strict=True) if row is None]


@dataclass(slots=True)
class _Conversion:
    """The flow of shards through the workers, several at a time."""

    job: Job
    items: Iterator[RawDocument | Rejection]
    writer: DatasetWriter
    old_rows: OldRows | None
    counts: Counts
    pending: deque[_Shard] = field(default_factory=deque)

    def work(self, run: Callable[[Iterable[Batch]], Iterator[Outcome[pa.RecordBatch]]]) -> None:
        """Write all parts, in order."""
        outcomes = run(self._feed())
        for first in outcomes:
            shard = self.pending.popleft()
            rest = islice(outcomes, shard.batches - 1)
            rows = self._merge_rows(shard, chain([first], rest))
            part = self.writer.write_part(shard.index, shard.digest, rows, shard.item_digests)
            log_part(part, is_kept=False)

    def _feed(self) -> Iterator[Batch]:
        """Yield the batches of all shards that are not done; add these shards to ``pending``."""
        settings = self.job.settings
        for index, items in enumerate(cut_shards(self.items, settings.dataset)):
            shard = self._examine(index, items)
            if shard is None:
                continue
            # A shard of old rows alone goes the same way, with an empty batch.
            batches = list(cut_batches(shard.pick_new(items), settings)) or [[]]
            shard.batches = len(batches)
            self.pending.append(shard)
            yield from batches

    def _examine(self, index: int, items: Batch) -> _Shard | None:
        """Return the shard to work on; None if its part exists already."""
        digests = [digest_item(item) for item in items]
        found: list[int | None] = [None] * len(items)
        if self.old_rows:
            found = self.old_rows.find(digests)
            # The message of a rejection may say where its record was; making it costs nothing.
            rows = zip(items, found, strict=True)
            found = [row if isinstance(item, RawDocument) else None for item, row in rows]
        digest = self.writer.input_digest(digests)
        if part := self.writer.reuse_part(index, digest):
            self.counts.skip(part)
            log_part(part, is_kept=True)
            return None
        places = [(item.source, item.record) for item in items]
        return _Shard(index, digest, digests, found, places)

    def _merge_rows(
        self, shard: _Shard, outcomes: Iterable[Outcome[pa.RecordBatch]]
    ) -> Iterator[pa.RecordBatch]:
        """Yield all rows of a shard in the order of its inputs, and count them."""
        rows: Iterator[pa.RecordBatch] = map(self._receive, outcomes)
        spots = [row for row in shard.found if row is not None]
        if self.old_rows and spots:
            self.counts.take_over(len(spots))
            is_old = [row is not None for row in shard.found]
            now = [place for place, old in zip(shard.places, is_old, strict=True) if old]
            rows = merge_rows(self.old_rows.read(spots, now), is_old, rows)
        return map(self.counts.pass_on, rows)

    def _receive(self, outcome: Outcome[pa.RecordBatch]) -> pa.RecordBatch:
        self.counts.spend(outcome.seconds)
        self.writer.log_faults(outcome.faults)
        log_rejects(outcome.result)
        return outcome.result


@dataclass(frozen=True, slots=True)
class Preview:
    """What a conversion would find.

    Attributes:
        types: how many documents there are of each media type.
        unreadable: how many inputs would be rejected because they cannot be read.
        bytes: the size of all documents.
        parts: how many parts the dataset would have.
        parts_done: how many of them exist from an earlier run.
        documents_done: how many documents and rejects are in these.
        obstacles: why the run could not resume the dataset that is in the folder.
    """

    types: Mapping[str, int]
    unreadable: int
    bytes: int
    parts: int
    parts_done: int
    documents_done: int
    obstacles: tuple[str, ...] = ()

    @property
    def documents(self) -> int:
        """How many documents would be converted, or are already."""
        return sum(self.types.values())


def preview(  # noqa: PLR0913 (as convert)
    inputs: Sequence[str | PathLike[str]] | str | PathLike[str],
    output: str | PathLike[str],
    settings: Settings | None = None,
    *,
    memory: str | PathLike[str] | bool = True,
    limit: int | None = None,
    sample: float | None = None,
    update: bool = False,
) -> Preview:
    """Read the inputs as :func:`~corpus_norm.convert` would, and write nothing.

    Raises:
        InputError: an input does not exist.
        SettingsError: an argument makes no sense.
        DatasetError: the manifest in the folder is damaged.
    """
    check_output(output)
    selection = Selection(limit, sample)
    job = prepare_job(
        inputs,
        check_settings(settings),
        selection,
        Workers.choose(None, None),
        memory=memory,
        output=output,
    )
    learned = job.learn_site_boilerplate(output, update=update)
    derived = job.digest_derived(learned)
    columns, items = job.settle_columns(output)
    chosen = selection.describe()
    account = describe_job(
        job.settings, job.names, job.models, derived, chosen, columns, site_boilerplate=learned
    )
    folder = Path(output)
    done, obstacles = {}, list[str]()
    if (folder / MANIFEST_NAME).exists():
        found = read_manifest(folder)
        obstacles = find_differences(found, account, update=update)
        done = {part.input_digest: part for part in (*found.previous, *found.parts)}
    types: Counter[str] = Counter()
    unreadable = size = parts = parts_done = documents_done = 0
    for shard in cut_shards(items, job.settings.dataset):
        for item in shard:
            if isinstance(item, RawDocument):
                types[item.media_type] += 1
            else:
                unreadable += 1
            size += item.size
        parts += 1
        part = done.get(digest_input(account, map(digest_item, shard)))
        if part and is_intact(folder, part):
            parts_done += 1
            documents_done += len(shard)
    return Preview(
        dict(sorted(types.items())),
        unreadable,
        size,
        parts,
        parts_done,
        documents_done,
        tuple(obstacles),
    )
