"""Find near-duplicates with datatrove, for ``benchmarks.stories``.

``python benchmarks/peer_minhash.py TEXTS OUTPUT`` reads a JSON Lines file of texts, finds copies by
datatrove's four steps of MinHash on word 3-grams, one worker, and prints how many texts it keeps.
It checks no candidate: what shares a bucket is a copy.  Its tokenizer of words is replaced by a
split at spaces, which can only make it faster.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import MagicMock

# datatrove's package of deduplication imports this for exact substrings, which are not used here.
for _name in ("tokenizers", "tokenizers.processors"):
    sys.modules.setdefault(_name, MagicMock())

from datatrove.data import Document  # noqa: E402
from datatrove.executor import LocalPipelineExecutor  # noqa: E402
from datatrove.pipeline.dedup import (  # noqa: E402
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
    minhash,
)
from datatrove.utils.hashing import HashConfig  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class _Words:
    """A tokenizer that splits at spaces."""

    def word_tokenize(self, text: str) -> list[str]:
        """Return the words."""
        return text.split()


def main() -> None:
    """Run the four steps and print the number of texts kept."""
    texts, output = Path(sys.argv[1]), Path(sys.argv[2])
    minhash.load_word_tokenizer = lambda *_: _Words()
    config = minhash.MinhashConfig(
        hash_config=HashConfig(precision=64, hash_fc="sha1"),
        n_grams=3,
        num_buckets=63,
        hashes_per_bucket=2,
    )
    kept: list[str] = []

    def read(*_: object) -> Iterator[Document]:
        with texts.open(encoding="utf-8") as lines:
            yield from (Document(**json.loads(line)) for line in lines)

    def keep(documents: Iterable[Document], *_: object) -> Iterator[Document]:
        for document in documents:
            kept.append(document.id)
            yield document

    step = [str(output / name) for name in ("signatures", "buckets", "clusters")]
    for tasks, pipeline in (
        (1, [read, MinhashDedupSignature(step[0], config=config)]),
        (config.num_buckets, [minhash.MinhashDedupBuckets(step[0], step[1], config=config)]),
        (1, [MinhashDedupCluster(step[1], step[2], config=config)]),
        (1, [read, MinhashDedupFilter(step[2]), keep]),
    ):
        LocalPipelineExecutor(
            pipeline=pipeline,
            tasks=tasks,
            workers=1,
            logging_dir=str(output / f"logs-{tasks}-{len(pipeline)}"),
        ).run()
    print(len(kept))


if __name__ == "__main__":
    main()
