"""A user's terms and names, each with its required English.

A glossary is a table (``.tsv``: term, English, and the language code if the term is for one
language only) or a TOML file::

    OpenAI = "OpenAI"          # in every language

    [zh]
    "郭明錤" = "Ming-Chi Kuo"
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.errors import GlossaryError
from corpus_norm.languages import LANGUAGES, get_language
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from corpus_norm.dataset import Dataset
    from corpus_norm.languages import Language

_MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Term:
    """A term, its English, and the language it is for (BCP-47; empty for every language)."""

    text: str
    english: str
    language: str = ""


@dataclass(frozen=True)
class Glossary:
    """Terms that must always be translated the same way.

    >>> names = Glossary((Term("郭明錤", "Ming-Chi Kuo", "zh"), Term("Apple", "Apple")))
    >>> names.find("郭明錤:Apple将推迟", "zh-Hans")
    [(0, 3, 'Ming-Chi Kuo'), (4, 9, 'Apple')]
    >>> names.find("Applet", "fr")
    []
    """

    terms: tuple[Term, ...]

    def find(self, text: str, language: str) -> list[tuple[int, int, str]]:
        """Return the terms in a text (start, end, English); of overlapping ones, the longer."""
        pattern, english = _compile(self, language.split("-", maxsplit=1)[0])
        return [(m.start(), m.end(), english[m[0]]) for m in pattern.finditer(text)]


def load_glossary(path: str | Path) -> Glossary:
    """Load a glossary; it is read again only when the file changes.

    Raises:
        GlossaryError: the file cannot be read or an entry is invalid; the message names the entry.
    """
    path = Path(path)
    try:
        stat = path.stat()
    except OSError as error:
        raise _refuse(path, f"it cannot be read ({error.strerror})") from error
    if stat.st_size > _MAX_BYTES:
        raise _refuse(path, f"it is larger than {_MAX_BYTES:,} bytes")
    return _load(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=8)
def _load(path: Path, _changed: int, _size: int) -> Glossary:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        raise _refuse(path, f"it is no UTF-8 text ({error})") from error
    read = _read_toml if path.suffix.lower() == ".toml" else _read_table
    terms: dict[tuple[str, str], Term] = {}
    for place, term in read(path, text):
        same = terms.setdefault((term.text, _primary(term.language)), term)
        if same.english != term.english:
            raise _refuse(
                path, f"{place}: {term.text!r} is {same.english!r} and {term.english!r}; keep one"
            )
    return Glossary(tuple(terms.values()))


def _read_table(path: Path, text: str) -> Iterator[tuple[str, Term]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        place = f"line {number}"
        cells = [cell.strip() for cell in line.split("\t")]
        if not 2 <= len(cells) <= 3:
            raise _refuse(
                path,
                f"{place} has {len(cells)} columns; write the term, a tab, its English and, if it "
                "is for one language only, a tab and the code of the language",
            )
        yield place, _make(path, place, *cells)


def _read_toml(path: Path, text: str) -> Iterator[tuple[str, Term]]:
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refuse(path, f"it is no TOML ({error})") from error
    for key, value in entries.items():
        group = value if isinstance(value, dict) else {key: value}
        language = key if isinstance(value, dict) else ""
        for term, english in group.items():
            place = f"the entry {term!r}"
            if not isinstance(english, str):
                raise _refuse(path, f'{place} is no text; write {term!r} = "its English"')
            yield place, _make(path, place, term, english, language)


def _make(path: Path, place: str, text: str, english: str, language: str = "") -> Term:
    if not text or not english:
        raise _refuse(path, f"{place} has an empty {'term' if not text else 'English'}")
    if language:
        try:
            get_language(language)
        except KeyError as error:
            raise _refuse(path, f"{place}: {error.args[0]}") from error
    return Term(text, english, language)


def _refuse(path: Path, why: str) -> GlossaryError:
    return GlossaryError(f"the glossary {path} cannot be used: {why}", subject=str(path))


def _primary(language: str) -> str:
    return language.split("-", maxsplit=1)[0]


@lru_cache(maxsize=64)
def _compile(glossary: Glossary, language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """Return one pattern for the terms of a language, longest first, and their English."""
    general = {term.text: term.english for term in glossary.terms if not term.language}
    own = {t.text: t.english for t in glossary.terms if _primary(t.language) == language != ""}
    english = general | own
    longest = sorted(english, key=lambda term: (-len(term), term))
    return re.compile("|".join(map(_bound, longest)) or r"(?!)"), english


def _bound(term: str) -> str:
    """Return a pattern for a term: a whole word if its script separates words by spaces."""
    before = r"(?<![^\W_])" if _has_words(term[0]) else ""
    after = r"(?![^\W_])" if _has_words(term[-1]) else ""
    if _has_words(term[0]) and term[0].isascii():
        before = r"(?<![A-Za-z0-9À-ɏ])"  # Chinese may stand right before a Latin name
    if _has_words(term[-1]) and term[-1].isascii():
        after = r"(?![A-Za-z0-9À-ɏ])"
    return f"{before}{re.escape(term)}{after}"


def _has_words(char: str) -> bool:
    return char.isalnum() and ord(char) < 0x2E80


# One or more capitalised words, with at most one particle (of, de, van) between two of them.
_NAME = compile_lazily(
    r"[A-ZÀ-Þ][\w’'-]*(?:\s(?:(?:of|de|du|la|le|van|von|al)\s)?[A-ZÀ-Þ][\w’'-]*)*"
)
_HAN_RUN = compile_lazily(r"[\u3400-\u9fff·]+")
_HAN_LENGTHS = range(2, 6)
_EXCLUSIVE = 0.8
"""Share of the sentences with a rendering that must hold its term."""

_COVERED = 0.6
"""Share of the sentences with a term that must hold one of its renderings."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A term (its language in BCP-47) and its renderings, each with its number of sentences."""

    term: str
    language: str
    renderings: tuple[tuple[str, int], ...]

    @property
    def line(self) -> str:
        r"""A line for a glossary, with the commonest rendering.

        >>> Suggestion("郭明錤", "zh-Hans", (("Ming-Chi Kuo", 5), ("Guo Mingqi", 2))).line
        '郭明錤\tMing-Chi Kuo\tzh-Hans'
        """
        return f"{self.term}\t{self.renderings[0][0]}\t{self.language}"


