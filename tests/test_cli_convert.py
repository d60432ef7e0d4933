"""Options of ``convert`` as a user gives them."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from test_conversion import digests
from typer.testing import CliRunner

import corpus_norm
from corpus_norm.cli import app
from corpus_norm.conversion import pool as resources


def run(*arguments):
    return CliRunner().invoke(app, ["convert", *map(str, arguments), "--no-translate"])


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(fixtures, tmp_path):
    result = run(fixtures / "seeds", "-o", tmp_path / "out", "--dry-run")
    assert result.exit_code == 0
    assert "5 documents" in result.output
    assert "text/plain: 5" in result.output
    assert "nothing was written" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_limit_and_a_sample_take_a_part(fixtures, tmp_path):
    run(fixtures / "seeds", "-o", tmp_path / "limit", "--limit", 2)
    run(fixtures / "seeds", "-o", tmp_path / "sample", "--sample", 3)
    assert len(corpus_norm.open_dataset(tmp_path / "limit")) == 2
    assert len(corpus_norm.open_dataset(tmp_path / "sample")) == 3


@pytest.mark.slow
def test_automatic_workers_write_the_same_bytes(fixtures, tmp_path):
    assert run(fixtures / "seeds", "-o", tmp_path / "auto", "--workers", "auto").exit_code == 0
    assert run(fixtures / "seeds", "-o", tmp_path / "one").exit_code == 0
    assert digests(tmp_path / "auto") == digests(tmp_path / "one")


@pytest.mark.parametrize(
    ("cpus", "gigabytes", "workers"), [(8, 64, 8), (8, 6, 4), (8, 0.5, 1), (1, 64, 1)]
)
def test_as_many_workers_as_cpus_and_memory_allow(monkeypatch, cpus, gigabytes, workers):
    monkeypatch.setattr(resources, "available_cpus", lambda: cpus)
    monkeypatch.setattr(resources, "total_memory", lambda: gigabytes * 1e9)
    assert resources.choose_workers() == workers


@pytest.mark.slow
def test_a_document_that_takes_too_long_is_rejected(tmp_path):
    sentence = "The bank closed its doors on Monday, and nobody knew why it had. "
    (tmp_path / "endless.txt").write_text(sentence * 300_000, encoding="utf-8")
    out = tmp_path / "out"
    result = run(tmp_path / "endless.txt", "-o", out, "--workers", 1, "--time-limit", 0.5)
    assert result.exit_code == 1, result.output
    [row] = corpus_norm.open_dataset(out).rejects.to_pylist()
    assert row["error"] == "TimeLimitError"
    assert "time limit of 0.5 s" in row["message"]


@pytest.mark.slow
def test_a_terminal_shows_speed_rejects_time_left_and_the_shares_of_stages(
    fixtures, tmp_path, monkeypatch
):
    screen = io.StringIO()
    terminal = Console(file=screen, force_terminal=True, color_system=None, width=120)
    monkeypatch.setattr("corpus_norm.cli.progress.err", terminal)
    (tmp_path / "empty.txt").write_bytes(b"")
    run(fixtures / "seeds", tmp_path / "empty.txt", "-o", tmp_path / "out")
    shown = screen.getvalue()
    assert "6 of 6 documents" in shown
    for part in ("1 rejected", "documents/s", "0:00 left", "decode ", "language ", " %"):
        assert part in shown
