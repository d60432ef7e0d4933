"""The phrase-based engine: split sentences into tokens, look up phrases, search for English."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_norm.errors import ModelIntegrityError
from corpus_norm.translation.engines import PROBE, Decoding, Hypothesis, Request
from corpus_norm.translation.engines.phrases.english import (
    LanguageModel,
    Vocabulary,
    WordClasses,
    join_english,
)
from corpus_norm.translation.engines.phrases.search import (
    MOST_TOKENS,
    Model,
    Orderer,
    Ordering,
    search,
)
from corpus_norm.translation.engines.phrases.tables import PhraseTable, Senses, Swaps
from corpus_norm.translation.engines.phrases.tokens import (
    BRACKETS,
    JOIN,
    NUMBER,
    Segmenter,
    Tokens,
    place_moment,
    tokenize_chinese,
    tokenize_french,
)
from corpus_norm.translation.engines.phrases.words import (
    AFTER_DENIAL,
    RareWords,
    WordCosts,
    close_compounds,
    find_cognate,
    find_denials,
    find_names,
    french_variants,
    is_denial,
    loses_pronoun,
    loses_verb,
    negates,
    pair_denials,
    simplify_denials,
    spell_names,
    split_counts,
)
from corpus_norm.translation.models import PHRASES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from corpus_norm.translation.engines.phrases.search import Found
    from corpus_norm.translation.engines.phrases.tables import Matches
    from corpus_norm.translation.models import Package

BATCH_SENTENCES = 64
"""The number of pieces of sentences that one search translates."""

_BRACKETS = frozenset(BRACKETS.values())
_BREAKS = frozenset(",;:，；：、")


@dataclass(frozen=True, slots=True)
class English:
    """A translation, its score in the search, and the number of its tokens."""

    text: str
    score: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Translator:
    """A model and its English words, with a segmenter if the source language has no spaces.

    ``denial`` is the cost of a phrase whose English loses a denial, in natural logarithms.
    ``costs`` need the ``vocabulary`` of the English words.
    """

    model: Model
    words: Sequence[str]
    ids: Mapping[str, int]
    segmenter: Segmenter | None = None
    rare: RareWords = field(default_factory=lambda: RareWords({}, {}))
    orderer: Orderer | None = None
    denial: float = 0.0
    costs: WordCosts | None = None
    vocabulary: Vocabulary | None = None

    def tokenize(self, text: str) -> Tokens:
        """Return the tokens of a sentence in the source language."""
        if self.segmenter is None:
            tokens = simplify_denials(tokenize_french(text))
            return self._write_cognates(close_compounds(tokens, self.model.table))
        tokens = tokenize_chinese(spell_names(text), self.segmenter)
        return self.rare.rewrite(split_counts(tokens, self.model.table), self._name_of)

    def _name_of(self, words: Sequence[str]) -> str:
        """Return the likeliest name that the table has for Chinese words, or ``""``."""
        found = self.model.table.find([words])
        spans = (found.starts == 0) & (found.ends == len(words)) & (found.pairs >= 0)
        rows = np.flatnonzero(spans)
        scores = self.model.table.scores[found.pairs[rows]]
        for row in rows[np.argsort(-scores, kind="stable")].tolist():
            english = [self.words[i] for i in found.words[row, : found.sizes[row]].tolist()]
            if all(each.isalpha() and each.istitle() for each in english):
                return " ".join(english)
        return ""

    def _write_cognates(self, tokens: Tokens) -> Tokens:
        """Put the English word where a French one that the table lacks is spelled like it."""
        written = {form for form in tokens.forms if form in tokens.copies and form.isalpha()}
        unknown = written - self._known(written)
        english = {
            form: find_cognate(form, self.ids)
            for form in unknown
            if not self._known(set(french_variants(form)))
        }
        if not any(english.values()):
            return tokens
        copies = (
            english.get(form) or copy
            for form, copy in zip(tokens.forms, tokens.copies, strict=True)
        )
        return Tokens(tokens.forms, tuple(copies))

    def order(self, pieces: Sequence[Tokens]) -> list[Tokens]:
        """Put the tokens of sentences into the order of English, if there is a model of it."""
        if self.orderer is None:
            return list(pieces)
        orders = self.orderer.order([piece.forms for piece in pieces])
        return [
            Tokens(
                tuple(piece.forms[place] for place in places),
                tuple(piece.copies[place] for place in places),
            )
            for piece, places in zip(pieces, orders, strict=True)
        ]

    def translate(self, texts: Sequence[str], stack: int) -> list[English]:
        """Translate each text into English; ``stack`` is the width of the beam."""
        pieces: list[Tokens] = []
        owners: list[int] = []
        contexts: list[Sequence[str]] = []
        for number, text in enumerate(texts):
            tokens = self.tokenize(text)
            cut = split_tokens(tokens)
            pieces += cut
            owners += [number] * len(cut)
            contexts += [tokens.forms] * len(cut)
        pieces = self.order(pieces)
        order = sorted(range(len(pieces)), key=lambda i: len(pieces[i].forms))
        english: dict[int, tuple[list[str], float]] = {}
        for start in range(0, len(order), BATCH_SENTENCES):
            batch = order[start : start + BATCH_SENTENCES]
            english |= zip(
                batch,
                self._translate_pieces(
                    [pieces[i] for i in batch], [contexts[i] for i in batch], stack
                ),
                strict=True,
            )
        collected: list[list[str]] = [[] for _ in texts]
        scores = [0.0] * len(texts)
        for i, owner in enumerate(owners):
            words, score = english[i]
            collected[owner] += words
            scores[owner] += score
        return [
            English(join_english(tokens, capital=_starts_with_capital(text)), score, len(tokens))
            for text, tokens, score in zip(texts, collected, scores, strict=True)
        ]

    def look_up(self, pieces: Sequence[Tokens]) -> tuple[Matches, NDArray[np.int64]]:
        """Return the matches of sentences, and the language model's ids of copied tokens."""
        kept = [find_names(piece) if self.costs else () for piece in pieces]
        matches = self.model.table.find(self._near_forms(pieces), kept)
        copied = np.flatnonzero(matches.pairs < 0)
        names = [
            self.ids.get(_name(pieces[matches.sentences[row]], int(matches.starts[row])), 0)
            for row in copied
        ]
        return matches, np.array(names, np.int64)

    def weigh_swaps(self, pieces: Sequence[Tokens]) -> NDArray[np.float32] | None:
        """Return the log-odds of swaps of neighbouring tokens, if there is a model of them."""
        if self.model.swaps is None:
            return None
        return self.model.swaps.weigh([piece.forms for piece in pieces])

    def weigh_denials(self, pieces: Sequence[Tokens], matches: Matches) -> NDArray[np.float32]:
        """Return the costs of the matches that cover a denial and lose it, or its verb.

        A match before the last word of a French one that denies too costs as much: "ne peut rien
        faire" is not "cannot do nothing".
        """
        costs = np.zeros(len(matches), np.float32)
        code = "fr" if self.segmenter is None else "zh"
        for number, piece in enumerate(pieces):
            denials = find_denials(piece.forms, code)
            if not denials:
                continue
            first, last = np.searchsorted(matches.sentences, (number, number + 1))
            starts, ends = matches.starts[first:last], matches.ends[first:last]
            places = np.array(denials)[:, None]
            over = ((starts <= places) & (places < ends)).any(axis=0)
            for row in (first + np.flatnonzero(over)).tolist():
                english = self._english_of(matches, row)
                source = piece.forms[matches.starts[row] : matches.ends[row]]
                kept = any(map(is_denial, english)) and not loses_pronoun(source, english)
                if not kept or loses_verb(source, english):
                    costs[row] = self.denial
            for opener, closer in pair_denials(piece.forms, denials) if code == "fr" else ():
                part = (opener < ends) & (ends <= closer)
                for row in (first + np.flatnonzero(part)).tolist():
                    if any(map(negates, self._english_of(matches, row))):
                        costs[row] = self.denial
        return costs

    def _english_of(self, matches: Matches, row: int) -> list[str]:
        return [self.words[word] for word in matches.words[row, : matches.sizes[row]].tolist()]

    def search(
        self,
        pieces: Sequence[Tokens],
        stack: int,
        best: int = 1,
        contexts: Sequence[Sequence[str]] | None = None,
    ) -> tuple[Matches, list[list[Found]], NDArray[np.float32] | None]:
        """Return the matches of sentences, their best translations, and the log-odds of swaps.

        ``contexts`` are the tokens of the text that each sentence is part of; its own when None.
        """
        matches, names = self.look_up(pieces)
        odds, costs, links = self.weigh_swaps(pieces), self.weigh_denials(pieces, matches), None
        if self.costs and self.vocabulary and len(matches):
            more, links = self.costs.weigh(pieces, matches, self.vocabulary, names)
            costs += more
        if self.model.senses is not None:
            forms = [piece.forms for piece in pieces]
            costs -= self.model.senses.weigh(forms, contexts or forms, matches)
        found = search(
            self.model, matches, names, stack=stack, best=best, odds=odds, costs=costs, links=links
        )
        return matches, found, odds

    def _near_forms(self, pieces: Sequence[Tokens]) -> list[tuple[str, ...]]:
        """Return the forms of each sentence, with a known variant for each unknown French word."""
        if self.segmenter is not None:
            # Brackets are copied, whatever the tables have for them.
            return [
                tuple("" if form in _BRACKETS else form for form in piece.forms) for piece in pieces
            ]
        # A word with a capital is a name, and gets no variant.
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
        """Return the forms that have counterparts of their own."""
        listed = list(forms)
        return set(compress(listed, self.model.table.knows(listed)))

    def spell(self, piece: Tokens, matches: Matches, found: Found) -> list[str]:
        """Return the English tokens of a translation, with numbers and copies filled in.

        Quotation marks open and close as in the source, and begin with a capital as there.  A name
        that English spells alike has a capital, too, and what is denied is not denied again.
        """
        tokens: list[str] = []
        denied = self._find_denied(piece, matches, found)
        names = set(find_names(piece)) if self.costs else set()
        begins = False
        for row in found.rows:
            start, end = int(matches.starts[row]), int(matches.ends[row])
            if matches.pairs[row] < 0:
                tokens.append(piece.copies[start])
                begins = False
                continue
            number = next(
                (piece.copies[i] for i in range(start, end) if piece.forms[i] == NUMBER), ""
            )
            named = {piece.forms[i] for i in names.intersection(range(start, end))}
            quotes = iter([i for i in range(start, end) if piece.forms[i] == '"'])
            for word in matches.words[row, : matches.sizes[row]].tolist():
                english = self.words[word]
                if row in denied:
                    english = AFTER_DENIAL.get(english, english)
                if (
                    english[:1] == JOIN
                    and english[1:2].isalpha()
                    and "".join(tokens[-1:])[-1:].isalpha()
                ):
                    english = english[1:]  # a sign may join two words, but nothing else
                if english == NUMBER:
                    gone, english = place_moment(tokens, number)
                    del tokens[len(tokens) - gone :]
                english = english.replace(NUMBER, number)
                if english.islower() and (begins or english in named):
                    english = english.capitalize()
                begins = False
                if english.strip(JOIN) == '"' and (at := next(quotes, -1)) >= 0:
                    english = piece.copies[at]
                    begins = _begins_sentence(piece, at)
                tokens.append(english)
        return tokens

    def _find_denied(self, piece: Tokens, matches: Matches, found: Found) -> set[int]:
        """Return the matches of French denials that English has denied before them."""
        if self.segmenter is not None:
            return set()
        denied: set[int] = set()
        for opener, closer in pair_denials(piece.forms, find_denials(piece.forms, "fr")):
            before = False
            for row in found.rows:
                start, end = int(matches.starts[row]), int(matches.ends[row])
                if start <= closer < end:
                    denied |= {row} if before else set()
                elif opener < end <= closer:
                    before |= any(map(negates, self._english_of(matches, row)))
        return denied

    def _translate_pieces(
        self, pieces: Sequence[Tokens], contexts: Sequence[Sequence[str]], stack: int
    ) -> list[tuple[list[str], float]]:
        matches, found, _ = self.search(pieces, stack, contexts=contexts)
        return [
            (self.spell(piece, matches, best[0]), best[0].score)
            for piece, best in zip(pieces, found, strict=True)
        ]


