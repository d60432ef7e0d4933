"""Progress of a conversion: how many documents there are and are done, and the log of it.

The log has start, parts, rejects and end, at the level INFO.  Each record has its facts as
``event`` too, for handlers that write JSON.  Without a handler for this level nothing is made.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus_norm.document import Rejection
from corpus_norm.errors import SettingsError
from corpus_norm.faults import logger
from corpus_norm.sources.formats import Container, detect_format
from corpus_norm.sources.walk import STANDARD_INPUT, find_files, resolve_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike

    import pyarrow as pa

    from corpus_norm.conversion.job import Job
    from corpus_norm.dataset import Part


def count_documents(inputs: Sequence[str | PathLike[str]]) -> int | None:
    """Count the documents of the inputs; None if a file may hold any number of them.

    >>> count_documents(["fixtures/seeds"])
    5

    Raises:
        InputError: an input does not exist.
    """
    if STANDARD_INPUT in inputs:
        return None
    count = 0
    for entry in find_files(resolve_inputs(inputs), lambda _name: None):
        if not isinstance(entry, Rejection):
            form = detect_format(entry.path)
            if form is None or form.container is not Container.DOCUMENT:
                return None
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Progress:
    """The rows so far, and the time spent on each stage.

    Attributes:
        documents: documents so far.
        rejects: rejected ones so far.
        source: the source of the last one.
        taken_over: how many of all these come from an earlier run.
        seconds: working time by stage, of all workers together.
    """

    documents: int
    rejects: int
    source: str
    taken_over: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Documents and rejects."""
        return self.documents + self.rejects

    @property
    def shares(self) -> dict[str, float]:
        """The share of each stage in the working time, from 0 to 1.

        >>> Progress(1, 0, "a.txt", seconds={"decode": 1.0, "translate": 3.0}).shares
        {'decode': 0.25, 'translate': 0.75}
        """
        whole = sum(self.seconds.values())
        return {stage: spent / whole for stage, spent in self.seconds.items()} if whole else {}


class Counts:
    """A counter of the rows that pass, which calls the caller back.

    Raises:
        SettingsError: the callback is not a function.
    """

    def __init__(self, callback: Callable[[Progress], None] | None) -> None:
        if callback is not None and not callable(callback):
            raise SettingsError(f"progress must be a function or None, not {callback!r:.60}")
        self._callback = callback
        self._documents = self._rejects = self._taken_over = 0
        self._seconds: Counter[str] = Counter()
        self._source = ""

    def spend(self, seconds: Mapping[str, float]) -> None:
        """Add working time by stage."""
        self._seconds.update(seconds)

    def pass_on(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Count the rows of a batch of RESULTS."""
        kept = batch.column("rejection").null_count
        self._source = batch.column("source")[-1].as_py() if batch.num_rows else self._source
        self._add(kept, batch.num_rows - kept)
        return batch

    def take_over(self, rows: int) -> None:
        """Count rows that an earlier run made; they pass as well."""
        self._taken_over += rows

    def skip(self, part: Part) -> None:
        """Count the rows of a part that an earlier run made."""
        self._taken_over += part.documents.rows + part.rejects.rows
        self._add(part.documents.rows, part.rejects.rows)

    @property
    def state(self) -> Progress:
        """The rows so far."""
        rows = (self._documents, self._rejects, self._source, self._taken_over)
        return Progress(*rows, dict(self._seconds))

    def _add(self, documents: int, rejects: int) -> None:
        self._documents += documents
        self._rejects += rejects
        if self._callback is not None:
            self._callback(self.state)


def log_start(job: Job) -> None:
    """Log the settings, models and workers of a run."""
    digest = job.settings.digest()
    models = [f"{model.name} {model.version}".strip() for model in job.models]
    workers = job.workers.count
    logger.info(
        "start: settings %s, models: %s, %s",
        digest,
        ", ".join(models) or "none",
        f"{workers} worker(s)" if workers else "in this process",
        extra={
            "event": {"what": "start", "settings": digest, "models": models, "workers": workers}
        },
    )


def log_part(part: Part, *, is_kept: bool) -> None:
    """Log a part that was written, or kept from an earlier run."""
    documents, rejects = part.documents.rows, part.rejects.rows
    logger.info(
        "part %d %s: %s documents, %s rejects",
        part.index,
        "kept" if is_kept else "written",
        f"{documents:,}",
        f"{rejects:,}",
        extra={
            "event": {
                "what": "part",
                "part": part.index,
                "kept": is_kept,
                "documents": documents,
                "rejects": rejects,
            }
        },
    )


def log_rejects(batch: pa.RecordBatch) -> None:
    """Log the rejects among rows of RESULTS."""
    if not logger.isEnabledFor(logging.INFO):
        return
    names = ("source", "record", "source_id", "rejection")
    for row in batch.select(list(names)).to_pylist():
        why = row.pop("rejection")
        if why is not None:
            facts = {**row, **{name: why[name] for name in ("stage", "error", "message")}}
            place = f"{row['source']} record {row['record']}" if row["record"] else row["source"]
            logger.info(
                "rejected %s in %s: %s: %s",
                place,
                why["stage"],
                why["error"],
                why["message"],
                extra={"event": {"what": "reject", **facts}},
            )


def warn_of_nothing() -> None:
    """Warn that the inputs hold no documents."""
    logger.warning("the inputs hold no documents; check their names and their types")


def log_end(state: Progress) -> None:
    """Log the counts of a run, and the seconds of its stages."""
    seconds = {stage: round(spent, 3) for stage, spent in state.seconds.items()}
    logger.info(
        "end: %s documents, %s rejects, %s kept from before; seconds: %s",
        f"{state.documents:,}",
        f"{state.rejects:,}",
        f"{state.taken_over:,}",
        ", ".join(f"{stage} {spent:.1f}" for stage, spent in seconds.items()) or "none",
        extra={
            "event": {
                "what": "end",
                "documents": state.documents,
                "rejects": state.rejects,
                "kept": state.taken_over,
                "seconds": seconds,
            }
        },
    )
