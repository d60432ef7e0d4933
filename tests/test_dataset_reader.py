import builtins
import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus_norm.dataset import (
    BLOCKS,
    JOINED,
    REJECTS,
    SCHEMA_VERSION,
    SENTENCES,
    DatasetWriter,
    documents_to_batch,
    open_dataset,
)
from corpus_norm.dataset import reader as reader_module
from corpus_norm.document import Block, BlockKind, Document, Rejection, Sentence
from corpus_norm.errors import DatasetError, SchemaMismatchError
from corpus_norm.settings import Settings


def make_document(index):
    text = f"🧵 {index}\n\nBonjour."
    start = text.index("Bonjour")
    return Document(
        f"{index}.txt",
        text,
        doc_id=str(index),
        text_en=f"🧵 {index}\n\nHello.",
        language="fr",
        blocks=(
            Block(BlockKind.SHARE, f"🧵 {index}", 0),
            Block(BlockKind.PARAGRAPH, "Bonjour.", start, text_en="Hello.", start_en=start),
        ),
        sentences=(Sentence(1, "Bonjour.", start, "fr", "Hello.", start, -0.5, ("x",)),),
    )


ITEMS = [make_document(i) for i in range(7)]
REJECTION = Rejection("bad.txt", 4, "00", "decode", "DecodeError", "no text; look at it", b"\x00")


@pytest.fixture
def folder(tmp_path):
    with DatasetWriter(tmp_path / "out", Settings(), ["corpus"]) as writer:
        writer.write_part(0, "0a" * 16, [documents_to_batch([*ITEMS[:3], REJECTION])])
        writer.write_part(1, "0b" * 16, [documents_to_batch(ITEMS[3:])])
        writer.finish()
    return tmp_path / "out"


def find_part(folder, index, table):
    [path] = (folder / table).glob(f"part-{index:05d}-*.parquet")
    return path


@pytest.fixture
def empty(tmp_path):
    with DatasetWriter(tmp_path / "empty", Settings(), ["corpus"]) as writer:
        writer.finish()
    return open_dataset(tmp_path / "empty")


def test_documents_come_back_as_they_went_in(folder):
    assert list(open_dataset(folder).documents()) == ITEMS


def test_documents_come_back_whatever_the_batch_they_are_read_in(folder, monkeypatch):
    monkeypatch.setattr(reader_module, "_BATCH_ROWS", 2)
    assert list(open_dataset(folder).documents()) == ITEMS
    assert open_dataset(folder).blocks.num_rows == 14


def test_blocks_and_sentences_have_their_text(folder):
    dataset = open_dataset(folder)
    blocks, sentences = dataset.blocks, dataset.sentences
    assert blocks.schema.equals(BLOCKS, check_metadata=True)
    assert sentences.schema.equals(SENTENCES, check_metadata=True)
    assert blocks.column("text").to_pylist()[:3] == ["🧵 0", "Bonjour.", "🧵 1"]
    assert blocks.column("text_en").to_pylist()[:3] == [None, "Hello.", None]
    assert blocks.column("index").to_pylist()[:3] == [0, 1, 0]
    assert sentences.select(["doc_id", "block", "text", "text_en", "flags"]).to_pylist()[6] == {
        "doc_id": "6",
        "block": 1,
        "text": "Bonjour.",
        "text_en": "Hello.",
        "flags": ["x"],
    }


def test_rejects_say_what_was_lost_and_why(folder):
    rejects = open_dataset(folder).rejects
    assert rejects.schema.equals(REJECTS, check_metadata=True)
    assert rejects.to_pylist() == [
        {
            "source": "bad.txt",
            "record": 4,
            "bytes_sha256": "00",
            "stage": "decode",
            "error": "DecodeError",
            "message": "no text; look at it",
            "data": b"\x00",
            "source_id": None,
            "extra": None,
        }
    ]


