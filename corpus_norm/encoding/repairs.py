"""Text repair with a log: what was done, where, in what order, so that it can be done again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.document import Repair
from corpus_norm.encoding.rules import MOJIBAKE, NORMAL_FORM, RULES, TROUBLE, Rule
from corpus_norm.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

# Up to this many changes of one rule are recorded one by one, with what stands there now.
_SINGLE_REPAIRS = 8

# A layer of wrong decoding at least doubles a text, so mojibake never goes 32 deep; a text that
# still changes then holds escapes of escapes put there on purpose, and keeps them.
_MAX_ROUNDS = 32

_SHOWN = 60

_BY_STEP = MappingProxyType({rule.step: rule for rule in RULES})
_UNESCAPED = tuple(rule for rule in RULES if rule.step != "entities")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Repaired text and what was done, in order."""

    text: str
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One repair in full: the step, and what stood at ``start`` before it and after it.

    ``start`` and ``end`` count code points of the text as it was just before this repair.
    """

    step: str
    start: int
    before: str
    after: str

    @property
    def end(self) -> int:
        """Where what was replaced ended."""
        return self.start + len(self.before)

    def __str__(self) -> str:
        """The change on one line; long texts are shortened, marks nobody sees are escaped."""
        what = f"becomes {_show(self.after)}" if self.after else "is removed"
        return f"{self.step} at {self.start}-{self.end}: {_show(self.before)} {what}"


def clean(text: str) -> Cleaned:
    r"""Repair what encodings, terminals and escaping have done to a text, and nothing else.

    Typography stays: curly quotes, no-break spaces before French punctuation, full-width
    Chinese punctuation, emoji sequences.  Cleaning cleaned text changes nothing.

    >>> clean("SuccÃ¨s").repairs
    (Repair(step='mojibake', start=4, end=6, replacement='è'),)
    >>> clean("“Bonjour”\u202f!").repairs
    ()
    """
    for rules in (RULES, _UNESCAPED):
        cleaned = _repeat(text, rules)
        if cleaned is not None:
            return cleaned
    raise AssertionError("text repair does not come to rest")  # pragma: no cover


def replay(repairs: Iterable[Repair], original: str) -> str:
    r"""Make the repairs again, in order: gives the cleaned text exactly.

    Raises:
        InputError: a repair names a step this version does not know.

    >>> text = "Jusqu\x92à &amp;eacute;t&eacute;"
    >>> replay(clean(text).repairs, text)
    'Jusqu’à été'
    """
    text = original
    for repair in repairs:
        text = text[: repair.start] + _renew(repair, text) + text[repair.end :]
    return text


def explain(text: str) -> tuple[Change, ...]:
    r"""What :func:`clean` changes in a text, in order, each change with its before and after.

    >>> for change in explain("Le succÃ¨s d\u2019une l\u00adettre &amp; demie"):
    ...     print(change)
    entities at 26-30: 'amp;' is removed
    mojibake at 7-9: 'Ã¨' becomes 'è'
    invisible at 17-18: '\xad' is removed
    """
    changes = []
    for repair in clean(text).repairs:
        new = _renew(repair, text)
        changes.append(Change(repair.step, repair.start, text[repair.start : repair.end], new))
        text = text[: repair.start] + new + text[repair.end :]
    return tuple(changes)


def _renew(repair: Repair, text: str) -> str:
    """What a repair puts in the place of its span."""
    if repair.replacement is not None:
        return repair.replacement
    rule = _BY_STEP.get(repair.step)
    if rule is None:
        raise InputError(
            f"unknown repair step {repair.step!r}; known are {', '.join(sorted(_BY_STEP))}: "
            "the log was written by another version, install that one to replay it",
            subject=repair.step,
        )
    return rule.apply(text[repair.start : repair.end])


def _show(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _repeat(text: str, rules: tuple[Rule, ...]) -> Cleaned | None:
    """Run the rules until none changes anything; None if they never come to rest."""
    repairs: list[Repair] = []
    for _ in range(_MAX_ROUNDS):
        before = len(repairs)
        for rule in _needed(text, rules):
            if rule.is_needed(text):
                text = _run(rule, text, repairs)
        if len(repairs) == before:
            return Cleaned(text, tuple(repairs))
    return None


def _needed(text: str, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """All rules, or the two that need no special character; for plain ASCII none."""
    if TROUBLE.search(text):
        return rules
    return () if text.isascii() else (MOJIBAKE, NORMAL_FORM)


def _run(rule: Rule, text: str, repairs: list[Repair]) -> str:
    """Run one rule, adding to the log: one entry per change, or one for all if they are many."""
    changes = (
        (found.start(), found[0], new)
        for found in rule.unit.finditer(text)
        if (new := rule.fix(found)) != found[0]
    )
    few = list(islice(changes, _SINGLE_REPAIRS + 1))
    if len(few) > _SINGLE_REPAIRS:
        start = text.rfind("\n", 0, few[0][0]) + 1
        repairs.append(Repair(rule.step, start, len(text)))
        return text[:start] + rule.apply(text[start:])
    # From the last to the first, so that the offsets of those still to come stay right.
    for start, old, new in reversed(few):
        repair = _trim(rule.step, start, old, new)
        repairs.append(repair)
        text = text[: repair.start] + (repair.replacement or "") + text[repair.end :]
    return text


def _trim(step: str, start: int, old: str, new: str) -> Repair:
    """The replacement of ``old`` by ``new`` without what both begin and end with."""
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return Repair(step, start + head, start + len(old) - tail, new[head : len(new) - tail])
