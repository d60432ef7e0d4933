"""The help of commands: examples first, then the options that people use most, then the others.

It is plain text, since the libraries that draw frames and colours take longer to load than the
help takes to read.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS = 100
"""The widest that help is written, even where the terminal is wider."""

_FIRST = "Options"


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
