"""What a report says, in a form that can be compared across languages: words, names, facts."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.audit import amounts
from corpus_norm.labels import AmountKind
from corpus_norm.languages import get_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from corpus_norm.audit.amounts import Amount
    from corpus_norm.stories.shingles import Array

LEAD, LEAD_HAN = 1_200, 600
"""Characters from which facts and words are taken: reports give what matters first."""

MEANT, MEANT_HAN = 800, 270
"""Characters of which a vector is made: a third of the time goes into it, and more tell more."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
# A capitalised word that opens no sentence; any word with two capitals or a digit (OpenAI, H100).
_NAME = re.compile(r"(?<=[\w,;’'(] )[A-ZÀ-Þ][\w-]{2,}|\b(?=\w*[A-Z]\w*[A-Z0-9])[A-Za-z][\w-]+")
_LATIN = re.compile(r"[A-Z][A-Za-z0-9][A-Za-z0-9.-]*")
_STEM = 6  # letters of a word that count, so that inflected and related words meet
BUCKETS = 1 << 18
_SCALE = 25  # of the weights in the file, which are whole numbers
_FEWEST = 1_000
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_PERIODS = {AmountKind.WEEKDAY, AmountKind.TIME}


@dataclass(frozen=True, slots=True)
class Report:
    """The texts of a document that its profile is made of.

    ``english`` is the body in English where it has any, ``title_english`` the same of the title.
    """

    doc_id: str
    language: str
    day: date | None
    title: str
    body: str
    title_english: str = ""
    english: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a report is compared by.

    Attributes:
        doc_id: its document.
        language: BCP-47 code of the article.
        day: the day of publication as an ordinal; None if unknown.
        length: characters of its body, ideographs counted threefold.
        words: hashes of its words, or of pairs of ideographs, in order, each once.
        title: the same of the headline.
        names: names of persons, bodies and products, as written.
        facts: amounts and dates in one notation for all languages.
        english: whether the words are English.
        lead: the headline and the first paragraphs, for a vector.
    """

    doc_id: str
    language: str
    day: int | None
    length: int
    words: Array
    title: Array
    names: frozenset[str]
    facts: frozenset[str]
    english: bool
    lead: str

    @property
    def family(self) -> str:
        """The language without script and region."""
        return self.language.partition("-")[0]


def make_profile(report: Report) -> Profile:
    """Return the profile of a report.

    >>> report = Report("1", "fr", None, "", "Hier, OpenAI a perdu 5 milliards de dollars.")
    >>> profile = make_profile(report)
    >>> sorted(profile.names), sorted(profile.facts)
    (['openai'], ['5,000,000,000 USD'])
    """
    is_han = bool(_HAN.search(report.body[:LEAD_HAN])) and report.language[:2] in {"zh", "ja"}
    body = report.body.removeprefix(report.title).strip()
    lead = body[: LEAD_HAN if is_han else LEAD]
    read, read_title = lead, report.title
    if report.english:
        read = report.english.removeprefix(report.title_english).strip()[:LEAD]
        read_title = report.title_english or report.title
    start = body[: MEANT_HAN if is_han else MEANT]
    return Profile(
        report.doc_id,
        report.language,
        report.day.toordinal() if report.day else None,
        len(body) * (3 if is_han else 1),
        hash_words(f"{read_title}\n{read}"),
        hash_words(read_title),
        find_names(lead if is_han else f"{read} {lead}", is_han=is_han),
        find_facts(f"{report.title}\n{lead}", report.language),
        bool(report.english) or report.language.startswith("en"),
        f"{report.title}\n{start}".strip(),
    )


def hash_words(text: str) -> Array:
    """Return hashes of the stems of words, and of pairs of ideographs, in order and each once."""
    found = {word.casefold()[:_STEM] for word in _WORD.findall(text) if not _HAN.match(word)}
    for run in _HAN.findall(text):
        found.update(map("".join, pairwise(run)))
    return np.unique(np.fromiter(map(hash_key, found), np.uint32, len(found)))


def find_names(text: str, *, is_han: bool = False) -> frozenset[str]:
    """Return the names in a text, in lower case; of a Chinese text, those in Latin letters.

    >>> sorted(find_names("Yesterday the chief of OpenAI, Sam Altman, met the H100 team."))
    ['altman', 'h100', 'openai', 'sam']
    """
    pattern = _LATIN if is_han else _NAME
    names = (name.casefold().rstrip(".-") for name in pattern.findall(text))
    return frozenset(name for name in names if len(name) > 2)


def find_facts(text: str, language: str) -> frozenset[str]:
    """Return the amounts and dates of a text in one notation; no time of day, no small number.

    >>> sorted(find_facts("OpenAI lost $5 billion in 2024, said two men on 3 May.", "en"))
    ['05-03', '2024', '5,000,000,000 USD']
    """
    found = find_amounts(text, language)
    return frozenset(
        _read(each)
        for each in found
        if each.firm and each.kind not in _PERIODS and (each.units or each.value > 10)
    )


def _read(amount: Amount) -> str:
    """Return an amount in one notation: 2024年 is 2024, and dollars are those of any country."""
    if amount.units == {"year"} and _FIRST_YEAR <= amount.value < _LAST_YEAR:
        return str(int(amount.value))
    return amount.reading.replace(" dollars", " USD")


def find_amounts(text: str, language: str) -> list[Amount]:
    """Return the amounts of a text; in a language without a record, those written as in English.

    >>> [each.text for each in find_amounts("12% mehr als 2024", "de")]
    ['12%', '2024']
    """
    try:
        get_language(language)
    except KeyError:
        language = "en"
    return amounts(text, language)


def weigh(keys: Iterable[str] | Array, rarity: Array | None = None) -> Array:
    """Return how much each key tells, from how rare it is: 0 for ``the``, 10 for most names.

    Args:
        keys: strings, or hashes from :func:`hash_words`.
        rarity: from :func:`learn_rarity`; in general, if None.
    """
    table = _background() if rarity is None else rarity
    if not isinstance(keys, np.ndarray):
        strings = list(keys)
        keys = np.fromiter(map(hash_key, strings), np.uint32, len(strings))
    weights: Array = table[keys % BUCKETS] / _SCALE
    return weights


def learn_rarity(profiles: Sequence[Profile]) -> Array:
    """Return the rarity of keys in general or among these reports, whichever is less.

    In a corpus of one month, the name of the month tells nothing.  Few reports say little about
    what is rare, so fewer than a thousand count as a thousand.
    """
    counts = np.zeros(BUCKETS, np.int64)
    for each in profiles:
        strings = each.facts | each.names
        hashes = np.fromiter(map(hash_key, strings), np.uint32, len(strings))
        counts[np.unique(np.concatenate([each.words, hashes]) % BUCKETS)] += 1
    shares = np.maximum(counts, 1) / max(len(profiles), _FEWEST)
    rarity: Array = np.minimum(_background(), -_SCALE * np.log(shares))
    return rarity


def hash_key(word: str) -> int:
    """Return the hash of a word, a name or a fact: CRC-32, the same on every machine."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


@cache
def _background() -> Array:
    """Return the weight of each bucket, times 25: -log of the share of texts that have a key."""
    path = files("corpus_norm.stories").joinpath("background.npz")
    with path.open("rb") as file, np.load(file) as found:
        weights: Array = found["weights"].astype(np.float64)
    return weights
