"""A real Ray on this machine: the dataset that it makes is the local one."""

from __future__ import annotations

import logging

import pyarrow as pa
import pytest
from conftest import TINY_MODEL
from engines import SETTINGS, convert_here, list_rows, write_corpus
from test_conversion import digests

from corpus_norm import normalize_batch
from corpus_norm.translation.models import install as models

pytestmark = [
    pytest.mark.enable_socket,  # the processes of Ray talk to each other on this machine
    pytest.mark.filterwarnings("ignore:::ray"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ray = pytest.importorskip("ray", reason="needs ray: make test-integration")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Ray with two CPUs, and the folder of models that its workers see."""
    folder = tmp_path_factory.mktemp("ray-models")
    environment = pytest.MonkeyPatch()
    for name, value in {
        "CORPUS_NORM_MODELS": str(folder),
        "ARGOS_PACKAGES_DIR": str(folder / "none"),
        "CORPUS_NORM_STARTERS": str(folder / "none"),
        "RAY_USAGE_STATS_ENABLED": "0",  # nothing is reported to anyone
    }.items():
        environment.setenv(name, value)
    models.install(str(TINY_MODEL), folder=folder)
    ray.init(
        num_cpus=2,
        object_store_memory=100_000_000,
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
        _node_ip_address="127.0.0.1",
    )
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield folder
    ray.shutdown()
    environment.undo()


@pytest.fixture
def same_models(cluster, monkeypatch):
    """This process has the models that the workers have."""
    monkeypatch.setenv("CORPUS_NORM_MODELS", str(cluster))
    monkeypatch.setenv("CORPUS_NORM_STARTERS", str(cluster / "none"))


@pytest.mark.usefixtures("same_models")
def test_the_dataset_made_by_ray_is_the_local_one_byte_for_byte(tmp_path):
    from corpus_norm.adapters.ray import convert

    corpus = write_corpus(tmp_path / "in")
    local = convert_here(corpus, tmp_path / "local")
    made = convert(corpus, tmp_path / "ray", SETTINGS, actors=2, files_per_task=3, stories=True)
    assert list_rows(made) == list_rows(local)
    assert digests(made.path) == digests(local.path)
    assert "translated" in made.manifest.totals.statuses
    assert not list(made.verify())


@pytest.mark.usefixtures("same_models")
def test_a_ray_dataset_is_normalised_row_by_row(fixtures):
    from corpus_norm.adapters.ray import normalize

    paths = sorted((fixtures / "seeds").glob("*"))
    rows = pa.table(
        {
            "source": [*(path.name for path in paths), "empty.txt"],
            "data": [*(path.read_bytes() for path in paths), b""],
            "section": ["politique"] * (len(paths) + 1),
            "tickers": [["BNP"]] * (len(paths) + 1),
        }
    )
    made = normalize(ray.data.from_arrow(rows), SETTINGS, actors=1).take_all()
    [batch] = rows.to_batches()
    expected = normalize_batch(batch, SETTINGS).to_pylist()
    assert [row["source"] for row in made] == [row["source"] for row in expected]
    assert [row["text_en"] for row in made] == [row["text_en"] for row in expected]
    assert made == expected
    assert {(row["section"], *row["tickers"]) for row in made} == {("politique", "BNP")}


def test_workers_with_other_models_end_the_job_with_advice(cluster, fixtures, tmp_path):
    from corpus_norm.adapters.ray import convert

    with pytest.raises(ray.exceptions.RayError, match="install the same models on all machines"):
        convert(fixtures / "seeds", tmp_path / "out", SETTINGS)
