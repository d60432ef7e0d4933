"""Documents a second, and memory, as a corpus grows: ``make bench-scale``.

``python -m benchmarks.scale [--sizes 1000 10000] [--workers 1 2] [--ray] [--peer PYTHON]``

Pages are made from the bundled ones (benchmarks/pages.py), written to a temporary folder, and
converted without translation by the main job, each run in a process of its own:

- documents a second, by the wall clock and by the CPU time of all its processes together;
- peak memory of the largest worker and of the parent, which must not grow with the corpus;
- with ``--ray``, the same through a local Ray cluster;
- with ``--peer``, the Python of an environment that has datatrove: its pipeline on the same pages
  (trafilatura, language filter, Parquet writer), which is part of what ours does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.pages import write_pages
from corpus_norm.settings import Settings, TranslationSettings

PEER = Path(__file__).parent / "peer_datatrove.py"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run: documents, seconds by the clock and of CPU, peak memory in bytes."""

    name: str
    kind: str
    documents: int
    workers: int
    seconds: float
    cpu_seconds: float
    worker_bytes: int = 0
    parent_bytes: int = 0

    @property
    def rate(self) -> float:
        """Documents a second by the clock."""
        return self.documents / self.seconds

    @property
    def cpu_rate(self) -> float:
        """Documents for each second of CPU time, which other work on the machine disturbs less."""
        return self.documents / self.cpu_seconds


def measure(command: list[str], name: str, kind: str, documents: int, workers: int) -> Measurement:
    """Run a command to its end; it prints its peaks as the last line of its output."""
    start, before = time.perf_counter(), _cpu_of_children()
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    seconds, cpu = time.perf_counter() - start, _cpu_of_children() - before
    peaks = json.loads(done.stdout.strip().splitlines()[-1])
    return Measurement(
        name,
        kind,
        documents,
        workers,
        seconds,
        cpu,
        peaks["worker_bytes"],
        peaks["parent_bytes"],
    )


def run_child(engine: str, corpus: Path, output: Path, workers: int) -> None:
    """Convert in this process and print the peaks; what ``measure`` starts."""
    import resource

    settings = Settings(translation=TranslationSettings(enabled=False))
    if engine == "ray":
        _run_ray(corpus, output, settings, workers)
    else:
        from corpus_norm import convert

        convert(corpus, output, settings, workers=workers)
    unit = 1 if sys.platform == "darwin" else 1024
    peaks = {
        "worker_bytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit,
        "parent_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
    }
    print(json.dumps(peaks))


def _run_ray(corpus: Path, output: Path, settings: Settings, workers: int) -> None:
    """The same through Ray, whose actors are children of its own daemons: no CPU time is known."""
    import ray

    from corpus_norm.adapters.ray import convert

    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level="error")
    ray.data.DataContext.get_current().enable_progress_bars = False
    convert(corpus, output, settings, actors=workers)
    ray.shutdown()


def _cpu_of_children() -> float:
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(
    sizes: list[int],
    workers: list[int],
    kinds: list[str],
    *,
    with_ray: bool = False,
    peer: str = "",
    log: Path | None = None,
) -> list[Measurement]:
    """All measurements, the smallest corpus first; each is noted in ``log`` as it is made."""
    found = []
    for kind in kinds:
        for size in sizes:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                write_pages(folder / "in", size, kinds=kind)
                for one in _run_corpus(folder, size, kind, workers, with_ray=with_ray, peer=peer):
                    found.append(one)
                    if log:
                        with log.open("a", encoding="utf-8") as file:
                            file.write(json.dumps(asdict(one)) + "\n")
    return found


def _run_corpus(  # noqa: PLR0913
    folder: Path, size: int, kind: str, workers: list[int], *, with_ray: bool, peer: str
) -> list[Measurement]:
    found = []
    for count in workers:
        engines = ["pool", "ray"] if with_ray else ["pool"]
        for engine in engines:
            output = folder / f"{engine}-{count}"
            child = [engine, str(folder / "in"), str(output), str(count)]
            command = [sys.executable, "-m", "benchmarks.scale", "--child", *child]
            found.append(measure(command, f"corpus_norm, {engine}", kind, size, count))
        if peer and kind == "html":
            command = [
                peer,
                str(PEER),
                str(folder / "in"),
                str(folder / f"peer-{count}"),
                str(count),
            ]
            found.append(measure(command, "datatrove", kind, size, count))
    return found


def main() -> None:
    """Print all measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--kinds", nargs="+", default=["html", "text"])
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--peer", default="")
    parser.add_argument("--log", type=Path)
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        engine, corpus, output, workers = options.child
        run_child(engine, Path(corpus), Path(output), int(workers))
        return
    found = run(
        options.sizes,
        options.workers,
        options.kinds,
        with_ray=options.ray,
        peer=options.peer,
        log=options.log,
    )
    Console().print(make_table(found))


def make_table(found: list[Measurement]) -> Table:
    """The measurements, a line each."""
    table = Table(title="Conversion without translation")
    heads = (
        "",
        "pages",
        "documents",
        "workers",
        "documents/s",
        "per CPU second",
        "worker MB",
        "parent MB",
    )
    for head in heads:
        table.add_column(head, justify="left" if head in {"", "pages"} else "right")
    for one in found:
        table.add_row(
            one.name,
            one.kind,
            f"{one.documents:,}",
            str(one.workers),
            f"{one.rate:.1f}",
            f"{one.cpu_rate:.1f}",
            f"{one.worker_bytes / 1e6:.0f}",
            f"{one.parent_bytes / 1e6:.0f}",
        )
    return table


if __name__ == "__main__":
    main()
