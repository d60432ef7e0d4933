"""Decompress streams within bounds on bytes out per byte in and on the depth of nesting.

A few kilobytes can decompress to petabytes (zip bombs; D. Fifield, "A better zip bomb", WOOT 2019).
The total of bytes that come out of one input file, at every level of nesting, is compared with
the bytes read from it, so the size of the file bounds the work.
"""

from __future__ import annotations

import bz2
import lzma
from typing import TYPE_CHECKING, Protocol

from corpus_norm.errors import InputError
from corpus_norm.sources.streams import CHUNK_BYTES, ChunkFile, CutError, cut_chunks, gunzip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from corpus_norm.settings import InputSettings

FREE_BYTES = 256 * 1024 * 1024
"""The bytes any file may decompress to; small repetitive texts compress a thousandfold."""


class BombError(InputError):
    """An error for a file that decompresses to more than allowed; its rest is not read."""


class Bounds:
    """A count of the bytes read from one input file and delivered from inside it."""

    def __init__(self, settings: InputSettings) -> None:
        self._ratio = settings.max_expansion
        self._depth = settings.max_depth
        self._taken = 0
        self._given = 0

    def take(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Count the bytes of the file as they are read."""
        for chunk in chunks:
            self._taken += len(chunk)
            yield chunk

    def take_all(self, size: int) -> None:
        """Count the whole file as read, for files that are not read from start to end."""
        self._taken = max(self._taken, size)

    def give(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Count the bytes that a decompressor delivers.

        Raises:
            BombError: there are too many for the number of bytes read.
        """
        for chunk in chunks:
            self.charge(len(chunk))
            yield chunk

    def charge(self, size: int) -> None:
        """Count ``size`` bytes as delivered.

        Raises:
            BombError: there are too many for the number of bytes read.
        """
        self._given += size
        if self._given > max(FREE_BYTES, self._taken * self._ratio):
            raise BombError(
                f"it unfolds to more than {self._ratio} times its size, like a decompression "
                "bomb; if it is none, raise settings.input.max_expansion"
            )

    def check_depth(self, level: int) -> None:
        """Refuse a container that is nested too deeply.

        Raises:
            InputError: ``level`` exceeds the limit.
        """
        if level > self._depth:
            raise InputError(
                f"it lies in more than {self._depth} archives and compressed files, one inside "
                "the other; unpack them, or raise settings.input.max_depth"
            )


_INPUT_BYTES = 4 * 1024  # small, as the bytes after each of many tiny streams are copied
_PIECE_BYTES = 256 * 1024
_XZ_MEMORY = 128 * 1024 * 1024  # xz -9 needs 65 MiB; a header may ask for 4 GiB


class _Decompressor(Protocol):
    """The common interface of ``bz2`` and ``lzma``."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether all input has been decompressed."""

    @property
    def unused_data(self) -> bytes:
        """The bytes after the end of the stream."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return at most ``max_length`` bytes."""


def decompress(chunks: Iterator[bytes], suffix: str) -> Iterator[bytes]:
    """Decompress a stream in the format of ``suffix``.

    >>> import bz2
    >>> b"".join(decompress(iter([bz2.compress(b"one "), bz2.compress(b"two")]), ".bz2"))
    b'one two'

    Raises:
        CutError: the data end early, or are damaged from some point on.
    """
    if suffix == ".gz":
        return gunzip(chunks)
    if suffix == ".zst":
        return unpack(chunks, "zstd")
    return _run(chunks, suffix.lstrip("."))


def _run(chunks: Iterable[bytes], kind: str) -> Iterator[bytes]:
    """Decompress consecutive bzip2 or xz streams."""
    member: _Decompressor | None = None
    members = 0
    for chunk in cut_chunks(chunks, _INPUT_BYTES):
        rest = chunk
        while rest or (member is not None and not member.needs_input):
            if member is None:
                rest = rest.lstrip(b"\0") if members else rest  # xz pads its streams
                if not rest:
                    break
                member, members = _start(kind), members + 1
            try:
                piece = member.decompress(rest, _PIECE_BYTES)
            except (OSError, ValueError, EOFError, MemoryError, lzma.LZMAError) as error:
                raise CutError(
                    f"the {kind} data are damaged ({error}); get the file again"
                ) from error
            yield piece
            rest = member.unused_data if member.eof else b""
            member = None if member.eof else member
    if member is not None:
        raise CutError(f"the {kind} data end early, the file was cut off; get the file again")


def _start(kind: str) -> _Decompressor:
    if kind == "bz2":
        return bz2.BZ2Decompressor()
    return lzma.LZMADecompressor(memlimit=_XZ_MEMORY)


def unpack(chunks: Iterator[bytes], codec: str) -> Iterator[bytes]:
    """Decompress a stream with one of Arrow's codecs: ``zstd`` or ``brotli``.

    Raises:
        CutError: the data end early, or are damaged from some point on.
    """
    import pyarrow as pa

    source = pa.PythonFile(ChunkFile(chunks), "r")
    try:
        with pa.CompressedInputStream(source, codec) as file:
            while piece := file.read(CHUNK_BYTES):
                yield piece
    except (OSError, pa.ArrowException) as error:
        if getattr(error, "errno", None):
            raise
        raise CutError(
            f"the {codec} data are damaged or cut off ({error}); get the file again"
        ) from error
