"""The output of notebook cells: a document, the card of a dataset, the progress of ``convert``.

Each output holds HTML, for JupyterLab, VS Code and nbconvert, and plain text for everything else.
It has no script, because all three remove scripts, and loads nothing from the network.
"""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING, Any

from corpus_norm.display.html import render, render_fragment, stylesheet
from corpus_norm.document import read_lines

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

    from corpus_norm.conversion import Progress
    from corpus_norm.dataset import Manifest
    from corpus_norm.document import Document

_PLAIN_BLOCKS = 12
_PLAIN_WIDTH = 96
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_FOLDED = ("Columns of",)


def bundle_document(document: Document) -> dict[str, str]:
    """Return a document by media type, as IPython expects of ``_repr_mimebundle_``."""
    return {"text/plain": describe_document(document), "text/html": render_fragment(document)}


def describe_document(document: Document) -> str:
    """Return a document as a few lines of plain text: a summary, and its first blocks.

    >>> from corpus_norm.document import Block, BlockKind, Document
    >>> blocks = (Block(BlockKind.PARAGRAPH, "Hello.", 0),)
    >>> print(describe_document(Document("a.txt", "Hello.", language="en", blocks=blocks)))
    <Document 'a.txt': en, 1 of 1 blocks in the body, translation off>
    paragraph      Hello.
    """
    lines = [repr(document)]
    for block in document.blocks[:_PLAIN_BLOCKS]:
        text = read_lines(block.text, block.kind)
        lines.append(f"{block.kind:14} {text[:_PLAIN_WIDTH]}{'…' * (len(text) > _PLAIN_WIDTH)}")
    more = len(document.blocks) - _PLAIN_BLOCKS
    return "\n".join([*lines, *([f"… and {more} more blocks"] if more > 0 else [])])


def render_card(manifest: Manifest) -> str:
    """Return the card of a dataset as HTML, with the long tables of columns folded.

    markdown-it renders the Markdown (CommonMark and tables) with HTML switched off, so that no
    tag in a file name or a model's description gets through.
    """
    from markdown_it import MarkdownIt

    from corpus_norm.dataset.card import make_card

    text = _COMMENT.sub("", _FRONT_MATTER.sub("", make_card(manifest)))
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    head, *sections = re.split(r"(?m)^## ", text)
    parts = [markdown.render(head), *(_fold(markdown, section) for section in sections)]
    return (
        f'<style>{stylesheet()}</style><div class="corpus-norm">'
        f'<article class="cn-card">{"".join(parts)}</article></div>'
    )


def _fold(markdown: MarkdownIt, section: str) -> str:
    title, _, rest = section.partition("\n")
    if not title.startswith(_FOLDED):
        return str(markdown.render(f"## {section}"))
    summary = markdown.renderInline(title)
    body = markdown.render(rest)
    return f'<details class="cn-fold"><summary>{summary}</summary>{body}</details>'


class ProgressBar:
    """The progress of one run of ``convert(..., progress=ProgressBar())``.

    It is a bar in a notebook and a line in a terminal; elsewhere it shows nothing.

    Args:
        total: number of documents; without it the output is numbers without a bar.
    """

    def __init__(self, total: int | None = None) -> None:
        self._total = total
        self._start: float | None = None
        self._already = 0
        self._handle: Any = None

    def __call__(self, state: Progress) -> None:
        """Show the progress; :func:`corpus_norm.convert` calls this after every batch."""
        if self._start is None:
            self._start, self._already = time.monotonic(), state.rows
        seconds = time.monotonic() - self._start
        text = describe_progress(state, seconds, self._already, self._total)
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


def describe_progress(
    state: Progress, seconds: float, already: int = 0, total: int | None = None
) -> str:
    """Return the progress in one line: documents done, speed, and the last source.

    Args:
        state: the progress so far.
        seconds: time since the run began.
        already: documents that an earlier run had done; the speed does not count them.
        total: number of documents, if known.

    >>> from corpus_norm.conversion import Progress
    >>> describe_progress(Progress(90, 10, "a.txt"), 6.0, 40, 400)
    '100 of 400 documents, 10 rejected, 10.0 documents/s: a.txt'
    """
    of_all = "" if total is None else f" of {total:,}"
    speed = f", {(state.rows - already) / seconds:,.1f} documents/s" if seconds > 0.5 else ""
    return f"{state.rows:,}{of_all} documents, {state.rejects:,} rejected{speed}: {state.source}"


def _is_notebook() -> bool:
    """Whether this runs in a notebook kernel; never imports IPython just to find out."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")
