"""Settings take over what they can use in one form, and refuse the rest by its name."""

from __future__ import annotations

import json
import math
import pickle
import tomllib
from array import array
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_norm import Settings, convert
from corpus_norm.conversion.shards import cut_batches
from corpus_norm.document import RawDocument
from corpus_norm.errors import SettingsError
from corpus_norm.languages import LANGUAGES
from corpus_norm.settings import (
    COMPRESSIONS,
    ENGINES,
    DatasetSettings,
    InputSettings,
    TranslationSettings,
)

USUAL = "1bbd8e0729ce7363d19fb7fe8603fa73"
PARTS = {
    "input": InputSettings,
    "translation": TranslationSettings,
    "dataset": DatasetSettings,
}


class Unshowable:
    def __repr__(self):
        raise ValueError


def make(place, value):
    part, _, name = place.rpartition(".")
    return Settings(**({part: PARTS[part](**{name: value})} if part else {name: value}))


def test_the_usual_settings_have_the_digest_they_always_had():
    assert Settings().digest() == USUAL


@pytest.mark.parametrize(
    ("place", "given", "taken"),
    [
        ("languages", ["en", "fr"], ("en", "fr")),
        ("languages", ["fr-CA", "zh_TW"], ("fr-CA", "zh_TW")),
        ("languages", np.array(["en"]).tolist(), ("en",)),
        ("lexicon_paths", ["a.toml"], ("a.toml",)),
        ("lexicon_paths", (Path("a.toml"), "b.toml"), ("a.toml", "b.toml")),
        ("lexicon_paths", [], ()),
        ("time_limit_s", 120, 120.0),
        ("time_limit_s", np.float32(1.5), 1.5),
        ("input.max_bytes", np.int64(100), 100),
        ("input.max_depth", 0, 0),
        ("dataset.reject_bytes", 0, 0),
        ("translation.length_penalty", 0, 0.0),
        ("translation.length_penalty", -0.0, 0.0),
        ("translation.glossary_path", Path("names.tsv"), "names.tsv"),
        ("charset", "GB18030", "GB18030"),
        ("charset", "iso-2022-jp", "iso-2022-jp"),
        ("charset", "hz", "hz"),
        ("charset", "utf-7", "utf-7"),
        ("charset", "KOI8-R", "KOI8-R"),
        ("dataset.compression", "snappy", "snappy"),
    ],
)
def test_a_value_is_taken_over_in_one_form(place, given, taken):
    settings, same = make(place, given), make(place, taken)
    *part, name = place.split(".")
    found = getattr(getattr(settings, part[0]) if part else settings, name)
    assert found == taken
    assert type(found) is type(taken)
    assert settings == same
    assert hash(settings) == hash(same)
    assert settings.digest() == same.digest()
    assert settings.to_json() == same.to_json()
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301 -- our own
    assert replace(settings).digest() == settings.digest()


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("languages", [], "must be at least one BCP-47 code, not ()"),
        ("languages", "en", "must be a list or tuple of texts, not 'en'"),
        ("languages", None, "must be a list or tuple of texts, not None"),
        ("languages", {"en"}, "must be a list or tuple of texts, not {'en'}"),
        ("languages", {"en": 1}, "must be a list or tuple of texts"),
        ("languages", ["klingon"], f"must be codes of {', '.join(LANGUAGES)}, not 'klingon'"),
        ("languages", ["en", "de"], "not 'de'"),
        ("languages", ["en", ""], "must be a text, not ''"),
        ("languages", ["fr-!"], "not 'fr-!'"),
        ("languages", ["en", 7], "must be a text, not 7"),
        ("languages", [["en"]], "must be a text, not ['en']"),
        ("languages", b"en", "must be a list or tuple of texts"),
        ("charset", "klingon", "must be an encoding that Python knows"),
        ("charset", "base64", "must be an encoding that Python knows"),
        ("charset", "rot13", "must be an encoding that Python knows"),
        ("charset", "idna", "must be an encoding that Python knows"),
        ("charset", "undefined", "must be an encoding that Python knows"),
        ("charset", "", "must be a text, not ''"),
        ("charset", "utf-8\0", "must be a text"),
        ("charset", 8, "must be a text, not 8"),
        ("charset", b"utf-8", "must be a text, not b'utf-8'"),
        ("lexicon_paths", "a.toml", "must be a list or tuple of texts, not 'a.toml'"),
        ("lexicon_paths", [7], "must be a path, not 7"),
        ("lexicon_paths", [b"a.toml"], "must be a path"),
        ("lexicon_paths", ["a\0b"], "must be a path"),
        ("lexicon_paths", ["\udcff.toml"], "must be a path"),
        ("learn_site_boilerplate", 1, "must be True or False, not 1"),
        ("learn_site_boilerplate", "yes", "must be True or False, not 'yes'"),
        ("learn_site_boilerplate", None, "must be True or False, not None"),
        ("time_limit_s", 0, "must be a number of more than 0, not 0"),
        ("time_limit_s", -1.0, "must be a number of more than 0, not -1.0"),
        ("time_limit_s", math.nan, "not nan"),
        ("time_limit_s", math.inf, "not inf"),
        ("time_limit_s", "120", "not '120'"),
        ("time_limit_s", True, "not True"),
        pytest.param("time_limit_s", 10**5000, "not this int", id="huge"),
        ("time_limit_s", 1j, "not 1j"),
        ("input", None, "must be of type InputSettings, not None"),
        ("input", {"max_bytes": 1}, "must be of type InputSettings, not {'max_bytes': 1}"),
        ("translation", TranslationSettings, "must be of type TranslationSettings"),
        ("translation", DatasetSettings(), "must be of type TranslationSettings"),
        ("dataset", "out", "must be of type DatasetSettings, not 'out'"),
        ("input.max_bytes", 0, "must be a whole number of at least 1, not 0"),
        ("input.max_bytes", -5, "not -5"),
        ("input.max_bytes", 1e6, "not 1000000.0"),
        ("input.max_bytes", "1MB", "not '1MB'"),
        ("input.max_bytes", True, "not True"),
        ("input.max_bytes", None, "not None"),
        ("input.max_bytes", 2**63, "not 9223372036854775808"),
        pytest.param("input.max_bytes", -(10**5000), "not this int", id="huge-bytes"),
        ("input.max_expansion", 0, "at least 1"),
        ("input.max_depth", -1, "must be a whole number of at least 0, not -1"),
        ("input.max_members", -1, "at least 0, not -1"),
        ("input.text_field", "", "must be a text, not ''"),
        ("input.html_field", None, "must be a text, not None"),
        ("input.title_field", ["title"], "must be a text, not ['title']"),
        ("input.url_field", "\ud800", "must be a text"),
        ("input.authors_field", Unshowable(), "must be a text, not this Unshowable"),
        ("translation.engine", "gpt", "unknown engine 'gpt'; choose one of auto, argos"),
        ("translation.engine", None, "must be a text, not None"),
        ("translation.enabled", "no", "must be True or False"),
        ("translation.beam_size", 0, "must be a whole number from 1 to 1,000, not 0"),
        ("translation.beam_size", 10**9, "from 1 to 1,000"),
        ("translation.batch_tokens", -1, "not -1"),
        ("translation.max_input_tokens", 0, "not 0"),
        ("translation.max_output_tokens", 2**31, "from 1 to 2,147,483,647"),
        ("translation.length_penalty", -0.5, "must be a number of 0 or more, not -0.5"),
        ("translation.length_penalty", math.nan, "not nan"),
        ("translation.glossary_path", "", "must be a path, not ''"),
        ("translation.glossary_path", 3, "must be a path, not 3"),
        ("translation.llm_model", "model.gguf", "engine llm and llm_model go together"),
        ("translation.llm_context", 0, "must be True or False"),
        ("dataset.batch_documents", 0, "at least 1"),
        ("dataset.row_group_documents", -1, "at least 1"),
        ("dataset.part_documents", 2.5, "not 2.5"),
        ("dataset.part_bytes", 0, "at least 1"),
        ("dataset.batch_bytes", -(2**70), "at least 1"),
        ("dataset.reject_bytes", -1, "at least 0"),
        ("dataset.compression", "rar", "one of none, snappy, gzip, brotli, lz4, zstd, not 'rar'"),
        ("dataset.compression", None, "must be a text, not None"),
        ("dataset.compression_level", 23, "must be from 1 to 22 for zstd, not 23"),
        ("dataset.compression_level", 0, "must be from 1 to 22 for zstd, not 0"),
        ("dataset.compression_level", "3", "not '3'"),
    ],
)
def test_what_no_stage_could_use_is_refused_by_its_name(place, value, message):
    with pytest.raises(SettingsError) as caught:
        make(place, value)
    assert message in str(caught.value)
    assert caught.value.subject == f"settings.{place}"
    if "engine" not in message:
        assert str(caught.value).startswith(f"settings.{place} must be ")
    assert len(str(caught.value)) < 300


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=3)
    | st.sampled_from(["en", "utf-8", "zstd", "auto", "llm", array("b", b"a"), Path(), object()])
    | st.lists(st.text(max_size=3) | st.sampled_from(["en", "fr"]) | st.integers(), max_size=3)
)
PLACES = [name for name in (each.name for each in fields(Settings)) if name not in PARTS] + [
    f"{part}.{each.name}" for part, kind in PARTS.items() for each in fields(kind)
]


