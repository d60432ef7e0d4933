"""Move the heavy models out of the working tree while a call travels, and back.

A list is written before anything moves and removed after everything is back, so an interrupted
move can always be undone by :func:`bring_back`.
"""

from __future__ import annotations

import contextlib
import json
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

HEAVY = ("corpus_norm/starter", "corpus_norm/translation/engines/llm/adapters")
"""Folders that no step on the machine needs, and that are too large to travel."""

_LIST = "aside.json"


def move_aside(root: Path, store: Path, folders: tuple[str, ...] = HEAVY) -> list[str]:
    """Move folders of ``root`` to ``store``, which must be on the same disk; return their names.

    Raises:
        SystemExit: folders of an earlier move are still there.
    """
    if (store / _LIST).exists():
        raise SystemExit(f"{store} still holds models; run: python -m training.gpu_day back")
    there = [name for name in folders if (root / name).is_dir()]
    store.mkdir(parents=True, exist_ok=True)
    if store.stat().st_dev != root.stat().st_dev:
        raise SystemExit(f"{store} is on another disk than {root}; choose a folder beside it")
    (store / _LIST).write_text(json.dumps(there), encoding="utf-8")
    for name in there:
        (store / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).rename(store / name)
    return there


def bring_back(root: Path, store: Path) -> list[str]:
    """Move everything in ``store`` back, also after a move that was interrupted; return the names.

    Raises:
        SystemExit: a folder is in both places, or in neither.
    """
    if not (store / _LIST).exists():
        return []
    names: list[str] = json.loads((store / _LIST).read_text(encoding="utf-8"))
    for name in names:
        kept, own = (store / name).exists(), (root / name).exists()
        if kept and own:
            raise SystemExit(f"{name} is in {root} and in {store}; remove the unwanted one")
        if not kept and not own:
            raise SystemExit(f"{name} is lost; run: git checkout -- {name}")
        if kept:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (store / name).rename(root / name)
    (store / _LIST).unlink()
    return names


@contextlib.contextmanager
def lightened(root: Path, store: Path) -> Iterator[list[str]]:
    """Move the heavy folders aside for the length of a block; they come back whatever happens."""
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield move_aside(root, store)
    finally:
        bring_back(root, store)
        signal.signal(signal.SIGTERM, before)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
