"""The score of a sentence: how much of the source the English says, and nothing else.

For each kind of fault, and for the work of a weak system, a sum of curves of the measurements of
a pair says how much likelier it is than a right pair.  The curves were fitted on planted faults by
``training/audit``.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from corpus_norm.audit.alignment import Alignment, align, leave_out, lost_comparison
from corpus_norm.audit.entities import (
    NameDoubts,
    doubt_names,
    is_spelt_name,
    is_title,
    odd_pronoun,
)
from corpus_norm.audit.fluency import clumsiness, length_deviation
from corpus_norm.audit.lexicon import find_lexicon
from corpus_norm.audit.polarity_odds import (
    NEVER,
    DenialOdds,
    find_opposites,
    weigh_denials,
)
from corpus_norm.audit.sounds import NO_NAME, climb, replaced_name, strange_name
from corpus_norm.labels import Flag
from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from corpus_norm.audit.alignment import Alignment
    from corpus_norm.audit.lexicon import Lexicon, Word
    from corpus_norm.audit.matching import AmountPair
    from corpus_norm.audit.sounds import Tree
    from corpus_norm.languages import Language

    Floats = NDArray[np.float64]

_PRIZE = 0.6
"""What an answered word takes from a gap, an unanswered one adding 1."""
_WEAK, _GOOD, _RARE = 0.5, 0.7, 0.6
_NAME, _SURE = 0.6, 0.9
"""The share of a word's places with a capital above which it is a name, and surely one."""
_HALF = 0.4
"""A name of which a part is answered, and an acronym, counts this share."""
_SHORTEST, _ACRONYM = 3, 5
_PARTICLE = 4
"""So far apart may be the words of a name: Gérard de Villiers."""
_USUAL, _CLEAR = 5.0, 3.0
"""The usual lift of a word, and one that says that it is answered, in bits."""


class Doubts(NamedTuple):
    """How surely words that nothing answers should have an answer, in bits.

    ``every`` is the logarithm of the sum over all words, ``most`` that of the surest word, ``name``
    that of the surest name.
    """

    every: float = 0.0
    most: float = 0.0
    name: float = 0.0


class Features(NamedTuple):
    """Measurements of a pair.

    ``covered`` is the share of the words of a side that the other answers, by what they count;
    ``gap`` what the words of the longest stretch without answers count; ``size`` what all count;
    ``name`` how sure it is that a name is on that side alone, ``names`` the same of all names;
    ``lift`` how many bits likelier the words are beside the other side; ``stretch`` how unlikely
    the unlikeliest words in a row are, ``tail`` the last words.  Those of the English end in
    ``_en``.  ``anchors`` counts the rare words of the source that are surely answered;
    ``strange_en`` is how strange an English name is whose sound the source does not have,
    and ``odd`` how oddly a pronoun stands in the English;
    ``spelt`` counts the names in Chinese characters that nothing answers; ``name_doubts`` says how
    surely names should have been answered, by how often they are in news; ``replaced`` is the
    log-odds that a name has the place of another.
    """

    covered: float = 1.0
    covered_en: float = 1.0
    gap: float = 0.0
    gap_en: float = 0.0
    size: float = 0.0
    size_en: float = 0.0
    name: float = 0.0
    name_en: float = 0.0
    names: float = 0.0
    names_en: float = 0.0
    known_en: float = 0.0
    anchors: float = 0.0
    length: float = 0.0
    denials: DenialOdds = DenialOdds()
    opposite: float = -1.0
    lift: float = 0.0
    lift_en: float = 0.0
    stretch: float = 0.0
    stretch_en: float = 0.0
    tail: float = 0.0
    tail_en: float = 0.0
    clumsy: float = 0.0
    order: float = 0.0
    steps: float = 0.0
    doubts: Doubts = Doubts()
    doubts_en: Doubts = Doubts()
    strange_en: float = 0.0
    odd: float = 0.0
    spelt: float = 0.0
    name_doubts: NameDoubts = NameDoubts()
    replaced: float = NO_NAME


