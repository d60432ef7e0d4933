"""Faults planted in right English, of the kinds that the audit has a flag for.

Every function takes the English words of a sentence, a random generator and the texts of other
sentences, and returns the faulty text, or None where the fault is impossible.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus_norm.audit.lexicon import english_table
from corpus_norm.labels import Flag

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    Plant = Callable[[str, random.Random, Sequence[str]], str | None]

_DENIAL = re.compile(r"(?<=\w)n['’]t\b|\b(?:not|never)\s", re.IGNORECASE)
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|will|can|has|have|had|would|could|should|must|may|do|does|did)\b"
)
_DENIED = re.compile(
    r"n['’]t\b|\b(?:not|no|never|none|nothing|nobody|neither|nor|without|cannot)\b"
)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-zà-ÿ]{2,}(?: [A-Z][a-zà-ÿ]+){0,3}")
_CALENDAR = frozenset(
    {
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    }
)
_PRONOUNS = ("it", "it", "he", "they", "someone", "the company")
_CAPITAL, _RARE, _SHORT = 0.97, 10.0, 4
_LEAST = 8  # words of a sentence that can lose a part
_CLAUSE = range(6, 17)  # words of a clause that is added
_OPPOSITES = """
increase/decrease increases/decreases increased/decreased increasing/decreasing rise/fall
rises/falls rose/fell rising/falling grow/shrink grew/shrank gain/loss gains/losses gained/lost
win/lose won/lost wins/loses up/down more/less higher/lower high/low highest/lowest large/small
larger/smaller big/small long/short first/last early/late earlier/later before/after north/south
northern/southern east/west eastern/western buy/sell bought/sold buying/selling best/worst
better/worse good/bad strong/weak stronger/weaker faster/slower fast/slow open/closed
opened/closed begin/end began/ended started/ended start/end old/new oldest/youngest left/right
accept/reject accepted/rejected allow/ban allowed/banned agreed/refused support/oppose
supported/opposed above/below inside/outside imports/exports success/failure victory/defeat
rich/poor hot/cold positive/negative profit/loss profits/losses surplus/deficit arrived/left
raised/lowered raise/cut strengthen/weaken improved/worsened always/never major/minor
maximum/minimum most/least majority/minority public/private men/women man/woman son/daughter
father/mother brother/sister husband/wife day/night easy/difficult legal/illegal
possible/impossible cheap/expensive optimistic/pessimistic include/exclude
"""


def _opposites() -> dict[str, str]:
    pairs = [group.split("/") for group in _OPPOSITES.split()]
    found: dict[str, str] = {}
    for one, other in pairs:
        found.setdefault(one, other)
        found.setdefault(other, one)
    return found


OPPOSITES = _opposites()
_OPPOSITE = re.compile(rf"\b(?:{'|'.join(OPPOSITES)})\b")


def drop_denial(text: str, _draw: random.Random, _others: Sequence[str]) -> str | None:
    """Remove every ``not``."""
    found = _DENIAL.sub("", text)
    return found if found != text else None


def add_denial(text: str, draw: random.Random, _others: Sequence[str]) -> str | None:
    """Put a ``not`` after an auxiliary verb of a sentence that denies nothing."""
    places = list(_AUXILIARY.finditer(text))
    if not places or _DENIED.search(text):
        return None
    end = draw.choice(places[:2]).end()
    return f"{text[:end]} not{text[end:]}"


def say_opposite(text: str, draw: random.Random, _others: Sequence[str]) -> str | None:
    """Replace a word with its opposite."""
    places = list(_OPPOSITE.finditer(text))
    if not places:
        return None
    place = draw.choice(places)
    return text[: place.start()] + OPPOSITES[place[0]] + text[place.end() :]


def swap_name(text: str, draw: random.Random, others: Sequence[str]) -> str | None:
    """Replace a name with one from another sentence, or as often with rare names of the lexicon."""
    place = _pick_name(text, draw)
    if place and draw.random() < 0.5:
        names = draw.sample(_rare_names(), k=draw.choice((1, 1, 2)))
        return text[: place.start()] + " ".join(names) + text[place.end() :]
    for _ in range(20):
        other = _pick_name(draw.choice(others), draw)
        if place and other and other[0] not in text:
            return text[: place.start()] + other[0] + text[place.end() :]
    return None


@lru_cache(maxsize=1)
def _rare_names() -> list[str]:
    """Return English words that nearly always have a capital and are in few sentences."""
    table = english_table()
    return sorted(
        form.capitalize()
        for form, stem in table.stems.items()
        if table.capitals[stem] > _CAPITAL and table.rarity[stem] > _RARE and len(form) > _SHORT
        if form.isascii()
    )


def drop_name(text: str, draw: random.Random, _others: Sequence[str]) -> str | None:
    """Replace a name with a pronoun."""
    place = _pick_name(text, draw)
    if not place:
        return None
    return text[: place.start()] + draw.choice(_PRONOUNS) + text[place.end() :]


def find_names(text: str) -> list[re.Match[str]]:
    """Return the names in mid-sentence, without months and days."""
    return [m for m in _NAME.finditer(text) if m[0] not in _CALENDAR]


def _pick_name(text: str, draw: random.Random) -> re.Match[str] | None:
    places = find_names(text)
    return draw.choice(places) if places else None


def drop_part(text: str, draw: random.Random, _others: Sequence[str]) -> str | None:
    """Keep only the words before a comma, or those before or after a place in the middle."""
    commas = [m.start() for m in re.finditer(r", ", text) if 0.2 < m.start() / len(text) < 0.65]
    if commas and draw.random() < 0.6:
        return text[: draw.choice(commas)] + "."
    words = text.split()
    if len(words) < _LEAST:
        return None
    cut = draw.randint(len(words) * 35 // 100, len(words) * 60 // 100)
    kept = words[:cut] if draw.random() < 0.6 else words[cut:]
    return " ".join(kept)


def add_clause(text: str, draw: random.Random, others: Sequence[str]) -> str | None:
    """Add a clause of another sentence, the words between two commas, at the end."""
    for _ in range(20):
        clauses = [
            clause
            for clause in draw.choice(others).rstrip(".").split(", ")
            if len(clause.split()) in _CLAUSE
        ]
        if clauses:
            clause = draw.choice(clauses)
            joint = draw.choice(["and ", "and ", "while ", "but ", ""])
            return f"{text.rstrip('.')}, {joint}{clause[:1].lower()}{clause[1:]}."
    return None


def replace_all(_text: str, draw: random.Random, others: Sequence[str]) -> str | None:
    """Return the English of another sentence."""
    return draw.choice(others)


FAULTS: dict[str, tuple[Flag, Plant]] = {
    "denial dropped": (Flag.NEGATION_LOST, drop_denial),
    "denial added": (Flag.NEGATION_ADDED, add_denial),
    "opposite": (Flag.POLARITY_CHANGED, say_opposite),
    "name replaced": (Flag.NAME_CHANGED, swap_name),
    "name dropped": (Flag.NAME_CHANGED, drop_name),
    "part dropped": (Flag.CONTENT_MISSING, drop_part),
    "clause added": (Flag.CONTENT_ADDED, add_clause),
    "other sentence": (Flag.UNRELATED, replace_all),
}
"""The flag of each kind of fault, and the function that plants it."""
