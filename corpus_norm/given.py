"""The argument of :func:`corpus_norm.normalize`: a path, text or bytes, to a raw document."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

    from corpus_norm.settings import Settings

    Given: TypeAlias = "str | bytes | bytearray | memoryview | os.PathLike[str] | object"

MEDIA_TYPES = ("text/plain", "text/markdown", "text/html")
"""The media types of documents."""

HTML_STARTS = ("<!doctype html", "<html", "<head", "<body", "<article", "<div", "<p>", "<?xml")
_ADDRESS = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]{1,20}://\S+)\s*")
_LONGEST_PATH = 1024


def take(source: Given, settings: Settings, media_type: str | None = None) -> RawDocument:
    r"""Return the raw document that a value stands for.

    A string is a path if it ends like a file name or such a file exists; it is an address if it
    is nothing else.

    >>> from corpus_norm.settings import Settings
    >>> take("<p>Bonjour.", Settings()).media_type, take(memoryview(b"Hi."), Settings()).data
    ('text/html', b'Hi.')

    Raises:
        InputError: the value is of another type, or the file is missing, unreadable, a folder, or
            holds several documents.
    """
    if isinstance(source, os.PathLike):
        return _read_file(Path(os.fsdecode(source)), settings, media_type)
    if isinstance(source, str):
        if address := _ADDRESS.fullmatch(source):
            return _read_file(address[1], settings, media_type)
        if _names_file(source):
            return _read_file(Path(source), settings, media_type)
        data: str | bytes = source
    else:
        data = _copy(source)
    head = data[:256] if isinstance(data, str) else _read_ascii(data[:512])
    is_html = head.lstrip("\ufeff \t\r\n").lower().startswith(HTML_STARTS)
    return RawDocument(
        source="memory",
        data=data,
        media_type=media_type or ("text/html" if is_html else "text/plain"),
    )


def _read_ascii(head: bytes) -> str:
    """Return the ASCII at the start, after the byte order mark; UTF-16 too."""
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe").replace(b"\0", b"")
    return plain.decode("latin-1")


def _copy(source: object) -> bytes:
    """Copy the bytes of a bytearray, a memoryview, a mapped file, an array."""
    try:
        with memoryview(source) as view:  # type: ignore[arg-type]
            data = None if "O" in view.format else view.tobytes()  # O: pointers to objects
    except TypeError:
        data = None
    except (ValueError, BufferError) as error:  # it is closed
        name = type(source).__name__
        raise InputError(f"the {name} cannot be read: {error}; give it while it is open") from error
    if data is None:
        what = f"a document is a path, text or bytes, not {_name(source)}"
        raise InputError(f"{what}; {_advise(source)}")
    return data


def _advise(source: object) -> str:
    if callable(getattr(source, "read", None)):
        return "give what its read() returns, or its path"
    if isinstance(source, RawDocument):
        return "use corpus_norm.process for raw documents"
    if isinstance(source, (list, tuple, set, frozenset, dict)) or _is_iterator(source):
        return "for several documents use corpus_norm.convert or corpus_norm.process"
    if _is_table(source):
        return "for tables use corpus_norm.normalize_batch, with each of table.to_batches()"
    return "check the argument"


def check_items(items: object) -> list[RawDocument | Rejection]:
    """Return the items of :func:`corpus_norm.process` as a list.

    >>> [raw.data for raw in check_items(RawDocument("a", text) for text in ("Hi.", "Ho."))]
    ['Hi.', 'Ho.']

    Raises:
        InputError: it is not a sequence of raw documents.
    """
    if isinstance(items, (RawDocument, Rejection)):
        raise InputError("process takes a list of raw documents, not one; give [document]")
    if isinstance(items, (str, bytes, os.PathLike)):
        raise InputError("process takes raw documents; for one text or path use normalize")
    if _is_table(items):
        raise InputError("process takes raw documents; for tables use normalize_batch")
    if not isinstance(items, Iterable):
        raise InputError(f"process takes a list of raw documents, not {_name(items)}")
    found = list(items)
    for place, item in enumerate(found):
        if not isinstance(item, (RawDocument, Rejection)):
            raise InputError(
                f"item {place} is {_name(item)}, not a RawDocument; make it one: "
                "RawDocument(name, text)"
            )
        if isinstance(item, RawDocument) and (fault := _find_fault(item)):
            raise InputError(f"item {place}, {item.source}: {fault}", subject=item.source)
    return found


def check_media_type(media_type: str | None) -> str | None:
    """Return a media type that we read, or None.

    Raises:
        InputError: it is another one.
    """
    if media_type is None or media_type in MEDIA_TYPES:
        return media_type
    raise InputError(f"media_type must be one of {', '.join(MEDIA_TYPES)}, not {media_type!r}")


def _find_fault(raw: RawDocument) -> str:
    """Return what a raw document cannot mean; "" if it is sound."""
    if not isinstance(raw.data, (str, bytes)):
        return f"data must be text or bytes, not {_name(raw.data)}"
    if raw.media_type not in MEDIA_TYPES:
        return f"media_type must be one of {', '.join(MEDIA_TYPES)}, not {raw.media_type!r}"
    if isinstance(raw.authors, str):
        return f"authors must be a tuple of names; give ({raw.authors!r},)"
    for name in ("published", "retrieved", "updated"):
        value = getattr(raw, name)
        if value is not None and not isinstance(value, date):
            return f"{name} must be a datetime.date, not {value!r}"
    moment = raw.published_at
    if moment is not None and (not isinstance(moment, datetime) or moment.utcoffset() is None):
        return f"published_at must be a datetime with a time zone, not {moment!r}"
    return ""


def check_batch(batch: object) -> pa.RecordBatch:
    """Return the argument of :func:`corpus_norm.normalize_batch`.

    Raises:
        InputError: it is not a record batch.
    """
    import pyarrow as pa

    if isinstance(batch, pa.RecordBatch):
        return batch
    advice = "RecordBatch.from_pylist makes one of dictionaries"
    if isinstance(batch, pa.Table):
        advice = "give each of table.to_batches()"
    elif _is_table(batch):
        advice = "pyarrow.RecordBatch.from_pandas(frame) or frame.to_arrow().to_batches() makes it"
    raise InputError(f"normalize_batch takes a pyarrow.RecordBatch, not {_name(batch)}; {advice}")


def _name(value: object) -> str:
    return "None" if value is None else f"an object of the type {type(value).__name__}"


def _is_iterator(value: object) -> bool:
    return isinstance(value, Iterator)


def _is_table(value: object) -> bool:
    """Whether a value is a table: of Arrow, pandas, polars."""
    return hasattr(value, "columns") and (hasattr(value, "schema") or hasattr(value, "iloc"))


def _names_file(text: str) -> bool:
    if len(text) >= _LONGEST_PATH or "\n" in text or "\x00" in text:
        return False
    try:
        path = Path(text)
        return _has_known_suffix(path) or bool(text.strip() and path.exists())
    except (OSError, ValueError):
        return False  # a sentence may be longer than any file name


def _has_known_suffix(path: Path) -> bool:
    suffix = path.suffix.lower()
    if not suffix or " " in suffix:  # the end of a sentence; the sources take long to import
        return False
    from corpus_norm.sources import SUFFIXES

    return suffix in SUFFIXES


def _read_file(path: Path | str, settings: Settings, media_type: str | None) -> RawDocument:
    from corpus_norm.sources import read

    if isinstance(path, Path) and _is_folder(path):
        raise InputError(
            f"{path} is a folder, not a document; use corpus_norm.convert for everything in it, "
            "or name a file",
            subject=str(path),
        )
    items = list(read([path], settings.input))
    if len(items) != 1:
        raise InputError(
            f"{path} holds {len(items)} documents; use corpus_norm.convert for containers",
            subject=str(path),
        )
    [item] = items
    if isinstance(item, Rejection):
        raise InputError(f"{path}: {item.message}", subject=str(path))
    return item if media_type is None else replace(item, media_type=media_type)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
