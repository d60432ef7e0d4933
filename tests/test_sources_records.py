import gzip
import json
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from growth import cpu_seconds, grows_evenly
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import InputError
from corpus_norm.settings import InputSettings
from corpus_norm.sources import read, records
from corpus_norm.sources.fields import FieldReader
from corpus_norm.sources.records import iterate_values
from corpus_norm.sources.streams import CutError, gunzip, split_lines, to_utf8

SETTINGS = InputSettings()
few = settings(max_examples=60)


@pytest.fixture
def read_lines(tmp_path, monkeypatch):
    """Read the content of a file of records; the name decides how."""
    monkeypatch.chdir(tmp_path)

    def write_and_read(content, name="a.jsonl", settings=SETTINGS):
        data = content if isinstance(content, bytes) else content.encode()
        tmp_path.joinpath(name).write_bytes(data)
        return list(read(name, settings))

    return write_and_read


def cut_at(data, places):
    edges = [0, *sorted(places), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


def test_a_record_gives_all_that_it_knows(read_lines):
    record = {
        "text": "Bonjour.",
        "title": " Un titre ",
        "url": "https://example.org/a",
        "authors": ["A", "B"],
        "published": "2024-05-01T23:30:00+02:00",
    }
    assert read_lines(json.dumps(record)) == [
        RawDocument(
            "a.jsonl",
            "Bonjour.",
            title="Un titre",
            url="https://example.org/a",
            authors=("A", "B"),
            published=date(2024, 5, 1),
            published_at=datetime(2024, 5, 1, 21, 30, tzinfo=UTC),
        )
    ]


def test_names_of_fields_are_settings(read_lines):
    names = InputSettings(
        text_field="content",
        html_field="page",
        title_field="headline",
        url_field="link",
        authors_field="by",
        published_field="day",
        id_field="key",
    )
    record = {
        "key": "k1",
        "content": "x",
        "headline": "T",
        "link": "u",
        "by": "A",
        "day": "2024-05-01",
    }
    [item] = read_lines(json.dumps(record), settings=names)
    expected = RawDocument(
        "a.jsonl",
        "x",
        title="T",
        url="u",
        authors=("A",),
        published=date(2024, 5, 1),
        source_id="k1",
    )
    assert item == expected
    [item] = read_lines('{"page": "<p>x"}', settings=names)
    assert (item.media_type, item.data) == ("text/html", "<p>x")


@pytest.mark.parametrize(
    ("record", "media_type", "data"),
    [
        ({"html": "<p>a", "text": "b"}, "text/html", "<p>a"),
        ({"html": "", "text": "b"}, "text/plain", "b"),
        ({"html": None, "text": "b"}, "text/plain", "b"),
        ({"html": 1, "text": "b"}, "text/plain", "b"),
        ({"html": "<p>a", "text": None}, "text/html", "<p>a"),
        ({"text": ""}, "text/plain", ""),
    ],
)
def test_html_wins_where_there_is_any(read_lines, record, media_type, data):
    [item] = read_lines(json.dumps(record))
    assert (item.media_type, item.data) == (media_type, data)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A", ("A",)),
        (["A", "", None, 3, " B "], ("A", "B")),
        ([{"name": "A"}, {"@id": "x"}], ("A",)),
        ({"name": "A"}, ("A",)),
        (None, ()),
        (7, ()),
        ("\ud800", ("\ufffd",)),
    ],
)
def test_authors_may_come_in_many_forms(read_lines, value, expected):
    [item] = read_lines(json.dumps({"text": "x", "authors": value}))
    assert item.authors == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-01", date(2024, 5, 1)),
        ("2024-05-01T10:00:00Z", date(2024, 5, 1)),
        (" 2024-05-01 10:00 ", date(2024, 5, 1)),
        ("1 May 2024", date(2024, 5, 1)),
        ("13/04/2024", date(2024, 4, 13)),
        ("03/04/2024", None),
        ("2024-13-01", None),
        ("", None),
        (1714521600, date(2024, 5, 1)),
        (20240501, date(2024, 5, 1)),
        (7, None),
        (None, None),
    ],
)
def test_dates_are_read_in_words_in_digits_and_as_seconds(read_lines, value, expected):
    [item] = read_lines(json.dumps({"text": "x", "published": value}))
    assert item.published == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2 is not valid JSON"),
        ("nonsense", "line 2 is not valid JSON"),
        ("{}", "no field 'text' or 'html' (its fields: none); name the right one"),
        ('{"words": "x"}', "no field 'text' or 'html' (its fields: 'words')"),
        ('{"text": null}', "its field 'text' is null, not text"),
        ('{"text": 7}', "its field 'text' is a number, not text"),
        ('{"text": [1], "html": {}}', "'html' is an object and 'text' is a list, not text"),
        ("[1]", "a JSON list, not an object"),
        ("null", "a JSON value, not an object"),
        ('"x"', "a JSON string, not an object"),
        ('{"text": ' + "9" * 5000 + "}", "'text' is a number, not text"),
        ("[" * 100_000, "line 2 is not valid JSON"),
    ],
)
def test_a_bad_line_is_a_rejection_and_the_rest_is_read(read_lines, line, message):
    first, rejection, last = read_lines(f'{{"text": "a"}}\n{line}\n{{"text": "b"}}')
    assert (first.data, last.data, last.record) == ("a", "b", 2)
    assert isinstance(rejection, Rejection)
    assert (rejection.stage, rejection.record) == ("read", 1)
    assert message in rejection.message
    assert rejection.data == line.encode()


