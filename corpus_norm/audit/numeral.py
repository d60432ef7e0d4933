"""The value of a numeral, as the marks of its language have it: ``1 234,5`` or ``1,234.5``."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus_norm.languages.numerals import NumberStyle

_SPACES = "\u0020\u00a0\u2009\u202f'’"
NUMERAL = (
    rf"(?:\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    r"(?:\s?[½¼¾⅓⅔])?|[½¼¾⅓⅔]"
)
"""A pattern for numerals; a group of digits may be set off by a space or an apostrophe."""

_VULGAR = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3)}
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
LONGEST = 60
"""A numeral of more characters is an identifier or noise, and read by nobody."""


def read_numeral(text: str, style: NumberStyle) -> tuple[Fraction, ...]:
    """All values of a numeral, the likeliest first; none when it is no single number.

    ``1.2.3`` is none, nor is one that is too long.

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
    """The numbers in what is no single one; none of what is too long.

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
        return as_group  # 57,000 is no decimal number in any language
    if marks[0] == style.decimal or not as_group:
        return (as_decimal,)
    return (*as_group, as_decimal) if style.loose_group else as_group
