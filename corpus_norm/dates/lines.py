"""The roles of dates in lines of text: publication, update, or something else."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus_norm.dates.forms import NOWHERE, Setting, list_dates, list_yearless, simplify
from corpus_norm.languages import any_of, combine
from corpus_norm.patterns import compile_lazily, has_far_letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

_WORDS = combine(lambda record: record.dates)
_PUBLISHED = any_of(_WORDS.published)
_UPDATED = any_of(_WORDS.updated)

_LABEL = compile_lazily(
    rf"(?P<OTHER>{any_of(_WORDS.unrelated)})|(?P<UPDATED>{_UPDATED})|(?P<PUBLISHED>{_PUBLISHED})",
    re.IGNORECASE,
)
# A label just after a date and an optional time, unless it introduces the next date.
_LABEL_BEHIND = compile_lazily(
    rf"[\s(]*(?:(?:\d{{1,2}}\s?[:hH时時点點]\s?\d\d)(?:[:分]\d\d)?分?秒?\s*(?:[AaPp]\.?[Mm]\.?)?)?[\s)(]*"
    rf"(?:(?P<UPDATED>{_UPDATED})|(?P<PUBLISHED>{_PUBLISHED}))(?!\s*(?:[:：]|{any_of(_WORDS.label_links)}))",
    re.IGNORECASE,
)


# A time at the start of a line, perhaps with a sign after it, then more: 17:10 – Rennes rouvre.
_ENTRY = compile_lazily(
    r"\s*\d{1,2}\s?(?:[:hH.：]\s?\d\d|[hH])(?!\d|[./:-]\d)(?:\s?[aApP]\.?[mM]\b\.?)?"
    r"(?:\s*[-–—|•·]\s*|\s+)(?=\S)"
)
_DIGIT = re.compile(r"\d")
_MAY_BE_DATED = compile_lazily(r"\d|年")


class Role(IntEnum):
    """The role of a date, best first."""

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
    """Return the role that the last label of a text gives to a date after it.

    >>> read_label("Published on"), read_label("Mis à jour le"), read_label("Paris, le")
    (<Role.PUBLISHED: 0>, <Role.UPDATED: 2>, <Role.UNSAID: 1>)
    """
    role = Role.UNSAID
    for match in _LABEL.finditer(text):
        role = Role[match.lastgroup or "UNSAID"]
    return role


def without_labels(text: str) -> str:
    """Replace each label in the text by a space."""
    return _LABEL.sub(" ", text)


def read_dates(text: str, setting: Setting = NOWHERE) -> list[Dated]:
    """Read the dates of a line with their roles, in order.

    A label precedes its date.  If no label precedes the first date, labels may follow the dates.

    >>> [(str(d.day), d.role.name) for d in read_dates("Updated 5 May 2024 · Published 3 May 2024")]
    [('2024-05-05', 'UPDATED'), ('2024-05-03', 'PUBLISHED')]
    >>> [(str(d.day), d.role.name) for d in read_dates("2024-05-05 10:00更新 2024-05-03发布")]
    [('2024-05-05', 'UPDATED'), ('2024-05-03', 'PUBLISHED')]
    """
    return list(_read_once(text, setting)) if _MAY_BE_DATED.search(text) else []


@lru_cache(maxsize=4_096)
def _read_once(text: str, setting: Setting) -> tuple[Dated, ...]:
    """Do :func:`read_dates` once for a line, which several rules ask for."""
    text = simplify(text)
    found = list(list_dates(text, setting)) or list(list_yearless(text, setting))
    if not found:
        return ()
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
    return tuple(
        Dated(each.day, role, each.start, each.end) for each, role in zip(found, roles, strict=True)
    )


def choose(dates: Iterable[Dated]) -> Dated | None:
    """Choose the first date of the best role; never choose dates of other things."""
    told = [each for each in dates if each.role is not Role.OTHER]
    return min(told, key=lambda each: each.role, default=None)


def find_date(text: str, setting: Setting = NOWHERE) -> date | None:
    """Find the day of publication in a line, None where it has none.

    >>> find_date("Updated January 7, 2025. Published March 5, 2024")
    datetime.date(2024, 3, 5)
    >>> find_date("Publié le 1er août 2025 à 8h"), find_date("Publié le 03/04/2024")
    (datetime.date(2025, 8, 1), datetime.date(2024, 4, 3))
    >>> find_date("2024年11月5日 08:30"), find_date("2 hours ago"), find_date("03/04/2026")
    (datetime.date(2024, 11, 5), None, None)
    """
    chosen = choose(read_dates(text, setting))
    return chosen.day if chosen else None


_LONGEST = 200
_MOST_REST = 60  # columns beside the date: names, a place, the time to read
_FEW = 24  # columns of "This article was"
_MASTHEAD_REST = 24  # the weather, an edition
_LABEL_LINE = 24
_LINK_WIDTH = 10  # columns of "on" or "at GMT on" between a label and its date
_ABOVE, _BELOW = 3, 14  # lines allowed between the headline and an unlabelled date
_FAR_ABOVE, _FAR_BELOW = 8, 25  # the same for a date labelled as published
# A quick test: a year, digits around a separator, a month name, 年, 月 or a full-width digit.
_HAS_DATE = compile_lazily(r"(?:19|20)\d\d|\d\s?[./-]\s?\d|[-/ ][A-Za-z]{3,}[-/ ]|[年月]|[０-９]")
_ENDS_SENTENCE = compile_lazily(r"[.!?。！？…][\"”’»」』)]*$")
# A time such as 9:30, 14h05, 9.30 or 9 a.m.
_CLOCK = compile_lazily(
    r"\b\d{1,2}\s?(?:[:h點点时時]|(?<=\d)\.)\s?\d{0,2}(?::\d\d)?\s?分?(?:[ap]\.?m\b\.?)?|[ap]\.m\.",
    re.IGNORECASE,
)
_WEEKDAY = compile_lazily(
    rf"(?<![^\W\d_])(?:{'|'.join(sorted(_WORDS.weekdays, key=len, reverse=True))})(?![^\W\d_])\.?",
    re.IGNORECASE,
)
_NO_WORD = compile_lazily(r"[\W\d_]+")
_WIDE = compile_lazily(r"[\u2e80-\u9fff\uac00-\ud7ff\uff00-\uff60]")


def find_in_lines(
    lines: Sequence[str],
    title: int | None = None,
    setting: Setting = NOWHERE,
    *,
    start: int | None = None,
    everywhere: bool = False,
) -> Dated | None:
    """Find the date of publication among the lines of an article, nearest to its headline.

    Args:
        lines: the lines or paragraphs, in order.
        title: the index of the headline, if known.
        setting: the language and place.
        start: the index at which the article starts, if the headline is not known.
        everywhere: whether a date labelled as published counts far from the headline.

    >>> page = ["The Gull", "Saturday, 13 April 2024", "Port shut", "12 April 2024", "It rains."]
    >>> find_in_lines(page, 2).day
    datetime.date(2024, 4, 12)
    """
    start = title if title is not None else (start or 0)
    above = _ABOVE if title is not None else _BELOW
    nearest = (0, len(lines)) if everywhere else (start - _FAR_ABOVE - above, start + _FAR_BELOW)
    found = []
    prose = 0
    for index in range(max(0, nearest[0]), min(len(lines), nearest[1] + 1)):
        line = lines[index]
        if index > start and _is_prose(line):
            prose += 1
            continue
        if len(line) > _LONGEST or index == title or not _HAS_DATE.search(line):
            continue
        dated = _read(lines, index, setting)
        if dated is None:
            continue
        if dated.role is Role.UNSAID:
            rest = _rest(line, dated)
            is_near = -above <= index - start <= _BELOW and prose <= 1
            if not is_near or (prose and _width(rest) > _MOST_REST // 2):
                continue
        is_issue = index < start and dated.role is Role.UNSAID and is_masthead(line, setting)
        if is_issue and title is not None:
            continue
        is_above = index < start and title is not None
        found.append((dated.role, is_issue, is_above, abs(index - start), index, dated))
    return min(found, key=lambda each: each[:5])[-1] if found else None


def find_updated(
    lines: Sequence[str],
    title: int | None = None,
    setting: Setting = NOWHERE,
    *,
    start: int | None = None,
    published: date | None = None,
) -> date | None:
    """Find the day of the last change among the lines near the headline of an article.

    Only a date with a label counts (``Updated 3 May 2024``, ``Mis à jour le``, ``更新时间``), in a
    line that holds little else, and no day before that of publication.

    >>> find_updated(["Port shut", "Published 1 May 2024", "Updated 3 May 2024"], 0)
    datetime.date(2024, 5, 3)
    >>> find_updated(["Port shut", "1 May 2024", "They updated their guide on 3 April 2024."], 0)
    """
    middle = title if title is not None else (start or 0)
    first = max(0, middle - _FAR_ABOVE - (_ABOVE if title is not None else _BELOW))
    for index in range(first, min(len(lines), middle + _FAR_BELOW + 1)):
        line = lines[index]
        if len(line) > _LONGEST or index == title or not _HAS_DATE.search(line):
            continue
        dates = read_dates(line, setting)
        if not dates or len(dates) > 3 or not _holds_little_else(line, dates):
            continue
        if is_entry(line, setting):
            continue
        above = lines[index - 1] if index else ""
        is_label = len(above) <= _LABEL_LINE and not _DIGIT.search(
            above
        )  # not: updated 2 hours ago
        if dates[0].role is Role.UNSAID and is_label:
            dates[0] = replace(dates[0], role=read_label(above))
        text = simplify(line)
        behind = text[dates[-1].end :]
        if read_label(behind) is Role.UPDATED and _CLOCK.search(behind):
            dates.append(replace(dates[-1], role=Role.UPDATED))  # 3 May at 8:00, updated at 9:12
        for each in dates:
            is_change = each.role is Role.UPDATED and not _is_told(text[: each.start])
            if is_change and (published is None or each.day >= published):
                return each.day
    return None


def _is_told(before: str) -> bool:
    """Whether words between a label and its date tell of something else: "updated their map on"."""
    end = max((match.end() for match in _LABEL.finditer(before)), default=len(before))
    return _width(_NO_WORD.sub(" ", _drop(before[end:], ())).strip()) > _LINK_WIDTH


def is_clock(line: str) -> bool:
    """Whether a line is a time of day and nothing else.

    >>> is_clock("17:10"), is_clock("17:10 – 18:00")
    (True, False)
    """
    return _CLOCK.fullmatch(line.strip()) is not None


def is_entry(line: str, setting: Setting = NOWHERE) -> bool:
    """Whether a line is the heading of an entry in a live page: a time, and words on something.

    >>> is_entry("17:10 – Ministers meet unions"), is_entry("17:10 – Updated 5 May 2024")
    (True, False)
    """
    found = _ENTRY.match(line)
    if found is None or len(line) > _LONGEST:
        return False
    text = simplify(line[found.end() :])
    dates = read_dates(text, setting)
    rest = _NO_WORD.sub(" ", _drop(text, dates)).split()
    return len(rest) > (1 if dates else 0)


def is_masthead(line: str, setting: Setting = NOWHERE) -> bool:
    """Whether a line is a date with its weekday and little else, as newspapers date an issue.

    >>> is_masthead("Jeudi 6 mars 2025"), is_masthead("6 mars 2025")
    (True, False)
    """
    text = simplify(line)
    rest = _NO_WORD.sub("", _drop(text, read_dates(text, setting)))
    return _width(rest) <= _MASTHEAD_REST and _WEEKDAY.search(text) is not None


def _read(lines: Sequence[str], index: int, setting: Setting) -> Dated | None:
    """Read the date of a line that contains little else; its label may be in the line before."""
    line = lines[index]
    dates = read_dates(line, setting)
    chosen = choose(dates)
    if chosen is None or len(dates) > 3 or is_entry(line, setting):
        return None
    if chosen.role is Role.UNSAID and index and len(lines[index - 1]) <= _LABEL_LINE:
        chosen = replace(chosen, role=read_label(lines[index - 1]))
    if chosen.role is Role.OTHER or not _holds_little_else(line, dates):
        return None
    return chosen


def is_dateline(line: str, setting: Setting = NOWHERE) -> bool:
    """Whether a line holds a date and little besides it.

    >>> is_dateline("Friday, 7 June 2024, 9:40"), is_dateline("Ten banks failed in May 2024")
    (True, False)
    """
    dates = read_dates(line, setting) if _HAS_DATE.search(line) and len(line) <= _LONGEST else []
    rest = _NO_WORD.sub(" ", _drop(simplify(line), dates)).strip() if dates else ""
    limit = _FEW if _CLOCK.search(line) else _FEW // 2
    return bool(dates) and _width(rest) <= limit and not is_entry(line, setting)


_LONGEST_OPENING, _PARTICLE = 120, 3  # characters of a dateline, of small words in a place
# The dash or the Chinese word between the dateline of a wire and its first sentence.
_TELLS = compile_lazily(
    r"\s*(?:\([^()]{2,30}\)|/[^/]{2,30}/)?\s*(?:--?|[–—]{1,2}|/)\s*\S|\s*[电電讯訊]"
)
# A place or an agency: words without a stop or a digit, up to a comma, a dash or a slash.
_PLACE = compile_lazily(r"[^\W\d_][^.;:!?\d]{1,50}(?:[,/-]|(?<=[\u3400-\u9fff]))(?: le| the)? ?$")


def find_opening_date(text: str, setting: Setting = NOWHERE) -> date | None:
    """Return the day in the dateline that opens the first sentence of a wire or a release.

    >>> find_opening_date("PARIS, 4 mars 2024 (AFP) - Le fabricant supprime 140 postes.")
    datetime.date(2024, 3, 4)
    >>> find_opening_date("BOSTON, March 4, 2024 /PRNewswire/ -- Northwind reports.")
    datetime.date(2024, 3, 4)
    >>> find_opening_date("HOUSTON--(BUSINESS WIRE)--March 4, 2024-- Halden sells a unit.")
    datetime.date(2024, 3, 4)
    >>> find_opening_date("The law of 4 March 2024 - the second of its kind - failed.")
    """
    opening = text[:_LONGEST_OPENING]
    dates = read_dates(opening, setting) if _HAS_DATE.search(opening) else []
    if not dates or dates[0].role is not Role.UNSAID:
        return None
    simple = simplify(opening)
    place = simple[: dates[0].start]
    is_placed = (
        _PLACE.match(place) is not None
        and _WEEKDAY.search(place) is None
        and not any(len(word) > _PARTICLE and word.islower() for word in place.split())
    )
    return dates[0].day if is_placed and _TELLS.match(simple, dates[0].end) else None


def _holds_little_else(line: str, dates: Sequence[Dated]) -> bool:
    """Whether a line holds little besides its dates, and is not a sentence on something else."""
    rest = _NO_WORD.sub(" ", _drop(simplify(line), dates)).strip()
    width = _width(rest)
    if width > _MOST_REST:
        return False
    if read_label(line[:20]) is not Role.UNSAID or not _ENDS_SENTENCE.search(line):
        return True
    is_word = " " not in rest and width <= _FEW // 2  # a Chinese clause has no spaces either
    return is_word or (width <= _FEW and min(each.role for each in dates) < Role.UNSAID)


def _drop(text: str, dates: Sequence[Dated]) -> str:
    """Remove dates, times, weekdays and labels from a text."""
    kept, position = [], 0
    for each in dates:
        kept.append(text[position : each.start])
        position = each.end
    rest = " ".join([*kept, text[position:]])
    return without_labels(_WEEKDAY.sub(" ", _CLOCK.sub(" ", rest)))


def _rest(line: str, dated: Dated) -> str:
    return _NO_WORD.sub(" ", _drop(simplify(line), [dated])).strip()


def _is_prose(line: str) -> bool:
    if len(line) < 35:
        return False
    width = _width(line)
    return width >= 160 or (width >= 70 and _ENDS_SENTENCE.search(line) is not None)


def _width(text: str) -> int:
    """Return the width in columns; an ideograph takes two."""
    return len(text) + (len(_WIDE.findall(text)) if has_far_letters(text) else 0)
