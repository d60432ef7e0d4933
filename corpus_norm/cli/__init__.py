"""The command line, ``python -m corpus_norm``: arguments, progress and exit codes, no logic.

Exit codes: 0 success, 1 some documents were rejected or a check found a problem, 2 wrong usage or
an error that stopped the command.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus_norm import __version__
from corpus_norm.cli import console
from corpus_norm.cli.console import COLUMNS, Command, Group, print_error, print_output
from corpus_norm.errors import CorpusNormError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MODULES = ("convert", "inspect", "views")
_GROUPS = ("models", "memory")
# Where a command is defined, so that one command does not wait for the others to load.
_HOMES = MappingProxyType(
    {
        "convert": "convert",
        "inspect": "inspect",
        "schema": "inspect",
        "report": "views",
        "browse": "views",
        "export": "views",
        "stories": "views",
        "doctor": "views",
        "verify": "views",
        "settings": "views",
        **{name: name for name in _GROUPS},
    }
)


class _UncaughtError(Exception):
    """Carries an OSError past click, which would handle it as an error of its own."""


class _Commands(Group):
    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 -- click is not typed
        try:
            return super().invoke(ctx)
        except (OSError, EOFError) as error:
            raise _UncaughtError from error
        except Exception as error:
            explain = getattr(error, "format_message", None)  # an error of click's: wrong usage
            if explain is None or not console.is_json():
                raise
            print_error(f"{' '.join(explain().split())}; see --help")
            raise SystemExit(2) from error


@cache
def build_app(modules: Sequence[str] = (*_MODULES, *_GROUPS)) -> typer.Typer:
    """Return the command line with the commands of some modules, by default of all."""
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
        rich_markup_mode=None,
        context_settings={"max_content_width": COLUMNS},
    )
    app.callback(invoke_without_command=True)(_root)
    for name in modules:
        commands: typer.Typer = import_module(f"{__name__}.{name}").app
        for each in commands.registered_commands:
            each.cls = Command
        if name in _GROUPS:
            app.add_typer(commands, name=name, cls=Group)
        else:
            app.add_typer(commands)
    return app


def __getattr__(name: str) -> object:
    if name == "app":
        return build_app()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def main() -> None:
    """Run the command line; an error is one line on standard error, never a traceback."""
    console.prepare()
    console.write_json(wanted="--log-json" in sys.argv)
    console.show_log()
    code = _call(_run)
    sys.exit(_call(console.finish) or code)


def _run() -> None:
    if note := console.leave_removed_folder():
        print_error(note, label="note:")
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    is_completing = any(name.startswith("_CORPUS_NORM") for name in os.environ)
    is_one = wanted in _HOMES and not is_completing
    app = build_app((_HOMES[wanted],)) if is_one else build_app()
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


def _root(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        print_output(f"corpus_norm {__version__}")
        raise typer.Exit
