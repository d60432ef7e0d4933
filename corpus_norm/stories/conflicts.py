"""Conflicts: two reports of a story that give different amounts for one thing.

Two amounts are of one thing if the words around them, and their sentences, mean nearly the same by
their vectors, or share rare words in English.  An amount that the other report has anywhere is no
conflict.  In English the two sentences share a word besides those of amounts, such as ``loss``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.audit.matching import are_equal
from corpus_norm.labels import AmountKind, Role
from corpus_norm.stories.profiles import encode, find_amounts, list_amount_words, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from corpus_norm.audit.amounts import Amount
    from corpus_norm.dataset import Dataset

_MOST_REPORTS, _MOST_STATEMENTS = 8, 80  # of a story, of a report
_LONGEST = 600  # characters of a sentence
_BEFORE, _AFTER = 32, 18  # characters around an amount that say what it is of
# Cosine of the words around two amounts, and half the cosine of their sentences: chosen by reading
# what is found in the five bundled documents and in the planted stories.
_ALIKE = 0.58
_ALIKE_WORDS = 0.3  # share of the rarity of English words in common, without vectors
_WORD = re.compile(r"[^\W\d_]{3,}")
_SUBJECT_WORDS = 4
_YEAR = "year"


@dataclass(frozen=True, slots=True)
class _Statement:
    """An amount with its unit, and the sentence that says it."""

    sentence: str
    english: str
    unit: str
    amount: Amount
    has_english: bool

    @property
    def stems(self) -> dict[str, str]:
        """The words of the English, by their stem."""
        return {word.casefold()[:6]: word for word in _WORD.findall(self.english)}

    @property
    def near(self) -> str:
        """The words around the amount, which is left out."""
        before, after = self.sentence[: self.amount.start], self.sentence[self.amount.end :]
        if len(before) > _BEFORE:
            before = before[-_BEFORE:].partition(" ")[2] or before[-_BEFORE:]
        if len(after) > _AFTER:
            after = after[:_AFTER].rpartition(" ")[0] or after[:_AFTER]
        return f"{before}{after}".strip()

    def is_said_by(self, others: Iterable[_Statement]) -> bool:
        """Whether another report gives the same amount anywhere."""
        return any(
            self.unit == each.unit and are_equal(self.amount, each.amount) for each in others
        )


def find_conflicts(dataset: Dataset, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of ``conflicts`` for the stories that the rows of ``stories`` name.

    Stories whose reports are those of an earlier run keep what it found.
    """
    stories = _list_reports(rows)
    before = _list_reports(dataset.stories.table.to_pylist())
    kept = {story for story, reports in stories.items() if before.get(story) == reports}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    if kept:
        for row in dataset.stories.conflicts.to_pylist():
            found[row["story_id"]].append(row)
    changed = {story: reports for story, reports in stories.items() if story not in kept}
    wanted = {doc_id for reports in changed.values() for doc_id in reports}
    statements = dict(_read_statements(dataset, wanted)) if wanted else {}
    for story, reports in changed.items():
        found[story] = list(_compare_reports(story, reports, statements))
    return [row for story in stories for row in found[story]]


