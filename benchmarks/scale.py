"""Measure documents per second and memory as a corpus grows: ``make bench-scale``.

``python -m benchmarks.scale [--sizes N ...] [--workers N ...] [--kinds html text crawl] [--ray]
[--peer PYTHON] [--corpus FOLDER]``

Pages are made from the bundled ones (benchmarks/pages.py) or read from a folder, and converted
without translation.  The pages of the kind "crawl" are those of 20 sites: all pages of a site have
its menus and footers.  Each run has processes of its own.  Measured are:

- documents per second, by the clock and by the CPU time of all processes, start included;
- the peak memory of the largest worker and of the parent, which must not grow;
- with ``--ray``, the same through Ray on this machine;
- with ``--peer``, the Python of an environment that has datatrove: its pipeline on the same pages
  (trafilatura, language filter, Parquet writer), which does part of our work.

With any engine and number of workers every page must be in the dataset, and the bytes of the
dataset must be the same; otherwise the exit code is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks.faults import read_digests
from benchmarks.pages import write_pages
from benchmarks.usage import Usage, measure_command
from corpus_norm.settings import Settings, TranslationSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus_norm.dataset import Dataset

SETTINGS = Settings(translation=TranslationSettings(enabled=False))
PEER = Path(__file__).parent / "peer_datatrove.py"
WIDTH = 100  # of the table, also when the output is a file
SHARED_BYTES = 500_000_000  # for Ray's object store, which by default takes a third of the memory


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run.  ``written`` counts documents and rejects; ``dataset`` is a digest of all files."""

    engine: str
    kind: str
    pages: int
    workers: int
    written: int
    dataset: str
    seconds: float
    cpu_seconds: float
    worker_bytes: int
    parent_bytes: int

    @property
    def rate(self) -> float:
        """Return pages per second by the clock."""
        return self.pages / self.seconds

    @property
    def cpu_rate(self) -> float:
        """Return pages per second of CPU time, which other load on the machine disturbs less."""
        return self.pages / self.cpu_seconds

    @classmethod
    def make(cls, engine: str, kind: str, pages: int, workers: int, usage: Usage) -> Measurement:
        """Make a measurement from the output and the usage of a run."""
        report = json.loads(usage.output.splitlines()[-1])
        return cls(
            engine,
            kind,
            pages,
            workers,
            report["documents"],
            report.get("dataset", ""),
            usage.seconds,
            usage.cpu_seconds,
            usage.worker_bytes,
            usage.parent_bytes,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """The runs on every corpus; ``peer`` is the Python of datatrove's environment, or empty."""

    workers: Sequence[int] = (1, 2)
    with_ray: bool = False
    peer: str = ""

    def run(self, corpus: Path, kind: str, pages: int) -> Iterator[Measurement]:
        """Run all engines on one corpus."""
        with tempfile.TemporaryDirectory() as output:
            for count in self.workers:
                for engine, command in self._list_commands(kind):
                    place = str(Path(output) / f"{engine}-{count}")
                    usage = measure_command([*command, str(corpus), place, str(count)])
                    yield Measurement.make(engine, kind, pages, count, usage)

    def _list_commands(self, kind: str) -> Iterator[tuple[str, list[str]]]:
        for engine in ("pool", "ray") if self.with_ray else ("pool",):
            yield engine, [sys.executable, "-m", "benchmarks.scale", "--child", engine]
        if self.peer and kind != "text":
            yield "datatrove", [self.peer, str(PEER)]


def measure_sizes(plan: Plan, sizes: Sequence[int], kinds: Sequence[str]) -> Iterator[Measurement]:
    """Make corpora of the given sizes and run the plan on each, smallest first."""
    for size in sizes:
        for kind in kinds:
            with tempfile.TemporaryDirectory() as folder:
                write_pages(Path(folder), size, kinds=kind)
                yield from plan.run(Path(folder), kind, size)


def list_problems(found: Sequence[Measurement]) -> list[str]:
    """List missing pages, and datasets whose bytes differ."""
    problems = []
    datasets: dict[tuple[str, int], set[str]] = {}
    for one in found:
        if one.engine == "datatrove":
            continue
        if one.written != one.pages:
            problems.append(f"{one.engine}, {one.workers}: {one.written} of {one.pages} pages")
        datasets.setdefault((one.kind, one.pages), set()).add(one.dataset)
    for (kind, pages), digests in datasets.items():
        if len(digests) > 1:
            problems.append(f"{pages} {kind} pages: {len(digests)} different datasets")
    return problems


def make_table(found: Sequence[Measurement]) -> Table:
    """Tabulate the measurements, one a line."""
    table = Table(title="Conversion without translation", box=None)
    left = ("engine", "pages of")
    right = ("pages", "workers", "pages/s", "per CPU s", "worker MB", "parent MB", "written")
    for head in (*left, *right):
        table.add_column(head, justify="left" if head in left else "right")
    for one in found:
        table.add_row(
            one.engine,
            one.kind,
            f"{one.pages:,}",
            str(one.workers),
            f"{one.rate:.1f}",
            f"{one.cpu_rate:.1f}",
            f"{one.worker_bytes / 1e6:.0f}",
            f"{one.parent_bytes / 1e6:.0f}",
            f"{one.written:,}",
        )
    return table


def convert_corpus(engine: str, corpus: Path, output: Path, workers: int) -> None:
    """Convert in this process and its children; each measurement starts this."""
    if engine == "ray":
        dataset = _convert_by_ray(corpus, output, workers)
    else:
        from corpus_norm import convert

        dataset = convert(corpus, output, SETTINGS, workers=workers)
    totals = dataset.manifest.totals
    dataset_digest = hashlib.sha256(json.dumps(read_digests(output)).encode()).hexdigest()
    written = totals.documents + totals.rejects
    print(json.dumps({"documents": written, "dataset": dataset_digest}))


def _convert_by_ray(corpus: Path, output: Path, workers: int) -> Dataset:
    import ray

    from corpus_norm.adapters.ray import convert

    ray.init(
        num_cpus=workers,
        object_store_memory=SHARED_BYTES,
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
    )
    ray.data.DataContext.get_current().enable_progress_bars = False
    try:
        return convert(corpus, output, SETTINGS, actors=workers)
    finally:
        ray.shutdown()


def main() -> None:
    """Print all measurements; append each to ``--log`` as it is made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument(
        "--kinds", nargs="+", choices=["html", "text", "crawl"], default=["html", "text"]
    )
    parser.add_argument("--corpus", type=Path, help="use the .html files of this folder instead")
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--peer", default="", metavar="PYTHON")
    parser.add_argument("--log", type=Path, help="append each measurement as a line to this file")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        engine, corpus, output, workers = options.child
        convert_corpus(engine, Path(corpus), Path(output), int(workers))
        return
    plan = Plan(options.workers, options.ray, options.peer)
    if options.corpus:
        measurements = plan.run(options.corpus, "html", len(list(options.corpus.rglob("*.html"))))
    else:
        measurements = measure_sizes(plan, options.sizes, options.kinds)
    found = []
    for one in measurements:
        found.append(one)
        if options.log:
            with options.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(one)) + "\n")
    Console(width=WIDTH).print(make_table(found))
    problems = list_problems(found)
    print(*problems, sep="\n")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
