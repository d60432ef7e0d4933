"""Conversion between objects and Arrow rows: raw documents, results, documents, rejects."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from itertools import accumulate, chain, pairwise
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from corpus_norm.dataset.columns import add_own, is_own, read_own
from corpus_norm.dataset.schema import DOCUMENTS, JOINED, RAW, REJECTS, RESULTS
from corpus_norm.document import (
    Block,
    BlockKind,
    Document,
    LanguageShare,
    RawDocument,
    Rejection,
    Repair,
    Sentence,
    TranslationStatus,
    replace_surrogates,
)
from corpus_norm.errors import SchemaMismatchError
from corpus_norm.faults import Fault, describe, report
from corpus_norm.labels import read_flags
from corpus_norm.values import read_column

if TYPE_CHECKING:
    from collections.abc import Sequence

_PLAIN = ("source", "media_type", "charset", "url", "site", "title", "source_id", "extra", "key")
_SHARED = ("source", "record", "bytes_sha256", "source_id", "extra")
_DERIVED = frozenset({"adequacy", "body", "body_en"})


def raw_to_batch(documents: Sequence[RawDocument]) -> pa.RecordBatch:
    """Return one row of :data:`~corpus_norm.dataset.schema.RAW` for each document, in order.

    Text with lone surrogates is not valid UTF-8: its exact form goes into ``data`` (encoded with
    ``surrogatepass``) and a readable form into ``text``; a row with both is read back exactly.  In
    all other strings U+FFFD replaces them.

    >>> raw_to_batch([RawDocument("a.txt", b"Hi.")]).column("data").to_pylist()
    [b'Hi.']
    """
    texts = [None if isinstance(d.data, bytes) else replace_surrogates(d.data) for d in documents]
    columns: dict[str, list[Any]] = {
        "record": [d.record for d in documents],
        "data": [
            None if text is not None and text == document.data else document.data_bytes
            for document, text in zip(documents, texts, strict=True)
        ],
        "text": texts,
        "authors": [[replace_surrogates(name) for name in d.authors] for d in documents],
        "published": [d.published for d in documents],
        "retrieved": [d.retrieved for d in documents],
        "published_at": [d.published_at for d in documents],
        "updated": [d.updated for d in documents],
    }
    for name in _PLAIN:
        values = (getattr(document, name) for document in documents)
        columns[name] = [None if value is None else replace_surrogates(value) for value in values]
    return pa.RecordBatch.from_arrays(
        [pa.array(columns[field.name], field.type) for field in RAW], schema=RAW
    )


def batch_to_raw(batch: pa.RecordBatch) -> list[RawDocument | Rejection]:
    """Return the raw documents of a batch; a row with neither data nor text becomes a rejection.

    Only ``source`` and either ``data`` or ``text`` are required.  A day out of Python's range
    becomes None.  Columns that RAW does not have become ``extra``; one named ``id``, ``guid`` or
    ``_id`` is the ``source_id``, if there is none.

    >>> batch = pa.RecordBatch.from_pydict({"source": ["a", "b"], "text": ["Hi.", None]})
    >>> document, rejection = batch_to_raw(batch)
    >>> document.data, rejection.stage
    ('Hi.', 'read')

    Raises:
        SchemaMismatchError: there is no column ``source``, or a column is of the wrong type.
    """
    ours = batch.select([n for n, field in enumerate(batch.schema) if not is_own(field)])
    columns = map(_read_known, conform(_with_days(ours), RAW).columns)
    rows = zip(*columns, strict=True)
    raws = (dict(zip(RAW.names, row, strict=True)) for row in rows)
    return [_to_raw(add_own(raw, own)) for raw, own in zip(raws, read_own(batch), strict=True)]


def _read_known(column: pa.Array) -> list[Any]:
    """Return the values of a column of RAW; None for a day that Python cannot represent."""
    values = read_column(column)
    if not pa.types.is_temporal(column.type):
        return values
    return [value if isinstance(value, date) else None for value in values]


def _with_days(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the batch with timestamps truncated to days."""
    for name in {"published", "retrieved", "updated"} & set(batch.schema.names):
        column = batch.column(name)
        if pa.types.is_date64(column.type) or pa.types.is_timestamp(column.type):
            place = batch.schema.get_field_index(name)
            try:
                days = column.cast(pa.date32(), safe=False)
            except pa.ArrowException:
                continue  # an unknown time zone: the cast to the schema will report it
            batch = batch.set_column(place, pa.field(name, days.type), days)
    return batch


