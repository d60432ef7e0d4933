"""The adapter's recipe: its training pairs, the learning, and the file for llama.cpp."""

from __future__ import annotations

import doctest
import importlib
import random
from types import SimpleNamespace

import numpy as np
import pytest

from corpus_norm.translation.engines.llm.files import read_header
from training.adapter import pairs
from training.adapter.pairs import Choice, Example, choose, read_examples, vary, write_lines
from training.filtering import HeldOut

try:
    import torch
    from torch import nn

    from training.adapter import lora, train
except ModuleNotFoundError:
    torch = None

needs_torch = pytest.mark.skipif(torch is None, reason="needs torch: make test-training")


def test_context_is_the_line_before_unless_held_out(tmp_path):
    path = tmp_path / "fr-en.toy.tsv"
    path.write_text(
        "Il pleut à Paris.\tIt is raining in Paris.\n"
        "Le chat noir dort bien.\tThe black cat sleeps well.\n"
        "Elle est déjà partie.\tShe has already left.\n",
        "utf-8",
    )
    held_out = HeldOut()
    held_out.add("The black cat sleeps well.")
    choice = Choice("fr-en.toy", 9, "none", in_order=True)
    examples, verdicts = read_examples(choice, path, held_out, set())
    assert [(e.english, e.context) for e in examples] == [
        ("It is raining in Paris.", ""),
        ("She has already left.", ""),
    ]
    assert verdicts == {"kept": 2, "held_out": 1}


def test_french_that_lost_its_accents_is_left_out(tmp_path):
    path = tmp_path / "fr-en.toy.tsv"
    path.write_text(
        "En meme temps, ils pensent que la banque va baisser ses taux deux fois cette annee.\t"
        "At the same time they expect the bank to cut its rates twice this year.\n",
        "utf-8",
    )
    examples, verdicts = read_examples(Choice("fr-en.toy", 9, ""), path, HeldOut(), set())
    assert (examples, verdicts) == ([], {"unaccented": 1})


def test_choice_of_pairs_depends_only_on_the_text():
    examples = [Example("fr", f"Phrase {number}.", f"Sentence {number}.") for number in range(50)]
    assert choose(examples, 9) == choose(examples[::-1], 9)


def test_some_examples_show_their_context_and_numbers_are_added():
    examples = [Example("zh", f"第{n}个句子。", f"Sentence {n}.", "前文。") for n in range(200)]
    varied = vary(examples, "zh", random.Random(1))  # noqa: S311
    shown = sum(bool(example.context) for example in varied)
    assert 20 < shown < 60
    assert sum("亿" in example.source for example in varied) > 100


def test_the_answer_is_what_the_engine_expects_after_its_prompt():
    lines = write_lines(Example("zh", "下雨了。", "It is raining.", "天很黑。"))
    assert lines["prompt"] == "Context: 天很黑。\nChinese: 下雨了。\nEnglish:"
    assert lines["answer"] == " It is raining.\n"


def test_examples_in_docstrings_hold():
    names = ["pairs", "evaluate", *(["train"] if torch else [])]
    for name in names:
        result = doctest.testmod(importlib.import_module(f"training.adapter.{name}"))
        assert result.attempted > 0
        assert result.failed == 0


def test_no_source_is_for_non_commercial_use():
    from training.sources import read_table

    terms = {source.name: source.terms for source in read_table()[1]}
    assert {terms[choice.name] for choice in pairs.CHOICES} <= {"open", "research"}


# --- learning -------------------------------------------------------------------------------


def make_model(vocabulary=40, width=16):
    """One block with the layers of a Gemma block, which adds up their outputs."""

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.self_attn, self.mlp = nn.Module(), nn.Module()
            for path in lora.PROJECTIONS:
                owner, name = path.split(".")
                layer = nn.Linear(width, width, bias=False)
                setattr(getattr(self, owner), name, layer)

        def forward(self, hidden):
            return hidden + sum(self.get_submodule(path)(hidden) for path in lora.PROJECTIONS)

    class Body(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(vocabulary, width)
            self.layers = nn.ModuleList([Block()])

        def forward(self, input_ids, *, use_cache):
            assert not use_cache
            return SimpleNamespace(last_hidden_state=self.layers[0](self.embedding(input_ids)))

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = Body()

        def get_input_embeddings(self):
            return self.model.embedding

    torch.manual_seed(1)
    return Model()


@needs_torch
def test_untrained_adapter_changes_no_output():
    model = make_model()
    tokens = torch.arange(8)[None]
    before = model.model(tokens, use_cache=False).last_hidden_state
    learned = lora.add_lora(model, 4, 8.0)
    after = model.model(tokens, use_cache=False).last_hidden_state
    assert torch.allclose(before, after)
    assert len(learned) == 2 * len(lora.PROJECTIONS)
    assert all(parameter.requires_grad for parameter in learned.values())
    assert sum(p.requires_grad for p in model.parameters()) == len(learned)


@needs_torch
def test_loss_counts_only_the_answer():
    rows = [([1, 2, 3, 4, 5], 3), ([1, 2, 6], 2)]
    inputs, scored = train.collate(rows)
    assert inputs.tolist() == [[1, 2, 3, 4, 5], [1, 2, 6, 0, 0]]
    assert scored.tolist() == [
        [False, False, True, True, False],
        [False, True, False, False, False],
    ]


@needs_torch
def test_loss_falls_and_frozen_weights_do_not_change():
    model = make_model()
    learned = lora.add_lora(model, 4, 8.0)
    frozen = model.model.layers[0].mlp.up_proj.weight.clone()
    rows = [([1, 2 + n, 20 + n, 30], 2) for n in range(8)]
    scorer = train.Scorer(model, rows, 10)
    optimizer = torch.optim.Adam(learned.values(), lr=0.02)
    losses = []
    for _ in range(60):
        loss = scorer.loss(rows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
    assert torch.equal(frozen, model.model.layers[0].mlp.up_proj.weight)


@needs_torch
def test_batches_keep_their_budget_and_cover_all_rows():
    rows = [(list(range(2 + n % 30)), 1) for n in range(100)]
    batches = train.draw_batches(rows, 64, random.Random(1))  # noqa: S311
    seen = []
    while len(seen) < len(rows):
        batch = next(batches)
        assert len(batch) * max(len(ids) for ids, _ in batch) <= 64 + 8 * len(batch)
        seen += batch
    assert sorted(map(str, seen)) == sorted(map(str, rows))


# --- the file -------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "tolerance"), [("f16", 1e-3), ("q8_0", 2e-2)])
def test_adapter_file_has_the_matrices_and_metadata(tmp_path, kind, tolerance):
    gguf = pytest.importorskip("gguf", reason="needs gguf: make test-training")
    from training.adapter.export import export

    model = tmp_path / "model.gguf"
    model.write_bytes(b"weights")
    numbers = np.random.default_rng(1)
    arrays = {
        "blk.0.attn_q.weight.lora_a": numbers.normal(size=(4, 64)).astype(np.float32),
        "blk.0.attn_q.weight.lora_b": numbers.normal(size=(32, 4)).astype(np.float32),
    }
    np.savez(tmp_path / "learned.npz", alpha=np.float32(8), **arrays)
    output = tmp_path / "adapter.gguf"
    export(tmp_path / "learned.npz", model, output, kind, {"license": "gemma"})
    header = read_header(output)
    assert header["general.type"] == "adapter"
    assert header["adapter.lora.alpha"] == 8
    assert header["general.license"] == "gemma"
    for tensor in gguf.GGUFReader(output).tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        np.testing.assert_allclose(values, arrays[tensor.name], atol=tolerance)
