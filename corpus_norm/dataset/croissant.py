"""``croissant.json``: the dataset described for machines.

Croissant 1.0 (MLCommons, http://mlcommons.org/croissant/1.0) is what data catalogues and loaders
read: the files, their tables, and the type and meaning of every column.  All of it follows from
the schema and the manifest.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus_norm.dataset.schema import get_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus_norm.dataset.manifest import Manifest

CROISSANT_NAME = "croissant.json"
CROISSANT_MARK = "Made by corpus_norm"
TABLES = ("documents", "rejects")

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
"""The context that the standard prescribes, word for word."""

_TYPES = (
    (pa.types.is_string, "sc:Text"),
    (pa.types.is_boolean, "sc:Boolean"),
    (pa.types.is_integer, "sc:Integer"),
    (pa.types.is_floating, "sc:Float"),
    (pa.types.is_date, "sc:Date"),
    (pa.types.is_binary, "sc:Text"),  # the standard has no type for bytes
)


def make_croissant(manifest: Manifest) -> str:
    """The description as JSON-LD text; the same for the same manifest.

    >>> from corpus_norm.dataset.manifest import Manifest
    >>> record = json.loads(make_croissant(Manifest(settings={}, inputs=())))
    >>> [table["@id"] for table in record["recordSet"]], record["recordSet"][0]["field"][0]["name"]
    (['documents', 'rejects'], 'doc_id')
    """
    totals = manifest.totals
    description = {
        "@context": dict(_CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "news-documents",
        "description": (
            f"{totals.documents:,} news documents, cleaned, their boilerplate labelled, with "
            f"English beside them. {CROISSANT_MARK} {manifest.corpus_norm}."
        ),
        "version": f"{manifest.schema_version}.0.0",
        "inLanguage": [code for code in totals.languages if code != "und"],
        "keywords": ["news", "multilingual", "boilerplate", "translation"],
        "distribution": [_describe_files(table) for table in TABLES],
        "recordSet": [_describe_table(table) for table in TABLES],
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


def _describe_table(table: str) -> dict[str, Any]:
    record = {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": {
            "documents": "One row is one whole document.",
            "rejects": "One row is one document that could not be processed.",
        }[table],
        "field": [_describe_column(table, field) for field in get_schema(table)],
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
