"""Count Unicode scripts, tell Han writing systems apart, and score the n-grams of a script.

In news most scripts belong to one language, so counting letters identifies it without any
profile.  Only Latin, Cyrillic, Arabic and Devanagari need the n-gram profiles of langdetect
(Nakatani Shuyo, "Language Detection Library for Java", 2010).  It draws n-grams at random and stops
early, so its answers change from call to call, but its profiles are sound.  Here every n-gram of
length 1 to 3 counts, in one gather and one sum over all texts of a batch.

Only the profile files are read; the package is never imported and its global
``DetectorFactory`` is never touched.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.errors import CorpusNormError
from corpus_norm.languages import any_of, combine
from corpus_norm.patterns import compile_lazily

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

HAN = "Hani"
WIDE_SCRIPTS = frozenset({"Hani", "Hira", "Kana", "Hang"})
WIDE_WEIGHT = 2.5
"""The number of alphabetic letters that one Han, kana or hangul character counts as."""

# First code point of each block (Unicode Blocks.txt); a block ends where the next one begins.
_BLOCKS: tuple[tuple[int, str], ...] = (
    (0x0000, ""), (0x0041, "Latn"), (0x005B, ""), (0x0061, "Latn"), (0x007B, ""),
    (0x00C0, "Latn"), (0x00D7, ""), (0x00D8, "Latn"), (0x00F7, ""), (0x00F8, "Latn"),
    (0x0250, ""), (0x0370, "Grek"), (0x0400, "Cyrl"), (0x0530, "Armn"), (0x0590, "Hebr"),
    (0x0600, ""), (0x0610, "Arab"), (0x0660, ""), (0x066E, "Arab"), (0x06F0, ""),
    (0x06FA, "Arab"), (0x0700, "Syrc"), (0x0750, "Arab"), (0x0780, "Thaa"), (0x07C0, ""),
    (0x08A0, "Arab"), (0x0900, "Deva"), (0x0964, ""), (0x0970, "Deva"), (0x0980, "Beng"),
    (0x0A00, "Guru"), (0x0A80, "Gujr"), (0x0B00, "Orya"), (0x0B80, "Taml"), (0x0C00, "Telu"),
    (0x0C80, "Knda"), (0x0D00, "Mlym"), (0x0D80, "Sinh"), (0x0E00, "Thai"), (0x0E80, "Laoo"),
    (0x0F00, "Tibt"), (0x1000, "Mymr"), (0x10A0, "Geor"), (0x1100, "Hang"), (0x1200, "Ethi"),
    (0x13A0, ""), (0x1780, "Khmr"), (0x1800, "Mong"), (0x18B0, ""), (0x1E00, "Latn"),
    (0x1F00, "Grek"), (0x2000, ""), (0x3041, "Hira"), (0x30A0, ""), (0x30A1, "Kana"),
    (0x30FB, ""), (0x30FC, "Kana"), (0x3100, ""), (0x3131, "Hang"), (0x3190, ""),
    (0x3400, "Hani"), (0x4DC0, ""), (0x4E00, "Hani"), (0xA000, ""), (0xAC00, "Hang"),
    (0xD7B0, ""), (0xF900, "Hani"), (0xFB00, ""), (0xFB1D, "Hebr"), (0xFB50, "Arab"),
    (0xFE00, ""), (0xFE70, "Arab"), (0xFEFF, ""), (0xFF21, "Latn"), (0xFF3B, ""),
    (0xFF41, "Latn"), (0xFF5B, ""), (0xFF66, "Kana"), (0xFFA0, ""), (0x20000, "Hani"),
    (0x30000, ""),
)  # fmt: skip

SCRIPT_LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "Grek": "el", "Armn": "hy", "Hebr": "he", "Syrc": "syr", "Thaa": "dv", "Beng": "bn",
        "Guru": "pa", "Gujr": "gu", "Orya": "or", "Taml": "ta", "Telu": "te", "Knda": "kn",
        "Mlym": "ml", "Sinh": "si", "Thai": "th", "Laoo": "lo", "Tibt": "bo", "Mymr": "my",
        "Geor": "ka", "Hang": "ko", "Ethi": "am", "Khmr": "km", "Mong": "mn", "Hira": "ja",
        "Kana": "ja",
    }
)  # fmt: skip
"""The main language of news in each script that has one."""


_NO_ASCII_LETTERS = bytes(b for b in range(0x80) if not chr(b).isalpha())
# The number of characters counted together, which bounds the memory used.
_CHUNK = 200_000
# First bytes of level 1 of JIS X 0208 in EUC-JP.
_LEVEL_1 = (0xB0, 0xCF)
_SIMPLIFIED, _TRADITIONAL, _JAPANESE, _LEVEL_1_KANJI = 1, 2, 4, 8
_SETS = 16  # combinations of these
_KANJI_WORDS = compile_lazily(any_of(combine(lambda record: record.foreign_words)))


@cache
def _script_table() -> tuple[tuple[str, ...], NDArray[np.uint8]]:
    """Return the scripts and a table of each code point's index in them.

    The first script is "", for no script; the last table entry is for all higher code points.
    """
    names = tuple(sorted({name for _, name in _BLOCKS}))
    table = np.zeros(_BLOCKS[-1][0] + 1, dtype=np.uint8)
    for (start, name), (end, _) in pairwise(_BLOCKS):
        table[start:end] = names.index(name)
    return names, table


def code_points(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text, including lone surrogates."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def count_scripts(text: str) -> dict[str, int]:
    """Count the letters of each script (ISO 15924) in a text; punctuation and digits do not count.

    >>> count_scripts("Xi Jinping (习近平), 2024")
    {'Hani': 3, 'Latn': 9}
    """
    return count_all_scripts([text])[0]


def count_all_scripts(texts: Sequence[str]) -> list[dict[str, int]]:
    """Do :func:`count_scripts` for many texts, in one gather.

    >>> count_all_scripts(["No.", "Não", "不", ""])
    [{'Latn': 2}, {'Latn': 3}, {'Hani': 1}, {}]
    """
    counts: list[dict[str, int]] = [{}] * len(texts)
    waiting: list[int] = []
    size = 0
    for number, text in enumerate(texts):
        if text.isascii():
            letters = len(text.encode().translate(None, _NO_ASCII_LETTERS))
            counts[number] = {"Latn": letters} if letters else {}
            continue
        if size + len(text) > _CHUNK:
            _fill_in_counts(counts, waiting, texts)
            waiting, size = [], 0
        waiting.append(number)
        size += len(text)
    _fill_in_counts(counts, waiting, texts)
    return counts


def _fill_in_counts(
    counts: list[dict[str, int]], numbers: Sequence[int], texts: Sequence[str]
) -> None:
    if not numbers:
        return
    names, table = _script_table()
    points = code_points("".join([texts[number] for number in numbers]))
    rows = np.repeat(np.arange(len(numbers)), [len(texts[number]) for number in numbers])
    cells = rows * len(names) + table[np.minimum(points, len(table) - 1)]
    found = np.bincount(cells, minlength=len(numbers) * len(names)).reshape(-1, len(names))
    seen = [column for column in np.flatnonzero(found.any(axis=0)).tolist() if names[column]]
    own_names = [names[column] for column in seen]
    for number, row in zip(numbers, found[:, seen].tolist(), strict=True):
        counts[number] = {name: n for name, n in zip(own_names, row, strict=True) if n}


def letter_weight(scripts: Mapping[str, int]) -> float:
    """Return the amount of text, in alphabetic letters.

    >>> letter_weight({"Latn": 3, "Hani": 2})
    8.0
    """
    total = 0.0
    for script, count in scripts.items():
        total += count * WIDE_WEIGHT if script in WIDE_SCRIPTS else count
    return total


@dataclass(frozen=True, slots=True)
class HanCounts:
    """The numbers of Han characters in a text that only one writing system has.

    ``modern`` counts those of the Chinese ones that everyday Japanese uses, ``strange`` those it
    does not; ``words`` counts Japanese words.
    """

    simplified: int
    traditional: int
    japanese: int
    modern: int = 0
    strange: int = 0
    words: int = 0


@cache
def _han_sets() -> tuple[frozenset[str], ...]:
    """Return the characters only in GB 2312, Big5 or JIS X 0208, and level 1 of the last.

    The three national standards list the characters of everyday writing, and every Python has
    them as codecs.  A character that the two Chinese standards do not share, or that only the
    Japanese one has, is a sure sign and needs no data of ours.  Level 1 of JIS X 0208 has the
    forms in use since 1946; the older ones are in level 2.
    """
    simplified, traditional, japanese = map(_decode_pairs, ("gb2312", "big5", "euc_jp"))
    return (
        simplified - traditional,
        traditional - simplified,
        japanese - simplified - traditional,
        _decode_pairs("euc_jp", *_LEVEL_1),
    )


def _decode_pairs(codec: str, first: int = 0x81, last: int = 0xFE) -> frozenset[str]:
    """Return the Han characters of two bytes in an encoding, the first byte in a range.

    A line feed after each pair keeps those that mean nothing apart from the next.
    """
    row = b"".join(bytes((0, low, 10)) for low in range(0x40, 0xFF))
    rows = (row.replace(b"\0", bytes([high])) for high in range(first, last + 1))
    characters = set(b"".join(rows).decode(codec, "ignore"))
    return frozenset(each for each in characters if "\u4e00" <= each <= "\u9fff")


def count_han(text: str) -> HanCounts:
    """Count the characters that distinguish simplified, traditional and Japanese writing.

    >>> count_han("这个国家").simplified, count_han("這個國家").traditional
    (3, 3)
    >>> count_han("駅前の桜").japanese, count_han("国会議員").modern, count_han("株式").words
    (2, 4, 1)
    """
    return count_all_han([text])[0]


def count_all_han(texts: Sequence[str]) -> list[HanCounts]:
    """Do :func:`count_han` for many texts: the same counts, several times faster.

    >>> count_all_han(["这个国家", "", "株式"]) == list(map(count_han, ["这个国家", "", "株式"]))
    True
    """
    return [counts for chunk in _in_chunks(texts, _CHUNK) for counts in _count_han(texts[chunk])]


def _in_chunks(texts: Sequence[str], most: int) -> Iterator[slice]:
    """Yield slices of texts that have fewer than ``most`` characters together, or one text."""
    start = 0
    while start < len(texts):
        stop, size = start, 0
        while stop < len(texts) and (stop == start or size + len(texts[stop]) < most):
            size += len(texts[stop])
            stop += 1
        yield slice(start, stop)
        start = stop


def _count_han(texts: Sequence[str]) -> Iterator[HanCounts]:
    marks = _han_marks()[np.minimum(code_points("".join(texts)), 0xFFFF)]
    owner = np.repeat(np.arange(len(texts)), list(map(len, texts)))
    counts = np.bincount(owner * _SETS + marks, minlength=len(texts) * _SETS)
    for text, own in zip(texts, counts.reshape(-1, _SETS).tolist(), strict=True):
        yield _sum_han(own, len(_KANJI_WORDS.findall(text)))


def _sum_han(counts: Sequence[int], words: int) -> HanCounts:
    """Return the counts of a text from the number of its characters in each combination of sets."""
    modern = counts[_SIMPLIFIED | _LEVEL_1_KANJI] + counts[_TRADITIONAL | _LEVEL_1_KANJI]
    simplified = counts[_SIMPLIFIED] + counts[_SIMPLIFIED | _LEVEL_1_KANJI]
    traditional = counts[_TRADITIONAL] + counts[_TRADITIONAL | _LEVEL_1_KANJI]
    japanese = counts[_JAPANESE] + counts[_JAPANESE | _LEVEL_1_KANJI]
    strange = simplified + traditional - modern
    return HanCounts(simplified, traditional, japanese, modern, strange, words)


@cache
def _han_marks() -> NDArray[np.uint8]:
    """Return a table of each code point's sets, a bit for each."""
    table = np.zeros(0x10000, dtype=np.uint8)
    bits = (_SIMPLIFIED, _TRADITIONAL, _JAPANESE, _LEVEL_1_KANJI)
    for bit, characters in zip(bits, _han_sets(), strict=True):
        table[list(map(ord, characters))] |= bit
    return table


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
    three-digit number in base ``base``; ``place`` maps it to its row, or to 0 if no profile lists
    it: row 0 is empty.
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
    grams: list[str] = []
    shares = []
    for language in languages:
        profile = json.loads((folder / language).read_bytes())
        frequencies: dict[str, int] = profile["freq"]
        totals = np.array(profile["n_words"], dtype=np.float64)
        lengths = np.fromiter(map(len, frequencies), dtype=np.int64)
        counts = np.fromiter(frequencies.values(), dtype=np.float64)
        grams += frequencies
        shares.append(counts / totals[lengths - 1])
    return _build_table(script, languages, grams, shares)


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
    grams: Sequence[str],
    shares: Sequence[NDArray[np.float64]],
) -> ProfileTable:
    """Build the table of the n-grams of each language, one language after the other."""
    joined = "".join(grams)
    characters = sorted(set(joined))
    own = count_all_scripts(characters)
    alphabet = [c for c, scripts in zip(characters, own, strict=True) if script in scripts]
    letters = np.zeros(0x10000, dtype=np.int64)
    letters[[ord(c) for c in alphabet]] = np.arange(2, len(alphabet) + 2)
    letters[ord(" ")] = _SPACE
    base = len(alphabet) + 2
    sizes = np.fromiter(map(len, grams), dtype=np.int64, count=len(grams))
    numbers, is_known = _number_letters(letters, joined, sizes)
    place = np.zeros(base**3, dtype=np.int32)  # pages of zeros take neither time nor memory
    keys = ((numbers[:, 0] * base + numbers[:, 1]) * base + numbers[:, 2])[is_known]
    order = np.arange(1, len(keys) + 1, dtype=np.int32)
    place[keys] = order
    is_last = place[keys] == order  # of the languages that have an n-gram
    place[keys[is_last]] = np.arange(1, is_last.sum() + 1)
    weights = np.array(_WEIGHTS)[sizes[is_known] - 1]
    rows = np.zeros((is_last.sum() + 1, len(languages)), dtype=np.float32)
    rows[1:] = (np.log(_SMOOTHING) * weights[is_last])[:, None]
    owner = np.repeat(np.arange(len(languages)), list(map(len, shares)))[is_known]
    rows[place[keys], owner] = np.log(np.concatenate(shares)[is_known] + _SMOOTHING) * weights
    return ProfileTable(languages, letters, base, place, rows)


