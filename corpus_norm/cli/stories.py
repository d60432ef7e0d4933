"""``stories``: find the stories of a dataset that is there, and explain them."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 -- typer reads annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_norm.cli.console import print_output, print_status

if TYPE_CHECKING:
    from corpus_norm.dataset import Dataset, Story
    from corpus_norm.stories import Explanation

app = typer.Typer()
_CLIP = 70  # characters of a headline, of a sentence


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
    count = Workers.choose(read_workers(workers), None).count
    found = regroup(dataset, StoryOptions(days), workers=count)
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
        print_status(f"{copies:,} copies of other documents")
    if dataset.manifest.stories and dataset.manifest.stories.settings:
        conflicts = found.conflicts.num_rows
        if not has_encoder():
            print_status(
                "found by the words of the English alone; for stories across languages: "
                "pip install 'corpus-norm[stories]'"
            )
        print_status(f"{told:,} stories of several reports, {conflicts:,} conflicting amounts")


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
