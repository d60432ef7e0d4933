"""Read documents from JSON, JSON Lines and single files, one record at a time."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from corpus_norm.document import RawDocument, Rejection, replace_surrogates
from corpus_norm.errors import CorpusNormError, DecodeError, InputError
from corpus_norm.faults import Fault, describe, report
from corpus_norm.sources.fields import FieldReader
from corpus_norm.sources.streams import CutError, join_chunks, split_lines, to_utf8, too_large
from corpus_norm.values import dump_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from corpus_norm.settings import InputSettings

Item = TypeVar("Item")
_MOST_FAULTS = 10  # different ones of a file that are reported
_ESCAPE = "surrogateescape"
_SPACE = " \t\n\r"
_LOOKAHEAD = 64 * 1024
_FIRST_KEY = re.compile(r'\{\s{0,99}("(?:[^"\\]|\\.){0,99}")')
_MOST_BROKEN = 1000
_DEEPEST = 4  # objects inside each other in which a text is looked for
_VALUES = ("rendered", "main", "value", "#text")  # names of the text of an object
# Faults that more text may resolve, wherever they occur.
_ENDS_LATE = re.compile("Unterminated|Expecting value")


@dataclass(frozen=True, slots=True)
class Broken:
    """The fault of invalid JSON, which was skipped up to the apparent start of the next record."""

    fault: str


def load(text: str) -> Any:  # noqa: ANN401
    """Parse a JSON text; control characters in strings and very long numbers are allowed.

    Raises:
        ValueError: the text is not valid JSON.
        RecursionError: it is nested too deeply.
    """
    return _DECODER.decode(text)


def _read_integer(digits: str) -> int | Decimal:
    """Return an integer, or a decimal for more digits than Python reads."""
    return int(digits) if len(digits) <= sys.int_info.default_max_str_digits else Decimal(digits)


_DECODER = json.JSONDecoder(parse_int=_read_integer, strict=False)


def iterate_values(chunks: Iterator[bytes], limit: int) -> Iterator[tuple[str, Any]]:
    """Yield each value of a JSON text (RFC 8259) after the JSON it was parsed from.

    These are the elements of a top-level list, or consecutive values.  A broken value that records
    follow is a :class:`Broken`.  Bytes that are not UTF-8 become lone surrogates
    (``surrogateescape``).

    >>> [value for _, value in iterate_values(iter([b'[{"a": 1}, ', b'{"a": 2}] 3']), 100)]
    [{'a': 1}, {'a': 2}, 3]

    Raises:
        InputError: the syntax is broken, the text ends early, or a value is longer than ``limit``
            characters.
    """
    window = _Window(chunks, limit)
    while char := window.next_char():
        if char == "[":
            window.skip()
            yield from _iterate_list(window)
        else:
            yield window.read_value()


def _iterate_list(window: _Window) -> Iterator[tuple[str, Any]]:
    while (char := window.next_char()) != "]":
        if not char:
            raise InputError("the JSON list ends early: the file was cut off; get the file again")
        yield window.read_value()
        if window.next_char() == ",":
            window.skip()
        elif window.next_char() not in {"]", "", "{"}:
            raise InputError("the JSON list has no comma between two values; repair the file")
    window.skip()


class _Window:
    """The part of the text that is being parsed."""

    def __init__(self, chunks: Iterator[bytes], limit: int) -> None:
        self._chunks = chunks
        self._limit = limit
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._broken = 0
        self._first_key = '"'
        self._text = ""
        self._position = 0
        self._ended = False

    def next_char(self) -> str:
        """Return the next non-space character without taking it; "" at the end."""
        while True:
            rest = len(self._text)
            while self._position < rest and self._text[self._position] in _SPACE:
                self._position += 1
            if self._position < rest:
                return self._text[self._position]
            if not self._fill(1):
                return ""

    def skip(self) -> None:
        """Take one character."""
        self._position += 1

    def read_value(self) -> tuple[str, Any]:
        """Take one value, doubling the window until it holds the whole value."""
        while True:
            start, fault, place = self._position, "", 0
            try:
                value, end = _DECODER.raw_decode(self._text, start)
            except (ValueError, RecursionError) as error:
                fault, place = str(error), getattr(error, "pos", start) - start
            else:
                # A number at the edge of the window may continue: 1 may become 1.5 or 1e+5.
                behind = self._text[end : end + 3]
                if len(behind) == 3 or behind.strip(".eE+-") or self._ended:
                    self._position = end
                    self._note_key(start)
                    return self._text[start:end], value
            size = len(self._text) - start
            is_broken = _ENDS_LATE.match(fault) is None and place + _LOOKAHEAD < size
            if fault and is_broken and (skipped := self._skip_broken(place, fault)):
                return skipped
            if size <= self._limit and self._fill(max(size, _LOOKAHEAD)):
                continue
            if fault or size > self._limit:
                skipped = self._skip_broken(place, fault)
                if skipped is None:
                    raise self._make_error(fault)
                return skipped

    def _note_key(self, start: int) -> None:
        if self._first_key == '"' and (key := _FIRST_KEY.match(self._text, start)):
            self._first_key = key[1]

    def _skip_broken(self, place: int, fault: str) -> tuple[str, Broken] | None:
        """Continue at the record that seems to begin after ``place`` in the value.

        Return None if no record does.  The records of a file begin with the same key, and objects
        nested in them seldom do.
        """
        rest = len(self._text) - self._position
        begins = rf"[,}}]\s{{0,99}}(?=\{{\s{{0,99}}{re.escape(self._first_key)})"
        found = re.compile(begins).search(self._text, self._position + min(place, rest))
        if found is None or self._broken >= _MOST_BROKEN:
            return None
        self._broken += 1
        raw = self._text[self._position : found.end()]
        self._position = found.end()
        return raw, Broken(fault)

    def _make_error(self, fault: str) -> InputError:
        text = self._text[self._position :]
        if len(text) > self._limit:
            return too_large(self._limit)
        cut = CutError(f"not valid JSON from here on: {fault}; repair the file")
        cut.tail = text.encode("utf-8", "surrogateescape")
        return cut

    def _fill(self, size: int) -> bool:
        """Drop the taken characters, then add at least ``size`` more; False if none are left."""
        parts = [self._text[self._position :]]
        self._position = 0
        while size > 0 and not self._ended:
            try:
                text = self._decoder.decode(next(self._chunks))
            except StopIteration:
                text = self._decoder.decode(b"", final=True)
                self._ended = True
            parts.append(text)
            size -= len(text)
        before = len(parts[0])
        self._text = "".join(parts)
        return len(self._text) > before


class RecordGuard:
    """A guard around the records of a file: an unexpected exception costs one record, not the rest.

    Each different exception of a file is reported once, as a fault of the program.

    >>> guard = RecordGuard("a.jsonl")
    >>> guard.read(0, None, "{}".format, 1), guard.read(1, None, abs, -2)
    ('1', 2)
    """

    def __init__(self, source: str, *damage: type[Exception]) -> None:
        self._source = source
        self._expected: tuple[type[Exception], ...] = (
            CorpusNormError,
            OSError,
            MemoryError,
            *damage,
        )
        self._seen: set[str] = set()

    def read(
        self,
        record: int,
        data: bytes | str | None,
        function: Callable[..., Item],
        *arguments: object,
    ) -> Item | Rejection:
        """Call a function that reads a record; return its item, or a rejection if it fails.

        Our own errors, and those of the system, of memory and of damaged files, propagate.
        """
        try:
            return function(*arguments)
        except self._expected:
            raise
        except Exception as error:  # noqa: BLE001 -- any other is a bug, here or in a library
            fault = Fault.of(self._source, record, "read", error)
            if fault.trace not in self._seen and len(self._seen) < _MOST_FAULTS:
                self._seen.add(fault.trace)
                report(fault)
            data = data.encode("utf-8", _ESCAPE) if isinstance(data, str) else data
            return reject(self._source, record, error, data)


def read_document(
    chunks: Iterator[bytes], source: str, media_type: str, limit: int
) -> Iterator[RawDocument]:
    """Yield the whole stream as one document of at most ``limit`` bytes.

    Raises:
        InputError: the stream is longer.
    """
    yield RawDocument(source, join_chunks(chunks, limit), media_type=media_type)


def read_lines(
    chunks: Iterator[bytes],
    source: str,
    settings: InputSettings,
    fields: FieldReader | None = None,
) -> Iterator[RawDocument | Rejection]:
    """Yield the records of JSON Lines; the record index counts all lines from 0, blank ones too.

    Raises:
        CutError: the stream ends early; the records before the cut have been yielded.
    """
    fields, guard = fields or FieldReader(settings), RecordGuard(source)
    following = 0
    try:
        for record, line in enumerate(split_lines(to_utf8(chunks), settings.max_bytes)):
            following = record + 1
            if line is None:
                yield reject(source, record, too_large(settings.max_bytes))
            elif line.strip():
                yield guard.read(record, line, parse_line, line, source, record, fields)
    except CutError as cut:
        # The last line counts if it is complete and only its line feed was lost.
        last = guard.read(following, cut.tail, parse_line, cut.tail, source, following, fields)
        if isinstance(last, RawDocument):
            cut.tail = b""
            yield last
        raise


def read_json(
    chunks: Iterator[bytes],
    source: str,
    settings: InputSettings,
    fields: FieldReader | None = None,
) -> Iterator[RawDocument | Rejection]:
    """Yield the records of a JSON file: one object, a list, or consecutive objects.

    An object without text whose only list is one of objects, as news services answer
    (``{"status": "ok", "articles": [{…}, …]}``), stands for the objects of that list.

    Raises:
        InputError: the syntax is broken at some point; the records before it have been yielded.
    """
    fields, guard = fields or FieldReader(settings), RecordGuard(source)
    values = iterate_values(to_utf8(chunks), settings.max_bytes)
    for record, (raw, value) in enumerate(_open_lists(values, fields)):
        if isinstance(value, Broken):
            data = raw.encode("utf-8", "surrogateescape")
            yield reject(source, record, f"record {record}: {value.fault}", data)
            continue
        yield guard.read(record, raw, _read_value, value, raw, source, record, fields)


def _open_lists(
    values: Iterator[tuple[str, Any]], fields: FieldReader
) -> Iterator[tuple[str, Any]]:
    """Yield the members of a list in the place of the object that wraps it."""
    for raw, value in values:
        path = _find_list(value, fields)
        if not path:
            yield raw, value
            continue
        members, beside = value, list[str]()
        for place, part in enumerate(path):
            beside += [".".join((*path[:place], each)) for each in members if each != part]
            members = members[part]
        name, others = ".".join(path), ", ".join(map(repr, beside))
        left = f"; what is beside it is left out: {others}" if others else ""
        fields.tell_once(f"list {name}", f"records: read from the list {name!r}{left}")
        for member in members:
            yield json.dumps(member, ensure_ascii=False, default=str), member


def _find_list(value: object, fields: FieldReader, depth: int = 0) -> tuple[str, ...]:
    """Return the names that lead to the only list of an object without text; all in it are objects.

    The list may be inside the only object in it: ``{"response": {"docs": [{…}, …]}}``.
    """
    if not isinstance(value, dict) or fields.choose_content(_open_object(value, fields)):
        return ()
    if fields.find_contents(value):
        return ()
    lists = [name for name, inner in value.items() if isinstance(inner, list) and inner]
    if len(lists) == 1 and all(isinstance(each, dict) for each in value[lists[0]]):
        return (lists[0],)
    objects = [name for name, inner in value.items() if isinstance(inner, dict) and inner]
    if lists or len(objects) != 1 or depth >= _DEEPEST:
        return ()
    path = _find_list(value[objects[0]], fields, depth + 1)
    return (objects[0], *path) if path else ()


def _open_object(value: dict[str, Any], fields: FieldReader, depth: int = 0) -> dict[str, Any]:
    """Return a record with the text of the lists and objects inside it among its own fields.

    A list of paragraphs is joined.  The fields of the only object with text join those of the
    record, which keeps its own under ``record.NAME`` where both have one.

    >>> from corpus_norm.settings import InputSettings
    >>> reader = FieldReader(InputSettings(), tell=print)
    >>> _open_object({"id": 7, "data": {"id": 2, "body": ["It rained."]}}, reader)["text"]
    records: the text is read from the list or object 'body'
    records: the text is read from the object 'data'
    'It rained.'
    """
    if fields.choose_content(value) or depth > _DEEPEST:
        return value
    opened = {
        name: inner
        for name, each in value.items()
        if isinstance(each, dict)
        and fields.choose_content(inner := _open_object(each, fields, depth + 1))
    }
    contents = fields.find_contents(value)
    lists = [name for name in contents if isinstance(value[name], list)]
    for name in lists if opened else contents:
        if text := _join_texts(value[name], fields):
            where = f"the list or object {name!r}"
            fields.tell_once(f"in {name}", f"records: the text is read from {where}")
            return {**value, fields.name_content(text): text}
    if len(opened) != 1:
        return value
    [(name, inner)] = opened.items()
    fields.tell_once(f"object {name}", f"records: the text is read from the object {name!r}")
    own = {key: each for key, each in value.items() if key != name}
    return {f"record.{key}" if key in inner else key: each for key, each in own.items()} | inner


def _join_texts(value: object, fields: FieldReader, depth: int = 0) -> str:
    """Return the paragraphs of a list, or the text of an object; "" if there are none."""
    if isinstance(value, list) and depth <= _DEEPEST:
        parts = (_join_texts(each, fields, depth + 1) for each in value)
        return "\n\n".join(part for part in parts if part.strip())
    if isinstance(value, dict) and depth <= _DEEPEST:
        names = (*fields.find_contents(value), *(each for each in _VALUES if each in value))
        parts = (_join_texts(value[name], fields, depth + 1) for name in names)
        return next((part for part in parts if part.strip()), "")
    return value if isinstance(value, str) else ""


def parse_line(
    line: bytes, source: str, record: int, fields: FieldReader
) -> RawDocument | Rejection:
    """Return the document of one line of JSON Lines, or a rejection."""
    raw = line.decode("utf-8", _ESCAPE)
    try:
        value = load(raw)
    except (ValueError, RecursionError) as error:
        again = None if _is_valid(raw) else _parse_decoded(raw, fields.charset)
        if again is None:
            return reject(source, record, f"line {record + 1} is not valid JSON: {error}", line)
        return make_document(again.value, raw, source, record, fields, again.charset)
    return _read_value(value, raw, source, record, fields)


def _read_value(
    value: object, raw: str, source: str, record: int, fields: FieldReader
) -> RawDocument | Rejection:
    """Return the document of a JSON value, parsed once more if its JSON is not UTF-8."""
    again = None if _is_valid(raw) else _parse_decoded(raw, fields.charset)
    if again is None:
        return make_document(value, raw, source, record, fields)
    return make_document(again.value, raw, source, record, fields, again.charset)


@dataclass(frozen=True, slots=True)
class _Parsed:
    value: Any
    charset: str


def _parse_decoded(raw: str, charset: str | None) -> _Parsed | None:
    """Parse JSON in another encoding than UTF-8; None if its encoding cannot be told.

    Characters of GBK and Big5 contain backslashes, and bytes that form UTF-8 by chance.
    """
    with suppress(ValueError, RecursionError):  # of halves of characters, and of the parser
        text, found = decode_line(raw.encode("utf-8", _ESCAPE), charset)
        return _Parsed(load(text), found) if found else None
    return None


def decode_line(line: bytes, charset: str | None = None) -> tuple[str, str]:
    r"""Return the text of a line, and its encoding where that is another than UTF-8, or else "".

    ``charset`` is a hint.  A line that no encoding gives back byte for byte has surrogate escapes.

    >>> decode_line("王伟,预算".encode("gbk")), decode_line("王".encode())
    (('王伟,预算', 'gb18030'), ('王', ''))
    """
    with suppress(UnicodeDecodeError):
        return line.decode(), ""
    from corpus_norm import encoding

    with suppress(DecodeError, UnicodeEncodeError, LookupError):
        # ``decode`` drops an incomplete character at the end of the data; the line feed keeps it.
        found = encoding.decode(line + b"\n", charset)
        is_like_ascii = "a".encode(found.encoding) == b"a"
        if is_like_ascii and found.text.encode(found.encoding) == line + b"\n":
            return found.text.removesuffix("\n"), found.encoding
    return line.decode("utf-8", _ESCAPE), ""


def make_document(  # noqa: PLR0913, PLR0917 -- what was read, where, and how
    value: object, raw: str, source: str, record: int, fields: FieldReader, charset: str = ""
) -> RawDocument | Rejection:
    """Return the document of a JSON value; ``raw`` is the JSON it was parsed from.

    HTML is preferred to text, as text beside it was made from it.  If the JSON is not valid UTF-8,
    the document gets the bytes unchanged, and their encoding is detected later; ``charset`` is the
    one that the value was decoded from.
    """
    if isinstance(value, dict):
        value = _open_object(value, fields)
    fault = _find_fault(value, fields)
    if fault or not isinstance(value, dict):
        lost = reject(source, record, f"record {record}: {fault}", raw.encode("utf-8", _ESCAPE))
        return _keep_fields(lost, value, fields)
    chosen = fields.choose_content(value)
    name = chosen[0] if chosen else next(iter(fields.find_contents(value)))
    content = value[name] if chosen else ""
    try:
        return RawDocument(
            source,
            content if _is_valid(raw) else restore_content(content, charset),
            record=record,
            media_type=chosen[1] if chosen else "text/plain",
            charset=charset or None,
            **fields.read(value, name),
        )
    except InputError as error:
        return reject(source, record, f"record {record}: {error}", raw.encode("utf-8", _ESCAPE))


def reject(
    source: str, record: int, error: Exception | str, data: bytes | None = None
) -> Rejection:
    """Return a rejection of stage ``read``."""
    sha256 = "" if data is None else hashlib.sha256(data).hexdigest()
    name, message = InputError.__name__, str(error)
    if isinstance(error, OSError):
        # The error's own text holds an absolute path, which differs from machine to machine.
        reason = error.strerror or "the file system gives no reason"
        name = type(error).__name__
        message = f"cannot be read: {reason}; check that it is still there and yours to read"
    elif isinstance(error, Exception) and not isinstance(error, CorpusNormError):
        name, message = type(error).__name__, describe(error)
    return Rejection(source, record, sha256, "read", name, message, data)


def _keep_fields(lost: Rejection, value: object, fields: FieldReader) -> Rejection:
    """Return the rejection of a record with its id and its fields, if it has any."""
    if not isinstance(value, dict):
        return lost
    facts = fields.read(value, None)
    with suppress(InputError):
        extra = dump_fields(facts["extra"] or {})
        return replace(lost, source_id=facts["source_id"], extra=extra)
    return replace(lost, source_id=facts["source_id"])


def _find_fault(value: object, fields: FieldReader) -> str:
    if not isinstance(value, dict):
        what = _NAMES.get(type(value), "a value").split()[-1]
        return f"it is a JSON {what}, not an object"
    names = fields.find_contents(value)
    found = {name: value[name] for name in names if value[name] is not None}
    if not found and names:
        return f"its field {' and '.join(map(repr, names))} is null, not text"
    if not found:
        settings = fields.settings
        there = ", ".join(map(repr, islice(_list_names(value), _SHOWN))) or "none"
        return (
            f"it has no field {settings.text_field!r} or {settings.html_field!r} (its fields: "
            f"{there}); name the right one with --text-field or --html-field "
            "(settings.input.text_field or html_field)"
        )
    if not any(isinstance(text, str) for text in found.values()):
        kinds = (f"{n!r} is {_NAMES.get(type(v), 'a value')}" for n, v in found.items())
        return f"its field {' and '.join(kinds)}, not text"
    return ""


def _list_names(value: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the fields of a record, and of those of the objects in it."""
    for name, inner in value.items():
        is_object = isinstance(inner, dict) and inner
        yield from (f"{name}.{each}" for each in inner) if is_object else (name,)


