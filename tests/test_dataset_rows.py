from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_norm.dataset import (
    DOCUMENTS,
    RAW,
    REJECTS,
    RESULTS,
    batch_to_documents,
    batch_to_raw,
    batch_to_rejections,
    conform,
    documents_to_batch,
    raw_to_batch,
    split_results,
)
from corpus_norm.dataset.reader import flatten_blocks, flatten_sentences
from corpus_norm.document import (
    Block,
    BlockKind,
    Document,
    Flag,
    LanguageShare,
    RawDocument,
    Rejection,
    Repair,
    Sentence,
    TranslationStatus,
)
from corpus_norm.errors import SchemaMismatchError
from corpus_norm.translation import translate_documents

few = settings(max_examples=50)

texts = st.text(st.characters(codec="utf-8") | st.sampled_from("é敏🧵👩‍👩‍👧\n\0"), max_size=40)
words = st.text(st.characters(codec="utf-8"), max_size=8)
optional_words = st.none() | words
scores = st.floats(allow_nan=False, width=64)
days = st.dates(date(1, 1, 1), date(9999, 12, 31))
word_lists = st.lists(words, max_size=3).map(tuple)


@st.composite
def slices(draw, text):
    if text is None:
        return None, None
    start = draw(st.integers(0, len(text)))
    return start, text[start : draw(st.integers(start, len(text)))]


@st.composite
def slices_or_none(draw, text):
    return draw(slices(text)) if draw(st.booleans()) else (None, None)


@st.composite
def blocks(draw, text, text_en):
    start, part = draw(slices(text))
    start_en, part_en = draw(slices_or_none(text_en))
    return Block(
        draw(st.sampled_from(BlockKind)),
        part,
        start,
        draw(words),
        draw(words),
        draw(scores),
        part_en,
        start_en,
    )


@st.composite
def sentences(draw, text, text_en, count):
    start, part = draw(slices(text))
    start_en, part_en = draw(slices_or_none(text_en))
    return Sentence(
        draw(st.integers(0, count - 1)),
        part,
        start,
        draw(words),
        part_en,
        start_en,
        draw(st.none() | scores),
        draw(word_lists),
    )


repairs = st.builds(
    Repair, words, st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1), optional_words
)


@st.composite
def documents(draw):
    text, text_en = draw(texts), draw(st.none() | texts)
    parts = draw(st.lists(blocks(text, text_en), max_size=4))
    inner = st.lists(sentences(text, text_en, len(parts)), max_size=4) if parts else st.just([])
    return Document(
        source=draw(words),
        text=text,
        doc_id=draw(words),
        record=draw(st.integers(0, 2**63 - 1)),
        media_type=draw(words),
        bytes_sha256=draw(words),
        settings_hash=draw(words),
        encoding=draw(words),
        encoding_confidence=draw(scores),
        repairs=tuple(draw(st.lists(repairs, max_size=3))),
        url=draw(optional_words),
        site=draw(optional_words),
        title=draw(optional_words),
        title_en=draw(optional_words),
        authors=draw(word_lists),
        published=draw(st.none() | days),
        retrieved=draw(st.none() | days),
        language=draw(words),
        language_score=draw(scores),
        languages=tuple(draw(st.lists(st.builds(LanguageShare, words, scores), max_size=3))),
        text_en=text_en,
        blocks=tuple(parts),
        sentences=tuple(draw(inner)),
        translation_status=draw(st.sampled_from(TranslationStatus)),
        translation_model=draw(optional_words),
        flags=draw(word_lists),
    )


rejections = st.builds(
    Rejection,
    words,
    st.integers(0, 2**63 - 1),
    words,
    words,
    words,
    words,
    st.none() | st.binary(max_size=20),
)
raw_documents = st.builds(
    RawDocument,
    source=words,
    data=st.binary(max_size=20) | st.text(st.characters() | st.sampled_from("\ud800\udc80")),
    record=st.integers(0, 2**63 - 1),
    media_type=words.filter(bool),
    charset=optional_words,
    url=optional_words,
    site=optional_words,
    title=optional_words,
    authors=word_lists,
    published=st.none() | days,
    retrieved=st.none() | days,
)

FRENCH = Document(
    "a.txt",
    "🧵 Un.\n\nDeux 🧵 trois.",
    text_en="🧵 One.\n\nTwo 🧵 three.",
    blocks=(
        Block(BlockKind.TITLE, "🧵 Un.", 0, text_en="🧵 One.", start_en=0),
        Block(BlockKind.PARAGRAPH, "Deux 🧵 trois.", 7),
    ),
    sentences=(
        Sentence(1, "Deux 🧵 trois.", 7, text_en="Two 🧵 three.", start_en=8, flags=("x",)),
    ),
)


@few
@given(st.lists(documents(), max_size=3))
def test_documents_to_rows_and_back_is_the_identity(items):
    batch = documents_to_batch(items)
    batch.validate(full=True)
    assert batch_to_documents(batch) == items
    assert batch_to_documents(split_results(batch)[0]) == items


