"""Dates, months, weekdays and times of day; the year of a date stays an amount of its own.

``3 mars 2024`` is the day 3 March and the number 2024, for a translator may say the year elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus_norm.labels import AmountKind
from corpus_norm.translation.faithfulness.amount import Amount
from corpus_norm.translation.faithfulness.units import alternatives

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.languages.numerals import NumberStyle

_HALF_DAY = 720
_TIME = re.compile(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])\s?(?:(?::|h|heures?|点|點|时|時)\s?(?P<minute>[0-5]\d)(?!\d|\s?%)"
    r"(?:\s?(?:分|min|mn))?(?:\s?[ap]\.?\s?m\b\.?)?|\.(?P<minute2>[0-5]\d)\s?[ap]\.?\s?m\b\.?"
    r"|\s?[ap]\.?m\b\.?|(?P<sharp>[点點](?:钟|鐘|整)?(?![\d.])))(?P<half>半)?",
    re.IGNORECASE,
)
_HAN_DATE = re.compile(
    r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,3})\s?月(?:份|底|初|中旬|上旬|下旬|末)?"
    r"(?:\s?(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s?[日号號])?"
)
_HAN_RANGE = re.compile(r"\s?[至到、和\-–—~～－]\s?(?P<day>\d{1,2})\s?[日号號]")
_HAN_MONTHS = re.compile(r"(?<![\d.])(?P<month>\d{1,2})\s?[至到\-–—~～、和]\s?\d{1,2}\s?月(?!\d)")
_ISO_DATE = re.compile(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")
_HAN_DIGITS = {char: i for i, char in enumerate("一二三四五六七八九十", start=1)}
_LONGEST_GAP = 16
_BETWEEN = re.compile(r"\s*(?:st|nd|rd|th|er)?\s*(?:of|the|le)?\s*-?\s*", re.IGNORECASE)


def find_times(text: str) -> list[Amount]:
    """Times of day, in minutes of half a day: ``15h30`` and ``3:30 p.m.`` are the same.

    >>> [int(t.value) for t in find_times("à 15h30, at 3:30 p.m., 下午3点半")]
    [210, 210, 210]
    """
    found = []
    for match in _TIME.finditer(text):
        minute = 30 if match["half"] else int(match["minute"] or match["minute2"] or 0)
        minutes = Fraction((int(match["hour"]) * 60 + minute) % _HALF_DAY)
        firm = not match["sharp"]
        found.append(_make(text, match.span(), (minutes,), AmountKind.TIME, firm=firm))
    return found


def find_weekdays(text: str, style: NumberStyle) -> list[Amount]:
    """Days of the week, Monday being 1."""
    low = text.lower()
    return [
        _make(text, m.span(), (style.weekdays[m[0]],), AmountKind.WEEKDAY, firm=False)
        for m in _words(style, "weekdays").finditer(low)
        if _is_capital_as_it_should(text, m.start(), style)
    ]


def find_han_dates(text: str) -> list[Amount]:
    """Days and months of Chinese and ISO dates.

    >>> [(d.text, int(d.value)) for d in find_han_dates("3月3日至5日,十月,2024-03-09")]
    [('3月3日', 303), ('至5日', 305), ('十月', 10), ('03-09', 309)]
    """
    return list(_han_dates(text))


def _han_dates(text: str) -> Iterator[Amount]:
    for match in _HAN_MONTHS.finditer(text):
        first = Fraction(match["month"])
        if 1 <= first <= 12:
            yield _make(text, match.span("month"), (first,), AmountKind.MONTH, firm=False)
    for match in _HAN_DATE.finditer(text):
        month = _small(match["month"])
        day = _small(match["day"] or "0")
        if not 1 <= month <= 12 or day > 31:
            continue
        if not day:
            yield _make(text, match.span(), (Fraction(month),), AmountKind.MONTH, firm=False)
            continue
        yield _make(text, match.span(), (Fraction(month * 100 + day),), AmountKind.DATE)
        if following := _HAN_RANGE.match(text, match.end()):
            value = Fraction(month * 100 + int(following["day"]))
            yield _make(text, following.span(), (value,), AmountKind.DATE)
    yield from find_iso_dates(text)


def find_iso_dates(text: str) -> Iterator[Amount]:
    """``2024-03-09``, the year left to the numbers."""
    for match in _ISO_DATE.finditer(text):
        month, day = int(match["month"]), int(match["day"])
        if 1 <= month <= 12 and 1 <= day <= 31:
            span = (match.start("month"), match.end())
            yield _make(text, span, (Fraction(month * 100 + day),), AmountKind.DATE)


def join_dates(text: str, numbers: list[Amount], style: NumberStyle) -> list[Amount]:
    """Months written as words, joined with the number of the day before or after them.

    >>> from corpus_norm.languages import get_language
    >>> from corpus_norm.translation.faithfulness.spaced import find_numbers
    >>> style = get_language("en").numbers
    >>> text = "on March 3, 2024 and 4 July"
    >>> [(a.text, int(a.value)) for a in join_dates(text, find_numbers(text, style), style)]
    [('March 3', 303), ('2024', 2024), ('4 July', 704)]
    """
    low = text.lower()
    joined: list[Amount | None] = list(numbers)
    places = _Places([n.start for n in numbers], [n.end for n in numbers])
    months = []
    for match in _words(style, "months").finditer(low):
        month = style.months[match[0]]
        days = _days_beside(text, match, joined, places, style)
        if days:
            nearest = days[0][0]
            for i in sorted(days[0]):
                day = joined[i]
                if day is None:
                    continue
                value = month * 100 + day.value
                beside = day.start - match.end() < 4 and match.start() - day.end < 4
                span = (min(day.start, match.start()), max(day.end, match.end()))
                span = span if beside and i == nearest else (day.start, day.end)
                months.append(_make(text, span, (value,), AmountKind.DATE))
                joined[i] = None
        elif _is_capital_as_it_should(text, match.start(), style) and not _is_doubtful(text, match):
            months.append(_make(text, match.span(), (month,), AmountKind.MONTH, firm=False))
    kept = [number for number in joined if number is not None]
    return sorted([*kept, *months], key=lambda amount: amount.start)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the numbers of a text start and end, in order."""

    starts: list[int]
    ends: list[int]

    def before(self, position: int) -> int:
        """The last number that ends before a position, -1 for none."""
        return bisect_right(self.ends, position) - 1

    def after(self, position: int) -> int:
        """The first number that starts after a position."""
        return bisect_left(self.starts, position)


