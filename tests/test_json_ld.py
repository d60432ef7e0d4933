"""schema.org JSON-LD as pages carry it, sound or not."""

from __future__ import annotations

import pytest

from corpus_norm.document import RawDocument
from corpus_norm.extraction.json_ld import Agent, decode_text, read_articles, read_values
from corpus_norm.extraction.tree import Elements, parse
from corpus_norm.pipeline import process


def read(block, kind="application/ld+json"):
    return read_articles(Elements(parse(f'<script type="{kind}">{block}</script><p>Text</p>')))


def names(author):
    [article] = read(f'{{"@type": "NewsArticle", "author": {author}}}')
    return [agent.name for agent in article.authors]


@pytest.mark.parametrize(
    "block",
    [
        '{"@type": "Article", "author": "Ann Lee",}',
        '{"@type": "Article", "author": "Ann Lee", }, ',
        '[{"@type": "Article", "author": "Ann Lee"},]',
        '<![CDATA[{"@type": "Article", "author": "Ann Lee"}]]>',
        '//<![CDATA[\n{"@type": "Article", "author": "Ann Lee"}\n//]]>',
        '// by "our" CMS, v2\n{"@type": "Article", "author": "Ann Lee"}',
        '/* for search */ {"@type": "Article", "author": "Ann Lee"} /* end */',
        '//see http://x.example/a,b\n{"@type": "Article", "author": "Ann Lee"} // done',
        '// one\n// two\n{"@type": "Person"}\n// three\n{"@type": "Article", "author": "Ann Lee"}',
        '/*<![CDATA[*/{"@type": "Article", "author": "Ann Lee"}/*]]>*/',
        '<!-- {"@type": "Article", "author": "Ann Lee"} -->',
        '<!--\n{"@type": "Article", "author": "Ann Lee",}\n//-->',
        "{&quot;@type&quot;: &quot;Article&quot;, &quot;author&quot;: &quot;Ann Lee&quot;}",
        "{&#34;@type&#34;: &#34;Article&#34;, &#34;author&#34;: &#34;Ann Lee&#34;}",
        '{"@type": "Article", "author": "Ann\n\tLee"}',
        '{"@type": "Organization", "name": "Gull"}{"@type": "Article", "author": "Ann Lee"}',
        '{"@type": "Person"}\n,{"@type": "Article", "author": "Ann Lee"}',
        '{"@graph": [{"@type": ["Article", "Thing"], "author": ["Ann Lee"]}]}',
        '{"@type": "http://schema.org/NewsArticle", "author": "Ann Lee"};',
        '{"@type": "WebSite", "mainEntity": {"@type": "Article", "author": "Ann Lee"}}',
        '{"@type": "Article", "headline": "The "old" wall", "author": "Ann Lee"}',
        '{"@type": "Article" "author": "Ann Lee"}',
        '{"@type": "Article", /* who */ "author": "Ann Lee" // so\n}',
        '{"@type": "Article", "author": "Ann Lee", "articleBody": "The wall is',
        '{"@type": "Article", "author": {"name": "Ann Lee"',
        '{"@type": "Article", "about": "it\\\'s \\d", "author": "Ann Lee"}',
        '\ufeff{"@type": "Article", "author": "Ann Lee"}}',
        '{"@type": "Article", "url": "http://[::1", "author": "Ann Lee"}',
    ],
)
def test_the_author_is_read_from_json_that_is_not_quite_json(block):
    [article] = read(block)
    assert article.authors == (Agent("Ann Lee"),)


@pytest.mark.parametrize(
    "block", ["", "null", "3", "{'a': 1}", "[[[[", '{"a":,}', "<p>", "{" * 999]
)
def test_what_cannot_be_read_is_no_article(block):
    assert read(block) == []


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ('"Ann Lee"', ["Ann Lee"]),
        ('["Ann Lee", {"name": "Bo Ray"}]', ["Ann Lee", "Bo Ray"]),
        ('{"name": ["Ann Lee", "Bo Ray"]}', ["Ann Lee", "Bo Ray"]),
        ('{"@type": "Person", "givenName": "Ann", "familyName": "Lee"}', ["Ann Lee"]),
        ('{"name": "", "familyName": "Lee"}', ["Lee"]),
        ('{"name": "Zo&eacute; d&amp;#39;Or"}', ["Zoé d'Or"]),
        ('{"name": "<a href=\'/a\'>Ann Lee</a>"}', ["Ann Lee"]),
        ('{"name": {"@value": "Ann Lee", "@language": "en"}}', ["Ann Lee"]),
        ('[["Ann Lee"], [[[["Bo Ray"]]]]]', ["Ann Lee"]),
        ('{"@id": "#nobody"}', []),
        ("[null, 3, true]", []),
    ],
)
def test_authors_in_all_their_forms(author, expected):
    assert names(author) == expected


