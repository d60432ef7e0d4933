"""Find all amounts and dates in a text, and tell which amounts are negative.

Some ways of counting differ by language: quarters and halves of a year, eras, discounts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus_norm.audit.amounts import Amount, alternatives, attach_units, is_money
from corpus_norm.audit.dates import (
    find_han_dates,
    find_han_times,
    find_numeric_dates,
    find_times,
    find_weekdays,
    join_dates,
)
from corpus_norm.audit.han_numbers import FULL_WIDTH, find_han_numbers, plain_figures, read_han
from corpus_norm.audit.spaced_numbers import find_numbers
from corpus_norm.labels import AmountKind
from corpus_norm.languages import any_of, get_language
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from corpus_norm.languages import Language
    from corpus_norm.languages.record import NumberStyle

# A minus, a hyphen or a dash before the amount, with or without a space or a currency sign.
_SIGN = compile_lazily(
    r"(?P<sign>[-−–﹣－\u2010-\u2012—])(?P<gap>[ \u00a0\u202f])?(?:[$€£¥₩]\s?)?$"
)
# A minus followed by a space must come after a colon, a bracket or a preposition; before degrees,
# after any word in lower case.  Elsewhere it separates or starts an item: "- 12 morts".
_AFTER_WORD = compile_lazily(r"(?:^|[\s(])[a-zà-ÿ]+\s$|[\u3400-\u9fff]\s?$")
# Text that a dash may join to the amount after it: a numeral, a percentage, a word.
_JOINED = compile_lazily(
    r"(?:[\d〇零一二三四五六七八九十百千万亿%％℃°½][^\W\d_]{0,3}\.?\s?|[^\W\d_\u3000-\u9fff]|[)\]/+])$"
)
_COUNTED = compile_lazily(r"[\d〇零一二两三四五六七八九十百千万亿][^\W\d_]?\s?$")
_HAN = compile_lazily(r"[\u3400-\u9fff]")
_SAID = compile_lazily(r"[为為至到达達是约約于於]$")
_MEASURED = frozenset({"%", "pp", "degree"})
_MINUS_SIGNS = "−﹣－"
_BEFORE, _AFTER = 60, 40
"""The distance in characters, before and after, within which ``down`` may be an amount's sign."""
_SIGNED = frozenset({AmountKind.NUMBER, AmountKind.MONEY, AmountKind.PERCENT})


@dataclass(frozen=True, slots=True)
class _Patterns:
    minus: re.Pattern[str]
    below: re.Pattern[str]
    falls: re.Pattern[str]
    introduced: re.Pattern[str]
    level: re.Pattern[str]
    owed: re.Pattern[str]


def add_signs(text: str, amounts: Sequence[Amount], style: NumberStyle) -> list[Amount]:
    """Set ``negative`` on negative amounts and ``falls`` on those near a word such as ``down``.

    >>> from corpus_norm.audit import amounts
    >>> [a.reading for a in amounts("-3,5 %, moins 15 degrés, au moins 12, 3-5", "fr")]
    ['-3.5%', '-15 degree', '12', '3', '5']
    >>> [a.reading for a in amounts("12 degrees below zero, a loss of $5", "en")]
    ['-12 degree', '5 dollars']
    """
    patterns = _compile(style)
    low = text.lower() if len(text.lower()) == len(text) else text
    may_fall = bool(amounts) and patterns.falls.search(low) is not None
    return [_add_sign(text, low, amount, patterns, may_fall=may_fall) for amount in amounts]


def _add_sign(
    text: str, low: str, amount: Amount, patterns: _Patterns, *, may_fall: bool
) -> Amount:
    if amount.kind not in _SIGNED or amount.period:
        return amount
    start, end = amount.start, amount.end
    before, after = low[max(0, start - _BEFORE) : start], low[end : end + _AFTER]
    falls = may_fall and (patterns.falls.search(before) or patterns.falls.search(after))
    if falls and patterns.level.search(before):
        falls = patterns.owed.search(before) or patterns.owed.search(after)
    written = text[max(0, start - _BEFORE) : start]
    length = _sign_length(before, after, amount, patterns)
    length = length or _spaced_sign(written, after, amount, patterns)
    if not length:
        return replace(amount, falls=True) if falls else amount
    firm = amount.firm or (not amount.vague and bool(amount.units or amount.text[-1].isdigit()))
    start = start if length < 0 else start - length
    return replace(
        amount, text=text[start:end], start=start, negative=True, falls=bool(falls), firm=firm
    )


