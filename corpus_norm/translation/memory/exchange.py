"""Import and export of translation memories as TMX, so that a newsroom can use its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.audit import audit
from corpus_norm.errors import TranslationMemoryError
from corpus_norm.tmx import Pair, read_tmx, write_tmx
from corpus_norm.translation.models import canonical_code
from corpus_norm.translation.translate import make_request

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from corpus_norm.translation.memory import Memory

_MOST_AUDITED = 20_000
"""Pairs of a file that are audited when it is imported; auditing takes about a second in 1,000."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The number of pairs of a file that were imported, and the number skipped.

    ``machine`` counts the skipped ones: our own export labelled them as made by a model, and
    nobody has changed them.  ``doubtful`` holds the imported ones whose audit found something.
    """

    pairs: int
    machine: int
    doubtful: tuple[Doubtful, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubtful:
    """An imported pair and the flags of its audit."""

    text: str
    english: str
    flags: tuple[str, ...]


def audit_pairs(units: Iterable[tuple[str, str, str]]) -> tuple[Doubtful, ...]:
    """Return the pairs (language, text, English) whose audit finds something, in order.

    >>> audit_pairs([("fr", "Il gagne 5 %.", "He earns 7%."), ("fr", "Oui.", "Yes.")])
    (Doubtful(text='Il gagne 5 %.', english='He earns 7%.', flags=('amount_changed',)),)
    """
    found = []
    for language, text, english in islice(units, _MOST_AUDITED):
        if flags := audit(text, english, language).flags:
            found.append(Doubtful(text, english, tuple(flag.value for flag in flags)))
    return tuple(found)


def import_tmx(
    memory: Memory, path: str | os.PathLike[str], *, machine_too: bool = False
) -> Imported:
    """Import the pairs of a TMX file into a memory, where they take precedence over any engine.

    The whole file is imported or, if it is damaged, nothing.  Of several translations of a text,
    the last one is used.  The audit warns of pairs that it doubts, and they are imported too.

    Args:
        memory: receives the pairs.
        path: the file; each unit needs a variant in English.
        machine_too: also import unchanged pairs that our own export labelled as made by a model.

    Raises:
        TranslationMemoryError: the file is not TMX, is damaged, or has no pair with English.
    """
    machine = 0
    units = {}
    for pair in read_tmx(Path(path)):
        if pair.machine and not machine_too:
            machine += 1
        else:
            language, text = _canonical(pair.language), make_request(pair.text).text
            units[language, text] = (language, text, pair.english)
    if not units and not machine:
        raise TranslationMemoryError(
            f"{path} holds no translation into English; each unit needs a variant whose language "
            "is en and one in another language",
            subject=str(path),
        )
    return Imported(memory.import_units(units.values()), machine, audit_pairs(units.values()))


def export_tmx(memory: Memory, path: str | os.PathLike[str], *, imported_only: bool = False) -> int:
    """Write a memory as TMX, with pairs made by models labelled; return the number of pairs.

    Raises:
        TranslationMemoryError: the memory cannot be read, or the file cannot be written.
    """
    try:
        with Path(path).open("w", encoding="utf-8", newline="\n") as file:
            return write_tmx(file, _pairs(memory, imported_only=imported_only))
    except OSError as error:
        raise TranslationMemoryError(
            f"{path} cannot be written: {error}; choose another place", subject=str(path)
        ) from error


def _pairs(memory: Memory, *, imported_only: bool) -> Iterator[Pair]:
    for unit in memory.units():
        if unit.imported or not imported_only:
            yield Pair(unit.source, unit.text, unit.english, not unit.imported)


def _canonical(code: str) -> str:
    """Return the code used in documents: ours for a known language, else one without a region."""
    found = canonical_code(code)
    return found.replace("_", "-").split("-")[0].lower() if found == code else found
