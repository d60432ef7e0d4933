"""English: the probability of each word after those before it, and how tokens are joined.

The model of words has one of word classes beside it.

Both models are interpolated modified Kneser-Ney (Chen and Goodman 1998), fitted by
:mod:`training.phrases.ngrams` and :mod:`training.phrases.classes`.  A log-probability takes one
byte, in steps of a sixteenth of a natural logarithm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from corpus_norm.languages import get_language
from corpus_norm.translation.engines.phrases.tables import HashSet, decode_logs
from corpus_norm.translation.engines.phrases.tokens import JOIN, NUMBER

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from numpy.typing import NDArray

    Slots = NDArray[np.int64]
    Words = NDArray[np.uint64]
    Weights = NDArray[np.float32]

ORDER = 4
UNKNOWN, BEGIN, END = 0, 1, 2
"""Ids of the words that no vocabulary lacks."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How the ids of an n-gram of at most ``order`` words share a number: ``bits`` for each."""

    order: int
    bits: int

    def last(self, count: int) -> np.uint64:
        """Return the mask of the last ``count`` ids."""
        return np.uint64((1 << (self.bits * count)) - 1)

    @property
    def step(self) -> np.uint64:
        """The bits of one id."""
        return np.uint64(self.bits)


WORDS = Packing(ORDER, 16)
CLASSES = Packing(5, 8)


