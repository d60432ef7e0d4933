"""Fuzz the readers with damaged files of every kind: ``python -m benchmarks.fuzz_sources``.

Each file is cut off, has bits flipped, or pieces removed or doubled.  Reading it must end, raise
nothing, and yield only documents, and rejections with a reason.
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
from corpus_norm.sources.fields import FieldReader
from corpus_norm.sources.formats import Bounds
from corpus_norm.sources.reading import Job, Stream, read_stream

SETTINGS = InputSettings(max_bytes=1_000_000)
_MOST_ITEMS = 20_000


def damage(data: bytes, rng: random.Random) -> bytes:
    """Cut bytes off, flip bits, remove a piece, or double one."""
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
        # The structure of files is mostly at their beginnings and ends.
        span = len(damaged) if kind == 3 else min(300, len(damaged))
        for _ in range(rng.randrange(1, 8)):
            place = rng.randrange(span)
            place = place if rng.random() < 0.5 else len(damaged) - 1 - place
            damaged[place] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def _ignore(_name: str) -> None:
    """Ignore the report of a member that is no document."""


def check(data: bytes, kind: str) -> Counter[str]:
    """Read data as a file with the suffix ``kind``, and check every item.

    Raises:
        AssertionError: a promise was broken.
    """
    found: Counter[str] = Counter()
    job = Job(SETTINGS, Bounds(SETTINGS), _ignore, FieldReader(SETTINGS))
    stream = Stream("a", f"a.{kind}", job.bounds.take(iter([data])), io.BytesIO(data))
    for item in read_stream(stream, job):
        found[type(item).__name__] += 1
        if isinstance(item, Rejection):
            assert item.message, item  # noqa: S101 -- assertions are the check
        else:
            assert isinstance(item, RawDocument)  # noqa: S101
        assert found.total() < _MOST_ITEMS  # noqa: S101
    assert found  # noqa: S101
    return found


def run(count: int, seed: int, seconds: float = float("inf")) -> Counter[str]:
    """Check ``count`` damaged files, or as many as the time allows; count the items by type."""
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
    """Run and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after this time")
    options = parser.parse_args()
    found = run(options.count, options.seed, options.seconds)
    print(
        f"{found['files']:,} damaged files: {found['RawDocument']:,} documents, "
        f"{found['Rejection']:,} rejections, nothing raised"
    )


if __name__ == "__main__":
    main()
