"""The two consoles, and how a line is said."""

from __future__ import annotations

import os
import sys

from rich.console import Console

from corpus_norm.cli.streams import OutputError

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
