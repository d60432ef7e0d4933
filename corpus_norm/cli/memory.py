"""``memory``: count, import, export and prune the translation memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus_norm.cli.console import print_output, print_status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus_norm.translation.memory import Memory

app = typer.Typer(
    help="The translation memory: each sentence is translated once, and your translations win.",
    epilog="Examples:\n\npython -m corpus_norm memory stats\n\n"
    "python -m corpus_norm memory import office.tmx",
    no_args_is_help=True,
)

_MOST_SHOWN = 10

MemoryOption = Annotated[
    Path | None,
    typer.Option(
        "--memory", help="File of the memory; by default the user's own.", show_default=False
    ),
]


@app.command(
    "stats",
    epilog="Examples:\n\npython -m corpus_norm memory stats\n\n"
    "python -m corpus_norm memory stats --memory newsroom.sqlite",
)
def show_stats(*, memory: MemoryOption = None) -> None:
    """Count what the memory holds, by language."""
    found = _open(memory)
    stats = found.stats()
    print_output(f"{found.path}: {stats.bytes / 1e6:.1f} MB")
    print_output(f"made by models: {_count(stats.made)}, by {stats.recipes:,} models and settings")
    print_output(f"imported: {_count(stats.imported)}")


@app.command(
    "import",
    epilog="Examples:\n\npython -m corpus_norm memory import newsroom.tmx\n\n"
    "python -m corpus_norm memory import reviewed.tmx --reviewed",
)
def import_files(
    files: Annotated[list[Path], typer.Argument(help="TMX files.", show_default=False)],
    *,
    reviewed: Annotated[
        bool,
        typer.Option(
            "--reviewed",
            help="Also import units that our export labelled as a model's: you have reviewed them.",
        ),
    ] = False,
    memory: MemoryOption = None,
) -> None:
    """Import translations made by people from TMX files.

    Later runs use them before any model, and put their digest into the manifest.
    """
    from corpus_norm.translation.memory.exchange import import_tmx

    found = _open(memory)
    for file in files:
        done = import_tmx(found, file, machine_too=reviewed)
        line = f"{file}: {done.pairs:,} imported"
        if done.machine:
            line += f"; {done.machine:,} are a model's and unchanged: import them with --reviewed"
        print_status(line)
        for each in done.doubtful[:_MOST_SHOWN]:
            print_status(f"  {', '.join(each.flags)}: {each.text[:80]} | {each.english[:80]}")
        if done.doubtful:
            print_status(
                f"{len(done.doubtful):,} of them look wrong; read them again (they were imported)"
            )


@app.command(
    "export",
    epilog="Examples:\n\npython -m corpus_norm memory export memory.tmx\n\n"
    "python -m corpus_norm memory export ours.tmx --imported",
)
def export_file(
    file: Annotated[Path, typer.Argument(help="TMX file to write.", show_default=False)],
    *,
    imported: Annotated[
        bool,
        typer.Option("--imported", help="Export imported translations only."),
    ] = False,
    memory: MemoryOption = None,
) -> None:
    """Write the memory as TMX 1.4, which translation tools read."""
    from corpus_norm.translation.memory.exchange import export_tmx

    print_status(f"{file}: {export_tmx(_open(memory), file, imported_only=imported):,} pairs")


@app.command(
    "prune",
    epilog="Examples:\n\npython -m corpus_norm memory prune --max-mb 500\n\n"
    "python -m corpus_norm memory prune --unused-days 90\n\n"
    "python -m corpus_norm memory prune --imported",
)
def prune(
    *,
    max_mb: Annotated[
        float | None,
        typer.Option(min=0, help="Drop the translations unused for longest, until the rest fits."),
    ] = None,
    unused_days: Annotated[
        int | None, typer.Option(min=0, help="Drop the translations unused for this many days.")
    ] = None,
    imported: Annotated[
        bool, typer.Option("--imported", help="Drop all imported translations.")
    ] = False,
    memory: MemoryOption = None,
) -> None:
    """Drop translations and free their space on the disk."""
    found = _open(memory)
    count = found.prune(
        max_bytes=None if max_mb is None else int(max_mb * 1e6),
        unused_days=unused_days,
        imported=imported,
    )
    print_status(f"{count:,} dropped; {found.path}: {found.stats().bytes / 1e6:.1f} MB")


def _open(path: Path | None) -> Memory:
    from corpus_norm.translation.memory import Memory

    return Memory(path)


def _count(counts: Mapping[str, int]) -> str:
    total = f"{sum(counts.values()):,}"
    languages = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    return f"{total} ({languages})" if languages else total