def _sign_length(before: str, after: str, amount: Amount, patterns: _Patterns) -> int:
    """Return the length of the sign before an amount; -1 for a sign after it, 0 for none."""
    sign = _SIGN.search(before)
    if sign and not sign["gap"] and sign["sign"] != "—":
        ahead = before[: sign.start()]
        if _HAN.match(ahead[-1:]) and not (_MEASURED & amount.units or is_money(amount.units)):
            return 0 if not _SAID.search(ahead) else len(before) - sign.start()  # 歼-20 is a name
        glued = _JOINED.search(ahead) or (ahead and ahead[-1].isalnum() and _COUNTED.search(ahead))
        listed = not ahead.strip() and len(before) < _BEFORE and not amount.units
        is_word = re.match(r"\s?[^\W\d_]{2}", after) is not None
        if not glued and not (listed and is_word and sign["sign"] not in _MINUS_SIGNS):
            return len(before) - sign.start()
        return 0
    if minus := patterns.minus.search(before):
        return len(before) - minus.start()
    return -1 if patterns.below.match(after) else 0


def _spaced_sign(before: str, after: str, amount: Amount, patterns: _Patterns) -> int:
    """Return the length of a minus followed by a space, or of a dash; 0 for other punctuation."""
    sign = _SIGN.search(before)
    if not sign or not (_MEASURED & amount.units or is_money(amount.units)):
        return 0
    ahead = before[: sign.start()]
    if sign["gap"]:
        is_word = "degree" in amount.units and _AFTER_WORD.search(ahead) is not None
        is_minus = is_word or patterns.introduced.search(ahead.lower()) is not None
    else:
        starts = not ahead.strip() and len(before) < _BEFORE
        follows = starts or patterns.introduced.search(ahead) is not None
        is_minus = sign["sign"] == "—" and "—" not in after and follows
    return len(before) - sign.start() if is_minus else 0


@lru_cache(maxsize=16)
def _compile(style: NumberStyle) -> _Patterns:
    minus = alternatives(style.minus)
    degrees = [word for word, unit in style.units.items() if unit == "degree" and word.isalpha()]
    scales = any_of(sorted([*degrees, "celsius", "fahrenheit", "centigrade", "c", "f"]))
    unit = rf"(?:\s?°\s?[cf]?\b|\s{scales}\b){{0,3}}"
    not_after = "".join(f"(?<!{each})" for each in style.no_minus_after)
    stems = [word[:-1] for word in style.falls if word.endswith("-")]
    beginnings = "|".join(map(re.escape, sorted(stems))) or "(?!)"
    first = "".join(sorted({re.escape(word[0]) for word in style.falls}))
    words = alternatives(word for word in style.falls if not word.endswith("-"))
    return _Patterns(
        minus=re.compile(rf"(?={minus}){not_after}(?<!\d )(?<!\d)(?:{minus})[\s\u00a0]?$"),
        below=re.compile(
            rf"{unit},?\s?(?:{alternatives(style.below)})"
            rf"(?!\s(?:{any_of(sorted(style.no_below_before))}|\$?\d))"
        ),
        falls=re.compile(
            rf"(?=[{first}])(?:{words}|(?<![^\W\d_])(?:{beginnings}))" if first else "(?!)"
        ),
        introduced=re.compile(
            rf"[:：(（=]\s?$|(?<!\w){any_of(sorted(style.sign_openers))}\s$"  # ": -5", "from -5"
        ),
        level=re.compile(rf"{any_of(style.levels)}[$€£¥₩]?$"),
        owed=re.compile(any_of(style.owed)),
    )


