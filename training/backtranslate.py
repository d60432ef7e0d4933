"""``python -m training.backtranslate``: make synthetic pairs from English text.

Sennrich et al. 2016 (arXiv:1511.06709): a quick model from English into the foreign language
translates English news and prose; its output paired with the real English is a further source.
Train that model with this recipe on the output of ``training.prepare --reverse``, run this, and
pass the result to ``training.prepare --extra back-translated=FILE``.
"""

from __future__ import annotations

import argparse
import gzip
import random
from pathlib import Path
from typing import TYPE_CHECKING

import sentencepiece

from training.gather import read_lines
from training.settings import Schedule, Shape, Work

if TYPE_CHECKING:
    from collections.abc import Sequence


def pick_english(paths: Sequence[Path], count: int, seed: int = 1) -> list[str]:
    """Choose English sentences of 4 to 60 words from the second columns of tables."""
    found = {
        columns[-1]
        for path in paths
        for columns in (line.rstrip("\n").split("\t") for line in read_lines(path))
        if 4 <= columns[-1].count(" ") + 1 <= 60
    }
    return random.Random(seed).sample(sorted(found), min(count, len(found)))


def translate(
    work: Work, sentences: Sequence[str], device: str, temperature: float
) -> list[tuple[str, str]]:
    """Pair each English sentence with its machine translation; leave out empty translations."""
    from training.decode import decode
    from training.run import Run

    run = Run.start(Shape.load(work.shape), Schedule(), work, device)
    run.model.load_state_dict(run.average)
    run.model.eval()
    left = sentencepiece.SentencePieceProcessor(model_file=str(work.tokenizer))
    own = work.target_tokenizer if run.shape.pretrained else work.tokenizer
    right = sentencepiece.SentencePieceProcessor(model_file=str(own))
    rows = [row[:250] for row in left.encode(list(sentences))]
    outputs = [right.decode(ids) for ids in decode(run.model, rows, temperature=temperature)]
    return [pair for pair in zip(outputs, sentences, strict=True) if pair[0].strip()]


def _write(path: Path, pairs: Sequence[tuple[str, str]]) -> None:
    text = "".join("\t".join(" ".join(s.split()) for s in pair) + "\n" for pair in pairs)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.backtranslate", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="a model trained in reverse")
    parser.add_argument(
        "--english", nargs="+", type=Path, required=True, help="tables to take from"
    )
    parser.add_argument("--count", type=int, default=200_000, help="sentences")
    parser.add_argument("--temperature", type=float, default=0.7, help="0: the likeliest output")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--output", type=Path, required=True, help="fr-en.NAME.tsv.gz")
    options = parser.parse_args()
    sentences = pick_english(options.english, options.count)
    pairs = translate(Work(options.work), sentences, options.device, options.temperature)
    _write(options.output, pairs)
    print(f"{options.output}: {len(pairs):,} pairs")


if __name__ == "__main__":
    main()
