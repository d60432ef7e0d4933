"""Loading of development sets and peers, shared by the comparisons.

Peers are used only in benchmarks; for one that is not installed a line is printed.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

Row = dict[str, Any]
Input = TypeVar("Input")
Output = TypeVar("Output")


def find_set(name: str, description: str | None) -> Path:
    """Find a development set in the first argument, CORPUS_NORM_GOLD or ../shared.

    Exit with a message if it is missing; ``--help`` prints the ``description``.
    """
    parser = argparse.ArgumentParser(description=description)
    default = os.environ.get("CORPUS_NORM_GOLD", "../shared")
    parser.add_argument("folder", nargs="?", type=Path, default=default, help="of the gold sets")
    folder: Path = parser.parse_args().folder / name
    if not (folder / "score.py").is_file():
        sys.exit(f"no development set in {folder}; name its parent folder as the argument")
    return folder


def load_scorer(folder: Path) -> ModuleType:
    """Load the scorer of a set as a module."""
    spec = importlib.util.spec_from_file_location(f"{folder.name}_score", folder / "score.py")
    if spec is None or spec.loader is None:
        sys.exit(f"{folder / 'score.py'} cannot be read")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_rows(path: Path) -> list[Row]:
    """Read the rows of a compressed file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def load_peers(makers: dict[str, Callable[[], Output]]) -> dict[str, Output]:
    """Make the peers that are installed; print the names of the others."""
    peers = {}
    for name, make in makers.items():
        try:
            peers[name] = make()
        except ImportError as error:
            print(f"left out {name}: {error}; pip install --group bench")
    return peers


def clock(
    function: Callable[[Input], Output], inputs: Iterable[Input]
) -> tuple[list[Output], float]:
    """Return the outputs, and the CPU seconds that all took."""
    start = time.process_time()
    outputs = [function(item) for item in inputs]
    return outputs, time.process_time() - start
