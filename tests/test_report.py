"""The report: right numbers, a fixed sample, one page of bounded size."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phrasebook import seed
from test_display_html import HOSTILE, Page, make

import corpus_norm
from corpus_norm import Rejection, Settings
from corpus_norm.dataset import Dataset, DatasetWriter, documents_to_batch
from corpus_norm.errors import DatasetError
from corpus_norm.report import by_time, count, draw_columns, make_report, sample, write_report
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
    assert counts.languages == {"en": 2, "fr": 2, "de": 1}
    assert counts.coverage["fr", "translated"] == 2
    assert counts.kinds["related_links"] == sum(b.kind == "related_links" for b in blocks)
    assert counts.body_chars == sum(len(b.text) for b in blocks if b.is_body)
    assert counts.other_chars == sum(len(b.text) for b in blocks if not b.is_body)
    assert counts.months == {"2024-01": 2}
    assert counts.sites == {"Le Site": 1, "www.example.com": 1}
    assert sum(counts.lengths.values()) == 5
    assert counts.duplicates == 1
    assert counts.stories == {"s": 2}
    sentences = [s for document in dataset.documents() for s in document.sentences]
    assert counts.sentences == len(sentences)
    assert sum(counts.scores.values()) == sum(s.score is not None for s in sentences)


def test_rejects_are_counted_by_stage_and_error(dataset):
    [(key, reason)] = count(dataset).rejects.items()
    assert key == ("decode", "InputError")
    assert (reason.count, reason.source, reason.message) == (3, "0.txt", "the document 0 is empty")


def test_a_document_without_any_body_has_length_0(tmp_path):
    empty = replace(seed(0), blocks=(), sentences=(), text_en=None)
    assert count(write(tmp_path / "out", [empty])).lengths == {0: 1}


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


@given(st.dictionaries(st.dates(date(1900, 1, 1)).map(lambda d: f"{d:%Y-%m}"), st.integers(1, 9)))
def test_no_document_gets_lost_in_the_chart_of_dates(months):
    columns = by_time(months)
    assert sum(value for _, value in columns) == sum(months.values())
    assert len(columns) <= 41


def test_a_chart_is_the_same_for_the_same_numbers_and_runs_nothing():
    chart = draw_columns([("a", 3), ("b", 0)], "t")
    assert chart == draw_columns([("a", 3), ("b", 0)], "t")
    assert "script" not in chart
    assert chart.count("<rect") == 3  # the ground and two columns


def test_nothing_but_zeros_can_be_drawn():
    assert draw_columns([("a", 0)], "t").startswith("<svg")
