"""The kinds of blocks, assigned once the body is known.

Short lines inside the body become headings; blocks outside it get their kind from the lexicon or
from the section they are in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.boilerplate.features import CLOCK, NAME
from corpus_norm.boilerplate.headlines import ENDS, SIGN_UP, TIME, find_title, is_item, names_people
from corpus_norm.boilerplate.lexicon import LONGEST_NOTICE, QUOTED, SITE_WORDS, is_spoken
from corpus_norm.boilerplate.model import HAN, LIST, LISTED, SHORT_PAGE, without_ads
from corpus_norm.boilerplate.vectors import FAR
from corpus_norm.bylines import is_person
from corpus_norm.bylines.han_names import is_han_name
from corpus_norm.dates import is_dateline, is_entry
from corpus_norm.document import Block, BlockKind, Flag
from corpus_norm.languages import any_of, combine
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from corpus_norm.boilerplate.features import Features, Flags

Labels = dict[int, tuple[BlockKind, str]]
# A user name: @name, one with a capital or a digit inside or an underscore, or initials.
HANDLE = compile_lazily(
    r"@\w{3,}|@?(?=\w*[a-z])\w*(?:[a-z][A-Z]|[A-Z]{2,}[a-z]|_|\w\d)\w*|(?:[A-ZÀ-Þ]\.-?){2,4}"
)
SET_APART = frozenset({BlockKind.HEADING, BlockKind.CODE})
"""Kinds that a lexicon phrase does not turn into boilerplate inside the body."""
_LONGEST_CREDIT = 60
# A picture credit at the end of a caption: `… on Monday. (Ana Sample/AP)`.
_CREDITED = compile_lazily(
    r"(?:©|[/(|]|\b(?:via|by|par)\b|\b(?:photo|image|crédit|credit)s?\s*:?)[^.!?。]{0,30}?"
    rf"\b(?:{any_of(combine(lambda record: record.credits).agencies)})\W*$",
    re.IGNORECASE,
)
LIKELY = 0.5
CERTAIN = 0.7
"""The confidence under which a page is flagged.

