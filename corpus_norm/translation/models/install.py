"""Install translation packages, from the network or from a file.

This is the only module that opens the network itself.  Only ``models install`` calls it, and it
accepts only files whose size and SHA-256 are listed in this package.  An installation either
completes or changes nothing: the package is unpacked, checked, loaded and tested with a translation
in a temporary folder on the same disk, and only then renamed into place.
"""

from __future__ import annotations

import hashlib
import http.client
import ssl
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from filelock import FileLock

from corpus_norm import __version__
from corpus_norm.errors import InputError, ModelDownloadError, ModelError, ModelIntegrityError
from corpus_norm.faults import expand
from corpus_norm.translation.models import (
    Package,
    digest_folder,
    find_package,
    install_name,
    installed,
    model_folder,
    model_folders,
    read_package,
)
from corpus_norm.translation.models.archive import (
    MAX_BYTES,
    TEMPORARY,
    Finding,
    FindingStatus,
    Record,
    put_in_place,
    read_records,
    recover,
    unpack,
    verify,
    write_record,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


__all__ = [
    "KNOWN_MODELS",
    "Finding",
    "FindingStatus",
    "KnownModel",
    "Package",
    "find_package",
    "install",
    "installed",
    "model_folders",
    "path",
    "verify",
]


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that can be installed by the name of its language, with its URL and checksum."""

    language: str
    url: str
    size_bytes: int
    sha256: str
    licence: str

    @property
    def filename(self) -> str:
        """The last part of the URL."""
        return self.url.rsplit("/", 1)[-1]

    @property
    def advice(self) -> str:
        """What to do if the file cannot be downloaded."""
        return (
            "get the file some other way, then: "
            f"python -m corpus_norm models install {self.filename}"
        )


KNOWN_MODELS: Mapping[str, KnownModel] = MappingProxyType(
    {
        "fr": KnownModel(
            language="fr",
            url="https://argos-net.com/v1/translate-fr_en-1_9.argosmodel",
            size_bytes=66_585_033,
            sha256="3b3052fee6bb1e8e8e632a26a723eb2a2c7710dfe73ba61ffd9b83e85d4f14c1",
            licence="CC BY 4.0",
        ),
        "zh": KnownModel(
            language="zh-Hans",
            url="https://argos-net.com/v1/translate-zh_en-1_9.argosmodel",
            size_bytes=74_481_402,
            sha256="62e7af5a3a48b530e47b7b3e5c78c2de79073ecd815750d2bf3ab35b4a67da2d",
            licence="CC BY 4.0",
        ),
    }
)
"""Models by the name that ``models install`` takes: conversions of OPUS-MT made for Argos."""


def path() -> Path:
    """Return the folder that models are installed into; it may not exist yet."""
    return model_folder()


def install(
    target: str | Path,
    *,
    folder: Path | None = None,
    progress: Progress | None = None,
    timeout_s: float = 20.0,
    known: Mapping[str, KnownModel] = KNOWN_MODELS,
) -> Package:
    """Install the model of a known language (``"fr"``) or a local ``.argosmodel`` file.

    A known model that is already installed and unchanged is not downloaded again.
    ``timeout_s`` is how many seconds the server may go without sending anything.

    Raises:
        ModelDownloadError: the download failed; the message says how to install without it.
        ModelIntegrityError: the file is damaged or not the expected one; nothing was changed.
        InputError: ``target`` is neither a known language nor a file.
        ModelError: the model folder cannot be written to.
    """
    wanted = _resolve(target, known)
    folder = model_folder() if folder is None else folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            recover(folder)
            if isinstance(wanted, KnownModel) and (present := _find_unchanged(folder, wanted)):
                return present
            with tempfile.TemporaryDirectory(
                dir=folder, prefix=TEMPORARY, ignore_cleanup_errors=True
            ) as temporary:
                return _install(wanted, folder, Path(temporary), progress, timeout_s)
    except OSError as error:
        raise ModelError(
            f"cannot install into {folder}: {one_line(error)}; "
            "name a folder you can write to in the environment variable CORPUS_NORM_MODELS",
            subject=str(folder),
        ) from error


def _resolve(target: str | Path, known: Mapping[str, KnownModel]) -> KnownModel | Path:
    if isinstance(target, str) and not target.endswith(".argosmodel"):
        name = install_name(target)
        if name in known:
            return known[name]
    file = expand(target)
    if file.is_file():
        return file
    raise InputError(
        f"{str(target)!r} is no .argosmodel file and no language with a known model; "
        f"choose one of {', '.join(known)}, or give the path of a file",
        subject=str(target),
    )


def _install(
    wanted: KnownModel | Path,
    folder: Path,
    temporary: Path,
    progress: Progress | None,
    timeout_s: float,
) -> Package:
    if isinstance(wanted, KnownModel):
        archive, url = temporary / wanted.filename, wanted.url
        download(wanted, archive, progress, timeout_s)
        sha256 = wanted.sha256
    else:
        archive, url = wanted, ""
        sha256 = _hash_local(archive)
    size_bytes = archive.stat().st_size
    unpacked = temporary / "unpacked"
    unpacked.mkdir()
    package = read_package(unpack(archive, unpacked))
    _probe(package, archive)
    # Hash before the rename: nothing that can fail should come after it.
    record = Record(sha256, size_bytes, package.digest, package.source, url)
    target = folder / package.name
    put_in_place(package.path, target, temporary)
    write_record(folder, package.name, record)
    return read_package(target)


def _hash_local(archive: Path) -> str:
    try:
        size = archive.stat().st_size
        if size <= MAX_BYTES:
            with archive.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"cannot read {archive}: {one_line(error)}; check its permissions",
            subject=str(archive),
        ) from error
    raise ModelIntegrityError(
        f"{archive} has {size:,} bytes, more than an Argos package can have; check the path",
        subject=str(archive),
    )


def _probe(package: Package, archive: Path) -> None:
    """Load the unpacked model and translate a sentence with it before anything is replaced."""
    from corpus_norm.translation.engines.argos import ArgosTranslator
    from corpus_norm.translation.engines.phrases import PhraseEngine

    try:
        (PhraseEngine(package) if package.has_phrases else ArgosTranslator(package)).probe()
    except (ModelIntegrityError, RuntimeError, ValueError) as error:
        raise ModelIntegrityError(
            f"{archive.name} was not installed: its model does not work ({one_line(error)}); "
            "get a fresh copy of the package",
            subject=str(archive),
        ) from error


def _find_unchanged(folder: Path, known: KnownModel) -> Package | None:
    try:
        for name, record in read_records(folder).items():
            if record.sha256 == known.sha256 and (folder / name).is_dir():
                package = read_package(folder / name)
                if digest_folder(package.path, fresh=True) == record.digest:
                    return package
    except ModelIntegrityError:
        pass  # damaged, so install it again
    return None


Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""

_CHUNK = 256 * 1024


class Downloadable(Protocol):
    """A file at an address, with its size and SHA-256; and what to do if it cannot be had."""

    @property
    def url(self) -> str:
        """The address."""
        ...

    @property
    def size_bytes(self) -> int:
        """The size in bytes."""
        ...

    @property
    def sha256(self) -> str:
        """The SHA-256 in hexadecimal."""
        ...

    @property
    def advice(self) -> str:
        """What to do if the file cannot be downloaded."""
        ...


def download(
    known: Downloadable, target: Path, progress: Progress | None = None, timeout_s: float = 20.0
) -> None:
    """Download a file to ``target``; at most one byte more than the listed size is read.

    ``timeout_s`` is how many seconds the server may go without sending anything.

    Raises:
        ModelDownloadError: the server cannot be reached, or sends more or less than the file.
        ModelIntegrityError: the file has another SHA-256.
    """
    digest = hashlib.sha256()
    done = 0
    request = urllib.request.Request(  # noqa: S310 -- a listed address
        known.url, headers={"User-Agent": f"corpus_norm/{__version__}"}
    )
    try:
        with (
            urllib.request.urlopen(  # noqa: S310
                request, timeout=timeout_s, context=ssl.create_default_context()
            ) as response,
            target.open("wb") as file,
        ):
            while chunk := response.read(min(_CHUNK, known.size_bytes + 1 - done)):
                done += len(chunk)
                digest.update(chunk)
                file.write(chunk)
                if progress is not None:
                    progress(min(done, known.size_bytes), known.size_bytes)
    # RuntimeError: raised by tools that block sockets within Python.
    except (OSError, http.client.HTTPException, RuntimeError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it holds the connection
        raise _cannot_download(known, one_line(error)) from error
    if done != known.size_bytes:
        more = "more than" if done > known.size_bytes else f"{done:,} bytes of"
        raise _cannot_download(known, f"the server sent {more} {known.size_bytes:,} bytes")
    if digest.hexdigest() != known.sha256:
        raise ModelIntegrityError(
            f"{known.url} has the SHA-256 {digest.hexdigest()} and not {known.sha256}: it was "
            "damaged or replaced, and nothing was installed; try again later",
            subject=known.url,
        )


def _cannot_download(known: Downloadable, cause: str) -> ModelDownloadError:
    return ModelDownloadError(
        f"could not download {known.url}: {cause}; {known.advice}", subject=known.url
    )


def one_line(error: BaseException) -> str:
    """Return the cause of an error in one line."""
    cause = getattr(error, "reason", None) or error
    if isinstance(error, urllib.error.HTTPError):
        cause = f"the server answered {error.code} {error.reason}"
    elif isinstance(cause, TimeoutError):
        cause = "the server did not answer in time"
    return " ".join(str(cause).split()) or type(error).__name__
