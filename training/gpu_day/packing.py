"""Gather the pairs, learn the tokenizers, and fill the parcel."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.gpu_day.limits import MIB, TREE_BYTES
from training.gpu_day.parcel import pack
from training.prepare import collect, encode, find_files, learn_tokenizers, write_mixture
from training.sources import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from training.settings import Preparation, Work

_TREE = 10 * MIB  # the repository without its models
TRAVELLING = TREE_BYTES - _TREE
"""The largest parcel, in bytes."""

_TERMS = ("open", "research")
_LANGUAGES = ("fr", "zh")


@dataclass(frozen=True, slots=True)
class Data:
    """The folders of the tables of pairs, and of the development sets, which are held out."""

    parallel: Path
    mt: Path


def fill_parcel(
    data: Data, work: Work, folder: Path, limit: int, choices: Preparation
) -> tuple[int, int]:
    """Fill ``folder`` with at most ``limit`` bytes; return the numbers of pairs and bytes."""
    exclude = sorted(path for path in data.mt.iterdir() if path.suffix in {".fr", ".zh", ".en"})
    domains, _ = read_table()
    work.arrays.mkdir(parents=True, exist_ok=True)
    mixture = collect(find_files(data.parallel, _LANGUAGES, _TERMS, []), domains, exclude, choices)
    pieces = learn_tokenizers(mixture.groups, mixture.weights, work, choices)
    _, characters = encode(mixture.valid, work, choices.max_pieces)
    pack(work, mixture, folder, limit)
    write_mixture(work, mixture, characters, choices.way, pieces)
    shutil.copyfile(work.mixture, folder / work.mixture.name)
    count = sum(len(group.pairs) for group in mixture.groups)
    return count, sum(path.stat().st_size for path in folder.iterdir())
