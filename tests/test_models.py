"""Finding packages, installing them from files, and checking them."""

from __future__ import annotations

import json
import os
import shutil
import stat
import threading
import zipfile
from pathlib import Path

import pytest

from corpus_norm.errors import (
    InputError,
    ModelDownloadError,
    ModelError,
    ModelIntegrityError,
    ModelNotInstalledError,
)
from corpus_norm.translation import models as packages
from corpus_norm.translation.models import (
    archive,
    digest_folder,
    find_package,
    installed,
    model_folders,
    read_package,
)
from corpus_norm.translation.models import install as models

TINY = Path(__file__).parent / "assets" / "translate-fr_en-tiny.argosmodel"
with zipfile.ZipFile(TINY) as tiny:
    FILES = {info.filename: tiny.read(info) for info in tiny.infolist() if not info.is_dir()}
ROOT = next(iter(FILES)).split("/")[0]
METADATA = json.loads(FILES[f"{ROOT}/metadata.json"])


def write_archive(path, files, *, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as zipped:
        for name, data in files.items():
            zipped.writestr(name, data)
    return path


def make_folder(folder, name, *, real=True, **metadata):
    """A package folder that can be found, but not loaded."""
    path = folder / name
    (path / "model").mkdir(parents=True)
    (path / "model" / "model.bin").write_bytes(b"weights")
    (path / "sentencepiece.model").write_bytes(b"pieces")
    content = {"from_code": "fr", "to_code": "en", "package_version": "1.9"} | metadata
    if not real:
        content["corpus_norm"] = {"purpose": "tests only"}
    (path / "metadata.json").write_text(json.dumps(content))
    return path


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "models"
    path.mkdir()
    return path


# Finding


def test_our_folder_comes_before_that_of_argos(monkeypatch):
    monkeypatch.setenv("CORPUS_NORM_MODELS", "/a")
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", "/b")
    assert model_folders() == [Path("/a"), Path("/b")]
    assert models.path() == Path("/a")


def test_the_default_folders_follow_the_data_directory(monkeypatch):
    for name in ("CORPUS_NORM_MODELS", "ARGOS_PACKAGES_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    ours, argos = model_folders()
    assert ours.parts[-2:] == ("corpus_norm", "models")
    assert argos == Path("/data/argos-translate/packages")


def test_argos_codes_become_bcp47(folder):
    make_folder(folder, "a", from_code="zh")
    make_folder(folder, "b", from_code="zt")
    make_folder(folder, "c", from_code="de", to_code="fr")
    assert [(p.source, p.target) for p in installed([folder])] == [
        ("zh-Hans", "en"),
        ("zh-Hant", "en"),
        ("de", "fr"),
    ]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: (path / "metadata.json").unlink(),
        lambda path: (path / "metadata.json").write_text("{"),
        lambda path: (path / "metadata.json").write_text("[" * 100_000),
        lambda path: (path / "metadata.json").write_text("[]"),
        lambda path: (path / "metadata.json").write_text('{"from_code": 1, "to_code": "en"}'),
        lambda path: (path / "model" / "model.bin").unlink(),
        lambda path: (path / "sentencepiece.model").unlink(),
    ],
)
def test_a_broken_folder_hides_no_other_and_is_reported(folder, damage):
    damage(make_folder(folder, "broken"))
    good = make_folder(folder, "good")
    assert [p.path for p in installed([folder, folder / "nothing"])] == [good]
    findings = {f.name: f for f in models.verify(folder)}
    assert findings["broken"].status == "broken"
    assert findings["broken"].is_problem
    assert findings["good"].status == "unrecorded"
    assert not findings["good"].is_problem


def test_a_real_package_wins_over_one_for_tests_then_the_newer_one(folder):
    make_folder(folder, "a", real=False, package_version="9.0")
    assert find_package("fr", installed([folder])).name == "a"
    make_folder(folder, "b", package_version="1.9")
    make_folder(folder, "c", package_version="1.10")
    make_folder(folder, "d", package_version="1.10")
    assert find_package("fr-CA", installed([folder])).name == "c"


