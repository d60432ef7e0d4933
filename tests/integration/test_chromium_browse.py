"""``browse`` in a real browser: reading, searching, correcting, and nothing but this machine."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from phrasebook import seed

pytest.importorskip("axe_playwright_python", reason="run: make test-integration")
pytest.importorskip("waitress", reason="run: make test-integration")

from serving import serve
from test_browse_server import FRENCH, free_port, make_site
from watching import NARROW, find_barriers, is_outlined, measure_width, watch

from corpus_norm.translation.memory import Memory

pytestmark = pytest.mark.enable_socket  # the server listens on 127.0.0.1
DOCUMENT = f"/document/{seed(FRENCH).doc_id}"


@pytest.fixture
def site(tmp_path):
    site = make_site(tmp_path, port=free_port())
    with serve(site):
        yield site


@pytest.fixture
def editable(tmp_path):
    site = make_site(tmp_path, editable=True, port=free_port())
    with serve(site):
        yield site


def visit(chromium, site, **options):
    return watch(chromium, site.address, **options)


def go(page, site, path):
    page.goto(f"http://127.0.0.1:{site.port}{path}")


def test_every_request_goes_to_this_machine(chromium, site):
    with visit(chromium, site) as page:
        for path in ("/rejects", DOCUMENT, "/?q=script"):
            go(page, site, path)
        page.locator(".cb-hits a").first.click()
        hosts = {urlsplit(each).netloc for each in page.asked if not each.startswith("data:")}
        assert hosts == {f"127.0.0.1:{site.port}"}
        assert "token" not in page.url


def test_a_search_leads_to_a_document(chromium, site):
    with visit(chromium, site) as page:
        page.get_by_role("searchbox").fill("investisseurs")
        page.keyboard.press("Enter")
        page.get_by_role("combobox", name="language").select_option("fr")
        page.get_by_role("button", name="search").click()
        assert "found" in page.locator("h1").inner_text()
        page.locator(f'a[href="{DOCUMENT}"]').click()
        assert urlsplit(page.url).path == DOCUMENT
        assert page.locator(".cn-pair").count() > 5
        page.reload()  # the address lasts
        assert page.locator(".cn-pair").count() > 5


def test_a_document_is_corrected_by_keyboard_and_saved_once(chromium, editable, tmp_path):
    with visit(chromium, editable) as page:
        go(page, editable, DOCUMENT)
        page.get_by_role("link", name="correct this document").click()
        page.get_by_role("textbox", name="title").fill("A headline")
        page.get_by_label("date of publication").fill("2024-05-31")
        field = page.locator("textarea").first
        field.focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("As the editor says it.")
        page.keyboard.press("Tab")
        assert is_outlined(page)
        page.locator("select:visible").first.select_option("quote")
        page.get_by_role("button", name="save").press("Enter")
        page.wait_for_url("**edit&saved=4")
        assert page.get_by_role("status").inner_text() == "Saved: 4 corrections."
        assert page.locator("textarea").first.input_value() == "As the editor says it."
        page.get_by_role("link", name="back to the document").click()
        assert page.locator("h1").inner_text() == "A headline"
        assert page.get_by_text("As the editor says it.").is_visible()
    lines = (tmp_path / "corrections.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["what"] for line in lines} == {"title", "published", "english", "kind"}
    assert [unit.english for unit in Memory(tmp_path / "memory.sqlite").units()] == [
        "As the editor says it."
    ]


def test_the_save_button_is_always_in_sight(chromium, editable):
    with visit(chromium, editable, width=NARROW) as page:
        go(page, editable, f"{DOCUMENT}?edit")
        for place in ("0", "document.body.scrollHeight"):
            page.evaluate(f"scrollTo(0, {place})")
            box = page.get_by_role("button", name="save").bounding_box()
            assert 0 <= box["y"] < 900 - box["height"]


def test_the_boilerplate_is_folded_and_can_be_opened(chromium, editable):
    with visit(chromium, editable) as page:
        go(page, editable, f"{DOCUMENT}?edit")
        folded = page.locator("details select").first
        assert not folded.is_visible()
        page.locator("summary").click()
        folded.select_option("promo")
        page.get_by_role("button", name="save").click()
        page.wait_for_url("**edit&saved=1")


PATHS = ("/", "/overview", "/reading", "/rejects", "/?q=zebra", DOCUMENT, f"{DOCUMENT}?edit")


def test_a_narrow_window_needs_no_sideways_scrolling(chromium, editable):
    with visit(chromium, editable, width=NARROW) as page:
        for path in PATHS:
            go(page, editable, path)
            assert measure_width(page) <= NARROW, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(chromium, editable, scheme):
    with visit(chromium, editable, scheme=scheme) as page:
        for path in PATHS:
            go(page, editable, path)
            assert find_barriers(page) == [], path
