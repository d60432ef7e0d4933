"""Compare our readers with the plain libraries: ``python -m benchmarks.sources``.

Records per second of CPU time, the best of three.  The plain library reads the same file in the
same run and extracts the text of each record, without limits, rejections, names or metadata.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.containers import CONTAINERS, make_pages
from corpus_norm.settings import InputSettings
from corpus_norm.sources import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _read_lines(path: Path) -> Iterator[object]:
    with path.open("rb") as file:
        for line in file:
            yield json.loads(line)["text"]


def _read_packed_lines(path: Path) -> Iterator[object]:
    with gzip.open(path) as file:
        for line in file:
            yield json.loads(line)["text"]


def _read_csv(path: Path) -> Iterator[object]:
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row["text"]


def _read_parquet(path: Path) -> Iterator[object]:
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(path).iter_batches(batch_size=64):
        yield from batch.to_pylist()


def _read_arrow(path: Path) -> Iterator[object]:
    import pyarrow as pa

    with pa.ipc.open_file(path) as file:
        for number in range(file.num_record_batches):
            yield from file.get_batch(number).to_pylist()


def _read_warc(path: Path) -> Iterator[object]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    with path.open("rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response):
            yield record.reader.read()


def _read_zip(path: Path) -> Iterator[object]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield archive.read(name)


def _read_tar(path: Path) -> Iterator[object]:
    with tarfile.open(path) as archive:
        for info in archive:
            inside = archive.extractfile(info)
            yield inside and inside.read()


def _read_feed(path: Path) -> Iterator[object]:
    from lxml import etree

    for _, element in etree.iterparse(io.BytesIO(path.read_bytes()), tag="item"):
        yield {child.tag: child.text for child in element}
        element.clear()


_PEERS: dict[str, tuple[str, Callable[[Path], Iterator[object]]]] = {
    "jsonl": ("json", _read_lines),
    "jsonl.gz": ("gzip, json", _read_packed_lines),
    "csv": ("csv", _read_csv),
    "parquet": ("pyarrow", _read_parquet),
    "arrow": ("pyarrow", _read_arrow),
    "warc": ("fastwarc", _read_warc),
    "warc.gz": ("fastwarc", _read_warc),
    "rss": ("lxml", _read_feed),
    "zip": ("zipfile", _read_zip),
    "tar": ("tarfile", _read_tar),
    "tar.gz": ("tarfile", _read_tar),
}


def _time(read_all: Callable[[], Iterator[object]], count: int) -> float:
    """Return records per second of CPU time."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        found = sum(1 for _ in read_all())
        best = min(best, time.process_time() - start)
        if found != count:
            raise AssertionError(f"{found} records instead of {count}")
    return count / best


def main() -> None:
    """Print a line for each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5_000, help="documents in each file")
    options = parser.parse_args()
    pages = make_pages(options.count, words=400)
    print(f"{options.count:,} documents of {len(pages[-1].text):,} characters")
    print(f"{'kind':<10}{'MB':>8}{'records/s':>12}{'MB/s':>8}   plain library")
    with tempfile.TemporaryDirectory() as folder:
        for kind, make in CONTAINERS.items():
            path = Path(folder) / f"a.{kind}"
            path.write_bytes(make(pages))
            size = path.stat().st_size / 1e6
            ours = _time(lambda path=path: read(path, InputSettings()), len(pages))  # type: ignore[misc]
            text = sum(len(page.text) for page in pages) / 1e6
            line = f"{kind:<10}{size:>8.1f}{ours:>12,.0f}{ours / len(pages) * text:>8.0f}"
            if kind in _PEERS:
                name, peer = _PEERS[kind]
                theirs = _time(lambda path=path, peer=peer: peer(path), len(pages))  # type: ignore[misc]
                line += f"   {theirs:>10,.0f} {name} ({ours / theirs:.2f} times)"
            print(line)


if __name__ == "__main__":
    main()
