"""Translation memories in and out, as TMX: how a newsroom's own translations come to win."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.errors import TranslationMemoryError
from corpus_norm.tmx import Pair, read_tmx, write_tmx
from corpus_norm.translation.models import canonical_code
from corpus_norm.translation.translate import make_request

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from corpus_norm.translation.memory import Memory


@dataclass(frozen=True, slots=True)
class Imported:
    """How many pairs of a file were put into a memory, and how many were passed over.

    ``machine`` are those that our own export marked as made by a model and nobody changed.
    """

    pairs: int
    machine: int


def import_tmx(
    memory: Memory, path: str | os.PathLike[str], *, machine_too: bool = False
) -> Imported:
    """Put the pairs of a TMX file into a memory, where they come before any engine.

    All of the file is put in or, when it is damaged, nothing.  Of several translations of a text
    the last one counts.

    Args:
        memory: where they are put.
        path: the file; each unit needs a variant in English.
        machine_too: also take pairs that our own export marked as a model's and nobody changed.

    Raises:
        TranslationMemoryError: the file is no TMX file, is damaged, or holds no pair with English.
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
    return Imported(memory.import_units(units.values()), machine)


def export_tmx(memory: Memory, path: str | os.PathLike[str], *, imported_only: bool = False) -> int:
    """Write what a memory holds as TMX and return how many pairs; those of models are marked.

    Raises:
        TranslationMemoryError: the memory cannot be read or the file not be written.
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
    """The code documents have: known languages as we call them, others without their region."""
    found = canonical_code(code)
    return found.replace("_", "-").split("-")[0].lower() if found == code else found
