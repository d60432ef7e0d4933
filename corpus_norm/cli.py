"""The command line: ``python -m corpus_norm``.  No logic, only arguments, progress and exit codes.

Exit codes: 0 all well, 1 some documents were rejected, 2 wrong usage or an error that stopped
the run.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from corpus_norm._version import __version__
from corpus_norm.errors import CorpusNormError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.dataset import Dataset

app = typer.Typer(
    help="Turn raw multilingual news into clean, English-readable Parquet, offline.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(
    help="Translation models.  Only 'models install LANGUAGE' ever uses the network.",
    no_args_is_help=True,
)
app.add_typer(models_app, name="models")
# A pipe has no width of its own; COLUMNS, where it is set, decides.
PIPE_WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 120
out = Console(width=PIPE_WIDTH)
err = Console(stderr=True)

InputsArgument = Annotated[
    list[str],
    typer.Argument(
        help="Files, folders (searched recursively), glob patterns, fsspec URIs, or - for "
        "standard input.  Types: .txt .md .html .htm .json .jsonl, each also with .gz.",
        show_default=False,
    ),
]


def main() -> None:
    """Run the command line; errors are told in one line, never as a traceback."""
    try:
        app()
    except CorpusNormError as error:
        err.print(f"[bold red]error:[/] {_escape(str(error))}", soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        err.print("stopped; finished parts are kept: run the same command again to go on")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()


@app.callback(invoke_without_command=True)
def _root(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        out.print(f"corpus_norm {__version__}")
        raise typer.Exit


@app.command(
    epilog="Examples:\n\npython -m corpus_norm convert corpus/ -o out/\n\n"
    "zcat pages.jsonl.gz | python -m corpus_norm convert - -o out/\n\n"
    "python -m corpus_norm convert 'crawl/*.html' -o out/ --workers 8"
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
    text_field: Annotated[str, typer.Option(help="Key of the text in JSON records.")] = "text",
    html_field: Annotated[str, typer.Option(help="Key of the page in JSON records.")] = "html",
) -> None:
    """Convert documents into a dataset of Parquet files.

    A run that was stopped goes on where it was.

    Documents that cannot be processed become rows of OUTPUT/rejects; the exit code is then 1.
    """
    from corpus_norm.conversion import convert as run
    from corpus_norm.settings import InputSettings, Settings, TranslationSettings

    settings = Settings(
        charset=charset,
        lexicon_paths=tuple(str(path) for path in lexicon or ()),
        learn_furniture=learn_furniture,
        input=InputSettings(text_field=text_field, html_field=html_field),
        translation=TranslationSettings(enabled=translate),
    )
    with _show_progress() as progress:
        task = progress.add_task("", total=None)
        dataset = run(
            inputs,
            output,
            settings,
            workers=workers or None,
            overwrite=overwrite,
            progress=lambda state: progress.update(
                task,
                completed=state.documents + state.rejects,
                description=f"{state.rejects} rejected  {_escape(state.source[-60:])}",
            ),
        )
    _tell_result(dataset)


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
        _say(make_reference() if table == "all" else describe(table))
    except KeyError as error:
        raise typer.BadParameter(str(error.args[0])) from error


@models_app.command("list")
def list_models() -> None:
    """List the installed models, and how to get more."""
    from corpus_norm import display
    from corpus_norm.translation import models

    packages = models.installed()
    for package in packages:
        _say(display.describe_model(package))
    if not packages:
        _say("no translation model is installed")
    for name, known in models.KNOWN_MODELS.items():
        _say(
            f"to get {known.language} to en ({known.size_bytes / 1e6:.0f} MB, {known.licence}): "
            f"python -m corpus_norm models install {name}"
        )


@models_app.command(
    "install",
    epilog="Examples:\n\npython -m corpus_norm models install fr zh\n\n"
    "python -m corpus_norm models install translate-fr_en-1_9.argosmodel",
)
def install_models(
    targets: Annotated[
        list[str],
        typer.Argument(help="Languages (fr, zh) or .argosmodel files.", show_default=False),
    ],
    *,
    timeout: Annotated[
        float, typer.Option(help="Seconds that the server may stay silent.", min=0.1)
    ] = 20.0,
) -> None:
    """Install translation models: by language from the network, or from a file without it."""
    from corpus_norm.translation import models

    for target in targets:
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        ) as progress:
            task = progress.add_task(_escape(target), total=None)
            package = models.install(
                target,
                timeout_s=timeout,
                progress=partial(_advance, progress, task),
            )
        _say(f"installed {package.label}: {package.source} to {package.target}")


@models_app.command("verify")
def verify_models() -> None:
    """Check every installed model against the checksums taken when it was installed."""
    from corpus_norm.translation import models

    findings = models.verify()
    for finding in findings:
        _say(f"{finding.status}: {finding.path}: {finding.message}")
    if not findings:
        _say("no model is installed")
    if any(finding.is_problem for finding in findings):
        raise typer.Exit(1)


@models_app.command("path")
def print_model_path() -> None:
    """Print the folder that models are installed into."""
    from corpus_norm.translation import models

    _say(str(models.path()))


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


def _advance(progress: Progress, task: TaskID, done: int, total: int) -> None:
    progress.update(task, completed=done, total=total)


def _tell_result(dataset: Dataset) -> None:
    from corpus_norm.translation import describe_missing, missing_models

    totals = dataset.manifest.totals
    languages = ", ".join(f"{name} {count:,}" for name, count in totals.languages.items())
    _say(
        f"{totals.documents:,} documents ({languages}), {totals.rejects:,} rejected, "
        f"in {dataset.path}"
    )
    if missing := missing_models(dataset.untranslated_languages):
        _say(describe_missing(missing))
    if totals.rejects:
        _say(f"reasons for the rejects: python -m corpus_norm inspect {dataset.path}")
        raise typer.Exit(1)


def _say(line: str) -> None:
    """Print a line as it is: not wrapped, no mark-up, so that it can be piped and copied."""
    out.print(line, soft_wrap=True, highlight=False, markup=False)


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)
