"""An untrained translation model of real size, made in seconds, for measuring speed.

Speed depends on the sizes of the matrices and on the lengths of inputs and outputs, hardly on the
words.  This model has the shape of the French and Chinese packages of Argos (6 and
6 layers, width 512, 8 heads, 32,000 pieces, 8 bits) and copies its input: each decoder step looks
up the source piece of its own position, since both sides carry the same code for a position, and
the end of the source ends the output.  Everything else is noise, so that alternatives are as close
as those of a trained model (a mean log-probability of about -1 per token).
"""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

TINY = Path(__file__).parent.parent / "tests" / "assets" / "translate-fr_en-tiny.argosmodel"
"""The package whose tokenizer is used."""

LAYERS, HEADS, WIDTH, INNER, PIECES = 6, 8, 512, 2048, 32_000
CODE = 64
"""The first dimensions hold the position, the others the piece."""

LONGEST = 1024
NOISE, GAIN, SHARPNESS, TEMPERATURE = 0.02, 4.0, 2.0, 0.028


def make_package(folder: Path, *, quantization: str = "int8", seed: int = 0) -> Path:
    """Write an Argos package ``translate-fr_en-copying`` into a folder and return its path."""
    import ctranslate2

    path = folder / "translate-fr_en-copying"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    with zipfile.ZipFile(TINY) as archive:
        inside = {Path(name).name: name for name in archive.namelist()}
        (path / "sentencepiece.model").write_bytes(archive.read(inside["sentencepiece.model"]))
        pieces = json.loads(archive.read(inside["shared_vocabulary.json"]))
    pieces += [f"▁unused{number}" for number in range(PIECES - len(pieces))]
    spec = ctranslate2.specs.TransformerSpec.from_config(LAYERS, HEADS)
    _fill(spec, np.random.default_rng(seed))
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.config.add_source_eos = True
    spec.config.decoder_start_token = "<s>"  # noqa: S105 -- a token of the model
    spec.validate()
    spec.optimize(quantization=quantization)
    (path / "model").mkdir()
    spec.save(str(path / "model"))
    metadata = {"package_version": "0", "from_code": "fr", "to_code": "en"}
    metadata |= {"from_name": "French", "to_name": "English", "argos_version": "1.9"}
    (path / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    return path


def _fill(spec: Any, random: np.random.Generator) -> None:  # noqa: ANN401 -- an untyped library
    pieces = np.zeros((PIECES, WIDTH), np.float32)
    pieces[:, CODE:] = random.standard_normal((PIECES, WIDTH - CODE))
    places = np.zeros((LONGEST, WIDTH), np.float32)
    places[:, :CODE] = 1.5 * random.choice([-1, 1], (LONGEST, CODE))
    for side in (spec.encoder, spec.decoder):
        tables = side.embeddings if isinstance(side.embeddings, list) else [side.embeddings]
        for table in tables:
            table.weight = pieces
        side.scale_embeddings = False
        side.position_encodings.encodings = places
        _set_norm(side.layer_norm)
        for layer in side.layer:
            _fill_attention(layer.self_attention, (3 * WIDTH, WIDTH), random)
            if side is spec.decoder:
                _fill_attention(layer.attention, (WIDTH, 2 * WIDTH, WIDTH), random)
            _set_norm(layer.ffn.layer_norm)
            _set_linear(layer.ffn.linear_0, _noise(random, INNER, WIDTH))
            _set_linear(layer.ffn.linear_1, _noise(random, WIDTH, INNER))
    _make_copying(spec.decoder.layer[-1].attention)
    _set_linear(spec.decoder.projection, TEMPERATURE * pieces)


def _make_copying(attention: Any) -> None:  # noqa: ANN401
    """Make each head attend to the position with the same code, and copy its share of it."""
    size = WIDTH // HEADS
    share = (WIDTH - CODE) // HEADS
    queries, values, output = (np.zeros((WIDTH, WIDTH), np.float32) for _ in range(3))
    for head in range(HEADS):
        rows = np.arange(size) + head * size
        queries[rows, np.arange(CODE)] = 1.0
        taken = CODE + head * share + np.arange(share)
        values[rows[:share], taken] = 1.0
        output[taken, rows[:share]] = GAIN
    _set_linear(attention.linear[0], SHARPNESS * queries)
    _set_linear(attention.linear[1], np.concatenate([queries, values]))
    _set_linear(attention.linear[2], output)


def _fill_attention(attention: Any, rows: tuple[int, ...], random: np.random.Generator) -> None:  # noqa: ANN401
    _set_norm(attention.layer_norm)
    for linear, count in zip(attention.linear, (*rows, WIDTH), strict=False):
        _set_linear(linear, _noise(random, count, WIDTH))


def _noise(random: np.random.Generator, rows: int, columns: int) -> Array:
    return NOISE * random.standard_normal((rows, columns), np.float32)


def _set_norm(norm: Any) -> None:  # noqa: ANN401
    norm.gamma = np.ones(WIDTH, np.float32)
    norm.beta = np.zeros(WIDTH, np.float32)


def _set_linear(linear: Any, weight: Array) -> None:  # noqa: ANN401
    linear.weight = weight.astype(np.float32)
    linear.bias = np.zeros(len(weight), np.float32)
