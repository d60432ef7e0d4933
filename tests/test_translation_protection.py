"""What no engine may touch: addresses of any letters, handles, hashtags, files, acronyms."""

from __future__ import annotations

import re
from functools import cache

import pytest
from growth import cpu_seconds, grows_evenly
from hypothesis import given
from hypothesis import strategies as st

from corpus_norm import protected_spans
from corpus_norm.languages import LANGUAGES
from corpus_norm.protected_spans import find_acronyms, find_protected
from corpus_norm.translation import translate
from corpus_norm.translation.glossary import Glossary, Term
from corpus_norm.translation.masking import mask, mask_context, restore, split_around
from corpus_norm.translation.translate import make_request


def protected(text):
    return [text[start:end] for start, end in find_protected(text)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (
            "Lire https://journal.fr/société/grève-du-métro.",
            ["https://journal.fr/société/grève-du-métro"],
        ),
        ("Lire https://a.fr/?q=l'hôtel&p=2, puis", ["https://a.fr/?q=l'hôtel&p=2"]),
        ("Lire https://a.fr/?q=l’hôtel.", ["https://a.fr/?q=l’hôtel"]),
        ("« https://a.fr/é » et «http://b.fr/è»", ["https://a.fr/é", "http://b.fr/è"]),
        (
            "(https://fr.wikipedia.org/wiki/Élan_(animal)).",
            ["https://fr.wikipedia.org/wiki/Élan_(animal)"],
        ),
        ("ftp://moi:clé@hôte.fr:21/été#où!", ["ftp://moi:clé@hôte.fr:21/été#où"]),
        ("Sur köln.de, mairie-évry.fr et m6.fr.", ["köln.de", "mairie-évry.fr", "m6.fr"]),
        ("Sur www.fête.fr/août ?", ["www.fête.fr/août"]),
        (
            "Voir journal.fr/à-la-une et a.b.gouv.fr:8080/x",
            ["journal.fr/à-la-une", "a.b.gouv.fr:8080/x"],
        ),
        ("Écrire à zoé.müller+x@université.fr;", ["zoé.müller+x@université.fr"]),
        ("Voir @Zoé_M, @L-Équipe et @zoe@mamot.fr.", ["@Zoé_M", "@L-Équipe", "@zoe@mamot.fr"]),
        ("Le #ClásicO, #Été2024 et #5G", ["#ClásicO", "#Été2024", "#5G"]),
        ("Ouvrir bilan_été.xlsx ou a.tar.gz", ["bilan_été.xlsx", "a.tar.gz"]),
        ("La v3.11.2 suit v2.0-beta1.", ["v3.11.2", "v2.0-beta1"]),
        ("见https://a.cn/新闻/上海?id=1。", ["https://a.cn/新闻/上海?id=1"]),
        ("见https://a.cn/x，或https://a.cn/y查看", ["https://a.cn/x", "https://a.cn/y"]),
        ("见 https://zh.wikipedia.org/wiki/C语言 一文", ["https://zh.wikipedia.org/wiki/C语言"]),
        ("见https://a.cn/x,请转发（https://a.cn/y）", ["https://a.cn/x", "https://a.cn/y"]),
        (
            "https://例子.中国/首页 与 https://www.例子.cn/",
            ["https://例子.中国/首页", "https://www.例子.cn/"],
        ),
        ("联系wang@a.com.cn咨询，或：李四@例子.公司。", ["wang@a.com.cn", "李四@例子.公司"]),
        ("#春节档##票房破十亿#登上热搜", ["#春节档#", "#票房破十亿#"]),
        ("#比特币 今天大涨 #以太坊", ["#比特币", "#以太坊"]),
        ("@上海发布：今天 @上海地铁shmetro 停运", ["@上海发布", "@上海地铁shmetro"]),
        (
            "见 https://zh.wikipedia.org/wiki/2022年冬奥会。",
            ["https://zh.wikipedia.org/wiki/2022年冬奥会"],
        ),
        ("＃冬奥会＃ 【#春晚#】", ["＃冬奥会＃", "#春晚#"]),
        ("@新华社的报道，@musk发文，@AI前线：好", ["@新华社", "@musk", "@AI前线"]),
        ("信箱 service@範例.tw ，聯絡我們@公司.tw。", ["service@範例.tw", "聯絡我們@公司.tw"]),
        ("访问 例子.com 或 例子.cn", ["例子.com", "例子.cn"]),
        ("访问例子.中国了解更多，官網 範例.台灣 。", ["例子.中国", "範例.台灣"]),
        (
            "见 http://a.cn/路径/文件_2024(修订版).pdf 。",
            ["http://a.cn/路径/文件_2024(修订版).pdf"],
        ),
        ("见https://a.cn/通知（2024）.html。", ["https://a.cn/通知（2024）.html"]),
        (
            "Voir https://a.fr/é?n°=2 et https://a.fr/prix-à-5€ ou https://a.fr/œufs–frais.",
            ["https://a.fr/é?n°=2", "https://a.fr/prix-à-5€", "https://a.fr/œufs–frais"],
        ),
        (
            "https://th.example/ข่าว https://hi.example/समाचार",
            ["https://th.example/ข่าว", "https://hi.example/समाचार"],
        ),
        ("La 1.1.5k, la 2.4.1 et 192.168.0.1", ["1.1.5k", "2.4.1", "192.168.0.1"]),
        ("Tél. +33 1 57 28 20 00 ou 06 12 34 56 78.", ["+33 1 57 28 20 00", "06 12 34 56 78"]),
    ],
)
def test_addresses_of_any_letters_are_protected_to_their_end(text, spans):
    assert protected(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "Il est parti.Le lendemain, M.Dupont et/ou Mme.Martin.",
        "À 10 km/h, p.ex. 3.5 ou 1.200.000 le 12.03.2024",
        "Le n° 1, le #1 et la note # 3",
        "C#语言和F#语言，#1号楼和#2号楼",
        "10 @ 3 euros, a@b",
        "版本升级。他说：好，微博上@了李明",
        "他来自上海.中国队赢了，今天下雨.公司关门",
        "le 21.09.24, 113.07.05, 2024.3.5发布, 1.200.000元",
        "+33 156 000 habitants, +1 234 567 890 euros",
    ],
)
def test_what_only_looks_like_an_address_is_not_protected(text):
    assert protected(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("L'OM bat l’ASSE.", ["OM", "ASSE"]),
        ("Le patron d'EDF croit qu'IBM vend l'A380.", ["EDF", "IBM", "A380"]),
        ("Selon l'ONU et l'O.M.S., l'UE recule.", []),
        ("L'ÉTAT D'URGENCE, L'OM BAT LE PSG", []),
        ("L'Iran et l'été d'Anne", []),
    ],
)
def test_acronyms_after_an_apostrophe_are_kept(text, names):
    assert [text[start:end] for start, end in find_acronyms(text, "fr-FR")] == names
    assert find_acronyms(text, "zh-Hans") == find_acronyms(text, "xx") == []


