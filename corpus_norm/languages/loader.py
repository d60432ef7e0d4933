r"""The reader of language files: TOML in, :class:`~corpus_norm.languages.record.Language` out.

Keys in a file are field names; a table is a field that is itself a data class.  Words are always
in arrays, and a table of words has the values as its keys, because a value may have several words:

>>> [spanish] = read_languages('''
... code = "es"
... name = "Spanish"
... [numbers]
... months = [["enero", "ene"], ["febrero", "feb"]]
... others = [{ values = [3, "1/3"], words = ["tercer"] }]
... [numbers.words]
... 2 = ["dos"]
... [numbers.fractions]
... "1/2" = ["medio", "media"]
... ''', "es.toml")
>>> spanish.argos, spanish.numbers.months["feb"], spanish.numbers.fractions["media"]
('es', Fraction(2, 1), Fraction(1, 2))

A file with ``[[variants]]`` describes one language in several scripts: each variant becomes a
record that extends the keys outside the variants.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from corpus_norm.languages.record import (
    BylineWords,
    CreditWords,
    DateWords,
    HanBylineWords,
    Language,
    MovementStyle,
    NegationStyle,
    NumberStyle,
    PhraseWords,
    RewritingWords,
    StopStyle,
)
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from corpus_norm.languages.record import Readings, Values

    Toml = Any  # a value in a file

T = TypeVar("T")

_FOLDER = Path(__file__).parent
_COMMON = "common.toml"
_FOLD = re.compile(r"\n[ \t]*")


def load_languages() -> tuple[Language, ...]:
    """Return the records of all files of the package, sorted by file name."""
    names = sorted(path.name for path in _FOLDER.glob("*.toml") if path.name != _COMMON)
    return tuple(record for name in names for record in _load(name))


def load_common() -> Language:
    """Return the record of words that belong to no language, such as the names of agencies."""
    [record] = _load(_COMMON)
    return record


def _load(name: str) -> tuple[Language, ...]:
    return read_languages((_FOLDER / name).read_text("utf-8"), name)


def read_languages(text: str, name: str) -> tuple[Language, ...]:
    """Return the records of a file: one, or one per variant.

    Args:
        text: the file, in TOML.
        name: its name, for messages.

    Raises:
        ValueError: the text is not TOML, a key is unknown, or a value has the wrong type.
    """
    table = tomllib.loads(text)
    variants = table.pop("variants", [{}])
    return tuple(_language(_overlay(table, variant), name) for variant in variants)


def _overlay(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with another laid over it.

    Tables are merged and arrays of tables are joined; anything else is replaced.

    >>> _overlay({"a": 1, "t": {"b": 2}, "rows": [{"n": 1}]}, {"t": {"c": 3}, "rows": [{"n": 2}]})
    {'a': 1, 't': {'b': 2, 'c': 3}, 'rows': [{'n': 1}, {'n': 2}]}
    """
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        if isinstance(old, dict):
            merged[key] = _overlay(old, value)
        elif isinstance(old, list) and old and isinstance(old[0], dict):
            merged[key] = [*old, *value]
        else:
            merged[key] = value
    return merged


def _language(table: Mapping[str, Any], name: str) -> Language:
    """Return the record of a table; its code also serves for langdetect and Argos by default."""
    code = table.get("code", "")
    return _build(Language, {"langdetect": code, "argos": code, **table}, name)


def _build(kind: type[T], table: Mapping[str, Any], where: str) -> T:
    """Return an instance of a data class, with each field read according to its type."""
    types = {each.name: str(each.type) for each in fields(kind)}  # type: ignore[arg-type]
    values = {}
    for key, value in table.items():
        if key not in types:
            raise ValueError(f"{where}: unknown key {key!r}; known are {', '.join(types)}")
        values[key] = _read(types[key], value, f"{where}: {key}")
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(f"{where}: {error}") from error


def _read(type_: str, value: Toml, where: str) -> object:
    """Convert a value in the file to the value of a field.

    >>> _read("frozenset[str]", "word", "es.toml: loans")
    Traceback (most recent call last):
    ...
    ValueError: es.toml: loans: expected an array of strings
    """
    if type_ in _TABLES:
        return _build(_TABLES[type_], value, where)
    try:
        return _READERS[type_](value)
    except (AttributeError, KeyError, TypeError, ValueError, re.error) as error:
        raise ValueError(f"{where}: {error}") from error


# --- readers of one type -------------------------------------------------------------------------


def _exactly(*kinds: type) -> Callable[[Toml], object]:
    """Return a reader that checks the type of a plain value."""

    def read(value: Toml) -> object:
        if type(value) not in kinds:
            raise TypeError(f"expected {kinds[0].__name__}, not {value!r}")
        return value

    return read


