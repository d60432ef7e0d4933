"""A dry run of a conversion: documents by type, parts, and how many of them exist already."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.conversion.job import Workers, prepare_job
from corpus_norm.conversion.shards import Selection, cut_shards
from corpus_norm.dataset.manifest import (
    MANIFEST_NAME,
    describe_job,
    digest_input,
    digest_item,
    find_differences,
    read_manifest,
)
from corpus_norm.dataset.parts import check_output, is_intact
from corpus_norm.document import RawDocument
from corpus_norm.pipeline import check_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    from corpus_norm.settings import Settings


@dataclass(frozen=True, slots=True)
class Preview:
    """What a conversion would find.

    Attributes:
        types: how many documents there are of each media type.
        unreadable: how many inputs would be rejected because they cannot be read.
        bytes: the size of all documents.
        parts: how many parts the dataset would have.
        parts_done: how many of them exist from an earlier run.
        documents_done: how many documents and rejects are in these.
        obstacles: why the run could not resume the dataset that is in the folder.
    """

    types: Mapping[str, int]
    unreadable: int
    bytes: int
    parts: int
    parts_done: int
    documents_done: int
    obstacles: tuple[str, ...] = ()

    @property
    def documents(self) -> int:
        """How many documents would be converted, or are already."""
        return sum(self.types.values())


def preview(  # noqa: PLR0913 (as convert)
    inputs: Sequence[str | PathLike[str]] | str | PathLike[str],
    output: str | PathLike[str],
    settings: Settings | None = None,
    *,
    memory: str | PathLike[str] | bool = True,
    limit: int | None = None,
    sample: float | None = None,
    update: bool = False,
) -> Preview:
    """Read the inputs as :func:`~corpus_norm.convert` would, and write nothing.

    Raises:
        InputError: an input does not exist.
        SettingsError: an argument makes no sense.
        DatasetError: the manifest in the folder is damaged.
    """
    check_output(output)
    selection = Selection(limit, sample)
    job = prepare_job(
        inputs,
        check_settings(settings),
        selection,
        Workers.choose(None, None),
        memory=memory,
        output=output,
    )
    learned = job.learn_site_boilerplate(output, update=update)
    derived = job.digest_derived(learned)
    columns, items = job.settle_columns(output)
    chosen = selection.describe()
    account = describe_job(
        job.settings, job.names, job.models, derived, chosen, columns, site_boilerplate=learned
    )
    folder = Path(output)
    done, obstacles = {}, list[str]()
    if (folder / MANIFEST_NAME).exists():
        found = read_manifest(folder)
        obstacles = find_differences(found, account, update=update)
        done = {part.input_digest: part for part in (*found.previous, *found.parts)}
    types: Counter[str] = Counter()
    unreadable = size = parts = parts_done = documents_done = 0
    for shard in cut_shards(items, job.settings.dataset):
        for item in shard:
            if isinstance(item, RawDocument):
                types[item.media_type] += 1
            else:
                unreadable += 1
            size += item.size
        parts += 1
        part = done.get(digest_input(account, map(digest_item, shard)))
        if part and is_intact(folder, part):
            parts_done += 1
            documents_done += len(shard)
    return Preview(
        dict(sorted(types.items())),
        unreadable,
        size,
        parts,
        parts_done,
        documents_done,
        tuple(obstacles),
    )
