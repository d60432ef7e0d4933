"""All forms of dates in news, the order of day and month in numeric ones, and times with a zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import urlsplit

from corpus_norm.languages import any_of, combine
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_WORDS = combine(lambda record: record.dates)
_MONTHS = {
    word: int(number)
    for word, number in combine(lambda record: record.numbers.months).items()
    if word.isalpha()
}
_DAY_LINK = re.sub(" ", r"[ ]", any_of(_WORDS.day_links))
_YEAR_LINK = re.sub(" ", r"[ ]", any_of(_WORDS.year_links))
_DAY_MARK = re.sub(" ", r"[ ]", any_of(_WORDS.day_marks))

# Two numbers and a year with the same separator: 13/04/2024.
_NUMERIC = compile_lazily(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(?:19|20)\d\d(?![\d/-])")
_DAY_FIRST = compile_lazily(any_of(_WORDS.day_first_zones))
_MONTH_FIRST = compile_lazily(any_of(_WORDS.month_first_zones))
# The same words in one flat list, which takes a sixth of the time to search for; lines without any
# of them have no zone.
_MAY_BE_ZONED = compile_lazily(
    re.sub(r"\\b|\(\?:|\)", "", "|".join((*_WORDS.day_first_zones, *_WORDS.month_first_zones)))
)
_AMERICAN_DOMAINS = frozenset({"us", "gov", "mil", "edu"})
_GENERIC_COUNTRIES = frozenset(
    {"ai", "cc", "co", "fm", "gg", "io", "is", "ly", "me", "sh", "so", "to", "tv", "ws"}
)
"""Country domains that are sold to anybody."""


class Order(Enum):
    """The order of day and month in a numeric date."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


@dataclass(frozen=True, slots=True)
class Setting:
    """The known context of a date.

    ``order`` settles numeric dates; ``is_taiwan`` allows 113 as a year; ``year`` and ``month`` come
    from the address and complete a date that gives only its month and day.
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
    """Guess the setting of a page or text.

    Args:
        language: a BCP-47 code, with its region if it has one.
        url: the address of the page.
        texts: lines of the page; a date such as 13/04/2024 in them reveals the order, and a time
            zone or a currency reveals the place.
        known: days from other sources (the address); one of the two readings of a date may be
            among them.

    >>> guess_setting("fr").order, guess_setting("en-US").order, guess_setting("en").order
    (<Order.DAY_FIRST: 'day first'>, <Order.MONTH_FIRST: 'month first'>, None)
    >>> guess_setting("en-US", "https://example.co.uk/a").order
    <Order.DAY_FIRST: 'day first'>
    >>> guess_setting("en", texts=["Updated 13/04/2024"]).order
    <Order.DAY_FIRST: 'day first'>
    """
    primary, region = _split_code(language)
    domain = _domain(url)
    seen = list(filter(None, map(_see_signs, texts)))
    order = (
        _seen_order((each for dates, *_ in seen for each in dates), frozenset(known))
        or _of_language(primary, region)
        or _of_domain(domain)
        or _of_region(region)
        or _of_marks(any(day for _, day, _ in seen), any(month for *_, month in seen))
    )
    is_taiwan = domain == "tw" or region == "tw" or (primary == "zh" and region == "hant")
    return Setting(order, is_taiwan, *_year_in(url))


def _split_code(code: str | None) -> tuple[str, str]:
    """Split a code into language and region; return the script if there is no region."""
    primary, *subtags = (code or "").lower().replace("_", "-").split("-")
    regions = [tag for tag in subtags if len(tag) == 2]
    return primary, (regions or subtags or [""])[0]


def _domain(url: str | None) -> str:
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    return host.rpartition(".")[2] if "." in host else ""


@lru_cache(maxsize=16_384)
def _see_signs(text: str) -> tuple[tuple[tuple[int, int], ...], bool, bool] | None:
    """Return the numeric dates in a line, whether it has signs of each order; None if nothing.

    The lines of a page are asked for several times, and pages of a site share many.
    """
    dates: tuple[tuple[int, int], ...] = ()
    if "20" in text or "19" in text:
        dates = tuple((int(match[1]), int(match[3])) for match in _NUMERIC.finditer(text))
    day = month = False
    if _MAY_BE_ZONED.search(text) is not None:
        day, month = _DAY_FIRST.search(text) is not None, _MONTH_FIRST.search(text) is not None
    return (dates, day, month) if dates or day or month else None


def _seen_order(dates: Iterable[tuple[int, int]], known: frozenset[date]) -> Order | None:
    """Return the order in the page's unambiguous numeric dates, if they agree."""
    found = set()
    days = {(day.month, day.day) for day in known}
    for first, second in dates:
        if first == second:
            continue
        if first > 12 >= second or (second, first) in days:
            found.add(Order.DAY_FIRST)
        elif second > 12 >= first or (first, second) in days:
            found.add(Order.MONTH_FIRST)
    return found.pop() if len(found) == 1 else None


