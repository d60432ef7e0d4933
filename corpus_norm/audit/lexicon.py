"""Words of a text with their places, and which English words answer a French or Chinese word.

French and English are split at everything that is no letter, so that elisions and hyphens end a
word; ``n't`` becomes a word of its own.  Chinese is split into words in the most probable way, by
the costs of a word list, after traditional characters were replaced with simplified ones.

The tables were counted in aligned sentences by ``training/audit``: for each stem of the source the
English stems that translators used for it, with the probability of each given the other.  They are
read with numpy when a sentence of their language is audited for the first time; a language without
a table has no lexicon.

Names are also known by their sound: ``Poutine`` and ``Putin`` have the same consonants, and
亨德里克斯 (heng de li ke si) is a likely way to spell ``Hendricks``.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Segment = Callable[[str], list[str]]

_SPACED = re.compile(r"[^\W\d_]+")
# The word before n't, n't itself, other contracted words, any other word.
_ENGLISH = re.compile(r"[^\W\d_]+?(?=n['’]t\b)|n['’]t\b|['’](?:s|re|ve|ll|d|m)\b|[^\W\d_]+")
_UNDENIED = re.compile(r"['’](?:s|re|ve|ll|d|m)\b|[^\W\d_]+")
_UNSPACED = re.compile(r"(?P<han>[\u3400-\u9fff]+)|[^\W\d_\u3400-\u9fff]+")
_CONTRACTED: Mapping[str, str] = MappingProxyType(
    {"ca": "can", "wo": "will", "sha": "shall", "n't": "not", "'ll": "will", "'ve": "have"}
)
_LONGEST = 6
"""The most characters in a Chinese word."""
_UNKNOWN = 14.0
"""The cost of a character that is no word."""
_MOST_CHARACTERS = 400
"""A run of Chinese characters is segmented in pieces of this length."""


class Word(NamedTuple):
    """A word: its form in lower case, its span in code points, and what letters it has."""

    form: str
    start: int
    end: int
    capital: bool = False
    han: bool = False
    upper: bool = False


def english_words(text: str) -> list[Word]:
    """Return the words of an English text.

    >>> [word.form for word in english_words("They can't sell Bob's T-shirt.")]
    ['they', 'can', 'not', 'sell', 'bob', "'s", 't', 'shirt']
    """
    found = []
    denies = "n't" in text or "n’t" in text
    for match in (_ENGLISH if denies else _UNDENIED).finditer(text):
        form, capital, upper = _shape(match[0])
        start, end = match.span()
        found.append(Word(form, start, end, capital, False, upper))  # noqa: FBT003 -- faster
    return found


@lru_cache(maxsize=8192)
def _shape(word: str) -> tuple[str, bool, bool]:
    """Return the form of an English word, and whether it has a capital, and several."""
    form = word.lower().replace("’", "'")
    return _CONTRACTED.get(form, form), word[0].isupper(), _is_acronym(word)


def _is_acronym(word: str) -> bool:
    """Return whether two letters of a word are capitals: NATO, MPs, DDoS."""
    return sum(map(str.isupper, word[:8])) > 1


@lru_cache(maxsize=16384)
def plain(word: str) -> str:
    """Return a word without accents.

    >>> plain("élysée"), plain("cœur")
    ('elysee', 'coeur')
    """
    if word.isascii():
        return word
    folded = unicodedata.normalize("NFKD", word.replace("œ", "oe").replace("æ", "ae"))
    return "".join(char for char in folded if not unicodedata.combining(char))


def spaced_words(text: str) -> list[Word]:
    """Return the words of a text of a language with spaces.

    >>> [word.form for word in spaced_words("L’usine d’Évry")]
    ['l', 'usine', 'd', 'évry']
    """
    found = []
    for match in _SPACED.finditer(text):
        form, capital, upper = _shape_spaced(match[0])
        start, end = match.span()
        found.append(Word(form, start, end, capital, False, upper))  # noqa: FBT003 -- faster
    return found


@lru_cache(maxsize=8192)
def _shape_spaced(word: str) -> tuple[str, bool, bool]:
    return word.lower(), word[0].isupper(), _is_acronym(word)


def unspaced_words(text: str, segment: Segment) -> list[Word]:
    """Return the words of a Chinese text, and its words in Latin letters."""
    return list(_unspaced(text, segment))


def _unspaced(text: str, segment: Segment) -> Iterator[Word]:
    for match in _UNSPACED.finditer(text):
        start = match.start()
        if match["han"] is None:
            form, upper = match[0].lower(), _is_acronym(match[0])
            yield Word(form, start, match.end(), match[0][0].isupper(), upper=upper)
            continue
        for at in range(0, len(match[0]), _MOST_CHARACTERS):
            for form in segment(match[0][at : at + _MOST_CHARACTERS]):
                end = start + len(form)
                yield Word(form, start, end, False, True)  # noqa: FBT003 -- faster
                start = end


def segment(
    text: str, costs: Mapping[str, float], longest: Mapping[str, int] | None = None
) -> list[str]:
    """Split a run of characters into the words of the least total cost, without losing any.

    ``longest`` says how many characters the longest word has that begins with two characters; it
    saves time, and changes nothing.

    >>> segment("研究生命起源", {"研究": 4, "研究生": 6, "生命": 4, "命": 7, "起源": 5})
    ['研究', '生命', '起源']
    """
    size = len(text)
    best, cut = [0.0, *[math.inf] * size], [0] * (size + 1)
    for start in range(size):
        so_far, most = best[start], _LONGEST
        if longest is not None:
            most = longest.get(text[start : start + 2], 0)
        for end in range(start + 2, min(size, start + most) + 1):
            cost = costs.get(text[start:end])
            if cost is not None and so_far + cost < best[end]:
                best[end], cut[end] = so_far + cost, start
        alone = so_far + costs.get(text[start], _UNKNOWN)
        if alone <= best[start + 1]:
            best[start + 1], cut[start + 1] = alone, start
    words, end = [], size
    while end:
        words.append(text[cut[end] : end])
        end = cut[end]
    return words[::-1]


TABLES = Path(__file__).parent / "tables"
_RARITY_STEPS = 12
STEPS = 16  # of -log2 of a probability
_MOST_KNOWN = 0.97
_SURE_ANSWER = 2 * STEPS
"""Steps of -log2 of a probability below which an answer is a word's usual one."""
_USUAL = 6 * STEPS
"""The same of the word that an answer usually stands for: 中国 of China, not 对华."""
UNKNOWN_RARITY = 17.0
"""The rarity of a word that no table has, in bits."""
# The strength of an answer, by the probability of either word given the other, in 1/16 of -log2.
_STRENGTH = tuple(
    min(1.0, 1.0 / (1.0 + math.exp((steps / STEPS - 5.2) * 1.1))) for steps in range(256)
)
_CHANCE = tuple(2.0 ** (steps / -STEPS) for steps in range(256))


