"""What notebooks show: the display hooks, the dataset card, plain text."""

from __future__ import annotations

import io
import sys
import types

import pytest
from phrasebook import seed

import corpus_norm
from corpus_norm.conversion import Progress
from corpus_norm.display import ProgressBar
from corpus_norm.display.notebook import render_card


def test_a_document_offers_html_and_plain_text():
    bundle = seed(1)._repr_mimebundle_()
    assert sorted(bundle) == ["text/html", "text/plain"]
    assert bundle["text/html"] == seed(1)._repr_html_()
    assert bundle["text/html"].startswith("<style>")
    assert "<script" not in bundle["text/html"]


def test_plain_text_says_what_a_document_is_and_how_it_begins():
    lines = seed(1)._repr_mimebundle_()["text/plain"].splitlines()
    assert lines[0].endswith("blocks in the body, translation translated>")
    assert lines[1] == "title          OpenAI is crashing."
    assert lines[-1].startswith("… and")
    assert max(map(len, lines[1:])) < 120


def test_a_document_is_one_line_to_a_debugger():
    assert "\n" not in repr(seed(4))
    assert len(repr(seed(4))) < 250


def test_a_dataset_shows_its_card(tmp_path, fixtures):
    dataset = corpus_norm.convert(fixtures / "seeds", tmp_path)
    bundle = dataset._repr_mimebundle_()
    assert bundle["text/plain"] == repr(dataset)
    assert bundle["text/html"] == dataset._repr_html_()
    assert "<h2>Languages</h2>" in bundle["text/html"]
    assert "<td>fr</td>" in bundle["text/html"]
    assert "<summary>Columns of <code>documents</code></summary>" in bundle["text/html"]
    assert "configs:" not in bundle["text/html"]


def test_no_tag_in_a_model_name_survives(tmp_path, fixtures):
    dataset = corpus_norm.convert(fixtures / "seeds" / "000.txt", tmp_path)
    model = corpus_norm.dataset.ModelRecord("<img src=x>", "fr", "en", "1", "0" * 32, "<b>")
    manifest = corpus_norm.dataset.Manifest(settings={}, inputs=(), models=(model,))
    assert "<img" not in render_card(manifest)
    assert dataset.manifest.complete


def test_outside_a_notebook_progress_is_one_line_of_a_terminal(monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stderr", terminal)
    show = ProgressBar(total=4)
    show(Progress(1, 0, "a.txt"))
    show(Progress(3, 1, "b.txt"))
    *_, last = terminal.getvalue().split("\r\x1b[K")
    assert last == "4 of 4 documents, 1 rejected: b.txt"


def test_nothing_is_written_where_nobody_looks(monkeypatch):
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stderr", pipe)
    ProgressBar()(Progress(1, 0, "a.txt"))
    assert pipe.getvalue() == ""


class Kernel:
    """What IPython offers to a cell."""

    def __init__(self):
        self.shown, self.kernel = [], self

    def display(self, bundle, *, raw, display_id):
        assert raw
        assert display_id
        self.shown.append(bundle)
        return self

    def update(self, bundle, *, raw):
        assert raw
        self.shown[-1] = bundle


@pytest.fixture
def kernel(monkeypatch):
    kernel = Kernel()
    ipython, shown = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    ipython.get_ipython, shown.display = lambda: kernel, kernel.display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", shown)
    return kernel


def test_a_notebook_shows_one_bar_that_moves(kernel, tmp_path, fixtures):
    corpus_norm.convert(fixtures / "seeds", tmp_path, progress=ProgressBar(total=5))
    [bundle] = kernel.shown
    assert bundle["text/plain"].startswith("5 of 5 documents, 0 rejected")
    assert '<progress max="5" value="5"' in bundle["text/html"]


def test_without_a_total_there_are_numbers_and_names_are_escaped(kernel):
    ProgressBar()(Progress(2, 0, "<b>.txt"))
    [bundle] = kernel.shown
    assert "<progress" not in bundle["text/html"]
    assert "&lt;b&gt;.txt" in bundle["text/html"]
