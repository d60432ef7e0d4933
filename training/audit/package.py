"""``python -m training.audit.package``: prune the counts, and write the files of the library.

Writes ``en.npz`` and ``LANGUAGE.npz``, which :mod:`corpus_norm.audit.lexicon` reads: forms and
their stems, how rare a stem is, and for each stem of the source the English stems that answer it,
with the probabilities in both directions as whole sixteenths of -log2.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from training.audit.han import readings, simplified_map
from training.audit.stems import stem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Table = dict[str, NDArray[np.generic]]

_STEPS = 16  # of -log2 of a probability
_MOST = 60  # English stems of a source stem
_MOST_BACK = 100  # source stems of an English stem
RARITY_STEPS = 12


class Counts:
    """The counts of a language that :mod:`training.audit.lexicon` wrote."""

    def __init__(self, work: Path, language: str) -> None:
        arrays = np.load(work / f"{language}.counts.npz")
        self.source = (arrays["keys"] >> 32).astype(np.int64)
        self.english = (arrays["keys"] & 0xFFFFFFFF).astype(np.int64)
        self.links = arrays["links"]
        self.totals = arrays["total0"], arrays["total1"]
        self.docs = arrays["docs0"], arrays["docs1"]
        self.stems = json.loads((work / f"{language}.stems.json").read_text("utf-8"))
        self.forms = json.loads((work / f"{language}.forms.json").read_text("utf-8"))

    def prune(self) -> None:
        """Keep the links that say something: frequent ones, and rare ones of rare words."""
        answers = self.links / np.maximum(self.totals[0][self.source], 1e-9)
        back = self.links / np.maximum(self.totals[1][self.english], 1e-9)
        share = self.totals[1][self.english] / self.totals[1].sum()
        sure = (self.links >= 0.45) & (np.maximum(answers, back) >= 0.03) & (answers > 10 * share)
        often = (self.links >= 1.5) & (np.maximum(answers, back) >= 0.004) & (answers > 3 * share)
        keep = (sure | often) & (self.links >= 0.3)
        worth = np.maximum(answers, back) * 0.5 + np.sqrt(answers * back)
        for side, most in ((self.source, _MOST), (self.english, _MOST_BACK)):
            places = np.flatnonzero(keep)
            order = places[np.lexsort((-worth[places], side[places]))]
            keys = side[order]
            first = np.searchsorted(keys, keys)
            keep = np.zeros(len(keep), bool)
            keep[order[np.arange(len(keys)) - first < most]] = True
        self.source, self.english, self.links = (
            each[keep] for each in (self.source, self.english, self.links)
        )
        self.answers, self.back = np.minimum(answers[keep], 1), np.minimum(back[keep], 1)


def pack_text(lines: list[str]) -> NDArray[np.uint8]:
    """Return lines of text as bytes."""
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def pack_steps(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return probabilities as whole steps of -log2."""
    steps = np.round(-np.log2(np.maximum(shares, 2**-15.9)) * _STEPS)
    return np.clip(steps, 0, 255).astype(np.uint8)


def pack_rarity(docs: NDArray[np.float64], sentences: float) -> NDArray[np.uint8]:
    """Return how rare words are, in steps of -log2 of the share of sentences that have them."""
    bits = np.log2(sentences / np.maximum(docs, 0.5))
    return np.clip(np.round(bits * RARITY_STEPS), 0, 255).astype(np.uint8)


