"""Weights to a CTranslate2 model folder, with numpy alone.

The specification is written directly instead of going through another toolkit's format: what
``training.model`` computes is what CTranslate2 is told to compute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sentencepiece
from ctranslate2.specs import attention_spec, common_spec, transformer_spec

from training.settings import BEGIN_ID, END_ID, UNKNOWN_ID, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

    Weights = Mapping[str, npt.NDArray[np.float32]]


def convert(
    weights: Weights, shape: Shape, tokenizer: Path, folder: Path, quantization: str = "int8"
) -> None:
    """Write ``model.bin``, ``config.json`` and the vocabulary into ``folder``, a new folder.

    ``quantization`` is one of CTranslate2's names, ``float32`` for none.
    """
    spec = build_specification(weights, shape)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer))
    pieces = [processor.id_to_piece(i) for i in range(processor.get_piece_size())]
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.config.unk_token = pieces[UNKNOWN_ID]
    spec.config.bos_token = spec.config.decoder_start_token = pieces[BEGIN_ID]
    spec.config.eos_token = pieces[END_ID]
    spec.config.add_source_eos = True
    spec.validate()
    spec.optimize(quantization=quantization)
    folder.mkdir(parents=True)
    spec.save(str(folder))


def build_specification(weights: Weights, shape: Shape) -> transformer_spec.TransformerSpec:
    """Fill CTranslate2's description of a transformer with ``weights``.

    No position vectors are stored: CTranslate2 computes the sinusoids itself.
    """
    spec = transformer_spec.TransformerSpec.from_config(
        (shape.encoder_layers, shape.decoder_layers), shape.heads, pre_norm=True
    )
    embedding = weights["embedding"]
    spec.encoder.embeddings[0].weight = embedding
    spec.decoder.embeddings.weight = embedding
    spec.decoder.projection.weight = embedding
    spec.decoder.projection.bias = weights["bias"]
    for side in ("encoder", "decoder"):
        stack = getattr(spec, side)
        _set_norm(stack.layer_norm, weights, f"{side}_norm")
        for number, layer in enumerate(stack.layer):
            name = f"{side}.{number}"
            _set_self_attention(layer.self_attention, weights, f"{name}.self_attention")
            if side == "decoder":
                _set_attention(layer.attention, weights, f"{name}.attention")
            _set_norm(layer.ffn.layer_norm, weights, f"{name}.feed_forward.norm")
            _set_linear(layer.ffn.linear_0, weights, f"{name}.feed_forward.widen")
            _set_linear(layer.ffn.linear_1, weights, f"{name}.feed_forward.narrow")
    return spec


def _set_norm(spec: common_spec.LayerNormSpec, weights: Weights, name: str) -> None:
    spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _set_linear(spec: common_spec.LinearSpec, weights: Weights, *names: str) -> None:
    spec.weight = np.concatenate([weights[f"{name}.weight"] for name in names])
    spec.bias = np.concatenate([weights[f"{name}.bias"] for name in names])


def _set_self_attention(
    spec: attention_spec.MultiHeadAttentionSpec, weights: Weights, name: str
) -> None:
    _set_norm(spec.layer_norm, weights, f"{name}.norm")
    _set_linear(spec.linear[0], weights, *(f"{name}.{part}" for part in ("query", "key", "value")))
    _set_linear(spec.linear[1], weights, f"{name}.output")


def _set_attention(
    spec: attention_spec.MultiHeadAttentionSpec, weights: Weights, name: str
) -> None:
    _set_norm(spec.layer_norm, weights, f"{name}.norm")
    _set_linear(spec.linear[0], weights, f"{name}.query")
    _set_linear(spec.linear[1], weights, f"{name}.key", f"{name}.value")
    _set_linear(spec.linear[2], weights, f"{name}.output")
