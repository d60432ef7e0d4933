"""The batch job: sources in, dataset out, on one process or several.

Documents are cut into shards (one part file each) and batches by their order alone, so the
number of workers changes nothing but the time it takes.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from os import PathLike
from typing import TYPE_CHECKING, TypeVar

from corpus_norm.boilerplate import learn_furniture, merge_counts
from corpus_norm.dataset import Dataset, DatasetWriter, ModelRecord, documents_to_batch
from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import CorpusNormError, SettingsError
from corpus_norm.pipeline import available_cpus, count_site_blocks, process
from corpus_norm.settings import Settings
from corpus_norm.sources import read
from corpus_norm.translation.argos import BATCHING
from corpus_norm.translation.glossary import load_glossary
from corpus_norm.translation.memory import Memory
from corpus_norm.translation.routes import choose_packages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pyarrow as pa

    from corpus_norm.boilerplate import Furniture
    from corpus_norm.dataset import Manifest
    from corpus_norm.translation import Package

    Batch = list[RawDocument | Rejection]

Result = TypeVar("Result")
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
    memory: str | PathLike[str] | bool = True,
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
        memory: the translation memory, in which every sentence is looked up before it is
            translated and kept afterwards: a file, True for the one in the user's data folder,
            False for none.  It changes how long a run takes; the dataset only where somebody
            imported translations into it.
        overwrite: replace another dataset that is in the folder.
        progress: called after every batch.

    Returns:
        The dataset, opened.

    Raises:
        InputError: an input does not exist.
        GlossaryError: the glossary of the settings cannot be used.
        ModelNotInstalledError: the settings ask for an engine that is not there at all.
        TranslationMemoryError: the memory cannot be used.
        DatasetExistsError: the folder holds something else.
        DatasetError: the folder cannot be written to.
    """
    settings = settings or Settings()
    names = [inputs] if isinstance(inputs, (str, PathLike)) else list(inputs)
    count = available_cpus() if workers is None else workers
    if count < 1:
        raise SettingsError(f"workers must be at least 1, not {count}")
    if settings.translation.glossary_path:
        load_glossary(settings.translation.glossary_path)  # what is wrong with it is said at once
    packages = choose_packages(settings) if settings.translation.enabled else []
    remembered = _open_memory(memory) if settings.translation.enabled else None
    items = read(names, settings.input)
    furniture = _learn_furniture(names, settings, count) if settings.learn_furniture else {}
    task = partial(
        _run_batch,
        settings=settings,
        packages=packages,
        threads=max(1, available_cpus() // count),
        furniture=furniture,
        memory=remembered,
    )
    with (
        DatasetWriter(
            output,
            settings,
            names,
            models=_model_records(packages),
            derived=_digest_furniture(furniture) | _digest_imported(remembered),
            overwrite=overwrite,
        ) as writer,
        _start_workers(count, task) as run,
    ):
        counter = _Counter(progress)
        for index, shard in enumerate(_cut_shards(items, settings)):
            digest = writer.input_digest(shard)
            if writer.is_done(index, digest):
                counter.skip(writer.manifest, index, shard[-1].source)
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

    def skip(self, manifest: Manifest, index: int, source: str) -> None:
        part = next(part for part in manifest.parts if part.index == index)
        self._tell(part.documents.rows, part.rejects.rows, source)

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


def _cut_batches(items: Iterable[RawDocument | Rejection], size: int) -> Iterator[Batch]:
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch


def _run_batch(  # noqa: PLR0913 -- all but the batch are bound once
    batch: Batch,
    *,
    settings: Settings,
    packages: Sequence[Package],
    threads: int,
    furniture: Furniture,
    memory: Memory | None,
) -> pa.RecordBatch:
    results = process(
        batch, settings, packages=packages, threads=threads, furniture=furniture, memory=memory
    )
    return documents_to_batch(results)


def _learn_furniture(
    names: Sequence[str | PathLike[str]], settings: Settings, count: int
) -> Furniture:
    """A first pass over the inputs, to find the blocks that recur on the pages of a site."""
    if "-" in names:
        raise SettingsError(
            "learn_furniture reads its inputs twice, which standard input does not allow; "
            "write them to a file first"
        )
    task = partial(count_site_blocks, settings=settings)
    batches = _cut_batches(read(names, settings.input), settings.dataset.batch_documents)
    with _start_workers(count, task) as run:
        return learn_furniture(merge_counts(run(batches)))


def _digest_furniture(furniture: Furniture) -> dict[str, str]:
    if not furniture:
        return {}
    content = json.dumps({site: sorted(keys) for site, keys in sorted(furniture.items())})
    return {"furniture": hashlib.blake2b(content.encode(), digest_size=16).hexdigest()}


def _open_memory(memory: str | PathLike[str] | bool) -> Memory | None:  # noqa: FBT001 -- as given
    """The memory, tied to what is imported in it now, so that no worker meets anything else."""
    if memory is False:
        return None
    found = Memory(None if memory is True else memory)
    found.pinned = found.imported_digest()
    return found


def _digest_imported(memory: Memory | None) -> dict[str, str]:
    """What people imported decides on the English as a model does."""
    return {"imported_translations": memory.pinned} if memory and memory.pinned else {}


@contextmanager
def _start_workers(
    count: int, task: Callable[[Batch], Result]
) -> Iterator[Callable[[Iterable[Batch]], Iterator[Result]]]:
    """Something that maps batches to results in order, in this process or in a pool of others.

    Processes are spawned, not forked: a forked copy of a loaded model or thread pool can hang.
    """
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
    task: Callable[[Batch], Result],
    limit: int,
    batches: Iterable[Batch],
) -> Iterator[Result]:
    waiting: deque[Future[Result]] = deque()
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
            recipe=BATCHING,
        )
        for package in packages
    ]
