"""Containers much larger than the bound are read in the memory that small ones take."""

from __future__ import annotations

import subprocess
import sys

import pytest

MB = 1024 * 1024

# Written a piece at a time, so that the process that reads never held the whole.
WRITE = """
import gzip, io, json, random, struct, sys, tarfile, zipfile
kind, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
noise = random.Random(1)

def text(n):
    # 40 KB that differ, and compress by half
    return f"{n} " + noise.randbytes(20_000).hex()

if kind in {"parquet", "arrow"}:
    import pyarrow as pa
    import pyarrow.parquet as pq
    schema = pa.schema({"text": pa.string()})
    # One row group holds all: what bounds the memory is the page, of a megabyte as is usual.
    if kind == "parquet":
        with pq.ParquetWriter(path, schema, write_batch_size=16) as writer:
            writer.write_table(pa.table({"text": [text(n) for n in range(count)]}))
    else:
        with pa.ipc.new_file(path, schema) as writer:
            for n in range(0, count, 50):
                writer.write_batch(pa.record_batch({"text": [text(n + m) for m in range(50)]}))
elif kind == "zip":
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for n in range(count):
            archive.writestr(f"{n}.txt", text(n))
elif kind == "tar.gz":
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for n in range(count):
            data = text(n).encode()
            info = tarfile.TarInfo(f"{n}.txt")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
else:
    from benchmarks.containers import to_response, to_warc_record
    opened = gzip.open(path, "wb", 1) if path.endswith("gz") else open(path, "wb")
    with opened as file:
        file.write({"csv": b"id,text\\n", "rss": b"<rss><channel>"}.get(kind, b""))
        for n in range(count):
            body = text(n)
            if kind == "csv":
                file.write(f'{n},"{body}"\\n'.encode())
            elif kind == "rss":
                file.write(f"<item><description>{body}</description></item>".encode())
            elif kind == "jsonl.gz":
                file.write(json.dumps({"text": body}).encode() + b"\\n")
            else:
                block = to_response(b"<p>" + body.encode())
                file.write(to_warc_record("response", "https://e.org", "application/http", block))
        file.write(b"</channel></rss>" if kind == "rss" else b"")
"""

READ = """
import resource, sys
from corpus_norm.settings import InputSettings
from corpus_norm.sources import read

def measure(path):
    size = sum(len(item.data) for item in read(path, InputSettings()))
    return size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

small = measure(sys.argv[1])[1]
size, large = measure(sys.argv[2])
print(size, large - small)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in kilobytes on Linux")
@pytest.mark.parametrize(
    "kind", ["arrow", "csv", "jsonl.gz", "parquet", "rss", "tar.gz", "warc.gz", "zip"]
)
def test_memory_does_not_grow_with_the_container(tmp_path, kind):
    for name, count in (("small", 50), ("large", 1600)):
        path = tmp_path / f"{name}.{kind}"
        subprocess.run([sys.executable, "-c", WRITE, kind, path, str(count)], check=True)
    result = subprocess.run(
        [sys.executable, "-c", READ, tmp_path / f"small.{kind}", tmp_path / f"large.{kind}"],
        capture_output=True,
        text=True,
        check=True,
    )
    size, growth = map(int, result.stdout.split())
    assert size > 60 * MB
    assert growth < 20 * MB