@few
@given(st.lists(documents() | rejections, max_size=4))
def test_one_item_in_is_one_row_out_in_the_same_order(items):
    batch = documents_to_batch(items)
    assert batch.schema.equals(RESULTS, check_metadata=True)
    assert batch.column("source").to_pylist() == [item.source for item in items]
    rejected = [row is not None for row in batch.column("rejection").to_pylist()]
    assert rejected == [isinstance(item, Rejection) for item in items]


@few
@given(st.lists(documents() | rejections, max_size=4))
def test_rejections_to_rows_and_back_is_the_identity(items):
    batch = documents_to_batch(items)
    expected = [item for item in items if isinstance(item, Rejection)]
    assert batch_to_rejections(batch) == expected
    assert batch_to_rejections(split_results(batch)[1]) == expected


@few
@given(st.lists(documents() | rejections, min_size=2, max_size=5), st.data())
def test_a_slice_of_a_batch_reads_as_the_slice_of_its_items(items, data):
    start = data.draw(st.integers(0, len(items)))
    part = documents_to_batch(items).slice(start)
    assert batch_to_documents(part) == [d for d in items[start:] if isinstance(d, Document)]


@few
@given(st.lists(raw_documents, max_size=4))
def test_raw_documents_to_rows_and_back_is_the_identity(items):
    batch = raw_to_batch(items)
    batch.validate(full=True)
    assert batch.schema.equals(RAW, check_metadata=True)
    assert batch_to_raw(batch) == items


@few
@given(st.lists(documents(), max_size=3))
def test_flat_tables_hold_the_text_of_every_block_and_sentence(items):
    batch = split_results(documents_to_batch(items))[0]
    flat = flatten_blocks(batch).to_pylist()
    expected = [(d.doc_id, i, b.text, b.text_en) for d in items for i, b in enumerate(d.blocks)]
    assert [(r["doc_id"], r["index"], r["text"], r["text_en"]) for r in flat] == expected
    flat = flatten_sentences(batch).to_pylist()
    expected = [(d.doc_id, s.block, s.text, s.text_en) for d in items for s in d.sentences]
    assert [(r["doc_id"], r["block"], r["text"], r["text_en"]) for r in flat] == expected


def test_derived_columns_hold_the_body_in_both_languages():
    row = documents_to_batch([FRENCH]).to_pylist()[0]
    assert row["body"] == "🧵 Un.\n\nDeux 🧵 trois."
    assert row["body_en"] == "🧵 One.\n\nDeux 🧵 trois."
    assert [block["is_body"] for block in row["blocks"]] == [True, True]


def test_offsets_count_code_points_so_that_arrow_slices_agree():
    row = documents_to_batch([FRENCH])
    block = row.column("blocks")[0][1]
    text = pa.compute.utf8_slice_codeunits(
        row.column("text"), block["start"].as_py(), block["end"].as_py()
    )
    assert text.to_pylist() == ["Deux 🧵 trois."]


def test_documents_without_any_list_keep_the_types_of_the_lists():
    batch = documents_to_batch([Document("a", "Hi.")])
    assert batch.schema.field("blocks").type == DOCUMENTS.field("blocks").type


def test_no_items_make_an_empty_batch():
    assert documents_to_batch([]).num_rows == 0
    assert raw_to_batch([]).num_rows == 0


@pytest.mark.parametrize(
    "document",
    [
        Document("a", "x \ud800", doc_id="1"),
        Document("a", "x", title="\udcff"),
        Document("a", "x", authors=("ok", "\udcff")),
        Document("a", "x", repairs=(Repair("cut", 0, 2**40),)),
        Document("a\udcff", "\udcff"),
    ],
)
def test_a_document_that_cannot_be_written_costs_one_row_and_not_the_batch(document):
    batch = documents_to_batch([FRENCH, replace(document, bytes_sha256="aa"), FRENCH])
    batch.validate(full=True)
    assert batch_to_documents(batch) == [FRENCH, FRENCH]
    [rejection] = batch_to_rejections(batch)
    assert (rejection.stage, rejection.bytes_sha256) == ("write", "aa")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": "🧵 Un. Deux"}, "block 1 is not at 7:20 of the text"),
        ({"text_en": None}, "block 0 is not at 0:6 of the English text"),
        ({"blocks": FRENCH.blocks[:1]}, "sentence 0 belongs to block 1, which does not exist"),
        (
            {"blocks": (replace(FRENCH.blocks[0], start_en=None), FRENCH.blocks[1])},
            "block 0 has an English text or offset without the other",
        ),
        (
            {"blocks": (replace(FRENCH.blocks[1], start=-14), FRENCH.blocks[1])},
            "block 0 is not at -14:-1 of the text",
        ),
    ],
)
def test_an_offset_that_does_not_point_at_its_text_is_never_written(change, message):
    [rejection] = batch_to_rejections(documents_to_batch([replace(FRENCH, **change)]))
    assert rejection.error == "OffsetError"
    assert message in rejection.message


def test_a_rejection_with_surrogates_in_its_strings_is_written_readably():
    batch = documents_to_batch([Rejection("a\udcff", 0, "", "read", "E", "no \udcff")])
    [rejection] = batch_to_rejections(batch)
    assert (rejection.source, rejection.message) == ("a\\udcff", "no \\udcff")


