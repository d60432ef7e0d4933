"""The authors and the date of an article, from the visible lines around its beginning and end."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from corpus_norm.bylines import (
    find_names,
    has_opener,
    is_person,
    opens_byline,
    read_byline,
    read_inline,
    read_signed_line,
)
from corpus_norm.bylines.han_names import is_han_name
from corpus_norm.bylines.names import is_organization, split_names
from corpus_norm.dates import (
    Dated,
    Role,
    find_in_lines,
    find_opening_date,
    guess_setting,
    is_clock,
    is_entry,
    is_masthead,
    read_dates,
)
from corpus_norm.dates import choose as choose_date
from corpus_norm.dates import find_updated as find_change
from corpus_norm.document import UNDETERMINED, Block, BlockKind, Document
from corpus_norm.languages import combine
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from corpus_norm.dates import Setting
    from corpus_norm.document import Block

_WORDS = combine(lambda record: record.bylines)

HEAD_BLOCKS = 14  # blocks searched before the prose
MOST_LISTED = 8
BELOW_STANDFIRST = 5
BEFORE_TITLE = 14
PROSE_CHARS = 80
HAN_PROSE_CHARS = 36
SHORT_HAN_NAME = 2  # characters
LONGEST_ALONE = 120
LONGEST_BYLINE = 240
TAIL_BLOCKS = 8
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
_LINK = compile_lazily(r"!?\[([^\[\]]{0,80})\]\([^()\s]{0,500}\)")  # of Markdown
# Who speaks in a transcript: "Ann Lee -- Analyst".
_SPEAKER = compile_lazily(r"[^\W\d_][\w.'’ -]{2,40} (?:--|[—–]) [^\W\d_]")
_LEAST_SPEAKERS = 3
OPENING_BLOCKS = 2  # paragraphs that a wire's dateline may open
ROLE_BLOCKS = 4  # blocks above and below the first prose where a name may stand above a role
# The beginning of a time of day, "9:30" or "a.m.".
_MAY_BE_TIMED = compile_lazily(r"\s*(?:\d|[ap]\.)", re.IGNORECASE)
# Up to three initials, perhaps with a surname: "J. D. Lee".
_INITIALS = compile_lazily(r"(?:[A-ZÀ-Þ][a-zà-ÿ]?\. ?-?){1,3}(?:[A-ZÀ-Þ][\w'’-]*\.?)?")
_PICTURES = compile_lazily(r"getty|shutterstock|alamy|photo|image|picture|file|©|/", re.IGNORECASE)
# An agency after the name, as in "(avec AFP)".
_WITH_AGENCY = compile_lazily(r"(?<![ ,(])[ ,(]{1,9}(?:avec|with) [A-Z][\w'’ -]{1,20}\)?$")
_JOINED = compile_lazily(r"(?<!\w)(?:and|et|&|avec|with)(?!\w)|[,;&]")
_AND = compile_lazily(r"\s(?:and|et)\s")
# A remark in brackets, or "in" and a place.
_PLACE = compile_lazily(r"\([^()]*\)|(?:in|at|à|au|aux|en) [A-ZÀ-Þ][\w'’-]*(?: [A-ZÀ-Þ][\w'’-]*)*")
# Chinese names in brackets.
_BRACKETS = frozenset("（(【")
_BRACKETED_HAN = compile_lazily(r"[（(【]([\u3400-\u9fff、\s]{2,20})[）)】]")
_ALL_INITIALS = compile_lazily(r"(?:[A-ZÀ-Þ]\. ?-?){2,4}")
# A name and a verb that introduces an author, as in "Ann Lee covers ...".
_DESCRIBES = compile_lazily(
    r"(?P<who>[\w.'’-]+(?: [\w.'’-]+){0,4}?) "
    r"(?:is|was|has|covers|writes|reports|works|joined|est|a|couvre|écrit|travaille|dirige|suit)\s"
)


@dataclass(frozen=True, slots=True)
class Byline:
    """The names found, and the blocks that contain only the byline.

    ``is_said``: the line opens with "by" or similar words.
    """

    names: tuple[str, ...] = ()
    blocks: tuple[int, ...] = ()
    is_said: bool = False


def find_byline(blocks: Sequence[Block]) -> Byline:
    """Find the first byline near the beginning of the prose, else one at its end.

    Bylines further down belong to other articles.
    """
    blocks = [_on_one_line(block) for block in blocks]
    prose = [index for index, block in enumerate(blocks) if _is_prose(block)]
    first, last = (prose[0], prose[-1]) if prose else (len(blocks), len(blocks) - 1)
    end = min(_find_end(blocks, last) + TAIL_BLOCKS, len(blocks))
    related = (at for at in range(last + 1, end) if blocks[at].kind is BlockKind.RELATED_LINKS)
    head, tail = _order_head(blocks, first), range(max(last - 1, 0), next(related, end))
    fallback = Byline()
    entries = _find_entries(blocks)
    for found in _find_all(blocks, prose, head, tail):
        if not found.is_said and not entries.isdisjoint(found.blocks):
            continue
        if not found.names or all(map(is_organization, found.names)):
            fallback = fallback if fallback.names else found
        elif found.is_said or not (
            _are_words(found.names, blocks) or _are_spoken_of(found.names, blocks, prose)
        ):
            return found
    return fallback


def _on_one_line(block: Block) -> Block:
    """Return a short block without the line ends before a comma and the links of Markdown in it."""
    is_plain = "\n," not in block.text and "](" not in block.text
    if is_plain or len(block.text) > _LONGEST:
        return block
    return replace(block, text=" ".join(_LINK.sub(r"\1", block.text).split()))


def _find_end(blocks: Sequence[Block], last: int) -> int:
    """Return the place of the last block of the body from ``last`` on, ``last`` if none is left."""
    below = range(len(blocks) - 1, last - 1, -1)
    return next((at for at in below if at >= 0 and blocks[at].is_body), last)


def _find_entries(blocks: Sequence[Block]) -> frozenset[int]:
    """Return the places of the headings of a live page, if it is one: of two entries at least."""
    timed = [at for at, block in enumerate(blocks) if _MAY_BE_TIMED.match(block.text)]
    entries = {at for at in timed if is_entry(blocks[at].text)}
    clocks = {at + 1 for at in timed if is_clock(blocks[at].text)}
    return frozenset(entries | clocks) if len(entries | clocks) > 1 else frozenset()


def _find_all(
    blocks: Sequence[Block], prose: Sequence[int], head: Sequence[int], tail: Sequence[int]
) -> Iterator[Byline]:
    """Read each kind of line, the most reliable kind first."""
    first, last = (prose[0], prose[-1]) if prose else (len(blocks), len(blocks) - 1)
    yield _find_named(blocks, head)
    yield _find_inline(blocks, prose[:3])
    yield _find_signed(blocks, head)
    yield _find_shown(blocks, head)
    yield _find_above_role(blocks, first)
    yield _find_alone(blocks, first, last)
    yield _find_only(blocks, tail)
    yield _find_inline(blocks, prose[-2:])
    yield _find_initials(blocks, tail)
    yield _find_described(blocks, [*head, *tail])


def _are_words(names: Sequence[str], blocks: Sequence[Block], *, some: bool = False) -> bool:
    """Whether "names" without a "by" are just words: they also occur in lower case."""
    parts = {part for name in names for part in name.lower().split() if " " in name}
    return bool(parts) and (any if some else all)(
        any(part in block.text and _holds_word(block.text, part) for block in blocks)
        for part in parts
    )


def _holds_word(text: str, word: str) -> bool:
    """Whether a word stands in a text with no letter or digit just before and after it."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _are_spoken_of(names: Sequence[str], blocks: Sequence[Block], prose: Sequence[int]) -> bool:
    """Whether the prose, except its end, mentions a name; authors are named only in bylines."""
    text = "\n".join(blocks[index].text for index in prose[: max(1, len(prose) - 2)])
    return any(name in text for name in names if " " in name)


