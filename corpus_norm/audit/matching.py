"""Which amount of a sentence became which amount of its English, and which became none."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict, deque
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from corpus_norm.audit.amounts import Amount
from corpus_norm.audit.equality import (
    Sides,
    are_equal,
    keys_of,
    signs_agree,
    units_agree,
)
from corpus_norm.labels import AmountKind, AmountState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus_norm.audit.equality import Key

_SCORE = re.compile(r"(\d{1,2}):(\d{2})")
_NEAREST = 16
"""So many equal amounts on each side of the expected place are looked at, and no more."""


@dataclass(frozen=True, slots=True)
class AmountPair:
    """An amount of the original and what stands for it in the English; one of them may be none.

    ``unit_changed`` says that the value is the same, in another currency or unit.
    """

    source: Amount | None
    english: Amount | None
    state: AmountState
    unit_changed: bool = False

    @property
    def kind(self) -> AmountKind:
        """What the amount counts, on the side that has it."""
        amount = self.source or self.english
        return amount.kind if amount else AmountKind.NUMBER


class _Index:
    """Amounts by what they may be equal to, so that lists of numbers take linear time."""

    def __init__(self, amounts: Sequence[Amount]) -> None:
        self.amounts = amounts
        self._places: defaultdict[Key, list[int]] = defaultdict(list)
        self._known: dict[tuple[object, object], bool] = {}
        self._marks = [_mark(amount) for amount in amounts]
        for i, amount in enumerate(amounts):
            for key in keys_of(amount):
                self._places[key].append(i)

    def equals(self, amount: Amount, share: float) -> Iterator[tuple[int, Amount]]:
        """Those equal to an amount, with their places; of many, those at a share of the way."""
        expected = share * len(self.amounts)
        near: set[int] = set()
        for key in keys_of(amount):
            places = self._places.get(key, [])
            middle = bisect_left(places, expected)
            near.update(places[max(0, middle - _NEAREST) : middle + _NEAREST])
        mark = _mark(amount)
        for i in sorted(near):
            both = mark, self._marks[i]
            if both not in self._known:
                self._known[both] = are_equal(amount, self.amounts[i])
            if self._known[both]:
                yield i, self.amounts[i]


def _mark(amount: Amount) -> tuple[object, ...]:
    """What makes two amounts equal to the same others, in terms that are fast to compare."""
    values = tuple((value.numerator, value.denominator) for value in amount.values)
    length = len(amount.text) > 3
    return values, amount.kind, amount.units, amount.firm, amount.vague, length


@dataclass(frozen=True, slots=True)
class _Texts:
    """The amounts of both sides, each with its index."""

    source: _Index
    english: _Index
    sides: Sides

    def agree(self, one: Amount, other: Amount) -> bool:
        """Whether two equal amounts count the same thing, with the same sign."""
        return signs_agree(one, other) and units_agree(one, other, self.sides)


def match_amounts(
    source: Sequence[Amount], english: Sequence[Amount], sides: Sides
) -> list[AmountPair]:
    """All amounts that had to be compared, in the order of the original."""
    source, english = _without_scores(source, english), _without_scores(english, source)
    source, english = _as_durations(source, english), _as_durations(english, source)
    texts = _Texts(_Index(source), _Index(english), sides)
    pairs, free, free_en = _match(texts)
    repeated = {i: pair for i in free if (pair := _find_repeated(i, texts))}
    again = [j for j in free_en if english[j].firm and _is_said_again(j, texts)]
    pairs += repeated.values()
    pairs += [AmountPair(None, english[j], AmountState.KEPT) for j in again]
    used = {id(pair.english) for pair in pairs}
    rest = [source[i] for i in free if i not in repeated]
    pairs += _match_rest(rest, [english[j] for j in free_en if id(english[j]) not in used])
    return sorted(pairs, key=_place)


def _as_durations(amounts: Sequence[Amount], others: Sequence[Amount]) -> list[Amount]:
    """``1 h 45`` is an hour and 45 minutes where the other side counts these."""
    if not any(o.units & {"hour", "minute"} for o in others):
        return list(amounts)
    index = _Index(others)
    kept: list[Amount] = []
    for i, amount in enumerate(amounts):
        is_time = amount.kind is AmountKind.TIME and re.search(r"h|[时時]", amount.text) is not None
        if not is_time or any(index.equals(amount, i / len(amounts))):
            kept.append(amount)
            continue
        number = replace(amount, kind=AmountKind.NUMBER)
        hours, minutes = Fraction(amount.value // 60), amount.value % 60
        if hours:
            kept.append(replace(number, values=(hours,), units=frozenset({"hour"})))
        if minutes:
            kept.append(replace(number, values=(minutes,), units=frozenset({"minute"})))
    return kept


def _without_scores(amounts: Sequence[Amount], others: Sequence[Amount]) -> list[Amount]:
    """``21:19`` is two numbers where the other side has no such time: the score of a match."""
    scores = [_SCORE.fullmatch(amount.text) for amount in amounts]
    if not any(scores):
        return list(amounts)
    index = _Index(others)
    kept: list[Amount] = []
    for i, (amount, score) in enumerate(zip(amounts, scores, strict=True)):
        if score is None or score[2] == "00" or any(index.equals(amount, i / len(amounts))):
            kept.append(amount)
            continue
        for group in (1, 2):
            start, end = (amount.start + edge for edge in score.span(group))
            kept.append(Amount(score[group], start, end, (Fraction(score[group]),)))
    return kept


def _match(texts: _Texts) -> tuple[list[AmountPair], list[int], list[int]]:
    """Pairs of equal amounts, those with the same unit and the same place in the sentence first."""
    source, english = texts.source.amounts, texts.english.amounts
    candidates = []
    for i, one in enumerate(source):
        for j, other in texts.english.equals(one, i / len(source)):
            conflict = not texts.agree(one, other)
            distance = abs(i / len(source) - j / len(english))
            likeliness = one.values[0] != other.values[0]
            candidates.append((conflict, one.firm != other.firm, likeliness, distance, i, j))
    free, free_en = set(range(len(source))), set(range(len(english)))
    pairs = []
    for conflict, _, _, _, i, j in sorted(candidates):
        if i not in free or j not in free_en:
            continue
        if conflict and not (source[i].firm and english[j].firm):
            continue
        free.remove(i)
        free_en.remove(j)
        state = AmountState.CHANGED if conflict else AmountState.KEPT
        if source[i].counts or english[j].counts:
            unit_changed = conflict and signs_agree(source[i], english[j])
            pairs.append(AmountPair(source[i], english[j], state, unit_changed=unit_changed))
    return pairs, sorted(free), sorted(free_en)


def _find_repeated(i: int, texts: _Texts) -> AmountPair | None:
    """An amount that the original says twice may be said once."""
    source = texts.source.amounts
    amount, share = source[i], i / len(source)
    if not amount.firm or len(list(texts.source.equals(amount, share))) < 2:
        return None
    said = (o for _, o in texts.english.equals(amount, share) if texts.agree(amount, o))
    other = next(said, None)
    return None if other is None else AmountPair(amount, other, AmountState.KEPT)


def _is_said_again(j: int, texts: _Texts) -> bool:
    """Whether an amount of the English is in the original, though paired there with another."""
    amount, share = texts.english.amounts[j], j / len(texts.english.amounts)
    return any(texts.agree(other, amount) for _, other in texts.source.equals(amount, share))


def _match_rest(left: Sequence[Amount], right: Sequence[Amount]) -> list[AmountPair]:
    """What is on one side only; two of a kind are one amount that was changed."""
    queues: defaultdict[_Class, deque[int]] = defaultdict(deque)
    for j, amount in enumerate(right):
        queues[_classify(amount)].append(j)
    pairs = []
    missing = []
    for amount in left:
        like = [q for cls, q in queues.items() if q and _may_stand_for(_classify(amount), cls)]
        if not like:
            missing.append(amount)
            continue
        other = right[min(like, key=lambda queue: queue[0]).popleft()]
        pairs.append(AmountPair(amount, other, AmountState.CHANGED))
    firm = deque(right[j] for j in sorted(j for q in queues.values() for j in q) if right[j].firm)
    for amount in missing:
        if not amount.firm:
            continue
        changed = firm.popleft() if firm else None
        state = AmountState.CHANGED if changed else AmountState.MISSING
        pairs.append(AmountPair(amount, changed, state))
    return pairs + [AmountPair(None, amount, AmountState.ADDED) for amount in firm]


_Class = tuple[AmountKind, bool, bool, str]


def _classify(amount: Amount) -> _Class:
    return amount.kind, amount.firm, amount.vague, amount.period


def _may_stand_for(one: _Class, other: _Class) -> bool:
    """Whether two unequal amounts are likely the same one, mistranslated."""
    (kind, firm, vague, period), (kind_en, firm_en, vague_en, period_en) = one, other
    if kind is not kind_en:
        return False
    if kind in {AmountKind.MONTH, AmountKind.WEEKDAY, AmountKind.TIME} or (vague and vague_en):
        return True
    return (firm and firm_en) or bool(period and period == period_en)


def _place(pair: AmountPair) -> tuple[int, int]:
    source = pair.source.start if pair.source else 1 << 30
    return source, pair.english.start if pair.english else 1 << 30
