"""What a sentence and its English are measured by: numbers from which the score is computed."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from corpus_norm.audit.names import is_spelt_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.audit.alignment import Alignment
    from corpus_norm.audit.lexicon import Lexicon
    from corpus_norm.audit.negation import Expectation
    from corpus_norm.audit.polarity import Polarity
    from corpus_norm.audit.words import Word

_PRIZE = 0.6
"""What an answered word takes from a gap, an unanswered one adding 1."""
_WEAK, _GOOD, _RARE = 0.5, 0.7, 0.6
_NAME, _SURE = 0.6, 0.9
"""A word is a name if it has a capital in so many of its places; certainly, if in so many."""
_HALF = 0.4
"""A name of which a part is answered, and an acronym, counts this share."""
_SHORTEST, _ACRONYM = 3, 5
_PARTICLE = 4
"""So far apart may be the words of a name: Gérard de Villiers."""
_USUAL, _CLEAR = 5.0, 3.0
"""The usual lift of a word, and one that says that it is answered, in bits."""
_ODDS = 6.0
"""Log-odds are cut off here."""
_TITLE = 0.7
"""In headlines, so many of the long words have capitals."""


class Features(NamedTuple):
    """Measurements of a pair.

    ``covered`` is the share of the words of a side that the other answers, by what they count;
    ``gap`` what the words of the longest stretch without answers count; ``size`` what all count;
    ``name`` how sure it is that a name is on that side alone, ``names`` the same of all names.
    The second of two is that of the English.  ``anchors`` counts the rare words of the source that
    are surely answered.
    """

    covered: float
    covered_en: float
    gap: float
    gap_en: float
    size: float
    size_en: float
    name: float
    name_en: float
    names: float
    names_en: float
    known_en: float
    anchors: float
    length: float
    lost: float
    added: float
    opposite: float
    denials: float
    denials_en: float
    lift: float
    lift_en: float
    stretch: float
    stretch_en: float
    tail: float
    tail_en: float
    denied: float
    hinted: float
    answered: float
    sure_en: float
    hints_en: float
    clumsy: float
    order: float
    steps: float
    doubt: float
    doubt_en: float
    doubt_most: float
    doubt_most_en: float
    doubt_name: float
    doubt_name_en: float
    strange_en: float
    spelt: float


def measure(  # noqa: PLR0913 -- what a pair is measured by
    found: Alignment,
    polarity: Polarity,
    expectation: Expectation,
    lexicon: Lexicon,
    *,
    length: float,
    clumsy: float,
    spaced: bool,
) -> Features:
    """Measure an aligned pair; ``length`` is the deviation of the length of the English."""
    size, size_en = sum(found.weights), sum(found.weights_en)
    name, names = _source_names(found, lexicon, spaced=spaced)
    name_en, names_en, known_en = _english_names(found, lexicon)
    return Features(
        _covered(found.weights, found.best, size),
        _covered(found.weights_en, found.best_en, size_en),
        _gap(found.weights, found.best),
        _gap(found.weights_en, found.best_en),
        size,
        size_en,
        name,
        name_en,
        names,
        names_en,
        known_en,
        sum(w for w, b in zip(found.weights, found.best, strict=True) if w > _RARE and b > _GOOD),
        length,
        polarity.lost,
        polarity.added,
        polarity.opposite,
        *map(float, polarity.denials),
        _lift(found.weights, found.lifts),
        _lift(found.weights_en, found.lifts_en),
        *_stretches(found.weights, found.lifts),
        *_stretches(found.weights_en, found.lifts_en),
        *expectation,
        clumsy,
        *_order(found.weights, found.links),
        *_doubts(found, lexicon),
        _spelt(found),
    )


def _spelt(found: Alignment) -> float:
    """Return how many names spelt in Chinese characters nothing answers."""
    count, run, end = 0, "", 0
    for word, strength in zip(found.source, found.best, strict=True):
        is_open = word.han and strength < _WEAK
        if run and not (is_open and word.start == end):
            count += is_spelt_name(run)
            run = ""
        if is_open:
            run, end = run + word.form, word.end
    return float(count + (bool(run) and is_spelt_name(run)))


def _doubts(found: Alignment, lexicon: Lexicon) -> tuple[float, ...]:
    """Return how surely words should have had an answer: all, the surest, the surest of names.

    The two sides in turn; and how strange an English name is whose sound the source does not have.
    """
    every = [
        (lexicon.nameness(stem), lexicon.doubt[stem] * w * (1.0 - b) ** 2)
        for word, w, b in zip(found.source, found.weights, found.best, strict=True)
        if w and b < _WEAK and (stem := lexicon.stem_of(word.form)) >= 0
    ]
    capitals = lexicon.english.capitals
    every_en, strange = [], 0.0
    for j, (word, w, b) in enumerate(
        zip(found.english, found.weights_en, found.best_en, strict=True)
    ):
        if not w or b >= _WEAK:
            continue
        stem = lexicon.english.stem_of(word.form)
        share = capitals[stem] if stem >= 0 else 1.0
        if stem >= 0:
            share = share if word.capital else 0.0
            every_en.append((share, lexicon.doubt_en[stem] * w * (1.0 - b) ** 2))
        if word.capital and j and share >= _NAME:
            strange = max(strange, share * w * (1.0 - found.sounds_en[j]))
    parts = [
        (
            math.log1p(sum(doubt for _, doubt in side)),
            max((doubt for _, doubt in side), default=0.0),
            max((share * doubt for share, doubt in side), default=0.0),
        )
        for side in (every, every_en)
    ]
    return (*(each for pair in zip(*parts, strict=True) for each in pair), strange)


def _order(
    weights: Sequence[float], links: Sequence[Sequence[tuple[float, int]]]
) -> tuple[float, float]:
    """Return how often the English answers two words in turn in their order, and side by side."""
    places = [
        each[0][1] for w, each in zip(weights, links, strict=True) if w and each[:1] > [(_WEAK, 0)]
    ]
    turns = len(places) - 1
    if turns < 1:
        return 0.5, 0.5
    steps = [after - before for before, after in pairwise(places)]
    return sum(s > 0 for s in steps) / turns, sum(0 < s < _SHORTEST for s in steps) / turns


def _lift(weights: Sequence[float], lifts: Sequence[float]) -> float:
    """Return how many bits likelier the words are beside the other side, in the mean."""
    size = sum(weights)
    return sum(w * lift for w, lift in zip(weights, lifts, strict=True)) / size if size else _USUAL


def _stretches(weights: Sequence[float], lifts: Sequence[float]) -> tuple[float, float]:
    """Return how unlikely the unlikeliest stretch of words is, and the last words are."""
    most = here = 0.0
    rest = tail = 0.0
    for weight, lift in zip(weights, lifts, strict=True):
        worth = weight * (1.0 - lift / _CLEAR)
        here = max(0.0, here + worth)
        most = max(most, here)
    for weight, lift in zip(reversed(weights), reversed(lifts), strict=True):
        rest += weight * (1.0 - lift / _CLEAR)
        tail = max(tail, rest)
    return most, tail


def _covered(weights: Sequence[float], best: Sequence[float], size: float) -> float:
    if not size:
        return 1.0
    return sum(w * b for w, b in zip(weights, best, strict=True)) / size


def _gap(weights: Sequence[float], best: Sequence[float]) -> float:
    """Return what the stretch of the most unanswered and fewest answered words counts."""
    most = here = 0.0
    for weight, strength in zip(weights, best, strict=True):
        here = max(0.0, here + weight * (1.0 - (1.0 + _PRIZE) * strength))
        most = max(most, here)
    return most


class _Run(NamedTuple):
    """Words of a name in a row: how sure each is a name that nothing answers, or -1 if answered."""

    alone: list[float]
    known: bool


def _sum_up(runs: Sequence[_Run]) -> tuple[float, float, float]:
    """Return the surest name that nothing answers, all of them, and the surest that is known."""
    most = total = known = 0.0
    for alone, is_known in runs:
        part = _HALF if min(alone) < 0 else 1.0
        worth = part * sum(each for each in alone if each > 0)
        most, total = max(most, worth), total + worth
        known = max(known, worth) if is_known else known
    return most, total, known


def _english_names(found: Alignment, lexicon: Lexicon) -> tuple[float, float, float]:
    """Return the surest name of the English alone, all of them, and the surest that is known."""
    stem_of, capitals = lexicon.english.stem_of, lexicon.english.capitals
    title = _is_title(found.english)
    runs: list[_Run] = []
    end = -9
    for j, word in enumerate(found.english):
        stem = stem_of(word.form)
        share = capitals[stem] if stem >= 0 else (0.0 if title else 1.0)
        first = j == 0 or title
        if not word.capital or len(word.form) < _SHORTEST:
            continue
        if first and (share < _SURE or stem < 0):
            continue
        worth = (share if share >= _NAME else share / 2) * found.weights_en[j]
        answered = found.best_en[j] >= _WEAK
        alone = -1.0 if answered else worth * (1.0 - found.best_en[j])
        if word.end - word.start <= _ACRONYM and word.upper:
            alone *= _HALF
        if word.start - end > _PARTICLE:
            runs.append(_Run([], stem >= 0))
        runs[-1].alone.append(alone)
        end = word.end
    return _sum_up(runs)


def _is_title(words: Sequence[Word]) -> bool:
    """Return whether the words have capitals as in a headline."""
    long = [word.capital for word in words if len(word.form) > _SHORTEST]
    return len(long) > _SHORTEST and sum(long) > _TITLE * len(long)


def _source_names(found: Alignment, lexicon: Lexicon, *, spaced: bool) -> tuple[float, float]:
    """Return the surest name of the source that nothing in the English answers, and all of them."""
    title = spaced and _is_title(found.source)
    runs: list[_Run] = []
    end = -9
    for i, word in enumerate(found.source):
        stem = lexicon.stem_of(word.form)
        share = lexicon.nameness(stem) if stem >= 0 else (_HALF if word.han else 1.0)
        if not word.han and not _may_be_name(word, i, share, spaced=spaced and not title):
            continue
        if share < _NAME / 2:
            continue
        answered = found.best[i] >= _WEAK
        alone = -1.0 if answered else share * found.weights[i] * (1.0 - found.best[i])
        if not word.han and word.end - word.start <= _ACRONYM and word.upper:
            alone *= _HALF
        if word.start - end > (0 if word.han else _PARTICLE):
            runs.append(_Run([], stem >= 0))
        runs[-1].alone.append(alone)
        end = word.end
    return _sum_up(runs)[:2]


def _may_be_name(word: Word, place: int, share: float, *, spaced: bool) -> bool:
    if not word.capital or len(word.form) < _SHORTEST:
        return False
    return (place > 0 and spaced) or _SURE <= share < 1.0  # 1.0: unknown


def vector(features: Features) -> dict[str, float]:
    """Return the numbers that the scores are weighted sums of, by name."""
    f = features
    ratio = math.log((f.size_en + 2) / (f.size + 2))
    length = max(-6.0, min(6.0, f.length)) / 3
    name, name_en = min(1.0, f.name), min(1.0, f.name_en)
    return {
        "one": 1.0,
        "covered": f.covered,
        "covered_en": f.covered_en,
        "covered_both": f.covered * f.covered_en,
        "gap": math.sqrt(f.gap),
        "gap_en": math.sqrt(f.gap_en),
        "gap_share": f.gap / (f.size + 1),
        "gap_share_en": f.gap_en / (f.size_en + 1),
        "size": math.log1p(f.size),
        "size_en": math.log1p(f.size_en),
        "ratio": ratio,
        "uneven": abs(ratio),
        "open": math.sqrt((1 - f.covered) * f.size),
        "open_en": math.sqrt((1 - f.covered_en) * f.size_en),
        "name": name,
        "name_en": name_en,
        "name_both": name * name_en,
        "name_more": min(3.0, f.name),
        "name_more_en": min(3.0, f.name_en),
        "names": min(4.0, f.names),
        "names_en": min(4.0, f.names_en),
        "known_en": min(1.0, f.known_en),
        "name_clear_en": name_en * f.covered_en,
        "name_clear": name * f.covered,
        "anchors": math.log1p(f.anchors),
        "anchor_share": f.anchors / (f.size + 1),
        "length": length,
        "length_off": abs(length),
        "lost": f.lost,
        "added": f.added,
        "opposite": f.opposite,
        "lost_clear": f.lost * f.covered * f.covered_en,
        "added_clear": f.added * f.covered * f.covered_en,
        "opposite_clear": f.opposite * f.covered * f.covered_en,
        "denials": min(3.0, f.denials),
        "denials_en": min(3.0, f.denials_en),
        "clumsy": f.clumsy,
        "doubt": f.doubt,
        "doubt_en": f.doubt_en,
        "doubt_most": f.doubt_most,
        "doubt_most_en": f.doubt_most_en,
        "doubt_name": f.doubt_name,
        "doubt_name_en": f.doubt_name_en,
        "doubt_names": f.doubt_name * f.doubt_name_en,
        "spelt": min(2.0, f.spelt),
        "spelt_both": min(2.0, f.spelt) * name_en,
        "strange_en": f.strange_en,
        "strange_both": f.strange_en * name,
        "order": f.order,
        "steps": f.steps,
        "lift": f.lift,
        "lift_en": f.lift_en,
        "stretch": math.sqrt(f.stretch),
        "stretch_en": math.sqrt(f.stretch_en),
        "tail": math.sqrt(f.tail),
        "tail_en": math.sqrt(f.tail_en),
        "unsaid": _clip(f.denied) if not f.sure_en else -_ODDS,
        "unhinted": _clip(f.hinted) if not (f.sure_en or f.hints_en) else -_ODDS,
        "unsaid_clear": (_clip(f.denied) + _ODDS) * f.covered_en if not f.sure_en else 0.0,
        "unasked": _clip(-f.denied) if f.sure_en else -_ODDS,
        "unanswered": _clip(-f.answered) if f.sure_en else -_ODDS,
        "unasked_clear": (_clip(-f.denied) + _ODDS) * f.covered if f.sure_en else 0.0,
        "asked": _clip(f.denied),
        "only_denials": float(f.denials > 0 and f.denials_en == 0),
        "only_denials_en": float(f.denials_en > 0 and f.denials == 0),
        "more_denials_en": max(-3.0, min(3.0, f.denials_en - f.denials)),
    }


def _clip(odds: float) -> float:
    return max(-_ODDS, min(_ODDS, odds))


NAMES = tuple(vector(Features(*[0.0] * len(Features._fields))))
"""The names of the numbers, in order."""
