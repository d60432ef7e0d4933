"""Sentences through tokens, table and search to English."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_norm.errors import ModelIntegrityError
from corpus_norm.translation.engines import PROBE, Decoding, Hypothesis, Request
from corpus_norm.translation.engines.phrases.language_model import LanguageModel
from corpus_norm.translation.engines.phrases.search import MOST_TOKENS, Model, Ordering, search
from corpus_norm.translation.engines.phrases.table import PhraseTable
from corpus_norm.translation.engines.phrases.tokens import (
    BRACKETS,
    NUMBER,
    Segmenter,
    Tokens,
    french_variants,
    join_english,
    place_moment,
    tokenize_chinese,
    tokenize_french,
)
from corpus_norm.translation.models import PHRASES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from corpus_norm.translation.engines.phrases.search import Found
    from corpus_norm.translation.engines.phrases.table import Matches
    from corpus_norm.translation.models import Package

TOGETHER = 64
"""Sentences that are searched for at a time."""

_BRACKETS = frozenset(BRACKETS.values())
_BREAKS = frozenset(",;:，；：、")


@dataclass(frozen=True, slots=True)
class English:
    """A translation, its score as the search has it, and the number of its tokens."""

    text: str
    score: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Translator:
    """A model and the words it speaks with; a segmenter where the source has no spaces."""

    model: Model
    words: Sequence[str]
    ids: Mapping[str, int]
    segmenter: Segmenter | None = None

    def tokenize(self, text: str) -> Tokens:
        """The tokens of a sentence of the source language."""
        if self.segmenter is None:
            return tokenize_french(text)
        return tokenize_chinese(text, self.segmenter)

    def translate(self, texts: Sequence[str], stack: int) -> list[English]:
        """The English of each text; ``stack`` is the beam's width."""
        pieces: list[Tokens] = []
        owners: list[int] = []
        for number, text in enumerate(texts):
            cut = split_tokens(self.tokenize(text))
            pieces += cut
            owners += [number] * len(cut)
        order = sorted(range(len(pieces)), key=lambda i: len(pieces[i].forms))
        said: dict[int, tuple[list[str], float]] = {}
        for start in range(0, len(order), TOGETHER):
            batch = order[start : start + TOGETHER]
            said |= zip(batch, self._say([pieces[i] for i in batch], stack), strict=True)
        collected: list[list[str]] = [[] for _ in texts]
        scores = [0.0] * len(texts)
        for i, owner in enumerate(owners):
            tokens, score = said[i]
            collected[owner] += tokens
            scores[owner] += score
        return [
            English(join_english(tokens, capital=_begins_high(text)), score, len(tokens))
            for text, tokens, score in zip(texts, collected, scores, strict=True)
        ]

    def look_up(self, pieces: Sequence[Tokens]) -> tuple[Matches, NDArray[np.int64]]:
        """The matches of some sentences, and the language model's words for what is copied."""
        matches = self.model.table.find(self._near_forms(pieces))
        copied = np.flatnonzero(matches.pairs < 0)
        names = [
            self.ids.get(_name(pieces[matches.sentences[row]], int(matches.starts[row])), 0)
            for row in copied
        ]
        return matches, np.array(names, np.int64)

    def _near_forms(self, pieces: Sequence[Tokens]) -> list[tuple[str, ...]]:
        """The forms of each sentence; for a French word not known, one of its others that is."""
        if self.segmenter is not None:
            return [piece.forms for piece in pieces]
        # A word with a capital is a name.
        written = {
            form
            for piece in pieces
            for form, copy in zip(piece.forms, piece.copies, strict=True)
            if form == copy and form.isalpha()
        }
        variants = {form: list(french_variants(form)) for form in written - self._known(written)}
        there = self._known({each for found in variants.values() for each in found})
        near = {
            form: next((each for each in found if each in there), form)
            for form, found in variants.items()
        }
        return [tuple(near.get(form, form) for form in piece.forms) for piece in pieces]

    def _known(self, forms: set[str]) -> set[str]:
        """Those that have counterparts of their own."""
        listed = list(forms)
        return set(compress(listed, self.model.table.knows(listed)))

    def spell(self, piece: Tokens, matches: Matches, found: Found) -> list[str]:
        """The English tokens of a translation, numbers and copies filled in."""
        tokens: list[str] = []
        for row in found.rows:
            start, end = int(matches.starts[row]), int(matches.ends[row])
            if matches.pairs[row] < 0:
                tokens.append(piece.copies[start])
                continue
            number = next(
                (piece.copies[i] for i in range(start, end) if piece.forms[i] == NUMBER), ""
            )
            for word in matches.words[row, : matches.sizes[row]].tolist():
                english = self.words[word]
                if english == NUMBER:
                    gone, english = place_moment(tokens, number)
                    del tokens[len(tokens) - gone :]
                tokens.append(english.replace(NUMBER, number))
        return tokens

    def _say(self, pieces: Sequence[Tokens], stack: int) -> list[tuple[list[str], float]]:
        matches, names = self.look_up(pieces)
        found = search(self.model, matches, names, stack=stack)
        return [
            (self.spell(piece, matches, best[0]), best[0].score)
            for piece, best in zip(pieces, found, strict=True)
        ]


