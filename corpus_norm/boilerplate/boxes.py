"""A second look at texts whose body is interrupted by a box or by times of day.

To the model a sign-up form in the middle of an article looks like its end, and so does a column of
times in a live report.  So these are taken out and the model is asked again about the rest.  The
prose it then finds is body, if it carries on below a box and speaks of the same things as the
article, or stands between the times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from corpus_norm.boilerplate.features import CLOSERS
from corpus_norm.boilerplate.lexicon import SITE_WORDS
from corpus_norm.document import BlockKind
from corpus_norm.languages import any_of, combine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus_norm.boilerplate.features import Features

BOXES = frozenset(
    {
        BlockKind.NEWSLETTER,
        BlockKind.PROMO,
        BlockKind.RELATED_LINKS,
        BlockKind.SHARE,
        BlockKind.CAPTION,
    }
)
ENDS = frozenset({BlockKind.COMMENTS, BlockKind.COPYRIGHT, BlockKind.COOKIE_NOTICE})
"""Kinds of boxes inside an article, and kinds below which no article goes on."""
OPENERS = frozenset({BlockKind.BYLINE, BlockKind.DATELINE})
"""Kinds of lines above the first sentence of an article."""
LEAD, SHORTEST = 4, 16  # sentences above a box, and columns of the shortest of them
STOPS = (".", "!", "。", "！")
LARGEST, TITLES = 8, 1  # blocks of a box, short lines between it and the prose below
MOST = 6  # boxes of an article; more are those of a list of goods or pictures
LEAST_TIMES = 3  # times of day that make a report a live one
EDGE, SURE = 0.3, 0.7  # the least probability of a sentence and of the first prose below a box
LIKELY = 0.5  # the least probability of short sentences
_TIME = re.compile(r"\d{1,2}\s?[:hH.：時时點点]\s?\d{2}(?:分|\s?[ap]\.?m\.?)?", re.IGNORECASE)
_SIGN_UP = re.compile(any_of(combine(lambda record: record.sign_up)), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gap:
    """What is taken out of an article: indices of blocks, and whether they are times of day."""

    blocks: tuple[int, ...]
    is_times: bool


def find_gap(texts: Sequence[str], seen: Features, in_body: Sequence[bool]) -> Gap | None:
    """Find the boxes or times with prose below them that is not yet body; None if there are none.

    >>> from corpus_norm.boilerplate.features import extract_features
    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> prose = "The quay stays shut for at least a week, the port authority said on Monday."
    >>> texts = [prose, "Sign up for our newsletter", "Your email", "Cranes stand still", prose]
    >>> seen = extract_features(texts, load_lexicon())
    >>> find_gap(texts, seen, [True, False, False, False, False]).blocks
    (1, 2)
    """
    if True not in in_body:
        return None
    times = [at for at, text in enumerate(texts) if _TIME.fullmatch(text.strip())]
    if len(times) >= LEAST_TIMES and all(any(seen.is_prose[at + 1 : at + 4]) for at in times):
        return Gap(tuple(times), is_times=True)
    end = next((at for at in range(in_body.index(True), len(seen)) if _ends(seen, at)), len(seen))
    boxes = _find_boxes(seen, in_body.index(True), end)
    gone = [box for box in boxes if _find_prose_below(seen, in_body, box)]
    taken = tuple(at for box in boxes for at in box)
    return Gap(taken, is_times=False) if gone and len(boxes) <= MOST else None


def find_opening(texts: Sequence[str], seen: Features, in_body: Sequence[bool]) -> list[int]:
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
    for at in range(first - 1, max(first - LARGEST - LEAD, 0) - 1, -1):
        hit = seen.hits[at]
        if hit is not None and hit.kind in OPENERS:
            return sorted(found) if boxes or len(found) == first - 1 - at else []
        if hit is not None and hit.kind not in ENDS:
            boxes += 1
        elif hit is None and _is_sentence(texts[at], seen, at):
            found.append(at)
        elif hit is not None or not seen.is_short[at]:
            break
    return []


def _is_sentence(text: str, seen: Features, at: int) -> bool:
    """Whether a block is a sentence of some words that does not speak of the site."""
    is_long = int(seen.width[at]) >= SHORTEST
    return is_long and text.rstrip(CLOSERS)[-1:] in STOPS and not SITE_WORDS.search(text)


def _ends(seen: Features, at: int) -> bool:
    hit = seen.hits[at]
    return hit is not None and (hit.kind in ENDS or (hit.mode == "section" and at > 0))


def _find_boxes(seen: Features, start: int, end: int) -> list[list[int]]:
    """List the boxes: hits, with the short lines between them and one just above a sign-up."""
    boxes: list[list[int]] = []
    for at in range(start, end):
        hit = seen.hits[at]
        if hit is None or hit.kind not in BOXES:
            continue
        between = range(boxes[-1][-1] + 1, at) if boxes else range(0)
        if boxes and len(between) <= 2 and all(seen.is_short[each] for each in between):
            boxes[-1] += [*between, at]
        else:
            is_titled = hit.kind is BlockKind.NEWSLETTER and at > start and seen.is_short[at - 1]
            boxes.append([at - 1, at] if is_titled else [at])
    return [box for box in boxes if len(box) <= LARGEST]


def _find_prose_below(seen: Features, in_body: Sequence[bool], box: Sequence[int]) -> list[int]:
    """Return the blocks below a box up to the first sentence, if they are not body yet."""
    above, below = box[0] - 1, box[-1] + 1
    is_inside = above >= 0 and any(in_body[max(0, above - TITLES) : above + 1])
    short = list(
        takewhile(lambda at: bool(seen.is_short[at]), range(below, min(below + TITLES, len(seen))))
    )
    prose = below + len(short)
    speaks = prose < len(seen) and seen.hits[prose] is None and bool(seen.ends_sentence[prose])
    if not is_inside or not speaks or in_body[prose]:
        return []
    return [*short, prose]


def list_found(
    texts: Sequence[str],
    seen: Features,
    in_body: Sequence[bool],
    gap: Gap,
    found: Sequence[tuple[int, bool, float, float]],
) -> list[int]:
    """List the blocks outside the body that the second look found to be part of it.

    ``found`` has, for each block not taken out, its index, whether it is body, how likely, and the
    share of its terms that the rest of the article has.
    """
    if gap.is_times:
        inside = range(gap.blocks[0], len(seen))
        return [at for at, is_body, *_ in found if is_body and (at in inside or not in_body[at])]
    added: list[int] = []
    judged = {at: (is_body, odds, topic) for at, is_body, odds, topic in found}
    starts = [at + 1 for at in gap.blocks if at + 1 not in gap.blocks]
    for below in reversed(starts):  # if prose further down is body, so is the prose above it
        start = below + _count_headings(seen, below)
        run = list(takewhile(lambda at: _carries_on(seen, judged, at), range(start, len(seen))))
        run = [*range(below, start), *run]
        while run and not seen.ends_sentence[run[-1]]:
            run.pop()
        prose = [at for at in run if seen.is_prose[at]]
        speaks = bool(added) or any(judged[at][2] > 0 for at in run)
        is_box = any(_SIGN_UP.search(texts[at]) for at in run[:2])
        is_sure = bool(prose) and speaks and judged[prose[0]][1] >= SURE
        if not is_box and (is_sure or _is_short_article(seen, judged, run)):
            added += run
    return added


def _is_short_article(
    seen: Features, judged: Mapping[int, tuple[bool, float, float]], run: Sequence[int]
) -> bool:
    """Whether a run holds nothing but sentences that are likely, however short."""
    return bool(run) and all(
        seen.ends_sentence[at] and judged[at][0] and judged[at][1] >= LIKELY for at in run
    )


def _count_headings(seen: Features, below: int) -> int:
    """Count the short lines between a box and the prose below it, 0 or 1."""
    is_heading = below < len(seen) and seen.hits[below] is None and bool(seen.is_short[below])
    return int(is_heading and below + 1 < len(seen) and bool(seen.is_prose[below + 1]))


def _carries_on(seen: Features, judged: Mapping[int, tuple[bool, float, float]], at: int) -> bool:
    """Whether the article goes on with a block: found to be body, or a sentence that may be."""
    is_body, share, _ = judged.get(at, (False, 0.0, 0.0))
    return seen.hits[at] is None and (is_body or (bool(seen.ends_sentence[at]) and share > EDGE))
