"""HTML text to an lxml tree, whatever the text looks like.

libxml2 cuts a page off where it is nested too deep (2048 levels with ``huge_tree``), and lxml
raises no exception: all that follows would be lost without a word.  Such a page is flattened and
parsed again: its containers go, its text and the breaks between paragraphs stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from corpus_norm.errors import ExtractionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Element: TypeAlias = "etree._Element"  # noqa: SLF001 (its only name)
Parser: TypeAlias = "etree.HTMLParser"

_CONTROLS = bytes([*range(0x09), 0x0B, *range(0x0E, 0x20)])
_FORM_FEED_TO_SPACE = bytes.maketrans(b"\x0c", b" ")
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_SURROGATES = re.compile(r"[\ud800-\udfff]")
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

    Characters that no tree can hold are taken out first: NUL and other C0 controls vanish, lone
    surrogates become U+FFFD.

    >>> parse('<?xml version="1.0" encoding="gb2312"?><p>caf\x00é</p>').findtext(".//p")
    'café'
    >>> parse("  ") is None
    True

    Raises:
        ExtractionError: libxml2 refuses the page.
    """
    return _parse(html, etree.HTMLParser)


def parse_with_methods(html: str) -> HtmlElement | None:
    """The same tree with the elements of ``lxml.html``, which trafilatura wants; slower."""
    tree: HtmlElement | None = _parse(html, HTMLParser)
    return tree


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
    """The page in UTF-8, without what no tree can hold."""
    try:
        data = html.encode()
    except UnicodeEncodeError:
        data = _SURROGATES.sub("\ufffd", html).encode()
    data = data.translate(_FORM_FEED_TO_SPACE, _CONTROLS)
    for noncharacter in _NONCHARACTERS:
        data = data.replace(noncharacter, b"")
    return data.strip()


def _parse_once(data: bytes, parser_class: type[Parser]) -> tuple[Element | None, str]:
    """The tree, and why it is not the whole page ("" when it is)."""
    # encoding: the str is decoded already, so a declaration inside it is of no interest any more
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
        # lxml's word for a page of nothing but comments
        return None, "" if str(error).startswith("Document is empty") else str(error)
    except (etree.LxmlError, ValueError) as error:
        return None, str(error)
    if b"<ruby" in data or b"<RUBY" in data:
        _drop_annotations(tree)
    fatal = parser.error_log.filter_from_fatals()
    return tree, fatal[0].message if fatal else ""


def _flatten_tag(match: re.Match[str]) -> str:
    """Phrasing tags vanish, containers become a break."""
    name = match[2].lower()
    if name in _FRAMEWORK:
        return match[0]
    return "" if name in _PHRASING else "<hr>"


def _drop_annotations(tree: Element) -> None:
    """Take out what ruby says about its base characters: how they are read, or what they mean.

    End tags may be left out (https://html.spec.whatwg.org/#the-ruby-element), so a base or a
    paragraph inside an annotation stands after it.  An annotation of nothing is text, and so is
    one too long for any.
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
    """The annotations in a ruby element, the bases inside each, and what it says."""
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
    """The bases and paragraphs in an annotation, and its own text without white space."""
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
    """Put the bases in the place of the annotation; what follows it stays."""
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
