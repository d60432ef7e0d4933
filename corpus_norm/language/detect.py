"""Detect the language of a text, of the blocks of a document, and of a document."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from corpus_norm.document import UNDETERMINED, LanguageShare
from corpus_norm.errors import InputError
from corpus_norm.language.evidence import Evidence, examine, resolve_languages, weigh_texts
from corpus_norm.language.scripts import count_all_scripts, letter_weight
from corpus_norm.patterns import Recent, make_quickly

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus_norm.languages import Language

# Offset and slope of a logistic curve: the probability of being right, given the lead over the
# runner-up in nats.  Fitted by maximum likelihood to the n-gram decisions on half of the
# development lines, before the words got their present weights; on all lines its expected
# calibration error is 0.023 (langid/score.py).
_CALIBRATION = (0.62, 0.42)
_CERTAIN_LEAD = 20.0  # nats; from 15 on the curve is above the highest score
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


make_detection = make_quickly(Detection)
"""Make a detection, like ``Detection``, in less time."""


def decide(
    evidence: Evidence, targets: Sequence[Language], prior: Mapping[str, float] | None = None
) -> Detection:
    """Return the best language for the evidence; ``prior`` adds the nats of the context."""
    return _decide(evidence, frozenset(target.code for target in targets), prior or {})


def _decide(evidence: Evidence, targets: frozenset[str], prior: Mapping[str, float]) -> Detection:
    """Do :func:`decide`; ``targets`` are codes."""
    if evidence.leading and not prior:
        best, second = evidence.leading[:2]
        lead = -evidence.score(second)
    else:
        best, lead = _weigh_leading(evidence, prior) or _weigh_context(evidence, prior)
    if not best:
        return make_detection(UNDETERMINED, 0.0, evidence.reason)
    score = calibrate(lead)
    least = _LEAST_FOREIGN_SCORE if evidence.words else _LEAST_NAME_SCORE
    if score < least and best not in targets:
        return make_detection(UNDETERMINED, 0.0, "no language for sure")
    is_own = not prior or evidence.score(best) >= 0.0
    return make_detection(best, score, evidence.reason if is_own else "context")


def _weigh_leading(evidence: Evidence, prior: Mapping[str, float]) -> tuple[str, float] | None:
    """Do :func:`_weigh_context` by the languages with a prior and the two best without one.

    None where those do not decide: too few languages are leading, or the best two are equal.
    """
    if len(prior) + 2 > len(evidence.leading):
        return None
    own, floor = evidence.scores.get, evidence.floor
    best, most, second, rest = "", -math.inf, -math.inf, 2
    for code, nats in prior.items():
        total = own(code, floor) + nats
        if total > most:
            best, most, second = code, total, most
        elif total > second:
            second = total
    for code in evidence.leading:
        if code not in prior:
            total = own(code, floor) + 0.0
            if total > most:
                best, most, second = code, total, most
            elif total > second:
                second = total
            rest -= 1
            if not rest:
                break
    return None if most == second else (best, most - second)


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
    if lead > _CERTAIN_LEAD:
        return CERTAIN
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
        InputError: the argument is not text.
        KeyError: a code of ``languages`` has no record.
    """
    if not isinstance(text, str):
        raise InputError(f"detect takes text, not {type(text).__name__}; decode bytes first")
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
        InputError: the argument is one text, not a list.
        KeyError: a code of ``languages`` has no record.
    """
    if isinstance(texts, str):
        raise InputError("detect_blocks takes a list of texts, not one text; give [text]")
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
    """The evidence in a block, the decision on it alone, and its weight as context for others.

    ``trust`` is the nats for the neighbours, None without a language; the context can change the
    decision, and the evidence is kept, only if ``is_open``.
    """

    evidence: Evidence
    alone: Detection
    vote: float
    trust: float | None
    is_open: bool


@lru_cache(maxsize=8)
def _keep_blocks(targets: tuple[Language, ...]) -> Recent[_Block]:
    """Return what is known of the blocks that came before: pages share menus and footers."""
    del targets  # blocks are weighed for them
    return Recent()


def _weigh_blocks(texts: Sequence[str], targets: Sequence[Language]) -> list[_Block]:
    codes = frozenset(target.code for target in targets)
    weighed = weigh_texts(texts, targets)
    _LETTERS.keep_all(
        (text, item.weight)
        for text, item in zip(texts, weighed, strict=True)
        if examine(text) is text
    )
    return [_weigh_block(item, codes) for item in weighed]


def _weigh_block(evidence: Evidence, targets: frozenset[str]) -> _Block:
    alone = _decide(evidence, targets, {})
    vote = evidence.words / (1 + evidence.words)  # zero for names and titles
    trust = None if alone.language == UNDETERMINED else _NEIGHBOUR_NATS * (alone.score * vote)
    is_open = alone.score != CERTAIN and bool(evidence.scores)
    return _Block(evidence if is_open else _NOT_NEEDED, alone, vote, trust, is_open)


_NOT_NEEDED = Evidence()


def _decide_all(blocks: Sequence[_Block], targets: Sequence[Language]) -> list[Detection]:
    total = _sum_weights([block.alone for block in blocks], [block.vote for block in blocks])
    everywhere = {code: _document_nats(weight) for code, weight in total.items()}
    codes = frozenset(target.code for target in targets)
    last = len(blocks) - 1
    found = []
    for number, (item, alone, vote, _, is_open) in enumerate(blocks):
        if not is_open:  # no context would change it
            found.append(alone)
            continue
        prior = everywhere.copy()
        own = alone.language
        if vote and own in total:
            prior[own] = _document_nats(total[own] - vote)
        if number and (trust := blocks[number - 1].trust) is not None:
            other = blocks[number - 1].alone.language
            prior[other] = prior.get(other, 0.0) + trust
        if number < last and (trust := blocks[number + 1].trust) is not None:
            other = blocks[number + 1].alone.language
            prior[other] = prior.get(other, 0.0) + trust
        fade = 1 + _DECAY * item.words**2
        is_pure, scores = item.is_pure, item.scores
        prior = {
            code: nats / fade
            for code, nats in prior.items()
            if not is_pure or code in scores  # no context can make a Latin word Chinese
        }
        found.append(_decide(item, codes, prior))
    return found


def _document_nats(blocks: float) -> float:
    """Return the nats that a language gains from the number of blocks of the document in it."""
    return _DOCUMENT_NATS * math.log1p(max(blocks, 0.0) / _UNSEEN)


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
