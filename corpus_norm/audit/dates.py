"""Dates, and times of day in minutes since midnight.

Times may be written ``15h30``, ``3:30 p.m.``, ``midi et demi`` or 下午三点半.  A time has two
readings if nothing tells which half of the day is meant.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus_norm.audit.amounts import Amount, alternatives
from corpus_norm.labels import AmountKind
from corpus_norm.languages import any_of
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.languages.record import NumberStyle

_DAY, _NOON, _HALF_HOUR = 1440, 720, 30
_DIGIT = re.compile(r"\d")
_HAN_HOUR = "[零〇一二两兩三四五六七八九十廿]{1,3}"
_ROW = compile_lazily("[一二两兩三四五六七八九]{2}")
# 差一刻八点, 差五分钟到8点: minutes to the hour.
_TO_HOUR = compile_lazily(
    r"差(?P<less>[一三]刻|[一二两三四五六七八九十]{1,3}分|\d{1,2}分)[钟鐘]?(?:到|就)?"
    rf"(?P<hour>\d{{1,2}}|{_HAN_HOUR})[点點]"
)
_REACH = 24
"""The distance in characters within which a word such as ``soir`` tells the half of the day."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    time: re.Pattern[str]
    noon: re.Pattern[str]
    past: re.Pattern[str]
    day_part: re.Pattern[str]
    late: re.Pattern[str]
    sharp: re.Pattern[str]
    han: re.Pattern[str]
    hours: dict[str, int]


def find_times(text: str, style: NumberStyle) -> list[Amount]:
    """Find times of day in numerals, and in words if they say more than the hour.

    >>> from corpus_norm.languages import get_language
    >>> french, english = get_language("fr").numbers, get_language("en").numbers
    >>> [int(t.value) for t in find_times("à 15h30, à midi et demi", french)]
    [750, 930]
    >>> [[int(v) for v in t.values] for t in find_times("half past 3, 3:30, 3:30 p.m.", english)]
    [[210, 930], [210, 930], [930]]
    """
    patterns = _compile(style)
    low = text.lower() if len(text.lower()) == len(text) else text
    in_words = _in_words(text, low, patterns, style)
    if not _DIGIT.search(text):
        return list(in_words)
    return [*in_words, *(_read(text, low, match, style) for match in patterns.time.finditer(text))]


def find_han_times(text: str, style: NumberStyle) -> list[Amount]:
    """Find times of day in Chinese.

    >>> from corpus_norm.languages import get_language
    >>> times = find_han_times("下午三点半,凌晨2时15分,三点意见", get_language("zh").numbers)
    >>> [(t.text, int(t.value)) for t in times]
    [('下午三点半', 930), ('凌晨2时15分', 135)]
    """
    return [*_han_times_to(text, style), *_han_times(text, _compile(style), style)]


def _han_times(text: str, patterns: _Patterns, style: NumberStyle) -> Iterator[Amount]:
    for match in patterns.han.finditer(text):
        part, past, minute = match["part"], match["past"], match["minute"]
        if not (part or past or match["sharp"] or (minute and match["unit"])):
            continue
        if _ROW.search(match["hour"]):  # 八九点钟 is eight or nine
            continue
        hour = read_small(match["hour"])
        minutes = int(style.past[past]) if past else read_small(minute or "0")
        if hour > 24 or minutes > 59:
            continue
        half = int(style.day_parts[part]) if part else None
        if hour == 12 and part:  # 晚上12点 is midnight, 上午12点 is noon
            half = 0 if part in style.nights else _NOON
        if part and part.startswith("中午") and hour in {10, 11}:
            half = 0
        yield make(text, match.span(), _values(hour, minutes, half), AmountKind.TIME)


def _han_times_to(text: str, style: NumberStyle) -> Iterator[Amount]:
    """Find times before the hour: 差一刻八点 is a quarter to eight."""
    for match in _TO_HOUR.finditer(text):
        less = style.past.get(match["less"]) or read_small(match["less"].rstrip("分"))
        minutes = read_small(match["hour"]) * 60 - int(less)
        if 0 < minutes < _NOON:
            values = (Fraction(minutes), Fraction(minutes + _NOON))
            yield make(text, match.span(), values, AmountKind.TIME)


