"""The data classes of a language: what a file such as ``en.toml`` may say, field by field.

The names of the fields are the keys of the files.  :mod:`corpus_norm.languages.loader` reads them
by the types written here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Iterable, Mapping
    from fractions import Fraction

    Values = Mapping[str, Fraction]
    Readings = Mapping[str, tuple[Fraction, ...]]
    Weekdays = Mapping[str, int]
    Patterns = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class NumberStyle:
    """The words and signs of amounts and dates in one language; all words in lower case.

    ``decimal`` and ``group`` are the separators in a numeral; ``loose_group`` says that the group
    separator may also be a decimal one (``2.7`` in French).  ``words`` are added up, ``scales``
    multiply the words before them, ``fractions`` divide them.  ``others`` stand alone and may have
    several readings (``third``: 3 and 1/3); ``vague`` are orders of magnitude (``dozens``).  Words
    in ``loose`` are often no amounts (``one``, the article ``un``, ``neuf`` for new): they count
    when the other language has the amount, and are never reported missing.  ``before`` lists words
    that make a scale vague (``several million``).

    ``currencies`` map a word to the ISO 4217 codes it may mean, ``units`` to the name of a unit of
    time, length or mass; ``?`` flags a word with other meanings.  ``percents`` follow an amount.
    ``joiners`` stand inside a number (``and``), in some languages only before the words in
    ``joined``; ``ranges`` stand between two numbers, ``out_of`` before the whole (``one in
    five``).  ``months`` and ``weekdays`` start with January and Monday, both 1.
    ``ordinal_marks`` follow a numeral (``3rd``).

    ``minus`` stands before a negative amount and ``below`` after one; ``falls`` are words (with
    a hyphen: beginnings of words) such as ``down``, which a translator may use instead.
    ``noon`` and ``past`` are in minutes (``midi``; ``et quart``); ``past`` stands after the
    hour or, with ``past_first``, before it.  ``day_parts`` tell the half of the day; ``full_day``
    says that hours are counted to 24 unless a word in ``late`` is near; ``at`` precedes an hour.
    ``dates`` is the order in numeric dates, empty where several are in use.  ``periods`` are parts
    of a year, ``eras`` the years before their first, ``bare_era`` the one of years without a name.
    ``of_price`` is a pattern for the words after the share that is left of a price.

    ``idioms`` hold a numeral and are no amounts; in languages without spaces, ``counters`` may
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


