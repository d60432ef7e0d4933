"""Prepare sentences for a model: split long ones at clauses, replace spans by placeholders.

Neural engines render ``4月29日`` as "September 29" now and then.  A sentence whose English has
another date is therefore translated once more with its days replaced by placeholders.

For language models, amounts are written in English: they misread 万 and 亿, and give a day without
a month one of their own.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from string import ascii_uppercase
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.languages import any_of, get_language
from corpus_norm.protected_spans import find_acronyms, find_protected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from corpus_norm.translation.glossary import Glossary

    _Found = tuple[int, int, str]


SPLITTER = "clauses 1"
"""The version of the rules below; part of the key of an entry of the translation memory."""

# Clause punctuation: full-width signs always end a clause; the others only before white space,
# so that 1,5 and 10:30 stay whole.
_CLAUSE_END = re.compile(r"[,;:.!?…—–][\"'”’»)\]]*\s+|[，、；：。！？…—]+[”’」』）]*\s*")


def split_long(
    text: str, count_tokens: Callable[[Sequence[str]], list[int]], limit: int
) -> list[str]:
    """Cut a sentence that is longer than ``limit`` tokens at its clause punctuation.

    A part without punctuation is cut between words; one without spaces, between characters.

    >>> split_long("One two, three four; five six.", lambda ts: [len(t.split()) for t in ts], 4)
    ['One two, three four;', 'five six.']
    """
    text = text.strip()
    # No tokenizer makes more tokens than there are bytes, apart from a leading space token.
    if len(text.encode("utf-8", "replace")) < limit or count_tokens([text])[0] <= limit:
        return [text]
    edges = sorted({0, *(m.end() for m in _CLAUSE_END.finditer(text)), len(text)})
    spans = [span for span in pairwise(edges) if text[slice(*span)].strip()]
    sized: list[tuple[int, int, int]] = []
    while spans:
        counts = count_tokens([text[a:b].strip() for a, b in spans])
        sized += [
            (a, b, n) for (a, b), n in zip(spans, counts, strict=True) if _fits(a, b, n, limit)
        ]
        spans = [
            half
            for (a, b), n in zip(spans, counts, strict=True)
            if not _fits(a, b, n, limit)
            for half in _halve(text, a, b)
        ]
    return _pack(text, sorted(sized), limit)


def _fits(start: int, end: int, tokens: int, limit: int) -> bool:
    return tokens <= limit or end - start < 2


def _halve(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a span in two at the white space nearest to its middle, or in the middle."""
    middle = (start + end) // 2
    spaces = [m.end() for m in re.finditer(r"\s+", text[start:end])]
    inner = [start + edge for edge in spaces if 0 < edge < end - start]
    cut = min(inner, key=lambda edge: abs(edge - middle), default=middle)
    return [(a, b) for a, b in ((start, cut), (cut, end)) if text[a:b].strip()]


def _pack(text: str, spans: list[tuple[int, int, int]], limit: int) -> list[str]:
    """Join neighbouring spans (start, end, tokens) while they stay within the limit."""
    packed: list[tuple[int, int, int]] = []
    for start, end, tokens in spans:
        if packed and packed[-1][2] + tokens <= limit:
            packed[-1] = (packed[-1][0], end, packed[-1][2] + tokens)
        else:
            packed.append((start, end, tokens))
    return [text[start:end].strip() for start, end, _ in packed]


_PREFIXES = ("ZQ", "XQ", "QJ")
_NO_SPACE_BEFORE = re.compile(r"[,.;:!?)\]%’']")
_CONTEXT = 1_000  # characters on each side; more than an engine reads
_APART = re.compile(r"[\s.-]")
_FULL_STOPS = str.maketrans("，。；：！？（）", ",.;:!?()")


@dataclass(frozen=True, slots=True)
class Span:
    """A span of a text, its English, and the placeholder for it in the model's input."""

    start: int
    end: int
    english: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text as the model sees it, and the spans that were taken out of the original.

    ``rendered`` is the original with its spans in English; the translation is audited against it.
    """

    original: str
    text: str
    rendered: str
    language: str = ""
    spans: tuple[Span, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether anything is left for the model to translate."""
        between = "".join(part for part in _between(self) if isinstance(part, str))
        return any(char.isalpha() for char in between)


