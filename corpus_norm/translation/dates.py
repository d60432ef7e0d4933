"""Days written out in English, for engines that get them wrong.

Neural engines render ``4月29日`` as "September 29" now and then.  A sentence whose date is not the
same in the English is therefore translated once more with its days taken out and put back in
English, as addresses and terms are.
"""

from __future__ import annotations

import re
from functools import cache

from corpus_norm.languages import get_language

_ENGLISH = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_HAN_DAY = re.compile(
    r"(?<!\d)(?:(?P<year>(?:1[5-9]|20)\d\d)\s?年\s?)?(?P<month>1[0-2]|0?[1-9])\s?月\s?"
    r"(?P<day>3[01]|[12]\d|0?[1-9])\s?[日号號]"
)
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def find_days(text: str, language: str) -> list[tuple[int, int, str]]:
    """Find the days of a month in a text: start, end, and the day in English.

    >>> find_days("截至3月31日", "zh-Hans"), find_days("le 1er août 2025", "fr")
    ([(2, 7, 'March 31')], [(3, 16, 'August 1, 2025')])
    """
    code = language.split("-", maxsplit=1)[0]
    pattern = _HAN_DAY if code == "zh" else _french_day() if code == "fr" else None
    if pattern is None:
        return []
    found = pattern.finditer(text.translate(_DIGITS))
    return [(*match.span(), _say(match)) for match in found]


@cache
def _french_day() -> re.Pattern[str]:
    months = "|".join(sorted(filter(str.isalpha, _french_months()), key=len, reverse=True))
    return re.compile(
        rf"(?<![\d.,])(?P<day>1er|3[01]|[12]\d|0?[1-9])[ \u00a0\u202f](?P<month>{months})(?!\w)"
        r"(?:[ \u00a0\u202f](?P<year>(?:1[5-9]|20)\d\d)(?!\d))?",
        re.IGNORECASE,
    )


def _french_months() -> dict[str, int]:
    return {word: int(number) for word, number in get_language("fr").numbers.months.items()}


def _say(match: re.Match[str]) -> str:
    month = match["month"].lower()
    number = int(month) if month.isdecimal() else _french_months()[month]
    day = int(match["day"].lower().removesuffix("er"))
    year = f", {match['year']}" if match["year"] else ""
    return f"{_ENGLISH[number - 1]} {day}{year}"
