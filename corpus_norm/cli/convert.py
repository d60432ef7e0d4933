"""``convert``: turn documents into a dataset."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 -- typer reads annotations when it runs
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from corpus_norm.cli.checks import SettingsOption  # noqa: TC001 -- as above
from corpus_norm.cli.console import err, print_output, print_status
from corpus_norm.cli.progress import show_progress
from corpus_norm.cli.stories import print_groups

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus_norm.conversion import Preview
    from corpus_norm.dataset import Dataset
    from corpus_norm.settings import Settings, TranslationSettings

app = typer.Typer()
LESS_COMMON = "Less common options"
_REMOVED_SHOWN = 20

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
    "python -m corpus_norm convert 'crawl/*.html' -o out/ --workers auto\n\n"
    "python -m corpus_norm convert CC-MAIN-0001.warc.gz pages.zip -o out/\n\n"
    "python -m corpus_norm convert s3://bucket/news.parquet -o out/ --text-field content\n\n"
    "python -m corpus_norm convert corpus/ -o out/ --glossary names.tsv\n\n"
    "python -m corpus_norm convert corpus/ -o out/ --settings house.toml\n\n"
    "python -m corpus_norm convert crawl/ -o out/ --dry-run\n\n"
    "python -m corpus_norm convert crawl/ new/ -o out/ --update\n\n"
    "python -m corpus_norm convert crawl/ -o out/ --stories\n\n"
    "python -m corpus_norm convert corpus/ -o out/ --engine llm --llm-model FILE.gguf"
)
def convert(  # noqa: PLR0913 (one parameter per option)
    inputs: InputsArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder of the dataset.", show_default=False)
    ],
    *,
    settings: SettingsOption = None,
    workers: Annotated[
        str,
        typer.Option(
            "--workers", "-w", help="Processes; auto means one per CPU, as memory allows."
        ),
    ] = "1",
    update: Annotated[
        bool,
        typer.Option(
            "--update", help="Update a dataset; unchanged documents are not converted again."
        ),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace another dataset in the folder.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report what would be done, and write nothing.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(help="Convert the first N documents only.", metavar="N")
    ] = None,
    sample: Annotated[
        float | None,
        typer.Option(help="Convert N documents, or a fraction below 1; the same in every run."),
    ] = None,
    translate: Annotated[
        bool | None,
        typer.Option(
            "--translate/--no-translate",
            help="Translate with the models that are installed; the default.",
            show_default=False,
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(help="What translates: auto (the default), argos, starter, or llm."),
    ] = None,
    glossary: Annotated[
        Path | None,
        typer.Option(
            help="Terms and the English they must have: a table (.tsv) or TOML.",
            show_default=False,
        ),
    ] = None,
    lexicon: Annotated[
        list[Path] | None,
        typer.Option(
            help="TOML file with more phrases of page boilerplate; may be repeated.",
            rich_help_panel=LESS_COMMON,
        ),
    ] = None,
    stories: Annotated[
        bool | None,
        typer.Option(
            "--stories/--no-stories",
            help="Find stories: reports of one event, in any languages.  Copies are always found.",
            show_default=False,
        ),
    ] = None,
    story_days: Annotated[
        int,
        typer.Option(
            min=0,
            help="Days that may lie between two reports of a story.",
            rich_help_panel=LESS_COMMON,
        ),
    ] = 7,
    charset: Annotated[
        str | None,
        typer.Option(
            help="Encoding of the inputs, instead of detecting it.", rich_help_panel=LESS_COMMON
        ),
    ] = None,
    text_field: Annotated[
        str | None,
        typer.Option(
            help="Key or column of the text in records; text by default.",
            rich_help_panel=LESS_COMMON,
        ),
    ] = None,
    html_field: Annotated[
        str | None,
        typer.Option(
            help="Key or column of the page in records; html by default.",
            rich_help_panel=LESS_COMMON,
        ),
    ] = None,
    learn_furniture: Annotated[
        bool,
        typer.Option(
            "--learn-furniture",
            help="Read the inputs twice, and label blocks that recur on a site as boilerplate.",
            rich_help_panel=LESS_COMMON,
        ),
    ] = False,
    time_limit: Annotated[
        float | None,
        typer.Option(
            help="Seconds that a stage may spend on a document; 120 by default.",
            rich_help_panel=LESS_COMMON,
        ),
    ] = None,
    worker_memory: Annotated[
        float | None,
        typer.Option(
            help="MB above which a worker is replaced; a fair share of the memory by default.",
            show_default=False,
            rich_help_panel=LESS_COMMON,
        ),
    ] = None,
    memory: Annotated[
        Path | None,
        typer.Option(
            help="File of the translation memory; by default the user's own.",
            show_default=False,
            rich_help_panel=LESS_COMMON,
        ),
    ] = None,
    no_memory: Annotated[
        bool,
        typer.Option(
            "--no-memory",
            help="Translate without a memory, and keep nothing.",
            rich_help_panel=LESS_COMMON,
        ),
    ] = False,
    llm_model: Annotated[
        str | None,
        typer.Option(
            help="With --engine llm: a GGUF file, or a name from 'models list'.",
            rich_help_panel=LESS_COMMON,
        ),
    ] = None,
    llm_adapter: Annotated[
        str | None,
        typer.Option(
            help="A LoRA adapter for it: a GGUF file, or a name from 'models list'.",
            rich_help_panel=LESS_COMMON,
        ),
    ] = None,
) -> None:
    """Convert documents into a dataset of Parquet files.

    A run that was stopped continues: repeat the command.

    Documents that cannot be processed become rows of OUTPUT/rejects; the exit code is then 1.
    """
    from corpus_norm.conversion import convert as run
    from corpus_norm.conversion import preview

    if no_memory and memory is not None:
        raise typer.BadParameter("--memory and --no-memory exclude each other")
    chosen = _read_settings(
        settings,
        {
            "charset": charset,
            "lexicon_paths": lexicon or None,
            "learn_furniture": learn_furniture or None,
            "time_limit_s": time_limit,
            "input.text_field": text_field,
            "input.html_field": html_field,
            "translation.enabled": translate,
            "translation.engine": engine,
            "translation.glossary_path": glossary,
            "translation.llm_model": llm_model,
            "translation.llm_adapter": llm_adapter,
        },
    )
    translation = chosen.translation
    if translation.engine == "llm" and translation.enabled:
        _print_model(translation)
    if dry_run:
        found = preview(
            inputs,
            output,
            chosen,
            memory=not no_memory if memory is None else memory,
            limit=limit,
            sample=sample,
            update=update,
        )
        _print_preview(found, output)
        return
    processes = _read_workers(workers)
    try:
        with show_progress(inputs, is_whole=limit is None and sample is None) as progress:
            dataset = run(
                inputs,
                output,
                chosen,
                workers=processes,
                worker_memory_mb=worker_memory,
                memory=not no_memory if memory is None else memory,
                limit=limit,
                sample=sample,
                update=update,
                overwrite=overwrite,
                stories=stories,
                story_days=story_days,
                progress=progress,
            )
    except KeyboardInterrupt:  # caught here: typer would exit without a message
        err.print("stopped; finished parts are kept: run the same command again to continue")
        raise typer.Exit(130) from None
    _print_result(dataset)


def _read_settings(file: Path | None, options: Mapping[str, object]) -> Settings:
    """Return the settings of the file, if any, with the options that were given (not None)."""
    from corpus_norm.settings import Settings

    changes: dict[str, Any] = {}
    for key, value in options.items():
        table, _, name = key.rpartition(".")
        if value is not None:
            (changes.setdefault(table, {}) if table else changes)[name] = value
    return Settings.from_dict(changes) if file is None else Settings.load(file, changes)


def _read_workers(text: str) -> int | Literal["auto"]:
    if text in {"auto", "0"}:
        return "auto"
    if not text.isdecimal():
        raise typer.BadParameter("a number, or auto", param_hint="--workers")
    return int(text)


def _print_preview(found: Preview, output: Path) -> None:
    print_output(f"{found.documents:,} documents, {found.bytes / 1e6:,.1f} MB")
    for kind, count in found.types.items():
        print_output(f"  {kind}: {count:,}")
    if found.unreadable:
        print_output(f"  cannot be read: {found.unreadable:,}")
    print_output(f"{found.parts:,} part(s) in {output}; {found.parts_done:,} are finished already")
    left = found.documents + found.unreadable - found.documents_done
    print_output(f"{left:,} documents are left to convert; nothing was written")
    for obstacle in found.obstacles:
        print_output(f"{output} holds a dataset made differently: {obstacle}")


def _print_model(settings: TranslationSettings) -> None:
    from corpus_norm.translation.engines.llm import check_files, find_terms

    files = check_files(settings)
    for terms in dict.fromkeys(find_terms(file) for file in files):
        print_status(terms)
    named = " with ".join(file.label for file in files)
    print_status(f"translating with {named}; its English is a draft, and flagged as one")


def _print_result(dataset: Dataset) -> None:
    from corpus_norm.translation import describe_missing, missing_models

    totals = dataset.manifest.totals
    languages = ", ".join(f"{name} {count:,}" for name, count in totals.languages.items())
    by_language = f" ({languages})" if languages else ""
    print_status(
        f"{totals.documents:,} documents{by_language}, {totals.rejects:,} rejected, "
        f"in {dataset.path}"
    )
    if dataset.changes:
        print_status(str(dataset.changes))
        removed = dataset.changes.removed
        for name in removed[:_REMOVED_SHOWN]:
            print_status(f"  removed: {name}")
        if len(removed) > _REMOVED_SHOWN:
            print_status(f"  and {len(removed) - _REMOVED_SHOWN:,} more")
    if dataset.manifest.stories:
        print_groups(dataset)
    if missing := missing_models(dataset.untranslated_languages):
        print_status(describe_missing(missing))
    if totals.rejects:
        print_status(f"reasons for the rejects: python -m corpus_norm inspect {dataset.path}")
        raise typer.Exit(1)
