"""Options of ``convert`` as a user gives them."""

from __future__ import annotations

import io
import json

import pytest
import typer
from rich.console import Console
from test_conversion import digests
from typer.testing import CliRunner

import corpus_norm
from corpus_norm.cli import app
from corpus_norm.conversion import pool as resources
from corpus_norm.settings import Settings, TranslationSettings


def run(*arguments):
    return CliRunner().invoke(app, ["convert", *map(str, arguments), "--no-translate"])


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(fixtures, tmp_path):
    result = run(fixtures / "seeds", "-o", tmp_path / "out", "--dry-run")
    assert result.exit_code == 0
    assert "5 documents" in result.output
    assert "text/plain: 5" in result.output
    assert "nothing was written" in result.output
    assert not (tmp_path / "out").exists()


def test_a_dry_run_of_one_document_counts_it_in_the_singular(fixtures, tmp_path):
    result = run(fixtures / "seeds" / "000.txt", "-o", tmp_path / "out", "--dry-run")
    assert "1 document, " in result.output
    assert "1 part in " in result.output
    assert "1 document is left to convert" in result.output


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
    monkeypatch.setattr("corpus_norm.cli.console.err", terminal)
    (tmp_path / "empty.txt").write_bytes(b"")
    run(fixtures / "seeds", tmp_path / "empty.txt", "-o", tmp_path / "out")
    shown = screen.getvalue()
    assert "6 of 6 documents" in shown
    for part in ("1 rejected", "documents/s", "0:00 left", "decode ", "language ", " %"):
        assert part in shown


def test_settings_of_a_file_hold_and_options_win_over_them(fixtures, tmp_path):
    file = tmp_path / "house.toml"
    file.write_text('charset = "utf-8"\ntime_limit_s = 9\n[translation]\nbeam_size = 1\n', "utf-8")
    out = tmp_path / "out"
    result = run(fixtures / "seeds" / "001.txt", "-o", out, "--settings", file, "--time-limit", 7)
    assert result.exit_code == 0, result.output
    off = TranslationSettings(enabled=False, beam_size=1)
    expected = Settings(charset="utf-8", time_limit_s=7, translation=off)
    [document] = corpus_norm.open_dataset(out).documents()
    assert document.settings_hash == expected.digest()


def test_settings_are_printed_as_a_file_that_can_be_loaded(tmp_path):
    printed = CliRunner().invoke(app, ["settings"]).stdout
    assert printed == Settings().to_toml()
    file = tmp_path / "house.toml"
    file.write_text(printed.replace("beam_size = 4", "beam_size = 1"), encoding="utf-8")
    again = CliRunner().invoke(app, ["settings", "--settings", str(file)]).stdout
    assert again == file.read_text("utf-8")


def test_a_terminal_without_the_characters_gets_toml_all_the_same(tmp_path):
    file = tmp_path / "house.toml"
    file.write_text('lexicon_paths = ["été \U0001f600.toml"]', encoding="utf-8")
    printed = CliRunner(charset="ascii").invoke(app, ["settings", "--settings", str(file)]).stdout
    assert "\\U000000e9t" in printed
    (tmp_path / "again.toml").write_text(printed, encoding="ascii")
    assert Settings.load(tmp_path / "again.toml") == Settings.load(file)


def test_the_help_shows_a_dozen_options_and_the_rest_below(monkeypatch):
    command = typer.main.get_command(app).commands["convert"]
    options = [each for each in command.params if each.param_type_name == "option"]
    common = [each.name for each in options if not each.rich_help_panel]
    assert len(common) <= 13
    assert {"output", "settings", "workers"} < set(common)


def test_inspect_takes_settings_of_a_file(fixtures, tmp_path):
    file = tmp_path / "house.toml"
    file.write_text("[translation]\nenabled = false\n", encoding="utf-8")
    source = str(fixtures / "seeds" / "003.txt")
    arguments = ["inspect", source, "--json", "--settings", str(file)]
    shown = json.loads(CliRunner().invoke(app, arguments).stdout)
    assert shown["translation_status"] == "off"
    assert shown["settings_hash"] == Settings.load(file).digest()


def test_a_run_without_documents_shows_no_empty_brackets(tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    result = run(tmp_path / "empty.txt", "-o", tmp_path / "out")
    assert "0 documents, 1 rejected" in result.output


def test_an_engine_without_its_packages_is_told(tmp_path):
    (tmp_path / "a.txt").write_text("Le chat dort ce soir sur le tapis du salon.", "utf-8")
    command = ["convert", tmp_path / "a.txt", "-o", tmp_path / "out", "--engine", "argos"]
    result = CliRunner().invoke(app, list(map(str, command)))
    assert "no translation model for French (fr)" in result.output
