"""All amounts of a text, whatever its language."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from corpus_norm.audit.clock import find_han_times, find_times
from corpus_norm.audit.conventions import (
    find_eras,
    find_fractions,
    find_periods,
    find_shares,
    find_sums,
)
from corpus_norm.audit.dates import (
    find_han_dates,
    find_numeric_dates,
    find_weekdays,
    join_dates,
)
from corpus_norm.audit.han_numbers import find_han_numbers
from corpus_norm.audit.signs import mark_signs
from corpus_norm.audit.spaced_numbers import find_numbers
from corpus_norm.audit.units import attach_units
from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corpus_norm.audit.amounts import Amount
    from corpus_norm.languages import Language

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
    fixed = [
        *find_numeric_dates(text, style),
        *find_periods(text, style),
        *find_fractions(text),
    ]
    if not language.spaced:
        special = [*find_eras(text, style), *find_shares(text), *find_sums(text, style)]
        fixed = _apart(
            text,
            [
                *fixed,
                *special,
                *find_han_dates(text),
                *find_han_times(text, style),
                *find_times(text, style),
                *find_weekdays(text, style),
            ],
        )
        rest = _blank(text, fixed)
        found = [*fixed, *attach_units(rest, find_han_numbers(rest, style), style)]
    else:
        fixed = _apart(text, [*fixed, *find_times(text, style), *find_weekdays(text, style)])
        rest = _blank(text, fixed)
        numbers = attach_units(rest, find_numbers(rest, style), style)
        found = [*fixed, *join_dates(rest, numbers, style)]
    found.sort(key=lambda amount: (amount.start, amount.end))
    return mark_signs(text, [_as_written(text, amount) for amount in found], style)


def _as_written(text: str, amount: Amount) -> Amount:
    written = text[amount.start : amount.end]
    return amount if amount.text == written else replace(amount, text=written)


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
