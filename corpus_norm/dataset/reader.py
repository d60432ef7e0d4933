"""Reading a dataset: documents, rejects, flat tables of blocks and sentences with their text."""

from __future__ import annotations

import contextlib
import dataclasses
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.dataset.manifest import PartFile, read_manifest
from corpus_norm.dataset.parts import open_parquet
from corpus_norm.dataset.rows import batch_to_documents
from corpus_norm.dataset.schema import (
    BLOCKS,
    CONFLICTS,
    DOCUMENTS,
    JOINED,
    REJECTS,
    SCHEMA_VERSION,
    SENTENCES,
    STORIES,
)
from corpus_norm.dataset.stories import Stories, empty_groups, join_groups, split_columns
from corpus_norm.document import Flag
from corpus_norm.errors import DatasetError, SchemaMismatchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from os import PathLike

    import pandas as pd
    import polars as pl

    from corpus_norm.dataset.manifest import Manifest, Part
    from corpus_norm.dataset.reuse import Changes
    from corpus_norm.dataset.verification import Problem
    from corpus_norm.document import Document

FLAT_COLUMNS = ("doc_id", "text", "text_en")
"""Columns of ``documents`` that a flat table needs in addition to its list."""

_BATCH_ROWS = 512


def flatten_blocks(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return one row of :data:`~corpus_norm.dataset.schema.BLOCKS` for each block."""
    return _flatten(batch, "blocks", BLOCKS)


def flatten_sentences(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return one row of :data:`~corpus_norm.dataset.schema.SENTENCES` for each sentence."""
    return _flatten(batch, "sentences", SENTENCES)


def _flatten(batch: pa.RecordBatch, column: str, schema: pa.Schema) -> pa.RecordBatch:
    lists = batch.column(column)
    owners = pc.list_parent_indices(lists)
    structs = lists.flatten()
    columns = dict(zip((f.name for f in structs.type), structs.flatten(), strict=True))
    columns["doc_id"] = batch.column("doc_id").take(owners)
    counts = lists.value_lengths().to_pylist()
    columns["index"] = pa.array([i for count in counts for i in range(count)], pa.int32())
    for name, suffix in (("text", ""), ("text_en", "_en")):
        starts, ends = columns[f"start{suffix}"], columns[f"end{suffix}"]
        columns[name] = _slice(batch.column(name), owners, starts, ends)
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


def _slice(texts: pa.Array, owners: pa.Array, starts: pa.Array, ends: pa.Array) -> pa.Array:
    """Slice texts by code points; Arrow's kernel only takes one start for a whole column."""
    whole = texts.to_pylist()
    spans = zip(owners.to_pylist(), starts.to_pylist(), ends.to_pylist(), strict=True)
    return pa.array(
        [None if start is None else whole[owner][start:end] for owner, start, end in spans],
        pa.string(),
    )


def open_dataset(path: str | PathLike[str]) -> Dataset:
    """Open a dataset that :func:`corpus_norm.convert` wrote, finished or not.

    Only the manifest is read now; rows are read on demand.

    Raises:
        DatasetError: the folder holds no dataset, or its manifest is damaged.
        SchemaMismatchError: it was written with another version of the schema.
    """
    folder = Path(path)
    return Dataset(folder, read_manifest(folder))


class Dataset:
    """A dataset on disk.

    Attributes:
        path: its folder.
        manifest: settings, versions, inputs, parts and counts.
        changes: the changes that an update found; None if the dataset is new or was only opened.
        faults: number of faults of the program in the run that wrote it.
    """

    schema = JOINED

    def __init__(
        self, path: Path, manifest: Manifest, changes: Changes | None = None, faults: int = 0
    ) -> None:
        self.path = path
        self.manifest = manifest
        self.changes = changes
        self.faults = faults

    def __len__(self) -> int:
        return self.manifest.totals.documents

    def __repr__(self) -> str:
        totals = self.manifest.totals
        languages = ", ".join(f"{name} {count:,}" for name, count in totals.languages.items())
        state = "" if self.manifest.complete else ", incomplete: run convert again to finish it"
        return (
            f"<Dataset {str(self.path)!r}: {totals.documents:,} documents"
            f"{f' ({languages})' if languages else ''}, {totals.rejects:,} rejects{state}>"
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """How notebooks show it: its card."""
        del include, exclude  # IPython filters what it is given
        from corpus_norm.display.notebook import render_card

        return {"text/plain": repr(self), "text/html": render_card(self.manifest)}

    def _repr_html_(self) -> str:
        """The same for notebooks that know only HTML."""
        return self._repr_mimebundle_()["text/html"]

    @property
    def blocks(self) -> pa.Table:
        """All blocks as a flat table with their text (schema ``blocks``)."""
        return self._flatten(flatten_blocks, "blocks", BLOCKS)

    @property
    def sentences(self) -> pa.Table:
        """All sentences as a flat table with their text (schema ``sentences``)."""
        return self._flatten(flatten_sentences, "sentences", SENTENCES)

    @property
    def rejects(self) -> pa.Table:
        """The inputs that could not be processed, and why (schema ``rejects``)."""
        return pa.Table.from_batches(self.reject_batches(), schema=REJECTS)

    @cached_property
    def stories(self) -> Stories:
        """The stories: copies and reports of one event (``convert --stories`` finds the latter)."""
        record = self.manifest.stories
        conflicts = empty_groups()[1]
        if record:
            batches = self._read([record.conflicts], CONFLICTS)
            conflicts = pa.Table.from_batches(batches, schema=CONFLICTS)
        return Stories(self._groups, conflicts, self.to_arrow)

    @cached_property
    def _groups(self) -> pa.Table:
        record = self.manifest.stories
        if record is None:
            return empty_groups()[0]
        return pa.Table.from_batches(self._read([record.stories], STORIES), schema=STORIES)

    @property
    def untranslated_languages(self) -> list[str]:
        """The languages (BCP-47, sorted) of sentences that should have English but have none."""
        flag = pa.scalar(Flag.UNTRANSLATED.value)
        found: set[str] = set()
        for batch in self.batches(["sentences"]):
            sentences = batch.column("sentences").flatten()
            flags = pc.struct_field(sentences, "flags")
            flagged = pc.list_parent_indices(flags).filter(pc.equal(flags.flatten(), flag))
            found |= set(pc.struct_field(sentences, "language").take(flagged).to_pylist())
        return sorted(found)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the documents in order, a few hundred rows at a time; all columns or those named.

        ``duplicate_of`` and ``story_id`` come from the table ``stories``.

        Raises:
            DatasetError: a part file is missing or damaged.
            SchemaMismatchError: a part file has other columns than it should.
        """
        stored, is_joined = split_columns(columns)
        files = [part.documents for part in self.manifest.parts]
        batches = self._read(files, DOCUMENTS, stored)
        return join_groups(batches, self._groups, columns) if is_joined else batches

    def reject_batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rejects in order, a few hundred rows at a time; all columns or those named.

        Raises:
            DatasetError: a part file is missing or damaged.
            SchemaMismatchError: a part file has other columns than it should.
        """
        return self._read([part.rejects for part in self.manifest.parts], REJECTS, columns)

    def documents(self) -> Iterator[Document]:
        """Yield the documents in order, as objects."""
        for batch in self.batches():
            yield from batch_to_documents(batch)

    def to_arrow(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the documents as an Arrow table."""
        schema = JOINED if columns is None else pa.schema([JOINED.field(n) for n in columns])
        return pa.Table.from_batches(self.batches(columns), schema=schema)

    def to_pandas(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the documents as a pandas data frame with Arrow types (lossless and fast).

        Raises:
            DatasetError: pandas is not installed.
        """
        with _needs("pandas"):
            import pandas as pd
        frame: pd.DataFrame = self.to_arrow(columns).to_pandas(types_mapper=pd.ArrowDtype)
        return frame

    def to_polars(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return the documents as a polars data frame.

        Raises:
            DatasetError: polars is not installed.
        """
        with _needs("polars"):
            import polars as pl
        return pl.DataFrame(self.to_arrow(columns))

    def select_part(self, part: Part) -> Dataset:
        """Return the dataset reduced to one of its parts."""
        return Dataset(self.path, dataclasses.replace(self.manifest, parts=(part,)))

    def verify(self) -> Iterator[Problem]:
        """Check files, counts and offsets; yield the problems, nothing if there are none."""
        from corpus_norm.dataset.verification import find_problems

        return find_problems(self.path, self.manifest)

    def _flatten(
        self, flatten: Callable[[pa.RecordBatch], pa.RecordBatch], name: str, schema: pa.Schema
    ) -> pa.Table:
        batches = self.batches([*FLAT_COLUMNS, name])
        return pa.Table.from_batches((flatten(batch) for batch in batches), schema=schema)

    def _read(
        self, files: Sequence[PartFile], schema: pa.Schema, columns: Sequence[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        for file in files:
            yield from _read_part(self.path / file.name, file, schema, columns)


def _read_part(
    path: Path, expected: PartFile, schema: pa.Schema, columns: Sequence[str] | None
) -> Iterator[pa.RecordBatch]:
    rows = 0
    with _reading(path), open_parquet(path) as file:
        _check_schema(path, file.schema_arrow, schema)
        for batch in file.iter_batches(_BATCH_ROWS, columns=columns and list(columns)):
            rows += batch.num_rows
            names = batch.schema.names if columns is None else columns
            wanted = schema if columns is None else pa.schema([schema.field(n) for n in names])
            yield pa.RecordBatch.from_arrays([batch.column(n) for n in names], schema=wanted)
        if rows != expected.rows:
            raise OSError(f"it has {rows} rows, the manifest says {expected.rows}")


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    way_out = "run the same convert command again: it rewrites this part and keeps the others"
    try:
        yield
    except FileNotFoundError:
        raise DatasetError(f"{path} is missing; {way_out}", subject=str(path)) from None
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"{path} is damaged or unreadable: {error}; {way_out}", subject=str(path)
        ) from error


def _check_schema(path: Path, found: Any, schema: pa.Schema) -> None:  # noqa: ANN401
    if found.equals(schema):
        return
    names = set(found.names) ^ set(schema.names)
    detail = f"columns {', '.join(sorted(names))}" if names else "the types of its columns"
    raise SchemaMismatchError(
        f"{path} does not follow schema version {SCHEMA_VERSION}: {detail} differ; was it written "
        "by another tool? convert the inputs again into a new folder",
        subject=str(path),
    )


@contextlib.contextmanager
def _needs(extra: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise DatasetError(
            f"{extra} is not installed; install it with: pip install 'corpus-norm[{extra}]'",
            subject=extra,
        ) from error