def _of_language(primary: str, region: str) -> Order | None:
    is_day_first = not _WORDS.day_first_languages.isdisjoint({primary, f"{primary}-{region}"})
    return Order.DAY_FIRST if is_day_first else None


def _of_domain(domain: str) -> Order | None:
    if domain in _AMERICAN_DOMAINS:
        return Order.MONTH_FIRST
    is_country = len(domain) == 2 and domain.isascii() and domain not in _GENERIC_COUNTRIES
    return _of_region(domain) if is_country else None


def _of_region(region: str) -> Order | None:
    if region in _WORDS.month_first_regions:
        return Order.MONTH_FIRST
    others = _WORDS.unsettled_regions | _WORDS.year_first_regions
    return Order.DAY_FIRST if len(region) == 2 and region not in others else None


def _of_marks(day: bool, month: bool) -> Order | None:  # noqa: FBT001
    """Return the order implied by time zones and currencies, if they agree."""
    if day == month:
        return None
    return Order.DAY_FIRST if day else Order.MONTH_FIRST


# A year, then perhaps a month with or without a separator, then no digit or the two of a day.
_ADDRESS_YEAR = compile_lazily(r"(?<!\d)((?:19|20)\d\d)(?:[/-]?(0[1-9]|1[0-2]))?(?=\D|[0-3]\d\D|$)")


def _year_in(url: str | None) -> tuple[int | None, int | None]:
    """Return the year in an address, and the month if it follows the year."""
    match = _ADDRESS_YEAR.search(_path(url))
    return (int(match[1]), int(match[2]) if match[2] else None) if match else (None, None)


def _path(url: str | None) -> str:
    try:
        return urlsplit(url or "").path
    except ValueError:
        return ""


