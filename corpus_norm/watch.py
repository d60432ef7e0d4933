"""What a batch tells while it is worked on: which document, which stage, how long each took.

Clocks are for the progress view and for time limits; nothing they say reaches the dataset.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Watch:
    """Seconds spent by stage.

    A worker process has one that also shows its parent where it is, so that a document that
    hangs can be told from the others (:mod:`corpus_norm.conversion.worker`).

    >>> watch = Watch()
    >>> watch.begin(0)
    >>> with watch.stage("decode"):
    ...     pass
    >>> list(watch.seconds)
    ['decode']
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def begin(self, index: int | None, documents: int = 1) -> None:
        """Work begins on the document of that index; on so many at once without an index."""

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time until the end of the block to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
