"""How a language writes amounts, as data: one :class:`NumberStyle` in each language's record.

The tables are written as short strings, a value before its words, since a record should be read
and extended by somebody who knows the language and not necessarily Python.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    Values = Mapping[str, Fraction]
    Readings = Mapping[str, tuple[Fraction, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class NumberStyle:
    """The words and marks of amounts and dates in one language; all words in lower case.

    ``decimal`` and ``group`` are the marks in a numeral, and ``loose_group`` says that a group
    mark may also be a decimal one (``2.7`` in French).  ``words`` add up, ``scales`` multiply what
    stands before them, ``fractions`` divide it.  ``others`` stand alone and may have several
    readings (``third``: 3 and 1/3), ``vague`` are orders of magnitude (``dozens``).  Words in
    ``loose`` are often no amounts (``one``, the article ``un``, ``neuf`` for new): they count when
    the other language has the amount, and are never missed.  ``before`` lists what makes a scale
    vague (``several million``).

    ``currencies`` and ``units`` give the ISO 4217 code and the name of a unit of time, length or
    mass; ``?`` marks a word with other meanings.  ``percents`` follow an amount.  ``joiners`` stand
    inside a number (``and``), in some languages only before the words in ``joined``; ``ranges``
    stand between two, ``out_of`` before the whole (``one in five``).  ``months`` and ``weekdays``
    start with January and Monday.  ``ordinal_marks`` follow a numeral (``3rd``).

    ``minus`` stands before a negative amount and ``below`` after one; ``falls`` are words (with
    a hyphen, beginnings of words) such as ``down``, which a translator may put for it.
    ``noon`` and ``past`` are in minutes (``midi``; ``et quart``), ``past`` stands after the
    hour or, where ``past_first`` says so, before it; ``day_parts`` say which half of the day is
    meant, and ``full_day`` that hours are counted to 24 unless a word in ``late`` is near;
    ``at`` is said before an hour.  ``dates`` is the order in numeric dates, empty where several
    are in use.  ``periods`` are parts of a year, ``eras`` the years before their first,
    ``bare_era`` that of years without a name.  ``of_price`` is a pattern for what follows the
    share that is left of a price.

    ``idioms`` hold a numeral and are no amounts; in languages without spaces ``counters`` may
    follow an amount written in words.
    """

    decimal: str = "."
    group: str = ","
    loose_group: bool = False
    words: Values = field(default_factory=dict)
    scales: Values = field(default_factory=dict)
    fractions: Values = field(default_factory=dict)
    others: Readings = field(default_factory=dict)
    vague: Values = field(default_factory=dict)
    loose: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    joiners: frozenset[str] = frozenset()
    joined: frozenset[str] = frozenset()
    ranges: frozenset[str] = frozenset()
    out_of: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    currencies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    percents: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    months: Values = field(default_factory=dict)
    weekdays: Values = field(default_factory=dict)
    ordinal_marks: frozenset[str] = frozenset()
    minus: frozenset[str] = frozenset()
    below: frozenset[str] = frozenset()
    falls: frozenset[str] = frozenset()
    noon: Values = field(default_factory=dict)
    past: Values = field(default_factory=dict)
    past_first: bool = False
    day_parts: Values = field(default_factory=dict)
    full_day: bool = False
    at: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    dates: str = ""
    periods: Mapping[str, tuple[str, Fraction]] = field(default_factory=dict)
    eras: Values = field(default_factory=dict)
    bare_era: int = 0
    of_price: str = ""
    idioms: Collection[str] = ()
    counters: str = ""


def values(table: str) -> Values:
    """Words by their value, from ``value word word, value word``.

    >>> dict(values("1 un une, 1/2 demi"))
    {'un': Fraction(1, 1), 'une': Fraction(1, 1), 'demi': Fraction(1, 2)}
    """
    return MappingProxyType({w: v[0] for w, v in readings(table).items()})


def readings(table: str) -> Readings:
    """Words by all their values, from ``value|value word word, ...``; ``_`` is a space in a word.

    >>> dict(readings("3|1/3 third"))
    {'third': (Fraction(3, 1), Fraction(1, 3))}
    """
    found: dict[str, tuple[Fraction, ...]] = {}
    for entry in table.split(","):
        first, *words = entry.split()
        numbers = tuple(Fraction(value) for value in first.split("|"))
        found |= {word.replace("_", " "): numbers for word in words}
    return MappingProxyType(found)


def in_order(table: str) -> Values:
    """Words by their place in a list, from 1; words of the same place are joined by ``|``.

    >>> in_order("january|jan february|feb")["feb"]
    Fraction(2, 1)
    """
    places = enumerate(table.split(), start=1)
    return MappingProxyType({w: Fraction(i) for i, words in places for w in words.split("|")})


def names(table: str) -> Mapping[str, str]:
    """Words by their name, from ``name word word, name word``; ``_`` is a space in a word."""
    entries = (entry.split() for entry in table.split(","))
    return MappingProxyType(
        {word.replace("_", " "): first for first, *words in entries for word in words}
    )


def periods(table: str) -> Mapping[str, tuple[str, Fraction]]:
    """Names of parts of a year, from ``quarter-1 name name, half-year-2 name``.

    >>> periods("quarter-3 troisième_trimestre t3")["t3"]
    ('quarter', Fraction(3, 1))
    """
    places = {word: name.rpartition("-") for word, name in names(table).items()}
    return MappingProxyType({w: (name, Fraction(n)) for w, (name, _, n) in places.items()})


def codes(table: str) -> Mapping[str, frozenset[str]]:
    """Words by the currencies they may mean, from ``USD|CAD word word, ...``.

    >>> sorted(codes("JPY|CNY ¥")["¥"])
    ['CNY', 'JPY']
    """
    return MappingProxyType(
        {word: frozenset(code.split("|")) for word, code in names(table).items()}
    )


@dataclass(frozen=True, slots=True, eq=False)
class NegationStyle:
    """How a language says no; all in lower case.

    ``words`` deny by themselves, ``endings`` at the end of a word; ``closers`` only after one of
    the ``openers`` (``ne ... pas``).  ``idioms`` hold such a word and deny nothing.  ``near`` and
    the patterns ``affixes`` are what a translator may put for a denial: ``fail``, ``un-``.
    """

    words: Collection[str] = ()
    endings: tuple[str, ...] = ()
    openers: frozenset[str] = frozenset()
    closers: frozenset[str] = frozenset()
    idioms: Collection[str] = ()
    near: frozenset[str] = frozenset()
    affixes: tuple[str, ...] = ()
