"""Low-rank adapters in plain PyTorch: each frozen projection gets a small learned addition.

Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models" (arXiv:2106.09685), section
4.1: ``y = W x + (alpha / rank) B A x``, with A drawn at random and B zero, so that training starts
from the model as it is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECTIONS: Mapping[str, str] = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
"""The linear layers of a Gemma block, by their names in transformers and in GGUF files."""


class LoraLinear(nn.Module):
    """A frozen linear layer, without bias, and its learned low-rank addition."""

    def __init__(self, frozen: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(frozen.weight.data, requires_grad=False)
        self.scale = alpha / rank
        # Not 16 bits, as the frozen weights may be: small steps of learning would be lost.
        self.lora_a = nn.Parameter(torch.empty(rank, frozen.in_features, dtype=torch.float32))
        self.lora_b = nn.Parameter(torch.zeros(frozen.out_features, rank, dtype=torch.float32))
        nn.init.kaiming_uniform_(self.lora_a, a=math.sqrt(5))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The frozen output plus the scaled product of the two small matrices."""
        lora_a, lora_b = (matrix.to(inputs.dtype) for matrix in (self.lora_a, self.lora_b))
        small = nn.functional.linear(inputs, lora_a) * self.scale
        return nn.functional.linear(inputs, self.weight) + nn.functional.linear(small, lora_b)


def add_lora(model: nn.Module, rank: int, alpha: float) -> dict[str, nn.Parameter]:
    """Freeze ``model`` and add an adapter to every projection of its blocks.

    Returns the learned matrices under their names in a GGUF adapter, such as
    ``blk.0.attn_q.weight.lora_a``.
    """
    model.requires_grad_(requires_grad=False)
    learned: dict[str, nn.Parameter] = {}
    for number, block in enumerate(model.get_submodule("model.layers").children()):
        for path, name in PROJECTIONS.items():
            frozen = block.get_submodule(path)
            if not isinstance(frozen, nn.Linear):
                raise TypeError(f"{path} of block {number} is no linear layer")
            layer = LoraLinear(frozen, rank, alpha)
            block.set_submodule(path, layer)
            learned[f"blk.{number}.{name}.weight.lora_a"] = layer.lora_a
            learned[f"blk.{number}.{name}.weight.lora_b"] = layer.lora_b
    return learned
