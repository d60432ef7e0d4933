"""Moments: a date with a time and a time zone, as programs write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from corpus_norm.dates.forms import read_stated

_EPOCH = re.compile(r"\s*(\d{10}|\d{13}|\d{16})(?:\.\d+)?\s*")
_RFC = re.compile(r"([A-Z][a-z]{2,8}, *)?\d{1,2} [A-Z][a-z]{2,8} \d{4} \d{1,2}:\d\d")
_TIME = re.compile(r"\d:\d\d")
# A time zone in words, or in brackets after its offset (RFC 9557).
_ZONE = re.compile(r"(?<=\d)\s?(?:UTC|GMT)$|(?<=[Z\d])\[[\w/+-]+\]$")
_COMPACT = len("20240501")


def read_time(value: object) -> tuple[date | None, datetime | None]:
    """Return the day that a value states, in its own time zone, and the instant if it states one.

    Dates in words and in ISO 8601, RFC 822, and seconds, milliseconds or microseconds since 1970
    (UTC) are read; so is an object of MongoDB's extended JSON that holds one.  A numeric date that
    may be read in two ways is none.

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
    if epoch := _EPOCH.fullmatch(value if isinstance(value, str) else str(value)):
        seconds = int(epoch[1]) / 10 ** (len(epoch[1]) - 10)
        instant = datetime.fromtimestamp(seconds, UTC)
        return instant.date(), instant
    text = str(value).strip() if not isinstance(value, float) else ""
    if isinstance(value, int) and len(text) != _COMPACT:
        return None, None
    return _read_text(text)


def _unwrap(value: dict[str, object]) -> object:
    """Return the date in ``{"$date": "2024-05-01"}`` or ``{"$date": {"$numberLong": "…"}}``."""
    inner = value.get("$date")
    return inner.get("$numberLong") if isinstance(inner, dict) else inner


def _read_text(text: str) -> tuple[date | None, datetime | None]:
    plain = _ZONE.sub(lambda found: "" if found[0].startswith("[") else "+00:00", text)
    try:
        found = parsedate_to_datetime(text) if _RFC.match(text) else datetime.fromisoformat(plain)
    except (ValueError, TypeError, IndexError, OverflowError):
        return read_stated(text), None
    return found.date(), (_to_utc(found) if _TIME.search(text) else None)


def _to_utc(moment: datetime) -> datetime | None:
    """Return the instant in UTC; None without a time zone, or out of range."""
    if moment.utcoffset() is None:
        return None
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
