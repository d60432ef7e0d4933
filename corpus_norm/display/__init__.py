"""Views of documents and datasets: in a terminal, in a notebook, as HTML, as JSON."""

from __future__ import annotations

from corpus_norm.display.html import render_document, render_page, stylesheet
from corpus_norm.display.notebook import ProgressBar
from corpus_norm.display.terminal import (
    describe_language_model,
    describe_model,
    show_document,
    show_documents,
    show_rejects,
)
from corpus_norm.display.view import DocumentView, view_document

__all__ = [
    "DocumentView",
    "ProgressBar",
    "describe_language_model",
    "describe_model",
    "render_document",
    "render_page",
    "show_document",
    "show_documents",
    "show_rejects",
    "stylesheet",
    "view_document",
]
