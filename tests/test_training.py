"""The recipe without torch: filtering, arrays, batches, packages, and the committed asset."""

from __future__ import annotations

import doctest
import importlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from corpus_norm.languages import get_language
from corpus_norm.translation import models as packages
from training import card, transfer
from training.arrays import Table
from training.batches import Corpus
from training.convert import convert
from training.evaluate import find_numbers, is_repeating, keeps_numbers, open_package, translate
from training.filtering import HeldOut, filter_pairs, reject_reason
from training.package import build_package
from training.prepare import prepare
from training.settings import BEGIN_ID, END_ID, Limits, Preparation, Schedule, Shape, Work
from training.sources import Source, choose_sources, limit_weights, read_table

ROOT = Path(__file__).resolve().parents[1]
ASSET = ROOT / "tests" / "assets" / "translate-fr_en-tiny.argosmodel"
CARD = card.Card(("fr",), "0.1", "tests only", "none")
NUMBERS = ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]


# --- filtering ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("Bonjour à tous.", "Hello everyone.", None),
        ("Oui.", "Yes, indeed.", None),
        ("", "Hello", "empty"),
        ("« … »", "Hello", "empty"),
        ("Microsoft Windows", "MICROSOFT windows.", "identical"),
        ("Oui.", "Yes, and then he told us the whole story once more.", "length_ratio"),
        ("mot " * 101, "word " * 101, "too_long"),
        ("亏损五十亿美元", "Losses of 5 billion dollars", None),
    ],
)
def test_rejected_pair_has_its_reason(source, target, reason):
    assert reject_reason(source, target, HeldOut(), Limits()) == reason


@pytest.mark.parametrize(("shared", "reason"), [(7, None), (8, "held_out_ngram")])
def test_eight_shared_words_in_a_row_overlap_but_seven_do_not(shared, reason):
    held_out = HeldOut()
    held_out.add("un deux trois quatre cinq six sept huit neuf dix")
    words = ["Un,", "deux,", "trois,", "quatre,", "cinq,", "six,", "sept,", "huit"][:shared]
    source = " ".join([*words, "puis", "autre", "chose"])
    assert reject_reason(source, "one two three four five x", held_out, Limits()) == reason


def test_held_out_sentence_matches_either_side_in_any_case():
    held_out = HeldOut()
    held_out.add("The cat sleeps.")
    assert reject_reason("Le chat dort", "THE CAT SLEEPS", held_out, Limits()) == "held_out"


def test_second_copy_of_a_pair_is_a_duplicate():
    lines = ["Le chat dort.\tThe cat sleeps.\n", "le chat dort\tThe cat sleeps\n"]
    reasons = [reason for *_, reason in filter_pairs(lines, HeldOut(), Limits())]
    assert reasons == [None, "duplicate"]


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30)))
def test_every_line_has_one_verdict_and_needs_two_columns(lines):
    verdicts = list(filter_pairs(lines, HeldOut(), Limits()))
    assert len(verdicts) == len(lines)
    for line, (*_, reason) in zip(lines, verdicts, strict=True):
        assert (reason == "malformed") == (line.rstrip("\r\n").count("\t") != 1)


@pytest.mark.parametrize(
    ("source", "target", "language", "reason"),
    [
        ("Le chat dort sur la chaise du salon.", "The cat sleeps on the chair.", "fr", None),
        ("The cat sleeps on the chair in the room.", "A cat sleeps on it.", "fr", "wrong_language"),
        ("Le chat dort sur la chaise.", "猫在椅子上睡觉了", "fr", "wrong_language"),
        ("Bitcoin ETF BTC", "Bitcoin ETFs", "fr", None),
        ("猫在椅子上睡觉。", "The cat sleeps on the chair.", "zh", None),
        ("The cat sleeps here today", "The cat is asleep here.", "zh", "wrong_language"),
    ],
)
def test_a_side_in_another_language_is_left_out(source, target, language, reason):
    line = f"{source}\t{target}\n"
    [(*_, found)] = filter_pairs([line], HeldOut(), Limits(), language=language)
    assert found == reason