@dataclass(frozen=True, slots=True)
class Context:
    """The last words, packed into a number, their backoff costs, and the context of classes.

    ``backoffs`` has a row for each context and a column for each length: one, two, three words.
    """

    words: Words
    backoffs: Weights
    classes: Context | None = None

    def __getitem__(self, rows: NDArray[np.int64]) -> Context:
        """Return the contexts of some rows."""
        inner = None if self.classes is None else self.classes[rows]
        return Context(self.words[rows], self.backoffs[rows], inner)

    def __setitem__(self, rows: NDArray[np.int64], others: Context) -> None:
        """Replace the contexts of some rows."""
        self.words[rows], self.backoffs[rows] = others.words, others.backoffs
        if self.classes is not None and others.classes is not None:
            self.classes[rows] = others.classes

    @staticmethod
    def join(contexts: Sequence[Context]) -> Context:
        """Concatenate contexts."""
        inner = [each.classes for each in contexts if each.classes is not None]
        return Context(
            np.concatenate([each.words for each in contexts]),
            np.concatenate([each.backoffs for each in contexts]),
            Context.join(inner) if inner else None,
        )


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of one length: their hashes, log-probabilities and backoff costs."""

    present: HashSet
    logs: NDArray[np.uint8]
    backoffs: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class WordClasses:
    """A model of sequences of word classes, and the class of each word.

    Classes are those of the exchange algorithm (Martin, Liermann and Ney 1998, "Algorithms for
    bigram and trigram word clustering").  ``weight`` is that of the log-probabilities of classes,
    ``words`` that of those of words, and ``reward`` is what each word adds, in natural logarithms:
    two models make English too short.
    """

    model: LanguageModel
    of_words: NDArray[np.uint8]
    weight: float
    words: float
    reward: float

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, Any], **weights: float) -> Self:
        """Make it from the arrays of a file."""
        return cls(LanguageModel.of_arrays(arrays, CLASSES), arrays["of_words"], **weights)

    def follow(self, context: Context, ids: Slots, logs: Weights) -> tuple[Weights, Context]:
        """Mix the log-probabilities of words with those of their classes; see ``follow`` below."""
        own = self.of_words[ids].astype(np.uint64)
        classes, after = self.model.follow(context, own)
        weight, words = np.float32(self.weight), np.float32(self.words)
        return words * logs + weight * classes + np.float32(self.reward), after


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """N-grams of words or of word classes, the shortest first."""

    unigrams: NDArray[np.uint8]
    unigram_backoffs: NDArray[np.uint8]
    longer: tuple[Grams, ...]
    packing: Packing = WORDS
    classes: WordClasses | None = None

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, Any], packing: Packing = WORDS) -> Self:
        """Make a model from the arrays of :meth:`arrays`."""
        longer = tuple(
            Grams(HashSet(arrays[f"checks{n}"]), arrays[f"logs{n}"], arrays[f"backoffs{n}"])
            for n in range(2, packing.order + 1)
        )
        return cls(arrays["logs1"], arrays["backoffs1"], longer, packing)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays to store in a file, by name."""
        named: dict[str, NDArray[np.generic]] = {
            "logs1": self.unigrams,
            "backoffs1": self.unigram_backoffs,
        }
        for n, grams in enumerate(self.longer, start=2):
            named |= {
                f"checks{n}": grams.present.checks,
                f"logs{n}": grams.logs,
                f"backoffs{n}": grams.backoffs,
            }
        return named

    def start(self, count: int) -> Context:
        """Return contexts at the start of ``count`` sentences."""
        context = self.nothing(count)
        context.words[:] = BEGIN
        context.backoffs[:, 0] = decode_logs(self.unigram_backoffs[BEGIN : BEGIN + 1])
        inner = None if self.classes is None else self.classes.model.start(count)
        return Context(context.words, context.backoffs, inner)

    def nothing(self, count: int) -> Context:
        """Return ``count`` empty contexts, in which the words before are not known."""
        inner = None if self.classes is None else self.classes.model.nothing(count)
        backoffs = np.zeros((count, self.packing.order - 1), np.float32)
        return Context(np.zeros(count, np.uint64), backoffs, inner)

    def follow(self, context: Context, words: Words) -> tuple[Weights, Context]:
        """Return the natural log-probability of a word after each context, and the new contexts.

        With classes, it is the weighted sum of both models, and no longer a probability.
        """
        ids = words.astype(np.int64)
        order, step = self.packing.order, self.packing.step
        # The backoff cost of keeping only the last 0, 1 or 2 words of a context.
        costs = np.cumsum(context.backoffs[:, ::-1], axis=1)[:, ::-1]
        logs = decode_logs(self.unigrams[ids]) + costs[:, 0]
        backoffs = np.zeros_like(context.backoffs)
        backoffs[:, 0] = decode_logs(self.unigram_backoffs[ids])
        rows = np.arange(len(ids))
        for n, grams in enumerate(self.longer, start=1):
            if not len(rows):
                break
            before = context.words[rows] & self.packing.last(n)
            slots = grams.present.find(before << step | words[rows])
            there = slots >= 0
            rows, slots = rows[there], slots[there]
            logs[rows] = decode_logs(grams.logs[slots])
            if n < order - 1:
                logs[rows] += costs[rows, n]
                backoffs[rows, n] = decode_logs(grams.backoffs[slots])
        inner = None
        if self.classes is not None and context.classes is not None:
            logs, inner = self.classes.follow(context.classes, ids, logs)
        packed = (context.words << step | words) & self.packing.last(order - 1)
        return logs, Context(packed, backoffs, inner)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What each English word is, by its id: written with a capital, a content word, a linker.

    ``futures`` are "will" and "would"; ``lower`` are the ids of the words in lower case, or their
    own.
    """

    capitals: NDArray[np.bool_]
    content: NDArray[np.bool_]
    linkers: NDArray[np.bool_]
    futures: NDArray[np.bool_]
    lower: NDArray[np.int64]

    @classmethod
    def of_words(cls, words: Sequence[str]) -> Self:
        """Describe words.

        >>> found = Vocabulary.of_words(["Paris", "￭,", "of", "I", "city"])
        >>> [each.tolist().index(True) for each in (found.capitals, found.linkers)]
        [0, 1]
        >>> found.content.tolist()
        [True, False, False, False, True]
        """
        style = get_language("en").phrases
        plain = [word.strip(JOIN) for word in words]
        ids = {word: n for n, word in enumerate(words)}
        capitals = (word[:1].isupper() and word.partition("'")[0] != "I" for word in plain)
        content = (_is_content(word.lower(), style.function_words) for word in plain)
        linkers = map(style.linkers.__contains__, plain)
        futures = map({"will", "would"}.__contains__, plain)
        lower = (ids.get(word.lower(), n) for n, word in enumerate(words))
        size = len(words)
        return cls(
            np.fromiter(capitals, bool, size),
            np.fromiter(content, bool, size),
            np.fromiter(linkers, bool, size),
            np.fromiter(futures, bool, size),
            np.fromiter(lower, np.int64, size),
        )


def _is_content(word: str, function_words: Container[str]) -> bool:
    if word in function_words:
        return False
    return word.isalpha() or (NUMBER not in word and any(map(str.isalpha, word)))


_ENDS = frozenset(f"{JOIN}{sign}" for sign in ".?!")
# "5 p.m..": a full stop after "p.m." is one too many.
_TWO_STOPS = re.compile(r"(?<=\d [ap])\.m\.\.(?!\.)")
# An "a" before a vowel that is spoken as one ("a union"), with a word that may follow an article.
_BEFORE_VOWEL = re.compile(
    r"\ba(?= (?:[AEIOaeio]|[Uu](?!ni(?!n|m)|nani|kr|[bkrst][aeiu]))[a-z]{2})"
    r"(?! (?:an[dy]|are|[Ee]u\w+|into|[Oo]n[ec]\w*)\b)"
)
# The first word up to the next space, with "@" or "#" but without punctuation at its ends.
_FIRST_WORD = re.compile(r"(?:[@#]|\b)\w(?:\S*\w)?")


def join_english(tokens: Sequence[str], *, capital: bool) -> str:
    """Join tokens into a text; with ``capital``, begin it with a capital letter.

    A sentence after the first has a capital in any case, and "a" is "an" before a vowel.

    >>> join_english(["the", "S", "￭&", "￭P", "fell", "5", "￭%", "￭.", "so", "?"], capital=True)
    'The S&P fell 5%. So ?'
    >>> join_english("a album of a unit once a year".split(), capital=False)
    'an album of a unit once a year'
    """
    text = " ".join(
        token.capitalize() if before in _ENDS and token.isalpha() and token.islower() else token
        for before, token in pairwise(["", *tokens])
    )
    text = text.replace(f"{JOIN} ", "").replace(f" {JOIN}", "").replace(JOIN, "")
    text = _BEFORE_VOWEL.sub("an", _TWO_STOPS.sub(".m.", text))
    first = _FIRST_WORD.search(text)
    if not capital or first is None or not first[0].islower() or set("/@.") & set(first[0]):
        return text
    at = first.start()
    return text[:at] + text[at].upper() + text[at + 1 :]