def test_an_arrow_table_has_the_schema_with_its_metadata(folder):
    dataset = open_dataset(folder)
    assert dataset.to_arrow().schema.equals(JOINED, check_metadata=True)
    assert dataset.schema.equals(JOINED, check_metadata=True)
    assert dataset.to_arrow(["source", "doc_id"]).column_names == ["source", "doc_id"]


def test_pandas_polars_and_arrow_hold_the_same(folder):
    dataset = open_dataset(folder)
    texts = dataset.to_arrow().column("text").to_pylist()
    assert dataset.to_pandas()["text"].tolist() == texts
    assert dataset.to_polars()["text"].to_list() == texts
    assert dataset.to_pandas(["doc_id"]).columns.tolist() == ["doc_id"]
    assert dataset.to_pandas()["blocks"][0][1]["kind"] == "paragraph"


def test_polars_slices_by_the_offsets_to_the_text_of_the_block(folder):
    import polars as pl

    frame = open_dataset(folder).to_polars(["text", "blocks"]).explode("blocks").unnest("blocks")
    cut = frame.select(pl.col("text").str.slice(pl.col("start"), pl.col("end") - pl.col("start")))
    assert cut["text"].to_list() == open_dataset(folder).blocks.column("text").to_pylist()


def test_any_parquet_reader_can_read_the_folders(folder):
    assert pq.read_table(folder / "documents").num_rows == 7
    assert pq.read_table(folder / "rejects").num_rows == 1


def test_the_length_is_the_number_of_documents(folder, empty):
    assert (len(open_dataset(folder)), len(empty)) == (7, 0)


def test_the_representation_tells_what_is_in_it(folder, empty):
    assert repr(open_dataset(folder)).endswith("out': 7 documents (fr 7), 1 rejects>")
    assert repr(empty).endswith("empty': 0 documents, 0 rejects>")


def test_an_unfinished_dataset_opens_and_says_so(tmp_path, caplog):
    with DatasetWriter(tmp_path, Settings(), ["corpus"]) as writer:
        writer.write_part(0, "0a" * 16, [documents_to_batch(ITEMS)])
        writer.write_part(1, "0b" * 16, [documents_to_batch([REJECTION])])
    dataset = open_dataset(str(tmp_path))
    assert "incomplete: run convert again" in repr(dataset)
    assert f"{tmp_path} is incomplete (7 documents so far)" in caplog.text
    assert list(dataset.documents()) == ITEMS


def test_tables_of_an_empty_dataset_have_their_schemas(empty):
    for table, schema in (
        (empty.to_arrow(), JOINED),
        (empty.blocks, BLOCKS),
        (empty.sentences, SENTENCES),
        (empty.rejects, REJECTS),
    ):
        assert table.num_rows == 0
        assert table.schema.equals(schema, check_metadata=True)
    assert empty.to_pandas().empty
    assert empty.to_polars().is_empty()


def test_parts_that_the_manifest_does_not_list_are_not_read(folder):
    data = find_part(folder, 0, "documents").read_bytes()
    (folder / "documents" / "part-00009.parquet").write_bytes(data)
    assert open_dataset(folder).to_arrow().num_rows == 7


@pytest.mark.parametrize("name", ["missing", "file"])
def test_what_is_no_dataset_is_an_error_that_says_so(tmp_path, name):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DatasetError, match=r"not a dataset: .* holds no manifest\.json"):
        open_dataset(tmp_path / name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"format": "corpus_norm dataset"}',
        '{"format": "corpus_norm dataset", "inputs": [], "models": [], "parts": [{}]}',
        '{"format": "corpus_norm dataset", "inputs": [], "models": [], "parts": [], "x": 1}',
        "[" * 100_000,
    ],
)
def test_a_damaged_manifest_is_an_error_that_names_it(folder, text):
    (folder / "manifest.json").write_text(text)
    with pytest.raises(DatasetError, match=r"manifest.json is damaged or not ours") as caught:
        open_dataset(folder)
    assert caught.value.subject.endswith("manifest.json")


