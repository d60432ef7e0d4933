"""Commands that look and change no dataset.

``report``, ``browse``, ``export`` and ``stories`` make something of a finished dataset; ``doctor``,
``verify`` and ``settings`` examine.
"""

from __future__ import annotations

import json
import re
import secrets
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus_norm.cli import console
from corpus_norm.cli.console import count, escape, is_unicode, print_output, print_status

if TYPE_CHECKING:
    from corpus_norm.dataset import Dataset, Story
    from corpus_norm.stories import Explanation

app = typer.Typer()
_CLIP = 70  # characters of a headline, of a sentence

SettingsOption = Annotated[
    Path | None,
    typer.Option(
        "--settings",
        help="Settings as TOML, in the form that 'settings' prints; options win over them.",
        show_default=False,
    ),
]
_STYLES = {"ok": "green", "note": "yellow", "problem": "bold red"}


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

    It counts languages, encodings, kinds of blocks, lengths, dates, sites,
    translations and rejects, shows sample documents with search and filters,
    and names the settings and the licences of the models.
    """
    from corpus_norm import open_dataset
    from corpus_norm.report import write_report

    size = write_report(open_dataset(dataset), output, samples=samples)
    print_status(f"wrote {output} ({size / 1e6:.2f} MB)")


@app.command(
    epilog="Examples:\n\npython -m corpus_norm browse out/\n\n"
    "python -m corpus_norm browse out/ --edit --port 8765"
)
def browse(
    dataset: Annotated[Path, typer.Argument(help="Folder of the dataset.", show_default=False)],
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8765,
    edit: Annotated[
        bool,
        typer.Option(
            "--edit", help="Allow corrections; corrections.jsonl beside the data keeps them."
        ),
    ] = False,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the browser.")
    ] = True,
) -> None:
    """Search and read a dataset in the browser, and correct it with --edit.

    Only this machine can connect, and only with the token in the printed address.

    The Parquet files never change: corrections go to corrections.jsonl, and corrected English
    also goes to the translation memory, for the next convert.
    """
    from corpus_norm import open_dataset
    from corpus_norm.browse import CORRECTIONS_NAME, Corrections, Site, listen, open_index
    from corpus_norm.faults import cache_folder
    from corpus_norm.translation.memory import Memory

    opened = open_dataset(dataset)
    folder = _make_folder(cache_folder() / "browse")
    with console.err.status("making the index for the search") as status:
        index = open_index(
            opened, folder, lambda done: status.update(f"indexing for the search: {done:,}")
        )
    site = Site(
        dataset=opened,
        index=index,
        token=secrets.token_urlsafe(16),
        port=port,
        corrections=Corrections(opened.path / CORRECTIONS_NAME, Memory() if edit else None),
        editable=edit,
    )
    server = listen(site)
    print_output(f"{site.address}\npress Ctrl-C to stop")
    if open_browser:
        typer.launch(site.address)
    server.run()


def _make_folder(folder: Path) -> Path:
    """Return the folder, or a temporary one where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="corpus_norm-"))
    return folder


@app.command(
    epilog="Examples:\n\npython -m corpus_norm export out/ --tmx corpus.tmx\n\n"
    "python -m corpus_norm export out/ --tsv corpus.tsv --flat tables/\n\n"
    "python -m corpus_norm export out/ --tsv french.tsv --language fr --body-only"
)
def export(  # noqa: PLR0913 (one parameter per option)
    dataset: Annotated[Path, typer.Argument(help="Folder of the dataset.", show_default=False)],
    *,
    tmx: Annotated[
        Path | None,
        typer.Option(help="Sentence pairs as TMX 1.4, for translators.", show_default=False),
    ] = None,
    tsv: Annotated[
        Path | None,
        typer.Option(help="Sentence pairs with offsets on both sides.", show_default=False),
    ] = None,
    flat: Annotated[
        Path | None,
        typer.Option(help="Folder for blocks.parquet, sentences.parquet.", show_default=False),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(help="Pairs of this language alone: fr, zh, zh-Hant.", show_default=False),
    ] = None,
    body_only: Annotated[
        bool, typer.Option("--body-only", help="Pairs of the article alone, no boilerplate.")
    ] = False,
) -> None:
    """Write a dataset's sentence pairs as a parallel corpus, or its blocks and sentences as tables.

    Pairs are the sentences that were translated.  In the TSV file, an apostrophe precedes a text
    that a spreadsheet would take for a formula.
    """
    from corpus_norm.dataset import export_flat, export_tmx, export_tsv, open_dataset

    if tmx is tsv is flat is None:
        raise typer.BadParameter("name at least one of --tmx, --tsv and --flat")
    if (language or body_only) and tmx is tsv is None:
        raise typer.BadParameter("--language and --body-only go with --tmx or --tsv")
    opened = open_dataset(dataset)
    chosen: dict[str, Any] = {"language": language, "body_only": body_only}
    if tmx is not None:
        print_status(f"{tmx}: {export_tmx(opened, tmx, **chosen):,} pairs")
    if tsv is not None:
        print_status(f"{tsv}: {export_tsv(opened, tsv, **chosen):,} pairs")
    if flat is not None:
        print_status("\n".join(map(str, export_flat(opened, flat))))


