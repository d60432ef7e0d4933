"""The headline of a page, chosen among its headings and the titles it states.

The first part of this file reads the headings and their positions.  A title for machines is often
`Headline - Section - Site`: the second part splits such titles, and the third chooses the headline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain, islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.document import find_host
from corpus_norm.extraction.alignment import tokenize
from corpus_norm.extraction.json_ld import decode_entities, decode_letters
from corpus_norm.languages import any_of, combine
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from corpus_norm.extraction.json_ld import Article
    from corpus_norm.extraction.tree import Element, Elements

CLASSED = 4
_LEVELS = MappingProxyType({"h1": 1, "h2": 2, "h3": 3})
_MOST = 15
_LONGEST = 300
_NAMED = re.compile(
    r"headline|(?:article|post|entry|story|news|content|page)[-_]{0,2}(?:title|heading)",
    re.IGNORECASE,
)
_CLASSED_TAGS = frozenset({"div", "p", "span"})
_TITLE_CLASS = re.compile("[tT]itle|headline")
_HEADLINE_CLASS = re.compile(
    r"(?<![\w-])(?:(?:article|post|entry|story)[-_]{0,2})?headline(?![\w-])|"
    r"(?<![\w-])(?:article|post|entry|story)[-_]{0,2}title(?![\w-])",
    re.IGNORECASE,
)
_NOT_HERE = re.compile(
    r"comment|related|recommend|teaser|sidebar|widget|most-?read|popular|trending|"
    r"read-?(?:next|more)|newsletter|promo|cookie|consent|modal|popup",
    re.IGNORECASE,
)
_LOGO = re.compile(r"logo|site-?(?:title|name|brand)|brand|masthead|sitename", re.IGNORECASE)
_ORIGIN = re.compile(r"^https?://[^/]+")
_FRONT_PAGES = frozenset({"/", "./", "index.html", "/index.html", "index.php"})
_BESIDE = frozenset({"nav", "aside"})
_ROOTS = frozenset({"body", "html"})


@dataclass(frozen=True, slots=True)
class Heading:
    """A visible heading and its position.

    ``level`` is the level of its element, or :data:`CLASSED` if only a class makes it a heading.
    ``is_named``: the page labels it as the headline.  ``is_logo``: it is built like the name of a
    site.  ``in_header``: it is in a place where such a name may be.
    """

    text: str
    level: int = 1
    is_named: bool = False
    in_article: bool = False
    is_logo: bool = False
    in_header: bool = False


def read_first(page: Elements) -> tuple[Heading, ...]:
    """Read the headings of the first level.

    >>> from corpus_norm.extraction.tree import Elements, parse
    >>> page = Elements(parse("<h1><a href=/>Le Quai</a></h1><h1>Crue</h1>"))
    >>> [heading.is_logo for heading in read_first(page)]
    [True, False]
    """
    return tuple(_read(page.find("h1")[: 2 * _MOST]))


def read_others(page: Elements) -> tuple[Heading, ...]:
    """Read the lower headings and the other elements that are labelled as the headline."""
    lower = [each for tag in ("h2", "h3") for each in page.find(tag)[:_MOST]]
    labelled = [
        each
        for each in page.find(having=["itemprop"])
        if "headline" in each.get("itemprop", "") and each.tag != "meta" and each is not page.root
    ]
    return tuple(_read([*lower, *(e for e in labelled[:_MOST] if e.tag not in _LEVELS)]))


def read_classed(page: Elements) -> tuple[Heading, ...]:
    """Read the elements that are a headline only by a class such as ``article-title``.

    >>> from corpus_norm.extraction.tree import Elements, parse
    >>> page = Elements(parse("<div class=entry-title>Crue</div><p class=title>A"))
    >>> [heading.text for heading in read_classed(page)]
    ['Crue']
    """
    classed = (e for e in page.find(having=["class"]) if e.tag in _CLASSED_TAGS)
    titled = islice((e for e in classed if _TITLE_CLASS.search(e.get("class", ""))), _MOST)
    found = [each for each in titled if _HEADLINE_CLASS.search(each.get("class", ""))]
    return tuple(replace(each, level=CLASSED) for each in _read(found))


def read_text(element: Element) -> str:
    """Return the text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def _read(elements: Iterable[Element]) -> Iterator[Heading]:
    for element in elements:
        text = decode_letters(read_text(element))
        if text and len(text) <= _LONGEST and (heading := _place(element, text)) is not None:
            yield heading


