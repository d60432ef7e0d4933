from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_norm import Settings, normalize
from corpus_norm.document import UNDETERMINED
from corpus_norm.errors import CorpusNormError, InputError
from corpus_norm.language import (
    Detection,
    detect,
    detect_all_spans,
    detect_blocks,
    detect_documents,
    detect_spans,
    documents,
    summarize,
    words,
)
from corpus_norm.language.detect import _weigh_context, _weigh_leading
from corpus_norm.language.evidence import (
    MAX_CHARACTERS,
    Evidence,
    examine,
    resolve_languages,
    weigh_texts,
)
from corpus_norm.language.scripts import (
    PROFILES,
    count_all_han,
    count_all_scripts,
    count_scripts,
    letter_weight,
    load_profiles,
    score_texts,
)
from corpus_norm.languages import LANGUAGES, read_languages
from corpus_norm.settings import TranslationSettings

ENGLISH = "The committee will publish its findings before the end of the month."
FRENCH = "Le comité publiera ses conclusions avant la fin du mois de septembre."
HANS = "委员会将在月底之前公布调查结果，并向议会提出建议。"
HANT = "委員會將在月底之前公布調查結果，並向議會提出建議。"
GERMAN = "Der Ausschuss wird seine Ergebnisse noch vor Ende des Monats veröffentlichen."
SPANISH_FILE = """
code = "es"
name = "Spanish"
abbreviations = ["sr"]
stopwords = ["el", "la", "los", "las", "de", "que", "en", "un", "una", "por", "con"]

[numbers]
decimal = ","
group = "."
dates = "dmy"
months = [
  ["enero", "ene"], ["febrero", "feb"], ["marzo", "mar"], ["abril", "abr"], ["mayo"],
  ["junio", "jun"], ["julio", "jul"], ["agosto", "ago"], ["septiembre", "sept"],
  ["octubre", "oct"], ["noviembre", "nov"], ["diciembre", "dic"],
]
currencies = [{ codes = ["EUR"], words = ["€", "euro", "euros"] }]
minus = ["menos"]
no_minus_after = ['al ']
falls = ["cay-"]
levels = ['(?<!\\w)a\\s']
clock_hours = ["horas"]
full_day = true
month_links = ["de"]

[numbers.words]
1 = ["un", "uno", "una"]
3 = ["tres"]
20 = ["veinte"]

[numbers.scales]
1_000_000 = ["millón", "millones"]

[numbers.percents]
"%" = ["%", "por ciento"]

[denials]
words = ["no", "nunca", "sin"]

[bylines]
openers = ['(?:(?:escrito|publicado) )?por\\b ?:?']
conjunctions = ["y"]
roles = ["corresponsal"]
role_articles = ["la"]
nobody = ["redactor"]
nobody_openers = ["el"]
with_words = ["con"]
bare_openers = ['(?:escrito )?por ?:?']
inner_openers = ['por']
sure_openers = ['una entrevista de']
text_credits = ['textos?']
photo_words = ['fotos?']
glued_labels = ['Actualizado']
ends = ["actualizado"]

[dates]
day_links = ["de"]
year_links = ["de", "del"]
published = ['\\bpublicad[oa]s?\\b']
updated = ['\\bactualizad[oa]s?\\b']
day_first_signs = ['\\bactualizado el\\b']
"""
[SPANISH] = read_languages(SPANISH_FILE, "es.toml")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (FRENCH, "fr"),
        (HANS, "zh-Hans"),
        (HANT, "zh-Hant"),
        (GERMAN, "de"),
        ("委員会は月末までに調査の結果を公表する予定です。", "ja"),
        ("위원회는 이달 말까지 조사 결과를 발표할 예정이다.", "ko"),
        ("Комитет опубликует свои выводы до конца месяца.", "ru"),
        ("ستنشر اللجنة نتائجها قبل نهاية الشهر.", "ar"),
        ("Η επιτροπή θα δημοσιεύσει τα πορίσματά της.", "el"),
        ("คณะกรรมการจะเผยแพร่ผลการสอบสวน", "th"),
    ],
)
def test_a_sentence_has_its_language(text, language):
    found = detect(text)
    assert found.language == language
    assert found.score > 0.95


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Une course contre la montre", "fr"),
        ("Vers un futur incertain", "fr"),
        ("OpenAI is crashing.", "en"),
        ("免责声明", "zh-Hans"),
        ("免責聲明", "zh-Hant"),
        ("iPhone 15 发布", "zh-Hans"),
        ("THE PRICES ARE RISING AGAIN", "en"),
    ],
)
def test_a_short_heading_has_its_language(text, language):
    assert detect(text).language == language