def _to_raw(row: dict[str, Any]) -> RawDocument | Rejection:
    text = row.pop("text")
    row["record"] = row["record"] or 0
    if row["data"] is None and text is None:
        message = "the row has neither data nor text; fill one of the two columns"
        raw = RawDocument(row["source"], b"", extra=row["extra"])
        own = row["source_id"], cast("str | None", raw.extra)
        return Rejection(raw.source, row["record"], "", "read", "InputError", message, None, *own)
    if text is not None:
        # If the bytes are not UTF-8, the caller filled both columns: keep the bytes.
        with suppress(UnicodeDecodeError):
            data = row["data"]
            row["data"] = text if data is None else data.decode("utf-8", "surrogatepass")
    row["authors"] = tuple(row["authors"] or ())
    row["media_type"] = row["media_type"] or "text/plain"
    return RawDocument(**row)


def documents_to_batch(items: Sequence[Document | Rejection]) -> pa.RecordBatch:
    r"""Return one row of :data:`~corpus_norm.dataset.schema.RESULTS` for each item, in order.

    A document that cannot be written (a lone surrogate in a string, a wrong offset) becomes a
    rejection of stage ``write``, so that it does not cost the whole batch.

    >>> batch = documents_to_batch([Document("a.txt", "Hi."), Document("b.txt", "\udc80")])
    >>> batch.column("text").to_pylist(), batch.column("rejection")[1]["error"].as_py()
    (['Hi.', None], 'UnicodeEncodeError')
    """
    try:
        return _build([_reject_misplaced(item) for item in items])
    except Exception:  # noqa: BLE001 -- some document caused it: try each alone
        return _build([_reject_unwritable(item) for item in items])


