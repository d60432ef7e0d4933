"""doctor: every check says what is there; what is wrong comes with advice."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from corpus_norm import doctor
from corpus_norm.cli import app
from corpus_norm.doctor import Status, examine


def find(topic, status=None):
    return [f for f in examine() if f.topic == topic and status in {None, f.status}]


def test_all_is_well_here_but_for_the_models():
    assert [finding for finding in examine() if finding.status is Status.PROBLEM] == []
    [note] = find("models", Status.NOTE)
    assert "no translation model for French (fr)" in note.message
    assert note.advice == "python -m corpus_norm models install fr zh"


def test_versions_of_the_libraries_are_named():
    [finding] = find("libraries")
    assert "pyarrow " in finding.message
    assert "ctranslate2 " in finding.message


def test_installed_models_are_listed(tiny_model):
    assert any("fr to en" in finding.message for finding in find("models", Status.OK))


def test_a_changed_model_is_a_problem(tiny_model):
    [model] = tiny_model.glob("*/model/model.bin")
    model.write_bytes(model.read_bytes()[:-1] + b"?")
    [problem] = find("models", Status.PROBLEM)
    assert "changed" in problem.message
    assert "models install" in problem.advice


def test_both_argos_distributions_at_once_are_a_problem(monkeypatch):
    monkeypatch.setattr(doctor, "_version_of", lambda name: "1.0")
    [problem] = find("argos", Status.PROBLEM)
    assert "removing one breaks the other" in problem.message
    assert problem.advice.startswith("pip uninstall -y argostranslate")


def test_a_missing_argos_is_a_problem(monkeypatch):
    monkeypatch.setattr(doctor, "_version_of", lambda name: None)
    [problem] = find("argos", Status.PROBLEM)
    assert problem.advice == "pip install argos-translate-lt"


def test_a_library_that_does_not_load_is_a_problem(monkeypatch):
    def broken(name):
        if name == "lxml":
            raise ImportError("libxml2.so.2:\n cannot open")

    monkeypatch.setattr(doctor, "import_module", broken)
    [problem] = find("libraries", Status.PROBLEM)
    assert problem.message == "lxml cannot be loaded: libxml2.so.2: cannot open"


def test_a_model_folder_that_cannot_be_made_is_a_problem(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("CORPUS_NORM_MODELS", str(tmp_path / "file" / "models"))
    [problem] = find("model folder", Status.PROBLEM)
    assert "CORPUS_NORM_MODELS" in problem.advice


def test_threads_held_back_by_the_environment_are_noted(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    [note] = find("processors", Status.NOTE)
    assert note.message == "OMP_NUM_THREADS is set to 1"


def test_a_check_that_fails_is_a_finding(monkeypatch):
    def check():
        raise OSError("the disk is gone")
        yield

    monkeypatch.setattr(doctor, "CHECKS", (("disk", check),))
    [finding] = examine()
    assert finding.message == "could not be examined: the disk is gone"


def test_optional_parts_that_are_missing_come_with_their_install_line(monkeypatch):
    monkeypatch.setattr(doctor, "_version_of", lambda name: None if name == "polars" else "1")
    [finding] = [f for f in find("extras") if f.advice]
    assert "polars" in finding.message
    assert finding.advice == "pip install 'corpus-norm[polars]'"


@pytest.mark.parametrize(("problem", "code"), [(False, 0), (True, 1)])
def test_the_exit_code_tells_of_problems(monkeypatch, problem, code):
    if problem:
        monkeypatch.setattr(doctor, "_version_of", lambda name: "1.0")
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == code
    assert {finding["topic"] for finding in json.loads(result.output)} >= {"python", "argos"}


def test_advice_stands_under_its_finding():
    lines = CliRunner().invoke(app, ["doctor"]).output.splitlines()
    [index] = [n for n, line in enumerate(lines) if line.startswith("note     models")]
    assert lines[index + 1].strip() == "→ python -m corpus_norm models install fr zh"
