import datetime as dt
import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_norm.boilerplate import extract
from corpus_norm.document import BlockKind
from corpus_norm.errors import ExtractionError
from corpus_norm.extraction import Extraction, pieces
from corpus_norm.extraction.alignment import cover, tokenize
from corpus_norm.extraction.pieces import read_pieces
from corpus_norm.extraction.tree import SKIPPED, parse
from corpus_norm.patterns import Recent

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
ENCODINGS = {"zh_gbk_declared_utf8": "gbk", "fr_utf16": "utf-16"}
PARAGRAPH = "<p>The council met on Tuesday and talked about the harbour wall for hours.</p>"


def read(name):
    return (PAGES / f"{name}.html").read_bytes().decode(ENCODINGS.get(name, "utf-8"))


def texts(page):
    return [piece.text for piece in extract(page).pieces]


def main_text(answer):
    return "\n".join(piece.text for piece in answer.pieces if piece.in_main)


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("name", "title", "authors", "published", "site_and_language"),
    [
        (
            "en_article",
            "Dunmere votes to build a tide gate after third winter flood",
            ("Maeve Tarrant", "Idris Pell"),
            "2024-03-14",
            ("The Dunmere Courier", "en-GB"),
        ),
        (
            "en_liveblog",
            "Storm Odalys live: ferries stopped as wind reaches 140 km/h",
            ("Nuria Castell",),
            "2023-10-29",
            ("Strait Times Net", "en"),
        ),
        (
            "en_paywall",
            "Inside the quiet collapse of Halden Freight",
            ("Oskar Whitlow",),
            "2022-06-02",
            ("Ledger & Quill", "en"),
        ),
        (
            "en_blog_table",
            "I weighed my bread for a month",
            ("Teodora Vance",),
            "2021-02-28",
            ("Crumb Count", "en"),
        ),
        (
            "en_broken_markup",
            "Beekeepers of Lower Wend lose a third of their hives",
            ("Petra Lindqvist",),
            "2019-05-12",
            (None, None),
        ),
        (
            "fr_regional",
            "Vallée de la Sorne : le dernier bac reprend du service",
            ("Aurélie Mestrac",),
            "2023-04-21",
            ("Le Courrier de la Sorne", "fr"),
        ),
        (
            "fr_inline_links",
            "Le sel rouge de Kervalan intrigue les chimistes",
            ("Soizic Trévoux",),
            "2020-09-08",
            ("Marées", "fr-FR"),
        ),
        (
            "fr_utf16",
            "La bibliothèque de Vaubrun prête aussi des perceuses",
            ("Loïc Hennebert",),
            "2019-01-15",
            ("Vaubrun Infos", "fr"),
        ),
        (
            "zh_portal",
            "青岚市首条跨江缆车试运行 单程仅需六分钟",
            (),
            "2024-05-09",
            ("江畔网", "zh-CN"),
        ),
        (
            "zh_tw_article",
            "山城老麵包店熄燈前一天 鄰居排隊道別",
            ("羅以晴",),
            "2021-12-30",
            ("溪聲報", "zh-Hant-TW"),
        ),
        (
            "zh_gbk_declared_utf8",
            "北沙镇试种耐盐水稻 亩产超出预期",
            ("韩立秋",),
            "2018-10-17",
            (None, None),
        ),
        ("zh_utf8_declared_gb2312", "石桥小学的孩子们给候鸟数数", (), "2016-11-23", (None, "zh")),
    ],
)
def test_metadata_of_a_page(name, title, authors, published, site_and_language):
    answer = extract(read(name))
    assert answer.title == title
    assert answer.authors == authors
    assert answer.published == (day(published) if published else None)
    assert (answer.site, answer.language) == site_and_language


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        (
            "en_article",
            ["Dunmere will build a tide gate", "Who pays", "ask them to come back", "to follow."],
            ["We use cookies", "Sport", "Sign up to our weekly", "My kitchen", "Rope Quay under"],
        ),
        (
            "en_liveblog",
            ["Crews cannot climb pylons", "It went up like a lid", "Police closed the bridge"],
            ["Share this update", "Show older posts", "New ferry named"],
        ),
        (
            "en_blog_table",
            ["Every loaf loses weight", "Baguette | 350 | 276 | 21 %", "Next month: salt."],
            ["January 2021", "will not be published", "Proudly baked"],
        ),
        (
            "fr_regional",
            ["Il est 7\u00a0h\u00a010", "du lundi au vendredi", "promet le maire"],
            ["partenaires", "Avis d’obsèques", "Lire aussi", "Handball", "Mentions"],
        ),
        (
            "fr_inline_links",
            ["Depuis trois étés", "Le pigment résiste", "La prochaine récolte"],
            ["À lire aussi", "Quand le plancton", "Lire également", "Reproduction"],
        ),
        (
            "zh_portal",
            ["首批120名市民", "大风天气如何保障安全？", "正式开通的时间。"],
            ["首页", "分享到微博", "声明：", "三万人次", "小江鱼", "版权所有"],
        ),
        ("zh_tw_article", ["開了五十一年", "配方留給小學", "賣完為止"], ["延伸閱讀", "下載溪聲報"]),
    ],
)
def test_main_text_is_marked_and_the_rest_is_kept(name, inside, outside):
    answer = extract(read(name))
    main, everything = main_text(answer), "\n".join(piece.text for piece in answer.pieces)
    assert [part for part in inside if part not in main] == []
    assert [part for part in outside if part in main] == []
    assert [part for part in outside if part not in everything] == []


