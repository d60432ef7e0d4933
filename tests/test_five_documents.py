"""The five documents the library was made for, checked to the last block."""

from __future__ import annotations

import pytest

import corpus_norm
from corpus_norm.document import BlockKind, Document


@pytest.fixture(scope="module")
def documents(request) -> list[Document]:
    folder = request.config.rootpath / "fixtures" / "seeds"
    return [corpus_norm.normalize(path) for path in sorted(folder.glob("*.txt"))]


def outside(document):
    return [(block.kind.value, block.text) for block in document.blocks if not block.is_body]


def of_kind(document, kind):
    return [block.text for block in document.blocks if block.kind is kind]


def test_languages(documents):
    assert [document.language for document in documents] == ["en", "en", "fr", "fr", "en"]


def test_nothing_in_them_needed_repair(documents, request):
    for document in documents:
        original = (request.config.rootpath / document.source).read_text("utf-8")
        assert document.repairs == ()
        assert document.text == original


def test_blocks_and_gaps_give_each_text_back(documents):
    for document in documents:
        rest = zip(document.blocks, document.gaps[1:], strict=True)
        joined = document.gaps[0] + "".join(block.text + gap for block, gap in rest)
        assert joined == document.text


def test_000_is_all_body_with_the_emoji_line_as_title(documents):
    assert outside(documents[0]) == []
    assert documents[0].title.startswith("📢 OpenAI may go bankrupt next year?")
    assert [block.kind.value for block in documents[0].blocks] == ["title"] + ["paragraph"] * 5


def test_001_has_its_furniture_outside_and_every_sentence_inside(documents):
    document = documents[1]
    labelled = outside(document)
    assert labelled[:5] == [
        ("navigation", "CN"),
        ("byline", "BTCdayu"),
        ("navigation", "Follow"),
        ("dateline", "2 hours ago"),
        ("duplicate", "OpenAI is Crashing"),
    ]
    assert labelled[5][0] == "disclaimer"
    assert labelled[5][1].startswith("免责声明:")
    assert labelled[6:] == [
        ("share", text)
        for text in ("Share To", "APP", "X", "Telegram", "Facebook", "Reddit", "CopyLink")
    ]
    lines = [line for line in document.text.split("\n") if line]
    furniture = {text for _, text in labelled}
    assert document.body.split("\n\n") == [line for line in lines if line not in furniture]


def test_001_knows_its_author_its_title_and_the_language_of_its_disclaimer(documents):
    document = documents[1]
    assert document.authors == ("BTCdayu",)
    assert document.title == "OpenAI is crashing."
    [disclaimer] = [b for b in document.blocks if b.kind is BlockKind.DISCLAIMER]
    assert disclaimer.language == "zh-Hans"
    languages = {block.language for block in document.blocks if block is not disclaimer}
    assert languages <= {"en", "und"}


@pytest.mark.parametrize("text", ["My view:", "The low-hanging fruit has already been picked."])
def test_001_keeps_short_sentences_in_the_body(documents, text):
    assert text in documents[1].body.split("\n\n")


def test_002_has_links_promo_and_credit_outside(documents):
    assert [(kind, text[:24]) for kind, text in outside(documents[2])] == [
        ("related_links", "A lire aussi :"),
        ("related_links", "Gratuit et efficace, Cha"),
        ("related_links", "L’IA devient humaine : v"),
        ("related_links", "ChatGpt déclare la guerr"),
        ("promo", "Prix cassé pour ChatGpt "),
        ("source_credit", "Source : Techspot"),
    ]


def test_002_has_its_six_headings(documents):
    assert of_kind(documents[2], BlockKind.HEADING) == [
        "Les chiffres vertigineux de la consommation financière",
        "L’ère de l’insoutenabilité financière ?",
        "Une bulle prête à éclater ?",
        "Une course contre la montre",
        "La tension monte chez les investisseurs",
        "Vers un futur incertain",
    ]


def test_003_is_all_body(documents):
    assert outside(documents[3]) == []
    assert documents[3].body == documents[3].text


def test_004_has_its_second_title_outside_and_its_glued_heading_split(documents):
    document = documents[4]
    title = document.text.split("\n", 1)[0]
    assert outside(document) == [("duplicate", title)]
    assert document.title == title
    headings = of_kind(document, BlockKind.HEADING)
    assert len(headings) == 7
    assert "Technical Optimism and Real Constraints" in headings
    paragraph = document.blocks[document.blocks.index(_block(document, headings[4])) - 1]
    assert paragraph.text.endswith("just beginning to appear.")


def test_004_has_its_glued_sentences_split(documents):
    starts = [sentence.text for sentence in documents[4].sentences]
    assert any(text.startswith("This balance is not only about") for text in starts)


def _block(document, text):
    return next(block for block in document.blocks if block.text == text)
