"""Boosted trees (Friedman 2001) that tell planted faults from what is right, as plain lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_SETTINGS = {
    "learning_rate": 0.05,
    "max_leaf_nodes": 4,
    "min_samples_leaf": 40,
    "l2_regularization": 5,
    "max_features": 0.5,
}


def grow(
    right: Sequence[Sequence[float]],
    wrong: Sequence[Sequence[float]],
    counts: Sequence[float],
    most: int = 100,
) -> tuple[float, list[Any]]:
    """Return the bias and ``most`` trees; right rows count as much in all as wrong ones.

    ``counts`` says what each right row counts beside the others.  A leaf is a number, a fork the
    place of a measurement, its limit and the trees on either side.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    shares = np.array(counts, float) * len(wrong) / np.sum(counts)
    model = HistGradientBoostingClassifier(max_iter=most, **_SETTINGS, random_state=0)
    model.fit(
        np.array([*right, *wrong], float),
        np.arange(len(right) + len(wrong)) >= len(right),
        sample_weight=np.concatenate([shares, np.ones(len(wrong))]),
    )

    def branch(nodes: Any, place: int) -> Any:  # noqa: ANN401 -- a tree of an array of nodes
        node = nodes[place]
        if node["is_leaf"]:
            return round(float(node["value"]), 4)
        low, high = (branch(nodes, int(node[side])) for side in ("left", "right"))
        return [int(node["feature_idx"]), round(float(node["num_threshold"]), 4), low, high]

    bias, grown = model._baseline_prediction, model._predictors  # noqa: SLF001 -- no public name
    return round(float(bias[0, 0]), 4), [branch(each[0].nodes, 0) for each in grown]