def _strings(value: Toml) -> tuple[str, ...]:
    """Return an array of strings; refuse a bare string, which would become its characters."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TypeError("expected an array of strings")
    return tuple(value)


def _patterns(value: Toml) -> tuple[str, ...]:
    """Return regular expressions, without line breaks and the indentation after them."""
    return tuple(_FOLD.sub("", each) for each in _strings(value))


def _pair(value: Toml) -> tuple[str, str]:
    one, other = _strings(value)
    return one, other


def _pairs(value: Toml) -> Iterator[tuple[str, str]]:
    """Yield each word with its key, from ``key = [words]``."""
    for key, words in value.items():
        for word in _strings(words):
            yield word, key


def _values(value: Toml) -> Values:
    """Map words to values, from ``value = [words]`` or an array whose rows count from 1."""
    if isinstance(value, list):
        return MappingProxyType({w: _fraction(n) for w, n in _numbered(value, 1).items()})
    return MappingProxyType({word: _fraction(key) for word, key in _pairs(value)})


# Cached because reading a fraction takes long, and few of them differ.
_fraction = cache(Fraction)


def _numbered(rows: Toml, start: int) -> Mapping[str, int]:
    """Map words to the number of their row."""
    return MappingProxyType(
        {word: place for place, row in enumerate(rows, start) for word in _strings(row)}
    )


def _readings(rows: Toml) -> Readings:
    """Map words to all their values, from rows ``{ values = [3, "1/3"], words = [...] }``."""
    return MappingProxyType(
        {word: tuple(map(_fraction, row["values"])) for row in rows for word in row["words"]}
    )


def _currencies(rows: Toml) -> Mapping[str, frozenset[str]]:
    """Map words to their ISO 4217 codes, from rows ``{ codes = [...], words = [...] }``."""
    return MappingProxyType(
        {word: frozenset(_strings(row["codes"])) for row in rows for word in row["words"]}
    )


def _periods(value: Toml) -> Mapping[str, tuple[str, Fraction]]:
    """Map names of parts of a year to kind and number, from ``quarter-1 = [names]``."""
    parts = {word: key.rpartition("-") for word, key in _pairs(value)}
    return MappingProxyType({word: (kind, _fraction(n)) for word, (kind, _, n) in parts.items()})


def _speech(value: Toml) -> re.Pattern[str]:
    """Build the pattern of a clause that names a speaker from its verbs."""
    if "short" in value:
        return speech_in_han(value["short"], _strings(value["verbs"]), value["not_after"])
    return speech_after(_strings(value["verbs"]))


def speech_after(verbs: Iterable[str]) -> re.Pattern[str]:
    r"""Return a pattern for a name and one of the verbs, for a language with spaces.

    >>> bool(speech_after(["said", "asked"]).match("Ana Lima said on Monday."))
    True
    >>> speech_after(["said", "asked"]).match("Ana Lima said the bank was closed.") is None
    True
    """
    verb = "|".join(verbs)
    # One to four capitalised words; the verb must end the clause or precede a function word.
    name = r"(?:[A-ZÀ-Ý][\w.’'-]{0,30} ){1,4}"
    after = (
        r"(?=[.;]|,(?! [“\"‘])|$| (?:on|in|at|to|as|after|during|when|while|last|before|with)\b)"
    )
    return compile_lazily(rf"{name}(?:{verb}){after}")


def speech_in_han(short: str, verbs: Iterable[str], not_after: str) -> re.Pattern[str]:
    r"""Return a pattern for a Chinese clause with a verb of saying.

    ``short`` lists verbs of one character; after a character in ``not_after`` they are part of
    another word.

    >>> speech = speech_in_han("问說", ["表示", "告诉"], "学")
    >>> [bool(speech.match(each)) for each in ("他问。", "市长表示，", "他告诉记者。", "他走了。")]
    [True, True, True, False]
    """
    long = "|".join(verbs)
    one = rf"(?<![{not_after}])[{short}]"
    ends = r"(?=[。！!？?]|，[“「『\"‘]|\s*$)"
    clause = r"[^，。！？：；:,!?…\n“「『\"]"
    # The verb ends a clause, follows a short subject before a comma, or has a short object.
    return compile_lazily(
        rf"{clause}{{0,45}}?(?:{long}|{one})[着著了道完過过]?{ends}"
        rf"|{clause}{{0,4}}?(?:{long}|{one})[着著]?，"
        rf"|{clause}{{0,10}}?(?:{long}){clause}{{0,12}}{ends}"
    )


_TABLES: Mapping[str, type] = MappingProxyType(
    {
        kind.__name__: kind
        for kind in (
            NumberStyle,
            NegationStyle,
            MovementStyle,
            StopStyle,
            BylineWords,
            HanBylineWords,
            DateWords,
            CreditWords,
            RewritingWords,
            PhraseWords,
        )
    }
)
_READERS: Mapping[str, Callable[[Toml], object]] = MappingProxyType(
    {
        "str": _exactly(str),
        "bool": _exactly(bool),
        "int": _exactly(int),
        "float": _exactly(float, int),
        "frozenset[str]": lambda value: frozenset(_strings(value)),
        "tuple[str, ...]": _strings,
        "Patterns": _patterns,
        "Pairs": lambda value: tuple(_pair(each) for each in value),
        "Collection[str]": _strings,
        "Values": _values,
        "Readings": _readings,
        "Weekdays": lambda value: _numbered(value, 0),
        "Mapping[str, int]": lambda value: MappingProxyType({w: int(k) for w, k in _pairs(value)}),
        "Mapping[str, str]": lambda value: MappingProxyType(dict(_pairs(value))),
        "Mapping[str, frozenset[str]]": _currencies,
        "Mapping[str, tuple[str, Fraction]]": _periods,
        "re.Pattern[str] | None": _speech,
    }
)
"""Readers by the type of a field, as record.py writes it."""
