"""The state of a training: model, moving average, optimizer, and place in the data."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.model import Translator
from training.pretrained import restore

if TYPE_CHECKING:
    import numpy.typing as npt

    from training.batches import Batch, Corpus
    from training.settings import Schedule, Shape, Work

_ENCODER_NAMES = ("encoder.", "source_embedding", "positions", "embedding_norm")


@dataclass(slots=True)
class Run:
    """The state that training changes; losses are sums over the pieces since the last report.

    ``progress`` is the share of all training that is done, and ``until`` the share that will be at
    the end of this call, if the rate is to fall in a straight line over all calls.
    """

    model: Translator
    average: dict[str, Tensor]
    optimizer: torch.optim.Optimizer
    shape: Shape
    schedule: Schedule
    phase: str = "main"
    step: int = 0
    epoch: int = 0
    batch: int = 0
    pairs: int = 0
    minutes: float = 0.0
    progress: float = 0.0
    until: float | None = None
    losses: list[Tensor] = field(default_factory=list)
    resumed_at: float = field(default_factory=time.monotonic)
    recent: tuple[float, int] = (0.0, 0)

    @property
    def device(self) -> torch.device:
        """Return the device of the weights."""
        return self.model.embedding.device

    @classmethod
    def start(cls, shape: Shape, schedule: Schedule, work: Work, device: str) -> Run:
        """Resume from the checkpoint in the work folder, or build a new model.

        A new model takes, in this order, the weights brought back from an earlier rental
        (``weights.npz``), the pretrained encoder, and seeded random numbers for the rest.
        """
        torch.manual_seed(schedule.seed)
        torch.set_float32_matmul_precision("high")
        model = Translator(shape, schedule.dropout)
        for path in (work.encoder, work.weights):
            if path.exists() and not work.checkpoint.exists():
                with np.load(path) as arrays:
                    _load_arrays(model, restore(dict(arrays)))
        model.to(device)
        average = {name: value.detach().clone() for name, value in model.state_dict().items()}
        run = cls(model, average, _make_optimizer(model, device), shape, schedule)
        if work.checkpoint.exists():
            run._resume(work)
        run.recent = (time.monotonic(), run.pairs)
        return run

    def _resume(self, work: Work) -> None:
        state = torch.load(work.checkpoint, map_location=self.device, weights_only=True)
        if state["shape"] != asdict(self.shape):
            message = f"{work.checkpoint} holds a model of shape {state['shape']}, not {self.shape}"
            raise SystemExit(f"{message}; choose another --work folder or the same shape")
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average = state["average"]
        torch.set_rng_state(state["random"].cpu())
        self.step, self.epoch, self.batch, self.pairs = state["position"]
        self.phase, self.minutes = state["phase"], state["minutes"]
        self.progress = state.get("progress", 0.0)

    def enter_phase(self, phase: str) -> None:
        """Restart the data when the phase changes."""
        if phase != self.phase:
            self.phase, self.epoch, self.batch = phase, 0, 0

    def save(self, work: Work) -> None:
        """Write the checkpoint and the averaged weights, each under a temporary name first."""
        spent = self.minutes + (time.monotonic() - self.resumed_at) / 60
        state = {
            "model": self.model.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "shape": asdict(self.shape),
            "random": torch.get_rng_state(),
            "position": (self.step, self.epoch, self.batch, self.pairs),
            "phase": self.phase,
            "minutes": spent,
            "progress": self.progress,
        }
        temporary = work.checkpoint.with_suffix(".tmp")
        torch.save(state, temporary)
        temporary.replace(work.checkpoint)
        temporary = work.weights.with_suffix(".tmp.npz")
        arrays: dict[str, Any] = {n: value.cpu().numpy() for n, value in self.average.items()}
        np.savez(temporary, **arrays)
        temporary.replace(work.weights)
        self.shape.save(work.shape)

    def learn(self, batch: Batch, slowdown: float = 1.0) -> None:
        """Learn from one batch at the scheduled rate times ``slowdown``; update the average."""
        self.step += 1
        self.pairs += len(batch.source)
        schedule = self.schedule
        if self.until is None:
            rate = schedule.rate(self.step) * slowdown
        else:
            rate = schedule.falling_rate(self.step, self.progress)
        scale = rate / schedule.peak_rate
        peaks = (self.schedule.peak_rate, self.schedule.encoder_rate)
        for group in self.optimizer.param_groups:
            group["lr"] = scale * peaks[group["pretrained"]]
        loss = self.compute_loss(batch, self.schedule.smoothing)
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.schedule.clip_norm)
        self.optimizer.step()
        self.losses.append(loss.detach())  # no .item(), which would wait for the device
        # the average forgets fast at first, since the first weights are noise
        decay = min(self.schedule.averaging, self.step / (self.step + 10))
        names, values = zip(*self.model.state_dict().items(), strict=True)
        with torch.no_grad():
            torch._foreach_lerp_([self.average[name] for name in names], list(values), 1 - decay)

    def compute_loss(self, batch: Batch, smoothing: float, *, total: bool = False) -> Tensor:
        """Return the cross-entropy in nats, label-smoothed: mean per target piece, or sum."""
        mask = self._tensor(batch.expected_mask)
        source_mask = self._tensor(batch.source_mask)
        with torch.autocast("cuda", torch.bfloat16, enabled=self.device.type == "cuda"):
            memory = self.model.encode(self._tensor(batch.source), source_mask)
            states = self.model.decode(memory, source_mask, self._tensor(batch.target))
            # padding is not scored, to save work on the output matrix, the largest of all
            scores = functional.linear(states[mask], self.model.embedding, self.model.bias)
        return functional.cross_entropy(
            scores.float(),
            self._tensor(batch.expected)[mask],
            label_smoothing=smoothing,
            reduction="sum" if total else "mean",
        )

    def measure(self, valid: Corpus, characters: int) -> dict[str, Any]:
        """Report the progress: losses, and bits per English character."""
        current = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.model.load_state_dict(self.average)
        self.model.eval()
        with torch.no_grad():
            plan = valid.batches(self.schedule.batch_tokens)
            nats = sum(self.compute_loss(batch, 0.0, total=True).item() for batch in plan)
        self.model.load_state_dict(current)
        self.model.train()
        pieces = int(valid.table.target_lengths.sum()) + len(valid)
        now, (before, pairs) = time.monotonic(), self.recent
        loss = float(torch.stack(self.losses).mean()) if self.losses else 0.0
        report = {
            "phase": self.phase,
            "step": self.step,
            "epoch": self.epoch,
            "pairs": self.pairs,
            "loss": round(loss, 3),
            "validation": round(nats / pieces, 3),
            "bits_per_character": round(nats / math.log(2) / characters, 4),
            "pairs_per_second": round((self.pairs - pairs) / max(1e-9, now - before)),
            "total_minutes": round(self.minutes + (now - self.resumed_at) / 60, 2),
            "device": _name_device(self.device),
        }
        self.losses, self.recent = [], (time.monotonic(), self.pairs)
        return report

    def _tensor(self, array: npt.NDArray[Any]) -> Tensor:
        return torch.from_numpy(array).to(self.device, non_blocking=True)


def _load_arrays(model: Translator, arrays: dict[str, npt.NDArray[np.float32]]) -> None:
    own = model.state_dict()
    for name, value in arrays.items():
        if name not in own or own[name].shape != value.shape:
            raise SystemExit(f"{name} of shape {value.shape} does not fit the model; prepare again")
    model.load_state_dict({n: torch.tensor(v) for n, v in arrays.items()}, strict=False)


def _make_optimizer(model: Translator, device: str) -> torch.optim.Optimizer:
    """Make an Adam with two rates: low for pretrained weights, high for the others."""
    groups: dict[bool, list[torch.nn.Parameter]] = {False: [], True: []}
    for name, parameter in model.named_parameters():
        groups[model.shape.pretrained and name.startswith(_ENCODER_NAMES)].append(parameter)
    return torch.optim.Adam(
        [{"params": values, "pretrained": int(key)} for key, values in groups.items() if values],
        betas=(0.9, 0.98),
        eps=1e-9,
        fused=device.startswith("cuda"),
    )


def _name_device(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
