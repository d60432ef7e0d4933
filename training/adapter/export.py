"""``python -m training.adapter.export``: write the learned matrices as a GGUF adapter.

The layout is the one that llama.cpp reads (``llama_adapter_lora_init``): the matrices of each
projection under its name, and ``adapter.lora.alpha``, from which it takes the scale
``alpha / rank``.  They are rounded to 16 bits, or to 8 in blocks of 32.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import gguf
import numpy as np

_TYPES = {
    "f16": gguf.GGMLQuantizationType.F16,
    "q8_0": gguf.GGMLQuantizationType.Q8_0,
}
_BLOCK = 32


def export(learned: Path, model: Path, output: Path, kind: str, facts: dict[str, str]) -> None:
    """Write the adapter with the identity of its base model and the given ``facts``."""
    arrays = dict(np.load(learned))
    alpha = float(arrays.pop("alpha"))
    writer = gguf.GGUFWriter(output, "gemma3")
    writer.add_type("adapter")
    writer.add_string("general.name", output.stem)
    for key, value in facts.items():
        writer.add_string(f"general.{key}", value)
    with model.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    writer.add_string("general.base_model.0.name", model.stem)
    writer.add_string("general.base_model.0.sha256", digest)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for name, array in sorted(arrays.items()):
        # 8 bits need rows of whole blocks; a row of a B matrix has only ``rank`` values.
        chosen = _TYPES[kind if array.shape[1] % _BLOCK == 0 else "f16"]
        writer.add_tensor(name, gguf.quants.quantize(array, chosen), raw_dtype=chosen)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.adapter.export", description=__doc__)
    parser.add_argument("--learned", type=Path, required=True, help="from training.adapter.train")
    parser.add_argument("--model", type=Path, required=True, help="GGUF file it was trained on")
    parser.add_argument("--output", type=Path, required=True, help=".gguf to write")
    parser.add_argument("--type", choices=sorted(_TYPES), default="q8_0")
    parser.add_argument("--licence", default="gemma", help="whose terms the adapter is under")
    parser.add_argument("--description", required=True, help="how good it is, in a few words")
    options = parser.parse_args()
    facts = {"license": options.licence, "description": options.description}
    export(options.learned, options.model, options.output, options.type, facts)
    print(f"{options.output}: {options.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
