"""Counting characters and finding words in many blocks at once.

The blocks are one array of code points.  A table gives the group of each, and groups are counted
per block in one pass, so that the cost hardly depends on how many things are counted.  Words are
known by numbers made from their letters, which costs less than cutting them out.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Column = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Numbers = NDArray[np.int64]
    Codes = NDArray[np.uint64]

GAP = "\x1e"  # stands after each text; as white space it ends a word and a sentence
HAN_STOPWORDS = frozenset(
    word for language in LANGUAGES.values() if not language.spaced for word in language.stopwords
)
MEMBERS = {
    "stop": ".!?…",
    "wide_stop": "。！？",
    "closer": "\"'”’»)]",
    "comma": ",;:、，；：",
    "quote": '"“”«»「」『』‘’',
    "bar": "|›»•·/\\>→_=~※◆●■▲▼【】[]",
    "joiner": "'’-",
    "clock_mark": ":h：時时",
    "date_mark": "-./年",
    "han_stopword": "".join(sorted(HAN_STOPWORDS)),
}
HAN_RANGES = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
PLANE = 0x10000  # code points above are looked up as one of the two last of the plane
OTHER, RARE_HAN = 0xFFFF, 0xFFFE
ROW = 256  # code points
JAMO = 0x1100  # a row of letters that melt into syllables
MANY = 1  # no letter has this code point
RARE_HAN_PLANES = (2, 3)
# Multipliers for the letters of a word by their place, modulo 2**64 (Karp and Rabin 1987).
PLACES = np.cumprod(np.full(64, 0x9E3779B97F4A7C15, dtype=np.uint64))


@dataclass(frozen=True, slots=True)
class Groups:
    """Characters with the same properties: the group of each code point, and what holds of it.

    ``lowered`` gives the code point of the small letter; ``key`` that of the letter or digit
    without case and width, 0 for other characters, and :data:`MANY` where it takes more than a
    look at this character alone.
    """

    of_code: NDArray[np.uint8]
    holds: dict[str, Flags]
    lowered: Codes
    key: NDArray[np.uint32]


@cache
def load_groups() -> Groups:
    """The groups of the characters below :data:`PLANE`."""
    characters = [chr(code) for code in range(PLANE)]
    flags = {
        "digit": np.array([each.isdecimal() for each in characters]),
        "upper": np.array([each.isupper() for each in characters]),
        "lower": np.array([each.islower() for each in characters]),
        "space": np.array([each.isspace() for each in characters]),
        "alphanumeric": np.array([each.isalnum() for each in characters]),
        "han": np.zeros(PLANE, dtype=bool),
    }
    flags["alphanumeric"][RARE_HAN] = True
    flags["letter"] = flags["alphanumeric"] & ~flags["digit"]
    for first, last in HAN_RANGES:
        flags["han"][first : last + 1] = True
    for name, members in MEMBERS.items():
        flags[name] = np.zeros(PLANE, dtype=bool)
        flags[name][[ord(each) for each in members]] = True
    bits = sum(column.astype(np.int64) << index for index, column in enumerate(flags.values()))
    groups, of_code = np.unique(bits, return_inverse=True)
    holds = {name: (groups >> index & 1).astype(bool) for index, name in enumerate(flags)}
    lowered = [ord(low) if len(low := each.lower()) == 1 else ord(each) for each in characters]
    keys = [key for start in range(0, PLANE, ROW) for key in _find_keys(characters, start)]
    keys[OTHER] = keys[RARE_HAN] = MANY
    return Groups(
        of_code.astype(np.uint8),
        holds,
        np.array(lowered, dtype=np.uint64),
        np.array(keys, dtype=np.uint32),
    )


def fold(text: str) -> str:
    """The text without case and width.

    >>> fold("Ｇröße")
    'grösse'
    """
    return unicodedata.normalize("NFKC", text).casefold()


def _find_keys(characters: Sequence[str], start: int) -> Iterable[int]:
    """The keys of a row of characters; where they are letters that nothing changes, themselves."""
    row = characters[start : start + ROW]
    text = "".join(row)
    if start != JAMO and text.isalnum() and fold(text) == text:
        return range(start, start + ROW)
    return map(_find_key, row)


def _find_key(character: str) -> int:
    """What stands for a character in a key; marks may melt into the letter before them."""
    if character == GAP:
        return ord(GAP)
    folded = character.lower() if character.isascii() else fold(character)
    kept = [each for each in folded if each.isalnum()]
    if not kept and not unicodedata.category(character).startswith("M"):
        return 0
    is_jamo = JAMO <= ord(character) < JAMO + ROW
    return ord(kept[0]) if len(kept) == 1 and len(folded) == 1 and not is_jamo else MANY


@dataclass(frozen=True, slots=True)
class Words:
    """The words of several texts in order: letters, with apostrophes and hyphens between them.

    ``owner`` is the text each stands in; ``code`` the same number for the same word, whatever its
    case; ``size`` its length.
    """

    owner: Numbers
    code: Codes
    size: Numbers
    is_capitalised: Flags
    is_upper: Flags


class Characters:
    """The characters of several texts.

    >>> both = Characters(["Share", "The bank's 3 doors."])
    >>> both.count("letter").tolist(), both.words.owner.tolist(), both.words.size.tolist()
    ([5.0, 13.0], [0, 1, 1, 1], [5, 3, 6, 5])
    """

    def __init__(self, texts: Sequence[str]) -> None:
        joined = GAP.join([*texts, ""])
        if joined.count(GAP) != len(texts):
            joined = GAP.join([*(text.replace(GAP, " ") for text in texts), ""])
        self.joined = joined
        self.sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        self.ends = np.cumsum(self.sizes + 1) - 1
        self.starts = self.ends - self.sizes
        self.owner = np.repeat(np.arange(len(texts)), self.sizes + 1)
        self.codes = read_codes(joined)
        self.groups = load_groups().of_code[self.codes]

    def make_keys(self) -> tuple[list[str], list[int]]:
        """The letters and digits of each text without case and width, as far as a table can tell.

        The second list names the texts with characters for which it cannot.
        """
        keys = load_groups().key[self.codes]
        made = keys[keys > 0].tobytes().decode("utf-32-le", "surrogatepass")
        return made.split(GAP)[:-1], np.unique(self.owner[keys == MANY]).tolist()

    @cached_property
    def _counts(self) -> Column:
        """How many characters of each group are in each text."""
        number = len(load_groups().holds["letter"])
        places = self.owner * number + self.groups
        counts = np.bincount(places, minlength=len(self.sizes) * number)
        return counts.reshape(len(self.sizes), number).astype(np.float64)

    def is_a(self, name: str) -> Flags:
        """Which characters have a property."""
        return load_groups().holds[name][self.groups]

    def count(self, name: str) -> Column:
        """How many characters of each text have a property."""
        counted: Column = self._counts @ load_groups().holds[name]
        return counted

    def total(self, places: Flags) -> Column:
        """How many of the marked characters are in each text."""
        return np.bincount(self.owner[places], minlength=len(self.sizes)).astype(np.float64)

    def count_runs(self, name: str) -> Column:
        """How many runs of characters with a property are in each text."""
        flags = self.is_a(name)
        starts = flags.copy()
        starts[1:] &= ~flags[:-1]
        return self.total(starts)

    def count_sentence_ends(self) -> Column:
        """Stops before a space, a closing quote or the end; those of Chinese anywhere."""
        holds, ends = load_groups().holds, self.is_a("stop")
        ends[:-1] &= (holds["space"] | holds["closer"])[self.groups[1:]]
        return self.total(ends) + self.count("wide_stop")

    @cached_property
    def words(self) -> Words:
        """The words of all texts."""
        inside, joins = self.is_a("letter"), self.is_a("joiner")
        joins[1:-1] &= inside[:-2] & inside[2:]
        joins[[0, -1]] = False
        inside |= joins
        edges = np.flatnonzero(np.diff(inside, prepend=False, append=False))
        starts, ends = edges[::2], edges[1::2]
        size = ends - starts
        is_upper = self.is_a("upper")
        uppers = np.concatenate(([0], np.cumsum(is_upper)))
        lowers = np.concatenate(([0], np.cumsum(self.is_a("lower"))))
        shouts = (uppers[ends] > uppers[starts]) & (lowers[ends] == lowers[starts])
        return Words(
            owner=self.owner[starts],
            code=_number_words(self.codes[inside], size),
            size=size,
            is_capitalised=is_upper[starts],
            is_upper=shouts & (size > 1),
        )


def read_codes(text: str) -> NDArray[np.uint32]:
    """The code points of a text, those above :data:`PLANE` as one that stands for them."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if not len(codes) or codes.max() < PLANE:
        return codes
    is_han = np.isin(codes >> 16, RARE_HAN_PLANES)
    return np.where(codes < PLANE, codes, np.where(is_han, RARE_HAN, OTHER)).astype(np.uint32)


def number_words(words: Iterable[str]) -> Codes:
    """The codes of some words, sorted.

    >>> bool((number_words(["the", "a"]) == number_words(["A", "The"])).all())
    True
    """
    return np.sort(Characters([" ".join(words)]).words.code)


def _number_words(letters: NDArray[np.uint32], size: Numbers) -> Codes:
    """A number for each word from its letters, which stand one after the other."""
    if not len(size):
        return np.empty(0, dtype=np.uint64)
    starts = np.cumsum(size) - size
    place = np.minimum(np.arange(len(letters)) - np.repeat(starts, size), len(PLACES) - 1)
    return np.add.reduceat(load_groups().lowered[letters] * PLACES[place], starts)
