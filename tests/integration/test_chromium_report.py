"""The report in a real browser: filters, keyboard, narrow windows, contrast, and no request."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from phrasebook import seed
from test_report import write

pytest.importorskip("axe_playwright_python", reason="run: make test-integration")

from watching import NARROW, find_barriers, is_outlined, measure_width, unfold, watch

from corpus_norm import Rejection, normalize
from corpus_norm.display import render_page
from corpus_norm.report import write_report

ATTACK = '<script>document.title = "taken"</script><img src="http://evil.example/x" onerror="x()">'
LONG = "x" * 300


def make_dataset(folder):
    hostile = normalize(f"{ATTACK} was said on Monday.\n\nNobody knew why {ATTACK} was there.")
    dated = [replace(seed(n), published=date(2024, n + 1, 1)) for n in range(5)]
    long = replace(normalize(f"The word {LONG} was said today."), source=LONG, site=LONG)
    rejects = [Rejection(f"{LONG}{n}", n, "", "decode", "InputError", ATTACK) for n in range(3)]
    return write(folder / "out", [*dated, replace(hostile, title=ATTACK), long, *rejects])


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_report(make_dataset(folder), folder / "report.html")
    return (folder / "report.html").as_uri()


def shown(page):
    return page.locator(".cr-sample:visible").count()


def test_no_request_leaves_the_page_and_nothing_in_it_runs(chromium, report):
    with watch(chromium, report) as page:
        unfold(page)
        page.wait_for_load_state("networkidle")
        assert {each for each in page.asked if not each.startswith("data:")} == {report}
        assert page.title().startswith("Corpus report")


def test_the_search_looks_at_text_and_english_whatever_the_accents(chromium, report):
    with watch(chromium, report) as page:
        assert shown(page) == 7
        page.get_by_role("searchbox").fill("societe")
        assert 0 < shown(page) < 7
        page.get_by_role("searchbox").fill("According BlockBeats")
        assert shown(page) == 1
        assert page.locator("#shown").inner_text() == "1 shown"
        page.get_by_role("searchbox").fill("zebra")
        assert shown(page) == 0
        page.get_by_role("button", name="show all").click()
        assert shown(page) == 7


def test_filters_narrow_down_together(chromium, report):
    with watch(chromium, report) as page:
        page.get_by_role("combobox", name="language").select_option("fr")
        assert shown(page) == 2
        page.get_by_role("combobox", name="warning", exact=True).select_option("amount_changed")
        assert shown(page) == 1
        page.get_by_role("combobox", name="contains block").select_option("disclaimer")
        assert shown(page) == 0


def test_a_number_leads_to_its_documents(chromium, report):
    with watch(chromium, report) as page:
        missing = (
            page.get_by_role("region")
            .or_(page.locator("section"))
            .filter(has=page.get_by_role("heading", name="Missing or doubtful"))
        )
        row = missing.last.get_by_role("row", name="no date")
        number = row.get_by_role("link")
        expected = int(number.inner_text())
        number.click()
        assert shown(page) == expected
        assert page.get_by_role("combobox", name="missing or doubtful").input_value() == "no date"
        page.get_by_role("button", name="show all").click()
        assert shown(page) == 7
        number.click()  # the address is the same as before
        assert shown(page) == expected
        page.locator(".cr-chart a").first.click()  # a facet without a menu
        assert 0 < shown(page) < 7
        assert "length" in page.locator("#shown").inner_text()


def test_a_sentence_to_read_leads_to_its_document(chromium, report):
    with watch(chromium, report) as page:
        page.locator("#reading a").first.click()
        assert shown(page) == 1
        assert page.locator(".cr-sample:visible").evaluate("each => each.open")


def test_it_can_be_used_with_the_keyboard_alone(chromium, report):
    with watch(chromium, report) as page:
        page.get_by_role("searchbox").focus()
        page.keyboard.type("investisseurs")
        page.keyboard.press("Enter")  # sends no form
        assert page.url == report
        for _ in range(9):
            page.keyboard.press("Tab")
            assert is_outlined(page)
        first = page.locator(".cr-sample:visible").first
        before = first.evaluate("each => each.open")
        page.keyboard.press("Space")
        assert first.evaluate("each => each.open") is not before


def test_a_narrow_window_needs_no_sideways_scrolling(chromium, report):
    with watch(chromium, report, width=NARROW) as page:
        unfold(page)
        assert measure_width(page) <= NARROW
        language = page.get_by_role("rowheader", name="English", exact=True)
        assert language.bounding_box()["height"] < 45  # not broken letter by letter


@pytest.mark.parametrize("width", [1200, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(chromium, report, scheme, width):
    with watch(chromium, report, scheme=scheme, width=width) as page:
        unfold(page)
        assert find_barriers(page) == []


def test_a_low_contrast_would_be_found(chromium, report):
    with watch(chromium, report) as page:
        page.add_style_tag(content="h2 { color: #ccc !important }")
        assert "color-contrast" in {rule for rule, *_ in find_barriers(page)}


@pytest.mark.parametrize(
    ("language", "font"),
    [
        ("zh-Hans", "Noto Sans CJK SC"),
        ("zh-Hant", "Noto Sans CJK TC"),
        ("ja", "Noto Sans CJK JP"),
        ("ko", "Noto Sans CJK KR"),
    ],
)
def test_han_characters_are_drawn_as_their_language_draws_them(chromium, tmp_path, language, font):
    page = render_page("Fonts", f'<p lang="{language}">骨</p><p lang="fr">os</p>')
    (tmp_path / "fonts.html").write_text(page, "utf-8")
    with watch(chromium, (tmp_path / "fonts.html").as_uri()) as shown:
        fonts = shown.locator("p").first.evaluate("each => getComputedStyle(each).fontFamily")
        assert font in fonts
        assert fonts.count("Noto Sans CJK") == 1