@given(st.sampled_from(PLACES), VALUES)
def test_settings_are_made_and_written_or_refused(place, value):
    try:
        settings = make(place, value)
    except SettingsError:
        return
    content = json.loads(settings.to_json())
    json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    assert len(settings.digest()) == 32


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_dataset_can_be_written_with_every_compression_and_its_levels(tmp_path, compression):
    (tmp_path / "a.txt").write_text("The council met on Monday.")
    for level in COMPRESSIONS[compression] or (3,):
        shape = DatasetSettings(compression=compression, compression_level=level)
        settings = Settings(translation=TranslationSettings(enabled=False), dataset=shape)
        convert(tmp_path / "a.txt", tmp_path / f"out{level}", settings)
        [part] = (tmp_path / f"out{level}" / "documents").iterdir()
        column = pq.ParquetFile(part).metadata.row_group(0).column(0)
        found = {"none": "uncompressed"}.get(compression, compression)
        assert column.compression.lower() == found


def test_lists_work_in_every_stage(tmp_path):
    (tmp_path / "a.txt").write_text("Le conseil s'est réuni lundi à Paris.", encoding="utf-8")
    off = TranslationSettings(enabled=False)
    as_list = Settings(languages=["en", "fr"], lexicon_paths=[], translation=off)
    as_tuple = Settings(languages=("en", "fr"), lexicon_paths=(), translation=off)
    first = convert([tmp_path / "a.txt"], tmp_path / "out", as_list)
    again = convert([tmp_path / "a.txt"], tmp_path / "out", as_tuple)
    assert first.manifest == again.manifest
    [document] = first.documents()
    assert document.settings_hash == as_tuple.digest()


