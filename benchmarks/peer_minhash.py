"""Find near-duplicates with datatrove, for ``benchmarks.stories``.

``python benchmarks/peer_minhash.py TEXTS OUTPUT`` reads a JSON Lines file of texts, finds copies by
datatrove's four steps of MinHash on word 3-grams, one worker, and prints how many texts it keeps.
It checks no candidate: what shares a bucket is a copy.  Its tokenizer of words is replaced by a
split at spaces, which can only make it faster.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils import word_tokenizers
from datatrove.utils.hashing import HashConfig


class _Words:
    """A tokenizer that splits at spaces."""

    def word_tokenize(self, text: str) -> list[str]:
        """Return the words."""
        return text.split()


def main() -> None:
    """Run the four steps and print the number of texts kept."""
    texts, output = Path(sys.argv[1]), Path(sys.argv[2])
    word_tokenizers.load_word_tokenizer = lambda *_: _Words()
    config = MinhashConfig(
        hash_config=HashConfig(precision=64, hash_fc="sha1"),
        n_grams=3,
        num_buckets=63,
        hashes_per_bucket=2,
    )
    reader = JsonlReader(str(texts.parent), glob_pattern=texts.name)
    step = [str(output / name) for name in ("signatures", "buckets", "clusters", "kept")]
    for tasks, pipeline in (
        (1, [reader, MinhashDedupSignature(step[0], config=config)]),
        (config.num_buckets, [MinhashDedupBuckets(step[0], step[1], config=config)]),
        (1, [MinhashDedupCluster(step[1], step[2], config=config)]),
        (1, [reader, MinhashDedupFilter(step[2]), JsonlWriter(step[3])]),
    ):
        LocalPipelineExecutor(
            pipeline=pipeline,
            tasks=tasks,
            workers=1,
            logging_dir=str(output / f"logs-{tasks}-{len(pipeline)}"),
        ).run()
    kept = 0
    for path in Path(step[3]).glob("*.jsonl.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            kept += sum(1 for line in lines if json.loads(line))
    print(kept)


if __name__ == "__main__":
    main()
