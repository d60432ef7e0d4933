"""A dataset is the same with a translation memory and without; only people's words change it."""

from __future__ import annotations

import pytest

import corpus_norm
from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.translation.engines.argos import ArgosTranslator
from corpus_norm.translation.memory import Memory

SETTINGS = Settings(translation=TranslationSettings(max_output_tokens=24))


@pytest.fixture
def asked(monkeypatch):
    """The sentences that reach the model, in this process."""
    texts = []
    original = ArgosTranslator.translate_batch

    def translate_batch(self, requests, decoding):
        texts.extend(request.text for request in requests)
        return original(self, requests, decoding)

    monkeypatch.setattr(ArgosTranslator, "translate_batch", translate_batch)
    return texts


def read_parts(folder):
    return {path.name: path.read_bytes() for path in folder.glob("documents/*.parquet")}


def convert(fixtures, folder, **options):
    options.setdefault("settings", SETTINGS)
    return corpus_norm.convert(fixtures / "seeds", folder, **options)


def test_an_unchanged_corpus_is_not_translated_again_and_gives_the_same_bytes(
    tiny_model, fixtures, tmp_path, asked
):
    memory = tmp_path / "m.sqlite"
    convert(fixtures, tmp_path / "none", memory=False)
    count = len(asked)
    convert(fixtures, tmp_path / "cold", memory=memory)
    assert len(asked) == 2 * count > 0
    convert(fixtures, tmp_path / "warm", memory=memory)
    assert len(asked) == 2 * count
    cold = read_parts(tmp_path / "cold")
    assert cold == read_parts(tmp_path / "none") == read_parts(tmp_path / "warm")
    names = [(tmp_path / name / "manifest.json").read_bytes() for name in ("none", "cold", "warm")]
    assert names[0] == names[1] == names[2]


def test_a_memory_that_knows_a_part_gives_the_same_bytes(tiny_model, fixtures, tmp_path, asked):
    memory = tmp_path / "m.sqlite"
    corpus_norm.convert(fixtures / "seeds" / "003.txt", tmp_path / "a", SETTINGS, memory=memory)
    before = len(asked)
    convert(fixtures, tmp_path / "b", memory=memory)
    convert(fixtures, tmp_path / "c", memory=False)
    assert len(asked) - before > 0
    assert read_parts(tmp_path / "b") == read_parts(tmp_path / "c")


def test_workers_share_a_memory(tiny_model, fixtures, tmp_path):
    one_each = Settings(
        translation=SETTINGS.translation,
        dataset=corpus_norm.settings.DatasetSettings(batch_documents=1),
    )
    memory = tmp_path / "m.sqlite"
    convert(fixtures, tmp_path / "two", settings=one_each, memory=memory, workers=2)
    made = Memory(memory).stats().made
    assert made["fr"] > 20
    convert(fixtures, tmp_path / "one", settings=one_each, memory=memory)
    assert Memory(memory).stats().made == made
    assert read_parts(tmp_path / "one") == read_parts(tmp_path / "two")


def test_without_a_memory_nothing_is_kept(tiny_model, fixtures, tmp_path):
    convert(fixtures, tmp_path / "out", memory=False)
    assert Memory().stats().made == {}


def test_the_default_memory_is_the_user_s(tiny_model, fixtures, tmp_path):
    convert(fixtures, tmp_path / "out")
    assert Memory().stats().made["fr"] > 20


def test_imported_translations_are_in_the_dataset_and_their_digest_in_the_manifest(
    fixtures, tmp_path
):
    memory = Memory(tmp_path / "m.sqlite")
    text = "Le maire a démissionné lundi, après un an de mandat."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    first = corpus_norm.convert(tmp_path / "a.txt", tmp_path / "out", memory=memory.path)
    assert "imported_translations" not in first.manifest.versions
    memory.import_units([("fr", text, "The mayor resigned.")])
    again = corpus_norm.convert(tmp_path / "a.txt", tmp_path / "out", memory=memory.path)
    assert again.to_arrow(["text_en"])["text_en"].to_pylist() == ["The mayor resigned."]
    assert again.manifest.versions["imported_translations"] == memory.imported_digest()
