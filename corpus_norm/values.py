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
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Any

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


def load_fields(text: str | None) -> dict[str, Any]:
    """Return the fields that :func:`dump_fields` wrote; none for None.

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
        raise InputError(f"extra is not JSON: {error}; give a dictionary") from error
    if not isinstance(found, dict):
        raise InputError(f"extra must be a JSON object, not a {type(found).__name__}")
    return found


def read_id(value: object) -> str | None:
    """Return an id as text: a string, a whole number, or an ObjectId in MongoDB's JSON.

    >>> read_id("a1 "), read_id(7), read_id({"$oid": "65f"}), read_id([1]), read_id(" ")
    ('a1 ', '7', '65f', None, None)
    """
    if isinstance(value, dict):
        value = value.get(_OBJECT_ID)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        return None
    return _repair(value)


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


def document_from_dict(record: Mapping[str, Any]) -> Document:
    """Return the document of plain values: :meth:`corpus_norm.Document.from_dict`.

    Raises:
        InputError: a value is missing, or of the wrong type.
    """
    given = {each.name: record[each.name] for each in fields(Document) if each.name in record}
    try:
        text, text_en = given["text"], given.get("text_en")
        given["repairs"] = tuple(Repair(**each) for each in given.get("repairs") or ())
        given["languages"] = tuple(LanguageShare(**each) for each in given.get("languages") or ())
        given["blocks"] = tuple(
            Block(BlockKind(each["kind"]), **_read_span(each, _BLOCK[2:], text, text_en))
            for each in given.get("blocks") or ()
        )
        given["sentences"] = tuple(
            Sentence(each["block"], **_read_span(each, _SENTENCE[1:], text, text_en))
            for each in given.get("sentences") or ()
        )
        for name, read in _READERS.items():
            if given.get(name) is not None:
                given[name] = read(given[name])
        return Document(**given)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"these values describe no document: {error!r}") from error


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
        "extra": lambda extra: extra if isinstance(extra, str) else dump_fields(extra),
    }
)


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
