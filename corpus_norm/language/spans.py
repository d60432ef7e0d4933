"""Where a paragraph switches language, sentence by sentence.

The paragraph is cut at every place where a sentence or a quotation may begin or end, freely,
since the cut decides nothing: the path through the pieces that explains them best while paying
for each switch (Viterbi 1967) does.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus_norm.language.detect import Detection, calibrate, decide
from corpus_norm.language.evidence import Evidence, resolve_languages, weigh_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.languages import Language

# Nats that a switch costs; a foreign sentence inside a paragraph pays twice.  The highest cost that
# finds as many foreign characters in one half of the development documents as any lower one.
_SWITCH_COST = 4.0
# Letters and words that a piece needs to bring in a language: fewer may be a name or a title.
_LEAST_LETTERS = 12.0
_LEAST_WORDS = 3
_MAX_CHARACTERS = 100_000

_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]"
_CUT = re.compile(
    r"(?<=[.!?…;:])(?:[\"'”’»›)\]]|\s+[»›])*\s+"  # a Latin sentence or clause ends
    r"|[。！？；：…][”’」』》）)\]\"]*\s*"  # a Chinese one
    r"|(?<=[.!?])[”’»」』\"]+(?=\S)"  # a quotation ends, the next sentence glued to it
    r"|\s*\n\s*|\s{2,}"  # lines and pieces glued together
    r"|\s*(?=[“„«‹「『])|(?<=[”»›」』])\s*"  # a quotation begins or ends
    r"|\s+(?=\"\w)|(?<=[\w.!?]\")\s+"
    rf"|(?<={_HAN}{{2}})\s*(?=[A-Za-zÀ-ÿ]+(?:[\s'’,-]+[A-Za-zÀ-ÿ]+){{4}})"  # alphabet after Han
    rf"|(?<=[0-9A-Za-zÀ-ÿ])\s+(?={_HAN}{{4}})"  # Han after alphabet
)


def detect_spans(
    text: str,
    languages: Sequence[str | Language] | None = None,
    default: Detection | None = None,
) -> list[tuple[int, int, Detection]]:
    """Cut a paragraph where its language changes: ``(start, end, detection)`` in code points.

    The spans follow each other and cover the whole text; a paragraph in one language is one
    span, and so is a text of more than 100,000 characters, which is no paragraph.  ``default``
    is what is known of the paragraph, as by :func:`detect_blocks`.

    >>> text = "He was asked twice. « Je ne sais pas ce que vous voulez dire. » Then he left."
    >>> [(text[a:b], d.language) for a, b, d in detect_spans(text)][1]
    ('« Je ne sais pas ce que vous voulez dire. » ', 'fr')

    Raises:
        KeyError: a code of ``languages`` has no record.
    """
    targets = resolve_languages(languages)
    whole = default or decide(weigh_texts([text], targets)[0], targets)
    bounds = _cut(text) if len(text) <= _MAX_CHARACTERS else [0, len(text)]
    if len(bounds) <= 2:
        return [(0, len(text), whole)] if text else []
    evidence = weigh_texts([text[a:b] for a, b in pairwise(bounds)], targets)
    path = _best_path(evidence, whole.language)
    spans: list[tuple[int, int, Detection]] = []
    for first, last in _runs(path):
        detection = _describe(evidence[first:last], path[first], whole)
        spans.append((bounds[first], bounds[last], detection))
    return spans if len(spans) > 1 else [(0, len(text), whole)]


def _cut(text: str) -> list[int]:
    inner = {match.end() for match in _CUT.finditer(text)}
    return sorted(inner | {0, len(text)})


def _best_path(evidence: Sequence[Evidence], default: str) -> list[str]:
    """The most likely language of each piece, when each switch costs :data:`_SWITCH_COST`."""
    labels = sorted({default} | {_strongest(item) for item in evidence} - {""})
    totals = [0.0 if label == default else -_SWITCH_COST for label in labels]
    steps: list[list[int]] = []
    for item in evidence:
        best = max(range(len(labels)), key=totals.__getitem__)
        step = [n if totals[n] >= totals[best] - _SWITCH_COST else best for n in range(len(labels))]
        totals = [
            max(totals[n], totals[best] - _SWITCH_COST) + item.score(label)
            for n, label in enumerate(labels)
        ]
        steps.append(step)
    ends = [
        t - (0.0 if label == default else _SWITCH_COST)
        for t, label in zip(totals, labels, strict=True)
    ]
    state = max(range(len(labels)), key=ends.__getitem__)
    path = []
    for step in reversed(steps):
        path.append(labels[state])
        state = step[state]
    return path[::-1]


def _strongest(evidence: Evidence) -> str:
    if evidence.weight < _LEAST_LETTERS or evidence.words < _LEAST_WORDS:
        return ""
    return max(evidence.scores, key=lambda code: (evidence.scores[code], code), default="")


def _runs(path: Sequence[str]) -> list[tuple[int, int]]:
    starts = [0, *(n for n, (a, b) in enumerate(pairwise(path), start=1) if a != b), len(path)]
    return list(pairwise(starts))


def _describe(evidence: Sequence[Evidence], language: str, whole: Detection) -> Detection:
    if language == whole.language:
        return whole
    total = sum(item.score(language) - item.score(whole.language) for item in evidence)
    return Detection(language, calibrate(total - 2 * _SWITCH_COST), "switch inside a paragraph")
