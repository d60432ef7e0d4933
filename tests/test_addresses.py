"""Metadata that cannot be read costs itself: the document, and what else is known of it, stay."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest

from corpus_norm import Document, RawDocument
from corpus_norm.document import find_host
from corpus_norm.pipeline import process
from corpus_norm.settings import InputSettings, Settings, TranslationSettings
from corpus_norm.sources import read

NO_ADDRESSES = [
    "http://[::1",
    "http://::1]/news",
    "https://[example.org]/",
    "//[",
    "http://a℀b/x",  # NFKC makes the host a/c
    "http://a⁄b？c/",
    "http://例え／テスト/",
]
ODD_ADDRESSES = [
    "feed:http://[",
    "http://[v1.x]y/",
    "http://example.org:99999999999/",
    "http://example.org:port/",
    "http://user:pass@/",
    "http://exa mple.org/",
    "mailto:desk@example.org",
    "javascript:void(0)",
    "http://",
    "?",
    "http://例え.テスト/記事",
    "http://\udcff.example/",
    "http://a\x00b\r\nc/",
]
SENTENCE = "The council of the town met on Monday and decided to build a bridge over the river."
PAGE = (
    "<html><head><title>A bridge</title>{}</head><body><article><h1>A bridge</h1>"
    f"<p>{SENTENCE}</p><p>{SENTENCE}</p><p>{SENTENCE}</p></article>"
)
JSON_LD = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "url": "{}", '
    '"author": {"name": "Ann Roe", "url": "{}"}, "datePublished": "2024-05-03"}</script>'
)
SETTINGS = Settings(translation=TranslationSettings(enabled=False))


def read_one(text, name="a.jsonl"):
    [found] = read_stream(text)
    return found


def read_stream(text):
    return list(read("-", InputSettings(), io.BytesIO(text.encode("utf-8", "surrogateescape"))))


def process_one(raw):
    [document] = process([raw], SETTINGS)
    assert isinstance(document, Document), document
    return document


@pytest.mark.parametrize("address", [*NO_ADDRESSES, None, ""])
def test_what_is_no_address_has_no_host(address):
    assert find_host(address) is None


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.lemonde.fr/a?b=c#d", "www.lemonde.fr"),
        ("HTTP://News.Example.ORG:8080/", "news.example.org"),
        ("http://user:secret@example.org/", "example.org"),
        ("http://[2001:db8::1]:80/", "2001:db8::1"),
        ("http://例え.テスト/記事", "例え.テスト"),
        ("http://example.org:99999999999/", "example.org"),
        ("//cdn.example.org/a", "cdn.example.org"),
        ("news/a.html", None),
        ("mailto:desk@example.org", None),
        ("http:///path", None),
        ("http://user@/", None),
    ],
)
def test_the_host_of_an_address(address, host):
    assert find_host(address) == host


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_a_record_with_an_address_that_cannot_be_read_has_no_site(address):
    line = json.dumps(
        {"text": SENTENCE, "url": address, "title": "A bridge", "authors": ["A. Roe"]}
    )
    document = process_one(read_one(line))
    assert (document.url, document.site) == (address, None)
    assert (document.title, document.authors) == ("A bridge", ("A. Roe",))
    assert document.text == SENTENCE


@pytest.mark.parametrize("address", [*NO_ADDRESSES, *ODD_ADDRESSES])
@pytest.mark.parametrize(
    "element",
    [
        '<link rel="canonical" href="{}">',
        '<base href="{}">',
        '<meta property="og:url" content="{}">',
        '<link rel="alternate" type="application/rss+xml" href="{}">',
        JSON_LD,
    ],
)
def test_a_page_with_such_an_address_is_read_all_the_same(address, element):
    head = element.replace("{}", address)
    document = process_one(RawDocument("a.html", PAGE.format(head), media_type="text/html"))
    assert document.title == "A bridge"
    assert SENTENCE in document.body
    if element == JSON_LD:
        assert document.authors == ("Ann Roe",)
        assert document.published == date(2024, 5, 3)


@pytest.mark.parametrize("address", [*NO_ADDRESSES, *ODD_ADDRESSES])
def test_a_page_that_comes_from_such_an_address_keeps_its_title(address):
    raw = RawDocument("a.html", PAGE.format(""), media_type="text/html", url=address)
    document = process_one(raw)
    assert (document.title, document.url) == ("A bridge", address)


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_a_feed_with_such_links_loses_no_entry(address):
    feed = (
        f'<rss version="2.0"><channel><link>{address}</link><item><title>A bridge</title>'
        f"<link>{address}</link><guid>{address}</guid><description>{SENTENCE}</description></item>"
        f"<item><title>B</title><link>https://example.org/b</link><description>{SENTENCE} B."
        "</description></item></channel></rss>"
    )
    first, second = (process_one(item) for item in read_stream(feed))
    assert (first.title, first.url, first.site) == ("A bridge", address, None)
    assert second.site == "example.org"


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_a_page_of_a_crawl_with_such_a_target_is_read(address):
    body = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{PAGE.format('')}".encode()
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http; msgtype=response\r\n"
        f"WARC-Target-URI: <{address}>\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    stream = io.BytesIO(head.encode() + body + b"\r\n\r\n")
    [raw] = read("-", InputSettings(), stream)
    document = process_one(raw)
    assert document.title == "A bridge"
    assert document.site is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("published", "9999-12-31T24:00:00+00:00"),
        ("published", "0000-00-00"),
        ("published", 10**400),
        ("published", {"date": [1]}),
        ("published", "二〇二四"),
        ("authors", [[["A"]], {"name": ["A"]}, None, 7]),
        ("authors", {"name": {"name": "A"}}),
        ("title", ["A"]),
        ("title", True),
        ("url", ["http://example.org/"]),
        ("url", 7),
        ("views", int("9" * 300)),
    ],
)
def test_a_field_of_another_type_costs_itself(name, value):
    document = process_one(read_one(json.dumps({"text": SENTENCE, name: value})))
    assert document.text == SENTENCE
    assert (document.published, document.authors, document.title) == (None, (), None)


@pytest.mark.parametrize("digits", [640, 4_301, 20_000])
def test_a_number_longer_than_python_reads_costs_itself(digits):
    number = "9" * digits
    lines = f'{{"text": "{SENTENCE}", "id": {number}}}\n'
    assert [item.data for item in read_stream(lines * 2)] == [SENTENCE] * 2
    as_list = f'[{{"text": "{SENTENCE}", "id": -{number}}}, {{"text": "After it."}}]'
    assert [item.data for item in read_stream(as_list)] == [SENTENCE, "After it."]
