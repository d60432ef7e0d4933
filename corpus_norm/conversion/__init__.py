"""The batch job: sources in, dataset out, in this process or in several.

Documents are cut into shards (one part file each) and batches by their content and order alone,
so the number of workers changes only how long it takes.

    engine.py      convert, and its dry run         job.py          inputs, models, memory
    shards.py      selection, shards and batches    pool.py         processes under supervision
    worker.py      one worker process               progress.py     how much is done, the log
    stream.py      documents, with no dataset
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus_norm.conversion.engine import Preview, convert, preview
    from corpus_norm.conversion.progress import Progress
    from corpus_norm.conversion.stream import Stream

__all__ = ["Preview", "Progress", "Stream", "convert", "preview"]

# Loaded at first use: a worker process needs none of it.
_LAZY = MappingProxyType(
    {
        "Preview": "corpus_norm.conversion.engine",
        "Progress": "corpus_norm.conversion.progress",
        "Stream": "corpus_norm.conversion.stream",
        "convert": "corpus_norm.conversion.engine",
        "preview": "corpus_norm.conversion.engine",
    }
)


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
