"""What a batch tells while it is worked on: which document, which stage, how long each took.

Clocks are for the progress view and for time limits; nothing they say reaches the dataset.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from corpus_norm.alarm import call_within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from corpus_norm.faults import Fault

Result = TypeVar("Result")


class StageTimer:
    """Seconds spent by stage, and the faults of the program that were met.

    A worker process has one that also shows its parent where it is, so that a document that
    hangs can be told from the others (:mod:`corpus_norm.conversion.worker`).

    >>> watch = StageTimer()
    >>> watch.begin(0)
    >>> with watch.stage("decode"):
    ...     pass
    >>> list(watch.seconds)
    ['decode']
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.faults: list[Fault] = []

    def begin(self, index: int | None, documents: int = 1) -> None:
        """Work begins on the document of that index; on so many at once without an index."""

    def within(self, documents: int, function: Callable[[], Result]) -> Result:  # noqa: ARG002
        """What a function returns; some watches give it the time of so many documents."""
        return function()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time until the end of the block to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


class LocalWatch(StageTimer):
    """A watch that ends what takes too long, in the process that works on it.

    >>> LocalWatch(0.05).within(1, lambda: time.sleep(60))
    Traceback (most recent call last):
    corpus_norm.alarm.TimeUp
    """

    def __init__(self, time_limit_s: float) -> None:
        super().__init__()
        self._limit = time_limit_s

    def within(self, documents: int, function: Callable[[], Result]) -> Result:
        """What a function returns.

        Raises:
            TimeUp: it takes longer than so many documents may.
        """
        return call_within(self._limit * max(documents, 1), function)
