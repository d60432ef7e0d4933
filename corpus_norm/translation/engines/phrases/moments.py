"""Chinese dates and hours as one token of the phrase tables, and their English by rule.

A table has one token for all numbers, so that it cannot know the months of ``4月29日`` apart.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.languages.record import words

if TYPE_CHECKING:
    from collections.abc import Sequence

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_TO = "[至到\\-–—~～]"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_NO_DAY = "元内內均圆圓本語语报報常益渐漸前后後间間"
_NOON = ("中午", "正午")
_BEFORE_NOON = ("凌晨", "清晨", "早晨", "早上", "上午")
_AFTER_NOON = ("下午", "傍晚", "晚上", "晚间", "晚間", "深夜", "夜里", "夜裡")
_CLOCK = rf"(?:{'|'.join([*_NOON, *_BEFORE_NOON, *_AFTER_NOON])})"
_NO_CLOCK = "间間代期候刻尚常段"
_HOURS = r"(?:2[0-4]|1\d|0?\d)"
_MINUTES = r"[0-5]?\d"
_DATE_PART = (
    rf"(?:(?:1[5-9]|20)\d\d年)?{_MONTH}月(?:{_DAY}[日号號]?{_TO}(?:{_MONTH}月)?{_DAY}[日号號]"
    rf"|{_DAY}[日号號]|份)?"
)
_TIME_PART = (
    rf"(?:{_CLOCK}{_HOURS}(?:[点點时時](?:{_MINUTES}分?|整|[钟鐘])?|:{_MINUTES})"
    rf"|{_HOURS}(?:[点點时時](?:{_MINUTES}分|整|[钟鐘])|[时時](?![{_NO_CLOCK}])))(?:{_MINUTES}秒)?"
    r"(?:[许許]|左右)?"
)
MOMENT = (
    rf"(?:{_DATE_PART}{_TIME_PART}|{_DATE_PART}|{_DAY}[日号號]{_TIME_PART}|{_TIME_PART}"
    rf"|{_DAY}[日号號](?:{_TO}{_DAY}[日号號])?(?![{_NO_DAY}]))(?!\d)"
)
"""The pattern of a date, of an hour, or of both."""

CLOCK = rf"{_CLOCK}\d"
"""The beginning of an hour with its part of the day, which is no word."""

_READ = re.compile(
    rf"(?:(?:(?P<year>\d{{4}})年)?(?P<month>\d+)月份?)?"
    rf"(?:(?P<day>\d+)[日号號]?(?:{_TO}(?:(?P<month2>\d+)月)?(?P<day2>\d+)[日号號])|(?P<day1>\d+)[日号號])?"
    rf"(?P<part>{_CLOCK})?(?:(?P<hour>\d+)(?:[点點时時]|:)(?:(?P<minute>\d+)(?![\d秒]))?分?(?:整|[钟鐘])?"
    rf"(?:(?P<second>\d+)秒)?(?P<about>[许許]|左右)?)?"
)
_PREPOSITION = re.compile(r"(?:at|on|in) ")
_DATED = re.compile(rf"(?:{'|'.join(_MONTHS)}) \d")
_ARTICLE = frozenset({"the"})
_REPLACED = frozenset({"the", "in", "on", "at"})
_SMALL_WORDS = words("of by from since until till to for before after during between and than")
_AT_NOON = 12
_EVENING = 5
_NIGHT = MappingProxyType({0: 12, 24: 12})


def is_moment(text: str) -> bool:
    """Whether a number is a date or an hour."""
    return re.fullmatch(MOMENT, text) is not None


def say_moment(text: str) -> str:
    """The English of a date or hour.

    >>> [say_moment(each) for each in ("2024年3月5日", "4月29日", "3月3日至5日", "12月", "7日")]
    ['March 5, 2024', 'April 29', 'March 3 to 5', 'December', 'the 7th']
    >>> say_moment("3日至5日")
    'the 3rd to 5th'
    >>> [say_moment(each) for each in ("下午3点30分", "21时05分", "上午9时", "3月5日晚上8点")]
    ['3:30 p.m.', '21:05', '9 a.m.', '8 p.m. on March 5']
    """
    found = _READ.fullmatch(text)
    if found is None:
        return text
    date, time = _say_date(found), _say_time(found)
    return f"{time} on {date}" if date and time else date or time


def preposition(text: str) -> str:
    """What English puts before a date or hour: at three, on the 5th, in March."""
    found = _READ.fullmatch(text)
    if found is None:
        return ""
    return "at" if found["hour"] else "on" if found["day"] or found["day1"] else "in"


def place_moment(said: Sequence[str], text: str) -> tuple[int, str]:
    """How many of the last words before a date or hour to take away, and what to say of it.

    A table has put before it what fits any number.

    >>> place_moment(["held", "in", "the"], "on April 29"), place_moment(["as", "of"], "on May 3")
    ((2, 'on April 29'), (0, 'May 3'))
    >>> place_moment(["the"], "April 29"), place_moment(["the"], "5")
    ((1, 'April 29'), (0, '5'))
    """
    own = _PREPOSITION.match(text)
    if not own and not _DATED.match(text):
        return 0, text
    gone = 0
    while gone < len(said) and said[-1 - gone] in (_REPLACED if own else _ARTICLE):
        gone += 1
    kept = said[len(said) - gone - 1] if gone < len(said) else ""
    return gone, text[own.end() :] if own and kept in _SMALL_WORDS else text


def _say_date(found: re.Match[str]) -> str:
    day = found["day"] or found["day1"]
    if not found["month"]:
        until = f" to {ordinal(int(found['day2']))}" if found["day2"] else ""
        return f"the {ordinal(int(day))}{until}" if day else ""
    said = _MONTHS[int(found["month"]) - 1]
    if day:
        said += f" {int(day)}"
    if found["day2"]:
        month = f"{_MONTHS[int(found['month2']) - 1]} " if found["month2"] else ""
        said += f" to {month}{int(found['day2'])}"
    if found["year"]:
        said += f", {found['year']}" if day else f" {found['year']}"
    return said


def _say_time(found: re.Match[str]) -> str:
    if not found["hour"]:
        return ""
    hour, part = int(found["hour"]), found["part"] or ""
    clock = f":{int(found['minute'] or 0):02}" if found["minute"] or not part else ""
    clock += f":{int(found['second']):02}" if found["second"] else ""
    about = "about " if found["about"] else ""
    if not part or _AT_NOON < hour < 24:
        return f"{about}{hour}{clock or ':00'}"
    # The night is after midnight too: 深夜2点 is 2 a.m.
    late = part in _AFTER_NOON and (hour >= _EVENING or part in {"下午", "傍晚"}) and hour < 12
    late = late or (part in _NOON and hour != 11) or (part == "下午" and hour == _AT_NOON)
    return f"{about}{_NIGHT.get(hour, hour)}{clock} {'p.m.' if late else 'a.m.'}"


def ordinal(number: int) -> str:
    """A number with the ending of an ordinal.

    >>> [ordinal(number) for number in (1, 12, 22, 103)]
    ['1st', '12th', '22nd', '103rd']
    """
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
