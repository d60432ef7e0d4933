"""What Ray and Spark share, without either: names of files in, the dataset of a local run out."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest
from test_conversion import SMALL, digests

import corpus_norm
from corpus_norm.adapters import JobSpec, list_files, normalize_files, write_results
from corpus_norm.errors import CorpusNormError, ModelNotInstalledError, SettingsError


def run(corpus, output, settings=SMALL, **options):
    """As an engine does: the files in tasks of two, the rows written in order."""
    names = list_files(corpus)
    tasks = [names[start : start + 2] for start in range(0, len(names), 2)]
    spec = JobSpec.make(corpus, settings)
    batches = (batch for task in tasks for batch in normalize_files(task, spec))
    return write_results(batches, corpus, output, spec, **options)


@pytest.fixture
def corpus(fixtures, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for path in (fixtures / "seeds").glob("*.txt"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "empty.txt").write_bytes(b"")
    (folder / "lines.jsonl").write_text('{"text": "One."}\n{"text": 2}\n' * 6, encoding="utf-8")
    return folder


@pytest.mark.usefixtures("tiny_model")
def test_tasks_of_files_give_the_local_dataset_byte_for_byte(corpus, tmp_path):
    local = corpus_norm.convert(corpus, tmp_path / "local", SMALL, memory=False)
    made = run(corpus, tmp_path / "made")
    assert digests(made.path) == digests(local.path)
    assert len(made.manifest.parts) > 2
    assert "translated" in made.manifest.totals.statuses


def test_site_boilerplate_is_that_of_a_local_run(tmp_path):
    inputs = tmp_path / "in"
    inputs.mkdir()
    for n in range(8):
        record = {
            "url": f"https://example.com/{n}",
            "text": f"Harbour news {n}\n\nThe crane number {n} was moved on Monday, the port said, "
            "after nine days of rain.\n\nOur desk is open from nine to five.",
        }
        (inputs / f"{n}.jsonl").write_text(json.dumps(record), "utf-8")
    local = corpus_norm.convert(inputs, tmp_path / "local", SMALL, memory=False)
    made = run(inputs, tmp_path / "made")
    assert local.manifest.site_boilerplate
    assert digests(made.path) == digests(local.path)
    assert (made.path / "manifest.json").read_bytes() == (local.path / "manifest.json").read_bytes()


def test_a_file_that_vanished_on_the_way_is_a_reject(corpus, tmp_path):
    names = list_files(corpus)
    (corpus / "empty.txt").unlink()
    spec = JobSpec.make(corpus, SMALL)
    dataset = write_results(normalize_files(names, spec), corpus, tmp_path / "out", spec)
    lost = [row for row in dataset.rejects.to_pylist() if row["error"] == "InputError"]
    assert f"{corpus}/empty.txt" in {row["source"] for row in lost if row["stage"] == "read"}


@pytest.mark.usefixtures("tiny_model")
def test_a_machine_with_other_models_does_no_work(corpus):
    spec = JobSpec.make(corpus, SMALL)
    assert spec.models
    with pytest.raises(ModelNotInstalledError, match="install the same models on all machines"):
        next(normalize_files(list_files(corpus), replace(spec, models=())))


def test_what_this_machine_alone_can_read_is_refused():
    with pytest.raises(SettingsError, match="standard input"):
        list_files("-")


@pytest.mark.parametrize(
    ("module", "advice"), [("ray", "corpus-norm[ray]"), ("spark", "corpus-norm[spark]")]
)
def test_an_engine_that_is_not_installed_is_said_with_its_install_line(
    corpus, tmp_path, monkeypatch, module, advice
):
    from corpus_norm.adapters import ray, spark

    for name in ("ray", "ray.data", "pyspark", "pyspark.sql.pandas"):
        monkeypatch.setitem(sys.modules, name, None)
    calls = {
        "ray": lambda: ray.convert(corpus, tmp_path / "out"),
        "spark": lambda: spark.convert(None, corpus, tmp_path / "out"),
    }
    with pytest.raises(CorpusNormError) as caught:
        calls[module]()
    assert advice in str(caught.value)


@pytest.mark.slow
def test_stories_are_those_of_a_local_run_byte_for_byte(corpus, tmp_path):
    corpus_norm.convert(corpus, tmp_path / "here", SMALL, memory=False, stories=True, story_days=3)
    there = run(corpus, tmp_path / "there", stories=True, story_days=3)
    assert digests(tmp_path / "there") == digests(tmp_path / "here")
    assert there.manifest.stories.settings == {"days": 3}
    with pytest.raises(SettingsError, match="story_days"):
        run(corpus, tmp_path / "no", story_days=-1)
