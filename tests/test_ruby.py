"""Ruby annotations are no text; end tags may be left out, and bases never are."""

from __future__ import annotations

import pytest

from corpus_norm.boilerplate import extract
from corpus_norm.extraction.tree import parse


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ruby>漢字<rt>かんじ</rt></ruby>だ", "漢字だ"),
        ("<ruby>漢字<rp>（</rp><rt>かんじ</rt><rp>）</rp></ruby>だ", "漢字だ"),
        ("<ruby>東<rt>とう</rt>京<rt>きょう</rt></ruby>で", "東京で"),
        ("<ruby>漢<rt>かん</ruby>字", "漢字"),
        ("<ruby>漢<rp>(<rt>かん<rp>)</ruby>字", "漢字"),
        ("<ruby><rb>漢<rb>字<rt>かん<rt>じ</ruby>だ", "漢字だ"),
        ("<ruby>漢<rt>かん<rb>字<rt>じ</ruby>だ", "漢字だ"),
        ("<ruby><ruby>東<rt>とう</rt>南</ruby><rt>South-east</rt></ruby>の", "東南の"),
        ("<ruby>北<rtc><rt>běi</rt></rtc></ruby>京", "北京"),
        ("<RUBY>臺<RP>(</RP><RT>ㄊㄞˊ</RT><RP>)</RP></RUBY>北", "臺北"),
        ("<ruby><b>台</b><rt>tái</rt></ruby>北", "台北"),
        ("<ruby>漢<rt>かん<p>次</p>", "漢次"),
        ("<ruby>漢<rt>かん</p><p>次</p>", "漢次"),
        ("<ruby><rt>注</rt></ruby>だけ", "注だけ"),
        ("no ruby <rt>around</rt> it", "no ruby around it"),
        (f"<ruby>漢<rt>{'long ' * 20}</rt></ruby>", f"漢{'long ' * 20}"),
    ],
)
def test_the_base_alone_is_text(html, text):
    assert "".join(parse(f"<p>{html}").itertext()).strip() == text.strip()


def test_headline_and_metadata_are_read_without_annotations():
    headline = "<h1><ruby>東京<rt>とうきょう</rt></ruby>で火事</h1>"
    page = f"<title>東京で火事</title>{headline}<p>警察は調べている。"
    found = extract(page)
    assert found.title == "東京で火事"
    assert [piece.text for piece in found.pieces] == ["東京で火事", "警察は調べている。"]


@pytest.mark.parametrize("piece", ["<ruby>漢<rt>かん", "<ruby>", "<ruby>漢<rt>か</rt></ruby>"])
def test_thousands_of_annotations_are_read_in_time(piece):
    assert parse(piece * 5_000) is not None
