"""The batch job: sources in, dataset out, in this process or in several.

Documents are cut into shards (one part file each) and batches by their content and order alone,
so the number of workers changes only how long it takes.

    engine.py      convert, and its dry run         job.py          inputs, models, memory
    shards.py      selection, shards and batches    pool.py         processes under supervision
    worker.py      one worker process               progress.py     how much is done, the log
    stream.py      documents, with no dataset
"""

from __future__ import annotations

from corpus_norm.conversion.engine import Preview, convert, preview
from corpus_norm.conversion.progress import Progress
from corpus_norm.conversion.stream import Stream

__all__ = ["Preview", "Progress", "Stream", "convert", "preview"]
