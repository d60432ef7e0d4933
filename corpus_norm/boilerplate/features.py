"""Counting characters and finding words in many blocks at once.

The blocks are joined into one array of code points.  A table gives the group of each code point,
and one pass counts the groups per block, so the cost hardly depends on the number of things
counted.  Words are identified by hashes of their letters, which costs less than slicing strings.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.languages import LANGUAGES
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from corpus_norm.boilerplate.lexicon import Hit, Lexicon

    Column = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Numbers = NDArray[np.int64]
    Codes = NDArray[np.uint64]

GAP = "\x1e"  # follows each text; being white space, it ends a word and a sentence
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
TESTS = {
    "digit": str.isdecimal,
    "upper": str.isupper,
    "lower": str.islower,
    "space": str.isspace,
    "alphanumeric": str.isalnum,
}
HAN_RANGES = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
PLANE = 0x10000  # higher code points are looked up as one of the last two below this
OTHER, RARE_HAN = 0xFFFF, 0xFFFE
PROPERTIES = (*TESTS, "letter", "han", *MEMBERS)
ROW = 256  # code points
UNKNOWN = 0xFF  # more than there are groups
JAMO = 0x1100  # a row of letters that NFKC composes into syllables
MANY = 1  # no letter has this code point
RARE_HAN_PLANES = (2, 3)
# Multipliers for the letters of a word by their place, modulo 2**64 (Karp and Rabin 1987).
PLACES = np.cumprod(np.full(64, 0x9E3779B97F4A7C15, dtype=np.uint64))


class Groups:
    """Groups of characters with the same properties, found row by row as texts have them.

    Most texts have characters of three rows, and looking all of them up takes 80 ms.

    Attributes:
        of_code: the group of each code point below :data:`PLANE`, :data:`UNKNOWN` before a text
            has had one of its row.
        holds: by property, the groups that have it.
        lowered: the code point of the lower-case letter.
        key: the code point of the letter or digit without case and width, 0 for other characters,
            and :data:`MANY` where the key is not one character or depends on the neighbours.
    """

    def __init__(self) -> None:
        self.of_code = np.full(PLANE, UNKNOWN, dtype=np.uint8)
        self.holds = {name: np.zeros(UNKNOWN, dtype=bool) for name in PROPERTIES}
        self.lowered = np.arange(PLANE, dtype=np.uint64)
        self.key = np.arange(PLANE, dtype=np.uint32)
        self._numbers: dict[int, int] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._numbers)

    def find(self, codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """Return the group of each code point."""
        groups = self.of_code[codes]
        if groups.max(initial=0) == UNKNOWN:
            with self._lock:
                for row in set((codes[groups == UNKNOWN] // ROW).tolist()):
                    self._add_row(row * ROW)
            groups = self.of_code[codes]
        return groups

    def _add_row(self, start: int) -> None:
        own = slice(start, start + ROW)
        row = [chr(code) for code in range(start, start + ROW)]
        flags = _find_properties(row, start)
        if flags["lower"].any() or flags["upper"].any():
            self.lowered[own] = [ord(low) if len(low := c.lower()) == 1 else ord(c) for c in row]
        keys = list(_find_keys(row, start))
        if start + ROW == PLANE:
            keys[RARE_HAN - start :] = MANY, MANY
        self.key[own] = keys
        bits = np.zeros(ROW, dtype=np.int64)
        for index, column in enumerate(flags.values()):
            bits |= column.astype(np.int64) << index
        for each in set(bits.tolist()):
            number = self._numbers.setdefault(each, len(self._numbers))
            for index, name in enumerate(flags):
                self.holds[name][number] = each >> index & 1
        self.of_code[own] = [self._numbers[each] for each in bits.tolist()]


@cache
def load_groups() -> Groups:
    """Return the groups of characters, which all texts share."""
    return Groups()


def _find_properties(row: Sequence[str], start: int) -> dict[str, Flags]:
    """Return, by property, which characters of a row have it."""
    flags = {name: np.zeros(ROW, dtype=bool) for name in PROPERTIES}
    if _is_caseless("".join(row)):
        flags["alphanumeric"][:] = True
    else:
        for name, test in TESTS.items():
            flags[name][:] = list(map(test, row))
    if start + ROW == PLANE:
        flags["alphanumeric"][RARE_HAN - start] = True
    flags["letter"] = flags["alphanumeric"] & ~flags["digit"]
    for first, last in HAN_RANGES:
        flags["han"][max(first - start, 0) : max(last + 1 - start, 0)] = True
    for name, members in MEMBERS.items():
        places = (ord(each) - start for each in members)
        flags[name][[place for place in places if 0 <= place < ROW]] = True
    return flags


def _is_caseless(row: str) -> bool:
    """Whether a row of characters has only letters without case, as most rows of Han have."""
    has_case = row.lower() != row or row.upper() != row or row.islower() or row.isupper()
    return row.isalpha() and not has_case


def fold(text: str) -> str:
    """Return the text without differences of case and width.

    >>> fold("Ｇröße")
    'grösse'
    """
    return unicodedata.normalize("NFKC", text).casefold()


def _find_keys(row: Sequence[str], start: int) -> Iterable[int]:
    """Return the keys of a row of characters.

    If folding changes none of them, the characters are their own keys.
    """
    text = "".join(row)
    if start != JAMO and text.isalnum() and fold(text) == text:
        return range(start, start + ROW)
    return map(_find_key, row)


def _find_key(character: str) -> int:
    """Return the key of a character; combining marks may compose with the letter before them."""
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

    ``owner`` is the text that a word is in; ``code`` is a number that is the same for the same word
    in any case; ``size`` is its length.
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
        self.groups = load_groups().find(self.codes)

    def make_keys(self) -> tuple[list[str], list[int]]:
        """Return the key of each text from a table, and the indices of texts it cannot handle.

        A key holds the letters and digits without case and width, as in :func:`normalize_key`.
        """
        keys = load_groups().key[self.codes]
        made = keys[keys > 0].tobytes().decode("utf-32-le", "surrogatepass")
        return made.split(GAP)[:-1], sorted(set(self.owner[keys == MANY].tolist()))

    @cached_property
    def _counts(self) -> Column:
        """The number of characters of each group in each text."""
        number = len(load_groups())
        places = self.owner * number + self.groups
        counts = np.bincount(places, minlength=len(self.sizes) * number)
        return counts.reshape(len(self.sizes), number).astype(np.float64)

    def is_a(self, name: str) -> Flags:
        """Flag the characters that have a property."""
        return load_groups().holds[name][self.groups]

    def count(self, name: str) -> Column:
        """Count the characters of each text that have a property."""
        counted: Column = self._counts @ load_groups().holds[name][: self._counts.shape[1]]
        return counted

    def total(self, places: Flags) -> Column:
        """Count the flagged characters in each text."""
        return np.bincount(self.owner[places], minlength=len(self.sizes)).astype(np.float64)

    def count_runs(self, name: str) -> Column:
        """Count the runs of characters with a property in each text."""
        flags = self.is_a(name)
        starts = flags.copy()
        starts[1:] &= ~flags[:-1]
        return self.total(starts)

    def count_sentence_ends(self) -> Column:
        """Count stops before a space, a closing quote or the end, and Chinese stops anywhere."""
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
    """Return the code points of a text, with a placeholder for each above :data:`PLANE`.

    The placeholder is :data:`RARE_HAN` for Han characters and :data:`OTHER` for all others.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if not len(codes) or codes.max() < PLANE:
        return codes
    is_han = np.isin(codes >> 16, RARE_HAN_PLANES)
    return np.where(codes < PLANE, codes, np.where(is_han, RARE_HAN, OTHER)).astype(np.uint32)