_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d"
_HAN = "〇零○一二三四五六七八九十百廿卅元"
_CLOCK = (
    rf"(?:,?\ (?:{any_of(_WORDS.clock_openers)}\ )?"
    r"\d{1,2}:\d\d(?::\d\d)?(?:\ ?[ap]\.?m\.?)?(?:\ (?:[A-Z]{2,4}|[+-]\d{4}))?,?)?"
)
# Alternatives in order: 2024-04-13; 13 April 2024; 13-Apr-24; 2024 April 13; 13/04/2024;
# 20240413; 113-04-13 (Taiwan); April 13, 2024; Chinese dates with an optional era.
_DATE = compile_lazily(
    rf"""(?<!\d)(?<!\d[./,:-])(?:
      (?P<year>{_YEAR})\s?(?P<mark>[-/.])\s?(?P<month>\d{{1,2}})\s?(?P=mark)\s?(?P<day>\d{{1,2}})
      (?![\d/-])
    | (?P<day1>\d{{1,2}})(?:{_DAY_MARK}|\.)?(?:\ {_DAY_LINK})?[\ /-]?\s?
      (?P<name1>{_MONTH})(?![^\W\d_])\.?,?(?:\ {_YEAR_LINK})?[\ /-]?\s?(?P<year1>{_YEAR})(?!\d)
    | (?P<day2>\d{{1,2}})(?P<dash>[-/\ ])(?P<name2>{_MONTH})(?P=dash)(?P<short2>\d\d)(?!\d)
      (?:(?<=[-/]\d\d)|(?=\ \d\d:\d\d))
    | (?P<year3>{_YEAR})[\ -](?P<name3>{_MONTH})\.?[\ -](?P<day3>\d{{1,2}})(?!\d)
    | (?P<first>\d{{1,2}})(?P<mark4>[-/.]|\ /\ )(?P<second>\d{{1,2}})(?P=mark4)
      (?P<year4>{_YEAR}|\d\d(?![\d:h]))(?![\d/-]|\.\d)
    | (?P<compact>{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))
      (?=T|\D|(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?(?!\d)|$)
    | (?P<taiwan>\d{{2,3}})(?P<mark5>[-/.])(?P<month5>\d\d?)(?P=mark5)(?P<day5>\d\d?)(?![\d/-]|\.\d)
    )
    | (?<!\w)(?P<name6>{_MONTH})(?!\w)\.?[\ -]\s?(?P<day6>\d{{1,2}}){_DAY_MARK}?
      (?:{_CLOCK}|,?-?)\s?(?P<year6>{_YEAR})(?!\d)
    | (?<!\d)(?P<era>{"|".join(_WORDS.eras)})?\s?(?P<year7>\d{{1,4}}|[{_HAN}]{{1,7}})\s?年\s?
      (?P<month7>\d{{1,2}}|[{_HAN}]{{1,3}})\s?月\s?(?P<day7>\d{{1,2}}|[{_HAN}]{{1,4}})(?:\s?[日号號]|(?![\d{_HAN}]))
    """,
    re.VERBOSE | re.IGNORECASE,
)
# 04-13 before a time, or 4月13日.
_YEARLESS = compile_lazily(
    r"(?<![\d年./:-])(?:(?P<month>0\d|1[0-2])[-/](?P<day>[0-3]\d)(?=\s+\d\d:\d\d(?!\d))"
    r"|(?P<month2>\d{1,2})\s?月\s?(?P<day2>\d{1,2})\s?[日号號])"
)
# Seconds since 1970, with decimals or milliseconds.
_EPOCH = compile_lazily(r"\s*(\d{9,10})(?:\.\d+|\d{3})?\s*")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-") | dict.fromkeys(map(ord, "\u200e\u200f\u200b"), "")
_DIGITS = {char: place for place, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}
# A weekday at the end of the text before a date.
_WEEKDAY = compile_lazily(
    rf"(?<!\w)({'|'.join(sorted(_WORDS.weekdays, key=len, reverse=True))})\.?,?\s*"
    rf"(?:{any_of(sorted(_WORDS.day_articles))}\s)?$",
    re.IGNORECASE,
)
_DAY_FIRST_SIGN = compile_lazily(any_of(_WORDS.day_first_signs), re.IGNORECASE)
_EARLIEST = 1900
_NO_DAYS = frozenset({date(1900, 1, 1), date(1970, 1, 1)})
"""The days that programs write for a missing date."""
_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Found:
    """A date and its position in the text."""

    day: date
    start: int
    end: int


def simplify(text: str) -> str:
    """Return the text with plain digits, dashes and spaces, as the date patterns expect."""
    if text.isascii():
        return text
    return normalize("NFKC", text.replace("○", "〇")).translate(_DASHES)


def list_dates(text: str, setting: Setting = NOWHERE) -> Iterator[Found]:
    """Yield the absolute dates, in order, in a text that :func:`simplify` has processed.

    >>> [str(found.day) for found in list_dates("Apr. 13th, 2024, 13-Apr-2024, 13 avr. 2024")]
    ['2024-04-13', '2024-04-13', '2024-04-13']
    >>> [str(found.day) for found in list_dates("二〇二四年四月十三日,民國113年4月13日")]
    ['2024-04-13', '2024-04-13']
    >>> list(list_dates("03/04/2024")), list(list_dates("2 hours ago"))
    ([], [])
    """
    for match in _DATE.finditer(text):
        if (day := _read(match, setting)) is not None and day not in _NO_DAYS:
            yield Found(day, match.start(), match.end())


def list_yearless(text: str, setting: Setting) -> Iterator[Found]:
    """Yield dates with only month and day, if the setting has the year."""
    if setting.year is None:
        return
    for match in _YEARLESS.finditer(text):
        month, day = match["month"] or match["month2"], match["day"] or match["day2"]
        if setting.month in {None, int(month)}:
            found = _make(setting.year, int(month), int(day))
            if found is not None:
                yield Found(found, match.start(), match.end())


