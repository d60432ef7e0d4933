"""Translate and audit sentences, and retry with other settings where the audit finds a problem.

The model sees neither text that is the same in every language nor the terms of the glossary: both
are replaced before translation and restored afterwards.  If an engine changes a day of a month, the
days are replaced as well.  If a language model gets an amount wrong twice, the clauses of the
sentence are translated one by one.  Of two attempts, the one with the better audit score is kept,
and its remaining problems are flagged.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from corpus_norm.audit import audit
from corpus_norm.labels import Flag
from corpus_norm.translation.engines import Decoding, Request, Translation
from corpus_norm.translation.masking import (
    Masked,
    join_parts,
    mask,
    mask_context,
    restore,
    split_around,
    split_long,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from corpus_norm.translation.glossary import Glossary

    Attempt = Callable[[Sequence[Request], Decoding], Mapping[Request, Translation]]

_AMOUNTS = frozenset(
    {
        Flag.AMOUNT_ADDED,
        Flag.AMOUNT_CHANGED,
        Flag.AMOUNT_MISSING,
        Flag.DATE_CHANGED,
        Flag.UNIT_CHANGED,
    }
)
_LEAST_PART = 24  # Chinese characters, or tokens: shorter parts lack the context to be understood
_LOOPS = frozenset({Flag.REPETITION, Flag.TOO_LONG, Flag.OUTPUT_AT_CAP})


def translate_checked(  # noqa: PLR0913 -- the last one is keyword-only
    requests: Sequence[Request],
    language: str,
    attempt: Attempt,
    decoding: Decoding,
    glossary: Glossary | None = None,
    *,
    audited: bool = True,
) -> dict[Request, Translation]:
    """Translate and audit each request by ``attempt``; retry failures with another decoding."""
    masked = {request: mask(request.text, language, glossary) for request in requests}
    first = _translate(masked, attempt, decoding)
    if not audited:
        return first
    done = {r: check(masked[r].rendered, t, language) for r, t in first.items()}
    failed = {r: masked[r] for r, translation in done.items() if _may_improve(translation)}
    looping = {r: m for r, m in failed.items() if _LOOPS & set(done[r].flags)}
    others = {r: m for r, m in failed.items() if r not in looping}
    second = _translate(looping, attempt, retry_loops(decoding))
    second |= _translate(others, attempt, retry_decoding(decoding))
    _keep_better(done, second, masked, language)
    misdated = {
        r: mask(r.text, language, glossary, with_days=True)
        for r, translation in done.items()
        if Flag.DATE_CHANGED in translation.flags
    }
    dated = {r: m for r, m in misdated.items() if len(m.spans) > len(masked[r].spans)}
    _keep_better(done, _translate(dated, attempt, decoding), masked, language)
    drafts = {
        r: masked[r]
        for r, translation in done.items()
        if Flag.DRAFT in translation.flags and _AMOUNTS & set(translation.flags)
    }
    _keep_better(done, _translate_clauses(drafts, attempt, decoding), masked, language)
    return done


def _keep_better(
    done: dict[Request, Translation],
    others: Mapping[Request, Translation],
    masked: Mapping[Request, Masked],
    language: str,
) -> None:
    """Replace the translations whose other attempt the audit finds better."""
    for request, translation in others.items():
        other = check(masked[request].rendered, translation, language)
        if _worth(other) > _worth(done[request]) + _LEAST_GAIN:
            done[request] = other


def retry_decoding(decoding: Decoding) -> Decoding:
    """Return the decoding for a retry after lost content: wider search, no bias to short output.

    >>> retry_decoding(Decoding(beam_size=4)).beam_size
    8
    """
    return replace(decoding, beam_size=decoding.beam_size * 2, length_penalty=1.0, detour=True)


def retry_loops(decoding: Decoding) -> Decoding:
    """Return the decoding for a retry after a loop: no sequence of four tokens may repeat.

    It is not used for all sentences, because a repetition penalty spoils correct ones.
    """
    return replace(decoding, repetition_penalty=1.2, no_repeat_ngram=4)


def check(source: str, translation: Translation, language: str) -> Translation:
    """Return the translation with the score and the flags of its audit.

    >>> check("Il gagne 5 %.", Translation("He earns 7%."), "fr").flags
    ('amount_changed',)
    """
    if not translation.has_english and not translation.text:
        return replace(translation, faithfulness=0.0)
    found = audit(source, translation.text, language)
    score = found.score * (0.5 if Flag.OUTPUT_AT_CAP in translation.flags else 1)
    flags = dict.fromkeys([*translation.flags, *(flag.value for flag in found.flags)])
    return replace(translation, flags=tuple(flags), faithfulness=score, adequacy=found.adequacy)


_LEAST_GAIN = 0.01
"""How much better another attempt must be: less says nothing about the English."""


def _worth(translation: Translation) -> float:
    """Return the value of an attempt: its faithfulness and a share of its adequacy."""
    adequacy = 1.0 if translation.adequacy is None else translation.adequacy
    return (translation.faithfulness or 0.0) + 0.25 * adequacy


def _may_improve(translation: Translation) -> bool:
    """Return whether a retry may help: a failed engine fails again, and a draft stays a draft."""
    failed = Flag.UNTRANSLATED in translation.flags and Flag.EMPTY_OUTPUT not in translation.flags
    return bool(set(translation.flags) - {Flag.DRAFT}) and not failed


def _translate(
    masked: Mapping[Request, Masked], attempt: Attempt, decoding: Decoding
) -> dict[Request, Translation]:
    """Translate each masked text once; if a placeholder is lost, translate around the spans."""
    asked = {
        request: Request(m.text, mask_context(m, request.context))
        for request, m in masked.items()
        if m.has_words
    }
    answers = _attempt(asked.values(), attempt, decoding)
    done, broken = dict[Request, Translation](), dict[Request, Masked]()
    for request, m in masked.items():
        if not m.has_words:
            done[request] = Translation(m.rendered)
            continue
        answer = answers[asked[request]]
        english = restore(m, answer.text)
        if english is None and answer.text:
            broken[request] = m
        done[request] = replace(answer, text=english or "")
    return done | _translate_around(broken, attempt, decoding)


def _translate_around(
    broken: Mapping[Request, Masked], attempt: Attempt, decoding: Decoding
) -> dict[Request, Translation]:
    """Translate the text between the spans piece by piece."""
    parts = {
        request: [part if isinstance(part, str) else part.english for part in split_around(m)]
        for request, m in broken.items()
    }
    spans = {span.english for m in broken.values() for span in m.spans}
    done = _translate_parts(parts, attempt, decoding, spans)
    return {
        request: replace(each, flags=(*each.flags, Flag.SPLIT_AT_SPAN.value))
        if each.has_english
        else each
        for request, each in done.items()
    }


def _translate_clauses(
    drafts: Mapping[Request, Masked], attempt: Attempt, decoding: Decoding
) -> dict[Request, Translation]:
    """Translate sentences of several clauses in about two parts, in which less is left out."""
    halves = {
        request: split_long(
            m.text, _count_threes, max(_LEAST_PART, _count_threes([m.text])[0] // 2 + 6)
        )
        for request, m in drafts.items()
    }
    parts = {request: pieces for request, pieces in halves.items() if len(pieces) > 1}
    done = _translate_parts(parts, attempt, decoding)
    restored = {r: restore(drafts[r], each.text) for r, each in done.items() if each.has_english}
    return {r: replace(done[r], text=text) for r, text in restored.items() if text}


def _count_threes(texts: Sequence[str]) -> list[int]:
    """Return the number of three bytes in each text: of Chinese characters, or about of tokens."""
    return [len(text.encode("utf-8", "replace")) // 3 for text in texts]


def _translate_parts(
    parts: Mapping[Request, Sequence[str]],
    attempt: Attempt,
    decoding: Decoding,
    finished: Collection[str] = (),
) -> dict[Request, Translation]:
    """Translate the parts of sentences, but for those that are English, and join their English."""
    asked = {
        part
        for pieces in parts.values()
        for part in pieces
        if part not in finished and any(map(str.isalpha, part))
    }
    answers = _attempt({Request(part) for part in asked}, attempt, decoding)
    done = {}
    for request, pieces in parts.items():
        got = [answers.get(Request(part), Translation(part)) for part in pieces]
        flags = dict.fromkeys(flag for each in got for flag in each.flags)
        if not all(each.has_english for each in got):
            done[request] = Translation("", None, tuple(flags))
            continue
        scores = [each.score for each in got if each.score is not None]
        score = round(sum(scores) / len(scores), 4) if scores else None
        done[request] = Translation(join_parts([each.text for each in got]), score, tuple(flags))
    return done


def _attempt(
    requests: Collection[Request], attempt: Attempt, decoding: Decoding
) -> Mapping[Request, Translation]:
    unique = sorted(set(requests), key=lambda r: (len(r.text), r.text, r.context))
    return attempt(unique, decoding) if unique else {}
