"""Read numbers in languages with spaces: numerals (``1 234,5``, ``1,234.5``) and number words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from corpus_norm.audit.amounts import Amount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.languages.record import NumberStyle

_SPACES = "\u0020\u00a0\u2009\u202f'’"
NUMERAL = (
    rf"(?:\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    r"(?:\s?[½¼¾⅓⅔])?|[½¼¾⅓⅔]"
)
"""A pattern for numerals; a group of digits may be set off by a space or an apostrophe."""

_VULGAR = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3)}
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
LONGEST = 60
"""A longer numeral, in characters, is an identifier or noise and is not read."""


def read_numeral(text: str, style: NumberStyle) -> tuple[Fraction, ...]:
    """Return all values of a numeral, the likeliest first.

    Return none if it is not a single number (``1.2.3``) or is too long.

    >>> from corpus_norm.languages import get_language
    >>> french, english = get_language("fr").numbers, get_language("en").numbers
    >>> [str(v) for v in read_numeral("1 234,5", french)]
    ['2469/2']
    >>> [str(v) for v in read_numeral("1,234", english)]
    ['1234']
    >>> [str(v) for v in read_numeral("2.750", french)]
    ['2750', '11/4']
    """
    if len(text) > LONGEST:
        return ()
    text = re.sub(rf"[{_SPACES}]", "", text).strip()
    extra = Fraction(0)
    if text[-1] in _VULGAR:
        extra, text = Fraction(*_VULGAR[text[-1]]), text[:-1]
    return tuple(value + extra for value in _read(text or "0", style))


def read_parts(numeral: str) -> tuple[Fraction, ...]:
    """Return the numbers of a numeral that is not a single number; none if it is too long.

    >>> [int(number) for number in read_parts("1.2.3")]
    [1, 2, 3]
    """
    return tuple(map(Fraction, re.findall(r"\d+", numeral))) if len(numeral) <= LONGEST else ()


def _read(text: str, style: NumberStyle) -> tuple[Fraction, ...]:
    marks = [char for char in text if not char.isdigit()]
    if not marks:
        return (Fraction(text),)
    whole, _, rest = text.rpartition(marks[-1])
    as_decimal = Fraction(f"{re.sub('[.,]', '', whole)}.{rest}")
    if len(set(marks)) == 2:
        return (as_decimal,) if marks.count(marks[-1]) == 1 else ()
    grouped = _GROUPED.fullmatch(text) is not None
    as_group = (Fraction(re.sub("[.,]", "", text)),) if grouped and text[0] != "0" else ()
    if len(marks) > 1:
        return as_group
    if marks[0] == style.decimal and rest == "000" and as_group:
        return as_group  # 57,000 is not a decimal in any language
    if marks[0] == style.decimal or not as_group:
        return (as_decimal,)
    return (*as_group, as_decimal) if style.loose_group else as_group


_TOKEN = re.compile(
    rf"(?P<word>[^\W\d_½¼¾⅓⅔][^\W\d_]*)|(?P<numeral>{NUMERAL})(?P<suffix>[^\W\d_]*)"
)
# Roman numerals from I to XXXIX.
_ROMAN = re.compile(r"(?=[IVX])(X{0,3}(?:IX|IV|V?I{0,3}))")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}


class Token(NamedTuple):
    """A word, or a numeral with the letters right after it, in lower case."""

    start: int
    end: int
    word: str
    numeral: str = ""
    suffix: str = ""


def tokenize(text: str, style: NumberStyle) -> list[Token]:
    """Return the tokens of a text, without idioms that only look like numbers.

    >>> from corpus_norm.languages import get_language
    >>> [t.word or t.numeral + t.suffix for t in tokenize("20M for X", get_language("en").numbers)]
    ['20m', 'for', 'x']
    """
    return [
        Token(*m.span(), word.lower(), numeral, suffix.lower())
        for m in _TOKEN.finditer(_blank_idioms(text, style))
        for word, numeral, suffix in [m.groups("")]
    ]


def split_roman(word: str) -> tuple[str, str]:
    """Split a word into the Roman numeral it starts with, up to 39, and the rest.

    >>> split_roman("XIXe"), split_roman("Paris")
    (('XIX', 'e'), ('', 'Paris'))
    """
    match = _ROMAN.match(word)
    numeral = match[1] if match else ""
    return numeral, word[len(numeral) :]


def read_roman(numeral: str) -> int:
    """Return the value of a Roman numeral.

    >>> read_roman("XIX")
    19
    """
    digits = [_ROMAN_DIGITS[char] for char in numeral]
    return sum(-a if a < b else a for a, b in pairwise([*digits, 0]))


def _blank_idioms(text: str, style: NumberStyle) -> str:
    """Replace with spaces the idioms that contain a number word but are not numbers."""
    if not style.idioms:
        return text
    return _idioms(style).sub(lambda m: " " * len(m[0]), text)


@lru_cache(maxsize=8)
def _idioms(style: NumberStyle) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, style.idioms))})\b", re.IGNORECASE)


@lru_cache(maxsize=8)
def _openers(style: NumberStyle) -> frozenset[str]:
    """Return the words that a number may begin with, but for Roman numerals."""
    return frozenset().union(style.fractions, style.vague, style.words, style.scales, style.others)


_GLUE = re.compile(r"\s?[-‐‑]?\s?")
# The text before the numeral of a name: a letter, # or a word with a capital and a separator: GPT-.
_CODE_BEFORE = re.compile(r"(?:[^\W\d_]|[^\W_]*[A-Z][^\W_]*[-+/.]|#)$")
_HALF = Fraction(1, 2)
_THOUSAND = Fraction(1000)
_HUNDRED = Fraction(100)
_LARGEST = Fraction(10**30)
"""The largest value that a scale word still multiplies; beyond it the text is no amount."""


@dataclass(slots=True)
class _Number:
    """A number being read: the token after it, its values so far and its properties."""

    end: int
    values: tuple[Fraction, ...]
    firm: bool = True
    vague: bool = False
    scale: Fraction = Fraction(1)
    unit: str = ""


def find_numbers(text: str, style: NumberStyle) -> list[Amount]:
    """Return the numbers of a text, without units, dates and times.

    >>> from corpus_norm.languages import get_language
    >>> found = find_numbers("two hundred and five, half a million", get_language("en").numbers)
    >>> [(n.text, int(n.value)) for n in found if n.firm]
    [('two hundred and five', 205), ('half a million', 500000)]
    """
    tokens = tokenize(text, style)
    reader, openers = _Reader(text, tokens, style), _openers(style)
    found = []
    i = 0
    while i < len(tokens):
        word = tokens[i].word
        number = reader.read(i) if not word or word in openers or word[0] in "ivx" else None
        if number is None or not number.values:
            i = number.end if number else i + 1
            continue
        start, end = tokens[i].start, tokens[number.end - 1].end
        found.append(
            Amount(
                text[start:end],
                start,
                end,
                number.values,
                units=frozenset({number.unit} if number.unit else ()),
                firm=number.firm,
                vague=number.vague,
                scale=number.scale,
            )
        )
        i = number.end
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    tokens: Sequence[Token]
    style: NumberStyle

    def read(self, i: int) -> _Number | None:
        """Return the number that starts at a token, if any."""
        token, style = self.tokens[i], self.style
        if token.numeral:
            return self._read_numeral(i)
        if token.word in style.fractions and (number := self._read_part(i)):
            return number
        if token.word in style.vague or self._is_vague_scale(i):
            return self._read_vague(i)
        if token.word in style.words or (token.word in style.scales and len(token.word) > 3):
            is_unit = token.word in style.units and i and self.tokens[i - 1].numeral
            return None if is_unit else self._read_words(i)  # "8 cents" is money, not 8 and 100
        if token.word in style.others:
            values = style.others[token.word]
            firm = values[0] >= 3 and token.word not in style.loose
            return self._add_half(_Number(i + 1, values, firm=firm))
        return self._read_roman(i)

    def _read_roman(self, i: int) -> _Number | None:
        """Read a Roman numeral: ``XIXe`` and ``XIX e`` are firm, ``Louis XIV`` is not."""
        written = self.text[self.tokens[i].start : self.tokens[i].end]
        roman, mark = split_roman(written)
        if not roman:
            return None
        end = i + 1
        if not mark and self._word(end) in self.style.ordinal_marks:
            mark, end = self._word(end), end + 1
        if mark not in self.style.ordinal_marks | {""} or (roman == "I" and mark != "er"):
            return None
        if len(roman) == 1 and not mark and not self._is_after_name(i):
            return None
        return _Number(end, (Fraction(read_roman(roman)),), firm=bool(mark))

    def _is_after_name(self, i: int) -> bool:
        """Return whether a letter follows a capitalised word, like the numeral in ``Felipe V``."""
        return bool(i and self.text[self.tokens[i - 1].start].isupper() and self._word(i))

    def _read_numeral(self, i: int) -> _Number:
        token, style = self.tokens[i], self.style
        values = read_numeral(token.numeral, style)
        before = self.text[max(0, token.start - 24) : token.start]
        known = {"", "s"} | style.ordinal_marks
        suffix = token.suffix
        if values and suffix in style.scales:
            scale = style.scales[suffix]
            scaled = tuple(v * scale for v in values)
            return self._go_on(_Number(i + 1, scaled + values * (len(suffix) == 1), scale=scale))
        if suffix in style.units:
            return _Number(i + 1, values, unit=style.units[suffix], firm=bool(values))
        if not values or suffix not in known or self._is_code(before):
            return _Number(i + 1, values or read_parts(token.numeral), firm=False)
        if suffix == "s" or self.text[token.start - 1 : token.start] in {"'", "’"}:
            values = tuple(dict.fromkeys((*values, values[0] % 100, 1900 + values[0] % 100)))
        if suffix:
            return _Number(i + 1, values, firm=values[0] > 2)
        return self._go_on(_Number(i + 1, values))

    def _is_code(self, before: str) -> bool:
        """Return whether a numeral belongs to a name (``GPT-4``), not to a currency (``RMB3``)."""
        word = re.search(r"[^\W\d_]*$", before)
        if word and word[0].lower() in self.style.currencies:
            return False
        return _CODE_BEFORE.search(before) is not None

    def _read_words(self, i: int) -> _Number:
        """Read cardinal words: those below a hundred add up, those from a hundred multiply."""
        style = self.style
        total = current = Fraction(0)
        scale = Fraction(1)
        j = i
        while j < len(self.tokens):
            k = self._skip_joiner(j) if j > i else j
            if k is None:
                break
            word = self.tokens[k].word
            if word in style.words:
                added = _add(current, style.words[word], first=j == i)
                if added is None:
                    break
                current = added
            elif word in style.scales and len(word) > 3 and k == j:
                scale = style.scales[word]
                if max(total, current) > _LARGEST:
                    break
                if scale == _HUNDRED:
                    current = max(current, Fraction(1)) * 100
                elif total and scale > total:
                    total, current = (total + current) * scale, Fraction(0)
                else:
                    total, current = total + max(current, Fraction(1)) * scale, Fraction(0)
            else:
                break
            j = k + 1
        value = total + current
        end, value = self._read_decimals(j, value)
        number = _Number(end, (value,), scale=scale)
        single = j == i + 1
        number.firm = value > 2 and not (single and self.tokens[i].word in style.loose)
        number.firm |= end > j
        return self._go_on(number)

    def _read_decimals(self, j: int, value: Fraction) -> tuple[int, Fraction]:
        """Read decimals in words: ``two point five``, ``zéro virgule cinq``.

        In French, also ``virgule vingt-cinq``.  Return the token after the decimals, and the value.
        """
        style = self.style
        if self._word(j) != ("virgule" if style.decimal == "," else "point"):
            return j, value
        digits, current = "", Fraction(0)
        end = j + 1
        while (word := self._word(end)) in style.words:
            step = style.words[word]
            if step == 0 or (style.decimal == "." and step < 10):
                digits += str(step)
            else:
                added = _add(current, step, first=not current)
                if added is None or style.decimal == ".":
                    break
                current = added
            end += 1
        digits += str(current) if current else ""
        return (end, value + Fraction(f"0.{digits}")) if digits else (j, value)

    def _read_ordinal(self, number: _Number) -> _Number | None:
        """Read a French ordinal after a number: ``vingt et unième``, ``quatre-vingt-dixième``."""
        j = number.end + (self._word(number.end) in self.style.joiners)
        word = self._word(j)
        if not word.endswith("ième") or word not in self.style.others:
            return None
        if j == number.end and "-" not in self._gap_words(j):
            return None
        value = _add(number.values[0], self.style.others[word][0], first=False)
        return None if value is None else replace(number, end=j + 1, values=(value,), firm=True)

    def _go_on(self, number: _Number) -> _Number:
        """Add the words that follow a number: a half, an ordinal, a fraction, a scale."""
        style = self.style
        number = self._add_half(number)
        if number.values[0] < 100 and (with_ordinal := self._read_ordinal(number)):
            return with_ordinal
        word = self._word(number.end)
        value = number.values[0]
        if word in style.others and 20 <= value < 100 and value % 10 == 0:
            ordinal = style.others[word][0]
            if 1 <= ordinal < 10 and "-" in self._gap_words(number.end):
                return replace(number, end=number.end + 1, values=(value + ordinal,))
        is_part = word.endswith("s") or value == 1  # "10 third prizes" are not ten thirds
        if word in style.fractions and value.denominator == 1 and value < 100 and is_part:
            part = style.fractions[word]
            whole = (value,) if part == Fraction(1, 4) else ()
            values = (value * part, *whole)
            if whole and value in {2, 4}:  # two quarters of a year rather than a half
                values = values[::-1]
            number = replace(number, end=number.end + 1, values=values, firm=True)
            if dozen := self._whole_at(number.end):  # une demi-douzaine
                number.values = tuple(v * dozen for v in number.values)
                number.end += 1
        while number.scale < _LARGEST and (scale := self._scale_at(number.end)):
            number.values = tuple(v * scale for v in number.values)
            number.scale *= scale
            number.end, number.firm = number.end + 1, True
            if (end := self._skip_half(number.end)) is not None:
                number.values = tuple(v + _HALF * scale for v in number.values)
                number.end = end
        return number

    def _add_half(self, number: _Number) -> _Number:
        """Add a half after a number: ``two and a half``, ``a year and a half``."""
        unit = self.style.units.get(self._word(number.end), "")
        end = self._skip_half(number.end + bool(unit))
        if end is None:
            return number
        values = tuple(v + _HALF * number.scale for v in number.values)
        return replace(number, end=end, values=values, firm=True, unit=unit or number.unit)

    def _scale_at(self, j: int) -> Fraction | None:
        """Return the scale that multiplies the number before it; ``46 cents`` are not 4,600."""
        word = self._word(j)
        scale = self.style.scales.get(word) or self.style.vague.get(word)
        after_digits = j > 0 and bool(self.tokens[j - 1].numeral)
        if not scale or not self._scales(j, word) or (scale <= _HUNDRED and after_digits):
            return None
        return scale if scale >= _HUNDRED else None

    def _scales(self, j: int, word: str) -> bool:
        """Return whether a scale word multiplies the numeral before it; not in ``5 m`` of cable."""
        if len(word) > 3:
            return True
        end = self.tokens[j].end
        after = self.text[end : end + 8].lstrip(" \u00a0\u202f")[:1]
        first = self.tokens[j - 1].start
        before = self.text[max(0, first - 2) : first]
        return bool(word != "b" and len(word) > 1) or bool(
            any(char in "€$£¥" for char in after + before)
        )

    def _read_part(self, i: int) -> _Number | None:
        """Read a fraction of a scale or of a number.

        Such are ``half a million``, ``un demi-million``, ``a quarter of a million``.
        """
        style = self.style
        part = style.fractions[self.tokens[i].word]
        j = i + 1
        if self._word(j) == "of" and self._word(j + 1) in style.articles:
            j += 2
        while self._word(j) in style.articles:
            j += 1
        word = self._word(j)
        if word in style.scales and len(word) > 3:
            scale = style.scales[word]
            return _Number(j + 1, (part * scale,), scale=scale)
        if dozen := self._whole_at(j):
            return _Number(j + 1, (part * dozen,))
        return None

    def _whole_at(self, j: int) -> Fraction | None:
        """Return the number that a fraction divides: 12 in ``half a dozen``."""
        word = self._word(j)
        whole = self.style.others.get(word, (Fraction(0),))[0]
        is_one = whole >= 10 and not word.endswith("s") and word not in self.style.units
        return whole if is_one and not word.endswith(("th", "ième")) else None

    def _is_vague_scale(self, i: int) -> bool:
        """Return whether a scale word is only an order of magnitude.

        It is in ``several million``, ``plusieurs centaines``, ``millions of``, ``des milliards``.
        """
        word = self.tokens[i].word
        if word not in self.style.scales or len(word) <= 3 or self.style.scales[word] < _HUNDRED:
            return False
        if i and self.tokens[i - 1].word in self.style.before:
            return self._word(i + 1) not in self.style.words  # les cent cinquante
        return word.endswith("s") and self.style.scales[word] > _THOUSAND

    def _read_vague(self, i: int) -> _Number:
        """Read orders of magnitude, which multiply: ``tens of thousands``."""
        style = self.style
        value = Fraction(1)
        j = i
        while j < len(self.tokens):
            word = self.tokens[j].word
            step = style.vague.get(word) or (style.scales.get(word) if len(word) > 3 else None)
            if step is None:
                break
            if j > i and not re.fullmatch(
                r"[\s-]{0,4}(?:of|de|d['’])?\s{0,4}", self._gap_words(j), re.IGNORECASE
            ):
                break
            if value > _LARGEST:
                break
            value *= step
            j += 1
            if self._word(j) in {"of", "de", "d"} and (
                self._word(j + 1) in style.vague or self._word(j + 1) in style.scales
            ):
                j += 1
        return _Number(j, (value,), firm=False, vague=True, scale=value)

    def _gap_words(self, j: int) -> str:
        return self.text[self.tokens[j - 1].end : self.tokens[j].start]

    def _word(self, j: int) -> str:
        """Return the word at a token if only a space or hyphen separates it from the one before."""
        if 0 < j < len(self.tokens) and _GLUE.fullmatch(self._gap_words(j)):
            return self.tokens[j].word
        return ""

    def _skip_joiner(self, j: int) -> int | None:
        """Skip an ``and`` inside a number: ``vingt et un``, ``two hundred and five``."""
        style = self.style
        word = self._word(j)
        if not word or word not in style.joiners:
            return j if word else None
        previous, following = self.tokens[j - 1].word, self._word(j + 1)
        if following not in style.words:
            return None
        if style.joined:
            return j + 1 if previous in style.words and following in style.joined else None
        if previous not in style.scales:
            return None
        later = next((w for k in (j + 2, j + 3) if (w := self._word(k)) not in style.words), "")
        # "three million and five million" are two numbers, "two hundred and fifty thousand" is one.
        is_two = style.scales.get(later, 0) >= style.scales[previous] > _HUNDRED
        return None if is_two else j + 1

    def _skip_half(self, j: int) -> int | None:
        """Skip ``and a half`` or ``et demi``; return None if there is none."""
        style = self.style
        if self._word(j) not in style.joiners:
            return None
        j += 1
        if self._word(j) in style.articles:
            j += 1
        return j + 1 if style.fractions.get(self._word(j)) == _HALF else None


def _add(current: Fraction, value: Fraction, *, first: bool) -> Fraction | None:
    """Add a number word to a number, or return None if they do not fit together.

    ``twenty`` and ``five`` make 25, ``quatre`` and ``vingts`` 80; ``two`` and ``five`` do not fit.
    """
    if first or not current:
        return value
    below = current % 100
    if value == 20 and below == 4:
        return current + 76
    if value < 10:
        fits = below % 10 == 0 and (below >= 20 or below == 0 or value >= 7)  # dix-sept
    elif value < 20:
        fits = below in {0, 60, 80}
    else:
        fits = below == 0
    return current + value if fits and value else None