MENU = "<ul>\n<li><a href=/>Home</a><li>News <b>By Ann Lee</b> Weather<li hidden>Old</ul>"
SURROUNDINGS = [
    "{}",
    "<p>Above",
    "<div><div>{}</div>and {} below</div>",
    "text {} <div>{}<nav>a{}b</nav></div>{}",
    "<blockquote>{}</blockquote><h2>{}</h2>",
    "<a href=/>link {}</a><a>anchor {}</a>",
    "<article class=story><header>{}</header>{}<footer id=foot>{}</footer></article>",
    "<div class=comments>{}</div><section role=complementary>{}</section>",
    "<table><tr><td>A<td>B<tr><td>{}<td>C</table>",
    "<table><tr><td>{}<p>a<p>b<p>c</table>",
    "<pre>line\n{}\nline</pre><ol><li>one {}<p>two</ol>",
    "<div hidden>{}</div>",
]


@pytest.mark.parametrize(
    "element",
    [
        MENU,
        f"<nav>{MENU}<p>x<br><br>y</nav>",
        "<footer>a<pre>b\nc</pre><table><tr><td>d<td>e</table></footer>",
        "<aside></aside>",
        "<form>  <select><option>1</select> </form>",
    ],
)
def test_an_element_that_pages_share_is_read_as_if_each_page_were_the_first(element, monkeypatch):
    pages = [parse("<title>t</title>" + around.replace("{}", element)) for around in SURROUNDINGS]
    whole = [parse(element + element)] * 2
    shared = [read_pieces(page, some) for page in (*pages, *whole) for some in (None, ())]
    again = [read_pieces(page, some) for page in (*pages, *whole) for some in (None, ())]
    assert len(pieces._SHARED._new) > 0
    monkeypatch.setattr(pieces, "_SET_APART", SKIPPED)
    alone = [read_pieces(page, some) for page in (*pages, *whole) for some in (None, ())]
    assert shared == again == alone


def test_what_is_kept_of_shared_elements_is_bounded(monkeypatch):
    kept = Recent(room=10_000, longest=500)
    monkeypatch.setattr(pieces, "_SHARED", kept)
    for number in range(1_000):
        read_pieces(parse(f"<nav>{number}</nav><nav>{'long ' * 100}{number}</nav>"))
    assert 1 < len(kept._new) + len(kept._old) < 200


def test_hidden_text_is_not_read():
    everything = "\n".join(texts(read("en_paywall")))
    assert "hidden from readers" not in everything
    assert "So is this one" not in everything
    assert "JavaScript" not in everything


def test_a_page_that_hides_all_its_text_for_a_script_to_show_is_read():
    page = f"<body><p>Loading</p><div hidden>{PARAGRAPH * 20}</div>"
    assert main_text(extract(page)).count("harbour") == 20