def split_results(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Split a batch of RESULTS into documents and rejects, each in its own schema.

    >>> documents, rejects = split_results(documents_to_batch([Document("a.txt", "Hi.")]))
    >>> documents.num_rows, rejects.num_rows
    (1, 0)
    """
    batch = conform(batch, RESULTS)
    good = batch.column("rejection").is_null()
    kept = batch.filter(good)
    lost = batch.filter(pc.invert(good))
    reason = lost.column("rejection")
    columns = {name: lost.column(name) for name in _SHARED}
    columns |= dict(zip((each.name for each in reason.type), reason.flatten(), strict=True))
    return (
        pa.RecordBatch.from_arrays([kept.column(n) for n in DOCUMENTS.names], schema=DOCUMENTS),
        pa.RecordBatch.from_arrays([columns[n] for n in REJECTS.names], schema=REJECTS),
    )


def batch_to_documents(batch: pa.RecordBatch) -> list[Document]:
    """Return the documents of a batch of DOCUMENTS or RESULTS, without the rejections.

    >>> document = Document("a.txt", "Hi.", blocks=(Block(BlockKind.PARAGRAPH, "Hi.", 0),))
    >>> batch_to_documents(documents_to_batch([document])) == [document]
    True
    """
    if "rejection" in batch.schema.names:
        batch = split_results(batch)[0]
    batch = conform(batch, JOINED if "story_id" in batch.schema.names else DOCUMENTS)
    columns = {
        name: _unpack(batch.column(name)) for name in batch.schema.names if name not in _DERIVED
    }
    rows = zip(*columns.values(), strict=True)
    return [_to_document(dict(zip(columns, row, strict=True))) for row in rows]


def batch_to_rejections(batch: pa.RecordBatch) -> list[Rejection]:
    """Return the rejections of a batch of REJECTS or RESULTS."""
    if "rejection" in batch.schema.names:
        batch = split_results(batch)[1]
    batch = conform(batch, REJECTS)
    columns = (column.to_pylist() for column in batch.columns)
    return [Rejection(*row) for row in zip(*columns, strict=True)]


def conform(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return the batch with exactly the columns of a schema, in its order and types.

    Engines such as Spark return batches with wider types, or without columns of nulls.

    Raises:
        SchemaMismatchError: a required column is missing, or a column has another type.
    """
    if batch.schema.equals(schema):
        return batch
    columns = []
    for field in schema:
        if field.name in batch.schema.names:
            columns.append(_cast(batch.column(field.name), field))
        elif field.nullable:
            columns.append(pa.nulls(batch.num_rows, field.type))
        else:
            raise SchemaMismatchError(
                f"column {field.name!r} is missing; the batch has {', '.join(batch.schema.names)}",
                subject=field.name,
            )
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _cast(column: pa.Array, field: pa.Field) -> pa.Array:
    try:
        return column if column.type == field.type else column.cast(field.type)
    except pa.ArrowException as error:
        raise SchemaMismatchError(
            f"column {field.name!r} is {column.type}, not {field.type} ({error}); "
            "convert it before handing the batch over",
            subject=field.name,
        ) from error


def _build(items: Sequence[Document | Rejection]) -> pa.RecordBatch:
    documents = [item if isinstance(item, Document) else None for item in items]
    rejections = [item if isinstance(item, Rejection) else None for item in items]
    columns = [
        _pack([getattr(item, field.name) for item in items], field.type)
        if field.name in _SHARED
        else _pack([d if d is None else getattr(d, field.name) for d in documents], field.type)
        for field in DOCUMENTS
    ]
    reason = RESULTS.field("rejection").type
    children = [
        pa.array([r if r is None else getattr(r, field.name) for r in rejections], field.type)
        for field in reason
    ]
    absent = pa.array([r is None for r in rejections], pa.bool_())
    columns.append(pa.StructArray.from_arrays(children, fields=list(reason), mask=absent))
    return pa.RecordBatch.from_arrays(columns, schema=RESULTS)


def _pack(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Return an array of plain values, or of lists of structs made from objects."""
    if not (pa.types.is_list(kind) and pa.types.is_struct(kind.value_type)):
        return pa.array(values, kind)
    ends = list(accumulate((len(value or ()) for value in values), initial=0))
    starts = [None if v is None else start for v, start in zip(values, ends, strict=False)]
    flat = list(chain.from_iterable(value for value in values if value))
    fields = list(kind.value_type)
    children = [pa.array(_read_field(f.name, flat), f.type) for f in fields]
    structs = pa.StructArray.from_arrays(children, fields=fields)
    return pa.ListArray.from_arrays(pa.array([*starts, ends[-1]], pa.int32()), structs, type=kind)


def _read_field(name: str, parts: Sequence[Any]) -> list[Any]:
    """Return an attribute of objects; what a block or sentence computes is computed here, faster.

    >>> _read_field("end", [Block(BlockKind.QUOTE, "Oui.", 3)])
    [7]
    """
    if parts and type(parts[0]) in _COMPUTED:
        if name == "end":
            return [part.start + len(part.text) for part in parts]
        if name == "is_body":
            return [_IS_BODY[part.kind] for part in parts]
    return list(map(attrgetter(name), parts))


_COMPUTED = (Block, Sentence)
_IS_BODY = MappingProxyType({kind: kind.is_body for kind in BlockKind})


def _unpack(column: pa.Array) -> list[Any]:
    """Return plain values; for a list of structs, a list of tuples of field values."""
    kind = column.type
    if not pa.types.is_list(kind):
        return column.to_pylist()  # type: ignore[no-any-return]
    if not pa.types.is_struct(kind.value_type):
        return [tuple(value) for value in column.to_pylist()]
    fields = (_unpack(child) for child in column.flatten().flatten())
    flat = list(zip(*fields, strict=True))
    ends = list(accumulate(column.value_lengths().to_pylist(), initial=0))
    return [flat[start:end] for start, end in pairwise(ends)]


def _to_document(row: dict[str, Any]) -> Document:
    text, text_en = row["text"], row["text_en"]
    row["repairs"] = tuple(Repair(*repair) for repair in row["repairs"])
    row["languages"] = tuple(LanguageShare(*share) for share in row["languages"])
    row["blocks"] = tuple(_to_block(block, text, text_en) for block in row["blocks"])
    row["sentences"] = tuple(_to_sentence(part, text, text_en) for part in row["sentences"])
    row["translation_status"] = TranslationStatus(row["translation_status"])
    row["flags"] = read_flags(row["flags"])
    return Document(**row)


def _to_block(fields: tuple[Any, ...], text: str, text_en: str | None) -> Block:
    kind, _, reason, language, score, start, end, start_en, end_en = fields
    return Block(
        BlockKind(kind),
        text[start:end],
        start,
        reason=reason,
        language=language,
        language_score=score,
        text_en=_slice(text_en, start_en, end_en),
        start_en=start_en,
    )


def _to_sentence(fields: tuple[Any, ...], text: str, text_en: str | None) -> Sentence:
    block, language, start, end, start_en, end_en, score, faithfulness, flags, adequacy = fields
    return Sentence(
        block,
        text[start:end],
        start,
        language=language,
        text_en=_slice(text_en, start_en, end_en),
        start_en=start_en,
        score=score,
        faithfulness=faithfulness,
        flags=read_flags(flags),
        adequacy=adequacy,
    )


def _slice(text: str | None, start: int | None, end: int | None) -> str | None:
    return None if text is None or start is None else text[start:end]


def _reject(document: Document | Rejection, error: str, message: str) -> Rejection:
    return Rejection(
        document.source,
        document.record,
        document.bytes_sha256,
        "write",
        error,
        message,
        source_id=document.source_id,
        extra=document.extra,
    )


def _reject_misplaced(document: Document | Rejection) -> Document | Rejection:
    if isinstance(document, Rejection) or _is_well_placed(document):
        return document
    groups: tuple[Sequence[Block | Sentence], ...] = (document.blocks, document.sentences)
    for parts in groups:
        for index, part in enumerate(parts):
            if problem := _find_misplacement(document, part):
                what = f"{type(part).__name__.lower()} {index} {problem}"
                message = f"{what}; this is a bug in a stage: please report it"
                return _reject(document, "OffsetError", message)
    return document


def _is_well_placed(document: Document) -> bool:
    """Whether all parts of a document without English are in their places."""
    parts: tuple[Block | Sentence, ...] = (*document.blocks, *document.sentences)
    starts = [each.start for each in parts]
    return (
        all(0 <= each.block < len(document.blocks) for each in document.sentences)
        and min(starts, default=0) >= 0
        and all(map(document.text.startswith, [each.text for each in parts], starts))
        and not any(each.start_en is not None or each.text_en is not None for each in parts)
    )


def _find_misplacement(document: Document, part: Block | Sentence) -> str:
    if part.start < 0 or not document.text.startswith(part.text, part.start):
        return f"is not at {part.start}:{part.end} of the text"
    if isinstance(part, Sentence) and not 0 <= part.block < len(document.blocks):
        return f"belongs to block {part.block}, which does not exist"
    start = part.start_en
    if start is None and part.text_en is None:
        return ""
    if start is None or part.text_en is None:
        return "has an English text or offset without the other"
    if _slice(document.text_en, start, part.end_en) != part.text_en:
        return f"is not at {start}:{part.end_en} of the English text"
    return ""


def _reject_unwritable(item: Document | Rejection) -> Document | Rejection:
    if isinstance(item, Document):
        try:
            item = _reject_misplaced(item)
            _build([item])
        except Exception as error:  # noqa: BLE001 -- any error costs this document alone
            if not isinstance(error, (ValueError, OverflowError, MemoryError)):
                report(Fault.of(item.source, item.record, "write", error))
            message = f"the row cannot be written: {describe(error)}"
            item = _reject(item, type(error).__name__, message)
        if isinstance(item, Document):
            return item
    texts = (item.source, item.bytes_sha256, item.stage, item.error, item.message)
    source, sha256, stage, name, message = (_printable(text) for text in texts)
    own = (None if text is None else _printable(text) for text in (item.source_id, item.extra))
    return Rejection(source, item.record, sha256, stage, name, message, item.data, *own)


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