def test_acronyms_of_english_are_in_capitals():
    assert all(name.isupper() for record in LANGUAGES.values() for name in record.acronyms)


SENTENCES = [
    (
        "fr",
        "Voir https://journal.fr/société/grève?a=l'été pour la suite.",
        ["https://journal.fr/société/grève?a=l'été"],
    ),
    ("fr", "Écrivez à zoé@exemple.fr ou sur exemple.fr/où.", ["zoé@exemple.fr", "exemple.fr/où"]),
    ("fr", "L'ASSE affronte l'OL, et d’EDF à l’OM, tout change.", ["ASSE", "OL", "EDF", "OM"]),
    ("fr", "Le LOSC et OM sont battus par l'ASM.", ["LOSC", "OM", "ASM"]),
    ("fr", "Le #PSG bat l'OM 3-1.", ["#PSG", "OM", "3-1"]),
    ("zh-Hans", "详见https://a.cn/新闻/上海。", ["https://a.cn/新闻/上海"]),
    ("zh-Hans", "@上海发布 公布 #地铁停运# 消息。", ["@上海发布", "#地铁停运#"]),
    (
        "zh-Hant",
        "詳見 https://zh.wikipedia.org/wiki/臺灣 。",
        ["https://zh.wikipedia.org/wiki/臺灣"],
    ),
    ("zh-Hans", "【最新消息】公司今天发布报告。", ["[", "]"]),
]


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize(("language", "text", "kept"), SENTENCES)
def test_the_starter_keeps_them_whole(language, text, kept):
    [done] = translate([text], language)
    assert [each for each in kept if each not in done.text] == []
    assert "l'" not in done.text.lower().replace("a=l'été", "")
    assert "link_lost" not in done.flags


