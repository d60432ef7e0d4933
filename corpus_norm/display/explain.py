"""What stood in a source before each repair: the log of a document holds only what came after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_norm.display.view import DocumentView, view_document

if TYPE_CHECKING:
    from corpus_norm.document import Document, RawDocument
    from corpus_norm.encoding import Change
    from corpus_norm.settings import Settings


def view_with_source(document: Document, raw: RawDocument, settings: Settings) -> DocumentView:
    """The view of a document with its repairs in full, found by making them again on the source.

    Pages of HTML are repaired piece by piece, after their text has been taken out; of those the
    log is all there is.

    >>> from corpus_norm import RawDocument, Settings, process
    >>> raw = RawDocument("a.txt", "Un succÃ¨s fou pour la ville de Lyon.")
    >>> [document] = process([raw])
    >>> [repair] = view_with_source(document, raw, Settings()).repairs
    >>> repair.before, repair.after
    ('Ã¨', 'è')
    """
    return view_document(document, _explain(document, raw, settings))


def _explain(document: Document, raw: RawDocument, settings: Settings) -> tuple[Change, ...]:
    from corpus_norm import encoding

    if not document.repairs or raw.media_type == "text/html":
        return ()
    text = raw.data
    if isinstance(text, str):
        text = encoding.restore_bytes(text) or text
    if isinstance(text, bytes):
        text = encoding.decode(text, settings.charset or raw.charset).text
    changes = encoding.explain(text)
    same = [(change.step, change.start, change.end) for change in changes]
    logged = [(repair.step, repair.start, repair.end) for repair in document.repairs]
    return changes if same == logged else ()
