"""Amounts found in a text: the span, the possible values and the unit of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from corpus_norm.labels import AmountKind

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount found in a text.

    ``start`` and ``end`` count code points.  ``values`` holds all readings, the likeliest first; a
    date is month * 100 + day, a time is in minutes since midnight.

    ``units`` holds ISO 4217 codes, ``%`` (with ``off`` for a discount, or ``left`` for the share
    of the price that remains), ``pp`` (percentage points), ``?`` (points of any kind), ``quarter``
    and ``half-year`` (of a year), or the name of a unit of time, length or mass.

    A ``firm`` amount must appear in the other language too.  An amount that is not firm (``one``,
    ``second``) need not, but may match an amount there.  ``vague`` means an order of magnitude;
    ``scale`` is the factor that multiplied the numeral.  ``negative`` means that a sign or a word
    says minus; ``falls`` means that a word nearby, such as ``down`` or ``loss``, may stand for a
    minus.  ``row`` means that two neighbouring digits give a range (七八百), so that the English
    must contain both readings.
    """

    text: str
    start: int
    end: int
    values: tuple[Fraction, ...]
    kind: AmountKind = AmountKind.NUMBER
    units: frozenset[str] = frozenset()
    firm: bool = True
    vague: bool = False
    scale: Fraction = Fraction(1)
    negative: bool = False
    falls: bool = False
    row: bool = False

    @property
    def value(self) -> Fraction:
        """The likeliest reading."""
        return self.values[0]

    @property
    def period(self) -> str:
        """``quarter`` or ``half-year`` if the amount is such a part of a year, otherwise ``""``."""
        return next(iter(self.units & {"quarter", "half-year"}), "")

    @property
    def counts(self) -> bool:
        """Whether the amount matters to a reader and is shown: firm amounts and a few others.

        ``two hours`` and ``half`` count; ``two`` and ``one`` do not, as they may be pronouns.
        """
        if self.firm or self.kind in {AmountKind.DATE, AmountKind.MONTH, AmountKind.WEEKDAY}:
            return True
        return self.value == Fraction(1, 2) or (bool(self.units) and self.value == 2)

    @property
    def reading(self) -> str:
        """The amount in one notation for all languages.

        >>> Amount("3 mars", 0, 6, (Fraction(303),), AmountKind.DATE).reading
        '03-03'
        >>> Amount("5 M€", 0, 4, (Fraction(5_000_000),), units=frozenset({"EUR"})).reading
        '5,000,000 EUR'
        """
        value = self.value
        if self.kind is AmountKind.DATE:
            return f"{int(value) // 100:02}-{int(value) % 100:02}"
        if self.kind is AmountKind.TIME:
            return f"{int(value) // 60}:{int(value) % 60:02}"
        has_no_unit = not self.units or "era" in self.units
        if self.kind is AmountKind.NUMBER and has_no_unit and 1000 <= value < 2100:
            return f"{float(value):g}"  # likely a year
        if self.period:
            return f"{self.period} {int(value)}"
        number = f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.4g}"
        number = f"{'-' * self.negative}{number}"
        units = self.units - {"?", "off", "left", "era"}
        unit = (
            "points"
            if "pp" in units
            else min(units)
            if len(units) == 1
            else "dollars"
            if "USD" in units
            else ""
        )
        return f"{'about ' * self.vague}{number} {unit}".replace(" %", "%").rstrip()

    def read_also(self, values: Iterable[Fraction]) -> Amount:
        """Return the amount with further readings."""
        return replace(self, values=tuple(dict.fromkeys([*self.values, *values])))
