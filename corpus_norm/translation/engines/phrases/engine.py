"""A package of phrase tables as an :class:`~corpus_norm.translation.engines.base.Engine`.

Its folder ``model/`` holds ``phrases.json`` (weights, and the orientation classes of each
language), ``english.npz`` (the language model), ``words.txt`` (its words), and for each source
language ``LANGUAGE.npz`` (the table) and perhaps ``LANGUAGE.words.json`` (words to segment by).
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus_norm.errors import ModelIntegrityError
from corpus_norm.translation.engines.base import PROBE, Decoding, Hypothesis, Request
from corpus_norm.translation.engines.phrases.language_model import LanguageModel
from corpus_norm.translation.engines.phrases.search import Model, Ordering
from corpus_norm.translation.engines.phrases.segmenter import Segmenter
from corpus_norm.translation.engines.phrases.table import PhraseTable
from corpus_norm.translation.engines.phrases.translator import Translator
from corpus_norm.translation.models.packages import PHRASES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from corpus_norm.translation.models.packages import Package

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
