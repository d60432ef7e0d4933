"""What a GGUF file says of itself, read without llama.cpp.

The format (github.com/ggml-org/ggml, docs/gguf.md): ``GGUF``, a version, two counts, then keys
with typed values.  The ``general.*`` ones stand first; reading ends at the first list, since
those hold vocabularies of hundreds of thousands of words.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

from corpus_norm.errors import ModelIntegrityError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Scalar = str | int | float | bool

_FORMATS: Mapping[int, str] = dict(enumerate(("B", "b", "H", "h", "I", "i", "f", "?"))) | {
    10: "Q",
    11: "q",
    12: "d",
}
_STRING = 8
_LONGEST = 1 << 20


def read_header(path: Path) -> dict[str, Scalar]:
    """The leading text and number fields of a GGUF file, such as ``general.license``.

    Raises:
        ModelIntegrityError: it is no GGUF file of version 2 or 3.
    """
    try:
        with path.open("rb") as file:
            return _read_fields(file, _read_count(file))
    except (OSError, ValueError, struct.error) as error:
        raise ModelIntegrityError(
            f"{path} is no GGUF file ({error}); language models are loaded from such files only",
            subject=str(path),
        ) from error


def _read_count(file: BinaryIO) -> int:
    """The number of fields."""
    magic, version = file.read(4), _read(file, "I")
    if magic != b"GGUF" or version not in {2, 3}:
        raise ValueError(f"it begins with {magic!r} and version {version}")
    _tensors, count = _read(file, "Q"), _read(file, "Q")
    return int(count)


def _read_fields(file: BinaryIO, count: int) -> dict[str, Scalar]:
    fields: dict[str, Scalar] = {}
    for _ in range(count):
        key, kind = _read_string(file), int(_read(file, "I"))
        if kind == _STRING:
            fields[key] = _read_string(file)
        elif kind in _FORMATS:
            fields[key] = _read(file, _FORMATS[kind])
        else:
            break
    return fields


def _read_string(file: BinaryIO) -> str:
    length = int(_read(file, "Q"))
    if length > _LONGEST:
        raise ValueError(f"a text of {length} bytes")
    return file.read(length).decode("utf-8", "replace")


def _read(file: BinaryIO, kind: str) -> Scalar:
    value: Scalar
    (value,) = struct.unpack(f"<{kind}", file.read(struct.calcsize(f"<{kind}")))
    return value