def suggest_glossary(
    dataset: Dataset, *, least: int = 3, sentences: int = 100_000
) -> list[Suggestion]:
    """Return names that are translated in several ways in a dataset, the most frequent first.

    Terms in fewer than ``least`` sentences are left out.  At most the first ``sentences``
    translated sentences of the dataset are read.

    Raises:
        SchemaMismatchError: the dataset was written by another version.
    """
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for language, text, english in islice(_translated(dataset), sentences):
        pairs[language].append((text, english))
    found = [s for language in sorted(pairs) for s in suggest(pairs[language], language, least)]
    return sorted(found, key=lambda s: (-sum(n for _, n in s.renderings), s.term))


def suggest(pairs: Iterable[tuple[str, str]], language: str, least: int = 3) -> list[Suggestion]:
    """Return the names translated in several ways in sentence pairs of one language.

    >>> pairs = [("张伟说好", "Zhang Wei said yes"), ("张伟来了", "Then came Zhang Wei"),
    ...          ("见张伟", "They met Wade"), ("问张伟", "They asked Wade")]
    >>> [(s.term, s.renderings) for s in suggest(pairs, "zh-Hans")]
    [('张伟', (('Wade', 2), ('Zhang Wei', 2)))]
    """
    try:
        record = get_language(language)
    except KeyError:
        return []
    terms: dict[str, set[int]] = defaultdict(set)
    names: dict[str, set[int]] = defaultdict(set)
    for i, (text, english) in enumerate(pairs):
        for term in _find_terms(text, record):
            terms[term].add(i)
        for name in _find_names(english):
            names[name].add(i)
    by_sentence: dict[int, list[str]] = defaultdict(list)
    for name, places in names.items():
        for i in places:
            by_sentence[i].append(name)
    best: dict[frozenset[str], tuple[float, int, Suggestion]] = {}
    for term, places in terms.items():
        renderings = _find_renderings(places, names, by_sentence) if len(places) >= least else {}
        covered = set().union(*renderings.values())
        if len(renderings) < 2 or len(covered & places) < _COVERED * len(places):
            continue
        counts = sorted(((n, len(p)) for n, p in renderings.items()), key=lambda r: (-r[1], r[0]))
        fit = len(covered & places) / len(covered | places)
        candidate = (fit, len(term), Suggestion(term, language, tuple(counts)))
        key = frozenset(renderings)
        best[key] = max(best.get(key, candidate), candidate, key=lambda c: c[:2])
    return [suggestion for _, _, suggestion in best.values()]


def _translated(dataset: Dataset) -> Iterator[tuple[str, str, str]]:
    for document in dataset.documents():
        for sentence in document.sentences:
            if sentence.text_en and sentence.language != "en" and sentence.text_en != sentence.text:
                yield sentence.language, sentence.text, sentence.text_en


def _find_terms(text: str, language: Language) -> set[str]:
    if language.spaced:
        return set(_find_names(text))
    return {
        run[0][start : start + length]
        for run in _HAN_RUN.finditer(text)
        for length in _HAN_LENGTHS
        for start in range(len(run[0]) - length + 1)
    }


def _find_names(text: str) -> Iterator[str]:
    """Yield capitalised names, without words that only start a sentence."""
    for match in _NAME.finditer(text):
        words = match[0].split()
        if match.start() == 0 or text[: match.start()].rstrip()[-1:] in set(".!?:"):
            words = words[1:] if len(words) == 1 or words[0].lower() in _OPENERS else words
        name = " ".join(words).removesuffix("'s").removesuffix("’s")
        if len(name) > 1:
            yield name


_OPENERS = frozenset().union(*(record.stopwords for record in LANGUAGES.values()))


def _find_renderings(
    places: set[int], names: Mapping[str, set[int]], by_sentence: Mapping[int, list[str]]
) -> dict[str, set[int]]:
    """Return the English names that may render a term, each with its sentences.

    Such a name occurs in at least two sentences, almost always together with the term, and never
    in the same sentence as another rendering.
    """
    near = {name for i in places for name in by_sentence.get(i, ())}
    own = {
        name: names[name]
        for name in near
        if len(names[name]) > 1 and len(names[name] & places) >= _EXCLUSIVE * len(names[name])
    }
    kept: dict[str, set[int]] = {}
    for name in sorted(own, key=lambda n: (-len(n.split()), -len(own[n]), n)):
        words = set(name.split())
        whole = next((k for k in kept if words <= set(k.split())), None)
        if whole:  # Kuo is short for Ming-Chi Kuo
            kept[whole] = kept[whole] | own[name]
        elif all(not own[name] & other for other in kept.values()):
            kept[name] = own[name]
    return kept
