"""The headline of a text that does not mark it, the lead above the article, marked lines below it.

Lines down to the first of the body are compared: what they share with the body, how they are
written, and where they stand between menus, standfirst, byline and date.  A weight for each of
these measures, learned as a conditional logit (McFadden 1974, "Conditional logit analysis of
qualitative choice behavior"), makes a score; where no line scores more than :data:`NO_HEADLINE`,
the page has none.  How the weights were learned: ``training/boilerplate/README.md``.
"""

from __future__ import annotations

import math
import re
from itertools import groupby, takewhile
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.boilerplate.features import CLOSERS, normalize_key
from corpus_norm.boilerplate.lexicon import SITE_WORDS, is_spoken
from corpus_norm.bylines import are_names, is_person, read_byline, read_signed_line
from corpus_norm.bylines.names import is_organization
from corpus_norm.dates import is_dateline
from corpus_norm.document import BlockKind
from corpus_norm.languages import any_of, combine
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from corpus_norm.boilerplate.features import Features
    from corpus_norm.boilerplate.kinds import Page
    from corpus_norm.document import Block

ABOVE, BELOW = 40, 5  # blocks compared before and after the first block of the body
LEAST_WIDTH, LONGEST, LONGEST_NAME = 8, 300, 60
CREDITS = frozenset({BlockKind.BYLINE, BlockKind.DATELINE})
REPEATED_ABOVE, REPEATED_WITHIN = 10, 8  # blocks above the body, and to the repetition
NEAR, FAR = 3, 12  # lines between a headline and a credit
FEW = 6  # blocks of a body that is too short to repeat many words of its headline
_LONGEST_QUESTION = 160
LONGEST_PRESS = 6  # Han characters of the name of a newspaper or site
LEAST_TITLE, LEAST_WORDS = 25, 4  # columns, words or Han characters of a line above a credit
_WORD = compile_lazily(r"[\u3400-\u9fff]|[^\W\d_]{2,}")
_SECOND = compile_lazily(r"[^\W\d_]{3}[.!?] +[^\W\d_]")  # where a second sentence begins
_LONG_WORD = compile_lazily(r"[^\W\d_][\w'’]{3,}")
_STOPS = (".", "。", "…", ";", "；", ",", "，", "、")
_BARS = compile_lazily(r"\s[|>›»·•/\\~]+\s|[|>›»]|\s{2,}")
_ADDRESS = compile_lazily(r"\w@\w|(?:^|\s)[@#]\w|https?:|www\.|\]\(")
_PRESS = compile_lazily(any_of(combine(lambda record: record.press)) + "$")
# A figure of a market and how it changed: "Nasdaq 16,857.05 +0.17%".
_QUOTE = compile_lazily(r"\d[.,]\d+\s{1,3}[-+−▲▼]?\d+(?:[.,]\d+)?\s?%\W{0,3}$")
_PRICE = compile_lazily(r"[-+]\d+(?:[.,]\d+)?\s?%")
WEIGHTS = {
    "topic": 3.62,
    "shared": 0.44,
    "log_width": 0.59,
    "is_short": -1.68,
    "is_long": -4.63,
    "is_very_long": -2.94,
    "ends_stop": -3.73,
    "asks": 0.45,
    "ends_colon": -4.73,
    "shouts": -3.01,
    "bars": -2.33,
    "is_address": -1.62,
    "is_price": -4.16,
    "digits": 4.16,
    "stopwords": 0.13,
    "is_name": -0.27,
    "at_credit": 0.33,
    "near_credit": 0.66,
    "no_credit": -0.3,
    "below_credit": -1.22,
    "to_body": -0.34,
    "in_body": -1.3,
    "is_first": 0.1,
    "past_first": -2.23,
    "is_heading": 2.0,
    "repeats": 1.03,
    "opens": 1.22,
    "is_listed": -0.94,
    "leads": 0.24,
    "is_nearest_topic": 0.66,
    "is_only": 0.67,
    "is_brief": 2.07,
    "is_pair": -1.19,
}
"""The weight of each measure; ``is_heading`` is set by hand, as the pages have no markup."""
NO_HEADLINE = 3.5
STANDFIRST, SHORTER = 70, 0.9
"""Columns of a line that may be a standfirst; the most that a headline above it has of them."""
LEAST_CREDITED = 1.5
"""The score of a line that may be a headline where a byline or a date is just below it."""


