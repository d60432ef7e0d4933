"""Copies and stories: how well they are found, and at what cost as a corpus grows.

``python -m benchmarks.stories [--sizes N ...] [--workers N] [--gold FOLDER] [--peer PYTHON]``:

- copies among invented texts, one in ten an edited copy: precision, recall, documents a second
- with ``--peer``, the Python of an environment that has datatrove: its MinHash on the same texts
- the time and memory of the search for stories in so many processes, from reading the dataset to
  its rows; one document in ten a copy, three the same news in other words, within three days; and
  then of an update with ten new ones
- with ``--gold``, planted stories in three languages and edited pages: precision, recall, F1

Texts are invented from English words that are as frequent as words are (Zipf), so no set of
documents is needed, and every copy is known.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import corpus_norm
from benchmarks.usage import measure_command
from corpus_norm import open_dataset
from corpus_norm.dataset import DatasetWriter, documents_to_batch
from corpus_norm.document import Block, BlockKind, Document
from corpus_norm.settings import Settings
from corpus_norm.stories.duplicates import find_duplicates, find_shingles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PEER = Path(__file__).parent / "peer_minhash.py"
WORDS = 400  # of a text
STARTER = Path(corpus_norm.__file__).parent / "starter"
"""Texts are made of its English words: random letters have 2.8 times the tokens."""
_WORD = re.compile(r"[a-z]{2,}")
_COPIES = 10  # one text in so many is an edited copy
_PART = 2_000


def invent_texts(
    count: int, seed: int = 3, *, chinese: bool = True
) -> tuple[list[str], dict[int, int]]:
    """Return invented texts, and the original of each that is a copy."""
    rng = random.Random(seed)  # noqa: S311 -- reproducible, not secret
    words = [word for word in _read_words() if _WORD.fullmatch(word)]
    chars = [chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(5_000)]
    weights = [1 / (n + 2.7) for n in range(len(words))]
    bounds = _accumulate(weights)
    texts: list[str] = []
    origins: dict[int, int] = {}
    for number in range(count):
        if number > 20 and number % _COPIES == 0:
            original = rng.randrange(number)
            texts.append(edit(texts[original], rng))
            origins[number] = origins.get(original, original)
        elif chinese and number % 5 == 4:
            texts.append("。".join("".join(rng.choices(chars, k=30)) for _ in range(20)))
        else:
            found = rng.choices(words, cum_weights=bounds, k=WORDS)
            lines = [" ".join(found[n : n + 40]).capitalize() for n in range(0, WORDS, 40)]
            texts.append(".\n\n".join(lines))
    return texts, origins


def edit(text: str, rng: random.Random) -> str:
    """Return a copy: words replaced, or paragraphs left out, or another headline above it."""
    kind = rng.randrange(3)
    if kind == 0:
        mark = " " if " " in text else ""
        parts = text.split(" ") if mark else list(text)
        return mark.join(rng.choice(parts) if rng.random() < 0.04 else part for part in parts)
    parts = text.split("\n\n") if "\n\n" in text else text.split("。")
    mark = "\n\n" if "\n\n" in text else "。"
    if kind == 1:
        return mark.join(part for part in parts if rng.random() > 0.2) or text
    return mark.join([*rng.sample(parts[0].split(" "), 1), *parts, "Read more"])


def _accumulate(weights: Sequence[float]) -> list[float]:
    total, sums = 0.0, []
    for weight in weights:
        total += weight
        sums.append(total)
    return sums


def _read_words() -> list[str]:
    return next(STARTER.glob("*/model/words.txt")).read_text("utf-8").split()


def measure_copies(count: int, peer: str) -> None:
    """Print how well and how fast copies are found among so many texts."""
    texts, origins = invent_texts(count)
    start = time.process_time()
    shingles = [s for n in range(0, count, 512) for s in find_shingles(texts[n : n + 512])]
    found = find_duplicates(shingles, range(count))
    seconds = time.process_time() - start
    hits = sum(origins.get(copy) == match.original for copy, match in found.items())
    print(
        f"copies: {count:,} texts, {len(origins):,} copies: precision {hits / len(found):.4f}, "
        f"recall {hits / len(origins):.4f}; {count / seconds:,.0f} texts a CPU second",
        flush=True,
    )
    if peer:
        _measure_peer(texts, peer)


def _measure_peer(texts: Sequence[str], peer: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.jsonl"
        rows = ({"id": str(n), "text": text} for n, text in enumerate(texts))
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        usage = measure_command([peer, str(PEER), str(path), f"{folder}/out"])
    removed = len(texts) - int(usage.output.strip().splitlines()[-1])
    print(
        f"datatrove: removes {removed:,}; {len(texts) / usage.cpu_seconds:,.0f} texts a CPU second",
        flush=True,
    )


def make_dataset(folder: Path, count: int, *, chinese: bool) -> None:
    """Write a dataset of invented texts with days, or add documents to it.

    One in ten is a copy, three in ten tell what one of the ten before it tells, in other order and
    with other sentences.
    """
    texts, origins = invent_texts(count, chinese=chinese)
    rng = random.Random(5)  # noqa: S311 -- reproducible, not secret
    for number in range(10, count):
        if number not in origins and number % 10 in {2, 5, 7}:
            texts[number] = retell(texts[number - rng.randrange(1, 10)], texts[number], rng)
    with DatasetWriter(folder, Settings(), ["invented"], update=True) as writer:
        for part, start in enumerate(range(0, count, _PART)):
            numbers = range(start, min(count, start + _PART))
            digest = f"{part:016x}{len(numbers):016x}"
            if not writer.reuse_part(part, digest):
                items = [_make_document(n, texts[n]) for n in numbers]
                writer.write_part(part, digest, [documents_to_batch(items)])
        writer.finish(writer.manifest.stories)


def retell(text: str, other: str, rng: random.Random) -> str:
    """Return half the paragraphs of a text, their words in another order, and some of another."""
    kept = [part for part in text.split("\n\n") if rng.random() < 0.5]
    told = [" ".join(rng.sample(words, len(words))) for words in map(str.split, kept)]
    return "\n\n".join([*told, *other.split("\n\n")[: max(2, 10 - len(told))]])


def _make_document(number: int, text: str) -> Document:
    """Return a document of a day, 333 of which are published on each."""
    rng = random.Random(number)  # noqa: S311 -- reproducible, not secret
    day = date(2024, 1, 1) + timedelta(days=number * 60 // 20_000)
    name = "".join(rng.choices("aeioulmnrst", k=7)).capitalize()
    sum_of = f"The firm of {name} lost {rng.randrange(2, 900)} million dollars, {name} said."
    blocks = tuple(_cut(f"{text}\n\n{sum_of}"))
    return Document(
        f"{number}.txt",
        "\n\n".join(block.text for block in blocks),
        doc_id=f"{number:032x}",
        title=blocks[0].text[:60],
        published=day,
        language="en" if " " in text else "zh-Hans",
        blocks=blocks,
    )


def _cut(text: str) -> Iterator[Block]:
    start = 0
    for piece in text.split("\n\n"):
        yield Block(BlockKind.PARAGRAPH, piece, start)
        start += len(piece) + 2


def measure_stories(count: int, workers: int, *, chinese: bool) -> None:
    """Print the time and the memory of the command, and those of an update with ten documents.

    The memory is the peak of the parent and, for each worker, the peak of the largest one.
    With a fifth of the texts in Chinese without English, every document needs a vector.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "out"
        for what, size in (("all", count), ("ten more", count + 10)):
            make_dataset(folder, size, chinese=chinese)
            command = ["-m", "corpus_norm", "stories", str(folder), "--show", "0"]
            usage = measure_command([sys.executable, *command, "--workers", str(workers)])
            memory = (usage.parent_bytes + workers * usage.worker_bytes) / 1e6
            rows = open_dataset(folder).stories.table.column("story_id").to_pylist()
            kind = " in two languages" if chinese else ""
            print(
                f"stories{kind}: {size:,} documents, {what}: {len(set(rows)):,} stories; "
                f"{usage.cpu_seconds:,.0f} CPU seconds ({1000 * usage.cpu_seconds / size:.1f} ms a "
                f"document), {usage.seconds:,.0f} s with {workers} processes, {memory:,.0f} MB",
                flush=True,
            )


def measure_planted(gold: Path) -> None:
    """Print how well planted stories are found; those with odd numbers were not learned from."""
    from training.stories.planted import plant
    from training.stories.train import print_scores

    odd = [each for each in plant(gold / "parallel") if each.story % 2]
    for with_vectors in (True, False):
        print_scores(odd, with_vectors=with_vectors)


def main() -> None:
    """Measure what the options name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", type=int, default=[1_000, 5_000])
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--peer", default="", metavar="PYTHON")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    for count in options.sizes:
        measure_copies(count, options.peer)
    for count in options.sizes:
        for chinese in (False, True):
            measure_stories(count, options.workers, chinese=chinese)
    if options.gold:
        measure_planted(options.gold)


if __name__ == "__main__":
    main()
