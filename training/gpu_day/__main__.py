"""``python -m training.gpu_day``: the steps of the day on which a GPU is lent.

``pack`` gathers the data into the repository's folder ``.parcel``, ``aside`` moves the heavy models
out of the way, ``check`` measures what travels, ``call`` runs on the machine, ``back`` moves the
models back, ``finish`` packages what came back and compares it with the starter model, and
``rehearse`` runs every step on a processor with a small sample.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

from training.gpu_day import aside
from training.gpu_day.limits import CALLS, LEASE_SECONDS, MIB, PARCEL, check_tree, list_steps
from training.settings import Work

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT.parent / "train-state"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.gpu_day", description=__doc__)
    parser.add_argument("--state", type=Path, default=STATE, help="folder outside the repository")
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("plan", help="print the seconds of each step")
    steps.add_parser("aside", help="move the heavy models out of the way")
    steps.add_parser("back", help="move them back")
    steps.add_parser("check", help="measure what travels")
    pack = steps.add_parser("pack", help="gather the data, here")
    call = steps.add_parser("call", help="train, on the machine")
    call.add_argument("number", type=int, choices=range(1, len(CALLS) + 1))
    call.add_argument("--minutes", type=float, help="minutes of training, if less time is left")
    finish = steps.add_parser("finish", help="package and compare what came back, here")
    finish.add_argument("--results", type=Path, required=True, help="the files that came back")
    finish.add_argument(
        "--install", action="store_true", help="replace the starter if it is better"
    )
    rehearse = steps.add_parser("rehearse", help="all of it, on a processor with a small sample")
    for each in (pack, rehearse):
        each.add_argument(
            "--parallel", type=Path, required=True, help="folder of the .tsv.gz files"
        )
    for each in (pack, rehearse, finish):
        each.add_argument("--mt", type=Path, required=True, help="folder of the development sets")
    options = parser.parse_args()
    _STEPS[options.step](options)


def _plan(_options: argparse.Namespace) -> None:
    total = 0
    for step in list_steps():
        total += step.seconds
        call = f"call {step.call}" if step.call else ""
        print(f"{step.seconds:5} s  {total:5} s  {call:8} {step.name}")
    print(f"{LEASE_SECONDS - total} s of {LEASE_SECONDS} s are left for surprises")


def _pack(options: argparse.Namespace) -> None:
    from training.gpu_day.packing import TRAVELLING, Data, fill_parcel
    from training.settings import Preparation

    work = Work(options.state / "gpu")
    data = Data(options.parallel, options.mt)
    choices = Preparation(way="pretrained", vocabulary=8000)
    count, size = fill_parcel(data, work, ROOT / PARCEL, TRAVELLING, choices)
    print(f"{count:,} pairs in {size / MIB:.1f} MiB, in {PARCEL}")


def _aside(options: argparse.Namespace) -> None:
    moved = aside.move_aside(ROOT, options.state / "aside")
    print(f"moved to {options.state / 'aside'}: {', '.join(moved)}")


def _back(options: argparse.Namespace) -> None:
    print(
        f"back: {', '.join(aside.bring_back(ROOT, options.state / 'aside')) or 'nothing to move'}"
    )


def _check(_options: argparse.Namespace) -> None:
    print(f"{check_tree(ROOT, [PARCEL]) / MIB:.1f} MiB travel")


def _call(options: argparse.Namespace) -> None:
    from training.gpu_day.machine import describe, run_call

    call = CALLS[options.number - 1]
    print(describe(), flush=True)
    results = Path(os.environ["OUT"]) / "weights"
    call = replace(call, minutes=options.minutes or call.minutes)
    run_call(call, ROOT / PARCEL, Work(Path.home() / "gpu-day"), results)


def _finish(options: argparse.Namespace) -> None:
    from training.gpu_day.finish import finish

    finish(options.results, Work(options.state / "gpu"), options.mt, install=options.install)


def _rehearse(options: argparse.Namespace) -> None:
    from training.gpu_day.rehearsal import rehearse

    rehearse(ROOT, options.state / "rehearsal", options.parallel, options.mt)


_STEPS = {
    "plan": _plan,
    "pack": _pack,
    "aside": _aside,
    "back": _back,
    "check": _check,
    "call": _call,
    "finish": _finish,
    "rehearse": _rehearse,
}


if __name__ == "__main__":
    main()
