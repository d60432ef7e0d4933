"""Where a full stop ends a sentence and where it does not, per language."""

from __future__ import annotations

import re
from dataclasses import dataclass

FIRMS = frozenset(["inc", "ltd", "corp", "co", "cie", "bros", "jr", "sr", "ph.d", "al"])
"""Abbreviations met in news of any language; they end a sentence as often as not."""

DIGRAPHS = ("Chr", "Ch", "Cl", "Fr", "Gh", "Ph", "Th")
"""Initials of two or three letters, as French writes them: ``Ph. Martin``, ``Ch.-É. Exemple``."""


@dataclass(frozen=True, slots=True)
class StopStyle:
    """What follows or precedes a stop that ends no sentence; words without their stop.

    ``doubtful`` abbreviations end a sentence only before a common word with a capital;
    ``numbered`` ones end it but before a number; ``lettered`` are nouns that a letter may follow
    ("vitamin D").  ``days`` and ``months`` are abbreviated in dates, and ``clock`` may come after
    "a.m." or "p.m.".  ``speech`` are verbs that tell whose words a quotation was.
    """

    doubtful: frozenset[str] = frozenset()
    numbered: frozenset[str] = frozenset()
    lettered: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    clock: frozenset[str] = frozenset()
    speech: re.Pattern[str] | None = None


def speech_after(verbs: str) -> re.Pattern[str]:
    r"""Whose words they were, in a language of spaces: a name, then one of the verbs.

    >>> bool(speech_after("said asked").match("Ana Lima said on Monday."))
    True
    >>> speech_after("said asked").match("Ana Lima said the bank was closed.") is None
    True
    """
    verb = "|".join(verbs.split())
    name = r"(?:[A-ZÀ-Ý][\w.’'-]{0,30} ){1,4}"
    after = (
        r"(?=[.;]|,(?! [“\"‘])|$| (?:on|in|at|to|as|after|during|when|while|last|before|with)\b)"
    )
    return re.compile(rf"{name}(?:{verb}){after}")


def speech_in_han(short: str, long: str, not_after: str) -> re.Pattern[str]:
    r"""Whose words they were, in Chinese: a clause with a verb that says no more.

    ``short`` are verbs of one character, which are parts of other words ``not_after`` some.

    >>> speech = speech_in_han("问說", "表示 告诉", "学")
    >>> [bool(speech.match(each)) for each in ("他问。", "市长表示，", "他告诉记者。", "他走了。")]
    [True, True, True, False]
    """
    verbs = "|".join(long.split())
    one = rf"(?<![{not_after}])[{short}]"
    ends = r"(?=[。！!？?]|，[“「『\"‘]|\s*$)"
    clause = r"[^，。！？：；:,!?…\n“「『\"]"
    return re.compile(
        rf"{clause}{{0,45}}?(?:{verbs}|{one})[着著了道完過过]?{ends}"
        rf"|{clause}{{0,4}}?(?:{verbs}|{one})[着著]?，"
        rf"|{clause}{{0,10}}?(?:{verbs}){clause}{{0,12}}{ends}"
    )
