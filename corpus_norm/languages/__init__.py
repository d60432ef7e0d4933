"""One record per language the library works in; nothing else in the code asks ``if language ==``.

To add a language, add a record.  Codes are BCP-47 at every border of the library; the codes of
langdetect and Argos stay inside the modules that speak to them.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.languages.chinese import SIMPLIFIED, TRADITIONAL
from corpus_norm.languages.english import ENGLISH
from corpus_norm.languages.french import FRENCH
from corpus_norm.languages.record import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LANGUAGES", "Language", "get_language"]

_RECORDS = (ENGLISH, FRENCH, SIMPLIFIED, TRADITIONAL)

LANGUAGES: Mapping[str, Language] = MappingProxyType({record.code: record for record in _RECORDS})
"""All records, by BCP-47 code."""

_PRIMARY = MappingProxyType({"zh": "zh-Hans"})


def get_language(code: str) -> Language:
    """The record of a language, found by its BCP-47 code or by one with less or more subtags.

    >>> get_language("fr-CA").name, get_language("zh").code, get_language("zh-TW").code
    ('French', 'zh-Hans', 'zh-Hant')

    Raises:
        KeyError: no record fits; the message lists the codes there are.
    """
    if code in LANGUAGES:
        return LANGUAGES[code]
    primary, *subtags = code.replace("_", "-").split("-")
    if primary.lower() == "zh" and any(s.lower() in {"hant", "tw", "hk", "mo"} for s in subtags):
        return LANGUAGES["zh-Hant"]
    primary = _PRIMARY.get(primary.lower(), primary.lower())
    if primary in LANGUAGES:
        return LANGUAGES[primary]
    raise KeyError(f"unknown language {code!r}; choose one of {', '.join(LANGUAGES)}")
