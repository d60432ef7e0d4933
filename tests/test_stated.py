"""Pages that do not show their article but state it."""

from __future__ import annotations

import json

import pytest

from corpus_norm import Settings, normalize
from corpus_norm.document import BlockKind, Flag
from corpus_norm.extraction.stated import split_paragraphs
from corpus_norm.settings import TranslationSettings

SETTINGS = Settings(translation=TranslationSettings(enabled=False))
PARAGRAPHS = [
    (
        "The port authority said on Monday that the old pier would stay shut until the spring, "
        "after engineers had found cracks in two of its pillars."
    ),
    (
        "Travellers will be taken by bus to the new pier, where boats leave every half an hour, "
        "the director told reporters."
    ),
    (
        "The work will cost about three million pounds, which the town and the operator will "
        "share, according to the plan approved last week."
    ),
]
CHINESE = [
    "海港局周一宣布，旧码头将继续关闭至明年春天，因为工程师在两根桩柱上发现了裂缝，需要全面检修。",
    "乘客将乘巴士前往新码头，那里每半小时有一班渡轮，局长在记者会上表示。",
    "工程预计耗资三千万元，由市政府与营运商分担，计划已于上周获得通过。",
]
SHELL = "<nav><a href=/>Home</a></nav><div id=app>Loading…</div><footer>© 2024 Tern.</footer>"
FROM_JSON_LD = (Flag.BODY_FROM_JSON_LD,)
FROM_SCRIPT = (Flag.BODY_FROM_SCRIPT,)
EMPTY = (Flag.NO_ARTICLE,)


def page(body=SHELL, *, stated=None, data=None, state=None):
    scripts = ""
    if stated is not None:
        node = {"@type": "NewsArticle", "headline": "Old pier shut", "articleBody": stated}
        scripts += f'<script type="application/ld+json">{json.dumps(node)}</script>'
    if data is not None:
        scripts += f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(data)}</script>'
    if state is not None:
        scripts += f"<script>window.__INITIAL_STATE__ = {json.dumps(state)};run()</script>"
    return f"<html><head><title>Old pier shut</title>{scripts}</head><body>{body}</body></html>"


def paragraphs(document):
    kinds = {BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM}
    return [block.text for block in document.blocks if block.is_body and block.kind in kinds]


@pytest.mark.parametrize("wanted", [PARAGRAPHS, CHINESE])
@pytest.mark.parametrize(
    "join",
    [
        "\n\n".join,
        "\n".join,
        "\r\n\r\n".join,
        "  ".join,
        lambda parts: "".join(f"<p>{part}</p>" for part in parts),
        lambda parts: "".join(f"&lt;p&gt;{part}&lt;/p&gt;" for part in parts),
        "<br><br>".join,
        lambda parts: " " + "  ".join(parts) + " ",
    ],
)
def test_the_stated_body_is_the_article(wanted, join):
    document = normalize(page(stated=join(wanted)), SETTINGS)
    assert (paragraphs(document), document.flags) == (wanted, FROM_JSON_LD)


def test_a_page_without_any_text_has_that_of_its_json_ld():
    document = normalize(page("", stated="\n".join(PARAGRAPHS)), SETTINGS)
    assert paragraphs(document) == PARAGRAPHS


def test_a_page_that_shows_the_article_is_read_as_it_is():
    shown = "<h1>Old pier shut</h1>" + "".join(f"<p>{each}</p>" for each in PARAGRAPHS)
    document = normalize(page(shown, stated=" ".join(PARAGRAPHS)), SETTINGS)
    assert (paragraphs(document), document.flags) == (PARAGRAPHS, ())


@pytest.mark.parametrize("teaser", [PARAGRAPHS[0], PARAGRAPHS[0][:90] + "…"])
def test_behind_a_wall_what_is_shown_stands_once(teaser):
    body = f"<main><h1>Old pier shut</h1><p>{teaser}</p><div>Subscribe to read on</div></main>"
    document = normalize(page(body, stated="\n\n".join(PARAGRAPHS)), SETTINGS)
    assert (paragraphs(document), document.flags) == (PARAGRAPHS, FROM_JSON_LD)


def test_a_summary_is_no_article():
    document = normalize(page(stated="The old pier stays shut, the port said."), SETTINGS)
    assert (paragraphs(document), document.flags) == ([], EMPTY)


def test_a_live_blog_has_the_text_of_its_entries():
    entries = [{"@type": "BlogPosting", "articleBody": each} for each in PARAGRAPHS]
    node = {"@type": "LiveBlogPosting", "headline": "Old pier", "liveBlogUpdate": entries}
    html = f'<script type="application/ld+json">{json.dumps(node)}</script>{SHELL}'
    assert paragraphs(normalize(html, SETTINGS, media_type="text/html")) == PARAGRAPHS