class Link(NamedTuple):
    """An English stem that answers a stem: its strength, its probability, and that of the stem."""

    target: int
    strength: float
    chance: float
    back: float


_CAPITAL, _ALIKE = 0.85, 5
"""The least share of a name's places with a capital, and the letters that related names share."""


@dataclass(frozen=True)
class EnglishTable:
    """English forms by stem, how rare each stem is, and how often it has a capital."""

    stems: Mapping[str, int]
    rarity: Sequence[float]
    capitals: Sequence[float]

    def stem_of(self, form: str) -> int:
        """Return the number of a form's stem, or -1."""
        return self.stems.get(form, -1)

    @cached_property
    def relatives(self) -> Mapping[int, frozenset[int]]:
        """For each stem that is a name, those that begin alike: Brazil and Brazilian."""
        groups: dict[str, set[int]] = {}
        for form, stem in self.stems.items():
            if self.capitals[stem] >= _CAPITAL and len(form) >= _ALIKE:
                groups.setdefault(form[:_ALIKE], set()).add(stem)
        found: dict[int, frozenset[int]] = {}
        for group in groups.values():
            for stem in group if len(group) > 1 else ():
                found[stem] = found.get(stem, frozenset()) | (group - {stem})
        return found

    def capital_share(self, form: str) -> float:
        """Return how often a form has a capital, 1.0 if it is not known."""
        stem = self.stem_of(form)
        return self.capitals[stem] if stem >= 0 else 1.0

    def rarity_of(self, stem: int) -> float:
        """Return how rare a stem is: -log2 of the share of sentences that have it."""
        return self.rarity[stem] if stem >= 0 else UNKNOWN_RARITY


