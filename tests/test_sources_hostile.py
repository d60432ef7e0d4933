"""Hostile containers: what unfolds without end, leads elsewhere or is damaged is a rejection."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import random
import stat
import struct
import tarfile
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from growth import cpu_seconds, grows_evenly
from pyarrow import feather

from benchmarks import fuzz_sources
from benchmarks.containers import CONTAINERS, make_pages, to_tar, to_zip, to_zst
from corpus_norm.document import RawDocument, Rejection
from corpus_norm.faults import Fault, collecting
from corpus_norm.settings import InputSettings
from corpus_norm.sources import (
    columnar,
    feeds,
    formats,
    read,
    reading,
    records,
    rows,
    warc,
)
from corpus_norm.sources.formats import Container

SETTINGS = InputSettings()
MB = 1_000_000


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def small_bounds(monkeypatch):
    """Bombs of a size for tests."""
    monkeypatch.setattr(formats, "FREE_BYTES", 20 * MB)


PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": to_zst}


@pytest.mark.parametrize("suffix", PACKERS)
def test_records_before_the_bounds_are_kept_and_the_bomb_is_one_rejection(
    here, monkeypatch, suffix
):
    monkeypatch.setattr(formats, "FREE_BYTES", MB)
    lines = b"".join(b'{"text": "The same line again and again: %d"}\n' % n for n in range(60_000))
    (here / f"bomb.jsonl.{suffix}").write_bytes(PACKERS[suffix](lines))
    (here / "good.txt").write_bytes(b"x")
    *documents, bomb, good = read(".", InputSettings(max_expansion=2))
    assert 1000 < len(documents) < 60_000
    assert "unfolds to more than 2 times its size" in bomb.message
    assert "settings.input.max_expansion" in bomb.message
    assert (bomb.source, good.data) == (f"bomb.jsonl.{suffix}", b"x")
    roomy = InputSettings(max_expansion=1_000_000)
    assert sum(1 for _ in read(f"bomb.jsonl.{suffix}", roomy)) == 60_000


def nest(data, depth):
    for n in range(depth):
        data = to_zip([(f"{n}.zip" if n else "a.txt", data)])
    return data


def test_archives_lie_in_each_other_to_a_depth_that_is_a_setting(here):
    (here / "a.zip").write_bytes(nest(b"x", 5))
    [rejection] = read("a.zip", SETTINGS)
    assert "lies in more than 4 archives" in rejection.message
    assert "settings.input.max_depth" in rejection.message
    assert rejection.source == "a.zip!4.zip!3.zip!2.zip!1.zip"
    [document] = read("a.zip", InputSettings(max_depth=5))
    assert document.source == "a.zip!4.zip!3.zip!2.zip!1.zip!a.txt"


@pytest.mark.usefixtures("small_bounds")
def test_a_bomb_of_many_nested_archives_ends_as_one_rejection(here):
    data = gzip.compress(bytes(8 * MB))
    for n in range(2):
        data = to_zip([(f"{m}.{'zip' if n else 'txt.gz'}", data) for m in range(20)])
    (here / "bomb.zip").write_bytes(data)
    items = list(read("bomb.zip", SETTINGS))
    assert isinstance(items[-1], Rejection)
    assert "unfolds to more than 200 times" in items[-1].message
    assert sum(len(item.data or b"") for item in items) < 40 * MB


@pytest.mark.usefixtures("small_bounds")
def test_a_zip_bomb_whose_members_share_their_data_is_bounded(here):
    # D. Fifield's overlapping files: every entry of the directory names the same bytes.
    data = to_zip([("a.txt", bytes(4 * MB))])
    end = data.rfind(b"PK\5\6")
    start = data.find(b"PK\1\2")
    entry = data[start:end]
    count = 400
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, count * len(entry), start, 0)
    (here / "bomb.zip").write_bytes(data[:start] + entry * count + tail)
    items = list(read("bomb.zip", SETTINGS))
    assert sum(len(item.data or b"") for item in items if isinstance(item, RawDocument)) < 30 * MB
    assert any(isinstance(item, Rejection) for item in items)


@pytest.mark.parametrize("make", [to_zip, to_tar])
def test_an_archive_of_too_many_members_is_refused(here, make):
    (here / "a").write_bytes(make([(f"{n}.txt", b"x") for n in range(50)]))
    *documents, rejection = read("a", InputSettings(max_members=20))
    assert len(documents) == (0 if make is to_zip else 20)
    assert "more than 20 members; raise settings.input.max_members" in rejection.message


def test_names_that_lead_out_are_cleaned_and_nothing_is_written(here):
    names = ["../../evil.txt", "/etc/evil.txt", "C:\\evil.txt", "a/../../b/evil.txt", "..\\x.txt"]
    for name, make in (("a.zip", to_zip), ("a.tar", to_tar)):
        (here / name).write_bytes(make([(each, b"x") for each in names]))
        assert [item.source for item in read(name, SETTINGS)] == [
            f"{name}!evil.txt",
            f"{name}!etc/evil.txt",
            f"{name}!evil.txt~2",
            f"{name}!a/b/evil.txt",
            f"{name}!x.txt",
        ]
    assert sorted(path.name for path in here.rglob("*")) == ["a.tar", "a.zip"]
    assert not list(here.parent.glob("evil*"))


def test_links_and_devices_in_archives_lead_nowhere(here):
    (here / "secret.txt").write_bytes(b"secret")
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"link{kind.decode()}.txt")
            info.type, info.linkname = kind, "secret.txt"
            archive.addfile(info)
    (here / "a.tar").write_bytes(file.getvalue())
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "secret.txt")
    (here / "a.zip").write_bytes(file.getvalue())
    for name in ("a.tar", "a.zip"):
        [rejection] = read(name, SETTINGS)
        assert "holds no records" in rejection.message


def test_a_tar_header_of_a_gigabyte_is_not_held(here):
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2**30
    (here / "a.tar.gz").write_bytes(gzip.compress(info.tobuf() + bytes(40 * MB)))
    [rejection] = read("a.tar.gz", SETTINGS)
    assert "a header of 1,073,741,824 bytes" in rejection.message


def test_a_dictionary_does_not_multiply_in_memory_or_without_end(here, small_bounds):
    words = pa.DictionaryArray.from_arrays(pa.array([0] * 5000, pa.int32()), pa.array(["x" * MB]))
    pq.write_table(pa.table({"text": words}), here / "a.parquet")
    feather.write_feather(pa.table({"text": words}), here / "a.arrow")
    for name in ("a.parquet", "a.arrow"):
        *documents, rejection = read(name, SETTINGS)
        assert "unfolds to more than 200 times" in rejection.message
        assert len(documents) < 250


def test_an_arrow_buffer_may_not_ask_for_more_than_a_batch_may_have(here, monkeypatch):
    batch = pa.record_batch({"text": ["x" * 5 * MB]})
    for codec in ("zstd", "lz4"):
        file = io.BytesIO()
        options = pa.ipc.IpcWriteOptions(compression=codec)
        with pa.ipc.new_file(file, batch.schema, options=options) as writer:
            writer.write_batch(batch)
        (here / f"{codec}.arrow").write_bytes(file.getvalue())
        monkeypatch.setattr(columnar, "MAX_BYTES", 6 * MB)
        [document] = read(f"{codec}.arrow", SETTINGS)
        assert len(document.data) == 5 * MB
        monkeypatch.setattr(columnar, "MAX_BYTES", MB)
        [rejection] = read(f"{codec}.arrow", SETTINGS)
        assert "a record batch is larger than" in rejection.message


class Evil:
    def __reduce__(self):
        return (open, ("owned.txt", "w"))


def test_no_pickle_in_a_file_is_ever_loaded(here):
    payload = pickle.dumps(Evil())
    for name in (b"arrow.py_extension_type", b"pandas"):
        field = pa.field(
            "text",
            pa.string(),
            metadata={b"ARROW:extension:name": name, b"ARROW:extension:metadata": payload},
        )
        table = pa.table([["x"]], schema=pa.schema([field], metadata={b"pandas": payload}))
        pq.write_table(table, here / "a.parquet")
        with pa.ipc.new_file(here / "a.arrow", table.schema) as writer:
            writer.write_table(table)
        for file in ("a.parquet", "a.arrow"):
            [document] = read(file, SETTINGS)
            assert document.data == "x"
    assert not (here / "owned.txt").exists()


ENTITIES = '<!ENTITY e0 "bomb">' + "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12)
)


@pytest.mark.parametrize(
    "doctype",
    [
        ENTITIES,
        '<!ENTITY e11 SYSTEM "secret.txt">',
        '<!ENTITY % p SYSTEM "secret.txt"> %p; <!ENTITY e11 "x">',
    ],
    ids=["billion laughs", "external", "parameter"],
)
def test_entities_of_a_feed_are_not_expanded(here, doctype):
    (here / "secret.txt").write_bytes(b"secret")
    feed = (
        f"<!DOCTYPE rss [{doctype}]><rss><channel><item><title>&e11;</title>"
        "<description>Before &e11; after</description></item></channel></rss>"
    )
    (here / "a.rss").write_text(feed, encoding="utf-8")
    items = list(read("a.rss", SETTINGS))
    content = "".join(str(item.data) + str(getattr(item, "title", "")) for item in items)
    assert "secret" not in content
    assert "bombbomb" not in content
    assert len(content) < 1000


@pytest.mark.slow
def test_a_feed_nested_without_end_is_a_rejection(here):
    nested = b"<item>" + b"<a>" * 1_000_000
    (here / "a.rss").write_bytes(b"<rss>" + nested + b"</item><item><title>A</title>B</item></rss>")
    rejection, entry = read("a.rss", SETTINGS)
    assert "entry 1 has no text of its own" in rejection.message
    assert (rejection.data, entry.data) == (nested + b"</item>", "B")
    (here / "b.rss").write_bytes(b"<rss>" + nested)
    [rejection] = read("b.rss", SETTINGS)
    assert "entry 1 is cut off" in rejection.message


@pytest.mark.slow
def test_an_entry_without_end_is_not_held(here):
    (here / "a.rss.gz").write_bytes(gzip.compress(b"<rss><item>" + b"<b>x</b>" * MB))
    [rejection] = read("a.rss.gz", InputSettings(max_bytes=MB))
    assert "larger than 1,000,000 bytes" in rejection.message


def test_what_needs_to_be_read_from_any_place_is_not_held_when_it_is_large(here):
    table = pa.table({"text": [random.Random(1).randbytes(3000).hex()] * 3})  # noqa: S311
    file = io.BytesIO()
    pq.write_table(table, file, compression="none", use_dictionary=False)
    (here / "a.zip").write_bytes(to_zip([("a.parquet", file.getvalue()), ("b.txt", b"x")]))
    assert len(list(read("a.zip", SETTINGS))) == 4
    rejection, document = read("a.zip", InputSettings(max_bytes=10_000))
    assert "unpack it first" in rejection.message
    assert (rejection.source, document.data) == ("a.zip!a.parquet", b"x")


# These have no end mark: cut between two records they are whole.
OPEN_ENDED = {"csv", "jsonl", "warc", "warc.gz", "wet"}


@pytest.mark.parametrize("kind", CONTAINERS.keys() - OPEN_ENDED)
def test_a_container_that_was_cut_anywhere_says_what_it_lacks(here, kind):
    data = CONTAINERS[kind](make_pages(8))
    for cut in range(1, len(data), max(1, len(data) // 40)):
        (here / f"a.{kind}").write_bytes(data[:cut])
        items = list(read(f"a.{kind}", SETTINGS))
        whole = sum(isinstance(item, RawDocument) for item in items)
        assert whole == 8 or isinstance(items[-1], Rejection), cut


@pytest.mark.slow
def test_damaged_files_of_every_kind_raise_nothing():
    found = fuzz_sources.run(10_000, seed=11, seconds=6)
    assert found["files"] >= 5 * len(CONTAINERS)
    assert found["RawDocument"] > found["files"] / 2


def make_zip(count, name="a.txt"):
    return to_zip([(name, b"x")] * count)


def make_tar(count):
    return to_tar([("a.txt", b"x")] * count)


GROWING = {
    "a.zip": make_zip,
    "b.zip": lambda count: to_zip([(f"a.txt~{n}", b"x") for n in range(count)]),
    "a.tar": make_tar,
    "a.jsonl.gz": lambda count: gzip.compress(b"x") * count * 10,
    "b.jsonl.gz": lambda count: gzip.compress(b'{"text":"a"}\n') * count,
    "a.jsonl.bz2": lambda count: bz2.compress(b"x") * count,
    "a.jsonl.xz": lambda count: lzma.compress(b"x") * count,
    "a.csv.gz": lambda count: gzip.compress(b"text\n") + gzip.compress(b"x") * count * 10,
    "a.json.gz": lambda count: gzip.compress(b'{"text":"') + gzip.compress(b"x") * count * 10,
    "b.json.gz": lambda count: gzip.compress(b"[") + gzip.compress(b'{"text":"a"},') * count,
    "a.rss.gz": lambda count: gzip.compress(b"<rss><item>") + gzip.compress(b"x") * count * 10,
    "a.warc.gz": lambda count: gzip.compress(b"WARC/1.0\r\nA: b\r\n\r\n") * count,
    "a.txt.gz": lambda count: gzip.compress(b"x") * count * 10,
    "b.rss": lambda count: b"<rss>" + b"<item><title>a</title>" * count,
    "a.warc": lambda count: b"WARC/1.0\r\nContent-Length: x\r\n\r\n" * count,
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", GROWING)
def test_time_grows_with_the_file(here, name):
    def measure(count):
        (here / name).write_bytes(GROWING[name](count))
        return cpu_seconds(lambda: list(read(name, SETTINGS)))

    measure(10)
    assert grows_evenly(measure, 1000, 4000, most_growth=10, negligible_s=0.2)


class _OddError(Exception):
    """What a library may raise on a damaged file: no error of ours, no error of the system."""


@pytest.mark.parametrize("error", [_OddError("odd"), RuntimeError(), KeyError("a"), MemoryError()])
def test_any_exception_in_one_file_leaves_the_others(tmp_path, monkeypatch, error):
    def fail(*_):
        yield RawDocument("b.jsonl", "Bonjour.")
        raise error

    monkeypatch.setitem(reading._RECORDS, Container.LINES, fail)
    for name in ("a.txt", "b.jsonl", "c.txt"):
        (tmp_path / name).write_text("Bonjour.")
    faults: list[Fault] = []
    with collecting(faults):
        items = list(read([tmp_path], InputSettings()))
    rejection = items[2]
    assert [type(item).__name__ for item in items] == [
        *("RawDocument", "RawDocument", "Rejection", "RawDocument")
    ]
    assert (rejection.stage, rejection.error) == ("read", type(error).__name__)
    assert [fault.error for fault in faults] == [type(error).__name__]


def test_an_interrupt_ends_reading(tmp_path, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt
        yield

    monkeypatch.setitem(reading._RECORDS, Container.LINES, fail)
    (tmp_path / "b.jsonl").write_text("{}")
    with pytest.raises(KeyboardInterrupt):
        list(read([tmp_path], InputSettings()))


RECORDS = [{"id": f"r{n}", "text": f"It rains in Lille, {n}.", "n": n} for n in range(5)]


def write_feed(path):
    items = "".join(f"<item><description>{each['text']}</description></item>" for each in RECORDS)
    path.write_text(f"<rss><channel>{items}</channel></rss>", "utf-8")


def write_warc(path):
    records = []
    for each in RECORDS:
        body = each["text"].encode()
        head = f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <{each['id']}>\r\n"
        head += f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
        records.append(head.encode() + body + b"\r\n\r\n")
    path.write_bytes(b"".join(records))


def write_csv(path):
    lines = ["id;text", *(f"{each['id']};{each['text']}" for each in RECORDS)]
    path.write_text("\n".join(lines), "utf-8")


WRITERS = {
    "a.jsonl": lambda path: path.write_text("\n".join(map(json.dumps, RECORDS)), "utf-8"),
    "a.json": lambda path: path.write_text(json.dumps(RECORDS), "utf-8"),
    "a.csv": write_csv,
    "a.parquet": lambda path: pq.write_table(pa.Table.from_pylist(RECORDS), path),
    "a.arrow": lambda path: feather.write_feather(pa.Table.from_pylist(RECORDS), str(path)),
    "a.rss": write_feed,
    "a.warc": write_warc,
}
READERS = {
    "a.jsonl": (records, "make_document"),
    "a.json": (records, "make_document"),
    "a.rss": (feeds, "_make_document"),
    "a.warc": (warc, "_make_item"),
}


@pytest.mark.parametrize("name", WRITERS)
def test_any_exception_in_one_record_leaves_the_others(here, monkeypatch, name):
    WRITERS[name](here / name)
    before = list(read(name, SETTINGS))
    assert len(before) == 5
    assert not any(isinstance(item, Rejection) for item in before)
    module, function = READERS.get(name, (rows, "make_row"))
    original, calls = getattr(module, function), iter(range(9))

    def fail(*arguments):
        if next(calls) == 2:
            raise AssertionError("a bug")
        return original(*arguments)

    monkeypatch.setattr(module, function, fail)
    faults: list[Fault] = []
    with collecting(faults):
        found = list(read(name, SETTINGS))
    assert [isinstance(item, Rejection) for item in found] == [False, False, True, False, False]
    assert (found[2].error, found[2].message, found[2].record) == ("AssertionError", "a bug", 2)
    assert found[:2] + found[3:] == before[:2] + before[3:]
    assert [(fault.record, fault.stage) for fault in faults] == [(2, "read")]


def test_a_value_that_python_cannot_make_costs_one_row(here, monkeypatch):
    WRITERS["a.parquet"](here / "a.parquet")
    original = rows.read_column

    def fail(array):
        if 3 in array.to_pylist():
            raise AttributeError("a bug")
        return original(array)

    monkeypatch.setattr(rows, "read_column", fail)
    found = list(read("a.parquet", SETTINGS))
    assert [isinstance(item, Rejection) for item in found] == [False, False, False, True, False]


def test_the_same_fault_of_a_file_is_reported_once(here, monkeypatch):
    WRITERS["a.jsonl"](here / "a.jsonl")

    def fail(*_arguments):
        raise AssertionError("a bug")

    monkeypatch.setattr(records, "make_document", fail)
    faults: list[Fault] = []
    with collecting(faults):
        assert len(list(read("a.jsonl", SETTINGS))) == 5
    assert len(faults) == 1
