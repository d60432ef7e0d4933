"""Checks of the environment: libraries, models, processors, folders, optional parts.

Each check is a function without arguments that yields findings.  Checks change and download
nothing; a check that fails is itself a finding, not a traceback.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm import __version__
from corpus_norm.errors import CorpusNormError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DISTRIBUTION = "corpus-norm"
_NATIVE = (
    "ctranslate2",
    "ftfy",
    "langdetect",
    "lxml",
    "numpy",
    "pyarrow",
    "sentencepiece",
    "sentencex",
    "trafilatura",
)
_LOW_DISK_BYTES = 2 * 1024**3
_LOW_MEMORY_BYTES = 2 * 1024**3


class Status(StrEnum):
    """The severity of a finding."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check, with advice where something can be done.

    A note is worth knowing; a problem makes the command ``doctor`` exit with 1.
    """

    topic: str
    status: Status
    message: str
    advice: str = ""


def examine() -> list[Finding]:
    """Run all checks and return their findings.

    >>> examine()[0].topic
    'python'
    """
    return [finding for name, check in CHECKS for finding in _attempt(name, check)]


def check_python() -> Iterator[Finding]:
    """Report the interpreter and the system."""
    release = ".".join(map(str, sys.version_info[:3]))
    text = f"{platform.python_implementation()} {release} on {platform.system()}"
    yield Finding("python", Status.OK, f"{text} {platform.machine()}, corpus_norm {__version__}")


def check_libraries() -> Iterator[Finding]:
    """Check that the libraries with native code can be loaded, and report their versions."""
    loaded = []
    for name in _NATIVE:
        try:
            import_module(name)
            loaded.append(f"{name} {version(name)}")
        except Exception as error:  # noqa: BLE001 -- a broken binary raises anything
            yield Finding(
                "libraries",
                Status.PROBLEM,
                f"{name} cannot be loaded: {_one_line(error)}",
                f"pip install --force-reinstall --no-deps {name}",
            )
    yield Finding("libraries", Status.OK, ", ".join(loaded))


def check_argos() -> Iterator[Finding]:
    """Check that one of Argos's two distributions is installed; they own the same files."""
    found = [name for name in ("argostranslate", "argos-translate-lt") if _version_of(name)]
    if len(found) == 2:
        yield Finding(
            "argos",
            Status.PROBLEM,
            "argostranslate and argos-translate-lt are both installed; they own the same module, "
            "and removing one breaks the other",
            "pip uninstall -y argostranslate argos-translate-lt && pip install argos-translate-lt",
        )
    elif not found:
        yield Finding(
            "argos",
            Status.PROBLEM,
            "no Argos distribution is installed",
            "pip install argos-translate-lt",
        )
    else:
        yield Finding("argos", Status.OK, f"{found[0]} {_version_of(found[0])}")


def check_models() -> Iterator[Finding]:
    """Check the translation models: which are installed, damaged or missing."""
    from corpus_norm.settings import Settings
    from corpus_norm.translation import describe_missing, installed, missing_models
    from corpus_norm.translation.models.install import verify

    packages = installed()
    for package in packages:
        state = "" if package.usable else ", not used: below the quality asked for"
        name = f"{package.name} {package.version}"
        text = f"{name}: {package.source} to {package.target}{state}"
        yield Finding("models", Status.OK, text)
    for bad in (finding for finding in verify() if finding.is_problem):
        yield Finding("models", Status.PROBLEM, f"{bad.path}: {bad.status}", bad.message)
    if missing := missing_models(Settings().languages, packages):
        text, _, command = describe_missing(missing).partition("; to install: ")
        yield Finding("models", Status.NOTE, text, command)


