"""Chinese: numbers of more than one character, dates and hours in digits."""

from __future__ import annotations

import re
from types import MappingProxyType

from corpus_norm.languages.chinese import SIMPLIFIED

_DIGITS = MappingProxyType(
    {sign: int(value) for sign, value in SIMPLIFIED.numbers.words.items() if sign not in "俩兩仨"}
    | {"兩": 2}
    | {sign: i for i, sign in enumerate("壹贰叁肆伍陆柒捌玖", start=1)}
    | {"貳": 2, "參": 3, "陸": 6}
)
_TENS = MappingProxyType({"廿": 20, "卅": 30, "卌": 40})
_SCALES = MappingProxyType(
    {
        sign: int(value)
        for sign, value in SIMPLIFIED.numbers.scales.items()
        if sign not in _TENS and sign != "兆"  # a million, or a million million
    }
    | {"拾": 10, "佰": 100, "仟": 1000}
)
_D = "".join(_DIGITS)
_NINE = _D.translate({ord(zero): None for zero in "〇零"})
_T = "".join(_TENS)

# As numbers are written in full: 三千五百, 一百零五, 十一; two digits in a row are an estimate.
_BELOW_HUNDRED = rf"(?:[{_NINE}]?[十拾][{_NINE}]?|[{_T}][{_NINE}]?|[{_NINE}])"
_AFTER_HUNDRED = rf"(?:[零〇][{_NINE}]|[{_NINE}][十拾][{_NINE}]?|[{_NINE}])"
_BELOW_THOUSAND = rf"(?:[{_NINE}][百佰]{_AFTER_HUNDRED}?|{_BELOW_HUNDRED})"
_BELOW_MYRIAD = (
    rf"(?:[{_NINE}][千仟](?:[零〇]{_BELOW_HUNDRED}|[{_NINE}][百佰]{_AFTER_HUNDRED}?|[{_NINE}])?"
    rf"|{_BELOW_THOUSAND})"
)
_MYRIADS = rf"{_BELOW_MYRIAD}[万萬](?:[零〇]?{_BELOW_MYRIAD})?"
_NUMBER = (
    rf"(?:{_BELOW_MYRIAD}[万萬]?[亿億](?:[零〇]?(?:{_MYRIADS}|{_BELOW_MYRIAD}))?"
    rf"|{_MYRIADS}|{_BELOW_MYRIAD})"
)
_SIGNS = f"{_D}{_T}" + "".join(_SCALES)
_IDIOMS = "|".join(sorted(SIMPLIFIED.numbers.idioms, key=lambda word: (-len(word), word)))
_HOLIDAY = "黄金周|黃金週|长假|長假|小长假|假期|期间|期間|国庆|國慶|前夕"
_COUNTED = re.compile(
    rf"(?P<idiom>{_IDIOMS}|[双雙]十一|一千零一夜|三十而立|四十不惑|十一(?=(?:{_HOLIDAY})))"
    rf"|(?<![{_SIGNS}几幾数數之\d.点點])(?P<number>{_NUMBER})"
    rf"(?![{_SIGNS}几幾大陵铃鈴])(?![多余餘来來]+[{_SIGNS}])(?!分之|年代)"
)
_PERCENT = re.compile(
    rf"百分之(?P<number>{_NUMBER}|[零〇])(?:[点點](?P<part>[{_D}]+))?(?![{_SIGNS}])"
)
_SHARE = re.compile(
    rf"(?<![{_SIGNS}几幾数數])(?P<tens>[{_NINE}])成(?P<ones>[{_NINE}])?"
    r"(?![立为為員员功果本都长長交绩績年熟就分形了份人事品因语語为像套])"
)
_DECIMAL = re.compile(
    rf"(?<![{_SIGNS}\d])(?P<number>{_NUMBER}|[零〇])[点點](?P<part>[{_D}]+)"
    r"(?=[万萬亿億倍级級个個公米千元美度吨噸%％])"
)
_YEAR = re.compile(
    rf"(?<![{_SIGNS}])(?P<year>[一二][{_D}]{{3}})(?=年|[至到\-—~～][一二][{_D}]{{3}}年)"
)
_ERA = re.compile(rf"民[国國](?P<year>\d{{1,3}}|{_BELOW_THOUSAND}|[{_D}]{{2,3}})年")
_DATE = re.compile(
    rf"(?<![{_SIGNS}])(?P<month>{_BELOW_HUNDRED})月(?:(?P<day>{_BELOW_HUNDRED})(?P<mark>[日号號]))?"
)
_PARTS_OF_DAY = (
    "凌晨|早上|清晨|早晨|上午|中午|下午|傍晚|晚上|晚间|晚間|深夜|夜里|夜裡|午夜|[今明昨当當][早晚]"
)
_HOUR = re.compile(
    rf"(?<![{_SIGNS}\d.])(?P<early>(?:{_PARTS_OF_DAY})?)(?P<hour>\d{{1,2}}|{_BELOW_HUNDRED}|[零〇])"
    rf"(?P<sign>[点點时時])(?!间|間|代|期|候|刻|尚|常|段)"
    rf"(?:(?P<half>半)|(?P<quarters>[一三])刻|(?P<minute>\d{{1,2}}|[零〇]?{_BELOW_HUNDRED})(?P<fen>分)?)?"
    rf"(?![{_SIGNS}\d钟鐘]|分之)"
)
_PLACES = frozenset("从從到至在于於")
_FIRST_YEAR = 1911
_MYRIAD, _HUNDRED_MILLION = 10**4, 10**8


