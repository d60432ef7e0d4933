"""Amounts inside a sentence and its English, and whether they agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus_norm.labels import AmountState
from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Iterable


def find_marks(
    text: str, english: str | None, language: str
) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """The amounts in a sentence and in its English.

    >>> marks, marks_en = find_marks("Il gagne 5 %.", "He earns 7%.", "fr")
    >>> marks
    (Mark(start=9, end=12, note='5%, in the English 7%', is_wrong=True),)
    >>> find_marks("It lost $5 billion.", None, "en")[0][0].note
    '5,000,000,000 dollars'
    """
    from corpus_norm.audit import amounts, audit

    if english is None:
        found = amounts(text, language) if _is_known(language) else []
        return tuple(Mark(a.start, a.end, a.reading) for a in found), ()
    marks, marks_en = list[Mark](), list[Mark]()
    for pair in audit(text, english, language).amounts:
        wrong = pair.state is not AmountState.KEPT
        source, other = pair.source, pair.english
        if source:
            told = f", in the English {other.reading if other else 'missing'}" if wrong else ""
            marks.append(Mark(source.start, source.end, source.reading + told, wrong))
        if other:
            told = f", in the original {source.reading if source else 'missing'}" if wrong else ""
            marks_en.append(Mark(other.start, other.end, other.reading + told, wrong))
    return tuple(marks), tuple(marks_en)


def _is_known(language: str) -> bool:
    try:
        get_language(language)
    except KeyError:
        return False
    return True


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
