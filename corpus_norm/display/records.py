"""A document as JSON: the output of ``inspect --json``, in a stable shape for scripts.

Names and types are those of the table ``documents``, with texts where the table has offsets and
sentences inside their blocks.  ``docs/inspect.md`` describes every key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpus_norm.document import replace_surrogates
from corpus_norm.values import load_fields

if TYPE_CHECKING:
    from corpus_norm.display.highlights import Highlight
    from corpus_norm.display.view import BlockView, DocumentView, Line, RepairView
    from corpus_norm.document import Document

SHAPE = "corpus_norm document 1"
"""Name and version of the shape; the version changes when a key is removed or redefined."""

_PLAIN = (
    "source", "record", "doc_id", "media_type", "bytes_sha256", "settings_hash",
    "encoding", "encoding_confidence", "url", "site", "title", "title_en",
    "language", "language_score", "body", "body_en", "translation_model",
    "duplicate_of", "story_id", "source_id",
)  # fmt: skip


def to_record(view: DocumentView) -> dict[str, Any]:
    """Return a document as plain data, ready for :func:`json.dumps`.

    >>> from corpus_norm.display.view import view_document
    >>> from corpus_norm.document import Document
    >>> record = to_record(view_document(Document("a.txt", "Hi.", flags=("empty_output",))))
    >>> record["format"], record["flags"][0]["meaning"]
    ('corpus_norm document 1', 'the model gave nothing for a sentence')
    """
    document = view.document
    record = {
        "format": SHAPE,
        **{name: getattr(document, name) for name in _PLAIN},
        **_lists(document),
        "translation_status": str(document.translation_status),
        "flags": [{"flag": flag, "meaning": meaning} for flag, meaning in view.warnings],
        "repairs": [_repair(each) for each in view.repairs],
        "blocks": [_block(each) for each in view.blocks],
    }
    return {key: _clean(value) for key, value in record.items()}


def _lists(document: Document) -> dict[str, Any]:
    return {
        "authors": list(document.authors),
        "published": document.published and document.published.isoformat(),
        "published_at": document.published_at and document.published_at.isoformat(),
        "updated": document.updated and document.updated.isoformat(),
        "extra": load_fields(document.extra) if document.extra else None,
        "languages": [{"language": s.language, "share": s.share} for s in document.languages],
    }


def _block(view: BlockView) -> dict[str, Any]:
    block = view.block
    return {
        "kind": str(block.kind),
        "is_body": block.is_body,
        "reason": block.reason,
        "language": block.language,
        "language_score": block.language_score,
        "start": block.start,
        "end": block.end,
        "text": block.text,
        "text_en": block.text_en,
        "sentences": [_sentence(line) for line in view.lines],
    }


def _sentence(line: Line) -> dict[str, Any]:
    return {
        "language": line.language,
        "text": line.text,
        "text_en": line.english,
        "score": line.score,
        "faithfulness": line.faithfulness,
        "adequacy": line.adequacy,
        "flags": list(line.flags),
        "amounts": [_amount(each, line.text) for each in line.highlights],
        "amounts_en": [_amount(each, line.english or "") for each in line.highlights_en],
        "words": [_word(each, line.text) for each in line.words],
        "words_en": [_word(each, line.english or "") for each in line.words_en],
    }


def _word(highlight: Highlight, text: str) -> dict[str, Any]:
    return {
        "start": highlight.start,
        "end": highlight.end,
        "text": text[highlight.start : highlight.end],
        "answers": [] if highlight.is_unanswered else highlight.note.split(", "),
    }


def _amount(highlight: Highlight, text: str) -> dict[str, Any]:
    return {
        "start": highlight.start,
        "end": highlight.end,
        "text": text[highlight.start : highlight.end],
        "note": highlight.note,
        "is_wrong": highlight.is_wrong,
    }


def _repair(view: RepairView) -> dict[str, Any]:
    repair = view.repair
    return {
        "step": repair.step,
        "start": repair.start,
        "end": repair.end,
        "before": view.before,
        "after": view.after,
        "meaning": view.meaning,
    }


def _clean(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    """Replace lone surrogates, which JSON files cannot hold, with U+FFFD."""
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    return value
