"""Which blocks are the article, and what the others are.

The model decides for the whole sequence which blocks are body (:mod:`.model`).  Then each block
gets its name: short lines inside the body are headings, blocks outside it are named by the
lexicon or by the section they stand in.  What the lexicon knows is never body, so a user's own
phrases always count.  For HTML the extractor has drawn the body already, with the same kind of
model and the evidence of the tree, and only the names remain to be given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.boilerplate.bylines import find_names
from corpus_norm.boilerplate.dates import find_date
from corpus_norm.boilerplate.features import NAME, Features, normalize_key, observe
from corpus_norm.boilerplate.lexicon import Lexicon, load_lexicon
from corpus_norm.boilerplate.model import load_model
from corpus_norm.boilerplate.vectors import describe
from corpus_norm.document import Block, BlockKind, Document
from corpus_norm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

Labels = dict[int, tuple[BlockKind, str]]
DATED_KINDS = frozenset({BlockKind.DATELINE, BlockKind.BYLINE, BlockKind.SOURCE_CREDIT})
UNNAMED_KINDS = frozenset({BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.NAVIGATION})
BYLINE_REST = 40  # characters beside the name: a role, a date
EDGE = 0.22
FOLLOWS_AUTHOR = ("follow", "suivre", "关注", "關注")


@dataclass(frozen=True)
class Page:
    """Blocks with their features and the decision on each; the view all rules share."""

    blocks: Sequence[Block]
    features: Sequence[Features]
    in_body: Sequence[bool]
    reasons: Sequence[str]

    @cached_property
    def first(self) -> int:
        """The index of the first block of the body, 0 where there is none."""
        return self.in_body.index(True) if True in self.in_body else 0

    @cached_property
    def last(self) -> int:
        """The index after the last block of the body, 0 where there is none."""
        return max((index + 1 for index, each in enumerate(self.in_body) if each), default=0)

    def is_inside(self, index: int) -> bool:
        """Whether the block stands between the ends of the body."""
        return self.first <= index < self.last


def classify(documents: Sequence[Document], settings: Settings | None = None) -> list[Document]:
    """Give every block of every document its kind, and find title and authors on the way.

    Args:
        documents: documents with blocks; those of HTML have their furniture marked already.
        settings: ``lexicon_paths`` extend the packaged lexicons.

    Returns:
        The same documents in the same order, no block added or dropped.
    """
    lexicon = load_lexicon((settings or Settings()).lexicon_paths)
    return [_classify_document(document, lexicon) for document in documents]


def classify_blocks(
    blocks: Sequence[Block], lexicon: Lexicon | None = None, title: str | None = None
) -> list[Block]:
    """Give every block of a plain-text document its kind, with the reason.

    >>> from corpus_norm.segmentation import split_blocks
    >>> text = '''A bank fails in the night
    ... By Ann Example
    ... The bank closed its doors on Monday, after a week in which clients took out billions.
    ... The state will pay them all back by the end of the year, the minister said on Tuesday.
    ... Share this article
    ... Facebook'''
    >>> for block in classify_blocks(split_blocks(text)):
    ...     print(block.kind, "|", block.text[:18].strip())
    title | A bank fails in th
    byline | By Ann Example
    paragraph | The bank closed it
    paragraph | The state will pay
    share | Share this article
    share | Facebook
    """
    if not blocks:
        return []
    features = observe([block.text for block in blocks], lexicon or load_lexicon())
    table, columns = describe(features)
    barred = np.array([seen.hit is not None for seen in features])
    verdict = load_model("text").judge(table, columns, barred)
    in_body = _keep_edges(features, verdict.in_body.tolist(), verdict.probability.tolist())
    in_body = _keep_markup(blocks, features, in_body)
    page = Page(blocks, features, in_body, verdict.reasons)
    return _label(page, find_title(page, title))


def find_title(page: Page, title: str | None = None) -> int | None:
    """The index of the headline, None when there is none to be seen.

    A line that the metadata name, or that is repeated near the top, or the line before the prose
    that is long enough for a headline, with nothing but bylines, dates and buttons between.
    """
    top = range(min(page.first + 1, len(page.blocks)))
    keys = [page.features[index].key for index in top]
    if title is not None and (wanted := normalize_key(title)) in keys:
        return keys.index(wanted)
    for index in top:
        below = page.features[index + 1 : page.first + 3]
        repeated = any(seen.key == keys[index] for seen in below)
        if repeated and _can_be_title(page, index) and not page.features[index].is_prose:
            return index
    for index in reversed(top):
        if _looks_like_title(page, index):
            return index
        if index < page.first and page.features[index].hit is None and not _is_handle(page, index):
            return None  # something else stands between the body and any headline
    return None


def _classify_document(document: Document, lexicon: Lexicon) -> Document:
    if document.media_type == "text/html":
        blocks = _classify_extracted(document, lexicon)
    else:
        blocks = classify_blocks(document.blocks, lexicon, document.title)
    blocks = [_name_byline(block, document.authors) for block in blocks]
    titles = [block.text for block in blocks if block.kind is BlockKind.TITLE]
    authors = document.authors or tuple(
        name
        for block in blocks
        if block.kind is BlockKind.BYLINE
        for name in find_names(block.text)
    )
    dates = (find_date(block.text) for block in blocks if block.kind in DATED_KINDS)
    return replace(
        document,
        published=document.published or next(filter(None, dates), None),
        blocks=tuple(blocks),
        title=document.title or (titles[0] if titles else None),
        authors=authors,
    )


def _classify_extracted(document: Document, lexicon: Lexicon) -> list[Block]:
    """Blocks of HTML: the extractor's body stands, but for what the lexicon knows inside it."""
    blocks = document.blocks
    features = observe([block.text for block in blocks], lexicon, in_full=False)
    reasons = [block.reason for block in blocks]
    page = Page(blocks, features, [block.is_body for block in blocks], reasons)
    return _label(page, find_title(page, document.title))


