"""Authors of a page, from its statements for machines and from elements labelled as authors.

JSON-LD comes first, then meta elements, then microdata and ``rel``, then class names, which are a
convention of publishers and not a standard.  People are preferred to organizations, whatever the
source.  Elements in comments or among links to other pages are ignored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from corpus_norm.bylines import find_names, has_opener, is_person, keep_people
from corpus_norm.bylines.names import is_nobody, is_organization
from corpus_norm.document import find_host
from corpus_norm.extraction.alignment import tokenize
from corpus_norm.extraction.json_ld import decode_entities
from corpus_norm.extraction.tree import is_elsewhere
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from corpus_norm.extraction.json_ld import Agent, Article
    from corpus_norm.extraction.tree import Element, Elements

META_NAMES = (
    "author",
    "parsely-author",
    "sailthru.author",
    "article:author",
    "article:author_name",
    "og:article:author",
    "og:author",
    "byl",
    "citation_author",
    "citation_authors",
    "dc.creator",
    "dcterms.creator",
    "dc:creator",
    "creator",
    "authors",
    "byline",
    "cxenseparse:author",
    "shareaholic:article_author_name",
)
CARD_LABELS = frozenset(
    {
        "written by",
        "author",
        "authors",
        "by",
        "écrit par",
        "auteur",
        "auteurs",
        "par",
        "interview by",
        "reviewed by",
        "作者",
        "撰文",
    }
)
TAGS = (
    "a",
    "span",
    "div",
    "p",
    "address",
    "strong",
    "b",
    "cite",
    "em",
    "li",
    "h3",
    "h4",
    "h5",
    "td",
    "section",
    "ul",
)
SURE_CLASS = compile_lazily(r"\bauthor-?_?names?\b|authorname|\bauthors?\b", re.IGNORECASE)
LOOSE_CLASS = compile_lazily(
    r"by-?line|author|auteur|zuozhe|submitted-by|posted-by|signature|journalist|channel-name",
    re.IGNORECASE,
)
NOT_A_NAME_CLASS = compile_lazily(
    r"photo|picture|image|avatar|bio\b|desc|social|follow|credit|button", re.IGNORECASE
)
ASIDE = frozenset({"nav", "footer", "aside", "form", "figcaption", "figure"})
INLINE = frozenset(
    {"a", "span", "b", "strong", "em", "i", "abbr", "cite", "font", "small", "u", "time"}
)
LONGEST = 80
LONGEST_LABELLED = 200
BEFORE, NEAR = 12, 120  # elements before and after the headline
MOST_FAR = 60
SURE_RANKS = 2
MAX_AUTHOR_GAP = 14  # elements between two authors of one list
MOST_TEXTS = 12  # text nodes read from one element
_PLAIN = compile_lazily(r"[^,;、|()\[\]:：\n]+")
# Signs that a field holds more than one plain name.
_NEEDS_READING = compile_lazily(
    r"\s(?:and|et|&|avec|with)\s|[,;、|()\[\]:：/／]|\d{2}|记者|記者|作者|"
    r"\s(?:AP|AFP|CNN|BBC|Reuters)$|"
    r"[\u3400-\u9fff]\s[\u3400-\u9fff]",
    re.IGNORECASE,
)
_LISTS = compile_lazily(r"[,;|/()：:]|记者|記者|作者")
# A user name such as "(@name)" after a name.
_HANDLE = compile_lazily(r"(?<=\w)\s+\(?@\w{2,30}\)?(?!\S)")
# Markup, a web or mail address, a path or a host name.
_ADDRESS = compile_lazily(
    r"[=<>{}]|://|www\.|\w@\w|^/|^[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|fr|cn|tw|uk|io|co)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of a page: meta elements, JSON-LD, titles, and its site."""

    meta: Mapping[str, str] = field(default_factory=dict)
    articles: Sequence[Article] = ()
    titles: Sequence[str] = ()
    site: str | None = None
    url: str | None = None


class Candidate(NamedTuple):
    """An element labelled as author: its rank (0 is the surest), its number and itself."""

    rank: int
    number: int
    element: Element