@pytest.mark.usefixtures("starter")
def test_an_acronym_with_an_english_of_its_own_is_translated():
    [done] = translate(["Selon l'ONU et l'OTAN, l'UE est prête."], "fr")
    assert {"UN", "NATO", "EU"} <= set(done.text.replace(",", "").split())


def test_many_spans_have_names_of_one_length():
    text = " ".join(f"@compte{i} dit" for i in range(800))
    masked = mask(text)
    assert {len(span.placeholder) for span in masked.spans} == {5}
    assert restore(masked, masked.text) == text
    assert restore(masked, masked.text.replace(masked.spans[7].placeholder, "")) is None


def test_terms_that_overlap_a_span_are_left_to_it():
    glossary = Glossary((Term("journal", "paper"), Term("bon", "good")))
    masked = mask("Un bon article sur journal.fr, dit le journal.", "fr", glossary)
    assert [span.english for span in masked.spans] == ["good", "journal.fr", "paper"]


def test_what_stands_between_spans_is_restated_too():
    masked = mask("Le 5 sept. @zoe a vu soixante-dix films.", "fr")
    assert masked.text == "Le 5 septembre ZQA a vu 70 films."
    assert [each for each in split_around(masked) if isinstance(each, str)] == [
        "Le 5 septembre",
        "a vu 70 films.",
    ]


def test_the_paragraph_shows_a_sentence_as_the_model_sees_it():
    masked = mask("Le 5 sept. @zoe part.", "fr")
    context = mask_context(masked, "Voir a@b.org. Le 5 sept. @zoe part. Fin @max.")
    assert context == "Voir …. Le 5 septembre ZQA part. Fin …."


PATTERNS = [
    "a.",
    "-",
    "h.",
    "@a ",
    "https://a.b/c) ",
    ")",
    "l'OM ",
    "#北京",
    "北京@",
    "a@",
    "«",
    "https://a.b/北",
    "vingt ",
    "三千",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("language", ["fr", "zh-Hans"])
def test_the_work_of_masking_grows_with_the_text(pattern, language):
    def work(text):
        masked = mask(text, language, Glossary((Term("Paris", "Paris"),)))
        assert restore(masked, masked.text) is not None
        split_around(masked)

    def measure(size):
        text = "https://a.b/" + (pattern * size)[:size]
        return cpu_seconds(lambda: work(text))

    measure(1_000)
    assert grows_evenly(measure, 10_000, 40_000, most_growth=10, negligible_s=0.2)


@pytest.mark.slow
def test_the_work_of_a_long_paragraph_grows_with_its_sentences():
    def work(sentences, paragraph):
        for sentence in sentences:
            mask_context(mask(sentence), make_request(sentence, paragraph).context)

    def measure(count):
        sentences = [f"La phrase {i} de ce texte est là." for i in range(count)]
        return cpu_seconds(lambda: work(sentences, " ".join(sentences)))

    measure(50)
    assert grows_evenly(measure, 500, 2_000, most_growth=10, negligible_s=0.5)


WORDS = [
    "www",
    "http",
    "://",
    "com",
    "7z",
    "pdf",
    "+33",
    "06",
    "12",
    "港口",
    "。",
    "公司",
    "中国",
    "MC",
    "PA",
    "TSLA",
]
ATOMS = st.sampled_from([*"a 1.-@#/_(),$`v2é:", *WORDS])


@given(st.lists(ATOMS, max_size=9).map("".join))
def test_every_protected_span_has_a_sign_of_the_quick_test(text):
    for kind, pattern in protected_spans._PATTERNS.items():
        if pattern.search(text) is not None:
            assert protected_spans._SIGN.search(text) is not None
            assert protected_spans._SIGNS[kind].search(text) is not None


@cache
def compile_all_kinds():
    kinds = protected_spans._KINDS.items()
    return re.compile("|".join(f"(?P<{kind}>{'|'.join(patterns)})" for kind, patterns in kinds))


@given(st.lists(ATOMS, max_size=12).map("".join), st.integers(1, 4))
def test_the_kinds_apart_find_the_spans_of_one_pattern(text, step):
    spans, position = protected_spans._Spans(text), 0
    while found := compile_all_kinds().search(text, position):
        kind, match = spans.find(position)
        assert (kind, match.span()) == (found.lastgroup, found.span())
        position = found.start() + step
    assert spans.find(position) is None
