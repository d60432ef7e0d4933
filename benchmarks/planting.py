"""One fault planted in right English: a digit, a name, a denial, a part of the sentence.

Used by ``python -m benchmarks.faithfulness --planted``.  The choices depend on a seed alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Plant = Callable[[str, random.Random], str | None]

_NUMERAL = re.compile(r"\d[\d,.]*\d|\d")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})\b")
_SCALES = {"million": "billion", "billion": "million", "thousand": "million"}
_CURRENCIES = (("$", "€"), ("dollars", "euros"), ("euros", "dollars"), ("yuan", "dollars"))
_DENIAL = re.compile(r"(?<=\w)n['’]t\b| not\b")
_DENIED = re.compile(r"\b(not|no|never|without|nor|none|nothing)\b|n['’]t")
_AUXILIARY = re.compile(r"\b(is|are|was|were|will|can|has|have|had|would|could|should)\b")
_OPPOSITES = (
    *(("increase", "decrease"), ("increased", "decreased"), ("rise", "fall"), ("rose", "fell")),
    *(("before", "after"), ("more", "less"), ("higher", "lower"), ("won", "lost"), ("win", "lose")),
    *(("up", "down"), ("first", "last"), ("north", "south"), ("east", "west"), ("buy", "sell")),
    ("best", "worst"),
)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}(?: [A-Z][a-z]+)*")
_NAMES = ("Robert Palmer", "Margate", "Slovenia", "Hendricks", "Toyota")
_CLAUSE = ", and the minister later resigned over the affair in a televised speech."


def change_digit(text: str, draw: random.Random) -> str | None:
    """Change one digit of a numeral."""
    places = list(_NUMERAL.finditer(text))
    if not places:
        return None
    place = draw.choice(places)
    at = draw.choice([i for i in range(*place.span()) if text[i].isdigit()])
    return text[:at] + draw.choice([d for d in "123456789" if d != text[at]]) + text[at + 1 :]


def drop_number(text: str, draw: random.Random) -> str | None:
    """Replace a numeral with ``some``."""
    return _replace(text, list(_NUMERAL.finditer(text)), ("some",), draw)


def change_scale(text: str, _draw: random.Random) -> str | None:
    """Say billion for million, and the like."""
    for word, other in _SCALES.items():
        if re.search(rf"\b{word}\b", text):
            return re.sub(rf"\b{word}\b", other, text, count=1)
    return None


def drop_percent(text: str, _draw: random.Random) -> str | None:
    """Drop a percent sign."""
    return re.sub(r"(\d)\s?(%|per ?cent)", r"\1", text, count=1)


def change_currency(text: str, _draw: random.Random) -> str | None:
    """Change a currency."""
    for word, other in _CURRENCIES:
        pattern = re.escape(word) if word == "$" else rf"\b{word}\b"
        if re.search(pattern, text):
            return re.sub(pattern, other, text, count=1)
    return None


def change_month(text: str, draw: random.Random) -> str | None:
    """Change a month."""
    return _replace(text, list(_MONTH.finditer(text)), _MONTHS, draw)


def drop_denial(text: str, _draw: random.Random) -> str | None:
    """Drop every ``not``."""
    return _DENIAL.sub("", text)


def add_denial(text: str, _draw: random.Random) -> str | None:
    """Add a ``not`` to a sentence that denies nothing."""
    return None if _DENIED.search(text) else _AUXILIARY.sub(r"\1 not", text, count=1)


def say_opposite(text: str, _draw: random.Random) -> str | None:
    """Replace a word with its opposite."""
    for pair in _OPPOSITES:
        for word, other in (pair, pair[::-1]):
            if re.search(rf"\b{word}\b", text):
                return re.sub(rf"\b{word}\b", other, text, count=1)
    return None


def swap_name(text: str, draw: random.Random) -> str | None:
    """Replace a name with another."""
    return _replace(text, _names(text), _NAMES, draw)


def drop_name(text: str, draw: random.Random) -> str | None:
    """Replace a name with ``it``."""
    return _replace(text, _names(text), ("it",), draw)


def drop_half(text: str, _draw: random.Random) -> str | None:
    """Keep only what comes before a comma."""
    at = text.find(", ", len(text) // 4)
    return f"{text[:at]}." if 0 < at < len(text) * 0.6 else None


def add_clause(text: str, _draw: random.Random) -> str | None:
    """Add a clause that the original does not have."""
    return text.rstrip(".") + _CLAUSE


def loop(text: str, _draw: random.Random) -> str | None:
    """Say three words over and over."""
    words = text.split()
    return " ".join(words[:6] + words[3:6] * 4) if len(words) >= 8 else None


def _names(text: str) -> list[re.Match[str]]:
    return [match for match in _NAME.finditer(text) if match[0] not in _MONTHS]


def _replace(
    text: str, places: list[re.Match[str]], others: tuple[str, ...], draw: random.Random
) -> str | None:
    if not places:
        return None
    place = draw.choice(places)
    other = draw.choice([each for each in others if each != place[0]])
    return text[: place.start()] + other + text[place.end() :]


FAULTS: dict[str, tuple[int, Plant]] = {
    "digit changed": (95, change_digit),
    "number dropped": (90, drop_number),
    "scale changed": (98, change_scale),
    "percent sign dropped": (85, drop_percent),
    "currency changed": (85, change_currency),
    "month changed": (85, change_month),
    "denial dropped": (75, drop_denial),
    "denial added": (75, add_denial),
    "opposite": (40, say_opposite),
    "name replaced": (75, swap_name),
    "name dropped": (60, drop_name),
    "half dropped": (80, drop_half),
    "clause added": (80, add_clause),
    "loop": (99, loop),
}
"""The share in percent that the audit aims to flag, and the function that plants the fault."""
OTHER_SENTENCE = 98
"""The aim for the English of another sentence."""
