"""Months, numbers and hours as engines read them right; and what only looks like them."""

from __future__ import annotations

import pytest
from growth import cpu_seconds, grows_evenly
from hypothesis import given
from hypothesis import strategies as st

from corpus_norm.translation import restating, translate
from corpus_norm.translation.engines.phrases import split_tokens
from corpus_norm.translation.engines.phrases.tokens import (
    NUMBER,
    Segmenter,
    place_moment,
    tokenize_chinese,
    tokenize_french,
    write_moment,
)
from corpus_norm.translation.restating import restate

FRENCH = [
    ("le 14 sept. 2026 à Lyon", "le 14 septembre 2026 à Lyon"),
    ("Sept. 2022 : hausse", "Septembre 2022 : hausse"),
    ("en sept. 2022, le chômage", "en septembre 2022, le chômage"),
    ("du 3 au 5 sept., les écoles", "du 3 au 5 septembre, les écoles"),
    ("Il ferme le 5 sept.", "Il ferme le 5 septembre."),
    ("Fin le 5 sept. Les élus votent.", "Fin le 5 septembre. Les élus votent."),
    ("Le 5 sept. Macron part.", "Le 5 septembre Macron part."),
    ("le 1er SEPT. 2020", "le 1er septembre 2020"),
    ("élu en sept. dernier, de sept. à mai", "élu en septembre dernier, de septembre à mai"),
    ("le sept septembre, sam. 7 sept.", "le 7 septembre, samedi 7 septembre."),
    ("d'avr. à juil. 2023", "d'avril à juillet 2023"),
    ("sept.-oct. 2023, fin déc.", "septembre-octobre 2023, fin décembre."),
    ("3-déc-2020 et 12 févr 2021", "3 décembre 2020 et 12 février 2021"),
    ("quatre-vingt-dix-sept élus", "97 élus"),
    ("soixante et onze, soixante-et-onze", "71, 71"),
    ("quatre vingt dix et quatre-vingts", "90 et 80"),
    ("septante-deux, huitante, nonante et un", "72, 80, 91"),
    ("deux cents, cent un, mille deux", "200, 101, 1002"),
    ("mille neuf cent quatre-vingt-dix-huit", "1998"),
    ("dix-neuf cent quarante-cinq", "1945"),
    ("deux cent cinquante mille", "250\u202f000"),
    ("un million deux cent mille", "1,2 million"),
    ("trois milliards et demi d'euros", "3,5 milliards d'euros"),
    ("le vingt et unième, la quatre-vingt-dixième", "le 21e, la 90e"),
    ("une vingtaine de blessés", "environ 20 blessés"),
    ("près d'une centaine d'élus", "près de 100 élus"),
    ("une trentaine d'entre eux", "environ 30 d'entre eux"),
    ("à 9 h. 30 et 14H30", "à 9 h 30 et 14 h 30"),
    ("à dix heures et quart", "à 10 h 15"),
    ("vers quatre heures moins le quart", "vers 3 h 45"),
    ("à dix-huit heures trente", "à 18 h 30"),
    ("à midi et demi", "à 12 h 30"),
    ("dit que l'ASSE gagne qu'IBM", "dit que le ASSE gagne que IBM"),
]


@pytest.mark.parametrize(("written", "restated"), FRENCH)
def test_french_is_restated(written, restated):
    assert restate(written, "fr") == restated


@pytest.mark.parametrize(
    "text",
    [
        "Ils étaient sept. Il a sept ans, neuf chats et un vélo neuf.",
        "Sept. Huit. Neuf. Dix. Sept élus sur dix.",
        "entre vingt et trente, deux ou trois, cinquante cents",
        "mille et une nuits, un mille marin, un million d'euros",
        "trois quarts, deux cinquièmes, un tiers, la seconde",
        "la vingtaine, une quinzaine, en quarantaine, une quarantaine de 14 jours",
        "pendant trois heures et demie, à 9 h du matin",
        "l'ONU, l'Iran, d'abord, nov, oct et dec",
        "Le mardi 4 septembre 2001 à 14 h 30",
    ],
)
def test_french_that_needs_no_restating_is_left(text):
    assert restate(text, "fr") == text


