"""The headline of a page, and the text that publishers escaped twice."""

from __future__ import annotations

import pytest

from corpus_norm import Settings, normalize
from corpus_norm.boilerplate import extract
from corpus_norm.settings import TranslationSettings

PLAIN = Settings(translation=TranslationSettings(enabled=False))

TEXT = (
    "<p>The harbour authority said on Monday that the quay would stay closed until the end of May, "
    "after engineers found cracks in two of its pillars and water in the third.</p>" * 3
)
HEADLINE = "Ferry quay stays shut until May"


def read(body, head="", lang="en", url=None):
    page = f"<html lang={lang}><head>{head}</head><body>{body}</body></html>"
    return extract(page, url).title


def window(text):
    return f"<title>{text}</title>"


def social(text, name="og:title"):
    return f'<meta property="{name}" content="{text}">'


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (window(f"{HEADLINE} - Daily Gull"), f"<h1>Daily Gull</h1><article><h2>{HEADLINE}</h2>"),
        (
            window(f"{HEADLINE} | Daily Gull"),
            f"<header><h1><a href=/>Daily Gull</a></h1></header><h2>{HEADLINE}</h2>",
        ),
        (window(f"Daily Gull » Archive » {HEADLINE}"), f"<h1>Daily Gull</h1><h2>{HEADLINE}</h2>"),
        (
            window(f"Daily Gull: {HEADLINE}"),
            f"<h1>Daily Gull</h1><h2 class=entry-title>{HEADLINE}</h2>",
        ),
        (window("Daily Gull"), f"<h1 class=logo>Daily Gull</h1><article><h2>{HEADLINE}</h2>"),
        ("", f"<header><h1><a href='/'>Daily Gull</a></h1></header><article><h2>{HEADLINE}</h2>"),
        (window(f"{HEADLINE} · Gull"), f"<h1>Gull</h1><h1 itemprop=headline>{HEADLINE}</h1>"),
        (social(HEADLINE), f"<h1>Daily Gull</h1><h2>{HEADLINE}</h2>"),
        (social(HEADLINE), "<h1>Daily Gull</h1>"),
        (social(HEADLINE, "twitter:title"), "<h1>Breaking news</h1>"),
        (
            window(f"{HEADLINE} | News | Daily Gull"),
            f"<h1>News</h1><h3 class=post-title>{HEADLINE}</h3>",
        ),
        (window(HEADLINE), f"<h1>Subscribe</h1><h1>{HEADLINE}</h1>"),
        (window(f"{HEADLINE} | Daily Gull"), ""),
        (window(f"{HEADLINE} - Daily Gull") + social("Daily Gull", "og:site_name"), ""),
        (window(f"Daily Gull - {HEADLINE}") + social("Daily Gull", "og:site_name"), ""),
        (window(f"Daily Gull: {HEADLINE}") + social("Daily Gull", "og:site_name"), ""),
        (social(f"{HEADLINE} | Daily Gull"), ""),
        (window(f"{HEADLINE} - Daily Gull"), "<footer>© 2024 Daily Gull</footer>"),
        (window(f"{HEADLINE} — Daily Gull") + social(HEADLINE), ""),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"'
            + HEADLINE
            + '"}</script>'
            + window("Daily Gull"),
            "<h1>Daily Gull</h1>",
        ),
        (window("Quay to stay closed") + social("You won't believe this quay"),
         f"<article><h1 itemprop=headline>{HEADLINE}</h1>"),
        (window("Quay to stay closed"), f"<article><h1 class=article-headline>{HEADLINE}</h1>"),
        (social("The quay stays shut"), f"<main><h1>{HEADLINE}</h1>"),
        (window("Home"), f"<h1>{HEADLINE}</h1>"),
        ("", f"<h1>{HEADLINE}</h1><h2>What comes next</h2>"),
        (window("Daily Gull"), f"<div itemprop=headline>{HEADLINE}</div>"),
        (
            window("Daily Gull"),
            f"<h1>Daily Gull</h1><main><h2>{HEADLINE}</h2></main><footer>© Daily Gull</footer>",
        ),
        (window(f"Daily Gull: {HEADLINE}"), "<footer>© 2024 Daily Gull Ltd</footer>"),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"'
            + HEADLINE
            + '"}</script>'
            + window("Daily Gull – news from the coast"),
            "<h1>Daily Gull</h1>",
        ),
        (window(f"{HEADLINE} | Gull"), f"<h1>We value your privacy</h1><h1>{HEADLINE}</h1>"),
        ("", f"<h1>Daily Gull</h1><article><h1>{HEADLINE}</h1></article>"),
        (window(f"{HEADLINE} « Daily Gull"), "<footer>© 2024 Daily Gull</footer>"),
    ],
)  # fmt: skip
def test_the_headline_in_spite_of_the_site(head, body):
    assert read(body + TEXT, head) == HEADLINE


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("码头下周起关闭维修_新闻频道_海鸥网", "", "码头下周起关闭维修"),
        ("码头下周起关闭维修-海鸥网", "", "码头下周起关闭维修"),
        ("码头下周起关闭维修--海鸥日报", "", "码头下周起关闭维修"),
        ("码头下周起关闭维修 - 新闻 - 海鸥新闻网", "", "码头下周起关闭维修"),
        ("碼頭下週起關閉維修 | 生活 | 海鷗新聞網", "", "碼頭下週起關閉維修"),
        ("海鸥网 - 码头下周起关闭维修", "", "码头下周起关闭维修"),
        (
            "码头下周起关闭维修_海鸥网",
            "<h1>海鸥网</h1><h2>码头下周起关闭维修</h2>",
            "码头下周起关闭维修",
        ),
        ("码头下周起关闭维修——海鸥日报", "", "码头下周起关闭维修"),
        ("海鸥日报：码头下周起关闭维修", "<p>版权所有 海鸥日报</p>", "码头下周起关闭维修"),
        ("Le port parle de « fin »", "", "Le port parle de « fin »"),
        ("Nantes : le port fermé", "<p>© Ville de Nantes</p>", "Nantes : le port fermé"),
        ("码头下周起关闭维修（图）", "<h1>首页</h1>", "码头下周起关闭维修（图）"),
        ("Grève des bacs : le port fermé | Le Quai", "", "Grève des bacs : le port fermé"),
        ("Grève des bacs - le port fermé", "", "Grève des bacs - le port fermé"),
        ("Jean-Luc Martin : un portrait", "", "Jean-Luc Martin : un portrait"),
        ("Budget 2024-2025: what changes for you", "", "Budget 2024-2025: what changes for you"),
        (
            "Le Quai",
            "<h1>À la une</h1><article><h2>Le port reste fermé</h2>",
            "Le port reste fermé",
        ),
    ],
)
def test_what_belongs_to_a_title_and_what_to_its_site(head, body, title):
    assert read(body + TEXT, window(head)) == title


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>{HEADLINE}</h1><h2>Daily Gull</h2>",
        f"<h1>{HEADLINE}</h1><div class=related><h2>Boat sinks off the coast</h2></div>",
        f"<h1>Breaking news</h1><h1>{HEADLINE}</h1>",
        f"<article><h1>{HEADLINE}</h1></article><h1>Most read</h1>",
        f"<header><h1>{HEADLINE}</h1></header><h2>What comes next</h2>",
        f"<header><a href=/>Daily Gull</a><h1>{HEADLINE}</h1></header><h2>A quay of stone</h2>",
    ],
)
def test_a_good_first_heading_stays(body):
    assert read(body + TEXT, window(f"{HEADLINE} - Daily Gull")) == HEADLINE


