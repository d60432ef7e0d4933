"""Credits and feed lines glued to prose: the prose is the article."""

from __future__ import annotations

import pytest

from corpus_norm import Settings, normalize
from corpus_norm.boilerplate import load_lexicon
from corpus_norm.document import BlockKind
from corpus_norm.lines import cut_credits
from corpus_norm.settings import TranslationSettings

SETTINGS = Settings(translation=TranslationSettings(enabled=False))
PORT = "The port authority said on Monday that the old pier would stay shut until the spring."
BUSES = "Travellers will be taken by bus to the new pier, where boats leave every half an hour."
FRENCH = (
    "Le port a annoncé lundi que la vieille jetée resterait fermée jusqu’au printemps prochain."
)
POLICE = "Police in Leith arrested three men on Tuesday after a van was found near the old pier."
CHINESE = "海港局昨日宣布，旧码头将继续关闭至明年春天，预计影响三万名乘客，市民反应不一。"


@pytest.mark.parametrize(
    ("credit", "gap", "prose"),
    [
        ("© Provided by Tern Wire", " ", PORT),
        ("© Tern Wire", " ", PORT),
        ("© The Daily Tern", " ", PORT),
        ("© Reuters.", " ", PORT),
        ("© Reuters", " ", BUSES),
        ("(c) AFP", " ", PORT),
        ("(C) Kyodo", " ", PORT),
        ("© 2024 AFP", " ", PORT),
        ("© Ana Example / AFP", " ", PORT),
        ("© AFP / Ana Example", " ", PORT),
        ("AFP/Getty Images", " ", PORT),
        ("Getty Images", " ", PORT),
        ("Photo: Ana Example/AFP", " ", PORT),
        ("Image credit: Ana Example", " ", PORT),
        ("(Photo: AP)", " ", PORT),
        ("FILE PHOTO © AFP", " ", PORT),
        ("Photo AFP", " ", FRENCH),
        ("© AFP", " ", FRENCH),
        ("© Keystone-ATS", " ", FRENCH),
        ("© Le Quai", " ", FRENCH),
        ("Crédit photo : Jean Exemple", " ", FRENCH),
        ("© Sipa Press", " ", FRENCH.replace("Le port", "L’autorité portuaire")),
        (
            "© Getty Images",
            " ",
            "« Nous savons que c’est pénible », a déclaré lundi le directeur du port.",
        ),
        ("© 新华社", "", CHINESE),
        ("© 新华社", " ", CHINESE),
        ("（图片来源：视觉中国）", "", CHINESE),
        ("圖片來源：海鷗週刊", "　", CHINESE),
        ("REUTERS/Ana Example", " ", POLICE),
        ("REUTERS/Ana Maria de la Cruz", " ", POLICE),
        ("© AFP / Ana Example", " ", POLICE),
        ("Image source, Getty Images", " ", POLICE),
        ("(Photo by Ana Example/Getty Images)", " ", POLICE),
        ("(AP Photo/Ana Example)", " ", POLICE),
        ("© Crown Copyright", " ", POLICE),
        ("© Bloomberg L.P.", " ", POLICE),
        ("Ana Example/Getty Images", " ", POLICE),
        ("Ana Example / Getty Images", " ", POLICE),
        ("Anadolu via Getty Images", " ", POLICE),
        ("Alamy Stock Photo", " ", POLICE),
        ("PA Wire", " ", POLICE),
        ("Handout via REUTERS", " ", POLICE),
        ("Photo d'illustration. © Ouest-Quai", " ", FRENCH),
        ("Photo d’archives © Ouest-Quai", " ", FRENCH),
        ("© AFP - Jean Exemple", " ", FRENCH),
        ("© Radio Quai - Léa Exemple", " ", FRENCH),
        ("© Maxppp - Jean Le Bihan", " ", FRENCH),
        ("© Jean Le Bihan", " ", FRENCH),
        ("© Jean Le Bihan / AFP", " ", FRENCH),
        ("PHOTO LA PRESSE CANADIENNE", " ", FRENCH),
        ("（图／视觉中国）", "", CHINESE),
        ("（资料图 新华社发）", "", CHINESE),
        ("（圖／中央社資料照）", "", CHINESE),
        ("（翻攝自臉書）", "", CHINESE),
        ("（取自臉書）", "", CHINESE),
        ("（記者王小明攝）", "", CHINESE),
        ("圖／海鷗報系資料照", " ", CHINESE),
        ("图源：网络", " ", CHINESE),
        ("照片來源：法新社", " ", CHINESE),
        ("新华社记者 李明 摄", " ", CHINESE),
        ("▲舊碼頭。（圖／海港局提供）", "", CHINESE),
        ("© Reuters. FILE PHOTO: The old pier in May. REUTERS/Ana Example", " ", PORT),
    ],
)
def test_a_credit_before_prose_is_a_block_of_its_own(credit, gap, prose):
    text = credit + gap + prose
    assert [text[a:b] for a, b in cut_credits(text)] == [credit, prose]