def test_every_word_of_a_broken_page_is_there_once_and_in_order():
    words = tokenize("\n".join(texts(read("en_broken_markup"))))
    expected = tokenize(
        """Home Farm Fair Beekeepers of Lower Wend lose a third of their hives By Petra Lindqvist,
        12 May 2019 Beekeepers in Lower Wend have lost about a third of their hives this spring,
        according to a count that the growers' union took in April. The cold came late and it came
        twice, says Hanne Moor, who keeps sixty hives above the mill. "In March they flew. In April
        I swept them up." The union counted 412 hives, down from 630 a year ago What comes next A
        fund for new queens opens on Monday. Growers who rent hives for the cherry bloom are asked
        to book before the end of the month, because there will not be enough for all. Fish & chip
        supper at the hall on Saturday, all welcome &nosuchentity; Next story: Mill race to be
        dredged Previous story: Vicar wins marrow prize Copyright 2019 Wend Weekly"""
    )
    assert words == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>one</p>two<p>three", ["one", "two", "three"]),
        ("<p>a <b>bold</b>\n  word</p>", ["a bold word"]),
        ("<p>one<br>two</p>", ["one\ntwo"]),
        ("<p>one<br> <br/>two</p>", ["one", "two"]),
        ("<pre>a  b\n c</pre>", ["a  b\n c"]),
        ("<p>x<!-- hidden -->y</p>", ["xy"]),
        ("<p>10\u00a0€</p>", ["10\u00a0€"]),
        ("<p>a<script>b</script>c<style>d</style>e<template>f</template>g</p>", ["aceg"]),
        ("<ul><li>one<li>two</ul>", ["one", "two"]),
        ("<p>\u00a0</p><p>*</p>", ["*"]),
        ("<div hidden>no</div>yes", ["yes"]),
        ("<p>caf&eacute; &amp; th&#233;</p>", ["café & thé"]),
        ('<img alt="a picture"><p>text</p>', ["text"]),
    ],
)
def test_visible_text_is_split_as_a_browser_shows_it(html, expected):
    assert texts(f"<html><body>{html}</body></html>") == expected


@pytest.mark.parametrize(
    ("html", "kinds"),
    [
        ("<h2>x</h2><p>y", ["heading", "paragraph"]),
        ("<blockquote><p>x</p></blockquote>", ["quote"]),
        ("<figure><figcaption>x</figcaption></figure>", ["caption"]),
        ("<ul><li><p>x</p><p>y</p></li></ul>", ["list_item", "paragraph"]),
        ("<dl><dt>x<dd>y</dl>", ["list_item", "list_item"]),
        ("<table><tr><td>x<td>y<tr><td>1<td>2</table>", ["table", "table"]),
    ],
)
def test_kind_follows_the_tag(html, kinds):
    answer = extract(f"<html><body>{html}</body></html>")
    assert [piece.kind.value for piece in answer.pieces] == kinds


@pytest.mark.parametrize(
    "cells",
    [
        "<td><p>one</p><p>two</p><p>three</p></td><td>side</td>",
        "<td><table><tr><td>one<td>two</table></td><td>side</td>",
        f"<td>{'long text ' * 60}</td><td>side</td>",
        "<td>alone</td>",
    ],
)
def test_layout_tables_are_not_data(cells):
    answer = extract(f"<html><body><table role=x><tr>{cells}</tr></table></body></html>")
    kinds = [piece.kind for piece in answer.pieces if piece.text != "one | two"]
    assert BlockKind.TABLE not in kinds
    assert kinds


def test_cells_of_a_row_are_joined():
    assert texts("<table><tr><th>Loaf<th>Loss<tr><td>Rye <p>bread</p><td>14<br>%</table>") == [
        "Loaf | Loss",
        "Rye bread | 14 %",
    ]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<a href=/n>News</a><a href=/s>Sport</a><a href=/r>RSS</a>", "News Sport RSS"),
        ("<a href=/n>news</a><a href=/s>sport</a>", "news sport"),
        ("<b>À lire aussi :</b><a href=/x>Une usine ferme</a>", "À lire aussi : Une usine ferme"),
        ("<a href=/m>Meg James</a><span>Staff Writer</span>", "Meg James Staff Writer"),
        ("<a href=/n>News</a><a href=/s><i>S</i>port</a>", "News Sport"),
        ("<span>By</span><span><a>Ann Lee</a></span><span>and</span>", "By Ann Lee and"),
        # one word, in whatever elements
        ("<b>P</b>ort", "Port"),
        ("<span>You</span><span>Tube</span>", "YouTube"),
        ("the <a href=/p>port</a>s", "the ports"),
        ("the <i>inter</i><a href=/p>national</a>", "the international"),
        ("<a href=/p>Por</a><a href=/p>t</a>", "Port"),  # an editor cut one link in two
        ("“<a href=/p>Port</a>”", "“Port”"),
        ("<a href=/a>首页</a><a href=/b>新闻</a>", "首页新闻"),
    ],
)
def test_links_that_touch_other_elements_are_words_of_their_own(markup, expected):
    assert texts(f"<p>{markup}</p>") == [expected]


