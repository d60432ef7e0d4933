"""Turn rows of Arrow batches and CSV tables into documents."""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import InputError
from corpus_norm.sources.fields import FieldReader, Repeats
from corpus_norm.sources.records import RecordGuard, decode_line, make_content, reject
from corpus_norm.sources.streams import CHUNK_BYTES, peek, split_lines, to_utf8, too_large
from corpus_norm.values import dump_fields, is_binary, is_text, load_fields, read_column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from corpus_norm.settings import InputSettings

HEAD_BYTES = 16 * CHUNK_BYTES
"""The bytes of a table that tell the order of day and month in its dates."""
ROWS = 64
"""The number of rows converted to Python values at a time."""

_DERIVED = frozenset(
    [
        "doc_id",
        "source",
        "record",
        "bytes_sha256",
        "settings_hash",
        "encoding",
        "encoding_confidence",
        "repairs",
        "site",
        "title_en",
        "retrieved",
        "language",
        "language_score",
        "languages",
        "text_en",
        "body",
        "body_en",
        "blocks",
        "sentences",
        "translation_status",
        "translation_model",
        "flags",
        "body_confidence",
        "duplicate_of",
        "story_id",
        "media_type",
        "stage",
        "error",
        "message",
    ]
)
"""The columns of our datasets that describe how their rows were made."""


def choose_columns(schema: pa.Schema, fields: FieldReader) -> list[str]:
    """Return the columns of a schema to read, by name; note their types.

    >>> from corpus_norm.settings import InputSettings
    >>> schema = pa.schema({"id": pa.int64(), "text": pa.string()})
    >>> choose_columns(schema, FieldReader(InputSettings()))
    ['id', 'text']
    >>> choose_columns(schema, FieldReader(InputSettings(keep_extra=False, id_field="key")))
    ['text']

    Raises:
        InputError: no column holds documents, or one to be read is of another type or duplicated.
    """
    names = name_columns(schema.names, fields)
    if is_ours(schema):
        names = [name for name in names if name not in _DERIVED]
    known = fields.list_known()
    contents = fields.find_contents(names)
    for name in names:
        if name in known and len(schema.get_all_field_indices(name)) > 1:
            raise InputError(f"it has two columns {name!r}; rename one")
    kinds = {name: schema.field(name).type for name in contents}
    if not any(map(_is_content, kinds.values())):
        name, kind = next(iter(kinds.items()))
        raise InputError(
            f"its column {name!r} is {kind}, not text; name the right one with "
            "settings.input.text_field or html_field (--text-field)"
        )
    fields.types.update((each.name, each.type) for each in schema if each.name not in fields.types)
    return names


def is_ours(schema: pa.Schema) -> bool:
    """Whether a table is one of our datasets, whose columns are not fields of a record."""
    return b"corpus_norm.schema" in (schema.metadata or {})


def read_rows(
    batch: pa.RecordBatch, names: list[str], source: str, first: int, fields: FieldReader
) -> Iterator[RawDocument | Rejection]:
    """Yield the documents of a batch; ``first`` is the index of its first row in the file.

    Raises:
        InputError: the batch is damaged; the rows before the damage have been yielded.
    """
    wanted = set(names)
    places = [n for n, name in enumerate(batch.schema.names) if name in wanted]
    titles = _make_unique([batch.schema.names[place] for place in places])
    guard = RecordGuard(source, pa.ArrowException)

    def read_piece(piece: pa.RecordBatch) -> list[dict[str, Any]]:
        columns = [read_column(piece.column(place)) for place in places]
        return [dict(zip(titles, values, strict=True)) for values in zip(*columns, strict=True)]

    for start in range(0, batch.num_rows, ROWS):
        piece = batch.slice(start, ROWS)
        rows = guard.read(first + start, None, read_piece, piece)
        for index in range(piece.num_rows):
            record = first + start + index
            found = rows
            if isinstance(rows, Rejection):  # a row of them cannot be read: each alone
                found = guard.read(record, None, read_piece, piece.slice(index, 1))
            if isinstance(found, Rejection):
                yield found
            else:
                row = found[index if found is rows else 0]
                yield guard.read(record, None, make_row, row, source, record, fields)


def _make_unique(names: Sequence[str]) -> list[str]:
    """Return the names, a repeated one with a number.

    >>> _make_unique(["a", "b", "a"])
    ['a', 'b', 'a~2']
    """
    repeats = Repeats()
    return [repeats.number(name) for name in names]


