"""``python -m training.phrases.numerals``: drop Chinese pairs whose English loses their number.

The alignment often gives a rare counted word only the English beside its number: 十九大 was
"National Congress of the", 五日 "spanning", 第十届 "Opening".  The audit of amounts finds these.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.audit import audit
from corpus_norm.document import Flag
from corpus_norm.translation.engines.phrases import load_translator
from corpus_norm.translation.engines.phrases.tables import SOURCE_MOST
from corpus_norm.translation.engines.phrases.tokens import JOIN, NUMBER
from corpus_norm.translation.restating import SIGNS, restate, split_count
from training.gather import read_lines
from training.phrases.package import save_arrays

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from corpus_norm.translation.engines.phrases import Translator

    Phrase = tuple[str, ...]
    Pairs = Sequence[tuple[int, Sequence[str]]]

_FIGURE = "37"  # stands for a number in figures
_LOST = {Flag.AMOUNT_CHANGED, Flag.AMOUNT_MISSING, Flag.UNIT_CHANGED, Flag.DATE_CHANGED}
_NUMERAL = re.compile(f"[{SIGNS}]")
_JOINED = re.compile(f" ?{JOIN} ?")
_TWO_SENSES = frozenset({"四周"})  # four weeks, or all around
_AT_ONCE = 20_000  # phrases looked up


def list_phrases(tokens: Sequence[str]) -> Iterator[Phrase]:
    """Yield the phrases of a sentence that have a numeral.

    >>> list(list_phrases(["有", "七家"]))
    [('有', '七家'), ('七家',)]
    """
    numerals = [bool(_NUMERAL.search(token)) for token in tokens]
    for start in range(len(tokens)):
        for end in range(start + 1, min(len(tokens), start + SOURCE_MOST) + 1):
            if any(numerals[start:end]):
                yield tuple(tokens[start:end])


def loses_number(phrase: Sequence[str], english: Sequence[str]) -> bool:
    """Return whether the English of a phrase lacks a number that the audit reads in it.

    >>> said = [(["五", "日"], ["spanning"]), (["七家"], ["seven", "firms"]), (["一些"], ["some"])]
    >>> [loses_number(*pair) for pair in said]
    [True, False, False]
    """
    source = "".join(phrase).replace(NUMBER, _FIGURE)
    target = _JOINED.sub("", " ".join(english).replace(NUMBER, _FIGURE))
    found = audit(source, target, "zh-Hans")
    return any(pair.source for pair in found.amounts) and not _LOST.isdisjoint(found.flags)


def choose_wrong(found: Mapping[Phrase, Pairs]) -> list[int]:
    """Return the places of pairs to drop.

    A phrase of which all pairs lose the number goes whole if it has a counted word, which is then
    written in figures; otherwise it may be a fixed one (北斗七星, the Big Dipper), and stays.
    """
    wrong = []
    for phrase, pairs in found.items():
        losing = [pair for pair, english in pairs if loses_number(phrase, english)]
        is_counted = any(count[1] > 1 for count in map(split_count, phrase) if count)
        if _TWO_SENSES.isdisjoint(phrase) and (len(losing) < len(pairs) or is_counted):
            wrong += losing
    return sorted(wrong)


def find_pairs(translator: Translator, phrases: Sequence[Phrase]) -> dict[Phrase, Pairs]:
    """Return the pairs that a table has for whole phrases: their places and English words."""
    found = defaultdict(list)
    for at in range(0, len(phrases), _AT_ONCE):
        some = phrases[at : at + _AT_ONCE]
        matches = translator.model.table.find(some, [()] * len(some))
        whole = matches.ends - matches.starts == np.array(list(map(len, some)))[matches.sentences]
        for row in np.flatnonzero(whole & (matches.pairs >= 0)).tolist():
            english = [translator.words[i] for i in matches.words[row, : matches.sizes[row]]]
            found[some[int(matches.sentences[row])]].append((int(matches.pairs[row]), english))
    return dict(found)


def drop_wrong(translator: Translator, sentences: Iterable[str], file: Path) -> int:
    """Write the table without the pairs that lose a number; return how many those are."""
    phrases = {
        phrase: None
        for sentence in sentences
        if _NUMERAL.search(sentence)
        for phrase in list_phrases(translator.tokenize(restate(sentence, "zh-Hans")).forms)
    }
    wrong = choose_wrong(find_pairs(translator, list(phrases)))
    save_arrays(file, translator.model.table.without(np.array(wrong, np.int64)).arrays())
    return len(wrong)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m training.phrases.numerals", description=__doc__
    )
    parser.add_argument("--parallel", type=Path, required=True, help="folder of the pairs")
    parser.add_argument("--package", type=Path, required=True, help="folder of a phrase package")
    options = parser.parse_args()
    files = sorted(options.parallel.glob("zh-en.*.tsv.gz"))
    sentences = {line.split("\t")[0]: None for file in files for line in read_lines(file)}
    translator = load_translator(options.package, "zh")
    dropped = drop_wrong(translator, sentences, options.package / "model" / "zh.npz")
    print(f"{dropped} pairs dropped")


if __name__ == "__main__":
    main()
