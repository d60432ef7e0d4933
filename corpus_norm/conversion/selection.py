"""Part of the inputs: the first so many documents, or a sample that depends on nothing but them."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from corpus_norm.dataset.identity import digest_place
from corpus_norm.document import RawDocument
from corpus_norm.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from corpus_norm.document import Rejection

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
