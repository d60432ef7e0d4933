"""Token arrays on disk: small integers, split into files small enough to upload."""

from __future__ import annotations

import io
import lzma
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    Pieces = npt.NDArray[np.uint16]
    Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Table:
    """Sentence pairs as flat arrays: pieces of each side, lengths and group of each row."""

    source: Pieces
    source_lengths: Counts
    target: Pieces
    target_lengths: Counts
    groups: Counts

    @classmethod
    def from_rows(
        cls,
        source: Sequence[Sequence[int]],
        target: Sequence[Sequence[int]],
        groups: Sequence[int],
    ) -> Table:
        """Build the flat arrays from rows of ids."""
        return cls(*_flatten(source), *_flatten(target), np.asarray(groups, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.groups)


def save_table(table: Table, folder: Path, part: str, shard_tokens: int) -> list[Path]:
    """Write ``{part}-000.npz.xz`` and so on, each with about ``shard_tokens`` pieces.

    Ids take two bytes, lengths and groups one; xz halves the size.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{part}-*.npz.xz"):
        old.unlink()
    ends = np.cumsum(table.source_lengths + table.target_lengths)
    shards = (ends - 1) // shard_tokens if len(table) else np.zeros(0, dtype=np.int64)
    source_ends, target_ends = (
        np.concatenate([[0], np.cumsum(lengths)])
        for lengths in (table.source_lengths, table.target_lengths)
    )
    paths = []
    for shard in np.unique(shards):
        first, last = np.searchsorted(shards, [shard, shard + 1])
        data = io.BytesIO()
        np.savez(
            data,
            source=table.source[source_ends[first] : source_ends[last]],
            source_lengths=table.source_lengths[first:last].astype(np.uint8),
            target=table.target[target_ends[first] : target_ends[last]],
            target_lengths=table.target_lengths[first:last].astype(np.uint8),
            groups=table.groups[first:last].astype(np.uint8),
        )
        paths.append(folder / f"{part}-{int(shard):03}.npz.xz")
        paths[-1].write_bytes(lzma.compress(data.getvalue(), preset=6))
    return paths


def load_table(folder: Path, part: str) -> Table:
    """Read all shards of a part, compressed or not."""
    paths = sorted([*folder.glob(f"{part}-*.npz.xz"), *folder.glob(f"{part}-*.npz")])
    if not paths:
        raise SystemExit(f"no {part} arrays in {folder}; run: python -m training.prepare")
    shards = []
    for path in paths:
        data = path.read_bytes()
        with np.load(io.BytesIO(lzma.decompress(data) if path.suffix == ".xz" else data)) as arrays:
            shards.append({name: arrays[name] for name in arrays})
    joined = {name: np.concatenate([shard[name] for shard in shards]) for name in shards[0]}
    for name in ("source_lengths", "target_lengths", "groups"):
        joined[name] = joined[name].astype(np.int64)
    return Table(**joined)


def _flatten(rows: Sequence[Sequence[int]]) -> tuple[Pieces, Counts]:
    lengths = np.asarray([len(row) for row in rows], dtype=np.int64)
    flat = np.fromiter((piece for row in rows for piece in row), np.uint16, int(lengths.sum()))
    return flat, lengths
