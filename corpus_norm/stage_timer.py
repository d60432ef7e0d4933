"""Timers that measure stages and enforce the time limits of documents; rarer garbage collection.

Python looks for reference cycles whenever a few hundred more objects are alive.  A batch of
documents makes hundreds of thousands, none of them in a cycle: on HTML, a quarter of the time would
go into looking at them.
"""

from __future__ import annotations

import ctypes
import gc
import math
import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from corpus_norm.faults import Fault

Result = TypeVar("Result")
_REPEAT_S = 0.5  # TimeUp is raised repeatedly: a finalizer, for one, swallows exceptions


class TimeUp(BaseException):
    """The time limit has passed; the guard of the stage turns this into a rejection."""


def call_within(seconds: float, function: Callable[[], Result]) -> Result:
    """Call a function and return its result, unless it takes too long.

    >>> call_within(60.0, lambda: "done")
    'done'
    >>> call_within(0.05, lambda: time.sleep(60))
    Traceback (most recent call last):
    corpus_norm.stage_timer.TimeUp

    Raises:
        TimeUp: it takes longer than ``seconds``.
    """
    if math.isinf(seconds):
        return function()
    alarm = _choose(seconds)
    # Two `finally` clauses: the alarm may go off inside the first, before it is disarmed.
    try:
        try:
            alarm.start()
            return function()
        finally:
            alarm.armed = False
    finally:
        alarm.armed = False
        alarm.stop()


class _Alarm(Protocol):
    armed: bool

    def start(self) -> None: ...
    def stop(self) -> None: ...


def _choose(seconds: float) -> _Alarm:
    """Return an alarm by signal if nothing else uses that signal; otherwise one by thread."""
    if not hasattr(signal, "setitimer"):  # Windows
        return _ThreadAlarm(seconds)
    is_free = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGALRM) in {signal.SIG_DFL, signal.SIG_IGN}
        and signal.getitimer(signal.ITIMER_REAL)[0] == 0
    )
    return _SignalAlarm(seconds) if is_free else _ThreadAlarm(seconds)


class _SignalAlarm:
    def __init__(self, seconds: float) -> None:
        self.armed = True
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._before = signal.getsignal(signal.SIGALRM)

    def start(self) -> None:
        signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, self._seconds, _REPEAT_S)

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before)

    def _ring(self, *_: object) -> None:
        if self.armed and time.monotonic() >= self._end:
            raise TimeUp


class _ThreadAlarm:
    def __init__(self, seconds: float) -> None:
        self.armed = True
        self._seconds = seconds
        self._thread = ctypes.c_ulong(threading.get_ident())
        self._lock = threading.Lock()
        self._over = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._wait, daemon=True).start()

    def stop(self) -> None:
        # A TimeUp that is on its way is raised here.  To cancel it by SetAsyncExc(None) would
        # leave CPython looking for exceptions for ever, which hangs threads that are traced
        # (coverage, debuggers).
        while not self._over.is_set():
            try:
                with self._lock:
                    self.armed = False
                time.sleep(0)
                self._over.set()
            except TimeUp:
                continue

    def _wait(self) -> None:
        seconds = self._seconds
        while not self._over.wait(seconds):
            seconds = _REPEAT_S
            with self._lock:
                if not self.armed:
                    return
                what = ctypes.py_object(TimeUp)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, what)


class StageTimer:
    """A timer that adds up the seconds of each stage and keeps the faults.

    Worker processes use a subclass that also publishes its position to the parent process, which
    can then identify a document that hangs (:mod:`corpus_norm.conversion.worker`).

    >>> timer = StageTimer()
    >>> timer.begin(0)
    >>> with timer.stage("decode"):
    ...     pass
    >>> list(timer.seconds)
    ['decode']
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.faults: list[Fault] = []

    def begin(self, index: int | None, documents: int = 1) -> None:
        """Start work on the document at an index, or on several documents at once (None)."""

    def within(self, documents: int, function: Callable[[], Result]) -> Result:  # noqa: ARG002
        """Call a function; subclasses enforce the time limit of ``documents`` documents."""
        return function()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the duration of the block to a stage."""
        key = str(name)
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[key] = self.seconds.get(key, 0.0) + time.perf_counter() - start


class LimitedTimer(StageTimer):
    """A timer that interrupts work over the time limit, in its own process.

    >>> LimitedTimer(0.05).within(1, lambda: time.sleep(60))
    Traceback (most recent call last):
    corpus_norm.stage_timer.TimeUp
    """

    def __init__(self, time_limit_s: float) -> None:
        super().__init__()
        self._limit = time_limit_s

    def within(self, documents: int, function: Callable[[], Result]) -> Result:
        """Call a function and return its result.

        Raises:
            TimeUp: it takes longer than ``documents`` documents may.
        """
        return call_within(self._limit * max(documents, 1), function)


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