@dataclass(eq=False)
class Lexicon:
    """The words of a language and their answers in English.

    ``costs`` are those of Chinese words, empty for other languages; ``simple`` maps traditional
    characters to simplified ones; ``readings`` are the syllables of a character, and
    ``sounds`` the letters that it stands for in foreign names, with how many bits likelier both
    are together than by their frequencies.  ``names`` and
    ``names_en`` say for each stem how surely it is answered if it is a name, empty for a language
    whose names were not counted.
    """

    stems: Mapping[str, int]
    rarity: Sequence[float]
    english: EnglishTable
    costs: Mapping[str, float] = field(default_factory=dict)
    simple: Mapping[int, str] = field(default_factory=dict)
    readings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sounds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    names: Sequence[float] = ()
    names_en: Sequence[float] = ()
    arrays: Mapping[str, Any] = field(default_factory=dict)
    _links: dict[int, tuple[Link, ...]] = field(default_factory=dict)
    _names: dict[int, float] = field(default_factory=dict)
    _initials: dict[int, frozenset[str]] = field(default_factory=dict)

    def words(self, text: str) -> list[Word]:
        """Return the words of a text of this language."""
        if not self.costs:
            return spaced_words(text)
        return unspaced_words(text.translate(self.simple), self._segment)

    def _segment(self, text: str) -> list[str]:
        return segment(text, self.costs, self._longest)

    @cached_property
    def _longest(self) -> Mapping[str, int]:
        """For the first two characters of a word, the length of the longest that has them."""
        found: dict[str, int] = {}
        for form in self.costs:
            size = len(form)
            if 1 < size <= _LONGEST and size > found.get(form[:2], 0):
                found[form[:2]] = size
        return found

    def stem_of(self, form: str) -> int:
        """Return the number of a form's stem, or -1."""
        return self.stems.get(form, -1)

    def rarity_of(self, stem: int) -> float:
        """Return how rare a stem is, in bits."""
        return self.rarity[stem] if 0 <= stem < len(self.rarity) else UNKNOWN_RARITY

    def links(self, stem: int) -> tuple[Link, ...]:
        """Return the English stems that answer a stem."""
        known = self._links.get(stem)
        if known is None:
            known = self._links[stem] = self._read(stem)
        return known

    def answers(self, stem: int) -> tuple[tuple[int, float], ...]:
        """Return the English stems that answer a stem, with the strength of each in 0..1."""
        return tuple(link[:2] for link in self.links(stem))

    def _read(self, stem: int) -> tuple[Link, ...]:
        if not 0 <= stem < len(self.rarity):
            return ()
        here = slice(self._starts[stem], self._starts[stem + 1])
        targets, answers, back = self._packed
        return tuple(
            [
                Link(target, _STRENGTH[min(one, other)], _CHANCE[one], _CHANCE[other])
                for target, one, other in zip(targets[here], answers[here], back[here], strict=True)
            ]
        )

    @cached_property
    def _packed(self) -> tuple[memoryview, bytes, bytes]:
        """The targets of all links and their probabilities, which are read faster than arrays."""
        targets, answers, back = (self.arrays[key] for key in ("targets", "answers", "back"))
        return memoryview(targets), answers.tobytes(), back.tobytes()

    def initials(self, stem: int) -> frozenset[str]:
        """Return the first characters of the Chinese words that a name answers: 巴 for Brazil."""
        known = self._initials.get(stem)
        if known is None:
            import numpy as np

            at = np.flatnonzero(self.arrays["targets"] == stem)
            sure = (self.arrays["answers"][at] < _SURE_ANSWER) & (self.arrays["back"][at] < _USUAL)
            at = at[sure]
            owners = np.searchsorted(self.arrays["starts"], at, side="right") - 1
            forms = (self._forms[i] for i in owners.tolist())
            known = self._initials[stem] = frozenset(f[0] for f in forms if len(f) > 1)
        return known

    @cached_property
    def _forms(self) -> list[str]:
        return list(self.stems)

    def nameness(self, stem: int) -> float:
        """Return how often the answers to a stem have a capital, 0 to 1."""
        known = self._names.get(stem)
        if known is None:
            capitals = self.english.capitals
            links = self.links(stem)
            total = sum(link.strength for link in links)
            named = sum(link.strength * capitals[link.target] for link in links)
            known = self._names[stem] = named / total if total else 0.5
        return known

    def name_doubt(self, form: str) -> float:
        """Return how much it says that nothing answers a name, in bits; 0 if it is none."""
        stem = self.stem_of(form)
        return self.names[stem] if 0 <= stem < len(self.names) else 0.0

    def name_doubt_en(self, form: str) -> float | None:
        """Return the same of an English name; None if the form is not known."""
        stem = self.english.stem_of(form)
        return self.names_en[stem] if 0 <= stem < len(self.names_en) else None

    @cached_property
    def doubt(self) -> list[float]:
        """How much it says that nothing answers a stem, in bits: its answers leave few others."""
        import numpy as np

        chances = np.exp2(self.arrays["answers"] / -float(STEPS))
        sums = np.add.reduceat(np.append(chances, 0.0), self.arrays["starts"][:-1])
        return _doubt(sums)

    @cached_property
    def doubt_en(self) -> list[float]:
        """The same of the English stems."""
        import numpy as np

        chances = np.exp2(self.arrays["back"] / -float(STEPS))
        size = len(self.english.rarity)
        return _doubt(np.bincount(self.arrays["targets"], weights=chances, minlength=size))

    @cached_property
    def _starts(self) -> list[int]:
        starts: list[int] = self.arrays["starts"].tolist()
        return starts


