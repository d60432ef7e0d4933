"""The two descriptions of a dataset: its card (README.md), for people, and Croissant, for machines.

Both are part of the dataset: the same manifest always gives the same text.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus_norm.dataset.columns import extend
from corpus_norm.dataset.schema import describe_schema, get_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus_norm.dataset.manifest import Manifest

CARD_NAME = "README.md"
CARD_SIGNATURE = "<!-- written by corpus_norm -->"
"""Text that only our own cards contain; a card without it is the user's and is kept."""

CROISSANT_NAME = "croissant.json"
CROISSANT_SIGNATURE = "Made by corpus_norm"
"""The same for the Croissant description."""

_TABLES = ("documents", "rejects", "stories", "conflicts")

_CONTEXT: Mapping[str, Any] = MappingProxyType(
    {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "citeAs": "cr:citeAs",
        "column": "cr:column",
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "equivalentProperty": "cr:equivalentProperty",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "extract": "cr:extract",
        "field": "cr:field",
        "fileObject": "cr:fileObject",
        "fileProperty": "cr:fileProperty",
        "fileSet": "cr:fileSet",
        "format": "cr:format",
        "includes": "cr:includes",
        "isLiveDataset": "cr:isLiveDataset",
        "jsonPath": "cr:jsonPath",
        "key": "cr:key",
        "md5": "cr:md5",
        "parentField": "cr:parentField",
        "path": "cr:path",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "recordSet": "cr:recordSet",
        "references": "cr:references",
        "regex": "cr:regex",
        "repeated": "cr:repeated",
        "replace": "cr:replace",
        "samplingRate": "cr:samplingRate",
        "sc": "https://schema.org/",
        "separator": "cr:separator",
        "source": "cr:source",
        "subField": "cr:subField",
        "transform": "cr:transform",
    }
)
"""The context that Croissant 1.0 prescribes, word for word."""

_TYPES = (
    (pa.types.is_string, "sc:Text"),
    (pa.types.is_boolean, "sc:Boolean"),
    (pa.types.is_integer, "sc:Integer"),
    (pa.types.is_floating, "sc:Float"),
    (pa.types.is_date, "sc:Date"),
    (pa.types.is_timestamp, "sc:Date"),  # Croissant 1.0 has no type for moments
    (lambda _kind: True, "sc:Text"),  # nor one for bytes and decimals
)


_CONFIGS = """\
configs:
- config_name: documents
  data_files: documents/*.parquet
  default: true
- config_name: rejects
  data_files: rejects/*.parquet
"""

_READING = """\
## How to read it

One row of `documents` is one whole document. `body` and `body_en` are the article without
boilerplate, in its own language and in English; `text` and `text_en` hold everything. `blocks` and
`sentences` are lists of offsets into these texts, counted in code points.

```python
import corpus_norm

dataset = corpus_norm.open_dataset(".")
dataset.to_pandas()
dataset.blocks, dataset.sentences, dataset.rejects  # Arrow tables, the text filled in
```

```python
import pandas, polars

pandas.read_parquet("documents", dtype_backend="pyarrow")
polars.read_parquet("documents/*.parquet")
```

```python
import datasets

datasets.load_dataset("parquet", data_files="documents/*.parquet")
```

```sql
-- DuckDB: every block with its text
SELECT doc_id, b.kind, substring(text, b.start + 1, b."end" - b.start) AS block
FROM (SELECT doc_id, text, unnest(blocks) AS b FROM 'documents/*.parquet');
```
"""

_LICENCE = """\
## Licence

The texts belong to whoever published them; making this dataset did not change that. Before you
publish it, see to their terms and to those of the models above, and add a `license` field here and
in `croissant.json` (which describes the same files for machines)."""


def make_card(manifest: Manifest) -> str:
    """Return the card of a dataset, in Markdown.

    The front matter is the one that the Hugging Face hub reads
    (https://huggingface.co/docs/hub/datasets-cards).
    """
    totals = manifest.totals
    sections = [
        f"{CARD_SIGNATURE}\n# News documents, cleaned, with English",
        _summarise(manifest),
        _table("Languages", "language", totals.languages),
        _table("English", "translation status", totals.statuses),
        _list_models(manifest),
        _LICENCE,
        _READING.rstrip(),
        _list_columns("documents", manifest),
        _list_columns("rejects", manifest),
    ]
    return _front_matter(manifest) + "\n\n".join(filter(None, sections)) + "\n"


def _list_columns(table: str, manifest: Manifest) -> str:
    schema = extend(get_schema(table), manifest.columns)
    return f"## Columns of `{table}`\n\n{describe_schema(schema)}"


