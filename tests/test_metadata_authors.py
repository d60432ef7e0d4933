"""Who wrote a page: the names alone, from metadata, marked elements and the lines readers see."""

from __future__ import annotations

import pytest

from corpus_norm import normalize
from corpus_norm.bylines import find_names, read_byline, read_inline, read_signed_line
from corpus_norm.bylines.han_names import find_han_names
from corpus_norm.bylines.names import is_nobody, is_organization
from corpus_norm.extraction.authors import read_stated
from corpus_norm.settings import Settings, TranslationSettings

SETTINGS = Settings(translation=TranslationSettings(enabled=False))
NAV = "<nav><a href=/>Home</a> <a href=/w>World</a> <a href=/s>Sport</a></nav>"
ENGLISH = """\
The old mill by the river will be pulled down in spring, the council said on Tuesday, as its \
beams could no longer carry the roof.
Neighbours had asked for a museum. “We would have paid for the roof ourselves,” said one of \
them, a baker whose shop stands on the other bank.
The site will become a car park with room for ninety cars and a few trees."""
FRENCH = """\
Le vieux moulin au bord de la rivière sera démoli au printemps, a annoncé mardi la mairie, \
après un rapport sur l’état de ses poutres et de sa charpente.
Les voisins demandaient un musée. « Nous aurions payé le toit nous-mêmes », regrette l’un d’eux, \
boulanger sur l’autre rive depuis vingt ans.
Le terrain deviendra un parc de stationnement de quatre-vingt-dix places."""
CHINESE = """\
河边的老磨坊将于明年春天拆除，市政府周二表示，检测报告发现其横梁已无法承受屋顶的重量。
附近居民曾希望把它改成博物馆，一位在对岸开店的居民表示，大家本来愿意自己出钱修屋顶。
这块地将改建为停车场，可停放九十辆汽车，并种上几棵树，预计明年秋天对外开放使用。"""
PROSE = {
    language: text.splitlines()
    for language, text in (("en", ENGLISH), ("fr", FRENCH), ("zh", CHINESE))
}
TITLES = {
    "en": "Old mill to make way for cars",
    "fr": "Le vieux moulin sera démoli",
    "zh": "河边老磨坊明年春天拆除",
}


def page(line="", head="", language="en", foot=""):
    prose = "".join(f"<p>{each}</p>" for each in PROSE[language])
    return (
        f"<!DOCTYPE html><html lang={language}><head><meta charset=utf-8>{head}</head><body>{NAV}"
        f"<main><article><h1>{TITLES[language]}</h1>{line}{prose}{foot}</article></main>"
        "<footer>© 2024 Evening Heron. All rights reserved.</footer></body></html>"
    )


def authors(html):
    return normalize(html.encode(), SETTINGS, media_type="text/html").authors


def authors_of_text(*lines):
    return normalize("\n\n".join(lines).encode(), SETTINGS, media_type="text/plain").authors


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Mia Dorn March 18 at 3:57 PM Follow @miadorn", ("Mia Dorn",)),
        ("By Mia Dorn, Tues., Jan. 5, 2021", ("Mia Dorn",)),
        ("By Mia Dorn 12 hours ago", ("Mia Dorn",)),
        ("By Mia Dorn | 4 min read", ("Mia Dorn",)),
        ("By Mia Dorn • Published May 3, 2024", ("Mia Dorn",)),
        ("By Mia Dorn – 3 May 2024", ("Mia Dorn",)),
        ("By Mia Dorn @miadorn", ("Mia Dorn",)),
        ("By Mia Dorn mia.dorn@heron.example", ("Mia Dorn",)),
        ("By Mia Dorn, Reuters", ("Mia Dorn",)),
        ("By Mia Dorn (Reuters)", ("Mia Dorn",)),
        ("By Mia Dorn in London and Kai Voss in Oslo", ("Mia Dorn", "Kai Voss")),
        ("By Mia Dorn for the Evening Heron", ("Mia Dorn",)),
        ("By Mia Dorn, Associated Press", ("Mia Dorn",)),
        ("By Mia Dorn and Kai Voss, The Evening Heron", ("Mia Dorn", "Kai Voss")),
        (
            "By A. Dorn, B. C. Voss, Lu-Ann Ray, and Cy Orr, BBC News",
            ("A. Dorn", "B. C. Voss", "Lu-Ann Ray", "Cy Orr"),
        ),
        ("By Mia Dorn & Kai Voss", ("Mia Dorn", "Kai Voss")),
        ("By Mia Dorn, Ph.D.", ("Mia Dorn",)),
        ("By Mia Dorn, MD, MPH", ("Mia Dorn",)),
        ("By Mia Dorn, CFP®", ("Mia Dorn",)),
        (
            "By Mia Dorn, Senior Policy Analyst, Water, Housing, and Open Streets Program",
            ("Mia Dorn",),
        ),
        ("By Mia Dorn Deputy News Editor", ("Mia Dorn",)),
        ("By Mia Dorn, Staff Writer, and Kai Voss, Columnist", ("Mia Dorn", "Kai Voss")),
        ("By Staff Writer Mia Dorn", ("Mia Dorn",)),
        ("By MIA DORN, AP Science Writer", ("MIA DORN",)),
        ("By Dr. Mia van der Dorn Jr.", ("Mia van der Dorn Jr.",)),
        ("By April Dorn and June Voss", ("April Dorn", "June Voss")),
        ("Posted by Mia Dorn.", ("Mia Dorn",)),
        ("Posted by mia, Kai, Cy on 2019-02-15, all posts", ("mia", "Kai", "Cy")),
        ("Submitted by heron_7 on Tue, 01/17/2012 - 11:07", ("heron_7",)),
        ("Posted on May 3, 2024 by Mia Dorn 24 Comments", ("Mia Dorn",)),
        ("Story by Mia Dorn, photos by Kai Voss", ("Mia Dorn",)),
        ("Text: Mia Dorn, illustration: Kai Voss", ("Mia Dorn",)),
        ("Reporting by Mia Dorn; Editing by Kai Voss", ("Mia Dorn",)),
        ("Written by: Mia Dorn Mia Dorn", ("Mia Dorn",)),
        ("Par Zoé Lemarq avec AFP", ("Zoé Lemarq",)),
        ("Par Zoé LEMARQ, à Lyon", ("Zoé LEMARQ",)),
        (
            "Par Zoé Lemarq (avec Luc Perrin et Ève Saint-Jal)",
            ("Zoé Lemarq", "Luc Perrin", "Ève Saint-Jal"),
        ),
        ("Par Zoé Lemarq (Bruxelles, correspondante)", ("Zoé Lemarq",)),
        (
            "Par Zoé Lemarq, envoyée spéciale à Kiev et Luc Perrin, correspondant à Rome",
            ("Zoé Lemarq", "Luc Perrin"),
        ),
        ("Par Zoé Lemarq Publié le 19 nov. 2023 à 13h10", ("Zoé Lemarq",)),
        ("Par Zoé Lemarq | Mis à jour à 21:40", ("Zoé Lemarq",)),
        ("Propos recueillis par Zoé Lemarq", ("Zoé Lemarq",)),
        ("Propos recueillis par Zoé Lemarq et Luc Perrin, à Lille", ("Zoé Lemarq", "Luc Perrin")),
        ("Recueilli par Zoé d’Ornel.", ("Zoé d’Ornel",)),
        ("Publié par Zoé Lemarq le 3 mai 2024", ("Zoé Lemarq",)),
        ("Un article de Zoé Lemarq", ("Zoé Lemarq",)),
        ("De notre correspondante à Pékin, Zoé Lemarq", ("Zoé Lemarq",)),
        ("Texte : Zoé Lemarq, photos : Luc Perrin", ("Zoé Lemarq",)),
        ("Par Zoé Lemarq, journaliste", ("Zoé Lemarq",)),
    ],
)
def test_the_name_ends_where_something_else_begins(byline, names):
    assert find_names(byline) == names
    assert read_byline(byline) == names
    assert authors(page(f"<div>{byline}</div>", language="fr" if "é" in byline else "en")) == names


