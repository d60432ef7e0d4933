"""Reading the groups of a dataset: copies, stories, and where the reports of a story differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus_norm.dataset.schema import CONFLICTS, STORIES
from corpus_norm.document import UNDETERMINED, find_host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

JOINED_COLUMNS = ("duplicate_of", "story_id")
"""Columns that the documents of a dataset get from ``stories`` when they are read."""

_MOST_FACTS = 10
_SHOWN = 20  # stories in a notebook


def split_columns(columns: Sequence[str] | None) -> tuple[list[str] | None, bool]:
    """Return the columns to read from the files, and whether groups must be joined to them.

    >>> split_columns(["title", "story_id"]), split_columns(["title"]), split_columns(None)
    ((['title', 'doc_id'], True), (['title'], False), (None, True))
    """
    if columns is None:
        return None, True
    stored = [name for name in columns if name not in JOINED_COLUMNS]
    if len(stored) == len(columns):
        return stored, False
    return [*stored, *([] if "doc_id" in stored else ["doc_id"])], True


def join_groups(
    batches: Iterable[pa.RecordBatch], groups: pa.Table, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Yield the batches with the columns of a schema, those of the groups among them."""
    grouped = _index(groups)
    for batch in batches:
        rows = [grouped.get(doc_id, (None, None)) for doc_id in batch.column("doc_id").to_pylist()]
        joined = {
            name: pa.array([row[place] for row in rows], pa.string())
            for place, name in enumerate(JOINED_COLUMNS)
        }
        arrays = [joined[n] if n in joined else batch.column(n) for n in schema.names]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _index(groups: pa.Table) -> dict[str, tuple[str | None, str | None]]:
    columns = (groups.column(name).to_pylist() for name in ("doc_id", *JOINED_COLUMNS))
    return {doc_id: (of, story) for doc_id, of, story in zip(*columns, strict=True) if of or story}


@dataclass(frozen=True, slots=True)
class Telling:
    """A document of a story, as a timeline shows it.

    Attributes:
        doc_id: the document.
        published: its day, if known.
        role: its part in the story: first, report, duplicate, original or single.
        language: BCP-47 code.
        site: name or host of its site.
        title: its headline.
        title_en: the same in English, where there is any.
        duplicate_of: the document that it copies.
        nearest: the report that it is most like, for a report that is not the first.
        score: how likely it and ``nearest`` are one story, or its likeness to the original.
    """

    doc_id: str
    published: date | None
    role: str
    language: str
    site: str | None
    title: str | None
    title_en: str | None
    duplicate_of: str | None
    nearest: str | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Story:
    """A story: the reports of one event, in whatever languages.

    Attributes:
        story_id: its identity, made from its first document; it stays when reports are added.
        documents: the ids of its documents, the earliest first, copies included.
        reports: how many of them are not copies.
        first_seen: day of the earliest document that has one.
        last_seen: day of the latest.
        languages: BCP-47 codes of its documents, the most frequent first.
        sites: the names or hosts of their sites, the same.
        title: headline of the earliest document.
        title_en: the same in English, where there is any.
        facts: the amounts, dates and names that most reports share.
        timeline: its documents by day, those without a day last.
    """

    story_id: str
    documents: tuple[str, ...]
    reports: int
    first_seen: date | None
    last_seen: date | None
    languages: tuple[str, ...]
    sites: tuple[str, ...]
    title: str | None
    title_en: str | None
    facts: tuple[str, ...]
    timeline: tuple[Telling, ...] = ()

    @property
    def size(self) -> int:
        """Number of documents, copies included."""
        return len(self.documents)


