"""Match amounts of two languages that have the same value, share, size or date."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict, deque
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from math import log
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.audit.amounts import (
    Amount,
    bounds_day,
    counts_list,
    is_conversion,
    is_day_said,
    is_day_told,
    is_money,
    is_named_otherwise,
    is_rate,
    is_round_the_clock,
    is_whole_day,
    mentions_money,
)
from corpus_norm.audit.dates import months_beside
from corpus_norm.labels import AmountKind, AmountState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from corpus_norm.languages.record import NumberStyle

    Key = tuple[str, Fraction]

# Dimension and size of each unit.  Conversions between systems are rounded.
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
        "li": ("length", Fraction(500)),
        "mile": ("length", Fraction(1_609)),
        "foot": ("length", Fraction(305, 1_000)),
        "kg": ("mass", Fraction(1)),
        "tonne": ("mass", Fraction(1_000)),
        "jin": ("mass", Fraction(1, 2)),
        "pound": ("mass", Fraction(454, 1_000)),
    }
)
_ROUNDED_UNITS = frozenset({"m", "km", "li", "mile", "foot", "kg", "tonne", "jin", "pound"})
_TOLERANCE = Fraction(7, 100)
_HALF_DAY = 720
_CALENDAR = frozenset({AmountKind.DATE, AmountKind.MONTH, AmountKind.WEEKDAY, AmountKind.TIME})
_DAYS = frozenset({AmountKind.DATE, AmountKind.MONTH})
_SHARES = frozenset({"%", "pp"})
_SOME = frozenset({"couple", "half", "both", "few"})


@dataclass(frozen=True)
class Sides:
    """Both texts with their styles; whether both mention money anywhere."""

    texts: tuple[tuple[str, NumberStyle], ...]

    @cached_property
    def money(self) -> bool:
        """Whether both mention a currency."""
        return all(mentions_money(*each) for each in self.texts)


def are_equal(one: Amount, other: Amount) -> bool:
    """Return whether two amounts share a reading, as numbers, dates, shares or sizes."""
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
    """Return the lookup keys of an amount; equal amounts share at least one.

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
    """Return keys such that two values share one if their ratio is at most ``ratio``."""
    if value <= 0:
        return {(name, value)}
    step = int(log(value) // log(ratio))
    return {(name, Fraction(step)), (name, Fraction(step + 1))}


def _reads_as_number(fixed: Amount, number: Amount) -> bool:
    """Return whether a number may stand for a date or a time.

    ``the 3rd`` may be a date, ``three o'clock`` or ``half past`` a time.
    """
    if number.kind is not AmountKind.NUMBER:
        return False
    if fixed.kind is AmountKind.DATE:  # an article is no 1st of the month
        return number.firm and any(value % 100 in number.values for value in fixed.values)
    if fixed.kind is AmountKind.TIME:
        if number.value > 12:  # 20 h is in the evening
            written = number.value // 1 * 60 + number.value % 1 * 100
            return bool({number.value * 60 % (2 * _HALF_DAY), written} & set(fixed.values))
        minutes = {value % _HALF_DAY for value in fixed.values}
        return any(minutes & _as_times(value) for value in number.values)
    return False


@lru_cache(maxsize=1024)
def _as_times(value: Fraction) -> frozenset[Fraction]:
    """Read ``23.45``, ``3 1/2`` or ``23`` as a time, in minutes of half a day."""
    if not 0 <= value <= 24:
        return frozenset()
    written = value // 1 * 60 + value % 1 * 100
    return frozenset({written % _HALF_DAY, value * 60 % _HALF_DAY})


def _may_be_period(amount: Amount) -> bool:
    """Return whether an amount may number a quarter or a half-year.

    ``first`` and ``three`` may; ``a``, ``one`` and ``two`` say too little.
    """
    return bool(amount.period) or amount.value > 2 or len(amount.text) > 3


def _same_magnitude(one: Amount, other: Amount) -> bool:
    if (one.vague and other.vague) or not (one.firm or other.firm):
        return one.value * Fraction(1, 2) <= other.value <= one.value * 2
    return other.value in one.values or one.value in other.values


def _same_share(percent: Amount, number: Amount) -> bool:
    """Return whether a number is the same share: ``half`` for 50 %, ``doubled`` for 100 %."""
    if "%" not in percent.units or number.units:
        return False
    shares = {value / 100 for value in percent.values}
    return bool(shares & set(number.values)) or (
        not number.firm and any(share + 1 in number.values for share in shares)
    )


def _same_size(one: Amount, other: Amount) -> bool:
    """Return whether two sizes are equal: ``18 months`` and 1.5 years, ``5 miles`` and 8 km."""
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
    """Return how far apart two equal sizes may be.

    Conversions are rounded, and ``quinze jours`` are two weeks.
    """
    if units == {"day", "week"}:
        return _SIZES["day"][1]
    return size * _TOLERANCE if units & _ROUNDED_UNITS else Fraction(0)


def signs_agree(one: Amount, other: Amount) -> bool:
    """Return whether both amounts or neither are negative; ``down 3%`` may stand for ``-3 %``."""
    if one.negative == other.negative:
        return True
    if "degree" in one.units | other.units:
        return False
    return other.falls if one.negative else one.falls


def units_agree(one: Amount, other: Amount, sides: Sides) -> bool:
    """Return whether two equal amounts count the same thing.

    If only one has a currency, both sentences must mention money somewhere; a percent sign must be
    on both sides.
    """
    units = one.units | other.units
    both = bool(one.units and other.units)
    if is_money(units):
        if both:
            return bool(one.units & other.units) or _same_size(one, other)
        return "?" in units or sides.money
    if _same_share(one, other) or _same_share(other, one):
        return True
    if "?" in units:  # any kind of points, but not per cent
        return "%" not in units
    if units & _SHARES:
        return one.units & _SHARES == other.units & _SHARES
    return not both or bool(one.units & other.units) or not _clash(one, other)


def _clash(one: Amount, other: Amount) -> bool:
    """Return whether two units measure the same thing but the sizes differ."""
    dimensions = {_SIZES[u][0] for u in one.units & _SIZES.keys()}
    dimensions_en = {_SIZES[u][0] for u in other.units & _SIZES.keys()}
    of_time = dimensions | dimensions_en <= {"time", "calendar"}
    return (bool(dimensions & dimensions_en) or of_time) and not _same_size(one, other)


_SCORE = re.compile(r"(\d{1,2})([:/])(\d{1,2})")
_NEAREST = 16
"""The number of equal amounts compared on each side of the expected place."""


@dataclass(frozen=True, slots=True)
class AmountPair:
    """An amount of the source and its counterpart in the English; one of them may be None.

    ``unit_changed`` means that the value is the same but the currency or unit is not.
    """

    source: Amount | None
    english: Amount | None
    state: AmountState
    unit_changed: bool = False

    @property
    def kind(self) -> AmountKind:
        """The kind of the amount, taken from the source or else from the English."""
        amount = self.source or self.english
        return amount.kind if amount else AmountKind.NUMBER


class _Index:
    """An index of amounts by their keys, so that long lists of numbers take linear time."""

    def __init__(self, amounts: Sequence[Amount]) -> None:
        self.amounts = amounts
        self._known: dict[tuple[object, object], bool] = {}

    @cached_property
    def _classes(self) -> list[tuple[object, ...]]:
        return [_class_of(amount) for amount in self.amounts]

    @cached_property
    def _places(self) -> Mapping[Key, list[int]]:
        places: defaultdict[Key, list[int]] = defaultdict(list)
        for i, amount in enumerate(self.amounts):
            for key in keys_of(amount):
                places[key].append(i)
        return places

    def equals(self, amount: Amount, share: float) -> Iterator[tuple[int, Amount]]:
        """Yield the amounts equal to a given one, with their places.

        If there are many, yield only those near ``share``, the relative position in the list.
        """
        if not self.amounts:
            return
        expected = share * len(self.amounts)
        near: set[int] = set()
        for key in keys_of(amount):
            places = self._places.get(key, [])
            middle = bisect_left(places, expected)
            near.update(places[max(0, middle - _NEAREST) : middle + _NEAREST])
        one = _class_of(amount)
        for i in sorted(near):
            both = one, self._classes[i]
            if both not in self._known:
                self._known[both] = are_equal(amount, self.amounts[i])
            if self._known[both]:
                yield i, self.amounts[i]


def _class_of(amount: Amount) -> tuple[object, ...]:
    """Return the properties that decide which amounts equal this one, in a form fast to compare."""
    values = tuple((value.numerator, value.denominator) for value in amount.values)
    length = len(amount.text) > 3
    return values, amount.kind, amount.units, amount.firm, amount.vague, length


@dataclass(frozen=True, slots=True)
class _Texts:
    """The amounts of both sides, each with its index."""

    source: _Index
    english: _Index
    sides: Sides

    def share_of(self, amount: Amount) -> float:
        """Return the relative position of an English amount among all of them, from 0 to 1."""
        amounts = self.english.amounts
        place = bisect_left(amounts, amount.start, key=lambda each: each.start)
        return place / len(amounts)

    def agree(self, one: Amount, other: Amount) -> bool:
        """Return whether two equal amounts count the same thing, with the same sign."""
        return signs_agree(one, other) and units_agree(one, other, self.sides)


def match_amounts(
    source: Sequence[Amount], english: Sequence[Amount], sides: Sides
) -> list[AmountPair]:
    """Return all amounts that had to be compared, in the order of the source."""
    source, english = _without_scores(source, english), _without_scores(english, source)
    source, english = _as_durations(source, english), _as_durations(english, source)
    texts = _Texts(_Index(source), _Index(english), sides)
    pairs, free, free_en = _match(texts)
    repeated = {i: pair for i in free if (pair := _find_repeated(i, texts))}
    again = [j for j in free_en if english[j].firm and _is_said_again(j, texts)]
    pairs += repeated.values()
    pairs += [AmountPair(None, english[j], AmountState.KEPT) for j in again]
    used = {id(pair.english) for pair in pairs}
    rest = [source[i] for i in free if i not in repeated]
    days = [amount for amount in rest if bounds_day(amount, sides.texts[0][0])]
    pairs += [AmountPair(amount, None, AmountState.KEPT) for amount in days]
    rest = [amount for amount in rest if amount not in days]
    pairs += _match_rest(rest, [english[j] for j in free_en if id(english[j]) not in used])
    pairs = [_accept(pair, sides) for pair in pairs]
    pairs = _check_months(_accept_years(pairs, source), source)
    pairs = [_check_row(pair, texts) for pair in pairs]
    return sorted(pairs, key=_place)


def _accept_years(pairs: Sequence[AmountPair], source: Sequence[Amount]) -> list[AmountPair]:
    """Accept a year that the English adds to a date of a source that names no year.

    Translators of a report of 7月26日, or of the 26th, write July 26, 2020.
    """
    if any(_is_year(amount) for amount in source):
        return list(pairs)
    ends = {
        pair.english.end
        for pair in pairs
        if pair.english and pair.english.kind in _DAYS and pair.state is AmountState.KEPT
    }
    return [
        replace(pair, state=AmountState.KEPT)
        if pair.state is AmountState.ADDED
        and pair.english
        and _is_year(pair.english)
        and ends.intersection(range(pair.english.start - 2, pair.english.start))
        else pair
        for pair in pairs
    ]


def _check_months(pairs: Sequence[AmountPair], source: Sequence[Amount]) -> list[AmountPair]:
    """Set the state of a bare day (the 26th) to CHANGED if the English puts it in a wrong month.

    Beside a date it is of the month of that date, or the next: 7月26日电 ... 26日 is July 26, and
    1月30日至2日 ends on February 2.  Where the source has a date of another month, too, any goes.
    """
    dates = {divmod(int(value), 100) for a in source if _is_day(a) for value in a.values}
    months = {int(a.value) for a in source if a.kind is AmountKind.MONTH}
    if not dates:
        return list(pairs)

    def is_wrong(pair: AmountPair) -> bool:
        bare, said = pair.source, pair.english
        if pair.state is not AmountState.KEPT or said is None or not _is_day(said):
            return False
        if bare is not None and bare.kind is not AmountKind.NUMBER:
            return False
        for value in said.values:
            month, day = divmod(int(value), 100)
            if month in months or any(month in months_beside(day, date) for date in dates):
                return False
        return True

    return [replace(pair, state=AmountState.CHANGED) if is_wrong(pair) else pair for pair in pairs]


def _is_day(amount: Amount) -> bool:
    return amount.kind is AmountKind.DATE and amount.firm


def _accept(pair: AmountPair, sides: Sides) -> AmountPair:
    """Accept an amount on one side alone where the other says as much in its own way."""
    (source, _), (english, _) = sides.texts
    if pair.state is AmountState.MISSING and pair.source:
        fine = (
            counts_list(source, pair.source)
            or is_day_said(source, english, pair.source)
            or is_day_told(source, english, pair.source)
            or is_whole_day(pair.source, english)
            or is_rate(english, pair.source)
        )
    elif pair.state is AmountState.ADDED and pair.english:
        fine = (
            is_conversion(english, pair.english)
            or is_named_otherwise(source, pair.english)
            or is_whole_day(pair.english, source)
            or is_round_the_clock(english, pair.english)
        )
    else:
        return pair
    return replace(pair, state=AmountState.KEPT) if fine else pair


def _is_year(amount: Amount) -> bool:
    is_number = amount.kind is AmountKind.NUMBER and not amount.units
    return is_number and len(amount.text) == len("2020") and 1900 <= amount.value <= 2100


def _check_row(pair: AmountPair, texts: _Texts) -> AmountPair:
    """Set the state of a range to CHANGED if the English lacks one of its two values.

    七八百 is seven to eight hundred.
    """
    source, other = pair.source, pair.english
    if pair.state is not AmountState.KEPT or not (source and other and source.row):
        return pair
    if other.vague or other.text in _SOME:
        return pair
    share = texts.share_of(other)
    for value in source.values[:2]:
        if not any(texts.english.equals(replace(source, values=(value,)), share)):
            return replace(pair, state=AmountState.CHANGED)
    return pair


def _as_durations(amounts: Sequence[Amount], others: Sequence[Amount]) -> list[Amount]:
    """Read ``1 h 45`` as an hour and 45 minutes if the other side counts hours or minutes."""
    if not any(o.units & {"hour", "minute"} for o in others):
        return list(amounts)
    index = _Index(others)
    kept: list[Amount] = []
    for i, amount in enumerate(amounts):
        is_time = amount.kind is AmountKind.TIME and re.search(r"h|[时時]", amount.text) is not None
        if not is_time or any(index.equals(amount, i / len(amounts))):
            kept.append(amount)
            continue
        number = replace(amount, kind=AmountKind.NUMBER)
        hours, minutes = Fraction(amount.value // 60), amount.value % 60
        if hours:
            kept.append(replace(number, values=(hours,), units=frozenset({"hour"})))
        if minutes:
            kept.append(replace(number, values=(minutes,), units=frozenset({"minute"})))
    return kept


def _without_scores(amounts: Sequence[Amount], others: Sequence[Amount]) -> list[Amount]:
    """Read ``21:19`` and ``12/12`` as two numbers if the other side has no such time or date."""
    scores = [_SCORE.fullmatch(a.text) if _may_be_score(a) else None for a in amounts]
    if not any(scores):
        return list(amounts)
    index = _Index(others)
    kept: list[Amount] = []
    for i, (amount, score) in enumerate(zip(amounts, scores, strict=True)):
        equal = (other for _, other in index.equals(amount, i / len(amounts)))
        if score is None or score[3] == "00" or any(_is_as_exact(amount, o) for o in equal):
            kept.append(amount)
            continue
        if score[2] == "/" and int(score[1]) < int(score[3]) <= 4:
            value = Fraction(int(score[1]), int(score[3]))
            kept.append(replace(amount, values=(value,), kind=AmountKind.NUMBER, firm=True))
            continue
        for group in (1, 3):
            start, end = (amount.start + edge for edge in score.span(group))
            kept.append(Amount(score[group], start, end, (Fraction(score[group]),)))
    return kept


def _may_be_score(amount: Amount) -> bool:
    """Return whether an amount is a time or a date without a year, which may be a score."""
    return amount.kind is AmountKind.TIME or (amount.kind is AmountKind.DATE and not amount.firm)


def _is_as_exact(amount: Amount, other: Amount) -> bool:
    """Return whether the match of a date is a date, not only the number of its day."""
    return amount.kind is not AmountKind.DATE or other.kind is AmountKind.DATE


def _match(texts: _Texts) -> tuple[list[AmountPair], list[int], list[int]]:
    """Pair equal amounts, preferring the same unit and nearby places in the sentence.

    Return the pairs, and the places of the unpaired amounts of the source and of the English.
    """
    source, english = texts.source.amounts, texts.english.amounts
    candidates = []
    for i, one in enumerate(source):
        for j, other in texts.english.equals(one, i / len(source)):
            conflict = not texts.agree(one, other)
            distance = abs(i / len(source) - j / len(english))
            hour = AmountKind.TIME in {one.kind, other.kind} and one.kind is not other.kind
            likeliness = hour or one.values[0] != other.values[0]  # 0 cases are not midnight
            candidates.append((conflict, one.firm != other.firm, likeliness, distance, i, j))
    free, free_en = set(range(len(source))), set(range(len(english)))
    pairs = []
    for conflict, _, _, _, i, j in sorted(candidates):
        if i not in free or j not in free_en:
            continue
        if conflict and not _is_sure(source[i], english[j]):
            continue
        free.remove(i)
        free_en.remove(j)
        state = AmountState.CHANGED if conflict else AmountState.KEPT
        if source[i].counts or english[j].counts:
            unit_changed = conflict and signs_agree(source[i], english[j])
            pairs.append(AmountPair(source[i], english[j], state, unit_changed=unit_changed))
    return pairs, sorted(free), sorted(free_en)


def _is_sure(one: Amount, other: Amount) -> bool:
    """Return whether two amounts with different units are the same one, mistranslated."""
    if one.firm and other.firm:
        return True
    return all(amount.units & {*_SHARES, "?"} for amount in (one, other))  # half a point


def _find_repeated(i: int, texts: _Texts) -> AmountPair | None:
    """Pair an amount that the source repeats with an equal English one, even if it is taken."""
    source = texts.source.amounts
    amount, share = source[i], i / len(source)
    if not amount.firm or len(list(texts.source.equals(amount, share))) < 2:
        return None
    said = (o for _, o in texts.english.equals(amount, share) if texts.agree(amount, o))
    other = next(said, None)
    return None if other is None else AmountPair(amount, other, AmountState.KEPT)


def _is_said_again(j: int, texts: _Texts) -> bool:
    """Return whether the source has this English amount, even if it is already paired."""
    amount, share = texts.english.amounts[j], j / len(texts.english.amounts)
    return any(texts.agree(other, amount) for _, other in texts.source.equals(amount, share))


def _match_rest(left: Sequence[Amount], right: Sequence[Amount]) -> list[AmountPair]:
    """Pair the remaining amounts; two of the same kind are one amount that was changed."""
    queues: defaultdict[_Class, deque[int]] = defaultdict(deque)
    for j, amount in enumerate(right):
        queues[_classify(amount)].append(j)
    pairs = []
    missing = []
    for amount in left:
        like = [q for cls, q in queues.items() if q and _may_stand_for(_classify(amount), cls)]
        if not like:
            missing.append(amount)
            continue
        other = right[min(like, key=lambda queue: queue[0]).popleft()]
        pairs.append(AmountPair(amount, other, AmountState.CHANGED))
    firm = deque(right[j] for j in sorted(j for q in queues.values() for j in q) if right[j].firm)
    for amount in missing:
        if not amount.firm:
            continue
        changed = firm.popleft() if firm else None
        state = AmountState.CHANGED if changed else AmountState.MISSING
        pairs.append(AmountPair(amount, changed, state))
    return pairs + [AmountPair(None, amount, AmountState.ADDED) for amount in firm]


_Class = tuple[AmountKind, bool, bool, str]


def _classify(amount: Amount) -> _Class:
    return amount.kind, amount.firm, amount.vague, amount.period


def _may_stand_for(one: _Class, other: _Class) -> bool:
    """Return whether two unequal amounts are probably the same one, mistranslated."""
    (kind, firm, vague, period), (kind_en, firm_en, vague_en, period_en) = one, other
    if kind is not kind_en:
        return False
    if kind in {AmountKind.MONTH, AmountKind.WEEKDAY, AmountKind.TIME} or (vague and vague_en):
        return True
    return (firm and firm_en) or bool(period and period == period_en)


def _place(pair: AmountPair) -> tuple[int, int]:
    source = pair.source.start if pair.source else 1 << 30
    return source, pair.english.start if pair.english else 1 << 30
