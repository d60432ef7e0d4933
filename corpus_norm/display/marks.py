"""Places in a text that a reader should look at, and the text cut up at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text that is underlined: an amount, what it says, whether it is wrong."""

    start: int
    end: int
    note: str
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text, with the mark it carries, if any."""

    text: str
    mark: Mark | None = None


def cut(text: str, marks: Iterable[Mark]) -> list[Stretch]:
    """A text cut up at its marks; together the stretches are the text.

    A mark outside the text, or that begins inside another, is left out.

    >>> [stretch.text for stretch in cut("lost $5 billion", [Mark(5, 15, "5e9 USD")])]
    ['lost ', '$5 billion']
    """
    stretches, done = list[Stretch](), 0
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not done <= mark.start < mark.end <= len(text):
            continue
        stretches += [Stretch(text[done : mark.start])] if mark.start > done else []
        stretches.append(Stretch(text[mark.start : mark.end], mark))
        done = mark.end
    return stretches + ([Stretch(text[done:])] if done < len(text) else [])


def show_text(text: str, most: int = 60) -> str:
    r"""A short text with the characters nobody sees written out.

    >>> show_text("a\xad\n"), show_text("é" * 70)[-2:]
    ('a\\xad\\n', 'é…')
    """
    return repr(text if len(text) <= most else f"{text[:most]}…")[1:-1]
