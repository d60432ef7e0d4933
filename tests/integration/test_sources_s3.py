"""``s3://`` against a real S3 server on this machine."""

from __future__ import annotations

import gzip

import pytest

from benchmarks.containers import make_pages, to_files, to_parquet, to_warc_gz, to_zip
from corpus_norm.settings import InputSettings, Settings, TranslationSettings
from corpus_norm.sources import read

REASON = "needs moto and s3fs: make test-integration"
moto_server = pytest.importorskip("moto.server", reason=REASON)
s3fs = pytest.importorskip("s3fs", reason=REASON)

pytestmark = [
    pytest.mark.enable_socket,
    # botocore and moto on the newest Python and urllib3
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
PAGES = make_pages(4)
OFF = Settings(translation=TranslationSettings(enabled=False))


@pytest.fixture(scope="module")
def bucket():
    """A bucket of files, at an address that the environment tells, as for any S3 but Amazon's."""
    server = moto_server.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = pytest.MonkeyPatch()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        environment.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    files = s3fs.S3FileSystem()
    files.mkdir("news")
    for name, data in {
        "crawl/a.warc.gz": to_warc_gz(PAGES),
        "crawl/b.txt.gz": gzip.compress(b"Bonjour."),
        "pages.zip": to_zip(to_files(PAGES)),
        "table.parquet": to_parquet(PAGES),
    }.items():
        files.pipe(f"news/{name}", data)
    yield "s3://news"
    s3fs.S3FileSystem.clear_instance_cache()
    environment.undo()
    server.stop()


def test_files_folders_patterns_and_containers_of_a_bucket_are_read(bucket):
    def sources(uri):
        return [(item.source, item.record) for item in read(uri, InputSettings())]

    assert sources(f"{bucket}/crawl/b.txt.gz") == [(f"{bucket}/crawl/b.txt.gz", 0)]
    assert sources(f"{bucket}/crawl") == [
        *((f"{bucket}/crawl/a.warc.gz", n) for n in (1, 3, 5, 7)),
        (f"{bucket}/crawl/b.txt.gz", 0),
    ]
    assert sources(f"{bucket}/*.parquet") == [(f"{bucket}/table.parquet", n) for n in range(4)]
    assert sources(f"{bucket}/pages.zip") == [
        (f"{bucket}/pages.zip!pages/{n:06}.html", 0) for n in range(4)
    ]


def test_convert_reads_from_a_bucket_what_it_reads_from_the_disk(bucket, tmp_path):
    from corpus_norm import convert

    (tmp_path / "table.parquet").write_bytes(to_parquet(PAGES))
    remote = convert(f"{bucket}/table.parquet", tmp_path / "remote", OFF)
    local = convert(tmp_path / "table.parquet", tmp_path / "local", OFF)
    assert remote.manifest.totals.documents == len(PAGES)
    assert [doc.text for doc in remote.documents()] == [doc.text for doc in local.documents()]
    assert {doc.source for doc in remote.documents()} == {f"{bucket}/table.parquet"}
