"""Amounts found in a text, with their currencies, percent signs and units."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.labels import AmountKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from corpus_norm.languages.record import NumberStyle


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount found in a text.

    ``start`` and ``end`` count code points.  ``values`` holds all readings, the likeliest first; a
    date is month * 100 + day, a time is in minutes since midnight.

    ``units`` holds ISO 4217 codes, ``%`` (with ``off`` for a discount, or ``left`` for the share
    of the price that remains), ``pp`` (percentage points), ``?`` (points of any kind), ``quarter``
    and ``half-year`` (of a year), or the name of a unit of time, length or mass.

    A ``firm`` amount must appear in the other language too.  An amount that is not firm (``one``,
    ``second``) need not, but may match an amount there.  ``vague`` means an order of magnitude;
    ``scale`` is the factor that multiplied the numeral.  ``negative`` means that a sign or a word
    says minus; ``falls`` means that a word nearby, such as ``down`` or ``loss``, may stand for a
    minus.  ``row`` means that two neighbouring digits give a range (七八百), so that the English
    must contain both readings.
    """

    text: str
    start: int
    end: int
    values: tuple[Fraction, ...]
    kind: AmountKind = AmountKind.NUMBER
    units: frozenset[str] = frozenset()
    firm: bool = True
    vague: bool = False
    scale: Fraction = Fraction(1)
    negative: bool = False
    falls: bool = False
    row: bool = False

    @property
    def value(self) -> Fraction:
        """The likeliest reading."""
        return self.values[0]

    @property
    def period(self) -> str:
        """``quarter`` or ``half-year`` if the amount is such a part of a year, otherwise ``""``."""
        return next(iter(self.units & {"quarter", "half-year"}), "")

    @property
    def counts(self) -> bool:
        """Whether the amount matters to a reader and is shown: firm amounts and a few others.

        ``two hours`` and ``half`` count; ``two`` and ``one`` do not, as they may be pronouns.
        """
        if self.firm or self.kind in {AmountKind.DATE, AmountKind.MONTH, AmountKind.WEEKDAY}:
            return True
        return self.value == Fraction(1, 2) or (bool(self.units) and self.value == 2)

    @property
    def reading(self) -> str:
        """The amount in one notation for all languages.

        >>> Amount("3 mars", 0, 6, (Fraction(303),), AmountKind.DATE).reading
        '03-03'
        >>> Amount("5 M€", 0, 4, (Fraction(5_000_000),), units=frozenset({"EUR"})).reading
        '5,000,000 EUR'
        """
        value = self.value
        if self.kind is AmountKind.DATE:
            return f"{int(value) // 100:02}-{int(value) % 100:02}"
        if self.kind is AmountKind.TIME:
            return f"{int(value) // 60}:{int(value) % 60:02}"
        has_no_unit = not self.units or "era" in self.units
        if self.kind is AmountKind.NUMBER and has_no_unit and 1000 <= value < 2100:
            return f"{float(value):g}"  # likely a year
        if self.period:
            return f"{self.period} {int(value)}"
        number = f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.4g}"
        number = f"{'-' * self.negative}{number}"
        units = self.units - {"?", "off", "left", "era"}
        units = frozenset(filter(str.isupper, units)) or units
        unit = (
            "points"
            if "pp" in units
            else min(units)
            if len(units) == 1
            else "dollars"
            if "USD" in units
            else ""
        )
        return f"{'about ' * self.vague}{number} {unit}".replace(" %", "%").rstrip()

    def read_also(self, values: Iterable[Fraction]) -> Amount:
        """Return the amount with further readings."""
        return replace(self, values=tuple(dict.fromkeys([*self.values, *values])))


_PREFIX_LENGTH = 8
# A number to which the currency after it belongs: "950 M€ un an".
_TAKEN = re.compile(r"\d[\s\u00a0\u202f]?(?:[kmb]|mds?|mrd|bn|tn)?[\s\u00a0\u202f]?$")
# The text allowed between a number and its unit: "5-km", 3个月, "5 millions d'euros", "$3 a ton".
_LINK = (
    r"[\s\u00a0\u202f]{0,4}[-‐‑]?(?:多|余|餘|来|几|个|個|枚"
    r"|(?:de|d['’]|of|d)\s?(?:l['’]|la\s|an?\s)?|an?\s)?\s?"
)
_PERCENTS = frozenset({"%", "pp", "?"})
# Small shares as parts of a larger one: 50 basis points are half a percentage point.
_PARTS: Mapping[str, tuple[str, int]] = MappingProxyType({"bp": ("pp", 100), "permille": ("%", 10)})


