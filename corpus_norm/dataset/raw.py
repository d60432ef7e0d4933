"""Raw documents to Arrow rows and back: what goes into ``normalize_batch``."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus_norm.dataset.rows import conform
from corpus_norm.dataset.schema import RAW
from corpus_norm.document import RawDocument, Rejection, replace_surrogates

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLAIN = ("source", "media_type", "charset", "url", "site", "title")


def raw_to_batch(documents: Sequence[RawDocument]) -> pa.RecordBatch:
    """One row of :data:`~corpus_norm.dataset.schema.RAW` for each document, in the same order.

    Text with lone surrogates is no UTF-8: its exact form goes into ``data`` (as UTF-8 that lets
    surrogates pass) and a readable one into ``text``; a row with both is read back exactly.  In
    all other strings U+FFFD takes their place.

    >>> raw_to_batch([RawDocument("a.txt", b"Hi.")]).column("data").to_pylist()
    [b'Hi.']
    """
    texts = [None if isinstance(d.data, bytes) else replace_surrogates(d.data) for d in documents]
    columns: dict[str, list[Any]] = {
        "record": [d.record for d in documents],
        "data": [
            None if text is not None and text == document.data else document.data_bytes
            for document, text in zip(documents, texts, strict=True)
        ],
        "text": texts,
        "authors": [[replace_surrogates(name) for name in d.authors] for d in documents],
        "published": [d.published for d in documents],
        "retrieved": [d.retrieved for d in documents],
    }
    for name in _PLAIN:
        values = (getattr(document, name) for document in documents)
        columns[name] = [None if value is None else replace_surrogates(value) for value in values]
    return pa.RecordBatch.from_arrays(
        [pa.array(columns[field.name], field.type) for field in RAW], schema=RAW
    )


def batch_to_raw(batch: pa.RecordBatch) -> list[RawDocument | Rejection]:
    """The raw documents of a batch; a row with neither data nor text becomes a rejection.

    Columns may be missing: ``source`` and one of ``data`` and ``text`` are enough.  A day that
    Python cannot hold is None.

    >>> batch = pa.RecordBatch.from_pydict({"source": ["a", "b"], "text": ["Hi.", None]})
    >>> document, rejection = batch_to_raw(batch)
    >>> document.data, rejection.stage
    ('Hi.', 'read')

    Raises:
        SchemaMismatchError: there is no column ``source``, or a column is of the wrong type.
    """
    columns = map(_to_values, conform(_with_days(batch), RAW).columns)
    rows = zip(*columns, strict=True)
    return [_to_raw(dict(zip(RAW.names, row, strict=True))) for row in rows]


def _with_days(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with times as days, whatever part of a day they have."""
    for name in {"published", "retrieved"} & set(batch.schema.names):
        column = batch.column(name)
        if pa.types.is_date64(column.type) or pa.types.is_timestamp(column.type):
            place = batch.schema.get_field_index(name)
            try:
                days = column.cast(pa.date32(), safe=False)
            except pa.ArrowException:
                continue  # a time zone that is not known: the schema says so
            batch = batch.set_column(place, pa.field(name, days.type), days)
    return batch


def _to_values(column: pa.Array) -> list[Any]:
    try:
        return column.to_pylist()  # type: ignore[no-any-return]
    except (ValueError, OverflowError, pa.ArrowException):
        return [_to_value(scalar) for scalar in column]


def _to_value(scalar: pa.Scalar) -> object:
    """A value; None for a day out of range, escapes for the bytes of a string that is no UTF-8."""
    try:
        return scalar.as_py()
    except (ValueError, OverflowError, pa.ArrowException):
        if isinstance(scalar, pa.StringScalar):
            return scalar.as_buffer().to_pybytes().decode("utf-8", "surrogateescape")
        return None


def _to_raw(row: dict[str, Any]) -> RawDocument | Rejection:
    text = row.pop("text")
    row["record"] = row["record"] or 0
    if row["data"] is None and text is None:
        message = "the row has neither data nor text; fill one of the two columns"
        return Rejection(row["source"], row["record"], "", "read", "InputError", message)
    if text is not None:
        # Bytes that are another text are somebody else's, who filled both columns.
        with suppress(UnicodeDecodeError):
            data = row["data"]
            row["data"] = text if data is None else data.decode("utf-8", "surrogatepass")
    row["authors"] = tuple(row["authors"] or ())
    row["media_type"] = row["media_type"] or "text/plain"
    return RawDocument(**row)