def _days_beside(
    text: str,
    match: re.Match[str],
    numbers: list[Amount | None],
    places: _Places,
    style: NumberStyle,
) -> list[list[int]]:
    """Places of the numbers that are days of this month, nearest side first."""
    before, after = places.before(match.start()), places.after(match.end())
    found = []
    for place, step in ((before, -1), (after, 1)):
        if not (0 <= place < len(numbers) and (day := numbers[place]) and _may_be_day(day)):
            continue
        gap = text[day.end : match.start()] if step < 0 else text[match.end() : day.start]
        if len(gap) > _LONGEST_GAP or not _BETWEEN.fullmatch(gap):
            continue
        beside = [place]
        neighbour = place + step
        if 0 <= neighbour < len(numbers) and (other := numbers[neighbour]) and _may_be_day(other):
            first, second = sorted((day, other), key=lambda amount: amount.start)
            gap = text[first.end : second.start]
            if gap.strip().lower() in style.ranges - {","} and gap.strip():
                beside.append(neighbour)
        found.append(beside)
    return found


def _may_be_day(number: Amount) -> bool:
    if number.kind is not AmountKind.NUMBER or number.units or number.vague:
        return False
    return number.value.denominator == 1 and 1 <= number.value <= 31 and number.text[0] not in "aou"


def _is_doubtful(text: str, match: re.Match[str]) -> bool:
    """``May`` and ``March`` at the start of a sentence, and abbreviations, are seldom months."""
    word = match[0]
    if word in {"may", "march"}:
        before = text[max(0, match.start() - 8) : match.start()].rstrip()
        return not before or before[-1] in ".!?\"“':;" or not re.search(r"[a-z,]$", before)
    return len(word) == 3


def _is_capital_as_it_should(text: str, start: int, style: NumberStyle) -> bool:
    """English writes months and weekdays with a capital; elsewhere case says nothing."""
    return style.decimal != "." or not text[start].isascii() or text[start].isupper()


def _make(
    text: str,
    span: tuple[int, int],
    values: tuple[Fraction, ...],
    kind: AmountKind,
    *,
    firm: bool = True,
) -> Amount:
    start, end = span
    return replace(Amount(text[start:end], start, end, values, kind), firm=firm)


def _small(written: str) -> int:
    """A number below a hundred in digits or Han characters."""
    if written.isdigit():
        return int(written)
    tens, ten, ones = written.partition("十")
    return (_HAN_DIGITS.get(tens, 1) * 10 if ten else 0) + _HAN_DIGITS.get(ones if ten else tens, 0)


@lru_cache(maxsize=32)
def _words(style: NumberStyle, table: str) -> re.Pattern[str]:
    return re.compile(alternatives(getattr(style, table)))
