"""Check that the translation keeps the denials of the source.

Translators turn ``ne manque pas`` into ``has plenty`` and ``不少`` into ``many``.  A denial
therefore counts as lost only if nothing in the English could stand for it: no denial, no ``fail``
or ``lack``, no ``un-`` or ``-less``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from corpus_norm.audit.lexicon import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from corpus_norm.languages import Language
    from corpus_norm.languages.record import NegationStyle

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_REACH = 8
"""The most words between ``ne`` and ``pas``."""


@dataclass(frozen=True, slots=True)
class Denial:
    """Whether a text denies something for certain, whether it may, and whether it must."""

    certain: bool
    possible: bool
    strong: bool = False


def find_denial(text: str, language: Language) -> Denial:
    """Find out whether a text denies something.

    >>> from corpus_norm.languages import get_language
    >>> french, english = get_language("fr"), get_language("en")
    >>> find_denial("Il n'a pas répondu, sans doute.", french)
    Denial(certain=True, possible=True, strong=False)
    >>> find_denial("It is unlikely.", english)
    Denial(certain=False, possible=True, strong=False)
    """
    style = language.denials
    patterns = _compile(style)
    low = text.lower().replace("’", "'")
    plain = patterns.idioms.sub(" ", low)
    if not language.spaced:
        certain = patterns.words.search(plain) is not None
        strong = patterns.strong.search(plain) is not None
        return Denial(certain, certain or patterns.near.search(low) is not None, strong)
    words = _WORD.findall(plain)
    certain = _denies(words, style)
    return Denial(certain, certain or any(map(patterns.is_near, _WORD.findall(low))))


def find_idioms(text: str, language: Language) -> list[tuple[int, int]]:
    """Return the spans of idioms that contain a denial but deny nothing.

    >>> from corpus_norm.languages import get_language
    >>> find_idioms("Il viendra sans doute.", get_language("fr"))
    [(11, 21)]
    """
    low = text.lower().replace("’", "'")
    if len(low) != len(text):
        return []
    return [match.span() for match in _compile(language.denials).idioms.finditer(low)]


def _denies(words: list[str], style: NegationStyle) -> bool:
    opened = -_REACH - 1
    for i, word in enumerate(words):
        head, _, tail = word.partition("'")
        if word in style.words or tail in style.words or word.endswith(style.endings or ("\0",)):
            return True
        if head in style.openers:
            opened = i
        if (word in style.closers or tail in style.closers) and i - opened <= _REACH:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Patterns:
    words: re.Pattern[str]
    idioms: re.Pattern[str]
    strong: re.Pattern[str]
    near: re.Pattern[str]
    affixes: re.Pattern[str]
    near_words: frozenset[str]

    def is_near(self, word: str) -> bool:
        return (
            word in self.near_words
            or word.partition("'")[0] in self.near_words
            or self.affixes.fullmatch(word) is not None
        )


@lru_cache(maxsize=16)
def _compile(style: NegationStyle) -> _Patterns:
    near = frozenset({*style.near, *style.words, *style.openers})
    return _Patterns(
        words=re.compile(_any(style.words)),
        strong=re.compile(_any(style.strong)),
        idioms=re.compile(_any(i.replace("’", "'") for i in style.idioms)),
        near=re.compile(_any(near)),
        affixes=re.compile("|".join(style.affixes) or "(?!)"),
        near_words=near,
    )


def _any(phrases: Iterable[str]) -> str:
    longest = sorted(phrases, key=lambda p: (-len(p), p))
    return "|".join(map(_phrase, longest)) or "(?!)"


def _phrase(phrase: str) -> str:
    edge = r"\b" if phrase[0].isascii() and phrase[0].isalpha() else ""
    last = r"\b" if phrase[-1].isascii() and phrase[-1].isalpha() else ""
    return f"{edge}{re.escape(phrase)}{last}"


def reverses_denial(source: str, english: str, language: Language) -> bool:
    """Whether the English excludes what the source does not exclude, or the like.

    A verb such as ``exclure`` under a denial needs two denials in English, as in "did not rule
    out", or a word such as "may" that says the same.

    >>> from corpus_norm.languages import get_language
    >>> french = get_language("fr")
    >>> text = "Le préfet n'exclut pas de réquisitionner."
    >>> reverses_denial(text, "The prefect excludes requisitions.", french)
    True
    >>> reverses_denial(text, "The prefect did not rule out requisitions.", french)
    False
    """
    if not _compile_doubles(language.denials).search(source.lower().replace("’", "'")):
        return False
    plain = english.lower().replace("’", "'")
    return _REFUSES.search(plain) is not None and _ALLOWS.search(plain) is None


@lru_cache(maxsize=16)
def _compile_doubles(style: NegationStyle) -> re.Pattern[str]:
    return re.compile("|".join(style.doubles) or "(?!)")


_REFUSES = re.compile(
    r"\b(?:exclud(?:e[sd]?|ing)|rul(?:e[sd]?|ing)\s+out|den(?:y|ie[sd]|ying)|refus(?:e[sd]?|ing)|"
    r"reject(?:s|ed|ing)?|disput(?:e[sd]?|ing)|contest(?:s|ed|ing)?|oppos(?:e[sd]?|ing)|"
    r"doubt(?:s|ed|ing)?|hid(?:e|es|den|ing)?|dismiss(?:e[sd]|ing)?)\b"
)
_ALLOWS = re.compile(
    r"\b(?:not|no|never|without|cannot|nor|neither|nothing|nobody|none|fail(?:s|ed)?|may|might|could|possib\w+|"
    r"declin\w+|stopped\s+short|confirm\w*|admit\w*)\b|n't\b"
)


# Words that deny, and characters that make a Chinese word deny.  French needs no "ne" for it.
_ROOTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(
            {"not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "without"}
            | {"cannot"}
        ),
        "fr": frozenset(
            {"ne", "n", "pas", "sans", "aucun", "aucune", "rien", "jamais", "ni", "non", "nul"}
            | {"nulle", "guère"}
        ),
        "zh": frozenset("不没未无非否别莫勿毋"),
    }
)
_NO_DENIALS = frozenset(
    {("not", word) for word in ("only", "just", "merely", "simply", "least")} | {("or", "not")}
)
"""A denial and its neighbour that deny nothing together."""
_MAY_DENY = re.compile(
    r"(?:un|in|im|ir|il|dis|non|anti)[a-z]{4,}|[a-z]{3,}less(?:ly|ness)?"
    r"|lack\w*|fail\w*|refus\w+|reject\w*|den(?:y|ie[sd]|ying|ial)|avoid\w*|prevent\w*|stop\w*"
    r"|hardly|barely|rarely|seldom|scarcely|few|little|instead|rather|ignor\w+|neglect\w*|ban\w*"
    r"|prohibit\w*|forbid\w*|absen\w+|miss\w*|free|except|exclud\w+|beyond|despite|regardless"
)


def denies(forms: Sequence[str], language: str) -> bool:
    """Return whether one of the words of a language denies.

    >>> denies(["he", "did", "not", "come"], "en"), denies(["not", "only", "he"], "en")
    (True, False)
    """
    return count_denials(forms, language) > 0


def count_denials(forms: Sequence[str], language: str) -> int:
    """Return how many words deny; ``not only`` and ``whether or not`` do not."""
    roots = _ROOTS[language]
    if language == "zh":
        return sum(not roots.isdisjoint(form) for form in forms)
    if roots.isdisjoint(forms):
        return 0
    padded = ["", *forms, ""]
    return sum(
        form in roots and (before, form) not in _NO_DENIALS and (form, after) not in _NO_DENIALS
        for before, form, after in zip(padded, forms, padded[2:], strict=False)
    )


@lru_cache(maxsize=16384)
def may_deny(form: str) -> bool:
    """Return whether an English word may stand for a denial: ``fail``, ``unable``."""
    return _MAY_DENY.fullmatch(form) is not None


def denial_clues(forms: Sequence[str], language: str) -> list[str]:
    """Return the words of a sentence, and each denial with its neighbours.

    >>> denial_clues(["he", "can", "not", "come"], "en")
    ['can', 'can not', 'come', 'he', 'not', 'not come']
    """
    roots = _ROOTS[language]
    clues = set(forms)
    for i, form in enumerate(forms):
        if form in roots or (language == "zh" and not roots.isdisjoint(form)):
            clues.update(" ".join(forms[j : j + 2]) for j in (i - 1, i) if 0 <= j < len(forms) - 1)
    return sorted(clues)


class Expectation(NamedTuple):
    """The log-odds that the English has a denial, or a word that may stand for one; see below.

    ``answered`` are those that the source has one, judged by the English; 0 if the English has
    none.  ``sure_en`` and ``hints_en`` count the denials of the English, and words that may stand
    for one.
    """

    denied: float
    hinted: float
    answered: float
    sure_en: float = 0.0
    hints_en: float = 0.0


def expect_denials(forms: Sequence[str], forms_en: Sequence[str], language: str) -> Expectation:
    """Return how surely the words of each side ask for a denial on the other.

    The weights were fitted on sentence pairs by ``training.audit.denials``.

    >>> never = expect_denials(["il", "ne", "vient", "pas"], ["he", "comes"], "fr")
    >>> never.denied > 2 > -2 > expect_denials(["il", "vient"], ["he", "comes"], "fr").denied
    True
    """
    table = _expectations()[language]
    clues = denial_clues(forms, language)
    sure = count_denials(forms_en, "en")
    answered = _log_odds(denial_clues(forms_en, "en"), table["answered"]) if sure else 0.0
    return Expectation(
        _log_odds(clues, table["denied"]),
        _log_odds(clues, table["hinted"]),
        answered,
        float(sure),
        float(sum(map(may_deny, forms_en))),
    )


def _log_odds(clues: Sequence[str], weights: Mapping[str, float]) -> float:
    return weights[""] + sum(weights.get(clue, 0.0) for clue in clues)


@lru_cache(maxsize=1)
def _expectations() -> dict[str, dict[str, dict[str, float]]]:
    table: dict[str, dict[str, dict[str, float]]] = json.loads(
        (TABLES / "denials.json").read_text("utf-8")
    )
    return table
