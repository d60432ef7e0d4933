"""The tables of groups, made from a whole dataset and written as a whole.

Groups change whenever documents are added, rows of documents never do; so groups are tables of
their own.  One process writes them at the end of a run, whatever engine made the documents, and
the manifest names them from then on: a run that is stopped before leaves the old ones in place.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from corpus_norm.dataset import CONFLICTS, STORIES, Dataset, StoriesRecord
from corpus_norm.dataset.manifest import MANIFEST_NAME, read_manifest
from corpus_norm.dataset.parts import PartWriter, is_sound, name_part, remove_surplus, write_text
from corpus_norm.dataset.writer import locked
from corpus_norm.errors import DatasetError, SettingsError
from corpus_norm.labels import Role
from corpus_norm.settings import DatasetSettings
from corpus_norm.stories.clusters import Joined, find_candidates, find_stories
from corpus_norm.stories.conflicts import find_conflicts
from corpus_norm.stories.documents import find_wanted, map_in_order, read_documents, sort_documents
from corpus_norm.stories.duplicates import find_duplicates
from corpus_norm.stories.pairs import Comparison
from corpus_norm.stories.profiles import DIMENSIONS, encode, has_encoder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    from corpus_norm.dataset import Manifest, PartFile
    from corpus_norm.stories.documents import Reading
    from corpus_norm.stories.duplicates import Array, Match

RECIPE = "3"
"""Version of the way groups are found: with another one they are looked for again."""


@dataclass(frozen=True, slots=True)
class StoryOptions:
    """How stories are looked for.

    Args:
        days: reports further apart than this are not of one story, where both have a day.

    Raises:
        SettingsError: the number of days makes no sense.
    """

    days: int = 7

    def __post_init__(self) -> None:
        if isinstance(self.days, bool) or not isinstance(self.days, int) or self.days < 0:
            raise SettingsError(f"story_days must be a whole number from 0, not {self.days!r}")


def choose_options(
    manifest: Manifest, *, stories: bool | None = None, days: int = 7
) -> StoryOptions | None:
    """Return how to look for stories; None finds copies alone.

    Args:
        manifest: of the dataset so far.
        stories: whether to look for stories; None does what the earlier run did.
        days: how many days may lie between two reports.
    """
    if stories is None and manifest.stories and manifest.stories.settings:
        return StoryOptions(**manifest.stories.settings)
    return StoryOptions(days) if stories else None


def write_groups(
    folder: Path, manifest: Manifest, options: StoryOptions | None = None, *, workers: int = 0
) -> StoriesRecord:
    """Write the tables ``stories`` and ``conflicts`` of the parts that a manifest lists.

    Nothing is done where they exist already, made from the same documents in the same way.

    Args:
        folder: that of the dataset.
        manifest: with all parts; its ``stories`` are the groups of an earlier run.
        options: how to look for stories; None finds copies alone.
        workers: processes to read in; 0 for this one.  The tables are the same with any number.

    Raises:
        DatasetError: a part cannot be read, or the folder cannot be written to.
    """
    settings = {} if options is None else asdict(options)
    digest = _digest(manifest, settings)
    old = manifest.stories
    is_there = old is not None and _are_sound(folder, old)
    if old and is_there and old.input_digest == digest:
        return old
    # Stories looked for in another way are no guide; nor is a table that is damaged.
    is_guide = old is not None and is_there and old.settings == settings
    dataset = Dataset(folder, manifest if is_guide else replace(manifest, stories=None))
    return write_tables(folder, *find_groups(dataset, options, workers), digest, settings)


def write_tables(
    folder: Path,
    stories: list[dict[str, Any]],
    conflicts: list[dict[str, Any]],
    digest: str = "0" * 32,
    settings: Mapping[str, Any] = MappingProxyType({}),
) -> StoriesRecord:
    """Write rows of ``stories`` and ``conflicts``, each table to one file.

    Raises:
        DatasetError: the disk is full, the folder read-only or gone.
    """
    return StoriesRecord(
        _write(folder, "stories", STORIES, stories, digest),
        _write(folder, "conflicts", CONFLICTS, conflicts, digest),
        digest,
        dict(settings),
    )


def regroup(
    folder: str | PathLike[str], options: StoryOptions | None = None, *, workers: int = 0
) -> Dataset:
    """Find the groups of a dataset that is there, and return it with them.

    Args:
        folder: that of the dataset.
        options: how to look for stories; None finds copies alone.
        workers: processes to read in; 0 for this one.  With more, call this from under
            ``if __name__ == "__main__":``.

    Raises:
        DatasetError: the folder holds no finished dataset, or cannot be written to, or another
            run is writing there.
    """
    path = Path(folder)
    with locked(path):
        manifest = read_manifest(path)
        if not manifest.complete:
            raise DatasetError(
                f"{path} is incomplete; run the same convert command again to finish it first",
                subject=str(path),
            )
        record = write_groups(path, manifest, options, workers=workers)
        if record != manifest.stories:
            manifest = replace(manifest, stories=record)
            write_text(path / MANIFEST_NAME, manifest.to_json())
            kept = {file.name for part in manifest.parts for file in (part.documents, part.rejects)}
            remove_surplus(path, kept | record.names)
    return Dataset(path, manifest)


def find_groups(
    dataset: Dataset, options: StoryOptions | None = None, workers: int = 0
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of ``stories`` and ``conflicts`` for the documents of a dataset.

    Stories that its table names already keep their documents and their identities.  Then only new
    documents, and those that lie in the window of one, are compared.
    """
    old = dataset.stories.table.to_pylist() if options else []
    days = options.days if options else 0
    wanted = find_wanted(dataset, {row["doc_id"] for row in old}, days)
    documents = read_documents(
        dataset, with_profiles=options is not None, wanted=wanted, workers=workers
    )
    bodies, numbers = [d.shingles for d in documents], [d.numbers for d in documents]
    order = sort_documents(documents)
    copies = find_duplicates(bodies, order, numbers)
    del bodies, numbers  # stories are found by profiles alone
    documents = [each.without_shingles() for each in documents]
    rows = list_copies(documents, copies)
    if options is None:
        return rows, []
    earlier = {row["doc_id"]: row for row in old if row["story_id"] is not None}
    add_stories(rows, documents, order, copies, earlier, options, workers)
    return rows, find_conflicts(dataset, rows)


