"""Conversion on a Spark cluster with ``mapInArrow``; models are loaded once per Python worker.

``normalize`` takes a data frame you already have; ``convert`` makes the dataset that a local run
makes (https://spark.apache.org/docs/latest/api/python/tutorial/sql/arrow_pandas.html).
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus_norm.adapters import (
    FILES_PER_TASK,
    FileName,
    JobSpec,
    list_files,
    normalize_files,
    write_results,
)
from corpus_norm.dataset import RAW, RESULTS
from corpus_norm.errors import CorpusNormError
from corpus_norm.pipeline import normalize_batch
from corpus_norm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from os import PathLike

    from corpus_norm.dataset import Dataset


def normalize(
    documents: Any,  # noqa: ANN401 -- pyspark is an extra
    settings: Settings | None = None,
) -> Any:  # noqa: ANN401
    """Run all stages on a Spark data frame with columns of the RAW schema.

    Args:
        documents: rows with ``source`` and ``data`` (binary) or ``text``.
        settings: all settings of the conversion.

    Returns:
        A data frame with the columns of RESULTS; columns of your own follow unchanged.

    Raises:
        CorpusNormError: PySpark is not installed.
    """
    schema = _loosen(_import_types().from_arrow_schema(RESULTS))
    ours = {*RAW.names, *RESULTS.names}
    for field in documents.schema.fields:
        if field.name not in ours:
            schema = schema.add(field)
    return documents.mapInArrow(partial(_normalize, settings=settings or Settings()), schema)


def convert(  # noqa: PLR0913 (the options are keywords only)
    session: Any,  # noqa: ANN401
    inputs: Sequence[str | PathLike[str]] | str | PathLike[str],
    output: str | PathLike[str],
    settings: Settings | None = None,
    *,
    files_per_task: int = FILES_PER_TASK,
    overwrite: bool = False,
    stories: bool | None = None,
    story_days: int = 7,
) -> Dataset:
    """Convert files on a Spark cluster into the dataset that :func:`corpus_norm.convert` makes.

    The workers read the files, so inputs must have the same names on all machines (a shared disk,
    an object store), and all machines must have the same models.  This process writes the parts.

    Args:
        session: the ``SparkSession``.
        inputs: files, folders, glob patterns or fsspec URIs.
        output: the folder of the dataset.
        settings: all settings of the conversion.
        files_per_task: files in a partition; use 1 for large containers.
        overwrite: replace another dataset that is in the folder.
        stories: also look for stories, in one pass of this process over the finished parts; None
            does so if an earlier run into this folder did.  Copies are always looked for.
        story_days: how many days may lie between two reports of a story.

    Raises:
        CorpusNormError: PySpark is not installed.
        InputError: an input does not exist.
        DatasetError: the folder holds something else, or cannot be written to.
        py4j.protocol.Py4JJavaError: a machine failed; the message says why, such as other models.
    """
    _import_types()
    spec = JobSpec.make(inputs, settings)
    names = list(map(tuple, list_files(inputs)))
    partitions = max(1, -(-len(names) // files_per_task))
    frame = session.createDataFrame(
        session.sparkContext.parallelize(names, partitions), "name binary, key string"
    )
    function = partial(_normalize_files, spec=spec)
    rows = frame.mapInArrow(function, "rows binary").toLocalIterator(prefetchPartitions=True)
    batches = (batch for row in rows for batch in _unpack(row["rows"]))
    return write_results(
        batches,
        inputs,
        output,
        spec,
        overwrite=overwrite,
        stories=stories,
        story_days=story_days,
    )


def _normalize(batches: Iterable[pa.RecordBatch], settings: Settings) -> Iterator[pa.RecordBatch]:
    size = settings.dataset.batch_documents
    for batch in batches:
        for start in range(0, batch.num_rows, size):
            yield normalize_batch(batch.slice(start, size), settings)


def _normalize_files(batches: Iterable[pa.RecordBatch], spec: JobSpec) -> Iterator[pa.RecordBatch]:
    """Pack each batch of rows into one binary value, which Spark's types leave unchanged."""
    files = (FileName(row["name"], row["key"]) for batch in batches for row in batch.to_pylist())
    for rows in normalize_files(files, spec):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as stream:
            stream.write_batch(rows)
        content = pa.array([sink.getvalue().to_pybytes()], pa.binary())
        yield pa.RecordBatch.from_arrays([content], ["rows"])


def _unpack(content: bytes) -> Iterator[pa.RecordBatch]:
    with pa.ipc.open_stream(pa.py_buffer(content)) as stream:
        yield from stream


def _loosen(schema: Any) -> Any:  # noqa: ANN401
    """Allow nulls throughout a schema.

    A row without a rejection has none of the rejection's fields, and Spark's ``toArrow`` fails if
    these are not nullable.
    """
    fields = json.loads(schema.json().replace('"nullable":false', '"nullable":true'))
    return type(schema).fromJson(fields)


def _import_types() -> Any:  # noqa: ANN401
    try:
        from pyspark.sql.pandas import types
    except ImportError as error:
        raise CorpusNormError(
            "PySpark is not installed; install it with: pip install 'corpus-norm[spark]'",
            subject="pyspark",
        ) from error
    return types