@pytest.mark.parametrize(
    "line",
    [
        "Home World Sport",
        "Log out Sign in",
        "My Account",
        "Local News",
        "Photos by Kai Voss",
        "Photo : Kai Voss",
        "Edited by Kai Voss",
        "Illustration by Kai Voss",
        "By the river, a mill is falling down",
        "By Staff",
        "By Admin",
        "Par la rédaction",
        "La Rédaction",
        "Par ailleurs, le pont sera refait",
        "Traduit de l’anglais par Luc Perrin",
        "Photographies de Luc Perrin",
        "责任编辑：王若云",
        "（编辑 王若云）",
        "摄影：王若云",
        "记者从会上获悉",
        "来源：新华网",
    ],
)
def test_a_line_beside_the_date_is_no_author(line):
    assert read_byline(line) == ()
    assert authors(page(f"<div>{line}</div><div>Feb 1, 2015 11:30 AM</div>")) == ()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("記者林小雨／台北報導", ("林小雨",)),
        ("記者林小雨、陳大同／綜合報導", ("林小雨", "陳大同")),
        ("〔記者林小雨／台東報導〕河邊磨坊將拆除", ("林小雨",)),
        ("【记者林小雨台北报道】河边磨坊将拆除", ("林小雨",)),
        ("[記者林小雨/高雄報導]", ("林小雨",)),
        ("（中央社記者林小雨台北5日電）市府今天表示", ("林小雨",)),
        ("新华社伦敦3月5日电（记者林小雨 陈大同）市政府表示", ("林小雨", "陈大同")),
        ("本报讯（记者 林小雨 通讯员 陈大同）市政府表示", ("林小雨", "陈大同")),
        ("中新网北京3月5日电 (记者 林小雨)市政府表示", ("林小雨",)),
        ("本报记者 林小雨 陈大同", ("林小雨", "陈大同")),
        ("本报记者 林 雨 陈大同", ("林雨", "陈大同")),
        ("财经时报记者 林小雨 上海报道", ("林小雨",)),
        ("实习记者 林小雨 记者 陈大同", ("林小雨", "陈大同")),
        ("记者 欧阳小雨 阿依努尔·买买提", ("欧阳小雨", "阿依努尔·买买提")),
        ("文/林小雨 图/陈大同", ("林小雨",)),
        ("文｜林小雨 编辑｜陈大同", ("林小雨",)),
        ("【文/观河网 林小雨】", ("林小雨",)),
        ("撰文：林小雨　摄影：陈大同", ("林小雨",)),
        ("采写/新河报记者 林小雨", ("林小雨",)),
        ("林小雨／文", ("林小雨",)),
        ("2024年3月5日 10:18 来源：观河网 作者：林小雨 责任编辑：陈大同", ("林小雨",)),
        ("作者：清风徐来 阅读 1024", ("清风徐来",)),
        ("作者：BlockHeron", ("BlockHeron",)),
        ("原创 林小雨 河边观察 2025年03月22日 19:30 云南", ("林小雨",)),
        ("作者：佚名", ()),
        ("作者：本站编辑", ()),
        ("記者林小雨／攝影", ()),
        ("（新河报记者 林小雨 摄）", ()),
        ("國際中心／綜合報導", ()),
        ("他告诉记者，林小雨先生不在场", ()),
        ("作者简介：林小雨，诗人", ()),
    ],
)
def test_chinese_credits(line, names):
    assert (read_byline(line) or read_inline(line)) == names
    assert authors(page(f"<div>{line}</div>", language="zh")) == names


