"""Every step of the day on a processor, with a small sample, in a copy of the repository.

The copy of the files that travel stands for the machine, so that a file that it needs and that
would not travel is missed here, not there.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from typing import TYPE_CHECKING

from training.gpu_day.aside import HEAVY, lightened
from training.gpu_day.finish import finish
from training.gpu_day.limits import (
    CALLS,
    MIB,
    PARCEL,
    TREE_BYTES,
    Call,
    check_results,
    check_tree,
    find_travellers,
    list_steps,
)
from training.gpu_day.packing import Data, fill_parcel
from training.settings import Preparation, Schedule, Work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SAMPLE = Preparation(
    way="pretrained", vocabulary=8000, validation=20, lines_per_source=200, augmented=0.05
)
_PARCEL_BYTES = int(17.3 * MIB)  # so little that pairs must be left out, as with the real data
_SCHEDULE = Schedule(batch_tokens=1500, warmup_steps=5, checkpoint_steps=1000)
_CALLS = tuple(Call(0.4, call.phase, call.until) for call in CALLS)
_LINES = 4
_COMMAND = """
import sys; from pathlib import Path
import torch; torch.set_num_threads(1)
from training.gpu_day.machine import run_call
from training.gpu_day.limits import Call
from training.settings import Schedule, Work
run_call({call!r}, Path({parcel!r}), Work(Path({work!r})), Path({results!r}),
         {schedule!r})
assert not [name for name in sys.modules if name.startswith("corpus_norm")]
"""


def rehearse(root: Path, folder: Path, parallel: Path, mt: Path) -> None:
    """Run every step with a small sample; print sizes and times, and fail on the first fault."""
    shutil.rmtree(folder, ignore_errors=True)
    clone, machine, work = folder / "repository", folder / "machine", Work(folder / "gpu")
    watch = _Watch()
    _clone(root, clone)
    watch.say("a copy of the repository")
    count, size = fill_parcel(Data(parallel, mt), work, clone / PARCEL, _PARCEL_BYTES, _SAMPLE)
    watch.say(f"{count:,} pairs packed in {size / MIB:.1f} MiB")
    with lightened(clone, folder / "aside") as moved:
        watch.say(f"moved aside: {', '.join(moved)}")
        sent = check_tree(clone, [PARCEL])
        watch.say(f"{sent / MIB:.1f} MiB travel, of {TREE_BYTES / MIB:.0f}")
        _send(clone, machine)
    missing = [name for name in HEAVY if (root / name).exists() and not (clone / name).exists()]
    if missing:
        raise SystemExit(f"not back: {missing}")
    watch.say("models back in their place")
    for number, call in enumerate(_CALLS, start=1):
        results = folder / f"results-{number}"
        _run_there(machine, call, folder / "home", results)
        back = check_results(results)
        files = len(list(results.iterdir()))
        watch.say(f"call {number}: {back / MIB:.1f} MiB in {files} files came back")
        shutil.rmtree(machine / PARCEL, ignore_errors=True)  # the second call must not need it
    finish(folder / f"results-{len(_CALLS)}", work, mt, limit=_LINES)
    watch.say("packaged, scored and compared")
    planned = sum(step.seconds for step in list_steps())
    print(f"The day itself is planned for {planned} s: python -m training.gpu_day plan")


def _clone(root: Path, clone: Path) -> None:
    """Copy the files of the repository, as they are now, into a repository of their own."""
    for path in find_travellers(root):
        copy = clone / path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    subprocess.run(["git", "init", "-q", str(clone)], check=True)  # noqa: S603, S607
    (clone / ".git" / "info").mkdir(exist_ok=True)
    (clone / ".git" / "info" / "exclude").write_text(f"/{PARCEL}/\n", encoding="utf-8")


def _send(clone: Path, machine: Path) -> None:
    for path in find_travellers(clone, [PARCEL]):
        copy = machine / path.relative_to(clone)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _run_there(machine: Path, call: Call, home: Path, results: Path) -> None:
    command = _COMMAND.format(
        call=call,
        parcel=str(machine / PARCEL),
        work=str(home),
        results=str(results),
        schedule=_SCHEDULE,
    )
    _python(["-c", command], machine)


def _python(arguments: Sequence[str], folder: Path) -> None:
    import sys

    environment = {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
    subprocess.run(  # noqa: S603 -- our own arguments
        [sys.executable, *arguments], cwd=folder, env=environment, check=True
    )


class _Watch:
    """Prints each step with its seconds."""

    def __init__(self) -> None:
        self.before = time.monotonic()

    def say(self, text: str) -> None:
        now = time.monotonic()
        print(f"{now - self.before:6.1f} s  {text}", flush=True)
        self.before = now
