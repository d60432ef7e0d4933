"""What makes an input the same input: digests of documents, and of their places in the sources."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from corpus_norm.document import RawDocument

if TYPE_CHECKING:
    from corpus_norm.document import Rejection

ITEM_DIGEST_BYTES = 16


def digest_item(item: RawDocument | Rejection) -> bytes:
    """BLAKE2b-128 of all of an item: ``doc_id`` alone does not cover what is known beside bytes.

    >>> digest_item(RawDocument("a", "x")) == digest_item(RawDocument("a", "x", title="T"))
    False
    """
    parts: tuple[object, ...]
    if isinstance(item, RawDocument):
        known = (item.url, item.site, item.title, item.authors, item.published, item.retrieved)
        parts = (item.doc_id, item.media_type, item.charset, *known)
    else:
        parts = (item.source, item.record, item.bytes_sha256, item.stage, item.error, item.message)
    return _digest(repr(parts), ITEM_DIGEST_BYTES)


def digest_place(source: str, record: int) -> int:
    """BLAKE2b-64 of where a document is, as an integer: the same while its content changes.

    >>> digest_place("a.txt", 0) != digest_place("a.txt", 1)
    True
    """
    return int.from_bytes(_digest(repr((source, record)), 8), "big")


def _digest(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "backslashreplace"), digest_size=size).digest()
