"""What a page states for machines beside the day of its publication: the moment, the last change.

The day itself is chosen in :mod:`.dates`, from many sources.  A statement is believed here only if
it agrees with that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus_norm.dates import read_time
from corpus_norm.extraction.elements import PUBLISHED_NAMES, UPDATED_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from corpus_norm.extraction.dates import DatedPage

_MOST = 200  # elements


@dataclass(frozen=True, slots=True)
class Moments:
    """The moment a page was published, in UTC, and the day of its last change."""

    published_at: datetime | None = None
    updated: date | None = None


def find_moments(page: DatedPage, published: date | None) -> Moments:
    """Find the moment of publication, on the day that is known already; and the last change.

    A moment has a time zone: without one it is not known.  A change before the publication is none.

    >>> from datetime import date
    >>> from corpus_norm.extraction.dates import DatedPage
    >>> from corpus_norm.extraction.tree import parse
    >>> meta = {"article:modified_time": "2026-05-04T08:00:00Z"}
    >>> page = DatedPage(parse('<time datetime="2026-05-03T10:00+02:00">3 mai</time>'), meta)
    >>> found = find_moments(page, date(2026, 5, 3))
    >>> found.published_at.isoformat(), found.updated.isoformat()
    ('2026-05-03T08:00:00+00:00', '2026-05-04')
    """
    if published is None:
        return Moments()
    told = (read_time(value) for value in _list_published(page))
    changed = (read_time(value)[0] for value in _list_updated(page))
    return Moments(
        next((moment for day, moment in told if moment and day == published), None),
        next((day for day in changed if day and day >= published), None),
    )


def _list_published(page: DatedPage) -> Iterator[Any]:
    for article in page.articles:
        yield article.published
    yield from (page.meta[name] for name in PUBLISHED_NAMES if name in page.meta)
    for number, element in enumerate(page.tree.iter("time")):
        if number < _MOST:
            yield element.get("datetime")


def _list_updated(page: DatedPage) -> Iterator[Any]:
    for article in page.articles:
        yield article.modified
    yield from (page.meta[name] for name in UPDATED_NAMES if name in page.meta)
