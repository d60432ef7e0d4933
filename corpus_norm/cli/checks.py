"""Commands that look and change nothing: ``doctor``, ``verify`` and ``settings``."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from corpus_norm.cli.console import count, escape, is_unicode, print_output, print_status

app = typer.Typer()

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
