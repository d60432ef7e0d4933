"""Full-text search over the articles of a dataset and their English.

The index is SQLite's FTS5 (https://sqlite.org/fts5.html) without stored text, built once for each
dataset.  Scripts without spaces are indexed character by character and searched as phrases, so
that a Chinese word is found without a dictionary.  Accents and case are ignored.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.dataset import Dataset, batch_to_documents
from corpus_norm.report import FACET_COLUMNS, FACETS, MENU_FACETS, find_facets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from corpus_norm.document import Document

PAGE_ROWS = 25
TEMPORARY_SUFFIX = ".tmp"
_ABANDONED_S = 24 * 3600  # age at which a temporary index is no longer being written
_FORMAT = 3  # to be raised when _TABLES or the facets change
_COLUMNS = (
    "doc_id",
    "source",
    "title_en",
    "body",
    "body_en",
    *FACET_COLUMNS,
)
_SHOWN = (
    "source",
    "title",
    "title_en",
    "language",
    "site",
    "published",
    "translation_status",
)
_STORED = ("doc_id", *_SHOWN, "body", "body_en")
# One character of a script without spaces: Thai and Lao, Khmer, CJK (radicals, kana, bopomofo and
# ideographs), Hangul syllables (whose words take endings), CJK compatibility ideographs.
_UNSPACED = re.compile("([\u0e00-\u0eff\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff])")
_TABLES = """
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, doc_id TEXT UNIQUE, part INTEGER, source TEXT, title TEXT,
    title_en TEXT, language TEXT, site TEXT, published TEXT, status TEXT
);
CREATE TABLE labels (name TEXT, value TEXT, id INTEGER, PRIMARY KEY (name, value, id))
    WITHOUT ROWID;
