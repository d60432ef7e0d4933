"""The argument of :func:`corpus_norm.normalize`: a path, text or bytes, to a raw document."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from corpus_norm.document import RawDocument, Rejection
from corpus_norm.errors import InputError

if TYPE_CHECKING:
    from corpus_norm.settings import Settings

    Given: TypeAlias = "str | bytes | bytearray | memoryview | os.PathLike[str] | object"

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
        what = "None" if source is None else f"an object of the type {type(source).__name__}"
        raise InputError(f"a document is a path, text or bytes, not {what}; {_advise(source)}")
    return data


def _advise(source: object) -> str:
    if callable(getattr(source, "read", None)):
        return "give what its read() returns, or its path"
    if isinstance(source, RawDocument):
        return "use corpus_norm.process for raw documents"
    if isinstance(source, (list, tuple, set, frozenset, dict)):
        return "for several documents use corpus_norm.convert or corpus_norm.process"
    return "check the argument"


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
