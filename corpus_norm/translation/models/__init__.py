"""Find the Argos packages installed on this machine, without loading or downloading anything.

A package is a folder with ``metadata.json``, a CTranslate2 model in ``model/`` and a tokenizer,
``sentencepiece.model`` or ``bpe.model`` (the layout of Argos Translate).  A package of phrase
tables has these in ``model/`` instead (:mod:`corpus_norm.translation.engines.phrases`).  We search
our own folder first and then that of Argos, so that packages installed with Argos work unchanged.
The starter models shipped with this library, in ``corpus_norm/starter/``, come last: any installed
package is preferred, and unless requested a starter must reach :data:`GATE`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from corpus_norm.errors import ModelIntegrityError, ModelNotInstalledError
from corpus_norm.faults import data_folder, expand
from corpus_norm.languages import LANGUAGES, get_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

METADATA = "metadata.json"
MODEL = "model/model.bin"
PHRASES = "model/phrases.json"  # phrase tables, in place of a network
TOKENIZERS = ("sentencepiece.model", "bpe.model")
GATE: Mapping[str, float] = MappingProxyType({"fr": 15.0, "zh-Hans": 8.0})
"""BLEU on flores-dev that a starter model must have reached to be used unasked, by language.

Misleading English is worse than none.  Starters for other languages are used only on request.
"""

LANGUAGE_MODELS = "llm"  # the folder beside the packages that holds language models
_MAX_METADATA_BYTES = 1024 * 1024
_CODES = {record.argos: code for code, record in LANGUAGES.items()}


@dataclass(frozen=True)
class Package:
    """An installed Argos package, as described by its folder and its metadata.

    ``source`` and ``target`` are BCP-47 codes; ``size_bytes`` counts the files that translation
    needs; ``licence`` and ``purpose`` are empty if the package does not state them.  ``bleu`` is
    its stated score on flores-dev for this source language, in percent.  ``starter`` says whether
    it came with the library, ``requested`` whether to use it regardless of its score.
    """

    name: str
    path: Path
    source: str
    target: str
    version: str
    size_bytes: int
    licence: str = ""
    purpose: str = ""
    bleu: float | None = None
    starter: bool = False
    requested: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def digest(self) -> str:
        """BLAKE2b-128 over the files that determine a translation, in hexadecimal."""
        return digest_folder(self.path)

    @property
    def label(self) -> str:
        """The label stored with translations: name, version, first 8 digits of the digest."""
        return f"{self.name} {self.version} {self.digest[:8]}"

    @property
    def tests_only(self) -> bool:
        """Whether the package states that it is for tests only."""
        return "tests only" in self.purpose.lower()

    @property
    def has_phrases(self) -> bool:
        """Whether the package holds phrase tables (our own kind of model) instead of a network."""
        return (self.path / PHRASES).is_file()

    @property
    def argos_code(self) -> str:
        """The Argos code of the source language."""
        return LANGUAGES[self.source].argos if self.source in LANGUAGES else self.source

    @property
    def usable(self) -> bool:
        """Whether the package may be loaded; a starter model below :data:`GATE` only on request."""
        if not self.starter or self.requested:
            return True
        needed = GATE.get(self.source)
        return needed is not None and self.bleu is not None and self.bleu >= needed


def model_folder() -> Path:
    """Return our model folder: ``$CORPUS_NORM_MODELS``, or one in the user's data folder."""
    chosen = os.environ.get("CORPUS_NORM_MODELS")
    if chosen:
        return expand(chosen)
    return data_folder() / "models"


def model_folders() -> list[Path]:
    """Return the folders to search, in order: ours, then that of Argos; either may be missing.

    The folder of Argos is ``$ARGOS_PACKAGES_DIR``, or ``argos-translate/packages`` under
    ``$XDG_DATA_HOME`` (``~/.local/share`` if unset), as in ``argostranslate.settings``.
    """
    argos = os.environ.get("ARGOS_PACKAGES_DIR")
    if not argos:
        data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
        argos = f"{data}/argos-translate/packages"
    return list(dict.fromkeys([model_folder(), expand(argos)]))