def test_blank_lines_count_but_are_no_records(read_lines):
    items = read_lines('\n{"text": "a"}\r\n  \n{"text": "b"}\n\n')
    assert [(item.record, item.data) for item in items] == [(1, "a"), (3, "b")]


def test_a_file_of_blank_lines_is_a_rejection(read_lines):
    [rejection] = read_lines("\n\n")
    assert "holds no records" in rejection.message


def test_a_line_above_the_limit_is_a_rejection_and_the_rest_is_read(read_lines):
    limit = InputSettings(max_bytes=40)
    lines = ['{"text": "a"}', json.dumps({"text": "x" * 200_000}), '{"text": "b"}']
    first, rejection, last = read_lines("\n".join(lines), settings=limit)
    assert (first.data, last.data, last.record) == ("a", "b", 2)
    assert (rejection.record, rejection.data) == (1, None)
    assert "larger than 40 bytes" in rejection.message


def test_lone_surrogates_in_json_strings_survive(read_lines):
    [item] = read_lines(r'{"text": "a \ud800 \udc80 \ud83e\uddf5", "title": "\udfff"}')
    assert item.data == "a \ud800 \udc80 🧵"
    assert item.title == "\ufffd"


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
@pytest.mark.parametrize("encoding", ["latin-1", "gb18030"])
def test_text_of_json_that_is_not_utf8_is_delivered_as_its_bytes(read_lines, name, encoding):
    text = "été" if encoding == "latin-1" else "新闻"
    first, second = read_lines(
        f'{{"text": "{text}"}}\n'.encode(encoding) + '{"text": "été"}'.encode(), name
    )
    assert (first.data, second.data) == (text.encode(encoding), "été")


