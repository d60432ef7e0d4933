"""Columns of chosen fields (``settings.input.keep``): taken from ``extra``, with types of Arrow.

They are made where parts are written, from the JSON of the row alone, so that they do not depend on
workers, engines or batches.  A value that does not fit the type of its column is null there; it is
in ``extra`` all the same.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus_norm.dataset.schema import DOCUMENTS, REJECTS, RESULTS
from corpus_norm.errors import SettingsError
from corpus_norm.values import load_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

INFERRED_FROM = 1_000
"""Documents whose fields decide the type of a column that the settings do not give."""

_LIST = re.compile(r"list<(.+)>")
_INSTANT = re.compile(r"timestamp\[(s|ms|us|ns), tz=([\w/+:-]+)\]")
_DECIMAL = re.compile(r"decimal(?:128)?\((\d+), ?(\d+)\)")
_LIKE_A_TYPE = re.compile(r"u?int\d|float\d|(?:double|bool|str|string|text|date|time)\d*\Z")
_INT64 = range(-(2**63), 2**63)
_TYPES = "string, int64, double, bool, date32, timestamp[us, tz=UTC], list<string>"


def settle_columns(
    wanted: Sequence[str], extras: Iterable[str | None], known: Mapping[str, pa.DataType]
) -> dict[str, str]:
    """Return the columns to make, with their types: those given, those of the table, or inferred.

    >>> settle_columns(["tickers", "n:int32"], ['{"tickers":["BNP"]}', '{"n":7}'], {})
    {'tickers': 'list<string>', 'n': 'int32'}

    Args:
        wanted: names of fields, each perhaps with ``:`` and a type.
        extras: the fields of the first documents, as JSON.
        known: types of the columns of the tables that were read.

    Raises:
        SettingsError: a field is a column of the dataset already, or named twice.
    """
    given = dict(map(_split, wanted))
    taken = {*DOCUMENTS.names, *REJECTS.names, *RESULTS.names}
    for name in given:
        if name in taken:
            raise SettingsError(
                f"settings.input.keep names {name!r}, which every dataset has as a column of its "
                "own; the field of the record is in extra",
                subject="settings.input.keep",
            )
    if all(given.values()):
        return {name: kind or "" for name, kind in given.items()}
    rows = [load_fields(extra) for extra in islice(extras, INFERRED_FROM)]
    return {
        name: kind or _name_known(known.get(name)) or _infer([row.get(name) for row in rows])
        for name, kind in given.items()
    }


def parse_type(name: str) -> pa.DataType | None:
    """Return the type of a name, as this module and Arrow write them; None if it is no type.

    >>> parse_type("list<int32>"), parse_type("decimal128(12, 2)"), parse_type("word")
    (ListType(list<element: int32>), Decimal128Type(decimal128(12, 2)), None)
    """
    if found := _LIST.fullmatch(name):
        inner = parse_type(found[1])
        return inner and pa.list_(pa.field("element", inner))
    if found := _INSTANT.fullmatch(name):
        return pa.timestamp(found[1], tz=found[2])
    try:
        if found := _DECIMAL.fullmatch(name):
            return pa.decimal128(int(found[1]), int(found[2]))
        return pa.type_for_alias(name)
    except ValueError:
        return None


def extend(schema: pa.Schema, columns: Mapping[str, str]) -> pa.Schema:
    """Return a schema with the kept columns at its end.

    >>> extend(REJECTS, {"section": "string"}).names[-2:]
    ['extra', 'section']
    """
    for name, kind in columns.items():
        about = {"description": f"the field {name} of the record, as in extra"}
        schema = schema.append(pa.field(name, parse_type(kind), metadata=about))
    return schema


def add_columns(batch: pa.RecordBatch, columns: Mapping[str, str]) -> pa.RecordBatch:
    """Return a batch of documents or rejects with the kept columns."""
    if not columns:
        return batch
    schema = extend(batch.schema, columns)
    rows = [load_fields(extra) for extra in batch.column("extra").to_pylist()]
    made = [_build([row.get(name) for row in rows], schema.field(name).type) for name in columns]
    return pa.RecordBatch.from_arrays([*batch.columns, *made], schema=schema)


def _split(text: str) -> tuple[str, str | None]:
    """Return the name and the type of a setting: what follows the last colon, if it is a type."""
    name, colon, kind = text.rpartition(":")
    if not colon or not name:
        return text, None
    if parse_type(kind.strip()) is None:
        if not re.fullmatch(r"\w+", kind.strip()) or _LIKE_A_TYPE.match(kind.strip()):
            raise SettingsError(
                f"settings.input.keep has no type {kind!r}; use one of {_TYPES}",
                subject="settings.input.keep",
            )
        return text, None  # a name with a colon, such as dc:subject
    return name.strip(), kind.strip()


def _name_known(kind: pa.DataType | None) -> str | None:
    """Return the name of a type of Arrow, if values of JSON can be turned back into it."""
    if kind is None or pa.types.is_null(kind):
        return None
    if pa.types.is_dictionary(kind):
        return _name_known(kind.value_type)
    if any(test(kind) for test in _TEXTS):
        return "string"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        inner = _name_known(kind.value_type)
        return inner and f"list<{inner}>"
    name = str(kind).replace("[day]", "")
    return name if parse_type(name) == kind and not pa.types.is_binary(kind) else None


_TEXTS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)


def _infer(values: Iterable[Any]) -> str:
    """Return the narrowest type that takes all values: ``string`` takes any, as JSON.

    >>> _infer([1, None, 2.5]), _infer([["a"], []]), _infer([1, "a"]), _infer([{"a": 1}])
    ('double', 'list<string>', 'string', 'string')
    """
    there = [value for value in values if value is not None]
    kinds = {type(value) for value in there}
    if kinds == {bool}:
        return "bool"
    if kinds == {int}:
        return "int64" if all(value in _INT64 for value in there) else "string"
    if kinds and kinds <= {int, float}:
        return "double"
    if kinds == {list}:
        return f"list<{_infer(each for value in there for each in value)}>"
    return "string"


def _build(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        return pa.array([_to_text(value) for value in values], kind)
    if pa.types.is_list(kind) and pa.types.is_string(kind.value_type):
        lists = [[_to_text(v) for v in each] if isinstance(each, list) else None for each in values]
        return pa.array(lists, kind)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        values = [_to_number(value, kind) for value in values]
    if not pa.types.is_temporal(kind):  # Arrow takes whole numbers for days
        with suppress(pa.ArrowException, OverflowError, ValueError, TypeError):
            return pa.array(values, kind)
    return pa.array([_fit(value, kind) for value in values], kind)


def _to_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _to_number(value: Any, kind: pa.DataType) -> Any:  # noqa: ANN401 -- a value of JSON
    """Return a value that Arrow may read as a number; None for those that it would change."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and pa.types.is_integer(kind):
        return int(value) if value.is_integer() else None
    return value


def _fit(value: object, kind: pa.DataType) -> object:
    """Return a value as the type has it, read from text if need be; None if it does not fit."""
    if value is None or (pa.types.is_temporal(kind) and not isinstance(value, str)):
        return None
    for own in (kind, None):
        with suppress(pa.ArrowException, OverflowError, ValueError, TypeError):
            found: object = pa.array([value], own).cast(kind)[0].as_py()
            return found
    return None
