"""Fields of one's own: through every kind of file, every way in, into rows, rejects and columns."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

import corpus_norm
from corpus_norm.dataset import open_dataset
from corpus_norm.dataset.columns import add_columns, extend, parse_type, settle_columns
from corpus_norm.dataset.schema import REJECTS
from corpus_norm.dates import read_time
from corpus_norm.document import RawDocument
from corpus_norm.errors import InputError, SettingsError
from corpus_norm.settings import DatasetSettings, InputSettings, Settings, TranslationSettings
from corpus_norm.sources import read
from corpus_norm.values import dump_fields, load_fields

RECORD = {
    "id": "a1",
    "text": "Le maire a démissionné lundi, après un an de mandat.",
    "section": "politique",
    "tickers": ["BNP"],
}
EXTRA = '{"section":"politique","tickers":["BNP"]}'
QUICK = TranslationSettings(enabled=False)
FEED = """<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item>
<title>Crue</title><description>La Sorne a débordé.</description><guid>urn:7</guid>
<pubDate>Wed, 01 May 2024 23:30:00 -0500</pubDate><category>eau</category><category>sud</category>
<enclosure url="a.mp3" type="audio/mpeg"/></item></channel></rss>"""
WARC = (
    b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:5>\r\nWARC-Date: "
    b"2024-05-01T10:00:00Z\r\nWARC-Target-URI: https://example.org/a\r\nWARC-Payload-Digest: sha1:X"
    b"\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nBonjour.\r\n\r\n"
)


def write_as(suffix, folder):
    path = folder / f"news{suffix}"
    table = pa.Table.from_pylist([RECORD])
    if suffix == ".parquet":
        pq.write_table(table, path)
    elif suffix == ".feather":
        pyarrow.feather.write_feather(table, path)
    elif suffix == ".json":
        path.write_text(json.dumps([RECORD]), encoding="utf-8")
    elif suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("in/a.jsonl", json.dumps(RECORD))
    else:
        path.write_text(json.dumps(RECORD), encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".parquet", ".feather", ".zip"])
def test_every_container_of_records_keeps_them_alike(tmp_path, suffix):
    [raw] = read(write_as(suffix, tmp_path), InputSettings())
    assert (raw.source_id, raw.extra) == ("a1", EXTRA)


def test_a_table_of_text_keeps_all_its_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,text,n,n,vide\n7,Bonjour.,1,2,\n", encoding="utf-8")
    [raw] = read(path, InputSettings())
    assert (raw.source_id, load_fields(raw.extra)) == ("7", {"n": "1", "n~2": "2", "vide": ""})


def test_an_entry_of_a_feed_keeps_its_id_its_moment_and_its_elements(tmp_path):
    path = tmp_path / "a.rss"
    path.write_text(FEED, encoding="utf-8")
    [raw] = read(path, InputSettings())
    assert (raw.source_id, raw.published) == ("urn:7", date(2024, 5, 1))
    assert raw.published_at == datetime(2024, 5, 2, 4, 30, tzinfo=UTC)
    enclosure = {"url": "a.mp3", "type": "audio/mpeg"}
    assert load_fields(raw.extra) == {"category": ["eau", "sud"], "enclosure": enclosure}


def test_a_record_of_a_crawl_keeps_its_id_and_its_headers(tmp_path):
    (tmp_path / "a.warc").write_bytes(WARC)
    [raw] = read(tmp_path / "a.warc", InputSettings())
    assert raw.source_id == "urn:uuid:5"
    assert load_fields(raw.extra)["WARC-Payload-Digest"] == "sha1:X"


def test_common_names_are_understood_and_told_once(tmp_path, caplog):
    record = {
        "_id": {"$oid": "65f"},
        "headline": "Crue",
        "content": "<p>La Sorne a débordé.</p>",
        "byline": "A. Roy",
        "link": "https://example.org/a",
        "pubDate": "Wed, 01 May 2024 10:00:00 GMT",
        "updated": "2024-05-03",
    }
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(record)}\n" * 2, encoding="utf-8")
    raw, _ = read(tmp_path / "a.jsonl", InputSettings())
    assert (raw.media_type, raw.title, raw.authors) == ("text/html", "Crue", ("A. Roy",))
    assert (raw.url, raw.source_id) == ("https://example.org/a", "65f")
    assert raw.published_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert raw.updated == date(2024, 5, 3)
    assert load_fields(raw.extra) == {"_id": {"$oid": "65f"}}  # not taken whole
    [told] = caplog.messages
    assert "'content' is read as the text" in told
    assert "'pubDate' as the date" in told


def test_what_is_not_taken_whole_stays_in_extra(tmp_path):
    record = {
        "text": "Beside the page.",
        "html": "<p>The page.",
        "id": 7,
        "published": "03/04/2024",
        "authors": [{"name": "A", "role": "editor"}],
        "title": "T",
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(record), encoding="utf-8")
    [raw] = read(tmp_path / "a.jsonl", InputSettings())
    assert (raw.data, raw.source_id, raw.authors) == ("<p>The page.", "7", ("A",))
    left = {name: record[name] for name in ("text", "id", "published", "authors")}
    assert load_fields(raw.extra) == left
    [raw] = read(tmp_path / "a.jsonl", InputSettings(keep_extra=False))
    assert raw.extra is None


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"b": 1, "a": None}, '{"b":1}'),
        ({"n": 10**5000}, '{"n":1' + "0" * 5000 + "}"),
        ({"x": float("inf"), "y": Decimal("1.50")}, '{"x":"Infinity","y":"1.50"}'),
        ({"t": "\udce9", "s": {"b", "a"}}, '{"s":["a","b"],"t":"\ufffd"}'),
        ({1: "a", "b": b"caf\xc3\xa9"}, '{"1":"a","b":"café"}'),
        ({}, None),
    ],
)
def test_json_of_fields_is_canonical_and_loses_nothing(fields, text, monkeypatch):
    import sys

    monkeypatch.setattr(sys, "set_int_max_str_digits", None, raising=False)
    if "n" in fields:
        fields, text = {"n": Decimal("1" + "0" * 5000)}, '{"n":"1' + "0" * 5000 + '"}'
    assert dump_fields(fields) == text


def test_fields_that_hold_themselves_or_are_too_deep_are_an_error():
    loop: dict[str, object] = {}
    loop["self"] = loop
    with pytest.raises(InputError, match="nested too deeply"):
        RawDocument("a", "x", extra=loop)


def test_one_record_is_the_same_however_it_comes(tmp_path):
    records = [{**RECORD, "id": f"a{n}"} for n in range(9)]
    path = tmp_path / "a.jsonl"
    lost = '{"id": "bad", "section": "x", "text": 3}'
    lines = [*map(json.dumps, records), lost]
    path.write_text("\n".join(lines), encoding="utf-8")
    settings = Settings(
        input=InputSettings(keep=("section", "tickers")),
        dataset=DatasetSettings(batch_documents=2),
        translation=QUICK,
    )
    made = corpus_norm.convert(path, tmp_path / "one", settings)
    rows = made.to_arrow(["source_id", "extra", "section", "tickers"]).to_pylist()
    expected = {"section": "politique", "tickers": ["BNP"], "extra": EXTRA}
    assert rows == [{"source_id": f"a{n}", **expected} for n in range(9)]
    [reject] = made.rejects.to_pylist()
    assert (reject["source_id"], reject["section"]) == ("bad", "x")
    assert list(open_dataset(made.path).verify()) == []
    given = pa.RecordBatch.from_pylist([{"source": "m", **each} for each in records])
    found = corpus_norm.normalize_batch(given, settings)
    assert found.select(["source_id", "extra", "section", "tickers"]).to_pylist() == rows
    assert found.schema.field("tickers").type == given.schema.field("tickers").type


@pytest.mark.slow
def test_workers_make_the_bytes_of_one_process(tmp_path):
    records = [{**RECORD, "id": f"a{n}", "n": n} for n in range(12)]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    settings = Settings(
        input=InputSettings(keep=("section", "tickers", "n")),
        dataset=DatasetSettings(batch_documents=2, part_documents=5),
        translation=QUICK,
    )
    files = []
    for workers in (None, 2):
        made = corpus_norm.convert(path, tmp_path / f"{workers}", settings, workers=workers)
        parts = sorted(made.path.rglob("*.parquet"))
        files.append([(part.name, part.read_bytes()) for part in parts])
    assert files[0] == files[1]


def test_the_adapters_know_the_fields_and_the_ids_of_a_local_run(tmp_path):
    from corpus_norm.adapters import JobSpec, list_files, normalize_files, write_results
    from corpus_norm.adapters.ray import Normalizer

    path = write_as(".parquet", tmp_path)
    (tmp_path / "b.txt").write_text("Une note.", encoding="utf-8")
    settings = Settings(input=InputSettings(keep=("tickers",)), translation=QUICK)
    local = corpus_norm.convert(tmp_path, tmp_path / "local", settings)
    shutil.copytree(tmp_path / "local", tmp_path.parent / "kept", dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "local")
    spec = JobSpec.make(tmp_path, settings)
    batches = normalize_files(list_files(tmp_path), spec)
    made = write_results(batches, tmp_path, tmp_path.parent / "made", spec)
    assert made.to_arrow().equals(open_dataset(tmp_path.parent / "kept").to_arrow())
    assert len(local) == 2
    given = pq.read_table(path).add_column(0, "source", pa.array(["m"]))
    table = Normalizer(settings)(given)
    assert table.select(["section", "tickers"]).equals(given.select(["section", "tickers"]))
    shutil.rmtree(tmp_path.parent / "made")
    shutil.rmtree(tmp_path.parent / "kept")


def test_a_dataset_of_ours_is_read_with_the_fields_and_without_our_columns(tmp_path):
    path = write_as(".jsonl", tmp_path)
    corpus_norm.convert(path, tmp_path / "out", Settings(translation=QUICK))
    [raw] = read(tmp_path / "out", InputSettings())
    assert (raw.source_id, raw.extra) == ("a1", EXTRA)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([True, None], "bool"),
        ([1, 2**40], "int64"),
        ([1, 2**70], "string"),
        ([1, 0.5], "double"),
        ([["a"], None], "list<string>"),
        ([[1], [2.5]], "list<double>"),
        ([["a"], "b"], "string"),
        ([{"a": 1}], "string"),
        ([None], "string"),
    ],
)
def test_the_type_of_a_column_is_the_narrowest_that_takes_all(values, kind):
    extras = [dump_fields({"x": value}) for value in values]
    assert settle_columns(["x"], extras, {}) == {"x": kind}


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("int64", [7, "8", "x", None], [7, 8, None, None]),
        ("date32", ["2024-05-01", 3], [date(2024, 5, 1), None]),
        ("timestamp[us, tz=UTC]", ["2024-05-01T10:00:00Z"], [datetime(2024, 5, 1, 10, tzinfo=UTC)]),
        ("decimal128(9, 2)", ["12.50"], [Decimal("12.50")]),
        ("string", [["a", 1], {"b": 2}], ['["a",1]', '{"b":2}']),
        ("list<string>", [["a", 1], "b"], [["a", "1"], None]),
        ("list<int64>", [[1, 2**63, 1.5, True]], [[1, None, None, None]]),
        ("list<date32>", [["2024-05-01", 3]], [[date(2024, 5, 1), None]]),
        ("float", [1.5, 1e300], [1.5, None]),
        ("decimal128(9, 2)", [1.25, 1.555], [Decimal("1.25"), None]),
        ("duration[ms]", [90.5, 0.0001, "1"], [timedelta(seconds=90.5), None, None]),
        (
            "time64[us]",
            ["10:30", "10:30:00.5", "24:00"],
            [time(10, 30), time(10, 30, 0, 500_000), None],
        ),
    ],
)
def test_a_value_that_does_not_fit_its_column_is_null_there(kind, values, expected):
    extras = [dump_fields({"x": value}) for value in values]
    columns = [
        pa.array(extras, each.type) if each.name == "extra" else pa.nulls(len(extras), each.type)
        for each in REJECTS
    ]
    batch = pa.RecordBatch.from_arrays(columns, REJECTS.names)
    found = add_columns(batch, {"x": kind}).column("x")
    assert found.to_pylist() == expected
    assert found.type == parse_type(kind)
    assert extend(REJECTS, {"x": kind}).names[-1] == "x"


TYPES = {
    "map": (pa.map_(pa.string(), pa.int64()), [("a", 1)], "string", '{"a":1}'),
    "repeats": (
        pa.map_(pa.string(), pa.int64()),
        [("a", 1), ("a", 2)],
        "string",
        '[["a",1],["a",2]]',
    ),
    "struct": (pa.struct([("a", pa.int64())]), {"a": 1}, "string", '{"a":1}'),
    "spent": (pa.duration("ms"), timedelta(seconds=1.5), "duration[ms]", timedelta(seconds=1.5)),
    "clock": (pa.time32("s"), time(10, 30), "time32[ms]", time(10, 30)),
    "raw": (pa.binary(), b"\xff", "string", "/w=="),
    "pair": (pa.list_(pa.int16(), 2), [1, 2], "list<element: int16>", [1, 2]),
    "when": (pa.timestamp("ns", "UTC"), 1_714_521_600_123_456_789, "timestamp[ns, tz=UTC]", None),
    "interval": (pa.month_day_nano_interval(), (1, 2, 3), "string", "[1,2,3]"),
}


def test_a_column_of_any_type_of_arrow_keeps_its_values(tmp_path):
    arrays = {name: pa.array([value], kind) for name, (kind, value, *_) in TYPES.items()}
    table = pa.table({"text": ["It rains in Lille."], **arrays})
    with pa.ipc.new_stream(tmp_path / "a.arrow", table.schema) as writer:
        writer.write_table(table)
    settings = Settings(input=InputSettings(keep=tuple(TYPES)), translation=QUICK)
    made = corpus_norm.convert(tmp_path / "a.arrow", tmp_path / "out", settings)
    assert list(made.verify()) == []
    for name, (_, _, kind, value) in TYPES.items():
        column = made.to_arrow([name]).column(name)
        assert str(column.type) == kind, name
        if name == "when":
            assert column[0].value == table.column(name)[0].value
        else:
            assert column[0].as_py() == value, name
    # A batch of the same rows gives the same fields.
    batch = table.append_column("source", pa.array(["a"])).to_batches()[0]
    result = corpus_norm.normalize_batch(batch, settings)
    assert result.column("extra").to_pylist() == made.to_arrow(["extra"])["extra"].to_pylist()


@pytest.mark.parametrize("kind", ["binary", "null", "list<binary>", "month_day_nano_interval"])
def test_a_type_that_no_column_can_have_is_refused_before_the_run(kind, tmp_path):
    (tmp_path / "in.jsonl").write_text('{"text": "It rains.", "n": 1}', "utf-8")
    settings = Settings(input=InputSettings(keep=(f"n:{kind}",)), translation=QUICK)
    with pytest.raises(SettingsError, match="use one of string"):
        corpus_norm.convert(tmp_path / "in.jsonl", tmp_path / "out", settings)
    assert not (tmp_path / "out").exists()


def test_values_that_do_not_fit_are_told(tmp_path, caplog):
    lines = ['{"text": "It rains in Lille.", "n": 1}', '{"text": "It rains in Metz.", "n": "x"}']
    (tmp_path / "in.jsonl").write_text("\n".join(lines), "utf-8")
    settings = Settings(input=InputSettings(keep=("n:int64",)), translation=QUICK)
    corpus_norm.convert(tmp_path / "in.jsonl", tmp_path / "out", settings)
    assert "1 value(s) of the field 'n' do not fit int64" in caplog.text


def test_a_field_that_no_document_has_is_told(tmp_path, caplog):
    (tmp_path / "in.jsonl").write_text('{"text": "It rains in Lille.", "section": "eau"}', "utf-8")
    settings = Settings(input=InputSettings(keep=("secton", "section")), translation=QUICK)
    corpus_norm.convert(tmp_path / "in.jsonl", tmp_path / "out", settings)
    assert "none of the first 1 documents has a field 'secton'" in caplog.text
    assert "'section'" not in caplog.text


def test_types_of_a_table_are_kept(tmp_path):
    table = pa.table({"text": ["Hi."], "n": pa.array([7], pa.int16()), "day": [date(2024, 5, 1)]})
    pq.write_table(table, tmp_path / "a.parquet")
    settings = Settings(input=InputSettings(keep=("n", "day")), translation=QUICK)
    made = corpus_norm.convert(tmp_path / "a.parquet", tmp_path / "out", settings)
    assert [made.schema.field(name).type for name in ("n", "day")] == [pa.int16(), pa.date32()]
    assert made.to_arrow(["n", "day"]).to_pylist() == [{"n": 7, "day": date(2024, 5, 1)}]


@pytest.mark.parametrize(
    ("keep", "says"),
    [
        (("title",), "every dataset has as a column"),
        (("n:whole number",), "has no type"),
        (("n:integer",), "has no type"),
        (("t:timestamp",), "has no type"),
        (("n:string", "n:int64"), "names a field twice"),
    ],
)
def test_a_column_that_cannot_be_is_refused(keep, says):
    with pytest.raises(SettingsError, match=says):
        settle_columns(keep, [], {})


def test_standard_input_is_read_once_for_types_and_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(RECORD).encode())))
    settings = Settings(input=InputSettings(keep=("tickers",)), translation=QUICK)
    made = corpus_norm.convert("-", tmp_path / "out", settings)
    assert made.to_arrow(["tickers"]).to_pylist() == [{"tickers": ["BNP"]}]


PAGE = """<html><head><meta property="article:modified_time" content="2024-05-03T08:00:00Z">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "La crue",
"datePublished": "{published}"}}</script></head><body><article><h1>La crue</h1><p>La Sorne a
débordé lundi soir, a dit le maire de la commune.</p></article></body></html>"""


@pytest.mark.parametrize(
    ("published", "moment"),
    [
        ("2024-05-01T23:30:00-05:00", datetime(2024, 5, 2, 4, 30, tzinfo=UTC)),
        ("2024-05-01T23:30:00", None),
        ("2024-05-01", None),
    ],
)
def test_a_page_gives_the_moment_only_where_it_states_time_and_zone(published, moment):
    document = corpus_norm.normalize(PAGE.format(published=published), Settings(translation=QUICK))
    assert (document.published, document.published_at) == (date(2024, 5, 1), moment)
    assert document.updated == date(2024, 5, 3)


def test_the_date_of_the_source_wins_and_the_moment_of_the_page_must_be_on_it():
    page = PAGE.format(published="2024-05-01T10:00:00Z")
    for day, moment in (
        (date(2024, 5, 1), datetime(2024, 5, 1, 10, tzinfo=UTC)),
        (date(2024, 4, 30), None),
    ):
        raw = RawDocument("a", page, media_type="text/html", published=day)
        [document] = corpus_norm.process([raw], Settings(translation=QUICK))
        assert (document.published, document.published_at) == (day, moment)


def test_kept_columns_stay_in_the_order_given(tmp_path):
    (tmp_path / "in.jsonl").write_text('{"text": "It rains in Lille.", "a": "x", "b": 1}', "utf-8")
    settings = Settings(
        input=InputSettings(keep=("b", "a")), translation=TranslationSettings(enabled=False)
    )
    corpus_norm.convert(tmp_path / "in.jsonl", tmp_path / "out", settings)
    dataset = corpus_norm.open_dataset(tmp_path / "out")
    assert list(dataset.verify()) == []
    assert dataset.to_arrow().column_names[-2:] == ["b", "a"]
    assert dataset.to_arrow(["b"]).to_pylist() == [{"b": 1}]


def test_a_number_that_a_type_would_change_is_null():
    columns = settle_columns(["n:int64"], [], {})
    extras = ['{"n":1.5}', '{"n":true}', '{"n":2.0}', '{"n":3}', '{"n":"x"}']
    batch = pa.RecordBatch.from_pydict({"extra": extras})
    made = add_columns(batch, columns).column("n").to_pylist()
    assert made == [None, None, 2, 3, None]
    with pytest.raises(SettingsError, match="no type 'int65'"):
        settle_columns(["n:int65"], [], {})


@pytest.mark.parametrize(
    "value",
    [
        "20240501T233000",
        "20240501233000",
        "1 mai 2024 à 9h30",
        "May 1, 2024 9 pm",
        "2024年5月1日 9时",
    ],
)
def test_a_time_without_a_zone_stays_in_the_fields_of_its_record(tmp_path, value):
    line = json.dumps({"text": "It rains in Lille.", "date": value, "modified": value})
    (tmp_path / "a.jsonl").write_text(line, "utf-8")
    [raw] = read(tmp_path / "a.jsonl", InputSettings())
    assert (raw.published, raw.updated, raw.published_at) == (date(2024, 5, 1),) * 2 + (None,)
    assert json.loads(raw.extra) == {"date": value, "modified": value}


def test_fractions_of_seconds_since_1970_are_exact():
    moments = [
        read_time(value)[1] for value in (1714557600.123456, "1714557600123456", 1714557600123)
    ]
    assert [moment.microsecond for moment in moments] == [123456, 123456, 123000]


@pytest.mark.parametrize(
    ("value", "day", "moment"),
    [
        ("1er mai 2024", 1, None),
        ("2024年5月1日", 1, None),
        (1714557600, 1, 10),
        ("1714557600000", 1, 10),
        (1714557600000000, 1, 10),
        (1714557600000000000, 1, 10),
        ("20240501T100000Z", 1, 10),
        ("2024-05-01 10:00:00 UTC", 1, 10),
        ("2024-05-01T10:00:00Z[Europe/Paris]", 1, 10),
        ({"$date": "2024-05-01T10:00:00Z"}, 1, 10),
        ({"$date": {"$numberLong": "1714557600000"}}, 1, 10),
        ("31/05/2024", 31, None),
        ("03/05/2024", None, None),
        ("2024-05", None, None),
        ("yesterday", None, None),
        ({"$date": {"$date": {}}}, None, None),
        (["2024-05-01"], None, None),
    ],
)
def test_a_date_of_a_record_is_read_in_any_form_or_told_once(tmp_path, caplog, value, day, moment):
    lines = [json.dumps({"id": n, "text": "It rains in Lille.", "date": value}) for n in range(2)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    settings = Settings(translation=QUICK)
    for document in corpus_norm.convert(tmp_path / "a.jsonl", tmp_path / "out", settings):
        assert document.published == (day and date(2024, 5, day))
        at = moment and datetime(2024, 5, 1, moment, tzinfo=UTC)
        assert document.published_at == at
        if day is None:
            assert json.loads(document.extra)["date"] == value
    told = [each for each in caplog.messages if "stay in extra" in each]
    assert len(told) == (day is None)
