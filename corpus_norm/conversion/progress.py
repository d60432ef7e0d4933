"""Progress of a conversion: how many documents there are, and how many are done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from corpus_norm.document import Rejection
from corpus_norm.errors import SettingsError
from corpus_norm.sources.files import STANDARD_INPUT, resolve_inputs
from corpus_norm.sources.formats import Container, detect_format
from corpus_norm.sources.walk import find_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike

    import pyarrow as pa

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
        SettingsError: the callback is no function.
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