_BLANK = "\0"


def amounts(text: str, language: str) -> list[Amount]:
    """Return the amounts and dates that matter to a reader, in order, with their spans.

    Words that need not be amounts (``one``, ``second``) are left out.

    >>> [a.text for a in amounts("Le 3 mars 2024, un tiers des 7 milliards de dollars", "fr")]
    ['3 mars', '2024', 'un tiers', '7 milliards de dollars']

    Raises:
        KeyError: the language has no record.
    """
    return [amount for amount in find_all(text, get_language(language)) if amount.counts]


def find_all(text: str, language: Language) -> list[Amount]:
    """Return all amounts of a text, including those that are not firm."""
    style = language.numbers
    written, text = text, text if text.isascii() else text.translate(FULL_WIDTH)
    fixed = [
        *find_numeric_dates(text, style),
        *find_periods(text, style),
        *find_fractions(text),
    ]
    if not language.spaced:
        special = [*find_eras(text, style), *find_shares(text), *find_sums(text, style)]
        fixed = _apart(
            text,
            [
                *fixed,
                *special,
                *find_han_dates(text),
                *find_han_times(text, style),
                *find_times(text, style),
                *find_weekdays(text, style),
            ],
        )
        rest = _blank(text, fixed)
        found = [*fixed, *attach_units(rest, find_han_numbers(rest, style), style)]
    else:
        fixed = _apart(text, [*fixed, *find_times(text, style), *find_weekdays(text, style)])
        rest = _blank(text, fixed)
        numbers = attach_units(rest, find_numbers(rest, style), style)
        found = [*fixed, *join_dates(rest, numbers, style)]
    found.sort(key=lambda amount: (amount.start, amount.end))
    signed = add_signs(text, found, style)
    return [_as_written(written, amount) for amount in signed]


def _as_written(text: str, amount: Amount) -> Amount:
    written = text[amount.start : amount.end]
    return amount if amount.text == written else replace(amount, text=written)


def _apart(text: str, found: Iterable[Amount]) -> list[Amount]:
    """Return the amounts that do not overlap an earlier one."""
    kept: list[Amount] = []
    taken = bytearray(len(text))
    for amount in found:
        if not any(taken[amount.start : amount.end]):
            taken[amount.start : amount.end] = b"\1" * (amount.end - amount.start)
            kept.append(amount)
    return kept


def _blank(text: str, found: Sequence[Amount]) -> str:
    if not found:
        return text
    characters = list(text)
    for amount in found:
        characters[amount.start : amount.end] = _BLANK * (amount.end - amount.start)
    return "".join(characters)


