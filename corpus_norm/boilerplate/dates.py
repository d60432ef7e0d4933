"""The date in a dateline, where it is absolute: ISO 8601, English, French and Chinese forms.

"2 hours ago" is no date without a clock, and 03/04/2026 is two dates, so neither is read.
"""

from __future__ import annotations

import re
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_MONTHS: Mapping[str, int] = MappingProxyType(
    {
        name: number
        for number, names in enumerate(
            (
                "january jan janvier janv",
                "february feb février fevrier févr fevr fév",
                "march mar mars",
                "april apr avril avr",
                "may mai",
                "june jun juin",
                "july jul juillet juil",
                "august aug août aout",
                "september sept sep septembre",
                "october oct octobre",
                "november nov novembre",
                "december dec décembre decembre déc",
            ),
            start=1,
        )
        for name in names.split()
    }
)
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"""(?<!\d)(?:
      (?P<year>{_YEAR})\s?[-/.年]\s?(?P<month>\d{{1,2}})\s?[-/.月]\s?(?P<day>\d{{1,2}})(?!\d)
    | (?P<day2>\d{{1,2}})(?:er|st|nd|rd|th)?(?:\ of)?[\ -]
      (?P<name2>{_MONTH})\b\.?,?[\ -](?P<year2>{_YEAR})
    | (?<!\w)(?P<name3>{_MONTH})\b\.?\ (?P<day3>\d{{1,2}})(?:st|nd|rd|th)?,?\ (?P<year3>{_YEAR})
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def find_date(text: str) -> date | None:
    """The first absolute date in a line, None where there is none.

    >>> find_date("Published May 3, 2026 at 10:00"), find_date("Publié le 1er août 2025 à 8h")
    (datetime.date(2026, 5, 3), datetime.date(2025, 8, 1))
    >>> find_date("2024年11月5日 08:30"), find_date("2 hours ago"), find_date("03/04/2026")
    (datetime.date(2024, 11, 5), None, None)
    """
    for match in _DATE.finditer(text):
        groups = match.groupdict()
        year = groups["year"] or groups["year2"] or groups["year3"]
        name = groups["name2"] or groups["name3"]
        month = _MONTHS[name.lower()] if name else int(groups["month"])
        day = groups["day"] or groups["day2"] or groups["day3"]
        try:
            return date(int(year), month, int(day))
        except ValueError:
            continue  # the 31st of February
    return None
