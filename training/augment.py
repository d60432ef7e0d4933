"""Extra pairs made from real ones, for features of news that clean parallel text lacks.

All-caps headlines, lines without their final stop, and names, addresses and handles that must be
copied letter by letter.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    Pair = tuple[str, str]

_STOPS = ".。．"
_HEADLINE_WORDS = 16
_SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ren",
    "ta",
    "vic",
    "sou",
    "bel",
    "dra",
    "on",
    "ez",
    "ian",
    "wu",
    "je",
)
_SITES = ("com", "org", "net", "fr", "cn", "io", "eu")


def drop_stop(pair: Pair) -> Pair | None:
    """Remove the final full stop from both sides; return None if either side has none.

    >>> drop_stop(("Il pleut.", "It rains."))
    ('Il pleut', 'It rains')
    >>> drop_stop(("Il pleut !", "It rains.")) is None
    True
    """
    if not all(side.endswith(tuple(_STOPS)) and not side.endswith("...") for side in pair):
        return None
    return pair[0].rstrip(_STOPS), pair[1].rstrip(_STOPS)


def shout(pair: Pair) -> Pair | None:
    """Write a short source line in capitals; the English stays in sentence case, to be readable.

    >>> shout(("Le prix du pétrole monte.", "Oil prices rise."))
    ('LE PRIX DU PÉTROLE MONTE', 'Oil prices rise')
    """
    source, english = drop_stop(pair) or pair
    if len(source.split()) > _HEADLINE_WORDS or source.upper() == source:
        return None
    return source.upper(), english


def make_token(random: random.Random) -> str:
    """Make up a handle, an address, a name or a code that nobody has seen before."""
    word = "".join(random.choice(_SYLLABLES) for _ in range(random.randint(2, 3)))
    number = random.randint(1, 9999)
    return random.choice(
        (
            f"@{word}{random.choice(('', str(number), '_fr'))}",
            f"https://www.{word}.{random.choice(_SITES)}/{word[::-1]}-{number}",
            f"{word}.{random.choice(_SITES)}",
            word.capitalize(),
            f"{random.choice(string.ascii_uppercase)}{random.choice(string.ascii_uppercase)}-{number}",
            f"#{word.capitalize()}{number}",
        )
    )


def add_token(pair: Pair, random: random.Random) -> Pair:
    """Put the same made-up token before or after both sides.

    >>> import random
    >>> source, english = add_token(("Bonjour", "Hello"), random.Random(1))
    >>> set(source.split()) & set(english.split()) != set()
    True
    """
    token = make_token(random)
    frame = random.choice(("{} {}", "{} ({})", "{}, {}"))
    if random.random() < 0.5:
        return frame.format(pair[0], token), frame.format(pair[1], token)
    return f"{token} : {pair[0]}", f"{token}: {pair[1]}"


def augment(pairs: Sequence[Pair], share: float, random: random.Random) -> list[Pair]:
    """Make about ``share`` times as many new pairs as there are, a third of each kind."""
    made = []
    for pair in pairs:
        draw = random.random() / share if share else 1.0
        if draw < 1 / 3:
            new = drop_stop(pair)
        elif draw < 2 / 3:
            new = shout(pair)
        elif draw < 1:
            new = add_token(pair, random)
        else:
            continue
        if new is not None:
            made.append(new)
    return made