def test_a_manifest_that_is_no_text_is_an_error_that_names_it(folder):
    (folder / "manifest.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match=r"cannot read .*manifest.json"):
        open_dataset(folder)


def test_another_schema_version_is_an_error_that_says_what_to_do(folder):
    content = json.loads((folder / "manifest.json").read_text())
    content |= {"schema_version": "99", "corpus_norm": "9.9", "parts": [{"unknown": 1}]}
    (folder / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(
        SchemaMismatchError, match=rf"schema version 99, .*reads {SCHEMA_VERSION}; .*9\.9"
    ):
        open_dataset(folder)


def test_a_part_with_other_columns_is_an_error_that_names_them(folder):
    path = find_part(folder, 1, "documents")
    pq.write_table(pq.read_table(path).drop_columns(["flags"]), path)
    with pytest.raises(
        SchemaMismatchError, match=r"part-00001-\w+.parquet .* columns flags differ"
    ):
        open_dataset(folder).to_arrow()


def test_a_part_with_other_types_is_an_error(folder):
    path = find_part(folder, 0, "rejects")
    table = pq.read_table(path)
    pq.write_table(table.set_column(1, "record", table.column("record").cast(pa.int32())), path)
    with pytest.raises(SchemaMismatchError, match="the types of its columns differ"):
        _ = open_dataset(folder).rejects


def test_a_missing_part_is_an_error_that_says_what_to_do(folder):
    find_part(folder, 1, "documents").unlink()
    with pytest.raises(
        DatasetError, match=r"part-00001-\w+.parquet is missing; run the same convert"
    ):
        list(open_dataset(folder).documents())


def test_a_part_with_fewer_rows_than_listed_is_an_error(folder):
    path = find_part(folder, 1, "documents")
    pq.write_table(pq.read_table(path).slice(1), path)
    with pytest.raises(DatasetError, match="it has 3 rows, the manifest says 4"):
        open_dataset(folder).to_arrow()


@pytest.mark.parametrize("damage", ["empty", "cut", "page", "noise"])
def test_a_damaged_part_is_an_error_that_names_it(folder, damage):
    path = find_part(folder, 0, "documents")
    data = bytearray(path.read_bytes())
    if damage == "page":
        data[200] ^= 0xFF
    path.write_bytes({"empty": b"", "cut": data[:-50], "page": data, "noise": b"x" * 999}[damage])
    with pytest.raises(
        DatasetError, match=r"part-00000-\w+.parquet is damaged.*run the same convert"
    ):
        open_dataset(folder).to_arrow()


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_a_missing_extra_names_its_install_line(folder, name, monkeypatch):
    real = builtins.__import__

    def refuse(module, *args, **kwargs):
        if module == name:
            raise ImportError(module)
        return real(module, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(DatasetError, match=rf"pip install 'corpus-norm\[{name}\]'"):
        getattr(open_dataset(folder), f"to_{name}")()


def test_ids_and_documents_are_members(folder, monkeypatch):
    monkeypatch.setattr(reader_module, "_BATCH_ROWS", 2)
    dataset = open_dataset(folder)
    assert "5" in dataset
    assert "5" in dataset.documents
    assert ITEMS[5] in dataset
    assert dataset["5"] == ITEMS[5]
    for other in ("99", 5, None, b"5", replace(ITEMS[5], text="x"), replace(ITEMS[5], doc_id="")):
        assert other not in dataset
        assert other not in dataset.documents


@pytest.mark.parametrize(
    ("key", "error", "says"),
    [
        ("99", KeyError, "no document has"),
        (7, IndexError, "the dataset has 7"),
        (-8, IndexError, "the dataset has 7"),
        (1.5, TypeError, "not by 1.5"),
        (True, TypeError, "not by True"),
        (None, TypeError, "not by None"),
    ],
)
def test_a_key_that_finds_nothing_is_an_error_that_says_why(folder, key, error, says):
    with pytest.raises(error, match=says):
        open_dataset(folder)[key]