def test_traditional_chinese_has_its_own_package_or_that_of_chinese(folder):
    make_folder(folder, "zh", from_code="zh")
    assert find_package("zh-Hant", installed([folder])).name == "zh"
    make_folder(folder, "zt", from_code="zt")
    assert find_package("zh-TW", installed([folder])).name == "zt"
    assert find_package("zh-Hans", installed([folder])).name == "zh"


@pytest.mark.parametrize(
    ("source", "end"), [("fr", "fr"), ("zh-Hant", "zh"), ("sw", "FILE.argosmodel")]
)
def test_a_missing_package_says_which_command_installs_it(folder, source, end):
    make_folder(folder, "other", from_code="fr", to_code="de")
    with pytest.raises(ModelNotInstalledError, match=f"models install {end}$"):
        find_package(source, installed([folder]))


def test_the_digest_covers_the_model_and_not_the_read_me(folder):
    path = make_folder(folder, "a")
    before = digest_folder(path)
    (path / "README.md").write_text("hello")
    assert digest_folder(path) == before
    (path / "model" / "vocabulary.json").write_text("[]")
    assert digest_folder(path) != before


# Installing from a file


def test_a_file_is_installed_recorded_and_found(folder):
    package = models.install(TINY, folder=folder)
    assert visible(folder) == ["models.lock.json", ROOT]
    assert installed([folder]) == [package]
    assert find_package("fr", installed([folder])) == package
    [finding] = models.verify(folder)
    assert (finding.name, finding.status) == (ROOT, "ok")
    [record] = json.loads((folder / "models.lock.json").read_text())["packages"].values()
    assert (record["digest"], record["size_bytes"]) == (package.digest, TINY.stat().st_size)


def test_installing_again_replaces_the_package(folder, tmp_path):
    models.install(TINY, folder=folder)
    newer = dict(FILES)
    newer[f"{ROOT}/metadata.json"] = json.dumps(METADATA | {"package_version": "7.7"})
    package = models.install(str(write_archive(tmp_path / "n.argosmodel", newer)), folder=folder)
    assert package.version == "7.7"
    assert visible(folder) == ["models.lock.json", ROOT]
    assert [f.status for f in models.verify(folder)] == ["ok"]


def test_the_model_folder_is_made_when_it_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("CORPUS_NORM_MODELS", str(tmp_path / "x" / "y"))
    assert models.install(TINY).path.parent == tmp_path / "x" / "y"


