"""Bytes to raw documents: a whole file as one, or the records of JSON and JSON Lines."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from corpus_norm.document import RawDocument, Rejection, replace_surrogates
from corpus_norm.errors import DecodeError, InputError
from corpus_norm.sources.json_values import Broken, iterate_values, load
from corpus_norm.sources.streams import CutError, join_chunks, split_lines, to_utf8, too_large

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.settings import InputSettings


def read_document(
    chunks: Iterator[bytes], source: str, media_type: str, limit: int
) -> Iterator[RawDocument]:
    """The whole stream as one document of at most ``limit`` bytes.

    Raises:
        InputError: it is longer.
    """
    yield RawDocument(source, join_chunks(chunks, limit), media_type=media_type)


def read_lines(
    chunks: Iterator[bytes], source: str, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    """The records of JSON Lines; the record index is the line number less one, blank lines counted.

    Raises:
        CutError: the stream ends early; the records before the cut have been delivered.
    """
    following = 0
    try:
        for record, line in enumerate(split_lines(to_utf8(chunks), settings.max_bytes)):
            following = record + 1
            if line is None:
                yield reject(source, record, too_large(settings.max_bytes))
            elif line.strip():
                yield parse_line(line, source, record, settings)
    except CutError as cut:
        # The last line counts if it is whole: only its line feed was lost.
        last = parse_line(cut.tail, source, following, settings)
        if isinstance(last, RawDocument):
            cut.tail = b""
            yield last
        raise


def read_json(
    chunks: Iterator[bytes], source: str, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    """The records of a JSON file: one object, a list of objects, or objects one after another.

    Raises:
        InputError: the syntax is broken at some point; the records before it have been delivered.
    """
    values = iterate_values(to_utf8(chunks), settings.max_bytes)
    for record, (raw, value) in enumerate(values):
        if isinstance(value, Broken):
            data = raw.encode("utf-8", "surrogateescape")
            yield reject(source, record, f"record {record + 1}: {value.fault}", data)
            continue
        yield make_document(value, raw, source, record, settings)


def parse_line(
    line: bytes, source: str, record: int, settings: InputSettings
) -> RawDocument | Rejection:
    """The document of one line of JSON Lines, or why there is none."""
    raw = line.decode("utf-8", "surrogateescape")
    try:
        value = load(raw)
    except (ValueError, RecursionError) as error:
        again = _parse_decoded(line) if not _is_valid(raw) else None
        if again is None:
            return reject(source, record, f"line {record + 1} is not valid JSON: {error}", line)
        value, raw = again
    return make_document(value, raw, source, record, settings)


def _parse_decoded(line: bytes) -> tuple[Any, str] | None:
    """A line in an encoding with backslashes inside its characters, as GBK and Big5 have them."""
    from corpus_norm import encoding

    try:
        text = encoding.decode(line).text
        return load(text), text
    except (ValueError, RecursionError, DecodeError):
        return None


def make_document(
    value: object, raw: str, source: str, record: int, settings: InputSettings
) -> RawDocument | Rejection:
    """The document that a JSON value describes; ``raw`` is the JSON it was parsed from.

    HTML wins over text, since text beside it was made from it.  Where the JSON is not valid
    UTF-8, the document gets the bytes as they stand, for their encoding to be found out.
    """
    fault = _find_fault(value, settings)
    if fault or not isinstance(value, dict):
        data = raw.encode("utf-8", "surrogateescape")
        return reject(source, record, f"record {record + 1}: {fault}", data)
    html = _get_text(value, settings.html_field)
    content = html or _get_text(value, settings.text_field) or ""
    return RawDocument(
        source,
        content if _is_valid(raw) else _restore_bytes(content),
        record=record,
        media_type="text/html" if html else "text/plain",
        url=get_line(value.get(settings.url_field)),
        title=get_line(value.get(settings.title_field)),
        authors=get_authors(value.get(settings.authors_field)),
        published=get_day(value.get(settings.published_field)),
    )


def reject(
    source: str, record: int, error: Exception | str, data: bytes | None = None
) -> Rejection:
    """A rejection of stage ``read``."""
    sha256 = "" if data is None else hashlib.sha256(data).hexdigest()
    name, message = InputError.__name__, str(error)
    if isinstance(error, OSError):
        # Its own text holds an absolute path, which differs from machine to machine.
        reason = error.strerror or "the file system gives no reason"
        name = type(error).__name__
        message = f"cannot be read: {reason}; check that it is still there and yours to read"
    return Rejection(source, record, sha256, "read", name, message, data)


def _find_fault(value: object, settings: InputSettings) -> str:
    if not isinstance(value, dict):
        return f"it is a JSON {_NAMES.get(type(value), 'value')}, not an object"
    names = (settings.html_field, settings.text_field)
    found = {name: value[name] for name in names if value.get(name) is not None}
    if not found and (empty := [repr(name) for name in names if name in value]):
        return f"its field {' and '.join(empty)} is null, not text"
    if not found:
        there = ", ".join(map(repr, list(value)[:8])) or "none"
        return (
            f"it has no field {names[1]!r} or {names[0]!r} (its fields: {there}); "
            "name the right one with settings.input.text_field or html_field"
        )
    if not any(isinstance(text, str) for text in found.values()):
        kinds = (f"{n!r} is a {_NAMES.get(type(v), 'value')}" for n, v in found.items())
        return f"its field {' and '.join(kinds)}, not text"
    return ""


_NAMES = {
    list: "list",
    dict: "object",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
}


def _get_text(value: dict[str, Any], name: str) -> str | None:
    text = value.get(name)
    return text if isinstance(text, str) and text.strip() else None


def get_line(text: object) -> str | None:
    """A title or an address, without white space around it; None for what is none."""
    if not isinstance(text, str) or not text.strip():
        return None
    return _read_line(text)


def get_authors(value: object) -> tuple[str, ...]:
    """Names out of a name, a list of names or of objects with a ``name``."""
    names = value if isinstance(value, list) else [value]
    texts = (name.get("name") if isinstance(name, dict) else name for name in names)
    return tuple(_read_line(text) for text in texts if isinstance(text, str) and text.strip())


def _read_line(text: str) -> str:
    """The text stripped; bytes that are no UTF-8 are read in the encoding they look like."""
    if not _is_valid(text):
        from corpus_norm import encoding

        text = encoding.read_escapes(text)
    return text.strip()


def get_day(value: object) -> date | None:
    """The day of a date, a time or their ISO 8601 forms, as its own time zone counts it."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    try:
        return datetime.fromisoformat(value.strip()).date() if isinstance(value, str) else None
    except ValueError:
        return None


def _is_valid(raw: str) -> bool:
    return raw.isascii() or replace_surrogates(raw) == raw


def make_content(text: str) -> bytes | str:
    """Text as it is, or the bytes that ``surrogateescape`` made it of where they are no UTF-8."""
    return text if _is_valid(text) else _restore_bytes(text)


def _restore_bytes(text: str) -> bytes | str:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that was written as an escape
        return text
