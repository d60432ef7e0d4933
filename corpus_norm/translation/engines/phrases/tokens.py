"""Sentences to the tokens that phrase tables are made of, and English tokens back to a sentence.

Numbers are one token whatever they say: their English is written by rule, so that amounts come
out right.  English tokens carry marks where they join their neighbours, as in OpenNMT's tokenizer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.languages.french import FRENCH
from corpus_norm.languages.record import words
from corpus_norm.translation.engines.phrases.moments import (
    CLOCK,
    MOMENT,
    is_moment,
    ordinal,
    preposition,
    say_moment,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from corpus_norm.translation.engines.phrases.segmenter import Segmenter

    _Token = tuple[str, str, bool]  # kind, text, whether it follows the one before without a space

NUMBER = "<n>"
"""The token that stands for every number; no text gives it otherwise."""

JOIN = "￭"
"""The mark of a token that joins the one before or after it without a space."""

BRACKETS = MappingProxyType({"【": f"[{JOIN}", "】": f"{JOIN}]"})
"""Chinese brackets, which are copied."""

_LETTER = r"[^\W\d_]"
# What stands before an e-mail keeps the pattern from trying it at each character of a long run.
_ADDRESS = (
    r"""(?:https?://|www\.)[!-;=?-~]*[^\W_]/?|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[@#]\w+"""
)
_CHAIN = r"\d+(?:\.\d+){2,}|\d{1,4}(?:[-–/]\d{1,4})+|\d{1,2}:\d{2}"
_CODE = r"(?=[A-Za-z]*\d+[A-Za-z]|[A-Za-z]+\d)[A-Za-z0-9]+"
_INITIALS = r"(?:[A-Z]\.){2,}"
_GAP = "[\u202f\xa0 ]"
_NO_LETTER = rf"(?!{_LETTER}|\d)"
# The English of à before an hour is "at", unless the hour ends a time: "de 9 h à 12 h".
_AT_HOUR = (
    rf"(?<!h{_GAP})(?<!h\d\d{_GAP})(?<!h{_GAP}\d\d{_GAP})(?<!heures{_GAP})(?<!midi{_GAP})"
    rf"(?<!\w)[àÀ]{_GAP}"
)
_FRENCH_NUMBER = (
    rf"(?:{_AT_HOUR}minuit|{_CHAIN}|(?:{_AT_HOUR})?\d{{1,2}}{_GAP}?h(?:{_GAP}?\d{{2}})?|\d+(?:er|re|e|è|ème)"
    r"|\d+(?:[\u202f\xa0 .]\d{3})*(?:[,.]\d+)?"
    rf"(?:{_GAP}(?:milliers?|millions?|milliards?|billions?))?)"
    rf"{_NO_LETTER}"
)
_ENGLISH_NUMBER = (
    rf"(?:{_CHAIN}|\d+(?:st|nd|rd|th)"
    r"|\d+(?:,\d{3})*(?:\.\d+)?(?:[ -](?:thousand|million|billion|trillion))?)"
    rf"{_NO_LETTER}"
)
_FRACTION = r"\d{1,9}分之\d{1,9}(?!\d)|[一二三四五六七八九十]分之[一二三四五六七八九十]"
_CHINESE_NUMBER = (
    rf"{MOMENT}|{_FRACTION}"
    rf"|(?:{_CHAIN}|\d+(?:,\d{{3}})*(?:\.\d+)?[百千万亿]*)(?![A-Za-z0-9])"
)


def _tokens(number: str, word: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<copied>{_ADDRESS})|(?P<number>{number})|(?P<code>{_CODE}|{_INITIALS})|(?P<word>{word})"
        r"|\d+|\S"
    )


_FRENCH = _tokens(_FRENCH_NUMBER, rf"{_LETTER}+'(?={_LETTER})|{_LETTER}+")
_ENGLISH = _tokens(_ENGLISH_NUMBER, rf"{_LETTER}+(?:'(?:t|re|ve|ll|d|m)\b)?|'s\b")
# Endings of French words, and what they may be exchanged for to find a word that is known: number
# and gender first, then the infinitive of regular verbs.
_FRENCH_ENDINGS = (
    *(("s", ""), ("", "s"), ("x", ""), ("e", ""), ("es", ""), ("", "e"), ("aux", "al")),
    *(("ées", "é"), ("ennes", "en"), ("enne", "en"), ("elle", "el"), ("elles", "el")),
    *(("euse", "eux"), ("euses", "eux"), ("ive", "if"), ("ives", "if"), ("ère", "er")),
    *(("é", "er"), ("ée", "er"), ("és", "er"), ("ées", "er"), ("e", "er"), ("es", "er")),
    *(("ent", "er"), ("ait", "er"), ("aient", "er"), ("ant", "er"), ("era", "er")),
    *(("eront", "er"), ("erait", "er"), ("eraient", "er"), ("èrent", "er"), ("a", "er")),
)
_LEAST_STEM = 4  # letters

