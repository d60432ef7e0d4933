"""Dates as newspapers, agencies and programs write them, in three languages."""

from __future__ import annotations

from datetime import date

import pytest
from growth import least_cpu_seconds

from corpus_norm.dates import Setting, find_date, forms, guess_setting, read_stated
from corpus_norm.dates.lines import find_in_lines
from corpus_norm.settings import InputSettings
from corpus_norm.sources.feeds import read_feed

FRENCH, BRITISH, AMERICAN = map(guess_setting, ("fr", "en-GB", "en-US"))
TAIWAN, MAINLAND = map(guess_setting, ("zh-TW", "zh-CN"))
THE_DAY = "2024-04-13"


@pytest.mark.parametrize(
    "text",
    [
        "13/04/2024",
        "04/13/2024",
        "13.04.2024",
        "13-04-2024",
        "13-Apr-2024",
        "13/Apr/2024:09:15:00",
        "13-Apr-24",
        "20240413",
        "20240413091500",
        "20240413T091500Z",
        "2024-04-13",
        "2024-4-13",
        "2024.04.13.",
        "2024/04/13 09:15",
        "2024‑04‑13",
        "2024-Apr-13",
        "2024 April 13",
        "Apr. 13th, 2024",
        "Apr 13, 2024 9:15 a.m. ET",
        "April 13 2024",
        "Apr-13-2024",
        "13 April 2024",
        "13th of April, 2024",
        "13. April 2024",
        "13Apr2024",
        "Saturday, 13 April 2024 09:15 BST",
        "Sat 13 Apr 2024 09.15 BST",
        "Sat Apr 13 09:15:00 BST 2024",
        "Sat Apr 13 09:15:00 +0000 2024",
        "Sat, 13 Apr 2024 09:15:00 +0100",
        "9:15 a.m., April 13, 2024",
        "le samedi 13 avril 2024 à 9h15",
        "13 avr. 2024",
        "13 avril 2024",
        "Le 13 AVRIL 2024",
        "2024年4月13日",
        "2024年04月13日09:15",
        "2024 年 4 月 13 日",
        "２０２４年４月１３日",
        "2024年4月13号",
        "二〇二四年四月十三日",
        "二零二四年四月十三日",
        "二○二四年四月十三日",
        "民國113年4月13日",
        "民國一百一十三年四月十三日",
        "民國一一三年四月十三日",
        "中華民國113年4月13日",
        "113年4月13日",
        "令和6年4月13日",
        "令和六年四月十三日",
        "西元2024年4月13日",
        "2024/4/13 上午9:15",
        "2024-04-13（土）",
        "发布时间:2024-04-13 来源:示例网",
    ],
)
def test_every_form_of_the_same_day_is_read(text):
    assert str(find_date(text)) == THE_DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1er avril 2024", "2024-04-01"),
        ("le 1 er août 2024", "2024-08-01"),
        ("29 févr. 2024", "2024-02-29"),
        ("3 aout 2023", "2023-08-03"),
        ("Sept. 5, 2023", "2023-09-05"),
        ("二〇二三年十二月三十一日", "2023-12-31"),
        ("二零一九年十月廿三日", "2019-10-23"),
        ("一九九八年七月二十日", "1998-07-20"),
        ("令和元年5月1日", "2019-05-01"),
        ("平成31年4月30日", "2019-04-30"),
        ("04/04/2024", "2024-04-04"),
        ("12.16.2025", "2025-12-16"),
    ],
)
def test_other_days(text, day):
    assert str(find_date(text)) == day


@pytest.mark.parametrize(
    "text",
    [
        "2 hours ago",
        "il y a 2 heures",
        "3小时前",
        "昨天 09:15",
        "Publié hier à 09:01",
        "April 2024",
        "2024年4月",
        "avril 2024",
        "31/02/2024",
        "13/13/2024",
        "32 avril 2024",
        "version 1.2.2024.5",
        "192.168.20.24",
        "2024-04-13-2024",
        "0000-00-00",
        "1970-01-01T00:00:00Z",
        "phone 01-02-2024-55",
        "© 2024 Daily Gull",
        "98年4月13日",
        "民國前5年4月13日",
        "Mayor 13, 2024",
        "113-04-13",
        "12/10/11",
        "Copyright © 2024-04-13",
        "Retrieved 13 April 2024",
        "Member since 13 April 2024",
        "页面 20241399",
        "120240413",
    ],
)
def test_what_is_no_date_of_publication_is_not_read(text):
    assert find_date(text) is None


