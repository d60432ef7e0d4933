"""Read parallel text into filtered, weighted groups of sentence pairs."""

from __future__ import annotations

import gzip
import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from training.augment import augment
from training.filtering import HeldOut, filter_pairs, hash_words, split_words
from training.numbers import make_pairs
from training.sources import Source, limit_weights

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from training.settings import Preparation
    from training.sources import Domain

    Pair = tuple[str, str]

_AUGMENTED_DOMAINS = frozenset({"news", "machine-news", "prose"})


@dataclass(slots=True)
class Group:
    """The pairs of one source, and the counts of verdicts on its lines."""

    source: Source
    pairs: list[Pair]
    verdicts: dict[str, int] = field(default_factory=dict)

    @property
    def words(self) -> int:
        """Count the words of the target side, by which shares are measured."""
        return sum(english.count(" ") + 1 for _, english in self.pairs)


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a text file, gzipped when its name ends in ``.gz``."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as file:
        yield from file


def read_held_out(paths: Sequence[Path]) -> HeldOut:
    """Collect the sentences of all held-out files, one per line, of any language."""
    held_out = HeldOut()
    for path in paths:
        for line in read_lines(path):
            held_out.add(line)
    return held_out


def read_group(
    source: Source, path: Path, held_out: HeldOut, seen: set[int], choices: Preparation
) -> Group:
    """Read and filter one file, with its English in the second column."""
    group = Group(source, [])
    verdicts: Counter[str] = Counter()
    verdict_of = filter_pairs(
        read_lines(path), held_out, choices.limits, language=source.language, seen=seen
    )
    for left, right, reason in verdict_of:
        if choices.lines_per_source and sum(verdicts.values()) >= choices.lines_per_source:
            break
        verdicts[reason or "kept"] += 1
        if reason is None:
            group.pairs.append((right, left) if choices.reverse else (left, right))
    group.verdicts = dict(sorted(verdicts.items()))
    return group


def gather(
    files: Sequence[tuple[Source, Path]],
    domains: Mapping[str, Domain],
    exclude: Sequence[Path],
    choices: Preparation,
) -> list[Group]:
    """Read all files, the most valuable first, so that the best of several duplicates stays."""
    held_out, seen = read_held_out(exclude), set[int]()
    ranked = sorted(files, key=lambda item: (-domains[item[0].domain].weight, item[0].name))
    return [read_group(source, path, held_out, seen, choices) for source, path in ranked]


def split_validation(groups: Sequence[Group], count: int) -> list[tuple[int, Pair]]:
    """Take ``count`` pairs out of the news groups, or out of all groups if none is news.

    The choice depends only on the text of each pair, so every run sets the same pairs aside.
    Return them with the number of their group.
    """
    from_news = [i for i, g in enumerate(groups) if g.source.domain == "news" and g.pairs]
    rows = [
        (_rank(pair), i, pair) for i in from_news or range(len(groups)) for pair in groups[i].pairs
    ]
    taken = sorted(rows)[:count]
    for i in {i for _, i, _ in taken}:
        gone = {pair for _, j, pair in taken if j == i}
        groups[i].pairs = [pair for pair in groups[i].pairs if pair not in gone]
    return [(i, pair) for _, i, pair in taken]


def _rank(pair: Pair) -> int:
    return hash_words(*map(split_words, pair))


def add_made_pairs(groups: list[Group], choices: Preparation) -> None:
    """Append one group of augmented pairs and one of number sentences per language."""
    for language in sorted({group.source.language for group in groups}):
        rng = random.Random(f"{choices.seed} {language}")
        real = [g for g in groups if g.source.language == language]
        new = [
            pair
            for group in real
            if group.source.domain in _AUGMENTED_DOMAINS
            for pair in augment(group.pairs, choices.augmented, rng)
        ]
        count = round(choices.numbers * sum(len(group.pairs) for group in real))
        numbers = list(dict.fromkeys(make_pairs(language, count, rng)))
        if choices.reverse:
            numbers = [(english, foreign) for foreign, english in numbers]
        for domain, pairs in (("augmented", new), ("numbers", numbers)):
            if pairs:
                made = Source(f"{language}-en.{domain}", language, domain, "open", "made by rule")
                groups.append(Group(made, pairs))


def weigh(groups: Sequence[Group], domains: Mapping[str, Domain], phase: str) -> list[float]:
    """Return the copies per pass of the pairs of each group; ``phase`` is ``weight`` or ``final``.

    The caps on domains hold within each language.
    """
    weights: dict[tuple[str, str], float] = {}
    for language in sorted({group.source.language for group in groups}):
        words: Counter[str] = Counter()
        for group in groups:
            if group.source.language == language:
                words[group.source.domain] += group.words
        wanted = {name: getattr(domains[name], phase) for name in words}
        caps = {name: domains[name].cap for name in words if domains[name].cap < 1}
        limited = limit_weights(words, wanted, caps)
        weights |= {(language, name): weight for name, weight in limited.items()}
    return [round(weights[g.source.language, g.source.domain], 4) for g in groups]


def thin(group: Group, keep: float) -> None:
    """Keep about the share ``keep`` of the pairs, chosen by their text."""
    if keep < 1:
        limit = int(keep * 2**32)
        group.pairs = [pair for pair in group.pairs if _rank(pair) % 2**32 < limit]


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