def starter_folder() -> Path:
    """Return the starter folder: ``$CORPUS_NORM_STARTERS``, or the one in this library."""
    chosen = os.environ.get("CORPUS_NORM_STARTERS")
    return expand(chosen) if chosen else Path(__file__).parents[2] / "starter"


def package_folders(folder: Path) -> list[Path]:
    """Return the subfolders that may be packages, sorted by name; hidden ones are skipped."""
    try:
        inside = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    except PermissionError:  # another user's home
        return []
    found = (path for path in inside if path.name != LANGUAGE_MODELS)
    return sorted(path for path in found if not path.name.startswith("."))


def installed(folders: Iterable[Path] | None = None) -> list[Package]:
    """Return all packages, by folder in search order and then by name; starters come last.

    If ``folders`` are given, only these are searched, without the starters.  A package for several
    source languages is listed once for each.  Broken folders are skipped here and reported by
    :func:`corpus_norm.translation.models.install.verify`.
    """
    if folders is not None:
        return [package for folder in folders for package in _read_folder(folder)]
    return [*installed(model_folders()), *_starters()]


def requested_starters() -> list[Package]:
    """Return only the starter models, usable regardless of score, for ``translate_documents``.

    >>> all(package.usable for package in requested_starters())
    True
    """
    return [replace(package, requested=True) for package in _starters()]


def _starters() -> list[Package]:
    return [replace(package, starter=True) for package in _read_folder(starter_folder())]


def _read_folder(folder: Path) -> list[Package]:
    packages = []
    for path in package_folders(folder):
        try:
            package = read_package(path)
        except ModelIntegrityError:
            continue
        others = _own(package.metadata).get("also_from")
        codes = (
            [code for code in others if isinstance(code, str)] if isinstance(others, list) else []
        )
        packages += [package, *(_for_source(package, code) for code in codes)]
    return packages


def read_package(path: Path) -> Package:
    """Return the package in a folder.

    Raises:
        ModelIntegrityError: a required file is missing or the metadata are invalid.
    """
    metadata = _read_metadata(path)
    if not (path / PHRASES).is_file():
        if not any((path / name).exists() for name in TOKENIZERS):
            raise _broken(path, f"neither {' nor '.join(TOKENIZERS)} is there")
        if not (path / MODEL).is_file():
            raise _broken(path, f"{MODEL} is missing")
    own = _own(metadata)
    return Package(
        name=path.name,
        path=path,
        source=_bcp47(metadata["from_code"]),
        target=_bcp47(metadata["to_code"]),
        version=str(metadata.get("package_version", "0")),
        size_bytes=sum(file.stat().st_size for file in _model_files(path)),
        licence=str(own.get("licence") or metadata.get("licence") or metadata.get("license") or ""),
        purpose=str(own.get("purpose", "")),
        bleu=_stated_bleu(own, metadata["from_code"]),
        metadata=metadata,
    )


def find_package(source: str, packages: Sequence[Package] | None = None) -> Package:
    """Return the package that translates a language (BCP-47) into English.

    An installed package is preferred to a starter model, then a real package to one made for
    tests, then a newer version, then the earlier one in search order.  A starter model below
    :data:`GATE` is skipped.  Traditional Chinese has its own Argos code, ``zt``; if no such package
    is installed, the one for ``zh`` is used, which was trained on both scripts.

    Raises:
        ModelNotInstalledError: there is none; the message ends with the command to install one.
    """
    found = installed() if packages is None else packages
    for code in _acceptable_sources(source):
        fitting = [p for p in found if p.source == code and p.target == "en" and p.usable]
        if fitting:
            return best_package(fitting)
    raise missing_model(source)


def best_package(packages: Sequence[Package]) -> Package:
    """Return the preferred of several packages for the same languages; see :func:`find_package`."""
    return max(packages, key=_preference)


