"""Rows of tables (CSV, Parquet, Arrow) to raw documents, by the names of their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import InputError
from corpus_norm.sources.records import get_authors, get_day, get_line, make_content, reject
from corpus_norm.sources.streams import too_large

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus_norm.settings import InputSettings


def name_columns(there: Sequence[str], settings: InputSettings) -> list[str]:
    """The columns that are read, of those there are.

    >>> from corpus_norm.settings import InputSettings
    >>> name_columns(["id", "title", "text"], InputSettings())
    ['text', 'title']

    Raises:
        InputError: there is neither a column of text nor one of HTML; the message lists those
            there are.
    """
    if settings.text_field not in there and settings.html_field not in there:
        listed = ", ".join(map(repr, there[:20])) or "none"
        more = f" and {len(there) - 20} more" if len(there) > 20 else ""
        raise InputError(
            f"it has no column {settings.text_field!r} or {settings.html_field!r} (its columns: "
            f"{listed}{more}); name the right one with settings.input.text_field or html_field"
        )
    wanted = (
        settings.text_field,
        settings.html_field,
        settings.title_field,
        settings.url_field,
        settings.authors_field,
        settings.published_field,
    )
    return list(dict.fromkeys(name for name in wanted if name in there))


def make_row(
    row: Mapping[str, Any], source: str, record: int, settings: InputSettings
) -> RawDocument | Rejection:
    """The document of one row; text is ``str`` (undecodable bytes as lone surrogates) or bytes.

    HTML wins over text, as in JSON records.
    """
    html = row.get(settings.html_field)
    text = row.get(settings.text_field)
    content = next((value for value in (html, text) if _holds_any(value)), None)
    if content is None:
        names = f"{settings.text_field!r} and {settings.html_field!r}"
        return reject(source, record, f"row {record + 1} has nothing in {names}")
    if len(content) > settings.max_bytes:
        return reject(source, record, too_large(settings.max_bytes))
    return RawDocument(
        source,
        content if isinstance(content, bytes) else make_content(content),
        record=record,
        media_type="text/html" if content is html else "text/plain",
        url=get_line(row.get(settings.url_field)),
        title=get_line(row.get(settings.title_field)),
        authors=get_authors(row.get(settings.authors_field)),
        published=get_day(row.get(settings.published_field)),
    )


def _holds_any(value: object) -> bool:
    return isinstance(value, (str, bytes)) and bool(value.strip())
