"""The commonest words of the languages in Latin letters, as evidence for short texts.

Five words are too few n-grams to tell Catalan from French, but one of them is nearly always
among the few hundred commonest of its language.  The lists are jusText's (Pomikálek 2011), made
from Wikipedia and sorted by frequency; only their files are read, the package is never imported.
Its lists of English and French are short; ours in ``lists/`` go on where they end
(``docs/dependencies.md`` names their sources).  A language needs none to be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.errors import CorpusNormError
from corpus_norm.language.latin import FOLD, WORD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

LISTS: Mapping[str, str] = MappingProxyType(
    {
        "af": "Afrikaans", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish",
        "de": "German", "en": "English", "es": "Spanish", "et": "Estonian", "fi": "Finnish",
        "fr": "French", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
        "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian_Bokmal",
        "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "sk": "Slovak", "sl": "Slovenian",
        "sq": "Albanian", "sv": "Swedish", "sw": "Swahili", "tl": "Tagalog", "tr": "Turkish",
        "vi": "Vietnamese",
        # Languages without an n-gram profile: known by their words alone.
        "ast": "Asturian", "az": "Azerbaijani", "br": "Breton", "eo": "Esperanto",
        "eu": "Basque", "ga": "Irish", "gl": "Galician", "ht": "Haitian", "ig": "Igbo",
        "is": "Icelandic", "jv": "Javanese", "ku": "Kurdish", "lb": "Luxembourgish",
        "ms": "Malay", "mt": "Maltese", "oc": "Occitan", "uz": "Uzbek", "yo": "Yoruba",
    }
)  # fmt: skip
"""The file of each language, by langdetect's code or, where it has none, by ISO 639."""

# A word of rank r has a share of 1 / (r + _RANK_SHIFT) (Zipf-Mandelbrot), any other word of
# _UNLISTED.  Words overlap with the n-grams they are made of, hence a weight of our own.  Chosen on
# the development lines; the figures are flat around here.
_RANK_SHIFT = 500
_UNLISTED = 1 / 15_000
_WEIGHT = 1.75
# Texts scored together, which bounds the memory that takes.
_TOGETHER = 200
# Common words, in nats: those of rank 600 and less.
_COMMON = 4.7

_OWN_LISTS = Path(__file__).parent / "lists"


@dataclass(frozen=True, slots=True, eq=False)
class WordTable:
    """Nats in favour of each language (columns) for each listed word (rows)."""

    languages: tuple[str, ...]
    places: Mapping[str, int]
    rows: NDArray[np.float32]

    def own_words(self, language: str) -> frozenset[str]:
        """The common words that tell more for a language than for any other; none if unlisted."""
        if language not in self.languages:
            return frozenset()
        column = self.rows[:, self.languages.index(language)]
        is_own = (column > _COMMON) & (column >= self.rows.max(axis=1))
        return frozenset(word for word, place in self.places.items() if is_own[place])

    def weigh(self, word: str, language: str) -> float:
        """Nats in favour of a language that a word gives; 0 if its list has not the word."""
        if word not in self.places or language not in self.languages:
            return 0.0
        return float(self.rows[self.places[word], self.languages.index(language)])


@cache
def load_words() -> WordTable:
    """The word lists as one table, read once per process.

    Raises:
        CorpusNormError: jusText's word lists cannot be found.
    """
    folder = _list_folder()
    places: dict[str, int] = {}
    listed: list[list[int]] = []
    for code, name in LISTS.items():
        text = (folder / f"{name}.txt").read_text("utf-8").lower().translate(FOLD)
        more = _OWN_LISTS / f"{code}.txt"
        text += more.read_text("utf-8") if more.is_file() else ""
        words = dict.fromkeys(WORD.findall(text))
        listed.append([places.setdefault(word, len(places)) for word in words])
    shares = 1 / (np.arange(max(map(len, listed))) + _RANK_SHIFT)
    nats = _WEIGHT * np.log1p(shares / _UNLISTED)
    rows = np.zeros((len(places), len(LISTS)), dtype=np.float32)
    for column, own in enumerate(listed):
        rows[own, column] = nats[: len(own)]
    return WordTable(tuple(LISTS), MappingProxyType(places), rows)


def _list_folder() -> Path:
    spec = find_spec("justext")
    for root in (spec.submodule_search_locations or ()) if spec else ():
        if (folder := Path(root) / "stoplists").is_dir():
            return folder
    raise CorpusNormError(
        "the word lists of jusText are missing; reinstall it: pip install justext",
        subject="justext",
    )


def score_words(table: WordTable, texts: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """Nats in favour of each language (columns) for each text (rows), given as its words.

    >>> table = load_words()
    >>> best = score_words(table, [["tous", "les", "jours"]])[0].argmax()
    >>> table.languages[best]
    'fr'
    """
    scores = np.zeros((len(texts), len(table.languages)))
    find = table.places.get
    for first in range(0, len(texts), _TOGETHER):
        places: list[int] = []
        starts: list[int] = []
        known: list[int] = []
        for number, words in enumerate(texts[first : first + _TOGETHER], start=first):
            start = len(places)
            places += [place for word in words if (place := find(word)) is not None]
            if len(places) > start:
                starts.append(start)
                known.append(number)
        if known:
            scores[known] = np.add.reduceat(table.rows[places], starts, axis=0)
    return scores
