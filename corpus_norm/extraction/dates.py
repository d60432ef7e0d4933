"""When a page was published: what it states, what it marks, what it shows, what its address says.

Order of trust: JSON-LD, meta elements, elements and lines that are said to be the date of
publication, those near the headline where the address agrees, the address, values for scripts.  A
date of change counts only where there is nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from corpus_norm.dates import (
    Dated,
    Role,
    Setting,
    choose,
    find_in_lines,
    guess_setting,
    read_stated,
)
from corpus_norm.extraction.date_elements import LONGEST, DateElements
from corpus_norm.extraction.meta_names import PUBLISHED_NAMES, UPDATED_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from corpus_norm.extraction.json_ld import Article
    from corpus_norm.extraction.tree import Element

_DAY = timedelta(days=1)
_ADDRESS_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([/_.-]?)(\d\d?)\2(\d\d?)(?!\d)")
_ADDRESS_DAY_FIRST = re.compile(r"(?<!\d)(\d\d)([/_.-])(\d\d)\2((?:19|20)\d\d)(?!\d)")
_DIGIT = re.compile(r"\d")
_COMPACT = 8  # digits
_STATE = re.compile(
    r"[\"']?\b(?:date_?published|published_?(?:at|date|time|on)|publish_?(?:date|time)|"
    r"pub_?(?:date|time)|first_?published(?:_?(?:at|date))?|ct|create_?time)[\"']?\s*[:=]\s*"
    r"[\"']?(\d{4}-\d\d?-\d\d?|1\d{9}(?:\d{3})?)(?!\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class DatedPage:
    """What of a page may tell its date.

    ``meta`` are its meta elements, ``articles`` its JSON-LD, ``language`` the code that it
    declares, ``title`` its headline, ``lines`` what readers see of it.
    """

    tree: Element
    meta: Mapping[str, str] = field(default_factory=dict)
    articles: Sequence[Article] = ()
    url: str | None = None
    language: str | None = None
    title: str | None = None
    lines: Sequence[str] = ()

    @cached_property
    def setting(self) -> Setting:
        """The language and place, guessed from all dates of the page."""
        texts = [line for line in self.lines if len(line) <= LONGEST and _DIGIT.search(line)]
        return guess_setting(self.language, self.url, texts, filter(None, [self.in_address]))

    @cached_property
    def in_address(self) -> date | None:
        """The day that the address names."""
        path = (self.url or "").rpartition("://")[2].partition("/")[2]
        for match in _ADDRESS_DATE.finditer(path):
            year, mark, month, day = match.groups()
            found = _make(year, month, day) if mark or len(match[0]) == _COMPACT else None
            if found is not None:
                return found
        days = (_make(match[4], match[3], match[1]) for match in _ADDRESS_DAY_FIRST.finditer(path))
        return next(filter(None, days), None)

    @cached_property
    def elements(self) -> DateElements:
        """The elements that hold dates."""
        return DateElements(self.tree, self.title, self.setting)

    def find_line(self, *, everywhere: bool = False) -> Dated | None:
        """The date in a line near the headline, or in any that is said to be of publication.

        Lines keep their places, so that their distance from the headline stays what it is.
        """
        passed_over = self.elements.passed_over
        lines = ["" if line in passed_over else line for line in self.lines]
        title = lines.index(self.title) if self.title in lines else None
        return find_in_lines(lines, title, self.setting, everywhere=everywhere)


def find_published(page: DatedPage) -> date | None:
    """The day a page was published, as the page says it.

    >>> from corpus_norm.extraction.tree import parse
    >>> find_published(DatedPage(parse('<time datetime="2026-05-03T10:00">today</time>')))
    datetime.date(2026, 5, 3)
    """
    stated = _read_stated(page)
    if stated is not None:
        return stated
    shown = _find_shown(page)
    if shown is None or shown.role is Role.UPDATED:
        return (
            page.in_address or _find_hidden(page) or (shown.day if shown else _read_updated(page))
        )
    is_sure = shown.role is Role.PUBLISHED or page.in_address is None
    if is_sure or abs(shown.day - page.in_address) <= _DAY:  # type: ignore[operator]
        return shown.day
    return page.in_address


def _read_stated(page: DatedPage) -> date | None:
    """The date that the page states for machines."""
    values: list[object] = []
    for article in page.articles:
        values += [article.node.get("datePublished"), article.node.get("dateCreated")]
    values += [page.meta[name] for name in PUBLISHED_NAMES if name in page.meta]
    values = list(filter(None, values))
    if not values:
        return None
    plain = guess_setting(page.language, page.url)
    return _first_day(values, plain) or _first_day(values, page.setting)


def _read_updated(page: DatedPage) -> date | None:
    """The date of change that the page states."""
    values = [article.node.get("dateModified") for article in page.articles]
    values += [page.meta[name] for name in UPDATED_NAMES if name in page.meta]
    return _first_day(values, page.setting)


def _first_day(values: Iterable[object], setting: Setting) -> date | None:
    days = (read_stated(_unwrap(value), setting) for value in values)
    return next(filter(None, days), None)


def _unwrap(value: object) -> object:
    """The value in a list or a node of JSON-LD."""
    if isinstance(value, list):
        value = next(iter(value), None)
    return value.get("@value") if isinstance(value, dict) else value


def _find_shown(page: DatedPage) -> Dated | None:
    """The best of what is marked, what is named after dates, and the lines near the headline."""
    marked = page.elements.marked
    if marked is not None and marked.role is Role.PUBLISHED:
        return marked
    shown = None if marked is not None and marked.role is Role.UNSAID else page.elements.shown
    told = (marked, shown, page.find_line())
    return choose(filter(None, told))


def _find_hidden(page: DatedPage) -> date | None:
    """A date far from the headline that is said to be of publication, or one for scripts."""
    far = page.find_line(everywhere=True)
    if far is not None and far.role is Role.PUBLISHED:
        return far.day
    counted = page.elements.counted
    if counted is not None and counted.role is not Role.UPDATED:
        return counted.day
    return _read_state(page.tree)


def _read_state(tree: Element) -> date | None:
    """The date in the scripts of a page, where all of them agree."""
    days = {
        day
        for script in tree.iter("script")
        for match in _STATE.finditer(script.text or "")
        if (day := read_stated(match[1])) is not None
    }
    return days.pop() if len(days) == 1 else None


def _make(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:  # no date, just digits
        return None