def choose_authors(
    stated: tuple[str, ...], shown: Byline, site: str | None = None
) -> tuple[str, ...]:
    """Choose the people stated in metadata, else those in bylines, else the organizations.

    >>> choose_authors(("AFP",), Byline(("Zoé Exemple",), is_said=True))
    ('Zoé Exemple',)
    >>> choose_authors(("Ann Lee",), Byline(("Bo Ray",), is_said=True))
    ('Ann Lee',)
    """
    people = tuple(name for name in shown.names if not is_organization(name))
    if not stated:
        own = (site or "").lower()
        return people or tuple(name for name in shown.names if name.lower() != own)
    return people if people and shown.is_said and all(map(is_organization, stated)) else stated


def _is_prose(block: Block) -> bool:
    if block.kind is not BlockKind.PARAGRAPH or not block.is_body:
        return False
    size = len(block.text)
    return size >= PROSE_CHARS or (size >= HAN_PROSE_CHARS and is_mostly_han(block.text))


def is_mostly_han(text: str) -> bool:
    """Whether the beginning of a text is in Han characters.

    >>> is_mostly_han("港口管理局"), is_mostly_han("The port")
    (True, False)
    """
    sample = text[:200]
    if sample.isascii():
        return False
    return sum("\u3400" <= char <= "\u9fff" for char in sample) * 2 > len(sample)


