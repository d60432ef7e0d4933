"""A document as a table of numbers: a row per block, with its neighbourhood and its place.

No word is a column, so what is learnt from one language holds for others: length, punctuation,
stopword density, lexicon hits by kind, repetition, position, and how much a block speaks of the
same things as the prose around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.boilerplate.features import MARKS
from corpus_norm.boilerplate.lexicon import MODES, PRIORITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from corpus_norm.boilerplate.features import Features

    Table = NDArray[np.float64]
    Column = NDArray[np.float64]

NEAR = ("log_width", "ends_sentence", "stopword_share", "is_hit", "speaks", "sentences")
STEPS = (-2, -1, 1, 2)
REACHES = (3, 8)
MEANS = ("log_width", "speaks", "is_hit", "capitalised_share", "ends_sentence", "repeats", "dates")
GROUPS = {
    "credits": ("byline", "dateline"),
    "links": ("related_links", "share", "navigation"),
    "comments": ("comments",),
    "legal": ("copyright", "cookie_notice", "disclaimer"),
}
FAR = 60.0  # distances beyond this many blocks are all the same


def describe(features: Sequence[Features]) -> tuple[Table, tuple[str, ...]]:
    """The table of a document and the names of its columns.

    >>> from corpus_norm.boilerplate import load_lexicon
    >>> from corpus_norm.boilerplate.features import observe
    >>> table, names = describe(observe(["Share", "He left."], load_lexicon()))
    >>> table.shape == (2, len(names)), table[:, names.index("is_hit")].tolist()
    (True, [1.0, 0.0])
    """
    columns = _see_blocks(features)
    speaks = columns["speaks"]
    columns |= _see_neighbours(columns)
    columns |= _see_place(len(features))
    columns |= _see_run(speaks, "run")
    columns |= _see_prose(features)
    columns |= _see_lexicon(features, find_best_run(speaks.tolist())[0])
    columns |= _see_topic(features, speaks)
    return np.column_stack(list(columns.values())), tuple(columns)


def speak_for_body(features: Sequence[Features]) -> Column:
    """How much each block speaks for the body by itself, a rule of thumb set by hand.

    The run of blocks with the greatest sum of it is a first guess at the body, from which
    distances are measured.
    """
    width = np.array([seen.width for seen in features])
    ends = np.array([seen.ends_sentence for seen in features], dtype=bool)
    share = np.array([seen.stopword_share for seen in features])
    hits = np.array([seen.hit is not None for seen in features], dtype=bool)
    score = np.minimum(width, 240) / 100 - 0.8
    score += np.where(ends, 0.9, np.where(width < 60, -0.15, 0.0))
    score += np.where((share >= 0.25) & (width > 50), 0.6, np.where(share < 0.1, -0.3, 0.0))
    score = np.maximum(score, -0.6)
    return np.where(hits, np.where(ends & (width > 150), 0.3, -1.2), score)


def find_best_run(scores: Sequence[float]) -> tuple[int, int]:
    """The run with the greatest sum (Bentley 1984), as a half-open span of indices.

    Everything when no score is positive: a page of headlines is not thrown away.

    >>> find_best_run([-1.0, 2.0, -0.5, 1.0, -2.0]), find_best_run([-1.0, -1.0])
    ((1, 4), (0, 2))
    """
    best, span, total, start = 0.0, (0, len(scores)), 0.0, 0
    for index, score in enumerate(scores):
        if total <= 0:
            total, start = 0.0, index
        total += score
        if total > best:
            best, span = total, (start, index + 1)
    return span


def _see_blocks(features: Sequence[Features]) -> dict[str, Column]:
    table = np.array([seen.marks for seen in features])
    columns = {name: table[:, index] for index, name in enumerate(MARKS)}
    columns["is_hit"] = np.array([float(seen.hit is not None) for seen in features])
    columns["speaks"] = speak_for_body(features)
    counts: dict[str, int] = {}
    for seen in features:
        counts[seen.key] = counts.get(seen.key, 0) + 1
    columns["repeats"] = np.array([min(counts[seen.key], 5.0) for seen in features])
    return columns


def _see_neighbours(columns: dict[str, Column]) -> dict[str, Column]:
    """The blocks just before and after, and means over a few more."""
    seen: dict[str, Column] = {}
    for name in NEAR:
        for step in STEPS:
            seen[f"{name}{step:+d}"] = _shift(columns[name], step)
    for name in MEANS:
        for reach in REACHES:
            seen[f"{name}_before_{reach}"] = _mean_before(columns[name], reach)
            seen[f"{name}_after_{reach}"] = _mean_before(columns[name][::-1], reach)[::-1]
    width = columns["log_width"]
    around = np.stack([_shift(width, step) for step in (-1, 0, 1)])
    seen["width_spread"] = around.max(axis=0) - around.min(axis=0)
    return seen


def _see_place(size: int) -> dict[str, Column]:
    index = np.arange(size, dtype=float)
    return {
        "from_start": np.minimum(index, FAR),
        "from_end": np.minimum(size - 1 - index, FAR),
        "place": index / max(1, size - 1),
        "log_blocks": np.full(size, np.log1p(size)),
    }


def _see_run(speaks: Column, name: str) -> dict[str, Column]:
    """Where a block stands from the run that speaks most for the body."""
    first, last = find_best_run(speaks.tolist())
    size = len(speaks)
    index = np.arange(size, dtype=float)
    inside = (index >= first) & (index < last)
    total = np.cumsum(np.maximum(speaks, 0.0))
    return {
        f"{name}_from_first": np.clip(index - first, -FAR, FAR),
        f"{name}_to_last": np.clip(last - 1 - index, -FAR, FAR),
        f"{name}_size": np.full(size, float(last - first)),
        f"{name}_mean": np.full(size, float(speaks[first:last].mean())),
        f"{name}_share": np.full(size, speaks[inside].clip(0).sum() / (total[-1] + 1e-9)),
        "spoken_before": total / (total[-1] + 1e-9),
        "best_entry": _best_sum(speaks),
        "best_exit": _best_sum(speaks[::-1])[::-1],
    }


def _see_prose(features: Sequence[Features]) -> dict[str, Column]:
    """How far away the nearest sentences are, and how long they are."""
    prose = [seen.is_prose for seen in features]
    width = np.array([seen.marks[0] for seen in features])
    before, width_before = _nearest(prose, width)
    after, width_after = _nearest(prose[::-1], width[::-1])
    return {
        "prose_before": before,
        "prose_after": after[::-1],
        "prose_width_before": width_before,
        "prose_width_after": width_after[::-1],
    }


def _see_lexicon(features: Sequence[Features], first: int) -> dict[str, Column]:
    """Hits by kind, and where the last ones were; ``first`` is where the prose begins.

    A share button or a count of comments above the prose does not open the tail of the page.
    """
    size = len(features)
    columns: dict[str, Column] = {}
    for kind in PRIORITY:
        columns[f"hit_{kind}"] = np.array(
            [float(s.hit is not None and s.hit.kind is kind) for s in features]
        )
    columns["hit_mode"] = np.array(
        [float(MODES.index(s.hit.mode) + 1) if s.hit is not None else 0.0 for s in features]
    )
    opened, since = 0.0, FAR
    kinds, distances = np.zeros(size), np.full(size, FAR)
    for index, seen in enumerate(features):
        since = min(since + 1, FAR)
        if index >= first and seen.hit is not None and seen.hit.mode == "section":
            opened, since = float(PRIORITY.index(seen.hit.kind) + 1), 0.0
        kinds[index], distances[index] = opened, since
    columns["section_kind"], columns["since_section"] = kinds, distances
    for name, kinds_wanted in GROUPS.items():
        wanted = [
            seen.hit is not None
            and seen.hit.kind in kinds_wanted
            and (index >= first or name == "credits")
            for index, seen in enumerate(features)
        ]
        columns[f"since_{name}"], _ = _nearest(wanted, distances)
        columns[f"until_{name}"] = _nearest(wanted[::-1], distances)[0][::-1]
        columns[f"{name}_so_far"] = np.minimum(np.cumsum(wanted), 20.0)
    return columns


def _see_topic(features: Sequence[Features], speaks: Column) -> dict[str, Column]:
    """How many of a block's terms the prose of the run uses elsewhere."""
    first, last = find_best_run(speaks.tolist())
    counts: dict[str, int] = {}
    for seen in features[first:last]:
        if seen.is_prose:
            for term in seen.terms:
                counts[term] = counts.get(term, 0) + 1
    shares = np.zeros(len(features))
    for index, seen in enumerate(features):
        if seen.terms:
            own = int(first <= index < last and seen.is_prose)
            shared = sum(counts.get(term, 0) > own for term in seen.terms)
            shares[index] = shared / (len(seen.terms) + 1)
    return {
        "topic": shares,
        "topic_before_3": _mean_before(shares, 3),
        "topic_after_3": _mean_before(shares[::-1], 3)[::-1],
    }


