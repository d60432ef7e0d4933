"""The transformer in torch, with the architecture that CTranslate2 runs.

The decoder is pre-norm with ReLU and sinusoidal positions, and its embedding is also its output
matrix.  The encoder either has the same architecture and shares that matrix, or is the pretrained
one of :mod:`training.pretrained`: post-norm, GELU, learned positions, a vocabulary of its own.
``training.convert`` must mirror these choices, name by name.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from training.settings import Shape


def sinusoids(length: int, width: int) -> Tensor:
    """Return the position vectors of CTranslate2: sines, then cosines, positions from 1.

    Vaswani et al. 2017, section 3.5, in the Tensor2Tensor layout.
    """
    half = width // 2
    scales = torch.exp(torch.arange(half) * -(math.log(10_000) / (half - 1)))
    angles = torch.arange(1, length + 1).unsqueeze(1) * scales
    return torch.cat((angles.sin(), angles.cos()), dim=1)


class Attention(nn.Module):
    """Multi-head attention of ``states`` over ``memory``, or over themselves."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = shape.heads, dropout
        self.norm = nn.LayerNorm(shape.width, shape.norm_epsilon)
        self.query = nn.Linear(shape.width, shape.width)
        self.key = nn.Linear(shape.width, shape.width)
        self.value = nn.Linear(shape.width, shape.width)
        self.output = nn.Linear(shape.width, shape.width)

    def forward(
        self,
        states: Tensor,
        memory: Tensor | None = None,
        mask: Tensor | None = None,
        *,
        causal: bool = False,
    ) -> Tensor:
        """Return the residual to add to ``states``; the caller normalises where needed."""
        memory = states if memory is None else memory
        heads = functional.scaled_dot_product_attention(
            self._split(self.query(states)),
            self._split(self.key(memory)),
            self._split(self.value(memory)),
            attn_mask=mask,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=causal,
        )
        joined: Tensor = self.output(heads.transpose(1, 2).flatten(2))
        return joined

    def _split(self, states: Tensor) -> Tensor:
        return states.view(*states.shape[:2], self.heads, -1).transpose(1, 2)


class FeedForward(nn.Module):
    """Two linear maps with a nonlinearity between them."""

    def __init__(self, shape: Shape, *, smooth: bool = False) -> None:
        super().__init__()
        self.activation = functional.gelu if smooth else functional.relu
        self.norm = nn.LayerNorm(shape.width, shape.norm_epsilon)
        self.widen = nn.Linear(shape.width, shape.hidden)
        self.narrow = nn.Linear(shape.hidden, shape.width)

    def forward(self, states: Tensor) -> Tensor:
        """Return the residual to add to ``states``."""
        narrowed: Tensor = self.narrow(self.activation(self.widen(states)))
        return narrowed


class EncoderLayer(nn.Module):
    """Self-attention and feed-forward; normalised after each when the encoder is pretrained."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.after = shape.pretrained
        own = replace(shape, heads=shape.encoder_heads or shape.heads)
        self.self_attention = Attention(own, dropout)
        self.feed_forward = FeedForward(own, smooth=shape.pretrained)
        self.drop = nn.Dropout(dropout)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Apply the layer; ``mask`` is true at source positions that may be attended to."""
        attend, feed = self.self_attention, self.feed_forward
        if self.after:
            states = attend.norm(states + self.drop(attend(states, mask=mask)))
            normed: Tensor = feed.norm(states + self.drop(feed(states)))
            return normed
        states = states + self.drop(attend(attend.norm(states), mask=mask))
        added: Tensor = states + self.drop(feed(feed.norm(states)))
        return added


class DecoderLayer(nn.Module):
    """Self-attention, attention over the encoder and feed-forward, normalised before each."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.self_attention = Attention(shape, dropout)
        self.attention = Attention(shape, dropout)
        self.feed_forward = FeedForward(shape)
        self.drop = nn.Dropout(dropout)

    def forward(self, states: Tensor, mask: Tensor, memory: Tensor) -> Tensor:
        """Apply the layer; ``mask`` is true at source positions that may be attended to."""
        own, cross, feed = self.self_attention, self.attention, self.feed_forward
        states = states + self.drop(own(own.norm(states), causal=True))
        states = states + self.drop(cross(cross.norm(states), memory, mask))
        added: Tensor = states + self.drop(feed(feed.norm(states)))
        return added


class Translator(nn.Module):
    """The whole model: encoder and decoder."""

    def __init__(self, shape: Shape, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Parameter(torch.randn(shape.vocabulary, shape.width))
        nn.init.normal_(self.embedding, std=shape.width**-0.5)
        self.bias = nn.Parameter(torch.zeros(shape.vocabulary))
        self.drop = nn.Dropout(dropout)
        if shape.pretrained:
            self.source_embedding = nn.Parameter(
                torch.randn(shape.source_vocabulary, shape.width) * 0.05
            )
            self.positions = nn.Parameter(torch.randn(shape.positions, shape.width) * 0.05)
            self.embedding_norm = nn.LayerNorm(shape.width, shape.norm_epsilon)
        else:
            self.encoder_norm = nn.LayerNorm(shape.width, shape.norm_epsilon)
        self.encoder = nn.ModuleList(
            EncoderLayer(shape, dropout) for _ in range(shape.encoder_layers)
        )
        self.decoder = nn.ModuleList(
            DecoderLayer(shape, dropout) for _ in range(shape.decoder_layers)
        )
        self.decoder_norm = nn.LayerNorm(shape.width, shape.norm_epsilon)
        for name, parameter in self.named_parameters():
            if name.endswith("weight") and parameter.dim() == 2:
                nn.init.xavier_uniform_(parameter)

    def forward(self, source: Tensor, source_mask: Tensor, target: Tensor) -> Tensor:
        """Score the piece after each target piece: ids [batch, length] to [.., vocabulary]."""
        states = self.decode(self.encode(source, source_mask), source_mask, target)
        return functional.linear(states, self.embedding, self.bias)

    def encode(self, source: Tensor, source_mask: Tensor) -> Tensor:
        """Encode the source: [batch, length, width]."""
        if self.shape.pretrained:
            vectors = functional.embedding(source, self.source_embedding)
            states = self.drop(self.embedding_norm(vectors + self.positions[: source.shape[1]]))
        else:
            states = self._embed(source)
        for layer in self.encoder:
            states = layer(states, source_mask[:, None, None, :])
        return states if self.shape.pretrained else self.encoder_norm(states)

    def decode(self, memory: Tensor, source_mask: Tensor, target: Tensor) -> Tensor:
        """Return the vectors that predict the piece after each target piece."""
        states = self._embed(target)
        for layer in self.decoder:
            states = layer(states, source_mask[:, None, None, :], memory)
        normed: Tensor = self.decoder_norm(states)
        return normed

    def _embed(self, ids: Tensor) -> Tensor:
        vectors = functional.embedding(ids, self.embedding) * math.sqrt(self.shape.width)
        positions = sinusoids(ids.shape[1], self.shape.width).to(vectors)
        embedded: Tensor = self.drop(vectors + positions)
        return embedded
