"""A worker process: it takes batches, returns results, and publishes its position.

The parent reads the document in progress and its deadline from shared memory, because a parser
that hangs in C code answers no message and raises no exception: it can only be killed from outside.
"""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from corpus_norm.document import RawDocument
from corpus_norm.guard import StageTimer, call_within, collect_seldom, freeze
from corpus_norm.labels import StageName
from corpus_norm.pipeline import KEPT_PAGES, STAGES, count_site_blocks, process_to_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableSequence
    from multiprocessing.connection import Connection

    import pyarrow as pa

    from corpus_norm.boilerplate import SiteCounts
    from corpus_norm.document import Rejection
    from corpus_norm.faults import Fault
    from corpus_norm.pipeline import Context
    from corpus_norm.settings import Settings

    Batch = list[RawDocument | Rejection]


Result = TypeVar("Result")
_ALL = -1.0  # instead of a document's index: all documents of the batch at once
_STAGES = tuple(stage.name for stage in STAGES)
_TRANSLATE = _STAGES.index(StageName.TRANSLATE)
_INDEX, _STAGE, _DEADLINE = range(3)
NOTE_FIELDS = 3
EXIT_TIMEOUT_S = 5.0
"""The seconds a worker may take to end once it was asked to."""

OUT_OF_MEMORY = 112
"""The exit code of a worker that ran out of memory; no library uses it."""

PARENT_GONE = 113
"""The exit code of a worker whose parent is gone."""

_MEMORY_SIGNS = ("cannot allocate memory", "failed to map segment", "not enough memory")
_GRACE_S = 30.0  # after the time limit, for a step in C to end by itself; then the worker is killed


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """The result of a batch, its seconds by stage and its faults.

    ``memory_bytes`` is the resident memory of the worker, None if the system does not say.
    """

    result: Result
    seconds: dict[str, float]
    memory_bytes: int | None = None
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception that ends the run, with its traceback in the worker."""

    error: BaseException
    trace: str


@dataclass(frozen=True, slots=True)
class Position:
    """The position of a worker: document (None for the whole batch), stage and deadline."""

    index: int | None
    stage: str
    deadline: float


class WorkerTimer(StageTimer):
    """A timer that publishes its position to the parent process."""

    def __init__(
        self, note: MutableSequence[float], time_limit_s: float, documents: int = 1
    ) -> None:
        super().__init__()
        self._note = note
        self._limit = time_limit_s
        self._grace = _GRACE_S if documents > 1 else 0.0  # one document alone delays no other

    def begin(self, index: int | None, documents: int = 1) -> None:
        """Set the deadline of a document, or of several together."""
        self.end()  # the parent never sees the deadline of one document with the index of another
        self._note[_INDEX] = _ALL if index is None else index
        self._note[_DEADLINE] = time.monotonic() + self._limit * max(documents, 1)

    def end(self) -> None:
        """Clear the deadline: no document is in progress."""
        self._note[_DEADLINE] = math.inf

    def within(self, documents: int, function: Callable[[], Result]) -> Result:
        """Call a function; translation is interrupted at its time limit.

        The sentences of many documents are translated together.  If that takes longer than one
        document may, each document is then tried in its own time, and the process need not die.
        """
        if self._note[_STAGE] != _TRANSLATE:
            return function()
        seconds = self._limit * documents
        if self._grace:
            self._note[_DEADLINE] = time.monotonic() + seconds + max(seconds, self._grace)
        return call_within(seconds, function)

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage and publish it."""
        self._note[_STAGE] = _STAGES.index(name)
        with super().stage(name):
            yield


def read_position(note: MutableSequence[float]) -> Position:
    """Return the position that a worker has written to its note."""
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
    """Run a worker: batch in, outcome out, until the parent closes the pipe or is gone.

    Bytes instead of a batch are another task, packed.
    """
    _end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C
    _prefer_for_oom_killer()
    sys.meta_path.insert(0, _NoPandas)
    task: Callable[[Batch, StageTimer], Any] = _unpack(packed)
    freeze()
    parent_is_gone = contextlib.suppress(EOFError, OSError)
    with collect_seldom(), parent_is_gone:
        answers.send(None)  # ready
        while True:
            batch = orders.recv()
            if isinstance(batch, bytes):
                task = _unpack(batch)
                continue
            # A batch without documents has none to reject, however long its rows take to write.
            is_timed = any(isinstance(item, RawDocument) for item in batch)
            limit = time_limit_s if is_timed else math.inf
            timer = WorkerTimer(note, limit, len(batch))
            answers.send(_attempt(task, batch, timer))