def test_a_surrogate_escape_beside_undecodable_bytes_keeps_the_text(read_lines):
    [item] = read_lines(b'{"text": "\xe9 \\ud800"}')
    assert item.data == "é \ud800"


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_json_in_other_unicode_encodings_is_read(read_lines, name, encoding):
    items = read_lines('{"text": "été 🧵"}\n{"text": "b"}\n'.encode(encoding), name)
    assert [item.data for item in items] == ["été 🧵", "b"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"text": "a"}', ["a"]),
        ('[{"text": "a"}, {"text": "b"}]', ["a", "b"]),
        (' \n[ {"text": "a"}\n,{"text": "b"} ] \n', ["a", "b"]),
        ('{"text": "a"}\n{"text": "b"}\n', ["a", "b"]),
        ('{"text": "a"}{"text": "b"}', ["a", "b"]),
        ('[{"text": "a"}][{"text": "b"}]', ["a", "b"]),
        ('{"status": "ok", "articles": [{"text": "a"}, {"text": "b"}]}', ["a", "b"]),
        ('{"tags": [], "docs": [{"text": "a"}]} {"text": "b"}', ["a", "b"]),
        ('{"text": "a", "related": [{"text": "b"}]}', ["a"]),
    ],
)
@pytest.mark.parametrize("compressed", [False, True])
def test_json_holds_one_object_or_many(read_lines, content, expected, compressed):
    data = gzip.compress(content.encode()) if compressed else content
    items = read_lines(data, "a.json.gz" if compressed else "a.json")
    assert [item.data for item in items] == expected
    assert [item.record for item in items] == list(range(len(expected)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"text": "a"}, {"text": "b"', "not valid JSON from here on"),
        ('[{"text": "a"}', "the JSON list ends early"),
        ('[{"text": "a"},', "the JSON list ends early"),
        ('[{"text": "a"} 5]', "no comma between two values"),
        ('[{"text": "a"}, nonsense]', "not valid JSON from here on"),
        ('{"text": "a"} }', "not valid JSON from here on"),
        ('[{"text": "a"}, ' + "[" * 100_000, "not valid JSON from here on"),
    ],
)
def test_what_stands_before_broken_json_is_delivered(read_lines, content, message):
    document, rejection = read_lines(content, "a.json")
    assert (document.data, rejection.record) == ("a", 1)
    assert message in rejection.message


@pytest.mark.parametrize(
    ("content", "broken"),
    [
        ('[{"text": "a"}, nonsense, {"text": "b"}]', " nonsense,"),
        ('[{"text": "a"}, {"text": "x" "y"}, {"text": "b"}]', '{"text": "x" "y"}'),
        (
            '[{"text": "a"}, {"text": "x", "l": [{"n": 1}, {"n": 2 3}]}, {"text": "b"}]',
            '{"n": 2 3}]}',
        ),
        ('[{"text": "a"}, {"text": "say "x""}, {"text": "b"}]', 'say "x""}'),
        ('{"text": "a"}\n{"text": x}\n{"text": "b"}', "x}"),
    ],
)
def test_a_broken_record_of_a_json_file_costs_itself_alone(read_lines, content, broken):
    first, rejection, last = read_lines(content, "a.json")
    assert (first.data, last.data, last.record) == ("a", "b", 2)
    assert broken.strip() in rejection.data.decode()


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_control_characters_and_very_long_numbers_are_no_faults_of_json(read_lines, name):
    [item] = read_lines('{"text": "a\tb", "n": ' + "9" * 5000 + ', "m": -' + "1" * 9000 + "}", name)
    assert item.data == "a\tb"


def test_a_line_in_gbk_or_big5_is_read_where_a_character_holds_a_backslash(read_lines):
    line = '{"text": "許功蓋是誰說的話", "title": "許功", "authors": ["蘇打"]}'
    [item] = read_lines(line.encode("big5"))
    text = item.data.decode(item.charset)
    assert (text, item.title, item.authors) == ("許功蓋是誰說的話", "許功", ("蘇打",))


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv"])
def test_short_fields_of_a_record_in_gbk_are_read_in_the_encoding_of_the_record(read_lines, name):
    # Alone, the bytes of these names contain valid UTF-8 and would be read as accented letters.
    fields = {"标题": "预算", "作者": "王伟", "text": "财政部长周二宣布预算增加。", "栏目": "王伟"}
    lines = [",".join(fields), ",".join(fields.values())]
    content = "\n".join(lines) if name == "a.csv" else json.dumps(fields, ensure_ascii=False)
    [item] = read_lines(content.encode("gbk"), name)
    assert (item.title, item.authors, item.extra) == ("预算", ("王伟",), '{"栏目":"王伟"}')
    assert item.data == fields["text"].encode("gbk")


