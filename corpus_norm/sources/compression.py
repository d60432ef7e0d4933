"""Compressed streams to bytes, a bounded piece at a time, with every byte before any damage."""

from __future__ import annotations

import bz2
import lzma
from typing import TYPE_CHECKING, Protocol

from corpus_norm.sources.streams import CHUNK_BYTES, ChunkFile, CutError, cut_chunks, gunzip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
