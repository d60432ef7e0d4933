"""The translation memory: it reuses earlier results and prefers imported translations.

:class:`Memory` holds the entries, :class:`MemoryFile` its SQLite file.
"""

from __future__ import annotations

import hashlib
import math
import os
import sqlite3
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from corpus_norm.errors import TranslationMemoryError
from corpus_norm.faults import data_folder, expand
from corpus_norm.translation.engines import Hypothesis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from corpus_norm.translation.engines import Request


MAX_BYTES = 2 * 1024**3
"""Size above which the least recently used entries are dropped: about ten million sentences."""

_EVICTED = 0.1
_DAY = 86_400
_DIGEST = "imported_digest"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A source language (BCP-47) and everything else that determines the English output.

    ``how`` is the result of :meth:`~corpus_norm.translation.engines.Engine.recipe` with the
    versions of the splitters.
    """

    source: str
    how: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A text and its English, either ``imported`` by a person or made by an engine."""

    source: str
    text: str
    english: str
    imported: bool


@dataclass(frozen=True, slots=True)
class MemoryStats:
    """The content of a memory: translations by language, recipes, size on disk."""

    made: Mapping[str, int]
    imported: Mapping[str, int]
    recipes: int
    bytes: int


class ImportsChangedError(TranslationMemoryError):
    """Translations were imported during a job, which can use neither the old nor the new ones."""


def default_path() -> Path:
    """Return the default file: ``$CORPUS_NORM_MEMORY``, or one in the user's data folder."""
    chosen = os.environ.get("CORPUS_NORM_MEMORY")
    if chosen:
        return expand(chosen)
    return data_folder() / "memory.sqlite"


