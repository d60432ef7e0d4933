"""What a command takes while it runs: time, CPU time and memory of all its processes."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Sequence

GLANCE_S = 0.25
SERVANTS = {"raylet", "gcs_server"}  # Ray's own; they map the memory that its workers share
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command printed and what it took; ``worker_bytes`` is the peak of the largest worker.

    ``parent_bytes`` is the peak of the command's own process.
    """

    output: str
    seconds: float
    cpu_seconds: float
    worker_bytes: int
    parent_bytes: int


def run_watched(command: Sequence[str]) -> Usage:
    """Run a command to its end, and look at its processes all the while.

    >>> usage = run_watched([sys.executable, "-c", "print(sum(range(3_000_000)))"])
    >>> usage.output, usage.cpu_seconds > 0, usage.worker_bytes
    ('4499998500000', True, 0)

    Ends the program, with what the command said, if it failed.
    """
    start, before = time.perf_counter(), _cpu_of_the_reaped()
    process = subprocess.Popen(  # noqa: S603 -- benchmarks start themselves and their peers
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    family = _Family(psutil.Process(process.pid))
    while True:
        family.look()
        with contextlib.suppress(subprocess.TimeoutExpired):
            output, errors = process.communicate(timeout=GLANCE_S)
            break
    if process.returncode:
        sys.exit(f"{' '.join(command)}\nended with exit code {process.returncode}\n{errors}")
    # Either count may miss something: the one a process's last moments, the other whoever was not
    # waited for by its parent.
    cpu = max(family.cpu_seconds, _cpu_of_the_reaped() - before)
    seconds = time.perf_counter() - start
    return Usage(output.strip(), seconds, cpu, family.worker_bytes, family.parent_bytes)


@dataclass(slots=True)
class _Family:
    """A process and all that descend from it, as they were last seen."""

    parent: psutil.Process
    cpu: dict[psutil.Process, float] = field(default_factory=dict)
    worker_bytes: int = 0
    parent_bytes: int = 0

    @property
    def cpu_seconds(self) -> float:
        return sum(self.cpu.values())

    def look(self) -> None:
        with contextlib.suppress(psutil.Error):
            self.parent_bytes = max(self.parent_bytes, self._examine(self.parent))
            for child in self.parent.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    size = self._examine(child)
                    if child.name() not in SERVANTS:
                        self.worker_bytes = max(self.worker_bytes, size)

    def _examine(self, process: psutil.Process) -> int:
        """Note the CPU time of a process; the answer is the peak of its memory."""
        times = process.cpu_times()
        self.cpu[process] = times.user + times.system
        with contextlib.suppress(OSError):
            if found := _PEAK.search(Path(f"/proc/{process.pid}/status").read_text("utf-8")):
                return int(found[1]) * 1024
        return int(process.memory_info().rss)  # where the system does not keep the peak


def _cpu_of_the_reaped() -> float:
    """CPU seconds of all processes that ended, as far as their parents waited for them."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
