"""Conversion on clusters, and what Ray and Spark share: file names in, rows and a dataset out.

:mod:`~corpus_norm.adapters.ray` and :mod:`~corpus_norm.adapters.spark` map the same function as the
local workers, and write the same dataset as a local run, byte for byte.  The machines receive file
names, not documents; each reads its files itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from corpus_norm.conversion.job import Workers, prepare_job
from corpus_norm.conversion.shards import Selection, cut_batches, cut_shards
from corpus_norm.dataset import RESULTS, Dataset, DatasetWriter
from corpus_norm.dataset.manifest import digest_item
from corpus_norm.document import Rejection
from corpus_norm.errors import InputError, ModelNotInstalledError, SettingsError
from corpus_norm.labels import StageName
from corpus_norm.pipeline import Context, check_settings, process_to_rows
from corpus_norm.sources import read
from corpus_norm.sources.walk import (
    STANDARD_INPUT,
    find_files,
    list_names,
    make_source,
    resolve_inputs,
)
from corpus_norm.stories import StoryOptions, choose_options, write_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from os import PathLike

    from corpus_norm.boilerplate import SiteBoilerplate
    from corpus_norm.conversion.job import Job
    from corpus_norm.document import RawDocument
    from corpus_norm.settings import Settings

FILES_PER_TASK = 64
TAGGED = pa.schema(
    [*RESULTS, pa.field("item_digest", pa.binary()), pa.field("item_bytes", pa.int64())]
)
"""RESULTS, and the two columns by which documents are cut into shards."""


class FileName(NamedTuple):
    """A file to read: its name, in bytes, as it need not be valid text; and its key.

    The key is its path inside the inputs, which a machine that reads it alone does not know.
    """

    name: bytes
    key: str


def list_files(inputs: Sequence[str | PathLike[str]] | str | PathLike[str]) -> list[FileName]:
    """Return the names of all files, in the order in which a local run reads them.

    >>> list_files("fixtures/seeds")[0]
    FileName(name=b'fixtures/seeds/000.txt', key='000.txt')

    Raises:
        InputError: an input does not exist.
        SettingsError: the inputs include standard input, which other machines do not have.
    """
    names = list_names(inputs)
    if STANDARD_INPUT in names:
        raise SettingsError("standard input cannot be read on other machines; name files")
    entries = find_files(resolve_inputs(names), lambda _name: None)
    return [
        FileName(entry.source.encode("utf-8", "surrogateescape"), entry.key or "")
        for entry in entries
    ]


@dataclass(frozen=True, slots=True)
class JobSpec:
    """The settings and models of a job, sent to every machine.

    Attributes:
        settings: all settings of the conversion.
        models: the name and digest of each model on the machine that starts the job.
        site_boilerplate: blocks that recur on the pages of a site of the inputs.
    """

    settings: Settings
    models: tuple[str, ...]
    site_boilerplate: SiteBoilerplate

    @classmethod
    def make(
        cls,
        inputs: Sequence[str | PathLike[str]] | str | PathLike[str],
        settings: Settings | None,
    ) -> JobSpec:
        """Return the specification of a job that this machine starts.

        This machine reads the inputs once, to learn the boilerplate of their sites, if the settings
        ask for it.
        """
        job = _prepare(inputs, check_settings(settings))
        return cls(job.settings, _list_models(job), job.learn_site_boilerplate())

    def check_models(self) -> None:
        """Check that this machine translates with the same models as the others.

        Raises:
            ModelNotInstalledError: it has other models.
        """
        here = _list_models(_prepare([], self.settings))
        if here != self.models:
            raise ModelNotInstalledError(
                f"the models of this machine ({', '.join(here) or 'none'}) are not those of the "
                f"one that started the job ({', '.join(self.models) or 'none'}); install the "
                "same models on all machines, or set CORPUS_NORM_MODELS to a folder they share"
            )


def normalize_files(names: Iterable[FileName], spec: JobSpec) -> Iterator[pa.RecordBatch]:
    """Read files and run all stages on their documents; yield batches of TAGGED, in order.

    Raises:
        ModelNotInstalledError: this machine has other models than the one that started the job.
    """
    spec.check_models()
    settings = spec.settings
    context = Context(settings, site_boilerplate=spec.site_boilerplate)
    items = chain.from_iterable(_read(name, settings) for name in names)
    for batch in cut_batches(items, settings):
        rows = process_to_rows(batch, context)
        digests = pa.array(map(digest_item, batch), pa.binary())
        sizes = pa.array([item.size for item in batch], pa.int64())
        yield pa.RecordBatch.from_arrays([*rows.columns, digests, sizes], schema=TAGGED)


def write_results(  # noqa: PLR0913 (the options are keywords only)
    batches: Iterable[pa.RecordBatch],
    inputs: Sequence[str | PathLike[str]] | str | PathLike[str],
    output: str | PathLike[str],
    spec: JobSpec,
    *,
    overwrite: bool = False,
    stories: bool | None = None,
    story_days: int = 7,
) -> Dataset:
    """Write batches of TAGGED, in order, as the dataset that a local run would make.

    Copies and stories are looked for here, in one pass over the finished parts.

    Raises:
        SettingsError: an option of the stories makes no sense.
        DatasetError: the folder holds something else, or cannot be written to.
    """
    StoryOptions(story_days)
    settings = spec.settings
    job = _prepare(inputs, settings)
    columns, _ = job.settle_columns(None if overwrite else output)
    with DatasetWriter(
        output,
        settings,
        job.names,
        models=job.models,
        derived=job.digest_derived(spec.site_boilerplate),
        site_boilerplate=spec.site_boilerplate,
        columns=columns,
        overwrite=overwrite,
    ) as writer:
        shards = cut_shards(chain.from_iterable(map(_list_rows, batches)), settings.dataset)
        for index, rows in enumerate(shards):
            digests = [row.digest for row in rows]
            digest = writer.input_digest(digests)
            if not writer.reuse_part(index, digest):
                writer.write_part(index, digest, _slice(rows), digests)
        options = choose_options(writer.manifest, stories=stories, days=story_days)
        groups = write_groups(writer.path, writer.account(), options)
        manifest = writer.finish(groups)
    return Dataset(writer.path, manifest)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a batch, with the values that decide its shard."""

    size: int
    digest: bytes
    batch: pa.RecordBatch
    index: int

    @property
    def place(self) -> int:
        """The hash of the place of its input."""
        return int.from_bytes(self.digest[16:24], "big")


