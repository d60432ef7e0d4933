"""CSV and TSV: the rows of a table with a heading, one at a time, however long their fields are.

Tables are read as Python's :mod:`csv` does (RFC 4180, quotes doubled, line breaks inside quotes).
Of comma, semicolon, tab and bar that one divides the heading that leaves a column we look for.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from corpus_norm.sources.records import reject
from corpus_norm.sources.rows import make_row, name_columns
from corpus_norm.sources.streams import split_lines, to_utf8, too_large

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.document import RawDocument, Rejection
    from corpus_norm.settings import InputSettings

_DELIMITERS = ",;\t|"


def read_table(
    chunks: Iterator[bytes], source: str, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    r"""The rows below the heading; the record index counts them from 0, blank ones too.

    >>> from corpus_norm.settings import InputSettings
    >>> rows = iter([b'id;text\n1;"One\nrow"\n'])
    >>> [row.data for row in read_table(rows, "a.csv", InputSettings())]
    ['One\nrow']

    Raises:
        InputError: the heading has none of the columns, or the stream breaks; the rows before that
            have been delivered.
    """
    lines = _Lines(to_utf8(chunks), settings.max_bytes)
    heading = next(lines, "")
    delimiter, names = _read_heading(heading, settings)
    wanted = {names.index(name): name for name in name_columns(names, settings)}
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    record = -1
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
        if len(row) != len(names) and any(row):
            extra = row[len(names) :]
            if len(row) < len(names) or any(extra):
                fault = (
                    f"row {record + 1} has {len(row)} fields, the heading {len(names)}; is text "
                    "with a delimiter or a line break in it not in quotes?"
                )
                yield reject(source, record, fault, lines.taken)
                continue
        if any(row):
            values = {name: row[place] for place, name in wanted.items()}
            yield make_row(values, source, record, settings)


def _read_heading(line: str, settings: InputSettings) -> tuple[str, list[str]]:
    """The delimiter and the names of the columns."""
    best = ("", list[str]())
    for delimiter in _DELIMITERS:
        try:
            row = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            continue
        names = [name.strip() for name in row]
        if {settings.text_field, settings.html_field} & set(names):
            return delimiter, names
        if len(names) > len(best[1]):
            best = (delimiter, names)
    return best


def _next_row(rows: Iterator[list[str]], limit: int) -> list[str] | None:
    """The next row, None at the end; the limit on fields is one for all who use :mod:`csv`."""
    before = csv.field_size_limit(limit)
    try:
        return next(rows, None)
    finally:
        csv.field_size_limit(before)


class _TooLong(Exception):  # noqa: N818 -- never leaves this module
    """The lines of a row are longer than the limit."""


class _Lines:
    """Lines for :mod:`csv`, which are counted, so that an open quote takes no more than a row."""

    def __init__(self, chunks: Iterator[bytes], limit: int) -> None:
        self._lines = split_lines(chunks, limit)
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
        return line.decode("utf-8", "surrogateescape") + "\n"

    def forget(self) -> None:
        """Begin a row."""
        self._taken, self._size = [], 0

    @property
    def taken(self) -> bytes:
        """The lines of this row."""
        return b"\n".join(self._taken)
