"""What can be seen of a block from its text alone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Features:
    """Evidence about one block; ``width`` is its length in Latin-letter equivalents.

    ``key`` is the text without case, spaces and punctuation: equal keys are repetitions.
    """

    width: float
    ends_sentence: bool
    stopword_share: float
    key: str
    hit: Hit | None

    @property
    def is_prose(self) -> bool:
        """A sentence of some length: the kind of line articles are made of."""
        return self.hit is None and self.ends_sentence and self.width >= 60

    @property
    def is_short(self) -> bool:
        """No longer than a heading or a button."""
        return self.width < 100 and not self.ends_sentence


def observe(texts: Sequence[str], lexicon: Lexicon) -> list[Features]:
    """The features of a document's blocks, in order.

    >>> from corpus_norm.boilerplate.lexicon import load_lexicon
    >>> texts = ["Share", "The company lost five billion dollars in the year to June, it said."]
    >>> button, prose = observe(texts, load_lexicon())
    >>> button.is_short, prose.is_prose, prose.stopword_share > 0.3
    (True, True, True)
    """
    return [_observe(text, lexicon) for text in texts]


def normalize_key(text: str) -> str:
    """Letters and digits only, without case and width: what makes two lines the same line.

    >>> normalize_key("OpenAI is crashing.") == normalize_key("OpenAI is Crashing")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def _observe(text: str, lexicon: Lexicon) -> Features:
    stripped = text.strip()
    han = HAN.findall(stripped)
    words = WORD.findall(stripped)
    if len(han) > len(stripped) / 4:
        stopwords, total = sum(char in HAN_STOPWORDS for char in han), len(han) / 2
    else:
        stopwords, total = sum(word.lower() in STOPWORDS for word in words), len(words)
    return Features(
        width=len(stripped) + (HAN_WIDTH - 1) * len(han),
        ends_sentence=ENDS_SENTENCE.search(stripped[-12:]) is not None,
        stopword_share=stopwords / total if total else 0.0,
        key=normalize_key(stripped),
        hit=lexicon.find(stripped),
    )