def _is_content(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return is_text(kind) or is_binary(kind) or pa.types.is_null(kind)


def name_columns(there: Sequence[str], fields: FieldReader) -> list[str]:
    """Return those columns of a table that are to be read, each name once.

    >>> from corpus_norm.settings import InputSettings
    >>> name_columns(["id", "title", "text"], FieldReader(InputSettings()))
    ['id', 'title', 'text']

    Raises:
        InputError: there is neither a column of text nor one of HTML; the message lists the
            columns of the table.
    """
    settings = fields.settings
    if not fields.find_contents(there):
        listed = ", ".join(map(repr, there[:20])) or "none"
        more = f" and {len(there) - 20} more" if len(there) > 20 else ""
        raise InputError(
            f"it has no column {settings.text_field!r} or {settings.html_field!r} (its columns: "
            f"{listed}{more}); name the right one with --text-field or --html-field "
            "(settings.input.text_field or html_field)"
        )
    known = fields.list_known()
    return list(dict.fromkeys(name for name in there if settings.keep_extra or name in known))


def make_row(
    row: Mapping[str, Any], source: str, record: int, fields: FieldReader, charset: str = ""
) -> RawDocument | Rejection:
    """Return the document of one row, or a rejection.

    Text is ``str`` (with surrogate escapes) or bytes; ``charset`` is the encoding that it was
    decoded from, if not UTF-8.  HTML is preferred to text, as in JSON records.
    """
    chosen = fields.choose_content(row)
    try:
        facts = fields.read(row, chosen[0] if chosen else None)
        extra = _unpack_extra(facts.pop("extra"))
        if chosen is None:
            settings = fields.settings
            names = f"{settings.text_field!r} and {settings.html_field!r}"
            lost = reject(source, record, f"row {record + 1} has nothing in {names}")
            return replace(lost, source_id=facts["source_id"], extra=dump_fields(extra))
        content = row[chosen[0]]
        if len(content) > fields.settings.max_bytes:
            lost = reject(source, record, too_large(fields.settings.max_bytes))
            return replace(lost, source_id=facts["source_id"], extra=dump_fields(extra))
        return RawDocument(
            source,
            content if isinstance(content, bytes) else make_content(content, charset),
            record=record,
            media_type=chosen[1],
            charset=charset or None,
            extra=extra,
            **facts,
        )
    except InputError as error:
        return reject(source, record, f"row {record + 1}: {error}")


def _unpack_extra(extra: dict[str, Any] | None) -> dict[str, Any]:
    """Return the fields of a row; a column ``extra`` of JSON, as our datasets have, is unpacked."""
    fields = extra or {}
    packed = fields.get("extra")
    if isinstance(packed, str) and packed.startswith("{"):
        with suppress(InputError):
            return {**load_fields(packed), **{k: v for k, v in fields.items() if k != "extra"}}
    return fields


_DELIMITERS = ",;\t|"
_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)


def read_table(
    chunks: Iterator[bytes],
    source: str,
    settings: InputSettings,
    fields: FieldReader | None = None,
) -> Iterator[RawDocument | Rejection]:
    r"""Yield the rows below the heading; the record index counts all from 0, blank ones too.

    >>> from corpus_norm.settings import InputSettings
    >>> rows = iter([b'id;text\n1;"One\nrow"\n'])
    >>> [row.data for row in read_table(rows, "a.csv", InputSettings())]
    ['One\nrow']

    Raises:
        InputError: the heading has none of the columns, or the stream breaks; the rows before the
            break have been yielded.
    """
    fields, guard = fields or FieldReader(settings), RecordGuard(source)
    head, chunks = peek(to_utf8(chunks), HEAD_BYTES)
    if b"\r" in head and b"\n" not in head:  # Excel for the Mac ends rows so
        chunks = (chunk.replace(b"\r", b"\n") for chunk in chunks)
    lines = _Lines(chunks, settings.max_bytes, fields.charset or _find_charset(head[:CHUNK_BYTES]))
    delimiter, names = _read_heading(lines, fields)
    chosen = set(name_columns(names, fields))
    wanted = {
        place: title
        for place, (name, title) in enumerate(zip(names, _make_unique(names), strict=True))
        if name in chosen
    }
    fields = fields.with_order(_read_head(head, delimiter, names))
    texts = [names.index(name) for name in fields.find_contents(names)]
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    record, is_torn = -1, False
    while True:
        lines.forget()
        record += 1
        try:
            row = _next_row(rows, settings.max_bytes)
        except csv.Error as error:
            fault = f"row {record + 1} is no CSV ({error}); is a quote not closed?"
            yield reject(source, record, fault, lines.taken)
            continue
        except _TooLong:
            yield reject(source, record, too_large(settings.max_bytes))
            continue
        if row is None:
            return
        is_torn = _is_torn(row, len(names), texts, is_torn)
        if is_torn:
            fault = (
                f"row {record + 1} has {len(row)} fields, the heading {len(names)}; is text "
                "with a delimiter or a line break in it not in quotes?"
            )
            yield reject(source, record, fault, lines.taken)
            continue
        if any(row):
            if len(row) < len(names):
                what = f"{source}: row {record + 1}, and perhaps others, lacks its last fields"
                fields.tell_once(f"short {source}", f"{what}, which are read as empty")
                row += [""] * (len(names) - len(row))
            values = {name: row[place] for place, name in wanted.items()}
            charset = lines.charset
            yield guard.read(record, lines.taken, make_row, values, source, record, fields, charset)