def test_duplicates_are_found_across_tables():
    seen = set()
    tables = [["Le chat dort.\tThe cat sleeps.\n"], ["le chat dort\tThe cat sleeps\n"]]
    reasons = [
        reason
        for table in tables
        for *_, reason in filter_pairs(table, HeldOut(), Limits(), seen=seen)
    ]
    assert reasons == [None, "duplicate"]


# --- sources --------------------------------------------------------------------------------


def test_only_openly_licensed_sources_are_taken_by_default():
    _, sources = read_table()
    assert {s.terms for s in sources} == {"open", "research", "unclear", "non-commercial"}
    assert {s.terms for s in choose_sources(sources, ["fr", "zh"])} == {"open"}
    with pytest.raises(ValueError, match="non-commercial"):
        choose_sources(sources, ["fr"], ["open", "non-commercial"])


def test_every_source_has_a_licence_and_a_name_of_its_own():
    _, sources = read_table()
    assert len({s.name for s in sources}) == len(sources)
    assert all(s.licence and s.name.startswith(f"{s.language}-en.") for s in sources)


def test_law_has_at_most_a_fifth_and_documentation_at_most_a_third():
    domains, _ = read_table()
    assert domains["law"].cap <= 1 / 5
    assert domains["documentation"].cap <= 1 / 3
    assert domains["news"].weight > domains["prose"].weight > domains["documentation"].weight


@given(st.dictionaries(st.sampled_from("abcde"), st.integers(1, 10**6), min_size=1))
def test_caps_hold_if_some_domain_is_uncapped(words):
    words = {name: float(count) for name, count in words.items()} | {"free": 1000.0}
    caps = dict.fromkeys(words.keys() - {"free"}, 0.15)
    weights = limit_weights(words, dict.fromkeys(words, 1.0), caps)
    total = sum(words[name] * weights[name] for name in words)
    for name, cap in caps.items():
        assert words[name] * weights[name] <= cap * total * (1 + 1e-6)
        assert weights[name] <= 1
    assert weights["free"] == 1


# --- arrays ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Sixty synthetic pairs, one of them held out, and one line that is not a pair."""
    folder = tmp_path_factory.mktemp("data")
    lines = [
        f"L’article {n} coûte {n * 7} euros {NUMBERS[n % 10]}.\tItem {n} costs {n * 7} euros ok.\n"
        for n in range(60)
    ]
    (folder / "fr-en.pairs.tsv").write_text("".join([*lines, "no pair\n"]), encoding="utf-8")
    (folder / "test.en").write_text("Item 7 costs 49 euros ok.\n", encoding="utf-8")
    return folder


def run_prepare(table, folder, **choices):
    work = Work(folder)
    defaults = {"vocabulary": 44, "validation": 5, "augmented": 0, "numbers": 0}
    source = Source("fr-en.pairs", "fr", "news", "open", "public domain")
    files = [(source, table / "fr-en.pairs.tsv")]
    choices = Preparation(**(defaults | choices))
    return work, prepare(files, read_table()[0], [table / "test.en"], work, choices)


@pytest.fixture(scope="module")
def prepared(table, tmp_path_factory):
    return run_prepare(table, tmp_path_factory.mktemp("work"))


def decode(work, part):
    processor = sentencepiece.SentencePieceProcessor(model_file=str(work.tokenizer))
    arrays = Corpus.load(work.arrays, part).table
    rows = np.split(arrays.target.astype(int), np.cumsum(arrays.target_lengths)[:-1])
    return [processor.decode(row.tolist()) for row in rows]


def test_report_counts_every_line(prepared):
    _, report = prepared
    assert report["verdicts"]["fr-en.pairs"] == {"held_out": 1, "kept": 59, "malformed": 1}
    assert report["pairs"] == {"valid": 5, "train": 54}


def test_arrays_hold_the_kept_sentences_and_no_held_out_one(prepared):
    work, _ = prepared
    kept = {f"Item {n} costs {n * 7} euros ok." for n in range(60) if n != 7}
    assert {*decode(work, "train"), *decode(work, "valid")} == kept


