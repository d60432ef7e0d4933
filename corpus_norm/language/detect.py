"""The language of one text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus_norm.document import UNDETERMINED
from corpus_norm.language.evidence import Evidence, resolve_languages, weigh_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus_norm.languages import Language

# Probability of being right given the lead over the runner-up, in nats: a logistic curve fitted
# by maximum likelihood to the n-gram decisions on half of the development lines, before the words
# were weighed as now; on all lines its expected calibration error is 0.023 (langid/score.py).
_CALIBRATION = (0.62, 0.42)
CERTAIN = 0.999
"""The highest score: nothing is surer."""
# A language that nobody expects must be likelier than this; ``und`` is the better answer below.
_LEAST_FOREIGN_SCORE = 0.75
# And without a word in small letters, which may be the name of a town or of a firm, than this.
_LEAST_NAME_SCORE = 0.95


@dataclass(frozen=True, slots=True)
class Detection:
    """A BCP-47 code, the probability (0 to 1) that it is right, and where it came from.

    >>> Detection("fr", 0.98, "n-grams")
    Detection(language='fr', score=0.98, reason='n-grams')
    """

    language: str
    score: float
    reason: str


def decide(
    evidence: Evidence, targets: Sequence[Language], prior: Mapping[str, float] | None = None
) -> Detection:
    """The best language of some evidence, with nats added for what the context says."""
    prior = prior or {}
    if evidence.leading and not prior:
        best, second = evidence.leading[:2]
        lead = -evidence.score(second)
    else:
        best, lead = _weigh_context(evidence, prior)
    if not best:
        return Detection(UNDETERMINED, 0.0, evidence.reason)
    score = calibrate(lead)
    least = _LEAST_FOREIGN_SCORE if evidence.words else _LEAST_NAME_SCORE
    if score < least and all(best != target.code for target in targets):
        return Detection(UNDETERMINED, 0.0, "no language for sure")
    is_own = evidence.score(best) >= 0.0 or not prior
    return Detection(best, score, evidence.reason if is_own else "context")


def _weigh_context(evidence: Evidence, prior: Mapping[str, float]) -> tuple[str, float]:
    """The best language with what the context says, and its lead over the runner-up in nats."""
    # No language but these can win or come second: two of the leading are without a prior.
    leading = evidence.leading if len(prior) + 2 <= len(evidence.leading) else evidence.scores
    total = {code: evidence.score(code) + prior.get(code, 0.0) for code in {*leading, *prior}}
    if not total:
        return "", 0.0
    best = max(total, key=lambda code: (total[code], code))
    nats = total.pop(best)
    return best, nats - max(total.values(), default=evidence.floor)


def calibrate(lead: float) -> float:
    """The probability of being right, from the lead over the runner-up in nats."""
    offset, slope = _CALIBRATION
    return round(min(1 / (1 + math.exp(-(offset + slope * lead))), CERTAIN), 4)


def detect(text: str, languages: Sequence[str | Language] | None = None) -> Detection:
    """The language of a text; never an exception, the same answer for the same text.

    ``languages`` are the languages expected, as codes or records of
    :mod:`corpus_norm.languages` (by default all of them).  The answer is one of them, or another
    language where the evidence is plainly for it, or ``und``.

    >>> detect("Une course contre la montre").language
    'fr'
    >>> detect("免责声明").language, detect("免責聲明").language
    ('zh-Hans', 'zh-Hant')
    >>> detect("2024 🎉")
    Detection(language='und', score=0.0, reason='no letters')

    Raises:
        KeyError: a code of ``languages`` has no record.
    """
    targets = resolve_languages(languages)
    return decide(weigh_texts([text], targets)[0], targets)
