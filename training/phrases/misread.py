"""``python -m training.phrases.misread``: drop pairs whose English is not the Chinese name.

The alignment of rare or repeated text may give a name the words beside it: 以色列 was "the children
of" in the Bible, 加勒比 "derives".  CC-CEDICT and CLDR say what such a name is.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.translation.engines.phrases import load_translator
from corpus_norm.translation.engines.phrases.english import Vocabulary
from training.gather import read_lines
from training.phrases.glosses import TABLES, clean_gloss
from training.phrases.package import save_arrays

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from corpus_norm.translation.engines.phrases import Translator

_STEM = 4  # letters
# What the English may add to a name, as the Chinese word has it: 江苏省 is "Jiangsu province".
_KINDS = frozenset(
    [
        "city",
        "county",
        "day",
        "district",
        "dialect",
        "dynasty",
        "island",
        "islands",
        "language",
        "people",
        "prefecture",
        "province",
        "region",
        "river",
        "state",
    ]
)


def choose_names(entries: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Return the stems of the English of each word that is a name and nothing else.

    >>> choose_names({"以色列": ["Israel"], "大众": ["Volkswagen", "the masses"]})
    {'以色列': frozenset({'isra'})}
    """
    found = {}
    for word, glosses in entries.items():
        bare = [re.sub(r"\s*\([^)]*\)", "", gloss).strip() for gloss in glosses]
        if len(word) > 1 and all(gloss[:1].isupper() for gloss in bare):
            names = " ".join(map(clean_gloss, bare)).split()
            found[word] = frozenset(map(_stem, names))
    return {word: stems for word, stems in found.items() if stems}


def is_misread(english: Sequence[str], stems: frozenset[str], content: frozenset[str]) -> bool:
    """Return whether the English of a name lacks it, or adds a content word of its own.

    >>> content = frozenset({"Israel", "Israeli", "children"})
    >>> said = (["the", "children", "of"], ["the", "children", "of", "Israel"], ["Israeli"])
    >>> [is_misread(each, frozenset({"isra"}), content) for each in said]
    [True, True, False]
    """
    words = [word for word in english if word in content]
    names = any(word[:1].isupper() or _stem(word) in stems for word in words)
    adds = any(word.islower() and _stem(word) not in stems and word not in _KINDS for word in words)
    return adds or not names


def find_misread(translator: Translator, names: Mapping[str, frozenset[str]]) -> list[int]:
    """Return the places of pairs to drop; a name keeps all unless one of its pairs is right."""
    words, table = translator.words, translator.model.table
    flags = Vocabulary.of_words(words).content
    content = frozenset(word for word, flag in zip(words, flags, strict=True) if flag)
    listed = sorted(name for name in names if table.knows([name])[0])
    matches = table.find([(name,) for name in listed], [()] * len(listed))
    pairs: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for row in np.flatnonzero(matches.pairs >= 0).tolist():
        english = [words[word] for word in matches.words[row, : matches.sizes[row]].tolist()]
        owner = int(matches.sentences[row])
        wrong = is_misread(english, names[listed[owner]], content)
        pairs[owner].append((int(matches.pairs[row]), wrong))
    return sorted(
        pair
        for owned in pairs.values()
        if not all(wrong for _, wrong in owned)
        for pair, wrong in owned
        if wrong
    )


def _stem(word: str) -> str:
    return word.lower()[:_STEM]


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.phrases.misread", description=__doc__)
    parser.add_argument("--parallel", type=Path, required=True, help="folder of the word lists")
    parser.add_argument("--package", type=Path, required=True, help="folder of a phrase package")
    options = parser.parse_args()
    entries: dict[str, list[str]] = defaultdict(list)
    for name in TABLES:
        for line in read_lines(options.parallel / f"{name}.tsv.gz"):
            word, gloss = line.split("\t")[:2]
            entries[word].append(gloss)
    translator = load_translator(options.package, "zh")
    wrong = find_misread(translator, choose_names(entries))
    table = translator.model.table.without(np.array(wrong, np.int64))
    save_arrays(options.package / "model" / "zh.npz", table.arrays())
    print(f"{len(wrong)} pairs dropped")


if __name__ == "__main__":
    main()