@pytest.mark.parametrize(
    "text",
    [
        "", " \n\t", "2024", "12:30 - 14,5 %", "🎉🇫🇷👩‍👩‍👧", "https://example.com/a?b=c", "@sama",
        "#news", "desk@example.com", "www.lemonde.fr", "\ud800\udfff", "\x00", "…", "BTCdayu", "X",
        "CN", "U.S.", "GPT-4o", "a" * 10_000,
    ],
)  # fmt: skip
def test_text_without_words_is_undetermined(text):
    found = detect(text)
    assert (found.language, found.score) == (UNDETERMINED, 0.0)
    assert found.reason


@pytest.mark.parametrize("name", ["Facebook", "Telegram", "Reddit"])
def test_a_brand_is_never_a_far_language(name):
    assert detect(name).language in {"en", UNDETERMINED}


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_string_has_an_answer(text):
    found = detect(text)
    assert isinstance(found, Detection)
    assert 0 <= found.score <= 1
    assert (found.language == UNDETERMINED) <= (found.score == 0)


def test_only_the_head_of_a_long_text_is_looked_at():
    text = ENGLISH + " " * MAX_CHARACTERS + FRENCH * 1_000
    assert detect(text) == detect(ENGLISH)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Your email", "en"),
        ("Latest news", "en"),
        ("We haven't asked.", "en"),
        ("Le funiculaire a", "fr"),
        ("À lire aussi", "fr"),
        ("Vos commentaires", "fr"),
        ("Hij is naar huis", "nl"),
        ("Dan huwa ta' kulħadd", "mt"),
    ],
)
def test_a_few_common_words_tell_what_n_grams_leave_open(text, language):
    assert detect(text).language == language


def test_a_name_in_another_script_does_not_decide():
    assert detect("Xi Jinping (习近平) said on Monday that trade would grow.").language == "en"
    assert detect("欧洲药品管理局(European Medicines Agency)周五表示").language == "zh-Hans"


def test_kanji_that_only_japan_writes_are_japanese():
    assert detect("東京駅前").language == "ja"


def test_a_single_target_still_yields_to_plain_evidence_for_another_language():
    assert detect(GERMAN, ["en"]).language == "de"
    assert detect(HANT, ["zh-Hans"]).language == "zh-Hant"


def test_a_language_nobody_expects_must_be_sure():
    assert detect("Zagreb") == Detection(UNDETERMINED, 0.0, "no language for sure")


@pytest.mark.parametrize("name", ["Berlin", "Oslo", "Bratislava", "Tallinn"])
def test_a_word_that_may_be_a_name_must_be_surer_than_one_in_small_letters(name):
    assert detect(name).language in {"en", "fr", UNDETERMINED}


def test_words_are_counted_where_a_script_has_no_case():
    [arabic] = weigh_texts(["أعلنت الحكومة عن خطة جديدة"], resolve_languages(None))
    assert arabic.words > 3


def test_an_unknown_target_is_a_key_error():
    with pytest.raises(KeyError, match="tlh"):
        detect("nuqneH", ["tlh"])


