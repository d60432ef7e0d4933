"""The score of a sentence: how much of the source the English says, and nothing else.

A small network on the measurements in :mod:`corpus_norm.audit.features` says how likely the pair
is right, how likely it is the work of a weak system, and how likely it has each kind of fault.  Its
weights were fitted on planted faults by ``training/audit``.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from operator import mul
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_norm.audit.alignment import Alignment, align
from corpus_norm.audit.features import NAMES, Features, measure, vector
from corpus_norm.audit.fluency import clumsiness, length_deviation
from corpus_norm.audit.lexicon import find_lexicon
from corpus_norm.audit.negation import expect_denials, find_idioms
from corpus_norm.audit.polarity import find_polarity
from corpus_norm.labels import Flag
from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from corpus_norm.audit.amounts import Amount
    from corpus_norm.audit.matching import AmountPair
    from corpus_norm.audit.words import Word
    from corpus_norm.languages import Language

WEIGHTS = Path(__file__).parent / "weights.json"
CLASSES = (
    *("right", "starter", "denial dropped", "denial added", "opposite", "name replaced"),
    *("name dropped", "part dropped", "clause added", "other sentence"),
)
"""What a pair may be: right, the work of a weak system, or with a fault."""
_FLAGS = (
    *(Flag.NEGATION_LOST, Flag.NEGATION_ADDED, Flag.POLARITY_CHANGED, Flag.NAME_CHANGED),
    *(Flag.NAME_CHANGED, Flag.CONTENT_MISSING, Flag.CONTENT_ADDED, Flag.UNRELATED),
)
"""The flags of the faults."""
FARTHEST = 5.0
"""Measurements farther from their mean, in standard deviations, count as so far."""
_FAVOUR = 6.0
"""Right pairs are so much more frequent in use than where the weights were fitted."""
_LIKELY = 0.5
"""A fault is named if it is at least half as likely as the likeliest."""
_LEAST = 1e-9
FEW = 4.0
"""Sentences whose words count less than this on both sides together say too little to judge."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the measurements of a pair say: its score, its flags, the log-odds of any fault."""

    adequacy: float
    flags: tuple[Flag, ...]
    suspicion: float


@dataclass(frozen=True, slots=True)
class Judge:
    """A network that says how likely a pair is right, the work of a weak system, or has a fault.

    ``hidden`` and ``output`` have a row for each unit; those of ``output`` begin with the weights
    of the hidden units, and go on with those of the measurements themselves.
    """

    mean: Sequence[float]
    spread: Sequence[float]
    hidden: Sequence[Sequence[float]]
    hidden_bias: Sequence[float]
    output: Sequence[Sequence[float]]
    bias: Sequence[float]
    threshold: float

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Judge:
        """Return the judge that a table of weights describes; raise ValueError if it is another's.

        A table without a threshold sets no flag.
        """
        if tuple(table["names"]) != NAMES:
            raise ValueError("the weights are not of these measurements; run training.audit.fit")
        fields = ("mean", "spread", "hidden", "hidden_bias", "output", "bias")
        return cls(*(table[name] for name in fields), table.get("threshold", math.inf))

    def judge(self, numbers: Iterable[float]) -> Verdict:
        """Judge a pair by the numbers of :func:`corpus_norm.audit.features.vector`."""
        scaled = [
            max(-FARTHEST, min(FARTHEST, (number - mean) / spread))
            for number, mean, spread in zip(numbers, self.mean, self.spread, strict=True)
        ]
        units = [
            math.tanh(bias + sum(map(mul, row, scaled)))
            for row, bias in zip(self.hidden, self.hidden_bias, strict=True)
        ]
        units += scaled
        sums = [
            bias + sum(map(mul, row, units))
            for row, bias in zip(self.output, self.bias, strict=True)
        ]
        most = max(sums)
        right, weak, *faults = (math.exp(each - most) for each in sums)
        suspicion = math.log((sum(faults) + _LEAST) / (right + weak + _LEAST))
        flags: tuple[Flag, ...] = ()
        if suspicion > self.threshold:
            likely = _LIKELY * max(faults)
            found = (flag for flag, chance in zip(_FLAGS, faults, strict=True) if chance >= likely)
            flags = tuple(dict.fromkeys(found))
        return Verdict(right / (right + (weak + sum(faults)) / _FAVOUR), flags, suspicion)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The score of a pair, its flags, and its alignment; no flags, None, if it has few words."""

    adequacy: float
    flags: tuple[Flag, ...] | None
    alignment: Alignment


def judge(
    source: str, english: str, language: Language, kept: Sequence[AmountPair] = ()
) -> Judgement | None:
    """Judge a sentence and its English by their words; None if its language has no lexicon.

    The words of amounts that were ``kept`` count nothing: they were compared by value.

    >>> from corpus_norm.languages import get_language
    >>> french = get_language("fr")
    >>> text = "Le ministre de la santé a visité l'hôpital de Lyon."
    >>> right = judge(text, "The health minister visited the Lyon hospital.", french)
    >>> wrong = judge(text, "The bank lowered its rates for the second time.", french)
    >>> right.adequacy > 0.8, wrong.adequacy < 0.2
    (True, True)
    """
    network = _judges().get(_code(language))
    found = _measure(source, english, language, kept)
    if network is None or found is None:
        return None
    features, alignment = found
    verdict = network.judge(vector(features).values())
    flags = verdict.flags if features.size + features.size_en >= FEW else None
    return Judgement(verdict.adequacy, flags, alignment)


def has_lexicon(language: Language) -> bool:
    """Return whether sentences of a language are judged by their words."""
    return _code(language) in _judges() and find_lexicon(language.code) is not None


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
    _leave_out(alignment.source, alignment.weights, [pair.source for pair in kept])
    _leave_out(alignment.english, alignment.weights_en, [pair.english for pair in kept])
    polarity = find_polarity(alignment, lexicon, find_idioms(source, language))
    forms, forms_en = ([w.form for w in side] for side in (alignment.source, alignment.english))
    expectation = expect_denials(forms, forms_en, _code(language))
    features = measure(
        alignment,
        polarity,
        expectation,
        lexicon,
        length=length_deviation(source, english, language),
        clumsy=clumsiness(english),
        spaced=language.spaced,
    )
    return features, alignment


def _leave_out(
    words: Sequence[Word], weights: list[float], amounts: Sequence[Amount | None]
) -> None:
    """Let the words within amounts count nothing."""
    spans = sorted((each.start, each.end) for each in amounts if each)
    at = 0
    for i, word in enumerate(words):
        while at < len(spans) and spans[at][1] <= word.start:
            at += 1
        if at < len(spans) and spans[at][0] <= word.start:
            weights[i] = 0.0


@lru_cache(maxsize=1)
def _judges() -> dict[str, Judge]:
    tables = json.loads(WEIGHTS.read_text("utf-8")) if WEIGHTS.is_file() else {}
    return {language: Judge.read(table) for language, table in tables.items()}