def test_lone_surrogates_in_what_is_known_of_a_raw_document_are_replaced():
    [raw] = batch_to_raw(
        raw_to_batch([RawDocument("a\udcff", "x", title="\ud83d", authors=("\udcff",))])
    )
    assert (raw.source, raw.title, raw.authors) == ("a\ufffd", "\ufffd", ("\ufffd",))


def test_a_raw_batch_needs_no_more_than_source_and_text():
    batch = pa.RecordBatch.from_pydict({"text": ["Hi."], "source": ["a"], "extra": [1]})
    assert batch_to_raw(batch) == [RawDocument("a", "Hi.", extra={"extra": 1})]


def test_a_raw_row_without_content_stays_one_row():
    batch = pa.RecordBatch.from_pydict({"source": ["a"], "text": pa.array([None], pa.string())})
    [rejection] = batch_to_raw(batch)
    assert isinstance(rejection, Rejection)
    assert "neither data nor text" in rejection.message


@pytest.mark.parametrize(
    "column",
    [
        pa.array([2**40, 19_787 * 86_400, None], pa.timestamp("s")),
        pa.array([2**62, 19_787 * 86_400_000_000, -(2**62)], pa.timestamp("us")),
        pa.array([2**62, 19_787 * 86_400_000_000, 2**61], pa.timestamp("us", "Europe/Paris")),
        pa.array([2**62, 19_787 * 86_400_000 + 1, 2**61], pa.int64()).view(pa.date64()),
        pa.array([2**31 - 1, 19_787, -(2**31)], pa.int32()).view(pa.date32()),
    ],
    ids=["seconds", "microseconds", "zone", "date64", "date32"],
)
@pytest.mark.parametrize("name", ["published", "retrieved"])
def test_a_day_that_python_cannot_hold_is_none_for_its_row_alone(column, name):
    columns = {"source": ["a", "b", "c"], "text": ["x", "y", "z"], name: column}
    items = batch_to_raw(pa.RecordBatch.from_pydict(columns))
    assert [getattr(item, name) for item in items] == [None, date(2024, 3, 5), None]
    assert [item.data for item in items] == ["x", "y", "z"]


def test_a_string_that_is_no_utf8_is_the_text_of_its_row_alone():
    bad = pa.array([b"L\x92\xe9t\xe9", b"ok"], pa.binary()).view(pa.string())
    batch = pa.RecordBatch.from_arrays([pa.array(["a", "b"]), bad], names=["source", "text"])
    first, second = batch_to_raw(batch)
    assert (first.data, second.data) == ("L\udc92\udce9t\udce9", "ok")


def test_data_beside_another_text_is_what_counts():
    columns = {"source": ["a"], "text": ["x"], "data": [b"\xe9"]}
    [raw] = batch_to_raw(pa.RecordBatch.from_pydict(columns))
    assert raw.data == b"\xe9"


def test_types_that_engines_widen_are_cast_back():
    wide = pa.RecordBatch.from_pydict(
        {
            "source": pa.array(["a"], pa.large_string()),
            "data": pa.array([b"x"], pa.large_binary()),
            "authors": pa.array([["A"]], pa.large_list(pa.large_string())),
        }
    )
    assert batch_to_raw(wide) == [RawDocument("a", b"x", authors=("A",))]


@pytest.mark.parametrize(
    ("columns", "message"),
    [({"text": ["x"]}, "'source' is missing"), ({"source": [["x"]]}, "'source' is list")],
)
def test_a_batch_with_the_wrong_columns_is_an_error_that_names_them(columns, message):
    with pytest.raises(SchemaMismatchError, match=message):
        batch_to_raw(pa.RecordBatch.from_pydict(columns))


def test_conform_puts_columns_in_order():
    shuffled = documents_to_batch([FRENCH]).select(list(reversed(RESULTS.names)))
    assert conform(shuffled, RESULTS).schema.equals(RESULTS, check_metadata=True)


def test_rejects_keep_the_order_and_schema():
    rejection = Rejection("b", 3, "00", "read", "InputError", "no", b"\xff")
    documents, rejects = split_results(documents_to_batch([rejection, FRENCH, rejection]))
    assert documents.schema.equals(DOCUMENTS, check_metadata=True)
    assert rejects.schema.equals(REJECTS, check_metadata=True)
    assert (documents.num_rows, rejects.column("data").to_pylist()) == (1, [b"\xff", b"\xff"])


def test_flags_are_members_of_the_enumeration_after_translation_and_after_reading():
    block = Block(BlockKind.PARAGRAPH, "Le port est fermé.", 0, language="fr")
    document = Document("a.txt", block.text, blocks=(block,), language="fr", flags=("from_later",))
    [done] = translate_documents([document], packages=[])
    assert [type(flag) for flag in done.flags] == [str, Flag]
    [read] = batch_to_documents(split_results(documents_to_batch([done]))[0])
    assert read.flags == done.flags == ("from_later", "untranslated")
    assert [type(flag) for flag in read.flags] == [str, Flag]
