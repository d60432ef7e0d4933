"""What can be seen of blocks from their text alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.boilerplate.characters import (
    Characters,
    fold,
    number_words,
)
from corpus_norm.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus_norm.boilerplate.characters import Codes, Column, Flags, Numbers
    from corpus_norm.boilerplate.lexicon import Hit, Lexicon

HAN_WIDTH = 2.5  # a Han character says about as much as 2.5 Latin letters
STOPWORDS = frozenset(
    word for language in LANGUAGES.values() if language.spaced for word in language.stopwords
)
STOP_ENDS = tuple(".!?…。！？")
OPEN_ENDS = ("...", "…", ",", "，", "、", ";", "；")
CLOSERS = "\"'”’»)]」』）*"
NAME = re.compile(r"@?\w[\w.'’-]*(?: \w[\w.'’-]*){0,3}")
NOT_A_LETTER = re.compile(r"[\W_]+")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
CLOCK = re.compile(r"\d{1,2}\s?[:h：時时]\s?\d{2}")
NUMBER_DATE = re.compile(r"\d{1,4}[-./年]\d{1,2}[-./月]\d{1,4}")
ADDRESS = re.compile(r"https?:|www\.|\w@\w|\.(?:com|org|net|fr|cn|tw|hk|uk)\b", re.IGNORECASE)
HANDLE = re.compile(r"(?:^|\s)[@#]\w")
PROSE_WIDTH = 60
MARKS = (
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
"""Names of the numbers seen in one block; the order is that of the trees' training."""
TERM_CHARS = 4  # shorter words say little about the topic
LONGEST_BLOCK = 100_000  # characters; what lies behind changes no count that matters
PORTION = 100_000  # characters looked at together, to bound the memory


@dataclass(frozen=True, slots=True)
class Terms:
    """What blocks are about: words, or pairs of Han characters, that are not stopwords.

    ``code`` is the number of a term, ``owner`` the block it stands in, in rising order.
    """

    owner: Numbers
    code: Codes


@dataclass(frozen=True)
class Features:
    """Evidence about blocks: a value for each, in their order.

    ``width`` is the length of a block in Latin-letter equivalents; ``keys`` the texts without
    case, spaces and punctuation, so that equal keys are repetitions; ``marks`` further numbers by
    name (:data:`MARKS`).  Marks and terms are there only where the model will need them.
    """

    width: Column
    ends_sentence: Flags
    stopword_share: Column
    keys: list[str]
    hits: list[Hit | None]
    marks: dict[str, Column]
    terms: Terms

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def is_hit(self) -> Flags:
        """Which blocks the lexicon knows."""
        return np.array([hit is not None for hit in self.hits], dtype=bool)

    @cached_property
    def is_prose(self) -> Flags:
        """Sentences of some length: the kind of line articles are made of."""
        return ~self.is_hit & self.ends_sentence & (self.width >= PROSE_WIDTH)

    @cached_property
    def is_short(self) -> Flags:
        """No longer than a heading or a button."""
        return (self.width < 100) & ~self.ends_sentence

    def crop(self, first: int, last: int) -> Features:
        """The features of some blocks, as if the others were not there."""
        part = slice(first, last)
        owner = self.terms.owner
        inside = slice(*np.searchsorted(owner, (first, last)).tolist())
        return Features(
            width=self.width[part],
            ends_sentence=self.ends_sentence[part],
            stopword_share=self.stopword_share[part],
            keys=self.keys[part],
            hits=self.hits[part],
            marks={name: column[part] for name, column in self.marks.items()},
            terms=Terms(owner[inside] - first, self.terms.code[inside]),
        )


