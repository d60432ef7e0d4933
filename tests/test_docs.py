"""The documents say what the code does."""

from __future__ import annotations

import json
import re

import pytest
import typer
from conftest import ROOT

import corpus_norm
from corpus_norm.cli import app
from corpus_norm.dataset import SCHEMAS, describe
from corpus_norm.document import BlockKind, TranslationStatus
from corpus_norm.settings import Settings


def test_the_schema_reference_is_what_the_code_says():
    page = (ROOT / "docs" / "schema.md").read_text("utf-8")
    missing = [name for name in SCHEMAS if describe(name) not in page]
    assert missing == [], "run: make docs/schema.md"


def test_the_page_of_settings_is_what_the_code_says():
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    assert f"```toml\n{Settings().to_toml()}```" in page, "put in: python -m corpus_norm settings"


def test_every_kind_and_status_is_explained():
    page = (ROOT / "docs" / "schema.md").read_text("utf-8")
    for value in (*BlockKind, *TranslationStatus):
        assert f"`{value}`" in page


def test_the_readme_shows_the_two_commands_first():
    first_screen = (ROOT / "README.md").read_text("utf-8").splitlines()[:24]
    assert [line.split()[:3] for line in first_screen if line.startswith("$ ")] == [
        ["$", "make", "demo"],
        ["$", "make", "test"],
    ]


def test_the_readme_draws_the_chart_that_its_notebook_draws():
    """The notebook is run by the tests, so the README is as well."""
    notebook = json.loads((ROOT / "docs/notebooks/first_chart.ipynb").read_text("utf-8"))
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    assert "".join(first["source"]).removesuffix(";") in (ROOT / "README.md").read_text("utf-8")


def test_every_command_stands_in_its_table():
    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    rows = {row.split("|")[1] for row in page.splitlines() if row.startswith("| `")}
    named = {word for row in rows for word in re.findall("`([a-z ]+)`", row)}
    command = typer.main.get_command(app)
    for name, inner in command.commands.items():
        subcommands = list(getattr(inner, "commands", []))
        assert subcommands or name in named, name
        assert set(subcommands) - {each.removeprefix(f"{name} ") for each in named} == set()


def test_every_dependency_has_its_line():
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    block = project.split("\ndependencies = [", 1)[1].split("\n]", 1)[0]
    for name in re.findall(r'^\s*"([\w-]+)', block, re.MULTILINE):
        assert f"| {name} |" in page


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    pages = [
        *(ROOT / ".github").rglob("*.*"),
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("*.md"),
        ROOT / ".ci" / "run",
    ]
    named = {
        (page.name, target)
        for page in pages
        for target in re.findall(r"(?:\$ |`|run: |\" )make ([\w-]+)", page.read_text("utf-8"))
    }
    assert len(named) > 10
    assert {each for each in named if each[1] not in targets} == set()


def test_the_changelog_has_the_version():
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(
        rf"^## {re.escape(corpus_norm.__version__)} - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE
    )
