"""Heads and ends of pages pasted from news sites, wires and press releases, invented for the tests.

"+" marks a line of the article, "-" one that is none, "~" the headline.
"""

from __future__ import annotations

import re

import pytest

import corpus_norm
from corpus_norm.dates import find_opening_date
from corpus_norm.document import BlockKind, Flag
from corpus_norm.segmentation import split_blocks
from corpus_norm.settings import Settings, TranslationSettings

OFF = Settings(translation=TranslationSettings(enabled=False))

PROSE = """
+ Engineers found cracks in two of the nine piles that carry the crane on Saturday morning.
+ Ships will be sent to the old harbour, where only one of them can unload at a time.
+ The harbour master, Colm Reddy, said that no spare parts could be had before May.
"""
PAGES = {
    "role below the name": f"""
- Lantern Homepage
- Sign in
~ Northern quay to close until the summer
- Published
- 3 hours ago
- Comments
- Share
- Save
? Image source, Lantern
+ The northern quay of the port will stay shut until June, its owner has said.
- Lena Orchard
- Transport correspondent, Lantern News
{PROSE}
- Related topics
- Ports
""",
    "two sentences in title case": f"""
- SKIP ADVERTISEMENT
~ Cranes Were Supposed to Save This Harbour. Then They Fell.
- Share full article
- 112
? The quay in March. Credit...Pia Holm for The Lantern
- By Lena Orchard and Tomas Weir
- Published March 3, 2024Updated March 4, 2024, 3:15 a.m. ET
{PROSE}
""",
    "name and handle": f"""
- Markets
~ Freight rates slip as traders wait for the harbour report
- PUBLISHED MON, MAR 4 2024 6:01 PM EST
- Lena Orchard
- @lenaorchard
- KEY POINTS
{PROSE}
""",
    "standfirst": """
- Article réservé aux abonnés
~ A Lorne, le long chemin vers la réouverture du quai
+ Le quai, fermé en 2020, doit encore recevoir ses deux grues. Les travaux dureront deux ans.
- Par Zoé Exemple (Lorne, envoyée spéciale)
- Publié le 12 mars 2024 à 06h00
- Temps de Lecture 4 min.
+ Sur le quai, le silence étonne. « Avant, on ne s'entendait pas », raconte Paul Modèle, grutier.
- Lire aussi | Ports : la facture revue à la hausse
+ Sur les 850 salariés que comptait le port, il en reste 60. Les autres ont été mutés.
""",
    "sub-headlines of a release": """
- COMMUNIQUÉ DE PRESSE
~ Alpinor : chiffre d'affaires annuel en hausse de 9 % à 87,4 M€
+ Croissance soutenue à l'international (+21 %)
+ Objectif : marge opérationnelle supérieure à 8 %
+ Alpinor, spécialiste des remontées mécaniques, publie aujourd'hui son chiffre d'affaires annuel.
+ « Cette année confirme la pertinence de notre stratégie », déclare Zoé Exemple, présidente.
+ Au quatrième trimestre, l'activité progresse de 6 % à 24,1 M€, portée par l'Autriche.
""",
    "rate below a wire": f"""
~ UPDATE 1-Harbour group cuts its forecast
- By Lena Orchard
{PROSE}
+ ($1 = 10.5310 Norwegian crowns)
- (Reporting by Lena Orchard; Editing by Tomas Weir)
""",
    "list below the last section": f"""
~ # What the quay costs
{PROSE}
+ ## Who pays?
+ The answer has three parts:
+ 1. the state, a third;
+ 2. the county, a half;
+ 3. the town, the rest.
""",
    "masthead": """
- 海鸥新闻
- 登录
~ 一座码头的十年：吊车、鱼苗与等待
- 海鸥新闻记者 陈雨
- 2024-03-09 07:12
- 来源：海鸥新闻
+ 清晨六点，码头上只有雾。五十七岁的罗大海解开缆绳，船慢慢离岸。
+ 十年前，他的村子沉到了水下三十米。
+ 2013年，水库开始蓄水，沿岸十二个村的四千余人迁往新镇。
- 责任编辑：黄珊
""",
}
MARKUP = re.compile(r"^(?:#+|\d\.) ")
AUTHORS = {
    "role below the name": ("Lena Orchard",),
    "two sentences in title case": ("Lena Orchard", "Tomas Weir"),
    "name and handle": ("Lena Orchard",),
    "standfirst": ("Zoé Exemple",),
    "rate below a wire": ("Lena Orchard",),
    "masthead": ("陈雨",),
}


def read(lines):
    return corpus_norm.normalize("\n".join(line[2:] for line in lines), OFF)


@pytest.mark.parametrize("name", PAGES)
def test_the_head_and_the_end_of_a_page_are_told_from_its_article(name):
    lines = [line for line in PAGES[name].splitlines() if line]
    document = read(lines)
    [title] = [MARKUP.sub("", line[2:]) for line in lines if line[0] == "~"]
    assert document.title == title
    assert document.authors == AUTHORS.get(name, ())
    body = [block.text for block in document.blocks if block.is_body]
    inside = [MARKUP.sub("", line[2:]) for line in lines if line[0] == "+"]
    outside = [line[2:] for line in lines if line[0] == "-"]
    assert [line for line in inside if line not in body] == []
    assert [line for line in outside if line in body] == []


CUT = """
- Home
- News
~ Old mill to become a concert hall
- By
- Fiona Grant
- ,
- Arts Editor
- March 5, 2024
+ The mill
+ in Carrick will reopen in 2026, the council
+ announced on Monday
+ .
+ The plan, first
+ reported by the Lantern
+ , will cost £18 million, the
+ Treasury
+ says.
+ “It is a
+ wonderful
+ building,” said the architect,
+ Moira Shaw
+ , who grew up nearby.
- Privacy Policy
"""


