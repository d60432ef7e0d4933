"""The SQLite file of a translation memory: connection, transactions and error handling."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from corpus_norm.errors import TranslationMemoryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION_ID = 0x636E746D
"""Marks the file as ours (``PRAGMA application_id``): "cntm" in ASCII."""

VERSION = 2
WAIT_S = 120.0
"""The seconds a process waits for another one that is writing."""

_TABLES = """
CREATE TABLE recipes (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, how TEXT NOT NULL, UNIQUE (source, how)
);
CREATE TABLE made (
    key BLOB PRIMARY KEY, recipe INTEGER NOT NULL, text TEXT NOT NULL, english TEXT NOT NULL,
    score REAL NOT NULL, tokens INTEGER NOT NULL, at_cap INTEGER NOT NULL, used INTEGER NOT NULL,
    draft INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE imported (
    source TEXT NOT NULL, text TEXT NOT NULL, english TEXT NOT NULL, PRIMARY KEY (source, text)
) WITHOUT ROWID;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_SINCE_VERSION_1 = "ALTER TABLE made ADD COLUMN draft INTEGER NOT NULL DEFAULT 0"


class MemoryFile:
    """A connection that is opened at first use and reopened in a forked process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    def close(self) -> None:
        """Close the file; it is opened again when needed."""
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None

    def find_obstacle(self) -> str:
        """Return why the file cannot be written or created, or "" if it can."""
        folder = next(each for each in self.path.parents if each.exists())
        try:
            with tempfile.TemporaryFile(dir=folder):  # checking permissions is not enough
                pass
            if self.path.exists():
                self.path.open("r+b").close()
        except OSError as error:
            return error.strerror or str(error)
        return ""

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Cursor]:
        """Open a transaction that sees the file as it is now, unaffected by later writes."""
        with self._transaction("BEGIN") as cursor:
            yield cursor

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Cursor]:
        """Open a transaction that writes everything or nothing; wait for other writers."""
        with self._transaction("BEGIN IMMEDIATE") as cursor:
            yield cursor

    def used_bytes(self, cursor: sqlite3.Cursor) -> int:
        """Return the size of the file in bytes, without free pages."""
        pages, free, size = (
            int(cursor.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size

    def size(self) -> int:
        """Return the size on disk in bytes, including the write-ahead log."""
        files = (self.path, self.path.with_name(self.path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def compact(self) -> None:
        """Return the space of dropped rows to the file system."""
        with self._telling():
            connection = self._connect()
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Cursor]:
        with self._telling():
            cursor = self._connect().cursor()
            cursor.execute(begin)
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                if cursor.connection.in_transaction:
                    cursor.execute("ROLLBACK")
                raise
            finally:
                cursor.close()

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None or self._process != os.getpid():
            self._connection = self._open()
            self._process = os.getpid()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self.path, timeout=WAIT_S, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Create the tables in a new file, upgrade an old file, and refuse any other file."""
        mark = _pragma(connection, "application_id"), _pragma(connection, "user_version")
        if mark != (APPLICATION_ID, VERSION):
            connection.execute("BEGIN IMMEDIATE")
            # Another process may have created the tables while this one waited.
            mark = _pragma(connection, "application_id"), _pragma(connection, "user_version")
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if mark == (0, 0) and not tables:
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {VERSION}")
            elif mark == (APPLICATION_ID, 1):
                connection.execute(_SINCE_VERSION_1)
                connection.execute(f"PRAGMA user_version = {VERSION}")
            mark = _pragma(connection, "application_id"), _pragma(connection, "user_version")
            connection.execute("COMMIT")
            if mark != (APPLICATION_ID, VERSION):
                raise self._error("it is no translation memory of this version")
        _use_log(connection)
        # With a write-ahead log, commits survive a killed process; a power cut may undo the last
        # ones but does not damage the file.
        connection.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self._error(str(error)) from error

    def _error(self, why: str) -> TranslationMemoryError:
        return TranslationMemoryError(
            f"the translation memory {self.path} cannot be used: {why}; choose another with "
            "--memory FILE, go on without one with --no-memory, or remove the file to start anew",
            subject=str(self.path),
        )


def _use_log(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, waiting for other processes, as SQLite does not here."""
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
