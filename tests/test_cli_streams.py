"""The command line in surroundings that go wrong: a sentence and the right exit code, no traceback.

Each command runs in a process of its own, started by a shell as a user would.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import corpus_norm
from corpus_norm import faults as folders
from corpus_norm.cli import console as trouble
from corpus_norm.translation import memory

COMMAND = f"{shlex.quote(sys.executable)} -m corpus_norm"
LISTED = ["inspect é.txt", "models list", "schema all", "settings", "--version"]
DONE = ["convert a.txt é.txt -o $(mktemp -d)/new", "report out -o report.html", "verify out"]
DONE_OR_SLOW = [pytest.param(DONE[0], marks=pytest.mark.slow), *DONE[1:]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    english = "The mayor said on Monday that the bridge will be closed for two weeks."
    (folder / "a.txt").write_text(english, encoding="utf-8")
    french = "Le café était fermé lundi, a dit le maire de la ville."
    (folder / "é.txt").write_text(french, encoding="utf-8")
    corpus_norm.convert([folder / "a.txt", folder / "é.txt"], folder / "out", memory=False)
    return folder


def run(command, folder, **environment):
    """What a shell makes of a command; ``CN`` stands for ours."""
    env = {**os.environ, "COLUMNS": "150", **environment}
    result = subprocess.run(
        ["/bin/bash", "-c", command.replace("CN ", f"{COMMAND} ")],
        cwd=folder,
        env={name: value for name, value in env.items() if value is not None},
        capture_output=True,
        check=False,
        timeout=120,
    )
    said = result.stderr.decode("utf-8", "replace")
    assert "Traceback" not in said + result.stdout.decode("utf-8", "replace")
    assert "Exception ignored" not in said
    return result.returncode, result.stdout, said


def test_a_closed_standard_output_is_an_error_too(corpus):
    code, _, said = run("CN models list >&-", corpus)
    assert (code, said.count("\n")) == (2, 1)
    assert "it is closed" in said


@pytest.mark.parametrize("command", LISTED)
def test_what_was_asked_for_and_cannot_be_shown_is_an_error(corpus, command):
    code, _, said = run(f"CN {command} >/dev/full", corpus)
    assert code == 2
    assert said.startswith("error: standard output cannot be written: No space left on device")
    assert said.count("\n") == 1


@pytest.mark.parametrize("command", [*LISTED, *DONE_OR_SLOW])
def test_a_reader_who_has_enough_is_no_error(corpus, command):
    code, _, said = run(f"CN {command} | true; exit ${{PIPESTATUS[0]}}", corpus)
    assert code == 0
    assert "error" not in said


@pytest.mark.parametrize("command", DONE_OR_SLOW)
@pytest.mark.parametrize("where", [">/dev/full", ">&-"])
def test_what_is_done_is_done_and_said_elsewhere(corpus, command, where):
    code, _, said = run(f"CN {command} {where}", corpus)
    assert code == 0
    assert said.strip()
    assert "error" not in said


@pytest.mark.parametrize("command", [*LISTED, *DONE_OR_SLOW])
def test_without_standard_error_all_goes_on(corpus, command):
    where = "/dev/full" if command in DONE else "&-"
    code, _, _ = run(f"CN {command} 2>{where} >listed", corpus)
    assert code == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "terminal",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=["ascii", "cp1252", "C"],
)
def test_a_terminal_that_lacks_characters_shows_them_in_another_way(corpus, terminal):
    for command in ["inspect é.txt", DONE[0], "doctor", "--help"]:
        code, _, said = run(f"CN {command}", corpus, **terminal)
        assert code == 0, (command, said)
    _, shown, _ = run("CN inspect é.txt --json", corpus, **terminal)
    assert "Le café était fermé" in json.dumps(json.loads(shown), ensure_ascii=False)
    _, shown, _ = run("CN inspect é.txt --html", corpus, **terminal)
    is_ascii = "cp1252" not in terminal.values()
    assert (b"caf&#233;" if is_ascii else "café".encode("cp1252")) in shown


@pytest.mark.slow
def test_a_closed_standard_input_is_said(corpus):
    for command in ("CN convert - -o x <&-", "CN inspect - <&-"):
        code, _, said = run(command, corpus)
        assert code == 2
        assert said == "error: standard input is closed; name files, or send it something\n"
    assert run("CN convert a.txt -o $(mktemp -d)/new <&-", corpus)[0] == 0


@pytest.mark.parametrize(
    "command",
    [
        "inspect {}/out",
        pytest.param("convert {}/a.txt -o {}/gone", marks=pytest.mark.slow),
        "doctor",
    ],
)
def test_a_working_folder_that_is_gone(corpus, tmp_path, command):
    there = tmp_path / "there"
    there.mkdir()
    code, _, said = run(f"rmdir {there}; CN {command.replace('{}', str(corpus))}", there)
    assert code == 0
    assert said.startswith("note: the working folder has been removed; relative paths are taken")


def test_what_is_named_in_a_folder_that_is_gone_does_not_exist(tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    code, _, said = run(f"rmdir {there}; CN inspect out", there)
    assert code == 2
    assert said.endswith("error: input out does not exist; check the path\n")


NO_HOME = {
    "HOME": None,
    "XDG_DATA_HOME": None,
    "XDG_CACHE_HOME": None,
    "CORPUS_NORM_MEMORY": None,
    "CORPUS_NORM_MODELS": None,
    "ARGOS_PACKAGES_DIR": None,
}
SOMEBODY_S = {**NO_HOME, "HOME": "/root", "CORPUS_NORM_STARTERS": None}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody without a name")
@pytest.mark.parametrize("home", [NO_HOME, SOMEBODY_S], ids=["none", "another's"])
@pytest.mark.parametrize(
    "command",
    ["models list", "memory stats", pytest.param("convert a.txt -o", marks=pytest.mark.slow)],
)
def test_a_user_without_a_name_and_a_home(corpus, tmp_path, command, home):
    tmp_path.chmod(0o777)
    for folder in (corpus, *corpus.parents):
        if folder.name.startswith(("corpus", "pytest", "popen")):
            folder.chmod(0o777)
    (corpus / "a.txt").chmod(0o666)
    if command.startswith("convert"):
        command = f"{command} {tmp_path}/new"
    nobody = f"setpriv --reuid 54321 --clear-groups {COMMAND}"
    code, _, said = run(f"{nobody} {command}", corpus, **home)
    assert code == 0, said
    assert not list(corpus.glob("~*"))
    if command.startswith("convert"):
        assert said.count("continuing without a translation memory") == 1
        assert len(corpus_norm.open_dataset(tmp_path / "new")) == 1


def test_no_home_is_no_folder(monkeypatch):
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_, **__: "~/.local/share/corpus_norm")
    monkeypatch.setattr("pathlib.Path.expanduser", lambda _: (_ for _ in ()).throw(RuntimeError))
    monkeypatch.delenv("CORPUS_NORM_MEMORY")
    assert folders.data_folder() == folders.NOWHERE
    assert not memory.Memory().path.exists()


@pytest.mark.slow
@pytest.mark.parametrize("data", ["/dev/null", "/proc/nowhere"])
def test_a_data_folder_that_cannot_be_written_costs_the_memory(corpus, tmp_path, data):
    out = tmp_path / "new"
    environment = {"XDG_DATA_HOME": data, "CORPUS_NORM_MEMORY": None}
    code, _, said = run(f"CN convert a.txt é.txt -o {out} --workers 2", corpus, **environment)
    assert code == 0
    assert said.count("continuing without a translation memory") == said.count("\n") == 1
    assert len(corpus_norm.open_dataset(out)) == 2


@pytest.mark.slow
def test_a_memory_that_was_named_must_be_usable(corpus, tmp_path, no_models_but_ours):
    environment = {"CORPUS_NORM_STARTERS": None}
    command = f"CN convert é.txt -o {tmp_path}/new --memory /dev/null/m.sqlite"
    code, _, said = run(command, corpus, **environment)
    assert code == 2
    assert "cannot be used" in said


@pytest.mark.slow
@pytest.mark.parametrize("limit", [20, 30])
def test_with_few_open_files_the_job_is_done(corpus, tmp_path, limit):
    out = tmp_path / "new"
    code, _, said = run(f"ulimit -n {limit}; CN convert a.txt é.txt -o {out} -w 4", corpus)
    assert code == 0, said
    assert len(corpus_norm.open_dataset(out)) == 2
    assert run(f"ulimit -n {limit}; CN inspect out", corpus)[0] == 0


@pytest.mark.slow
def test_with_hardly_any_open_files_a_sentence_says_so(corpus, tmp_path):
    code, _, said = run(f"ulimit -n 5; CN convert a.txt -o {tmp_path}/new", corpus)
    assert code in {0, 1, 2}
    assert said.strip() or code == 0


def test_a_fault_of_the_program_is_a_line_and_a_log(capsys, monkeypatch):
    from corpus_norm import cli

    def fail():
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(cli, "build_app", lambda *_: fail)
    assert cli._call(cli._run) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ZeroDivisionError: a fault of ours; please report it")
    path = said.strip().rsplit(" ", 1)[1]
    assert "in fail" in Path(path).read_text("utf-8")
    Path(path).unlink()


def test_where_no_log_can_be_written_the_line_says_where_it_was(monkeypatch, capsys):
    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(trouble.tempfile, "mkstemp", refuse)
    trouble.report_uncaught(ValueError("out of sorts"))
    assert "no traceback could be written" in capsys.readouterr().err


def test_the_end_of_convert_tells_of_faults(corpus, tmp_path):
    program = (
        "import sys; sys.argv = ['x', 'convert', 'a.txt', 'é.txt', '-o', sys.argv[1]]\n"
        "from corpus_norm import cli, pipeline\n"
        "from corpus_norm.conversion import job\n"
        "from dataclasses import replace\n"
        "from unittest.mock import patch\n"
        "def stumble(document, context):\n"
        "    if 'café' in document.text: raise TypeError('ours')\n"
        "    return pipeline.segment(document, context)\n"
        "decode, segment, *rest = pipeline.STAGES\n"
        "broken = (decode, replace(segment, function=stumble), *rest)\n"
        "workers = job.Workers.choose\n"
        "with patch.object(pipeline, 'STAGES', broken), \\\n"
        "     patch.object(job.Workers, 'choose', lambda wanted, mb: workers(None, mb)):\n"
        "    cli.main()\n"
    )
    code, shown, said = run(
        f"{shlex.quote(sys.executable)} -c {shlex.quote(program)} {tmp_path}/new", corpus
    )
    assert code == 1
    assert b"1 rejected" in shown
    assert said.startswith("note: 1 fault(s) of the program cost one document each")
    assert f"{tmp_path}/new/faults.log" in said
