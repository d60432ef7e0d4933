"""``browse``: a dataset in the browser, on this machine only."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from corpus_norm.cli.console import err, say

app = typer.Typer()


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
            "--edit", help="Allow corrections, kept in corrections.jsonl beside the data."
        ),
    ] = False,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the browser.")
    ] = True,
) -> None:
    """Search and read a dataset in the browser, and correct it with --edit.

    Only this machine can connect, and only with the token in the address that is printed.

    The Parquet files are never changed: corrections go to corrections.jsonl, corrected English
    also to the translation memory, for the next convert.
    """
    from corpus_norm import open_dataset
    from corpus_norm.browse import CORRECTIONS_NAME, Corrections, Site, listen, open_index
    from corpus_norm.faults import cache_folder
    from corpus_norm.translation.memory import Memory

    opened = open_dataset(dataset)
    folder = _find_room(cache_folder() / "browse")
    with err.status("making the index for the search") as status:
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
    say(f"{site.address}\nCtrl-C ends it")
    if open_browser:
        typer.launch(site.address)
    server.run()


def _find_room(folder: Path) -> Path:
    """The folder, or one that lasts until the machine is started again."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="corpus_norm-"))
    return folder
