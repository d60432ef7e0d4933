"""Check that each side of a pair is in the expected language.

Function words or the script decide for most sentences, in a microsecond;
:mod:`corpus_norm.language` decides for the rest.
"""

from __future__ import annotations

import re

from corpus_norm import language
from corpus_norm.languages import LANGUAGES

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LETTER = re.compile(r"[^\W\d_]")
_SURE_SHARE = 0.15  # function words among all words: half of what running text has
_MIN_WORDS = 5  # shorter lines are names, labels and glosses, which no method can judge
_MIN_SCORE = 0.8


def is_in_language(words: tuple[str, ...], text: str, code: str) -> bool:
    """Tell whether ``text``, split into ``words``, may be in the language ``code``.

    ``code`` is ``fr``, ``zh`` or ``en``.  In doubt the answer is yes.

    >>> is_in_language(tuple("the cat is on the table".split()), "The cat is on the table", "fr")
    False
    >>> is_in_language(("亏", "损", "50", "亿"), "亏损50亿", "zh")
    True
    """
    letters, han = len(_LETTER.findall(text)), len(_HAN.findall(text))
    if code == "zh":
        return han * 5 >= letters or len(words) < _MIN_WORDS
    if han * 5 > letters:
        return False
    if len(words) < _MIN_WORDS:
        return True
    own, other = (
        sum(word in LANGUAGES[each].stopwords for word in words)
        for each in (code, "fr" if code == "en" else "en")
    )
    if own > other and own >= _SURE_SHARE * len(words):
        return True
    found = language.detect(text, ["en", "fr"])
    return found.language in {code, "und"} or found.score < _MIN_SCORE
