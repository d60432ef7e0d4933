"""What the command line writes: messages, the log, failures, and the help of commands.

Help has examples first, then the options that people use most, then the others.  It is plain text,
since the libraries that draw frames and colours take longer to load than the help takes to read.
"""

from __future__ import annotations

import errno
import inspect
import io
import json
import logging
import os
import sys
import tempfile
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from typer.core import TyperCommand, TyperGroup

from corpus_norm.errors import CorpusNormError
from corpus_norm.faults import describe, logger

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Literal

    from rich.console import Console

    Level = Literal["debug", "info", "warning", "error"]


COLUMNS = 100
"""The widest that help is written, even where the terminal is wider."""

_FIRST = "Options"


class OutputError(CorpusNormError):
    """Standard output cannot be written to."""


class ReaderGoneError(OutputError):
    """The reader of standard output has closed it, as ``head`` does after ten lines."""


def prepare() -> None:
    """Replace the standard streams by ones that fail in one way and escape missing characters."""
    _open_closed_descriptors()
    sys.stdout = _wrap(sys.stdout, ignores_errors=False)
    sys.stderr = _wrap(sys.stderr, ignores_errors=True)


def finish() -> None:
    """Flush both streams, and discard the rest of one that has failed.

    Raises:
        OutputError: standard output fails now, for the first time.
    """
    raws = [
        getattr(getattr(each, "buffer", None), "raw", None) for each in (sys.stdout, sys.stderr)
    ]
    ours = [raw for raw in raws if isinstance(raw, _RawStream)]
    try:
        if not any(raw.has_failed for raw in ours if not raw.ignores_errors):
            sys.stdout.flush()
        sys.stderr.flush()
    finally:
        for raw in ours:
            raw.discards = raw.has_failed


def leave_removed_folder() -> str:
    """Change to a new folder if the working folder was removed; return a note about it, or "".

    Libraries and new processes fail without a working folder.
    """
    try:
        Path.cwd()
    except OSError:
        folder = tempfile.mkdtemp(prefix="corpus_norm-")
        os.chdir(folder)
        return f"the working folder has been removed; relative paths are taken from {folder}"
    return ""


def _open_closed_descriptors() -> None:
    """Open the null device for closed standard streams, so that no file gets their numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _wrap(stream: TextIO | None, *, ignores_errors: bool) -> TextIO:
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)  # with PYTHONUNBUFFERED the raw stream is the buffer
    if stream is not None and not isinstance(raw, io.RawIOBase):
        return stream  # an object of the caller's, such as one that captures output
    return io.TextIOWrapper(
        io.BufferedWriter(_RawStream(raw if stream else None, ignores_errors=ignores_errors)),
        encoding=stream.encoding if stream else "utf-8",
        # An ASCII terminal shows a Chinese name as escapes instead of failing.
        errors="backslashreplace",
        line_buffering=True,
    )


class _RawStream(io.RawIOBase):
    """A raw stream whose failed writes raise :class:`OutputError`, or are ignored."""

    def __init__(self, raw: io.RawIOBase | None, *, ignores_errors: bool) -> None:
        super().__init__()
        self._raw = raw
        self.ignores_errors = ignores_errors
        self.has_failed = False
        self.discards = False

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._raw is not None and self._raw.isatty()

    def fileno(self) -> int:
        if self._raw is None:
            raise io.UnsupportedOperation("the stream is closed")
        return self._raw.fileno()

    def write(self, data: Any) -> int:  # noqa: ANN401 -- any buffer
        if self.discards:
            return len(data)
        try:
            return self._write(data)
        except OSError as error:
            self.has_failed = True
            if self.ignores_errors:
                return len(data)
            raise _explain(error) from error

    def _write(self, data: Any) -> int:  # noqa: ANN401 -- as above
        if self._raw is None:
            raise OSError(errno.EBADF, "it is closed")
        return self._raw.write(data) or 0

    def close(self) -> None:
        """Leave the wrapped stream open."""


def _explain(error: OSError) -> OutputError:
    what = f"standard output cannot be written: {error.strerror or error}"
    if isinstance(error, BrokenPipeError):
        return ReaderGoneError(what)
    return OutputError(f"{what}; send it elsewhere")


# A pipe has no width of its own; COLUMNS, where it is set, decides.
PIPE_WIDTH = None if (sys.stdout and sys.stdout.isatty()) or "COLUMNS" in os.environ else 120


def __getattr__(name: str) -> Console:
    if name == "out":
        return _out()
    if name == "err":
        return _err()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _out() -> Console:
    """Return standard output; loading the library takes a tenth of a second, so not for help."""
    from rich.console import Console

    return Console(width=PIPE_WIDTH)


@cache
def _err() -> Console:
    from rich.console import Console

    return Console(stderr=True)


def print_output(line: str) -> None:
    """Print a line that the user asked for: not wrapped, no markup, so that it can be piped."""
    _out().print(line, soft_wrap=True, highlight=False, markup=False)


def print_status(line: str, *, markup: bool = False) -> None:
    """Print what a job did or found; on standard error if standard output fails.

    Requested output goes through :func:`print_output`, where a failure is an error.
    """
    try:
        _out().print(line, soft_wrap=True, highlight=False, markup=markup)
    except OutputError:
        print_note(line, markup=markup)


def print_note(line: str, facts: Mapping[str, Any] | None = None, *, markup: bool = False) -> None:
    """Print a line on standard error; with ``--log-json`` as JSON, with its facts."""
    if _form.is_json:
        _write_json("info", line, facts)
    else:
        _err().print(line, soft_wrap=True, highlight=False, markup=markup)


def is_unicode() -> bool:
    """Return whether standard output can show every character."""
    return (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")


def print_error(line: str, label: str = "error:") -> None:
    """Print a line on standard error, after a coloured label; with ``--log-json`` as JSON."""
    if _form.is_json:
        _write_json("error" if label == "error:" else "warning", line)
        return
    style = "bold red" if label == "error:" else "yellow"
    _err().print(f"[{style}]{label}[/] {escape(line)}", soft_wrap=True, highlight=False)


def escape(text: str) -> str:
    """Return the text with brackets escaped, so that rich sees no markup."""
    from rich.markup import escape

    return escape(text)


_ADVICE = {
    errno.EMFILE: "raise the limit on open files (ulimit -n), or use fewer workers",
    errno.ENFILE: "close other programs: the system has too many files open",
    errno.ENOSPC: "make room on the disk",
    errno.ENOMEM: "free memory, or use fewer workers",
}


def report_uncaught(error: BaseException) -> None:
    """Print one line: the exception that ended a command, and the file with its traceback."""
    line = " ".join(describe(error).split())
    name = type(error).__name__
    what = line if line.startswith(name) else f"{name}: {line}"
    kept = _save_traceback("".join(traceback.format_exception(error)))
    if isinstance(error, OSError):  # usually the environment, not a bug
        advice = _ADVICE.get(error.errno or 0)
        print_error("; ".join(part for part in (what, advice, kept) if part))
    else:
        print_error(f"{what}; please report it: {kept}")


@dataclass(slots=True)
class _Form:
    """The form of all that is written on standard error."""

    is_json: bool = False


_form = _Form()


def write_json(*, wanted: bool = True) -> None:
    """Write everything on standard error as lines of JSON from now on, or no longer."""
    _form.is_json = wanted


def is_json() -> bool:
    """Whether everything on standard error is lines of JSON."""
    return _form.is_json


def _write_json(level: str, message: str, facts: Mapping[str, Any] | None = None) -> None:
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": level,
        "message": message,
        **(facts or {}),
    }
    sys.stderr.write(json.dumps(line, ensure_ascii=True) + "\n")


class LogHandler(logging.Handler):
    """Write each record of the library's log as one line, for people or as JSON.

    A line of JSON has time (UTC), level and message; the ``event`` of the record gives more facts,
    a ``fault`` its traceback.  For people, tracebacks are saved to a file.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        fault = getattr(record, "fault", None)
        message = record.getMessage().splitlines()[0]
        if _form.is_json:
            facts = dict(getattr(record, "event", {}))
            if fault is not None:
                facts |= {"what": "fault", "trace": fault.trace}
            _write_json(record.levelname.lower(), message, facts)
        elif fault is None:
            label = "note:" if record.levelno >= logging.WARNING else f"{record.levelname.lower()}:"
            print_error(message, label=label)
        else:
            print_error(
                f"{' '.join(str(fault).split())}; please report it: {_save_traceback(fault.trace)}"
            )


