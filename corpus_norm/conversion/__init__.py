"""The batch job: sources in, dataset out, in this process or in several.

Documents are cut into shards (one part file each) and batches by what they are and their order
alone, so the number of workers changes nothing but the time it takes.

    engine.py      the job itself          pool.py, worker.py   processes under supervision
    shards.py      where parts end         selection.py         a limit, a sample
    progress.py    how far it is           preview.py           what a run would do
"""

from __future__ import annotations

from corpus_norm.conversion.engine import convert
from corpus_norm.conversion.preview import Preview, preview
from corpus_norm.conversion.progress import Progress

__all__ = ["Preview", "Progress", "convert", "preview"]