def read_stated(value: object, setting: Setting = NOWHERE) -> date | None:
    """Read the day from a value that a program wrote as a date: text of any form, or seconds.

    Seconds and milliseconds since 1970 are read in UTC, also in scripts of Chinese pages, so that
    the answer depends only on the value.

    >>> read_stated("2024-04-13T23:30:00-05:00"), read_stated(1713000600000)
    (datetime.date(2024, 4, 13), datetime.date(2024, 4, 13))
    >>> read_stated("Sat, 13 Apr 2024 09:15:00 GMT"), read_stated("soon")
    (datetime.date(2024, 4, 13), None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        value = f"{value:.0f}" if abs(value) < 1e15 else ""
    if not isinstance(value, str) or len(value) > 200:
        return None
    if epoch := _EPOCH.fullmatch(value):
        return _from_seconds(int(epoch[1]))
    return next((found.day for found in list_dates(simplify(value), setting)), None)


def _from_seconds(seconds: int) -> date | None:
    if not 631_152_000 <= seconds < 4_102_444_800:  # 1990 to 2099
        return None
    return datetime.fromtimestamp(seconds, UTC).date()


def _read(match: re.Match[str], setting: Setting) -> date | None:
    """Return the day of a match; None if it is not a valid day or is ambiguous."""
    get = match.groupdict().get
    for number in "136":
        if name := get(f"name{number}"):
            year, day = match[f"year{number}"], match[f"day{number}"]
            return _make(int(year), _MONTHS[name.lower()], int(day))
    if name := get("name2"):
        return _make(2000 + int(match["short2"]), _MONTHS[name.lower()], int(match["day2"]))
    return _read_in_digits(match, setting)


def _read_in_digits(match: re.Match[str], setting: Setting) -> date | None:
    """Return the day of a form that does not name the month."""
    if match["year"]:
        return _make(int(match["year"]), int(match["month"]), int(match["day"]))
    if text := match["compact"]:
        return _make(int(text[:4]), int(text[4:6]), int(text[6:]))
    if match["year7"]:
        return _read_han(match, setting)
    if match["taiwan"]:
        return _read_taiwan(match["taiwan"], match["month5"], match["day5"], setting)
    return _read_numeric(match, setting)


def _read_numeric(match: re.Match[str], setting: Setting) -> date | None:
    """Return the day of a numeric date.

    13/04/2024 and 04/13/2024 have only one reading; the language or place settles other dates.
    """
    first, second, year = int(match["first"]), int(match["second"]), match["year4"]
    order = _order_here(match, setting)
    if len(year) == 2:
        if setting.is_taiwan:
            return None
        if order is None or (int(year) > 40 and first < 13 and second < 13 and first > int(year)):
            return None
    full = int(year) + (2000 if len(year) == 2 else 0)
    if order is Order.DAY_FIRST and second > 12 >= first and len(year) == 4:
        order = Order.MONTH_FIRST
    if order is Order.MONTH_FIRST and first > 12 >= second and len(year) == 4:
        order = Order.DAY_FIRST
    if order is None:
        if first == second or first > 12:
            order = Order.DAY_FIRST
        elif second > 12:
            order = Order.MONTH_FIRST
        else:
            return None
    return _make(full, second, first) if order is Order.DAY_FIRST else _make(full, first, second)


def _order_here(match: re.Match[str], setting: Setting) -> Order | None:
    """Return the order implied by the text around a date: by its weekday, or by French words."""
    first, second, year = int(match["first"]), int(match["second"]), match["year4"]
    before = match.string[max(0, match.start() - 40) : match.start()]
    if len(year) == 4 and (named := _WEEKDAY.search(before)):
        readings = {
            Order.DAY_FIRST: _make(int(year), second, first),
            Order.MONTH_FIRST: _make(int(year), first, second),
        }
        weekday = _WORDS.weekdays[named[1].lower()]
        fitting = [order for order, day in readings.items() if day and day.weekday() == weekday]
        if len(fitting) == 1:
            return fitting[0]
    if setting.order is None:
        after = match.string[match.end() : match.end() + 20]
        if _DAY_FIRST_SIGN.search(before) or _DAY_FIRST_SIGN.search(after):
            return Order.DAY_FIRST
    return setting.order


def _read_taiwan(year: str, month: str, day: str, setting: Setting) -> date | None:
    if not setting.is_taiwan or not 80 <= int(year) <= 140:
        return None
    return _make(int(year) + 1911, int(month), int(day))


def _read_han(match: re.Match[str], setting: Setting) -> date | None:
    """Return the day of a Chinese date in digits or Han numerals, with an optional era."""
    year, month, day = (_read_numeral(match[f"{part}7"]) for part in ("year", "month", "day"))
    if year is None or month is None or day is None:
        return None
    if era := match["era"]:
        return _make(year + _WORDS.eras[era], month, day)
    if 100 <= year <= 140 or (setting.is_taiwan and 80 <= year < 100):
        return _make(year + 1911, month, day)
    return _make(year, month, day)


def _read_numeral(text: str) -> int | None:
    """Read a number below ten thousand, written digit by digit or with tens and hundreds.

    >>> [_read_numeral(text) for text in ("113", "二〇二四", "一百一十三", "廿三", "十", "元")]
    [113, 2024, 113, 23, 10, 1]
    """
    if text.isdigit() and text.isascii():
        return int(text)
    if text == "元":
        return 1
    text = text.replace("廿", "二十").replace("卅", "三十")
    if all(char in _DIGITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    hundreds, hundred, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    parts = (hundreds or "零", tens or ("一" if ten else "零"), ones or "零")
    numbers = [_DIGITS.get(part.lstrip("零〇") or "零") for part in parts]
    if None in numbers or (hundred and not hundreds):
        return None
    return sum(number * unit for number, unit in zip(numbers, (100, 10, 1), strict=True) if number)


def _make(year: int, month: int, day: int) -> date | None:
    if year < _EARLIEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:  # such as 31 February
        return None


_INSTANT = re.compile(r"\s*(\d{10}(?:\d{3}){0,3})(\.\d+)?\s*")
_RFC = re.compile(r"([A-Z][a-z]{2,8}, *)?\d{1,2} [A-Z][a-z]{2,8} \d{4} \d{1,2}:\d\d")
_TIME = re.compile(r"\d:\d\d|\dT\d\d")
# A time zone in words, or in brackets after its offset (RFC 9557).
_ZONE = re.compile(r"(?<=\d)\s?(?:UTC|GMT)$|(?<=[Z\d])\[[\w/+-]+\]$")
_COMPACT = len("20240501")
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_time(value: object, setting: Setting = NOWHERE) -> tuple[date | None, datetime | None]:
    """Return the day that a value states, in its own time zone, and the instant if it states one.

    Dates in words and in ISO 8601, RFC 822, and seconds, milli-, micro- or nanoseconds since 1970
    (UTC) are read; so is an object of MongoDB's extended JSON that holds one.  A numeric date with
    two readings is not read unless the setting has the order.

    >>> day, instant = read_time("2024-05-01T23:30:00-05:00")
    >>> day.isoformat(), instant.isoformat()
    ('2024-05-01', '2024-05-02T04:30:00+00:00')
    >>> read_time("1er mai 2024"), read_time("13/04/2024")[0], read_time("03/04/2024")
    ((datetime.date(2024, 5, 1), None), datetime.date(2024, 4, 13), (None, None))
    >>> read_time(1714521600)[1].isoformat(), read_time("2024-05-01 10:00")[1]
    ('2024-05-01T00:00:00+00:00', None)
    """
    if isinstance(value, dict):
        value = _unwrap(value)
    if isinstance(value, datetime):
        return value.date(), _to_utc(value)
    if isinstance(value, date):
        return value, None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None, None
    if epoch := _INSTANT.fullmatch(value if isinstance(value, str) else str(value)):
        since = Decimal(epoch[0]).scaleb(16 - len(epoch[1]))
        instant = _UNIX_EPOCH + timedelta(microseconds=int(since))
        return instant.date(), instant
    text = str(value).strip() if not isinstance(value, float) else ""
    if isinstance(value, int) and len(text) != _COMPACT:
        return None, None
    return _read_text(text, setting)


def _unwrap(value: dict[str, object]) -> object:
    """Return the date in ``{"$date": "2024-05-01"}`` or ``{"$date": {"$numberLong": "…"}}``."""
    inner = value.get("$date")
    return inner.get("$numberLong") if isinstance(inner, dict) else inner


def _read_text(text: str, setting: Setting) -> tuple[date | None, datetime | None]:
    plain = _ZONE.sub(lambda found: "" if found[0].startswith("[") else "+00:00", text)
    try:
        found = _read_rfc(text) if _RFC.match(text) else datetime.fromisoformat(plain)
    except (ValueError, TypeError, IndexError, OverflowError):
        return read_stated(text, setting), None
    return found.date(), (_to_utc(found) if _TIME.search(text) else None)


def _read_rfc(text: str) -> datetime:
    from email.utils import parsedate_to_datetime  # loads sockets

    return parsedate_to_datetime(text)


def _to_utc(moment: datetime) -> datetime | None:
    """Return the instant in UTC; None without a time zone, or out of range."""
    if moment.utcoffset() is None:
        return None
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
