"""Why a document is in its story, and what comes nearest to it outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus_norm.errors import DatasetError
from corpus_norm.stories.documents import read_documents
from corpus_norm.stories.encoder import encode
from corpus_norm.stories.pairs import FEATURES, MEANINGS, THRESHOLD, Comparison

if TYPE_CHECKING:
    from typing import Any

    from corpus_norm.dataset import Dataset

_SHOWN = 5  # other documents, the likeliest first
_DAYS = 7


@dataclass(frozen=True, slots=True)
class Likeness:
    """How another document compares.

    ``reasons`` are triples: what was measured, its value, and what it adds to the log-odds.
    """

    doc_id: str
    title: str
    score: float
    verdict: str
    facts: tuple[str, ...]
    reasons: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The place of a document among the groups, and the documents it is most like."""

    doc_id: str
    title: str
    verdict: str
    others: tuple[Likeness, ...]


def explain(dataset: Dataset, doc_id: str) -> Explanation:
    """Explain why a document is in its story.

    Args:
        dataset: with stories.
        doc_id: of the document, or the start of it.

    Raises:
        DatasetError: there is no such document, or several.
    """
    rows = {row["doc_id"]: row for row in dataset.stories.table.to_pylist()}
    mine = _find(rows, doc_id)
    documents = [each for each in read_documents(dataset, with_profiles=True) if each.profile]
    titles = _read_titles(dataset)
    record = dataset.manifest.stories
    days = int(record.settings.get("days", _DAYS)) if record else _DAYS
    profiles = [profile for each in documents if (profile := each.profile)]
    comparison = Comparison(profiles, days, encode([each.lead for each in documents]))
    place = next((n for n, each in enumerate(profiles) if each.doc_id == mine["doc_id"]), None)
    others: list[Likeness] = []
    if place is not None:
        scores = [(-comparison.score(place, n), n) for n in range(len(profiles)) if n != place]
        others = [
            _liken(comparison, place, n, mine, rows[profiles[n].doc_id], titles)
            for _, n in sorted(scores)[:_SHOWN]
        ]
    return Explanation(mine["doc_id"], _title(titles, mine), _describe(mine), tuple(others))


def _read_titles(dataset: Dataset) -> dict[str, str]:
    """Return the headline of each document, or its first line."""
    rows = dataset.to_arrow(["doc_id", "title", "body"]).to_pylist()
    return {row["doc_id"]: row["title"] or row["body"].partition("\n")[0] for row in rows}


def _find(rows: dict[str, dict[str, Any]], doc_id: str) -> dict[str, Any]:
    found = [row for key, row in rows.items() if key.startswith(doc_id)]
    if len(found) != 1:
        what = "no document" if not found else f"{len(found):,} documents"
        raise DatasetError(f"{what} whose doc_id begins with {doc_id!r}", subject=doc_id)
    return found[0]


def _liken(  # noqa: PLR0913, PLR0917 -- two places, two rows, and what they are looked up in
    comparison: Comparison,
    place: int,
    other: int,
    mine: dict[str, Any],
    theirs: dict[str, Any],
    titles: dict[str, str],
) -> Likeness:
    found = comparison.judge(place, other)
    values = dict(zip(FEATURES, comparison.measure(place, other), strict=True))
    reasons = [
        (MEANINGS[name], values[name], part)
        for name, part in found.reasons.items()
        if name in values and abs(part) >= 0.05
    ]
    reasons.sort(key=lambda reason: -abs(reason[2]))
    is_one = mine["story_id"] is not None and mine["story_id"] == theirs["story_id"]
    verdict = "the same story" if is_one else "another story"
    if not is_one and found.score >= THRESHOLD:
        verdict += " (too little like the others of that story, or too many days apart)"
    return Likeness(
        theirs["doc_id"], _title(titles, theirs), found.score, verdict, found.facts, tuple(reasons)
    )


def _title(titles: dict[str, str], row: dict[str, Any]) -> str:
    return titles.get(row["doc_id"]) or "(no text)"


def _describe(row: dict[str, Any]) -> str:
    if row["duplicate_of"]:
        return f"a copy of {row['duplicate_of']} (similarity {row['score']:.2f})"
    if row["story_id"] is None:
        return "no stories were looked for: run the command without --why first"
    if row["nearest"]:
        return f"in story {row['story_id']}, joined by {row['nearest']} (score {row['score']:.3f})"
    return f"{row['role']} in story {row['story_id']}"
