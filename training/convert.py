"""Convert weights to a CTranslate2 model folder, with numpy alone.

The specification is written directly instead of going through the format of another toolkit;
it mirrors ``training.model`` layer by layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from ctranslate2.specs import attention_spec, common_spec, transformer_spec

from training.settings import BEGIN_ID, END_ID, UNKNOWN_ID, Shape
from training.tokenizer import list_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

    from training.settings import Work

    Weights = Mapping[str, npt.NDArray[np.float32]]


def convert(weights: Weights, work: Work, folder: Path, quantization: str = "int8") -> None:
    """Write ``model.bin``, ``config.json`` and the vocabularies into the new folder ``folder``.

    ``quantization`` is one of CTranslate2's names, ``float32`` for none.
    """
    shape = Shape.load(work.shape)
    spec = build_specification(weights, shape)
    source = list_pieces(work.tokenizer)
    target = list_pieces(work.target_tokenizer) if shape.pretrained else source
    spec.register_source_vocabulary(source)
    spec.register_target_vocabulary(target)
    spec.config.unk_token = target[UNKNOWN_ID]
    spec.config.bos_token = spec.config.decoder_start_token = target[BEGIN_ID]
    spec.config.eos_token = target[END_ID]
    spec.config.add_source_bos = shape.pretrained
    spec.config.add_source_eos = True
    spec.config.layer_norm_epsilon = shape.norm_epsilon
    spec.validate()
    spec.optimize(quantization=quantization)
    folder.mkdir(parents=True)
    spec.save(str(folder))


def build_specification(weights: Weights, shape: Shape) -> transformer_spec.TransformerSpec:
    """Fill CTranslate2's description of a transformer with ``weights``.

    No sinusoids are stored: CTranslate2 computes them itself.
    """
    pretrained = shape.pretrained
    spec = transformer_spec.TransformerSpec(
        transformer_spec.TransformerEncoderSpec(
            shape.encoder_layers,
            shape.encoder_heads or shape.heads,
            pre_norm=not pretrained,
            activation=common_spec.Activation.GELU if pretrained else common_spec.Activation.RELU,
            layernorm_embedding=pretrained,
        ),
        transformer_spec.TransformerDecoderSpec(shape.decoder_layers, shape.heads),
    )
    if pretrained:
        spec.encoder.embeddings[0].weight = weights["source_embedding"]
        spec.encoder.position_encodings.encodings = weights["positions"]
        spec.encoder.scale_embeddings = False
        _set_norm(spec.encoder.layernorm_embedding, weights, "embedding_norm")
    else:
        spec.encoder.embeddings[0].weight = weights["embedding"]
        _set_norm(spec.encoder.layer_norm, weights, "encoder_norm")
    spec.decoder.embeddings.weight = weights["embedding"]
    spec.decoder.projection.weight = weights["embedding"]
    spec.decoder.projection.bias = weights["bias"]
    _set_norm(spec.decoder.layer_norm, weights, "decoder_norm")
    for side in ("encoder", "decoder"):
        for number, layer in enumerate(getattr(spec, side).layer):
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
