"""Planted stories: reports of which it is known that they tell the same.

No set of news stories across languages can be had openly, so they are made: runs of lines of news
that exist in several translations.  Each report keeps a part of the lines of its run, in one of the
languages and by one of the translators, so that two of them share some sentences' meaning and no
sentence's words.  Even runs are for learning, odd ones for measuring.
"""

from __future__ import annotations

import gzip
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from corpus_norm.stories.profiles import Report

if TYPE_CHECKING:
    from pathlib import Path

LINES, GAP = 9, 12  # of a run, and between two runs, which may be of one article otherwise
_FIRST_DAY = date(2024, 1, 1)
_DAYS = 60
_TRANSLATED = 0.5  # share of foreign reports that have English beside them, by the last translator
_SETS = (
    ("zh-en.wmt-news17-20", "zh-en.wmt-news17-20-mt", "zh"),
    ("fr-en.wmt-news08-13", "fr-en.wmt-news08-13-mt", "fr"),
)


@dataclass(frozen=True, slots=True)
class Planted:
    """A report, and the number of the story it tells."""

    story: int
    report: Report


def plant(folder: Path, *, most: int = 400, seed: int = 1) -> list[Planted]:
    """Return the reports of at most so many stories of each language, in order of their day."""
    rng = random.Random(seed)
    found: list[Planted] = []
    story = 0
    for human, machine, language in _SETS:
        versions = _gather(folder, (human, machine))
        sources = list(dict.fromkeys(pair[0] for pair in _read(folder / f"{human}.tsv.gz")))
        for start in range(0, min(len(sources), most * (LINES + GAP)), LINES + GAP):
            run = sources[start : start + LINES]
            if len(run) == LINES:
                reports = _tell(story, run, versions, language, rng)
                found.extend(Planted(story, report) for report in reports)
                story += 1
    found.sort(key=lambda each: (each.report.day is None, each.report.day or _FIRST_DAY))
    return found


def _gather(folder: Path, names: tuple[str, ...]) -> dict[str, list[str]]:
    versions: dict[str, list[str]] = defaultdict(list)
    for name in names:
        for source, english in _read(folder / f"{name}.tsv.gz"):
            if english not in versions[source]:
                versions[source].append(english)
    return versions


def _read(path: Path) -> list[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        pairs = [line.rstrip("\n").split("\t") for line in lines]
    return [(pair[0], pair[1]) for pair in pairs]


def _tell(
    story: int, run: list[str], versions: dict[str, list[str]], language: str, rng: random.Random
) -> list[Report]:
    """Return one report in the foreign language and up to three in English."""
    day = _FIRST_DAY + timedelta(days=rng.randrange(_DAYS))
    dated = rng.random() < 0.7
    reports = []
    for number in range(rng.choice((2, 3, 4))):
        kept = sorted(rng.sample(range(LINES), rng.choice((5, 6, 7))))
        lines = [run[n] for n in kept]
        code = language
        if number:
            choices = [versions[line] for line in lines]
            lines = [each[min(number - 1, len(each) - 1)] for each in choices]
            code = "en"
        title, *rest = lines
        title_english, *english = [versions[run[n]][-1] for n in kept]
        is_translated = number == 0 and rng.random() < _TRANSLATED
        reports.append(
            Report(
                f"{story}-{number}",
                code,
                day + timedelta(days=rng.choice((0, 0, 0, 1, 1, 2, 4))) if dated else None,
                title,
                "\n\n".join(rest),
                title_english if is_translated else "",
                "\n\n".join(english) if is_translated else "",
            )
        )
    return reports
