"""The two consoles, and how a line is said."""

from __future__ import annotations

import os
import sys

from rich.console import Console

# A pipe has no width of its own; COLUMNS, where it is set, decides.
PIPE_WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 120
out = Console(width=PIPE_WIDTH)
err = Console(stderr=True)


def say(line: str) -> None:
    """Print a line as it is: not wrapped, no mark-up, so that it can be piped and copied."""
    out.print(line, soft_wrap=True, highlight=False, markup=False)


def escape(text: str) -> str:
    """Text in which rich sees no mark-up."""
    from rich.markup import escape

    return escape(text)
