"""``python -m benchmarks.translation_speed``: compare our speed with Argos and CTranslate2.

One run, one model, the same sentences, the same beam, two cores:

- argostranslate's own API, a document per call, with its default and with ARGOS_BATCH_SIZE=1024;
- ours, cold, and warm from the translation memory;
- CTranslate2 alone on sentences sorted by length, the upper limit;
- the starter model, whatever its score, in the same unit: tokens of the package.

argostranslate gets our sentence boundaries, which costs it nothing.  It and CTranslate2 sentence by
sentence take long, so they get only the first documents, and rates are compared.  Rates are tokens
of input per second of processor time, which other load on the machine disturbs little.  Without an
installed package, a model of real size that copies its input is used
(:mod:`benchmarks.copying_model`).
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.copying_model import make_package
from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.translation import Translation, translate
from corpus_norm.translation import models as packages
from corpus_norm.translation.engines.argos import ArgosTranslator
from corpus_norm.translation.engines.routes import open_engine
from corpus_norm.translation.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from corpus_norm.translation import Package

    Document = list[str]

GOLD = Path(__file__).resolve().parent.parent.parent / "shared"
SENTENCES = "mt/newstest2014.fr-en.fr"
PER_DOCUMENT = 20
CORES = 2


@dataclass(frozen=True, slots=True)
class Timing:
    """The measurement of one engine: tokens read, processor seconds, clock seconds."""

    name: str
    tokens: int
    cpu_s: float
    wall_s: float

    @property
    def rate(self) -> float:
        """Return tokens per second of processor time."""
        return self.tokens / self.cpu_s


def read_documents(path: Path, count: int) -> list[Document]:
    """Read documents of consecutive, distinct sentences, in a fixed random order."""
    lines = list(dict.fromkeys(line.strip() for line in path.read_text("utf-8").splitlines()))
    documents = [lines[i : i + PER_DOCUMENT] for i in range(0, len(lines), PER_DOCUMENT)]
    random.Random(0).shuffle(documents)  # noqa: S311 -- no secret
    return documents[: max(1, count // PER_DOCUMENT)]


def find_package(chosen: Path | None, folder: Path) -> Package:
    """Return the named package, the installed French one, or the copying model."""
    if chosen is not None:
        return packages.read_package(chosen)
    found = [p for p in packages.installed(packages.model_folders()) if p.source == "fr"]
    real = [package for package in found if package.target == "en" and not package.tests_only]
    return real[0] if real else packages.read_package(make_package(folder))


def clock(name: str, tokens: int, work: Callable[[], Any]) -> tuple[Any, Timing]:
    """Run a function; print and return its timing."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    timing = Timing(name, tokens, time.process_time() - cpu, time.perf_counter() - wall)
    print(
        f"{name:<44} {timing.rate:8.0f} tokens/s of processor   "
        f"{timing.cpu_s:7.1f} s processor  {timing.wall_s:7.1f} s clock",
        flush=True,
    )
    return result, timing


def load_argos(package: Package) -> Any:  # noqa: ANN401 -- argostranslate is not typed
    """Load a package into argostranslate, with our sentence boundaries."""
    folder = tempfile.mkdtemp()
    os.environ |= {"XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_CACHE_HOME": folder}
    import argostranslate.package
    import argostranslate.translate as argos

    class Boundaries:
        """A splitter at the separator, a character that no text has."""

        def __init__(self, *_: object) -> None:
            pass

        def split_sentences(self, text: str) -> list[str]:
            return text.split(SEPARATOR)

    argos.MiniSBDSentencizer = Boundaries
    source, target = argos.Language("fr", "French"), argos.Language("en", "English")
    return argos.PackageTranslation(source, target, argostranslate.package.Package(package.path))


SEPARATOR = "\x1e"


def run_argos(argos: Any, documents: list[Document], batch: int) -> None:  # noqa: ANN401
    """Translate with one call per document, its sentences as one paragraph."""
    import argostranslate.settings

    argostranslate.settings.batch_size = batch
    for document in documents:
        argos.translate(SEPARATOR.join(document))


def run_alone(engine: ArgosTranslator, sentences: list[str], settings: Settings) -> list[Any]:
    """Run only CTranslate2, on tokens sorted by length, in batches by tokens."""
    sources = sorted(engine._encode(sentences), key=len)  # noqa: SLF001 -- the limit, by hand
    results: list[Any] = engine._translator.translate_batch(  # noqa: SLF001
        sources,
        beam_size=settings.translation.beam_size,
        length_penalty=settings.translation.length_penalty,
        max_batch_size=settings.translation.batch_tokens,
        batch_type="tokens",
        max_input_length=0,
        max_decoding_length=settings.translation.max_output_tokens,
        replace_unknowns=True,
        return_scores=True,
    )
    return results


def count_same(ours: list[Translation], theirs: list[str]) -> int:
    """Count equal outputs, apart from underscores, which argostranslate turns into spaces."""
    return sum(
        one.text.replace("_", " ").split() == other.split()
        for one, other in zip(ours, theirs, strict=True)
    )


