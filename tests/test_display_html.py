"""Documents as HTML: everything is shown, nothing is run, nothing is fetched."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phrasebook import seed

from corpus_norm.display import html, render_document, render_page, view_document
from corpus_norm.display.highlights import Highlight, split_text
from corpus_norm.display.view import REPAIR_MEANINGS, shorten
from corpus_norm.document import (
    Block,
    BlockKind,
    Document,
    LanguageShare,
    Repair,
    Sentence,
    TranslationStatus,
)
from corpus_norm.encoding.repairs import RULES


class Page(HTMLParser):
    """The tags of a page with the names of their attributes, its words, and its addresses.

    The marks of words are left out of the tags, for which words have one depends on the text.
    """

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.addresses, self.attributes = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if not (dict(attrs).get("class") or "").startswith("cn-word"):
            self.tags.append((tag, *(name for name, _ in attrs)))
        self.attributes += [(name, value) for name, value in attrs if value is not None]
        self.addresses += [value for name, value in attrs if name in {"src", "href"}]

    def handle_data(self, data):
        self.text.append(data)

    @property
    def words(self):
        return "".join(self.text).split()


def make(text, **fields):
    """A document whose every string is one that a stranger wrote."""
    block = Block(BlockKind.PARAGRAPH, text, 0, text, "fr", 1.0, text + "!", 0)
    share = Block(BlockKind.SHARE, text, len(text) + 1, text, "en")
    sentence = Sentence(0, text, 0, "fr", text + "!", 0, -0.1, (text,))
    known = {
        "source": text,
        "text": f"{text} {text}",
        "text_en": f"{text}! {text}",
        "title": text,
        "title_en": text + "!",
        "authors": (text, text),
        "site": text,
        "url": "https://news.example/" + text,
        "encoding": text,
        "language": "fr",
        "languages": (LanguageShare(text, 1.0),),
        "translation_model": text,
        "translation_status": TranslationStatus.TRANSLATED,
        "flags": (text,),
        "repairs": (Repair(text, 0, 1, text),),
        "published": date(2024, 2, 3),
        "blocks": (block, share),
        "sentences": (sentence,),
    }
    return Document(**known | fields)


HOSTILE = st.lists(
    st.sampled_from(
        [
            *"<>&\"'=/` a{}%#;-",
            "<script>alert(x)</script>",
            "<img src=x onerror=alert(x)>",
            "</style>",
            "</article></main>",
            "<!--",
            "-->",
            "{{ x*x }}",
            "{% raw %}",
            "]]>",
            "&lt;b&gt;",
            "\x00",
            "\ud800",
            "javascript:alert(x)",
        ]
    ),
    min_size=1,
    max_size=8,
).map(lambda parts: "a" + "".join(parts))


@given(HOSTILE)
def test_no_tag_and_no_attribute_survives_from_any_text(text):
    """The tags of a page depend on what is in a document, never on what its texts say."""
    hostile, harmless = (
        Page(render_page(each, render_document(make(each), reasons=True)))
        for each in (text, "harmless")
    )
    assert hostile.tags == harmless.tags


@given(HOSTILE)
def test_text_comes_out_as_it_went_in(text):
    shown = " ".join(Page(render_document(make(text))).words)
    expected = " ".join(text.replace("\ud800", "\ufffd").replace("\x00", "\ufffd").split())
    assert expected in shown.replace("\x00", "\ufffd")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,<b>", "//x.example", "x"])
def test_only_web_addresses_become_links(url):
    assert Page(render_document(make("a", url=url))).addresses == []


def test_a_page_asks_the_network_for_nothing():
    page = render_page("t", render_document(seed(3)))
    assert [each for each in Page(page).addresses if each != "data:,"] == []
    assert "url(" not in page
    assert "@import" not in page


@pytest.mark.parametrize("index", range(5))
def test_every_word_of_the_five_documents_is_there(index):
    document = seed(index)
    page = Page(render_document(document))
    shown = "".join(page.words)
    for block in document.blocks:
        if block.text_en in {None, block.text}:
            assert all(word in page.words for word in block.text.split())
        for sentence in (s for s in document.sentences if document.blocks[s.block] == block):
            assert "".join(sentence.text.split()) in shown
            assert "".join((sentence.text_en or "").split()) in shown


def test_neighbours_outside_the_body_are_folded_together():
    page = render_document(seed(2))
    assert "outside the body: related links 4" in page
    fold = page.split("<details", 2)[1].split("</details>")[0]
    assert fold.count('data-kind="related_links"') == 4
    assert 'data-kind="paragraph"' not in fold


def test_a_sentence_stands_beside_its_english():
    pairs = re.findall(r'<div class="cn-pair.*?</div>', render_document(seed(3)), re.DOTALL)
    first = Page(pairs[0])
    assert " ".join(first.words).startswith("Selon BlockBeats, OpenAI,")
    assert "According to BlockBeats" in " ".join(first.words)
    assert [value for name, value in first.attributes if name == "lang"] == ["fr", "en"]
    assert len(pairs) == len(seed(3).sentences)


def test_a_chinese_block_in_an_english_document_says_so():
    page = render_document(seed(1))
    assert '<span class="cn-lang">zh-Hans</span>' in page
    assert "the position or views of this platform" in " ".join(Page(page).words)


def test_english_is_not_set_beside_itself():
    assert "cn-pair" not in render_document(seed(0))


def test_a_sentence_without_english_is_flagged_in_a_document_with_some():
    flagged = replace(seed(3).sentences[0], flags=("output_at_cap",))
    page = render_document(replace(seed(3), sentences=(flagged, *seed(3).sentences[1:])))
    assert '<span class="cn-flag" title="a translation was cut off' in page
    assert ">output at cap</span>" in page


def test_a_long_headline_is_shown_whole():
    headline = "A headline that goes on and on. " * 30
    assert headline in render_document(make("a", title=headline))


@pytest.mark.parametrize("number", range(5))
def test_reasons_are_in_words_that_readers_know(number):
    page = render_document(seed(number), reasons=True)
    words = " ".join(re.findall('<div class="cn-why">(.*?)</div>', page))
    assert words
    assert not re.search(r"lexicon |body [01]\.|is_hit|&lt;", words)


def test_text_between_sentences_is_not_lost():
    block = Block(BlockKind.PARAGRAPH, "One. (two) Three.", 0)
    sentences = (Sentence(0, "One.", 0), Sentence(0, "Three.", 11))
    document = Document("a", block.text, blocks=(block,), sentences=sentences)
    assert [line.text for line in view_document(document).lines] == ["One.", "(two)", "Three."]


def test_repairs_say_what_they_mean():
    page = render_document(make("a", repairs=(Repair("mojibake", 3, 5, "é"),)))
    assert "was decoded correctly" in page
    assert "<code>é</code>" in page


def test_every_repair_has_a_meaning():
    assert set(REPAIR_MEANINGS) == {rule.step for rule in RULES}


def test_a_long_document_ends_with_a_note():
    view = view_document(seed(4))
    short = shorten(view, 1000)
    assert 0 < short.omitted < len(seed(4).blocks)
    assert f"{short.omitted} more blocks" in render_document(short)
    assert sum(len(line.text) for line in short.lines) <= 1000
    assert shorten(view, 10**9) == view


def test_the_output_of_a_cell_is_bounded(monkeypatch):
    monkeypatch.setattr(html, "MOST_CHARS", 500)
    assert "This view is shortened: the document has" in html.render_fragment(seed(4))


TEXTS = st.text(st.sampled_from("ab ç中"), max_size=20)
MARKS = st.lists(
    st.builds(Highlight, st.integers(-2, 25), st.integers(-2, 25), st.just("n")), max_size=6
)


@given(TEXTS, MARKS)
def test_a_text_split_at_its_highlights_is_still_the_text(text, highlights):
    parts = split_text(text, highlights)
    assert "".join(part.text for part in parts) == text
    assert all(part.text for part in parts)
