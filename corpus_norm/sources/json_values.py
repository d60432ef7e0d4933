"""JSON values out of a stream, one at a time, whatever the length of the list they are in."""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING, Any

from corpus_norm.errors import InputError
from corpus_norm.sources.streams import too_large

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPACE = " \t\n\r"
_LOOKAHEAD = 64 * 1024
_LONGEST_NUMBER = 300  # a double holds so many digits; Python may be told to read only 640


def iterate_values(chunks: Iterator[bytes], limit: int) -> Iterator[tuple[str, Any]]:
    """The values of a JSON text (RFC 8259), each with the JSON it was parsed from.

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


def read_number(digits: str) -> float:
    """A whole number of JSON; one longer than Python reads (4,300 digits) is about as large.

    >>> read_number("-12"), read_number("9" * 5000)
    (-12, inf)
    """
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float(digits)


def _iterate_list(window: _Window) -> Iterator[tuple[str, Any]]:
    while (char := window.next_char()) != "]":
        if not char:
            raise InputError("the JSON list ends early: the file was cut off; get the file again")
        yield window.read_value()
        if window.next_char() == ",":
            window.skip()
        elif window.next_char() not in {"]", ""}:
            raise InputError("the JSON list has no comma between two values; repair the file")
    window.skip()


class _Window:
    """The part of the text that is being parsed."""

    def __init__(self, chunks: Iterator[bytes], limit: int) -> None:
        self._chunks = chunks
        self._limit = limit
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._json = json.JSONDecoder(parse_int=read_number)
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
            start, error = self._position, ""
            try:
                value, end = self._json.raw_decode(self._text, start)
            except (ValueError, RecursionError) as problem:
                error = str(problem)
            else:
                # A number at the edge of the window may go on behind it, as in 1 and 1.5, 1e+5.
                behind = self._text[end : end + 3]
                if len(behind) == 3 or behind.strip(".eE+-") or self._ended:
                    self._position = end
                    return self._text[start:end], value
            size = len(self._text) - start
            if size > self._limit:
                raise too_large(self._limit)
            if not self._fill(max(size, _LOOKAHEAD)) and error:
                raise InputError(f"not valid JSON from here on: {error}; repair the file")

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
