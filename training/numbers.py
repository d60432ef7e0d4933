"""Synthetic number sentences with exact English, made by rule.

Readers of news must be able to trust amounts, and small models get them wrong.  Each amount is
written as in French or Chinese news (``1,5 milliard``, ``120亿``, ``百分之五``) and as in English
news (``1.5 billion``), inside a short sentence of its own.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Amount = tuple[str, str]

_FRENCH_SCALES = ((10**12, "billion"), (10**9, "milliard"), (10**6, "million"))
_CHINESE_SCALES = (
    (10**12, "万亿"),
    (10**8, "亿"),
    (10**4, "万"),
)
_ENGLISH_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_HAN_DIGITS = "零一二三四五六七八九"

_FRENCH_UNITS = (
    ("d’euros", "euros", "euros"),
    ("de dollars", "dollars", "dollars"),
    ("d’habitants", "habitants", "inhabitants"),
    ("de personnes", "personnes", "people"),
    ("de livres sterling", "livres sterling", "pounds"),
    ("de francs suisses", "francs suisses", "Swiss francs"),
)
_CHINESE_UNITS = (
    ("元", "yuan"),
    ("美元", "dollars"),
    ("欧元", "euros"),
    ("人", "people"),
    ("辆汽车", "cars"),
)
_FRENCH_FRAMES = (
    ("Le groupe prévoit un total de {}.", "The group expects a total of {}."),
    ("Cela représente {} par an.", "That is {} a year."),
    ("On parle de {} au moins.", "At least {} are mentioned."),
    ("Selon le ministère, il s’agit de {}.", "According to the ministry, it is {}."),
    ("Le chiffre est passé à {}", "The figure rose to {}"),
    ("Au total, près de {} en 2023.", "In all, nearly {} in 2023."),
)
_CHINESE_FRAMES = (
    ("总数达到{}。", "The total reached {}."),
    ("据报道，大约有{}。", "Reportedly, there are about {}."),
    ("去年共计{}。", "Last year it was {} in all."),
    ("该公司预计为{}。", "The company expects {}."),
    ("超过{}", "More than {}"),
)


def write_english(value: Decimal) -> str:
    """Write an amount as English news does.

    >>> [write_english(Decimal(n)) for n in ("1.5e9", "35000", "12e9", "700", "1.2e12")]
    ['1.5 billion', '35,000', '12 billion', '700', '1.2 trillion']
    """
    for scale, name in _ENGLISH_SCALES:
        if value >= scale:
            return f"{_plain(value / scale)} {name}"
    return f"{value:,f}" if value == value.to_integral() else _plain(value)


def write_french(value: Decimal, *, space: str = " ") -> tuple[str, bool]:
    """Write an amount as French news does; also return whether its unit takes ``de``.

    >>> write_french(Decimal("1.5e9")), write_french(Decimal("35000")), write_french(Decimal("7e9"))
    (('1,5 milliard', True), ('35 000', False), ('7 milliards', True))
    """
    for scale, name in _FRENCH_SCALES:
        if value >= scale:
            count = value / scale
            plural = "s" if count >= 2 else ""
            return f"{_plain(count).replace('.', ',')} {name}{plural}", True
    return f"{value:,f}".replace(",", space), False


def write_chinese(value: Decimal) -> str:
    """Write an amount as Chinese news does.

    >>> [write_chinese(Decimal(n)) for n in ("12e9", "35000", "1.2e12", "800")]
    ['120亿', '3.5万', '1.2万亿', '800']
    """
    for scale, name in _CHINESE_SCALES:
        if value >= scale:
            return f"{_plain(value / scale)}{name}"
    return _plain(value)


def write_han(number: int) -> str:
    """Write a number from 0 to 99 in Han digits.

    >>> [write_han(n) for n in (5, 10, 12, 20, 95)]
    ['五', '十', '十二', '二十', '九十五']
    """
    tens, ones = divmod(number, 10)
    if not tens:
        return _HAN_DIGITS[ones]
    head = "" if tens == 1 else _HAN_DIGITS[tens]
    return f"{head}十{_HAN_DIGITS[ones] if ones else ''}"


def draw_value(rng: random.Random) -> Decimal:
    """Draw an amount between 100 and 10^13 with at most three significant digits."""
    digits = rng.choice((rng.randint(1, 99), rng.randint(1, 999)))
    value = Decimal(digits).scaleb(rng.randint(2, 10))
    return value.normalize() if value < 10**13 else Decimal(digits)


def _french_amount(rng: random.Random) -> Amount:
    value = draw_value(rng)
    text, takes_de = write_french(value, space=rng.choice((" ", "\u202f", "\u00a0")))
    with_de, plain, english = rng.choice(_FRENCH_UNITS)
    return f"{text} {with_de if takes_de else plain}", f"{write_english(value)} {english}"


def _french_share(rng: random.Random) -> Amount:
    value = Decimal(rng.randint(1, 999)) / 10
    return f"{_plain(value).replace('.', ',')} %", f"{_plain(value)}%"


def _chinese_amount(rng: random.Random) -> Amount:
    value = draw_value(rng)
    unit, english = rng.choice(_CHINESE_UNITS)
    return f"{write_chinese(value)}{unit}", f"{write_english(value)} {english}"


def _chinese_share(rng: random.Random) -> Amount:
    if rng.random() < 0.5:
        number = rng.randint(1, 99)
        return f"百分之{write_han(number)}", f"{number}%"
    value = _plain(Decimal(rng.randint(1, 999)) / 10)
    return f"{value}%", f"{value}%"


def make_pairs(language: str, count: int, rng: random.Random) -> list[tuple[str, str]]:
    """Make ``count`` pairs for ``fr`` or ``zh``; the same random state gives the same pairs.

    >>> import random
    >>> source, english = make_pairs("zh", 1, random.Random(4))[0]
    >>> len(source) > 0 and len(english) > 0
    True
    """
    french = language == "fr"
    frames = _FRENCH_FRAMES if french else _CHINESE_FRAMES
    makers: tuple[Callable[[random.Random], Amount], ...] = (
        (_french_amount, _french_amount, _french_share)
        if french
        else (_chinese_amount, _chinese_amount, _chinese_share)
    )
    pairs = []
    for _ in range(count):
        source_frame, english_frame = rng.choice(frames)
        source, english = rng.choice(makers)(rng)
        pairs.append((source_frame.format(source), english_frame.format(english)))
    return pairs


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
