"""A dataset in other people's formats: a parallel corpus (TMX, TSV), flat Parquet tables."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyarrow.parquet as pq

from corpus_norm.dataset.reader import FLAT_COLUMNS, flatten_blocks, flatten_sentences
from corpus_norm.dataset.schema import BLOCKS, SENTENCES
from corpus_norm.document import UNDETERMINED, Flag, unwrap
from corpus_norm.errors import DatasetError
from corpus_norm.tmx import Pair, write_tmx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
"""Columns of the TSV file; those of the flat table of sentences, the texts last."""

# What a spreadsheet computes, also in full width; and the quote that it would take off before.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", '"', "'")


def export_tmx(dataset: Dataset, path: PathName) -> int:
    """Write the sentence pairs as TMX 1.4, each pair once; return how many.

    Pairs that a model made are marked, so that they are not taken for a person's work when they
    are imported into a memory.

    Raises:
        DatasetError: the file cannot be written, or a part of the dataset is damaged.
    """
    with _replacing(Path(path)) as file:
        return write_tmx(file, _unique_pairs(dataset))


def export_tsv(dataset: Dataset, path: PathName) -> int:
    """Write the sentence pairs with their offsets on both sides as TSV; return how many.

    One line per pair, UTF-8, columns :data:`TSV_COLUMNS`, line breaks and tabs in a text as
    spaces.  A text that a spreadsheet would take for a formula, or for one in quotes, gets an
    apostrophe before it (https://owasp.org/www-community/attacks/CSV_Injection), and so does one
    that begins with an apostrophe, so that removing one gives the text back.

    Raises:
        DatasetError: the file cannot be written, or a part of the dataset is damaged.
    """
    count = 0
    with _replacing(Path(path)) as file:
        file.write("\t".join(TSV_COLUMNS) + "\n")
        for row in _pairs(dataset):
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


def _pairs(dataset: Dataset) -> Iterator[dict[str, Any]]:
    """The sentences that have English and were not English themselves, in order."""
    for batch in dataset.batches([*FLAT_COLUMNS, "sentences"]):
        for row in flatten_sentences(batch).to_pylist():
            foreign = row["language"].split("-")[0] not in {"en", UNDETERMINED}
            if foreign and row["text_en"] is not None and row["text_en"] != row["text"]:
                yield row


def _unique_pairs(dataset: Dataset) -> Iterator[Pair]:
    seen = set()
    for row in _pairs(dataset):
        machine = Flag.IMPORTED not in row["flags"]
        pair = Pair(row["language"], unwrap(row["text"]), unwrap(row["text_en"]), machine)
        if pair not in seen:
            seen.add(pair)
            yield pair


def _cell(value: object) -> str:
    r"""A value as a cell of a TSV file.

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
    """A file that is there when it is whole, under its name, and not at all before."""
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
            f"{path} cannot be written: {error}; choose another place", subject=str(path)
        ) from error
