"""``python -m training.package``: pack weights into one ``.argosmodel`` file.

The file is a plain Argos package, loaded by the code that loads any other.  Our additions are in
``metadata.json`` under ``corpus_norm``: the purpose of the model, its training data, and the score
of these very files.  A model of several source languages is one package: Argos reads its first
language, the library all of them.  The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.card import GATE, NAMES, Card, render, summarize_data
from training.convert import convert
from training.evaluate import choose_lines, evaluate, find_failures
from training.settings import TUNED_LINES, Work

ARGOS_VERSION = "1.9"
"""The version of Argos whose package layout is used."""

PURPOSE = "A compact starter model for reading news; install a larger model for better English."
LICENCE = "weights Apache-2.0; learned from data under the licences that the model card lists"

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold


@dataclass(frozen=True, slots=True)
class Test:
    """The sentences that a language is scored on: ``limit`` lines or all, after the tuned ones.

    Weights were tuned on the first ``tuned`` lines, which therefore count for nothing.
    """

    language: str
    source: Path
    reference: Path
    limit: int | None = None
    tuned: int = TUNED_LINES

    @property
    def name(self) -> str:
        """Return the name of the set: the file name without the language, and the lines used.

        >>> Test("fr", Path("flores-dev.fr-en.fr"), Path("flores-dev.fr-en.en"), 20).name
        'flores-dev.fr-en, lines 151 to 170'
        """
        first = self.tuned + 1
        if self.limit:
            return f"{self.source.stem}, lines {first} to {self.tuned + self.limit}"
        return self.source.stem + (f", from line {first}" if self.tuned else "")


def build_package(work: Work, card: Card, tests: list[Test], path: Path) -> dict[str, Any]:
    """Write the package to ``path`` and return its metadata.

    A language without a test has no score, and a model without a score is never a default.
    """
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / card.folder
        with np.load(work.weights) as weights:
            convert(dict(weights), work, root / "model")
        shutil.copyfile(work.tokenizer, root / "sentencepiece.model")
        scores, failures = {}, []
        for test in tests:
            scores[test.language], rows = measure(root, test)
            failures += find_failures(rows)
        metadata = describe(card, summarize_data(work), scores)
        text = json.dumps(metadata, indent=1, ensure_ascii=False, sort_keys=True)
        (root / "metadata.json").write_text(text + "\n", encoding="utf-8")
        (root / "README.md").write_text(render(card, work, scores, failures), encoding="utf-8")
        write_archive(root, path)
    return metadata


def choose_tests(
    card: Card, folder: Path | None, limit: int | None, tuned: int = TUNED_LINES
) -> list[Test]:
    """Find the development sets of the languages of a card; none without a folder."""
    if folder is None:
        return []
    stems = {code: folder / f"flores-dev.{code}-en" for code in card.languages}
    return [
        Test(code, Path(f"{stem}.{code}"), Path(f"{stem}.en"), limit, tuned)
        for code, stem in stems.items()
    ]


def measure(root: Path, test: Test) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """Score the package in ``root`` for one language; also return every sentence."""
    scores, rows = evaluate(
        root, test.source, test.reference, choose_lines(test.limit, test.tuned), test.language
    )
    quality = {
        "flores_dev_bleu": scores.bleu,
        "flores_dev_chrf": scores.chrf,
        "flores_dev_lines": scores.sentences,
        "numbers_kept": scores.numbers_kept,
        "empty": scores.empty,
        "repeating": scores.repeating,
        "test": test.name,
    }
    return quality, rows


def describe(card: Card, data: str, scores: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Build ``metadata.json``: Argos's keys, and ours under ``corpus_norm``."""
    first, *others = card.languages
    return {
        "package_version": card.version,
        "argos_version": ARGOS_VERSION,
        "type": "translate",
        "from_code": first,
        "from_name": NAMES.get(first, first),
        "to_code": "en",
        "to_name": NAMES["en"],
        "corpus_norm": {
            "purpose": card.purpose,
            "licence": card.licence,
            "data": data,
            "also_from": others,
            "scores": scores,
        },
    }


def write_archive(root: Path, path: Path) -> None:
    """Zip the folder ``root`` so that the bytes depend only on its contents.

    Names are sorted, times and modes fixed, and nothing is compressed, as in Argos's own
    packages: the output of a compressor differs from version to version.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(entry for entry in root.rglob("*") if entry.is_file()):
            name = file.relative_to(root.parent).as_posix()
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.create_system = 3  # Unix, on every system
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    temporary.replace(path)


def unpack_starter(path: Path, folder: Path) -> None:
    """Unpack the package where the library looks for starter models, replacing older ones."""
    with zipfile.ZipFile(path) as archive:
        root = archive.namelist()[0].split("/")[0]
        for old in folder.glob("translate-*"):
            shutil.rmtree(old)
        archive.extractall(folder)
    print(f"{folder / root}: installed")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.package", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that train filled")
    parser.add_argument("--output", type=Path, required=True, help="the .argosmodel to write")
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"], help="source languages")
    parser.add_argument("--version", default="0.1")
    parser.add_argument("--purpose", default=PURPOSE, help="what the model is good for")
    parser.add_argument("--licence", default=LICENCE, help="licence of the model")
    parser.add_argument("--mt", type=Path, help="folder of flores-dev.fr-en.fr and so on, to score")
    parser.add_argument("--limit", type=int, help="use only LIMIT lines of each test")
    parser.add_argument("--tuned-lines", type=int, default=TUNED_LINES, help="lines to leave out")
    parser.add_argument("--starter", type=Path, help="also unpack into this folder")
    options = parser.parse_args()
    card = Card(tuple(options.languages), options.version, options.purpose, options.licence)
    tests = choose_tests(card, options.mt, options.limit, options.tuned_lines)
    metadata = build_package(Work(options.work), card, tests, options.output)
    print(json.dumps(metadata, indent=1, ensure_ascii=False))
    print(f"{options.output}: {options.output.stat().st_size:,} bytes")
    for code, row in metadata["corpus_norm"]["scores"].items():
        passes = row["flores_dev_bleu"] >= GATE.get(code, float("inf"))
        print(f"{code}: {row['flores_dev_bleu']} BLEU, {'passes' if passes else 'below'} the gate")
    if options.starter:
        unpack_starter(options.output, options.starter)


if __name__ == "__main__":
    main()