def find_authors(elements: Elements, page: Statements) -> tuple[str, ...]:
    """Find the stated authors: people where there are any, else organizations.

    >>> from corpus_norm.extraction.tree import Elements, parse
    >>> tree = parse("<p>By <a rel=author href=/a>Ann Example</a></p>")
    >>> find_authors(Elements(tree), Statements())
    ('Ann Example',)
    """
    organizations: tuple[str, ...] = ()
    for names in _read_sources(elements, page):
        kept = _drop_site(keep_people(list(names)), page)
        if any(not is_organization(name) for name in kept):
            return kept
        organizations = organizations or kept
    return organizations or _find_namesake(page)


def _find_namesake(page: Statements) -> tuple[str, ...]:
    """Find the person a site is named after, where JSON-LD calls the author a person."""
    own = tokenize(page.site or "")
    agents = (agent for article in page.articles for agent in article.authors)
    names = (agent.name for agent in agents if agent.kind in {"", "Person"})
    return tuple(dict.fromkeys(name for name in names if tokenize(name) == own and is_person(name)))


def _read_sources(elements: Elements, page: Statements) -> Iterator[tuple[str, ...]]:
    for article in page.articles:
        people = [agent for agent in article.authors if not agent.kind.endswith("Organization")]
        for agents in (people, article.authors):
            yield tuple(name for agent in agents for name in _read_agent(agent))
    values = _read_all_meta(elements)
    for number in "12":
        if (page.meta.get(f"twitter:label{number}") or "").lower().strip(" :") in CARD_LABELS:
            values.setdefault("author", []).append(page.meta.get(f"twitter:data{number}", ""))
    for meta_name in META_NAMES:
        for value in _group(meta_name, values.get(meta_name, [])):
            yield tuple(name for each in value for name in read_stated(each))
    yield from _read_labelled(elements, page.titles)


def _read_agent(agent: Agent) -> tuple[str, ...]:
    """Read the names of an agent; the name of an organization is not split."""
    if agent.kind.endswith("Organization") and is_organization(agent.name):
        return (agent.name,) if len(agent.name) <= LONGEST else ()
    return read_stated(agent.name)


def _group(name: str, values: list[str]) -> Iterator[list[str]]:
    """Yield groups of values to read together, such as repeated elements with one person each."""
    if name == "author" and len(values) > 1 and not any(map(_NEEDS_READING.search, values)):
        yield [value for value in values if is_person(value)]
    if name == "citation_author":
        yield values
    else:
        yield from ([value] for value in values)


def read_stated(text: str) -> tuple[str, ...]:
    """Read the names in a field of authors; a single name stays as given.

    >>> read_stated("Ann B. Lee, Bo Ray, and Cy Orr, CNN"), read_stated("nightowl_7")
    (('Ann B. Lee', 'Bo Ray', 'Cy Orr'), ('nightowl_7',))
    >>> read_stated("https://example.com/ann"), read_stated("记者 王小明"), read_stated("Admin")
    ((), ('王小明',), ())
    """
    text = _HANDLE.sub("", " ".join(text.split())).strip(" ,;|")
    listed = [part.strip() for part in text.split("|")]
    people = tuple(part for part in listed if is_person(part))
    if len(people) > 1 and all(part in people or is_organization(part) for part in listed):
        return people
    if not text or _ADDRESS.search(text) or is_nobody(text):
        return ()
    if (
        not _NEEDS_READING.search(text)
        and not has_opener(text)
        and not re.search(r"\s[a-z]{4,}\s", text)
    ):
        return (text,) if 1 < len(text) <= LONGEST and any(map(str.isalpha, text)) else ()
    if not _LISTS.search(text) and not has_opener(text) and is_organization(text):
        return (text,) if len(text) <= LONGEST else ()
    if names := find_names(text):
        return names
    is_one = len(text) <= LONGEST and len(text.split()) <= 4 and "," not in text
    return (text,) if is_one and any(map(str.isalpha, text)) and "/" not in text else ()


def _drop_site(names: Sequence[str], page: Statements) -> tuple[str, ...]:
    """Return the names without repetitions, the site's own name and the words of its host."""
    own = "".join(tokenize(page.site or ""))
    labels = (find_host(page.url) or "").lower().split(".")
    kept: dict[str, str] = {}
    for name in names:
        key = "".join(tokenize(name))
        if key and key != own and not (name.isalpha() and name.lower() in labels):
            kept.setdefault(key, name)
    return tuple(kept.values())


