"""``memory``, ``export`` and the options of ``convert`` that go with them, as a user types them."""

from __future__ import annotations

import pytest
from conftest import FIXTURES
from typer.testing import CliRunner

from corpus_norm.cli import app
from corpus_norm.errors import CorpusNormError, ModelNotInstalledError
from corpus_norm.translation.memory import Memory, default_path

FRENCH = "Le maire a démissionné lundi, après un an de mandat."
TMX = f"""<tmx version="1.4"><header/><body><tu>
<tuv xml:lang="fr"><seg>{FRENCH}</seg></tuv><tuv xml:lang="en"><seg>=He resigned.</seg></tuv>
</tu></body></tmx>"""


def run(*arguments, code=0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if isinstance(result.exception, CorpusNormError):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def newsroom(tmp_path):
    (tmp_path / "a.txt").write_text(FRENCH, encoding="utf-8")
    (tmp_path / "newsroom.tmx").write_text(TMX, encoding="utf-8")
    return tmp_path


def test_a_newsroom_s_translation_goes_in_wins_and_comes_out(newsroom):
    assert "1 imported" in run("memory", "import", newsroom / "newsroom.tmx")
    assert "imported: 1 (fr 1)" in run("memory", "stats")
    run("convert", newsroom / "a.txt", "-o", newsroom / "out")
    exported = run("export", newsroom / "out", "--tmx", newsroom / "b.tmx", "--tsv",
                   newsroom / "b.tsv", "--flat", newsroom / "flat")  # fmt: skip
    assert exported.count("1 pairs") == 2
    assert "creationid" not in (newsroom / "b.tmx").read_text("utf-8")
    assert (newsroom / "b.tsv").read_text("utf-8").endswith("\t'=He resigned.\n")
    assert sorted(path.name for path in (newsroom / "flat").iterdir()) == [
        "blocks.parquet",
        "sentences.parquet",
    ]
    assert "1 pairs" in run("memory", "export", newsroom / "c.tmx", "--imported")
    assert "1 dropped" in run("memory", "prune", "--imported")
    assert "imported: 0" in run("memory", "stats")


@pytest.mark.slow
def test_what_models_made_is_counted_and_pruned(tiny_model, tmp_path):
    run("convert", FIXTURES / "seeds" / "003.txt", "-o", tmp_path / "out")
    made = Memory().stats().made["fr"]
    assert made >= 13, "a sentence of which the audit was in doubt was tried twice"
    assert f"made by models: {made} (fr {made}), by" in run("memory", "stats")
    run("memory", "export", tmp_path / "all.tmx")
    output = run("memory", "import", tmp_path / "all.tmx")
    assert ": 0 imported; " in output
    assert "are a model's and unchanged: import them with --reviewed" in output
    assert ": 0 imported" not in run("memory", "import", tmp_path / "all.tmx", "--reviewed")
    run("memory", "prune", "--max-mb", "0")
    assert Memory().stats().made == {}


@pytest.mark.slow
def test_convert_takes_another_memory_or_none(tiny_model, tmp_path):
    source = FIXTURES / "seeds" / "003.txt"
    run("convert", source, "-o", tmp_path / "1", "--memory", tmp_path / "m.sqlite")
    run("convert", source, "-o", tmp_path / "2", "--no-memory")
    assert Memory(tmp_path / "m.sqlite").stats().made["fr"] >= 13
    assert not default_path().exists()
    output = run("convert", source, "-o", tmp_path / "3", "--memory", "m", "--no-memory", code=2)
    assert "exclude each other" in output


def test_without_starter_models_their_engine_says_where_others_are(tmp_path):
    with pytest.raises(ModelNotInstalledError, match="no starter model; to get the Argos pack"):
        run("convert", FIXTURES / "seeds", "-o", tmp_path / "out", "--engine", "starter")
    assert not (tmp_path / "out").exists()


def test_export_wants_to_know_what(tmp_path):
    assert "--tmx, --tsv and --flat" in run("export", tmp_path, code=2)


def test_the_list_of_models_says_what_was_measured(tiny_model):
    assert "3.32 BLEU on flores-dev, below the gate of 15; For tests only" in run(
        "models", "list", "--details"
    )