def test_many_installations_at_once_leave_one_good_package(folder):
    threads = [
        threading.Thread(target=models.install, args=(TINY,), kwargs={"folder": folder})
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert visible(folder) == ["models.lock.json", ROOT]
    assert [f.status for f in models.verify(folder)] == ["ok"]


def without(*names):
    return {name: data for name, data in FILES.items() if name.split("/", 1)[1] not in names}


def renamed(root):
    return {name.replace(ROOT, root, 1): data for name, data in FILES.items()}


BAD_LAYOUTS = {
    "empty": ({}, "0 members"),
    "no metadata": (without("metadata.json"), "lacks metadata.json"),
    "no model": (without("model/model.bin"), "lacks model/model.bin"),
    "no tokenizer": (without("sentencepiece.model"), "lacks sentencepiece.model or bpe.model"),
    "two roots": (FILES | {"other/model/model.bin": b""}, "2 root folders"),
    "loose file": (FILES | {"loose": b""}, "2 root folders"),
    "parent": (FILES | {f"{ROOT}/../other/model.bin": b""}, "points elsewhere"),
    "parent first": (FILES | {"../evil": b""}, "points elsewhere"),
    "absolute": (FILES | {"/tmp/evil": b""}, "points elsewhere"),
    "drive": (FILES | {"C:/evil": b""}, "points elsewhere"),
    "backslash": (FILES | {f"{ROOT}\\..\\evil": b""}, "points elsewhere"),
    "control character": (FILES | {f"{ROOT}/a\nb": b""}, "points elsewhere"),
    "hidden root": (renamed(".git"), "has the name '.git'"),
    "upper and lower case": (FILES | {f"{ROOT}/METADATA.json": b"{}"}, "same name"),
    "file and folder": (FILES | {f"{ROOT}/metadata.json/x": b""}, "same name"),
    "metadata no JSON": (FILES | {f"{ROOT}/metadata.json": b"{"}, "cannot be read"),
    "other type": (FILES | {f"{ROOT}/metadata.json": b'{"type": "sbd"}'}, "does not describe"),
    "no codes": (FILES | {f"{ROOT}/metadata.json": b"{}"}, "has no from_code"),
    "empty model": (FILES | {f"{ROOT}/model/model.bin": b""}, "does not work"),
    "cut model": (
        FILES | {f"{ROOT}/model/model.bin": FILES[f"{ROOT}/model/model.bin"][:5000]},
        "does not work",
    ),
    "no vocabulary": (without("model/shared_vocabulary.json"), "does not work"),
    "bad tokenizer": (FILES | {f"{ROOT}/sentencepiece.model": b"pieces"}, "does not work"),
}


def assert_refused(path, folder, match):
    """The archive is refused, and a good package that is there stays as it is."""
    models.install(TINY, folder=folder)
    before = digest_folder(folder / ROOT, fresh=True)
    inside = sorted(p.relative_to(folder) for p in folder.rglob("*"))
    outside = sorted(path.parent.iterdir())
    with pytest.raises(ModelIntegrityError, match=match):
        models.install(path, folder=folder)
    assert digest_folder(folder / ROOT, fresh=True) == before
    assert sorted(p.relative_to(folder) for p in folder.rglob("*")) == inside
    assert sorted(path.parent.iterdir()) == outside
    assert [f.status for f in models.verify(folder)] == ["ok"]


@pytest.mark.parametrize("case", BAD_LAYOUTS)
def test_a_bad_archive_is_refused_and_leaves_nothing(folder, tmp_path, case):
    files, match = BAD_LAYOUTS[case]
    assert_refused(write_archive(tmp_path / "bad.argosmodel", files), folder, match)


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(folder, tmp_path, mode):
    path = write_archive(tmp_path / "bad.argosmodel", FILES)
    link = zipfile.ZipInfo(f"{ROOT}/link")
    link.external_attr = (mode | 0o777) << 16
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr(link, "/etc/passwd")
    assert_refused(path, folder, "link or a device")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(folder, tmp_path):
    path = write_archive(tmp_path / "bad.argosmodel", FILES)
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr(f"{ROOT}/model/model.bin", b"other")
    assert_refused(path, folder, "same name")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(folder, tmp_path):
    bomb = FILES | {f"{ROOT}/zeros": bytes(128 * 1024 * 1024)}
    path = write_archive(tmp_path / "bad.argosmodel", bomb, compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 2_000_000
    assert_refused(path, folder, "would unpack to 135,")


def test_an_archive_of_too_many_members_is_refused(folder, tmp_path):
    many = FILES | {f"{ROOT}/{i}": b"" for i in range(archive.MAX_MEMBERS)}
    assert_refused(write_archive(tmp_path / "bad.argosmodel", many), folder, "members")


def test_an_archive_that_is_too_large_is_refused(folder, tmp_path, monkeypatch):
    path = write_archive(tmp_path / "bad.argosmodel", FILES | {f"{ROOT}/more": b"x"})
    models.install(TINY, folder=folder)
    for module in (archive, models):
        monkeypatch.setattr(module, "MAX_BYTES", 1000)
    with pytest.raises(ModelIntegrityError, match="more than"):
        models.install(path, folder=folder)
    assert [f.status for f in models.verify(folder)] == ["ok"]


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.999])
def test_a_truncated_archive_is_refused(folder, tmp_path, keep):
    data = TINY.read_bytes()
    path = tmp_path / "bad.argosmodel"
    path.write_bytes(data[: int(keep * len(data)) if keep < 1 else keep])
    assert_refused(path, folder, "no complete zip archive")


