"""Reading a dataset: documents, rejects, flat tables of blocks and sentences with their text."""

from __future__ import annotations

import contextlib
import dataclasses
import operator
import os
import re
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.dataset.columns import extend
from corpus_norm.dataset.flat import (
    FLAT_COLUMNS,
    flatten_blocks,
    flatten_sentences,
    select_pairs,
)
from corpus_norm.dataset.manifest import PartFile, read_manifest
from corpus_norm.dataset.parts import open_parquet
from corpus_norm.dataset.rows import batch_to_documents
from corpus_norm.dataset.schema import (
    BLOCKS,
    CONFLICTS,
    DOCUMENTS,
    JOINED,
    PAIRS,
    REJECTS,
    SCHEMA_VERSION,
    SENTENCES,
    STORIES,
)
from corpus_norm.dataset.stories import Stories, empty_groups, join_groups, split_columns
from corpus_norm.document import Document, Flag
from corpus_norm.errors import DatasetError, SchemaMismatchError
from corpus_norm.faults import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from os import PathLike

    import pandas as pd
    import polars as pl

    from corpus_norm.dataset.manifest import Manifest, Part
    from corpus_norm.dataset.verification import Problem
    from corpus_norm.dataset.writer import Changes

_BATCH_ROWS = 512
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # of a language, BCP 47


def open_dataset(path: str | PathLike[str]) -> Dataset:
    """Open a dataset that :func:`corpus_norm.convert` wrote.

    Only the manifest is read now; rows are read on demand.  Of a run that goes on, or was stopped,
    there are the parts that are finished, and a warning says so.

    Raises:
        DatasetError: the folder holds no dataset, or its manifest is damaged.
        SchemaMismatchError: it was written with another version of the schema.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise DatasetError(f"a dataset is a folder, not an object of the type {_type(path)}")
    dataset = Dataset(Path(path), read_manifest(Path(path)))
    if not dataset.manifest.complete:
        logger.warning(
            "%s is incomplete (%s documents so far): its run goes on or was stopped; the same "
            "convert command finishes it",
            dataset.path,
            f"{len(dataset):,}",
        )
    return dataset


class Documents:
    """The documents of a dataset, read when they are asked for.

    It has all that a table of Arrow has (``num_rows``, ``column``, ``filter``, ``to_pandas``), as
    ``blocks`` and ``sentences`` have; called, it yields objects.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def __call__(self) -> Iterator[Document]:
        """Yield the documents in order, as objects."""
        return iter(self._dataset)

    def __iter__(self) -> Iterator[Document]:
        return iter(self._dataset)

    def __len__(self) -> int:
        return len(self._dataset)

    def __contains__(self, key: object) -> bool:
        return key in self._dataset

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401 -- as of a dataset
        return self._dataset[key]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever a table has
        return getattr(self._dataset.to_arrow(), name)


def _type(value: object) -> str:
    return type(value).__name__