_SHOWN = 12  # names of fields that an error lists
_NAMES = {
    list: "a list",
    dict: "an object",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    Decimal: "a number",
}


def get_line(text: object) -> str | None:
    """Return a title or an address without white space around it; None if there is no text.

    It may be in an object, as WordPress and others write it: ``{"rendered": "Flood"}``.
    """
    if isinstance(text, dict):
        text = next((text[name] for name in _VALUES if name in text), None)
    if not isinstance(text, str) or not text.strip():
        return None
    return _read_line(text)


def get_authors(value: object) -> tuple[str, ...]:
    """Return author names, given as one name, a list of names or objects with a ``name``."""
    names = value if isinstance(value, list) else [value]
    texts = (name.get("name") if isinstance(name, dict) else name for name in names)
    return tuple(_read_line(text) for text in texts if isinstance(text, str) and text.strip())


def _read_line(text: str) -> str:
    """Strip a text, and decode its surrogate escapes in their most plausible encoding."""
    if not _is_valid(text):
        from corpus_norm import encoding

        text = encoding.read_escapes(text)
    return text.strip()


def get_day(value: object) -> date | None:
    """Return the day of a date, a datetime or an ISO 8601 string, in its own time zone."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    try:
        return datetime.fromisoformat(value.strip()).date() if isinstance(value, str) else None
    except ValueError:
        return None


def _is_valid(raw: str) -> bool:
    return raw.isascii() or replace_surrogates(raw) == raw


def make_content(text: str, charset: str = "") -> bytes | str:
    """Return the text, or its original bytes if it was not UTF-8."""
    if text.isascii() or (not charset and _is_valid(text)):
        return text
    return restore_content(text, charset)


def restore_content(text: str, charset: str = "") -> bytes | str:
    """Return the bytes that a text was decoded from: UTF-8 with escapes, or another encoding."""
    try:
        return text.encode(charset) if charset else text.encode("utf-8", _ESCAPE)
    except UnicodeEncodeError:  # a lone surrogate that was written as an escape
        return text
