"""Keys: what a document is known by from one run to the next, and however an input is named.

The key of a file is its path inside the input; that of a record adds its own id, or else the hash
of its content, so that a record put in at the top of a file changes no key below it.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_norm.document import RawDocument

if TYPE_CHECKING:
    from corpus_norm.document import Rejection

_PENDING = 4096
_WORD = 8  # bytes of a hash


class Repeats:
    """A count of how often each name was met, in eight bytes a name.

    >>> repeats = Repeats()
    >>> [repeats.number(name) for name in ("a", "b", "a", "a")]
    ['a', 'b', 'a~2', 'a~3']
    """

    def __init__(self) -> None:
        self._new: set[int] = set()
        self._old: list[Any] = []  # sorted arrays, each at most half as long as the one before
        self._counts: dict[int, int] = {}

    def number(self, name: str) -> str:
        """Return the name, with a number from the second time on."""
        digest = hashlib.blake2b(name.encode("utf-8", "backslashreplace"), digest_size=_WORD)
        value = int.from_bytes(digest.digest(), "big")
        if not self._has(value):
            self._new.add(value)
            return name
        self._counts[value] = self._counts.get(value, 1) + 1
        return f"{name}~{self._counts[value]}"

    def _has(self, value: int) -> bool:
        if value in self._new:
            return True
        word = np.uint64(value)  # any other type would make searchsorted copy the whole array
        for array in self._old:
            place = int(array.searchsorted(word))
            if place < len(array) and int(array[place]) == value:
                return True
        if len(self._new) >= _PENDING:
            self._merge()
        return False

    def _merge(self) -> None:
        merged = np.array(sorted(self._new), np.uint64)
        self._new.clear()
        while self._old and len(self._old[-1]) < 2 * len(merged):
            merged = np.sort(np.concatenate([self._old.pop(), merged]))
        self._old.append(merged)


class RecordKeys:
    """The keys of the records in one file, whose own key is its path inside the input.

    >>> keys = RecordKeys("a.jsonl")
    >>> raw = RawDocument("./news/a.jsonl", "Hi.", record=3, source_id="x7")
    >>> keys.mark(raw).key, keys.mark(raw).key, keys.mark(replace(raw, source_id=None)).key
    ('a.jsonl#x7', 'a.jsonl#x7~2', 'a.jsonl@c7635b488bff0d6e')
    """

    def __init__(self, file_key: str) -> None:
        self._file_key = file_key
        self._repeats = Repeats()

    def mark(self, item: RawDocument | Rejection) -> RawDocument | Rejection:
        """Return the item with its key."""
        if item.source_id is not None:
            name = f"{self._file_key}#{item.source_id}"
        else:
            name = f"{self._file_key}@{_hash_content(item)}"
        return replace(item, key=self._repeats.number(name))


def join_key(folder: str, name: str) -> str:
    """Return the key of a file in a folder; the input itself has an empty key.

    >>> join_key("", "a.txt"), join_key("2024", "a.txt")
    ('a.txt', '2024/a.txt')
    """
    return f"{folder}/{name}" if folder else name


def _hash_content(item: RawDocument | Rejection) -> str:
    if isinstance(item, RawDocument):
        data = item.data_bytes
    elif item.data is not None:
        data = item.data
    else:
        data = str(item.record).encode()
    return hashlib.blake2b(data, digest_size=8).hexdigest()
