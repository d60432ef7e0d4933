"""What a conversion made is no input of one: its output folder, and other datasets of ours.

A dataset is known by its manifest.  One that the user names is read all the same, as every file is
that is named: of it, the articles.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from corpus_norm.sources.files import Root

MANIFEST = "manifest.json"
ARTICLES = "documents"
OUTPUT_REASON = "it is the output folder"
DATASET_REASON = "it is a dataset of corpus_norm; name it to have it read"
_FORMAT = re.compile(rb'"format"\s*:\s*"corpus_norm dataset"')
_HEAD_BYTES = 4096  # keys are sorted, and what stands before it is short
_LEVELS = 3  # a file of a dataset, the folder of its table, the dataset


@dataclass(slots=True)
class Fence:
    """Keeps what is ours out of the inputs, and tells each name once, however often they are read.

    Args:
        output: the folder that is written to; it need not exist so far.
        tell: told the name of what is left out, and why.
    """

    output: str | os.PathLike[str] | None = None
    tell: Callable[[str, str], None] = lambda _name, _reason: None
    _told: set[str] = field(default_factory=set)
    _datasets: dict[tuple[Any, str], bool] = field(default_factory=dict)

    def omit(self, source: str, reason: str) -> None:
        """Say that something is left out."""
        if source not in self._told:
            self._told.add(source)
            self.tell(source, reason)

    def keeps_out(self, root: Root) -> bool:
        """Whether an input is the output folder, in it, or in a dataset that nobody named."""
        if root.filesystem is None:
            return False
        for path, source in _climb(root):
            if self.is_output(root.filesystem, path):
                self.omit(source, OUTPUT_REASON)
                return True
            if root.base is not None and self.is_dataset(root.filesystem, path):
                self.omit(source, DATASET_REASON)
                return True
        if self.is_in_output(root.filesystem, root.path):
            self.omit(root.source, OUTPUT_REASON)
            return True
        return False

    def keeps_out_link(self, filesystem: Any, path: str, source: str) -> bool:  # noqa: ANN401
        """Whether a link inside an input leads into the output folder or into a dataset."""
        if self.is_in_output(filesystem, path):
            self.omit(source, OUTPUT_REASON)
            return True
        target = os.path.realpath(path)
        for _ in range(_LEVELS):
            if self.is_dataset(filesystem, target):
                self.omit(source, DATASET_REASON)
                return True
            target = os.path.dirname(target)  # noqa: PTH120 -- names may hold any byte
        return False

    def is_in_output(self, filesystem: Any, path: str) -> bool:  # noqa: ANN401
        """Whether a path leads to the output folder or to something in it."""
        if self.output is None or not _is_local(filesystem):
            return False
        folder, target = os.path.realpath(self.output), os.path.realpath(path)
        return target == folder or target.startswith(os.path.join(folder, ""))  # noqa: PTH118

    def is_dataset(self, filesystem: Any, path: str) -> bool:  # noqa: ANN401
        """Whether a folder holds the manifest of a dataset of ours."""
        key = (filesystem, path)
        if key not in self._datasets:
            self._datasets[key] = _has_manifest(filesystem, path)
        return self._datasets[key]

    def is_output(self, filesystem: Any, path: str) -> bool:  # noqa: ANN401
        """Whether a path is the output folder, however the two are written."""
        if self.output is None or not _is_local(filesystem):
            return False
        try:
            return os.path.samefile(path, self.output)  # noqa: PTH121 -- names may hold any byte
        except (OSError, ValueError):  # there is none so far
            return os.path.realpath(path) == os.path.realpath(self.output)


def _climb(root: Root) -> Iterator[tuple[str, str]]:
    """The path of an input and of the folders it lies in as far as it was a pattern, with names."""
    path, source = root.path.rstrip("/"), root.source.rstrip("/")
    found = [(root.path, root.source)] if root.is_folder else []
    base = (root.base or "").rstrip("/")
    while root.base is not None and "/" in source:
        path, source = path.rpartition("/")[0], source.rpartition("/")[0]
        if len(path) <= len(base) or not source:
            break
        found.append((path, source))
    return reversed(found)


def _has_manifest(filesystem: Any, folder: str) -> bool:  # noqa: ANN401
    try:
        with filesystem.open(f"{folder.rstrip('/')}/{MANIFEST}", "rb") as file:
            return _FORMAT.search(file.read(_HEAD_BYTES)) is not None
    except (OSError, ValueError):
        return False


def _is_local(filesystem: Any) -> bool:  # noqa: ANN401
    return bool(getattr(filesystem, "local_file", False))
