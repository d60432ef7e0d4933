"""Garbage collection while a corpus is converted: seldom.

Python looks for reference cycles whenever a few hundred objects more are alive, and a batch of
documents makes hundreds of thousands, none of them in a cycle: on HTML, a quarter of the time would
go into looking at them.
"""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

THRESHOLDS = (50_000, 20, 100)


@contextmanager
def collect_seldom() -> Iterator[None]:
    """Look for cycles less often, and not among what is there already, until the block ends.

    Blocks may lie in one another and run in several threads: the first to begin changes how the
    process collects, the last to end puts it back as it was found.

    >>> before = gc.get_threshold()
    >>> with collect_seldom():
    ...     gc.get_threshold() == THRESHOLDS
    True
    >>> gc.get_threshold() == before
    True
    """
    _OF_THE_PROCESS.begin()
    try:
        yield
    finally:
        _OF_THE_PROCESS.end()


class _Collector:
    """The collector of this process, which all its threads have in common."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a finalizer that is collected may begin a block itself
        self._blocks = 0
        self._thresholds = THRESHOLDS
        self._freezes = False

    def begin(self) -> None:
        with self._lock:
            self._blocks += 1
            if self._blocks > 1:
                return
            self._thresholds = gc.get_threshold()
            # What somebody froze could not be told from ours, and would be thawed with it.
            self._freezes = gc.get_freeze_count() == 0
            try:
                gc.collect()
                if self._freezes:
                    gc.freeze()
                gc.set_threshold(*THRESHOLDS)
            except BaseException:  # Ctrl-C while it collects
                self.end()
                raise

    def end(self) -> None:
        with self._lock:
            self._blocks -= 1
            if self._blocks:
                return
            gc.set_threshold(*self._thresholds)
            if self._freezes:
                gc.unfreeze()


_OF_THE_PROCESS = _Collector()
