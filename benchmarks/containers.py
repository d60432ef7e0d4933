"""The same documents in every kind of file that we read, for tests, fuzzing and timing."""

from __future__ import annotations

import bz2
import csv
import gzip
import html
import io
import json
import lzma
import tarfile
import zipfile
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True)
class Page:
    """A document with the metadata that a source may have."""

    url: str
    title: str
    author: str
    published: str
    text: str


def make_pages(count: int, words: int = 60) -> list[Page]:
    """Make pages, each different."""
    return [
        Page(
            f"https://example.org/{n}",
            f"Title {n}",
            f"Author {n % 7}",
            f"2024-05-{n % 28 + 1:02}",
            f"Le conseil a voté la mesure {n}. " + f"The vote was {n} to {n + 1}. " * (words // 6),
        )
        for n in range(count)
    ]


def to_page(page: Page) -> bytes:
    """Write a page as HTML."""
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{html.escape(page.title)}</title>"
        f"</head><body><article><p>{html.escape(page.text)}</p></article></body></html>"
    ).encode()


def _to_records(pages: Iterable[Page]) -> list[dict[str, str]]:
    return [
        {
            "url": page.url,
            "title": page.title,
            "authors": page.author,
            "published": page.published,
            "text": page.text,
        }
        for page in pages
    ]


def to_lines(pages: Iterable[Page]) -> bytes:
    """Write pages as JSON Lines."""
    records = _to_records(pages)
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def to_csv(pages: Iterable[Page]) -> bytes:
    """Write pages as CSV with a header."""
    file = io.StringIO()
    writer = csv.DictWriter(file, ["url", "title", "authors", "published", "text"])
    writer.writeheader()
    writer.writerows(_to_records(pages))
    return file.getvalue().encode()


def to_parquet(pages: Iterable[Page], rows: int = 1000) -> bytes:
    """Write pages as Parquet with row groups of ``rows`` rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(
        pa.Table.from_pylist(_to_records(pages)),
        file,
        row_group_size=rows,
        write_page_checksum=True,
    )
    return file.getvalue()


def to_arrow(pages: Iterable[Page], rows: int = 1000, *, compression: str | None = None) -> bytes:
    """Write pages as an Arrow file with record batches of ``rows`` rows."""
    import pyarrow as pa

    file = io.BytesIO()
    table = pa.Table.from_pylist(_to_records(pages))
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_file(file, table.schema, options=options) as writer:
        writer.write_table(table, rows)
    return file.getvalue()


def to_warc_record(kind: str, url: str, content_type: str, block: bytes, **more: str) -> bytes:
    """Write one WARC record; underscores in the names of ``more`` headers become hyphens."""
    headers = {
        "WARC-Type": kind,
        "WARC-Date": "2024-05-01T10:00:00Z",
        "WARC-Target-URI": url,
        "Content-Type": content_type,
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    return f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def to_response(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """Write an HTTP response of HTML."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {"Content-Type": "text/html; charset=utf-8", **given}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def to_warc(pages: Iterable[Page]) -> bytes:
    """Write pages as WARC, with a request before each response."""
    http = "application/http; msgtype="
    return b"".join(
        to_warc_record("request", page.url, http + "request", b"GET / HTTP/1.1\r\n\r\n")
        + to_warc_record("response", page.url, http + "response", to_response(to_page(page)))
        for page in pages
    )


def to_warc_gz(pages: Iterable[Page]) -> bytes:
    """Write pages as WARC with each record compressed separately, as crawls are stored."""
    return b"".join(gzip.compress(to_warc([page]), mtime=0) for page in pages)


def to_wet(pages: Iterable[Page]) -> bytes:
    """Write the text of pages as WET."""
    return b"".join(
        to_warc_record("conversion", page.url, "text/plain", page.text.encode()) for page in pages
    )


def to_rss(pages: Iterable[Page]) -> bytes:
    """Write pages as RSS 2.0."""
    items = "".join(
        f"<item><title>{html.escape(page.title)}</title><link>{page.url}</link>"
        f"<dc:creator>{page.author}</dc:creator><dc:date>{page.published}</dc:date>"
        f"<description>{html.escape(page.text)}</description></item>"
        for page in pages
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>News</title>{items}</channel></rss>"
    ).encode()


def to_atom(pages: Iterable[Page]) -> bytes:
    """Write pages as Atom."""
    entries = "".join(
        f"<entry><title>{html.escape(page.title)}</title><link href='{page.url}'/>"
        f"<author><name>{page.author}</name></author><published>{page.published}T10:00:00Z"
        f"</published><content type='html'>{html.escape(f'<p>{page.text}</p>')}</content></entry>"
        for page in pages
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{entries}</feed>'.encode()


def to_zip(files: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Write a zip archive of files by name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return file.getvalue()


def to_tar(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Write a tar archive of files by name."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def to_zst(data: bytes) -> bytes:
    """Compress with Zstandard."""
    import pyarrow as pa

    packed: bytes = pa.Codec("zstd").compress(data, asbytes=True)
    return packed


def to_files(pages: Iterable[Page]) -> list[tuple[str, bytes]]:
    """Write pages as HTML files by name."""
    return [(f"pages/{n:06}.html", to_page(page)) for n, page in enumerate(pages)]


CONTAINERS: MappingProxyType[str, Callable[[list[Page]], bytes]] = MappingProxyType(
    {
        "jsonl": to_lines,
        "jsonl.gz": lambda pages: gzip.compress(to_lines(pages), mtime=0),
        "jsonl.bz2": lambda pages: bz2.compress(to_lines(pages)),
        "jsonl.xz": lambda pages: lzma.compress(to_lines(pages)),
        "jsonl.zst": lambda pages: to_zst(to_lines(pages)),
        "csv": to_csv,
        "parquet": to_parquet,
        "arrow": to_arrow,
        "feather": lambda pages: to_arrow(pages, compression="lz4"),
        "warc": to_warc,
        "warc.gz": to_warc_gz,
        "wet": to_wet,
        "rss": to_rss,
        "atom": to_atom,
        "zip": lambda pages: to_zip(to_files(pages)),
        "tar": lambda pages: to_tar(to_files(pages)),
        "tar.gz": lambda pages: gzip.compress(to_tar(to_files(pages)), mtime=0),
        "tar.xz": lambda pages: lzma.compress(to_tar(to_files(pages))),
    }
)
"""Every kind of file, by its suffix, as a function of pages."""
