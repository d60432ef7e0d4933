"""Language models in GGUF files as translation engines, through llama.cpp; only on request.

Importing this package does not need llama-cpp-python (extra ``llm``); translating does.
"""

from __future__ import annotations

from corpus_norm.translation.engines.llm.engine import ALONE, check_files
from corpus_norm.translation.engines.llm.files import (
    KNOWN_LANGUAGE_MODELS,
    KnownModel,
    ModelFile,
    find_terms,
    install_known,
    installed_files,
    read_file,
)

__all__ = [
    "ALONE",
    "KNOWN_LANGUAGE_MODELS",
    "KnownModel",
    "ModelFile",
    "check_files",
    "find_terms",
    "install_known",
    "installed_files",
    "read_file",
]
