"""``python -m training.audit.corpus``: the sentence pairs that the word lexicon is counted in.

Writes ``LANGUAGE.tsv`` (weight, source, English) into the work folder, and ``LANGUAGE.apart.tsv``:
news with its human and machine translations that the lexicon never sees, on which
:mod:`training.audit.fit` fits the score (``fit``) and measures it (``check``).
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from training.filtering import HeldOut, filter_pairs, split_words
from training.gather import read_held_out, read_lines
from training.settings import Limits
from training.sources import TERMS, choose_sources, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

# How much a sentence counts, and the most lines of one file, by domain.
DOMAINS = {
    "news": (3.0, 100_000),
    "machine-news": (2.0, 100_000),
    "prose": (1.5, 60_000),
    "speech": (1.5, 30_000),
    "names": (1.0, 10_000),
    "dictionary": (0.5, 200_000),
    "fiction": (0.7, 15_000),
    "law": (0.7, 25_000),
    "documentation": (0.5, 8_000),
    "archaic": (0.2, 5_000),
}
APART = ("fr-en.wmt-news08-13", "zh-en.wmt-news17-20", "zh-en.wmt23-24-general")
_SHARE = 8  # one sentence of so many is set apart


def number_of(text: str) -> int:
    """Return a number that depends only on the words of a text."""
    return int.from_bytes(hashlib.sha256(" ".join(split_words(text)).encode()).digest()[:4], "big")


def group_of(human: str) -> str:
    """Return ``fit`` or ``check`` for a human sentence that is set apart, otherwise ``""``."""
    number = number_of(human)
    if number % _SHARE:
        return ""
    return "check" if number // _SHARE % 3 == 0 else "fit"


def read_apart(folder: Path, language: str) -> dict[str, str]:
    """Return the key of each sentence set apart, source or English, with its group.

    The lines of a machine translation share one side with a human pair.
    """
    groups: dict[str, str] = {}
    for name in APART:
        path = folder / f"{name}.tsv.gz"
        if not name.startswith(language) or not path.exists():
            continue
        for line in read_lines(path):
            source, _, english = line.rstrip("\n").partition("\t")
            if group := group_of(english):
                groups[key_of(source)] = groups[key_of(english)] = group
    return groups


def key_of(text: str) -> str:
    """Return what identifies a sentence, whatever its case and punctuation."""
    return " ".join(split_words(text))


def read_source(
    path: Path, held_out: HeldOut, seen: set[int], most: int
) -> Iterator[tuple[str, str]]:
    """Yield the filtered pairs of a file, at most ``most``, evenly spread."""
    lines = list(read_lines(path))
    step = max(1.0, len(lines) / most)
    chosen = [lines[int(i * step)] for i in range(int(len(lines) / step))]
    for left, right, reason in filter_pairs(chosen, held_out, Limits(), seen=seen):
        if reason is None and len(left) < 1000 and len(right) < 1000:
            yield left, right


def write_corpus(folder: Path, work: Path, language: str, held_out: HeldOut) -> None:
    """Write the pairs of a language, and those set apart."""
    _, sources = read_table()
    apart, seen = read_apart(folder, language), set[int]()
    terms = [each for each in TERMS if each in {"open", "research"}]
    chosen = [s for s in choose_sources(sources, [language], terms) if s.domain in DOMAINS]
    chosen.sort(key=lambda s: (-DOMAINS[s.domain][0], s.name))
    counts = [0, 0]
    with (
        (work / f"{language}.tsv").open("w", encoding="utf-8") as learn,
        (work / f"{language}.apart.tsv").open("w", encoding="utf-8") as aside,
    ):
        for source in chosen:
            path = folder / f"{source.name}.tsv.gz"
            if not path.exists():
                continue
            weight, most = DOMAINS[source.domain]
            for left, right in read_source(path, held_out, seen, most):
                group = apart.get(key_of(left)) or apart.get(key_of(right))
                if group:
                    aside.write(f"{group}\t{source.name}\t{left}\t{right}\n")
                else:
                    learn.write(f"{weight}\t{left}\t{right}\n")
                counts[bool(group)] += 1
            print(source.name, counts, flush=True)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.corpus", description=__doc__)
    parser.add_argument("--parallel", type=Path, required=True, help="folder of the .tsv.gz files")
    parser.add_argument("--exclude", type=Path, nargs="*", default=[], help="test sets")
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"])
    parser.add_argument("--work", type=Path, required=True, help="folder outside the repository")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    held_out = read_held_out(options.exclude)
    for language in options.languages:
        write_corpus(options.parallel, options.work, language, held_out)


if __name__ == "__main__":
    main()
