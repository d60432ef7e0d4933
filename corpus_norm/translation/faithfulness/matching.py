"""Which amount of a sentence became which amount of its English, and which became none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from corpus_norm.labels import AmountKind, AmountState
from corpus_norm.translation.faithfulness.amount import Amount
from corpus_norm.translation.faithfulness.equality import Sides, are_equal, units_agree

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCORE = re.compile(r"(\d{1,2}):(\d{2})")


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


def match_amounts(
    source: Sequence[Amount], english: Sequence[Amount], sides: Sides
) -> list[AmountPair]:
    """All amounts that had to be compared, in the order of the original."""
    source, english = _without_scores(source, english), _without_scores(english, source)
    pairs, left, right = _match(source, english, sides)
    pairs += _match_repeated(left, source, english, sides)
    seen = {id(pair.source) for pair in pairs} | {id(pair.english) for pair in pairs}
    rest = [amount for amount in left if id(amount) not in seen]
    rest_en = [amount for amount in right if id(amount) not in seen]
    pairs += [
        AmountPair(None, amount, AmountState.KEPT)
        for amount in rest_en
        if amount.firm and any(_agree(other, amount, sides) for other in source)
    ]
    known = {id(pair.english) for pair in pairs}
    pairs += _match_rest(rest, [amount for amount in rest_en if id(amount) not in known])
    return sorted(pairs, key=_place)


def _without_scores(amounts: Sequence[Amount], others: Sequence[Amount]) -> list[Amount]:
    """``21:19`` is two numbers where the other side has no such time: the score of a match."""
    kept: list[Amount] = []
    for amount in amounts:
        score = _SCORE.fullmatch(amount.text)
        if score is None or score[2] == "00" or any(are_equal(amount, o) for o in others):
            kept.append(amount)
            continue
        for group in (1, 2):
            start, end = (amount.start + edge for edge in score.span(group))
            kept.append(Amount(score[group], start, end, (Fraction(score[group]),)))
    return kept


def _match(
    source: Sequence[Amount], english: Sequence[Amount], sides: Sides
) -> tuple[list[AmountPair], list[Amount], list[Amount]]:
    """Pairs of equal amounts, those with the same unit and the same place in the sentence first."""
    candidates = []
    for i, one in enumerate(source):
        for j, other in enumerate(english):
            if not are_equal(one, other):
                continue
            conflict = not units_agree(one, other, sides)
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
            pairs.append(AmountPair(source[i], english[j], state, unit_changed=conflict))
    return pairs, [source[i] for i in sorted(free)], [english[j] for j in sorted(free_en)]


def _match_repeated(
    left: Sequence[Amount], source: Sequence[Amount], english: Sequence[Amount], sides: Sides
) -> list[AmountPair]:
    """An amount that the original says twice may be said once."""
    pairs = []
    for amount in left:
        said = [other for other in english if _agree(amount, other, sides)]
        if amount.firm and said and sum(are_equal(amount, other) for other in source) > 1:
            pairs.append(AmountPair(amount, said[0], AmountState.KEPT))
    return pairs


def _match_rest(left: Sequence[Amount], right: Sequence[Amount]) -> list[AmountPair]:
    """What is on one side only; two of a kind are one amount that was changed."""
    pairs = []
    rest = list(right)
    missing = []
    for amount in left:
        like = [other for other in rest if _may_stand_for(amount, other)]
        if not like:
            missing.append(amount)
            continue
        rest.remove(like[0])
        pairs.append(AmountPair(amount, like[0], AmountState.CHANGED))
    firm = [amount for amount in rest if amount.firm]
    for amount in missing:
        if not amount.firm:
            continue
        other = firm.pop(0) if firm else None
        state = AmountState.CHANGED if other else AmountState.MISSING
        pairs.append(AmountPair(amount, other, state))
    return pairs + [AmountPair(None, amount, AmountState.ADDED) for amount in firm]


def _may_stand_for(one: Amount, other: Amount) -> bool:
    """Whether two unequal amounts are likely the same one, mistranslated."""
    if one.kind is not other.kind:
        return False
    if one.kind in {AmountKind.MONTH, AmountKind.WEEKDAY} or (one.vague and other.vague):
        return True
    return one.firm and other.firm


def _agree(one: Amount, other: Amount, sides: Sides) -> bool:
    return are_equal(one, other) and units_agree(one, other, sides)


def _place(pair: AmountPair) -> tuple[int, int]:
    source = pair.source.start if pair.source else 1 << 30
    return source, pair.english.start if pair.english else 1 << 30
