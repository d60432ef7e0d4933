"""Columns of the user's own: passed through by ``normalize_batch``, or made of fields (``--keep``).

The columns of ``settings.input.keep`` are taken from ``extra``, with types of Arrow.  They are made
where parts are written, from the JSON of the row alone, so that they do not depend on workers,
engines or batches.  A value that does not fit the type of its column is null there, which is
counted; it is in ``extra`` all the same.  Durations are in seconds.
"""

from __future__ import annotations

import io
import json
import math
import re
from contextlib import suppress
from decimal import Decimal
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpus_norm.dataset.schema import DOCUMENTS, RAW, REJECTS, RESULTS
from corpus_norm.errors import InputError, SettingsError
from corpus_norm.faults import logger
from corpus_norm.values import ID_NAMES, is_binary, is_text, load_fields, read_column, read_id

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Iterator, Mapping, Sequence


INFERRED_FROM = 1_000
"""Documents whose fields decide the type of a column that the settings do not give."""

_LIST_OF = re.compile(r"list<(.+)>")
_INSTANT = re.compile(r"timestamp\[(s|ms|us|ns), tz=([\w/+:-]+)\]")
_DECIMAL = re.compile(r"decimal(128|256)?\((\d+), ?(\d+)\)")
_CLOCK = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?")
_LIKE_A_TYPE = re.compile(
    r"u?int\d|float\d|(?:double|bool|str|string|text|date|time|integer|boolean|timestamp|datetime)\d*\Z"
)
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
        SettingsError: a field is a column of the dataset already or is named twice, or its type
            cannot be made.
    """
    named = [_split(each) for each in wanted]
    given = dict(named)
    if len(given) < len(named):
        raise SettingsError(
            f"settings.input.keep names a field twice: {', '.join(wanted)}; keep one of them",
            subject="settings.input.keep",
        )
    taken = {*DOCUMENTS.names, *REJECTS.names, *RESULTS.names}
    for name in given:
        if name in taken:
            raise SettingsError(
                f"settings.input.keep names {name!r}, which every dataset has as a column of its "
                "own; the field of the record is in extra",
                subject="settings.input.keep",
            )
    given = {name: kind and _store(kind) for name, kind in given.items()}
    if all(given.values()):
        return {name: kind or "" for name, kind in given.items()}
    rows = [load_fields(extra) for extra in islice(extras, INFERRED_FROM)]
    for name, kind in given.items():
        if rows and not kind and name not in known and not any(name in row for row in rows):
            logger.warning(
                "none of the first %s documents has a field %r, which is to be a column; "
                "check its spelling",
                f"{len(rows):,}",
                name,
            )
    return {
        name: kind or _name_known(known.get(name)) or _infer([row.get(name) for row in rows])
        for name, kind in given.items()
    }


def parse_type(name: str) -> pa.DataType | None:
    """Return the type of a name, as this module and Arrow write them; None if it is not a type.

    >>> parse_type("list<int32>"), parse_type("decimal128(12, 2)"), parse_type("word")
    (ListType(list<element: int32>), Decimal128Type(decimal128(12, 2)), None)
    """
    if found := _LIST_OF.fullmatch(name):
        inner = parse_type(found[1])
        return inner and pa.list_(pa.field("element", inner))
    if found := _INSTANT.fullmatch(name):
        return pa.timestamp(found[1], tz=found[2])
    try:
        if found := _DECIMAL.fullmatch(name):
            make = pa.decimal256 if found[1] == "256" else pa.decimal128
            return make(int(found[2]), int(found[3]))
        return pa.type_for_alias(name)
    except ValueError:
        return None


def _store(name: str) -> str:
    """Return the name of the type that Parquet gives back for a type: milliseconds for seconds.

    >>> _store("timestamp[s, tz=UTC]"), _store("list<date64>")
    ('timestamp[ms, tz=UTC]', 'list<date32>')

    Raises:
        SettingsError: Parquet cannot hold it, or it is one of bytes, which are text in JSON.
    """
    kind = parse_type(name)
    leaf = kind
    while leaf is not None and pa.types.is_list(leaf):
        leaf = leaf.value_type
    if leaf is None or is_binary(leaf) or pa.types.is_null(leaf):
        raise SettingsError(
            f"settings.input.keep cannot make columns of the type {name!r}; bytes are text or "
            f"Base64: use one of {_TYPES}",
            subject="settings.input.keep",
        )
    file = io.BytesIO()
    try:
        pq.write_table(pa.schema([("x", kind)]).empty_table(), file)
    except pa.ArrowException as error:
        raise SettingsError(
            f"settings.input.keep: Parquet cannot hold the type {name!r}; use one of {_TYPES}",
            subject="settings.input.keep",
        ) from error
    return _write_type(pq.read_schema(file).field(0).type)


def _write_type(kind: pa.DataType) -> str:
    """Return the name of a type that :func:`parse_type` reads."""
    if pa.types.is_list(kind):
        return f"list<{_write_type(kind.value_type)}>"
    return "string" if is_text(kind) else str(kind).replace("[day]", "")


def extend(schema: pa.Schema, columns: Mapping[str, str]) -> pa.Schema:
    """Return a schema with the kept columns at its end.

    >>> extend(REJECTS, {"section": "string"}).names[-2:]
    ['extra', 'section']
    """
    for name, kind in columns.items():
        about = {"description": f"the field {name} of the record, as in extra"}
        schema = schema.append(pa.field(name, parse_type(kind), metadata=about))
    return schema


def add_columns(
    batch: pa.RecordBatch, columns: Mapping[str, str], misfits: Counter[str] | None = None
) -> pa.RecordBatch:
    """Return a batch of documents or rejects with the kept columns.

    ``misfits`` counts, by column, the values that do not fit its type.
    """
    if not columns:
        return batch
    schema = extend(batch.schema, columns)
    rows = [load_fields(extra) for extra in batch.column("extra").to_pylist()]
    made = []
    for name in columns:
        column, lost = _build([row.get(name) for row in rows], schema.field(name).type)
        made.append(column)
        if lost and misfits is not None:
            misfits[name] += lost
    return pa.RecordBatch.from_arrays([*batch.columns, *made], schema=schema)


def log_misfits(misfits: Mapping[str, int], columns: Mapping[str, str]) -> None:
    """Warn of values that :func:`add_columns` could not put into their columns."""
    for name, count in misfits.items():
        logger.warning(
            "%s value(s) of the field %r do not fit %s: null in the column, unchanged in extra",
            f"{count:,}",
            name,
            columns[name],
        )


def _split(text: str) -> tuple[str, str | None]:
    """Return the name and the type of a setting: what follows the last colon, if it is a type."""
    name, colon, kind = text.rpartition(":")
    if not colon or not name:
        return text, None
    if parse_type(kind.strip()) is None:
        if not re.fullmatch(r"\w+", kind.strip()) or _LIKE_A_TYPE.match(kind.strip()):
            raise SettingsError(
                f"settings.input.keep has no type {kind!r}; use one of {_TYPES}; where the "
                f"colon is part of the name, write {text}:string",
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
    if pa.types.is_map(kind) or is_binary(kind) or pa.types.is_struct(kind):
        return "string"
    if any(test(kind) for test in _LISTS):
        inner = _name_known(kind.value_type)
        return inner and f"list<{inner}>"
    name = _write_type(kind)
    try:
        return _store(name)
    except SettingsError:  # an interval of months and days
        return "string"


_LISTS = (
    pa.types.is_list,
    pa.types.is_large_list,
    pa.types.is_fixed_size_list,
    pa.types.is_list_view,
    pa.types.is_large_list_view,
)


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


def _build(values: Sequence[Any], kind: pa.DataType) -> tuple[pa.Array, int]:
    """Return the values of a column, and how many of them do not fit its type."""
    fitted = [_fit(value, kind) for value in values]
    lost = sum(_count(value) - _count(found) for value, found in zip(values, fitted, strict=True))
    return pa.array(fitted, kind), lost


def _count(value: object) -> int:
    """Return how many values there are: those in a list, and the list itself; null is none."""
    if isinstance(value, list):
        return 1 + sum(map(_count, value))
    return value is not None


def _to_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _fit(value: Any, kind: pa.DataType) -> Any:  # noqa: ANN401, C901, PLR0911
    """Return a value of JSON as a type has it; None if it does not fit."""
    if value is None:
        return None
    if pa.types.is_string(kind):
        return _to_text(value)
    if pa.types.is_list(kind):
        if not isinstance(value, list):
            return None
        return [_fit(each, kind.value_type) for each in value]
    if pa.types.is_boolean(kind):
        return value if isinstance(value, bool) else _cast(value, kind, str)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _fit_number(value, kind)
    if pa.types.is_duration(kind):
        return _fit_seconds(value, kind)
    if pa.types.is_time(kind):
        return _fit_clock(value, kind)
    if pa.types.is_temporal(kind):
        return _cast(value, kind, str)
    if pa.types.is_decimal(kind) and isinstance(value, float):
        return _cast(Decimal(repr(value)), kind, Decimal)
    return _cast(value, kind, (str, int, float))


def _fit_number(value: Any, kind: pa.DataType) -> Any:  # noqa: ANN401
    """Return a number; None for those that the type would change, but for a float's last digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and pa.types.is_integer(kind):
        if not value.is_integer():
            return None
        value = int(value)
    found = _cast(value, kind, (str, int, float))
    is_lost = found is not None and math.isinf(found.as_py()) and isinstance(value, (int, float))
    return None if is_lost and math.isfinite(value) else found


