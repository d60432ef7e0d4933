"""Read the members of tar and zip archives, one after another, without writing to disk.

Only regular files are documents: links, devices and folders are skipped, so no link is followed.
The name of a member loses any ``..``, root and drive before it becomes part of a ``source``.
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
from dataclasses import dataclass
from tarfile import HeaderError, ReadError, TarInfo
from typing import TYPE_CHECKING

from corpus_norm.errors import InputError
from corpus_norm.sources.compression import BombError
from corpus_norm.sources.files import make_source
from corpus_norm.sources.records import reject
from corpus_norm.sources.streams import CHUNK_BYTES, ChunkFile, CutError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any, BinaryIO, Self

    from corpus_norm.document import Rejection
    from corpus_norm.settings import InputSettings

_DIVIDER = "!"
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
        InputError: the directory at the end is damaged or missing.
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
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if info.is_dir() or kind not in {0, stat.S_IFREG}:
                continue
            member = names.make(info.filename, _read_zip_member(archive, info), info.file_size)
            if info.flag_bits & 1:
                yield reject(member.source, 0, "it is encrypted; unpack it with its password first")
            else:
                yield member


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
