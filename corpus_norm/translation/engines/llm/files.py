"""Files of language models, and their metadata, which are read without llama.cpp.

The GGUF format (github.com/ggml-org/ggml, docs/gguf.md): ``GGUF``, a version, two counts, then
keys with typed values.  The ``general.*`` keys come first.  Reading stops at the first list, since
lists hold vocabularies of hundreds of thousands of words.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from corpus_norm.errors import ModelError, ModelIntegrityError, ModelNotInstalledError
from corpus_norm.faults import expand
from corpus_norm.translation.models.language_models import (
    KNOWN_LANGUAGE_MODELS,
    language_model_folder,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    Scalar = str | int | float | bool

_FORMATS: Mapping[int, str] = dict(enumerate(("B", "b", "H", "h", "I", "i", "f", "?"))) | {
    10: "Q",
    11: "q",
    12: "d",
}
_STRING = 8
_LONGEST = 1 << 20


def read_header(path: Path) -> dict[str, Scalar]:
    """Return the leading text and number fields of a GGUF file, such as ``general.license``.

    Raises:
        ModelIntegrityError: it is not a GGUF file of version 2 or 3.
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
    """Check the start of a file and return its number of fields."""
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


_SUFFIX = ".gguf"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A language model: a GGUF file, or one of a server, of which only the name is known.

    ``digest`` is BLAKE2b-128 over its bytes, in hexadecimal; ``licence`` and ``purpose`` are as
    the file states them (or ``models install`` knows), or empty.
    """

    path: Path
    digest: str
    size_bytes: int
    architecture: str = ""
    licence: str = ""
    purpose: str = ""

    @classmethod
    def of_server(cls, name: str) -> Self:
        """Return the model of a server.

        >>> ModelFile.of_server("org/model:9b").label
        'org/model:9b'
        """
        return cls(Path(name), "", 0)

    @property
    def name(self) -> str:
        """The name of the model: for a file, its name without ``.gguf``."""
        return self.path.name.removesuffix(_SUFFIX) if self.digest else str(self.path)

    @property
    def label(self) -> str:
        """The label in rows of the dataset: the name and the first 8 digits of the digest."""
        return f"{self.name} {self.digest[:8]}".strip()


def installed_files() -> list[ModelFile]:
    """List the models in our folder."""
    return [
        _read_files(path, path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(language_model_folder().glob(f"*{_SUFFIX}"))
    ]


def read_file(name: str) -> ModelFile:
    """Return the file with a path, or with the name of an installed file.

    Raises:
        ModelNotInstalledError: there is no such file.
        ModelIntegrityError: it is not a GGUF file.
        ModelError: it is an adapter for a model.
    """
    places = (expand(name), language_model_folder() / f"{name}{_SUFFIX}")
    path = next((path.resolve() for path in places if name and path.is_file()), None)
    if path is None:
        how = f"models install {name}" if name in KNOWN_LANGUAGE_MODELS else "models list"
        raise ModelNotInstalledError(
            f"there is no language model {name!r}; give the path of a .gguf file, or the name of "
            f"one that is installed: python -m corpus_norm {how}",
            subject=name,
        )
    return _read_files(path, path.stat().st_size, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _read_files(path: Path, size: int, _modified: int) -> ModelFile:
    header = read_header(path)
    if header.get("general.type") == "adapter":
        raise ModelError(
            f"{path} is an adapter, which changes a model; give the file of a model",
            subject=str(path),
        )
    known = KNOWN_LANGUAGE_MODELS.get(path.name.removesuffix(_SUFFIX))
    stated = str(header.get("general.license", ""))
    licence = known.licence if known and known.size_bytes == size else stated
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    return ModelFile(
        path=path,
        digest=digest,
        size_bytes=size,
        architecture=str(header.get("general.architecture", "")),
        licence=licence,
        purpose=str(header.get("general.description", "")),
    )


def find_terms(file: ModelFile) -> str:
    """Return the licence of a model, to show to its user.

    >>> find_terms(ModelFile(Path("small.gguf"), "ab12", 1, licence="mit"))
    'licence of small: mit'
    """
    return f"licence of {file.name}: {file.licence or 'not stated in the file'}"
