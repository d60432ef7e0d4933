"""Calls that cannot mean what they say: each is accepted, or refused with what to do instead."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

import corpus_norm
from corpus_norm import RawDocument, Settings, encoding
from corpus_norm.errors import CorpusNormError, DatasetError, InputError, SettingsError
from corpus_norm.settings import TranslationSettings
from corpus_norm.sources.walk import list_names
from corpus_norm.translation import translate

PLAIN = Settings(translation=TranslationSettings(enabled=False))
TABLE = pa.table({"source": ["a"], "text": ["Hi."]})


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "not None"),
        (TABLE, "normalize_batch"),
        ((text for text in "ab"), "use corpus_norm.convert or corpus_norm.process"),
        ("https://example.org/a.html", "downloads no pages"),
    ],
)
def test_normalize_refuses(value, says):
    with pytest.raises(InputError, match=says):
        corpus_norm.normalize(value, PLAIN)


def test_normalize_refuses_a_folder_by_name_and_by_path(tmp_path):
    for folder in (tmp_path, str(tmp_path)):
        with pytest.raises(InputError, match=r"is a folder, not a document; use corpus_norm\.conv"):
            corpus_norm.normalize(folder, PLAIN)


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ("one text", "for one text or path use normalize"),
        (RawDocument("a", "x"), r"give \[document\]"),
        (["a text"], "item 0 is an object of the type str, not a RawDocument"),
        (TABLE, "use normalize_batch"),
        (None, "not None"),
    ],
)
def test_process_refuses(items, says):
    with pytest.raises(InputError, match=says):
        corpus_norm.process(items, PLAIN)


def test_process_takes_a_generator():
    found = corpus_norm.process((RawDocument(n, "Bonjour.") for n in "ab"), PLAIN)
    assert [document.source for document in found] == ["a", "b"]


@pytest.mark.parametrize(
    ("batch", "says"),
    [(TABLE, r"each of table\.to_batches"), ([{"source": "a"}], "from_pylist"), (None, "not None")],
)
def test_normalize_batch_refuses(batch, says):
    with pytest.raises(InputError, match=says):
        corpus_norm.normalize_batch(batch, PLAIN)


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        (None, "not None"),
        (TABLE, "for tables use normalize_batch"),
        (b"a.txt", "must be names"),
        ([RawDocument("a", "x")], "input 0 must be a name"),
        ("https://example.org/", "downloads no pages"),
    ],
)
def test_convert_refuses_inputs(tmp_path, inputs, says):
    with pytest.raises(InputError, match=says):
        corpus_norm.convert(inputs, tmp_path / "out", PLAIN)


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("memory://out", "a folder of this machine"),
        (Path("https://example.org/out"), "a folder of this machine"),
        ("-", "stream with --to jsonl"),
        (None, "not None"),
    ],
)
def test_convert_refuses_outputs(tmp_path, monkeypatch, output, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("Hi.", encoding="utf-8")
    with pytest.raises(CorpusNormError, match=says):
        corpus_norm.convert("a.txt", output, PLAIN)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_convert_takes_a_generator_of_names(tmp_path):
    (tmp_path / "a.txt").write_text("Bonjour.", encoding="utf-8")
    names = (tmp_path / name for name in ("a.txt",))
    assert len(corpus_norm.convert(names, tmp_path / "out", PLAIN)) == 1


@pytest.mark.parametrize(
    ("sentences", "says"),
    [("Bonjour.", "not one text"), (None, "not NoneType"), ([1], "sentence 0 is no text but int")],
)
def test_translate_refuses(sentences, says):
    with pytest.raises(InputError, match=says):
        translate(sentences, "fr")


def test_translate_takes_a_generator_and_an_array():
    assert [t.text for t in translate(iter(["Hi."]), "en")] == ["Hi."]
    assert [t.text for t in translate(pa.array(["Hi."]), "en")] == ["Hi."]


def test_bytes_are_decoded_before_they_are_cleaned():
    with pytest.raises(InputError, match=r"clean\(decode\(data\)\.text\)"):
        encoding.clean(b"caf\xc3\xa9")
    with pytest.raises(InputError, match="to repair it use clean"):
        encoding.decode("café")


def test_a_dataset_is_a_folder():
    with pytest.raises(CorpusNormError, match="a dataset is a folder"):
        corpus_norm.open_dataset(None)


@pytest.mark.usefixtures("tiny_model")
def test_normalize_uses_the_memory_that_it_is_given(tmp_path):
    path = tmp_path / "memory.sqlite"
    first = corpus_norm.normalize("La banque a fermé ses portes lundi soir.", memory=path)
    assert path.exists()
    assert corpus_norm.normalize(first.text, memory=path).text_en == first.text_en


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"data": None}, "data must be text or bytes, not None"),
        ({"media_type": "application/pdf"}, "media_type must be one of text/plain"),
        ({"authors": "Jo Doe"}, r"give \('Jo Doe',\)"),
        ({"published": "2024-05-01"}, r"published must be a datetime\.date"),
        ({"published_at": datetime(2024, 5, 1)}, "with a time zone"),  # noqa: DTZ001
    ],
)
def test_a_raw_document_that_cannot_be_is_refused_before_work(changes, says):
    with pytest.raises(InputError, match=says):
        corpus_norm.process([RawDocument(**{"source": "a", "data": "x", **changes})], PLAIN)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"limit": "3"}, "limit must be a whole number of at least 1, not '3'"),
        ({"sample": "x"}, "sample must be a number"),
        ({"memory": 3}, "memory must be a file, True or False"),
        ({"workers": "many"}, "workers must be at least 1, or 'auto'"),
        ({"settings": Settings(lexicon_paths=("none.toml",))}, "none.toml, which is no file"),
    ],
)
def test_options_of_convert_are_checked_before_work(tmp_path, options, says):
    (tmp_path / "a.txt").write_text("Hi.", encoding="utf-8")
    with pytest.raises(SettingsError, match=says):
        corpus_norm.convert(tmp_path / "a.txt", tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_a_media_type_is_one_of_three():
    with pytest.raises(InputError, match="media_type must be one of"):
        corpus_norm.normalize("Hi.", PLAIN, media_type="text/pdf")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"workers": True}, "workers must be at least 1"),
        ({"limit": True}, "limit must be a whole number"),
        ({"sample": True}, "sample must be a number"),
        ({"sample": float("inf")}, "sample must be a number"),
        ({"progress": 5}, "progress must be a function"),
        ({"output": 5}, "the name of a folder, not an object of the type int"),
    ],
)
def test_convert_refuses_an_argument_before_it_writes(tmp_path, options, says):
    (tmp_path / "a.txt").write_text("Hi.", "utf-8")
    given = {"output": tmp_path / "out", **options}
    with pytest.raises(CorpusNormError, match=says):
        corpus_norm.convert(tmp_path / "a.txt", settings=PLAIN, **given)
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("refused")
    (folder / "a.txt").write_text("The bank closed its doors on Monday.", "utf-8")
    return corpus_norm.convert(folder / "a.txt", folder / "out", PLAIN)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda made: made.pairs("French"), "a language is a code such as fr"),
        (lambda made: made.pairs(5), "a language is a code such as fr"),
        (lambda made: made.filter(published=5), "is date32.day., and cannot be compared with 5"),
        (lambda made: made.filter(language=5), "is string, and cannot be compared with 5"),
        (lambda made: made.filter(blocks=[]), "holds lists; give filter a function"),
        (lambda made: made.filter("fr"), "a function of a document"),
        (lambda made: made.to_arrow(["nope"]), "no column 'nope'"),
        (lambda made: made.to_pandas("language"), r"give \['language'\]"),
        (lambda made: made.batches(["nope"]), "no column 'nope'"),
    ],
)
def test_a_dataset_refuses(dataset, ask, says):
    with pytest.raises(DatasetError, match=says):
        ask(dataset)


def test_a_set_of_inputs_is_read_in_the_order_of_its_names(tmp_path):
    names = {str(tmp_path / f"{number}.txt") for number in range(9)}
    for name in names:
        Path(name).write_text("Hi.", "utf-8")
    assert list_names(names) == sorted(names)
