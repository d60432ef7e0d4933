"""English for the bundled documents without a model: sentences translated by hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus_norm import normalize
from corpus_norm.translation import Hypothesis, translate_documents
from corpus_norm.translation.masking import mask

ROOT = Path(__file__).resolve().parent.parent
SEEDS = sorted((ROOT / "fixtures" / "seeds").glob("*.txt"))


@dataclass(frozen=True)
class Phrasebook:
    """A translation engine that knows some sentences by heart, and nothing else."""

    phrases: dict[str, str]
    name: str = "translated by hand"
    reads_context: bool = False

    def recipe(self, decoding):
        return self.name

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]

    def translate_batch(self, requests, decoding):
        return [
            Hypothesis(english := self.phrases.get(request.text, ""), -0.1, len(english.split()))
            for request in requests
        ]


@cache
def engines():
    phrases: dict[str, dict[str, str]] = {}
    lines = (ROOT / "tests" / "data" / "phrasebook.tsv").read_text("utf-8").splitlines()
    for line in lines:
        if not line.startswith("#"):
            language, text, english = line.split("\t")
            # What is protected never reaches an engine.
            masked = mask(text, language)
            for span in masked.spans:
                english = english.replace(span.english, span.placeholder)
            phrases.setdefault(language, {})[masked.text] = english
    return {language: Phrasebook(known) for language, known in phrases.items()}


@cache
def seed(index):
    """One of the five documents, in English by hand."""
    document = normalize(SEEDS[index].relative_to(ROOT)) if Path.cwd() == ROOT else None
    document = document or normalize(SEEDS[index])
    [translated] = translate_documents([document], engines=engines())
    return translated
