"""The convolutional network: what it computes, and that a page's answer is exactly its own."""

import numpy as np
import pytest

from corpus_norm.boilerplate.model import VALUE_STEPS, WEIGHT_STEPS, load_model, read_network
from corpus_norm.boilerplate.vectors import Pages

COLUMNS, WIDTH, REACHES = 7, 5, (1, 2, 4)


@pytest.fixture
def record():
    rng = np.random.default_rng(5)

    def draw_layer(inputs, outputs, reach, states):
        return {
            "weights": rng.integers(-900, 900, (inputs, outputs * states)).tolist(),
            "biases": rng.integers(-90_000, 90_000, outputs).tolist(),
            "reach": reach,
        }

    return {
        "mean": rng.normal(size=COLUMNS).round(4).tolist(),
        "deviation": rng.uniform(0.5, 2, COLUMNS).round(4).tolist(),
        "layers": [
            draw_layer(COLUMNS, WIDTH, 0, 1),
            *(draw_layer(WIDTH, WIDTH, reach, 3) for reach in REACHES),
            draw_layer(WIDTH, 1, 0, 1),
        ],
    }


def weigh_slowly(record, page):
    """The same for one page, value by value, in floating point and without rounding."""
    entry, *convolutions, last = record["layers"]
    unit, finer = WEIGHT_STEPS, VALUE_STEPS * WEIGHT_STEPS
    scaled = np.clip((page - record["mean"]) / np.array(record["deviation"]), -4, 4)
    state = np.maximum(
        scaled @ np.array(entry["weights"]) / unit + np.array(entry["biases"]) / finer, 0
    )
    for layer in convolutions:
        weights = np.array(layer["weights"]).reshape(WIDTH, 3, WIDTH) / unit
        new = np.empty_like(state)
        for row in range(len(state)):
            total = np.array(layer["biases"]) / finer
            for tap, other in enumerate((row - layer["reach"], row, row + layer["reach"])):
                if 0 <= other < len(state):
                    total = total + state[other] @ weights[:, tap]
            new[row] = np.maximum(total, 0)
        state = state + new
    return (state @ np.array(last["weights"]) / unit)[:, 0] + last["biases"][0] / finer


def test_it_computes_residual_dilated_convolutions(record):
    page = np.random.default_rng(1).normal(size=(23, COLUMNS))
    found = read_network(record).weigh(page, Pages.of_sizes([len(page)]))
    wanted = weigh_slowly(record, page)
    assert np.abs(wanted).max() > 1
    assert np.abs(found - wanted).max() < 0.02 * np.abs(wanted).max()


def test_no_page_sees_another_to_the_last_bit(record):
    network = read_network(record)
    sizes = [1, 30, 2, 200, 3]
    table = np.random.default_rng(2).normal(size=(sum(sizes), COLUMNS))
    together = network.weigh(table, Pages.of_sizes(sizes))
    ends = np.cumsum(sizes)
    alone = [
        network.weigh(table[end - size : end], Pages.of_sizes([size]))
        for size, end in zip(sizes, ends, strict=True)
    ]
    assert together.tobytes() == np.concatenate(alone).tobytes()


def test_sums_are_whole_numbers_so_their_order_does_not_matter(record):
    network = read_network(record)
    table = np.random.default_rng(3).normal(size=(100, COLUMNS))
    odds = network.weigh(table, Pages.of_sizes([100])) * VALUE_STEPS * WEIGHT_STEPS
    assert (odds == np.rint(odds)).all()
    shuffled = np.random.default_rng(4).permutation(COLUMNS)
    mixed = {
        **record,
        "mean": np.array(record["mean"])[shuffled].tolist(),
        "deviation": np.array(record["deviation"])[shuffled].tolist(),
    }
    entry = {**record["layers"][0]}
    entry["weights"] = np.array(entry["weights"])[shuffled].tolist()
    mixed["layers"] = [entry, *record["layers"][1:]]
    again = read_network(mixed).weigh(table[:, shuffled], Pages.of_sizes([100]))
    assert (again * VALUE_STEPS * WEIGHT_STEPS).tobytes() == odds.tobytes()


def test_the_packaged_weights_are_whole_and_small_enough_for_exact_sums():
    networks = load_model("text").networks
    assert networks
    for network in networks:
        layers = [network.entry, *network.convolutions, network.exit]
        for layer in layers:
            assert (layer.weights == np.rint(layer.weights)).all()
        # The largest value a row can have after each layer, in steps; sums stay below 2^53.
        most = 4 * VALUE_STEPS
        for layer in layers:
            largest = most * np.abs(layer.weights).sum(axis=0).max() + np.abs(layer.biases).max()
            assert largest < 2**53
            most += largest / WEIGHT_STEPS
