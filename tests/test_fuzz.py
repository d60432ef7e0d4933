"""Random bytes and texts raise nothing and lose nothing silently.  In full: ``make fuzz``."""

from __future__ import annotations

import random

import pytest

from benchmarks import fuzz
from corpus_norm.document import RawDocument
from corpus_norm.encoding import Cleaned, Decoded
from corpus_norm.pipeline import process
from corpus_norm.settings import Settings, TranslationSettings


def test_random_input_raises_nothing_and_loses_nothing_silently():
    assert fuzz.run(800, seed=5) == 800


def test_the_pipeline_gives_a_result_for_every_random_input():
    rng = random.Random(2)  # noqa: S311 - reproducible, not secret
    kinds = ("text/plain", "text/markdown", "text/html")
    items = [
        RawDocument(source=str(n), data=fuzz.make_bytes(rng), media_type=kinds[n % 3])
        for n in range(150)
    ]
    settings = Settings(translation=TranslationSettings(enabled=False))
    assert [result.source for result in process(items, settings)] == [i.source for i in items]


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("decode", lambda data, charset, html: Decoded("x", "latin-1")),
        ("clean", lambda text: Cleaned(text[1:])),
        ("detect_spans", lambda text: []),
    ],
)
def test_the_checks_detect_losses(monkeypatch, name, broken):
    monkeypatch.setattr(fuzz, name, broken)
    with pytest.raises(AssertionError, match="broken by"):
        fuzz.run(200, seed=1)