def number_words(words: Iterable[str]) -> Codes:
    """Return the codes of some words, sorted.

    >>> bool((number_words(["the", "a"]) == number_words(["A", "The"])).all())
    True
    """
    return np.sort(Characters([" ".join(words)]).words.code)


def _number_words(letters: NDArray[np.uint32], size: Numbers) -> Codes:
    """Return a hash for each word; ``letters`` holds the letters of all words in sequence."""
    if not len(size):
        return np.empty(0, dtype=np.uint64)
    starts = np.cumsum(size) - size
    place = np.minimum(np.arange(len(letters)) - np.repeat(starts, size), len(PLACES) - 1)
    return np.add.reduceat(load_groups().lowered[letters] * PLACES[place], starts)


HAN_WIDTH = 2.5  # a Han character says about as much as 2.5 Latin letters
STOPWORDS = frozenset(
    word for language in LANGUAGES.values() if language.spaced for word in language.stopwords
)
STOP_ENDS = tuple(".!?…。！？")
OPEN_ENDS = ("...", "…", ",", "，", "、", ";", "；")
CLOSERS = "\"'”’»)]」』）* \xa0\u202f"  # French puts a space before »
# One to four words, perhaps with "@" before the first.
NAME = compile_lazily(r"@?\w[\w.'’-]*(?: \w[\w.'’-]*){0,3}")
NOT_A_LETTER = compile_lazily(r"[\W_]+")
YEAR = compile_lazily(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# A time such as 9:30, 14h05 or 9时30.
CLOCK = compile_lazily(r"\d{1,2}\s?[:h：時时]\s?\d{2}")
# A date in digits such as 13/04/2024 or 2024年4月13.
NUMBER_DATE = compile_lazily(r"\d{1,4}[-./年]\d{1,2}[-./月]\d{1,4}")
# A web or mail address, or the end of a host name.  The sign in it comes first: unlike a letter of
# any case, it is searched for quickly.
ADDRESS = compile_lazily(
    r"[:.@](?:(?<=http:)|(?<=https:)|(?<=www\.)|(?<=\w@)\w|(?<=\.)(?:com|org|net|fr|cn|tw|hk|uk)\b)",
    re.IGNORECASE,
)
HANDLE = compile_lazily(r"(?:^|\s)[@#]\w")
PROSE_WIDTH = 60
NUMERIC_FEATURES = (
    "log_width",
    "ends_sentence",
    "ends_colon",
    "ends_open",
    "stopword_share",
    "stopwords",
    "words",
    "capitalised_share",
    "upper_share",
    "starts_lower",
    "digit_share",
    "numbers",
    "sentences",
    "comma_rate",
    "quotes",
    "separators",
    "dates",
    "address",
    "handle",
    "han_share",
    "starts_punctuation",
    "mean_word",
)
"""Names of the numbers computed from one block, in the order used to train the trees."""
SOFT_HYPHEN = "\xad"  # invisible, and cuts words into pieces
TERM_CHARS = 4  # shorter words say little about the topic
LONGEST_BLOCK = 100_000  # characters; text after these changes no count that matters
PORTION = 100_000  # characters processed together, to bound memory use


@dataclass(frozen=True, slots=True)
class Terms:
    """The topic of blocks: words, or pairs of Han characters, that are not stopwords.

    ``code`` is the number of a term; ``owner`` is the block it is in, in ascending order.
    """

    owner: Numbers
    code: Codes


@dataclass(frozen=True)
class Features:
    """Evidence about blocks: one value for each block, in order.

    ``width`` is the length of a block in Latin-letter equivalents; ``keys`` are the texts without
    case, spaces and punctuation, so that equal keys mean repetition; ``numeric`` are the
    :data:`NUMERIC_FEATURES` by name.  ``numeric`` and ``terms`` are empty unless the model needs
    them.
    """

    width: Column
    ends_sentence: Flags
    stopword_share: Column
    keys: list[str]
    hits: list[Hit | None]
    numeric: dict[str, Column]
    terms: Terms

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def is_hit(self) -> Flags:
        """Flags of the blocks that match the lexicon."""
        return np.array([hit is not None for hit in self.hits], dtype=bool)

    @cached_property
    def is_prose(self) -> Flags:
        """Flags of sentences of some length, the kind of line that articles consist of."""
        return ~self.is_hit & self.ends_sentence & (self.width >= PROSE_WIDTH)

    @cached_property
    def is_short(self) -> Flags:
        """Flags of blocks no longer than a heading or a button."""
        return (self.width < 100) & ~self.ends_sentence

    def crop(self, first: int, last: int) -> Features:
        """Return the features of some blocks, as if the others did not exist."""
        part = slice(first, last)
        owner = self.terms.owner
        inside = slice(*np.searchsorted(owner, (first, last)).tolist())
        return Features(
            width=self.width[part],
            ends_sentence=self.ends_sentence[part],
            stopword_share=self.stopword_share[part],
            keys=self.keys[part],
            hits=self.hits[part],
            numeric={name: column[part] for name, column in self.numeric.items()},
            terms=Terms(owner[inside] - first, self.terms.code[inside]),
        )

    def pick(self, places: Sequence[int]) -> Features:
        """Return the features of the blocks at these places, which may be repeated."""
        at = np.array(places, dtype=np.int64)
        first = np.searchsorted(self.terms.owner, at)
        size = np.searchsorted(self.terms.owner, at, side="right") - first
        inside = np.repeat(first - np.cumsum(size) + size, size) + np.arange(size.sum())
        return Features(
            width=self.width[at],
            ends_sentence=self.ends_sentence[at],
            stopword_share=self.stopword_share[at],
            keys=[self.keys[place] for place in places],
            hits=[self.hits[place] for place in places],
            numeric={name: column[at] for name, column in self.numeric.items()},
            terms=Terms(np.repeat(np.arange(len(at)), size), self.terms.code[inside]),
        )


def extract_features(texts: Sequence[str], lexicon: Lexicon, *, in_full: bool = True) -> Features:
    """Compute the features of blocks; ``numeric`` and ``terms`` only if ``in_full``.

    The features of a block do not depend on other blocks, so many documents can be processed
    together, which is faster.

    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> texts = ["Share", "The company lost five billion dollars in the year to June, it said."]
    >>> seen = extract_features(texts, load_lexicon())
    >>> seen.is_short.tolist(), seen.is_prose.tolist(), bool(seen.stopword_share[1] > 0.3)
    ([True, False], [False, True], True)
    """
    stripped = [text.replace(SOFT_HYPHEN, "").replace("\n", " ").strip() for text in texts]
    distinct = list(dict.fromkeys(stripped))  # the pages of a site share menus and footers
    parts = [_extract_batch(distinct[a:b], in_full=in_full) for a, b in _portion(distinct)]
    starts = np.cumsum([0, *(len(part.keys) for part in parts)]).tolist()
    owners = [part.terms.owner + start for part, start in zip(parts, starts, strict=False)]
    found = Features(
        width=np.concatenate([part.width for part in parts]),
        ends_sentence=np.concatenate([part.ends_sentence for part in parts]),
        stopword_share=np.concatenate([part.stopword_share for part in parts]),
        keys=[key for part in parts for key in part.keys],
        hits=lexicon.find_all(distinct),
        numeric={
            name: np.concatenate([part.numeric[name] for part in parts])
            for name in parts[0].numeric
        },
        terms=Terms(np.concatenate(owners), np.concatenate([part.terms.code for part in parts])),
    )
    if len(distinct) == len(stripped):
        return found
    places = {text: place for place, text in enumerate(distinct)}
    return found.pick([places[text] for text in stripped])


def normalize_key(text: str) -> str:
    """Return only the letters and digits, without case and width; repeated lines share this key.

    >>> normalize_key("OpenAI is crashing.") == normalize_key("OpenAI is Crashing")
    True
    """
    return NOT_A_LETTER.sub("", fold(text))


def _portion(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield spans of texts of about :data:`PORTION` characters; at least one, even if empty."""
    first = size = 0
    for index, text in enumerate(texts):
        size += min(len(text), LONGEST_BLOCK)
        if size > PORTION:
            yield first, index + 1
            first, size = index + 1, 0
    if first < len(texts) or not first:
        yield first, len(texts)


def _extract_batch(texts: Sequence[str], *, in_full: bool) -> Features:
    seen = Characters([text[:LONGEST_BLOCK] for text in texts])
    han, words = seen.count("han"), seen.words
    is_han = han > seen.sizes / 4
    is_stopword = _are_stopwords(words.code)
    number = np.bincount(words.owner, minlength=len(texts)).astype(np.float64)
    total = np.where(is_han, han / 2, number)
    latin = np.bincount(words.owner[is_stopword], minlength=len(texts))
    stopwords = np.where(is_han, seen.count("han_stopword"), latin)
    share = stopwords / np.maximum(total, 0.5)
    width = np.array([len(text) for text in texts]) + (HAN_WIDTH - 1) * han
    ends = np.array([text.rstrip(CLOSERS).endswith(STOP_ENDS) for text in texts], dtype=bool)
    numeric: dict[str, Column] = {}
    terms = Terms(np.empty(0, np.int64), np.empty(0, np.uint64))
    if in_full:
        seen_numbers = {
            "log_width": np.log1p(width),
            "ends_sentence": ends.astype(np.float64),
            "stopword_share": share,
            "stopwords": np.log1p(stopwords),
            "words": np.log1p(total),
            **_see_letters(seen, number, total),
            **_see_ends(texts, seen),
            **_see_numbers(texts, seen),
        }
        numeric = {name: seen_numbers[name] for name in NUMERIC_FEATURES}
        terms = _collect_terms(seen, is_han, is_stopword)
    return Features(width, ends, share, _make_keys(texts, seen), [], numeric, terms)


@cache
def _number_stopwords() -> Codes:
    return number_words(STOPWORDS)


def _are_stopwords(codes: Codes) -> Flags:
    known = _number_stopwords()
    at = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    found: Flags = known[at] == codes
    return found


def _make_keys(texts: Sequence[str], seen: Characters) -> list[str]:
    """Return :func:`normalize_key` of all texts."""
    keys, hard = seen.make_keys()
    for index in hard:
        keys[index] = normalize_key(texts[index][:LONGEST_BLOCK])
    return keys


def _see_letters(seen: Characters, number: Column, total: Column) -> dict[str, Column]:
    """Return shares and rates of kinds of characters and words."""
    words, blocks = seen.words, len(seen.sizes)
    size, count = np.maximum(seen.sizes, 1), np.maximum(number, 1)
    han = seen.count("han")
    capitalised = np.bincount(words.owner[words.is_capitalised], minlength=blocks)
    upper = np.bincount(words.owner[words.is_upper], minlength=blocks)
    letters = np.bincount(words.owner, words.size, minlength=blocks)
    return {
        "capitalised_share": capitalised / count,
        "upper_share": upper / count,
        "digit_share": seen.count("digit") / size,
        "numbers": np.minimum(seen.count_runs("digit"), 20.0),
        "sentences": np.minimum(seen.count_sentence_ends(), 12.0),
        "comma_rate": seen.count("comma") / np.maximum(4.0, total),
        "quotes": np.minimum(seen.count("quote"), 6.0),
        "separators": seen.count("bar") / size,
        "han_share": han / size,
        "mean_word": np.where(han > 0, 0.0, letters / count),
    }


def _see_ends(texts: Sequence[str], seen: Characters) -> dict[str, Column]:
    """Return how blocks begin and end."""
    return {
        "ends_colon": np.array([float(text.endswith((":", "："))) for text in texts]),
        "ends_open": np.array([float(text.endswith(OPEN_ENDS)) for text in texts]),
        "starts_lower": seen.is_a("lower")[seen.starts].astype(np.float64),
        "starts_punctuation": np.array([float(not text[:1].isalnum()) for text in texts]),
    }


def _see_numbers(texts: Sequence[str], seen: Characters) -> dict[str, Column]:
    """Find dates, addresses and handles; try regular expressions only where they can match."""
    digit, codes = seen.is_a("digit"), seen.codes
    dates, address, handle = (np.zeros(len(texts)) for _ in range(3))
    for index in np.flatnonzero(seen.count("digit") >= 4).tolist():
        dates[index] += len(YEAR.findall(texts[index]))
    near = digit | seen.is_a("space")
    clocks, days = seen.is_a("clock_mark"), seen.is_a("date_mark")
    for signs, beside, form in ((clocks, near, CLOCK), (days, digit, NUMBER_DATE)):
        signs[1:-1] &= beside[:-2] & beside[2:]
        for index in np.flatnonzero((seen.total(signs) > 0) & (seen.count("digit") > 2)).tolist():
            dates[index] += len(form.findall(texts[index]))
    dots = codes == ord(".")
    dots[:-1] &= seen.is_a("letter")[1:]
    handles = (codes == ord("@")) | (codes == ord("#"))
    colons = codes == ord(":")
    colons[1:] &= (codes[:-1] | 0x20 == ord("s")) | (codes[:-1] | 0x20 == ord("p"))
    for index in np.flatnonzero(seen.total(dots | colons | handles)).tolist():
        address[index] = float(ADDRESS.search(texts[index]) is not None)
    for index in np.flatnonzero(seen.total(handles)).tolist():
        handle[index] = float(HANDLE.search(texts[index]) is not None)
    return {"dates": np.minimum(dates, 4.0), "address": address, "handle": handle}


def _collect_terms(seen: Characters, is_han: Flags, is_stopword: Flags) -> Terms:
    words = seen.words
    wanted = ~is_stopword & (words.size >= TERM_CHARS) & ~is_han[words.owner]
    places = np.flatnonzero(seen.is_a("han") & is_han[seen.owner])
    letters, owner = seen.codes[places].astype(np.uint64), seen.owner[places]
    speaks = ~seen.is_a("han_stopword")[places]
    pairs = speaks[:-1] & speaks[1:] & (owner[:-1] == owner[1:])
    code = np.concatenate((words.code[wanted], (letters[:-1] << 16 | letters[1:])[pairs]))
    owners = np.concatenate((words.owner[wanted], owner[:-1][pairs]))
    order = np.lexsort((code, owners))
    code, owners = code[order], owners[order]
    is_new = np.ones(len(code), dtype=bool)
    is_new[1:] = (code[1:] != code[:-1]) | (owners[1:] != owners[:-1])
    return Terms(owners[is_new], code[is_new])
