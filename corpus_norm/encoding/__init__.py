"""Decode bytes to text with evidence, and repair text with a log that can be replayed."""

from __future__ import annotations

from corpus_norm.encoding.charsets import Decoded, decode, find_declared, is_shifted
from corpus_norm.encoding.repairs import (
    Change,
    Cleaned,
    are_sound,
    clean,
    explain,
    is_sound,
    read_escapes,
    replay,
    restore_bytes,
)

__all__ = [
    "Change",
    "Cleaned",
    "Decoded",
    "are_sound",
    "clean",
    "decode",
    "explain",
    "find_declared",
    "is_shifted",
    "is_sound",
    "read_escapes",
    "replay",
    "restore_bytes",
]
