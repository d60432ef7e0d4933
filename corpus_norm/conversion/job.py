"""One conversion: what is read, with which models, and how a batch of it is worked on."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from os import PathLike
from typing import TYPE_CHECKING, TypeVar

from corpus_norm.boilerplate import learn_furniture, merge_counts
from corpus_norm.conversion.pool import Limits, Pool, choose_workers, share_memory
from corpus_norm.conversion.shards import cut_batches
from corpus_norm.conversion.worker import Outcome
from corpus_norm.dataset import ModelRecord, documents_to_batch
from corpus_norm.errors import SettingsError, TranslationMemoryError
from corpus_norm.faults import logger
from corpus_norm.guard import write_guarded
from corpus_norm.pipeline import available_cpus, count_site_blocks, process
from corpus_norm.sources import Fence, read
from corpus_norm.sources.files import make_source
from corpus_norm.stage_timer import LocalWatch, StageTimer
from corpus_norm.translation.engines.argos import BATCHING
from corpus_norm.translation.engines.llm import ALONE, check_files
from corpus_norm.translation.engines.routes import choose_packages
from corpus_norm.translation.glossary import load_glossary
from corpus_norm.translation.memory import Memory
from corpus_norm.translation.memory.cached_engine import OptionalMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Literal

    import pyarrow as pa

    from corpus_norm.boilerplate import Furniture, SiteCounts
    from corpus_norm.conversion.shards import Selection
    from corpus_norm.conversion.worker import Batch
    from corpus_norm.document import RawDocument, Rejection
    from corpus_norm.settings import Settings
    from corpus_norm.translation import Package
    from corpus_norm.translation.memory.cached_engine import MemoryLike

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Workers:
    """Processes: how many (0: this one and no other), and how large each may grow."""

    count: int
    memory_bytes: float

    @classmethod
    def choose(cls, wanted: int | Literal["auto"] | None, memory_mb: float | None) -> Workers:
        """The number asked for, checked; memory is shared out among them when not given.

        Raises:
            SettingsError: a number makes no sense.
        """
        count = choose_workers() if wanted == "auto" else 0 if wanted is None else wanted
        if not isinstance(count, int) or (wanted is not None and count < 1):
            raise SettingsError(f"workers must be at least 1, or 'auto', not {wanted!r}")
        if memory_mb is not None and not memory_mb > 0:
            raise SettingsError(f"the memory of a worker must be more than 0 MB, not {memory_mb}")
        return cls(count, memory_mb * 1e6 if memory_mb else share_memory(max(count, 1)))

    @property
    def threads(self) -> int:
        """CPU threads for the translation model of each."""
        return max(1, available_cpus() // max(self.count, 1))


class Job:
    """What a conversion works on, and the means for it."""

    def __init__(  # noqa: PLR0913 -- two say what, the others are only ever named
        self,
        inputs: Sequence[str | PathLike[str]] | str | PathLike[str],
        settings: Settings,
        selection: Selection,
        workers: Workers,
        *,
        memory: str | PathLike[str] | bool = True,
        output: str | PathLike[str] | None = None,
    ) -> None:
        self._fence = Fence(output, _tell_omitted)
        self.names = [inputs] if isinstance(inputs, (str, PathLike)) else list(inputs)
        self.settings = settings
        self.selection = selection
        self.workers = workers
        if settings.translation.glossary_path:
            load_glossary(settings.translation.glossary_path)  # what is wrong is said at once
        translates = settings.translation.enabled
        self.packages: list[Package] = choose_packages(settings) if translates else []
        by_llm = translates and settings.translation.engine == "llm"
        self.language_models = check_files(settings.translation) if by_llm else []
        self.memory = _open_memory(memory) if translates else None
        if "-" in self.names and (settings.learn_furniture or selection.reads_twice):
            what = "learn_furniture" if settings.learn_furniture else "a sample of so many"
            raise SettingsError(
                f"{what} reads its inputs twice, which standard input does not allow; "
                "write them to a file first"
            )
        self._read()  # an input that does not exist is said before all else

    def read(self) -> Iterator[RawDocument | Rejection]:
        """The documents asked for, in order."""
        return self.selection.select(self._read)

    def _read(self) -> Iterator[RawDocument | Rejection]:
        return read(self.names, self.settings.input, fence=self._fence)

    @cached_property
    def furniture(self) -> Furniture:
        """Blocks that recur on the pages of a site; found in a first pass over the inputs."""
        if not self.settings.learn_furniture:
            return {}
        task = partial(_count_batch, settings=self.settings)
        batches = cut_batches(self.read(), self.settings.dataset)
        with self.start_workers(task) as run:
            return learn_furniture(merge_counts(outcome.result for outcome in run(batches)))

    @property
    def derived(self) -> dict[str, str]:
        """Digests, for the manifest, of what decides on the dataset beside settings and models."""
        found = {}
        if self.furniture:
            named = {site: sorted(keys) for site, keys in sorted(self.furniture.items())}
            content = json.dumps(named).encode()
            found["furniture"] = hashlib.blake2b(content, digest_size=16).hexdigest()
        if self.memory and self.memory.pinned:
            # What people imported decides on the English as a model does.
            found["imported_translations"] = self.memory.pinned
        return found

    @property
    def models(self) -> list[ModelRecord]:
        """The models for the manifest."""
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
            for package in self.packages
        ] + [
            ModelRecord(file.name, "", "en", "", file.digest, file.licence, recipe=ALONE)
            for file in self.language_models
        ]

    @property
    def task(self) -> Callable[[Batch, StageTimer], pa.RecordBatch]:
        """What is done with a batch, as a function that can be sent to another process."""
        return partial(
            convert_batch,
            settings=self.settings,
            packages=self.packages,
            threads=self.workers.threads,
            furniture=self.furniture,
            memory=self.memory,
        )

    @contextmanager
    def start_workers(
        self, task: Callable[[Batch, StageTimer], Result]
    ) -> Iterator[Callable[[Iterable[Batch]], Iterator[Outcome[Result]]]]:
        """Something that maps batches to outcomes in order, here or in worker processes."""
        if not self.workers.count:
            yield partial(map, partial(_run_here, task, self.settings.time_limit_s))
            return
        limits = Limits(self.settings.time_limit_s, self.workers.memory_bytes)
        keep = self.settings.dataset.reject_bytes
        with Pool(self.workers.count, task, limits, keep) as pool:
            yield pool.map


def convert_batch(  # noqa: PLR0913 (one says what, the others are only ever named)
    batch: Batch,
    watch: StageTimer,
    *,
    settings: Settings,
    packages: Sequence[Package],
    threads: int,
    furniture: Furniture,
    memory: MemoryLike | None,
) -> pa.RecordBatch:
    """All stages on a batch of documents, to rows of RESULTS."""
    results = process(
        batch,
        settings,
        packages=packages,
        threads=threads,
        furniture=furniture,
        memory=memory,
        watch=watch,
    )
    return write_guarded(documents_to_batch, results, watch.faults)


def _tell_omitted(name: str, reason: str) -> None:
    logger.warning("%s is left out of the inputs: %s", make_source(name), reason)


def _open_memory(
    memory: str | PathLike[str] | bool,  # noqa: FBT001 -- as given
) -> Memory | OptionalMemory | None:
    """The memory, tied to what is imported in it now, so that no worker meets anything else.

    That of the user is a help, not a condition: where it cannot be used there is none.
    """
    if memory is False:
        return None
    if memory is not True:
        chosen = Memory(memory)
        chosen.pinned = chosen.imported_digest()
        return chosen
    found = Memory()
    try:
        found.pinned = found.imported_digest()
    except TranslationMemoryError as error:
        logger.warning("going on without it: %s", error)
        return None
    if not found.pinned and (why := found.find_obstacle()):
        logger.warning(
            "going on without a translation memory: %s cannot be written (%s); --memory FILE "
            "names another",
            found.path,
            why,
        )
        return None
    return OptionalMemory(found)


def _run_here(
    task: Callable[[Batch, StageTimer], Result], time_limit_s: float, batch: Batch
) -> Outcome[Result]:
    watch = LocalWatch(time_limit_s)
    return Outcome(task(batch, watch), watch.seconds, faults=watch.faults)


def _count_batch(batch: Batch, watch: StageTimer, settings: Settings) -> dict[str, SiteCounts]:
    return count_site_blocks(batch, settings, watch)
