"""Columns of one's own in the batches that ``normalize_batch`` takes: read, and passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus_norm.dataset.schema import RAW, RESULTS
from corpus_norm.errors import InputError
from corpus_norm.values import ID_NAMES, is_text, load_fields, read_column, read_id

if TYPE_CHECKING:
    from collections.abc import Iterator


def list_own(schema: pa.Schema) -> list[pa.Field]:
    """Return the columns of a batch that are not ours, and that ``normalize_batch`` passes on.

    >>> [f.name for f in list_own(pa.schema({"source": pa.string(), "section": pa.string()}))]
    ['section']
    """
    ours = {*RAW.names, *RESULTS.names}
    fields = (field for field in schema if field.name not in ours)
    return list({field.name: field for field in fields}.values())


def pass_on(given: pa.RecordBatch, results: pa.RecordBatch) -> pa.RecordBatch:
    """Return rows of RESULTS with the columns of the batch they were made from that are not ours.

    >>> from corpus_norm.dataset.rows import documents_to_batch
    >>> from corpus_norm.document import Document
    >>> given = pa.RecordBatch.from_pydict({"source": ["a"], "text": ["Hi."], "n": [7]})
    >>> pass_on(given, documents_to_batch([Document("a", "Hi.")])).column("n").to_pylist()
    [7]
    """
    own = list_own(given.schema)
    places = [given.schema.get_field_index(field.name) for field in own]
    columns = [*results.columns, *(given.column(place) for place in places)]
    return pa.RecordBatch.from_arrays(columns, schema=results_schema(given.schema))


def results_schema(given: pa.Schema) -> pa.Schema:
    """Return the schema of what ``normalize_batch`` makes of batches of a schema."""
    return pa.schema([*RESULTS, *list_own(given)], metadata=RESULTS.metadata)


def read_own(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """Yield the fields of each row that RAW does not have."""
    names = list(dict.fromkeys(field.name for field in batch.schema if is_own(field)))
    places = [batch.schema.get_all_field_indices(name)[0] for name in names]
    columns = [read_column(batch.column(place)) for place in places]
    for row in range(batch.num_rows):
        yield {name: column[row] for name, column in zip(names, columns, strict=True)}


def is_own(field: pa.Field) -> bool:
    """Whether RAW has no such column; an ``extra`` that is no text is a field like any other."""
    return field.name not in RAW.names or (field.name == "extra" and not is_text(field.type))


def add_own(raw: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return a row of RAW with the fields of a row that it does not have."""
    for name in ID_NAMES:
        if raw["source_id"] is None and (found := read_id(own.get(name))):
            raw["source_id"] = found
            if isinstance(own[name], str):
                del own[name]
    try:
        raw["extra"] = {**load_fields(raw["extra"]), **own}
    except InputError:  # no JSON of ours
        raw["extra"] = {**own, "extra": raw["extra"]}
    return raw
