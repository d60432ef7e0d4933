"""What should be copied: addresses, handles, names in Latin letters, the marks of a quotation."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus_norm.translation.protection import find_protected

if TYPE_CHECKING:
    from corpus_norm.languages import Language

_LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.+&'’][A-Za-z0-9]+)*")
_MIXED = re.compile(r"[^\W_]+(?:-[^\W_]*\d[^\W_]*)*")
_CAPITAL_RUN = re.compile(r"(?<![.!?…:»”\"] )(?<!^)(?:[A-ZÀ-Þ][^\W\d_]+[ -]){1,3}[A-ZÀ-Þ][^\W\d_]+")
_QUOTED = re.compile(r"«\s?([^»]+?)\s?»|“([^”]+)”|\"([^\"]+)\"|「([^」]+)」|『([^』]+)』")
_QUOTE_MARKS = re.compile(r"[\"“”„«»「」『』]|(?<!\w)['‘’]|''|``")
_SPEECH = 24
_SPEECH_HAN = 10
_MIN_NAME = 2
_PREFIX = 3


def lost_links(source: str, english: str) -> list[str]:
    """Addresses, handles and the like that are not in the English as they were.

    >>> lost_links("Écrire à a@b.org, voir https://b.org/x.", "Write to a@b.org, see https://b.org.")
    ['https://b.org/x']
    """
    spans = [source[start:end] for start, end in find_protected(source)]
    return [span for span in dict.fromkeys(spans) if span not in english]


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
    for start, end in reversed(find_protected(source)):
        source = source[:start] + " " + source[end:]
    squeezed = _squeeze(english)
    if not language.spaced:
        names = [m[0] for m in _LATIN_NAME.finditer(source) if _is_name(m[0])]
        return [name for name in dict.fromkeys(names) if not _has(squeezed, english, name)]
    names = [m[0] for m in _MIXED.finditer(source) if _is_mixed(m[0])]
    lost = [name for name in dict.fromkeys(names) if _squeeze(name) not in squeezed]
    return lost + [name for name in _halves_lost(source, english) if name not in lost]


def lost_quotes(source: str, english: str, language: Language) -> bool:
    """Whether the original quotes somebody at length and the English has no quotation marks."""
    least = _SPEECH if language.spaced else _SPEECH_HAN
    quoted = ["".join(filter(None, match.groups())) for match in _QUOTED.finditer(source)]
    return any(len(text) >= least for text in quoted) and not _QUOTE_MARKS.search(english)


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


def _has(squeezed: str, english: str, name: str) -> bool:
    if _squeeze(name) in squeezed:
        return True
    parts = [part for part in re.split(r"[-.+&'’]", name) if len(part) > 1]
    if len(parts) > 1 and all(_squeeze(part) in squeezed for part in parts):
        return True
    # NBA may be written out: National Basketball Association.
    if name.isupper():
        initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", english)).lower()
        return name.lower() in initials
    return False


def _halves_lost(source: str, english: str) -> list[str]:
    words_en = {_squeeze(word) for word in re.findall(r"[^\W\d_]+", english)}
    lost = []
    for match in _CAPITAL_RUN.finditer(source):
        words = re.findall(r"[^\W\d_]+", match[0])
        kept = [word for word in words if _squeeze(word) in words_en]
        gone = [word for word in words if not _is_like_any(_squeeze(word), words_en)]
        if kept and gone and len(gone[-1]) > _PREFIX and gone[-1] == words[-1]:
            lost.append(gone[-1])
    return lost


def _is_like_any(word: str, others: set[str]) -> bool:
    return any(word[:_PREFIX] == other[:_PREFIX] for other in others)


def _squeeze(text: str) -> str:
    """Letters and digits alone, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text).lower()
    return "".join(char for char in plain if char.isalnum())
