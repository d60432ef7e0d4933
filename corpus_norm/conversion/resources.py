"""What this machine, or the container it runs in, has to give."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from corpus_norm.pipeline import available_cpus

WORKER_BYTES = 1_200_000_000  # room for two translation models; benchmarks/scale.py saw 0.3 without
SHARE = 0.8  # of the memory, for all workers together
_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def choose_workers() -> int:
    """One worker for each CPU, as far as there is memory for them; at least one."""
    return max(1, min(available_cpus(), int(SHARE * total_memory() / WORKER_BYTES)))


def share_memory(workers: int) -> float:
    """How many bytes each of so many workers may use."""
    return SHARE * total_memory() / workers


def total_memory() -> float:
    """Bytes of memory of the machine or of the container, whichever is less.

    >>> total_memory() > 100_000_000
    True
    """
    found = [float("inf")]
    with contextlib.suppress(AttributeError, OSError, ValueError):  # Windows has no sysconf
        found.append(float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))
    for limit in _CGROUP_LIMITS:
        with contextlib.suppress(OSError, ValueError):  # "max" is no number: no limit
            found.append(float(Path(limit).read_text("ascii")))
    return min(found)
