"""The dates of a page: those in its elements, the day of publication, the moment, the last change.

The day is chosen from many sources, by their roles and their distance from the headline.  A
statement for machines about the moment or the last change is believed only if it agrees with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from corpus_norm.dates import (
    Dated,
    Role,
    Setting,
    choose,
    find_in_lines,
    guess_setting,
    is_masthead,
    read_dates,
    read_label,
    read_stated,
    read_time,
)
from corpus_norm.extraction.tree import PUBLISHED_NAMES, UPDATED_NAMES
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from corpus_norm.extraction.json_ld import Article
    from corpus_norm.extraction.tree import Element, Elements

LONGEST = 200
"""The most characters of a text that may be a dateline."""

_VALUES = (
    "datetime",
    "content",
    "data-published",
    "data-publish-time",
    "data-datetime",
    "data-timestamp",
    "data-unixtime",
    "data-utime",
    "data-epoch",
    "data-time",
    "data-date",
    "title",
)
_FOR_SCRIPTS = tuple(name for name in _VALUES if "-" in name)
_TAGS = frozenset(
    {"span", "div", "p", "abbr", "em", "li", "small", "td", "dd", "strong", "i", "font", "b", "a"}
    | {"h4", "h5", "h6", "label", "cite", "header", "footer", "section"}
)
_PROPERTIES = {
    "datepublished": Role.PUBLISHED,
    "datecreated": Role.UNSAID,
    "datemodified": Role.UPDATED,
}
_DUBLIN_CORE = frozenset({"dc:date", "dc:created", "dcterms:created"})
_DATE_CLASS = compile_lazily(
    r"date|publi(?:sh|c|é)|time|byline|posted|meta|info|entry-|source|submitted|riqi|shijian|today",
    re.IGNORECASE,
)
_PUBLISHED_CLASS = compile_lazily(
    r"publish|posted|pub-?(?:date|time)|created|entry-date", re.IGNORECASE
)
_UPDATED_CLASS = compile_lazily(r"updat(?:ed|e\b)|modif|revis|edited|last-?edit", re.IGNORECASE)
_ELSEWHERE = compile_lazily(
    r"comment|related|recommend|teaser|disqus|most-?read|read-?(?:next|also|more)|up-?next|"
    r"more-?(?:news|stories)",
    re.IGNORECASE,
)
_BESIDE = compile_lazily(
    r"sidebar|widget|bio\b|avatar|popular|trending|latest|archive|calendar|today|current-?date|"
    r"masthead|clock|weather|\breply|\breview-|copyright|carousel|breaking",
    re.IGNORECASE,
)
_ARTICLE_TAGS = frozenset({"article", "main"})
_ROOTS = frozenset({"body", "html"})
_NEAR_LABEL = 40
_FEW = 4  # an element with fewer children may hold just a label
_MOST = 200  # labelled elements
_MOST_SHOWN = 1_000
_ENOUGH = 4_000  # characters with their spaces
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class DatedElement:
    """An element and the date in it."""

    element: Element
    dated: Dated


@dataclass(frozen=True)
class DateElements:
    """The dates in the elements of a page.

    ``title`` is the headline, and ``setting`` the language and place.  ``passed_over`` collects the
    texts of elements with dates of other things.
    """

    page: Elements
    title: str | None
    setting: Setting

    @cached_property
    def labelled(self) -> Dated | None:
        """The date that the page labels for machines: ``time``, microdata, RDFa."""
        labelled = filter(_is_labelled, self.page.find("time", having=("itemprop", "property")))
        elements = (
            (element, role)
            for element in islice(labelled, _MOST)
            if (role := _stated_role(element)) is not None or element.tag == "time"
        )
        return self._choose(self._read_all(elements))

    @cached_property
    def shown(self) -> Dated | None:
        """The date in an element whose class or id suggests one; a convention of publishers."""
        elements = (
            (element, None)
            for element in self.page.find(having=("class", "id"))
            if element.tag in _TAGS
            and (names := element.get("class") or element.get("id"))
            and _is_dated(names)
        )
        return self._choose(self._read_all(islice(elements, _MOST_SHOWN)))

    @cached_property
    def counted(self) -> Dated | None:
        """The date in an attribute meant for scripts, such as ``data-timestamp``."""
        elements = (e for e in self.page.find(having=_FOR_SCRIPTS) if e is not self.page.root)
        return self._choose(self._read_all((each, None) for each in islice(elements, _MOST)))

    @cached_property
    def passed_over(self) -> set[str]:
        """Texts of mastheads, comments and other articles that hold a date."""
        return set()

    def _read_all(self, elements: Iterable[tuple[Element, Role | None]]) -> Iterator[DatedElement]:
        for element, role in elements:
            text = _read(element)
            if _is_elsewhere(element, self._around):
                if len(text) <= LONGEST:
                    self.passed_over.add(text)
            elif (dated := self._read_one(element, role, text)) is not None:
                yield DatedElement(element, dated)

    def _read_one(self, element: Element, role: Role | None, text: str) -> Dated | None:
        """Read the date in the attributes of an element, or else in its text."""
        for name in _VALUES:
            value = element.get(name)
            if value and (day := read_stated(value, self.setting)) is not None:
                return Dated(day, _guess_role(element, text) if role is None else role)
        chosen = choose(read_dates(text, self.setting)) if len(text) <= LONGEST else None
        if chosen is None:
            return None
        if role is not None:
            return Dated(chosen.day, role)
        if chosen.role is Role.UNSAID:
            return Dated(chosen.day, _guess_role(element, text))
        return chosen

    def _choose(self, elements: Iterable[DatedElement]) -> Dated | None:
        """Choose the date of the best role; among several, the nearest to the headline."""
        told = [each for each in elements if each.dated.role is not Role.OTHER]
        best = min((each.dated.role for each in told), default=Role.OTHER)
        told = [each for each in told if each.dated.role is best]
        if best is Role.UNSAID:
            told = [each for each in told if not self._is_of_issue(each.element)]
        if len({each.dated.day for each in told}) > 1:
            return min(told, key=lambda each: self._distance(each.element)).dated
        return told[0].dated if told else None

    def _is_of_issue(self, element: Element) -> bool:
        """Whether an element dates the issue: a weekday and a date, outside the article."""
        if not self._around or not is_masthead(_read(element), self.setting):
            return False
        shared = self._shared(element)
        return shared is None or shared.tag in _ROOTS

    @cached_property
    def _around(self) -> Mapping[Element, int]:
        """The elements around the headline, each with its distance from it."""
        headings = (h for tag in ("h1", "h2", "h3") for h in self.page.find(tag))
        heading = next((each for each in headings if _read(each) == self.title), None)
        around: dict[Element, int] = {}
        while heading is not None:
            around[heading] = len(around)
            heading = heading.getparent()
        return around

    def _shared(self, element: Element | None) -> Element | None:
        """Return the smallest element that holds both the headline and this one."""
        while element is not None and element not in self._around:
            element = element.getparent()
        return element

    def _distance(self, element: Element) -> int:
        shared = self._shared(element)
        return len(self._around) if shared is None else self._around[shared]


def _is_labelled(element: Element) -> bool:
    """Whether microdata or RDFa may label the date in an element, or its tag does."""
    is_marked = element.tag == "time" or element.get("itemprop") is not None
    return is_marked or "ate" in element.get("property", "")


def _stated_role(element: Element) -> Role | None:
    """Return the role that microdata, RDFa or ``pubdate`` give an element, None if they do not."""
    if element.tag == "time" and element.get("pubdate") is not None:
        return Role.PUBLISHED
    names = f"{element.get('itemprop') or ''} {element.get('property') or ''}".lower().split()
    keys = [name.rpartition(":")[2] for name in names]
    roles = [_PROPERTIES[key] for key in keys if key in _PROPERTIES]
    return min(roles, default=None if _DUBLIN_CORE.isdisjoint(names) else Role.PUBLISHED)


def _guess_role(element: Element, text: str) -> Role:
    """Guess the role of an element's date from its classes, its words or the words before it."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    own = read_label(text)
    if _PUBLISHED_CLASS.search(names):
        return own if own is Role.UPDATED else Role.PUBLISHED
    if _UPDATED_CLASS.search(names):
        return Role.UPDATED
    return own if own is not Role.UNSAID else read_label(_words_before(element))


