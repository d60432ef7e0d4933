"""The date of publication of a page, wherever publishers put it."""

from __future__ import annotations

import pytest

from corpus_norm.boilerplate import extract

TEXT = (
    "<p>The council met on Tuesday and talked about the harbour wall for hours, the clerk said, "
    "but nothing was decided, and the next meeting is on 9 July 2024 at the town hall.</p>" * 3
)
THE_DAY = "2024-04-13"


def read(markup, *, lang="en", url=None, head=""):
    page = (
        f"<html lang={lang}><head><title>Wall falls at last</title>{head}</head>"
        f"<body>{markup}</body></html>"
    )
    return str(extract(page, url).published)


def article(dateline, **options):
    return read(f"<article><h1>Wall falls at last</h1>{dateline}{TEXT}</article>", **options)


def linked(fields, **options):
    script = f'<script type="application/ld+json">{{"@type":"NewsArticle",{fields}}}</script>'
    return article("", head=script, **options)


@pytest.mark.parametrize(
    ("dateline", "lang"),
    [
        ("<p class=date>Publié le 13/04/2024 à 10h12</p>", "fr"),
        ("<p class=date>13.04.2024, 10:12</p>", "fr"),
        ("<span class=meta>Par Zoé Exemple | 13 avr. 2024</span>", "fr"),
        ("<div>Le samedi 13 avril 2024 à 9h15</div>", "fr"),
        ("<div class=post-meta>13-Apr-2024</div>", "en"),
        ("<div class=post-meta>04/13/2024</div>", "en-US"),
        ("<p>Saturday, 13 April 2024 09:15 BST</p>", "en"),
        ("<p>Apr. 13th, 2024 · 5 min read</p>", "en"),
        ("<p>By Ann Example · Apr 13, 2024</p>", "en"),
        ("<time>Apr 13, 2024</time>", "en"),
        ("<time datetime='20240413'>today</time>", "en"),
        ("<time datetime='13/04/2024 00:00' pubdate></time>", "en-GB"),
        ("<time datetime='09:15'>13 April 2024</time>", "en"),
        ("<abbr class=published title='2024-04-13T09:15:00Z'>2 days ago</abbr>", "en"),
        ("<span data-timestamp=1713000600>2 hours ago</span>", "en"),
        ("<span class=ago data-time=1713000600123>2 hours ago</span>", "en"),
        ("<div class=info>二〇二四年四月十三日</div>", "zh"),
        ("<div class=info>發布日期：民國113年4月13日</div>", "zh-Hant"),
        ("<div class=date>113-04-13</div>", "zh-TW"),
        ("<div class=time>113.04.13 09:15</div>", "zh-TW"),
        ("<div class=time>2024/4/13 上午9:15</div>", "zh-TW"),
        ("<div>2024年04月13日09:15　来源：示例网　作者：张三</div>", "zh-CN"),
        ("<font>示例网 ( 2024-04-13 09:20:26 )</font>", "zh"),
        ("<div>发布时间：2024-04-13 09:15 浏览：120次</div>", "zh"),
        ("<p><span>Published</span> <span>April 13, 2024</span></p>", "en"),
        ("<dl><dt>Date de publication</dt><dd>13/04/2024</dd></dl>", "fr"),
        ("<meta itemprop=datePublished content=2024-04-13>", "en"),
        ("<span property='dc:date dc:created' content='2024-04-13T00:00:00+02:00'>x</span>", "en"),
    ],
)
def test_the_date_in_its_many_forms_and_places(dateline, lang):
    assert article(dateline, lang=lang) == THE_DAY


@pytest.mark.parametrize(
    "head",
    [
        "<meta property='article:published_time' content='2024-04-13T23:30:00-05:00'>",
        "<meta name=date content='13 April 2024'>",
        "<meta name=pubdate content='20240413'>",
        "<meta name=publishdate content='2024年4月13日'>",
        "<meta name='dc.date.issued' content='Sat, 13 Apr 2024 09:15:00 GMT'>",
        "<meta name='parsely-pub-date' content='1713000600'>",
        "<meta itemprop=datePublished content='2024-04-13'>",
    ],
)
def test_meta_elements(head):
    assert article("<p class=date>April 15, 2024</p>", head=head) == THE_DAY


