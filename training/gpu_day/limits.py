"""What a lent machine accepts and returns, and the plan that fits into it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

MIB = 2**20
TREE_BYTES = 60 * MIB
"""All that travels with a call: 64 MiB are allowed, and headers take some of it."""

RESULT_FILES, RESULT_BYTES = 8, 16 * MIB
"""The number of files that come back, and the largest of them."""

CALL_SECONDS, LEASE_SECONDS = 600, 900
"""The longest call, and the device time of the whole day, idle minutes included."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the day: its seconds, and whether they are part of a call."""

    name: str
    seconds: int
    call: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A call: minutes of training, its phase, and the share of all training done at its end."""

    minutes: float
    phase: str
    until: float


CALLS = (Call(4.5, "main", 0.5), Call(4.75, "final", 1.0))
"""The rate of learning falls in a straight line over both, to zero at the end of the second."""

PARCEL = ".parcel"
"""The folder in the repository that carries the data; git ignores it."""


def list_steps(calls: Sequence[Call] = CALLS) -> list[Step]:
    """List the steps of the day with the seconds that each is allowed.

    >>> sum(step.seconds for step in list_steps()) <= LEASE_SECONDS
    True
    """
    first, second = (round(60 * call.minutes) for call in calls)
    return [
        Step("start of the machine", 120),
        Step("upload of the tree", 40),
        Step("unpack and tokenise on 16 cores", 45, call=1),
        Step("train", first, call=1),
        Step("write the files that come back", 15, call=1),
        Step("download, and the next call", 30),
        Step("load", 20, call=2),
        Step("train", second, call=2),
        Step("write the files that come back", 15, call=2),
        Step("download, and handing the machine back", 30),
    ]


def find_travellers(root: Path, carry: Iterable[str] = ()) -> list[Path]:
    """List the files that travel with a call: not ignored by git, or in a folder of ``carry``."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others"]
    listed = subprocess.run(  # noqa: S603 -- our own arguments
        [*command, "--exclude-standard"], capture_output=True, check=True
    )
    names = {name for name in listed.stdout.decode().split("\0") if name}
    paths = {root / name for name in names}
    for folder in carry:
        paths |= {path for path in (root / folder).rglob("*") if path.is_file()}
    return sorted(path for path in paths if path.is_file())


def check_tree(root: Path, carry: Sequence[str]) -> int:
    """Return the bytes that travel.

    Raises:
        SystemExit: they are more than a call takes.
    """
    sizes = {path: path.stat().st_size for path in find_travellers(root, carry)}
    total = sum(sizes.values())
    if total > TREE_BYTES:
        largest = sorted(sizes, key=lambda path: -sizes[path])[:3]
        names = ", ".join(f"{p.relative_to(root)} ({sizes[p] / MIB:.1f} MiB)" for p in largest)
        raise SystemExit(
            f"{total / MIB:.1f} MiB would travel, and {TREE_BYTES / MIB:.0f} MiB are planned for; "
            f"the largest files: {names}"
        )
    return total


def check_results(folder: Path) -> int:
    """Return the bytes of the files that come back.

    Raises:
        SystemExit: there are too many files, or one is too large.
    """
    sizes = {path.name: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    too_large = [name for name, size in sizes.items() if size > RESULT_BYTES]
    if len(sizes) > RESULT_FILES or too_large or not sizes:
        raise SystemExit(f"{folder} has {len(sizes)} files; too large: {too_large or 'none'}")
    return sum(sizes.values())
