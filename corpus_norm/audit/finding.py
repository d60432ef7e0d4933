"""Find all amounts and dates in a text, and tell which amounts are negative."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus_norm.audit.amounts import alternatives, attach_units, is_money
from corpus_norm.audit.conventions import (
    find_eras,
    find_fractions,
    find_periods,
    find_shares,
    find_sums,
)
from corpus_norm.audit.dates import (
    find_han_dates,
    find_han_times,
    find_numeric_dates,
    find_times,
    find_weekdays,
    join_dates,
)
from corpus_norm.audit.han_numbers import FULL_WIDTH, find_han_numbers
from corpus_norm.audit.spaced_numbers import find_numbers
from corpus_norm.labels import AmountKind
from corpus_norm.languages import any_of, get_language
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from corpus_norm.audit.amounts import Amount
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