def _is_torn(row: Sequence[str], size: int, texts: Sequence[int], is_below: bool) -> bool:  # noqa: FBT001
    """Whether a row has fields beyond those of the heading, or a part of a text without quotes.

    A row that lacks its last fields (pandas and polars read those as empty) is whole if it goes on
    behind its text, and is not ``is_below`` another part.

    >>> [_is_torn(row.split(","), 3, [1], False) for row in ("1,a,", "1,a", "1", "1,a,b,c")]
    [False, True, True, True]
    >>> _is_torn(["1", "a", "b"], 4, [1], False), _is_torn(["1", "a", "b"], 4, [1], True)
    (False, True)
    """
    if len(row) >= size or not any(row):
        return any(row[size:])
    return is_below or not any(row[at] for at in texts if at < len(row) - 1)


def _read_head(head: bytes, delimiter: str, names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield the whole rows at the head of a table, until one is no CSV; only ASCII matters."""
    text = head[: max(map(head.rfind, (b"\n", b"\r"))) + 1].decode("utf-8", "replace")
    with suppress(csv.Error):
        for row in csv.reader(text.splitlines(), delimiter=delimiter, strict=True):
            yield dict(zip(names, row, strict=False))


def _find_charset(head: bytes) -> str | None:
    """Return the encoding of the first lines of a table if it is not UTF-8."""
    return decode_line(head[: head.rfind(b"\n") + 1] or head)[1] or None


def _read_heading(lines: _Lines, fields: FieldReader) -> tuple[str, list[str]]:
    """Return the delimiter and the names of the columns; Excel may name the delimiter first."""
    line = next(lines, "")
    if named := _SEPARATOR.fullmatch(line):
        return named[1], [name.strip() for name in next(csv.reader(lines, delimiter=named[1]), [])]
    best = (",", list[str]())
    for delimiter in _DELIMITERS:
        try:
            row = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            continue
        names = [name.strip() for name in row]
        if fields.find_contents(names):
            return delimiter, names
        if len(names) > len(best[1]):
            best = (delimiter, names)
    return best


def _next_row(rows: Iterator[list[str]], limit: int) -> list[str] | None:
    """Return the next row, or None at the end; set :mod:`csv`'s global field limit meanwhile."""
    before = csv.field_size_limit(limit)
    try:
        return next(rows, None)
    finally:
        csv.field_size_limit(before)


class _TooLong(Exception):  # noqa: N818 -- never leaves this module
    """The lines of a row are longer than the limit."""


class _Lines:
    """Lines for :mod:`csv`, counted so that an unclosed quote cannot exceed the limit.

    ``charset`` is the encoding of the lines of this row that are not UTF-8.
    """

    def __init__(self, chunks: Iterator[bytes], limit: int, charset: str | None) -> None:
        self._lines = split_lines(chunks, limit)
        self._hint = charset
        self.charset = ""
        self._limit = limit
        self._taken: list[bytes] = []
        self._size = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._size += self._limit + 1 if line is None else len(line) + 1
        if line is None or self._size > self._limit:
            raise _TooLong
        self._taken.append(line)
        text, charset = decode_line(line, self._hint)
        self.charset = charset or self.charset
        return text + "\n"

    def forget(self) -> None:
        """Start a row."""
        self._taken, self._size, self.charset = [], 0, ""

    @property
    def taken(self) -> bytes:
        """The lines of this row."""
        return b"\n".join(self._taken)
