"""Translate with torch on the training machine, which has no CTranslate2.

Greedy, or sampled for back-translation (Edunov et al. 2018, arXiv:1808.09381, found that models
learn more from sampled text than from the most likely one).  Decoder states are not cached, since
the decoders are short.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from training.arrays import Table
from training.batches import Corpus
from training.settings import BEGIN_ID, END_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from training.batches import Batch
    from training.model import Translator


@dataclass(frozen=True, slots=True)
class Chooser:
    """A choice of the next piece: the most likely one, or one sampled at a temperature."""

    temperature: float
    random: torch.Generator

    def __call__(self, scores: Tensor) -> Tensor:
        """Return one id per row of scores."""
        if self.temperature <= 0:
            return scores.argmax(dim=-1, keepdim=True)
        chances = torch.softmax(scores / self.temperature, dim=-1)
        return torch.multinomial(chances, 1, generator=self.random)


def decode(
    model: Translator,
    sources: Sequence[Sequence[int]],
    *,
    batch_tokens: int = 8_000,
    temperature: float = 0.0,
    seed: int = 1,
) -> list[list[int]]:
    """Translate rows of source ids to target ids, in order; ``temperature`` 0 is greedy search.

    An output has at most twice as many pieces as its source, plus eight.
    """
    table = Table.from_rows(
        sources, [[0] * (2 * len(row) + 8) for row in sources], [0] * len(sources)
    )
    corpus = Corpus(table, begins=model.shape.pretrained)
    chooser = Chooser(temperature, torch.Generator(model.embedding.device).manual_seed(seed))
    outputs: list[list[int]] = [[] for _ in sources]
    for rows in corpus.plan(batch_tokens, seed, 0):
        longest = int(table.target_lengths[rows].max())
        decoded = _decode_batch(model, corpus.batch(rows), longest, chooser)
        for row, ids in zip(rows.tolist(), decoded, strict=True):
            outputs[row] = ids[: int(table.target_lengths[row])]
    return outputs


@torch.no_grad()
def _decode_batch(
    model: Translator, batch: Batch, longest: int, choose: Chooser
) -> list[list[int]]:
    device = model.embedding.device
    mask = torch.from_numpy(batch.source_mask).to(device)
    with torch.autocast("cuda", torch.bfloat16, enabled=device.type == "cuda"):
        memory = model.encode(torch.from_numpy(batch.source).to(device), mask)
        target = torch.full((len(mask), 1), BEGIN_ID, device=device)
        for _ in range(longest):
            states = model.decode(memory, mask, target)[:, -1]
            scores = functional.linear(states, model.embedding, model.bias)
            following = choose(scores.float())
            # after an end piece, only end pieces follow
            following[(target[:, 1:] == END_ID).any(dim=1)] = END_ID
            target = torch.cat([target, following], dim=1)
            if bool((following == END_ID).all()):
                break
    rows = target[:, 1:].cpu().numpy()
    return [row[: int(np.argmax([*row, END_ID] == np.int64(END_ID)))].tolist() for row in rows]