def test_an_author_is_found_where_the_article_points_to():
    [article, page] = read(
        '{"@graph": [{"@type": "WebPage", "datePublished": "2024-03-05"},'
        '{"@type": "Article", "author": {"@id": "#ann"}, "publisher": {"@id": "#gull"}},'
        '{"@type": "Person", "@id": "#ann", "name": "Ann Lee"},'
        '{"@type": "Organization", "@id": "#gull", "name": "Gull"}]}'
    )
    assert article.authors == (Agent("Ann Lee", "Person"),)
    assert article.site == "Gull"
    assert page.is_vague
    assert page.published == "2024-03-05"


def test_articles_in_a_list_of_others_are_not_of_the_page():
    assert (
        read('{"@type": "ItemList", "itemListElement": [{"@type": "Article", "author": "X Y"}]}')
        == []
    )


def test_the_fields_are_decoded():
    [article] = read(
        '{"@type": "BlogPosting", "headline": "Q&amp;amp;A\\n live", "datePublished": " May 3 ",'
        '"articleBody": "One &quot;wall&quot;.\\nTwo."}'
    )
    assert (article.headline, article.published) == ("Q&A live", "May 3")
    assert article.body == 'One "wall".\nTwo.'


def test_other_scripts_are_not_read():
    assert read('{"@type": "Article"}', "application/json") == []
    assert len(read('{"@type": "Article"}', "Application/LD+JSON; charset=utf-8")) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"a":"x" ' * 50_000,
        '{"a":"' + '" ' * 200_000,
        '{"a":1,' + "/*" * 200_000,
        "{&quot;" * 99_999,
    ],
)
def test_broken_json_is_read_in_one_pass(text):
    read_values(text)


def test_values_are_decoded_from_strings_alone():
    assert decode_text(["A &lt; B"]) == "A < B"
    assert decode_text(None) == ""


def test_an_address_that_is_none_costs_the_site_alone():
    page = b"<title>Wall | Gull</title><p>The council met on Tuesday and talked.</p>"
    [document] = process([RawDocument("x", page, media_type="text/html", url="http://[::1")])
    assert document.title == "Wall | Gull"
    assert document.site is None


@pytest.mark.parametrize(
    "block",
    [
        '{"@type": "Article", "isAccessibleForFree": True, "author": "Ann Lee"}',
        '{"@type": "Article", "author": "Ann Lee", "isAccessibleForFree": False, "x": None}',
        '{"@type": "Article", "image": undefined, "author": "Ann Lee"}',
        '{"@type": "Article", "image":, "author": "Ann Lee"}',
        '{"@type": "Article", "author": "Ann Lee", "image": }',
        '{"@type": "Article",, "author": "Ann Lee",, "url": "https://example.com/a:b"}',
        "{'@type': 'Article', 'headline': 'L\\'été, c\\'est \"fini\"', 'author': 'Ann Lee'}",
        '{"@type": "Article", "headline": \'Old mill\', "author": "Ann Lee"}',
        '{@type: "Article", author: "Ann Lee", wordCount: 300}',
        "{&amp;quot;@type&amp;quot;: &amp;quot;Article&amp;quot;, &amp;quot;author&amp;quot;: "
        "&amp;quot;Ann Lee&amp;quot;}".replace("&", "&amp;"),
    ],
)
def test_the_author_is_read_from_loose_json(block):
    [article] = read(block)
    assert [agent.name for agent in article.authors] == ["Ann Lee"]


def test_quotes_and_commas_in_prose_end_no_string():
    [value] = read_values('{"a": "He said "never", never, and left", "b": 1,}')
    assert value == {"a": 'He said "never", never, and left', "b": 1}


def test_a_chinese_family_name_comes_first():
    assert names('{"givenName": "琳", "familyName": "蔡"}') == ["蔡琳"]
    assert names('{"givenName": "Lin", "familyName": "Tsai"}') == ["Lin Tsai"]


@pytest.mark.parametrize(
    ("head", "site"),
    [("", "Smith & Co"), ('<meta property="og:site_name" content="Gull">', "Gull")],
)
def test_the_publisher_names_the_site_where_meta_elements_do_not(head, site):
    block = '{"@type": "NewsArticle", "publisher": {"name": "Smith &amp;amp; Co"}}'
    script = f'<script type="application/ld+json">{block}</script>'
    page = f"<html><head>{head}{script}</head><p>Text</p>".encode()
    [document] = process([RawDocument("x", page, media_type="text/html")])
    assert document.site == site
