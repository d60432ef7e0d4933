"""Part files: written under a temporary name, synced, then renamed into place.

A crash leaves either the whole file or none.  The bytes depend on the rows alone, not on how the
rows were batched or on the time.

The module also knows which files of a folder are those of a dataset, and which may be removed: a
file is ours if its name and its content say so; no other file is ever overwritten or removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from base64 import b64decode, b64encode
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_norm.dataset.card import CARD_NAME, CARD_SIGNATURE, CROISSANT_NAME, CROISSANT_SIGNATURE
from corpus_norm.dataset.columns import add_columns, extend, log_misfits
from corpus_norm.dataset.manifest import FORMAT, MANIFEST_NAME, PART_NAME, Part, PartFile
from corpus_norm.dataset.rows import split_results
from corpus_norm.dataset.schema import DOCUMENTS, REJECTS
from corpus_norm.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from corpus_norm.faults import Fault
    from corpus_norm.settings import DatasetSettings


TEMPORARY_SUFFIX = ".tmp"

INPUTS_KEY = b"corpus_norm.inputs"
"""Key, in the metadata of a part file, of the digests of the inputs its rows were made from."""

_ROW_GROUP_BYTES = 256 * 1024 * 1024  # bounds memory when documents are huge


def name_part(table: str, index: int, input_digest: str = "") -> str:
    """Return the name of a part file inside its dataset.

    The index keeps parts in order for any tool that sorts names.  The digest of the input keeps a
    new part from overwriting an old one that is still needed.

    >>> name_part("documents", 7, "0123456789abcdef")
    'documents/part-00007-01234567.parquet'
    """
    suffix = f"-{input_digest[:8]}" if input_digest else ""
    return f"{table}/part-{index:05d}{suffix}.parquet"


def write_part(  # noqa: PLR0913 -- where, what and how; the digests are keyword-only
    folder: Path,
    index: int,
    batches: Iterable[pa.RecordBatch],
    settings: DatasetSettings,
    *,
    input_digest: str = "",
    item_digests: Sequence[bytes] = (),
    columns: Mapping[str, str] = MappingProxyType({}),
) -> Part:
    """Write the documents and the rejects of a shard, from batches of RESULTS.

    ``item_digests`` are the digests of the inputs, one for each row.  The files keep them, so that
    a later run knows which rows are still valid.  ``columns`` are the fields of ``extra`` to make
    columns of, with their types.

    Both files are always written, even without rows, so that any tool can read
    ``documents/*.parquet`` and ``rejects/*.parquet``.  The part is done only once the manifest
    lists it.

    Raises:
        DatasetError: the disk is full, the folder read-only or gone.
    """
    languages: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    misfits: Counter[str] = Counter()
    digests = iter(item_digests)
    names = [name_part(table, index, input_digest) for table in ("documents", "rejects")]
    with (
        PartWriter(folder, names[0], extend(DOCUMENTS, columns), settings) as documents,
        PartWriter(folder, names[1], extend(REJECTS, columns), settings) as rejects,
    ):
        for batch in batches:
            for is_kept in batch.column("rejection").is_null().to_pylist():
                (documents if is_kept else rejects).digests.extend(islice(digests, 1))
            kept, lost = split_results(batch)
            languages.update(_count(kept.column("language")))
            statuses.update(_count(kept.column("translation_status")))
            documents.add(add_columns(kept, columns, misfits))
            lost = _drop_large_data(lost, settings.reject_bytes)
            rejects.add(add_columns(lost, columns, misfits))
        files = documents.finish(), rejects.finish()
    log_misfits(misfits, columns)
    return Part(index, *files, input_digest, _sorted(languages), _sorted(statuses))


@contextlib.contextmanager
def open_parquet(path: Path) -> Iterator[pq.ParquetFile]:
    """Open a Parquet file through a file handle.

    pyarrow takes no path with bytes that the encoding of the file system cannot decode.

    Raises:
        OSError: the file is missing, damaged or cannot be read.
    """
    with path.open("rb") as file, pq.ParquetFile(file, page_checksum_verification=True) as opened:
        yield opened


def read_item_digests(path: Path) -> bytes:
    """Return the input digests of a part file's rows, concatenated; empty if it has none.

    Raises:
        OSError: the file is missing or damaged.
    """
    with open_parquet(path) as file:
        metadata = file.metadata.metadata or {}
    return b64decode(metadata.get(INPUTS_KEY, b""))


def move_part(folder: Path, part: Part, index: int) -> Part | None:
    """Rename the files of a part for another index; return None if they are damaged.

    A run that is stopped between the two renames still finds each file under one of its two names.

    Raises:
        DatasetError: a file cannot be renamed.
    """
    documents = _move(folder, part.documents, name_part("documents", index, part.input_digest))
    rejects = _move(folder, part.rejects, name_part("rejects", index, part.input_digest))
    if documents is None or rejects is None:
        return None
    return replace(part, index=index, documents=documents, rejects=rejects)


def is_intact(folder: Path, part: Part) -> bool:
    """Whether both files of a part exist and have the right size and SHA-256."""
    return all(_matches(folder / file.name, file) for file in (part.documents, part.rejects))


def is_sound(folder: Path, file: PartFile) -> bool:
    """Whether a file exists and has the right size and SHA-256."""
    return _matches(folder / file.name, file)


class PartWriter:
    """A writer of one Parquet file, in row groups of a fixed number of rows."""

    def __init__(
        self, folder: Path, name: str, schema: pa.Schema, settings: DatasetSettings
    ) -> None:
        self.path = folder / name
        self.name = name
        self.rows = 0
        self.digests: list[bytes] = []
        self._schema = schema
        self._group_rows = settings.row_group_documents
        self._pending: list[pa.RecordBatch] = []
        self._pending_bytes = 0
        self._temporary = self.path.with_name(f".{self.path.name}{TEMPORARY_SUFFIX}")
        with writing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file: Any = self._temporary.open("wb")
            self._writer = pq.ParquetWriter(
                self._file,
                schema,
                version="2.6",
                compression=settings.compression,
                compression_level=settings.level,
                write_page_checksum=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._file.closed:
            with contextlib.suppress(OSError):
                self._writer.close()
            with contextlib.suppress(OSError):
                self._file.close()
        with contextlib.suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch; they reach the disk one row group at a time."""
        self.rows += batch.num_rows
        self._pending.append(batch)
        self._pending_bytes += batch.nbytes
        while sum(b.num_rows for b in self._pending) >= self._group_rows:
            self._flush(self._group_rows)
        if self._pending_bytes >= _ROW_GROUP_BYTES:
            self._flush(self._group_rows)

    def finish(self) -> PartFile:
        """Write the remaining rows, sync the file and give it its final name."""
        if any(batch.num_rows for batch in self._pending):
            self._flush(self._group_rows)
        with writing(self.path):
            if self.digests:
                self._writer.add_key_value_metadata({INPUTS_KEY: b64encode(b"".join(self.digests))})
            self._writer.close()
            _sync(self._file)
            self._file.close()
            size, sha256 = self._temporary.stat().st_size, hash_file(self._temporary)
            self._temporary.replace(self.path)
            sync_folder(self.path.parent)
        return PartFile(self.name, self.rows, size, sha256)

    def _flush(self, rows: int) -> None:
        table = pa.Table.from_batches(self._pending, schema=self._schema)
        # One contiguous chunk: Parquet ends pages where chunks end, which would change the bytes.
        group = table.slice(0, rows).combine_chunks()
        with writing(self.path):
            self._writer.write_table(group, row_group_size=rows)
        self._pending = table.slice(rows).to_batches()
        self._pending_bytes = sum(batch.nbytes for batch in self._pending)


def write_text(path: Path, text: str) -> None:
    """Replace a small file atomically.

    Raises:
        DatasetError: the disk is full, the folder read-only or gone.
    """
    temporary = path.with_name(f".{path.name}{TEMPORARY_SUFFIX}")
    with writing(path):
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            _sync(file)
        temporary.replace(path)
        sync_folder(path.parent)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an operating-system error into a DatasetError that says what to do."""
    try:
        yield
    except OSError as error:
        raise DatasetError(
            f"cannot write {path}: {error.strerror or error}; make room or choose a folder you "
            "can write to, then run the same command again: finished parts are kept",
            subject=str(path),
        ) from error


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable (POSIX requires syncing the folder itself)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sync(file: Any) -> None:  # noqa: ANN401 -- binary and text files have no common type
    file.flush()
    os.fsync(file.fileno())


def _move(folder: Path, file: PartFile, name: str) -> PartFile | None:
    if not _matches(folder / name, file):
        if name == file.name or not _matches(folder / file.name, file):
            return None
        with writing(folder / name):
            (folder / file.name).replace(folder / name)
            sync_folder((folder / name).parent)
    return replace(file, name=name)


def _matches(path: Path, expected: PartFile) -> bool:
    try:
        return path.stat().st_size == expected.bytes and hash_file(path) == expected.sha256
    except OSError:
        return False


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _count(column: pa.Array) -> dict[str, int]:
    return {pair["values"]: pair["counts"] for pair in pc.value_counts(column).to_pylist()}


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _drop_large_data(rejects: pa.RecordBatch, limit: int) -> pa.RecordBatch:
    if not rejects.num_rows:
        return rejects
    index = REJECTS.get_field_index("data")
    data = rejects.column(index)
    small = pc.if_else(pc.less_equal(pc.binary_length(data), limit), data, None)
    return rejects.set_column(index, REJECTS.field(index), small)


LOCK_NAME = ".lock"
FAULTS_NAME = "faults.log"
FAULTS_SIGNATURE = "faults of corpus_norm"

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")  # a path has lost the second slash
_TABLES = ("documents", "rejects", "stories", "conflicts")
_TEXTS = (
    (MANIFEST_NAME, FORMAT),
    (CARD_NAME, CARD_SIGNATURE),
    (CROISSANT_NAME, CROISSANT_SIGNATURE),
)
# A dot, the name of a part file or of one of the texts, and the suffix of temporary files.
_TEMPORARY = re.compile(
    rf"\.(part-\d{{5,}}(-[0-9a-f]{{8}})?\.parquet|{'|'.join(re.escape(n) for n, _ in _TEXTS)})"
    + re.escape(TEMPORARY_SUFFIX)
)
_FAULTS_HEAD = f"""{FAULTS_SIGNATURE}: each one affected a single document, named below.
Please report them, with the document if you can.
"""
_MOST_TRACEBACKS = 100  # different ones that are written in full


def find_foreign(folder: Path) -> list[str]:
    """Return the names inside a folder that do not belong to our dataset, sorted."""
    own = set(_list_own(folder))
    found = [path for path in folder.iterdir() if path.name not in _TABLES]
    for table in _TABLES:
        inside = folder / table
        found.extend(inside.iterdir() if inside.is_dir() else [inside] if inside.exists() else [])
    return sorted(path.relative_to(folder).as_posix() for path in found if path not in own)


def is_empty(folder: Path) -> bool:
    """Whether a folder holds nothing, or only files that an interrupted start leaves behind."""
    return all(
        path.name == LOCK_NAME or _TEMPORARY.fullmatch(path.name) for path in folder.iterdir()
    )


def check_output(path: object) -> Path:
    """Return the folder of a dataset to write.

    >>> check_output("out").name
    'out'

    Raises:
        DatasetError: it names no folder of this machine.
    """
    if not isinstance(path, (str, os.PathLike)):
        what = "None" if path is None else f"an object of the type {type(path).__name__}"
        raise DatasetError(f"the output must be the name of a folder, not {what}")
    name = os.fspath(path)
    if _ADDRESS.match(name):
        raise DatasetError(
            f"{name}: datasets are written to a folder of this machine; name one, then copy it",
            subject=name,
        )
    if name in {"", "-"}:
        raise DatasetError(
            f"the output {name!r} is not a folder; name one, or stream with --to jsonl or arrow",
            subject=name,
        )
    return Path(path)


def clear_dataset(folder: Path) -> None:
    """Remove a dataset; files that are not ours stay.

    Raises:
        DatasetError: a file cannot be removed.
    """
    own = [path for path in _list_own(folder) if path.name != LOCK_NAME]
    # The manifest goes first: without it, the rest is never taken for a dataset.
    for path in sorted(own, key=lambda path: (path.name != MANIFEST_NAME, path)):
        _remove(path)


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files of a run that was interrupted."""
    for path in _list_own(folder):
        if _TEMPORARY.fullmatch(path.name):
            _remove(path)


def remove_surplus(folder: Path, kept: Collection[str]) -> None:
    """Remove part files that are not among the names to keep."""
    for path in _list_own(folder):
        name = path.relative_to(folder).as_posix()
        if PART_NAME.fullmatch(name) and name not in kept:
            _remove(path)


def find_unlisted(folder: Path, listed: Collection[str]) -> list[str]:
    """Return the part files and temporary files that are not listed in a manifest, sorted."""
    names = (path.relative_to(folder).as_posix() for path in _list_own(folder))
    mine = (n for n in names if PART_NAME.fullmatch(n) or n.endswith(TEMPORARY_SUFFIX))
    return sorted(name for name in mine if name not in listed)


def has_signature(path: Path, signature: str) -> bool:
    """Whether a file holds the signature that we write into such files.

    Raises:
        OSError: the file cannot be read.
    """
    return signature.encode() in path.read_bytes()


def _list_own(folder: Path) -> Iterator[Path]:
    for name, signature in (*_TEXTS, (FAULTS_NAME, FAULTS_SIGNATURE), (LOCK_NAME, "")):
        if (folder / name).is_file() and has_signature(folder / name, signature):
            yield folder / name
    for inside in (folder, *(folder / table for table in _TABLES)):
        for path in inside.iterdir() if inside.is_dir() else ():
            name = path.relative_to(folder).as_posix()
            if PART_NAME.fullmatch(name) or _TEMPORARY.fullmatch(path.name):
                yield path


def _remove(path: Path) -> None:
    with writing(path):
        path.unlink(missing_ok=True)


class FaultLog:
    """The log of faults beside a dataset; each different traceback is written once.

    Args:
        folder: folder of the dataset.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FAULTS_NAME
        self.count = 0
        self._seen: dict[str, int] = {}

    def clear(self) -> None:
        """Remove the log of an earlier run."""
        self.path.unlink(missing_ok=True)

    def add(self, faults: list[Fault]) -> None:
        """Append faults.

        Raises:
            OSError: they cannot be written.
        """
        if not faults:
            return
        self.count += len(faults)
        is_new = not self.path.exists()
        with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(_FAULTS_HEAD if is_new else "")
            file.writelines(map(self._describe, faults))

    def _describe(self, fault: Fault) -> str:
        number = self._seen.get(fault.trace)
        if number is None and len(self._seen) < _MOST_TRACEBACKS:
            number = self._seen[fault.trace] = len(self._seen) + 1
            return f"\n{fault}\ntraceback {number} of this run:\n{fault.trace.rstrip()}\n"
        trace = f"see traceback {number}" if number else "further tracebacks are left out"
        return f"\n{fault}\n({trace})\n"
