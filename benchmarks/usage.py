"""Measure a command: time, CPU time and memory of all its processes."""

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

POLL_S = 0.25
RAY_SERVERS = {"raylet", "gcs_server"}  # they map the memory that Ray's workers share
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Usage:
    """The output and the cost of a command; ``worker_bytes`` is the peak of the largest worker.

    ``parent_bytes`` is the peak of the command's own process.
    """

    output: str
    seconds: float
    cpu_seconds: float
    worker_bytes: int
    parent_bytes: int


def measure_command(command: Sequence[str]) -> Usage:
    """Run a command and poll its processes until it ends.

    >>> usage = measure_command([sys.executable, "-c", "print(sum(range(3_000_000)))"])
    >>> usage.output, usage.cpu_seconds > 0, usage.worker_bytes
    ('4499998500000', True, 0)

    Exit with the errors of the command if it failed.
    """
    start, before = time.perf_counter(), _reaped_cpu_seconds()
    process = subprocess.Popen(  # noqa: S603 -- benchmarks start themselves and their peers
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    tree = _ProcessTree(psutil.Process(process.pid))
    while True:
        tree.poll()
        with contextlib.suppress(subprocess.TimeoutExpired):
            output, errors = process.communicate(timeout=POLL_S)
            break
    if process.returncode:
        sys.exit(f"{' '.join(command)}\nended with exit code {process.returncode}\n{errors}")
    # Either count may miss something: polling, the last moments of a process; the other, processes
    # that no parent waited for.
    cpu = max(tree.cpu_seconds, _reaped_cpu_seconds() - before)
    seconds = time.perf_counter() - start
    return Usage(output.strip(), seconds, cpu, tree.worker_bytes, tree.parent_bytes)


@dataclass(slots=True)
class _ProcessTree:
    """A process and its descendants, as last polled."""

    parent: psutil.Process
    cpu: dict[psutil.Process, float] = field(default_factory=dict)
    worker_bytes: int = 0
    parent_bytes: int = 0

    @property
    def cpu_seconds(self) -> float:
        return sum(self.cpu.values())

    def poll(self) -> None:
        with contextlib.suppress(psutil.Error):
            self.parent_bytes = max(self.parent_bytes, self._poll_one(self.parent))
            for child in self.parent.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    size = self._poll_one(child)
                    if child.name() not in RAY_SERVERS:
                        self.worker_bytes = max(self.worker_bytes, size)

    def _poll_one(self, process: psutil.Process) -> int:
        """Record the CPU time of a process; return its peak memory."""
        times = process.cpu_times()
        self.cpu[process] = times.user + times.system
        with contextlib.suppress(OSError):
            if found := _PEAK.search(Path(f"/proc/{process.pid}/status").read_text("utf-8")):
                return int(found[1]) * 1024
        return int(process.memory_info().rss)  # where the system does not keep the peak


def _reaped_cpu_seconds() -> float:
    """Return the CPU seconds of all ended descendants that their parents waited for."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