_PERCENT = AmountKind.PERCENT
_CODE = compile_lazily(r"[A-Z]\d|\d[A-Z]")
_ANY_CODE = compile_lazily(rf"(?<![^\W_])(?:{_CODE.pattern})(?![^\W_])")
# The year of an era, in digits or Chinese: 元年 is the first year; 代 makes it a decade.
_ERA_YEAR = r"(?P<year>元|\d{1,3}|[〇零一二两三四五六七八九十百廿卅]{1,6})\s?年(?P<decade>代)?"
# 113年5月, 113年底: the year of an era without its name, from 80 to 149.
_BARE_YEAR = compile_lazily(
    r"(?<![\d.,])(?P<year>8\d|9\d|1[0-4]\d)\s?年(?=\s?\d{1,2}\s?月|度|底|初|第|上半|下半)"
)
# 七折, 七五折, 8.5折, 对折; not 一波三折, 对折叠 or 七折八扣.
_DISCOUNT = compile_lazily(
    r"(?<![波百曲骨对對])(?P<rate>\d(?:\.\d)?|\d{2}|[一二两兩三四五六七八九]{1,2}|对|對)折"
    r"(?![叠疊页頁射线線合腾騰磨断斷]|[一二三四五六七八九]扣)"
)
# 1/2, 3/4; not 13/4, 3/4/24 or 3/4.5.
_FRACTION = compile_lazily(r"(?<![\w./,-])([123])/([234])(?![\w/]|[.,]\d)")
_QUARTERS = compile_lazily(r"(?P<count>[一两兩二三1-3])\s?刻[钟鐘]")
_COINS = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖", "一二二三三四五六六七八九")
# 三元五角, 3元5角6分, 三元零五分.
_SUM = compile_lazily(
    r"(?P<yuan>\d{1,9}|[〇零一二两三四五六七八九十百千万萬亿億]{1,20})(?P<unit>[元圆圓])"
    r"(?:(?P<jiao>[\d一二两三四五六七八九])[角毛]|零(?=[\d一二两三四五六七八九]分))"
    r"(?:(?P<fen>[\d一二两三四五六七八九])分)?"
)
_HAN_DIGITS = {char: str(i) for i, char in enumerate("一二三四五六七八九", start=1)}
_HAN_DIGITS |= {"两": "2", "兩": "2"}
# 4T23, 1S24, T2-24: the code with its year.
_DATED_CODE = compile_lazily(
    r"(?<![^\W_])(?:(?P<first>[1-4][TQ]|[12][SH])|(?P<last>[TQ][1-4]|[SH][12])[-'’])(?P<year>\d\d)(?!\w)"
)
_DIGIT = re.compile(r"\d")
_FIRST_YEAR = 1911
# 113.07.05 and 113/7/5 are 2024 where years are counted from 1911.
_ERA_DATE = compile_lazily(
    r"(?<![\d.,/-])(?P<era>(?:中[华華])?民[国國]\s?)?(?P<year>[89]\d|1[0-4]\d)(?P<mark>[./-])"
    r"(?P<month>0?[1-9]|1[0-2])(?P=mark)(?P<day>0?[1-9]|[12]\d|3[01])(?![\d/-]|[.,]\d)"
)


def find_fractions(text: str) -> Iterator[Amount]:
    """Find simple fractions such as ``3/4``; with larger numbers they may be dates instead."""
    for match in _FRACTION.finditer(text):
        value = Fraction(int(match[1]), int(match[2]))
        if value < 1:
            yield Amount(match[0], *match.span(), (value,))


def find_periods(text: str, style: NumberStyle) -> Iterator[Amount]:
    """Find quarters and halves of a year, in words or as codes.

    Codes are firm, and so are the third and fourth quarter in words.

    >>> from corpus_norm.languages import get_language
    >>> [(p.text, p.period, int(p.value)) for p in
    ...     find_periods("au T3 2023, au second semestre", get_language("fr").numbers)]
    [('T3', 'quarter', 3), ('second semestre', 'half-year', 2)]
    """
    low = text.lower()
    if len(low) != len(text):
        return
    for match in _periods(style).finditer(low):
        start, end = match.span()
        name, value = style.periods[re.sub(r"[\s-]", " ", match[0])]
        code = _CODE.fullmatch(text[start:end]) is not None
        if code or end - start > 2:
            firm = code or (name == "quarter" and value > 2)
            yield Amount(text[start:end], start, end, (value,), units=frozenset({name}), firm=firm)
    for match in _DATED_CODE.finditer(text) if _DIGIT.search(text) else ():
        group = "first" if match["first"] else "last"
        name = "quarter" if set("TQ") & set(match[group]) else "half-year"
        number = Fraction(match[group].strip("TQSH"))
        yield Amount(match[group], *match.span(group), (number,), units=frozenset({name}))
        year = Fraction(match["year"])
        yield Amount(match["year"], *match.span("year"), (2000 + year, year))


def find_codes(text: str) -> frozenset[str]:
    """Return the short codes, which may name a part of a year or a product.

    >>> sorted(find_codes("T3 and S1, H100"))
    ['S1', 'T3']
    """
    return frozenset(_ANY_CODE.findall(text))


