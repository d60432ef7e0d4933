"""Stories from reports: the likeliest pairs are joined first, unless the others speak against it.

This is agglomerative clustering with average linkage (Manning, Raghavan, Schütze, Introduction to
Information Retrieval, chapter 17) over pairs of candidates, which keeps it near-linear.  Stories of
an earlier run keep their identities and their members: new reports join them, or each other.
Candidates are the reports within the window of days that share rare words, names or facts, and,
where reports have no English in common, those whose vectors are nearest.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.stories.pairs import THRESHOLD, Comparison
from corpus_norm.stories.profiles import BUCKETS, hash_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from corpus_norm.stories.duplicates import Array
    from corpus_norm.stories.profiles import Profile

_BLOCK = 128  # reports whose vectors are compared at once
_NEAREST, _LEAST_COSINE = 12, 0.35
_RAREST = 24  # keys of a report by which it is looked up
_LATEST = 48  # reports of a key that are looked at; more, and the key is not rare
_BY_KEYS = 12
_MEMBERS = 6  # of a story that a new report is compared with
_SUPPORT = 0.15  # the same for a single report, which has no other story to lose
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
    linkage = _Linkage(comparison, known)
    near: Mapping[int, Sequence[int]] = {}
    if comparison.has_blind and comparison.vectors is not None:
        new = [place for place in range(len(candidates)) if place not in known]
        near = _Neighbours(comparison, days).find(new)
    for place, others in enumerate(candidates):
        linkage.consider(place, {*others, *near.get(place, ())})
    return linkage.join()


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


class _Linkage:
    """The stories so far, and the pairs that may join them."""

    def __init__(self, comparison: Comparison, known: Mapping[int, int]) -> None:
        self._comparison = comparison
        self._kept = set(known.values())
        self._story = {n: known.get(n, n) for n in range(len(comparison.profiles))}
        self._members: dict[int, list[int]] = defaultdict(list)
        for place, story in self._story.items():
            self._members[story].append(place)
        self._pairs: list[tuple[float, int, int]] = []

    def consider(self, place: int, others: Iterable[int]) -> None:
        """Score the pairs of a report with others, and keep those that may be of one story."""
        for other in others:
            score = self._comparison.score(place, other)
            if score >= THRESHOLD:
                self._pairs.append((-score, place, other))

    def join(self) -> dict[int, Joined]:
        """Join the likeliest first; return the story of each report."""
        self._pairs.sort()
        for _, one, other in self._pairs:
            first, second = sorted((self._story[one], self._story[other]))
            if first != second and self._may_join(first, second):
                self._unite(first, second)
        joined = {place: Joined(story) for place, story in self._story.items()}
        for score, one, other in reversed(self._pairs):  # the likeliest is written last
            if self._story[one] == self._story[other]:
                joined[one] = Joined(self._story[one], other, -score)
        return self._name_nearest(joined)

    def _may_join(self, first: int, second: int) -> bool:
        """Whether the mean score between two stories is enough: less for a single report."""
        if first in self._kept and second in self._kept:
            return False
        some, others = self._choose(first), self._choose(second)
        scores = [self._comparison.score(max(a, b), min(a, b)) for a in some for b in others]
        is_single = 1 in {len(some), len(others)}
        return sum(scores) / len(scores) >= (_SUPPORT if is_single else THRESHOLD)

    def _unite(self, first: int, second: int) -> None:
        """Unite two stories; the name is that of the one an earlier run knows, or the earlier."""
        if second in self._kept:
            first, second = second, first
        for member in self._members.pop(second):
            self._story[member] = first
            self._members[first].append(member)
        self._members[first].sort()

    def _name_nearest(self, joined: dict[int, Joined]) -> dict[int, Joined]:
        """Give those reports a nearest one that are like later ones alone, but the first."""
        for score, one, other in reversed(self._pairs):
            mine = joined[other]
            is_first = other == mine.story
            if self._story[one] == mine.story and mine.nearest is None and not is_first:
                joined[other] = Joined(mine.story, one, -score)
        return joined

    def _choose(self, story: int) -> list[int]:
        """Return the first and the latest reports of a story, or all if they are few."""
        members = self._members[story]
        half = _MEMBERS // 2
        return members if len(members) <= _MEMBERS else [*members[:half], *members[-half:]]


class _Neighbours:
    """The earlier reports whose vectors are nearest to that of each, where words tell nothing.

    That is between two languages, unless both reports have English.
    """

    def __init__(self, comparison: Comparison, days: int) -> None:
        self._vectors = comparison.vectors
        self._days = days
        self._when = np.array([_day_of(each) for each in comparison.profiles], np.int64)
        self._english = np.array([each.english for each in comparison.profiles], bool)
        self._families = np.array([each.family for each in comparison.profiles])

    def find(self, places: Sequence[int]) -> dict[int, list[int]]:
        """Return the nearest ones of each of these, the nearest first."""
        found: dict[int, list[int]] = {}
        for has_english in (False, True):
            group = [place for place in places if self._english[place] == has_english]
            for start in range(0, len(group), _BLOCK):
                found.update(self._find_near(np.array(group[start : start + _BLOCK])))
        return found

    def _find_near(self, block: Array) -> Iterator[tuple[int, list[int]]]:
        """Yield the nearest ones of some reports that all have English, or all have none."""
        assert self._vectors is not None  # noqa: S101 -- the caller has looked
        earlier = self._within(block)
        if not len(earlier):
            return
        cosines = self._vectors[block] @ self._vectors[earlier].T
        when, mine = self._when[earlier], self._when[block][:, None]
        near = (abs(when - mine) <= self._days) | (when == _ALWAYS) | (mine == _ALWAYS)
        near &= self._families[earlier] != self._families[block][:, None]
        cosines[~near | (earlier >= block[:, None])] = 0
        for place, row in zip(block.tolist(), cosines, strict=True):
            yield place, earlier[_find_largest(row)].tolist()

    def _within(self, block: Array) -> Array:
        """Return the reports up to a block that may be in the window, and blind, for one of it."""
        places = np.arange(block[-1] + 1)
        if self._english[block[0]]:
            places = places[~self._english[places]]
        when = self._when[block]
        if _ALWAYS in when:
            return places
        days = self._when[places]
        inside = (days >= when.min() - self._days) & (days <= when.max() + self._days)
        found: Array = places[inside | (days == _ALWAYS)]
        return found


def _find_largest(row: Array) -> Array:
    """Return the places of the largest cosines of a row, the largest first."""
    count = min(_NEAREST, len(row))
    places = np.argpartition(-row, count - 1)[:count]
    places = places[row[places] >= _LEAST_COSINE]
    return places[np.lexsort((places, -row[places]))]


def _day_of(profile: Profile) -> int:
    return _ALWAYS if profile.day is None else profile.day