def _order_head(blocks: Sequence[Block], first: int) -> list[int]:
    """List the blocks that may be a byline: below the headline, above the prose, above both."""
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
    """Find the first line that is an explicit byline, and those right after it."""
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


def _find_only(blocks: Sequence[Block], order: Sequence[int]) -> Byline:
    """Find the byline under an article; if several differ, they belong to teasers."""
    found = [_find_named(blocks, [index]) for index in order]
    named = [each for each in found if each.names]
    others = [each for each in named if not set(each.names) <= set(named[0].names)]
    return named[0] if named and not others else Byline()


def _read_named(blocks: Sequence[Block], index: int) -> tuple[str, ...]:
    block = blocks[index]
    is_caption = block.kind is BlockKind.CAPTION and not _PICTURES.search(block.text)
    if (block.kind in OTHER_KINDS and not is_caption) or (
        _is_prose(block) and not _is_long_byline(block.text)
    ):
        return ()
    if names := read_byline(block.text):
        return names
    above = index
    while above and index - above < MOST_LISTED and is_person(blocks[above - 1].text.strip()):
        above -= 1
    if above and opens_byline(blocks[above - 1].text) and len(block.text) <= LONGEST_ALONE:
        names = find_names(block.text)
        return tuple(
            name for name in names if is_person(name) or (above == index and " " not in name)
        )
    return ()


def _is_long_byline(text: str) -> bool:
    """Whether a text as long as a paragraph opens like a byline and does not end a sentence."""
    is_short = len(text) <= LONGEST_BYLINE and not is_mostly_han(text)
    return is_short and has_opener(text) and not text.rstrip().endswith((".", "!", "?", "…", ":"))


def _find_inline(blocks: Sequence[Block], order: Sequence[int]) -> Byline:
    for index in order:
        if names := read_inline(blocks[index].text):
            return Byline(names, is_said=True)
    return Byline()


def _find_signed(blocks: Sequence[Block], order: Sequence[int]) -> Byline:
    """Find a line with a name and a date or a role."""
    for index in order:
        block = blocks[index]
        if block.kind not in OTHER_KINDS and not _is_prose(block):
            names = read_signed_line(block.text)
            if names and not (_is_section(names[0], blocks) or _speaks(block, blocks)):
                return Byline(names, (index,))
    return Byline()


