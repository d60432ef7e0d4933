"""What the speed benchmark rests on: a model of real size, and argostranslate's own answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, TINY_MODEL

from benchmarks.copying_model import make_package
from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.translation import Decoding, Request, translate
from corpus_norm.translation.engines.argos import ArgosTranslator
from corpus_norm.translation.models import read_package
from corpus_norm.translation.models.archive import unpack

SENTENCES = (
    "Il pleut.",
    "Oui, il pleut.",
    "Le ministre a parlé hier à Paris.",
    "Le maire a parlé hier à Lyon.",
    "La banque centrale, qui se réunira en juin, pourrait relever ses taux.",
    "Selon lui, rien ne change.",
    "Le compte user_name a été fermé.",
)


@pytest.mark.slow
def test_in_a_model_of_real_size_company_changes_no_bit_of_a_score(tmp_path):
    engine = ArgosTranslator(read_package(make_package(tmp_path)))
    requests = [Request(text) for text in SENTENCES]
    together = engine.translate_batch(requests, Decoding(max_output_tokens=32))
    alone = engine.translate_batch(requests, Decoding(max_output_tokens=32, deterministic=True))
    assert together == alone
    assert together[0].text == "Il pleut."
    assert -3 < together[0].score < -0.3


@pytest.mark.slow
def test_outputs_are_those_of_argostranslate_a_sentence_per_call(tmp_path):
    (tmp_path / "model").mkdir()
    package = read_package(unpack(TINY_MODEL, tmp_path / "model"))
    code = (
        "import sys; from pathlib import Path\n"
        "from benchmarks.translation_speed import load_argos\n"
        "from corpus_norm.translation.models import read_package\n"
        "argos = load_argos(read_package(Path(sys.argv[1])))\n"
        "for line in sys.argv[2:]: print(argos.translate(line))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(package.path), *SENTENCES],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
    )
    # argostranslate cuts outputs at 256 tokens, and makes no second attempt.
    settings = Settings(translation=TranslationSettings(max_output_tokens=256, audit=False))
    ours = translate(SENTENCES, "fr", settings, packages=[package])
    theirs = run.stdout.splitlines()
    assert [done.text.replace("_", " ").split() for done in ours] == [x.split() for x in theirs]
    assert not Path(tmp_path / "model" / "minisbd").exists()
