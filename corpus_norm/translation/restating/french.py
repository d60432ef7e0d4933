"""French: months and hours in full, numbers of more than one word in digits."""

from __future__ import annotations

import re
from types import MappingProxyType

from corpus_norm.languages.french import FRENCH
from corpus_norm.languages.record import words

_GAP = "[ \u00a0\u202f]"
_LINK = "[- \u00a0\u2010\u2011]"
_NOT_INSIDE = r"(?<![\w\-])"
_ENDS = rf"(?![\w]|-(?!{_GAP})\w)"

# --- months --------------------------------------------------------------------------------------

_MONTHS = MappingProxyType(
    {
        "janv": "janvier",
        "jan": "janvier",
        "févr": "février",
        "fevr": "février",
        "fév": "février",
        "fev": "février",
        "avr": "avril",
        "juill": "juillet",
        "juil": "juillet",
        "sept": "septembre",
        "sep": "septembre",
        "oct": "octobre",
        "nov": "novembre",
        "déc": "décembre",
        "dec": "décembre",
    }
)
_SHORT = "|".join(_MONTHS)
_FULL = "|".join(
    sorted(filter(str.isalpha, FRENCH.numbers.months), key=lambda word: (-len(word), word))
)
_DAY = rf"(?<![\d.,])(?:[12]?\d|3[01]|1er|premier)(?:{_GAP}|-)?"
_YEAR = rf"(?:{_GAP}|-)?(?:(?:1[5-9]|20)\d\d(?!\d)|['’]\d\d(?!\d))"
_MONTH = re.compile(
    rf"(?P<day>{_DAY})(?P<a>{_SHORT})\b(?:\.?-(?={_YEAR})|\.)?"
    rf"|(?<!\w)(?P<b>{_SHORT})(?:\.?-(?={_YEAR})|\.?(?={_YEAR}))"
    rf"|(?P<near>{_NOT_INSIDE}(?:mi|fin|début|courant|depuis|en|dès|d['’]ici|mois{_GAP}de)"
    rf"(?:{_GAP}|-))(?P<c>{_SHORT})\."
    rf"|{_NOT_INSIDE}(?P<d>{_SHORT})\.(?=,|{_GAP}?[\-–/)]|{_GAP}(?:et|à|au|ou){_GAP}(?:{_FULL}))"
    rf"|{_NOT_INSIDE}(?P<e>{_SHORT})\.(?={_GAP}(?-i:[a-zà-ÿ]))"
    rf"|{_NOT_INSIDE}(?P<f>janv|févr?|avr|juill?|oct|nov|déc)\.(?={_GAP}?(?:(?-i:[a-zà-ÿ])|[:;(]|$))",
    re.IGNORECASE,
)
# At the end, or where a small word begins another sentence; a name does not.
_BEGINS = "|".join(sorted(word.capitalize() for word in FRENCH.stopwords))
_ENDS_SENTENCE = re.compile(rf"\s*[»”\"’')\]]*\s*(?:$|(?<=\s)(?:{_BEGINS})\b)")

# --- numbers -------------------------------------------------------------------------------------

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
_WORDS = re.compile(
    rf"{_NOT_INSIDE}(?P<number>{_NUMBER}){_ENDS}(?P<half>{_GAP}et{_GAP}demie?\b)?", re.IGNORECASE
)
_WHOLE = re.compile(_NUMBER, re.IGNORECASE)
_ALONE = re.compile(rf"(?:{_SWISS})", re.IGNORECASE)
_ONE_SCALE = re.compile(rf"une?{_LINK}\w+", re.IGNORECASE)
_VALUES = {word: int(value) for word, value in FRENCH.numbers.words.items()}
_SCALES = {word: int(value) for word, value in FRENCH.numbers.scales.items() if len(word) > 3}
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
_ORDINAL = re.compile(
    rf"{_NOT_INSIDE}(?P<head>(?:(?:{_ANY_WORD}){_LINK}(?:et{_LINK})?){{1,14}})"
    rf"(?P<last>{'|'.join(sorted(_ORDINALS, key=lambda w: (-len(w), w)))}){_ENDS}",
    re.IGNORECASE,
)
_ABOUT = MappingProxyType(
    {
        "dizaine": "10",
        "quinzaine": "15",
        "vingtaine": "20",
        "trentaine": "30",
        "quarantaine": "40",
        "cinquantaine": "50",
        "soixantaine": "60",
        "centaine": "100",
        "millier": "1\u202f000",
    }
)
_NAMES = frozenset({"quinzaine", "quarantaine", "millier"})
_SOME = re.compile(
    rf"(?P<near>\b(?:environ|quelque|près{_GAP}d['’]|à peu près|presque|plus{_GAP}d['’]|"
    rf"moins{_GAP}d['’]){_GAP}?)?\bune?{_GAP}(?:(?:petite|bonne|grosse){_GAP})?"
    rf"(?P<word>{'|'.join(_ABOUT)})(?:{_GAP}de{_GAP}(?!\d)"
    rf"|{_GAP}d['’](?!entre\b)|(?={_GAP}d['’]entre\b)|(?=[.,;:!?)]))",
    re.IGNORECASE,
)

