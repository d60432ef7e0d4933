"""``python -m training.train``: learn weights from token arrays.

Stops after ``--minutes``, writes a checkpoint every few hundred steps, and resumes from the last
one when started again with the same work folder.  The averaged weights are exported at every
checkpoint, so a package can be made at any time.  ``--phase final`` is the last part of training:
it uses the ``final`` weights of ``sources.toml``, and its rate falls to zero at the end.  With
``--until`` the rate falls in a straight line over all calls: give each the share of the whole
training that is done when it ends, 1 for the last.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.batches import Batch, Corpus
from training.settings import Schedule, Shape, Work

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from training.run import Run

    Place = tuple[int, int, Batch]

PHASES = {"main": "weight", "final": "final"}
"""The phases of training, and the key of each source's weight in ``mixture.json``."""


def follow_batches(run: Run, corpus: Corpus, weights: list[float] | None) -> Iterator[Place]:
    """Yield batches endlessly, each with the place in the data that follows it."""
    schedule, epoch, first = run.schedule, run.epoch, run.batch
    while True:
        plan = corpus.plan(schedule.batch_tokens, schedule.seed, epoch, weights)
        for number in range(first, len(plan)):
            yield epoch, number + 1, corpus.batch(plan[number])
        epoch, first = epoch + 1, 0


def fetch_ahead(places: Iterator[Place], depth: int = 8) -> Generator[Place, None, None]:
    """Yield the same batches, prepared by another thread while the model learns."""
    with ThreadPoolExecutor(1) as pool:
        waiting = deque(pool.submit(next, places) for _ in range(depth))
        while True:
            waiting.append(pool.submit(next, places))
            yield waiting.popleft().result()


def train(
    run: Run,
    work: Work,
    minutes: float,
    phase: str = "main",
    steps: int | None = None,
) -> dict[str, Any]:
    """Learn for ``minutes``, or until step ``steps``; return the last report.

    The minutes include loading the arrays.  The rate falls in a straight line if the run has a
    share of all training, ``until``, that is done at the end.
    """
    started = time.monotonic()
    mixture = json.loads(work.mixture.read_text(encoding="utf-8"))
    begins = run.shape.pretrained
    corpus, valid = (Corpus.load(work.arrays, part, begins=begins) for part in ("train", "valid"))
    weights = [group[PHASES[phase]] for group in mixture["groups"]]
    run.enter_phase(phase)
    first, begun, until = run.step, run.progress, run.until
    batches = fetch_ahead(follow_batches(run, corpus, weights))
    last_saved = -1
    while True:
        elapsed = (time.monotonic() - started) / (minutes * 60)
        if elapsed >= 1 or run.step == steps:
            break
        done = max(elapsed, (run.step - first) / (steps - first) if steps else 0.0)
        run.epoch, run.batch, batch = next(batches)
        if until is None:
            run.learn(batch, slowdown=1 - done if phase == "final" else 1.0)
        else:
            run.progress = begun + (until - begun) * done
            run.learn(batch)
        if run.step % run.schedule.checkpoint_steps == 0:
            run.save(work)
            last_saved = run.step
            _report(run, work, valid, mixture, started)
    batches.close()
    run.progress = begun if until is None else until
    if last_saved != run.step or until is not None:
        run.save(work)
    return _report(run, work, valid, mixture, started)


def _report(
    run: Run, work: Work, valid: Corpus, mixture: dict[str, Any], started: float
) -> dict[str, Any]:
    """Print and log one line; ``bits_per_character`` compares models of any vocabulary."""
    report = run.measure(valid, mixture["validation_characters"])
    report["minutes"] = round((time.monotonic() - started) / 60, 2)
    line = json.dumps(report)
    print(line, flush=True)
    with work.log.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    return report


def read_shape(work: Work, options: dict[str, Any]) -> Shape:
    """Return the size of the model, as fixed by ``prepare`` and chosen on the command line."""
    fixed = json.loads(work.mixture.read_text(encoding="utf-8"))["shape"]
    chosen = {name: options[name] for name in SHAPE_OPTIONS if options[name] is not None}
    if fixed["positions"] and (clashing := {"width", "hidden", "encoder_layers"} & set(chosen)):
        names = ", ".join(sorted(clashing))
        raise SystemExit(f"the pretrained encoder has its own {names}; leave these options out")
    return Shape(**(fixed | chosen))


SHAPE_OPTIONS = ("width", "heads", "hidden", "encoder_layers", "decoder_layers")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that prepare filled")
    parser.add_argument("--minutes", type=float, default=10.0, help="stop after this time")
    parser.add_argument("--steps", type=int, help="stop at this step, if it comes first")
    parser.add_argument("--until", type=float, help="share of all training that is done at the end")
    parser.add_argument("--phase", choices=list(PHASES), default="main")
    parser.add_argument("--threads", type=int, help="CPU threads (torch's default: all cores)")
    parser.add_argument("--device", help="cpu, cuda, … (default: the GPU when there is one)")
    for option in SHAPE_OPTIONS:
        parser.add_argument(f"--{option.replace('_', '-')}", type=int)
    for option, default in asdict(Schedule()).items():
        flag = f"--{option.replace('_', '-')}"
        parser.add_argument(flag, type=type(default), default=default, help=f"{default}")
    options = vars(parser.parse_args())

    import torch

    from training.run import Run

    if options["threads"]:
        torch.set_num_threads(options["threads"])
    work = Work(options["work"])
    schedule = Schedule(**{name: options[name] for name in asdict(Schedule())})
    device = options["device"] or ("cuda" if torch.cuda.is_available() else "cpu")
    run = Run.start(read_shape(work, options), schedule, work, device)
    run.until = options["until"]
    train(run, work, options["minutes"], options["phase"], options["steps"])


if __name__ == "__main__":
    main()