CREATE VIRTUAL TABLE texts USING fts5(
    title, body, body_en, content='', tokenize="unicode61 remove_diacritics 2"
);
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document in a list of results."""

    doc_id: str
    source: str
    title: str | None
    title_en: str | None
    language: str
    site: str | None
    published: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Query:
    """A search: words that must all occur, and filters; an empty query finds every document."""

    words: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)


def open_index(
    dataset: Dataset, folder: Path, progress: Callable[[int], None] | None = None
) -> SearchIndex:
    """Open the index of a dataset; build it first if there is none for exactly this content.

    Args:
        dataset: the dataset to search.
        folder: the folder of indexes; created if it is missing.
        progress: called with the number of documents read so far.

    Raises:
        DatasetError: a part of the dataset cannot be read.
        OSError: the folder cannot be written to.
    """
    content = f"{_FORMAT}\n{dataset.manifest.to_json()}".encode()
    path = folder / f"{hashlib.blake2b(content, digest_size=16).hexdigest()}.sqlite"
    if not _is_whole(path, dataset):
        folder.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(folder)
        _build(path, dataset, progress)
    return SearchIndex(path, dataset)


def _build(path: Path, dataset: Dataset, progress: Callable[[int], None] | None) -> None:
    """Build the index in a file of its own first, as other processes may be building it too."""
    handle, name = tempfile.mkstemp(TEMPORARY_SUFFIX, f"{path.stem}-", path.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        with closing(sqlite3.connect(unfinished)) as connection:
            _fill(connection, dataset, progress)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _is_whole(path: Path, dataset: Dataset) -> bool:
    """Whether the index exists and is complete; after a crash a file may lack data."""
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(_make_address(path), uri=True)) as connection:
            [[count]] = connection.execute("SELECT count(*) FROM texts_docsize")
    except sqlite3.Error:
        return False
    return bool(count == dataset.manifest.totals.documents)


def _remove_abandoned(folder: Path) -> None:
    """Remove temporary indexes of processes that were killed: those not written to for a day."""
    for path in folder.glob(f"*{TEMPORARY_SUFFIX}"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _ABANDONED_S:
                path.unlink()


def _make_address(path: Path) -> str:
    """Return the URI under which SQLite opens the file read-only and without locks."""
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"


class SearchIndex:
    """A search index over a dataset; safe to use from several threads."""

    def __init__(self, path: Path, dataset: Dataset) -> None:
        self._address = _make_address(path)
        self._dataset = dataset
        self._parts = {part.index: part for part in dataset.manifest.parts}

    def find(self, query: Query, page: int = 0) -> tuple[int, list[Hit]]:
        """Return the number of documents found and one page of them.

        They are ordered by relevance if the query has words, and as in the dataset otherwise.
        """
        where, values = _condition(query)
        order = "texts.rank, id" if query.words.strip() else "id"
        columns = "doc_id, source, documents.title, title_en, language, site, published, status"
        with closing(self._connect()) as connection:
            [[total]] = connection.execute(f"SELECT count(*) {where}", values)
            rows = connection.execute(
                f"SELECT {columns} {where} ORDER BY {order} LIMIT ? OFFSET ?",
                [*values, PAGE_ROWS, page * PAGE_ROWS],
            )
            return total, [Hit(*row) for row in rows]

    def choices(self) -> dict[str, list[tuple[str, int]]]:
        """Return the values of each menu with their document counts, most frequent first."""
        found: dict[str, list[tuple[str, int]]] = {name: [] for name in MENU_FACETS}
        with closing(self._connect()) as connection:
            for name, value, count in connection.execute(
                "SELECT name, value, count(*) FROM labels GROUP BY 1, 2 ORDER BY 3 DESC, 2"
            ):
                if name in found:
                    found[name].append((value, count))
        return found

    def load(self, doc_id: str) -> Document | None:
        """Load a document of the dataset; return None if it has no document of that identity.

        Raises:
            DatasetError: its part is missing or damaged.
        """
        import pyarrow.compute as pc

        with closing(self._connect()) as connection:
            row = connection.execute(
                "SELECT part FROM documents WHERE doc_id = ?", [doc_id]
            ).fetchone()
        if row is None:
            return None
        for batch in self._dataset.select_part(self._parts[row[0]]).batches():
            found = batch.filter(pc.equal(batch.column("doc_id"), doc_id))
            if found.num_rows:
                return next(iter(batch_to_documents(found)))
        return None

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._address, uri=True)


def make_match(words: str) -> str:
    """Return words as an FTS5 query: all must occur, the last one may be the start of a word.

    >>> make_match('HSBC "prêts')
    '"HSBC" "prêts"*'
    >>> make_match("奥特曼")
    '"奥 特 曼"*'
    """
    terms = [" ".join(_space(term).split()) for term in words.replace('"', " ").split()]
    quoted = [f'"{term}"' for term in terms if any(char.isalnum() for char in term)]
    return f"{' '.join(quoted)}*" if quoted else '""'


def _condition(query: Query) -> tuple[str, list[str]]:
    """Return the FROM and WHERE clauses of a query, with their values."""
    joins, values = "FROM documents", list[str]()
    conditions = list[str]()
    if query.words.strip():
        joins += " JOIN texts ON texts.rowid = id"
        conditions.append("texts MATCH ?")
        values.append(make_match(query.words))
    for name in FACETS:
        if query.filters.get(name):
            conditions.append("id IN (SELECT id FROM labels WHERE name = ? AND value = ?)")
            values += [name, query.filters[name]]
    return f"{joins} WHERE {' AND '.join(conditions)}" if conditions else joins, values


def _space(text: str) -> str:
    return text if text.isascii() else _UNSPACED.sub(r" \1 ", text)


def _fill(
    connection: sqlite3.Connection, dataset: Dataset, progress: Callable[[int], None] | None
) -> None:
    connection.executescript(_TABLES)
    done = 0
    for part in dataset.manifest.parts:
        for batch in dataset.select_part(part).batches(_COLUMNS):
            rows = batch.select(_STORED).to_pylist()
            _insert(connection, part.index, range(done, done + len(rows)), rows)
            facets = find_facets(batch)
            numbers = (done + row for row in facets.column("row").to_pylist())
            names, values = (facets.column(name).to_pylist() for name in ("name", "value"))
            connection.executemany(
                "INSERT OR IGNORE INTO labels VALUES (?, ?, ?)",
                zip(names, values, numbers, strict=True),
            )
            done += len(rows)
            if progress is not None:
                progress(done)
    connection.execute("INSERT INTO texts(texts) VALUES ('optimize')")
    connection.commit()


def _insert(
    connection: sqlite3.Connection,
    part: int,
    numbers: Iterable[int],
    rows: list[dict[str, object]],
) -> None:
    for number, row in zip(numbers, rows, strict=True):
        connection.execute(
            "INSERT OR IGNORE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [number, row["doc_id"], part, *(_text(row[name]) for name in _SHOWN)],
        )
        texts = [_space(str(row[name] or "")) for name in ("title", "body", "body_en")]
        connection.execute(
            "INSERT INTO texts(rowid, title, body, body_en) VALUES (?, ?, ?, ?)", [number, *texts]
        )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
