"""``python -m training.package``: weights to one ``.argosmodel`` file.

The file is a plain Argos package, loaded by the code that loads any other.  What is ours stands
in ``metadata.json`` under ``corpus_norm``: what the model is for, what it learned from, and the
score that the very files of the package reached.  The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.convert import convert
from training.evaluate import evaluate
from training.settings import Shape, Work

ARGOS_VERSION = "1.9"
"""The version of Argos whose package layout this is."""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold

_README = """# {from_name} to {to_name}, version {version}

{purpose}

- Licence: {licence}
- Learned from: {data}
- Quality: {quality}

Made with `training/` of corpus_norm: SentencePiece with {vocabulary} joint pieces, a transformer
with {encoder_layers}+{decoder_layers} layers of width {width}, CTranslate2 in 8 bits.
"""

_QUALITY = """BLEU {flores_dev_bleu} and chrF {flores_dev_chrf} on {test} (sacrebleu); all
  numbers kept in {numbers_kept:.0%} of the sentences that hold digits"""


@dataclass(frozen=True, slots=True)
class Card:
    """What a package says about itself."""

    from_code: str
    from_name: str
    to_code: str
    to_name: str
    version: str
    purpose: str
    licence: str
    data: str

    @property
    def folder(self) -> str:
        """The root folder's name, in the manner of Argos: ``translate-fr_en-0_1``."""
        return f"translate-{self.from_code}_{self.to_code}-{self.version.replace('.', '_')}"


@dataclass(frozen=True, slots=True)
class Test:
    """The sentences that the packaged model is scored on; ``limit`` keeps the first lines."""

    source: Path
    reference: Path
    limit: int | None = None

    @property
    def name(self) -> str:
        """The set's name: the file name without the language, and how much of it was used."""
        return self.source.stem + (f", first {self.limit} lines" if self.limit else "")


def build_package(work: Work, card: Card, test: Test | None, path: Path) -> dict[str, object]:
    """Write the package to ``path`` and return its metadata.

    Without ``test`` there are no scores, and a model without scores is never a default.
    """
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / card.folder
        shape = Shape.load(work.shape)
        with np.load(work.weights) as weights:
            convert(dict(weights), shape, work.tokenizer, root / "model")
        shutil.copyfile(work.tokenizer, root / "sentencepiece.model")
        scores = measure(root, test)
        metadata = describe(card, scores)
        text = json.dumps(metadata, indent=1, ensure_ascii=False, sort_keys=True)
        (root / "metadata.json").write_text(text + "\n", encoding="utf-8")
        (root / "README.md").write_text(render_readme(card, shape, scores), encoding="utf-8")
        write_archive(root, path)
    return metadata


def measure(root: Path, test: Test | None) -> dict[str, object]:
    """Score the package in ``root``: the keys of ``metadata["corpus_norm"]`` about quality."""
    if test is None:
        return {}
    scores, _ = evaluate(root, test.source, test.reference, test.limit)
    return {
        "flores_dev_bleu": scores.bleu,
        "flores_dev_chrf": scores.chrf,
        "flores_dev_lines": scores.sentences,
        "numbers_kept": scores.numbers_kept,
        "test": test.name,
    }


def describe(card: Card, scores: dict[str, object]) -> dict[str, object]:
    """Build ``metadata.json``: Argos's keys, and ours under ``corpus_norm``."""
    return {
        "package_version": card.version,
        "argos_version": ARGOS_VERSION,
        "type": "translate",
        "from_code": card.from_code,
        "from_name": card.from_name,
        "to_code": card.to_code,
        "to_name": card.to_name,
        "corpus_norm": {
            "purpose": card.purpose,
            "licence": card.licence,
            "data": card.data,
            **scores,
        },
    }


def render_readme(card: Card, shape: Shape, scores: dict[str, object]) -> str:
    """Write the page that travels inside the package."""
    return _README.format(
        from_name=card.from_name,
        to_name=card.to_name,
        version=card.version,
        purpose=card.purpose,
        licence=card.licence,
        data=card.data,
        quality=_QUALITY.format(**scores) if scores else "not measured",
        vocabulary=shape.vocabulary,
        encoder_layers=shape.encoder_layers,
        decoder_layers=shape.decoder_layers,
        width=shape.width,
    )


def write_archive(root: Path, path: Path) -> None:
    """Zip the folder ``root`` so that the bytes depend on its contents alone.

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


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.package", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that train filled")
    parser.add_argument("--output", type=Path, required=True, help="the .argosmodel to write")
    for option, default in (
        ("from-code", "fr"),
        ("from-name", "French"),
        ("to-code", "en"),
        ("to-name", "English"),
        ("version", "0.1"),
    ):
        parser.add_argument(f"--{option}", default=default, help=default)
    parser.add_argument("--purpose", required=True, help="what the model is good for, honestly")
    parser.add_argument("--licence", required=True, help="licence of data, hence of the model")
    parser.add_argument("--data", required=True, help="what it learned from")
    parser.add_argument("--flores-source", type=Path, help="flores-dev, source side")
    parser.add_argument("--flores-reference", type=Path, help="flores-dev, target side")
    parser.add_argument("--flores-limit", type=int, help="first so many lines only")
    options = vars(parser.parse_args())
    test = None
    if options["flores_source"] and options["flores_reference"]:
        test = Test(options["flores_source"], options["flores_reference"], options["flores_limit"])
    card = Card(**{name: options[name] for name in Card.__dataclass_fields__})
    metadata = build_package(Work(options["work"]), card, test, options["output"])
    print(json.dumps(metadata, indent=1, ensure_ascii=False))
    print(f"{options['output']}: {options['output'].stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
