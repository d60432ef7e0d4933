"""Dagster: the corpus as an asset, with its counts as metadata.  ``dagster dev -f`` this file."""

from __future__ import annotations

from dagster import Definitions, MaterializeResult, asset

INPUT, OUTPUT = "/data/news", "/data/corpus"


def convert_news(source: str = INPUT, output: str = OUTPUT) -> dict[str, int]:
    """Convert what is new; a run that was killed goes on where it stopped."""
    import corpus_norm

    dataset = corpus_norm.convert(source, output, workers=2, update=True)
    totals = dataset.manifest.totals
    return {"documents": totals.documents, "rejects": totals.rejects}


@asset
def news_corpus() -> MaterializeResult:
    """The cleaned news, in English beside the original."""
    return MaterializeResult(metadata=convert_news())


definitions = Definitions(assets=[news_corpus])
