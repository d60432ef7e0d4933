"""Read raw documents from files, folders, patterns, standard input and fsspec URIs.

This package reads text, Markdown and HTML; the records of JSON, JSON Lines, CSV, TSV, Parquet,
Arrow, WARC and WET; the entries of RSS and Atom feeds; and the files in tar and zip archives; all
of them also compressed (gzip, bzip2, xz, zstd).  In a folder or an archive it skips files of other
types and reports them to ``on_skip``.  It reads a file that the user named whatever its suffix;
if the suffix is unknown, the first bytes show its type.  It leaves out the output of conversions:
see :class:`Fence`.

``source`` is the input as it was given, with the path inside a folder; ``record`` is the index of
the record inside the file.  Files in an archive are named ``archive.zip!path/in/it.html`` and read
in the order of the archive.
"""

from __future__ import annotations

import contextlib
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import InputError
from corpus_norm.faults import Fault, report
from corpus_norm.sources.fields import FieldReader
from corpus_norm.sources.formats import SUFFIXES, Bounds
from corpus_norm.sources.reading import Job, Stream, read_stream
from corpus_norm.sources.records import reject
from corpus_norm.sources.streams import read_chunks
from corpus_norm.sources.walk import (
    STANDARD_INPUT,
    Entry,
    Fence,
    find_files,
    list_names,
    make_source,
    resolve_inputs,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from corpus_norm.settings import InputSettings

__all__ = ["SUFFIXES", "Fence", "read"]


def read(  # noqa: PLR0913 -- two say what, the others are only ever named
    inputs: Sequence[str | os.PathLike[str]] | str | os.PathLike[str],
    settings: InputSettings,
    stdin: BinaryIO | None = None,
    *,
    on_skip: Callable[[str], None] | None = None,
    fence: Fence | None = None,
    fields: FieldReader | None = None,
    key: str | None = None,
) -> Iterator[RawDocument | Rejection]:
    r"""Yield every document of the inputs, in order, one at a time.

    The order depends only on the names and, inside a file, on the file.  An unreadable item
    becomes a rejection of stage ``read`` in its place, and reading continues.

    >>> import io
    >>> from corpus_norm.settings import InputSettings
    >>> lines = io.BytesIO(b'{"text": "Bonjour."}\n{"text": 1}\n')
    >>> [type(item).__name__ for item in read("-", InputSettings(), lines)]
    ['RawDocument', 'Rejection']

    Args:
        inputs: files, folders (read with all their folders), patterns (``*``, ``?``, ``[]``,
            ``**``), fsspec URIs, or ``-`` for standard input.
        settings: the names of fields, and bounds.
        stdin: the stream to read for ``-``; by default the standard input of the process.
        on_skip: called with the name of each file or folder inside a folder or an archive that
            is not read.
        fence: keeps the output folder and our other datasets out of the inputs, and reports
            their names.
        fields: reads the fields of records; pass the same one to tell once, in several calls,
            which names were taken without settings.
        key: the key of the only input, where it was found as part of others.

    Raises:
        InputError: an input does not exist, or all are in the output folder; the call itself
            raises it, before anything is read.
    """
    names = list_names(inputs)
    if STANDARD_INPUT in names and stdin is None and sys.stdin is None:
        raise InputError("standard input is closed; name files, or send it something")
    roots = resolve_inputs(names)
    on_skip = on_skip or _ignore
    fence = fence or Fence()
    if roots and all(fence.is_in_output(root.filesystem, root.path) for root in roots):
        raise InputError(
            f"there is nothing to read: the inputs lie in the output folder {fence.output}; "
            "choose another output folder",
            subject=str(fence.output),
        )
    if key is not None:
        roots = [replace(root, key=key) for root in roots]
    fields = fields or FieldReader(settings)
    return _read_all(find_files(roots, on_skip, fence), fields, stdin, on_skip)


def _read_all(
    entries: Iterator[Entry | Rejection],
    fields: FieldReader,
    stdin: BinaryIO | None,
    on_skip: Callable[[str], None],
) -> Iterator[RawDocument | Rejection]:
    settings = fields.settings
    for entry in entries:
        if isinstance(entry, Rejection):
            yield entry
        else:
            yield from _read_entry(entry, Job(settings, Bounds(settings), on_skip, fields), stdin)


def _read_entry(
    entry: Entry, job: Job, stdin: BinaryIO | None
) -> Iterator[RawDocument | Rejection]:
    source = make_source(entry.source)
    try:
        opened = _open(entry, stdin)
    except OSError as error:
        yield replace(reject(source, 0, error), key=entry.key)
        return
    except Exception as error:  # noqa: BLE001 -- the client of a remote file system may raise any
        report(Fault.of(source, 0, "read", error))
        yield replace(reject(source, 0, error), key=entry.key)
        return
    with opened as file:
        chunks = job.bounds.take(read_chunks(file))
        whole = file if _is_seekable(file) else None
        stream = Stream(source, entry.path, chunks, whole, entry.size, key=entry.key)
        yield from read_stream(stream, job)


def _open(entry: Entry, stdin: BinaryIO | None) -> contextlib.AbstractContextManager[BinaryIO]:
    if entry.source == STANDARD_INPUT and entry.filesystem is None:
        return contextlib.nullcontext(stdin or sys.stdin.buffer)
    opened: contextlib.AbstractContextManager[BinaryIO] = entry.filesystem.open(entry.path, "rb")
    return opened


def _is_seekable(file: BinaryIO) -> bool:
    """Whether a file is seekable and at its start."""
    try:
        return file.seekable() and file.tell() == 0
    except (AttributeError, OSError):
        return False


def _ignore(name: str) -> None:
    """Do nothing with the name of a skipped file; the default for ``on_skip``."""
