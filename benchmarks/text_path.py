"""Compare the text path, without translation, with a typical script, on one core.

``python -m benchmarks.text_path [--documents N]``.  Both read the same bytes, find the language of
every block and write the same kind of rows; ours also repairs, labels and splits into sentences.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import ftfy
import langdetect
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from corpus_norm.dataset import documents_to_batch
from corpus_norm.document import RawDocument
from corpus_norm.pipeline import process
from corpus_norm.settings import Settings, TranslationSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FIXTURES = Path(__file__).parent.parent / "fixtures"
_SETTINGS = Settings(translation=TranslationSettings(enabled=False))
# Documents in a batch of a worker of ``convert``.
_BATCH = 64
# The naive script takes about as long for these documents as ours for a batch.
_NAIVE_PIECE = 4
_SHORTEST_BODY = 80


@dataclass(frozen=True, slots=True)
class Speed:
    """The documents, blocks and CPU seconds of one run."""

    documents: int
    blocks: int
    seconds: float

    @property
    def rate(self) -> float:
        """Return documents per second."""
        return self.documents / self.seconds


def make_documents(count: int, seed: int = 5) -> list[bytes]:
    """Make documents from the bundled ones: leave out lines, swap words, change digits.

    No two are the same, so caching an earlier answer gains nothing.
    """
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    originals = [path.read_text("utf-8") for path in sorted((FIXTURES / "seeds").glob("*.txt"))]
    return [_edit(originals[n % len(originals)], rng).encode() for n in range(count)]


def _edit(text: str, rng: random.Random) -> str:
    lines = [line for line in text.split("\n") if not line.strip() or rng.random() > 0.1]
    return "\n".join(_edit_line(line, rng) for line in lines)


def _edit_line(line: str, rng: random.Random) -> str:
    words = re.sub(r"\d", lambda _: str(rng.randrange(10)), line).split(" ")
    if len(words) > 4:
        first, second = rng.sample(range(len(words)), 2)
        words[first], words[second] = words[second], words[first]
    return " ".join(words)


def run_ours(documents: Sequence[bytes]) -> Speed:
    """Convert bytes to rows with the library's own functions, in batches as ``convert`` does."""
    batches = []
    start = time.process_time()
    for first in range(0, len(documents), _BATCH):
        items = [
            RawDocument(source=f"{first + n}.txt", data=data, media_type="text/plain")
            for n, data in enumerate(documents[first : first + _BATCH])
        ]
        batches.append(documents_to_batch(process(items, _SETTINGS)))
    seconds = time.process_time() - start
    blocks = sum(len(batch.column("blocks").flatten()) for batch in batches)
    return Speed(len(documents), blocks, seconds)


def run_naive(documents: Sequence[bytes]) -> Speed:
    """Convert as a typical script does: ftfy, langdetect on every block, a length rule, pyarrow."""
    langdetect.DetectorFactory.seed = 0
    rows = []
    start = time.process_time()
    for number, data in enumerate(documents):
        text = ftfy.fix_text(data.decode("utf-8"))
        blocks = [block.strip() for block in text.split("\n") if block.strip()]
        rows += [
            {
                "source": f"{number}.txt",
                "text": block,
                "language": _detect_naively(block),
                "is_body": len(block) >= _SHORTEST_BODY,
            }
            for block in blocks
        ]
    pa.Table.from_pylist(rows)
    return Speed(len(documents), len(rows), time.process_time() - start)


def _detect_naively(block: str) -> str:
    try:
        return str(langdetect.detect(block))
    except langdetect.LangDetectException:
        return "und"


def compare(count: int, rounds: int = 3) -> tuple[Speed, Speed]:
    """Time both in turn after a warm-up, on the same documents in the same run."""
    documents = make_documents(count)
    ways = ((run_ours, _BATCH), (run_naive, _NAIVE_PIECE))
    for way, _ in ways:
        way(documents[:20])
    speeds = [[_clock_pieces(way, documents, size) for way, size in ways] for _ in range(rounds)]
    ours, naive = (_add_best(found) for found in zip(*speeds, strict=True))
    return ours, naive


def _clock_pieces(
    way: Callable[[Sequence[bytes]], Speed], documents: Sequence[bytes], size: int
) -> list[Speed]:
    return [way(documents[first : first + size]) for first in range(0, len(documents), size)]


def _add_best(rounds: Sequence[Sequence[Speed]]) -> Speed:
    """Add up the best round of each piece, since load on the machine disturbs long runs more."""
    best = [min(found, key=lambda speed: speed.seconds) for found in zip(*rounds, strict=True)]
    return Speed(
        sum(speed.documents for speed in best),
        sum(speed.blocks for speed in best),
        sum(speed.seconds for speed in best),
    )


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=200)
    ours, naive = compare(parser.parse_args().documents)
    table = Table(title=f"Text path without translation, {ours.documents} documents, one core")
    for column in ("", "documents/s", "blocks", "times the naive script"):
        table.add_column(column, justify="left" if not column else "right")
    for name, speed in (("corpus_norm", ours), ("langdetect + ftfy + pyarrow", naive)):
        ratio = f"{speed.rate / naive.rate:.1f}"
        table.add_row(name, f"{speed.rate:.0f}", str(speed.blocks), ratio)
    Console().print(table)


if __name__ == "__main__":
    main()
