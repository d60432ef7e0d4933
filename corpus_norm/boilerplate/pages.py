"""Rows of several pages in one table: neighbours, means and distances that stop at a page's edge.

A page's numbers are the same to the last bit whatever pages are beside it, because nothing is
summed across an edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from corpus_norm.boilerplate.features import Column, Flags, Numbers

    Table = NDArray[np.float64]

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