def split_tokens(tokens: Tokens, most: int = MOST_TOKENS) -> list[Tokens]:
    """The tokens in pieces that can be searched for, cut after a comma where there is one.

    Brackets are pieces of their own, so that nothing is moved out of them.
    """
    forms, copies = tokens.forms, tokens.copies
    pieces = []
    start = 0
    while start < len(forms):
        end = min(start + most, len(forms))
        bracket = next((i for i in range(start, end) if forms[i] in _BRACKETS), end)
        if bracket < end:
            end = max(bracket, start + 1)
        elif end < len(forms):
            middle = start + most // 2
            end = next((i for i in range(end, middle, -1) if forms[i - 1] in _BREAKS), end)
        pieces.append(Tokens(forms[start:end], copies[start:end]))
        start = end
    return pieces


def _name(piece: Tokens, at: int) -> str:
    return NUMBER if piece.forms[at] == NUMBER else piece.copies[at]


def _begins_high(text: str) -> bool:
    """Whether the English begins with a capital: unless the text begins with a small letter."""
    first = next((char for char in text if char.isalnum()), "")
    return not first.islower()


SEARCH = "phrases 2"
"""The version of tokens and search; part of the recipe."""

STACK = 8
"""Hypotheses kept per beam."""

_SCORE_DIGITS = 4


class PhraseEngine:
    """A package of phrase tables to translate with, loaded when it is first needed."""

    def __init__(self, package: Package) -> None:
        self.package = package

    @property
    def name(self) -> str:
        """Name, version and digest of the package."""
        return self.package.label

    @property
    def reads_context(self) -> bool:
        """These models see one sentence at a time."""
        return False

    def recipe(self, decoding: Decoding) -> str:
        """The package's files, the version of the search, and the width of its beam."""
        return f"{self.package.digest} {self.package.source} {SEARCH} beam {decoding.beam_size}"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of source tokens of each text."""
        return [len(self._translator.tokenize(text).forms) for text in _encodable(texts)]

    def translate_batch(self, requests: Sequence[Request], decoding: Decoding) -> list[Hypothesis]:
        """One hypothesis per request, in order.

        Of the decoding only ``beam_size`` counts: a phrase model neither loops nor runs on.  The
        score is the search's, per token: it compares translations of one text, not of two.

        Raises:
            ModelIntegrityError: the model cannot be loaded.
        """
        texts = _encodable([request.text for request in requests])
        found = self._translator.translate(texts, STACK * decoding.beam_size)
        return [
            Hypothesis(
                each.text, round(each.score / max(1, each.tokens), _SCORE_DIGITS), each.tokens
            )
            for each in found
        ]

    def probe(self) -> str:
        """Translate one fixed sentence, to see that the parts of the package fit together."""
        return self.translate_batch([Request(PROBE)], Decoding(beam_size=1))[0].text

    @cached_property
    def _translator(self) -> Translator:
        return load_translator(self.package.path, self.package.argos_code)


def load_engine(package: Package) -> PhraseEngine:
    """The engine of a package; it is loaded once per process, and again when its files change."""
    return _load(package, package.digest)


@lru_cache(maxsize=8)
def _load(package: Package, _digest: str) -> PhraseEngine:
    return PhraseEngine(package)


def load_translator(path: Path, code: str) -> Translator:
    """The translator of a package's folder for one of its languages, by Argos's code.

    Raises:
        ModelIntegrityError: a file is missing or makes no sense.
    """
    folder = path / "model"
    try:
        own = json.loads((path / PHRASES).read_text("utf-8"))["languages"][code]
        shared = _load_english(folder, (folder / "english.npz").stat().st_mtime_ns)
        segments = folder / f"{code}.words.json"
        counts = json.loads(segments.read_text("utf-8")) if segments.exists() else None
        return Translator(
            Model(
                PhraseTable.of_arrays(_read_arrays(folder / f"{code}.npz")),
                shared.model,
                own["language_weight"],
                own["copied"],
                Ordering(
                    own["distance"],
                    own["limit"],
                    np.array(own["before"], np.float32),
                    np.array(own["after"], np.float32),
                ),
            ),
            shared.words,
            shared.ids,
            Segmenter.of_counts(counts) if counts else None,
        )
    except (OSError, ValueError, LookupError, TypeError, zipfile.BadZipFile) as error:
        raise ModelIntegrityError(
            f"the model in {path} cannot be loaded ({' '.join(str(error).split())}); "
            "see what is damaged: python -m corpus_norm models verify",
            subject=str(path),
        ) from error


@dataclass(frozen=True, slots=True)
class _English:
    model: LanguageModel
    words: list[str]
    ids: Mapping[str, int]


@lru_cache(maxsize=2)
def _load_english(folder: Path, _changed: int) -> _English:
    words = (folder / "words.txt").read_text("utf-8").split("\n")
    model = LanguageModel.of_arrays(_read_arrays(folder / "english.npz"))
    return _English(model, words, {word: n for n, word in enumerate(words)})


def _read_arrays(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def _encodable(texts: Sequence[str]) -> list[str]:
    # A lone surrogate has no UTF-8 form, and so no hash.
    return [text.encode("utf-8", "replace").decode() for text in texts]
