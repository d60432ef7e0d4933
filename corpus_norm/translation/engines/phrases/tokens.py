"""Tokens of French, Chinese and English sentences, and numbers and dates in English.

Chinese text is split into words in the most probable way, by the frequencies of a word list.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from corpus_norm.audit.spaced_numbers import read_roman
from corpus_norm.languages import any_of, get_language
from corpus_norm.patterns import compile_lazily
from corpus_norm.translation.masking import find_vague_amounts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    _Token = tuple[str, str, bool]  # kind, text, whether no space comes before it

_IN_ENGLISH, _IN_FRENCH = get_language("en"), get_language("fr")
_IN_CHINESE = get_language("zh-Hans")
_LONGEST = 8  # characters in a word


@dataclass(frozen=True, slots=True)
class Segmenter:
    """Natural log-probabilities of words, and of a character that belongs to no word.

    ``rare`` words are joined of words afterwards, so that none cuts a known word in two.
    """

    words: Mapping[str, float]
    unknown: float
    rare: Collection[str] = ()

    @classmethod
    def of_counts(cls, counts: Mapping[str, int], rare: Collection[str] = ()) -> Self:
        """Make a segmenter from the frequencies of words, and words that were not counted."""
        total = math.log(sum(counts.values()))
        words = {
            word: math.log(count) - total
            for word, count in counts.items()
            if count > 0 and len(word) <= _LONGEST
        }
        return cls(words, -total - 1.0, rare)

    def segment(self, text: str) -> list[str]:
        """Split a run of characters into words, without losing any.

        >>> counts = {"研究": 9, "研究生": 4, "生命": 8, "命": 2, "起源": 3}
        >>> Segmenter.of_counts(counts).segment("研究生命起源")
        ['研究', '生命', '起源']
        >>> counts = {"上海": 9, "上": 99, "海": 3, "桥": 3, "白": 9, "厅": 9}
        >>> Segmenter.of_counts(counts, {"海虹", "白厅"}).segment("上海虹桥白厅")
        ['上海', '虹', '桥', '白厅']
        """
        best = [0.0] + [-math.inf] * len(text)
        cut = [0] * (len(text) + 1)
        for end in range(1, len(text) + 1):
            for start in range(max(0, end - _LONGEST), end):
                cost = self.words.get(text[start:end])
                if cost is None:
                    if end - start > 1:
                        continue
                    cost = self.unknown
                if best[start] + cost > best[end]:
                    best[end], cut[end] = best[start] + cost, start
        words, end = [], len(text)
        while end:
            words.append(text[cut[end] : end])
            end = cut[end]
        return self._join_rare(words[::-1]) if self.rare else words[::-1]

    def _join_rare(self, words: Sequence[str]) -> list[str]:
        joined, at = [], 0
        while at < len(words):
            ends = range(min(len(words), at + _LONGEST), at + 1, -1)
            end = next((end for end in ends if "".join(words[at:end]) in self.rare), at + 1)
            joined.append("".join(words[at:end]))
            at = end
        return joined


_MONTHS = _IN_ENGLISH.numbers.month_names
# The signs between the two ends of a range.
_TO = "[至到\\-–—~～]"
# Days 1 to 31 and months 1 to 12, with or without a leading zero.
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_WORDS = _IN_CHINESE.phrases
# After 日 or 时 these begin another word: 日元 is the yen, 时间 is time.
_NO_DAY, _NO_CLOCK = _WORDS.not_after_day, _IN_CHINESE.rewriting.not_after_hour
_BY_DAY = _WORDS.afternoon + _WORDS.evening
_LATE = _BY_DAY + _WORDS.night
_CLOCK = any_of([*_WORDS.noon, *_WORDS.morning, *_LATE])
_HOURS = r"(?:2[0-4]|1\d|0?\d)"
_MINUTES = r"[0-5]?\d"
# An optional year (1500 to 2099), a month, and optionally a range of days, a day, or 份.
_DATE_PART = (
    rf"(?:(?:1[5-9]|20)\d\d年)?{_MONTH}月(?:{_DAY}[日号號]?{_TO}(?:{_MONTH}月)?{_DAY}[日号號]"
    rf"|{_DAY}[日号號]|份)?"
)
# A part of the day with an hour (下午3点30分), or an hour alone (21时05分); then seconds, "about".
_TIME_PART = (
    rf"(?:{_CLOCK}{_HOURS}(?:[点點时時](?:{_MINUTES}分?|整|[钟鐘])?|:{_MINUTES})"
    rf"|{_HOURS}(?:[点點时時](?:{_MINUTES}分|整|[钟鐘])|[时時](?![{_NO_CLOCK}])))(?:{_MINUTES}秒)?"
    r"(?:[许許]|左右)?"
)
# A date, a time of day, or both.  A day without a month must not begin another word (_NO_DAY).
MOMENT = (
    rf"(?:{_DATE_PART}{_TIME_PART}|{_DATE_PART}|{_DAY}[日号號]{_TIME_PART}|{_TIME_PART}"
    rf"|{_DAY}[日号號](?:{_TO}{_DAY}[日号號])?(?![{_NO_DAY}]))(?!\d)"
)
"""The pattern of a date, of an hour, or of both."""

CLOCK = rf"{_CLOCK}\d"
"""The pattern of a part of the day and the first digit of an hour: 下午3."""

# The same with a named group for each number, for text that MOMENT has matched.
_READ = re.compile(
    rf"(?:(?:(?P<year>\d{{4}})年)?(?P<month>\d+)月份?)?"
    rf"(?:(?P<day>\d+)[日号號]?(?:{_TO}(?:(?P<month2>\d+)月)?(?P<day2>\d+)[日号號])|(?P<day1>\d+)[日号號])?"
    rf"(?P<part>{_CLOCK})?(?:(?P<hour>\d+)(?:[点點时時]|:)(?:(?P<minute>\d+)(?![\d秒]))?分?(?:整|[钟鐘])?"
    rf"(?:(?P<second>\d+)秒)?(?P<about>[许許]|左右)?)?"
)
_PREPOSITION = re.compile(r"(?:at|on|in) ")
# English text that begins with a month and a day, such as "April 29".
_DATED = re.compile(rf"(?:{'|'.join(_MONTHS)}) \d")
_ARTICLE = frozenset({"the"})
_REPLACED = frozenset({"the", "in", "on", "at"})
_SMALL_WORDS = _IN_ENGLISH.phrases.date_bounds
_AT_NOON = 12
_EVENING = 5
_NIGHT = MappingProxyType({0: 12, 24: 12})


def is_moment(text: str) -> bool:
    """Return whether a number is a date or an hour."""
    return re.fullmatch(MOMENT, text) is not None


def write_moment(text: str) -> str:
    """Return a date or hour in English.

    >>> [write_moment(each) for each in ("2024年3月5日", "4月29日", "3月3日至5日", "12月", "7日")]
    ['March 5, 2024', 'April 29', 'March 3 to 5', 'December', 'the 7th']
    >>> write_moment("3日至5日")
    'the 3rd to 5th'
    >>> [write_moment(each) for each in ("下午3点30分", "21时05分", "上午9时", "3月5日晚上8点")]
    ['3:30 p.m.', '21:05', '9 a.m.', '8 p.m. on March 5']
    """
    found = _READ.fullmatch(text)
    if found is None:
        return text
    date, time = _write_date(found), _write_time(found)
    return f"{time} on {date}" if date and time else date or time


def preposition(text: str) -> str:
    """Return the English preposition of a date or hour: at three, on the 5th, in March."""
    found = _READ.fullmatch(text)
    if found is None:
        return ""
    return "at" if found["hour"] else "on" if found["day"] or found["day1"] else "in"


def place_moment(english: Sequence[str], text: str) -> tuple[int, str]:
    """Return how many words before a date or hour to remove, and the text to write for it.

    The words before it come from the table, where they fit any number.

    >>> place_moment(["held", "in", "the"], "on April 29"), place_moment(["as", "of"], "on May 3")
    ((2, 'on April 29'), (0, 'May 3'))
    >>> place_moment(["the"], "April 29"), place_moment(["the"], "5")
    ((1, 'April 29'), (0, '5'))
    """
    own = _PREPOSITION.match(text)
    if not own and not _DATED.match(text):
        return 0, text
    gone = 0
    while gone < len(english) and english[-1 - gone] in (_REPLACED if own else _ARTICLE):
        gone += 1
    kept = english[len(english) - gone - 1] if gone < len(english) else ""
    return gone, text[own.end() :] if own and kept in _SMALL_WORDS else text


def _write_date(found: re.Match[str]) -> str:
    day = found["day"] or found["day1"]
    if not found["month"]:
        until = f" to {ordinal(int(found['day2']))}" if found["day2"] else ""
        return f"the {ordinal(int(day))}{until}" if day else ""
    text = _MONTHS[int(found["month"]) - 1]
    if day:
        text += f" {int(day)}"
    if found["day2"]:
        month = f"{_MONTHS[int(found['month2']) - 1]} " if found["month2"] else ""
        text += f" to {month}{int(found['day2'])}"
    if found["year"]:
        text += f", {found['year']}" if day else f" {found['year']}"
    return text


def _write_time(found: re.Match[str]) -> str:
    if not found["hour"]:
        return ""
    hour, part = int(found["hour"]), found["part"] or ""
    clock = f":{int(found['minute'] or 0):02}" if found["minute"] or not part else ""
    clock += f":{int(found['second']):02}" if found["second"] else ""
    about = "about " if found["about"] else ""
    if not part or _AT_NOON < hour < 24:
        return f"{about}{hour}{clock or ':00'}"
    # The night goes on after midnight: 深夜2点 is 2 a.m.
    late = part in _LATE and (hour >= _EVENING or part in _BY_DAY) and hour < 12
    late = late or (part in _WORDS.noon and hour != 11)
    late = late or (part in _WORDS.afternoon and hour == _AT_NOON)
    return f"{about}{_NIGHT.get(hour, hour)}{clock} {'p.m.' if late else 'a.m.'}"


def ordinal(number: int) -> str:
    """Return a number as an ordinal.

    >>> [ordinal(number) for number in (1, 12, 22, 103)]
    ['1st', '12th', '22nd', '103rd']
    """
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


NUMBER = "<n>"
"""The token that stands for every number; no text contains it."""

JOIN = "￭"
"""A sign at the start or end of a token that has no space on that side."""

BRACKETS = MappingProxyType({"【": f"[{JOIN}", "】": f"{JOIN}]"})
"""Chinese brackets, which are copied."""

_LETTER = r"[^\W\d_]"
# A URL, an e-mail address, or a handle or hashtag.  The lookbehind before an e-mail address keeps
# the pattern from trying it at each character of a long run.
_ADDRESS = (
    r"""(?:https?://|www\.)[!-;=?-~]*[^\W_]/?|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[@#]\w+"""
)
# Numbers that are copied: versions (1.2.3), dates, ranges or scores (7-2), times (9:30, 9:30:05).
_CHAIN = r"\d+(?:\.\d+){2,}|\d{1,4}(?:[-–/]\d{1,4})+|\d{1,2}:\d{2}(?::\d{2})?"
# A word of ASCII letters and digits with at least one of each, such as "B2B" or "5G".
_CODE = r"(?=[A-Za-z]*\d+[A-Za-z]|[A-Za-z]+\d)[A-Za-z0-9]+"
# Two or more initials, such as "U.S.".
_INITIALS = r"(?:[A-Z]\.){2,}"
_GAP = "[\u202f\xa0 ]"
_NO_LETTER = rf"(?!{_LETTER}|\d)"
# "à" before an hour is "at" in English, unless the hour ends a period, as in "de 9 h à 12 h".
_AT_HOUR = (
    rf"(?<!h{_GAP})(?<!h\d\d{_GAP})(?<!h{_GAP}\d\d{_GAP})(?<!heures{_GAP})(?<!midi{_GAP})"
    rf"(?<!\w)[àÀ]{_GAP}"
)
# Roman ordinals up to 39, as of centuries (XIXe); "Ve" and "Xe" only before "siècle".
_ROMAN = rf"(?:(?=[IVX]{{2}})X{{0,3}}(?:IX|IV|V?I{{0,3}})|[VX](?=e{_GAP}siècle))(?:e|ème)"
_MINUS = r"(?<![^\s(])(?<!\d\s)[-−](?=\d)"
# An hour (9 h 30, minuit), a chain, an ordinal (21e), or a number with a minus, groups of three
# digits, a decimal part and a scale word.
_FRENCH_NUMBER = (
    rf"(?:{_AT_HOUR}minuit|{_CHAIN}|(?<!\w){_ROMAN}|(?:{_AT_HOUR})?\d{{1,2}}{_GAP}?h(?:{_GAP}?\d{{2}})?|\d+(?:er|re|e|è|ème)"
    rf"|(?:{_MINUS})?\d+(?:[\u202f\xa0 .]\d{{3}})*(?:[,.]\d+)?"
    rf"(?:{_GAP}(?:milliers?|millions?|milliards?|billions?)|{_GAP}?(?:k|M|M[dr]s?|Mrds?)(?={_GAP}?[$€£]))?)"
    rf"{_NO_LETTER}"
)
# A chain, an ordinal (21st), or a number with a minus, groups of three digits, a decimal part and
# a scale.
_ENGLISH_NUMBER = (
    rf"(?:{_CHAIN}|\d+(?:st|nd|rd|th)"
    rf"|(?:{_MINUS})?\d+(?:,\d{{3}})*(?:\.\d+)?(?:[ -](?:thousand|million|billion|trillion))?)"
    rf"{_NO_LETTER}"
)
# A fraction, whole first: 四分之三 is three quarters.
_FRACTION = r"\d{1,9}分之\d{1,9}(?!\d)|[一二三四五六七八九十]分之[一二三四五六七八九十]"
_FIGURE, _LARGE_SCALE = r"\d{1,9}(?:\.\d{1,4})?", "[百千]?[万亿]{1,2}"
# A range with the scale at its end (5至6亿), or "more than" before a scale (1300余万).
_VAGUE = rf"{_FIGURE}(?:{_TO}{_FIGURE}|[多余]){_LARGE_SCALE}(?![A-Za-z0-9])"
# A date or hour, a fraction, a chain, or a number with signs of scale such as 万 (ten thousand).
_CHINESE_NUMBER = (
    rf"{MOMENT}|{_FRACTION}|{_VAGUE}"
    rf"|(?:{_CHAIN}|\d+(?:,\d{{3}})*(?:\.\d+)?[百千万亿]*)(?![A-Za-z0-9])"
)


