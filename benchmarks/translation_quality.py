"""``python -m benchmarks.translation_quality``: compare our BLEU with published figures.

Translates the development sets with every installed package, every starter model (whatever its
score), and the language models that are named, through the library, and prints BLEU and chrF
(sacrebleu), the share of sentences with an amount in which the audit finds every amount, the
outputs with Chinese left in them, the shares repeated and empty, the time for a sentence, scores by
length, and samples.  The first lines of each set, which the weights of the starter model were tuned
on, are left out for every system; the published figures are for whole sets.  Needs sacrebleu.

With a language model, 600 sentences take half an hour on two idle cores: ``--memory FILE`` keeps
what is translated, so that a run which was ended goes on where it stopped.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.audit import audit
from corpus_norm.document import Flag
from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.translation import models as packages
from corpus_norm.translation.engines.llm.prompt import count_han
from corpus_norm.translation.masking import mask
from corpus_norm.translation.memory import Memory
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
    lines: int | None = None

    def choose(self, total: int) -> list[int]:
        """Return the places of the lines to use in a set of ``total`` lines.

        >>> Options(Path(), None, 0, skip=10, lines=4).choose(50)
        [10, 20, 30, 40]
        >>> Options(Path(), 2, 0, skip=3, step=5).choose(50)
        [3, 8]
        """
        left = max(0, total - self.skip)
        if self.lines is None:
            return list(range(self.skip, total, self.step))[: self.limit]
        count = min(self.lines, left)
        return [self.skip + i * left // count for i in range(count)][: self.limit]


@dataclass
class Clock:
    """Seconds spent on sentences: of processors, with those of child processes, and by the clock.

    Sentences that the memory has take no time, so only those translated in this run are counted.
    """

    sentences: int = 0
    processor: float = 0.0
    elapsed: float = 0.0
    memory_mb: float = 0.0
    started: tuple[float, float] = field(default=(0.0, 0.0))

    def start(self) -> None:
        """Begin a sentence."""
        self.started = processor_seconds(), time.perf_counter()

    def stop(self) -> None:
        """End a sentence."""
        processor, elapsed = self.started
        self.sentences += 1
        self.processor += processor_seconds() - processor
        self.elapsed += time.perf_counter() - elapsed
        self.memory_mb = max(self.memory_mb, *child_memory_mb(), 0.0)

    def __str__(self) -> str:
        if not self.sentences:
            return "no sentence translated in this run"
        return (
            f"{self.sentences} sentences translated in this run: "
            f"{self.processor / self.sentences:.2f} s of processors and "
            f"{self.elapsed / self.sentences:.2f} s by the clock for each; "
            f"the largest child process {self.memory_mb:,.0f} MB"
        )


def processor_seconds() -> float:
    """Return the processor time of this process and its living children (of Linux), in seconds."""
    ticks = 0
    for child in _children():
        fields = (child / "stat").read_text("utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime and stime (proc(5))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def child_memory_mb() -> list[float]:
    """Return the greatest memory that each living child process has had, in MB (of Linux)."""
    lines = [
        line
        for child in _children()
        for line in (child / "status").read_text("utf-8").splitlines()
        if line.startswith("VmHWM:")
    ]
    return [int(line.split()[1]) * 1024 / 1e6 for line in lines]


def _children() -> list[Path]:
    found = []
    for task in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread that has ended
            found += task.read_text("utf-8").split()
    return [Path("/proc") / name for name in found]


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


def translate_by_llm(
    settings: TranslationSettings, memory: Memory | None, code: str, sentences: list[str]
) -> list[str]:
    """Translate sentences with the language model of the settings, and print what they took."""
    source = "zh-Hans" if code == "zh" else code
    threads = len(os.sched_getaffinity(0))
    outputs, clock, chosen = [], Clock(), Settings(translation=settings)
    for sentence in sentences:
        before = count_made(memory)
        clock.start()
        [done] = translate([sentence], source, chosen, memory=memory, threads=threads)
        if memory is None or count_made(memory) > before:
            clock.stop()
        outputs.append(done.text or "")
        print(f"{len(outputs)} of {len(sentences)}; {clock}", file=sys.stderr, flush=True)
    print(clock)
    return outputs


def count_made(memory: Memory | None) -> int:
    """Return the number of translations by engines in a memory."""
    return sum(memory.stats().made.values()) if memory else 0


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
    sources, references = (read_sentences(folder / f"{stem}.{side}") for side in (code, "en"))
    places = options.choose(len(sources))
    if not places:
        print(f"ours: {stem} has no line after line {options.skip}")
        return
    sources, references = ([side[place] for place in places] for side in (sources, references))
    outputs = translate_lines(sources)
    scores = score(sources, outputs, references)
    lines = f"{len(places)} of lines {places[0] + 1} to {places[-1] + 1}"
    kept = keep_amounts(code, sources, outputs)
    print(
        f"{label:<42} BLEU {scores.bleu:5.1f}  chrF {scores.chrf:5.1f}  {lines}  "
        f"amounts kept {sum(kept)} of {len(kept)}  "
        f"Chinese left in {sum(map(bool, map(count_han, outputs)))}  "
        f"repeated {scores.repeating:.1%}  empty {scores.empty:.1%}"
    )
    rows: Rows = list(zip(sources, outputs, references, strict=True))
    for length, part in score_by_length(rows):
        print(f"    {length:>12} characters: {part.sentences:5} lines  BLEU {part.bleu:5.1f}")
    for source, output, reference in rows[:: max(1, len(rows) // max(1, options.samples))][
        : options.samples
    ]:
        print(f"\n    source     {source}\n    output     {output}\n    reference  {reference}")


def keep_amounts(code: str, sources: Sequence[str], outputs: Sequence[str]) -> list[bool]:
    """Return, for each sentence with an amount or date, whether the audit finds all in the English.

    >>> keep_amounts("fr", ["Il a 7 ans.", "Oui.", "Il a 8 ans."], ["He is 7.", "Yes.", "He is 9."])
    [True, False]
    """
    language = "zh-Hans" if code == "zh" else code
    shown = [mask(source, language).rendered for source in sources]  # as the library audits them
    found = [audit(*pair, language) for pair in zip(shown, outputs, strict=True)]
    return [not _LOST & set(each.flags) for each in found if any(p.source for p in each.amounts)]


_LOST = {Flag.AMOUNT_CHANGED, Flag.AMOUNT_MISSING, Flag.UNIT_CHANGED, Flag.DATE_CHANGED}


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
    parser.add_argument("--lines", type=int, help="use LINES lines of each set, evenly spread")
    parser.add_argument("--memory", type=Path, help="file to keep what language models translate")
    parser.add_argument("--set", nargs="*", default=[], help="use only these sets: fr/flores-dev")
    parser.add_argument("--llm", help="a language model: a GGUF file, or its name in 'models list'")
    parser.add_argument("--server-url", help="a language model behind an OpenAI-compatible address")
    parser.add_argument("--samples", type=int, default=20, help="sentences to print per set")
    arguments = parser.parse_args()
    options = Options(
        arguments.gold,
        arguments.limit,
        arguments.samples,
        arguments.skip,
        arguments.step,
        arguments.lines,
    )
    memory = Memory(arguments.memory) if arguments.memory else None
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
        if arguments.set and f"{code}/{name}" not in arguments.set:
            continue
        print_published(code, name)
        found = find_packages(code, arguments.package)
        if not found:
            print("ours: no package is installed and no starter model is in the library")
        for package in found if scored else ():
            report(code, stem, package.label, partial(translate_set, package), options)
        for settings in llms if scored else ():
            label = str(settings.llm_model or settings.server_url)
            report(code, stem, label, partial(translate_by_llm, settings, memory, code), options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
