"""Arrow columns to Python values, with every error of a damaged file where it can be caught.

Strings are looked at as bytes first: files hold strings that are not UTF-8, and Arrow would refuse
the whole batch for one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus_norm.errors import InputError
from corpus_norm.sources.rows import make_row, name_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.document import RawDocument, Rejection
    from corpus_norm.settings import InputSettings

ROWS = 64
"""Rows that are turned into Python values at a time."""


def choose_columns(schema: pa.Schema, settings: InputSettings) -> list[str]:
    """The columns of a schema that are read.

    >>> from corpus_norm.settings import InputSettings
    >>> schema = pa.schema({"id": pa.int64(), "text": pa.string()})
    >>> choose_columns(schema, InputSettings())
    ['text']

    Raises:
        InputError: none holds documents, or one that should is of another type or there twice.
    """
    names = name_columns(schema.names, settings)
    for name in names:
        if len(schema.get_all_field_indices(name)) > 1:
            raise InputError(f"it has two columns {name!r}; rename one")
        kind = schema.field(name).type
        if name in {settings.text_field, settings.html_field} and not _is_content(kind):
            raise InputError(
                f"its column {name!r} is {kind}, not text; name the right one with "
                "settings.input.text_field or html_field"
            )
    return names


def read_rows(
    batch: pa.RecordBatch, names: list[str], source: str, first: int, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    """The documents of a batch; ``first`` is the index of its first row in the file.

    Raises:
        InputError: the batch is damaged; the rows before that have been delivered.
    """
    for start in range(0, batch.num_rows, ROWS):
        piece = batch.slice(start, ROWS)
        columns = [_to_values(piece.column(piece.schema.get_field_index(n))) for n in names]
        for place, values in enumerate(zip(*columns, strict=True)):
            row = dict(zip(names, values, strict=True))
            yield make_row(row, source, first + start + place, settings)


def _is_content(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return _is_text(kind) or _is_bytes(kind) or pa.types.is_null(kind)


def _is_text(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(test(kind) for test in tests)


def _is_bytes(kind: pa.DataType) -> bool:
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    return any(test(kind) for test in tests)


def _to_values(array: pa.Array) -> list[Any]:
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    kind = array.type
    if pa.types.is_dictionary(kind) and (_is_text(kind.value_type) or _is_bytes(kind.value_type)):
        words = _to_values(array.dictionary)
        places = array.indices.to_pylist()
        if any(place is not None and not 0 <= place < len(words) for place in places):
            raise InputError("the index of a dictionary points nowhere; get the file again")
        return [None if place is None else words[place] for place in places]
    if _is_text(kind):
        raw = array.view(_BYTES[kind])
        raw.validate(full=True)
        return [
            None if value is None else value.decode("utf-8", "surrogateescape")
            for value in raw.to_pylist()
        ]
    if not _is_bytes(kind):
        return [_to_value(value) for value in array]
    array.validate(full=True)
    values: list[Any] = array.to_pylist()
    return values


_BYTES = {
    pa.string(): pa.binary(),
    pa.large_string(): pa.large_binary(),
    pa.string_view(): pa.binary_view(),
}


def _to_value(scalar: pa.Scalar) -> object:
    """A value of authors or dates; one that Python cannot hold is no value."""
    try:
        if isinstance(scalar, pa.TimestampScalar):
            return scalar.cast(pa.timestamp("us", scalar.type.tz), safe=False).as_py()
        return scalar.as_py()
    except (ValueError, OverflowError, ArithmeticError, KeyError, pa.ArrowException):
        return None