def test_preparing_twice_gives_the_same_bytes(table, prepared, tmp_path):
    work, _ = prepared
    again, _ = run_prepare(table, tmp_path / "elsewhere")
    assert again.tokenizer.read_bytes() == work.tokenizer.read_bytes()
    assert again.report.read_bytes() == work.report.read_bytes()
    names = sorted(path.name for path in work.arrays.iterdir())
    assert names == ["mixture.json", "train-000.npz.xz", "valid-000.npz.xz"]
    for name in names:
        assert (again.arrays / name).read_bytes() == (work.arrays / name).read_bytes()


def test_arrays_survive_being_split_into_files(table, prepared, tmp_path):
    work, _ = run_prepare(table, tmp_path, shard_tokens=200)
    assert len(list(work.arrays.glob("train-*.npz.xz"))) > 3
    assert decode(work, "train") == decode(prepared[0], "train")


def test_arrays_are_packed_into_folders_within_the_upload_limit(table, tmp_path):
    work, _ = run_prepare(table, tmp_path / "work", shard_tokens=200)
    limit = 3000
    folders = transfer.pack(work, tmp_path / "carry", limit)
    assert len(folders) > 1
    carried = [path for folder in folders for path in folder.iterdir()]
    assert sorted(path.name for path in carried) == sorted(p.name for p in work.arrays.iterdir())
    for folder in folders:
        assert sum(path.stat().st_size for path in folder.iterdir()) <= limit


def test_made_pairs_and_their_weights_are_in_the_mixture(table, tmp_path):
    work, _ = run_prepare(table, tmp_path, augmented=0.5, numbers=0.2, vocabulary=120)
    groups = {group["domain"]: group for group in card.read_mixture(work)["groups"]}
    assert set(groups) == {"news", "augmented", "numbers"}
    assert groups["numbers"]["pairs"] > 5
    assert groups["augmented"]["weight"] < groups["news"]["weight"]


def test_tokenizer_splits_digits_and_unifies_apostrophes_and_spaces(prepared):
    processor = sentencepiece.SentencePieceProcessor(model_file=str(prepared[0].tokenizer))
    assert [processor.id_to_piece(i) for i in range(3)] == ["<unk>", "<s>", "</s>"]
    assert processor.encode("L’article\u202f12") == processor.encode("L'article 12")
    assert processor.encode("12", out_type=str)[-2:] == ["1", "2"]


# --- batches --------------------------------------------------------------------------------


def make_corpus(lengths, groups=None, *, begins=False):
    rows = [np.full(n, 3 + n % 50, dtype=np.uint16) for n in lengths]
    return Corpus(Table.from_rows(rows, rows, groups or [0] * len(rows)), begins)


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=80),
    st.integers(144, 900),
    st.integers(0, 9),
    st.booleans(),
)
def test_an_epoch_holds_every_pair_once_in_batches_within_bounds(
    lengths, batch_tokens, epoch, begins
):
    corpus = make_corpus(lengths, begins=begins)
    plan = corpus.plan(batch_tokens, seed=1, epoch=epoch)
    assert sorted(np.concatenate(plan).tolist()) == list(range(len(lengths)))
    for rows in plan:
        batch = corpus.batch(rows)
        assert batch.source.size + batch.target.size <= batch_tokens


def test_plan_depends_on_seed_and_epoch_only():
    corpus = make_corpus(range(1, 60))
    plans = [
        [rows.tolist() for rows in corpus.plan(300, seed, epoch)]
        for seed, epoch in ((1, 0), (1, 0), (1, 1), (2, 0))
    ]
    assert plans[0] == plans[1]
    assert plans[0] != plans[2]
    assert plans[0] != plans[3]


def test_pairs_are_drawn_by_their_weights():
    corpus = make_corpus([3] * 3000, [0] * 1000 + [1] * 1000 + [2] * 1000)
    counts = np.bincount(corpus.draw([2.0, 0.25, 0.0], seed=1, epoch=0), minlength=3000)
    assert counts[:1000].tolist() == [2] * 1000
    assert 200 < counts[1000:2000].sum() < 300
    assert counts[2000:].sum() == 0