def extract_features(texts: Sequence[str], lexicon: Lexicon, *, in_full: bool = True) -> Features:
    """The features of blocks; marks and terms only ``in_full``.

    No block's features depend on another's, so blocks of many documents can be seen together,
    which is faster.

    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> texts = ["Share", "The company lost five billion dollars in the year to June, it said."]
    >>> seen = extract_features(texts, load_lexicon())
    >>> seen.is_short.tolist(), seen.is_prose.tolist(), bool(seen.stopword_share[1] > 0.3)
    ([True, False], [False, True], True)
    """
    stripped = [text.strip() for text in texts]
    parts = [_observe(stripped[a:b], in_full=in_full) for a, b in _portion(stripped)]
    starts = np.cumsum([0, *(len(part.keys) for part in parts)]).tolist()
    owners = [part.terms.owner + start for part, start in zip(parts, starts, strict=False)]
    return Features(
        width=np.concatenate([part.width for part in parts]),
        ends_sentence=np.concatenate([part.ends_sentence for part in parts]),
        stopword_share=np.concatenate([part.stopword_share for part in parts]),
        keys=[key for part in parts for key in part.keys],
        hits=lexicon.find_all(stripped),
        marks={
            name: np.concatenate([part.marks[name] for part in parts]) for name in parts[0].marks
        },
        terms=Terms(np.concatenate(owners), np.concatenate([part.terms.code for part in parts])),
    )


def normalize_key(text: str) -> str:
    """Letters and digits only, without case and width: what makes two lines the same line.

    >>> normalize_key("OpenAI is crashing.") == normalize_key("OpenAI is Crashing")
    True
    """
    return NOT_A_LETTER.sub("", fold(text))


def _portion(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Spans of texts of about :data:`PORTION` characters; at least one, even if it is empty."""
    first = size = 0
    for index, text in enumerate(texts):
        size += min(len(text), LONGEST_BLOCK)
        if size > PORTION:
            yield first, index + 1
            first, size = index + 1, 0
    if first < len(texts) or not first:
        yield first, len(texts)


def _observe(texts: Sequence[str], *, in_full: bool) -> Features:
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
    marks: dict[str, Column] = {}
    terms = Terms(np.empty(0, np.int64), np.empty(0, np.uint64))
    if in_full:
        seen_marks = {
            "log_width": np.log1p(width),
            "ends_sentence": ends.astype(np.float64),
            "stopword_share": share,
            "stopwords": np.log1p(stopwords),
            "words": np.log1p(total),
            **_see_letters(seen, number, total),
            **_see_ends(texts, seen),
            **_see_numbers(texts, seen),
        }
        marks = {name: seen_marks[name] for name in MARKS}
        terms = _collect_terms(seen, is_han, is_stopword)
    return Features(width, ends, share, _make_keys(texts, seen), [], marks, terms)


@cache
def _number_stopwords() -> Codes:
    return number_words(STOPWORDS)


def _are_stopwords(codes: Codes) -> Flags:
    known = _number_stopwords()
    at = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    found: Flags = known[at] == codes
    return found


def _make_keys(texts: Sequence[str], seen: Characters) -> list[str]:
    """:func:`normalize_key` of all texts."""
    keys, hard = seen.make_keys()
    for index in hard:
        keys[index] = normalize_key(texts[index][:LONGEST_BLOCK])
    return keys


def _see_letters(seen: Characters, number: Column, total: Column) -> dict[str, Column]:
    """Shares and rates of kinds of characters and words."""
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
    """How blocks begin and end."""
    return {
        "ends_colon": np.array([float(text.endswith((":", "："))) for text in texts]),
        "ends_open": np.array([float(text.endswith(OPEN_ENDS)) for text in texts]),
        "starts_lower": seen.is_a("lower")[seen.starts].astype(np.float64),
        "starts_punctuation": np.array([float(not text[:1].isalnum()) for text in texts]),
    }


def _see_numbers(texts: Sequence[str], seen: Characters) -> dict[str, Column]:
    """Dates, addresses and handles: regular expressions, only where they can match."""
    digit, codes = seen.is_a("digit"), seen.codes
    dates, address, handle = (np.zeros(len(texts)) for _ in range(3))
    for index in np.flatnonzero(seen.count("digit") >= 4).tolist():
        dates[index] += len(YEAR.findall(texts[index]))
    near = digit | seen.is_a("space")
    clocks, days = seen.is_a("clock_mark"), seen.is_a("date_mark")
    for marks, beside, form in ((clocks, near, CLOCK), (days, digit, NUMBER_DATE)):
        marks[1:-1] &= beside[:-2] & beside[2:]
        for index in np.flatnonzero((seen.total(marks) > 0) & (seen.count("digit") > 2)).tolist():
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