def _number_letters(
    letters: NDArray[np.int64], joined: str, sizes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the numbers of the letters of n-grams, and which of these the alphabet can write.

    An n-gram is a row of three, with zeros before a short one.
    """
    found = letters[np.minimum(code_points(joined), 0xFFFF)]
    ends = np.cumsum(sizes)
    numbers = np.zeros((len(sizes), 3), dtype=np.int64)
    is_known = np.ones(len(sizes), dtype=bool)
    for back in range(3):
        has = sizes > back
        numbers[has, 2 - back] = own = found[ends[has] - 1 - back]
        is_known[has] &= own > 0
    return numbers, is_known


def score_texts(table: ProfileTable, texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the log-probability of each text (rows) in each language of the table (columns).

    Case, accents and word borders count, as in the profiles; n-grams in no profile do not.
    """
    scores = np.zeros((len(texts), len(table.languages)))
    for chunk in _in_chunks(texts, _CHUNK_LETTERS):
        scores[chunk] = _score_chunk(table, texts[chunk])
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
    valid &= place > 0
    owners = np.broadcast_to(owner[:, None], codes.shape)[valid]
    scores = np.zeros((len(texts), len(table.languages)))
    if len(owners):
        starts = np.flatnonzero(np.diff(owners, prepend=-1))
        scores[owners[starts]] = np.add.reduceat(table.rows[place[valid]], starts, axis=0)
    return scores
