"""Inject faults into conversions and count the losses: ``make bench-faults``.

``python -m benchmarks.faults [--kills N] [--errors N] [--inputs N] [--damages N]
[--documents N]``

- kills: a run in a process of its own is killed (``kill -9``) at a random moment and started again
  until it completes; every other time a worker process is killed instead;
- errors: a random write, sync or rename fails with a full disk or an input/output error;
- damages: a random file of a finished dataset is cut short, changed or removed;
- inputs: files of random and of damaged bytes.

After each, the dataset must have one row for each input (two, where damaged JSON has a first
record), and be byte for byte that of a run without faults.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from rich.console import Console
from rich.table import Table

from benchmarks.fuzz import make_bytes
from benchmarks.pages import make_pages
from corpus_norm.conversion import convert
from corpus_norm.dataset import open_dataset
from corpus_norm.errors import DatasetError
from corpus_norm.settings import DatasetSettings, Settings, TranslationSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SETTINGS = Settings(
    translation=TranslationSettings(enabled=False),
    dataset=DatasetSettings(batch_documents=4, part_documents=12, row_group_documents=5),
)
_LONGEST_RUN_S = 300.0
REPORT_RUNS = 10  # between two lines of progress


@dataclass(slots=True)
class Findings:
    """The results of the runs of one kind of fault."""

    name: str
    faults: int = 0
    runs: int = 0
    lost: int = 0
    duplicated: int = 0
    different: int = 0
    unnoticed: int = 0

    @property
    def is_clean(self) -> bool:
        """Return whether nothing was lost, duplicated or changed."""
        return not (self.lost or self.duplicated or self.different or self.unnoticed)


@dataclass(slots=True)
class Trial:
    """A corpus, and the dataset that a run without faults makes of it."""

    folder: Path
    documents: int
    rng: random.Random
    expected: dict[str, str] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)

    @classmethod
    def prepare(cls, folder: Path, documents: int, seed: int) -> Trial:
        """Write pages and texts, and convert them once."""
        trial = cls(folder, documents, random.Random(seed))  # noqa: S311 -- reproducible
        trial.corpus.mkdir()
        for page in make_pages(documents, seed):
            (trial.corpus / page.name).write_bytes(page.data)
        for number in range(documents // 10):
            (trial.corpus / f"broken-{number}.txt").write_bytes(make_bytes(trial.rng))
        convert(trial.corpus, trial.output, SETTINGS)
        trial.expected = read_digests(trial.output)
        trial.sources = {str(path) for path in trial.corpus.iterdir()}
        trial.clear()
        return trial

    @property
    def corpus(self) -> Path:
        """Return the folder of the inputs."""
        return self.folder / "in"

    @property
    def output(self) -> Path:
        """Return the folder of the dataset being made."""
        return self.folder / "out"

    def clear(self) -> None:
        """Delete the dataset."""
        shutil.rmtree(self.output, ignore_errors=True)

    def examine(self, findings: Findings) -> None:
        """Compare a finished dataset with the one made without faults."""
        findings.runs += 1
        lost, duplicated = count_rows(self.output, self.sources)
        findings.lost += lost
        findings.duplicated += duplicated
        findings.different += read_digests(self.output) != self.expected
        if findings.runs % REPORT_RUNS == 0:
            print(findings, file=sys.stderr, flush=True)


def read_digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a dataset."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def count_rows(folder: Path, sources: set[str]) -> tuple[int, int]:
    """Count the inputs without a row, and the rows of a record that already has one."""
    dataset = open_dataset(folder)
    columns = ["source", "record"]
    rows = Counter(
        (row["source"], row["record"])
        for table in (dataset.to_arrow(columns), dataset.rejects.select(columns))
        for row in table.to_pylist()
    )
    return len(sources - {source for source, _ in rows}), sum(rows.values()) - len(rows)


def kill_runs(trial: Trial, kills: int) -> Findings:
    """Kill the run or one of its workers with ``kill -9`` at random moments."""
    findings = Findings("kill -9 at a random moment")
    trial.clear()
    while findings.faults < kills:
        victim_is_worker = findings.faults % 2 == 1
        run = subprocess.Popen(  # noqa: S603 -- ourselves
            [sys.executable, "-m", "benchmarks.faults", "--child", str(trial.folder)],
            stderr=subprocess.DEVNULL,
        )
        _wait_until_busy(trial, run)
        try:
            run.wait(trial.rng.uniform(0, 1.2))
        except subprocess.TimeoutExpired:
            victim = _find_worker(run.pid, trial.rng) if victim_is_worker else run.pid
            if victim is not None:
                os.kill(victim, signal.SIGKILL)
                findings.faults += 1
            if victim_is_worker:
                run.wait(_LONGEST_RUN_S)
        if run.wait(_LONGEST_RUN_S) == 0:
            trial.examine(findings)
            trial.clear()
    convert(trial.corpus, trial.output, SETTINGS)
    trial.examine(findings)
    return findings


def _wait_until_busy(trial: Trial, run: subprocess.Popen[bytes]) -> None:
    """Wait until the run has begun to write, or sometimes less long."""
    patience = time.monotonic() + (_LONGEST_RUN_S if trial.rng.random() < 0.9 else 0.5)
    started = time.time()
    while run.poll() is None and time.monotonic() < patience:
        with contextlib.suppress(OSError):
            if any(path.stat().st_mtime >= started for path in trial.output.rglob("part-*")):
                return
        time.sleep(0.02)


def _find_worker(parent: int, rng: random.Random) -> int | None:
    """Find a spawned worker of a process, where the system lists them (Linux)."""
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()
        workers = [
            int(child)
            for child in children
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
        ]
        return rng.choice(workers) if workers else None
    return None


def fail_writes(trial: Trial, errors: int) -> Findings:
    """Let random writes, syncs or renames fail; restart the run until none does."""
    findings = Findings("random I/O error")
    trial.clear()
    while findings.faults < errors:
        try:
            with _fail_once(trial.rng):
                convert(trial.corpus, trial.output, SETTINGS)
        except DatasetError:
            findings.faults += 1
            continue
        trial.examine(findings)
        trial.clear()
    convert(trial.corpus, trial.output, SETTINGS)
    trial.examine(findings)
    return findings


@contextlib.contextmanager
def _fail_once(rng: random.Random) -> Iterator[None]:
    """Let one of the next calls that write to the disk fail."""
    name = rng.choice(["fsync", "replace"])
    left = rng.randrange(1, 40)
    code = rng.choice([errno.ENOSPC, errno.EIO, errno.EROFS])
    original: Callable[..., None] = getattr(os, name)

    def call(*arguments: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(code, os.strerror(code))
        original(*arguments)

    with mock.patch.object(os, name, call):
        yield


def damage_files(trial: Trial, damages: int) -> Findings:
    """Damage or remove a file of a finished dataset; verify must find it, a new run repair it."""
    findings = Findings("damaged part file")
    trial.clear()
    convert(trial.corpus, trial.output, SETTINGS)
    for _ in range(damages):
        victim = trial.rng.choice(sorted(trial.output.rglob("part-*.parquet")))
        data = bytearray(victim.read_bytes())
        spot = trial.rng.randrange(len(data))
        kind = trial.rng.randrange(3)
        if kind == 0:
            victim.unlink()
        elif kind == 1:
            victim.write_bytes(data[:spot])
        else:
            data[spot] ^= trial.rng.randrange(1, 256)
            victim.write_bytes(data)
        findings.faults += 1
        findings.unnoticed += not any(open_dataset(trial.output).verify())
        convert(trial.corpus, trial.output, SETTINGS, update=trial.rng.random() < 0.5)
        trial.examine(findings)
    return findings


def corrupt_inputs(trial: Trial, inputs: int) -> Findings:
    """Convert random and damaged bytes; each input must give one row, the same in every run."""
    findings = Findings("corrupt input", faults=inputs)
    corpus = trial.folder / "corrupt"
    corpus.mkdir()
    pages = make_pages(inputs, seed=trial.rng.randrange(1 << 30))
    for number, page in enumerate(pages):
        data = bytearray(page.data)
        for _ in range(trial.rng.randrange(40)):
            data[trial.rng.randrange(len(data))] = trial.rng.randrange(256)
        content = make_bytes(trial.rng) if number % 3 == 0 else bytes(data)
        suffix = trial.rng.choice([".txt", ".html", ".json", ".md", ".txt.gz"])
        (corpus / f"{number}{suffix}").write_bytes(content)
    sources = {str(path) for path in corpus.iterdir()}
    digests = []
    for workers in (None, 2):
        output = trial.folder / f"corrupt-{workers}"
        convert(corpus, output, SETTINGS, workers=workers)
        lost, duplicated = count_rows(output, sources)
        findings.lost += lost
        findings.duplicated += duplicated
        findings.unnoticed += any(open_dataset(output).verify())
        digests.append(read_digests(output))
        findings.runs += 1
    findings.different += digests[0] != digests[1]
    return findings


def run(kills: int, errors: int, damages: int, inputs: int, documents: int) -> list[Findings]:
    """Run all kinds of faults on one corpus."""
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial.prepare(Path(folder), documents, seed=11)
        return [
            kill_runs(trial, kills),
            fail_writes(trial, errors),
            damage_files(trial, damages),
            corrupt_inputs(trial, inputs),
        ]


def main() -> None:
    """Print the findings; exit with 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    counts = {"kills": 200, "errors": 200, "damages": 100, "inputs": 600, "documents": 150}
    for name, count in counts.items():
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        convert(options.child / "in", options.child / "out", SETTINGS, workers=2)
        return
    table = Table(title="Faults")
    for column in ("", "faults", "runs", "lost", "duplicated", "not identical", "unnoticed"):
        table.add_column(column, justify="left" if not column else "right")
    found = run(**{name: getattr(options, name) for name in counts})
    for each in found:
        numbers = (each.faults, each.runs, each.lost, each.duplicated, each.different)
        table.add_row(each.name, *map(str, numbers), str(each.unnoticed))
    Console().print(table)
    sys.exit(not all(each.is_clean for each in found))


if __name__ == "__main__":
    main()