def test_a_new_language_is_one_more_record():
    others = [code for code in LANGUAGES if code != "es"]
    languages = (*others, SPANISH)
    short = "Los animales son los mejores"
    assert detect(short, languages).language == "es"
    assert detect(short, languages).score > detect(short, others).score
    text = f"{ENGLISH} «El comité publicará sus conclusiones antes de fin de mes.» {ENGLISH}"
    assert [d.language for _, _, d in detect_spans(text, languages)] == ["en", "es", "en"]
    blocks = detect_blocks(["El comité publicará hoy sus conclusiones.", "Portada"], languages)
    assert [d.language for d in blocks] == ["es", "es"]


WITH_SPANISH = """
import sys
from datetime import date
from types import MappingProxyType
from corpus_norm import languages

[SPANISH] = languages.read_languages(sys.argv[1], "es.toml")
languages.LANGUAGES = MappingProxyType({**languages.LANGUAGES, "es": SPANISH})

from corpus_norm import Settings, normalize
from corpus_norm.audit import audit
from corpus_norm.audit.finding import amounts
from corpus_norm.boilerplate.features import STOPWORDS
from corpus_norm.bylines import opens_byline, read_byline
from corpus_norm.dates.forms import guess_setting
from corpus_norm.dates.lines import find_date, read_label
from corpus_norm.language import detect

text = (
    "El banco cierra sus puertas\\n\\nEl banco cerró ayer sus puertas por la noche, dijo el "
    "Sr. Pérez. Los clientes esperan el dinero.\\n\\nPortada\\n"
)
found = normalize(text, Settings(languages=tuple(languages.LANGUAGES)))
assert found.language == "es", found
assert {block.language for block in found.blocks} == {"es"}, found.blocks
assert [s.text[-7:] for s in found.sentences if s.block == 1] == [" Pérez.", "dinero."]
assert found.translation_status == "no_model", found
assert "los" in STOPWORDS
assert detect("Los animales son los mejores", ["es"]).language == "es"

# Dates: the words of months, what stands between them, and what the date is of.
assert find_date("Publicado el 12 de enero de 2024") == date(2024, 1, 12)
assert find_date("3 ago. 2023") == date(2023, 8, 3)
labels = [read_label(each).name for each in ("Publicado el", "Actualizado", "Madrid, el")]
assert labels == ["PUBLISHED", "UPDATED", "UNSAID"], labels
assert find_date("Actualizado el 3/4/2024") == date(2024, 4, 3)

# Bylines: what opens one, and what ends a name.
assert read_byline("Escrito por Ana Lima y Luis Vega") == ("Ana Lima", "Luis Vega")
assert read_byline("Por Ana Lima, corresponsal en Lisboa") == ("Ana Lima",)
assert read_byline("Por Redactor") == read_byline("Por el Redactor") == ()
assert read_byline("Por la corresponsal Ana Lima") == ("Ana Lima",)
assert read_byline("Por Ana Lima (con Luis Vega)") == ("Ana Lima", "Luis Vega")
assert opens_byline("Escrito por:") and not opens_byline("Escrito con:")
assert read_byline("12/04/2020 por Ana Lima") == ("Ana Lima",)
assert read_byline("Una entrevista de Ana Lima") == ("Ana Lima",)
assert read_byline("Textos Ana Lima. Fotos Luis Vega") == ("Ana Lima",)
assert read_byline("Por Ana LimaActualizado el lunes") == ("Ana Lima",)

# Amounts: words, scales, currencies, percents, and what a translation lost of them.
[price] = amounts("tres millones de euros", "es")
assert (price.values, price.units) == ((3_000_000,), frozenset({"EUR"})), price
[share] = amounts("un 12,5 por ciento", "es")
assert (float(share.values[0]), share.units) == (12.5, frozenset({"%"})), share
[least, below] = amounts("al menos 12 %, menos 3 %", "es")
assert (least.negative, below.negative) == (False, True)
[level] = amounts("cayó a 8 %", "es")
[fall] = amounts("cayó un 8 %", "es")[-1:]
assert (level.falls, fall.falls) == (False, True)
[day, hour] = amounts("el 5 de mayo a las 15 horas 30", "es")
assert (day.value, hour.value) == (505, 930), (day, hour)
assert audit("Cuesta veinte euros.", "It costs twenty euros.", "es").passed
assert not audit("Cuesta veinte euros.", "It costs thirty euros.", "es").passed
assert not audit("El banco no cerró.", "The bank closed.", "es").passed
"""