def test_a_charset_that_is_given_decides_the_short_fields_of_records(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes("text,title\nМосква,Нил\n".encode("cp1251"))
    [item] = read(file, SETTINGS, fields=FieldReader(SETTINGS, charset="cp1251"))
    assert (item.title, item.data.decode(item.charset)) == ("Нил", "Москва")


@pytest.mark.parametrize("heading", ["text,title", "Texte,Titre", "TEXT,TITLE", "Content,Headline"])
def test_names_of_columns_may_be_in_capitals_and_other_spellings_come_first(read_lines, heading):
    [item] = read_lines(f"{heading}\nBonjour.,Crue\n", "a.csv")
    assert (item.data, item.title, item.extra) == ("Bonjour.", "Crue", None)
    [item] = read_lines('{"Body": "b", "text": "a", "HTML": null}')
    assert (item.data, item.extra) == ("a", '{"Body":"b"}')


def test_a_name_that_the_settings_give_is_taken_as_it_is_written(read_lines):
    [lost] = read_lines('{"Words": "a"}', settings=InputSettings(text_field="words"))
    assert "no field 'words'" in lost.message
    [item] = read_lines('{"HTML": "<p>a"}')
    assert item.media_type == "text/html"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("first", ["", "sep=;\n", "SEP=;\n"])
def test_tables_as_excel_saves_them_are_read(read_lines, encoding, end, first):
    table = first + 'Titre;Texte\nCrue;"À l’Évêché;\nl’été"\nSuite;Fin.\n'
    content = table.replace("\n", end).encode(encoding)
    one, two = read_lines(content, "a.csv")
    text = one.data if isinstance(one.data, str) else one.data.decode(one.charset)
    assert text.split() == ["À", "l’Évêché;", "l’été"]
    assert (one.title, two.title, two.data) == ("Crue", "Suite", "Fin.")


def test_a_file_of_office_programs_is_one_reject_that_says_how_to_save_it(tmp_path):
    for name, inside, advice in (
        ("a.xlsx", "xl/workbook.xml", "CSV"),
        ("a.docx", "word/document.xml", "text or HTML"),
        ("a.zip", "ppt/presentation.xml", "text or HTML"),
        ("a.ods", "content.xml", "CSV"),
    ):
        with zipfile.ZipFile(tmp_path / name, "w") as file:
            if name == "a.ods":
                file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            else:
                file.writestr("[Content_Types].xml", "<Types/>")
            file.writestr(inside, "<x>1</x>")
        [lost] = read(tmp_path / name, SETTINGS)
        assert isinstance(lost, Rejection)
        assert advice in lost.message
        assert lost.source.endswith(name)


def test_titles_and_authors_hold_the_characters_of_their_bytes(read_lines):
    line = '{"text": "L’été à Évry", "title": "L’été", "authors": ["Zoé"]}'
    [item] = read_lines(line.encode("cp1252"))
    assert (item.title, item.authors) == ("L’été", ("Zoé",))
    [item] = read_lines(rb'{"text": "L\udc92\udce9t\udce9", "title": "\udce9t\udce9 \ud83d\ude00"}')
    assert item.title == "été 😀"


def test_many_broken_records_cost_no_quadratic_time():
    def work(content):
        with suppress(InputError):
            list(iterate_values(iter([content]), 32_000_000))

    def measure(count):
        content = b'[{"text": "a"}' + b', {"text": "x" "y"}' * count + b"]"
        return cpu_seconds(lambda: work(content))

    measure(100)
    assert grows_evenly(measure, 2000, 8000, most_growth=10, negligible_s=0.1)


def test_records_of_a_json_list_that_are_no_documents_are_rejections(read_lines):
    items = read_lines('[1, {"text": "a"}, {"text": null}, [], {"html": "b"}]', "a.json")
    assert [isinstance(item, Rejection) for item in items] == [True, False, True, True, False]
    assert [item.record for item in items] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "content",
    ['{"tags": ["a", "b"]}', '{"articles": []}', '{"a": [{"text": "x"}], "b": [{"text": "y"}]}'],
)
def test_an_object_without_one_list_of_objects_stays_one_record(read_lines, content):
    [rejection] = read_lines(content, "a.json")
    assert "it has no field 'text' or 'html'" in rejection.message