@pytest.mark.parametrize(
    ("text", "setting", "day"),
    [
        ("03/04/2024", FRENCH, "2024-04-03"),
        ("03.04.2024", FRENCH, "2024-04-03"),
        ("03/04/24", FRENCH, "2024-04-03"),
        ("03/04/2024", BRITISH, "2024-04-03"),
        ("03/04/2024", AMERICAN, "2024-03-04"),
        ("3/4/2024", AMERICAN, "2024-03-04"),
        ("13/04/2024", AMERICAN, "2024-04-13"),
        ("04/13/2024", BRITISH, "2024-04-13"),
        ("03/04/2024", guess_setting("en"), "None"),
        ("03/04/2024", guess_setting("en-CA"), "None"),
        ("03/04/2024", MAINLAND, "None"),
        ("03/04/2024", guess_setting("zh-HK"), "2024-04-03"),
        ("Publié le 03/04/2024 à 10h12", guess_setting(None), "2024-04-03"),
        ("Publié le 03/04/2024", guess_setting("en"), "2024-04-03"),
        ("Wednesday 03/04/2024", guess_setting("en"), "2024-04-03"),
        ("Monday, 03/04/2024", guess_setting("en"), "2024-03-04"),
        ("113-04-13", TAIWAN, "2024-04-13"),
        ("113.04.13", TAIWAN, "2024-04-13"),
        ("113/04/13 09:15", TAIWAN, "2024-04-13"),
        ("98年4月13日", TAIWAN, "2009-04-13"),
        ("113-04-13", MAINLAND, "None"),
    ],
)
def test_the_language_and_the_place_settle_the_order(text, setting, day):
    assert str(find_date(text, setting)) == day


@pytest.mark.parametrize(
    ("evidence", "day"),
    [
        ({"language": "en-US", "url": "https://gull.co.uk/a"}, "2024-04-03"),
        ({"language": "en", "url": "https://gull.com.au/a"}, "2024-04-03"),
        ({"language": "en", "url": "https://harbour.gov/a"}, "2024-03-04"),
        ({"language": "en", "url": "https://gull.io/a"}, "None"),
        ({"language": "en", "url": "https://gull.ca/a"}, "None"),
        ({"language": "en", "texts": ["Updated 13/04/2024"]}, "2024-04-03"),
        ({"language": "en", "texts": ["Updated 04/13/2024"]}, "2024-03-04"),
        ({"language": "en-US", "texts": ["Updated 13/04/2024"]}, "2024-04-03"),
        ({"language": "en", "texts": ["13/04/2024", "04/14/2024"]}, "None"),
        ({"language": "en", "texts": ["9:15 p.m. EDT"]}, "2024-03-04"),
        ({"language": "en", "texts": ["09:15 BST"]}, "2024-04-03"),
        ({"language": "fr-CA"}, "2024-04-03"),
        ({"url": "http://[::1"}, "None"),
    ],
)
def test_a_page_gives_the_order_away(evidence, day):
    assert str(find_date("03/04/2024", guess_setting(**evidence))) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Updated 5 May 2024 · Published 3 May 2024", "2024-05-03"),
        ("Published 3 May 2024 · Updated 5 May 2024", "2024-05-03"),
        ("Last updated: May 5, 2024 | First published: May 3, 2024", "2024-05-03"),
        ("3 May 2024 (updated 5 May 2024)", "2024-05-03"),
        ("5 May 2024 (first published 3 May 2024)", "2024-05-03"),
        ("Mis à jour le 5 mai 2024 à 10h, publié le 3 mai 2024 à 8h", "2024-05-03"),
        ("Modifié le 05/05/2024 | Publié le 03/05/2024", "2024-05-03"),
        ("MAJ : 05/05/2024 à 9h15 - Mis en ligne le 03/05/2024", "2024-05-03"),
        ("更新：2024-05-05 10:00 发布时间：2024-05-03 08:00", "2024-05-03"),
        ("更新時間：2024/05/05 發布：2024/05/03", "2024-05-03"),
        ("2024-05-05 10:00 更新 2024-05-03 08:00 发布", "2024-05-03"),
        ("2024/05/03 08:00 發布 2024/05/05 10:00 更新", "2024-05-03"),
        ("最后更新于2024年5月5日，首发于2024年5月3日", "2024-05-03"),
        ("Updated 5 May 2024", "2024-05-05"),
    ],
)
def test_published_beats_updated(text, day):
    assert str(find_date(text, guess_setting("fr"))) == day


