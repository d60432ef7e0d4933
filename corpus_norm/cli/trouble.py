"""What goes wrong beyond the words of a command: one line for the user, the traceback in a file."""

from __future__ import annotations

import errno
import logging
import os
import tempfile
import traceback
from pathlib import Path

from corpus_norm.cli.console import complain
from corpus_norm.faults import describe, logger

_ADVICE = {
    errno.EMFILE: "raise the limit on open files (ulimit -n), or use fewer workers",
    errno.ENFILE: "close other programs: the system has too many files open",
    errno.ENOSPC: "make room on the disk",
    errno.ENOMEM: "free memory, or use fewer workers",
}


def tell_uncaught(error: BaseException) -> None:
    """Say in a line what ended a command, and where the traceback is."""
    line = " ".join(describe(error).split())
    name = type(error).__name__
    what = line if line.startswith(name) else f"{name}: {line}"
    kept = _keep("".join(traceback.format_exception(error)))
    if isinstance(error, OSError):  # the fault of the system, as a rule
        advice = _ADVICE.get(error.errno or 0)
        complain("; ".join(part for part in (what, advice, kept) if part))
    else:
        complain(f"{what}; please report it: {kept}")


class TroubleHandler(logging.Handler):
    """What the library says while it works, as lines; tracebacks go to a file."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say it."""
        fault = getattr(record, "fault", None)
        if fault is None:
            complain(record.getMessage().splitlines()[0], mark="note:")
        else:
            complain(f"{' '.join(str(fault).split())}; please report it: {_keep(fault.trace)}")


def listen() -> None:
    """Say on standard error what the library has to say, instead of what logging would do."""
    if not any(isinstance(each, TroubleHandler) for each in logger.handlers):
        logger.addHandler(TroubleHandler())
        logger.propagate = False


def _keep(trace: str) -> str:
    """Where a traceback was written to, in words."""
    for folder in (None, os.curdir):
        try:
            number, name = tempfile.mkstemp(".log", "corpus_norm-", folder)
            os.close(number)
            Path(name).write_text(trace, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return f"the traceback is in {name}"
    last = trace.strip().splitlines()[-3:-1]
    return f"no traceback could be written ({' '.join(' '.join(last).split())})"