@app.command(
    epilog="Examples:\n\npython -m corpus_norm stories out/\n\n"
    "python -m corpus_norm stories out/ --days 3 --show 50\n\n"
    "python -m corpus_norm stories out/ --why 7db3fa160c18"
)
def stories(
    dataset: Annotated[Path, typer.Argument(help="Folder of the dataset.", show_default=False)],
    *,
    days: Annotated[
        int, typer.Option(min=0, help="Days that may lie between two reports of a story.")
    ] = 7,
    workers: Annotated[
        str,
        typer.Option(
            "--workers", "-w", help="Processes; auto means one per CPU, as memory allows."
        ),
    ] = "1",
    show: Annotated[int, typer.Option(min=0, help="Stories to print, the largest first.")] = 10,
    why: Annotated[
        str | None,
        typer.Option(
            help="Say why this document is in its story: its doc_id, or the start of it.",
            metavar="DOC",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Find the stories of a dataset: reports of one event, in whatever words and languages.

    It writes the tables stories and conflicts anew; stories found before keep
    their ids and documents.  No row of documents changes.
    """
    from corpus_norm import open_dataset
    from corpus_norm.cli.convert import read_workers
    from corpus_norm.conversion.job import Workers
    from corpus_norm.stories import StoryOptions, explain, regroup

    if why is not None:
        _print_reasons(explain(open_dataset(dataset), why))
        return
    number = Workers.choose(read_workers(workers), None).count
    found = regroup(dataset, StoryOptions(days), workers=number)
    print_groups(found)
    for story in list(found.stories)[:show]:
        if story.reports > 1:
            _print_story(story)


def print_groups(dataset: Dataset) -> None:
    """Print how many copies, stories and conflicts a dataset has, if any."""
    from corpus_norm.stories import has_encoder

    found = dataset.stories
    copies = found.table.num_rows - found.table.column("duplicate_of").null_count
    told = sum(story.reports > 1 for story in found)
    if copies:
        print_status(f"{count(copies, 'copy', 'copies')} of other documents")
    if dataset.manifest.stories and dataset.manifest.stories.settings:
        conflicts = found.conflicts.num_rows
        if not has_encoder():
            print_status(
                "found by the words of the English alone; for stories across languages: "
                "pip install 'corpus-norm[stories]'"
            )
        print_status(
            f"{count(told, 'story', 'stories')} of several reports, "
            f"{count(conflicts, 'conflicting amount')}"
        )


def _print_story(story: Story) -> None:
    title = story.title_en or story.title or "(no title)"
    days = " to ".join(dict.fromkeys(str(d) for d in (story.first_seen, story.last_seen) if d))
    print_output(f"{story.story_id}  {title[:_CLIP]}")
    print_output(
        f"  {story.size:,} documents, {', '.join(story.languages)}"
        f"{f', {days}' if days else ''}; shared: {', '.join(story.facts[:5]) or 'no rare fact'}"
    )


def _print_reasons(found: Explanation) -> None:
    print_output(f"{found.doc_id}  {found.title[:_CLIP]}\n  {found.verdict}")
    for other in found.others:
        print_output(
            f"{other.doc_id}  {other.title[:_CLIP]}\n  score {other.score:.3f}, {other.verdict}"
        )
        for meaning, value, part in other.reasons:
            print_output(f"  {part:+7.2f}  {meaning}: {value:.2f}")
        if other.facts:
            print_output(f"           shared: {', '.join(other.facts)}")


@app.command(
    epilog="Examples:\n\npython -m corpus_norm doctor\n\n"
    "python -m corpus_norm doctor --json > environment.json"
)
def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for a bug report.")] = False,
) -> None:
    """Examine the environment: libraries, models, processors, folders, optional parts.

    It changes and downloads nothing.  The exit code is 1 if there is a problem.
    """
    from corpus_norm.doctor import Status, examine

    findings = examine()
    if as_json:
        found = [asdict(finding) for finding in findings]
        print_output(json.dumps(found, indent=1, ensure_ascii=not is_unicode()))
    else:
        for finding in findings:
            status = f"[{_STYLES[finding.status]}]{finding.status:8}[/]"
            line = f"{status} {finding.topic:17} {escape(finding.message)}"
            print_status(line, markup=True)
            if finding.advice:
                print_status(f"{'':9}{'':17} → {finding.advice}")
    problems = sum(finding.status is Status.PROBLEM for finding in findings)
    if problems:
        raise typer.Exit(1)


@app.command(epilog="Examples:\n\npython -m corpus_norm verify out/")
def verify(
    dataset: Annotated[Path, typer.Argument(help="Folder of a dataset.", show_default=False)],
) -> None:
    """Check every part of a dataset against its manifest, and every offset against its text.

    The exit code is 1 if there is a problem; to repair it, run the same convert command again.
    """
    from corpus_norm.dataset import open_dataset

    opened = open_dataset(dataset)
    problems = 0
    for problem in opened.verify():
        print_status(str(problem))
        problems += 1
    totals = opened.manifest.totals
    rows = f"{count(totals.documents, 'document')} and {count(totals.rejects, 'reject')}"
    if problems:
        print_status(
            f"{count(problems, 'problem')} in {rows} of {dataset}; "
            f"to repair {'it' if problems == 1 else 'them'}, run the same convert command again"
        )
        raise typer.Exit(1)
    parts = count(len(opened.manifest.parts), "part")
    print_status(f"{rows} in {parts} of {dataset}: all match the manifest")


@app.command(
    epilog="Examples:\n\npython -m corpus_norm settings > house.toml\n\n"
    "python -m corpus_norm settings --settings house.toml"
)
def settings(*, file: SettingsOption = None) -> None:
    """Print all settings as TOML, each with a line that says what it does.

    Without --settings these are the defaults.  Save them, keep the lines that you change, and give
    the file to convert or inspect.
    """
    from corpus_norm.settings import Settings

    text = (Settings() if file is None else Settings.load(file)).to_toml()
    print_output((text if is_unicode() else re.sub("[^\0-\x7f]", _escape_toml, text)).rstrip())


def _escape_toml(found: re.Match[str]) -> str:
    """Return a character as strings of TOML escape it."""
    return f"\\U{ord(found[0]):08x}"
