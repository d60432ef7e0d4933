"""``python -m training.audit.names``: how surely names are answered.

Aligns news as the audit does, and counts how often nothing answers each name.  Adds two tables to
``corpus_norm/audit/tables/LANGUAGE.npz``: for each stem of the source and of English, -log2 of
that share, in whole sixteenths, or 0 if the stem is no name or too rare.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.audit.alignment import align
from corpus_norm.audit.entities import SPELLING
from corpus_norm.audit.lexicon import TABLES, find_lexicon
from corpus_norm.languages import get_language
from training.audit.package import pack_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from corpus_norm.audit.lexicon import Lexicon

_LEAST_DOMAIN = 2.0  # of the weights in training.audit.corpus: news
_OPEN = 0.5  # a word with a weaker answer is not answered
_LEAST_NAME, _LEAST_NAME_EN = 0.65, 0.85  # shares of the answers, or places, with a capital
_LEAST_SEEN, _MOST_OPEN = 8, 0.06
_SHORT = 2  # longer words of characters that spell foreign names need not be frequent
_PRIOR, _PRIOR_OPEN = 2.0, 0.08


class Counts:
    """How often each stem was seen, and how often nothing answered it."""

    def __init__(self) -> None:
        self.seen: Counter[int] = Counter()
        self.open: Counter[int] = Counter()

    def add(self, stem: int, best: float) -> None:
        """Count a word."""
        self.seen[stem] += 1
        self.open[stem] += best < _OPEN

    def share(self, stem: int) -> float:
        """Return the share that nothing answers, nearer to that of all names if it is rare."""
        return (self.open[stem] + _PRIOR * _PRIOR_OPEN) / (self.seen[stem] + _PRIOR)


def read_news(work: Path, language: str) -> Iterator[tuple[str, str]]:
    """Yield the news that was not set apart."""
    with (work / f"{language}.tsv").open(encoding="utf-8", newline="\n") as file:
        for line in file:
            weight, source, english = line.rstrip("\n").split("\t")
            if float(weight) >= _LEAST_DOMAIN:
                yield source, english


def count(
    pairs: Iterable[tuple[str, str]], language: str, lexicon: Lexicon
) -> tuple[Counts, Counts]:
    """Count the words of the source, and the English words with a capital inside a sentence."""
    record, words, words_en = get_language(language), Counts(), Counts()
    for source, english in pairs:
        found = align(source, english, record, lexicon)
        for word, best in zip(found.source, found.best, strict=True):
            words.add(lexicon.stem_of(word.form), best)
        for word, best in list(zip(found.english, found.best_en, strict=True))[1:]:
            if word.capital:
                words_en.add(lexicon.english.stem_of(word.form), best)
    return words, words_en


def source_shares(counts: Counts, lexicon: Lexicon) -> Iterator[float]:
    """Yield for each stem the share that nothing answers, 1 if it is no name or too rare."""
    forms = list(lexicon.stems)
    for stem, form in enumerate(forms):
        seen = counts.seen[stem]
        is_han = form >= "\u3400"
        is_name = not is_han or (
            len(form) > 1
            and lexicon.nameness(stem) >= _LEAST_NAME
            and counts.open[stem] <= _MOST_OPEN * seen
        )
        is_seen = seen >= _LEAST_SEEN or (len(form) > _SHORT and SPELLING.issuperset(form))
        yield counts.share(stem) if is_seen and is_name else 1.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.names", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--languages", nargs="+", default=["zh"])
    parser.add_argument("--most", type=int, default=50_000, help="pairs")
    parser.add_argument("--tables", type=Path, default=TABLES)
    options = parser.parse_args(arguments)
    for language in options.languages:
        lexicon = find_lexicon(language)
        if lexicon is None:
            parser.error(f"no lexicon of {language}")
        pairs = list(read_news(options.work, language))
        random.Random(1).shuffle(pairs)
        words, words_en = count(pairs[: options.most], language, lexicon)
        shares = np.array(list(source_shares(words, lexicon)))
        capitals = np.array(lexicon.english.capitals)
        shares_en = np.array([words_en.share(stem) for stem in range(len(capitals))])
        shares_en[capitals < _LEAST_NAME_EN] = 1.0
        path = options.tables / f"{language}.npz"
        with np.load(path, allow_pickle=False) as file:
            table = dict(file)
        table |= {"names": pack_steps(shares), "names_en": pack_steps(shares_en)}
        np.savez_compressed(path, **table)
        print(
            f"{language}: {np.count_nonzero(shares < 1):,} names, "
            f"{np.count_nonzero(shares_en < 1):,} English ones, of {len(pairs):,} pairs"
        )


if __name__ == "__main__":
    main()