def find_eras(text: str, style: NumberStyle) -> Iterator[Amount]:
    """Find years of an era; the first reading is the year AD, the second the year as written.

    >>> from corpus_norm.languages import get_language
    >>> [[int(v) for v in y.values] for y in
    ...     find_eras("民國113年,令和元年,民國一百一十二年", get_language("zh-TW").numbers)]
    [[2024, 113], [2019, 1], [2023, 112]]
    """
    for match in _eras(style).finditer(text):
        year = Fraction(1) if match["year"] == "元" else read_han(match["year"], style)
        values = (style.eras[match["era"]] + year, year)
        if match["decade"]:  # 民國八十年代 began in 1991
            values = (Fraction(values[0] // 10 * 10), Fraction(values[0] // 10 * 10 % 100))
        span = (match.start(), match.end())
        yield Amount(text[slice(*span)], *span, values, units=frozenset({"year", "era"}))
    yield from _era_dates(text, bare=bool(style.bare_era))
    if style.bare_era:
        for match in _BARE_YEAR.finditer(text):
            year = Fraction(match["year"])
            values = (style.bare_era + year, year)
            yield Amount(match[0], *match.span(), values, units=frozenset({"year", "era"}))


def _era_dates(text: str, *, bare: bool) -> Iterator[Amount]:
    for match in _ERA_DATE.finditer(text):
        if not (match["era"] or bare):
            continue
        year, month, day = (Fraction(match[name]) for name in ("year", "month", "day"))
        span = match.start(), match.end("year")
        years = (_FIRST_YEAR + year, year)
        yield Amount(text[slice(*span)], *span, years, units=frozenset({"year", "era"}))
        span = match.start("month"), match.end()
        yield Amount(text[slice(*span)], *span, (month * 100 + day,), AmountKind.DATE)


def mentions_era(text: str, style: NumberStyle) -> bool:
    """Return whether a text names an era."""
    return bool(style.eras) and _names(style).search(text.lower()) is not None


def find_sums(text: str, style: NumberStyle) -> Iterator[Amount]:
    """Find sums of money with their smaller coins: 三元五角 is 3.5 yuan.

    >>> from corpus_norm.languages import get_language
    >>> [float(s.value) for s in find_sums("壹佰元伍角陆分,3元5角", get_language("zh").numbers)]
    [100.56, 3.5]
    """
    plain = plain_figures(text).translate(_COINS)
    for match in _SUM.finditer(plain):
        tenths, hundredths = (int(read_han(match[name] or "0", style)) for name in ("jiao", "fen"))
        value = read_han(match["yuan"], style) + Fraction(tenths * 10 + hundredths, 100)
        start, end = match.span()
        units = style.currencies[match["unit"]]
        yield Amount(text[start:end], start, end, (value,), AmountKind.MONEY, units)


def find_shares(text: str) -> Iterator[Amount]:
    """Find discounts and quarters of an hour: 七折 is 30 % off, 三刻钟 is 45 minutes.

    >>> [(s.text, int(s.value)) for s in find_shares("打七五折,对折,等了三刻钟")]
    [('七五折', 25), ('对折', 50), ('三刻钟', 45)]
    """
    for match in _DISCOUNT.finditer(text):
        written = "".join(_HAN_DIGITS.get(char, char) for char in match["rate"])
        rate = Fraction("5" if written in "对對" else written)
        off = 100 - (rate if rate >= 10 else rate * 10)
        yield Amount(match[0], *match.span(), (off,), _PERCENT, frozenset({"%", "off"}))
    for match in _QUARTERS.finditer(text):
        count = int(match["count"].translate(str.maketrans("一两兩二三", "12223")))
        minutes = (Fraction(15 * count),)
        yield Amount(match[0], *match.span(), minutes, units=frozenset({"minute"}))


@lru_cache(maxsize=16)
def _periods(style: NumberStyle) -> re.Pattern[str]:
    if not style.periods:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<![a-z\d])(?:{alternatives(style.periods)})(?![a-z\d])")


@lru_cache(maxsize=16)
def _eras(style: NumberStyle) -> re.Pattern[str]:
    return re.compile(rf"(?P<era>{alternatives(style.eras)})\s?{_ERA_YEAR}")


@lru_cache(maxsize=16)
def _names(style: NumberStyle) -> re.Pattern[str]:
    return re.compile(alternatives(style.eras))
