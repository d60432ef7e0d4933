"""The progress of a conversion on the terminal: speed, rejects, time left, shares of the stages."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from corpus_norm.cli import console
from corpus_norm.cli.console import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from corpus_norm.conversion import Progress


@contextmanager
def show_progress(
    inputs: Sequence[str], *, is_whole: bool
) -> Iterator[Callable[[Progress], None] | None]:
    """Show progress while the block runs; yield the callback for it, None without a terminal.

    ``is_whole`` means that all documents are converted, so that they can be counted beforehand.
    """
    if console.is_json() or not console.err.is_terminal:
        yield None
        return
    from rich.live import Live

    from corpus_norm.conversion.progress import count_documents

    total = count_documents(inputs) if is_whole else None
    start = time.monotonic()
    with Live(console=console.err, transient=True, refresh_per_second=4) as live:
        yield lambda state: live.update(describe(state, time.monotonic() - start, total))


def describe(state: Progress, seconds: float, total: int | None = None) -> str:
    """Return the progress as rich text of up to three lines.

    >>> from corpus_norm.conversion import Progress
    >>> state = Progress(90, 10, "a.txt", 40, {"decode": 1.0, "segment": 3.0})
    >>> print(describe(state, 6.0, 400))
    100 of 400 documents (40 done before), 10 rejected, 10.0 documents/s, 0:30 left
    decode 25 %  extract 75 %
    a.txt
    """
    from corpus_norm.pipeline import STAGES

    labels = {stage.name.value: stage.label for stage in STAGES}
    rate = (state.rows - state.taken_over) / seconds if seconds > 0 else 0.0
    of_all = "" if total is None else f" of {total:,}"
    before = f" ({state.taken_over:,} done before)" if state.taken_over else ""
    line = f"{state.rows:,}{of_all} documents{before}, {state.rejects:,} rejected"
    line += f", {rate:,.1f} documents/s"
    if total is not None and rate > 0:
        line += f", {_clock(max(total - state.rows, 0) / rate)} left"
    shares = "  ".join(
        f"{labels[stage]} {share:.0%}".replace("%", " %") for stage, share in state.shares.items()
    )
    return "\n".join(part for part in (line, shares, escape(state.source[-76:])) if part)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