Under this are 7 % of the development pages, whole and pasted.  On them, the mean F1 by characters
of the split is .78, on the others .97.
"""
STANDFIRST, BELOW_TITLE = 0.4, 3  # the least probability, and most blocks below the headline
OPEN_STANDFIRST, POSSIBLE = 50, 0.1  # columns and probability of a standfirst without a stop
SUBHEAD, MOST_SUBHEADS = 25, 6  # columns of a line between headline and body, and most of them
NAMED, BELOW_SECTION = 2, 6  # blocks between the name of a section and an article, to its first
_CREDITS = frozenset({BlockKind.BYLINE, BlockKind.DATELINE})
UNLIKELY = 0.3
"""The confidence of a body under which it may be lines of a list."""
CLEAR = 0.85
"""The confidence of a body that has boilerplate around it, above which its parts are no teasers."""
SMALL_BODY, TEASER = 400, 1_500  # columns of a body that may be none, or only the beginning
NO_BODY = 100  # columns of a body without a sentence that is no more than a headline
BELOW = 8  # blocks below a body in which a paywall may stand
INDEX_LINES, INDEX_SIZE = 9, 6_000  # the least lines and most columns of an index taken for a body
HEADLINE, TEASER_WIDTH = 60, 300  # columns of a headline and of a teaser in such a list
MOST_SHARED, SELDOM = 0.2, 0.1  # of the terms of an index; of its lines, if they end a sentence
LONGEST_ERROR = 120  # characters of an error message
LONGEST_DATE = 80  # columns of a line that holds a date and little else
LABEL, SENTENCE = 40, 30  # the most columns of the label of a field, the least of a sentence
_ERROR = compile_lazily(any_of(combine(lambda record: record.error_pages)), re.IGNORECASE)
_PAYWALL = compile_lazily(any_of(combine(lambda record: record.paywall)), re.IGNORECASE)
_WALL = compile_lazily(any_of(combine(lambda record: record.walls)), re.IGNORECASE)
_CONSENT = compile_lazily(any_of(combine(lambda record: record.consent)), re.IGNORECASE)
_SECOND = compile_lazily(r"[.!?…][\"”»’]? +\W?\w|[。！？][”」]?\w")  # a second sentence
_ENDS_IN_CREDIT = compile_lazily(r"[.!?。！？]\s*[(（][^()（）]{1,40}[)）]$")
FOLLOWS_AUTHOR = ("follow", "suivre", "关注", "關注")


@dataclass(frozen=True)
class Page:
    """Blocks with their features and the decision on each; shared by all rules."""

    blocks: Sequence[Block]
    seen: Features
    in_body: Sequence[bool]
    reasons: Sequence[str]
    probability: Sequence[float] = ()

    @cached_property
    def confidence(self) -> float:
        """How certain the line between body and boilerplate is, from 0 to 1.

        It is 1 less the sum of what the model thinks possible against the decision, as a share of
        the width of the body; 1 for a document without boilerplate.
        """
        is_split = any(self.in_body) and not all(
            known or hit for known, hit in zip(self.in_body, self.seen.is_hit.tolist(), strict=True)
        )
        if not is_split or not len(self.probability):
            return 1.0
        in_body = np.asarray(self.in_body, dtype=np.float64)
        width = self.seen.width * ~self.seen.is_hit
        doubt = np.abs(in_body - np.asarray(self.probability)) * width
        return max(0.0, 1.0 - float(doubt.sum() / max(1.0, (width * in_body).sum())))

    @cached_property
    def topics(self) -> list[tuple[int, int]]:
        """How many of a block's terms other blocks of the body have, and how many it has."""
        owner, code = self.seen.terms.owner, self.seen.terms.code
        in_body = np.asarray(self.in_body, dtype=bool) & ~self.seen.is_hit
        _, term = np.unique(code, return_inverse=True)
        counts = np.bincount(term[in_body[owner]], minlength=int(term.max(initial=0)) + 1)
        shared = np.bincount(owner[counts[term] > in_body[owner]], minlength=len(self.blocks))
        number = np.bincount(owner, minlength=len(self.blocks))
        return list(zip(shared.tolist(), number.tolist(), strict=True))

    @cached_property
    def first(self) -> int:
        """The index of the first block of the body, 0 where there is none."""
        return self.in_body.index(True) if True in self.in_body else 0

    @cached_property
    def first_prose(self) -> int:
        """The index of the first sentence of some length in the body, 0 where there is none."""
        prose = np.flatnonzero(np.asarray(self.in_body, dtype=bool) & self.seen.is_prose)
        return int(prose[0]) if len(prose) else 0

    @cached_property
    def last(self) -> int:
        """The index after the last block of the body, 0 where there is none."""
        return max((index + 1 for index, each in enumerate(self.in_body) if each), default=0)

    @cached_property
    def size(self) -> int:
        """The number of blocks in the body."""
        return sum(map(bool, self.in_body))

    def is_inside(self, index: int) -> bool:
        """Whether the block lies between the first and last block of the body."""
        return self.first <= index < self.last


_LISTS = compile_lazily(any_of(combine(lambda record: record.lists)), re.IGNORECASE)
_OF_TEASERS = frozenset({BlockKind.DATELINE, BlockKind.BYLINE, BlockKind.CAPTION})
MOST_LINES = 3  # short lines above a teaser
BUTTON = 40  # columns that no button exceeds
_NO_HEADLINES = frozenset({BlockKind.TABLE, BlockKind.CODE})
"""Kinds of blocks in which the pages that list headlines have none."""


def find_lack(page: Page) -> Flag | None:
    """Return the flag of a page without an article, or with only its beginning; else None.

    A page of one short text has no lack: it may be a brief, or a line to be translated.
    """
    seen = page.seen
    in_body = np.asarray(page.in_body, dtype=bool) & ~seen.is_hit
    texts = [block.text for block in page.blocks]
    size = float(seen.width[in_body].sum())
    if size < 2 * SMALL_BODY and _is_wall(texts, seen, in_body):
        return Flag.NO_ARTICLE
    if size < TEASER and _is_teaser(page, texts, in_body):
        return Flag.TEASER_ONLY
    if not in_body.all() and size < NO_BODY and not seen.ends_sentence[in_body].any():
        return Flag.NO_ARTICLE
    if page.confidence < UNLIKELY and size < 2 * SMALL_BODY and _is_scattered(page, in_body):
        return Flag.NO_ARTICLE
    kinds = np.array([block.kind in _NO_HEADLINES for block in page.blocks], dtype=bool)
    return Flag.NO_ARTICLE if _is_index(page, in_body & ~kinds) else None


