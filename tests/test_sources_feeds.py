"""Feeds as they are saved: in another charset than they say, not quite XML, broken in places."""

from __future__ import annotations

import gzip
from datetime import date
from hashlib import sha256

import pytest
from growth import cpu_seconds, grows_evenly
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_norm.document import RawDocument, Rejection
from corpus_norm.settings import InputSettings
from corpus_norm.sources.feeds import read_feed
from corpus_norm.sources.streams import CutError, gunzip

SETTINGS = InputSettings()
GOOD = "<title>Le port</title><description>Le quai rouvre lundi.</description>"


def read(data, settings=SETTINGS, size=None):
    """The items of a feed, in chunks of ``size`` bytes."""
    data = data if isinstance(data, bytes) else data.encode()
    size = size or max(len(data), 1)
    chunks = (data[start : start + size] for start in range(0, len(data), size))
    return list(read_feed(chunks, "a.rss", settings))


def make(*entries, declared="", root="rss", spaces=""):
    head = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    items = "".join(f"<item>{entry}</item>" for entry in entries)
    return f"{head}<{root} {spaces}><channel><title>A & B</title>{items}</channel></{root}>"


def entry(title, text):
    return f"<title>{title}</title><link>https://e.org/1</link><description>{text}</description>"


# --- what is no feed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Only text that somebody saved with the wrong name.", "no XML"),
        (b"<catalog><item>1</item><item>2</item></catalog>", "no RSS or Atom feed"),
        (b"<rss><channel><title>A</title></channel></rss>", "holds no records"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'></feed>", "holds no records"),
    ],
)
@pytest.mark.parametrize("size", [7, None])
def test_a_file_without_entries_is_one_rejection_with_its_bytes(data, message, size):
    [rejection] = read(data, size=size)
    assert message in rejection.message
    assert rejection.data == data
    assert rejection.bytes_sha256 == sha256(data).hexdigest()


def test_bytes_over_the_limit_are_not_kept():
    [rejection] = read(b"<catalog>" + b"a" * 500, InputSettings(max_bytes=100), size=50)
    assert (rejection.data, rejection.bytes_sha256) == (None, "")


@pytest.mark.parametrize("title", ["R&D & more", "AT&T", "Q&A: a & b", "Fish&chips;"])
def test_an_ampersand_that_nobody_escaped_keeps_its_text(title):
    [document] = read(make(entry(title, "The quay opens on Monday.")))
    assert document.title == title


# --- charsets ---------------------------------------------------------------------------------

FRENCH = ("L’été à Évry", "« Ça coûte 5 € », dit l’hôtelier de Sète.")
CHINESE = ("镕基与囧", "朱镕基在北京说，新的政策将于周一开始实施。")
TRADITIONAL = ("臺灣政府", "立法院週一通過新的預算案，記者會下午舉行。")


@pytest.mark.parametrize(
    ("declared", "real", "text"),
    [
        ("gb2312", "gb18030", CHINESE),
        ("GB2312", "gbk", ("習近平", "繁體字也在其中，政府宣布新的政策。")),
        ("gbk", "utf-8", CHINESE),
        ("utf-8", "gbk", CHINESE),
        ("utf-8", "big5", TRADITIONAL),
        ("big5", "big5hkscs", TRADITIONAL),
        ("iso-8859-1", "cp1252", FRENCH),
        ("us-ascii", "cp1252", FRENCH),
        ("utf-8", "cp1252", FRENCH),
        ("windows-1252", "utf-8", FRENCH),
        ("iso-8859-15", "utf-8", FRENCH),
        ("utf-16", "utf-8", FRENCH),
        ("utf-16", "utf-16", FRENCH),
        ("utf-8", "utf-16", CHINESE),
        ("utf-16", "utf-16-be", FRENCH),
        ("utf-8", "utf-8-sig", FRENCH),
        ("utf-8", "utf-32", FRENCH),
        ("klingon", "utf-8", FRENCH),
        ("klingon", "cp1252", FRENCH),
        ("", "cp1252", FRENCH),
        ("", "gbk", CHINESE),
        ("iso-2022-jp", "iso2022_jp", ("東京都", "三十日、新しい計算機を発表した。")),
        ("hz-gb-2312", "hz", ("中国政府", "宣布新的政策")),
        ("koi8-r", "koi8-r", ("Правительство", "заявило, что переговоры начнутся")),
    ],
)
def test_a_declared_charset_is_a_hint(declared, real, text):
    feed = make(entry(*text), entry(*text), declared=declared).encode(real)
    items = read(feed)
    assert [(item.title, item.data) for item in items] == [text, text]
    assert read(feed, size=7) == items


def test_each_entry_is_decoded_by_itself():
    feed = make(entry(*FRENCH), "@", entry(*CHINESE), declared="utf-8").encode()
    mixed = feed.replace(b"@", entry(*FRENCH).encode("cp1252"))
    assert [item.title for item in read(mixed)] == [FRENCH[0], FRENCH[0], CHINESE[0]]


