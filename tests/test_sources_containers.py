"""What each kind of container gives: the documents, what it knows of them, and their order."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
import zlib
from datetime import UTC, date, datetime

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from benchmarks.containers import (
    CONTAINERS,
    make_pages,
    to_arrow,
    to_csv,
    to_files,
    to_lines,
    to_parquet,
    to_response,
    to_tar,
    to_warc,
    to_warc_record,
    to_zip,
    to_zst,
)
from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import InputError
from corpus_norm.settings import InputSettings
from corpus_norm.sources import read

SETTINGS = InputSettings()
PAGES = make_pages(30)
HTTP = "application/http; msgtype=response"


@pytest.fixture
def read_file(tmp_path, monkeypatch):
    """Read what is in a file of this name."""
    monkeypatch.chdir(tmp_path)

    def write_and_read(name, data, settings=SETTINGS, **options):
        tmp_path.joinpath(name).write_bytes(data if isinstance(data, bytes) else data.encode())
        return list(read(name, settings, **options))

    return write_and_read


@pytest.mark.parametrize("kind", CONTAINERS)
def test_every_kind_gives_every_document_in_its_order(read_file, kind):
    items = read_file(f"a.{kind}", CONTAINERS[kind](PAGES))
    assert {type(item) for item in items} == {RawDocument}
    assert len(items) == len(PAGES)
    for n, (item, page) in enumerate(zip(items, PAGES, strict=True)):
        assert page.text in item.data_bytes.decode()
        if "zip" in kind or "tar" in kind:
            assert (item.source, item.record) == (f"a.{kind}!pages/{n:06}.html", 0)
        else:
            assert (item.source, item.url) == (f"a.{kind}", page.url)
            assert item.record == (2 * n + 1 if kind.startswith("warc") else n)
        if not {"zip", "tar", "warc", "wet"} & set(kind.split(".")):
            assert (item.title, item.authors) == (page.title, (page.author,))
            assert item.published == date.fromisoformat(page.published)


@pytest.mark.parametrize("kind", [kind for kind in CONTAINERS if kind != "csv"])
def test_what_the_suffix_does_not_say_the_first_bytes_do(read_file, kind):
    data = CONTAINERS[kind](PAGES)
    expected = [item.data for item in read_file(f"a.{kind}", data)]
    assert [item.data for item in read_file("dump", data)] == expected
    assert [item.data for item in read("-", SETTINGS, io.BytesIO(data))] == expected


class Pipe(io.BytesIO):
    def seekable(self):
        return False

    def seek(self, *_):
        raise AssertionError("a pipe cannot be wound back")

    tell = seek


@pytest.mark.parametrize("kind", CONTAINERS)
def test_two_readings_give_the_same_also_through_a_pipe(read_file, kind):
    data = CONTAINERS[kind](PAGES)
    assert read_file(f"a.{kind}", data) == list(read(f"a.{kind}", SETTINGS))
    if kind != "csv":
        piped = [item.data for item in read("-", SETTINGS, Pipe(data))]
        assert piped == [item.data for item in read(f"a.{kind}", SETTINGS)]


def test_containers_in_a_folder_are_read_in_the_order_of_their_names(tmp_path):
    (tmp_path / "b.zip").write_bytes(to_zip(to_files(PAGES[:2])))
    (tmp_path / "a.csv").write_bytes(to_csv(PAGES[:1]))
    (tmp_path / "c.docx").write_bytes(b"PK\3\4")
    skipped = []
    items = list(read(tmp_path, SETTINGS, on_skip=skipped.append))
    assert [item.source.removeprefix(f"{tmp_path}/") for item in items] == [
        "a.csv",
        "b.zip!pages/000000.html",
        "b.zip!pages/000001.html",
    ]
    assert skipped == [f"{tmp_path}/c.docx"]


# --- tables -----------------------------------------------------------------------------------


def to_feather(table):
    file = io.BytesIO()
    feather.write_feather(table, file)
    return file.getvalue()


def write_parquet(table, **options):
    file = io.BytesIO()
    pq.write_table(table, file, **options)
    return file.getvalue()


TABLES = {"parquet": write_parquet, "feather": to_feather}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", "id,words\n1,x\n"),
        ("a.tsv", "id\twords\n1\tx\n"),
        ("a.parquet", write_parquet(pa.table({"id": [1], "words": ["x"]}))),
        ("a.arrow", to_feather(pa.table({"id": [1], "words": ["x"]}))),
    ],
)
def test_a_table_without_the_column_is_one_rejection_that_lists_the_columns(read_file, name, data):
    [rejection] = read_file(name, data)
    assert "no column 'text' or 'html' (its columns: 'id', 'words')" in rejection.message
    assert "settings.input.text_field" in rejection.message
    [document] = read_file(name, data, InputSettings(text_field="words"))
    assert document.data == "x"


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize(
    "text",
    [
        pa.array(["é", None], pa.large_string()),
        pa.array(["é", None], pa.string_view()),
        pa.array(["é", None]).dictionary_encode(),
    ],
    ids=lambda array: str(array.type),
)
def test_columns_may_hold_text_in_any_form(read_file, kind, text):
    if kind == "feather" and pa.types.is_string_view(text.type):
        pytest.skip("Feather has no string views")
    document, rejection = read_file(f"a.{kind}", TABLES[kind](pa.table({"text": text})))
    assert (document.data, document.record) == ("é", 0)
    assert "row 2 has nothing in 'text' and 'html'" in rejection.message
    assert rejection.record == 1


@pytest.mark.parametrize("kind", TABLES)
def test_bytes_of_a_table_keep_their_encoding_to_be_found_out(read_file, kind):
    page = "<html><p>caf\xe9".encode("latin-1")
    table = pa.table({"html": pa.array([page]), "text": ["caf"]})
    [document] = read_file(f"a.{kind}", TABLES[kind](table))
    assert (document.data, document.media_type) == (page, "text/html")


@pytest.mark.parametrize("kind", TABLES)
def test_a_string_that_is_no_utf8_costs_nothing(read_file, kind):
    broken = pa.array([b"caf\xe9", b"tea"]).view(pa.string())
    documents = read_file(f"a.{kind}", TABLES[kind](pa.table({"text": broken})))
    assert [document.data for document in documents] == [b"caf\xe9", "tea"]


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (pa.array([date(2024, 5, 1)]), date(2024, 5, 1)),
        (pa.array([datetime(2024, 5, 1, 23)], pa.timestamp("ns")), date(2024, 5, 1)),  # noqa: DTZ001
        (pa.array([2**62], pa.timestamp("us")), None),
        (pa.array([18448453673709], pa.timestamp("s")), None),
        (pa.array([2**62], pa.timestamp("ms", "Europe/Paris")), None),
        (pa.array([18448453673709552], pa.timestamp("ms")), None),
        (pa.array([1714561200], pa.timestamp("s")), date(2024, 5, 1)),
        (pa.array([1714561200123], pa.timestamp("ms")), date(2024, 5, 1)),
        (pa.array(["2024-05-01"]), date(2024, 5, 1)),
        (pa.array([17]), None),
    ],
)
def test_dates_of_a_table_are_read_whatever_their_type(read_file, kind, value, expected):
    table = pa.table({"text": ["x"], "published": value})
    [document] = read_file(f"a.{kind}", TABLES[kind](table))
    assert document.published == expected


@pytest.mark.parametrize("kind", TABLES)
def test_authors_of_a_table_may_be_lists(read_file, kind):
    table = pa.table({"text": ["x"], "authors": [["A", "B"]]})
    [document] = read_file(f"a.{kind}", TABLES[kind](table))
    assert document.authors == ("A", "B")


@pytest.mark.parametrize("kind", TABLES)
def test_a_column_of_numbers_is_no_text(read_file, kind):
    [rejection] = read_file(f"a.{kind}", TABLES[kind](pa.table({"text": [1, 2]})))
    assert "its column 'text' is int64, not text" in rejection.message


def test_a_damaged_row_group_costs_its_rows_and_no_others(read_file):
    data = bytearray(to_parquet(PAGES, rows=10))
    place = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(1).column(4).data_page_offset
    data[place : place + 40] = bytes(40)
    items = read_file("a.parquet", bytes(data))
    assert [item.record for item in items] == [*range(11), *range(20, 30)]
    [rejection] = [item for item in items if isinstance(item, Rejection)]
    assert rejection.record == 10
    assert "row group 1 is damaged" in rejection.message


@pytest.mark.parametrize("compression", ["uncompressed", "lz4", "zstd"])
def test_arrow_files_of_polars_are_read(read_file, compression):
    texts = [f"Row {n}." for n in range(300)]
    buffer = io.BytesIO()
    pl.DataFrame({"text": texts, "tags": [["é"]] * 300}).write_ipc(buffer, compression=compression)
    found = read_file("a.arrow", buffer.getvalue())
    assert [item.data for item in found] == texts
    for end in (40, 200, len(buffer.getvalue()) - 400):
        assert isinstance(read_file("a.arrow", buffer.getvalue()[:end])[-1], Rejection)


@pytest.mark.parametrize("form", [to_arrow, CONTAINERS["feather"]])
def test_batches_before_the_cut_of_an_arrow_file_are_there(read_file, form):
    data = to_arrow(PAGES, 10) if form is to_arrow else to_arrow(PAGES, 10, compression="zstd")
    *documents, rejection = read_file("a.arrow", data[: len(data) * 2 // 3])
    assert len(documents) in {10, 20}
    assert "cut off" in rejection.message
    assert rejection.record == len(documents)


def test_an_arrow_stream_is_read_like_a_file(read_file):
    table = pa.table({"text": ["a", "b"]})
    file = io.BytesIO()
    with pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    assert [item.data for item in read_file("a.arrows", file.getvalue())] == ["a", "b"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_gives_the_columns(read_file, delimiter):
    rows = [["id", "title", "text"], ["1", "T, t; t|", 'He said "no",\nthen; left\t|']]
    quoted = "".join(
        delimiter.join('"' + field.replace('"', '""') + '"' for field in row) + "\r\n"
        for row in rows
    )
    [document] = read_file("a.csv", "\ufeff" + quoted)
    assert (document.data, document.title) == (rows[1][2], "T, t; t|")


def test_csv_of_excel_in_utf16_is_read(read_file):
    [document] = read_file("a.csv", "text\ttitle\nÉté\tT\n".encode("utf-16"))
    assert (document.data, document.title) == ("Été", "T")


def test_csv_in_a_legacy_encoding_keeps_its_bytes(read_file):
    [document] = read_file("a.csv", "text\nété\n".encode("latin-1"))
    assert document.data == "été".encode("latin-1")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,text, with a comma", "3 fields, the heading 2"),
        ("1", "1 fields, the heading 2"),
        ('1,"a"b', "is no CSV"),
        ("1,", "nothing in 'text'"),
        ("1," + "x" * 2000, "larger than 1,000 bytes"),
    ],
)
def test_a_bad_row_is_a_rejection_and_the_rest_is_read(read_file, row, message):
    first, rejection, last = read_file(
        "a.csv", f"id,text\n0,good\n{row}\n2,also good\n", InputSettings(max_bytes=1000)
    )
    assert (first.data, last.data) == ("good", "also good")
    assert message in rejection.message
    assert (rejection.record, last.record) == (1, 2)


@pytest.mark.parametrize(
    ("rows", "dates"),
    [
        (["12/03/2024", "13/03/2024", "05/04/2024"], ["2024-03-12", "2024-03-13", "2024-04-05"]),
        (["03/12/2024", "03/13/2024"], ["2024-03-12", "2024-03-13"]),
        (["12/03/2024", "13/03/2024", "03/14/2024"], ["None", "2024-03-13", "2024-03-14"]),
        (["12/03/2024", "05/04/2024"], ["None", "None"]),
        (["2024-05-01", "12/03/2024", "1 mai 2024"], ["2024-05-01", "None", "2024-05-01"]),
    ],
)
def test_the_dates_of_a_table_are_read_in_the_order_that_others_prove(read_file, rows, dates):
    lines = [f"{number};Text.;{day}\n" for number, day in enumerate(rows)]
    for end in ("\n", "\r"):
        table = "".join(["id;text;date\n", *lines]).replace("\n", end)
        assert [str(item.published) for item in read_file("a.csv", table)] == dates


def test_the_order_of_one_table_is_not_that_of_the_next(read_file):
    [first, _] = read_file("a.csv", "text,date\na,12/03/2024\nb,13/03/2024\n")
    [second] = read_file("b.csv", "text,date\na,12/03/2024\n")
    assert (str(first.published), second.published) == ("2024-03-12", None)


def test_a_row_without_its_last_fields_is_read_if_its_text_is_whole(read_file):
    table = (
        "id,text,date,author\n"
        "1,whole,2024-05-01,Ann\n"
        "2,whole too,2024-05-02\n"
        "3,perhaps torn\n"
        "apart,2024-05-03,Bo\n"
        "4,whole again,2024-05-04,\n"
    )
    items = read_file("a.csv", table)
    assert [item.record for item in items if isinstance(item, Rejection)] == [2, 3]
    assert [item.data for item in items if not isinstance(item, Rejection)] == [
        "whole",
        "whole too",
        "whole again",
    ]
    assert items[1].authors == ()
    assert str(items[1].published) == "2024-05-02"


def test_an_open_quote_takes_no_more_than_the_limit(read_file):
    lines = "".join(f"{n},text {n}\n" for n in range(1000))
    items = read_file("a.csv", f'id,text\n"0,open\n{lines}', InputSettings(max_bytes=1000))
    assert isinstance(items[0], Rejection)
    assert len(items) > 800


def test_blank_rows_count_but_are_no_records(read_file):
    items = read_file("a.csv", "text\na\n\nb\n")
    assert [(item.record, item.data) for item in items] == [(0, "a"), (2, "b")]


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
@pytest.mark.parametrize("zone", [None, "Europe/Paris"])
def test_a_time_that_python_cannot_hold_is_no_date(read_file, unit, zone):
    table = pa.table({"text": ["x"], "published": pa.array([2**62], pa.timestamp(unit, zone))})
    [document] = read_file("a.feather", to_feather(table))
    assert document.published is None


# --- web archives -----------------------------------------------------------------------------


def test_a_response_gives_its_type_charset_and_address(read_file):
    page = "<p>caf\xe9</p>".encode("latin-1")
    block = to_response(page, Content_Type="text/html; charset=ISO-8859-1")
    [document] = read_file("a.warc", to_warc_record("response", "https://e.org/a", HTTP, block))
    assert document == RawDocument(
        "a.warc",
        page,
        media_type="text/html",
        charset="ISO-8859-1",
        url="https://e.org/a",
        retrieved=date(2024, 5, 1),
        extra={"WARC-Date": "2024-05-01T10:00:00Z"},
    )


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Encoding": "gzip"}, gzip.compress(b"<p>Hello", mtime=0)),
        ({"Content-Encoding": "deflate"}, zlib.compress(b"<p>Hello")),
        ({"Content-Encoding": "deflate"}, zlib.compress(b"<p>Hello", wbits=-15)),
        ({"Content-Encoding": "br"}, pa.Codec("brotli").compress(b"<p>Hello", asbytes=True)),
        ({"Content-Encoding": "zstd"}, to_zst(b"<p>Hello")),
        ({"Content-Encoding": "gzip"}, b"<p>Hello"),
        ({"Transfer-Encoding": "chunked"}, b"3\r\n<p>\r\n5;x=y\r\nHello\r\n0\r\n\r\n"),
        ({"Transfer-Encoding": "chunked"}, b"<p>Hello"),
    ],
)
def test_bodies_are_read_as_they_were_meant(read_file, headers, body):
    record = to_warc_record("response", "https://e.org", HTTP, to_response(body, **headers))
    [document] = read_file("a.warc", record)
    assert document.data == b"<p>Hello"


def test_requests_images_errors_and_metadata_are_no_documents(read_file):
    records = [
        to_warc_record("warcinfo", "", "application/warc-fields", b"software: x\r\n"),
        to_warc_record("request", "u", "application/http; msgtype=request", b"GET / HTTP/1.1"),
        to_warc_record("response", "u", HTTP, to_response(b"GIF", Content_Type="image/gif")),
        to_warc_record("response", "u", HTTP, to_response(b"<p>x", "404 Not Found")),
        to_warc_record("response", "dns:e.org", "text/dns", b"1.2.3.4"),
        to_warc_record("metadata", "u", "application/json", b"{}"),
        to_warc_record("revisit", "u", HTTP, b"HTTP/1.1 304 Not Modified\r\n\r\n"),
        to_warc_record("response", "u", HTTP, to_response(b"<p>page")),
        to_warc_record("resource", "u", "text/plain", b"note"),
    ]
    items = read_file("a.warc", b"".join(records))
    assert [(item.record, item.data) for item in items] == [(7, b"<p>page"), (8, b"note")]


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (to_warc_record("response", "u", HTTP, b"no http"), "no HTTP response that can be read"),
        (
            to_warc_record("response", "u", HTTP, to_response(b"x", Content_Encoding="rar")),
            "packed as 'rar'",
        ),
        (
            to_warc_record(
                "response",
                "u",
                HTTP,
                to_response(gzip.compress(bytes(9000)), Content_Encoding="gzip"),
            ),
            "larger than 5,000 bytes",
        ),
        (to_warc_record("resource", "u", "text/html", bytes(90_000)), "larger than 5,000 bytes"),
    ],
)
def test_a_broken_record_is_a_rejection_and_the_rest_is_read(read_file, broken, message):
    good = to_warc(PAGES[:1])
    first, rejection, last = read_file(
        "a.warc", good + broken + good, InputSettings(max_bytes=5000)
    )
    assert message in rejection.message
    assert (first.record, rejection.record, last.record) == (1, 2, 4)


@pytest.mark.parametrize("kind", ["warc", "warc.gz", "wet"])
def test_records_before_the_cut_of_a_crawl_are_there(read_file, kind):
    data = CONTAINERS[kind](PAGES)
    *documents, rejection = read_file(f"a.{kind}", data[: len(data) * 3 // 4])
    assert 20 <= len(documents) < 30
    assert {type(document) for document in documents} == {RawDocument}
    assert "cut off" in rejection.message
    assert rejection.record > documents[-1].record


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "length", ["abc", "", "-5", "3.0", "99999999999999999999", "3, 3", "99999"]
)
def test_a_record_of_a_crawl_with_a_wrong_length_costs_itself_alone(read_file, length, packed):
    head = "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: "
    records = [f"{head}{n}\r\n\r\n{text}\r\n\r\n" for n, text in ((3, "one"), (length, "two"))]
    data = "".join((*records, records[0].replace("one", "six"), "X")).encode()[:-1]
    name = "a.warc.gz" if packed else "a.warc"
    first, rejection, last = read_file(name, gzip.compress(data) if packed else data)
    assert (first.data, last.data, last.record) == (b"one", b"six", 2)
    assert f"record {rejection.record} " in rejection.message  # as the column counts, from 0
    assert rejection.data == records[1].encode()


def test_what_a_length_leaves_over_is_kept(read_file):
    record = (
        "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n"
    )
    data = f"{record}one two\r\n\r\n{record}six\r\n\r\n"
    first, rejection, last = read_file("a.warc", data)
    assert (first.data, last.data) == (b"one", b"six")
    assert b"one two" in rejection.data


def test_a_page_packed_in_an_unknown_way_is_kept_as_it_is(read_file):
    response = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: rot13\r\n\r\n<c>k"
    record = to_warc_record("response", "https://e.org", HTTP, response)
    [rejection] = read_file("a.warc", record)
    assert rejection.data == response


# --- feeds ------------------------------------------------------------------------------------


def test_the_full_content_of_a_feed_wins_over_its_summary(read_file):
    feed = """<?xml version="1.0"?>
    <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
         xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/x">
    <channel><title>News</title><item>
      <title>Une &amp;amp; deux</title>
      <guid isPermaLink="true">https://e.org/a</guid>
      <author>jo@e.org (Jo Doe)</author>
      <pubDate>Wed, 01 May 2024 23:30:00 +0200</pubDate>
      <media:content url="https://e.org/a.jpg"/><itunes:summary>no</itunes:summary>
      <description>Short</description>
      <content:encoded><![CDATA[<p>Long &eacute;</p>]]></content:encoded>
    </item></channel></rss>"""
    assert read_file("a.rss", feed) == [
        RawDocument(
            "a.rss",
            "<p>Long &eacute;</p>",
            media_type="text/html",
            url="https://e.org/a",
            title="Une & deux",
            authors=("Jo Doe",),
            published=date(2024, 5, 1),
            published_at=datetime(2024, 5, 1, 21, 30, tzinfo=UTC),
            source_id="https://e.org/a",
            extra={
                "description": "Short",
                "{http://search.yahoo.com/mrss/}content": {"url": "https://e.org/a.jpg"},
                "{http://www.itunes.com/x}summary": "no",
            },
        )
    ]


def test_atom_in_xhtml_and_rss_1_are_read(read_file):
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><entry>
      <title type="html">&lt;b&gt;A&lt;/b&gt;</title><id>urn:x</id>
      <link rel="self" href="https://e.org/feed"/><link href="https://e.org/a"/>
      <author><name>A</name></author><author><name>B</name></author>
      <updated>2024-05-01T10:00:00Z</updated>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p></div></content>
    </entry></feed>"""
    [entry] = read_file("a.atom", atom)
    assert (entry.title, entry.url, entry.authors) == ("A", "https://e.org/a", ("A", "B"))
    assert (entry.published, entry.media_type) == (date(2024, 5, 1), "text/html")
    assert "<p>One</p>" in entry.data
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns="http://purl.org/rss/1.0/"><item><title>A</title><link>https://e.org/b</link>
      <description>Text</description></item></rdf:RDF>"""
    [entry] = read_file("a.xml", rdf)
    assert (entry.data, entry.url, entry.media_type) == ("Text", "https://e.org/b", "text/plain")


def test_a_feed_that_is_not_quite_xml_is_read_and_its_cut_entry_is_kept(read_file):
    feed = "<rss><channel><item><description>A&nbsp;B</description></item><item><descr"
    first, rejection = read_file("a.rss", feed)
    assert first.data == "A\xa0B"
    assert "entry 2 is cut off" in rejection.message
    assert rejection.data == b"<item><descr"


def test_xml_that_is_no_feed_is_a_rejection_and_a_page_in_xml_a_page(read_file):
    [rejection] = read_file("a.xml", '<?xml version="1.0"?><urlset><url/></urlset>')
    assert "no RSS or Atom feed (its root is 'urlset')" in rejection.message
    [page] = read_file("b.xml", '<?xml version="1.0"?><html><p>x</p></html>')
    assert page.media_type == "text/html"


# --- archives ---------------------------------------------------------------------------------


def test_archives_hold_anything_and_each_other(read_file):
    inner = to_tar(
        [("b.csv", to_csv(PAGES[:2])), ("c.jsonl.gz", gzip.compress(to_lines(PAGES[:1])))]
    )
    outer = to_zip([("a.html", b"<p>x"), ("in/inner.tar.gz", gzip.compress(inner))])
    items = read_file("outer.zip", outer)
    assert [(item.source, item.record) for item in items] == [
        ("outer.zip!a.html", 0),
        ("outer.zip!in/inner.tar.gz!b.csv", 0),
        ("outer.zip!in/inner.tar.gz!b.csv", 1),
        ("outer.zip!in/inner.tar.gz!c.jsonl.gz", 0),
    ]


def test_other_types_and_hidden_files_of_an_archive_are_skipped_and_told(read_file):
    skipped = []
    files = [("a.jpg", b"x"), ("__MACOSX/._b.html", b"x"), (".git/c.txt", b"x"), ("d.txt", b"x")]
    items = read_file("a.zip", to_zip(files), on_skip=skipped.append)
    assert [item.source for item in items] == ["a.zip!d.txt"]
    assert skipped == ["a.zip!a.jpg", "a.zip!__MACOSX/._b.html", "a.zip!.git/c.txt"]


@pytest.mark.parametrize("make", [to_zip, to_tar])
def test_an_archive_of_nothing_to_read_is_a_rejection(read_file, make):
    [rejection] = read_file("a.zip" if make is to_zip else "a.tar", make([("a.jpg", b"x")]))
    assert "holds no records" in rejection.message


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("make", [to_zip, to_tar])
def test_members_of_one_name_stay_apart(read_file, make):
    data = make([("a.txt", b"1"), ("a.txt", b"2"), ("../a.txt", b"3")])
    name = "x.zip" if make is to_zip else "x.tar"
    items = read_file(name, data)
    assert [(item.source, item.data) for item in items] == [
        (f"{name}!a.txt", b"1"),
        (f"{name}!a.txt~2", b"2"),
        (f"{name}!a.txt~3", b"3"),
    ]
    assert len({item.doc_id for item in items}) == 3


def test_a_damaged_member_of_a_zip_archive_costs_that_one(read_file):
    files = [(f"{n}.txt", json.dumps(list(range(n, 400 + n))).encode()) for n in range(3)]
    data = bytearray(to_zip(files))
    data[zipfile.ZipFile(io.BytesIO(data)).infolist()[1].header_offset + 60] ^= 0xFF
    first, rejection, last = read_file("a.zip", bytes(data))
    assert (first.source, last.source) == ("a.zip!0.txt", "a.zip!2.txt")
    assert rejection.source == "a.zip!1.txt"
    assert "damaged inside the zip archive" in rejection.message


def test_an_encrypted_member_is_a_rejection(read_file):
    data = bytearray(to_zip([("a.txt", b"x"), ("b.txt", b"y")], zipfile.ZIP_STORED))
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.find(magic) + offset] |= 1
    rejection, document = read_file("a.zip", bytes(data))
    assert "encrypted" in rejection.message
    assert document.data == b"y"


def test_a_zip_archive_without_its_end_is_one_rejection(read_file):
    data = to_zip(to_files(PAGES))
    [rejection] = read_file("a.zip", data[: len(data) // 2])
    assert "its directory, at its end, cannot be read" in rejection.message


@pytest.mark.parametrize("damage", ["cut in a member", "cut between members", "broken header"])
def test_members_before_the_damage_of_a_tar_archive_are_there(read_file, damage):
    size = tarfile.BLOCKSIZE * 2  # a header and one block of text
    data = to_tar([(f"{n}.txt", b"x" * 500) for n in range(5)])
    if damage == "cut in a member":
        data = data[: 3 * size + 700]
    elif damage == "cut between members":
        data = data[: 3 * size]
    else:
        data = data[: 3 * size + 10] + b"\xff" + data[3 * size + 11 :]
    *documents, rejection = read_file("a.tar", data)
    assert [document.source for document in documents] == [f"a.tar!{n}.txt" for n in range(3)]
    assert "the tar archive is " in rejection.message


@pytest.mark.parametrize(
    "uri",
    ["zip://pages/000001.html::x.zip", "zip://pages/*1.html::x.zip", "zip://::x.zip"],
)
def test_chained_uris_keep_their_chain_in_the_source(tmp_path, monkeypatch, uri):
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("x.zip").write_bytes(to_zip(to_files(PAGES)[1:2]))
    assert [item.source for item in read(uri, SETTINGS)] == ["zip://pages/000001.html::x.zip"]


def test_no_link_of_a_chain_may_download():
    with pytest.raises(InputError, match="downloads no pages"):
        read("zip://a.html::https://example.org/a.zip", SETTINGS)
