"""A dataset as a parallel corpus and as flat tables."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

import corpus_norm
from corpus_norm.dataset import (
    DatasetWriter,
    documents_to_batch,
    export_flat,
    export_tmx,
    export_tsv,
)
from corpus_norm.dataset.export import _cell
from corpus_norm.dataset.manifest import digest_item
from corpus_norm.document import Block, BlockKind, Document, Flag, RawDocument, Sentence
from corpus_norm.errors import DatasetError
from corpus_norm.tmx import Pair, read_tmx

SENTENCES = (
    ("Il\npleut.", "fr", "It rains.", (Flag.OUTPUT_AT_CAP.value,)),
    ("=SOMME(A1)", "fr", "+SUM(A1)", ()),
    ("Il\npleut.", "fr", "It rains.", (Flag.OUTPUT_AT_CAP.value,)),
    ("Rain.", "en", "Rain.", ()),
    ("Hm.", "und", "Hm.", ()),
    ("Quoi ?", "fr", None, (Flag.UNTRANSLATED.value,)),
    ("下雨。", "zh-Hans", "It rains.", (Flag.IMPORTED.value,)),
)


@pytest.fixture
def dataset(tmp_path):
    text, english, blocks, sentences = "", "", [], []
    for index, (source, language, target, flags) in enumerate(SENTENCES):
        shown = source if target is None else target
        place = None if target is None else len(english)
        blocks.append(
            Block(BlockKind.PARAGRAPH, source, len(text), language=language,
                  text_en=target, start_en=place)
        )  # fmt: skip
        score = -0.5 if target else None
        sentences.append(Sentence(index, source, len(text), language, target, place, score, flags))
        text, english = f"{text}{source}\n\n", f"{english}{shown}\n\n"
    document = Document("a.txt", text, text_en=english, blocks=tuple(blocks),
                        sentences=tuple(sentences), doc_id="d1")  # fmt: skip
    with DatasetWriter(tmp_path / "out", corpus_norm.Settings(), ["a"]) as writer:
        digest = writer.input_digest([digest_item(RawDocument("a.txt", text))])
        writer.write_part(0, digest, [documents_to_batch([document])])
        writer.finish()
    return corpus_norm.open_dataset(tmp_path / "out")


def test_tmx_has_each_pair_once_and_says_which_a_model_made(dataset, tmp_path):
    assert export_tmx(dataset, tmp_path / "a.tmx") == 3
    assert list(read_tmx(tmp_path / "a.tmx")) == [
        Pair("fr", "Il pleut.", "It rains.", machine=True),
        Pair("fr", "=SOMME(A1)", "+SUM(A1)", machine=True),
        Pair("zh-Hans", "下雨。", "It rains."),
    ]


def test_tsv_has_offsets_that_point_at_the_texts(dataset, tmp_path):
    assert export_tsv(dataset, tmp_path / "a.tsv") == 4
    head, *lines = (tmp_path / "a.tsv").read_text("utf-8").splitlines()
    rows = [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]
    [document] = dataset.documents()
    for row in rows:
        text = document.text[int(row["start"]) : int(row["end"])]
        english = document.text_en[int(row["start_en"]) : int(row["end_en"])]
        assert " ".join(text.split()) == row["text"].removeprefix("'")
        assert english == row["text_en"].removeprefix("'")
    assert rows[0] == {
        "doc_id": "d1", "index": "0", "block": "0", "language": "fr", "start": "0", "end": "9",
        "start_en": "0", "end_en": "9", "score": "-0.5", "flags": "output_at_cap",
        "text": "Il pleut.", "text_en": "It rains.",
    }  # fmt: skip


def test_no_text_in_tsv_is_a_formula(dataset, tmp_path):
    export_tsv(dataset, tmp_path / "a.tsv")
    line = (tmp_path / "a.tsv").read_text("utf-8").splitlines()[2]
    assert line.split("\t")[-2:] == ["'=SOMME(A1)", "'+SUM(A1)"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A", "＝1", "＋1", "－1", "＠A", '"=1"', "'a"])
def test_a_cell_is_text_whatever_it_begins_with_and_one_apostrophe_gives_it_back(text):
    assert _cell(text) == f"'{text}"
    assert _cell(f" \t{text}") == f"'{text}"  # white space does not hide it


def test_flat_tables_are_those_of_the_dataset(dataset, tmp_path):
    paths = export_flat(dataset, tmp_path / "tables")
    assert [path.name for path in paths] == ["blocks.parquet", "sentences.parquet"]
    assert pq.read_table(paths[0]).equals(dataset.blocks)
    assert pq.read_table(paths[1]).equals(dataset.sentences)


def test_exporting_twice_gives_the_same_bytes(dataset, tmp_path):
    for name in ("a", "b"):
        export_tmx(dataset, tmp_path / name / "a.tmx")
        export_flat(dataset, tmp_path / name)
    for file in ("a.tmx", "blocks.parquet", "sentences.parquet"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_failed_export_leaves_the_old_file_and_nothing_else(dataset, tmp_path):
    folder = tmp_path / "exports"
    export_tsv(dataset, folder / "a.tsv")
    before = (folder / "a.tsv").read_bytes()
    next((dataset.path / "documents").glob("*.parquet")).unlink()
    with pytest.raises(DatasetError, match="missing"):
        export_tsv(dataset, folder / "a.tsv")
    assert [path.read_bytes() for path in folder.iterdir()] == [before]


def test_a_place_that_cannot_be_written_to_is_named(dataset, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="cannot write"):
        export_tmx(dataset, tmp_path / "file" / "a.tmx")