@pytest.mark.parametrize("begins", [False, True])
def test_batch_begins_targets_ends_both_sides_and_masks_padding(begins):
    table = Table.from_rows([[5, 6], [7]], [[8], [9, 10]], [0, 0])
    batch = Corpus(table, begins).batch(np.array([0, 1]))

    def read(rows, mask):
        return [row[keep].tolist() for row, keep in zip(rows, mask, strict=True)]

    first = [BEGIN_ID] if begins else []
    sources = [[*first, 5, 6, END_ID], [*first, 7, END_ID]]
    assert read(batch.source, batch.source_mask) == sources
    assert read(batch.target, batch.expected_mask) == [[BEGIN_ID, 8], [BEGIN_ID, 9, 10]]
    assert read(batch.expected, batch.expected_mask) == [[8, END_ID], [9, 10, END_ID]]
    assert batch.source[~batch.source_mask].tolist() == [END_ID] * (~batch.source_mask).sum()


def test_learning_rate_peaks_at_the_end_of_the_warm_up():
    schedule = Schedule(warmup_steps=100)
    rates = [schedule.rate(step) for step in range(1, 1000)]
    assert rates.index(max(rates)) == 99
    assert max(rates) == schedule.peak_rate


# --- packages -------------------------------------------------------------------------------


def random_weights(shape):
    """Weights under the names of ``training.model``."""
    random = np.random.default_rng(1)
    weights = {"embedding": random.normal(size=(shape.vocabulary, shape.width))}
    weights["bias"] = np.zeros(shape.vocabulary)

    def add(name, outputs, inputs):
        weights[f"{name}.weight"] = random.normal(size=(outputs, inputs)) / inputs**0.5
        weights[f"{name}.bias"] = np.zeros(outputs)

    def add_norm(name):
        weights[f"{name}.weight"], weights[f"{name}.bias"] = np.ones(shape.width), np.zeros(16)

    layers = [("encoder", i, ["self_attention"]) for i in range(shape.encoder_layers)]
    layers += [("decoder", i, ["self_attention", "attention"]) for i in range(shape.decoder_layers)]
    for side, number, blocks in layers:
        for block in blocks:
            add_norm(f"{side}.{number}.{block}.norm")
            for part in ("query", "key", "value", "output"):
                add(f"{side}.{number}.{block}.{part}", shape.width, shape.width)
        add_norm(f"{side}.{number}.feed_forward.norm")
        add(f"{side}.{number}.feed_forward.widen", shape.hidden, shape.width)
        add(f"{side}.{number}.feed_forward.narrow", shape.width, shape.hidden)
    add_norm("encoder_norm")
    add_norm("decoder_norm")
    return {name: value.astype(np.float32) for name, value in weights.items()}


@pytest.fixture
def trained(prepared):
    """A work folder as ``training.train`` leaves it, with random weights."""
    work, _ = prepared
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(work.tokenizer)).get_piece_size()
    shape = Shape(pieces, width=16, heads=2, hidden=32)
    shape.save(work.shape)
    np.savez(work.weights, **random_weights(shape))
    return work


def test_package_has_the_layout_of_argos(trained, tmp_path):
    path = tmp_path / "fr_en.argosmodel"
    build_package(trained, CARD, [], path)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        metadata = json.loads(archive.read("translate-fr_en-0_1/metadata.json"))
        page = archive.read("translate-fr_en-0_1/README.md").decode()
    assert names == sorted(names)
    assert {name.removeprefix("translate-fr_en-0_1/") for name in names} == {
        "README.md",
        "metadata.json",
        "model/config.json",
        "model/model.bin",
        "model/shared_vocabulary.json",
        "sentencepiece.model",
    }
    assert metadata["from_code"] == "fr"
    assert metadata["to_name"] == "English"
    assert metadata["type"] == "translate"
    assert metadata["corpus_norm"] == {
        "purpose": "tests only",
        "licence": "none",
        "data": "54 sentence pairs from 1 sources under public domain",
        "also_from": [],
        "scores": {},
    }
    for words in ("tests only", "not measured", "| fr-en.pairs | news | public domain | 54 |"):
        assert words in page


