"""The transformer, in torch, laid out so that CTranslate2 runs it unchanged.

Pre-norm layers, one embedding matrix for source, target and output, sinusoidal positions: the
choices of ``training.convert`` must mirror those made here, name by name.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from training.settings import Shape


def sinusoids(length: int, width: int) -> Tensor:
    """Position vectors as CTranslate2 computes them: sines, then cosines, positions from 1.

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
        self.norm = nn.LayerNorm(shape.width)
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
        """Return what is to be added to ``states``."""
        states = self.norm(states)
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
    """Two linear maps with a ReLU between them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(shape.width)
        self.widen = nn.Linear(shape.width, shape.hidden)
        self.narrow = nn.Linear(shape.hidden, shape.width)

    def forward(self, states: Tensor) -> Tensor:
        """Return what is to be added to ``states``."""
        narrowed: Tensor = self.narrow(functional.relu(self.widen(self.norm(states))))
        return narrowed


class Layer(nn.Module):
    """An encoder layer or, with ``attends``, a decoder layer that looks at the encoder."""

    def __init__(self, shape: Shape, dropout: float, *, attends: bool) -> None:
        super().__init__()
        self.self_attention = Attention(shape, dropout)
        self.attention = Attention(shape, dropout) if attends else None
        self.feed_forward = FeedForward(shape)
        self.drop = nn.Dropout(dropout)

    def forward(self, states: Tensor, mask: Tensor | None, memory: Tensor | None = None) -> Tensor:
        """Apply the layer; ``mask`` is true where the source may be looked at."""
        if self.attention is None:
            states = states + self.drop(self.self_attention(states, mask=mask))
        else:
            states = states + self.drop(self.self_attention(states, causal=True))
            states = states + self.drop(self.attention(states, memory, mask))
        added: Tensor = states + self.drop(self.feed_forward(states))
        return added


class Translator(nn.Module):
    """Encoder and decoder over one shared embedding matrix."""

    def __init__(self, shape: Shape, dropout: float = 0.0) -> None:
        super().__init__()
        self.width = shape.width
        self.embedding = nn.Parameter(torch.randn(shape.vocabulary, shape.width))
        nn.init.normal_(self.embedding, std=shape.width**-0.5)
        self.bias = nn.Parameter(torch.zeros(shape.vocabulary))
        self.drop = nn.Dropout(dropout)
        self.encoder = nn.ModuleList(
            Layer(shape, dropout, attends=False) for _ in range(shape.encoder_layers)
        )
        self.encoder_norm = nn.LayerNorm(shape.width)
        self.decoder = nn.ModuleList(
            Layer(shape, dropout, attends=True) for _ in range(shape.decoder_layers)
        )
        self.decoder_norm = nn.LayerNorm(shape.width)
        for name, parameter in self.named_parameters():
            if name.endswith("weight") and parameter.dim() == 2:
                nn.init.xavier_uniform_(parameter)

    def forward(self, source: Tensor, source_mask: Tensor, target: Tensor) -> Tensor:
        """Score the piece after each target piece: [batch, length] ids to [.., vocabulary]."""
        mask = source_mask[:, None, None, :]
        memory = self._embed(source)
        for layer in self.encoder:
            memory = layer(memory, mask)
        memory = self.encoder_norm(memory)
        states = self._embed(target)
        for layer in self.decoder:
            states = layer(states, mask, memory)
        return functional.linear(self.decoder_norm(states), self.embedding, self.bias)

    def _embed(self, ids: Tensor) -> Tensor:
        vectors = functional.embedding(ids, self.embedding) * math.sqrt(self.width)
        positions = sinusoids(ids.shape[1], self.width).to(vectors)
        embedded: Tensor = self.drop(vectors + positions)
        return embedded
