"""``inspect`` and ``schema``: show a document, a dataset, or the columns of a table."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_norm.cli import console
from corpus_norm.cli.console import is_unicode, print_output
from corpus_norm.cli.views import SettingsOption  # noqa: TC001 -- typer reads annotations
from corpus_norm.errors import DatasetError, InputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.dataset import Dataset
    from corpus_norm.display import DocumentView
    from corpus_norm.document import RawDocument, Rejection
    from corpus_norm.settings import Settings

app = typer.Typer()
MANIFEST_NAME = "manifest.json"
DATASET_DOCUMENTS, FOLDER_DOCUMENTS = 50, 10
"""Documents that are listed where no limit is given."""


@app.command(
    epilog="Examples:\n\npython -m corpus_norm inspect article.html --explain\n\n"
    "cat article.txt | python -m corpus_norm inspect -\n\n"
    "python -m corpus_norm inspect pages.jsonl.gz --record 3 --json\n\n"
    "python -m corpus_norm inspect article.html --html -o article.view.html\n\n"
    "python -m corpus_norm inspect out/\n\n"
    "python -m corpus_norm inspect out/ --document 3f2a"
)
def inspect(  # noqa: PLR0913 (one parameter per option)
    source: Annotated[
        str,
        typer.Argument(
            help="A document, - for standard input, a dataset, or a folder of documents.",
            show_default=False,
        ),
    ],
    *,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", "--why", help="Add the reason for each kind, each repair and each flag."
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, in the shape of docs/inspect.md.")
    ] = False,
    as_html: Annotated[bool, typer.Option("--html", help="Print an HTML page.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write JSON or HTML to a file.", show_default=False),
    ] = None,
    record: Annotated[
        int | None,
        typer.Option(min=0, help="Which document of a container, from 0.", show_default=False),
    ] = None,
    document: Annotated[
        str | None,
        typer.Option(
            "--document",
            "-d",
            help="First digits of a doc_id in a dataset.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Documents to list at most; 50 of a dataset, 10 of a folder by default.",
            show_default=False,
        ),
    ] = None,
    settings: SettingsOption = None,
    rejects: Annotated[
        bool, typer.Option(help="Also list the rejected documents of a dataset, with reasons.")
    ] = True,
) -> None:
    """Show one document, or the documents of a dataset or a folder in a table.

    A document is processed at once and shown block by block: kind, language,
    and each sentence with its English beside it.
    """
    if as_json and as_html:
        raise SettingsError("--json and --html exclude each other; choose one")
    if output and not (as_json or as_html):
        raise SettingsError("--output needs --json or --html, to know what to write")
    if source == "-" or not Path(source).is_dir():
        views = iter([_view_file(source, record, settings)])
    elif not (Path(source) / MANIFEST_NAME).exists():
        if as_json or as_html or document or record is not None:
            raise DatasetError(
                f"not a dataset: {source} holds no {MANIFEST_NAME}; name one document in it, or a "
                "folder that convert wrote to",
                subject=source,
            )
        _list_folder(source, limit or FOLDER_DOCUMENTS, settings)
        return
    elif settings is not None:
        raise SettingsError(
            "--settings is for a document; a dataset keeps the settings it was made with, in its "
            "manifest.json"
        )
    else:
        from corpus_norm import open_dataset

        dataset = open_dataset(source)
        if document is None and not as_json:
            _list_dataset(dataset, limit or DATASET_DOCUMENTS, as_html=as_html, rejects=rejects)
            return
        most = 1 if document else limit or DATASET_DOCUMENTS
        views = islice(_view_dataset(dataset, document or ""), most)
    if as_json:
        _write(_to_lines(views, in_ascii=not (output or is_unicode())), output)
    elif as_html:
        _write(_to_page(next(views), reasons=explain), output)
    else:
        from corpus_norm.display import show_document

        console.out.print(show_document(next(views), reasons=explain))


@app.command(
    epilog="Examples:\n\npython -m corpus_norm schema blocks\n\n"
    "python -m corpus_norm schema all > schema.md"
)
def schema(
    table: Annotated[
        str,
        typer.Argument(
            help="documents, rejects, blocks, sentences, stories, conflicts, pairs, raw, results, "
            "or all."
        ),
    ] = "documents",
) -> None:
    """Describe the columns of a table, as Markdown."""
    from corpus_norm.dataset import describe
    from corpus_norm.dataset.schema import make_reference

    try:
        print_output(make_reference() if table == "all" else describe(table))
    except KeyError as error:
        raise typer.BadParameter(str(error.args[0])) from error


def _view_file(source: str, record: int | None, file: Path | None) -> DocumentView:
    from corpus_norm import Document, Settings, process
    from corpus_norm.display.view import view_with_source
    from corpus_norm.pipeline import available_cpus

    settings = Settings() if file is None else Settings.load(file)
    raw = _read_one(source, record, settings)
    [result] = process([raw], settings, threads=available_cpus())
    if not isinstance(result, Document):
        raise InputError(f"{result.source}: {result.message}", subject=result.source)
    return view_with_source(result, raw, settings)


def _read_one(source: str, record: int | None, settings: Settings) -> RawDocument:
    from corpus_norm import Rejection
    from corpus_norm.sources import read

    items = read(source, settings.input)
    found = list(islice(items, record or 0, (record or 0) + 1 + (record is None)))
    if not found:
        raise InputError(f"{source} has no record {record}; they count from 0", subject=source)
    if len(found) > 1:
        raise InputError(
            f"{source} holds several documents; name one with --record, from 0, or convert them: "
            f"python -m corpus_norm convert {source} -o out/",
            subject=source,
        )
    [item] = found
    if isinstance(item, Rejection):
        raise InputError(f"{item.source}: {item.message}", subject=item.source)
    return item


def _view_dataset(dataset: Dataset, prefix: str) -> Iterator[DocumentView]:
    from corpus_norm.display import view_document

    found = (each for each in dataset.documents() if each.doc_id.startswith(prefix))
    first = next(found, None)
    if first is None:
        raise DatasetError(
            f"no document of {dataset.path} has a doc_id that begins with {prefix!r}; list them: "
            f"python -m corpus_norm inspect {dataset.path} --json",
            subject=prefix,
        )
    yield view_document(first)
    yield from map(view_document, found)


def _list_folder(folder: str, limit: int, file: Path | None) -> None:
    """Process the first documents of a folder, and list them."""
    from corpus_norm import Document, Settings, display
    from corpus_norm.conversion import Stream

    settings = Settings() if file is None else Settings.load(file)
    found = list(Stream(folder, settings, memory=False, limit=limit + 1))
    shown = found[:limit]
    console.out.print(display.show_documents(d for d in shown if isinstance(d, Document)))
    lost = [item for item in shown if not isinstance(item, Document)]
    if lost:
        console.out.print(display.show_rejects(lost, len(lost)))
    if len(found) > limit:
        print_output(f"and more; --limit N lists more, convert {folder} -o out/ converts all")


def _list_dataset(dataset: Dataset, limit: int, *, as_html: bool, rejects: bool) -> None:
    from corpus_norm import display

    if as_html:
        raise SettingsError(
            f"a page for a whole dataset is a report: python -m corpus_norm report {dataset.path} "
            "-o report.html; for one document add --document ID"
        )
    console.out.print(display.show_documents(islice(dataset.documents(), limit)))
    if len(dataset) > limit:
        print_output(f"and {len(dataset) - limit:,} more; --limit N lists more of them")
    if not (total := dataset.manifest.totals.rejects):
        return
    if rejects:
        console.out.print(display.show_rejects(list(islice(_read_rejects(dataset), limit)), total))
    else:
        print_output(f"rejected: {total:,}; reasons: python -m corpus_norm inspect {dataset.path}")


def _read_rejects(dataset: Dataset) -> Iterator[Rejection]:
    from corpus_norm.dataset import batch_to_rejections

    for batch in dataset.rejects.to_batches():
        yield from batch_to_rejections(batch)


def _to_lines(views: Iterator[DocumentView], *, in_ascii: bool) -> str:
    """Return JSON: indented for one document, one line each for several."""
    from corpus_norm.display.view import to_record

    records = [to_record(view) for view in views]
    if len(records) == 1:
        return json.dumps(records[0], indent=1, ensure_ascii=in_ascii) + "\n"
    return "".join(json.dumps(record, ensure_ascii=in_ascii) + "\n" for record in records)


def _to_page(view: DocumentView, *, reasons: bool) -> str:
    from corpus_norm.display import render_document, render_page

    title = view.document.title or view.document.source
    return render_page(title, render_document(view, reasons=reasons, level=1))


def _write(text: str, output: Path | None) -> None:
    if output is None:
        # HTML escapes characters that the terminal lacks; JSON is in ASCII already.
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        typer.echo(text.encode(encoding, "xmlcharrefreplace").decode(encoding), nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DatasetError(
            f"cannot write {output}: {error.strerror}; choose another file", subject=str(output)
        ) from error
