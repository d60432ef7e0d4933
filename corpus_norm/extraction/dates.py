"""When a page was published: what it states, what it marks, what it shows, what its address says.

Order of trust: JSON-LD, meta elements, elements marked as the date of publication, the address,
lines near the headline, values in scripts.  A date of change counts only where nothing else does.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from lxml.etree import XPath

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
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from corpus_norm.extraction.json_ld import Article
    from corpus_norm.extraction.tree import Element

PUBLISHED_NAMES = (
    "article:published",
    "article:published_date",
    "article:published_time",
    "article:publish_time",
    "article:create_at",
    "og:article:published_time",
    "og:pubdate",
    "og:published_time",
    "og:release_date",
    "bytedance:published_time",
    "apub:time",
    "vr:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "rnews:datepublished",
    "datepublished",
    "date_published",
    "published_at",
    "published_time",
    "publishedtime",
    "published",
    "publish_time",
    "publishtime",
    "pubdate",
    "pub_date",
    "pubtime",
    "_pubtime",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "publication-date",
    "publicationdate",
    "published-date",
    "originalpublicationdate",
    "article_date_original",
    "article.published",
    "dc.date.issued",
    "dc.date.published",
    "dcterms.issued",
    "dcterms.created",
    "dc:date",
    "dc.date",
    "dcterms.date",
    "dc.date.created",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "bt:pubdate",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "displaydate",
    "firstpublished",
    "ptime",
    "date",
    "created",
    "datecreated",
)
UPDATED_NAMES = (
    "article:modified_time",
    "article:modified",
    "article:update_at",
    "og:updated_time",
    "og:modified_time",
    "bytedance:updated_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "revised",
)
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
    "data-created",
    "title",
)
_MARKED = XPath("descendant-or-self::*[self::time or @itemprop or @property[contains(., 'ate')]]")
_COUNTED = XPath(
    "descendant::*[@data-published or @data-publish-time or @data-datetime or @data-timestamp"
    " or @data-unixtime or @data-utime or @data-epoch or @data-time or @data-date]"
)
_TAGS = ("span", "div", "p", "abbr", "em", "li", "small", "td", "dd", "strong", "i", "font", "b")
_TAGS += ("a", "h4", "h5", "h6", "label", "cite", "header", "footer", "section")
_PROPERTIES = {
    "datepublished": Role.PUBLISHED,
    "datecreated": Role.UNSAID,
    "datemodified": Role.UPDATED,
}
_DATE_CLASS = re.compile(
    r"date|publi(?:sh|c|é)|time|byline|posted|meta|info|entry-|source|pubtime|submitted|riqi|shijian|today",
    re.IGNORECASE,
)
_PUBLISHED_CLASS = re.compile(r"publish|posted|pub-?(?:date|time)|created|entry-date", re.IGNORECASE)
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
_LONGEST = 200
_NEAR_LABEL = 40
_FEW = 4  # children of an element that holds no more than a label
_MOST_MARKED = 200
_ADDRESS_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([/_.-]?)(\d\d?)\2(\d\d?)(?!\d)")
_ADDRESS_DAY_FIRST = re.compile(r"(?<!\d)(\d\d)([/_.-])(\d\d)\2((?:19|20)\d\d)(?!\d)")
_STATE = re.compile(
    r"[\"']?\b(?:date_?published|published_?(?:at|date|time|on)|publish_?(?:date|time)|pub_?(?:date|time)|"
    r"first_?published(?:_?(?:at|date))?|ct|create_?time)[\"']?\s*[:=]\s*"
    r"[\"']?(\d{4}-\d\d?-\d\d?|1\d{9}(?:\d{3})?)(?![\d])",
    re.IGNORECASE,
)


def find_published(  # noqa: PLR0913 (what a page is made of)
    tree: Element,
    meta: Mapping[str, str],
    articles: Sequence[Article] = (),
    url: str | None = None,
    language: str | None = None,
    title: str | None = None,
    lines: Sequence[str] = (),
) -> date | None:
    """The day a page was published, as the page says it.

    Args:
        tree: the page.
        meta: its meta elements.
        articles: its JSON-LD.
        url: its address.
        language: the BCP-47 code that it declares.
        title: its headline.
        lines: what a reader sees of it.

    >>> from corpus_norm.extraction.tree import parse
    >>> find_published(parse('<time datetime="2026-05-03T10:00">today</time>'), {})
    datetime.date(2026, 5, 3)
    """
    return _Search(tree, meta, articles, url, language, title, lines).run()


class _Search:
    """One search; what several steps need is read once, and only if a step asks for it."""

    def __init__(  # noqa: PLR0913
        self,
        tree: Element,
        meta: Mapping[str, str],
        articles: Sequence[Article],
        url: str | None,
        language: str | None,
        title: str | None,
        lines: Sequence[str],
    ) -> None:
        self.tree, self.meta, self.articles, self.url = tree, meta, articles, url
        self.language, self.title = language, title
        self.all_lines = lines
        self.passed_over: set[str] = set()

    @cached_property
    def lines(self) -> list[str]:
        """What readers see, without the dates of mastheads, comments and other articles.

        Lines keep their places, so that their distance from the headline stays what it is.
        """
        _ = self.marked, self.shown
        return ["" if line in self.passed_over else line for line in self.all_lines]

    def run(self) -> date | None:
        plain = guess_setting(self.language, self.url)
        stated = self._read_stated(plain) or self._read_stated(self.setting)
        if stated is not None:
            return stated
        marked = self._choose(self.marked)
        if marked is not None and marked.role is Role.PUBLISHED:
            return marked.day
        shown = self._choose(self.shown)
        line = find_in_lines(self.lines, self._title_line(), self.setting)
        told = [each for each in (marked, shown, line) if each is not None]
        best = choose(told)
        if best is not None and best.role is Role.PUBLISHED:
            return best.day
        address = self.in_address
        if best is not None and best.role is Role.UNSAID:
            day = timedelta(days=1)
            return best.day if address is None or abs(best.day - address) <= day else address
        if address is not None:
            return address
        far = find_in_lines(self.lines, self._title_line(), self.setting, everywhere=True)
        if far is not None and far.role is Role.PUBLISHED:
            return far.day
        counted = self._choose(self.counted)
        if counted is not None and counted.role is not Role.UPDATED:
            return counted.day
        return self._read_state() or (best.day if best else self._read_updated())

    def _read_stated(self, setting: Setting) -> date | None:
        values = [
            article.node.get(name) or getattr(article, "published", "")
            for article in self.articles
            for name in ("datePublished", "dateCreated")
        ]
        values += [self.meta[name] for name in PUBLISHED_NAMES if name in self.meta]
        return next(filter(None, (read_stated(_single(each), setting) for each in values)), None)

    def _read_updated(self) -> date | None:
        values = [article.node.get("dateModified") for article in self.articles]
        values += [self.meta[name] for name in UPDATED_NAMES if name in self.meta]
        return next(filter(None, (read_stated(_single(v), self.setting) for v in values)), None)

    @cached_property
    def setting(self) -> Setting:
        """The place, guessed from all dates of the page."""
        texts = [line for line in self.all_lines if len(line) <= _LONGEST]
        known = [self.in_address] if self.in_address else []
        return guess_setting(self.language, self.url, texts, known)

    @cached_property
    def in_address(self) -> date | None:
        """The day that the address names."""
        path = (self.url or "").partition("://")[2].partition("/")[2]
        while (inner := path.find("://")) >= 0:  # the address of an archive's copy
            path = path[inner + 3 :].partition("/")[2]
        for match in _ADDRESS_DATE.finditer(path):
            year, mark, month, day = match.groups()
            if (mark or len(match[0]) == 8) and (
                found := read_stated(f"{year}-{month}-{day}")
            ) is not None:
                return found
        for match in _ADDRESS_DAY_FIRST.finditer(path):
            if (found := read_stated(f"{match[4]}-{match[3]}-{match[1]}")) is not None:
                return found
        return None

    @cached_property
    def marked(self) -> list[tuple[Element, Dated]]:
        """Elements that say that they hold a date, to machines."""
        found = []
        for element in _MARKED(self.tree)[:_MOST_MARKED]:
            role = _stated_role(element)
            is_date = role is not None or element.tag == "time"
            if is_date and (dated := self._read_element(element, role)) is not None:
                found.append((element, dated))
        return found

    @cached_property
    def counted(self) -> list[tuple[Element, Dated]]:
        """Elements with the time for a script, such as ``data-timestamp``."""
        found = [(e, self._read_element(e, None)) for e in _COUNTED(self.tree)[:_MOST_MARKED]]
        return [(element, dated) for element, dated in found if dated is not None]

    @cached_property
    def shown(self) -> list[tuple[Element, Dated]]:
        """Elements that are named after dates, a habit of publishers."""
        found = []
        for element in self.tree.iter(*_TAGS):
            names = element.get("class") or element.get("id")
            if names is None or not _is_dated(names):
                continue
            if (dated := self._read_element(element, None)) is not None:
                found.append((element, dated))
        return found

    def _read_element(self, element: Element, role: Role | None) -> Dated | None:
        text = _read(element)
        if _is_elsewhere(element):
            if len(text) <= _LONGEST:
                self.passed_over.add(text)
            return None
        is_marked = role is not None or element.tag == "time"
        for name in _VALUES:
            value = element.get(name)
            if value and (day := read_stated(value, self.setting)) is not None:
                return Dated(day, role if role is not None else _guess_role(element, text))
        if len(text) > _LONGEST:
            return None
        chosen = choose(read_dates(text, self.setting))
        if chosen is None:
            return None
        if chosen.role is Role.UNSAID or (is_marked and role is not None):
            guessed = role if role is not None else _guess_role(element, text)
            return Dated(chosen.day, guessed) if guessed is not Role.OTHER else None
        return chosen

    def _choose(self, found: Sequence[tuple[Element, Dated]]) -> Dated | None:
        """The date of the best role; among several of that role, the nearest to the headline."""
        told = [(e, dated) for e, dated in found if dated.role is not Role.OTHER]
        best = min((dated.role for _, dated in told), default=None)
        told = [(e, dated) for e, dated in told if dated.role is best]
        if not told or (best is Role.PUBLISHED and len(told) == 1):
            return told[0][1] if told else None
        above = self.above_title
        if best is Role.UNSAID and above:
            told = [(e, d) for e, d in told if not self._is_masthead(e, above)]
        if len({dated.day for _, dated in told}) <= 1:
            return told[0][1] if told else None
        return min(told, key=lambda each: _distance(each[0], above))[1]

    def _is_masthead(self, element: Element, above: Mapping[Element, int]) -> bool:
        """Whether the day of the week, the date and nothing else stand apart from the article."""
        around = _nearest(element, above)
        return (around is None or around.tag in _ROOTS) and is_masthead(_read(element))

    @cached_property
    def above_title(self) -> dict[Element, int]:
        """The elements around the headline, each with its distance."""
        heading = next(
            (h for tag in ("h1", "h2", "h3") for h in self.tree.iter(tag) if self._is_title(h)), None
        )
        above: dict[Element, int] = {}
        while heading is not None:
            above[heading] = len(above)
            heading = heading.getparent()
        return above

    def _is_title(self, heading: Element) -> bool:
        return _read(heading) == self.title

    def _title_line(self) -> int | None:
        if self.title is None or self.title not in self.lines:
            return None
        return self.lines.index(self.title)

    def _read_state(self) -> date | None:
        """The date in the scripts of the page, where all of them agree."""
        days = {
            day
            for script in self.tree.iter("script")
            for match in _STATE.finditer(script.text or "")
            if (day := read_stated(match[1])) is not None
        }
        return days.pop() if len(days) == 1 else None


def _single(value: object) -> object:
    """The value in a list or a node of JSON-LD."""
    if isinstance(value, list):
        value = next(iter(value), None)
    return value.get("@value") if isinstance(value, dict) else value


def _stated_role(element: Element) -> Role | None:
    """What microdata, RDFa or ``pubdate`` say."""
    if element.get("pubdate") is not None and element.tag == "time":
        return Role.PUBLISHED
    names = f"{element.get('itemprop') or ''} {element.get('property') or ''}".lower().split()
    roles = [_PROPERTIES[key] for name in names if (key := name.rpartition(":")[2]) in _PROPERTIES]
    if not roles and any(name in {"dc:date", "dc:created", "dcterms:created"} for name in names):
        return Role.PUBLISHED
    return min(roles, default=None)


def _guess_role(element: Element, text: str) -> Role:
    """What its classes, its words or the words before an element say of its date."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if _PUBLISHED_CLASS.search(names):
        own = read_label(text)
        return own if own is Role.UPDATED else Role.PUBLISHED
    if _UPDATED_CLASS.search(names):
        return Role.UPDATED
    role = read_label(text)
    return role if role is not Role.UNSAID else read_label(_words_before(element))


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