class Dataset:
    """A dataset on disk.

    Attributes:
        path: its folder.
        manifest: settings, versions, inputs, parts and counts.
        changes: the changes that an update found; None if the dataset is new or was only opened.
        faults: number of faults of the program in the run that wrote it.
        schema: the schema of its documents, with the fields that were kept as columns.
    """

    def __init__(
        self, path: Path, manifest: Manifest, changes: Changes | None = None, faults: int = 0
    ) -> None:
        self.path = path
        self.manifest = manifest
        self.changes = changes
        self.faults = faults
        self.schema = extend(JOINED, manifest.columns)

    def __len__(self) -> int:
        return self.manifest.totals.documents

    def __iter__(self) -> Iterator[Document]:
        for batch in self.batches():
            yield from batch_to_documents(batch)

    def __contains__(self, key: object) -> bool:
        """Whether a document has this ``doc_id`` or ``source_id``, or is this document."""
        if isinstance(key, Document):
            place = self._find(key.doc_id)
            return place is not None and self[place] == key
        return isinstance(key, str) and self._find(key) is not None

    @overload
    def __getitem__(self, key: int | str) -> Document: ...
    @overload
    def __getitem__(self, key: slice) -> list[Document]: ...
    def __getitem__(self, key: int | str | slice) -> Document | list[Document]:
        """Return a document by its place, ``doc_id`` or ``source_id``; several by a slice.

        Raises:
            IndexError: there is no such place.
            KeyError: no document has this id.
            TypeError: the key is something else.
        """
        if isinstance(key, str):
            found = self._find(key)
            if found is None:
                raise KeyError(f"no document has the doc_id or source_id {key!r}")
            return next(self._slice(found, found + 1))
        if not isinstance(key, slice):
            if isinstance(key, bool) or not hasattr(key, "__index__"):
                raise TypeError(
                    f"a document is found by its place, its doc_id or source_id, not by {key!r}"
                )
            there = range(len(self))
            if not -len(there) <= operator.index(key) < len(there):
                raise IndexError(f"there is no document {key}: the dataset has {len(there):,}")
            return next(self._slice(there[key], there[key] + 1))
        start, stop, step = key.indices(len(self))
        if step < 0:
            return [self[place] for place in range(start, stop, step)]
        return list(islice(self._slice(start, stop), 0, None, step))

    def filter(
        self, test: Callable[[Document], bool] | None = None, **wanted: object
    ) -> Iterator[Document]:
        """Yield the documents whose columns have the wanted values, and that pass a test.

        A list, tuple or set means any of its values.  Columns are compared before documents are
        made, so that a few are found quickly among many.

        Raises:
            DatasetError: there is no such column, or it has no such values.
        """
        if test is not None and not callable(test):
            raise DatasetError(
                f"the test of filter is a function of a document, not {test!r:.60}; values of "
                "columns have names: filter(language='fr')"
            )
        self._choose(list(wanted))
        chosen = {name: self._make_values(name, value) for name, value in wanted.items()}
        return self._filter(test, chosen)

    def _make_values(self, name: str, value: object) -> pa.Array:
        """Return wanted values in the type of their column.

        Raises:
            DatasetError: they are of another type, or the column holds lists.
        """
        values = list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
        kind = self.schema.field(name).type
        is_list, is_day = pa.types.is_nested(kind), pa.types.is_temporal(kind)
        if not is_list and not (is_day and any(isinstance(each, int) for each in values)):
            with contextlib.suppress(pa.ArrowException, TypeError, ValueError, OverflowError):
                return pa.array(values, kind)
        what = "holds lists; give filter a function" if is_list else f"is {kind}"
        raise DatasetError(
            f"column {name!r} {what}, and cannot be compared with {value!r:.60}", subject=name
        )

    def _filter(
        self, test: Callable[[Document], bool] | None, chosen: Mapping[str, pa.Array]
    ) -> Iterator[Document]:
        for batch in self.batches():
            found = batch
            for name, values in chosen.items():
                found = found.filter(pc.is_in(found.column(name), value_set=values))
            yield from (each for each in batch_to_documents(found) if test is None or test(each))

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
    def documents(self) -> Documents:
        """All documents: as a table like ``blocks`` and ``sentences``; called, as objects."""
        return Documents(self)

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
        return pa.Table.from_batches(self.reject_batches(), schema=self._rejects_schema)

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
        self._choose(columns)
        stored, is_joined = split_columns(columns)
        files = [part.documents for part in self.manifest.parts]
        batches = self._read(files, extend(DOCUMENTS, self.manifest.columns), stored)
        if not is_joined:
            return batches
        return join_groups(batches, self._groups, self._choose(columns))

    def reject_batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rejects in order, a few hundred rows at a time; all columns or those named.

        Raises:
            DatasetError: a part file is missing or damaged.
            SchemaMismatchError: a part file has other columns than it should.
        """
        files = [part.rejects for part in self.manifest.parts]
        return self._read(files, self._rejects_schema, columns)

    def pairs(self, language: str | None = None, *, body_only: bool = False) -> pa.Table:
        """Return the sentences that have English, with it: a parallel corpus (schema ``pairs``).

        ``.to_pandas()`` and ``polars.from_arrow`` make frames of it.

        Args:
            language: only this one (BCP-47); ``zh`` takes in ``zh-Hans`` and ``zh-Hant``.
            body_only: leave out boilerplate.
        """
        return pa.Table.from_batches(self.pair_batches(language, body_only=body_only), schema=PAIRS)

    def pair_batches(
        self, language: str | None = None, *, body_only: bool = False
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows of :meth:`pairs`, a few hundred documents at a time.

        Raises:
            DatasetError: the language is not a code.
        """
        if language is not None and not (isinstance(language, str) and _CODE.fullmatch(language)):
            raise DatasetError(f"a language is a code such as fr or zh-Hant, not {language!r:.60}")
        return self._pair_batches(language, body_only=body_only)

    def _pair_batches(self, language: str | None, *, body_only: bool) -> Iterator[pa.RecordBatch]:
        for batch in self.batches([*FLAT_COLUMNS, "source_id", "blocks", "sentences"]):
            yield select_pairs(batch, language, body_only=body_only)

    def to_arrow(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the documents as an Arrow table, with all columns or those named.

        Raises:
            DatasetError: there is no such column.
        """
        return pa.Table.from_batches(self.batches(columns), schema=self._choose(columns))

    def _choose(self, columns: Sequence[str] | None) -> pa.Schema:
        """Return the schema of some columns, by default of all.

        Raises:
            DatasetError: there is no such column.
        """
        if columns is None:
            return self.schema
        if isinstance(columns, str):
            raise DatasetError(f"columns are a list of names; give [{columns!r}]", subject=columns)
        for name in columns:
            if name not in self.schema.names:
                raise DatasetError(
                    f"there is no column {name!r}; the columns are {', '.join(self.schema.names)}",
                    subject=str(name),
                )
        return pa.schema([self.schema.field(name) for name in columns])

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

    def _find(self, key: str) -> int | None:
        """Return the place of the document with a ``doc_id``, or else the first ``source_id``."""
        by_own: int | None = None
        first = 0
        for batch in self.batches(["doc_id", "source_id"]):
            place = pc.index(batch.column("doc_id"), key).as_py()
            if place >= 0:
                return first + int(place)
            if by_own is None and (own := pc.index(batch.column("source_id"), key).as_py()) >= 0:
                by_own = first + int(own)
            first += batch.num_rows
        return by_own

    def _slice(self, start: int, stop: int) -> Iterator[Document]:
        """Yield the documents from one place to another; parts before it are not read."""
        for part in self.manifest.parts:
            rows = part.documents.rows
            if start < rows and stop > 0:
                place = 0
                for batch in self.select_part(part).batches():
                    first, last = max(start - place, 0), min(stop - place, batch.num_rows)
                    if first < last:
                        yield from batch_to_documents(batch.slice(first, last - first))
                    place += batch.num_rows
            start, stop = start - rows, stop - rows

    def select_part(self, part: Part) -> Dataset:
        """Return the dataset reduced to one of its parts."""
        return Dataset(self.path, dataclasses.replace(self.manifest, parts=(part,)))

    def verify(self) -> Iterator[Problem]:
        """Check files, counts and offsets; yield the problems, nothing if there are none."""
        from corpus_norm.dataset.verification import find_problems

        return find_problems(self.path, self.manifest)

    @property
    def _rejects_schema(self) -> pa.Schema:
        return extend(REJECTS, self.manifest.columns)

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