def _words_before(element: Element) -> str:
    """Return the text just before an element, inside its parent or just before the parent.

    Words before another date belong to that date.
    """
    for _ in range(2):
        parent, before = element.getparent(), element.getprevious()
        if parent is None:
            return ""
        if before is None:
            words = parent.text or ""
        else:
            inner = _read(before) if len(before) < _FEW else ""
            if before.tag == "time" or any(map(str.isdigit, inner)):
                return before.tail or ""
            words = (inner if len(inner) <= _NEAR_LABEL else "") + " " + (before.tail or "")
        if words.strip():
            return words.strip()[-_NEAR_LABEL:]
        element = parent
    return ""


@lru_cache(maxsize=4096)
def _is_dated(names: str) -> bool:
    return any(map(_is_date_class, names.split()))


@lru_cache(maxsize=8_192)
def _is_date_class(name: str) -> bool:
    return _DATE_CLASS.search(name) is not None


@lru_cache(maxsize=4096)
def _names_elsewhere(names: str, *, inside: bool) -> bool:
    if _ELSEWHERE.search(names):
        return True
    return not inside and _BESIDE.search(names) is not None


def _is_elsewhere(start: Element, around: Collection[Element]) -> bool:
    """Whether an element belongs to the site, to comments or to other articles.

    This depends on it and the elements around it.  Elements that also contain the headline do not
    count, because in broken markup a menu may contain the whole page.
    """
    inside = is_footer = False
    element: Element | None = start
    for _ in range(_DEEPEST):
        if element is None or element in around or element.tag in _ROOTS:
            break
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        inside = inside or element.tag in _ARTICLE_TAGS
        if element.tag in {"nav", "aside"} or _names_elsewhere(names, inside=inside):
            return True
        if not inside:
            if element.tag == "header" and (around or element.find(".//h1") is None):
                return True
            is_footer = is_footer or element.tag == "footer" or "footer" in names.lower()
        element = element.getparent()
    inside = inside or (element is not None and element.tag in _ARTICLE_TAGS)
    return is_footer and not inside


