"""The language data, one file per language.

Each TOML file here, such as ``en.toml``, describes one language.
:mod:`~corpus_norm.languages.record` documents the keys, and :mod:`~corpus_norm.languages.loader`
reads the files.  To add a language, add a file.  The library takes and returns only BCP-47 codes;
the codes of langdetect and Argos are used only inside the modules that call them.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from corpus_norm.languages.loader import load_common, load_languages, read_languages
from corpus_norm.languages.record import Language, any_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")

__all__ = ["COMMON", "LANGUAGES", "Language", "any_of", "combine", "get_language", "read_languages"]

LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {record.code: record for record in load_languages()}
)
"""All records, by BCP-47 code."""

COMMON = load_common()
"""Words that belong to no language: agencies, degrees, particles of names, time zones."""

_PRIMARY = MappingProxyType({"zh": "zh-Hans"})


def get_language(code: str) -> Language:
    """Return the record for a BCP-47 code, which may have fewer or more subtags than the record.

    >>> get_language("fr-CA").name, get_language("zh").code, get_language("zh-TW").code
    ('French', 'zh-Hans', 'zh-Hant')

    Raises:
        KeyError: no record matches; the message lists the known codes.
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


def combine(part: Callable[[Language], T]) -> T:
    """Return one part of all records joined: sets, patterns and tables of words.

    Use it for lines too short to identify their language.  A word with two values keeps the first.

    >>> sorted(combine(lambda record: record.stops.firms))[:3]
    ['al', 'bros', 'cie']
    >>> words = combine(lambda record: record.bylines)
    >>> "journaliste" in words.roles, "reporter" in words.roles
    (True, True)
    """
    return _join([part(record) for record in (COMMON, *LANGUAGES.values())])


def _join(parts: Sequence[T]) -> T:
    """Join sets, tuples, tables, or data classes of them."""
    kind: Any = type(parts[0])
    many: Any = parts
    joined: object
    if kind is frozenset:
        joined = frozenset().union(*many)
    elif kind is tuple:
        joined = tuple(dict.fromkeys(chain.from_iterable(many)))
    elif is_dataclass(kind):
        names = [each.name for each in fields(kind)]
        joined = type(parts[0])(
            **{name: _join([getattr(one, name) for one in many]) for name in names}
        )
    else:
        pairs = chain.from_iterable(each.items() for each in many)
        joined = MappingProxyType(dict(reversed(list(pairs))))
    return cast("T", joined)
