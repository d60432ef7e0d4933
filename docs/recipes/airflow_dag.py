"""Airflow 3: a daily task that brings a dataset up to date.  Put this file into the DAGs folder.

The task returns counts, which go to XCom.  It fails only if the run fails: documents that cannot be
processed are rows of ``rejects``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task

INPUT, OUTPUT = "/data/news", "/data/corpus"


@task(retries=2, retry_delay=timedelta(minutes=10))
def convert_news(source: str = INPUT, output: str = OUTPUT) -> dict[str, int]:
    """Convert what is new; a task that was killed goes on where it stopped."""
    import corpus_norm

    dataset = corpus_norm.convert(source, output, workers=2, update=True)
    totals = dataset.manifest.totals
    return {"documents": totals.documents, "rejects": totals.rejects}


@dag(
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,  # one run at a time writes to a dataset
)
def news_corpus() -> None:
    """Bring the corpus up to date once a day."""
    convert_news()


news_corpus()
