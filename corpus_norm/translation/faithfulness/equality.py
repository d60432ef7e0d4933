"""When an amount in one language is the amount in another: same value, share, size or date."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.labels import AmountKind
from corpus_norm.translation.faithfulness.units import is_money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus_norm.translation.faithfulness.amount import Amount

# Dimension and size of each unit; what is converted from one system to another is rounded.
_SIZES: Mapping[str, tuple[str, Fraction]] = MappingProxyType(
    {
        "second": ("time", Fraction(1)),
        "minute": ("time", Fraction(60)),
        "hour": ("time", Fraction(3_600)),
        "day": ("time", Fraction(86_400)),
        "week": ("time", Fraction(604_800)),
        "month": ("calendar", Fraction(1)),
        "year": ("calendar", Fraction(12)),
        "decade": ("calendar", Fraction(120)),
        "century": ("calendar", Fraction(1_200)),
        "m": ("length", Fraction(1)),
        "km": ("length", Fraction(1_000)),
        "mile": ("length", Fraction(1_609)),
        "foot": ("length", Fraction(305, 1_000)),
        "kg": ("mass", Fraction(1)),
        "tonne": ("mass", Fraction(1_000)),
        "jin": ("mass", Fraction(1, 2)),
        "pound": ("mass", Fraction(454, 1_000)),
    }
)
_ROUNDED_UNITS = frozenset({"m", "km", "mile", "foot", "kg", "tonne", "jin", "pound"})
_TOLERANCE = Fraction(7, 100)


@dataclass(frozen=True, slots=True)
class Sides:
    """Whether percentages and currencies are named anywhere, in the original and in the English."""

    percent: tuple[bool, bool] = (True, True)
    money: tuple[bool, bool] = (True, True)


def are_equal(one: Amount, other: Amount) -> bool:
    """Whether two amounts have a reading in common, as numbers, dates, shares or sizes."""
    kinds = {one.kind, other.kind}
    calendar = kinds & {AmountKind.DATE, AmountKind.MONTH, AmountKind.WEEKDAY, AmountKind.TIME}
    if len(kinds) == 1 and calendar:
        return one.value == other.value
    if calendar:
        return _reads_as_number(one, other) or _reads_as_number(other, one)
    if one.vague or other.vague:
        return _same_magnitude(one, other)
    if set(one.values) & set(other.values):
        return True
    return _same_share(one, other) or _same_share(other, one) or _same_size(one, other)


def _reads_as_number(fixed: Amount, number: Amount) -> bool:
    """``the 3rd`` for a date, ``three o'clock`` for a time."""
    if fixed.kind is AmountKind.DATE:
        return number.kind is AmountKind.NUMBER and fixed.value % 100 in number.values
    if fixed.kind is AmountKind.TIME and number.kind is AmountKind.NUMBER:
        return any(_minutes(value) % 720 == fixed.value for value in number.values)
    return False


def _minutes(value: Fraction) -> Fraction:
    """``23.45`` as a time; ``23`` as one too."""
    return value // 1 * 60 + value % 1 * 100


def _same_magnitude(one: Amount, other: Amount) -> bool:
    if (one.vague and other.vague) or not (one.firm or other.firm):
        return one.value * Fraction(1, 2) <= other.value <= one.value * 2
    return other.value in one.values or one.value in other.values


def _same_share(percent: Amount, number: Amount) -> bool:
    """``half`` for 50 %, ``doubled`` for 100 %."""
    if "%" not in percent.units or number.units:
        return False
    shares = {value / 100 for value in percent.values}
    return bool(shares & set(number.values)) or (
        not number.firm and any(share + 1 in number.values for share in shares)
    )


def _same_size(one: Amount, other: Amount) -> bool:
    """``18 months`` for a year and a half, ``5 miles`` for 8 km."""
    for unit in one.units & _SIZES.keys():
        for unit_en in other.units & _SIZES.keys():
            (dimension, size), (dimension_en, size_en) = _SIZES[unit], _SIZES[unit_en]
            if dimension != dimension_en or unit == unit_en:
                continue
            for value in one.values:
                for value_en in other.values:
                    slack = _slack({unit, unit_en}, value * size)
                    if abs(value * size - value_en * size_en) <= slack:
                        return True
    return False


def _slack(units: set[str], size: Fraction) -> Fraction:
    """How far two sizes may be apart: conversions are rounded, ``quinze jours`` are two weeks."""
    if units == {"day", "week"}:
        return _SIZES["day"][1]
    return size * _TOLERANCE if units & _ROUNDED_UNITS else Fraction(0)


def units_agree(one: Amount, other: Amount, sides: Sides) -> bool:
    """Whether two equal amounts count the same thing.

    Where one of them has no unit, its sentence must name that unit somewhere else.
    """
    units = one.units | other.units
    both = bool(one.units and other.units)
    if is_money(units):
        if both:
            return bool(one.units & other.units)
        return "?" in units or all(sides.money)
    if "?" in units or _same_share(one, other) or _same_share(other, one):
        return True
    if "%" in units:
        return one.units == other.units if both else all(sides.percent)
    if not both or one.units & other.units:
        return True
    dimensions = {_SIZES[u][0] for u in one.units & _SIZES.keys()}
    dimensions_en = {_SIZES[u][0] for u in other.units & _SIZES.keys()}
    of_time = dimensions | dimensions_en <= {"time", "calendar"}
    clash = bool(dimensions & dimensions_en) or of_time
    return not clash or _same_size(one, other)
