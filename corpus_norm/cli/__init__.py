"""The command line, ``python -m corpus_norm``: arguments, progress and exit codes, no logic.

Exit codes: 0 success, 1 some documents were rejected or a check found a problem, 2 wrong usage or
an error that stopped the command.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from corpus_norm._version import __version__
from corpus_norm.cli import checks, console, convert, inspect, memory, models, stories, views
from corpus_norm.cli.console import out, print_error
from corpus_norm.errors import CorpusNormError

if TYPE_CHECKING:
    from collections.abc import Callable


class _UncaughtError(Exception):
    """Carries an OSError past click, which would handle it as an error of its own."""


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 -- click is not typed
        try:
            return super().invoke(ctx)
        except (OSError, EOFError) as error:
            raise _UncaughtError from error


app = typer.Typer(
    cls=_Commands,
    help="Turn raw multilingual news into clean, English-readable Parquet, offline.",
    epilog="Examples:\n\npython -m corpus_norm convert corpus/ -o out/\n\n"
    "python -m corpus_norm inspect article.html --explain\n\n"
    "python -m corpus_norm report out/ -o report.html\n\n"
    "python -m corpus_norm doctor",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; an error is one line on standard error, never a traceback."""
    console.prepare()
    console.show_log()
    code = _call(_run)
    sys.exit(_call(console.finish) or code)


def _run() -> None:
    if note := console.leave_removed_folder():
        print_error(note, label="note:")
    app()


def _call(function: Callable[[], object]) -> int:
    """Call a function, report its exception, and return the exit code."""
    try:
        function()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2 if end.code else 0
    except console.ReaderGoneError:
        return 0  # the reader has all that it wanted
    except CorpusNormError as error:
        print_error(str(error))
        return 2
    except KeyboardInterrupt:
        return 130
    except BaseException as error:  # noqa: BLE001 -- a library in Rust may raise any
        console.report_uncaught((isinstance(error, _UncaughtError) and error.__cause__) or error)
        return 2
    return 0


@app.callback(invoke_without_command=True)
def _root(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        out.print(f"corpus_norm {__version__}")
        raise typer.Exit


for _commands in (convert, inspect, views, stories, checks):
    app.add_typer(_commands.app)
app.add_typer(models.app, name="models")
app.add_typer(memory.app, name="memory")
