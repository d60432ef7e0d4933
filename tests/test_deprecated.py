"""Names and keywords that were documented once still work, and warn with the new ones."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from corpus_norm import RawDocument, Settings, boilerplate, extraction, open_dataset, process
from corpus_norm.dataset.manifest import Manifest
from corpus_norm.deprecated import rename_keywords
from corpus_norm.guard import StageTimer
from corpus_norm.settings import TranslationSettings
from corpus_norm.translation import faithfulness, suggestions

# Every name that the documentation of 0.1 tells a reader to import.
DOCUMENTED = {
    "corpus_norm": (
        "Dataset RawDocument Rejection Settings boilerplate convert encoding extraction language "
        "normalize normalize_batch open_dataset process segmentation suggest_glossary translation"
    ),
    "corpus_norm.adapters.ray": "convert",
    "corpus_norm.boilerplate": "classify load_lexicon",
    "corpus_norm.dataset": "Dataset export_tmx",
    "corpus_norm.display": "ProgressBar",
    "corpus_norm.document": ("Block Document LanguageShare RawDocument Rejection Repair Sentence"),
    "corpus_norm.encoding": "clean decode explain replay",
    "corpus_norm.labels": "BlockKind Flag TranslationStatus",
    "corpus_norm.language": "detect detect_blocks detect_spans",
    "corpus_norm.languages": "LANGUAGES Language",
    "corpus_norm.settings": "DatasetSettings InputSettings Settings TranslationSettings",
    "corpus_norm.translation": "Engine installed translate",
    "corpus_norm.translation.faithfulness": (
        "Amount AmountKind AmountPair AmountState Audit amounts audit"
    ),
    "corpus_norm.translation.suggestions": "Suggestion suggest suggest_glossary",
}


@pytest.mark.parametrize("module", DOCUMENTED)
def test_every_documented_name_can_be_imported(module):
    if module.endswith(".ray"):
        pytest.importorskip("ray")
    found = import_module(module)
    assert [name for name in DOCUMENTED[module].split() if not hasattr(found, name)] == []


def test_the_audit_is_the_same_under_its_first_name():
    from corpus_norm import audit

    assert faithfulness.audit is audit.audit
    assert set(faithfulness.__all__) <= set(audit.__all__)
    assert not suggestions.suggest([("Ana vient", "Ana is coming")], "fr")


FORMER = """
import sys
from importlib.util import find_spec
from corpus_norm.translation import faithfulness
import corpus_norm.translation.suggestions
assert find_spec("corpus_norm.translation.faithfulness").name == faithfulness.__name__
assert "corpus_norm.audit" not in sys.modules
from corpus_norm.translation.faithfulness import audit
assert audit.__module__ == "corpus_norm.audit"
"""


def test_a_former_module_loads_the_new_one_at_first_use():
    subprocess.run([sys.executable, "-c", FORMER], check=True)
    for name in ("nothing", "_nothing"):
        with pytest.raises(AttributeError, match=f"no attribute '{name}'"):
            getattr(faithfulness, name)


def test_process_takes_its_old_keywords_and_names_the_new_ones():
    raw = RawDocument(source="x", data="The harbour was shut on Monday, the mayor said.")
    settings = Settings.from_dict({"translation": {"enabled": False}})
    timer = StageTimer()
    with pytest.warns(
        DeprecationWarning, match=r"furniture=\.\.\.\) is deprecated; .*boilerplate="
    ):
        old = process([raw], settings, furniture={})
    with pytest.warns(DeprecationWarning, match=r"use process\(timer=\.\.\.\)") as caught:
        process([raw], settings, watch=timer)
    assert caught[0].filename == __file__
    assert old == process([raw], settings, site_boilerplate={}, timer=timer)


def test_an_old_keyword_beside_its_new_one_is_refused():
    with pytest.raises(TypeError, match="both 'timer' and its old name 'watch'"):
        process([], watch=StageTimer(), timer=StageTimer())


def test_a_renamed_keyword_keeps_the_signature_and_the_name():
    @rename_keywords(colour="color")
    def paint(color: str) -> str:
        """Paint."""
        return color

    assert paint("red") == "red"
    assert (paint.__name__, paint.__doc__) == ("paint", "Paint.")


def test_classify_takes_its_old_keyword():
    with pytest.warns(DeprecationWarning, match=r"classify\(find_body=\.\.\.\)"):
        assert boilerplate.classify([], mark=None) == []


@pytest.mark.parametrize("name", ["extract", "find_main"])
def test_what_moved_from_extraction_to_boilerplate_is_found(name):
    with pytest.warns(DeprecationWarning, match=f"use corpus_norm.boilerplate.{name}") as caught:
        found = getattr(extraction, name)
    assert found is getattr(boilerplate, name)
    assert caught[0].filename == __file__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = extraction.nothing


def test_the_patience_of_the_settings_is_their_time_factor():
    with pytest.warns(DeprecationWarning, match="time_factor"):
        assert TranslationSettings().patience == 1


def test_learning_the_boilerplate_of_sites_takes_its_old_names(tmp_path):
    with pytest.warns(DeprecationWarning, match=r"use Settings\(learn_site_boilerplate=\.\.\.\)"):
        settings = Settings(learn_furniture=True)
    assert settings == Settings(learn_site_boilerplate=True)
    with pytest.warns(DeprecationWarning, match=r"use Settings\.learn_site_boilerplate"):
        assert settings.learn_furniture
    file = tmp_path / "old.toml"
    file.write_text("learn_furniture = true\n")
    with pytest.warns(DeprecationWarning, match="the setting learn_furniture is deprecated"):
        assert Settings.load(file) == settings
    with pytest.warns(DeprecationWarning, match="the setting learn_furniture is deprecated"):
        assert Settings.from_dict({"learn_furniture": True}) == settings


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Furniture", "SiteBoilerplate"),
        ("learn_furniture", "learn_site_boilerplate"),
        ("mark_furniture", "mark_site_boilerplate"),
    ],
)
def test_boilerplate_of_a_site_is_found_under_its_old_names(old, new):
    with pytest.warns(DeprecationWarning, match=f"use corpus_norm.boilerplate.{new}"):
        assert getattr(boilerplate, old) is getattr(boilerplate, new)


def test_a_manifest_with_the_old_names_says_the_same_as_one_with_the_new():
    old = Manifest({"learn_furniture": True}, ("x",), versions={"furniture": "0f"})
    new = Manifest({"learn_site_boilerplate": True}, ("x",), versions={"site_boilerplate": "0f"})
    assert Manifest.from_json(old.to_json()) == new


def test_the_old_option_still_learns(tmp_path):
    from typer.testing import CliRunner

    from corpus_norm.cli import app

    (tmp_path / "a.txt").write_text("The harbour was shut on Monday, the mayor said.\n")
    options = ["--learn-furniture", "--no-translate", "-o", str(tmp_path / "out")]
    result = CliRunner().invoke(app, ["convert", str(tmp_path / "a.txt"), *options])
    assert result.exit_code == 0, result.output
    manifest = open_dataset(tmp_path / "out").manifest
    assert manifest.settings["learn_site_boilerplate"] is True
