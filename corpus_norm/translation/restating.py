"""Rewrite French and Chinese numbers, dates and hours in a form that engines translate well."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.languages import any_of, get_language
from corpus_norm.languages.record import words
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FRENCH = get_language("fr")
_SIMPLIFIED = get_language("zh-Hans")

__all__ = ["CHINESE_SCALES", "SIGNS", "read_han", "restate", "restate_chinese", "restate_french"]

# A space between words, plain or no-break; a link between parts of a number, space or hyphen.
_GAP = "[ \u00a0\u202f]"
_LINK = "[- \u00a0\u2010\u2011]"
# Not after a letter, digit or hyphen; not before a letter or digit, even behind a hyphen.
_NOT_INSIDE = r"(?<![\w\-])"
_ENDS = rf"(?![\w]|-(?!{_GAP})\w)"

# --- months --------------------------------------------------------------------------------------

_MONTHS = _FRENCH.rewriting.months
_SHORT = "|".join(_MONTHS)
_FULL = "|".join(
    sorted(filter(str.isalpha, _FRENCH.numbers.months), key=lambda word: (-len(word), word))
)
# A day of the month and a year from 1500 to 2099 or '24, with the space or hyphen to the month.
_DAY = rf"(?<![\d.,])(?:[12]?\d|3[01]|1er|premier)(?:{_GAP}|-)?"
_YEAR = rf"(?:{_GAP}|-)?(?:(?:1[5-9]|20)\d\d(?!\d)|['’]\d\d(?!\d))"
# An abbreviated month: (a) after a day; (b) before a year; (c) with a full stop after a word such
# as "fin"; (d) before a comma, a dash, a slash, a bracket, or "et" and a full month; (e) before a
# lower-case word; (f) if unambiguous, also before punctuation or at the end of the text.
_MONTH = compile_lazily(
    rf"(?P<day>{_DAY})(?P<a>{_SHORT})\b(?:\.?-(?={_YEAR})|\.)?"
    rf"|(?<!\w)(?P<b>{_SHORT})(?:\.?-(?={_YEAR})|\.?(?={_YEAR}))"
    rf"|(?P<near>{_NOT_INSIDE}{any_of(_FRENCH.rewriting.month_openers)}"
    rf"(?:{_GAP}|-))(?P<c>{_SHORT})\."
    rf"|{_NOT_INSIDE}(?P<d>{_SHORT})\.(?=,|{_GAP}?[\-–/)]|{_GAP}{any_of(_FRENCH.rewriting.month_joiners)}{_GAP}(?:{_FULL}))"
    rf"|{_NOT_INSIDE}(?P<e>{_SHORT})\.(?={_GAP}(?-i:[a-zà-ÿ]))"
    rf"|{_NOT_INSIDE}(?P<f>{'|'.join(_FRENCH.rewriting.clear_months)})\.(?={_GAP}?(?:(?-i:[a-zà-ÿ])|[:;(]|$))",
    re.IGNORECASE,
)
# The full stop also ends the sentence at the end of the text, or before a capitalised function
# word; before a name it does not.
_BEGINS = "|".join(sorted(word.capitalize() for word in _FRENCH.stopwords))
_ENDS_SENTENCE = compile_lazily(rf"\s*[»”\"’')\]]*\s*(?:$|(?<=\s)(?:{_BEGINS})\b)")

# --- numbers -------------------------------------------------------------------------------------

# Numbers in words, built up from small to large.
_DIGIT = "deux|trois|quatre|cinq|six|sept|huit|neuf"
_TEENS = "onze|douze|treize|quatorze|quinze|seize|dix-(?:sept|huit|neuf)"
_TO_NINETEEN = rf"dix{_LINK}(?:sept|huit|neuf)|onze|douze|treize|quatorze|quinze|seize|dix"
_TO_NINE = rf"{_LINK}et{_LINK}une?|{_LINK}(?:{_DIGIT})"
_SWISS = "septante|huitante|octante|nonante"
_BELOW_HUNDRED = (
    rf"(?:quatre{_LINK}vingts?(?:{_LINK}(?:et{_LINK})?(?:{_TO_NINETEEN}|{_DIGIT}|une?))?"
    rf"|soixante(?:{_LINK}et{_LINK}onze|{_LINK}(?:{_TO_NINETEEN})|{_TO_NINE})?"
    rf"|(?:vingt|trente|quarante|cinquante|{_SWISS})(?:{_TO_NINE})?"
    rf"|{_TEENS}|dix|{_DIGIT}|une?)\b"
)
_BELOW_THOUSAND = (
    rf"(?:(?:(?:{_DIGIT}|{_TEENS}){_LINK})?cents?\b(?:{_LINK}{_BELOW_HUNDRED})?|{_BELOW_HUNDRED})"
)
_REST = rf"(?:(?:{_BELOW_THOUSAND}{_LINK})?mille\b(?:{_LINK}{_BELOW_THOUSAND})?|{_BELOW_THOUSAND})"
_NUMBER = (
    rf"(?:{_BELOW_THOUSAND}{_LINK}(?:milliards?\b(?:{_LINK}{_BELOW_THOUSAND}{_LINK}millions?\b)?"
    rf"|millions?\b)(?:{_LINK}{_REST})?|{_REST})"
)
# A number in words, with "et demi" or "et demie" after it.
_WORDS = compile_lazily(
    rf"{_NOT_INSIDE}(?P<number>{_NUMBER}){_ENDS}(?P<half>{_GAP}et{_GAP}demie?\b)?", re.IGNORECASE
)
_WHOLE = compile_lazily(_NUMBER, re.IGNORECASE)
# A quick test for a number of several words; the pattern of all takes 70 ms to compile.
_A_WORD = (
    rf"(?:{_DIGIT}|{_SWISS}|onze|douze|treize|quatorze|quinze|seize|dix|vingts?|trente|quarante"
    rf"|cinquante|soixante|cents?|mille|millions?|milliards?|une?)"
)
_MAY_BE_SEVERAL = compile_lazily(
    rf"{_NOT_INSIDE}(?:{_SWISS}|{_A_WORD}{_LINK}(?:et{_LINK})?{_A_WORD})", re.IGNORECASE
)
# Tens that are rewritten even as a single word.
_ALONE = compile_lazily(rf"(?:{_SWISS})", re.IGNORECASE)
_ONE_SCALE = compile_lazily(rf"une?{_LINK}\w+", re.IGNORECASE)
_VALUES = {word: int(value) for word, value in _FRENCH.numbers.words.items()}
_SCALES = {word: int(value) for word, value in _FRENCH.numbers.scales.items() if len(word) > 3}
_ANY_WORD = "|".join(
    sorted((w for w in [*_VALUES, *_SCALES] if w.isalpha()), key=lambda w: (-len(w), w))
)
_ORDINALS = {
    "unième": "un",
    "cinquième": "cinq",
    "neuvième": "neuf",
    **{
        f"{word.removesuffix('e')}ième": word
        for word in words(
            "deux trois quatre six sept huit dix onze douze treize quatorze quinze seize vingt "
            "trente quarante cinquante soixante septante huitante octante nonante cent mille "
            "million"
        )
    },
}
# An ordinal of several words: number words, then the ordinal ("vingt et unième").
_ORDINAL = compile_lazily(
    rf"{_NOT_INSIDE}(?P<head>(?:(?:{_ANY_WORD}){_LINK}(?:et{_LINK})?){{1,14}})"
    rf"(?P<last>{'|'.join(sorted(_ORDINALS, key=lambda w: (-len(w), w)))}){_ENDS}",
    re.IGNORECASE,
)
_ABOUT = _FRENCH.rewriting.approximations
# "une vingtaine de", possibly after "environ" or the like, or before punctuation.
_SOME = compile_lazily(
    rf"(?P<near>\b{any_of(_FRENCH.rewriting.around)}{_GAP}?)?\bune?{_GAP}(?:{any_of(_FRENCH.rewriting.approximate_adjectives)}{_GAP})?"
    rf"(?P<word>{'|'.join(_ABOUT)})(?:{_GAP}de{_GAP}(?!\d)"
    rf"|{_GAP}d['’](?!entre\b)|(?={_GAP}d['’]entre\b)|(?=[.,;:!?)]))",
    re.IGNORECASE,
)

# --- hours ---------------------------------------------------------------------------------------

# "20 h. 30" or "20H30".
_STOPPED = compile_lazily(rf"(?<![\d.,])(\d{{1,2}}){_GAP}?[hH]\.?{_GAP}?(\d\d)(?![\d%])")
_PARTS = _FRENCH.rewriting.hour_parts
_NOON = {word: int(minutes) // 60 for word, minutes in _FRENCH.numbers.noon.items()}
_AT = any_of(_FRENCH.rewriting.at_hour)
# "à huit heures et quart", "vers midi vingt".
_HOUR = compile_lazily(
    rf"(?P<at>\b{_AT}{_GAP})(?:(?P<hour>\d{{1,2}}|{_ANY_WORD}){_GAP}heures?|(?P<twelve>{'|'.join(_NOON)}))"
    rf"{_GAP}(?P<part>{'|'.join(_PARTS)}|\d\d){_ENDS}",
    re.IGNORECASE,
)
_DAY_HOURS = 24
_HUNDRED, _MILLION, _MILLIARD = 100, 10**6, 10**9


# --- elisions ------------------------------------------------------------------------------------

_FULL_WORDS = _FRENCH.rewriting.elisions
# An elided word before an acronym ("L'OM").
_ELIDED = compile_lazily(
    rf"(?<![\w'’])(?P<word>(?i:{'|'.join(_FULL_WORDS)}))['’](?P<name>[A-Z][A-Z0-9&]+)(?![\w.])"
)


# A day in one word before a full month ("sept janvier").
_DAY_IN_WORDS = compile_lazily(
    rf"{_NOT_INSIDE}(?P<day>{_DIGIT}|{_TEENS}|dix|vingt|trente)(?={_GAP}(?:{_FULL})\b)",
    re.IGNORECASE,
)
_WEEKDAYS = MappingProxyType({day[:3]: day for day in _FRENCH.numbers.weekdays})
# An abbreviated weekday before a day of the month ("lun. 5").
_WEEKDAY = compile_lazily(
    rf"{_NOT_INSIDE}(?P<day>{'|'.join(_WEEKDAYS)})\.(?={_GAP}(?:[12]?\d|3[01]|1er)\b)",
    re.IGNORECASE,
)


def restate_french(text: str) -> str:
    """Write French months in full, and numbers of several words and hours in digits.

    >>> restate_french("Le 14 sept. 2026, quatre-vingt-dix-sept élus étaient là à 9 h. 30.")
    'Le 14 septembre 2026, 97 élus étaient là à 9 h 30.'
    >>> restate_french("Ils étaient sept. Une vingtaine de pages, le vingt et unième siècle.")
    'Ils étaient sept. Environ 20 pages, le 21e siècle.'
    """
    text = _WEEKDAY.sub(lambda m: _WEEKDAYS[m["day"].lower()], text)
    text = _MONTH.sub(_month, text)
    text = _SOME.sub(_about, text)
    text = _ORDINAL.sub(_ordinal, text)
    if _MAY_BE_SEVERAL.search(text):
        text = _WORDS.sub(_number, text)
    text = _DAY_IN_WORDS.sub(lambda m: str(_read(m["day"])), text)
    text = _HOUR.sub(_hour, text)
    text = _ELIDED.sub(_write_out, text)
    return _STOPPED.sub(r"\1 h \2", text)


def _write_out(match: re.Match[str]) -> str:
    """Write out the elided word before an acronym, separated by a space."""
    if match["name"] in _FRENCH.acronyms:
        return match[0]
    word = _FULL_WORDS[match["word"].lower()]
    return f"{word.capitalize() if match['word'][0].isupper() else word} {match['name']}"


def _month(match: re.Match[str]) -> str:
    written = next(word for word in match.group("a", "b", "c", "d", "e", "f") if word)
    month = _MONTHS[written.lower()]
    month = month.capitalize() if written[0].isupper() and not match.start() else month
    before = (match["day"] or match["near"] or "").replace("-", " ")
    stopped = match[0].endswith(".") and _ENDS_SENTENCE.match(match.string, match.end())
    return before + month + ("." if stopped else " " if match[0].endswith("-") else "")


def _about(match: re.Match[str]) -> str:
    near = match["near"]
    about = re.sub(r"d['’]\s?$", "de ", near) if near else "environ "
    # On their own, "quinzaine" and "quarantaine" may mean a fortnight and a quarantine.
    if (
        not match[0].endswith((" ", "'", "’"))
        and match["word"].lower() in _FRENCH.rewriting.ambiguous
    ):
        return match[0]
    if match[0][0].isupper():
        about = about[0].upper() + about[1:]
    gap = " " if match[0][-1].isspace() or match[0][-1] in "'’" else ""
    return f"{about}{_ABOUT[match['word'].lower()]}{gap}"


def _ordinal(match: re.Match[str]) -> str:
    cardinal = match["head"] + _ORDINALS[match["last"].lower()]
    return f"{_read(cardinal)}e" if _WHOLE.fullmatch(cardinal) else match[0]


def _number(match: re.Match[str]) -> str:
    parts = re.split(_LINK, match["number"])
    if len(parts) == 1 and not _ALONE.fullmatch(parts[0]):
        return match[0]
    last = _SCALES.get(parts[-1].lower(), 0)
    if match["half"]:
        return _write(_read(match["number"]) + last // 2) if last >= _MILLION else match[0]
    # "un million" is just as often "one of a million"; "un mille marin" is not a thousand.
    return match[0] if _ONE_SCALE.fullmatch(match[0]) else _write(_read(match["number"]))


def _read(written: str) -> int:
    """Return the value of a French number in words, assuming a valid word order."""
    total = current = 0
    for word in re.split(_LINK, written.lower()):
        if word == "et":
            continue
        scale = _SCALES.get(word)
        if scale is None:
            value = _VALUES[word]
            # quatre-vingt: 4 + 76 = 80
            current += 76 if value == 20 and current % 100 == 4 else value
        elif scale == _HUNDRED:
            current = max(current, 1) * 100
        else:
            total, current = total + max(current, 1) * scale, 0
    return total + current


def _write(value: int) -> str:
    r"""Return a number in digits as French writes it.

    >>> [_write(value) for value in (1998, 12_000, 1_200_000, 3_000_000_000)]
    ['1998', '12\u202f000', '1,2 million', '3 milliards']
    """
    for size, name in ((_MILLIARD, "milliard"), (_MILLION, "million")):
        if value >= size and value % (size // 10) == 0:
            number = f"{value / size:g}".replace(".", ",")
            return f"{number} {name}{'s' * (value >= 2 * size)}"
    is_year = 1000 < value < 2100
    return str(value) if is_year else f"{value:,}".replace(",", "\u202f")


def _hour(match: re.Match[str]) -> str:
    hour = _NOON.get((match["twelve"] or "").lower())
    if hour is None:
        hour = int(match["hour"]) if match["hour"].isdigit() else _VALUES.get(match["hour"].lower())
    part = match["part"].lower()
    minutes = int(part) if part.isdigit() else _PARTS[re.sub(_GAP, " ", part)]
    if hour is None or hour > _DAY_HOURS:
        return match[0]
    total = (hour * 60 + minutes) % (_DAY_HOURS * 60)
    return f"{match['at']}{total // 60} h {total % 60:02}"


_DIGITS = MappingProxyType(
    {sign: int(value) for sign, value in _SIMPLIFIED.numbers.words.items() if sign not in "俩兩仨"}
    | {"兩": 2}
    | dict(_SIMPLIFIED.rewriting.formal_digits)
)
_TENS = MappingProxyType({"廿": 20, "卅": 30, "卌": 40})
CHINESE_SCALES = MappingProxyType(
    {
        sign: int(value)
        for sign, value in _SIMPLIFIED.numbers.scales.items()
        if sign not in _TENS and sign != "兆"  # means a million or a million million
    }
    | dict(_SIMPLIFIED.rewriting.formal_scales)
)
_D = "".join(_DIGITS)
_NINE = _D.translate({ord(zero): None for zero in "〇零"})
_T = "".join(_TENS)

# Numbers written in full (三千五百, 一百零五, 十一); two digits in a row are an estimate.
_CHINESE_BELOW_HUNDRED = rf"(?:[{_NINE}]?[十拾][{_NINE}]?|[{_T}][{_NINE}]?|[{_NINE}])"
_AFTER_HUNDRED = rf"(?:[零〇][{_NINE}]|[{_NINE}][十拾][{_NINE}]?|[{_NINE}])"
_CHINESE_BELOW_THOUSAND = rf"(?:[{_NINE}][百佰]{_AFTER_HUNDRED}?|{_CHINESE_BELOW_HUNDRED})"
_BELOW_MYRIAD = (
    rf"(?:[{_NINE}][千仟](?:[零〇]{_CHINESE_BELOW_HUNDRED}|[{_NINE}][百佰]{_AFTER_HUNDRED}?|[{_NINE}])?"
    rf"|{_CHINESE_BELOW_THOUSAND})"
)
_MYRIADS = rf"{_BELOW_MYRIAD}[万萬](?:[零〇]?{_BELOW_MYRIAD})?"
_CHINESE_NUMBER = (
    rf"(?:{_BELOW_MYRIAD}[万萬]?[亿億](?:[零〇]?(?:{_MYRIADS}|{_BELOW_MYRIAD}))?"
    rf"|{_MYRIADS}|{_BELOW_MYRIAD})"
)
SIGNS = f"{_D}{_T}" + "".join(CHINESE_SCALES)
_IDIOMS = "|".join(sorted(_SIMPLIFIED.numbers.idioms, key=lambda word: (-len(word), word)))
# A number that is not part of a longer one, an estimate, a fraction or a fixed word (十三陵).
# Idioms come first, so that their numerals are left alone.
_HAN_COUNT = compile_lazily(
    rf"(?P<idiom>{_IDIOMS}|{any_of(_SIMPLIFIED.rewriting.fixed_numbers)})"
    rf"|(?<![{SIGNS}几幾数數之\d.点點])(?P<number>{_CHINESE_NUMBER})"
    rf"(?![{SIGNS}{_SIMPLIFIED.rewriting.not_after_number}])(?![多余餘来來]+[{SIGNS}])(?!分之|年代)"
)
# 百分之七点五: 7.5 per cent.
_PERCENT = compile_lazily(
    rf"百分之(?P<number>{_CHINESE_NUMBER}|[零〇])(?:[点點](?P<part>[{_D}]+))?(?![{SIGNS}])"
)
# 三成, 三成五: 30 and 35 per cent; not words that begin with 成, such as 成立.
_SHARE = compile_lazily(
    rf"(?<![{SIGNS}几幾数數])(?P<tens>[{_NINE}])成(?P<ones>[{_NINE}])?"
    rf"(?![{_SIMPLIFIED.rewriting.not_after_share}])"
)
# 三点五 before a scale or a unit.
_DECIMAL = compile_lazily(
    rf"(?<![{SIGNS}\d])(?P<number>{_CHINESE_NUMBER}|[零〇])[点點](?P<part>[{_D}]+)"
    rf"(?=[{_SIMPLIFIED.rewriting.decimal_units}])"
)
# 二〇二四 before 年, or as the first year of a range.
_CHINESE_YEAR = compile_lazily(
    rf"(?<![{SIGNS}])(?P<year>[一二][{_D}]{{3}})(?=年|[至到\-—~～][一二][{_D}]{{3}}年)"
)
# A year of the Republic of China (民国一一三年).
_ERA = compile_lazily(rf"民[国國](?P<year>\d{{1,3}}|{_CHINESE_BELOW_THOUSAND}|[{_D}]{{2,3}})年")
# 四月五日, or a month alone.
_DATE = compile_lazily(
    rf"(?<![{SIGNS}])(?P<month>{_CHINESE_BELOW_HUNDRED})月(?:(?P<day>{_CHINESE_BELOW_HUNDRED})(?P<day_sign>[日号號]))?"
)
_PARTS_OF_DAY = any_of(_SIMPLIFIED.rewriting.day_parts)
# 下午三点半, 七点一刻, 七点二十五分; not words that begin with 点 or 时, such as 时间.
_CHINESE_HOUR = compile_lazily(
    rf"(?<![{SIGNS}\d.])(?P<early>(?:{_PARTS_OF_DAY})?)(?P<hour>\d{{1,2}}|{_CHINESE_BELOW_HUNDRED}|[零〇])"
    rf"(?P<sign>[点點时時])(?![{_SIMPLIFIED.rewriting.not_after_hour}])"
    rf"(?:(?P<half>半)|(?P<quarters>[一三])刻|(?P<minute>\d{{1,2}}|[零〇]?{_CHINESE_BELOW_HUNDRED})(?P<fen>分)?)?"
    rf"(?![{SIGNS}\d钟鐘]|分之)"
)
# Minutes before an hour: 差一刻八点 and 八点差一刻.
_LESS = rf"(?:(?P<{{0}}>[一三1-3])刻|(?P<{{1}}>\d{{{{1,2}}}}|{_CHINESE_BELOW_HUNDRED})分)[钟鐘]?"
_TO_HOUR = compile_lazily(
    rf"(?<![{SIGNS}\d.])(?P<early>(?:{_PARTS_OF_DAY})?)"
    rf"(?:差{_LESS.format('quarters', 'minutes')}[到就]?"
    rf"(?P<hour>\d{{1,2}}|{_CHINESE_BELOW_HUNDRED})[点點](?![{SIGNS}半\d])"
    rf"|(?P<hour_before>\d{{1,2}}|{_CHINESE_BELOW_HUNDRED})[点點]"
    rf"差{_LESS.format('quarters_after', 'minutes_after')})"
)
# Discounts: 打八折 and 八五折优惠 mean 80 and 85 per cent of the price.  Not discounts: 一波三折,
# 七折八扣, 三折叠.
_DISCOUNT = compile_lazily(
    rf"(?<![{SIGNS}{_SIMPLIFIED.rewriting.not_before_discount}\d.])(?P<rate>\d(?:\.\d)?|\d\d|[{_NINE}]{{1,2}}|[对對])折"
    rf"(?![{_SIMPLIFIED.rewriting.not_after_discount}]|[{_NINE}]扣)(?P<offer>的?(?:优惠|優惠))?"
)
# The day at the end of a range: 十二月三日至五日.
_LAST_DAY = compile_lazily(rf"(?<=[日号號][至到])(?P<day>{_CHINESE_BELOW_HUNDRED})(?=[日号號])")
# A congress by its number: 党的十九大, 二十大报告; not 十二大行业.
_CONGRESS_NUMBER = "(?:十[一二三四五六七八九]|二十[一二]?)"
_CONGRESS = compile_lazily(
    rf"(?:(?<=[党黨]的)|(?<=中共)|(?<=[党黨]))(?P<party>{_CONGRESS_NUMBER})大"
    rf"|(?<![{SIGNS}])(?P<number>{_CONGRESS_NUMBER})大"
    rf"(?=(?:{any_of(_SIMPLIFIED.rewriting.after_congress)})|\W|$)"
)
# A counted word as one token: 第十届, 七家.
_COUNTED = compile_lazily(
    rf"(?P<sign>第?)(?P<number>{_CHINESE_NUMBER})(?P<rest>{any_of(_SIMPLIFIED.rewriting.counted)})"
)
_FULL_WIDTH = re.compile(r"[０-９]|(?<=[\d０-９])(?:[．，：](?=[\d０-９])|％)")
_HALF_WIDTH = str.maketrans("０１２３４５６７８９．，：％", "0123456789.,:%")
# Two neighbouring digits are a range: 七八百, 两三千, 十五六岁.
_RANGE = compile_lazily(
    rf"(?<![{SIGNS}几幾数數第\d.点點])(?P<ten>十?)(?P<low>[{_NINE}])(?P<high>[{_NINE}])"
    rf"(?P<scale>[十百千]?[万萬亿億]?)(?P<more>[多余餘]?)(?=(?P<counted>[{_SIMPLIFIED.rewriting.range_counters}])?)"
    rf"(?![{SIGNS}]|分之|年代|月)"
)
_FIRST_YEAR = 1911
_MYRIAD, _HUNDRED_MILLION = 10**4, 10**8


def restate_chinese(text: str) -> str:
    """Write Chinese numbers of several characters, dates and hours in digits.

    >>> restate_chinese("百分之七点五，三万五千人，廿一世纪，二〇二四年四月五日，民國一一三年")
    '7.5%，3.5万人，21世纪，2024年4月5日，2024年'
    >>> restate_chinese("十分高兴，十四五规划，七八百人，三点意见，七点二十五分，差五分六点")
    '十分高兴，十四五规划，700至800人，三点意见，7点25分，5点55分'
    >>> restate_chinese("全场打八五折，一波三折")
    '全场打15%的折扣，一波三折'
    >>> restate_chinese("１２月三日至五日，党的十九大报告，十二大行业")
    '12月三日至5日，党的第19次全国代表大会报告，十二大行业'
    """
    text = narrow_digits(text)
    text = _ERA.sub(lambda m: f"{_FIRST_YEAR + _year(m['year'])}年", text)
    text = _CHINESE_YEAR.sub(lambda m: _spell(m["year"]), text)
    text = _DATE.sub(_date, text)
    text = _LAST_DAY.sub(lambda m: str(read_han(m["day"])), text)
    text = _CONGRESS.sub(lambda m: f"第{read_han(m['party'] or m['number'])}次全国代表大会", text)
    text = _TO_HOUR.sub(_to_hour, text)
    text = _CHINESE_HOUR.sub(_chinese_hour, text)
    text = _DISCOUNT.sub(_discount, text)
    text = _RANGE.sub(_range, text)
    text = _PERCENT.sub(lambda m: f"{read_han(m['number'])}{_fraction(m['part'])}%", text)
    text = _SHARE.sub(_share, text)
    text = _DECIMAL.sub(lambda m: f"{read_han(m['number'])}{_fraction(m['part'])}", text)
    return _HAN_COUNT.sub(_count, text)


def narrow_digits(text: str) -> str:
    """Replace full-width digits, and the signs between them, by those of ASCII.

    >>> narrow_digits("增长３.６％，１５８万人，共８个。")
    '增长3.6%，158万人，共8个。'
    """
    return _FULL_WIDTH.sub(lambda m: m[0].translate(_HALF_WIDTH), text)


def split_count(word: str) -> tuple[str, int, str] | None:
    """Return the sign 第 or none, the number and the rest of a counted word.

    >>> split_count("第十届"), split_count("七家"), split_count("三位一体")
    (('第', 10, '届'), ('', 7, '家'), None)
    """
    found = _COUNTED.fullmatch(word)
    return (found["sign"], read_han(found["number"]), found["rest"]) if found else None


def _spell(signs: str) -> str:
    """Return the digits of a number that is written digit by digit."""
    return "".join(str(_DIGITS[sign]) for sign in signs)


def _year(written: str) -> int:
    if written.isdecimal():
        return int(written)
    return int(_spell(written)) if set(written) <= _DIGITS.keys() else read_han(written)


def _fraction(signs: str | None) -> str:
    return f".{_spell(signs)}" if signs else ""


def _share(match: re.Match[str]) -> str:
    return f"{_DIGITS[match['tens']]}{_DIGITS[match['ones']] if match['ones'] else 0}%"


def _date(match: re.Match[str]) -> str:
    month = read_han(match["month"])
    day = read_han(match["day"]) if match["day"] else 0
    # 三月 alone is left as a word; in 十二月 alone, a count of number words would find 十二.
    if not 1 <= month <= 12 or day > 31 or not (day or len(match["month"]) > 1):
        return match[0]
    return f"{month}月{day}{match['day_sign']}" if day else f"{month}月"


def _chinese_hour(match: re.Match[str]) -> str:
    hour = _read_below_hundred(match["hour"])
    minute = _minute(match)
    digits = match["hour"].isdecimal()
    is_time = bool(match["early"] or match["half"] or match["quarters"] or match["fen"])
    is_time = is_time or (minute is not None and not digits and "十" in (match["minute"] or ""))
    before = match.string[match.start() - 1 : match.start()]
    is_placed = (
        not is_time
        and minute is None
        and match["sign"] in "点點"
        and before in _SIMPLIFIED.rewriting.before_hour
    )
    if not (is_time or is_placed) or hour > 24 or (minute or 0) > 59:
        return match[0]
    minutes = "整" if is_placed else "" if minute is None else f"{minute:02}分"
    return f"{match['early']}{hour}{match['sign']}{minutes}"


def _to_hour(match: re.Match[str]) -> str:
    quarters = match["quarters"] or match["quarters_after"]
    less = (
        15 * _read_below_hundred(quarters)
        if quarters
        else _read_below_hundred(match["minutes"] or match["minutes_after"])
    )
    hour = _read_below_hundred(match["hour"] or match["hour_before"])
    if not 1 <= hour <= 24 or not 0 < less < 60:
        return match[0]
    before = hour - 1 or 12
    return f"{match['early']}{before}点{60 - less:02}分"


def _discount(match: re.Match[str]) -> str:
    """Write a discount as the percentage taken off: 八折 is 20 per cent off."""
    rate = match["rate"]
    if rate in "对對":
        off = 50.0
    else:
        paid = float(rate if rate[0].isdecimal() else _spell(rate))
        off = 100 - (paid if paid >= 10 else 10 * paid)
    return f"{off:g}%的{'优惠' if match['offer'] else '折扣'}"


def _range(match: re.Match[str]) -> str:
    low, high = _DIGITS[match["low"]], _DIGITS[match["high"]]
    scale, counted = match["scale"], match["counted"]
    is_tens = bool(match["ten"]) and not scale and counted in _SIMPLIFIED.rewriting.tens_counters
    if high != low + 1 or (low < 2 and high != 2) or match["more"]:
        return match[0]
    if not (scale and not match["ten"]) and not is_tens and (match["ten"] or not counted):
        return match[0]
    tens = 10 if is_tens else 0
    size = {"十": 10, "百": 100, "千": 1000}.get(scale[:1], 1)
    large = scale.lstrip("十百千")
    return f"{(tens + low) * size}{large}至{(tens + high) * size}{large}"


def _minute(match: re.Match[str]) -> int | None:
    if match["half"]:
        return 30
    if match["quarters"]:
        return 15 * _DIGITS[match["quarters"]]
    return _read_below_hundred(match["minute"]) if match["minute"] else None


def _read_below_hundred(written: str) -> int:
    return int(written) if written.isdecimal() else read_han(written)


def _count(match: re.Match[str]) -> str:
    written = match["number"]
    if (
        not written
        or len(written) == 1
        or not (CHINESE_SCALES.keys() | _TENS.keys()) & set(written)
    ):
        return match[0]
    return _write_han(read_han(written))


def read_han(written: str) -> int:
    """Return the value of a Chinese number in words.

    >>> [read_han(each) for each in ("一百零五", "一百五", "三万五", "十二亿三千万", "廿一")]
    [105, 150, 35000, 1230000000, 21]
    """
    total = section = digit = 0
    last = 1
    for sign in written:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
            last = last if digit else 1
            continue
        if sign in _TENS:
            section += _TENS[sign]
            continue
        scale = CHINESE_SCALES[sign]
        if scale < _MYRIAD:
            section += max(digit, 1) * scale
        else:
            section += digit
            total = (total + section) * scale if scale > _MYRIAD else total + section * scale
            section = 0
        digit, last = 0, scale
    # A lone digit after a scale counts the next lower scale: 三万五 is 35,000.
    return total + section + digit * (last // 10 if last > 10 else 1)


def _write_han(value: int) -> str:
    """Return a number in digits as Chinese writes it.

    >>> [_write_han(value) for value in (105, 35_000, 35_678, 1_230_000_000, 3 * 10**12)]
    ['105', '3.5万', '35,678', '12.3亿', '3万亿']
    """
    for size, name in ((10**12, "万亿"), (_HUNDRED_MILLION, "亿"), (_MYRIAD, "万")):
        if value >= size and value % (size // 100) == 0:
            return f"{value / size:g}{name}" if value < 10**6 * size else f"{value // size}{name}"
    return f"{value:,}" if value >= _MYRIAD else str(value)


_BY_LANGUAGE: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"fr": restate_french, "zh": restate_chinese}
)


def restate(text: str, language: str) -> str:
    """Rewrite a text in the form that engines translate well; ``language`` is a BCP-47 code.

    >>> restate("Le 5 sept., soixante et onze élus ont voté.", "fr-CA")
    'Le 5 septembre, 71 élus ont voté.'
    >>> restate("四月五日下午三点半，七十一人投票。", "zh-Hant")
    '4月5日下午3点30分，71人投票。'
    >>> restate("septante", "de")
    'septante'
    """
    known = _BY_LANGUAGE.get(language.split("-", maxsplit=1)[0])
    return known(text) if known else text
