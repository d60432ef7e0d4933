"""``models``: list, install and verify translation models."""

from __future__ import annotations

from functools import partial
from pathlib import Path  # noqa: TC003 -- typer reads it at run time
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from corpus_norm.cli import console
from corpus_norm.cli.console import COLUMNS, escape, print_output, print_status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

app = typer.Typer(
    help="Translation models.  'models install LANGUAGE' is the only command that downloads.",
    epilog="Examples:\n\npython -m corpus_norm models list\n\n"
    "python -m corpus_norm models install fr zh",
    no_args_is_help=True,
)


@app.command(
    "list",
    epilog="Examples:\n\npython -m corpus_norm models list\n\n"
    "python -m corpus_norm models list --details\n\n"
    "python -m corpus_norm models list --dataset out/",
)
def list_models(
    *,
    details: Annotated[
        bool, typer.Option("--details", help="Licences, quality and purpose, on longer lines.")
    ] = False,
    dataset: Annotated[
        Path | None,
        typer.Option(help="A dataset: also show how adequate the English of each model is in it."),
    ] = None,
) -> None:
    """List the installed models and those to be had, a line each."""
    if details:
        _print_details()
    else:
        _print_rows()
    if dataset is not None:
        _print_adequacy(dataset)


def _print_adequacy(dataset: Path) -> None:
    """Print the mean adequacy of each model on the user's own texts."""
    from corpus_norm.dataset import compare_models, open_dataset

    rows = compare_models(open_dataset(dataset))
    print_output(f"mean adequacy in {dataset}, 0 to 1 (what it measures: docs/faithfulness.md):")
    for row in rows:
        print_output(f"{row.adequacy:.3f}  {row.model} ({row.sentences:,} sentences)")
    if not rows:
        print_output("no sentence was translated and judged")


def _print_rows() -> None:
    rows = list(_list_rows())
    if not any(row.state == "installed" and row.what.endswith(" to en") for row in rows):
        print_output("no translation model is installed")
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        line = "  ".join(cell.ljust(width) for cell, width in cells).rstrip()
        print_output(line if len(line) <= COLUMNS else f"{line[: COLUMNS - 1].rstrip()}…")


class _Row(NamedTuple):
    state: str
    what: str
    name: str
    size: str
    note: str


def _list_rows() -> Iterator[_Row]:
    """Yield a row for each model that is installed, then for each that can be."""
    from corpus_norm.translation.engines.llm import installed_files
    from corpus_norm.translation.models import install as models
    from corpus_norm.translation.models.language_models import KNOWN_LANGUAGE_MODELS

    for package in models.installed():
        pair = f"{package.source} to {package.target}"
        yield _Row("installed", pair, package.name, _size(package.size_bytes), package.licence)
    files = installed_files()
    for file in files:
        yield _Row("installed", "language model", file.name, _size(file.size_bytes), file.licence)
    for name, known in models.KNOWN_MODELS.items():
        pair = f"{known.language} to en"
        yield _Row(
            "available", pair, f"models install {name}", _size(known.size_bytes), known.licence
        )
    for name in sorted(set(KNOWN_LANGUAGE_MODELS) - {file.name for file in files}):
        model = KNOWN_LANGUAGE_MODELS[name]
        size = _size(model.size_bytes)
        yield _Row("available", "language model", f"models install {name}", size, model.licence)


def _size(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def _print_details() -> None:
    from corpus_norm import display
    from corpus_norm.translation.engines.llm import installed_files
    from corpus_norm.translation.models import install as models
    from corpus_norm.translation.models.language_models import KNOWN_LANGUAGE_MODELS

    packages = models.installed()
    for package in packages:
        print_output(display.describe_model(package))
    if not packages:
        print_output("no translation model is installed")
    for name, known in models.KNOWN_MODELS.items():
        print_output(
            f"to get {known.language} to en ({known.size_bytes / 1e6:.0f} MB, {known.licence}): "
            f"python -m corpus_norm models install {name}"
        )
    files = installed_files()
    for file in files:
        print_output(display.describe_language_model(file))
    for name in sorted(KNOWN_LANGUAGE_MODELS.keys() - {file.name for file in files}):
        model = KNOWN_LANGUAGE_MODELS[name]
        print_output(
            f"to get the language model {name} ({model.size_bytes / 1e6:,.0f} MB, "
            f"{model.licence}): python -m corpus_norm models install {name}"
        )


@app.command(
    "install",
    epilog="Examples:\n\npython -m corpus_norm models install fr zh\n\n"
    "python -m corpus_norm models install translate-fr_en-1_9.argosmodel\n\n"
    "python -m corpus_norm models install qwen2.5-1.5b",
)
def install_models(
    targets: Annotated[
        list[str],
        typer.Argument(
            help="Languages (fr, zh), .argosmodel files, or language models by name.",
            show_default=False,
        ),
    ],
    timeout: Annotated[
        float, typer.Option(help="Seconds to wait while the server is silent.", min=0.1)
    ] = 20.0,
) -> None:
    """Install translation models: by name from the network, or from a file without it."""
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from corpus_norm.translation.models import install as models
    from corpus_norm.translation.models import language_models as llms

    for target in targets:
        known = llms.KNOWN_LANGUAGE_MODELS.get(target)
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=console.err,
            transient=True,
            disable=not console.err.is_terminal,
        ) as progress:
            task = progress.add_task(escape(target), total=None)
            advance = partial(_advance, progress, task)
            if known is None:
                package = models.install(target, timeout_s=timeout, progress=advance)
                said = f"installed {package.label}: {package.source} to {package.target}"
            else:
                print_status(known.notice)
                file = llms.install_language_model(known, timeout_s=timeout, progress=advance)
                said = f"installed {known.name}: {file}"
        print_status(said)


@app.command("verify", epilog="Examples:\n\npython -m corpus_norm models verify")
def verify_models() -> None:
    """Check every installed model against the checksums of its installation."""
    from corpus_norm.translation.models import install as models

    findings = models.verify()
    for finding in findings:
        print_status(f"{finding.status}: {finding.path}: {finding.message}")
    if not findings:
        print_status("no model is installed")
    if any(finding.is_problem for finding in findings):
        raise typer.Exit(1)


@app.command("path", epilog="Examples:\n\npython -m corpus_norm models path")
def print_model_path() -> None:
    """Print the folder that models are installed into."""
    from corpus_norm.translation.models import install as models

    print_output(str(models.path()))


def _advance(progress: Progress, task: TaskID, done: int, total: int) -> None:
    progress.update(task, completed=done, total=total)
