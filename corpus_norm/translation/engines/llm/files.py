"""The files of language models: where they lie, what they are called, and their digests.

A model is named by its path, or by its file name without ``.gguf`` when it lies in ``llm/``
inside our model folder; an adapter likewise, or by the name of one that came with the library.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corpus_norm.errors import ModelNotInstalledError
from corpus_norm.folders import expand
from corpus_norm.translation.engines.llm.gguf import read_header
from corpus_norm.translation.models.packages import LANGUAGE_MODELS, model_folder

_BUNDLED = Path(__file__).parent / "adapters"
_SUFFIX = ".gguf"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A GGUF file: a model or an adapter.

    ``digest`` is BLAKE2b-128 over its bytes, in hexadecimal; ``licence`` and ``purpose`` what the
    file states, or nothing.
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
        """What a row says it was translated with: name and the first 8 digits of the digest."""
        return f"{self.name} {self.digest[:8]}"


def language_model_folder() -> Path:
    """Where installed language models lie; the folder need not exist yet."""
    return model_folder() / LANGUAGE_MODELS


def installed_files() -> list[ModelFile]:
    """Models and adapters in our folder, then the adapters that came with the library."""
    folders = (language_model_folder(), _BUNDLED)
    return [
        _read(path, path.stat().st_size, path.stat().st_mtime_ns)
        for folder in folders
        for path in sorted(folder.glob(f"*{_SUFFIX}"))
    ]


def read_file(name: str) -> ModelFile:
    """The file that a path or the name of an installed file stands for.

    Raises:
        ModelNotInstalledError: there is no such file.
        ModelIntegrityError: it is no GGUF file.
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
    return _read(path, path.stat().st_size, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _read(path: Path, size: int, _modified: int) -> ModelFile:
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
