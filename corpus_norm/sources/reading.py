"""Read the documents of one stream in any format, including archives inside archives.

An error that stops a stream becomes its last item, a rejection; the enclosing stream continues.

Archives are read without writing to disk.  Only regular files in them are documents: links,
devices and folders are skipped, so no link is followed.  The name of a member loses any ``..``,
root and drive before it becomes part of a ``source``.
"""

from __future__ import annotations

import io
import lzma
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from tarfile import HeaderError, ReadError, TarInfo
from typing import TYPE_CHECKING

from corpus_norm.document import Rejection
from corpus_norm.errors import InputError
from corpus_norm.faults import Fault, report
from corpus_norm.sources.columnar import read_arrow, read_parquet
from corpus_norm.sources.feeds import read_feed
from corpus_norm.sources.fields import RecordKeys
from corpus_norm.sources.formats import (
    SNIFFED_BYTES,
    BombError,
    Container,
    Format,
    decompress,
    detect_format,
    is_vague,
    sniff_format,
    split_compression,
)
from corpus_norm.sources.mail import read_mail
from corpus_norm.sources.records import read_document, read_json, read_lines, reject
from corpus_norm.sources.rows import read_table
from corpus_norm.sources.streams import (
    CHUNK_BYTES,
    ChunkFile,
    CutError,
    join_chunks,
    peek,
    too_large,
)
from corpus_norm.sources.walk import make_source
from corpus_norm.sources.warc import read_warc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO, Any, BinaryIO, Self

    from corpus_norm.document import RawDocument
    from corpus_norm.settings import InputSettings
    from corpus_norm.sources.fields import FieldReader
    from corpus_norm.sources.formats import Bounds


_DIVIDER = "!"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_DRIVE = re.compile(r"^[A-Za-z]:")
_HEADER_BYTES = 64 * 1024  # limit for a member's names and attributes, which tarfile reads whole
_EXTENDED = {*tarfile.SUPPORTED_TYPES} - {*tarfile.REGULAR_TYPES, tarfile.DIRTYPE}
_ZIP_ENTRY = struct.Struct("<28x3H12x")  # lengths of name, extra field and comment
_ZIP_END = struct.Struct("<4s4H2LH")
_ZIP64_END = struct.Struct("<4sQ2H2L4Q")
_ZIP64_LOCATOR_BYTES = 20
_TAR_ERRORS = (tarfile.TarError, EOFError, ValueError, OverflowError, IndexError)
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive; read its chunks before you ask for the next member."""

    name: str
    source: str
    chunks: Iterator[bytes]
    size: int

    @property
    def is_hidden(self) -> bool:
        """Whether its name, or that of a folder around it, starts with a dot."""
        return any(part.startswith(".") for part in self.name.split("/"))


def clean_name(name: str) -> str:
    r"""Return the name of a member without parts that lead out of the archive.

    >>> clean_name("../../etc/passwd"), clean_name("/a//./b.html"), clean_name("C:\\a\\b.txt")
    ('etc/passwd', 'a/b.html', 'a/b.txt')
    """
    parts = _DRIVE.sub("", make_source(name).replace("\\", "/")).split("/")
    return "/".join(part for part in parts if part not in {"", ".", ".."}) or "unnamed"


def read_tar(
    chunks: Iterator[bytes], source: str, settings: InputSettings
) -> Iterator[Member | Rejection]:
    """Yield the members of a tar archive (POSIX.1-2001, GNU), read from start to end.

    Raises:
        InputError: it is damaged or cut off; the members before the damage have been yielded.
    """
    names = _Names(source, settings.max_members)
    file: Any = ChunkFile(chunks)
    member = _TarFile()
    try:
        with tarfile.open(
            fileobj=file, mode="r|", tarinfo=_TarMember, encoding="utf-8", errors="surrogateescape"
        ) as archive:
            while not member.is_cut and (info := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # tarfile would keep them all
                inside = archive.extractfile(info) if info.isreg() else None
                if inside is not None:
                    yield names.make(info.name, member.read(inside, info.size), info.size)
    except (*_TAR_ERRORS, OSError, InputError) as error:
        if member.is_cut:
            return  # reading the member has already raised an error
        if isinstance(error, _TAR_ERRORS):
            raise CutError(
                f"the tar archive is damaged or cut off ({error}); get it again"
            ) from error
        raise


class _TarFile:
    """A reader of tar members; ``is_cut`` tells that one was cut off, so that none follows."""

    is_cut = False

    def read(self, file: IO[bytes], size: int) -> Iterator[bytes]:
        """Yield the bytes of a member.

        Raises:
            InputError: the archive ends before the member does.
        """
        try:
            while chunk := file.read(CHUNK_BYTES):
                size -= len(chunk)
                yield chunk
        except BombError:
            raise
        except (*_TAR_ERRORS, InputError) as error:
            self.is_cut = True
            raise _cut_here(error) from error
        except OSError:
            self.is_cut = True
            raise
        if size > 0:
            self.is_cut = True
            raise _cut_here("its end is missing")


def _cut_here(reason: object) -> CutError:
    return CutError(
        f"the tar archive is damaged or cut off here ({reason}), so that the rest of it is lost; "
        "get it again"
    )


class _TarMember(tarfile.TarInfo):
    """A checked header; without checks :mod:`tarfile` takes a later damaged header for the end."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:  # the name of the parameter is given
        """Read the next header.

        Raises:
            tarfile.ReadError: it is damaged, or both it and the end-of-archive block are missing.
        """
        try:
            return super().fromtarfile(tarfile)
        except HeaderError as error:
            if type(error).__name__ == "EOFHeaderError":  # the end-of-archive block
                raise
            raise ReadError(str(error)) from error

    def _proc_member(self, tarfile: tarfile.TarFile) -> TarInfo:
        """Refuse very large extended headers; tarfile allows overriding this method."""
        if self.type in _EXTENDED and self.size > _HEADER_BYTES:
            raise ReadError(f"a header of {self.size:,} bytes")
        member: TarInfo = super()._proc_member(tarfile)  # type: ignore[misc]
        return member