def restate_chinese(text: str) -> str:
    """Numbers of more than one character, dates and hours in digits.

    >>> restate_chinese("百分之七点五，三万五千人，廿一世纪，二〇二四年四月五日，民國一一三年")
    '7.5%，3.5万人，21世纪，2024年4月5日，2024年'
    >>> restate_chinese("十分高兴，十四五规划，七八百人，三点意见，七点二十五分，两点半")
    '十分高兴，十四五规划，七八百人，三点意见，7点25分，2点30分'
    """
    text = _ERA.sub(lambda m: f"{_FIRST_YEAR + _year(m['year'])}年", text)
    text = _YEAR.sub(lambda m: _spell(m["year"]), text)
    text = _DATE.sub(_date, text)
    text = _HOUR.sub(_hour, text)
    text = _PERCENT.sub(lambda m: f"{_read(m['number'])}{_fraction(m['part'])}%", text)
    text = _SHARE.sub(_share, text)
    text = _DECIMAL.sub(lambda m: f"{_read(m['number'])}{_fraction(m['part'])}", text)
    return _COUNTED.sub(_counted, text)


def _spell(signs: str) -> str:
    """Digits one by one."""
    return "".join(str(_DIGITS[sign]) for sign in signs)


def _year(written: str) -> int:
    if written.isdecimal():
        return int(written)
    return int(_spell(written)) if set(written) <= _DIGITS.keys() else _read(written)


def _fraction(signs: str | None) -> str:
    return f".{_spell(signs)}" if signs else ""


def _share(match: re.Match[str]) -> str:
    return f"{_DIGITS[match['tens']]}{_DIGITS[match['ones']] if match['ones'] else 0}%"


def _date(match: re.Match[str]) -> str:
    month = _read(match["month"])
    day = _read(match["day"]) if match["day"] else 0
    # A month alone is a word of the language: 三月; 十二月 is a number for all who count by words.
    if not 1 <= month <= 12 or day > 31 or not (day or len(match["month"]) > 1):
        return match[0]
    return f"{month}月{day}{match['mark']}" if day else f"{month}月"


def _hour(match: re.Match[str]) -> str:
    hour = _read_below_hundred(match["hour"])
    minute = _minute(match)
    digits = match["hour"].isdecimal()
    is_time = bool(match["early"] or match["half"] or match["quarters"] or match["fen"])
    is_time = is_time or (minute is not None and not digits and "十" in (match["minute"] or ""))
    before = match.string[match.start() - 1 : match.start()]
    is_placed = not is_time and minute is None and match["sign"] in "点點" and before in _PLACES
    if not (is_time or is_placed) or hour > 24 or (minute or 0) > 59:
        return match[0]
    said = "整" if is_placed else "" if minute is None else f"{minute:02}分"
    return f"{match['early']}{hour}{match['sign']}{said}"


def _minute(match: re.Match[str]) -> int | None:
    if match["half"]:
        return 30
    if match["quarters"]:
        return 15 * _DIGITS[match["quarters"]]
    return _read_below_hundred(match["minute"]) if match["minute"] else None


def _read_below_hundred(written: str) -> int:
    return int(written) if written.isdecimal() else _read(written)


def _counted(match: re.Match[str]) -> str:
    written = match["number"]
    if not written or len(written) == 1 or not (_SCALES.keys() | _TENS.keys()) & set(written):
        return match[0]
    return _write(_read(written))


def _read(written: str) -> int:
    """The value of a number in words.

    >>> [_read(each) for each in ("一百零五", "一百五", "三万五", "十二亿三千万", "廿一")]
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
        scale = _SCALES[sign]
        if scale < _MYRIAD:
            section += max(digit, 1) * scale
        else:
            section += digit
            total = (total + section) * scale if scale > _MYRIAD else total + section * scale
            section = 0
        digit, last = 0, scale
    # After a scale a digit alone counts the next one: 三万五 is 35,000.
    return total + section + digit * (last // 10 if last > 10 else 1)


def _write(value: int) -> str:
    """A number as Chinese writes it in digits.

    >>> [_write(value) for value in (105, 35_000, 35_678, 1_230_000_000, 3 * 10**12)]
    ['105', '3.5万', '35,678', '12.3亿', '3万亿']
    """
    for size, name in ((10**12, "万亿"), (_HUNDRED_MILLION, "亿"), (_MYRIAD, "万")):
        if value >= size and value % (size // 100) == 0:
            return f"{value / size:g}{name}" if value < 10**6 * size else f"{value // size}{name}"
    return f"{value:,}" if value >= _MYRIAD else str(value)
