"""Prefect: a flow that brings a dataset up to date.  ``python prefect_flow.py`` serves it daily."""

from __future__ import annotations

from prefect import flow, task

INPUT, OUTPUT = "/data/news", "/data/corpus"


@task(retries=2, retry_delay_seconds=600)
def convert_news(source: str, output: str) -> dict[str, int]:
    """Convert what is new; a task that was killed goes on where it stopped."""
    import corpus_norm

    dataset = corpus_norm.convert(source, output, workers=2, update=True)
    totals = dataset.manifest.totals
    return {"documents": totals.documents, "rejects": totals.rejects}


@flow(name="news-corpus")
def news_corpus(source: str = INPUT, output: str = OUTPUT) -> dict[str, int]:
    """Bring the corpus up to date."""
    return convert_news(source, output)


if __name__ == "__main__":
    news_corpus.serve(name="daily", cron="30 4 * * *")
