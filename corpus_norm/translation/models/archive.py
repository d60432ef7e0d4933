"""Unpack an untrusted ``.argosmodel`` file and put the package into place.

Such a file is a zip archive with one root folder.  ``argostranslate.package`` extracts any zip
straight into the folder of all packages, so that an archive can overwrite other packages.  Here
the archive's directory is checked before the first byte is written, and each member is checked
again while it is written.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import zipfile
import zlib
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from corpus_norm.errors import ModelIntegrityError
from corpus_norm.translation.models import (
    METADATA,
    MODEL,
    PHRASES,
    TOKENIZERS,
    Package,
    digest_folder,
    install_name,
    model_folders,
    package_folders,
    read_package,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_MEMBERS = 2_000
MAX_BYTES = 2 * 1024**3
"""Largest archive, and largest total of its unpacked files, in bytes."""

TEMPORARY = ".install-"
"""The prefix of the names of temporary folders."""

_MAX_RATIO = 50
_RATIO_FREE_BYTES = 64 * 1024**2
_ROOT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?<!\.)")
_CHUNK = 1 << 20


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack an archive into an empty folder and return the package folder in it.

    Raises:
        ModelIntegrityError: the file is not a zip archive, is damaged, is too large, is not laid
            out as an Argos package, or has a member that points outside its root folder.
    """
    try:
        if archive.stat().st_size > MAX_BYTES:
            raise _refuse(archive, f"it is larger than {MAX_BYTES:,} bytes")
        with zipfile.ZipFile(archive) as zipped:
            members = zipped.infolist()
            root = _check_members(archive, members)
            for member in members:
                if not member.is_dir():
                    _extract(archive, zipped, member, folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise _refuse(archive, f"it is no complete zip archive ({error})") from error
    return folder / root


def put_in_place(new: Path, target: Path, temporary: Path) -> None:
    """Rename a package into place; move an older one of that name aside, do not overwrite it."""
    if not target.exists():
        new.replace(target)
        return
    aside = temporary / "replaced" / target.name
    aside.parent.mkdir()
    target.replace(aside)
    try:
        new.replace(target)
    except OSError:
        aside.replace(target)
        raise


def recover(folder: Path) -> None:
    """Clean up after killed installations; the caller holds the lock, so none is running."""
    for stale in sorted(folder.glob(f"{TEMPORARY}*")):
        for aside in stale.glob("replaced/*"):
            if not (folder / aside.name).exists():
                aside.replace(folder / aside.name)
        shutil.rmtree(stale, ignore_errors=True)


def _check_members(archive: Path, members: list[zipfile.ZipInfo]) -> str:
    """Check the archive's directory and return the name of its only root folder."""
    if not 0 < len(members) <= MAX_MEMBERS:
        raise _refuse(archive, f"it has {len(members):,} members, not 1 to {MAX_MEMBERS:,}")
    _check_sizes(archive, members)
    for member in members:
        _check_member(archive, member)
    roots = {PurePosixPath(member.filename).parts[0] for member in members}
    if len(roots) != 1:
        raise _refuse(archive, f"it has {len(roots)} root folders, not one")
    root = roots.pop()
    if not _ROOT_NAME.fullmatch(root):
        raise _refuse(archive, f"its root folder has the name {root!r}")
    files = [m.filename.removeprefix(f"{root}/") for m in members if not m.is_dir()]
    _check_files(archive, root, files)
    return root


def _check_sizes(archive: Path, members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    allowed = max(_RATIO_FREE_BYTES, _MAX_RATIO * archive.stat().st_size)
    if total > min(MAX_BYTES, allowed):
        raise _refuse(archive, f"it would unpack to {total:,} bytes")


def _check_member(archive: Path, member: zipfile.ZipInfo) -> None:
    name = member.filename
    parts = name.removesuffix("/").split("/")
    # Use orig_filename: zipfile cuts names at a NUL and, on Windows, replaces backslashes.
    if any(part in {"", ".", ".."} for part in parts) or re.search(
        r"[\\:\x00-\x1f]", member.orig_filename
    ):
        raise _refuse(archive, f"it has a member that points elsewhere, {member.orig_filename!r}")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise _refuse(archive, f"its member {name!r} is a link or a device, not a file")
    if member.flag_bits & 0x1:
        raise _refuse(archive, f"its member {name!r} is encrypted")


def _check_files(archive: Path, root: str, files: list[str]) -> None:
    if root in files:
        raise _refuse(archive, "it has files outside a root folder")
    # Compare without case, because some file systems ignore it.
    folded = {file.casefold() for file in files}
    parents = {str(p).casefold() for file in files for p in PurePosixPath(file).parents}
    if len(folded) != len(files) or folded & parents:
        raise _refuse(archive, "it has two members of the same name")
    model = PHRASES if PHRASES in files else MODEL
    missing = [name for name in (METADATA, model) if name not in files]
    if model == MODEL and not folded & set(TOKENIZERS):
        missing.append(" or ".join(TOKENIZERS))
    if missing:
        raise _refuse(archive, f"it lacks {', '.join(missing)}")


def _extract(archive: Path, zipped: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    """Write one member and check its size, because the size in the directory may be wrong."""
    target = folder.joinpath(*member.filename.split("/"))
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with zipped.open(member) as source, target.open("xb") as file:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > member.file_size:
                raise _refuse(archive, f"its member {member.filename!r} is larger than it says")
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if written != member.file_size:
        raise _refuse(archive, f"its member {member.filename!r} is cut short")


def _refuse(archive: Path, why: str) -> ModelIntegrityError:
    return ModelIntegrityError(
        f"{archive.name} was not installed: {why}; get a fresh copy of the package",
        subject=str(archive),
    )


LOCK_NAME = "models.lock.json"


class FindingStatus(StrEnum):
    """The state of a package as found by ``models verify``."""

    OK = "ok"
    CHANGED = "changed"
    MISSING = "missing"
    BROKEN = "broken"
    UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of verifying one package folder; ``message`` is a line for the user."""

    name: str
    path: Path
    status: FindingStatus
    message: str

    @property
    def is_problem(self) -> bool:
        """Whether the user should act on the finding."""
        return self.status not in {FindingStatus.OK, FindingStatus.UNRECORDED}


@dataclass(frozen=True, slots=True)
class Record:
    """A package as it was at installation: archive (SHA-256, bytes) and files (BLAKE2b)."""

    sha256: str
    size_bytes: int
    digest: str
    source: str
    url: str = ""


def read_records(folder: Path) -> dict[str, Record]:
    """Return the records of a model folder by package name; empty if nothing was installed.

    Raises:
        ModelIntegrityError: the lock file cannot be read.
    """
    path = folder / LOCK_NAME
    try:
        packages: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))["packages"]
        return {name: Record(**fields) for name, fields in packages.items()}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelIntegrityError(
            f"{path} cannot be read; remove it and install the models again", subject=str(path)
        ) from error


def write_record(folder: Path, name: str, record: Record) -> None:
    """Add or replace the record of a package; readers see either the old file or the new one."""
    try:
        records = read_records(folder)
    except ModelIntegrityError:
        records = {}
    records[name] = record
    content = {"version": 1, "packages": {key: asdict(records[key]) for key in sorted(records)}}
    temporary = folder / f".{LOCK_NAME}.{os.getpid()}"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / LOCK_NAME)


def verify(folders: Iterable[Path] | Path | None = None) -> list[Finding]:
    """Read every package again and compare it with its record from the installation.

    The result has one finding per package, by folder in search order and then by name.  Packages
    installed by Argos have no record and can only be checked for completeness.
    """
    if isinstance(folders, Path):
        folders = [folders]
    return [
        finding
        for folder in (model_folders() if folders is None else folders)
        for finding in _verify_folder(folder)
    ]


def _verify_folder(folder: Path) -> list[Finding]:
    findings = []
    try:
        records = read_records(folder)
    except ModelIntegrityError as error:
        records = {}
        findings.append(Finding(LOCK_NAME, folder, FindingStatus.BROKEN, str(error)))
    paths = {path.name: path for path in package_folders(folder)}
    for name in sorted(records.keys() | paths.keys()):
        status, message = _verify_package(folder / name, records.get(name), exists=name in paths)
        findings.append(Finding(name, folder / name, status, message))
    return findings


def _verify_package(
    path: Path, record: Record | None, *, exists: bool
) -> tuple[FindingStatus, str]:
    wanted = install_name(record.source) if record and record.url else "FILE.argosmodel"
    remedy = f"python -m corpus_norm models install {wanted}"
    if not exists:
        return FindingStatus.MISSING, f"{path.name} was removed; to install it again: {remedy}"
    try:
        package: Package = read_package(path)
    except ModelIntegrityError as error:
        return FindingStatus.BROKEN, str(error)
    if record is None:
        return FindingStatus.UNRECORDED, f"{path.name} was not installed by corpus_norm; complete"
    if digest_folder(package.path, fresh=True) != record.digest:
        return (
            FindingStatus.CHANGED,
            f"{path.name} has changed since it was installed; to install it again: {remedy}",
        )
    return FindingStatus.OK, f"{path.name} is as it was installed"
