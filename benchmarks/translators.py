"""The score by who translated: people, two commercial systems, the starter model.

The lines are news that the lexicon never saw (``training.audit.corpus`` sets them apart) and that
the score was not fitted on.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from typing import TYPE_CHECKING

from corpus_norm.audit import audit
from training.audit.corpus import group_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NEWS = {"fr": "fr-en.wmt-news08-13", "zh-Hans": "zh-en.wmt-news17-20"}
BY = ("person", "system 1", "system 2", "starter")


def compare_translators(folder: Path, most: int) -> None:
    """Print the mean adequacy of each translator, and how well it tells people from the starter."""
    for language, name in NEWS.items():
        if not (folder / f"{name}.tsv.gz").exists():
            print(f"{name} is not in {folder}; not scored")
            continue
        rows = collect(folder, name)[:most]
        add_starter(rows, language)
        scores = {by: [score_of(row["source"], row[by], language) for row in rows] for by in BY}
        print(f"\n{name}: {len(rows)} lines; mean adequacy, share flagged")
        for by, each in scores.items():
            flagged = sum(not audit(row["source"], row[by], language).passed for row in rows)
            print(f"  {by:10}{sum(each) / len(each):8.3f}{flagged / len(rows):9.1%}")
        for by in BY[1:]:
            print(f"  AUC of a person against {by}: {auc(scores['person'], scores[by]):.3f}")


def collect(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the lines set apart, with the English of a person and of both systems."""
    human = dict(read(folder / f"{name}.tsv.gz"))
    apart = {source for source, english in human.items() if group_of(english) == "check"}
    machine: dict[str, list[str]] = defaultdict(list)
    for source, english in read(folder / f"{name}-mt.tsv.gz"):
        if source in apart:
            machine[source].append(english)
    return [
        {"source": source, "person": human[source], "system 1": each[0], "system 2": each[1]}
        for source, each in machine.items()
        if len(each) == 2
    ]


def read(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the pairs of a file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        for line in file:
            source, _, english = line.rstrip("\n").partition("\t")
            yield source, english


def add_starter(rows: Sequence[dict[str, str]], language: str) -> None:
    """Translate the lines with the starter model, without an audit."""
    from corpus_norm.settings import Settings, TranslationSettings
    from corpus_norm.translation import translate

    settings = Settings(translation=TranslationSettings(audit=False))
    done = translate([row["source"] for row in rows], language, settings)
    for row, each in zip(rows, done, strict=True):
        row["starter"] = each.text


def score_of(source: str, english: str, language: str) -> float:
    """Return the adequacy of a pair."""
    return audit(source, english, language).adequacy or 0.0


def auc(good: Sequence[float], bad: Sequence[float]) -> float:
    """Return the probability that one of the first has a higher score than one of the second.

    >>> auc([0.9, 0.5], [0.1, 0.5])
    0.875
    """
    ordered = sorted([(score, 1) for score in good] + [(score, 0) for score in bad])
    wins, below, i = 0.0, 0, 0
    while i < len(ordered):
        j = i
        while j < len(ordered) and ordered[j][0] == ordered[i][0]:
            j += 1
        here = sum(kind for _, kind in ordered[i:j])
        wins += here * (below + (j - i - here) / 2)
        below += j - i - here
        i = j
    return wins / (len(good) * len(bad))
