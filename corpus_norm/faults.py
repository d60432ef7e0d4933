"""The logger, the user's folders, and faults: exceptions that point to a bug."""

from __future__ import annotations

import logging
import os
import traceback
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger("corpus_norm")
_MESSAGE_CHARS = 1_000
_collected: ContextVar[list[Fault] | None] = ContextVar("collected", default=None)
NOWHERE = Path(os.devnull, "no-home-folder")
"""The folder of a user without a home, which is empty and can never be created."""


def data_folder() -> Path:
    """Return the folder of data to keep: models and the translation memory."""
    return _find("user_data_dir")


def cache_folder() -> Path:
    """Return the folder of files that can be rebuilt."""
    return _find("user_cache_dir")


def expand(path: str | Path) -> Path:
    """Expand ``~`` in a path.

    >>> expand("models/fr").as_posix()
    'models/fr'
    """
    try:
        expanded = Path(path).expanduser()
    except RuntimeError:  # no home
        return NOWHERE
    return NOWHERE if str(expanded).startswith("~") else expanded


def _find(place: str) -> Path:
    import platformdirs

    try:
        folder = expand(getattr(platformdirs, place)("corpus_norm", appauthor=False))
        folder.exists()
    except (RuntimeError, PermissionError):  # no home (newer Pythons), or somebody else's
        return NOWHERE
    return folder


@dataclass(frozen=True, slots=True)
class Fault:
    """A bug that a document triggered: the document, the stage and the traceback."""

    source: str
    record: int
    stage: str
    error: str
    message: str
    trace: str

    @classmethod
    def of(cls, source: str, record: int, stage: str, error: BaseException) -> Fault:
        """Make a fault from an exception."""
        trace = "".join(traceback.format_exception(error))
        return cls(source, record, stage, type(error).__name__, describe(error), trace)

    def __str__(self) -> str:
        place = f"{self.source} (record {self.record})" if self.record else self.source
        return f"{place}: stage {self.stage}: {self.error}: {self.message}"


def describe(error: BaseException) -> str:
    """Return the message of an exception, shortened if long; its class name if it has none.

    >>> describe(ValueError("no such page")), describe(KeyError())
    ('no such page', 'KeyError')
    """
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 -- an exception may have a bug of its own
        text = ""
    text = text or type(error).__name__
    return text if len(text) <= _MESSAGE_CHARS else f"{text[:_MESSAGE_CHARS]}…"


def log(fault: Fault) -> None:
    """Log a fault with its traceback."""
    logger.error(
        "a bug in corpus_norm, please report it: %s\n%s",
        fault,
        fault.trace.rstrip(),
        extra={"fault": fault},
    )


@contextmanager
def collecting(faults: list[Fault]) -> Iterator[None]:
    """Collect in a list the faults that are reported in the block."""
    token = _collected.set(faults)
    try:
        yield
    finally:
        _collected.reset(token)


def report(fault: Fault) -> None:
    """Add a fault to the list of :func:`collecting`, or log it if there is none."""
    faults = _collected.get()
    if faults is None:
        log(fault)
    else:
        faults.append(fault)
