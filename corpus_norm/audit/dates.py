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

from corpus_norm.audit.amounts import Amount
from corpus_norm.audit.units import alternatives
from corpus_norm.labels import AmountKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.languages.numerals import NumberStyle

_HAN_SMALL = "[一二三四五六七八九十廿卅]{1,3}"
_HAN_DATE = re.compile(
    rf"(?P<month>\d{{1,2}}|{_HAN_SMALL})\s?月(?:份|底|初|中旬|上旬|下旬|末)?"
    rf"(?:\s?(?P<day>\d{{1,2}}|{_HAN_SMALL})\s?[日号號])?"
)
_HAN_RANGE = re.compile(r"\s?[至到、和\-–—~～－]\s?(?P<day>\d{1,2})\s?[日号號]")
_HAN_MONTHS = re.compile(r"(?<![\d.])(?P<month>\d{1,2})\s?[至到\-–—~～、和]\s?\d{1,2}\s?月(?!\d)")
_ISO_DATE = re.compile(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")
_NUMERIC_DATE = re.compile(
    r"(?<![\d.,/-])(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})(?P=mark)"
    r"(?P<year>\d{4}|(?<=/)\d{2})(?![\d/-]|[.,]\d)"
)
_HAN_DIGITS = {char: i for i, char in enumerate("一二三四五六七八九十", start=1)}
_LONGEST_GAP = 16
_BETWEEN = re.compile(r"\s*(?:st|nd|rd|th|er)?\s*(?:of|the|le)?\s*-?\s*", re.IGNORECASE)


def find_weekdays(text: str, style: NumberStyle) -> list[Amount]:
    """Days of the week, Monday being 1."""
    low = text.lower()
    return [
        make(text, m.span(), (style.weekdays[m[0]],), AmountKind.WEEKDAY, firm=False)
        for m in _words(style, "weekdays").finditer(low)
        if _is_capital_as_it_should(text, m.start(), style)
    ]


def find_han_dates(text: str) -> list[Amount]:
    """Days and months of Chinese dates.

    >>> [(d.text, int(d.value)) for d in find_han_dates("3月3日至5日,十月")]
    [('3月3日', 303), ('至5日', 305), ('十月', 10)]
    """
    return list(_han_dates(text))


def _han_dates(text: str) -> Iterator[Amount]:
    for match in _HAN_MONTHS.finditer(text):
        first = Fraction(match["month"])
        if 1 <= first <= 12:
            yield make(text, match.span("month"), (first,), AmountKind.MONTH, firm=False)
    for match in _HAN_DATE.finditer(text):
        month = read_small(match["month"])
        day = read_small(match["day"] or "0")
        if not 1 <= month <= 12 or day > 31:
            continue
        if not day:
            yield make(text, match.span(), (Fraction(month),), AmountKind.MONTH, firm=False)
            continue
        yield make(text, match.span(), (Fraction(month * 100 + day),), AmountKind.DATE)
        if following := _HAN_RANGE.match(text, match.end()):
            value = Fraction(month * 100 + int(following["day"]))
            yield make(text, following.span(), (value,), AmountKind.DATE)


def find_numeric_dates(text: str, style: NumberStyle) -> Iterator[Amount]:
    """``2024-03-09`` and ``09/03/2024``, in the order of the language; the year is a number.

    >>> from corpus_norm.languages import get_language
    >>> french, english = get_language("fr").numbers, get_language("en").numbers
    >>> [[int(v) for v in d.values] for d in find_numeric_dates("03/04/2024", french)]
    [[403], [2024]]
    >>> [[int(v) for v in d.values] for d in find_numeric_dates("03/04/2024", english)]
    [[304, 403], [2024]]
    """
    for match in _ISO_DATE.finditer(text):
        month, day = int(match["month"]), int(match["day"])
        if _is_day(month, day):
            span = (match.start("month"), match.end())
            yield make(text, span, (Fraction(month * 100 + day),), AmountKind.DATE)
    for match in _NUMERIC_DATE.finditer(text):
        first, second = int(match["first"]), int(match["second"])
        orders = {"mdy": (first, second), "dmy": (second, first)}
        days = [d for name, d in orders.items() if _is_day(*d) and style.dates in {"", name}]
        days = days or [d for d in orders.values() if _is_day(*d)]
        if days:
            values = tuple(dict.fromkeys(Fraction(month * 100 + day) for month, day in days))
            yield make(text, (match.start(), match.end("second")), values, AmountKind.DATE)
            year = int(match["year"])
            years = (year,) if year > 99 else (2000 + year, 1900 + year, year)
            yield make(text, match.span("year"), tuple(map(Fraction, years)), AmountKind.NUMBER)


def _is_day(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31


def join_dates(text: str, numbers: list[Amount], style: NumberStyle) -> list[Amount]:
    """Months written as words, joined with the number of the day before or after them.

    >>> from corpus_norm.languages import get_language
    >>> from corpus_norm.audit.spaced_numbers import find_numbers
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
        if (number := _number_at(match, joined, places)) is not None:
            if not _is_written_as_month(text, match, days=bool(days)):
                continue
            joined[number] = None
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
                months.append(make(text, span, (value,), AmountKind.DATE))
                joined[i] = None
        elif _is_capital_as_it_should(text, match.start(), style) and not _is_doubtful(text, match):
            months.append(make(text, match.span(), (month,), AmountKind.MONTH, firm=False))
    kept = [number for number in joined if number is not None]
    return sorted([*kept, *months], key=lambda amount: amount.start)


def _number_at(match: re.Match[str], numbers: list[Amount | None], places: _Places) -> int | None:
    """The place of the number that a word for a month is as well: ``sept`` is seven in French."""
    place = places.after(match.start())
    number = numbers[place] if place < len(numbers) else None
    return place if number and number.end <= match.end() else None


def _is_written_as_month(text: str, match: re.Match[str], *, days: bool) -> bool:
    """``14 sept. 2026``, ``en sept. 2026``, ``mi-sept.``; not ``ils sont sept.``."""
    before, after = text[max(0, match.start() - 7) : match.start()], text[match.end() :][:6]
    if not match[0].endswith("."):
        return days and bool(re.search(r"(?<!\d)\d{1,2} $", before))
    starts = days or re.search(r"(?:mi-|fin |début )$", before.lower()) is not None
    return starts or re.match(r"\s?\d{4}(?!\d)|\s?[,;)]|\s?-|\s[a-zà-ÿ(]", after) is not None


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
        return not before or before[-1] in ".!?\"“':;" or not re.search(r"[a-z,]$|mid-$", before)
    return len(word) == 3


def _is_capital_as_it_should(text: str, start: int, style: NumberStyle) -> bool:
    """English writes months and weekdays with a capital; elsewhere case says nothing."""
    return style.decimal != "." or not text[start].isascii() or text[start].isupper()


def make(
    text: str,
    span: tuple[int, int],
    values: tuple[Fraction, ...],
    kind: AmountKind,
    *,
    firm: bool = True,
) -> Amount:
    """An amount with the text of its span."""
    start, end = span
    return replace(Amount(text[start:end], start, end, values, kind), firm=firm)


def read_small(written: str) -> int:
    """A number below a hundred in digits or Han characters.

    >>> read_small("二十五"), read_small("廿"), read_small("7")
    (25, 20, 7)
    """
    if written.isdigit():
        return int(written)
    written = (
        written.replace("廿", "二十").replace("卅", "三十").replace("两", "二").replace("兩", "二")
    )
    tens, ten, ones = written.partition("十")
    return (_HAN_DIGITS.get(tens, 1) * 10 if ten else 0) + _HAN_DIGITS.get(ones if ten else tens, 0)


@lru_cache(maxsize=32)
def _words(style: NumberStyle, table: str) -> re.Pattern[str]:
    return re.compile(alternatives(getattr(style, table)))
