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
from corpus_norm.stories.profiles import BUCKETS, hash_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from corpus_norm.stories.profiles import Profile
    from corpus_norm.stories.shingles import Array

_BLOCK = 128  # reports whose vectors are compared at once
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


def find_candidates(
    comparison: Comparison, days: int, known: Collection[int] = ()
) -> list[list[int]]:
    """Return, for each report, the earlier ones that may tell its story, by what they share.

    Args:
        comparison: the reports, the earliest first.
        days: reports further apart are not of one story.
        known: reports whose story is known; they need no candidates.
    """
    index = _KeyIndex(comparison, days)
    found: list[list[int]] = [[] for _ in comparison.profiles]
    order = [place for place in range(len(found)) if place not in known]
    for place in known:
        index.add(place)
    for place in order:
        likely = index.find(place)
        found[place] = [each for each in likely if comparison.could_be_one(place, each)]
        index.add(place)
    return found


def find_stories(
    comparison: Comparison,
    days: int,
    known: Mapping[int, int],
    candidates: Sequence[Sequence[int]],
) -> dict[int, Joined]:
    """Return the story of each report.

    Args:
        comparison: the reports, the earliest first.
        days: reports further apart are not of one story.
        known: the stories of an earlier run, for each report the place of the story's first one;
            they stay as they are.
        candidates: for each report, from :func:`find_candidates`; with vectors, where reports have
            no English in common, those that are nearest by them are added.
    """
    builder = _Builder(comparison, days)
    order = range(len(comparison.profiles))
    for place in (place for place in order if place in known):
        builder.keep(place, Joined(known[place]))
    new = [place for place in order if place not in known]
    for start in range(0, len(new), _BLOCK):
        block = new[start : start + _BLOCK]
        near = builder.find_near(block) if comparison.has_blind else {}
        for place in block:
            builder.add(place, builder.place(place, [*near.get(place, ()), *candidates[place]]))
    return builder.joined


class _KeyIndex:
    """Reports by the rarest facts, names and words that they share with any other."""

    def __init__(self, comparison: Comparison, days: int) -> None:
        self._comparison = comparison
        self._days = days
        self._by_key: dict[int, list[int]] = defaultdict(list)
        self._when = [_day_of(each) for each in comparison.profiles]

    def add(self, place: int) -> None:
        """Add a report."""
        for key, _ in self._list_rarest(place):
            self._by_key[key].append(place)

    def find(self, place: int) -> list[int]:
        """Return the reports so far that share the most with one, by rarity."""
        votes: dict[int, float] = defaultdict(float)
        for key, weight in self._list_rarest(place):
            for each in self._by_key.get(key, ())[-_LATEST:]:
                if _are_near(self._when[place], self._when[each], self._days):
                    votes[each] += weight
        return sorted(votes, key=lambda each: (-votes[each], each))[:_BY_KEYS]

    def _list_rarest(self, place: int) -> Iterator[tuple[int, float]]:
        """Yield the rarest keys of a report that any other has, with their weights."""
        profile = self._comparison.profiles[place]
        strings = np.fromiter(map(hash_key, profile.facts + profile.names), np.uint32)
        keys = np.concatenate([strings, profile.words])
        keys = keys[self._comparison.repeated[keys % BUCKETS]]
        weights = self._comparison.weigh(keys)
        spots = np.argsort(-weights, kind="stable")[:_RAREST]
        yield from zip(keys[spots].tolist(), weights[spots].tolist(), strict=True)


def _are_near(one: int, other: int, days: int) -> bool:
    return _ALWAYS in {one, other} or abs(one - other) <= days


class _Builder:
    """The stories so far."""

    def __init__(self, comparison: Comparison, days: int) -> None:
        self.joined: dict[int, Joined] = {}
        self._comparison = comparison
        self._days = days
        self._members: dict[int, list[int]] = defaultdict(list)
        self._added: list[int] = []
        self._rank: dict[int, int] = {}
        self._kept: set[int] = set()
        self._when = np.array([_day_of(each) for each in comparison.profiles], np.int64)

    def add(self, place: int, joined: Joined) -> None:
        """Add a report to its story."""
        self.joined[place] = joined
        self._members[joined.story].append(place)
        self._rank[place] = len(self._added)
        self._added.append(place)

    def keep(self, place: int, joined: Joined) -> None:
        """Add a report of an earlier run."""
        self._kept.add(joined.story)
        self.add(place, joined)

    def place(self, place: int, candidates: Iterable[int]) -> Joined:
        """Return the story that a report joins, or a new one of its own."""
        scored = [(-self._comparison.score(place, each), each) for each in {*candidates}]
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
