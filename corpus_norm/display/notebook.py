"""What a notebook shows for a document and for a dataset.

One bundle holds HTML, for JupyterLab, VS Code and nbconvert, and plain text for everything else.
There is no script in it, because all three remove scripts, and nothing is fetched.
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
    """A document by media type, as IPython's ``_repr_mimebundle_`` wants it."""
    return {"text/plain": describe_document(document), "text/html": render_fragment(document)}


def describe_document(document: Document) -> str:
    """A document in a few lines of plain text: what it is, and how it begins.

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
    """The card of a dataset as HTML, its long tables of columns folded.

    Markdown is read by markdown-it (CommonMark and tables) with HTML switched off, so that no
    tag comes through from a file name or a model's description.
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