_CHINESE = _tokens(_CHINESE_NUMBER, rf"[A-Za-zÀ-ÿ]+|(?:(?!{CLOCK}|{_FRACTION})[㐀-鿿])+|{_LETTER}+")
_HAN = re.compile("[㐀-鿿]")
# Where a date is no adverb: "from", "to", "until", and before "of".
_BOUNDS = words(
    "从 從 自 自从 由 至 到 截至 截止 直到 距 离 離 以 的 - – — ~ ～ 前 后 後 以来 以前 以后 "
    "是 为 為"
)

_PLAIN_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"'})
_ACRONYM = re.compile(r"[A-Z]{2,4}")
_GUILLEMETS = re.compile(f"«{_GAP}?|{_GAP}?»")
_OPENING = frozenset("([{$£€#/-–—")
_SCALES = MappingProxyType(
    {"millier": "thousand", "million": "million", "milliard": "billion", "billion": "trillion"}
)
_SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_PARTS = ("third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")  # from 1/3
_FACTORS = MappingProxyType({"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000})
_LARGE = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_LONG = 40  # characters of a numeral
_TWO_STOPS = re.compile(r"(?<=\d [ap])\.m\.\.(?!\.)")
_FIRST_WORD = re.compile(r"(?:[@#]|\b)\w(?:\S*\w)?")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sentence as the phrase table knows it, and what stands in English for each token unknown.

    ``forms`` are in lower case, numbers are :data:`NUMBER`; ``copies`` hold the English of a number
    and any other token as it was written.
    """

    forms: tuple[str, ...]
    copies: tuple[str, ...]


def tokenize_french(text: str) -> Tokens:
    """The tokens of a French sentence.

    >>> tokenize_french("L’usine a coûté 1,5 milliard d’euros en 2 015 jours.").copies[4:]
    ('1.5 billion', "d'", 'euros', 'en', '2,015', 'jours', '.')
    """
    text = _GUILLEMETS.sub('"', text.translate(_PLAIN_QUOTES))
    return _read(_keep_acronyms(list(_find(_FRENCH, text))), _french_number)


def _keep_acronyms(found: Sequence[_Token]) -> Iterator[_Token]:
    """Short words in capitals are names, in a sentence that is not all capitals."""
    is_mixed = any(token.islower() and len(token) > 1 for _, token, _ in found)
    for kind, token, joined in found:
        is_name = is_mixed and kind == "word" and _ACRONYM.fullmatch(token)
        known = not is_name or token in FRENCH.acronyms
        yield kind if known else "name", token, joined


def french_variants(form: str) -> Iterator[str]:
    """Forms of the same word, perhaps: of the other number or gender, then the infinitive.

    >>> list(french_variants("martiennes"))[:3]
    ['martienne', 'martienness', 'martienn']
    """
    for ending, other in _FRENCH_ENDINGS:
        if form.endswith(ending) and len(form) - len(ending) >= _LEAST_STEM:
            yield form.removesuffix(ending) + other


def tokenize_chinese(text: str, segmenter: Segmenter) -> Tokens:
    """The tokens of a sentence in simplified Chinese; words are those of the segmenter."""

    def segment() -> Iterator[_Token]:
        for kind, token, joined in _find(_CHINESE, text.translate(_PLAIN_QUOTES)):
            if kind == "word" and _HAN.match(token):
                yield from ((kind, word, joined) for word in segmenter.segment(token))
            else:
                yield kind, token, joined

    return _read(_place_moments(list(segment())), _chinese_number)


def _place_moments(found: Sequence[_Token]) -> Iterator[_Token]:
    """Dates and hours with their prepositions, numbers after 第 as ordinals, brackets as they are.

    A phrase table has one token for all of them, and cannot choose.
    """
    for i, (kind, token, joined) in enumerate(found):
        before = found[i - 1][1] if i else ""
        after = found[i + 1][1] if i + 1 < len(found) else ""
        if kind != "number":
            yield kind, token, joined
        elif is_moment(token):
            said = say_moment(token)
            is_adverb = not {before, after} & _BOUNDS
            yield "said", f"{preposition(token)} {said}" if is_adverb else said, joined
        elif before == "第" and token.isdecimal() and len(token) < _LONG:
            yield "said", ordinal(int(token)), joined
        else:
            yield kind, token, joined


def tokenize_english(text: str) -> list[str]:
    """The tokens of an English sentence, with marks where they join, numbers as one token.

    >>> " ".join(tokenize_english("It's 25% (of $5 billion)."))
    "It ￭'s <n> ￭% (￭ of $￭ <n> ￭) ￭."
    """
    found = list(_find(_ENGLISH, text.translate(_PLAIN_QUOTES)))
    tokens: list[str] = []
    joins_next, open_quotes = False, 0
    for i, (kind, word, joined) in enumerate(found):
        left = JOIN if joined and not joins_next else ""
        is_quote = word == '"'
        opens = word in _OPENING or (is_quote and open_quotes % 2 == 0)
        open_quotes += is_quote
        joins_next = kind == "" and opens and i + 1 < len(found) and found[i + 1][2]
        known = NUMBER if kind == "number" else word
        tokens.append(f"{left}{known}{JOIN if joins_next else ''}")
    return tokens


def join_english(tokens: Sequence[str], *, capital: bool) -> str:
    """The sentence of marked tokens; its first letter becomes a capital if so asked.

    >>> join_english(["the", "S", "￭&", "￭P", "fell", "5", "￭%", "￭."], capital=True)
    'The S&P fell 5%.'
    """
    text = " ".join(tokens)
    text = text.replace(f"{JOIN} ", "").replace(f" {JOIN}", "").replace(JOIN, "")
    text = _TWO_STOPS.sub(".m.", text)
    first = _FIRST_WORD.search(text)
    if not capital or first is None or not first[0].islower() or set("/@.") & set(first[0]):
        return text
    at = first.start()
    return text[:at] + text[at].upper() + text[at + 1 :]


def _find(pattern: re.Pattern[str], text: str) -> Iterator[_Token]:
    """Kind, text, and whether it follows the one before without a space."""
    end = -1
    for found in pattern.finditer(text):
        yield found.lastgroup or "", found[0], found.start() == end
        end = found.end()


def _read(found: Iterator[_Token], say: Callable[[str], str]) -> Tokens:
    forms, copies = [], []
    for kind, token, _ in found:
        mark = BRACKETS.get(token, "")
        known = token if kind == "name" else token.lower()
        forms.append(NUMBER if kind in {"number", "said"} else mark or known)
        copies.append(say(token) if kind == "number" else mark or token)
    return Tokens(tuple(forms), tuple(copies))


_HOUR = re.compile(rf"([àÀ]{_GAP})?(?:(\d{{1,2}}){_GAP}?h(?:{_GAP}?(\d{{2}}))?|minuit)")
_ORDINAL = re.compile(r"(\d+)(?:er|re|e|è|ème)")
_FRENCH_PARTS = re.compile(rf"(\d+(?:[\u202f\xa0 .]\d{{3}})*)(?:[,.](\d+))?(?:{_GAP}(\w+))?")


def _french_number(text: str) -> str:
    """A number as English writes it.

    >>> [_french_number(n) for n in ("1 500", "0,5", "3 milliards", "9 h 30", "21e", "7-2")]
    ['1,500', '0.5', '3 billion', '9:30', '21st', '7-2']
    >>> [_french_number(n) for n in ("à 9 h", "à minuit")]
    ['at 9:00', 'at midnight']
    """
    if hour := _HOUR.fullmatch(text):
        said = f"{hour[2]}:{hour[3] or '00'}" if hour[2] else "midnight"
        return f"at {said}" if hour[1] else said
    if len(text) > _LONG:  # no amount, and too long for Python to read
        return text
    if found := _ORDINAL.fullmatch(text):
        return ordinal(int(found[1]))
    parts = _FRENCH_PARTS.fullmatch(text)
    if parts is None:
        return text
    whole, fraction, scale = parts.groups()
    digits = re.sub(r"\D", "", whole)
    if digits != whole:
        digits = f"{int(digits):,}"
    return (
        digits
        + (f".{fraction}" if fraction else "")
        + (f" {_SCALES[scale.rstrip('s')]}" if scale else "")
    )


def _chinese_number(text: str) -> str:
    """A number as English writes it.

    >>> [_chinese_number(n) for n in ("2015", "3.5万", "120亿", "5000万", "1,200")]
    ['2015', '35,000', '12 billion', '50 million', '1,200']
    >>> [_chinese_number(n) for n in ("四分之三", "二分之一", "20分之7")]
    ['three quarters', 'half', '7/20']
    """
    if len(text) > _LONG:
        return text
    if "分之" in text:
        return _say_fraction(*map(_read_small, text.split("分之")))
    scale = text.lstrip("0123456789.,")
    if not scale or set(scale) - set(_FACTORS):
        return text
    value = Decimal(text.removesuffix(scale).replace(",", ""))
    for sign in scale:
        value *= _FACTORS[sign]
    for size, name in _LARGE:
        if value >= size:
            return f"{(value / size).normalize():f} {name}"
    return f"{value.normalize():,f}"


def _read_small(text: str) -> int:
    return int(text) if text.isdecimal() else "〇一二三四五六七八九十".index(text)


def _say_fraction(whole: int, parts: int) -> str:
    """So many parts of a whole; beyond tenths in digits."""
    if parts == 1 and whole == 2:
        return "half"
    if 0 < parts < whole and 0 <= whole - 3 < len(_PARTS):
        return f"{_SMALL[parts - 1]} {_PARTS[whole - 3]}{'s' * (parts > 1)}"
    return f"{parts}/{whole}"
