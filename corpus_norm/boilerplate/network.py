"""The other trained part of the decision: a convolutional network over the blocks of a page.

Trees look at one row at a time; the network looks at a block and at those around it, at growing
distances (dilated convolutions with residual connections; van den Oord et al. 2016, "WaveNet";
Bai et al. 2018, "An empirical evaluation of generic convolutional and recurrent networks for
sequence modeling").

It computes with whole numbers: each value is rounded to a step of 2^-8, each weight to one of
2^-10.  So sums are exact in whatever order a processor adds them up, and the same rows get the
same answer to the last bit, on any machine and beside any other pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus_norm.boilerplate.characters import Column
    from corpus_norm.boilerplate.pages import Pages, Table

VALUE_STEPS = 2.0**8
WEIGHT_STEPS = 2.0**10
MOST_DEVIATIONS = 4.0  # further from the mean a column says nothing more
PORTION = 64  # rows multiplied together: few enough that OpenBLAS starts no threads for them


@dataclass(frozen=True, slots=True)
class Layer:
    """Weights in steps of 2^-10, biases in steps of 2^-18.

    Of a convolution the weights are those of the block ``reach`` before, of the block itself and
    of the block ``reach`` after, side by side.
    """

    weights: Table
    biases: Column
    reach: int = 0


@dataclass(frozen=True, slots=True)
class Network:
    """What is usual in each column of the table, and the layers: entry, convolutions, exit."""

    mean: Column
    deviation: Column
    entry: Layer
    convolutions: tuple[Layer, ...]
    exit: Layer

    def weigh(self, table: Table, pages: Pages) -> Column:
        """The log-odds of each row of a table, page by page."""
        scaled = np.clip((table - self.mean) / self.deviation, -MOST_DEVIATIONS, MOST_DEVIATIONS)
        gap = max((layer.reach for layer in self.convolutions), default=0)
        # Empty rows between the pages, so that no page sees another.
        rows = pages.index + gap * (1 + pages.spread(range(len(pages.spans))).astype(np.int64))
        state = np.zeros((len(table) + gap * (1 + len(pages.spans)), len(self.entry.biases)))
        state[rows] = _activate(_multiply(np.rint(scaled * VALUE_STEPS), self.entry), self.entry)
        for layer in self.convolutions:
            state[rows] += _activate(_convolve(state, layer)[rows], layer)
        odds: Column = (_multiply(state[rows], self.exit) + self.exit.biases)[:, 0]
        return odds / (VALUE_STEPS * WEIGHT_STEPS)


def _multiply(rows: Table, layer: Layer) -> Table:
    portions = range(0, len(rows), PORTION)
    return np.concatenate([rows[start : start + PORTION] @ layer.weights for start in portions])


def _convolve(state: Table, layer: Layer) -> Table:
    before, total, after = np.split(_multiply(state, layer), 3, axis=1)
    total[layer.reach :] += before[: -layer.reach]
    total[: -layer.reach] += after[layer.reach :]
    return total


def _activate(sums: Table, layer: Layer) -> Table:
    """Add the bias, cut off below zero (a rectifier) and round to a step."""
    return np.rint(np.maximum(sums + layer.biases, 0.0) / WEIGHT_STEPS)


def read_network(record: Mapping[str, Any]) -> Network:
    """A network from its JSON form, in which weights and biases are whole numbers."""
    entry, *convolutions, last = (
        Layer(
            np.array(layer["weights"], dtype=np.float64),
            np.array(layer["biases"], dtype=np.float64),
            layer["reach"],
        )
        for layer in record["layers"]
    )
    return Network(
        mean=np.array(record["mean"]),
        deviation=np.array(record["deviation"]),
        entry=entry,
        convolutions=tuple(convolutions),
        exit=last,
    )
