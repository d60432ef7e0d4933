"""How far a conversion has come, in a notebook.

IPython's own display is updated, and no widget: that works in JupyterLab, VS Code and nbconvert
alike, without ipywidgets, which tqdm and rich ask for there.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from corpus_norm.display.html import render

if TYPE_CHECKING:
    from corpus_norm.conversion import Progress


class ProgressBar:
    """Shows how far ``convert(..., progress=ProgressBar())`` has come; for one run.

    In a notebook it is a bar, in a terminal a line that is written over, elsewhere nothing.

    Args:
        total: how many documents there are; without it there are numbers but no bar.
    """

    def __init__(self, total: int | None = None) -> None:
        self._total = total
        self._start: float | None = None
        self._already = 0
        self._handle: Any = None

    def __call__(self, state: Progress) -> None:
        """Show a state; :func:`corpus_norm.convert` calls this after every batch."""
        if self._start is None:
            self._start, self._already = time.monotonic(), state.rows
        text = describe(state, time.monotonic() - self._start, self._already, self._total)
        if _is_notebook():
            self._show({"text/plain": text, "text/html": self._draw(state, text)})
        elif sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()

    def _draw(self, state: Progress, text: str) -> str:
        return render("progress.html", total=self._total, done=state.rows, text=text)

    def _show(self, bundle: dict[str, str]) -> None:
        from IPython.display import display

        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


def describe(state: Progress, seconds: float, already: int = 0, total: int | None = None) -> str:
    """A line of text: how many documents are done, how fast, which one is the last.

    >>> from corpus_norm.conversion import Progress
    >>> describe(Progress(90, 10, "a.txt"), 6.0, 40, 400)
    '100 of 400 documents, 10 rejected, 10.0 documents/s: a.txt'
    """
    of_all = "" if total is None else f" of {total:,}"
    speed = f", {(state.rows - already) / seconds:,.1f} documents/s" if seconds > 0.5 else ""
    return f"{state.rows:,}{of_all} documents, {state.rejects:,} rejected{speed}: {state.source}"


def _is_notebook() -> bool:
    """Whether a kernel runs us, so that rich output is shown; IPython is never loaded for this."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")
