"""Turn token arrays into padded batches, in an order that depends only on the seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from training.arrays import Table, load_table
from training.settings import BEGIN_ID, END_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    Ids = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

_ROUND = 8  # lengths are padded to multiples of this: fewer shapes, and faster matrix products
_SPREAD = 4.0  # pieces of noise in the sort by length


@dataclass(frozen=True, slots=True)
class Batch:
    """The pairs of one step; all arrays are [pairs, length].

    ``source`` ends each row with ``</s>``; ``target`` begins it with ``<s>``; ``expected`` is
    ``target`` one piece later.  Padding is ``</s>`` and false in the masks.
    """

    source: Ids
    source_mask: Mask
    target: Ids
    expected: Ids
    expected_mask: Mask


@dataclass(frozen=True)
class Corpus:
    """Pairs of piece ids; ``begins`` puts ``<s>`` before sources, for a pretrained encoder."""

    table: Table
    begins: bool = False

    @classmethod
    def load(cls, folder: Path, part: str, *, begins: bool = False) -> Corpus:
        """Read the arrays that ``training.prepare`` wrote."""
        return cls(load_table(folder, part), begins)

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def _starts(self) -> tuple[Ids, Ids]:
        sides = (self.table.source_lengths, self.table.target_lengths)
        source, target = (np.cumsum(lengths) - lengths for lengths in sides)
        return source, target

    def draw(self, weights: Sequence[float] | None, seed: int, epoch: int) -> Ids:
        """Draw the rows of one epoch, each on average as often as the weight of its group says."""
        if weights is None:
            return np.arange(len(self))
        wanted = np.asarray(weights)[self.table.groups]
        random = np.random.default_rng((seed, epoch, 1))
        copies = np.floor(wanted) + (random.uniform(size=len(self)) < wanted % 1)
        return np.repeat(np.arange(len(self)), copies.astype(np.int64))

    def plan(
        self, batch_tokens: int, seed: int, epoch: int, weights: Sequence[float] | None = None
    ) -> list[Ids]:
        """Group the pairs of one epoch into batches of at most ``batch_tokens`` padded tokens.

        Pairs of similar length share a batch, with a little noise so that batches differ from
        epoch to epoch; the batches are then shuffled.  The same arguments give the same plan,
        so a stopped training resumes exactly where it stopped.
        """
        random = np.random.default_rng((seed, epoch))
        rows = self.draw(weights, seed, epoch)
        table = self.table
        target, source = table.target_lengths[rows] + 1, table.source_lengths[rows] + 1
        order = np.argsort(source + target + random.uniform(0, _SPREAD, len(rows)), kind="stable")
        source, target = source[order] + self.begins, target[order]
        cuts, first, longest_source, longest_target = [], 0, 0, 0
        for i, (left, right) in enumerate(zip(source.tolist(), target.tolist(), strict=True)):
            longest_source = max(longest_source, left)
            longest_target = max(longest_target, right)
            padded = _round_up(longest_source) + _round_up(longest_target)
            if i > first and padded * (i + 1 - first) > batch_tokens:
                cuts.append(i)
                first, longest_source, longest_target = i, left, right
        groups = np.split(rows[order], cuts)
        return [groups[i] for i in random.permutation(len(groups))]

    def batch(self, rows: Ids) -> Batch:
        """Lay the pairs ``rows`` out as one padded batch."""
        table = self.table
        sources, targets = self._starts
        lengths = table.source_lengths[rows]
        source, source_mask = _lay_out(
            table.source, sources[rows], lengths, begins=self.begins, ends=True
        )
        lengths = table.target_lengths[rows]
        target, _ = _lay_out(table.target, targets[rows], lengths, begins=True, ends=False)
        expected, mask = _lay_out(table.target, targets[rows], lengths, begins=False, ends=True)
        return Batch(source, source_mask, target, expected, mask)

    def batches(self, batch_tokens: int, seed: int = 0, epoch: int = 0) -> Iterator[Batch]:
        """Yield all batches of one epoch without weights."""
        return (self.batch(rows) for rows in self.plan(batch_tokens, seed, epoch))


def _round_up(length: int) -> int:
    return -(-length // _ROUND) * _ROUND


def _lay_out(
    flat: npt.NDArray[np.uint16], starts: Ids, lengths: Ids, *, begins: bool, ends: bool
) -> tuple[Ids, Mask]:
    """Gather rows of a flat array into a padded matrix; the mask is false on padding."""
    totals = lengths + begins + ends
    columns = np.arange(_round_up(int(totals.max())))
    inside = columns - begins
    holds = (inside >= 0) & (inside < lengths[:, None])
    where = np.where(holds, starts[:, None] + inside, 0)
    rows = np.where(holds, flat[where].astype(np.int64), END_ID)
    if begins:
        rows[:, 0] = BEGIN_ID
    return rows, columns < totals[:, None]
