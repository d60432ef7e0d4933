"""``python -m training.prepare``: parallel text to filtered token arrays.

Reads two-column tables, filters them, learns one SentencePiece model for both languages (an
Argos package holds a single one) and writes the pairs as arrays of small integers, so that
training starts in a second and needs neither the text nor the tokenizer.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import hashlib
import io
import json
import random
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import sentencepiece

from training.filtering import HeldOut, filter_pairs
from training.settings import BEGIN_ID, END_ID, UNKNOWN_ID, Preparation, Work

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from training.settings import Limits

    Pair = tuple[str, str]

NORMALIZATION = {
    "\u00a0": " ",  # no-break space, before « : ; ! ? in French
    "\u202f": " ",  # narrow no-break space
    "\u2009": " ",  # thin space
    "\t": " ",
    "\u00ad": "",  # soft hyphen
    "\u2018": "'",
    "\u2019": "'",
    "\u00b4": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u2026": "...",
}
"""What the tokenizer treats as one.  The rules travel inside sentencepiece.model, hence hold for
every program that loads the package; the built-in NFKC rules would add 240 kB to it."""


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a text file, gzipped when its name ends in ``.gz``."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as file:
        yield from file


def read_held_out(paths: Sequence[Path]) -> HeldOut:
    """Collect the sentences of all held-out files, one per line, of any language."""
    held_out = HeldOut()
    for path in paths:
        for line in read_lines(path):
            held_out.add(line)
    return held_out


def collect_pairs(
    paths: Sequence[Path], held_out: HeldOut, limits: Limits
) -> tuple[list[Pair], dict[str, int]]:
    """Read and filter all tables; return the pairs kept and the number of lines per verdict."""
    pairs: list[Pair] = []
    verdicts: Counter[str] = Counter()
    lines = (line for path in paths for line in read_lines(path))
    for source, target, reason in filter_pairs(lines, held_out, limits):
        verdicts[reason or "kept"] += 1
        if reason is None:
            pairs.append((source, target))
    return pairs, dict(sorted(verdicts.items()))


def train_tokenizer(pairs: Iterable[Pair], path: Path, vocabulary: int) -> None:
    """Learn a joint unigram SentencePiece model (Kudo 2018) of ``vocabulary`` pieces.

    Digits are split, so that every number can be spelled and copied; there is no byte fallback,
    since CTranslate2 copies unknown pieces from the source (``replace_unknowns``).
    """
    model = io.BytesIO()
    rules = "".join(f"{_hex(old)}\t{_hex(new)}\n" for old, new in NORMALIZATION.items())
    # the name of the rules file is kept in the model, so it must be the same everywhere
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("rules.tsv").write_text(rules, encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=(side for pair in pairs for side in pair),
            model_writer=model,
            model_type="unigram",
            vocab_size=vocabulary,
            character_coverage=0.9998,
            split_digits=True,
            byte_fallback=False,
            normalization_rule_tsv="rules.tsv",
            unk_id=UNKNOWN_ID,
            bos_id=BEGIN_ID,
            eos_id=END_ID,
            input_sentence_size=1_000_000,
            num_threads=1,  # the order of float sums, hence the model, depends on it
            minloglevel=1,
        )
    path.write_bytes(model.getvalue())


def _hex(text: str) -> str:
    return " ".join(f"{ord(character):x}" for character in text)


def save_arrays(pairs: Sequence[Pair], tokenizer: Path, path: Path, max_pieces: int) -> int:
    """Write the pieces of ``pairs`` to ``path``; return how many pairs fitted ``max_pieces``.

    Each side is one flat array of ids and one of end offsets; ids need two bytes.
    """
    processor = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer))
    encoded = zip(
        *(processor.encode([pair[side] for pair in pairs]) for side in (0, 1)), strict=True
    )
    kept = [sides for sides in encoded if max(map(len, sides)) <= max_pieces and all(sides)]
    (source, source_ends), (target, target_ends) = (
        _flatten([row[side] for row in kept]) for side in (0, 1)
    )
    np.savez(path, source=source, source_ends=source_ends, target=target, target_ends=target_ends)
    return len(kept)


def _flatten(rows: Sequence[list[int]]) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]]:
    pieces = np.asarray([piece for row in rows for piece in row], dtype=np.uint16)
    return pieces, np.cumsum([len(row) for row in rows], dtype=np.int64)


def prepare(
    data: Sequence[Path], exclude: Sequence[Path], work: Work, choices: Preparation
) -> dict[str, object]:
    """Fill the work folder and return the report that is written there too."""
    work.folder.mkdir(parents=True, exist_ok=True)
    pairs, verdicts = collect_pairs(data, read_held_out(exclude), choices.limits)
    random.Random(choices.seed).shuffle(pairs)
    parts = {"valid": pairs[: choices.validation], "train": pairs[choices.validation :]}
    train_tokenizer(parts["train"], work.tokenizer, choices.vocabulary)
    sizes = {
        part: save_arrays(rows, work.tokenizer, work.arrays(part), choices.max_pieces)
        for part, rows in parts.items()
    }
    report: dict[str, object] = {
        "data": {path.name: _sha256(path) for path in data},
        "held_out": {path.name: _sha256(path) for path in exclude},
        "lines": verdicts,
        "pairs": sizes,
        "choices": asdict(choices),
    }
    work.report.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.prepare", description=__doc__)
    parser.add_argument("--data", nargs="+", type=Path, required=True, help="two-column .tsv(.gz)")
    parser.add_argument("--exclude", nargs="*", type=Path, default=[], help="held-out text files")
    parser.add_argument("--work", type=Path, required=True, help="folder outside the repository")
    default = Preparation()
    parser.add_argument("--vocabulary", type=int, default=default.vocabulary, help="pieces")
    parser.add_argument("--validation", type=int, default=default.validation, help="pairs")
    parser.add_argument("--max-pieces", type=int, default=default.max_pieces, help="per side")
    options = parser.parse_args()
    choices = Preparation(options.vocabulary, options.validation, options.max_pieces)
    report = prepare(options.data, options.exclude, Work(options.work), choices)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