def test_a_flipped_byte_is_noticed(folder, tmp_path):
    path = write_archive(tmp_path / "bad.argosmodel", FILES)
    data = bytearray(path.read_bytes())
    data[data.index(FILES[f"{ROOT}/model/model.bin"]) + 1000] ^= 0xFF
    path.write_bytes(data)
    assert_refused(path, folder, "no complete zip archive.*CRC")


def test_a_size_that_lies_is_noticed(folder, tmp_path):
    name = f"{ROOT}/model/model.bin"
    path = write_archive(tmp_path / "bad.argosmodel", FILES)
    data = path.read_bytes()
    size = len(FILES[name]).to_bytes(4, "little")
    lie = (10).to_bytes(4, "little")
    # stored, so that compressed and uncompressed size stand side by side
    path.write_bytes(data.replace(size + size, size + lie))
    assert_refused(path, folder, "larger than it says|no complete zip archive")


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match=r"cannot install into .*CORPUS_NORM_MODELS"):
        models.install(TINY, folder=tmp_path / "file" / "models")


@pytest.mark.parametrize(
    "target", ["sw", "missing.argosmodel", "", "./fr", Path("fr"), "en", "a\0b"]
)
def test_what_is_neither_file_nor_known_language_lists_the_choices(folder, target):
    with pytest.raises(InputError, match="choose one of fr, zh"):
        models.install(target, folder=folder)
    assert visible(folder) == []


def test_an_installation_that_was_killed_is_undone_by_the_next(folder):
    models.install(TINY, folder=folder)
    aside = folder / ".install-killed" / "replaced"
    aside.mkdir(parents=True)
    shutil.move(folder / ROOT, aside / ROOT)  # killed between the two renames
    assert installed([folder]) == []
    with pytest.raises(ModelIntegrityError):
        models.install(write_bad(folder.parent), folder=folder)
    assert visible(folder) == ["models.lock.json", ROOT]
    assert [f.status for f in models.verify(folder)] == ["ok"]


def write_bad(folder):
    return write_archive(folder / "bad.argosmodel", {"x/y": b""})


def test_a_rename_that_fails_puts_the_old_package_back(folder, monkeypatch):
    models.install(TINY, folder=folder)
    real = Path.replace

    def fail(self, target):
        if self.parent.name == "unpacked":
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(ModelError, match="No space left"):
        models.install(TINY, folder=folder)
    assert visible(folder) == ["models.lock.json", ROOT]
    assert [f.status for f in models.verify(folder)] == ["ok"]


# Verifying


def test_a_changed_package_is_found_even_when_size_and_time_are_the_same(folder):
    package = models.install(TINY, folder=folder)
    path = package.path / "model" / "model.bin"
    times = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    [finding] = models.verify(folder)
    assert finding.status == "changed"
    assert "models install" in finding.message


def test_a_removed_package_is_found(folder):
    shutil.rmtree(models.install(TINY, folder=folder).path)
    assert [f.status for f in models.verify(folder)] == ["missing"]


@pytest.mark.parametrize("content", ["{", "[]", '{"packages": {"a": {"b": 1}}}', '{"packages": 1}'])
def test_a_lock_file_that_cannot_be_read_is_reported_and_mended(folder, content):
    models.install(TINY, folder=folder)
    (folder / "models.lock.json").write_text(content)
    assert [f.status for f in models.verify(folder)] == ["broken", "unrecorded"]
    models.install(TINY, folder=folder)
    assert [f.status for f in models.verify(folder)] == ["ok"]