def _speaks(block: Block, blocks: Sequence[Block]) -> bool:
    """Whether a line says who speaks in a transcript, as others do too."""
    if _SPEAKER.match(block.text) is None:
        return False
    return sum(_SPEAKER.match(each.text) is not None for each in blocks) >= _LEAST_SPEAKERS


def _is_section(name: str, blocks: Sequence[Block]) -> bool:
    """Whether a "name" of two Han characters is a word of the page, such as a section's: 黄金."""
    is_short = len(name) == SHORT_HAN_NAME and is_mostly_han(name)
    return is_short and sum(name in block.text for block in blocks) > 1


def _find_shown(blocks: Sequence[Block], order: Sequence[int]) -> Byline:
    """Find a line with only a name that the rules on kinds labelled as a byline."""
    for index in order:
        block = blocks[index]
        if block.kind is BlockKind.BYLINE and not opens_byline(block.text):
            names = find_names(block.text)
            if names and all(is_person(name) or _is_handle(name) for name in names):
                return Byline(names, (index,))
    return Byline()


def _find_above_role(blocks: Sequence[Block], first: int) -> Byline:
    """Find a full name above a line that says what its bearer does: Business correspondent."""
    for index in range(max(first - ROLE_BLOCKS, 0), min(first + ROLE_BLOCKS, len(blocks) - 1)):
        name, role = blocks[index].text.strip(), blocks[index + 1].text.strip()
        if blocks[index].kind in OTHER_KINDS or len(role) > LONGEST_ALONE or not is_person(name):
            continue
        if not _is_sentence(role) and read_signed_line(f"{name}, {role}") == (name,):
            return Byline((name,), (index,))
    return Byline()


def _find_alone(blocks: Sequence[Block], first: int, last: int) -> Byline:
    """Find a line with only full names, near the date, the headline or an end of the prose.

    People named in the headline are not its authors.
    """
    titles = [index for index in range(first) if blocks[index].kind is BlockKind.TITLE]
    top = range(min(first + BELOW_STANDFIRST, len(blocks)))
    dates = [index for index in top if blocks[index].kind is BlockKind.DATELINE]
    near_dates = [each + step for each in dates[-2:] for step in (-1, 1)]
    below = [each + step for each in titles[-1:] for step in (1, 2)]
    headline = " ".join(blocks[index].text for index in titles)
    end = _find_end(blocks, last)
    under = [index for index in range(last + 1, end + 2) if index > end - 2]
    for index in (*near_dates, *below, *range(first - 1, first - 4, -1), *under):
        if not 0 <= index < len(blocks):
            continue
        is_credit = index in near_dates and _is_joint_credit(blocks, index)
        if blocks[index].kind in OTHER_KINDS and not is_credit:
            continue
        if index not in under and not first - HEAD_BLOCKS <= index < top.stop:
            continue
        text = blocks[index].text
        names = _read_alone(text) or _read_alone_han(text, is_dated=index in near_dates)
        if index in under and _are_words(names, blocks, some=True):
            continue
        if names and not any(name in headline for name in names):
            return Byline(names, (index,))
    return Byline()


def _is_joint_credit(blocks: Sequence[Block], index: int) -> bool:
    """Whether a line below the headline joins two names by "and", which photo credits rarely do."""
    above = blocks[index - 1].kind if index else None
    is_below_title = blocks[index].kind is BlockKind.CAPTION and above is BlockKind.TITLE
    return is_below_title and _AND.search(blocks[index].text) is not None


