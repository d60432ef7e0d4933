"""Find amounts in Chinese: 120亿, 3.5万, 三千五百万, 百分之五, 三成, 数百万, 二〇二四."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus_norm.audit.amounts import Amount
from corpus_norm.audit.spaced_numbers import LONGEST, read_numeral

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from corpus_norm.languages.record import NumberStyle

_DIGITS = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)*"
_HALF = Fraction(1, 2)
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，％＄", "0123456789.,%$")
_CAPITALS = str.maketrans("壹贰貳叁參叄肆伍陆陸柒捌玖拾佰仟", "一二二三三三四五六六七八九十百千")
# The formal numerals of cheques (壹, 贰).  Some are also common in words (大陆, 队伍), so a single
# one counts only before a scale or a unit of money.
_CAPITAL = re.compile("[壹贰貳叁參叄肆伍陆陸柒捌玖拾佰仟零〇]")
_CAPITAL_RUN = re.compile(
    r"[壹贰貳叁參叄肆伍陆陸柒捌玖零〇]{4}(?=年)|(?:[壹贰貳叁參叄肆伍陆陸柒捌玖]?[拾佰仟][万萬亿億]?|[零〇]"
    r"|[壹贰貳叁參叄肆伍陆陸柒捌玖](?=[万萬亿億]?[圆圓元角分整]|[万萬亿億][壹贰貳叁參叄肆伍陆陸柒捌玖零])[万萬亿億]?)+"
)
# 三成 is 30 %; 成 also begins common words (成立, 成功).
_SHARE = re.compile(r"成(?![立为員员功果本都长長交绩績年熟就分形了份])")
_DECADE = re.compile(r"[05-9][05]")
_LARGE = "万萬亿億"
_MORE = "多余餘来來"


def find_han_numbers(text: str, style: NumberStyle) -> list[Amount]:
    """Return the numbers of a Chinese text, without units, dates and times.

    >>> from corpus_norm.languages import get_language
    >>> style = get_language("zh").numbers
    >>> [(n.text, int(n.value)) for n in find_han_numbers("投资120亿,增加三千五百万", style)]
    [('120亿', 12000000000), ('三千五百万', 35000000)]
    """
    found = _grammar(style).find(plain_figures(text))
    return sorted(found, key=lambda amount: amount.start)


def plain_figures(text: str) -> str:
    """Replace full-width digits and the formal numerals of cheques by common ones, one for one.

    >>> plain_figures("壹佰贰拾叁元整,大陆,１２")
    '一百二十三元整,大陆,12'
    """
    text = text.translate(FULL_WIDTH)
    if not _CAPITAL.search(text):
        return text
    return _CAPITAL_RUN.sub(lambda m: m[0].translate(_CAPITALS) if _is_amount(m) else m[0], text)


def _is_amount(match: re.Match[str]) -> bool:
    """Return whether formal numerals are an amount: 收拾 or a single 佰 is not."""
    return len(match[0]) > 1 or match.string[match.end() : match.end() + 1] in set("圆圓元整")


class _Grammar:
    """The patterns of a number style, compiled once."""

    def __init__(self, style: NumberStyle) -> None:
        digits = "".join(w for w in style.words if len(w) == 1)
        scales = "".join(style.scales)
        self.style = style
        self.digits = digits
        longest = sorted(style.idioms, key=lambda w: (-len(w), w))
        self.idioms = re.compile(
            rf"(?<![一二三四五六七八九])(?:{'|'.join(map(re.escape, longest)) or '(?!)'})(?![钟鐘])"
        )
        self.tokens = re.compile(rf"({_DIGITS})|([{digits}])|([{scales}])|([{_MORE}])")
        run = rf"[{digits}{scales}]"
        number = (
            rf"(?:{_DIGITS}|{run})(?:{run}|[{_MORE}](?=[{scales}])|(?<=[{scales}])(?:{_DIGITS}))*"
            rf"(?:点[{digits}]+[{scales}]*)?"
        )
        number = (
            rf"(?:{_DIGITS})(?:\s?[{_MORE}]?(?:[{_LARGE}]|[{scales}](?![瓦克米卡兆帕伏焦赫]))(?:{_DIGITS})?)*"
            rf"|{number}"
        )
        vague = "".join(style.vague)
        self.pattern = re.compile(
            rf"(?=[\d{digits}{scales}{vague}百千上])(?:"
            rf"(?P<vague>[{vague}][{scales}]+|[{scales}][{vague}]|上[{scales}]{{1,3}})"
            rf"|(?P<percent>[百千]分之)(?P<rate>{number})"
            rf"|(?P<low>{number})分之(?P<high>{number})"
            rf"|(?P<century>{number})\s?世[纪紀]\s?(?P<decade>{number})\s?年代"
            rf"|(?P<years>{number})\s?年代"
            rf"|(?P<number>{number})(?P<more>[{_MORE}]?)"
            rf"(?:(?P<half>(?:个|個|年|小时|天|倍)半)|(?P<share>成(?P<tenth>[{digits}])?))?)"
        )
        words = sorted((w for w in style.others), key=lambda w: (-len(w), w))
        self.others = re.compile("|".join(map(re.escape, words)) or r"(?!)")

    def find(self, text: str) -> Iterator[Amount]:
        """Find the numbers of a text, in no particular order."""
        hidden = self.idioms.sub(lambda m: "\0" * len(m[0]), text)
        taken: list[tuple[int, int]] = []
        for match in self.others.finditer(hidden):
            start, end = match.span()
            if not self._is_in_number(hidden, start, end):
                taken.append((start, end))
                yield Amount(text[start:end], start, end, self.style.others[match[0]], firm=False)
        if taken:
            characters = list(hidden)
            for start, end in taken:
                characters[start:end] = "\0" * (end - start)
            hidden = "".join(characters)
        for match in self.pattern.finditer(hidden):
            if match.end() - match.start() <= LONGEST:
                yield self._read(match, hidden, text)

    def _is_in_number(self, hidden: str, start: int, end: int) -> bool:
        """Return whether one character belongs to a number before it, like 半 in 一年半."""
        around = hidden[max(0, start - 2) : start]
        return end - start == 1 and bool(re.search(rf"[{self.digits}\d].$", around))

    def _read(self, match: re.Match[str], hidden: str, text: str) -> Amount:
        start, end = match.span()
        if match["vague"]:
            value = self._vague(match["vague"])
            return Amount(text[start:end], start, end, (value,), firm=False, vague=True)
        if match["percent"]:
            base = 100 if match["percent"][0] == "百" else 1000
            value = self.value(match["rate"]) * 100 / base
            return Amount(text[start:end], start, end, (value,), units=frozenset({"%"}))
        if match["low"]:
            low, high = self.value(match["low"]), self.value(match["high"])
            return Amount(text[start:end], start, end, (high / low if low else high,))
        if match["century"] or match["years"]:
            written = match["decade"] or match["years"]
            century = self.value(match["century"]) if match["century"] else Fraction(20)
            if self._is_row(written):  # 三四十年代
                decades = self._values(written)
                years = [(century - 1) * 100 + decade for decade in decades]
                return Amount(text[start:end], start, end, (*years, *decades), row=True)
            decade = self.value(written)
            whole = decade if decade >= 100 else (century - 1) * 100 + decade
            return Amount(text[start:end], start, end, (whole, decade % 100))
        return self._read_number(match, hidden, text)

    def _read_number(self, match: re.Match[str], hidden: str, text: str) -> Amount:
        start = match.start()
        written = match["number"]
        end = start + len(written)
        values = self._values(written)
        scale = self._scale(written)
        units: frozenset[str] = frozenset()
        firm = self._is_firm(written, hidden, start, end, values)
        if match["share"] and _SHARE.match(hidden, end + len(match["more"])):
            tenth = self.value(match["tenth"]) if match["tenth"] else Fraction(0)
            shares = tuple(value * 10 + tenth for value in values)
            if shares == (Fraction(30),) and hidden[start - 1 : start] in set("近约約逾"):
                shares = (*shares, Fraction(100, 3))  # nearly a third
            end = match.end()
            row = self._is_estimate(written, "")
            return Amount(text[start:end], start, end, shares, units=frozenset({"%"}), row=row)
        if match["half"]:
            values = tuple(v + _HALF for v in values)
            firm, end = True, match.end("half")
            unit = self.style.units.get(match["half"][:-1])
            units = frozenset({unit} if unit else ())
        row = self._is_estimate(written, hidden[end : end + 1])
        if hidden[end : end + 1] == "倍":
            values = (*values, *(v + 1 for v in values))
        if hidden[end : end + 1] in {"后", "後"} and _DECADE.fullmatch(written):  # 80后
            values = (*values, values[0] + (2000 if values[0] < 50 else 1900))
        span = text[start:end], start, end
        return Amount(*span, values, units=units, firm=firm, scale=scale, row=row)

    def _is_firm(
        self, written: str, hidden: str, start: int, end: int, values: tuple[Fraction, ...]
    ) -> bool:
        before, after = hidden[max(0, start - 1) : start], hidden[end : end + 1]
        if written[0].isdigit() and written[0].isascii():
            is_code = bool(re.search(r"[A-Za-z][-.]?$", hidden[max(0, start - 2) : start]))
            return not is_code and not re.match(r"[A-Za-z]", after)
        if values[0] <= 2 or self._is_row(written) or (len(written) == 1 and values[0] > 10):
            return False
        if before == "第" or (after and after in self.style.counters):
            return True
        return len(written) > 2 or written[-1] in _LARGE

    def _is_row(self, written: str) -> bool:
        """Return whether a numeral has two neighbouring digits, as in a range: 两三百, 七八个."""
        return bool(
            re.search(rf"(?<![{self.digits}])[{self.digits}]{{2}}(?![{self.digits}])", written)
        ) and not re.search("[〇零]", written)

    def _is_estimate(self, written: str, after: str) -> bool:
        """Return whether neighbouring digits are a range.

        They are in 七八百 and 十五六岁, not in 十四五规划 or 二三间四级.
        """
        if not self._is_row(written) or after in {"间", "間"}:
            return False
        low, high = (self.value(digit) for digit in re.findall(f"[{self.digits}]{{2}}", written)[0])
        return high == low + 1 and (written[0] != "十" or after in set("岁歲个個人名天元"))

    def _vague(self, written: str) -> Fraction:
        value = Fraction(1)
        for char in written:
            value *= self.style.scales.get(char, 1)
        return value

    def _scale(self, written: str) -> Fraction:
        """Return the factor of the last numeral, so that a range can share it."""
        last = re.search(r"[^\d.,]+$", written)
        if last is None or not re.match(r"\d", written):
            return Fraction(1)
        return self._vague(last[0])

    def _values(self, written: str) -> tuple[Fraction, ...]:
        if self._is_row(written):
            row = re.findall(rf"[{self.digits}]{{2}}", written)[0]
            return tuple(self.value(written.replace(row, digit)) for digit in row)
        return (self.value(written),)

    def value(self, written: str) -> Fraction:
        """Return the value of a numeral in digits, Han characters or both.

        >>> from corpus_norm.languages import get_language
        >>> int(_grammar(get_language("zh").numbers).value("2亿3千万"))
        230000000
        """
        style = self.style
        whole, _, decimals = written.partition("点")
        scales = re.search(rf"[{''.join(style.scales)}]*$", decimals)
        if decimals and scales:
            plain = decimals[: scales.start()]
            tail = "".join(str(int(style.words[c])) for c in plain)
            value = self.value(whole) + (Fraction(f"0.{tail}") if tail else 0)
            return value * self._vague(scales[0])
        if re.fullmatch(rf"[{self.digits}]{{2,}}", whole):
            return Fraction("".join(str(int(style.words[c])) for c in whole))
        return _sum(self.tokens.finditer(whole), style.words, style.scales, style)


def _sum(
    tokens: Iterator[re.Match[str]],
    words: Mapping[str, Fraction],
    scales: Mapping[str, Fraction],
    style: NumberStyle,
) -> Fraction:
    """Return the value of the tokens of a numeral.

    Digits, tens, hundreds and thousands add up to a section; 万 and 亿 multiply the part before
    them.
    """
    total = section = Fraction(0)
    digit: Fraction | None = None
    last = Fraction(1)
    for token in tokens:
        numeral, word, scale, _ = token.groups()
        if numeral:
            digit = (read_numeral(numeral, style) or (Fraction(0),))[0]
        elif word:
            digit = words[word]
            if digit == 0:
                last = Fraction(10)
        elif scale:
            last = scales[scale]
            if last < 10_000:
                section += (Fraction(1) if digit is None else digit) * last
            else:
                section += digit or 0
                if total and last > total:
                    total = (total + section) * last
                else:
                    total += (section or 1) * last
                section = Fraction(0)
            digit = None
    if digit is None:
        return total + section
    # 两千五 is 2,500: a last digit without a scale takes the next smaller scale.
    if last >= 100 and digit < 10:
        digit *= last / 10
    return total + section + digit


def read_han(written: str, style: NumberStyle) -> Fraction:
    """Return the value of a numeral in digits, Han characters or both.

    >>> from corpus_norm.languages import get_language
    >>> int(read_han("一百一十二", get_language("zh").numbers))
    112
    """
    return _grammar(style).value(written)


@lru_cache(maxsize=8)
def _grammar(style: NumberStyle) -> _Grammar:
    return _Grammar(style)