def _is_scattered(page: Page, in_body: Flags) -> bool:
    """Whether no two blocks of the body that end a sentence stand next to each other.

    A body with one or two such blocks may be a brief.
    """
    at = np.flatnonzero(in_body & page.seen.ends_sentence)
    return len(at) not in {1, 2} and bool(np.diff(at).min(initial=FAR) > 1)


def _is_wall(texts: Sequence[str], seen: Features, in_body: Flags) -> bool:
    """Whether the page tells the reader why there is no article, and little else.

    What else the body holds must be short of a sentence; labels of fields and sentences that
    address the reader do not count.
    """
    rest = in_body & ~((seen.width < LABEL) & ~seen.ends_sentence)
    for at in np.flatnonzero(rest).tolist():
        rest[at] = not (_is_notice(texts[at]) or is_spoken(texts[at]))
    sentences = rest & seen.ends_sentence
    width = float(seen.width[rest].sum())
    is_little = width < 2 * LABEL and float(seen.width[sentences].sum()) < SENTENCE
    return is_little and any(map(_is_notice, texts))


def _is_teaser(page: Page, texts: Sequence[str], in_body: Flags) -> bool:
    """Whether the words of a paywall stand below the body, or end it after other sentences."""
    sentences = np.flatnonzero(in_body & page.seen.ends_sentence)
    return any(
        _has_paywall(texts[index]) and (index >= page.last or (sentences < index).any())
        for index in range(max(page.first, page.last - 2), min(len(texts), page.last + BELOW))
    )


@lru_cache(maxsize=4_096)
def _has_paywall(text: str) -> bool:
    """Whether a block has the words of a paywall, and not as a quotation."""
    found = _PAYWALL.search(text)
    return found is not None and len(QUOTED.findall(text, 0, found.start())) % 2 == 0


def _is_notice(text: str) -> bool:
    """Whether a block says that the page cannot be shown, or what must be done before.

    >>> _is_notice("404 Not Found"), _is_notice("We use cookies to show you personal ads.")
    (True, True)
    >>> _is_notice("A shop that set cookies without asking must pay 40,000 euros.")
    False
    """
    if len(text) > 2 * LONGEST_NOTICE:
        return False
    return _is_short_notice(text)


@lru_cache(maxsize=16_384)
def _is_short_notice(text: str) -> bool:
    """Do :func:`_is_notice` once for a line, which the pages of a site share."""
    if _CONSENT.search(text) and is_spoken(text):
        return True
    if len(text) > LONGEST_NOTICE or QUOTED.search(text):
        return False
    is_line = len(text) <= LONGEST_ERROR and _ERROR.fullmatch(text.strip(" .!。！")) is not None
    return is_line or _WALL.search(text) is not None


def _is_index(page: Page, in_body: Flags) -> bool:
    """Whether the body is a list: of headlines, or of teasers of a sentence or two each.

    Entries of an index have few terms in common, the lines of an article many.
    """
    at, seen = np.flatnonzero(in_body), page.seen
    width, prose = seen.width[at], seen.is_prose[at]
    if page.last - page.first < INDEX_LINES or width.sum() > INDEX_SIZE:
        return False
    entries = in_body & seen.is_prose if prose.any() else in_body
    if _share_terms(seen, entries) > MOST_SHARED:
        return False
    if prose.any():
        return _are_teasers(page, at, prose)
    least = 2 * INDEX_LINES if in_body.all() else INDEX_LINES
    is_open = seen.ends_sentence[at].mean() < SELDOM
    return bool(len(at) >= least and is_open and width.mean() < HEADLINE)


def _are_teasers(page: Page, at: NDArray[np.int64], prose: Flags) -> bool:
    """Whether the blocks ``at`` are headlines, and those of them in ``prose`` their teasers."""
    seen = page.seen
    if sum(_opens_entry(page, index) for index in at.tolist()) > 1:
        return False  # a live page
    if LIKELY < page.confidence < 1.0 and _is_told(page, at[prose]):
        return False  # a round-up, an interview, a list of places, a live page
    asked = sum(page.blocks[index].text.rstrip().endswith(("?", "？")) for index in at.tolist())
    if 3 * asked >= len(at):
        return False  # an interview
    is_apart = np.diff(at[prose]).min(initial=FAR) > 1
    is_short = seen.width[at[prose]].max() < TEASER_WIDTH
    return bool(is_apart and is_short and prose.sum() > 2 and 4 * prose.sum() >= len(at))