def test_a_record_of_spanish_is_enough_for_every_stage():
    subprocess.run([sys.executable, "-c", WITH_SPANISH, SPANISH_FILE], check=True)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("stopword = []", "es.toml: unknown key 'stopword'; known are code, name"),
        ('stopwords = "el la"', "es.toml: stopwords: expected an array of strings"),
        ("spaced = 1", "es.toml: spaced: expected bool, not 1"),
        ("[numbers]\nmonth = []", "es.toml: numbers: unknown key 'month'"),
        ('[numbers.words]\n"uno" = ["1"]', "es.toml: numbers: words: Invalid literal for Fraction"),
    ],
)
def test_a_fault_in_a_language_file_is_named_with_its_key(line, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        read_languages(f'code = "es"\nname = "Spanish"\n{line}', "es.toml")


def test_the_names_of_months_are_the_first_of_their_forms():
    assert SPANISH.numbers.month_names[::11] == ("enero", "diciembre")
    assert LANGUAGES["en"].numbers.month_names[8] == "September"
    assert LANGUAGES["zh-Hans"].numbers.month_names == ()


def test_pairs_are_read_in_order():
    [found] = read_languages(
        'code = "es"\nname = "Spanish"\n[phrases]\nendings = [["es", ""], ["s", ""]]', "es.toml"
    )
    assert found.phrases.endings == (("es", ""), ("s", ""))


def test_a_language_file_without_a_code_is_refused():
    with pytest.raises(ValueError, match=r"es\.toml: .*'code'"):
        read_languages('name = "Spanish"', "es.toml")


def test_every_record_has_a_profile_or_a_script_of_its_own():
    for record in LANGUAGES.values():
        assert record.langdetect in PROFILES.get(record.script, ()) or record.script in {
            "Hans",
            "Hant",
        }


def test_blocks_without_words_stay_undetermined_and_names_follow_the_document():
    texts = [*[FRENCH] * 5, "BTCdayu", "42", "Source : Techspot", "Telegram"]
    found = detect_blocks(texts)[5:]
    assert [d.language for d in found] == ["und", "und", "fr", "fr"]
    assert found[2].reason == found[3].reason == "context"


@pytest.mark.parametrize(
    ("word", "languages"),
    [("English", {"en"}), ("Heure", {"fr"}), ("Deutsch", {"de", "und"}), ("العربية", {"ar"})],
)
def test_no_context_makes_a_word_without_a_han_character_chinese(word, languages):
    assert detect_blocks([*[HANS] * 9, word, *[HANS] * 9])[9].language in languages


def test_a_name_in_latin_letters_beside_a_han_character_follows_the_chinese_around_it():
    around = [HANS] * 60
    found = [detect_blocks([*around, title, *around])[60] for title in ("Windows", "Windows 版")]
    assert [each.language for each in found] == ["en", "zh-Hans"]


def test_a_foreign_block_stands_on_its_own():
    texts = [ENGLISH, ENGLISH, "Une course contre la montre", HANS, ENGLISH]
    assert [d.language for d in detect_blocks(texts)] == ["en", "en", "fr", "zh-Hans", "en"]


def test_a_chinese_title_is_written_as_the_document_is():
    assert detect_blocks([HANT, "中文", HANT])[1].language == "zh-Hant"
    assert detect_blocks([HANS, "中文", HANS])[1].language == "zh-Hans"


def test_a_long_page_tells_more_than_a_short_one():
    word = "Restaurants"
    assert detect(word).language == "fr"
    assert detect_blocks([*[ENGLISH] * 20, word, *[ENGLISH] * 20])[20].language == "en"


def test_one_block_is_decided_as_by_detect():
    for text in (FRENCH, HANT, "Facebook", "42"):
        assert detect_blocks([text]) == [detect(text)]
    assert detect_blocks([]) == []


@pytest.mark.parametrize("text", [ENGLISH * 4, FRENCH * 4, HANS * 4, GERMAN * 4])
def test_a_paragraph_in_one_language_is_one_span(text):
    assert detect_spans(text) == [(0, len(text), detect(text))]


@pytest.mark.parametrize(
    "text",
    [
        'Il a joué dans "The Good Life" (NBC, 1971) et "Here We Go Again" (ABC, 1973). ' + FRENCH,
        "The paper Le Monde and the weekly Le Canard enchaîné said so. " + ENGLISH,
        "美国食品药物管理局(FDA)和欧洲医药管理局(The European Medicines Agency)表示考虑采取行动。",
    ],
)
def test_a_title_or_a_name_is_no_switch(text):
    assert len(detect_spans(text)) == 1


@pytest.mark.parametrize(
    ("before", "foreign", "after", "languages"),
    [
        (ENGLISH + " ", FRENCH + " ", ENGLISH, ["en", "fr", "en"]),
        (FRENCH + " ", "« " + ENGLISH + " » ", FRENCH, ["fr", "en", "fr"]),
        (HANS, "“" + FRENCH + "”", HANS, ["zh-Hans", "fr", "zh-Hans"]),
        (ENGLISH + " ", "其中一处甚至写着小心恶犬。", " " + ENGLISH, ["en", "zh-Hans", "en"]),
    ],
)
def test_a_foreign_sentence_is_its_own_span(before, foreign, after, languages):
    text = before + foreign + after
    spans = detect_spans(text)
    assert [d.language for _, _, d in spans] == languages
    assert text[spans[1][0] : spans[1][1]].strip() == foreign.strip()


@given(
    st.lists(st.sampled_from([ENGLISH, FRENCH, HANS, "😀", "«", '" ', "\n", " ", "X"]), max_size=8)
)
def test_spans_cover_the_text_in_order(parts):
    text = "".join(parts)
    spans = detect_spans(text)
    assert "".join(text[a:b] for a, b, _ in spans) == text
    assert all(a < b for a, b, _ in spans)
    assert all(left[1] == right[0] for left, right in pairwise(spans))


def test_many_documents_at_once_get_the_answers_that_each_gets_alone():
    documents = [[ENGLISH, "Portada"], [], [FRENCH, "Portada", "42"], [HANT, GERMAN, "中文"]]
    assert detect_documents(documents) == [detect_blocks(texts) for texts in documents]


def test_many_paragraphs_at_once_get_the_spans_that_each_gets_alone():
    texts = [ENGLISH * 3, f"{ENGLISH} {FRENCH} {ENGLISH}", "", f"{HANS}{ENGLISH}{HANS}", GERMAN]
    known = [(text, detect(text)) for text in texts]
    assert detect_all_spans(known) == [detect_spans(text, default=d) for text, d in known]


def test_a_known_language_of_the_paragraph_is_kept():
    known = Detection("fr", 0.9, "context")
    assert detect_spans("Source : Techspot", default=known) == [(0, 17, known)]


def test_shares_sum_to_one_and_are_sorted():
    texts = [ENGLISH, HANS, FRENCH, "42"]
    document, shares = summarize(texts, detect_blocks(texts))
    assert document.language == "zh-Hans"  # 23 characters weigh more than 56 letters
    assert sum(s.share for s in shares) == pytest.approx(1)
    assert [s.language for s in shares] == ["zh-Hans", "fr", "en"]


def test_a_document_without_words_is_undetermined():
    document, shares = summarize(["42", "😀"], detect_blocks(["42", "😀"]))
    assert (document.language, document.score, shares) == (UNDETERMINED, 0.0, ())


def test_equal_shares_are_sorted_by_code():
    sure = [Detection(code, 0.9, "") for code in ("fr", "en")]
    document, shares = summarize(["abcd", "efgh"], sure)
    assert [s.language for s in shares] == ["en", "fr"]
    assert document.language == "en"


def test_a_missing_word_list_says_what_to_install(monkeypatch):
    monkeypatch.setattr(words, "find_spec", lambda name: None)
    with pytest.raises(CorpusNormError, match="pip install justext"):
        words.load_words.__wrapped__()


def test_a_language_without_a_profile_is_known_by_its_words():
    table = words.load_words()
    assert {"mt", "gl", "is"} <= set(table.languages) - set(PROFILES["Latn"])
    assert set(PROFILES["Latn"]) - set(table.languages) == {"so"}


@pytest.mark.parametrize("text", [ENGLISH * 3, FRENCH * 3, HANS * 3, HANT * 3])
def test_plain_paragraphs_are_told_without_weighing_their_pieces(text, monkeypatch):
    known = detect(text)
    monkeypatch.setattr(documents, "weigh_texts", None)
    assert detect_spans(text, default=known) == [(0, len(text), known)]


@pytest.mark.parametrize("script", PROFILES)
def test_a_batch_scores_each_text_as_alone(script):
    table = load_profiles(script)
    texts = ["the cat", "", "это так", "هذا نص", "यह है", "x" * 30_000, "la fin"]
    together = score_texts(table, texts)
    for row, text in zip(together, texts, strict=True):
        assert row == pytest.approx(score_texts(table, [text])[0])


def test_langdetect_itself_is_never_imported():
    code = (
        "import sys; from corpus_norm.language import detect;"
        "assert detect('Bonjour à tous les lecteurs').language == 'fr';"
        "assert 'langdetect' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


TEXTS = [ENGLISH, FRENCH, HANS, "Facebook", GERMAN, "Une course", "免責聲明", "42"]


THOUSAND = TEXTS * (1_000 // len(TEXTS))


def test_the_same_text_has_the_same_answer_a_thousand_times():
    assert [detect(text) for text in THOUSAND] == [detect(text) for text in TEXTS] * 125


def test_threads_agree_a_thousand_times():
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(detect, THOUSAND))
        documents = list(pool.map(detect_blocks, [TEXTS] * 125))
    assert found == [detect(text) for text in TEXTS] * 125
    assert documents == [detect_blocks(TEXTS)] * 125


def test_processes_agree_a_thousand_times():
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        found = list(pool.map(detect, THOUSAND, chunksize=50))
    assert found == [detect(text) for text in TEXTS] * 125


def test_a_batch_and_a_context_do_not_depend_on_what_was_asked_before():
    expected = detect_blocks(TEXTS)
    for text in TEXTS[::-1]:
        detect_blocks([text])
    assert detect_blocks(TEXTS) == expected


def test_context_never_gives_a_language_to_a_block_without_letters():
    evidence = weigh_texts(["…", "7"], resolve_languages(None))
    assert [item.scores for item in evidence] == [{}, {}]


def test_scripts_are_counted_alike_alone_and_together():
    texts = ["no", "", "não 不", "か", "\U000e0061", "不" * 150_000, "é" * 150_000]
    assert count_all_scripts(texts) == [count_scripts(text) for text in texts]
    assert count_all_scripts(texts)[2:4] == [{"Latn": 3, "Hani": 1}, {"Hira": 1}]


def test_scripts_are_counted_letter_by_letter():
    assert count_scripts("aé β ж 中 か カ 한 ・ 7") == {
        "Cyrl": 1, "Grek": 1, "Hang": 1, "Hani": 1, "Hira": 1, "Kana": 1, "Latn": 2,
    }  # fmt: skip


@pytest.mark.parametrize("heading", ["Front page", "Leisure", "Restaurants", "Debate"])
def test_a_heading_of_one_or_two_words_follows_the_single_sentence_below_it(heading):
    assert detect_blocks([heading, ENGLISH])[0].language == "en"


def test_a_heading_that_can_only_be_of_another_language_does_not_follow():
    assert [d.language for d in detect_blocks(["Actualités", ENGLISH])] == ["fr", "en"]
    assert [d.language for d in detect_blocks(["Most read", FRENCH])] == ["en", "fr"]


@pytest.mark.parametrize("code", ["en", "fr"])
def test_our_word_lists_hold_each_word_once_in_small_letters(code):
    folder = Path(words.__file__).parent / "lists"
    listed = (folder / f"{code}.txt").read_text("utf-8").split("\n")
    assert listed.pop() == ""
    assert len(listed) == len(set(listed)) > 9_000
    assert all(word.isalpha() and word.islower() for word in listed)


@given(
    st.dictionaries(
        st.sampled_from("abcdefghijkl"), st.sampled_from([-3.0, -2.0, 0.0]), min_size=9
    ),
    st.dictionaries(st.sampled_from("abcxyz"), st.sampled_from([0.0, 1.0, 2.5])),
)
def test_the_leading_languages_decide_as_all_languages_do(scores, prior):
    leading = tuple(sorted(scores, key=lambda code: (-scores[code], code)))[:8]
    evidence = Evidence(scores, floor=-4.0, leading=leading)
    quick = _weigh_leading(evidence, prior)
    assert quick in (None, _weigh_context(Evidence(scores, floor=-4.0), prior))


@pytest.mark.parametrize("text", ["Le BURN-OUT coûte", "un top-model", "Un one man show à Nice"])
def test_loans_are_found_by_their_first_word(text):
    target = LANGUAGES["fr"]
    is_there = words._loans_of(target).search(text) is not None
    assert is_there is not words._first_words(target).isdisjoint(words.find_words(text.lower()))


def test_a_long_disclaimer_does_not_decide_the_language_of_an_article():
    notice = "免责声明：市场有风险，投资需谨慎。本文不构成投资建议，据此投资，责任自负。" * 3
    text = f"{ENGLISH} The quay stays shut, the port authority said on Monday.\n\n{notice}"
    document = normalize(text, settings=Settings(translation=TranslationSettings(enabled=False)))
    assert [block.kind for block in document.blocks] == ["paragraph", "disclaimer"]
    assert document.language == "en"
    assert document.languages[0].language == "zh-Hans"  # the shares are those of the whole text


def test_what_is_no_text_is_refused_with_what_to_do():
    for value in (None, b"Bonjour"):
        with pytest.raises(InputError, match="detect takes text"):
            detect(value)
    with pytest.raises(InputError, match=r"give \[text\]"):
        detect_blocks("Bonjour")


MIXED = st.lists(st.sampled_from([*"aÀé9 .'!@#", "the ", "le ", "国", "國", "東", "www.x.fr"]))


@given(MIXED.map("".join))
def test_the_letters_of_a_text_are_those_of_its_evidence(text):
    [evidence] = weigh_texts([text], resolve_languages(None))
    if examine(text) is text:
        assert evidence.weight == letter_weight(count_scripts(text))


@given(st.text("aB 9.'-", max_size=40))
def test_a_text_with_too_few_signs_has_too_few_words(text):
    letters = sum(map(str.isalpha, text))
    assert len(words.find_words(text.lower())) <= len(text) - letters + 1


@given(st.text("ab 9.'-", max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_the_words_of_a_part_are_those_of_its_span(text, start, end):
    assert words.part_words(text)[start:end].split() == words.find_words(text[start:end])


@given(st.lists(MIXED.map("".join)))
def test_han_is_counted_in_many_texts_as_in_each(texts):
    assert count_all_han(texts) == [count_all_han([text])[0] for text in texts]


def test_the_first_words_of_all_targets_are_those_of_each():
    targets = tuple(LANGUAGES.values())
    assert words._first_words_of_all(targets) == {
        each for target in targets for each in words._first_words(target)
    }