def read_zip(file: BinaryIO, source: str, settings: InputSettings) -> Iterator[Member | Rejection]:
    """Yield the members of a zip archive (APPNOTE 6.3), in the order of its directory.

    A member that is damaged, encrypted or compressed by an unknown method becomes a rejection.

    Raises:
        InputError: the directory at the end is damaged or missing, or it is an office document.
    """
    names = _Names(source, settings.max_members)
    try:
        _check_directory(file, settings.max_members)
        archive = zipfile.ZipFile(file)
    except (*_ZIP_ERRORS, struct.error, IndexError) as error:
        raise InputError(
            f"the zip archive is damaged or cut off ({error}): its directory, at its end, cannot "
            "be read; get it again"
        ) from error
    with archive:
        _refuse_office(archive)
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if info.is_dir() or kind not in {0, stat.S_IFREG}:
                continue
            member = names.make(info.filename, _read_zip_member(archive, info), info.file_size)
            if info.flag_bits & 1:
                yield reject(member.source, 0, "it is encrypted; unpack it with its password first")
            else:
                yield member


def _refuse_office(archive: zipfile.ZipFile) -> None:
    """Refuse the files of office programs, whose parts are no documents.

    Those of Microsoft list their types (ECMA-376-2), OpenDocument 1.3 names its own.

    Raises:
        InputError: it is one of them.
    """
    names = archive.namelist()
    kind = ""
    if "[Content_Types].xml" in names:
        kind = "spreadsheet" if any(name.startswith("xl/") for name in names) else "document"
    elif names and names[0] == "mimetype":
        with suppress(*_ZIP_ERRORS, RuntimeError, OSError), archive.open(names[0]) as file:
            found = file.read(100).decode("ascii", "replace")
            kind = found.removeprefix(_OPEN_DOCUMENT) if found.startswith(_OPEN_DOCUMENT) else ""
    if kind:
        form = "CSV UTF-8" if kind.startswith("spreadsheet") else "text or HTML"
        raise InputError(
            f"it is a {kind.split('-')[0]} of an office program; save it as {form} first"
        )