def test_chinese_names_without_a_mark_between():
    assert find_han_names("作者：谭飞王艳明闫鹃") == ["谭飞", "王艳明", "闫鹃"]


def test_the_reporters_named_at_the_end_of_a_chinese_article():
    assert authors(page(language="zh", foot="<p>（本报记者 林小雨 陈大同）</p>")) == (
        "林小雨",
        "陈大同",
    )
    assert authors(page(language="zh", foot="<p>（责任编辑：林小雨）</p>")) == ()


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        ("Mia Dorn, Kai Voss, and Cy Orr, CNN", ("Mia Dorn", "Kai Voss", "Cy Orr")),
        ("By Mia Dorn and Kai Voss", ("Mia Dorn", "Kai Voss")),
        ("Mia Dorn; Kai Voss", ("Mia Dorn", "Kai Voss")),
        ("Recueilli par Zoé Lemarq.", ("Zoé Lemarq",)),
        ("记者 林小雨", ("林小雨",)),
        ("林小雨、陈大同", ("林小雨", "陈大同")),
        ("林 雨", ("林雨",)),
        ("Dorn, Mia", ("Dorn, Mia",)),
        ("heron_7", ("heron_7",)),
        ("Evening Heron Staff", ("Evening Heron Staff",)),
        ("https://heron.example/mia", ()),
        ("mia@heron.example", ()),
        ("admin", ()),
        ("La rédaction", ()),
        ("Staff Writer", ()),
        ("编辑部", ()),
        ("{{author}}", ()),
    ],
)
def test_a_field_of_authors(stated, names):
    assert read_stated(stated) == names
    assert authors(page(head=f'<meta name=author content="{stated}">')) == names


@pytest.mark.parametrize(
    ("head", "line", "names"),
    [
        # people before organizations, whichever source states them
        ('<meta name=author content="AFP">', "<p>Par Zoé Lemarq</p>", ("Zoé Lemarq",)),
        ('<meta name=author content="AFP">', "", ("AFP",)),
        ('<meta name=author content="Mia Dorn">', "<p>By Kai Voss</p>", ("Mia Dorn",)),
        # a site is no author, and what it repeats about itself neither
        (
            (
                '<meta property=og:site_name content="Evening Heron">'
                '<meta name=author content="Evening Heron">'
            ),
            "",
            (),
        ),
        # cards with a label
        (
            (
                '<meta name=twitter:label1 content="Written by">'
                '<meta name=twitter:data1 content="Mia Dorn">'
            ),
            "",
            ("Mia Dorn",),
        ),
        (
            (
                '<meta name=twitter:label1 content="Reading time">'
                '<meta name=twitter:data1 content="Six Minutes">'
            ),
            "",
            (),
        ),
        # several elements
        (
            (
                "<meta name=citation_author content='Dorn, Mia'>"
                "<meta name=citation_author content='Voss, Kai'>"
            ),
            "",
            ("Dorn, Mia", "Voss, Kai"),
        ),
        (
            "<meta name=author content='Mia Dorn'><meta name=author content='Kai Voss'>",
            "",
            ("Mia Dorn", "Kai Voss"),
        ),
        # marks
        ("", "<a rel='author nofollow' href=/mia>Mia Dorn</a>", ("Mia Dorn",)),
        (
            "",
            "<span itemprop=author itemscope><span itemprop=name>Mia Dorn</span></span>",
            ("Mia Dorn",),
        ),
        ("", "<a rel=author>Mia Dorn</a>, <a rel=author>Kai Voss</a>", ("Mia Dorn", "Kai Voss")),
        (
            "",
            "<div class=byline>By <a>Mia Dorn</a> and <a>Kai Voss</a><div>Staff</div></div>",
            ("Mia Dorn", "Kai Voss"),
        ),
        (
            "",
            "<div class=author-social>Follow us</div><p class=auteur>Par Zoé Lemarq</p>",
            ("Zoé Lemarq",),
        ),
        ("", "<aside><p class=author>Top Stories Daily</p></aside>", ()),
        ("", "<div class=byline>5 mins</div>", ()),
        # lines without a "by"
        ("", "<p>Mia Dorn · 3 November 2024 · 8 min read</p>", ("Mia Dorn",)),
        ("", "<p>Mia Dorn, Staff Writer</p>", ("Mia Dorn",)),
        ("", "<p>Mia Dorn</p><p>3 November 2024</p>", ("Mia Dorn",)),
        ("", "<p>3 November 2024</p><p>Mia Dorn</p>", ("Mia Dorn",)),
        ("", "<p>Written by</p><p>Mia Dorn</p>", ("Mia Dorn",)),
    ],
)
def test_sources_are_weighed(head, line, names):
    assert authors(page(line, head)) == names