def _is_told(page: Page, at: NDArray[np.int64]) -> bool:
    """Whether blocks are longer than teasers: in columns, or most by a second sentence."""
    width = page.seen.width[at].mean()
    if page.confidence <= CLEAR:
        return bool(width > TEASER_WIDTH / 2)
    several = sum(_SECOND.search(page.blocks[index].text) is not None for index in at.tolist())
    return bool(2 * several >= len(at) or width > TEASER_WIDTH / 3)


def _opens_entry(page: Page, index: int) -> bool:
    """Whether a block heads an entry of a live page, or stands below its time and heading."""
    if is_entry(page.blocks[index].text):
        return True
    above = index - 1
    if above > 0 and page.seen.hits[above] is None and page.seen.is_short[above]:
        above -= 1
    is_below = above >= 0 and TIME.fullmatch(page.blocks[above].text.strip()) is not None
    return bool(page.seen.is_prose[index]) and is_below


def _share_terms(seen: Features, chosen: Flags) -> float:
    """Return the share of the terms of some blocks that more than one of them has."""
    code = seen.terms.code[chosen[seen.terms.owner]]
    _, term, count = np.unique(code, return_inverse=True, return_counts=True)
    return float((count[term] > 1).mean()) if len(code) else 0.0


def name_kinds(page: Page, headline: str | None = None) -> list[Block]:
    """Return the blocks with their kinds and reasons; ``headline`` is that of the metadata."""
    labels, listed = label_blocks(page)
    title = find_title(page, listed, headline)
    if title is not None:
        labels[title] = (BlockKind.TITLE, "headline above the body")
        labels.update(standfirst := _find_standfirst(page, title))
        labels.update(_find_list_below(page, standfirst) or _find_subheads(page, title))
    labels.update(_duplicates(page, title))
    return [_relabel(block, *labels[index]) for index, block in enumerate(page.blocks)]


def _relabel(block: Block, kind: BlockKind, reason: str) -> Block:
    if kind is block.kind and reason == block.reason:
        return block
    return block.relabel(kind, reason, block.language, block.language_score)


def _find_standfirst(page: Page, title: int) -> Labels:
    """Label the sentence below the headline, where a byline, a date or buttons end it.

    The model is unsure of a single sentence that other things part from the article.
    """
    for index in range(title + 1, min(title + 1 + BELOW_TITLE, page.first, len(page.probability))):
        seen, reason = page.seen, page.reasons[index]
        if seen.is_prose[index] and not SITE_WORDS.search(page.blocks[index].text):
            least = POSSIBLE if _is_above_credits(page, index) else STANDFIRST
            kind = BlockKind.PARAGRAPH, f"sentence below the headline; {reason}"
            return {index: kind} if page.probability[index] >= least else {}
        if seen.hits[index] is None and seen.keys[index] not in seen.keys[title]:
            return _label_open_standfirst(page, index)
    return {}


def _label_open_standfirst(page: Page, index: int) -> Labels:
    """Label a long line without a stop below the headline, if a byline or a date is just below."""
    is_standfirst = (
        page.seen.width[index] >= OPEN_STANDFIRST
        and page.probability[index] > POSSIBLE
        and not (page.seen.numeric["dates"][index] and CLOCK.search(page.blocks[index].text))
        and not names_people(page.blocks[index].text)
        and not _CREDITED.search(page.blocks[index].text)
        and _is_above_credits(page, index)
    )
    reason = f"a standfirst above the credits; {page.reasons[index]}"
    return {index: (BlockKind.PARAGRAPH, reason)} if is_standfirst else {}


def _is_above_credits(page: Page, index: int) -> bool:
    """Whether a byline or a date is just below a block, above the body."""
    below = page.seen.hits[index + 1 : min(index + 1 + BELOW_TITLE, page.first)]
    return any(hit is not None and hit.kind in _CREDITS for hit in below)


