"""A real Spark on this machine: the dataset that it makes is the local one."""

from __future__ import annotations

import shutil
import sys

import pyarrow as pa
import pytest
from conftest import TINY_MODEL
from engines import SETTINGS, convert_here, list_rows, write_corpus
from test_conversion import digests

from corpus_norm import normalize_batch
from corpus_norm.translation.models import install as models

sql = pytest.importorskip("pyspark.sql", reason="needs pyspark: make test-integration")
pytestmark = [
    pytest.mark.enable_socket,  # Python and Java talk to each other on this machine
    pytest.mark.skipif(not shutil.which("java"), reason="needs Java: make test-integration"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    """A session of two workers, which see the folder of models that is its second part."""
    folder = tmp_path_factory.mktemp("spark-models")
    environment = pytest.MonkeyPatch()
    for name, value in {
        "CORPUS_NORM_MODELS": str(folder),
        "ARGOS_PACKAGES_DIR": str(folder / "none"),
        "CORPUS_NORM_STARTERS": str(folder / "none"),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }.items():
        environment.setenv(name, value)
    models.install(str(TINY_MODEL), folder=folder)
    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.warehouse.dir", str(folder / "none"))
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    yield session, folder
    session.stop()
    environment.undo()


@pytest.fixture
def session(spark, monkeypatch):
    """The session; this process has the models that its workers have."""
    monkeypatch.setenv("CORPUS_NORM_MODELS", str(spark[1]))
    monkeypatch.setenv("CORPUS_NORM_STARTERS", str(spark[1] / "none"))
    return spark[0]


def test_the_dataset_made_by_spark_is_the_local_one_byte_for_byte(session, tmp_path):
    from corpus_norm.adapters.spark import convert

    corpus = write_corpus(tmp_path / "in")
    local = convert_here(corpus, tmp_path / "local")
    made = convert(session, corpus, tmp_path / "spark", SETTINGS, files_per_task=3, stories=True)
    assert list_rows(made) == list_rows(local)
    assert digests(made.path) == digests(local.path)
    assert "translated" in made.manifest.totals.statuses
    assert not list(made.verify())


def test_a_data_frame_is_normalised_row_by_row(session, fixtures):
    from corpus_norm.adapters.spark import normalize

    own = "politique", ["BNP"]
    paths = sorted((fixtures / "seeds").glob("*"))
    rows = [*((path.name, path.read_bytes(), *own) for path in paths), ("empty.txt", b"", *own)]
    names = "source string, data binary, section string, tickers array<string>"
    frame = session.createDataFrame(rows, names)
    made = normalize(frame, SETTINGS).toArrow().combine_chunks()
    columns = zip(("source", "data", "section", "tickers"), zip(*rows, strict=True), strict=True)
    batch = pa.RecordBatch.from_pydict({name: list(values) for name, values in columns})
    expected = pa.Table.from_batches([normalize_batch(batch, SETTINGS)])
    assert made.column("tickers").to_pylist() == [["BNP"]] * len(rows)
    order = [("source", "ascending")]
    assert made.sort_by(order).to_pylist() == expected.sort_by(order).to_pylist()


def test_workers_with_other_models_end_the_job_with_advice(spark, fixtures, tmp_path):
    from py4j.protocol import Py4JJavaError

    from corpus_norm.adapters.spark import convert

    with pytest.raises(Py4JJavaError, match="install the same models on all machines"):
        convert(spark[0], fixtures / "seeds", tmp_path / "out", SETTINGS)
