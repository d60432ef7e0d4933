"""The score of a sentence: how much of the source the English says, and nothing else.

Weighted sums of the measurements in :mod:`corpus_norm.audit.features`, one for the score and one
for each flag.  The weights were fitted on planted faults by ``training/audit``.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.audit.alignment import Alignment, align
from corpus_norm.audit.features import Features, measure, vector
from corpus_norm.audit.fluency import length_deviation
from corpus_norm.audit.lexicon import find_lexicon
from corpus_norm.audit.negation import find_idioms
from corpus_norm.audit.polarity import find_polarity
from corpus_norm.labels import Flag
from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus_norm.audit.amounts import Amount
    from corpus_norm.audit.matching import AmountPair
    from corpus_norm.audit.words import Word
    from corpus_norm.languages import Language

WEIGHTS = Path(__file__).parent / "weights.json"
_FEW = 4.0
"""Sentences whose words count less than this on both sides together say too little to judge."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The score of a pair, its flags, and its alignment; no flags, None, if it has few words.

    ``judged`` are the flags that the language has rules for.
    """

    adequacy: float
    flags: tuple[Flag, ...] | None
    judged: frozenset[Flag]
    alignment: Alignment


@dataclass(frozen=True, slots=True)
class _Rule:
    """The weights of the measurements, and from which sum on a flag is set."""

    flag: Flag
    weights: Mapping[str, float]
    threshold: float


@dataclass(frozen=True, slots=True)
class _Model:
    """The weights of the score, and the rules of the flags, the gravest first."""

    score: Mapping[str, float]
    rules: tuple[_Rule, ...]


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
    model = _models().get(_code(language))
    found = _measure(source, english, language, kept)
    if model is None or found is None:
        return None
    features, alignment = found
    numbers = vector(features)
    flags: tuple[Flag, ...] | None = None
    if features.size + features.size_en >= _FEW:
        rules = (r for r in model.rules if _sum(numbers, r.weights) > r.threshold)
        flags = tuple(dict.fromkeys(rule.flag for rule in rules))
    judged = frozenset(rule.flag for rule in model.rules)
    return Judgement(_sigmoid(_sum(numbers, model.score)), flags, judged, alignment)


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
    _leave_out(alignment.source, alignment.weights, [pair.source for pair in kept])
    _leave_out(alignment.english, alignment.weights_en, [pair.english for pair in kept])
    polarity = find_polarity(alignment, lexicon, find_idioms(source, language))
    length = length_deviation(source, english, language)
    return measure(alignment, polarity, lexicon, length, spaced=language.spaced), alignment


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


def _sum(numbers: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return sum(numbers[name] * weight for name, weight in weights.items())


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


@lru_cache(maxsize=1)
def _models() -> dict[str, _Model]:
    table = json.loads(WEIGHTS.read_text("utf-8")) if WEIGHTS.is_file() else {}
    return {
        language: _Model(
            each["score"],
            tuple(_Rule(Flag(r["flag"]), r["weights"], r["threshold"]) for r in each["flags"]),
        )
        for language, each in table.items()
    }
