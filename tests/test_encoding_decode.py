"""Bytes to text: every kind of evidence, and data that is not text."""

from __future__ import annotations

import codecs
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_norm.document import Flag
from corpus_norm.encoding import Decoded, decode
from corpus_norm.errors import DecodeError

FRENCH = "L’été dernier, à Évreux, le maire a promis « un cœur de ville » : 25 € par mètre."
ENGLISH = "The minister’s café is “closed” – or so Mr Müller said."
SIMPLIFIED = "新华社北京电，记者从会议上获悉，今年的经济增长超过了预期。"
TRADITIONAL = "據說，互聯網的成果是該單位資本支出的主要驅動力。"


@pytest.mark.parametrize("text", [FRENCH, ENGLISH, SIMPLIFIED, TRADITIONAL, "plain ASCII\n"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le"]
)
def test_unicode_encodings_are_read_with_and_without_a_mark(text, encoding):
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        (ENGLISH, "cp1252"),
        (ENGLISH, "mac-roman"),
        ("Le Conseil fédéral a décidé hier d'élever les impôts à Genève.", "cp850"),
        ("Le cœur de l'affaire coûte 20 € à l'État.", "iso8859-15"),
        (SIMPLIFIED, "gbk"),
        (SIMPLIFIED, "gb18030"),
        (TRADITIONAL, "gb18030"),
        (TRADITIONAL, "big5"),
        ("Приблизительно в девять часов самолёт упал на полосу и взорвался.", "cp1251"),
        ("現地時間の午前９時頃に滑走路に墜落して爆発しました。", "shift_jis"),
    ],
)
def test_legacy_encodings_are_told_apart_without_a_declaration(text, encoding):
    result = decode(text.encode(encoding))
    assert result.text == text
    assert 0.5 <= result.confidence <= 1


def test_empty_data_is_an_empty_text():
    assert decode(b"") == Decoded("")


@pytest.mark.parametrize("declared", ["gb2312", "latin-1", "big5", "no-such-charset", "base64"])
def test_a_wrong_declaration_does_not_spoil_utf8(declared):
    assert decode(FRENCH.encode(), declared).text == FRENCH


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "ascii"])
def test_a_wrong_declaration_does_not_spoil_gbk(declared):
    assert decode(SIMPLIFIED.encode("gbk"), declared).text == SIMPLIFIED


def test_a_declaration_settles_what_bytes_leave_open():
    data = "Zażółć gęślą jaźń.".encode("cp1250")
    assert decode(data, "windows-1250") == Decoded(
        "Zażółć gęślą jaźń.",
        "cp1250",
        decode(data, "windows-1250").confidence,
        "declared and plausible",
    )


@pytest.mark.parametrize(
    "head",
    [
        '<html><head><meta charset="gb2312">',
        '<html><meta http-equiv="Content-Type" content="text/html; charset=GBK">',
        '<?xml version="1.0" encoding="gb18030"?>',
    ],
)
def test_html_says_its_own_charset(head):
    page = head + "<p>京东</p>"
    result = decode(page.encode("gbk"), html=True)
    assert (result.text, result.encoding, result.reason) == (
        page,
        "gb18030",
        "declared and plausible",
    )


def test_latin1_means_windows_1252_as_in_browsers():
    assert decode("l\x92été".encode("latin-1"), "iso-8859-1").text == "l’été"


def test_lines_in_two_encodings_are_each_read_in_their_own():
    data = "Première ligne, déjà.\n".encode() + "Deuxième, à côté.\n".encode("cp1252")
    result = decode(data)
    assert (result.text, result.encoding) == (
        "Première ligne, déjà.\nDeuxième, à côté.\n",
        "utf-8+cp1252",
    )
    assert result.flags == ()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Fini à".encode()[:-1], "Fini "),
        (SIMPLIFIED.encode()[:-1], SIMPLIFIED[:-1]),
        (SIMPLIFIED.encode("gbk")[:-1], SIMPLIFIED[:-1]),
    ],
)
def test_a_character_cut_off_at_the_end_is_left_out_and_flagged(data, text):
    result = decode(data)
    assert (result.text, result.flags) == (text, (Flag.REPLACED_BYTES,))


def test_single_broken_bytes_in_utf8_are_repaired_where_they_stand():
    data = "déjà vu à l'été, ".encode() + b"caf\xe9 et \xff, " + "là-bas.".encode()
    result = decode(data)
    assert (result.text, result.flags) == (
        "déjà vu à l'été, café et \ufffd, là-bas.",
        (Flag.REPLACED_BYTES,),
    )


def test_a_stray_nul_does_not_make_text_binary():
    assert (
        decode("Un été\0 chaud à Paris, dit-il.".encode()).text == "Un été\0 chaud à Paris, dit-il."
    )