def _name_byline(block: Block, authors: Sequence[str]) -> Block:
    """A line that begins with an author the metadata name, and is little more, is a byline."""
    for author in authors:
        is_line = len(block.text) <= len(author) + BYLINE_REST and not block.text.endswith(".")
        if block.kind in UNNAMED_KINDS and is_line and block.text.startswith(author):
            return replace(block, kind=BlockKind.BYLINE, reason="begins with the author's name")
    return block


def _keep_edges(
    features: Sequence[Features], in_body: list[bool], probability: Sequence[float]
) -> list[bool]:
    """Sentences just before or after the body stay in it when in doubt.

    A last sentence lost hurts a reader more than one of furniture kept, and F1 does not change.
    """
    if True not in in_body:
        return in_body
    kept = list(in_body)
    first, last = kept.index(True), len(kept) - kept[::-1].index(True)
    for way in (range(last, len(kept)), range(first - 1, -1, -1)):
        for index in takewhile(lambda i: _may_be_edge(features[i], probability[i]), way):
            kept[index] = True
    return kept


def _may_be_edge(seen: Features, probability: float) -> bool:
    is_sentence = seen.hit is None and seen.ends_sentence and seen.stopword_share > 0.1
    return is_sentence and probability > EDGE


def _keep_markup(
    blocks: Sequence[Block], features: Sequence[Features], in_body: list[bool]
) -> list[bool]:
    """Headings, lists and quotes marked as such by the writer belong to the text around them.

    So does a line between such a list and prose: it ends the list.
    """
    if True not in in_body:
        return in_body
    first, last = in_body.index(True), len(in_body) - in_body[::-1].index(True)
    return [
        known
        or (
            first <= index < last
            and (block.kind is not BlockKind.PARAGRAPH or _is_item(blocks[index - 1]))
            and (seen.hit is None or block.kind is BlockKind.HEADING)
        )
        for index, (block, seen, known) in enumerate(zip(blocks, features, in_body, strict=True))
    ]


def _label(page: Page, title: int | None) -> list[Block]:
    labels: Labels = {}
    for index in range(len(page.blocks)):
        if index not in labels:
            labels[index] = _decide(page, index)
            labels.update(_section(page, index))
    if title is not None:
        labels[title] = (BlockKind.TITLE, "headline above the body")
    labels.update(_duplicates(page, title))
    return [
        replace(block, kind=labels[index][0], reason=labels[index][1])
        for index, block in enumerate(page.blocks)
    ]


