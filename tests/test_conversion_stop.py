"""A stopped or killed run leaves a dataset that the next run completes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from test_conversion import digests

import corpus_norm
from benchmarks import faults
from benchmarks.pages import make_pages
from corpus_norm.dataset.manifest import MANIFEST_NAME, read_manifest

DOCUMENTS = 480
# The command line with parts of a few documents, so that some are done before all are.  PACE is a
# pause after every batch, in seconds: with it the run cannot be over before the signal comes.
CODE = """
import dataclasses
import os
import signal
import sys
import time
from benchmarks.faults import SETTINGS
from corpus_norm import conversion
from corpus_norm.cli import main

whole = conversion.convert

def convert(inputs, output, settings, **options):
    small = dataclasses.replace(settings, dataset=SETTINGS.dataset)
    tell = options.pop("progress", None)

    def progress(state):
        time.sleep(float(os.environ.get("PACE", "0")))
        if tell:
            tell(state)

    return whole(inputs, output, small, progress=progress, **options)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
    conversion.convert = convert
    sys.argv[1:] = ["convert", "in", "-o", "out", "--workers", "2", "--no-translate"]
    main()
"""


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for page in make_pages(DOCUMENTS, kinds="text"):
        (folder / page.name).write_bytes(page.data)
    return folder


def wait_for_a_part(output, process):
    for _ in range(2000):
        if (output / MANIFEST_NAME).exists() and read_manifest(output).parts:
            return
        assert process.poll() is None
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="a terminal sends SIGINT to a process group")
def test_the_same_command_completes_a_dataset_after_ctrl_c(corpus, tmp_path):
    output = tmp_path / "out"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", CODE],
        cwd=tmp_path,
        env={**environment, "PACE": "0.5"},
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as run:
        wait_for_a_part(output, run)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: the workers get it too
        _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert b"finished parts are kept: run the same command again" in said
    assert b"Traceback" not in said
    assert not list(output.rglob("*.tmp"))
    assert not read_manifest(output).complete
    stopped = len(corpus_norm.open_dataset(output))
    assert 0 < stopped < DOCUMENTS
    subprocess.run([sys.executable, "-c", CODE], cwd=tmp_path, env=environment, check=True)
    assert len(corpus_norm.open_dataset(output)) == DOCUMENTS
    assert not list(corpus_norm.open_dataset(output).verify())
    (tmp_path / "again").mkdir()
    os.rename(corpus, tmp_path / "again" / "in")  # noqa: PTH104
    subprocess.run(
        [sys.executable, "-c", CODE], cwd=tmp_path / "again", env=environment, check=True
    )
    assert digests(output) == digests(tmp_path / "again" / "out")


@pytest.mark.slow
def test_injected_faults_lose_duplicate_or_change_nothing(tmp_path):
    """In full, with 200 kills: ``make bench-faults``."""
    trial = faults.Trial.prepare(tmp_path, 60, seed=2)
    findings = [
        faults.kill_runs(trial, 3),
        faults.fail_writes(trial, 6),
        faults.damage_files(trial, 4),
        faults.corrupt_inputs(trial, 30),
    ]
    assert all(each.faults for each in findings)
    assert [each for each in findings if not each.is_clean] == []


@pytest.mark.parametrize("broken", ["lose", "repeat", "change"])
def test_the_trial_detects_lost_duplicated_and_changed_rows(tmp_path, monkeypatch, broken):
    trial = faults.Trial.prepare(tmp_path, 20, seed=3)
    corpus_norm.convert(trial.corpus, trial.output, faults.SETTINGS)
    if broken == "lose":
        trial.sources.add("in/never-seen.txt")
    elif broken == "repeat":
        monkeypatch.setattr(faults, "Counter", RepeatingCounter)
    else:
        next(trial.output.rglob("documents/*.parquet")).touch()
        trial.expected["README.md"] = "another"
    findings = faults.Findings(broken)
    trial.examine(findings)
    assert not findings.is_clean


class RepeatingCounter(faults.Counter):
    """A counter that counts everything twice."""

    def update(self, things):
        super().update(2 * list(things))