def _place(element: Element, text: str) -> Heading | None:
    """Return a heading with its position; None inside lists of other articles and the like."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    level = _LEVELS.get(element.tag, 2)
    is_logo = _LOGO.search(names) is not None or _links_home(element)
    in_article = in_header = False
    around = element.getparent()
    while around is not None and around.tag not in _ROOTS:
        in_article = in_article or around.tag in {"article", "main"}
        if level > 1:
            own = f"{around.get('class') or ''} {around.get('id') or ''}"
            if around.tag in _BESIDE or (own != " " and _NOT_HERE.search(own)):
                return None
        elif around.tag in _BESIDE or (around.tag == "header" and _is_bare(around)):
            in_header = True
        around = around.getparent()
    is_named = "headline" in (element.get("itemprop") or "") or _NAMED.search(names) is not None
    return Heading(text, level, is_named, in_article, is_logo, in_header and not in_article)


def _links_home(heading: Element) -> bool:
    """Whether the heading contains a link to the front page, or is inside one."""
    links = [*heading.iter("a"), *(e for e in heading.iterancestors("a"))]
    for link in links[:3]:
        address = (link.get("href") or "").strip()
        path = _ORIGIN.sub("", address)
        if path in _FRONT_PAGES or (address and not path):
            return True
    return False


def _is_bare(header: Element) -> bool:
    """Whether a header has no paragraph and no time, so that it belongs to the site."""
    return header.find(".//p") is None and header.find(".//time") is None


_PRESS_NAMES = combine(lambda record: record.press_names)
_PRESS_WORDS = combine(lambda record: record.press_words)
_SECTIONS = combine(lambda record: record.sections)
_PRESS_ENDS = any_of(combine(lambda record: record.press))

MOST_PARTS = 8
_QUOTES = frozenset({"«", "»"})
PREFIX = compile_lazily(r"^([^:：]{2,40})\s*[:：]\s*(?=\S)")
"""The text before the first colon."""

_HAN = r"\u3400-\u9fff"
# A separator: a sign between spaces, a bar with or without spaces, or a dash after Chinese text.
_BREAK = compile_lazily(
    rf"\s+(?:[-–—|·•»›«<>/@~]|--|::?)\s+|\s*(?:[|｜_»]|::)\s*"
    rf"|(?<=[{_HAN}\d）)”」》！？!?])\s*(?:-{{1,3}}|[–—]{{1,2}})\s*(?=[{_HAN}A-Z])"
)


def find_breaks(title: str) -> list[re.Match[str]]:
    """Find the separators between the parts of a title; ``»`` may close a quotation.

    >>> [each[0] for each in find_breaks("Crue - Régions | Le Quai")], find_breaks("La « crue »")
    ([' - ', ' | '], [])
    """
    breaks = list(_BREAK.finditer(title))
    if "«" in title and "»" in title:
        return [separator for separator in breaks if separator[0].strip() not in _QUOTES]
    return breaks


def list_runs(title: str) -> Iterator[str]:
    """Yield the parts of a title, and every run of neighbouring parts.

    >>> list(list_runs("Crue | Le Quai"))
    ['Crue', 'Crue | Le Quai', 'Le Quai']
    """
    if prefix := PREFIX.match(title):
        yield prefix[1]
        yield title[prefix.end() :]
    breaks = find_breaks(title)[:MOST_PARTS]
    starts = [0, *(separator.end() for separator in breaks)]
    ends = [*(separator.start() for separator in breaks), len(title)]
    for index, start in enumerate(starts):
        for end in ends[index:]:
            yield title[start:end]


def is_section(text: str) -> bool:
    """Whether a text names a part of a site or a button.

    >>> is_section("Breaking News"), is_section("À la une :"), is_section("Breaking news at sea")
    (True, True, False)
    """
    return text.strip(" :：>»!…").replace("’", "'").lower() in _SECTIONS


_STATED = (
    "og:title",
    "twitter:title",
    "parsely-title",
    "sailthru.title",
    "citation_title",
    "dc.title",
    "dcterms.title",
    "headline",
    "title",
)
_FIRM_BREAK = compile_lazily(r"[|｜_»]|::")
# Separators left over at the ends of a title.
_EDGES = compile_lazily(r"^[\s|_·:–—-]+|[\s|_·–—-]+$")
_PRESS = compile_lazily(_PRESS_ENDS + "[》」]?$")
# "©", "copyright", "版权", "版權" or "(c)" in any case; the class of first signs makes it quick.
_COPYRIGHT = compile_lazily(
    r"[©cC版(](?:(?<=©)|(?<=版)[权權]|(?<=[cC])[oO][pP][yY][rR][iIıİ][gG][hH][tT]|(?<=\()[cC]\))"
)
# A host name.
_HOST = compile_lazily(
    r"(?:[\w-]+\.){1,3}(?:com|org|net|info|fr|ca|be|ch|uk|ie|au|nz|in|us|cn|tw|hk|eu)"
)
_ARTICLE = compile_lazily(r"^the\s+(?=\w)", re.IGNORECASE)
# A town after a comma at the end of a name.
_TOWN = compile_lazily(r",\s+[^\W\d_][\w'’ -]{1,30}$")
_SMALL_WORDS = frozenset({"of", "the", "and", "&", "de", "du", "des", "la", "le", "les", "et"})
_FEW = 3  # words or letters
_LONGEST_LINE = 160
_LONGEST_TITLES = 1_000
_FIRST = 1.6
_LONGEST_SITE = 6  # words
_LONGEST_LONE_SITE = 4  # words of a site's name that only a heading and ``<title>`` give
_AGREE, _HINT = 0.5, 0.25
_ALL_VOICES = 3


@dataclass(frozen=True)
class Titles:
    """All titles of a page.

    ``stated`` are the titles for machines; ``window`` is ``<title>``; ``sites`` are the names that
    the page gives its site; ``lines`` are its visible lines; ``voices`` counts the kinds of sources
    that state a title: meta elements for social networks, JSON-LD, and ``<title>``.
    """

    headings: tuple[Heading, ...] = ()
    stated: tuple[str, ...] = ()
    window: str = ""
    sites: tuple[str, ...] = ()
    url: str | None = None
    lines: tuple[str, ...] = ()
    voices: int = 0

    @cached_property
    def site_keys(self) -> frozenset[str]:
        """The names of the site, normalized by :func:`_key`, with and without "The"."""
        names = [each for site in self.sites for each in _spell(site)]
        return frozenset(filter(None, map(_key, names)))

    @cached_property
    def host(self) -> str:
        """The letters of the host."""
        return _key(find_host(self.url) or "")

    @property
    def owners(self) -> tuple[str, ...]:
        """The lines that name the copyright holder, normalized by :func:`_key`."""
        return _find_owners(self.lines)

    def is_site(self, text: str) -> bool:
        """Whether a text is the name of the site or a part of it, ignoring "The" and its town."""
        return any(self._is_site(_key(each)) for each in _spell(text))

    def _is_site(self, key: str) -> bool:
        if key in self.site_keys:
            return True
        least = _FEW if key.isascii() else _FEW - 1
        return len(key) > least and (key in self.host or any(key in own for own in self.owners))

    def is_named(self, text: str) -> bool:
        """Whether a text is the whole name of the site, not just a word of it or its host."""
        is_long = len(tokenize(text)) > 1
        keys = [_key(each) for each in _spell(text)]
        return any(
            key in self.site_keys or (is_long and any(key in own for own in self.owners))
            for key in keys
            if key
        )

    def is_title(self, text: str) -> bool:
        """Whether a text may be a headline: no site, no section, no button."""
        key = _key(text)
        is_text = bool(key) and (len(key) > 1 or not key.isascii())
        return is_text and not self.is_site(text) and not is_section(text)


@lru_cache(maxsize=4)
def _find_owners(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Find the lines that name the copyright holder; the titles of a page ask more than once."""
    short = (line for line in lines if len(line) <= _LONGEST_LINE)
    return tuple(_key(line) for line in short if _COPYRIGHT.search(line) is not None)