def measure(
    found: Alignment,
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
    stretch, tail = _stretches(found.weights, found.lifts)
    stretch_en, tail_en = _stretches(found.weights_en, found.lifts_en)
    order, steps = _order(found.weights, found.links)
    return Features(
        covered=_covered(found.weights, found.best, size),
        covered_en=_covered(found.weights_en, found.best_en, size_en),
        gap=_gap(found.weights, found.best),
        gap_en=_gap(found.weights_en, found.best_en),
        size=size,
        size_en=size_en,
        name=name,
        name_en=name_en,
        names=names,
        names_en=names_en,
        known_en=known_en,
        anchors=_anchors(found.weights, found.best),
        length=length,
        denials=weigh_denials(found, lexicon),
        opposite=find_opposites(found, lexicon),
        lift=_lift(found.weights, found.lifts),
        lift_en=_lift(found.weights_en, found.lifts_en),
        stretch=stretch,
        stretch_en=stretch_en,
        tail=tail,
        tail_en=tail_en,
        clumsy=clumsy,
        order=order,
        steps=steps,
        doubts=_doubts(found, lexicon),
        doubts_en=_doubts_en(found, lexicon),
        strange_en=strange_name(found, lexicon),
        spelt=_spelt(found),
        name_doubts=doubt_names(found, lexicon),
        replaced=replaced_name(found, lexicon),
    )


def _anchors(weights: Sequence[float], best: Sequence[float]) -> float:
    return sum(w for w, b in zip(weights, best, strict=True) if w > _RARE and b > _GOOD)


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


def _doubts(found: Alignment, lexicon: Lexicon) -> Doubts:
    """Return how surely words of the source should have had an answer."""
    return _sum_doubts(
        [
            (lexicon.nameness(stem), lexicon.doubt[stem] * w * (1.0 - b) ** 2)
            for word, w, b in zip(found.source, found.weights, found.best, strict=True)
            if w and b < _WEAK and (stem := lexicon.stem_of(word.form)) >= 0
        ]
    )


def _doubts_en(found: Alignment, lexicon: Lexicon) -> Doubts:
    """Return the same of the English words."""
    capitals = lexicon.english.capitals
    words: list[tuple[float, float]] = []
    for word, w, b in zip(found.english, found.weights_en, found.best_en, strict=True):
        if w and b < _WEAK and (stem := lexicon.english.stem_of(word.form)) >= 0:
            share = capitals[stem] if word.capital else 0.0
            words.append((share, lexicon.doubt_en[stem] * w * (1.0 - b) ** 2))
    return _sum_doubts(words)


def _sum_doubts(words: Sequence[tuple[float, float]]) -> Doubts:
    """Sum up how sure each word is a name, and how surely it should have had an answer."""
    if not words:
        return Doubts()
    doubts = [doubt for _, doubt in words]
    return Doubts(math.log1p(sum(doubts)), max(doubts), max(share * d for share, d in words))


def _order(
    weights: Sequence[float], links: Sequence[Sequence[tuple[float, int]]]
) -> tuple[float, float]:
    """Return how often the English answers two words in turn in their order, and side by side."""
    places = [
        each[0][1]
        for weight, each in zip(weights, links, strict=True)
        if weight and each and each[0][0] > _WEAK
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
    worths = [w * (1.0 - lift / _CLEAR) for w, lift in zip(weights, lifts, strict=True) if w]
    for worth in worths:
        here += worth
        if here < 0.0:
            here = 0.0
        elif here > most:
            most = here
    return most, max(accumulate(reversed(worths), initial=0.0))


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
    title = is_title(found.english)
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


def _source_names(found: Alignment, lexicon: Lexicon, *, spaced: bool) -> tuple[float, float]:
    """Return the surest name of the source that nothing in the English answers, and all of them."""
    title = spaced and is_title(found.source)
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
    f, clear = features, features.covered * features.covered_en
    lost, added = _clip(f.denials.lost), _clip(f.denials.added)
    ratio = math.log((f.size_en + 2) / (f.size + 2))
    length = max(-6.0, min(6.0, f.length)) / 3
    name, name_en = min(1.0, f.name), min(1.0, f.name_en)
    named = f.name_doubts
    return {
        "one": 1.0,
        "covered": f.covered,
        "covered_en": f.covered_en,
        "covered_both": clear,
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
        "lost": lost,
        "added": added,
        "opposite": f.opposite,
        "lost_clear": (lost + NEVER) * clear,
        "added_clear": (added + NEVER) * clear,
        "opposite_clear": (f.opposite + 1.0) * clear,
        "clumsy": f.clumsy,
        "doubt": f.doubts.every,
        "doubt_en": f.doubts_en.every,
        "doubt_most": f.doubts.most,
        "doubt_most_en": f.doubts_en.most,
        "doubt_name": f.doubts.name,
        "doubt_name_en": f.doubts_en.name,
        "doubt_names": f.doubts.name * f.doubts_en.name,
        "spelt": min(2.0, f.spelt),
        "spelt_both": min(2.0, f.spelt) * name_en,
        "strange_en": f.strange_en,
        "strange_both": f.strange_en * name,
        "odd": f.odd,
        "name_lost": named.lost,
        "name_stood_for": named.stood_for,
        "name_added": named.added,
        "name_turned": named.lost + named.added if named.lost and named.added else 0.0,
        "replaced": f.replaced,
        "order": f.order,
        "steps": f.steps,
        "lift": f.lift,
        "lift_en": f.lift_en,
        "stretch": math.sqrt(f.stretch),
        "stretch_en": math.sqrt(f.stretch_en),
        "tail": math.sqrt(f.tail),
        "tail_en": math.sqrt(f.tail_en),
    }


def _clip(odds: float) -> float:
    return max(-NEVER, min(NEVER, odds))


NAMES = tuple(vector(Features()))
"""The names of the numbers, in order."""


WEIGHTS = Path(__file__).parent / "weights.json"
_FLAGS: Mapping[str, Flag] = MappingProxyType(
    {
        "denial dropped": Flag.NEGATION_LOST,
        "denial added": Flag.NEGATION_ADDED,
        "opposite": Flag.POLARITY_CHANGED,
        "name replaced": Flag.NAME_CHANGED,
        "name dropped": Flag.NAME_CHANGED,
        "part dropped": Flag.CONTENT_MISSING,
        "clause added": Flag.CONTENT_ADDED,
        "other sentence": Flag.UNRELATED,
    }
)
"""The flags of the faults; the work of a weak system has none."""
KNOTS = (-12.0, -2.0, -1.0, 0.0, 1.0, 2.0, 12.0)
"""The places between which a curve is straight, in standard deviations of right pairs."""
_FAVOUR = 14.0
"""How many times more frequent right pairs are in use than in the data of the weights."""
FEW = 4.0
"""Sentences whose words count less than this on both sides together say too little to judge."""


@dataclass(frozen=True, slots=True)
class FaultPrediction:
    """What the measurements of a pair say: its score, its flags, the log-odds of each class."""

    adequacy: float
    flags: tuple[Flag, ...]
    odds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Class:
    """What a pair may be instead of right; log-odds above ``threshold`` set the flag.

    ``trees`` of the measurements may add to the log-odds.
    """

    flag: Flag | None
    threshold: float
    trees: Sequence[Tree] = ()


@dataclass(frozen=True)
class FaultModel:
    """A generalised additive model of what a pair may be (Hastie and Tibshirani 1986).

    The log-odds of a class are its bias and a sum of curves of the measurements, or of boosted
    trees: ``curves`` holds the values at each knot, by class, measurement and knot.
    """

    mean: Floats
    spread: Floats
    biases: Floats
    curves: Floats
    classes: Sequence[_Class]

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> FaultModel:
        """Return the model that a table of weights describes.

        Raise ValueError if the table is of other measurements.
        """
        import numpy as np

        if tuple(table["mean"]) != NAMES:
            raise ValueError("the weights are not of these measurements; run training.audit.fit")
        curves = np.zeros((len(table["classes"]), len(NAMES), len(KNOTS)))
        for row, each in zip(curves, table["classes"], strict=True):
            for name, values in each.get("curves", {}).items():
                row[NAMES.index(name)] = values
        return cls(
            np.array(list(table["mean"].values())),
            np.array(list(table["spread"].values())),
            np.array([each["bias"] for each in table["classes"]]),
            curves,
            [
                _Class(
                    _FLAGS.get(each["class"]),
                    each.get("threshold", math.inf),
                    each.get("trees", ()),
                )
                for each in table["classes"]
            ],
        )

    def predict(self, numbers: Iterable[float]) -> FaultPrediction:
        """Predict the faults of a pair from its numbers, those of ``vector``."""
        odds = self.log_odds(numbers)
        flags = dict.fromkeys(
            each.flag
            for each, value in zip(self.classes, odds, strict=True)
            if each.flag and value > each.threshold
        )
        adequacy = 1.0 / (1.0 + sum(map(_exp, odds)) / _FAVOUR)
        return FaultPrediction(adequacy, tuple(flags), tuple(odds))

    def log_odds(self, numbers: Iterable[float]) -> list[float]:
        """Return the log-odds of each class; between two knots a curve is straight."""
        import numpy as np

        knots, starts, rises = self._segments
        measured = list(numbers)
        scaled = (np.array(measured) - self.mean) / self.spread
        scaled = np.minimum(np.maximum(scaled, KNOTS[0]), KNOTS[-1])
        below = knots[1:-1].searchsorted(scaled, side="right")
        share = (scaled - knots[below]) / (knots[below + 1] - knots[below])
        at = np.arange(0, starts.shape[0], len(KNOTS) - 1) + below
        odds: list[float] = (self.biases + starts[at].sum(axis=0) + share @ rises[at]).tolist()
        for number, each in enumerate(self.classes):
            odds[number] += sum(climb(tree, measured) for tree in each.trees)
        return odds

    @cached_property
    def _segments(self) -> tuple[Floats, Floats, Floats]:
        """The knots, and for each measurement and segment what each curve starts and rises by."""
        import numpy as np

        curves = self.curves.transpose(1, 2, 0)
        starts, rises = curves[:, :-1], curves[:, 1:] - curves[:, :-1]
        classes = len(self.biases)
        return np.array(KNOTS), starts.reshape(-1, classes), rises.reshape(-1, classes)


def _exp(value: float) -> float:
    return math.exp(max(-30.0, min(30.0, value)))


@dataclass(frozen=True, slots=True)
class WordAudit:
    """The score of a pair, its flags, the log-odds of each fault, and its alignment.

    There are no flags, None, if the pair has few words.
    """

    adequacy: float
    flags: tuple[Flag, ...] | None
    odds: tuple[float, ...]
    alignment: Alignment


def audit_words(
    source: str,
    english: str,
    language: Language,
    kept: Sequence[AmountPair] = (),
    by: FaultModel | None = None,
) -> WordAudit | None:
    """Audit a sentence and its English by their words; None if its language has no lexicon.

    The words of amounts that were ``kept`` count nothing: they were compared by value.  ``by`` is
    a model that is not in use yet.

    >>> from corpus_norm.languages import get_language
    >>> french = get_language("fr")
    >>> text = "Le ministre de la santé a visité l'hôpital de Lyon."
    >>> right = audit_words(text, "The health minister visited the Lyon hospital.", french)
    >>> wrong = audit_words(text, "The bank lowered its rates for the second time.", french)
    >>> right.adequacy > 0.8, wrong.adequacy < 0.2
    (True, True)
    """
    by = by or _models().get(_code(language))
    found = _measure(source, english, language, kept)
    if by is None or found is None:
        return None
    features, alignment = found
    faults = by.predict(vector(features).values())
    flags = faults.flags if features.size + features.size_en >= FEW else None
    return WordAudit(faults.adequacy, flags, faults.odds, alignment)


def has_lexicon(language: Language) -> bool:
    """Return whether sentences of a language are judged by their words."""
    return _code(language) in _models() and find_lexicon(language.code) is not None


def measure_pair(source: str, english: str, language: str) -> Features | None:
    """Measure a pair; None if its language, a BCP-47 tag, has no lexicon."""
    found = _measure(source, english, get_language(language))
    return found[0] if found else None


def _code(language: Language) -> str:
    return language.code.partition("-")[0]


def _measure(
    source: str, english: str, language: Language, kept: Sequence[AmountPair] = ()
) -> tuple[Features, Alignment] | None:
    lexicon = find_lexicon(language.code)
    if lexicon is None:
        return None
    alignment = align(source, english, language, lexicon)
    leave_out(alignment.source, alignment.weights, [pair.source for pair in kept])
    leave_out(alignment.english, alignment.weights_en, [pair.english for pair in kept])
    features = measure(
        alignment,
        lexicon,
        length=length_deviation(source, english, language),
        clumsy=clumsiness(english),
        spaced=language.spaced,
    )
    odd = odd_pronoun(alignment.english, english)
    opposite = max(features.opposite, lost_comparison(alignment, language))
    return features._replace(odd=odd, opposite=opposite), alignment


@lru_cache(maxsize=1)
def _models() -> dict[str, FaultModel]:
    tables = json.loads(WEIGHTS.read_text("utf-8")) if WEIGHTS.is_file() else {}
    return {language: FaultModel.read(table) for language, table in tables.items()}