def _find_subheads(page: Page, title: int) -> Labels:
    """Label two long lines or more between the headline and the body, as press releases have.

    Nothing else may stand between them: a byline or a button would open a box or a menu.
    """
    lines = range(title + 1, page.first)
    if not 1 < len(lines) <= MOST_SUBHEADS or page.seen.is_hit[title + 1 : page.first].any():
        return {}
    texts = [page.blocks[at].text for at in lines]
    is_told = all(
        page.seen.width[at] >= SUBHEAD
        and not page.seen.ends_sentence[at]
        and not page.seen.numeric["address"][at]
        and not is_dateline(text)
        and not names_people(text)
        for at, text in zip(lines, texts, strict=True)
    )
    reason = "a line between the headline and the article"
    kinds = {at: page.blocks[at].kind for at in lines}
    return {at: (kind, f"{reason}; {page.reasons[at]}") for at, kind in kinds.items() if is_told}


def _find_list_below(page: Page, standfirst: Labels) -> Labels:
    """Label the lines of a list between the standfirst and the rest of the body, as in a recipe."""
    above = next((at for at, (kind, _) in standfirst.items() if kind is BlockKind.PARAGRAPH), None)
    if above is None or len(page.blocks) > SHORT_PAGE:
        return {}
    lines = without_ads(page.seen, range(above + 1, page.first))
    gap = slice(lines.start, lines.stop)
    if len(lines) < LIST or page.seen.is_hit[gap].any():
        return {}
    is_likely = np.mean(page.probability[gap]) >= LISTED
    is_spaced = page.seen.numeric["han_share"][gap].mean() < HAN
    reason = "a list below the standfirst"
    labels = {at: (BlockKind.PARAGRAPH, f"{reason}; {page.reasons[at]}") for at in lines}
    return labels if is_likely and is_spaced else {}


def label_blocks(page: Page) -> tuple[Labels, set[int]]:
    """Label all blocks but the headline; also return the indices of those that a list holds."""
    labels: Labels = {}
    listed: set[int] = set()
    for index in range(len(page.blocks)):
        if index not in listed:
            labels[index] = _decide(page, index)
            if page.seen.hits[index] is not None:
                members = _section(page, index)
                labels.update(members)
                listed.update(members)
    return labels, listed


def _decide(page: Page, index: int) -> tuple[BlockKind, str]:
    """Return the kind of one block, before sections and duplicates are considered."""
    block, hit, reason = page.blocks[index], page.seen.hits[index], page.reasons[index]
    if hit is not None and _heads_questions(page, index):
        return BlockKind.HEADING, f"a heading above a question of the article; {reason}"
    if hit is not None and not (block.kind in SET_APART and page.in_body[index]):
        return hit.kind, f"{hit.reason}; {reason}"
    if not page.in_body[index]:
        return _name_outside(page, index)
    if block.kind is BlockKind.PARAGRAPH and _is_date_above_prose(page, index):
        kind = BlockKind.BYLINE if names_people(block.text) else BlockKind.DATELINE
        return kind, f"a date above the article; {reason}"
    if block.kind is BlockKind.PARAGRAPH and _looks_like_heading(page, index):
        return BlockKind.HEADING, f"short line before prose; {reason}"
    return block.kind, reason


def _heads_questions(page: Page, index: int) -> bool:
    """Whether a word of menus, such as FAQ, stands in the body above a question."""
    hit, around = page.seen.hits[index], page.in_body[max(index - 1, 0) : index + 2]
    is_menu = hit is not None and hit.kind is BlockKind.NAVIGATION and hit.mode == "line"
    if not is_menu or len(around) < 3 or not (around[0] and around[2]):
        return False
    return page.blocks[index + 1].text.rstrip().endswith(("?", "？"))


def _name_outside(page: Page, index: int) -> tuple[BlockKind, str]:
    """Return the kind of a block outside the body that no phrase names."""
    block, reason = page.blocks[index], page.reasons[index]
    if block.kind is BlockKind.CAPTION:
        return block.kind, reason
    if _is_handle(page, index):
        return BlockKind.BYLINE, "a name beside a date or a follow button, above the body"
    if page.probability and page.probability[index] > LIKELY:
        reason = f"apart from the article; {reason}"
    if not page.seen.is_prose[index]:
        return BlockKind.NAVIGATION, reason
    if _CREDITED.search(block.text, max(0, len(block.text) - _LONGEST_CREDIT)):
        return BlockKind.CAPTION, f"sentences that end in a picture credit; {reason}"
    return BlockKind.OTHER, reason


