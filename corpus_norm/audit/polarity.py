"""Whether the English says the opposite, by rule: a denial lost or added, rose for fell.

Translators turn ``ne manque pas`` into ``has plenty`` and ``不少`` into ``many``.  By the rules of
a language a denial therefore counts as lost only if nothing in the English could stand for it.
:mod:`corpus_norm.audit.polarity_odds` judges by the words of both sides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus_norm.languages import any_of, get_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from corpus_norm.audit.amounts import Amount
    from corpus_norm.audit.matching import AmountPair
    from corpus_norm.languages import Language
    from corpus_norm.languages.record import MovementStyle, NegationStyle

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
BETWEEN = 8
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


def _denies(words: list[str], style: NegationStyle) -> bool:
    opened = -BETWEEN - 1
    for i, word in enumerate(words):
        head, _, tail = word.partition("'")
        if word in style.words or tail in style.words or word.endswith(style.endings or ("\0",)):
            return True
        if head in style.openers:
            opened = i
        if (word in style.closers or tail in style.closers) and i - opened <= BETWEEN:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Patterns:
    words: re.Pattern[str]
    idioms: re.Pattern[str]
    strong: re.Pattern[str]
    excuses: re.Pattern[str]
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
        excuses=re.compile(any_of(style.excuses)),
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


def excuses_denial(form: str, language: Language) -> bool:
    """Return whether a word of the source is enough for a denial in the English: ``refuser``."""
    return _compile(language.denials).excuses.match(form) is not None


def reverses_denial(source: str, english: str, language: Language) -> bool:
    """Whether the English excludes what the source does not exclude, or the like.

    A verb such as ``exclure`` under a denial needs two denials in English, as in "did not rule
    out", or a word such as "may" that says the same; a denial alone turns what follows round.

    >>> from corpus_norm.languages import get_language
    >>> french = get_language("fr")
    >>> text = "Le préfet n'exclut pas de réquisitionner."
    >>> reverses_denial(text, "The prefect excludes requisitions.", french)
    True
    >>> reverses_denial(text, "The prefect did not rule out requisitions.", french)
    False
    >>> reverses_denial(text, "The prefect does not requisition.", french)
    True
    """
    if not _has_double(source, language):
        return False
    said = _plain(english)
    if _REFUSES.search(said):
        return _ALLOWS.search(said) is None
    excludes = re.search(any_of(language.denials.excludes), _plain(source))
    return bool(excludes and _DENIES.search(said)) and not _LEAVES_OPEN.search(said)


def declines(source: str, english: str, language: Language) -> bool:
    """Whether the English says that someone declined to do what the source says he would not do.

    >>> from corpus_norm.languages import get_language
    >>> text = "Le géant américain Apple n'a pas souhaité faire de commentaire."
    >>> declines(text, "US giant Apple declined to comment.", get_language("fr"))
    True
    """
    wants = any_of(language.denials.wants)
    return bool(_DECLINES.search(_plain(english))) and bool(re.search(wants, _plain(source)))


_DECLINES = re.compile(r"\b(?:declin(?:e|ed|es|ing)|refus(?:e|ed|es|ing)) (?:\w+ )?to\b")


def lacks_denial(english: str) -> bool:
    """Whether the English has half of "not only ... but also" or of "whether or not".

    >>> lacks_denial("It is only a duty, but also an honour.")
    True
    >>> lacks_denial("It is not only a duty, but also an honour.")
    False
    """
    said = _plain(english)
    if "whether or " in said and _WHETHER_OR.search(said):
        return True
    return "also" in said and any(
        _JUST_DENIED.search(said, max(0, found.start() - _NEAR_ONLY), found.start()) is None
        for found in _ONLY_BUT_ALSO.finditer(said)
    )


_WHETHER_OR = re.compile(r"\bwhether or (?!not?\b|when|wh|how|if|to )")
_ONLY_BUT_ALSO = re.compile(r"\bonly\b[^.?!;:]{3,160}?\bbut (?:it |they |is |are )?also\b")
_JUST_DENIED = re.compile(r"\b(?:not|no|nothing|never|nor|neither|cannot|hardly)\b|n't\b")
_NEAR_ONLY = 40
"""So many characters before "only" may have its denial."""


def moves_otherwise(source: str, english: str, language: Language) -> bool:
    """Whether a quantity plainly rises on one side and plainly falls on the other.

    Nothing on either side may say the contrary or qualify it, so most sentences have no answer.

    >>> from corpus_norm.languages import get_language
    >>> chinese = get_language("zh-Hans")
    >>> said = ("Profit fell 12%.", "Profit grew 12%.")
    >>> [moves_otherwise("利润增长12%。", each, chinese) for each in said]
    [True, False]
    """
    here, there = (_compile_movements(each.movements) for each in (language, get_language("en")))
    source, english = _plain(source), _plain(english)
    if not source or here["doubts"].search(source) or there["doubts"].search(english):
        return False
    return any(
        here[one].search(source)
        and there[other].search(english)
        and not (here[contrary].search(here[one].sub("", source)))
        and not there[same].search(there[other].sub("", english))
        for one, other, contrary, same in (
            ("rises", "falls", "downward", "upward"),
            ("falls", "rises", "upward", "downward"),
        )
    )


@lru_cache(maxsize=16)
def _compile_movements(style: MovementStyle) -> Mapping[str, re.Pattern[str]]:
    upward, downward = (*style.rises, *style.upward), (*style.falls, *style.downward)
    lists = {"rises": style.rises, "falls": style.falls, "doubts": style.doubts}
    lists |= {"above": style.above, "below": style.below}
    lists |= {"upward": upward, "downward": downward}
    return {name: re.compile(any_of(patterns)) for name, patterns in lists.items()}


def bounds_otherwise(
    source: str, english: str, pairs: Iterable[AmountPair], language: Language
) -> bool:
    """Whether an amount that both sides have is a least one here and a greatest one there.

    >>> from corpus_norm.audit import audit
    >>> said = ("fewer than 500 species", "more than 500 species")
    >>> [audit("北京有500余种动物。", f"Beijing has {each}.", "zh-Hans").passed for each in said]
    [False, True]
    """
    style, style_en = language.movements, get_language("en").movements
    source, english = source.lower(), english.lower()
    return any(
        {_bound(source, pair.source, style), _bound(english, pair.english, style_en)}
        == {"above", "below"}
        for pair in pairs
        if pair.source and pair.english
    )


def _bound(text: str, amount: Amount, style: MovementStyle) -> str:
    """Return whether an amount is a least or a greatest one, ``""`` if its text does not say."""
    before = text[max(0, amount.start - _BEFORE) : amount.start]
    marked = f"{before}#{text[amount.start + 1 : amount.end + _AFTER]}"
    patterns = _compile_movements(style)
    return next((name for name in ("below", "above") if patterns[name].search(marked)), "")


_BEFORE, _AFTER = 24, 5
"""So many characters beside an amount may say that it is a bound."""


def allows_double(source: str, english: str, language: Language) -> bool:
    """Whether the English says in words such as "may" what the source does not exclude.

    >>> from corpus_norm.languages import get_language
    >>> text = "Le préfet n'exclut pas de réquisitionner."
    >>> said = ("The prefect may requisition.", "The prefect does not requisition.")
    >>> [allows_double(text, each, get_language("fr")) for each in said]
    [True, False]
    """
    return _has_double(source, language) and _MAY_BE.search(_plain(english)) is not None


_MAY_BE = re.compile(r"\b(?:may|might|could|possib\w+)\b")


def _has_double(source: str, language: Language) -> bool:
    return _compile_doubles(language.denials).search(_plain(source)) is not None


def _plain(text: str) -> str:
    return text.lower().replace("’", "'")


@lru_cache(maxsize=16)
def _compile_doubles(style: NegationStyle) -> re.Pattern[str]:
    return re.compile("|".join(style.doubles) or "(?!)")


_REFUSES = re.compile(
    r"\b(?:exclud(?:e[sd]?|ing)|rul(?:e[sd]?|ing)\s+out|den(?:y|ie[sd]|ying)|refus(?:e[sd]?|ing)|"
    r"reject(?:s|ed|ing)?|disput(?:e[sd]?|ing)|contest(?:s|ed|ing)?|oppos(?:e[sd]?|ing)|"
    r"doubt(?:s|ed|ing)?|hid(?:e|es|den|ing)?|dismiss(?:e[sd]|ing)?)\b"
)
_DENIES = re.compile(r"\b(?:not|no|never|without|cannot|nor)\b|n't\b")
_LEAVES_OPEN = re.compile(
    r"\b(?:may|might|could|possib\w+|discard\w*|aside|preclu\w+|exclus\w+|eliminat\w+|dispos\w+|"
    r"object\w*|avers\w+|reluct\w+|hesita\w+|doors?|open|impossib\w+|out)\b"
)
_ALLOWS = re.compile(
    r"\b(?:not|no|never|without|cannot|nor|neither|nothing|nobody|none|fail(?:s|ed)?|may|might|could|possib\w+|"
    r"declin\w+|stopped\s+short|confirm\w*|admit\w*)\b|n't\b"
)