def test_packaging_twice_gives_the_same_bytes(trained, tmp_path):
    for name in ("one", "two"):
        build_package(trained, CARD, [], tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_package_has_eight_bit_weights_and_translates(trained, tmp_path):
    build_package(trained, CARD, [], tmp_path / "package")
    with open_package(tmp_path / "package") as root:
        assert ctranslate2.Translator(str(root / "model")).compute_type == "int8_float32"
        assert len(translate(root, ["L'article 3 coûte 21 euros.", "Un."], "fr")) == 2


def test_weights_split_and_joined_give_the_same_model(trained, tmp_path):
    parts = transfer.split(trained, tmp_path / "parts", limit=6000)
    assert len(parts) > 2
    arrived = Work(tmp_path / "arrived")
    arrived.folder.mkdir()
    transfer.join(tmp_path / "parts", arrived)
    for name, work in (("sent", trained), ("received", arrived)):
        with np.load(work.weights) as weights:
            convert(dict(weights), trained, tmp_path / name)
    sent, received = (tmp_path / name / "model.bin" for name in ("sent", "received"))
    assert sent.read_bytes() == received.read_bytes()


def test_model_card_and_library_have_the_same_least_scores():
    assert {get_language(code).code: bleu for code, bleu in card.GATE.items()} == packages.GATE


# --- evaluation -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "output", "kept"),
    [
        ("13 milliards de dollars", "13 billion dollars", True),
        ("700\u202f000 dollars", "$700,000", True),
        ("700 000 dollars", "$700", False),
        ("1,5 milliard", "1.5 billion", True),
        ("1,5 milliard", "15 billion of 5", True),  # separators are not compared
        ("en 2008 et 2009", "in 2008 and 2008", False),
        ("aucun nombre", "", True),
    ],
)
def test_numbers_are_compared_without_separators(source, output, kept):
    assert keeps_numbers(source, output) is kept


def test_a_list_of_numbers_is_not_one_number():
    assert sorted(find_numbers("2008, 2009 et 12 3456")) == ["12", "2008", "2009", "3456"]


@pytest.mark.parametrize(
    ("output", "repeating"),
    [("the the the", True), ("a b c d a b c d a b c d", True), ("the cat and the dog", False)],
)
def test_repeated_words_are_detected(output, repeating):
    assert is_repeating(output) is repeating


# --- the recipe as a whole ------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "augment",
        "evaluate",
        "filtering",
        "gpu_day.limits",
        "languages",
        "numbers",
        "package",
        "phrases.glosses",
        "pretrained",
        "settings",
        "sources",
        "tokenizer",
        "transfer",
    ],
)
def test_examples_in_docstrings_hold(name):
    result = doctest.testmod(importlib.import_module(f"training.{name}"))
    assert result.attempted > 0
    assert result.failed == 0


def test_only_training_needs_torch():
    # Importing a module that stands as None in sys.modules fails as if it were not installed.
    code = (
        "import sys; sys.modules.update(torch=None, sacrebleu=None); "
        "import training.prepare, training.package, training.train"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)


# --- the committed asset --------------------------------------------------------------------


def test_asset_is_small_and_says_that_it_is_for_tests_only():
    assert ASSET.stat().st_size < 2_000_000
    with zipfile.ZipFile(ASSET) as archive:
        root = archive.namelist()[0].split("/")[0]
        metadata = json.loads(archive.read(f"{root}/metadata.json"))
        page = archive.read(f"{root}/README.md").decode()
    assert metadata["corpus_norm"]["purpose"].startswith("For tests only")
    assert "For tests only" in page
    assert metadata["corpus_norm"]["licence"] == "WMT newstest (research use)"
    assert metadata["corpus_norm"]["flores_dev_bleu"] < 15, "the gate must keep it out"


def test_asset_gives_outputs_that_depend_on_the_source_and_end():
    sentences = [
        "Le président a rencontré le ministre à Paris.",
        "L'entreprise a perdu 5 milliards de dollars cette année.",
        "Les coûts sont très élevés pour les investisseurs.",
    ]
    with open_package(ASSET) as root:
        outputs = translate(root, sentences, "fr")
    assert len(set(outputs)) == len(sentences)
    words = [word for output in outputs for word in output.lower().split()]
    assert "the" in words
    assert all(0 < len(output.split()) < 60 for output in outputs)
