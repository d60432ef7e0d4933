"""A sound dataset has no problems; whatever is changed in one is found."""

from __future__ import annotations

import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import corpus_norm
from corpus_norm.dataset import open_dataset
from corpus_norm.dataset.manifest import read_manifest
from corpus_norm.dataset.parts import hash_file


@pytest.fixture
def dataset(fixtures, tmp_path, tiny_model):
    (tmp_path / "bad.txt").write_bytes(b"")
    return corpus_norm.convert([fixtures / "seeds", tmp_path / "bad.txt"], tmp_path / "out")


def only_file(dataset, table="documents"):
    [path] = (dataset.path / table).iterdir()
    return path


def problems(dataset):
    return [str(problem) for problem in open_dataset(dataset.path).verify()]


def rewrite(dataset, change):
    """Change the rows, and make the manifest fit, as a faulty version of ours might."""
    path = only_file(dataset)
    table = pq.read_table(path)
    pq.write_table(change(table), path)
    manifest = read_manifest(dataset.path)
    [part] = manifest.parts
    file = replace(part.documents, bytes=path.stat().st_size, sha256=hash_file(path))
    fitting = replace(manifest, parts=(replace(part, documents=file),))
    (dataset.path / "manifest.json").write_text(fitting.to_json(), encoding="utf-8")


def set_in(column, field, spot, value):
    """A change that sets a field of one struct in a column of lists."""

    def change(table):
        rows = table.column(column).to_pylist()
        rows[0][spot][field] = value
        array = pa.array(rows, table.schema.field(column).type)
        return table.set_column(
            table.schema.get_field_index(column), table.schema.field(column), array
        )

    return change


def test_the_signs_of_markdown_in_a_text_are_no_problem(tmp_path):
    text = "# Tides\n\nThe farm lost **4 metres** of [its cliff](https://a.example) in a year.\n"
    (tmp_path / "a.md").write_text(text, "utf-8")
    dataset = corpus_norm.convert(tmp_path / "a.md", tmp_path / "out")
    assert "lost 4 metres of its cliff" in dataset.to_arrow(["body"])["body"][0].as_py()
    assert not problems(dataset)


def test_a_sound_dataset_has_no_problems(dataset):
    assert problems(dataset) == []


@pytest.mark.parametrize("table", ["documents", "rejects"])
@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.unlink(), "it is missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "bytes, the manifest says"),
        (lambda path: path.write_bytes(b"\0" + path.read_bytes()[1:]), "SHA-256"),
    ],
)
def test_a_damaged_file_is_found(dataset, table, damage, says):
    damage(only_file(dataset, table))
    [problem] = problems(dataset)
    assert problem.startswith(table)
    assert says in problem


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (set_in("blocks", "end", -1, 10**6), "offsets of its blocks lie outside its text"),
        (set_in("blocks", "start", 2, 0), "blocks overlap or are not in order in text"),
        (set_in("blocks", "kind", 0, "nonsense"), "unknown kind"),
        (set_in("blocks", "is_body", 0, value=False), "is_body does not fit"),
        (set_in("sentences", "block", 0, 999), "a sentence belongs to no block"),
        (set_in("sentences", "block", 0, 5), "a sentence lies outside its block"),
        (set_in("sentences", "end_en", 0, None), "sentences lie outside its text_en"),
        (lambda table: pa.concat_tables([table.slice(1), table.slice(1, 1)]), "occurs twice"),
        (lambda table: table.slice(1), "rows, the manifest says"),
        (lambda table: table.drop_columns("flags"), "columns are not those of the schema"),
        (lambda table: table.replace_schema_metadata({}), "another schema version"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_right_are_found(dataset, change, says):
    rewrite(dataset, change)
    assert any(says in problem for problem in problems(dataset)), problems(dataset)


def test_a_body_that_is_not_made_of_its_blocks_is_found(dataset):
    def change(table):
        index = table.schema.get_field_index("body")
        shorter = pc.utf8_slice_codeunits(table.column("body"), 1)
        return table.set_column(index, table.schema.field("body"), shorter)

    rewrite(dataset, change)
    assert sum("body is not made of its blocks" in problem for problem in problems(dataset)) == 5


def test_counts_that_do_not_fit_are_found(dataset):
    path = dataset.path / "manifest.json"
    content = json.loads(path.read_text("utf-8"))
    content["parts"][0]["languages"]["en"] += 1
    path.write_text(json.dumps(content), encoding="utf-8")
    assert any("languages are" in problem for problem in problems(dataset))


def test_files_that_the_manifest_does_not_know_are_found(dataset):
    (dataset.path / "documents" / "part-00007-0123abcd.parquet").write_bytes(b"")
    [problem] = problems(dataset)
    assert "part-00007-0123abcd.parquet: the manifest does not list it" in problem


def test_an_unfinished_dataset_says_so(dataset):
    path = dataset.path / "manifest.json"
    path.write_text(path.read_text("utf-8").replace('"complete": true', '"complete": false'))
    assert "incomplete" in problems(dataset)[0]