def _read(element: Element) -> str:
    """Return the text of an element, cut once it is clearly too long for a dateline."""
    texts, size = [], 0
    for text in element.itertext():
        texts.append(text)
        size += len(text)
        if size > _ENOUGH:
            break
    return " ".join("".join(texts).split())


_DAY = timedelta(days=1)
# Year, month and day with the same separator twice, or none.
_ADDRESS_DATE = compile_lazily(r"(?<!\d)((?:19|20)\d\d)([/_.-]?)(\d\d?)\2(\d\d?)(?!\d)")
# Day, month and year with the same separator twice.
_ADDRESS_DAY_FIRST = compile_lazily(r"(?<!\d)(\d\d)([/_.-])(\d\d)\2((?:19|20)\d\d)(?!\d)")
_DIGIT = compile_lazily(r"\d")
_COMPACT = 8  # digits
_LISTED = '"ItemList"'
# A date of publication in a script: a key such as "datePublished", then a date or a timestamp.
_STATE = compile_lazily(
    r"[\"']?\b(?:date_?published|published_?(?:at|date|time|on)|publish_?(?:date|time)|"
    r"pub_?(?:date|time)|first_?published(?:_?(?:at|date))?|ct|create_?time)[\"']?\s*[:=]\s*"
    r"[\"']?(\d{4}-\d\d?-\d\d?|1\d{9}(?:\d{3})?)(?!\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class DatedPage:
    """The parts of a page that may contain its date.

    ``meta`` holds its meta elements, ``articles`` its JSON-LD; ``language`` is the code that it
    declares, ``title`` its headline; ``lines`` are its visible lines.
    """

    elements: Elements
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
        """The day in the address."""
        path = (self.url or "").rpartition("://")[2].partition("/")[2]
        for match in _ADDRESS_DATE.finditer(path):
            year, mark, month, day = match.groups()
            found = _make(year, month, day) if mark or len(match[0]) == _COMPACT else None
            if found is not None:
                return found
        days = (_make(match[4], match[3], match[1]) for match in _ADDRESS_DAY_FIRST.finditer(path))
        return next(filter(None, days), None)

    @cached_property
    def dated(self) -> DateElements:
        """The elements that hold dates."""
        return DateElements(self.elements, self.title, self.setting)

    def find_line(self, *, everywhere: bool = False) -> Dated | None:
        """Find the date in a line near the headline, or a labelled one anywhere if ``everywhere``.

        Lines passed over become empty instead of being removed, so that distances from the
        headline do not change.
        """
        passed_over = self.dated.passed_over
        lines = ["" if line in passed_over else line for line in self.lines]
        title = lines.index(self.title) if self.title in lines else None
        return find_in_lines(lines, title, self.setting, everywhere=everywhere)


def find_published(page: DatedPage) -> date | None:
    """Find the day a page was published, according to the page itself.

    >>> from corpus_norm.extraction.tree import Elements, parse
    >>> tree = parse('<time datetime="2026-05-03T10:00">today</time>')
    >>> find_published(DatedPage(Elements(tree)))
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
    """Read the date of publication that the page states for machines."""
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
    """Read the date of modification that the page states for machines."""
    values = [article.node.get("dateModified") for article in page.articles]
    values += [page.meta[name] for name in UPDATED_NAMES if name in page.meta]
    return _first_day(values, page.setting)


def _first_day(values: Iterable[object], setting: Setting) -> date | None:
    days = (read_stated(_unwrap(value), setting) for value in values)
    return next(filter(None, days), None)


def _unwrap(value: object) -> object:
    """Return the value inside a list or a node of JSON-LD."""
    if isinstance(value, list):
        value = next(iter(value), None)
    return value.get("@value") if isinstance(value, dict) else value


def _find_shown(page: DatedPage) -> Dated | None:
    """Choose among labelled elements, elements with date classes, and lines near the headline."""
    labelled = page.dated.labelled
    if labelled is not None and labelled.role is Role.PUBLISHED:
        return labelled
    shown = None if labelled is not None and labelled.role is Role.UNSAID else page.dated.shown
    told = (labelled, shown, page.find_line())
    return choose(filter(None, told))


def _find_hidden(page: DatedPage) -> date | None:
    """Find a date labelled as published far from the headline, or else one meant for scripts."""
    far = page.find_line(everywhere=True)
    if far is not None and far.role is Role.PUBLISHED:
        return far.day
    counted = page.dated.counted
    if counted is not None and counted.role is not Role.UPDATED:
        return counted.day
    return _read_state(page.elements)


def _read_state(elements: Elements) -> date | None:
    """Read the date in the scripts of a page, if all agree; skip lists, which date other pages."""
    days = {
        day
        for script in elements.find("script")
        if _LISTED not in (script.text or "")
        for match in _STATE.finditer(script.text or "")
        if (day := read_stated(match[1])) is not None
    }
    return days.pop() if len(days) == 1 else None


def _make(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:  # no date, just digits
        return None


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
    >>> from corpus_norm.extraction.tree import Elements, parse
    >>> meta = {"article:modified_time": "2026-05-04T08:00:00Z"}
    >>> tree = parse('<time datetime="2026-05-03T10:00+02:00">3 mai</time>')
    >>> page = DatedPage(Elements(tree), meta)
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
    yield from (element.get("datetime") for element in page.elements.find("time")[:_MOST])


def _list_updated(page: DatedPage) -> Iterator[Any]:
    for article in page.articles:
        yield article.modified
    yield from (page.meta[name] for name in UPDATED_NAMES if name in page.meta)