def _read(text: str, low: str, match: re.Match[str], style: NumberStyle) -> Amount:
    patterns = _compile(style)
    hour, minute = int(match["hour"]), int(match["minute"] or match["minute2"] or 0)
    mark = match["half"] or match["half2"] or match["half3"]
    start, end = match.span()
    half = {"a": 0, "p": _NOON}.get(mark.lower()) if mark else None
    if mark is None and (part := patterns.day_part.match(low, end)):
        half, end = int(style.day_parts[_plain(part["part"])]), part.end()
    if half is None and style.full_day:
        half = _half_of(low, start, end, hour, patterns)
    firm = not match["sharp"]
    return make(text, (start, end), _values(hour, minute, half), AmountKind.TIME, firm=firm)


def _half_of(low: str, start: int, end: int, hour: int, patterns: _Patterns) -> int | None:
    """Return the start of the half of the day, in minutes, or None if it is unknown.

    An hour up to 24 decides it, unless a word nearby means the evening.
    """
    around = low[max(0, start - _REACH) : start] + " " + low[end : end + _REACH]
    if patterns.late.search(around):
        return None
    return 0 if hour < 12 else _NOON


def _in_words(text: str, low: str, patterns: _Patterns, style: NumberStyle) -> Iterator[Amount]:
    for match in patterns.noon.finditer(low):
        past = _minutes_past(match["past"], style)
        value = (int(style.noon[match["noon"]]) + past) % _DAY
        yield make(text, match.span(), (Fraction(value),), AmountKind.TIME, firm=bool(past))
    for match in patterns.sharp.finditer(low) if _DIGIT.search(low) else ():
        hour, end = int(match["hour"]), match.end()
        part = patterns.day_part.match(low, end)
        half = int(style.day_parts[_plain(part["part"])]) if part else None
        if half is None:
            half = _half_of(low, match.start(), end, hour, patterns)
        span = (match.start("hour"), part.end() if part else end)
        yield make(text, span, _values(hour, 0, half), AmountKind.TIME)
    for match in patterns.past.finditer(low):
        hour = patterns.hours.get(match["hour"]) or int(match["hour"])
        part = patterns.day_part.match(low, match.end())
        half = int(style.day_parts[_plain(part["part"])]) if part else None
        past = _minutes_past(match["past"], style)
        if hour <= 24 and past < 60:
            span = (match.start(), part.end() if part else match.end())
            yield make(text, span, _values(hour, past, half), AmountKind.TIME)


def _values(hour: int, minute: int, half: int | None) -> tuple[Fraction, ...]:
    """Return the reading of a time in a half of the day, or both readings if it is unknown."""
    if hour > 12 or hour == 0:
        return (Fraction((hour * 60 + minute) % _DAY),)
    within = hour % 12 * 60 + minute
    if half is not None:
        return (Fraction((within + half) % _DAY),)
    likely = 0 if hour < 12 else _NOON
    return Fraction((within + likely) % _DAY), Fraction((within + _NOON - likely) % _DAY)


def _minutes_past(phrase: str | None, style: NumberStyle) -> int:
    """Return the minutes that ``half past`` says, or ``half-past``; 0 without such words."""
    if not phrase:
        return 0
    plain = _plain(phrase)
    return int(style.past[plain if plain in style.past else plain.replace("-", " ")])


def _plain(phrase: str) -> str:
    return re.sub(r"\s", " ", phrase).strip()


def _hours(style: NumberStyle) -> dict[str, int]:
    """Return the words for hours, including joined ones: ``dix-sept``, ``twenty-one``."""
    small = {word: int(value) for word, value in style.words.items() if 1 <= value <= 20}
    joined = {
        f"{ten}-{one}": tens + ones
        for ten, tens in small.items()
        for one, ones in small.items()
        if tens in {10, 20} and ones < 10 and 17 <= tens + ones <= 24
    }
    return small | joined