def _read_alone(line: str) -> tuple[str, ...]:
    """Read a line that holds only full names, and perhaps a place of work."""
    if len(line) > LONGEST_ALONE or _is_sentence(line.removesuffix(".")) or has_opener(line):
        return ()
    if _ALL_INITIALS.fullmatch(line.strip()):
        return (line.strip(),)
    line = line.strip("—–- ").removesuffix(".")
    if line.startswith("(") and line.endswith(")"):
        line = line[1:-1]
    line = _WITH_AGENCY.sub("", line)
    names = split_names(line, handles=False)
    if not names or not all(map(is_person, names)) or not line.strip("*_ ").startswith(names[0]):
        return ()
    rest = line
    for name in names:
        rest = rest.replace(name, "", 1)
    rest = _JOINED.sub(" ", rest).strip(" ,;*_/")
    is_place_of_work = (
        rest.startswith("@")
        or _PLACE.fullmatch(rest) is not None
        or is_organization(rest or "x")
        or rest.lower() in _WORDS.places
    )
    return tuple(names) if not rest or is_place_of_work else ()


def _read_alone_han(line: str, *, is_dated: bool) -> tuple[str, ...]:
    """Read a line that holds only Chinese names, next to a date or in brackets."""
    is_in_brackets = line.strip()[:1] in _BRACKETS and not line.isascii()
    bracketed = _BRACKETED_HAN.fullmatch(line.strip()) if is_in_brackets else None
    if not is_dated and bracketed is None:
        return ()
    names = (bracketed[1] if bracketed else line).replace("、", " ").split()
    return tuple(names) if all(map(is_han_name, names)) else ()


def _is_sentence(line: str) -> bool:
    return line.rstrip().endswith((".", "!", "?", "…", ":")) and not _INITIALS.fullmatch(
        line.strip()
    )


def _is_handle(name: str) -> bool:
    return " " not in name and (is_han_name(name) or name.isascii())


def _find_initials(blocks: Sequence[Block], order: Sequence[int]) -> Byline:
    """Find the initials under an article, with which regional papers sign."""
    for index in order:
        text = _WITH_AGENCY.sub("", blocks[index].text.strip())
        if blocks[index].kind not in OTHER_KINDS and _INITIALS.fullmatch(text):
            return Byline((text,), (index,))
    return Byline()


def _find_described(blocks: Sequence[Block], order: Sequence[int]) -> Byline:
    """Find a name above a line that describes this person or says that this is the author."""
    for index in order:
        text = blocks[index].text.strip()
        if blocks[index].kind in OTHER_KINDS or index + 1 == len(blocks):
            continue
        match = _DESCRIBES.match(blocks[index + 1].text) if opens_byline(text) else None
        if match is not None and is_person(match["who"]):
            return Byline((match["who"],))
        if not is_person(text):
            continue
        following = [block.text for block in blocks[index + 1 : index + 3]]
        is_described = _DESCRIBES.match(
            following[-1] if opens_byline(following[0]) else following[0]
        )
        if is_described and is_described["who"] in {text, text.split()[0]}:
            return Byline((text,), (index,))
    return Byline()


def label_bio(blocks: Sequence[Block], authors: Sequence[str]) -> list[Block]:
    """Label a sentence that says who an author is as a byline, at an edge of the body.

    "Ann Lee is the author of two novels" is about the author of the article, and not its text.
    """
    body = [at for at, block in enumerate(blocks) if block.is_body and block.kind in BIO_KINDS]
    edges = {*body[:1], *body[-BIO_BLOCKS:]} if len(body) > BIO_BLOCKS else set()
    return [
        replace(block, kind=BlockKind.BYLINE, reason="says who the author is")
        if at in edges and _describes(block.text, authors)
        else block
        for at, block in enumerate(blocks)
    ]


def _describes(text: str, people: Sequence[str]) -> bool:
    """Whether a text says who one of some people is; "Dr." may stand before the surname.

    >>> _describes("Dr. Lee is a transport economist.", ["Ann Lee"])
    True
    >>> _describes("Ann Lee is the author of two novels.", ["Bo Ray"])
    False
    """
    found = _DESCRIBES.match(text)
    words = found["who"].split() if found else []
    if words and words[0].strip(".").lower() in _WORDS.honorifics:
        return any(name.split()[-1:] == words[-1:] for name in people)
    return " ".join(words) in people


