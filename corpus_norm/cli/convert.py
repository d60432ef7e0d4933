"""``convert``: turn documents into a dataset."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from corpus_norm.cli.checks import SettingsOption  # noqa: TC001 -- as above
from corpus_norm.cli.console import print_note, print_output, print_status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus_norm.conversion import Preview
    from corpus_norm.dataset import Dataset
    from corpus_norm.settings import Settings, TranslationSettings

app = typer.Typer()
RECORDS = "Records and fields"
STREAMS = "Instead of a dataset"
ENGLISH = "English"
PAGES = "Pages"
RESOURCES = "Time and memory"
LOGS = "Logs"
_REMOVED_SHOWN = 20

InputsArgument = Annotated[
    list[str],
    typer.Argument(
        help="Files, folders, patterns, URIs (s3:// with the extra s3), - for standard input: .txt "
        ".md .html .json .jsonl .csv .tsv .parquet .arrow .feather .warc .wet .rss .atom .xml .tar "
        ".zip, each also with .gz .bz2 .xz .zst.",
        show_default=False,
    ),
]


@app.command(
    epilog="Examples:\n\npython -m corpus_norm convert corpus/ -o out/\n\n"
    "python -m corpus_norm convert 'crawl/*.html' b.warc.gz -o out/ --workers auto\n\n"
    "python -m corpus_norm convert crawl/ new/ -o out/ --update\n\n"
    "python -m corpus_norm convert crawl/ -o out/ --stories\n\n"
    "python -m corpus_norm convert a.parquet -o out/ --keep section,n:int64"
    "\n\nzcat a.jsonl.gz | python -m corpus_norm convert - --to jsonl | jq .title_en\n\n"
    "python -m corpus_norm convert corpus/ -o out/ --engine llm --llm-model a.gguf"
)
def convert(  # noqa: PLR0913 (one parameter per option)
    inputs: InputsArgument,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder of the dataset.", show_default=False),
    ] = None,
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
        typer.Option(help="What translates: auto (the default), argos, starter, llm, or server."),
    ] = None,
    to: Annotated[
        Literal["jsonl", "arrow"] | None,
        typer.Option(
            help="Write documents to standard output, or the file -o.", show_default=False
        ),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            help="With --to: file of the rejects (JSON Lines), instead of standard error.",
            show_default=False,
            rich_help_panel=STREAMS,
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
            min=0, help="Days that may lie between two reports of a story.", rich_help_panel=PAGES
        ),
    ] = 7,
    keep: Annotated[
        str | None,
        typer.Option(
            help="Make columns of your fields: section,n:int64; all are in extra anyway.",
            metavar="NAMES",
        ),
    ] = None,
    text_field: Annotated[
        str | None,
        typer.Option(
            help="Key or column of the text; text, content, body.", rich_help_panel=RECORDS
        ),
    ] = None,
    html_field: Annotated[
        str | None,
        typer.Option(help="Key or column of the page; html.", rich_help_panel=RECORDS),
    ] = None,
    id_field: Annotated[
        str | None,
        typer.Option(
            help="Key or column of the record's id; id, guid, _id.", rich_help_panel=RECORDS
        ),
    ] = None,
    charset: Annotated[
        str | None,
        typer.Option(
            help="Encoding of the inputs, instead of detecting it.", rich_help_panel=RECORDS
        ),
    ] = None,
    glossary: Annotated[
        Path | None,
        typer.Option(
            help="Terms and the English they must have: a table (.tsv) or TOML.",
            show_default=False,
            rich_help_panel=ENGLISH,
        ),
    ] = None,
    memory: Annotated[
        Path | None,
        typer.Option(
            help="File of the translation memory; by default the user's own.",
            show_default=False,
            rich_help_panel=ENGLISH,
        ),
    ] = None,
    no_memory: Annotated[
        bool,
        typer.Option(
            "--no-memory",
            help="Translate without a memory, and keep nothing.",
            rich_help_panel=ENGLISH,
        ),
    ] = False,
    llm_model: Annotated[
        str | None,
        typer.Option(
            help="With --engine llm: a GGUF file, or a name from 'models list'.",
            rich_help_panel=ENGLISH,
        ),
    ] = None,
    server_url: Annotated[
        str | None,
        typer.Option(
            help="With --engine server: an OpenAI-compatible address, as "
            "http://127.0.0.1:8080/v1; a key is read from CORPUS_NORM_SERVER_KEY.",
            show_default=False,
            rich_help_panel=ENGLISH,
        ),
    ] = None,
    server_model: Annotated[
        str | None,
        typer.Option(
            help="The server's model; not needed if it has only one.",
            show_default=False,
            rich_help_panel=ENGLISH,
        ),
    ] = None,
    server_allow_remote: Annotated[
        bool,
        typer.Option(
            "--server-allow-remote",
            help="Send the texts to a server that is not on this machine.",
            rich_help_panel=ENGLISH,
        ),
    ] = False,
    lexicon: Annotated[
        list[Path] | None,
        typer.Option(
            help="TOML file with more phrases of page boilerplate; may be repeated.",
            rich_help_panel=PAGES,
        ),
    ] = None,
    learn_site_boilerplate: Annotated[
        bool,
        typer.Option(
            "--learn-site-boilerplate",
            help="Read the inputs twice, and label blocks that recur on a site as boilerplate.",
            rich_help_panel=PAGES,
        ),
    ] = False,
    learn_furniture: Annotated[
        bool,
        typer.Option(
            "--learn-furniture",
            hidden=True,
            help="The option's old name.",
            rich_help_panel=PAGES,
        ),
    ] = False,
    time_limit: Annotated[
        float | None,
        typer.Option(
            help="Seconds that a stage may spend on a document; 120 by default.",
            rich_help_panel=RESOURCES,
        ),
    ] = None,
    worker_memory: Annotated[
        float | None,
        typer.Option(
            help="MB above which a worker is replaced; a fair share of the memory by default.",
            show_default=False,
            rich_help_panel=RESOURCES,
        ),
    ] = None,
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        typer.Option(
            help="info: start, parts, rejects and end, on standard error.", rich_help_panel=LOGS
        ),
    ] = "warning",
    log_json: Annotated[
        bool, typer.Option("--log-json", help="The log as lines of JSON.", rich_help_panel=LOGS)
    ] = False,
) -> None:
    """Convert documents into a dataset of Parquet files, or stream them with --to.

    A run that was stopped continues: repeat the command.  Documents that cannot be processed become
    rows of OUTPUT/rejects; the exit code is then 1.
    """
    from corpus_norm.cli.logs import start_log

    if no_memory and memory is not None:
        raise typer.BadParameter("--memory and --no-memory exclude each other")
    if output is None and to is None and not dry_run:
        raise typer.BadParameter("name a folder with --output (-o), or stream with --to jsonl")
    if to is not None and (update or overwrite or dry_run):
        raise typer.BadParameter("--update, --overwrite and --dry-run are for datasets, not --to")
    if to is not None and stories:
        raise typer.BadParameter("--stories is for datasets: a stream sees one document at a time")
    if to is None and rejects is not None:
        raise typer.BadParameter("--rejects goes with --to; a dataset has a folder of rejects")
    start_log(log_level, as_json=log_json)
    chosen = _read_settings(
        settings,
        {
            "charset": charset,
            "lexicon_paths": lexicon or None,
            "learn_site_boilerplate": learn_site_boilerplate or learn_furniture or None,
            "time_limit_s": time_limit,
            "input.text_field": text_field,
            "input.html_field": html_field,
            "input.id_field": id_field,
            "input.keep": _split(keep),
            "translation.enabled": translate,
            "translation.engine": engine,
            "translation.glossary_path": glossary,
            "translation.llm_model": llm_model,
            "translation.server_url": server_url,
            "translation.server_model": server_model,
            "translation.server_allow_remote": server_allow_remote or None,
        },
    )
    if chosen.translation.engine in {"llm", "server"} and chosen.translation.enabled:
        _print_model(chosen.translation)
    taken: dict[str, Any] = {
        "memory": not no_memory if memory is None else memory,
        "limit": limit,
        "sample": sample,
    }
    try:
        if to is not None:
            taken["worker_memory_mb"] = worker_memory
            _stream(inputs, chosen, to, _Target(output, rejects), workers, taken)
        elif dry_run:
            _preview(inputs, output or Path("out"), chosen, update=update, **taken)
        else:
            _convert(
                inputs,
                output or Path(),
                chosen,
                workers=read_workers(workers),
                worker_memory_mb=worker_memory,
                update=update,
                overwrite=overwrite,
                stories=stories,
                story_days=story_days,
                **taken,
            )
    except KeyboardInterrupt:  # caught here: typer would exit without a message
        print_note("stopped; finished parts are kept: run the same command again to continue")
        raise typer.Exit(130) from None


def _convert(inputs: list[str], output: Path, settings: Settings, **options: Any) -> None:  # noqa: ANN401
    from corpus_norm.cli.progress import show_progress
    from corpus_norm.conversion import convert as run

    is_whole = options["limit"] is None and options["sample"] is None
    with show_progress(inputs, is_whole=is_whole) as progress:
        dataset = run(inputs, output, settings, progress=progress, **options)
    _print_result(dataset)


def _preview(inputs: list[str], output: Path, settings: Settings, **options: Any) -> None:  # noqa: ANN401
    from corpus_norm.conversion import preview

    _print_preview(preview(inputs, output, settings, **options), output)


class _Target(NamedTuple):
    """Where a stream goes: None for the standard streams."""

    output: Path | None
    rejects: Path | None


def _stream(  # noqa: PLR0913, PLR0917 -- what, how and where
    inputs: list[str],
    settings: Settings,
    form: str,
    target: _Target,
    workers: str,
    options: Mapping[str, Any],
) -> None:
    from corpus_norm.cli.streaming import write_stream
    from corpus_norm.conversion import Stream

    stream = Stream(inputs, settings, workers=read_workers(workers), **options)
    if write_stream(stream, form, *target):
        raise typer.Exit(1)


def _split(names: str | None) -> tuple[str, ...] | None:
    """Split names at commas, but not at those inside the brackets of a type.

    >>> _split("section, price:decimal128(9, 2)")
    ('section', 'price:decimal128(9, 2)')
    """
    if names is None:
        return None
    parts = re.split(r",(?![^(\[<]*[)\]>])", names)
    return tuple(part.strip() for part in parts if part.strip())


def _read_settings(file: Path | None, options: Mapping[str, object]) -> Settings:
    """Return the settings of the file, if any, with the options that were given (not None)."""
    from corpus_norm.settings import Settings

    changes: dict[str, Any] = {}
    for key, value in options.items():
        table, _, name = key.rpartition(".")
        if value is not None:
            (changes.setdefault(table, {}) if table else changes)[name] = value
    return Settings.from_dict(changes) if file is None else Settings.load(file, changes)


def read_workers(text: str) -> int | Literal["auto"]:
    """Return the number of worker processes that an option names."""
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
    from corpus_norm.translation.engines.llm import check_models, find_terms

    [model] = check_models(settings)
    if settings.engine == "llm":
        print_status(find_terms(model))
    where = f" at {settings.server_url}" if settings.engine == "server" else ""
    print_status(
        f"translating with {model.label}{where}; its English is a draft, and flagged as one"
    )


def _print_result(dataset: Dataset) -> None:
    from corpus_norm.cli.stories import print_groups
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
