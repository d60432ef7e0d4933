"""Stories from reports: each joins the story of an earlier report, or begins one.

Reports come the earliest first, and what was decided is never changed: a story keeps its identity
and its members when new reports arrive (online clustering, as in Allan, Topic Detection and
Tracking, 2002).  Candidates are the reports within the window of days that share rare words,
names or facts, and those whose vectors are nearest.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.stories.pairs import THRESHOLD, Comparison

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from corpus_norm.stories.profiles import Profile
    from corpus_norm.stories.shingles import Array

_BLOCK = 256  # reports whose vectors are compared at once
_NEAREST, _LEAST_COSINE = 12, 0.35
_RAREST = 24  # keys of a report by which it is looked up
_LATEST = 48  # reports of a key that are looked at; more, and the key is not rare
_BY_KEYS = 12
_MEMBERS = 6  # of a story that a new report is compared with
_SUPPORT = 0.25  # mean score over these members, against chains of likeness
_ALWAYS = 10**7  # day of a report without one


@dataclass(frozen=True, slots=True)
class Joined:
    """The story a report belongs to: the place of its first report, and why it joined.

    ``nearest`` is the place of the report that it is most like, None for the first of a story.
    """

    story: int
    nearest: int | None = None
    score: float = 1.0


def find_stories(
    comparison: Comparison, order: Sequence[int], days: int, known: Mapping[int, int]
) -> dict[int, Joined]:
    """Return the story of each report.

    Args:
        comparison: the reports.
        order: their places, the earliest first.
        days: reports further apart are not of one story.
        known: the stories of an earlier run, for each report the place of the story's first one;
            they stay as they are.
    """
    builder = _Builder(comparison, days)
    for place in (place for place in order if place in known):
        builder.keep(place, Joined(known[place]))
    new = [place for place in order if place not in known]
    for start in range(0, len(new), _BLOCK):
        block = new[start : start + _BLOCK]
        near = builder.find_near(block)
        for place in block:
            builder.add(place, builder.place(place, near[place]))
    return builder.joined


class _Builder:
    """The stories so far, with the indexes in which candidates are looked up."""

    def __init__(self, comparison: Comparison, days: int) -> None:
        self.joined: dict[int, Joined] = {}
        self._comparison = comparison
        self._days = days
        self._members: dict[int, list[int]] = defaultdict(list)
        self._by_key: dict[str | int, list[int]] = defaultdict(list)
        self._added: list[int] = []
        self._rank: dict[int, int] = {}
        self._kept: set[int] = set()
        self._when = np.array([_day_of(each) for each in comparison.profiles], np.int64)

    def add(self, place: int, joined: Joined) -> None:
        """Add a report to its story and to the indexes."""
        self.joined[place] = joined
        self._members[joined.story].append(place)
        self._rank[place] = len(self._added)
        self._added.append(place)
        for key, _ in self._list_rarest(place):
            self._by_key[key].append(place)

    def keep(self, place: int, joined: Joined) -> None:
        """Add a report of an earlier run."""
        self._kept.add(joined.story)
        self.add(place, joined)

    def place(self, place: int, near: Iterable[int]) -> Joined:
        """Return the story that a report joins, or a new one of its own."""
        candidates = dict.fromkeys([*near, *self._find_by_keys(place)])
        scored = [(-self._comparison.score(place, each), each) for each in candidates]
        for score, nearest in sorted(scored):
            if -score < THRESHOLD:
                break
            story = self.joined[nearest].story
            if self._link([place], self._choose(story)) >= _SUPPORT:
                return self._unite(place, Joined(story, nearest, -score), sorted(scored))
        return Joined(place)

    def _unite(self, place: int, mine: Joined, scored: Sequence[tuple[float, int]]) -> Joined:
        """Unite two stories of this run that a report tells both, if it links them well enough.

        That is, if the mean score between the reports of one and those of the other, the new one
        included, reaches the threshold (average linkage).  Stories of an earlier run keep their
        documents.
        """
        for score, nearest in scored:
            other = self.joined[nearest].story
            if -score < THRESHOLD:
                break
            if other == mine.story or {other, mine.story} & self._kept:
                continue
            if self._link([place, *self._choose(mine.story)], self._choose(other)) >= THRESHOLD:
                first, second = sorted((other, mine.story), key=self._rank.__getitem__)
                self._move(second, first, place)
                mine = replace(mine, story=first)
        return mine

    def _move(self, story: int, target: int, place: int) -> None:
        """Move the reports of a story to an earlier one, which a new report links it to."""
        self.joined[story] = Joined(target, place, self._comparison.score(place, story))
        for member in self._members.pop(story):
            self.joined[member] = replace(self.joined[member], story=target)
            self._members[target].append(member)
        self._members[target].sort(key=self._rank.__getitem__)

    def _link(self, some: Sequence[int], others: Sequence[int]) -> float:
        """Return the mean score between two groups of reports."""
        scores = [self._comparison.score(a, b) for a in some for b in others]
        return sum(scores) / len(scores)

    def _choose(self, story: int) -> list[int]:
        """Return the first and the latest reports of a story, or all if they are few."""
        members = self._members[story]
        return members if len(members) <= _MEMBERS else [*members[:3], *members[-3:]]

    def _find_by_keys(self, place: int) -> list[int]:
        """Return the reports that share the most rare keys with one, by their rarity."""
        votes: dict[int, float] = defaultdict(float)
        for key, weight in self._list_rarest(place):
            for each in self._by_key.get(key, ())[-_LATEST:]:
                if self._is_near_in_time(place, each):
                    votes[each] += weight
        return sorted(votes, key=lambda each: (-votes[each], each))[:_BY_KEYS]

    def _list_rarest(self, place: int) -> Iterator[tuple[str | int, float]]:
        """Yield the rarest facts, names and words of a report, each with its weight."""
        profile = self._comparison.profiles[place]
        strings = sorted(profile.facts | profile.names)
        keys: list[str | int] = [*strings, *profile.words.tolist()]
        weights = np.concatenate([self._comparison.weigh(k) for k in (strings, profile.words)])
        for spot in np.argsort(-weights, kind="stable")[:_RAREST]:
            yield keys[spot], float(weights[spot])

    def _is_near_in_time(self, one: int, other: int) -> bool:
        a, b = self._when[one], self._when[other]
        return _ALWAYS in {a, b} or bool(abs(a - b) <= self._days)

    def find_near(self, block: Sequence[int]) -> dict[int, list[int]]:
        """Return, for each report of a block, the earlier ones whose vectors are nearest."""
        vectors = self._comparison.vectors
        if vectors is None:
            return {place: [] for place in block}
        earlier = np.array([*self._within(block), *block], np.int64)
        cosines = vectors[np.array(block)] @ vectors[earlier].T
        when, mine = self._when[earlier], self._when[np.array(block)][:, None]
        near = (abs(when - mine) <= self._days) | (when == _ALWAYS) | (mine == _ALWAYS)
        after = (
            np.arange(len(earlier)) >= len(earlier) - len(block) + np.arange(len(block))[:, None]
        )
        cosines[~near | after] = 0
        return {
            place: earlier[_find_largest(row)].tolist()
            for place, row in zip(block, cosines, strict=True)
        }

    def _within(self, block: Sequence[int]) -> list[int]:
        """Return the reports so far that may lie in the window of some report of a block."""
        when = self._when[np.array(block)]
        added = np.array(self._added, np.int64)
        if not len(added) or _ALWAYS in when:
            return self._added
        days = self._when[added]
        inside = (days >= when.min() - self._days) & (days <= when.max() + self._days)
        found: list[int] = added[inside | (days == _ALWAYS)].tolist()
        return found


def _find_largest(row: Array) -> Array:
    """Return the places of the largest cosines of a row, the largest first."""
    count = min(_NEAREST, len(row))
    places = np.argpartition(-row, count - 1)[:count]
    places = places[row[places] >= _LEAST_COSINE]
    return places[np.lexsort((places, -row[places]))]


def _day_of(profile: Profile) -> int:
    return _ALWAYS if profile.day is None else profile.day
