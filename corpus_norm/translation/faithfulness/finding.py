"""All amounts of a text, whatever its language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_norm.languages import get_language
from corpus_norm.translation.faithfulness.dates import (
    find_han_dates,
    find_iso_dates,
    find_times,
    find_weekdays,
    join_dates,
)
from corpus_norm.translation.faithfulness.han import find_han_numbers
from corpus_norm.translation.faithfulness.spaced import find_numbers
from corpus_norm.translation.faithfulness.units import attach_units

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corpus_norm.languages import Language
    from corpus_norm.translation.faithfulness.amount import Amount

_BLANK = "\0"


def amounts(text: str, language: str) -> list[Amount]:
    """The amounts and dates that a reader may count on, in order, with their spans.

    Words that only may be amounts (``one``, ``second``) are left out.

    >>> [a.text for a in amounts("Le 3 mars 2024, un tiers des 7 milliards de dollars", "fr")]
    ['3 mars', '2024', 'un tiers', '7 milliards de dollars']

    Raises:
        KeyError: the language has no record.
    """
    return [amount for amount in find_all(text, get_language(language)) if amount.counts]


def find_all(text: str, language: Language) -> list[Amount]:
    """The amounts of a text, those that are not firm among them."""
    style = language.numbers
    if not language.spaced:
        fixed = _apart(text, [*find_han_dates(text), *find_times(text), *find_weekdays(text, style)])
        rest = _blank(text, fixed)
        return _sorted([*fixed, *attach_units(rest, find_han_numbers(rest, style), style)])
    fixed = _apart(text, [*find_iso_dates(text), *find_times(text), *find_weekdays(text, style)])
    rest = _blank(text, fixed)
    numbers = attach_units(rest, find_numbers(rest, style), style)
    return _sorted([*fixed, *join_dates(rest, numbers, style)])


def _apart(text: str, found: Iterable[Amount]) -> list[Amount]:
    """Without those that overlap an earlier one."""
    kept: list[Amount] = []
    taken = bytearray(len(text))
    for amount in found:
        if not any(taken[amount.start : amount.end]):
            taken[amount.start : amount.end] = b"\1" * (amount.end - amount.start)
            kept.append(amount)
    return kept


def _blank(text: str, found: Iterable[Amount]) -> str:
    characters = list(text)
    for amount in found:
        characters[amount.start : amount.end] = _BLANK * (amount.end - amount.start)
    return "".join(characters)


def _sorted(found: Iterable[Amount]) -> list[Amount]:
    return sorted(found, key=lambda amount: (amount.start, amount.end))