# --- not quite XML ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("R&D & more", "R&D & more"),
        ("AT&T, M&S;", "AT&T, M&S;"),
        ("l&rsquo;&eacute;t&eacute;&nbsp;!", "l’été\xa0!"),
        ("&laquo;&nbsp;Non&nbsp;&raquo; &hellip; 5 &euro;", "«\xa0Non\xa0» … 5 €"),
        ("&#8217; &#x2019; &#146;", "’ ’ ’"),
        ("a &unknown; b", "a &unknown; b"),
        ("a &amp; b && c &", "a & b && c &"),
        ("1 < 2 et 3 > 2", "1 < 2 et 3 > 2"),
        ("I <3 you", "I <3 you"),
        ("a\x00b\x08c\x1bd\x0be", "abcde"),
        ("<![CDATA[A & B < C]]>", "A & B < C"),
        ("<![CDATA[x ]]]]><![CDATA[> y]]>", "x ]]> y"),
        ("<![CDATA[jamais fermé", "jamais fermé"),
        ("jamais ouvert]]>", "jamais ouvert"),
        ("a <!-- b --> c", "a  c"),
        ("<i>Le Monde</i> titre", "Le Monde titre"),
        ("Le <br> saut", "Le  saut"),
        ("&lt;b&gt;gras&lt;/b&gt;", "gras"),
        ("L&amp;#8217;&amp;eacute;t&amp;eacute;", "L’été"),
    ],
)
def test_a_title_keeps_all_that_stands_in_it(written, text):
    first, second = read(make(entry(written, "B & C."), entry("D", "E")))
    assert (first.title, first.data, first.url) == (text, "B & C.", "https://e.org/1")
    assert (second.title, second.data) == ("D", "E")


@pytest.mark.parametrize(
    ("written", "content"),
    [
        (
            "The ferry & the quay are shut&nbsp;until May.",
            "The ferry & the quay are shut\xa0until May.",
        ),
        ("One<br>two & three<img src='a.png'>", "One<br>two &amp; three<img src='a.png'>"),
        ("Intro <p>One</p> tail", "Intro <p>One</p> tail"),
        ("<![CDATA[<p>One & two</p>]]>", "<p>One & two</p>"),
        ("<![CDATA[<p>One</p><item>no</item>]]>", "<p>One</p><item>no</item>"),
        ("&lt;p&gt;Un &amp;nbsp; deux&lt;/p&gt;", "<p>Un &nbsp; deux</p>"),
        ("&amp;lt;p&amp;gt;Une phrase.&amp;lt;/p&amp;gt;", "<p>Une phrase.</p>"),
        ("<p>ouvert", "<p>ouvert"),
    ],
)
def test_a_description_keeps_all_that_stands_in_it(written, content):
    first, second = read(make(entry("A", written), entry("B", "C")))
    assert (first.title, first.data, second.data) == ("A", content, "C")


@pytest.mark.parametrize(
    ("broken", "title", "text"),
    [
        ("<title>A<link>https://e.org</link><description>B & <b>c", "A", "B &amp; <b>c"),
        ("<title>A</titel><description>B</description>", "A", "B"),
        ("<title>A</title>B</description>", "A", "B"),
        ("<title>A</title>B & C", "A", "B & C"),
        ("<title>A</title><description foo>B</description>", "A", "B"),
        (
            "<title>A</title><link href=https://e.org/?a=1&b=2/><description>B</description>",
            "A",
            "B",
        ),
        (
            "<title>A</title><!-- <description>no</description> --><description>B</description>",
            "A",
            "B",
        ),
        ("<title>A</title><!-- open <description>B</description>", "A", "B"),
    ],
)
def test_a_broken_entry_is_read_and_costs_no_other(broken, title, text):
    first, middle, last = read(make(GOOD, broken, GOOD))
    assert (middle.title, middle.data) == (title, text)
    assert first.data == last.data == "Le quai rouvre lundi."


@pytest.mark.parametrize(
    "feed",
    [
        f"<rss><channel><item>{GOOD}<item>{GOOD}</channel></rss>",
        f"<rss><channel><item>{GOOD}</item>{GOOD}</item></channel></rss>",
        f"Warning: x in y.php\n\n<?xml version='1.0'?><rss><item>{GOOD}</item><item>{GOOD}</rss>",
        f"<rss><channel><!-- <item>no</item> --><item>{GOOD}</item><item>{GOOD}</item></rss>",
        f"<rss><item>{GOOD}<x><![CDATA[open</x></item><item>{GOOD}<x><![CDATA[b]]></x></item></rss>",
    ],
    ids=["no end tags", "no start tag", "junk before", "commented out", "open section"],
)
def test_entries_are_told_apart_where_their_tags_are_lost(feed):
    assert [item.title for item in read(feed)] == ["Le port", "Le port"]


