"""Run the scorers of the development sets over ``benchmarks.hooks``.

    python -m benchmarks.gold [FOLDER]

FOLDER holds ``newsgold/``, ``langid/`` and ``encoding/``, each with its ``dev*.jsonl.gz`` and
``score.py``; default: the environment variable CORPUS_NORM_GOLD, else ``../shared``.  The sets are
third-party text and not part of this repository.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import hooks
from corpus_norm import CorpusNormError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Row = dict[str, Any]


def main() -> None:
    """Run every scorer and print its results."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CORPUS_NORM_GOLD", "../shared")
    parser.add_argument("folder", nargs="?", type=Path, default=default, help="of the gold sets")
    gold: Path = parser.parse_args().folder
    if not (gold / "newsgold").is_dir():
        sys.exit(f"no development sets in {gold}; name their folder: make bench GOLD=FOLDER")
    news = gold / "newsgold" / "score.py"
    run("body text from HTML", news, "--callable", "benchmarks.hooks:extract")
    run("lines of a pasted article", news, *LINES, "--paste")
    run("lines of a whole page", news, *LINES)
    with tempfile.TemporaryDirectory() as folder:
        for title, (scorer, flag, data, predict) in SETS.items():
            predictions = Path(folder) / "predictions.jsonl"
            write(predictions, map(predict, read(gold / data)))
            run(title, gold / scorer, flag, str(gold / data), "--pred", str(predictions))


def run(title: str, script: Path, *arguments: str) -> None:
    """Run a scorer and print its table; from JSON, print the scores of whole families."""
    print(f"\n== {title}", flush=True)
    command = [sys.executable, str(script), *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    if not done.stdout.startswith("{"):
        print(done.stdout, end="")
        return
    scores = json.loads(done.stdout)
    if "false_acceptance_other" in scores:
        accepted = 100 * scores["false_acceptance_other"]
        print(f"other languages accepted as en, fr or zh: {accepted:.2f} %")
    for name, score in {**scores.get("accuracy", {}), **scores.get("scores", {})}.items():
        share, number = (score["exact"], score["n"]) if isinstance(score, dict) else score
        if name.count("|") < 2 or name.startswith(("all|", "block|", "char|")):
            print(f"{name:40} {number:6} cases  {100 * share:6.2f} %")


def read(path: Path) -> Iterator[Row]:
    """Read the records of a gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def write(path: Path, rows: Iterator[Row]) -> None:
    """Write rows as JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def predict_line(row: Row) -> Row:
    """Predict the language of a line."""
    return {"id": row["id"], **hooks.identify_line(row["text"])}


def predict_document(row: Row) -> Row:
    """Predict the language of a document and of its spans."""
    return {"id": row["id"], **hooks.identify_document(row["text"])}


def predict_text(row: Row) -> Row:
    """Decode bytes or repair damaged text; the text is empty if decoding is refused."""
    if row["kind"] != "bytes":
        bad = "".join(map(chr, row["bad_cp"])) if "bad_cp" in row else row["bad"]
        return {"id": row["id"], "text": hooks.repair(bad)}
    try:
        return {"id": row["id"], "text": hooks.decode(base64.b64decode(row["b64"]))}
    except CorpusNormError:
        return {"id": row["id"], "text": ""}


LINES = ("--task", "lines", "--callable", "benchmarks.hooks:lines")
SETS: dict[str, tuple[str, str, str, Callable[[Row], Row]]] = {
    "language of lines": ("langid/score.py", "--lines", "langid/dev.jsonl.gz", predict_line),
    "language of documents": (
        "langid/score.py",
        "--docs",
        "langid/dev_docs.jsonl.gz",
        predict_document,
    ),
    "encoding and repair": (
        "encoding/score.py",
        "--gold",
        "encoding/dev.jsonl.gz",
        predict_text,
    ),
}

if __name__ == "__main__":
    main()