def test_who_the_text_speaks_of_is_no_author():
    about = PROSE["en"][0] + " Ada Stone, who owns it, was not there."
    html = page("<p>Ada Stone</p><p>3 November 2024</p>").replace(PROSE["en"][0], about)
    assert authors(html) == ()


def test_json_ld_goes_before_meta_elements():
    ld = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "author": ['
        '{"@type": "Person", "name": "Mia Dorn, PhD"},'
        '{"@type": "Organization", "name": "Evening Heron Ltd"}],}</script>'
    )
    assert authors(page(head=f"<meta name=author content='Kai Voss'>{ld}")) == ("Mia Dorn",)


def test_bylines_of_teasers_are_not_the_articles():
    teasers = "<h2>More</h2>" + "".join(
        f"<div><a>A story about {thing}</a><p>By {name}</p></div>"
        for thing, name in (("rain", "Kai Voss"), ("snow", "Cy Orr"))
    )
    assert authors(page(foot=teasers)) == ()


@pytest.mark.parametrize(
    ("head", "tail", "names"),
    [
        (["Old mill to make way for cars", "By Elena Marsh", "May 3, 2024"], [], ("Elena Marsh",)),
        (["Mill falls", "By Elena Marsh"], [], ("Elena Marsh",)),
        (
            [
                "EVENING HERON",
                "Thursday 6 March 2025",
                "Old mill to make way for cars",
                "By Elena Marsh and Paul Ray",
                "emarsh@heron.example",
            ],
            [],
            ("Elena Marsh", "Paul Ray"),
        ),
        (
            ["---\ntitle: Old mill\nauthor: Elena Marsh\ndate: 2024-05-03\n---", "# Old mill"],
            [],
            ("Elena Marsh",),
        ),
        (
            ["Old mill to make way for cars", "*Elena Marsh · 3 May 2024 · 8 min read*"],
            [],
            ("Elena Marsh",),
        ),
        (
            ["Old mill to make way for cars", "By Chen Wei / 陈伟", "2025-02-11"],
            [],
            ("Chen Wei", "陈伟"),
        ),
        (["Old mill to make way for cars"], ["Posted by Elena Marsh."], ("Elena Marsh",)),
        (
            ["Old mill to make way for cars", "The Evening Heron", "3 May 2024"],
            ["J. P."],
            ("J. P.",),
        ),
        (
            ["Log in", "Subscribe", "My Account", "3 May 2024", "Old mill to make way for cars"],
            [],
            (),
        ),
    ],
)
def test_plain_text(head, tail, names):
    assert authors_of_text(*head, *PROSE["en"], *tail) == names


def test_a_byline_in_another_kind_of_line_is_named_so():
    document = normalize(
        page("<div>Submitted by joe on Mon, 2019-01-21 17:04</div>").encode(),
        SETTINGS,
        media_type="text/html",
    )
    kinds = {block.text: block.kind.value for block in document.blocks}
    assert kinds["Submitted by joe on Mon, 2019-01-21 17:04"] == "byline"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Mia Dorn · Heron News · Posted: Aug 08, 2024 4:00 AM", ("Mia Dorn",)),
        ("Mia Dorn and Kai Voss, 3 May 2024", ("Mia Dorn", "Kai Voss")),
        ("— Mia Dorn, 3 May 2024", ()),
        ("Mia Dorn (right) will start work at the new mill in May 2024", ()),
        ("Local News, 3 May 2024", ()),
    ],
)
def test_lines_signed_without_a_by(line, names):
    assert read_signed_line(line) == names


@pytest.mark.parametrize(
    "name", ["AFP", "The Evening Heron", "Associated Press", "Heron News Desk", "CTV.ca Staff"]
)
def test_organizations(name):
    assert is_organization(name)


@pytest.mark.parametrize(
    "name", ["Admin", "admin3", "The Editors", "La rédaction", "Guest Author", "编辑部", "新京报"]
)
def test_nobody(name):
    assert is_nobody(name)


@pytest.mark.parametrize(
    "text",
    ["By " + "Ann, " * 50_000, "By " * 90_000, "记者" * 90_000, "[" * 90_000, "by 1 " * 60_000],
)
def test_long_lines_take_no_longer_than_short_ones(text):
    find_names(text)
    assert read_byline(text) == ()
    read_inline(text)
    read_signed_line(text)


