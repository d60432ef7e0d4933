"""The pictures of the documentation: the five documents in every view, in Chromium.

A normal run makes them in a temporary folder and looks at what it made; ``make screenshots`` puts
them into ``docs/screenshots``, for people to look at.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from phrasebook import SEEDS, seed
from rich.console import Console
from rich.terminal_theme import MONOKAI

pytest.importorskip("nbconvert", reason="run: make test-integration")
pytest.importorskip("PIL", reason="run: make test-integration")
pytest.importorskip("axe_playwright_python", reason="run: make test-integration")

import nbformat
from PIL import Image
from serving import serve
from test_browse_server import TOKEN, free_port
from test_chromium_documents import convert
from watching import watch

from corpus_norm import Settings
from corpus_norm.browse import Corrections, Site, open_index
from corpus_norm.dataset import Dataset, DatasetWriter, documents_to_batch
from corpus_norm.display import show_document
from corpus_norm.report import write_report
from corpus_norm.stories import StoryOptions, write_groups

SHARP = {"device_scale_factor": 1.5}
TERMINAL = """<!DOCTYPE html><meta charset="utf-8"><style>{stylesheet}
body {{ margin: 0; padding: 16px; color: {foreground}; background: {background}; }}
pre {{ margin: 0; font: 13px/1.4 "DejaVu Sans Mono", monospace; }}</style><pre>{code}</pre>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the pictures go."""
    asked = os.environ.get("CORPUS_NORM_SCREENSHOTS")
    folder = Path(asked) if asked else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """The five documents, with their story."""
    with DatasetWriter(tmp_path_factory.mktemp("data") / "five", Settings(), ["memory"]) as writer:
        writer.write_part(0, "0" * 32, [documents_to_batch([seed(n) for n in range(5)])])
        manifest = writer.finish(write_groups(writer.path, writer.account(), StoryOptions()))
    return Dataset(writer.path, manifest)


def take(page, path, *, height, element="body"):
    """A picture of an element from its top, small and not blank."""
    page.evaluate(
        "scrollTo(0, 0)"
    )  # a bounding box counts from the window, a picture from the page
    box = page.locator(element).first.bounding_box()
    clip = box | {"height": min(height, box["height"])}
    page.screenshot(path=path, clip=clip, full_page=True, animations="disabled")
    with Image.open(path) as picture:
        palette = Image.Quantize.MAXCOVERAGE  # the other ways lose the colours of few letters
        small = picture.convert("RGB").quantize(256, palette, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    assert len(small.getcolors()) > 8
    assert path.stat().st_size < 250_000


def show_cell(source, shown, folder, theme="light"):
    """The address of a page with a cell and what it shows."""
    bundle = shown._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", bundle, execution_count=1)
    cell = nbformat.v4.new_code_cell(source, execution_count=1, outputs=[output])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "notebook.ipynb")
    return convert(folder / "notebook.ipynb", theme)


@pytest.mark.parametrize("number", range(5))
def test_a_document_in_a_notebook(chromium, folder, tmp_path, number):
    source = f'corpus_norm.normalize("fixtures/seeds/{SEEDS[number].name}")'
    address = show_cell(source, seed(number), tmp_path, "dark" if number == 2 else "light")
    with watch(chromium, address, width=1100, **SHARP) as page:
        if number == 1:
            page.locator("summary").first.click()
        take(page, folder / f"notebook-{number}.png", height=900, element="main")


def test_a_dataset_in_a_notebook(chromium, folder, tmp_path, dataset):
    source = 'corpus_norm.open_dataset("five")'
    with watch(chromium, show_cell(source, dataset, tmp_path), width=1100, **SHARP) as page:
        take(page, folder / "notebook-dataset.png", height=760, element="main")


def test_the_chart_of_the_first_notebook(chromium, folder, tmp_path):
    """Run by nbconvert in a process of its own, as a user would."""
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    path = tmp_path / "first_chart.ipynb"
    path.write_text((ROOT / "docs" / "notebooks" / "first_chart.ipynb").read_text("utf-8"))
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", path],
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    with watch(chromium, convert(path, "light"), width=1000) as page:
        assert page.locator("img").first.evaluate("each => each.naturalWidth") > 300
        assert page.get_by_text("OpenAI is crashing.").first.is_visible()
        take(page, folder / "chart.png", height=500, element="img")


@pytest.mark.parametrize("number", range(5))
def test_a_document_in_the_terminal(chromium, folder, tmp_path, number):
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 -- no path
        console = Console(width=132, record=True, file=nowhere)
        console.print(show_document(seed(number), reasons=number == 2))
        page = console.export_html(theme=MONOKAI, code_format=TERMINAL)
    (tmp_path / "terminal.html").write_text(page, encoding="utf-8")
    address = (tmp_path / "terminal.html").as_uri()
    with watch(chromium, address, width=1100, **SHARP) as page:
        take(page, folder / f"inspect-{number}.png", height=640)


def test_the_report(chromium, folder, tmp_path, dataset):
    write_report(dataset, tmp_path / "report.html")
    address = (tmp_path / "report.html").as_uri()
    with watch(chromium, address, width=1100, **SHARP) as page:
        take(page, folder / "report.png", height=1100)
        page.get_by_role("combobox", name="language").select_option("fr")
        page.locator("summary", has_text="003.txt").click()
        take(page, folder / "report-documents.png", height=700, element="#documents")
    with watch(chromium, address, scheme="dark", width=400, **SHARP) as page:
        take(page, folder / "report-narrow.png", height=900)


@pytest.mark.enable_socket
def test_browse(chromium, folder, tmp_path, dataset):
    index = open_index(dataset, tmp_path)
    corrections = Corrections(tmp_path / "corrections.jsonl")
    site = Site(dataset, index, TOKEN, free_port(), corrections, editable=True)
    with serve(site), watch(chromium, site.address, width=1100, **SHARP) as page:
        page.get_by_role("searchbox").fill("OpenAI billion")
        page.keyboard.press("Enter")
        page.wait_for_url("**q=OpenAI*")
        take(page, folder / "browse.png", height=700)
        page.goto(f"http://127.0.0.1:{site.port}/document/{seed(3).doc_id}")
        take(page, folder / "browse-document.png", height=700)
        page.get_by_role("link", name="correct this document").click()
        take(page, folder / "browse-edit.png", height=700)
        page.goto(f"http://127.0.0.1:{site.port}/stories")
        page.locator(".cr-stories a").first.click()
        take(page, folder / "browse-story.png", height=800)


@pytest.mark.skipif("CORPUS_NORM_SCREENSHOTS" in os.environ, reason="they are being made")
def test_every_picture_of_the_documentation_is_made_here():
    kept = {path.name for path in (ROOT / "docs" / "screenshots").glob("*.png")}
    made = {f"{view}-{n}.png" for view in ("notebook", "inspect") for n in range(5)}
    made |= {
        "chart.png",
        "notebook-dataset.png",
        "report.png",
        "report-documents.png",
        "report-narrow.png",
    }
    made |= {"browse.png", "browse-document.png", "browse-edit.png", "browse-story.png"}
    assert kept == made