CHINESE = [
    ("七十一人", "71人"),
    ("一百零五人和一百五十人", "105人和150人"),
    ("三万五千元，三万五", "3.5万元，3.5万"),
    ("十二亿三千万元", "12.3亿元"),
    ("三萬五千人，兩百名", "3.5万人，200名"),
    ("廿一世纪", "21世纪"),
    ("十二万三千四百五十六", "123,456"),
    ("三万亿元", "3万亿元"),
    ("第二十三届", "第23届"),
    ("百分之七点五，百分之七十一", "7.5%，71%"),
    ("约三成，七成五", "约30%，75%"),
    ("七点三级地震，三点五亿元", "7.3级地震，3.5亿元"),
    ("二〇二四年，二零二四年，一九九八年", "2024年，2024年，1998年"),
    ("民國一一三年五月二十日，民国113年", "2024年5月20日，2024年"),
    ("四月二十九日，十二月", "4月29日，12月"),
    ("七点二十五分，七点零五分", "7点25分，7点05分"),
    ("下午三点半，三点一刻，下午兩點三刻", "下午3点30分，3点15分，下午2點45分"),
    ("晚上八点，凌晨零时", "晚上8点，凌晨0时"),
    ("从九点到十二点", "从9点整到12点整"),
    ("上午十时三十分", "上午10时30分"),
    ("七八百人，三四十岁，十五六岁", "700至800人，30至40岁，15至16岁"),
    ("四五万人，五六十万元，两三个小时", "4万至5万人，50万至60万元，2至3个小时"),
    ("差一刻八点，他差五分六点到家，六点差五分", "7点45分，他5点55分到家，5点55分"),
    ("党的十九大精神，二十大报告", "党的第19次全国代表大会精神，第20次全国代表大会报告"),
    (
        "中共十九大对中国，党的十八大情况",
        "中共第19次全国代表大会对中国，党的第18次全国代表大会情况",
    ),
    ("十二月三日至五日", "12月3日至5日"),
    ("增长３.６％，１５８万人", "增长3.6%，158万人"),
    ("打八折，八五折优惠，對折，3.8折", "打20%的折扣，15%的优惠，50%的折扣，62%的折扣"),
]


@pytest.mark.parametrize(("written", "restated"), CHINESE)
def test_chinese_is_restated(written, restated):
    assert restate(written, "zh-Hans") == restate(written, "zh-Hant") == restated


@pytest.mark.parametrize(
    "text",
    [
        "十分高兴，万一下雨，千方百计，千万不要",
        "十四五规划，二十大行业，十大新闻，十一黄金周，双十一",
        "十几人，二十多万，几十，数百万，七八百多人，三五天，乱七八糟，十四五年，五六月份，三四十年代",
        "一波三折，七折八扣，百折不挠，三折叠，差一点，差五分及格，打折",
        "三点意见，一时，四时，两成员，成员三成立",
        "三月，四川，三亚，六十年代，三分之二，二十分之一",
        "一千零一夜，三十而立",
        "上午9时30分，3月31日，2024年",
    ],
)
def test_chinese_that_needs_no_restating_is_left(text):
    assert restate(text, "zh-Hans") == text


@given(
    st.text(
        alphabet="一二三十百千万亿零点分半月日年时成之廿第上午 quatre-vingtsdixcmlh.0123456789'",
        max_size=60,
    )
)
def test_any_text_can_be_restated(text):
    for language in ("fr", "zh-Hans", "en", ""):
        assert isinstance(restate(text, language), str)