@pytest.mark.parametrize("charset", ["gb18030", "utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("times", [1, 20])
def test_a_stray_nul_does_not_change_how_chinese_is_read(charset, times):
    text = "市政府周一表示，大桥将关闭至月底。\0过往车辆须绕行北线，行程延长约二十分钟。" * times
    assert decode(text.encode(charset)).text == text


@pytest.mark.parametrize("charset", ["cp1251", "koi8-r", "big5"])
def test_a_stray_nul_does_not_change_how_other_charsets_are_read(charset):
    text = "市政府週一表示，大橋將關閉至月底。\0過往車輛須繞行北線，行程延長約二十分鐘。"
    text = text if charset == "big5" else "Президент заявил вчера, что\0 переговоры продолжатся."
    assert decode(text.encode(charset)).text == text


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"%PDF-1.7 rest", "PDF"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (bytes(range(256)) * 4, "NUL"),
        (bytes(range(1, 9)) * 4, "control characters"),
        (bytes(n * n * 7 % 251 % 128 + 128 for n in range(500)), "no encoding makes sense"),
    ],
)
def test_data_that_is_not_text_is_refused_with_what_it_is_and_a_way_out(data, word):
    with pytest.raises(DecodeError, match=word) as error:
        decode(data)
    assert str(error.value).startswith("the bytes are not text")
    assert ";" in str(error.value)


@settings(max_examples=300)
@given(st.binary(max_size=300), st.none() | st.sampled_from(["utf-8", "gb2312", "latin-1", "x"]))
def test_any_bytes_are_read_or_refused_and_always_the_same_way(data, charset):
    try:
        result = decode(data, charset, html=True)
    except DecodeError:
        return
    assert result == decode(data, charset, html=True)
    assert 0 <= result.confidence <= 1
    name = result.encoding.removeprefix("utf-8+")
    assert codecs.lookup(name).name


@settings(max_examples=300)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_utf8_is_read_exactly(text):
    assert decode(text.encode("utf-8-sig")).text == text
    if not text.startswith("\ufeff"):
        assert decode(text.encode()).text == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x" * 1_000_000 + b"\n" + FRENCH.encode("cp1252"), FRENCH),
        (b"x" * 1_000_000 + FRENCH.encode("cp1252"), FRENCH),
        (b"ASCII only\n" * 100_000 + SIMPLIFIED.encode("gbk"), SIMPLIFIED),
    ],
)
def test_evidence_late_in_a_large_file_is_found(data, text):
    assert decode(data).text.endswith(text)


JAPANESE = "東京都で三十日、新しい計算機を発表した。"
KOREAN = "대한민국 정부는 월요일 새로운 정책을 발표했다."
MARKED = "Le président a déclaré que l’été sera « chaud » : 7 % + 3."


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        (JAPANESE, "iso2022_jp", None),
        (JAPANESE, "iso2022_jp", "iso-2022-jp"),
        (JAPANESE, "iso2022_jp", "utf-8"),
        ("Tokyo（東京）\n" + JAPANESE, "iso2022_jp", "ISO-2022-JP"),
        ("丂と㐂", "iso2022_jp_2004", None),
        (KOREAN, "iso2022_kr", None),
        (KOREAN, "iso2022_kr", "iso-2022-kr"),
        ("中国政府宣布，新的政策将于周一开始实施。", "hz", None),
        ("中国政府宣布，新的政策将于周一开始实施。", "hz", "hz-gb-2312"),
        ("a 中国 b", "hz", "HZ"),
        (MARKED, "utf-7", "utf-7"),
        ("北京：新华社", "utf-7", "UTF-7"),
        ("Привет, как дела", "koi8-r", "koi8-r"),
        ("Уряд України заявив, що їхні", "koi8-u", "KOI8-U"),
        ("Привет, как дела", "koi8-r", "koi8"),
        ("Привет, как дела", "cp866", "ibm866"),
        (JAPANESE, "cp932", "x-sjis"),
        (JAPANESE, "euc_jp", "x-euc-jp"),
        (JAPANESE, "euc_jp", None),
        (KOREAN, "euc_kr", "euc-kr"),
        (KOREAN, "euc_kr", None),
        (KOREAN, "euc_kr", "ks_c_5601-1987"),
        (JAPANESE, "cp932", "shift_jis"),
        ("記者張三報導：政府宣布新的政策", "big5", "euc-jp"),
        ("新华社北京电：政府宣布新的政策", "gbk", "euc-kr"),
        ("新华社北京电：政府宣布新的政策", "gbk", "shift_jis"),
    ],
)
def test_seldom_encodings_are_read_where_they_show_or_are_declared(text, encoding, declared):
    assert decode(text.encode(encoding), declared).text == text