@pytest.mark.parametrize(
    "fields",
    [
        '"datePublished":"2024-04-13"',
        '"datePublished":"2024-04-13T09:15:00+02:00","dateModified":"2024-05-05"',
        '"dateModified":"2024-05-05","datePublished":"Sat, 13 Apr 2024 09:15:00 +0100"',
        '"datePublished":"April 13, 2024 9:15 am"',
        '"datePublished":"13 avril 2024"',
        '"datePublished":"2024年4月13日"',
        '"datePublished":"13/04/2024"',
        '"datePublished":"1713000600"',
        '"datePublished":1713000600000',
        '"datePublished":{"@value":"2024-04-13"}',
        '"datePublished":["2024-04-13"]',
        '"dateCreated":"2024-04-13"',
        '"datePublished":"20240413",',
    ],
)
def test_json_ld(fields):
    assert linked(fields) == THE_DAY


@pytest.mark.parametrize(
    "dateline",
    [
        "<p>Updated 5 May 2024</p><p>Published 13 April 2024</p>",
        "<p>Published 13 April 2024</p><p>Updated 5 May 2024</p>",
        "<p class=date>Updated 5 May 2024 · Published 13 April 2024</p>",
        "<p>Mis à jour le 5 mai 2024 à 9h<br>Publié le 13 avril 2024 à 8h</p>",
        "<span class=upd>Last updated: 5 May 2024</span> <span class=pub>13 April 2024</span>",
        (
            "<time class=updated datetime=2024-05-05>x</time>"
            "<time class=published datetime=2024-04-13>x</time>"
        ),
        (
            "<p>Updated <time datetime=2024-05-05>May 5</time>, "
            "published <time datetime=2024-04-13>April 13</time></p>"
        ),
        (
            "<p>Modified: <time datetime=2024-05-05>May 5</time></p>"
            "<time datetime=2024-04-13>April 13</time>"
        ),
        (
            "<time itemprop=dateModified datetime=2024-05-05></time>"
            "<time itemprop=datePublished datetime=2024-04-13></time>"
        ),
        "<time class=updated datetime=2024-05-05>x</time><p>First published 13 April 2024</p>",
        "<div class=info>更新：2024-05-05 10:00 发布时间：2024-04-13 09:15</div>",
        "<div class=info>2024/04/13 09:15 發布 2024/05/05 10:00 更新</div>",
        "<time class='entry-date published updated' datetime=2024-04-13>x</time>",
    ],
)
def test_published_beats_updated(dateline):
    assert article(dateline) == THE_DAY


def test_a_date_of_change_is_better_than_none():
    modified = "<meta property='article:modified_time' content='2024-05-05T10:00Z'>"
    assert article("", head=modified) == "2024-05-05"
    assert article("<p>Published 13 April 2024</p>", head=modified) == THE_DAY


@pytest.mark.parametrize(
    "markup",
    [
        "<header><p class=date>Saturday 13 April 2024</p></header>",
        "<div class=top><span class=today>13 April 2024</span></div>",
        (
            "<div>The Daily Gull</div><div>Saturday, April 13, 2024</div>"
            "<div>Sport</div><div>Home</div>"
        ),
        "<nav><time datetime=2024-04-13>now</time></nav>",
        "<div class=weather><span class=date>13 April 2024</span></div>",
    ],
)
def test_the_day_in_the_masthead_is_no_date_of_publication(markup):
    page = f"{markup}<main><h1>Wall falls at last</h1>{TEXT}</main>"
    assert read(page) == "None"
    dated = f"{markup}<main><h1>Wall falls at last</h1><p>By Ann, 12 April 2024</p>{TEXT}</main>"
    assert read(dated) == "2024-04-12"


@pytest.mark.parametrize(
    "markup",
    [
        "<div class=comments><p class=date>13 April 2024</p></div>",
        (
            "<section id=comments>"
            "<article class=comment><time datetime=2024-04-13>x</time></article></section>"
        ),
        "<aside><span class=date>13 April 2024</span></aside>",
        "<div class=related-posts><div class=card><time datetime=2024-04-13>x</time></div></div>",
        "<ul class=most-read><li>Boat sinks <span class=date>13 April 2024</span></li></ul>",
        "<footer><p class=copyright>© 2024-04-13 The Daily Gull</p></footer>",
        "<p>Copyright 2024 The Daily Gull</p>",
        "<p>The wall was opened on 13 April 2024, and it fell in May, the council said.</p>",
        "<p class=meta>Member since 13 April 2024</p>",
    ],
)
def test_dates_of_other_things_are_no_date_of_publication(markup):
    assert read(f"<main><h1>Wall falls at last</h1>{TEXT}</main>{markup}") == "None"


