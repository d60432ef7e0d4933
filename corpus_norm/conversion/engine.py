"""``convert``: read, cut into shards, work on them, write the parts; never anything twice."""

from __future__ import annotations

import errno
import os
import sys
from collections import deque
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING

from corpus_norm.conversion.garbage import collect_seldom
from corpus_norm.conversion.job import Job, Workers
from corpus_norm.conversion.progress import Counts, Progress
from corpus_norm.conversion.shards import Selection, cut_batches, cut_shards
from corpus_norm.dataset import Dataset, DatasetWriter
from corpus_norm.dataset.manifest import digest_item, digest_place
from corpus_norm.dataset.reuse import OldRows, merge_rows
from corpus_norm.faults import logger
from corpus_norm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from os import PathLike
    from typing import Literal

    import pyarrow as pa

    from corpus_norm.conversion.worker import Batch, Outcome


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
    progress: Callable[[Progress], None] | None = None,
) -> Dataset:
    """Convert files, folders and containers into a dataset.

    A run that was stopped goes on where it was, and a second run over the same inputs does
    nothing again; part files are byte-identical whatever the number of workers.

    Args:
        inputs: files, folders (searched recursively), glob patterns or fsspec URIs.  Of what lies
            in them, the output folder and other datasets of ours are left out, which is logged.
        output: the folder of the dataset.
        settings: all knobs.
        workers: processes to work in, or "auto" for one per CPU as memory allows; None for this
            process alone, which starts at once.  Its time limit for a document takes effect
            between two steps of Python (:mod:`corpus_norm.stage_timer`); a parser that hangs in
            C, and one that crashes, can only be stopped in a worker.  With workers, call this from
            under ``if __name__ == "__main__":``, as the standard library's multiprocessing asks.
        worker_memory_mb: a worker found larger after a batch is replaced by a fresh one; a fair
            share of 80 % of the memory when None.
        memory: the translation memory, in which every sentence is looked up before it is
            translated and kept afterwards: a file, True for the one in the user's data folder,
            False for none.  It changes how long a run takes; the dataset only where somebody
            imported translations into it.
        limit: take only the first so many documents.
        sample: take a fraction of the documents (below 1) or so many (1 or more), the same ones
            in every run.
        update: bring a dataset up to date, perhaps with other inputs: rows of documents that are
            unchanged are kept, and ``changes`` of the result says what was found.
        overwrite: replace another dataset that is in the folder.
        progress: called after every batch.

    Returns:
        The dataset, opened; its ``faults`` counts exceptions that no document should have caused.
        Each cost one document, and its traceback is in ``faults.log`` in the folder.

    Raises:
        InputError: an input does not exist.
        SettingsError: an argument makes no sense.
        GlossaryError: the glossary of the settings cannot be used.
        ModelNotInstalledError: the settings ask for an engine that is not there at all.
        TranslationMemoryError: the memory cannot be used.
        DatasetExistsError: the folder holds something else.
        DatasetError: the folder cannot be written to.
    """
    selection = Selection(limit, sample)
    means = Workers.choose(workers, worker_memory_mb)
    job = Job(inputs, settings or Settings(), selection, means, memory=memory, output=output)
    if not means.count or os.access(sys.executable or "", os.X_OK):
        try:
            return _work(job, output, progress, update=update, overwrite=overwrite)
        except OSError as error:
            if error.errno not in {errno.EMFILE, errno.ENFILE} or not means.count:
                raise
            why, overwrite = "too few files may be open at a time (ulimit -n)", False
    else:
        why = f"{sys.executable or 'Python'} cannot be executed"
    logger.warning("no worker process can be started: %s; working in this process alone", why)
    job.workers = Workers.choose(None, worker_memory_mb)
    return _work(job, output, progress, update=update, overwrite=overwrite)


def _work(
    job: Job,
    output: str | PathLike[str],
    progress: Callable[[Progress], None] | None,
    *,
    update: bool = False,
    overwrite: bool = False,
) -> Dataset:
    derived = job.derived
    with (
        collect_seldom(),
        DatasetWriter(
            output,
            job.settings,
            job.names,
            models=job.models,
            derived=derived,
            selection=job.selection.describe(),
            update=update,
            overwrite=overwrite,
        ) as writer,
        job.start_workers(job.task) as run,
    ):
        old_rows = OldRows(writer.path, writer.old_parts) if update else None
        _Conversion(job, writer, old_rows, Counts(progress)).work(run)
        changes = old_rows.finish() if old_rows else None
        manifest = writer.finish()
    if faults := writer.fault_log.count:
        logger.warning(
            "%s fault(s) of the program were met, each at the cost of one document; the tracebacks "
            "are in %s: please report them",
            f"{faults:,}",
            writer.fault_log.path,
        )
    return Dataset(writer.path, manifest, changes, faults)


@dataclass(slots=True)
class _Shard:
    """A part to be written: digests of its inputs, and the rows of it that exist already."""

    index: int
    digest: str
    item_digests: list[bytes]
    found: list[int | None]
    batches: int = 0

    def pick_new(self, items: Batch) -> Batch:
        return [item for item, row in zip(items, self.found, strict=True) if row is None]


@dataclass(slots=True)
class _Conversion:
    """The flow of shards through the workers, several of them on their way at a time."""

    job: Job
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
            self.writer.write_part(shard.index, shard.digest, rows, shard.item_digests)

    def _feed(self) -> Iterator[Batch]:
        """The batches of all shards that are not done; their shards are noted as pending."""
        settings = self.job.settings
        for index, items in enumerate(cut_shards(self.job.read(), settings.dataset)):
            shard = self._examine(index, items)
            if shard is None:
                continue
            # A shard of old rows alone still goes the same way, with a batch of nothing.
            batches = list(cut_batches(shard.pick_new(items), settings.batches)) or [[]]
            shard.batches = len(batches)
            self.pending.append(shard)
            yield from batches

    def _examine(self, index: int, items: Batch) -> _Shard | None:
        """What is to be done for a shard; None if it is done."""
        digests = [digest_item(item) for item in items]
        found: list[int | None] = [None] * len(items)
        if self.old_rows:
            places = [digest_place(item.source, item.record) for item in items]
            found = self.old_rows.find(digests, places)
        digest = self.writer.input_digest(digests)
        if part := self.writer.reuse_part(index, digest):
            self.counts.skip(part)
            return None
        return _Shard(index, digest, digests, found)

    def _merge_rows(
        self, shard: _Shard, outcomes: Iterable[Outcome[pa.RecordBatch]]
    ) -> Iterator[pa.RecordBatch]:
        """All rows of a shard in the order of its inputs, counted."""
        rows: Iterator[pa.RecordBatch] = map(self._receive, outcomes)
        spots = [row for row in shard.found if row is not None]
        if self.old_rows and spots:
            self.counts.take_over(len(spots))
            is_old = [row is not None for row in shard.found]
            rows = merge_rows(self.old_rows.read(spots), is_old, rows)
        return map(self.counts.pass_on, rows)

    def _receive(self, outcome: Outcome[pa.RecordBatch]) -> pa.RecordBatch:
        self.counts.spend(outcome.seconds)
        self.writer.log_faults(outcome.faults)
        return outcome.result