@dataclass(frozen=True, slots=True)
class _Patterns:
    before: re.Pattern[str]
    after: re.Pattern[str]
    between: re.Pattern[str]
    out_of: re.Pattern[str]
    of_price: re.Pattern[str]
    money: re.Pattern[str]


def attach_units(text: str, numbers: Iterable[Amount], style: NumberStyle) -> list[Amount]:
    """Return the numbers with their currencies and units, which a range or a list may share.

    >>> from corpus_norm.languages import get_language
    >>> from corpus_norm.audit.spaced_numbers import find_numbers
    >>> style = get_language("fr").numbers
    >>> text = "de 5 à 7 milliards de dollars"
    >>> [(n.text, [int(v) for v in n.values]) for n in
    ...     attach_units(text, find_numbers(text, style), style)]
    [('5', [5, 5000000000]), ('7 milliards de dollars', [7000000000])]
    """
    patterns = _compile(style)
    low = text.lower() if len(text.lower()) == len(text) else text
    found: list[Amount] = []
    for number in numbers:
        if not found or number.start >= found[-1].end:  # the "cent" of "pour cent" is not a number
            found.append(_attach(low, text, number, style, patterns))
    return _share(low, found, patterns)


def mentions_money(text: str, style: NumberStyle) -> bool:
    """Return whether a text mentions a currency, or has a word such as ``salary``."""
    return _compile(style).money.search(text.lower()) is not None


def _attach(low: str, text: str, number: Amount, style: NumberStyle, patterns: _Patterns) -> Amount:
    start, end = number.start, number.end
    units = number.units
    if match := patterns.after.match(low, end):
        word = re.sub(r"\s|(?<!^)-", " ", match["unit"])
        if word in style.currencies:
            units, end = style.currencies[word], match.end()
        elif word in style.percents:
            name, parts = _PARTS.get(style.percents[word], (style.percents[word], 1))
            units, end = frozenset({name}), match.end()
            number = replace(number, values=tuple(value / parts for value in number.values))
            if "%" in units and patterns.of_price.match(low, end):
                units |= {"left"}
        elif not (units & _PERCENTS):
            units = frozenset({style.units[word]})
    leading = patterns.before.search(low, max(0, start - _PREFIX_LENGTH), start)
    if leading is not None and not _is_taken(low, leading.start("unit"), start):
        word = re.sub(r"\s", " ", leading["unit"])
        units, start = style.currencies[word], leading.start("unit")
    kind = number.kind
    if units & _PERCENTS:
        kind = AmountKind.PERCENT
    elif is_money(units):
        kind = AmountKind.MONEY
    number = _without_periods(number, units)
    if units == number.units and (start, end) == (number.start, number.end):
        return number if kind is number.kind else replace(number, kind=kind)
    counts = kind in {AmountKind.MONEY, AmountKind.PERCENT} and "?" not in units
    sure = number.text[-1].isdigit() or len(number.text) > 1
    firm = number.firm or (counts and sure and not number.vague and number.value >= 1)
    return replace(
        number, text=text[start:end], start=start, end=end, units=units, kind=kind, firm=firm
    )


def _is_taken(low: str, currency: int, number: int) -> bool:
    """Whether a currency before the space at a number belongs to the number before it."""
    before = max(0, currency - _PREFIX_LENGTH)
    return low[number - 1].isspace() and _TAKEN.search(low, before, currency) is not None


def _without_periods(number: Amount, units: frozenset[str]) -> Amount:
    """Keep only the first reading of a fraction: a quarter of a point is not a first quarter."""
    if units & _PERCENTS and number.value < 1:
        return replace(number, values=number.values[:1])
    return number


def is_money(units: frozenset[str]) -> bool:
    """Return whether the units include an ISO 4217 code."""
    return any(unit.isupper() for unit in units)