def _doubt(known: Any) -> list[float]:  # noqa: ANN401 -- an array
    """Return -log2 of the share of answers that the table does not know, for each sum of those."""
    import numpy as np

    bits: list[float] = (-np.log2(1.0 - np.minimum(known, _MOST_KNOWN))).tolist()
    return bits


@lru_cache(maxsize=1)
def english_table() -> EnglishTable:
    """Read the table of English."""
    table = _read_table("en")
    forms = _lines(table["forms"])
    return EnglishTable(
        MappingProxyType(dict(zip(forms, table["stems"].tolist(), strict=True))),
        (table["rarity"] / _RARITY_STEPS).tolist(),
        (table["capitals"] / 255).tolist(),
    )


def find_lexicon(language: str) -> Lexicon | None:
    """Return the lexicon of a language, by its BCP-47 tag, or None if there is none.

    >>> lexicon = find_lexicon("fr-CA")
    >>> english = lexicon.english
    >>> dict(lexicon.answers(lexicon.stem_of("usine")))[english.stem_of("factories")] > 0.9
    True
    >>> find_lexicon("de") is None
    True
    """
    return _read_lexicon(language.partition("-")[0].lower())


@lru_cache(maxsize=8)
def _read_lexicon(code: str) -> Lexicon | None:
    if not code.isalpha() or code == "en" or not (TABLES / f"{code}.npz").is_file():
        return None
    table = _read_table(code)
    forms = _lines(table["forms"])
    rarity = (table["rarity"] / _RARITY_STEPS).tolist()
    if "costs" not in table:
        stems = dict(zip(forms, table["stems"].tolist(), strict=True))
        return Lexicon(stems, rarity, english_table(), arrays=table)
    costs = dict(zip(forms, (table["costs"] / 8).tolist(), strict=True))
    stems = {form: i for i, form in enumerate(forms[: len(rarity)])}
    old, new = _lines(table["traditional"])
    readings = {line[0]: tuple(line[1:].split()) for line in _lines(table["readings"])}
    simple = dict(zip(map(ord, old), new, strict=True))
    names, names_en = (
        (table[key] / STEPS).tolist() if key in table else () for key in ("names", "names_en")
    )
    sounds = _read_sounds(_lines(table["sounds"])) if "sounds" in table else {}
    return Lexicon(
        stems,
        rarity,
        english_table(),
        costs,
        simple,
        readings,
        sounds,
        names,
        names_en,
        arrays=table,
    )


def _read_sounds(lines: Sequence[str]) -> dict[str, dict[str, float]]:
    """Read lines of a character, groups of letters and their bits, in sixteenths."""
    found = {}
    for line in lines:
        sign, *rest = line.split()
        found[sign] = {g: int(bits) / STEPS for g, bits in zip(rest[::2], rest[1::2], strict=True)}
    return found


def _read_table(code: str) -> dict[str, Any]:
    import numpy as np

    with np.load(TABLES / f"{code}.npz", allow_pickle=False) as file:
        return dict(file)


def _lines(packed: Any) -> list[str]:  # noqa: ANN401 -- an array of bytes
    return str(packed.tobytes(), "utf-8").split("\n")
