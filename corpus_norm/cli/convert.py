"""``convert``: documents in, dataset out."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path  # noqa: TC003 -- typer reads annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import (
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from corpus_norm.cli.console import err, escape, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.dataset import Dataset

app = typer.Typer()

InputsArgument = Annotated[
    list[str],
    typer.Argument(
        help="Files, folders (searched recursively), glob patterns, fsspec URIs (zip://, s3:// "
        "with the extra s3), or - for standard input.  Types: .txt .md .html .json .jsonl "
        ".csv .tsv .parquet .arrow .feather .warc .wet .rss .atom .xml .tar .zip, each also with "
        ".gz .bz2 .xz .zst.",
        show_default=False,
    ),
]


@app.command(
    epilog="Examples:\n\npython -m corpus_norm convert corpus/ -o out/\n\n"
    "zcat pages.jsonl.gz | python -m corpus_norm convert - -o out/\n\n"
    "python -m corpus_norm convert 'crawl/*.html' -o out/ --workers 8\n\n"
    "python -m corpus_norm convert CC-MAIN-0001.warc.gz pages.zip -o out/\n\n"
    "python -m corpus_norm convert s3://bucket/news.parquet -o out/ --text-field content\n\n"
    "python -m corpus_norm convert corpus/ -o out/ --glossary names.tsv"
)
def convert(  # noqa: PLR0913 (one parameter per option)
    inputs: InputsArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder of the dataset.", show_default=False)
    ],
    *,
    workers: Annotated[
        int, typer.Option("--workers", "-w", min=0, help="Processes; 0 means one per CPU.")
    ] = 1,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace another dataset in the folder.")
    ] = False,
    translate: Annotated[
        bool, typer.Option(help="Translate with the models that are installed.")
    ] = True,
    engine: Annotated[
        str, typer.Option(help="What translates: auto, argos (installed packages), or starter.")
    ] = "auto",
    memory: Annotated[
        Path | None,
        typer.Option(
            help="Translation memory, a file; by default the one of the user.", show_default=False
        ),
    ] = None,
    no_memory: Annotated[
        bool, typer.Option("--no-memory", help="Translate without a memory, and keep nothing.")
    ] = False,
    charset: Annotated[
        str | None, typer.Option(help="Encoding of the inputs, instead of detecting it.")
    ] = None,
    lexicon: Annotated[
        list[Path] | None,
        typer.Option(help="TOML file with more phrases of page furniture; may be repeated."),
    ] = None,
    learn_furniture: Annotated[
        bool,
        typer.Option(
            "--learn-furniture",
            help="Read the inputs twice, and take blocks that recur on the pages of a site out.",
        ),
    ] = False,
    glossary: Annotated[
        Path | None,
        typer.Option(
            help="Terms and the English they must have: a table (.tsv) or TOML.",
            show_default=False,
        ),
    ] = None,
    text_field: Annotated[str, typer.Option(help="Key or column of the text in records.")] = "text",
    html_field: Annotated[str, typer.Option(help="Key or column of the page in records.")] = "html",
) -> None:
    """Convert documents into a dataset of Parquet files.

    A run that was stopped goes on where it was.

    Documents that cannot be processed become rows of OUTPUT/rejects; the exit code is then 1.
    """
    from corpus_norm.conversion import convert as run
    from corpus_norm.settings import InputSettings, Settings, TranslationSettings

    if no_memory and memory is not None:
        raise typer.BadParameter("--memory and --no-memory exclude each other")
    settings = Settings(
        charset=charset,
        lexicon_paths=tuple(str(path) for path in lexicon or ()),
        learn_furniture=learn_furniture,
        input=InputSettings(text_field=text_field, html_field=html_field),
        translation=TranslationSettings(
            enabled=translate,
            engine=engine,
            glossary_path=str(glossary) if glossary else None,
        ),
    )
    with _show_progress() as progress:
        task = progress.add_task("", total=None)
        dataset = run(
            inputs,
            output,
            settings,
            workers=workers or None,
            memory=not no_memory if memory is None else memory,
            overwrite=overwrite,
            progress=lambda state: progress.update(
                task,
                completed=state.documents + state.rejects,
                description=f"{state.rejects} rejected  {escape(state.source[-60:])}",
            ),
        )
    _tell_result(dataset)


@contextmanager
def _show_progress() -> Iterator[Progress]:
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.completed:.0f} documents"),
        TaskProgressColumn(show_speed=True),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as progress:
        yield progress


def _tell_result(dataset: Dataset) -> None:
    from corpus_norm.translation import describe_missing, missing_models

    totals = dataset.manifest.totals
    languages = ", ".join(f"{name} {count:,}" for name, count in totals.languages.items())
    say(
        f"{totals.documents:,} documents ({languages}), {totals.rejects:,} rejected, "
        f"in {dataset.path}"
    )
    if missing := missing_models(dataset.untranslated_languages):
        say(describe_missing(missing))
    if totals.rejects:
        say(f"reasons for the rejects: python -m corpus_norm inspect {dataset.path}")
        raise typer.Exit(1)