def _fit_seconds(value: Any, kind: pa.DataType) -> pa.Scalar | None:  # noqa: ANN401
    """Return a number of seconds as a duration; None unless it is whole in the unit."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return _scale(Decimal(repr(value)), kind)


def _fit_clock(value: Any, kind: pa.DataType) -> pa.Scalar | None:  # noqa: ANN401
    """Return a time of day, ``10:30:00.5``; None unless it is whole in the unit."""
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[:3])
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    whole = (hours * 60 + minutes) * 60 + seconds
    return _scale(whole + Decimal(f"0.{found[4] or 0}"), kind)


_PER_SECOND = MappingProxyType({"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9})


def _scale(seconds: Decimal, kind: pa.DataType) -> pa.Scalar | None:
    count = seconds * _PER_SECOND[kind.unit]
    if count != count.to_integral_value() or int(count) not in _INT64:
        return None
    return pa.scalar(int(count), pa.int64() if kind.bit_width == 64 else pa.int32()).cast(kind)


def _cast(value: Any, kind: pa.DataType, types: Any) -> Any:  # noqa: ANN401
    """Return a value of some types of Python as a type of Arrow has it; None if it does not fit."""
    if not isinstance(value, types) or (isinstance(value, bool) and not pa.types.is_boolean(kind)):
        return None
    for own in (kind, None):
        with suppress(pa.ArrowException, OverflowError, ValueError, TypeError):
            return pa.array([value], own).cast(kind)[0]
    return None


def list_own(schema: pa.Schema) -> list[pa.Field]:
    """Return the columns of a batch that are not ours, and that ``normalize_batch`` passes on.

    >>> [f.name for f in list_own(pa.schema({"source": pa.string(), "section": pa.string()}))]
    ['section']
    """
    ours = {*RAW.names, *RESULTS.names}
    fields = (field for field in schema if field.name not in ours)
    return list({field.name: field for field in fields}.values())


def pass_on(given: pa.RecordBatch, results: pa.RecordBatch) -> pa.RecordBatch:
    """Return rows of RESULTS with the columns of the batch they were made from that are not ours.

    >>> from corpus_norm.dataset.rows import documents_to_batch
    >>> from corpus_norm.document import Document
    >>> given = pa.RecordBatch.from_pydict({"source": ["a"], "text": ["Hi."], "n": [7]})
    >>> pass_on(given, documents_to_batch([Document("a", "Hi.")])).column("n").to_pylist()
    [7]
    """
    own = list_own(given.schema)
    places = [given.schema.get_field_index(field.name) for field in own]
    columns = [*results.columns, *(given.column(place) for place in places)]
    return pa.RecordBatch.from_arrays(columns, schema=results_schema(given.schema))


def results_schema(given: pa.Schema) -> pa.Schema:
    """Return the schema of what ``normalize_batch`` makes of batches of a schema."""
    return pa.schema([*RESULTS, *list_own(given)], metadata=RESULTS.metadata)


def read_own(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """Yield the fields of each row that RAW does not have."""
    names = list(dict.fromkeys(field.name for field in batch.schema if is_own(field)))
    places = [batch.schema.get_all_field_indices(name)[0] for name in names]
    columns = [read_column(batch.column(place)) for place in places]
    for row in range(batch.num_rows):
        yield {name: column[row] for name, column in zip(names, columns, strict=True)}


def is_own(field: pa.Field) -> bool:
    """Whether RAW has no such column; an ``extra`` that is not text is a field like any other."""
    return field.name not in RAW.names or (field.name == "extra" and not is_text(field.type))


def add_own(raw: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return a row of RAW with the fields of a row that it does not have."""
    for name in ID_NAMES:
        if raw["source_id"] is None and (found := read_id(own.get(name))):
            raw["source_id"] = found
            if isinstance(own[name], str):
                del own[name]
    try:
        raw["extra"] = {**load_fields(raw["extra"]), **own}
    except InputError:  # not JSON that we wrote
        raw["extra"] = {**own, "extra": raw["extra"]}
    return raw
