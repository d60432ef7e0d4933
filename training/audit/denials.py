"""``python -m training.audit.denials``: how surely a denial was lost or added, by the words.

For each language two sparse logistic regressions on the clues of an aligned pair
(:mod:`corpus_norm.audit.polarity_odds`): one tells pairs whose source has a denial from the same
after ``not`` was taken out of the English, the other tells the denials of English from a ``not``
that was put into it.  Writes ``corpus_norm/audit/tables/denials.json``.

A third regression says which of two opposites (``before``, ``after``) stands in a place of right
English.  It needs no planted faults.  Writes ``corpus_norm/audit/tables/opposites.json``.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corpus_norm.audit.alignment import align
from corpus_norm.audit.lexicon import TABLES, find_lexicon
from corpus_norm.audit.polarity_odds import (
    ROOTS,
    Choice,
    added_clues,
    choices_of,
    lost_clues,
    sides_of,
)
from corpus_norm.languages import get_language
from training.audit.faults import add_denial, drop_denial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

_LEAST_SENTENCES = 8
_SHORTEST = 4  # words; shorter lines are labels and entries of dictionaries
_STRENGTH = 0.25
_STRENGTH_OF_LOST = 0.3
_STRENGTH_OF_CHOICES = 0.2
_LEAST_WEIGHT = 0.05
_LEAST_OF_LOST, _LONGEST = 1.0, 250  # the lines and characters that --only-lost reads
_LEAST_DOMAIN = 1.5  # of the weights in training.audit.corpus: news, prose and speech
_NEWS, _STEP = 2.0, 2  # of the others than news, one line of so many
_AGAIN = 2
_MOST = 6_000  # places of a word with an opposite
_CLUES_OF_EITHER_SIGN = tuple("~#+°^@")
# "Did not go" and "can't" leave no trace once they deny nothing: "go", "can".
_SUPPORT = re.compile(r"\b(?:do|does|did)(?:n['’]t| not| never)\b\s?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_WHOLE = (("can't", "can"), ("can’t", "can"), ("cannot", "can"), ("won't", "will"))


class Examples:
    """The clues of pairs with their labels, 1 for a fault, and what each counts."""

    def __init__(self) -> None:
        self.clues: list[Mapping[str, int]] = []
        self.labels: list[bool] = []
        self.counts: list[float] = []

    def add(self, clues: Iterable[str] | Mapping[str, int], count: float, *, fault: bool) -> None:
        """Add a pair, if it has clues; each counts 1 or what it is mapped to."""
        if clues:
            values = clues if isinstance(clues, dict) else dict.fromkeys(clues, 1)
            self.clues.append(values)
            self.labels.append(fault)
            self.counts.append(count)

    def add_each(self, places: Sequence[list[str]], count: float, *, fault: bool) -> None:
        """Add each of several places."""
        for clues in places:
            self.add(clues, count, fault=fault)


class Pair(NamedTuple):
    """A line of the corpus."""

    weight: float
    source: str
    english: str


def read(
    work: Path, language: str, least: float = _NEWS, other: float = _LEAST_DOMAIN
) -> Iterator[Pair]:
    """Yield the sentences that count ``least``, and one line of two of those that count less."""
    with (work / f"{language}.tsv").open(encoding="utf-8", newline="\n") as file:
        for i, line in enumerate(file):
            weight, source, english = line.rstrip("\n").split("\t")
            is_chosen = float(weight) >= (other if i % _STEP == 0 else least)
            if is_chosen and english.count(" ") >= _SHORTEST - 1:
                yield Pair(float(weight), source, english)


def without_denials(english: str) -> str | None:
    """Return a sentence without its ``not``, and without the ``did`` that it needed.

    >>> without_denials("They did not sign, and can't.")
    'They sign, and can.'
    """
    bare = english
    for word, rest in _WHOLE:
        bare = bare.replace(word, rest)
    bare = _SUPPORT.sub("", bare)
    bare = drop_denial(bare, random.Random(0), ()) or bare
    return bare if bare != english else None


def _join(clues: tuple[list[str], list[list[str]]]) -> list[list[str]]:
    shared, own = clues
    return [shared + each for each in own]


def lost_of(
    right: tuple[list[str], list[list[str]]], bare: tuple[list[str], list[list[str]]]
) -> list[list[str]]:
    """Return the clues of the denials of a source whose ``not`` was taken out of the English."""
    is_near = [
        ("~not" in one, "~not" in other) for one, other in zip(right[1], bare[1], strict=True)
    ]
    alone = len(is_near) == 1 and right[0] != bare[0]
    return [
        bare[0] + own
        for own, (before, after) in zip(bare[1], is_near, strict=True)
        if not after and (before or alone)
    ]


def mentions_denial(source: str, english: str, language: str) -> bool:
    """Return whether a pair may have a denial, without a look at its words one by one."""
    words = source if language == "zh" else _WORD.findall(source.lower())
    return not (ROOTS[language].isdisjoint(words) and ROOTS["en"].isdisjoint(_words_en(english)))


def _words_en(english: str) -> list[str]:
    return _WORD.findall(english.lower().replace("n't", " not").replace("n’t", " not"))


def collect(work: Path, language: str, most: int) -> tuple[Examples, Examples]:
    """Return the examples of lost and of added denials; at most so many sentences of each."""
    lexicon, record = find_lexicon(language), get_language(language)
    if lexicon is None:
        raise SystemExit(f"there is no lexicon of {language}")
    lost, added = Examples(), Examples()
    draw = random.Random(language)
    denied = plain = 0
    for weight, source, english in read(work, language):
        if plain >= most and not mentions_denial(source, english, language):
            continue
        found = align(source, english, record, lexicon)
        clues, clues_en = lost_clues(found, lexicon), _join(added_clues(found, lexicon))
        if clues[1] or clues_en:
            denied += 1
            if denied > most:
                break
        lost.add_each(_join(clues), weight, fault=False)
        added.add_each(clues_en, weight, fault=False)
        bare = without_denials(english) or english
        faults = lost_of(clues, lost_clues(align(source, bare, record, lexicon), lexicon))
        lost.add_each(faults, weight / max(1, len(faults)), fault=True)
        if not clues_en and (more := add_denial(english, draw, ())):
            plain += not clues[1]
            found = align(source, more, record, lexicon)
            added.add_each(_join(added_clues(found, lexicon)), weight, fault=True)
    return lost, added


def collect_lost(work: Path, language: str) -> Examples:
    """Return the examples of lost denials in all lines that count enough."""
    lexicon, record = find_lexicon(language), get_language(language)
    if lexicon is None:
        raise SystemExit(f"there is no lexicon of {language}")
    lost = Examples()
    for weight, source, english in read(work, language, _LEAST_DOMAIN, _LEAST_OF_LOST):
        if ROOTS[language].isdisjoint(source) or len(source) > _LONGEST:
            continue
        clues = lost_clues(align(source, english, record, lexicon), lexicon)
        bare = without_denials(english) or english
        others = lost_clues(align(source, bare, record, lexicon), lexicon)
        if len(clues[1]) != len(others[1]):
            continue
        faults = lost_of(clues, others)
        lost.add_each(_join(clues), weight, fault=False)
        lost.add_each(faults, weight / max(1, len(faults)), fault=True)
    return lost


def collect_choices(work: Path, language: str, most: int) -> Examples:
    """Return the clues of places where a word with an opposite stands; at most so many a word.

    The label says whether the first word of its group stands there.
    """
    lexicon, record = find_lexicon(language), get_language(language)
    if lexicon is None:
        raise SystemExit(f"there is no lexicon of {language}")
    sides = sides_of(lexicon)
    examples, seen = Examples(), Counter[tuple[str, int]]()
    for weight, source, english in read(work, language, _LEAST_DOMAIN):
        stems = map(lexicon.english.stem_of, _WORD.findall(english.lower()))
        keys = [key for stem in stems for key in sides.get(stem, ())]
        if all(seen[key] >= most for key in keys):
            continue
        seen.update(keys)
        for choice in choices_of(align(source, english, record, lexicon), lexicon):
            examples.add(values_of(choice), weight, fault=choice.side == 0)
    return examples


def values_of(choice: Choice) -> dict[str, int]:
    """Return the clues of a choice for a regression over all groups."""
    words = (f"{choice.group}|{word}" for word in ("", *choice.words))
    return dict(choice.evidence) | dict.fromkeys(words, 1)


def regress_choices(examples: Examples) -> dict[str, dict[str, float]]:
    """Return the weights of the evidence, and those of the words of each group of opposites."""
    table: dict[str, dict[str, float]] = {"evidence": {}}
    for clue, weight in regress(examples, strength=_STRENGTH_OF_CHOICES, intercept=False).items():
        group, found, word = clue.partition("|")
        if found:
            table.setdefault(group, {"": 0.0})[word] = weight
        else:
            table["evidence"][clue] = weight
    return table


def regress(
    examples: Examples, *, strength: float = _STRENGTH, intercept: bool = True
) -> dict[str, float]:
    """Return the weights of the clues of a sparse logistic regression."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    counts = Counter(clue for each in examples.clues for clue in each)
    names = sorted(clue for clue, n in counts.items() if n >= _LEAST_SENTENCES)
    number = {clue: i for i, clue in enumerate(names)}
    rows = [[(number[c], n) for c, n in each.items() if c in number] for each in examples.clues]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    places, values = np.array([cell for row in rows for cell in row], np.int32).T.copy()
    matrix = csr_matrix((values.astype(float), places, starts), (len(rows), len(names)))
    model = LogisticRegression(
        l1_ratio=1.0,
        C=strength,
        solver="liblinear",
        max_iter=60,
        tol=1e-3,
        random_state=0,
        fit_intercept=intercept,
    )
    model.fit(matrix, np.array(examples.labels), sample_weight=np.array(examples.counts))
    found = {"": round(float(model.intercept_[0]), 2)} if intercept else {}
    for name, weight in zip(names, model.coef_[0].tolist(), strict=True):
        if abs(weight) >= _LEAST_WEIGHT:
            found[name] = round(weight, 2)
    return found


