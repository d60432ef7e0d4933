"""Faults of the program: an exception that no document may cause costs a row, and is told.

A document that a stage cannot take is the document's affair, and a row says so.  Where the
exception is of a kind that only a mistake of ours explains, the run goes on all the same, but the
traceback is kept: ``convert`` writes it into :data:`FAULTS_NAME` beside the dataset and says so at
its end, ``process`` and ``normalize_batch`` give it to :mod:`logging`.
"""

from __future__ import annotations

import logging
import traceback
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger("corpus_norm")
_MESSAGE_CHARS = 1_000
_collected: ContextVar[list[Fault] | None] = ContextVar("collected", default=None)


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception that is ours to mend: the document that met it, the stage, the traceback."""

    source: str
    record: int
    stage: str
    error: str
    message: str
    trace: str

    @classmethod
    def of(cls, source: str, record: int, stage: str, error: BaseException) -> Fault:
        """The fault that an exception tells of."""
        trace = "".join(traceback.format_exception(error))
        return cls(source, record, stage, type(error).__name__, describe(error), trace)

    def __str__(self) -> str:
        place = f"{self.source} (record {self.record})" if self.record else self.source
        return f"{place}: stage {self.stage}: {self.error}: {self.message}"


def describe(error: BaseException) -> str:
    """What an exception says, within bounds; its name where it says nothing.

    >>> describe(ValueError("no such page")), describe(KeyError())
    ('no such page', 'KeyError')
    """
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 -- an exception with a fault of its own
        text = ""
    text = text or type(error).__name__
    return text if len(text) <= _MESSAGE_CHARS else f"{text[:_MESSAGE_CHARS]}…"


def log(fault: Fault) -> None:
    """Give a fault to :mod:`logging`, for callers that have no other place for it."""
    logger.error(
        "a fault of the program, please report it: %s\n%s",
        fault,
        fault.trace.rstrip(),
        extra={"fault": fault},
    )


@contextmanager
def collecting(faults: list[Fault]) -> Iterator[None]:
    """Put what is reported in the block into a list."""
    token = _collected.set(faults)
    try:
        yield
    finally:
        _collected.reset(token)


def report(fault: Fault) -> None:
    """Hand a fault to whoever collects them; to :mod:`logging` where nobody does."""
    faults = _collected.get()
    if faults is None:
        log(fault)
    else:
        faults.append(fault)
