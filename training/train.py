"""``python -m training.train``: token arrays to weights.

Ends by itself after ``--minutes``, writes a checkpoint every few hundred steps, and goes on from
the last one when started again with the same work folder.  The averaged weights are exported at
every checkpoint, so a package can be made at any time, even while training runs.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from training.batches import Batch, Corpus
from training.settings import Schedule, Shape, Work

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch
    from torch import Tensor

    from training.model import Translator


@dataclass(slots=True)
class Run:
    """A training under way: the model, its averaged copy, and where in the data it stands."""

    model: Translator
    average: dict[str, Tensor]
    optimizer: torch.optim.Optimizer
    shape: Shape
    schedule: Schedule
    step: int = 0
    epoch: int = 0
    batch: int = 0
    losses: list[float] = field(default_factory=list)

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return self.model.embedding.device


def start_run(shape: Shape, schedule: Schedule, device: str) -> Run:
    """Build a fresh model with seeded weights."""
    import torch

    from training.model import Translator

    torch.manual_seed(schedule.seed)
    model = Translator(shape, schedule.dropout).to(device)
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    average = {name: value.clone() for name, value in model.state_dict().items()}
    return Run(model, average, optimizer, shape, schedule)


def save_run(run: Run, work: Work) -> None:
    """Write the checkpoint and the averaged weights, each under a temporary name first."""
    import torch

    state = {
        "model": run.model.state_dict(),
        "average": run.average,
        "optimizer": run.optimizer.state_dict(),
        "shape": asdict(run.shape),
        "random": torch.get_rng_state(),
        "position": (run.step, run.epoch, run.batch),
    }
    temporary = work.checkpoint.with_suffix(".tmp")
    torch.save(state, temporary)
    temporary.replace(work.checkpoint)
    temporary = work.weights.with_suffix(".tmp.npz")
    arrays: dict[str, Any] = {name: value.cpu().numpy() for name, value in run.average.items()}
    np.savez(temporary, **arrays)
    temporary.replace(work.weights)
    run.shape.save(work.shape)


def resume_run(run: Run, work: Work) -> None:
    """Put ``run`` where the checkpoint of the work folder left off, if there is one."""
    import torch

    if not work.checkpoint.exists():
        return
    state = torch.load(work.checkpoint, map_location=run.device, weights_only=True)
    if state["shape"] != asdict(run.shape):
        message = f"{work.checkpoint} holds a model of shape {state['shape']}, not {run.shape}; "
        raise SystemExit(message + "choose another --work folder or the same shape")
    run.model.load_state_dict(state["model"])
    run.optimizer.load_state_dict(state["optimizer"])
    run.average = state["average"]
    torch.set_rng_state(state["random"].cpu())
    run.step, run.epoch, run.batch = state["position"]


def compute_loss(run: Run, batch: Batch, smoothing: float) -> Tensor:
    """Mean cross-entropy per target piece, in nats, with label smoothing."""
    import torch
    from torch.nn import functional

    def tensor(array: np.ndarray[Any, Any]) -> Tensor:
        return torch.from_numpy(array).to(run.device)

    with torch.autocast("cuda", torch.bfloat16, enabled=run.device.type == "cuda"):
        scores = run.model(tensor(batch.source), tensor(batch.source_mask), tensor(batch.target))
    mask = tensor(batch.expected_mask)
    return functional.cross_entropy(
        scores[mask].float(), tensor(batch.expected)[mask], label_smoothing=smoothing
    )


def take_step(run: Run, batch: Batch) -> None:
    """Learn from one batch and move the average."""
    import torch

    run.step += 1
    for group in run.optimizer.param_groups:
        group["lr"] = run.schedule.rate(run.step)
    loss = compute_loss(run, batch, run.schedule.smoothing)
    run.optimizer.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(run.model.parameters(), run.schedule.clip_norm)
    run.optimizer.step()
    run.losses.append(loss.item())
    # a short memory at first: the first weights are noise
    decay = min(run.schedule.averaging, run.step / (run.step + 10))
    with torch.no_grad():
        for name, value in run.model.state_dict().items():
            run.average[name].lerp_(value, 1 - decay)


def validate(run: Run, corpus: Corpus) -> float:
    """Cross-entropy of the averaged weights on the validation pairs, nats per piece."""
    import torch

    current = {name: value.clone() for name, value in run.model.state_dict().items()}
    run.model.load_state_dict(run.average)
    run.model.eval()
    with torch.no_grad():
        batches = list(corpus.batches(run.schedule.batch_tokens))
        losses = [compute_loss(run, batch, 0.0).item() for batch in batches]
    run.model.load_state_dict(current)
    run.model.train()
    pieces = [int(batch.expected_mask.sum()) for batch in batches]
    return float(np.average(losses, weights=pieces))


def follow_batches(run: Run, corpus: Corpus) -> Iterator[Batch]:
    """Yield batches without end, keeping the run's place in the data."""
    while True:
        plan = corpus.plan(run.schedule.batch_tokens, run.schedule.seed, run.epoch)
        for rows in plan[run.batch :]:
            run.batch += 1
            yield corpus.batch(rows)
        run.epoch, run.batch = run.epoch + 1, 0


def train(run: Run, work: Work, minutes: float, steps: int | None = None) -> None:
    """Learn for ``minutes``, or until step ``steps`` is done, from the arrays in ``work``."""
    corpus, validation = Corpus.load(work.arrays("train")), Corpus.load(work.arrays("valid"))
    end = time.monotonic() + minutes * 60
    for batch in follow_batches(run, corpus):
        if time.monotonic() > end or run.step == steps:
            break
        take_step(run, batch)
        if run.step % run.schedule.checkpoint_steps == 0:
            save_run(run, work)
            _print_progress(run, validate(run, validation), end)
    else:  # pragma: no cover - the batches never end
        return
    run.batch -= 1  # the batch at hand was not learned from
    save_run(run, work)
    _print_progress(run, validate(run, validation), end)


def _print_progress(run: Run, validation: float, end: float) -> None:
    recent = run.losses[-run.schedule.checkpoint_steps :]
    print(
        f"step {run.step}  epoch {run.epoch}  loss {np.mean(recent) if recent else 0:.3f}  "
        f"validation {validation:.3f}  {max(0.0, end - time.monotonic()) / 60:.1f} min left",
        flush=True,
    )


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that prepare filled")
    parser.add_argument("--minutes", type=float, default=10.0, help="end after so long")
    parser.add_argument("--steps", type=int, help="end after so many steps, if that comes first")
    parser.add_argument("--threads", type=int, help="CPU threads (torch's default: all cores)")
    parser.add_argument("--device", help="cpu, cuda, … (default: the GPU when there is one)")
    for option, default in (*asdict(Shape(0)).items(), *asdict(Schedule()).items()):
        if option != "vocabulary":
            flag = f"--{option.replace('_', '-')}"
            parser.add_argument(flag, type=type(default), default=default, help=f"{default}")
    options = vars(parser.parse_args())

    import sentencepiece
    import torch

    if options["threads"]:
        torch.set_num_threads(options["threads"])
    work = Work(options["work"])
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(work.tokenizer)).get_piece_size()
    names = [name for name in asdict(Shape(0)) if name != "vocabulary"]
    shape = Shape(pieces, **{name: options[name] for name in names})
    schedule = Schedule(**{name: options[name] for name in asdict(Schedule())})
    device = options["device"] or ("cuda" if torch.cuda.is_available() else "cpu")
    run = start_run(shape, schedule, device)
    resume_run(run, work)
    train(run, work, options["minutes"], options["steps"])


if __name__ == "__main__":
    main()
