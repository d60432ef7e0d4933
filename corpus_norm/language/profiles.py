"""Score texts exactly with langdetect's n-gram profiles, one table per script.

langdetect (Nakatani Shuyo, "Language Detection Library for Java", 2010) draws n-grams at random
and stops early, so its answers change from call to call.  Its profiles are sound.  Here every
n-gram of length 1 to 3 counts, in one gather and one sum over all texts of a batch.

Only the profile files are read; the package is never imported and its global
``DetectorFactory`` is never touched.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.errors import CorpusNormError
from corpus_norm.language.scripts import code_points, count_all_scripts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

PROFILES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Latn": (
            "af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id",
            "it", "lt", "lv", "nl", "no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv", "sw",
            "tl", "tr", "vi",
        ),
        "Cyrl": ("bg", "mk", "ru", "uk"),
        "Arab": ("ar", "fa", "ur"),
        "Deva": ("hi", "mr", "ne"),
    }
)  # fmt: skip
"""The profiles that compete within a script; scripts of one language need none."""

# The share of their log-probability that n-grams of length 1, 2 and 3 contribute.  They overlap,
# so the full sum would be far too confident.  Chosen on the development lines; the smoothing is
# langdetect's own (alpha 0.5 over a base frequency of 10,000).
_WEIGHTS = (0.15, 0.4, 0.5)
_SMOOTHING = 5e-5
_CHUNK_LETTERS = 5_000
_SPACE = 1


@dataclass(frozen=True, slots=True, eq=False)
class ProfileTable:
    """Weighted log-probabilities: a row for each n-gram, a column for each language.

    ``letters`` maps a code point to its number in the alphabet (0: not in it).  An n-gram is a
    three-digit number in base ``base``; ``place`` maps it to its row, or to -1 if no profile
    lists it.
    """

    languages: tuple[str, ...]
    letters: NDArray[np.int64]
    base: int
    place: NDArray[np.int32]
    rows: NDArray[np.float32]


@cache
def load_profiles(script: str) -> ProfileTable:
    """Return the table of a script of :data:`PROFILES`, read once per process.

    Raises:
        CorpusNormError: langdetect's profile files cannot be found.
    """
    languages = PROFILES[script]
    folder = _profile_folder()
    index: dict[str, int] = {}
    columns = []
    for language in languages:
        profile = json.loads((folder / language).read_bytes())
        frequencies: dict[str, int] = profile["freq"]
        rows = [index.setdefault(gram, len(index)) for gram in frequencies]
        totals = np.array(profile["n_words"], dtype=np.float64)
        lengths = np.fromiter(map(len, frequencies), dtype=np.int64)
        counts = np.fromiter(frequencies.values(), dtype=np.float64)
        columns.append((rows, counts / totals[lengths - 1]))
    probabilities = np.zeros((len(index), len(languages)))
    for number, (rows, values) in enumerate(columns):
        probabilities[rows, number] = values
    return _build_table(script, languages, tuple(index), probabilities)


def _profile_folder() -> Path:
    spec = find_spec("langdetect")
    for root in (spec.submodule_search_locations or ()) if spec else ():
        if (folder := Path(root) / "profiles").is_dir():
            return folder
    raise CorpusNormError(
        "the language profiles of langdetect are missing; reinstall it: pip install langdetect",
        subject="langdetect",
    )


def _build_table(
    script: str,
    languages: tuple[str, ...],
    grams: tuple[str, ...],
    probabilities: NDArray[np.float64],
) -> ProfileTable:
    characters = sorted(set("".join(grams)))
    own = count_all_scripts(characters)
    alphabet = [c for c, scripts in zip(characters, own, strict=True) if script in scripts]
    letters = np.zeros(0x10000, dtype=np.int64)
    letters[[ord(c) for c in alphabet]] = np.arange(2, len(alphabet) + 2)
    letters[ord(" ")] = _SPACE
    base = len(alphabet) + 2
    points = code_points("".join(gram.rjust(3, "\0") for gram in grams)).reshape(-1, 3)
    numbers = letters[np.minimum(points, 0xFFFF)]
    keep = ((numbers > 0) == (points > 0)).all(axis=1)
    keys = (numbers[keep, 0] * base + numbers[keep, 1]) * base + numbers[keep, 2]
    lengths = (numbers[keep] > 0).sum(axis=1)
    rows = np.log(probabilities[keep] + _SMOOTHING) * np.array(_WEIGHTS)[lengths - 1, None]
    place = np.full(base**3, -1, dtype=np.int32)
    place[keys] = np.arange(len(keys))
    return ProfileTable(languages, letters, base, place, rows.astype(np.float32))


def score_texts(table: ProfileTable, texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the log-probability of each text (rows) in each language of the table (columns).

    Case, accents and word borders count, as in the profiles; n-grams in no profile do not.
    """
    scores = np.zeros((len(texts), len(table.languages)))
    start = 0
    while start < len(texts):
        stop, size = start, 0
        while stop < len(texts) and (stop == start or size + len(texts[stop]) < _CHUNK_LETTERS):
            size += len(texts[stop])
            stop += 1
        scores[start:stop] = _score_chunk(table, texts[start:stop])
        start = stop
    return scores


def _score_chunk(table: ProfileTable, texts: Sequence[str]) -> NDArray[np.float64]:
    points = code_points("".join(text + " " for text in texts))
    owner = np.repeat(np.arange(len(texts)), [len(text) + 1 for text in texts])
    numbers = table.letters[np.minimum(points, 0xFFFF)]
    numbers[numbers == 0] = _SPACE
    is_letter = numbers > _SPACE
    keep = is_letter | np.concatenate(([False], is_letter[:-1]))
    third, owner = numbers[keep], owner[keep]
    padded = np.concatenate(([_SPACE, _SPACE], third))
    first, second = padded[:-2], padded[1:-1]
    codes = np.stack(
        (third, second * table.base + third, (first * table.base + second) * table.base + third),
        axis=1,
    )
    valid = np.stack((third > _SPACE, np.ones_like(keep[keep]), second > _SPACE), axis=1)
    place = table.place[codes]
    valid &= place >= 0
    owners = np.broadcast_to(owner[:, None], codes.shape)[valid]
    scores = np.zeros((len(texts), len(table.languages)))
    if len(owners):
        starts = np.flatnonzero(np.diff(owners, prepend=-1))
        scores[owners[starts]] = np.add.reduceat(table.rows[place[valid]], starts, axis=0)
    return scores
