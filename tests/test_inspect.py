"""inspect: in the terminal, as JSON, as a page, with reasons."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from conftest import ROOT
from phrasebook import seed
from rich.console import Console
from typer.testing import CliRunner

import corpus_norm
from corpus_norm.cli import app
from corpus_norm.display import show_document, view_document
from corpus_norm.display.view import SHAPE, to_record
from corpus_norm.errors import CorpusNormError


@pytest.fixture
def run(monkeypatch):
    """The command in this process; its output, or the error it raises."""
    monkeypatch.chdir(ROOT)

    def run(*arguments, stdin=None):
        result = CliRunner().invoke(app, [*map(str, arguments)], input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return run


def in_terminal(document, width=120, **options):
    console = Console(width=width, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    with console.file:
        console.print(show_document(document, **options))
    return console.export_text()


def test_the_terminal_shows_the_english_of_a_sentence_on_its_line():
    lines = in_terminal(seed(3), 160).splitlines()
    [line] = [line for line in lines if "Selon BlockBeats" in line]
    assert "According to BlockBeats" in line


@pytest.mark.parametrize("width", [20, 30, 59, 60, 80, 132])
@pytest.mark.parametrize("number", range(5))
def test_the_terminal_cuts_nothing_of_the_original(number, width):
    document = seed(number)
    shown = Counter("".join(in_terminal(document, width).split()))
    words = Counter("".join("".join(block.text.split()) for block in document.blocks))
    assert words - shown == Counter()


@pytest.mark.parametrize("options", [[], ["--html"]])
def test_a_document_without_headline_says_so(run, options):
    assert seed(2).title is None
    assert "(no headline)" in run("inspect", "fixtures/seeds/002.txt", *options)


def test_reasons_repairs_and_flags_are_explained(run):
    text = " ".join(run("inspect", "fixtures/mojibake.txt", "--explain").split())
    assert "why: body" in text
    assert "Ã€ lâ€™Ã©tal" in text
    assert "→ À l’étal du fromager" in text
    assert "had been decoded with the wrong encoding was decoded correctly" in text
    assert "untranslated: a sentence that is not English has no English" in text


def test_why_is_another_name_for_explain(run):
    path = "fixtures/seeds/001.txt"
    assert run("inspect", path, "--why") == run("inspect", path, "--explain")


def test_json_has_the_shape_that_is_documented(run):
    page = (ROOT / "docs" / "inspect.md").read_text("utf-8")
    record = json.loads(run("inspect", "fixtures/mojibake.txt", "--json"))
    block = record["blocks"][0]
    parts = [record, *record["repairs"], *record["flags"], block, *block["sentences"]]
    undocumented = [key for part in parts for key in part if f"`{key}`" not in page]
    assert undocumented == []
    assert record["format"] == SHAPE
    assert SHAPE in page


def test_json_gives_the_text_back():
    record = json.loads(json.dumps(to_record(view_document(seed(2)))))
    assert [block["text"] for block in record["blocks"]] == [b.text for b in seed(2).blocks]
    assert record["body_en"] == seed(2).body_en
    english = [s["text_en"] for block in record["blocks"] for s in block["sentences"]]
    assert english == [sentence.text_en for sentence in seed(2).sentences]


def test_json_can_be_written_for_text_that_is_no_unicode():
    document = corpus_norm.Document("a", "\ud800", title="\ud800")
    assert json.dumps(to_record(view_document(document)), ensure_ascii=False).encode()


def test_standard_input_is_read_as_what_it_looks_like(run):
    page = (ROOT / "fixtures" / "pages" / "fr_regional.html").read_bytes()
    record = json.loads(run("inspect", "-", "--json", stdin=page))
    assert record["media_type"] == "text/html"
    assert record["language"] == "fr"


def test_html_is_a_whole_page(run, tmp_path):
    page = run("inspect", "fixtures/seeds/001.txt", "--html")
    assert page.startswith("<!DOCTYPE html>")
    run("inspect", "fixtures/seeds/001.txt", "--html", "-o", tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text("utf-8") == page


def test_one_document_of_a_container_is_named_by_its_record(run):
    first, second = (
        json.loads(run("inspect", "fixtures/records.jsonl", "--json", "--record", n))
        for n in (0, 1)
    )
    assert (first["record"], second["record"]) == (0, 1)
    assert first["doc_id"] != second["doc_id"]


@pytest.fixture
def dataset(tmp_path, fixtures):
    return corpus_norm.convert(fixtures / "seeds", tmp_path / "out")


def test_one_document_of_a_dataset_is_named_by_its_id(run, dataset):
    wanted = dataset.to_arrow(["doc_id"]).column(0)[3].as_py()
    record = json.loads(run("inspect", dataset.path, "--json", "--document", wanted[:6]))
    assert record["doc_id"] == wanted


def test_a_dataset_as_json_is_a_line_for_each_document(run, dataset):
    lines = run("inspect", dataset.path, "--json").splitlines()
    ids = [json.loads(line)["doc_id"] for line in lines]
    assert ids == dataset.to_arrow(["doc_id"]).column(0).to_pylist()


def test_a_long_list_is_cut_and_says_so(run, dataset):
    assert "and 3 more; --limit N lists more of them" in run("inspect", dataset.path, "--limit", 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fixtures/records.jsonl"], "holds several documents; name one with --record"),
        (["fixtures/records.jsonl", "--record", 99], "has no record 99; they count from 0"),
        (["fixtures/seeds/000.txt", "--json", "--html"], "exclude each other; choose one"),
        (["fixtures/seeds/000.txt", "-o", "x"], "--output needs --json or --html"),
        (["fixtures/seeds/000.txt", "--json", "-o", "no/such/x"], "choose another file"),
        (["fixtures/broken/empty.txt"], "the document is empty"),
    ],
)
def test_errors_say_what_to_do(run, arguments, message):
    with pytest.raises(CorpusNormError, match=message.replace("(", r"\(")):
        run("inspect", *arguments)


def test_errors_about_a_dataset_say_what_to_do(run, dataset):
    with pytest.raises(CorpusNormError, match="begins with 'zz'; list them: python -m"):
        run("inspect", dataset.path, "--document", "zz")
    with pytest.raises(CorpusNormError, match="python -m corpus_norm report"):
        run("inspect", dataset.path, "--html")
