"""Parsing of any HTML text into an lxml tree, and the role of its elements for a reader.

libxml2 cuts a page off where it is nested too deeply (2048 levels with ``huge_tree``), and lxml
raises no exception, so the rest of the page would be lost silently.  Such a page is flattened and
parsed again: its containers are removed; its text and paragraph breaks remain.

An element may be hidden, a block, a kind of text, or a part of the page.  Those that end a piece
follow the rendering section of the HTML standard (elements with ``display: block`` or a table or
list display, https://html.spec.whatwg.org/#rendering).
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from corpus_norm.document import BlockKind
from corpus_norm.errors import ExtractionError
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Element: TypeAlias = "etree._Element"  # noqa: SLF001 (its only name)
Parser: TypeAlias = "etree.HTMLParser"

_CONTROLS = bytes([*range(0x09), 0x0B, *range(0x0E, 0x20)])
_FORM_FEED_TO_SPACE = bytes.maketrans(b"\x0c", b" ")
_NONCHARACTERS = "\ufffe\uffff"
_SURROGATES = re.compile(r"[\ud800-\udfff]")
# A start or end tag: the slash, if any, and the name.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)\b[^<>]*>")
_FRAMEWORK = frozenset(
    {"html", "head", "body", "title", "meta", "link", "base", "script", "style", "p", "br", "hr"}
)
_PHRASING = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em"}
    | {"font", "i", "ins", "kbd", "mark", "nobr", "q", "s", "samp", "small", "span", "strike"}
    | {"strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
_ANNOTATIONS = frozenset({"rt", "rp", "rtc"})
_IN_ANNOTATIONS = _ANNOTATIONS | _PHRASING | {"br", "img"}
_LONGEST_ANNOTATION = 60
_BREAKS = re.compile(r"<hr>(?:\s*<hr>)+")


def parse(html: str) -> Element | None:
    r"""Parse a page into a tree without comments; None when there is nothing to parse.

    Characters that a tree cannot hold are removed first: NUL and other C0 controls are dropped,
    and lone surrogates become U+FFFD.

    >>> parse('<?xml version="1.0" encoding="gb2312"?><p>caf\x00é</p>').findtext(".//p")
    'café'
    >>> parse("  ") is None
    True

    Raises:
        ExtractionError: libxml2 cannot parse the page.
    """
    return _parse(html, etree.HTMLParser)


def parse_with_methods(html: str) -> HtmlElement | None:
    """Parse into the elements of ``lxml.html``, which trafilatura needs; slower."""
    tree: HtmlElement | None = _parse(html, HTMLParser)
    return tree


class Elements:
    """All elements of a page in their order, found in one pass: by tag and by attribute.

    An element is named by its number, the root's being 0.  A look-up by XPath or by
    ``Element.iter`` visits the whole tree every time, and a page needs about twenty.

    >>> page = Elements(parse("<h1 class=a>Rain</h1><p id=b>It rained.<p class=c>Again."))
    >>> [element.text for element in page.find("p", "h1")], page.number(having=("class", "id"))
    (['Rain', 'It rained.', 'Again.'], [2, 3, 4])
    """

    __slots__ = ("all", "by_attribute", "by_tag", "root")

    def __init__(self, root: Element) -> None:
        self.root = root
        self.all = list(root.iter())
        self.by_tag: defaultdict[str, list[int]] = defaultdict(list)
        self.by_attribute: defaultdict[str, list[int]] = defaultdict(list)
        by_tag, by_attribute = self.by_tag, self.by_attribute
        for number, element in enumerate(self.all):
            by_tag[element.tag].append(number)
            for name in element.keys():  # noqa: SIM118 -- an element is no mapping
                by_attribute[name].append(number)

    def find(self, *tags: str, having: Iterable[str] = ()) -> list[Element]:
        """Return the elements with one of these tags or attributes, in order."""
        return [self.all[number] for number in self.number(*tags, having=having)]

    def number(self, *tags: str, having: Iterable[str] = ()) -> Sequence[int]:
        """Return the numbers of the elements with one of these tags or attributes, in order."""
        found = [self.by_tag[tag] for tag in tags if tag in self.by_tag]
        found += [self.by_attribute[name] for name in having if name in self.by_attribute]
        return found[0] if len(found) == 1 else sorted(set().union(*found))


def _parse(html: str, parser_class: type[Parser]) -> Element | None:
    data = _encode(html)
    if not data:
        return None
    tree, problem = _parse_once(data, parser_class)
    if problem:
        flat = _BREAKS.sub("<hr>", _TAG.sub(_flatten_tag, data.decode()))
        tree, problem = _parse_once(flat.encode(), parser_class)
    if problem:
        raise ExtractionError(
            f"the HTML could not be parsed ({problem}); "
            "repair the page, or pass its text with the media type text/plain"
        )
    return tree


def _encode(html: str) -> bytes:
    """Encode the page in UTF-8, without the characters that a tree cannot hold."""
    for noncharacter in _NONCHARACTERS:
        html = html.replace(noncharacter, "")
    try:
        data = html.encode()
    except UnicodeEncodeError:
        data = _SURROGATES.sub("\ufffd", html).encode()
    return data.translate(_FORM_FEED_TO_SPACE, _CONTROLS).strip()


def _parse_once(data: bytes, parser_class: type[Parser]) -> tuple[Element | None, str]:
    """Return the tree, and the reason why it is not the whole page ("" when it is)."""
    # The text is already decoded, so an encoding declared inside it must be ignored.
    parser = parser_class(
        encoding="utf-8",
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
    )
    try:
        tree = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        # lxml's message for a page that contains only comments
        return None, "" if str(error).startswith("Document is empty") else str(error)
    except (etree.LxmlError, ValueError) as error:
        return None, str(error)
    if b"<ruby" in data or b"<RUBY" in data:
        _drop_annotations(tree)
    fatal = parser.error_log.filter_from_fatals()
    return tree, fatal[0].message if fatal else ""


def _flatten_tag(match: re.Match[str]) -> str:
    """Return the replacement of a tag: nothing for phrasing tags, ``<hr>`` for containers."""
    name = match[2].lower()
    if name in _FRAMEWORK:
        return match[0]
    return "" if name in _PHRASING else "<hr>"


def _drop_annotations(tree: Element) -> None:
    """Remove ruby annotations, which give the reading or meaning of the base characters.

    End tags may be omitted (https://html.spec.whatwg.org/#the-ruby-element), so a base or a
    paragraph inside an annotation really follows it.  Annotations without a base, and those too
    long to be annotations, are kept as text.
    """
    done: set[Element] = set()
    for ruby in list(tree.iter("ruby")):
        if ruby in done:
            continue
        notes = list(_find_notes(ruby, done))
        said = sum(len(text) for _, _, text in notes)
        if said < len("".join("".join(ruby.itertext()).split())):
            for note, bases, text in notes:
                if len(text) <= _LONGEST_ANNOTATION:
                    _replace(note, bases)


def _find_notes(ruby: Element, done: set[Element]) -> Iterator[tuple[Element, list[Element], str]]:
    """Yield the annotations in a ruby element, each with the bases inside it and its text."""
    stack = [ruby]
    while stack:
        element = stack.pop()
        if element.tag == "ruby":
            done.add(element)
        for child in element:
            if child.tag not in _ANNOTATIONS:
                stack.append(child)
                continue
            bases, text = _read_note(child)
            stack += bases
            yield child, bases, text


def _read_note(note: Element) -> tuple[list[Element], str]:
    """Return the bases and paragraphs in an annotation, and its own text without white space."""
    bases: list[Element] = []
    parts = [note.text or ""]
    stack = list(note)
    while stack:
        child = stack.pop()
        if child.tag not in _IN_ANNOTATIONS:
            bases.append(child)
            continue
        parts += [child.text or "", child.tail or ""]
        stack += child
    return bases[::-1], "".join("".join(parts).split())


def _replace(note: Element, bases: Sequence[Element]) -> None:
    """Replace the annotation by its bases; keep the text that follows it."""
    parent, previous, tail = note.getparent(), note.getprevious(), note.tail or ""
    if parent is None:
        return
    if bases:
        for base in bases:
            note.addprevious(base)
        bases[-1].tail = (bases[-1].tail or "") + tail
    elif previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    note.tail = None
    parent.remove(note)


SKIPPED = frozenset(
    {"head", "script", "style", "template", "noscript", "svg", "math", "iframe", "object", "embed"}
    | {"audio", "video", "canvas", "select", "datalist", "textarea", "noframes", "noembed"}
)
BLOCK = frozenset(
    {"address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd"}
    | {"details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer"}
    | {"form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html"}
    | {"legend", "li", "listing", "main", "menu", "nav", "ol", "p", "plaintext", "pre", "search"}
    | {"section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp"}
)
KINDS = {
    "li": BlockKind.LIST_ITEM,
    "dd": BlockKind.LIST_ITEM,
    "dt": BlockKind.LIST_ITEM,
    "blockquote": BlockKind.QUOTE,
    "figcaption": BlockKind.CAPTION,
    "caption": BlockKind.CAPTION,
    **{f"h{level}": BlockKind.HEADING for level in range(1, 7)},
}
INLINE = frozenset({"a", "br"})
LINES = frozenset({"div", "ol", "li"})
SPANS = frozenset({"b", "cite", "em", "font", "i", "small", "span", "strong"})
_LANDMARKS = {
    "navigation": "nav",
    "banner": "header",
    "contentinfo": "footer",
    "complementary": "aside",
    "main": "main",
    "article": "article",
}
REGIONS = frozenset(_LANDMARKS.values())
_HIDDEN_STYLE = compile_lazily(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_LONGEST_CELL = 500


def find_hidden(page: Elements) -> frozenset[Element]:
    """Find the elements that their own attributes hide.

    >>> page = Elements(parse("<p hidden>A<p style='display: none'>B<p style='color: red'>C"))
    >>> sorted(element.text for element in find_hidden(page))
    ['A', 'B']
    """
    styled = page.find(having=["style"])
    return frozenset(page.find(having=["hidden"])).union(
        element for element in styled if _HIDDEN_STYLE.search(element.get("style", ""))
    )


def is_data_table(table: Element) -> bool:
    """Whether a table holds data rather than the layout of a page.

    Signs of layout are the table's role, nested tables, a single column, and cells with several
    blocks or much text.
    """
    if table.get("role") in {"presentation", "none"} or table.find(".//table") is not None:
        return False
    if not any(len(row.findall("td")) + len(row.findall("th")) > 1 for row in table.iter("tr")):
        return False
    for cell in table.iter("td", "th"):
        blocks = sum(child.tag in BLOCK or child.tag == "br" for child in cell.iterdescendants())
        if blocks > 2 or len("".join(cell.itertext())) > _LONGEST_CELL:
            return False
    return True


def holds_lines(pre: Element) -> bool:
    """Whether the only blocks in a ``<pre>`` are those that hold its lines."""
    return all(child.tag not in BLOCK - LINES for child in pre.iterdescendants())


def find_region(element: Element, outer: str) -> str:
    """Return the landmark that an element opens, or else the one it is in.

    A header or footer inside an article is part of the article (HTML Accessibility API Mappings,
    https://www.w3.org/TR/html-aam-1.0/).
    """
    role = element.get("role")
    name = element.tag if role is None else _LANDMARKS.get(role, element.tag)
    is_part = name in {"header", "footer"} and outer in {"article", "main"}
    if name not in REGIONS or is_part:
        return outer
    return str(name)


HINTS = MappingProxyType(
    {
        "content": r"article|content|story|entry|post(?!er)|body|text|main|正文",
        "comments": r"comment|disqus|reply|replies|discuss|forum",
        "links": r"relat|recommend|popular|trending|teaser|more|most|latest|list|tags?\b|hot",
        "share": r"share|sharing|social|follow|print|tool|button|btn",
        "chrome": r"nav|menu|crumb|foot|head(?!line)|side|widget|banner|cookie|modal|popup|login"
        r"|copyright",
        "promo": r"promo|a(?<=\ba)ds?\b|advert|sponsor|newsletter|subscri|sign-?up|donat|paywall"
        r"|offer",
        "caption": r"caption|figure|credit|image|photo|media|gallery|video|thumb",
        "byline": r"author|byline|date|time|meta|info|source|publish",
    }
)
"""Words in class names and ids, with the role that they hint at; ``|`` stands between words only.

Among words with the same first letter the earlier ones win.
"""


def _group_words(words: Iterable[str]) -> str:
    """Return a pattern of the words, grouped by their first letters, which is found much faster."""
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in groups.items())


_HINT = compile_lazily(_group_words("|".join(HINTS.values()).split("|")))
_MOST_NAMES = 200  # characters of class names
_WHOLE_PAGE = frozenset({"html", "body"})


def read_hints(element: Element, tag: str) -> int:
    """Return the hints of an element's class and id, as bits in the order of :data:`HINTS`.

    The names on ``<html>`` and ``<body>`` are ignored: they describe the whole page.
    """
    if tag in _WHOLE_PAGE:
        return 0
    own, number = element.get("class"), element.get("id")
    if not number:
        return _read_names(own) if own else 0
    if not own:
        return _read_names(number)
    if len(own) + len(number) < _MOST_NAMES:  # ids differ, and classes come again
        return _read_names(own) | _read_names(number)
    return _read_names(f"{own} {number}")


@lru_cache(maxsize=8_192)
def _read_names(names: str) -> int:
    bits = 0
    for name in names[:_MOST_NAMES].lower().split():
        bits |= _read_name(name)
    return bits


@lru_cache(maxsize=8_192)
def _read_name(name: str) -> int:
    """Return the hints of one name, which other elements have among others."""
    bits = 0
    for word in _HINT.findall(name):
        bits |= _find_bit(word)
    return bits


@lru_cache(maxsize=256)
def _find_bit(found: str) -> int:
    """Return the bit of the hint that a word gives, as it was found in a name."""
    return next(
        1 << index for index, words in enumerate(HINTS.values()) if re.fullmatch(words, found)
    )


ELSEWHERE = compile_lazily(
    r"comment|related|recommend|sidebar|widget|footer|teaser|bio\b|avatar|disqus", re.IGNORECASE
)


def is_elsewhere(element: Element) -> bool:
    """Whether the element or one around it holds comments or links to other pages."""
    while element is not None:
        names = element.get("class")
        if names is not None and element.tag not in _WHOLE_PAGE and _names_elsewhere(names):
            return True
        element = element.getparent()
    return False


@lru_cache(maxsize=4_096)
def _names_elsewhere(names: str) -> bool:
    return ELSEWHERE.search(names) is not None


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
