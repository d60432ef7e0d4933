"""How rare words, pairs of ideographs, names and amounts are in general: ``background.npz``.

``python -m training.stories.background FOLDER [OUTPUT]``.  FOLDER holds the tables of parallel text
named below; every run of ten lines counts as one text, on both sides.  The file keeps no text, but
262,144 counts in buckets of hashes.
"""

from __future__ import annotations

import gzip
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.stories import profiles

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = (  # all of open licences; see README.md
    "fr-en.canada-laws",
    "fr-en.debian-web-news",
    "fr-en.tico19",
    "fr-en.un-texts",
    "fr-en.opensource-guides",
    "fr-en.cloud-docs",
    "zh-en.debian-web-news",
    "zh-en.lctt-opensource",
    "zh-en.mlqe-pe-wikipedia",
    "zh-en.tico19",
    "zh-en.un-texts",
    "zh-en.opensource-guides",
    "zh-en.cloud-docs",
)
LINES = 10
MOST = 2_000  # texts of a table
_TEXTS_WITH_FACTS = 300  # of a table: amounts are slow to find


def read_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield texts of ten lines in the foreign language and in English."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        pairs = (line.rstrip("\n").split("\t")[:2] for line in lines)
        while chunk := list(islice(pairs, LINES)):
            yield "\n".join(pair[0] for pair in chunk), "\n".join(pair[1] for pair in chunk)


def count(folder: Path) -> np.ndarray:
    """Return -log of the share of texts that have a key, for each bucket, times 25."""
    found = np.zeros(profiles.BUCKETS, np.int64)
    facts = np.zeros(profiles.BUCKETS, np.int64)
    texts = checked = 0
    for name in SOURCES:
        language = name[:2]
        for number, pair in enumerate(islice(read_texts(folder / f"{name}.tsv.gz"), MOST)):
            for text, code in zip(pair, (language, "en"), strict=True):
                texts += 1
                keys = profiles.hash_words(text) % profiles.BUCKETS
                found[np.unique(keys)] += 1
                if number < _TEXTS_WITH_FACTS:
                    checked += 1
                    found_facts = profiles.find_facts(text, code)
                    hashes = {profiles.hash_key(f) % profiles.BUCKETS for f in found_facts}
                    facts[list(hashes)] += 1
    shares = found / texts + facts / checked
    return np.clip(-25 * np.log(np.maximum(shares, 1 / texts)), 0, 255).astype(np.uint8)


def main() -> None:
    """Write the file."""
    folder = Path(sys.argv[1])
    default = Path(profiles.__file__).with_name("background.npz")
    output = Path(sys.argv[2]) if len(sys.argv) > 2 else default
    np.savez_compressed(output, weights=count(folder))


if __name__ == "__main__":
    main()
