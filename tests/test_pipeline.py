from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_norm
from corpus_norm import encoding, language
from corpus_norm.dataset import RESULTS, batch_to_documents, documents_to_batch
from corpus_norm.document import BlockKind, Document, RawDocument, Rejection
from corpus_norm.errors import InputError
from corpus_norm.pipeline import process
from corpus_norm.settings import InputSettings, Settings, TranslationSettings

PAGE = """<html lang="en"><head><title>A bank fails | The Example</title>
<meta property="og:site_name" content="The Example"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/n">News</a></li></ul></nav>
<article><h1>A bank fails</h1><p class="byline">By Ann Example</p>
<p>The bank closed its doors on Monday, after a week in which its clients took out
billions; its shares had lost two thirds of their price since the start of the year.</p>
<p>The state will pay them all back by the end of the year, the minister said on Tuesday.
The bank&#8217;s former head could not be reached, and his lawyers did not answer.</p>
</article><footer>© 2026 The Example</footer></body></html>"""
FRENCH = "La banque a fermé ses portes lundi. Le maire n'a pas voulu répondre."

PIECES = [
    FRENCH,
    "免责声明：本文仅供参考。",
    "Share\nX",
    "# Head\n\n- a\n- b",
    "Ã©tÃ©",
    "\r\n",
    "\x00",
]
chunks = st.text(max_size=300) | st.sampled_from(PIECES)


def assert_sound(document):
    """Every offset points at what it says, and nothing lies outside blocks but gaps."""
    position = 0
    for block in document.blocks:
        assert document.text[block.start : block.end] == block.text
        assert block.start >= position
        position = block.end
        if block.text_en is not None:
            assert document.text_en[block.start_en : block.end_en] == block.text_en
    for sentence in document.sentences:
        block = document.blocks[sentence.block]
        assert document.text[sentence.start : sentence.end] == sentence.text
        assert block.start <= sentence.start <= sentence.end <= block.end
        if sentence.text_en is not None and sentence.start_en is not None:
            assert document.text_en[sentence.start_en : sentence.end_en] == sentence.text_en
    rest = zip(document.blocks, document.gaps[1:], strict=True)
    assert document.gaps[0] + "".join(b.text + gap for b, gap in rest) == document.text
    assert not any(char.isalpha() for gap in document.gaps for char in gap)


@settings(max_examples=150)
@given(st.lists(chunks, max_size=6).map("\n\n".join), st.sampled_from(["text/plain", "text/html"]))
def test_any_text_gives_a_sound_document_or_a_rejection(text, media_type):
    [result] = corpus_norm.process([RawDocument("x", text, media_type=media_type)])
    if isinstance(result, Rejection):
        assert result.message
    else:
        assert_sound(result)
        assert batch_to_documents(documents_to_batch([result])) == [result]


@settings(max_examples=150)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_sound_document_or_a_rejection(data):
    [result] = corpus_norm.process([RawDocument("x", data)])
    if isinstance(result, Document):
        assert_sound(result)
    else:
        assert result.data == data


def test_html_gives_blocks_metadata_and_labels():
    document = corpus_norm.normalize(PAGE)
    assert document.media_type == "text/html"
    assert document.title == "A bank fails"
    assert document.site == "The Example"
    assert document.authors == ("Ann Example",)
    kinds = {block.text[:12]: block.kind for block in document.blocks}
    assert kinds["Home"] is BlockKind.NAVIGATION
    assert kinds["A bank fails"] is BlockKind.TITLE
    assert kinds["By Ann Examp"] is BlockKind.BYLINE
    assert kinds["The bank clo"] is BlockKind.PARAGRAPH
    assert kinds["© 2026 The E"] is BlockKind.COPYRIGHT
    assert_sound(document)


def test_repairs_of_plain_text_replay_on_the_decoded_text():
    damaged = "Un café.\r\n\r\nL’Ã©tÃ© est lÃ\xa0, dit-on partout dans le pays.\r\n"
    document = corpus_norm.normalize(damaged.encode())
    assert "L’été est là" in document.text
    assert encoding.replay(document.repairs, damaged) == document.text


def test_titles_and_names_are_repaired_as_text_is():
    page = "<title>Nya lÃ¥tar – hÃ¥rda tag</title><meta name='author' content='ZoÃ« FaurÃ©'><p>Hej."
    document = corpus_norm.normalize(page, media_type="text/html")
    assert document.title == "Nya låtar – hårda tag"
    assert document.authors == ("Zoë Fauré",)
    [document] = process([RawDocument("a", "Un été.", title="SuccÃ¨s", authors=("ZoÃ«",))])
    assert (document.title, document.authors) == ("Succès", ("Zoë",))


