"""``python -m training.audit.lexicon``: which English words answer which words of the source.

Aligns the pairs that :mod:`training.audit.corpus` wrote with eflomal (Östling and Tiedemann 2016)
in both directions, on stems; counts the links, one that both directions have fully, any other in
part; and writes ``LANGUAGE.counts.npz`` and the names of the stems for
:mod:`training.audit.package`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus_norm.audit.lexicon import Word, english_words, segment, spaced_words, unspaced_words
from training.audit.han import simplified_map, word_costs
from training.audit.stems import stem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Split = Callable[[str], list[Word]]

_ONE_WAY = 0.3
"""What a link counts that only one direction has."""
_LONGEST = 100


def tokenize(work: Path, language: str) -> None:
    """Write the stems of both sides, and count the forms."""
    split: Split = spaced_words
    if language == "zh":
        simplify = simplified_map()
        costs = word_costs(
            (row[1].translate(simplify) for row in read_rows(work, language)),
        )
        (work / "zh.costs.json").write_text(json.dumps(costs, ensure_ascii=False), "utf-8")
        cut = partial(segment, costs=costs)
        split = lambda text: unspaced_words(text.translate(simplify), cut)  # noqa: E731
    stems = stem(language), stem("en")
    forms: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    capitals, inner = Counter[str](), Counter[str]()
    with (
        (work / f"{language}.s").open("w", encoding="utf-8") as left,
        (work / f"{language}.e").open("w", encoding="utf-8") as right,
        (work / f"{language}.w").open("w", encoding="utf-8") as weights,
    ):
        for weight, source, english in read_rows(work, language):
            words, words_en = split(source), english_words(english)
            if not (0 < len(words) <= _LONGEST and 0 < len(words_en) <= _LONGEST):
                continue
            left.write(" ".join(stems[0](w.form) for w in words) + "\n")
            right.write(" ".join(stems[1](w.form) for w in words_en) + "\n")
            weights.write(f"{weight}\n")
            forms[0].update(w.form for w in words)
            forms[1].update(w.form for w in words_en)
            capitals.update(w.form for w in words_en[1:] if w.capital)
            inner.update(w.form for w in words_en[1:])
    found = {"source": forms[0], "english": forms[1], "capitals": capitals, "inner": inner}
    (work / f"{language}.forms.json").write_text(json.dumps(found, ensure_ascii=False), "utf-8")


def read_rows(work: Path, language: str) -> Iterator[tuple[float, str, str]]:
    """Yield the weight, source and English of each pair."""
    with (work / f"{language}.tsv").open(encoding="utf-8", newline="\n") as file:
        for line in file:
            weight, source, english = line.rstrip("\n").split("\t")
            yield float(weight), source, english


def align(work: Path, language: str, effort: float) -> None:
    """Align both directions with eflomal."""
    command = [shutil.which("eflomal-align") or "eflomal-align", "--overwrite", "--model", "3"]
    command += ["--n-samplers", "1", "--length", str(effort), "-s", str(work / f"{language}.s")]
    command += ["-t", str(work / f"{language}.e"), "-f", str(work / f"{language}.fwd")]
    command += ["-r", str(work / f"{language}.rev")]
    subprocess.run(command, check=True)  # noqa: S603 -- our own arguments


def count(work: Path, language: str) -> None:
    """Count the links, the stems and the sentences that have each stem."""
    ids: tuple[dict[str, int], dict[str, int]] = ({}, {})
    keys, values = [], []
    totals: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
    seen: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
    with (
        (work / f"{language}.s").open(encoding="utf-8") as left,
        (work / f"{language}.e").open(encoding="utf-8") as right,
        (work / f"{language}.w").open(encoding="utf-8") as weights,
        (work / f"{language}.fwd").open() as forward,
        (work / f"{language}.rev").open() as reverse,
    ):
        for row in zip(left, right, weights, forward, reverse, strict=True):
            sides = [
                [names.setdefault(w, len(names)) for w in text.split()]
                for names, text in zip(ids, row[:2], strict=True)
            ]
            weight = float(row[2])
            both = [set(text.split()) for text in row[3:]]
            for link in both[0] | both[1]:
                i, j = link.split("-")
                keys.append(sides[0][int(i)] << 32 | sides[1][int(j)])
                values.append(weight if link in both[0] and link in both[1] else weight * _ONE_WAY)
            for total, docs, side in zip(totals, seen, sides, strict=True):
                for word in side:
                    total[word] += weight
                docs.update(set(side))
    joined, places = np.unique(np.array(keys, np.int64), return_inverse=True)
    links = np.bincount(places, weights=np.array(values))
    arrays = {
        f"{kind}{side}": np.array([counter[i] for i in range(len(ids[side]))])
        for kind, pair in (("total", totals), ("docs", seen))
        for side, counter in enumerate(pair)
    }
    np.savez(work / f"{language}.counts.npz", keys=joined, links=links, **arrays)
    names = [list(each) for each in ids]
    (work / f"{language}.stems.json").write_text(json.dumps(names, ensure_ascii=False), "utf-8")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.lexicon", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"])
    parser.add_argument("--tokenised", action="store_true", help="use the tokens of an earlier run")
    parser.add_argument("--effort", type=float, default=0.4, help="scales the number of samples")
    options = parser.parse_args()
    for language in options.languages:
        if not options.tokenised:
            tokenize(options.work, language)
            print(f"{language}: tokenised", flush=True)
        align(options.work, language, options.effort)
        print(f"{language}: aligned", flush=True)
        count(options.work, language)
        print(f"{language}: counted", flush=True)


if __name__ == "__main__":
    main()