@pytest.mark.parametrize(
    ("lines", "language", "names"),
    [
        ("<header><p>By Mia Dorn</p><p>May 3, 2024</p></header>", "en", ("Mia Dorn",)),
        ("<div><span>By</span> <span>Mia Dorn</span></div>", "en", ("Mia Dorn",)),
        (
            "<div><span>By</span></div><div><span>Mia Dorn</span></div><div>May 3, 2024</div>",
            "en",
            ("Mia Dorn",),
        ),
        ("<ul><li>By Mia Dorn</li><li>May 3, 2024</li><li>Share</li></ul>", "en", ("Mia Dorn",)),
        ("<p><strong>By Mia Dorn</strong><br>Heron Staff Writer</p>", "en", ("Mia Dorn",)),
        ("<p>MIA DORN<br>Associated Press</p>", "en", ("MIA DORN",)),
        ("<p>By MIA DORN</p>", "en", ("MIA DORN",)),
        ("<p>By Mia Dorn</p><p>Photographs by Kai Voss</p>", "en", ("Mia Dorn",)),
        ("<p>Words by Mia Dorn</p><p>Photos by Kai Voss</p>", "en", ("Mia Dorn",)),
        (
            "<p>Mia Dorn and Kai Voss</p><time datetime=2024-05-03>May 3, 2024</time>",
            "en",
            ("Mia Dorn", "Kai Voss"),
        ),
        ("<p>Opinion by Mia Dorn, contributing columnist</p>", "en", ("Mia Dorn",)),
        ("<p>By Mia Dorn, Heron Correspondent, Brussels</p>", "en", ("Mia Dorn",)),
        ("<p>By Mia Dorn in Brussels</p>", "en", ("Mia Dorn",)),
        ("<p>Mia Dorn in Brussels</p><p>3 May 2024</p>", "en", ("Mia Dorn",)),
        ("<p>By Mia Dorn, Kai Voss</p>", "en", ("Mia Dorn", "Kai Voss")),
        ("<p>By Mia Dorn with Kai Voss</p>", "en", ("Mia Dorn", "Kai Voss")),
        ("<p>By Mia Dorn, Special to the Heron</p>", "en", ("Mia Dorn",)),
        ("<p>By Mia Dorn, contributor</p>", "en", ("Mia Dorn",)),
        ("<p>By Mia Dorn, PhD, RN and Kai Voss, M.D.</p>", "en", ("Mia Dorn", "Kai Voss")),
        ("<p>by miadorn</p>", "en", ("miadorn",)),
        ("<p>Posted by miadorn at 10:32 AM</p>", "en", ("miadorn",)),
        ("<p>Posted: May 3, 2024 | By: Mia Dorn</p>", "en", ("Mia Dorn",)),
        ("<p>Published May 3, 2024 by Mia Dorn</p>", "en", ("Mia Dorn",)),
        ("<p>May 3, 2024 By Mia Dorn</p>", "en", ("Mia Dorn",)),
        ("<p>May 3, 2024 · Mia Dorn</p>", "en", ("Mia Dorn",)),
        ("<p>May 3, 2024 / Mia Dorn / Leave a comment</p>", "en", ("Mia Dorn",)),
        ("<p>Author: Mia Dorn</p>", "en", ("Mia Dorn",)),
        ("<p>Author - Mia Dorn</p>", "en", ("Mia Dorn",)),
        ("<p>Written by Mia Dorn on May 3, 2024. Posted in News</p>", "en", ("Mia Dorn",)),
        ("<p>Zoé LEMARQ</p><p>Publié le 3 mai 2024 à 07h12</p>", "fr", ("Zoé LEMARQ",)),
        ("<p>Z. L.</p><p>Publié le 3 mai 2024 à 07h12</p>", "fr", ("Z. L.",)),
        ("<p>Par Z.L. (avec AFP)</p>", "fr", ("Z.L.",)),
        ("<p>Par Zoé Lemarq et AFP</p>", "fr", ("Zoé Lemarq",)),
        (
            "<p>Par Zoé Lemarq, Luc Perrin et Ève Jal</p>",
            "fr",
            ("Zoé Lemarq", "Luc Perrin", "Ève Jal"),
        ),
        ("<p>Par Zoé Lemarq , publié le 3 mai 2024 à 10h</p>", "fr", ("Zoé Lemarq",)),
        ("<p>Publié le 3 mai 2024 à 10h par Zoé Lemarq</p>", "fr", ("Zoé Lemarq",)),
        ("<p>Zoé Lemarq - Publié le 3 mai 2024</p>", "fr", ("Zoé Lemarq",)),
        ("<p>Zoé Lemarq | 03/05/2024</p>", "fr", ("Zoé Lemarq",)),
        ("<p>Zoé Lemarq (à Rome)</p><p>3 mai 2024</p>", "fr", ("Zoé Lemarq",)),
        ("<p>Zoé Lemarq, correspondante à Rome</p>", "fr", ("Zoé Lemarq",)),
        ("<p>Propos recueillis par</p><p>Zoé Lemarq</p>", "fr", ("Zoé Lemarq",)),
        ("<p>Entretien : propos recueillis par Zoé Lemarq</p>", "fr", ("Zoé Lemarq",)),
        ("<p>Interview réalisée par Zoé Lemarq</p>", "fr", ("Zoé Lemarq",)),
        ("<p>Reportage de notre envoyée spéciale Zoé Lemarq</p>", "fr", ("Zoé Lemarq",)),
        ("<p>Rédigé par Zoé Lemarq</p>", "fr", ("Zoé Lemarq",)),
        ("<p>Signé : Zoé Lemarq</p>", "fr", ("Zoé Lemarq",)),
        (
            "<p>Par Jean-François de La Tour d’Auvergne</p>",
            "fr",
            ("Jean-François de La Tour d’Auvergne",),
        ),
        ("<p>文／林小雨</p>", "zh", ("林小雨",)),
        ("<p>文、圖／林小雨</p>", "zh", ("林小雨",)),
        ("<p>撰文／林小雨 攝影／陳大同</p>", "zh", ("林小雨",)),
        ("<p>採訪撰文／林小雨</p>", "zh", ("林小雨",)),
        ("<p>（記者林小雨／綜合報導）</p>", "zh", ("林小雨",)),
        ("<p>記者林小雨／綜合報導</p>", "zh", ("林小雨",)),
        ("<p>記者 林小雨 報導</p>", "zh", ("林小雨",)),
        ("<p>2024-03-05 10:00 聯合報 / 記者林小雨／台北即時報導</p>", "zh", ("林小雨",)),
        ("<p>聯合報 記者林小雨／台北即時報導</p>", "zh", ("林小雨",)),
        ("<p>特約記者林小雨、陳大同／日本東京報導</p>", "zh", ("林小雨", "陳大同")),
        (
            "<p>【大紀元2024年03月05日訊】（大紀元記者林小雨台灣台北報導）市府今天表示</p>",
            "zh",
            ("林小雨",),
        ),
        ("<p>【本报北京3月5日电】（记者林小雨）市政府表示，</p>", "zh", ("林小雨",)),
        ("<p>人民网北京3月5日电 （记者林小雨、陈大同）市政府表示</p>", "zh", ("林小雨", "陈大同")),
        ("<p>本报北京3月5日讯 记者林小雨报道：市政府表示</p>", "zh", ("林小雨",)),
        ("<p>央视网消息（记者 林小雨）：市政府表示</p>", "zh", ("林小雨",)),
        ("<p>中新社东京3月5日电 题：磨坊的春天</p><p>中新社记者 林小雨</p>", "zh", ("林小雨",)),
        ("<p>新华社记者林小雨、陈大同</p>", "zh", ("林小雨", "陈大同")),
        ("<p>来源：观河网</p><p>作者：林小雨</p>", "zh", ("林小雨",)),
        ("<p>林小雨</p><p>2024年3月5日</p>", "zh", ("林小雨",)),
        ("<p>观河网记者林小雨 实习生 陈大同</p>", "zh", ("林小雨", "陈大同")),
        ("<p>记者：林小雨 编辑：陈大同 校对：王小明</p>", "zh", ("林小雨",)),
        ("<p>作者：林小雨（北京大学教授）</p>", "zh", ("林小雨",)),
        ("<p>作者：[英]约翰·史密斯</p>", "zh", ("约翰·史密斯",)),
        ("<p>林小雨 观河网记者</p>", "zh", ("林小雨",)),
        ("<p>记者林小雨、通讯员陈大同</p>", "zh", ("林小雨", "陈大同")),
        ("<p>□ 本报记者 林小雨</p>", "zh", ("林小雨",)),
    ],
)
def test_lines_below_the_headline(lines, language, names):
    assert authors(page(lines, language=language)) == names


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        ("<p>Sign in</p><p>May 3, 2024</p>", "en"),
        ("<p>Create Account</p><p>May 3, 2024</p>", "en"),
        ("<p>Breaking News</p><p>May 3, 2024</p>", "en"),
        ("<p>Subscribe Now</p><p>May 3, 2024</p>", "en"),
        ("<p>Your Account</p><p>May 3, 2024</p>", "en"),
        ("<p>Log In Register</p><p>May 3, 2024</p>", "en"),
        ("<p>Real Estate</p><p>May 3, 2024</p>", "en"),
        ("<p>Top Stories</p><p>May 3, 2024</p>", "en"),
        ("<p>Climate Change</p><p>May 3, 2024</p>", "en"),
        ("<p>Press Release</p><p>May 3, 2024</p>", "en"),
        ("<p>New York</p><p>May 3, 2024</p>", "en"),
        ("<p>Evening Heron</p><p>May 3, 2024</p>", "en"),
        ("<p>Print Edition</p><p>May 3, 2024</p>", "en"),
        ("<p>Today's Paper</p><p>May 3, 2024</p>", "en"),
        ("<p>Search Menu</p><p>May 3, 2024</p>", "en"),
        ("<p>Sunday, May 5, 2024</p>", "en"),
        ("<p>Getty Images</p><p>May 3, 2024</p>", "en"),
        ("<p>Mon compte</p><p>3 mai 2024</p>", "fr"),
        ("<p>Se connecter</p><p>3 mai 2024</p>", "fr"),
        ("<p>Faits Divers</p><p>3 mai 2024</p>", "fr"),
        ("<p>Vie Locale</p><p>3 mai 2024</p>", "fr"),
        ("<p>Réservé aux abonnés</p><p>3 mai 2024</p>", "fr"),
        ("<p>Saint-Malo</p><p>3 mai 2024</p>", "fr"),
        ("<p>Aix-en-Provence</p><p>3 mai 2024</p>", "fr"),
        ("<p>Le Héron Libre</p><p>3 mai 2024</p>", "fr"),
        ("<p>Le Héron avec AFP</p><p>Publié le 3 mai 2024</p>", "fr"),
        ("<p>編輯林小雨／台北報導</p>", "zh"),
        ("<p>观河网 | 林小雨 | 2024-03-05</p>", "zh"),
        ("<p>编辑：林小雨</p>", "zh"),
        ("<p>校对：林小雨</p>", "zh"),
        ("<p>翻译：林小雨</p>", "zh"),
        ("<p>图：林小雨</p>", "zh"),
        ("<p>登录 注册</p><p>2024年3月5日</p>", "zh"),
        ("<p>责编 林小雨</p>", "zh"),
        ("<p>发布时间：2024-03-05 来源：新华社</p>", "zh"),
        ("<p>◎林小雨</p>", "zh"),
    ],
)
def test_lines_below_the_headline_that_name_no_author(lines, language):
    assert authors(page(lines, language=language)) == ()


