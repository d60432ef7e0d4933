"""How far one file may unfold: bytes out for bytes in, archives inside archives, members.

A few kilobytes can unfold to petabytes (zip bombs; D. Fifield, "A better zip bomb", WOOT 2019).
All that comes out of one file of the inputs, at every level, is held against what went in, so that
the work is bounded by the size of the file whatever is nested in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_norm.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

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