def _list_reports(rows: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the first reports of each story of several."""
    members: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["role"] in {Role.FIRST, Role.REPORT}:
            members[row["story_id"]].append(row["doc_id"])
    return {story: reports[:_MOST_REPORTS] for story, reports in members.items()}


def _compare_reports(
    story: str, reports: Sequence[str], statements: dict[str, list[_Statement]]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a story; only amounts that differ from another report's have vectors."""
    pairs = {
        (one, other): _pair_up(statements[one], statements[other])
        for one, other in combinations(reports, 2)
    }
    asked = {s for found in pairs.values() for pair in found for s in pair}
    likeness = _Likeness(sorted(asked, key=lambda s: (s.sentence, s.amount.start)))
    for (one, other), found in pairs.items():
        for mine, theirs in _choose(filter(_may_be_of_one_thing, likeness.sort(found))):
            yield {
                "story_id": story,
                "subject": _name_subject(mine, theirs),
                "unit": mine.unit,
                "doc_id": one,
                "amount": mine.amount.text,
                "sentence": mine.sentence,
                "sentence_en": mine.english,
                "other_doc_id": other,
                "other_amount": theirs.amount.text,
                "other_sentence": theirs.sentence,
                "other_sentence_en": theirs.english,
            }


def _pair_up(
    one: Sequence[_Statement], other: Sequence[_Statement]
) -> list[tuple[_Statement, _Statement]]:
    """Return the pairs of amounts of one unit of which neither report gives the other's."""
    mine = [each for each in one if not each.is_said_by(other)]
    theirs = [each for each in other if not each.is_said_by(one)]
    return [(a, b) for a in mine for b in theirs if a.unit == b.unit]


class _Likeness:
    """How far two statements are about one thing: by vectors, or by English words without them."""

    def __init__(self, statements: Sequence[_Statement]) -> None:
        self._places = {each: place for place, each in enumerate(statements)}
        near = encode([each.near for each in statements])
        whole = encode([each.sentence for each in statements])
        self._vectors = None if near is None or whole is None else (near, whole)

    def sort(
        self, pairs: Sequence[tuple[_Statement, _Statement]]
    ) -> list[tuple[_Statement, _Statement]]:
        """Return the pairs that are about one thing, the most alike first."""
        least = _ALIKE_WORDS if self._vectors is None else _ALIKE
        scored = [(-self._compare(*pair), place) for place, pair in enumerate(pairs)]
        return [pairs[place] for score, place in sorted(scored) if -score >= least]

    def _compare(self, one: _Statement, other: _Statement) -> float:
        if self._vectors is None:
            return _share_words(one.stems, other.stems)
        a, b = self._places[one], self._places[other]
        near, whole = (float(vectors[a] @ vectors[b]) for vectors in self._vectors)
        return round(near + 0.5 * whole, 3)


def _share_words(one: Iterable[str], other: Iterable[str]) -> float:
    common, united = set(one) & set(other), set(one) | set(other)
    return float(weigh(sorted(common)).sum()) / max(float(weigh(sorted(united)).sum()), 1e-9)


def _may_be_of_one_thing(pair: tuple[_Statement, _Statement]) -> bool:
    """Whether two sentences share a word besides those of amounts, where both have English."""
    one, other = pair
    return not (one.has_english and other.has_english) or bool(_name_subject(one, other))


def _choose(
    pairs: Iterable[tuple[_Statement, _Statement]],
) -> Iterator[tuple[_Statement, _Statement]]:
    """Yield the pairs in which each amount stands for the first time."""
    done: set[tuple[int, str, str]] = set()
    for pair in pairs:
        keys = {(side, each.unit, each.amount.reading) for side, each in enumerate(pair)}
        if not keys & done:
            done |= keys
            yield pair


def _name_subject(one: _Statement, other: _Statement) -> str:
    """Return the rarest words that both sentences have in English, in the order of the first."""
    mine, theirs = one.stems, other.stems
    of_amounts = list_amount_words("en")
    common = [stem for stem in mine if stem in theirs and mine[stem].casefold() not in of_amounts]
    weights = dict(zip(common, weigh(common).tolist(), strict=True))
    kept = set(sorted(common, key=lambda stem: (-weights[stem], stem))[:_SUBJECT_WORDS])
    return " ".join(mine[stem] for stem in common if stem in kept and weights[stem] > 2)


def _read_statements(dataset: Dataset, wanted: set[str]) -> Iterator[tuple[str, list[_Statement]]]:
    ids = pa.array(sorted(wanted), pa.string())
    for batch in dataset.batches(["doc_id", "text", "text_en", "blocks", "sentences"]):
        for row in batch.filter(pc.is_in(batch.column("doc_id"), ids)).to_pylist():
            yield row["doc_id"], _list_statements(row)


def _list_statements(row: dict[str, Any]) -> list[_Statement]:
    """Return what the body states in amounts with a unit, and in years."""
    found: list[_Statement] = []
    for each in row["sentences"]:
        if not row["blocks"][each["block"]]["is_body"]:
            continue
        text = row["text"][each["start"] : each["end"]][:_LONGEST]
        start = each["start_en"]
        english = text if start is None else row["text_en"][start : each["end_en"]][:_LONGEST]
        has_english = start is not None or each["language"].startswith("en")
        found.extend(
            _Statement(text, english, unit, amount, has_english)
            for unit, amount in _with_units(text, each["language"])
        )
    return found[:_MOST_STATEMENTS]


def _with_units(text: str, language: str) -> Iterator[tuple[str, Amount]]:
    for each in find_amounts(text, language):
        units = sorted(each.units - {"?", "off", "left", "era"})
        if each.kind is AmountKind.NUMBER and not each.units and 1900 <= each.value < 2100:
            yield _YEAR, each
        elif units and each.firm and not each.vague:
            yield units[-1] if len(units) == 1 else "USD" if "USD" in units else units[0], each
