"""Token arrays to padded batches, in an order that depends on nothing but the seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from training.settings import BEGIN_ID, END_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """One step's worth of pairs; all arrays are [pairs, length].

    ``source`` ends each row with ``</s>``; ``target`` begins it with ``<s>``; ``expected`` is
    ``target`` one piece later.  Padding is ``</s>`` and false in the masks.
    """

    source: Ids
    source_mask: npt.NDArray[np.bool_]
    target: Ids
    expected: Ids
    expected_mask: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Pairs of piece ids, as ``training.prepare`` wrote them."""

    source: Sequence[npt.NDArray[np.uint16]]
    target: Sequence[npt.NDArray[np.uint16]]

    @classmethod
    def load(cls, path: Path) -> Corpus:
        """Read one array file."""
        with np.load(path) as arrays:
            source, target = (
                np.split(arrays[side], arrays[f"{side}_ends"][:-1]) for side in ("source", "target")
            )
        return cls(source, target)

    def __len__(self) -> int:
        return len(self.source)

    def plan(self, batch_tokens: int, seed: int, epoch: int) -> list[npt.NDArray[np.int64]]:
        """Group the pairs of one epoch into batches of at most ``batch_tokens`` padded tokens.

        Pairs of like length go together, with a little noise so that the groups differ from
        epoch to epoch; the groups are then shuffled.  The same arguments give the same plan, so
        a training that was stopped goes on where it was.
        """
        random = np.random.default_rng((seed, epoch))
        lengths = np.asarray([(len(row), len(self.source[i])) for i, row in enumerate(self.target)])
        order = np.argsort(lengths.sum(axis=1) + random.uniform(0, 4, len(lengths)), kind="stable")
        groups: list[list[int]] = [[]]
        longest = np.zeros(2, dtype=np.int64)
        for index in order:
            longest = np.maximum(longest, lengths[index] + 1)
            if groups[-1] and longest.sum() * (len(groups[-1]) + 1) > batch_tokens:
                groups.append([])
                longest = lengths[index] + 1
            groups[-1].append(int(index))
        return [np.asarray(groups[i]) for i in random.permutation(len(groups))]

    def batch(self, rows: npt.NDArray[np.int64]) -> Batch:
        """Lay the pairs ``rows`` out as one padded batch."""
        source, source_mask = _pad([(*self.source[row], END_ID) for row in rows])
        target, _ = _pad([(BEGIN_ID, *self.target[row]) for row in rows])
        expected, expected_mask = _pad([(*self.target[row], END_ID) for row in rows])
        return Batch(source, source_mask, target, expected, expected_mask)

    def batches(self, batch_tokens: int, seed: int = 0, epoch: int = 0) -> Iterator[Batch]:
        """Yield all batches of one epoch."""
        return (self.batch(rows) for rows in self.plan(batch_tokens, seed, epoch))


def _pad(rows: Sequence[Sequence[int]]) -> tuple[Ids, npt.NDArray[np.bool_]]:
    lengths = np.asarray([len(row) for row in rows])
    mask = np.arange(lengths.max()) < lengths[:, None]
    padded = np.full(mask.shape, END_ID, dtype=np.int64)
    padded[mask] = np.concatenate([np.asarray(row, dtype=np.int64) for row in rows])
    return padded, mask