def english_table(counts: dict[str, Counts]) -> tuple[Table, dict[str, int]]:
    """Return the table of English, and the number of each stem."""
    of = stem("en")
    used: set[str] = set()
    forms: Counter[str] = Counter()
    capitals, inner = Counter[str](), Counter[str]()
    docs: Counter[str] = Counter()
    sentences = 0.0
    for each in counts.values():
        used.update(each.stems[1][i] for i in set(each.english.tolist()))
        forms.update(each.forms["english"])
        capitals.update(each.forms["capitals"])
        inner.update(each.forms["inner"])
        docs.update(dict(zip(each.stems[1], each.docs[1].tolist(), strict=True)))
        sentences += each.docs[1].max()
    by_stem: dict[str, list[str]] = defaultdict(list)
    for form, n in forms.items():
        if of(form) in used and (n > 1 or of(form) == form or len(by_stem[of(form)]) == 0):
            by_stem[of(form)].append(form)
    names = sorted(by_stem, key=lambda s: (-docs[s], s))[:65_535]
    rows = [(form, i) for i, name in enumerate(names) for form in sorted(by_stem[name])]
    # A word seen only at the beginning of sentences is likely a name.
    said = [sum(inner[f] for f in by_stem[s]) + 0.25 for s in names]
    with_capital = [sum(capitals[f] for f in by_stem[s]) + 0.25 for s in names]
    table: Table = {
        "forms": pack_text([form for form, _ in rows]),
        "stems": np.array([i for _, i in rows], np.uint16),
        "rarity": pack_rarity(np.array([docs[s] for s in names], float), sentences),
        "capitals": np.round(255 * np.array(with_capital) / np.array(said)).astype(np.uint8),
    }
    return table, {name: i for i, name in enumerate(names)}


def source_table(counts: Counts, language: str, english: dict[str, int], work: Path) -> Table:
    """Return the table of a source language."""
    of = stem(language)
    to = np.array([english.get(name, -1) for name in counts.stems[1]])
    keep = to[counts.english] >= 0
    source, target = counts.source[keep], to[counts.english[keep]]
    order = np.lexsort((target, source))
    source, target = source[order], target[order]
    answers, back = counts.answers[keep][order], counts.back[keep][order]
    used, places = np.unique(source, return_inverse=True)
    starts = np.concatenate([[0], np.cumsum(np.bincount(places, minlength=len(used)))])
    table: Table = {
        "starts": starts.astype(np.uint32),
        "targets": target.astype(np.uint16),
        "answers": pack_steps(answers),
        "back": pack_steps(back),
        "rarity": pack_rarity(counts.docs[0][used], float(counts.docs[0].max()) * 2),
    }
    number = {counts.stems[0][stem_id]: i for i, stem_id in enumerate(used.tolist())}
    if language == "zh":
        return table | han_table(number, work)
    rows = sorted((form, number[of(form)]) for form in counts.forms["source"] if of(form) in number)
    table["forms"] = pack_text([form for form, _ in rows])
    table["stems"] = np.array([i for _, i in rows], np.uint32)
    return table


def han_table(number: dict[str, int], work: Path) -> Table:
    """Return the words of Chinese with their costs, simplified characters, and readings."""
    costs = json.loads((work / "zh.costs.json").read_text("utf-8"))
    words = list(number)  # those with answers come first, in order
    words += sorted(word for word in costs if word not in number)
    simple = simplified_map()
    read = readings()
    return {
        "forms": pack_text(words),
        "costs": np.array([min(255, round(costs.get(w, 31) * 8)) for w in words], np.uint8),
        "traditional": pack_text(["".join(map(chr, simple)), "".join(simple.values())]),
        "readings": pack_text([sign + " ".join(each) for sign, each in read.items()]),
    }


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.package", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that lexicon filled")
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"])
    parser.add_argument("--output", type=Path, default=Path("corpus_norm/audit/tables"))
    options = parser.parse_args()
    counts = {language: Counts(options.work, language) for language in options.languages}
    for each in counts.values():
        each.prune()
    table, english = english_table(counts)
    options.output.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(options.output / "en.npz", **table)
    for language, each in counts.items():
        rows = source_table(each, language, english, options.work)
        np.savez_compressed(options.output / f"{language}.npz", **rows)
        print(f"{language}: {len(rows['targets']):,} pairs, {len(rows['rarity']):,} stems")
    for path in sorted(options.output.glob("*.npz")):
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