def test_of_several_dates_the_one_at_the_headline_counts():
    page = (
        "<div class=lead><span class=date>1 April 2024</span>"
        "<h2>Boat sinks off the coast</h2></div>"
        f"<main><h1>Wall falls at last</h1><span class=date>13 April 2024</span>{TEXT}</main>"
        "<div class=list><span class=date>2 April 2024</span><h2>Town hall is painted</h2></div>"
    )
    assert read(page) == THE_DAY
    kicker = (
        "<main><div><span class=date>13 April 2024</span>"
        f"<h1>Wall falls at last</h1></div>{TEXT}</main>"
        "<div class=list><span class=date>2 April 2024</span><h2>Town hall is painted</h2></div>"
    )
    assert read(kicker) == THE_DAY


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://gull.example/2024/04/13/wall", THE_DAY),
        ("https://gull.example/news/2024-04-13/wall.html", THE_DAY),
        ("https://gull.example/20240413/wall", THE_DAY),
        ("https://gull.example/a/t20240413_123456.html", THE_DAY),
        ("https://gull.example/nantes/greve-13-04-2024.php", THE_DAY),
        (
            "https://archive.example/web/20240601101010/https://gull.example/2024/04/13/wall",
            THE_DAY,
        ),
        ("https://gull.example/2024/04/wall", "None"),
        ("https://gull.example/article/20249999/wall", "None"),
        ("https://gull.example/p/1234567890123", "None"),
        ("http://[::1", "None"),
    ],
)
def test_the_address_is_the_last_resort(url, day):
    assert article("", url=url) == day


def test_month_and_day_take_their_year_from_the_address():
    url = "https://gull.example/2024/04/wall.html"
    assert article("<span class=time>04-13 09:15</span>", url=url) == THE_DAY
    assert article("<span class=time>04-13 09:15</span>") == "None"


@pytest.mark.parametrize(
    ("script", "day"),
    [
        ('window.state = {"publishedAt": "2024-04-13T09:15:00Z"};', THE_DAY),
        ('var ct = "1713000600";', THE_DAY),
        ('var publishTime = "2024-04-13 09:15";', THE_DAY),
        ('{"publishedAt": "2024-04-13"}, {"publishedAt": "2024-04-12"}', "None"),
    ],
)
def test_values_in_scripts_count_where_they_agree(script, day):
    assert article(f"<script>{script}</script>") == day


@pytest.mark.parametrize(
    ("options", "day"),
    [
        ({"lang": "en"}, "None"),
        ({"lang": "en-GB"}, "2024-04-03"),
        ({"lang": "en-US"}, "2024-03-04"),
        ({"lang": "fr"}, "2024-04-03"),
        ({"lang": "en-US", "url": "https://gull.co.uk/wall"}, "2024-04-03"),
        ({"lang": "en", "url": "https://gull.example.us/wall"}, "2024-03-04"),
        ({"lang": "en", "head": "<meta property=og:locale content=en_GB>"}, "2024-04-03"),
        ({"lang": "en", "url": "https://gull.example/2024/04/03/wall"}, "2024-04-03"),
        ({"lang": "en", "url": "https://gull.example/2024/03/04/wall"}, "2024-03-04"),
    ],
)
def test_the_page_tells_the_order_of_day_and_month(options, day):
    assert article("<p class=date>03/04/2024</p>", **options) == day
    assert article("<p class=date>13/04/2024</p>", lang=options["lang"]) == THE_DAY


def test_another_date_of_the_page_tells_the_order():
    assert article("<p class=date>03/04/2024</p><p>Updated 21/04/2024</p>") == "2024-04-03"
    assert article("<p class=date>03/04/2024</p><p>Updated 04/21/2024</p>") == "2024-03-04"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Thu, 2 Nov 23 09:14:00 +0000", "2023-11-02"),
        ("Sat, 04 May 24 21:00:00 GMT", "2024-05-04"),
    ],
)
def test_a_mail_date_with_a_short_year(text, day):
    assert linked(f'"datePublished": "{text}"') == day


def test_the_dates_in_a_list_of_other_articles_are_not_of_the_page():
    other = '{"@type": "NewsArticle", "datePublished": "2019-01-01"}'
    items = f'[{{"@type": "ListItem", "item": {other}}}]'
    block = f'{{"@type": "ItemList", "itemListElement": {items}}}'
    assert read("", head=f'<script type="application/ld+json">{block}</script>') == "None"
