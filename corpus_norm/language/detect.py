"""Detect the language of a text, of the blocks of a document, and of a document."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from corpus_norm.document import UNDETERMINED, LanguageShare
from corpus_norm.language.evidence import Evidence, resolve_languages, weigh_texts
from corpus_norm.language.scripts import count_all_scripts, letter_weight
from corpus_norm.patterns import Recent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus_norm.languages import Language

# Offset and slope of a logistic curve: the probability of being right, given the lead over the
# runner-up in nats.  Fitted by maximum likelihood to the n-gram decisions on half of the
# development lines, before the words got their present weights; on all lines its expected
# calibration error is 0.023 (langid/score.py).
_CALIBRATION = (0.62, 0.42)
CERTAIN = 0.999
"""The highest score given."""
# The least score of a language that is not expected; below it ``und`` is the better answer.
_LEAST_FOREIGN_SCORE = 0.75
# The same for a text without lower-case words, which may be the name of a town or a firm.
_LEAST_NAME_SCORE = 0.95


@dataclass(frozen=True, slots=True)
class Detection:
    """A BCP-47 code, the probability (0 to 1) that it is right, and the kind of evidence.

    >>> Detection("fr", 0.98, "n-grams")
    Detection(language='fr', score=0.98, reason='n-grams')
    """

    language: str
    score: float
    reason: str


def decide(
    evidence: Evidence, targets: Sequence[Language], prior: Mapping[str, float] | None = None
) -> Detection:
    """Return the best language for the evidence; ``prior`` adds the nats of the context."""
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
    """Return the best language given the context, and its lead over the runner-up in nats."""
    # Only these languages can win or come second, as two of the leading ones have no prior.
    leading = evidence.leading if len(prior) + 2 <= len(evidence.leading) else evidence.scores
    own, context, floor = evidence.scores.get, prior.get, evidence.floor
    total = {code: own(code, floor) + context(code, 0.0) for code in {*leading, *prior}}
    if not total:
        return "", 0.0
    nats = max(total.values())
    best = max(code for code, each in total.items() if each == nats)
    del total[best]
    return best, nats - max(total.values(), default=floor)


def calibrate(lead: float) -> float:
    """Return the probability of being right, given the lead over the runner-up in nats."""
    offset, slope = _CALIBRATION
    return round(min(1 / (1 + math.exp(-(offset + slope * lead))), CERTAIN), 4)


def detect(text: str, languages: Sequence[str | Language] | None = None) -> Detection:
    """Return the language of any text, deterministically.

    ``languages`` are the languages expected, as codes or records of
    :mod:`corpus_norm.languages` (by default all of them).  The answer is one of them, or another
    language if the evidence for it is strong, or ``und``.

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


Summary: TypeAlias = "tuple[Detection, tuple[LanguageShare, ...]]"
"""The language of a document, and the shares of its languages."""

# The weight of the context, in nats.  The document adds the logarithm of how many of its other
# blocks are in a language, against _UNSEEN blocks for any other language (a Dirichlet prior), so
# a page of a hundred blocks counts more than one of five.  The weights of the document and of the
# neighbours both fade with the square of the number of words in the block, so a name or a lone
# word follows its surroundings, and a foreign clause of three words keeps its own language.
# Chosen on short development lines put into documents of the same and of another language, and on
# the blocks of real pages; results hardly change with similar values.
_DOCUMENT_NATS = 2.0
_UNSEEN = 0.5
_NEIGHBOUR_NATS = 1.0
_DECAY = 0.5


def detect_blocks(
    texts: Sequence[str], languages: Sequence[str | Language] | None = None
) -> list[Detection]:
    """Return the language of each block of one document, in order.

    The document and the neighbouring blocks help to decide a short block.  Blocks without words
    (digits, emoji, a handle, an acronym), which nobody translates, get ``und``.

    >>> texts = ["OpenAI brûle des capitaux à un rythme alarmant.", "BTCdayu", "Promotions"]
    >>> [(d.language, d.reason) for d in detect_blocks(texts)][1:]
    [('und', 'only names, handles or acronyms'), ('fr', 'context')]

    Raises:
        KeyError: a code of ``languages`` has no record.
    """
    return detect_documents([texts], languages)[0]


def detect_documents(
    documents: Sequence[Sequence[str]], languages: Sequence[str | Language] | None = None
) -> list[list[Detection]]:
    """Do :func:`detect_blocks` for many documents: the same answers, several times faster.

    Raises:
        KeyError: a code of ``languages`` has no record.
    """
    targets = resolve_languages(languages)
    texts = [text for texts in documents for text in texts]
    blocks = iter(_keep_blocks(targets).find_all(texts, partial(_weigh_blocks, targets=targets)))
    return [_decide_all(list(islice(blocks, len(texts))), targets) for texts in documents]