def check_processors() -> Iterator[Finding]:
    """Report the CPUs, and variables that may keep the libraries from using them."""
    from corpus_norm.pipeline import available_cpus

    usable, there = available_cpus(), os.cpu_count() or 1
    text = f"{usable} CPUs" if usable == there else f"{usable} of {there} CPUs may be used"
    yield Finding("processors", Status.OK, text)
    for name in ("OMP_NUM_THREADS", "CT2_FORCE_CPU_ISA"):
        if value := os.environ.get(name):
            advice = f"unset {name}, unless you set it on purpose"
            yield Finding("processors", Status.NOTE, f"{name} is set to {value}", advice)


def check_memory() -> Iterator[Finding]:
    """Report the memory of the machine."""
    total = _total_memory()
    if total is None:
        return
    low = total < _LOW_MEMORY_BYTES
    yield Finding(
        "memory",
        Status.NOTE if low else Status.OK,
        f"{total / 1024**3:.1f} GiB",
        "convert with --workers 1" if low else "",
    )


def check_folders() -> Iterator[Finding]:
    """Check the rights and the free space of the folders that the library writes to."""
    from corpus_norm.translation.models import model_folder

    yield _examine_folder("model folder", model_folder(), "CORPUS_NORM_MODELS")
    yield _examine_folder("temporary folder", Path(tempfile.gettempdir()), "TMPDIR")


def check_extras() -> Iterator[Finding]:
    """Report which extras are installed, and how to get the others."""
    try:
        names = distribution(DISTRIBUTION).metadata.get_all("Provides-Extra") or []
    except PackageNotFoundError:
        yield Finding("extras", Status.NOTE, f"{DISTRIBUTION} itself was not installed with pip")
        return
    for name in sorted(names):
        wanted = _requirements_of(name)
        missing = [each for each in wanted if not _version_of(each)]
        if not missing:
            yield Finding("extras", Status.OK, f"[{name}] is installed")
        elif name != "bench":  # of use to developers only
            advice = f"pip install '{DISTRIBUTION}[{name}]'"
            text = f"[{name}] is not installed (optional): {', '.join(missing)}"
            yield Finding("extras", Status.OK, text, advice)


def check_output() -> Iterator[Finding]:
    """Check that the terminal can show every character."""
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    if encoding.startswith("utf"):
        yield Finding("terminal", Status.OK, "UTF-8")
    else:
        text = f"the terminal's encoding is {encoding or 'unknown'}, not UTF-8"
        yield Finding("terminal", Status.NOTE, text, "set PYTHONUTF8=1")


CHECKS: Sequence[tuple[str, Callable[[], Iterator[Finding]]]] = (
    ("python", check_python),
    ("libraries", check_libraries),
    ("argos", check_argos),
    ("models", check_models),
    ("processors", check_processors),
    ("memory", check_memory),
    ("folders", check_folders),
    ("extras", check_extras),
    ("terminal", check_output),
)


def _attempt(name: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except (CorpusNormError, OSError, ValueError, ImportError) as error:
        yield Finding(name, Status.PROBLEM, f"could not be examined: {_one_line(error)}")


def _examine_folder(topic: str, folder: Path, variable: str) -> Finding:
    """Check that files can be written to a folder, or that the folder can be made."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        advice = f"name another folder in the environment variable {variable}"
        return Finding(topic, Status.PROBLEM, f"{folder} is not writable", advice)
    free = shutil.disk_usage(there).free
    state = "" if there == folder else ", made when needed"
    text = f"{folder}{state}, {free / 1024**3:.1f} GiB free"
    if free < _LOW_DISK_BYTES:
        return Finding(topic, Status.NOTE, text, "models and datasets need room")
    return Finding(topic, Status.OK, text)


def _total_memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _requirements_of(extra: str) -> list[str]:
    """Return the names of the distributions that an extra requires."""
    conditions = (f"extra == '{extra}'", f'extra == "{extra}"')
    lines = [line for line in requires(DISTRIBUTION) or [] if line.endswith(conditions)]
    return ["".join(_leading_name(line)) for line in lines]


def _leading_name(requirement: str) -> Iterator[str]:
    for char in requirement:
        if not (char.isalnum() or char in "-_."):
            return
        yield char


def _version_of(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
