"""Pairs as compressed text that fits into one call, and arrays made of it on the machine.

Text by source compresses better than shuffled ids of pieces: 40 to 85 bytes a pair.  The
machine has sentencepiece and 16 cores, so splitting a million pairs there takes seconds.
"""

from __future__ import annotations

import json
import lzma
import random
import shutil
from functools import partial
from multiprocessing import Pool
from typing import TYPE_CHECKING

import numpy as np

from training.arrays import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from training.prepare import Mixture
    from training.settings import Work

    Row = tuple[int, str, str]
    Encoded = tuple[int, list[int], list[int]]

_WINDOW = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 26}]
_VALUABLE = 1.0  # weight of a domain from which no pair is left out
_LESS = 0.93
_CHUNK = 20_000
_VALID = "valid.xz"


def pack(work: Work, mixture: Mixture, folder: Path, limit: int) -> int:
    """Write a parcel of at most ``limit`` bytes: pairs, tokenizers and encoder; return its bytes.

    Pairs of domains that count less than once are thinned until all fits.

    Raises:
        SystemExit: the pairs of the valuable domains alone are too many.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    fixed = [work.tokenizer, work.target_tokenizer, work.encoder]
    for path in fixed:
        if path.exists():
            shutil.copyfile(path, folder / path.name)
    valid = "".join(f"{group}\t{a}\t{b}\n" for group, (a, b) in mixture.valid)
    (folder / _VALID).write_bytes(_compress(valid))
    room = limit - sum(path.stat().st_size for path in folder.iterdir()) - len(mixture.groups) * 400
    files = [_compress_group(mixture, i) for i in range(len(mixture.groups))]
    low = [i for i, weight in enumerate(mixture.weights) if weight < _VALUABLE]
    while (total := sum(map(len, files))) > room:
        high = total - sum(len(files[i]) for i in low)
        if high >= room or not low:
            raise SystemExit(f"{high:,} bytes of news and prose alone; {room:,} fit")
        share = min(_LESS, (room - high) / (total - high))
        for i in low:
            mixture.thin(i, share)
            files[i] = _compress_group(mixture, i)
    for i, data in enumerate(files):
        (folder / f"pairs-{i:03}.xz").write_bytes(data)
    return sum(path.stat().st_size for path in folder.iterdir())


def _compress_group(mixture: Mixture, number: int) -> bytes:
    pairs = sorted(mixture.groups[number].pairs)  # similar lines side by side
    return _compress("".join(f"{a}\t{b}\n" for a, b in pairs))


def _compress(text: str) -> bytes:
    return lzma.compress(text.encode(), filters=_WINDOW)


def unpack(folder: Path, work: Work, max_pieces: int, processes: int, seed: int = 1) -> int:
    """Split the pairs of a parcel into arrays of the work folder; return the number of pairs."""
    work.arrays.mkdir(parents=True, exist_ok=True)
    mixture = json.loads((folder / "mixture.json").read_text(encoding="utf-8"))
    for own in (work.tokenizer, work.target_tokenizer, work.encoder):
        if (folder / own.name).exists():
            shutil.copyfile(folder / own.name, own)
    rows = [row for i in range(len(mixture["groups"])) for row in _read_group(folder, i)]
    random.Random(seed).shuffle(rows)
    valid = [line.split("\t") for line in _read_lines(folder / _VALID)]
    held = [(int(group), source, english) for group, source, english in valid]
    with Pool(processes, _load, (str(work.tokenizer), str(_target(work)))) as pool:
        encode = partial(_encode, max_pieces)
        for part, part_rows in (("train", rows), ("valid", held)):
            chunks = [part_rows[i : i + _CHUNK] for i in range(0, len(part_rows), _CHUNK)]
            encoded = [row for chunk in pool.imap(encode, chunks) for row in chunk]
            _write(encoded, work.arrays / f"{part}-000.npz")
            if part == "train":
                count = len(encoded)
    shutil.copyfile(folder / "mixture.json", work.mixture)
    return count


def _target(work: Work) -> Path:
    return work.target_tokenizer if work.target_tokenizer.exists() else work.tokenizer


def _read_group(folder: Path, number: int) -> Iterator[Row]:
    for line in _read_lines(folder / f"pairs-{number:03}.xz"):
        source, english = line.split("\t")
        yield number, source, english


def _read_lines(path: Path) -> list[str]:
    return lzma.decompress(path.read_bytes()).decode().split("\n")[:-1]


_PROCESSORS: list[object] = []


def _load(*paths: str) -> None:
    import sentencepiece

    _PROCESSORS[:] = [sentencepiece.SentencePieceProcessor(model_file=path) for path in paths]


def _encode(max_pieces: int, rows: Sequence[Row]) -> list[Encoded]:
    left, right = _PROCESSORS
    encoded = zip(
        rows,
        left.encode([source for _, source, _ in rows]),  # type: ignore[attr-defined]
        right.encode([english for _, _, english in rows]),  # type: ignore[attr-defined]
        strict=True,
    )
    return [
        (group, source, target)
        for (group, _, _), source, target in encoded
        if source and target and max(len(source), len(target)) <= max_pieces
    ]


def _write(encoded: Sequence[Encoded], path: Path) -> None:
    groups, sources, targets = zip(*encoded, strict=True)
    table = Table.from_rows(sources, targets, groups)
    np.savez(
        path,
        source=table.source,
        source_lengths=table.source_lengths.astype(np.uint8),
        target=table.target,
        target_lengths=table.target_lengths.astype(np.uint8),
        groups=table.groups.astype(np.uint8),
    )