def test_link_density_and_region_are_told():
    page = "<nav><a href='/'>Home</a></nav><main><header><p>By <a href='/x'>Xe</a></main><footer>c"
    found = {piece.text: (piece.link_density, piece.region) for piece in extract(page).pieces}
    assert found == {"Home": (1.0, "nav"), "By Xe": (0.5, "main"), "c": (0.0, "footer")}


def test_a_menu_entry_that_repeats_a_word_of_the_body_is_not_main():
    shares = cover(
        [
            "Harbour",
            "Sport",
            "The harbour wall is to be rebuilt.",
            "Harbour",
            "It takes years.",
        ],
        "The harbour wall is to be rebuilt.\nIt takes years.",
    )
    assert shares == [0.0, 0.0, 1.0, 0.0, 1.0]


def test_a_short_heading_between_two_paragraphs_is_found_at_its_place():
    pieces = ["Costs", "The harbour wall is to be rebuilt.", "Costs", "It will take ten years."]
    shares = cover(pieces, "The harbour wall is to be rebuilt. Costs It will take ten years.")
    assert shares == [0.0, 1.0, 1.0, 1.0]


def test_text_that_the_extractor_moved_is_found():
    lead = "Nobody in the lower town expected the water to come back so soon."
    body = [f"Sentence number {n} tells of the flood in the street called {n}." for n in range(9)]
    assert cover([lead, *body], " ".join([*body, lead])) == [1.0] * 10


def test_a_text_that_stands_twice_in_the_page_is_marked_once():
    lines = [f"Sentence number {n} tells of the flood in the street called {n}." for n in range(5)]
    shares = cover([*lines, "Print version", *lines], " ".join(lines))
    assert sum(shares) == 5.0


def test_a_page_with_text_never_has_an_empty_main_text():
    links = "".join(f"<li><a href='/{n}'>Story {n}</a></li>" for n in range(5))
    for body in ("x", "<p>?", f"<ul>{links}</ul>", "<div>短</div>"):
        assert main_text(extract(f"<html><body>{body}</body></html>"))


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "table><tr><td", "h1", "font", "x-y"])
@pytest.mark.parametrize("depth", [300, 3_000, 100_000])
def test_deep_nesting_loses_no_text(tag, depth):
    page = "<html><body>first " + f"<{tag}>" * depth + "middle" + PARAGRAPH + "last"
    words = " ".join(texts(page)).split()
    assert (words[0], words[-1]) == ("first", "last")
    assert "harbour" in words


def test_a_page_that_cannot_be_held_is_an_error_with_a_way_out():
    with pytest.raises(ExtractionError, match="text/plain"):
        extract("<p>one" + "<div title='<'>" * 3_000 + "two")


@pytest.mark.parametrize("html", ["", "  \n", "<!-- only -->", "<html><head></head></html>"])
def test_a_page_without_text_has_no_pieces(html):
    assert extract(html, url="https://example.com/a") == Extraction(url="https://example.com/a")


@pytest.mark.parametrize(
    "html",
    [
        "<p>a\x00b\x01\x1fc</p>",
        "<p>ab\ud800c</p>",
        '<?xml version="1.0" encoding="utf-16"?><html><body><p>abc</p></body></html>',
        '<meta charset="gb2312"><p>abc 漢é</p>',
        '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><p>abc &b;&b;</p>',
        "abc",
        "<p>abc" * 2,
        "<" * 1000 + "abc",
        "abc<html/>def",
    ],
)
def test_strange_input_gives_an_answer(html):
    assert texts(html)


def test_characters_no_tree_can_hold():
    assert texts("<p>a\x00b\ud800c</p>") == ["ab\ufffdc"]


def test_declared_encodings_of_decoded_text_are_ignored():
    assert texts('<meta charset="gb2312"><p>漢字 é €</p>') == ["漢字 é €"]


