"""``python -m training.transfer``: small files to and from the training machine.

``split`` cuts the weights into files of at most 15 MiB, in 8 bits with one scale per row.
CTranslate2 rounds them in the same way in the end, so nothing more is lost; ``join`` puts them
together again.  ``pack`` spreads the arrays over folders that fit into one upload.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from training.settings import Work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Arrays = dict[str, npt.NDArray[Any]]

PART_BYTES = 15 * 2**20
UPLOAD_BYTES = 52 * 2**20
"""The limit of one upload is 64 MiB; the repository takes some of it."""

_SCALE = "/scale"


def shrink(weights: Mapping[str, npt.NDArray[np.float32]]) -> Arrays:
    """Round matrices to 8-bit rows with scales; keep vectors as they are.

    >>> small = shrink({"m": np.array([[1.0, -0.5]], dtype=np.float32)})
    >>> small["m"].tolist(), [round(float(x), 2) for x in grow(small)["m"][0]]
    ([[127, -64]], [1.0, -0.5])
    """
    arrays: Arrays = {}
    for name, value in weights.items():
        if value.ndim != 2:
            arrays[name] = value
            continue
        largest = np.abs(value).max(axis=1, keepdims=True)
        scale = np.where(largest > 0, 127 / np.maximum(largest, 1e-30), 1).astype(np.float32)
        arrays[name] = np.rint(value * scale).astype(np.int8)
        arrays[name + _SCALE] = scale
    return arrays


def grow(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[np.float32]]:
    """Convert the output of :func:`shrink` to float32."""
    return {
        name: value / arrays[name + _SCALE] if name + _SCALE in arrays else value
        for name, value in arrays.items()
        if not name.endswith(_SCALE)
    }


def split(work: Work, folder: Path, limit: int = PART_BYTES) -> list[Path]:
    """Write the weights to ``folder`` as ``weights-0.npz`` …, beside ``shape.json`` and the log."""
    folder.mkdir(parents=True, exist_ok=True)
    with np.load(work.weights) as weights:
        arrays = shrink(dict(weights))
    paths = []
    for number, names in enumerate(fill({n: a.nbytes for n, a in arrays.items()}, limit)):
        paths.append(folder / f"weights-{number}.npz")
        np.savez(paths[-1], **{name: arrays[name] for name in names})
    for path in (work.shape, work.log):
        if path.exists():
            shutil.copyfile(path, folder / path.name)
    return paths


def join(folder: Path, work: Work) -> None:
    """Join the parts in ``folder`` to the weights of the work folder."""
    arrays: Arrays = {}
    paths = sorted(folder.glob("weights-*.npz"))
    if not paths:
        raise SystemExit(f"no weights-*.npz in {folder}")
    for path in paths:
        with np.load(path) as part:
            arrays |= dict(part)
    np.savez(work.weights, **grow(arrays))  # type: ignore[arg-type]
    for path in (work.shape, work.log):
        if (folder / path.name).exists():
            shutil.copyfile(folder / path.name, path)


def pack(work: Work, folder: Path, limit: int = UPLOAD_BYTES) -> list[Path]:
    """Copy the arrays to ``folder/0``, ``folder/1`` …, each at most ``limit`` bytes.

    The first holds everything that training needs and some pairs; the others hold more pairs.
    """
    shutil.rmtree(folder, ignore_errors=True)
    files = sorted(work.arrays.iterdir(), key=lambda p: (p.name.startswith("train-"), p.name))
    folders = []
    for number, names in enumerate(fill({p.name: p.stat().st_size for p in files}, limit)):
        folders.append(folder / str(number))
        folders[-1].mkdir(parents=True)
        for name in names:
            shutil.copyfile(work.arrays / name, folders[-1] / name)
    return folders


def fill(sizes: Mapping[str, int], limit: int) -> list[Sequence[str]]:
    """Group names in order so that no group exceeds ``limit``, if each name fits.

    >>> fill({"a": 2, "b": 2, "c": 3}, 4)
    [['a', 'b'], ['c']]
    """
    groups: list[Sequence[str]] = []
    room = 0
    for name, size in sizes.items():
        if size > room:
            groups.append([])
            room = limit
        groups[-1] = [*groups[-1], name]
        room -= size
    return groups


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.transfer", description=__doc__)
    parser.add_argument("action", choices=["split", "join", "pack"])
    parser.add_argument("--work", type=Path, required=True, help="the work folder")
    parser.add_argument("--folder", type=Path, required=True, help="the folder of the small files")
    options = parser.parse_args()
    work = Work(options.work)
    if options.action == "join":
        work.folder.mkdir(parents=True, exist_ok=True)
        join(options.folder, work)
        print(f"{work.weights}: {work.weights.stat().st_size:,} bytes")
        return
    made = (split if options.action == "split" else pack)(work, options.folder)
    for path in made:
        files = [path] if path.is_file() else sorted(path.iterdir())
        print(f"{path}: {sum(file.stat().st_size for file in files) / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