def test_what_stands_beside_a_list_of_records_is_told(read_lines, caplog):
    read_lines('{"status": "ok", "articles": [{"text": "a"}]}', "a.json")
    assert "read from the list 'articles'; what is beside it is left out: 'status'" in caplog.text


def test_an_empty_json_list_is_a_rejection(read_lines):
    [rejection] = read_lines("[]", "a.json")
    assert "holds no records" in rejection.message


def test_a_long_json_list_is_read_as_a_stream():
    sent = []

    def send():
        yield b"["
        for i in range(10_000):
            sent.append(i)
            yield json.dumps({"text": "x" * 100 + str(i)}).encode() + b","
        yield b"{}]"

    values = iterate_values(send(), 10_000)
    assert next(values)[1]["text"].endswith("x0")
    assert len(sent) < 2_000
    assert sum(1 for _ in values) == 10_000


def test_a_json_value_above_the_limit_ends_the_file_with_a_rejection(read_lines):
    content = json.dumps([{"text": "a"}, {"text": "x" * 300_000}, {"text": "b"}])
    document, rejection = read_lines(content, "a.json", InputSettings(max_bytes=100_000))
    assert document.data == "a"
    assert "larger than 100,000 bytes" in rejection.message


@few
@given(st.data())
def test_chunks_may_end_anywhere_in_a_list(data):
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(-9, 9),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=5,
    )
    expected = data.draw(st.lists(values, max_size=5))
    text = json.dumps(expected, ensure_ascii=data.draw(st.booleans()), indent=1)
    encoded = text.encode("utf-8", "surrogatepass")
    places = data.draw(st.lists(st.integers(0, len(encoded)), max_size=6))
    found = iterate_values(iter(cut_at(encoded, places)), 10_000)
    assert [json.loads(raw) for raw, _ in found] == [json.loads(json.dumps(v)) for v in expected]


@pytest.mark.parametrize("number", ["-0.0", "1.5", "1e5", "2E-3", "1.25e+10"])
def test_a_number_may_be_cut_anywhere(number):
    text = f"[{number}, {number}]".encode()
    for place in range(len(text)):
        found = iterate_values(iter([text[:place], text[place:]]), 100)
        assert [raw for raw, _ in found] == [number, number]


@few
@given(st.binary(max_size=60).map(lambda data: data.replace(b"x", b"\n")), st.data())
def test_lines_do_not_depend_on_where_chunks_end(content, data):
    places = data.draw(st.lists(st.integers(0, len(content)), max_size=6))
    limit = data.draw(st.integers(1, 20))
    lines = content.split(b"\n")
    expected = [line if len(line) <= limit else None for line in lines]
    if not lines[-1]:
        expected.pop()
    assert list(split_lines(cut_at(content, places), limit)) == expected


@few
@given(st.lists(st.binary(max_size=300), max_size=3), st.data())
def test_gunzip_reads_what_gzip_wrote_wherever_chunks_end(members, data):
    packed = b"".join(gzip.compress(member) for member in members)
    places = data.draw(st.lists(st.integers(0, len(packed)), max_size=6))
    assert b"".join(gunzip(cut_at(packed, places))) == b"".join(members)


@few
@given(st.integers(0, 400))
def test_gunzip_delivers_everything_before_the_cut(place):
    content = bytes(range(256)) * 20
    packed = gzip.compress(content)
    place = min(place, len(packed) - 1)
    pieces, error = [], None
    try:
        pieces.extend(gunzip([packed[:place]]))
    except CutError as cut:
        error = cut
    assert (error is None) == (place == 0)
    assert content.startswith(b"".join(pieces))


@pytest.mark.slow
@few
@given(st.text(max_size=30), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]), st.data())
def test_any_unicode_encoding_becomes_utf8(text, encoding, data):
    encoded = ('{"' + text).encode(encoding, "replace")
    places = data.draw(st.lists(st.integers(0, len(encoded)), max_size=4))
    chunks = [chunk for chunk in cut_at(encoded, places) if chunk]
    assert b"".join(to_utf8(iter(chunks))) == encoded.decode(encoding).encode()


