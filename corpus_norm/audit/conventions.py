"""Ways of counting that differ by language: quarters and halves of a year, eras, discounts."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus_norm.audit.amounts import Amount, alternatives
from corpus_norm.audit.han_numbers import plain_figures, read_han
from corpus_norm.labels import AmountKind
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.languages.record import NumberStyle

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
