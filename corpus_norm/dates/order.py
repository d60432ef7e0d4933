"""Whether 03/04/2024 is the third of April or the fourth of March, where a page tells.

A wrong date is worse than none: without a sign of the language or the place there is no order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corpus_norm.languages.calendar import (
    DAY_FIRST_ZONES,
    MONTH_FIRST_REGIONS,
    MONTH_FIRST_ZONES,
    UNSETTLED_REGIONS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(?:19|20)\d\d(?![\d/-])")
_DAY_FIRST = re.compile(DAY_FIRST_ZONES)
_MONTH_FIRST = re.compile(MONTH_FIRST_ZONES)
_AMERICAN_DOMAINS = frozenset({"us", "gov", "mil", "edu"})
_GENERIC_COUNTRIES = frozenset(
    {"ai", "cc", "co", "fm", "gg", "io", "is", "ly", "me", "sh", "so", "to", "tv", "ws"}
)
"""Domains of countries that anybody buys."""


class Order(Enum):
    """Which of two numbers is the day."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of the place where a date stands.

    ``order`` settles numeric dates; ``is_taiwan`` lets 113 be a year; ``year`` and ``month`` are
    those that the address tells, for a date that says only its month and day.
    """

    order: Order | None = None
    is_taiwan: bool = False
    year: int | None = None
    month: int | None = None


NOWHERE = Setting()


def guess_setting(
    language: str | None = None,
    url: str | None = None,
    texts: Iterable[str] = (),
    known: Iterable[date] = (),
) -> Setting:
    """The setting of a page or text.

    Args:
        language: a BCP-47 code, with its region where it has one.
        url: where the page is from.
        texts: lines of the page, in which a date such as 13/04/2024 tells the order, or a time
            zone or a currency the place.
        known: days that other sources name (the address); one of the two readings of a date may
            be among them.

    >>> guess_setting("fr").order, guess_setting("en-US").order, guess_setting("en").order
    (<Order.DAY_FIRST: 'day first'>, <Order.MONTH_FIRST: 'month first'>, None)
    >>> guess_setting("en-US", "https://example.co.uk/a").order
    <Order.DAY_FIRST: 'day first'>
    >>> guess_setting("en", texts=["Updated 13/04/2024"]).order
    <Order.DAY_FIRST: 'day first'>
    """
    primary, region = _split_code(language)
    domain = _domain(url)
    texts = tuple(texts)
    order = (
        _seen_order(texts, frozenset(known))
        or _of_language(primary, region)
        or _of_domain(domain)
        or _of_region(region)
        or _of_marks(texts)
    )
    is_taiwan = domain == "tw" or region == "tw" or (primary == "zh" and region == "hant")
    return Setting(order, is_taiwan, *_year_in(url))


def _split_code(code: str | None) -> tuple[str, str]:
    """Language and region; the script where no region is named."""
    primary, *subtags = (code or "").lower().replace("_", "-").split("-")
    regions = [tag for tag in subtags if len(tag) == 2]
    return primary, (regions or subtags or [""])[0]


def _domain(url: str | None) -> str:
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    return host.rpartition(".")[2] if "." in host else ""


def _seen_order(texts: Iterable[str], known: frozenset[date]) -> Order | None:
    """What the numeric dates of the page that have one reading say, if they agree."""
    found = set()
    days = {(day.month, day.day) for day in known}
    for text in texts:
        for match in _NUMERIC.finditer(text):
            first, second = int(match[1]), int(match[3])
            if first == second:
                continue
            if first > 12 >= second or (second, first) in days:
                found.add(Order.DAY_FIRST)
            elif second > 12 >= first or (first, second) in days:
                found.add(Order.MONTH_FIRST)
    return found.pop() if len(found) == 1 else None


def _of_language(primary: str, region: str) -> Order | None:
    if primary in {"fr", "de", "es", "it", "pt", "nl", "ru", "pl", "el", "cs", "tr", "id", "vi"}:
        return Order.DAY_FIRST
    if primary == "zh" and region in {"hk", "mo", "sg", "my"}:
        return Order.DAY_FIRST
    return None


def _of_domain(domain: str) -> Order | None:
    if domain in _AMERICAN_DOMAINS:
        return Order.MONTH_FIRST
    is_country = len(domain) == 2 and domain.isascii() and domain not in _GENERIC_COUNTRIES
    return _of_region(domain) if is_country else None


def _of_region(region: str) -> Order | None:
    if region in MONTH_FIRST_REGIONS:
        return Order.MONTH_FIRST
    is_other = len(region) == 2 and region not in UNSETTLED_REGIONS | {"cn", "tw", "jp", "kr"}
    return Order.DAY_FIRST if is_other else None


def _of_marks(texts: Iterable[str]) -> Order | None:
    """Time zones and currencies, if all are of places with the same order."""
    day = any(_DAY_FIRST.search(text) for text in texts)
    month = any(_MONTH_FIRST.search(text) for text in texts)
    if day == month:
        return None
    return Order.DAY_FIRST if day else Order.MONTH_FIRST


_ADDRESS_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[/-]?(0[1-9]|1[0-2]))?(?=\D|[0-3]\d\D|$)")


def _year_in(url: str | None) -> tuple[int | None, int | None]:
    """The year in an address, and the month where it stands there too."""
    match = _ADDRESS_YEAR.search(_path(url))
    return (int(match[1]), int(match[2]) if match[2] else None) if match else (None, None)


def _path(url: str | None) -> str:
    try:
        return urlsplit(url or "").path
    except ValueError:
        return ""