class Memory:
    """A translation memory in a file, which is created when the first entry is stored.

    It can be used from several threads, and pickled: another process reopens the file.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Memory(f"{folder}/m.sqlite") as memory:
    ...     added = memory.import_units([("fr", "Il pleut.", "It is raining.")])
    ...     added, memory.find_imported("fr", ["Il pleut.", "Oui."])
    (1, {'Il pleut.': 'It is raining.'})

    Args:
        path: the file; its folder is created if it is missing.
        max_bytes: size above which the least recently used translations are dropped.  Imported
            ones are never dropped.
        pinned: digest of the imported translations at the start of a job; if they have changed
            since, :meth:`find_imported` raises.

    Raises:
        TranslationMemoryError: by any method: the file is not a translation memory, is damaged, or
            cannot be written to.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        max_bytes: int = MAX_BYTES,
        pinned: str | None = None,
    ) -> None:
        self.path = default_path() if path is None else Path(path)
        self.max_bytes = max_bytes
        self.pinned = pinned
        self._file = MemoryFile(self.path)
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[Callable[..., Memory], tuple[Path, int, str | None]]:
        return open_memory, (self.path, self.max_bytes, self.pinned)

    def close(self) -> None:
        """Close the file; it is opened again when needed."""
        with self._lock:
            self._file.close()

    def find_obstacle(self) -> str:
        """Return a short reason why nothing can be stored, or ""; leave no file behind."""
        return self._file.find_obstacle()

    def look_up(self, recipe: Recipe, requests: Iterable[Request]) -> dict[Request, Hypothesis]:
        """Return the stored results of this recipe; the result omits requests without one."""
        if not self.path.exists():
            return {}
        today = int(time.time() // _DAY)
        found, stale = {}, []
        with self._lock, self._file.reading() as cursor:
            for request in requests:
                key = _key(recipe, request)
                row = cursor.execute(
                    "SELECT english, score, tokens, at_cap, draft, used FROM made WHERE key = ?",
                    (key,),
                ).fetchone()
                if row is not None:
                    english, score, tokens, at_cap, draft, used = row
                    found[request] = Hypothesis(english, score, tokens, bool(at_cap), bool(draft))
                    if used < today:
                        stale.append((today, key))
        if stale:
            with self._lock, self._file.writing() as cursor:
                cursor.executemany("UPDATE made SET used = ? WHERE key = ?", stale)
        return found

    def add(self, recipe: Recipe, hypotheses: Mapping[Request, Hypothesis]) -> None:
        """Store the results of an engine, all or none."""
        if not hypotheses:
            return
        today = int(time.time() // _DAY)
        with self._lock, self._file.writing() as cursor:
            made_by = (recipe.source, recipe.how)
            cursor.execute("INSERT OR IGNORE INTO recipes (source, how) VALUES (?, ?)", made_by)
            [number] = cursor.execute(
                "SELECT id FROM recipes WHERE source = ? AND how = ?", made_by
            ).fetchone()
            rows = [
                (_key(recipe, r), number, r.text, *astuple(h), today) for r, h in hypotheses.items()
            ]
            cursor.executemany(
                "INSERT OR IGNORE INTO made (key, recipe, text, english, score, tokens, at_cap, "
                "draft, used) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            self._shrink(cursor, self.max_bytes)

    def find_imported(self, source: str, texts: Sequence[str]) -> dict[str, str]:
        """Return the imported translations of texts, which must be normalised like requests.

        Raises:
            ImportsChangedError: the imported translations no longer match ``pinned``.
        """
        if not self.path.exists():
            return {}
        found = {}
        with self._lock, self._file.reading() as cursor:
            if self.pinned is not None and _digest(cursor) != self.pinned:
                raise ImportsChangedError(
                    f"the imported translations in {self.path} were changed while this job ran; "
                    "run it again: finished parts are made anew with them",
                    subject=str(self.path),
                )
            for text in texts:
                row = cursor.execute(
                    "SELECT english FROM imported WHERE source = ? AND text = ?", (source, text)
                ).fetchone()
                if row is not None:
                    found[text] = row[0]
        return found

    def import_units(self, units: Iterable[tuple[str, str, str]]) -> int:
        """Import translations (language, normalised text, English) and return their number.

        A text that is already present gets the new English.
        """
        with self._lock, self._file.writing() as cursor:
            before = cursor.connection.total_changes
            cursor.executemany("INSERT OR REPLACE INTO imported VALUES (?, ?, ?)", units)
            count = cursor.connection.total_changes - before
            _renew_digest(cursor)
        return count

    def imported_digest(self) -> str:
        """Return the BLAKE2b-128 of all imported translations in hexadecimal, or "" for none."""
        if not self.path.exists():
            return ""
        with self._lock, self._file.reading() as cursor:
            return _digest(cursor)

    def units(self) -> Iterator[Unit]:
        """Yield all translations for export, imported ones first, each by language and text."""
        if not self.path.exists():
            return
        with self._lock, self._file.reading() as cursor:
            for source, text, english in cursor.execute(
                "SELECT source, text, english FROM imported ORDER BY source, text"
            ):
                yield Unit(source, text, english, imported=True)
            for source, text, english in cursor.execute(
                "SELECT DISTINCT source, text, english FROM made JOIN recipes ON id = recipe "
                "WHERE english != '' ORDER BY source, text, english"
            ):
                yield Unit(source, text, english, imported=False)

    def stats(self) -> MemoryStats:
        """Return the counts and the size of the memory."""
        if not self.path.exists():
            return MemoryStats({}, {}, 0, 0)
        with self._lock, self._file.reading() as cursor:
            made = cursor.execute(
                "SELECT source, count(*) FROM made JOIN recipes ON id = recipe "
                "GROUP BY source ORDER BY source"
            ).fetchall()
            imported = cursor.execute(
                "SELECT source, count(*) FROM imported GROUP BY source ORDER BY source"
            ).fetchall()
            [recipes] = cursor.execute("SELECT count(*) FROM recipes").fetchone()
        return MemoryStats(dict(made), dict(imported), recipes, self._file.size())

    def prune(
        self,
        *,
        max_bytes: int | None = None,
        unused_days: int | None = None,
        imported: bool = False,
    ) -> int:
        """Drop translations, free their space, and return how many were dropped.

        Args:
            max_bytes: drop the least recently used ones until the rest fits.
            unused_days: drop those not used for more than this number of days.
            imported: drop all imported translations.
        """
        if not self.path.exists():
            return 0
        with self._lock, self._file.writing() as cursor:
            before = cursor.connection.total_changes
            if unused_days is not None:
                oldest = int(time.time() // _DAY) - unused_days
                cursor.execute("DELETE FROM made WHERE used < ?", (oldest,))
            if max_bytes is not None:
                self._shrink(cursor, max_bytes)
            if imported:
                cursor.execute("DELETE FROM imported")
            count = cursor.connection.total_changes - before
            cursor.execute("DELETE FROM recipes WHERE id NOT IN (SELECT recipe FROM made)")
            _renew_digest(cursor)
        with self._lock:
            self._file.compact()
        return count

    def _shrink(self, cursor: sqlite3.Cursor, max_bytes: int) -> None:
        while self._file.used_bytes(cursor) > max_bytes:
            if not _evict(cursor, _EVICTED):
                return


@lru_cache(maxsize=8)
def open_memory(path: Path, max_bytes: int = MAX_BYTES, pinned: str | None = None) -> Memory:
    """Return the memory in a file; the same arguments give the same object in a process."""
    return Memory(path, max_bytes=max_bytes, pinned=pinned)


def _key(recipe: Recipe, request: Request) -> bytes:
    parts = (recipe.source, recipe.how, request.context, request.text)
    content = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(content.encode(), digest_size=16).digest()


def _evict(cursor: sqlite3.Cursor, share: float) -> int:
    """Drop a share of the engine results, least recently used first; return their number."""
    [count] = cursor.execute("SELECT count(*) FROM made").fetchone()
    cursor.execute(
        "DELETE FROM made WHERE key IN (SELECT key FROM made ORDER BY used, rowid LIMIT ?)",
        (math.ceil(count * share),),
    )
    return cursor.rowcount


def _digest(cursor: sqlite3.Cursor) -> str:
    row = cursor.execute("SELECT value FROM facts WHERE name = ?", (_DIGEST,)).fetchone()
    return row[0] if row else ""


def _renew_digest(cursor: sqlite3.Cursor) -> None:
    """Store the digest of the imported translations, so that jobs need not read them all."""
    digest = hashlib.blake2b(digest_size=16)
    count = 0
    for row in cursor.execute("SELECT source, text, english FROM imported ORDER BY source, text"):
        digest.update("".join(f"{len(part)}:{part}" for part in row).encode())
        count += 1
    value = digest.hexdigest() if count else ""
    cursor.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (_DIGEST, value))


APPLICATION_ID = 0x636E746D
"""Identifies the file as ours (``PRAGMA application_id``): "cntm" in ASCII."""

VERSION = 2
WAIT_S = 120.0
"""Seconds that a process waits for another one that is writing."""

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
        with self._explaining_errors():
            connection = self._connect()
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Cursor]:
        with self._explaining_errors():
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
        identity = _pragma(connection, "application_id"), _pragma(connection, "user_version")
        if identity != (APPLICATION_ID, VERSION):
            connection.execute("BEGIN IMMEDIATE")
            # Another process may have created the tables while this one waited.
            identity = _pragma(connection, "application_id"), _pragma(connection, "user_version")
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if identity == (0, 0) and not tables:
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {VERSION}")
            elif identity == (APPLICATION_ID, 1):
                connection.execute(_SINCE_VERSION_1)
                connection.execute(f"PRAGMA user_version = {VERSION}")
            identity = _pragma(connection, "application_id"), _pragma(connection, "user_version")
            connection.execute("COMMIT")
            if identity != (APPLICATION_ID, VERSION):
                raise self._error("it is no translation memory of this version")
        _use_log(connection)
        # With a write-ahead log, commits survive a killed process; a power cut may undo the last
        # ones but does not damage the file.
        connection.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def _explaining_errors(self) -> Iterator[None]:
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
    """Switch to the write-ahead log; wait for other processes, which SQLite does not do here."""
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
