"""Elements of a page that hold dates, with what each date says and how near the headline it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from lxml.etree import XPath

from corpus_norm.dates import (
    Dated,
    Role,
    Setting,
    choose,
    is_masthead,
    read_dates,
    read_label,
    read_stated,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from corpus_norm.extraction.tree import Element

LONGEST = 200
"""Characters of a text that may be a dateline."""

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
_MARKED = XPath("descendant-or-self::*[self::time or @itemprop or @property[contains(., 'ate')]]")
_COUNTED = XPath(f"descendant::*[{' or '.join(f'@{name}' for name in _VALUES if '-' in name)}]")
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
_DATE_CLASS = re.compile(
    r"date|publi(?:sh|c|é)|time|byline|posted|meta|info|entry-|source|submitted|riqi|shijian|today",
    re.IGNORECASE,
)
_PUBLISHED_CLASS = re.compile(
    r"publish|posted|pub-?(?:date|time)|created|entry-date", re.IGNORECASE
)
_UPDATED_CLASS = re.compile(r"updat(?:ed|e\b)|modif|revis|edited|last-?edit", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"comment|related|recommend|teaser|disqus|most-?read|read-?(?:next|also|more)|up-?next|"
    r"more-?(?:news|stories)",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"sidebar|widget|bio\b|avatar|popular|trending|latest|archive|calendar|today|current-?date|"
    r"masthead|clock|weather|\breply|\breview-|copyright|carousel|breaking",
    re.IGNORECASE,
)
_ARTICLE_TAGS = frozenset({"article", "main"})
_ROOTS = frozenset({"body", "html"})
_NEAR_LABEL = 40
_FEW = 4  # children of an element that holds no more than a label
_MOST = 200  # marked elements
_MOST_SHOWN = 1_000
_ENOUGH = 4_000  # characters with their spaces
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """An element and the date in it."""

    element: Element
    dated: Dated


@dataclass(frozen=True)
class DateElements:
    """The dates that the elements of a page hold.

    ``title`` is the headline, ``setting`` the language and place; ``passed_over`` are the texts of
    elements that hold dates of other things.
    """

    tree: Element
    title: str | None
    setting: Setting

    @cached_property
    def marked(self) -> Dated | None:
        """The date that the page marks for machines: ``time``, microdata, RDFa."""
        elements = (
            (element, role)
            for element in _MARKED(self.tree)[:_MOST]
            if (role := _stated_role(element)) is not None or element.tag == "time"
        )
        return self._choose(self._read_all(elements))

    @cached_property
    def shown(self) -> Dated | None:
        """The date in an element that is named after dates, a habit of publishers."""
        elements = (
            (element, None)
            for element in self.tree.iter(*_TAGS)
            if (names := element.get("class") or element.get("id")) and _is_dated(names)
        )
        return self._choose(self._read_all(islice(elements, _MOST_SHOWN)))

    @cached_property
    def counted(self) -> Dated | None:
        """The date that an element has for a script, such as ``data-timestamp``."""
        return self._choose(self._read_all((each, None) for each in _COUNTED(self.tree)[:_MOST]))

    @cached_property
    def passed_over(self) -> set[str]:
        """Texts of mastheads, comments and other articles that hold a date."""
        return set()

    def _read_all(self, elements: Iterable[tuple[Element, Role | None]]) -> Iterator[Mark]:
        for element, role in elements:
            text = _read(element)
            if _is_elsewhere(element, self._around):
                if len(text) <= LONGEST:
                    self.passed_over.add(text)
            elif (dated := self._read_one(element, role, text)) is not None:
                yield Mark(element, dated)

    def _read_one(self, element: Element, role: Role | None, text: str) -> Dated | None:
        """The date in the attributes of an element, or else in its text."""
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

    def _choose(self, marks: Iterable[Mark]) -> Dated | None:
        """The date of the best role; among several of that role, the nearest to the headline."""
        told = [mark for mark in marks if mark.dated.role is not Role.OTHER]
        best = min((mark.dated.role for mark in told), default=Role.OTHER)
        told = [mark for mark in told if mark.dated.role is best]
        if best is Role.UNSAID:
            told = [mark for mark in told if not self._is_of_issue(mark.element)]
        if len({mark.dated.day for mark in told}) > 1:
            return min(told, key=lambda mark: self._distance(mark.element)).dated
        return told[0].dated if told else None

    def _is_of_issue(self, element: Element) -> bool:
        """Whether a weekday, a date and little else stand apart from the article."""
        if not self._around or not is_masthead(_read(element), self.setting):
            return False
        shared = self._shared(element)
        return shared is None or shared.tag in _ROOTS

    @cached_property
    def _around(self) -> Mapping[Element, int]:
        """The elements around the headline, each with its distance from it."""
        headings = (h for tag in ("h1", "h2", "h3") for h in self.tree.iter(tag))
        heading = next((each for each in headings if _read(each) == self.title), None)
        around: dict[Element, int] = {}
        while heading is not None:
            around[heading] = len(around)
            heading = heading.getparent()
        return around

    def _shared(self, element: Element | None) -> Element | None:
        """The smallest element that holds both the headline and this one."""
        while element is not None and element not in self._around:
            element = element.getparent()
        return element

    def _distance(self, element: Element) -> int:
        shared = self._shared(element)
        return len(self._around) if shared is None else self._around[shared]


def _stated_role(element: Element) -> Role | None:
    """What microdata, RDFa or ``pubdate`` say."""
    if element.tag == "time" and element.get("pubdate") is not None:
        return Role.PUBLISHED
    names = f"{element.get('itemprop') or ''} {element.get('property') or ''}".lower().split()
    keys = [name.rpartition(":")[2] for name in names]
    roles = [_PROPERTIES[key] for key in keys if key in _PROPERTIES]
    return min(roles, default=None if _DUBLIN_CORE.isdisjoint(names) else Role.PUBLISHED)


def _guess_role(element: Element, text: str) -> Role:
    """What its classes, its words or the words before an element say of its date."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    own = read_label(text)
    if _PUBLISHED_CLASS.search(names):
        return own if own is Role.UPDATED else Role.PUBLISHED
    if _UPDATED_CLASS.search(names):
        return Role.UPDATED
    return own if own is not Role.UNSAID else read_label(_words_before(element))


def _words_before(element: Element) -> str:
    """The text just before an element, inside its parent or just before that.

    What stands before another date is said of that one.
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
    return _DATE_CLASS.search(names) is not None


@lru_cache(maxsize=4096)
def _names_elsewhere(names: str, *, inside: bool) -> bool:
    if _ELSEWHERE.search(names):
        return True
    return not inside and _BESIDE.search(names) is not None


def _is_elsewhere(start: Element, around: Collection[Element]) -> bool:
    """Whether an element or one around it is of the site, of comments or of other articles.

    What is around the headline as well is not: markup may be broken, and a menu hold the page.
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
    """The text of an element, or as much as shows that it is too long for a dateline."""
    texts, size = [], 0
    for text in element.itertext():
        texts.append(text)
        size += len(text)
        if size > _ENOUGH:
            break
    return " ".join("".join(texts).split())