def test_records_before_the_cut_of_a_truncated_file_are_delivered(read_lines):
    lines = [json.dumps({"text": f"{i} " + "wörd " * 50}) for i in range(2000)]
    packed = gzip.compress("\n".join(lines).encode())
    *documents, rejection = read_lines(packed[: len(packed) // 2], "a.jsonl.gz")
    assert len(documents) > 500
    assert [document.record for document in documents] == list(range(len(documents)))
    assert [d.data for d in documents] == [json.loads(x)["text"] for x in lines[: len(documents)]]
    assert isinstance(rejection, Rejection)
    assert rejection.record == len(documents)
    assert "the gzip data end early" in rejection.message
    assert lines[len(documents)].encode().startswith(rejection.data or b"")


@pytest.mark.parametrize("lines", [['{"text": "a"}'], ['{"text": "a"}', '{"text": "b"}']])
def test_a_last_line_that_is_whole_survives_the_cut(read_lines, lines):
    packed = gzip.compress("\n".join(lines).encode())[:-8]
    *documents, rejection = read_lines(packed, "a.jsonl.gz")
    assert [document.data for document in documents] == ["a", "b"][: len(lines)]
    assert (rejection.record, rejection.data) == (len(lines), None)


def test_a_rejection_of_bytes_knows_their_digest():
    rejection = records.reject("a", 3, "no", b"x")
    assert rejection.bytes_sha256 == RawDocument("a", b"x").bytes_sha256
    assert records.reject("a", 3, "no").bytes_sha256 == ""


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ("titre,texte,auteur", "Pont fermé,Le pont reste fermé.,Luc Hardy"),
        ("标题,正文,作者", "Pont fermé,Le pont reste fermé.,Luc Hardy"),
        ("title,articleBody,author,publishedAt", "Pont fermé,Le pont reste fermé.,Luc Hardy,"),
    ],
)
def test_columns_with_french_chinese_and_other_common_names_are_understood(tmp_path, heading, row):
    (tmp_path / "a.csv").write_text(f"{heading}\n{row}\n", encoding="utf-8")
    [item] = read(tmp_path / "a.csv", InputSettings())
    assert (item.title, item.authors) == ("Pont fermé", ("Luc Hardy",))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('{"headline": "Flood", "article": "It rained."}', "It rained."),
        ('{"Title": "Flood", "Story": "It rained."}', "It rained."),
        ('{"titre": "Flood", "corps": "Il a plu."}', "Il a plu."),
        ('{"title": "Flood", "body": ["It rained.", "", "Oh."]}', "It rained.\n\nOh."),
        ('{"title": "Flood", "body": [{"text": "It rained."}, {"url": "a"}]}', "It rained."),
        ('{"data": {"title": "Flood", "body": "It rained."}}', "It rained."),
        ('{"article": {"title": "Flood", "content": {"text": "Oh."}}}', "Oh."),
        ('{"title": {"rendered": "Flood"}, "content": {"rendered": "<p>Oh."}}', "<p>Oh."),
    ],
)
def test_a_text_inside_a_record_is_found(read_lines, line, text):
    [item] = read_lines(line)
    assert (item.data, item.title) == (text, "Flood")


def test_the_fields_of_an_object_join_those_of_the_record_and_none_is_lost(read_lines):
    [item] = read_lines('{"id": "a", "n": 1, "data": {"n": 2, "text": "It rained."}}')
    assert item.source_id == "a"
    assert json.loads(item.extra) == {"n": 2, "record.n": 1}


def test_two_objects_with_text_are_no_document_and_the_error_lists_their_fields(read_lines):
    [lost] = read_lines('{"fr": {"text": "Il a plu."}, "en": {"text": "It rained."}, "n": 1}')
    assert "(its fields: 'fr.text', 'en.text', 'n')" in lost.message
