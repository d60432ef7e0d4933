"""What can be seen of a block from its text alone."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus_norm.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.boilerplate.lexicon import Hit, Lexicon

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff]")
HAN_WIDTH = 2.5  # a Han character says about as much as 2.5 Latin letters
ENDS_SENTENCE = re.compile(r"[.!?…。！？][\"'”’»)\]」』）*]*$")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
NAME = re.compile(r"@?\w[\w.'’-]*(?: \w[\w.'’-]*){0,3}")
STOPWORDS = frozenset(
    word for language in LANGUAGES.values() if language.spaced for word in language.stopwords
)
HAN_STOPWORDS = frozenset(
    word for language in LANGUAGES.values() if not language.spaced for word in language.stopwords
)

NOT_A_LETTER = re.compile(r"[\W_]+")
STOPS = re.compile(r"[.!?…](?=[\s\"'”’»)\]]|$)|[。！？]")
COMMAS = re.compile(r"[,;:、，；：]")
QUOTES = re.compile(r"[\"“”«»「」『』‘’]")
SEPARATORS = re.compile(r"[|›»•·/\\>→_=~※◆●■▲▼【】\[\]]")
DIGIT_RUN = re.compile(r"\d+")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
CLOCK = re.compile(r"\d{1,2}\s?[:h：時时]\s?\d{2}")
NUMBER_DATE = re.compile(r"\d{1,4}[-./年]\d{1,2}[-./月]\d{1,4}")
ADDRESS = re.compile(r"https?:|www\.|\w@\w|\.(?:com|org|net|fr|cn|tw|hk|uk)\b", re.IGNORECASE)
HANDLE = re.compile(r"(?:^|\s)[@#]\w")
DATE_FORMS = (YEAR, CLOCK, NUMBER_DATE)
PROSE_WIDTH = 60


@dataclass(frozen=True, slots=True)
class Features:
    """Evidence about one block; ``width`` is its length in Latin-letter equivalents.

    ``key`` is the text without case, spaces and punctuation: equal keys are repetitions.
    ``marks`` are the numbers of :data:`MARKS`, in that order; ``terms`` the words, or pairs of
    Han characters, that are not stopwords: what the block is about.
    """

    width: float
    ends_sentence: bool
    stopword_share: float
    key: str
    hit: Hit | None
    marks: tuple[float, ...] = ()
    terms: frozenset[str] = frozenset()

    @property
    def is_prose(self) -> bool:
        """A sentence of some length: the kind of line articles are made of."""
        return self.hit is None and self.ends_sentence and self.width >= PROSE_WIDTH

    @property
    def is_short(self) -> bool:
        """No longer than a heading or a button."""
        return self.width < 100 and not self.ends_sentence


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
"""Names of the numbers seen in one block, as the weights file knows them."""


def observe(texts: Sequence[str], lexicon: Lexicon, *, in_full: bool = True) -> list[Features]:
    """The features of a document's blocks, in order; those the model needs only ``in_full``.

    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> texts = ["Share", "The company lost five billion dollars in the year to June, it said."]
    >>> button, prose = observe(texts, load_lexicon())
    >>> button.is_short, prose.is_prose, prose.stopword_share > 0.3
    (True, True, True)
    """
    return [_observe(text, lexicon, in_full=in_full) for text in texts]


def normalize_key(text: str) -> str:
    """Letters and digits only, without case and width: what makes two lines the same line.

    >>> normalize_key("OpenAI is crashing.") == normalize_key("OpenAI is Crashing")
    True
    """
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return NOT_A_LETTER.sub("", folded)


def _observe(text: str, lexicon: Lexicon, *, in_full: bool) -> Features:
    stripped = text.strip()
    han = [] if stripped.isascii() else HAN.findall(stripped)
    words = WORD.findall(stripped)
    if len(han) > len(stripped) / 4:
        stopwords, total = sum(char in HAN_STOPWORDS for char in han), len(han) / 2
        terms = frozenset(
            a + b for a, b in pairwise(han) if a not in HAN_STOPWORDS and b not in HAN_STOPWORDS
        )
    else:
        lowered = [word.lower() for word in words]
        stopwords, total = sum(word in STOPWORDS for word in lowered), len(words)
        terms = frozenset(word for word in lowered if len(word) > 3 and word not in STOPWORDS)
    width = len(stripped) + (HAN_WIDTH - 1) * len(han)
    share = stopwords / total if total else 0.0
    ends = ENDS_SENTENCE.search(stripped[-12:]) is not None
    key, hit = normalize_key(stripped), lexicon.find(stripped)
    if not in_full:
        return Features(width, ends, share, key, hit)
    return Features(
        width=width,
        ends_sentence=ends,
        stopword_share=share,
        key=key,
        hit=hit,
        marks=(
            math.log1p(width),
            float(ends),
            float(stripped.endswith((":", "："))),
            float(stripped.endswith(("...", "…", ",", "，", "、", ";", "；"))),
            share,
            math.log1p(stopwords),
            math.log1p(total),
            *_see_letters(stripped, words, len(han), total),
        ),
        terms=terms,
    )


def _see_letters(text: str, words: list[str], han: int, total: float) -> tuple[float, ...]:
    """The marks from ``capitalised_share`` on."""
    size = max(1, len(text))
    count = max(1, len(words))
    digits = DIGIT_RUN.findall(text)
    dates = sum(len(form.findall(text)) for form in DATE_FORMS) if digits else 0
    stops = len(STOPS.findall(text))
    return (
        sum(word[0].isupper() for word in words) / count,
        sum(len(word) > 1 and word.isupper() for word in words) / count,
        float(text[:1].islower()),
        sum(map(len, digits)) / size,
        min(len(digits), 20.0),
        min(stops, 12.0),
        len(COMMAS.findall(text)) / max(4.0, total),
        min(len(QUOTES.findall(text)), 6.0),
        len(SEPARATORS.findall(text)) / size,
        min(dates, 4.0),
        float(ADDRESS.search(text) is not None),
        float(("@" in text or "#" in text) and HANDLE.search(text) is not None),
        han / size,
        float(not text[:1].isalnum()),
        0.0 if han else sum(map(len, words)) / count,
    )
