"""The knobs of the recipe, as frozen data, and where its files lie."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

UNKNOWN_ID, BEGIN_ID, END_ID = 0, 1, 2
"""Ids of ``<unk>``, ``<s>`` and ``</s>``: SentencePiece's own order, which CTranslate2 shares."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a sentence pair must keep to; lengths in words (a Han character is a word).

    ``max_ratio`` is the longest side over the shortest after ``slack`` words were added to both,
    so that short lines ("Oui." / "Yes, indeed.") are not judged by one word.
    """

    max_words: int = 100
    max_ratio: float = 2.0
    slack: int = 3
    max_characters: int = 800


@dataclass(frozen=True, slots=True)
class Preparation:
    """How text becomes arrays.

    ``vocabulary`` is the number of joint pieces, at most 65,536; ``validation`` the number of
    pairs set aside; ``max_pieces`` the longest side of a pair that is kept.
    """

    vocabulary: int = 4000
    validation: int = 300
    max_pieces: int = 100
    seed: int = 1
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of the transformer: ``width`` of its vectors, ``hidden`` of its feed-forward."""

    vocabulary: int
    width: int = 128
    heads: int = 4
    hidden: int = 512
    encoder_layers: int = 2
    decoder_layers: int = 1

    def save(self, path: Path) -> None:
        """Write the shape beside the weights, as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Shape:
        """Read what :meth:`save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Schedule:
    """How the weights are learned.

    The rate climbs for ``warmup_steps`` to ``peak_rate`` and then falls with the square root of
    the step ("Attention is all you need", section 5.3), so training may end at any time.
    ``batch_tokens`` counts padded tokens of both sides.  ``averaging`` is the decay of the moving
    average of the weights, which is what gets packaged.
    """

    batch_tokens: int = 3000
    peak_rate: float = 2e-3
    warmup_steps: int = 400
    dropout: float = 0.1
    smoothing: float = 0.1
    averaging: float = 0.998
    clip_norm: float = 1.0
    checkpoint_steps: int = 200
    seed: int = 1

    def rate(self, step: int) -> float:
        """The learning rate of ``step``, counted from 1.

        >>> schedule = Schedule(peak_rate=1.0, warmup_steps=100)
        >>> schedule.rate(50), schedule.rate(100), schedule.rate(400)
        (0.5, 1.0, 0.5)
        """
        return self.peak_rate * min(step / self.warmup_steps, math.sqrt(self.warmup_steps / step))


@dataclass(frozen=True, slots=True)
class Work:
    """The work folder: every file that the recipe writes, apart from the package."""

    folder: Path

    @property
    def tokenizer(self) -> Path:
        """The joint SentencePiece model."""
        return self.folder / "sentencepiece.model"

    @property
    def report(self) -> Path:
        """What was read, kept and left out, as JSON."""
        return self.folder / "prepare.json"

    @property
    def shape(self) -> Path:
        """The size of the model, as JSON."""
        return self.folder / "shape.json"

    @property
    def checkpoint(self) -> Path:
        """All that training needs to go on."""
        return self.folder / "checkpoint.pt"

    @property
    def weights(self) -> Path:
        """The averaged weights, float32, by name."""
        return self.folder / "weights.npz"

    def arrays(self, part: str) -> Path:
        """Token arrays of ``part``: ``train`` or ``valid``."""
        return self.folder / f"{part}.npz"