def missing_model(source: str) -> ModelNotInstalledError:
    """Return the error that says how to install a model for a language."""
    known = LANGUAGES.get(canonical_code(source))
    named = f"{known.name} ({source})" if known else repr(source)
    wanted = install_name(source) if known else "FILE.argosmodel"
    return ModelNotInstalledError(
        f"no translation model for {named} is installed; "
        f"to install one: python -m corpus_norm models install {wanted}",
        subject=source,
    )


def install_name(source: str) -> str:
    """Return the name of a language in ``models install``.

    >>> install_name("fr"), install_name("zh-Hant")
    ('fr', 'zh')
    """
    return canonical_code(source).split("-")[0]


def digest_folder(path: Path, *, fresh: bool = False) -> str:
    """Return the BLAKE2b-128 (RFC 7693) of names and bytes of the model files, in hexadecimal.

    README files and sentence splitters in the package are excluded, as they are never used.  The
    result is cached until a file changes its size or modification time; ``fresh`` bypasses the
    cache.
    """
    stamp = tuple(
        (file.relative_to(path).as_posix(), file.stat().st_size, file.stat().st_mtime_ns)
        for file in _model_files(path)
    )
    return _hash_files(path, stamp) if fresh else _digest(path, stamp)


@lru_cache(maxsize=64)
def _digest(path: Path, stamp: tuple[tuple[str, int, int], ...]) -> str:
    return _hash_files(path, stamp)


def _hash_files(path: Path, stamp: tuple[tuple[str, int, int], ...]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name, size, _ in stamp:
        digest.update(f"{name}\0{size}\0".encode())
        with (path / name).open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


def _model_files(path: Path) -> list[Path]:
    top = [path / METADATA, *(path / name for name in TOKENIZERS)]
    files = [file for file in top if file.is_file()]
    return files + sorted(file for file in (path / "model").rglob("*") if file.is_file())


def _read_metadata(path: Path) -> dict[str, Any]:
    try:
        with (path / METADATA).open("rb") as file:
            metadata = json.loads(file.read(_MAX_METADATA_BYTES))
    except FileNotFoundError:
        raise _broken(path, f"{METADATA} is missing") from None
    except (OSError, ValueError, RecursionError) as error:
        raise _broken(path, f"{METADATA} cannot be read ({error})") from error
    if not isinstance(metadata, dict) or metadata.get("type", "translate") != "translate":
        raise _broken(path, f"{METADATA} does not describe a translation model")
    for key in ("from_code", "to_code"):
        if not isinstance(metadata.get(key), str) or not metadata[key]:
            raise _broken(path, f"{METADATA} has no {key}")
    return metadata


def _broken(path: Path, why: str) -> ModelIntegrityError:
    return ModelIntegrityError(
        f"{path} is not an Argos translation package: {why}; remove it or install it again",
        subject=str(path),
    )


def _bcp47(argos_code: str) -> str:
    return _CODES.get(argos_code, argos_code)


def canonical_code(code: str) -> str:
    """Return our code for a language (``zh-Hant`` for ``zh-TW``); keep an unknown code."""
    try:
        return get_language(code).code
    except KeyError:
        return code


def _acceptable_sources(source: str) -> tuple[str, ...]:
    code = canonical_code(source)
    return (code, "zh-Hans") if code == "zh-Hant" else (code,)


def _preference(package: Package) -> tuple[bool, bool, tuple[int, ...]]:
    return not package.starter, not package.tests_only, _version_key(package.version)


def _own(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata that packages made by this project add to those of Argos."""
    own = metadata.get("corpus_norm")
    return own if isinstance(own, dict) else {}


def _for_source(package: Package, argos_code: str) -> Package:
    """Return the same package for another of its source languages."""
    bleu = _stated_bleu(_own(package.metadata), argos_code)
    return replace(package, source=_bcp47(argos_code), bleu=bleu)


def _stated_bleu(own: Mapping[str, Any], argos_code: str) -> float | None:
    scores = own.get("scores")
    row = scores.get(argos_code) if isinstance(scores, dict) else own
    value = row.get("flores_dev_bleu") if isinstance(row, dict) else None
    return float(value) if isinstance(value, int | float) else None


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))