@lru_cache(maxsize=16)
def _compile(style: NumberStyle) -> _Patterns:
    past, noon = alternatives(style.past), alternatives(style.noon)
    past_words = alternatives(phrase for phrase in style.past if " " in phrase)  # no bare number
    hours = _hours(style)
    hours_word = any_of(sorted(style.clock_hours, reverse=True))  # "heures" before "heure"
    minute_ends = any_of(style.no_minutes_before)
    hour = rf"(?P<hour>(?<!-)(?:{alternatives(hours)})|(?<![\d.,])(?:1\d|2[0-4]|\d)(?!\d|[.,]\d))"
    if style.past_first:
        in_words = rf"(?:a\s)?(?P<past>{past})\s{hour}(?:\so['’]clock)?"
        noon_past = r"(?P<past>(?!))?"
    else:
        # "huit heures et demie" is read as a number of hours.
        no_half = alternatives(
            phrase
            for phrase, minutes in style.past.items()
            if minutes != _HALF_HOUR or phrase.split()[0] not in style.joiners
        )
        in_words = rf"{hour}\s?(?:h|{hours_word})\s(?P<past>{no_half})(?!\s{minute_ends})"
        noon_past = rf"(?:\s(?P<past>{past}))?"
    parts = alternatives(style.day_parts)
    sharp_marks = any_of(sorted(style.sharp_marks))
    if not style.past:
        in_words = r"(?P<hour>(?!))(?P<past>)"
    at = alternatives(style.at)
    return _Patterns(
        # 15:30, 15h30, 3:30 p.m., 15点30分; 3.30 p.m.; 3 p.m.; 3点钟; 3 o'clock.
        time=re.compile(
            r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])(?:"
            rf"(?::(?:\s(?=00))?|\s?(?:h|{hours_word}|点|點|时|時)\s?)(?P<minute>[0-5]\d)(?!\d|\s?%)"
            r"(?:\s?(?:分|min|mn))?(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?"
            r"|\.(?P<minute2>[0-5]\d)\s?(?P<half2>[ap])\.?\s?m\b\.?"
            r"|\s?(?P<half3>[ap])\.?\s?m\b\.?|\s?(?P<sharp>[点點](?:钟|鐘|整)?(?![\d.]))"
            rf"|\s{sharp_marks})",
            re.IGNORECASE,
        ),
        sharp=re.compile(
            rf"(?:{at})\s(?P<hour>1\d|2[0-4]|\d)\s?(?:h|{hours_word})(?![^\W_])(?!\s?\d)"
            rf"(?!\s(?:{past_words}))"
        ),
        late=re.compile(alternatives(style.late)),
        noon=re.compile(rf"(?<!-)(?P<noon>{noon}){noon_past}(?!-)"),
        past=re.compile(in_words),
        day_part=re.compile(rf"\s?,?\s?(?P<part>{parts})"),
        han=re.compile(
            rf"(?P<part>{parts})?\s?(?<![\d.:])(?P<hour>\d{{1,2}}|{_HAN_HOUR})(?:\s?[点點时時]\s?|[:：])"
            rf"(?:(?P<past>{past})(?![点點])|(?P<minute>[0-5]\d|\d(?=分)|{_HAN_HOUR})"
            r"(?P<unit>\s?分)?(?![\d.%]))?(?P<sharp>[钟鐘整])?"
        ),
        hours=hours,
    )