def test_lines_cut_at_links_and_bold_words_are_sentences_again():
    document = read([line for line in CUT.splitlines() if line])
    assert (document.title, document.authors) == (
        "Old mill to become a concert hall",
        ("Fiona Grant",),
    )
    body = [" ".join(block.text.split()) for block in document.blocks if block.is_body]
    assert body[1:] == [
        "The mill in Carrick will reopen in 2026, the council announced on Monday .",
        "The plan, first reported by the Lantern , will cost £18 million, the Treasury says.",
        "“It is a wonderful building,” said the architect, Moira Shaw , who grew up nearby.",
    ]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("The plan\n, said Ann", ["The plan\n, said Ann"]),
        ("方案\n，他说", ["方案\n，他说"]),
        ("A list\n- one\n- two", ["A list", "one", "two"]),
        ("The plan\n\n, said Ann", ["The plan", ", said Ann"]),
        ("Home\nnews\nsport", ["Home", "news", "sport"]),  # no line shows that it was cut
        ("Wait\n...", ["Wait", "..."]),
    ],
)
def test_only_a_mark_at_its_beginning_ties_a_line_to_the_one_above(text, blocks):
    assert [block.text for block in split_blocks(text)] == blocks


def test_an_interview_of_short_answers_is_an_article():
    lines = [
        "~ « Le vin sans alcool n'est plus une plaisanterie »",
        "- Propos recueillis par Zoé Exemple",
        "+ Œnologue à Lorne, Marc Modèle conseille une trentaine de domaines depuis dix ans.",
        "+ Quand avez-vous compris que la demande était réelle ?",
        "+ En 2019, lors d'un salon. Un distributeur m'a commandé 20 000 bouteilles sans goûter.",
        "+ Et les vignerons, comment ont-ils réagi ?",
        "+ Mal. Certains m'ont dit que je trahissais le métier, et d'autres ne m'ont plus parlé.",
        "+ Combien ça coûte ?",
        "+ Une machine vaut 400 000 euros. À plusieurs, c'est possible, et même raisonnable.",
        "+ Et demain ?",
        "+ Demain, la moitié des apéritifs se feront sans alcool. J'en suis tout à fait certain.",
    ]
    assert Flag.NO_ARTICLE not in read(lines).flags


def test_who_speaks_in_a_transcript_is_no_author():
    speakers = ["Dana Modèle -- Vice President", "Ron Example -- Chief Executive", "Mei Sample"]
    said = "We shipped 1.2 million tons in the quarter, which is 4% more than we did a year ago."
    lines = ["~ Vantage Paper earnings call", "- Mar 4, 2024", "+ Operator", f"+ {said}"]
    lines += [each for who in speakers for each in (f"+ {who} -- Analyst", f"+ {said} {who}.")]
    assert read(lines).authors == ()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("LE CAIRE, 4 mars 2024 (AFP) -- Le port", "2024-03-04"),
        ("Lorne, le 4 mars 2024 – Alpinor publie", "2024-03-04"),
        ("NEW YORK, NY / ACCESSWIRE / March 4, 2024 / Acme", "2024-03-04"),
        ("新华社北京2024年3月4日电（记者王明）统计局", "2024-03-04"),
        ("On Friday, March 4, 1994 - the day of the storm - nobody slept.", "None"),
        ("In a letter dated Paris, March 4, 1794 - the last - he wrote", "None"),
        ("PARIS, March 4, 2024 was a cold day", "None"),
    ],
)
def test_only_a_dateline_at_the_beginning_dates_a_wire(text, day):
    assert str(find_opening_date(text)) == day


def test_a_released_text_is_dated_by_its_dateline():
    text = "PARIS, 4 mars 2024 (AFP) - Le port reste fermé, a annoncé lundi la direction à l'AFP."
    document = corpus_norm.normalize(f"Le port reste fermé\n{text}\n{text[30:]}", OFF)
    assert str(document.published) == "2024-03-04"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("This article is a transcript of this call produced for The Gull.", BlockKind.DISCLAIMER),
        ("Analyst’s Disclosure: I/we have no stock position in Acme.", BlockKind.DISCLAIMER),
        ("The Gull has no position in any of the stocks mentioned.", BlockKind.DISCLAIMER),
        ("We want our comments to be a lively part of our community.", BlockKind.COMMENTS),
        ("Got a confidential news tip? We want to hear from you.", BlockKind.PROMO),
        ("L'abus d'alcool est dangereux pour la santé.", BlockKind.DISCLAIMER),
        ("Merci d'avoir lu Le Quai ! Cet article est public.", BlockKind.PROMO),
        ("請同意我們的隱私權規範，才能啟用聽新聞的功能。", BlockKind.COOKIE_NOTICE),
        ("廣告 請繼續往下閱讀", BlockKind.PROMO),
        ("文章內容屬作者個人意見，並不代表《海鷗》立場。", BlockKind.DISCLAIMER),
        ("Follow the Gull's coverage of ports at https://gull.example/p.", BlockKind.RELATED_LINKS),
        ("Follow\nus on\nFacebook", BlockKind.SHARE),
        ("责任编辑的人数从四十人减到十一人。", None),
        ("免责条款写得很清楚：平台不承担任何损失。", None),
        ("The insurer accepts no blame for the flood, its lawyer said.", None),
        ("Follow the money, the Gull's editor said, and coverage follows.", None),
    ],
)
def test_notices_of_news_sites_are_known(line, kind):
    from corpus_norm.boilerplate.features import extract_features
    from corpus_norm.boilerplate.lexicon import load_lexicon

    [hit] = extract_features([line], load_lexicon()).hits
    assert (hit and hit.kind) == kind
