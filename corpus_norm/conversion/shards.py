"""Which documents to take, and how they are cut into shards (one part file each) and batches."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeVar

from corpus_norm.document import RawDocument
from corpus_norm.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from corpus_norm.conversion.worker import Batch
    from corpus_norm.document import Rejection
    from corpus_norm.settings import DatasetSettings, Settings

    Items = Iterable[RawDocument | Rejection]

_HASHES = 2.0**64  # how many different hashes of a document there are

# Where a shard ends depends on its own documents, so that new ones leave most parts as they are.
LEAST_FILL = 0.5  # no shard ends before it is this full
CUTS = 8.0  # ends per full shard; over its second half, e**-4 of the shards run into their limit
_MAX_CHANCE = 0.25  # that a document ends a shard: if all did, ends would not depend on them


@dataclass(frozen=True, slots=True)
class Selection:
    """Which documents of the inputs to take.

    Args:
        limit: that many, the first ones.
        sample: a fraction of them (below 1), or a number (1 or more): those whose ``doc_id`` is
            lowest, which is as good as random and the same in every run.

    >>> Selection(sample=0.25).describe()
    {'sample': 0.25}

    Raises:
        SettingsError: a number makes no sense.
    """

    limit: int | None = None
    sample: float | None = None

    def __post_init__(self) -> None:
        limit, sample = self.limit, self.sample
        is_number = isinstance(limit, int) and not isinstance(limit, bool)
        if limit is not None and not (is_number and limit >= 1):
            raise SettingsError(f"limit must be a whole number of at least 1, not {limit!r}")
        is_number = isinstance(sample, (int, float)) and not isinstance(sample, bool)
        if sample is not None and not (is_number and math.isfinite(sample)):
            raise SettingsError(f"sample must be a number, not {sample!r}")
        if self.sample is not None and not self.sample > 0:
            raise SettingsError(f"sample must be more than 0, not {self.sample:g}")
        if self.sample is not None and self.sample > 1 and self.sample != int(self.sample):
            raise SettingsError(
                f"sample is a fraction below 1 or a whole number, not {self.sample:g}"
            )

    def describe(self) -> dict[str, float]:
        """Return the selection for the manifest; empty if everything is taken."""
        wanted = {"limit": self.limit, "sample": self.sample}
        return {name: value for name, value in wanted.items() if value is not None}

    @property
    def reads_twice(self) -> bool:
        """Whether the inputs are read once beforehand, to find out which documents to take."""
        return self.sample is not None and self.sample >= 1

    def select(self, read: Callable[[], Items]) -> Iterator[RawDocument | Rejection]:
        """Yield the documents to take, in order; ``read`` reads the inputs from the start."""
        items: Items
        if self.sample is None:
            items = read()
        elif self.sample < 1:
            bound = int(self.sample * _HASHES)
            items = (item for item in read() if _draw(item) < bound)
        else:
            lowest = heapq.nsmallest(int(self.sample), map(_draw, read()))
            bound = lowest[-1] if lowest else 0
            items = islice((item for item in read() if _draw(item) <= bound), len(lowest))
        return islice(items, self.limit)


def _draw(item: RawDocument | Rejection) -> int:
    """Return a number below 2**64, as good as random, that depends only on the document."""
    if isinstance(item, RawDocument):
        return int(item.doc_id[:16], 16)
    return item.place


class Sized(Protocol):
    """An item with the hash of its place in the sources, and its size in bytes."""

    @property
    def place(self) -> int: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102


Item = TypeVar("Item", bound=Sized)


def cut_shards(items: Iterable[Item], settings: DatasetSettings) -> Iterator[list[Item]]:
    """Yield runs of items of at most ``part_documents``, closed at ``part_bytes``.

    >>> from corpus_norm.document import RawDocument
    >>> from corpus_norm.settings import DatasetSettings
    >>> items = [RawDocument(f"{n}.txt", "Hi.") for n in range(1000)]
    >>> before = list(cut_shards(items, DatasetSettings(part_documents=100)))
    >>> after = list(cut_shards(items[1:], DatasetSettings(part_documents=100)))
    >>> len(before), before[-10:] == after[-10:]
    (16, True)
    """
    shard: list[Item] = []
    size = 0
    for item in items:
        weight = _measure(1, item.size, settings)
        if _measure(len(shard), size, settings) >= LEAST_FILL and _is_end(item, weight):
            yield shard
            shard, size = [], 0
        shard.append(item)
        size += item.size
        if _measure(len(shard), size, settings) >= 1:
            yield shard
            shard, size = [], 0
    if shard:
        yield shard


def cut_batches(items: Iterable[RawDocument | Rejection], settings: Settings) -> Iterator[Batch]:
    """Yield runs of items of at most ``batch_documents`` and ``batch_bytes``.

    A slow engine gets one document at a time, so that progress is shown after each.  Batches do
    not show in the dataset.

    >>> from corpus_norm.document import RawDocument
    >>> from corpus_norm.settings import Settings
    >>> [len(batch) for batch in cut_batches([RawDocument("a", "x")] * 100, Settings())]
    [64, 36]
    """
    most = 1 if settings.translation.time_factor > 1 else settings.dataset.batch_documents
    batch: Batch = []
    size = 0
    for item in items:
        if batch and size + item.size > settings.dataset.batch_bytes:
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item.size
        if len(batch) == most:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _measure(documents: int, size: int, settings: DatasetSettings) -> float:
    """Return what fraction of a shard these documents and bytes fill."""
    return max(documents / settings.part_documents, size / settings.part_bytes)


def _is_end(item: Sized, weight: float) -> bool:
    chance = min(CUTS * weight, _MAX_CHANCE)
    return item.place < chance * _HASHES