def read_titles(
    page: Elements,
    meta: Mapping[str, str],
    articles: Sequence[Article],
    sites: Sequence[str],
    lines: Sequence[str],
) -> Titles:
    """Collect the titles of a page; the caller adds the address."""
    window = _find_window(page)
    social = [meta.get(name, "") for name in _STATED[:2]]
    linked = [decode_entities(each.headline) for each in articles if not each.is_vague]
    stated = social + linked + [meta.get(name, "") for name in _STATED[2:]]
    firsts = read_first(page)
    titles = Titles(
        headings=firsts,
        stated=tuple(dict.fromkeys(each[:_LONGEST_TITLES] for each in stated if each)),
        window=decode_letters(read_text(window))[:_LONGEST_TITLES] if window is not None else "",
        sites=tuple(filter(None, (*sites, *(article.site for article in articles)))),
        lines=tuple(lines),
        voices=any(social) + any(linked) + (window is not None),
    )
    if any(_is_settled(titles, heading) for heading in firsts):
        return titles  # the slower sources are not needed
    return replace(titles, headings=firsts + read_others(page) + read_classed(page))


def _find_window(page: Elements) -> Element | None:
    """Find the title of the page's window, which may have slipped out of the head."""
    inside = (title for head in page.find("head") for title in head.iterchildren("title"))
    outside = (title for title in page.find("title") if not _inside(title, "svg"))
    return next(chain(inside, outside), None)


