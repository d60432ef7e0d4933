"""``python -m training.audit.vague``: which words about a vague one give a lost number away.

A logistic regression on the words and marks about ``some``, ``several``, ``many`` and ``few`` tells
those that were put in the place of a numeral from those that people wrote.  Writes
``corpus_norm/audit/tables/vague.json``, which
:func:`corpus_norm.audit.fluency.odd_vague_word` reads.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from typing import TYPE_CHECKING

from corpus_norm.audit.fluency import VAGUE_WORDS, find_vague_words, vague_clues
from training.audit.pronouns import make_table

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence


_COMMON = 2000
_PLANTED = ("some", "some", "some", "several", "many", "few")
_MOST_NUMERALS = 2  # of a sentence
_NUMERAL = re.compile(r"\d[\d,.]*\d|\d")
_WORD = re.compile(r"[^\W\d_]+")


def common_words(texts: Sequence[str]) -> list[str]:
    """Return the most frequent words."""
    counts = Counter(word.lower() for text in texts for word in _WORD.findall(text))
    return sorted(word for word, _ in counts.most_common(_COMMON))


def collect(
    text: str, common: frozenset[str], draw: random.Random
) -> Iterator[tuple[bool, list[str]]]:
    """Yield the clues about each vague word of a text, and some that stand for its numerals."""
    for place in find_vague_words(text):
        yield False, vague_clues(text, place, common)
    numerals = list(_NUMERAL.finditer(text))
    for numeral in draw.sample(numerals, k=min(_MOST_NUMERALS, len(numerals))):
        start = numeral.start()
        faulty = text[:start] + draw.choice(_PLANTED) + text[numeral.end() :]
        for place in find_vague_words(faulty):
            if place.start() == start:
                yield True, vague_clues(faulty, place, common)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.vague", description=__doc__)
    make_table(parser, VAGUE_WORDS, common_words, collect)


if __name__ == "__main__":
    main()
