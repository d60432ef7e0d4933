"""``inspect`` and ``schema``: what is in a document, a dataset, a table."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_norm.cli.checks import SettingsOption  # noqa: TC001 -- typer reads annotations
from corpus_norm.cli.console import is_unicode, out, say
from corpus_norm.errors import DatasetError, InputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.dataset import Dataset
    from corpus_norm.display import DocumentView
    from corpus_norm.document import RawDocument, Rejection
    from corpus_norm.settings import Settings

app = typer.Typer()


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
        typer.Argument(help="A document, - for standard input, or a dataset.", show_default=False),
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
    as_html: Annotated[bool, typer.Option("--html", help="Print a page of HTML.")] = False,
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
            "--document", "-d", help="First digits of a doc_id in a dataset.", show_default=False
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Documents of a dataset to list.")] = 50,
    settings: SettingsOption = None,
    rejects: Annotated[
        bool, typer.Option(help="List the rejected documents of a dataset too, with the reasons.")
    ] = True,
) -> None:
    """Show one document, or the documents of a dataset in a table.

    A document is processed on the spot and shown block by block, each with its
    kind and language, its sentences with their English beside them.
    """
    if as_json and as_html:
        raise SettingsError("--json and --html exclude each other; choose one")
    if output and not (as_json or as_html):
        raise SettingsError("--output needs --json or --html, to know what to write")
    if source == "-" or not Path(source).is_dir():
        views = iter([_view_file(source, record, settings)])
    elif settings is not None:
        raise SettingsError(
            "--settings is for a document; a dataset keeps the settings it was made with, in its "
            "manifest.json"
        )
    else:
        from corpus_norm import open_dataset

        dataset = open_dataset(source)
        if document is None and not as_json:
            _list_dataset(dataset, limit, as_html=as_html, rejects=rejects)
            return
        views = islice(_view_dataset(dataset, document or ""), 1 if document else limit)
    if as_json:
        _write(_to_lines(views, in_ascii=not (output or is_unicode())), output)
    elif as_html:
        _write(_to_page(next(views), reasons=explain), output)
    else:
        from corpus_norm.display import show_document

        out.print(show_document(next(views), reasons=explain))


@app.command(
    epilog="Examples:\n\npython -m corpus_norm schema blocks\n\n"
    "python -m corpus_norm schema all > schema.md"
)
def schema(
    table: Annotated[
        str, typer.Argument(help="documents, rejects, blocks, sentences, raw, results, or all.")
    ] = "documents",
) -> None:
    """Describe the columns of a table, as Markdown."""
    from corpus_norm.dataset import describe
    from corpus_norm.dataset.schema import make_reference

    try:
        say(make_reference() if table == "all" else describe(table))
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


def _list_dataset(dataset: Dataset, limit: int, *, as_html: bool, rejects: bool) -> None:
    from corpus_norm import display

    if as_html:
        raise SettingsError(
            f"a page for a whole dataset is a report: python -m corpus_norm report {dataset.path} "
            "-o report.html; for one document add --document ID"
        )
    out.print(display.show_documents(islice(dataset.documents(), limit)))
    if len(dataset) > limit:
        say(f"and {len(dataset) - limit:,} more; --limit N lists more of them")
    if not (total := dataset.manifest.totals.rejects):
        return
    if rejects:
        out.print(display.show_rejects(list(islice(_read_rejects(dataset), limit)), total))
    else:
        say(f"rejected: {total:,}; the reasons: python -m corpus_norm inspect {dataset.path}")


def _read_rejects(dataset: Dataset) -> Iterator[Rejection]:
    from corpus_norm.dataset import batch_to_rejections

    for batch in dataset.rejects.to_batches():
        yield from batch_to_rejections(batch)


def _to_lines(views: Iterator[DocumentView], *, in_ascii: bool) -> str:
    """JSON: indented for one document, a line for each of several."""
    from corpus_norm.display.records import to_record

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
        # Of a page, what the terminal lacks is written as HTML writes it; JSON has none of it.
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        typer.echo(text.encode(encoding, "xmlcharrefreplace").decode(encoding), nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DatasetError(
            f"cannot write {output}: {error.strerror}; choose another file", subject=str(output)
        ) from error