def mask(
    text: str, language: str = "", glossary: Glossary | None = None, *, with_days: bool = False
) -> Masked:
    """Replace the protected spans and glossary terms in a text, and restate the rest.

    ``with_days`` also takes out the days of a month, and puts them back in English.

    >>> mask("Écrivez à a@b.org ou @lemonde.").text
    'Écrivez à ZQA ou ZQB.'
    >>> mask("L'OM joue le 5 sept. à 20 h. 30.", "fr").text
    'Le ZQA joue le 5 septembre à 20 h 30.'
    """
    from corpus_norm.translation.restating import restate  # compiles slowly: many patterns

    spans = [(start, end, text[start:end]) for start, end in find_protected(text)]
    if glossary is not None:
        spans = _add(spans, glossary.find(text, language))
    spans = _add(spans, [(a, b, text[a:b]) for a, b in find_acronyms(text, language)])
    if with_days:
        spans = _add(spans, find_days(text, language))
    if not spans:
        return Masked(text, restate(text, language), text, language)
    squeezed = _APART.sub("", text).upper()
    prefix = next((p for p in _PREFIXES if p not in squeezed), "ZQZ")
    width = _width(len(spans))
    named = tuple(
        Span(start, end, english, prefix + _letters(i, width))
        for i, (start, end, english) in enumerate(spans)
    )
    masked = _replace(text, [(s.start, s.end, _apart(text, s, s.placeholder)) for s in named])
    rendered = _replace(text, [(s.start, s.end, _apart(text, s, s.english)) for s in named])
    return Masked(text, restate(masked, language), rendered, language, named)


def mask_context(masked: Masked, context: str) -> str:
    """Return the context of a sentence with the sentence masked in it.

    Other protected spans become "…".  The context is limited to 1,000 characters on each side of
    the sentence; no engine reads more.
    """
    start = context.find(masked.original) if context else -1
    if start < 0:
        return _dots(context[:_CONTEXT])
    end = start + len(masked.original)
    before, after = context[max(0, start - _CONTEXT) : start], context[end : end + _CONTEXT]
    return _dots(before) + masked.text + _dots(after)


def restore(masked: Masked, english: str) -> str | None:
    """Put the spans back into the English; return None if a placeholder is lost or repeated.

    >>> masked = mask("Écrivez à a@b.org.")
    >>> restore(masked, "Write to ZQA."), restore(masked, "Write to us.")
    ('Write to a@b.org.', None)
    """
    if not masked.spans:
        return english
    left = {span.placeholder: span.english for span in masked.spans}
    # A model may separate the letters of a placeholder or write them in lower case.
    first = masked.spans[0].placeholder
    width = _width(len(masked.spans))
    pattern = rf"{_APART.pattern}?".join([*first[:-width], *[r"[A-Za-z]"] * width])
    parts, position = [], 0
    for match in re.finditer(rf"(?<![A-Za-z]){pattern}(?![A-Za-z])", english, re.IGNORECASE):
        name = "".join(filter(str.isalpha, match[0])).upper()
        if name not in left:
            return None
        parts += [english[position : match.start()], left.pop(name)]
        position = match.end()
    return None if left else "".join([*parts, english[position:]])


def split_around(masked: Masked) -> list[str | Span]:
    """Return the text between the spans, and the spans, in order.

    >>> [part if isinstance(part, str) else part.english for part in
    ...  split_around(mask("Voir a@b.org pour plus."))]
    ['Voir', 'a@b.org', 'pour plus.']
    """
    if not masked.spans:
        return [masked.text]
    named: dict[str, str | Span] = {span.placeholder: span for span in masked.spans}
    first = masked.spans[0].placeholder
    width = _width(len(masked.spans))
    parts = re.split(f"({first[:-width]}[A-Z]{{{width}}})", masked.text)
    return [named.get(part, part.strip()) for part in parts if part.strip()]


def _between(masked: Masked) -> Iterator[str | Span]:
    position = 0
    for span in masked.spans:
        yield masked.original[position : span.start]
        yield span
        position = span.end
    yield masked.original[position:]


