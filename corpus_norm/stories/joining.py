"""The stories of a dataset: which report joins which, with the stories of earlier runs kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_norm.labels import Role
from corpus_norm.stories.clusters import Joined, find_candidates, find_stories
from corpus_norm.stories.documents import map_in_order
from corpus_norm.stories.encoder import DIMENSIONS, encode, has_encoder
from corpus_norm.stories.pairs import Comparison

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus_norm.stories.documents import Reading
    from corpus_norm.stories.duplicates import Match
    from corpus_norm.stories.grouping import StoryOptions
    from corpus_norm.stories.shingles import Array

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
    texts = list(leads.values())
    runs = [texts[n : n + _RUN] for n in range(0, len(texts), _RUN)]
    found = list(map_in_order(encode, runs, workers))
    if any(each is None for each in found):
        return None
    vectors = np.zeros((count, DIMENSIONS), np.float32)
    if found:
        vectors[list(leads)] = np.concatenate([each for each in found if each is not None])
    return vectors


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
