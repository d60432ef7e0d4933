"""What is known of a language: the one record that a new language must add."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus_norm.languages.numerals import NegationStyle, NumberStyle
from corpus_norm.languages.stops import StopStyle


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """What the stages need to know about a language.

    ``langdetect`` and ``argos`` are the names these libraries use; ``script`` is the Unicode
    script its letters are in (ISO 15924).  ``abbreviations`` are words whose full stop never ends
    a sentence, in lower case and without the stop; ``stops`` are those that do here and there.
    ``stopwords`` are the commonest
    function words, the cheapest sign of running text; ``common_words`` tell the language of a line
    of two words: those of menus, buttons and datelines, and the halves of contractions.  ``prior``
    is how much commoner the language is than others in a line that looks like several, in nats.
    ``loans`` are words and phrases of other languages that its titles are full of; ``typography``
    is a regular expression for signs that it alone sets so.

    ``numbers`` and ``denials`` are how it writes amounts and says no; ``english_length`` is the
    usual number of characters of English for one of its own, and ``english_spread`` the variance
    of that per character (c and s² of Gale and Church 1993).  ``elided`` are the words that an
    apostrophe joins to the next one; ``acronyms`` those that English writes in another way.
    """

    code: str
    name: str
    langdetect: str
    argos: str
    script: str = "Latn"
    spaced: bool = True
    abbreviations: frozenset[str] = frozenset()
    stopwords: frozenset[str] = frozenset()
    common_words: frozenset[str] = frozenset()
    prior: float = 0.0
    stops: StopStyle = field(default_factory=StopStyle)
    loans: frozenset[str] = frozenset()
    typography: str = ""
    numbers: NumberStyle = field(default_factory=NumberStyle)
    denials: NegationStyle = field(default_factory=NegationStyle)
    english_length: float = 1.0
    english_spread: float = 2.4
    elided: frozenset[str] = frozenset()
    acronyms: frozenset[str] = frozenset()


def words(text: str) -> frozenset[str]:
    """The words of a string."""
    return frozenset(text.split())
