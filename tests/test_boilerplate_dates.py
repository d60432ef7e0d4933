"""The date of a pasted article: of its dateline, not of its masthead, prose or comments."""

from __future__ import annotations

import pytest

from corpus_norm import normalize
from corpus_norm.settings import Settings, TranslationSettings

SETTINGS = Settings(translation=TranslationSettings(enabled=False))
ENGLISH = """The harbour authority said on Monday that the ferry terminal would stay closed until \
the end of the month, after engineers found cracks in two of its pillars.

Passengers will be taken by bus to the old quay, where boats leave every forty minutes, and the \
repairs will cost about four million pounds, which the city and the operator will share."""
FRENCH = """Le port a annoncé lundi que le terminal resterait fermé jusqu’à la fin du mois, après \
la découverte de fissures dans deux de ses piliers.

Les passagers seront conduits en autobus jusqu’à l’ancien quai, d’où partent les bateaux toutes \
les quarante minutes, et les réparations coûteront quatre millions d’euros."""
CHINESE = (
    "港口管理局周一表示，由于工程师在两根柱子上发现裂缝，渡轮码头将关闭至月底，"
    "维修费用约为四百万元。\n\n"
    "乘客将乘巴士前往旧码头，那里每四十分钟有一班船，市政府和运营商将分担有关费用。"
)
TAIWAN = (
    "港口管理局週一表示，由於工程師在兩根柱子上發現裂縫，渡輪碼頭將關閉至月底，"
    "維修費用約為四百萬元。\n\n"
    "乘客將搭乘巴士前往舊碼頭，那裡每四十分鐘有一班船，市政府和營運商將分擔有關費用。"
)


def read(top, text, bottom=""):
    page = f"{top}\n\n{text}\n\n{bottom}".strip() + "\n"
    return str(normalize(page, SETTINGS, media_type="text/plain").published)


@pytest.mark.parametrize(
    ("top", "text"),
    [
        ("Le terminal reste fermé\n\nPublié le 13/04/2024 à 10h12", FRENCH),
        ("Le terminal reste fermé\n\n13.04.2024 | Mis à jour à 21:40", FRENCH),
        ("Le terminal du port reste fermé\n\nPar Zoé Exemple\n\n13 avr. 2024", FRENCH),
        ("Le terminal reste fermé\n\nMis à jour le 05/05/2024 - Publié le 13/04/2024", FRENCH),
        ("Le terminal du port reste fermé\n\nle samedi 13 avril 2024 à 9h15", FRENCH),
        ("The ferry terminal stays shut\n\nApr. 13th, 2024", ENGLISH),
        ("The ferry terminal stays shut\n\nBy Ann Example\nSaturday, 13 April 2024 09:15", ENGLISH),
        ("The ferry terminal stays shut\n\n13-Apr-2024", ENGLISH),
        ("The ferry terminal stays shut\n\n04/13/2024", ENGLISH),
        ("The ferry terminal stays shut\n\n2024-04-13 09:15 | 5 min read", ENGLISH),
        (
            "The ferry terminal stays shut\n\nUpdated May 5, 2024\n\nPublished April 13, 2024",
            ENGLISH,
        ),
        ("渡轮码头继续关闭等待维修\n\n二〇二四年四月十三日", CHINESE),
        ("渡轮码头继续关闭等待维修\n\n2024-04-13 08:42 来源: 示例晚报", CHINESE),
        ("渡轮码头继续关闭等待维修\n\n更新：2024-05-05 发布时间：2024-04-13", CHINESE),
        ("渡輪碼頭持續關閉等待維修\n\n民國113年4月13日", TAIWAN),
        ("渡輪碼頭持續關閉等待維修\n\n113/04/13 09:15", TAIWAN),
        ("渡輪碼頭持續關閉等待維修\n\n2024/4/13 上午9:15", TAIWAN),
    ],
)
def test_the_dateline_tells_the_date(top, text):
    assert read(top, text) == "2024-04-13"


@pytest.mark.parametrize(
    ("masthead", "top", "text"),
    [
        ("LE MIDI\nDimanche 14 avril 2024", "Le terminal du port reste fermé", FRENCH),
        ("THE DAILY GULL\nSunday, April 14, 2024", "The ferry terminal stays shut", ENGLISH),
        ("示例日报\n2024年4月14日 星期日", "渡轮码头继续关闭等待维修", CHINESE),
    ],
)
def test_the_masthead_loses(masthead, top, text):
    assert read(f"{masthead}\n\n{top}\n\n2024-04-13 09:15", text) == "2024-04-13"


@pytest.mark.parametrize(
    ("top", "text", "bottom"),
    [
        (
            "The ferry terminal stays shut",
            ENGLISH,
            "It will open on 13 April 2024, the mayor said.",
        ),
        ("The ferry terminal stays shut\n\n2 hours ago", ENGLISH, ""),
        ("The ferry terminal stays shut\n\n03/04/2024", ENGLISH, ""),
        ("The ferry terminal stays shut", ENGLISH, "Boat sinks off the coast\n\n13 April 2024"),
        ("The ferry terminal stays shut", ENGLISH, "© 2024 The Daily Gull"),
        ("Le terminal reste fermé\n\nPublié hier à 09:01, mis à jour hier à 18:32", FRENCH, ""),
        ("渡轮码头继续关闭等待维修\n\n3小时前", CHINESE, ""),
    ],
)
def test_nothing_is_guessed(top, text, bottom):
    assert read(top, text, bottom) == "None"


def test_the_words_of_a_page_settle_the_order_of_its_date():
    page = f"<html lang=en><body><h1>Le terminal reste fermé</h1><p>03/04/2024</p><p>{FRENCH}</p>"
    assert str(normalize(page, SETTINGS, media_type="text/html").published) == "2024-04-03"
