"""The report: right numbers, a fixed sample, one page of bounded size."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from urllib.parse import unquote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phrasebook import seed
from test_display_html import HOSTILE, Page, make

import corpus_norm
from corpus_norm import Rejection, Settings
from corpus_norm.dataset import Dataset, DatasetWriter, documents_to_batch
from corpus_norm.errors import DatasetError
from corpus_norm.report import (
    Column,
    by_time,
    count,
    draw_columns,
    lay_out_stories,
    make_report,
    sample,
    write_report,
)
from corpus_norm.report.counting import (
    ADEQUACIES,
    LENGTHS,
    SCORES,
    count_months,
    find_class,
    list_documents,
    name_class,
)
from corpus_norm.stories.grouping import write_tables


def write(folder, items, settings=None, groups=()):
    """A dataset of documents and rejections, without converting anything."""
    with DatasetWriter(folder, settings or Settings(), ["memory"]) as writer:
        writer.write_part(0, "0" * 32, [documents_to_batch(items)])
        record = write_tables(writer.path, groups, CONFLICT) if groups else None
        manifest = writer.finish(record)
    return Dataset(writer.path, manifest)


GROUP = {"role": "report", "score": 0.9, "nearest": None, "syndicated_from": None, "facts": ["7%"]}
CONFLICT = [
    {
        "story_id": "s", "subject": "loss", "unit": "USD",
        "doc_id": "0", "amount": "$5", "sentence": "A loss of $5.", "sentence_en": "A loss of $5.",
        "other_doc_id": "1", "other_amount": "$9", "other_sentence": "$9 were lost.",
        "other_sentence_en": "$9 were lost.",
    }
]  # fmt: skip


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    rejects = [
        Rejection(f"{n}.txt", 0, "", "decode", "InputError", f"the document {n} is empty")
        for n in range(3)
    ]
    documents = [
        replace(seed(0), published=date(2024, 1, 31), doc_id="1"),
        replace(seed(1), published=date(2024, 1, 1), doc_id="0"),
        replace(seed(2), site="Le Site"),
        replace(seed(3), url="https://www.example.com/a"),
        replace(seed(4), language="de"),
    ]
    groups = [
        GROUP | {"doc_id": "1", "duplicate_of": "0", "story_id": "s"},
        GROUP | {"doc_id": "0", "duplicate_of": None, "story_id": "s"},
    ]
    folder = tmp_path_factory.mktemp("report") / "out"
    return write(folder, [*documents, *rejects], groups=groups)


def test_counts_are_those_of_the_documents(dataset):
    counts = count(dataset)
    blocks = [block for document in dataset.documents() for block in document.blocks]
    assert counts.documents == 5
    assert counts.of("language") == {"en": 2, "fr": 2, "de": 1}
    assert counts.coverage["fr", "translated"] == 2
    assert counts.kinds["related_links"] == sum(b.kind == "related_links" for b in blocks)
    assert counts.body_chars == sum(len(b.text) for b in blocks if b.is_body)
    assert counts.other_chars == sum(len(b.text) for b in blocks if not b.is_body)
    assert count_months(counts) == {"2024-01": 2}
    assert counts.of("site") == {"Le Site": 1, "www.example.com": 1}
    assert sum(counts.of("length").values()) == 5
    assert counts.of("copy") == {"yes": 1}
    assert counts.of("story") == {"s": 2}
    assert counts.of("missing")["no date"] == 3
    sentences = [s for document in dataset.documents() for s in document.sentences]
    assert counts.sentences == len(sentences)
    assert sum(counts.scores.values()) == sum(s.score is not None for s in sentences)


def test_rejects_are_counted_by_stage_and_error(dataset):
    [(key, reason)] = count(dataset).rejects.items()
    assert key == ("decode", "InputError")
    assert (reason.count, reason.source, reason.message) == (3, "0.txt", "the document 0 is empty")


def test_a_document_without_any_body_has_length_0(tmp_path):
    empty = replace(seed(0), blocks=(), sentences=(), text_en=None)
    assert count(write(tmp_path / "out", [empty])).of("length") == {"0": 1}


def test_every_language_is_in_the_sample(tmp_path):
    documents = [replace(seed(0), doc_id=f"{n:032x}") for n in range(50)]
    documents += [replace(seed(2), doc_id=f"{n:032x}") for n in range(100, 103)]
    chosen = sample(write(tmp_path / "out", documents), 10)
    assert [document.language for document in chosen].count("fr") == 3
    assert [document.doc_id for document in chosen][:2] == [f"{0:032x}", f"{100:032x}"]


def test_the_sample_does_not_depend_on_the_order(tmp_path):
    documents = [replace(seed(n % 5), doc_id=f"{n * 7919 % 101:032x}") for n in range(100)]
    one = sample(write(tmp_path / "a", documents), 7)
    other = sample(write(tmp_path / "b", documents[::-1]), 7)
    assert one == other
    assert len(one) == 7


def test_a_sample_of_several_parts_reads_only_those_it_needs(tmp_path, fixtures):
    settings = Settings(dataset=replace(Settings().dataset, part_documents=1))
    several = corpus_norm.convert(fixtures / "seeds", tmp_path / "out", settings)
    assert len(several.manifest.parts) == 5
    assert {each.doc_id for each in sample(several, 30)} == {
        each.doc_id for each in several.documents()
    }


def test_the_same_dataset_gives_the_same_page(dataset):
    assert make_report(dataset) == make_report(dataset)


def test_the_page_asks_the_network_for_nothing(dataset):
    page = make_report(dataset)
    addresses = {each for each in Page(page).addresses if not each.startswith("#")}
    assert addresses == {"data:,", "https://www.example.com/a"}  # a link, which nobody follows
    assert not re.search(r"url\(|@import|<link(?! rel=\"icon\")|src=", page)


def test_the_page_has_what_was_asked_for(dataset):
    words = " ".join(Page(make_report(dataset)).words)
    for title in (
        "Languages and translation", "Encodings", "Blocks outside the body", "Sites",
        "Length of the body", "Date of publication", "Rejects", "Duplicates and stories",
        "The largest stories", "Amounts that differ inside a story", "A loss of $5.",
        "Settings", "Translation models and their licences", "translation.beam_size",
    ):  # fmt: skip
        assert title in words


def test_a_document_without_title_says_so_and_shows_no_text_in_its_place(tmp_path):
    page = make_report(write(tmp_path / "out", [seed(2)]))
    assert seed(2).title is None
    [summary] = re.findall(r'<summary><span lang="fr">(.*?)</span>', page)
    assert summary.startswith("(no headline)")
    assert "ChatGPT" not in summary


def test_columns_that_are_not_filled_are_not_shown(tmp_path):
    page = make_report(write(tmp_path / "out", [seed(0)]))
    assert "Duplicates" not in page
    assert "Date of publication" not in page
    assert "Translation score" not in page
    assert "None. Every input became a document." in page


def test_an_empty_dataset_has_a_report(tmp_path):
    assert "<dd>0</dd>" in make_report(write(tmp_path / "out", []))


@settings(max_examples=20)
@given(HOSTILE)
def test_no_tag_survives_into_the_report(tmp_path_factory, text):
    pages = []
    text = text.replace("\ud800", "")  # which no dataset can hold
    for each in (text, "harmless"):
        document = make(each, source=each, title=each, doc_id="0" * 32)
        rejection = Rejection(each, 0, "", each, each, each)
        folder = tmp_path_factory.mktemp("hostile") / "out"
        dataset = write(folder, [document, rejection])
        pages.append(Page(make_report(dataset)))
    assert pages[0].tags == pages[1].tags


@pytest.mark.parametrize("text", ["a. " * 20_000, "x" * 60_000, "中" * 60_000])
def test_thirty_long_documents_fit_into_three_megabytes(tmp_path, text):
    documents = [corpus_norm.normalize(f"{number} {text}") for number in range(3)]
    many = [replace(documents[n % 3], doc_id=f"{n:032x}") for n in range(30)]
    page = make_report(write(tmp_path / "out", many))
    assert len(page.encode()) < 3_000_000
    assert page.count('class="cr-sample"') == 30


def test_a_page_that_cannot_be_written_says_what_to_do(dataset, tmp_path):
    with pytest.raises(DatasetError, match="choose another file"):
        write_report(dataset, tmp_path / "no" / "such" / "report.html")


def test_every_number_leads_to_the_documents_behind_it(dataset):
    """Each address in the overview names facets; as many documents of the list have them."""
    page = make_report(dataset)
    vocabulary = json.loads(re.search(r'id="facets">(.*?)</script>', page)[1])
    listed = [
        {vocabulary[int(place)] for place in places.split()}
        for places in re.findall(r'data-facets="(.*?)"', page)
    ]
    assert len(listed) == 5
    found = re.findall(
        r'<a href="#documents:([^"]*)"(?: aria-label="[^"]*: )?[^>]*>([0-9,]+)</a>', page
    )
    assert len(found) > 30
    blocks = {"kind", "sentence_flag", "repair"}  # numbers of blocks, sentences and repairs
    for address, number in found:
        facets = html.unescape(address).split("&") if address else []
        behind = sum(own.issuperset(facets) for own in listed)
        if facets and facets[0].partition("=")[0] in blocks:
            assert 1 <= behind <= 5, address
        else:
            assert behind == int(number), address


def test_columns_of_charts_lead_to_documents(dataset):
    counts = count(dataset)
    page = make_report(dataset)
    for address in re.findall(r'<a href="#documents:([^"]*)" aria-label', page):
        name, _, value = html.unescape(address).partition("=")
        if name != "document":
            assert counts.of(name)[unquote_plus(value)] > 0


@pytest.mark.parametrize("bounds", [LENGTHS, SCORES, ADEQUACIES])
@given(value=st.floats(-1e6, 1e6))
def test_a_number_is_in_the_class_whose_bounds_hold_it(bounds, value):
    place = find_class(value, bounds)
    assert place == -1 or bounds[place] <= value
    assert place + 1 == len(bounds) or value < bounds[place + 1]
    assert name_class(place, bounds) in {"lower", *(f"{bound:g}" for bound in bounds)}


def test_scores_of_the_starter_model_are_spread_over_classes(tmp_path, fixtures, starter):
    """They lie between -17 and -1: a scale that ends at -2 holds them all in one column."""
    dataset = corpus_norm.convert(fixtures / "seeds", tmp_path / "out")
    scores = count(dataset).scores
    assert len(scores) > 3
    assert max(scores.values()) < 0.8 * sum(scores.values())


def test_the_list_begins_with_the_sample(dataset):
    listed = [each.doc_id for each in list_documents(dataset, 100)]
    assert listed == [document.doc_id for document in sample(dataset, 100)]


@pytest.mark.parametrize("size", [1, 6, 7, 40])
def test_labels_of_a_chart_do_not_overlap(size):
    columns = [Column(f"2024-{n:02}", n) for n in range(size)]
    labels = re.findall(r'<text x="([0-9.]+)"[^>]*>(2024[^<]*)<', draw_columns(columns, "t"))
    places = [float(place) for place, _ in labels]
    assert places
    assert all(b - a > 7 * 6 for a, b in pairwise(places))  # seven characters of six pixels


def test_stories_have_a_line_of_time(dataset):
    [row] = lay_out_stories(dataset, list(dataset.stories))
    assert sorted(row.places) == [0.0, 100.0]
    assert (row.start, row.width) == (0.0, 100.0)
    assert 'class="cr-time"' in make_report(dataset)


def test_stories_are_counted_by_size_and_by_languages(tmp_path):
    rows = [
        GROUP | {"doc_id": seed(n).doc_id, "duplicate_of": None, "story_id": "s"} for n in (0, 2)
    ]
    page = make_report(write(tmp_path / "out", [seed(0), seed(2)], groups=rows))
    card = page.partition('aria-label="Duplicates and stories"')[2].partition("</section>")[0]
    words = " ".join(Page(card).words)
    assert "stories told by 2 documents1" in words
    assert "stories of several reports in English, French1" in words


def test_the_report_does_not_call_a_draft_readable(dataset):
    assert "can be read in English" not in make_report(dataset)


@given(st.dictionaries(st.dates(date(1900, 1, 1)).map(lambda d: f"{d:%Y-%m}"), st.integers(1, 9)))
def test_no_document_gets_lost_in_the_chart_of_dates(months):
    columns = by_time(months)
    assert sum(value for _, value in columns) == sum(months.values())
    assert len(columns) <= 41


def test_a_chart_is_the_same_for_the_same_numbers_and_runs_nothing():
    columns = [Column("a", 3, "#a"), Column("b", 0, "#b")]
    chart = draw_columns(columns, "t")
    assert chart == draw_columns(columns, "t")
    assert "script" not in chart
    assert 'href="#a"' in chart
    assert "#b" not in chart  # there is nothing behind it
    assert chart.count("<rect") == 3  # the ground and two columns


def test_nothing_but_zeros_can_be_drawn():
    assert draw_columns([Column("a", 0)], "t").startswith("<svg")