def split_tokens(tokens: Tokens, most: int = MOST_TOKENS) -> list[Tokens]:
    """Split tokens into pieces short enough for the search, after a comma or the like if possible.

    Brackets are pieces of their own, so that no word moves into or out of them.
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
    """Return what the language model knows a copied token by; of several words, the last."""
    form = piece.forms[at]
    copy = piece.copies[at].rpartition(" ")[2] if " " in form else piece.copies[at]
    return NUMBER if form == NUMBER else copy


def _begins_sentence(piece: Tokens, at: int) -> bool:
    """Return whether a token is an opening quotation mark with a capital behind it."""
    form, copy = ("".join(side[at + 1 : at + 2]) for side in (piece.forms, piece.copies))
    return piece.copies[at].endswith(JOIN) and copy.istitle() and copy.lower() == form


def _starts_with_capital(text: str) -> bool:
    """Return whether the English begins with a capital, which it does unless the text does not."""
    first = next((char for char in text if char.isalnum()), "")
    return not first.islower()


SEARCH = "phrases 11"
"""The version of tokens and search; part of the recipe."""

STACK = 16
"""Hypotheses kept per beam."""

_SCORE_DIGITS = 4


class PhraseEngine:
    """An engine that runs a package of phrase tables, loaded on first use."""

    def __init__(self, package: Package) -> None:
        self.package = package

    @property
    def name(self) -> str:
        """Name, version and digest of the package."""
        return self.package.label

    @property
    def reads_context(self) -> bool:
        """Always False: these models see one sentence at a time."""
        return False

    def recipe(self, decoding: Decoding) -> str:
        """Return the package's digest and language, the search version, and the beam size."""
        return f"{self.package.digest} {self.package.source} {SEARCH} beam {decoding.beam_size}"

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of source tokens of each text."""
        return [len(self._translator.tokenize(text).forms) for text in _encodable(texts)]

    def translate_batch(self, requests: Sequence[Request], decoding: Decoding) -> list[Hypothesis]:
        """Return a hypothesis for each request, in order.

        Of the decoding, only ``beam_size`` has an effect, because a phrase model does not loop.
        The score is that of the search, per token: it can compare translations of the same text,
        but not of different texts.

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
        """Translate one fixed sentence, to check that the parts of the package fit together."""
        return self.translate_batch([Request(PROBE)], Decoding(beam_size=1))[0].text

    @cached_property
    def _translator(self) -> Translator:
        return load_translator(self.package.path, self.package.argos_code)


