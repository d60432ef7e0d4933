"""The translation memory: sentences translated once, in one SQLite file."""

from __future__ import annotations

from corpus_norm.translation.memory.store import (
    MAX_BYTES,
    ImportsChangedError,
    Memory,
    MemoryStats,
    Recipe,
    Unit,
    default_path,
    open_memory,
)

__all__ = [
    "MAX_BYTES",
    "ImportsChangedError",
    "Memory",
    "MemoryStats",
    "Recipe",
    "Unit",
    "default_path",
    "open_memory",
]
