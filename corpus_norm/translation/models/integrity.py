"""What was installed, and whether it is still what is on the disk: ``models.lock.json``."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus_norm.errors import ModelIntegrityError
from corpus_norm.translation.models.packages import (
    Package,
    digest_folder,
    install_name,
    model_folders,
    package_folders,
    read_package,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

LOCK_NAME = "models.lock.json"


class FindingStatus(StrEnum):
    """What ``models verify`` can say of a package."""

    OK = "ok"
    CHANGED = "changed"
    MISSING = "missing"
    BROKEN = "broken"
    UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one package folder; ``message`` is a line for the user."""

    name: str
    path: Path
    status: FindingStatus
    message: str

    @property
    def is_problem(self) -> bool:
        """Whether something should be done about it."""
        return self.status not in {FindingStatus.OK, FindingStatus.UNRECORDED}


@dataclass(frozen=True, slots=True)
class Record:
    """A package as it was when it was installed: archive (SHA-256, bytes) and files (BLAKE2b)."""

    sha256: str
    size_bytes: int
    digest: str
    source: str
    url: str = ""


def read_records(folder: Path) -> dict[str, Record]:
    """The records of a model folder, by package name; empty when nothing was installed there.

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
    """Add a record, or replace that of the same package; readers see the old file or the new."""
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
    """Read every package again and compare it with what was recorded at installation.

    One finding per package, by folder in search order and then by name.  Packages that Argos
    installed have no record; they can only be checked for completeness.
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