def compare(package: Package, documents: list[Document], few: int, folder: Path) -> None:
    """Compare all engines in one run; print each as it ends."""
    settings = Settings(translation=TranslationSettings(audit=False))  # the others have no audit
    sentences = [sentence for document in documents for sentence in document]
    some = documents[: max(1, few // PER_DOCUMENT)]
    engine = ArgosTranslator(package, CORES)
    engine.probe()
    tokens = sum(engine.count_tokens(sentences))
    sample = [sentence for document in some for sentence in document]
    sample_tokens = sum(engine.count_tokens(sample))
    print(
        f"{package.label}; beam {settings.translation.beam_size}, {CORES} cores; "
        f"{len(sentences):,} sentences, {tokens:,} tokens; Argos: {len(sample):,} of them\n"
    )
    argos = load_argos(package)
    argos.translate("Bonjour.")  # loads the model
    _, api = clock("argostranslate, a document per call", sample_tokens,
                   lambda: run_argos(argos, some, 32))  # fmt: skip
    _, large = clock("argostranslate, ARGOS_BATCH_SIZE=1024", sample_tokens,
                     lambda: run_argos(argos, some, 1024))  # fmt: skip
    memory = Memory(folder / "memory.sqlite")

    def ours() -> list[Translation]:
        return translate(sentences, "fr", settings, engine=engine, memory=memory)

    _, limit = clock("CTranslate2 alone, sorted", tokens,
                     lambda: run_alone(engine, sentences, settings))  # fmt: skip
    first, cold = clock("ours, into an empty memory", tokens, ours)
    second, warm = clock("ours, from the memory", tokens, ours)
    [starter] = [each for each in packages.requested_starters() if each.source == "fr"]
    starting = open_engine("fr", [starter])
    starting.count_tokens(["Bonjour."])  # loads the model
    _, phrases = clock("the starter model's phrase tables", tokens,
                       lambda: translate(sentences, "fr", settings, engine=starting))  # fmt: skip
    alone, _ = clock("argostranslate, a sentence per call", sample_tokens,
                     lambda: [argos.translate(sentence) for sentence in sample])  # fmt: skip
    print(
        f"\nours is {cold.rate / api.rate:.1f} times argostranslate's API, "
        f"{cold.rate / large.rate:.1f} times the same with large batches, "
        f"{cold.rate / limit.rate:.0%} of CTranslate2 alone; "
        f"from the memory {cold.cpu_s / warm.cpu_s:.0f} times quicker than into it\n"
        f"the starter model is {phrases.rate / limit.rate:.1f} times CTranslate2 alone\n"
        f"the same outputs as argostranslate one by one: "
        f"{count_same(first[: len(sample)], alone)} of {len(sample)}; "
        f"the same from the memory: {first == second}"
    )


def show_options(package: Package, documents: list[Document]) -> None:
    """Print the cost of the decoding options, for the table in docs/translation.md.

    On sentences of one length, the commonest between 30 and 60 tokens, so that batches are full.
    """
    engine = ArgosTranslator(package, CORES)
    engine.probe()
    everything = [sentence for document in documents for sentence in document]
    lengths = engine.count_tokens(everything)
    [(length, _)] = Counter(n for n in lengths if 30 <= n <= 60).most_common(1)
    sentences = [s for s, n in zip(everything, lengths, strict=True) if n == length][:64]
    tokens = length * len(sentences)
    print(f"{len(sentences)} sentences of {length} tokens")
    usual = TranslationSettings()
    for change in (
        {},
        {"beam_size": 1},
        {"beam_size": 2},
        {"beam_size": 8},
        {"batch_tokens": 256},
        {"batch_tokens": 4096},
        {"length_penalty": 1.0},
        {"deterministic": True},
    ):
        settings = Settings(translation=replace(usual, **change))
        name = ", ".join(f"{key} {value}" for key, value in change.items()) or "the defaults"
        clock(name, tokens, lambda settings=settings: translate(  # type: ignore[misc]
            sentences, "fr", settings, engine=engine))  # fmt: skip


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.translation_speed")
    gold = Path(os.environ.get("CORPUS_NORM_GOLD", GOLD))
    parser.add_argument("gold", nargs="?", type=Path, default=gold, help="folder of the sets")
    parser.add_argument("--package", type=Path, help="folder of a French package")
    parser.add_argument("--sentences", type=int, default=1500)
    parser.add_argument("--few", type=int, default=200, help="sentences for argostranslate")
    parser.add_argument("--options", action="store_true", help="cost of the decoding options")
    arguments = parser.parse_args()
    path = arguments.gold / SENTENCES
    if not path.is_file():
        print(f"skipped: no {path}")
        return 0
    documents = read_documents(path, arguments.sentences)
    with tempfile.TemporaryDirectory() as folder:
        package = find_package(arguments.package, Path(folder))
        if arguments.options:
            show_options(package, documents)
        else:
            compare(package, documents, arguments.few, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
