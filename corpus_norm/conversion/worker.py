"""A worker process: takes batches, gives results, and shows its parent what it is doing.

The parent reads two things without asking: the document that is worked on and the moment at which
it will have taken too long.  They stand in memory that both share, because a parser that hangs in
C code answers no question and raises no exception; it can only be killed from outside.
"""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from corpus_norm.conversion.garbage import collect_seldom
from corpus_norm.document import RawDocument
from corpus_norm.stage_timer import StageTimer, call_within
from corpus_norm.stages import BATCH_STAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableSequence
    from multiprocessing.connection import Connection

    from corpus_norm.document import Rejection
    from corpus_norm.faults import Fault

    Batch = list[RawDocument | Rejection]

Result = TypeVar("Result")
_ALL = -1.0  # in place of the index of a document: work on all documents of the batch at once
_STAGES = ("decode", "segment", *(name for name, _ in BATCH_STAGES), "translate")
_INDEX, _STAGE, _DEADLINE = range(3)
NOTE_FIELDS = 3
PATIENCE_S = 5.0
"""For a worker to end when it is asked to."""

OUT_OF_MEMORY = 112
"""The exit code of a worker that ran out of memory; no library has it."""

_MEMORY_SIGNS = ("cannot allocate memory", "failed to map segment", "not enough memory")
_GRACE_S = 30.0  # for a step in C to end by itself once the time is up; after it the worker dies


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """What became of a batch: its result and the seconds by stage; and how large the worker is.

    ``memory_bytes`` is its resident memory, None where the system does not tell; ``faults`` are
    those of the program that the batch met.
    """

    result: Result
    seconds: dict[str, float]
    memory_bytes: int | None = None
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception that is a fault of the program, with the traceback it had in the worker."""

    error: BaseException
    trace: str


@dataclass(frozen=True, slots=True)
class Position:
    """Where a worker is: document (None: all together), stage, and when it will be too late."""

    index: int | None
    stage: str
    deadline: float


class WorkerWatch(StageTimer):
    """A watch whose hands the parent process sees."""

    def __init__(
        self, note: MutableSequence[float], time_limit_s: float, documents: int = 1
    ) -> None:
        super().__init__()
        self._note = note
        self._limit = time_limit_s
        self._grace = _GRACE_S if documents > 1 else 0.0  # alone, none has to wait for another

    def begin(self, index: int | None, documents: int = 1) -> None:
        """Set the alarm for a document, or for so many of them together."""
        self.end()  # the parent never sees the deadline of one document with the index of another
        self._note[_INDEX] = _ALL if index is None else index
        self._note[_DEADLINE] = time.monotonic() + self._limit * max(documents, 1)

    def end(self) -> None:
        """No document is worked on."""
        self._note[_DEADLINE] = math.inf

    def within(self, documents: int, function: Callable[[], Result]) -> Result:
        """What a function returns; translation ends in time by itself, if it can.

        The sentences of many documents are translated together: where they take longer than one
        document may, each is given its own time, and the process need not die for that.
        """
        if self._note[_STAGE] != _STAGES.index("translate"):
            return function()
        patience = self._limit * documents
        if self._grace:
            self._note[_DEADLINE] = time.monotonic() + patience + max(patience, self._grace)
        return call_within(patience, function)

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage, and say that it is reached."""
        self._note[_STAGE] = _STAGES.index(name)
        with super().stage(name):
            yield


def read_position(note: MutableSequence[float]) -> Position:
    """Where the worker is that writes to this note."""
    deadline = note[_DEADLINE]
    index, stage = int(note[_INDEX]), _STAGES[int(note[_STAGE])]
    if note[_DEADLINE] != deadline:  # it went on in between
        deadline = math.inf
    return Position(None if index == _ALL else index, stage, deadline)


