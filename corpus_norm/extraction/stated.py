"""The article of a page that does not show it, from what the page says to machines.

Pages that a script fills in, and pages behind a wall, often hold the whole text all the same: as
``articleBody`` of the JSON-LD, or in the data the script was to show (:mod:`.page_data`).  It is
taken only where the page itself shows little of it, and what stands in both stands once.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus_norm.document import BlockKind, Flag
from corpus_norm.extraction.page_data import find_text, measure_text
from corpus_norm.extraction.pieces import Piece, Place, read_pieces
from corpus_norm.extraction.tree import parse
from corpus_norm.lines import measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from corpus_norm.extraction.json_ld import Article
    from corpus_norm.extraction.tree import Element

LEAST_BODY = 150  # columns of a text that can be an article
MOST_SHOWN = 1_000  # columns of prose on a page that a script was to fill in
_PROSE = 80  # columns of a visible paragraph
_PROBES, _PROBE = 12, 24
_LEAST_TEASER = 20  # letters
_MOST_WORK = 200_000_000  # characters compared; far above any page of news
_TAG = re.compile(
    r"</?(?:p|br|div|h[1-6]|ul|ol|li|blockquote|figure|span|a|strong|em|b|i)\b[^<>]*>"
)
_BLANK_LINES = re.compile(r"\n\s*\n")
_DOUBLE_SPACE = re.compile(r"(?<=[.!?…。！？\"”’»)])[ \xa0\t]{2,}(?=\S)")
_LINE_END = re.compile(r"[.!?…:。！？：][\"”’»)」』]*[ \t\r]*\n")
_GLUED = re.compile(r"(?<=[a-zà-ÿ][.!?])(?=[«“\"]?[A-ZÀ-Ý][a-zà-ÿ’']+ )|(?<=[.!?][”»])(?=[A-ZÀ-Ý])")
_SIGNS = re.compile(r"[\W_]+")
_BESIDE = frozenset({"nav", "footer", "aside"})


@dataclass(frozen=True, slots=True)
class Stated:
    """A text that a page states without showing it, in parts of a kind, and where it stood."""

    parts: tuple[tuple[BlockKind, str], ...]
    flag: Flag


def add_stated(
    tree: Element, pieces: Sequence[Piece], articles: Sequence[Article]
) -> tuple[list[Piece], tuple[Flag, ...]]:
    """The pieces with those of the article put in, if the page does not show it, and the flag.

    >>> from corpus_norm.extraction.json_ld import read_articles
    >>> page = parse('''<script type="application/ld+json">{"@type": "NewsArticle",
    ... "articleBody": "The ferry terminal stays shut until the end of the month, the harbour
    ... authority said on Monday.  Passengers will be taken by bus to the old quay, where
    ... boats leave every hour."}</script><p>Loading''')
    >>> found, flags = add_stated(page, read_pieces(page), read_articles(page))
    >>> [piece.text[:10] for piece in found], [flag.value for flag in flags]
    (['Loading', 'The ferry ', 'Passengers'], ['body_from_json_ld'])
    """
    size = sum(measure(piece.text) for piece in pieces if _is_prose(piece))
    stated = _find_stated(tree, articles, size)
    if stated is None:
        return list(pieces), ()
    everything = list(_read_parts(stated.parts))
    whole = _squeeze(" ".join(piece.text for piece in everything))
    shown = _squeeze(" ".join(piece.text for piece in pieces))
    work = (len(everything) + len(pieces)) * (len(whole) + len(shown))
    if work > _MOST_WORK or _is_shown(whole, shown):
        return list(pieces), ()
    hidden = [piece for piece in everything if _squeeze(piece.text) not in shown]
    if sum(measure(piece.text) for piece in hidden) < max(LEAST_BODY, size):
        return list(pieces), ()
    at = _find_place(pieces, whole)
    number = 1 + max((max(p.place.parent, p.place.grand) for p in pieces), default=0)
    placed = [_place(piece, number) for piece in hidden]
    return [*pieces[:at], *placed, *pieces[at:]], (stated.flag,)


def mark_stated(pieces: Sequence[Piece], likely: Sequence[bool]) -> list[Piece]:
    """The article marked; of what the page shows, what is likely to be of it and not cut off."""
    stated = [_squeeze(piece.text) for piece in pieces if piece.is_stated]
    marked = []
    for piece, is_likely in zip(pieces, likely, strict=True):
        if piece.is_stated:
            marked.append(piece.mark(in_main=True, reason="stated by the page, not shown"))
            continue
        text = _squeeze(piece.text)
        is_cut = len(text) >= _LEAST_TEASER and any(text in each for each in stated)
        is_main = is_likely and not is_cut and piece.region not in _BESIDE
        marked.append(piece.mark(in_main=is_main, reason="cut off here" if is_cut else ""))
    return marked


def _find_stated(tree: Element, articles: Iterable[Article], size: int) -> Stated | None:
    bodies = [text for article in articles if (text := _body_of(article))]
    body = max(bodies, key=measure_text, default="")
    if measure_text(body) >= max(LEAST_BODY, size):
        return Stated(((BlockKind.PARAGRAPH, body),), Flag.BODY_FROM_JSON_LD)
    if size <= MOST_SHOWN and (parts := find_text(tree)):
        return Stated(tuple(parts), Flag.BODY_FROM_SCRIPT)
    return None


def _body_of(article: Article) -> str:
    """The body of an article, or those of the entries of a live blog."""
    updates = article.node.get("liveBlogUpdate")
    if article.body or not isinstance(updates, list):
        return article.body
    entries = (update for update in updates if isinstance(update, dict))
    texts = ((entry.get("headline"), entry.get("articleBody")) for entry in entries)
    return "\n\n".join(text for pair in texts for text in pair if isinstance(text, str))


def _read_parts(parts: Iterable[tuple[BlockKind, str]]) -> Iterator[Piece]:
    for kind, text in parts:
        if _TAG.search(text) is not None:
            tree = parse(f"<div>{text}</div>")
            for piece in [] if tree is None else read_pieces(tree):
                own = kind if piece.kind is BlockKind.PARAGRAPH else piece.kind
                yield Piece(own, piece.text, True, piece.tag, 0.0)  # noqa: FBT003
        else:
            for paragraph in split_paragraphs(html.unescape(text)):
                yield Piece(kind, paragraph, True, "p", 0.0)  # noqa: FBT003


def split_paragraphs(text: str) -> list[str]:
    r"""The paragraphs of a text without markup: by blank lines, by lines, by what is left of them.

    Where line breaks became two spaces, or nothing at all, they show between sentences.

    >>> split_paragraphs("One.\nTwo."), split_paragraphs("It rains. It pours.  Nobody knows.")
    (['One.', 'Two.'], ['It rains. It pours.', 'Nobody knows.'])
    """
    text = text.strip()
    if _BLANK_LINES.search(text) is not None:
        parts = _BLANK_LINES.split(text)
    elif 2 * len(_LINE_END.findall(text)) > text.count("\n") > 0:
        parts = text.split("\n")
    elif _DOUBLE_SPACE.search(text) is not None:
        parts = _DOUBLE_SPACE.split(text)
    else:
        parts = _GLUED.split(text)
    return [" ".join(part.split()) for part in parts if part.strip()]


def _is_prose(piece: Piece) -> bool:
    return (
        piece.link_density < 0.3 and piece.region not in _BESIDE and measure(piece.text) >= _PROSE
    )


def _is_shown(whole: str, shown: str) -> bool:
    """Whether half of the text is on the page, told by probes."""
    step = max(1, (len(whole) - _PROBE) // _PROBES)
    probes = [whole[at : at + _PROBE] for at in range(0, max(1, len(whole) - _PROBE), step)]
    return 2 * sum(probe in shown for probe in probes) > len(probes)


def _find_place(pieces: Sequence[Piece], whole: str) -> int:
    """Where the article belongs: after what the page shows of it, its headline and byline."""
    teasers = [
        index
        for index, piece in enumerate(pieces)
        if len(text := _squeeze(piece.text)) >= _LEAST_TEASER and text in whole
    ]
    heads = [index for index, piece in enumerate(pieces) if piece.tag == "h1"]
    feet = [index for index, piece in enumerate(pieces) if piece.region == "footer"]
    if teasers:
        return teasers[-1] + 1
    if not heads:
        return feet[0] if feet else len(pieces)
    at = heads[-1] + 1
    while at < len(pieces) and pieces[at].region not in _BESIDE and pieces[at].link_density < 0.5:
        at += 1
    return at


def _place(piece: Piece, number: int) -> Piece:
    """The piece in an article element of its own, the first after ``number`` others."""
    place = Place(number, number + 1, 4, 0, 0)
    return Piece(piece.kind, piece.text, True, piece.tag, 0.0, "article", place, "", True)  # noqa: FBT003


def _squeeze(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return _SIGNS.sub("", text.lower())
