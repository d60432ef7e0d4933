"""Parsing of any HTML text into an lxml tree.

libxml2 cuts a page off where it is nested too deeply (2048 levels with ``huge_tree``), and lxml
raises no exception, so the rest of the page would be lost silently.  Such a page is flattened and
parsed again: its containers are removed; its text and paragraph breaks remain.
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
    try:
        data = html.encode()
    except UnicodeEncodeError:
        data = _SURROGATES.sub("\ufffd", html).encode()
    data = data.translate(_FORM_FEED_TO_SPACE, _CONTROLS)
    for noncharacter in _NONCHARACTERS:
        data = data.replace(noncharacter, b"")
    return data.strip()


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