def _share(low: str, found: Sequence[Amount], patterns: _Patterns) -> list[Amount]:
    """Share the scale and unit that a range or list gives once: ``5 to 7 million``, ``$5-7``."""
    shared = list(found)
    linked = False
    for i in range(len(shared) - 1, 0, -1):
        left, right = shared[i - 1], shared[i]
        between = patterns.between.fullmatch(low[left.end : right.start])
        linked = bool(between and (between["range"] or linked))
        if not linked or _is_year(left):
            continue
        if right.scale > 1 and left.scale == 1 and left.value < right.scale and not right.vague:
            left = replace(left.read_also(v * right.scale for v in left.values), scale=right.scale)
        if right.units and not left.units:
            left = replace(left, units=right.units, kind=right.kind)
        shared[i - 1] = left
    for i, (left, right) in enumerate(pairwise(shared)):
        gap = low[left.end : right.start]
        between = patterns.between.fullmatch(gap)
        leads = not left.text[0].isdigit()  # "$5-7", not "3 $ au 5 mai"
        if between and between["range"] and leads and is_money(left.units) and not right.units:
            shared[i + 1] = replace(right, units=left.units, kind=left.kind)
        if _is_part(low, left, right, patterns):
            shared[i + 1] = right.read_also([left.value / right.value])
        if _is_year(left) and gap in {"-", "–", "/"} and right.value < 100:
            shared[i + 1] = right.read_also([left.value // 100 * 100 + right.value])
    return shared


def _is_part(low: str, left: Amount, right: Amount, patterns: _Patterns) -> bool:
    """Return whether two numbers give a share: ``one in five``, ``un malade sur dix``."""
    if not 0 < left.value < right.value or right.value > 100_000 or _is_year(right):
        return False
    return patterns.out_of.fullmatch(low[left.end : right.start]) is not None


def _is_year(amount: Amount) -> bool:
    return amount.kind is AmountKind.NUMBER and 1000 <= amount.value <= 2100 and amount.scale == 1


@lru_cache(maxsize=16)
def _compile(style: NumberStyle) -> _Patterns:
    currencies = alternatives(style.currencies)
    leading = [word for word, code in style.currencies.items() if _may_lead(word, code)]
    after = alternatives([*style.currencies, *style.percents, *style.units])
    ranges = alternatives(style.ranges)
    return _Patterns(
        before=re.compile(rf"(?P<unit>{alternatives(leading)})[\s\u00a0]?$"),
        after=re.compile(rf"{_LINK}(?P<unit>(?:{after}))(?!(?<=[$€£¥￥₩₹₽])\s?\d)"),
        between=re.compile(rf"[\s,、]*(?P<range>{ranges})?[\s'’a-z]{{0,4}}"),
        out_of=re.compile(
            rf"(?:\s[^\W\d_]+){{0,2}}\s(?:{alternatives(style.out_of)})\s(?:every\s)?"
        ),
        of_price=re.compile(style.of_price or "(?!)"),
        money=re.compile(rf"{currencies}|{alternatives(style.money)}"),
    )


def _may_lead(word: str, meant: frozenset[str]) -> bool:
    """Return whether a currency may stand before an amount.

    Signs and codes may; words stand after it (``won 5 medals``).
    """
    return not word.isalpha() or word == "rmb" or word.upper() in meant


def alternatives(phrases: Iterable[str]) -> str:
    """Return a pattern for any of the phrases, the longest first; words match as whole words."""
    longest = sorted(phrases, key=lambda p: (-len(p), p))
    if not longest:
        return "(?!)"
    words = [phrase for phrase in longest if _is_latin(phrase[0])]
    signs = [phrase for phrase in longest if not _is_latin(phrase[0])]
    groups = [rf"(?<![^\W\d_]){_begin(words)}"] * bool(words) + [_begin(signs)] * bool(signs)
    return f"(?:{'|'.join(groups)})"


def _begin(phrases: Sequence[str]) -> str:
    """Return a pattern for any of the phrases, which rejects most places by their first letter."""
    first = "".join(sorted({re.escape(phrase[0]) for phrase in phrases}))
    return rf"(?=[{first}])(?:{'|'.join(map(_phrase, phrases))})"


def _phrase(phrase: str) -> str:
    pattern = re.escape(phrase).replace(r"\ ", r"[\s\u00a0-]")
    return rf"{pattern}(?![^\W_])" if _is_latin(phrase[-1]) else pattern


def _is_latin(char: str) -> bool:
    return char.isalpha() and ord(char) < 0x2E80


_CLAUSE = re.compile(r"[^，。；：！？、,;:“”（）()\s][^，。；：！？,;:“”（）()]*$")
_CONJUNCTION = re.compile(r"(?:以及|[和及与與])(?=[^、]*$)")
_FEW = 12


def counts_list(source: str, amount: Amount) -> bool:
    """Return whether an amount counts a list before it: 老、中、青三代, "the old and the young".

    The English has the list itself, and loses nothing without the number.
    """
    if amount.units or not 2 < amount.value <= _FEW or amount.kind is not AmountKind.NUMBER:
        return False
    end = len(source[: amount.start].rstrip("”』」"))
    clause = _CLAUSE.search(source, max(0, end - 200), end)
    if clause is None or "、" not in clause[0]:
        return False
    return amount.value == 1 + clause[0].count("、") + len(_CONJUNCTION.findall(clause[0]))


_NAMED_DAY = re.compile(
    r"\b(?:(?:next|same|following|previous) day|yesterday|today|tomorrow|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
)
_WEEKDAY = re.compile("周[一二三四五六日末]|星期|礼拜|今天|昨天|明天|次日|同日|当天")


def is_day_said(source: str, english: str, amount: Amount) -> bool:
    """Return whether the English names the weekday for the day of the month, as news does."""
    if amount.units != {"day"} or source[amount.end : amount.end + 1] != "日":
        return False
    return bool(_NAMED_DAY.search(english.lower())) and not _WEEKDAY.search(source)


_TOLD = re.compile(
    r"日(?:凌晨|早上|上午|中午|下午|晚间|晚上|晚)?[^，。；：、\d]{0,6}?"
    r"(?:称|说|表示|介绍|宣布|通报|告诉|指出|报道|透露|电|消息)"
)
_TELLS = re.compile(
    r"\b(?:sa(?:id|ys?|ying)|tells?|told|announce[ds]?|report(?:s|ed)?|stat(?:es?|ed)|according|"
    r"introduced|reveal(?:s|ed)|noted|pointed out)\b"
)


def is_day_told(source: str, english: str, amount: Amount) -> bool:
    """Return whether a bare day says only when somebody spoke: 张卫26日称, "Zhang Wei reported".

    It is the day of the report, as a rule, and translators leave it out.
    """
    before = source[max(0, amount.start - 1) : amount.start]
    if amount.units != {"day"} or before in {"月", "至", "到", "-"}:
        return False
    return bool(_TOLD.match(source, amount.end) and _TELLS.search(english.lower()))


_THAT_DAY = re.compile("[当同今昨明次翌][天日]")
_SESSION = re.compile("[本这該该上下]届")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")


def is_named_otherwise(source: str, amount: Amount) -> bool:
    """Return whether an English date or ordinal is one that the source does not number.

    当天 is "July 26", and 本届 "the 23rd".
    """
    if amount.kind is AmountKind.DATE:
        return _THAT_DAY.search(source) is not None
    return _ORDINAL.fullmatch(amount.text) is not None and _SESSION.search(source) is not None


_WHOLE_DAY = re.compile("(?i:around the clock|day and night|24/7)|全天候|昼夜|日夜")


def is_whole_day(amount: Amount, other: str) -> bool:
    """Return whether 24 hours are said in other words: "around the clock"."""
    is_24 = amount.value == 24 and "hour" in amount.units
    return is_24 and bool(_WHOLE_DAY.search(other))


_PER = re.compile(r"\b(?:per|each|every)\b")


def is_rate(english: str, amount: Amount) -> bool:
    """Return whether an amount is 1, and the English gives a rate: 1亩, "per mu"."""
    return amount.value == 1 and amount.kind is AmountKind.NUMBER and bool(_PER.search(english))


def is_round_the_clock(english: str, amount: Amount) -> bool:
    """Return whether an amount is the 7 of "24/7"."""
    return english[max(0, amount.start - 3) : amount.end] == "24/7"


_DAY_LONG = re.compile(r"(?<!\d)0\s?[时時点點]?\s?[-—–~～至到]+\s?24\s?[时時点點]")


def bounds_day(amount: Amount, source: str) -> bool:
    """Return whether an hour begins or ends a whole day, as in the reports of a day: 0—24时.

    The English may name the day alone.
    """
    if amount.kind is not AmountKind.NUMBER or amount.value not in {0, 24}:
        return False
    match = _DAY_LONG.search(source, max(0, amount.start - 6), amount.end + 8)
    return match is not None and match.start() <= amount.start < match.end()


_CONVERTED = re.compile(
    r"\s?(?:hectares?|acres?|sq(?:uare|\.)?\s\w+|km|kilomet(?:er|re)s?|miles?|feet|met(?:er|re)s|pounds"
    r"|kilograms?|kg|tons?|tonnes?|U\.?S\.? dollars|USD)\b[^()]{0,12}\)"
)


def is_conversion(english: str, amount: Amount) -> bool:
    """Return whether the English converts an amount in brackets: 6,000 mu (400 hectares)."""
    before = english[max(0, amount.start - 12) : amount.start]
    opened = re.search(r"\([^()\d]*$", before) is not None
    return (
        opened and _CONVERTED.match(english, amount.start + len(amount.text.split()[0])) is not None
    )
