"""Export of a dataset: a parallel corpus (TMX, TSV) or flat Parquet tables."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyarrow.parquet as pq

from corpus_norm.dataset.flat import FLAT_COLUMNS, flatten_blocks, flatten_sentences
from corpus_norm.dataset.schema import BLOCKS, SENTENCES
from corpus_norm.document import Flag, unwrap
from corpus_norm.errors import DatasetError
from corpus_norm.tmx import Pair, write_tmx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pyarrow as pa

    from corpus_norm.dataset.reader import Dataset

    PathName = str | os.PathLike[str]

TSV_COLUMNS = (
    "doc_id",
    "index",
    "block",
    "language",
    "start",
    "end",
    "start_en",
    "end_en",
    "score",
    "flags",
    "text",
    "text_en",
)
"""Columns of the TSV file: those of the flat table of sentences, the texts last."""

# Spreadsheets evaluate a cell that begins with one of these, also in full width, and strip a
# leading quote.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", '"', "'")


def export_tmx(
    dataset: Dataset, path: PathName, *, language: str | None = None, body_only: bool = False
) -> int:
    """Write the sentence pairs as TMX 1.4, each pair once, and return their number.

    Machine translations are tagged, so that importing them into a translation memory does not
    take them for human ones.

    Raises:
        DatasetError: the file cannot be written, or a part of the dataset is damaged.
    """
    with _replacing(Path(path)) as file:
        return write_tmx(file, _unique_pairs(_pairs(dataset, language, body_only=body_only)))


def export_tsv(
    dataset: Dataset, path: PathName, *, language: str | None = None, body_only: bool = False
) -> int:
    """Write the sentence pairs with their offsets on both sides as TSV, and return their number.

    The file is UTF-8 with one line per pair and the columns :data:`TSV_COLUMNS`; line breaks and
    tabs in a text become spaces.  A text that a spreadsheet would take for a formula or a quoted
    value gets an apostrophe before it (https://owasp.org/www-community/attacks/CSV_Injection).  So
    does a text that begins with an apostrophe: removing one always gives the text back.

    Raises:
        DatasetError: the file cannot be written, or a part of the dataset is damaged.
    """
    count = 0
    with _replacing(Path(path)) as file:
        file.write("\t".join(TSV_COLUMNS) + "\n")
        for row in _pairs(dataset, language, body_only=body_only):
            file.write("\t".join(_cell(row[name]) for name in TSV_COLUMNS) + "\n")
            count += 1
    return count


def export_flat(dataset: Dataset, folder: PathName) -> list[Path]:
    """Write the flat tables ``blocks.parquet`` and ``sentences.parquet`` into a folder.

    Raises:
        DatasetError: a file cannot be written, or a part of the dataset is damaged.
    """
    folder = Path(folder)
    written = []
    tables: tuple[tuple[str, pa.Schema, Callable[[pa.RecordBatch], pa.RecordBatch]], ...] = (
        ("blocks", BLOCKS, flatten_blocks),
        ("sentences", SENTENCES, flatten_sentences),
    )
    for name, schema, flatten in tables:
        path = folder / f"{name}.parquet"
        with (
            _replacing(path, binary=True) as file,
            pq.ParquetWriter(file, schema, compression="zstd") as writer,
        ):
            for batch in dataset.batches([*FLAT_COLUMNS, name]):
                writer.write_batch(flatten(batch))
        written.append(path)
    return written


def _pairs(dataset: Dataset, language: str | None, *, body_only: bool) -> Iterator[dict[str, Any]]:
    """Yield the sentences in other languages than English that have English, in order."""
    for batch in dataset.pair_batches(language, body_only=body_only):
        yield from batch.to_pylist()


def _unique_pairs(rows: Iterable[dict[str, Any]]) -> Iterator[Pair]:
    seen = set()
    for row in rows:
        machine = Flag.IMPORTED not in row["flags"]
        pair = Pair(row["language"], unwrap(row["text"]), unwrap(row["text_en"]), machine)
        if pair not in seen:
            seen.add(pair)
            yield pair


def _cell(value: object) -> str:
    r"""Return a value as a cell of a TSV file.

    >>> _cell("=1+1"), _cell(-0.5), _cell(None), _cell(["a", "b"]), _cell("a\tb")
    ("'=1+1", '-0.5', '', 'a,b', 'a b')
    """
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(value)
    if not isinstance(value, str):
        return str(value)
    text = " ".join(unwrap(value).split())
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


@contextmanager
def _replacing(path: Path, *, binary: bool = False) -> Iterator[IO[Any]]:
    """Open a temporary file that takes its final name once it is written completely."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    how: dict[str, Any] = {} if binary else {"encoding": "utf-8", "newline": "\n"}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb" if binary else "w", **how) as file:
                yield file
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise DatasetError(
            f"cannot write {path}: {error}; choose another place", subject=str(path)
        ) from error