def test_month_and_day_alone_need_the_year_of_the_address():
    here = guess_setting("zh", "https://example.cn/2024/04/a.html")
    assert str(find_date("04-13 09:15", here)) == THE_DAY
    assert str(find_date("4月13日 09:15", here)) == THE_DAY
    assert find_date("05-13 09:15", here) is None
    assert find_date("04-13 09:15", guess_setting("zh", "https://example.cn/a.html")) is None
    assert str(find_date("04-13 09:15", Setting(year=2024))) == THE_DAY


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (1713000600, THE_DAY),
        (1713000600123, THE_DAY),
        ("1713000600", THE_DAY),
        ("1713000600123", THE_DAY),
        (1713000600.5, THE_DAY),
        ("2024-04-13T23:30:00-05:00", THE_DAY),
        ("2024-04-13T00:30:00+08:00", THE_DAY),
        ("Sat, 13 Apr 2024 23:30:00 -0500", THE_DAY),
        ("April 13, 2024", THE_DAY),
        ("samedi 13 avril 2024", THE_DAY),
        ("  2024-04-13  ", THE_DAY),
        (12345, "None"),
        (True, "None"),
        (float("1e300"), "None"),
        (float("nan"), "None"),
        ("99999999999999999999", "None"),
        ({"@value": "x"}, "None"),
        ("2024-04-13 " * 100, "None"),
        ("", "None"),
    ],
)
def test_values_that_programs_write(value, day):
    assert str(read_stated(value)) == day


def test_a_feed_may_write_its_dates_in_words():
    items = "".join(
        f"<item><title>A</title><description>One.</description><pubDate>{day}</pubDate></item>"
        for day in ("sam., 13 avr. 2024 10:00:00 +0100", "Sat, 13 Apr 2024 23:30:00 -0500")
    )
    feed = f"<rss><channel>{items}</channel></rss>".encode()
    found = list(read_feed(iter([feed]), "a.rss", InputSettings()))
    assert [str(each.published) for each in found] == [THE_DAY, THE_DAY]


@pytest.mark.parametrize(
    "text",
    [
        "1" * 20_000,
        "1/" * 10_000,
        "april " * 5_000,
        "年" * 20_000,
        "二" * 20_000,
        "1 avril" * 4_000,
    ],
)
def test_long_lines_take_no_time(text):
    assert least_cpu_seconds(lambda: find_date(text), 1) < 1


@pytest.mark.parametrize("word", forms._MAY_BE_ZONED.pattern.split("|"))
def test_a_quick_search_finds_all_time_zones_and_currencies(word):
    dates, day, month = forms._see_signs(f"at 9 {word} today, 3/4/2024 or 13.4.1999")
    assert day or month
    assert dates == ((3, 4), (13, 4))


def test_a_chinese_sentence_that_opens_with_a_date_is_no_date_of_publication():
    prose = "港口管理局周一表示，由于工程师在两根柱子上发现裂缝，码头将关闭至月底，乘客须改乘巴士。"
    assert find_in_lines([prose, "2024年6月3日，检查组进驻现场。"]) is None
    assert find_in_lines([prose, "2024年6月3日。"]).day == date(2024, 6, 3)
