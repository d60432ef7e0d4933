"""``browse`` in a real browser: reading, searching, correcting, and nothing but this machine."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from phrasebook import seed

pytest.importorskip("axe_playwright_python", reason="run: make test-integration")
pytest.importorskip("waitress", reason="run: make test-integration")

from test_browse_server import FRENCH, free_port, make_site
from watching import NARROW, find_barriers, is_outlined, measure_width, watch

from corpus_norm.browse import listen
from corpus_norm.translation.memory import Memory

pytestmark = pytest.mark.enable_socket  # the server listens on 127.0.0.1
DOCUMENT = f"/document/{seed(FRENCH).doc_id}"


@contextmanager
def serve(folder, *, editable=False):
    site = make_site(folder, editable=editable, port=free_port())
    server = listen(site)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield site
    server.close()
    thread.join(timeout=20)


@pytest.fixture
def site(tmp_path):
    with serve(tmp_path) as site:
        yield site


@pytest.fixture
def editable(tmp_path):
    with serve(tmp_path, editable=True) as site:
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


def test_a_translation_is_corrected_by_hand_and_by_keyboard(chromium, editable, tmp_path):
    with visit(chromium, editable) as page:
        go(page, editable, DOCUMENT)
        page.get_by_role("link", name="correct this document").click()
        field = page.locator("textarea").first
        field.focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("As the editor says it.")
        page.keyboard.press("Tab")
        assert is_outlined(page)
        page.keyboard.press("Enter")
        page.wait_for_url("**edit#block-*")
        assert page.locator("textarea").first.input_value() == "As the editor says it."
        page.get_by_role("link", name="done").click()
        assert page.get_by_text("As the editor says it.").is_visible()
    [line] = (tmp_path / "corrections.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["value"] == "As the editor says it."
    assert [unit.english for unit in Memory(tmp_path / "memory.sqlite").units()] == [
        "As the editor says it."
    ]


def test_the_kind_of_a_block_is_corrected(chromium, editable):
    with visit(chromium, editable) as page:
        go(page, editable, f"{DOCUMENT}?edit")
        block = page.locator("#block-1")
        block.get_by_label("kind").select_option("promo")
        block.get_by_role("button", name="save").first.click()
        page.wait_for_url("**edit#block-1")
        assert page.locator("#block-1").get_by_label("kind").input_value() == "promo"


PATHS = ("/", "/rejects", "/?q=zebra", DOCUMENT, f"{DOCUMENT}?edit")


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
