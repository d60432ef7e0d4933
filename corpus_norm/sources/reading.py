"""Read the documents of one stream in any format, including archives inside archives.

An error that stops a stream becomes its last item, a rejection; the enclosing stream continues.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corpus_norm.document import Rejection
from corpus_norm.errors import InputError
from corpus_norm.faults import Fault, report
from corpus_norm.sources.archives import Member, read_tar, read_zip
from corpus_norm.sources.columnar import read_arrow, read_parquet
from corpus_norm.sources.compression import BombError, decompress
from corpus_norm.sources.feeds import read_feed
from corpus_norm.sources.formats import (
    SNIFFED_BYTES,
    Container,
    Format,
    detect_format,
    is_vague,
    sniff_format,
    split_compression,
)
from corpus_norm.sources.identity import RecordKeys
from corpus_norm.sources.records import read_document, read_json, read_lines, reject
from corpus_norm.sources.rows import read_table
from corpus_norm.sources.streams import CutError, join_chunks, peek, too_large
from corpus_norm.sources.warc import read_warc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from corpus_norm.document import RawDocument
    from corpus_norm.settings import InputSettings
    from corpus_norm.sources.compression import Bounds
    from corpus_norm.sources.fields import FieldReader


_ITEM_BYTES = 64


@dataclass(frozen=True, slots=True)
class Job:
    """The settings and bounds that all streams of one input file share.

    All files of a run share ``fields``, so that names taken without settings are told once.
    """

    settings: InputSettings
    bounds: Bounds
    on_skip: Callable[[str], None]
    fields: FieldReader


@dataclass(frozen=True, slots=True)
class Stream:
    """A file, or something inside one.

    ``source`` is its name in the dataset, ``key`` what it is known by from one run to the next
    (:mod:`.identity`); ``path`` determines its type.  ``file`` is a seekable
    file with the same bytes as ``chunks``, or None if there is none.  ``level`` counts the
    archives and compressions around it.
    """

    source: str
    path: str
    chunks: Iterator[bytes]
    file: BinaryIO | None = None
    size: int | None = None
    level: int = 0
    key: str = ""


def read_stream(stream: Stream, job: Job) -> Iterator[RawDocument | Rejection]:
    """Yield the documents of a stream; any error becomes its last item, a rejection.

    Raises:
        BombError: a stream inside another exceeds the bounds; this ends the outer one too.
    """
    record = count = 0
    try:
        for item in _read(stream, job):
            yield item
            count += 1
            record = item.record + 1 if item.source == stream.source else record
    except (InputError, OSError) as error:
        if isinstance(error, BombError) and stream.level:
            raise
        tail = error.tail if isinstance(error, CutError) else b""
        yield _reject(stream, record, error, tail or None)
        return
    except Exception as error:  # noqa: BLE001 -- libraries raise anything on damaged files
        report(Fault.of(stream.source, record, "read", error))
        yield _reject(stream, record, error)
        return
    if not count:
        yield _reject(stream, 0, "the file holds no records; nothing to do")


def _reject(
    stream: Stream, record: int, error: Exception | str, data: bytes | None = None
) -> Rejection:
    return replace(reject(stream.source, record, error, data), key=stream.key)


def _read(stream: Stream, job: Job) -> Iterator[RawDocument | Rejection]:
    form = detect_format(stream.path)
    if form is None or (is_vague(stream.path) and not form.compression):
        head, chunks = peek(stream.chunks, SNIFFED_BYTES)
        stream = replace(stream, chunks=chunks)
        form = sniff_format(head)
    if form.compression:
        yield from _read(_unfold(stream, form, job), job)
    else:
        items = _account(_read_format(stream, form, job), job.bounds)
        yield from _mark(items, stream, form)


def _account(
    items: Iterator[RawDocument | Rejection], bounds: Bounds
) -> Iterator[RawDocument | Rejection]:
    """Count the items against the bounds, as dictionary columns grow without decompression."""
    for item in items:
        bounds.charge(_ITEM_BYTES + item.size)
        yield item


def _mark(
    items: Iterator[RawDocument | Rejection], stream: Stream, form: Format
) -> Iterator[RawDocument | Rejection]:
    """Give the items their keys; those of an archive's members have them already."""
    keys = RecordKeys(stream.key)
    for item in items:
        if item.key is not None:
            yield item
        elif form.container in {Container.DOCUMENT, Container.TAR, Container.ZIP}:
            yield replace(item, key=stream.key + item.source.removeprefix(stream.source))
        else:
            yield keys.mark(item)


def _unfold(stream: Stream, form: Format, job: Job) -> Stream:
    job.bounds.check_depth(stream.level + 1)
    return replace(
        stream,
        path=split_compression(stream.path)[0],
        chunks=job.bounds.give(decompress(stream.chunks, form.compression)),
        file=None,
        size=None,
        level=stream.level + 1,
    )


def _read_format(stream: Stream, form: Format, job: Job) -> Iterator[RawDocument | Rejection]:
    source, settings = stream.source, job.settings
    if form.container is Container.DOCUMENT and (stream.size or 0) > settings.max_bytes:
        raise too_large(settings.max_bytes)
    if form.container in {Container.TAR, Container.ZIP}:
        return _read_archive(stream, form, job)
    if form.container is Container.PARQUET:
        return read_parquet(_get_file(stream, job), source, job.bounds, job.fields)
    head, chunks = peek(stream.chunks, 1)
    if not head or form.container is Container.DOCUMENT:
        return read_document(chunks, source, form.media_type, settings.max_bytes)
    if form.container in _RECORDS:
        return _RECORDS[form.container](chunks, source, settings, job.fields)
    return _PAGES[form.container](chunks, source, settings)


_RECORDS = {
    Container.LINES: read_lines,
    Container.JSON: read_json,
    Container.TABLE: read_table,
    Container.ARROW: read_arrow,
}
_PAGES = {Container.FEED: read_feed, Container.WARC: read_warc}


def _read_archive(stream: Stream, form: Format, job: Job) -> Iterator[RawDocument | Rejection]:
    job.bounds.check_depth(stream.level + 1)
    if form.container is Container.TAR:
        members = read_tar(stream.chunks, stream.source, job.settings)
    else:
        members = read_zip(_get_file(stream, job), stream.source, job.settings)
    for member in members:
        if isinstance(member, Rejection):
            yield member
        elif member.is_hidden or detect_format(member.name) is None:
            job.on_skip(member.source)
        else:
            yield from read_stream(_enter(member, stream, job), job)


def _enter(member: Member, stream: Stream, job: Job) -> Stream:
    chunks = job.bounds.give(member.chunks)
    key = stream.key + member.source.removeprefix(stream.source)
    return Stream(member.source, member.name, chunks, None, member.size, stream.level + 1, key)


def _get_file(stream: Stream, job: Job) -> BinaryIO:
    """Return a stream as a seekable file, held in memory if it is inside another file.

    Raises:
        InputError: the stream is too large to hold in memory.
    """
    if stream.file is not None:
        job.bounds.take_all(stream.file.seek(0, io.SEEK_END))
        stream.file.seek(0)
        return stream.file
    try:
        return io.BytesIO(join_chunks(stream.chunks, job.settings.max_bytes))
    except BombError:
        raise
    except CutError:
        raise
    except InputError as error:
        raise InputError(
            "this type is not read from end to end, so that inside an archive, compressed or from "
            f"a pipe it may have {job.settings.max_bytes:,} bytes (settings.input.max_bytes); "
            "unpack it first"
        ) from error