def join_parts(parts: Sequence[str]) -> str:
    """Join pieces of English with spaces, but without one before punctuation.

    >>> join_parts(["Write to", "a@b.org", "。"])
    'Write to a@b.org.'
    """
    joined = ""
    for part in parts:
        text = part if any(map(str.isalpha, part)) else part.translate(_FULL_STOPS)
        glued = not joined or _NO_SPACE_BEFORE.match(text) or joined[-1] in "(["
        joined += text if glued else f" {text}"
    return joined


def _apart(text: str, span: Span, new: str) -> str:
    """Return the replacement of a span, spaced from adjacent letters (Chinese has no spaces)."""
    before = span.start > 0 and text[span.start - 1].isalnum()
    after = span.end < len(text) and text[span.end].isalnum()
    return " " * before + new + " " * after


def _add(spans: list[_Found], more: Iterable[_Found]) -> list[_Found]:
    """Return the spans and those of the second list that overlap none of them, in order."""
    starts = [start for start, _, _ in spans]
    kept = list(spans)
    for found in more:
        at = bisect_left(starts, found[1])  # earlier ones start before the new one ends
        if at == 0 or spans[at - 1][1] <= found[0]:
            kept.append(found)
    return sorted(kept)


def _width(count: int) -> int:
    """Return the number of letters that each of ``count`` placeholders needs for its index."""
    width = 1
    while count > len(ascii_uppercase) ** width:
        width += 1
    return width


def _letters(number: int, width: int) -> str:
    """Return an index as letters (A, B, ...); a model would take digits for an amount."""
    letters = ""
    for _ in range(width):
        number, low = divmod(number, len(ascii_uppercase))
        letters = ascii_uppercase[low] + letters
    return letters


def _dots(text: str) -> str:
    return _replace(text, [(start, end, "…") for start, end in find_protected(text)])


