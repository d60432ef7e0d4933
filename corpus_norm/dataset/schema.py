"""The schema of every table, in one place: columns, their types, order and meaning.

With explicit schemas, a shard in which a column is all null can be read together with the others.
Only plain types are used (``string``, ``int32``, ``double``, ``date32``, lists of structs), which
every Parquet reader supports; no views, no dictionaries.

The descriptions of columns are part of the Parquet files, so changing one changes their bytes.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import pyarrow as pa

from corpus_norm.labels import BlockKind, Flag, Role, StageName, TranslationStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SCHEMA_VERSION = "4"
"""Version of the schema; it changes when a column changes its name, type or meaning."""

VERSION_KEY = b"corpus_norm.schema_version"
"""Key of that version in the metadata of a schema, and so in every Parquet file."""


def _field(name: str, kind: pa.DataType, meaning: str, *, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"description": meaning})


def _optional(name: str, kind: pa.DataType, meaning: str) -> pa.Field:
    return _field(name, kind, meaning, nullable=True)


def _nullable(field: pa.Field) -> pa.Field:
    return pa.field(field.name, field.type, metadata=field.metadata)


def _list_of(*fields: pa.Field) -> pa.DataType:
    return pa.list_(pa.field("element", pa.struct(list(fields)), nullable=False))


def _schema(name: str, fields: list[pa.Field]) -> pa.Schema:
    metadata = {b"corpus_norm.schema": name.encode(), VERSION_KEY: SCHEMA_VERSION.encode()}
    return pa.schema(fields, metadata=metadata)


_TEXT, _OFFSET, _SCORE, _COUNT, _FLAG, _DAY = (
    pa.string(),
    pa.int32(),
    pa.float64(),
    pa.int64(),
    pa.bool_(),
    pa.date32(),
)
_INSTANT = pa.timestamp("us", tz="UTC")
_TEXTS = pa.list_(pa.field("element", pa.string(), nullable=False))

_REPAIR = (
    _field("step", _TEXT, "name of the repair"),
    _field("start", _OFFSET, "first character changed, in the text just before this repair"),
    _field("end", _OFFSET, "offset after the last character changed"),
    _optional("replacement", _TEXT, "what the span became; null when the step is a named rule"),
)
_SHARE = (
    _field("language", _TEXT, "BCP-47 code"),
    _field("share", _SCORE, "share of the letters, 0 to 1"),
)
_SPAN = (
    _field("start", _OFFSET, "first character, in text (code points)"),
    _field("end", _OFFSET, "offset after the last character, in text"),
    _optional("start_en", _OFFSET, "first character, in text_en; null without English"),
    _optional("end_en", _OFFSET, "offset after the last character, in text_en"),
)
_BLOCK = (
    _field(
        "kind", _TEXT, "what the block is for: title, heading, paragraph, share, disclaimer, ..."
    ),
    _field("is_body", _FLAG, "whether it belongs to the article itself"),
    _field("reason", _TEXT, "why it was given this kind"),
    _field("language", _TEXT, "BCP-47 code, und when it cannot be told"),
    _field("language_score", _SCORE, "probability of that language, 0 to 1"),
    *_SPAN,
)
_SENTENCE = (
    _field("block", _OFFSET, "index of its block in blocks, from 0"),
    _field("language", _TEXT, "BCP-47 code, und when it cannot be told"),
    *_SPAN,
    _optional("score", _SCORE, "mean log-probability per output token; null if not translated"),
    _optional(
        "faithfulness", _SCORE, "audit of the English, 0 to 1 (nothing found); null if not audited"
    ),
    _field("flags", _TEXTS, "what to be warned of: untranslated, amount_changed, ..."),
    _optional(
        "adequacy", _SCORE, "whether the English says all and nothing else, 0 to 1; null if unknown"
    ),
)

_SOURCE = (
    _field("source", _TEXT, "path or URI as it was given, with the path inside a folder"),
    _field("record", _COUNT, "index inside a container (line of a JSON Lines file), from 0"),
)
_SHA256 = _field("bytes_sha256", _TEXT, "SHA-256 of the original bytes; empty if never read")
_OWN = (
    _optional("source_id", _TEXT, "the record's own id, where it has one; to join it back"),
    _optional("extra", _TEXT, "all other fields of the record: a JSON object, keys sorted"),
)
_TIMES = (
    _optional("published_at", _INSTANT, "moment of publication; null where only a day is known"),
    _optional("updated", _DAY, "day of the last change, where the source states it"),
)
_REJECTION = (
    _field("stage", _TEXT, f"stage that failed: {', '.join(StageName)}"),
    _field("error", _TEXT, "class of the error"),
    _field("message", _TEXT, "what happened and what to do next"),
    _optional("data", pa.binary(), "the original bytes when there are few (64 KiB by default)"),
)

DOCUMENTS = _schema(
    "documents",
    [
        _field(
            "doc_id",
            _TEXT,
            "BLAKE2b-128, in hexadecimal, of its path inside the input and its own id or bytes",
        ),
        *_SOURCE,
        _field("media_type", _TEXT, "text/plain, text/markdown or text/html"),
        _SHA256,
        _field("settings_hash", _TEXT, "digest of the settings the row was made with"),
        _field("encoding", _TEXT, "character encoding the bytes were in"),
        _field("encoding_confidence", _SCORE, "confidence in that encoding, 0 to 1"),
        _field("repairs", _list_of(*_REPAIR), "changes made to the text, in order, replayable"),
        _optional("url", _TEXT, "address of the page"),
        _optional("site", _TEXT, "name of the site"),
        _optional("title", _TEXT, "title of the article"),
        _optional("title_en", _TEXT, "the title in English"),
        _field("authors", _TEXTS, "names of the authors"),
        _optional("published", _DAY, "day of publication"),
        _optional("retrieved", _DAY, "day a crawl fetched the page (WARC-Date)"),
        _field("language", _TEXT, "BCP-47 code of the article, und when it cannot be told"),
        _field("language_score", _SCORE, "probability of that language, 0 to 1"),
        _field("languages", _list_of(*_SHARE), "all languages of the document, by share"),
        _field("text", _TEXT, "the whole cleaned text, boilerplate included"),
        _optional("text_en", _TEXT, "the whole text in English"),
        _field("body", _TEXT, "the article without boilerplate"),
        _optional("body_en", _TEXT, "the article without boilerplate, in English"),
        _field("blocks", _list_of(*_BLOCK), "labelled slices of text, in order"),
        _field("sentences", _list_of(*_SENTENCE), "sentences of the blocks, in order"),
        _field("translation_status", _TEXT, "how much English there is, or why there is none"),
        _optional("translation_model", _TEXT, "name and version of the model"),
        _field("flags", _TEXTS, "what a reader should be warned of"),
        *_OWN,
        *_TIMES,
        _optional("adequacy", _SCORE, "mean adequacy of the sentences by length; null if unknown"),
        _field("body_confidence", _SCORE, "how certain the body is, 0 (no article) to 1"),
    ],
)
"""One row is one whole document."""

_GROUPS = (
    _optional("duplicate_of", _TEXT, "doc_id of the document whose text this one repeats"),
    _optional("story_id", _TEXT, "identity of the story it tells, across languages"),
)

JOINED = _schema("documents", [*DOCUMENTS, *_GROUPS])
"""``documents`` as a dataset is read: with the two columns of ``stories`` that name groups."""

STORIES = _schema(
    "stories",
    [
        _field("doc_id", _TEXT, "document, one row each, in the order of documents"),
        *_GROUPS,
        _field("role", _TEXT, f"its part in these groups: {', '.join(Role)}"),
        _optional("score", _SCORE, "likeness to the original, or to the nearest report, 0 to 1"),
        _optional("nearest", _TEXT, "doc_id of the earlier report of the story most like it"),
        _optional("syndicated_from", _TEXT, "news agency it was taken from: AP, AFP, 新华社, ..."),
        _field("facts", _TEXTS, "amounts, dates and names it shares with that nearest report"),
    ],
)
"""Groups of documents: copies of a text, and stories.  They change as a dataset grows."""

_SIDE = (
    ("doc_id", "document"),
    ("amount", "amount as it stands in the sentence"),
    ("sentence", "sentence that says it"),
    ("sentence_en", "the same in English"),
)
CONFLICTS = _schema(
    "conflicts",
    [
        _field("story_id", _TEXT, "story in which two reports differ"),
        _field("subject", _TEXT, "what the amounts are of: words both sentences share"),
        _field("unit", _TEXT, "unit of both amounts: USD, %, year, ..."),
        *(
            _field(f"{side}{name}", _TEXT, f"{whose} {meaning}")
            for side, whose in (("", "earlier report:"), ("other_", "later report:"))
            for name, meaning in _SIDE
        ),
    ],
)
"""Two reports of a story that give different amounts for one thing."""

REJECTS = _schema("rejects", [*_SOURCE, _SHA256, *_REJECTION])
REJECTS = _schema("rejects", [*_SOURCE, _SHA256, *_REJECTION, *_OWN])
"""One row is one document, or one record of a container, that could not be processed."""

RESULTS = _schema(
    "results",
    [
        *(f if f.name in {"source", "record", "bytes_sha256"} else _nullable(f) for f in DOCUMENTS),
        _optional("rejection", pa.struct(list(_REJECTION)), "why there is no document; or null"),
    ],
)
"""Output of ``normalize_batch``: for each input row, a document or a rejection."""

RAW = _schema(
    "raw",
    [
        _SOURCE[0],
        _nullable(_SOURCE[1]),
        _optional("data", pa.binary(), "the bytes of the document; give these or text"),
        _optional("text", _TEXT, "the text of the document, where it is already decoded"),
        _optional("media_type", _TEXT, "text/plain (also when null), text/markdown or text/html"),
        _optional("charset", _TEXT, "encoding declared outside the bytes, by HTTP for example"),
        _optional("url", _TEXT, "address of the page"),
        _optional("site", _TEXT, "name of the site"),
        _optional("title", _TEXT, "title, where the source knows it"),
        _optional("authors", _TEXTS, "authors, where the source knows them"),
        _optional("published", _DAY, "day of publication, where the source knows it"),
        _optional("retrieved", _DAY, "day a crawl fetched the page"),
        *_OWN,
        *_TIMES,
        _optional("key", _TEXT, "what it is known by from run to run"),
    ],
)
"""Input of ``normalize_batch``; only ``source`` and either ``data`` or ``text`` are required."""


def _flat(name: str, fields: tuple[pa.Field, ...], what: str) -> pa.Schema:
    head = [
        _field("doc_id", _TEXT, "document it belongs to"),
        _field("index", _OFFSET, f"place among the {name} of the document, from 0"),
    ]
    tail = [
        _field("text", _TEXT, f"the {what} itself"),
        _optional("text_en", _TEXT, f"the {what} in English"),
    ]
    return _schema(name, [*head, *fields, *tail])


BLOCKS = _flat("blocks", _BLOCK, "block")
"""The flat table of all blocks, derived from ``documents`` when it is read."""

SENTENCES = _flat("sentences", _SENTENCE, "sentence")
"""The flat table of all sentences, derived from ``documents`` when it is read."""

PAIRS = _schema(
    "pairs",
    [
        *(f for f in SENTENCES if f.name not in {"text", "text_en"}),
        _OWN[0],
        _field("is_body", _FLAG, "whether its block belongs to the article itself"),
        _field("text", _TEXT, "the sentence itself"),
        _optional("text_en", _TEXT, "the sentence in English"),
    ],
)
"""The parallel corpus, derived from ``documents`` when it is read."""

SCHEMAS: Mapping[str, pa.Schema] = MappingProxyType(
    {
        "documents": DOCUMENTS,
        "rejects": REJECTS,
        "blocks": BLOCKS,
        "sentences": SENTENCES,
        "stories": STORIES,
        "conflicts": CONFLICTS,
        "pairs": PAIRS,
        "raw": RAW,
        "results": RESULTS,
    }
)
"""All schemas, by name."""


def get_schema(name: str) -> pa.Schema:
    """Return the schema of a table.

    >>> get_schema("rejects").names
    ['source', 'record', 'bytes_sha256', 'stage', 'error', 'message', 'data', 'source_id', 'extra']

    Raises:
        KeyError: there is no such table; the message lists the valid names.
    """
    if name not in SCHEMAS:
        raise KeyError(f"unknown table {name!r}; choose one of {', '.join(SCHEMAS)}")
    return SCHEMAS[name]


def describe(name: str) -> str:
    r"""Return the columns of a table in Markdown, with the fields of structs below their column.

    >>> print("\n".join(describe("rejects").splitlines()[:4]))
    | column | type | nullable | meaning |
    |---|---|---|---|
    | `source` | string | no | path or URI as it was given, with the path inside a folder |
    | `record` | int64 | no | index inside a container (line of a JSON Lines file), from 0 |

    Raises:
        KeyError: there is no such table.
    """
    return describe_schema(get_schema(name))


def describe_schema(schema: pa.Schema) -> str:
    """Return the columns of a schema in Markdown, as :func:`describe` does."""
    rows = [row for field in schema for row in _describe_field(field, "")]
    return "\n".join(["| column | type | nullable | meaning |", "|---|---|---|---|", *rows])


def _describe_field(field: pa.Field, prefix: str) -> Iterator[str]:
    meaning = field.metadata[b"description"].decode()
    nullable = "yes" if field.nullable else "no"
    yield f"| `{prefix}{field.name}` | {_type_name(field.type)} | {nullable} | {meaning} |"
    inner = field.type.value_type if pa.types.is_list(field.type) else field.type
    if pa.types.is_struct(inner):
        for child in inner:
            yield from _describe_field(child, f"{prefix}{field.name}.")


def _type_name(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {_type_name(kind.value_type)}"
    return "struct" if pa.types.is_struct(kind) else str(kind).replace("[day]", "")


_TABLES = {
    "documents": "One row is one whole document. `documents/*.parquet`.",
    "rejects": "One row is one document that could not be processed. `rejects/*.parquet`.",
    "blocks": "`open_dataset(path).blocks`: one row per block, text filled in.",
    "sentences": "`open_dataset(path).sentences`: one row per sentence, text filled in.",
    "stories": "One row per document: copies and stories. `stories/*.parquet`; "
    "`open_dataset(path).documents` and `.to_pandas()` have `duplicate_of` and `story_id` too.",
    "conflicts": "One row per pair of amounts that differ in a story. `conflicts/*.parquet`.",
    "pairs": "`open_dataset(path).pairs()`: one row per sentence that was translated.",
    "raw": "Input of `normalize_batch`; only `source` and either `data` or `text` are required.",
    "results": "Output of `normalize_batch`: a document, or a row with `rejection` filled in.",
}


def make_reference() -> str:
    """Return the schema reference in Markdown: tables, block kinds, translation statuses, flags.

    >>> make_reference().splitlines()[0]
    '# Schema reference'
    """
    tables = [f"## {name}\n\n{text}\n\n{describe(name)}" for name, text in _TABLES.items()]
    kinds = [
        f"| `{kind}` | {'yes' if kind.is_body else 'no'} | {kind.meaning} |" for kind in BlockKind
    ]
    return "\n\n".join(
        [
            "# Schema reference",
            f"Schema version {SCHEMA_VERSION}. Offsets count Unicode code points.",
            "This page is generated by `python -m corpus_norm schema all`.",
            *tables,
            "## Kinds of blocks\n\n| kind | body | meaning |\n|---|---|---|\n" + "\n".join(kinds),
            "## Translation statuses\n\n" + _list_labels(TranslationStatus),
            "## Flags\n\n" + _list_labels(Flag),
        ]
    )


def _list_labels(labels: Iterable[TranslationStatus] | Iterable[Flag]) -> str:
    rows = [f"| `{label}` | {label.meaning} |" for label in labels]
    return "\n".join(["| label | meaning |", "|---|---|", *rows])
