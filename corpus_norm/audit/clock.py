"""Times of day, in minutes from midnight: ``15h30``, ``3:30 p.m.``, ``midi et demi``, 下午三点半.

Where nothing says which half of the day is meant, a time has two readings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus_norm.audit.dates import make, read_small
from corpus_norm.audit.units import alternatives
from corpus_norm.labels import AmountKind
from corpus_norm.languages.record import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.audit.amounts import Amount
    from corpus_norm.languages.numerals import NumberStyle

_DAY, _NOON = 1440, 720
_TIME = re.compile(
    r"(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])\s?(?:(?::|h|heures?|点|點|时|時)\s?(?P<minute>[0-5]\d)(?!\d|\s?%)"
    r"(?:\s?(?:分|min|mn))?(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?"
    r"|\.(?P<minute2>[0-5]\d)\s?(?P<half2>[ap])\.?\s?m\b\.?"
    r"|\s?(?P<half3>[ap])\.?\s?m\b\.?|(?P<sharp>[点點](?:钟|鐘|整)?(?![\d.]))|\so['’]clock)",
    re.IGNORECASE,
)
_NIGHTS = words(
    "晚上 晚 晚间 晚間 夜里 夜裡 夜间 夜間 深夜 当晚 當晚 今晚 昨晚 明晚 凌晨 半夜 午夜"
)
_HAN_HOUR = "[零〇一二两兩三四五六七八九十廿]{1,3}"
_ROW = re.compile("[一二两兩三四五六七八九]{2}")
_TO_HOUR = re.compile(
    r"差(?P<less>[一三]刻|[一二两三四五六七八九十]{1,3}分|\d{1,2}分)[钟鐘]?(?:到|就)?"
    rf"(?P<hour>\d{{1,2}}|{_HAN_HOUR})[点點]"
)
_REACH = 24
"""Within so many characters a word such as ``soir`` says which half of the day is meant."""


@dataclass(frozen=True, slots=True)
class _Patterns:
    noon: re.Pattern[str]
    past: re.Pattern[str]
    day_part: re.Pattern[str]
    late: re.Pattern[str]
    sharp: re.Pattern[str]
    han: re.Pattern[str]
    hours: dict[str, int]


def find_times(text: str, style: NumberStyle) -> list[Amount]:
    """Times of day in numerals, and those in words with more than an hour.

    >>> from corpus_norm.languages import get_language
    >>> french, english = get_language("fr").numbers, get_language("en").numbers
    >>> [int(t.value) for t in find_times("à 15h30, à midi et demi", french)]
    [750, 930]
    >>> [[int(v) for v in t.values] for t in find_times("half past 3, 3:30, 3:30 p.m.", english)]
    [[210, 930], [210, 930], [930]]
    """
    patterns = _compile(style)
    low = text.lower() if len(text.lower()) == len(text) else text
    found = [_read(text, low, match, style) for match in _TIME.finditer(text)]
    return [*_in_words(text, low, patterns, style), *found]


def find_han_times(text: str, style: NumberStyle) -> list[Amount]:
    """Times of day with Chinese words.

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
            half = 0 if part in _NIGHTS else _NOON
        if part and part.startswith("中午") and hour in {10, 11}:
            half = 0
        yield make(text, match.span(), _values(hour, minutes, half), AmountKind.TIME)


def _han_times_to(text: str, style: NumberStyle) -> Iterator[Amount]:
    """差一刻八点 is a quarter to eight."""
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
    """Hours to 24 say it themselves, unless something near speaks of the evening."""
    around = low[max(0, start - _REACH) : start] + " " + low[end : end + _REACH]
    if patterns.late.search(around):
        return None
    return 0 if hour < 12 else _NOON


def _in_words(text: str, low: str, patterns: _Patterns, style: NumberStyle) -> Iterator[Amount]:
    for match in patterns.noon.finditer(low):
        past = int(style.past[_plain(match["past"])]) if match["past"] else 0
        value = (int(style.noon[match["noon"]]) + past) % _DAY
        yield make(text, match.span(), (Fraction(value),), AmountKind.TIME, firm=bool(past))
    for match in patterns.sharp.finditer(low):
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
        past = int(style.past[_plain(match["past"])]) if match["past"] else 0
        if hour <= 24 and past < 60:
            span = (match.start(), part.end() if part else match.end())
            yield make(text, span, _values(hour, past, half), AmountKind.TIME)


def _values(hour: int, minute: int, half: int | None) -> tuple[Fraction, ...]:
    """The readings of an hour in a half of the day; of an unknown half, both."""
    if hour > 12 or hour == 0:
        return (Fraction((hour * 60 + minute) % _DAY),)
    within = hour % 12 * 60 + minute
    if half is not None:
        return (Fraction((within + half) % _DAY),)
    likely = 0 if hour < 12 else _NOON
    return Fraction((within + likely) % _DAY), Fraction((within + _NOON - likely) % _DAY)


def _plain(phrase: str) -> str:
    return re.sub(r"\s", " ", phrase).strip()


def _hours(style: NumberStyle) -> dict[str, int]:
    """The words for hours; with the table of words alone, 17 and 21 are two words."""
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
    hours = _hours(style)
    hour = rf"(?P<hour>(?<!-)(?:{alternatives(hours)})|(?<![\d.,])(?:1\d|2[0-4]|\d)(?!\d|[.,]\d))"
    if style.past_first:
        in_words = rf"(?:a\s)?(?P<past>{past})\s{hour}(?:\so['’]clock)?"
        noon_past = r"(?P<past>(?!))?"
    else:
        no_half = alternatives(word for word in style.past if not word.startswith("et dem"))
        in_words = rf"{hour}\s?heures?\s(?P<past>{no_half})(?!\s(?:pour|%|mill|minute))"
        noon_past = rf"(?:\s(?P<past>{past}))?"
    parts = alternatives(style.day_parts)
    if not style.past:
        in_words = r"(?P<hour>(?!))(?P<past>)"
    at = alternatives(style.at)
    return _Patterns(
        sharp=re.compile(rf"(?:{at})\s(?P<hour>1\d|2[0-4]|\d)\s?h(?:eures?)?(?![^\W_])(?!\s?\d)"),
        late=re.compile(alternatives(style.late)),
        noon=re.compile(rf"(?<!-)(?P<noon>{noon}){noon_past}(?!-)"),
        past=re.compile(in_words),
        day_part=re.compile(rf"\s?,?\s?(?P<part>{parts})"),
        han=re.compile(
            rf"(?P<part>{parts})?\s?(?<![\d.:])(?P<hour>\d{{1,2}}|{_HAN_HOUR})\s?[点點时時:：]"
            rf"(?:(?P<past>{past})(?![点點])|\s?(?P<minute>[0-5]\d|\d(?=分)|{_HAN_HOUR})"
            r"(?P<unit>\s?分)?(?![\d.%]))?(?P<sharp>[钟鐘整])?"
        ),
        hours=hours,
    )