def regress_excuses(examples: Examples, free: Callable[[str], bool]) -> dict[str, float]:
    """Return the same, where clues that are not ``free`` may only speak against a fault.

    A word of the source explains a denial of the English; none can call for a fault: that would
    only be learnt from where the faults were planted.
    """
    found = regress(examples)
    for _ in range(_AGAIN):
        fewer = Examples()
        fewer.labels, fewer.counts = examples.labels, examples.counts
        fewer.clues = [
            {c: n for c, n in clues.items() if free(c) or found.get(c, 0.0) < 0}
            for clues in examples.clues
        ]
        found = regress(fewer)
    return {clue: weight for clue, weight in found.items() if not clue or free(clue) or weight < 0}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.audit.denials", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"])
    parser.add_argument("--most", type=int, default=25_000, help="sentences that deny, and others")
    parser.add_argument(
        "--only-lost", action="store_true", help="fit lost denials of Chinese alone"
    )
    options = parser.parse_args(arguments)
    if options.only_lost:
        lost = collect_lost(options.work, "zh")
        known = json.loads((TABLES / "denials.json").read_text("utf-8"))["zh"]
        write("denials", "zh", known | {"lost": regress(lost, strength=_STRENGTH_OF_LOST)})
        print(f"zh: {len(lost.labels):,} lost denials and right ones")
        return
    for language in options.languages:
        lost, added = collect(options.work, language, options.most)
        denials = {
            "added": regress_excuses(added, lambda clue: clue.startswith(_CLUES_OF_EITHER_SIGN)),
            "lost": regress(lost, strength=_STRENGTH_OF_LOST),
        }
        write("denials", language, denials)
        choices = collect_choices(options.work, language, _MOST)
        write("opposites", language, regress_choices(choices))
        sizes = {name: len(each) for name, each in denials.items()}
        print(f"{language}: {len(lost.labels):,} and {len(added.labels):,} pairs, {sizes}")


def write(name: str, language: str, table: Mapping[str, Mapping[str, float]]) -> None:
    """Write the table of a language into the file of all languages."""
    path = TABLES / f"{name}.json"
    tables = json.loads(path.read_text("utf-8")) if path.exists() else {}
    text = json.dumps(
        tables | {language: table}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    path.write_text(text.replace("},", "},\n") + "\n", "utf-8")


if __name__ == "__main__":
    main()