_HAN_SMALL = "[一二三四五六七八九十廿卅]{1,3}"
# 3月3日, 三月底, 十月: a month, with or without a day.
_HAN_DATE = compile_lazily(
    rf"(?P<month>\d{{1,2}}|{_HAN_SMALL})\s?月(?:份|底|初|中旬|上旬|下旬|末)?"
    rf"(?:\s?(?P<day>\d{{1,2}}|{_HAN_SMALL})\s?[日号號])?"
)
# The second day of a range: 至5日 after 3月3日.
_HAN_RANGE = compile_lazily(r"\s?[至到、和\-–—~～－]\s?(?P<day>\d{1,2})\s?[日号號]")
# The first month of a range: 3 in 3至5月.
_HAN_MONTHS = compile_lazily(
    r"(?<![\d.])(?P<month>\d{1,2})\s?[至到\-–—~～、和]\s?\d{1,2}\s?月(?!\d)"
)
_ISO_DATE = compile_lazily(
    r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"
)
# 3/4/2024, 03.04.2024, 3-4-2024, 3/4/24, 03.04.24.
_NUMERIC_DATE = compile_lazily(
    r"(?<![\d.,/-])(?P<first>\d{1,2})(?:er)?(?P<mark>[/.-])(?P<second>\d{1,2})(?P=mark)"
    r"(?P<year>\d{4}|(?<=/)\d{2}|(?<=\d\d[.-]\d\d[.-])\d{2})(?![\d/-]|[.,]\d)"
)
# 03/04, 31/12, le 3/4; a fraction or a score if the other text has no such date.
_SHORT_DATE = compile_lazily(
    r"(?<![\w.,/-])(?P<first>\d{2}|1er|\d(?=/\d\d)|(?:(?<=\b[Ll]e )|(?<=\b[AaDd]u ))\d)"
    r"/(?P<second>\d{1,2})"
    r"(?![\w/-]|[.,]\d|\s?[%€$])"
)
_HAN_DIGITS = {char: i for i, char in enumerate("一二三四五六七八九十", start=1)}
_LONGEST_GAP = 16


def find_weekdays(text: str, style: NumberStyle) -> list[Amount]:
    """Find the days of the week; Monday is 1."""
    low = text.lower()
    return [
        make(text, m.span(), (style.weekdays[m[0]],), AmountKind.WEEKDAY, firm=False)
        for m in _words(style, "weekdays").finditer(low)
        if _is_capital_as_it_should(text, m.start(), style)
    ]