def _tokens(number: str, word: str) -> re.Pattern[str]:
    # The kind of a token is the name of the group that matched, or "" for digits and punctuation.
    return compile_lazily(
        rf"(?P<copied>{_ADDRESS})|(?P<number>{number})|(?P<code>{_CODE}|{_INITIALS})|(?P<word>{word})"
        r"|\d+|\S"
    )


# A French word ends after an apostrophe that a letter follows (d', l').
_FRENCH = _tokens(_FRENCH_NUMBER, rf"{_LETTER}+'(?={_LETTER})|{_LETTER}+")
# An English word keeps contractions (don't, we'll); the possessive 's is a token of its own.
_ENGLISH = _tokens(_ENGLISH_NUMBER, rf"{_LETTER}+(?:'(?:t|re|ve|ll|d|m)\b)?|'s\b")
# Latin words; runs of Han characters, up to the start of an hour or a fraction; other words.
_CHINESE = _tokens(
    _CHINESE_NUMBER,
    rf"[A-Za-zÀ-ÿ]+|(?:(?!{CLOCK}|{_FRACTION})[㐀-鿿])+|(?:(?![㐀-鿿]){_LETTER})+",
)
_HAN = compile_lazily("[㐀-鿿]")
# The space that some Chinese text has between digits and words: 11 点 20 分, 约 1,000 万份.
_SPACED = compile_lazily(rf"(?<=\d){_GAP}(?=[㐀-鿿])|(?<=[㐀-鿿]){_GAP}(?=\d)")
NUMBERED = frozenset("章条款版步节行页")  # chapter 7, not 7th chapter
# Words before or after a date that takes no preposition: "from", "to", "of".
_BOUNDS = _WORDS.date_bounds