@pytest.mark.parametrize("media_type", ["text/plain", "text/html"])
def test_surrogate_escapes_in_text_are_decoded_as_bytes(media_type):
    text = "<p>L\udc92\udce9t\udce9 arrive \udce0 Paris, dit-on.</p>"
    text = text if media_type == "text/html" else text[3:-4]
    document = corpus_norm.normalize(text, media_type=media_type)
    assert (document.text, document.encoding) == ("L’été arrive à Paris, dit-on.", "cp1252")
    mixed = corpus_norm.normalize(text + " Là-bas, \udce9t\udce9.", media_type=media_type)
    assert "Là-bas, été." in mixed.text


@pytest.mark.parametrize("charset", ["utf-7", "iso-2022-jp", "hz", "koi8-r"])
def test_a_seldom_charset_in_the_settings_is_read(charset):
    text = {"koi8-r": "Привет, друзья", "utf-7": "L’été à Évry"}.get(charset, "中国政府")
    document = corpus_norm.normalize(text.encode(charset), Settings(charset=charset))
    assert document.text == text


def test_input_may_be_a_path_bytes_or_text(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(FRENCH, encoding="utf-8")
    documents = [corpus_norm.normalize(each) for each in (path, str(path), FRENCH, FRENCH.encode())]
    assert {document.text for document in documents} == {FRENCH}
    assert {document.language for document in documents} == {"fr"}
    assert documents[0].source == str(path)
    assert documents[2].source == "memory"


@pytest.mark.parametrize("length", [200, 300, 1_000, 2_000])
def test_a_long_line_is_text_and_no_file_name(length):
    line = ("So it goes " * 200)[:length].strip()
    assert corpus_norm.normalize(line).text == line


def test_a_missing_file_is_named():
    with pytest.raises(InputError, match=r"nowhere\.txt"):
        corpus_norm.normalize("nowhere.txt")


@pytest.mark.parametrize("nothing", ["", "  \n\t ", b"", b"\xef\xbb\xbf", "<html></html>"])
def test_an_empty_document_is_an_error_that_says_so(nothing):
    with pytest.raises(InputError, match=r"empty|no text"):
        corpus_norm.normalize(nothing)


def test_a_container_is_for_convert(fixtures):
    with pytest.raises(InputError, match="convert"):
        corpus_norm.normalize(fixtures / "records.jsonl")


def test_a_document_over_the_limit_is_rejected_with_the_setting_to_change():
    small = Settings(input=InputSettings(max_bytes=10))
    [result] = corpus_norm.process([RawDocument("x", "a" * 11)], small)
    assert result.stage == "decode"
    assert "max_bytes" in result.message


def test_one_row_in_one_row_out():
    batch = pa.RecordBatch.from_pydict(
        {"source": ["a", "b", "c"], "text": [FRENCH, "", "A short English text, all in all."]}
    )
    result = corpus_norm.normalize_batch(batch)
    assert result.schema == RESULTS
    assert result.column("source").to_pylist() == ["a", "b", "c"]
    assert result.column("language").to_pylist() == ["fr", None, "en"]
    assert [each and each["stage"] for each in result.column("rejection").to_pylist()] == [
        None,
        "decode",
        None,
    ]


def test_without_a_model_all_else_is_done():
    document = corpus_norm.normalize(FRENCH)
    assert document.translation_status == "no_model"
    assert document.text_en is None
    assert document.body_en is None
    assert len(document.sentences) == 2


def test_translation_can_be_switched_off():
    off = Settings(translation=TranslationSettings(enabled=False))
    assert corpus_norm.normalize(FRENCH, off).translation_status == "off"


@pytest.mark.usefixtures("tiny_model")
def test_a_model_fills_english_pairs_and_scores(fixtures):
    for number in ("002", "003"):
        document = corpus_norm.normalize(fixtures / "seeds" / f"{number}.txt")
        assert document.translation_status == "translated"
        assert document.translation_model.startswith("translate-fr_en")
        assert document.body_en
        assert document.body_en != document.body
        assert all(s.text_en is not None for s in document.sentences)
        assert all(s.score < 0 for s in document.sentences)
        assert_sound(document)


def test_a_paragraph_that_switches_language_has_sentences_of_both():
    text = (
        "The minister was asked about the strike, and about the money that it will cost. "
        "« Je ne veux pas répondre à cette question, parce que la grève est finie. » "
        "Then he left the room without another word to the press."
    )
    document = corpus_norm.normalize(text)
    assert document.language == "en"
    assert {sentence.language for sentence in document.sentences} == {"en", "fr"}


def test_a_menu_is_in_the_language_of_its_page_unless_its_letters_say_otherwise():
    menu = ["Accueil", "Mobile devices", "中文网", "Home"]
    text = "\n\n".join([*menu, *PAGE_TEXT])
    document = corpus_norm.normalize(text)
    languages = {block.text: block.language for block in document.blocks}
    assert [languages[each] for each in menu] == ["en", "en", "zh-Hans", "en"]
    assert [share.language for share in document.languages] == ["en", "zh-Hans"]


PAGE_TEXT = (
    "The bank closed its doors on Monday, after a week in which its clients took out billions.",
    "The state will pay them all back by the end of the year, the minister said on Tuesday.",
    "Its former head could not be reached, and his lawyers did not answer any questions.",
)


def test_documents_are_classified_alike_together_and_alone():
    texts = ["\n\n".join(PAGE_TEXT), "Home\n\nShare", PAGE_TEXT[0], "\n\n".join(PAGE_TEXT[::-1])]
    items = [RawDocument(source=f"{n}", data=text) for n, text in enumerate(texts)]
    assert process(items) == [result for item in items for result in process([item])]


def test_one_document_that_cannot_be_classified_leaves_the_others(monkeypatch):
    from corpus_norm import boilerplate

    classify = boilerplate.classify

    def fail_on_home(documents, settings, mark):
        if any(document.text == "Home" for document in documents):
            raise ValueError("no such page")
        return classify(documents, settings, mark)

    monkeypatch.setattr(boilerplate, "classify", fail_on_home)
    texts = [PAGE_TEXT[0], "Home", PAGE_TEXT[1]]
    results = process([RawDocument(source=text, data=text) for text in texts])
    assert [isinstance(result, Rejection) for result in results] == [False, True, False]
    assert (results[1].stage, results[1].message) == ("classify", "no such page")
    assert [block.text for block in results[2].blocks] == [PAGE_TEXT[1]]


def test_the_phrases_of_a_user_count_while_html_is_extracted(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[promo]\nanywhere = ['pay them all back']\n", encoding="utf-8")
    settings = Settings(lexicon_paths=(str(path),))
    [block] = [
        block
        for block in corpus_norm.normalize(PAGE, settings).blocks
        if block.text.startswith("The state will pay")
    ]
    assert block.kind is BlockKind.PROMO
    assert "<p> outside the main text" in block.reason


def test_markdown_notes_are_article_from_the_lead_to_the_credit(fixtures):
    document = corpus_norm.normalize(fixtures / "pages" / "en_notes.md")
    assert document.title == "A ferry for the winter"
    assert [block.kind.value for block in document.blocks] == [
        *("title", "byline", "paragraph", "heading", "paragraph"),
        *("list_item", "list_item", "list_item", "quote", "paragraph"),
        *("list_item", "list_item", "list_item", "paragraph"),
    ]
    assert "no service when the wind is above eighteen metres a second." in document.body
    assert "said the mayor, Inge Solberg-Haas. “Now we are" in document.body


def test_a_document_is_the_same_alone_and_among_others(fixtures):
    off = Settings(translation=TranslationSettings(enabled=False))
    items = [
        RawDocument(source=path.name, data=path.read_bytes(), media_type="text/plain")
        for path in sorted((fixtures / "seeds").glob("*.txt"))
    ]
    items += [
        RawDocument(source=path.name, data=path.read_bytes(), media_type="text/html")
        for path in sorted((fixtures / "pages").glob("*.html"))
    ]
    assert process(items, off) == [process([item], off)[0] for item in items]


def test_a_document_that_a_stage_cannot_take_costs_one_row(monkeypatch):
    detect_documents = language.detect_documents

    def stumble(documents, languages=None):
        if any("poison" in text for texts in documents for text in texts):
            raise ValueError("not this one")
        return detect_documents(documents, languages)

    monkeypatch.setattr(language.documents, "detect_documents", stumble)
    texts = [FRENCH, "A line of poison.", "", "Two plain words."]
    found = process([RawDocument(source=str(n), data=text) for n, text in enumerate(texts)])
    assert [isinstance(item, Document) for item in found] == [True, False, False, True]
    assert [item.stage for item in found[1:3]] == ["identify", "decode"]
    assert found[0].language == "fr"
