from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_norm.boilerplate.sites import (
    count_blocks,
    learn_site_boilerplate,
    mark_site_boilerplate,
    merge_counts,
)
from corpus_norm.document import Block, BlockKind, Document, RawDocument
from corpus_norm.parsing import decode, segment
from corpus_norm.settings import Settings

APPEAL = "Our paper lives from its readers, so please think of a gift this year."

PROSE = "The bank closed its branch in the old street on Monday, and nobody in the town knew why."


def page(*texts, site="example.org"):
    blocks = tuple(Block(BlockKind.PARAGRAPH, text, 0) for text in texts)
    return Document("x", "", site=site, blocks=blocks)


def boilerplate_of(documents):
    return learn_site_boilerplate(count_blocks(documents))


def test_a_sentence_on_every_page_of_a_site_leaves_the_body():
    pages = [page(f"Article {n} is here. {PROSE}", APPEAL) for n in range(4)]
    marked = mark_site_boilerplate(pages[0], boilerplate_of(pages))
    assert [block.is_body for block in marked.blocks] == [True, False]
    assert marked.blocks[1].reason == "recurs on other pages of the site"


def test_two_pages_prove_nothing():
    pages = [page("One.", APPEAL), page("Two.", APPEAL)]
    assert mark_site_boilerplate(pages[0], boilerplate_of(pages)) == pages[0]


def test_another_site_is_another_matter():
    pages = [page(f"Article {n} is here.", APPEAL) for n in range(4)]
    other = page("Mine.", APPEAL, site="example.com")
    assert mark_site_boilerplate(other, boilerplate_of(pages)) == other


def test_a_document_without_a_site_is_left_alone():
    pages = [page(APPEAL, site=None) for _ in range(4)]
    assert boilerplate_of(pages) == {}
    assert mark_site_boilerplate(pages[0], {}) == pages[0]


def test_an_article_on_many_pages_is_no_boilerplate():
    pages = [page(f"Article {n} is here.", APPEAL, f"Its {n} lines go on.") for n in range(4)]
    copies = [page(APPEAL, "It rained.", "And a line of its own, for once.") for _ in range(4)]
    found = mark_site_boilerplate(copies[0], boilerplate_of([*pages, *copies]))
    assert found == copies[0]


def test_the_heading_of_what_stays_is_no_boilerplate():
    def write(n):
        kinds = (BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.HEADING)
        texts = (f"Article {n} is here. {PROSE}", "Why it matters", f"It is {n}.", "Follow us")
        blocks = tuple(Block(kind, text, 0) for kind, text in zip(kinds, texts, strict=True))
        return Document("x", "", site="example.org", blocks=blocks)

    pages = [write(n) for n in range(4)]
    marked = mark_site_boilerplate(pages[0], boilerplate_of(pages))
    assert [block.is_body for block in marked.blocks] == [True, True, True, False]


def test_a_body_is_never_emptied():
    pages = [page(APPEAL) for _ in range(4)]
    assert mark_site_boilerplate(pages[0], boilerplate_of(pages)) == pages[0]


BACKGROUND = (
    "The port was closed in the spring of last year, after a crane had fallen into the basin.",
    "Eleven dockers were hurt at the time, and the trial of the owner has not yet begun.",
)
OFFER = "Sign up to our letter of the week, which tells you all that happened on the coast."


def write_story(n, inside=(), below=()):
    own = [f"In {line} of article {n}, witness {n}{line} said this. {PROSE}" for line in "123"]
    return page(own[0], *inside, own[1], own[2], *below)


def test_the_background_of_a_running_story_stays_in_the_body():
    pages = [write_story(n, inside=BACKGROUND if n < 12 else ()) for n in range(30)]
    assert boilerplate_of(pages) == {}


def test_background_that_ends_some_of_its_articles_stays_in_the_body():
    amid = [write_story(n, inside=BACKGROUND) for n in range(8)]
    last = [write_story(n, below=BACKGROUND) for n in range(8, 12)]
    assert boilerplate_of([*amid, *last, *map(write_story, range(12, 30))]) == {}


def test_sentences_below_the_articles_are_boilerplate_even_when_many_pages_lack_them():
    pages = [write_story(n, below=BACKGROUND if n < 12 else ()) for n in range(30)]
    assert len(boilerplate_of(pages)["example.org"]) == 2


def test_an_offer_amid_articles_is_boilerplate():
    pages = [write_story(n, inside=[OFFER] if n < 12 else ()) for n in range(30)]
    assert len(boilerplate_of(pages)["example.org"]) == 1


def test_what_stands_amid_every_article_of_a_site_is_boilerplate():
    pages = [write_story(n, inside=BACKGROUND) for n in range(30)]
    assert len(boilerplate_of(pages)["example.org"]) == 2


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=12), st.integers(0, 12))
def test_counting_in_parts_is_counting_at_once(texts, cut):
    pages = [page(text, "x") for text in texts]
    parts = merge_counts([count_blocks(pages[cut:]), count_blocks(pages[:cut])])
    assert learn_site_boilerplate(parts) == boilerplate_of(pages)


PAGES = sorted((Path(__file__).parent.parent / "fixtures" / "pages").glob("*.html"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_counts_the_same_without_the_rest_of_its_metadata(path):
    raw = RawDocument(path.name, path.read_bytes(), media_type="text/html")
    decoded = decode(raw, Settings())
    full, some = (segment(decoded, in_full=each).document for each in (True, False))
    assert (some.blocks, some.site, some.url) == (full.blocks, full.site, full.url)
    assert count_blocks([some]) == count_blocks([full])
