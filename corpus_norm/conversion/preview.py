"""What a conversion would do, without doing it: documents by type, parts, and which are done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.conversion.job import Job, Workers
from corpus_norm.conversion.shards import Selection, cut_shards
from corpus_norm.dataset.manifest import (
    MANIFEST_NAME,
    describe_job,
    digest_input,
    digest_item,
    find_differences,
    read_manifest,
)
from corpus_norm.dataset.parts import is_intact
from corpus_norm.document import RawDocument
from corpus_norm.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would find.

    Attributes:
        types: how many documents there are of each media type.
        unreadable: how many inputs would be rejected for that they cannot be read.
        bytes: the size of all documents.
        parts: how many parts the dataset would have.
        parts_done: how many of them an earlier run has made.
        documents_done: how many documents and rejects are in these.
        obstacles: what keeps the run from going on with the dataset that is in the folder.
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
        """How many documents would be converted or are."""
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
    selection = Selection(limit, sample)
    means = Workers.choose(None, None)
    job = Job(inputs, settings or Settings(), selection, means, memory=memory, output=output)
    account = describe_job(job.settings, job.names, job.models, job.derived, selection.describe())
    folder = Path(output)
    done, obstacles = {}, list[str]()
    if (folder / MANIFEST_NAME).exists():
        found = read_manifest(folder)
        obstacles = find_differences(found, account, update=update)
        done = {part.input_digest: part for part in (*found.previous, *found.parts)}
    types: Counter[str] = Counter()
    unreadable = size = parts = parts_done = documents_done = 0
    for shard in cut_shards(job.read(), job.settings.dataset):
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