@pytest.mark.parametrize("place", PLACES)
def test_every_setting_has_a_line_that_says_what_it_does(place):
    *part, name = place.split(".")
    [found] = [each for each in fields(PARTS[part[0]] if part else Settings) if each.name == name]
    line = found.metadata["doc"]
    assert line.isascii()
    assert line.endswith(".")
    assert 15 < len(line) < 90
    assert f"\n# {line}\n" in f"\n{Settings().to_toml()}"


OTHERS = Settings(
    languages=("fr-CA", "en"),
    charset="gb18030",
    lexicon_paths=('a "b"\\c.toml', "été\n\x7f\U0001f600.toml"),
    learn_site_boilerplate=False,
    time_limit_s=1e-7,
    input=InputSettings(text_field="texte", max_bytes=2**63 - 1),
    translation=TranslationSettings(
        engine="llm", llm_model="m.gguf", length_penalty=1e16, glossary_path="noms.tsv"
    ),
    dataset=DatasetSettings(compression="none", compression_level=-7),
)


@pytest.mark.parametrize("settings", [Settings(), OTHERS])
def test_settings_that_are_printed_and_loaded_are_equal(tmp_path, settings):
    file = tmp_path / "settings.toml"
    file.write_text(settings.to_toml(), encoding="utf-8")
    loaded = Settings.load(file)
    assert loaded == settings
    assert loaded.digest() == settings.digest()
    assert loaded.to_toml() == settings.to_toml()