@pytest.mark.parametrize(
    ("lines", "language", "names"),
    [
        ("<p>Mia Dorn is a reporter at the Heron.</p>", "en", ()),
        ("<p>By Mia Dorn</p>", "en", ("Mia Dorn",)),
        ("<p>— Mia Dorn</p>", "en", ("Mia Dorn",)),
        ("<p>Mia Dorn</p>", "en", ("Mia Dorn",)),
        ("<p>Reporting by Mia Dorn; Editing by Kai Voss</p>", "en", ("Mia Dorn",)),
        (
            "<p>(Reporting by Mia Dorn and Kai Voss in Oslo; Editing by Cy Orr)</p>",
            "en",
            ("Mia Dorn", "Kai Voss"),
        ),
        ("<p>Zoé Lemarq</p>", "fr", ("Zoé Lemarq",)),
        ("<p>Zoé Lemarq (avec AFP)</p>", "fr", ("Zoé Lemarq",)),
        ("<p>Propos recueillis par Zoé Lemarq</p>", "fr", ("Zoé Lemarq",)),
        ("<p>（林小雨）</p>", "zh", ("林小雨",)),
        ("<p>记者 林小雨</p>", "zh", ("林小雨",)),
        ("<p>文：林小雨</p>", "zh", ("林小雨",)),
        ("<p>责任编辑：林小雨</p>", "zh", ()),
        ("<p>© Evening Heron</p>", "en", ()),
    ],
)
def test_lines_under_the_article(lines, language, names):
    assert authors(page(language=language, foot=lines)) == names


