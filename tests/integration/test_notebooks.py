"""The notebooks of the documentation run from beginning to end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="needs nbclient: make test-integration")
nbclient = pytest.importorskip("nbclient", reason="needs nbclient: make test-integration")
pytest.importorskip("ipykernel", reason="needs ipykernel: make test-integration")

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))

# A kernel is spoken to over loopback sockets.
pytestmark = [pytest.mark.enable_socket, pytest.mark.filterwarnings("ignore")]


def run(path, folder):
    (folder / "fixtures").symlink_to(ROOT / "fixtures")
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(folder)}}
    ).execute()
    return notebook


def outputs(notebook, media_type):
    cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    found = (output.get("data", {}) for cell in cells for output in cell.outputs)
    return [data[media_type] for data in found if media_type in data]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs_and_shows_tables(path, tmp_path):
    assert outputs(run(path, tmp_path), "text/html")


def test_a_chart_takes_less_than_ten_lines(tmp_path):
    notebook = run(ROOT / "docs" / "notebooks" / "first_chart.ipynb", tmp_path)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert len([line for line in first.source.splitlines() if line.strip()]) < 10
    assert any("image/png" in output.get("data", {}) for output in first.outputs)


def test_a_conversion_shows_how_far_it_has_come(tmp_path):
    notebook = run(ROOT / "docs" / "notebooks" / "newsroom.ipynb", tmp_path)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    shown = [output.data for output in first.outputs if output.output_type == "display_data"]
    assert len(shown) == 1  # updated in its place
    assert re.match(r"\d+ documents, \d+ rejected", shown[0]["text/plain"])
    assert shown[0]["text/plain"] in shown[0]["text/html"]
    # What is on standard error are the log's notes on the fixtures: fields, a date, a skipped file.
    streams = [output.text for output in first.outputs if output.output_type == "stream"]
    notes = ("is read as the", "cannot be read as a date", "was skipped")
    assert all(any(note in text for note in notes) for text in streams), streams


def test_notebooks_are_kept_without_outputs():
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        assert not any(cell.get("outputs") for cell in cells), path.name