def test_the_name_of_the_site_is_used_where_nothing_else_is_there():
    assert read(f"<h1>Daily Gull</h1>{TEXT}", window("Daily Gull")) == "Daily Gull"
    assert read(TEXT) is None


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("L&amp;#039;été à Paris", "L'été à Paris"),
        ("L&amp;rsquo;&amp;eacute;t&amp;eacute;", "L’été"),
        ("R&amp;amp;D at sea", "R&D at sea"),
        ("R&amp;D at sea", "R&D at sea"),
        ("R&amp;amp;amp;D at sea", "R&D at sea"),
        ("&amp;quot;Shut&amp;quot; till May", '"Shut" till May'),
        ("Shut&amp;nbsp;till May", "Shut till May"),
        ("AT&amp;T and the quay", "AT&T and the quay"),
        ("Fish &amp;lt; chips", "Fish < chips"),
        ("&amp;#x4e2d;&amp;#x56fd;", "中国"),
    ],
)
def test_entities_escaped_twice_are_decoded(stated, title):
    assert read(TEXT, social(stated)) == title
    script = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"%s"}</script>'
    assert read(TEXT, script % stated.replace('"', '\\"')) == title
    page = extract(
        f"<html><head>{social(stated, 'og:site_name')}"
        f'<meta name=author content="Ann O&amp;#039;Hara"></head><body>{TEXT}</body></html>'
    )
    assert page.site == title
    assert page.authors == ("Ann O'Hara",)