# --- hours ---------------------------------------------------------------------------------------

_STOPPED = re.compile(rf"(?<![\d.,])(\d{{1,2}}){_GAP}?[hH]\.?{_GAP}?(\d\d)(?![\d%])")
_PARTS = MappingProxyType(
    {
        "et quart": 15,
        "quinze": 15,
        "vingt": 20,
        "et demie": 30,
        "et demi": 30,
        "trente": 30,
        "quarante": 40,
        "moins le quart": -15,
        "moins dix": -10,
        "moins vingt": -20,
        "moins cinq": -5,
    }
)
_AT = rf"(?:à|vers|dès|jusqu['’]à|avant|après|depuis|il{_GAP}(?:est|était))"
_HOUR = re.compile(
    rf"(?P<at>\b{_AT}{_GAP})(?:(?P<hour>\d{{1,2}}|{_ANY_WORD}){_GAP}heures?|(?P<twelve>midi|minuit))"
    rf"{_GAP}(?P<part>{'|'.join(_PARTS)}|\d\d){_ENDS}",
    re.IGNORECASE,
)
_DAY_HOURS = 24
_HUNDRED, _MILLION, _MILLIARD = 100, 10**6, 10**9


# --- elisions ------------------------------------------------------------------------------------

_FULL_WORDS = MappingProxyType(
    {
        "de l": "du",
        "à l": "au",
        "l": "le",
        "d": "de",
        "qu": "que",
        "lorsqu": "lorsque",
        "puisqu": "puisque",
        "quoiqu": "quoique",
    }
)
_ELIDED = re.compile(
    rf"(?<![\w'’])(?P<word>(?i:{'|'.join(_FULL_WORDS)}))['’](?P<name>[A-Z][A-Z0-9&]+)(?![\w.])"
)


_DAY_IN_WORDS = re.compile(
    rf"{_NOT_INSIDE}(?P<day>{_DIGIT}|{_TEENS}|dix|vingt|trente)(?={_GAP}(?:{_FULL})\b)",
    re.IGNORECASE,
)
_WEEKDAYS = MappingProxyType({day[:3]: day for day in FRENCH.numbers.weekdays})
_WEEKDAY = re.compile(
    rf"{_NOT_INSIDE}(?P<day>{'|'.join(_WEEKDAYS)})\.(?={_GAP}(?:[12]?\d|3[01]|1er)\b)",
    re.IGNORECASE,
)


def restate_french(text: str) -> str:
    """Months in full, numbers of more than one word and hours in digits.

    >>> restate_french("Le 14 sept. 2026, quatre-vingt-dix-sept élus étaient là à 9 h. 30.")
    'Le 14 septembre 2026, 97 élus étaient là à 9 h 30.'
    >>> restate_french("Ils étaient sept. Une vingtaine de pages, le vingt et unième siècle.")
    'Ils étaient sept. Environ 20 pages, le 21e siècle.'
    """
    text = _WEEKDAY.sub(lambda m: _WEEKDAYS[m["day"].lower()], text)
    text = _MONTH.sub(_month, text)
    text = _SOME.sub(_about, text)
    text = _ORDINAL.sub(_ordinal, text)
    text = _WORDS.sub(_number, text)
    text = _DAY_IN_WORDS.sub(lambda m: str(_read(m["day"])), text)
    text = _HOUR.sub(_hour, text)
    text = _ELIDED.sub(_write_out, text)
    return _STOPPED.sub(r"\1 h \2", text)


def _write_out(match: re.Match[str]) -> str:
    """An acronym keeps apart from what the apostrophe joined it to."""
    if match["name"] in FRENCH.acronyms:
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
    # The fortnight and the quarantine have the same names.
    if not match[0].endswith((" ", "'", "’")) and match["word"].lower() in _NAMES:
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
    # "un million" is as often "one of a million"; "un mille marin" is no thousand.
    return match[0] if _ONE_SCALE.fullmatch(match[0]) else _write(_read(match["number"]))


def _read(written: str) -> int:
    """The value of a number in words, which follow each other as they should."""
    total = current = 0
    for word in re.split(_LINK, written.lower()):
        if word == "et":
            continue
        scale = _SCALES.get(word)
        if scale is None:
            value = _VALUES[word]
            current += 76 if value == 20 and current % 100 == 4 else value
        elif scale == _HUNDRED:
            current = max(current, 1) * 100
        else:
            total, current = total + max(current, 1) * scale, 0
    return total + current


def _write(value: int) -> str:
    r"""A number as French writes it in digits.

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
    hour = {"midi": 12, "minuit": 0}.get((match["twelve"] or "").lower())
    if hour is None:
        hour = int(match["hour"]) if match["hour"].isdigit() else _VALUES.get(match["hour"].lower())
    part = match["part"].lower()
    minutes = int(part) if part.isdigit() else _PARTS[re.sub(_GAP, " ", part)]
    if hour is None or hour > _DAY_HOURS:
        return match[0]
    total = (hour * 60 + minutes) % (_DAY_HOURS * 60)
    return f"{match['at']}{total // 60} h {total % 60:02}"