class Stories:
    """The groups of a dataset.  Iterating gives its stories, the largest first.

    Attributes:
        table: one row per document (schema ``stories``).
        conflicts: amounts that differ inside a story (schema ``conflicts``).
    """

    def __init__(
        self, table: pa.Table, conflicts: pa.Table, read: Callable[[list[str]], pa.Table]
    ) -> None:
        self.table = table
        self.conflicts = conflicts
        self._read = read
        self._found: list[Story] | None = None

    def __iter__(self) -> Iterator[Story]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, story_id: str) -> Story:
        """Return a story by its id.

        Raises:
            KeyError: there is no such story of several documents.
        """
        for story in self._all():
            if story.story_id == story_id:
                return story
        raise KeyError(story_id)

    def __repr__(self) -> str:
        copies = self.table.num_rows - self.table.column("duplicate_of").null_count
        return (
            f"<Stories: {len(self):,} of several documents, {copies:,} copies, "
            f"{self.conflicts.num_rows:,} conflicts>"
        )

    def _repr_html_(self) -> str:
        """How notebooks show them: a table of the largest."""
        from corpus_norm.display.html import render

        more = max(0, len(self) - _SHOWN)
        return render("stories.html", stories=self._all()[:_SHOWN], more=more)

    def to_pandas(self) -> Any:  # noqa: ANN401 -- pandas is an extra
        """Return the stories as a pandas data frame, one row each."""
        import pandas as pd

        return pd.DataFrame([{**_as_dict(story), "size": story.size} for story in self])

    def _all(self) -> list[Story]:
        if self._found is None:
            self._found = _gather(self.table, self._read)
        return self._found


def _as_dict(story: Story) -> dict[str, Any]:
    return {name: getattr(story, name) for name in Story.__slots__ if name != "timeline"}


def _gather(table: pa.Table, read: Callable[[list[str]], pa.Table]) -> list[Story]:
    """Return the stories of two documents or more, the largest first, then by day and id."""
    members: dict[str, list[int]] = defaultdict(list)
    for place, story_id in enumerate(table.column("story_id").to_pylist()):
        if story_id:
            members[story_id].append(place)
    several = {story_id: places for story_id, places in members.items() if len(places) > 1}
    if not several:
        return []
    rows = read(["doc_id", "published", "language", "site", "url", "title", "title_en"]).to_pylist()
    groups = table.to_pylist()
    known = {row["doc_id"]: row for row in rows}
    stories = [
        _describe(story_id, [(groups[n], known.get(groups[n]["doc_id"], {})) for n in places])
        for story_id, places in several.items()
    ]
    stories.sort(key=lambda each: (-each.size, str(each.first_seen), each.story_id))
    return stories


def _describe(story_id: str, members: list[tuple[dict[str, Any], dict[str, Any]]]) -> Story:
    parts = {"first": 0, "original": 0}
    members.sort(
        key=lambda pair: (parts.get(pair[0]["role"], 1), str(pair[1].get("published") or "9999"))
    )
    rows = [row for _, row in members]
    days = [row["published"] for row in rows if row.get("published")]
    facts = Counter(fact for group, _ in members for fact in group["facts"])
    return Story(
        story_id,
        tuple(group["doc_id"] for group, _ in members),
        sum(group["role"] != "duplicate" for group, _ in members),
        min(days, default=None),
        max(days, default=None),
        _by_count(row.get("language") for row in rows),
        _by_count(row.get("site") or find_host(row.get("url")) for row in rows),
        rows[0].get("title"),
        rows[0].get("title_en"),
        tuple(sorted(facts, key=lambda fact: (-facts[fact], fact))[:_MOST_FACTS]),
        _order_by_day([_tell(*pair) for pair in members]),
    )


def _tell(group: dict[str, Any], row: dict[str, Any]) -> Telling:
    return Telling(
        group["doc_id"],
        row.get("published"),
        group["role"],
        row.get("language") or UNDETERMINED,
        row.get("site") or find_host(row.get("url")),
        row.get("title"),
        row.get("title_en"),
        group["duplicate_of"],
        group["nearest"],
        group["score"],
    )


def _order_by_day(told: list[Telling]) -> tuple[Telling, ...]:
    return tuple(sorted(told, key=lambda each: (each.published is None, str(each.published))))


def _by_count(names: Iterable[str | None]) -> tuple[str, ...]:
    counts = Counter(filter(None, names))
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))


def empty_groups() -> tuple[pa.Table, pa.Table]:
    """Return the tables of a dataset whose groups nobody has looked for yet."""
    return STORIES.empty_table(), CONFLICTS.empty_table()
