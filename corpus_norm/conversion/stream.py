"""``stream``: documents as they are done, in order, with nothing written to disk."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any

from corpus_norm.conversion.job import Workers, prepare_job
from corpus_norm.conversion.progress import (
    Counts,
    Progress,
    log_end,
    log_rejects,
    log_start,
    warn_of_nothing,
)
from corpus_norm.conversion.shards import Selection, cut_batches
from corpus_norm.dataset import batch_to_documents, batch_to_rejections
from corpus_norm.dataset.columns import add_columns, extend, log_misfits
from corpus_norm.dataset.schema import RESULTS
from corpus_norm.faults import log
from corpus_norm.guard import collect_seldom
from corpus_norm.pipeline import check_settings
from corpus_norm.values import load_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from os import PathLike
    from typing import Literal

    import pyarrow as pa

    from corpus_norm.document import Document, Rejection
    from corpus_norm.settings import Settings

    Inputs = Sequence[str | PathLike[str]] | str | PathLike[str]


class Stream:
    """Documents as they are done: batches of rows, or objects.

    >>> [document.language for document in Stream("fixtures/seeds/001.txt", memory=False)]
    ['en']

    It can be read once.  ``columns`` are the fields of records that are columns, with their types.

    Args:
        inputs: as for :func:`corpus_norm.convert`, and so are the other arguments.
        settings: what can change the result; the defaults when None.
        workers: processes to work in, "auto", or None for this process alone.
        worker_memory_mb: a worker found larger after a batch is replaced.
        memory: the translation memory: a file, True for the user's own, False for none.
        limit: take only that many documents, the first ones.
        sample: take a fraction of the documents, or a number of them.
        progress: called after every batch.

    Raises:
        InputError: an input does not exist.
        SettingsError: an argument makes no sense.
        ModelNotInstalledError: the engine of the settings is not installed.
    """

    def __init__(  # noqa: PLR0913 -- two say what, the others are only ever named
        self,
        inputs: Inputs,
        settings: Settings | None = None,
        *,
        workers: int | Literal["auto"] | None = None,
        worker_memory_mb: float | None = None,
        memory: str | PathLike[str] | bool = True,
        limit: int | None = None,
        sample: float | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        chosen, selection = Workers.choose(workers, worker_memory_mb), Selection(limit, sample)
        self._job = prepare_job(inputs, check_settings(settings), selection, chosen, memory=memory)
        self._counts = Counts(progress)
        self._boilerplate = self._job.learn_site_boilerplate()
        self.columns, self._items = self._job.settle_columns(None)

    @property
    def schema(self) -> pa.Schema:
        """The schema of the batches: RESULTS, and the fields that are columns."""
        return extend(RESULTS, self.columns)

    @property
    def progress(self) -> Progress:
        """What was done so far."""
        return self._counts.state

    def is_empty(self) -> bool:
        """Whether there is nothing to process; reads up to the first document."""
        first = next(self._items, None)
        if first is not None:
            self._items = chain([first], self._items)
        return first is None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows of RESULTS with the columns of fields, a batch at a time, in order."""
        settings = self._job.settings
        task = self._job.make_task(self._boilerplate)
        if self.is_empty():
            warn_of_nothing()
        misfits: Counter[str] = Counter()
        log_start(self._job)
        with collect_seldom(), self._job.start_workers() as run:
            for outcome in run(task, cut_batches(self._items, settings)):
                self._counts.spend(outcome.seconds)
                for fault in outcome.faults:
                    log(fault)
                log_rejects(outcome.result)
                yield self._counts.pass_on(add_columns(outcome.result, self.columns, misfits))
        log_misfits(misfits, self.columns)
        log_end(self.progress)

    def __iter__(self) -> Iterator[Document | Rejection]:
        for batch in self.batches():
            documents, rejections = (
                iter(batch_to_documents(batch)),
                iter(batch_to_rejections(batch)),
            )
            for is_kept in batch.column("rejection").is_null().to_pylist():
                yield next(documents) if is_kept else next(rejections)

    def to_dict(self, item: Document | Rejection) -> dict[str, Any]:
        """Return an item as plain values, with the fields that are columns beside the others."""
        return {**item.to_dict(), **_pick(item.extra, self.columns)}


def _pick(extra: str | None, columns: Mapping[str, str]) -> dict[str, Any]:
    if not columns:
        return {}
    given = load_fields(extra)
    return {name: given.get(name) for name in columns}
