"""The stories of a dataset: which report joins which, with the stories of earlier runs kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from corpus_norm.labels import Role
from corpus_norm.stories.clusters import Joined, find_stories
from corpus_norm.stories.encoder import encode
from corpus_norm.stories.pairs import Comparison

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus_norm.stories.documents import Reading
    from corpus_norm.stories.duplicates import Match
    from corpus_norm.stories.grouping import StoryOptions

Row = dict[str, Any]


def add_stories(  # noqa: PLR0913, PLR0917 -- what is known of the documents, in the order it was found
    rows: Sequence[Row],
    documents: Sequence[Reading],
    order: Sequence[int],
    copies: Mapping[int, Match],
    earlier: Mapping[str, Row],
    options: StoryOptions,
) -> None:
    """Fill the columns of rows that concern stories; those of earlier rows stay as they are."""
    told = [n for n in order if n not in copies and documents[n].profile is not None]
    profiles = [profile for n in told if (profile := documents[n].profile)]
    vectors = encode([profile.lead for profile in profiles])
    comparison = Comparison(profiles, vectors, options.days)
    identities = _know(told, documents, copies, earlier)
    known = _find_firsts(identities)
    joined = find_stories(comparison, range(len(told)), options.days, known)
    for index, place in enumerate(told):
        mine = joined[index]
        story_id = identities.get(index) or identities.get(mine.story)
        rows[place]["story_id"] = story_id or documents[told[mine.story]].doc_id
        before = earlier.get(documents[place].doc_id)
        if before and before["story_id"] == rows[place]["story_id"]:
            rows[place].update({name: before[name] for name in ("score", "nearest", "facts")})
        elif mine.nearest is not None:
            _explain(rows[place], comparison, (index, mine), documents[told[mine.nearest]].doc_id)
    for place, match in copies.items():
        before = earlier.get(documents[place].doc_id)
        rows[place]["story_id"] = (before or rows[match.original])["story_id"]
    _name_roles(rows)


def _explain(row: Row, comparison: Comparison, joined: tuple[int, Joined], nearest: str) -> None:
    index, mine = joined
    if mine.nearest is None:
        return
    verdict = comparison.judge(index, mine.nearest)
    row.update(score=round(verdict.score, 4), nearest=nearest, facts=list(verdict.facts))


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
