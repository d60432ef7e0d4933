"""Ids: the same for the same document, however its input is named and wherever it stands."""

from __future__ import annotations

import json
import os
import random

import pytest

import corpus_norm
from corpus_norm.dataset.manifest import MANIFEST_NAME
from corpus_norm.errors import SchemaMismatchError
from corpus_norm.settings import DatasetSettings, InputSettings, Settings, TranslationSettings
from corpus_norm.sources import read
from corpus_norm.sources.fields import Repeats

SETTINGS = Settings(
    dataset=DatasetSettings(part_documents=8), translation=TranslationSettings(enabled=False)
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d" / "in").mkdir(parents=True)
    for number in range(3):
        text = f"The bank closed branch {number} on Monday."
        (tmp_path / "d" / "in" / f"{number}.txt").write_text(text, encoding="utf-8")
    lines = [{"text": f"Line {number}."} for number in (1, 2, 2)]
    (tmp_path / "d" / "a.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return tmp_path / "d"


def ids(*inputs):
    return [item.doc_id for item in read(inputs, InputSettings())]


@pytest.mark.parametrize("name", ["./d", "d/", "../{here}/d", "{absolute}", "file://{absolute}"])
def test_a_folder_has_the_same_ids_however_it_is_written(folder, name):
    named = name.format(here=folder.parent.name, absolute=folder)
    assert ids(named) == ids("d")
    assert len(set(ids("d"))) == 6


def test_a_folder_that_was_moved_keeps_its_ids(folder):
    before = ids("d")
    folder.rename(folder.with_name("elsewhere"))
    assert ids("elsewhere") == before


def test_a_pattern_and_the_folder_give_the_same_ids(folder):
    assert sorted(ids("d/**/*.txt")) == sorted(ids("d"))[:0] + sorted(ids("d")[3:])


def test_a_record_put_in_at_the_top_changes_no_id_below(folder):
    before = ids("d/a.jsonl")
    path = folder / "a.jsonl"
    path.write_text('{"text": "New."}\n' + path.read_text("utf-8"), encoding="utf-8")
    assert ids("d/a.jsonl")[1:] == before


def test_a_record_with_an_id_of_its_own_keeps_it_when_its_text_changes(tmp_path):
    path = tmp_path / "a.jsonl"
    found = []
    for text in ("One.", "Two."):
        path.write_text(json.dumps({"guid": "g7", "text": text}), encoding="utf-8")
        found += ids(path)
    assert found[0] == found[1]


def test_files_of_two_inputs_with_one_path_inside_have_different_ids(folder):
    other = folder.with_name("e")
    (other / "in").mkdir(parents=True)
    (other / "in" / "0.txt").write_bytes((folder / "in" / "0.txt").read_bytes())
    assert len(set(ids("d", "e"))) == 7


def test_repeats_are_counted_in_large_files_too():
    rng = random.Random(7)  # noqa: S311
    names = [str(rng.randrange(9_000)) for _ in range(20_000)]
    seen: dict[str, int] = {}
    repeats = Repeats()
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        number = "" if seen[name] == 1 else f"~{seen[name]}"
        assert repeats.number(name) == f"{name}{number}"


@pytest.mark.parametrize("name", ["./d", "{absolute}"])
def test_an_update_of_the_same_folder_by_another_name_finds_nothing_new(folder, name):
    corpus_norm.convert("d", "out", SETTINGS)
    named = name.format(absolute=folder)
    dataset = corpus_norm.convert(named, "out", SETTINGS, update=True)
    changes = dataset.changes
    assert (changes.unchanged, changes.changed, changes.added) == (6, 0, 0)
    assert changes.removed == ()
    afresh = corpus_norm.convert(named, "afresh", SETTINGS)
    assert dataset.to_arrow().equals(afresh.to_arrow())


def test_an_update_with_a_record_at_the_top_works_on_it_alone(folder):
    path = folder / "a.jsonl"
    lines = path.read_text("utf-8") + "\nno json\n"
    path.write_text(lines, encoding="utf-8")
    corpus_norm.convert(path, "out", SETTINGS)
    path.write_text('{"text": "New."}\n' + lines, encoding="utf-8")
    dataset = corpus_norm.convert(path, "out", SETTINGS, update=True)
    changes = dataset.changes
    assert (changes.unchanged, changes.changed, changes.added) == (4, 0, 1)
    assert dataset.to_arrow(["record"]).column(0).to_pylist() == [0, 1, 2, 3]
    [reject] = dataset.rejects.to_pylist()
    assert (reject["record"], reject["message"][:6]) == (4, "line 5")


@pytest.mark.parametrize("update", [False, True])
def test_a_dataset_of_an_older_schema_is_refused_and_overwrite_replaces_it(folder, update):
    corpus_norm.convert(folder, "out", SETTINGS)
    path = os.path.join("out", MANIFEST_NAME)  # noqa: PTH118
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        manifest = json.load(file)
    manifest["schema_version"] = "2"
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(manifest, file)
    with pytest.raises(SchemaMismatchError, match=r"schema version 2, this release .*--overwrite"):
        corpus_norm.convert(folder, "out", SETTINGS, update=update)
    assert len(corpus_norm.convert(folder, "out", SETTINGS, overwrite=True)) == 6
