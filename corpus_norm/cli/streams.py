"""The standard streams, whatever is at their other end: nothing, a full disk, a reader who left.

What cannot be written to standard output is an :class:`OutputError`, not an error of the system
that libraries on the way treat each in its own way.  What cannot be written to standard error is
lost: there is nobody left to tell.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, TextIO

from corpus_norm.errors import CorpusNormError


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