def _replace(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    parts, position = [], 0
    for start, end, new in spans:
        parts += [text[position:start], new]
        position = end
    return "".join([*parts, text[position:]])


# --- days written in English ---------------------------------------------------------------------

_HAN_DAY = re.compile(
    r"(?<!\d)(?:(?P<year>(?:1[5-9]|20)\d\d)\s?年\s?)?(?P<month>1[0-2]|0?[1-9])\s?月\s?"
    r"(?P<day>3[01]|[12]\d|0?[1-9])\s?[日号號]"
)
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def find_days(text: str, language: str) -> list[tuple[int, int, str]]:
    """Find the days of a month in a text: start, end, and the day in English.

    >>> find_days("截至3月31日", "zh-Hans"), find_days("le 1er août 2025", "fr")
    ([(2, 7, 'March 31')], [(3, 16, 'August 1, 2025')])
    """
    code = language.split("-", maxsplit=1)[0]
    pattern = _HAN_DAY if code == "zh" else _french_day() if code == "fr" else None
    if pattern is None:
        return []
    found = pattern.finditer(text.translate(_DIGITS))
    return [(*match.span(), _say_day(match)) for match in found]


@cache
def _french_day() -> re.Pattern[str]:
    months = "|".join(sorted(filter(str.isalpha, _french_months()), key=len, reverse=True))
    return re.compile(
        rf"(?<![\d.,])(?P<day>1er|3[01]|[12]\d|0?[1-9])[ \u00a0\u202f](?P<month>{months})(?!\w)"
        r"(?:[ \u00a0\u202f](?P<year>(?:1[5-9]|20)\d\d)(?!\d))?",
        re.IGNORECASE,
    )


def _french_months() -> dict[str, int]:
    return {word: int(number) for word, number in get_language("fr").numbers.months.items()}


def _say_day(match: re.Match[str]) -> str:
    month = match["month"].lower()
    number = int(month) if month.isdecimal() else _french_months()[month]
    day = int(match["day"].lower().removesuffix("er"))
    year = f", {match['year']}" if match["year"] else ""
    return f"{get_language('en').numbers.month_names[number - 1]} {day}{year}"


# --- amounts written in English ------------------------------------------------------------------

# Spaces inside an amount or a date: 360 万, 8 月 9 日.
_SPACED = re.compile(r"(?<=\d) +(?=[月日号號余餘千万萬亿億]|多[千万萬亿億])|(?<=月) +(?=\d)")
_SIMPLER = str.maketrans("萬億", "万亿")
_LONGEST = 28  # characters of an amount; Decimal rounds longer ones
_FIGURE = r"\d+(?:,\d{3})*(?:\.\d+)?"
_TO = "[-–—~～至到]"
_ENGLISH_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
# 数百万 is "millions of", by its scale.
_PLURALS = MappingProxyType(
    {
        "万": "tens of thousands of",
        "十万": "hundreds of thousands of",
        "百万": "millions of",
        "千万": "tens of millions of",
        "亿": "hundreds of millions of",
        "十万亿": "tens of trillions of",
        "百万亿": "hundreds of trillions of",
        "千万亿": "thousands of trillions of",
        "十亿": "billions of",
        "百亿": "tens of billions of",
        "千亿": "hundreds of billions of",
        "万亿": "trillions of",
    }
)
_PARTS_OF_MONTH = MappingProxyType(
    {
        "初": "early ",
        "上旬": "early ",
        "中旬": "mid-",
        "下旬": "late ",
        "底": "the end of ",
        "末": "the end of ",
    }
)
# A part of the day without an hour, to which models add an hour of their own.
_PARTS_OF_DAY = MappingProxyType(
    {
        "凌晨": "in the early hours of ",
        "清晨": "in the early morning of ",
        "早晨": "on the morning of ",
        "早上": "on the morning of ",
        "上午": "on the morning of ",
        "中午": "at noon on ",
        "下午": "on the afternoon of ",
        "傍晚": "on the evening of ",
        "晚上": "on the evening of ",
        "晚间": "on the evening of ",
        "晚間": "on the evening of ",
        "晚": "on the evening of ",
        "深夜": "late on ",
    }
)
_NO_ON = ("于", "於", "在", "和", "及", "与", "與")  # before a day that is written without "on"
_NO_ON_AFTER = ("的", "前", "后", "後", "以来", "以前", "以后", "至", "到", "起")


def write_amounts(text: str, language: str) -> str:
    """Write the large amounts of a text in English, and some dates of a Chinese one.

    The text is one that :func:`mask` has rewritten; ``language`` is a BCP-47 code.  A Chinese day
    with its month stays: beside one in English, models write a year of their own.

    >>> write_amounts("7月25日下午4点多，投资1300余万元，即数百万美元。", "zh-Hans")
    '7月25日 shortly after 4 p.m.，投资more than 13 million元，即millions of美元。'
    >>> write_amounts("于24日宣布推迟至明年5月底，约6成受访者赞成5至6亿元。", "zh-Hans")
    '于 the 24th 宣布推迟至明年 the end of May，约60%受访者赞成500 million to 600 million元。'
    >>> write_amounts("Le 5 mai, il coûte 1,5 milliard d’euros.", "fr")
    'Le 5 mai, il coûte 1.5 billion d’euros.'
    """
    from corpus_norm.translation.engines.phrases import tokens  # loads numpy
    from corpus_norm.translation.restating import narrow_digits, read_han

    primary = language.split("-", maxsplit=1)[0]
    if primary != "zh":
        return tokens.write_amounts(text, "French") if primary == "fr" else text
    text = narrow_digits(text)
    text = _SPACED.sub("", text)
    found = [(*m.span(), _say_date(m)) for m in _dates().finditer(text)]
    text = _replace(text, [(a, b, _space(text, a, b, english)) for a, b, english in found])
    text = _words_before_scale().sub(lambda m: str(read_han(m[0])), text)
    return _amounts().sub(lambda m: m[0] if len(m[0]) > _LONGEST else _say_amount(m), text)


def find_vague_amounts(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the start, end and English of amounts without figures, or with several (4亿5千万).

    >>> list(find_vague_amounts("新增百亿元，数千万人"))
    [(2, 4, '10 billion'), (6, 9, 'tens of millions of')]
    """
    for match in _amounts().finditer(text):
        is_vague = match["vague"] or match["bare"] or match["bare_counted"]
        if (is_vague or match["figure2"]) and len(match[0]) <= _LONGEST:
            yield *match.span(), _say_amount(match)


def _space(text: str, start: int, end: int, english: str) -> str:
    """Return the English of a span, spaced from the words beside it."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return " " * (before.isalnum() or before == ")") + english + " " * after.isalnum()


@cache
def _words_before_scale() -> re.Pattern[str]:
    """Return the pattern of number words before 多万 (二十多万)."""
    from corpus_norm.translation.restating import SIGNS

    return re.compile(rf"(?<![{SIGNS}\d])[{SIGNS}]{{1,12}}(?=[多余餘][万萬亿億])")


@cache
def _amounts() -> re.Pattern[str]:
    from corpus_norm.translation.restating import SIGNS

    scales = "(?:千(?![瓦米克伏卡帕赫])|[百万萬亿億]){1,4}"
    one_scale = "[十百千]?(?:万亿|萬億|[万萬亿億])"
    # What is counted or preceded by a bare scale: 百亿元, 突破千万, but not 千万不要 or 百万富翁.
    counted = "[元美欧歐英日港澳韩韓人名位辆輛亩畝吨噸桶册套台户戶家平立字只隻次件千公]"
    no_share = get_language("zh-Hans").rewriting.not_after_share
    return re.compile(
        # (a) a range with the scale at its end: 5至6亿
        rf"(?<![\d.,])(?P<low>{_FIGURE}){_TO}(?P<high>{_FIGURE})(?P<shared>[百千]?[万萬亿億]{{1,2}})"
        # (b) an amount with scales, "more than" between or after its signs: 1300余万, 7万8千多
        rf"|(?<![\d.,])(?P<figure>{_FIGURE})(?P<more>[多余餘]?)(?P<scale>{scales})"
        rf"(?:(?P<figure2>\d+)(?P<scale2>{scales})|(?<=[万萬])(?P<rest>\d{{4}}))?"
        r"(?P<more_after>[多余餘]?)(?![A-Za-z0-9])"
        # (c) 十余家, 200余名
        rf"|(?<![{SIGNS}\d.,])(?P<ten>\d+|十)[余餘](?![{SIGNS}岁歲年下地])"
        # (d) 数百万, 上千亿, and a bare scale: 百亿元
        rf"|(?<![{SIGNS}\d千])(?P<vague>[数數几幾上])(?P<size>{one_scale})(?![{SIGNS}\d])"
        rf"|(?<![{SIGNS}\d数數几幾上半第.])(?:(?<=[近约約超过過逾破达達])(?P<bare>{one_scale})"
        rf"(?![{SIGNS}\d富能])|(?P<bare_counted>[十百千](?:万亿?|萬億?|[亿億])|万亿|萬億)(?={counted}))"
        # (e) 3个百分点, 46个基点, 6成
        rf"|(?<![\d.,])(?P<points>{_FIGURE})个?(?P<unit>百分点|百分點|基点|基點|基本点)"
        rf"|(?<![\d.,第])(?P<tenths>[1-9](?:\.5)?)成(?![{no_share}])"
    )


def _say_amount(match: re.Match[str]) -> str:
    """Return the English of an amount that _amounts has found."""
    if match["low"]:
        low, high = (_scale(match[end], match["shared"]) for end in ("low", "high"))
        return f"{_say(low) if low < high else match['low']} to {_say(high)}"
    if match["figure"]:
        value = _scale(match["figure"], match["scale"]) + int(match["rest"] or 0)
        value += _scale(match["figure2"] or "0", match["scale2"] or "")
        return f"{'more than ' * bool(match['more'] or match['more_after'])}{_say(value)}"
    if match["ten"]:
        return f"more than {10 if match['ten'] == '十' else match['ten']}"
    if match["vague"] not in {"上", None}:
        return _PLURALS[match["size"].translate(_SIMPLER)]
    if scale := match["size"] or match["bare"] or match["bare_counted"]:
        return f"{'more than ' * bool(match['vague'])}{_say(_scale('1', scale))}"
    return _say_share(match)


def _say_share(match: re.Match[str]) -> str:
    if match["tenths"]:
        return f"{10 * float(match['tenths']):g}%"
    unit = "percentage" if match["unit"].startswith("百") else "basis"
    return f"{match['points']} {unit} point{'s' * (match['points'] != '1')}"


def _scale(figure: str, scale: str) -> Decimal:
    from corpus_norm.translation.restating import CHINESE_SCALES

    value = Decimal(figure.replace(",", ""))
    for sign in scale:
        value *= CHINESE_SCALES[sign]
    return value


def _say(value: Decimal) -> str:
    """Return an amount as English writes it.

    >>> [_say(Decimal(value)) for value in ("35000", "56232400", "4e15")]
    ['35,000', '56.2324 million', '4,000 trillion']
    """
    for size, name in _ENGLISH_SCALES:
        if value >= size:
            return f"{(value / size).normalize():,f} {name}"
    return f"{value.normalize():,f}"


@cache
def _dates() -> re.Pattern[str]:
    from corpus_norm.translation.restating import SIGNS

    day = r"(?:3[01]|[12]\d|0?[1-9])"
    month = r"(?:1[0-2]|0?[1-9])"
    parts = any_of(part for part in _PARTS_OF_DAY if part != "晚")  # 晚8时 stays
    part = rf"{any_of(_PARTS_OF_DAY)}(?![{SIGNS}\d上间間些])"
    record = get_language("zh-Hans")
    clock = (
        rf"(?:{parts}|(?<![早晚午夜晨]))(?:2[0-4]|1\d|\d)[时時](?:[0-5]?\d分)?"
        rf"(?![{record.rewriting.not_after_hour}许許多半\d])"
    )
    return re.compile(
        r"(?<![\d第])(?<!\d[.,/:-])(?:"
        # 20世纪70年代
        r"(?P<century>上个?|上個|(?:1\d|20)\s?)世[纪紀]\s?"
        r"(?P<decade>[1-9二三四五六七八九][0十])\s?年代"
        # 5至6月
        rf"|(?P<first>{month}){_TO}(?P<last>{month})月(?:份|(?!\d))"
        # 5月底
        rf"|(?P<year>(?:1[5-9]|20)\d\d年)?(?P<month>{month})月份?"
        rf"(?P<part>{'|'.join(_PARTS_OF_MONTH)})"
        # 2019年同期
        r"|(?P<same>(?:19|20)\d\d)年的?同期"
        # 24日, 24日至26日: a day without a month, and the part of it in 24日清晨 and 当天早上
        rf"|(?<!月)(?<![日号號]{_TO})(?<![日号號][、及和与與])"
        rf"(?P<day>{day}[日号號](?:{_TO}{day}[日号號]|(?P<at>{clock}))?)"
        rf"(?:(?P<when>{part})|(?![{record.phrases.not_after_day}期游遊]))"
        rf"|[当當][天日](?P<that>{part})"
        # 14时, 上午9时30分: models take 14时 for 2 or 7 o'clock
        rf"|(?P<clock>{clock})"
        # 下午4点多
        rf"|(?P<hour>(?:{any_of(record.rewriting.day_parts)})?\d\d?[点點时時])(?P<about>[多许許]))"
    )


def _say_date(match: re.Match[str]) -> str:
    """Return the English of a date or hour that _dates has found."""
    from corpus_norm.translation.engines.phrases.tokens import write_moment
    from corpus_norm.translation.restating import read_han

    if match["century"]:
        century, decade = match["century"].strip(), match["decade"]
        hundreds = int(century) - 1 if century.isdecimal() else 19  # 上世纪 is the last one
        return f"the {hundreds}{decade if decade.isdecimal() else read_han(decade)}s"
    if match["first"]:
        return f"{write_moment(match['first'] + '月')} to {write_moment(match['last'] + '月')}"
    if match["part"]:
        month = write_moment(f"{match['year'] or ''}{match['month']}月")
        return f"{_PARTS_OF_MONTH[match['part']]}{month}"
    if hour := match["clock"] or match["hour"]:
        about = {None: "", "多": "shortly after "}.get(match["about"], "about ")
        return about + write_moment(hour)
    if match["same"]:
        return f"the same period of {match['same']}"
    return _say_bare_day(match)


def _say_bare_day(match: re.Match[str]) -> str:
    """Return the English of a day without its month, with the part of the day or the hour."""
    from corpus_norm.translation.engines.phrases.tokens import write_moment

    text, (start, end) = match.string, match.span()
    bounds = (*get_language("zh-Hans").phrases.date_bounds, *_NO_ON)
    is_bound = text.endswith(bounds, 0, start) or text.startswith(_NO_ON_AFTER, end)
    part = match["when"] or match["that"]
    before = _PARTS_OF_DAY[part] if part else "at " if match["at"] else "on "
    before = before.partition(" ")[2] if is_bound else before
    return f"{before}{write_moment(match['day']) if match['day'] else 'that day'}"
