"""The pages of ``browse`` about stories: all of them, and one with its reports side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from corpus_norm.dataset import Dataset, Story
    from corpus_norm.document import Document

_MOST_REPORTS = 50  # shown on a page
_LEAD_CHARS = 900


@dataclass(frozen=True, slots=True)
class Telling:
    """A report as the page of its story shows it: when, where, and how it begins, in English too.

    ``lead_en`` is empty where the text is English, or has none.
    """

    document: Document
    role: str
    lead: str
    lead_en: str
    why: str


def list_stories(dataset: Dataset) -> list[Story]:
    """Return the stories of several reports, the largest first."""
    return [story for story in dataset.stories if story.reports > 1]


def show_story(
    dataset: Dataset, story_id: str, load: Callable[[str], Document | None]
) -> dict[str, Any] | None:
    """Return what the page of a story shows; None if there is no such story.

    Args:
        dataset: with stories.
        story_id: of the story.
        load: finds a document by its ``doc_id``.
    """
    try:
        story = dataset.stories[story_id]
    except KeyError:
        return None
    rows = {row["doc_id"]: row for row in dataset.stories.table.to_pylist()}
    shown = [
        _tell(document, rows[doc_id])
        for doc_id in story.documents[:_MOST_REPORTS]
        if (document := load(doc_id))
    ]
    found = dataset.stories.conflicts.to_pylist()
    conflicts = [row for row in found if row["story_id"] == story_id]
    return {"story": story, "reports": shown, "conflicts": conflicts}


def _tell(document: Document, row: dict[str, Any]) -> Telling:
    english = "" if document.language.startswith("en") else (document.body_en or "")
    why = ", ".join(row["facts"])
    if row["duplicate_of"]:
        why = f"a copy, similarity {row['score']:.2f}"
    elif row["score"] is not None:
        why = f"score {row['score']:.2f}" + (f"; shared: {why}" if why else "")
    return Telling(document, row["role"], _clip(document.body), _clip(english), why)


def _clip(text: str) -> str:
    return text if len(text) <= _LEAD_CHARS else f"{text[:_LEAD_CHARS].rstrip()} …"
