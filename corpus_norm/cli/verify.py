"""``verify``: whether a dataset is what its manifest says."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 -- typer reads annotations when it runs
from typing import Annotated

import typer

from corpus_norm.cli.console import tell

app = typer.Typer()


@app.command(epilog="Examples:\n\npython -m corpus_norm verify out/")
def verify(
    dataset: Annotated[Path, typer.Argument(help="Folder of a dataset.", show_default=False)],
) -> None:
    """Check every part of a dataset against its manifest, and every offset against its text.

    The exit code is 1 when there is a problem; to heal it, run the same convert command again.
    """
    from corpus_norm.dataset import open_dataset

    opened = open_dataset(dataset)
    problems = 0
    for problem in opened.verify():
        tell(str(problem))
        problems += 1
    totals = opened.manifest.totals
    rows = f"{totals.documents:,} documents and {totals.rejects:,} rejects"
    if problems:
        tell(
            f"{problems:,} problem(s) in {rows} of {dataset}; "
            "to heal them, run the same convert command again"
        )
        raise typer.Exit(1)
    tell(f"{rows} in {len(opened.manifest.parts):,} part(s): all as {dataset} says")