# Typographic quotes, thin spaces, and Roman numerals that are single characters (Ⅲ).
_PLAIN_SIGNS = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "\u2009": "\u202f"}
    | {sign: unicodedata.normalize("NFKC", sign) for sign in map(chr, range(0x2160, 0x2180))}
)
_ACRONYM = re.compile(r"[A-Z]{2,4}")
_GUILLEMETS = re.compile(f"«{_GAP}?|{_GAP}?»")
_OPENING = frozenset("([{$£€#/-–—")
_SCALES = MappingProxyType(
    {"millier": "thousand", "million": "million", "milliard": "billion", "billion": "trillion"}
    | {"k": "thousand", "M": "million", "Md": "billion", "Mr": "billion", "Mrd": "billion"}
)
_CARDINALS = {int(value): word for word, value in _IN_ENGLISH.numbers.words.items()}
_PARTS = {
    value.denominator: word.removesuffix("s")
    for word, value in _IN_ENGLISH.numbers.fractions.items()
    if 3 <= value.denominator <= 10
}
_FACTORS = {sign: int(_IN_CHINESE.numbers.scales[sign]) for sign in "百千万亿"}
_LARGE = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_VAGUE_PARTS = re.compile(
    rf"(?P<low>{_FIGURE})(?:{_TO}(?P<high>{_FIGURE})|[多余])(?P<scale>{_LARGE_SCALE})"
)
_LONG = 40  # characters in a numeral


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sentence in the form of the phrase table, and the English to use for unknown tokens.

    ``forms`` are in lower case, with :data:`NUMBER` for numbers; ``copies`` hold numbers in English
    and all other tokens as written.
    """

    forms: tuple[str, ...]
    copies: tuple[str, ...]


def tokenize_french(text: str) -> Tokens:
    """Return the tokens of a French sentence.

    >>> tokenize_french("L’usine a coûté 1,5 milliard d’euros en 2 015 jours.").copies[4:]
    ('1.5 billion', "d'", 'euros', 'en', '2,015', 'jours', '.')
    """
    text = _GUILLEMETS.sub('"', text.translate(_PLAIN_SIGNS))
    found = _join_names(list(_find(_FRENCH, text)))
    return _read(_keep_acronyms(found), _french_number)


def _join_names(found: Sequence[_Token]) -> list[_Token]:
    """Join an article with a capital to the name that it is part of.

    >>> tokenize_french("Le ministre Bruno Le Maire salue le maire de Lyon.").copies[3:6]
    ('Le Maire', 'salue', 'le')
    """
    words = [token for kind, token, _ in found if kind == "word"]
    # Where nearly all words have capitals, an article with one is nothing special.
    if 4 * sum(word[0].isupper() for word in words) > 3 * len(words):
        return list(found)
    joined, at = [], 0
    while at < len(found):
        kind, token, close = found[at]
        if at and _is_article_of_name(found[at - 1 : at + 2]):
            joined.append(("name", f"{token} {found[at + 1][1]}", close))
            at += 2
        else:
            joined.append((kind, token, close))
            at += 1
    return joined


def _is_article_of_name(near: Sequence[_Token]) -> bool:
    """Return whether the second of three tokens is, as in ``Bruno Le Maire``."""
    return (
        len(near) == 3
        and near[1][1] in _IN_FRENCH.credits.name_articles
        and all(kind == "word" and token.istitle() for kind, token, _ in near)
        and near[0][1] not in _IN_FRENCH.phrases.before_names
    )


def _keep_acronyms(found: Sequence[_Token]) -> Iterator[_Token]:
    """Label short words in capitals as names, unless the whole sentence is in capitals."""
    is_mixed = any(token.islower() and len(token) > 1 for _, token, _ in found)
    for kind, token, joined in found:
        is_name = is_mixed and kind == "word" and _ACRONYM.fullmatch(token)
        known = not is_name or token in _IN_FRENCH.acronyms
        yield kind if known else "name", token, joined


def tokenize_chinese(text: str, segmenter: Segmenter) -> Tokens:
    """Return the tokens of a sentence in Simplified Chinese, with the segmenter's words.

    >>> tokenize_chinese("约 1,000 万份", Segmenter({}, -9.0)).copies
    ('约', '10 million', '份')
    >>> tokenize_chinese("数千万人", Segmenter({}, -9.0)).copies
    ('tens of millions of', '人')
    """
    plain = _SPACED.sub("", text.translate(_PLAIN_SIGNS))

    def segment(part: str) -> Iterator[_Token]:
        for kind, token, joined in _find(_CHINESE, part):
            if kind == "word" and _HAN.match(token):
                yield from ((kind, word, joined) for word in segmenter.segment(token))
            else:
                yield kind, token, joined

    found, at = [], 0
    for start, end, english in find_vague_amounts(plain):
        found += [*segment(plain[at:start]), ("english", english, True)]
        at = end
    found += segment(plain[at:])
    return _read(_place_moments(found), _chinese_number)


def _place_moments(found: Sequence[_Token]) -> Iterator[_Token]:
    """Put prepositions before dates and hours, and make numbers after 第 ordinals.

    The phrase table has one token for all of these, so it cannot tell them apart.
    """
    for i, (kind, token, joined) in enumerate(found):
        before = found[i - 1][1] if i else ""
        after = found[i + 1][1] if i + 1 < len(found) else ""
        if kind != "number":
            yield kind, token, joined
        elif is_moment(token):
            english = write_moment(token)
            is_adverb = not {before, after} & _BOUNDS
            yield "english", f"{preposition(token)} {english}" if is_adverb else english, joined
        elif before == "第" and token.isdecimal() and len(token) < _LONG and after not in NUMBERED:
            yield "english", ordinal(int(token)), joined
        else:
            yield kind, token, joined


def tokenize_english(text: str) -> list[str]:
    """Return the tokens of an English sentence, with :data:`JOIN` signs and numbers replaced.

    >>> " ".join(tokenize_english("It's 25% (of $5 billion)."))
    "It ￭'s <n> ￭% (￭ of $￭ <n> ￭) ￭."
    """
    found = list(_find(_ENGLISH, text.translate(_PLAIN_SIGNS)))
    tokens: list[str] = []
    joins_next, open_quotes = False, 0
    for i, (kind, word, joined) in enumerate(found):
        left = JOIN if joined and not joins_next else ""
        is_quote = word == '"'
        opens = word in _OPENING or (is_quote and open_quotes % 2 == 0)
        open_quotes += is_quote
        joins_next = kind == "" and opens and i + 1 < len(found) and found[i + 1][2]
        known = NUMBER if kind == "number" else word
        tokens.append(f"{left}{known}{JOIN if joins_next else ''}")
    return tokens


def _find(pattern: re.Pattern[str], text: str) -> Iterator[_Token]:
    """Yield each token: kind, text, and whether no space separates it from the one before."""
    end = -1
    for found in pattern.finditer(text):
        yield found.lastgroup or "", found[0], found.start() == end
        end = found.end()


def _read(found: Iterable[_Token], write_number: Callable[[str], str]) -> Tokens:
    forms, copies = [], []
    for kind, token, _ in _aim_quotes(list(found)):
        bracket = BRACKETS.get(token, "")
        known = token if kind == "name" else token.lower()
        forms.append(NUMBER if kind in {"number", "english"} else bracket or known.strip(JOIN))
        copies.append(write_number(token) if kind == "number" else bracket or token)
    return Tokens(tuple(forms), tuple(copies))


def _aim_quotes(found: Sequence[_Token]) -> list[_Token]:
    """Put a join sign inside each quotation mark; where spaces do not tell, marks alternate.

    >>> tokenize_french("Il a dit « non ».").copies[3:6]
    ('"￭', 'non', '￭"')
    """
    aimed, quotes, nothing = [], 0, ("", "", False)
    for i, (kind, token, joined) in enumerate(found):
        aimed.append((kind, token, joined))
        if token == '"':  # noqa: S105 -- no password
            before, after = (found[i - 1] if i else nothing), (*found[i + 1 : i + 2], nothing)[0]
            word_after = after[2] and after[1][0].isalnum()
            word_before = joined and before[1][-1].isalnum()
            by_spaces = after[2] if after[2] != joined else quotes % 2 == 0
            opens = word_after if word_after != word_before else by_spaces
            aimed[-1] = (kind, f'"{JOIN}' if opens else f'{JOIN}"', joined)
            quotes += 1
    return aimed


# Groups: "à", hours, minutes.
_HOUR = re.compile(rf"([àÀ]{_GAP})?(?:(\d{{1,2}}){_GAP}?h(?:{_GAP}?(\d{{2}}))?|minuit)")
_ORDINAL = re.compile(r"(\d+)(?:er|re|e|è|ème)")
# Groups: the minus, the whole part with its separators, the decimal part, the scale word.
_FRENCH_PARTS = re.compile(
    rf"([-−])?(\d+(?:[\u202f\xa0 .]\d{{3}})*)(?:[,.](\d+))?(?:{_GAP}?([^\W\d]+))?"
)


def _french_number(text: str) -> str:
    """Return a number as English writes it.

    >>> [_french_number(n) for n in ("1 500", "0,5", "3 milliards", "9 h 30", "21e", "7-2")]
    ['1,500', '0.5', '3 billion', '9:30', '21st', '7-2']
    >>> [_french_number(n) for n in ("à 9 h", "à minuit", "XIXe", "XXIe", "-12 millions")]
    ['at 9:00', 'at midnight', '19th', '21st', '-12 million']
    >>> tokenize_french("147 M$, 4,56 Md€, 2 Mds €, 10 k€ et 3 m").copies[0:12:3]
    ('147 million', '4.56 billion', '2 billion', '10 thousand')
    """
    if hour := _HOUR.fullmatch(text):
        time = f"{hour[2]}:{hour[3] or '00'}" if hour[2] else "midnight"
        return f"at {time}" if hour[1] else time
    if len(text) > _LONG:  # not an amount, and too long for int()
        return text
    if found := _ORDINAL.fullmatch(text):
        return ordinal(int(found[1]))
    if text[0] in "IVX":
        return ordinal(read_roman(text.rstrip("eèm")))
    parts = _FRENCH_PARTS.fullmatch(text)
    if parts is None:
        return text
    minus, whole, fraction, scale = parts.groups()
    digits = re.sub(r"\D", "", whole)
    if digits != whole:
        digits = f"{int(digits):,}"
    return (
        ("-" if minus else "")
        + digits
        + (f".{fraction}" if fraction else "")
        + (f" {_SCALES[scale.rstrip('s')]}" if scale else "")
    )


def _chinese_number(text: str) -> str:
    """Return a number as English writes it.

    >>> [_chinese_number(n) for n in ("2015", "3.5万", "120亿", "5000万", "1,200")]
    ['2015', '35,000', '12 billion', '50 million', '1,200']
    >>> [_chinese_number(n) for n in ("四分之三", "二分之一", "20分之7")]
    ['three quarters', 'half', '7/20']
    >>> [_chinese_number(n) for n in ("1300余万", "5至6亿")]
    ['more than 13 million', '500 million to 600 million']
    """
    if len(text) > _LONG:
        return text
    if found := _VAGUE_PARTS.fullmatch(text):
        low, high = (
            _chinese_number(f"{found[end] or 0}{found['scale']}") for end in ("low", "high")
        )
        return f"{low} to {high}" if found["high"] else f"more than {low}"
    if "分之" in text:
        return _write_fraction(*map(_read_small, text.split("分之")))
    scale = text.lstrip("0123456789.,")
    if not scale or set(scale) - set(_FACTORS):
        return text
    value = Decimal(text.removesuffix(scale).replace(",", ""))
    for sign in scale:
        value *= _FACTORS[sign]
    for size, name in _LARGE:
        if value >= size:
            return f"{(value / size).normalize():f} {name}"
    return f"{value.normalize():,f}"


def _read_small(text: str) -> int:
    return int(text) if text.isdecimal() else "〇一二三四五六七八九十".index(text)


def _write_fraction(whole: int, parts: int) -> str:
    """Return a fraction in English; in digits if its parts are smaller than tenths."""
    if parts == 1 and whole == 2:
        return "half"
    if 0 < parts < whole and whole in _PARTS:
        return f"{_CARDINALS[parts]} {_PARTS[whole]}{'s' * (parts > 1)}"
    return f"{parts}/{whole}"


# A number with a sign or word of scale, which models often translate wrong.
_LARGE_AMOUNTS = MappingProxyType(
    {
        "Chinese": re.compile(r"(?<![\d.,])\d+(?:,\d{3})*(?:\.\d+)?[百千万亿萬億]+(?![A-Za-z0-9])"),
        "French": re.compile(
            rf"(?<![\d.,])\d+(?:[\u202f\xa0 .]\d{{3}})*(?:[,.]\d+)?"
            rf"{_GAP}(?:milliers?|millions?|milliards?|billions?)(?!\w)"
        ),
    }
)
_SIMPLER = str.maketrans("萬億", "万亿")
# A thousand or more of a scale: 7,000 billion.
_OVERFULL = re.compile(r"(?<![\d.,])(\d{4,}|\d{1,3}(?:,\d{3})+)(\.\d+)? (million|billion)")


def write_amounts(text: str, language: str) -> str:
    """Return a sentence with its large amounts in English; ``language`` is its English name.

    >>> write_amounts("公司亏损120亿元，裁员3.5万人。", "Chinese")
    '公司亏损12 billion元，裁员35,000人。'
    >>> write_amounts("Il coûte 1,5 milliard d’euros, ou 7 000 milliards en 2024.", "French")
    'Il coûte 1.5 billion d’euros, ou 7 trillion en 2024.'
    """
    pattern = _LARGE_AMOUNTS.get(language)
    if pattern is None:
        return text
    write = _chinese_number if language == "Chinese" else _french_number
    return pattern.sub(lambda m: _OVERFULL.sub(_carry, write(m[0].translate(_SIMPLER))), text)


def _carry(match: re.Match[str]) -> str:
    """Return an amount with the next larger scale."""
    value = Decimal(match[1].replace(",", "") + (match[2] or "")) / 1000
    return f"{value.normalize():,f} {'billion' if match[3] == 'million' else 'trillion'}"
