"""Garbage collection while a corpus is converted: seldom.

Python looks for reference cycles whenever a few hundred objects more are alive, and a batch of
documents makes hundreds of thousands, none of them in a cycle: on HTML, a quarter of the time would
go into looking at them.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

THRESHOLDS = (50_000, 20, 100)


@contextmanager
def collect_seldom() -> Iterator[None]:
    """Look for cycles less often, and not among what is there already, until the block ends.

    >>> before = gc.get_threshold()
    >>> with collect_seldom():
    ...     gc.get_threshold() == THRESHOLDS
    True
    >>> gc.get_threshold() == before
    True
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
