"""How far one file may unfold: bytes out for bytes in, archives inside archives, members.

A few kilobytes can unfold to petabytes (zip bombs; D. Fifield, "A better zip bomb", WOOT 2019).
All that comes out of one file of the inputs, at every level, is held against what went in, so that
the work is bounded by the size of the file whatever is nested in it.
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
"""What any file may unfold to: small files of very regular text compress a thousandfold."""


class BombError(InputError):
    """A file unfolds to more than the settings allow; nothing more of it is read."""


class Bounds:
    """The account of one file of the inputs, with all that is inside it."""

    def __init__(self, settings: InputSettings) -> None:
        self._ratio = settings.max_expansion
        self._depth = settings.max_depth
        self._taken = 0
        self._given = 0

    def take(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The bytes of the file, counted as they are read."""
        for chunk in chunks:
            self._taken += len(chunk)
            yield chunk

    def take_all(self, size: int) -> None:
        """Count the whole file as read: it is read here and there, not from end to end."""
        self._taken = max(self._taken, size)

    def give(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Bytes that a decompression delivers, counted.

        Raises:
            BombError: there are too many of them, for the bytes that were read.
        """
        for chunk in chunks:
            self.charge(len(chunk))
            yield chunk

    def charge(self, size: int) -> None:
        """Count so many bytes as delivered.

        Raises:
            BombError: there are too many, for the bytes that were read.
        """
        self._given += size
        if self._given > max(FREE_BYTES, self._taken * self._ratio):
            raise BombError(
                f"it unfolds to more than {self._ratio} times its size, like a decompression "
                "bomb; if it is none, raise settings.input.max_expansion"
            )

    def check_depth(self, level: int) -> None:
        """Refuse a container that lies too deep inside others.

        Raises:
            InputError: it does.
        """
        if level > self._depth:
            raise InputError(
                f"it lies in more than {self._depth} archives and compressed files, one inside "
                "the other; unpack them, or raise settings.input.max_depth"
            )


_INPUT_BYTES = 4 * 1024  # what stands behind each of many tiny streams is copied
_PIECE_BYTES = 256 * 1024
_XZ_MEMORY = 128 * 1024 * 1024  # xz -9 needs 65 MiB; a header may ask for 4 GiB


class _Decompressor(Protocol):
    """What ``bz2`` and ``lzma`` have in common."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether all that was given has been delivered."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind the end of the stream."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """The next bytes, at most so many."""


def decompress(chunks: Iterator[bytes], suffix: str) -> Iterator[bytes]:
    """The bytes of a stream compressed the way ``suffix`` says.

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
    """Streams of bzip2 or xz, one after another."""
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
    """The bytes of a stream in one of Arrow's codecs: ``zstd`` or ``brotli``.

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