def convert_batch(batch: Batch, timer: StageTimer, *, context: Context) -> pa.RecordBatch:
    """Run all stages on a batch of documents; return rows of RESULTS."""
    return process_to_rows(batch, context, timer)


def count_batch(
    batch: Batch, timer: StageTimer, *, settings: Settings, keeps: bool
) -> Mapping[str, SiteCounts]:
    """Count the blocks of the sites of a batch; keep its pages to convert them later."""
    return count_site_blocks(batch, settings, timer, KEPT_PAGES if keeps else None)


def _end_with_parent() -> None:
    """End this process once its parent is gone, even in the middle of a batch.

    A parent that is killed cannot end its workers, and the end of the pipe is only seen between
    two batches; if a third process got a copy of its other end, never.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(PARENT_GONE)  # nobody reads what is left to say

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def pack(task: object) -> bytes:
    """Pickle a task, so that :func:`serve` imports its modules, and can report why it cannot."""
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
    """Describe how a process ended by its exit code; None if it has not ended.

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


def is_out_of_memory(code: int | None) -> bool:
    """Return whether the exit code of a process means that it ran out of memory."""
    return code == OUT_OF_MEMORY or (hasattr(signal, "SIGKILL") and code == -signal.SIGKILL)


def _attempt(
    task: Callable[[Batch, StageTimer], Any], batch: Batch, timer: WorkerTimer
) -> Outcome[Any] | Failure:
    try:
        result = task(batch, timer)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # no state can be trusted; the parent finds the document
    except BaseException as error:  # noqa: BLE001 -- the parent raises it
        return Failure(_make_portable(error), traceback.format_exc())
    finally:
        timer.end()
    return Outcome(result, timer.seconds, measure_memory(), timer.faults)


def measure_memory() -> int | None:
    """Return the resident memory of this process in bytes, None if the system does not say.

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


def _prefer_for_oom_killer() -> None:
    """Make Linux kill a worker when memory runs out, not the parent, which can replace it."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900", "ascii")


class _NoPandas:
    """A finder of modules that finds no pandas.

    PyArrow would import it, which takes half a second, to find out whether a list is an object of
    pandas.  In a worker none is.
    """

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        """Find nothing, as any finder may.

        Raises:
            ModuleNotFoundError: it is pandas that is wanted.
        """
        if name == "pandas":
            raise ModuleNotFoundError("a worker works without pandas", name=name)


def _make_portable(error: BaseException) -> BaseException:
    """Return the exception, or a RuntimeError with its message if it cannot be pickled."""
    from multiprocessing.reduction import ForkingPickler

    try:
        ForkingPickler.loads(ForkingPickler.dumps(error))
    except Exception:  # noqa: BLE001 -- whatever goes wrong, it cannot be sent
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


class WorkerProcess:
    """A worker as its parent sees it; ``job`` is the batch that it works on."""

    def __init__(self, task: Callable[[Batch, StageTimer], Any], time_limit_s: float) -> None:
        context = multiprocessing.get_context("spawn")
        # Two one-way pipes: a duplex pipe would be a socket.
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
        """Whether it is waiting for a batch."""
        return self.is_ready and self.job is None

    @property
    def position(self) -> Position:
        """The document and stage in progress, and the deadline."""
        return read_position(self._note)

    def assign(self, task: Callable[[Batch, StageTimer], Any]) -> None:
        """Send it another task for the batches to come.

        Raises:
            OSError: the process has ended.
        """
        self._orders.send(pack(task))

    def give(self, batch: Batch) -> None:
        """Send it a batch.

        Raises:
            OSError: the process has ended.
        """
        self._orders.send(batch)

    def close(self) -> None:
        """Close the pipes: it ends after its current batch."""
        self._orders.close()
        self.answers.close()

    def wait(self) -> int | None:
        """Wait for the end of the process and return its exit code; None if it does not end."""
        self.process.join(EXIT_TIMEOUT_S)
        return self.process.exitcode
