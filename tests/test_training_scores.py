"""Which lines of a development set count: none that weights were tuned on."""

from __future__ import annotations

import pytest

from benchmarks import translation_quality as benchmark
from training import evaluate as evaluation
from training.card import Card
from training.evaluate import choose_lines, evaluate, read_sentences
from training.package import choose_tests, measure
from training.settings import TUNED_LINES


@pytest.fixture
def sets(tmp_path):
    """Ten lines of each language, and their English: the same lines."""
    text = "".join(f"ligne {i} avec des mots\n" for i in range(10))
    for name in ("flores-dev.fr-en.fr", "flores-dev.fr-en.en"):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def echo(monkeypatch):
    """A model whose English is the source, and scores that only count, without sacrebleu."""
    monkeypatch.setattr(evaluation, "translate", lambda root, sentences, language: list(sentences))

    def count(sources, _outputs, _references):
        return evaluation.Scores(len(sources), 99.0, 99.0, 0, 1.0, 0.0, 0.0, 0.0)

    monkeypatch.setattr(evaluation, "score", count)


def test_chosen_lines_come_after_those_left_out(sets):
    path = sets / "flores-dev.fr-en.fr"
    assert read_sentences(path, choose_lines(2, skip=3)) == [
        "ligne 3 avec des mots",
        "ligne 4 avec des mots",
    ]
    assert len(read_sentences(path, choose_lines(None, skip=3))) == 7
    assert len(read_sentences(path)) == 10


def test_a_package_is_scored_on_lines_that_were_not_tuned_on(sets, echo):
    [test] = choose_tests(Card(("fr",), "0.1", "", ""), sets, None, tuned=4)
    quality, rows = measure(sets, test)
    assert quality["flores_dev_lines"] == 6
    assert quality["test"] == "flores-dev.fr-en, from line 5"
    assert rows[0][0] == "ligne 4 avec des mots"


def test_a_set_without_further_lines_is_an_error(sets, echo):
    source, english = (sets / f"flores-dev.fr-en.{side}" for side in ("fr", "en"))
    with pytest.raises(SystemExit, match="has 0 lines after line 150"):
        evaluate(sets, source, english, choose_lines(None, TUNED_LINES))


def test_the_benchmark_leaves_them_out_too(sets, echo, capsys):
    (sets / "mt").mkdir()
    for path in sets.glob("flores*"):
        path.rename(sets / "mt" / path.name)
    seen = []

    def translate(texts):
        seen.extend(texts)
        return texts

    one, options = ("fr", "flores-dev.fr-en", "echo 1", translate), benchmark.Options
    benchmark.report(*one, options(sets, None, 0, skip=7))
    assert seen == [f"ligne {i} avec des mots" for i in (7, 8, 9)]
    assert "3 of lines 8 to 10" in capsys.readouterr().out
    benchmark.report(*one, options(sets, None, 0))
    assert "no line after line 150" in capsys.readouterr().out


def test_lines_of_the_benchmark_are_spread_evenly_after_those_left_out():
    options = benchmark.Options(None, None, 0, skip=10, lines=3)
    assert options.choose(100) == [10, 40, 70]
    assert options.choose(12) == [10, 11]
    assert options.choose(9) == []


def test_an_amount_that_the_english_changes_is_counted():
    french = ["Il a perdu 7 milliards.", "Oui.", "Le 3 mars, il a perdu 5 %."]
    english = ["He lost 7 million.", "Yes.", "On March 3 he lost 5%."]
    assert benchmark.keep_amounts("fr", french, english) == [False, True]
