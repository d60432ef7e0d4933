"""What a run writes to the log, at the level INFO: start, parts, rejects, end.

Each record has its facts as ``event`` too, for handlers that write JSON.  Without a handler for
this level nothing is made.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from corpus_norm.faults import logger

if TYPE_CHECKING:
    import pyarrow as pa

    from corpus_norm.conversion.job import Job
    from corpus_norm.conversion.progress import Progress
    from corpus_norm.dataset import Part


def log_start(job: Job) -> None:
    """Log the settings, models and workers of a run."""
    digest = job.settings.digest()
    models = [f"{model.name} {model.version}".strip() for model in job.models]
    workers = job.workers.count
    logger.info(
        "start: settings %s, models: %s, %s",
        digest,
        ", ".join(models) or "none",
        f"{workers} worker(s)" if workers else "in this process",
        extra={
            "event": {"what": "start", "settings": digest, "models": models, "workers": workers}
        },
    )


def log_part(part: Part, *, is_kept: bool) -> None:
    """Log a part that was written, or kept from an earlier run."""
    documents, rejects = part.documents.rows, part.rejects.rows
    logger.info(
        "part %d %s: %s documents, %s rejects",
        part.index,
        "kept" if is_kept else "written",
        f"{documents:,}",
        f"{rejects:,}",
        extra={
            "event": {
                "what": "part",
                "part": part.index,
                "kept": is_kept,
                "documents": documents,
                "rejects": rejects,
            }
        },
    )


def log_rejects(batch: pa.RecordBatch) -> None:
    """Log the rejects among rows of RESULTS."""
    if not logger.isEnabledFor(logging.INFO):
        return
    names = ("source", "record", "source_id", "rejection")
    for row in batch.select(list(names)).to_pylist():
        why = row.pop("rejection")
        if why is not None:
            facts = {**row, **{name: why[name] for name in ("stage", "error", "message")}}
            place = f"{row['source']} record {row['record']}" if row["record"] else row["source"]
            logger.info(
                "rejected %s in %s: %s: %s",
                place,
                why["stage"],
                why["error"],
                why["message"],
                extra={"event": {"what": "reject", **facts}},
            )


def log_end(state: Progress) -> None:
    """Log the counts of a run, and the seconds of its stages."""
    seconds = {stage: round(spent, 3) for stage, spent in state.seconds.items()}
    logger.info(
        "end: %s documents, %s rejects, %s kept from before; seconds: %s",
        f"{state.documents:,}",
        f"{state.rejects:,}",
        f"{state.taken_over:,}",
        ", ".join(f"{stage} {spent:.1f}" for stage, spent in seconds.items()) or "none",
        extra={
            "event": {
                "what": "end",
                "documents": state.documents,
                "rejects": state.rejects,
                "kept": state.taken_over,
                "seconds": seconds,
            }
        },
    )
