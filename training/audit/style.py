"""``python -m training.audit.style``: which sequences of words give bad English away.

A logistic regression on sequences of two to four word classes (frequent words, endings of others)
tells the output of the starter model from English by people and by good systems.  Writes
``corpus_norm/audit/tables/style.json``, which :func:`corpus_norm.audit.fluency.clumsiness` reads.

The work folder needs ``LANGUAGE.starter.tsv``: group, source, a person's English and the starter's,
made by ``python -m training.audit.starter``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np

from corpus_norm.audit.fluency import STYLE, classify, sequences

_COMMON = 400
_GOOD = 8_000
"""Sentences of news by people and by good systems, of each language."""
_LEAST_SENTENCES = 8
_STRENGTH = 1.0
_LEAST_WEIGHT = 0.02


def read(work: Path, languages: list[str]) -> tuple[list[str], list[str]]:
    """Return good and bad English, none of it of the lines that were set apart."""
    good, bad = [], []
    for language in languages:
        with (work / f"{language}.starter.tsv").open(encoding="utf-8", newline="\n") as file:
            for line in file:
                group, _, _, starter = line.rstrip("\n").split("\t")
                if group == "learn":
                    bad.append(starter)
        with (work / f"{language}.tsv").open(encoding="utf-8", newline="\n") as file:
            news = [line.rstrip("\n").split("\t")[2] for line in file if line[0] in "23"]
        good += news[:: max(1, len(news) // _GOOD)]
    return good, bad


def common_words(texts: list[str]) -> list[str]:
    """Return the most frequent words."""
    counts = Counter(word for text in texts for word in text.lower().split() if word.isalpha())
    return sorted(word for word, _ in counts.most_common(_COMMON))


def regress(good: list[str], bad: list[str], common: list[str]) -> dict[str, float]:
    """Return the weight of each sequence; positive ones are of bad English."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    known = frozenset(common)
    texts = [sequences(classify(text, known)) for text in good + bad]
    counts = Counter(each for text in texts for each in set(text))
    names = sorted(each for each, n in counts.items() if n >= _LEAST_SENTENCES)
    number = {name: i for i, name in enumerate(names)}
    places = [[number[each] for each in text if each in number] for text in texts]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in places])])
    # The weight of a sequence counts by its share of the text.
    shares = [1.0 / max(1, len(text)) ** 0.5 for text in texts]
    values = np.repeat(np.array(shares), np.diff(starts))
    matrix = csr_matrix(
        (values, np.concatenate([np.array(row, np.int32) for row in places]), starts),
        (len(texts), len(names)),
    )
    labels = np.array([0] * len(good) + [1] * len(bad))
    model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=300, random_state=0)
    model.fit(matrix, labels)
    weights = dict(zip(names, model.coef_[0].tolist(), strict=True))
    kept = {name: round(w, 2) for name, w in weights.items() if abs(w) >= _LEAST_WEIGHT}
    return {"": round(float(model.intercept_[0]), 3)} | kept


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.style", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"])
    parser.add_argument("--output", type=Path, default=STYLE)
    options = parser.parse_args()
    good, bad = read(options.work, options.languages)
    common = common_words(good)
    weights = regress(good, bad, common)
    print(f"{len(good):,} good, {len(bad):,} bad, {len(weights):,} sequences")
    table = {"common": common, "weights": weights}
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    options.output.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
