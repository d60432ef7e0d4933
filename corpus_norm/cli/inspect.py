"""``inspect`` and ``schema``: what is in a document, a dataset, a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from corpus_norm.cli.console import out, say

app = typer.Typer()


@app.command(
    epilog="Examples:\n\npython -m corpus_norm inspect article.html --why\n\n"
    "cat article.txt | python -m corpus_norm inspect -\n\npython -m corpus_norm inspect out/"
)
def inspect(
    source: Annotated[
        str,
        typer.Argument(help="A document, - for standard input, or a dataset.", show_default=False),
    ],
    *,
    why: Annotated[bool, typer.Option("--why", help="Add the reason for each decision.")] = False,
) -> None:
    """Show one document, or all documents of a dataset in a table.

    A document is processed on the spot and shown block by block: kind, language, text, English.
    """
    from corpus_norm import display, normalize, open_dataset
    from corpus_norm.dataset import batch_to_rejections

    if source != "-" and Path(source).is_dir():
        dataset = open_dataset(source)
        out.print(display.show_documents(dataset.documents()))
        rejections = [
            each for batch in dataset.rejects.to_batches() for each in batch_to_rejections(batch)
        ]
        if rejections:
            out.print(display.show_rejects(rejections))
        return
    content = sys.stdin.buffer.read() if source == "-" else Path(source)
    out.print(display.show_document(normalize(content), reasons=why))


@app.command()
def schema(
    table: Annotated[
        str, typer.Argument(help="documents, rejects, blocks, sentences, raw, results, or all.")
    ] = "documents",
) -> None:
    """Describe the columns of a table, as Markdown."""
    from corpus_norm.dataset import describe
    from corpus_norm.dataset.reference import make_reference

    try:
        say(make_reference() if table == "all" else describe(table))
    except KeyError as error:
        raise typer.BadParameter(str(error.args[0])) from error
