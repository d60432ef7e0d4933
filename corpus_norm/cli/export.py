"""``export``: a dataset in other people's formats."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 -- typer reads annotations when it runs
from typing import Annotated

import typer

from corpus_norm.cli.console import tell

app = typer.Typer()


@app.command(
    epilog="Examples:\n\npython -m corpus_norm export out/ --tmx corpus.tmx\n\n"
    "python -m corpus_norm export out/ --tsv corpus.tsv --flat tables/"
)
def export(
    dataset: Annotated[Path, typer.Argument(help="Folder of the dataset.", show_default=False)],
    *,
    tmx: Annotated[
        Path | None,
        typer.Option(help="Sentence pairs as TMX 1.4, for translators.", show_default=False),
    ] = None,
    tsv: Annotated[
        Path | None,
        typer.Option(help="Sentence pairs with offsets on both sides.", show_default=False),
    ] = None,
    flat: Annotated[
        Path | None,
        typer.Option(help="Folder for blocks.parquet, sentences.parquet.", show_default=False),
    ] = None,
) -> None:
    """Write a dataset's sentence pairs as a parallel corpus, or its blocks and sentences as tables.

    Pairs are the sentences that were translated.  In the TSV file a text that a spreadsheet would
    take for a formula has an apostrophe before it.
    """
    from corpus_norm.dataset import export_flat, export_tmx, export_tsv, open_dataset

    if tmx is tsv is flat is None:
        raise typer.BadParameter("name at least one of --tmx, --tsv and --flat")
    opened = open_dataset(dataset)
    if tmx is not None:
        tell(f"{tmx}: {export_tmx(opened, tmx):,} pairs")
    if tsv is not None:
        tell(f"{tsv}: {export_tsv(opened, tsv):,} pairs")
    if flat is not None:
        tell("\n".join(map(str, export_flat(opened, flat))))
