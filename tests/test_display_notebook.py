"""What notebooks show: the display hooks, the dataset card, plain text."""

from __future__ import annotations

from phrasebook import seed

import corpus_norm
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
