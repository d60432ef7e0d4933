from __future__ import annotations

import os
import subprocess
import sys

import pytest
from conftest import FIXTURES, TINY_MODEL

from corpus_norm import __version__


def run(*arguments, stdin=b"", cwd=None):
    """The command in a process of its own, as a user starts it."""
    return subprocess.run(
        [sys.executable, "-m", "corpus_norm", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "COLUMNS": "220"},
        timeout=120,
    )


def text(result):
    return (result.stdout + result.stderr).decode()


def test_version():
    assert run("--version").stdout.decode().strip() == f"corpus_norm {__version__}"


@pytest.mark.parametrize(
    "command", [(), ("convert",), ("inspect",), ("models",), ("models", "install"), ("schema",)]
)
def test_help_teaches(command):
    result = run(*command, "--help")
    assert result.returncode == 0
    assert "Usage" in text(result)
    if command in {("convert",), ("inspect",), ("models", "install")}:
        assert "Examples" in text(result)


def test_convert_then_inspect(tmp_path):
    result = run("convert", FIXTURES / "seeds", "-o", tmp_path / "out")
    assert result.returncode == 0, text(result)
    assert "5 documents (en 3, fr 2), 0 rejected" in text(result)
    assert "python -m corpus_norm models install fr zh" in text(result)
    table = run("inspect", tmp_path / "out")
    assert table.returncode == 0
    assert "disclaimer" in " ".join(text(table).split())


def test_rejects_give_exit_code_1_and_their_number(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("A good document, all in all.", encoding="utf-8")
    (tmp_path / "in" / "b.txt").write_bytes(b"")
    result = run("convert", tmp_path / "in", "-o", tmp_path / "out")
    assert result.returncode == 1
    assert "1 document (en 1), 1 rejected" in text(result)
    assert "the document is empty" in " ".join(text(run("inspect", tmp_path / "out")).split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("convert", "nowhere.txt", "-o", "out"), "nowhere.txt"),
        (("convert",), "Missing"),
        (("convert", "x", "--no-such-option"), "No such option"),
        (("inspect", "nowhere.txt"), "nowhere.txt"),
        (("schema", "nonsense"), "choose one of"),
        (("models", "install", "nonsense"), "choose one of"),
    ],
)
def test_wrong_usage_gives_exit_code_2_and_no_traceback(tmp_path, arguments, says):
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert says in text(result)
    assert "Traceback" not in text(result)


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.doc").write_bytes(b"years of work")
    result = run("convert", FIXTURES / "seeds", "-o", tmp_path / "out", "--overwrite")
    assert result.returncode == 2
    assert "thesis.doc" in text(result)
    assert (tmp_path / "out" / "thesis.doc").read_bytes() == b"years of work"


def test_inspect_reads_standard_input_and_gives_reasons():
    result = run("inspect", "-", "--why", stdin="Le maire a démissionné lundi soir.".encode())
    assert result.returncode == 0
    assert "fr" in text(result)
    assert "no_model" in text(result)


def test_inspect_lists_the_documents_of_a_folder(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"The bank closed branch {number}.", "utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    result = run("inspect", tmp_path, "--limit", "3")
    assert result.returncode == 0
    assert "branch 2" in text(result)
    assert f"convert {tmp_path}" in " ".join(text(result).split())
    result = run("inspect", tmp_path, "--json")
    assert "not a dataset" in text(result)


def test_models_are_installed_from_a_file_listed_and_verified():
    assert "no translation model" in text(run("models", "list"))
    installed = run("models", "install", TINY_MODEL)
    assert installed.returncode == 0, text(installed)
    assert "fr to en" in text(installed)
    assert "tests only" in " ".join(text(run("models", "list", "--details")).split())
    listed = text(run("models", "list")).splitlines()
    assert max(map(len, listed)) <= 100
    assert listed[0].split()[:4] == ["installed", "fr", "to", "en"]
    assert run("models", "verify").returncode == 0
    assert run("models", "path").stdout.strip()


@pytest.mark.parametrize("table", ["documents", "rejects", "blocks", "sentences"])
def test_schema_describes_tables(table):
    assert "| column | type |" in text(run("schema", table))
