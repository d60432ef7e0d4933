"""The recipes of the documentation: each is imported or run, with stand-ins for big schedulers."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import types
from pathlib import Path
from typing import Any

import pytest
import typer

import corpus_norm
from corpus_norm.cli import app
from corpus_norm.settings import Settings, TranslationSettings

ROOT = Path(__file__).resolve().parent.parent
RECIPES = ROOT / "docs" / "recipes"


def decorate(*arguments: Any, **_: Any) -> Any:
    """Stand in for a decorator, with arguments or without."""
    if len(arguments) == 1 and callable(arguments[0]):
        return arguments[0]
    return lambda function: function


class Record:
    """Stand in for a class that holds what it is given."""

    def __init__(self, **given: Any) -> None:
        self.__dict__.update(given)


STAND_INS = {
    "airflow": {},
    "airflow.sdk": {"dag": decorate, "task": decorate},
    "prefect": {"flow": decorate, "task": decorate},
    "dagster": {"Definitions": Record, "MaterializeResult": Record, "asset": decorate},
}


@pytest.fixture
def load(monkeypatch, tmp_path):
    """Import a recipe whose folders are in the folder of the test."""
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text("The bank closed its doors.", encoding="utf-8")
    (tmp_path / "news" / "b.txt").write_bytes(b"")

    def convert(*inputs, **options):
        given = Settings(translation=TranslationSettings(enabled=False))
        options["workers"] = None  # a process more is not what the recipe is about
        return corpus_norm_convert(*inputs, given, **options)

    corpus_norm_convert = corpus_norm.convert
    monkeypatch.setattr(corpus_norm, "convert", convert, raising=False)

    def load(name):
        for module, names in STAND_INS.items():
            name_of_all = module.partition(".")[0]
            if name_of_all in sys.modules or importlib.util.find_spec(name_of_all) is None:
                stand_in = types.ModuleType(module)
                stand_in.__dict__.update(names)
                monkeypatch.setitem(sys.modules, module, stand_in)
        text = (RECIPES / name).read_text("utf-8").replace("/data/", f"{tmp_path}/")
        recipe = types.ModuleType(name.removesuffix(".py"))
        exec(compile(text, name, "exec"), recipe.__dict__)  # noqa: S102 -- our own file
        return recipe

    return load


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("airflow_dag.py", lambda recipe: recipe.convert_news()),
        ("prefect_flow.py", lambda recipe: recipe.news_corpus()),
        ("dagster_asset.py", lambda recipe: recipe.news_corpus().metadata),
    ],
)
def test_a_scheduler_brings_the_dataset_up_to_date(load, name, run):
    recipe = load(name)
    assert run(recipe) == {"documents": 1, "rejects": 1}
    assert run(recipe) == {"documents": 1, "rejects": 1}


def test_the_files_to_push_are_all_files_of_a_dataset(load, tmp_path):
    patterns = load("push_to_hub.py").PATTERNS
    dataset = load("prefect_flow.py").news_corpus()
    assert dataset["documents"] == 1
    folder = tmp_path / "corpus"
    pushed = {path for pattern in patterns for path in folder.glob(pattern)}
    hidden = {path for path in folder.rglob("*") if path.name.startswith(".")}
    assert pushed == {path for path in folder.rglob("*") if path.is_file()} - hidden


def test_the_line_for_cron_is_a_command_that_exists():
    [line] = [
        line
        for line in (RECIPES / "corpus.cron").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    call = line.partition("corpus-norm ")[2].partition(" 2>>")[0]
    name, *words = shlex.split(call)
    assert "--update" in words
    typer.main.get_command(app).commands[name].make_context("cron", words)


def test_the_queries_run_over_a_dataset(load, tmp_path, monkeypatch):
    duckdb = pytest.importorskip("duckdb", reason="run: make test-integration")
    load("prefect_flow.py").news_corpus()
    monkeypatch.chdir(tmp_path / "corpus")
    text = (RECIPES / "corpus.sql").read_text("utf-8")
    queries = [each for each in re.sub(r"--.*", "", text).split(";") if each.strip()]
    rows = [duckdb.sql(query).fetchall() for query in queries]
    assert rows[0] == [("en", 1, 0, 0)]
    assert rows[-1] == [("decode", "InputError", 1)]


def test_the_environments_name_what_the_project_offers():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    uv = tomllib.loads((RECIPES / "uv" / "pyproject.toml").read_text("utf-8"))["project"]
    conda = (RECIPES / "environment.yml").read_text("utf-8")
    assert uv["requires-python"] == project["requires-python"]
    for text in (uv["dependencies"][0], conda):
        [extras] = re.findall(r"corpus-norm\[([\w,]+)\]", text)
        assert set(extras.split(",")) <= set(project["optional-dependencies"])
    for name, least in re.findall(r"- (pyarrow|numpy) >=(\S+)", conda):
        assert f"{name}>={least}" in project["dependencies"]


def test_the_image_is_slim_and_its_user_is_not_root():
    lines = (RECIPES / "Dockerfile").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("FROM")][-1].endswith("-slim")
    assert "USER 65534:65534" in lines
    assert not any("HOME" in line for line in lines if not line.startswith("#"))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="it unsets HOME, as the image does")
def test_without_a_home_and_read_only_it_streams(tmp_path):
    """What the image does, without one: nobody's home, no folder that can be written."""
    page = "La banque a fermé ses portes lundi."
    done = subprocess.run(
        [sys.executable, "-m", "corpus_norm", "convert", "-", "--to", "jsonl", "--no-memory"],
        input=page.encode(),
        capture_output=True,
        check=False,
        cwd=tmp_path,
        timeout=120,
        env={"PATH": "/usr/bin", "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert page.encode() in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_image_builds_and_runs():
    docker = shutil.which("docker")
    if (
        docker is None
        or subprocess.run([docker, "info"], capture_output=True, check=False).returncode
    ):
        pytest.skip("needs a container engine")
    build = [
        docker,
        "build",
        "-q",
        "-t",
        "corpus-norm-test",
        "-f",
        str(RECIPES / "Dockerfile"),
        ".",
    ]
    subprocess.run(build, check=True, cwd=ROOT, timeout=900)
    options = ["--rm", "-i", "--read-only", "--network", "none"]
    call = ["convert", "-", "--to", "jsonl", "--no-memory"]
    done = subprocess.run(
        [docker, "run", *options, "corpus-norm-test", *call],
        input=b"La banque a ferm\xc3\xa9.",
        capture_output=True,
        check=True,
        timeout=300,
    )
    assert b'"language":"fr"' in done.stdout
