"""What should be copied: addresses, handles, names in Latin letters, the marks of a quotation."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus_norm.protected_spans import find_protected

if TYPE_CHECKING:
    from collections.abc import Collection
    from fractions import Fraction

    from corpus_norm.languages import Language

_HAN = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
# Chinese has no spaces: after a delimiter its characters are of the address, after a letter prose.
_GOES_ON = rf"(?:[^\W{_HAN}]|[\-.~:/?#\[\]@!$&'()*+,;=%]|(?<=[/=_\-%?&#.{_HAN}])[{_HAN}])"
_ADDRESS = re.compile(
    rf"(?:https?|ftp)://{_GOES_ON}+|(?<![\w.@])www\.{_GOES_ON}+"
    rf"|(?<![^\W{_HAN}])(?<![.%+-])(?:[^\W{_HAN}]|[.%+-])+@(?:[^\W{_HAN}]|-)+(?:\.(?:[^\W{_HAN}]|-)+)+"
    rf"|(?<![^\W{_HAN}])(?<![.@/-])(?:[A-Za-z0-9-]+\.)+[a-z]{{2,}}/{_GOES_ON}+"
)
_CLOSERS = ".,;:!?'*"
_BRACKETS = {")": "(", "]": "["}
_LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.+&'’][A-Za-z0-9]+)*")
_MIXED = re.compile(r"[^\W_]+(?:-[^\W_]*\d[^\W_]*)*")
_SHORT_CODE = re.compile(r"[A-Z](\d{1,2})")
_CAPITAL_RUN = re.compile(
    r"(?<![.!?…:»”\"] )(?<!^)(?<![^\W\d_])(?:[A-ZÀ-Þ][^\W\d_]+[ -]){1,3}[A-ZÀ-Þ][^\W\d_]+"
)
_WORD = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile(r"«([^«»]+)»|“([^“”]+)”|\"([^\"]+)\"|「([^「」]+)」|『([^『』]+)』")
_QUOTE_MARKS = re.compile(r"[\"“”„«»「」『』]|(?<!\w)['‘’]|''|``")
_SPEECH = 24
_SPEECH_HAN = 10
_MIN_NAME = 2
_PREFIX = 3
_MOST_SEARCHES = 200
"""So many words that are no words of the English are looked for inside its words."""


def lost_links(source: str, english: str) -> list[str]:
    """Addresses, handles and the like that are not in the English as they were.

    >>> lost_links("Écrire à a@b.org, voir https://b.org/x.", "Write to a@b.org, see https://b.org.")
    ['https://b.org/x']
    >>> lost_links("Voir https://b.org/été.", "See https://b.org/ete.")
    ['https://b.org/été']
    """
    spans = dict.fromkeys(source[start:end] for start, end in find_copied(source))
    copied = {english[start:end] for start, end in find_copied(english)}
    missing = [span for span in spans if span not in copied]
    return [
        span
        for i, span in enumerate(missing)
        if i >= _MOST_SEARCHES or not _stands_alone(english, span)
    ]


def find_copied(text: str) -> list[tuple[int, int]]:
    """The spans of what is copied letter by letter; addresses may have any letter in them."""
    spans = [(m.start(), m.start() + _measure(m[0])) for m in _ADDRESS.finditer(text)]
    taken = bytearray(len(text))
    for start, end in spans:
        taken[start:end] = b"\1" * (end - start)
    spans += [(start, end) for start, end in find_protected(text) if not any(taken[start:end])]
    return sorted(spans)


def blank_copied(text: str) -> str:
    """The text with spaces for what is copied letter by letter."""
    characters = list(text)
    for start, end in find_copied(text):
        characters[start:end] = " " * (end - start)
    return "".join(characters)


def lost_names(source: str, english: str, language: Language) -> list[str]:
    """Names of the original that the English has not, as far as they must be the same.

    In a language of another script that is every word in Latin letters with a capital; in one of
    the same script, words such as OpenAI and H100, and the one half of a name whose other half was
    kept.

    >>> from corpus_norm.languages import get_language
    >>> lost_names("据BlockBeats报道,OpenAI亏损", "BlockBeats: it lost", get_language("zh"))
    ['OpenAI']
    >>> lost_names("Hier, Sam Altman a parlé", "Sam Oldman spoke yesterday", get_language("fr"))
    ['Altman']
    """
    source = blank_copied(source)
    said = _Said(english)
    if not language.spaced:
        names = [m[0] for m in _LATIN_NAME.finditer(source) if _is_name(m[0])]
        return [name for name in dict.fromkeys(names) if not said.has_name(name)]
    names = [m[0] for m in _MIXED.finditer(source) if _is_mixed(m[0])]
    lost = [name for name in dict.fromkeys(names) if not said.has(name)]
    known = frozenset(lost)
    return lost + [name for name in _halves_lost(source, said) if name not in known]


def is_written_out(name: str, numbers: Collection[Fraction]) -> bool:
    """Whether the English has the number of a short code without its letter.

    ``T3`` may be the third quarter, ``F1`` Formula 1, ``G7`` the Group of Seven.

    >>> is_written_out("T3", {3}), is_written_out("H100", {100})
    (True, False)
    """
    code = _SHORT_CODE.fullmatch(name)
    return code is not None and int(code[1]) in numbers


def lost_quotes(source: str, english: str, language: Language) -> bool:
    """Whether the original quotes somebody at length and the English has no quotation marks."""
    least = _SPEECH if language.spaced else _SPEECH_HAN
    quoted = ["".join(filter(None, match.groups())) for match in _QUOTED.finditer(source)]
    return any(len(text.strip()) >= least for text in quoted) and not _QUOTE_MARKS.search(english)


@dataclass(slots=False)
class _Said:
    """The English, as names are looked for in it."""

    english: str
    searches: int = field(default=0, init=False)

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words, squeezed."""
        found = [*_WORD.findall(self.english), *_MIXED.findall(self.english)]
        found += _LATIN_NAME.findall(self.english)
        return frozenset(map(_squeeze, found))

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """What its words begin with."""
        return frozenset(word[:_PREFIX] for word in self.words)

    @cached_property
    def squeezed(self) -> str:
        """All of it in one word."""
        return _squeeze(self.english)

    @cached_property
    def initials(self) -> str:
        """The initials of its words: NBA may be written out, National Basketball Association."""
        return "".join(word[0] for word in _WORD.findall(self.english)).lower()

    def has(self, name: str) -> bool:
        """Whether a name is in the English, as a word or a part of words."""
        plain = _squeeze(name)
        return plain in self.words or self._search(plain, self.squeezed)

    def has_name(self, name: str) -> bool:
        """Whether a name is in the English whole, in parts, or written out."""
        if self.has(name):
            return True
        parts = [part for part in re.split(r"[-.+&'’]", name) if len(part) > 1]
        if len(parts) > 1 and all(map(self.has, parts)):
            return True
        return name.isupper() and self._search(name.lower(), self.initials)

    def _search(self, part: str, whole: str) -> bool:
        self.searches += 1
        return self.searches <= _MOST_SEARCHES and part in whole