def test_a_heading_about_entities_stays_as_it_is_seen():
    heading = "How to write &amp;amp; and &amp;nbsp; in HTML"
    assert read(f"<h1>{heading}</h1>{TEXT}") == "How to write &amp; and &nbsp; in HTML"
    assert read(f"<h1>L&amp;#039;&amp;eacute;t&amp;eacute;</h1>{TEXT}") == "L'été"


@pytest.mark.parametrize("mark", [" - ", " | ", " – ", " : ", " • "])
@pytest.mark.parametrize("site", ["BBC News", "Le Monde", "cleveland.com", "The Northern Courier"])
def test_a_newspaper_known_only_from_the_end_of_the_title_is_left_out(mark, site):
    assert read(TEXT, window(f"{HEADLINE}{mark}{site}")) == HEADLINE
    assert read(TEXT, social(f"{HEADLINE}{mark}{site}")) == HEADLINE


@pytest.mark.parametrize("site", ["Daily Gull", "The Hill", "Lorne Ledger"])
@pytest.mark.parametrize("mark", [" - ", " | ", " : ", " – "])
def test_a_heading_that_the_title_ends_with_is_the_site(site, mark):
    assert read(f"<h1>{site}</h1>{TEXT}", window(f"{HEADLINE}{mark}{site}")) == HEADLINE


def test_a_chinese_heading_that_the_title_ends_with_is_the_site():
    body = f"<h1>江城快线</h1><article>{TEXT}</article>"
    assert read(body, window("码头下周起关闭维修-江城快线"), "zh") == "码头下周起关闭维修"


def test_a_heading_that_is_the_whole_title_above_an_article_with_one_heading_is_the_site():
    body = f"<h1>Lorne Ledger</h1><article><h2>{HEADLINE}</h2>{TEXT}</article>"
    assert read(body, window("Lorne Ledger")) == HEADLINE


def test_a_town_and_an_article_are_no_part_of_the_name_of_a_site():
    foot = "<footer>© 2024 Lorne Ledger Ltd</footer>"
    assert read(TEXT + foot, window(f"{HEADLINE} - The Lorne Ledger, Leeds")) == HEADLINE


@pytest.mark.parametrize("name", ["headline", "article-title", "post-title", "entry_title"])
def test_a_class_makes_a_headline_where_no_heading_is_one(name):
    body = f"<h1 class=logo>Lorne Ledger</h1><div class={name}>{HEADLINE}</div>{TEXT}"
    assert read(body, window("Lorne Ledger")) == HEADLINE


@pytest.mark.parametrize(
    ("title", "heading", "inside"),
    [
        ("Spider-Man - the musical - closes", "", ""),
        ("Vallée coupée : « On a eu peur » - récit", "", ""),
        ("Murdoch and his heirs fight over the papers - in the news", "", ""),
        ("France beat Croatia in the final after a nervous start - Coupe du Monde", "", ""),
        ("Storm hits coast", "<h1>Storm hits coast</h1>", "<h2>What we know about it so far</h2>"),
        ("Daily Gull - Storm Hits Coast", "<h1>Storm Hits Coast</h1>", ""),
        ("Storm hits coast", "<h1>Storm hits coast</h1>", "<div class=post-title>Other news</div>"),
    ],
)
def test_what_looks_like_a_site_but_is_none_stays(title, heading, inside):
    wanted = title.removeprefix("Daily Gull - ")
    assert read(f"{heading}<article>{inside}{TEXT}</article>", window(title)) == wanted


@pytest.mark.parametrize("gap", ["<br>", "<br/>\n", "<br> "])
@pytest.mark.parametrize(
    "head",
    [
        ["Old cinema to reopen as library", "By Ines Falk and Bo Ray", "12 March 2025, 9:40"],
        ["Old cinema to reopen as library", "Published 12 March 2025", "By Ines Falk and Bo Ray"],
        ["News", "Old cinema to reopen as library", "By Ines Falk and Bo Ray", "12 March 2025"],
    ],
)
def test_lines_of_one_element_are_headline_byline_and_date(head, gap):
    prose = "The library will open in May, with nine thousand books and one screen, the city said."
    more = "It bought the cinema for a dollar, after the last film had run there eleven years ago."
    page = f"<html><body><div>{gap.join([*head, prose])}</div><p>{more}</p></body>"
    document = normalize(page.encode(), PLAIN, media_type="text/html")
    assert document.title == "Old cinema to reopen as library"
    assert document.authors == ("Ines Falk", "Bo Ray")
    assert str(document.published) == "2025-03-12"
    assert document.body.split("\n\n")[-2:] == [prose, more]