def _section(page: Page, index: int) -> Labels:
    """Label the list that block ``index`` opens, such as the links after "See also"."""
    hit = page.seen.hits[index]
    if hit is None or hit.mode != "section":
        return {}
    label = hit.kind, f"listed under {hit.words[:40]!r}"
    following = range(index + 1, len(page.blocks))
    is_list = hit.kind is BlockKind.RELATED_LINKS and _LISTS.search(hit.words) is not None
    teasers = find_teasers(page.seen, index) if is_list else range(0)
    if teasers and not (index < page.first and _is_article(page, teasers)):
        return dict.fromkeys(teasers, label)
    members = list(takewhile(lambda i: _belongs(page, i, hit.kind), following))
    if members and is_item(page.blocks[members[0]]):
        members = list(takewhile(lambda i: is_item(page.blocks[i]), members))
    elif len(members) > 1 and _is_above_article(page, members[-1]):
        members = members[:-1]  # a heading of the article itself
    if len(members) <= NAMED and page.first - BELOW_SECTION <= index < page.first:
        above = page.seen.width[:index] * ~page.seen.is_hit[:index]
        if float(above.max(initial=0.0)) < SUBHEAD:
            return {}  # the name of the section that the article is in, and its headline
    return dict.fromkeys(members, label)


def _is_above_article(page: Page, index: int) -> bool:
    """Whether a line that is no item of a list stands just above a block of the body."""
    is_inside = index + 1 < page.last and page.seen.hits[index + 1] is None
    return is_inside and not is_item(page.blocks[index])


def _is_article(page: Page, teasers: range) -> bool:
    """Whether most sentences below the words of a list are likely to be those of an article."""
    told = [at for at in teasers if page.seen.is_prose[at]]
    likely = [at for at in told if page.in_body[at] and page.probability[at] > LIKELY]
    return bool(page.probability) and 2 * len(likely) > len(told)


def find_teasers(seen: Features, index: int) -> range:
    """Return the headlines and teasers of other articles below ``index``, two teasers at least.

    One to three short lines, a headline and perhaps an author and a date, stand above each teaser.
    Where one sentence follows another, the article goes on, with the heading above them.
    """
    ends = [index]
    for at in range(index + 1, len(seen)):
        hit, is_prose = seen.hits[at], bool(seen.is_prose[at])
        if (hit is not None and hit.kind not in _OF_TEASERS) or at - ends[-1] > MOST_LINES + 1:
            break
        if is_prose and at == ends[-1] + 1:
            ends = ends[:-1]
            break
        if is_prose:
            ends.append(at)
    return range(index + 1, ends[-1] + 1) if len(ends) > 2 else range(0)


LEAST_TIMES = 3  # times of day that make a report a live one
LEAST_TOLD = 3  # one of so many entries must be body already
_TIMED = compile_lazily(r"\W{0,2}(\d{1,2})[:hH](\d{2})\b\W*\w")


def find_feed(blocks: Sequence[Block], seen: Features) -> list[int]:
    """Return the headlines of a live feed: each opens with a time no later than the one above.

    The entries of a live report have prose below, and a programme begins with the earliest time.
    """
    feed, times = list[int](), list[int]()
    for at, block in enumerate(blocks):
        found = None if seen.ends_sentence[at] else _TIMED.match(block.text)
        if found is not None and not seen.is_prose[at + 1 : at + 2].any():
            feed.append(at)
            times.append(60 * int(found[1]) + int(found[2]))
    is_falling = len(set(times)) > 1 and all(a >= b for a, b in pairwise(times))
    return feed if is_falling and len(feed) >= LEAST_TIMES else []


def find_entries(
    texts: Sequence[str], seen: Features, in_body: Sequence[bool], times: Sequence[int]
) -> list[int]:
    """Return the sentences of the entries of a live page, and the headings below their times.

    Buttons inside an entry do not end it, but they end the last one.

    >>> from corpus_norm.boilerplate.features import extract_features
    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> texts = ["9:30", "Shares", "They fell by a tenth.", "Share", "9:10", "The bank is shut."]
    >>> seen = extract_features(texts, load_lexicon())
    >>> find_entries(texts, seen, [False, False, True, False, False, False], [0, 4])
    [1, 2, 5]
    """
    entries = [
        _list_entry(texts, seen, range(start + 1, end))
        for start, end in pairwise([*times, len(seen)])
    ]
    known = sum(any(in_body[at] for at in entry) for entry in entries)
    return [at for entry in entries for at in entry] if LEAST_TOLD * known >= len(times) else []


