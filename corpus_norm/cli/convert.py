"""``convert``: turn documents into a dataset, or stream them with ``--to``; its progress."""

from __future__ import annotations

import contextlib
import re
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from corpus_norm.cli import console
from corpus_norm.cli.console import count, escape, print_note, print_output, print_status
from corpus_norm.cli.views import SettingsOption  # noqa: TC001 -- as above
from corpus_norm.errors import DatasetExistsError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from corpus_norm.conversion import Preview, Progress, Stream
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
        ".md .html .json .jsonl .csv .tsv .parquet .arrow .feather .warc .wet .eml .mhtml .rss "
        ".atom .xml .tar .zip, each also with .gz .bz2 .xz .zst.",
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
            "--update",
            help="Bring a dataset up to date with these inputs: unchanged documents stay, "
            "those that the inputs lack are removed.",
        ),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what the folder or file holds.")
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
        bool | None,
        typer.Option(
            "--learn-site-boilerplate/--no-learn-site-boilerplate",
            help="Label blocks that recur on a site's pages as boilerplate (the default).",
            show_default=False,
            rich_help_panel=PAGES,
        ),
    ] = None,
    learn_furniture: Annotated[
        bool | None,
        typer.Option(
            "--learn-furniture/--no-learn-furniture",
            hidden=True,
            help="The option's old name.",
            rich_help_panel=PAGES,
        ),
    ] = None,
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
    if no_memory and memory is not None:
        raise typer.BadParameter("--memory and --no-memory exclude each other")
    if output is None and to is None and not dry_run:
        raise typer.BadParameter("name a folder with --output (-o), or stream with --to jsonl")
    if to is not None and (update or dry_run):
        raise typer.BadParameter("--update and --dry-run are for datasets, not --to")
    if to is not None and stories:
        raise typer.BadParameter("--stories is for datasets: a stream sees one document at a time")
    if to is None and rejects is not None:
        raise typer.BadParameter("--rejects goes with --to; a dataset has a folder of rejects")
    console.start_log(log_level, as_json=log_json)
    chosen = _read_settings(
        settings,
        {
            "charset": charset,
            "lexicon_paths": lexicon or None,
            "learn_site_boilerplate": (
                learn_furniture if learn_site_boilerplate is None else learn_site_boilerplate
            ),
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
        _print_model(chosen.translation, print_status if to is None else print_note)
    taken: dict[str, Any] = {
        "memory": not no_memory if memory is None else memory,
        "limit": limit,
        "sample": sample,
    }
    try:
        if to is not None:
            taken["worker_memory_mb"] = worker_memory
            check_targets(inputs, (output, rejects), overwrite=overwrite)
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
        rest = "finished parts are kept: run the same command again to continue"
        print_note(f"stopped; {rest if to is None else 'the stream is incomplete'}")
        raise typer.Exit(130) from None


def _convert(inputs: list[str], output: Path, settings: Settings, **options: Any) -> None:  # noqa: ANN401
    from corpus_norm.conversion import convert as run

    is_whole = options["limit"] is None and options["sample"] is None
    with show_progress(inputs, is_whole=is_whole) as progress:
        dataset = run(inputs, output, settings, progress=progress, **options)
    _print_result(dataset, settings)


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
    from corpus_norm.conversion import Stream

    stream = Stream(inputs, settings, workers=read_workers(workers), **options)
    if target.output and target.output.is_file() and stream.is_empty():
        raise InputError(
            f"the inputs hold no documents; {target.output} stays as it is", subject=inputs[0]
        )
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
    print_output(f"{count(found.documents, 'document')}, {found.bytes / 1e6:,.1f} MB")
    for kind, number in found.types.items():
        print_output(f"  {kind}: {number:,}")
    if found.unreadable:
        print_output(f"  cannot be read: {found.unreadable:,}")
    done = f"{found.parts_done:,} {'is' if found.parts_done == 1 else 'are'} finished already"
    print_output(f"{count(found.parts, 'part')} in {output}; {done}")
    left = found.documents + found.unreadable - found.documents_done
    are_left = f"{count(left, 'document')} {'is' if left == 1 else 'are'} left to convert"
    print_output(f"{are_left}; nothing was written")
    for obstacle in found.obstacles:
        print_output(f"{output} holds a dataset made differently: {obstacle}")


def _print_model(settings: TranslationSettings, tell: Callable[[str], None]) -> None:
    from corpus_norm.translation.engines.llm import check_models, find_terms

    [model] = check_models(settings)
    if settings.engine == "llm":
        tell(find_terms(model))
    where = f" at {settings.server_url}" if settings.engine == "server" else ""
    tell(f"translating with {model.label}{where}; its English is a draft, and flagged as one")


def _print_result(dataset: Dataset, settings: Settings) -> None:
    from corpus_norm.cli.views import print_groups
    from corpus_norm.translation import describe_missing, missing_models
    from corpus_norm.translation.engines.llm import can_translate
    from corpus_norm.translation.engines.routes import LANGUAGE_MODEL_ENGINES, choose_packages

    totals = dataset.manifest.totals
    languages = ", ".join(f"{name} {count:,}" for name, count in totals.languages.items())
    by_language = f" ({languages})" if languages else ""
    print_status(
        f"{count(totals.documents, 'document')}{by_language}, "
        f"{totals.rejects:,} rejected, in {dataset.path}"
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
    untranslated = dataset.untranslated_languages
    if settings.translation.engine in LANGUAGE_MODEL_ENGINES:
        untranslated = [each for each in untranslated if not can_translate(each)]
    if missing := missing_models(untranslated, choose_packages(settings) if untranslated else []):
        print_status(describe_missing(missing))
    if failed := totals.statuses.get("failed", 0):
        many = f"{failed:,} document{'s' * (failed != 1)}"
        print_status(f"{many} without English, as the translation failed; --overwrite tries again")
    if totals.rejects:
        print_status(f"reasons for the rejects: python -m corpus_norm inspect {dataset.path}")
        raise typer.Exit(1)


def check_targets(
    inputs: Sequence[str], targets: Sequence[Path | None], *, overwrite: bool
) -> None:
    """Check that the files of a stream replace no input and no existing file.

    Raises:
        InputError: an input does not exist, or a target is an input, or in a folder of inputs.
        DatasetExistsError: a target is there already.
    """
    from corpus_norm.sources.walk import list_names, reaches, resolve_inputs

    named = [path for path in targets if path is not None and path != Path("-")]
    files = [path for path in named if path.is_file() or not path.exists()]  # no device, no pipe
    if len({path.resolve() for path in files}) < len(files):
        raise InputError(f"{files[0]} cannot take both documents and rejects; name two files")
    for path in files:
        for root in resolve_inputs(list_names(inputs)):
            if reaches(root, path):
                raise InputError(
                    f"{path} is among the inputs ({root.source}); write to another place",
                    subject=str(path),
                )
        if path.is_file() and not overwrite:
            raise DatasetExistsError(
                f"{path} exists already; choose another name, or pass --overwrite to replace it",
                subject=str(path),
            )


def write_stream(stream: Stream, form: str, output: Path | None, rejects: Path | None) -> int:
    """Write the documents of a stream, and its rejects as JSON Lines; return their number.

    Nothing but documents goes to standard output, and nothing but rejects to their file.

    Raises:
        InputError: a file cannot be written.
    """
    write = _write_lines if form == "jsonl" else _write_arrow
    with _open(output, sys.stdout) as file, _open(rejects, sys.stderr) as lost:
        write(stream, file, lost)
    done = stream.progress
    counts = {"what": "summary", "documents": done.documents, "rejects": done.rejects}
    many = count(done.documents, "document")
    print_note(f"{many}, {done.rejects:,} rejected", counts)
    return done.rejects


def _write_lines(stream: Stream, file: IO[bytes], lost: IO[bytes]) -> None:
    from corpus_norm.document import Document
    from corpus_norm.values import to_line

    for item in stream:
        target = file if isinstance(item, Document) else lost
        target.write(f"{to_line(stream.to_dict(item))}\n".encode())
        target.flush()


def _write_arrow(stream: Stream, file: IO[bytes], lost: IO[bytes]) -> None:
    import pyarrow as pa

    from corpus_norm.dataset import DOCUMENTS, batch_to_rejections, split_results
    from corpus_norm.dataset.columns import add_columns, extend
    from corpus_norm.values import to_line

    schema = extend(DOCUMENTS, stream.columns)
    with pa.ipc.new_stream(pa.PythonFile(file, "w"), schema) as writer:
        for batch in stream.batches():
            documents = split_results(batch)[0]
            writer.write_batch(add_columns(documents, stream.columns))
            file.flush()
            for item in batch_to_rejections(batch):
                lost.write(f"{to_line(stream.to_dict(item))}\n".encode())
            lost.flush()


@contextlib.contextmanager
def _open(path: Path | None, standard: Any) -> Iterator[IO[bytes]]:  # noqa: ANN401 -- any stream
    """Open a file for bytes; a standard stream is flushed and stays open."""
    if path is None or path == Path("-"):
        standard.flush()
        yield standard.buffer
        standard.buffer.flush()
        return
    try:
        with path.open("wb") as file:
            yield file
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}", subject=str(path)) from error


@contextmanager
def show_progress(
    inputs: Sequence[str], *, is_whole: bool
) -> Iterator[Callable[[Progress], None] | None]:
    """Show progress while the block runs; yield the callback for it, None without a terminal.

    ``is_whole`` means that all documents are converted, so that they can be counted beforehand.
    """
    if console.is_json() or not console.err.is_terminal:
        yield None
        return
    from rich.live import Live

    from corpus_norm.conversion.progress import count_documents

    total = count_documents(inputs) if is_whole else None
    start = time.monotonic()
    with Live(console=console.err, transient=True, refresh_per_second=4) as live:
        yield lambda state: live.update(describe(state, time.monotonic() - start, total))


def describe(state: Progress, seconds: float, total: int | None = None) -> str:
    """Return the progress as rich text of up to three lines.

    >>> from corpus_norm.conversion import Progress
    >>> state = Progress(90, 10, "a.txt", 40, {"decode": 1.0, "segment": 3.0})
    >>> print(describe(state, 6.0, 400))
    100 of 400 documents (40 done before), 10 rejected, 10.0 documents/s, 0:30 left
    decode 25 %  extract 75 %
    a.txt
    """
    from corpus_norm.pipeline import STAGES

    labels = {stage.name.value: stage.label for stage in STAGES}
    rate = (state.rows - state.taken_over) / seconds if seconds > 0 else 0.0
    of_all = "" if total is None else f" of {total:,}"
    before = f" ({state.taken_over:,} done before)" if state.taken_over else ""
    line = f"{state.rows:,}{of_all} documents{before}, {state.rejects:,} rejected"
    line += f", {rate:,.1f} documents/s"
    if total is not None and rate > 0:
        line += f", {_clock(max(total - state.rows, 0) / rate)} left"
    shares = "  ".join(
        f"{labels[stage]} {share:.0%}".replace("%", " %") for stage, share in state.shares.items()
    )
    return "\n".join(part for part in (line, shares, escape(state.source[-76:])) if part)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