def find_title(page: Page, listed: Container[int] = (), title: str | None = None) -> int | None:
    """Find the index of the headline, None when no line looks like one.

    The headline is the line equal to ``title``, that of the metadata, else a line repeated near the
    top, else the line with the best score, else a heading or a question that opens the text.

    Args:
        page: the blocks with the decision which of them are body.
        listed: indices of the blocks under a heading such as "Share".
        title: the headline in the metadata.
    """
    top = range(min(page.first + 1, len(page.blocks)))
    keys = page.seen.keys[: len(top)]
    if title is not None and (wanted := normalize_key(title)) in keys:
        return keys.index(wanted)
    for index in top[-REPEATED_ABOVE:]:
        again = page.seen.keys[index + 1 : min(index + REPEATED_WITHIN, page.first + 3)]
        if page.seen.keys[index] in again and _may_be_repeated(page, index):
            below = index + 1 + again.index(page.seen.keys[index])
            again_text = page.blocks[below].text.strip()
            # An author's handle, or the heading of a part listed above.
            if not again_text.startswith("@") and not again_text.endswith((":", "：")):
                return index
    indices, table = measure(page, listed)
    scores = table @ np.array(list(WEIGHTS.values()))
    for at in map(int, np.argsort(-scores, kind="stable")):
        is_likely = scores[at] > NO_HEADLINE or (
            scores[at] > LEAST_CREDITED
            and indices[at] not in listed
            and _is_credited(page, indices[at])
        )
        if is_likely and not _is_author(page, indices[at], indices):
            return _find_above(page, at, indices, scores.tolist(), listed)
    is_headed = title is None and _opens_with_heading(page)
    return 0 if is_headed or _opens_with_question(page) else None


def _find_above(
    page: Page, at: int, indices: list[int], scores: list[float], listed: Container[int]
) -> int:
    """Return the line above a long one if it may be its headline, else the long one.

    A standfirst has room for more of the words of the article than the headline above it.
    """
    chosen, above = indices[at], at - 1
    if above < 0 or indices[above] != chosen - 1 or page.seen.width[chosen] < STANDFIRST:
        return chosen
    text = page.blocks[chosen - 1].text
    is_line = page.seen.width[chosen - 1] < SHORTER * page.seen.width[chosen]
    is_headline = (
        is_line
        and scores[above] > LEAST_CREDITED
        and len(_WORD.findall(text)) >= LEAST_WORDS
        and chosen - 1 not in listed
        and not page.seen.ends_sentence[chosen - 1]
        and not names_people(text)
        and not is_organization(text)
    )
    return chosen - 1 if is_headline else chosen


def _is_author(page: Page, index: int, indices: Container[int]) -> bool:
    """Whether a line names people: with a "by" or a role, or between a headline and a date."""
    text, below = page.blocks[index].text, range(index + 1, min(index + 3, len(page.blocks)))
    if names_people(text):
        return True
    is_below = index - 1 in indices and not is_person(page.blocks[index - 1].text)
    return is_below and is_person(text) and any(_is_credit(page, at) for at in below)


def _is_credited(page: Page, index: int) -> bool:
    """Whether a line of some words, no list's, has a byline or a date just below it.

    The name of an author, without a "by", counts where the date is below the name.  Above a "by",
    two words are enough, as no menu ends there.
    """
    text, below = page.blocks[index].text, range(index + 1, min(index + 3, page.first_prose))
    if not below or _ADDRESS.search(text):
        return False
    dates = [_is_credit(page, at) or is_dateline(page.blocks[at].text) for at in below]
    name, words = page.blocks[index + 1].text, len(_WORD.findall(text))
    if page.seen.width[index] >= LEAST_TITLE and words >= LEAST_WORDS:
        return dates[0] or names_people(name) or (dates[-1] and is_person(name))
    is_name = is_person(text) or is_organization(text)
    return words > 1 and not is_name and bool(read_byline(name))


