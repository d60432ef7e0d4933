"""Sets of 64-bit keys in two bytes a slot, looked up a whole array at a time.

Open addressing with linear probing (Knuth, TAOCP 6.4); a slot keeps 16 bits of the key's hash, so
that one key in some ten thousand that are not there is taken for one that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Slots = NDArray[np.int64]

LOAD = 0.8
"""The share of slots that are taken."""

_MIXERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def mix(keys: Keys) -> Keys:
    """Keys spread over all 64 bits (SplitMix64; Steele, Lea and Flood 2014)."""
    first, second = _MIXERS
    keys = (keys ^ (keys >> np.uint64(30))) * first
    keys = (keys ^ (keys >> np.uint64(27))) * second
    return keys ^ (keys >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class HashSet:
    """What each slot keeps of its key; 0 where it is empty."""

    checks: NDArray[np.uint16]

    @classmethod
    def build(cls, keys: Keys) -> tuple[Self, Slots]:
        """The set of some distinct keys, and the slot of each.

        >>> keys = np.arange(1000, dtype=np.uint64)
        >>> found, slots = HashSet.build(keys)
        >>> bool((found.find(keys) == slots).all())
        True
        """
        size = int(len(keys) / LOAD) + 2
        made = cls(np.zeros(size, np.uint16))
        places, checks = made._places(keys)
        slots = np.full(len(keys), -1)
        waiting = np.arange(len(keys))
        while len(waiting):
            free = made.checks[places[waiting]] == 0
            _, first = np.unique(places[waiting[free]], return_index=True)
            lucky = waiting[free][first]
            made.checks[places[lucky]] = checks[lucky]
            slots[lucky] = places[lucky]
            waiting = waiting[slots[waiting] < 0]
            places[waiting] = (places[waiting] + 1) % size
        return made, slots

    def find(self, keys: Keys) -> Slots:
        """The slot of each key; -1 for one that is not there."""
        places, checks = self._places(keys)
        slots = np.full(len(keys), -1)
        open_ = np.arange(len(keys))
        while len(open_):
            seen = self.checks[places]
            hit = seen == checks
            slots[open_[hit]] = places[hit]
            going = ~hit & (seen != 0)
            open_, checks = open_[going], checks[going]
            places = (places[going] + 1) % len(self.checks)
        return slots

    def _places(self, keys: Keys) -> tuple[Slots, NDArray[np.uint16]]:
        mixed = mix(keys)
        high = mixed >> np.uint64(32)
        places = (high * np.uint64(len(self.checks))) >> np.uint64(32)
        return places.astype(np.int64), np.maximum(mixed & np.uint64(0xFFFF), np.uint64(1)).astype(
            np.uint16
        )
