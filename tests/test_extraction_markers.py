"""Author and date from elements that publishers mark as such."""

from __future__ import annotations

import pytest

from corpus_norm.boilerplate import extract

TEXT = "<p>The council met on Tuesday and talked about the harbour wall for hours.</p>" * 3


def read(markup):
    return extract(f"<html><head><title>Wall</title></head><body>{markup}{TEXT}</body></html>")


@pytest.mark.parametrize(
    ("markup", "authors"),
    [
        ("<meta name='parsely-author' content='Ann Example'>", ("Ann Example",)),
        ("<meta property='article:author' content='https://example.com/ann'>", ()),
        ("<meta name=author content=desk><a rel=author>Ann Example</a>", ("Ann Example",)),
        (
            "<p class=byline>By <b>Ann Example</b> and <b>Bob Sample</b></p>",
            ("Ann Example", "Bob Sample"),
        ),
        ("<p class=byline>By Ann Example and Bob Sample</p>", ("Ann Example", "Bob Sample")),
        ("<p class=byline>By<b>Ann Example</b>Staff reporter</p>", ("Ann Example",)),
        ("<span class=author-name>Nuria</span>", ("Nuria",)),
        ("<div class=author-box>About the author</div>", ()),
        ("<span itemprop=author>Zoé Exemple</span>", ("Zoé Exemple",)),
        ("<div class=zuozhe>作者：张三</div>", ("张三",)),
        ("<div class=comments><span class=author-name>Angry Reader</span></div>", ()),
    ],
)
def test_the_author_is_who_is_marked_as_such(markup, authors):
    assert read(markup).authors == authors


@pytest.mark.parametrize(
    ("markup", "published"),
    [
        ("<meta name=pubdate content='2026-05-03T10:00Z'>", "2026-05-03"),
        ("<time datetime='2026-05-03T10:00Z'>yesterday</time>", "2026-05-03"),
        ("<time>3 May 2026</time>", "2026-05-03"),
        ("<span itemprop=datePublished content=2026-05-03>May</span>", "2026-05-03"),
        ("<span class=post-date>Publié le 3 mai 2026</span>", "2026-05-03"),
        ("<div class=info>2026年5月3日 08:30 来源：示例网</div>", "2026-05-03"),
        ("<div class=comment><time datetime='2026-05-03'>now</time></div>", "None"),
        ("<p>Signed on 3 May 2026.</p>", "None"),
        ("<span class=date>03/04/2026</span>", "None"),
    ],
)
def test_the_date_is_what_is_marked_as_such(markup, published):
    assert str(read(markup).published) == published


def test_the_address_tells_the_date_where_nothing_else_does():
    page = f"<html><body>{TEXT}</body></html>"
    assert str(extract(page, "https://example.com/2026/05/03/wall").published) == "2026-05-03"
    assert extract(page, "https://example.com/1234567/wall").published is None
