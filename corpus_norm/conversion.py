"""The batch job: sources in, dataset out, on one process or several.

Documents are cut into shards (one part file each) and batches by their order alone, so the
number of workers changes nothing but the time it takes.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from os import PathLike
from typing import TYPE_CHECKING

from corpus_norm.dataset import Dataset, DatasetWriter, ModelRecord, documents_to_batch
from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import CorpusNormError, SettingsError
from corpus_norm.pipeline import available_cpus, process
from corpus_norm.settings import Settings
from corpus_norm.sources import read
from corpus_norm.translation import Package, installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pyarrow as pa

    Batch = list[RawDocument | Rejection]
    Run = Callable[[Iterable[Batch]], Iterator[pa.RecordBatch]]

LOOKAHEAD = 2  # batches waiting per worker: enough to keep it busy, little enough for memory


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a conversion has come: documents and rejects so far, and the last source."""

    documents: int
    rejects: int
    source: str


def convert(  # noqa: PLR0913 (two say what, the others are only ever named)
    inputs: Sequence[str | PathLike[str]] | str | PathLike[str],
    output: str | PathLike[str],
    settings: Settings | None = None,
    *,
    workers: int | None = 1,
    overwrite: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Dataset:
    """Convert files, folders and containers into a dataset.

    A run that was stopped goes on where it was, and a second run over the same inputs does
    nothing again; part files are byte-identical whatever the number of workers.

    Args:
        inputs: files, folders (searched recursively), glob patterns or fsspec URIs.
        output: the folder of the dataset.
        settings: all knobs.
        workers: processes; None for one per CPU.  With more than one, call this from under
            ``if __name__ == "__main__":``, as the standard library's multiprocessing asks.
        overwrite: replace another dataset that is in the folder.
        progress: called after every batch.

    Returns:
        The dataset, opened.

    Raises:
        InputError: an input does not exist.
        DatasetExistsError: the folder holds something else.
        DatasetError: the folder cannot be written to.
    """
    settings = settings or Settings()
    names = [inputs] if isinstance(inputs, (str, PathLike)) else list(inputs)
    count = available_cpus() if workers is None else workers
    if count < 1:
        raise SettingsError(f"workers must be at least 1, not {count}")
    packages = installed() if settings.translation.enabled else []
    items = read(names, settings.input)
    with (
        DatasetWriter(
            output, settings, names, models=_model_records(packages), overwrite=overwrite
        ) as writer,
        _start_workers(count, settings, packages) as run,
    ):
        counter = _Counter(progress)
        for index, shard in enumerate(_cut_shards(items, settings)):
            digest = writer.input_digest(shard)
            if writer.is_done(index, digest):
                counter.skip(shard)
                continue
            results = run(_cut_batches(shard, settings.dataset.batch_documents))
            writer.write_part(index, digest, counter.watch(results))
        manifest = writer.finish()
    return Dataset(writer.path, manifest)


class _Counter:
    """Counts rows as they pass and tells the caller."""

    def __init__(self, progress: Callable[[Progress], None] | None) -> None:
        self._progress = progress
        self._documents = self._rejects = 0

    def watch(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            kept = batch.column("rejection").null_count
            self._tell(kept, batch.num_rows - kept, batch.column("source")[-1].as_py())
            yield batch

    def skip(self, shard: Batch) -> None:
        rejects = sum(isinstance(item, Rejection) for item in shard)
        self._tell(len(shard) - rejects, rejects, shard[-1].source)

    def _tell(self, documents: int, rejects: int, source: str) -> None:
        self._documents += documents
        self._rejects += rejects
        if self._progress is not None:
            self._progress(Progress(self._documents, self._rejects, source))


def _cut_shards(items: Iterable[RawDocument | Rejection], settings: Settings) -> Iterator[Batch]:
    """Runs of items that fill a part file: so many documents, or so many bytes."""
    shard, size = list[RawDocument | Rejection](), 0
    for item in items:
        shard.append(item)
        size += len(item.data or b"")
        if len(shard) >= settings.dataset.part_documents or size >= settings.dataset.part_bytes:
            yield shard
            shard, size = [], 0
    if shard:
        yield shard


def _cut_batches(shard: Batch, size: int) -> Iterator[Batch]:
    items = iter(shard)
    while batch := list(islice(items, size)):
        yield batch


def _run_batch(
    batch: Batch, settings: Settings, packages: Sequence[Package], threads: int
) -> pa.RecordBatch:
    return documents_to_batch(process(batch, settings, packages=packages, threads=threads))


@contextmanager
def _start_workers(count: int, settings: Settings, packages: Sequence[Package]) -> Iterator[Run]:
    """Something that maps batches to results in order, in this process or in a pool of others.

    Processes are spawned, not forked: a forked copy of a loaded model or thread pool can hang.
    """
    threads = max(1, available_cpus() // count)
    task = partial(_run_batch, settings=settings, packages=packages, threads=threads)
    if count == 1:
        yield partial(map, task)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        try:
            yield partial(_map_ordered, pool, task, count * LOOKAHEAD)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _map_ordered(
    pool: ProcessPoolExecutor,
    task: Callable[[Batch], pa.RecordBatch],
    limit: int,
    batches: Iterable[Batch],
) -> Iterator[pa.RecordBatch]:
    waiting: deque[Future[pa.RecordBatch]] = deque()
    try:
        for batch in batches:
            waiting.append(pool.submit(task, batch))
            if len(waiting) >= limit:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise CorpusNormError(
            "a worker process died (out of memory, or killed); finished parts are kept: run the "
            "same command again, with fewer workers if it was memory"
        ) from error


def _model_records(packages: Sequence[Package]) -> list[ModelRecord]:
    return [
        ModelRecord(
            name=package.name,
            source=package.source,
            target=package.target,
            version=package.version,
            digest=package.digest,
            licence=package.licence,
        )
        for package in packages
    ]
