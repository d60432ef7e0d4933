"""The data classes of a language, which define the contents of files such as ``en.toml``.

Field names are the keys of the files.  :mod:`corpus_norm.languages.loader` reads each value
according to the type given here.

Nothing compares or prints the records, so they are made without these methods: dataclasses compiles
each from source, which took 3 ms at every start.
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
    Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NumberStyle:
    """The words and signs of amounts and dates in one language; all words in lower case.

    ``decimal`` and ``group`` are the separators in a numeral; ``loose_group`` says that the group
    separator may also be a decimal one (``2.7`` in French).  ``words`` are added up, ``scales``
    multiply the words before them, and ``fractions`` divide them.  ``others`` stand alone and may
    have several readings (``third``: 3 and 1/3); ``vague`` are orders of magnitude (``dozens``).
    Words in ``loose`` are often not amounts (``one``, the article ``un``, ``neuf`` for new): they
    count if the other language has the amount, and are never reported missing.  ``before`` lists
    words that make a scale vague (``several million``).

    ``currencies`` map a word to the ISO 4217 codes it may mean, and ``units`` to the name of a unit
    of time, length or mass; ``?`` flags a word with other meanings.  Beside a word in
    ``money``, an amount without a currency is a sum of money.  ``percents`` follow an amount.
    ``joiners`` occur inside a number (``and``), in some languages only before the words in
    ``joined``; ``ranges`` occur between two numbers, and ``out_of`` before the whole (``one in
    five``).  ``months`` and ``weekdays`` start at 1 with January and Monday.  ``ordinal_marks``
    follow a numeral (``3rd``).

    ``minus`` precedes a negative amount and ``below`` follows one; ``falls`` are words such as
    ``down`` that a translator may use instead (with a hyphen: the beginnings of words).  ``noon``
    and ``past`` are in minutes (``midi``; ``et quart``); ``past`` follows the hour or, with
    ``past_first``, precedes it.  ``day_parts`` say which half of the day is meant; ``full_day``
    says that hours run to 24 unless a word in ``late`` is near; ``at`` precedes an hour.  ``dates``
    is the order in numeric dates, empty if several are in use.  ``periods`` are parts of a year.
    ``eras`` map an era to the year before its first, and ``bare_era`` is that year for years
    without an era name.  ``of_price`` is a pattern for the words after the remaining share of a
    price.

    Signs: a minus followed by a space may come after ``sign_openers`` (``from``, ``de``); a word in
    ``minus`` is none after the patterns ``no_minus_after`` (``au moins``), nor a phrase in
    ``below`` before ``no_below_before``.  ``levels`` are patterns that end right before a level
    ("fell to 8"), which a fall does not make negative; ``owed`` are patterns for quantities whose
    levels are negative all the same (a deficit).

    Hours: ``clock_hours`` stand between the hour and the minutes, except before the patterns in
    ``no_minutes_before``; ``sharp_marks`` follow a full hour (``o'clock``); after one of
    ``nights``, 12 is midnight.

    Months: ``month_links`` stand between the day and the month (``of``), and ``month_openers``
    right before a month (``mid-``).  With ``capital_dates``, months and weekdays have a capital;
    ``doubtful_months`` are other words at the start of a sentence (``may``).

    ``idioms`` contain a numeral but are not amounts; in languages without spaces, ``counters`` may
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
    sign_openers: frozenset[str] = frozenset()
    no_minus_after: Patterns = ()
    no_below_before: frozenset[str] = frozenset()
    levels: Patterns = ()
    owed: Patterns = ()
    clock_hours: frozenset[str] = frozenset()
    no_minutes_before: Patterns = ()
    sharp_marks: frozenset[str] = frozenset()
    nights: frozenset[str] = frozenset()
    month_links: frozenset[str] = frozenset()
    month_openers: frozenset[str] = frozenset()
    capital_dates: bool = False
    doubtful_months: frozenset[str] = frozenset()
    idioms: Collection[str] = ()
    counters: str = ""
    money: frozenset[str] = frozenset()

    @property
    def month_names(self) -> tuple[str, ...]:
        """The months in full, January first, with a capital if the language writes one.

        >>> NumberStyle(months={"may": 5, "jan": 1, "january": 1}, capital_dates=True).month_names
        ('Jan', 'May')
        """
        first: dict[int, str] = {}
        for word, number in self.months.items():
            first.setdefault(int(number), word)
        names = (first[number] for number in sorted(first))
        return tuple(name.capitalize() if self.capital_dates else name for name in names)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NegationStyle:
    """The ways a language negates; all words in lower case.

    ``words`` negate by themselves, ``endings`` at the end of a word, and ``closers`` only after one
    of the ``openers`` (``ne ... pas``).  ``idioms`` contain such a word but negate nothing.  A
    translator may use words in ``near`` (``fail``) or the patterns ``affixes`` (``un-``) for a
    negation.  ``doubles`` are patterns for a negated verb that itself denies (``n'exclut pas``).
    ``excludes`` are those of them that say what may yet be (``n'exclut pas de``).
    ``strong`` are those among words that need a denial in English whatever the rest says.
    ``excuses`` are patterns for the beginnings of words that English may say with a denial.
    ``wants`` are patterns for what someone does not want to do, which English may decline to do.
    """

    words: Collection[str] = ()
    endings: tuple[str, ...] = ()
    openers: frozenset[str] = frozenset()
    closers: frozenset[str] = frozenset()
    idioms: Collection[str] = ()
    near: frozenset[str] = frozenset()
    affixes: tuple[str, ...] = ()
    doubles: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    excuses: Patterns = ()
    strong: Collection[str] = ()
    wants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MovementStyle:
    """Patterns of words for a quantity that rises or falls, matched without regard to case.

    ``rises`` and ``falls`` mean nothing else.  ``upward`` and ``downward`` match all that may say
    or contain the same, and more; ``doubts`` all that may turn or qualify the statement.
    ``above`` and ``below`` match what makes an amount, written ``#``, a least or a greatest one.
    ``compares`` match a word, or a word and the next, by which something exceeds another or falls
    short of it; in English, all that may say so.  ``opposites`` are words with their opposites,
    split by slashes.
    """

    rises: Patterns = ()
    falls: Patterns = ()
    upward: Patterns = ()
    downward: Patterns = ()
    doubts: Patterns = ()
    above: Patterns = ()
    below: Patterns = ()
    compares: Patterns = ()
    opposites: Collection[str] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StopStyle:
    """The words around a full stop that may not end a sentence; abbreviations omit the stop.

    ``doubtful`` abbreviations end a sentence only before a common word with a capital;
    ``numbered`` ones end it except before a number; ``lettered`` are nouns that a letter may follow
    ("vitamin D").  ``days`` and ``months`` are abbreviated in dates; with ``capital_days``, days
    have a capital, so that "sat." is a verb and "Sat. 5" a date.  ``clock`` may follow the
    abbreviations in ``halves`` ("a.m."), and so may any word before one in ``clock_nouns`` ("local
    time").  ``firms`` (``inc``, ``ltd``) end a sentence about half the time, ``lists`` (``etc``)
    often.  ``untitled`` are the ``abbreviations`` that no name follows ("vs"): they never end a
    sentence.  ``speech`` matches the clause after a quotation that names its speaker.

    ``digraphs`` are initials of two or three letters (``Ph. Martin``).  Initials with a hyphen end
    a sentence only after one of ``before_christ`` ("en 52 av. J.-C.").  ``measures`` are short
    names of units, whose stop ends nothing before another number ("3 h. 20").
    """

    doubtful: frozenset[str] = frozenset()
    numbered: frozenset[str] = frozenset()
    lettered: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    clock: frozenset[str] = frozenset()
    capital_days: bool = False
    halves: frozenset[str] = frozenset()
    clock_nouns: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    untitled: frozenset[str] = frozenset()
    before_christ: frozenset[str] = frozenset()
    measures: Patterns = ()
    speech: re.Pattern[str] | None = None
    firms: frozenset[str] = frozenset()
    digraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BylineWords:
    """The words of bylines, all in lower case; fields that start with ``han_`` are Chinese.

    ``openers`` are patterns for the start of a byline, and ``other_credits`` for the introduction
    of someone who is not an author of the text (a photographer).  ``conjunctions`` join two names,
    and ``particles`` occur inside one (``de``, ``van``).  ``ends`` end a name although they begin
    with a capital, and so do ``roles``: jobs and desks.  ``days`` are names of weekdays that are
    not names of people.

    ``organizations`` are words in the names of newspapers, companies and teams, ``agencies`` are
    the names of news agencies, and ``desks`` are the last words of names of desks ("Staff
    Reporters").  Words in ``nobody`` take the place of a name but name no one.  No name contains a
    word in ``boilerplate`` (menus, buttons, sections) or ``prose_words``; a line that consists of
    ``topics`` names no one.  ``degrees`` and ``suffixes`` follow a name, and no name begins with
    ``places``; ``lower_degrees`` are also degrees where they are not in capitals.

    ``with_words`` introduce further authors in brackets ("with Bo Ray").  The patterns ``pictures``
    and ``photographers`` follow the name of someone who took the pictures, in brackets and after a
    comma.  ``name_abbreviations`` are parts of a name that end with a full stop, with their
    capitals; ``honorifics`` stand before a name and are no part of it.  Articles: a name that
    begins with one of ``outlet_articles`` belongs to an outlet; after a full name, one of
    ``place_articles`` begins a place; ``role_articles`` precede a role, and ``nobody_openers``
    a word in ``nobody``. ``handle_followers`` may follow a user name.

    Openers elsewhere in a line, all patterns: ``bare_openers`` are a line of their own ("Written
    by:"); ``inner_openers`` come after a date, which one of ``date_openers`` may precede ("on");
    ``sure_openers`` and ``signed`` need no date before them, but a capital after them.  ``staff``
    stands for the whole newsroom.  ``text_labels`` precede the author beside a photographer
    ("Words by"), with one of ``by_words`` or a colon; a line may also be one of ``text_credits``, a
    name and one of ``photo_words``.  ``glued_labels`` may follow a name without a space, and
    ``durations`` follow the number of an age or a reading time ("5 min").

    ``lone_titles`` are degrees that stand alone in capitals where a name was read.
    ``han_surnames`` have one character, ``han_double_surnames`` two; ``han_places`` are words of
    two or three characters beside a name that are not part of it.
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
    lower_degrees: frozenset[str] = frozenset()
    with_words: frozenset[str] = frozenset()
    pictures: Patterns = ()
    photographers: Patterns = ()
    name_abbreviations: frozenset[str] = frozenset()
    honorifics: frozenset[str] = frozenset()
    outlet_articles: frozenset[str] = frozenset()
    place_articles: frozenset[str] = frozenset()
    role_articles: frozenset[str] = frozenset()
    nobody_openers: frozenset[str] = frozenset()
    handle_followers: frozenset[str] = frozenset()
    bare_openers: Patterns = ()
    inner_openers: Patterns = ()
    date_openers: Patterns = ()
    sure_openers: Patterns = ()
    signed: Patterns = ()
    staff: Patterns = ()
    text_labels: Patterns = ()
    by_words: Patterns = ()
    text_credits: Patterns = ()
    photo_words: Patterns = ()
    glued_labels: Patterns = ()
    durations: Patterns = ()
    lone_titles: frozenset[str] = frozenset()
    han_surnames: frozenset[str] = frozenset()
    han_double_surnames: frozenset[str] = frozenset()
    han_places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HanBylineWords:
    """The words around names in Chinese bylines and credits; all are patterns.

    ``reporters`` (with one of ``reporter_kinds`` before them, perhaps), ``other_reporters`` and
    ``writers`` (with ``writer_kinds``) are labels before the name of an author, unless one of
    ``label_followers`` comes next.  ``other_labels`` (with ``other_kinds``) are labels of anything
    else: editors, sources, buttons.

    ``reports`` mean that somebody reports, and ``report_ends`` (with ``report_kinds``) end a credit
    after the name.  ``acts`` are verbs for what a reporter does, and ``being`` what somebody is;
    after them a sentence goes on.  ``outlet_ends`` end the name of an outlet before a label;
    ``organization_ends`` and ``organization_words`` show that a name is no person's.

    ``bracket_labels`` precede the names of a credit in brackets, ``head_labels`` those in the head
    of a dispatch.  ``desk_ends`` end the name of a desk.  ``name_followers`` follow a name and a
    slash (王小明/文), ``outlet_reporters`` a name and its outlet, and ``originals``
    precede an author ("original:").  ``joiners`` are characters between two names.  ``counted``
    are words before a label that make it part of a sentence ("a reporter", "told the reporter").
    """

    reporter_kinds: Patterns = ()
    reporters: Patterns = ()
    other_reporters: Patterns = ()
    writer_kinds: Patterns = ()
    writers: Patterns = ()
    other_kinds: Patterns = ()
    other_labels: Patterns = ()
    label_followers: Patterns = ()
    reports: Patterns = ()
    report_kinds: Patterns = ()
    report_ends: Patterns = ()
    acts: Patterns = ()
    being: Patterns = ()
    outlet_ends: Patterns = ()
    organization_ends: Patterns = ()
    organization_words: Patterns = ()
    bracket_labels: Patterns = ()
    head_labels: Patterns = ()
    desk_ends: Patterns = ()
    name_followers: Patterns = ()
    outlet_reporters: Patterns = ()
    originals: Patterns = ()
    joiners: frozenset[str] = frozenset()
    counted: Patterns = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DateWords:
    """The words around dates of publication, in lower case; the months are in ``numbers.months``.

    ``weekdays`` are numbered from 0 (Monday), like :meth:`datetime.date.weekday`, and include
    every form that newspapers print, also those without accents.  ``eras`` are the numbers to add
    to the year of an era.  The patterns ``published``, ``updated`` and ``unrelated`` tell whether a
    date belongs to the publication, to a change or to something else.

    ``day_first_signs`` are patterns for words beside a numeric date whose day comes first.
    ``day_first_zones`` and ``month_first_zones`` are patterns for time zones and currencies of
    places where 3/4 means the 3rd of April or the 4th of March, respectively.
    ``month_first_regions``, ``year_first_regions`` and ``unsettled_regions`` (both orders are in
    use) are ISO 3166 codes in lower case, ``day_first_languages`` BCP-47 tags in lower case.

    The patterns ``day_links`` and ``year_links`` stand between a day and its month (``of``) and a
    month and its year, ``day_marks`` after the number of a day (``th``).  ``clock_openers`` precede
    an hour after a date, ``day_articles`` a day after its weekday, and the patterns in
    ``label_links`` a date after its label (``published on``).
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
    year_first_regions: frozenset[str] = frozenset()
    day_first_languages: frozenset[str] = frozenset()
    day_marks: Patterns = ()
    clock_openers: frozenset[str] = frozenset()
    day_articles: frozenset[str] = frozenset()
    label_links: Patterns = ()
    unsettled_regions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CreditWords:
    """The words in credits of pictures and agencies; all but ``joiners`` are patterns.

    ``agencies`` are the signatures of agencies and picture libraries, those of several words first;
    ``labels`` precede a credit, before a colon, a bar or a slash.  ``joiners`` are small words
    inside a credit, and ``rights`` the words of a copyright notice, which do not occur in a credit.
    ``trailers`` are the phrases with which a feed names the place of first publication, and
    ``trailer_signs`` words that all of them contain, for a quick test.  ``name_articles``, with
    their capital, may begin a name as well as a sentence ("Le Monde").  Fields
    that start with ``han_`` are Chinese, which has no spaces between words.

    ``photo_sites`` are signatures that no sentence begins with.
    ``han_sources`` are words of a Chinese credit in brackets that need no colon.
    """

    agencies: Patterns = ()
    labels: Patterns = ()
    joiners: frozenset[str] = frozenset()
    rights: Patterns = ()
    file_photo: Patterns = ()
    trailers: Patterns = ()
    trailer_signs: Patterns = ()
    name_articles: frozenset[str] = frozenset()
    han_agencies: Patterns = ()
    han_labels: Patterns = ()
    photo_sites: Patterns = ()
    han_sources: Patterns = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RewritingWords:
    """The words that :mod:`corpus_norm.translation.restating` rewrites before translation.

    ``months`` map an abbreviation to the month in full, the longest first; ``month_openers`` are
    patterns for the words right before one.  ``approximations`` map a noun to its number
    (``vingtaine``); those in ``ambiguous`` have another meaning alone, and the patterns
    ``around`` may precede one (``environ``).  ``hour_parts`` are the minutes after an hour, and
    ``at_hour`` patterns for the words before it.  ``elisions`` map an elided word to its full form.
    ``clear_months`` are patterns for the abbreviations of months that are no other word,
    ``month_joiners`` for the words between two months, and ``approximate_adjectives`` for those
    between an article and an approximation ("une bonne vingtaine").

    In Chinese, ``fixed_numbers`` are patterns for numbers that are names (双十一), ``day_parts``
    patterns for the parts of a day, and ``before_hour`` the characters before an hour.
    ``formal_digits`` and ``formal_scales`` are the numerals of cheques.  These hold characters:
    ``not_after_number`` and ``not_after_hour`` make a numeral or an hour part of another word
    (时间), and so do ``not_after_share`` after 成, and ``not_before_discount`` and
    ``not_after_discount`` around 折; ``decimal_units`` follow a number with a decimal point in
    words; ``range_counters`` follow two neighbouring digits that are a range, and ``tens_counters``
    those after 十.  ``counted`` are measure words behind a number, and ``after_congress`` patterns
    for what follows the number of a party congress (十九大).
    """

    months: Mapping[str, str] = field(default_factory=dict)
    month_openers: Patterns = ()
    approximations: Mapping[str, str] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()
    around: Patterns = ()
    hour_parts: Mapping[str, int] = field(default_factory=dict)
    at_hour: Patterns = ()
    elisions: Mapping[str, str] = field(default_factory=dict)
    fixed_numbers: Patterns = ()
    clear_months: Patterns = ()
    month_joiners: Patterns = ()
    approximate_adjectives: Patterns = ()
    day_parts: Patterns = ()
    before_hour: frozenset[str] = frozenset()
    formal_digits: Mapping[str, int] = field(default_factory=dict)
    formal_scales: Mapping[str, int] = field(default_factory=dict)
    not_after_number: str = ""
    not_after_hour: str = ""
    not_after_share: str = ""
    not_before_discount: str = ""
    not_after_discount: str = ""
    decimal_units: str = ""
    range_counters: str = ""
    tens_counters: frozenset[str] = frozenset()
    counted: Patterns = ()
    after_congress: Patterns = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PhraseWords:
    """The words of the phrase-table engine, :mod:`corpus_norm.translation.engines.phrases`.

    ``endings`` pair an ending of a word with another that the same word may have, in the order in
    which they are tried for a word that the table lacks.  ``cognates`` pair an ending without
    accents with that of the English word.  ``date_bounds`` are words beside a date that needs no
    preposition ("from", "until").

    In Chinese, ``noon``, ``morning``, ``afternoon``, ``evening`` and ``night`` are the parts of the
    day before an hour (a small hour after ``night`` is past midnight), and ``not_after_day`` the
    characters after 日 that make it part of another word (日元).  ``surnames`` are characters, and
    ``double_surnames`` words of two; those in ``clear_surnames`` are rarely words of their own, and
    those in ``not_given`` are rarely part of a given name.  The characters in ``sounds`` write
    foreign names by their sound; those in ``ordinary`` begin no given name.  ``before_names`` and
    ``after_names`` are the titles and verbs beside the name of a person; in French
    ``before_names`` are the titles before an office with a capital (Monsieur Le Maire), and
    ``titles`` those that are no part of a name, whatever follows.

    ``function_words`` are those without content, and ``linkers`` the English words and signs that
    may stand for a French "de".
    """

    endings: Pairs = ()
    cognates: Pairs = ()
    date_bounds: frozenset[str] = frozenset()
    noon: tuple[str, ...] = ()
    morning: tuple[str, ...] = ()
    afternoon: tuple[str, ...] = ()
    evening: tuple[str, ...] = ()
    night: tuple[str, ...] = ()
    not_after_day: str = ""
    surnames: str = ""
    double_surnames: frozenset[str] = frozenset()
    clear_surnames: str = ""
    not_given: str = ""
    sounds: str = ""
    ordinary: str = ""
    before_names: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    after_names: frozenset[str] = frozenset()
    function_words: frozenset[str] = frozenset()
    linkers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Language:
    """The data about a language that the stages need.

    ``langdetect`` and ``argos`` are the codes these libraries use; ``script`` is the script of
    its letters (ISO 15924); ``spaced`` says whether spaces separate its words.

    ``abbreviations`` are words whose full stop never ends a sentence, in lower case and without
    the stop; ``stops`` are those that sometimes do.  ``stopwords`` are the commonest function
    words, the cheapest sign of running text; ``common_words`` identify the language of a line of
    two words: words of menus, buttons and datelines, and the halves of contractions.  ``prior`` is
    how much commoner the language is than others in a line that fits several, in nats.  ``loans``
    are words and phrases of other languages that are frequent in its titles; ``foreign_words`` are
    patterns for words in its script that belong to another language (Japanese in Han characters);
    ``typography`` is a pattern for punctuation set in a way that only this language uses.

    ``numbers`` and ``denials`` describe amounts and negation; ``english_length`` is the usual
    number of English characters per character of the language, and ``english_spread`` the variance
    of that per character (c and s² of Gale and Church 1993).  ``elided`` are the words that an
    apostrophe joins to the next one; ``acronyms`` are those that English writes differently.

    ``bylines``, ``han_bylines``, ``dates`` and ``credits`` are used for all languages at once,
    because a short line rarely reveals its language (:func:`corpus_norm.languages.combine`).  The
    same applies to ``sections``, lower-case headings that name a part of a site or a button and are
    never a headline; to ``press``, patterns for the ends of names of sites; to ``handle_ends``,
    words that follow a social media handle without a space; to ``address_openers``, words of two
    characters that precede an address without one; and to ``body_keys``, words for the text of an
    article in the names of keys that a page's scripts use.  ``mail_subjects``, ``mail_senders``,
    ``mail_dates`` and ``mail_others`` are the names of the fields above an e-mail.

    ``press_words`` show that the end of a title is the name of a newspaper or broadcaster.
    ``press_names`` are full names of newspapers that consist of common words.  ``sign_up`` are
    patterns for words with which a site speaks of its own newsletters and subscriptions, and
    ``site_words`` are patterns for those with which it speaks to its readers, or of itself.
    ``notice_words`` are patterns for those of disclaimers, corrections, sources and rights.
    ``paywall`` are patterns for the words below the beginning of an article that only subscribers
    may read; ``error_pages`` for the lines of a page that could not be found or shown; ``walls``
    for the words that ask for a login, a script or a proof of being human, or say what failed;
    ``consent`` for the words of cookie notices; ``readers`` for words that address the reader, by
    which the site speaks of itself, or that excuse it.  ``lists`` are patterns for the headings of
    lists of other articles that never stand amid an article, and ``ingredients`` for the heading
    of those of a recipe, ``summaries`` for that of a summary.  ``told_words`` are patterns for
    words by which an article tells what others said or decided, and which no copyright line has.
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
    movements: MovementStyle = field(default_factory=MovementStyle)
    english_length: float = 1.0
    english_spread: float = 2.4
    elided: frozenset[str] = frozenset()
    acronyms: frozenset[str] = frozenset()
    foreign_words: Patterns = ()
    bylines: BylineWords = field(default_factory=BylineWords)
    han_bylines: HanBylineWords = field(default_factory=HanBylineWords)
    dates: DateWords = field(default_factory=DateWords)
    rewriting: RewritingWords = field(default_factory=RewritingWords)
    phrases: PhraseWords = field(default_factory=PhraseWords)
    credits: CreditWords = field(default_factory=CreditWords)
    sections: frozenset[str] = frozenset()
    press: Patterns = ()
    handle_ends: frozenset[str] = frozenset()
    address_openers: frozenset[str] = frozenset()
    body_keys: tuple[str, ...] = ()
    mail_subjects: frozenset[str] = frozenset()
    mail_senders: frozenset[str] = frozenset()
    mail_dates: frozenset[str] = frozenset()
    mail_others: frozenset[str] = frozenset()
    press_words: frozenset[str] = frozenset()
    press_names: frozenset[str] = frozenset()
    sign_up: Patterns = ()
    site_words: Patterns = ()
    notice_words: Patterns = ()
    paywall: Patterns = ()
    error_pages: Patterns = ()
    walls: Patterns = ()
    consent: Patterns = ()
    readers: Patterns = ()
    lists: Patterns = ()
    ingredients: Patterns = ()
    summaries: Patterns = ()
    told_words: Patterns = ()


def words(text: str) -> frozenset[str]:
    """Return the words of a string."""
    return frozenset(text.split())


def any_of(patterns: Iterable[str]) -> str:
    """Return one regular expression that matches any of several.

    If there are none, the result matches nothing.

    >>> any_of(["rouge", "verte?"]), any_of([])
    ('(?:rouge|verte?)', '(?!)')
    """
    return f"(?:{joined})" if (joined := "|".join(patterns)) else "(?!)"