@pytest.mark.parametrize("encoding", ["iso2022_jp", "hz", "iso2022_kr"])
def test_a_page_in_escapes_says_so_in_its_head(encoding):
    text = {"iso2022_jp": JAPANESE, "hz": "中国政府宣布", "iso2022_kr": KOREAN}[encoding]
    page = f'<html><head><meta charset="{encoding}"></head><p>{text}</p>'
    assert text in decode(page.encode(encoding), html=True).text


def test_utf7_is_read_in_a_page_that_declares_it_and_nowhere_else():
    page = '<html><head><meta charset="utf-7"></head><p>' + MARKED
    assert decode(page.encode("utf-7"), html=True).text == page
    assert "+AOk-" in decode(MARKED.encode("utf-7")).text
    assert "+ADw-" in decode(b"+ADw-script+AD4-alert(1)", "utf-8").text


@pytest.mark.parametrize(
    ("data", "declared"),
    [
        (b"C++ and 1+1=2, a+b", "utf-7"),
        (b"He paid ~{ and ~} in code", None),
        (b"if (x ~{ab~}) {}", None),
        (b"plain \x1b[1mbold\x1b[0m text", None),
        (b"plain text", "iso-2022-jp"),
        (b"plain text", "hz"),
    ],
)
def test_plain_text_with_signs_of_escapes_stays(data, declared):
    assert decode(data, declared).text == data.decode()


def test_utf8_wins_over_a_declared_encoding_of_escapes():
    for declared in ("utf-7", "hz", "iso-2022-jp", "klingon", "euc-tw"):
        result = decode(f"{MARKED} +AOk- 中国".encode(), declared)
        assert (result.text, result.flags) == (f"{MARKED} +AOk- 中国", ())


def test_damaged_escapes_are_flagged():
    result = decode(JAPANESE.encode("iso2022_jp")[:-6] + b"\x1b(B")
    assert result.flags == (Flag.REPLACED_BYTES,)
    assert result.text.startswith(JAPANESE[:-3])


def test_a_charset_nobody_knows_is_told():
    result = decode("L’été à Évry".encode("cp1252"), "klingon")
    assert (result.text, result.flags) == ("L’été à Évry", (Flag.UNKNOWN_CHARSET,))
    assert "klingon" in result.reason
    page = b'<meta charset="klingon"><p>' + "L’été à Évry".encode("cp1252")
    assert decode(page, html=True).flags == (Flag.UNKNOWN_CHARSET,)


@pytest.mark.parametrize(
    ("data", "declared", "word"),
    [
        ("臺灣政府宣布".encode("big5"), "euc-tw", "euc-tw"),
        (b"\x1b$)A\x0eVP9z\x0f", None, "ISO-2022-CN"),
    ],
)
def test_an_encoding_without_a_table_is_refused_with_a_way_out(data, declared, word):
    with pytest.raises(DecodeError, match=word) as caught:
        decode(data, declared)
    assert "UTF-8" in str(caught.value)


@pytest.mark.parametrize("declared", [None, "iso-2022-jp"])
@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x1b$B-!9f\x1b(B", "①号"),
        (b"\x1b$B%K%e!<%9\x1b(B: \x1b$B-!9f\x1b(B", "ニュース: ①号"),
        (b'A-! \x1b$B-5-"\x1b(B -!', "A-! Ⅰ② -!"),
    ],
)
def test_the_row_of_nec_is_read_in_iso_2022_jp(data, text, declared):
    assert decode(data, charset=declared).text == text


def test_a_hyphen_in_ascii_is_no_row_of_nec():
    data = "e-mail（東京）-!".encode("iso2022_jp")
    assert decode(data).encoding == "iso2022_jp"


def test_a_charset_that_only_ftfy_knows_is_found_before_anything_has_loaded_ftfy():
    code = "from corpus_norm.encoding.charsets import find_codec; print(find_codec('cesu-8'))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "utf-8-variants"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (
            "Česká národní banka ve čtvrtek snížila základní sazbu, žádný člen nebyl proti.",
            "cp1250",
        ),
        (
            "Česká národní banka ve čtvrtek snížila základní sazbu, žádný člen nebyl proti.",
            "iso8859-2",
        ),
        ("Türkiye Cumhuriyet Merkez Bankası politika faizini sabit tuttu, İstanbul'da.", "cp1254"),
        ("日銀、政策金利を据え置き", "euc_jp"),
        ("La Banque de France a relevé sa prévision : « c'est encourageant », dit-elle.", "cp1252"),
        ("El niño comió piña en España, según él.", "cp1252"),
    ],
)
@pytest.mark.parametrize("frame", ["{}", "<html><body><p>{}</p></body></html>"])
def test_undeclared_letters_of_other_languages_are_told_from_those_of_french(text, encoding, frame):
    assert text in decode(frame.format(text).encode(encoding)).text
