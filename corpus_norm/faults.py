"""The logger, faults of the program, and the user's folders."""

from __future__ import annotations

import logging
import os
import traceback
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOWHERE = Path(os.devnull, "no-home-folder")
"""In place of a folder of a user without a home: nothing is in it, and it can never be made."""


def data_folder() -> Path:
    """Where what a user keeps is: models, the translation memory."""
    return _ask(platformdirs.user_data_dir)


def cache_folder() -> Path:
    """Where lies what can be made again."""
    return _ask(platformdirs.user_cache_dir)


def expand(path: str | Path) -> Path:
    """A path with ``~`` filled in.

    >>> expand("models/fr").as_posix()
    'models/fr'
    """
    try:
        expanded = Path(path).expanduser()
    except RuntimeError:  # no home
        return NOWHERE
    return NOWHERE if str(expanded).startswith("~") else expanded


def _ask(place: Callable[..., str]) -> Path:
    try:
        folder = expand(place("corpus_norm", appauthor=False))
        folder.exists()
    except (RuntimeError, PermissionError):  # no home, in newer releases; or somebody else's
        return NOWHERE
    return folder


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
