"""Worker processes under supervision: how many, what they may take, and what to do when they fail.

A worker that hangs past its deadline is killed, one that dies is replaced, and the document that
did it becomes a rejection.  If no document is known to have done it, the documents of the batch
are tried one by one.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import time
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from corpus_norm.conversion.worker import (
    EXIT_TIMEOUT_S,
    Failure,
    Outcome,
    Position,
    WorkerProcess,
    describe_exit,
    is_out_of_memory,
)
from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import CorpusNormError
from corpus_norm.faults import logger
from corpus_norm.labels import StageName
from corpus_norm.pipeline import available_cpus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.process import BaseProcess
    from types import TracebackType
    from typing import Self

    from corpus_norm.conversion.worker import Batch
    from corpus_norm.guard import StageTimer

WORKER_BYTES = 1_200_000_000  # room for two translation models; benchmarks/scale.py saw 0.3 without
SHARE = 0.8  # of the memory, for all workers together
LOOKAHEAD = 4  # batches in flight per worker: enough to keep all busy, few enough for memory
MAX_BATCHES = 500  # a worker is replaced after this many, whatever its libraries leaked
MAX_DEATHS = 3  # how often a batch may end a worker although each of its documents passes alone
MAX_STARTS = 4  # in a row, of workers that are killed before they are ready
_POLL_S = 0.5  # how often deadlines are checked: a worker sets its own when it begins a document
_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")

Result = TypeVar("Result")


def choose_workers() -> int:
    """Return one worker for each CPU, as far as the memory goes; at least one."""
    return max(1, min(available_cpus(), int(SHARE * total_memory() / WORKER_BYTES)))


def share_memory(workers: int) -> float:
    """Return how many bytes each of the workers may use."""
    return SHARE * total_memory() / workers


def total_memory() -> float:
    """Return the bytes of memory of the machine or of the container, whichever is less.

    >>> total_memory() > 100_000_000
    True
    """
    found = [float("inf")]
    with contextlib.suppress(AttributeError, OSError, ValueError):  # Windows has no sysconf
        found.append(float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))
    for limit in _CGROUP_LIMITS:
        with contextlib.suppress(OSError, ValueError):  # "max" is not a number: no limit
            found.append(float(Path(limit).read_text("ascii")))
    return min(found)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may take.

    Args:
        time_s: seconds for a document; work on several documents at once may take that long for
            each of them.
        memory_bytes: a worker that is larger after a batch is replaced.
        batches: a worker is replaced after this many.
    """

    time_s: float = math.inf
    memory_bytes: float = math.inf
    batches: int = MAX_BATCHES


@dataclass(slots=True)
class _Job(Generic[Result]):
    """A batch in flight.

    ``probes`` are the documents to try alone after the batch ended a worker, ``probe`` the one in
    progress; ``deaths`` counts how often the whole batch ended a worker.
    """

    batch: Batch
    probes: deque[int] = field(default_factory=deque)
    probe: int | None = None
    deaths: int = 0
    outcome: Outcome[Result] | None = None

    @property
    def next_probe(self) -> int | None:
        return self.probes[0] if self.probes else None


