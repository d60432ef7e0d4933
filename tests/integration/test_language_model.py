"""The known language model in llama.cpp: as a file, and behind llama.cpp's own server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import corpus_norm
from corpus_norm.document import Flag
from corpus_norm.errors import ModelIntegrityError
from corpus_norm.settings import DatasetSettings, Settings, TranslationSettings
from corpus_norm.translation import translate
from corpus_norm.translation.engines import Decoding, Request
from corpus_norm.translation.engines.llm import check_models, load_engine, read_file
from corpus_norm.translation.engines.llm.prompt import count_han
from corpus_norm.translation.engines.llm.runtime import LocalModel
from corpus_norm.translation.models.language_models import (
    KNOWN_LANGUAGE_MODELS,
    install_language_model,
    language_model_folder,
)

pytest.importorskip("xllamacpp", reason="needs xllamacpp: make test-llm")

KNOWN = KNOWN_LANGUAGE_MODELS["qwen2.5-1.5b"]
FILE = language_model_folder() / f"{KNOWN.name}.gguf"  # the user's own, found before it is hidden
if not FILE.is_file():
    pytest.skip(f"needs a model of 1.1 GB: models install {KNOWN.name}", allow_module_level=True)

SENTENCES = (
    "Le président a annoncé une réforme lundi.",
    "La société a perdu 5 milliards de dollars en 2024.",
    "Il pleut sur Paris depuis trois jours.",
)
REQUESTS = [Request(sentence) for sentence in SENTENCES]
# llama.cpp's server on a port of its own choice, in the binding's process.
SERVER = """
import sys, xllamacpp
options = xllamacpp.CommonParams()
options.model.path = sys.argv[1]
options.hostnames, options.port = ["127.0.0.1"], 0
options.n_ctx, options.n_parallel, options.no_extra_bufts, options.warmup = 2048, 1, True, False
options.cpuparams.n_threads = options.cpuparams_batch.n_threads = 1
options.verbosity = -1
server = xllamacpp.Server(options)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def chosen():
    return TranslationSettings(engine="llm", llm_model=str(FILE))


@pytest.fixture(scope="module")
def server():
    command = [sys.executable, "-c", SERVER, str(FILE)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield TranslationSettings(
            engine="server", server_url=f"{process.stdout.readline().strip()}/v1"
        )
        process.kill()


def test_the_installed_file_is_the_known_one(chosen):
    file = read_file(chosen.llm_model)
    assert (file.size_bytes, file.architecture) == (KNOWN.size_bytes, "qwen2")
    assert file.licence == "Apache-2.0"
    assert install_language_model(KNOWN, FILE.parent) == FILE


def test_french_becomes_english(chosen):
    outputs = load_engine("fr", chosen).translate_batch(REQUESTS, Decoding())
    assert "president" in outputs[0].text.lower()
    assert "5 billion" in outputs[1].text
    assert "2024" in outputs[1].text
    assert "rain" in outputs[2].text
    assert all(output.score < 0 and not output.at_cap for output in outputs)


def test_chinese_becomes_english_without_chinese(chosen):
    texts = ["他在北京工作。", "公司亏损一百二十亿元。", "接好时代的“接力棒”。"]
    done = translate(texts, "zh-Hans", Settings(translation=chosen))
    assert "beijing" in done[0].text.lower()
    assert "12 billion" in done[1].text
    assert not any(count_han(each.text) for each in done)
    assert all(Flag.DRAFT in each.flags for each in done)


def test_the_same_english_in_any_order(chosen):
    # llama.cpp rounds differently when it reads the last words alone than when it reads them all.
    alike = [Request(text) for text in ("Oui.", SENTENCES[0].replace("lundi", "mardi"), "Ouf !")]
    requests = [*REQUESTS, *alike, REQUESTS[0]]
    engine, short = load_engine("fr", chosen), Decoding(max_output_tokens=6)
    together = engine.translate_batch(requests, short)
    load_engine("zh-Hans", chosen).translate_batch([Request("他在北京工作。")], short)
    alone = [engine.translate_batch([request], short)[0] for request in reversed(requests)]
    assert together == alone[::-1]


def test_the_process_is_small_and_starts_again_when_it_is_killed(chosen):
    model = LocalModel(FILE)
    try:
        first = model.start() and model.process_id
        lines = Path(f"/proc/{first}/status").read_text("utf-8").splitlines()
        [size] = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
        assert size < 1_600_000  # kB
        os.kill(first, signal.SIGKILL)
        messages = [{"role": "user", "content": "Translate into English: Il pleut."}]
        assert "rain" in model.start().complete(messages, 12).text
        assert model.process_id != first
    finally:
        model.stop()


def test_a_file_without_weights_cannot_be_loaded(tmp_path):
    with FILE.open("rb") as file:
        (tmp_path / "cut.gguf").write_bytes(file.read(100_000))
    with pytest.raises(ModelIntegrityError, match=r"llama\.cpp cannot load"):
        LocalModel(tmp_path / "cut.gguf").start()


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_of_a_dataset_say_draft_whatever_the_workers(chosen, tmp_path, workers):
    for name, text in enumerate(SENTENCES):
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
    settings = Settings(translation=chosen, dataset=DatasetSettings(batch_documents=1))
    inputs = sorted(tmp_path.glob("*.txt"))
    dataset = corpus_norm.convert(inputs, tmp_path / "out", settings, workers=workers)
    rows = dataset.to_arrow().to_pylist()
    expected = load_engine("fr", chosen).translate_batch(REQUESTS, Decoding())
    assert [row["body_en"] for row in rows] == [output.text for output in expected]
    assert all("draft" in row["flags"] for row in rows)
    assert {row["translation_model"] for row in rows} == {load_engine("fr", chosen).name}


@pytest.mark.enable_socket
def test_the_server_of_llama_cpp_translates(server):
    [model] = check_models(server)
    assert "qwen" in model.name.lower() or KNOWN.name in model.name
    done = translate(SENTENCES, "fr", Settings(translation=server))
    assert "president" in done[0].text.lower()
    assert "5 billion" in done[1].text
    assert all(each.flags == ("draft",) and each.score < 0 for each in done)
