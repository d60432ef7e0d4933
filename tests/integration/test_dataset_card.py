"""Other people's tools read a dataset as its card and its Croissant file say."""

from __future__ import annotations

import json

import pytest
import yaml

import corpus_norm

datasets = pytest.importorskip("datasets", reason="needs datasets: make test-integration")
mlcroissant = pytest.importorskip("mlcroissant", reason="needs mlcroissant: make test-integration")

pytestmark = pytest.mark.filterwarnings("ignore")  # of other people's libraries


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder, out = tmp_path_factory.mktemp("in"), tmp_path_factory.mktemp("out")
    (folder / "fr.txt").write_text(
        "Le maire a parlé.\n\nIl a dit que la banque fermait ses portes."
    )
    (folder / "bytes.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    return corpus_norm.convert(folder, out)


def test_croissant_is_valid_and_its_records_are_the_rows(dataset):
    described = mlcroissant.Dataset(dataset.path / "croissant.json")
    [row] = described.records("documents")
    assert row["documents/language"] == b"fr"
    kinds = [block["documents/blocks/kind"].decode() for block in row["documents/blocks"]]
    assert kinds == dataset.blocks.column("kind").to_pylist()
    [reject] = described.records("rejects")
    assert reject["rejects/stage"] == b"decode"


def test_croissant_names_every_column(dataset):
    described = json.loads((dataset.path / "croissant.json").read_text("utf-8"))
    tables = {table["@id"]: [f["name"] for f in table["field"]] for table in described["recordSet"]}
    joined = ["duplicate_of", "story_id"]  # from the table of stories
    assert [*tables["documents"], *joined] == dataset.to_arrow().column_names
    assert tables["stories"] == dataset.stories.table.column_names
    assert tables["rejects"] == dataset.rejects.column_names


def test_hugging_face_datasets_reads_the_parts(dataset, tmp_path):
    files = str(dataset.path / "documents" / "*.parquet")
    loaded = datasets.load_dataset("parquet", data_files=files, cache_dir=str(tmp_path))["train"]
    assert loaded.num_rows == 1
    assert loaded[0]["body"] == dataset.to_arrow().column("body")[0].as_py()


def test_hugging_face_datasets_reads_the_folder_by_its_card(dataset, tmp_path):
    loaded = datasets.load_dataset(str(dataset.path), "rejects", cache_dir=str(tmp_path))["train"]
    assert loaded[0]["stage"] == "decode"


def test_the_front_matter_is_yaml(dataset):
    card = (dataset.path / "README.md").read_text("utf-8")
    head = yaml.safe_load(card.split("---\n")[1])
    assert head["language"] == ["fr"]
    assert [config["config_name"] for config in head["configs"]] == ["documents", "rejects"]