@dataclass(frozen=True, slots=True, eq=False)
class NegationStyle:
    """The ways a language negates; all words in lower case.

    ``words`` negate by themselves, ``endings`` at the end of a word; ``closers`` only after one of
    the ``openers`` (``ne ... pas``).  ``idioms`` hold such a word and negate nothing.  ``near`` and
    the patterns ``affixes`` are what a translator may use for a negation: ``fail``, ``un-``.
    """

    words: Collection[str] = ()
    endings: tuple[str, ...] = ()
    openers: frozenset[str] = frozenset()
    closers: frozenset[str] = frozenset()
    idioms: Collection[str] = ()
    near: frozenset[str] = frozenset()
    affixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StopStyle:
    """What follows or precedes a full stop that ends no sentence; words without their stop.

    ``doubtful`` abbreviations end a sentence only before a common word with a capital;
    ``numbered`` ones end it except before a number; ``lettered`` are nouns that a letter may follow
    ("vitamin D").  ``days`` and ``months`` are abbreviated in dates, and ``clock`` may come after
    "a.m." or "p.m.".  ``firms`` (``inc``, ``ltd``) end a sentence as often as not.  ``speech``
    matches the clause after a quotation that names its speaker.

    ``digraphs`` are initials of two or three letters (``Ph. Martin``).
    """

    doubtful: frozenset[str] = frozenset()
    numbered: frozenset[str] = frozenset()
    lettered: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    clock: frozenset[str] = frozenset()
    speech: re.Pattern[str] | None = None
    firms: frozenset[str] = frozenset()
    digraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BylineWords:
    """The words of bylines.  All are in lower case, and the fields named Han are Chinese.

    ``openers`` are patterns of what a byline begins with; ``other_credits`` of what introduces
    someone who is no author of the text (a photographer).  ``conjunctions`` stand between two
    names and ``particles`` inside one (``de``, ``van``).  ``ends`` end a name though they begin
    with a capital, and so do ``roles``: jobs and desks.  ``days`` are names of weekdays that are
    no names of people.

    ``organizations`` are words in the names of newspapers, companies and teams, ``agencies`` the
    names of news agencies, ``desks`` what the names of desks end with ("Staff Reporters").
    ``nobody`` stands where a name should, and names no one.  No name holds a word in
    ``boilerplate`` (menus, buttons, sections) or ``prose_words``; a line of nothing but ``topics``
    names no one.  ``degrees`` and ``suffixes`` follow a name, and no name begins with ``places``.

    ``han_surnames`` are of one character, ``han_double_surnames`` of two; ``han_places`` are
    words of two or three characters beside a name that belong to none.
    """

    openers: Patterns = ()
    other_credits: Patterns = ()
    conjunctions: tuple[str, ...] = ()
    particles: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    organizations: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    desks: frozenset[str] = frozenset()
    nobody: frozenset[str] = frozenset()
    boilerplate: frozenset[str] = frozenset()
    prose_words: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    degrees: frozenset[str] = frozenset()
    suffixes: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    han_surnames: frozenset[str] = frozenset()
    han_double_surnames: frozenset[str] = frozenset()
    han_places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DateWords:
    """The words around the dates of publication, in lower case; ``numbers.months`` has the months.

    ``weekdays`` are numbered from 0, Monday, as :meth:`datetime.date.weekday` counts, and hold
    every form that newspapers print, those without accents too.  ``eras`` are what to add to the
    year of an era.  The patterns ``published``, ``updated`` and ``unrelated`` tell whether a date
    is of the publication, of a change or of something else.

    ``day_first_signs`` are patterns of words beside a numeric date that put its day first;
    ``day_first_zones`` and ``month_first_zones`` of time zones and currencies of places that write
    3/4 for the 3rd of April and for the 4th of March.  ``month_first_regions`` and
    ``unsettled_regions``, where both orders are in use, are codes of ISO 3166 in lower case.
    """

    weekdays: Weekdays = field(default_factory=dict)
    eras: Mapping[str, int] = field(default_factory=dict)
    published: Patterns = ()
    updated: Patterns = ()
    unrelated: Patterns = ()
    day_links: Patterns = ()
    year_links: Patterns = ()
    day_first_signs: Patterns = ()
    day_first_zones: Patterns = ()
    month_first_zones: Patterns = ()
    month_first_regions: frozenset[str] = frozenset()
    unsettled_regions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CreditWords:
    """The words in credits of pictures and agencies; all but ``joiners`` are patterns.

    ``agencies`` are agencies and picture libraries as they sign, those of several words first;
    ``labels`` what a credit is called before a colon, a bar or a slash.  ``joiners`` are small
    words inside a credit, ``rights`` the words of a notice of rights, which a credit does not
    have.  ``trailers`` are how a feed names the place of first publication.  The fields named Han
    are Chinese, where no space ends a word.

    ``photo_sites`` are signatures that no sentence begins with.
    ``han_sources`` are words of a Chinese credit in brackets that need no colon.
    """

    agencies: Patterns = ()
    labels: Patterns = ()
    joiners: frozenset[str] = frozenset()
    rights: Patterns = ()
    file_photo: Patterns = ()
    trailers: Patterns = ()
    han_agencies: Patterns = ()
    han_labels: Patterns = ()
    photo_sites: Patterns = ()
    han_sources: Patterns = ()


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """What the stages need to know about a language.

    ``langdetect`` and ``argos`` are the codes these libraries use; ``script`` is the script of
    its letters (ISO 15924); ``spaced`` says whether spaces separate its words.

    ``abbreviations`` are words whose full stop never ends a sentence, in lower case and without
    the stop; ``stops`` are those that sometimes do.  ``stopwords`` are the commonest function
    words, the cheapest sign of running text; ``common_words`` tell the language of a line of two
    words: those of menus, buttons and datelines, and the halves of contractions.  ``prior`` is how
    much commoner the language is than others in a line that looks like several, in nats.
    ``loans`` are words and phrases of other languages that its titles are full of;
    ``foreign_words`` are patterns of words in its script that belong to another language (Japanese
    in Han characters); ``typography`` is a pattern of signs that it alone sets so.

    ``numbers`` and ``denials`` are how it writes amounts and negates; ``english_length`` is the
    usual number of characters of English for one of its own, and ``english_spread`` the variance
    of that per character (c and s² of Gale and Church 1993).  ``elided`` are the words that an
    apostrophe joins to the next one; ``acronyms`` those that English writes in another way.

    ``bylines``, ``dates`` and ``credits`` are read for all languages at once, as a short line
    rarely tells its own (:func:`corpus_norm.languages.combine`).  So are ``sections``, the headings
    that name a part of a site or a button and are never a headline, in lower case; ``press``,
    patterns of how the names of sites end; and ``handle_ends``, words that follow a social media
    handle without a space.

    ``press_words`` show that the end of a title is the name of a newspaper or broadcaster.
    ``press_names`` are whole names of newspapers whose words are common ones.
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
    foreign_words: Patterns = ()
    bylines: BylineWords = field(default_factory=BylineWords)
    dates: DateWords = field(default_factory=DateWords)
    credits: CreditWords = field(default_factory=CreditWords)
    sections: frozenset[str] = frozenset()
    press: Patterns = ()
    handle_ends: frozenset[str] = frozenset()
    press_words: frozenset[str] = frozenset()
    press_names: frozenset[str] = frozenset()


def words(text: str) -> frozenset[str]:
    """Return the words of a string."""
    return frozenset(text.split())


def any_of(patterns: Iterable[str]) -> str:
    """Return one regular expression for several.

    Where there is none, the result matches nothing.

    >>> any_of(["rouge", "verte?"]), any_of([])
    ('(?:rouge|verte?)', '(?!)')
    """
    return f"(?:{joined})" if (joined := "|".join(patterns)) else "(?!)"