def names_people(text: str) -> bool:
    """Whether a line is a byline or a list of names."""
    return are_names(text) or bool(read_byline(text)) or bool(read_signed_line(text))


def _is_repeated(page: Page, index: int) -> bool:
    return page.seen.keys[index] in page.seen.keys[index + 1 : page.first + 3]


def _may_be_repeated(page: Page, index: int) -> bool:
    """Whether a repeated line may be a headline: no prose, no button, no name."""
    is_line = 12 <= page.seen.width[index] <= LONGEST and not page.seen.is_prose[index]
    hit, text = page.seen.hits[index], page.blocks[index].text
    return bool(is_line) and hit is None and not names_people(text)


def _opens_with_question(page: Page) -> bool:
    text, width = page.blocks[0].text, page.seen.width[0]
    return "?" in text and 20 <= width < _LONGEST_QUESTION and _is_candidate(page, 0)


def _opens_with_heading(page: Page) -> bool:
    """Whether the writer marked the first line up as a heading, and text is below it."""
    kinds = [block.kind for block in page.blocks[:2]]
    is_apart = kinds[0] is BlockKind.HEADING and kinds[1:] != [BlockKind.HEADING]
    return is_apart and len(kinds) > 1 and _is_candidate(page, 0)


def measure(
    page: Page, listed: Container[int] = ()
) -> tuple[list[int], np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    """Return the indices of the lines that may be the headline, and their measures as a table."""
    span = range(max(0, page.first - ABOVE), min(page.first + BELOW, len(page.blocks)))
    indices = [index for index in span if _is_candidate(page, index)]
    credited = [at for at in span if _is_credit(page, at)]
    rows = [
        [
            float(each)
            for each in (
                *_see_topic(page, index),
                *_see_form(page, index),
                *_see_place(page, index, indices, credited, listed),
                *_compare(page, index, indices),
            )
        ]
        for index in indices
    ]
    return indices, np.array(rows, dtype=np.float64).reshape(len(rows), len(WEIGHTS))


def _is_candidate(page: Page, index: int) -> bool:
    """Whether a line of some length is no known boilerplate, no date and no Chinese masthead."""
    if page.seen.hits[index] is not None or not LEAST_WIDTH <= page.seen.width[index] <= LONGEST:
        return False
    text = page.blocks[index].text.strip()
    is_masthead = len(text) <= LONGEST_PRESS and text > "\u3400" and _PRESS.search(text) is not None
    return not (is_masthead or is_dateline(text) or _QUOTE.search(text))


def _is_credit(page: Page, index: int) -> bool:
    hit = page.seen.hits[index]
    return hit is not None and hit.kind in CREDITS


def _see_topic(page: Page, index: int) -> tuple[float, ...]:
    shared, terms = page.topics[index]
    return shared / (terms + 1.0), math.log1p(shared)


def _see_form(page: Page, index: int) -> tuple[float, ...]:
    """Measure how a line is written."""
    text, width = page.blocks[index].text.strip(), float(page.seen.width[index])
    bare = text.rstrip(CLOSERS)
    letters = sum(map(str.isalpha, text))
    digits = sum(map(str.isdigit, text))
    return (
        math.log(width),
        width < 25,
        width > 130,
        width > 200,
        bare.endswith(_STOPS) and not _has_title_case(text),
        bare.endswith(("?", "？")),
        bare.endswith((":", "：")),
        text.isupper() and letters > 3,
        min(len(_BARS.findall(text)), 3),
        _ADDRESS.search(text) is not None,
        _PRICE.search(text) is not None,
        digits / len(text),
        min(float(page.seen.stopword_share[index]), 0.5),
        len(text) <= LONGEST_NAME and is_person(text),
    )


def _has_title_case(text: str) -> bool:
    """Whether a line has two sentences, of which all words but the short ones begin with a capital.

    >>> _has_title_case("Ferries Were to Save This Island. They Stopped Running.")
    True
    >>> _has_title_case("The High Court in New Delhi.")
    False
    """
    words = _LONG_WORD.findall(text)
    return (
        _SECOND.search(text) is not None
        and len(words) >= LEAST_WORDS
        and all(word[0].isupper() for word in words)
    )


def _see_place(
    page: Page, index: int, indices: list[int], credited: list[int], listed: Container[int]
) -> tuple[float, ...]:
    """Measure where a line stands among the others that may be the headline, and credits."""
    credit = next((at for at in credited if at > index), None)
    between = FAR if credit is None else sum(index < at < credit for at in indices)
    before = sum(index - FAR <= at < index for at in credited)
    following = index + 1
    leads = (
        following < len(page.blocks)
        and page.seen.hits[following] is None
        and page.seen.width[following] > 1.5 * page.seen.width[index]
    )
    return (
        between == 0,
        0 < between <= NEAR,
        credit is None,
        min(before, 3),
        math.log1p(sum(index < at < page.first for at in indices)),
        page.in_body[index],
        index == page.first,
        index > page.first,
        page.blocks[index].kind is BlockKind.HEADING,
        _is_repeated(page, index),
        index == 0,
        index in listed,
        leads,
    )


def _compare(page: Page, index: int, indices: list[int]) -> tuple[float, ...]:
    """Measure a line against the others that may be the headline."""
    lines = [at for at in indices if at <= page.first and not page.seen.ends_sentence[at]]
    shared = page.topics[index][0]
    is_nearest = shared > 0 and all(shared >= page.topics[at][0] for at in lines)
    return (
        is_nearest,
        len(lines) == 1,
        page.size <= FEW,
        len(page.blocks[index].text.split()) == 2 and not page.blocks[index].text[:1] > "\u2e80",
    )


LEAD, CREDIT_LINES = 0.25, 4
"""The least probability of a lead, and most lines of names, roles and dates below it."""
_SUMMARY = compile_lazily(any_of(combine(lambda record: record.summaries)), re.IGNORECASE)


def find_lead(
    texts: Sequence[str], seen: Features, in_body: Sequence[bool], probability: Sequence[float]
) -> list[int]:
    """Return the summary above the body under a heading that says so, or a lead above the byline.

    >>> from corpus_norm.boilerplate.features import extract_features
    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> prose = "The quay stays shut for at least a week, the port authority said on Monday."
    >>> texts = ["Share", "Key points", "The port of Dover is shut", "No ships", "Getty", prose]
    >>> seen = extract_features(texts, load_lexicon())
    >>> find_lead(texts, seen, [*[False] * 5, True], [0.0, 0.1, 0.3, 0.3, 0.0, 0.9])
    [2]
    """
    first = in_body.index(True) if True in in_body else 0
    above = range(max(first - FAR, 0), first)
    for at in above:
        if _SUMMARY.fullmatch(texts[at].strip(" :：")) is not None:
            lines = range(at + 1, first)
            return list(takewhile(lambda each: _may_be_told(seen, each), lines))
    at, is_credited = first - 1, False
    while at >= above.start and first - at <= CREDIT_LINES and not seen.is_prose[at]:
        hit = seen.hits[at]
        is_credit = is_person(texts[at]) if hit is None else hit.kind in CREDITS
        if not is_credit and (hit is not None or not seen.is_short[at]):
            return []
        is_credited = is_credited or is_credit
        at -= 1
    is_lead = is_credited and at >= above.start and texts[at].endswith((".", "。"))
    is_likely = is_lead and probability[at] >= LEAD and not SITE_WORDS.search(texts[at])
    return [at] if is_likely else []


def _may_be_told(seen: Features, at: int) -> bool:
    return seen.hits[at] is None and int(seen.width[at]) >= LEAST_TITLE


ENDS = frozenset({BlockKind.COMMENTS, BlockKind.COPYRIGHT, BlockKind.COOKIE_NOTICE})
"""Kinds of boxes below which no article goes on."""
LARGEST = 8  # blocks of a box
DOUBTFUL = 0.5  # the probability of a sentence of a page that may hold no more than a brief
REST = 0.1  # the least probability of a sentence further down on such a page
LEADS, SHORTEST = 4, 16  # sentences above a box, and columns of the shortest of them
STOPS = (".", "!", "。", "！")
TIME = compile_lazily(
    r"\d{1,2}\s?[:hH.：時时點点]\s?\d{2}(?:分|\s?[ap]\.?m\.?)?(?:\s\(?(?-i:[A-Z]{2,4}(?:[+-]\d)?)\)?)?",
    re.IGNORECASE,
)
_CREDIT = compile_lazily(
    r"\s*[（(](?:[^()（）]{0,30}[\u3400-\u9fff][^()（）]{0,30}|[a-z]{2,3}(?:/[a-z]{2,3}){0,3})[)）]\d{0,7}$"
)
# The rate at which a wire converts money: ($1 = 10.53 Norwegian crowns).
_RATE = compile_lazily(
    r"[（(]\W{0,3}(?:[A-Z]{2,3}\W?)?1 ?[^=()]{0,30}= ?[^()]{0,4}\d[^()]{0,60}[)）]"
)
SIGN_UP = compile_lazily(any_of(combine(lambda record: record.sign_up)), re.IGNORECASE)


def find_opening(
    texts: Sequence[str], seen: Features, in_body: Sequence[bool], _: Sequence[float] = ()
) -> list[int]:
    """Return the sentences between the byline or date and a box above the rest of the body.

    >>> from corpus_norm.boilerplate.features import extract_features
    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> prose = "The quay stays shut for at least a week, the port authority said on Monday."
    >>> texts = ["By Ann Lee", "The port is shut.", "Advertisement", prose]
    >>> seen = extract_features(texts, load_lexicon())
    >>> find_opening(texts, seen, [False, False, False, True])
    [1]
    """
    first = in_body.index(True) if True in in_body else 0
    found, boxes = list[int](), 0
    for at in range(first - 1, max(first - LARGEST - LEADS, 0) - 1, -1):
        hit = seen.hits[at]
        if hit is not None and hit.kind in CREDITS and not TIME.fullmatch(texts[at].strip()):
            is_joined = bool(found) and found[-1] == first - len(found)
            return sorted(found) if boxes or is_joined else []
        if hit is not None and hit.kind not in ENDS:
            boxes += 1
        elif hit is None and _opens(texts[at], seen, at):
            found.append(at)
        elif hit is not None or not seen.is_short[at]:
            break
    return []


def find_brief(
    texts: Sequence[str], seen: Features, in_body: Sequence[bool], probability: Sequence[float]
) -> list[int]:
    """Return the sentences below a byline or date, on a page that has no likely sentence.

    The model takes an article of one or two sentences between menus for a part of them.

    >>> from corpus_norm.boilerplate.features import extract_features
    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> prose = "The quay stays shut for at least a week, the port authority said on Monday."
    >>> texts = ["Home", "The quay is shut", "By Ann Lee", prose, "No ship came in.", "Read next"]
    >>> seen = extract_features(texts, load_lexicon())
    >>> find_brief(texts, seen, [True, True, False, True, False, False], [0.1] * 6)
    [3, 4]
    """
    likely = (at for at in range(len(texts)) if in_body[at] and probability[at] > DOUBTFUL)
    if any(seen.hits[at] is None and is_told(texts[at], seen, at) for at in likely):
        return []
    sentences = (at for at in range(len(texts)) if seen.ends_sentence[at] and not seen.hits[at])
    told = {at for at in sentences if is_told(texts[at], seen, at)}
    best, width = list[int](), 0.0
    for at in range(len(texts)):
        hit = seen.hits[at]
        if hit is None or hit.kind not in CREDITS or TIME.fullmatch(texts[at].strip()):
            continue
        run = list(takewhile(told.__contains__, range(at + 1, len(texts))))
        size = float(seen.width[run].sum())
        if size > width and seen.is_prose[run].any():
            best, width = run, size
    if not best:
        return []
    rest = (at for at in sorted(told) if at > best[-1] and in_body[at] and probability[at] > REST)
    return [*best, *rest]


def _opens(text: str, seen: Features, at: int) -> bool:
    """Whether a block is a sentence, and a long one if it has words that speak of a site."""
    return is_told(text, seen, at) and bool(seen.is_prose[at] or not SITE_WORDS.search(text))


def is_told(text: str, seen: Features, at: int) -> bool:
    """Whether a block is a sentence of some words that neither addresses nor invites the reader."""
    if _RATE.fullmatch(text.strip()) is not None:
        return True
    told = _CREDIT.sub("", text.rstrip())
    is_whole = told.rstrip(CLOSERS)[-1:] in STOPS and not told.endswith("...")
    return (
        is_whole
        and int(seen.width[at]) >= SHORTEST
        and not is_spoken(text)
        and not SIGN_UP.search(text)
    )


MARKED, HEADED = 0.2, 0.05  # the least probability of a block marked up, and below a heading


def find_marked_end(
    blocks: Sequence[Block], seen: Features, in_body: Sequence[bool], probability: Sequence[float]
) -> list[int]:
    r"""Return the headings, items and quotes just below the body, and the sentence after them.

    The writer marked them up; to the model short lines at the end look like a menu.  The items of
    a menu in Markdown are links.

    >>> from corpus_norm.boilerplate.features import extract_features
    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> from corpus_norm.segmentation import split_blocks
    >>> blocks = split_blocks("The quay stays shut.\n\n## What next\n\n- Tests\n- Repairs\n")
    >>> seen = extract_features([block.text for block in blocks], load_lexicon())
    >>> find_marked_end(blocks, seen, [True, False, False, False], [0.9, 0.4, 0.3, 0.3])
    [1, 2, 3]
    """
    start = len(in_body) - list(in_body)[::-1].index(True) if True in in_body else len(blocks)
    is_headed = start < len(blocks) and blocks[start].kind is BlockKind.HEADING
    least = HEADED if is_headed else MARKED
    found = list(
        takewhile(
            lambda at: (
                (blocks[at].kind is not BlockKind.PARAGRAPH or _introduces(blocks, at))
                and seen.hits[at] is None
                and probability[at] > least
                and "](" not in blocks[at].text
            ),
            range(start, len(blocks)),
        )
    )
    end = start + len(found)
    if found and end < len(blocks) and seen.ends_sentence[end] and seen.hits[end] is None:
        found += [end] if probability[end] > least else []
    while found and blocks[found[-1]].kind is BlockKind.HEADING:
        found.pop()
    return found


def _introduces(blocks: Sequence[Block], at: int) -> bool:
    """Whether a line ends with a colon, and an item of a list is below it."""
    is_open = blocks[at].text.endswith((":", "："))
    return is_open and at + 1 < len(blocks) and is_item(blocks[at + 1])


def is_item(block: Block) -> bool:
    """Whether the block is an item of a list."""
    return block.kind is BlockKind.LIST_ITEM


OPENING, ENTRIES = 3, 5  # words that the entries of a directory begin with, and fewest entries


def find_directory(blocks: Sequence[Block], seen: Features) -> list[int]:
    """Return the links of a directory: one below the other, all with the same first words.

    "Plumbers in Austin", "Plumbers in Boston" and so on lead to other pages of the site.
    """
    openings: list[object] = []
    for at, block in enumerate(blocks):
        words = [] if seen.ends_sentence[at] else block.text.lower().split(maxsplit=OPENING)
        openings.append(words[:OPENING] if len(words) > OPENING else at)
    runs = (list(run) for _, run in groupby(range(len(blocks)), openings.__getitem__))
    return [at for run in runs if len(run) >= ENTRIES for at in run]
