"""The text of an article in data from which the scripts of a page build the visible page.

Next.js keeps it in a script called ``__NEXT_DATA__``, other frameworks in a variable such as
``window.__INITIAL_STATE__``.  Publishers choose the name of the field, but it contains a word such
as body, content or text.  The article is the longest such text that is prose.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus_norm.document import BlockKind, Flag
from corpus_norm.extraction.pieces import Piece, Place, read_pieces
from corpus_norm.extraction.tree import Elements, parse
from corpus_norm.languages import any_of, combine
from corpus_norm.lines import measure
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from corpus_norm.extraction.json_ld import Article

Part = tuple[BlockKind, str]

LEAST_TEXT = 200  # columns; a Chinese character has two
_LEAST_SENTENCES = 3
_LARGEST = 8_000_000  # characters of a script
_DEEPEST = 24
_LONGEST_KEY = 60
# The assignment of a variable such as __INITIAL_STATE__, up to its object or string of JSON.
_STATE = compile_lazily(r"__[A-Z][A-Z_]*__[\"']?\]?\s*=\s*(?:JSON\.parse\(\s*)?(?=[{\"'])")
_MARKUP = compile_lazily(r"<[^<>]*>")
# A stop and closing quotes, before a space, the end, a tag or Chinese text.
_SENTENCE_END = compile_lazily(r"[.!?。！？…][\"”’»)」』]*(?=\s|$|<|[\u3400-\u9fff“「])")
# The beginning of a text that is JSON, an address, a query or code.
_NOT_TEXT = compile_lazily(
    r"\s*(?:[{\[]|https?:|query\b|function\b|fragment\b|var\b|@|data:)|.*[{};]\s*\n"
)
# Words for a text in other languages than English, which names the keys of most scripts.
_FOREIGN_KEYS = combine(lambda record: record.body_keys)
_FOREIGN = any_of(_FOREIGN_KEYS)
_OWN_WORDS = (
    r"(?:full|seo|main|raw|rich|rendered|article|story|post|news|page|body|content|text|html"
    r"|paragraph|block|component|element|item|value|markdown|copy|description"
    rf"|{_FOREIGN})"
)
# A key made of the words above, at least one of which names a body.
_BODY_KEY = compile_lazily(
    rf"(?:{_OWN_WORDS}s?_?)*(?:body|content|text|html|paragraph|block|component|element|copy|rendered"
    rf"|markdown|{_FOREIGN})s?"
    rf"(?:_?{_OWN_WORDS}s?)*",
    re.IGNORECASE,
)
_OTHER_KEY = compile_lazily(
    r"legal|footer|header|navi|menu|i18n|locale|translation|message|cookie|privacy|comment|related"
    r"|recommend|trending|popular|latest|author|\bbio|contributor|promo|newsletter|subscri|style"
    r"|css|script|query|teaser|sidebar|widget|config|banner|advert|consent|caption|terms",
    re.IGNORECASE,
)
_TEXT_KEYS = (
    *("html", "text", "content", "contents", "data", "value", "body", "paragraph", "copy"),
    *_FOREIGN_KEYS,
)
_INNER_KEYS = ("children", "model", "attributes", "props", "blocks", "items")
_TYPE_KEYS = ("type", "__typename", "kind", "tag", "name", "component", "_type", "style")
_NOT_PARAGRAPH = compile_lazily(
    r"image|photo|picture|video|embed|advert|\bad\b|related|gallery|promo|newsletter|script|caption"
    r"|byline|link_?list|interstitial|divider|social",
    re.IGNORECASE,
)
_HEADING = compile_lazily(r"head|^h[1-6]$|title", re.IGNORECASE)
_LIST_ITEM = compile_lazily(r"^li$|list_?item", re.IGNORECASE)


def find_text(page: Elements) -> list[Part]:
    """Find the parts of the longest article text in the page's data; none if there is none.

    >>> said = "The terminal stays shut until May, the harbour authority said. " * 6
    >>> tree = parse('<script id="__NEXT_DATA__" type="application/json">{"props": {"article":'
    ...              '{"body": [{"type": "p", "text": "%s"}]}}}</script>' % said)
    >>> [(kind.value, text[:12]) for kind, text in find_text(Elements(tree))]
    [('paragraph', 'The terminal')]
    """
    best: list[Part] = []
    most = LEAST_TEXT - 1
    for value in _read_values(page):
        for parts in _find_candidates(value):
            size = sum(measure_text(text) for _, text in parts)
            if size > most and _is_prose(parts):
                best, most = parts, size
    return best


def measure_text(text: str) -> int:
    """Measure a text without its tags, in columns.

    >>> measure_text("<p>Hi.</p>")
    3
    """
    return measure(_MARKUP.sub("", text) if "<" in text else text)


def _read_values(page: Elements) -> Iterator[object]:
    """Read the JSON in scripts of that type, and in variables named in capitals."""
    for script in page.find("script"):
        text = script.text or ""
        if not LEAST_TEXT // 2 <= len(text) <= _LARGEST:
            continue  # the bound is halved because Chinese text takes two columns a character
        kind = (script.get("type") or "").lower()
        if kind == "application/json":
            yield from _decode(text)
        elif "json" not in kind and (state := _STATE.search(text, 0, 20_000)) is not None:
            yield from _decode(text[state.end() :])


def _decode(text: str) -> Iterator[object]:
    """Decode the JSON value at the start of a text; if it is a string, decode that as JSON too."""
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text.lstrip())
        yield json.loads(value, strict=False) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return


def _find_candidates(value: object) -> Iterator[list[Part]]:
    """Find every text under a key that can name a body, outside keys that name other things."""
    stack: list[tuple[object, int]] = [(value, 0)]
    while stack:
        current, depth = stack.pop()
        if depth > _DEEPEST:
            continue
        if isinstance(current, list):
            stack += ((each, depth + 1) for each in reversed(current))
        elif isinstance(current, dict):
            for key, each in current.items():
                if len(key) > _LONGEST_KEY or _OTHER_KEY.search(key) is not None:
                    continue
                if _BODY_KEY.fullmatch(key) is not None and (parts := _read_parts(each)):
                    yield parts
                if isinstance(each, (dict, list)):
                    stack.append((each, depth + 1))


def _read_parts(value: object) -> list[Part]:
    if isinstance(value, str):
        return [(BlockKind.PARAGRAPH, value)] if value.strip() else []
    if isinstance(value, list):
        return [part for each in value if (part := _read_part(each)) is not None]
    return []


def _read_part(item: object) -> Part | None:
    """Read a paragraph, heading or list item from a list of blocks; None for pictures etc."""
    if isinstance(item, str):
        return (BlockKind.PARAGRAPH, item) if " " in item or not item.isascii() else None
    if not isinstance(item, dict):
        return None
    name = " ".join(each for key in _TYPE_KEYS if isinstance(each := item.get(key), str))
    if _NOT_PARAGRAPH.search(name) is not None:
        return None
    text = _read_inline(item, 6)
    if not text.strip():
        return None
    if any(_HEADING.search(each) for each in name.split()):
        return BlockKind.HEADING, text
    is_item = any(_LIST_ITEM.search(each) for each in name.split())
    return (BlockKind.LIST_ITEM if is_item else BlockKind.PARAGRAPH), text


def _read_inline(value: object, levels: int) -> str:
    """Join the text of a block whose words may be in separate nodes."""
    if isinstance(value, str):
        return value
    if not levels:
        return ""
    if isinstance(value, list):
        return "".join(_read_inline(each, levels - 1) for each in value)
    if isinstance(value, dict):
        for key in (*_TEXT_KEYS, *_INNER_KEYS):
            if key in value and (text := _read_inline(value[key], levels - 1)).strip():
                return text
    return ""


def _is_prose(parts: Sequence[Part]) -> bool:
    text = " ".join(text for _, text in parts)[:20_000]
    return _NOT_TEXT.match(text) is None and len(_SENTENCE_END.findall(text)) >= _LEAST_SENTENCES


LEAST_BODY = 150  # columns of a text that can be an article
MOST_SHOWN = 1_000  # columns of visible prose, at most, where a script fills in the page
_PROSE = 80  # columns of a visible paragraph
_PROBES, _PROBE = 12, 24
_LEAST_TEASER = 20  # letters
_MOST_WORK = 200_000_000  # characters compared; far more than any news page needs
_TAG = compile_lazily(
    r"</?(?:p|br|div|h[1-6]|ul|ol|li|blockquote|figure|span|a|strong|em|b|i)\b[^<>]*>"
)
_BLANK_LINES = compile_lazily(r"\n\s*\n")
# Two or more spaces after the end of a sentence.
_DOUBLE_SPACE = compile_lazily(r"(?<=[.!?…。！？\"”’»)])[ \xa0\t]{2,}(?=\S)")
# The end of a sentence at the end of a line.
_LINE_END = compile_lazily(r"[.!?…:。！？：][\"”’»)」』]*[ \t\r]*\n")
# The gap between two sentences without a space between them, as in "shut.The port".
_GLUED = compile_lazily(
    r"(?<=[a-zà-ÿ][.!?])(?=[«“\"]?[A-ZÀ-Ý][a-zà-ÿ’']+ )|(?<=[.!?][”»])(?=[A-ZÀ-Ý])"
)
_SIGNS = compile_lazily(r"[\W_]+")
_BESIDE = frozenset({"nav", "footer", "aside"})


@dataclass(frozen=True, slots=True)
class Stated:
    """A text that a page contains without showing it: its parts, and a flag for its source."""

    parts: tuple[tuple[BlockKind, str], ...]
    flag: Flag


def add_stated(
    page: Elements, pieces: Sequence[Piece], articles: Sequence[Article]
) -> tuple[list[Piece], tuple[Flag, ...]]:
    """Add the pieces of a stated article that the page does not show; also return its flag.

    >>> from corpus_norm.extraction.json_ld import read_articles
    >>> tree = parse('''<script type="application/ld+json">{"@type": "NewsArticle",
    ... "articleBody": "The ferry terminal stays shut until the end of the month, the harbour
    ... authority said on Monday.  Passengers will be taken by bus to the old quay, where
    ... boats leave every hour."}</script><p>Loading''')
    >>> page = Elements(tree)
    >>> found, flags = add_stated(page, read_pieces(tree), read_articles(page))
    >>> [piece.text[:10] for piece in found], [flag.value for flag in flags]
    (['Loading', 'The ferry ', 'Passengers'], ['body_from_json_ld'])
    """
    size = sum(measure(piece.text) for piece in pieces if _is_prose_piece(piece))
    stated = _find_stated(page, articles, size)
    if stated is None:
        return list(pieces), ()
    everything = list(_iterate_pieces(stated.parts))
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


def label_stated(pieces: Sequence[Piece], likely: Sequence[bool]) -> list[Piece]:
    """Label the stated article and the likely visible pieces as main text.

    Skip visible pieces that repeat a part of the stated article, such as a teaser.
    """
    stated = [_squeeze(piece.text) for piece in pieces if piece.is_stated]
    labelled = []
    for piece, is_likely in zip(pieces, likely, strict=True):
        if piece.is_stated:
            labelled.append(piece.assign(in_main=True, reason="stated by the page, not shown"))
            continue
        text = _squeeze(piece.text)
        is_cut = len(text) >= _LEAST_TEASER and any(text in each for each in stated)
        is_main = is_likely and not is_cut and piece.region not in _BESIDE
        labelled.append(piece.assign(in_main=is_main, reason="cut off here" if is_cut else ""))
    return labelled


def _find_stated(page: Elements, articles: Iterable[Article], size: int) -> Stated | None:
    bodies = [text for article in articles if (text := _body_of(article))]
    body = max(bodies, key=measure_text, default="")
    if measure_text(body) >= max(LEAST_BODY, size):
        return Stated(((BlockKind.PARAGRAPH, body),), Flag.BODY_FROM_JSON_LD)
    if size <= MOST_SHOWN and (parts := find_text(page)):
        return Stated(tuple(parts), Flag.BODY_FROM_SCRIPT)
    return None


def _body_of(article: Article) -> str:
    """Return the body of an article, or the joined entries of a live blog."""
    updates = article.node.get("liveBlogUpdate")
    if article.body or not isinstance(updates, list):
        return article.body
    entries = (update for update in updates if isinstance(update, dict))
    texts = ((entry.get("headline"), entry.get("articleBody")) for entry in entries)
    return "\n\n".join(text for pair in texts for text in pair if isinstance(text, str))


def _iterate_pieces(parts: Iterable[tuple[BlockKind, str]]) -> Iterator[Piece]:
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
    r"""Split a text without markup into paragraphs.

    Split at blank lines, else at line breaks, else at traces of lost line breaks: two spaces, or
    no space at all, between sentences.

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


def _is_prose_piece(piece: Piece) -> bool:
    return (
        piece.link_density < 0.3 and piece.region not in _BESIDE and measure(piece.text) >= _PROSE
    )


def _is_shown(whole: str, shown: str) -> bool:
    """Whether more than half of the text is on the page, judged by samples."""
    step = max(1, (len(whole) - _PROBE) // _PROBES)
    probes = [whole[at : at + _PROBE] for at in range(0, max(1, len(whole) - _PROBE), step)]
    return 2 * sum(probe in shown for probe in probes) > len(probes)


def _find_place(pieces: Sequence[Piece], whole: str) -> int:
    """Find the place of the article: after its visible teaser, else after headline and byline."""
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
    """Return the piece inside a new article element; ``number`` is the first unused number."""
    place = Place(number, number + 1, 4, 0, 0)
    return Piece(piece.kind, piece.text, True, piece.tag, 0.0, "article", place, "", True)  # noqa: FBT003


def _squeeze(text: str) -> str:
    """Return only the letters and digits, in lower case."""
    return _SIGNS.sub("", text.lower())
