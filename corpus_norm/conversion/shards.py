"""Documents to shards (one part file each), shards to batches.

Where a shard ends is decided by the documents themselves, as a deduplicating backup cuts files
("content-defined chunking", Muthitacharoen et al., LBFS, SOSP 2001): once it is half full, it ends
before a document whose place in the sources hashes low enough.  So a document that is added or
removed moves the ends near it, and the shards further on stay as they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from corpus_norm.dataset.identity import digest_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpus_norm.conversion.worker import Batch
    from corpus_norm.document import RawDocument, Rejection
    from corpus_norm.settings import DatasetSettings

LEAST_FILL = 0.5  # no shard ends on its own account before it is so full
CUTS = 8.0  # ends to be expected in the second half; e**-4 of the shards run into their limit
_OFTENEST = 0.25  # of the documents end a shard: where all did, ends would not depend on them
_HASHES = 2.0**64


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
    return digest_place(item.source, item.record) < chance * _HASHES
