"""JSON values out of a stream, one at a time, whatever the length of the list they are in."""

from __future__ import annotations

import codecs
import json
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus_norm.errors import InputError
from corpus_norm.sources.streams import CutError, too_large

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE = " \t\n\r"
_LOOKAHEAD = 64 * 1024
_FIRST_KEY = re.compile(r'\{\s{0,99}("(?:[^"\\]|\\.){0,99}")')
_MOST_BROKEN = 1000
# Faults that more text may heal, wherever they are.
_ENDS_LATE = re.compile("Unterminated|Expecting value")


@dataclass(frozen=True, slots=True)
class Broken:
    """JSON that is not valid, up to where the next record seems to begin, and what is wrong."""

    fault: str


def load(text: str) -> Any:  # noqa: ANN401
    """The value of a JSON text, control characters in strings and very long numbers allowed.

    Raises:
        ValueError: the text is not valid.
        RecursionError: it is nested too deep.
    """
    return _DECODER.decode(text)


def _read_integer(digits: str) -> float:
    """A number with more digits than Python reads is as good as infinite."""
    return int(digits) if len(digits) <= sys.int_info.default_max_str_digits else float(digits)


_DECODER = json.JSONDecoder(parse_int=_read_integer, strict=False)


def iterate_values(chunks: Iterator[bytes], limit: int) -> Iterator[tuple[str, Any]]:
    """The values of a JSON text (RFC 8259), each with the JSON it was parsed from.

    A broken one, if records follow it, is a :class:`Broken`.

    These are the elements of a top-level list, or the values that follow one another.  Bytes that
    are not UTF-8 become lone surrogates, as ``surrogateescape`` makes them.

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
        """The next character that is no white space, without taking it; empty at the end."""
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
        """Take one value; the window grows twofold until it holds the whole of it."""
        while True:
            start, fault, place = self._position, "", 0
            try:
                value, end = _DECODER.raw_decode(self._text, start)
            except (ValueError, RecursionError) as error:
                fault, place = str(error), getattr(error, "pos", start) - start
            else:
                # A number at the edge of the window may go on behind it, as in 1 and 1.5, 1e+5.
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
        """Go on with the record that seems to begin behind a place in the value, if one does.

        Records of a file begin with the same key, which what is nested in them seldom does.
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
        """Add so many characters or more, and forget what was taken; False if there are none."""
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