def _front_matter(manifest: Manifest) -> str:
    """Return the YAML block at the top, with ISO 639-1 codes, as the hub expects."""
    codes = {code.split("-", maxsplit=1)[0] for code in manifest.totals.languages} - {"und"}
    languages = "".join(f"- {code}\n" for code in sorted(codes))
    head = "pretty_name: News documents, cleaned, with English\n"
    head += f"language:\n{languages}" if languages else ""
    return f"---\n{head}tags:\n- news\n- corpus_norm\n{_CONFIGS}---\n"


def _summarise(manifest: Manifest) -> str:
    totals = manifest.totals
    return (
        f"{totals.documents:,} documents and {totals.rejects:,} rejects in {len(manifest.parts):,} "
        f"part(s). Made by corpus_norm {manifest.corpus_norm}, schema version "
        f"{manifest.schema_version}; `manifest.json` holds all settings and versions."
    )


def _table(title: str, column: str, counts: Mapping[str, int]) -> str:
    if not counts:
        return ""
    rows = [f"| {name} | {count:,} |" for name, count in counts.items()]
    return "\n".join([f"## {title}\n", f"| {column} | documents |", "|---|---:|", *rows])


def _list_models(manifest: Manifest) -> str:
    if not manifest.models:
        return "## Translation models\n\nNone."
    rows = [
        f"| {m.name} | {m.source} → {m.target} | {m.version} | {m.licence} | `{m.digest[:16]}` |"
        for m in manifest.models
    ]
    head = ["| model | languages | version | licence | digest |", "|---|---|---|---|---|"]
    return "\n".join(["## Translation models\n", *head, *rows])


def make_croissant(manifest: Manifest) -> str:
    """Return the Croissant description of a dataset, as JSON-LD text.

    >>> from corpus_norm.dataset.manifest import Manifest
    >>> record = json.loads(make_croissant(Manifest(settings={}, inputs=())))
    >>> [table["@id"] for table in record["recordSet"]], record["recordSet"][0]["field"][0]["name"]
    (['documents', 'rejects', 'stories', 'conflicts'], 'doc_id')
    """
    totals = manifest.totals
    description = {
        "@context": dict(_CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "news-documents",
        "description": (
            f"{totals.documents:,} news documents, cleaned, their boilerplate labelled, with "
            f"English beside them. {CROISSANT_SIGNATURE} {manifest.corpus_norm}."
        ),
        "version": f"{manifest.schema_version}.0.0",
        "inLanguage": [code for code in totals.languages if code != "und"],
        "keywords": ["news", "multilingual", "boilerplate", "translation"],
        "distribution": [_describe_files(table) for table in _TABLES],
        "recordSet": [_describe_table(table, manifest.columns) for table in _TABLES],
    }
    return json.dumps(description, indent=1, ensure_ascii=False) + "\n"


def _describe_files(table: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{table}-files",
        "name": f"{table}-files",
        "description": f"Parquet parts of {table}; manifest.json has the SHA-256 of each.",
        "encodingFormat": "application/x-parquet",
        "includes": f"{table}/*.parquet",
    }


def _describe_table(table: str, columns: Mapping[str, str]) -> dict[str, Any]:
    schema = extend(get_schema(table), columns)
    record = {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": {
            "documents": "One row is one whole document.",
            "rejects": "One row is one document that could not be processed.",
            "stories": "One row is one document: of which it is a copy, which story it tells.",
            "conflicts": "One row is two amounts that differ between reports of a story.",
        }[table],
        "field": [_describe_column(table, field) for field in schema],
    }
    return record if table != "documents" else {**record, "key": {"@id": "documents/doc_id"}}


def _describe_column(table: str, field: pa.Field) -> dict[str, Any]:
    record = _describe_field(f"{table}/{field.name}", field)
    inner = field.type.value_type if pa.types.is_list(field.type) else field.type
    source = {"fileSet": {"@id": f"{table}-files"}, "extract": {"column": field.name}}
    if not pa.types.is_struct(inner):
        return {**record, "dataType": _name_type(inner), "source": source}
    children = [
        {
            **_describe_field(f"{table}/{field.name}/{child.name}", child),
            "dataType": _name_type(child.type),
            "source": {**source, "transform": {"jsonPath": child.name}},
        }
        for child in inner
    ]
    return {**record, "subField": children}


def _describe_field(identity: str, field: pa.Field) -> dict[str, Any]:
    record: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": identity,
        "name": field.name,
        "description": field.metadata[b"description"].decode(),
    }
    return {**record, "repeated": True} if pa.types.is_list(field.type) else record


def _name_type(kind: pa.DataType) -> str:
    kind = kind.value_type if pa.types.is_list(kind) else kind
    return next(name for matches, name in _TYPES if matches(kind))
