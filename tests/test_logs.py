"""The log: quiet by default; start, parts, rejects and end when it is asked for."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import corpus_norm
from corpus_norm.cli import app
from corpus_norm.settings import Settings, TranslationSettings

PLAIN = Settings(translation=TranslationSettings(enabled=False))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("The bank closed its doors.", encoding="utf-8")
    (tmp_path / "in" / "b.txt").write_bytes(b"")
    return tmp_path / "in"


def test_a_run_logs_its_start_its_parts_its_rejects_and_its_end(folder, tmp_path, caplog):
    caplog.set_level(logging.INFO, "corpus_norm")
    corpus_norm.convert(folder, tmp_path / "out", PLAIN)
    events = [record.event for record in caplog.records]
    assert [event["what"] for event in events] == ["start", "reject", "part", "end"]
    start, reject, part, end = events
    assert start["settings"] == PLAIN.digest()
    assert (start["models"], start["workers"]) == ([], 0)
    assert (reject["source"], reject["stage"]) == (f"{folder}/b.txt", "decode")
    assert (part["documents"], part["rejects"], part["kept"]) == (1, 1, False)
    assert (end["documents"], end["rejects"]) == (1, 1)
    assert set(end["seconds"]) >= {"decode", "segment", "classify", "write"}
    caplog.clear()
    corpus_norm.convert(folder, tmp_path / "out", PLAIN)
    assert [r.event["what"] for r in caplog.records] == ["start", "part", "end"]
    assert caplog.records[1].event["kept"]


def test_the_library_is_quiet_by_default(folder, tmp_path, caplog, capsys):
    corpus_norm.convert(folder, tmp_path / "out", PLAIN)
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")


def test_the_command_writes_lines_of_json_on_standard_error(folder, tmp_path):
    call = ["convert", str(folder), "-o", str(tmp_path / "out"), "--no-translate"]
    result = CliRunner().invoke(app, [*call, "--log-level", "info", "--log-json"])
    assert result.exit_code == 1
    events = [json.loads(line) for line in result.stderr.splitlines()]
    assert [event["what"] for event in events] == ["start", "reject", "part", "end"]
    assert {event["level"] for event in events} == {"info"}
    assert events[0]["time"].endswith("+00:00")


def test_lines_for_people_name_their_level_and_a_stream_stays_clean(folder):
    call = ["convert", str(folder), "--to", "jsonl", "--no-translate", "--log-level", "info"]
    result = CliRunner().invoke(app, call)
    [line] = result.stdout.splitlines()
    assert json.loads(line)["source"] == f"{folder}/a.txt"
    assert "info: start: settings" in result.stderr
    assert "info: end: 1 documents, 1 rejects" in result.stderr


@pytest.mark.parametrize(
    "extra",
    [
        [],
        ["--rejects", "r.jsonl"],
        ["--update"],
        ["--limit", "x"],
        ["--no-such-option"],
        ["--workers", "x"],
    ],
)
def test_with_log_json_every_line_is_json_and_the_last_one_tells_the_end(folder, extra, tmp_path):
    command = [sys.executable, "-m", "corpus_norm", "convert", str(folder), "--to", "jsonl"]
    done = subprocess.run(
        [*command, "--no-translate", "--log-json", *extra],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        timeout=120,
    )
    lines = [json.loads(line) for line in done.stderr.decode().splitlines()]
    if done.returncode == 1:
        assert lines[-1]["what"] == "summary"
        assert (lines[-1]["documents"], lines[-1]["rejects"]) == (1, 1)
    else:
        assert [line["level"] for line in lines] == ["error"]
        assert done.returncode == 2


def test_an_error_is_json_too(tmp_path):
    command = [sys.executable, "-m", "corpus_norm", "convert", str(tmp_path / "none"), "--log-json"]
    done = subprocess.run([*command, "-o", "x"], capture_output=True, check=False, timeout=120)
    [line] = [json.loads(line) for line in done.stderr.decode().splitlines()]
    assert (done.returncode, line["level"]) == (2, "error")
    assert "does not exist" in line["message"]
