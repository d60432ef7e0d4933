"""The convolutional network: fit it with PyTorch and write it in the library's own format."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from corpus_norm.boilerplate.model import MOST_DEVIATIONS, VALUE_STEPS, WEIGHT_STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from training.boilerplate.samples import Sample

WIDTH = 32
REACHES = (1, 2, 4, 8)
DROPOUT = 0.5  # share of the outputs of the first layer
DROPOUT_WITHIN = 0.2  # share of the outputs of a convolution
EPOCHS = 16
BATCH = 32
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-2
MOST_ROWS = 1_200  # rows; longer pages are left out, since a batch is as long as its longest page
POOL = 8  # batches whose pages are sorted by length together


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page, their truth, and their weights."""

    rows: torch.Tensor
    is_body: torch.Tensor
    weight: torch.Tensor


class Convolutions(nn.Module):
    """A layer over each row, residual dilated convolutions over the page, one output a row."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.entry = nn.Linear(columns, WIDTH)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(WIDTH, WIDTH, 3, padding=reach, dilation=reach) for reach in REACHES
        )
        self.exit = nn.Linear(WIDTH, 1)
        self.drop = nn.Dropout(DROPOUT)
        self.drop_within = nn.Dropout(DROPOUT_WITHIN)

    def forward(self, rows: torch.Tensor, is_there: torch.Tensor) -> torch.Tensor:
        """Return the log-odds of each row; ``is_there`` is 0 beyond the end of a page."""
        state = self.drop(torch.relu(self.entry(rows))).transpose(1, 2) * is_there[:, None]
        for convolution in self.convolutions:
            added = self.drop_within(torch.relu(convolution(state)))
            state = (state + added) * is_there[:, None]
        odds: torch.Tensor = self.exit(state.transpose(1, 2))[..., 0]
        return odds


def fit_network(samples: Sequence[Sample], seed: int) -> dict[str, Any]:
    """Fit a network; return it in the format of ``network.read_network``."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    table = np.concatenate([sample.table for sample in samples])
    mean = np.round(table.mean(axis=0), 4)
    deviation = np.maximum(np.round(table.std(axis=0), 4), 1e-3)
    pages = [
        _to_page(sample, mean, deviation) for sample in samples if len(sample.table) <= MOST_ROWS
    ]
    network = Convolutions(table.shape[1])
    _train(network, pages, random.Random(seed))
    return write_network(network, mean, deviation)


def write_network(
    network: Convolutions, mean: NDArray[np.float64], deviation: NDArray[np.float64]
) -> dict[str, Any]:
    """Return the network with its weights rounded to whole steps."""
    return {
        "mean": mean.tolist(),
        "deviation": deviation.tolist(),
        "layers": [_write_layer(layer) for layer in _list_layers(network)],
    }


def _to_page(sample: Sample, mean: NDArray[np.float64], deviation: NDArray[np.float64]) -> Page:
    scaled = np.clip((sample.table - mean) / deviation, -MOST_DEVIATIONS, MOST_DEVIATIONS)
    return Page(
        torch.tensor(scaled, dtype=torch.float32),
        torch.tensor(sample.is_body, dtype=torch.float32),
        torch.tensor(sample.weight, dtype=torch.float32),
    )


def _train(network: Convolutions, pages: Sequence[Page], rng: random.Random) -> None:
    whole = float(np.mean([page.weight.sum().item() for page in pages]))
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = EPOCHS * len(list(_draw_batches(pages, random.Random(0))))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
    network.train()
    for _ in range(EPOCHS):
        for batch in _draw_batches(pages, rng):
            rows, is_body, weight, is_there = _stack(batch)
            losses = binary_cross_entropy_with_logits(
                network(rows, is_there), is_body, reduction="none"
            )
            loss = (losses * weight).sum() / (whole * len(batch))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()


def _draw_batches(pages: Sequence[Page], rng: random.Random) -> Iterator[list[Page]]:
    """Yield all pages in random order, in batches of pages of similar length."""
    order = list(range(len(pages)))
    rng.shuffle(order)
    batches = []
    for start in range(0, len(order), BATCH * POOL):
        pool = sorted(order[start : start + BATCH * POOL], key=lambda i: len(pages[i].rows))
        batches += [pool[first : first + BATCH] for first in range(0, len(pool), BATCH)]
    rng.shuffle(batches)
    for batch in batches:
        yield [pages[index] for index in batch]


def _stack(batch: Sequence[Page]) -> tuple[torch.Tensor, ...]:
    """Stack the pages of a batch, with zeros beyond the end of each."""
    pad = nn.utils.rnn.pad_sequence
    return (
        pad([page.rows for page in batch], batch_first=True),
        pad([page.is_body for page in batch], batch_first=True),
        pad([page.weight for page in batch], batch_first=True),
        pad([torch.ones(len(page.rows)) for page in batch], batch_first=True),
    )


def _list_layers(network: Convolutions) -> Iterator[tuple[torch.Tensor, torch.Tensor, int]]:
    """List the weights (a row for each input), biases and reach of each layer."""
    yield network.entry.weight.T, network.entry.bias, 0
    for layer, reach in zip(network.convolutions, REACHES, strict=True):
        before, itself, after = layer.weight.permute(2, 1, 0)
        yield torch.cat([before, itself, after], dim=1), layer.bias, reach
    yield network.exit.weight.T, network.exit.bias, 0


def _write_layer(layer: tuple[torch.Tensor, torch.Tensor, int]) -> dict[str, Any]:
    weights, biases, reach = layer
    return {
        "weights": torch.round(weights.detach() * WEIGHT_STEPS).int().tolist(),
        "biases": torch.round(biases.detach() * VALUE_STEPS * WEIGHT_STEPS).int().tolist(),
        "reach": reach,
    }