def _read_zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    # zipfile bounds the output of each read for deflate only.
    size = CHUNK_BYTES if info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} else 4096
    try:
        with archive.open(info) as file:
            while chunk := file.read(size):
                yield chunk
    except (*_ZIP_ERRORS, RuntimeError, lzma.LZMAError, OSError) as error:
        raise CutError(f"it is damaged inside the zip archive ({error}); get it again") from error


def _check_directory(file: BinaryIO, limit: int) -> None:
    """Check the directory before :mod:`zipfile` makes an object for each entry.

    Raises:
        InputError: there are more than ``limit`` entries.
        struct.error: the directory is cut off.
    """
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - _ZIP_END.size - 0xFFFF))
    tail = file.read()
    place = tail.rfind(b"PK\5\6")
    size = _ZIP_END.unpack_from(tail, max(place, 0))[5]
    file.seek(max(0, end - len(tail) + place - size))
    if size == 0xFFFFFFFF:  # Zip64: the true size is in a record before this one and a locator
        wide = place - _ZIP64_LOCATOR_BYTES - _ZIP64_END.size
        size = _ZIP64_END.unpack_from(tail, max(wide, 0))[8]
        file.seek(max(0, end - len(tail) + wide - size))
    count = 0
    while size > 0:
        entry = _ZIP_ENTRY.unpack(file.read(_ZIP_ENTRY.size))
        rest = sum(entry)
        file.seek(rest, io.SEEK_CUR)
        size -= _ZIP_ENTRY.size + rest
        count += 1
        if count > limit:
            raise too_many(limit)
    file.seek(0)


class _Names:
    """A maker of unique member names for the dataset; a repeated name gets a number."""

    def __init__(self, source: str, limit: int) -> None:
        self._source = source
        self._limit = limit
        self._seen: set[str] = set()
        self._numbers: dict[str, int] = {}  # the last number per name, to try none twice

    def make(self, name: str, chunks: Iterator[bytes], size: int) -> Member:
        """Return a member with a unique name.

        Raises:
            InputError: there are too many members.
        """
        if len(self._seen) >= self._limit:
            raise too_many(self._limit)
        clean = unique = clean_name(name)
        number = self._numbers.get(clean, 1)
        while unique in self._seen:
            number += 1
            unique = f"{clean}~{number}"
        self._seen.add(unique)
        self._numbers[clean] = number
        return Member(clean, f"{self._source}{_DIVIDER}{unique}", chunks, size)


def too_many(limit: int) -> InputError:
    """Return the error for an archive of more than ``limit`` members."""
    return InputError(
        f"the archive has more than {limit:,} members; raise settings.input.max_members or split it"
    )


_ITEM_BYTES = 64


@dataclass(frozen=True, slots=True)
class Job:
    """The settings and bounds that all streams of one input file share.

    All files of a run share ``fields``, so that each name taken without settings is reported once.
    """

    settings: InputSettings
    bounds: Bounds
    on_skip: Callable[[str], None]
    fields: FieldReader


@dataclass(frozen=True, slots=True)
class Stream:
    """A file, or something inside one.

    ``source`` is its name in the dataset, ``key`` what it is known by from one run to the next
    (:mod:`.fields`); ``path`` determines its type.  ``file`` is a seekable
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
        elif form.container in _WHOLE:
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


_WHOLE = {Container.DOCUMENT, Container.MAIL, Container.TAR, Container.ZIP}
_RECORDS = {
    Container.LINES: read_lines,
    Container.JSON: read_json,
    Container.TABLE: read_table,
    Container.ARROW: read_arrow,
}
_PAGES = {Container.FEED: read_feed, Container.WARC: read_warc, Container.MAIL: read_mail}


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
