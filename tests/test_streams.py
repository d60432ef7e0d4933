"""Documents as they are done: JSON Lines and Arrow on standard output, and objects in Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pyarrow as pa
import pytest
from typer.testing import CliRunner

import corpus_norm
from corpus_norm import Document, Settings
from corpus_norm.cli import app
from corpus_norm.conversion import Stream
from corpus_norm.document import Rejection
from corpus_norm.errors import DatasetError, DatasetExistsError, InputError
from corpus_norm.settings import InputSettings, TranslationSettings

PLAIN = Settings(translation=TranslationSettings(enabled=False))
RECORDS = [
    {"id": "a1", "text": "Le maire a démissionné lundi, après un an.", "tickers": ["BNP"]},
    {"id": "bad", "text": 3, "tickers": []},
    {
        "id": "a2",
        "text": "The bank closed its doors on Monday. It was late.",
        "tickers": ["X"],
    },
]


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, RECORDS)), encoding="utf-8")
    return path


def run(*arguments, given=None):
    command = [sys.executable, "-m", "corpus_norm", "convert", *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=120)


def test_json_lines_go_to_standard_output_and_rejects_to_standard_error(lines):
    options = ["--to", "jsonl", "--no-translate", "--keep", "tickers"]
    done = run("-", *options, given=lines.read_bytes())
    assert done.returncode == 1
    records = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [(each["source_id"], each["tickers"]) for each in records] == [
        ("a1", ["BNP"]),
        ("a2", ["X"]),
    ]
    assert records[0]["extra"] == {"tickers": ["BNP"]}
    assert Document.from_dict(records[1]).blocks[0].text == RECORDS[2]["text"]
    reject, _summary = done.stderr.decode().splitlines()
    assert json.loads(reject)["source_id"] == "bad"


def test_arrow_goes_to_standard_output_and_rejects_to_a_file(lines, tmp_path):
    rejects = tmp_path / "rejects.jsonl"
    done = run(lines, "--to", "arrow", "--no-translate", "--rejects", rejects, "--keep", "tickers")
    table = pa.ipc.open_stream(done.stdout).read_all()
    assert table.column("source_id").to_pylist() == ["a1", "a2"]
    assert table.schema.field("tickers").type == pa.list_(pa.field("element", pa.string()))
    assert json.loads(rejects.read_text("utf-8"))["extra"] == {"text": 3, "tickers": []}
    dataset = corpus_norm.convert(
        lines,
        tmp_path / "out",
        Settings(
            input=InputSettings(keep=("tickers",)), translation=TranslationSettings(enabled=False)
        ),
    )
    stored = dataset.to_arrow().drop_columns(["duplicate_of", "story_id"])
    assert table.equals(stored.select(table.column_names))


def test_output_without_a_form_or_a_folder_is_told(lines):
    done = run(lines)
    assert done.returncode == 2
    assert b"--output" in done.stderr
    assert b"--to" in done.stderr
    done = run(lines, "-o", "-")
    assert done.returncode == 2
    assert b"stream with --to jsonl" in done.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--to", "jsonl", "--update"], "are for datasets"),
        (["-o", "out", "--rejects", "r.jsonl"], "--rejects goes with --to"),
    ],
)
def test_options_of_datasets_and_streams_do_not_mix(lines, options, says):
    result = CliRunner().invoke(app, ["convert", str(lines), *options], env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert says in result.output


def test_a_stream_yields_objects_in_order(lines):
    found = list(Stream(lines, PLAIN, memory=False))
    assert [type(item) for item in found] == [Document, Rejection, Document]
    assert found[1].source_id == "bad"
    stream = Stream(lines, PLAIN, memory=False, limit=1)
    assert sum(batch.num_rows for batch in stream.batches()) == 1
    assert stream.progress.documents == 1


def test_a_document_goes_to_json_and_back(fixtures):
    for number in range(5):
        document = corpus_norm.normalize(fixtures / "seeds" / f"{number:03d}.txt", PLAIN)
        assert Document.from_json(document.to_json()) == document
    with pytest.raises(InputError, match="a document needs the field 'text'"):
        Document.from_dict({"source": "a"})


@pytest.mark.usefixtures("tiny_model")
def test_english_goes_to_json_and_back_and_blocks_know_their_sentences():
    document = corpus_norm.normalize("La banque a fermé ses portes lundi. Il pleut à Paris.")
    assert Document.from_json(document.to_json()) == document
    assert document.to_dict()["sentences"][0]["start_en"] == 0
    assert document.sentences_of(document.blocks[0]) == document.sentences
    assert document.block_of(document.sentences[-1]) == document.blocks[0]
    with pytest.raises(IndexError):
        document.sentences_of(7)


@pytest.fixture
def dataset(tmp_path):
    records = [
        {"id": f"r{n}", "text": f"The bank closed branch {n} on Monday.", "title": f"T{n % 2}"}
        for n in range(9)
    ]
    path = tmp_path / "b.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    small = Settings.from_dict(
        {"translation": {"enabled": False}, "dataset": {"part_documents": 4}}
    )
    return corpus_norm.convert(path, tmp_path / "out", small)


def test_a_dataset_iterates_indexes_and_filters(dataset):
    every = list(dataset)
    assert [document.source_id for document in every] == [f"r{n}" for n in range(9)]
    assert (dataset[0], dataset[-1], dataset["r4"]) == (every[0], every[-1], every[4])
    assert dataset[every[3].doc_id] == every[3]
    assert dataset[2:8:2] == every[2:8:2]
    assert dataset[::-1] == every[::-1]
    assert list(dataset.filter(title="T1")) == every[1::2]
    assert list(dataset.filter(source_id=["r1", "r2"])) == every[1:3]
    assert list(dataset.filter(lambda each: "branch 5" in each.text)) == [every[5]]
    for key, error in ((9, IndexError), ("nobody", KeyError)):
        with pytest.raises(error):
            dataset[key]
    with pytest.raises(DatasetError, match="no column 'name'"):
        list(dataset.filter(name="x"))


def test_documents_are_a_table_like_blocks_and_sentences(dataset):
    for table in (dataset.documents, dataset.blocks, dataset.sentences):
        assert table.num_rows == len(table) == 9
        assert "doc_id" in table.column_names
    assert [each.source_id for each in dataset.documents()][:2] == ["r0", "r1"]


@pytest.mark.usefixtures("tiny_model")
def test_pairs_are_one_call_and_may_be_of_one_language_or_the_body_alone(tmp_path):
    pages = {
        "a": "<article><h1>La banque</h1><p>La banque a fermé ses portes lundi, a dit le maire de "
        "la ville.</p></article><nav>Suivez-nous sur les réseaux</nav>",
        "b": "<p>It rained in Paris on Monday, the mayor said.</p>",
    }
    for name, page in pages.items():
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
    dataset = corpus_norm.convert(tmp_path, tmp_path / "out", memory=False)
    pairs = dataset.pairs("fr")
    assert set(pairs.column("language").to_pylist()) == {"fr"}
    assert None not in pairs.column("text_en").to_pylist()
    body = dataset.pairs(body_only=True)
    assert 0 < body.num_rows < pairs.num_rows
    assert dataset.pairs("zh").num_rows == 0
    assert len(pairs.to_pandas()) == pairs.num_rows


def stream(lines, *options):
    call = ["convert", str(lines), "--to", "jsonl", "--no-translate", *map(str, options)]
    return CliRunner().invoke(app, call)


def test_a_stream_replaces_a_file_only_with_overwrite(lines, tmp_path):
    target = tmp_path / "out.jsonl"
    target.write_text("mine", "utf-8")
    refused = stream(lines, "-o", target)
    assert isinstance(refused.exception, DatasetExistsError)
    assert target.read_text("utf-8") == "mine"
    assert stream(lines, "-o", target, "--overwrite").exit_code == 1
    assert len(target.read_text("utf-8").splitlines()) == 2
    refused = stream(lines, "--rejects", target)
    assert isinstance(refused.exception, DatasetExistsError)
    assert stream(lines, "-o", os.devnull, "--rejects", os.devnull).exit_code == 1


def test_a_stream_of_nothing_warns_and_leaves_a_file_as_it_is(tmp_path):
    (tmp_path / "nothing").mkdir()
    target = tmp_path / "out.jsonl"
    target.write_text("mine", "utf-8")
    refused = stream(tmp_path / "nothing", "-o", target, "--overwrite")
    assert isinstance(refused.exception, InputError)
    assert target.read_text("utf-8") == "mine"
    done = stream(tmp_path / "nothing")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "the inputs hold no documents" in done.stderr


@pytest.mark.parametrize("named", ["a.jsonl", ".", "*.jsonl", "./a.jsonl"])
def test_a_stream_never_writes_among_its_inputs(lines, monkeypatch, named):
    monkeypatch.chdir(lines.parent)
    before = lines.read_bytes()
    refused = stream(named, "-o", "a.jsonl", "--overwrite")
    assert isinstance(refused.exception, InputError)
    assert "among the inputs" in str(refused.exception)
    assert lines.read_bytes() == before


def test_documents_and_rejects_need_two_files(lines, tmp_path):
    refused = stream(lines, "-o", tmp_path / "x", "--rejects", tmp_path / "." / "x")
    assert "name two files" in str(refused.exception)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("x", "the document is not JSON"),
        (None, "not None"),
        ("[]", "must be a JSON object, not a list"),
        ("{}", "needs the field 'source'"),
        ('{"source": 1, "text": "a"}', "source must be text, not 1"),
        ('{"source": "a", "text": "b", "published": "May"}', "published cannot be read"),
        ('{"source": "a", "text": "b", "blocks": [{}]}', r"blocks\[0\] has no field 'kind'"),
        ('{"source": "a", "text": "b", "blocks": [1]}', r"blocks\[0\] must be an object"),
        ('{"source": "a", "text": "b", "flags": [1]}', "flags must be a list of texts"),
        ('{"source": "a", "text": "b", "record": true}', "record must be a number"),
        ('{"source": "a", "text": "b", "extra": "x"}', "extra cannot be read|extra is not JSON"),
    ],
)
def test_what_is_no_document_is_said_by_its_field(given, says):
    with pytest.raises(InputError, match=says):
        Document.from_json(given)
