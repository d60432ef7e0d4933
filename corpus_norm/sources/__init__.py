"""Sources: files, folders, patterns, standard input and fsspec URIs, to raw documents.

Read are ``.txt``, ``.md``, ``.markdown``, ``.html``, ``.htm``, ``.xhtml``, ``.json``, ``.jsonl``
and ``.ndjson``, each also with ``.gz``.  Inside a folder files of other types are skipped and told
to ``on_skip``; a file that was named is read whatever its suffix, as what its first bytes look
like.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import InputError
from corpus_norm.sources.files import STANDARD_INPUT, make_source, resolve_inputs
from corpus_norm.sources.formats import (
    SNIFFED_BYTES,
    SUFFIXES,
    Container,
    Format,
    detect_format,
    sniff_format,
)
from corpus_norm.sources.records import read_document, read_json, read_lines, reject
from corpus_norm.sources.streams import CutError, gunzip, peek, read_chunks, too_large
from corpus_norm.sources.walk import Entry, find_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from corpus_norm.settings import InputSettings

__all__ = ["SUFFIXES", "read"]


def read(
    inputs: Sequence[str | os.PathLike[str]] | str | os.PathLike[str],
    settings: InputSettings,
    stdin: BinaryIO | None = None,
    *,
    on_skip: Callable[[str], None] | None = None,
) -> Iterator[RawDocument | Rejection]:
    r"""Every document of the inputs, in order, one at a time.

    The order depends on the names alone.  What cannot be read becomes a rejection of stage
    ``read`` in its place, and the rest is read all the same.

    >>> import io
    >>> from corpus_norm.settings import InputSettings
    >>> lines = io.BytesIO(b'{"text": "Bonjour."}\n{"text": 1}\n')
    >>> [type(item).__name__ for item in read("-", InputSettings(), lines)]
    ['RawDocument', 'Rejection']

    Args:
        inputs: files, folders (read with all their folders), patterns (``*``, ``?``, ``[]``,
            ``**``), fsspec URIs, or ``-`` for standard input.
        settings: names of JSON fields and the largest size of a document.
        stdin: what to read for ``-``; the standard input of the process when None.
        on_skip: told the name of each file or folder inside a folder that is not read.

    Raises:
        InputError: an input does not exist; raised by the call itself, before anything is read.
    """
    names = [inputs] if isinstance(inputs, (str, os.PathLike)) else inputs
    roots = resolve_inputs(names)
    return _read_all(find_files(roots, on_skip or _ignore), settings, stdin)


def _read_all(
    entries: Iterator[Entry | Rejection], settings: InputSettings, stdin: BinaryIO | None
) -> Iterator[RawDocument | Rejection]:
    for entry in entries:
        if isinstance(entry, Rejection):
            yield entry
        else:
            yield from _read_entry(entry, settings, stdin)


def _read_entry(
    entry: Entry, settings: InputSettings, stdin: BinaryIO | None
) -> Iterator[RawDocument | Rejection]:
    """The documents of one file; whatever stops it becomes its last item."""
    source = make_source(entry.source)
    record = 0
    try:
        with _open(entry, stdin) as file:
            for item in _read_stream(read_chunks(file), entry, source, settings):
                yield item
                record = item.record + 1
    except (InputError, OSError) as error:
        tail = error.tail if isinstance(error, CutError) else b""
        yield reject(source, record, error, tail or None)
        return
    if not record:
        yield reject(source, 0, "the file holds no records; nothing to do")


def _read_stream(
    chunks: Iterator[bytes], entry: Entry, source: str, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    form = detect_format(entry.path)
    if form is None:
        head, chunks = peek(chunks, SNIFFED_BYTES)
        form = sniff_format(head)
    if form.compressed:
        chunks = gunzip(chunks)
        if detect_format(entry.path) is None:
            head, chunks = peek(chunks, SNIFFED_BYTES)
            form = sniff_format(head)
    elif form.container is Container.DOCUMENT and (entry.size or 0) > settings.max_bytes:
        raise too_large(settings.max_bytes)
    return _read_format(chunks, form, source, settings)


def _read_format(
    chunks: Iterator[bytes], form: Format, source: str, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    head, chunks = peek(chunks, 1)
    if not head or form.container is Container.DOCUMENT:
        return read_document(chunks, source, form.media_type, settings.max_bytes)
    reader = read_lines if form.container is Container.LINES else read_json
    return reader(chunks, source, settings)


def _open(entry: Entry, stdin: BinaryIO | None) -> contextlib.AbstractContextManager[BinaryIO]:
    if entry.source == STANDARD_INPUT and entry.filesystem is None:
        return contextlib.nullcontext(stdin or sys.stdin.buffer)
    opened: contextlib.AbstractContextManager[BinaryIO] = entry.filesystem.open(entry.path, "rb")
    return opened


def _ignore(name: str) -> None:
    """Files that are not read are no news to a caller who does not ask."""
