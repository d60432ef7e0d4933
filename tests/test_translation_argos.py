"""Real loading and real translation, with the tiny package that is made for tests.

Its English means nothing, so no test looks at the words.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from corpus_norm.document import Block, BlockKind, Document, Flag, Sentence
from corpus_norm.errors import ModelIntegrityError
from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.translation import missing_models, translate, translate_documents
from corpus_norm.translation.engines import Decoding, Request
from corpus_norm.translation.engines.argos import ArgosTranslator, load_engine
from corpus_norm.translation.memory import Memory
from corpus_norm.translation.models import read_package
from corpus_norm.translation.models.archive import unpack

TINY = Path(__file__).parent / "assets" / "translate-fr_en-tiny.argosmodel"
SENTENCES = (
    "Il pleut.",
    "Le ministre a parlé hier à Paris.",
    "Oui.",
    "La banque centrale, qui se réunira en juin, pourrait relever ses taux.",
    "Selon lui, rien ne change.",
)
REQUESTS = [Request(sentence) for sentence in SENTENCES]
SHORT = Settings(translation=TranslationSettings(max_output_tokens=24))


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return read_package(unpack(TINY, tmp_path_factory.mktemp("models")))


@pytest.fixture
def copied(package, tmp_path):
    """A copy of the package that a test may damage."""
    return shutil.copytree(package.path, tmp_path / package.name)


def test_a_package_says_that_it_is_for_tests_only(package):
    assert (package.source, package.target, package.tests_only) == ("fr", "en", True)


def test_every_sentence_gets_english_and_a_score(package):
    done = translate(SENTENCES, "fr", SHORT, packages=[package])
    assert all(d.text and d.score < 0 for d in done)


@pytest.mark.parametrize("length_penalty", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("beam_size", [1, 4])
def test_the_score_is_the_mean_log_probability_of_the_output_tokens(
    package, beam_size, length_penalty
):
    engine = ArgosTranslator(package)
    decoding = Decoding(beam_size=beam_size, length_penalty=length_penalty, max_output_tokens=24)
    sources = engine._encode(SENTENCES)
    outputs = engine._translator.translate_batch(
        sources, beam_size=beam_size, length_penalty=length_penalty, max_decoding_length=24
    )
    targets = [output.hypotheses[0] for output in outputs]
    forced = engine._translator.score_batch(sources, targets)
    for ours, target, scored in zip(
        engine.translate_batch(REQUESTS, decoding), targets, forced, strict=True
    ):
        assert ours.at_cap == (len(target) == 24)
        # The end of the sentence was no output where the output was cut.
        scores = scored.log_probs[: len(target)] if ours.at_cap else scored.log_probs
        assert ours.tokens == len(scores)
        assert ours.score == pytest.approx(sum(scores) / len(scores), abs=0.02)


def test_a_forced_prefix_is_not_in_the_text_nor_in_the_score(copied):
    metadata = json.loads((copied / "metadata.json").read_text())
    (copied / "metadata.json").write_text(json.dumps(metadata | {"target_prefix": "▁the"}))
    engine = ArgosTranslator(read_package(copied))
    decoding = Decoding(max_output_tokens=24)
    sources = engine._encode(SENTENCES)
    outputs = engine._translator.translate_batch(
        sources,
        [["▁the"]] * len(sources),
        beam_size=4,
        length_penalty=0.2,
        max_decoding_length=24,
    )
    forced = engine._translator.score_batch(sources, [o.hypotheses[0] for o in outputs])
    results = engine.translate_batch(REQUESTS, decoding)
    for ours, output, scored in zip(results, outputs, forced, strict=True):
        tokens = output.hypotheses[0]
        assert tokens[0] == "▁the"
        assert ours.text == engine._tokenizer.decode(tokens[1:]).strip()
        end = len(tokens) + (not ours.at_cap)
        assert ours.tokens == end - 1
        assert ours.score == pytest.approx(sum(scored.log_probs[1:end]) / (end - 1), abs=0.02)


def test_an_output_that_is_cut_is_flagged(package):
    settings = Settings(translation=TranslationSettings(max_output_tokens=2))
    done = translate(SENTENCES, "fr", settings, packages=[package])
    assert any(Flag.OUTPUT_AT_CAP in d.flags for d in done)


def test_threads_and_order_do_not_change_a_translation(package):
    settings = Settings(translation=TranslationSettings(max_output_tokens=24, batch_tokens=32))
    many = [f"{sentence[:-1]}, {number}." for sentence in SENTENCES for number in range(8)]
    one = translate(many, "fr", settings, packages=[package], threads=1)
    assert translate(many, "fr", settings, packages=[package], threads=2) == one
    assert translate(many[::-1], "fr", settings, packages=[package]) == one[::-1]


@pytest.mark.parametrize("deterministic", [False, True])
def test_company_does_not_change_a_translation(package, deterministic):
    """Batches of one length give what each sentence gives alone, to the last digit."""
    translation = TranslationSettings(max_output_tokens=24, deterministic=deterministic)
    settings = Settings(translation=translation)
    alone = replace(settings, translation=replace(translation, deterministic=True))
    many = [f"{sentence[:-1]}, {number}." for sentence in SENTENCES for number in range(8)]
    engine = load_engine(package)
    done = translate(many, "fr", settings, engine=engine)
    assert done == [translate([text], "fr", alone, engine=engine)[0] for text in many]
    assert translate(many[::3], "fr", settings, engine=engine) == done[::3]


def test_the_size_of_a_batch_does_not_change_a_translation(package):
    engine = load_engine(package)
    requests = [Request(f"{text[:-1]}, {n}.") for text in SENTENCES for n in range(8)]
    sizes = [Decoding(max_output_tokens=24, batch_tokens=size) for size in (16, 1024)]
    small, large = (engine.translate_batch(requests, decoding) for decoding in sizes)
    assert small == large
    assert engine.recipe(sizes[0]) == engine.recipe(sizes[1])
    assert engine.recipe(sizes[0]) != engine.recipe(replace(sizes[0], no_repeat_ngram=3))


def test_a_model_is_loaded_when_it_is_needed_and_not_before(copied, tmp_path):
    with Memory(tmp_path / "m.sqlite") as memory:
        for _ in range(2):
            package = read_package(copied)
            engine = ArgosTranslator(package)
            done = translate(SENTENCES, "fr", SHORT, engine=engine, memory=memory)
            loaded = "_translator" in vars(engine)
    assert not loaded
    assert all(d.text for d in done)


def test_a_model_is_loaded_once_per_process(package, copied):
    assert load_engine(package) is load_engine(package)
    changed = copied / "metadata.json"
    before = load_engine(read_package(copied))
    changed.write_text(changed.read_text().replace('"0.1"', '"0.2"'))
    after = load_engine(read_package(copied))
    assert after is not before
    assert after.name.split()[1] == "0.2"


@pytest.mark.parametrize("name", ["model/model.bin", "sentencepiece.model"])
def test_a_damaged_model_says_how_to_look_into_it(copied, name):
    (copied / name).write_bytes(b"\0" * 64)
    with pytest.raises(ModelIntegrityError, match=r"cannot be loaded.*models verify$"):
        ArgosTranslator(read_package(copied)).probe()


def test_underscores_survive_the_tokenizer(package):
    tokenizer = ArgosTranslator(package)._tokenizer
    assert tokenizer.decode(["▁user", "_", "name"]).strip() == "user_name"


@pytest.mark.parametrize("text", ["a\x00b", "\ud800abc", "ﷺ" * 50, "🙂 été"])
def test_odd_text_is_translated_or_flagged_but_never_raises(package, text):
    [done] = translate([text], "fr", SHORT, packages=[package])
    assert done.text or Flag.UNTRANSLATED in done.flags


def test_older_packages_with_byte_pair_merges_work(copied):
    (copied / "sentencepiece.model").unlink()
    (copied / "bpe.model").write_text("#version: 0.2\nl e\ne n\nle s</w>\n")
    engine = ArgosTranslator(read_package(copied))
    assert engine.count_tokens(["les gens"])[0] > 2
    assert len(engine.translate_batch(REQUESTS, Decoding.of(SHORT.translation))) == len(SENTENCES)


def test_a_document_gets_english_with_offsets(package):
    text = "Le titre\n\nIl pleut. Rien ne change."
    sentences = (
        Sentence(0, "Le titre", 0, "fr"),
        Sentence(1, "Il pleut.", 10, "fr"),
        Sentence(1, "Rien ne change.", 20, "fr"),
    )
    blocks = (
        Block(BlockKind.TITLE, text[:8], 0, language="fr"),
        Block(BlockKind.PARAGRAPH, text[10:], 10, language="fr"),
    )
    document = Document(
        "a.txt", text, title="Le titre", language="fr", blocks=blocks, sentences=sentences
    )
    [done] = translate_documents([document], SHORT, [package])
    assert done.translation_status == "translated"
    assert done.translation_model == package.label
    assert missing_models(["fr", "en"], [package]) == []
    assert done.title_en == done.blocks[0].text_en
    for item in (*done.blocks, *done.sentences):
        assert item.text_en
        assert done.text_en[item.start_en : item.end_en] == item.text_en


def test_translation_never_loads_the_sentence_splitters_of_argos(package):
    code = (
        "import sys; from pathlib import Path\n"
        "from corpus_norm.translation import translate\n"
        "assert 'ctranslate2' not in sys.modules and 'sentencepiece' not in sys.modules\n"
        "from corpus_norm.translation.models import read_package\n"
        "package = read_package(Path(sys.argv[1]))\n"
        "print(bool(translate(['Il pleut.'], 'fr', packages=[package])[0].text))\n"
        "unwanted = {'argostranslate.translate', 'minisbd', 'stanza', 'spacy', 'urllib.request'}\n"
        "print(unwanted & sys.modules.keys())\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(package.path)], capture_output=True, text=True, check=True
    )
    assert run.stdout.split("\n")[:2] == ["True", "set()"], run.stdout