BLOCKS = [
    {"type": "paragraph", "text": PARAGRAPHS[0]},
    {"type": "image", "caption": "The old pier in winter, seen from the new one on a calm day."},
    {"type": "heading", "text": "Buses"},
    {"type": "p", "children": [{"text": PARAGRAPHS[1][:30]}, {"text": PARAGRAPHS[1][30:]}]},
    {"type": "p", "html": f"<b>{PARAGRAPHS[2][:8]}</b>{PARAGRAPHS[2][8:]}"},
]
WITH_HEADING = [PARAGRAPHS[0], "Buses", *PARAGRAPHS[1:]]


@pytest.mark.parametrize(
    ("article", "wanted"),
    [
        ({"body": "".join(f"<p>{each}</p>" for each in PARAGRAPHS)}, PARAGRAPHS),
        ({"content": "\n\n".join(PARAGRAPHS)}, PARAGRAPHS),
        ({"articleBody": "\n".join(PARAGRAPHS)}, PARAGRAPHS),
        ({"content": {"rendered": "".join(f"<p>{each}</p>" for each in CHINESE)}}, CHINESE),
        ({"body": PARAGRAPHS}, PARAGRAPHS),
        ({"content": BLOCKS}, WITH_HEADING),
        ({"body": {"blocks": BLOCKS}}, WITH_HEADING),
    ],
)
def test_the_data_of_the_page_hold_the_article(article, wanted):
    legal = {"footer": {"text": "The terms of use apply to everything. " * 80}}
    props = {"props": {"pageProps": {"article": {"title": "Old pier shut", **article}, **legal}}}
    document = normalize(page(data=props), SETTINGS)
    assert (paragraphs(document), document.flags) == (wanted, FROM_SCRIPT)
    document = normalize(page(state={"page": {"story": article}, **legal}), SETTINGS)
    assert (paragraphs(document), document.flags) == (wanted, FROM_SCRIPT)


@pytest.mark.parametrize(
    "data",
    [
        {"props": {"footer": {"text": "The terms of use apply to everything. " * 80}}},
        {"props": {"query": {"text": "query articlePage($id: ID!) { article { title } }. " * 40}}},
        {"props": {"content": "Too short to be an article. It ends here. So it is."}},
        {"props": {"content": {"content": ["https://tern.example/a.jpg"] * 200}}},
        {"props": [[[[]]]] * 50},
    ],
)
def test_other_data_are_no_article(data):
    document = normalize(page(data=data), SETTINGS)
    assert (paragraphs(document), document.flags) == ([], EMPTY)


@pytest.mark.parametrize("script", ["{", '{"a": ' * 5_000, "[" * 100_000, "null", '"' + "x" * 999])
def test_broken_data_cost_nothing(script):
    html = f'<script id="__NEXT_DATA__" type="application/json">{script}</script>{SHELL}'
    assert normalize(html, SETTINGS, media_type="text/html").flags == EMPTY


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("One goes on\nto the next line and ends.\nTwo begins", 1),
        ("One ends here.Two begins here.Three is last.", 3),
        ("In 3.5 years. At example.com. Or v1.2 of it.", 1),
        ("", 0),
    ],
)
def test_paragraphs_are_told_by_what_is_left_of_their_ends(text, wanted):
    assert len(split_paragraphs(text)) == wanted


def test_a_huge_page_is_not_compared_for_ever():
    body = "".join(f"<p>Paragraph {number} of the page says little.</p>" for number in range(9_000))
    html = page(body, stated="\n".join(f"Line {number} is another." for number in range(60_000)))
    assert normalize(html, SETTINGS).flags == ()


FRENCH = (
    "La jetée restera fermée jusqu’au printemps, a annoncé lundi la mairie. Des fissures ont été "
    "trouvées dans deux piliers. Les passagers prendront un bus vers le nouveau quai, où un bac "
    "part toutes les demi-heures."
)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"article": {"contenu": FRENCH}}, FRENCH),
        ({"article": {"corps": [{"texte": FRENCH}]}}, FRENCH),
        ({"article": {"contenuHtml": f"<p>{FRENCH}</p>"}}, FRENCH),
        ({"text": "".join(CHINESE)}, "".join(CHINESE)),
        ({"body": "".join(CHINESE)}, "".join(CHINESE)),
    ],
)
def test_french_names_and_short_chinese_texts(data, text):
    assert paragraphs(normalize(page(data=data), SETTINGS)) == [text]


def test_a_french_notice_is_no_article():
    notice = {"mentions": {"legal": FRENCH}, "menu": {"contenu": FRENCH}}
    assert paragraphs(normalize(page(data=notice), SETTINGS)) == []
