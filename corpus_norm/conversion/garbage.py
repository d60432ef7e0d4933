"""Less garbage collection while a corpus is converted.

Python looks for reference cycles whenever a few hundred more objects are alive.  A batch of
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
    """Look for cycles less often until the block ends.

    Blocks may be nested and may run in several threads: the first to begin changes the thresholds
    of the process, the last to end restores them.

    >>> before = gc.get_threshold()
    >>> with collect_seldom():
    ...     gc.get_threshold() == THRESHOLDS
    True
    >>> gc.get_threshold() == before
    True
    """
    _THRESHOLDS_OF_PROCESS.raise_them()
    try:
        yield
    finally:
        _THRESHOLDS_OF_PROCESS.restore()


def freeze() -> None:
    """Exclude all objects that exist now from collection, for good.

    This is for worker processes, whose modules and models stay as long as they do; a process of
    the caller's is never frozen.
    """
    gc.collect()
    gc.freeze()


class _Thresholds:
    """The thresholds of this process, which all its threads share."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a finalizer that is collected may begin a block itself
        self._blocks = 0
        self._before = THRESHOLDS

    def raise_them(self) -> None:
        with self._lock:
            self._blocks += 1
            if self._blocks == 1:
                self._before = gc.get_threshold()
                gc.set_threshold(*THRESHOLDS)

    def restore(self) -> None:
        with self._lock:
            self._blocks -= 1
            if not self._blocks:
                gc.set_threshold(*self._before)


_THRESHOLDS_OF_PROCESS = _Thresholds()
