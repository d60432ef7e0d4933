"""``python -m training.adapter.pairs``: choose the sentence pairs that the adapter learns from.

A processor learns from a few ten thousand pairs in an hour or two, so they are
chosen: human translations of news first, then everyday sentences, texts on digital money, and
number sentences whose English follows from a rule.  The filters, and the search for sentences of
the test sets, are those of :mod:`training.filtering`.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.translation.engines.llm.runtime import STOP, build_prompt
from training.augment import augment
from training.filtering import filter_pairs, hash_words, split_words
from training.gather import hash_file, read_held_out, read_lines
from training.numbers import make_pairs
from training.settings import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMITS = Limits(max_words=120, max_ratio=2.4, max_characters=500)
NAMES = {"fr": "French", "zh": "Chinese"}
_WITH_CONTEXT = 0.2
_UNACCENTED = 60
_MADE = 900
_AUGMENTED = 0.1


@dataclass(frozen=True, slots=True)
class Choice:
    """How many pairs to take from a file, and the properties of its lines.

    ``in_order`` says that each line follows the one before it in an article, which can then be
    its context; ``min_words`` leaves out labels and fragments.
    """

    name: str
    count: int
    licence: str
    in_order: bool = False
    min_words: int = 2


CHOICES = (
    Choice("fr-en.wmt-news08-13", 8_000, "WMT newstest, free for research use", in_order=True),
    Choice("fr-en.tatoeba", 900, "CC BY 2.0 FR"),
    Choice("fr-en.crypto-sites", 1_000, "MIT / BSD-3", min_words=8),
    Choice("zh-en.wmt-news17-20", 12_500, "WMT newstest, free for research use", in_order=True),
    Choice("zh-en.tatoeba", 1_200, "CC BY 2.0 FR"),
    Choice("zh-en.crypto-sites", 900, "MIT / BSD-3", min_words=8),
    Choice("zh-en.tico19", 600, "CC0", min_words=8),
)


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, its English, and the sentence before it if that is its context."""

    language: str
    source: str
    english: str
    context: str = ""


def read_examples(
    choice: Choice, path: Path, held_out: object, seen: set[int]
) -> tuple[list[Example], Counter[str]]:
    """Return the usable pairs of one file, and the counts of verdicts on its lines."""
    language = choice.name.split("-")[0]
    verdicts: Counter[str] = Counter()
    examples: list[Example] = []
    before = ""
    rows = filter_pairs(read_lines(path), held_out, LIMITS, language=language, seen=seen)
    for source, english, reason in rows:
        verdict = reason or _find_fault(choice, language, source) or "kept"
        verdicts[verdict] += 1
        if verdict == "kept":
            context = before if choice.in_order else ""
            examples.append(Example(language, source, english, context))
        before = "" if verdict.startswith("held_out") else source
    return examples, verdicts


def _find_fault(choice: Choice, language: str, source: str) -> str | None:
    if len(split_words(source)) < choice.min_words:
        return "too_short"
    # newstest2008 has lost part of its accents ("en meme temps")
    if language == "fr" and len(source) > _UNACCENTED and source.isascii():
        return "unaccented"
    return None


def choose(examples: Sequence[Example], count: int) -> list[Example]:
    """Choose ``count`` examples by their text alone, so that every run chooses the same."""
    return sorted(examples, key=lambda e: hash_words(split_words(e.source)))[:count]


def vary(examples: Sequence[Example], language: str, rng: random.Random) -> list[Example]:
    """Keep the context of some, and add made pairs: headlines, handles, number sentences."""
    shown = [
        e if rng.random() < _WITH_CONTEXT else Example(e.language, e.source, e.english)
        for e in examples
    ]
    pairs = [(e.source, e.english) for e in examples]
    made = augment(pairs, _AUGMENTED, rng) + make_pairs(language, _MADE, rng)
    return [*shown, *(Example(language, *pair) for pair in dict.fromkeys(made))]


def write_lines(example: Example) -> dict[str, str]:
    r"""Return the prompt of an example, as the engine writes it, and the answer.

    >>> write_lines(Example("fr", "Il pleut.", "It rains."))
    {'prompt': 'French: Il pleut.\nEnglish:', 'answer': ' It rains.\n'}
    """
    prompt = build_prompt(NAMES[example.language], example.source, example.context)
    return {"prompt": prompt, "answer": f" {example.english}{STOP}"}


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.adapter.pairs", description=__doc__)
    parser.add_argument("--parallel", type=Path, required=True, help="folder of NAME.tsv.gz files")
    parser.add_argument("--exclude", nargs="+", type=Path, required=True, help="held-out files")
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines to write")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    held_out, seen = read_held_out(options.exclude), set[int]()
    taken: dict[str, list[Example]] = {"fr": [], "zh": []}
    report = {}
    for choice in CHOICES:
        path = options.parallel / f"{choice.name}.tsv.gz"
        found, verdicts = read_examples(choice, path, held_out, seen)
        chosen = choose(found, choice.count)
        taken[choice.name.split("-")[0]] += chosen
        report[choice.name] = {
            "sha256": hash_file(path),
            "licence": choice.licence,
            "taken": len(chosen),
            "verdicts": dict(sorted(verdicts.items())),
        }
    rng = random.Random(options.seed)
    examples = [e for code, some in taken.items() for e in vary(some, code, rng)]
    rng.shuffle(examples)
    with options.output.open("w", encoding="utf-8") as file:
        for example in examples:
            file.write(json.dumps(write_lines(example), ensure_ascii=False) + "\n")
    print(json.dumps({"examples": len(examples), "sources": report}, indent=1))


if __name__ == "__main__":
    main()