def test_undeclared_prefixes_mean_what_they_always_do():
    [item] = read(
        make(
            "<title>A</title><dc:creator>Jo & Al</dc:creator><dc:date>2024-03-05</dc:date>"
            "<content:encoded><![CDATA[<p>B</p>]]></content:encoded>"
        )
    )
    assert (item.data, item.authors, item.published) == ("<p>B</p>", ("Jo & Al",), date(2024, 3, 5))


def test_prefixed_atom_with_lone_ampersands_is_read():
    [item] = read(
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>T & U</a:title>'
        '<a:link href="https://e.org/?a=1&b=2"/><a:summary>S&nbsp;T</a:summary></a:entry></a:feed>'
    )
    assert (item.title, item.url, item.data) == ("T & U", "https://e.org/?a=1&b=2", "S\xa0T")


# --- rejections -------------------------------------------------------------------------------


def test_what_cannot_be_read_is_rejected_alone_with_its_bytes():
    binary = b"<item>" + bytes(range(1, 32)) * 9 + b"</item>"
    feed = make(GOOD, "<title>A</title>", GOOD).encode()
    feed = feed.replace(b"</channel></rss>", binary + b"<item><title>cut")
    first, empty, third, damaged, cut = read(feed)
    assert isinstance(first, RawDocument)
    assert isinstance(third, RawDocument)
    assert (empty.record, empty.stage, empty.data) == (1, "read", b"<item><title>A</title></item>")
    assert "has no text" in empty.message
    assert damaged.data == binary
    assert "control characters" in damaged.message
    assert cut.data == b"<item><title>cut"
    assert "cut off" in cut.message


def test_a_feed_that_ends_early_between_entries_says_so():
    feed = make(GOOD, GOOD)
    _, _, rejection = read(feed[: -len("nnel></rss>")])
    assert "ends early" in rejection.message
    assert rejection.data == b"</cha"


def test_an_entry_that_is_too_large_is_rejected_alone():
    limits = InputSettings(max_bytes=1000)
    first, large, last = read(make(GOOD, entry("A", "b" * 3000), GOOD), limits)
    assert "larger than 1,000 bytes" in large.message
    assert first.data == last.data
    [*_, again] = read(make(GOOD, entry("A", "b" * 300_000), GOOD), limits, size=10_000)
    assert again.data == last.data


def test_what_was_read_before_a_stream_breaks_is_delivered():
    words = (f"{GOOD}<guid>{number * 7919 % 1000}</guid>" for number in range(1000))
    whole = gzip.compress(make(*words).encode())
    items = read_feed(gunzip([whole[:-30]]), "a.rss", SETTINGS)
    assert next(items).title == "Le port"
    with pytest.raises(CutError):
        list(items)


PIECES = (
    *("<item>", "</item>", "<title>", "</title>", "<description>", "</description>", "<![CDATA["),
    *(
        "]]>",
        "<!--",
        "-->",
        "&",
        "&nbsp;",
        "<",
        ">",
        "</channel>",
        "</rss>",
        "<b>",
        "é",
        "\x00",
        "x",
    ),
)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.integers(1, 50))
def test_any_pieces_give_documents_or_rejections_however_they_arrive(pieces, size):
    feed = "<rss><channel>" + "".join(pieces)
    items = read(feed)
    assert items == read(feed, size=size)
    for number, item in enumerate(items):
        assert item.record == number
        assert isinstance(item, RawDocument) or (
            isinstance(item, Rejection) and item.data is not None
        )


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_any_bytes_in_one_entry_leave_the_others(data):
    if b"<" in data or b"]]>" in data:
        data = data.replace(b"<", b"").replace(b"]]>", b"")
    feed = make(GOOD, "<title>@</title>", GOOD).encode().replace(b"@", data)
    items = read(feed)
    assert (items[0].title, items[-1].title, len(items)) == ("Le port", "Le port", 3)


@pytest.mark.parametrize(
    "piece",
    [
        *("<item>", "<item/>", "<![CDATA[", "<!--", "<![CDATA[</item>", "<!--</item>", "</item>"),
        *(
            "<a>",
            "<b:c>",
            "&",
            "&nbsp;",
            "< ",
            "<title>",
            "<title>a</title>",
            '<a b="',
            "]]>",
            "a:b=",
        ),
        "<item><![CDATA[</item><![CDATA[",
    ],
)
def test_time_grows_with_the_feed(piece):
    def measure(count):
        feed = "<rss><item><title>A</title><description>" + piece * count + "</description>"
        return cpu_seconds(lambda: read(feed))

    measure(100)
    assert grows_evenly(measure, 1000, 4000, most_growth=10, negligible_s=0.1)
