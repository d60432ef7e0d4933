"""Time of the stages: how long each took, and the limit for one document."""

from __future__ import annotations

import ctypes
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
_AGAIN_S = 0.5  # it is raised again and again: a finalizer, say, lets no exception pass


class TimeUp(BaseException):
    """The time is up; the guard of the stage turns it into the row of the document."""


def call_within(seconds: float, function: Callable[[], Result]) -> Result:
    """What a function returns, unless it takes longer than so many seconds.

    >>> call_within(60.0, lambda: "done")
    'done'
    >>> call_within(0.05, lambda: time.sleep(60))
    Traceback (most recent call last):
    corpus_norm.stage_timer.TimeUp

    Raises:
        TimeUp: it does.
    """
    if math.isinf(seconds):
        return function()
    alarm = _choose(seconds)
    # Twice, since the alarm may ring in the first place where it is switched off.
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
    """A signal, where the program has no other use for it."""
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
        signal.setitimer(signal.ITIMER_REAL, self._seconds, _AGAIN_S)

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
        with self._lock:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, None)
        self._over.set()

    def _wait(self) -> None:
        patience = self._seconds
        while not self._over.wait(patience):
            patience = _AGAIN_S
            with self._lock:
                if self.armed:
                    what = ctypes.py_object(TimeUp)
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, what)


class StageTimer:
    """Seconds spent by stage, and the faults of the program that were met.

    A worker process has one that also shows its parent where it is, so that a document that
    hangs can be told from the others (:mod:`corpus_norm.conversion.worker`).

    >>> watch = StageTimer()
    >>> watch.begin(0)
    >>> with watch.stage("decode"):
    ...     pass
    >>> list(watch.seconds)
    ['decode']
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.faults: list[Fault] = []

    def begin(self, index: int | None, documents: int = 1) -> None:
        """Work begins on the document of that index; on so many at once without an index."""

    def within(self, documents: int, function: Callable[[], Result]) -> Result:  # noqa: ARG002
        """What a function returns; some watches give it the time of so many documents."""
        return function()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time until the end of the block to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


class LocalWatch(StageTimer):
    """A watch that ends what takes too long, in the process that works on it.

    >>> LocalWatch(0.05).within(1, lambda: time.sleep(60))
    Traceback (most recent call last):
    corpus_norm.stage_timer.TimeUp
    """

    def __init__(self, time_limit_s: float) -> None:
        super().__init__()
        self._limit = time_limit_s

    def within(self, documents: int, function: Callable[[], Result]) -> Result:
        """What a function returns.

        Raises:
            TimeUp: it takes longer than so many documents may.
        """
        return call_within(self._limit * max(documents, 1), function)
