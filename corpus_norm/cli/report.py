"""``report``: one page about a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus_norm.cli.console import tell

app = typer.Typer()


@app.command(
    epilog="Examples:\n\npython -m corpus_norm report out/ -o report.html\n\n"
    "python -m corpus_norm report out/ -o report.html --samples 100"
)
def report(
    dataset: Annotated[Path, typer.Argument(help="Folder of the dataset.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path(
        "report.html"
    ),
    *,
    samples: Annotated[
        int, typer.Option(min=0, max=200, help="Documents to show side by side.")
    ] = 30,
) -> None:
    """Write one self-contained page about a dataset, to read in any browser, offline.

    It tells of languages, encodings, furniture, lengths, dates, sites,
    translation and rejects, shows sample documents with search and filters, and
    names settings and the licences of the models.
    """
    from corpus_norm import open_dataset
    from corpus_norm.report import write_report

    size = write_report(open_dataset(dataset), output, samples=samples)
    tell(f"wrote {output} ({size / 1e6:.2f} MB)")