def _measure(address: str) -> int:
    """The length of an address without the full stop or bracket of the sentence around it."""
    left = {mark: address.count(mark) - address.count(pair) for mark, pair in _BRACKETS.items()}
    end = len(address)
    while end and (address[end - 1] in _CLOSERS or left.get(address[end - 1], 0) > 0):
        if address[end - 1] in left:
            left[address[end - 1]] -= 1
        end -= 1
    return end


def _stands_alone(english: str, span: str) -> bool:
    """Whether a span is in the English and is not the beginning of another one."""
    start = english.find(span)
    end = start + len(span)
    return start >= 0 and not re.match(r"[^\W_]|[/=&%@#_-]", english[end : end + 1])


def _is_name(word: str) -> bool:
    letters = sum(char.isalpha() for char in word)
    return letters >= _MIN_NAME and any(char.isupper() for char in word)


def _is_mixed(word: str) -> bool:
    """OpenAI, iPhone, H100, GPT-4; not a number with a unit, an ordinal or a plain capital."""
    if not word[0].isalpha() or (word.isupper() and word.isalpha()):
        return False
    has_digit = any(char.isdigit() for char in word)
    inner = any(b.isupper() and a.islower() for a, b in pairwise(word))
    return inner or (has_digit and any(char.isupper() for char in word))


def _halves_lost(source: str, said: _Said) -> list[str]:
    lost = []
    for match in _CAPITAL_RUN.finditer(source):
        words = _WORD.findall(match[0])
        kept = any(_squeeze(word) in said.words for word in words)
        last = words[-1]
        if kept and len(last) > _PREFIX and _squeeze(last)[:_PREFIX] not in said.prefixes:
            lost.append(last)
    return lost


def _squeeze(text: str) -> str:
    """Letters and digits alone, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text).lower()
    return "".join(char for char in plain if char.isalnum())