NUMERALS = [
    "9" * 5_000,
    "1 000" * 1_000,
    "９" * 5_000,
    "٣",
    "９",
    "1.1.5",
    "一" * 5_000,
    "千" * 900,
]
AROUND = [
    "{}",
    "{}e jour",
    "{} h 30",
    "{}点半",
    "第{}届",
    "{}分之{}",
    "民国{}年",
    "{}月{}日",
    "{}万",
    "{} millions",
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("numeral", NUMERALS, ids=lambda numeral: numeral[:8])
def test_no_numeral_is_too_long_or_too_odd(numeral, around):
    text = around.replace("{}", numeral)
    segmenter = Segmenter.of_counts({"公司": 9})
    for tokens in (
        tokenize_french(restate(text, "fr")),
        tokenize_chinese(restate(text, "zh"), segmenter),
    ):
        assert len(tokens.forms) == len(tokens.copies)


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("4月29日", "on April 29"),
        ("2024年3月5日", "on March 5, 2024"),
        ("2024年11月", "in November 2024"),
        ("3月3日至5日", "on March 3 to 5"),
        ("4月28日至5月3日", "on April 28 to May 3"),
        ("7日", "on the 7th"),
        ("下午3点30分", "at 3:30 p.m."),
        ("下午3:30", "at 3:30 p.m."),
        ("上午9时30分", "at 9:30 a.m."),
        ("21时05分", "at 21:05"),
        ("晚上11点", "at 11 p.m."),
        ("凌晨2点", "at 2 a.m."),
        ("3点整", "at 3:00"),
        ("凌晨2时许", "at about 2 a.m."),
        ("晚上10点左右", "at about 10 p.m."),
        ("3月5日上午9时", "at 9 a.m. on March 5"),
        ("四分之三", "three quarters"),
        ("20分之7", "7/20"),
    ],
)
def test_chinese_dates_and_hours_are_written_by_rule(chinese, english):
    tokens = tokenize_chinese(f"公司{chinese}投资", Segmenter.of_counts({"公司": 9, "投资": 9}))
    assert tokens.forms == ("公司", NUMBER, "投资")
    assert tokens.copies[1] == english


@pytest.mark.parametrize(
    "text", ["3点意见", "7日元", "5小时", "21时间", "40月", "3个月", "13月5日"]
)
def test_what_is_no_date_is_no_date(text):
    tokens = tokenize_chinese(text, Segmenter.of_counts({"意见": 1}))
    assert not any(mark in tokens.copies[0] for mark in ("at ", "on ", "in "))


def test_a_date_takes_the_place_of_the_small_words_before_it():
    assert place_moment(["held", "in", "the"], "on April 29") == (2, "on April 29")
    assert place_moment(["from"], "at 9:00") == (0, "9:00")
    assert place_moment(["the"], "5") == (0, "5")
    assert write_moment("no date") == "no date"


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("à 9 h", "at 9:00"),
        ("à 18h45", "at 18:45"),
        ("à minuit", "at midnight"),
        ("12 h", "12:00"),
    ],
)
def test_an_hour_is_at_its_hour(french, english):
    tokens = tokenize_french(f"parti {french} hier")
    assert (tokens.forms, tokens.copies[1]) == (("parti", NUMBER, "hier"), english)


def test_the_end_of_a_time_is_no_hour_of_its_own():
    assert tokenize_french("de 9 h à 12 h, de 9 h 30 à 10h").copies[::2] == (
        *("de", "à", ",", "9:30", "10:00"),
    )


