"""Part of the inputs: the first so many documents, or a sample that depends on nothing but them."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeVar

from corpus_norm.dataset.manifest import digest_place
from corpus_norm.document import RawDocument
from corpus_norm.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from corpus_norm.conversion.worker import Batch
    from corpus_norm.document import Rejection
    from corpus_norm.settings import DatasetSettings

    Items = Iterable[RawDocument | Rejection]

_HASHES = 2**64


@dataclass(frozen=True, slots=True)
class Selection:
    """Which documents of the inputs to take.

    Args:
        limit: the first so many.
        sample: a fraction of them (below 1), or so many (1 or more): those whose ``doc_id`` is
            lowest, which is as good as chance and the same in every run.

    >>> Selection(sample=0.25).describe()
    {'sample': 0.25}

    Raises:
        SettingsError: a number makes no sense.
    """

    limit: int | None = None
    sample: float | None = None

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 1:
            raise SettingsError(f"limit must be at least 1, not {self.limit}")
        if self.sample is not None and not self.sample > 0:
            raise SettingsError(f"sample must be more than 0, not {self.sample:g}")
        if self.sample is not None and self.sample > 1 and self.sample != int(self.sample):
            raise SettingsError(
                f"sample is a fraction below 1 or a whole number, not {self.sample:g}"
            )

    def describe(self) -> dict[str, float]:
        """The selection for the manifest; empty where everything is taken."""
        wanted = {"limit": self.limit, "sample": self.sample}
        return {name: value for name, value in wanted.items() if value is not None}

    @property
    def reads_twice(self) -> bool:
        """Whether the inputs are read once to find out which documents to take."""
        return self.sample is not None and self.sample >= 1

    def select(self, read: Callable[[], Items]) -> Iterator[RawDocument | Rejection]:
        """The documents to take, in order; ``read`` starts reading the inputs from the start."""
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
    """A number below 2**64 that is as good as drawn at random, and belongs to the document."""
    if isinstance(item, RawDocument):
        return int(item.doc_id[:16], 16)
    return digest_place(item.source, item.record)


LEAST_FILL = 0.5  # no shard ends on its own account before it is so full
CUTS = 8.0  # ends to be expected in the second half; e**-4 of the shards run into their limit
_OFTENEST = 0.25  # of the documents end a shard: where all did, ends would not depend on them
_HASHES_SHARDS = 2.0**64


class Sized(Protocol):
    """Something from a place in the sources that takes so many bytes."""

    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def record(self) -> int: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102


Item = TypeVar("Item", bound=Sized)


def cut_shards(items: Iterable[Item], settings: DatasetSettings) -> Iterator[list[Item]]:
    """Runs of items of at most so many documents, and as a rule of at most so many bytes.

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


def cut_batches(
    items: Iterable[RawDocument | Rejection], settings: DatasetSettings
) -> Iterator[Batch]:
    """Runs of items of at most ``batch_documents``, shorter where they are large."""
    batch: Batch = []
    size = 0
    for item in items:
        if batch and size + item.size > settings.batch_bytes:
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item.size
        if len(batch) == settings.batch_documents:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _measure(documents: int, size: int, settings: DatasetSettings) -> float:
    """How much of a shard so many documents and bytes fill."""
    return max(documents / settings.part_documents, size / settings.part_bytes)


def _is_end(item: Sized, weight: float) -> bool:
    chance = min(CUTS * weight, _OFTENEST)
    return digest_place(item.source, item.record) < chance * _HASHES_SHARDS