def list_copies(documents: Sequence[Reading], copies: Mapping[int, Match]) -> list[dict[str, Any]]:
    """Return a row of ``stories`` for each document, filled as far as copies are concerned."""
    originals = {match.original for match in copies.values()}
    rows: list[dict[str, Any]] = []
    for place, document in enumerate(documents):
        match = copies.get(place)
        role = Role.DUPLICATE if match else Role.ORIGINAL if place in originals else Role.SINGLE
        rows.append(
            {
                "doc_id": document.doc_id,
                "duplicate_of": documents[match.original].doc_id if match else None,
                "story_id": None,
                "role": str(role),
                "score": round(match.score, 4) if match else None,
                "nearest": None,
                "syndicated_from": document.agency,
                "facts": [],
            }
        )
    return rows


def _digest(manifest: Manifest, settings: Mapping[str, Any]) -> str:
    """Return a digest of all that determines the groups: documents, settings, recipe."""
    parts = [(part.documents.rows, part.input_digest) for part in manifest.parts]
    how = [RECIPE, manifest.schema_version, settings, bool(settings) and has_encoder()]
    made_from = json.dumps([*how, parts], sort_keys=True)
    return hashlib.blake2b(made_from.encode(), digest_size=16).hexdigest()


def _are_sound(folder: Path, record: StoriesRecord) -> bool:
    return all(is_sound(folder, file) for file in (record.stories, record.conflicts))


def _write(
    folder: Path, table: str, schema: pa.Schema, rows: list[dict[str, Any]], digest: str
) -> PartFile:
    batches = pa.Table.from_pylist(rows, schema=schema).to_batches()
    with PartWriter(folder, name_part(table, 0, digest), schema, DatasetSettings()) as writer:
        for batch in batches:
            writer.add(batch)
        return writer.finish()


Row = dict[str, Any]
_RUN = 128  # leads that are encoded at a time
_KEPT = ("score", "nearest", "facts")