BIO_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.HEADING})
BIO_BLOCKS = 2  # blocks at the end of the body that may say who the author is
DATED_KINDS = frozenset({BlockKind.DATELINE, BlockKind.BYLINE, BlockKind.SOURCE_CREDIT})
OTHER_KINDS = frozenset(
    {
        BlockKind.COMMENTS,
        BlockKind.COPYRIGHT,
        BlockKind.NEWSLETTER,
        BlockKind.PROMO,
        BlockKind.RELATED_LINKS,
    }
)
_LONGEST = 200


def add_days(document: Document) -> Document:
    r"""Fill in the days of publication and of the last change from the blocks, where unknown.

    The day of publication is that in a line near the headline, else in any dateline; the lines
    above the headline of an HTML page do not count, as the code that sees the markup reads them.
    The last change is never before the publication, and in no line far below the body, where
    other articles are.

    >>> from dataclasses import replace
    >>> blocks = (Block(BlockKind.TITLE, "Crue", 0), Block(BlockKind.DATELINE, "03/04/2024", 6))
    >>> text = Document("a.txt", "Crue\n\n03/04/2024", blocks=blocks)
    >>> add_days(replace(text, language="fr")).published, add_days(text).published
    (datetime.date(2024, 4, 3), None)
    """
    published, updated = document.published, document.updated
    if published and updated:
        return document
    blocks, setting = document.blocks, _guess_setting(document, document.language)
    title = next((i for i, block in enumerate(blocks) if block.kind is BlockKind.TITLE), None)
    body = next((i for i, block in enumerate(blocks) if block.is_body), None)
    first = title or 0 if document.media_type == "text/html" else 0
    lines = [
        "" if index < first or block.kind in OTHER_KINDS else block.text
        for index, block in enumerate(blocks)
    ]
    last = _find_last(blocks) + 2
    if not published:
        found = find_in_lines(lines, title, setting, start=body)
        if found is None or found.role is Role.UPDATED:
            dated = list(_read_datelines(blocks[:last], title or 0, setting))
            found = choose_date([*([found] if found else []), *dated])
        published = found.day if found else _read_opening(blocks, setting)
    updated = updated or find_change(lines[:last], title, setting, start=body, published=published)
    if (published, updated) == (document.published, document.updated):
        return document
    return replace(document, published=published, updated=updated)


def _read_opening(blocks: Sequence[Block], setting: Setting) -> date | None:
    """Read the dateline that opens one of the first paragraphs of the body."""
    prose = islice((block.text for block in blocks if _is_prose(block)), OPENING_BLOCKS)
    return next((day for text in prose if (day := find_opening_date(text, setting))), None)


def add_days_of_language(document: Document) -> Document:
    """Do :func:`add_days` again if the language that is now known changes how days are read."""
    if document.published and document.updated:
        return document
    languages = document.language, UNDETERMINED
    for guess in (partial(guess_setting, url=document.url), partial(_guess_setting, document)):
        told, untold = map(guess, languages)
        if told == untold:  # if they are without the lines, they are with them
            return document
    return add_days(document)


def _guess_setting(document: Document, language: str) -> Setting:
    texts = (block.text for block in document.blocks if len(block.text) <= _LONGEST)
    return guess_setting(language, document.url, texts)


def _read_datelines(blocks: Sequence[Block], title: int, setting: Setting) -> Iterator[Dated]:
    """Yield the dates of datelines; ``title`` is the place of the headline."""
    for index, block in enumerate(blocks):
        if block.kind in DATED_KINDS and len(block.text) <= _LONGEST:
            if index < title and is_masthead(block.text, setting):
                continue
            yield from read_dates(block.text, setting)


def _find_last(blocks: Sequence[Block]) -> int:
    """Return the place of the last block of the body; the end if there is none."""
    below = range(len(blocks) - 1, -1, -1)
    return next((index for index in below if blocks[index].is_body), len(blocks))
