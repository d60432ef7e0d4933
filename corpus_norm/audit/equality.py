"""When an amount in one language is the amount in another: same value, share, size or date."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import log
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.audit.units import is_money
from corpus_norm.labels import AmountKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus_norm.audit.amounts import Amount

    Key = tuple[str, Fraction]

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
_HALF_DAY = 720
_CALENDAR = frozenset({AmountKind.DATE, AmountKind.MONTH, AmountKind.WEEKDAY, AmountKind.TIME})
_SHARES = frozenset({"%", "pp"})


@dataclass(frozen=True, slots=True)
class Sides:
    """Whether percentages and currencies are named anywhere, in the original and in the English."""

    percent: tuple[bool, bool] = (True, True)
    money: tuple[bool, bool] = (True, True)


def are_equal(one: Amount, other: Amount) -> bool:
    """Whether two amounts have a reading in common, as numbers, dates, shares or sizes."""
    kinds = {one.kind, other.kind}
    if kinds & _CALENDAR:
        if len(kinds) == 1:
            return bool(set(one.values) & set(other.values))
        return _reads_as_number(one, other) or _reads_as_number(other, one)
    if one.vague or other.vague:
        return _same_magnitude(one, other)
    units = one.units | other.units
    if "off" in units and "left" in units:
        return one.value + other.value == 100  # 七折 is 30 % off, or 70 % of the price
    of_year = one.period == other.period or (_may_be_period(one) and _may_be_period(other))
    return of_year and _same_value(one, other)


def _same_value(one: Amount, other: Amount) -> bool:
    if set(one.values) & set(other.values):
        return True
    return _same_share(one, other) or _same_share(other, one) or _same_size(one, other)


def keys_of(amount: Amount) -> frozenset[Key]:
    """What two amounts have in common if they are equal: at least one of these.

    >>> from corpus_norm.audit import amounts
    >>> [year], [months] = amounts("un an et demi", "fr"), amounts("18 months", "en")
    >>> [key[0] for key in keys_of(year) & keys_of(months)]
    ['calendar']
    """
    if amount.kind is AmountKind.DATE:
        days = {("number", value % 100) for value in amount.values}
        return frozenset({*days, *((amount.kind, value) for value in amount.values)})
    if amount.kind is AmountKind.TIME:
        return frozenset((amount.kind, value % _HALF_DAY) for value in amount.values)
    if amount.kind in _CALENDAR:
        return frozenset((amount.kind, value) for value in amount.values)
    keys: set[Key] = {("number", value) for value in amount.values}
    keys |= {(AmountKind.TIME, minutes) for v in amount.values for minutes in _as_times(v)}
    if "%" in amount.units:
        keys |= {("number", v / 100 + one) for v in amount.values for one in (0, 1)}
    if "off" in amount.units:
        keys |= {("number", 100 - value) for value in amount.values}
    if amount.vague or not amount.firm:
        keys |= _ranges("magnitude", amount.value, 2)
    for unit in amount.units & _SIZES.keys():
        dimension, size = _SIZES[unit]
        for value in amount.values:
            keys |= _size_keys(unit, dimension, value * size)
    return frozenset(keys)


def _size_keys(unit: str, dimension: str, size: Fraction) -> set[Key]:
    if unit in _ROUNDED_UNITS:
        return _ranges(dimension, size, 1.08)
    keys: set[Key] = {(dimension, size)}
    if unit in {"day", "week"}:
        days = Fraction(size // _SIZES["day"][1])
        keys |= {("days", days), ("days", days + 1)}
    return keys


def _ranges(name: str, value: Fraction, ratio: float) -> set[Key]:
    """Keys in common for any two values of which one is at most ``ratio`` times the other."""
    if value <= 0:
        return {(name, value)}
    step = int(log(value) // log(ratio))
    return {(name, Fraction(step)), (name, Fraction(step + 1))}


def _reads_as_number(fixed: Amount, number: Amount) -> bool:
    """``the 3rd`` for a date, ``three o'clock`` or ``half past`` for a time."""
    if number.kind is not AmountKind.NUMBER:
        return False
    if fixed.kind is AmountKind.DATE:
        return any(value % 100 in number.values for value in fixed.values)
    if fixed.kind is AmountKind.TIME:
        if number.value > 12:  # 20 h is in the evening
            written = number.value // 1 * 60 + number.value % 1 * 100
            return bool({number.value * 60 % (2 * _HALF_DAY), written} & set(fixed.values))
        minutes = {value % _HALF_DAY for value in fixed.values}
        return any(minutes & _as_times(value) for value in number.values)
    return False


def _as_times(value: Fraction) -> set[Fraction]:
    """``23.45`` and ``3 1/2`` as times; ``23`` as one too."""
    if not 0 <= value <= 24:
        return set()
    written = value // 1 * 60 + value % 1 * 100
    return {written % _HALF_DAY, value * 60 % _HALF_DAY}


def _may_be_period(amount: Amount) -> bool:
    """``first`` and ``three`` may be of a quarter; ``a``, ``one`` and ``two`` say too little."""
    return bool(amount.period) or amount.value > 2 or len(amount.text) > 3


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


def signs_agree(one: Amount, other: Amount) -> bool:
    """Whether both amounts are negative or neither; ``down 3%`` may stand for ``-3 %``."""
    if one.negative == other.negative:
        return True
    return other.falls if one.negative else one.falls


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
    if _same_share(one, other) or _same_share(other, one):
        return True
    if "?" in units:  # points are points, of whatever kind, and no per cent
        return "%" not in units
    if units & _SHARES:
        return one.units & _SHARES == other.units & _SHARES if both else all(sides.percent)
    return not both or bool(one.units & other.units) or not _clash(one, other)


def _clash(one: Amount, other: Amount) -> bool:
    """Whether two units measure the same and the sizes are not."""
    dimensions = {_SIZES[u][0] for u in one.units & _SIZES.keys()}
    dimensions_en = {_SIZES[u][0] for u in other.units & _SIZES.keys()}
    of_time = dimensions | dimensions_en <= {"time", "calendar"}
    return (bool(dimensions & dimensions_en) or of_time) and not _same_size(one, other)
