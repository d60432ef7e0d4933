"""Tests of growth: more text may take more work, but not out of proportion.

Work is compared with itself, never with a clock on the wall.  A process is disturbed now and then
(a collection of garbage, another process, a cold cache), which only ever adds time, so the least of
several rounds is what counts, and a test fails only if every round is out of proportion.
"""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call, without the garbage collector, whose work depends on other tests."""
    collects = gc.isenabled()
    gc.disable()
    start = time.process_time()
    try:
        work()
        return time.process_time() - start
    finally:
        if collects:
            gc.enable()


def least_cpu_seconds(work: Callable[[], object], enough: float) -> float:
    """The least CPU seconds of some rounds; no further round once one took less than enough."""
    least = float("inf")
    for _ in range(ROUNDS):
        least = min(least, cpu_seconds(work))
        if least < enough:
            break
    return least


def grows_evenly(
    measure: Callable[[int], float],
    small: int,
    large: int,
    *,
    most_growth: float,
    negligible_s: float,
) -> bool:
    """Whether the large size takes less than `most_growth` times the work of the small one.

    Work of less than `negligible_s` seconds is always fine.
    """
    less = more = float("inf")
    for _ in range(ROUNDS):
        less = min(less, measure(small))
        more = min(more, measure(large))
        if more < max(most_growth * less, negligible_s):
            return True
    return False