class Pool(Generic[Result]):
    """Worker processes that run one function.

    Args:
        workers: how many at most; each is started when there is work for it.
        task: a function of a batch and a timer, which can be pickled; None before :meth:`run`.
        limits: what a worker may take before it is stopped or replaced.
        keep_bytes: the bytes of a rejected document are kept if there are at most this many.

    Raises:
        CorpusNormError: workers cannot be started, or keep dying and no document is the cause.
    """

    def __init__(
        self,
        workers: int,
        task: Callable[[Batch, StageTimer], Result] | None,
        limits: Limits = Limits(),
        keep_bytes: int = 0,
    ) -> None:
        self._count = workers
        self._task: Any = task
        self._limits = limits
        self._keep_bytes = keep_bytes
        self._workers: list[WorkerProcess] = []
        self._ended: list[BaseProcess] = []
        self._ready: deque[_Job[Result]] = deque()
        self._failed_starts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            self._dismiss(worker, at_once=error is not None)
        deadline = time.monotonic() + EXIT_TIMEOUT_S
        for process in self._ended:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()
            process.close()
        self._workers, self._ended = [], []

    def run(
        self, task: Callable[[Batch, StageTimer], Result], batches: Iterable[Batch]
    ) -> Iterator[Outcome[Result]]:
        """Do :meth:`map` by another task, in the same processes."""
        self._task = task
        for worker in self._workers:
            with contextlib.suppress(OSError):  # it died while idle, which is found later
                worker.assign(task)
        return self.map(batches)

    def map(self, batches: Iterable[Batch]) -> Iterator[Outcome[Result]]:
        """Yield the outcome of each batch, in order; batches are taken as workers need them."""
        source = iter(batches)
        ordered: deque[_Job[Result]] = deque()
        exhausted = False
        while True:
            while not exhausted and len(ordered) < self._count * LOOKAHEAD:
                batch = next(source, None)
                if batch is None:
                    exhausted = True
                    break
                ordered.append(_Job(list(batch)))
                self._ready.append(ordered[-1])
                self._hand_out()
            while ordered and ordered[0].outcome is not None:
                yield ordered.popleft().outcome  # type: ignore[misc]
                self._supervise(timeout=0)
            if exhausted and not ordered:
                return
            if len(ordered) >= self._count * LOOKAHEAD or exhausted:
                self._supervise(timeout=None)

    def _hand_out(self) -> None:
        """Give waiting jobs to idle workers, and start workers while there are too few."""
        for worker in list(self._workers):
            if self._ready and worker.is_idle:
                self._start(worker, self._ready.popleft())
        while len(self._workers) < min(self._count, self._open_jobs()):
            try:
                self._workers.append(WorkerProcess(self._task, self._limits.time_s))
            except OSError as error:  # no more processes or files are allowed
                if not self._workers and error.errno in {errno.EMFILE, errno.ENFILE}:
                    raise  # the caller can work without processes
                self._go_on_with_fewer(error.strerror or str(error), "use fewer workers")

    def _open_jobs(self) -> int:
        return len(self._ready) + sum(worker.job is not None for worker in self._workers)

    def _start(self, worker: WorkerProcess, job: _Job[Result]) -> None:
        probe = job.next_probe
        try:
            worker.give(job.batch if probe is None else [job.batch[probe]])
        except OSError:  # it died while idle
            self._replace(worker)
            self._ready.appendleft(job)
            return
        worker.job = job
        job.probe = job.probes.popleft() if job.probes else None

    def _supervise(self, timeout: float | None) -> None:
        """Wait until a worker sends a message, dies or passes its deadline; then act on it."""
        if timeout is None:
            end = min((worker.position.deadline for worker in self._workers), default=math.inf)
            timeout = min(max(0.0, end - time.monotonic()), _POLL_S)
        with_message = wait([worker.answers for worker in self._workers], timeout)
        for worker in list(self._workers):
            if worker.answers in with_message:
                self._on_message(worker)
            elif (place := worker.position).deadline <= time.monotonic():
                self._stop(worker, place)
        self._hand_out()

    def _on_message(self, worker: WorkerProcess) -> None:
        try:
            message = worker.answers.recv()
        except (EOFError, OSError):
            self._on_exit(worker)
            return
        if isinstance(message, Failure):
            message.error.add_note(f"In a worker process:\n{message.trace}")
            raise message.error
        job, worker.job = worker.job, None
        if not isinstance(message, Outcome) or job is None:
            worker.is_ready = True
            self._failed_starts = 0
            return
        worker.batches += 1
        too_large = (message.memory_bytes or 0) > self._limits.memory_bytes
        if too_large or worker.batches >= self._limits.batches:
            self._replace(worker)
        if job.probe is None:
            job.outcome = message
        else:
            self._ready.appendleft(job)

    def _on_exit(self, worker: WorkerProcess) -> None:
        """Handle the death of a worker: find the document that caused it."""
        job, code = worker.job, worker.wait()
        self._replace(worker)
        if not worker.is_ready:
            self._on_failed_start(code)
            return
        if job is None:
            return
        if job.probe is not None:
            what = f"the process that worked on it died ({describe_exit(code)})"
            is_memory = is_out_of_memory(code)
            advice = "it needs more memory" if is_memory else "it met a fault in a library"
            self._reject_document(
                job, job.probe, StageName.PROCESS.value, "WorkerDiedError", f"{what}: {advice}"
            )
        else:
            self._suspect_all(job)
        self._ready.appendleft(job)

    def _on_failed_start(self, code: int | None) -> None:
        """Handle a worker that died before it was ready: try another if that may help."""
        self._failed_starts += 1
        is_killed = code is None or code < 0 or is_out_of_memory(code)
        if is_killed and self._failed_starts < MAX_STARTS:
            return
        if is_killed:
            advice = "leave memory for it: use fewer workers, or end other programs"
        else:
            advice = 'with workers, call convert from under `if __name__ == "__main__":`'
            if not any(worker.is_ready for worker in self._workers):
                self._count = 1
        self._go_on_with_fewer(describe_exit(code), advice)

    def _go_on_with_fewer(self, reason: str, advice: str) -> None:
        """Go on with the workers there are, or with one, when no more can be started.

        Raises:
            CorpusNormError: not even one can be started.
        """
        if self._count <= 1:
            raise CorpusNormError(f"a worker process could not be started ({reason}); {advice}")
        self._count = max(1, len(self._workers))
        self._failed_starts = 0
        logger.warning(
            "going on with %d worker(s): another could not be started (%s)", self._count, reason
        )

    def _suspect_all(self, job: _Job[Result]) -> None:
        """Try the documents of a batch one by one: which of them ended its worker is unknown."""
        job.deaths += 1
        if job.deaths >= MAX_DEATHS:
            raise CorpusNormError(
                f"worker processes were lost {job.deaths} times on a batch whose documents are "
                "fine one by one (out of memory or of time, or killed); finished parts are kept: "
                "run the same command again, with fewer workers if it was memory"
            )
        job.probes.extend(i for i, item in enumerate(job.batch) if isinstance(item, RawDocument))

    def _stop(self, worker: WorkerProcess, place: Position) -> None:
        """Kill a worker past its deadline, and process its batch again without that document."""
        job: _Job[Result] = worker.job
        self._dismiss(worker, at_once=True)
        self._workers.remove(worker)
        index = place.index if job.probe is None else job.probe
        if index is None:
            self._suspect_all(job)
        else:
            message = (
                f"took longer than the time limit of {self._limits.time_s:g} s; "
                "raise settings.time_limit_s to give it more"
            )
            self._reject_document(job, index, place.stage, "TimeLimitError", message)
        self._ready.appendleft(job)

    def _reject_document(
        self, job: _Job[Result], index: int, stage: str, error: str, message: str
    ) -> None:
        raw = job.batch[index]
        if isinstance(raw, RawDocument):
            data = raw.data_bytes if len(raw.data_bytes) <= self._keep_bytes else None
            own = raw.source_id, cast("str | None", raw.extra)
            job.batch[index] = Rejection(
                raw.source, raw.record, raw.bytes_sha256, str(stage), error, message, data, *own
            )

    def _replace(self, worker: WorkerProcess) -> None:
        """Dismiss a worker; another is started when there is work for it."""
        self._dismiss(worker)
        self._workers.remove(worker)

    def _dismiss(self, worker: WorkerProcess, *, at_once: bool = False) -> None:
        if at_once or worker.job is not None:
            worker.process.kill()
        worker.close()
        self._ended = [process for process in self._ended if process.is_alive()]
        self._ended.append(worker.process)