def show_log() -> None:
    """Write the library's log on standard error, in place of the root logger's handlers."""
    if not any(isinstance(each, LogHandler) for each in logger.handlers):
        logger.addHandler(LogHandler())
        logger.propagate = False


def start_log(level: Level, *, as_json: bool) -> None:
    """Write the log from this level on, for people or as JSON."""
    write_json(wanted=as_json)
    logger.setLevel(level.upper())
    show_log()
    logger.propagate = False


def _save_traceback(trace: str) -> str:
    """Write a traceback to a file and return a phrase that names it."""
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


class Command(TyperCommand):
    """A command whose help fits two screens."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 -- click is not typed
        """Write usage, purpose, examples, arguments, and options under their headings."""
        _write_head(self, ctx, formatter)
        _write_parameters(self, ctx, formatter)


class Group(TyperGroup):
    """A group of commands, with help in the same form."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 -- as above
        """Write usage, purpose, examples, commands and options."""
        _write_head(self, ctx, formatter)
        self.format_commands(ctx, formatter)
        _write_parameters(self, ctx, formatter)


def _write_head(command: Any, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
    command.format_usage(ctx, formatter)
    for paragraph in _split(command.help):
        formatter.write_paragraph()
        formatter.write_text(" ".join(paragraph.split()))
    if examples := _split((command.epilog or "").partition("Examples:")[2]):
        with formatter.section("Examples"):
            for line in examples:
                formatter.write(f"{'':{formatter.current_indent}}{line.strip()}\n")


def _split(text: str | None) -> list[str]:
    """Return the paragraphs of a help text."""
    return [part for part in inspect.cleandoc(text or "").split("\n\n") if part.strip()]


def _write_parameters(command: Any, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
    sections: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None:
            is_option = parameter.param_type_name == "option"
            heading = getattr(parameter, "rich_help_panel", None) or _FIRST
            sections.setdefault(heading if is_option else "Arguments", []).append(record)
    for heading in _order(sections):
        with formatter.section(heading):
            formatter.write_dl(sections[heading], col_max=24)


def _order(headings: Iterable[str]) -> list[str]:
    """Put arguments and the most used options first."""
    first = ("Arguments", _FIRST)
    there = list(headings)
    return [each for each in first if each in there] + [h for h in there if h not in first]


def count(number: int, one: str, several: str = "") -> str:
    """Return a number with the word for one or for several, by default with an "s".

    >>> count(1, "story", "stories"), count(2_000, "document"), count(0, "part")
    ('1 story', '2,000 documents', '0 parts')
    """
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