def _read_all_meta(elements: Elements) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in elements.find("meta"):
        name = (element.get("property") or element.get("name") or "").lower()
        content = " ".join(decode_entities(element.get("content") or "").split())
        if name in META_NAMES and content:
            found.setdefault(name, []).append(content)
    return found


def _read_labelled(elements: Elements, titles: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Read the names in labelled elements: those soon after the headline first, then by label.

    Elsewhere, labels count where they all name the same person.
    """
    heading = _find_heading(elements, titles)
    around = range(len(elements.all))
    if heading is not None:
        around = around[max(0, heading - BEFORE) : heading + NEAR + 1]
    yield from _read_candidates(sorted(_rank_all(elements, around)))
    marked = elements.number(having=("rel", "itemprop"))
    far = _rank_all(elements, (number for number in marked if number not in around))
    sure = [each for each in far if each.rank == 0]
    found = list(_read_candidates(sure[:MOST_FAR]))
    if len(set(found)) == 1:
        yield found[0]


def _rank_all(elements: Elements, numbers: Iterable[int]) -> Iterator[Candidate]:
    """Yield the elements among these that are labelled as author."""
    for number in numbers:
        element = elements.all[number]
        if element.tag in TAGS and (rank := _rank(element)) is not None:
            yield Candidate(rank, number, element)


def _find_heading(elements: Elements, titles: Sequence[str]) -> int | None:
    """Return the number of the ``<h1>`` that shares most words with the title."""
    wanted = {token for title in titles for token in tokenize(title)}
    return max(
        elements.by_tag.get("h1", ()),
        key=lambda number: len(
            wanted.intersection(tokenize(" ".join(elements.all[number].itertext())))
        ),
        default=None,
    )


def _read_candidates(candidates: Sequence[Candidate]) -> Iterator[tuple[str, ...]]:
    for rank, index, element in candidates:
        if is_elsewhere(element) or _is_aside(element):
            continue
        if names := _read_element(element, is_sure=rank < SURE_RANKS):
            together = [
                name
                for other, position, sibling in candidates
                if other == rank
                and index < position <= index + MAX_AUTHOR_GAP
                and (sibling.tag, sibling.get("class")) == (element.tag, element.get("class"))
                for name in _read_element(sibling, is_sure=False)
            ]
            yield (*names, *together)


def _rank(element: Element) -> int | None:
    get = element.get
    if "author" in (get("rel") or "").split() or "author" in (get("itemprop") or ""):
        return 0
    names = f"{get('class') or ''} {get('id') or ''} {get('data-testid') or ''}"
    return None if names == "  " else _rank_names(names)


@lru_cache(maxsize=4096)
def _rank_names(names: str) -> int | None:
    if NOT_A_NAME_CLASS.search(names):
        return None
    if SURE_CLASS.search(names):
        return 1
    return 2 if LOOSE_CLASS.search(names) else None


def _is_aside(element: Element) -> bool:
    """Whether an element is in a menu, a footer, a form, a figure or an aside."""
    return element.tag in ASIDE or any(True for _ in element.iterancestors(*ASIDE))


def _read_element(element: Element, *, is_sure: bool) -> tuple[str, ...]:
    """Read the names in a labelled element; single words only where the label is sure."""
    whole = _read_text(element)
    if not whole:
        return ()
    texts = [whole] if len(whole) <= LONGEST_LABELLED else []
    parts = [" ".join(text.split()) for text in element.itertext()]
    texts += list(filter(None, parts[:MOST_TEXTS]))
    for text in texts:
        names = find_names(text)
        if names and all(_can_be_name(name, is_sure=is_sure) for name in names):
            return names
    return ()


def _can_be_name(name: str, *, is_sure: bool) -> bool:
    if is_person(name) or (not name.isascii() and len(name) > 1):
        return True
    return is_sure and (len(name) > 2 or name.isupper())


def _read_text(element: Element) -> str:
    """Return the text of an element, with a bar at each visible break."""
    parts: list[str] = []
    for count, each in enumerate(element.iter()):
        if count > 40:
            return ""
        if each is not element and each.tag not in INLINE:
            parts.append(" | ")
        parts.append(each.text or "")
        if each is not element:
            parts.append(" | " if each.tag not in INLINE else " ")
            parts.append(each.tail or "")
    return re.sub(r"(?:\s*\|\s*)+", " | ", " ".join("".join(parts).split())).strip(" |")
