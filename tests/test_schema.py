import pyarrow as pa
import pytest

from corpus_norm.dataset import SCHEMA_VERSION, SCHEMAS, describe, get_schema
from corpus_norm.dataset.schema import VERSION_KEY

DESIGNED_COLUMNS = (
    "doc_id source record media_type bytes_sha256 settings_hash "
    "encoding encoding_confidence repairs "
    "url site title title_en authors published retrieved "
    "language language_score languages "
    "text text_en body body_en blocks sentences "
    "translation_status translation_model flags "
    "source_id extra published_at updated adequacy body_confidence"
)


def all_fields(fields):
    for field in fields:
        yield field
        inner = field.type.value_type if pa.types.is_list(field.type) else field.type
        if pa.types.is_struct(inner):
            yield from all_fields(inner)


def leaf_types(schema):
    for field in all_fields(schema):
        kind = field.type.value_type if pa.types.is_list(field.type) else field.type
        if not pa.types.is_struct(kind):
            yield kind


def test_columns_and_their_order_are_those_of_the_design():
    assert get_schema("documents").names == DESIGNED_COLUMNS.split()


def test_results_are_documents_with_a_rejection():
    documents, results = get_schema("documents"), get_schema("results")
    assert results.names == [*documents.names, "rejection"]
    assert [results.field(name).type for name in documents.names] == documents.types


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_at_every_depth_says_what_it_means(name):
    for field in all_fields(get_schema(name)):
        assert field.metadata[b"description"], field.name


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_carries_its_version_and_name(name):
    metadata = get_schema(name).metadata
    assert metadata[VERSION_KEY].decode() == SCHEMA_VERSION
    assert metadata[b"corpus_norm.schema"].decode() == name


@pytest.mark.parametrize("name", SCHEMAS)
def test_only_types_that_every_reader_knows_are_used(name):
    plain = {
        pa.string(),
        pa.binary(),
        pa.int32(),
        pa.int64(),
        pa.float64(),
        pa.bool_(),
        pa.date32(),
        pa.timestamp("us", tz="UTC"),
    }
    assert set(leaf_types(get_schema(name))) <= plain


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_description_has_a_row_for_every_field(name):
    rows = describe(name).splitlines()[2:]
    assert len(rows) == len(list(all_fields(get_schema(name))))
    assert all(row.count("|") == 5 for row in rows)


def test_fields_of_structs_are_described_below_their_column():
    lines = describe("documents").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("| `blocks` | list of struct"))
    assert lines[at + 1].startswith("| `blocks.kind` | string | no |")


def test_an_unknown_table_is_an_error_that_lists_the_tables():
    with pytest.raises(
        KeyError,
        match=r"documents, rejects, blocks, sentences, stories, conflicts, pairs, raw, results",
    ):
        get_schema("rows")