class _Block(NamedTuple):
    """The evidence in a block, the decision on it alone, and its weight as context for others."""

    evidence: Evidence
    alone: Detection
    vote: float


@lru_cache(maxsize=8)
def _keep_blocks(targets: tuple[Language, ...]) -> Recent[_Block]:
    """Return what is known of the blocks that came before: pages share menus and footers."""
    del targets  # blocks are weighed for them
    return Recent()


def _weigh_blocks(texts: Sequence[str], targets: Sequence[Language]) -> list[_Block]:
    return [
        _Block(item, decide(item, targets), _context_weight(item))
        for item in weigh_texts(texts, targets)
    ]


def _decide_all(blocks: Sequence[_Block], targets: Sequence[Language]) -> list[Detection]:
    total = _sum_weights([block.alone for block in blocks], [block.vote for block in blocks])
    everywhere = {code: _document_nats(weight) for code, weight in total.items()}
    found = []
    for number, (item, alone, vote) in enumerate(blocks):
        if alone.score == CERTAIN or not item.scores:
            found.append(alone)  # no context would change it
            continue
        prior = everywhere.copy()
        if vote and alone.language in total:
            own = alone.language
            prior[own] = _document_nats(total[own] - vote)
        prior = _add_neighbours(prior, blocks, number)
        if item.is_pure:  # no context can make a word in Latin letters Chinese
            prior = {code: nats for code, nats in prior.items() if code in item.scores}
        found.append(decide(item, targets, prior))
    return found


def _document_nats(blocks: float) -> float:
    """Return the nats that a language gains from the number of blocks of the document in it."""
    return _DOCUMENT_NATS * math.log1p(max(blocks, 0.0) / _UNSEEN)


def _add_neighbours(
    prior: dict[str, float], blocks: Sequence[_Block], number: int
) -> dict[str, float]:
    """Return the nats of the context: those of the document and of the blocks before and after."""
    for other in (number - 1, number + 1):
        if 0 <= other < len(blocks) and blocks[other].alone.language != UNDETERMINED:
            _, alone, vote = blocks[other]
            trust = alone.score * vote
            prior[alone.language] = prior.get(alone.language, 0.0) + _NEIGHBOUR_NATS * trust
    fade = 1 + _DECAY * blocks[number].evidence.words ** 2
    return {code: nats / fade for code, nats in prior.items()}


def _context_weight(evidence: Evidence) -> float:
    """Return the weight of a block as context for others, zero for names and titles."""
    return evidence.words / (1 + evidence.words)


def _sum_weights(detections: Sequence[Detection], weights: Sequence[float]) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for detection, weight in zip(detections, weights, strict=True):
        if detection.language != UNDETERMINED and weight:
            total[detection.language] += weight
    return dict(total)


def summarize(texts: Sequence[str], detections: Sequence[Detection]) -> Summary:
    """Return the language of a document and the share of each language in it.

    Blocks vote with their letters; a Han, kana or hangul character counts as 2.5.  Shares sum
    to 1 over the text whose language is known and are sorted, largest first, then by code.

    >>> texts = ["Hello, world", "你好", "42"]
    >>> document, shares = summarize(texts, detect_blocks(texts))
    >>> document.language, [(s.language, round(s.share, 2)) for s in shares]
    ('en', [('en', 0.67), ('zh-Hans', 0.33)])
    """
    return summarize_documents([texts], [detections])[0]


def summarize_documents(
    documents: Sequence[Sequence[str]], detections: Sequence[Sequence[Detection]]
) -> list[Summary]:
    """Do :func:`summarize` for many documents: the same answers, faster."""
    texts = [text for texts in documents for text in texts]
    weights = iter(_LETTERS.find_all(texts, _weigh_letters))
    own = [list(islice(weights, len(texts))) for texts in documents]
    return [_summarize(*each) for each in zip(own, detections, strict=True)]


_LETTERS = Recent[float]()


def _weigh_letters(texts: Sequence[str]) -> list[float]:
    return list(map(letter_weight, count_all_scripts(texts)))


def _summarize(weights: Sequence[float], detections: Sequence[Detection]) -> Summary:
    total = _sum_weights(detections, weights)
    if not total:
        return Detection(UNDETERMINED, 0.0, "no block with a language"), ()
    whole = sum(total.values())
    ranked = sorted(total.items(), key=lambda item: (-item[1], item[0]))
    best, most = ranked[0]
    votes = [
        (weight, detection.score)
        for detection, weight in zip(detections, weights, strict=True)
        if detection.language == best
    ]
    score = sum(w * s for w, s in votes) / sum(w for w, _ in votes)
    document = Detection(best, round(score, 4), f"{most / whole:.0%} of the letters")
    return document, tuple(LanguageShare(code, value / whole) for code, value in ranked)
