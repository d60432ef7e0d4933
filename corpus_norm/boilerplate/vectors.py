"""Documents as a table of numbers: one row per block, with its neighbours and its position.

The columns are length, punctuation, stopword density, lexicon hits by kind, repetition, position,
and how far a block shares its topic with the prose around it.  No column represents a word, so
a model trained on one language works for others.

A page's numbers are the same to the last bit whatever pages are beside it in the table, because
nothing is summed across the edge of a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.boilerplate.lexicon import MODES, PRIORITY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from corpus_norm.boilerplate.features import Column, Flags, Numbers

    Table = NDArray[np.float64]
    from collections.abc import Mapping

    from corpus_norm.boilerplate.features import Features

    Columns = dict[str, Column]

FAR = 60.0  # larger distances, in rows, are cut to this
NONE = -1.0  # the value beyond the edge of a page


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a table: for each row, its index and the first and the end row of its page."""

    spans: tuple[tuple[int, int], ...]
    index: Numbers
    first: Numbers
    end: Numbers

    @classmethod
    def of_sizes(cls, sizes: Sequence[int]) -> Pages:
        """Create pages with the given numbers of rows."""
        ends = np.cumsum(sizes)
        starts = ends - sizes
        spans = tuple(zip(starts.tolist(), ends.tolist(), strict=True))
        index = np.arange(ends[-1])
        return cls(spans, index, np.repeat(starts, sizes), np.repeat(ends, sizes))

    def spread(self, values: Sequence[float]) -> Column:
        """Repeat the value of each page for each of its rows."""
        sizes = [end - start for start, end in self.spans]
        return np.repeat(np.array(values, dtype=np.float64), sizes)

    def split(self, column: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
        """Yield the rows page by page."""
        for start, end in self.spans:
            yield column[start:end]

    def shift(self, rows: Table, step: int) -> Table:
        """Return ``rows[index + step]`` for every index, -1 where that is outside the page.

        >>> Pages.of_sizes([2, 1]).shift(np.array([1.0, 2.0, 3.0]), -1).tolist()
        [-1.0, 1.0, -1.0]
        """
        shifted = np.full_like(rows, NONE)
        if abs(step) < len(rows):
            if step > 0:
                shifted[:-step] = rows[step:]
            else:
                shifted[-step:] = rows[:step]
        at = self.index + step
        shifted[(at < self.first) | (at >= self.end)] = NONE
        return shifted

    def mean(self, rows: Table, reach: int) -> Table:
        """Return the mean of up to ``reach`` rows after each row, or before it if negative.

        The mean is -1 where there are no such rows in the page.

        >>> Pages.of_sizes([3, 1]).mean(np.array([[1.0], [2.0], [4.0], [9.0]]), -2).T.tolist()
        [[-1.0, 1.0, 1.5, -1.0]]
        """
        page = np.repeat(np.arange(len(self.spans)), [end - start for start, end in self.spans])
        total = np.zeros((len(rows) + len(self.spans), rows.shape[1]))  # one more row for each page
        if reach > 0:
            for number, (start, end) in enumerate(self.spans):
                summed = np.cumsum(rows[start:end][::-1], axis=0)[::-1]
                total[start + number : end + number] = summed
            near, far = self.index + 1, np.minimum(self.index + 1 + reach, self.end)
        else:
            for number, (start, end) in enumerate(self.spans):
                total[start + number + 1 : end + number + 1] = np.cumsum(rows[start:end], axis=0)
            near, far = self.index, np.maximum(self.index + reach, self.first)
        size = np.abs(near - far)
        means: Table = (total[near + page] - total[far + page]) / np.maximum(size, 1)[:, None]
        means[size == 0] = NONE
        return means

    def find_before(self, wanted: Flags, *, with_itself: bool = False) -> tuple[Column, Numbers]:
        """Return the distance back to the last wanted row of the page, and that row's index.

        Return FAR and -1 where there is none.  A row itself counts only if ``with_itself``.

        >>> Pages.of_sizes([3]).find_before(np.array([True, False, False]))[0].tolist()
        [60.0, 1.0, 2.0]
        """
        at = np.maximum.accumulate(np.where(wanted, self.index, -1))
        if not with_itself:
            at[1:] = at[:-1].copy()
            at[:1] = -1
        at = np.where(at >= self.first, at, -1)
        return np.where(at >= 0, np.minimum(self.index - at, FAR), FAR), at

    def find_after(self, wanted: Flags) -> tuple[Column, Numbers]:
        """Return the distance to the next wanted row of the page, and that row's index."""
        far = len(self.index)
        at = np.minimum.accumulate(np.where(wanted, self.index, far)[::-1])[::-1]
        at = np.append(at[1:], far)
        at = np.where(at < self.end, at, -1)
        return np.where(at >= 0, np.minimum(at - self.index, FAR), FAR), at


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
RANKS = {kind: rank for rank, kind in enumerate(PRIORITY)}
MOST_REPEATS = 5
MOST_SPOKEN = 40.0


def feature_matrix(
    features: Features, sizes: Sequence[int] | None = None
) -> tuple[Table, tuple[str, ...]]:
    """Return the table of some documents and the names of its columns.

    Args:
        features: the features of the blocks of all documents, one document after the other.
        sizes: how many blocks each document has; None for one document.

    >>> from corpus_norm.boilerplate import load_lexicon
    >>> from corpus_norm.boilerplate.features import extract_features
    >>> table, names = feature_matrix(extract_features(["Share", "He left."], load_lexicon()))
    >>> table.shape == (2, len(names)), table[:, names.index("is_hit")].tolist()
    (True, [1.0, 0.0])
    """
    pages = Pages.of_sizes(sizes or [len(features)])
    speaks = heuristic_body_score(features)
    runs = [find_best_run(part.tolist()) for part in pages.split(speaks)]
    run = Run.of_pages(pages, runs)
    columns = {
        **features.numeric,
        "is_hit": features.is_hit.astype(np.float64),
        "speaks": speaks,
        "repeats": _count_repeats(features.keys, pages),
    }
    columns |= _see_neighbours(columns, pages)
    columns |= _see_place(pages)
    columns |= _see_run(speaks, pages, run)
    columns |= _see_prose(features, pages)
    columns |= _see_lexicon(features, pages, run)
    columns |= _see_topic(features, pages, run)
    return np.array(list(columns.values())).T, tuple(columns)


@dataclass(frozen=True, slots=True)
class Run:
    """The run of blocks most likely to be the body: a span per page, and its edges per row.

    ``first`` and ``last`` give each row the start and the end of the run of its page.
    """

    spans: tuple[tuple[int, int], ...]
    first: Column
    last: Column

    @classmethod
    def of_pages(cls, pages: Pages, runs: Sequence[tuple[int, int]]) -> Run:
        """Create the runs from spans relative to the pages."""
        spans = tuple(
            (start + first, start + last)
            for (start, _), (first, last) in zip(pages.spans, runs, strict=True)
        )
        return cls(
            spans,
            pages.spread([first for first, _ in spans]),
            pages.spread([last for _, last in spans]),
        )


def heuristic_body_score(features: Features) -> Column:
    """Score how likely each block is to be body, judged alone by a hand-set rule of thumb.

    The run of blocks with the greatest total score is a first guess at the body; distances are
    measured from it.
    """
    width, ends, share = features.width, features.ends_sentence, features.stopword_share
    score = np.minimum(width, 240) / 100 - 0.8
    score += np.where(ends, 0.9, np.where(width < 60, -0.15, 0.0))
    score += np.where((share >= 0.25) & (width > 50), 0.6, np.where(share < 0.1, -0.3, 0.0))
    score = np.maximum(score, -0.6)
    return np.where(features.is_hit, np.where(ends & (width > 150), 0.3, -1.2), score)


def find_best_run(scores: Sequence[float]) -> tuple[int, int]:
    """Find the run with the greatest sum (Bentley 1984), as a half-open span of indices.

    Return the whole range when no score is positive, so that a page of headlines is not thrown
    away.

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


def _count_repeats(keys: Sequence[str], pages: Pages) -> Column:
    repeats = list[int]()
    for start, end in pages.spans:
        counts: dict[str, int] = {}
        for key in keys[start:end]:
            counts[key] = counts.get(key, 0) + 1
        repeats += [counts[key] for key in keys[start:end]]
    return np.minimum(np.array(repeats, dtype=np.float64), MOST_REPEATS)


def _see_neighbours(columns: Mapping[str, Column], pages: Pages) -> Columns:
    """Return the columns of the blocks just before and after, and means over a few more blocks."""
    near = np.array([columns[name] for name in NEAR]).T
    wide = np.array([columns[name] for name in MEANS]).T
    shifted = {step: pages.shift(near, step).T for step in STEPS}
    means = {reach: pages.mean(wide, reach).T for each in REACHES for reach in (-each, each)}
    seen = {
        f"{name}{step:+d}": shifted[step][index]
        for index, name in enumerate(NEAR)
        for step in STEPS
    }
    for index, name in enumerate(MEANS):
        for reach, mean in means.items():
            seen[f"{name}_{'after' if reach > 0 else 'before'}_{abs(reach)}"] = mean[index]
    around = np.array([columns["log_width"], seen["log_width-1"], seen["log_width+1"]])
    seen["width_spread"] = around.max(axis=0) - around.min(axis=0)
    return seen


def _see_place(pages: Pages) -> Columns:
    before, after = pages.index - pages.first, pages.end - 1 - pages.index
    return {
        "from_start": np.minimum(before, FAR),
        "from_end": np.minimum(after, FAR),
        "place": before / np.maximum(1, before + after),
        "log_blocks": np.log1p(before + after + 1),
    }


def _see_run(speaks: Column, pages: Pages, run: Run) -> Columns:
    """Return the position of each block relative to the run most likely to be the body."""
    spoken = [np.cumsum(np.maximum(part, 0.0)) for part in pages.split(speaks)]
    parts = [speaks[first:last] for first, last in run.spans]
    shares = [
        np.maximum(part, 0.0).sum() / (total[-1] + 1e-9)
        for part, total in zip(parts, spoken, strict=True)
    ]
    return {
        "run_from_first": np.clip(pages.index - run.first, -FAR, FAR),
        "run_to_last": np.clip(run.last - 1 - pages.index, -FAR, FAR),
        "run_size": run.last - run.first,
        "run_mean": pages.spread([part.mean() for part in parts]),
        "run_share": pages.spread(shares),
        "spoken_before": np.concatenate([total / (total[-1] + 1e-9) for total in spoken]),
        "best_entry": np.concatenate([_best_sum(part.tolist()) for part in pages.split(speaks)]),
        "best_exit": np.concatenate(
            [_best_sum(part[::-1].tolist())[::-1] for part in pages.split(speaks)]
        ),
    }


def _best_sum(scores: Sequence[float]) -> Column:
    """Return the greatest sum of a run ending at each index, between 0 and ``MOST_SPOKEN``."""
    best, sums = 0.0, list[float]()
    for score in scores:
        best += score
        if best < 0.0:
            best = 0.0
        elif best > MOST_SPOKEN:
            best = MOST_SPOKEN
        sums.append(best)
    return np.array(sums)


def _see_prose(features: Features, pages: Pages) -> Columns:
    """Return the distance to the nearest prose before and after each block, and its length."""
    width = features.numeric["log_width"]
    before, at_before = pages.find_before(features.is_prose)
    after, at_after = pages.find_after(features.is_prose)
    return {
        "prose_before": before,
        "prose_after": after,
        "prose_width_before": np.where(at_before >= 0, width[at_before], 0.0),
        "prose_width_after": np.where(at_after >= 0, width[at_after], 0.0),
    }


def _see_lexicon(features: Features, pages: Pages, run: Run) -> Columns:
    """Return the lexicon hits by kind, and the distances to the hits before and after.

    For the distances, hits above the likely body do not count, except credits: a share button or a
    comment count above the prose does not open the tail of the page.
    """
    kinds = np.full(len(features), -1)
    modes = np.zeros(len(features))
    for index in np.flatnonzero(features.is_hit).tolist():
        if (hit := features.hits[index]) is not None:
            kinds[index] = RANKS[hit.kind]
            modes[index] = MODES.index(hit.mode) + 1
    columns: Columns = {
        f"hit_{kind}": (kinds == rank).astype(np.float64) for kind, rank in RANKS.items()
    }
    columns["hit_mode"] = modes
    is_below = pages.index >= run.first
    opens = (modes == MODES.index("section") + 1) & is_below
    since, opened = pages.find_before(opens, with_itself=True)
    columns["section_kind"] = np.where(opened >= 0, kinds[opened] + 1.0, 0.0)
    columns["since_section"] = since
    for name, group in GROUPS.items():
        wanted = np.isin(kinds, [RANKS[kind] for kind in PRIORITY if kind in group])
        if name != "credits":
            wanted &= is_below
        columns[f"since_{name}"] = pages.find_before(wanted)[0]
        columns[f"until_{name}"] = pages.find_after(wanted)[0]
        number: Numbers = np.cumsum(wanted)
        before = number[pages.first] - wanted[pages.first]
        columns[f"{name}_so_far"] = np.minimum(number - before, 20.0)
    return columns


def _see_topic(features: Features, pages: Pages, run: Run) -> Columns:
    """Return the share of each block's terms that the prose of the run uses elsewhere."""
    speaks = features.is_prose & (pages.index >= run.first) & (pages.index < run.last)
    owner = features.terms.owner
    page = pages.first[owner].astype(np.uint64)
    code = (features.terms.code ^ (page << np.uint64(40))) * np.uint64(0x9E3779B97F4A7C15) + page
    _, term = np.unique(code, return_inverse=True)
    counts = np.bincount(term[speaks[owner]], minlength=int(term.max(initial=0)) + 1)
    shared = owner[counts[term] > speaks[owner]]
    number = np.bincount(owner, minlength=len(features))
    shares = np.bincount(shared, minlength=len(features)) / (number + 1.0)
    rows = shares[:, None]
    return {
        "topic": shares,
        "topic_before_3": pages.mean(rows, -3)[:, 0],
        "topic_after_3": pages.mean(rows, 3)[:, 0],
    }
