"""Documents and the fields of records as plain values of JSON.

The fields that we have no column for are kept as JSON text that is always the same.  Why text, and
not a struct of Arrow: a field may be a list in one record and a string in the next, which no Arrow
type holds, and a type guessed from a batch would depend on how documents were cut into batches.
Why sorted keys: the columns of a table, the keys of an object and the fields of a Spark row come in
different orders, and the same record must give the same bytes.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from enum import Enum
from types import MappingProxyType, NoneType
from typing import TYPE_CHECKING, Any

from corpus_norm.document import (
    Block,
    BlockKind,
    Document,
    Flag,
    LanguageShare,
    Rejection,
    Repair,
    Sentence,
    TranslationStatus,
)
from corpus_norm.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

_EXACT = 2.0**53  # floats beyond it skip integers
ID_NAMES = ("id", "guid", "_id")
"""Names that records give to their own id, the most usual first."""

_OBJECT_ID = "$oid"  # of MongoDB's extended JSON
_SURROGATE = re.compile("[\ud800-\udfff]")


def dump_fields(given: Mapping[str, object]) -> str | None:
    """Return fields as canonical JSON: sorted keys, no spaces; None if there are none.

    A field that is null is the same as no field.  Numbers that JSON does not have, decimals, dates
    and bytes become strings: ``NaN``, ``12.50``, ISO 8601, UTF-8 (or else Base64).

    >>> dump_fields({"tickers": ["BNP"], "section": "politique", "note": None})
    '{"section":"politique","tickers":["BNP"]}'
    >>> dump_fields({"paid": date(2024, 5, 1), "share": float("nan"), "raw": bytes([255])})
    '{"paid":"2024-05-01","raw":"/w==","share":"NaN"}'

    Raises:
        InputError: a value is nested too deeply, or holds itself.
    """
    given = {name: value for name, value in given.items() if value is not None}
    if not given:
        return None
    try:
        text = _dump(given)
        if _is_valid(text):
            return text
    except (TypeError, ValueError):  # NaN, another type, keys of several types
        pass
    except RecursionError as error:
        raise _too_deep() from error
    try:
        return _dump(_simplify(given))
    except RecursionError as error:
        raise _too_deep() from error


def load_fields(text: str | None, what: str = "extra") -> dict[str, Any]:
    """Return the fields that :func:`dump_fields` wrote; none for None.

    ``what`` names the text in errors.

    >>> load_fields('{"tickers":["BNP"]}'), load_fields(None)
    ({'tickers': ['BNP']}, {})

    Raises:
        InputError: the text is no JSON object.
    """
    if text is None:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{what} is not JSON: {error}; give an object or a dictionary") from error
    if not isinstance(found, dict):
        raise InputError(f"{what} must be a JSON object, not {_name_json(found)}")
    return found


def read_id(value: object) -> str | None:
    """Return an id as text: a string, a whole number, or an ObjectId in MongoDB's JSON.

    A column of integers in which pandas found a gap holds floats: 7.0 is the id 7.

    >>> read_id("a1 "), read_id(7), read_id({"$oid": "65f"}), read_id([1]), read_id(" ")
    ('a1 ', '7', '65f', None, None)
    >>> read_id(7.0), read_id(7.5), read_id(1e300)
    ('7', None, None)
    """
    if isinstance(value, dict):
        value = value.get(_OBJECT_ID)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        return None
    return _repair(value)


def read_column(array: pa.Array) -> list[Any]:
    """Return the values of a column of Arrow as Python's own, none of them lost.

    Strings are read as bytes first, because files hold strings that are not UTF-8: their odd bytes
    become surrogate escapes.  A map becomes a dictionary, or a list of pairs if a key repeats.  A
    moment that Python cannot represent (nanoseconds, the year 10000) becomes text.

    >>> import pyarrow as pa
    >>> read_column(pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())))
    [{'a': 1}, None]
    >>> read_column(pa.array([1], pa.time64("ns")))
    ['00:00:00.000000001']

    Raises:
        InputError: a dictionary of the column is damaged.
        pyarrow.ArrowException: the column is damaged.
    """
    import pyarrow as pa

    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    kind = array.type
    if pa.types.is_dictionary(kind):
        words, places = read_column(array.dictionary), array.indices.to_pylist()
        if any(place is not None and not 0 <= place < len(words) for place in places):
            raise InputError("the index of a dictionary points nowhere; get the file again")
        return [None if place is None else words[place] for place in places]
    if is_text(kind):
        views = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}
        array = array.view(views.get(kind, pa.binary_view()))
    if is_text(kind) or is_binary(kind):
        array.validate(full=True)
    if is_text(kind):
        return [None if value is None else value.decode(*_ESCAPED) for value in array.to_pylist()]
    if not _is_odd(kind):
        with suppress(ValueError, OverflowError, ArithmeticError, KeyError, pa.ArrowException):
            values: list[Any] = array.to_pylist()
            return values
    return [_read_scalar(scalar) for scalar in array]


def is_text(kind: pa.DataType) -> bool:
    """Whether a type of Arrow is one of text."""
    import pyarrow as pa

    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(test(kind) for test in tests)


def is_binary(kind: pa.DataType) -> bool:
    """Whether a type of Arrow is one of bytes."""
    import pyarrow as pa

    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    return any(test(kind) for test in (*tests, pa.types.is_fixed_size_binary))


_ESCAPED = ("utf-8", "surrogateescape")


def _is_odd(kind: pa.DataType) -> bool:
    """Whether a type, or one inside it, has values that Arrow turns into others of Python."""
    import pyarrow as pa

    moments = (pa.types.is_timestamp, pa.types.is_duration, pa.types.is_time64)
    others = (pa.types.is_map, pa.types.is_dictionary, is_text)
    inner = [kind.field(place).type for place in range(kind.num_fields)]
    return any(test(kind) for test in (*moments, *others)) or any(map(_is_odd, inner))


def _read_scalar(scalar: pa.Scalar) -> Any:  # noqa: ANN401, PLR0911 -- one line for each type
    import pyarrow as pa

    if not scalar.is_valid:
        return None
    kind = scalar.type
    if pa.types.is_map(kind):
        pairs = [(_read_scalar(each[0]), _read_scalar(each[1])) for each in scalar.values]
        found = {key: value for key, value in pairs if isinstance(key, (str, int, date))}
        return found if len(found) == len(pairs) else [list(pair) for pair in pairs]
    if pa.types.is_struct(kind):
        return {kind[n].name: _read_scalar(scalar[n]) for n in range(kind.num_fields)}
    if kind.num_fields and hasattr(scalar, "values"):
        return read_column(scalar.values)
    if is_text(kind):
        return scalar.as_buffer().to_pybytes().decode(*_ESCAPED)
    try:
        if getattr(kind, "unit", None) == "ns":
            return _read_nanoseconds(scalar)
        return scalar.as_py()
    except (ValueError, OverflowError, ArithmeticError, KeyError, pa.ArrowException):
        with suppress(ValueError, pa.ArrowException):
            return scalar.cast(pa.string()).as_py()
        return None


def _read_nanoseconds(scalar: pa.Scalar) -> Any:  # noqa: ANN401
    """Return a moment, time or duration; as text or seconds unless it is whole microseconds."""
    import pyarrow as pa

    microseconds, rest = divmod(scalar.value, 1000)
    kind = scalar.type
    if pa.types.is_duration(kind):
        return scalar.value / 1e9 if rest else timedelta(microseconds=microseconds)
    coarse = pa.timestamp("us", kind.tz) if pa.types.is_timestamp(kind) else pa.time64("us")
    value = pa.scalar(microseconds, coarse).as_py()
    if not rest:
        return value
    text = value.isoformat(timespec="microseconds")
    end = text.index(".") + 7
    return f"{text[:end]}{rest:03d}{text[end:]}"


def to_line(record: Mapping[str, Any]) -> str:
    """Return plain values as one line of JSON; lone surrogates become U+FFFD."""
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return line if _is_valid(line) else _repair(line)


def document_to_dict(document: Document) -> dict[str, Any]:
    """Return a document as plain values: :meth:`corpus_norm.Document.to_dict`."""
    given = {each.name: getattr(document, each.name) for each in fields(document)}
    return {
        **{name: _to_value(value) for name, value in given.items()},
        "body": document.body,
        "body_en": document.body_en,
        "adequacy": document.adequacy,
        "repairs": [_get(each, _REPAIR) for each in document.repairs],
        "languages": [_get(each, _SHARE) for each in document.languages],
        "blocks": [_get(each, _BLOCK) for each in document.blocks],
        "sentences": [_get(each, _SENTENCE) for each in document.sentences],
        "extra": load_fields(document.extra) if document.extra else None,
    }


def document_from_json(text: object) -> Document:
    """Return the document of a line of JSON: :meth:`corpus_norm.Document.from_json`.

    Raises:
        InputError: it is no JSON, or describes no document.
    """
    if not isinstance(text, (str, bytes, bytearray)):
        raise InputError(f"a document is read from JSON text, not {_name(text)}; see to_json")
    try:
        line = text if isinstance(text, str) else text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"the document is not JSON in UTF-8: {error}") from error
    return document_from_dict(load_fields(line, "the document"))


def document_from_dict(record: Mapping[str, Any]) -> Document:
    """Return the document of plain values: :meth:`corpus_norm.Document.from_dict`.

    Raises:
        InputError: a value is missing, or of the wrong type.
    """
    if not isinstance(record, Mapping):
        raise InputError(f"a document is read from a dictionary, not {_name(record)}; see to_dict")
    given = {each.name: record[each.name] for each in fields(Document) if each.name in record}
    for name in ("source", "text"):
        if name not in given:
            there = ", ".join(map(repr, list(record)[:8])) or "none"
            raise InputError(f"a document needs the field {name!r}; these fields are here: {there}")
    _check_kinds("the document's ", given)
    for name, read in _READERS.items():
        if given.get(name) is not None:
            given[name] = _read_value(name, read, given[name])
    text, text_en = given["text"], given.get("text_en")
    given["repairs"] = _read_parts(given, "repairs", lambda each: Repair(**each))
    given["languages"] = _read_parts(given, "languages", lambda each: LanguageShare(**each))
    given["blocks"] = _read_parts(
        given,
        "blocks",
        lambda each: Block(BlockKind(each["kind"]), **_read_span(each, _BLOCK[2:], text, text_en)),
    )
    given["sentences"] = _read_parts(
        given,
        "sentences",
        lambda each: Sentence(each["block"], **_read_span(each, _SENTENCE[1:], text, text_en)),
    )
    return Document(**given)


def _read_parts(
    given: Mapping[str, Any], name: str, read: Callable[[dict[str, Any]], Any]
) -> tuple[Any, ...]:
    """Return the parts of a document that a list describes.

    Raises:
        InputError: one of them is described wrongly; the message says which.
    """
    found = []
    for place, each in enumerate(given.get(name) or ()):
        what = f"{name}[{place}]"
        if not isinstance(each, Mapping):
            raise InputError(f"the document's {what} must be an object, not {each!r:.80}")
        _check_kinds(f"the document's {what}.", each)
        found.append(_read_value(what, read, each))
    return tuple(found)


def _check_kinds(where: str, given: Mapping[str, Any]) -> None:
    """Check the types of the fields of a document or a part of it.

    Raises:
        InputError: one is wrong.
    """
    for name, value in given.items():
        kinds = _KINDS.get(name)
        if kinds and (not isinstance(value, kinds) or isinstance(value, bool)):
            raise InputError(f"{where}{name} must be {_list_kinds(kinds)}, not {value!r:.80}")
        if name in {"authors", "flags"} and not all(isinstance(each, str) for each in value or ()):
            raise InputError(f"{where}{name} must be a list of texts, not {value!r:.80}")


def _read_value(name: str, read: Callable[[Any], Any], value: Any) -> Any:  # noqa: ANN401
    try:
        return read(value)
    except KeyError as error:
        raise InputError(f"the document's {name} has no field {error.args[0]!r}") from error
    except (TypeError, ValueError) as error:
        raise InputError(f"the document's {name} cannot be read: {error}") from error


def rejection_to_dict(rejection: Rejection) -> dict[str, Any]:
    """Return a rejection as plain values: :meth:`corpus_norm.Rejection.to_dict`."""
    given = {each.name: getattr(rejection, each.name) for each in fields(rejection)}
    del given["key"]
    data = None if rejection.data is None else _read_bytes(rejection.data)
    extra = load_fields(rejection.extra) if rejection.extra else None
    return {**given, "data": data, "extra": extra}


_REPAIR = ("step", "start", "end", "replacement")
_SHARE = ("language", "share")
_SPAN = ("start", "end", "start_en", "end_en")
_BLOCK = ("kind", "is_body", "reason", "language", "language_score", *_SPAN)
_SENTENCE = ("block", "language", *_SPAN, "score", "faithfulness", "flags", "adequacy")
_FLAGS = MappingProxyType({flag.value: flag for flag in Flag})
_READERS: Mapping[str, Any] = MappingProxyType(
    {
        "authors": tuple,
        "flags": lambda names: tuple(_FLAGS.get(name, name) for name in names),
        "published": date.fromisoformat,
        "retrieved": date.fromisoformat,
        "updated": date.fromisoformat,
        "published_at": datetime.fromisoformat,
        "translation_status": TranslationStatus,
        "extra": lambda extra: dump_fields(load_fields(extra) if isinstance(extra, str) else extra),
    }
)


_TEXT = (
    *("source", "text", "doc_id", "media_type", "bytes_sha256", "settings_hash", "encoding"),
    *("language", "translation_status", "kind", "reason", "step"),
)
_TEXT_OR_NULL = (
    *("url", "site", "title", "title_en", "published", "published_at", "retrieved", "updated"),
    *("text_en", "translation_model", "duplicate_of", "story_id", "source_id", "replacement"),
)
_LISTS = ("repairs", "authors", "languages", "blocks", "sentences", "flags")
_KINDS: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {
        **dict.fromkeys(_TEXT, (str,)),
        **dict.fromkeys(_TEXT_OR_NULL, (str, NoneType)),
        **dict.fromkeys(_LISTS, (list, tuple, NoneType)),
        **dict.fromkeys(("record", "block", "start", "end"), (int,)),
        **dict.fromkeys(("start_en", "end_en"), (int, NoneType)),
        **dict.fromkeys(("encoding_confidence", "language_score", "share"), (int, float)),
        **dict.fromkeys(("score", "faithfulness", "adequacy"), (int, float, NoneType)),
        "extra": (Mapping, str, NoneType),
    }
)
"""The types that the fields of a document, a block, a sentence and so on may have in JSON."""


def _list_kinds(kinds: Iterable[type]) -> str:
    return " or ".join(dict.fromkeys(_JSON_NAMES[kind] for kind in kinds))


_JSON_NAMES: Mapping[type, str] = MappingProxyType(
    {
        str: "text",
        int: "a number",
        float: "a number",
        bool: "true or false",
        list: "a list",
        tuple: "a list",
        dict: "an object",
        Mapping: "an object",
        NoneType: "null",
    }
)


def _name_json(value: object) -> str:
    return _JSON_NAMES.get(type(value), type(value).__name__)


def _name(value: object) -> str:
    return "None" if value is None else f"an object of the type {type(value).__name__}"


def _get(part: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: _to_value(getattr(part, name)) for name in names}


def _to_value(value: Any) -> Any:  # noqa: ANN401
    """Return a value of a document's field in JSON's own types."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return [_to_value(each) for each in value] if isinstance(value, tuple) else value


