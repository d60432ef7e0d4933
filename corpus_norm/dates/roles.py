"""Which dates of a line tell the publication, and which a change or something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus_norm.dates.forms import list_dates, list_yearless, simplify
from corpus_norm.dates.order import NOWHERE, Setting
from corpus_norm.languages.calendar import NOT_OF_PUBLICATION, PUBLISHED, UPDATED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

_LABEL = re.compile(
    rf"(?P<OTHER>{NOT_OF_PUBLICATION})|(?P<UPDATED>{UPDATED})|(?P<PUBLISHED>{PUBLISHED})",
    re.IGNORECASE,
)
_LABEL_BEHIND = re.compile(
    rf"[\s(]*(?:(?:\d{{1,2}}\s?[:hH时時点點]\s?\d\d)(?:[:分]\d\d)?分?秒?\s*(?:[AaPp]\.?[Mm]\.?)?)?[\s)(]*"
    rf"(?:(?P<UPDATED>{UPDATED})|(?P<PUBLISHED>{PUBLISHED}))(?!\s*(?:[:：]|于|於|在|日期|时间|時間|on\b|le\b))",
    re.IGNORECASE,
)


_MAY_BE_DATED = re.compile(r"\d|年")


class Role(IntEnum):
    """What a date says, best first."""

    PUBLISHED = 0
    UNSAID = 1
    UPDATED = 2
    OTHER = 3


@dataclass(frozen=True, slots=True)
class Dated:
    """A date with its role."""

    day: date
    role: Role
    start: int = 0
    end: int = 0


def read_label(text: str) -> Role:
    """The role that the last label of a text gives to a date after it.

    >>> read_label("Published on"), read_label("Mis à jour le"), read_label("Paris, le")
    (<Role.PUBLISHED: 0>, <Role.UPDATED: 2>, <Role.UNSAID: 1>)
    """
    role = Role.UNSAID
    for match in _LABEL.finditer(text):
        role = Role[match.lastgroup or "UNSAID"]
    return role


def without_labels(text: str) -> str:
    """The text with a space for each label."""
    return _LABEL.sub(" ", text)


def read_dates(text: str, setting: Setting = NOWHERE) -> list[Dated]:
    """The dates of a line with their roles, in order.

    A label stands before its date, or right behind it where none stands before the first.

    >>> [(str(d.day), d.role.name) for d in read_dates("Updated 5 May 2024 · Published 3 May 2024")]
    [('2024-05-05', 'UPDATED'), ('2024-05-03', 'PUBLISHED')]
    >>> [(str(d.day), d.role.name) for d in read_dates("2024-05-05 10:00更新 2024-05-03发布")]
    [('2024-05-05', 'UPDATED'), ('2024-05-03', 'PUBLISHED')]
    """
    if not _MAY_BE_DATED.search(text):
        return []
    text = simplify(text)
    found = list(list_dates(text, setting)) or list(list_yearless(text, setting))
    if not found:
        return []
    before = [
        text[end:start]
        for end, start in pairwise(
            [0, *(edge for each in found for edge in (each.start, each.end))]
        )
    ][::2]
    roles = [read_label(words) for words in before]
    if roles[0] is Role.UNSAID:
        behind = [_LABEL_BEHIND.match(text, each.end) for each in found]
        if behind[0] is not None and behind[-1] is not None:
            roles = [Role[match.lastgroup or ""] if match else Role.UNSAID for match in behind]
    return [
        Dated(each.day, role, each.start, each.end) for each, role in zip(found, roles, strict=True)
    ]


def choose(dates: Iterable[Dated]) -> Dated | None:
    """The first of the best role; what is no date of publication is never chosen."""
    told = [each for each in dates if each.role is not Role.OTHER]
    return min(told, key=lambda each: each.role, default=None)


def find_date(text: str, setting: Setting = NOWHERE) -> date | None:
    """The day of publication that a line tells, None where it tells none.

    >>> find_date("Updated January 7, 2025. Published March 5, 2024")
    datetime.date(2024, 3, 5)
    >>> find_date("Publié le 1er août 2025 à 8h"), find_date("Publié le 03/04/2024")
    (datetime.date(2025, 8, 1), datetime.date(2024, 4, 3))
    >>> find_date("2024年11月5日 08:30"), find_date("2 hours ago"), find_date("03/04/2026")
    (datetime.date(2024, 11, 5), None, None)
    """
    chosen = choose(read_dates(text, setting))
    return chosen.day if chosen else None
