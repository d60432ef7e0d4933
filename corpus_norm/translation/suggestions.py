"""Names that a corpus renders in several ways: what a glossary should decide.

No dictionary and no word alignment: a rendering of a term is an English name that hardly ever
occurs in a sentence without the term.  Terms with two such renderings, never both in a sentence,
are rendered in several ways.  (The idea of association over sentence pairs is that of Gale and
Church, Identifying word correspondences in parallel texts, 1991.)
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from corpus_norm.languages import LANGUAGES, get_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from corpus_norm.dataset import Dataset
    from corpus_norm.languages import Language

_NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]*(?:\s(?:(?:of|de|du|la|le|van|von|al)\s)?[A-ZÀ-Þ][\w’'-]*)*")
_HAN_RUN = re.compile(r"[\u3400-\u9fff·]+")
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
    """Names that are rendered in several ways in a dataset, the commonest first.

    Terms in fewer than ``least`` sentences are left out; of a large dataset the first so many
    translated ``sentences`` are read.

    Raises:
        SchemaMismatchError: the dataset was written by another version.
    """
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for language, text, english in islice(_translated(dataset), sentences):
        pairs[language].append((text, english))
    found = [s for language in sorted(pairs) for s in suggest(pairs[language], language, least)]
    return sorted(found, key=lambda s: (-sum(n for _, n in s.renderings), s.term))


def suggest(pairs: Iterable[tuple[str, str]], language: str, least: int = 3) -> list[Suggestion]:
    """The same for sentence pairs of one language.

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
    """Capitalised words; a single one at the start of a sentence may be any word."""
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
    """Names of at least two sentences, hardly ever without the term, never beside each other."""
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
