"""``python -m training.audit.denials``: how surely the words of a sentence ask for a denial.

For each language three logistic regressions on the words of a sentence: whether translators had a
denial (``not``, ``no``, ``without`` ...) in the English of such a source, whether they had any
word that may stand for one (``fail``, ``un-`` ...), and whether the source of such an English has
a denial.  The last tells ``not only`` and ``whether or not`` from denials.  Writes
``corpus_norm/audit/tables/denials.json``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corpus_norm.audit.lexicon import TABLES, english_words, find_lexicon
from corpus_norm.audit.polarity import denial_clues, denies, may_deny

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST_SENTENCES = 12
_SHORTEST = 4  # words; shorter lines are labels and entries of dictionaries
_STRENGTH = 0.25
_LEAST_WEIGHT = 0.05
_LEAST_DOMAIN = 0.7  # of the weights in training.audit.corpus: no documentation


class Sentence(NamedTuple):
    """The clues of a source and of its English, and which words of them deny.

    ``label`` is 2 if the English has a denial, 1 for a word that may stand for one, otherwise 0.
    """

    clues: list[str]
    clues_en: list[str]
    denies: bool
    label: int


def read(work: Path, language: str, most: int) -> list[Sentence]:
    """Return the sentences of a language, the first of the best domains."""
    lexicon = find_lexicon(language)
    if lexicon is None:
        raise SystemExit(f"there is no lexicon of {language}")
    found: list[Sentence] = []
    with (work / f"{language}.tsv").open(encoding="utf-8", newline="\n") as file:
        for line in file:
            weight, source, english = line.rstrip("\n").split("\t")
            words_en = english_words(english)
            if float(weight) < _LEAST_DOMAIN or len(words_en) < _SHORTEST:
                continue
            forms = [word.form for word in lexicon.words(source)]
            forms_en = [word.form for word in words_en]
            label = 2 if denies(forms_en, "en") else int(any(map(may_deny, forms_en)))
            clues, clues_en = denial_clues(forms, language), denial_clues(forms_en, "en")
            found.append(Sentence(clues, clues_en, denies(forms, language), label))
            if len(found) == most:
                break
    return found


def regress(clues: Sequence[list[str]], labels: Sequence[bool]) -> dict[str, float]:
    """Return the weights of the clues of a sparse logistic regression."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    counts = Counter(clue for each in clues for clue in each)
    names = sorted(clue for clue, n in counts.items() if n >= _LEAST_SENTENCES)
    number = {clue: i for i, clue in enumerate(names)}
    rows = [[number[c] for c in each if c in number] for each in clues]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    places = np.concatenate([np.array(row, np.int32) for row in rows])
    matrix = csr_matrix((np.ones(len(places)), places, starts), (len(rows), len(names)))
    model = LogisticRegression(
        l1_ratio=1.0, C=_STRENGTH, solver="liblinear", max_iter=60, tol=1e-3, random_state=0
    )
    model.fit(matrix, np.array(labels))
    found = {"": round(float(model.intercept_[0]), 2)}
    for name, weight in zip(names, model.coef_[0].tolist(), strict=True):
        if abs(weight) >= _LEAST_WEIGHT:
            found[name] = round(weight, 2)
    return found


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.denials", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"])
    parser.add_argument("--most", type=int, default=150_000, help="sentences of a language")
    parser.add_argument("--output", type=Path, default=TABLES / "denials.json")
    options = parser.parse_args()
    table = {}
    for language in options.languages:
        rows = read(options.work, language, options.most)
        denied = [row for row in rows if row.label > 1]
        print(f"{language}: {len(rows):,} sentences, {len(denied):,} deny", flush=True)
        clues = [row.clues for row in rows]
        table[language] = {
            "denied": regress(clues, [row.label > 1 for row in rows]),
            "hinted": regress(clues, [row.label > 0 for row in rows]),
            "answered": regress([row.clues_en for row in denied], [row.denies for row in denied]),
        }
        print({name: len(each) for name, each in table[language].items()}, flush=True)
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    options.output.write_text(text.replace("},", "},\n") + "\n", "utf-8")


if __name__ == "__main__":
    main()
