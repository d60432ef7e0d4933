"""Sentences and documents, with engines that need no model."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_norm.document import Block, BlockKind, Document, Flag, Sentence, unwrap
from corpus_norm.errors import ModelNotInstalledError
from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.translation import (
    Hypothesis,
    describe_missing,
    missing_models,
    translate,
    translate_documents,
)
from corpus_norm.translation.masking import split_long
from corpus_norm.translation.translate import make_request, translate_requests

# Backwards French fails the audit, and what fails it is tried again.
UNAUDITED = Settings(translation=TranslationSettings(audit=False))


@dataclass
class Fake:
    """Writes the words backwards; 'ø' gives nothing, '†' breaks the engine, 'ç' hits the cap."""

    name: str = "fake 1 00000000"
    reads_context: bool = False

    def __post_init__(self):
        self.batches = []
        self.contexts = []

    def recipe(self, decoding):
        return f"{self.name} {decoding}"

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]

    def translate_batch(self, requests, decoding):
        texts = [request.text for request in requests]
        self.batches.append(texts)
        self.contexts.append([request.context for request in requests])
        if any("†" in text for text in texts):
            raise RuntimeError("out of memory")
        return [
            Hypothesis(
                "" if "ø" in text else f"<{text[::-1]}>", -len(text) / 10, len(text), "ç" in text
            )
            for text in texts
        ]


def test_sentences_come_back_in_the_order_they_were_given():
    done = translate(["deux.", "un.", "deux."], "fr", engine=Fake())
    assert [d.text for d in done] == ["<.xued>", "<.nu>", "<.xued>"]


def test_every_sentence_is_translated_once_shortest_first():
    engine = Fake()
    translate(["bb", "a", "ccc", "bb", "ab"], "fr", UNAUDITED, engine=engine)
    assert engine.batches == [["a", "ab", "bb", "ccc"]]


@pytest.mark.parametrize("text", ["", "  ", "2 024,5 %", "…", "🙂", "\n"])
def test_what_has_no_letter_passes_through_without_an_engine(text):
    assert translate([text], "fr", packages=[])[0].text == text
    assert translate([text], "fr", packages=[])[0].score is None


@pytest.mark.parametrize("source", ["en", "en-GB", "und"])
def test_english_and_unknown_languages_pass_through(source):
    assert translate(["As it\nstands."], source, packages=[])[0].text == "As it\nstands."


def test_hard_wraps_are_undone_before_translation():
    engine = Fake()
    assert translate(["un\ndeux", "un deux"], "fr", engine=engine)[0].text == "<xued nu>"
    assert engine.batches == [["un deux"]]


def test_a_language_without_a_model_says_how_to_get_one():
    with pytest.raises(ModelNotInstalledError, match=r"French.*-m corpus_norm models install fr$"):
        translate(["Oui."], "fr", packages=[])
    with pytest.raises(ModelNotInstalledError, match=r"models install zh$"):
        translate(["是"], "zh-Hant", packages=[])


def test_an_empty_output_is_flagged_and_has_no_english():
    [done] = translate(["ø a"], "fr", engine=Fake())
    assert done.flags == (Flag.UNTRANSLATED, Flag.EMPTY_OUTPUT)
    assert not done.has_english


def test_an_output_at_the_cap_is_flagged():
    assert translate(["ça"], "fr", engine=Fake())[0].flags == (Flag.OUTPUT_AT_CAP,)


def test_a_sentence_that_breaks_the_engine_leaves_the_others_alone():
    done = translate(["a", "b†", "c"], "fr", engine=Fake())
    assert [d.text for d in done] == ["<a>", "", "<c>"]
    assert done[1].flags == (Flag.UNTRANSLATED,)


def test_long_sentences_are_cut_at_clause_marks_and_joined_again():
    settings = Settings(translation=TranslationSettings(max_input_tokens=3))
    [done] = translate(["a b c, dd ee ff; g"], "fr", settings, engine=Fake())
    assert done.text == "<,c b a> <;ff ee dd> <g>"
    # weighted by tokens: pieces of 6, 9 and 1
    assert done.score == pytest.approx(-(0.6 * 6 + 0.9 * 9 + 0.1 * 1) / 16, abs=1e-4)


def test_figures_are_not_cut():
    def count(texts):
        return [len(text.split()) for text in texts]

    assert split_long("il vaut 1,5 ou 10:30 euros", count, 3) == ["il vaut 1,5", "ou 10:30 euros"]


def test_text_without_marks_or_spaces_is_cut_between_characters():
    parts = split_long("敏捷的狐狸跳过懒狗" * 4, lambda ts: [len(t) for t in ts], 10)
    assert "".join(parts) == "敏捷的狐狸跳过懒狗" * 4
    assert max(map(len, parts)) <= 10


@given(st.text(alphabet="ab ,;，。\n1", max_size=80), st.integers(1, 12))
def test_cutting_loses_nothing_but_white_space(text, limit):
    def count(texts):
        return [len("".join(text.split())) for text in texts]

    parts = split_long(text, count, limit)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert max(count(parts)) <= limit


@given(st.lists(st.text(alphabet="abø†ç \n", max_size=6), max_size=12), st.randoms())
def test_the_order_of_the_sentences_does_not_change_the_batches(sentences, random):
    shuffled = random.sample(sentences, len(sentences))
    one, other = Fake(), Fake()
    assert translate_requests(
        [make_request(text) for text in sentences], "fr", one, Settings()
    ) == translate_requests([make_request(text) for text in shuffled], "fr", other, Settings())
    assert one.batches == other.batches


# Documents

LANGUAGES = ("fr", "zh-Hans", "en", "und", "de")
ENGINES = {"fr": Fake(), "zh-Hans": Fake("other 2 11111111")}


def make_document(blocks, gap="\n\n", **fields):
    """A document from lists of (separator before, sentence, language)."""
    text = ""
    made, sentences = [], []
    for i, parts in enumerate(blocks):
        start = len(text) + len(gap)
        text += gap
        for separator, sentence, language in parts:
            text += separator
            sentences.append(Sentence(i, sentence, len(text), language))
            text += sentence
        made.append(Block(BlockKind.PARAGRAPH, text[start:], start))
    return Document("a.txt", text + gap, blocks=tuple(made), sentences=tuple(sentences), **fields)


def translate_one(document, engines=ENGINES, **options):
    [done] = translate_documents([document], engines=engines, **options)
    return done


parts = st.tuples(
    st.sampled_from(["", " ", "\n", "  "]),
    st.text(alphabet="aé是。.1 ø†ç\n", min_size=1, max_size=8).filter(str.strip).map(str.strip),
    st.sampled_from(LANGUAGES),
)
documents = st.builds(
    make_document,
    st.lists(st.lists(parts, max_size=4), max_size=4),
    gap=st.sampled_from(["\n\n", "\n- ", ""]),
    title=st.none() | st.text(alphabet="aé是", max_size=4),
    language=st.sampled_from(LANGUAGES),
)


@given(documents)
def test_every_english_offset_points_at_what_it_says(document):
    done = translate_one(document)
    for item in (*done.blocks, *done.sentences):
        assert done.text[item.start : item.end] == item.text
        assert (item.text_en is None) == (item.start_en is None)
        if item.text_en is not None:
            assert done.text_en[item.start_en : item.end_en] == item.text_en


@given(documents)
def test_translation_changes_nothing_but_english(document):
    done = translate_one(document)
    assert (done.text, done.title, done.gaps) == (document.text, document.title, document.gaps)
    assert [(s.block, s.text, s.start) for s in done.sentences] == [
        (s.block, s.text, s.start) for s in document.sentences
    ]
    assert [(b.text, b.start) for b in done.blocks] == [(b.text, b.start) for b in document.blocks]


@given(documents)
def test_a_sentence_has_english_or_a_flag_or_the_document_a_status(document):
    done = translate_one(document)
    for sentence in done.sentences:
        assert (
            sentence.text_en
            or Flag.UNTRANSLATED in sentence.flags
            or done.translation_status in {"no_model", "failed"}
        )


@given(documents)
def test_what_has_no_english_stands_in_the_original(document):
    done = translate_one(document)
    if done.text_en is None:
        return
    position = 0
    for sentence in done.sentences:
        wanted = sentence.text if sentence.text_en is None else sentence.text_en
        position = done.text_en.index(wanted, position) + len(wanted)


@given(documents)
def test_translating_again_changes_nothing(document):
    done = translate_one(document)
    assert translate_one(done) == done


@given(st.lists(documents, max_size=4))
def test_documents_do_not_depend_on_their_company(several):
    together = translate_documents(several, engines=ENGINES)
    assert together == [translate_one(document) for document in several]


def test_separators_between_sentences_are_kept():
    done = translate_one(make_document([[("", "Un.", "fr"), ("\n ", "Deux.", "fr")]]))
    assert done.blocks[0].text_en == "<.nU>\n <.xueD>"


def test_chinese_sentences_get_a_space_between_them_in_english():
    parts = [("", "一。", "zh-Hans"), ("", "二。", "zh-Hans"), ("", "三。", "und")]
    done = translate_one(make_document([parts], language="zh-Hans"))
    assert done.blocks[0].text_en == "<。一> <。二> 三。"


def test_untouched_sentences_are_not_moved_apart():
    done = translate_one(make_document([[("", "To appear.", "en"), ("", "Then", "en")]]))
    assert done.text_en == done.text


def test_an_opening_mark_stays_with_its_sentence():
    document = make_document([[("«", "Un.", "fr")]])
    assert translate_one(document).blocks[0].text_en == "«<.nU>"


def test_the_gaps_of_the_text_are_kept_in_english():
    done = translate_one(make_document([[("", "Un.", "fr")], [("", "Yes.", "en")]], gap="\n## "))
    assert done.text_en == "\n## <.nU>\n## Yes.\n## "


def test_a_block_that_was_not_split_is_translated_whole():
    document = Document(
        "a.txt", "Un.", blocks=(Block(BlockKind.PARAGRAPH, "Un.", 0, language="fr"),)
    )
    done = translate_one(document)
    assert (done.blocks[0].text_en, done.sentences) == ("<.nU>", ())


def test_the_title_is_translated_with_the_language_of_the_document():
    document = make_document([[("", "Un.", "fr")]], title="Titre", language="fr")
    assert translate_one(document).title_en == "<ertiT>"
    assert translate_one(replace(document, language="en")).title_en == "Titre"
    assert translate_one(replace(document, title=None)).title_en is None


@pytest.mark.parametrize(
    ("parts", "language", "status"),
    [
        ([("", "Yes.", "en")], "en", "source_is_english"),
        ([("", "Yes.", "en"), (" ", "Hm", "und")], "und", "source_is_english"),
        ([("", "Un.", "fr")], "fr", "translated"),
        ([("", "Un.", "fr"), (" ", "Yes.", "en")], "en", "translated"),
        ([("", "Un.", "fr"), (" ", "Eins.", "de")], "fr", "partial"),
        ([("", "Yes.", "en"), (" ", "Eins.", "de")], "en", "partial"),
        ([("", "Un.", "fr"), (" ", "Eins.", "de")], "de", "partial"),
        ([("", "Eins.", "de"), (" ", "Yes.", "en")], "de", "no_model"),
        ([("", "Un†.", "fr"), (" ", "ø a", "fr")], "fr", "failed"),
        ([("", "Un†.", "fr"), (" ", "Deux.", "fr")], "fr", "partial"),
        ([("", "2024", "de")], "de", "translated"),
    ],
)
def test_the_status_says_how_much_has_english(parts, language, status):
    assert translate_one(make_document([parts], language=language)).translation_status == status


def test_without_a_model_there_is_no_english_at_all():
    document = make_document(
        [[("", "Eins.", "de"), (" ", "Yes.", "en")]], title="Eins", language="de"
    )
    done = translate_one(document)
    assert (done.text_en, done.body_en, done.title_en, done.translation_model) == (None,) * 4
    assert [b.text_en for b in done.blocks] == [None]
    assert [(s.text_en, s.flags) for s in done.sentences] == [(None, ("untranslated",)), (None, ())]
    assert done.flags == ("untranslated",)


def test_a_block_with_no_english_stands_as_it_is_among_translated_ones():
    document = make_document([[("", "Eins.", "de")], [("", "Un.", "fr")]], language="fr")
    done = translate_one(document)
    assert [b.text_en for b in done.blocks] == [None, "<.nU>"]
    assert done.text_en == "\n\nEins.\n\n<.nU>\n\n"
    assert done.body_en == "Eins.\n\n<.nU>"


def test_the_model_that_was_used_is_named():
    document = make_document([[("", "Un.", "fr"), (" ", "一", "zh-Hans")]], language="fr")
    assert translate_one(document).translation_model == "fake 1 00000000; other 2 11111111"


def test_flags_of_other_stages_are_kept_and_stale_ones_are_not():
    document = make_document([[("", "Un.", "fr")]], language="fr", flags=("mixed_languages",))
    without = translate_one(document, engines={})
    assert without.flags == ("mixed_languages", "untranslated")
    assert translate_one(without).flags == ("mixed_languages",)


def test_translation_can_be_switched_off():
    settings = Settings(translation=TranslationSettings(enabled=False))
    done = translate_one(make_document([[("", "Un.", "fr")]], language="fr"), settings=settings)
    assert (done.translation_status, done.text_en) == ("off", None)


def test_sentences_of_all_documents_are_pooled():
    engine = Fake()
    document = make_document([[("", "Un.", "fr")]], language="fr", title="Un.")
    other = make_document([[("", "Deux.", "fr")]], language="fr")
    translate_documents([document, other, document], engines={"fr": engine})
    assert engine.batches == [["Un.", "Deux."]]


def test_an_engine_that_reads_contexts_gets_the_paragraph_and_translates_in_each():
    engine = Fake(reads_context=True)
    one, two = [("", "Oui.", "fr")], [("", "Oui.", "fr"), ("\n", "Non.", "fr")]
    document = make_document([one, two], language="fr")
    translate_documents([document], UNAUDITED, engines={"fr": engine})
    assert engine.batches == [["Non.", "Oui.", "Oui."]]
    assert engine.contexts == [["Oui. Non.", "Oui.", "Oui. Non."]]


def test_an_engine_that_reads_no_contexts_gets_none():
    engine = Fake()
    done = translate(["Oui.", "Oui."], "fr", engine=engine, contexts=["Oui. Non.", "Oui."])
    assert (engine.batches, engine.contexts) == ([["Oui."]], [[""]])
    assert [d.text for d in done] == ["<.iuO>"] * 2


def test_missing_models_are_named_once_with_the_command_that_installs_them():
    missing = missing_models(["zh-Hant", "fr", "en", "und", "zh-Hans"], packages=[])
    assert missing == ["fr", "zh-Hans", "zh-Hant"]
    assert describe_missing(missing).endswith("python -m corpus_norm models install fr zh")
    assert describe_missing([]) == ""


def test_languages_without_a_known_model_are_counted_not_listed():
    line = describe_missing(["ar", "de", "fr"])
    assert line.startswith("no translation model for French (fr), 2 other languages; to install:")
    assert line.endswith("models install fr")
    assert describe_missing(["de"]).endswith("models install FILE.argosmodel")


def test_hard_wrapped_english_is_left_as_it_is():
    document = make_document([[("", "The quick\nfox.", "en")]], language="en")
    done = translate_one(document)
    assert done.body_en == done.body == unwrap("The quick\nfox.")