def _read_span(
    given: Mapping[str, Any], names: Iterable[str], text: str, text_en: str | None
) -> dict[str, Any]:
    """Return the fields of a block or a sentence, its texts cut out of those of the document."""
    known = {name: given[name] for name in names if name in given and not name.startswith("end")}
    start_en = given.get("start_en")
    known["text"] = text[given["start"] : given["end"]]
    if text_en is not None and start_en is not None:
        known["text_en"] = text_en[start_en : given["end_en"]]
    if "flags" in known:
        known["flags"] = _READERS["flags"](known["flags"])
    return known


def _dump(value: object) -> str:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def _too_deep() -> InputError:
    return InputError("its fields are nested too deeply to be kept; flatten them")


def _is_valid(text: str) -> bool:
    return text.isascii() or _SURROGATE.search(text) is None


def _simplify(value: Any) -> Any:  # noqa: ANN401, C901, PLR0911 -- one line for each type
    """Return a value of JSON's own types."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return value if _is_valid(value) else _repair(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else json.dumps(value)
    if isinstance(value, Mapping):
        return {_repair(str(name)): _simplify(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_simplify(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(_simplify, value), key=_dump)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _read_bytes(bytes(value))
    if callable(convert := getattr(value, "tolist", None)):  # scalars and arrays of numpy
        return _simplify(convert())
    return _repair(str(value))


def _read_bytes(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return base64.b64encode(data).decode("ascii")


def _repair(text: str) -> str:
    """Return a text that UTF-8 can write: surrogate escapes are bytes, others become U+FFFD."""
    if _is_valid(text):
        return text
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return data.decode("utf-8", "replace")
