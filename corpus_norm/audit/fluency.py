"""Detect output that is no translation: loops, echoes, other languages, implausible lengths."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from functools import lru_cache
from itertools import islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.labels import Flag
from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from corpus_norm.languages import Language

STYLE = Path(__file__).parent / "tables" / "style.json"
_WORD = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"n['’]t\b|['’]\w+|[^\W\d_]+?(?=n['’]t\b)|[^\W\d_]+|\d[\d,.]*|[^\w\s]")
_UNDENIED = re.compile(r"['’]\w+|[^\W\d_]+|\d[\d,.]*|[^\w\s]")
_ENDING = re.compile(r"(?:ing|ed|ly|tion|ment|ness|ity|al|ous|ive|er|est|s)$")
_LONGEST_SEQUENCE = 4
_MOST_TOKENS = 300
_LETTER_WORD = re.compile(r"[^\W\d_]+")
# A sequence of up to 24 characters, at least six times in a row.
_CHARACTER_LOOP = re.compile(r"(.{1,24}?)\1{5,}", re.DOTALL)
_NO_LETTERS = re.compile(r"[\W\d_]+")
_REPEATED, _COPIES = 3, 6
_SHORTEST = 4
_MAX_PERIOD = 12
_FOREIGN_SHARE = 0.2
_MIN_STOPWORDS = 3
_MIN_LOWER = 7
"""English of this many lower-case words has at least one of its commonest, such as "the"."""
_POSSESSIVE = re.compile(r"[a-z]['’]s\b")
_SAME_WORDS = 0.85
_SHORT_BY, _LONG_BY = -4.0, 5.5
"""Bounds of the length statistic, in standard deviations."""


def fluency_flags(
    source: str, english: str, language: Language, english_is: Language
) -> list[Flag]:
    """Return the flags of an output that cannot be a translation.

    >>> from corpus_norm.languages import get_language
    >>> fr, en = get_language("fr"), get_language("en")
    >>> [str(f) for f in fluency_flags("Bonjour à tous.", "Bonjour à tous.", fr, en)]
    ['echo']
    >>> [str(f) for f in fluency_flags("Il applaudit.", "Clap clap clap clap clap clap", fr, en)]
    ['repetition']
    """
    return list(_flags(source, english, language, english_is))


def _flags(source: str, english: str, language: Language, english_is: Language) -> Iterator[Flag]:
    if not any(map(str.isalnum, english)):
        if any(map(str.isalnum, source)):
            yield Flag.EMPTY_OUTPUT
        return
    if is_echo(source, english):
        yield Flag.ECHO
    elif is_foreign(english, language, english_is):
        yield Flag.WRONG_LANGUAGE
    if repeats(english) and not repeats(source):
        yield Flag.REPETITION
    deviation = length_deviation(source, english, language)
    if deviation < _SHORT_BY:
        yield Flag.TOO_SHORT
    elif deviation > _LONG_BY:
        yield Flag.TOO_LONG


def is_echo(source: str, english: str) -> bool:
    """Return whether the English repeats the source; names may be the same in both.

    >>> is_echo("Sam Altman", "Sam Altman"), is_echo("la maison", "La maison.")
    (False, True)
    """
    words, words_en = _LETTER_WORD.findall(source), _LETTER_WORD.findall(english)
    low, low_en = [w.lower() for w in words], [w.lower() for w in words_en]
    if not low or not low_en:
        return False
    few, many = sorted((len(low), len(low_en)))
    if few / many < _SAME_WORDS:
        return False
    if low == low_en:
        ends = source.rstrip()[-1] in ".!?…。！？"
        return ends or not all(word[0].isupper() or len(word) == 1 for word in words)
    shared = sum((Counter(low) & Counter(low_en)).values())
    lower = sum(word[0].islower() for word in words)
    return lower >= _MIN_STOPWORDS and shared / many >= _SAME_WORDS


def is_foreign(english: str, language: Language, english_is: Language) -> bool:
    """Return whether a text is not in English.

    It has too many letters of another script, too many function words of the source language, or
    no English function word, not even ``'s``, among many words.
    """
    if not english.isascii():
        letters = [char for char in english if char.isalpha()]
        foreign = sum(ord(char) > 0x24F for char in letters)
        if letters and foreign / len(letters) > _FOREIGN_SHARE:
            return True
    written = _LETTER_WORD.findall(english)
    words = list(map(str.lower, written))
    own = sum(map(_only(language.stopwords, english_is.stopwords).__contains__, words))
    said = sum(map(_only(english_is.stopwords, language.stopwords).__contains__, words))
    if own >= _MIN_STOPWORDS and own > said:
        return True
    if _POSSESSIVE.search(english):
        return False
    lower = sum(word[0].islower() for word in written)
    return lower >= _MIN_LOWER and english_is.stopwords.isdisjoint(words)


@lru_cache(maxsize=32)
def _only(words: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    return words - others


def repeats(text: str) -> bool:
    """Return whether a text repeats the same words over and over.

    A sequence of three or more words must come three times in a row, two words four times, one
    word five times.  Three words that recur often with little between them count too.

    >>> repeats("very, very good"), repeats("on the one hand on the one hand on the one hand")
    (False, True)
    """
    words = list(map(str.lower, _WORD.findall(text)))
    letters = _NO_LETTERS.sub(" ", text)
    if _may_loop(letters.split(" ")) and _CHARACTER_LOOP.search(letters):
        return True
    most = _most_threes(words)
    if most < _REPEATED:  # so often come three words in each of these
        return False
    for period in range(1, min(_MAX_PERIOD, len(words) // 2) + 1):
        if _longest_run(words, period) >= {1: 5, 2: 4}.get(period, 3):
            return True
    return most >= 4 and most * 3 > 0.4 * len(words)


def _may_loop(words: Sequence[str]) -> bool:
    """Return whether words may contain a sequence of characters six times in a row.

    Within a word it leaves few different letters; across words three in a row come three times.
    """
    if any(map(_may_loop_within, words)):
        return True
    return _most_threes(words) >= _REPEATED


@lru_cache(maxsize=8192)
def _may_loop_within(word: str) -> bool:
    return len(word) >= _COPIES and len(set(word)) <= len(word) - _COPIES + 1


def _most_threes(words: Sequence[str]) -> int:
    """Return how often the three words in a row come that come most often."""
    threes = list(zip(words, words[1:], words[2:], strict=False))
    if len(set(threes)) == len(threes):
        return min(1, len(threes))
    return max(Counter(threes).values())


def _longest_run(words: Sequence[str], period: int) -> int:
    """Return the largest number of times that a sequence of ``period`` words comes in a row."""
    longest = same = 0
    for before, after in zip(words, words[period:], strict=False):
        same = same + 1 if before == after else 0
        longest = max(longest, same)
    return longest // period + 1


def length_deviation(source: str, english: str, language: Language) -> float:
    """Return how far the length of the English is from the expected one, in standard deviations.

    Gale and Church, A program for aligning sentences in bilingual corpora (1993).
    """
    length = max(len(source.strip()), 1)
    expected = length * language.english_length
    return float((len(english.strip()) - expected) / (length * language.english_spread) ** 0.5)


def classify(text: str, common: frozenset[str]) -> list[str]:
    """Return the classes of the tokens of an English text: frequent words, endings of others.

    >>> classify("She quickly opened 12 doors in Paris.", frozenset({"she", "in"}))
    ['she', '-ly', '-ed', '0', '-s', 'in', 'A', '.']
    """
    denies = "n't" in text or "n’t" in text
    tokens = (_TOKEN if denies else _UNDENIED).findall(text)[:_MOST_TOKENS]
    return [_class_of(token, common) for token in tokens]


@lru_cache(maxsize=8192)
def _class_of(token: str, common: frozenset[str]) -> str:
    low = token.lower()
    if low in common or not token[0].isalnum():
        return low
    if token[0].isdigit():
        return "0"
    if token[0].isupper():
        return "A"
    ending = _ENDING.search(low)
    return f"-{ending[0]}" if ending and len(low) > _SHORTEST else "a"


def sequences(classes: Sequence[str]) -> list[str]:
    """Return the sequences of two to four classes, with the ends of the text.

    >>> sequences(["she", "-ed"])
    ['^ she', 'she -ed', '-ed $', '^ she -ed', 'she -ed $', '^ she -ed $']
    """
    padded = ["^", *classes, "$"]
    found, longer = [], padded
    for size in range(2, _LONGEST_SEQUENCE + 1):
        longer = [f"{a} {b}" for a, b in zip(longer, padded[size - 1 :], strict=False)]
        found += longer
    return found


def clumsiness(english: str) -> float:
    """Return how much the English looks like the work of a weak system, as log-odds.

    The weights of its sequences of words were fitted on the output of the starter model by
    ``training.audit.style``.  They say little of one sentence: of two sentences that they never
    saw, one by the starter and one by a person, they tell which is which in 57 of 100 cases for
    French, in 67 for Chinese.

    >>> right = clumsiness("According to sources, its chips will perform as well as NVIDIA's.")
    >>> right < clumsiness("Sources suggest that will chips performance comparable to NVIDIA.")
    True
    """
    common, weights = _style()
    found = sequences(classify(english, common))
    total = sum(map(weights.get, found, repeat(0.0)))
    return weights[""] + total / math.sqrt(len(found))


@lru_cache(maxsize=1)
def _style() -> tuple[frozenset[str], Mapping[str, float]]:
    table = json.loads(STYLE.read_text("utf-8"))
    return frozenset(table["common"]), table["weights"]


VAGUE = frozenset({"some", "several", "many", "few"})
"""Words that say a number of things without giving it."""
_VAGUE = tuple(sorted(VAGUE))
VAGUE_WORDS = Path(__file__).parent / "tables" / "vague.json"
"""What stands about such words; ``training/audit/vague.py`` makes it."""
_AROUND = re.compile(r"\d[\d,.]*\d|\d|[^\W\d_]+|[^\w\s]")
_IS_VAGUE = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(VAGUE))})(?![^\W_])")
_NEXT = re.compile(r" (?:[$€£¥]?\d|(?P<word>[a-z]+))")
_NOT_VAGUE = -10.0
"""The log-odds of a text without vague words."""
_SEEN = 40
"""Characters on either side of a vague word that are read."""


def odd_vague_word(english: str) -> float:
    """Return the log-odds that the oddest vague word of a text has the place of a number.

    ``On July some`` has lost one.  A logistic regression on the words and marks about such words
    (``training.audit.vague``); a text without any has -10.

    >>> odd_vague_word("On July some, they left.") > 2 > odd_vague_word("Some left, some did not.")
    True
    """
    if not any(map(english.__contains__, _VAGUE)):
        return _NOT_VAGUE
    found = [match for match in find_vague_words(english) if not _is_about(english, match.end())]
    if not found:
        return _NOT_VAGUE
    common, weights = _vague_words()
    return max(
        weights[""] + sum(weights.get(clue, 0.0) for clue in vague_clues(english, match, common))
        for match in found
    )


def _is_about(english: str, end: int) -> bool:
    """Return whether a number comes next: some 300 people, some twenty."""
    follows = _NEXT.match(english, end)
    if follows is None or follows["word"] is None:
        return follows is not None
    return follows["word"] in get_language("en").numbers.words


def find_vague_words(text: str) -> Iterator[re.Match[str]]:
    """Yield the vague words of a text in lower case; those that begin a sentence are none."""
    return _IS_VAGUE.finditer(text)


def vague_clues(text: str, place: re.Match[str], common: Collection[str]) -> list[str]:
    """Return what is about a vague word: two words or marks on either side, ``+`` if glued.

    A numeral is ``0``, a capitalised word that is not among the ``common`` ones ``A``.

    >>> text = "As of COVID-some cases"
    >>> vague_clues(text, next(find_vague_words(text)), {"cases"})[:5]
    ['some', 'l +-', 'r cases', 'll +A', 'rr $']
    """
    start, end, form = place.start(), place.end(), place[0]
    before = list(_AROUND.finditer(text, max(0, start - _SEEN), start))[-2:]
    after = list(islice(_AROUND.finditer(text, end, end + _SEEN), 2))
    edges = [start, *(match.start() for match in reversed(before))]
    left = [
        ("+" if match.end() == edge else "") + _kind_of(match[0], common)
        for match, edge in zip(reversed(before), edges, strict=False)
    ]
    edges = [end, *(match.end() for match in after)]
    right = [
        ("+" if match.start() == edge else "") + _kind_of(match[0], common)
        for match, edge in zip(after, edges, strict=False)
    ]
    left, right = [*left, "^", ""][:2], [*right, "$", ""][:2]
    return [
        *(form, f"l {left[0]}", f"r {right[0]}", f"ll {left[1]}", f"rr {right[1]}"),
        *(f"l {left[0]} {form}", f"r {form} {right[0]}", f"{left[0]} _ {right[0]}"),
        *(f"ll {left[1]} {left[0]}", f"rr {right[0]} {right[1]}"),
    ]


def _kind_of(token: str, common: Collection[str]) -> str:
    low = token.lower()
    if token[0].isdigit():
        return "0"
    if low in common or not token[0].isalpha():
        return low
    return "A" if token[0].isupper() else "*"


@lru_cache(maxsize=1)
def _vague_words() -> tuple[frozenset[str], Mapping[str, float]]:
    table = json.loads(VAGUE_WORDS.read_text("utf-8"))
    return frozenset(table["common"]), table["weights"]
