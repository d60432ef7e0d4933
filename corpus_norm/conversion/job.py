"""A conversion: its inputs, models, memory and workers, and the work on a batch."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from corpus_norm.boilerplate import choose_pages, learn_site_boilerplate, merge_counts
from corpus_norm.boilerplate.sites import SURE_PAGES
from corpus_norm.conversion.pool import (
    WORKER_BYTES,
    Limits,
    Pool,
    choose_workers,
    share_memory,
)
from corpus_norm.conversion.shards import cut_batches
from corpus_norm.conversion.worker import Outcome, convert_batch, count_batch
from corpus_norm.dataset import ModelRecord
from corpus_norm.dataset.columns import INFERRED_FROM, settle_columns
from corpus_norm.dataset.manifest import MANIFEST_NAME, read_manifest
from corpus_norm.errors import InputError, SettingsError
from corpus_norm.faults import logger
from corpus_norm.guard import LimitedTimer, StageTimer
from corpus_norm.pipeline import KEPT_PAGES, Context, available_cpus
from corpus_norm.sources import Fence, read
from corpus_norm.sources.fields import FieldReader
from corpus_norm.sources.formats import detect_format
from corpus_norm.sources.walk import STANDARD_INPUT, list_names, make_source
from corpus_norm.translation.engines.argos import BATCHING
from corpus_norm.translation.engines.llm import ALONE, check_models
from corpus_norm.translation.engines.routes import LANGUAGE_MODEL_ENGINES, choose_packages
from corpus_norm.translation.glossary import load_glossary
from corpus_norm.translation.memory.cached_engine import open_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from os import PathLike
    from typing import Literal

    import pyarrow as pa

    from corpus_norm.boilerplate import SiteBoilerplate
    from corpus_norm.conversion.shards import Selection
    from corpus_norm.conversion.worker import Batch
    from corpus_norm.document import RawDocument, Rejection
    from corpus_norm.settings import Settings
    from corpus_norm.translation import Package
    from corpus_norm.translation.engines.llm import ModelFile
    from corpus_norm.translation.memory import Memory
    from corpus_norm.translation.memory.cached_engine import OptionalMemory

    Items = Iterator[RawDocument | Rejection]

Result = TypeVar("Result")
_FIRST_BYTES = 64 * 1024 * 1024
_ENDINGS_SHOWN = 6
_MANY_WORKERS = 3  # of which a page seldom goes to the same one twice


class Run(Protocol):
    """A function that maps batches to outcomes by a task, in order."""

    def __call__(  # noqa: D102
        self, task: Callable[[Batch, StageTimer], Result], batches: Iterable[Batch]
    ) -> Iterator[Outcome[Result]]: ...


@dataclass(frozen=True, slots=True)
class Workers:
    """The number of worker processes (0: this process alone) and the memory of each."""

    count: int
    memory_bytes: float

    @classmethod
    def choose(cls, wanted: int | Literal["auto"] | None, memory_mb: float | None) -> Workers:
        """Check the number; divide the memory among the workers if none is given.

        Raises:
            SettingsError: a number makes no sense.
        """
        count = choose_workers() if wanted == "auto" else 0 if wanted is None else wanted
        is_number = isinstance(count, int) and not isinstance(count, bool)
        if not is_number or (wanted is not None and count < 1):
            raise SettingsError(f"workers must be at least 1, or 'auto', not {wanted!r}")
        if memory_mb is not None and not memory_mb > 0:
            raise SettingsError(f"the memory of a worker must be more than 0 MB, not {memory_mb}")
        return cls(count, memory_mb * 1e6 if memory_mb else share_memory(max(count, 1)))

    @property
    def threads(self) -> int:
        """CPU threads for the translation model of each worker."""
        return max(1, available_cpus() // max(self.count, 1))


@dataclass(frozen=True, slots=True)
class Job:
    """A conversion: what it reads, and the resources it works with.

    Attributes:
        names: the inputs, as given.
        settings: what can change the result.
        selection: which of the documents to take.
        workers: how many processes there are, and how large each may grow.
        packages: the translation packages.
        language_models: the language model, if one translates.
        memory: the translation memory, if any.
        fence: keeps the output and other datasets out of the inputs.
        fields: reads the fields of records, and tells once which it took without settings.
    """

    names: Sequence[str | PathLike[str]]
    settings: Settings
    selection: Selection
    workers: Workers
    packages: Sequence[Package]
    language_models: Sequence[ModelFile]
    memory: Memory | OptionalMemory | None
    fence: Fence
    fields: FieldReader

    def settle_columns(self, output: str | PathLike[str] | None) -> tuple[dict[str, str], Items]:
        """Return the fields to make columns of, with their types; and the selected documents.

        A dataset that is in the folder already decides the types.
        """
        wanted, items = self.settings.input.keep, self.read()
        if not wanted:
            return {}, items
        if output is not None and (Path(output) / MANIFEST_NAME).exists():
            found = read_manifest(Path(output))
            if tuple(found.settings.get("input", {}).get("keep", ())) == wanted:
                return dict(found.columns), items
        first = list(_take_first(items))
        extras = (cast("str | None", item.extra) for item in first)
        return settle_columns(wanted, extras, self.fields.types), chain(first, items)

    def read(self) -> Iterator[RawDocument | Rejection]:
        """Read the selected documents, in order.

        Raises:
            InputError: no input is named.
        """
        if not self.names:
            raise InputError("there are no inputs; give files, folders, patterns or URIs")
        return self.selection.select(self._read_all)

    def _read_all(self) -> Iterator[RawDocument | Rejection]:
        skipped = Counter[str]()
        yield from read(
            self.names,
            self.settings.input,
            on_skip=partial(_count_type, skipped),
            fence=self.fence,
            fields=self.fields,
        )
        if skipped:
            self.fields.tell_once("skipped", describe_skipped(skipped))

    def learn_site_boilerplate(
        self,
        output: str | PathLike[str] | None = None,
        *,
        update: bool = False,
        run: Run | None = None,
        keeps: bool = False,
    ) -> SiteBoilerplate:
        """Find blocks that recur on the pages of a site, where a site has enough pages.

        The workers of ``run`` count them, or others.  Those that convert the pages afterwards keep
        what they read (``keeps``), unless they have little memory or a page would seldom go to the
        same one.  An ``update`` of a dataset keeps what earlier runs found, so that their rows
        stay as they are, and learns about the sites that have enough pages by now.  Standard input
        cannot be read ahead, so nothing is learned from it.
        """
        if not self.settings.learn_site_boilerplate:
            return {}
        if STANDARD_INPUT in self.names:
            logger.info("site boilerplate is not learned from standard input")
            return {}
        known: SiteBoilerplate = {}
        if update and output is not None and (Path(output) / MANIFEST_NAME).exists():
            earlier = read_manifest(Path(output)).site_boilerplate
            known = {site: frozenset(digests) for site, digests in earlier.items()}
        chosen = choose_pages(self.read(), known)
        if not chosen:
            return known
        is_roomy = self.workers.memory_bytes >= WORKER_BYTES
        keeps = keeps and is_roomy and self.workers.count < _MANY_WORKERS
        task = partial(count_batch, settings=self.settings, keeps=keeps)
        pages = (item for item in self.read() if (item.source, item.record) in chosen)
        with nullcontext(run) if run else self.start_workers() as work:
            outcomes = work(task, cut_batches(pages, self.settings))
            counts = merge_counts(outcome.result for outcome in outcomes)
        return learn_site_boilerplate(counts, SURE_PAGES) | known

    def digest_derived(self, site_boilerplate: SiteBoilerplate) -> dict[str, str]:
        """Return digests of what shapes the dataset beside settings and models."""
        found = {}
        if site_boilerplate:
            named = {site: sorted(keys) for site, keys in sorted(site_boilerplate.items())}
            content = json.dumps(named).encode()
            found["site_boilerplate"] = hashlib.blake2b(content, digest_size=16).hexdigest()
        if self.memory and self.memory.pinned:
            # Imported translations shape the English as a model does.
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

    def make_task(
        self, site_boilerplate: SiteBoilerplate
    ) -> Callable[[Batch, StageTimer], pa.RecordBatch]:
        """Return the function that turns a batch into rows; it can be sent to another process."""
        context = Context(
            self.settings, self.packages, self.workers.threads, site_boilerplate, self.memory
        )
        return partial(convert_batch, context=context)

    @contextmanager
    def start_workers(self) -> Iterator[Run]:
        """Start workers; yield a function that maps batches to outcomes by a task, in order."""
        if not self.workers.count:
            try:
                yield partial(_run_here, self.settings.time_limit_s)
            finally:
                KEPT_PAGES.clear()
            return
        limits = Limits(self.settings.time_limit_s, self.workers.memory_bytes)
        keep = self.settings.dataset.reject_bytes
        with Pool[Any](self.workers.count, None, limits, keep) as pool:
            yield pool.run


def prepare_job(  # noqa: PLR0913 -- two say what, the others are only ever named
    inputs: Sequence[str | PathLike[str]] | str | PathLike[str],
    settings: Settings,
    selection: Selection,
    workers: Workers,
    *,
    memory: str | PathLike[str] | bool = True,
    output: str | PathLike[str] | None = None,
) -> Job:
    """Check everything a conversion needs, and open what it works with.

    Raises:
        InputError: an input does not exist.
        SettingsError: arguments exclude each other.
        GlossaryError: the glossary cannot be used.
        ModelNotInstalledError: the engine of the settings is not installed.
        TranslationMemoryError: the memory cannot be used.
    """
    names = list_names(inputs)
    if settings.translation.glossary_path:
        load_glossary(settings.translation.glossary_path)  # raises if it cannot be used
    translates = settings.translation.enabled
    by_llm = translates and settings.translation.engine in LANGUAGE_MODEL_ENGINES
    job = Job(
        names,
        settings,
        selection,
        workers,
        packages=choose_packages(settings) if translates else [],
        language_models=check_models(settings.translation) if by_llm else [],
        memory=open_memory(memory) if translates else None,
        fence=Fence(output, _log_omitted),
        fields=FieldReader(settings.input, charset=settings.charset),
    )
    if STANDARD_INPUT in names and selection.reads_twice:
        raise SettingsError(
            "a sample of a fixed number reads its inputs twice, which standard input does not "
            "allow; write them to a file first"
        )
    read(names, settings.input, fence=job.fence)  # raises if an input is missing; reads nothing
    return job


def _take_first(items: Items) -> Iterator[RawDocument | Rejection]:
    """Yield the first documents, as many as decide the types of columns and fit into memory."""
    size = 0
    for item in islice(items, INFERRED_FROM):
        yield item
        size += item.size
        if size > _FIRST_BYTES:
            return


def _count_type(skipped: Counter[str], name: str) -> None:
    """Count a file by the ending that says that it holds no documents."""
    if detect_format(name) is None and not Path(name).is_dir():
        skipped[PurePosixPath(name).suffix.lower()] += 1


def describe_skipped(skipped: Counter[str]) -> str:
    """Return what to tell of the files that were skipped, counted by their endings.

    >>> describe_skipped(Counter({".pdf": 2, "": 1}))
    '3 files of other types were skipped: .pdf 2, no ending 1; to read one of them, name it'
    """
    shown = skipped.most_common(_ENDINGS_SHOWN)
    named = [f"{ending or 'no ending'} {count:,}" for ending, count in shown]
    more = ["…"] if len(skipped) > len(shown) else []
    number = skipped.total()
    files = "1 file of another type was" if number == 1 else f"{number:,} files of other types were"
    return f"{files} skipped: {', '.join(named + more)}; to read one of them, name it"


def _log_omitted(name: str, reason: str) -> None:
    logger.warning("%s is left out of the inputs: %s", make_source(name), reason)


def _run_here(
    time_limit_s: float, task: Callable[[Batch, StageTimer], Result], batches: Iterable[Batch]
) -> Iterator[Outcome[Result]]:
    for batch in batches:
        timer = LimitedTimer(time_limit_s)
        yield Outcome(task(batch, timer), timer.seconds, faults=timer.faults)