@pytest.mark.parametrize(
    "text",
    [
        "© 2024 Daily Tern. All rights reserved. It may not be published or rewritten anywhere.",
        "© Reuters. FILE PHOTO: A view of the old pier, where boats leave every hour, in May 2022.",
        "AFP reported on Monday that the old pier would stay shut until the spring of next year.",
        "Reuters The Quay, a hotel, is shut.",
        "PARIS (Reuters) - The port authority said on Monday that the old pier would stay shut.",
        "Photo: a boat leaves the old pier on Monday, as the crowd looks on and waits for more.",
        "Copyright law is a matter of dispute between the port and the union, the court said.",
        "Photo by Ana Example shows the pier on Monday, where boats left every half an hour.",
        "Getty Images said on Tuesday that it would sue the maker of an image generator in London.",
        "Getty Images a annoncé mardi qu’elle poursuivrait en justice l’éditeur d’un générateur.",
        "Reuters/Ipsos polls put the senator three points ahead of his rival, before the vote.",
        "AFP/Getty Images photographers walked out of the briefing on Monday over the ban.",
        "© is the symbol that photographers forget most often, the head of the guild told members.",
        "© Ana Example said that the pier would be shut until the spring, and boats would wait.",
        "Image rights cost the club three million pounds last season, according to its accounts.",
        "Police via Facebook asked on Monday for news of the van, which was last seen at the pier.",
        "(Reuters) - Police in Leith arrested three men on Tuesday after a van was found there.",
        "图片来源不明的新闻照片越来越多，记者协会昨日呼吁平台加强审核，避免误导公众和读者。",
        "视觉中国星期二宣布，将起诉一家图片生成软件公司，要求赔偿五千万元，并停止使用其图片。",
        "（记者李明）海港局昨日宣布，旧码头将继续关闭至明年春天，预计影响三万名乘客。",
        "（海港综合电）海港局昨日宣布，旧码头将继续关闭至明年春天，预计影响三万名乘客。",
        "新华社海港3月5日电 海港局昨日宣布，旧码头将继续关闭至明年春天，预计影响三万名乘客。",
        "图为海港局昨日宣布，旧码头将继续关闭至明年春天，预计影响三万名乘客，市民反应不一。",
        "The post was vacant when his name appeared first on the list of the council in May.",
    ],
)
def test_what_is_no_credit_before_prose_stays_whole(text):
    assert cut_credits(text) == [(0, len(text))]


@pytest.mark.parametrize(
    ("prose", "line"),
    [
        (PORT, "The post Pier stays shut appeared first on Daily Tern."),
        (PORT, "The post Pier stays shut first appeared on Daily Tern."),
        (FRENCH, "L’article Crue à Lorne est apparu en premier sur Le Quai."),
        (FRENCH, "Cet article est apparu en premier sur Le Quai"),
        (PORT, "This post originally appeared on Daily Tern."),
        (PORT, "This article was originally published by Daily Tern."),
        (FRENCH, "Cet article est d’abord paru sur Le Quai."),
    ],
)
def test_the_line_of_a_feed_is_parted_from_the_prose(prose, line):
    text = f"{prose} {line}"
    assert [text[a:b] for a, b in cut_credits(text)] == [prose, line]
    assert load_lexicon().find(line).kind is BlockKind.SOURCE_CREDIT
    document = normalize(f"<article><p>{prose}</p><p>{line}</p></article>", SETTINGS)
    assert document.body == prose


