"""``python -m training.audit.replaced``: which English names have the place of another name.

Boosted trees tell names of right translations that nothing in the Chinese answers from those that
were put in the place of a name, by :class:`corpus_norm.audit.sounds.NameClues`.  They are learnt
from the news that the lexicon never saw, as it answers too much of the rest.  Writes
``corpus_norm/audit/tables/replaced.json``.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.audit.alignment import align
from corpus_norm.audit.lexicon import find_lexicon
from corpus_norm.audit.sounds import REPLACED, NameClues, clues_of
from corpus_norm.languages import get_language
from training.audit.faults import swap_name
from training.audit.fit import read_apart
from training.audit.trees import grow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Row = tuple[bool, bool, NameClues]  # planted, translated by a person

_PLANTED, _NEAR = 2, 12
_HUMAN = 1.5
"""What the names of people's translations count beside those of systems."""


def collect(pairs: Sequence[tuple[bool, str, str]], language: str) -> Iterator[Row]:
    """Yield the clues of the names of right translations, and of those put in their place."""
    lexicon, record, draw = find_lexicon(language), get_language(language), random.Random(3)
    if lexicon is None:
        raise ValueError(f"no lexicon of {language}")
    others = [english for _, _, english in pairs]
    for is_human, source, english in pairs:
        found = align(source, english, record, lexicon)
        yield from ((False, is_human, clues) for _, clues in clues_of(found, lexicon))
        for _ in range(_PLANTED):
            faulty = swap_name(english, draw, others)
            if not faulty or faulty == english:
                continue
            same = zip(english, faulty, strict=False)
            at = next((i for i, (a, b) in enumerate(same) if a != b), len(faulty) - 1)
            found = align(source, faulty, record, lexicon)
            planted = [
                clues
                for j, clues in clues_of(found, lexicon)
                if at - _NEAR <= found.english[j].start <= at + 1
            ]
            yield from ((True, is_human, clues) for clues in planted[:1])


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.replaced", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--output", type=Path, default=REPLACED)
    options = parser.parse_args()
    pairs = [pair for group in ("fit", "check") for pair in read_apart(options.work, "zh", group)]
    random.Random(3).shuffle(pairs)
    rows = list(collect(pairs, "zh"))
    right, wrong = ([row for row in rows if row[0] == planted] for planted in (False, True))
    counts = [_HUMAN if is_human else 1.0 for _, is_human, _ in right]
    bias, trees = grow([row[2] for row in right], [row[2] for row in wrong], counts)
    table = {"clues": list(NameClues._fields), "bias": bias, "trees": trees}
    print(f"{len(right):,} names, {len(wrong):,} planted, {len(trees)} trees")
    options.output.write_text(json.dumps(table, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