def test_verify_looks_into_all_folders_by_default(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("CORPUS_NORM_MODELS", str(folder))
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", str(tmp_path / "argos"))
    models.install(TINY)
    make_folder(tmp_path / "argos", "other")
    assert [(f.name, f.status) for f in models.verify()] == [(ROOT, "ok"), ("other", "unrecorded")]


def test_a_package_folder_read_directly_says_what_is_wrong(tmp_path):
    with pytest.raises(ModelIntegrityError, match=r"metadata\.json is missing; remove it"):
        read_package(tmp_path)


def test_errors_of_models_are_one_family():
    assert {ModelDownloadError, ModelIntegrityError, ModelNotInstalledError} <= set(
        ModelError.__subclasses__()
    )


# Starter models


@pytest.fixture
def starters(tmp_path, monkeypatch):
    path = tmp_path / "starter"
    path.mkdir()
    monkeypatch.setenv("CORPUS_NORM_STARTERS", str(path))
    return path


def add_starter(folder, name="starter", *, also_from=(), version="99", **scores):
    own = {
        "also_from": list(also_from),
        "scores": {code: {"flores_dev_bleu": bleu} for code, bleu in scores.items()},
    }
    return make_folder(folder, name, package_version=version, corpus_norm=own)


@pytest.mark.parametrize(
    ("source", "bleu", "used"),
    [("fr", 15, True), ("fr", 14.99, False), ("zh", 8.0, True), ("zh", 7.99, False)],
)
def test_a_starter_is_used_unasked_from_the_gate_on(starters, source, bleu, used):
    scores = {"fr": 0.0, "zh": 0.0} | {source: bleu}
    add_starter(starters, also_from=["zh"], **scores)
    assert len(installed()) == 2, "it is listed in either case"
    if used:
        assert find_package(source).name == "starter"
    else:
        with pytest.raises(ModelNotInstalledError):
            find_package(source)
    assert find_package(source, packages.requested_starters()).name == "starter"


@pytest.mark.parametrize("scores", [{}, {"fr": None}, {"fr": "99"}, {"zh": 99}])
def test_a_starter_without_a_score_for_the_language_is_not_used_unasked(starters, scores):
    add_starter(starters, **scores)
    with pytest.raises(ModelNotInstalledError):
        find_package("fr")


def test_a_starter_for_a_language_without_a_gate_is_not_used_unasked(starters):
    add_starter(starters, also_from=["de"], fr=40, de=40)
    assert [(p.source, p.usable) for p in installed()] == [("fr", True), ("de", False)]


def test_the_folder_of_language_models_is_no_broken_package(no_models_but_ours):
    (no_models_but_ours / packages.LANGUAGE_MODELS).mkdir(parents=True)
    (no_models_but_ours / "odd").mkdir()
    assert [path.name for path in packages.package_folders(no_models_but_ours)] == ["odd"]
    assert [(f.name, f.status) for f in models.verify()] == [("odd", "broken")]


def test_any_installed_package_comes_before_a_starter(starters, no_models_but_ours):
    add_starter(starters, fr=40)
    assert find_package("fr").starter
    make_folder(no_models_but_ours, "old", package_version="0.1")
    assert find_package("fr").name == "old"
    assert [p.name for p in installed()] == ["old", "starter"], "starters are searched last"


def test_the_gate_is_for_starters_alone(folder):
    make_folder(folder, "poor", corpus_norm={"scores": {"fr": {"flores_dev_bleu": 1.0}}})
    assert find_package("fr", installed([folder])).bleu == 1.0


def test_a_package_for_two_languages_is_one_model(starters):
    add_starter(starters, also_from=["zh"], fr=20, zh=9)
    french, chinese = installed()
    assert (french.source, french.bleu) == ("fr", 20.0)
    assert (chinese.source, chinese.bleu) == ("zh-Hans", 9.0)
    assert french.label == chinese.label
    assert find_package("zh-Hant") == chinese


@pytest.mark.parametrize("also_from", ["zh", [1], {"zh": 1}, None])
def test_senseless_languages_in_the_metadata_are_passed_over(starters, also_from):
    make_folder(starters, "odd", corpus_norm={"also_from": also_from, "scores": []})
    assert [p.source for p in installed()] == ["fr"]


def test_the_starter_folder_travels_inside_the_library(monkeypatch):
    monkeypatch.delenv("CORPUS_NORM_STARTERS")
    assert packages.starter_folder().parent.name == "corpus_norm"
    assert (packages.starter_folder() / "README.md").is_file()
