"""Boosted trees: fit them with LightGBM and write them in the library's own format."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.boilerplate.samples import Sample

# One thread, fixed seed, row-wise histograms: the same data give the same trees.
PARAMETERS = MappingProxyType(
    {
        "objective": "binary",
        "num_leaves": 15,
        "max_depth": 6,
        "learning_rate": 0.07,
        "min_data_in_leaf": 50,
        "feature_fraction": 0.4,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 5,
        "max_bin": 63,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }
)
ROUNDS = 110
# Chosen by cross-validation (--cross-validate): log-odds added to all blocks (in HTML, recall
# matters more, since the page tree limits mistakes), and the costs of an interruption of the body.
COSTS = MappingProxyType(
    {
        "text": {"leaning": 0.0, "interruption": 1.0, "per_block": 0.1, "for_length": 1.0},
        "html": {"leaning": 0.4, "interruption": 0.5, "per_block": 0.1, "for_length": 0.0},
    }
)


def fit_trees(name: str, samples: Sequence[Sample], seed: int) -> dict[str, Any]:
    """Fit the trees of the model ``name``; with its costs they are a complete model."""
    table = np.concatenate([sample.table for sample in samples]).astype(np.float32)
    truth = np.concatenate([sample.is_body for sample in samples])
    weight = np.concatenate([sample.weight for sample in samples])
    counted = weight > 0
    data = lightgbm.Dataset(
        table[counted],
        truth[counted].astype(int),
        weight=weight[counted] / weight[counted].mean(),
    )
    booster = lightgbm.train({**PARAMETERS, "seed": seed}, data, ROUNDS)
    return {
        "columns": list(samples[0].columns),
        "depth": PARAMETERS["max_depth"],
        "costs": COSTS[name],
        "trees": [_flatten(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]],
    }


def _flatten(root: dict[str, Any]) -> list[list[float]]:
    """List the nodes, root first; thresholds have six digits, values four decimals."""
    nodes: list[list[float]] = []

    def add(node: dict[str, Any]) -> int:
        at = len(nodes)
        nodes.append([])
        if "leaf_value" in node:
            nodes[at] = [round(node["leaf_value"], 4)]
        else:
            left, right = add(node["left_child"]), add(node["right_child"])
            threshold = float(f"{node['threshold']:.6g}")
            value = round(node["internal_value"], 4)
            nodes[at] = [node["split_feature"], threshold, left, right, value]
        return at

    add(root)
    return nodes