def _list_entry(texts: Sequence[str], seen: Features, lines: range) -> list[int]:
    is_last = lines.stop == len(seen)
    told = list[int]()
    for at in lines:
        hit = seen.hits[at]
        if hit is not None and (is_last or hit.mode == "section" or hit.kind in ENDS):
            break
        if hit is None and seen.ends_sentence[at] and not SIGN_UP.search(texts[at]):
            told.append(at)
        elif is_last and told:
            break
    has_heading = told[:1] == [lines.start + 1] and seen.hits[lines.start] is None
    is_heading = has_heading and bool(seen.is_short[lines.start])
    return [lines.start, *told] if is_heading else told


def _belongs(page: Page, index: int, section: BlockKind) -> bool:
    """Whether a block can be in a list of this kind: a short line of no other kind."""
    hit = page.seen.hits[index]
    if hit is not None:
        return hit.kind in {section, BlockKind.NAVIGATION} and not page.in_body[index]
    if is_item(page.blocks[index]):
        return section is not BlockKind.SHARE or bool(page.seen.width[index] < BUTTON)
    is_comment = section is BlockKind.COMMENTS
    is_contact = section is BlockKind.NAVIGATION and index > page.first
    is_open = is_contact or not page.in_body[index]
    return is_open and (is_comment or bool(page.seen.is_short[index]))


def _duplicates(page: Page, title: int | None) -> Labels:
    """Label repetitions of the headline and of any block as long as a sentence.

    If a teaser above the body repeats a paragraph of it, the teaser is the duplicate.
    """
    labels: Labels = {}
    first_seen: dict[str, int] = {}
    in_order = sorted(range(len(page.blocks)), key=lambda index: not page.in_body[index])
    seen = page.seen
    for index in in_order:
        earlier = first_seen.setdefault(seen.keys[index], index)
        if index == title:
            continue
        if title is not None and seen.keys[index] == seen.keys[title]:
            labels[index] = (BlockKind.DUPLICATE, "repeats the headline")
        elif earlier != index and seen.width[index] >= 60 and seen.hits[index] is None:
            labels[index] = (BlockKind.DUPLICATE, f"repeats block {earlier}")
    return labels


def _looks_like_heading(page: Page, index: int) -> bool:
    """Whether a block is a short line before a sentence, or a question before a longer one.

    A line that ends with a colon introduces the next block and is no heading; nor is a sentence
    with a credit after its stop: 他说。（完）.
    """
    text, seen = page.blocks[index].text, page.seen
    width = seen.width[index]
    if index + 1 >= page.last or width >= 120 or text.endswith((":", "：")):
        return False
    if _ENDS_IN_CREDIT.search(text):
        return False
    is_question = text.endswith(("?", "？")) and seen.width[index + 1] > 3 * width
    return bool((is_question or seen.is_short[index]) and seen.ends_sentence[index + 1])


def _is_date_above_prose(page: Page, index: int) -> bool:
    """Whether a block of the body is a date and little else, above the first prose."""
    is_above = index < page.first_prose and page.seen.width[index] < LONGEST_DATE
    return bool(is_above) and is_dateline(page.blocks[index].text)


def _is_handle(page: Page, index: int) -> bool:
    """Whether a block is a short name above the body, before a date or a follow button.

    Without the button it must look like a name, because menus also precede dates.
    """
    if not _is_before_date(page, index):
        return False
    text = page.blocks[index].text
    hits = page.seen.hits[index + 1 : index + 3]
    is_followed = any(hit and hit.words.lower() in FOLLOWS_AUTHOR for hit in hits)
    is_name = is_person(text) or is_han_name(text) or HANDLE.fullmatch(text) is not None
    return is_followed or is_name


def _is_before_date(page: Page, index: int) -> bool:
    """Whether a block is a few words above the body, one or two blocks before a date or button."""
    text = page.blocks[index].text
    hits = page.seen.hits[index + 1 : index + 3]
    if index >= page.first or len(text) > 40 or None in hits[:1]:
        return False
    is_before = any(
        hit is not None and (hit.kind is BlockKind.DATELINE or hit.words.lower() in FOLLOWS_AUTHOR)
        for hit in hits
    )
    return is_before and NAME.fullmatch(text) is not None