def load_engine(package: Package) -> PhraseEngine:
    """Return the engine of a package; it is loaded once per process, and again if files change."""
    return _load(package, package.digest)


@lru_cache(maxsize=8)
def _load(package: Package, _digest: str) -> PhraseEngine:
    return PhraseEngine(package)


def load_translator(path: Path, code: str) -> Translator:
    """Load the translator for one language (Argos's code) from a package's folder.

    Raises:
        ModelIntegrityError: a file is missing or invalid.
    """
    folder = path / "model"
    try:
        own = json.loads((path / PHRASES).read_text("utf-8"))["languages"][code]
        shared = _load_english(folder, (folder / "english.npz").stat().st_mtime_ns)
        segments = folder / f"{code}.words.json"
        counts = json.loads(segments.read_text("utf-8")) if segments.exists() else None
        rare = RareWords.read(folder, code, counts or {})
        order, swaps = folder / f"{code}.order.npz", folder / f"{code}.swaps.npz"
        senses = folder / f"{code}.senses.npz"
        return Translator(
            Model(
                PhraseTable.of_arrays(_read_arrays(folder / f"{code}.npz")),
                shared.with_classes(own.get("classes")),
                own["language_weight"],
                own["copied"],
                Ordering(
                    own["distance"],
                    own["limit"],
                    np.array(own["before"], np.float32),
                    np.array(own["after"], np.float32),
                ),
                Swaps.read(_read_arrays(swaps), own["swaps"]) if swaps.exists() else None,
                Senses.of_arrays(_read_arrays(senses), own["senses"]) if senses.exists() else None,
            ),
            shared.words,
            shared.ids,
            Segmenter.of_counts(counts, rare.glosses) if counts else None,
            rare,
            Orderer(**_read_arrays(order)) if order.exists() else None,
            own.get("denial", 0.0),
            WordCosts(**own["costs"]) if "costs" in own else None,
            shared.vocabulary,
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
    vocabulary: Vocabulary
    classes: Mapping[str, Any] | None

    def with_classes(self, weights: Mapping[str, float] | None) -> LanguageModel:
        """Return the language model with the classes of words, if the language has weights."""
        if weights is None or self.classes is None:
            return self.model
        return replace(self.model, classes=WordClasses.of_arrays(self.classes, **weights))


@lru_cache(maxsize=2)
def _load_english(folder: Path, _changed: int) -> _English:
    words = (folder / "words.txt").read_text("utf-8").split("\n")
    model = LanguageModel.of_arrays(_read_arrays(folder / "english.npz"))
    ids = {word: n for n, word in enumerate(words)}
    path = folder / "classes.npz"
    classes = _read_arrays(path) if path.exists() else None
    return _English(model, words, ids, Vocabulary.of_words(words), classes)


def _read_arrays(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def _encodable(texts: Sequence[str]) -> list[str]:
    # UTF-8 cannot encode a lone surrogate, so it would have no hash.
    return [text.encode("utf-8", "replace").decode() for text in texts]
