"""``python -m training.adapter.train``: learn the adapter on a processor.

The weights come from the GGUF file itself, so the adapter learns on the very weights, rounding
included, that it will be used with.  Two shortcuts make that possible on two cores: only
the answer's tokens are scored, and only against the tokens that occur in the data, since the
softmax over all 262,144 would cost more than the rest of the model.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from training.adapter.lora import add_lora

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import nn

    Row = tuple[list[int], int]

_CLIP = 1.0
_REPORT_STEPS = 20
_SAVE_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Plan:
    """The schedule of learning.

    The rate climbs for ``warmup`` seconds and then falls to zero at the end of ``minutes``: on a
    busy machine the adapter sees fewer examples, but the schedule is completed.
    """

    rank: int = 16
    alpha: float = 32.0
    rate: float = 5e-4
    warmup: float = 150.0
    minutes: float = 75.0
    batch_tokens: int = 700
    max_tokens: int = 160
    common: int = 12_000
    seed: int = 1

    def rate_at(self, seconds: float) -> float:
        """Return the learning rate after some seconds.

        >>> plan = Plan(rate=1.0, warmup=60, minutes=2)
        >>> plan.rate_at(30), plan.rate_at(60), plan.rate_at(90), plan.rate_at(120)
        (0.5, 1.0, 0.5, 0.0)
        """
        rest = (self.minutes * 60 - seconds) / max(1e-9, self.minutes * 60 - self.warmup)
        return self.rate * max(0.0, min(1.0, rest, seconds / self.warmup))


def read_rows(path: Path, tokenizer: object, max_tokens: int) -> list[Row]:
    """Read the examples as token ids, each with the index where its answer begins."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    prompts = tokenizer([line["prompt"] for line in lines]).input_ids
    answers = tokenizer([line["answer"] for line in lines], add_special_tokens=False).input_ids
    rows = [(prompt + answer, len(prompt)) for prompt, answer in zip(prompts, answers, strict=True)]
    return [row for row in rows if len(row[0]) <= max_tokens]


def draw_batches(rows: Sequence[Row], budget: int, rng: random.Random) -> Iterator[list[Row]]:
    """Yield batches of rows of similar length endlessly, in random order.

    ``budget`` counts padded tokens.
    """
    while True:
        ranked = sorted(rows, key=lambda row: (len(row[0]) // 8, rng.random()))
        batches: list[list[Row]] = [[]]
        for row in ranked:
            if batches[-1] and (len(batches[-1]) + 1) * len(row[0]) > budget:
                batches.append([])
            batches[-1].append(row)
        rng.shuffle(batches)
        yield from batches


def collate(batch: Sequence[Row]) -> tuple[torch.Tensor, torch.Tensor]:
    """Pad token ids on the right; also return a mask of positions whose next token counts."""
    width = max(len(ids) for ids, _ in batch)
    inputs = torch.zeros(len(batch), width, dtype=torch.long)
    scored = torch.zeros(len(batch), width, dtype=torch.bool)
    for number, (ids, start) in enumerate(batch):
        inputs[number, : len(ids)] = torch.tensor(ids)
        scored[number, start - 1 : len(ids) - 1] = True
    return inputs, scored


class Scorer:
    """The loss of the answers, over a part of the vocabulary.

    That part holds all tokens of the batch, sources included, and the ``common`` most frequent
    tokens of all answers.
    """

    def __init__(self, model: nn.Module, rows: Sequence[Row], common: int) -> None:
        self.model = model
        self.table = model.get_input_embeddings().weight
        counts = Counter(token for ids, start in rows for token in ids[start:])
        self.common = torch.tensor([token for token, _ in counts.most_common(common)])
        self.places = torch.full((len(self.table),), -1)

    def loss(self, batch: Sequence[Row]) -> torch.Tensor:
        """Return the mean cross-entropy per answer token, in nats."""
        inputs, scored = collate(batch)
        # Right padding needs no mask: a causal model never looks ahead.
        hidden = self.model.model(input_ids=inputs, use_cache=False).last_hidden_state
        used = torch.cat([self.common, inputs.flatten()]).unique()
        self.places[used] = torch.arange(len(used))
        wanted = self.places[inputs[:, 1:][scored[:, :-1]]]
        logits = functional.linear(hidden[:, :-1][scored[:, :-1]], self.table[used])
        return functional.cross_entropy(logits.float(), wanted)


def save(learned: dict[str, nn.Parameter], plan: Plan, path: Path) -> None:
    """Write the learned matrices as NumPy arrays, with their scale."""
    arrays = {name: value.detach().float().numpy() for name, value in learned.items()}
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, alpha=np.float32(plan.alpha), **arrays)
    partial.replace(path)


def train(model_file: Path, pairs: Path, output: Path, plan: Plan) -> None:
    """Learn until the time is up; save the matrices every few minutes."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(plan.seed)
    place = {"pretrained_model_name_or_path": model_file.parent, "gguf_file": model_file.name}
    model = AutoModelForCausalLM.from_pretrained(**place, dtype=torch.bfloat16)
    rows = read_rows(pairs, AutoTokenizer.from_pretrained(**place), plan.max_tokens)
    learned = add_lora(model, plan.rank, plan.alpha)
    scorer = Scorer(model, rows, plan.common)
    batches = draw_batches(rows, plan.batch_tokens, random.Random(plan.seed))
    optimizer = torch.optim.AdamW(learned.values(), lr=plan.rate, weight_decay=0.0)
    started = saved = time.monotonic()
    losses, seen, step = [], 0, 0
    while (seconds := time.monotonic() - started) < plan.minutes * 60:
        batch = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = plan.rate_at(seconds)
        loss = scorer.loss(batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned.values(), _CLIP)
        optimizer.step()
        losses.append(loss.item())
        seen, step = seen + len(batch), step + 1
        if step % _REPORT_STEPS == 0:
            mean = sum(losses[-_REPORT_STEPS:]) / _REPORT_STEPS
            print(f"{seconds:.0f} s, step {step}, {seen} examples, loss {mean:.3f}", flush=True)
        if time.monotonic() - saved > _SAVE_SECONDS:
            save(learned, plan, output)
            saved = time.monotonic()
    save(learned, plan, output)
    print(f"{step} steps, {seen} examples of {len(rows)}")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.adapter.train", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the GGUF file")
    parser.add_argument("--pairs", type=Path, required=True, help="from training.adapter.pairs")
    parser.add_argument("--output", type=Path, required=True, help=".npz to write")
    parser.add_argument("--minutes", type=float, default=Plan.minutes)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    plan = Plan(minutes=options.minutes)
    train(options.model, options.pairs, options.output, plan)


if __name__ == "__main__":
    main()
