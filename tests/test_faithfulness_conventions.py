"""What languages write in their own way, rendered right and rendered wrong.

``data/conventions.tsv`` has, by kind, English that a reader would accept, which must pass, and
English that says something else, which must be flagged; nearly every source has one of each.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from corpus_norm.audit import amounts, audit
from corpus_norm.audit.finding import find_all
from corpus_norm.labels import AmountState, Flag
from corpus_norm.languages import get_language
from corpus_norm.protected_spans import find_protected

TABLE = Path(__file__).parent / "data" / "conventions.tsv"
with TABLE.open(encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def rows_of(verdict):
    return [
        pytest.param(row["language"], row["source"], row["english"], id=f"{row['kind']} {i}")
        for i, row in enumerate(ROWS)
        if row["verdict"] == verdict
    ]


@pytest.mark.parametrize(("language", "source", "english"), rows_of("right"))
def test_a_right_rendering_passes(language, source, english):
    audited = audit(source, english, language)
    assert audited.passed, (audited.flags, audited.amounts)


@pytest.mark.parametrize(("language", "source", "english"), rows_of("wrong"))
def test_a_wrong_rendering_is_flagged(language, source, english):
    assert not audit(source, english, language).passed


@pytest.mark.parametrize("kind", sorted({row["kind"] for row in ROWS}))
def test_each_kind_is_looked_at_both_ways(kind):
    verdicts = [row["verdict"] for row in ROWS if row["kind"] == kind]
    assert min(verdicts.count("right"), verdicts.count("wrong")) >= 2


@pytest.mark.parametrize(
    ("language", "source", "english", "flag"),
    [
        ("fr", "-3,5 %", "3.5%", Flag.AMOUNT_CHANGED),
        ("fr", "0,5 point de pourcentage", "0.5 percent", Flag.UNIT_CHANGED),
        ("fr", "le 03/04/2024", "March 4, 2024", Flag.DATE_CHANGED),
        ("zh-Hans", "下午三点半", "3:30 a.m.", Flag.DATE_CHANGED),
        ("fr", "Voir https://exemple.fr/été ici.", "See https://exemple.fr/ete.", Flag.LINK_LOST),
    ],
)
def test_the_flag_says_what_is_wrong(language, source, english, flag):
    assert audit(source, english, language).flags == (flag,)


@pytest.mark.parametrize(
    ("language", "text", "readings"),
    [
        ("fr", "-3,5 %, moins 12 degrés, 5 points de base", ["-3.5%", "-12 degree", "0.05 points"]),
        ("fr", "au T3, à midi et demi", ["quarter 3", "12:30"]),
        ("zh-Hans", "民国113年打七折,壹佰元", ["2024", "30%", "100 CNY"]),
        ("en", "15 degrees below zero, 3:30 p.m.", ["-15 degree", "15:30"]),
    ],
)
def test_a_reading_is_shown_in_one_notation(language, text, readings):
    assert [amount.reading for amount in amounts(text, language)] == readings


@pytest.mark.parametrize("text", ["歼-20", "GPT-4", "2019-2020", "3 - 5", "F-16", "3月-5月"])
def test_a_dash_that_joins_is_no_sign(text):
    for language in ("fr", "zh-Hans", "en"):
        assert not any(amount.negative for amount in find_all(text, get_language(language)))


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Voir https://exemple.fr/a?b=1&c=l'été avant.", ["https://exemple.fr/a?b=1&c=l'été"]),
        (
            "详见https://a.com/x查看,https://zh.org/wiki/北京 。",
            ["https://a.com/x", "https://zh.org/wiki/北京"],
        ),
        ("rené@exemple.fr, exemple.fr/où", ["rené@exemple.fr", "exemple.fr/où"]),
        ("(https://a.org/b_(c)).", ["https://a.org/b_(c)"]),
    ],
)
def test_an_address_may_have_any_letter(text, spans):
    assert [text[start:end] for start, end in find_protected(text)] == spans


@pytest.mark.parametrize(
    ("language", "source", "english", "wrong"),
    [
        (
            "fr",
            "Il a perdu 8 cents jeudi.",
            "It lost 8 cents on Thursday.",
            "It lost 9 cents on Thursday.",
        ),
        (
            "fr",
            "Ils vendent 272 millions de kg.",
            "They sell 600 million pounds.",
            "They sell 900 million pounds.",
        ),
        (
            "fr",
            "Un bénéfice de 43,8 millions.",
            "A profit of CAD 43.8 million.",
            "A profit of CAD 4.8 million.",
        ),
        (
            "fr",
            "Il a chuté à 9 $ au 30 juin.",
            "It fell to $9 as of June 30.",
            "It fell to $9 as of June 3.",
        ),
        ("fr", "Je lis un livre.", "I am reading a book.", "I am reading 12 books."),
        ("fr", "Il est coincé à 15 m du sol.", "It is stuck 50ft up.", "It is stuck 90ft up."),
        ("fr", "Il roulait à 210 km/h.", "He was driving at 130mph.", "He was driving at 230mph."),
        ("zh-Hans", "月薪上万的工作", "a job paid over 10,000 yuan", "a job paid over 70,000 yuan"),
        (
            "zh-Hans",
            "冯小刚、宁浩、大鹏三位嘉宾出席",
            "Feng, Ning and Da Peng attended",
            "Eight guests attended",
        ),
        ("zh-Hans", "23日宣布", "announced on Wednesday", "announced on the 28th"),
        (
            "zh-Hans",
            "一天6000多亩",
            "over 6,000 mu (400 hectares) a day",
            "over 6,000 mu and 400 men a day",
        ),
        ("zh-Hans", "广州塔高37.6万米", "376,000 meters high", "37.6 meters high"),
        ("zh-Hans", "20 世纪 70 年代", "in the 1970s", "in the 1990s"),
        ("zh-Hans", "许多80后", "many born in the 1980s", "many born in the 1970s"),
        ("zh-Hans", "26日通报", "reported on July 26, 2020", "reported on July 29, 2020"),
        ("zh-Hans", "24小时监控", "monitored around the clock", "monitored for 12 hours"),
    ],
)
def test_amounts_that_the_english_says_in_its_own_way(language, source, english, wrong):
    states = {pair.state for pair in audit(source, english, language).amounts}
    assert states <= {AmountState.KEPT}
    assert {pair.state for pair in audit(source, wrong, language).amounts} - {AmountState.KEPT}


def test_a_list_is_not_its_number_where_items_are_missing():
    found = audit("嘉兴、遵义、延安等8个地市参展", "Jiaxing, Zunyi and Yan'an took part", "zh-Hans")
    assert [pair.state for pair in found.amounts] == [AmountState.MISSING]


@pytest.mark.parametrize(
    ("source", "right", "wrong"),
    [
        ("他家在20里外。", "His home is 10 kilometers away.", "His home is 30 kilometers away."),
        (
            "有25万种植物。",
            "There are a quarter of a million plants.",
            "There are a million plants.",
        ),
        ("24小时监控大桥。", "The bridge is watched 24/7.", "The bridge is watched 7 days."),
        (
            "1亩苹果的年产值超过1.5万元。",
            "Apples yield over 15,000 yuan per mu.",
            "Apples yield a lot.",
        ),
        (
            "主任张卫26日称，检测工作已基本完成。",
            "Director Zhang Wei said that testing is mostly completed.",
            "Testing is mostly completed.",
        ),
        (
            "海岸警卫队当天截获一艘快艇。",
            "The coast guard intercepted a boat on July 26, 2020.",
            "The coast guard intercepted 26 boats that day.",
        ),
        (
            "影片入围本届电影节。",
            "The film was nominated for the 23rd festival.",
            "The film was nominated for 23 festivals.",
        ),
        ("三种症状", "a triad of symptoms", "symptoms"),
    ],
)
def test_amounts_are_said_in_other_ways(source, right, wrong):
    assert not [
        pair for pair in audit(source, right, "zh").amounts if pair.state is not AmountState.KEPT
    ]
    assert [
        pair for pair in audit(source, wrong, "zh").amounts if pair.state is not AmountState.KEPT
    ]
