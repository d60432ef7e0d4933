"""Text repair: what is undone, what is left alone, and the log of it."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest
from ftfy.badness import BADNESS_RE, is_bad
from growth import cpu_seconds, grows_evenly
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_norm.document import Repair
from corpus_norm.encoding import clean, decode, explain, is_sound, mojibake, replay
from corpus_norm.encoding.mojibake import is_suspect
from corpus_norm.errors import InputError

FRENCH = "L’été, à Évreux : « ça coûte 25 € », répète le maire."
CHINESE = "其他人也曾尝试过，但均以失败告终。"


@pytest.mark.parametrize("line", [FRENCH, "He said “Müller’s café” – it’s there.", CHINESE])
@pytest.mark.parametrize("wrong", ["latin-1", "mac-roman", "cp850"])
def test_utf8_read_as_a_single_byte_encoding_is_undone(line, wrong):
    damaged = line.encode().decode(wrong)
    assert clean(damaged).text == line
    assert (
        clean(f"Une ligne saine à côté.\n{damaged}\n").text == f"Une ligne saine à côté.\n{line}\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        "Â l’école, à midi",
        "Â Paris, on vote",
        "Â quoi bon, dit-il",
        "« Â demain », lance le maire, désolé",
        "On va Â Nîmes demain, à pied",
        "À côté, PÂTÉ Â 5 €",
    ],
)
def test_a_capital_typed_with_the_wrong_accent_stays(line):
    assert clean(line).text == line


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        ("Prix : 5Â €", "Prix : 5\xa0€"),
        ("l’Ã©tÃ©. Â Puis", "l’été. \xa0Puis"),
        ("Â côté, l’Ã©tÃ©", "\xa0côté, l’été"),
    ],
)
def test_a_no_break_space_is_undone_where_the_line_is_damaged(damaged, text):
    assert clean(damaged).text == text


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_layers_of_mojibake_are_all_undone(layers):
    damaged = "Un été à Genève"
    for _ in range(layers):
        damaged = damaged.encode().decode("latin-1")
    assert clean(damaged).text == "Un été à Genève"


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (CHINESE, "gbk", "latin-1"),
        (CHINESE, "gbk", "cp1252"),
        ("太陽能發電把陽光轉換成電，或間接使用聚光。", "big5", "latin-1"),
        ("Une vague de solidarité aux États-Unis", "utf-8", "gbk"),
        ("Microsoft cherche une réceptionniste", "cp1252", "gbk"),
    ],
)
def test_chinese_code_pages_mixed_up_with_others_are_undone(text, right, wrong):
    assert clean(text.encode(right).decode(wrong)).text == text


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        ("un\r\ndeux\rtrois\u2028quatre\x0cfin", "un\ndeux\ntrois\nquatre\nfin"),
        ("Fin.\x85Début.\x85", "Fin.\nDébut.\n"),
        ("attends\x85 je viens", "attends… je viens"),
        ("l\x92été\x81", "l’été"),
        ("vert\x1b[0m et \x1b]0;titre\x07bleu\x00\x07", "vert et bleu"),
        ("AT&amp;T, &eacute;t&amp;#233; &lt;3", "AT&T, été <3"),
        ("&#55357;&#56832;", "😀"),
        ("\ud83d\ude00 et \ud83d", "😀 et \ufffd"),
        ("in\u200bvi\u00adsi\ufeffb\u2060le", "invisible"),
        ("a\u200db", "ab"),
        ("e\u0301te\u0301", "été"),
        ("le ﬁlm de l’oﬃce", "le film de l’office"),
        ("Ｎｏ\u3000ｄｅｎｙｉｎｇ\u3000ｔｈａｔ！", "No denying that!"),
        ("„Guten Tagâ€", "„Guten Tag”"),
    ],
)
def test_damage_is_undone(damaged, text):
    assert clean(damaged).text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Plain ASCII, with a tab\tand a line.\n",
        FRENCH,
        "«\xa0Quoi\u202f?\xa0» – “Oh\u202f!”, l’œuf d’Œdipe… 25\xa0% à 10°",
        "NOËL À L’ÎLE D’YEU : « ÉTÉ » ÇÀ ET LÀ",
        "他说：“（１５年前）ＮＢＡ的《比赛》、「球队」”。",
        "使用iPhone手机的4S店",
        "👩\u200d👩\u200d👧 ❤️ 1️⃣ 👍🏽",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می\u200cخواهم",
        "क्\u200dष",
        "ภาษา\u200bไทย",
        'x < 5 <a href="?a=1&amp;b=2">lien</a>',
        "R&D; a&b; &inconnu; ?x=1&copy=2",
        "Žižek, Łódź, Škoda, Ænima, Þór, Ångström, São, Müße, İstanbul",
        "Приблизительно в 9:30. Ελληνικά. 한국어. 日本語ｶﾅ。",
        "(-1/2)! = √π ± 3×10²",
        "┌─┐ │x│ └─┘",
    ],
)
def test_sound_text_is_left_alone(text):
    assert clean(text).repairs == ()
    assert clean(text).text == text


def test_one_repair_carries_its_span_and_replacement():
    assert clean("Une ligne.\nLe succÃ¨s.\n").repairs == (Repair("mojibake", 18, 20, "è"),)


def test_many_equal_repairs_are_one_entry():
    text = "une ligne\r\n" * 10_000
    cleaned = clean(text)
    assert cleaned.text == "une ligne\n" * 10_000
    assert cleaned.repairs == (Repair("line_ends", 0, len(text)),)


def test_an_unknown_step_is_refused():
    with pytest.raises(InputError, match="unknown repair step 'magic'"):
        replay([Repair("magic", 0, 1)], "x")


def test_a_log_of_whole_rules_replays():
    text = "".join(
        f"Ligne {n}: dÃ©jÃ  &eacute;t&amp;eacute; l\x92a\u200bmi\r\n" for n in range(100)
    )
    cleaned = clean("saine\n" + text)
    assert "déjà" in cleaned.text
    assert len(cleaned.repairs) < 20
    assert replay(cleaned.repairs, "saine\n" + text) == cleaned.text


# Text in which damage is likely: pieces of mojibake, entities, controls, halves of characters.
PIECES = st.sampled_from(
    [
        *"aé’Ã©â€™œ☃汉 \n\r\t&;<\x00\x1b\x85\x92\xad\xa0\u200b\u200d\u0301\ufeff\ud83d\ude00ﬁＡก",
        *[
            "&amp;",
            "&#233;",
            "&lt;b&gt;",
            "&shy;",
            "\x1b[0m",
            "Ã©",
            "â€œ",
            "├®",
            "脡",
            "ÆäËû",
            "\r\n",
            "amp;",
        ],
    ]
)
DAMAGED = st.lists(PIECES, max_size=40).map("".join)
ANY = st.text(st.characters()) | DAMAGED


@settings(max_examples=500)
@given(ANY)
def test_the_log_replays_to_the_cleaned_text(text):
    cleaned = clean(text)
    assert replay(cleaned.repairs, text) == cleaned.text


@settings(max_examples=500)
@given(ANY)
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text).text).repairs == ()


@settings(max_examples=300)
@given(ANY)
def test_cleaned_text_and_its_log_can_be_written_as_utf8(text):
    cleaned = clean(text)
    cleaned.text.encode()
    for repair in cleaned.repairs:
        (repair.replacement or "").encode()


@settings(max_examples=500)
@given(st.text(sorted({*BADNESS_RE.pattern, *" aAzé.,"}), max_size=12))
def test_the_cheap_test_for_mojibake_misses_nothing_that_ftfy_sees(text):
    if is_bad(text):
        assert is_suspect(text)


@settings(max_examples=500)
@given(ANY)
def test_a_text_called_sound_needs_no_repair(text):
    if is_sound(text):
        assert clean(text).repairs == ()


@pytest.mark.parametrize(
    "text",
    ["Â «", "3Â ", "LiepÄja", "cœ9", "dÉj", "l’茅t茅", "solidarit茅 a", "a\x85", "Ð\xad", "─и"],
)
def test_the_first_test_for_mojibake_passes_what_the_patterns_find(text):
    patterns = (mojibake._BAD, mojibake._CP850, mojibake._PIECE, mojibake._GBK)
    found = any(each.search(text) for each in patterns) or mojibake.may_be_swapped(text)
    assert not found or mojibake._MAY_BE_SUSPECT.search(text)


def test_escapes_nested_without_end_are_left_alone_and_cost_no_quadratic_time():
    text = "&am&#112;;"
    for _ in range(100):
        text = text.replace("1", "&#49;", 1)
    cleaned = clean(text)
    assert replay(cleaned.repairs, text) == cleaned.text
    assert clean(cleaned.text).repairs == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "été à la ",
        "SuccÃ¨s ",
        "\x1b[",
        "&am&#112;;",
        "\u200b",
        "Ａ",
        "a\u0301\u0323",
        "e" + "\u0301\u0323" * 500,
    ],
)
def test_time_grows_with_the_length_of_a_single_line(piece):
    def measure(characters: int) -> float:
        text = piece * (characters // len(piece))
        return cpu_seconds(lambda: clean(text))

    assert grows_evenly(measure, 200_000, 1_000_000, most_growth=15, negligible_s=0.4)


def test_an_explanation_tells_each_change_on_a_line():
    told = explain("un\r\nSuccÃ¨s")
    assert [str(change) for change in told] == [
        r"line_ends at 2-3: '\r' is removed",
        "mojibake at 7-9: 'Ã¨' becomes 'è'",
    ]
    assert explain("Rien à dire.") == ()


def test_an_explanation_of_a_long_text_is_short():
    [change] = explain("une ligne\r\n" * 1_000)
    assert (change.start, change.end) == (0, 11_000)
    assert len(str(change)) < 250


@settings(max_examples=200)
@given(DAMAGED)
def test_an_explanation_holds_every_repair_and_leads_to_the_cleaned_text(text):
    told = explain(text)
    assert [change.step for change in told] == [repair.step for repair in clean(text).repairs]
    for change in told:
        assert text[change.start : change.end] == change.before
        text = text[: change.start] + change.after + text[change.end :]
    assert clean(text).repairs == ()


def read(data):
    return clean(decode(data).text)


def test_threads_and_processes_agree_a_thousand_times():
    damaged = "Succ\u00c3\u00a8s \u00e0 l\u00e2\u20ac\u2122\u00e9tranger &amp; ailleurs"
    texts = [FRENCH, CHINESE, damaged, f"{FRENCH}\r\n{damaged}"]
    inputs = [text.encode(name, "replace") for text in texts for name in ("utf-8", "gb18030")]
    expected = [read(data) for data in inputs] * 125
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, inputs * 125)) == expected
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        assert list(pool.map(read, inputs * 125, chunksize=50)) == expected


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        (r"The quay is shut.\nSo it is.\n\nShips go.", "The quay is shut.\nSo it is.\n\nShips go."),
        (r"码头关闭。\n船只改停南港。", "码头关闭。\n船只改停南港。"),
        (r"Il va \u00e0 Paris, d\u2019abord.", "Il va à Paris, d’abord."),
        (r"\u4e2d\u56fd\u592e\u884c", "中国央行"),
        (r"\ud83d\ude80 Up again", "🚀 Up again"),
        (r"caf\xe9, na\xc3\xafve", "café, naïve"),
        (r"He said \"no\".\r\nShe left.", 'He said "no".\nShe left.'),
    ],
)  # fmt: skip
def test_escapes_that_json_left_in_prose_are_undone(bad, good):
    cleaned = clean(bad)
    assert cleaned.text == good
    assert replay(cleaned.repairs, bad) == good
    assert clean(good).text == good


@pytest.mark.parametrize(
    "text",
    [
        r"The escape \u00e9 stands for é.",
        r'print("Done.\n") ends the line',
        r"The file is C:\new\table.txt. It was found.",
        r"\nabla f is the gradient, and \theta the angle.",
        r"A \n is a line break.",
    ],
)
def test_escapes_that_are_spoken_of_stay(text):
    assert clean(text).repairs == ()
