"""A document in a real browser: ``inspect --html``, and the notebook as nbconvert makes a page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from phrasebook import seed
from test_display_html import make
from test_report import write

pytest.importorskip("nbconvert", reason="run: make test-integration")
pytest.importorskip("axe_playwright_python", reason="run: make test-integration")

import nbformat
from nbconvert import HTMLExporter
from watching import NARROW, find_barriers, is_outlined, measure_width, unfold, watch

from corpus_norm.display import render_document, render_page
from corpus_norm.document import BlockKind, Repair

HOSTILE = '<script>document.title = "taken"</script><img src="http://evil.example/x">'


def every_kind():
    """A document with a block of every kind, a repair, and a link."""
    document = seed(3)
    blocks = [*document.blocks]
    for number, kind in enumerate(BlockKind):
        text = f"A block of the kind {kind.value}."
        blocks.append(replace(seed(0).blocks[0], kind=kind, text=text, start=9_000 + 99 * number))
    repairs = (Repair("mojibake", 3, 5, "é"),)
    address = "https://news.example/a"
    return replace(document, blocks=tuple(blocks), repairs=repairs, url=address, title="A title")


@pytest.fixture(scope="module")
def page_of_inspect(tmp_path_factory):
    path = tmp_path_factory.mktemp("inspect") / "page.html"
    content = render_document(every_kind(), reasons=True, level=1)
    path.write_text(render_page("inspect", content), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A notebook that shows documents, a hostile one among them, and a card: a page per theme."""
    folder = tmp_path_factory.mktemp("notebook")
    dataset = write(folder / "out", [seed(n) for n in range(5)])
    shown = [seed(1), make(HOSTILE, published=None), every_kind(), dataset]
    cells = [
        nbformat.v4.new_code_cell(
            "doc", outputs=[nbformat.v4.new_output("display_data", each._repr_mimebundle_())]
        )
        for each in shown
    ]
    path = folder / "notebook.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return {theme: convert(path, theme) for theme in ("light", "dark")}


def convert(path, theme):
    """The address of a notebook as a page, without what nbconvert itself fetches."""
    fetched = ("mathjax_url", "require_js_url", "jquery_url", "mermaid_js_url")
    exporter = HTMLExporter(theme=theme, **dict.fromkeys(fetched, ""))
    content, _ = exporter.from_notebook_node(nbformat.read(path, as_version=4))
    page = path.with_name(f"{theme}.html")
    page.write_text(content, encoding="utf-8")
    return page.as_uri()


def test_inspect_asks_for_nothing(chromium, page_of_inspect):
    with watch(chromium, page_of_inspect) as page:
        unfold(page)
        page.wait_for_load_state("networkidle")
        assert {each for each in page.asked if not each.startswith("data:")} == {page_of_inspect}


def test_what_is_outside_the_body_is_folded_and_opens_with_the_keyboard(chromium, page_of_inspect):
    with watch(chromium, page_of_inspect) as page:
        assert not page.get_by_text("A block of the kind byline.").is_visible()
        page.locator("summary").first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert is_outlined(page)
        page.keyboard.press("Enter")
        assert page.get_by_text("A block of the kind byline.").is_visible()


def test_pointing_at_a_sentence_shows_its_english(chromium, page_of_inspect):
    with watch(chromium, page_of_inspect) as page:
        pair = page.locator(".cn-pair").filter(has_text="Selon BlockBeats")
        before = pair.evaluate("each => getComputedStyle(each).backgroundColor")
        page.get_by_text("Selon BlockBeats").hover()
        assert pair.evaluate("each => getComputedStyle(each).backgroundColor") != before
        left, right = (pair.locator(f":scope > span:nth-child({n})").bounding_box() for n in (1, 2))
        assert left["x"] + left["width"] <= right["x"]
        assert left["y"] == right["y"]


def test_a_wrong_amount_is_underlined_otherwise_than_a_right_one(chromium, page_of_inspect):
    with watch(chromium, page_of_inspect) as page:
        style = "each => getComputedStyle(each).textDecorationStyle"
        wrong = page.locator(".cn-wrong")
        assert wrong.all_inner_texts() == ["7 000 milliards de dollars", "7 billion dollars"]
        assert {each.evaluate(style) for each in wrong.all()} == {"wavy"}
        assert page.locator(".cn-amount:not(.cn-wrong)").first.evaluate(style) == "dotted"


def test_a_narrow_window_needs_no_sideways_scrolling(chromium, page_of_inspect):
    with watch(chromium, page_of_inspect, width=NARROW) as page:
        unfold(page)
        assert measure_width(page) <= NARROW
        pair = page.locator(".cn-pair").first
        above, below = (
            pair.locator(f":scope > span:nth-child({n})").bounding_box() for n in (1, 2)
        )
        assert above["y"] + above["height"] <= below["y"] + 1


@pytest.mark.parametrize("width", [1200, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out_of_a_document(chromium, page_of_inspect, scheme, width):
    with watch(chromium, page_of_inspect, scheme=scheme, width=width) as page:
        unfold(page)
        assert find_barriers(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_notebook_page_is_right_and_asks_for_nothing(chromium, notebook, theme):
    other = {"light": "dark", "dark": "light"}[theme]  # the theme of the notebook counts
    with watch(chromium, notebook[theme], scheme=other) as page:
        unfold(page)
        page.wait_for_load_state("networkidle")
        assert [each for each in page.asked if re.match(r"(https?|wss?):", each)] == []
        assert page.title() != "taken"
        assert page.locator(".corpus-norm").count() == 4
        assert page.get_by_text("According to BlockBeats").first.is_visible()
        ink = page.locator(".corpus-norm").first.evaluate("each => getComputedStyle(each).color")
        assert ink == {"light": "rgb(28, 32, 36)", "dark": "rgb(231, 232, 234)"}[theme]
        assert find_barriers(page, ".corpus-norm") == []


@pytest.mark.parametrize(
    ("name", "value", "ink"),
    [
        ("class", "vscode-dark", "rgb(231, 232, 234)"),
        ("class", "vscode-light", "rgb(28, 32, 36)"),
        ("data-jp-theme-light", "false", "rgb(231, 232, 234)"),
        ("data-jp-theme-light", "true", "rgb(28, 32, 36)"),
    ],
)
def test_the_theme_of_the_editor_goes_before_that_of_the_system(
    chromium, page_of_inspect, name, value, ink
):
    for scheme in ("light", "dark"):
        with watch(chromium, page_of_inspect, scheme=scheme) as page:
            page.evaluate(f"document.documentElement.setAttribute('{name}', '{value}')")
            assert page.locator("body").evaluate("each => getComputedStyle(each).color") == ink


def test_a_notebook_page_in_a_narrow_window(chromium, notebook):
    with watch(chromium, notebook["light"], width=NARROW) as page:
        unfold(page)
        assert (
            page.locator(".corpus-norm").evaluate_all(
                "all => all.filter((each) => each.scrollWidth > each.clientWidth)"
                ".map((each) => each.innerText.slice(0, 80))"
            )
            == []
        )