@pytest.mark.parametrize(
    "line",
    [
        "The post La crue appeared first on Le Quai.",
        "The post 码头关闭 appeared first on 海鸥日报.",
        "The post La crue est apparu en premier sur Le Quai.",
        "Ce billet Crue à Lorne a été publié en premier sur Le Quai.",
        "This article first appeared on Daily Tern.",
        "本文首发于公众号“海鸥”。",
        "本文首發於《海鷗週刊》。",
        "本文最早发表于《海鸥日报》",
        "首发于微信公众号：海鸥",
        "文章码头继续关闭最先出现在海鸥日报。",
    ],
)
def test_where_a_text_was_first_published_is_a_credit(line):
    hit = load_lexicon().find(line)
    assert hit is not None
    assert hit.kind is BlockKind.SOURCE_CREDIT


@pytest.mark.parametrize(
    "text",
    [
        "The office appeared first on maps in 1900, and then it vanished.",
        "Le premier cas est apparu en premier sur la côte, où la jetée est fermée.",
        "这种病毒最先出现在非洲，后来传到欧洲各国，专家说原因不明，目前仍在调查之中。",
        "首发阵容于昨日公布，主教练表示满意。",
        "发表于《自然》杂志的一项研究显示，气温仍在上升。",
    ],
)
def test_prose_about_what_was_first_is_no_credit(text):
    assert load_lexicon().find(text) is None


@pytest.mark.parametrize(
    "paragraph",
    [
        f"<span>© Provided by Tern Wire</span> {BUSES}",
        f"<em>Tern Wire / AFP</em>{BUSES}".replace("Tern Wire / AFP", "Photo: Ana Example"),
        f"© Tern Wire<br>{PORT}",
        f"{BUSES} {BUSES} {BUSES} <small>© Ana Example / Tern Wire</small>",
    ],
)
def test_on_a_page_the_element_of_the_credit_ends_it(paragraph):
    page = f"<html><body><article><h1>Pier stays shut</h1><p>{paragraph}</p><p>{PORT * 2}</p>"
    document = normalize(page, SETTINGS)
    prose = next(each for each in (f"{BUSES} {BUSES} {BUSES}", BUSES, PORT) if each in paragraph)
    assert prose in [block.text for block in document.blocks if block.is_body]
    assert "©" not in document.body
    assert "Photo" not in document.body


@pytest.mark.parametrize(
    ("prose", "credit"),
    [
        (f"{PORT} {BUSES} {PORT}", "© AFP"),
        (f"{PORT} {BUSES} {PORT}", "(Photo: Ana Example/AFP)"),
        (f"{FRENCH} {FRENCH} {FRENCH}", "© Le Quai / AFP"),
        (CHINESE * 3, "（图片来源：视觉中国）"),
    ],
)
def test_a_credit_after_a_paragraph_is_a_block_of_its_own(prose, credit):
    text = f"{prose} {credit}"
    assert [text[a:b] for a, b in cut_credits(text)] == [prose, credit]
    caption = f"{BUSES} {credit}"
    assert cut_credits(caption) == [(0, len(caption))]


@pytest.mark.parametrize(
    ("prose", "credit"),
    [
        (f"{POLICE} It held cable.", "© Reuters"),
        (f"{POLICE} It held cable.", "© 2024 AFP"),
        (f"{POLICE} It held cable.", "Photo: AP"),
        (f"{FRENCH} Il dit pourquoi.", "© Le Quai"),
        (CHINESE, "（图片来源：新华社）"),
        (CHINESE, "（圖／翻攝畫面）"),
        (CHINESE, "©路透社"),
    ],
)
def test_a_credit_after_two_sentences_is_a_block_of_its_own(prose, credit):
    text = prose + credit if credit[-1] in "）社" else f"{prose} {credit}"
    assert [text[a:b] for a, b in cut_credits(text)] == [prose, credit]


@pytest.mark.parametrize("credit", ["© Tern Wire", "(c) Tern Wire", "© 2024 Tern Wire"])
def test_prose_after_a_credit_that_nothing_ends_is_body(credit):
    text = f"{credit} Council leaders met on Monday. {BUSES} {BUSES.replace('bus', 'tram')}"
    document = normalize(f"Old pier shut\n\n{text}\n\n{PORT}", SETTINGS)
    assert "Council leaders met on Monday" in document.body


def test_in_plain_text_nothing_is_lost():
    text = f"Pier stays shut\n\n© Tern Wire {PORT}\n\n{BUSES}"
    document = normalize(text, SETTINGS)
    assert document.body.endswith(f"{PORT}\n\n{BUSES}")
    assert [document.text[block.start : block.end] for block in document.blocks] == [
        block.text for block in document.blocks
    ]
