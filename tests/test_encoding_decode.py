"""Bytes to text: every kind of evidence, and data that is not text."""

from __future__ import annotations

import codecs

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
