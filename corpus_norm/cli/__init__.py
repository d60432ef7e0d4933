"""The command line: ``python -m corpus_norm``.  No logic, only arguments, progress and exit codes.

Exit codes: 0 all well, 1 some documents were rejected, 2 wrong usage or an error that stopped
the run.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from corpus_norm._version import __version__
from corpus_norm.cli import (
    browse,
    convert,
    doctor,
    export,
    inspect,
    memory,
    models,
    report,
    verify,
)
from corpus_norm.cli.console import err, escape, out
from corpus_norm.errors import CorpusNormError

app = typer.Typer(
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
    """Run the command line; errors are told in one line, never as a traceback."""
    try:
        app()
    except CorpusNormError as error:
        err.print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()


@app.callback(invoke_without_command=True)
def _root(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        out.print(f"corpus_norm {__version__}")
        raise typer.Exit


for _commands in (convert, verify, inspect, export, report, browse, doctor):
    app.add_typer(_commands.app)
app.add_typer(models.app, name="models")
app.add_typer(memory.app, name="memory")