def _list_rows(batch: pa.RecordBatch) -> Iterator[_Row]:
    columns = (batch.column(name).to_pylist() for name in ("item_bytes", "item_digest"))
    for index, (size, digest) in enumerate(zip(*columns, strict=True)):
        yield _Row(size, digest, batch, index)


def _slice(rows: Iterable[_Row]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a shard as slices of their batches."""
    for _, group in groupby(rows, key=lambda row: id(row.batch)):
        mine = list(group)
        yield mine[0].batch.slice(mine[0].index, len(mine)).select(RESULTS.names)


def _list_models(job: Job) -> tuple[str, ...]:
    return tuple(f"{model.name} {model.digest}" for model in job.models)


def _prepare(
    inputs: Sequence[str | PathLike[str]] | str | PathLike[str], settings: Settings
) -> Job:
    """Prepare a job without a translation memory, which is a file on one machine."""
    return prepare_job(inputs, settings, Selection(), Workers.choose(None, None), memory=False)


def _read(file: FileName, settings: Settings) -> Iterator[RawDocument | Rejection]:
    source = file.name.decode("utf-8", "surrogateescape")
    try:
        yield from read([source], settings.input, key=file.key)
    except InputError as error:  # it existed when the files were listed
        name, stage = make_source(source), StageName.READ.value
        yield Rejection(name, 0, "", stage, "InputError", str(error), key=file.key)