def serve(
    orders: Connection,
    answers: Connection,
    packed: bytes,
    note: MutableSequence[float],
    time_limit_s: float,
) -> None:
    """The life of a worker: batch in, outcome out, until the parent wants no more or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's affair
    _volunteer_for_the_oom_killer()
    task: Callable[[Batch, StageTimer], Any] = _unpack(packed)
    nobody_waits = contextlib.suppress(EOFError, OSError)  # or gives orders any more
    with collect_seldom(), nobody_waits:
        answers.send(None)  # ready
        while True:
            batch = orders.recv()
            # Without a document there is none to blame, however long the rows take to write.
            is_timed = any(isinstance(item, RawDocument) for item in batch)
            limit = time_limit_s if is_timed else math.inf
            watch = WorkerWatch(note, limit, len(batch))
            answers.send(_attempt(task, batch, watch))


def pack(task: object) -> bytes:
    """A task as bytes: what it needs is imported where :func:`serve` can tell why it cannot be."""
    from multiprocessing.reduction import ForkingPickler

    return bytes(ForkingPickler.dumps(task))


def _unpack(packed: bytes) -> Any:  # noqa: ANN401 -- whatever was packed
    from multiprocessing.reduction import ForkingPickler

    try:
        return ForkingPickler.loads(packed)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except (ImportError, OSError) as error:
        if any(sign in str(error).lower() for sign in _MEMORY_SIGNS):
            os._exit(OUT_OF_MEMORY)
        raise


def describe_exit(code: int | None) -> str:
    """How a process ended, from its exit code; None where it did not end.

    >>> describe_exit(-9), describe_exit(-11), describe_exit(1)
    ('killed, as systems do when memory runs out: SIGKILL', 'killed by SIGSEGV', 'exit code 1')
    """
    if code == OUT_OF_MEMORY:
        return "out of memory"
    if code is None or code >= 0:
        return "no exit code" if code is None else f"exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    if name == "SIGKILL":
        return f"killed, as systems do when memory runs out: {name}"
    return f"killed by {name}"


def needed_memory(code: int | None) -> bool:
    """Whether the exit code of a process says that memory is what it lacked."""
    return code == OUT_OF_MEMORY or (hasattr(signal, "SIGKILL") and code == -signal.SIGKILL)


def _attempt(
    task: Callable[[Batch, StageTimer], Any], batch: Batch, watch: WorkerWatch
) -> Outcome[Any] | Failure:
    try:
        result = task(batch, watch)
    except MemoryError:
        os._exit(
            OUT_OF_MEMORY
        )  # nothing can be trusted now; the parent looks for the document that did it
    except BaseException as error:  # noqa: BLE001 -- the parent raises it
        return Failure(_make_portable(error), traceback.format_exc())
    finally:
        watch.end()
    return Outcome(result, watch.seconds, measure_memory(), watch.faults)


def measure_memory() -> int | None:
    """Resident memory of this process in bytes, None where the system does not tell.

    >>> memory = measure_memory()
    >>> memory is None or memory > 1_000_000
    True
    """
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        pass
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _volunteer_for_the_oom_killer() -> None:
    """Where memory runs out, Linux shall take a worker, not the parent that can replace it."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900", "ascii")


def _make_portable(error: BaseException) -> BaseException:
    """The exception, or where it cannot be sent to another process, one that says the same."""
    from multiprocessing.reduction import ForkingPickler

    try:
        ForkingPickler.loads(ForkingPickler.dumps(error))
    except Exception:  # noqa: BLE001 -- whatever goes wrong, it cannot be sent
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


class WorkerProcess:
    """The parent's view of a worker; ``job`` is what the parent notes about its batch."""

    def __init__(self, task: Callable[[Batch, StageTimer], Any], time_limit_s: float) -> None:
        context = multiprocessing.get_context("spawn")
        # Two pipes of one way each: one of both ways would be a socket.
        orders, self._orders = context.Pipe(duplex=False)
        self.answers, answers = context.Pipe(duplex=False)
        self._note = context.RawArray("d", [0.0] * (NOTE_FIELDS - 1) + [math.inf])
        self.process = context.Process(
            target=serve, args=(orders, answers, pack(task), self._note, time_limit_s), daemon=True
        )
        self.process.start()
        orders.close()
        answers.close()  # so that the end of the process is the end of the stream
        self.job: Any = None
        self.is_ready = False
        self.batches = 0

    @property
    def is_idle(self) -> bool:
        """Whether it waits for a batch."""
        return self.is_ready and self.job is None

    @property
    def position(self) -> Position:
        """Where it is."""
        return read_position(self._note)

    def give(self, batch: Batch) -> None:
        """Let it work on a batch.

        Raises:
            OSError: it is not there any more.
        """
        self._orders.send(batch)

    def close(self) -> None:
        """No more orders: it ends when it has done what it does."""
        self._orders.close()
        self.answers.close()

    def wait(self) -> int | None:
        """The exit code of a worker that ends; None if it does not."""
        self.process.join(PATIENCE_S)
        return self.process.exitcode