@pytest.mark.parametrize(
    ("block", "names"),
    [
        (
            '{"@type":"NewsArticle","author":{"@type":"Person","name":"Mia Dorn and Kai Voss"}}',
            ("Mia Dorn", "Kai Voss"),
        ),
        (
            '{"@type":"NewsArticle","author":{"givenName":"Mia","familyName":"Dorn"}}',
            ("Mia Dorn",),
        ),
        (
            '{"@type":"NewsArticle","author":[{"@type":"Person","name":"Mia Dorn","url":"http://[::1"}]}',
            ("Mia Dorn",),
        ),
        (
            '{"@type":"NewsArticle","author":{"@type":"Organization","name":"Reuters"}}',
            ("Reuters",),
        ),
        ('{"@type":"NewsArticle","author":{"@type":"Person","name":"By Mia Dorn"}}', ("Mia Dorn",)),
        ('{"@type":"NewsArticle","author":{"@type":"Person","name":"https://x.example/mia"}}', ()),
        ('{"@type":"NewsArticle","author":{"@type":"Person","name":"Admin"}}', ()),
        (
            '{"@type":"NewsArticle","author":{"name":"Mia D&#39;Or &amp; Kai Voss"}}',
            ("Mia D'Or", "Kai Voss"),
        ),
        ('{"@type":"NewsArticle","author":"Mia Dorn, Kai Voss"}', ("Mia Dorn", "Kai Voss")),
        (
            '{"@type":"NewsArticle","author":{"@type":"Person","name":["Mia Dorn","Kai Voss"]}}',
            ("Mia Dorn", "Kai Voss"),
        ),
        ('{"@type":"NewsArticle","creator":["Mia Dorn"]}', ("Mia Dorn",)),
        (
            '[{"@type":"NewsArticle","author":[{"@id":"#m"}]},{"@id":"#m","name":"Mia Dorn"}]',
            ("Mia Dorn",),
        ),
        ('{"@type":"NewsArticle","author":{"@type":"Person","name":"mia dorn"}}', ("mia dorn",)),
        ('{"@type":"NewsArticle","author":{"@type":"Person","name":"记者 林小雨"}}', ("林小雨",)),
        (
            '{"@type":"NewsArticle","author":{"@type":"Person","name":"Mia Dorn (Reuters)"}}',
            ("Mia Dorn",),
        ),
        (
            '{"@type":"NewsArticle","author":{"@type":"Person","name":"Mia Dorn, Staff Writer"}}',
            ("Mia Dorn",),
        ),
    ],
)
def test_authors_in_json_ld(block, names):
    assert authors(page(head=f"<script type='application/ld+json'>{block}</script>")) == names


def test_a_short_paragraph_with_a_credit_at_its_head_stays_in_the_body():
    line = "（中央社記者林小雨台北5日電）市府今天表示，磨坊將拆除。"
    html = page(f"<p>{line}</p>", language="zh")
    document = normalize(html.encode(), SETTINGS, media_type="text/html")
    assert document.authors == ("林小雨",)
    assert line in document.body


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Lee, Ph.D., and Bo Ray, M.D.", ("Ann Lee", "Bo Ray")),
        ("By Ann Lee, Esq., and Bo Ray", ("Ann Lee", "Bo Ray")),
        ("By Ann Lee, J.D., and Bo Ray, R.N., and Cy Orr", ("Ann Lee", "Bo Ray", "Cy Orr")),
        ("By Ann Lee. Published on Monday", ("Ann Lee",)),
        ("By Yo Ma, M.A.", ("Yo Ma",)),
        ("Par Zoé Exemple (texte) et Luc Modèle (photos)", ("Zoé Exemple",)),
        ("By Ann Lee (text), Bo Ray (pictures)", ("Ann Lee",)),
        ("By Ann Lee, Contributing Writer; Bo Ray, Photographer", ("Ann Lee",)),
        ("By Ann Lee, Staff Writer, and Bo Ray, Staff Photographer", ("Ann Lee",)),
        ("By Ann Lee, Photographer", ("Ann Lee",)),
        ("Texte Zoé Exemple. Photos Luc Modèle", ("Zoé Exemple",)),
        ("Text Ann Lee / Pictures Bo Ray", ("Ann Lee",)),
        ("By Ann Lee, Local Democracy Reporting Service", ("Ann Lee",)),
        ("By Ann Lee, Evening Heron News Team and Bo Ray", ("Ann Lee", "Bo Ray")),
        ("By Ann Lee, Globe and Mail Update", ("Ann Lee",)),
        ("Submitted by j.smith on Mon, 2019-01-21", ("j.smith",)),
        ("Posted by web.editor on January 21, 2019", ("web.editor",)),
        ("Posted by cleveland.com on January 21, 2019", ()),
    ],
)
def test_degrees_photographers_desks_and_users(byline, names):
    assert read_byline(byline) == names


