"""``python -m benchmarks.translation_quality``: compare our BLEU with published figures.

Translates the development sets with every installed package, every starter model (whatever its
score), and the language models that are named, through the library, and prints BLEU and chrF
(sacrebleu), the share of sentences with digits whose numbers are all kept, the shares repeated and
empty, scores by length, and samples.  The first lines of each set, which the weights of the starter
model were tuned on, are left out for every system; the published figures are for whole sets.
Needs sacrebleu.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.translation import models as packages
from corpus_norm.translation.translate import translate
from training.settings import TUNED_LINES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from corpus_norm.translation import Package

    Rows = list[tuple[str, str, str]]

ROOT = Path(__file__).resolve().parent.parent
SETS = (
    ("fr", "flores-dev", "flores-dev.fr-en"),
    ("fr", "newstest2014", "newstest2014.fr-en"),
    ("zh", "flores-dev", "flores-dev.zh-en"),
    ("zh", "newstest2021", "newstest2021.zh-en"),
)
"""Argos code, name and file stem of each set, below ``mt/`` of the folder of the sets."""

PUBLISHED_SOURCE = "mozilla/firefox-translations-models, evaluation (BLEU, sacrebleu)"
PUBLISHED = {
    ("fr", "flores-dev"): {
        "Microsoft": 48.9,
        "Google": 48.7,
        "Firefox base-memory": 44.3,
        "Firefox tiny": 43.8,
        "NLLB-200 600M": 43.2,
        "OPUS-MT": 43.0,
        "Argos 1.9": 40.8,
    },
    ("fr", "newstest2014"): {
        "Microsoft": 42.3,
        "Google": 40.6,
        "OPUS-MT": 38.0,
        "Firefox base-memory": 37.7,
        "NLLB-200 600M": 37.5,
        "Firefox tiny": 37.3,
        "Argos 1.9": 35.3,
    },
    ("zh", "flores-dev"): {
        "Google": 33.0,
        "Microsoft": 32.5,
        "Firefox base": 28.8,
        "NLLB-200 600M": 24.7,
        "Argos 1.9": 23.4,
        "OPUS-MT": 23.0,
    },
    ("zh", "newstest2021"): {
        "Microsoft": 32.3,
        "Google": 31.8,
        "Firefox base": 28.7,
        "OPUS-MT": 18.3,
        "NLLB-200 600M": 18.2,
        "Argos 1.9": 17.3,
    },
}
"""BLEU of other systems, by language and set."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line."""

    gold: Path
    limit: int | None
    samples: int
    skip: int = TUNED_LINES
    step: int = 1


def find_packages(code: str, only: Sequence[Path]) -> list[Package]:
    """Find the packages to score for an Argos code: the named ones, or all."""
    source = "zh-Hans" if code == "zh" else code
    if only:
        wanted = [path.resolve() for path in only]
        found = packages.installed(dict.fromkeys(path.parent for path in wanted))
        found = [package for package in found if package.path in wanted]
    else:
        found = [*packages.installed(packages.model_folders()), *packages.requested_starters()]
    return [package for package in found if package.source == source]


def translate_set(package: Package, sentences: list[str]) -> list[str]:
    """Translate sentences with the library and only this package."""
    done = translate(sentences, package.source, packages=[package])
    return [translation.text or "" for translation in done]


def translate_by_llm(settings: TranslationSettings, code: str, sentences: list[str]) -> list[str]:
    """Translate sentences with the language model of the settings."""
    source = "zh-Hans" if code == "zh" else code
    done = translate(sentences, source, Settings(translation=settings))
    return [translation.text or "" for translation in done]


def report(
    code: str,
    stem: str,
    label: str,
    translate_lines: Callable[[list[str]], list[str]],
    options: Options,
) -> None:
    """Score one system on one set and print the results."""
    from training.evaluate import read_sentences, score, score_by_length

    folder = options.gold / "mt"
    sources, references = (
        read_sentences(folder / f"{stem}.{side}", slice(options.skip, None, options.step))
        for side in (code, "en")
    )
    sources, references = sources[: options.limit], references[: options.limit]
    if not sources:
        print(f"ours: {stem} has no line after line {options.skip}")
        return
    outputs = translate_lines(sources)
    scores = score(sources, outputs, references)
    last = options.skip + (len(sources) - 1) * options.step + 1
    lines = f"lines {options.skip + 1} to {last}"
    print(
        f"{label:<42} BLEU {scores.bleu:5.1f}  chrF {scores.chrf:5.1f}  {lines}  "
        f"numbers kept {scores.numbers_kept:.1%} of {scores.with_numbers}  "
        f"repeated {scores.repeating:.1%}  empty {scores.empty:.1%}"
    )
    rows: Rows = list(zip(sources, outputs, references, strict=True))
    for length, part in score_by_length(rows):
        print(f"    {length:>12} characters: {part.sentences:5} lines  BLEU {part.bleu:5.1f}")
    for source, output, reference in rows[:: max(1, len(rows) // max(1, options.samples))][
        : options.samples
    ]:
        print(f"\n    source     {source}\n    output     {output}\n    reference  {reference}")


def print_published(code: str, name: str) -> None:
    """Print the published figures for a set."""
    print(f"\n## {code}-en {name}   (others: {PUBLISHED_SOURCE})")
    for system, bleu in PUBLISHED[code, name].items():
        print(f"{system:<42} BLEU {bleu:5.1f}  published")


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.translation_quality")
    gold = Path(os.environ.get("CORPUS_NORM_GOLD", ROOT.parent / "shared"))
    parser.add_argument("gold", nargs="?", type=Path, default=gold, help="folder of the sets")
    parser.add_argument("--package", nargs="*", type=Path, default=[], help="package folders")
    parser.add_argument("--limit", type=int, help="use only LIMIT lines of each set")
    parser.add_argument(
        "--skip", type=int, default=TUNED_LINES, help="leave out the first lines: tuned on"
    )
    parser.add_argument("--step", type=int, default=1, help="use every STEPth line of each set")
    parser.add_argument("--llm", help="a language model: a GGUF file, or its name in 'models list'")
    parser.add_argument("--server-url", help="a language model behind an OpenAI-compatible address")
    parser.add_argument("--samples", type=int, default=20, help="sentences to print per set")
    arguments = parser.parse_args()
    options = Options(
        arguments.gold, arguments.limit, arguments.samples, arguments.skip, arguments.step
    )
    llms = [
        TranslationSettings(engine=engine, llm_model=model, server_url=url)
        for engine, model, url in (
            ("llm", arguments.llm, None),
            ("server", None, arguments.server_url),
        )
        if model or url
    ]
    if not (options.gold / "mt").is_dir():
        print(f"skipped: the development sets are not in {options.gold / 'mt'}")
        return 0
    scored = importlib.util.find_spec("sacrebleu") is not None
    if not scored:
        print("ours is skipped: sacrebleu is not installed (pip install sacrebleu)")
    for code, name, stem in SETS:
        print_published(code, name)
        found = find_packages(code, arguments.package)
        if not found:
            print("ours: no package is installed and no starter model is in the library")
        for package in found if scored else ():
            report(code, stem, package.label, partial(translate_set, package), options)
        for settings in llms if scored else ():
            label = str(settings.llm_model or settings.server_url)
            report(code, stem, label, partial(translate_by_llm, settings, code), options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
