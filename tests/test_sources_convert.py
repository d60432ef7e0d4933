"""``convert`` over the bundled containers, as a user starts it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

import corpus_norm
from corpus_norm.settings import InputSettings, Settings, TranslationSettings

OFF = TranslationSettings(enabled=False)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_convert_reads_a_crawl_a_zip_archive_a_table_and_a_feed(fixtures, tmp_path, workers):
    names = ["crawl.warc.gz", "pages.zip", "table.parquet", "feed.xml"]
    command = [sys.executable, "-m", "corpus_norm", "convert", *names, "-o", tmp_path / "out"]
    result = subprocess.run(
        [*command, "--workers", str(workers), "--no-translate"],
        cwd=fixtures / "containers",
        capture_output=True,
        check=False,
    )
    assert result.returncode == 1, result.stderr  # a row of the table has no text
    dataset = corpus_norm.open_dataset(tmp_path / "out")
    documents = {(doc.source, doc.record): doc for doc in dataset.documents()}
    assert list(documents) == [
        ("crawl.warc.gz", 2),
        ("crawl.warc.gz", 5),
        ("crawl.warc.gz", 6),
        ("pages.zip!fr/regional.html", 0),
        ("pages.zip!notes.md", 0),
        ("pages.zip!inner.tar.gz!seed.txt", 0),
        ("table.parquet", 0),
        ("table.parquet", 1),
        ("table.parquet", 2),
        ("feed.xml", 0),
        ("feed.xml", 1),
    ]
    page = documents["crawl.warc.gz", 2]
    assert (page.url, page.published) == (
        "https://courier.example/dunmere/bridge",
        date(2024, 3, 14),
    )
    assert page.retrieved == date(2024, 5, 1)
    chinese = documents["crawl.warc.gz", 5]
    assert (chinese.language, chinese.encoding.lower()) in {
        ("zh-Hans", "gbk"),
        ("zh-Hans", "gb18030"),
    }
    assert documents["table.parquet", 1].published == date(2024, 5, 2)
    entry = documents["feed.xml", 0]
    assert (entry.title, entry.authors) == (
        "Beekeepers count their losses & hope",
        ("Petra Lindqvist",),
    )
    assert documents["feed.xml", 1].published == date(2024, 3, 6)
    assert dataset.rejects["message"].to_pylist() == ["row 4 has nothing in 'text' and 'html'"]


def test_the_columns_of_a_table_are_named_by_settings(fixtures, tmp_path):
    names = InputSettings(text_field="texte", title_field="titre")
    dataset = corpus_norm.convert(
        fixtures / "containers" / "table.csv", tmp_path, Settings(input=names, translation=OFF)
    )
    [document] = dataset.documents()
    assert (document.title, document.language) == ("Le pont", "fr")
    assert document.body.endswith("Il était fermé depuis un an.")
    assert dataset.rejects["record"].to_pylist() == [1]
