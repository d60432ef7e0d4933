"""Who wrote an article, from the lines that readers see around its beginning and end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus_norm.boilerplate.bylines import (
    find_names,
    is_person,
    opens_byline,
    read_byline,
    read_inline,
    read_signed_line,
)
from corpus_norm.boilerplate.han_names import is_han_name
from corpus_norm.boilerplate.latin_names import is_organization
from corpus_norm.document import BlockKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.document import Block

HEAD_BLOCKS = 14  # before the prose begins
BEFORE_TITLE = 14
PROSE_CHARS = 80
HAN_PROSE_CHARS = 36
TAIL_BLOCKS = 4
OTHER_KINDS = frozenset(
    {
        BlockKind.TITLE,
        BlockKind.RELATED_LINKS,
        BlockKind.COMMENTS,
        BlockKind.CAPTION,
        BlockKind.SHARE,
        BlockKind.COOKIE_NOTICE,
        BlockKind.NEWSLETTER,
        BlockKind.COPYRIGHT,
        BlockKind.DISCLAIMER,
        BlockKind.TABLE,
        BlockKind.QUOTE,
    }
)
SHOWN_KINDS = frozenset({BlockKind.BYLINE, BlockKind.DATELINE})
_INITIALS = re.compile(r"(?:[A-ZÀ-Þ][a-zà-ÿ]?\. ?-?){1,3}(?:[A-ZÀ-Þ][\w'’-]*\.?)?")
_DESCRIBES = re.compile(
    r"(?P<who>[\w.'’-]+(?: [\w.'’-]+){0,4}?) (?:is|was|has|covers|writes|reports|works|joined|est|a|"
    r"couvre|écrit|travaille|dirige|suit)\s"
)


@dataclass(frozen=True, slots=True)
class Byline:
    """The names found, and the blocks that are nothing but a byline with them.

    ``is_said``: the line says that it is a byline.
    """

    names: tuple[str, ...] = ()
    blocks: tuple[int, ...] = ()
    is_said: bool = False


def find_byline(blocks: Sequence[Block]) -> Byline:
    """The first byline around the beginning of the prose; else one at its end.

    Bylines further down are of other articles.
    """
    prose = [index for index, block in enumerate(blocks) if _is_prose(block)]
    first, last = (prose[0], prose[-1]) if prose else (len(blocks), len(blocks) - 1)
    body = [index for index, block in enumerate(blocks) if block.is_body and index >= last]
    end = min(max(body[-1] if body else last, last) + TAIL_BLOCKS, len(blocks))
    head, tail = _order_head(blocks, first), range(max(last - 1, 0), end)
    for found in (
        _find_named(blocks, head),
        _find_inline(blocks, prose[:3]),
        _find_signed(blocks, head),
        _find_shown(blocks, head),
        _find_named(blocks, tail),
        _find_inline(blocks, prose[-2:]),
        _find_initials(blocks, tail),
        _find_described(blocks, [*head, *tail]),
    ):
        if found.names:
            return found
    return Byline()


def choose_authors(stated: tuple[str, ...], shown: Byline) -> tuple[str, ...]:
    """The people whom metadata state, else those whom readers see, else the organizations.

    >>> choose_authors(("AFP",), Byline(("Zoé Exemple",), is_said=True))
    ('Zoé Exemple',)
    >>> choose_authors(("Ann Lee",), Byline(("Bo Ray",), is_said=True))
    ('Ann Lee',)
    """
    people = tuple(name for name in shown.names if not is_organization(name))
    if not stated:
        return people or shown.names
    return people if people and shown.is_said and all(map(is_organization, stated)) else stated


def _is_prose(block: Block) -> bool:
    if block.kind is not BlockKind.PARAGRAPH or not block.is_body:
        return False
    is_han = len(block.text) >= HAN_PROSE_CHARS and is_mostly_han(block.text)
    return is_han or len(block.text) >= PROSE_CHARS


def is_mostly_han(text: str) -> bool:
    """Whether the beginning of a text is in Han characters.

    >>> is_mostly_han("港口管理局"), is_mostly_han("The port")
    (True, False)
    """
    sample = text[:200]
    return sum("\u3400" <= char <= "\u9fff" for char in sample) * 2 > len(sample)


def _order_head(blocks: Sequence[Block], first: int) -> list[int]:
    """The blocks where a byline may stand: below the headline, above the prose, above both."""
    stop = min(first + 3, len(blocks))
    titles = (index for index in range(stop) if blocks[index].kind is BlockKind.TITLE)
    title = next(titles, None)
    above = range(max(0, first - HEAD_BLOCKS), stop)
    if title is None:
        return list(above)
    below = range(title + 1, min(title + HEAD_BLOCKS, stop))
    before = range(max(0, title - BEFORE_TITLE), title)
    order = [*below, *(each for each in above if each > title), *before]
    return list(dict.fromkeys(order))


def _find_named(blocks: Sequence[Block], order: Sequence[int]) -> Byline:
    """Lines that say that they are bylines, and those right after the first of them."""
    names: list[str] = []
    owners: list[int] = []
    for index in order:
        if owners and index != owners[-1] + 1:
            break
        found = _read_named(blocks, index)
        if found:
            names += [name for name in found if name not in names]
            owners.append(index)
        elif owners:
            break
    people = [name for name in names if not is_organization(name)]
    return Byline(tuple(people or names), tuple(owners), is_said=True)


def _read_named(blocks: Sequence[Block], index: int) -> tuple[str, ...]:
    block = blocks[index]
    if block.kind in OTHER_KINDS or _is_prose(block):
        return ()
    if names := read_byline(block.text):
        return names
    if index and opens_byline(blocks[index - 1].text) and len(block.text) <= 80:
        return tuple(name for name in find_names(block.text) if is_person(name) or " " not in name)
    return ()


def _find_inline(blocks: Sequence[Block], order: Sequence[int]) -> Byline:
    for index in order:
        if names := read_inline(blocks[index].text):
            return Byline(names, is_said=True)
    return Byline()


def _find_signed(blocks: Sequence[Block], order: Sequence[int]) -> Byline:
    """A line with a name and a date or a role."""
    for index in order:
        block = blocks[index]
        if block.kind not in OTHER_KINDS and not _is_prose(block):
            names = read_signed_line(block.text)
            if names:
                return Byline(names, (index,))
    return Byline()


def _find_shown(blocks: Sequence[Block], order: Sequence[int]) -> Byline:
    """A name and nothing else in a line that the rules on kinds took for a byline."""
    for index in order:
        block = blocks[index]
        if block.kind is BlockKind.BYLINE and not opens_byline(block.text):
            names = find_names(block.text)
            if names and all(is_person(name) or _is_handle(name) for name in names):
                return Byline(names, (index,))
    return Byline()


def _is_handle(name: str) -> bool:
    return " " not in name and (is_han_name(name) or name.isascii())


def _find_initials(blocks: Sequence[Block], order: Sequence[int]) -> Byline:
    """The initials under an article, as regional papers sign."""
    for index in order:
        text = blocks[index].text.strip()
        if blocks[index].kind not in OTHER_KINDS and _INITIALS.fullmatch(text):
            return Byline((text,), (index,))
    return Byline()


def _find_described(blocks: Sequence[Block], order: Sequence[int]) -> Byline:
    """A name above a line that says who that is, or that it is the author."""
    for index in order:
        text = blocks[index].text.strip()
        if blocks[index].kind in OTHER_KINDS or not is_person(text) or index + 1 == len(blocks):
            continue
        following = [block.text for block in blocks[index + 1 : index + 3]]
        is_described = _DESCRIBES.match(
            following[-1] if opens_byline(following[0]) else following[0]
        )
        if is_described and is_described["who"] in {text, text.split()[0]}:
            return Byline((text,), (index,))
    return Byline()