def _decide(page: Page, index: int) -> tuple[BlockKind, str]:
    """The kind of one block, sections and duplicates left aside."""
    block, seen, reason = page.blocks[index], page.features[index], page.reasons[index]
    if seen.hit is not None and not (block.kind is BlockKind.HEADING and page.in_body[index]):
        return seen.hit.kind, f"{seen.hit.reason}; {reason}"
    if not page.in_body[index]:
        if block.kind is BlockKind.CAPTION:
            return block.kind, reason
        if _is_handle(page, index):
            return BlockKind.BYLINE, "a name beside a date or a follow button, above the body"
        return BlockKind.NAVIGATION, reason
    if block.kind is BlockKind.PARAGRAPH and _looks_like_heading(page, index):
        return BlockKind.HEADING, f"short line before prose; {reason}"
    return block.kind, reason


def _section(page: Page, index: int) -> Labels:
    """What belongs to the list that block ``index`` opens, such as the links after "See also"."""
    hit = page.features[index].hit
    if hit is None or hit.mode != "section":
        return {}
    following = range(index + 1, len(page.blocks))
    members = list(takewhile(lambda i: _belongs(page, i, hit.kind), following))
    if members and _is_item(page.blocks[members[0]]):
        members = list(takewhile(lambda i: _is_item(page.blocks[i]), members))
    elif len(members) > 1 and members[-1] + 1 < page.last:
        members = members[:-1]  # a heading of the article itself
    return dict.fromkeys(members, (hit.kind, f"listed under {hit.words[:40]!r}"))


def _belongs(page: Page, index: int, section: BlockKind) -> bool:
    """Whether a block can stand in a list of this kind: a short line of no other kind."""
    hit = page.features[index].hit
    if hit is not None:
        return hit.kind in {section, BlockKind.NAVIGATION} and not page.in_body[index]
    if _is_item(page.blocks[index]):
        return True
    is_comment = section is BlockKind.COMMENTS
    return not page.in_body[index] and (is_comment or page.features[index].is_short)


def _duplicates(page: Page, title: int | None) -> Labels:
    """Repetitions of the headline, and of any sentence-long block.

    A paragraph of the body is no repetition of the teaser above it: the teaser is.
    """
    labels: Labels = {}
    first_seen: dict[str, int] = {}
    in_order = sorted(range(len(page.features)), key=lambda index: not page.in_body[index])
    for index in in_order:
        seen = page.features[index]
        earlier = first_seen.setdefault(seen.key, index)
        if index == title:
            continue
        if title is not None and seen.key == page.features[title].key:
            labels[index] = (BlockKind.DUPLICATE, "repeats the headline")
        elif earlier != index and seen.width >= 60 and seen.hit is None:
            labels[index] = (BlockKind.DUPLICATE, f"repeats block {earlier}")
    return labels


def _can_be_title(page: Page, index: int) -> bool:
    seen = page.features[index]
    return seen.hit is None and 12 <= seen.width <= 300


def _looks_like_title(page: Page, index: int) -> bool:
    seen, text = page.features[index], page.blocks[index].text
    is_question = index == 0 and "?" in text and seen.width < 160
    is_line = seen.is_short or (not seen.ends_sentence and seen.width < 200)
    is_long_enough = seen.width >= 20 and (len(text.split()) >= 3 or seen.width > 2 * len(text))
    return _can_be_title(page, index) and is_long_enough and (is_line or is_question)


def _looks_like_heading(page: Page, index: int) -> bool:
    """A short line or question just before a much longer block; a colon leads in, it heads not."""
    text, seen = page.blocks[index].text, page.features[index]
    if index + 1 >= page.last or seen.width >= 120 or text.endswith((":", "：")):
        return False
    follower = page.features[index + 1]
    is_question = text.endswith(("?", "？")) and follower.width > 3 * seen.width
    return (is_question or seen.is_short) and follower.ends_sentence


def _is_handle(page: Page, index: int) -> bool:
    """A short name above the body, just before a date or a follow button (or one block further)."""
    text = page.blocks[index].text
    if index >= page.first or len(text) > 40 or NAME.fullmatch(text) is None:
        return False
    hits = [seen.hit for seen in page.features[index + 1 : index + 3]]
    return None not in hits[:1] and any(
        hit is not None and (hit.kind is BlockKind.DATELINE or hit.words.lower() in FOLLOWS_AUTHOR)
        for hit in hits
    )


def _is_item(block: Block) -> bool:
    return block.kind is BlockKind.LIST_ITEM
