"""A file of lines that only grows: what is in it survives a crash, and a crash only its last line.

Several processes may write to one file.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import FileIO

Value = TypeVar("Value")
TORN_SUFFIX = ".torn"
"""Added to the name of the file, the name of the one beside it with the lines set aside."""

_LOG = logging.getLogger("corpus_norm")
_PATIENCE_S = 10.0  # for another process to write its line
_MARK = b"\xef\xbb\xbf"  # that some editors put at the beginning


class Journal:
    """The file; it need not exist."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn_path = path.with_name(path.name + TORN_SUFFIX)

    def read(self, parse: Callable[[bytes], Value]) -> list[Value]:
        """What the lines say, in order; lines that ``parse`` raises ValueError for are set aside.

        They are kept in a file beside this one, and told in the log; where nothing can be written,
        they are only passed over.
        """
        found, bad = self._sort(parse)
        if bad:
            try:
                with self._alone():
                    found, bad = self._sort(parse)  # another process may just have written
                    self._set_aside([line for _, line in bad], [line for _, line in found])
                what = f"set aside in {self.torn_path.name}"
            except OSError:
                what = "passed over"
            for number, _ in bad:
                _LOG.warning("%s, line %d cannot be read: it is %s", self.path, number, what)
        return [value for value, _ in found]

    def append(self, line: str) -> None:
        """Write a line, and see it on the disk.

        Raises:
            OSError: it cannot be written; the file is as it was.
        """
        data = line.encode() + b"\n"
        with self._alone():
            is_new = not self.path.exists()
            with self.path.open("a+b", buffering=0) as file:
                size = file.seek(0, os.SEEK_END)
                if size and _read_last(file, size) != b"\n":
                    data = b"\n" + data  # a line that was cut off must not take this one with it
                try:
                    if file.write(data) != len(data):
                        raise OSError("the disk is full")  # noqa: TRY301 -- as the write itself says
                    os.fsync(file.fileno())
                except OSError:
                    with contextlib.suppress(OSError):
                        file.truncate(size)
                    raise
            if is_new:
                _sync_folder(self.path.parent)

    def _sort(
        self, parse: Callable[[bytes], Value]
    ) -> tuple[list[tuple[Value, bytes]], list[tuple[int, bytes]]]:
        """The lines that can be read, with what they say, and the others, with their numbers."""
        found, bad = list[tuple[Value, bytes]](), list[tuple[int, bytes]]()
        data = self.path.read_bytes().removeprefix(_MARK) if self.path.is_file() else b""
        for number, line in enumerate(data.split(b"\n"), start=1):
            if line.strip():
                try:
                    found.append((parse(line), line))
                except ValueError:
                    bad.append((number, line))
        return found, bad

    def _set_aside(self, bad: list[bytes], kept: list[bytes]) -> None:
        with self.torn_path.open("ab") as file:
            file.write(b"".join(line + b"\n" for line in bad))
            file.flush()
            os.fsync(file.fileno())
        target = Path(os.path.realpath(self.path))
        fresh = target.with_name(f".{target.name}.tmp")
        with fresh.open("wb") as file:
            file.write(b"".join(line + b"\n" for line in kept))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            shutil.copymode(target, fresh)
        fresh.replace(target)
        _sync_folder(target.parent)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other process writes to the file."""
        lock = FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=_PATIENCE_S)
        try:
            lock.acquire()
        except Timeout:
            raise OSError(f"another process is writing to {self.path.name}") from None
        try:
            yield
        finally:
            lock.release()


def _read_last(file: FileIO, size: int) -> bytes:
    """The last byte of a file; one that was opened to append is written at its end all the same."""
    file.seek(size - 1)
    return file.read(1)


def _sync_folder(folder: Path) -> None:
    """Make the name of a new file last, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
