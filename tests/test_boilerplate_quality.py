"""A gate: the split of body and furniture on pages of our own must not get worse."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from corpus_norm.boilerplate import classify, classify_blocks
from corpus_norm.document import Block, BlockKind, Document
from corpus_norm.segmentation import split_blocks

SAMPLE = Path(__file__).parent / "data" / "boilerplate.txt"
FLOORS = {"en": 0.98, "fr": 0.98, "zh": 0.98}


def read_sample():
    pages = defaultdict(list)
    name = ""
    for line in SAMPLE.read_text("utf-8").splitlines():
        mark, _, text = line.partition(" ")
        if mark == "=":
            name = text
        elif mark != "#":
            pages[name].append((mark, text))
    return dict(pages)


PAGES = read_sample()


def split(lines):
    blocks = [Block(BlockKind.PARAGRAPH, text.lstrip("# "), 0) for _, text in lines]
    return [block.is_body for block in classify_blocks(blocks)]


@pytest.mark.parametrize("language", FLOORS)
def test_lines_are_split_at_least_as_well_as_when_the_weights_were_made(language):
    both = said = true = 0
    for name, lines in PAGES.items():
        if name.startswith(language):
            for (mark, _), is_body in zip(lines, split(lines), strict=True):
                both += mark == "+" and is_body
                said += mark != "~" and is_body
                true += mark == "+"
    assert 2 * both / (said + true) >= FLOORS[language]


@pytest.mark.parametrize("name", [name for name in PAGES if "body" in name or "corps" in name])
def test_an_article_without_furniture_is_kept_whole(name):
    assert all(split(PAGES[name]))


@pytest.mark.parametrize("name", [name for name in PAGES if "body" not in name])
def test_no_page_loses_its_first_or_last_sentence(name):
    lines = PAGES[name]
    body = [is_body for (mark, _), is_body in zip(lines, split(lines), strict=True) if mark == "+"]
    assert body[0]
    assert body[-1]


@pytest.mark.parametrize(
    ("name", "authors", "published"),
    [
        ("en harbour", ("Lena Orchard",), "2025-02-14"),
        ("fr moulin", ("Odile Tamarin",), "2024-05-12"),
        ("zh bridge", (), "2024-06-18"),  # its editor is not its author
        ("zh bookshop", ("何一帆",), "None"),
        ("fr tram", (), "None"),
    ],
)
def test_author_and_absolute_date_are_found_on_the_way(name, authors, published):
    text = "\n".join(line for _, line in PAGES[name])
    [document] = classify([Document("x", text, blocks=tuple(split_blocks(text)))])
    assert document.authors == authors
    assert str(document.published) == published


def test_reasons_name_the_features_that_weighed_most():
    lines = PAGES["en harbour"]
    blocks = classify_blocks([Block(BlockKind.PARAGRAPH, text, 0) for _, text in lines])
    shared, prose = blocks[8], blocks[9]
    assert shared.reason.startswith("lexicon section: 'Share this article'; body 0.0")
    probability, features = prose.reason.removeprefix("body ").split(": ")
    assert float(probability) > 0.8
    assert len(features.split(", ")) == 3
