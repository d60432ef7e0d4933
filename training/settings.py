"""The settings of the recipe as frozen data classes, and the paths of its files."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

UNKNOWN_ID, BEGIN_ID, END_ID = 0, 1, 2
"""Ids of ``<unk>``, ``<s>`` and ``</s>``: SentencePiece's own order, which CTranslate2 shares."""

TUNED_LINES = 150
"""The first lines of a development set, which weights may be tuned on; scores leave them out."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that a sentence pair must keep; lengths in words (a Han character is a word).

    ``max_ratio`` is the longest side over the shortest after ``slack`` words were added to both,
    so that one word does not decide about short lines ("Oui." / "Yes, indeed.").
    """

    max_words: int = 100
    max_ratio: float = 2.0
    slack: int = 3
    max_characters: int = 800


@dataclass(frozen=True, slots=True)
class Preparation:
    """The choices that turn text into arrays.

    ``way`` is ``fresh`` (one learned vocabulary for both sides) or ``pretrained`` (the source side
    in pieces of multilingual-e5-small, of which ``source_vocabulary`` are kept).  ``vocabulary``
    counts learned pieces, at most 65,536; ``validation`` the pairs set aside; ``max_pieces``, at
    most 255, the longest side of a pair that is kept.  ``augmented`` and ``numbers`` are shares of
    made pairs; ``passes`` is the number of passes after which training has drawn every pair that
    a low weight leaves in; ``lines_per_source`` truncates every file, for trials (0: no limit).
    ``reverse`` swaps the sides of the kept pairs: English becomes the source.
    """

    way: str = "fresh"
    vocabulary: int = 16_000
    source_vocabulary: int = 24_000
    validation: int = 2_000
    max_pieces: int = 120
    augmented: float = 0.2
    numbers: float = 0.03
    passes: int = 3
    lines_per_source: int = 0
    shard_tokens: int = 6_000_000
    seed: int = 1
    reverse: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of the transformer: ``width`` of its vectors, ``hidden`` of its feed-forward.

    The fields from ``source_vocabulary`` on describe a pretrained encoder, and are 0 without one:
    the size of its vocabulary, its heads, and its number of learned positions.
    """

    vocabulary: int
    width: int = 128
    heads: int = 4
    hidden: int = 512
    encoder_layers: int = 2
    decoder_layers: int = 1
    source_vocabulary: int = 0
    encoder_heads: int = 0
    positions: int = 0
    norm_epsilon: float = 1e-5

    @property
    def pretrained(self) -> bool:
        """Whether the encoder is the post-norm one of :mod:`training.pretrained`."""
        return self.positions > 0

    def save(self, path: Path) -> None:
        """Write the shape beside the weights, as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Shape:
        """Read the file of :meth:`save`."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Schedule:
    """The schedule of learning.

    The rate climbs for ``warmup_steps`` to ``peak_rate`` and then falls with the square root of
    the step ("Attention is all you need", section 5.3), so training may end at any time.  Where
    the end is known, it falls in a straight line to zero (Bergsma et al. 2025, "Straight to zero").
    ``batch_tokens`` counts padded tokens of both sides.  ``averaging`` is the decay of the moving
    average of the weights, which is packaged.  A pretrained encoder learns with
    ``encoder_rate`` at its peak.
    """

    batch_tokens: int = 3000
    peak_rate: float = 2e-3
    encoder_rate: float = 2e-4
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

    def falling_rate(self, step: int, progress: float) -> float:
        """The learning rate of ``step`` if the share ``progress`` of all training is done.

        >>> schedule = Schedule(peak_rate=1.0, warmup_steps=100)
        >>> schedule.falling_rate(50, 0.0), schedule.falling_rate(400, 0.75)
        (0.5, 0.25)
        """
        return self.peak_rate * min(step / self.warmup_steps, 1.0) * (1.0 - progress)


@dataclass(frozen=True, slots=True)
class Work:
    """The work folder: every file that the recipe writes, apart from the package.

    ``arrays/`` and ``encoder.npz`` are uploaded to the training machine; ``weights.npz`` and
    ``shape.json``, split into parts by :mod:`training.transfer`, come back.
    """

    folder: Path

    @property
    def tokenizer(self) -> Path:
        """The SentencePiece model of the source side, or of both sides if there is no other."""
        return self.folder / "sentencepiece.model"

    @property
    def target_tokenizer(self) -> Path:
        """The SentencePiece model of the English side, with a pretrained encoder."""
        return self.folder / "target.model"

    @property
    def report(self) -> Path:
        """The counts of lines read, kept and left out, as JSON."""
        return self.folder / "prepare.json"

    @property
    def arrays(self) -> Path:
        """The folder of the token arrays and of ``mixture.json``, which describes them."""
        return self.folder / "arrays"

    @property
    def mixture(self) -> Path:
        """The groups of pairs with their weights, and the sizes of the vocabularies, as JSON."""
        return self.arrays / "mixture.json"

    @property
    def encoder(self) -> Path:
        """The pretrained encoder, cut to the vocabulary, in 4 bits."""
        return self.arrays / "encoder.npz"

    @property
    def shape(self) -> Path:
        """The size of the model, as JSON."""
        return self.folder / "shape.json"

    @property
    def checkpoint(self) -> Path:
        """The state that training needs to resume."""
        return self.folder / "checkpoint.pt"

    @property
    def weights(self) -> Path:
        """The averaged weights, float32, by name."""
        return self.folder / "weights.npz"

    @property
    def log(self) -> Path:
        """One JSON line per report of the training."""
        return self.folder / "train.jsonl"
