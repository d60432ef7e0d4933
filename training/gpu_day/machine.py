"""What runs on the lent machine: unpack on the first call, train, and write small files.

Imports torch, numpy and sentencepiece alone; nothing else of the library is needed there.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from training.gpu_day.limits import CALL_SECONDS, CALLS, check_results
from training.gpu_day.parcel import unpack
from training.settings import Preparation, Schedule, Shape, Work
from training.transfer import split

if TYPE_CHECKING:
    from pathlib import Path

    from training.gpu_day.limits import Call

SCHEDULE = Schedule(
    batch_tokens=64_000,
    peak_rate=1.5e-3,
    encoder_rate=2e-4,
    warmup_steps=400,
    averaging=0.998,
    checkpoint_steps=1000,
)
"""For a processor of 700 teraflops: about 900 pairs a step."""

_RESERVE = 40  # seconds of a call for the files that come back


def run_call(
    call: Call,
    parcel: Path,
    work: Work,
    results: Path,
    schedule: Schedule = SCHEDULE,
) -> dict[str, float]:
    """Run one call; return the seconds of each step.

    Training is cut short where unpacking was slow, so that the weights always come back.
    """
    started = time.monotonic()
    seconds = {}
    if not work.mixture.exists():
        count = unpack(parcel, work, Preparation().max_pieces, os.cpu_count() or 1)
        seconds["unpack"] = time.monotonic() - started
        print(f"{count:,} pairs in {seconds['unpack']:.0f} s", flush=True)
    left = CALL_SECONDS - _RESERVE - (time.monotonic() - started)
    call = replace(call, minutes=min(call.minutes, left / 60))
    before = time.monotonic()
    _train(call, work, schedule)
    seconds["train"] = time.monotonic() - before
    split(work, results)
    seconds["write"] = time.monotonic() - before - seconds["train"]
    check_results(results)
    print(json.dumps({name: round(value, 1) for name, value in seconds.items()}), flush=True)
    return seconds


def _train(call: Call, work: Work, schedule: Schedule) -> None:
    import torch

    from training.run import Run
    from training.train import train

    device = "cuda" if torch.cuda.is_available() else "cpu"
    shape = Shape(**json.loads(work.mixture.read_text(encoding="utf-8"))["shape"])
    run = Run.start(shape, schedule, work, device)
    run.until = call.until
    train(run, work, call.minutes, call.phase)


def describe() -> str:
    """Describe the calls and the schedule, for the log."""
    return json.dumps({"calls": [asdict(call) for call in CALLS], "schedule": asdict(SCHEDULE)})
