"""Verification of a dataset against its manifest: files, rows and every offset.

Whole columns are compared at once; texts are sliced only to check that each body is made of its
blocks.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_norm.dataset.columns import extend
from corpus_norm.dataset.parts import find_unlisted, hash_file, open_parquet
from corpus_norm.dataset.schema import CONFLICTS, DOCUMENTS, REJECTS, STORIES
from corpus_norm.document import read_prose
from corpus_norm.labels import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from corpus_norm.dataset.manifest import Manifest, Part, PartFile

_SHOWN = 5  # problems of one kind to report for a file
_BATCH_ROWS = 1024
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of a dataset: the file concerned, and the fault.

    >>> str(Problem("manifest.json", "the dataset is incomplete"))
    'manifest.json: the dataset is incomplete'
    """

    file: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


def find_problems(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    """Yield the problems of a dataset; nothing if it is sound."""
    if not manifest.complete:
        yield Problem("manifest.json", "the dataset is incomplete; run convert again to go on")
    indices = [part.index for part in manifest.parts]
    if indices != list(range(len(indices))):
        yield Problem("manifest.json", f"its parts are not numbered from 0: {indices[:10]}")
    listed = {file.name for part in _all_parts(manifest) for file in (part.documents, part.rejects)}
    if record := manifest.stories:
        listed |= record.names
        for file, schema in ((record.stories, STORIES), (record.conflicts, CONFLICTS)):
            if damage := _find_damage(folder / file.name, file, schema):
                yield Problem(file.name, damage)
    for name in find_unlisted(folder, listed):
        yield Problem(name, "the manifest does not list it")
    seen: set[str] = set()
    for part in manifest.parts:
        yield from _check_part(folder, part, manifest, seen)


def _all_parts(manifest: Manifest) -> tuple[Part, ...]:
    return (*manifest.parts, *manifest.previous)


def _check_part(folder: Path, part: Part, manifest: Manifest, seen: set[str]) -> Iterator[Problem]:
    tables = ((part.documents, DOCUMENTS), (part.rejects, REJECTS))
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for file, schema in tables:
        damage = _find_damage(folder / file.name, file, extend(schema, manifest.columns))
        if damage:
            yield Problem(file.name, damage)
        elif schema is DOCUMENTS:
            for message in _check_documents(folder / file.name, seen, counts):
                yield Problem(file.name, message)
            for what, found, expected in zip(
                ("languages", "translation statuses"),
                counts,
                (part.languages, part.statuses),
                strict=True,
            ):
                if dict(found) != dict(expected):
                    message = f"its {what} are {dict(found)}, the manifest says {dict(expected)}"
                    yield Problem(file.name, message)


def _find_damage(path: Path, file: PartFile, schema: pa.Schema) -> str:
    """Return the fault of a file as a whole; empty if it is sound."""
    try:
        size = path.stat().st_size
        if size != file.bytes:
            return f"it has {size:,} bytes, the manifest says {file.bytes:,}"
        if hash_file(path) != file.sha256:
            return "its SHA-256 differs from the manifest: its content was changed or damaged"
        with open_parquet(path) as opened:
            return _find_mismatch(opened, file, schema)
    except FileNotFoundError:
        return "it is missing"
    except (OSError, pa.ArrowException) as error:
        return f"it cannot be read: {error}"


def _find_mismatch(opened: pq.ParquetFile, file: PartFile, schema: pa.Schema) -> str:
    if not opened.schema_arrow.equals(schema, check_metadata=False):
        return "its columns are not those of the schema"
    found = opened.schema_arrow.metadata or {}
    if any(found.get(key) != value for key, value in schema.metadata.items()):
        return "its metadata name another schema version"
    rows = opened.metadata.num_rows
    return "" if rows == file.rows else f"it has {rows} rows, the manifest says {file.rows}"


def _check_documents(
    path: Path, seen: set[str], counts: tuple[Counter[str], Counter[str]]
) -> Iterator[str]:
    kinds: Counter[str] = Counter()
    try:
        with open_parquet(path) as file:
            for batch in file.iter_batches(_BATCH_ROWS):
                for counter, column in zip(counts, ("language", "translation_status"), strict=True):
                    counter.update(batch.column(column).to_pylist())
                for kind, row in _check_batch(batch, seen):
                    kinds[kind] += 1
                    if kinds[kind] <= _SHOWN:
                        yield f"document {batch.column('doc_id')[row].as_py()}: {kind}"
    except (OSError, pa.ArrowException) as error:
        yield f"it cannot be read: {error}"
    for kind, count in kinds.items():
        if count > _SHOWN:
            yield f"{count - _SHOWN} more documents: {kind}"


def _check_batch(batch: pa.RecordBatch, seen: set[str]) -> Iterator[tuple[str, int]]:
    """Yield the kind of each problem, and the row that has it."""
    for row, doc_id in enumerate(batch.column("doc_id").to_pylist()):
        if doc_id in seen:
            yield "its doc_id occurs twice", row
        seen.add(doc_id)
    lengths = _lengths(batch.column("text"))
    lengths_en = _lengths(batch.column("text_en"))
    blocks, sentences = _Spans(batch.column("blocks")), _Spans(batch.column("sentences"))
    for name, spans in (("blocks", blocks), ("sentences", sentences)):
        for side, limits in (("", lengths), ("_en", lengths_en)):
            text = f"text{side}"
            start, end = spans.get(f"start{side}"), spans.get(f"end{side}")
            given = start >= 0
            yield from spans.rows(
                (given != (end >= 0))
                | (given & (end < start))
                | (given & (end > limits[spans.owner])),
                f"offsets of its {name} lie outside its {text}",
            )
            yield from spans.rows(
                _overlaps(start, end, spans.owner),
                f"its {name} overlap or are not in order in {text}",
            )
    yield from _check_sentences(blocks, sentences)
    kinds = pc.struct_field(batch.column("blocks").flatten(), "kind").to_pylist()
    known = {kind.value: kind.is_body for kind in BlockKind}
    is_body = blocks.get("is_body")
    wrong = np.array([known.get(kind, -1) for kind in kinds], np.int64) != is_body
    yield from blocks.rows(wrong, "a block has an unknown kind, or its is_body does not fit")
    yield from _check_bodies(batch, blocks, is_body, kinds)


def _check_sentences(blocks: _Spans, sentences: _Spans) -> Iterator[tuple[str, int]]:
    """Check that each sentence lies inside its block, in both texts."""
    block = sentences.get("block")
    counts = np.bincount(blocks.owner, minlength=blocks.count)
    firsts = np.concatenate([[0], np.cumsum(counts)])[:-1]
    lost = (block < 0) | (block >= counts[sentences.owner])
    yield from sentences.rows(lost, "a sentence belongs to no block")
    place = np.where(lost, 0, firsts[sentences.owner] + block)
    if not len(blocks.owner):
        return
    for side in ("", "_en"):
        start, end = sentences.get(f"start{side}"), sentences.get(f"end{side}")
        outside = (start < blocks.get(f"start{side}")[place]) | (
            end > blocks.get(f"end{side}")[place]
        )
        yield from sentences.rows(
            ~lost & (start >= 0) & outside, f"a sentence lies outside its block in text{side}"
        )


def _check_bodies(
    batch: pa.RecordBatch, blocks: _Spans, is_body: Array, kinds: Sequence[str]
) -> Iterator[tuple[str, int]]:
    """Check that each body is made of its body blocks, so that their offsets are right."""
    starts, ends = blocks.get("start"), blocks.get("end")
    counts = np.bincount(blocks.owner, minlength=blocks.count)
    keeping = {kind.value for kind in BlockKind if kind.keeps_lines}
    spans = zip(starts.tolist(), ends.tolist(), is_body.tolist(), kinds, strict=True)
    columns = (batch.column(name).to_pylist() for name in ("text", "body", "media_type"))
    for row, (text, body, media_type) in enumerate(zip(*columns, strict=True)):
        mine = islice(spans, int(counts[row]))
        made = "\n\n".join(
            text[start:end] if kind in keeping else read_prose(text[start:end], media_type)
            for start, end, wanted, kind in mine
            if wanted
        )
        if made != body:
            yield "its body is not made of its blocks", row


class _Spans:
    """The blocks or sentences of a batch as flat arrays, nulls as -1."""

    def __init__(self, lists: pa.ListArray) -> None:
        self.count = len(lists)
        self.owner: Array = np.asarray(pc.list_parent_indices(lists))
        self._structs = lists.flatten()

    def get(self, name: str) -> Array:
        column = pc.struct_field(self._structs, name).cast(pa.int64())
        return np.asarray(pc.fill_null(column, -1))

    def rows(self, wrong: Array, kind: str) -> Iterator[tuple[str, int]]:
        for row in np.unique(self.owner[wrong]):
            yield kind, int(row)


def _overlaps(start: Array, end: Array, owner: Array) -> Array:
    """Return which spans begin before the previous span of the same document ends."""
    wrong = np.zeros(len(start), bool)
    given = np.flatnonzero(start >= 0)
    here, before = given[1:], given[:-1]
    wrong[here] = (owner[here] == owner[before]) & (start[here] < end[before])
    return wrong


def _lengths(texts: pa.Array) -> Array:
    return np.asarray(pc.fill_null(pc.utf8_length(texts), -1).cast(pa.int64()))
