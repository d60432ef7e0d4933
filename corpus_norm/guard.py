"""Timers, time limits and guards around the stages, and rarer garbage collection while they run.

A stage that fails on a document loses only that document.  A stage that takes a batch first runs on
the whole batch.  If that fails, it runs on each document alone, with a time limit for each, to find
the one that fails.

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
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from corpus_norm.document import (
    UNDETERMINED,
    Document,
    Flag,
    RawDocument,
    Rejection,
    Sentence,
    TranslationStatus,
)
from corpus_norm.errors import (
    CorpusNormError,
    ModelError,
    SettingsError,
    TranslationMemoryError,
)
from corpus_norm.faults import Fault, collecting, describe
from corpus_norm.labels import StageName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from corpus_norm.settings import Settings

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
    corpus_norm.guard.TimeUp

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
    corpus_norm.guard.TimeUp
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


Subject = TypeVar("Subject")
FAILURES = (CorpusNormError, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError)
"""Exceptions a bad document may cause in the stages that read it.  Anything else is a bug."""
RESOURCE_ERRORS = (SettingsError, ModelError, TranslationMemoryError)
"""Errors of the glossary, the model or the memory, which no document causes."""
_PASSING = (KeyboardInterrupt, GeneratorExit)  # but not SystemExit: a library may call sys.exit()
_LIMITS = (TimeUp, MemoryError, RecursionError)
# Stages that must work for every document that reaches them: an exception there is a bug.
_TOTAL_STAGES = (StageName.TRANSLATE, StageName.WRITE)


@dataclass(frozen=True, slots=True)
class Guard:
    """The guard of a batch; faults go to its timer."""

    settings: Settings
    timer: StageTimer

    def attempt(
        self, stage: str, raw: RawDocument, function: Callable[[], Result]
    ) -> Result | Rejection:
        """Run a stage on one document; return its result, or a rejection with the reason."""
        try:
            return self.timer.within(1, function)
        except _PASSING:
            raise
        except BaseException as error:  # noqa: BLE001 -- a library in Rust may raise any
            return self.reject(stage, raw, error)

    def run_together(
        self,
        stage: str,
        function: Callable[[Sequence[Subject]], Sequence[Result]],
        subjects: Sequence[Subject],
        raws: Sequence[RawDocument],
        share: int,
    ) -> list[Result | Rejection]:
        """Run a stage on all documents at once; if it fails, on each alone.

        The joint run has the time limit of ``share`` documents.
        """
        trouble: BaseException
        try:
            return list(self.timer.within(share, partial(_run, function, subjects)))
        except _PASSING:
            raise
        except BaseException as error:  # noqa: BLE001 -- as above
            trouble = error
        results = [
            self.attempt(stage, raw, partial(_run_alone, function, subject))
            for subject, raw in zip(subjects, raws, strict=True)
        ]
        self.record_joint_fault(stage, raws, results, trouble)
        return results

    def reject(self, stage: str, raw: RawDocument, error: BaseException) -> Rejection:
        """Return the rejection of a document that failed, with its bytes if they are few."""
        name, message = type(error).__name__, describe(error)
        if isinstance(error, TimeUp):
            name = "TimeLimitError"
            message = (
                f"took longer than the time limit of {self.settings.time_limit_s:g} s; "
                "raise settings.time_limit_s to give it more"
            )
        self.record_fault(stage, raw, error)
        try:
            data, sha256 = raw.data_bytes, raw.bytes_sha256
        except Exception:  # noqa: BLE001 -- the data may be of a wrong type
            data, sha256 = b"", ""
        return Rejection(
            source=raw.source,
            record=raw.record,
            bytes_sha256=sha256,
            stage=str(stage),
            error=name,
            message=message,
            data=data if len(data) <= self.settings.dataset.reject_bytes else None,
            source_id=raw.source_id,
            extra=cast("str | None", raw.extra),
        )

    def record_fault(self, stage: str, raw: RawDocument | Document, error: BaseException) -> None:
        """Keep the traceback of an exception that no document should cause."""
        expected = _LIMITS if stage in _TOTAL_STAGES else (*_LIMITS, *FAILURES)
        if not isinstance(error, expected):
            self.timer.faults.append(Fault.of(raw.source, raw.record, str(stage), error))

    def record_joint_fault(
        self,
        stage: str,
        raws: Sequence[RawDocument],
        results: Sequence[object],
        error: BaseException,
    ) -> None:
        """Keep the traceback of a batch that failed although each of its documents passed alone."""
        failed = any(isinstance(each, Rejection) for each in results)
        if raws and not failed and not isinstance(error, (*_LIMITS, *FAILURES)):
            many = f"{raws[0].source} and {len(raws) - 1} more"
            self.timer.faults.append(Fault.of(many, 0, str(stage), error))


def translate_guarded(
    function: Callable[[Sequence[Document]], Sequence[Document]],
    documents: Sequence[Document],
    raws: Sequence[RawDocument],
    places: Sequence[int],
    guard: Guard,
) -> list[Document | Rejection]:
    """Translate all documents at once; if that fails or takes too long, each on its own.

    A document that cannot be translated is kept without English, with the status ``failed`` and
    a flag.  ``places`` are the indices of the documents in the batch, for the timer.

    Raises:
        SettingsError, ModelError, TranslationMemoryError: the glossary, the model or the
            memory failed for every document that needs English.
    """
    timer, factor = guard.timer, guard.settings.translation.time_factor
    trouble: BaseException | None = None
    if len(documents) > 1:
        timer.begin(None, factor)
        try:
            return list(timer.within(factor, partial(_run, function, documents)))
        except _PASSING:
            raise
        except BaseException as error:  # noqa: BLE001 -- as above
            trouble = error
    found = []
    for document, raw, place in zip(documents, raws, places, strict=True):
        timer.begin(place, factor)
        found.append(_translate_alone(function, document, raw, guard))
    results = [result for result, _ in found]
    errors = [error for _, error in found]
    _raise_resource_error(documents, errors)
    for document, why in zip(documents, errors, strict=True):
        if why is not None:
            guard.record_fault(StageName.TRANSLATE, document, why)
    if trouble is not None and not any(errors):
        guard.record_joint_fault(StageName.TRANSLATE, raws, results, trouble)
    return results


def _translate_alone(
    function: Callable[[Sequence[Document]], Sequence[Document]],
    document: Document,
    raw: RawDocument,
    guard: Guard,
) -> tuple[Document | Rejection, BaseException | None]:
    """Return the document, and the exception that left it untranslated, if any."""
    factor = guard.settings.translation.time_factor
    try:
        return guard.timer.within(factor, partial(_run_alone, function, document)), None
    except _PASSING:
        raise
    except TimeUp as limit:
        return guard.reject(StageName.TRANSLATE, raw, limit), None
    except BaseException as error:  # noqa: BLE001 -- a library in Rust may raise any
        return leave_untranslated(document), error


def write_guarded(
    function: Callable[[Sequence[Document | Rejection]], pa.RecordBatch],
    results: Sequence[Document | Rejection],
    faults: list[Fault],
) -> pa.RecordBatch:
    """Build the rows of all results at once; if that fails, row by row.

    A document whose row cannot be built becomes a rejection.
    """
    with collecting(faults):
        try:
            return function(results)
        except _PASSING:
            raise
        except BaseException:
            if not results:
                raise
        import pyarrow as pa

        batches = [_write_one(function, each, faults) for each in results]
        [batch] = pa.Table.from_batches(batches).combine_chunks().to_batches()
        return batch


def _write_one(
    function: Callable[[Sequence[Document | Rejection]], pa.RecordBatch],
    item: Document | Rejection,
    faults: list[Fault],
) -> pa.RecordBatch:
    try:
        return function([item])
    except _PASSING:
        raise
    except BaseException as error:
        if isinstance(item, Rejection):
            raise
        if not isinstance(error, _LIMITS):
            faults.append(Fault.of(item.source, item.record, StageName.WRITE.value, error))
        rejection = Rejection(
            item.source,
            item.record,
            item.bytes_sha256,
            StageName.WRITE.value,
            type(error).__name__,
            f"the row cannot be written: {describe(error)}",
            source_id=item.source_id,
            extra=item.extra,
        )
        return function([rejection])


def leave_untranslated(document: Document) -> Document:
    """Return the document without any English, flagged ``translation_fault``.

    >>> left = leave_untranslated(Document("a.txt", "Oui.", text_en="Yes."))
    >>> left.text_en, left.translation_status.value, left.flags
    (None, 'failed', ('translation_fault',))
    """
    nothing: dict[str, Any] = {"text_en": None, "start_en": None}
    sentences = tuple(
        replace(each, score=None, faithfulness=None, flags=_flag(each), **nothing)
        for each in document.sentences
    )
    flags = [*document.flags, *(flag for each in sentences for flag in each.flags)]
    return replace(
        document,
        blocks=tuple(replace(block, **nothing) for block in document.blocks),
        sentences=sentences,
        text_en=None,
        title_en=None,
        translation_model=None,
        translation_status=TranslationStatus.FAILED,
        flags=tuple(dict.fromkeys([*flags, Flag.TRANSLATION_FAULT.value])),
    )


def _flag(sentence: Sentence) -> tuple[str, ...]:
    """Return the flags of a sentence that stays untranslated."""
    needs_english = _is_foreign(sentence.language) and any(map(str.isalpha, sentence.text))
    return tuple(dict.fromkeys([*sentence.flags, *[Flag.UNTRANSLATED.value] * needs_english]))


def _is_foreign(language: str) -> bool:
    return language.split("-", maxsplit=1)[0] not in {"en", UNDETERMINED}


def _run_alone(
    function: Callable[[Sequence[Subject]], Sequence[Result]], subject: Subject
) -> Result:
    """Run a batch stage on one document."""
    [result] = _run(function, [subject])
    return result


def _run(
    function: Callable[[Sequence[Subject]], Sequence[Result]], subjects: Sequence[Subject]
) -> Sequence[Result]:
    results = function(subjects)
    if len(results) != len(subjects):
        raise RuntimeError(f"{len(results)} results for {len(subjects)} documents")
    return results


def _raise_resource_error(
    documents: Sequence[Document], errors: Sequence[BaseException | None]
) -> None:
    """Raise the first error if every document that needs English met a resource error."""
    met = [
        error for document, error in zip(documents, errors, strict=True) if _needs_english(document)
    ]
    if met and all(isinstance(error, RESOURCE_ERRORS) for error in met):
        raise met[0]  # type: ignore[misc]


def _needs_english(document: Document) -> bool:
    """Return whether some part of a document is in a known language other than English."""
    codes = {document.language, *(block.language for block in document.blocks)}
    codes |= {sentence.language for sentence in document.sentences}
    return any(map(_is_foreign, codes))
