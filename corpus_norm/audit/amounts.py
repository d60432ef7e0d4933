"""What an amount in a text is: a span, the values it may stand for, and its unit."""

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

    ``start`` and ``end`` count code points.  ``values`` are all its readings, the likeliest first
    (a date as month * 100 + day, a time in minutes of a day).  ``units`` are ISO 4217 codes,
    ``%`` (``off`` a price, or what is ``left`` of it), ``pp`` (percentage points),
    ``?`` (points, of whatever kind), ``quarter`` and
    ``half-year`` (of a year), or the name of a unit of time, length or mass.
    ``firm`` says that it must be in the other language too; what is not firm (``one``, ``second``)
    only counts there.  ``vague`` is an order of magnitude, ``scale`` what its numeral was
    multiplied by.  ``negative`` has a minus, in a sign or a word; ``falls`` stands near a word such
    as ``down`` or ``loss``, which may stand for one.  ``row`` says that two neighbouring digits
    give a range (七八百), so that both readings must be in the English.
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
        """``quarter`` or ``half-year`` if it is such a part of a year."""
        return next(iter(self.units & {"quarter", "half-year"}), "")

    @property
    def counts(self) -> bool:
        """Whether a reader counts on it, so that it is shown; what is firm and a little more.

        ``two hours`` and ``half`` are, ``two`` and ``one`` may be pronouns.
        """
        if self.firm or self.kind in {AmountKind.DATE, AmountKind.MONTH, AmountKind.WEEKDAY}:
            return True
        return self.value == Fraction(1, 2) or (bool(self.units) and self.value == 2)

    @property
    def reading(self) -> str:
        """What the amount says, in one notation for all languages.

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
        """The amount with further readings."""
        return replace(self, values=tuple(dict.fromkeys([*self.values, *values])))