def _is_settled(titles: Titles, heading: Heading) -> bool:
    """Whether a heading is beyond doubt: a stated title, or most of ``<title>``."""
    key = _key(heading.text)
    if heading.is_logo or not titles.is_title(heading.text):
        return False
    if any(key == _key(each) for each in titles.stated):
        return True
    if key == _key(titles.window) and _may_be_site(heading):
        return False
    return 2 * len(key) > len(_key(titles.window)) and key in {
        _key(run) for run in list_runs(titles.window)
    }


def choose_title(titles: Titles) -> str | None:
    """Choose the headline, in the form that readers see where there is one.

    >>> choose_title(Titles((Heading("Crue"), Heading("Le Quai")), window="Crue | Le Quai"))
    'Crue'
    >>> choose_title(Titles(window="Crue à Lorne | Le Quai", sites=("Le Quai",)))
    'Crue à Lorne'
    """
    logos = tuple(
        replace(each, is_logo=True) if each.in_header and not _is_settled(titles, each) else each
        for each in titles.headings
    )
    titles = replace(titles, headings=logos)
    titles = replace(titles, sites=(*titles.sites, *_guess_sites(titles)))
    headings = [each for each in titles.headings if titles.is_title(each.text)]
    if any(each.level == 1 and not each.is_logo for each in headings):
        headings = [each for each in headings if each.level != CLASSED]
    chosen = (
        _confirmed(titles, headings)
        or _agreed(titles, headings)
        or _alike(titles, headings)
        or _named(titles, headings)
        or _stated(titles, headings)
        or _shown(headings)
    )
    if chosen is not None:
        return chosen
    rest = (*titles.stated, titles.window, *(h.text for h in titles.headings))
    return next(filter(None, rest), None)


def _guess_sites(titles: Titles) -> Iterator[str]:
    """Yield short headings that name the site: logos, or names implied by titles for machines."""
    words = {word for title in titles.stated for word in tokenize(title)}
    is_apart = bool(words) and words.isdisjoint(tokenize(titles.window))
    runs = {_key(run) for run in list_runs(titles.window)} if is_apart else set()
    for heading in titles.headings:
        if heading.level > 1 or heading.is_named or len(tokenize(heading.text)) > _LONGEST_SITE:
            continue
        key = _key(heading.text)
        is_other = any(_key(each.text) != key for each in titles.headings)
        is_logo = heading.is_logo and (is_other or bool(words))
        is_run = key in runs and not heading.in_article
        if is_logo or is_run or _ends_titles(heading, titles) or _heads_lone(heading, titles):
            yield heading.text


def _ends_titles(heading: Heading, titles: Titles) -> bool:
    """Whether a heading is the short last part of a title: `Headline - Site`, heading `Site`."""
    if not _may_be_site(heading):
        return False
    key = _key(heading.text)
    for title in (titles.window, *titles.stated):
        breaks = find_breaks(title)
        if breaks and _key(title[breaks[-1].end() :]) == key:
            return len(_key(title[: breaks[-1].start()])) > len(key)
    return False


def _heads_lone(heading: Heading, titles: Titles) -> bool:
    """Whether ``<title>`` equals a heading above an article that has one, longer, heading."""
    size = len(tokenize(heading.text))
    if not _may_be_site(heading) or titles.stated or _key(titles.window) != _key(heading.text):
        return False
    inside = [each for each in titles.headings if each.level > 1 and each.in_article]
    is_lone = len({each.text for each in inside}) == 1
    return is_lone and size <= _LONGEST_LONE_SITE and len(tokenize(inside[0].text)) > size