ENGLISH = [
    ("fr", "Le 14 sept. 2026, le maire a annoncé 25 mesures.", ["September", "14", "2026", "25"]),
    ("fr", "Rendez-vous le 30 sept. à Lille.", ["September", "30"]),
    ("fr", "Du 3 au 5 sept., les écoles ferment.", ["September"]),
    ("fr", "Entre oct. et déc. 2021, les ventes ont doublé.", ["October", "December 2021"]),
    ("fr", "Quatre-vingt-dix-sept députés ont voté.", ["97"]),
    ("fr", "Soixante et onze élus de gauche sont là.", ["71"]),
    ("fr", "Nonante-cinq personnes ont voté.", ["95"]),
    ("fr", "Une trentaine d'élèves ont été blessés.", ["30"]),
    ("fr", "Le train part à 9 h. 30.", ["at 9:30"]),
    ("fr", "Il est rentré à minuit.", ["midnight"]),
    ("zh-Hans", "本次会议将于4月29日在北京举行。", ["on April 29"]),
    ("zh-Hans", "3月31日，公司公布了财报。", ["March 31"]),
    ("zh-Hans", "2024年3月5日，他在上海去世。", ["March 5, 2024"]),
    ("zh-Hans", "会议将于七点二十五分开始。", ["7:25"]),
    ("zh-Hans", "下午三点半，火车到达车站。", ["3:30 p.m."]),
    ("zh-Hans", "三点一刻，他离开了办公室。", ["3:15"]),
    ("zh-Hans", "21时05分，地震发生。", ["21:05"]),
    ("zh-Hans", "七十一人在事故中受伤，一百零五人死亡。", ["71", "105"]),
    ("zh-Hans", "公司投资三万五千元，聘用了两百名员工。", ["35,000", "200"]),
    ("zh-Hans", "百分之七十一的人反对。", ["71%"]),
    ("zh-Hans", "四分之三的学生参加了考试。", ["three quarters"]),
    ("zh-Hans", "中共十九大胜利闭幕。", ["19th", "National Congress"]),
    ("zh-Hans", "第十届艺术节在西宁拉开帷幕。", ["10th"]),
    ("zh-Hans", "数千万投资者和退休人员。", ["tens of millions of"]),
    ("zh-Hans", "企业新增百亿元营收。", ["10 billion"]),
    ("zh-Hans", "大约4亿5千万年前。", ["450 million"]),
    ("zh-Hans", "最近１０年里，净流入２.１８万人。", ["10 years", "21,800"]),
    ("zh-Hans", "在第5章中。", ["chapter 5"]),
    ("zh-Hant", "四月五日，三萬五千人參加。", ["April 5", "35,000"]),
]


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize(("language", "text", "said"), ENGLISH)
def test_the_starter_says_them_right(language, text, said):
    english = translate([text], language)[0].text
    missing = [each for each in said if each.lower() not in english.lower()]
    assert (missing, "seven" in english) == ([], False), english


PATTERNS = ["-", "h.", "vingt-", "à 9 h ", "sept. ", "三", "3月", "下午", "#北", "a@", "1.1.", "【"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_work_of_tokens_grows_with_the_text(pattern):
    segmenter = Segmenter.of_counts({"公司": 9})

    def work(text):
        split_tokens(tokenize_french(restate(text, "fr")))
        split_tokens(tokenize_chinese(restate(text, "zh"), segmenter))

    def measure(size):
        text = (pattern * size)[:size]
        return cpu_seconds(lambda: work(text))

    measure(1_000)
    assert grows_evenly(measure, 8_000, 32_000, most_growth=10, negligible_s=0.2)


NUMBER_WORDS = st.sampled_from(
    [
        "un",
        "une",
        "et",
        "demi",
        "deux",
        "sept",
        "dix",
        "onze",
        "dix-sept",
        "vingts",
        "soixante",
        "quatre-vingt",
        "septante",
        "cents",
        "mille",
        "millions",
        "milliard",
        "élus",
        "m",
    ]
)
GAPS = st.sampled_from([" ", "-", "\u00a0", "\u2011", ", ", ""])


@given(st.lists(st.tuples(NUMBER_WORDS, GAPS).map("".join), max_size=6).map("".join))
def test_the_quick_test_finds_every_number_that_is_rewritten(text):
    if restating._MAY_BE_SEVERAL.search(text) is None:
        assert restating._WORDS.sub(restating._number, text) == text