def find_han_dates(text: str) -> list[Amount]:
    """Find the days and months of Chinese dates.

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
    if not _DIGIT.search(text):
        return
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
    for match in _SHORT_DATE.finditer(text):
        first, second = int(match["first"].removesuffix("er")), int(match["second"])
        orders = {"mdy": (first, second), "dmy": (second, first)}
        days = [d for name, d in orders.items() if _is_day(*d) and style.dates in {"", name}]
        if days:
            values = tuple(dict.fromkeys(Fraction(month * 100 + day) for month, day in days))
            yield make(text, match.span(), values, AmountKind.DATE, firm=False)


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
            if not _is_written_as_month(text, match, style, days=bool(days)):
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
        elif _is_capital_as_it_should(text, match.start(), style) and not (
            _is_doubtful(text, match, style)
        ):
            months.append(make(text, match.span(), (month,), AmountKind.MONTH, firm=False))
    kept = [number for number in joined if number is not None]
    return sorted([*kept, *months], key=lambda amount: amount.start)


def _number_at(match: re.Match[str], numbers: list[Amount | None], places: _Places) -> int | None:
    """Return the place of the number that a month may also be: ``sept`` is seven in French."""
    place = places.after(match.start())
    number = numbers[place] if place < len(numbers) else None
    return place if number and number.end <= match.end() else None


def _is_written_as_month(
    text: str, match: re.Match[str], style: NumberStyle, *, days: bool
) -> bool:
    """Return whether ``sept`` is a month.

    It is in ``14 sept. 2026``, ``en sept. 2026`` and ``mi-sept.``, not in ``ils sont sept.``.
    """
    before, after = text[max(0, match.start() - 7) : match.start()], text[match.end() :][:6]
    if not match[0].endswith("."):
        return days and bool(re.search(r"(?<!\d)\d{1,2} $", before))
    starts = days or before.lower().endswith(tuple(style.month_openers))
    return starts or re.match(r"\s?\d{4}(?!\d)|\s?[,;)]|\s?-|\s[a-zà-ÿ(]", after) is not None


@dataclass(frozen=True, slots=True)
class _Places:
    """The start and end positions of the numbers of a text, in order."""

    starts: list[int]
    ends: list[int]

    def before(self, position: int) -> int:
        """Return the last number that ends before a position, or -1 if there is none."""
        return bisect_right(self.ends, position) - 1

    def after(self, position: int) -> int:
        """Return the first number that starts at or after a position."""
        return bisect_left(self.starts, position)


def _days_beside(
    text: str,
    match: re.Match[str],
    numbers: list[Amount | None],
    places: _Places,
    style: NumberStyle,
) -> list[list[int]]:
    """Return the places of the numbers that may be days of this month, one list per side.

    The side before the month comes first; in each list, the nearest number comes first.
    """
    before, after = places.before(match.start()), places.after(match.end())
    found = []
    for place, step in ((before, -1), (after, 1)):
        if not (0 <= place < len(numbers) and (day := numbers[place]) and _may_be_day(day)):
            continue
        gap = text[day.end : match.start()] if step < 0 else text[match.end() : day.start]
        if len(gap) > _LONGEST_GAP or not _between(style).fullmatch(gap):
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


@lru_cache(maxsize=16)
def _between(style: NumberStyle) -> re.Pattern[str]:
    """Return the text allowed between a day and its month: "3rd of March", "1er mars"."""
    mark, link = any_of(sorted(style.ordinal_marks)), any_of(sorted(style.month_links))
    return re.compile(rf"\s*{mark}?\s*{link}?\s*-?\s*", re.IGNORECASE)


def _is_doubtful(text: str, match: re.Match[str], style: NumberStyle) -> bool:
    """Return whether a word is unlikely to be a month.

    ``May`` and ``March`` at the start of a sentence seldom are, nor are abbreviations.
    """
    word = match[0]
    if word in style.doubtful_months:
        before = text[max(0, match.start() - 8) : match.start()].rstrip()
        if not before or before[-1] in ".!?\"“':;":
            return True
        return not (re.search(r"[a-z,]$", before) or before.endswith(tuple(style.month_openers)))
    return len(word) == 3


def _is_capital_as_it_should(text: str, start: int, style: NumberStyle) -> bool:
    """Return whether the case of a word allows a month or a weekday.

    English capitalises both; in other languages case says nothing.
    """
    return not style.capital_dates or not text[start].isascii() or text[start].isupper()


def make(
    text: str,
    span: tuple[int, int],
    values: tuple[Fraction, ...],
    kind: AmountKind,
    *,
    firm: bool = True,
) -> Amount:
    """Return an amount with the text of its span."""
    start, end = span
    return Amount(text[start:end], start, end, values, kind, firm=firm)


def read_small(written: str) -> int:
    """Return the value of a number below a hundred, in digits or Han characters.

    >>> read_small("二十五"), read_small("廿"), read_small("7"), read_small("零五")
    (25, 20, 7, 5)
    """
    if written.isdigit():
        return int(written)
    written = written.lstrip("零〇")
    written = (
        written.replace("廿", "二十").replace("卅", "三十").replace("两", "二").replace("兩", "二")
    )
    tens, ten, ones = written.partition("十")
    return (_HAN_DIGITS.get(tens, 1) * 10 if ten else 0) + _HAN_DIGITS.get(ones if ten else tens, 0)


@lru_cache(maxsize=32)
def _words(style: NumberStyle, table: str) -> re.Pattern[str]:
    return re.compile(alternatives(getattr(style, table)))


def months_beside(day: int, date: tuple[int, int]) -> set[int]:
    """Return the months that a bare day beside a date, a month and a day, may be in."""
    month, other = date
    beyond = (month % 12 + 1 if day < other else (month - 2) % 12 + 1) if day != other else month
    return {month, beyond}