def _may_be_site(heading: Heading) -> bool:
    """Whether a heading above the article is short and spelled like a name."""
    return (
        heading.level == 1
        and not heading.is_named
        and not heading.in_article
        and len(tokenize(heading.text)) <= _LONGEST_SITE
        and _is_name(heading.text)
    )


def _is_name(text: str) -> bool:
    """Whether all words except small ones begin with a capital or are Chinese.

    >>> _is_name("The Times of Malta"), _is_name("Storm hits coast"), _is_name("山河网")
    (True, False, True)
    """
    words = [word for word in text.split() if word.lower() not in _SMALL_WORDS]
    return bool(words) and not any(
        word[:1].islower() and _HOST.fullmatch(word) is None for word in words
    )


def _spell(name: str) -> tuple[str, ...]:
    """Return a name unchanged, without "The", and without the town after its comma.

    >>> _spell("The Gull, Leeds")
    ('The Gull, Leeds', 'Gull, Leeds', 'Gull')
    """
    short = _ARTICLE.sub("", name)
    return tuple(dict.fromkeys((name, short, _TOWN.sub("", short))))


def _is_press(part: str) -> bool:
    """Whether the end of a title is a host or is spelled like the name of a newspaper.

    >>> _is_press("cleveland.com"), _is_press("The Lorne Courier"), _is_press("Good News for all")
    (True, True, False)
    """
    part = _TOWN.sub("", part)
    if _HOST.fullmatch(part.lower()):
        return True
    words = part.replace("’", "'").lower().split()
    return (
        0 < len(words) <= _LONGEST_SITE
        and _is_name(part)
        and (not _PRESS_WORDS.isdisjoint(words) or " ".join(words) in _PRESS_NAMES)
    )


def _confirmed(titles: Titles, headings: Sequence[Heading]) -> str | None:
    """Find the heading that equals a stated title or a part of a title."""
    wanted = {_key(each) for each in titles.stated}
    runs = [_key(run) for text in (titles.window, *titles.stated) for run in list_runs(text)]
    wanted.update(runs)
    found = [each for each in headings if _key(each.text) in wanted]
    chosen = max(found, key=lambda heading: _rank(heading, titles.window), default=None)
    return chosen.text if chosen else None


def _rank(heading: Heading, window: str) -> tuple[bool, bool, bool, float, int]:
    """Rank how likely a heading is the headline, which usually comes first in ``<title>``."""
    weight = _FIRST if window.startswith(heading.text) else 1.0
    size = weight * len(_key(heading.text))
    return not heading.is_logo, heading.is_named, heading.in_article, size, -heading.level


def _agreed(titles: Titles, headings: Sequence[Heading]) -> str | None:
    """Return the title on which all statements for machines agree; None if a headline is labelled.

    A single ``<h1>`` that differs is a shorter version, or the heading of a part of the page.
    """
    if titles.voices < _ALL_VOICES or any(h.is_named and h.level == 1 for h in headings):
        return None
    cleaned = [strip_site(each, titles) for each in (*titles.stated, titles.window)]
    is_one = len({_key(each) for each in cleaned}) == 1
    return cleaned[0] if is_one and titles.is_title(cleaned[0]) else None


def _alike(titles: Titles, headings: Sequence[Heading]) -> str | None:
    """Find the ``<h1>`` that shares half its words with a title for machines.

    Titles for machines are often rewritten headlines.
    """
    firsts = [each for each in headings if each.level == 1 and not each.is_logo]
    for title in (*titles.stated, titles.window):
        if not titles.is_title(title):
            continue
        words = set(tokenize(title))
        best: tuple[float, Heading] | None = None
        for heading in firsts:
            share = _overlap(set(tokenize(heading.text)), words)
            is_sure = heading.is_named or heading.in_article
            if (share >= _AGREE if is_sure else share > _AGREE) and (
                best is None or share > best[0]
            ):
                best = share, heading
        if best is not None:
            return best[1].text
    return None