@pytest.mark.parametrize(
    ("line", "language", "names"),
    [
        ("Zoé Exemple et AFP", "fr", ["Zoé Exemple"]),
        ("Zoé Exemple avec Reuters", "fr", ["Zoé Exemple"]),
        ("Z. Exemple et Y. Le Bris", "fr", ["Z. Exemple", "Y. Le Bris"]),
        ("Ann Lee and Bo Ray / Reuters", "en", ["Ann Lee", "Bo Ray"]),
        ("Ann Lee, Lagos", "en", ["Ann Lee"]),
        ("Nations unies et AFP", "fr", []),
        ("Culture and Reuters", "en", []),
    ],
)
def test_an_agency_after_a_name_beside_a_date(line, language, names):
    assert list(authors(page(f"<p>{line}</p><p>2024-05-03</p>", language=language))) == names


def test_an_acronym_after_a_name_in_a_dated_line():
    assert read_signed_line("Ann Lee, TNN | Mar 14, 2022, 08:41 IST") == ("Ann Lee",)
    assert read_signed_line("Sport, TNN | Mar 14, 2022, 08:41 IST") == ()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Zoé Exemple (avec AFP).", ["Zoé Exemple"]),
        ("(Zoé Exemple)", ["Zoé Exemple"]),
        ("Zoé EXEMPLE.", ["Zoé EXEMPLE"]),
        ("Z. Exemple et L. Modèle", ["Z. Exemple", "L. Modèle"]),
        ("Il pleut.", []),
        ("(Vive le moulin !)", []),
    ],
)
def test_signatures_under_a_french_article(line, names):
    assert list(authors(page(language="fr", foot=f"<p>{line}</p>"))) == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("记者采访时看到，现场秩序良好。", []),
        ("記者採訪時看到，現場秩序良好。", []),
        ("记者采访中了解到，道路下周恢复。", []),
        ("多名记者王府井采访时看到，现场秩序良好。", []),
        ("两位记者李明采访过的居民。", []),
        ("记者李明采访时看到，现场秩序良好。", ["李明"]),
        ("记者王小明获悉，桥已修好。", ["王小明"]),
        ("生活中心／劉佩珊報導", ["劉佩珊"]),
        ("政治組／簡士傑台北報導", ["簡士傑"]),
        ("娛樂中心／劉佩珊、林宛諭報導", ["劉佩珊", "林宛諭"]),
        ("國際中心簡士傑／綜合報導", ["簡士傑"]),
        ("即時中心／綜合報導", []),
        ("編譯中心／綜合外電報導", []),
        ("記者劉佩珊、特派員王大明／東京報導", ["劉佩珊", "王大明"]),
        ("红星新闻记者 邹明远 实习生 尚可 成都报道", ["邹明远", "尚可"]),
        ("記者范姜雅文／高雄報導", ["范姜雅文"]),
        ("記者歐陽小文／高雄報導", ["歐陽小文"]),
        ("[新頭殼newtalk] 簡士傑 綜合報導", ["簡士傑"]),
        ("本报记者邹明远文/图", ["邹明远"]),
        ("新华社 记者邹明远摄", []),
        ("簡士傑 / 新聞節目中心 / 台北報導", ["簡士傑"]),
        ("（作者邹明远系山河大学教授）", ["邹明远"]),
        ("（记者王某系化名）", []),
    ],
)
def test_more_chinese_credits(line, names):
    assert find_han_names(line) == names


def test_a_credit_in_the_first_line_of_a_chinese_paragraph():
    assert read_inline("极目新闻记者 邹明远\n港口管理局周一表示，码头将关闭。") == ("邹明远",)
    assert read_inline("港口周一关闭\n港口管理局周一表示，码头将关闭。") == ()


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        ("Ann Lee | Bo Ray | Bloomberg", ("Ann Lee", "Bo Ray")),
        ("Ann Lee | Bo Ray", ("Ann Lee", "Bo Ray")),
        ("Ann Lee @annlee", ("Ann Lee",)),
        ("Ann Lee (@annlee), Bo Ray", ("Ann Lee", "Bo Ray")),
        ("Northern Courier Staff, Ann Lee", ("Ann Lee",)),
        ("Ann Lee, Ph.D., and Bo Ray, M.D.", ("Ann Lee", "Bo Ray")),
        ("Northern Courier Staff", ("Northern Courier Staff",)),
    ],
)
def test_lists_in_a_field_of_authors(stated, names):
    assert read_stated(stated) == names


def test_a_byline_as_long_as_a_paragraph():
    long = (
        "By Amina Yusuf in Nairobi and Jonas Lindqvist in Stockholm, Reuters; "
        "additional reporting by Peter Hall"
    )
    assert list(authors(page(f"<p>{long}</p>"))) == ["Amina Yusuf", "Jonas Lindqvist"]
    said = "By Monday Evening Heron Lane was shut to all but those who live there, and stayed so."
    assert list(authors(page(f"<p>{said}</p>"))) == []
