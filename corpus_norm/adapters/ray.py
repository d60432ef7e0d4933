"""Conversion on a Ray cluster; models are loaded once per actor.

``normalize`` takes a Ray dataset you already have; ``convert`` makes the dataset that a local run
makes.  Both call ``map_batches`` of Ray Data with an actor class
(https://docs.ray.io/en/latest/data/transforming-data.html).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus_norm.adapters import (
    FILES_PER_TASK,
    TAGGED,
    FileName,
    JobSpec,
    list_files,
    normalize_files,
    write_results,
)
from corpus_norm.dataset import results_schema
from corpus_norm.errors import CorpusNormError
from corpus_norm.pipeline import normalize_batch
from corpus_norm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike

    from corpus_norm.dataset import Dataset


class Normalizer:
    """An actor that runs all stages on tables of RAW, and keeps the models it loads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, table: pa.Table) -> pa.Table:
        """Convert each row of RAW to a row of RESULTS."""
        batches = table.combine_chunks().to_batches()
        return pa.Table.from_batches(
            [normalize_batch(batch, self._settings) for batch in batches],
            schema=results_schema(table.schema),
        )


class FileNormalizer:
    """An actor that reads files and runs all stages on their documents."""

    def __init__(self, spec: JobSpec) -> None:
        self._spec = spec

    def __call__(self, table: pa.Table) -> Iterator[pa.Table]:
        """Yield the rows of the named files, in order."""
        files = map(FileName, *(table.column(name).to_pylist() for name in FileName._fields))
        for batch in normalize_files(files, self._spec):
            yield pa.Table.from_batches([batch], schema=TAGGED)


def normalize(
    documents: Any,  # noqa: ANN401 -- ray is an extra
    settings: Settings | None = None,
    *,
    actors: int | tuple[int, int] = 1,
    **options: Any,  # noqa: ANN401 -- map_batches has many
) -> Any:  # noqa: ANN401
    """Run all stages on a ``ray.data.Dataset`` with columns of the RAW schema.

    Args:
        documents: rows with ``source`` and ``data`` (bytes) or ``text``.
        settings: all settings of the conversion.
        actors: the number of processes, or the least and the most.
        options: further arguments of ``map_batches``, such as ``num_cpus``.

    Returns:
        A ``ray.data.Dataset`` with the columns of RESULTS, ready for ``write_parquet``; columns of
        your own follow unchanged.
    """
    settings = settings or Settings()
    options = {"batch_size": settings.dataset.batch_documents, **options}
    return documents.map_batches(
        Normalizer,
        fn_constructor_args=(settings,),
        batch_format="pyarrow",
        compute=_make_pool(actors),
        **options,
    )


def convert(  # noqa: PLR0913 (the options are keywords only)
    inputs: Sequence[str | PathLike[str]] | str | PathLike[str],
    output: str | PathLike[str],
    settings: Settings | None = None,
    *,
    actors: int | tuple[int, int] = 1,
    files_per_task: int = FILES_PER_TASK,
    overwrite: bool = False,
    stories: bool | None = None,
    story_days: int = 7,
) -> Dataset:
    """Convert files on a Ray cluster into the dataset that :func:`corpus_norm.convert` makes.

    The actors read the files, so inputs must have the same names on all machines (a shared disk,
    an object store), and all machines must have the same models.  This process writes the parts.

    Args:
        inputs: files, folders, glob patterns or fsspec URIs.
        output: the folder of the dataset.
        settings: all settings of the conversion.
        actors: the number of processes, or the least and the most.
        files_per_task: files that an actor takes at a time; use 1 for large containers.
        overwrite: replace another dataset that is in the folder.
        stories: also look for stories, in one pass of this process over the finished parts; None
            does so if an earlier run into this folder did.  Copies are always looked for.
        story_days: how many days may lie between two reports of a story.

    Raises:
        CorpusNormError: Ray is not installed.
        InputError: an input does not exist.
        DatasetError: the folder holds something else, or cannot be written to.
        ray.exceptions.RayError: a machine failed; the message says why, such as other models.
    """
    data = _import_ray_data()
    data.DataContext.get_current().execution_options.preserve_order = True
    spec = JobSpec.make(inputs, settings)
    files = list_files(inputs)
    names = pa.table(
        {
            "name": pa.array([file.name for file in files], pa.binary()),
            "key": pa.array([file.key for file in files], pa.string()),
        }
    )
    tasks = [names.slice(n, files_per_task) for n in range(0, len(names), files_per_task)]
    results = data.from_arrow(tasks or [names]).map_batches(
        FileNormalizer,
        fn_constructor_args=(spec,),
        batch_size=None,
        batch_format="pyarrow",
        compute=_make_pool(actors),
    )
    tables = results.iter_batches(batch_size=None, batch_format="pyarrow")
    batches = (batch for table in tables for batch in table.to_batches())
    return write_results(
        batches,
        inputs,
        output,
        spec,
        overwrite=overwrite,
        stories=stories,
        story_days=story_days,
    )


def _make_pool(actors: int | tuple[int, int]) -> Any:  # noqa: ANN401
    least, most = (actors, actors) if isinstance(actors, int) else actors
    return _import_ray_data().ActorPoolStrategy(min_size=least, max_size=most)


def _import_ray_data() -> Any:  # noqa: ANN401
    try:
        import ray.data
    except ImportError as error:
        raise CorpusNormError(
            "Ray is not installed; install it with: pip install 'corpus-norm[ray]'", subject="ray"
        ) from error
    return ray.data
