"""The two consoles of the command line, and what is told when a stream or the program fails."""

from __future__ import annotations

import errno
import io
import logging
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console

from corpus_norm.errors import CorpusNormError
from corpus_norm.faults import describe, logger


class OutputError(CorpusNormError):
    """Standard output cannot be written to."""


class ReaderGoneError(OutputError):
    """Who read standard output has enough of it, as ``head`` has after ten lines."""


def prepare() -> None:
    """Make the streams safe to write to, and characters that a terminal lacks readable."""
    _occupy()
    sys.stdout = _guard(sys.stdout, is_quiet=False)
    sys.stderr = _guard(sys.stderr, is_quiet=True)


def finish() -> None:
    """Write what is left, and what cannot be written no more.

    Raises:
        OutputError: something cannot be written, and that was not said before.
    """
    raws = [
        getattr(getattr(each, "buffer", None), "raw", None) for each in (sys.stdout, sys.stderr)
    ]
    guarded = [raw for raw in raws if isinstance(raw, _Guarded)]
    try:
        if not any(raw.has_failed for raw in guarded if not raw.is_quiet):
            sys.stdout.flush()
        sys.stderr.flush()
    finally:
        for raw in guarded:
            raw.is_over = raw.has_failed


def leave_removed_folder() -> str:
    """Where the working folder has been removed, go to a new one; the words that say so.

    Libraries and new processes ask for the working folder, and end where there is none.
    """
    try:
        Path.cwd()
    except OSError:
        folder = tempfile.mkdtemp(prefix="corpus_norm-")
        os.chdir(folder)
        return f"the working folder has been removed; relative paths are taken from {folder}"
    return ""


def _occupy() -> None:
    """No file that is opened later may get the number of a standard stream that is closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _guard(stream: TextIO | None, *, is_quiet: bool) -> TextIO:
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)  # with PYTHONUNBUFFERED there is no layer between
    if stream is not None and not isinstance(raw, io.RawIOBase):
        return stream  # somebody put another object there, who knows what it can do
    return io.TextIOWrapper(
        io.BufferedWriter(_Guarded(raw if stream else None, is_quiet=is_quiet)),
        encoding=stream.encoding if stream else "utf-8",
        # A name in Chinese shall be readable in some way on a terminal that knows only ASCII.
        errors="backslashreplace",
        line_buffering=True,
    )


class _Guarded(io.RawIOBase):
    """The lowest layer of a stream: it tells in one way that it cannot be written to, or not."""

    def __init__(self, raw: io.RawIOBase | None, *, is_quiet: bool) -> None:
        super().__init__()
        self._raw = raw
        self.is_quiet = is_quiet
        self.has_failed = False
        self.is_over = False

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._raw is not None and self._raw.isatty()

    def fileno(self) -> int:
        if self._raw is None:
            raise io.UnsupportedOperation("the stream is closed")
        return self._raw.fileno()

    def write(self, data: Any) -> int:  # noqa: ANN401 -- any buffer
        if self.is_over:
            return len(data)
        try:
            return self._write(data)
        except OSError as error:
            self.has_failed = True
            if self.is_quiet:
                return len(data)
            raise _explain(error) from error

    def _write(self, data: Any) -> int:  # noqa: ANN401 -- as above
        if self._raw is None:
            raise OSError(errno.EBADF, "it is closed")
        return self._raw.write(data) or 0

    def close(self) -> None:
        """The file under it stays open, for whoever comes after."""


def _explain(error: OSError) -> OutputError:
    what = f"standard output cannot be written: {error.strerror or error}"
    if isinstance(error, BrokenPipeError):
        return ReaderGoneError(what)
    return OutputError(f"{what}; send it elsewhere")


# A pipe has no width of its own; COLUMNS, where it is set, decides.
PIPE_WIDTH = None if (sys.stdout and sys.stdout.isatty()) or "COLUMNS" in os.environ else 120
out = Console(width=PIPE_WIDTH)
err = Console(stderr=True)


def say(line: str) -> None:
    """Print a line as it is: not wrapped, no mark-up, so that it can be piped and copied."""
    out.print(line, soft_wrap=True, highlight=False, markup=False)


def tell(line: str, *, markup: bool = False) -> None:
    """Say what was done or found; where standard output cannot be written to, on standard error.

    Not for what a command is asked to print: there an output that is lost is an error.
    """
    try:
        out.print(line, soft_wrap=True, highlight=False, markup=markup)
    except OutputError:
        err.print(line, soft_wrap=True, highlight=False, markup=markup)


def is_unicode() -> bool:
    """Whether standard output takes every character."""
    return (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")


def complain(line: str, mark: str = "error:") -> None:
    """Print a line on standard error."""
    style = "bold red" if mark == "error:" else "yellow"
    err.print(f"[{style}]{mark}[/] {escape(line)}", soft_wrap=True, highlight=False)


def escape(text: str) -> str:
    """Text in which rich sees no mark-up."""
    from rich.markup import escape

    return escape(text)


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