@pytest.mark.parametrize("unit", ["word ", "字", "x"])
def test_one_line_of_a_megabyte(unit):
    text = unit * (1_000_000 // len(unit.encode()))
    assert texts(f"<html><body><p>{text}</p></body></html>") == [text.strip()]


def test_a_page_without_a_date_has_none():
    page = f"<html><body><h1>Wall</h1>{PARAGRAPH * 4}<footer>© 2019 Courier</footer></body></html>"
    assert extract(page).published is None


@pytest.mark.parametrize("stated", ["2024-02-30", "soon", "9999-99-99", "20240101"])
def test_an_impossible_date_is_no_error(stated):
    page = f'<meta property="article:published_time" content="{stated}">{PARAGRAPH}'
    published = extract(page).published
    assert published is None or published.year == 2024


@pytest.mark.parametrize(
    "block",
    ["{", "[]", '{"@type": 1}', "[" * 100_000, '{"@type":"Article","author":{"name":[[[1]]]}}'],
)
def test_bad_json_ld_is_no_error(block):
    page = f"<script type=application/ld+json>{block}</script>{PARAGRAPH}"
    assert extract(page).authors == ()


def test_the_address_of_the_page_comes_from_the_page_then_from_the_caller():
    link = '<link rel="canonical" href="https://example.com/story">'
    assert extract(link + PARAGRAPH, url="https://example.com/amp").url.endswith("/story")
    assert extract(PARAGRAPH, url="https://example.com/amp").url == "https://example.com/amp"
    home = '<link rel="canonical" href="https://example.com/">'
    assert extract(home + PARAGRAPH, url="https://example.com/a").url == "https://example.com/a"


def test_one_page_does_not_change_the_answer_for_another():
    names = ["en_article", "zh_portal", "fr_regional"]
    first = [extract(read(name)) for name in names]
    for _ in range(5):
        extract(read("en_article"))
    assert [extract(read(name)) for name in reversed(names)] == first[::-1]


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_answer_is_the_same_in_every_process(seed):
    code = (
        "import hashlib, pathlib, sys; from corpus_norm.boilerplate import extract;"
        "print(hashlib.sha256(repr([extract(pathlib.Path(p).read_text('utf-8'))"
        " for p in sys.argv[1:]]).encode()).hexdigest())"
    )
    paths = [str(PAGES / f"{name}.html") for name in ("en_article", "zh_portal", "en_liveblog")]
    environment = {"PYTHONHASHSEED": seed, "TZ": "Pacific/Auckland" if seed == "1" else "UTC"}
    outputs = subprocess.run(
        [sys.executable, "-c", code, *paths],
        env=environment,
        cwd=PAGES.parent.parent,
        capture_output=True,
        check=True,
        text=True,
    )
    here = repr([extract(Path(p).read_text("utf-8")) for p in paths]).encode()
    assert outputs.stdout.strip() == hashlib.sha256(here).hexdigest()
    assert outputs.stderr == ""


def test_nothing_is_printed_for_a_page_that_trafilatura_refuses():
    code = "from corpus_norm.boilerplate import extract; extract('<p>x'); extract('<a>'*900)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PAGES.parent.parent,
        capture_output=True,
        check=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("", "")


TAGS = st.sampled_from(["p", "div", "b", "li", "ul", "td", "tr", "table", "br", "pre", "h1", "a"])
SNIPPETS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=12).map(
        lambda text: text.replace("<", "").replace("&", "")
    ),
    TAGS.map(lambda tag: f"<{tag}>"),
    TAGS.map(lambda tag: f"</{tag}>"),
)


@settings(max_examples=60)
@given(st.lists(SNIPPETS, max_size=30).map("".join))
def test_any_markup_gives_an_answer_with_all_letters(body):
    answer = extract(f"<html><body>{body}</body></html>")
    letters = sorted(char for char in body_text(body) if char.isalpha() and char.isascii())
    found = sorted(
        char for piece in answer.pieces for char in piece.text if char.isalpha() and char.isascii()
    )
    assert found == letters
    assert any(piece.in_main for piece in answer.pieces) == bool(answer.pieces)


def body_text(body):
    return re.sub(r"</?[a-z0-9]+>", " ", body)


@settings(max_examples=100)
@given(st.lists(st.text("ab 漢\n", max_size=12), max_size=12), st.text("ab 漢\n", max_size=60))
def test_coverage_is_a_share(pieces, main):
    shares = cover(pieces, main)
    assert len(shares) == len(pieces)
    assert all(0.0 <= share <= 1.0 for share in shares)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=40))
def test_a_page_covers_itself(tokens):
    assert cover([" ".join(tokens)], " ".join(tokens)) == [1.0]
