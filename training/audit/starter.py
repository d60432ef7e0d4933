"""``python -m training.audit.starter``: the starter model's English of the sentences to learn from.

Writes ``LANGUAGE.starter.tsv`` (group, source, a person's English, the starter's): the news set
apart by :mod:`training.audit.corpus` (``fit`` and ``check``), for :mod:`training.audit.fit`, and
some that was not (``learn``), for :mod:`training.audit.style`.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.translation import translate

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAGS = {"fr": "fr", "zh": "zh-Hans"}
_NEWS = "3.0"  # the weight of news in training.audit.corpus
_AT_ONCE = 50
_SIZES = range(12, 400)  # characters


def read_rows(work: Path, language: str) -> Iterator[tuple[str, str, str]]:
    """Yield the group, the source and the English of news that people translated."""
    with (work / f"{language}.apart.tsv").open(encoding="utf-8", newline="\n") as file:
        for line in file:
            group, name, source, english = line.rstrip("\n").split("\t")
            if "wmt" in name and not name.endswith("-mt"):
                yield group, source, english
    with (work / f"{language}.tsv").open(encoding="utf-8", newline="\n") as file:
        for line in file:
            weight, source, english = line.rstrip("\n").split("\t")
            if weight == _NEWS and len(source) in _SIZES:
                yield "learn", source, english


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.starter", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"])
    parser.add_argument("--apart", type=int, default=1_100, help="sentences set apart, of each")
    parser.add_argument("--learn", type=int, default=4_000, help="other sentences, of each")
    options = parser.parse_args()
    settings = Settings(translation=TranslationSettings(audit=False))
    for language in options.languages:
        rows = list(read_rows(options.work, language))
        random.Random(3).shuffle(rows)
        apart = [row for row in rows if row[0] != "learn"][: options.apart]
        rows = apart + [row for row in rows if row[0] == "learn"][: options.learn]
        with (options.work / f"{language}.starter.tsv").open("w", encoding="utf-8") as out:
            for i in range(0, len(rows), _AT_ONCE):
                part = rows[i : i + _AT_ONCE]
                done = translate([row[1] for row in part], _TAGS[language], settings)
                for row, each in zip(part, done, strict=True):
                    out.write("\t".join([*row, each.text]) + "\n")


if __name__ == "__main__":
    main()