def _distance(element: Element, above: Mapping[Element, int]) -> int:
    """How many steps above the headline the element that holds both stands."""
    return above.get(_nearest(element, above), len(above))


def _nearest(element: Element, above: Mapping[Element, int]) -> Element | None:
    while element is not None and element not in above:
        element = element.getparent()
    return element


@lru_cache(maxsize=4096)
def _is_dated(names: str) -> bool:
    return _DATE_CLASS.search(names) is not None


@lru_cache(maxsize=4096)
def _names_elsewhere(names: str, *, inside: bool) -> bool:
    if _ELSEWHERE.search(names):
        return True
    return not inside and _BESIDE.search(names) is not None


def _is_elsewhere(element: Element) -> bool:
    """Whether an element or one around it is of the site, of comments or of other articles."""
    inside = is_footer = False
    while element is not None and element.tag not in _ROOTS:
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        inside = inside or element.tag in _ARTICLE_TAGS
        if element.tag in {"nav", "aside"} or _names_elsewhere(names, inside=inside):
            return True
        if not inside:
            is_header = element.tag == "header" and element.find(".//h1") is None
            is_footer = is_footer or element.tag == "footer" or "footer" in names.lower()
            if is_header:
                return True
        element = element.getparent()
    return is_footer and not inside


def _read(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())