@given(st.text(min_size=1))
def test_every_text_that_settings_take_comes_back(text):
    try:
        settings = Settings(lexicon_paths=(text,))
    except SettingsError:
        return
    assert Settings.from_dict(tomllib.loads(settings.to_toml())) == settings


def test_a_file_says_what_differs_and_changes_win_over_it(tmp_path):
    file = tmp_path / "house.toml"
    file.write_text('time_limit_s = 9\n[translation]\nengine = "llm"\nbeam_size = 2\n', "utf-8-sig")
    settings = Settings.load(str(file), {"translation": {"llm_model": "m.gguf", "beam_size": 1}})
    made = TranslationSettings(engine="llm", llm_model="m.gguf", beam_size=1)
    assert settings == Settings(time_limit_s=9, translation=made)
    file.write_text("", "utf-8")
    assert Settings.load(file) == Settings()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("time_limits = 9", "unknown setting 'time_limits' at the top level"),
        ("time_limits = 9", "; did you mean time_limit_s?"),
        ("colour = 9", "; choose one of languages, charset, lexicon_paths, learn_site_boilerplate"),
        ("[translation]\nbeam_sise = 9", "'beam_sise' in [translation]; did you mean beam_size?"),
        ("beam_size = 9", "'beam_size' at the top level; it belongs in [transl"),
        ("[input]\nbeam_size = 9", "'beam_size' in [input]; it belongs in [translation]"),
        ("[dataset]\ncharset = 'hz'", "in [dataset]; it belongs at the top level"),
        (
            "[translations]\nbeam_size = 9",
            "'translations' at the top level;",
        ),
        ("input = 9", "settings.input must be a table of settings, not 9"),
        ("[[input]]\nmax_bytes = 9", "settings.input must be a table of settings, not [{'max_by"),
        ("[translation]\nengine = 'argo'", f"choose one of {', '.join(ENGINES)}; did"),
        ("[dataset]\ncompression = 'zst'", "not 'zst'; did you mean zstd?"),
        ("[translation]\nbeam_size = '4'", "settings.translation.beam_size must be a whole number"),
        ("time_limit_s = 2020-01-01", "settings.time_limit_s must be a number of more than 0"),
        ("time_limit_s = ", "cannot be read as TOML: Invalid value (at"),
        ("time_limit_s = 1\ntime_limit_s = 2", "cannot be read as TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error_that_helps(tmp_path, content, message):
    file = tmp_path / "house.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        Settings.load(file)
    assert message in str(caught.value)
    assert "house.toml" in str(caught.value)


def test_a_settings_file_that_is_not_there_or_no_text_is_an_error(tmp_path):
    with pytest.raises(SettingsError, match=r"nowhere\.toml does not exist; check the path"):
        Settings.load(tmp_path / "nowhere.toml")
    with pytest.raises(SettingsError, match=r"cannot be read as TOML: (Is a directory|Permission)"):
        Settings.load(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"charset = '\xe9'")
    with pytest.raises(SettingsError, match="cannot be read as TOML: 'utf-8' codec"):
        Settings.load(tmp_path / "latin.toml")


def test_a_wrong_change_is_not_the_fault_of_the_file(tmp_path):
    (tmp_path / "house.toml").write_text("time_limit_s = 9", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        Settings.load(tmp_path / "house.toml", {"time_limit_s": -1.0})
    assert str(caught.value).startswith("settings.time_limit_s must be")


def test_mappings_may_hold_parts_that_are_made_already():
    made = {"input": InputSettings(max_depth=1), "dataset": {"part_documents": 7}}
    expected = Settings(input=InputSettings(max_depth=1), dataset=DatasetSettings(part_documents=7))
    assert Settings.from_dict(made) == expected
    with pytest.raises(SettingsError, match="settings must be a table of settings, not 7"):
        Settings.from_dict(7)


def test_a_language_model_shows_progress_by_document_and_keeps_the_settings():
    items = [RawDocument(source=name, data="It rained.") for name in "abc"]
    model = Settings(translation=TranslationSettings(engine="llm", llm_model="m.gguf"))
    assert [len(batch) for batch in cut_batches(items, model)] == [1, 1, 1]
    assert model.dataset == DatasetSettings()
    assert [len(batch) for batch in cut_batches(items, Settings())] == [3]
