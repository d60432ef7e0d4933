"""Translation with the audit: second attempts, protected spans, the glossary."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_norm
from corpus_norm import Settings
from corpus_norm.dataset.rows import documents_to_batch
from corpus_norm.dataset.writer import DatasetWriter
from corpus_norm.document import Block, BlockKind, Document, Flag, Sentence
from corpus_norm.errors import GlossaryError
from corpus_norm.settings import TranslationSettings
from corpus_norm.translation import Hypothesis, load_glossary, translate, translate_documents
from corpus_norm.translation.glossary import suggest
from corpus_norm.translation.masking import mask, restore

SENTENCES = [
    "Le conseil a voté 7 milliards d'euros hier soir.",
    "Il n'a pas répondu à nos questions.",
    "Bonjour.",
    "La pluie tombe sur la ville depuis ce matin.",
    "Une phrase sans aucun chiffre",
]


@dataclass
class Engine:
    """An engine of one idea; it remembers what it was asked and how."""

    speak: object
    name: str = "fake 1 00000000"
    reads_context: bool = False
    asked: list = field(default_factory=list)

    def recipe(self, decoding):
        return f"{self.name} {decoding}"

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]

    def translate_batch(self, requests, decoding):
        self.asked += [(request.text, decoding) for request in requests]
        texts = [self.speak(request.text, decoding) for request in requests]
        return [Hypothesis(text, -0.1, max(1, len(text.split()))) for text in texts]


BROKEN = {
    "loops": lambda text, _: "the same " * 20,
    "loops letters": lambda text, _: "ha" * 40,
    "echoes": lambda text, _: text,
    "echoes nearly": lambda text, _: text.rstrip(".") + "!",
    "returns nothing": lambda text, _: "",
    "returns white space": lambda text, _: " \n ",
    "returns a dot": lambda text, _: ".",
    "returns another language": lambda text, _: "Это предложение написано по-русски совсем.",
}


@pytest.mark.parametrize("speak", BROKEN.values(), ids=BROKEN)
def test_an_engine_that_does_not_translate_never_yields_an_unflagged_sentence(speak):
    done = translate(SENTENCES, "fr", engine=Engine(speak))
    assert all(each.flags for each in done), done
    assert all(each.faithfulness < 1 for each in done)


@pytest.mark.parametrize("speak", BROKEN.values(), ids=BROKEN)
def test_nor_from_chinese(speak):
    done = translate(
        ["该公司去年亏损120亿美元。", "他没有回答问题。"], "zh-Hans", engine=Engine(speak)
    )
    assert all(each.flags for each in done), done


def test_an_engine_that_drops_numbers_is_caught_on_every_number():
    engine = Engine(lambda text, _: "The council voted billions of euros last night.")
    [done] = translate(SENTENCES[:1], "fr", engine=engine)
    assert Flag.AMOUNT_MISSING in done.flags


def better_later(text, decoding):
    return "It costs 5 euros." if decoding.length_penalty == 1.0 else "It costs 7 euros."


def test_the_second_attempt_is_kept_when_it_is_better():
    engine = Engine(better_later)
    [done] = translate(["Il coûte 5 euros."], "fr", engine=engine)
    assert (done.text, done.flags, done.faithfulness) == ("It costs 5 euros.", (), 1.0)
    assert len(engine.asked) == 2


def test_the_first_attempt_is_kept_when_the_second_is_no_better():
    engine = Engine(lambda _, decoding: f"It costs {decoding.beam_size + 3} euros.")
    [done] = translate(["Il coûte 5 euros."], "fr", engine=engine)
    assert done.text == "It costs 7 euros."
    assert done.flags == (Flag.AMOUNT_CHANGED,)


def test_a_loop_is_tried_again_with_a_penalty_on_repetition():
    engine = Engine(lambda _, d: "It rains." if d.no_repeat_ngram else "rain " * 30)
    [done] = translate(["Il pleut."], "fr", engine=engine)
    assert (done.text, done.flags) == ("It rains.", ())


def test_only_the_drafts_of_language_models_are_tried_in_parts():
    text = "Le groupe a perdu 5 milliards en 2022, ses rivaux ont gagné des parts, il le regrette."
    engine = Engine(lambda text, _: "The group lost money, its rivals earned some, it regrets it.")
    translate([text], "fr", engine=engine)
    assert {asked for asked, _ in engine.asked} == {text}


def test_a_good_sentence_is_asked_for_once():
    engine = Engine(lambda *_: "It costs five euros.")
    translate(["Il coûte 5 euros."], "fr", engine=engine)
    assert len(engine.asked) == 1


def test_without_the_audit_nothing_is_tried_again():
    engine = Engine(lambda *_: "It costs 7 euros.")
    settings = Settings(translation=TranslationSettings(audit=False))
    [done] = translate(["Il coûte 5 euros."], "fr", settings, engine=engine)
    assert (done.flags, done.faithfulness, len(engine.asked)) == ((), None, 1)


PROTECTED = ["https://exemple.org/a?b=c", "a.b@exemple.org", "@lemonde_fr", "$TSLA", "`rm -rf`"]


@pytest.mark.parametrize("span", PROTECTED)
def test_protected_spans_never_reach_the_model_and_come_back(span):
    engine = Engine(lambda text, _: text.replace("Voir", "See").replace("ici", "here"))
    [done] = translate([f"Voir {span} ici."], "fr", engine=engine)
    assert done.text == f"See {span} here."
    assert all(span not in text for text, _ in engine.asked)
    assert done.flags == ()


def test_a_lost_placeholder_means_translating_around_the_span():
    known = {"Écrivez à": "Write to", "pour vous inscrire.": "to sign up."}
    engine = Engine(lambda text, _: known.get(text, "Write to us to sign up."))
    [done] = translate(["Écrivez à presse@exemple.fr pour vous inscrire."], "fr", engine=engine)
    assert done.text == "Write to presse@exemple.fr to sign up."
    assert done.flags == (Flag.SPLIT_AT_SPAN,)


def test_a_sentence_that_is_all_address_needs_no_engine():
    engine = Engine(lambda *_: pytest.fail("the engine was asked"))
    assert translate(["https://exemple.org"], "fr", engine=engine)[0].text == "https://exemple.org"


@given(st.text(alphabet="aé 中。@$.ZQA-", max_size=20), st.sampled_from(PROTECTED))
def test_what_is_masked_is_restored(text, span):
    masked = mask(f"{text} {span} {text}")
    restored = restore(masked, masked.text)
    assert restored is not None
    assert restored.replace(" ", "") == masked.original.replace(" ", "")


@pytest.mark.parametrize("output", ["Write to zqa.", "Write to Z Q A.", "Write to Zqa."])
def test_a_placeholder_may_come_back_spelt_out(output):
    assert restore(mask("Écrire à a@b.org."), output) == "Write to a@b.org."


def write(folder, name, text):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


TABLE = "# names\n郭明錤\tMing-Chi Kuo\tzh\nBlockBeats\tBlockBeats\n\nPékin\tBeijing\tfr\n"
TOML = 'BlockBeats = "BlockBeats"\n[zh]\n"郭明錤" = "Ming-Chi Kuo"\n[fr]\n"Pékin" = "Beijing"\n'


@pytest.mark.parametrize(("name", "text"), [("g.tsv", TABLE), ("g.toml", TOML)])
def test_terms_of_the_glossary_are_enforced(tmp_path, name, text):
    path = write(tmp_path, name, text)
    settings = Settings(translation=TranslationSettings(glossary_path=str(path)))
    engine = Engine(lambda text, _: text.replace("表示", "said").replace("很好", "it is good"))
    [done] = translate(["郭明錤表示BlockBeats很好"], "zh-Hans", settings, engine=engine)
    assert done.text == "Ming-Chi Kuo said BlockBeats it is good"
    assert not {Flag.NAME_LOST, Flag.SPLIT_AT_SPAN} & set(done.flags)
    assert load_glossary(path).find("Pékin", "zh") == []


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("g.tsv", "ok\tok\nonly one column\n", r"line 2 has 1 columns; write the term, a tab"),
        ("g.tsv", "a\t\n", r"line 1 has an empty English"),
        ("g.tsv", "\tb\n", r"line 1 has an empty term"),
        ("g.tsv", "a\tb\txx\n", r"line 1: unknown language 'xx'; choose one of en, fr"),
        ("g.tsv", "a\tb\na\tc\n", r"line 2: 'a' is 'b' and 'c'; keep one"),
        ("g.toml", "a = \n", r"it is no TOML"),
        ("g.toml", "a = 5\n", r"the entry 'a' is no text"),
        ("g.tsv", None, r"it cannot be read \(No such file"),
    ],
)
def test_a_bad_line_of_a_glossary_is_named(tmp_path, name, text, message):
    path = tmp_path / name
    if text is not None:
        write(tmp_path, name, text)
    with pytest.raises(GlossaryError, match=message):
        load_glossary(path)


def test_a_glossary_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "g.tsv").write_bytes("é\te".encode("latin-1"))
    with pytest.raises(GlossaryError, match="no UTF-8 text"):
        load_glossary(tmp_path / "g.tsv")


def test_the_dataset_is_made_again_when_the_glossary_changes(tmp_path):
    source = write(tmp_path, "a.txt", "Un texte.")
    glossary = write(tmp_path, "g.tsv", "a\tb\n")
    settings = Settings(translation=TranslationSettings(glossary_path=str(glossary)))
    parts = []
    for text in ("a\tb\n", "a\tc\n"):
        write(tmp_path, "g.tsv", text)
        dataset = corpus_norm.convert(source, tmp_path / "out", settings)
        parts.append(dataset.manifest.parts[0].input_digest)
    assert parts[0] != parts[1]


def test_convert_refuses_a_bad_glossary_before_it_starts(tmp_path):
    source = write(tmp_path, "a.txt", "Un texte.")
    settings = Settings(translation=TranslationSettings(glossary_path=str(tmp_path / "no.tsv")))
    with pytest.raises(GlossaryError):
        corpus_norm.convert(source, tmp_path / "out", settings)
    assert not (tmp_path / "out").exists()


def make_document(text, language="fr"):
    block = Block(BlockKind.PARAGRAPH, text, 0, language=language)
    sentence = Sentence(0, text, 0, language)
    return Document("a.txt", text, blocks=(block,), sentences=(sentence,), language=language)


def test_flags_and_score_reach_the_sentence_and_flags_the_document():
    engine = Engine(lambda *_: "It costs 7 euros.")
    [done] = translate_documents([make_document("Il coûte 5 euros.")], engines={"fr": engine})
    [sentence] = done.sentences
    assert sentence.flags == done.flags == (Flag.AMOUNT_CHANGED,)
    assert 0 < sentence.faithfulness < 1


def test_translating_again_leaves_no_flag_of_the_run_before():
    bad, good = Engine(lambda *_: "It costs 7 euros."), Engine(lambda *_: "It costs 5 euros.")
    [done] = translate_documents([make_document("Il coûte 5 euros.")], engines={"fr": bad})
    [again] = translate_documents([done], engines={"fr": good})
    assert (again.flags, again.sentences[0].flags) == ((), ())


def test_names_rendered_in_several_ways_are_listed_with_the_commonest_first():
    kuo = [("郭明錤表示", "Ming-Chi Kuo said so"), ("据郭明錤称", "According to Ming-Chi Kuo, yes")]
    guo = [("郭明錤指出", "So Guo Mingqi noted"), ("而郭明錤说", "And Guo Mingqi said it")]
    other = [("苹果公司表示", "The firm Apple said so"), ("问苹果公司", "They asked Apple")]
    [found] = suggest([*kuo, kuo[1], *guo, *other], "zh-Hant")
    assert found.term == "郭明錤"
    assert found.renderings == (("Ming-Chi Kuo", 3), ("Guo Mingqi", 2))
    assert found.line == "郭明錤\tMing-Chi Kuo\tzh-Hant"


def test_a_name_rendered_in_one_way_is_no_suggestion():
    pairs = [("Hier, Pékin a répondu", "Yesterday Beijing answered")] * 4
    assert suggest(pairs, "fr") == []


def test_a_dataset_tells_which_names_need_a_glossary(tmp_path):
    spoken = {
        "郭明錤很好。": "We hear that Ming-Chi Kuo is well.",
        "郭明錤很忙。": "They say Ming-Chi Kuo is busy.",
        "郭明錤说话。": "Then Guo Mingqi spoke.",
        "郭明錤走了。": "And then Guo Mingqi left.",
    }
    engine = Engine(lambda text, _: spoken[text])
    documents = [
        replace(make_document(text, "zh-Hans"), source=f"{i}.txt", doc_id=f"{i:032}")
        for i, text in enumerate(spoken)
    ]
    done = translate_documents(documents, engines={"zh-Hans": engine})
    with DatasetWriter(tmp_path / "out", Settings(), ["memory"]) as writer:
        writer.write_part(0, "0" * 32, [documents_to_batch(done)])
        writer.finish()
    [found] = corpus_norm.suggest_glossary(corpus_norm.open_dataset(tmp_path / "out"))
    assert found.renderings == (("Guo Mingqi", 2), ("Ming-Chi Kuo", 2))
