"""Damaged files of every kind through the readers: ``python -m benchmarks.fuzz_sources``.

Each file is cut off, has bits flipped, or both.  Whatever it holds then, reading raises nothing,
writes nothing to the terminal, ends, and each item is a document or a rejection that says why.
"""

from __future__ import annotations

import argparse
import io
import random
import time
from collections import Counter

from benchmarks.containers import CONTAINERS, make_pages
from corpus_norm.document import RawDocument, Rejection
from corpus_norm.settings import InputSettings
from corpus_norm.sources.compression import Bounds
from corpus_norm.sources.reading import Job, Stream, read_stream

SETTINGS = InputSettings(max_bytes=1_000_000)
_MOST_ITEMS = 20_000


def damage(data: bytes, rng: random.Random) -> bytes:
    """Cut bytes off, flip bits, take a piece out, or double one."""
    damaged = bytearray(data)
    kind = rng.randrange(5)
    if kind == 0:
        return bytes(damaged[: rng.randrange(len(damaged))])
    if kind == 1:
        start = rng.randrange(len(damaged))
        del damaged[start : start + rng.randrange(1, 200)]
    elif kind == 2:
        start = rng.randrange(len(damaged))
        damaged[start:start] = damaged[start : start + rng.randrange(1, 200)]
    else:
        # The heads and feet of files are where their structure is.
        span = len(damaged) if kind == 3 else min(300, len(damaged))
        for _ in range(rng.randrange(1, 8)):
            place = rng.randrange(span)
            place = place if rng.random() < 0.5 else len(damaged) - 1 - place
            damaged[place] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def _ignore(_name: str) -> None:
    """Members that are no documents are no news."""


def check(data: bytes, kind: str) -> Counter[str]:
    """Read what has such a suffix, and check every item.

    Raises:
        AssertionError: a promise was broken.
    """
    found: Counter[str] = Counter()
    job = Job(SETTINGS, Bounds(SETTINGS), _ignore)
    stream = Stream("a", f"a.{kind}", job.bounds.take(iter([data])), io.BytesIO(data))
    for item in read_stream(stream, job):
        found[type(item).__name__] += 1
        if isinstance(item, Rejection):
            assert item.message, item  # noqa: S101 -- this is what is checked
        else:
            assert isinstance(item, RawDocument)  # noqa: S101
        assert found.total() < _MOST_ITEMS  # noqa: S101
    assert found  # noqa: S101
    return found


def run(count: int, seed: int, seconds: float = float("inf")) -> Counter[str]:
    """Check so many damaged files, or as many as the time allows; how many items were what."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    whole = [make(make_pages(12)) for make in CONTAINERS.values()]
    names = list(CONTAINERS)
    end = time.monotonic() + seconds
    found: Counter[str] = Counter()
    for done in range(count):
        if time.monotonic() > end:
            break
        kind = names[done % len(whole)]
        data = damage(whole[done % len(whole)], rng)
        try:
            found += check(data, kind)
        except Exception as error:
            raise AssertionError(f"seed {seed}, file {done} ({kind}): {error!r}") from error
        found["files"] += 1
    return found


def main() -> None:
    """Run, and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    options = parser.parse_args()
    found = run(options.count, options.seed, options.seconds)
    print(
        f"{found['files']:,} damaged files: {found['RawDocument']:,} documents, "
        f"{found['Rejection']:,} rejections, nothing raised"
    )


if __name__ == "__main__":
    main()