def add_stories(  # noqa: PLR0913, PLR0917 -- what is known of the documents, in the order it was found
    rows: Sequence[Row],
    documents: Sequence[Reading],
    order: Sequence[int],
    copies: Mapping[int, Match],
    earlier: Mapping[str, Row],
    options: StoryOptions,
    workers: int = 0,
) -> None:
    """Fill the columns of rows that concern stories; those of earlier rows stay as they are."""
    told = [n for n in order if n not in copies and documents[n].profile is not None]
    reports = [documents[n] for n in told]
    comparison = Comparison([p for each in reports if (p := each.profile)], options.days)
    identities = _know(told, documents, copies, earlier)
    for place, document in enumerate(documents):
        if document.profile is None and (before := earlier.get(document.doc_id)):
            rows[place].update({name: before[name] for name in ("story_id", *_KEPT)})
    known = _find_firsts(identities)
    candidates = find_candidates(comparison, options.days, known)
    leads = {n: reports[n].lead for n in comparison.choose_for_vectors(candidates)}
    comparison.vectors = encode_in_order(leads, len(told), workers)
    joined = find_stories(comparison, options.days, known, candidates)
    for index, place in enumerate(told):
        mine = joined[index]
        story_id = identities.get(index) or identities.get(mine.story)
        rows[place]["story_id"] = story_id or documents[told[mine.story]].doc_id
        before = earlier.get(documents[place].doc_id)
        if before and before["story_id"] == rows[place]["story_id"]:
            rows[place].update({name: before[name] for name in _KEPT})
        elif mine.nearest is not None:
            _explain(rows[place], comparison, (index, mine), documents[told[mine.nearest]].doc_id)
    for place, match in copies.items():
        before = earlier.get(documents[place].doc_id)
        rows[place]["story_id"] = (before or rows[match.original])["story_id"]
    _name_roles(rows)


def encode_in_order(leads: Mapping[int, str], count: int, workers: int) -> Array | None:
    """Return the vectors of the leads of some of so many reports; None without the extra.

    The texts are encoded in runs of one length, whatever the number of processes: how many are
    encoded at a time changes the last digits.
    """
    if not has_encoder():
        return None
    texts, places = list(leads.values()), list(leads)
    starts = range(0, len(texts), _RUN)
    vectors = np.zeros((count, DIMENSIONS), np.float32)
    runs = map_in_order(encode, [texts[n : n + _RUN] for n in starts], workers)
    for start, found in zip(starts, runs, strict=True):
        if found is None:
            return None
        vectors[places[start : start + _RUN]] = found
    return vectors


def _explain(row: Row, comparison: Comparison, joined: tuple[int, Joined], nearest: str) -> None:
    index, mine = joined
    if mine.nearest is None:
        return
    found = comparison.predict(index, mine.nearest)
    row.update(score=round(found.score, 4), nearest=nearest, facts=list(found.facts))


def _know(
    told: Sequence[int],
    documents: Sequence[Reading],
    copies: Mapping[int, Match],
    earlier: Mapping[str, Row],
) -> dict[int, str]:
    """Return the identity of the story of each report, by its index, where a run named it.

    An original that is newer to the dataset than its copies tells their story.
    """
    by_place = {
        n: earlier[d.doc_id]["story_id"] for n, d in enumerate(documents) if d.doc_id in earlier
    }
    for place in sorted(copies):
        if place in by_place:
            by_place.setdefault(copies[place].original, by_place[place])
    return {index: by_place[place] for index, place in enumerate(told) if place in by_place}


def _find_firsts(identities: Mapping[int, str]) -> dict[int, int]:
    """Return, for each report of a known story, the first report of that story."""
    firsts: dict[str, int] = {}
    return {index: firsts.setdefault(identities[index], index) for index in sorted(identities)}


def _name_roles(rows: Sequence[Row]) -> None:
    """Name the roles in stories of several reports; copies keep theirs."""
    reports = Counter(row["story_id"] for row in rows if row["role"] != Role.DUPLICATE)
    for row in rows:
        if row["role"] != Role.DUPLICATE and row["story_id"] and reports[row["story_id"]] > 1:
            row["role"] = str(Role.REPORT if row["nearest"] else Role.FIRST)