def _named(titles: Titles, headings: Sequence[Heading]) -> str | None:
    """Find the only heading labelled as the headline, or else the only ``<h1>`` in the article.

    The latter must share some words with a title for machines.
    """
    firsts = [each for each in headings if each.level == 1 and not each.is_logo]
    words = {word for title in (*titles.stated, titles.window) for word in tokenize(title)}
    named = [each for each in firsts if each.is_named] or [
        each for each in headings if each.is_named and (each.in_article or not titles.stated)
    ]
    if len({each.text for each in named}) == 1:
        return named[0].text
    inside = [each for each in firsts if each.in_article]
    if len(inside) == 1 and _overlap(set(tokenize(inside[0].text)), words) >= _HINT:
        return inside[0].text
    return None


def _stated(titles: Titles, headings: Sequence[Heading]) -> str | None:
    """Return a title for machines without its site: one that another confirms, or the first."""
    window = titles.window
    if not titles.stated and len(tokenize(window)) <= _FEW and any(h.in_article for h in headings):
        window = ""  # the name of the site, likely
    cleaned = [strip_site(each, titles) for each in (*titles.stated, window)]
    usable = [each for each in cleaned if titles.is_title(each)]
    keys = [_key(each) for each in usable]
    for text, key in zip(usable, keys, strict=True):
        if keys.count(key) > 1:
            return text
    return usable[0] if usable else None


def _shown(headings: Sequence[Heading]) -> str | None:
    """Choose among the headings if no title is stated; the rules below are in order of trust."""
    for fits in (
        lambda h: h.level == 1 and not h.is_logo and h.in_article,
        lambda h: h.is_named,
        lambda h: (
            h.in_article and any(g.is_logo or not g.in_article for g in headings if g.level == 1)
        ),
        lambda h: h.level == 1 and not h.is_logo,
        lambda h: not h.is_logo and h.in_article,
        lambda h: not h.is_logo,
    ):
        if found := next(filter(fits, headings), None):
            return found.text
    return None


def strip_site(title: str, titles: Titles) -> str:
    """Remove parts at both ends that name the site or a section.

    >>> strip_site("Crue à Lorne - Régions | Le Quai", Titles(sites=("Le Quai",)))
    'Crue à Lorne'
    >>> strip_site("The Gull: Port shut for repairs", Titles(sites=("The Gull",)))
    'Port shut for repairs'
    >>> strip_site("码头下周起关闭维修_新闻频道_海鸥网", Titles())
    '码头下周起关闭维修'
    """
    while (breaks := find_breaks(title)) and len(breaks) <= MOST_PARTS:
        last, first = breaks[-1], breaks[0]
        if _is_suffix(title, last, titles):
            title = title[: last.start()].strip()
        elif _is_prefix(title, first, titles):
            title = title[first.end() :].strip()
        else:
            break
    prefix = PREFIX.match(title)
    if prefix is not None and titles.is_named(prefix[1]):
        title = title[prefix.end() :].strip()
    return _EDGES.sub("", title) or title


def _is_prefix(title: str, separator: re.Match[str], titles: Titles) -> bool:
    """Whether the part before the first separator is the site."""
    part, after = title[: separator.start()].strip(), title[separator.end() :]
    if titles.is_named(part) if ":" in separator[0] else titles.is_site(part):
        return True
    is_press = (
        ":" not in separator[0]
        and len(part) <= 8
        and re.search(_PRESS_ENDS + "$", part) is not None
    )
    return is_press and len(_key(after)) > len(_key(part))


def _is_suffix(title: str, separator: re.Match[str], titles: Titles) -> bool:
    """Whether the part after the last separator is the site or one of its sections."""
    before, part = title[: separator.start()].strip(), title[separator.end() :].strip()
    is_colon = separator[0].strip() == ":"
    is_site = titles.is_named(part) if is_colon else titles.is_site(part)
    if not part or is_site or is_section(part):
        return bool(before)
    if _key(before) in {_key(each) for each in (*titles.stated, titles.window) if each != title}:
        return True
    size = len(tokenize(part))
    if size > 10 or len(tokenize(before)) <= max(3, size):
        return False
    is_chinese_press = _PRESS.search(part) is not None and len(part) <= 12
    if _FIRM_BREAK.search(separator[0]) or is_chinese_press or _is_press(part):
        return True
    return part in titles.lines


def _overlap(first: set[str], second: set[str]) -> float:
    """Return the number of shared words as a fraction of the smaller set."""
    return len(first & second) / max(1, min(len(first), len(second)))


def _inside(element: Element, tag: str) -> bool:
    return next(element.iterancestors(tag), None) is not None


@lru_cache(maxsize=1_024)
def _key(text: str) -> str:
    return "".join(tokenize(text))