def _shift(column: Column, step: int) -> Column:
    """``column[index + step]`` at every index, -1 beyond the ends."""
    shifted = np.full(len(column), -1.0)
    if step > 0:
        shifted[:-step] = column[step:]
    elif step < 0:
        shifted[-step:] = column[:step]
    else:
        shifted[:] = column
    return shifted


def _mean_before(column: Column, reach: int) -> Column:
    """The mean of the up to ``reach`` values before each index, -1 where there are none."""
    total = np.concatenate(([0.0], np.cumsum(column)))
    index = np.arange(len(column))
    start = np.maximum(index - reach, 0)
    return np.where(index > 0, (total[index] - total[start]) / np.maximum(index - start, 1), -1.0)


def _best_sum(scores: Column) -> Column:
    """The greatest sum of a run that ends at each index, at least 0 before it, capped."""
    best, sums = 0.0, np.zeros(len(scores))
    for index, score in enumerate(scores.tolist()):
        best = max(0.0, min(best + score, 40.0))
        sums[index] = best
    return sums


def _nearest(wanted: Sequence[bool], values: Column) -> tuple[Column, Column]:
    """The distance back to the last wanted block, itself not counted, and its value."""
    distances, found = np.full(len(wanted), FAR), np.zeros(len(wanted))
    at = -1
    for index, is_wanted in enumerate(wanted):
        if at >= 0:
            distances[index], found[index] = min(float(index - at), FAR), values[at]
        if is_wanted:
            at = index
    return distances, found
